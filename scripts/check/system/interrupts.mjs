// @ts-check
/** Time and interrupts of our side of `check:system`: timers and a GICv3 where the emulator's board has them. The counter advances by one with an instruction. */
import { createGicV3 } from '../../../packages/gic/dist/index.js';
import { TIMER_INTIDS, Timers } from '../../../packages/timer/dist/index.js';

/** The frames of the emulator's board; GICR has its SGI_base frame behind RD_base. */
const GICD_BASE = 0x0800_0000;
const GICR_BASE = 0x080a_0000;
const FREQUENCY = 62_500_000;
const MPIDR = 0x8000_0000n;

/** @typedef {import('../../../packages/cpu/dist/index.js').Cpu} Cpu */
/** @typedef {import('../../../packages/gic/dist/index.js').MmioFrame} MmioFrame */

export class Interrupts {
  /** What was waited through. */
  #skipped = 0;
  /** @type {bigint | null} */
  #deadline = null;
  /** @type {() => Cpu} */
  #cpu;
  #running = false;
  #timers;
  /** @type {{ base: number, frame: MmioFrame }[]} */
  #frames = [];
  banks;

  /** @param {() => Cpu} cpu */
  constructor(cpu) {
    this.#cpu = cpu;
    const view = () => this.#cpu().routing();
    const lines = {
      setIrq: (/** @type {boolean} */ level) => this.#cpu().setIrq(level),
      setFiq: (/** @type {boolean} */ level) => this.#cpu().setFiq(level),
      setVirtualIrq: (/** @type {boolean} */ level) => this.#cpu().setVirtualIrq(level),
      setVirtualFiq: (/** @type {boolean} */ level) => this.#cpu().setVirtualFiq(level),
    };
    const gic = createGicV3({ pes: 1, spis: 32, lrCount: 4, priorityBits: 5, preemptionBits: 5, intidBits: 24, hasEl2: true }, [{ mpidr: MPIDR, lines, view }]);
    let base = GICR_BASE;
    if (gic.distributor !== null) this.#frames.push({ base: GICD_BASE, frame: gic.distributor });
    for (const frame of gic.redistributors) {
      this.#frames.push({ base, frame });
      base += frame.frame.size;
    }
    const time = {
      readCounter: (/** @type {Uint32Array} */ data) => {
        const now = this.#now();
        data[0] = now % 2 ** 32;
        data[1] = Math.floor(now / 2 ** 32);
      },
      setDeadline: (/** @type {number} */ _owner, /** @type {bigint | null} */ deadline) => {
        this.#deadline = deadline;
        if (this.#running) this.#cpu().requestStop();
      },
    };
    this.#timers = new Timers({ frequency: FREQUENCY, owner: 0 }, time, view, (timer, level) => gic.setPpi(0, TIMER_INTIDS[timer], level));
    this.banks = [this.#timers, ...(gic.interfaces[0]?.banks ?? [])];
  }

  /** Runs the core up to the next deadline; a wait ends there. @param {number} budget */
  run(budget) {
    const left = this.#deadline === null ? budget : Math.max(1, Math.min(budget, Number(this.#deadline) - this.#now()));
    this.#running = true;
    const outcome = this.#cpu().run(left);
    this.#running = false;
    if (outcome === 'wait' && this.#deadline !== null) this.#skipped += Math.max(0, Number(this.#deadline) - this.#now());
    if (this.#deadline !== null && this.#now() >= Number(this.#deadline)) this.#timers.update();
    return outcome;
  }

  /** @param {number} address @param {number} size @param {Uint32Array} data */
  read(address, size, data) {
    const place = this.#frameAt(address);
    return place === undefined ? 'abort' : place.frame.read(address - place.base, size, data);
  }

  /** @param {number} address @param {number} size @param {Uint32Array} data */
  write(address, size, data) {
    const place = this.#frameAt(address);
    return place === undefined ? 'abort' : place.frame.write(address - place.base, size, data);
  }

  /** @param {number} address */
  #frameAt(address) {
    return this.#frames.find(({ base, frame }) => address >= base && address < base + frame.frame.size);
  }

  #now() {
    const { retired } = this.#cpu();
    return (retired[0] ?? 0) + (retired[1] ?? 0) + (retired[2] ?? 0) + this.#skipped;
  }
}
