import { describe, expect, test } from 'vitest';
import { EC } from './exception-class.ts';
import { CNTHCTL_EL2_E2H0, CNTHCTL_EL2_E2H1, CPTR_EL2_E2H0, CPTR_EL2_E2H1, SCTLR_EL2_E2H0, SCTLR_EL2_E2H1, SYSTEM_REGISTERS } from './sysregs/index.ts';
import { SYS_OPS, sysOpByName } from './sysops.ts';
import {
  firstTrap,
  formatTrap,
  MDSCR_OS_LOCK_FIELDS,
  NV2_REDIRECTIONS,
  TRAPS,
  trapsOf,
  trapTarget,
  VNCR,
  vncrOffset,
  type HostBits,
  type TrapAccess,
  type TrapRow,
  type TrappedInstruction,
} from './traps.ts';

const register = (name: string): TrapAccess => ({ kind: 'register', key: SYSTEM_REGISTERS.byName(name)?.key ?? NaN, name });
const slot = (...parts: readonly [number, number, number, number, number]): TrapAccess => {
  const [op0, op1, CRn, CRm, op2] = parts;
  const key = (op0 << 14) | (op1 << 11) | (CRn << 7) | (CRm << 3) | op2;
  return op0 === 1 ? { kind: 'op', key, op: null } : { kind: 'register', key, name: SYSTEM_REGISTERS.byKey(key)?.name ?? null };
};
const op = (mnemonic: string, name: string): TrapAccess => {
  const found = sysOpByName(mnemonic, name);
  return { kind: 'op', key: (1 << 14) | (found?.key ?? NaN), op: found };
};
const instruction = (name: TrappedInstruction): TrapAccess => ({ kind: 'instruction', name });

/** Fields that are in force when they are 0, set so that nothing traps. */
const QUIET: Readonly<Record<string, number>> = {
  ...Object.fromEntries(['nTWI', 'nTWE', 'UCT', 'UCI', 'DZE', 'UMA', 'EnRCTX'].flatMap((field) => [[`SCTLR_EL1.${field}`, 1], [`SCTLR_EL2.${field}`, 1]])),
  ...Object.fromEntries(['FPEN', 'ZEN', 'SMEN'].flatMap((field) => [[`CPACR_EL1.${field}`, 3], [`CPTR_EL2.${field}`, 3]])),
  ...Object.fromEntries(['EL0PCTEN', 'EL0VCTEN', 'EL0PTEN', 'EL0VTEN'].flatMap((field) => [[`CNTKCTL_EL1.${field}`, 1], [`CNTHCTL_EL2.${field}`, 1]])),
  'CNTHCTL_EL2.EL1PCTEN': 1,
  'CNTHCTL_EL2.EL1PCEN': 1,
  'CNTHCTL_EL2.EL1PTEN': 1,
  'PMUSERENR_EL0.EN': 1,
  'ICC_SRE_EL1.SRE': 1,
  'ICC_SRE_EL2.SRE': 1,
  'ICC_SRE_EL2.Enable': 1,
  'HCR_EL2.APK': 1,
  'HCR_EL2.API': 1,
  'HCR_EL2.FIEN': 1,
  'HCR_EL2.EnSCXT': 1,
  'HCR_EL2.ATA': 1,
};

interface Where {
  readonly el?: 0 | 1 | 2;
  /** E2H, TGE. */
  readonly host?: HostBits;
  readonly isRead?: boolean;
  readonly undefined?: boolean;
  readonly hasEl2?: boolean;
}

/** `EL2 0x18 HCR_EL2.TVM` of the first trap, or `-`. */
function trap(access: TrapAccess, fields: string, { el = 1, host = 0, isRead = true, undefined: isUndefined = false, hasEl2 = true }: Where = {}): string {
  const values: Record<string, number> = { ...QUIET, 'HCR_EL2.TGE': host & 1 };
  for (const assignment of fields.split(' ').filter((one) => one !== '')) {
    const [name = '', value] = assignment.split('=');
    values[name] = Number(value);
  }
  const row = firstTrap(trapsOf(access, isRead), { el, hostBits: host, hasEl2, isUndefined, read: (name, field) => values[`${name}.${field}`] ?? 0 });
  return row === null ? '-' : show(row, host);
}

function show(row: TrapRow, host: HostBits): string {
  const target = trapTarget(row, host);
  return `${target === 'undefined' ? 'UNDEFINED' : `EL${String(target)}`} 0x${(row.ec ?? 0).toString(16).padStart(2, '0')} ${row.control}`;
}

const HOSTS: readonly HostBits[] = [0, 1, 2, 3];

describe('the table', () => {
  test('ids are unique', () => {
    expect(new Set(TRAPS.map((row) => row.id)).size).toBe(TRAPS.length);
  });

  // Checklist 6.1: every HCR_EL2 bit with an exception of its own, and its EC.
  test.each([
    ['PTW', null], ['TWI', 0x01], ['TWE', 0x01], ['TID0', 0x08], ['TID1', 0x18], ['TID2', 0x18], ['TID3', 0x18], ['TSC', 0x17], ['TIDCP', 0x18],
    ['TACR', 0x18], ['TSW', 0x18], ['TPCP', 0x18], ['TPU', 0x18], ['TTLB', 0x18], ['TVM', 0x18], ['TDZ', 0x18], ['HCD', 0x00], ['TRVM', 0x18],
    ['TLOR', 0x18], ['TERR', 0x18], ['TEA', null], ['APK', 0x18], ['API', 0x09], ['NV', 0x18], ['NV', 0x1a], ['NV1', 0x18], ['AT', 0x18],
    ['TID4', 0x18], ['TICAB', 0x18], ['TOCU', 0x18], ['EnSCXT', 0x18], ['TTLBIS', 0x18], ['TTLBOS', 0x18], ['ATA', 0x18], ['TID5', 0x18],
    ['IMO', 0x18], ['FMO', 0x18],
  ])('HCR_EL2.%s has a row with EC %s', (field, ec) => {
    expect(TRAPS.some((row) => row.control === `HCR_EL2.${field}` && row.ec === ec)).toBe(true);
  });

  // Checklist 6.2 and the brief of the table.
  test.each([
    'CPTR_EL2.TFP', 'CPTR_EL2.FPEN', 'CPTR_EL2.TCPAC', 'CPTR_EL2.TTA', 'MDCR_EL2.TDA', 'MDCR_EL2.TDOSA', 'MDCR_EL2.TDRA', 'MDCR_EL2.TDE', 'MDCR_EL2.TPM',
    'MDCR_EL2.TPMCR', 'CNTHCTL_EL2.EL1PCTEN', 'CNTHCTL_EL2.EL1PCEN', 'CNTHCTL_EL2.EL1PTEN', 'CNTHCTL_EL2.EL0PCTEN', 'CNTHCTL_EL2.EL0VCTEN', 'CNTHCTL_EL2.EL0PTEN',
    'CNTHCTL_EL2.EL0VTEN', 'CNTKCTL_EL1.EL0PCTEN', 'CNTKCTL_EL1.EL0VCTEN', 'CNTKCTL_EL1.EL0PTEN', 'CNTKCTL_EL1.EL0VTEN', 'SCTLR_EL1.UCI', 'SCTLR_EL1.UCT',
    'SCTLR_EL1.UMA', 'SCTLR_EL1.nTWI', 'SCTLR_EL1.nTWE', 'SCTLR_EL1.DZE', 'SCTLR_EL1.EnRCTX', 'SCTLR_EL2.UCI', 'SCTLR_EL2.UCT', 'SCTLR_EL2.nTWI', 'SCTLR_EL2.nTWE',
    'SCTLR_EL2.DZE', 'SCTLR_EL2.EnRCTX', 'CPACR_EL1.FPEN', 'PMUSERENR_EL0.EN', 'MDSCR_EL1.TDCC', 'ICC_SRE_EL1.SRE', 'ICC_SRE_EL2.SRE', 'ICC_SRE_EL2.Enable',
    'ICH_HCR_EL2.TC', 'ICH_HCR_EL2.TALL0', 'ICH_HCR_EL2.TALL1', 'ICH_HCR_EL2.TDIR', 'HSTR_EL2.T15',
  ])('%s has a row', (control) => {
    expect(TRAPS.some((row) => row.control === control)).toBe(true);
  });

  test('every register that a row names is in the register table', () => {
    const names = TRAPS.flatMap((row) => [...row.accesses.flatMap((pattern) => (pattern.kind === 'register' ? [pattern.name] : [])), ...row.tests.map((one) => one.register)]);
    expect([...new Set(names)].filter((name) => SYSTEM_REGISTERS.byName(name) === undefined)).toEqual([]);
  });

  test('at EL2 no row depends on TGE: translated code there is the same for both values', () => {
    const dependent = TRAPS.filter((row) => row.from.includes(2) && (row.hostBits.includes(0) !== row.hostBits.includes(1) || row.hostBits.includes(2) !== row.hostBits.includes(3)));
    expect(dependent.map((row) => row.id)).toEqual([]);
  });

  test('every field that a row tests exists in the layout that is current then', () => {
    const byE2h: Readonly<Record<string, readonly [typeof CPTR_EL2_E2H0.fields, typeof CPTR_EL2_E2H0.fields]>> = {
      CPTR_EL2: [CPTR_EL2_E2H0.fields, CPTR_EL2_E2H1.fields],
      CNTHCTL_EL2: [CNTHCTL_EL2_E2H0.fields, CNTHCTL_EL2_E2H1.fields],
      SCTLR_EL2: [SCTLR_EL2_E2H0.fields, SCTLR_EL2_E2H1.fields],
    };
    const missing = TRAPS.flatMap((row) =>
      row.tests.flatMap((one) =>
        row.hostBits.flatMap((bits) => {
          const fields = byE2h[one.register]?.[bits >= 2 ? 1 : 0] ?? SYSTEM_REGISTERS.byName(one.register)?.fields ?? [];
          const field = fields.find((candidate) => candidate.name === one.field);
          return field !== undefined && one.values.every((value) => value < 2 ** field.width) ? [] : [`${row.id}: ${one.register}.${one.field}`];
        }),
      ),
    );
    expect([...new Set(missing)]).toEqual([]);
  });

  test('every group of System instructions that a row names exists', () => {
    const groups = new Set(SYS_OPS.map((one) => one.group));
    expect(TRAPS.flatMap((row) => row.accesses.flatMap((pattern) => (pattern.kind === 'op' && !groups.has(pattern.group) ? [row.id] : [])))).toEqual([]);
  });

  test('controls of EL1 stand before those of EL2', () => {
    const levels = TRAPS.map((row) => row.level);
    expect(levels.lastIndexOf(1)).toBeLessThan(levels.indexOf(2));
  });

  test('every row is the first to apply somewhere', () => {
    const candidates: readonly TrapAccess[] = [
      ...SYSTEM_REGISTERS.rows.map((row) => register(row.name)),
      slot(3, 0, 11, 0, 0),
      ...SYS_OPS.map((one) => op(one.mnemonic, one.name)),
      ...(['WFI', 'WFE', 'SMC', 'HVC', 'ERET', 'FP_SIMD', 'SVE', 'SME', 'PAuth', 'MSR_DAIF'] as const).map(instruction),
      ...(['S1_WALK_TO_DEVICE', 'SYNC_EXTERNAL_ABORT', 'DEBUG_EXCEPTION'] as const).map((name): TrapAccess => ({ kind: 'event', name })),
    ];
    const reached = new Set<TrapRow>();
    for (const access of candidates) {
      for (const row of trapsOf(access)) {
        const values: Record<string, number> = { ...QUIET };
        for (const one of row.tests) values[`${one.register}.${one.field}`] = one.values[0] ?? NaN;
        for (const el of row.from) {
          for (const hostBits of row.hostBits) {
            const first = firstTrap(trapsOf(access, row.direction !== 'W'), {
              el,
              hostBits,
              hasEl2: true,
              isUndefined: row.undefinedAccess === 'only',
              read: (name, field) => values[`${name}.${field}`] ?? 0,
            });
            if (first === row) reached.add(row);
          }
        }
      }
    }
    // AArch32 accesses have no A64 form.
    expect(TRAPS.filter((row) => !reached.has(row) && row.accesses[0]?.kind !== 'aarch32').map((row) => row.id)).toEqual([]);
  });

  test('a row prints as a line', () => {
    expect(TRAPS.filter((row) => row.control === 'HCR_EL2.TVM').map(formatTrap)).toEqual([
      'HCR_EL2.TVM=1@EL1 W -> EL2 0x18: SCTLR_EL1 TTBR0_EL1 TTBR1_EL1 TCR_EL1 ESR_EL1 FAR_EL1 AFSR0_EL1 AFSR1_EL1 MAIR_EL1 AMAIR_EL1 CONTEXTIDR_EL1',
    ]);
    expect(TRAPS.filter((row) => row.control === 'HCR_EL2.HCD').map(formatTrap)).toEqual(['HCR_EL2.HCD=1@EL1,2 Unknown -> UNDEFINED: HVC']);
  });
});

// The tables below are the accessor pseudocode of DDI 0601, read for each of {E2H, TGE} = 00 01 10 11.
describe('EL0', () => {
  const at = (access: TrapAccess, fields: string, isRead = true): string[] => HOSTS.map((host) => trap(access, fields, { el: 0, host, isRead }));

  test('CTR_EL0: SCTLR_EL1.UCT, then HCR_EL2.TID2; in the host SCTLR_EL2.UCT', () => {
    const access = register('CTR_EL0');
    expect(at(access, '')).toEqual(['-', '-', '-', '-']);
    expect(at(access, 'SCTLR_EL1.UCT=0')).toEqual(['EL1 0x18 SCTLR_EL1.UCT', 'EL2 0x18 SCTLR_EL1.UCT', 'EL1 0x18 SCTLR_EL1.UCT', '-']);
    expect(at(access, 'HCR_EL2.TID2=1')).toEqual(['EL2 0x18 HCR_EL2.TID2', 'EL2 0x18 HCR_EL2.TID2', 'EL2 0x18 HCR_EL2.TID2', '-']);
    expect(at(access, 'SCTLR_EL1.UCT=0 HCR_EL2.TID2=1')[0]).toBe('EL1 0x18 SCTLR_EL1.UCT');
    expect(at(access, 'SCTLR_EL2.UCT=0')).toEqual(['-', '-', '-', 'EL2 0x18 SCTLR_EL2.UCT']);
  });

  test('CNTPCT_EL0: CNTKCTL_EL1, then CNTHCTL_EL2 in its two layouts', () => {
    const access = register('CNTPCT_EL0');
    expect(at(access, 'CNTKCTL_EL1.EL0PCTEN=0')).toEqual(['EL1 0x18 CNTKCTL_EL1.EL0PCTEN', 'EL2 0x18 CNTKCTL_EL1.EL0PCTEN', 'EL1 0x18 CNTKCTL_EL1.EL0PCTEN', '-']);
    expect(at(access, 'CNTHCTL_EL2.EL1PCTEN=0')).toEqual(['EL2 0x18 CNTHCTL_EL2.EL1PCTEN', 'EL2 0x18 CNTHCTL_EL2.EL1PCTEN', 'EL2 0x18 CNTHCTL_EL2.EL1PCTEN', '-']);
    expect(at(access, 'CNTHCTL_EL2.EL0PCTEN=0')).toEqual(['-', '-', '-', 'EL2 0x18 CNTHCTL_EL2.EL0PCTEN']);
  });

  test('CNTP_CTL_EL0: EL1PCEN with E2H 0, EL1PTEN with {1,0}, EL0PTEN with {1,1}', () => {
    const access = register('CNTP_CTL_EL0');
    expect(at(access, 'CNTHCTL_EL2.EL1PCEN=0')).toEqual(['EL2 0x18 CNTHCTL_EL2.EL1PCEN', 'EL2 0x18 CNTHCTL_EL2.EL1PCEN', '-', '-']);
    expect(at(access, 'CNTHCTL_EL2.EL1PTEN=0')).toEqual(['-', '-', 'EL2 0x18 CNTHCTL_EL2.EL1PTEN', '-']);
    expect(at(access, 'CNTHCTL_EL2.EL0PTEN=0')).toEqual(['-', '-', '-', 'EL2 0x18 CNTHCTL_EL2.EL0PTEN']);
  });

  test('CNTFRQ_EL0 is readable while either counter is', () => {
    const access = register('CNTFRQ_EL0');
    expect(at(access, 'CNTKCTL_EL1.EL0PCTEN=0')).toEqual(['-', '-', '-', '-']);
    expect(at(access, 'CNTKCTL_EL1.EL0VCTEN=0')).toEqual(['-', '-', '-', '-']);
    expect(at(access, 'CNTKCTL_EL1.EL0PCTEN=0 CNTKCTL_EL1.EL0VCTEN=0')[2]).toBe('EL1 0x18 CNTKCTL_EL1.EL0PCTEN');
    expect(at(access, 'CNTHCTL_EL2.EL0PCTEN=0 CNTHCTL_EL2.EL0VCTEN=0')).toEqual(['-', '-', '-', 'EL2 0x18 CNTHCTL_EL2.EL0PCTEN']);
  });

  test('CNTVCT_EL0 and CNTV_* are not trapped by EL2 but in the host', () => {
    expect(at(register('CNTVCT_EL0'), 'CNTHCTL_EL2.EL1PCTEN=0 CNTHCTL_EL2.EL0VCTEN=0')).toEqual(['-', '-', '-', 'EL2 0x18 CNTHCTL_EL2.EL0VCTEN']);
    expect(at(register('CNTV_CVAL_EL0'), 'CNTHCTL_EL2.EL1PCEN=0 CNTHCTL_EL2.EL1PTEN=0 CNTHCTL_EL2.EL0VTEN=0')[3]).toBe('EL2 0x18 CNTHCTL_EL2.EL0VTEN');
  });

  test('FP: CPACR_EL1.FPEN 1 traps EL0; with {0,1} as UNKNOWN; in the host CPTR_EL2.FPEN', () => {
    const access = instruction('FP_SIMD');
    expect(at(access, 'CPACR_EL1.FPEN=1')).toEqual(['EL1 0x07 CPACR_EL1.FPEN', 'EL2 0x00 CPACR_EL1.FPEN', 'EL1 0x07 CPACR_EL1.FPEN', '-']);
    expect(at(access, 'CPTR_EL2.TFP=1')).toEqual(['EL2 0x07 CPTR_EL2.TFP', 'EL2 0x07 CPTR_EL2.TFP', '-', '-']);
    expect(at(access, 'CPTR_EL2.FPEN=1')).toEqual(['-', '-', '-', 'EL2 0x07 CPTR_EL2.FPEN']);
    expect(at(access, 'CPTR_EL2.FPEN=0')).toEqual(['-', '-', 'EL2 0x07 CPTR_EL2.FPEN', 'EL2 0x07 CPTR_EL2.FPEN']);
    expect(at(register('FPCR'), 'CPACR_EL1.FPEN=2')[0]).toBe('EL1 0x07 CPACR_EL1.FPEN');
  });

  test('WFI and WFE', () => {
    expect(at(instruction('WFI'), 'SCTLR_EL1.nTWI=0 HCR_EL2.TWI=1')).toEqual(['EL1 0x01 SCTLR_EL1.nTWI', 'EL2 0x01 SCTLR_EL1.nTWI', 'EL1 0x01 SCTLR_EL1.nTWI', '-']);
    expect(at(instruction('WFE'), 'HCR_EL2.TWE=1 SCTLR_EL2.nTWE=0')).toEqual(['EL2 0x01 HCR_EL2.TWE', 'EL2 0x01 HCR_EL2.TWE', 'EL2 0x01 HCR_EL2.TWE', 'EL2 0x01 SCTLR_EL2.nTWE']);
  });

  test('DAIF: SCTLR_EL1.UMA; always in the host', () => {
    expect(at(register('DAIF'), '')).toEqual(['-', '-', '-', 'EL2 0x18 HCR_EL2.TGE']);
    expect(at(instruction('MSR_DAIF'), 'SCTLR_EL1.UMA=0')).toEqual(['EL1 0x18 SCTLR_EL1.UMA', 'EL2 0x18 SCTLR_EL1.UMA', 'EL1 0x18 SCTLR_EL1.UMA', 'EL2 0x18 HCR_EL2.TGE']);
  });

  test('cache maintenance', () => {
    expect(at(op('DC', 'CIVAC'), 'SCTLR_EL1.UCI=0', false)).toEqual(['EL1 0x18 SCTLR_EL1.UCI', 'EL2 0x18 SCTLR_EL1.UCI', 'EL1 0x18 SCTLR_EL1.UCI', '-']);
    expect(at(op('DC', 'CVAC'), 'HCR_EL2.TPCP=1 HCR_EL2.TPU=1', false)[2]).toBe('EL2 0x18 HCR_EL2.TPCP');
    expect(at(op('DC', 'CVAU'), 'HCR_EL2.TPCP=1 HCR_EL2.TPU=1', false)[2]).toBe('EL2 0x18 HCR_EL2.TPU');
    expect(at(op('IC', 'IVAU'), 'HCR_EL2.TOCU=1', false)).toEqual(['EL2 0x18 HCR_EL2.TOCU', 'EL2 0x18 HCR_EL2.TOCU', 'EL2 0x18 HCR_EL2.TOCU', '-']);
    expect(at(op('DC', 'ZVA'), 'SCTLR_EL2.DZE=0 HCR_EL2.TDZ=1', false)).toEqual(['EL2 0x18 HCR_EL2.TDZ', 'EL2 0x18 HCR_EL2.TDZ', 'EL2 0x18 HCR_EL2.TDZ', 'EL2 0x18 SCTLR_EL2.DZE']);
    expect(at(op('CFP', 'RCTX'), 'SCTLR_EL1.EnRCTX=0', false)[0]).toBe('EL1 0x18 SCTLR_EL1.EnRCTX');
  });

  test('PMU: EN, or SW, CR, ER for their registers; then MDCR_EL2.TPM, in the host too', () => {
    const off = 'PMUSERENR_EL0.EN=0';
    expect(at(register('PMCR_EL0'), off)).toEqual(['EL1 0x18 PMUSERENR_EL0.EN', 'EL2 0x18 PMUSERENR_EL0.EN', 'EL1 0x18 PMUSERENR_EL0.EN', 'EL2 0x18 PMUSERENR_EL0.EN']);
    expect(at(register('PMCCNTR_EL0'), `${off} PMUSERENR_EL0.CR=1`)[0]).toBe('-');
    expect(at(register('PMCCNTR_EL0'), `${off} PMUSERENR_EL0.CR=1`, false)[0]).toBe('EL1 0x18 PMUSERENR_EL0.EN');
    expect(at(register('PMEVCNTR30_EL0'), `${off} PMUSERENR_EL0.ER=1`)[0]).toBe('-');
    expect(at(register('PMEVCNTR30_EL0'), `${off} PMUSERENR_EL0.ER=1`, false)[0]).toBe('EL1 0x18 PMUSERENR_EL0.EN');
    expect(at(register('PMSELR_EL0'), `${off} PMUSERENR_EL0.ER=1`, false)[0]).toBe('-');
    expect(at(register('PMSWINC_EL0'), `${off} PMUSERENR_EL0.SW=1`, false)[0]).toBe('-');
    expect(at(register('PMUSERENR_EL0'), off)[0]).toBe('-');
    expect(at(register('PMUSERENR_EL0'), 'MDCR_EL2.TPM=1')).toEqual(Array(4).fill('EL2 0x18 MDCR_EL2.TPM'));
    expect(at(register('PMCNTENSET_EL0'), 'MDCR_EL2.TPMCR=1')[0]).toBe('-');
    expect(at(register('PMCR_EL0'), 'MDCR_EL2.TPMCR=1')[0]).toBe('EL2 0x18 MDCR_EL2.TPMCR');
  });

  test('the debug communications channel', () => {
    const access = register('MDCCSR_EL0');
    expect(at(access, '')).toEqual(['-', 'EL2 0x18 HCR_EL2.TGE', '-', 'EL2 0x18 HCR_EL2.TGE']);
    expect(at(access, 'MDSCR_EL1.TDCC=1')[0]).toBe('EL1 0x18 MDSCR_EL1.TDCC');
    expect(at(access, 'MDCR_EL2.TDA=1')[2]).toBe('EL2 0x18 MDCR_EL2.TDA');
  });

  test('without EL2 its controls are not in force, whatever they read as', () => {
    expect(trap(register('CNTPCT_EL0'), 'CNTHCTL_EL2.EL1PCTEN=0', { el: 0, hasEl2: false })).toBe('-');
    expect(trap(register('CNTPCT_EL0'), 'CNTKCTL_EL1.EL0PCTEN=0', { el: 0, hasEl2: false })).toBe('EL1 0x18 CNTKCTL_EL1.EL0PCTEN');
  });

  test('FEAT_IDST: the feature ID space traps where it would be UNDEFINED', () => {
    expect(trap(register('MIDR_EL1'), '', { el: 0, undefined: true })).toBe('EL1 0x18 ');
    expect(trap(register('MIDR_EL1'), '', { el: 0, host: 3, undefined: true })).toBe('EL2 0x18 ');
    expect(trap(slot(3, 1, 0, 7, 7), '', { el: 1, undefined: true })).toBe('EL1 0x18 ');
    expect(trap(register('MIDR_EL1'), '', { el: 0, undefined: true, isRead: false })).toBe('-');
    expect(trap(register('VBAR_EL1'), '', { el: 0, undefined: true })).toBe('-');
  });
});

describe('EL1', () => {
  test('HCR_EL2.TVM traps writes and TRVM reads of the eleven registers', () => {
    expect(trap(register('SCTLR_EL1'), 'HCR_EL2.TVM=1', { isRead: false })).toBe('EL2 0x18 HCR_EL2.TVM');
    expect(trap(register('SCTLR_EL1'), 'HCR_EL2.TVM=1')).toBe('-');
    expect(trap(register('CONTEXTIDR_EL1'), 'HCR_EL2.TRVM=1')).toBe('EL2 0x18 HCR_EL2.TRVM');
    expect(trap(register('VBAR_EL1'), 'HCR_EL2.TVM=1 HCR_EL2.TRVM=1', { isRead: false })).toBe('-');
  });

  test('HCR_EL2.TID3 covers the whole block, unnamed slots too', () => {
    expect(trap(register('ID_AA64MMFR1_EL1'), 'HCR_EL2.TID3=1')).toBe('EL2 0x18 HCR_EL2.TID3');
    expect(trap(slot(3, 0, 0, 7, 7), 'HCR_EL2.TID3=1')).toBe('EL2 0x18 HCR_EL2.TID3');
    expect(trap(register('MIDR_EL1'), 'HCR_EL2.TID3=1')).toBe('-');
    expect(trap(register('REVIDR_EL1'), 'HCR_EL2.TID1=1')).toBe('EL2 0x18 HCR_EL2.TID1');
  });

  test('HCR_EL2.TID2 and TID4', () => {
    expect(trap(register('CSSELR_EL1'), 'HCR_EL2.TID2=1', { isRead: false })).toBe('EL2 0x18 HCR_EL2.TID2');
    expect(trap(register('CLIDR_EL1'), 'HCR_EL2.TID4=1')).toBe('EL2 0x18 HCR_EL2.TID4');
    expect(trap(register('CTR_EL0'), 'HCR_EL2.TID4=1')).toBe('-');
  });

  test('HCR_EL2.TIDCP takes encodings that nothing has, also SYS', () => {
    expect(trap(slot(3, 0, 11, 0, 0), 'HCR_EL2.TIDCP=1', { undefined: true })).toBe('EL2 0x18 HCR_EL2.TIDCP');
    expect(trap(slot(1, 7, 15, 3, 4), 'HCR_EL2.TIDCP=1', { undefined: true, isRead: false })).toBe('EL2 0x18 HCR_EL2.TIDCP');
    expect(trap(slot(3, 0, 12, 15, 7), 'HCR_EL2.TIDCP=1', { undefined: true })).toBe('-');
    expect(trap(slot(2, 0, 11, 0, 0), 'HCR_EL2.TIDCP=1', { undefined: true })).toBe('-');
  });

  test('an access that is UNDEFINED stays so with other trap bits', () => {
    expect(trap(register('SCTLR_EL1'), 'HCR_EL2.TVM=1', { isRead: false, undefined: true })).toBe('-');
  });

  test('HVC and SMC', () => {
    expect(trap(instruction('SMC'), 'HCR_EL2.TSC=1', { undefined: true })).toBe('EL2 0x17 HCR_EL2.TSC');
    expect(trap(instruction('HVC'), 'HCR_EL2.HCD=1')).toBe('UNDEFINED 0x00 HCR_EL2.HCD');
  });

  test('TLBI: TTLB takes all, TTLBIS and TTLBOS theirs', () => {
    const names = ['VMALLE1', 'VAE1IS', 'VAE1OS', 'RVAE1', 'RVAE1IS', 'RVAE1OS'];
    const by = (field: string): string[] => names.filter((name) => trap(op('TLBI', name), `HCR_EL2.${field}=1`, { isRead: false }) === `EL2 0x18 HCR_EL2.${field}`);
    expect(by('TTLB')).toEqual(names);
    expect(by('TTLBIS')).toEqual(['VAE1IS', 'RVAE1IS']);
    expect(by('TTLBOS')).toEqual(['VAE1OS', 'RVAE1OS']);
    expect(trap(op('TLBI', 'VAE1'), 'HCR_EL2.TTLB=1', { el: 2, isRead: false })).toBe('-');
  });

  test('set/way, instruction caches, address translation', () => {
    expect(trap(op('DC', 'ISW'), 'HCR_EL2.TSW=1', { isRead: false })).toBe('EL2 0x18 HCR_EL2.TSW');
    expect(trap(op('IC', 'IALLUIS'), 'HCR_EL2.TICAB=1', { isRead: false })).toBe('EL2 0x18 HCR_EL2.TICAB');
    expect(trap(op('IC', 'IALLUIS'), 'HCR_EL2.TOCU=1', { isRead: false })).toBe('-');
    expect(trap(op('AT', 'S1E1R'), 'HCR_EL2.AT=1', { isRead: false })).toBe('EL2 0x18 HCR_EL2.AT');
  });

  test('FP: CPACR_EL1 before CPTR_EL2; FPEN 1 leaves EL1 alone', () => {
    const access = instruction('FP_SIMD');
    expect(trap(access, 'CPACR_EL1.FPEN=0 CPTR_EL2.TFP=1')).toBe('EL1 0x07 CPACR_EL1.FPEN');
    expect(trap(access, 'CPACR_EL1.FPEN=1')).toBe('-');
    expect(trap(access, 'CPTR_EL2.FPEN=2', { host: 2 })).toBe('EL2 0x07 CPTR_EL2.FPEN');
    expect(trap(access, 'CPTR_EL2.FPEN=1', { host: 2 })).toBe('-');
    expect(trap(register('CPACR_EL1'), 'CPTR_EL2.TCPAC=1')).toBe('EL2 0x18 CPTR_EL2.TCPAC');
  });

  test('the debug registers: TDA, TDOSA, TDRA, and TDE for all', () => {
    const by = (field: string): string[] =>
      ['MDSCR_EL1', 'DBGBCR15_EL1', 'OSLAR_EL1', 'MDRAR_EL1'].filter((name) => trap(register(name), `MDCR_EL2.${field}=1`, { isRead: name !== 'OSLAR_EL1' }) !== '-');
    expect(by('TDA')).toEqual(['MDSCR_EL1', 'DBGBCR15_EL1']);
    expect(by('TDOSA')).toEqual(['OSLAR_EL1']);
    expect(by('TDRA')).toEqual(['MDRAR_EL1']);
    expect(by('TDE')).toEqual(['MDSCR_EL1', 'DBGBCR15_EL1', 'OSLAR_EL1', 'MDRAR_EL1']);
  });

  test('timers of EL1: not CNTV', () => {
    expect(trap(register('CNTP_CVAL_EL0'), 'CNTHCTL_EL2.EL1PTEN=0', { host: 2 })).toBe('EL2 0x18 CNTHCTL_EL2.EL1PTEN');
    expect(trap(register('CNTPCT_EL0'), 'CNTHCTL_EL2.EL1PCTEN=0', { host: 2 })).toBe('EL2 0x18 CNTHCTL_EL2.EL1PCTEN');
    expect(trap(register('CNTV_CTL_EL0'), 'CNTHCTL_EL2.EL1PCEN=0 CNTHCTL_EL2.EL1PCTEN=0')).toBe('-');
  });

  test('GIC: SRE of EL1, then ICH_HCR_EL2, then the SGI registers', () => {
    expect(trap(register('ICC_PMR_EL1'), 'ICC_SRE_EL1.SRE=0 ICH_HCR_EL2.TC=1')).toBe('EL1 0x18 ICC_SRE_EL1.SRE');
    expect(trap(register('ICC_SRE_EL1'), 'ICC_SRE_EL1.SRE=0')).toBe('-');
    expect(trap(register('ICC_SRE_EL1'), 'ICC_SRE_EL2.Enable=0')).toBe('EL2 0x18 ICC_SRE_EL2.Enable');
    const by = (field: string): string[] =>
      ['ICC_PMR_EL1', 'ICC_IAR0_EL1', 'ICC_IAR1_EL1', 'ICC_AP1R3_EL1', 'ICC_DIR_EL1', 'ICC_SGI1R_EL1'].filter((name) => trap(register(name), `${field}=1`, { isRead: !/DIR|SGI/.test(name) }) !== '-');
    expect(by('ICH_HCR_EL2.TC')).toEqual(['ICC_PMR_EL1', 'ICC_DIR_EL1', 'ICC_SGI1R_EL1']);
    expect(by('ICH_HCR_EL2.TALL0')).toEqual(['ICC_IAR0_EL1']);
    expect(by('ICH_HCR_EL2.TALL1')).toEqual(['ICC_IAR1_EL1', 'ICC_AP1R3_EL1']);
    expect(by('ICH_HCR_EL2.TDIR')).toEqual(['ICC_DIR_EL1']);
    expect(by('HCR_EL2.IMO')).toEqual(['ICC_SGI1R_EL1']);
    expect(by('HCR_EL2.FMO')).toEqual(['ICC_SGI1R_EL1']);
    expect(trap(register('ICC_SGI1R_EL1'), 'HCR_EL2.IMO=1', { el: 2, host: 2, isRead: false })).toBe('-');
  });

  test('pointer authentication and error records', () => {
    expect(trap(register('APGAKeyHi_EL1'), 'HCR_EL2.APK=0')).toBe('EL2 0x18 HCR_EL2.APK');
    expect(trap(instruction('PAuth'), 'HCR_EL2.API=0')).toBe('EL2 0x09 HCR_EL2.API');
    expect(trap(register('ERXSTATUS_EL1'), 'HCR_EL2.TERR=1')).toBe('EL2 0x18 HCR_EL2.TERR');
  });
});

describe('EL2', () => {
  test('FP traps from EL2 itself, in both layouts', () => {
    expect(trap(instruction('FP_SIMD'), 'CPTR_EL2.TFP=1', { el: 2 })).toBe('EL2 0x07 CPTR_EL2.TFP');
    expect(trap(instruction('FP_SIMD'), 'CPTR_EL2.FPEN=0', { el: 2, host: 3 })).toBe('EL2 0x07 CPTR_EL2.FPEN');
    expect(trap(instruction('FP_SIMD'), 'CPTR_EL2.FPEN=1', { el: 2, host: 3 })).toBe('-');
  });

  test('ICC_SRE_EL2.SRE 0 takes ICC and ICH away, but not ICC_SRE', () => {
    expect(trap(register('ICH_LR15_EL2'), 'ICC_SRE_EL2.SRE=0', { el: 2 })).toBe('EL2 0x18 ICC_SRE_EL2.SRE');
    expect(trap(register('ICC_IAR1_EL1'), 'ICC_SRE_EL2.SRE=0', { el: 2 })).toBe('EL2 0x18 ICC_SRE_EL2.SRE');
    expect(trap(register('ICC_SRE_EL2'), 'ICC_SRE_EL2.SRE=0', { el: 2 })).toBe('-');
  });

  test('EL1 controls do not reach EL2', () => {
    expect(trap(register('SCTLR_EL1'), 'HCR_EL2.TVM=1 HCR_EL2.TRVM=1', { el: 2, isRead: false })).toBe('-');
    expect(trap(instruction('HVC'), 'HCR_EL2.HCD=1', { el: 2 })).toBe('UNDEFINED 0x00 HCR_EL2.HCD');
  });
});

describe('nested virtualization', () => {
  const nv = (name: string, bits: string, isUndefined = true): string => trap(register(name), bits, { undefined: isUndefined });

  test('NV: names of EL2 at EL1 trap instead of being UNDEFINED', () => {
    expect(nv('VTTBR_EL2', '')).toBe('-');
    expect(nv('VTTBR_EL2', 'HCR_EL2.NV=1')).toBe('EL2 0x18 HCR_EL2.NV');
    expect(nv('SP_EL1', 'HCR_EL2.NV=1')).toBe('EL2 0x18 HCR_EL2.NV');
    expect(nv('SCTLR_EL12', 'HCR_EL2.NV=1')).toBe('EL2 0x18 HCR_EL2.NV');
    expect(nv('CNTV_CTL_EL02', 'HCR_EL2.NV=1')).toBe('EL2 0x18 HCR_EL2.NV');
    expect(trap(slot(3, 4, 15, 7, 7), 'HCR_EL2.NV=1', { undefined: true })).toBe('-');
    expect(trap(instruction('ERET'), 'HCR_EL2.NV=1')).toBe('EL2 0x1a HCR_EL2.NV');
    expect(trap(op('TLBI', 'ALLE2'), 'HCR_EL2.NV=1', { undefined: true, isRead: false })).toBe('EL2 0x18 HCR_EL2.NV');
    expect(trap(op('AT', 'S12E1R'), 'HCR_EL2.NV=1', { undefined: true, isRead: false })).toBe('EL2 0x18 HCR_EL2.NV');
  });

  test('NV1 takes VBAR_EL1, ELR_EL1, SPSR_EL1, unless NV2 serves them', () => {
    expect(nv('VBAR_EL1', 'HCR_EL2.NV=1 HCR_EL2.NV1=1', false)).toBe('EL2 0x18 HCR_EL2.NV1');
    expect(nv('ELR_EL1', 'HCR_EL2.NV1=1', false)).toBe('-');
    expect(nv('SPSR_EL1', 'HCR_EL2.NV=1 HCR_EL2.NV1=1 HCR_EL2.NV2=1', false)).toBe('-');
  });

  test('NV2: what lies in memory or is redirected does not trap, the rest does', () => {
    const nv2 = 'HCR_EL2.NV=1 HCR_EL2.NV2=1';
    expect(nv('VTTBR_EL2', nv2)).toBe('-');
    expect(nv('ELR_EL2', nv2)).toBe('-');
    expect(nv('SCTLR_EL2', nv2)).toBe('EL2 0x18 HCR_EL2.NV');
    expect(nv('SCTLR_EL12', nv2)).toBe('-');
    expect(nv('CNTKCTL_EL12', nv2)).toBe('EL2 0x18 HCR_EL2.NV');
    expect(nv('SCTLR_EL12', `${nv2} HCR_EL2.NV1=1`)).toBe('EL2 0x18 HCR_EL2.NV');
  });

  // Checklist section 16, by hand.
  test.each([
    ['VTTBR_EL2', 0x20], ['VTCR_EL2', 0x40], ['VMPIDR_EL2', 0x50], ['CNTVOFF_EL2', 0x60], ['HCR_EL2', 0x78], ['HSTR_EL2', 0x80], ['VPIDR_EL2', 0x88],
    ['TPIDR_EL2', 0x90], ['VNCR_EL2', 0xb0], ['ACTLR_EL1', 0x118], ['MDSCR_EL1', 0x158], ['SP_EL1', 0x240], ['ICH_LR0_EL2', 0x400], ['ICH_LR15_EL2', 0x478],
    ['ICH_AP0R0_EL2', 0x480], ['ICH_AP0R3_EL2', 0x498], ['ICH_AP1R0_EL2', 0x4a0], ['ICH_HCR_EL2', 0x4c0], ['ICH_VMCR_EL2', 0x4c8], ['MPAMHCR_EL2', 0x930], ['MPAMVPM7_EL2', 0x978],
  ])('%s lies at one offset with NV1 0 and 1', (name, offset) => {
    expect([vncrOffset(name, 0), vncrOffset(name, 1)]).toEqual([offset, offset]);
  });

  test.each([
    ['CPACR_EL1', 'CPACR_EL12', 0x100], ['CONTEXTIDR_EL1', 'CONTEXTIDR_EL12', 0x108], ['SCTLR_EL1', 'SCTLR_EL12', 0x110], ['TCR_EL1', 'TCR_EL12', 0x120],
    ['AFSR0_EL1', 'AFSR0_EL12', 0x128], ['AFSR1_EL1', 'AFSR1_EL12', 0x130], ['ESR_EL1', 'ESR_EL12', 0x138], ['MAIR_EL1', 'MAIR_EL12', 0x140], ['AMAIR_EL1', 'AMAIR_EL12', 0x148],
    ['SPSR_EL1', 'SPSR_EL12', 0x160], ['CNTV_CVAL_EL0', 'CNTV_CVAL_EL02', 0x168], ['CNTV_CTL_EL0', 'CNTV_CTL_EL02', 0x170], ['CNTP_CVAL_EL0', 'CNTP_CVAL_EL02', 0x178],
    ['CNTP_CTL_EL0', 'CNTP_CTL_EL02', 0x180], ['SCXTNUM_EL1', 'SCXTNUM_EL12', 0x188], ['TTBR0_EL1', 'TTBR0_EL12', 0x200], ['TTBR1_EL1', 'TTBR1_EL12', 0x210],
    ['FAR_EL1', 'FAR_EL12', 0x220], ['ELR_EL1', 'ELR_EL12', 0x230], ['VBAR_EL1', 'VBAR_EL12', 0x250], ['TRFCR_EL1', 'TRFCR_EL12', 0x880], ['MPAM1_EL1', 'MPAM1_EL12', 0x900],
  ])('%s with NV1 1, %s with NV1 0', (name, alias, offset) => {
    expect([vncrOffset(name, 1), vncrOffset(alias, 0), vncrOffset(name, 0), vncrOffset(alias, 1)]).toEqual([offset, offset, null, null]);
  });

  test('offsets are distinct, aligned, below 4 KiB, and their registers exist', () => {
    expect(new Set(VNCR.map((one) => one.offset)).size).toBe(VNCR.length);
    expect(VNCR.filter((one) => one.offset % 8 !== 0 || one.offset >= 0x1000)).toEqual([]);
    const names = [...VNCR.flatMap((one) => [one.name, ...(one.alias === null ? [] : [one.alias])]), ...Object.entries(NV2_REDIRECTIONS).flat()];
    expect(names.filter((name) => SYSTEM_REGISTERS.byName(name) === undefined)).toEqual([]);
  });
});

describe('the OS lock', () => {
  test('its fields are those of MDSCR_EL1', () => {
    const fields = SYSTEM_REGISTERS.byName('MDSCR_EL1')?.fields.map((field) => field.name) ?? [];
    expect(MDSCR_OS_LOCK_FIELDS.filter((name) => !fields.includes(name))).toEqual([]);
  });
});

test('a trap of a System register is reported with EC 0x18', () => {
  expect(EC.SysReg).toBe(0x18);
});
