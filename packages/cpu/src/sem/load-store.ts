/** Loads and stores of general registers. */
import type { loadStore } from '../arch/insn/load-store.ts';
import type { Access, Emit, Imm, Reg, Val } from '../emit/builder.ts';
import { extendReg } from './pseudocode.ts';
import type { Semantics } from './semantics.ts';

interface Base {
  readonly Rn: Reg;
  readonly Rt: Reg;
}
type Imm9 = Base & { readonly imm9: Imm };
type Imm12 = Base & { readonly imm12: Imm };
type Offset = Base & { readonly Rm: Reg; readonly option: number; readonly S: number };
type Literal = { readonly Rt: Reg; readonly imm19: Imm };
type Pair = Base & { readonly Rt2: Reg };
type Imm7 = Pair & { readonly imm7: Imm };
type Exclusive = Base & { readonly Rs: Reg };

/** What a row transfers; a row whose size or width is a form has two of them. */
interface Transfer {
  readonly access: Access;
  readonly log2: number;
}

function transfer(log2: 0 | 1 | 2 | 3, options: Omit<Access, 'size'> = {}): Transfer {
  return { access: { size: (1 << log2) as Access['size'], ...options }, log2 };
}

/** Chooses the transfer by the row's forms: none, `sz` (W or X) or the low bit of opc, `opc0` (sign-extension to X or W). */
type Choose<F> = (forms: F) => Transfer;
interface Sized {
  readonly sz: number;
}
interface Extending {
  readonly opc0: number;
}

function always(log2: 0 | 1 | 2 | 3, options: Omit<Access, 'size'> = {}): Choose<unknown> {
  const only = transfer(log2, options);
  return () => only;
}

function bySz(options: Omit<Access, 'size'> = {}): Choose<Sized> {
  const word = transfer(2, options);
  const double = transfer(3, options);
  return (i) => (i.sz === 1 ? double : word);
}

function byOpc(log2: 0 | 1, options: Omit<Access, 'size'> = {}): Choose<Extending> {
  const to64 = transfer(log2, { ...options, signed: 64 });
  const to32 = transfer(log2, { ...options, signed: 32 });
  return (i) => (i.opc0 === 1 ? to32 : to64);
}

const ISV = { isv: true } as const;
const UNPRIVILEGED = { isv: true, unprivileged: true } as const;
const ORDERED = { isv: true, aligned: true, ordered: true } as const;
const EXCLUSIVE = { aligned: true, exclusive: true } as const;
const ATOMIC = { aligned: true, exclusive: true } as const;

// ---- Addresses -----------------------------------------------------------------------------------------------------

function signed9(e: Emit, imm9: Imm): Val {
  return e.sext(e.imm(imm9), 9, 64);
}

function unscaled(e: Emit, i: Imm9): Val {
  return e.let(e.add(e.base(i.Rn), signed9(e, i.imm9)));
}

function scaled(e: Emit, i: Imm12, log2: number): Val {
  return e.let(e.add(e.base(i.Rn), e.shl(e.imm(i.imm12), e.imm(log2))));
}

function registerOffset(e: Emit, i: Offset, log2: number): Val {
  return e.let(e.add(e.base(i.Rn), extendReg(e, i.Rm, 64, i.option, i.S === 1 ? log2 : 0)));
}

function literal(e: Emit, i: Literal): Val {
  return e.let(e.add(e.pc(), e.shl(e.sext(e.imm(i.imm19), 19, 64), e.imm(2))));
}

function pairOffset(e: Emit, imm7: Imm, log2: number): Val {
  return e.shl(e.sext(e.imm(imm7), 7, 64), e.imm(log2));
}

/** The address is the operand's base; exclusives and ordered accesses have no offset. */
function plain(e: Emit, i: Base): Val {
  return e.let(e.base(i.Rn));
}

// ---- Single registers ----------------------------------------------------------------------------------------------

type Address<I> = (e: Emit, i: I, log2: number) => Val;

function load<I extends { readonly Rt: Reg }, F>(choose: Choose<F>, address: Address<I>): (e: Emit, i: I & F) => void {
  return (e, i) => {
    const { access, log2 } = choose(i);
    e.setX(i.Rt, e.load(address(e, i, log2), access));
  };
}

function store<I extends { readonly Rt: Reg }, F>(choose: Choose<F>, address: Address<I>): (e: Emit, i: I & F) => void {
  return (e, i) => {
    const { access, log2 } = choose(i);
    e.store(address(e, i, log2), e.x(i.Rt), access);
  };
}

/** Write-back forms: the base is written last, so that it wins over the loaded value. */
function loadIndexed<F>(choose: Choose<F>, post: boolean): (e: Emit, i: Imm9 & F) => void {
  return (e, i) => {
    const base = e.let(e.base(i.Rn));
    const moved = e.let(e.add(base, signed9(e, i.imm9)));
    const value = e.load(post ? base : moved, choose(i).access);
    e.setX(i.Rt, value);
    e.setX(i.Rn, moved);
  };
}

function storeIndexed<F>(choose: Choose<F>, post: boolean): (e: Emit, i: Imm9 & F) => void {
  return (e, i) => {
    const base = e.let(e.base(i.Rn));
    const moved = e.let(e.add(base, signed9(e, i.imm9)));
    e.store(post ? base : moved, e.x(i.Rt), choose(i).access);
    e.setX(i.Rn, moved);
  };
}

// ---- Pairs ---------------------------------------------------------------------------------------------------------

type Indexing = 'offset' | 'pre' | 'post';

function loadPair<F>(choose: Choose<F>, indexing: Indexing): (e: Emit, i: Imm7 & F) => void {
  return (e, i) => {
    const { access, log2 } = choose(i);
    const base = e.let(e.base(i.Rn));
    const moved = e.let(e.add(base, pairOffset(e, i.imm7, log2)));
    const [first, second] = e.load2(indexing === 'post' ? base : moved, access);
    // Rt last: it wins where Rt2 is the same register (the row's `choice`).
    e.setX(i.Rt2, second);
    e.setX(i.Rt, first);
    if (indexing !== 'offset') e.setX(i.Rn, moved);
  };
}

function storePair<F>(choose: Choose<F>, indexing: Indexing): (e: Emit, i: Imm7 & F) => void {
  return (e, i) => {
    const { access, log2 } = choose(i);
    const base = e.let(e.base(i.Rn));
    const moved = e.let(e.add(base, pairOffset(e, i.imm7, log2)));
    e.store2(indexing === 'post' ? base : moved, e.x(i.Rt), e.x(i.Rt2), access);
    if (indexing !== 'offset') e.setX(i.Rn, moved);
  };
}

const PAIR = bySz();
const PAIR_SIGNED = always(2, { signed: 64 });

// ---- Exclusives ----------------------------------------------------------------------------------------------------

function loadExclusive<F>(choose: Choose<F>): (e: Emit, i: Base & F) => void {
  return (e, i) => {
    const { access } = choose(i);
    const va = plain(e, i);
    const value = e.let(e.load(va, access));
    e.monitorSet(va, access.size);
    e.setX(i.Rt, value);
  };
}

function storeExclusive<F>(choose: Choose<F>): (e: Emit, i: Exclusive & F) => void {
  return (e, i) => {
    const { access } = choose(i);
    const va = plain(e, i);
    const holds = e.let(e.monitorHolds(va, access.size));
    e.storeIf(holds, va, e.x(i.Rt), access);
    e.monitorClear();
    e.setX(i.Rs, e.select(holds, e.imm(0, 32), e.imm(1, 32)));
  };
}

function loadExclusivePair<F>(choose: Choose<F>): (e: Emit, i: Pair & F) => void {
  return (e, i) => {
    const { access } = choose(i);
    const va = plain(e, i);
    const [first, second] = e.load2(va, access);
    e.monitorSet(va, access.size * 2);
    e.setX(i.Rt, first);
    e.setX(i.Rt2, second);
  };
}

function storeExclusivePair<F>(choose: Choose<F>): (e: Emit, i: Exclusive & Pair & F) => void {
  return (e, i) => {
    const { access } = choose(i);
    const va = plain(e, i);
    const holds = e.let(e.monitorHolds(va, access.size * 2));
    e.storeIf2(holds, va, e.x(i.Rt), e.x(i.Rt2), access);
    e.monitorClear();
    e.setX(i.Rs, e.select(holds, e.imm(0, 32), e.imm(1, 32)));
  };
}

// ---- Atomics -------------------------------------------------------------------------------------------------------

/** The operation of LD<op>: from what memory holds and the operand, both of the element's width. */
type AtomicOp = (e: Emit, old: Val, operand: Val) => Val;

function atomic<F>(choose: Choose<F>, op: AtomicOp, signedBits?: 8 | 16): (e: Emit, i: Exclusive & F) => void {
  return (e, i) => {
    const { access, log2 } = choose(i);
    const w = log2 === 3 ? 64 : 32;
    const extend = (v: Val): Val => (signedBits === undefined ? v : e.sext(v, signedBits, 32));
    const operand = e.let(log2 < 2 ? e.zext(e.x(i.Rs), 8 << log2, 32) : e.x(i.Rs, w));
    e.setX(i.Rt, e.rmw(plain(e, i), access, (old) => op(e, extend(old), extend(operand))));
  };
}

function compareAndSwap<F>(choose: Choose<F>): (e: Emit, i: Exclusive & F) => void {
  return (e, i) => {
    const { access, log2 } = choose(i);
    const w = log2 === 3 ? 64 : 32;
    const expected = e.let(log2 < 2 ? e.zext(e.x(i.Rs), 8 << log2, 32) : e.x(i.Rs, w));
    e.setX(i.Rs, e.rmw(plain(e, i), access, (old) => e.select(e.eq(old, expected), e.x(i.Rt, w), old)));
  };
}

function next(r: Reg): Reg {
  return (r + 1) as Reg;
}

const ATOMIC_B = always(0, ATOMIC);
const ATOMIC_H = always(1, ATOMIC);
const ATOMIC_WX = bySz(ATOMIC);
const min = (less: (e: Emit, a: Val, b: Val) => Val): AtomicOp => (e, a, b) => e.select(less(e, a, b), a, b);
const max = (less: (e: Emit, a: Val, b: Val) => Val): AtomicOp => (e, a, b) => e.select(less(e, a, b), b, a);
const signedLess = (e: Emit, a: Val, b: Val): Val => e.lts(a, b);
const unsignedLess = (e: Emit, a: Val, b: Val): Val => e.ltu(a, b);
const OPS = {
  add: (e, a, b) => e.add(a, b),
  clr: (e, a, b) => e.and(a, e.not(b)),
  eor: (e, a, b) => e.xor(a, b),
  set: (e, a, b) => e.or(a, b),
  smax: max(signedLess),
  smin: min(signedLess),
  umax: max(unsignedLess),
  umin: min(unsignedLess),
  swp: (_, __, b) => b,
} as const satisfies Record<string, AtomicOp>;

function prefetch(e: Emit): void {
  e.count('hint');
}

export const loadStoreSemantics: Semantics<typeof loadStore> = {
  STXRB: storeExclusive(always(0, EXCLUSIVE)),
  STXRH: storeExclusive(always(1, EXCLUSIVE)),
  STXR: storeExclusive(bySz(EXCLUSIVE)),
  STLXRB: storeExclusive(always(0, EXCLUSIVE)),
  STLXRH: storeExclusive(always(1, EXCLUSIVE)),
  STLXR: storeExclusive(bySz(EXCLUSIVE)),
  LDXRB: loadExclusive(always(0, EXCLUSIVE)),
  LDXRH: loadExclusive(always(1, EXCLUSIVE)),
  LDXR: loadExclusive(bySz(EXCLUSIVE)),
  LDAXRB: loadExclusive(always(0, EXCLUSIVE)),
  LDAXRH: loadExclusive(always(1, EXCLUSIVE)),
  LDAXR: loadExclusive(bySz(EXCLUSIVE)),
  STXP: storeExclusivePair(bySz(EXCLUSIVE)),
  STLXP: storeExclusivePair(bySz(EXCLUSIVE)),
  LDXP: loadExclusivePair(bySz(EXCLUSIVE)),
  LDAXP: loadExclusivePair(bySz(EXCLUSIVE)),

  STLLRB: store(always(0, ORDERED), plain),
  STLLRH: store(always(1, ORDERED), plain),
  STLLR: store(bySz(ORDERED), plain),
  STLRB: store(always(0, ORDERED), plain),
  STLRH: store(always(1, ORDERED), plain),
  STLR: store(bySz(ORDERED), plain),
  LDLARB: load(always(0, ORDERED), plain),
  LDLARH: load(always(1, ORDERED), plain),
  LDLAR: load(bySz(ORDERED), plain),
  LDARB: load(always(0, ORDERED), plain),
  LDARH: load(always(1, ORDERED), plain),
  LDAR: load(bySz(ORDERED), plain),

  CASB: compareAndSwap(ATOMIC_B),
  CASH: compareAndSwap(ATOMIC_H),
  CAS: compareAndSwap(ATOMIC_WX),
  CASP: (e, i) => {
    const { access, log2 } = ATOMIC_WX(i);
    const w = log2 === 3 ? 64 : 32;
    const first = e.let(e.x(i.Rs, w));
    const second = e.let(e.x(next(i.Rs), w));
    const [low, high] = e.rmw2(plain(e, i), access, (a, b) => {
      const equal = e.let(e.and(e.eq(a, first), e.eq(b, second)));
      return [e.select(equal, e.x(i.Rt, w), a), e.select(equal, e.x(next(i.Rt), w), b)];
    });
    e.setX(i.Rs, low);
    e.setX(next(i.Rs), high);
  },

  STLURB: store(always(0, ORDERED), unscaled),
  LDAPURB: load(always(0, ORDERED), unscaled),
  LDAPURSB: load(byOpc(0, ORDERED), unscaled),
  STLURH: store(always(1, ORDERED), unscaled),
  LDAPURH: load(always(1, ORDERED), unscaled),
  LDAPURSH: load(byOpc(1, ORDERED), unscaled),
  STLUR: store(bySz(ORDERED), unscaled),
  LDAPUR: load(bySz(ORDERED), unscaled),
  LDAPURSW: load(always(2, { ...ORDERED, signed: 64 }), unscaled),

  LDR_lit: load(bySz(ISV), literal),
  LDRSW_lit: load(always(2, { ...ISV, signed: 64 }), literal),
  PRFM_lit: prefetch,

  STNP: storePair(PAIR, 'offset'),
  LDNP: loadPair(PAIR, 'offset'),
  STP_post: storePair(PAIR, 'post'),
  LDP_post: loadPair(PAIR, 'post'),
  LDPSW_post: loadPair(PAIR_SIGNED, 'post'),
  STP_off: storePair(PAIR, 'offset'),
  LDP_off: loadPair(PAIR, 'offset'),
  LDPSW_off: loadPair(PAIR_SIGNED, 'offset'),
  STP_pre: storePair(PAIR, 'pre'),
  LDP_pre: loadPair(PAIR, 'pre'),
  LDPSW_pre: loadPair(PAIR_SIGNED, 'pre'),

  STURB: store(always(0, ISV), unscaled),
  LDURB: load(always(0, ISV), unscaled),
  LDURSB: load(byOpc(0, ISV), unscaled),
  STURH: store(always(1, ISV), unscaled),
  LDURH: load(always(1, ISV), unscaled),
  LDURSH: load(byOpc(1, ISV), unscaled),
  STUR: store(bySz(ISV), unscaled),
  LDUR: load(bySz(ISV), unscaled),
  LDURSW: load(always(2, { ...ISV, signed: 64 }), unscaled),
  PRFUM: prefetch,

  STRB_imm_post: storeIndexed(always(0), true),
  LDRB_imm_post: loadIndexed(always(0), true),
  LDRSB_imm_post: loadIndexed(byOpc(0), true),
  STRH_imm_post: storeIndexed(always(1), true),
  LDRH_imm_post: loadIndexed(always(1), true),
  LDRSH_imm_post: loadIndexed(byOpc(1), true),
  STR_imm_post: storeIndexed(bySz(), true),
  LDR_imm_post: loadIndexed(bySz(), true),
  LDRSW_imm_post: loadIndexed(always(2, { signed: 64 }), true),

  STTRB: store(always(0, UNPRIVILEGED), unscaled),
  LDTRB: load(always(0, UNPRIVILEGED), unscaled),
  LDTRSB: load(byOpc(0, UNPRIVILEGED), unscaled),
  STTRH: store(always(1, UNPRIVILEGED), unscaled),
  LDTRH: load(always(1, UNPRIVILEGED), unscaled),
  LDTRSH: load(byOpc(1, UNPRIVILEGED), unscaled),
  STTR: store(bySz(UNPRIVILEGED), unscaled),
  LDTR: load(bySz(UNPRIVILEGED), unscaled),
  LDTRSW: load(always(2, { ...UNPRIVILEGED, signed: 64 }), unscaled),

  STRB_imm_pre: storeIndexed(always(0), false),
  LDRB_imm_pre: loadIndexed(always(0), false),
  LDRSB_imm_pre: loadIndexed(byOpc(0), false),
  STRH_imm_pre: storeIndexed(always(1), false),
  LDRH_imm_pre: loadIndexed(always(1), false),
  LDRSH_imm_pre: loadIndexed(byOpc(1), false),
  STR_imm_pre: storeIndexed(bySz(), false),
  LDR_imm_pre: loadIndexed(bySz(), false),
  LDRSW_imm_pre: loadIndexed(always(2, { signed: 64 }), false),

  LDADDB: atomic(ATOMIC_B, OPS.add),
  LDCLRB: atomic(ATOMIC_B, OPS.clr),
  LDEORB: atomic(ATOMIC_B, OPS.eor),
  LDSETB: atomic(ATOMIC_B, OPS.set),
  LDSMAXB: atomic(ATOMIC_B, OPS.smax, 8),
  LDSMINB: atomic(ATOMIC_B, OPS.smin, 8),
  LDUMAXB: atomic(ATOMIC_B, OPS.umax),
  LDUMINB: atomic(ATOMIC_B, OPS.umin),
  SWPB: atomic(ATOMIC_B, OPS.swp),
  LDAPRB: load(always(0, ORDERED), plain),
  LDADDH: atomic(ATOMIC_H, OPS.add),
  LDCLRH: atomic(ATOMIC_H, OPS.clr),
  LDEORH: atomic(ATOMIC_H, OPS.eor),
  LDSETH: atomic(ATOMIC_H, OPS.set),
  LDSMAXH: atomic(ATOMIC_H, OPS.smax, 16),
  LDSMINH: atomic(ATOMIC_H, OPS.smin, 16),
  LDUMAXH: atomic(ATOMIC_H, OPS.umax),
  LDUMINH: atomic(ATOMIC_H, OPS.umin),
  SWPH: atomic(ATOMIC_H, OPS.swp),
  LDAPRH: load(always(1, ORDERED), plain),
  LDADD: atomic(ATOMIC_WX, OPS.add),
  LDCLR: atomic(ATOMIC_WX, OPS.clr),
  LDEOR: atomic(ATOMIC_WX, OPS.eor),
  LDSET: atomic(ATOMIC_WX, OPS.set),
  LDSMAX: atomic(ATOMIC_WX, OPS.smax),
  LDSMIN: atomic(ATOMIC_WX, OPS.smin),
  LDUMAX: atomic(ATOMIC_WX, OPS.umax),
  LDUMIN: atomic(ATOMIC_WX, OPS.umin),
  SWP: atomic(ATOMIC_WX, OPS.swp),
  LDAPR: load(bySz(ORDERED), plain),

  STRB_reg: store(always(0, ISV), registerOffset),
  LDRB_reg: load(always(0, ISV), registerOffset),
  LDRSB_reg: load(byOpc(0, ISV), registerOffset),
  STRH_reg: store(always(1, ISV), registerOffset),
  LDRH_reg: load(always(1, ISV), registerOffset),
  LDRSH_reg: load(byOpc(1, ISV), registerOffset),
  STR_reg: store(bySz(ISV), registerOffset),
  LDR_reg: load(bySz(ISV), registerOffset),
  LDRSW_reg: load(always(2, { ...ISV, signed: 64 }), registerOffset),
  PRFM_reg: prefetch,

  STRB_imm_off: store(always(0, ISV), scaled),
  LDRB_imm_off: load(always(0, ISV), scaled),
  LDRSB_imm_off: load(byOpc(0, ISV), scaled),
  STRH_imm_off: store(always(1, ISV), scaled),
  LDRH_imm_off: load(always(1, ISV), scaled),
  LDRSH_imm_off: load(byOpc(1, ISV), scaled),
  STR_imm_off: store(bySz(ISV), scaled),
  LDR_imm_off: load(bySz(ISV), scaled),
  LDRSW_imm_off: load(always(2, { ...ISV, signed: 64 }), scaled),
  PRFM_imm_off: prefetch,
};
