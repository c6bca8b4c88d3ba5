/** The contents of disks in snapshots: whole, but for pages of zeros, so that nothing else is needed to go on. */
import { ramPart, type SnapshotPart } from '@worldswitch/cpu';
import type { BoardDisk } from '../board/board-disk.ts';

/** Contents that a disk gets from a snapshot: they stand in a disk that is new, or must be those of a disk that was given. */
export function diskPart(disk: BoardDisk, number: number, use: 'place' | 'compare'): SnapshotPart {
  const name = `disk${String(number)}`;
  const { bytes } = disk;
  const part = ramPart(bytes.buffer, { base: 0, size: bytes.length, host: bytes.byteOffset }, { name, isFresh: use === 'place', restored: () => disk.contentsChanged() });
  if (use === 'place') return part;
  return {
    ...part,
    restore: (from) => {
      const saved = new Uint8Array(bytes.length);
      ramPart(saved.buffer, { base: 0, size: saved.length, host: 0 }, { name, isFresh: true, restored: () => undefined }).restore(from)();
      const differs = saved.findIndex((byte, at) => byte !== bytes[at]);
      if (differs >= 0) from.fail(`the disk is not what it was: byte ${String(differs)} differs`);
      return () => undefined;
    },
  };
}
