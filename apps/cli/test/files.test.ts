/** What reading and writing files can come to, where that is not easily seen from a command. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inFolder } from './run.ts';
import { explain, readInput, writeOutput } from '../src/files.ts';

test('a file may have the longest name that there is', async () => {
  await inFolder({}, async (path, list) => {
    const name = 'n'.repeat(255);
    expect(await writeOutput(path(name), Uint8Array.of(1, 2))).toBeNull();
    expect(list()).toEqual([name]);
    expect([...readFileSync(path(name))]).toEqual([1, 2]);
    expect(await writeOutput(path(`${name}n`), Uint8Array.of(1))).toMatchObject({ mistake: expect.stringMatching(/: the name is too long$/) as string });
    expect(list()).toEqual([name]);
  });
});

test('an error of the system is one line, also one of which nothing is known', () => {
  const error = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', errno: -5, syscall: 'read' });
  expect(explain(error)).toBe('EIO: i/o error: check the file, and the disk that it is on');
  expect(() => explain(new TypeError('no function'))).toThrow('no function');
});

test('a pipe that nobody writes to, and a device that never ends, are not read', async () => {
  await inFolder({}, async (path) => {
    execFileSync('mkfifo', [path('pipe')]);
    expect(await readInput({ inputs: [] }, path('pipe'))).toEqual({ mistake: `${path('pipe')}: it is a pipe or a device: write what it gives to a file, and name that` });
  });
  expect(existsSync('/dev/zero') ? await readInput({ inputs: [] }, '/dev/zero') : null).toMatchObject({ mistake: expect.stringMatching(/a pipe or a device/) as string });
});
