/** The table of commands. Their modules are loaded when they run, so that help and mistakes are quick. */
import type { Command } from './command.ts';

const ARCH = { value: 'VERSION', help: 'the architecture: v8.0 to v8.5, then +FEATURE or -FEATURE as in v8.4-JSCVT (default: everything)' };

export const COMMANDS: readonly Command[] = [
  {
    name: 'asm',
    usage: 'FILE.s -o OUT.elf',
    summary: 'assemble a source in GNU syntax',
    example: 'worldswitch asm exit.s -o exit.elf --listing',
    options: {
      output: { short: 'o', value: 'OUT', help: 'the file to write; needed unless only --listing is wanted' },
      flat: { help: 'write a flat binary instead of an ELF file' },
      listing: { help: 'print address, bytes and source of each line' },
      base: { value: 'ADDRESS', help: 'where the code begins (default: 0x40080000)' },
      entry: { value: 'SYMBOL', help: 'where execution begins (default: _start, or else the first instruction)' },
      arch: ARCH,
    },
    load: () => import('./commands/asm.ts'),
    loadRenderer: () => import('./render/asm.ts'),
  },
  {
    name: 'disasm',
    usage: 'FILE | --words 0x… | --stdin',
    summary: 'disassemble an ELF file, a flat binary, or words',
    example: 'worldswitch disasm --words 0xd53c1100 0xd69f03e0',
    options: {
      base: { value: 'ADDRESS', help: 'address of the first word; a file that is not ELF needs it' },
      words: { help: 'the operands are words' },
      stdin: { help: 'read words from the standard input, one a line, in hexadecimal' },
      labels: { help: 'print a line with its name before each symbol of an ELF file' },
      arch: ARCH,
    },
    load: () => import('./commands/disasm.ts'),
    loadRenderer: () => import('./render/disasm.ts'),
  },
  {
    name: 'decode',
    usage: '0x…',
    summary: 'take one instruction word apart: its row of the table, its fields, how it is written',
    example: 'worldswitch decode 0xd53c5200',
    options: { arch: ARCH },
    load: () => import('./commands/decode.ts'),
    loadRenderer: () => import('./render/decode.ts'),
  },
  {
    name: 'sysreg',
    usage: 'NAME|ENCODING [VALUE]',
    summary: 'a system register: encoding, access at each EL, traps, fields',
    example: 'worldswitch sysreg HCR_EL2 0x488000000',
    options: {},
    load: () => import('./commands/sysreg.ts'),
    loadRenderer: () => import('./render/sysreg.ts'),
  },
  {
    name: 'esr',
    usage: 'VALUE',
    summary: 'take a syndrome (ESR_ELx) apart: EC and ISS by field',
    example: 'worldswitch esr 0x5a000000',
    options: {},
    load: () => import('./commands/esr.ts'),
    loadRenderer: () => import('./render/esr.ts'),
  },
  {
    name: 'isa',
    usage: '--status',
    summary: 'the instruction table: rows by feature and status',
    example: 'worldswitch isa --status',
    options: { status: { help: 'count rows that are implemented, unimplemented and undefined' } },
    load: () => import('./commands/isa.ts'),
    loadRenderer: () => import('./render/isa.ts'),
  },
  {
    name: 'demo',
    usage: '',
    summary: 'assemble a small example, print its listing and its disassembly',
    example: 'worldswitch demo',
    options: {},
    load: () => import('./commands/demo.ts'),
    loadRenderer: () => import('./render/demo.ts'),
  },
];

/** Commands of later releases: known, so that nobody looks for a slip. */
export const LATER: ReadonlySet<string> = new Set(['run', 'bench', 'ladder', 'steps', 'snapshot', 'replay', 'check', 'serve']);
