/** Which code measured: the version of the packages, and a digest of all of it, which changes with any of its files. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Versions {
  readonly worldswitch: string;
  /** SHA-256 over the built packages and the experiment. */
  readonly build: string;
}

const PACKAGES = ['cpu', 'gic', 'timer', 'tools', 'hyp', 'machine'] as const;

export function versions(): Versions {
  const folders = PACKAGES.map((name) => dirname(fileURLToPath(import.meta.resolve(`@worldswitch/${name}`))));
  const hash = createHash('sha256');
  for (const folder of [...folders, dirname(fileURLToPath(import.meta.url))]) {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.[jt]s$/.test(name)).sort();
    for (const name of names) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  }
  const manifest = JSON.parse(readFileSync(join(folders.at(-1)!, '..', 'package.json'), 'utf8')) as { readonly version: string };
  return { worldswitch: manifest.version, build: hash.digest('hex') };
}
