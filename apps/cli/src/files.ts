/** Files, with mistakes as one line: what, where, what to do. Output appears under its name only when it is complete. */
import { access, constants, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { mistake, type Context, type Mistake } from './command.ts';

/** Largest input file: what one buffer can hold with room to spare. */
const MAX_INPUT_BYTES = 1024 * 1024 * 1024;

/** The contents of a file that should not be empty. */
export async function readInput({ inputs }: Context, path: string): Promise<Uint8Array | Mistake> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > MAX_INPUT_BYTES) return mistake(`${path}: the file has ${String(size)} bytes, more than the limit of 1 GiB: give a smaller file`);
    bytes = await readFile(path);
  } catch (error) {
    return mistake(`${path}: ${explain(error)}`);
  }
  if (bytes.length === 0) return mistake(`${path}: the file is empty: check that it was written completely`);
  inputs.push({ path, bytes });
  return bytes;
}

/** Writes a file as a whole: to a temporary name beside it, then renamed. A device is written as it is. */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<Mistake | null> {
  const existing = await stat(path).catch(() => null);
  if (existing?.isDirectory() === true) return mistake(`${path}: it is a directory: name a file`);
  const isDevice = existing !== null && !existing.isFile();
  const temporary = join(dirname(path), `.${basename(path)}.${String(process.pid)}.tmp`);
  try {
    if (isDevice) {
      await writeFile(path, bytes);
    } else {
      await writeWhole(temporary, bytes);
      await rename(temporary, path);
    }
    return null;
  } catch (error) {
    await rm(temporary, { force: true });
    return mistake(`${path}: ${explain(error)}`);
  }
}

/** What would go wrong with writing `path`, as far as it can be known before there is something to write. */
export async function checkOutput(path: string): Promise<Mistake | null> {
  const existing = await stat(path).catch(() => null);
  if (existing?.isDirectory() === true) return mistake(`${path}: it is a directory: name a file`);
  if (existing?.isFile() === false) return null;
  try {
    await access(dirname(path), constants.W_OK);
    return null;
  } catch (error) {
    return mistake(`${path}: ${explain(error)}`);
  }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

/** Whether two paths name one file. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => null)));
  return first !== null && first !== undefined && second !== null && second !== undefined && first.dev === second.dev && first.ino === second.ino;
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder: check the path',
  ENOTDIR: 'no such file: a part of the path is not a folder',
  EISDIR: 'it is a directory: name a file in it',
  EACCES: 'permission denied: check who may read or write it',
  EPERM: 'not permitted: check who may read or write it',
  EROFS: 'the file system is read-only: choose another place',
  ENOSPC: 'no space left on the device: make room',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
};

/** An error of the file system in words, with what to do; any other error is thrown. */
export function explain(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const text = Object.hasOwn(EXPLANATIONS, code) ? EXPLANATIONS[code] : undefined;
  if (text === undefined) throw error;
  return text;
}
