/**
 * Random loads, table changes, context switches and TLBIs against a model: what a load returns is what the tables say now,
 * or what they said at a moment since the last TLBI that names the page in the context of the load. Never anything else.
 */
import { expect, test } from 'vitest';
import { sysOpByName } from '../src/arch/sysops.ts';
import { DATA, set, severalCpus, TABLES, TCR } from './several-cpus.ts';

const LOAD = 0xf940_0003; // ldr x3, [x0]
const PAGE = 0x743n;
const NG = 1n << 11n;
const VAS = [0x8000_0000n, 0x8000_1000n, 0x8100_0000n] as const;
const VALUES = 8n;
/** One op for each shape; the Xt forms take X5. */
const OPS = ['VMALLE1', 'VAE1', 'ASIDE1', 'VAAE1', 'VALE1', 'VAALE1', 'VMALLE1IS', 'VAE1IS', 'ASIDE1IS', 'VAAE1IS', 'VALE1IS', 'VAALE1IS'] as const;

interface Key { readonly vmid: number; readonly asid: number; readonly va: number }

test.each([1, 2])('seed %i', (seed) => {
  let random = seed * 7919;
  const pick = (limit: number): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return (random >>> 12) % limit;
  };
  const several = severalCpus(1, [LOAD, 0, LOAD]);
  const cpu = several.cpus[0]!;
  for (let i = 0n; i < VALUES; i++) several.poke(DATA + i * 0x1000n, 0x100n + i);
  // Tables of each VMID and ASID: level 3 tables for the addresses at 0x8000_0000 and 0x8100_0000.
  const area = (vmid: number, asid: number): bigint => TABLES + 0x4000n + BigInt((vmid * 2 + asid) * 4) * 0x1000n;
  const leafOf = (vmid: number, asid: number, va: number): bigint => area(vmid, asid) + (va === 2 ? 0x3000n : 0x2000n) + (va === 1 ? 8n : 0n);
  const current = new Map<bigint, { value: bigint; global: boolean }>();
  /** Values that a load may still see, by context and address. */
  const visible = new Map<string, Set<bigint>>();
  const name = ({ vmid, asid, va }: Key): string => `${String(vmid)} ${String(asid)} ${String(va)}`;
  const keys: Key[] = [0, 1].flatMap((vmid) => [0, 1].flatMap((asid) => [0, 1, 2].map((va) => ({ vmid, asid, va }))));
  const write = (key: Key, fresh: boolean): void => {
    const value = BigInt(pick(Number(VALUES)));
    // Only one address is ever global, and in both ASIDs at once, so that no two translations conflict.
    const global = key.va === 1;
    for (const asid of global ? [0, 1] : [key.asid]) {
      const leaf = leafOf(key.vmid, asid, key.va);
      several.poke(leaf, (DATA + value * 0x1000n) | PAGE | (global ? 0n : NG));
      current.set(leaf, { value, global });
      const seen = visible.get(name({ ...key, asid }));
      if (fresh || seen === undefined) visible.set(name({ ...key, asid }), new Set([value]));
      else seen.add(value);
    }
  };
  for (const { vmid, asid } of keys) {
    const root = area(vmid, asid);
    several.poke(root + 8n, 0x4000_0701n);
    several.poke(root + 16n, (root + 0x1000n) | 3n);
    several.poke(root + 0x1000n, (root + 0x2000n) | 3n);
    several.poke(root + 0x1000n + 8n * 8n, (root + 0x3000n) | 3n);
  }
  for (const key of keys) write(key, true);
  let stale = 0;
  for (let step = 0; step < 2000; step++) {
    const at = { vmid: pick(2), asid: pick(2) };
    set(cpu, 'VTTBR_EL2', BigInt(at.vmid + 1) << 48n);
    set(cpu, 'TCR_EL1', TCR);
    set(cpu, 'TTBR0_EL1', area(at.vmid, at.asid) | (BigInt(at.asid + 5) << 48n));
    const action = pick(8);
    const va = pick(3);
    if (action < 2) write({ ...at, va }, false);
    else if (action === 2) {
      const op = OPS[pick(OPS.length)]!;
      const { key } = sysOpByName('TLBI', op)!;
      const asid = pick(2);
      several.load(0x4000_0004n, [0xd508_0000 | (key << 5) | 5]);
      if (/^VMALL/.test(op)) several.load(0x4000_0004n, [0xd508_0000 | (key << 5) | 31]);
      cpu.setX(5, (BigInt(asid + 5) << 48n) | (VAS[va]! >> 12n));
      cpu.pc = 0x4000_0004n;
      cpu.run(1);
      for (const one of keys) {
        const global = one.va === 1;
        const named = one.vmid === at.vmid && (/^VMALL/.test(op) || (/^VAA/.test(op) ? one.va === va : /^ASID/.test(op) ? one.asid === asid && !global : one.va === va && (global || one.asid === asid)));
        if (named) visible.set(name(one), new Set([current.get(leafOf(one.vmid, one.asid, one.va))!.value]));
      }
    } else {
      cpu.setX(0, VAS[va]!);
      cpu.pc = 0x4000_0000n;
      cpu.run(1);
      const value = cpu.getX(3) - 0x100n;
      const seen = visible.get(name({ ...at, va }))!;
      if (!seen.has(value)) expect.fail(`step ${String(step)}: ${name({ ...at, va })} loads ${String(value)}, which was none of ${[...seen].join(' ')}`);
      if (value !== current.get(leafOf(at.vmid, at.asid, va))!.value) stale++;
    }
  }
  // The TLB keeps something: otherwise this proves nothing.
  expect(stale).toBeGreaterThan(100);
});
