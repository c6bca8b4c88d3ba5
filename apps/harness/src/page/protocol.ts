/**
 * What the page asks of a worker and what a worker tells it, as types, and the few lines that carry both: a request has a number, and its
 * answer the same. Everything is plain data.
 */
import type { ModeName, PlanChange, StepRow } from '@worldswitch/hyp';
import type { BenchmarkRow, OperationCounts, ProfileName, PublishedRow, ScenarioName, Timeline, TransferCounts } from '@worldswitch/machine';
import type { MachineCalls, MachineEvents } from './machine/protocol.ts';

/** A switch to be executed. */
export interface SwitchQuery {
  readonly machine: string;
  readonly mode: ModeName;
  readonly scenario: string;
  /** A step set as the command takes it. */
  readonly steps: string;
}

export interface MachineChoice {
  readonly name: ProfileName;
  readonly clockHz: number;
}

export interface ScenarioChoice {
  readonly name: ScenarioName;
  readonly gic: 2 | 3;
  readonly guestGic: 2 | 3;
}

/** What a patch does to a plan, of one mode: a change as the plans' difference has it. */
export interface PatchChange extends PlanChange {
  readonly step: number;
  /** The role of the operation, without its variant. */
  readonly id: string;
}

/** What can be chosen, and what the forty patches are. */
export interface Catalogue {
  readonly machines: readonly MachineChoice[];
  readonly scenarios: readonly ScenarioChoice[];
  readonly steps: readonly StepRow[];
}

export interface SwitchAnswer {
  readonly mode: ModeName;
  readonly timeline: Timeline;
  /** The set in its normal form, the steps that are on, and those that fell with a step that they require. */
  readonly name: string;
  readonly on: readonly number[];
  readonly fallen: readonly { readonly step: number; readonly requires: number }[];
}

export interface LadderAnswer {
  readonly prefix: number;
  readonly step: string | null;
  readonly counts: OperationCounts;
  readonly cycles: number;
}

/** What vcpu_load and vcpu_put exchange with a prefix on. */
export interface LoadPutAnswer {
  readonly prefix: number;
  readonly step: string | null;
  readonly load: TransferCounts;
  readonly put: TransferCounts;
}

export interface FieldText {
  readonly name: string;
  readonly bits: string;
  readonly value: string;
  readonly meaning: string;
}

export interface RegisterText {
  readonly name: string;
  readonly doc: string;
  readonly value: string;
  readonly fields: readonly FieldText[];
}

/** Calls of the worker that executes switches. */
export interface SwitchCalls {
  catalogue(query: Record<string, never>): Catalogue;
  /** What each patch does to the plan of a mode. */
  changes(query: { readonly mode: ModeName }): readonly PatchChange[];
  record(query: SwitchQuery): SwitchAnswer;
  /** The round trip of one prefix, as `worldswitch ladder` has it. */
  ladderRow(query: { readonly machine: string; readonly mode: ModeName; readonly scenario: string; readonly prefix: number }): LadderAnswer;
  /** Load and put with the interrupt controllers of a scenario. */
  loadPutRow(query: { readonly machine: string; readonly mode: ModeName; readonly scenario: string; readonly prefix: number }): LoadPutAnswer;
  /** What others have measured, and with which plan. */
  published(query: Record<string, never>): readonly PublishedRow[];
  /** The benchmark behind a published figure, by its place in that list. */
  measure(query: { readonly index: number }): BenchmarkRow;
  /** A value by field, as the register is laid out with this HCR_EL2.E2H. Null: no register of that name. */
  describe(query: { readonly register: string; readonly value: string; readonly e2h: boolean }): RegisterText | null;
}

export type Calls = SwitchCalls & MachineCalls;

type Call = (query: never) => unknown;
type Table<T> = { readonly [K in keyof T]: T[K] extends (query: infer Q) => infer A ? (query: Q) => A | Promise<A> : never };

interface Request {
  readonly id: number;
  readonly call: string;
  readonly query: unknown;
}

/** An answer, or an event where there is no number. */
type Message = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: string } | { readonly event: string; readonly data: unknown };

export interface WorkerScope {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** A mistake of the user's: its message is for the page, as it is. */
export class PageError extends Error {}

export type Tell = <K extends keyof MachineEvents>(event: K, data: MachineEvents[K]) => void;

/** Answers requests with the functions of `table`. */
export function serve(scope: WorkerScope, table: Table<Calls>): void {
  const byName = new Map<string, Call>(Object.entries(table) as [string, Call][]);
  scope.onmessage = ({ data }) => {
    const { id, call, query } = data as Request;
    void answer(byName.get(call), query).then(
      (result) => scope.postMessage({ id, answer: result }),
      (error: unknown) => scope.postMessage({ id, error: error instanceof PageError ? error.message : `This is a mistake of ours: ${error instanceof Error ? error.message : String(error)}` }),
    );
  };
}

function answer(call: Call | undefined, query: unknown): Promise<unknown> {
  return Promise.resolve().then(() => {
    if (call === undefined) throw new Error('no such call');
    return call(query as never);
  });
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The other end: calls as promises, events to listeners. A worker that dies fails every call that waits for it. */
export class Client {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, (data: unknown) => void>();
  #next = 1;
  /** Told when the worker has died. */
  onDeath: ((why: string) => void) | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#take(data as Message);
    worker.onerror = (event) => {
      const why = `The worker has ended: ${event.message}`;
      for (const { reject } of this.#waiting.values()) reject(new Error(why));
      this.#waiting.clear();
      this.onDeath?.(why);
    };
  }

  call<K extends keyof Calls>(call: K, query: Parameters<Calls[K]>[0], transfer: Transferable[] = []): Promise<ReturnType<Calls[K]>> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ id, call, query }, transfer);
    });
  }

  on<K extends keyof MachineEvents>(event: K, listener: (data: MachineEvents[K]) => void): void {
    this.#listeners.set(event, listener as (data: unknown) => void);
  }

  end(): void {
    this.#worker.terminate();
  }

  #take(message: Message): void {
    if ('event' in message) {
      this.#listeners.get(message.event)?.(message.data);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.answer);
  }
}
