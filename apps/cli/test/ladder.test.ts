/** The ladder against sections 4.41 and 4.42 of the series document: all 41 prefixes, both modes, the scenarios that run. */
import { expect, test } from 'vitest';
import { run } from './run.ts';
import type { LadderRow, LoadPutRow, TransferCounts } from '@worldswitch/machine';
import type { LadderDocument } from '../src/commands/ladder.ts';
import { at, EXCEPTIONS_ERETS, FRAME_WORDS, GICH_ACCESSES, HVCS, ISB_DSB, LOAD, MMIO, PUT, READS_WRITES, TRAP_WRITES } from './ladder-expected.ts';
import { DIFFERENCES } from './ladder-differences.ts';

const pair = (a: number | undefined, b: number | undefined): string => `${String(a)}/${String(b)}`;

/** A row's counts, as the document writes them. */
function counted(row: LadderRow): readonly string[] {
  return [
    pair(row.reads, row.writes), pair(row.exceptionsToEl2, row.erets), String(row.hvcs), pair(row.isb, row.dsb), String(row.trapConfigWrites),
    pair(row.frameWordsStored, row.frameWordsLoaded), pair(row.mmioReads, row.mmioWrites),
  ];
}

/** A row's cells: those of its exit where the document gives them, else those of its mode. */
function expected({ mode, scenario, prefix }: LadderRow): readonly string[] {
  const exit = `${mode} ${scenario}`;
  const cell = (ladders: Readonly<Record<string, Parameters<typeof at>[0]>>): string => at(ladders[exit] ?? ladders[mode] ?? {}, prefix);
  const mmio = GICH_ACCESSES[exit];
  return [cell(READS_WRITES), cell(EXCEPTIONS_ERETS), cell(HVCS), cell(ISB_DSB), cell(TRAP_WRITES), cell(FRAME_WORDS), mmio === undefined ? MMIO : at(mmio, prefix)];
}

function transfer({ reads, writes, isb, dsb, hvcs, mmioReads, mmioWrites }: TransferCounts): string {
  return `${pair(reads, writes)} ${String(isb)} ISB ${String(hvcs)} HVC ${pair(mmioReads, mmioWrites)}m${dsb === 0 ? '' : ` ${String(dsb)} DSB`}`;
}

function expectedTransfers({ mode, gic, guestGic, prefix }: LoadPutRow): readonly string[] {
  const host = gic === guestGic ? `${mode} gicv${String(gic)}` : `${mode} gicv2-on-v3`;
  return [at(LOAD[host] ?? {}, prefix), at(PUT[host] ?? {}, prefix)];
}

test('no operation is counted otherwise than the document says', () => {
  expect(DIFFERENCES).toEqual([]);
});

test('ladder --scenario all: every count of every prefix, and load and put, are those of 4.41', async () => {
  const { status, stdout, stderr } = await run(['ladder', '--scenario', 'all', '--json']);
  const { schema, rows, loadPut } = JSON.parse(stdout) as LadderDocument;
  expect([status, stderr, schema, rows.length, loadPut.length]).toEqual([0, '', 'worldswitch.ladder/1', 2 * 12 * 41, 2 * 3 * 41]);
  const ran = rows.filter(({ skipped }) => skipped === undefined);
  const shown = ({ mode, scenario, prefix }: LadderRow, counts: readonly string[]): string => [mode, scenario, `p${String(prefix)}`, ...counts].join(' ');
  expect(ran.map((row) => shown(row, counted(row)))).toEqual(ran.map((row) => shown(row, expected(row))));
  expect(loadPut.map((row) => [row.mode, row.gic, row.guestGic, row.prefix, transfer(row.load), transfer(row.put)])).toEqual(
    loadPut.map((row) => [row.mode, row.gic, row.guestGic, row.prefix, ...expectedTransfers(row)]),
  );
}, 300_000);

test('a round trip costs less from one end of the ladder to the other, and prices do not move counts', async () => {
  const at1 = JSON.parse((await run(['ladder', '--kvm', 'vhe', '--prefixes', '40..40', '--machine', 'seattle', '--json'])).stdout) as LadderDocument;
  const at2 = JSON.parse((await run(['ladder', '--kvm', 'vhe', '--prefixes', '39..40', '--json'])).stdout) as LadderDocument;
  expect(counted(at1.rows[0]!)).toEqual(counted(at2.rows[1]!));
  expect(at2.rows[1]!.cycles).toBeLessThan(at2.rows[0]!.cycles!);
  expect(at1.rows[0]!.step).toBe('gicv3-without-irqs');
});

test('ladder --scenario all: what cannot run yet says why, and does not fail', async () => {
  const { status, stdout } = await run(['ladder', '--scenario', 'all', '--kvm', 'vhe', '--prefixes', '0..0', '--json']);
  const { rows } = JSON.parse(stdout) as LadderDocument;
  expect([status, rows.length]).toEqual([0, 12]);
  expect(rows.filter(({ skipped }) => skipped !== undefined)).toEqual([{ mode: 'vhe', scenario: 'hvc-a32', prefix: 0, step: null, skipped: 'needs AArch32 at EL1, which is not there yet' }]);
});
