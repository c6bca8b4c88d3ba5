/**
 * LD1 to LD4 and ST1 to ST4: whole vectors with their elements interleaved in memory, one element, one element to all. One
 * check covers all that an instruction moves, so a fault leaves every register as it was.
 */
import type { simdLoadStore } from '../arch/insn/simd-load-store.ts';
import type { Access, Emit, Reg, Val, Vec, VecBytes, VReg } from '../emit/builder.ts';
import { following, laneOf, permuted, setVector, UZP1, UZP2, ZIP1, ZIP2, type Vector } from './simd-common.ts';
import type { Semantics } from './semantics.ts';

type Count = 1 | 2 | 3 | 4;
interface Based {
  readonly Rt: VReg;
  readonly Rn: Reg;
}
type Multiple = Based & Vector;
/** One element: its size and index are in opcode, Q, S and size. */
type Single = Multiple & { readonly opcode: number; readonly S: number };

/** Moves the registers from or to an address. */
type Move<I> = (e: Emit, i: I, va: Val) => void;
/** Bytes that a form moves: what post-index adds. */
type Bytes<I> = (i: I) => number;

const ACCESS: readonly Access[] = [{ size: 1 }, { size: 2 }, { size: 4 }, { size: 8 }];

// ---- Addressing ----------------------------------------------------------------------------------------------------

function plain<I extends Based>(move: Move<I>): (e: Emit, i: I) => void {
  return (e, i) => move(e, i, e.let(e.base(i.Rn)));
}

function post<I extends Based>(move: Move<I>, bytes: Bytes<I>): (e: Emit, i: I) => void {
  return (e, i) => {
    const base = e.let(e.base(i.Rn));
    move(e, i, base);
    e.setX(i.Rn, e.add(base, e.imm(bytes(i))));
  };
}

function postRegister<I extends Based>(move: Move<I>): (e: Emit, i: I & { readonly Rm: Reg }) => void {
  return (e, i) => {
    const base = e.let(e.base(i.Rn));
    const moved = e.let(e.add(base, e.x(i.Rm)));
    move(e, i, base);
    e.setX(i.Rn, moved);
  };
}

// ---- Structures in whole vectors -----------------------------------------------------------------------------------

/** Tables for three vectors of `lanes` elements: two shuffles make a result, of the first two and then with the third. */
interface ThreeWay {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

/** `from(k, lane, lanes)`: vector and element that element `lane` of result k comes from. */
function threeWay(from: (k: number, lane: number, lanes: number) => readonly [vector: number, element: number]): readonly (readonly ThreeWay[])[] {
  return Array.from({ length: 8 }, (_, form) => {
    const bytes = 1 << (form >> 1);
    const lanes = (8 << (form & 1)) / bytes;
    return [0, 1, 2].map((k) => {
      const table = (isSecond: boolean): Uint8Array =>
        Uint8Array.from({ length: 16 }, (__, i) => {
          const lane = Math.floor(i / bytes);
          const [vector, element] = lane < lanes ? from(k, lane, lanes) : [0, 0];
          const byte = element * bytes + (i % bytes);
          if (isSecond) return vector === 2 ? 16 + byte : i;
          return vector === 1 ? 16 + byte : byte;
        });
      return { first: table(false), second: table(true) };
    });
  });
}

const DEINTERLEAVE3 = threeWay((k, lane, lanes) => [Math.floor((3 * lane + k) / lanes), (3 * lane + k) % lanes]);
const INTERLEAVE3 = threeWay((k, lane, lanes) => [(k * lanes + lane) % 3, Math.floor((k * lanes + lane) / 3)]);

function shuffle3(e: Emit, { first, second }: ThreeWay, a: Vec, b: Vec, c: Vec): Vec {
  return e.shuffle(e.shuffle(a, b, first), c, second);
}

function setAll(e: Emit, i: Multiple, ...vectors: readonly Vec[]): void {
  vectors.forEach((v, n) => setVector(e, following(i.Rt, n), i.Q, v));
}

function deinterleave(e: Emit, i: Multiple, v: readonly Vec[]): void {
  const even = (a: Vec, b: Vec): Vec => permuted(e, UZP1, i.size, i.Q, a, b);
  const odd = (a: Vec, b: Vec): Vec => permuted(e, UZP2, i.size, i.Q, a, b);
  const [a, b, c, d] = [v[0]!, v[1]!, v[2], v[3]];
  if (c === undefined) setAll(e, i, even(a, b), odd(a, b));
  else if (d === undefined) setAll(e, i, ...DEINTERLEAVE3[2 * i.size + i.Q]!.map((tables) => shuffle3(e, tables, a, b, c)));
  else {
    const [evenLow, oddLow, evenHigh, oddHigh] = [even(a, b), odd(a, b), even(c, d), odd(c, d)];
    setAll(e, i, even(evenLow, evenHigh), even(oddLow, oddHigh), odd(evenLow, evenHigh), odd(oddLow, oddHigh));
  }
}

function interleaved(e: Emit, i: Multiple, v: readonly Vec[]): readonly Vec[] {
  const low = (a: Vec, b: Vec): Vec => permuted(e, ZIP1, i.size, i.Q, a, b);
  const high = (a: Vec, b: Vec): Vec => permuted(e, ZIP2, i.size, i.Q, a, b);
  const [a, b, c, d] = [v[0]!, v[1]!, v[2], v[3]];
  if (c === undefined) return [low(a, b), high(a, b)];
  if (d === undefined) return INTERLEAVE3[2 * i.size + i.Q]!.map((tables) => shuffle3(e, tables, a, b, c));
  const [lowEven, highEven, lowOdd, highOdd] = [low(a, c), high(a, c), low(b, d), high(b, d)];
  return [low(lowEven, lowOdd), high(lowEven, lowOdd), low(highEven, highOdd), high(highEven, highOdd)];
}

function registers(e: Emit, i: Based, count: Count): readonly Vec[] {
  return Array.from({ length: count }, (_, n) => e.v(following(i.Rt, n)));
}

/** LD1 of `count` registers: their bytes in order. */
function load1(count: Count): Move<Multiple> {
  return (e, i, va) => setAll(e, i, ...e.loadV(va, count, (8 << i.Q) as VecBytes, ACCESS[i.size]!));
}

function store1(count: Count): Move<Multiple> {
  return (e, i, va) => e.storeV(va, registers(e, i, count), (8 << i.Q) as VecBytes, ACCESS[i.size]!);
}

function loadStructures(count: Count): Move<Multiple> {
  return (e, i, va) => deinterleave(e, i, e.loadV(va, count, (8 << i.Q) as VecBytes, ACCESS[i.size]!));
}

function storeStructures(count: Count): Move<Multiple> {
  return (e, i, va) => e.storeV(va, interleaved(e, i, registers(e, i, count)), (8 << i.Q) as VecBytes, ACCESS[i.size]!);
}

function wholeBytes(count: Count): Bytes<Multiple> {
  return (i) => count * (8 << i.Q);
}

// ---- One structure -------------------------------------------------------------------------------------------------

/** The size by opcode and, for a doubleword, the low bit of size; the index in the rest of Q:S:size. */
function singleLog2(i: Single): number {
  return i.opcode === 2 && (i.size & 1) === 1 ? 3 : i.opcode;
}

function singleIndex(i: Single): number {
  return ((i.Q << 3) | (i.S << 2) | i.size) >> singleLog2(i);
}

function loadSingle(count: Count): Move<Single> {
  return (e, i, va) => {
    const log2 = singleLog2(i);
    const loaded = e.loadV(va, count, (1 << log2) as VecBytes, ACCESS[log2]!);
    const merged = loaded.map((v, n) => e.withLane(e.v(following(i.Rt, n)), laneOf(log2), singleIndex(i), e.lane(v, laneOf(log2), 0)));
    merged.forEach((v, n) => e.setV(following(i.Rt, n), v));
  };
}

function storeSingle(count: Count): Move<Single> {
  return (e, i, va) => {
    const log2 = singleLog2(i);
    const elements = registers(e, i, count).map((v) => e.vecOf(e.lane(v, laneOf(log2), singleIndex(i))));
    e.storeV(va, elements, (1 << log2) as VecBytes, ACCESS[log2]!);
  };
}

function singleBytes(count: Count): Bytes<Single> {
  return (i) => count << singleLog2(i);
}

function loadReplicate(count: Count): Move<Multiple> {
  return (e, i, va) => {
    const loaded = e.loadV(va, count, (1 << i.size) as VecBytes, ACCESS[i.size]!);
    setAll(e, i, ...loaded.map((v) => e.splat(laneOf(i.size), e.lane(v, laneOf(i.size), 0))));
  };
}

function replicateBytes(count: Count): Bytes<Multiple> {
  return (i) => count << i.size;
}

export const structureSemantics: Semantics<typeof simdLoadStore> = {
  ST4_mult: plain(storeStructures(4)),
  ST1_mult_4: plain(store1(4)),
  ST3_mult: plain(storeStructures(3)),
  ST1_mult_3: plain(store1(3)),
  ST1_mult_1: plain(store1(1)),
  ST2_mult: plain(storeStructures(2)),
  ST1_mult_2: plain(store1(2)),
  LD4_mult: plain(loadStructures(4)),
  LD1_mult_4: plain(load1(4)),
  LD3_mult: plain(loadStructures(3)),
  LD1_mult_3: plain(load1(3)),
  LD1_mult_1: plain(load1(1)),
  LD2_mult: plain(loadStructures(2)),
  LD1_mult_2: plain(load1(2)),

  ST4_mult_post: post(storeStructures(4), wholeBytes(4)),
  ST1_mult_4_post: post(store1(4), wholeBytes(4)),
  ST3_mult_post: post(storeStructures(3), wholeBytes(3)),
  ST1_mult_3_post: post(store1(3), wholeBytes(3)),
  ST1_mult_1_post: post(store1(1), wholeBytes(1)),
  ST2_mult_post: post(storeStructures(2), wholeBytes(2)),
  ST1_mult_2_post: post(store1(2), wholeBytes(2)),
  LD4_mult_post: post(loadStructures(4), wholeBytes(4)),
  LD1_mult_4_post: post(load1(4), wholeBytes(4)),
  LD3_mult_post: post(loadStructures(3), wholeBytes(3)),
  LD1_mult_3_post: post(load1(3), wholeBytes(3)),
  LD1_mult_1_post: post(load1(1), wholeBytes(1)),
  LD2_mult_post: post(loadStructures(2), wholeBytes(2)),
  LD1_mult_2_post: post(load1(2), wholeBytes(2)),

  ST4_mult_post_reg: postRegister(storeStructures(4)),
  ST1_mult_4_post_reg: postRegister(store1(4)),
  ST3_mult_post_reg: postRegister(storeStructures(3)),
  ST1_mult_3_post_reg: postRegister(store1(3)),
  ST1_mult_1_post_reg: postRegister(store1(1)),
  ST2_mult_post_reg: postRegister(storeStructures(2)),
  ST1_mult_2_post_reg: postRegister(store1(2)),
  LD4_mult_post_reg: postRegister(loadStructures(4)),
  LD1_mult_4_post_reg: postRegister(load1(4)),
  LD3_mult_post_reg: postRegister(loadStructures(3)),
  LD1_mult_3_post_reg: postRegister(load1(3)),
  LD1_mult_1_post_reg: postRegister(load1(1)),
  LD2_mult_post_reg: postRegister(loadStructures(2)),
  LD1_mult_2_post_reg: postRegister(load1(2)),

  ST1_sngl: plain(storeSingle(1)),
  ST2_sngl: plain(storeSingle(2)),
  ST3_sngl: plain(storeSingle(3)),
  ST4_sngl: plain(storeSingle(4)),
  LD1_sngl: plain(loadSingle(1)),
  LD2_sngl: plain(loadSingle(2)),
  LD3_sngl: plain(loadSingle(3)),
  LD4_sngl: plain(loadSingle(4)),
  LD1R: plain(loadReplicate(1)),
  LD2R: plain(loadReplicate(2)),
  LD3R: plain(loadReplicate(3)),
  LD4R: plain(loadReplicate(4)),

  ST1_sngl_post: post(storeSingle(1), singleBytes(1)),
  ST2_sngl_post: post(storeSingle(2), singleBytes(2)),
  ST3_sngl_post: post(storeSingle(3), singleBytes(3)),
  ST4_sngl_post: post(storeSingle(4), singleBytes(4)),
  LD1_sngl_post: post(loadSingle(1), singleBytes(1)),
  LD2_sngl_post: post(loadSingle(2), singleBytes(2)),
  LD3_sngl_post: post(loadSingle(3), singleBytes(3)),
  LD4_sngl_post: post(loadSingle(4), singleBytes(4)),
  LD1R_post: post(loadReplicate(1), replicateBytes(1)),
  LD2R_post: post(loadReplicate(2), replicateBytes(2)),
  LD3R_post: post(loadReplicate(3), replicateBytes(3)),
  LD4R_post: post(loadReplicate(4), replicateBytes(4)),

  ST1_sngl_post_reg: postRegister(storeSingle(1)),
  ST2_sngl_post_reg: postRegister(storeSingle(2)),
  ST3_sngl_post_reg: postRegister(storeSingle(3)),
  ST4_sngl_post_reg: postRegister(storeSingle(4)),
  LD1_sngl_post_reg: postRegister(loadSingle(1)),
  LD2_sngl_post_reg: postRegister(loadSingle(2)),
  LD3_sngl_post_reg: postRegister(loadSingle(3)),
  LD4_sngl_post_reg: postRegister(loadSingle(4)),
  LD1R_post_reg: postRegister(loadReplicate(1)),
  LD2R_post_reg: postRegister(loadReplicate(2)),
  LD3R_post_reg: postRegister(loadReplicate(3)),
  LD4R_post_reg: postRegister(loadReplicate(4)),
};
