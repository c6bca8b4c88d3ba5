import type { AnyRegister } from './register.ts';
export const NAMED_REGISTERS: readonly AnyRegister[] = [];
