/**
 * Time and interrupts around one core: timers and a GICv3 where QEMU's `virt` board has them, the rest of the address space aborts. The
 * counter advances by one with an instruction, and over a wait to the next deadline, so that nothing depends on the host.
 */
import type { Bus, BusResult, Cpu, RunOutcome, SysRegBank } from '@worldswitch/cpu';
import { createGicV3, type MmioFrame } from '@worldswitch/gic';
import { TIMER_INTIDS, Timers } from '@worldswitch/timer';
import { MEMORY_MAP } from '../memory-map.ts';

const FREQUENCY = 62_500_000;
const MPIDR = 0x8000_0000n;

export class TestBoard implements Bus {
  readonly banks: readonly SysRegBank[];
  readonly #cpu: () => Cpu;
  readonly #timers: Timers;
  readonly #frames: { readonly base: number; readonly frame: MmioFrame }[] = [];
  /** What was waited through. */
  #skipped = 0;
  #deadline: bigint | null = null;
  #isRunning = false;

  /** The core is asked for when it is needed: it is made with the board as a port. */
  constructor(cpu: () => Cpu) {
    this.#cpu = cpu;
    const view = () => cpu().routing();
    const lines = {
      setIrq: (level: boolean) => cpu().setIrq(level),
      setFiq: (level: boolean) => cpu().setFiq(level),
      setVirtualIrq: (level: boolean) => cpu().setVirtualIrq(level),
      setVirtualFiq: (level: boolean) => cpu().setVirtualFiq(level),
    };
    const gic = createGicV3({ pes: 1, spis: 32, lrCount: 4, priorityBits: 5, preemptionBits: 5, intidBits: 24, hasEl2: true }, [{ mpidr: MPIDR, lines, view }]);
    if (gic.distributor !== null) this.#frames.push({ base: MEMORY_MAP.GICD, frame: gic.distributor });
    let base: number = MEMORY_MAP.GICR;
    for (const frame of gic.redistributors) {
      this.#frames.push({ base, frame });
      base += frame.frame.size;
    }
    const time = {
      readCounter: (data: Uint32Array) => {
        const now = this.#now();
        data[0] = now % 2 ** 32;
        data[1] = Math.floor(now / 2 ** 32);
      },
      setDeadline: (_owner: number, deadline: bigint | null) => {
        this.#deadline = deadline;
        if (this.#isRunning) cpu().requestStop();
      },
    };
    this.#timers = new Timers({ frequency: FREQUENCY, owner: 0 }, time, view, (timer, level) => gic.setPpi(0, TIMER_INTIDS[timer], level));
    this.banks = [this.#timers, ...(gic.interfaces[0]?.banks ?? [])];
  }

  /** Runs the core up to the next deadline, at most `budget` instructions; a wait ends there. */
  run(budget: number): RunOutcome {
    const left = this.#deadline === null ? budget : Math.max(1, Math.min(budget, Number(this.#deadline) - this.#now()));
    this.#isRunning = true;
    const outcome = this.#cpu().run(left);
    this.#isRunning = false;
    if (outcome === 'wait' && this.#deadline !== null) this.#skipped += Math.max(0, Number(this.#deadline) - this.#now());
    if (this.#deadline !== null && this.#now() >= Number(this.#deadline)) this.#timers.update();
    return outcome;
  }

  read(address: number, size: number, data: Uint32Array): BusResult {
    const place = this.#frameAt(address);
    return place === undefined ? 'abort' : place.frame.read(address - place.base, size, data);
  }

  write(address: number, size: number, data: Uint32Array): BusResult {
    const place = this.#frameAt(address);
    return place === undefined ? 'abort' : place.frame.write(address - place.base, size, data);
  }

  #frameAt(address: number): { readonly base: number; readonly frame: MmioFrame } | undefined {
    return this.#frames.find(({ base, frame }) => address >= base && address < base + frame.frame.size);
  }

  #now(): number {
    const { retired } = this.#cpu();
    return retired[0]! + retired[1]! + retired[2]! + this.#skipped;
  }
}
