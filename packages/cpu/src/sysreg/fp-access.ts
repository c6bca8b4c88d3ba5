/** Whether FP and SIMD are enabled in a mode, remembered for the controls as they stand: asked at every change of mode. */
import { MODE } from '../engine/layout.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { CELL } from './cells.ts';

/** The bits of the mode word on which the controls depend. */
const MODE_BITS = MODE.EL_MASK | MODE.E2H | MODE.TGE;

export class FpAccess {
  readonly #state: CpuState;
  readonly #ask: (mode: number) => boolean;
  /** By mode bits: 0 not asked yet, 1 disabled, 2 enabled. */
  readonly #known = new Uint8Array(MODE_BITS + 1);
  #cpacr = 0;
  #cptr = 0;

  constructor(state: CpuState, ask: (mode: number) => boolean) {
    this.#state = state;
    this.#ask = ask;
  }

  enabled(mode: number): boolean {
    const cpacr = this.#state.lo(CELL.CPACR_EL1);
    const cptr = this.#state.lo(CELL.CPTR_EL2);
    if (cpacr !== this.#cpacr || cptr !== this.#cptr) {
      this.#cpacr = cpacr;
      this.#cptr = cptr;
      this.#known.fill(0);
    }
    const at = mode & MODE_BITS;
    if (this.#known[at] === 0) this.#known[at] = this.#ask(mode) ? 2 : 1;
    return this.#known[at] === 2;
  }
}
