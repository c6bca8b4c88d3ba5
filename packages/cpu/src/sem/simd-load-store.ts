/** Loads and stores of SIMD and floating-point registers: one register, pairs, literals. Structures stand in simd-structures.ts. */
import type { simdLoadStore } from '../arch/insn/simd-load-store.ts';
import type { Access, Emit, Imm, Reg, Val, VecBytes, VReg } from '../emit/builder.ts';
import { extendReg } from './pseudocode.ts';
import type { Semantics } from './semantics.ts';

interface Transferred {
  readonly Rt: VReg;
}
type Based = Transferred & { readonly Rn: Reg };
/** One register: log2 of its bytes is opc1:size. */
interface Sized {
  readonly opc1: number;
  readonly size: number;
}
type Indexed = Based & Sized & { readonly imm9: Imm };
/** A pair, each of 4 << opc bytes. */
type Pair = Based & { readonly opc: number; readonly Rt2: VReg; readonly imm7: Imm };

const ACCESS: readonly Access[] = [{ size: 1 }, { size: 2 }, { size: 4 }, { size: 8 }, { size: 16 }];

function log2Of(i: Sized): number {
  return (i.opc1 << 2) | i.size;
}

function load(e: Emit, rt: VReg, va: Val, log2: number): void {
  const [value] = e.loadV(va, 1, (1 << log2) as VecBytes, ACCESS[log2]!);
  e.setV(rt, value!);
}

function store(e: Emit, rt: VReg, va: Val, log2: number): void {
  e.storeV(va, [e.v(rt)], (1 << log2) as VecBytes, ACCESS[log2]!);
}

type Move = typeof load;

function signed9(e: Emit, imm9: Imm): Val {
  return e.sext(e.imm(imm9), 9, 64);
}

function unscaled(move: Move): (e: Emit, i: Indexed) => void {
  return (e, i) => move(e, i.Rt, e.let(e.add(e.base(i.Rn), signed9(e, i.imm9))), log2Of(i));
}

function indexed(move: Move, post: boolean): (e: Emit, i: Indexed) => void {
  return (e, i) => {
    const base = e.let(e.base(i.Rn));
    const moved = e.let(e.add(base, signed9(e, i.imm9)));
    move(e, i.Rt, post ? base : moved, log2Of(i));
    e.setX(i.Rn, moved);
  };
}

function scaled(move: Move): (e: Emit, i: Based & Sized & { readonly imm12: Imm }) => void {
  return (e, i) => move(e, i.Rt, e.let(e.add(e.base(i.Rn), e.shl(e.imm(i.imm12), e.imm(log2Of(i))))), log2Of(i));
}

function registerOffset(move: Move): (e: Emit, i: Based & Sized & { readonly Rm: Reg; readonly option: number; readonly S: number }) => void {
  return (e, i) => move(e, i.Rt, e.let(e.add(e.base(i.Rn), extendReg(e, i.Rm, 64, i.option, i.S === 1 ? log2Of(i) : 0))), log2Of(i));
}

type Indexing = 'offset' | 'pre' | 'post';

function pairAddress(e: Emit, i: Pair, indexing: Indexing): { readonly va: Val; readonly moved: Val } {
  const base = e.let(e.base(i.Rn));
  const moved = e.let(e.add(base, e.shl(e.sext(e.imm(i.imm7), 7, 64), e.imm(2 + i.opc))));
  return { va: indexing === 'post' ? base : moved, moved };
}

function loadPair(indexing: Indexing): (e: Emit, i: Pair) => void {
  return (e, i) => {
    const { va, moved } = pairAddress(e, i, indexing);
    const [first, second] = e.loadV(va, 2, (4 << i.opc) as VecBytes, ACCESS[2 + i.opc]!);
    // Rt2 last: it wins where Rt is the same register (the row's `choice`).
    e.setV(i.Rt, first!);
    e.setV(i.Rt2, second!);
    if (indexing !== 'offset') e.setX(i.Rn, moved);
  };
}

function storePair(indexing: Indexing): (e: Emit, i: Pair) => void {
  return (e, i) => {
    const { va, moved } = pairAddress(e, i, indexing);
    e.storeV(va, [e.v(i.Rt), e.v(i.Rt2)], (4 << i.opc) as VecBytes, ACCESS[2 + i.opc]!);
    if (indexing !== 'offset') e.setX(i.Rn, moved);
  };
}

export const simdLoadStoreSemantics: Semantics<typeof simdLoadStore> = {
  LDR_lit_fpsimd: (e, i) => load(e, i.Rt, e.let(e.add(e.pc(), e.shl(e.sext(e.imm(i.imm19), 19, 64), e.imm(2)))), 2 + i.opc),

  STNP_fpsimd: storePair('offset'),
  LDNP_fpsimd: loadPair('offset'),
  STP_post_fpsimd: storePair('post'),
  LDP_post_fpsimd: loadPair('post'),
  STP_off_fpsimd: storePair('offset'),
  LDP_off_fpsimd: loadPair('offset'),
  STP_pre_fpsimd: storePair('pre'),
  LDP_pre_fpsimd: loadPair('pre'),

  STUR_fpsimd: unscaled(store),
  LDUR_fpsimd: unscaled(load),
  STR_post_fpsimd: indexed(store, true),
  LDR_post_fpsimd: indexed(load, true),
  STR_pre_fpsimd: indexed(store, false),
  LDR_pre_fpsimd: indexed(load, false),
  STR_reg_fpsimd: registerOffset(store),
  LDR_reg_fpsimd: registerOffset(load),
  STR_imm_fpsimd: scaled(store),
  LDR_imm_fpsimd: scaled(load),
};
