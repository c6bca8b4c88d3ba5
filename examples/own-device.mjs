// A device of our own on the bus (@worldswitch/machine): a square-root engine at 0x0a00_0000, driven by machine code.
import { createCpu } from '@worldswitch/cpu';
import { ESR_EL2, VBAR_EL2 } from '@worldswitch/cpu/arch';
import { DeviceBus } from '@worldswitch/machine';
import { assemble } from '@worldswitch/tools';

/** Write a number to offset 0, read its root there; other offsets abort, which the core takes as an exception. */
class RootEngine {
  #value = 0;
  read(offset, size, data) {
    if (offset !== 0 || size !== 4) return 'abort';
    data[0] = Math.floor(Math.sqrt(this.#value));
    return 'ok';
  }
  write(offset, size, data) {
    if (offset !== 0 || size !== 4) return 'abort';
    this.#value = data[0];
    return 'ok';
  }
}

const bus = new DeviceBus([{ name: 'root', base: 0x0a00_0000, size: 0x1000, device: new RootEngine(), readEvent: 'mmio', writeEvent: 'mmio' }], () => cpu.events);
const { cpu, ram } = createCpu({ ports: { bus } });
const { program } = assemble(`
  movz x1, #0x0a00, lsl #16
  mov w0, #1764
  str w0, [x1]
  ldr w2, [x1]
  ldr w3, [x1, #8]
`);
ram.write(ram.base, program.sections[0].bytes);
cpu.setSystemRegister(VBAR_EL2, 0x4000_1000n);
cpu.run(4);
console.log(cpu.getX(2)); // 42n
cpu.run(1); // the device does not know offset 8
console.log(cpu.pc.toString(16)); // 40001200
console.log(ESR_EL2.format(cpu.getSystemRegister(ESR_EL2))); // EC=DataAbortSame IL=1 ISS=0x10
