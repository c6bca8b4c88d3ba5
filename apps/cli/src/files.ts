/** Files, with mistakes as one line: what, where, what to do. Output appears under its name only when it is complete. */
import { randomBytes } from 'node:crypto';
import { access, constants, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { mistake, type Context, type Mistake } from './command.ts';

/** Largest input file: what one buffer can hold with room to spare. */
const MAX_INPUT_BYTES = 1024 * 1024 * 1024;

/** The contents of a file that should not be empty. */
export async function readInput({ inputs }: Pick<Context, 'inputs'>, path: string): Promise<Uint8Array | Mistake> {
  let bytes: Uint8Array;
  try {
    const info = await stat(path);
    const { size } = info;
    // A pipe that nobody writes to, or a device, would be read for ever.
    if (!info.isFile() && !info.isDirectory()) return mistake(`${path}: it is a pipe or a device: write what it gives to a file, and name that`);
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
  // Of a length of its own: the name of the file may be as long as names can be.
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
  try {
    if (isDevice) {
      await writeFile(path, bytes);
    } else {
      await writeWhole(temporary, bytes);
      await rename(temporary, path);
    }
    return null;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return mistake(`${path}: ${explain(error)}`);
  }
}

/** What would go wrong with writing `path`, as a whole or as it grows, as far as it can be known before there is something to write. */
export async function checkOutput(path: string, grows: boolean): Promise<Mistake | null> {
  const existing = await stat(path).catch(() => null);
  if (existing?.isDirectory() === true) return mistake(`${path}: it is a directory: name a file`);
  if (existing?.isFile() === false) return null;
  try {
    // What is written as a whole is renamed into the folder, which a file is not.
    await access(grows && existing !== null ? path : `${dirname(path)}/.`, constants.W_OK);
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

/** The same text for all paths of one file, links among them, also of a file that is not there yet; null for what is no file. */
export async function identityOf(path: string): Promise<string | null> {
  const info = await stat(path).catch(() => null);
  if (info !== null) return info.isFile() ? `${String(info.dev)}:${String(info.ino)}` : null;
  const folder = await stat(dirname(path)).catch(() => null);
  return folder === null ? resolve(path) : `${String(folder.dev)}:${String(folder.ino)}/${basename(path)}`;
}

/** Whether two paths name one file. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const first = await identityOf(a);
  return first !== null && first === (await identityOf(b));
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

/** An error of the system in words, with what to do; any other error is thrown. */
export function explain(error: unknown): string {
  const { code = '', syscall, message } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (Object.hasOwn(EXPLANATIONS, code)) return EXPLANATIONS[code]!;
  if (syscall === undefined || message === undefined) throw error;
  // `EIO: i/o error, read`: what comes behind the comma is known already.
  return `${message.split(',')[0]!}: check the file, and the disk that it is on`;
}
