/**
 * The parts of a PE as the engine sees them: who computes, who reaches memory, who executes what only Eval does. Each is
 * one class of its own folder; `core.ts` puts them together.
 */
import type { Access, StepAction } from '../emit/builder.ts';
import type { ExceptionSlot } from '../exception/exception.ts';

/**
 * The slow path of every access: what the TLB bank does not answer. It checks in the architectural order, refills the
 * bank when the access is plain RAM, and performs the access. Data cross in `data`, element by element, two words each.
 * False: an exception is in the PE's slot and nothing was done.
 */
export interface MemoryPath {
  /** Up to 64 elements: element i at `data[2 * i]` (low) and `data[2 * i + 1]` (high), zero-extended; one of 16 bytes is two of 8. */
  readonly data: Int32Array;
  load(vaLo: number, vaHi: number, elements: number, access: Access): boolean;
  store(vaLo: number, vaHi: number, elements: number, access: Access): boolean;
  /** Checks that `bytes` bytes could be written, without writing: STXR that fails. */
  checkStore(vaLo: number, vaHi: number, bytes: number, access: Access): boolean;
  /** Checks that `bytes` bytes could be read and written; a fault is one of the write only where the read has none. */
  checkAtomic(vaLo: number, vaHi: number, bytes: number, access: Access): boolean;
  /** The instruction word at the PC in `word`; false is an instruction abort or a PC alignment fault. */
  fetch(pcLo: number, pcHi: number): boolean;
  word: number;
  /** After a fetch that returned false: the address in native text that the PC reached, or -1 for an exception. */
  nativeAddress: number;
}

/** What only Eval does: system registers, exception generation, maintenance, waiting. */
export interface Stepper {
  /** Performs the action at the current instruction. False: an exception is in the PE's slot. */
  step(action: StepAction): boolean;
  /** FP and SIMD are disabled here: puts the trap in the slot. */
  trapFpSimd(): void;
}

/** What the builder Eval works on. */
export interface EvalHost {
  readonly memory: MemoryPath;
  readonly stepper: Stepper;
  readonly exception: ExceptionSlot;
  /** Counters by `EVENT`. */
  readonly events: Float64Array;
}

/**
 * Translated code of a PE, as the run loop sees it; everything works without it. The loop is: at a block head, set
 * `PE.BUDGET` and `enter`; after NEXT enter again, for the place where it left may have code; after STEP execute one
 * instruction and enter again; after MISS (unless it `resumes`) and BUDGET, and where there is no code (unless it
 * `waitsForFetch`), execute to the next block head and `note` it. Blocks end where the PC is not the next word.
 */
export interface TranslatedCode {
  /** How often translated code left, by `LEAVE`. */
  readonly leaves: Readonly<Float64Array>;
  /** Whether it may be entered at any instruction: then Eval has to execute one only where code left with MISS. */
  readonly resumes: boolean;
  /** Where {@link enter} found nothing: whether one instruction of Eval may change that, because its fetch walks. */
  readonly waitsForFetch: boolean;
  /**
   * Runs translated code from the PC until it leaves; false if there is none for it, and nothing happened. `PE.BUDGET`
   * says how many instructions it may retire and is counted down; afterwards `PE.LEAVE` says why it left, the PC is at
   * the next instruction, none of which is done, and all state is in the PE block. Less than a region may need for one
   * path is left in the budget for Eval. `step` executes the instruction at the PC and says whether
   * to go on behind it: tier 0 asks it for what is left to Eval, in place of leaving STEP or MISS.
   */
  enter(step: () => boolean): boolean;
  /** Eval has retired `retired` instructions from this block head on. May compile, so no translated code may be running. */
  note(headLo: number, headHi: number, retired: number): void;
}
