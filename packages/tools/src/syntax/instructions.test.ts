import { expect, test } from 'vitest';
import { ROWS } from '@worldswitch/cpu/arch';
import { formsOf, knownMnemonics } from './instructions.ts';

test('every syntax and every alias condition of the table compiles', () => {
  const forms = ROWS.flatMap((row) => formsOf(row));
  for (const form of forms) {
    expect(form.template.mnemonics.length).toBeGreaterThan(0);
    form.isPreferred(form.fixedValue);
  }
  expect(forms.length).toBeGreaterThan(ROWS.length);
});

test('mnemonics are lower case, as the assembler looks them up', () => {
  expect(knownMnemonics().filter((mnemonic) => mnemonic !== mnemonic.toLowerCase())).toEqual([]);
});
