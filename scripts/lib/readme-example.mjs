// @ts-check
/** The examples of a README: the fenced blocks of a language, as text, as a CommonJS module, and what it must print. */

/** Every fenced block of a language. @param {string} markdown @param {string} language @returns {string[]} */
export function blocks(markdown, language) {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((found) => found[1] ?? '');
}

/** @param {string} markdown @param {string} language @returns {string | null} */
export function firstBlock(markdown, language) {
  return blocks(markdown, language)[0] ?? null;
}

/** The same example with `require`. @param {string} example */
export function cjsOf(example) {
  return example
    .replace(/^import \* as (\w+) from ('[^']+');?$/gm, 'const $1 = require($2);')
    .replace(/^import \{([^}]*)\} from ('[^']+');?$/gm, (_, names, specifier) => `const {${String(names).replace(/\bas\b/g, ':').replace(/\s+:/g, ':')}} = require(${String(specifier)});`);
}

/**
 * What the example says it prints: the comment behind each `console.log(…);`, line by line.
 * Null if a `console.log` has none, because then nothing is promised.
 * @param {string} example @returns {string | null}
 */
export function expectedOutput(example) {
  const calls = example.split('\n').filter((line) => line.includes('console.log('));
  const comments = calls.map((line) => /; \/\/ (.*)$/.exec(line)?.[1]);
  return comments.every((comment) => comment !== undefined) ? comments.join('\n') : null;
}
