/** Native frames: where exceptions that native code took return to. A stack of return points per PE, see `SoftwarePort`. */
import { MODE, PE } from '../engine/layout.ts';
import type { CpuState } from '../state/cpu-state.ts';

const EL_AND_SP = MODE.EL_MASK | MODE.SPSEL;

export class NativeFrames {
  readonly #state: CpuState;
  readonly #lo: number[] = [];
  readonly #hi: number[] = [];
  readonly #mode: number[] = [];

  constructor(state: CpuState) {
    this.#state = state;
  }

  get depth(): number {
    return this.#lo.length;
  }

  /** Pushes a return point: the address, and EL and SPSel of `mode`. */
  push(lo: number, hi: number, mode: number): void {
    this.#lo.push(lo);
    this.#hi.push(hi);
    this.#mode.push(mode & EL_AND_SP);
  }

  /** Pops the top frame if the PE stands at its return point. */
  popIfReached(): boolean {
    const top = this.#lo.length - 1;
    const state = this.#state;
    if (top < 0 || this.#lo[top] !== state.lo(PE.PC) || this.#hi[top] !== state.hi(PE.PC) || this.#mode[top] !== (state.get32(PE.MODE) & EL_AND_SP)) return false;
    this.#lo.pop();
    this.#hi.pop();
    this.#mode.pop();
    return true;
  }

  /** Drops all frames: the thread that they belong to ends. */
  clear(): void {
    this.#lo.length = 0;
    this.#hi.length = 0;
    this.#mode.length = 0;
  }
}
