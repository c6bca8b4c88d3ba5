/** What each command prints and writes. */
import { mkdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inFolder, run } from './run.ts';

const SOURCE = '_start: mov x0, #1\nloop: b loop\n .word 0x12345678\n';

interface Rows {
  readonly rows: readonly Record<string, unknown>[];
}

test('asm writes an ELF file that disasm reads, with labels and data', async () => {
  await inFolder({ 'a.s': SOURCE }, async (path, list) => {
    expect(await run(['asm', path('a.s'), '-o', path('a.elf')])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(list()).toEqual(['a.elf', 'a.s']);
    expect((await run(['disasm', path('a.elf')])).stdout).toBe('0x40080000  0xd2800020  mov x0, #0x1\n0x40080004  0x14000000  b loop\n0x40080008  0x12345678  .word 0x12345678\n');
    expect((await run(['disasm', path('a.elf'), '--labels'])).stdout).toBe('_start:\n0x40080000  0xd2800020  mov x0, #0x1\nloop:\n0x40080004  0x14000000  b loop\n0x40080008  0x12345678  .word 0x12345678\n');
  });
});

test('asm --flat writes what disasm --base reads', async () => {
  await inFolder({ 'a.s': SOURCE }, async (path) => {
    await run(['asm', path('a.s'), '--flat', '-o', path('a.bin'), '--base', '0x1000']);
    expect(readFileSync(path('a.bin')).toString('hex')).toBe('200080d20000001478563412');
    expect((await run(['disasm', path('a.bin'), '--base', '0x1000'])).stdout).toContain('0x00001004  0x14000000  b 0x1004\n');
  });
});

test('asm --listing alone writes no file', async () => {
  await inFolder({ 'a.s': SOURCE }, async (path, list) => {
    const { status, stdout } = await run(['asm', path('a.s'), '--listing']);
    expect([status, list()]).toEqual([0, ['a.s']]);
    expect(stdout).toBe('40080000  d2800020          _start: mov x0, #1\n40080004  14000000          loop: b loop\n40080008  78563412           .word 0x12345678\n');
  });
});

test('asm --json: what was made, with addresses in hexadecimal', async () => {
  await inFolder({ 'a.s': SOURCE }, async (path) => {
    const { stdout } = await run(['asm', path('a.s'), '-o', path('a.elf'), '--json']);
    expect(JSON.parse(stdout)).toEqual({
      schema: 'worldswitch.asm/1',
      file: path('a.s'),
      output: { path: path('a.elf'), format: 'elf', bytes: readFileSync(path('a.elf')).length },
      entry: '0x40080000',
      sections: [{ name: '.text', address: '0x40080000', size: 12, flags: 'ax' }],
      symbols: [
        { name: '_start', value: '0x40080000' },
        { name: 'loop', value: '0x40080004' },
      ],
      diagnostics: [],
      listing: null,
    });
  });
});

test('asm of a wrong source: every mistake with its place, status 2, no file', async () => {
  await inFolder({ 'a.s': ' mov x0\n nop\n nopp\n' }, async (path, list) => {
    const { status, stdout, stderr } = await run(['asm', path('a.s'), '-o', path('a.elf')]);
    expect([status, stdout, list()]).toEqual([2, '', ['a.s']]);
    expect(stderr).toContain(`${path('a.s')}:1:8: error: expected ','`);
    expect(stderr).toContain(`${path('a.s')}:3:2: error: unknown instruction nopp; did you mean nop?\n   nopp\n   ^~~~\n`);
    expect(stderr).toMatch(/2 errors; nothing was written\n$/);
    const json = await run(['asm', path('a.s'), '-o', path('a.elf'), '--json']);
    expect([json.status, (JSON.parse(json.stdout) as { diagnostics: unknown[] }).diagnostics.length]).toEqual([2, 2]);
  });
});

test('a wrong source leaves the earlier output as it was', async () => {
  await inFolder({ 'a.s': ' nopp\n', 'a.elf': 'kept' }, async (path) => {
    await run(['asm', path('a.s'), '-o', path('a.elf')]);
    expect(readFileSync(path('a.elf'), 'utf8')).toBe('kept');
  });
});

test.each([
  ['a missing source', ['asm', 'nosuch.s', '-o', 'x.elf'], 'nosuch.s: no such file or folder: check the path'],
  ['a folder as the source', ['asm', 'folder', '-o', 'x.elf'], 'folder: it is a directory: name a file in it'],
  ['an empty source', ['asm', 'empty', '-o', 'x.elf'], 'empty: the file is empty: check that it was written completely'],
  ['a binary as the source', ['asm', 'binary', '-o', 'x.elf'], 'binary: it is not text: asm reads assembly source (worldswitch disasm reads binaries)'],
  ['the source as the output', ['asm', 'a.s', '-o', 'a.s'], 'a.s: the output would replace the source: name another file'],
  ['a folder as the output', ['asm', 'a.s', '-o', 'folder'], 'folder: it is a directory: name a file'],
  ['an output in no folder', ['asm', 'a.s', '-o', 'nowhere/x.elf'], 'nowhere/x.elf: no such file or folder: check the path'],
  ['a missing file to disassemble', ['disasm', 'nosuch.elf'], 'nosuch.elf: no such file or folder: check the path'],
  ['a folder to disassemble', ['disasm', 'folder'], 'folder: it is a directory: name a file in it'],
  ['an empty file to disassemble', ['disasm', 'empty'], 'empty: the file is empty: check that it was written completely'],
  ['a flat file without an address', ['disasm', 'binary'], 'binary: it is not an ELF file; for a flat binary give the address of its first byte: --base 0x40080000'],
  ['a truncated ELF file', ['disasm', 'cut.elf'], 'cut.elf: at offset 0x8: the file has 8 bytes, its header alone takes 64: check that the file is complete'],
])('%s', async (_, args, message) => {
  await inFolder({ 'a.s': SOURCE, empty: '', binary: Uint8Array.of(1, 0, 2, 0), 'cut.elf': Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0) }, async (path, list) => {
    mkdirSync(path('folder'));
    const files = list();
    const absolute = args.map((argument) => (/^(nosuch|folder|empty|binary|cut|a\.s|x|nowhere)/.test(argument) ? path(argument) : argument));
    expect(await run(absolute)).toEqual({ status: 2, stdout: '', stderr: `worldswitch: ${path(message)}\n` });
    expect(list()).toEqual(files);
  });
});

test('bytes at the end of a flat binary that are no word are named', async () => {
  await inFolder({ 'a.bin': Uint8Array.of(0x1f, 0x20, 0x03, 0xd5, 1, 2) }, async (path) => {
    expect(await run(['disasm', path('a.bin'), '--base', '0'])).toEqual({ status: 0, stdout: '0x00000000  0xd503201f  nop\n', stderr: `${path('a.bin')}: the last 2 bytes are no word, and left out\n` });
  });
});

test('asm warns of code in a section that is not loaded, and goes on', async () => {
  await inFolder({ 'a.s': ' .section .vectors\n nop\n' }, async (path, list) => {
    const { status, stderr } = await run(['asm', path('a.s'), '-o', path('a.elf')]);
    expect([status, list()]).toEqual([0, ['a.elf', 'a.s']]);
    expect(stderr).toContain(`${path('a.s')}:2:2: warning: .vectors is not loaded into memory: for code, give it flags, as in .section .vectors,"ax"\n`);
  });
});

test('disasm --json: word, row, text, feature and status of each word', async () => {
  const { stdout } = await run(['disasm', '--words', '0x0e20b800', '2e42fc20', 'd503201f', '0xffffffff', '--json']);
  expect((JSON.parse(stdout) as Rows).rows).toEqual([
    { address: '0x00000000', word: '0x0e20b800', row: expect.any(String) as string, text: 'abs v0.8b, v0.8b', feature: 'FEAT_AdvSIMD', status: 'implemented' },
    { address: '0x00000004', word: '0x2e42fc20', row: 'BFDOT_simd', text: 'bfdot v0.2s, v1.4h, v2.4h', feature: 'FEAT_BF16', status: 'unimplemented' },
    { address: '0x00000008', word: '0xd503201f', row: 'NOP', text: 'nop', feature: null, status: 'implemented' },
    { address: '0x0000000c', word: '0xffffffff', row: null, text: 'udf-or-unallocated', feature: null, status: 'unallocated' },
  ]);
});

test('disasm --stdin: words come in pieces that end anywhere', async () => {
  const { status, stdout } = await run(['disasm', '--stdin', '--base', '0x100'], { stdin: ['d503', '201f\r\n\n0xd65f03', 'c0'] });
  expect([status, stdout]).toEqual([0, '0x00000100  0xd503201f  nop\n0x00000104  0xd65f03c0  ret\n']);
});

test('bytes at the end of a section of an ELF file that are no word are named; its address is its own', async () => {
  await inFolder({ 'a.s': '_start: nop\n.byte 1, 2, 3\n' }, async (path) => {
    await run(['asm', path('a.s'), '-o', path('a.elf')]);
    const { status, stdout, stderr } = await run(['disasm', path('a.elf')]);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '0x40080000  0xd503201f  nop\n', stderr: `${path('a.elf')}: .text: the last 3 bytes are no word, and left out\n` });
    expect(await run(['disasm', path('a.elf'), '--base', '0x1000'])).toEqual({ status: 2, stdout: '', stderr: `worldswitch: --base: ${path('a.elf')} says itself where it goes: leave it out\n` });
  });
});

test('disasm --stdin: a line that is no word ends the output with its number', async () => {
  const { status, stdout, stderr } = await run(['disasm', '--stdin'], { stdin: ['d503201f\n\nnop\nd65f03c0\n'] });
  expect([status, stdout]).toEqual([2, '0x00000000  0xd503201f  nop\n']);
  expect(stderr).toBe("worldswitch: stdin:3: 'nop' is no word: one word a line is expected, in hexadecimal, such as d53c1100\n");
});

test('disasm --stdin: a line without end is refused, not collected', async () => {
  const { status, stderr } = await run(['disasm', '--stdin'], { stdin: ['f'.repeat(100_000)] });
  expect([status, stderr.length]).toEqual([2, expect.any(Number)]);
  expect(stderr.length).toBeLessThan(200);
});

test('disasm --arch takes features away', async () => {
  expect((await run(['disasm', '--words', 'f8200041', '--arch', 'v8.0'])).stdout).toBe('0x00000000  0xf8200041  udf-or-unallocated\n');
  expect((await run(['disasm', '--words', 'f8200041', '--arch', 'v8.1'])).stdout).toBe('0x00000000  0xf8200041  ldadd x0, x1, [x2]\n');
  expect((await run(['disasm', '--words', 'f8200041', '--arch', 'v8.1-LSE'])).stdout).toBe('0x00000000  0xf8200041  udf-or-unallocated\n');
});

test('decode: row, pattern, bits by field, ways to write it', async () => {
  const { stdout } = await run(['decode', '0x910003e0']);
  expect(stdout.split('\n').slice(0, 17)).toEqual([
    '0x910003e0  mov x0, sp',
    '',
    'row      ADD_imm (Data processing, immediate)',
    'pattern  sf 0 0 100010 sh imm12:12 Rn:5 Rd:5',
    'feature  none: the base architecture',
    'status   implemented',
    'forms    sf sh',
    '',
    'bits   value         field',
    '31     1             sf     1',
    '30     0',
    '29     0',
    '28:23  100010',
    '22     0             sh     0',
    '21:10  000000000000  imm12  0',
    '9:5    11111         Rn     31',
    '4:0    00000         Rd     0',
  ]);
  expect(stdout).toMatch(/^alias +MOV_sp +mov <Rd\|SP>, <Rn\|SP> +mov x0, sp {2}\(preferred\)$/m);
  expect(stdout).toMatch(/^row +ADD_imm +add <Rd\|SP>, <Rn\|SP>, <addsubimm> +add x0, sp, #0x0$/m);
});

test('decode of an unallocated word says which row comes near', async () => {
  const { status, stdout } = await run(['decode', '0x12400000']);
  expect([status, stdout]).toEqual([0, '0x12400000  udf-or-unallocated\n\nno row of the instruction table allocates this word\n  AND_imm (sf 00 100100 N immr:6 imms:6 Rn:5 Rd:5): reserved where sf=0 N=1\n']);
});

test('sysreg: by name in any case, by S3_..., by numbers', async () => {
  const [name, generic, numbers] = await Promise.all([['hcr_el2'], ['s3_4_c1_c1_0'], ['3,4,1,1,0']].map(([register]) => run(['sysreg', register ?? ''])));
  expect(name?.stdout).toContain('encoding   op0=3 op1=4 CRn=1 CRm=1 op2=0  (S3_4_C1_C1_0)');
  expect(generic).toEqual(name);
  expect(numbers).toEqual(name);
});

interface Sysreg {
  readonly registers: readonly {
    readonly name: string | null;
    readonly access: unknown;
    readonly traps: readonly { readonly id: string }[];
    readonly layouts: readonly { readonly when: string | null; readonly fields: readonly { readonly name: string; readonly value: string | null }[]; readonly res0Set: string | null }[];
  }[];
}

async function sysreg(...args: string[]): Promise<Sysreg['registers']> {
  return (JSON.parse((await run(['sysreg', ...args, '--json'])).stdout) as Sysreg).registers;
}

test('sysreg: E2H redirects at EL2, and the timers at EL0 while TGE is 1', async () => {
  const [sctlr] = await sysreg('SCTLR_EL1');
  expect(sctlr?.access).toEqual([
    { el: 0, e2h0: { access: 'UNDEFINED', reaches: null }, e2h1: { access: 'UNDEFINED', reaches: null } },
    { el: 1, e2h0: { access: 'RW', reaches: null }, e2h1: { access: 'RW', reaches: null } },
    { el: 2, e2h0: { access: 'RW', reaches: null }, e2h1: { access: 'RW', reaches: 'SCTLR_EL2' } },
  ]);
  const [alias] = await sysreg('SCTLR_EL12');
  expect((alias?.access as unknown[])[2]).toEqual({ el: 2, e2h0: { access: 'UNDEFINED', reaches: null }, e2h1: { access: 'RW', reaches: 'SCTLR_EL1' } });
  const [timer] = await sysreg('CNTP_CTL_EL0');
  expect((timer?.access as unknown[])[0]).toEqual({ el: 0, e2h0: { access: 'RW', reaches: null }, e2h1: { access: 'RW', reaches: 'CNTHP_CTL_EL2 while TGE is 1' } });
});

test('sysreg: a value by field, in both layouts where E2H moves them', async () => {
  const [hcr] = await sysreg('HCR_EL2', '0x488000000');
  expect(hcr?.layouts[0]?.fields.filter(({ value }) => value !== '0x0').map(({ name }) => name)).toEqual(['E2H', 'RW', 'TGE']);
  const [cptr] = await sysreg('CPTR_EL2', '0x33ff');
  expect(cptr?.layouts.map(({ when }) => when)).toEqual(['E2H=0', 'E2H=1']);
});

test('sysreg: what traps it', async () => {
  const [sctlr] = await sysreg('SCTLR_EL1');
  expect(sctlr?.traps.map(({ id }) => id).join('\n')).toMatch(/HCR_EL2\.TVM/);
});

test('sysreg: an encoding without a register still says what traps it', async () => {
  const { status, stdout } = await run(['sysreg', 'S3_1_C15_C2_0']);
  expect(status).toBe(0);
  expect(stdout).toContain('no register has this encoding');
  expect(stdout).toContain('HCR_EL2.TIDCP is 0b1');
});

test('sysreg: an encoding that is read as one register and written as another', async () => {
  const registers = await sysreg('2,3,0,5,0');
  expect(registers.map(({ name }) => name)).toEqual(['DBGDTRRX_EL0', 'DBGDTRTX_EL0']);
});

test('esr: EC, IL and ISS by field', async () => {
  const { stdout } = await run(['esr', '0x93c08047']);
  expect(stdout).toMatch(/^EC +31:26 +0x24 +.*Data Abort from a lower Exception level$/m);
  expect(stdout).toMatch(/^ {2}ISV +24 +1$/m);
  expect(stdout).toMatch(/^ {2}DFSC +5:0 +7 +Translation fault, level 3$/m);
  expect(JSON.parse((await run(['esr', '0x5a00abcd', '--json'])).stdout)).toMatchObject({ ec: { value: 0x16 }, il: 1, iss: '0xabcd', fields: [{ name: 'imm16', value: 0xabcd }], stray: '0x0' });
});

test('isa --status: every row is counted once', async () => {
  const document = JSON.parse((await run(['isa', '--status', '--json'])).stdout) as { rows: { unimplemented: number; undefined: number; implemented: number }[]; total: { unimplemented: number; undefined: number; implemented: number } };
  const sum = document.rows.reduce((total, row) => total + row.implemented + row.unimplemented + row.undefined, 0);
  expect(sum).toBe(document.total.implemented + document.total.unimplemented + document.total.undefined);
  expect(document.total.unimplemented).toBeGreaterThan(0);
  expect(document.total.implemented).toBeGreaterThan(900);
});

test('demo: the hypercall on three machines, the ladder of both modes, what to do next', async () => {
  const { status, stdout } = await run(['demo']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ {2}hypercall +seattle +non-VHE +[0-9,]+ +[0-9,]+/m);
  expect(stdout).toMatch(/^ {2}device read +seattle-vhe +VHE +[0-9,]+ +[0-9,]+ .*7,630 \(/m);
  expect(stdout).toContain('--kvm vhe');
  expect(stdout).toMatch(/^ {2}p28 +43 █+.? +defer-64bit$/m);
  expect(stdout).toContain('npm run -s worldswitch -- --help');
});
