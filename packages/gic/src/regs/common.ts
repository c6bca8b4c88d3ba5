/** Registers and layouts that several frames share (IHI 0048 and IHI 0069, "Programmers' Model"). */
import { layout } from '@worldswitch/cpu/arch';
import { frameRegister, type AnyFrameRegister, type FrameAccess, type FrameRegister } from './frame.ts';

/** A register whose whole value is one number, or one bit or field for each interrupt. */
export const WORD = layout('WORD', 32, { fields: { VALUE: '31:0' } });

/** Implementer, revision and product of a distributor, redistributor or ITS. */
export const IIDR = layout('IIDR', 32, { fields: { ProductID: '31:24', Variant: '19:16', Revision: '15:12', Implementer: '11:0' }, res0: '23:20' });

/** Errors of accesses, write one to clear. */
export const STATUSR = layout('STATUSR', 32, { fields: { WROD: 3, RWOD: 2, WRD: 1, RRD: 0 }, res0: '31:4' });

/** Peripheral identification 2: which GIC architecture. */
export const PIDR2 = layout('PIDR2', 32, { fields: { ArchRev: { bits: '7:4', values: { GICv1: 1, GICv2: 2, GICv3: 3, GICv4: 4 } }, JEDEC: 3, DES_1: '2:0' }, res0: '31:8' });

/** Cacheability of tables in memory. */
export const CACHEABILITY = { Device: 0, NC: 1, RaWt: 2, RaWb: 3, WaWt: 4, WaWb: 5, RaWaWt: 6, RaWaWb: 7 } as const;
export const OUTER_CACHEABILITY = { AsInner: 0, NC: 1, RaWt: 2, RaWb: 3, WaWt: 4, WaWb: 5, RaWaWt: 6, RaWaWb: 7 } as const;
export const SHAREABILITY = { NonShareable: 0, InnerShareable: 1, OuterShareable: 2 } as const;

/** `NAME<n>`: one field of `bits` bits for each of `count` interrupts from `firstIntid` on. */
export function interruptArray(name: string, offset: number, bits: 1 | 2 | 8, count: number, firstIntid: number, doc: string, access: FrameAccess = 'RW'): FrameRegister<'VALUE'> {
  return frameRegister(name, offset, 32, { access, bytes: bits === 8, count: (count * bits) / 32, layout: WORD, interrupts: { bits, firstIntid }, doc });
}

/** The identification block of a GICv3 frame: PIDR0-7 and CIDR0-3 in its last 48 bytes. */
export function identification(prefix: string, end: number): AnyFrameRegister[] {
  return [
    frameRegister(`${prefix}_PIDR4`, end - 0x30, 32, { access: 'RO', count: 4, first: 4, layout: WORD, doc: 'Peripheral identification 4-7' }),
    frameRegister(`${prefix}_PIDR0`, end - 0x20, 32, { access: 'RO', count: 2, layout: WORD, doc: 'Peripheral identification 0-1' }),
    frameRegister(`${prefix}_PIDR2`, end - 0x18, 32, { access: 'RO', first: 2, layout: PIDR2, doc: 'Peripheral identification 2: architecture' }),
    frameRegister(`${prefix}_PIDR3`, end - 0x14, 32, { access: 'RO', first: 3, layout: WORD, doc: 'Peripheral identification 3' }),
    frameRegister(`${prefix}_CIDR0`, end - 0x10, 32, { access: 'RO', count: 4, layout: WORD, doc: 'Component identification 0-3' }),
  ];
}
