/** A register's value by field, as text that can be copied. */
import type { JSX } from 'preact';
import { describedRegister } from '../data.ts';
import type { FieldText, RegisterText } from '../protocol.ts';
import { go } from '../state.ts';

export function showRegister(register: string, value: string, e2h: boolean): void {
  go({ register: `${register}.${value}.${e2h ? '1' : '0'}` }, true);
}

export function registerAsText({ name, value, fields }: RegisterText): string {
  return [`${name} = ${value}`, ...fields.map((field) => `  ${field.bits.padStart(5)}  ${field.name} = ${field.value}${field.meaning === '' ? '' : ` (${field.meaning})`}`)].join('\n');
}

/** Copying needs the user's leave and a secure place: where there is none the text is still on the screen. */
export function copy(text: string): void {
  void navigator.clipboard.writeText(text).then(undefined, () => undefined);
}

/** Fields that are set, a row each; those that are zero in a line. */
export function FieldTable({ register: { fields } }: { readonly register: RegisterText }): JSX.Element {
  const isZero = ({ value }: FieldText): boolean => value === '0x0';
  const zero = fields.filter(isZero);
  return (
    <>
      <table class="fields mono">
        <thead><tr><th scope="col">bits</th><th scope="col">field</th><th scope="col">value</th><th scope="col">meaning</th></tr></thead>
        <tbody>
          {fields.filter((field) => !isZero(field)).map(({ name, bits, value, meaning }) => <tr key={name}><td class="number">{bits}</td><td>{name}</td><td class="number">{value}</td><td>{meaning}</td></tr>)}
        </tbody>
      </table>
      {zero.length > 0 && <p class="mono muted zeros">{`zero: ${zero.map(({ name, bits, meaning }) => `${name}[${bits}]${meaning === '' ? '' : ` (${meaning})`}`).join(', ')}`}</p>}
    </>
  );
}

export function RegisterPanel(): JSX.Element | null {
  const register = describedRegister.value;
  if (register === null) return null;
  return (
    <section class="panel detail" aria-label={`Register ${register.name}`}>
      <div class="panel-head">
        <h2 class="mono">{`${register.name} = ${register.value}`}</h2>
        <button type="button" class="quiet" onClick={() => copy(registerAsText(register))}>Copy as text</button>
        <button type="button" class="quiet" onClick={() => go({ register: '' }, true)} aria-label="Close the register">Close</button>
      </div>
      {register.doc !== '' && <p>{register.doc}</p>}
      <FieldTable register={register} />
    </section>
  );
}
