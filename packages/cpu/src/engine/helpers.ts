/**
 * The functions of the runtime module that regions call: what they are called, their types and their order. Region
 * modules import all of them, so that a helper has the same index in each.
 */
import { I32, I64, type FunctionType, type Import } from '../emit/wasm.ts';

/** Types of a module, by index. A region takes the PE block and the depth of calls, and returns the next PC or an odd value. */
export const TYPE = { region: 0, trampoline: 1, flags: 2, adcFlags: 3, mulh: 4, rbit: 5, crc32: 6, run: 7, fma64: 8, fma32: 9 } as const;

export const TYPES: readonly FunctionType[] = [
  { params: [I32, I32], results: [I64] },
  { params: [I32, I32, I32], results: [I64] },
  { params: [I32, I64, I64], results: [I32] },
  { params: [I64, I64, I64], results: [I32] },
  { params: [I64, I64], results: [I64] },
  { params: [I64], results: [I64] },
  { params: [I32, I64, I32], results: [I32] },
  { params: [I32, I32], results: [I32] },
  { params: [I64, I64, I64], results: [I64] },
  { params: [I32, I32, I32], results: [I32] },
];

/** Function type of tier 0: PE block, record, and bank or page; returns why it left. Behind the types of regions. */
export const HANDLER_TYPE = TYPES.length;

export const HANDLER_TYPES: readonly FunctionType[] = [...TYPES, { params: [I32, I32, I32], results: [I32] }];

/** Function indices in a region module. */
export const HELPER = { trampoline: 0, flags: 1, adcFlags: 2, umulh: 3, smulh: 4, rbit: 5, crc32: 6, fma64: 7, fma32: 8 } as const;

/** Index of a module's first region. */
export const FIRST_REGION = 9;

export const REGION_IMPORTS: readonly Import[] = [
  { name: 'trampoline', kind: 'function', type: TYPE.trampoline },
  { name: 'flags', kind: 'function', type: TYPE.flags },
  { name: 'adcFlags', kind: 'function', type: TYPE.adcFlags },
  { name: 'umulh', kind: 'function', type: TYPE.mulh },
  { name: 'smulh', kind: 'function', type: TYPE.mulh },
  { name: 'rbit', kind: 'function', type: TYPE.rbit },
  { name: 'crc32', kind: 'function', type: TYPE.crc32 },
  { name: 'fma64', kind: 'function', type: TYPE.fma64 },
  { name: 'fma32', kind: 'function', type: TYPE.fma32 },
  { name: 'memory', kind: 'memory' },
];
