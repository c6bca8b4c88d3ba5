/** Performance monitors (DDI 0487, part D, "The Performance Monitors Extension"). */
import { layout } from '../bits.ts';
import { defineRegister, defineRegisters } from './register.ts';

const EL0 = { access: 'RW RW RW', feature: 'PMUv3' } as const;
const EL0_RO = { access: 'R R R', feature: 'PMUv3' } as const;
const EL1 = { access: '- RW RW', feature: 'PMUv3' } as const;

/** One bit a counter: the cycle counter in C, event counters 0 to 30 in P. */
export const PM_COUNTERS = layout('PM counters', 64, { fields: { F0: { bits: 32, feature: 'PMUv3_ICNTR' }, C: 31, P: '30:0' }, res0: '63:33' });

/** Which ELs and security states a counter counts in. */
const FILTER = {
  VS: { bits: '57:56', feature: 'PMUv3_SS' },
  P: 31,
  U: 30,
  NSK: { bits: 29, feature: 'EL3' },
  NSU: { bits: 28, feature: 'EL3' },
  NSH: { bits: 27, feature: 'EL2' },
  M: { bits: 26, feature: 'EL3' },
  SH: { bits: 24, feature: 'SEL2' },
  T: { bits: 23, feature: 'TME' },
  RLK: { bits: 22, feature: 'RME' },
  RLU: { bits: 21, feature: 'RME' },
  RLH: { bits: 20, feature: 'RME' },
} as const;

export const PMEVTYPER = layout('PMEVTYPERn_EL0', 64, {
  fields: {
    ...FILTER,
    TC: { bits: '63:61', feature: 'PMUv3_TH' },
    TE: { bits: 60, feature: 'PMUv3_EDGE' },
    TLC: { bits: '55:54', feature: 'PMUv3_TH' },
    TH: { bits: '43:32', feature: 'PMUv3_TH' },
    MT: { bits: 25, feature: 'MTPMU' },
    SYNC: { bits: 19, feature: 'SEBEP' },
    'evtCount[15:10]': { bits: '15:10', feature: 'PMUv3p1' },
    evtCount: '9:0',
  },
  res0: '59:58 53:44 18:16',
});
export const PMEVCNTR = layout('PMEVCNTRn_EL0', 64, { fields: { 'EVCNT[63:32]': { bits: '63:32', feature: 'PMUv3p5' }, EVCNT: '31:0' } });

export const PMCR_EL0 = defineRegister('PMCR_EL0', [3, 3, 9, 12, 0], {
  ...EL0,
  fields: {
    FZS: { bits: 32, feature: 'SPEv1p2' },
    IMP: '31:24',
    IDCODE: '23:16',
    N: '15:11',
    FZO: { bits: 9, feature: 'PMUv3p7' },
    LP: { bits: 7, feature: 'PMUv3p5' },
    LC: { bits: 6, feature: 'AA32EL0', absent: 1 },
    DP: 5,
    X: 4,
    D: 3,
    C: 2,
    P: 1,
    E: 0,
  },
  res0: '63:33 10 8',
  reset: { E: 0 },
  doc: 'Control; N reads MDCR_EL2.HPMN at EL1 and EL0',
});
export const PMCNTENSET_EL0 = defineRegister('PMCNTENSET_EL0', [3, 3, 9, 12, 1], { ...EL0, layout: PM_COUNTERS, doc: 'Counter enable, set' });
export const PMCNTENCLR_EL0 = defineRegister('PMCNTENCLR_EL0', [3, 3, 9, 12, 2], { ...EL0, layout: PM_COUNTERS, doc: 'Counter enable, clear' });
export const PMOVSCLR_EL0 = defineRegister('PMOVSCLR_EL0', [3, 3, 9, 12, 3], { ...EL0, layout: PM_COUNTERS, doc: 'Overflow status, clear' });
export const PMSWINC_EL0 = defineRegister('PMSWINC_EL0', [3, 3, 9, 12, 4], { access: 'W W W', feature: 'PMUv3', fields: { P: '30:0' }, res0: '63:31', doc: 'Software increment' });
export const PMSELR_EL0 = defineRegister('PMSELR_EL0', [3, 3, 9, 12, 5], { ...EL0, fields: { SEL: '4:0' }, res0: '63:5', doc: 'Counter that PMXEV registers reach; 31 is the cycle counter' });
const CEID = { ...EL0_RO, fields: { IDhi: { bits: '63:32', feature: 'PMUv3p1' }, ID: '31:0' } } as const;
export const PMCEID0_EL0 = defineRegister('PMCEID0_EL0', [3, 3, 9, 12, 6], { ...CEID, doc: 'Common events 0x0000-0x001F and 0x4000-0x401F' });
export const PMCEID1_EL0 = defineRegister('PMCEID1_EL0', [3, 3, 9, 12, 7], { ...CEID, doc: 'Common events 0x0020-0x003F and 0x4020-0x403F' });
export const PMCCNTR_EL0 = defineRegister('PMCCNTR_EL0', [3, 3, 9, 13, 0], { ...EL0, fields: { CCNT: '63:0' }, doc: 'Cycle count' });
export const PMXEVTYPER_EL0 = defineRegister('PMXEVTYPER_EL0', [3, 3, 9, 13, 1], { ...EL0, layout: PMEVTYPER, doc: 'Event type of the selected counter' });
export const PMXEVCNTR_EL0 = defineRegister('PMXEVCNTR_EL0', [3, 3, 9, 13, 2], { ...EL0, layout: PMEVCNTR, doc: 'Selected event counter' });
export const PMUSERENR_EL0 = defineRegister('PMUSERENR_EL0', [3, 3, 9, 14, 0], {
  access: 'R RW RW',
  feature: 'PMUv3',
  fields: { TID: { bits: 6, feature: 'PMUv3p9' }, IR: { bits: 5, feature: 'PMUv3_ICNTR' }, UEN: { bits: 4, feature: 'PMUv3p9' }, ER: 3, CR: 2, SW: 1, EN: 0 },
  res0: '63:7',
  doc: 'Access of EL0',
});
export const PMINTENSET_EL1 = defineRegister('PMINTENSET_EL1', [3, 0, 9, 14, 1], { ...EL1, layout: PM_COUNTERS, doc: 'Overflow interrupt enable, set' });
export const PMINTENCLR_EL1 = defineRegister('PMINTENCLR_EL1', [3, 0, 9, 14, 2], { ...EL1, layout: PM_COUNTERS, doc: 'Overflow interrupt enable, clear' });
export const PMOVSSET_EL0 = defineRegister('PMOVSSET_EL0', [3, 3, 9, 14, 3], { ...EL0, layout: PM_COUNTERS, doc: 'Overflow status, set' });
export const PMMIR_EL1 = defineRegister('PMMIR_EL1', [3, 0, 9, 14, 6], {
  access: '- R R',
  feature: 'PMUv3p4',
  fields: { EDGE: { bits: '27:24', feature: 'PMUv3_EDGE' }, THWIDTH: { bits: '23:20', feature: 'PMUv3_TH' }, BUS_WIDTH: '19:16', BUS_SLOTS: '15:8', SLOTS: '7:0' },
  res0: '63:28',
  doc: 'Machine identification',
});
export const PMCCFILTR_EL0 = defineRegister('PMCCFILTR_EL0', [3, 3, 14, 15, 7], { ...EL0, fields: FILTER, res0: '63:58 55:32 25 19:0', doc: 'Filter of the cycle counter' });
export const PMEVCNTRn_EL0 = defineRegisters((n) => `PMEVCNTR${n}_EL0`, 31, (n) => [3, 3, 14, 8 + (n >> 3), n & 7], { ...EL0, layout: PMEVCNTR, doc: 'Event counter' });
export const PMEVTYPERn_EL0 = defineRegisters((n) => `PMEVTYPER${n}_EL0`, 31, (n) => [3, 3, 14, 12 + (n >> 3), n & 7], { ...EL0, layout: PMEVTYPER, doc: 'Event type and filter' });
