/** `--drive FILE[,readonly]`: a raw image, held in memory; what the guest writes goes to the file when the run ends. */
import { open, stat } from 'node:fs/promises';
import type { Disk } from '@worldswitch/machine';
import { mistake, type Mistake } from '../command.ts';
import { explain } from '../files.ts';

const READ_ONLY = ',readonly';
const SECTOR = 512;
const MAX_BYTES = 1024 * 1024 * 1024;

/** A disk that knows which of its parts the guest has written. */
export interface FileDisk extends Disk {
  /** Writes the changed parts back to the file. */
  close(): Promise<Mistake | null>;
}

export const pathOfDrive = (argument: string): string => (argument.endsWith(READ_ONLY) ? argument.slice(0, -READ_ONLY.length) : argument);

export async function openDisk(argument: string): Promise<FileDisk | Mistake> {
  const isReadOnly = argument.endsWith(READ_ONLY);
  const path = pathOfDrive(argument);
  const info = await stat(path).catch(() => null);
  if (info !== null && !info.isFile()) return mistake(`--drive ${path}: it is ${info.isDirectory() ? 'a directory' : 'a pipe or a device'}: name a file, a raw image of a disk`);
  if (info?.isFile() !== true) return mistake(`--drive ${path}: there is no such file: make one, for example with truncate -s 64M`);
  if (info.size === 0 || info.size % SECTOR !== 0 || info.size > MAX_BYTES) return mistake(`--drive ${path}: it has ${String(info.size)} bytes: a disk is a multiple of 512 bytes, up to 1 GiB`);
  const file = await open(path, isReadOnly ? 'r' : 'r+').catch(() => null);
  if (file === null) return mistake(`--drive ${path}: it cannot be opened for ${isReadOnly ? 'reading' : 'writing: add ,readonly if it is not to be written'}`);
  const bytes = new Uint8Array(info.size);
  await file.read(bytes, 0, bytes.length, 0);
  const dirty = new Set<number>();
  return {
    bytes,
    isReadOnly,
    written: (offset, length) => {
      for (let sector = Math.floor(offset / SECTOR); sector * SECTOR < offset + length; sector++) dirty.add(sector);
    },
    close: async () => {
      try {
        for (const sector of dirty) await file.write(bytes, sector * SECTOR, SECTOR, sector * SECTOR);
        return null;
      } catch (error) {
        return mistake(`--drive ${path}: ${explain(error)} (its contents are not complete)`);
      } finally {
        await file.close();
      }
    },
  };
}
