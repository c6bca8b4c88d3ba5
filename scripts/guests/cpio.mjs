// @ts-check
/** An initial RAM disk: a cpio archive in the `newc` format (Linux, Documentation/driver-api/early-userspace/buffer-format). */

const MAGIC = '070701';
const TYPE = { folder: 0o040000, file: 0o100000, device: 0o020000 };

/** @typedef {{ name: string, mode?: number, bytes?: Uint8Array, device?: [major: number, minor: number] }} Entry a folder has no bytes and no device */

/** @param {readonly Entry[]} entries @returns {Uint8Array} */
export function cpioArchive(entries) {
  const parts = entries.map((entry, n) => member(entry, n + 1));
  return Buffer.concat([...parts, member({ name: 'TRAILER!!!', bytes: new Uint8Array(0), mode: 0 }, 0)]);
}

/** @param {Entry} entry @param {number} inode */
function member({ name, mode = 0o755, bytes, device }, inode) {
  const type = device !== undefined ? TYPE.device : bytes === undefined ? TYPE.folder : TYPE.file;
  const data = Buffer.from(bytes ?? []);
  // Inode, mode, owner, group, links, time, size, device of the archive (two), device of the node (two), length of the name, checksum.
  const fields = [inode, type | mode, 0, 0, 1, 0, data.length, 0, 0, device?.[0] ?? 0, device?.[1] ?? 0, name.length + 1, 0];
  const header = MAGIC + fields.map((field) => field.toString(16).padStart(8, '0')).join('') + `${name}\0`;
  return Buffer.concat([padded(Buffer.from(header, 'latin1')), padded(data)]);
}

/** @param {Buffer} bytes */
function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
