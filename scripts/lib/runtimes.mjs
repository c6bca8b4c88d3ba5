// @ts-check
/** Other versions of Node: npm packages that carry the program, fetched once into .cache/. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

/** By major version. */
export const RUNTIMES = /** @type {const} */ ({ 24: '24.21.0', 26: '26.10.0' });

/** The program of a version. @param {string} version */
export function runtime(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(root, '.cache', `node-${version}`);
  const node = join(prefix, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    mkdirSync(prefix, { recursive: true });
    execFileSync('npm', ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return node;
}
