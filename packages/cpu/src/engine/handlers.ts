/**
 * Tier 0's code: one module that serves the whole program, and the plan of each form, made when a word of it is first met.
 * Nothing here depends on a machine.
 */
import { ROWS } from '../arch/insn/index.ts';
import type { InsnField } from '../arch/insn/pattern.ts';
import type { Row } from '../arch/insn/row.ts';
import { fromBase64, toBase64 } from '../emit/base64.ts';
import { wasm, type WasmTable } from '../emit/web-assembly.ts';
import { HANDLER_IMAGE, type HandlerImage } from './handler-image.ts';
import type { RecordPlan } from './handler-plans.ts';
import { formFields, formsOf, HandlerTexts, type Places } from './handler-texts.ts';

/** What is known of a row: by which bits its forms differ, and the plans of those that were met. */
interface RowForms {
  readonly fields: readonly InsnField[];
  readonly mask: number;
  readonly forms: readonly number[];
  readonly plans: Map<number, RecordPlan | null>;
}

export class Handlers {
  readonly #texts = new HandlerTexts();
  readonly #places: Places;
  readonly #module: object;
  readonly #rows: (RowForms | null | undefined)[] = new Array<RowForms | null | undefined>(ROWS.length);

  /** From what the package was built with, or from the definitions. */
  constructor(image: HandlerImage | null = HANDLER_IMAGE) {
    this.#places = image === null ? this.#texts.write() : image.places;
    this.#module = new wasm.Module(image === null ? this.#texts.module() : fromBase64(image.module));
  }

  /** The plan of the row's word, or null: it is Eval's. */
  plan(row: Row, word: number): RecordPlan | null {
    let known = this.#rows[row.index];
    if (known === undefined) known = this.#rows[row.index] = this.#row(row);
    if (known === null) return null;
    const bits = word & known.mask;
    let plan = known.plans.get(bits);
    if (plan === undefined) {
      plan = this.#texts.plan(row, known.fields, bits, this.#places[row.index]![known.forms.indexOf(bits)]!);
      known.plans.set(bits, plan);
    }
    return plan;
  }

  #row(row: Row): RowForms | null {
    if (this.#places[row.index]!.length === 0) return null;
    const fields = formFields(row);
    return { fields, mask: fields.reduce((bits, field) => bits | field.mask, 0), forms: formsOf(row, fields), plans: new Map<number, RecordPlan | null>() };
  }

  /**
   * `imports`: the memory and the helpers, as regions have them. `run` runs from a record of a page and returns why it left
   * (`HANDLER_TYPE`); the table has the forms that are functions.
   */
  instantiate(imports: Readonly<Record<string, unknown>>): { readonly run: unknown; readonly table: WasmTable } {
    const functions = this.#places.reduce((most, places) => Math.max(most, ...places.map((place) => -place)), 0);
    const table = new wasm.Table({ initial: functions, element: 'anyfunc' });
    const { exports } = new wasm.Instance(this.#module, { e: { ...imports, table } });
    return { run: exports['run'], table };
  }
}

/** The image of what the definitions come to now. */
export function handlerImage(): HandlerImage {
  const texts = new HandlerTexts();
  const places = texts.write();
  return { module: toBase64(texts.module()), places };
}
