/** `decode`: one word, as its row of the table sees it. */
import { extract, FEATURES, ROWS, type Cube, type FeatureInfo, type Row, type RowStatus } from '@worldswitch/cpu/arch';
import { describeForms, Disassembler, UNALLOCATED_TEXT, type WordForm } from '@worldswitch/tools';
import { isMistake, mistake, type Context, type Document, type Outcome } from '../command.ts';
import { hex, readArch, readBits } from '../numbers.ts';
import { rowStatus } from '../row-status.ts';

/** A run of bits: a field, fixed bits, or bits that should have a value. */
export interface BitGroup {
  readonly bits: string;
  readonly kind: 'fixed' | 'should-be' | 'field';
  readonly name: string;
  readonly binary: string;
  readonly value: number;
}

export interface DecodeDocument extends Document {
  readonly word: string;
  readonly text: string;
  /** Null where no row allocates the word. */
  readonly row: string | null;
  readonly group: string | null;
  readonly pattern: string | null;
  readonly bits: readonly BitGroup[];
  readonly feature: string | null;
  readonly featureTitle: string | null;
  readonly featureSince: string | null;
  readonly status: RowStatus | 'unallocated';
  /** Why the row is UNDEFINED, what we choose where it is CONSTRAINED UNPREDICTABLE. */
  readonly notes: readonly string[];
  readonly syntaxes: readonly WordForm[];
  /** Fields by which the row's operation branches. */
  readonly forms: readonly string[];
}

export function run({ operands, values }: Context): Outcome {
  const [text, ...more] = operands;
  if (text === undefined || more.length > 0) return mistake('decode takes one word: worldswitch decode 0xd53c5200');
  const value = readBits(text, 32, 'the word');
  if (typeof value !== 'bigint') return value;
  const features = readArch(values.text('arch'));
  if (isMistake(features)) return features;
  const word = Number(value);
  const { row, text: instruction } = new Disassembler({ features }).word(word, 0n);
  return { document: row === null ? unallocated(word) : allocated(word, row, instruction) };
}

function allocated(word: number, row: Row, text: string): DecodeDocument {
  const info: FeatureInfo | null = row.feature === null ? null : FEATURES[row.feature];
  return {
    schema: 'worldswitch.decode/1',
    word: hex(word, 8),
    text,
    row: row.id,
    group: row.group,
    pattern: row.pattern.text,
    bits: bitGroups(row, word),
    feature: row.feature === null ? null : `FEAT_${row.feature}`,
    featureTitle: info?.title ?? null,
    featureSince: info?.since ?? null,
    status: rowStatus(row),
    notes: [row.undefinedBecause, row.choice].filter((note) => note !== null),
    syntaxes: describeForms(row, word),
    forms: row.forms,
  };
}

function unallocated(word: number): DecodeDocument {
  const near = ROWS.filter(({ pattern, fallback }) => !fallback && ((word & pattern.mask) | 0) === pattern.value);
  return {
    schema: 'worldswitch.decode/1',
    word: hex(word, 8),
    text: UNALLOCATED_TEXT,
    row: null,
    group: null,
    pattern: null,
    bits: [],
    feature: null,
    featureTitle: null,
    featureSince: null,
    status: 'unallocated',
    notes: near.map((row) => `${row.id} (${row.pattern.text}): ${whyNot(row, word)}`),
    syntaxes: [],
    forms: [],
  };
}

/** Why a row whose pattern matches does not allocate the word. */
function whyNot(row: Row, word: number): string {
  const cube = row.excluded.find(({ mask, value }) => (word & mask) === value);
  return cube === undefined ? `needs a feature that is off (FEAT_${row.feature ?? row.featureWhen[0]?.feature ?? ''})` : `reserved where ${describeCube(row, cube)}`;
}

function describeCube(row: Row, cube: Cube): string {
  return row.pattern.fields
    .filter(({ mask }) => (mask & cube.mask) !== 0)
    .map((field) => {
      const care = extract(cube.mask, field);
      const value = extract(cube.value, field);
      const digits = Array.from({ length: field.width }, (_, index) => field.width - 1 - index).map((bit) => (((care >> bit) & 1) === 0 ? 'x' : String((value >> bit) & 1)));
      return `${field.name}=${digits.join('')}`;
    })
    .join(' ');
}

/** The word's bits by the parts of the row's pattern, most significant first. */
function bitGroups({ pattern }: Row, word: number): BitGroup[] {
  let top = 32;
  return pattern.text
    .split(' ')
    .filter((part) => part !== '')
    .map((part): BitGroup => {
      const kind = part.startsWith('(') ? 'should-be' : /^[01]/.test(part) ? 'fixed' : 'field';
      const [name = '', size] = part.split(':');
      const width = kind === 'field' ? Number(size ?? 1) : part.replace(/[()]/g, '').length;
      top -= width;
      const value = Number((BigInt(word >>> 0) >> BigInt(top)) & ((1n << BigInt(width)) - 1n));
      return { bits: width === 1 ? String(top) : `${String(top + width - 1)}:${String(top)}`, kind, name: kind === 'field' ? name : '', binary: value.toString(2).padStart(width, '0'), value };
    });
}
