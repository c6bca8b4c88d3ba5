// @ts-check
/**
 * Time and interrupts of our side of `check:system`. The counter advances by one with an instruction; the redistributor's
 * frame knows groups and enables of the PPIs alone, which is what the programs set: group 1 drives IRQ, group 0 drives FIQ.
 */
import { createCpuInterfaceV3 } from '../../../packages/gic/dist/index.js';
import { TIMER_INTIDS, Timers } from '../../../packages/timer/dist/index.js';

/** The frames of the emulator's board: GICD, and GICR with its SGI_base frame behind RD_base. */
const GIC_FIRST = 0x0800_0000;
const GIC_LAST = 0x0900_0000;
const SGI_BASE = 0x080b_0000;
const GICR_IGROUPR0 = SGI_BASE + 0x80;
const GICR_ISENABLER0 = SGI_BASE + 0x100;
const GICR_ICENABLER0 = SGI_BASE + 0x180;
const FREQUENCY = 62_500_000;
const MAINTENANCE_INTID = 25;

/** @typedef {import('../../../packages/cpu/dist/index.js').Cpu} Cpu */

export class Interrupts {
  #groups = 0;
  #enables = 0;
  #levels = 0;
  /** What was waited through. */
  #skipped = 0;
  /** @type {bigint | null} */
  #deadline = null;
  /** @type {() => Cpu} */
  #cpu;
  #running = false;
  #timers;
  banks;

  /** @param {() => Cpu} cpu */
  constructor(cpu) {
    this.#cpu = cpu;
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
    const view = () => this.#cpu().routing();
    this.#timers = new Timers({ frequency: FREQUENCY, owner: 0 }, time, view, (timer, level) => this.#set(TIMER_INTIDS[timer], level));
    const lines = {
      setVirtualIrq: (/** @type {boolean} */ level) => this.#cpu().setVirtualIrq(level),
      setVirtualFiq: (/** @type {boolean} */ level) => this.#cpu().setVirtualFiq(level),
      setMaintenance: (/** @type {boolean} */ level) => this.#set(MAINTENANCE_INTID, level),
      deactivate: () => undefined,
    };
    const options = /** @type {const} */ ({ lrCount: 4, priorityBits: 5, preemptionBits: 5, intidBits: 24, hasEl2: true });
    const gic = createCpuInterfaceV3(options, view, lines, { deactivate: () => undefined, generateSgi: () => undefined });
    this.banks = [this.#timers, ...gic.banks];
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

  /** A store of the programs to the GIC's frames; false elsewhere. @param {number} address @param {number} value */
  write(address, value) {
    if (address === GICR_IGROUPR0) this.#groups = value;
    if (address === GICR_ISENABLER0) this.#enables |= value;
    if (address === GICR_ICENABLER0) this.#enables &= ~value;
    this.#drive();
    return address >= GIC_FIRST && address < GIC_LAST;
  }

  #now() {
    const { retired } = this.#cpu();
    return (retired[0] ?? 0) + (retired[1] ?? 0) + (retired[2] ?? 0) + this.#skipped;
  }

  /** @param {number} intid @param {boolean} level */
  #set(intid, level) {
    const bit = 2 ** intid | 0;
    this.#levels = level ? this.#levels | bit : this.#levels & ~bit;
    this.#drive();
  }

  #drive() {
    const pending = this.#levels & this.#enables;
    this.#cpu().setIrq((pending & this.#groups) !== 0);
    this.#cpu().setFiq((pending & ~this.#groups) !== 0);
  }
}
