/**
 * The software port of one PE: native software executes instructions at the PE's current EL and state. The shortcuts are
 * the same accesses as Eval's, over the same memory and the same access paths; only the operands come from cells.
 */
import { EVENT } from '../arch/events.ts';
import { SP_ALIGNMENT_SYNDROME, svcSyndrome } from '../arch/esr.ts';
import { PSTATE_FIELDS } from '../arch/pstate.ts';
import { encodeFields } from '../arch/insn/pattern.ts';
import type { Row } from '../arch/insn/row.ts';
import { SYSTEM_REGISTERS } from '../arch/sysregs/index.ts';
import type { Cpu } from '../core.ts';
import type { Access } from '../emit/builder.ts';
import { BANK, codeMode, MODE, PE } from '../engine/layout.ts';
import { registerEvent } from '../engine/stepper.ts';
import { InvariantError } from '../invariant.ts';
import { SP_BASE, X_BASE, type GuestOutcome, type NativeOutcome, type RegisterList, type SoftwarePort, type SoftwareTally } from '../ports.ts';
import { accessEvent } from './access-event.ts';
import { bankHost, bankWords } from './bank.ts';
import { PortCounters } from './counters.ts';
import { NativeFrames } from './frames.ts';
import { ListMoves, Moves, type Move } from './moves.ts';
import type { NativeTextRegion } from './native-text.ts';

/** Runs machine code for the PE's next share: the machine's scheduler stands behind it. */
export interface GuestRunner {
  /** Runs until native text is reached, or the share is spent, or the PE waits, or the machine stops. */
  run(cpu: Cpu): 'native' | 'quantum' | 'blocked' | 'stop';
}

/** How the routine at hand left: by an ERET to a frame, to another native place, or to machine code. */
type Departure = 'returned' | 'in-guest' | null;

const NATIVE = EVENT.native;
const LOAD = EVENT.loadX;
const STORE = EVENT.storeX;
const BANK_AT = PE.BANK >>> 2;
const SP_AT = PE.SP >>> 2;
const X_AT = PE.X >>> 2;
const LOAD_PAIR = EVENT.loadPairX;
const STORE_PAIR = EVENT.storePairX;
const { READ, WRITE } = BANK;

/** Groups whose rows set the PC. */
const NOT_EXECUTED = new Set(['Branches', 'Exception generation']);

const CELLS = 64;
const WORD: Access = { size: 4 };
const DOUBLE: Access = { size: 8 };
const QUAD: Access = { size: 16 };

/** PSTATE accesses: executed and priced, but not in the totals of system register accesses. */
const UNCOUNTED = new Set(['DAIF', 'PAN', 'CurrentEL', 'SPSel', 'NZCV', 'UAO'].map((name) => SYSTEM_REGISTERS.byName(name)?.key ?? -1));

export class PePort implements SoftwarePort {
  readonly pe: number;
  readonly cells = new Uint32Array(2 * CELLS);
  readonly counters = new PortCounters();
  readonly #cpu: Cpu;
  readonly #text: NativeTextRegion;
  readonly #runner: GuestRunner;
  readonly #frames: NativeFrames;
  readonly #view: DataView;
  readonly #readMoves = new Moves((register, mode) => this.#findMove(register, true, mode));
  readonly #writeMoves = new Moves((register, mode) => this.#findMove(register, false, mode));
  readonly #saved = new Map<RegisterList, ListMoves>();
  readonly #restored = new Map<RegisterList, ListMoves>();
  #departure: Departure = null;
  #addressLo = 0;
  #addressHi = 0;

  constructor(pe: number, cpu: Cpu, text: NativeTextRegion, runner: GuestRunner) {
    this.pe = pe;
    this.#cpu = cpu;
    this.#text = text;
    this.#runner = runner;
    this.#frames = new NativeFrames(cpu.state);
    this.#view = new DataView(cpu.state.memory as ArrayBuffer);
  }

  // ---- Any row -----------------------------------------------------------------------------------------------------

  exec(row: Row, operands: Readonly<Record<string, number>>): void {
    if (NOT_EXECUTED.has(row.group)) throw new InvariantError(`${row.id} changes the PC: the port has a call of its own for it, or none`);
    const { interpreter, memory, state } = this.#cpu;
    const word = encodeFields(row.pattern, operands);
    const lo = state.lo(PE.PC);
    const hi = state.hi(PE.PC);
    const devices = memory.physical.deviceAccesses;
    // Syndromes of data aborts are made from the word.
    memory.word = word;
    switch (interpreter.execute(word)) {
      case 'retired':
        // The label stays: native text advances by labels.
        state.set64(PE.PC, lo, hi);
        this.#countAccess(row, operands, memory.physical.deviceAccesses !== devices);
        this.#done();
        return;
      case 'exception':
        this.#fault();
        return;
      default:
        throw new InvariantError(`${row.id} has no definition`);
    }
  }

  /** What a load or store counts as; a device prices its own access. Other rows count for themselves. */
  #countAccess(row: Row, operands: Readonly<Record<string, number>>, isDevice: boolean): void {
    const { events } = this.#cpu;
    if (row.id === 'MRS' || row.id === 'MSR_reg') {
      this.#countMove(this.#cpu.sysregs.reached, row.id === 'MRS');
      return;
    }
    const event = accessEvent(row);
    if (event === null || isDevice) return;
    events[EVENT[event]] = events[EVENT[event]]! + 1;
    const words = event === 'loadPairX' || event === 'storePairX' ? 2 : event === 'loadX' || event === 'storeX' ? 1 : 0;
    if (operands['sz'] !== 1) return;
    if (event.startsWith('load')) this.counters.frameWordsLoaded += words;
    else this.counters.frameWordsStored += words;
  }

  // ---- System registers --------------------------------------------------------------------------------------------

  mrs(cell: number, register: number): void {
    const { sysregs, state } = this.#cpu;
    const move = this.#readMoves.of(register, codeMode(state.mode));
    if (move.offset !== 0) {
      this.cells[2 * cell] = state.lo(move.offset);
      this.cells[2 * cell + 1] = state.hi(move.offset);
      const { counters } = this;
      counters.readsOf[move.reached] = counters.readsOf[move.reached]! + 1;
      if (move.isCounted) counters.reads++;
      this.#doneWith(move.event);
      return;
    }
    if (!sysregs.read(register, cell & 31)) {
      this.#fault();
      return;
    }
    this.cells[2 * cell] = sysregs.value[0]!;
    this.cells[2 * cell + 1] = sysregs.value[1]!;
    this.#countRegister(sysregs.reached, true);
    this.#done();
  }

  msr(register: number, cell: number): void {
    const { sysregs, state } = this.#cpu;
    const move = this.#writeMoves.of(register, codeMode(state.mode));
    if (move.offset !== 0) {
      state.set64(move.offset, (this.cells[2 * cell]! & move.maskLo) | move.onesLo, (this.cells[2 * cell + 1]! & move.maskHi) | move.onesHi);
      const { counters } = this;
      counters.writesOf[move.reached] = counters.writesOf[move.reached]! + 1;
      if (move.isCounted) counters.writes++;
      if (move.isFollowed) this.#cpu.registerWritten(move.reached);
      this.#doneWith(move.event);
      return;
    }
    sysregs.value[0] = this.cells[2 * cell]!;
    sysregs.value[1] = this.cells[2 * cell + 1]!;
    if (!sysregs.write(register, cell & 31)) {
      this.#fault();
      return;
    }
    this.#countRegister(sysregs.reached, false);
    this.#done();
  }

  #findMove(register: number, isRead: boolean, mode: number): Move {
    const plain = this.#cpu.sysregs.move(register, isRead, mode);
    if (plain?.form.kind !== 'cell' || plain.guards.length > 0) return { offset: 0, maskLo: 0, maskHi: 0, onesLo: 0, onesHi: 0, reached: 0, event: 0, isCounted: false, isFollowed: false };
    const { form, reached, maskLo, maskHi, onesLo, onesHi, isFollowed } = plain;
    return {
      offset: form.offset,
      maskLo: maskLo | 0,
      maskHi: maskHi | 0,
      onesLo: onesLo | 0,
      onesHi: onesHi | 0,
      reached,
      event: registerEvent(reached, isRead),
      isCounted: !UNCOUNTED.has(reached),
      isFollowed,
    };
  }

  #countRegister(key: number, isRead: boolean): void {
    const { events } = this.#cpu;
    const event = registerEvent(key, isRead);
    events[event] = events[event]! + 1;
    this.#countMove(key, isRead);
  }

  #countMove(key: number, isRead: boolean): void {
    const { counters } = this;
    if (isRead) counters.readsOf[key] = counters.readsOf[key]! + 1;
    else counters.writesOf[key] = counters.writesOf[key]! + 1;
    if (UNCOUNTED.has(key)) return;
    if (isRead) counters.reads++;
    else counters.writes++;
  }

  msrImm(field: number, imm: number): void {
    const { stepper } = this.#cpu;
    const row = PSTATE_NAMES[field];
    if (row === undefined) throw new InvariantError(`no PSTATE field ${String(field)}`);
    if (!stepper.moveImmediate(row, imm)) {
      this.#fault();
      return;
    }
    this.#done();
  }

  // ---- Memory ------------------------------------------------------------------------------------------------------

  ldr(cell: number, base: number, offset: number): void {
    const at = this.#words(base, offset, 8, READ);
    if (at !== 0) {
      const { i32 } = this.#cpu.state;
      this.cells[2 * cell] = i32[at]!;
      this.cells[2 * cell + 1] = i32[at + 1]!;
      this.counters.contextWordsLoaded++;
      this.#doneWith(LOAD);
      return;
    }
    if (!this.#load(base, offset, 1, DOUBLE)) return;
    const { data } = this.#cpu.memory;
    this.cells[2 * cell] = data[0]!;
    this.cells[2 * cell + 1] = data[1]!;
    this.counters.contextWordsLoaded++;
    this.#doneWith(EVENT.loadX);
  }

  str(cell: number, base: number, offset: number): void {
    const at = this.#words(base, offset, 8, WRITE);
    if (at !== 0) {
      const { i32 } = this.#cpu.state;
      i32[at] = this.cells[2 * cell]!;
      i32[at + 1] = this.cells[2 * cell + 1]!;
      this.counters.contextWordsStored++;
      this.#doneWith(STORE);
      return;
    }
    const { data } = this.#cpu.memory;
    data[0] = this.cells[2 * cell]!;
    data[1] = this.cells[2 * cell + 1]!;
    if (!this.#store(base, offset, 1, DOUBLE)) return;
    this.counters.contextWordsStored++;
    this.#doneWith(EVENT.storeX);
  }

  ldr32(cell: number, base: number, offset: number): void {
    const devices = this.#cpu.memory.physical.deviceAccesses;
    if (!this.#load(base, offset, 1, WORD)) return;
    this.cells[2 * cell] = this.#cpu.memory.data[0]!;
    this.cells[2 * cell + 1] = 0;
    // A device prices its own access.
    if (this.#cpu.memory.physical.deviceAccesses !== devices) {
      this.counters.mmioReads++;
      this.#done();
    } else {
      this.#doneWith(EVENT.loadX);
    }
  }

  str32(cell: number, base: number, offset: number): void {
    const { memory } = this.#cpu;
    const devices = memory.physical.deviceAccesses;
    memory.data[0] = this.cells[2 * cell]!;
    memory.data[1] = 0;
    if (!this.#store(base, offset, 1, WORD)) return;
    if (memory.physical.deviceAccesses !== devices) {
      this.counters.mmioWrites++;
      this.#done();
    } else {
      this.#doneWith(EVENT.storeX);
    }
  }

  ldrX(t: number, base: number, offset: number): void {
    const at = this.#words(base, offset, 8, READ);
    if (at !== 0) {
      this.#moveWords(this.#x(t), at, 2);
      this.counters.frameWordsLoaded++;
      this.#doneWith(LOAD);
      return;
    }
    if (!this.#load(base, offset, 1, DOUBLE)) return;
    const { data } = this.#cpu.memory;
    this.#cpu.state.set64(PE.X + 8 * t, data[0]!, data[1]!);
    this.counters.frameWordsLoaded++;
    this.#doneWith(EVENT.loadX);
  }

  strX(t: number, base: number, offset: number): void {
    const at = t === 31 ? 0 : this.#words(base, offset, 8, WRITE);
    if (at !== 0) {
      this.#moveWords(at, this.#x(t), 2);
      this.counters.frameWordsStored++;
      this.#doneWith(STORE);
      return;
    }
    this.#stageX(0, t);
    if (!this.#store(base, offset, 1, DOUBLE)) return;
    this.counters.frameWordsStored++;
    this.#doneWith(EVENT.storeX);
  }

  ldpX(t: number, t2: number, base: number, offset: number): void {
    const at = this.#words(base, offset, 16, READ);
    if (at !== 0) {
      this.#moveWords(this.#x(t), at, 2);
      this.#moveWords(this.#x(t2), at + 2, 2);
      this.counters.frameWordsLoaded += 2;
      this.#doneWith(LOAD_PAIR);
      return;
    }
    if (!this.#load(base, offset, 2, DOUBLE)) return;
    this.#landPair(t, t2);
    this.#doneWith(LOAD_PAIR);
  }

  stpX(t: number, t2: number, base: number, offset: number): void {
    const at = t === 31 || t2 === 31 ? 0 : this.#words(base, offset, 16, WRITE);
    if (at !== 0) {
      this.#moveWords(at, this.#x(t), 2);
      this.#moveWords(at + 2, this.#x(t2), 2);
      this.counters.frameWordsStored += 2;
      this.#doneWith(STORE_PAIR);
      return;
    }
    this.#stageX(0, t);
    this.#stageX(1, t2);
    if (!this.#store(base, offset, 2, DOUBLE)) return;
    this.counters.frameWordsStored += 2;
    this.#doneWith(STORE_PAIR);
  }

  ldpXs(first: number, last: number, base: number, offset: number): void {
    const at = this.#words(base, offset, 8 * (last - first + 1), READ);
    // A base among them is another one for the pairs that follow.
    if (at === 0 || (base >= X_BASE + first && base <= X_BASE + last)) {
      for (let n = first; n < last; n += 2) this.ldpX(n, n + 1, base, offset + 8 * (n - first));
      return;
    }
    const words = 2 * (last - first + 1);
    this.#moveWords(this.#x(first), at, words);
    this.counters.frameWordsLoaded += words >> 1;
    this.#countPairs(LOAD_PAIR, words >> 2);
  }

  stpXs(first: number, last: number, base: number, offset: number): void {
    const at = this.#words(base, offset, 8 * (last - first + 1), WRITE);
    if (at === 0) {
      for (let n = first; n < last; n += 2) this.stpX(n, n + 1, base, offset + 8 * (n - first));
      return;
    }
    const words = 2 * (last - first + 1);
    this.#moveWords(at, this.#x(first), words);
    this.counters.frameWordsStored += words >> 1;
    this.#countPairs(STORE_PAIR, words >> 2);
  }

  /** Where an X register is, as an index of words. */
  #x(t: number): number {
    return this.#cpu.state.word + X_AT + 2 * t;
  }

  #moveWords(to: number, from: number, count: number): void {
    const { i32 } = this.#cpu.state;
    for (let n = 0; n < count; n++) i32[to + n] = i32[from + n]!;
  }

  #countPairs(event: number, pairs: number): void {
    const { events } = this.#cpu;
    events[event] = events[event]! + pairs;
    events[NATIVE] = events[NATIVE]! + pairs;
  }

  saveRegisters(cell: number, list: RegisterList, base: number): void {
    const { keys, offsets } = list;
    for (let next = 0; next < keys.length; ) {
      const done = this.#saveAtOnce(cell, list, next, base);
      if (done > next) {
        next = done;
        continue;
      }
      this.mrs(cell, keys[next]!);
      this.str(cell, base, offsets[next]!);
      next++;
    }
  }

  restoreRegisters(cell: number, list: RegisterList, base: number): void {
    const { keys, offsets } = list;
    for (let next = 0; next < keys.length; ) {
      const done = this.#restoreAtOnce(cell, list, next, base);
      if (done > next) {
        next = done;
        continue;
      }
      this.ldr(cell, base, offsets[next]!);
      this.msr(keys[next]!, cell);
      next++;
    }
  }

  /** From register `first` of a list on, those that can be moved with nothing coming between; returns the first that is left. */
  #saveAtOnce(cell: number, list: RegisterList, first: number, base: number): number {
    const known = this.#movesOf(this.#saved, list, this.#readMoves);
    const { moves, places } = known;
    const at = this.#listAt(known, first, cell, base, WRITE);
    if (at === 0) return first;
    const { counters, cells } = this;
    const { state, events } = this.#cpu;
    const { i32, word } = state;
    const { readsOf } = counters;
    let n = first;
    for (; n < moves.length; n++) {
      const { offset, reached, event, isCounted } = moves[n]!;
      if (offset === 0) break;
      const from = word + (offset >>> 2);
      const to = at + places[n]!;
      i32[to] = cells[2 * cell] = i32[from]!;
      i32[to + 1] = cells[2 * cell + 1] = i32[from + 1]!;
      readsOf[reached] = readsOf[reached]! + 1;
      if (isCounted) counters.reads++;
      events[event] = events[event]! + 1;
    }
    const done = n - first;
    counters.contextWordsStored += done;
    events[STORE] = events[STORE]! + done;
    events[NATIVE] = events[NATIVE]! + 2 * done;
    return n;
  }

  /** The other way: a write may change what the others come to, and ends it then. */
  #restoreAtOnce(cell: number, list: RegisterList, first: number, base: number): number {
    const known = this.#movesOf(this.#restored, list, this.#writeMoves);
    const { moves, places } = known;
    const at = this.#listAt(known, first, cell, base, READ);
    if (at === 0) return first;
    const { counters, cells } = this;
    const cpu = this.#cpu;
    const { state, events } = cpu;
    const { i32, word, mode } = state;
    const bank = i32[word + BANK_AT]!;
    const { writesOf } = counters;
    let n = first;
    while (n < moves.length) {
      const { offset, maskLo, maskHi, onesLo, onesHi, reached, event, isCounted, isFollowed } = moves[n]!;
      if (offset === 0) break;
      const to = word + (offset >>> 2);
      const from = at + places[n]!;
      i32[to] = ((cells[2 * cell] = i32[from]!) & maskLo) | onesLo;
      i32[to + 1] = ((cells[2 * cell + 1] = i32[from + 1]!) & maskHi) | onesHi;
      writesOf[reached] = writesOf[reached]! + 1;
      if (isCounted) counters.writes++;
      events[event] = events[event]! + 1;
      n++;
      if (!isFollowed) continue;
      cpu.registerWritten(reached);
      if (cpu.attention || state.mode !== mode || i32[word + BANK_AT] !== bank) break;
    }
    const done = n - first;
    counters.contextWordsLoaded += done;
    events[LOAD] = events[LOAD]! + done;
    events[NATIVE] = events[NATIVE]! + 2 * done;
    if (cpu.attention) this.#interrupt();
    return n;
  }

  /** Where the words of a list lie; 0 where its register `first` is no move, or they are not in a bank as one piece. */
  #listAt({ moves, first: offset, bytes }: ListMoves, first: number, cell: number, base: number, half: number): number {
    return moves[first]!.offset === 0 || base === cell ? 0 : this.#words(base, offset, bytes, half);
  }

  /** The moves of a list in the mode at hand. */
  #movesOf(known: Map<RegisterList, ListMoves>, list: RegisterList, of: Moves): ListMoves {
    let moves = known.get(list);
    if (moves === undefined) {
      moves = new ListMoves(list, of);
      known.set(list, moves);
    }
    moves.use(codeMode(this.#cpu.state.mode));
    return moves;
  }

  pushX(t: number, t2: number): void {
    this.#stageX(0, t);
    this.#stageX(1, t2);
    if (!this.#store(SP_BASE, -16, 2, DOUBLE)) return;
    this.#cpu.state.set64(PE.SP, this.#addressLo, this.#addressHi);
    this.counters.frameWordsStored += 2;
    this.#doneWith(STORE_PAIR);
  }

  popX(t: number, t2: number): void {
    if (!this.#load(SP_BASE, 0, 2, DOUBLE)) return;
    this.#landPair(t, t2);
    const lo = (this.#addressLo + 16) | 0;
    this.#cpu.state.set64(PE.SP, lo, lo >>> 0 < 16 ? this.#addressHi + 1 : this.#addressHi);
    this.#doneWith(LOAD_PAIR);
  }

  ldpQ(t: number, t2: number, base: number, offset: number): void {
    if (!this.#fpAllowed() || !this.#load(base, offset, 2, QUAD)) return;
    const { data } = this.#cpu.memory;
    const { state } = this.#cpu;
    state.set64(PE.V + 16 * t, data[0]!, data[1]!);
    state.set64(PE.V + 16 * t + 8, data[2]!, data[3]!);
    state.set64(PE.V + 16 * t2, data[4]!, data[5]!);
    state.set64(PE.V + 16 * t2 + 8, data[6]!, data[7]!);
    this.#doneWith(EVENT.loadPairQ);
  }

  stpQ(t: number, t2: number, base: number, offset: number): void {
    if (!this.#fpAllowed()) return;
    const { data } = this.#cpu.memory;
    const { state } = this.#cpu;
    [PE.V + 16 * t, PE.V + 16 * t + 8, PE.V + 16 * t2, PE.V + 16 * t2 + 8].forEach((cell, element) => {
      data[2 * element] = state.lo(cell);
      data[2 * element + 1] = state.hi(cell);
    });
    if (!this.#store(base, offset, 2, QUAD)) return;
    this.#doneWith(EVENT.storePairQ);
  }

  #fpAllowed(): boolean {
    if ((this.#cpu.state.get32(PE.MODE) & MODE.FP_ENABLED) !== 0) return true;
    this.#cpu.stepper.trapFpSimd();
    this.#fault();
    return false;
  }

  #landPair(t: number, t2: number): void {
    const { data } = this.#cpu.memory;
    this.#cpu.state.set64(PE.X + 8 * t, data[0]!, data[1]!);
    this.#cpu.state.set64(PE.X + 8 * t2, data[2]!, data[3]!);
    this.counters.frameWordsLoaded += 2;
  }

  #stageX(element: number, x: number): void {
    const { data } = this.#cpu.memory;
    const { state } = this.#cpu;
    data[2 * element] = x === 31 ? 0 : state.lo(PE.X + 8 * x);
    data[2 * element + 1] = x === 31 ? 0 : state.hi(PE.X + 8 * x);
  }

  /** Base plus offset, in `#addressLo` and `#addressHi`. False with the exception of a misaligned SP in the slot. */
  #address(base: number, offset: number): boolean {
    const { state, exception } = this.#cpu;
    if (base === SP_BASE && (state.lo(PE.SP) & 15) !== 0 && (state.get32(PE.MODE) & MODE.SP_CHECK) !== 0) return exception.sync(SP_ALIGNMENT_SYNDROME);
    let lo: number;
    let hi: number;
    if (base < CELLS) {
      lo = this.cells[2 * base]! | 0;
      hi = this.cells[2 * base + 1]! | 0;
    } else {
      const cell = base === SP_BASE ? PE.SP : PE.X + 8 * (base - X_BASE);
      lo = state.lo(cell);
      hi = state.hi(cell);
    }
    const sum = (lo >>> 0) + offset;
    this.#addressLo = sum | 0;
    this.#addressHi = sum < 0 ? (hi - 1) | 0 : sum > 0xffff_ffff ? (hi + 1) | 0 : hi;
    return true;
  }

  /** Loads elements to `memory.data`; false after a fault, whose routine has run. */
  #load(base: number, offset: number, elements: number, access: Access): boolean {
    if (!this.#address(base, offset)) {
      this.#fault();
      return false;
    }
    const { memory } = this.#cpu;
    const host = this.#probe(READ, elements * access.size);
    if (host !== 0) {
      const { data } = memory;
      const words = (elements * access.size) >> 2;
      for (let word = 0; word < words; word++) data[word] = this.#view.getInt32(host + 4 * word, true);
      return true;
    }
    if (memory.load(this.#addressLo, this.#addressHi, elements, access)) return true;
    this.#fault();
    return false;
  }

  #store(base: number, offset: number, elements: number, access: Access): boolean {
    if (!this.#address(base, offset)) {
      this.#fault();
      return false;
    }
    const { memory } = this.#cpu;
    const host = this.#probe(WRITE, elements * access.size);
    if (host !== 0) {
      const { data } = memory;
      const words = (elements * access.size) >> 2;
      for (let word = 0; word < words; word++) this.#view.setInt32(host + 4 * word, data[word]!, true);
      return true;
    }
    if (memory.store(this.#addressLo, this.#addressHi, elements, access)) return true;
    this.#fault();
    return false;
  }

  /** The bank's answer for the address: a host offset, or 0. */
  #probe(half: number, bytes: number): number {
    const { i32, word } = this.#cpu.state;
    return bankHost(i32, word, this.#addressLo, this.#addressHi, half, bytes);
  }

  /**
   * Where one or several operations find their words, as an index of words: 0 where an interrupt may come between, the bank does not
   * answer for all, or the base is a stack pointer that may fault.
   */
  #words(base: number, offset: number, bytes: number, half: number): number {
    const cpu = this.#cpu;
    if (cpu.attention) return 0;
    const { i32, word } = cpu.state;
    if (base < CELLS) {
      const { cells } = this;
      return bankWords(i32, word, cells[2 * base]!, cells[2 * base + 1]!, offset, half, bytes);
    }
    const at = word + (base === SP_BASE ? SP_AT : X_AT + 2 * (base - X_BASE));
    if (base === SP_BASE && (i32[at]! & 15) !== 0) return 0;
    return bankWords(i32, word, i32[at]!, i32[at + 1]!, offset, half, bytes);
  }

  // ---- Moves, barriers, maintenance --------------------------------------------------------------------------------

  movToX(x: number, cell: number): void {
    this.#cpu.state.set64(PE.X + 8 * x, this.cells[2 * cell]!, this.cells[2 * cell + 1]!);
    this.#done();
  }

  movFromX(cell: number, x: number): void {
    this.cells[2 * cell] = this.#cpu.state.lo(PE.X + 8 * x);
    this.cells[2 * cell + 1] = this.#cpu.state.hi(PE.X + 8 * x);
    this.#done();
  }

  movToSp(cell: number): void {
    this.#cpu.state.set64(PE.SP, this.cells[2 * cell]!, this.cells[2 * cell + 1]!);
    this.#done();
  }

  movFromSp(cell: number): void {
    this.cells[2 * cell] = this.#cpu.state.lo(PE.SP);
    this.cells[2 * cell + 1] = this.#cpu.state.hi(PE.SP);
    this.#done();
  }

  isb(): void {
    this.counters.isb++;
    this.#doneWith(EVENT.isb);
  }

  dsb(_option: number): void {
    this.counters.dsb++;
    this.#doneWith(EVENT.dsb);
  }

  dmb(_option: number): void {
    this.counters.dmb++;
    this.#doneWith(EVENT.dmb);
  }

  hint(_imm: number): void {
    this.#doneWith(EVENT.hint);
  }

  sys(operation: number, cell: number): void {
    const lo = cell < 0 ? 0 : this.cells[2 * cell]! | 0;
    const hi = cell < 0 ? 0 : this.cells[2 * cell + 1]! | 0;
    if (!this.#cpu.stepper.systemOperation(operation, cell < 0 ? 31 : cell & 31, lo, hi)) {
      this.#fault();
      return;
    }
    this.#done();
  }

  wfi(): void {
    this.#wait('wfi');
  }

  wfe(): void {
    this.#wait('wfe');
  }

  #wait(kind: 'wfi' | 'wfe'): void {
    if (!this.#cpu.stepper.step({ kind })) {
      this.#fault();
      return;
    }
    this.#done();
  }

  sev(): void {
    this.#cpu.sendEvent(false);
    this.#doneWith(EVENT.hint);
  }

  label(address: number): void {
    const { state } = this.#cpu;
    const mask = this.#text.size - 1;
    state.set64(PE.PC, (state.lo(PE.PC) & ~mask) | (address & mask), state.hi(PE.PC));
  }

  charge(tally: SoftwareTally): void {
    const { software } = this.counters;
    software[0] = software[0]! + tally.loads;
    software[1] = software[1]! + tally.stores;
    software[2] = software[2]! + tally.branches;
    software[3] = software[3]! + tally.alu;
    software[4] = software[4]! + tally.atomics;
    software[5] = software[5]! + tally.calls;
  }

  // ---- Leaving -----------------------------------------------------------------------------------------------------

  hvc(imm16: number): NativeOutcome {
    this.counters.hvcs++;
    this.#cpu.stepper.hypervisorCall(imm16);
    return this.#call();
  }

  svc(imm16: number): NativeOutcome {
    this.counters.svcs++;
    this.#cpu.exception.sync(svcSyndrome(imm16), 'default', true);
    return this.#call();
  }

  smc(imm16: number): NativeOutcome {
    if (this.#cpu.stepper.step({ kind: 'smc', imm: imm16 })) {
      this.#done();
      return 'returned';
    }
    return this.#call();
  }

  eret(): NativeOutcome {
    const cpu = this.#cpu;
    this.#countNative();
    if (!cpu.stepper.exceptionReturn()) {
      this.#fault();
      return 'taken';
    }
    if (this.#frames.popIfReached()) {
      this.#departure = 'returned';
      return 'returned';
    }
    if (this.isAtNativeText()) {
      this.#runRoutine();
      return this.#departure ?? 'taken';
    }
    this.#departure = 'in-guest';
    return 'in-guest';
  }

  runGuest(): GuestOutcome {
    for (;;) {
      const outcome = this.#runner.run(this.#cpu);
      if (outcome !== 'native') return outcome;
      this.#departure = null;
      this.#runRoutine();
      if (this.#departureNow() !== 'in-guest') {
        this.#departure = null;
        return 'returned';
      }
    }
  }

  /** Takes the exception in the slot as a call, and says how it ended. */
  #call(): NativeOutcome {
    const { depth } = this.#frames;
    this.#countNative();
    this.#take();
    const departure = this.#departureNow();
    this.#departure = departure === 'in-guest' ? 'in-guest' : null;
    if (departure === 'in-guest') return 'in-guest';
    return this.#frames.depth <= depth ? 'returned' : 'taken';
  }

  /** Takes the exception of an operation that faulted; its routine runs before the operation returns. */
  #fault(): void {
    this.#countNative();
    this.#take();
    if (this.#departureNow() === 'returned') this.#departure = null;
  }

  /** Pushes the frame of the exception in the slot, takes it, and runs the routine at the vector. */
  #take(): void {
    const { state, exception } = this.#cpu;
    const lo = state.lo(PE.PC);
    this.#frames.push(exception.returnsToNext ? (lo + 4) | 0 : lo, state.hi(PE.PC), state.get32(PE.MODE));
    this.#departure = null;
    this.#cpu.takeException();
    this.#runVector();
  }

  /** Runs what stands at the PC after an exception: a routine, or machine code, which only a run loop may reach. */
  #runVector(): void {
    if (this.isAtNativeText()) this.#runRoutine();
    else throw new InvariantError(`an exception of native code went to machine code at 0x${this.#cpu.pc.toString(16)}: EL${String(this.#cpu.state.el)}, VBAR is not native text`);
  }

  /** Whether the PC translates into native text; the address is then in `nativeAddress` of the PE. */
  isAtNativeText(): boolean {
    const { state, memory } = this.#cpu;
    const address = memory.translateFetch(state.lo(PE.PC), state.hi(PE.PC));
    if (address < 0 || !this.#text.contains(address)) return false;
    this.#cpu.nativeAddress = address;
    return true;
  }

  #runRoutine(): void {
    const address = this.#cpu.nativeAddress;
    const routine = this.#text.routineAt(address);
    if (routine === null) {
      throw new InvariantError(`no routine at native text 0x${address.toString(16)} (${this.#text.nameAt(address) ?? 'no label'}), EL${String(this.#cpu.state.el)}`);
    }
    routine(this);
  }

  /** The departure as the routine left it; a method, because control flow analysis cannot see through the call. */
  #departureNow(): Departure {
    return this.#departure;
  }

  // ---- The end of every operation ----------------------------------------------------------------------------------

  #countNative(): void {
    const { events } = this.#cpu;
    events[NATIVE] = events[NATIVE]! + 1;
  }

  #doneWith(event: number): void {
    const { events } = this.#cpu;
    events[event] = events[event]! + 1;
    events[NATIVE] = events[NATIVE]! + 1;
    if (this.#cpu.attention) this.#interrupt();
  }

  /** Counts the operation and considers interrupts. */
  #done(): void {
    this.#countNative();
    if (this.#cpu.attention) this.#interrupt();
  }

  #interrupt(): void {
    const { state } = this.#cpu;
    const lo = state.lo(PE.PC);
    const hi = state.hi(PE.PC);
    const mode = state.get32(PE.MODE);
    if (!this.#cpu.takePending()) return;
    this.#frames.push(lo, hi, mode);
    this.#departure = null;
    this.#runVector();
    if (this.#departureNow() === 'returned') this.#departure = null;
  }
}

/** PSTATE fields of MSR (immediate) by `op1:op2`, as `SoftwarePort.msrImm` names them. */
const PSTATE_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  PSTATE_FIELDS.filter((field) => field.status === 'implemented').map((field) => [(field.op1 << 3) | field.op2, field.name]),
);
