/**
 * One processing element: state, memory, system registers, exceptions and Eval, put together. It executes machine code
 * for a number of instructions and says why it stopped; who runs when, devices and time are the machine's business.
 */
import { decoderFor, type Decoder } from './arch/insn/decoder.ts';
import type { Row } from './arch/insn/row.ts';
import { EVENT, EVENTS, type EventName } from './arch/events.ts';
import type { Fault } from './arch/fault-status.ts';
import type { FeatureSet } from './arch/features.ts';
import { SPSR_AARCH64 } from './arch/pstate.ts';
import {
  CPACR_EL1, CPTR_EL2, FPCR, FPSR, HCR_EL2, MAIR_EL1, MAIR_EL2, SCTLR_EL1, SCTLR_EL2, SCTLR_EL2_E2H1, TCR_EL1, TCR_EL2, TTBR0_EL1, TTBR0_EL2, TTBR1_EL1, TTBR1_EL2, VTCR_EL2, VTTBR_EL2, type AnyRegister,
} from './arch/sysregs/index.ts';
import { checkBits, checkInteger } from './argument-error.ts';
import { checkCpuOptions } from './check-options.ts';
import { DebugUnit } from './debug/debug-unit.ts';
import type { DebugStop, ExternalDebugger } from './debug/external.ts';
import type { WatchedRange } from './debug/watchpoints.ts';
import { Eval } from './engine/eval.ts';
import { Interpreter, type StepResult } from './engine/interpreter.ts';
import { BANK, LEAVE, MODE, PE, type MemoryPlan } from './engine/layout.ts';
import type { CodeCache } from './engine/code-cache.ts';
import type { EvalHost, TranslatedCode } from './engine/parts.ts';
import { PeStepper, type StepperOwner } from './engine/stepper.ts';
import { tiersOf } from './engine/tiers.ts';
import { ExceptionSlot } from './exception/exception.ts';
import { Interrupts } from './exception/interrupts.ts';
import type { RoutingView } from './exception/route.ts';
import { ExceptionUnit, StateRoutingView } from './exception/take.ts';
import { MemoryAccess, type StoreWatcher } from './mem/access.ts';
import { invalidateTlb, type TlbiScope } from './mem/maintenance.ts';
import { PhysicalMemory, type RamRegion } from './mem/physical.ts';
import type { RegimeName } from './mem/translation.ts';
import { PmuUnit } from './pmu/pmu-unit.ts';
import { instructionEvents } from './pmu/instruction-events.ts';
import type { Bus, CpuObserver, CycleSource, InterruptLines, SysRegBank } from './ports.ts';
import { DEFINITIONS } from './sem/index.ts';
import type { SnapshotPart } from './snapshot/format.ts';
import { peParts } from './snapshot/pe.ts';
import { CpuState } from './state/cpu-state.ts';
import { implementedPstate, KEPT_PSTATE, PSTATE, setElAndSp, setPstateBits, spsrFromPstate } from './state/pstate.ts';
import { SysRegAccess } from './sysreg/access.ts';
import { CELL } from './sysreg/cells.ts';
import { ControlReader } from './sysreg/controls.ts';
import { FpAccess } from './sysreg/fp-access.ts';
import { registerHandlers } from './sysreg/handlers.ts';
import { isInFamily } from './sysreg/families.ts';
import { DEFAULT_EVENT_COUNTERS, idRegisterValues, type CoreIdentity } from './sysreg/id-values.ts';
import { resetSystemRegisters } from './sysreg/reset.ts';

export interface CpuIdentity extends CoreIdentity {
  readonly mpidr: bigint;
}

export interface CpuPorts {
  readonly bus: Bus;
  readonly ram: readonly RamRegion[];
  /** GIC and timers. Without the registers of a timer, those of the counter and the timers read as zero and ignore writes. */
  readonly banks: readonly SysRegBank[];
  /**
   * HVC where EL2 is not implemented, SMC, and HLT: firmware or a semihosting host takes the call and returns true;
   * otherwise the instruction is UNDEFINED.
   */
  firmwareCall(kind: 'hvc' | 'smc' | 'hlt', imm: number): boolean;
  /** TLBI to all other PEs: each drops `scope` by {@link Cpu.invalidateTlb}. */
  broadcastTlbi(scope: TlbiScope): void;
  /** SEV: sets the event register of all other PEs. */
  sendEvent(): void;
  /** Whether a physical address lies in native text. */
  isNative(address: number): boolean;
  /** The level of the PMU's overflow interrupt request; without it nobody is interested. */
  setPmuOverflow?(level: boolean): void;
  /** Whether an event stream of the timers had an event since this was asked last; without it there are none. */
  takeStreamEvent?(): boolean;
  /** What the PMU's cycles are; without it, retired instructions of machine code. */
  readonly cycles?: CycleSource;
  /** Who is told of exceptions and register accesses; nobody unless given, and then nothing is paid. */
  readonly observer?: CpuObserver;
}

export interface CpuOptions {
  readonly memory: ArrayBufferLike;
  readonly plan: MemoryPlan;
  /** Number of the PE; its block, banks and TLB follow from it. */
  readonly pe: number;
  readonly features: FeatureSet;
  readonly identity: CpuIdentity;
  readonly ports: CpuPorts;
  /** The machine's translated code; without it everything runs in Eval, with the same results. */
  readonly translation?: CodeCache;
  /** Who is told of stores to RAM instead of `translation`, and tells it. */
  readonly watcher?: StoreWatcher;
}

/**
 * Why `run` stopped. `budget`: all instructions were executed. `native`: the PC is in native text, at
 * {@link Cpu.nativeAddress}. `wait`: WFI, WFE or YIELD, see {@link Cpu.waiting}. `unimplemented`: the row at the PC has no
 * definition. `firmware`: the machine asked to stop by {@link Cpu.requestStop}. `debug`: a breakpoint or watchpoint of
 * {@link Cpu.debugger}, see {@link Cpu.debugStop}; the instruction at the PC is not executed.
 */
export type RunOutcome = 'budget' | 'native' | 'wait' | 'unimplemented' | 'firmware' | 'debug';

/** Translated code never gets a larger budget: the engine replaces code by better code only when it is called anew. */
const MAX_TRANSLATED = 1_000_000;
/** No block is longer: a page of words. */
const BLOCK = 1024;

// Constants of this module: see `CpuState`.
const { BUDGET, LINES } = PE;
const LEAVE_CELL = PE.LEAVE;
const LEAVE_NEXT = LEAVE.NEXT;
const { IL } = PSTATE;
const { EL_MASK, SPSEL, E2H, TGE, FP_ENABLED, EVAL_ONLY } = MODE;
const EL_AND_SP = EL_MASK | SPSEL;
const HCR = CELL.HCR_EL2;
const HCR_E2H = HCR_EL2.E2H.wordMask;
const HCR_TGE = HCR_EL2.TGE.wordMask;

const NO_WATCHER: StoreWatcher = { mayEnterForWrite: () => true, stored: () => undefined };

/** A descriptor that a walk read: `address` is physical. */
export interface WalkStep {
  readonly stage: 1 | 2;
  readonly level: number;
  readonly address: number;
  readonly descriptor: bigint;
}

/** What the walks for one address come to: a physical address or a fault. Where stage 1 is off, no step of it is there. */
export interface AddressWalk {
  readonly regime: RegimeName;
  readonly steps: readonly WalkStep[];
  readonly physical: number | null;
  readonly fault: { readonly kind: Fault; readonly level: number; readonly stage: 1 | 2 } | null;
}

export class Cpu implements EvalHost, StepperOwner, InterruptLines {
  readonly features: FeatureSet;
  readonly state: CpuState;
  /** @internal */ readonly exception = new ExceptionSlot();
  /** Counters by `EVENT`. */
  readonly events = new Float64Array(EVENTS.length);
  /** @internal */ readonly debug: DebugUnit;
  /** @internal */ readonly pmu: PmuUnit;
  /** @internal */ readonly memory: MemoryAccess;
  /** @internal */ readonly sysregs: SysRegAccess;
  /** @internal */ readonly controls: ControlReader;
  /** @internal */ readonly exceptions: ExceptionUnit;
  /** @internal */ readonly interrupts: Interrupts;
  /** @internal */ readonly stepper: PeStepper;
  /** @internal */ readonly interpreter: Interpreter;
  /** @internal */ readonly decoder: Decoder;
  readonly hasEl2: boolean;
  /** @internal */ readonly hasAArch32: boolean;
  /** @internal */ readonly eventCounters: number;
  /** @internal */ readonly cycles: CycleSource | null;
  readonly identity: CpuIdentity;
  /** Retired machine-code instructions by EL. */
  readonly retired = new Float64Array(3);
  /** What the last WFI, WFE or YIELD waits for. */
  waiting: 'wfi' | 'wfe' | 'yield' | null = null;
  /** Why and where `run` stopped with `native` or `unimplemented`. */
  nativeAddress = 0;
  unimplementedRow: Row | null = null;
  /** What the last `run` left of its budget; with `debug`, the instruction at the PC is in it. */
  unspent = 0;
  /** Exceptions taken without an instruction retired in between; the machine stops at a limit. */
  exceptionsWithoutProgress = 0;
  readonly #hasVhe: boolean;
  readonly #ports: CpuPorts;
  readonly #plan: MemoryPlan;
  readonly #pe: number;
  readonly #eval: Eval;
  readonly #view: RoutingView;
  readonly #fpAccess: FpAccess;
  /** What each EL with either stack pointer, under any E2H and TGE, comes to as SCTLR_ELx are ({@link LEVEL}); UNKNOWN where nobody asked since they changed. */
  readonly #levels = new Int32Array(LEVEL + 1).fill(UNKNOWN);
  /** Something may have become takeable: asked after the instruction. */
  #attention = false;
  #stopRequested = false;
  /** @internal Translated code of this PE; null when everything runs in Eval. */
  readonly translated: TranslatedCode | null;
  /** Instructions that translated code, and Eval, retired or began in the last go. */
  #translated = 0;
  #stepped = 0;
  readonly #step = (): boolean => this.#stepTranslated();
  /** What translated code had left of its budget when its instructions were last counted as retired. */
  #counted = 0;
  /** Why `run` ends after an instruction that translated code left to Eval; null: it does not. */
  #outcome: RunOutcome | null = null;

  /** Throws an `ArgumentError` that names what of the options cannot be. */
  constructor(options: CpuOptions) {
    checkCpuOptions(options);
    const { plan, pe, ports, features, identity } = options;
    this.#plan = plan;
    this.#pe = pe;
    this.features = features;
    this.identity = identity;
    this.#ports = ports;
    this.hasEl2 = features.has('EL2');
    this.#hasVhe = features.has('VHE');
    this.hasAArch32 = features.has('AA32EL0');
    this.eventCounters = identity.eventCounters ?? DEFAULT_EVENT_COUNTERS;
    this.cycles = ports.cycles ?? null;
    this.state = new CpuState(options.memory, plan.peBase(pe));
    const debugOptions = { hasEl2: this.hasEl2, hasVhe: this.#hasVhe, hasVmid16: features.has('VMID16'), hasAArch32: this.hasAArch32, breakpoints: identity.breakpoints, watchpoints: identity.watchpoints };
    this.debug = new DebugUnit(this.state, this.exception, debugOptions, this);
    this.pmu = new PmuUnit(this);
    this.#view = new StateRoutingView(this.state, this.hasEl2);
    const physical = new PhysicalMemory(options.memory, ports.ram, ports.bus, (address) => ports.isNative(address));
    this.memory = new MemoryAccess(this.state, this.exception, this.events, physical, options.watcher ?? options.translation ?? NO_WATCHER, this.debug, {
      paBits: identity.paBits,
      hasEl2: this.hasEl2,
      hasHpds: features.has('HPDS'),
      hasXnx: features.has('XNX'),
      hasTtst: features.has('TTST'),
      hasVmid16: features.has('VMID16'),
      banksAt: plan.banks(pe),
      tlbAt: plan.tlb2(pe),
    });
    const banks = new Map<number, SysRegBank>();
    for (const bank of ports.banks) for (const key of bank.keys) banks.set(key, bank);
    const bankOf = (key: number): SysRegBank | null => banks.get(key) ?? null;
    this.controls = new ControlReader(this.state, features, bankOf);
    this.exceptions = new ExceptionUnit(this.state, this.exception, this.events, implementedPstate(features), this.debug, ports.observer ?? null);
    this.interrupts = new Interrupts(this.state, this.exception, { hasEl2: this.hasEl2, hasRas: features.has('RAS') });
    this.sysregs = new SysRegAccess(this.state, this.exception, {
      features,
      hasEl2: this.hasEl2,
      constants: idRegisterValues(features, identity),
      handlers: registerHandlers(this),
      bankOf,
      isPresent: (name) => isInFamily(name, identity),
      watches: (key) => EFFECTS.has(key),
      written: (key) => {
        this.registerWritten(key);
      },
      accessed: ports.observer?.registerAccessed?.bind(ports.observer) ?? null,
    });
    this.stepper = new PeStepper(this);
    this.#fpAccess = new FpAccess(this.state, (mode) => this.stepper.fpSimdEnabled(mode));
    this.#eval = new Eval(this.state, this);
    this.decoder = decoderFor(features);
    this.translated = options.translation === undefined ? null : tiersOf(options.translation, this.state, this.memory, this.events, {
      plain: (key, isRead, mode) => this.sysregs.plain(key, isRead, mode),
      plainOperation: (operation, mode) => this.stepper.plainOperation(operation, mode),
    });
    this.interpreter = new Interpreter(this.state, this, this.#eval, this.decoder, DEFINITIONS);
    this.reset(this.hasEl2 ? 2 : 1, 0n);
  }

  /** Cold reset into `el`, MMU off, DAIF set, at `pc`. EL2 must be implemented to be reset into. */
  reset(el: 1 | 2, pc: bigint): void {
    checkInteger('el', el, 1, this.hasEl2 ? 2 : 1);
    checkBits('pc', pc, 64);
    const { state } = this;
    state.clear();
    resetSystemRegisters(state, this.features, this.identity);
    state.set32(PE.MODE, el | MODE.SPSEL);
    state.set32(PE.PSTATE, PSTATE.DAIF);
    state.put64(PE.PC, pc);
    this.waiting = null;
    this.debug.refresh();
    this.pmu.configure();
    this.contextChanged();
  }

  // ---- Registers, for tools and tests ------------------------------------------------------------------------------

  getX(n: number): bigint {
    checkInteger('n', n, 0, 30);
    return this.state.get64(PE.X + 8 * n);
  }

  setX(n: number, value: bigint): void {
    checkInteger('n', n, 0, 30);
    this.state.put64(PE.X + 8 * n, value);
  }

  /** The value that a system register holds, with no rule of access asked and nothing counted; null where there is none. */
  getSystemRegister({ key }: AnyRegister): bigint | null {
    return this.sysregs.peek(key);
  }

  /** Sets what a system register holds, as a write by software would leave it; false where there is none. */
  setSystemRegister({ key }: AnyRegister, value: bigint): boolean {
    return this.sysregs.poke(key, value);
  }

  /** V registers, 128 bits. */
  getV(n: number): bigint {
    checkInteger('n', n, 0, 31);
    return (this.state.get64(PE.V + 16 * n + 8) << 64n) | this.state.get64(PE.V + 16 * n);
  }

  setV(n: number, value: bigint): void {
    checkInteger('n', n, 0, 31);
    this.state.put64(PE.V + 16 * n, BigInt.asUintN(64, value));
    this.state.put64(PE.V + 16 * n + 8, value >> 64n);
  }

  get pc(): bigint {
    return this.state.get64(PE.PC);
  }

  set pc(value: bigint) {
    this.state.put64(PE.PC, value);
  }

  /** The stack pointer in use. */
  get sp(): bigint {
    return this.state.get64(PE.SP);
  }

  set sp(value: bigint) {
    this.state.put64(PE.SP, value);
  }

  /** PSTATE as an exception would save it in SPSR_ELx: 32 bits, unsigned. */
  get pstate(): number {
    return spsrFromPstate(this.state) >>> 0;
  }

  /** Sets PSTATE, EL and stack pointer selection included, from the form of SPSR_ELx; false where M names no state of this core. */
  setPstate(spsr: number): boolean {
    const mode = SPSR_AARCH64.M.inWord(spsr);
    const el = mode >> 2;
    const spsel = (mode & 1) !== 0;
    if (el > (this.hasEl2 ? 2 : 1) || (mode & 2) !== 0 || (el === 0 && spsel)) return false;
    setPstateBits(this.state, spsr, implementedPstate(this.features));
    setElAndSp(this.state, el, spsel);
    this.levelChanged();
    return true;
  }

  // ---- Snapshots ---------------------------------------------------------------------------------------------------

  /** The sections that this PE adds to a snapshot; `prefix` is unique among the PEs of a machine. */
  snapshotParts(prefix: string): SnapshotPart[] {
    return peParts(this, prefix);
  }

  /** From here on a store enters its page anew, so that the watcher of stores hears of every page that changes. */
  watchStores(): void {
    this.memory.contexts.protectAll();
  }

  /** Bits of PSTATE, as its cell holds them, that this core has. @internal */
  get keptPstate(): number {
    return implementedPstate(this.features) & KEPT_PSTATE;
  }

  /** What came in and is kept: lines, a pending SError, the event register. @internal */
  get inputs(): number {
    return (this.interrupts.inputs << 1) | (this.eventRegister ? 1 : 0);
  }

  set inputs(bits: number) {
    this.interrupts.inputs = bits >>> 1;
    this.eventRegister = (bits & 1) !== 0;
    this.#linesChanged();
  }

  /** The block was written from a snapshot: what follows from it follows. @internal */
  stateRestored(): void {
    for (const [register, cell] of [[FPCR, PE.FPCR], [FPSR, PE.FPSR]] as const) this.sysregs.poke(register.key, BigInt(this.state.get32(cell) >>> 0));
    this.waiting = null;
    this.#stopRequested = false;
    this.debug.refresh();
    this.contextChanged();
  }

  // ---- Running -----------------------------------------------------------------------------------------------------

  /** Executes up to `budget` instructions; an exception into machine code counts as one. Returns why it stopped. */
  run(budget: number): RunOutcome {
    checkInteger('budget', budget, 0, Number.MAX_SAFE_INTEGER);
    this.waiting = null;
    this.#clearOtherMonitors();
    this.debug.external.stop = null;
    const outcome = this.#run(budget);
    // What has overflowed by now is seen now: by whoever looks whether the PE waits, and before a snapshot.
    if (this.pmu.isCounting) this.pmu.sync();
    return outcome;
  }

  #run(budget: number): RunOutcome {
    for (let left = budget; left > 0; ) {
      if (this.pmu.isCounting) this.pmu.sync();
      if (this.#attention && this.takePending()) {
        this.exceptionsWithoutProgress++;
        left--;
        continue;
      }
      const most = this.pmu.isCounting ? Math.min(left, this.pmu.instructionsToOverflow()) : left;
      const steps = this.#runTranslated(Math.min(most, MAX_TRANSLATED));
      left -= this.#translated;
      const outcome = steps === 0 ? this.#outcome : this.#runBlock(Math.min(most - this.#translated, steps));
      if (steps > 0) left -= this.#stepped;
      if (outcome === null) continue;
      this.#outcome = null;
      this.unspent = outcome === 'debug' ? left + 1 : left;
      return outcome;
    }
    this.unspent = 0;
    return 'budget';
  }

  /** While a PE runs no other one does, so that stores need not be watched: they have lost what they held. */
  #clearOtherMonitors(): void {
    const { pes, peBase } = this.#plan;
    for (let pe = 0; pe < pes; pe++) if (pe !== this.#pe) clearMonitor(this.state.i32, peBase(pe) >>> 2);
  }

  /** Runs translated code, if there is some at the PC; returns how many instructions are Eval's then, at most a block. */
  #runTranslated(budget: number): number {
    const translation = this.translated;
    this.#translated = 0;
    const { state } = this;
    // Translated code does not know the Illegal Execution state.
    if (translation === null || (state.pstate & PSTATE.IL) !== 0) return 1;
    state.set32(PE.BUDGET, budget);
    this.#counted = budget;
    if (!translation.enter(this.#step)) return translation.waitsForFetch ? 1 : BLOCK;
    const left = state.get32(PE.BUDGET);
    this.#countRetired(left);
    const done = budget - left;
    this.#translated = done;
    const reason = state.get32(PE.LEAVE);
    if (reason === LEAVE.UNMASKED) this.#attention = true;
    if (left === 0 || this.#outcome !== null || (reason === LEAVE.NEXT && done > 0) || reason === LEAVE.UNMASKED) return 0;
    return reason === LEAVE.STEP || (reason === LEAVE.MISS && translation.resumes) ? 1 : BLOCK;
  }

  /** What translated code has retired since this was asked last, with so much of its budget `left`. */
  #countRetired(left: number): void {
    const done = this.#counted - left;
    if (done === 0) return;
    const el = this.state.el;
    this.retired[el] = this.retired[el]! + done;
    this.exceptionsWithoutProgress = 0;
    this.#counted = left;
  }

  /**
   * The instruction that translated code leaves to Eval, so that it need not leave for it: an exception from one EL to another
   * costs no more than itself. False: it must leave, because nothing was executed, or something is to be taken, or `run` ends.
   */
  #stepTranslated(): boolean {
    const { state } = this;
    const left = state.get32(BUDGET);
    this.#countRetired(left);
    if (left === 0 || this.pmu.isCounting) return false;
    state.set32(BUDGET, left - 1);
    this.#counted = left - 1;
    this.#outcome = this.stepOnce();
    // The instruction is done, so this is how translated code left if it must.
    state.set32(LEAVE_CELL, LEAVE_NEXT);
    return this.#outcome === null && this.#mayGoOn();
  }

  /** Whether translated code may go on with nobody looking what is to be done first. */
  #mayGoOn(): boolean {
    const { state, pmu } = this;
    if (pmu.isCounting) return false;
    if (!this.#attention) return true;
    if (state.get32(LINES) !== 0 || (state.pstate & IL) !== 0) return false;
    this.#attention = false;
    return true;
  }

  /** Eval up to the end of the block, `limit` instructions at most; something that may have become takeable ends it too. */
  #runBlock(limit: number): RunOutcome | null {
    const { state } = this;
    const lo = state.lo(PE.PC);
    const hi = state.hi(PE.PC);
    let next = lo;
    let outcome: RunOutcome | null;
    let done = 0;
    do {
      next = (next + 4) | 0;
      outcome = this.stepOnce();
      done++;
    } while (outcome === null && done < limit && state.lo(PE.PC) === next && !this.#attention);
    this.#stepped = done;
    if (outcome === null) this.translated?.note(lo, hi, done);
    return outcome;
  }

  /** One instruction, or the exception that it raises. Null to go on. */
  stepOnce(): RunOutcome | null {
    const { el } = this.state;
    switch (this.debug.isArmed ? this.#debuggedStep() : this.interpreter.step()) {
      case 'retired':
        this.#retire(el);
        break;
      case 'exception':
        if (this.debug.stop !== null) return 'debug';
        if (this.exception.returnsToNext) this.#retire(el);
        else this.exceptionsWithoutProgress++;
        this.takeException();
        break;
      case 'native':
        this.nativeAddress = this.memory.nativeAddress;
        return 'native';
      default:
        this.unimplementedRow = this.interpreter.decode(this.memory.word).row;
        return 'unimplemented';
    }
    if (this.#stopRequested) {
      this.#stopRequested = false;
      return 'firmware';
    }
    return this.waiting === null ? null : 'wait';
  }

  /** One instruction under software step, or while a breakpoint or watchpoint is enabled. */
  #debuggedStep(): StepResult {
    const { debug } = this;
    if (!debug.beginStep()) {
      this.memory.untagPc();
      return 'exception';
    }
    const result = this.interpreter.step();
    const completed = result === 'retired' || (result === 'exception' && debug.stop === null && this.exception.returnsToNext);
    debug.endStep(completed, () => LOAD_EXCLUSIVE.test(this.interpreter.decode(this.memory.word).row?.id ?? ''));
    return result;
  }

  /** An instruction of machine code has retired at `el`. */
  #retire(el: number): void {
    this.retired[el] = this.retired[el]! + 1;
    this.exceptionsWithoutProgress = 0;
    if (this.pmu.needsEval) this.pmu.countInstruction(instructionEvents(this.interpreter.decode(this.memory.word), this.sysregs.reached, this.#eval.jumped));
  }

  /** Takes the exception in the slot. */
  takeException(virtual = false): void {
    this.exceptions.take(this.routing(), virtual);
    this.levelChanged();
  }

  /** Makes `run` return after the current instruction. */
  requestStop(): void {
    this.#stopRequested = true;
  }

  // ---- Interrupts --------------------------------------------------------------------------------------------------

  setIrq(level: boolean): void {
    this.interrupts.physical.irq = level;
    this.#linesChanged();
  }

  setFiq(level: boolean): void {
    this.interrupts.physical.fiq = level;
    this.#linesChanged();
  }

  setVirtualIrq(level: boolean): void {
    this.interrupts.virtual.irq = level;
    this.#linesChanged();
  }

  setVirtualFiq(level: boolean): void {
    this.interrupts.virtual.fiq = level;
    this.#linesChanged();
  }

  pendSError(): void {
    this.interrupts.physical.serror = true;
    this.#linesChanged();
  }

  #linesChanged(): void {
    this.state.set32(PE.LINES, this.interrupts.isPending ? 1 : 0);
    this.#attention = true;
  }

  /** Whether something would wake WFI: it is pending, whatever PSTATE masks. */
  get wakes(): boolean {
    return this.interrupts.wakes(this.routing());
  }

  /** The interrupts as ISR_EL1 shows them at this EL: A, I, F in bits 8, 7, 6. */
  get pendingBits(): number {
    return this.interrupts.pendingBits(this.routing());
  }

  /** Something may have become takeable since {@link takePending} last looked. */
  get attention(): boolean {
    return this.#attention;
  }

  /** Takes the highest pending interrupt that is not masked; false when there is none. */
  takePending(): boolean {
    this.#attention = false;
    // Whatever changed the EL asks for attention: what was counted before belongs to the EL before.
    if (this.pmu.isCounting) this.pmu.sync();
    if (this.state.get32(PE.LINES) === 0) return false;
    this.memory.untagPc();
    const kind = this.interrupts.take(this.routing());
    if (kind === null) return false;
    this.#linesChanged();
    this.takeException(kind === 'virtual');
    return true;
  }

  /** @internal ESB: what stays pending unmasked is taken after it. */
  synchronizeErrors(): void {
    this.interrupts.synchronizeErrors(this.routing());
    this.#linesChanged();
  }

  // ---- What the stepper and the handlers ask -----------------------------------------------------------------------

  /** @internal */
  routing(): RoutingView {
    return this.#view;
  }

  /** Controls of translation changed, or anything: all that follows from state is computed anew. @internal */
  contextChanged(): void {
    this.memory.forgetContexts();
    this.#levels.fill(UNKNOWN);
    this.#linesChanged();
    this.levelChanged();
  }

  /** The mode word and the contexts follow a change of EL or PSTATE; interrupts are considered. @internal */
  levelChanged(): void {
    this.#followControls();
    this.#attention = true;
  }

  /** The mode word and the contexts of the EL at hand as the controls have them. */
  #followControls(): void {
    const { state } = this;
    const at = (state.mode & EL_AND_SP) | this.#hostBits();
    let level = this.#levels[at]!;
    if (level === UNKNOWN) this.#levels[at] = level = this.#makeLevel(at);
    let mode = level & ~ACCESS;
    if (this.#fpAccess.enabled(mode)) mode |= FP_ENABLED;
    const isEvalOnly = this.pmu.needsEval || (this.debug.isArmed && this.debug.needsEval(mode & EL_MASK));
    state.mode = isEvalOnly ? mode | EVAL_ONLY : mode;
    this.memory.refresh((level & ALIGNED) !== 0, (level & BIG_ENDIAN) !== 0);
  }

  /** E2H and TGE as HCR_EL2 has them, in their places in the mode word. */
  #hostBits(): number {
    if (!this.hasEl2) return 0;
    const { state } = this;
    return ((state.hi(HCR) & HCR_E2H) !== 0 && this.#hasVhe ? E2H : 0) | ((state.lo(HCR) & HCR_TGE) !== 0 ? TGE : 0);
  }

  #makeLevel(level: number): number {
    const { state } = this;
    const el = level & MODE.EL_MASK;
    let mode = level;
    const hostEl0 = el === 0 && (mode & MODE.E2H) !== 0 && (mode & MODE.TGE) !== 0;
    const sctlr = state.lo(el === 2 || hostEl0 ? CELL.SCTLR_EL2 : CELL.SCTLR_EL1);
    const check = el === 0 ? (hostEl0 ? SCTLR_EL2_E2H1.SA0 : SCTLR_EL1.SA0).wordMask : SCTLR_EL1.SA.wordMask;
    if ((sctlr & check) !== 0) mode |= MODE.SP_CHECK;
    const bigEndian = (sctlr & (el === 0 ? SCTLR_EL1.E0E : SCTLR_EL1.EE).wordMask) !== 0;
    const alignmentChecked = (sctlr & SCTLR_EL1.A.wordMask) !== 0;
    if (alignmentChecked || bigEndian) mode |= MODE.STRICT;
    return mode | (alignmentChecked ? ALIGNED : 0) | (bigEndian ? BIG_ENDIAN : 0);
  }

  /** @internal An interrupt that was masked may be taken now. */
  masksChanged(): void {
    this.#attention = true;
  }

  /** CPACR_EL1 or CPTR_EL2 was written: the mode word says anew whether FP and SIMD are enabled. */
  #fpAccessChanged(): void {
    const { state } = this;
    const mode = state.mode & ~FP_ENABLED;
    state.mode = this.#fpAccess.enabled(mode) ? mode | FP_ENABLED : mode;
  }

  // ---- Debug and the PMU -------------------------------------------------------------------------------------------

  /** Breakpoints and watchpoints from outside, which change no register and no result. */
  get debugger(): ExternalDebugger {
    return this.debug.external;
  }

  /**
   * The physical address that a virtual address has for software in the PE's present state, whatever its rights; null where it
   * has none. For debuggers: nothing is counted, and TLB and tables stay as they are.
   */
  inspectAddress(address: bigint): number | null {
    const physical = this.memory.inspect(Number(BigInt.asIntN(32, address)), Number(BigInt.asIntN(32, address >> 32n)));
    return physical < 0 ? null : physical;
  }

  /**
   * How a virtual address translates for software in the PE's present state: every descriptor that a walk of both stages reads. For
   * debuggers, as {@link inspectAddress}.
   */
  inspectWalk(address: bigint): AddressWalk {
    const steps: WalkStep[] = [];
    const lo = Number(BigInt.asIntN(32, address));
    const { regime, isMapped, result } = this.memory.inspectWalk(lo, Number(BigInt.asIntN(32, address >> 32n)), (stage, level, at, low, high) => {
      steps.push({ stage, level, address: at, descriptor: (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0) });
    });
    const { page, fault, level, stage2 } = result;
    return isMapped ? { regime, steps, physical: page + (lo & 0xfff), fault: null } : { regime, steps, physical: null, fault: { kind: fault!, level, stage: stage2 ? 2 : 1 } };
  }

  /** What stopped the last `run` that ended with `debug`. */
  get debugStop(): DebugStop | null {
    return this.debug.stop;
  }

  /** @internal A register that decides debug exceptions was written. */
  debugChanged(): void {
    this.debug.refresh();
    this.levelChanged();
  }

  /** @internal The banks must not answer for these addresses. */
  watched(ranges: readonly WatchedRange[]): void {
    for (const { first, last } of ranges) {
      if (last - first >= BANK.ENTRIES * TLB_PAGE) {
        this.memory.contexts.invalidateBanks(() => true, 0, BANK.ENTRIES);
        return;
      }
      for (let page = first - (first % TLB_PAGE); page <= last; page += TLB_PAGE) this.memory.contexts.forget(page | 0);
    }
  }

  /** @internal Translated code is looked up anew: pages with breakpoints have none. */
  breakpointsChanged(): void {
    this.memory.contexts.forgetJumps();
  }

  /** @internal */
  setPmuOverflow(level: boolean): void {
    this.#ports.setPmuOverflow?.(level);
  }

  /** @internal */
  pmuNeedsChanged(): void {
    this.contextChanged();
  }

  /** @internal What a watched register decides is computed anew when it is next asked for: what the EL at hand is in at once. */
  registerWritten(key: number): void {
    const effects = EFFECTS.get(key)!;
    if ((effects & EFFECT.FP) !== 0) {
      this.#fpAccessChanged();
      return;
    }
    if ((effects & EFFECT.EL1_CONTEXTS) !== 0) this.memory.forgetContexts('EL1&0');
    if ((effects & EFFECT.EL2_CONTEXTS) !== 0) this.memory.forgetContexts('EL2&0');
    if ((effects & EFFECT.LEVELS) !== 0) this.#levels.fill(UNKNOWN);
    if ((effects & EFFECT.LINES) !== 0) this.#linesChanged();
    if ((effects & (this.state.el === 2 ? EFFECT.AT_EL2 : EFFECT.AT_EL1)) === 0) return;
    // The monitor holds a virtual address, and what that means may have changed.
    this.clearMonitor();
    this.#followControls();
  }

  /** @internal */
  pcWasSet(): void {
    this.#eval.pcWasSet();
  }

  /** @internal */
  firmwareCall(kind: 'hvc' | 'smc' | 'hlt', imm: number): boolean {
    return this.#ports.firmwareCall(kind, imm);
  }

  /** @internal */
  broadcastTlbi(scope: TlbiScope): void {
    this.#ports.broadcastTlbi(scope);
  }

  /** Drops what a TLBI of another PE names. */
  invalidateTlb(scope: TlbiScope): void {
    invalidateTlb(this.memory, scope);
  }

  /** @internal */
  endsWait(kind: 'wfi' | 'wfe'): boolean {
    if (kind === 'wfi') return this.wakes;
    if (this.#ports.takeStreamEvent?.() === true) this.eventRegister = true;
    return this.eventRegister;
  }

  /** @internal */
  wait(kind: 'wfi' | 'wfe' | 'yield'): void {
    if (kind === 'yield' || !this.endsWait(kind)) this.waiting = kind;
    else if (kind === 'wfe') this.eventRegister = false;
  }

  /** The event register: set by SEV of any PE, by exception return, by event streams (seen when WFE asks), and when the monitor is cleared from outside. */
  get eventRegister(): boolean {
    return this.state.get32(PE.EVENT) !== 0;
  }

  set eventRegister(value: boolean) {
    this.state.set32(PE.EVENT, value ? 1 : 0);
  }

  /** SEV, or with `local` SEVL. */
  sendEvent(local: boolean): void {
    this.eventRegister = true;
    if (!local) this.#ports.sendEvent();
  }

  /**
   * Clears the exclusive monitor as a store of another PE would, which is an event for WFE. Whoever runs several PEs calls
   * it when another one, or its native software, has had its turn; {@link run} does so for the machine code of all others.
   */
  clearMonitor(): void {
    clearMonitor(this.state.i32, this.state.word);
  }

  /** @internal */
  count(event: EventName): void {
    const at = EVENT[event];
    this.events[at] = this.events[at]! + 1;
  }
}


function clearMonitor(i32: Int32Array, word: number): void {
  if (i32[word + (PE.MONITOR_SIZE >>> 2)] === 0) return;
  i32[word + (PE.MONITOR_SIZE >>> 2)] = 0;
  i32[word + (PE.EVENT >>> 2)] = 1;
}

/**
 * What of the mode word names a level, which is what an EL with a stack pointer comes to by SCTLR_ELx: its mode word, without whether FP is
 * enabled and what debug and the PMU want, and in bits that are free there how it accesses data.
 */
const LEVEL = EL_AND_SP | E2H | TGE;
const ALIGNED = 1 << 28;
const BIG_ENDIAN = 1 << 29;
const ACCESS = ALIGNED | BIG_ENDIAN;
const UNKNOWN = -1;

/** What a bank entry covers. */
const TLB_PAGE = 4096;
/** Rows of the Load-Exclusive instructions, for the syndrome of Software Step. */
const LOAD_EXCLUSIVE = /^LDA?X/;

/**
 * What a write of a register that the core follows comes to. FP: whether FP and SIMD are enabled. EL1_CONTEXTS: contexts of EL1&0; EL2_CONTEXTS:
 * of EL2 and EL2&0. LEVELS: mode words. LINES: what is pending, and where it goes. AT_EL1, AT_EL2: a write there changes what the PE is in.
 */
const EFFECT = { FP: 1, EL1_CONTEXTS: 2, EL2_CONTEXTS: 4, LEVELS: 8, LINES: 16, AT_EL1: 32, AT_EL2: 64 } as const;
const OF_EL1 = EFFECT.EL1_CONTEXTS | EFFECT.AT_EL1;
const OF_EL2 = EFFECT.EL2_CONTEXTS | EFFECT.AT_EL2;

/** Registers whose writes the core follows. */
const EFFECTS: ReadonlyMap<number, number> = new Map([
  [CPACR_EL1.key, EFFECT.FP],
  [CPTR_EL2.key, EFFECT.FP],
  [SCTLR_EL1.key, OF_EL1 | EFFECT.LEVELS],
  [TCR_EL1.key, OF_EL1],
  [TTBR0_EL1.key, OF_EL1],
  [TTBR1_EL1.key, OF_EL1],
  [MAIR_EL1.key, OF_EL1],
  // Stage 2 of EL1&0 has the endianness of EL2's tables.
  [SCTLR_EL2.key, OF_EL2 | EFFECT.EL1_CONTEXTS | EFFECT.LEVELS],
  [TCR_EL2.key, OF_EL2],
  [TTBR0_EL2.key, OF_EL2],
  [TTBR1_EL2.key, OF_EL2],
  [MAIR_EL2.key, OF_EL2],
  // E2H and TGE choose a regime, and are in the mode word, by which contexts and levels are remembered.
  [HCR_EL2.key, EFFECT.EL1_CONTEXTS | EFFECT.AT_EL2 | EFFECT.LINES],
  [VTTBR_EL2.key, EFFECT.EL1_CONTEXTS],
  [VTCR_EL2.key, EFFECT.EL1_CONTEXTS],
]);
