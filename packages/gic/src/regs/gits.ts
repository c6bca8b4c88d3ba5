/**
 * The interrupt translation service: its two frames, its tables and its commands (IHI 0069, "The ITS register map",
 * "ITS commands"). A command is 32 bytes, a layout of 256 bits here: bit 64*d+b is bit b of doubleword d.
 */
import { InvariantError, layout, type LayoutBase } from '@worldswitch/cpu/arch';
import { CACHEABILITY, IIDR, OUTER_CACHEABILITY, SHAREABILITY, identification } from './common.ts';
import { Frame, frameRegister } from './frame.ts';

const FRAME_SIZE = 0x10000;

export const GITS_CTLR = frameRegister('GITS_CTLR', 0x0000, 32, {
  access: 'RW',
  fields: { Quiescent: 31, UMSIirq: 8, ITS_Number: '7:4', ImDe: 1, Enabled: 0 },
  res0: '30:9 3:2',
  doc: 'Control',
});
export const GITS_IIDR = frameRegister('GITS_IIDR', 0x0004, 32, { access: 'RO', layout: IIDR, doc: 'Implementer identification' });
export const GITS_TYPER = frameRegister('GITS_TYPER', 0x0008, 64, {
  access: 'RO',
  fields: {
    INV: { bits: 46, feature: 'GICv4p1' },
    UMSIirq: 45,
    UMSI: 44,
    nID: { bits: 43, feature: 'GICv4p1' },
    SVPET: { bits: '42:41', feature: 'GICv4p1' },
    VMAPP: { bits: 40, feature: 'GICv4p1' },
    VSGI: { bits: 39, feature: 'GICv4p1' },
    MPAM: { bits: 38, feature: 'MPAM' },
    VMOVP: 37,
    CIL: 36,
    CIDbits: '35:32',
    HCC: '31:24',
    PTA: 19,
    SEIS: 18,
    Devbits: '17:13',
    ID_bits: '12:8',
    ITT_entry_size: '7:4',
    CCT: 2,
    Virtual: 1,
    Physical: 0,
  },
  res0: '63:47 23:20',
  impdef: '3',
  doc: 'Type; Devbits, ID_bits, CIDbits and ITT_entry_size are counts less one',
});
export const GITS_MPAMIDR = frameRegister('GITS_MPAMIDR', 0x0010, 32, { access: 'RO', fields: { PMGmax: '23:16', PARTIDmax: '15:0' }, res0: '31:24', doc: 'Largest PARTID and PMG' });
export const GITS_PARTIDR = frameRegister('GITS_PARTIDR', 0x0014, 32, { access: 'RW', fields: { PMG: '23:16', PARTID: '15:0' }, res0: '31:24', doc: 'PARTID and PMG of table accesses' });
export const GITS_MPIDR = frameRegister('GITS_MPIDR', 0x0018, 32, { access: 'RO', fields: { Aff3: '31:24', Aff2: '23:16', Aff1: '15:8' }, res0: '7:0', doc: 'Affinity of the ITS (GICv4.1)' });
export const GITS_STATUSR = frameRegister('GITS_STATUSR', 0x0040, 32, {
  access: 'RW',
  fields: { Syndrome: 6, Overflow: 5, UMSI: 4, WROD: 3, RWOD: 2, WRD: 1, RRD: 0 },
  res0: '31:7',
  doc: 'Error status',
});
export const GITS_UMSIR = frameRegister('GITS_UMSIR', 0x0048, 64, { access: 'RO', fields: { DeviceID: '63:32', EventID: '31:0' }, doc: 'The unmapped MSI' });
export const GITS_CBASER = frameRegister('GITS_CBASER', 0x0080, 64, {
  access: 'RW',
  fields: {
    Valid: 63,
    InnerCache: { bits: '61:59', values: CACHEABILITY },
    OuterCache: { bits: '55:53', values: OUTER_CACHEABILITY },
    Physical_Address: '51:12',
    Shareability: { bits: '11:10', values: SHAREABILITY },
    Size: '7:0',
  },
  res0: '62 58:56 52 9:8',
  doc: 'Command queue; Size is the count of 4K pages less one',
});
export const GITS_CWRITER = frameRegister('GITS_CWRITER', 0x0088, 64, { access: 'RW', fields: { Offset: '19:5', Retry: 0 }, res0: '63:20 4:1', doc: 'Where software writes the next command' });
export const GITS_CREADR = frameRegister('GITS_CREADR', 0x0090, 64, { access: 'RO', fields: { Offset: '19:5', Stalled: 0 }, res0: '63:20 4:1', doc: 'Which command the ITS reads next' });
/** What a GITS_BASERn table holds. */
export const TABLE_TYPES = { None: 0, Devices: 1, vPEs: 2, Collections: 4 } as const;
export const GITS_BASER = frameRegister('GITS_BASER', 0x0100, 64, {
  access: 'RW',
  count: 8,
  fields: {
    Valid: 63,
    Indirect: 62,
    InnerCache: { bits: '61:59', values: CACHEABILITY },
    Type: { bits: '58:56', values: TABLE_TYPES },
    OuterCache: { bits: '55:53', values: OUTER_CACHEABILITY },
    Entry_Size: '52:48',
    Physical_Address: '47:12',
    Shareability: { bits: '11:10', values: SHAREABILITY },
    Page_Size: { bits: '9:8', values: { '4K': 0, '16K': 1, '64K': 2 } },
    Size: '7:0',
  },
  doc: 'A table of the ITS; with 64K pages, Physical_Address bits 15:12 are bits 51:48 of the address',
});

/** The control frame. */
export const GITS = new Frame('GITS', FRAME_SIZE, [
  GITS_CTLR, GITS_IIDR, GITS_TYPER, GITS_MPAMIDR, GITS_PARTIDR, GITS_MPIDR, GITS_STATUSR, GITS_UMSIR, GITS_CBASER, GITS_CWRITER, GITS_CREADR, GITS_BASER,
  ...identification('GITS', FRAME_SIZE),
]);

export const GITS_TRANSLATER = frameRegister('GITS_TRANSLATER', 0x0040, 32, { access: 'WO', lowerHalf: true, fields: { EventID: '31:0' }, doc: 'A device writes its event here' });

/** The translation frame, 64K above the control frame. */
export const GITS_TRANSLATION = new Frame('GITS (translation)', FRAME_SIZE, [GITS_TRANSLATER]);

/**
 * Tables in memory. A level 1 entry of an indirect table is architected; the entries themselves are the ITS's own
 * choice, ours is the one that KVM's ITS keeps ("ARM Virtual Interrupt Translation Service", ITS ABI REV0).
 */
export const ITS_LEVEL1_ENTRY = layout('ITS level 1 entry', 64, { fields: { Valid: 63, Physical_Address: '51:12' }, res0: '62:52 11:0' });
export const ITS_DEVICE_ENTRY = layout('ITS device entry', 64, { fields: { Valid: 63, Next: '62:49', ITT_addr: '48:5', Size: '4:0' } });
export const ITS_COLLECTION_ENTRY = layout('ITS collection entry', 64, { fields: { Valid: 63, RDbase: '51:16', ICID: '15:0' }, res0: '62:52' });
export const ITS_TRANSLATION_ENTRY = layout('ITS translation entry', 64, { fields: { Next: '63:48', pINTID: '47:16', ICID: '15:0' } });

// Commands. Doubleword 0 carries the code in bits 7:0 and, for most, the DeviceID.
const CODE = '7:0';
const DEVICE = '63:32';
const EVENT = '95:64';
const VPE = '111:96';
const ICID = '143:128';
const RDBASE = '179:144';
const DOORBELL = '191:160';
const V = 191;

/** DeviceID and EventID: CLEAR, DISCARD, INT, INV. */
const EVENT_COMMAND = { fields: { Code: CODE, DeviceID: DEVICE, EventID: EVENT }, res0: '255:96 31:8' } as const;
/** vPEID alone: VINVALL, VSYNC, INVDB. */
const VPE_COMMAND = { fields: { Code: CODE, vPEID: VPE }, res0: '255:112 95:8' } as const;

export const ITS_CLEAR = layout('CLEAR', 256, EVENT_COMMAND);
export const ITS_DISCARD = layout('DISCARD', 256, EVENT_COMMAND);
export const ITS_INT = layout('INT', 256, EVENT_COMMAND);
export const ITS_INV = layout('INV', 256, EVENT_COMMAND);
export const ITS_INVALL = layout('INVALL', 256, { fields: { Code: CODE, ICID }, res0: '255:144 127:8' });
export const ITS_MAPC = layout('MAPC', 256, { fields: { Code: CODE, ICID, RDbase: RDBASE, V }, res0: '255:192 190:180 127:8' });
export const ITS_MAPD = layout('MAPD', 256, { fields: { Code: CODE, DeviceID: DEVICE, Size: '68:64', ITT_addr: '179:136', V }, res0: '255:192 190:180 135:69 31:8' });
export const ITS_MAPI = layout('MAPI', 256, { fields: { Code: CODE, DeviceID: DEVICE, EventID: EVENT, ICID }, res0: '255:144 127:96 31:8' });
export const ITS_MAPTI = layout('MAPTI', 256, { fields: { Code: CODE, DeviceID: DEVICE, EventID: EVENT, pINTID: '127:96', ICID }, res0: '255:144 31:8' });
export const ITS_MOVALL = layout('MOVALL', 256, { fields: { Code: CODE, RDbase1: RDBASE, RDbase2: '243:208' }, res0: '255:244 207:180 143:8' });
export const ITS_MOVI = layout('MOVI', 256, { fields: { Code: CODE, DeviceID: DEVICE, EventID: EVENT, ICID }, res0: '255:144 127:96 31:8' });
export const ITS_SYNC = layout('SYNC', 256, { fields: { Code: CODE, RDbase: RDBASE }, res0: '255:180 143:8' });
export const ITS_VINVALL = layout('VINVALL', 256, VPE_COMMAND);
export const ITS_VMAPI = layout('VMAPI', 256, { fields: { Code: CODE, DeviceID: DEVICE, EventID: EVENT, vPEID: VPE, Dbell_pINTID: DOORBELL }, res0: '255:192 159:112 31:8' });
export const ITS_VMAPTI = layout('VMAPTI', 256, {
  fields: { Code: CODE, DeviceID: DEVICE, EventID: EVENT, vPEID: VPE, vINTID: '159:128', Dbell_pINTID: DOORBELL },
  res0: '255:192 127:112 31:8',
});
export const ITS_VMAPP = layout('VMAPP', 256, {
  fields: {
    Code: CODE,
    Alloc: { bits: 8, feature: 'GICv4p1' },
    PTZ: { bits: 9, feature: 'GICv4p1' },
    VCONF_addr: { bits: '51:16', feature: 'GICv4p1' },
    Default_Doorbell_pINTID: { bits: '95:64', feature: 'GICv4p1' },
    vPEID: VPE,
    RDbase: RDBASE,
    V,
    VPT_size: '196:192',
    VPT_addr: '243:208',
  },
  res0: '255:244 207:197 190:180 143:112 63:52 15:10',
});
export const ITS_VMOVI = layout('VMOVI', 256, { fields: { Code: CODE, DeviceID: DEVICE, EventID: EVENT, vPEID: VPE, D: 128, Dbell_pINTID: DOORBELL }, res0: '255:192 159:129 127:112 31:8' });
export const ITS_VMOVP = layout('VMOVP', 256, {
  fields: {
    Code: CODE,
    SequenceNumber: '47:32',
    ITSList: '79:64',
    vPEID: VPE,
    RDbase: RDBASE,
    DB: { bits: V, feature: 'GICv4p1' },
    Default_Doorbell_pINTID: { bits: '223:192', feature: 'GICv4p1' },
  },
  res0: '255:224 190:180 143:112 95:80 63:48 31:8',
});
export const ITS_VSYNC = layout('VSYNC', 256, VPE_COMMAND);
export const ITS_INVDB = layout('INVDB', 256, VPE_COMMAND);
export const ITS_VSGI = layout('VSGI', 256, {
  fields: { Code: CODE, Enable: 8, Clear: 9, Group: 10, Priority: '23:20', vINTID: '35:32', vPEID: VPE },
  res0: '255:112 95:36 31:24 19:11',
});

export interface ItsCommand {
  readonly code: number;
  readonly layout: LayoutBase<string>;
  /** The GIC version that brings it. */
  readonly since: 'GICv3' | 'GICv4' | 'GICv4.1';
}

/** Every command by its code. */
export const ITS_COMMANDS: readonly ItsCommand[] = [
  { code: 0x01, layout: ITS_MOVI, since: 'GICv3' },
  { code: 0x03, layout: ITS_INT, since: 'GICv3' },
  { code: 0x04, layout: ITS_CLEAR, since: 'GICv3' },
  { code: 0x05, layout: ITS_SYNC, since: 'GICv3' },
  { code: 0x08, layout: ITS_MAPD, since: 'GICv3' },
  { code: 0x09, layout: ITS_MAPC, since: 'GICv3' },
  { code: 0x0a, layout: ITS_MAPTI, since: 'GICv3' },
  { code: 0x0b, layout: ITS_MAPI, since: 'GICv3' },
  { code: 0x0c, layout: ITS_INV, since: 'GICv3' },
  { code: 0x0d, layout: ITS_INVALL, since: 'GICv3' },
  { code: 0x0e, layout: ITS_MOVALL, since: 'GICv3' },
  { code: 0x0f, layout: ITS_DISCARD, since: 'GICv3' },
  { code: 0x21, layout: ITS_VMOVI, since: 'GICv4' },
  { code: 0x22, layout: ITS_VMOVP, since: 'GICv4' },
  { code: 0x23, layout: ITS_VSGI, since: 'GICv4.1' },
  { code: 0x25, layout: ITS_VSYNC, since: 'GICv4' },
  { code: 0x29, layout: ITS_VMAPP, since: 'GICv4' },
  { code: 0x2a, layout: ITS_VMAPTI, since: 'GICv4' },
  { code: 0x2b, layout: ITS_VMAPI, since: 'GICv4' },
  { code: 0x2d, layout: ITS_VINVALL, since: 'GICv4' },
  { code: 0x2e, layout: ITS_INVDB, since: 'GICv4.1' },
];

/** The command of a name, `MAPD`. */
export function itsCommand(name: string): ItsCommand {
  const found = ITS_COMMANDS.find(({ layout: { name: known } }) => known === name);
  if (found === undefined) throw new InvariantError(`the ITS has no command ${name}`);
  return found;
}
