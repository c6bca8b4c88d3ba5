// @ts-check
/** One worker of `check:decode`: draws every n-th batch, asks the tools, compares. */
import { parentPort, workerData } from 'node:worker_threads';
import { Decoder, ROWS } from '../../../packages/cpu/dist/arch/index.js';
import { formatInstruction } from '../../../packages/tools/dist/syntax/instructions.js';
import { EXPLAINED } from '../decode-explained.mjs';
import { drawBatch, planBatches } from './cases.mjs';
import { ExplainedList } from './explained.mjs';
import { FEATURE_SETS, FULL, LATER_MATTR } from './feature-sets.mjs';
import { isAllocation, isScalable, sameText } from './normalise.mjs';
import { llvmDisassemble, objdumpDisassemble } from './oracles.mjs';

/**
 * @typedef {{ cases: number, allocated: number, differ: number, explained: number, later: number }} Count
 * @typedef {{ count: number, sets: Set<string>, example: string }} Finding
 * @typedef {{ allocation: Record<string, Count>, text: Record<string, Count>, findings: Map<string, Finding>, matches: number[] }} Result
 */

/** Builds what the parent merges. @param {{ worker: number, workers: number, words: number, seed: number, llvmMc: string, wholeSystem: boolean }} data @returns {Result} */
function work({ worker, workers, words, seed, llvmMc, wholeSystem }) {
  const explained = new ExplainedList(EXPLAINED, ROWS);
  const decoders = FEATURE_SETS.map(({ features }) => new Decoder(ROWS, features));
  const fullDecoder = new Decoder(ROWS, FULL.features);
  /** @type {Result} */
  const result = { allocation: {}, text: {}, findings: new Map(), matches: [] };
  const batches = planBatches(words).filter(({ index }) => index % workers === worker);
  for (const batch of batches) {
    const drawn = drawBatch(batch, seed, ROWS, wholeSystem);
    const rows = decodeAll(fullDecoder, drawn);
    const llvm = named(llvmDisassemble(llvmMc, drawn, FULL.mattr));
    compareAllocation('llvm-mc', FULL.name, drawn, rows, rows, llvm, null);
    // A feature less allocates no word more, so what nobody allocates with all of them need not be asked again.
    const known = drawn.filter((_, i) => (rows[i] ?? -1) >= 0 || llvm[i] !== null);
    const knownRows = rows.filter((row, i) => row >= 0 || llvm[i] !== null);
    FEATURE_SETS.forEach((set, s) => {
      if (set.name === FULL.name) return;
      const all = !set.name.includes('without');
      const asked = all ? drawn : known;
      compareAllocation('llvm-mc', set.name, asked, decodeAll(decoders[s], asked), all ? rows : knownRows, named(llvmDisassemble(llvmMc, asked, set.mattr)), null);
    });
    const objdump = named(objdumpDisassemble(drawn));
    compareAllocation('objdump', FULL.name, drawn, rows, rows, objdump, llvm);
    compareTexts('objdump', drawn, rows, objdump, true);
    compareTexts('llvm-mc', drawn, rows, llvm, false);
    parentPort?.postMessage({ progress: batch.part });
  }
  result.matches = explained.matches;
  return result;

  /**
   * `fullRows` are the rows when everything is on: a difference names the row that the word would have. `llvm` are the
   * texts of llvm-mc, for a tool that knows no feature sets.
   * @param {string} tool @param {string} set @param {Uint32Array} drawn @param {Int32Array} ours @param {Int32Array} fullRows
   * @param {readonly (string | null)[]} texts @param {readonly (string | null)[] | null} llvm
   */
  function compareAllocation(tool, set, drawn, ours, fullRows, texts, llvm) {
    const count = (result.allocation[`${tool} ${set}`] ??= { cases: 0, allocated: 0, differ: 0, explained: 0, later: 0 });
    /** @type {number[]} */
    const unknown = [];
    for (let i = 0; i < drawn.length; i++) {
      const word = drawn[i] ?? 0;
      if (llvm !== null && isScalable(word)) continue;
      const mine = (ours[i] ?? -1) >= 0;
      count.cases++;
      if (mine) count.allocated++;
      if (mine === (texts[i] !== null)) continue;
      const row = ROWS[fullRows[i] ?? -1]?.id ?? null;
      if (explained.explains('allocation', tool, row, word, set)) count.explained++;
      else if (!mine && llvm?.[i] === null) unknown.push(i);
      else report(i, row, mine);
    }
    if (unknown.length > 0) {
      const later = named(llvmDisassemble(llvmMc, Uint32Array.from(unknown, (i) => drawn[i] ?? 0), LATER_MATTR));
      unknown.forEach((i, n) => (later[n] === null ? report(i, null, false) : count.later++));
    }
    /** @param {number} i @param {string | null} row @param {boolean} mine */
    function report(i, row, mine) {
      count.differ++;
      const text = (texts[i] ?? '').replace(/\s+/g, ' ');
      find(`allocation, ${tool}, ${row ?? `no row, ${text.split(' ')[0] ?? ''}`}`, set, `0x${hex(drawn[i] ?? 0)} ${mine ? 'we allocate it' : `it says: ${text}`}`);
    }
  }

  /** @param {string} tool @param {Uint32Array} drawn @param {Int32Array} ours @param {readonly (string | null)[]} theirs @param {boolean} absolute */
  function compareTexts(tool, drawn, ours, theirs, absolute) {
    const count = (result.text[tool] ??= { cases: 0, allocated: 0, differ: 0, explained: 0, later: 0 });
    for (let i = 0; i < drawn.length; i++) {
      const word = drawn[i] ?? 0;
      const row = ROWS[ours[i] ?? -1];
      const text = theirs[i];
      if (row === undefined || text === null || text === undefined) continue;
      // objdump prints addresses, word i being at 4i; llvm-mc prints distances.
      const mine = formatInstruction(row, word, { address: absolute ? BigInt(4 * i) : 0n, symbol: () => null });
      count.cases++;
      if (sameText(mine, text, word)) continue;
      if (explained.explains('text', tool, row.id, word)) {
        count.explained++;
        continue;
      }
      count.differ++;
      find(`text, ${tool}, ${row.id}`, FULL.name, `0x${hex(word)} ours: ${mine}   ${tool}: ${text.replace(/\s+/g, ' ')}`);
    }
  }

  /** @param {string} key @param {string} set @param {string} example */
  function find(key, set, example) {
    const known = result.findings.get(key);
    if (known === undefined) {
      result.findings.set(key, { count: 1, sets: new Set([set]), example });
    } else {
      known.count++;
      known.sets.add(set);
    }
  }
}

/** @param {(string | null)[]} texts */
function named(texts) {
  return texts.map((text) => (isAllocation(text) ? text : null));
}

/** @param {Decoder | undefined} decoder @param {Uint32Array} words */
function decodeAll(decoder, words) {
  const rows = new Int32Array(words.length);
  for (let i = 0; i < words.length; i++) rows[i] = decoder?.decode(words[i] ?? 0) ?? -1;
  return rows;
}

/** @param {number} word */
function hex(word) {
  return word.toString(16).padStart(8, '0');
}

parentPort?.postMessage({ result: work(workerData) });
