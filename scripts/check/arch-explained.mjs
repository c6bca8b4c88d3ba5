// @ts-check
/**
 * Differences between the register table and the tools and kernels that `arch.mjs` compares it with, each with its reason.
 * An entry names what differs and the title of the section that decides; each name must explain a difference, and no
 * difference may have two entries. `kind`: `name` (a tool prints it, the table has it not), `field`, `value`, `extra` (a field
 * of ours where Linux has none).
 */

/** @typedef {{ kind: string, sources: readonly string[], names: readonly string[], reason: string, section: string }} Explained */

const LLVM = ['llvm-mc 14', 'llvm-mc 19'];
const TOOLS = [...LLVM, 'objdump'];
const upTo15 = Array.from({ length: 15 }, (_, n) => n + 1);
const LINUX = ['linux 6.1', 'linux 6.12'];

/** @type {readonly Explained[]} */
export const explained = [
  {
    kind: 'name',
    sources: TOOLS,
    names: ['EL1', 'EL2'].flatMap((el) => [
      ...['MPUIR', 'PRENR', 'PRSELR', 'PRBAR', 'PRLAR'].map((name) => `${name}_${el}`),
      ...upTo15.flatMap((n) => [`PRBAR${String(n)}_${el}`, `PRLAR${String(n)}_${el}`]),
    ]),
    reason: 'Armv8-R AArch64: the protected memory system. Not of the A-profile, where these encodings are unallocated.',
    section: 'DDI 0600, "System registers in a PMSA implementation"',
  },
  {
    kind: 'name',
    sources: ['objdump'],
    names: ['CSRCR_EL0', 'CSRCR_EL1', 'CSRCR_EL2', 'CSRCR_EL12', 'CSRPTR_EL0', 'CSRPTR_EL1', 'CSRPTR_EL2', 'CSRPTR_EL12', 'CSRPTRIDX_EL0', 'CSRPTRIDX_EL1', 'CSRPTRIDX_EL2', 'CSRIDR_EL0'],
    reason: 'Call Stack Recorder Extension: announced, withdrawn before a release of the manual; its encodings went to BRBE.',
    section: 'DDI 0487, "Branch Record Buffer Extension"',
  },
  {
    kind: 'name',
    sources: TOOLS,
    names: ['TEECR32_EL1', 'TEEHBR32_EL1'],
    reason: 'T32EE state: removed from Armv8-A after its first betas; the manual has no such registers.',
    section: 'DDI 0487, "Alphabetical index of AArch64 registers and System instructions"',
  },
  {
    kind: 'name',
    sources: LLVM,
    names: ['CNTSCALE_EL2', 'CNTISCALE_EL2', 'CNTVFRQ_EL2'],
    reason: 'Drafts of FEAT_ECV had them; the released extension has CNTPOFF_EL2 only.',
    section: 'DDI 0487, "FEAT_ECV, Enhanced Counter Virtualization"',
  },
  {
    kind: 'name',
    sources: LLVM,
    names: ['TRCEXTINSELR'],
    reason: 'ETMv4 names the one register without a number; ETE has four, and its first has this encoding. The table has the name of ETE.',
    section: 'DDI 0487, "TRCEXTINSELR<n>, Trace External Input Select Register <n>"',
  },
  {
    kind: 'name',
    sources: ['llvm-mc 19'],
    names: ['CPM_IOACC_CTL_EL3'],
    reason: 'A register of Apple CPUs in the IMPLEMENTATION DEFINED space.',
    section: 'DDI 0487, "Reserved encodings for IMPLEMENTATION DEFINED registers"',
  },
  {
    kind: 'name',
    sources: ['llvm-mc 14'],
    names: ['PMMIR_EL1', 'CNTPCTSS_EL0', 'CNTVCTSS_EL0'],
    reason: 'LLVM 14 takes MSR of these read-only registers; LLVM 19 does not.',
    section: 'DDI 0487, "PMMIR_EL1", "CNTPCTSS_EL0", "CNTVCTSS_EL0": accessing',
  },
  {
    kind: 'value',
    sources: ['linux 6.1'],
    names: ['ID_AA64PFR0_EL1.GIC=V4P1'],
    reason: 'Linux 6.1 says 2; the manual reserves 2 and gives GICv4.1 the value 3, as Linux 6.12 does.',
    section: 'DDI 0487, "ID_AA64PFR0_EL1", GIC',
  },
  {
    kind: 'field',
    sources: LINUX,
    names: ['CLIDR_EL1.Ttypen'],
    reason: 'One field for the array Ttype<n>, bits 2(n-1)+34 to 2(n-1)+33; the table has the seven fields.',
    section: 'DDI 0487, "CLIDR_EL1", Ttype<n>',
  },
  {
    kind: 'field',
    sources: LINUX,
    names: ['LOREA_EL1.EA_51_48', 'LOREA_EL1.EA_47_16'],
    reason: 'The manual prints EA in two parts, because the upper needs a 52-bit PA; the table has them in one, as Linux has LORSA_EL1.SA.',
    section: 'DDI 0487, "LOREA_EL1", EA[51:48] and EA[47:16]',
  },
  {
    kind: 'field',
    sources: LINUX,
    names: ['SCXTNUM_EL1.SoftwareContextNumber'],
    reason: 'The manual names the field as the register.',
    section: 'DDI 0601, "SCXTNUM_EL1", SCXTNUM',
  },
  {
    kind: 'extra',
    sources: ['linux 6.12'],
    names: [
      'MDSCR_EL1.EnSTEPOP',
      'ID_ISAR6_EL1.CLRBHB',
      'ID_AA64PFR2_EL1.UINJ',
      'ID_AA64ZFR0_EL1.F16MM',
      'ID_AA64ZFR0_EL1.EltPerm',
      'ID_AA64DFR0_EL1.SEBEP',
      'ID_AA64DFR0_EL1.PMSS',
      'ID_AA64ISAR3_EL1.FPRCVT',
      'ID_AA64ISAR3_EL1.LSUI',
      'ID_AA64ISAR3_EL1.OCCMO',
      'ID_AA64ISAR3_EL1.LSFE',
      'ID_AA64MMFR4_EL1.PoPS',
    ],
    reason: 'In the manual since after Linux 6.12, or of no use to Linux, which leaves the bits RES0.',
    section: 'DDI 0601, the registers named',
  },
];
