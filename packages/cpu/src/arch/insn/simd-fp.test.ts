import { expect, test } from 'vitest';
import { INSN_GROUPS, ROWS } from './index.ts';

const integerGroups = Object.keys(INSN_GROUPS).filter((group) => !/SIMD|floating-point|cryptography/.test(group));

test('a row uses V registers, and can be trapped for that, where its syntax or its group says so', () => {
  const wrong = ROWS.filter((row) => row.usesFpSimd === integerGroups.includes(row.group) || (!row.usesFpSimd && /<[VBHSDQF][dnmat]/.test(row.syntax)));
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

test('every row of the SIMD and floating-point groups names the feature that allocates it, so that a core may have none', () => {
  const unconditional = ROWS.filter((row) => !integerGroups.includes(row.group) && row.feature === null);
  expect(unconditional.map(({ id }) => id)).toEqual([]);
});

test('half precision needs FP16 in every row that chooses its precision by ftype, except to convert it', () => {
  const ungated = ROWS.filter((row) => row.pattern.fields.some(({ name }) => name === 'ftype') && !row.featureWhen.some(({ feature }) => feature === 'FP16'));
  expect(ungated.map(({ id }) => id)).toEqual(['FCVT_float']);
});
