/** What `snapshot` prints. */
import type { SnapshotDiffDocument, SnapshotDocument } from '../commands/snapshot.ts';
import { table } from '../table.ts';

export function render(document: SnapshotDocument | SnapshotDiffDocument): string {
  return document.schema === 'worldswitch.snapshot/1' ? show(document) : diff(document);
}

function show({ machine, pes, instructions, virtualSeconds, consoleLines, digest, rows }: SnapshotDocument): string {
  const { name, el, vhe, gic, memoryBytes, clock, diskBytes } = machine;
  const MIB = 1024 * 1024;
  const disks = diskBytes.length === 0 ? '' : `, disks of ${diskBytes.map((bytes) => `${String(bytes)} bytes`).join(' and ')}`;
  return [
    `${name}, EL${String(el)}${vhe ? ' with VHE' : ''}, GICv${String(gic)}, ${String(memoryBytes / MIB)} MiB, clock ${clock}${disks}\n`,
    `${instructions.toLocaleString('en')} instructions, ${virtualSeconds.toFixed(3)} virtual seconds, ${String(consoleLines)} console lines\n`,
    `digest ${digest}\n\n`,
    table([['PE', 'state', 'EL', 'PC', 'instructions'], ...pes.map((pe, number) => [String(number), pe.state, String(pe.el), pe.pc, pe.instructions.toLocaleString('en')])]),
    '\n',
    table([['section', 'version', 'bytes'], ...rows.map(({ section, version, bytes }) => [section, String(version), bytes.toLocaleString('en')])]),
  ].join('');
}

function diff({ rows }: SnapshotDiffDocument): string {
  if (rows.length === 0) return 'no difference\n';
  return table([['section', 'bytes', 'and', 'first difference'], ...rows.map(({ section, bytes, firstDifference }) => [section, String(bytes[0]), String(bytes[1]), firstDifference === null ? 'only in one' : String(firstDifference)])]);
}
