// @ts-check
/** The far side of `check:differential`: a qemu-aarch64 that runs batches of cases in the harness. */
import { buildProgram, Emulator } from '../lib/emulator.mjs';
import { CASE, RESULT } from './cases.mjs';

export function buildHarness() {
  return buildProgram('differential', new URL('harness.c', import.meta.url));
}

export class Qemu {
  #emulator;

  /** @param {string} program @param {string} model @param {Int32Array} initial what the data area holds */
  constructor(program, model, initial) {
    this.#emulator = new Emulator(program, model);
    this.#emulator.write(initial);
  }

  /** Sends a batch; {@link results} are asked for later, in the same order. @param {Int32Array} cases @param {number} count */
  send(cases, count) {
    this.#emulator.write(Int32Array.of(count));
    this.#emulator.write(cases.subarray(0, count * CASE.WORDS));
  }

  /** The results of the oldest batch not yet asked for, and the count of stray words behind them. @param {number} count @returns {Promise<Int32Array>} */
  results(count) {
    return this.#emulator.read(count * RESULT.WORDS + 1);
  }

  end() {
    this.#emulator.end();
  }
}
