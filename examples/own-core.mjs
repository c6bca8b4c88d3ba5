// A core of somebody else's under the conformance suite (@worldswitch/machine/testing): a driver of 60 lines around a toy interpreter, held
// to ours one instruction at a time. `npm run conformance -- --driver examples/own-core.mjs` holds it to every program.
import { fileURLToPath } from 'node:url';

/** MOVZ, ADD (immediate), SUBS (immediate) and B.NE of 64 bits; a shift by 12 is forgotten. */
class ToyCore {
  name = 'toy';
  has = [];
  #registers = new Map();
  #memory = new Map();

  reset() {
    this.#registers.clear();
    this.#memory.clear();
  }
  getRegister = (name) => this.#registers.get(name) ?? 0n;
  setRegister = (name, value) => void this.#registers.set(name, BigInt.asUintN(64, value));
  readMemory = (address, size) => Uint8Array.from({ length: size }, (_, n) => this.#memory.get(address + BigInt(n)) ?? 0);
  writeMemory(address, bytes) {
    bytes.forEach((byte, n) => this.#memory.set(address + BigInt(n), byte));
  }

  step() {
    const pc = this.getRegister('pc');
    const word = new DataView(this.readMemory(pc, 4).buffer).getUint32(0, true);
    const [d, n, imm] = [`x${word & 31}`, `x${(word >>> 5) & 31}`, BigInt((word >>> 10) & 0xfff)];
    let next = pc + 4n;
    if (word >>> 21 === 0x694) this.setRegister(d, BigInt((word >>> 5) & 0xffff));
    else if (word >>> 23 === 0x122) this.setRegister(d, this.getRegister(n) + imm);
    else if (word >>> 23 === 0x1e2) {
      const [a, result] = [this.getRegister(n), BigInt.asUintN(64, this.getRegister(n) - imm)];
      const flags = ((result >> 63n) << 3n) | (result === 0n ? 4n : 0n) | (a >= imm ? 2n : 0n);
      this.setRegister(d, result);
      this.setRegister('pstate', (this.getRegister('pstate') & 0x0fff_ffffn) | (flags << 28n));
    } else if (word >>> 24 === 0x54 && (word & 31) === 1) {
      if ((this.getRegister('pstate') & 0x4000_0000n) === 0n) next = pc + BigInt((word << 8) >> 13) * 4n;
    } else return; // anything else stays where it is
    this.setRegister('pc', next);
  }

  run(limit) {
    for (let left = limit; left > 0; left--) {
      const pc = this.getRegister('pc');
      this.step();
      if (this.getRegister('pc') === pc) return { reason: 'failed', why: `cannot execute what is at 0x${pc.toString(16)}` };
    }
    return { reason: 'limit' };
  }
}

export const createDriver = () => new ToyCore();

// A driver needs nothing of ours; this comparison does.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { CoreDriver, firstDifference } = await import('@worldswitch/machine/testing');
  const address = 0x4000_0000n;
  const loop = { address, words: [0xd280_0060, 0x9100_0421, 0xf100_0400, 0x54ff_ffc1], steps: 10 }; // mov x0, #3; 1: add x1, x1, #1; subs x0, x0, #1; b.ne 1b
  console.log(await firstDifference(new CoreDriver(), new ToyCore(), loop)); // null
  const found = await firstDifference(new CoreDriver(), new ToyCore(), { address, words: [0x9140_0421], steps: 1 }); // add x1, x1, #1, lsl #12
  console.log(`${found.register} is ${found.values[1]}, not ${found.values[0]}`); // x1 is 1, not 4096
}
