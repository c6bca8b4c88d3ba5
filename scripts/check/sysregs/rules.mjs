// @ts-check
/**
 * What every MRS, MSR, SYS and SYSL comes to, stated a second time: transcribed from the encoding tables and accessor pseudocode of
 * DDI 0487 and DDI 0601 (and IHI 0069 for ICC and ICH) and from the project's architecture checklist, for a v8.2 core with
 * EL2, VHE, PMUv3, RAS and the GICv3 interface, without AArch32 and EL3, with six breakpoints, four
 * watchpoints and six event counters: the others are UNDEFINED. Shares nothing with the core: names are for people,
 * encodings and bit numbers count.
 */

/**
 * `op0 op1 CRn CRm op2 NAME EL0/EL1/EL2 groups`. `a-b` counts up and puts the number into `#`. A group is what a control
 * below names. `=NAME` says which register is accessed at EL2 with E2H 1.
 */
const TABLE = `
2 0 0 0 2 OSDTRRX_EL1 -/RW/RW debug
2 0 0 0-5 4 DBGBVR#_EL1 -/RW/RW debug
2 0 0 0-5 5 DBGBCR#_EL1 -/RW/RW debug
2 0 0 0-3 6 DBGWVR#_EL1 -/RW/RW debug
2 0 0 0-3 7 DBGWCR#_EL1 -/RW/RW debug
2 0 0 2 0 MDCCINT_EL1 -/RW/RW debug
2 0 0 2 2 MDSCR_EL1 -/RW/RW debug
2 0 0 3 2 OSDTRTX_EL1 -/RW/RW debug
2 0 0 6 2 OSECCR_EL1 -/RW/RW debug
2 0 1 0 0 MDRAR_EL1 -/R/R rom
2 0 1 0 4 OSLAR_EL1 -/W/W oslock
2 0 1 1 4 OSLSR_EL1 -/R/R oslock
2 0 1 3 4 OSDLR_EL1 -/RW/RW oslock
2 0 1 4 4 DBGPRCR_EL1 -/RW/RW oslock
2 0 7 8 6 DBGCLAIMSET_EL1 -/RW/RW debug
2 0 7 9 6 DBGCLAIMCLR_EL1 -/RW/RW debug
2 0 7 14 6 DBGAUTHSTATUS_EL1 -/R/R debug
2 3 0 1 0 MDCCSR_EL0 R/R/R dcc
2 3 0 4 0 DBGDTR_EL0 RW/RW/RW dcc
2 3 0 5 0 DBGDTRRX_EL0|DBGDTRTX_EL0 RW/RW/RW dcc
3 0 0 0 0 MIDR_EL1 -/R/R
3 0 0 0 5 MPIDR_EL1 -/R/R
3 0 0 0 6 REVIDR_EL1 -/R/R tid1
3 0 1 0 0 SCTLR_EL1 -/RW/RW vm =SCTLR_EL2
3 0 1 0 1 ACTLR_EL1 -/RW/RW actlr
3 0 1 0 2 CPACR_EL1 -/RW/RW cpacr =CPTR_EL2
3 0 2 0 0 TTBR0_EL1 -/RW/RW vm =TTBR0_EL2
3 0 2 0 1 TTBR1_EL1 -/RW/RW vm =TTBR1_EL2
3 0 2 0 2 TCR_EL1 -/RW/RW vm =TCR_EL2
3 0 4 0 0 SPSR_EL1 -/RW/RW =SPSR_EL2
3 0 4 0 1 ELR_EL1 -/RW/RW =ELR_EL2
3 0 4 1 0 SP_EL0 -/RW/RW
3 0 4 2 0 SPSel -/RW/RW
3 0 4 2 2 CurrentEL -/R/R
3 0 4 2 3 PAN -/RW/RW
3 0 4 2 4 UAO -/RW/RW
3 0 4 6 0 ICC_PMR_EL1 -/RW/RW icc common
3 0 5 1 0 AFSR0_EL1 -/RW/RW vm =AFSR0_EL2
3 0 5 1 1 AFSR1_EL1 -/RW/RW vm =AFSR1_EL2
3 0 5 2 0 ESR_EL1 -/RW/RW vm =ESR_EL2
3 0 5 3 0 ERRIDR_EL1 -/R/R ras
3 0 5 3 1 ERRSELR_EL1 -/RW/RW ras
3 0 5 4 0 ERXFR_EL1 -/R/R ras
3 0 5 4 1 ERXCTLR_EL1 -/RW/RW ras
3 0 5 4 2 ERXSTATUS_EL1 -/RW/RW ras
3 0 5 4 3 ERXADDR_EL1 -/RW/RW ras
3 0 5 5 0 ERXMISC0_EL1 -/RW/RW ras
3 0 5 5 1 ERXMISC1_EL1 -/RW/RW ras
3 0 6 0 0 FAR_EL1 -/RW/RW vm =FAR_EL2
3 0 7 4 0 PAR_EL1 -/RW/RW
3 0 9 14 1 PMINTENSET_EL1 -/RW/RW pmu
3 0 9 14 2 PMINTENCLR_EL1 -/RW/RW pmu
3 0 10 2 0 MAIR_EL1 -/RW/RW vm =MAIR_EL2
3 0 10 3 0 AMAIR_EL1 -/RW/RW vm =AMAIR_EL2
3 0 10 4 0 LORSA_EL1 -/RW/RW lor
3 0 10 4 1 LOREA_EL1 -/RW/RW lor
3 0 10 4 2 LORN_EL1 -/RW/RW lor
3 0 10 4 3 LORC_EL1 -/RW/RW lor
3 0 10 4 7 LORID_EL1 -/R/R lor
3 0 12 0 0 VBAR_EL1 -/RW/RW =VBAR_EL2
3 0 12 1 0 ISR_EL1 -/R/R
3 0 12 1 1 DISR_EL1 -/RW/RW
3 0 12 8 0 ICC_IAR0_EL1 -/R/R icc group0
3 0 12 8 1 ICC_EOIR0_EL1 -/W/W icc group0
3 0 12 8 2 ICC_HPPIR0_EL1 -/R/R icc group0
3 0 12 8 3 ICC_BPR0_EL1 -/RW/RW icc group0
3 0 12 8 4-7 ICC_AP0R#_EL1 -/RW/RW icc group0
3 0 12 9 0-3 ICC_AP1R#_EL1 -/RW/RW icc group1
3 0 12 11 1 ICC_DIR_EL1 -/W/W icc common dir
3 0 12 11 3 ICC_RPR_EL1 -/R/R icc common
3 0 12 11 5 ICC_SGI1R_EL1 -/W/W icc common sgi
3 0 12 11 6 ICC_ASGI1R_EL1 -/W/W icc common sgi
3 0 12 11 7 ICC_SGI0R_EL1 -/W/W icc common sgi
3 0 12 12 0 ICC_IAR1_EL1 -/R/R icc group1
3 0 12 12 1 ICC_EOIR1_EL1 -/W/W icc group1
3 0 12 12 2 ICC_HPPIR1_EL1 -/R/R icc group1
3 0 12 12 3 ICC_BPR1_EL1 -/RW/RW icc group1
3 0 12 12 4 ICC_CTLR_EL1 -/RW/RW icc common
3 0 12 12 5 ICC_SRE_EL1 -/RW/RW sre
3 0 12 12 6 ICC_IGRPEN0_EL1 -/RW/RW icc group0
3 0 12 12 7 ICC_IGRPEN1_EL1 -/RW/RW icc group1
3 0 13 0 1 CONTEXTIDR_EL1 -/RW/RW vm =CONTEXTIDR_EL2
3 0 13 0 4 TPIDR_EL1 -/RW/RW
3 0 14 1 0 CNTKCTL_EL1 -/RW/RW =CNTHCTL_EL2
3 1 0 0 0 CCSIDR_EL1 -/R/R tid2
3 1 0 0 1 CLIDR_EL1 -/R/R tid2
3 1 0 0 7 AIDR_EL1 -/R/R tid1
3 2 0 0 0 CSSELR_EL1 -/RW/RW tid2
3 3 0 0 1 CTR_EL0 R/R/R tid2 ctr
3 3 0 0 7 DCZID_EL0 R/R/R
3 3 4 2 0 NZCV RW/RW/RW
3 3 4 2 1 DAIF RW/RW/RW daif
3 3 4 4 0 FPCR RW/RW/RW fp
3 3 4 4 1 FPSR RW/RW/RW fp
3 3 9 12 0 PMCR_EL0 RW/RW/RW pmu pmcr el0pmu
3 3 9 12 1 PMCNTENSET_EL0 RW/RW/RW pmu el0pmu
3 3 9 12 2 PMCNTENCLR_EL0 RW/RW/RW pmu el0pmu
3 3 9 12 3 PMOVSCLR_EL0 RW/RW/RW pmu el0pmu
3 3 9 12 4 PMSWINC_EL0 W/W/W pmu pmsw
3 3 9 12 5 PMSELR_EL0 RW/RW/RW pmu pmsel
3 3 9 12 6 PMCEID0_EL0 R/R/R pmu el0pmu
3 3 9 12 7 PMCEID1_EL0 R/R/R pmu el0pmu
3 3 9 13 0 PMCCNTR_EL0 RW/RW/RW pmu pmcc
3 3 9 13 1 PMXEVTYPER_EL0 RW/RW/RW pmu el0pmu
3 3 9 13 2 PMXEVCNTR_EL0 RW/RW/RW pmu pmev
3 3 9 14 0 PMUSERENR_EL0 R/RW/RW pmu
3 3 9 14 3 PMOVSSET_EL0 RW/RW/RW pmu el0pmu
3 3 13 0 2 TPIDR_EL0 RW/RW/RW
3 3 13 0 3 TPIDRRO_EL0 R/RW/RW
3 3 14 0 0 CNTFRQ_EL0 R/R/RW cntfrq
3 3 14 0 1 CNTPCT_EL0 R/R/R cntpct
3 3 14 0 2 CNTVCT_EL0 R/R/R cntvct
3 3 14 2 0 CNTP_TVAL_EL0 RW/RW/RW cntp =CNTHP_TVAL_EL2
3 3 14 2 1 CNTP_CTL_EL0 RW/RW/RW cntp =CNTHP_CTL_EL2
3 3 14 2 2 CNTP_CVAL_EL0 RW/RW/RW cntp =CNTHP_CVAL_EL2
3 3 14 3 0 CNTV_TVAL_EL0 RW/RW/RW cntv =CNTHV_TVAL_EL2
3 3 14 3 1 CNTV_CTL_EL0 RW/RW/RW cntv =CNTHV_CTL_EL2
3 3 14 3 2 CNTV_CVAL_EL0 RW/RW/RW cntv =CNTHV_CVAL_EL2
3 3 14 8 0-5 PMEVCNTR#_EL0 RW/RW/RW pmu pmev
3 3 14 12 0-5 PMEVTYPER#_EL0 RW/RW/RW pmu el0pmu
3 3 14 15 7 PMCCFILTR_EL0 RW/RW/RW pmu el0pmu
3 4 0 0 0 VPIDR_EL2 -/-/RW
3 4 0 0 5 VMPIDR_EL2 -/-/RW
3 4 1 0 0 SCTLR_EL2 -/-/RW
3 4 1 0 1 ACTLR_EL2 -/-/RW
3 4 1 1 0 HCR_EL2 -/-/RW
3 4 1 1 1 MDCR_EL2 -/-/RW
3 4 1 1 2 CPTR_EL2 -/-/RW
3 4 1 1 3 HSTR_EL2 -/-/RW
3 4 1 1 7 HACR_EL2 -/-/RW
3 4 2 0 0 TTBR0_EL2 -/-/RW
3 4 2 0 1 TTBR1_EL2 -/-/RW
3 4 2 0 2 TCR_EL2 -/-/RW
3 4 2 1 0 VTTBR_EL2 -/-/RW
3 4 2 1 2 VTCR_EL2 -/-/RW
3 4 4 0 0 SPSR_EL2 -/-/RW
3 4 4 0 1 ELR_EL2 -/-/RW
3 4 4 1 0 SP_EL1 -/-/RW
3 4 5 1 0 AFSR0_EL2 -/-/RW
3 4 5 1 1 AFSR1_EL2 -/-/RW
3 4 5 2 0 ESR_EL2 -/-/RW
3 4 5 2 3 VSESR_EL2 -/-/RW
3 4 6 0 0 FAR_EL2 -/-/RW
3 4 6 0 4 HPFAR_EL2 -/-/RW
3 4 10 2 0 MAIR_EL2 -/-/RW
3 4 10 3 0 AMAIR_EL2 -/-/RW
3 4 12 0 0 VBAR_EL2 -/-/RW
3 4 12 0 1 RVBAR_EL2 -/-/R
3 4 12 0 2 RMR_EL2 -/-/RW
3 4 12 1 1 VDISR_EL2 -/-/RW
3 4 12 8 0-3 ICH_AP0R#_EL2 -/-/RW ich
3 4 12 9 0-3 ICH_AP1R#_EL2 -/-/RW ich
3 4 12 9 5 ICC_SRE_EL2 -/-/RW
3 4 12 11 0 ICH_HCR_EL2 -/-/RW ich
3 4 12 11 1 ICH_VTR_EL2 -/-/R ich
3 4 12 11 2 ICH_MISR_EL2 -/-/R ich
3 4 12 11 3 ICH_EISR_EL2 -/-/R ich
3 4 12 11 5 ICH_ELRSR_EL2 -/-/R ich
3 4 12 11 7 ICH_VMCR_EL2 -/-/RW ich
3 4 12 12 0-7 ICH_LR#_EL2 -/-/RW ich
3 4 12 13 0-7 ICH_LR#+8_EL2 -/-/RW ich
3 4 13 0 1 CONTEXTIDR_EL2 -/-/RW
3 4 13 0 2 TPIDR_EL2 -/-/RW
3 4 14 0 3 CNTVOFF_EL2 -/-/RW
3 4 14 1 0 CNTHCTL_EL2 -/-/RW
3 4 14 2 0 CNTHP_TVAL_EL2 -/-/RW
3 4 14 2 1 CNTHP_CTL_EL2 -/-/RW
3 4 14 2 2 CNTHP_CVAL_EL2 -/-/RW
3 4 14 3 0 CNTHV_TVAL_EL2 -/-/RW
3 4 14 3 1 CNTHV_CTL_EL2 -/-/RW
3 4 14 3 2 CNTHV_CVAL_EL2 -/-/RW
`;

/** System instructions, in the same way: `op1 CRn CRm op2 NAME EL0/EL1/EL2 groups` with W where it executes. No SYSL has a name. */
const OPERATIONS = `
0 7 1 0 IC_IALLUIS -/W/W tpu
0 7 5 0 IC_IALLU -/W/W tpu
3 7 5 1 IC_IVAU W/W/W tpu uci
0 7 6 1 DC_IVAC -/W/W tpcp
0 7 6 2 DC_ISW -/W/W tsw
0 7 10 2 DC_CSW -/W/W tsw
0 7 14 2 DC_CISW -/W/W tsw
3 7 4 1 DC_ZVA W/W/W zva
3 7 10 1 DC_CVAC W/W/W tpcp uci
3 7 11 1 DC_CVAU W/W/W tpu uci
3 7 12 1 DC_CVAP W/W/W tpcp uci
3 7 14 1 DC_CIVAC W/W/W tpcp uci
0 7 8 0-3 AT_S1#_EL1 -/W/W
0 7 9 0-1 AT_S1#P_EL1 -/W/W
4 7 8 0-1 AT_S1E2#_EL2 -/-/W
4 7 8 4-7 AT_S12#_EL2 -/-/W
0 8 3 0-3 TLBI_IS#_EL1 -/W/W ttlb
0 8 3 5 TLBI_VALE1IS -/W/W ttlb
0 8 3 7 TLBI_VAALE1IS -/W/W ttlb
0 8 7 0-3 TLBI_#_EL1 -/W/W ttlb
0 8 7 5 TLBI_VALE1 -/W/W ttlb
0 8 7 7 TLBI_VAALE1 -/W/W ttlb
4 8 0 1 TLBI_IPAS2E1IS -/-/W
4 8 0 5 TLBI_IPAS2LE1IS -/-/W
4 8 4 1 TLBI_IPAS2E1 -/-/W
4 8 4 5 TLBI_IPAS2LE1 -/-/W
4 8 3 0-1 TLBI_IS#_EL2 -/-/W
4 8 3 4-6 TLBI_IS+#_EL2 -/-/W
4 8 7 0-1 TLBI_#_EL2 -/-/W
4 8 7 4-6 TLBI_+#_EL2 -/-/W
`;

/**
 * @typedef {object} Rule
 * @property {string} name as read
 * @property {string} writeName as written; two names share one encoding at DBGDTRRX_EL0
 * @property {number} key
 * @property {string[]} access at EL0, EL1, EL2
 * @property {string[]} groups
 * @property {string | null} redirect the register at EL2 with E2H 1
 * @property {string | null} aliasOf the register that an _EL12 or _EL02 name reaches
 */

/** @param {number} op0 @param {number} op1 @param {number} CRn @param {number} CRm @param {number} op2 */
const keyOf = (op0, op1, CRn, CRm, op2) => (op0 << 14) | (op1 << 11) | (CRn << 7) | (CRm << 3) | op2;

/** @returns {Map<number, Rule>} */
function readTable() {
  const rules = new Map();
  const operations = OPERATIONS.trim().split('\n').map((line) => `1 ${line}`);
  for (const line of [...TABLE.trim().split('\n'), ...operations]) {
    const [op0 = '', op1 = '', CRn = '', CRm = '', op2 = '', name = '', access = '', ...rest] = line.split(' ');
    for (const [m, crm] of span(CRm)) {
      for (const [n, two] of span(op2)) {
        const number = m + n;
        const full = name.replace(/#(?:\+(\d+))?/, (_, plus) => String(number + Number(plus ?? 0)));
        const redirect = rest.find((word) => word.startsWith('='))?.slice(1) ?? null;
        const encoding = /** @type {const} */ ([Number(op0), Number(op1), Number(CRn), crm, two]);
        const [readName = '', writeName = readName] = full.split('|');
        rules.set(keyOf(...encoding), { name: readName, writeName, key: keyOf(...encoding), access: access.split('/'), groups: rest.filter((word) => !word.startsWith('=')), redirect, aliasOf: null });
        if (redirect === null) continue;
        const alias = readName.replace(/_EL([01])$/, '_EL$12');
        const key = keyOf(encoding[0], 5, encoding[2], encoding[3], encoding[4]);
        rules.set(key, { name: alias, writeName: alias, key, access: ['-', '-', 'RW'], groups: [], redirect: null, aliasOf: readName });
      }
    }
  }
  return rules;
}

/** `3` or `0-7`, with the count from the first. @param {string} text @returns {[number, number][]} */
function span(text) {
  const [first = 0, last = first] = text.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => [i, first + i]);
}

export const RULES = readTable();

/** Reads of unnamed encodings here are 0 at EL1 and above. @param {number} key */
export function isIdSpace(key) {
  const [op0, op1, CRn, CRm] = [key >> 14, (key >> 11) & 7, (key >> 7) & 15, (key >> 3) & 15];
  return op0 === 3 && op1 === 0 && CRn === 0 && CRm >= 1 && CRm <= 7;
}

/** @param {number} key */
const isImplementationDefined = (key) => (key >> 14 === 3 || key >> 14 === 1) && [11, 15].includes((key >> 7) & 15);

/**
 * The controls, EL1's before EL2's. `bit` is in `register`; `traps` is the value that traps. `from` is the EL; `host` true
 * or false restricts to {E2H,TGE} = {1,1} or to anything else; `e2h` to one value. A row applies to a group, in a direction.
 *
 * @typedef {object} Control
 * @property {string} register
 * @property {number | number[]} bit a bit, or bits of which all must have the value
 * @property {0 | 1} traps
 * @property {string} from ELs
 * @property {boolean} [host]
 * @property {0 | 1} [e2h]
 * @property {string} groups
 * @property {'R' | 'W' | 'RW'} direction
 * @property {1 | 2} target
 */

/** @param {string} register @param {number | number[]} bit @param {0 | 1} traps @param {string} from @param {string} groups @param {1 | 2} target @param {Partial<Control>} [rest] @returns {Control} */
const control = (register, bit, traps, from, groups, target, rest = {}) => ({ register, bit, traps, from, groups, target, direction: 'RW', ...rest });

/** @type {readonly Control[]} */
export const CONTROLS = [
  control('SCTLR_EL1', 15, 0, '0', 'ctr', 1, { host: false }),
  control('SCTLR_EL1', 26, 0, '0', 'uci', 1, { host: false }),
  control('SCTLR_EL1', 14, 0, '0', 'zva', 1, { host: false }),
  control('SCTLR_EL1', 9, 0, '0', 'daif', 1, { host: false }),
  control('CNTKCTL_EL1', 0, 0, '0', 'cntpct', 1, { host: false }),
  control('CNTKCTL_EL1', 1, 0, '0', 'cntvct', 1, { host: false }),
  control('CNTKCTL_EL1', [0, 1], 0, '0', 'cntfrq', 1, { host: false }),
  control('CNTKCTL_EL1', 9, 0, '0', 'cntp', 1, { host: false }),
  control('CNTKCTL_EL1', 8, 0, '0', 'cntv', 1, { host: false }),
  control('PMUSERENR_EL0', 0, 0, '0', 'el0pmu', 1),
  control('PMUSERENR_EL0', [0, 1], 0, '0', 'pmsw', 1),
  control('PMUSERENR_EL0', [0, 2], 0, '0', 'pmcc', 1, { direction: 'R' }),
  control('PMUSERENR_EL0', 0, 0, '0', 'pmcc pmev', 1, { direction: 'W' }),
  control('PMUSERENR_EL0', [0, 3], 0, '0', 'pmev', 1, { direction: 'R' }),
  control('PMUSERENR_EL0', [0, 3], 0, '0', 'pmsel', 1),
  control('MDSCR_EL1', 12, 1, '0', 'dcc', 1),
  control('ICC_SRE_EL1', 0, 0, '1', 'icc', 1),

  control('HCR_EL2', 16, 1, '1', 'tid1', 2, { direction: 'R' }),
  control('HCR_EL2', 17, 1, '1', 'tid2', 2),
  control('HCR_EL2', 17, 1, '0', 'ctr', 2, { host: false }),
  control('HCR_EL2', 18, 1, '1', 'id', 2, { direction: 'R' }),
  control('HCR_EL2', 20, 1, '1', 'impdef', 2),
  control('HCR_EL2', 21, 1, '1', 'actlr', 2),
  control('HCR_EL2', 22, 1, '1', 'tsw', 2),
  control('HCR_EL2', 23, 1, '01', 'tpcp', 2, { host: false }),
  control('HCR_EL2', 24, 1, '01', 'tpu', 2, { host: false }),
  control('HCR_EL2', 25, 1, '1', 'ttlb', 2),
  control('HCR_EL2', 28, 1, '01', 'zva', 2, { host: false }),
  control('HCR_EL2', 26, 1, '1', 'vm', 2, { direction: 'W' }),
  control('HCR_EL2', 30, 1, '1', 'vm', 2, { direction: 'R' }),
  control('HCR_EL2', 27, 1, '0', 'daif', 2, { host: true }),
  control('HCR_EL2', 27, 1, '0', 'dcc', 2),
  control('HCR_EL2', 35, 1, '1', 'lor', 2),
  control('HCR_EL2', 36, 1, '1', 'ras', 2),
  control('HCR_EL2', 3, 1, '1', 'sgi', 2, { direction: 'W' }),
  control('HCR_EL2', 4, 1, '1', 'sgi', 2, { direction: 'W' }),
  control('CPTR_EL2', 31, 1, '1', 'cpacr', 2),
  control('MDCR_EL2', 9, 1, '1', 'debug dcc', 2),
  control('MDCR_EL2', 9, 1, '0', 'dcc', 2),
  control('MDCR_EL2', 8, 1, '1', 'debug dcc oslock rom', 2),
  control('MDCR_EL2', 8, 1, '0', 'dcc', 2),
  control('MDCR_EL2', 10, 1, '1', 'oslock', 2),
  control('MDCR_EL2', 11, 1, '1', 'rom', 2),
  control('MDCR_EL2', 6, 1, '01', 'pmu', 2),
  control('MDCR_EL2', 5, 1, '01', 'pmcr', 2),
  control('CNTHCTL_EL2', 0, 0, '01', 'cntpct', 2, { e2h: 0 }),
  control('CNTHCTL_EL2', 1, 0, '01', 'cntp', 2, { e2h: 0 }),
  control('CNTHCTL_EL2', 10, 0, '01', 'cntpct', 2, { e2h: 1, host: false }),
  control('CNTHCTL_EL2', 11, 0, '01', 'cntp', 2, { e2h: 1, host: false }),
  control('CNTHCTL_EL2', 0, 0, '0', 'cntpct', 2, { host: true }),
  control('CNTHCTL_EL2', 1, 0, '0', 'cntvct', 2, { host: true }),
  control('CNTHCTL_EL2', [0, 1], 0, '0', 'cntfrq', 2, { host: true }),
  control('CNTHCTL_EL2', 9, 0, '0', 'cntp', 2, { host: true }),
  control('CNTHCTL_EL2', 8, 0, '0', 'cntv', 2, { host: true }),
  control('SCTLR_EL2', 26, 0, '0', 'uci', 2, { host: true }),
  control('SCTLR_EL2', 14, 0, '0', 'zva', 2, { host: true }),
  control('SCTLR_EL2', 15, 0, '0', 'ctr', 2, { host: true }),
  control('ICC_SRE_EL2', 3, 0, '1', 'sre', 2),
  control('ICC_SRE_EL2', 0, 0, '2', 'icc ich', 2),
  control('ICH_HCR_EL2', 10, 1, '1', 'common', 2),
  control('ICH_HCR_EL2', 11, 1, '1', 'group0', 2),
  control('ICH_HCR_EL2', 12, 1, '1', 'group1', 2),
  control('ICH_HCR_EL2', 14, 1, '1', 'dir', 2, { direction: 'W' }),
];

/** Names that reach another register at EL1 while a bit of HCR_EL2 is 1. @type {Readonly<Record<string, { bit: number, to: string }>>} */
export const VIRTUAL = { DISR_EL1: { bit: 5, to: 'VDISR_EL2' } };

/** @param {number} key */
export function groupsOf(key) {
  return [...(RULES.get(key)?.groups ?? []), ...(isIdSpace(key) ? ['id'] : []), ...(isImplementationDefined(key) ? ['impdef'] : [])];
}
