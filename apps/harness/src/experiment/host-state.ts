/**
 * What section 5.1 of the series document says about the host's state, as lists of registers, and a run that holds a
 * machine to it. The guest changes every register that it may, and leaves by hypercalls and by device reads.
 */
import { EDGE, type Edge, type ModeName, type Plan } from '@worldswitch/hyp';
import { InvariantError, SYSTEM_REGISTERS, type AnyRegister } from '@worldswitch/cpu/arch';
import { createHypervised, SeededBytes, type Hypervised } from '@worldswitch/machine';
import { assemble, formatDiagnostic, writeElf } from '@worldswitch/tools';

export interface HostStateRequest {
  readonly mode: ModeName;
  readonly gic: 2 | 3;
  /** The steps that are on, of the forty. */
  readonly steps: readonly number[];
  readonly plan: Plan;
  /** Of the values that the host's registers get. */
  readonly seed: number;
}

/** A register, the bits that are looked at, and what they hold. */
type Fixed = readonly [name: string, mask: bigint, value: bigint];

const MIB = 2 ** 20;

function register(name: string): AnyRegister {
  const row = SYSTEM_REGISTERS.byName(name);
  if (row === undefined) throw new InvariantError(`no register ${name}`);
  return row;
}

const numbered = (head: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${head}${String(n)}_EL1`);

/** Registers that may hold anything while the kernel runs: they are seeded before each entry. */
const FREE = {
  common: ['MDSCR_EL1', 'SP_EL0'],
  user: ['TPIDR_EL0', 'TPIDRRO_EL0'],
  actlr: ['ACTLR_EL1'],
  /** EL1 of a non-VHE host. Those that its kernel stands on are not seeded, for they hold its own values: see `KERNEL`. */
  el1: ['CSSELR_EL1', 'ESR_EL1', 'AFSR0_EL1', 'AFSR1_EL1', 'FAR_EL1', 'CONTEXTIDR_EL1', 'AMAIR_EL1', 'CNTKCTL_EL1', 'PAR_EL1', 'TPIDR_EL1', 'ELR_EL1', 'SPSR_EL1'],
  debug: [...numbered('DBGBVR', 6), ...numbered('DBGBCR', 6), ...numbered('DBGWVR', 4), ...numbered('DBGWCR', 4), 'MDCCINT_EL1'],
  fp: ['FPSR', 'FPCR'],
};

/** What the kernel and the hypervisor run on: never seeded, and as before at every return. */
export const KERNEL = {
  nvhe: ['SP_EL1', 'SCTLR_EL1', 'CPACR_EL1', 'TTBR0_EL1', 'TTBR1_EL1', 'TCR_EL1', 'MAIR_EL1', 'VBAR_EL1', 'VMPIDR_EL2', 'SCTLR_EL2', 'TCR_EL2', 'TTBR0_EL2', 'MAIR_EL2', 'VBAR_EL2', 'TPIDR_EL2', 'VPIDR_EL2', 'VTCR_EL2'],
  vhe: ['SCTLR_EL2', 'TCR_EL2', 'TTBR0_EL2', 'TTBR1_EL2', 'MAIR_EL2', 'AMAIR_EL2', 'VBAR_EL2', 'CONTEXTIDR_EL2', 'TPIDR_EL2', 'CNTHCTL_EL2', 'VPIDR_EL2', 'VTCR_EL2'],
};

/** Values at every return from the switch (5.1, 1.4, 1.5). */
function fixedAtReturn({ mode, gic, steps }: HostStateRequest): readonly Fixed[] {
  const ALL = ~0n & 0xffff_ffff_ffff_ffffn;
  const sre = gic === 3;
  // Interrupts stay masked until the vgic has been looked after, and nothing else is.
  const daif: Fixed = ['DAIF', ALL, 0x80n];
  if (mode === 'nvhe') {
    return [
      daif,
      // CPTR_EL2.TZ is RES1 without SVE, and MDCR_EL2.E2PB RES0 without profiling: what is written there does not show.
      ['HCR_EL2', ALL, 0x8000_0000n], ['CPTR_EL2', ALL - 0x100n, 0x32ffn], ['VTTBR_EL2', ALL, 0n], ['HSTR_EL2', ALL, 0n], ['PMUSERENR_EL0', ALL, 0n],
      ['CNTHCTL_EL2', 3n, 3n], ...traps(), ...(sre ? interfaceOn() : []),
    ];
  }
  const atLoad = steps.includes(33);
  return [
    daif,
    // CPACR is written with ZEN for EL2 too (0x31_0000); the core has no SVE, so these two bits hold 0.
    ['HCR_EL2', ALL, 0x4_8800_0000n], ['CPTR_EL2', ALL, 0x30_0000n],
    ...(steps.includes(15) ? [] : [['VTTBR_EL2', ALL, 0n] as const]),
    ...(atLoad ? [] : ([['HSTR_EL2', ALL, 0n], ['PMUSERENR_EL0', ALL, 0n], ...traps()] as const)),
    // From 38 the vgic's sync turns it on again, from 40 vcpu_put.
    ...(sre && !steps.includes(38) ? interfaceOn() : []),
  ];
}

/** MDCR_EL2 without traps: TPM, TPMCR, TDOSA, TDRA, TDA, TDE. TPMS, which VHE keeps, needs profiling, which there is not. */
const traps = (): readonly Fixed[] => [['MDCR_EL2', 0x4f60n, 0n]];
const interfaceOn = (): readonly Fixed[] => [['ICC_SRE_EL1', 1n, 1n], ['ICC_SRE_EL2', 8n, 8n]];

/** In user space: nothing of the guest remains that it could see. */
function fixedInUserSpace({ mode, gic }: HostStateRequest): readonly Fixed[] {
  const ALL = 0xffff_ffff_ffff_ffffn;
  return [
    ['HCR_EL2', ALL, mode === 'vhe' ? 0x4_8800_0000n : 0x8000_0000n], ['HSTR_EL2', ALL, 0n], ['PMUSERENR_EL0', ALL, 0n], ['CNTVOFF_EL2', ALL, 0n], ['CNTV_CTL_EL0', 1n, 0n],
    ...traps(), ...(gic === 3 ? interfaceOn() : []),
  ];
}

/** The registers of FREE that are the host's from `enter` to `sync`. */
function keptByTheSwitch({ mode, steps }: HostStateRequest): readonly string[] {
  const { common, user, actlr, el1, debug, fp } = FREE;
  if (mode === 'nvhe') return [...common, ...user, ...actlr, ...el1, ...debug, ...fp];
  return [...common, ...(steps.includes(28) ? [] : user), ...(steps.includes(17) ? [] : actlr), ...debug, ...fp];
}

/** Some twelve exits are traps of the register writes at the start. */
const TRIPS = 32;

const GUEST_REGISTERS = ['tpidr_el0', 'tpidrro_el0', 'tpidr_el1', 'contextidr_el1', 'afsr0_el1', 'afsr1_el1', 'far_el1', 'esr_el1', 'elr_el1', 'spsr_el1', 'sp_el0', 'par_el1', 'amair_el1', 'cntkctl_el1', 'csselr_el1', 'mair_el1', 'ttbr0_el1', 'ttbr1_el1'];

/** Every X register and every EL1 register that it can spare gets a value of its own; then exits of both kinds. */
const GUEST = `
_start: ${GUEST_REGISTERS.map((name, n) => `mov x1, #0x${(0x1100 + n).toString(16)}\n msr ${name}, x1`).join('\n')}
        mov x1, #(3 << 20)
        msr cpacr_el1, x1
        mov x1, #3                      // the timer on, its interrupt masked
        msr cntv_ctl_el0, x1
        ${Array.from({ length: 31 }, (_, n) => `mov x${String(n)}, #0x${(0x2200 + n).toString(16)}`).join('\n')}
again:  movz w0, #0x4b00, lsl #16
        hvc #0
        movz x1, #0x0a00, lsl #16
        ldr w2, [x1, #8]
        b again
`;

let image: Uint8Array | null = null;
function guestImage(): Uint8Array {
  if (image === null) {
    const result = assemble(GUEST, { file: 'host-state.s' });
    if (!result.ok) throw new InvariantError(result.diagnostics.map(formatDiagnostic).join('\n'));
    image = writeElf(result.program);
  }
  return image;
}

export interface HostStateResult {
  readonly checks: number;
  readonly findings: readonly string[];
}

/** Runs the guest for some exits and compares. */
export function checkHostState(request: HostStateRequest): HostStateResult {
  const { mode, gic, plan, seed } = request;
  const findings: string[] = [];
  let checks = 0;
  let trips = 0;
  const random = new SeededBytes(seed);
  let told: Hypervised | null = null;
  const made = createHypervised({ profile: 'thunderx2', mode, gic, plan, clock: 'retired', memory: 2 * MIB, hostMemory: 14 * MIB, observe: (edge) => observe(edge) });
  if (!made.ok) throw new InvariantError(made.error.message);
  const { hypervised } = made;
  told = hypervised;
  const { cpu } = hypervised.machine.pes[0]!;
  const kept = keptByTheSwitch(request);
  const userKept = [...FREE.user, ...FREE.debug, ...FREE.fp];
  let expected = new Map<string, bigint>();
  let expectedInUserSpace = new Map<string, bigint>();

  function compare(name: string, wanted: bigint, found: bigint, where: string): void {
    checks++;
    if (wanted !== found) findings.push(`${where} ${String(trips)}: ${name} is 0x${found.toString(16)}, expected 0x${wanted.toString(16)}`);
  }
  const read = (name: string): bigint => cpu.getSystemRegister(register(name)) ?? 0n;

  /** Gives each register a value of its own and returns what each then holds. */
  function seedAll(names: readonly string[]): Map<string, bigint> {
    const values = new Map<string, bigint>();
    for (const name of names) {
      const value = legal(name, (BigInt(random.word()) << 32n) | BigInt(random.word()));
      cpu.setSystemRegister(register(name), value);
      values.set(name, read(name));
    }
    return values;
  }
  function seedWide(): Map<string, bigint> {
    const values = new Map<string, bigint>();
    for (let n = 19; n < 31; n++) {
      cpu.setX(n, (BigInt(n) << 56n) | BigInt(random.word()));
      values.set(`X${String(n)}`, cpu.getX(n));
    }
    for (let n = 0; n < 32; n++) {
      cpu.setV(n, (BigInt(n + 1) << 120n) | (BigInt(random.word()) << 64n) | BigInt(random.word()));
      values.set(`V${String(n)}`, cpu.getV(n));
    }
    return values;
  }
  const readAny = (name: string): bigint => (/^X\d/.test(name) ? cpu.getX(Number(name.slice(1))) : /^V\d/.test(name) ? cpu.getV(Number(name.slice(1))) : read(name));

  function observe(edge: Edge): void {
    if (told === null || edge === EDGE.exit) return;
    switch (edge) {
      case EDGE.load:
        expectedInUserSpace = seedAll(userKept);
        break;
      case EDGE.enter: {
        const kernel = KERNEL[mode];
        // What load has seeded stays, for it is compared in user space.
        const fresh = kept.filter((name) => !userKept.includes(name));
        expected = new Map([...seedAll(fresh), ...kept.filter((name) => userKept.includes(name)).map((name) => [name, read(name)] as const), ...kernel.map((name) => [name, read(name)] as const), ...seedWide()]);
        break;
      }
      case EDGE.sync:
        trips++;
        for (const [name, value] of expected) compare(name, value, readAny(name), 'after exit');
        for (const [name, mask, value] of fixedAtReturn(request)) compare(name, value, read(name) & mask, 'after exit');
        if (trips >= TRIPS) told.requestStop('limit');
        break;
      case EDGE.putDone:
        for (const [name, value] of expectedInUserSpace) compare(name, value, read(name), 'after put');
        for (const [name, mask, value] of fixedInUserSpace(request)) compare(name, value, read(name) & mask, 'after put');
        break;
    }
  }

  const loaded = hypervised.loadElf(guestImage());
  if (!loaded.ok) throw new InvariantError(loaded.error.message);
  hypervised.start(loaded.image.entry);
  hypervised.run({ maxInstructions: 10_000 });
  if (trips < TRIPS) findings.push(`only ${String(trips)} exits`);
  return { checks, findings };
}

/** A value that the register takes as it is and that starts nothing: no debug event, no trap of EL0. */
function legal(name: string, value: bigint): bigint {
  if (name === 'MDSCR_EL1') return 1n << 12n;
  if (name === 'CNTKCTL_EL1') return 0x2n | (value & 0xf0n);
  if (name === 'CSSELR_EL1') return 2n + (value & 4n);
  if (name === 'SPSR_EL1') return 0x5n | (value & 0xf000_0000n) | 0x1000_0000n;
  if (name === 'MDCCINT_EL1') return 1n << 30n;
  if (/^DBG[BW]CR/.test(name)) return (value & 0x1fe0n) | 0x20n;
  if (name === 'FPCR') return 1n << 22n;
  return value | 1n << 8n;
}
