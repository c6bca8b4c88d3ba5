/** Reserved (DDI 0487 C4 "Reserved"): the one encoding that is UNDEFINED for ever. */
import { row, type RowSpec } from './row.ts';

export const reserved = {
  UDF:  row('0000000000000000 imm16:16', 'udf <uimm(imm16)>', { undefined: 'permanently undefined, by its definition' }),
} as const satisfies Readonly<Record<string, RowSpec>>;
