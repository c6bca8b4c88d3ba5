/** `snapshot`: what a snapshot of a machine holds, and in which sections two of them differ. */
import { describeSnapshot, restoreMachine, type Machine } from '@worldswitch/machine';
import { isMistake, mistake, type Context, type Document, type Mistake, type Outcome } from '../command.ts';
import { hex } from '../numbers.ts';
import { readSnapshot } from '../run/restore.ts';
import { hash } from '../run/snapshot-file.ts';

export interface SnapshotDocument extends Document {
  readonly schema: 'worldswitch.snapshot/1';
  readonly file: string;
  readonly machine: { readonly name: string; readonly el: number; readonly vhe: boolean; readonly gic: number; readonly memoryBytes: number; readonly clock: string; readonly diskBytes: readonly number[] };
  readonly pes: readonly { readonly state: string; readonly el: number; readonly pc: string; readonly instructions: number }[];
  readonly instructions: number;
  readonly virtualSeconds: number;
  readonly consoleLines: number;
  readonly digest: string;
  readonly rows: readonly { readonly section: string; readonly version: number; readonly bytes: number }[];
}

export interface SnapshotDiffDocument extends Document {
  readonly schema: 'worldswitch.snapshot-diff/1';
  readonly files: readonly [string, string];
  /** Null: the section is in one of them only. */
  readonly rows: readonly { readonly section: string; readonly bytes: readonly [number, number]; readonly firstDifference: number | null }[];
}

const USAGE = 'snapshot show FILE, or snapshot diff A B';

export async function run(context: Context): Promise<Outcome> {
  const [verb, ...files] = context.operands;
  if (verb === 'show' && files.length === 1) return show(context, files[0]!);
  if (verb === 'diff' && files.length === 2) return diff(context, [files[0]!, files[1]!]);
  return mistake(`${verb === undefined ? 'snapshot needs to know what to print' : `snapshot ${context.operands.join(' ')}`}: write ${USAGE}`);
}

type Described = Extract<ReturnType<typeof describeSnapshot>, { readonly ok: true }>;

async function read(context: Context, file: string): Promise<{ readonly bytes: Uint8Array; readonly described: Described } | Mistake> {
  const bytes = await readSnapshot(context, file);
  if (isMistake(bytes)) return bytes;
  const described = describeSnapshot(bytes, { hash });
  return described.ok ? { bytes, described } : mistake(`${file}: ${described.error.message}: give a snapshot that this release wrote`);
}

async function show(context: Context, file: string): Promise<Outcome> {
  const one = await read(context, file);
  if (isMistake(one)) return one;
  const restored = restoreMachine(one.bytes, { hash });
  if (!restored.ok) return mistake(`${file}: ${restored.error.message}: give a snapshot that this release wrote`);
  const { machine } = restored;
  const rows = Array.from(one.described.sections, ([section, { version, contents }]) => ({ section, version, bytes: contents.length }));
  const document: SnapshotDocument = { schema: 'worldswitch.snapshot/1', file, ...facts(machine), rows };
  return { document };
}

function facts(machine: Machine): Omit<SnapshotDocument, 'schema' | 'file' | 'rows'> {
  const { config, pes, console, devices } = machine;
  return {
    machine: {
      name: config.profile.name, el: config.el, vhe: config.features.has('VHE'), gic: config.gic, memoryBytes: config.memory, clock: config.clock, diskBytes: devices.disks.map(({ bytes }) => bytes.length),
    },
    pes: pes.map(({ state, cpu, instructions }) => ({ state, el: cpu.state.el, pc: hex(cpu.pc), instructions })),
    instructions: machine.instructions,
    virtualSeconds: machine.virtualSeconds,
    consoleLines: console.lines,
    digest: machine.digest({ hash }),
  };
}

async function diff(context: Context, files: readonly [string, string]): Promise<Outcome> {
  const first = await read(context, files[0]);
  if (isMistake(first)) return first;
  const second = await read(context, files[1]);
  if (isMistake(second)) return second;
  const [a, b] = [first.described.sections, second.described.sections];
  const rows = [...new Set([...a.keys(), ...b.keys()])].flatMap((section) => {
    const [left, right] = [a.get(section)?.contents, b.get(section)?.contents];
    const at = left === undefined || right === undefined ? null : firstDifference(left, right);
    return at === -1 ? [] : [{ section, bytes: [left?.length ?? 0, right?.length ?? 0] as const, firstDifference: at }];
  });
  const document: SnapshotDiffDocument = { schema: 'worldswitch.snapshot-diff/1', files, rows };
  return { document, status: rows.length === 0 ? 0 : 1 };
}

/** -1 where there is none. */
function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) if (a[at] !== b[at]) return at;
  return a.length === b.length ? -1 : shorter;
}
