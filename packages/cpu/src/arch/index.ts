/** `@worldswitch/cpu/arch`: the AArch64 architecture as tables. No state, no behaviour. */
export { InvariantError } from '../invariant.ts';
export * from './bits.ts';
export * from './features.ts';
export * from './insn/pattern.ts';
export * from './insn/row.ts';
export * from './insn/operands.ts';
export * from './insn/decoder.ts';
export * from './insn/index.ts';
export * from './sysregs/index.ts';
export * from './sysops.ts';
export * from './events.ts';
export * from './exception-class.ts';
export * from './esr.ts';
export * from './fault-status.ts';
export * from './pstate.ts';
export * from './vectors.ts';
export * from './translation.ts';
export * from './traps.ts';
