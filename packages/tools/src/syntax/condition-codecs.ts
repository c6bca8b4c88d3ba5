/** Codecs of conditions: as the word holds them, and inverted as the aliases of conditional select state them. */
import { CONDITION_SYNONYMS, NAME_LISTS } from '@worldswitch/cpu/arch';
import { get, type CodecFactory } from './codec.ts';
import type { Cursor } from './cursor.ts';
import { onlyField } from './integer-codecs.ts';

const NAMES: readonly string[] = NAME_LISTS.cond;

/** The condition at the cursor by any of its names. */
function conditionAt(cursor: Cursor): number | null {
  const name = cursor.token.lower;
  const number = NAMES.indexOf(CONDITION_SYNONYMS[name] ?? name);
  return number < 0 ? null : number;
}

/** `flip` is 1 where the text states the inverse of the encoded condition; `al` and `nv` have none. */
function conditionCodec(flip: 0 | 1): CodecFactory {
  return (placeholder) => {
    const { field } = onlyField(placeholder);
    return {
      format: (word) => NAMES[get(word, field) ^ flip]!,
      parse: (cursor, word) => {
        const number = conditionAt(cursor);
        if (number === null) return cursor.fail('expected a condition such as eq');
        if (flip === 1 && number >= 14) return cursor.fail('this condition has no inverse');
        cursor.position++;
        return word.put(field, number ^ flip);
      },
    };
  };
}

/** Codecs by kind; `codecs.ts` checks that the table is total. */
export const CONDITION_CODECS = {
  cond: conditionCodec(0),
  invcond: conditionCodec(1),
} as const satisfies Readonly<Record<string, CodecFactory>>;
