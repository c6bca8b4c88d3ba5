/**
 * Tier 0's functions for the actions that tier 1 does by itself (`step-inlining.ts`): what an instruction comes to depends on
 * the register that it names and on the mode, so each is generated when it is first met, from its word.
 */
import { REGISTER_FIELDS } from '../arch/insn/operands.ts';
import type { Row } from '../arch/insn/row.ts';
import { wasm, type WasmTable } from '../emit/web-assembly.ts';
import { encodeModule, W } from '../emit/wasm.ts';
import { DEFINITIONS } from '../sem/index.ts';
import { ArmRecorder, opaqueOperands } from './arm-recorder.ts';
import { ArmStatements } from './arm-statements.ts';
import { Frame, PE_LOCAL } from './frame.ts';
import { FIXED_ARM, HandlerLoop } from './handler-loop.ts';
import { registerPlans, type RecordPlan } from './handler-plans.ts';
import { leaveIf, TextWriter } from './handler-text.ts';
import { HANDLER_TYPE, HANDLER_TYPES, REGION_IMPORTS } from './helpers.ts';
import { LEAVE, PE } from './layout.ts';
import { END } from './record.ts';
import type { PlainRegisters } from './step-inlining.ts';

/** DC ZVA has an address and a host address; a guard has as many temporaries as values. */
const TEMPS = 24;
/** No software has as many: what a guest makes up beyond them is Eval's, and asked anew each time. */
const MOST_FUNCTIONS = 1024;
const MOST_PLANS = 4096;
/** The group of rows whose steps may be done here. */
const GROUP = 'System instructions';

export class StepFunctions {
  readonly #recorder: ArmRecorder;
  readonly #table: WasmTable;
  readonly #imports: Readonly<Record<string, unknown>>;
  readonly #frame = new Frame(0, TEMPS, TEMPS);
  /** By mode and by word without its registers; null: the instruction is Eval's. */
  readonly #plans = new Map<number, Map<number, RecordPlan | null>>();
  #functions = 0;

  constructor(registers: PlainRegisters, table: WasmTable, imports: Readonly<Record<string, unknown>>) {
    this.#recorder = new ArmRecorder(registers);
    this.#table = table;
    this.#imports = imports;
  }

  /** The plan of the row's word in a mode (`codeMode`), or null: it is Eval's. */
  plan(row: Row, word: number, mode: number): RecordPlan | null {
    if (row.group !== GROUP) return null;
    let plans = this.#plans.get(mode);
    if (plans === undefined) {
      plans = new Map<number, RecordPlan | null>();
      this.#plans.set(mode, plans);
    }
    const registers = row.pattern.fields.reduce((mask, field) => (REGISTER_FIELDS.has(field.name) ? mask | field.mask : mask), 0);
    const key = word & ~registers;
    let plan = plans.get(key);
    if (plan === undefined) {
      plan = this.#functions < MOST_FUNCTIONS ? this.#make(row, key, mode) : null;
      if (plan !== null) this.#functions++;
      if (plan !== null || plans.size < MOST_PLANS) plans.set(key, plan);
    }
    return plan;
  }

  #make(row: Row, word: number, mode: number): RecordPlan | null {
    const define = DEFINITIONS[row.index] ?? null;
    if (define === null) return null;
    const recorder = this.#recorder;
    const { fields } = row.pattern;
    recorder.begin(0, 0, mode);
    const insn = recorder.recordForm(define, opaqueOperands(row, fields.filter(({ name }) => !REGISTER_FIELDS.has(name)), word));
    if ((insn.end !== END.NONE && insn.end !== END.UNMASK) || recorder.most32 > TEMPS || recorder.most64 > TEMPS) return null;
    const code = new TextWriter();
    const statements = new ArmStatements(code, recorder, (reason) => leaveIf(code, reason), 0);
    statements.begin(this.#frame);
    statements.form(insn, fields, () => false);
    if (insn.end === END.UNMASK) {
      code.get(PE_LOCAL);
      code.memory(W.i32Load, PE.LINES);
      leaveIf(code, LEAVE.UNMASKED);
    }
    const loop = new HandlerLoop(code, this.#frame);
    const body = loop.form('step', HANDLER_TYPE, code.finish(0, true));
    const module = new wasm.Module(encodeModule(HANDLER_TYPES, REGION_IMPORTS, [body], loop.code));
    const index = this.#table.length;
    this.#table.grow(1);
    this.#table.set(index, new wasm.Instance(module, { e: this.#imports }).exports['step']);
    return { arm: FIXED_ARM.FUNCTION, function: index, registers: registerPlans(fields, statements.registers, () => false), values: [], base: null, endsBlock: false, branches: false };
  }
}
