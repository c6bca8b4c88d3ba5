// @ts-check
/** The options that the check scripts share (design/command-line.md, "Check scripts of the repository"). */
import { parseArgs } from 'node:util';

/**
 * @param {{ words: number, quickWords: number }} defaults
 * @returns {{ words: number, seed: number, quick: boolean, workers: number }}
 */
export function readArguments({ words, quickWords }) {
  const { values } = parseArgs({
    options: { words: { type: 'string' }, cases: { type: 'string' }, seed: { type: 'string' }, quick: { type: 'boolean' }, workers: { type: 'string' } },
  });
  const quick = values.quick === true;
  return {
    words: positive(values.words ?? values.cases ?? String(quick ? quickWords : words), 'words'),
    seed: positive(values.seed ?? '1', 'seed'),
    quick,
    workers: positive(values.workers ?? '2', 'workers'),
  };
}

/** @param {string} text @param {string} name */
function positive(text, name) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    process.stderr.write(`--${name} wants a positive whole number, not ${text}\n`);
    process.exit(2);
  }
  return value;
}
