/** A field of a register as text. */
import type { Field } from '@worldswitch/cpu/arch';
import type { FieldText } from './protocol.ts';

export function fieldText(field: Field, register: bigint): FieldText {
  const value = field.get(register);
  return {
    name: field.name,
    bits: field.msb === field.lsb ? String(field.lsb) : `${String(field.msb)}:${String(field.lsb)}`,
    value: `0x${value.toString(16)}`,
    meaning: field.valueName(value) ?? '',
  };
}
