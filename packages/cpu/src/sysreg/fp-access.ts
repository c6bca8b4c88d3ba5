/** Whether FP and SIMD are enabled in a mode, remembered by the values of the controls: asked at every change of mode. */
import { MODE } from '../engine/layout.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { CELL } from './cells.ts';

/** The bits of the mode word on which the controls depend. */
const MODE_BITS = MODE.EL_MASK | MODE.E2H | MODE.TGE;
/** Pairs of values that are remembered: a host's and a few guests'. */
const PAIRS = 8;

/** What is known under one pair of values: by mode bits, 0 not asked yet, 1 disabled, 2 enabled. */
interface Known {
  cpacr: number;
  cptr: number;
  readonly answers: Uint8Array;
}

export class FpAccess {
  readonly #state: CpuState;
  readonly #ask: (mode: number) => boolean;
  readonly #pairs: readonly Known[] = Array.from({ length: PAIRS }, () => ({ cpacr: 0, cptr: 0, answers: new Uint8Array(MODE_BITS + 1) }));
  #known = this.#pairs[0]!;
  /** The pair that makes room for another. */
  #oldest = 0;

  constructor(state: CpuState, ask: (mode: number) => boolean) {
    this.#state = state;
    this.#ask = ask;
  }

  enabled(mode: number): boolean {
    const cpacr = this.#state.lo(CELL.CPACR_EL1);
    const cptr = this.#state.lo(CELL.CPTR_EL2);
    if (cpacr !== this.#known.cpacr || cptr !== this.#known.cptr) this.#known = this.#find(cpacr, cptr);
    const { answers } = this.#known;
    const at = mode & MODE_BITS;
    if (answers[at] === 0) answers[at] = this.#ask(mode) ? 2 : 1;
    return answers[at] === 2;
  }

  #find(cpacr: number, cptr: number): Known {
    for (let pair = 0; pair < PAIRS; pair++) {
      const known = this.#pairs[pair]!;
      if (known.cpacr === cpacr && known.cptr === cptr) return known;
    }
    this.#oldest = (this.#oldest + 1) % PAIRS;
    const room = this.#pairs[this.#oldest]!;
    room.cpacr = cpacr;
    room.cptr = cptr;
    room.answers.fill(0);
    return room;
  }
}
