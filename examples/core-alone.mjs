// A core with RAM and nothing else (@worldswitch/cpu): a system call of EL0, and the handler at EL1.
import { createCpu } from '@worldswitch/cpu';
import { ELR_EL1, ESR_EL1, HCR_EL2, SCTLR_EL1, SPSR_AARCH64, VBAR_EL1 } from '@worldswitch/cpu/arch';

const RAM = 0x4000_0000;
const { cpu, ram } = createCpu({ core: 'generic', ram: { base: RAM, size: 0x10_0000 } });

// Words by hand; tools has an assembler.
ram.writeWords(RAM, [0xd280_0540, 0xd400_00e1]); // mov x0, #42; svc #7
ram.writeWords(RAM + 0x800 + 0x400, [0x9100_0401, 0x1400_0000]); // vector of EL0's exceptions: add x1, x0, #1; b .
cpu.setSystemRegister(HCR_EL2, HCR_EL2.of({ RW: 1 }));
cpu.setSystemRegister(SCTLR_EL1, 0n);
cpu.setSystemRegister(VBAR_EL1, BigInt(RAM + 0x800));
cpu.setPstate(Number(SPSR_AARCH64.of({ M: 0 }))); // EL0
cpu.pc = BigInt(RAM);

console.log(cpu.run(1), cpu.state.el); // budget 0
console.log(cpu.run(10), cpu.state.el, cpu.getX(1)); // budget 1 43n
console.log(ESR_EL1.format(cpu.getSystemRegister(ESR_EL1))); // EC=SVC64 IL=1 ISS=0x7
console.log(`back to _start+${cpu.getSystemRegister(ELR_EL1) - BigInt(RAM)}`); // back to _start+8
