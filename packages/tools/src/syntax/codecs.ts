/** Every operand kind with its codec; a kind without one does not compile. */
import { OPERAND_KINDS, type OperandKind } from '@worldswitch/cpu/arch';
import type { CodecFactory, OperandCodec, Placeholder } from './codec.ts';
import { CONDITION_CODECS } from './condition-codecs.ts';
import { FP_CODECS } from './fp-codecs.ts';
import { INTEGER_CODECS } from './integer-codecs.ts';
import { registerCodec } from './register-codecs.ts';
import { SIMD_CODECS } from './simd-codecs.ts';
import { SYSTEM_CODECS } from './system-codecs.ts';
import { vectorElement } from './vector-element.ts';

const CODECS: Readonly<Record<OperandKind, CodecFactory>> = { ...INTEGER_CODECS, ...CONDITION_CODECS, ...SYSTEM_CODECS, ...FP_CODECS, ...SIMD_CODECS };

/** The codec of a placeholder: a register by its spelling, or a kind of the table. */
export function codecFor(placeholder: Placeholder): OperandCodec {
  const register = registerCodec(placeholder);
  if (register !== null) return register;
  const element = /^V(\w+)\[(\w+)\]$/.exec(placeholder.text);
  if (element !== null) return vectorElement(placeholder, element[1] ?? '', element[2] ?? '');
  const kind = /^\w+/.exec(placeholder.text)?.[0] ?? '';
  if (!Object.hasOwn(OPERAND_KINDS, kind)) throw new TypeError(`${placeholder.owner}: no operand kind <${placeholder.text}>`);
  return CODECS[kind as OperandKind](placeholder);
}
