/** Our core as a driver of the conformance suite: `createCpu` on a board with timers and a GICv3 where QEMU's `virt` has them. */
import { createCpu, type CoreDescription, type Cpu, type StandaloneCpu } from '@worldswitch/cpu';
import { FeatureSet } from '@worldswitch/cpu/arch';
import type { CpuTestDriver, CpuTestNeed, CpuTestRegister, CpuTestStop } from './driver.ts';
import { TestBoard } from './test-board.ts';

/** What QEMU's neoverse-n1 is, as near as may be: the suite's programs ask for nothing else. */
export const TEST_CORE: CoreDescription = {
  midr: 0x414f_d0c1n,
  features: FeatureSet.upTo('v8.2', 'mandatory').with('EL2', 'CRC32', 'VMID16', 'HAFDBS', 'AA32EL0', 'PMUv3', 'PMUv3p1', 'LRCPC', 'FP16', 'DotProd', 'HPDS2', 'GICv3', 'SSBS', 'SSBS2'),
  paBits: 48,
  breakpoints: 6,
  watchpoints: 4,
};

export interface CoreDriverOptions {
  readonly name?: string;
  /** {@link TEST_CORE} unless given. */
  readonly core?: CoreDescription;
  /** Whether code is translated, which changes nothing of what programs print: so unless false. */
  readonly translation?: boolean;
}

const RAM = { base: 0x4000_0000, size: 0x100_0000 };
const SEMIHOSTING = 0xf000;
/** Instructions of a slice; a deadline or a wait ends one early. */
const SLICE = 100_000;
/** SMCCC, "Unknown Function Identifier". */
const NOT_SUPPORTED = 0xffff_ffff_ffff_ffffn;

export class CoreDriver implements CpuTestDriver {
  readonly name: string;
  readonly has: readonly CpuTestNeed[] = ['gicv3', 'timer'];
  readonly #core: CoreDescription;
  readonly #translation: boolean;
  #board: TestBoard;
  #alone: StandaloneCpu;
  #isCalled = false;

  constructor({ name = 'worldswitch', core = TEST_CORE, translation = true }: CoreDriverOptions = {}) {
    this.name = name;
    this.#core = core;
    this.#translation = translation;
    [this.#board, this.#alone] = this.#make();
  }

  /** The core itself, which is another one after each reset. */
  get cpu(): Cpu {
    return this.#alone.cpu;
  }

  reset(): void {
    [this.#board, this.#alone] = this.#make();
    this.#isCalled = false;
  }

  #make(): [TestBoard, StandaloneCpu] {
    const board: TestBoard = new TestBoard(() => alone.cpu);
    const alone: StandaloneCpu = createCpu({
      core: this.#core,
      ram: RAM,
      translation: this.#translation,
      ports: { bus: board, banks: board.banks, firmwareCall: (kind, imm) => this.#firmwareCall(kind, imm) },
    });
    return [board, alone];
  }

  #firmwareCall(kind: 'hvc' | 'smc' | 'hlt', imm: number): boolean {
    if (kind === 'smc') {
      this.cpu.setX(0, NOT_SUPPORTED);
      return true;
    }
    if (kind !== 'hlt' || imm !== SEMIHOSTING) return false;
    this.#isCalled = true;
    this.cpu.requestStop();
    return true;
  }

  getRegister(name: CpuTestRegister): bigint {
    const { cpu } = this;
    switch (name) {
      case 'pc':
        return cpu.pc;
      case 'sp':
        return cpu.sp;
      case 'pstate':
        return BigInt(cpu.pstate);
      default:
        return cpu.getX(Number(name.slice(1)));
    }
  }

  setRegister(name: CpuTestRegister, value: bigint): void {
    const { cpu } = this;
    switch (name) {
      case 'pc':
        cpu.pc = value;
        break;
      case 'sp':
        cpu.sp = value;
        break;
      case 'pstate':
        cpu.setPstate(Number(value));
        break;
      default:
        cpu.setX(Number(name.slice(1)), value);
    }
  }

  readMemory(address: bigint, size: number): Uint8Array {
    return this.#alone.ram.read(Number(address), size);
  }

  writeMemory(address: bigint, bytes: Uint8Array): void {
    this.#alone.ram.write(Number(address), bytes);
  }

  step(): void {
    this.#board.run(1);
  }

  run(limit: number): CpuTestStop {
    const { cpu } = this;
    const retired = (): number => cpu.retired.reduce((sum, n) => sum + n);
    for (let left = limit; left > 0; ) {
      const before = retired();
      const outcome = this.#board.run(Math.min(left, SLICE));
      if (this.#isCalled) {
        this.#isCalled = false;
        return { reason: 'semihosting' };
      }
      if (outcome === 'unimplemented') return { reason: 'failed', why: `unimplemented ${cpu.unimplementedRow?.id ?? '?'} at 0x${cpu.pc.toString(16)}` };
      // A slice of exceptions alone retires nothing.
      const done = retired() - before;
      left -= done === 0 ? SLICE : done;
    }
    return { reason: 'limit' };
  }
}
