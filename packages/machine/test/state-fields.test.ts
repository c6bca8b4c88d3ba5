/**
 * Every field that changes is seen by `visitState`, or is here with the reason why not: a field that is forgotten is in no
 * digest and in no snapshot, and nobody would notice before it matters. The sources are read as text.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PACKAGES = new URL('../../', import.meta.url).pathname;
const FOLDERS = ['gic/src', 'timer/src', 'machine/src/board', 'machine/src/devices', 'machine/src/time', 'machine/src/pe.ts', 'machine/src/machine.ts'];

/** By `file: field`. */
const NOT_STATE: Readonly<Record<string, string>> = {
  'machine.ts: #running': 'only while a slice runs',
  'machine.ts: #limits': 'a wish of the host',
  'pe.ts: #running': 'only while a slice runs',
  'pe.ts: #entriesAtStart': 'only while a slice runs',
  'pe.ts: hasYielded': 'of the last slice; the next begins with it anew',
  'pe.ts: isSpinning': 'only with native software, which is not saved',
  'pe.ts: #arrival': 'only with native software, which is not saved',
  'clock.ts: #next': 'follows from the deadlines',
  'timer.ts: #scratch': 'reused', 'timers.ts: #physical': 'reused', 'timers.ts: #virtual': 'reused', 'timers.ts: #left': 'reused', 'timers.ts: #next': 'reused',
  'timers.ts: #deadline': 'what was said, which is unknown after a restore and said again', 'pl031.ts: #count': 'reused',
  'entropy.ts: config': 'has no bytes',
  'virtual-interface.ts: #hasSystemRegisters': 'follows from SRE, and is set where that is restored', 'virtual-interface.ts: #counted': 'follows from SRE',
  'its.ts: #command': 'reused', 'tables.ts: #entry': 'reused', 'lpis.ts: #occupied': 'follows from what is pending',
  'machine.ts: #turnBegan': 'only with native software, which is not saved',
  'machine.ts: #native': 'only with native software, which is not saved',
};

interface Field {
  readonly file: string;
  readonly name: string;
  readonly isVisited: boolean;
}

/** Fields that are not `readonly`, and arrays of words or bytes, of classes that have `visitState`. */
function fieldsOf(path: string): Field[] {
  const file = path.split('/').at(-1)!;
  return readFileSync(path, 'utf8')
    .split(/^(?=(?:export )?(?:abstract )?class )/m)
    .map((part) => part.split(/^\}/m)[0]!)
    .filter((part) => /^ {2}visitState\(/m.test(part))
    .flatMap((part) => {
      const visits = Array.from(part.matchAll(/^ {2}visit(?:State|Counts)\([\s\S]*?^ {2}\}/gm), ([text]) => text).join('\n');
      const fields = [
        ...part.matchAll(/^ {2}(#?\w+)(?:: [^=;(]+)?(?: = [^;]+)?;$/gm),
        ...part.matchAll(/^ {2}readonly (#?\w+)(?:: [^=;]+)? = new Uint(?:8|32)Array\([^;]*;$/gm),
      ].map(([, name]) => name!);
      return fields.map((name) => ({ file, name, isVisited: new RegExp(`this\\.${name}\\b|\\b${name}\\b[^;]*\\} = this`).test(visits) }));
    });
}

function sources(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => (name.endsWith('.test.ts') || name === 'regs' ? [] : sources(join(path, name))));
}

test('a field that changes is visited', () => {
  const fields = FOLDERS.flatMap((folder) => sources(join(PACKAGES, folder))).filter((path) => path.endsWith('.ts')).flatMap(fieldsOf);
  const forgotten = fields.filter(({ file, name, isVisited }) => !isVisited && NOT_STATE[`${file}: ${name}`] === undefined).map(({ file, name }) => `${file}: ${name}`);
  expect(fields.length).toBeGreaterThan(60);
  expect(forgotten).toEqual([]);
});
