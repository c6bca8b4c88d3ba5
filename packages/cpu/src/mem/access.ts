/**
 * The slow path of every access: alignment, translation through the second-level TLB or a walk, rights, Device rules,
 * crossing, MMIO, faults in the architectural order, and the refill of the bank. What a bank answers does not come here.
 */
import { accessSyndrome, dataAbortSyndrome, instructionAbortSyndrome, PC_ALIGNMENT_SYNDROME } from '../arch/esr.ts';
import { EVENT } from '../arch/events.ts';
import { FSC } from '../arch/fault-status.ts';
import type { Access } from '../emit/builder.ts';
import { swap32 } from '../emit/int64.ts';
import { BANK, MODE, PE, TLB2 } from '../engine/layout.ts';
import type { MemoryPath } from '../engine/parts.ts';
import type { ExceptionSlot } from '../exception/exception.ts';
import { HCR_EL2 } from '../arch/sysregs/index.ts';
import { CELL } from '../sysreg/cells.ts';
import { CACHE_LINE_BYTES } from '../sysreg/id-values.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { PSTATE } from '../state/pstate.ts';
import { ContextTable, type AccessContext } from './context.ts';
import type { PhysicalMemory } from './physical.ts';
import { Stage1Walker } from './stage1.ts';
import { SecondLevelTlb } from './tlb.ts';
import { RIGHT, Translation, type AccessKind, type DescriptorListener, type MmuFeatures, type RegimeName, type WalkEvents } from './translation.ts';

const FAULTS_BY_LEVEL = new Set(['ADDRESS_SIZE', 'TRANSLATION', 'ACCESS_FLAG', 'PERMISSION', 'EXTERNAL_ON_WALK', 'PARITY_ON_WALK']);

/** Of one instruction: LD4 of bytes. */
const MOST_ELEMENTS = 64;
const BYTE_AT_HAND = 2 * MOST_ELEMENTS;

/** Who must know that a store reached RAM: translated code of that page goes. */
export interface StoreWatcher {
  /** Whether the page may be entered in a write half. */
  /** `slot`: where in a bank. */
  mayEnterForWrite(page: number, slot: number): boolean;
  stored(address: number, bytes: number): void;
}

/** An entry of the TLB that an access used, though the tables map the address otherwise (DDI 0487, "break-before-make"). */
export interface StaleTranslation {
  readonly vaLo: number;
  readonly vaHi: number;
  readonly regime: RegimeName;
  /** Physical pages. */
  readonly cached: number;
  readonly walked: number;
}

export type StaleTranslationHook = (stale: StaleTranslation) => void;

/** Who wants to know of fetches and accesses beside the MMU: debug. A false answer stops the instruction: why is in the PE's slot. */
export interface AccessWatcher {
  readonly hasBreakpoints: boolean;
  readonly hasWatchpoints: boolean;
  mayExecute(pcLo: number, pcHi: number): boolean;
  /** Whether the page of a PC has a breakpoint: it then has no translated code. */
  hasBreakpointIn(pcLo: number, pcHi: number): boolean;
  /** `privileged`: not as EL0 would, by LDTR or STTR. `isMaintenance`: the block of `bytes` bytes around the address, by DC IVAC. */
  mayAccess(vaLo: number, vaHi: number, bytes: number, isWrite: boolean, privileged: boolean, isMaintenance?: boolean): boolean;
  /** Whether the page of an address has a watched byte: it then stays out of the banks. */
  isWatched(vaLo: number, vaHi: number): boolean;
}

export interface MemoryOptions extends MmuFeatures {
  readonly hasVmid16: boolean;
  readonly banksAt: number;
  readonly tlbAt: number;
}

/** The contexts of ordinary accesses and of LDTR, STTR; `epoch`: as the controls were then. */
interface ChosenContexts {
  normal: AccessContext;
  unprivileged: AccessContext;
  isEl1: boolean;
  epoch: number;
}

export class MemoryAccess implements MemoryPath {
  /** Up to 64 elements of two words; behind them the byte at hand of an element that crosses a page. */
  readonly data = new Int32Array(2 * MOST_ELEMENTS + 2);
  word = 0;
  /** Physical address of native text that the last fetch met, or -1: then it was no fault but a call for a routine. */
  nativeAddress = -1;
  readonly translation = new Translation();
  readonly walker: Stage1Walker;
  readonly contexts: ContextTable;
  readonly tlb: SecondLevelTlb;
  readonly physical: PhysicalMemory;
  readonly #state: CpuState;
  readonly #exception: ExceptionSlot;
  readonly #watcher: StoreWatcher;
  readonly #debug: AccessWatcher;
  readonly #view: DataView;
  #normal: AccessContext;
  #unprivileged: AccessContext;
  /** Contexts by what chooses them while the controls of their regime stay as they are, that is, within its epoch: see {@link refresh}. */
  readonly #chosen = new Array<ChosenContexts | null>(CHOICES).fill(null);
  readonly #couldSeeEvicted = (context: AccessContext): boolean => this.tlb.wasEvictedFrom(context);
  #el1Epoch = 0;
  #el2Epoch = 0;
  /** The page that instructions come from: its virtual address (low word, or -1) and its place in machine memory. */
  #fetchLo = -1;
  /** Changes whenever a page may have left the TLB: what contexts remember of fetches counts no more. */
  #fetchEpoch = 1;
  #fetchHi = 0;
  #fetchHost = 0;
  readonly #events: Float64Array;
  readonly #walkEvents: WalkEvents;
  #alignmentChecked = false;
  #bigEndian = false;
  #staleTranslation: StaleTranslationHook | null = null;
  readonly #compared = new Translation();
  /** Physical address of the element at hand. */
  #physicalAddress = 0;

  constructor(state: CpuState, exception: ExceptionSlot, events: Float64Array, physical: PhysicalMemory, watcher: StoreWatcher, debug: AccessWatcher, options: MemoryOptions) {
    this.#state = state;
    this.#exception = exception;
    this.#watcher = watcher;
    this.#events = events;
    this.#debug = debug;
    this.physical = physical;
    this.#view = new DataView(state.memory as ArrayBuffer);
    const counter: WalkEvents = {
      walkReference: (): void => {
        events[EVENT.walkReference] = events[EVENT.walkReference]! + 1;
      },
      descriptorWritten: (address): void => {
        watcher.stored(address, DESCRIPTOR_BYTES);
      },
      descriptorRead: null,
    };
    this.#walkEvents = counter;
    this.walker = new Stage1Walker(state, physical, counter, options);
    this.tlb = new SecondLevelTlb(state.memory, options.tlbAt);
    this.contexts = new ContextTable(state, options.banksAt, options, () => {
      this.tlb.invalidate(() => true);
      this.forgetContexts();
      this.forgetFetchPage();
    });
    this.#normal = this.contexts.contextOf(1, 'EL1&0');
    this.#unprivileged = this.#normal;
  }

  /** Controls may have changed, of one regime (EL2's count with EL2&0's) or of any: contexts are looked for anew. */
  forgetContexts(regime?: 'EL1&0' | 'EL2&0'): void {
    if (regime !== 'EL2&0') this.#el1Epoch++;
    if (regime !== 'EL1&0') this.#el2Epoch++;
  }

  /**
   * Recomputes the contexts of the current EL: after a change of EL, PSTATE.PAN or UAO, or {@link forgetContexts}. The
   * arguments are SCTLR_ELx.A, and EE or E0E, as they are for that EL.
   */
  refresh(alignmentChecked: boolean, bigEndian: boolean): void {
    this.#alignmentChecked = alignmentChecked;
    this.#bigEndian = bigEndian;
    const state = this.#state;
    const { mode, pstate } = state;
    const choice = (mode & CONTEXT_MODE) | ((pstate & PAN) !== 0 ? CHOICE_PAN : 0) | ((pstate & UAO) !== 0 ? CHOICE_UAO : 0);
    const chosen = (this.#chosen[choice] ??= { normal: this.#normal, unprivileged: this.#normal, isEl1: true, epoch: -1 });
    if (chosen.epoch !== this.#epochOf(chosen.isEl1)) this.#choose(mode, pstate, chosen);
    const { normal, unprivileged } = chosen;
    this.#normal = this.contexts.withBank(normal);
    this.#unprivileged = unprivileged;
    state.set32(BANK_CELL, normal.bank);
    // A context without a bank of its own is met with an address that is never entered: the slow path assigns one.
    state.set32(BANK_UNPRIV_CELL, this.contexts.withBank(unprivileged).bank);
    const { fetched } = normal;
    this.#fetchLo = fetched.epoch === this.#fetchEpoch ? fetched.lo : -1;
    this.#fetchHi = fetched.hi;
    this.#fetchHost = fetched.host;
  }

  #choose(mode: number, pstate: number, into: ChosenContexts): void {
    const el = mode & MODE.EL_MASK;
    const regime = this.contexts.regimeOf(el);
    const normal = this.contexts.contextOf(el, regime);
    const asEl0 = el === 1 || (regime === 'EL2&0' && (mode & MODE.TGE) !== 0 && el === 2);
    into.normal = normal;
    into.unprivileged = asEl0 && (pstate & PSTATE.UAO) === 0 ? this.contexts.unprivilegedOf(normal) : normal;
    into.isEl1 = regime === 'EL1&0';
    into.epoch = this.#epochOf(into.isEl1);
  }

  #epochOf(isEl1: boolean): number {
    return isEl1 ? this.#el1Epoch : this.#el2Epoch;
  }

  /** Forgets where instructions come from: a TLBI, or a change of what is mapped. */
  forgetFetchPage(): void {
    this.#fetchEpoch++;
    this.#fetchLo = -1;
  }

  get normalContext(): AccessContext {
    return this.#normal;
  }

  // ---- Instruction fetch -----------------------------------------------------------------------------------------

  fetch(pcLo: number, pcHi: number): boolean {
    this.nativeAddress = -1;
    if (((pcLo ^ this.#fetchLo) & ~0xfff) !== 0 || this.#fetchLo === -1 || pcHi !== this.#fetchHi) {
      if (!this.#fetchPage(pcLo)) return false;
    }
    if ((pcLo & 3) !== 0) return this.#misalignedPc(pcLo, pcHi);
    if (this.#debug.hasBreakpoints && !this.#debug.mayExecute(pcLo, pcHi)) return false;
    this.word = this.#view.getInt32(this.#fetchHost + (pcLo & 0xfff), true);
    return true;
  }

  /**
   * Where the page that the PC is in lies in machine memory, if the second-level TLB knows it as executable and it has no
   * breakpoint; otherwise 0. It walks nothing and reports nothing.
   */
  fetchPageHost(pcLo: number, pcHi: number): number {
    if (this.#debug.hasBreakpoints && this.#debug.hasBreakpointIn(pcLo, pcHi)) return 0;
    const entry = this.tlb.find(pcLo, pcHi, this.#normal);
    return entry >= 0 && isPermitted(this.tlb.rights(entry), 'fetch', this.#normal) ? this.physical.host(this.tlb.page(entry)) : 0;
  }

  /** Translates the PC as a fetch, without reading: the physical address, or -1 with an exception in the slot. */
  translateFetch(pcLo: number, pcHi: number): number {
    if ((pcLo & 3) !== 0) {
      this.#misalignedPc(pcLo, pcHi);
      return -1;
    }
    return this.#translate(pcLo, pcHi, 'fetch', this.#normal, NO_SYNDROME) ? this.translation.page + (pcLo & 0xfff) : -1;
  }

  #misalignedPc(pcLo: number, pcHi: number): false {
    this.#exception.sync(PC_ALIGNMENT_SYNDROME);
    this.#exception.far(pcLo, pcHi);
    return false;
  }

  /** What branched to the PC wrote the target as it was: a tag goes before anything reports the PC. Returns its high word. */
  untagPc(): number {
    const tagged = this.#state.hi(PE.PC);
    const pcHi = this.walker.branchTargetHigh(this.#normal.regime, tagged);
    if (pcHi !== tagged) this.#state.set64(PE.PC, this.#state.lo(PE.PC), pcHi);
    return pcHi;
  }

  #fetchPage(pcLo: number): boolean {
    const pcHi = this.untagPc();
    if ((pcLo & 3) !== 0) return this.#misalignedPc(pcLo, pcHi);
    if (!this.#translate(pcLo, pcHi, 'fetch', this.#normal, NO_SYNDROME)) return false;
    const host = this.physical.host(this.translation.page);
    if (host === 0) {
      const address = this.translation.page + (pcLo & 0xfff);
      if (!this.physical.isNative(address)) return this.#externalAbort(pcLo, pcHi, 'fetch', NO_SYNDROME);
      this.nativeAddress = address;
      return false;
    }
    this.#fetchLo = pcLo & ~0xfff;
    this.#fetchHi = pcHi;
    this.#fetchHost = host;
    const { fetched } = this.#normal;
    fetched.lo = this.#fetchLo;
    fetched.hi = pcHi;
    fetched.host = host;
    fetched.epoch = this.#fetchEpoch;
    return true;
  }

  // ---- Loads and stores ------------------------------------------------------------------------------------------

  load(vaLo: number, vaHi: number, elements: number, access: Access): boolean {
    const bytes = elements * access.size;
    if (!this.#check(vaLo, vaHi, bytes, access, 'read') || !this.#mayPass(vaLo, vaHi, bytes, access, 'read')) return false;
    const unit = Math.min(access.size, 8);
    for (let i = 0; i < bytes / unit; i++) {
      if (!this.#element(vaLo, vaHi, i, unit, access, 'read')) return false;
    }
    if (this.#bigEndian) this.#reverse(elements, access.size);
    return true;
  }

  store(vaLo: number, vaHi: number, elements: number, access: Access): boolean {
    const bytes = elements * access.size;
    if (!this.#check(vaLo, vaHi, bytes, access, 'write') || !this.#mayPass(vaLo, vaHi, bytes, access, 'write')) return false;
    if (this.#bigEndian) this.#reverse(elements, access.size);
    const unit = Math.min(access.size, 8);
    for (let i = 0; i < bytes / unit; i++) {
      if (!this.#element(vaLo, vaHi, i, unit, access, 'write')) return false;
    }
    return true;
  }

  /** Reverses the bytes of each element in `data` (DDI 0487, pseudocode BigEndianReverse). */
  #reverse(elements: number, size: number): void {
    const { data } = this;
    const words = size === 16 ? 4 : 2;
    for (let at = 0; at < elements * words; at += words) {
      if (size <= 4) data[at] = swap32(data[at]!) >>> (32 - 8 * size);
      else {
        for (let low = at, high = at + words - 1; low < high; low++, high--) {
          const word = swap32(data[low]!);
          data[low] = swap32(data[high]!);
          data[high] = word;
        }
      }
    }
  }

  checkStore(vaLo: number, vaHi: number, bytes: number, access: Access): boolean {
    return this.#check(vaLo, vaHi, bytes, access, 'write');
  }

  checkAtomic(vaLo: number, vaHi: number, bytes: number, access: Access): boolean {
    if (!this.#check(vaLo, vaHi, bytes, access, 'read') || !this.#check(vaLo, vaHi, bytes, access, 'write')) return false;
    return this.#mayPass(vaLo, vaHi, bytes, access, 'read') && this.#mayPass(vaLo, vaHi, bytes, access, 'write');
  }

  /** Watchpoints, after every fault that the access may have. A STXR that fails makes no access that one could match. */
  #mayPass(vaLo: number, vaHi: number, bytes: number, access: Access, kind: 'read' | 'write'): boolean {
    return !this.#debug.hasWatchpoints || this.#debug.mayAccess(vaLo, vaHi, bytes, kind === 'write', this.#contextOf(access).privileged);
  }

  /** DC ZVA: zeros the block that holds the address. FAR_ELx reports the operand; Device memory is an Alignment fault. */
  zeroBlock(vaLo: number, vaHi: number, bytes: number): boolean {
    if (!this.#translate(vaLo, vaHi, 'write', this.#normal, ZERO_BLOCK, true)) return false;
    this.data.fill(0);
    return this.store(vaLo & -bytes, vaHi, bytes / ZERO_BLOCK.size, ZERO_BLOCK);
  }

  /**
   * Cache maintenance by address: memory is coherent, so that translating is all there is to do. Of all operations DC IVAC
   * alone meets watchpoints, as a store of its line (DDI 0487, "Watchpoint behavior for certain instruction classes").
   */
  maintain(vaLo: number, vaHi: number, kind: 'clean' | 'invalidate' | 'ic'): boolean {
    if (!this.#translate(vaLo, vaHi, kind, this.#normal, NO_SYNDROME)) return false;
    return kind !== 'invalidate' || !this.#debug.hasWatchpoints || this.#debug.mayAccess(vaLo, vaHi, CACHE_LINE_BYTES, true, this.#normal.privileged, true);
  }

  /** All pages of the access, lowest first, before any byte is moved. */
  #check(vaLo: number, vaHi: number, bytes: number, access: Access, kind: 'read' | 'write'): boolean {
    const context = this.#contextOf(access);
    const misaligned = (vaLo & (bytes - 1)) !== 0;
    const strict = access.aligned === true || this.#alignmentChecked;
    const elementMisaligned = (vaLo & (access.size - 1)) !== 0;
    if (strict && (access.aligned === true ? misaligned : elementMisaligned)) return this.#dataAbort(vaLo, vaHi, FSC.ALIGNMENT, kind, access, false);
    if (!this.#translate(vaLo, vaHi, kind, context, access, elementMisaligned)) return false;
    if ((vaLo & 0xfff) + bytes <= 4096) return true;
    const nextLo = (vaLo & ~0xfff) + 0x1000;
    const nextHi = nextLo >>> 0 < 0x1000 ? (vaHi + 1) | 0 : vaHi;
    return this.#translate(nextLo | 0, nextHi, kind, context, access, elementMisaligned);
  }

  /** Moves element `index` of `size` bytes, byte by byte where it crosses a page. The translations are known to be good. */
  #element(vaLo: number, vaHi: number, index: number, size: number, access: Access, kind: 'read' | 'write'): boolean {
    const lo = (vaLo + index * size) | 0;
    const hi = lo >>> 0 < vaLo >>> 0 ? (vaHi + 1) | 0 : vaHi;
    if ((lo & 0xfff) + size <= 4096) return this.#move(lo, hi, size, access, kind, 2 * index);
    const whole = [this.data[2 * index]!, this.data[2 * index + 1]!] as const;
    let resultLo = 0;
    let resultHi = 0;
    for (let byte = 0; byte < size; byte++) {
      const at = (lo + byte) | 0;
      const atHi = at >>> 0 < lo >>> 0 ? (hi + 1) | 0 : hi;
      const shift = (byte & 3) * 8;
      this.data[BYTE_AT_HAND] = byte < 4 ? whole[0] >>> shift : whole[1] >>> shift;
      if (!this.#move(at, atHi, 1, access, kind, BYTE_AT_HAND)) return false;
      if (byte < 4) resultLo |= (this.data[BYTE_AT_HAND] & 0xff) << shift;
      else resultHi |= (this.data[BYTE_AT_HAND] & 0xff) << shift;
    }
    if (kind === 'read') {
      this.data[2 * index] = resultLo;
      this.data[2 * index + 1] = resultHi;
    }
    return true;
  }

  #move(vaLo: number, vaHi: number, size: number, access: Access, kind: 'read' | 'write', at: number): boolean {
    if (!this.#translate(vaLo, vaHi, kind, this.#contextOf(access), access)) return false;
    this.#physicalAddress = this.translation.page + (vaLo & 0xfff);
    const done = kind === 'read' ? this.physical.read(this.#physicalAddress, size, this.data, at) : this.physical.write(this.#physicalAddress, size, this.data, at);
    if (!done) return this.#externalAbort(vaLo, vaHi, kind, access);
    if (kind === 'write') this.#watcher.stored(this.#physicalAddress, size);
    return true;
  }

  #contextOf(access: Access): AccessContext {
    return access.unprivileged === true ? this.#unprivileged : this.#normal;
  }

  // ---- Translation -----------------------------------------------------------------------------------------------

  /** Translates and checks rights; on success `translation.page` and `.device` are set and the bank is refilled. */
  #translate(vaLo: number, vaHi: number, kind: AccessKind, context: AccessContext, access: Access, misaligned = false): boolean {
    const { translation, tlb } = this;
    let entry = tlb.find(vaLo, vaHi, context);
    if (entry >= 0 && (!isPermitted(tlb.rights(entry), kind, context) || (misaligned && tlb.isDevice(entry)))) {
      // An entry that forbids is walked again before the fault is reported, and before a clean page is written.
      this.#dropEntry(entry, vaLo);
      entry = -1;
    }
    if (entry >= 0 && this.#staleTranslation !== null) this.#compare(vaLo, vaHi, kind, context, entry);
    if (entry < 0) {
      // Stage by stage: the walk, alignment by memory type, permission (DDI 0487, pseudocode AArch64.FullTranslate).
      const { regime } = context;
      if (!this.walker.translateStage1(regime, vaLo, vaHi, kind, translation)) return this.#translationFault(vaLo, vaHi, kind, access);
      if (!this.#mayAccess(vaLo, vaHi, kind, context, access, misaligned, false)) return false;
      if (!this.walker.commitStage1(regime, kind === 'write', translation)) return this.#translationFault(vaLo, vaHi, kind, access);
      if (!this.walker.translateStage2(regime, translation)) return this.#translationFault(vaLo, vaHi, kind, access);
      if (kind !== 'invalidate' && !this.#mayAccess(vaLo, vaHi, kind, context, access, misaligned, true)) return false;
      this.walker.commitStage2(regime, kind === 'write', translation);
      entry = tlb.fill(vaLo, vaHi, context, translation);
      if (tlb.evicted) {
        // Banks of contexts that could not see it have nothing of it.
        this.contexts.invalidateBanks(this.#couldSeeEvicted, (vaLo >>> 12) & (BANK.ENTRIES - 1), 1, tlb.evictedCode);
        // The entry that went may have been the fetch page's: the next fetch looks.
        if (tlb.evictedCode) {
          this.#fetchEpoch++;
          if (((vaLo ^ this.#fetchLo) & SET_MASK) === 0) this.#fetchLo = -1;
        }
      }
    }
    translation.page = tlb.page(entry);
    translation.device = tlb.isDevice(entry);
    if (kind !== 'fetch') this.#refillBank(vaLo, vaHi, entry, context);
    return true;
  }

  #dropEntry(entry: number, vaLo: number): void {
    this.tlb.drop(entry);
    this.contexts.forget(vaLo);
    this.forgetFetchPage();
  }

  /** Normal memory in RAM goes into the bank: readable in the read half, writable without code in the write half. */
  #refillBank(vaLo: number, vaHi: number, entry: number, context: AccessContext): void {
    const { page, device } = this.translation;
    const host = device ? 0 : this.physical.host(page);
    if (host === 0 || context.bank === 0 || context.strict || this.#staleTranslation !== null) return;
    if (this.#debug.hasWatchpoints && this.#debug.isWatched(vaLo, vaHi)) return;
    const { i32 } = this.#state;
    const slot = ((vaLo >>> 8) & 0xfff0) >>> 2;
    const pageLo = vaLo & ~0xfff;
    const addend = (host - pageLo) | 0;
    const rights = this.tlb.rights(entry);
    if (!isPermitted(rights, 'read', context)) return;
    setSlot(i32, ((context.bank + BANK.READ) >>> 2) + slot, pageLo, vaHi, addend);
    // A page that may be written but not read stays with the slow path: generated atomics check the write half alone.
    if (isPermitted(rights, 'write', context) && this.#watcher.mayEnterForWrite(page, slot >>> 2)) setSlot(i32, ((context.bank + BANK.WRITE) >>> 2) + slot, pageLo, vaHi, addend);
  }

  // ---- Break-before-make, for debugging ----------------------------------------------------------------------------

  /** What is told of entries in use that the tables contradict; null, as it begins, costs nothing. Set, no bank is filled. */
  get staleTranslation(): StaleTranslationHook | null {
    return this.#staleTranslation;
  }

  set staleTranslation(hook: StaleTranslationHook | null) {
    this.#staleTranslation = hook;
    this.contexts.invalidateBanks(() => true, 0, BANK.ENTRIES);
  }

  /** Walks again beside a hit, uncounted: valid tables that say something else were changed without break-before-make. */
  #compare(vaLo: number, vaHi: number, kind: AccessKind, context: AccessContext, entry: number): void {
    const { tlb } = this;
    const { regime } = context;
    const walked = this.#compared;
    if (!this.#inspect(regime, vaLo, vaHi, kind)) return;
    const isSame = walked.page === tlb.page(entry) && walked.device === tlb.isDevice(entry) && walked.sizeBits === tlb.sizeBits(entry) && walked.nonGlobal !== tlb.isGlobal(entry);
    if (!isSame) this.#staleTranslation?.({ vaLo, vaHi, regime, cached: tlb.page(entry), walked: walked.page });
  }

  /** Both stages to `#compared`, with nothing counted and no descriptor updated; false where there is no translation. */
  #inspect(regime: RegimeName, vaLo: number, vaHi: number, kind: AccessKind): boolean {
    const { walker } = this;
    const events = this.#events;
    const references = events[EVENT.walkReference]!;
    walker.isInspecting = true;
    const isMapped = walker.translateStage1(regime, vaLo, vaHi, kind, this.#compared) && walker.translateStage2(regime, this.#compared);
    walker.isInspecting = false;
    events[EVENT.walkReference] = references;
    return isMapped;
  }

  /**
   * The physical address of a virtual one, as the TLB has it or else the tables have, whatever the rights; -1 where there is
   * none. For a debugger: nothing is entered, counted or updated.
   */
  inspect(vaLo: number, vaHi: number): number {
    const context = this.#normal;
    const entry = this.tlb.find(vaLo, vaHi, context);
    if (entry >= 0) return this.tlb.page(entry) + (vaLo & 0xfff);
    return this.#inspect(context.regime, vaLo, vaHi, 'read') ? this.#compared.page + (vaLo & 0xfff) : -1;
  }

  /** As {@link inspect}, by a walk whatever the TLB holds: `told` hears of each descriptor, and the result has what it came to. */
  inspectWalk(vaLo: number, vaHi: number, told: DescriptorListener): { readonly regime: RegimeName; readonly isMapped: boolean; readonly result: Readonly<Translation> } {
    const { regime } = this.#normal;
    this.#walkEvents.descriptorRead = told;
    const isMapped = this.#inspect(regime, vaLo, vaHi, 'read');
    this.#walkEvents.descriptorRead = null;
    return { regime, isMapped, result: this.#compared };
  }

  // ---- Faults ----------------------------------------------------------------------------------------------------

  #translationFault(vaLo: number, vaHi: number, kind: AccessKind, access: Access): false {
    const { fault, level, stage2, onWalk, ipa } = this.translation;
    const status = FSC[fault!] | (FAULTS_BY_LEVEL.has(fault!) ? level : 0);
    return this.#abort(vaLo, vaHi, status, kind, access, stage2, onWalk, stage2 && fault !== 'EXTERNAL_ON_WALK' ? ipa : -1);
  }

  /** The fault of an address translation instruction that is an exception; `translation` has it. Always false. */
  addressTranslationAbort(vaLo: number, vaHi: number): false {
    const { fault, level, stage2, onWalk, ipa } = this.translation;
    const isExternal = fault === 'EXTERNAL_ON_WALK';
    const slot = this.#exception;
    slot.sync(dataAbortSyndrome(0, 0, 0, 0, 0, 1, onWalk ? 1 : 0, 1, FSC[fault!] | level), this.#routing(stage2, isExternal));
    slot.far(vaLo, vaHi);
    if (stage2 && !isExternal) slot.ipa(ipa | 0, Math.floor(ipa / 0x1_0000_0000));
    return false;
  }

  /** Faults of stage 2 go to EL2, and external aborts where HCR_EL2.TEA says so. */
  #routing(stage2: boolean, isExternal: boolean): 'el2' | 'default' {
    return stage2 || (isExternal && (this.#state.hi(CELL.HCR_EL2) & HCR_EL2.TEA.wordMask) !== 0) ? 'el2' : 'default';
  }

  /** Alignment and permission by what the translation came to so far; `combined`: stage 2 is in it. */
  #mayAccess(vaLo: number, vaHi: number, kind: AccessKind, context: AccessContext, access: Access, misaligned: boolean, combined: boolean): boolean {
    const { translation } = this;
    if (misaligned && translation.device) return this.#dataAbort(vaLo, vaHi, FSC.ALIGNMENT, kind, access, combined);
    // Permission is as if the page were marked dirty; invalidating does not mark it.
    const isWrite = kind === 'write' || kind === 'invalidate';
    if (isPermitted(isWrite ? translation.rights | translation.cleanRights : translation.rights, kind, context)) return true;
    return this.#abort(vaLo, vaHi, FSC.PERMISSION | translation.level, kind, access, combined, false, combined ? translation.ipa + (vaLo & 0xfff) : -1);
  }

  #externalAbort(vaLo: number, vaHi: number, kind: AccessKind, access: Access): false {
    return this.#abort(vaLo, vaHi, FSC.EXTERNAL, kind, access, false, false, -1);
  }

  #dataAbort(vaLo: number, vaHi: number, status: number, kind: AccessKind, access: Access, stage2: boolean): false {
    return this.#abort(vaLo, vaHi, status, kind, access, stage2, false, -1);
  }

  #abort(vaLo: number, vaHi: number, status: number, kind: AccessKind, access: Access, stage2: boolean, onWalk: boolean, ipa: number): false {
    const slot = this.#exception;
    const s1ptw = onWalk ? 1 : 0;
    const routing = this.#routing(stage2, (status & ~3) === FSC.EXTERNAL || (status & ~3) === FSC.EXTERNAL_ON_WALK);
    if (kind === 'fetch') {
      slot.sync(instructionAbortSyndrome(0, 0, 0, s1ptw, status), routing);
    } else {
      const isv = stage2 && !onWalk && access.isv === true ? this.#accessSyndrome(access) : 0;
      const isMaintenance = kind === 'clean' || kind === 'invalidate' || kind === 'ic';
      // WnR is 1 for maintenance, and for AT, whatever faulted; otherwise a walk reads unless it updates.
      const isWrite = isMaintenance || (onWalk ? this.translation.onUpdate : kind === 'write');
      slot.sync(dataAbortSyndrome(isv, 0, 0, 0, 0, isMaintenance ? 1 : 0, s1ptw, isWrite ? 1 : 0, status), routing);
    }
    slot.far(vaLo, vaHi);
    if (ipa >= 0) slot.ipa(ipa | 0, Math.floor(ipa / 0x1_0000_0000));
    return false;
  }

  /** SAS, SSE, SRT, SF, AR of the load or store at the PC. */
  #accessSyndrome(access: Access): number {
    const sas = 31 - Math.clz32(access.size);
    const sf = access.signed === undefined ? access.size === 8 : access.signed === 64;
    return accessSyndrome(sas, access.signed === undefined ? 0 : 1, this.word & 31, sf ? 1 : 0, access.ordered === true ? 1 : 0);
  }
}

/** The bits of an address that choose its set of the second-level TLB. */
const SET_MASK = (TLB2.SETS - 1) << 12;
/** What of the mode word chooses a context; PAN and UAO follow in free bits. */
const CONTEXT_MODE = MODE.EL_MASK | MODE.E2H | MODE.TGE | MODE.STRICT;
const CHOICE_PAN = MODE.SPSEL;
const CHOICE_UAO = MODE.FP_ENABLED;
const CHOICES = 2 * MODE.STRICT;
const { PAN, UAO } = PSTATE;
const BANK_CELL = PE.BANK;
const BANK_UNPRIV_CELL = PE.BANK_UNPRIV;

const DESCRIPTOR_BYTES = 8;
const NO_SYNDROME: Access = { size: 4 };
const ZERO_BLOCK: Access = { size: 8 };

function setSlot(i32: Int32Array, at: number, pageLo: number, vaHi: number, addend: number): void {
  i32[at] = pageLo;
  i32[at + 1] = vaHi;
  i32[at + 2] = addend;
}

/**
 * Whether the rights allow the access; PAN keeps privileged loads and stores off what EL0 may access. Cache maintenance
 * needs no right above EL0, but to invalidate; whether IC by address needs one at EL0 is a choice.
 */
function isPermitted(rights: number, kind: AccessKind, context: AccessContext): boolean {
  const { privileged } = context;
  switch (kind) {
    case 'fetch':
      return (rights & (privileged ? RIGHT.PRIV_X : RIGHT.UNPRIV_X)) !== 0;
    case 'ic':
      return true;
    case 'clean':
      return privileged || (rights & RIGHT.UNPRIV_R) !== 0;
    case 'invalidate':
      return (rights & (privileged ? RIGHT.PRIV_W : RIGHT.UNPRIV_W)) !== 0;
    default:
      if (!privileged) return (rights & (kind === 'read' ? RIGHT.UNPRIV_R : RIGHT.UNPRIV_W)) !== 0;
      if (context.pan && (rights & (RIGHT.UNPRIV_R | RIGHT.UNPRIV_W)) !== 0) return false;
      return (rights & (kind === 'read' ? RIGHT.PRIV_R : RIGHT.PRIV_W)) !== 0;
  }
}
