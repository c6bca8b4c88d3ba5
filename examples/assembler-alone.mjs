// Assembler and disassembler (@worldswitch/tools): one instruction table, read in both directions; errors have a place.
import { assemble, disassembleWord, formatDiagnostic, writeElf } from '@worldswitch/tools';

const source = `
_start: mrs x0, HCR_EL2
        tbnz x0, #34, host      // E2H
        eret
host:   msr SCTLR_EL12, xzr
        ret
`;
const result = assemble(source, { base: 0x4008_0000n });
if (!result.ok) throw new Error('cannot be');
const { program } = result;
const [text] = program.sections;
const words = new Uint32Array(text.bytes.buffer, text.bytes.byteOffset, text.bytes.length / 4);
console.log([...words].map((word) => word.toString(16)).join(' ')); // d53c1100 b7100040 d69f03e0 d51d101f d65f03c0
console.log(disassembleWord(words[1], { address: 0x4008_0004n }).text); // tbnz x0, #34, 0x4008000c
console.log(disassembleWord(words[3]).text); // msr sctlr_el12, xzr
console.log(program.symbols.map(({ name }) => name).filter((name) => !name.startsWith('$')).join(' ')); // _start host
console.log(writeElf(program).length > 64); // true

const wrong = assemble('add x0, x1, #4097\n');
console.log(wrong.ok ? '' : formatDiagnostic(wrong.diagnostics[0]).split('\n')[0]); // input.s:1:13: error: immediate out of range: 0 to 4095, or such a number times 4096
