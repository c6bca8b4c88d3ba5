/** A machine that runs between messages: by shares of instructions, with what it prints and takes told as it goes. */
import type { Hypervised, Machine, Stop, TraceDescription, TraceEvent, TraceStamp } from '@worldswitch/machine';
import { disassembleWord } from '@worldswitch/tools';
import type { Tell } from '../protocol.ts';
import { hex } from './inspect.ts';
import type { Drive, LogLine, MachineStatus } from './protocol.ts';

/** The same for a bare machine and for one with a hypervisor. */
export type Runnable = Pick<Machine & Hypervised, 'run' | 'resume' | 'requestPause' | 'instructions' | 'nanoseconds' | 'wakesAt' | 'skipTo'> & Pick<Machine, 'input'>;

/** Instructions between two looks at messages: as many as take about so many milliseconds. */
const SHARE = { first: 20_000, least: 2_000, most: 4_000_000, milliseconds: 25 } as const;
const STATUS_MILLISECONDS = 125;
const LOG_KEPT = 200;
/** A machine that waits is looked at again after so long at most. */
const LONGEST_WAIT = 50;
const WORD = 4;

/** What a machine is made with, so that it tells of itself. */
export class Watcher {
  #bytes: number[] = [];
  #log: LogLine[] = [];
  #number = 0;
  /** Told of each exception, before its handler runs. */
  onException: ((event: TraceEvent & TraceStamp) => void) | null = null;
  readonly trace: TraceDescription = { kinds: new Set(['exceptions']), listener: (event) => this.#traced(event) };
  readonly console = { byte: (byte: number): void => void this.#bytes.push(byte) };

  #traced(event: TraceEvent & TraceStamp): void {
    if (event.kind !== 'exceptions') return;
    this.#number++;
    const { from, to, pc } = event;
    const text = event.event === 'exception' ? `EL${String(from)} \u2192 EL${String(to)}  ${event.class}  at ${pc}${event.esr === undefined ? '' : `  ESR ${event.esr}`}${event.far === undefined ? '' : `  FAR ${event.far}`}` : `EL${String(from)} \u2192 EL${String(to)}  ERET  to ${pc}`;
    if (this.#log.length >= LOG_KEPT) this.#log.shift();
    this.#log.push({ number: this.#number, nanoseconds: event.ns, text });
    if (event.event === 'exception') this.onException?.(event);
  }

  takeBytes(): Uint8Array | null {
    if (this.#bytes.length === 0) return null;
    const bytes = Uint8Array.from(this.#bytes);
    this.#bytes = [];
    return bytes;
  }

  takeLog(): readonly LogLine[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }
}

export class LiveMachine {
  readonly machine: Machine;
  readonly hypervised: Hypervised | null;
  readonly #title: string;
  readonly #runnable: Runnable;
  readonly #watcher: Watcher;
  readonly #tell: Tell;
  #isRunning = false;
  #isScheduled = false;
  #end: string | null = null;
  #share: number = SHARE.first;
  #toExit = false;
  #typed: number[] = [];
  #told = 0;
  #toldInstructions = 0;
  #mips = 0;

  constructor(title: string, machine: Machine, hypervised: Hypervised | null, watcher: Watcher, tell: Tell) {
    this.#title = title;
    this.machine = machine;
    this.hypervised = hypervised;
    this.#runnable = hypervised ?? machine;
    this.#watcher = watcher;
    this.#tell = tell;
    watcher.onException = ({ kind, ...event }) => {
      if (!this.#toExit || kind !== 'exceptions' || (hypervised !== null && !('to' in event && event.to === 2 && event.from < 2))) return;
      this.#toExit = false;
      this.#isRunning = false;
      this.#runnable.requestPause();
    };
  }

  drive(what: Drive): MachineStatus {
    if (this.#end === null) this.#driven(what);
    const status = this.status();
    this.#tellAll(status);
    return status;
  }

  #driven(what: Drive): void {
    this.#toExit = what === 'exit';
    this.#isRunning = what === 'run' || what === 'exit';
    if (what === 'step') this.#take(this.#runnable.run({ step: 0 }));
    if (!this.#isRunning) return;
    this.#told = performance.now();
    this.#toldInstructions = this.#runnable.instructions;
    this.#schedule(0);
  }

  type(bytes: Uint8Array): void {
    this.#typed.push(...bytes);
  }

  /** Nothing of it runs any more. */
  end(): void {
    this.#isRunning = false;
    this.#end = 'replaced';
  }

  #schedule(milliseconds: number): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      if (this.#isRunning) this.#turn();
    }, milliseconds);
  }

  #turn(): void {
    const { input } = this.#runnable;
    if (this.#typed.length > 0 && input.isListening) this.#typed.splice(0, input.receive(Uint8Array.from(this.#typed)));
    const started = performance.now();
    const stop = this.#runnable.run({ maxInstructions: this.#runnable.instructions + this.#share, idleLimit: this.#runnable.nanoseconds });
    this.#take(stop);
    const took = performance.now() - started;
    if (stop.reason === 'limit') this.#share = Math.floor(took < SHARE.milliseconds ? Math.min(2 * this.#share, SHARE.most) : Math.max(this.#share / 2, SHARE.least));
    const wait = stop.reason === 'idle' ? this.#waitFor() : 0;
    if (performance.now() - this.#told >= STATUS_MILLISECONDS || !this.#isRunning) this.#tellAll(this.status());
    if (this.#isRunning) this.#schedule(wait);
  }

  /** Virtual time of a machine that waits goes on with the host's. */
  #waitFor(): number {
    const { nanoseconds, wakesAt } = this.#runnable;
    const wait = Math.min(LONGEST_WAIT, (wakesAt - nanoseconds) / 1e6);
    this.#runnable.skipTo(Math.min(wakesAt, nanoseconds + Math.ceil(wait * 1e6)));
    return wait;
  }

  #take(stop: Stop): void {
    switch (stop.reason) {
      case 'limit':
      case 'idle':
      case 'debugger':
        this.#runnable.resume();
        return;
      case 'idle-forever':
        this.#runnable.resume();
        // Somebody may type.
        return;
      default:
        this.#isRunning = false;
        this.#end = `${stop.reason}${stop.diagnostic === null ? '' : `: ${stop.diagnostic.message}`}`;
    }
  }

  #tellAll(status: MachineStatus): void {
    const bytes = this.#watcher.takeBytes();
    if (bytes !== null) this.#tell('console', bytes);
    const log = this.#watcher.takeLog();
    if (log.length > 0) this.#tell('log', log);
    this.#tell('status', status);
  }

  status(): MachineStatus {
    const { cpu } = this.machine.pes[0]!;
    const now = performance.now();
    const { instructions } = this.#runnable;
    if (now - this.#told >= STATUS_MILLISECONDS) {
      this.#mips = (instructions - this.#toldInstructions) / (now - this.#told) / 1000;
      this.#told = now;
      this.#toldInstructions = instructions;
    }
    return {
      title: this.#title,
      isRunning: this.#isRunning,
      end: this.#end,
      instructions,
      mips: this.#isRunning ? this.#mips : 0,
      virtualSeconds: this.machine.virtualSeconds,
      el: cpu.state.el,
      pc: hex(cpu.pc),
      text: this.#instructionAt(cpu.pc),
      exits: this.hypervised?.exits() ?? null,
    };
  }

  #instructionAt(pc: bigint): string {
    const bytes = this.machine.debugMemory.readVirtual(this.machine.pes[0]!.cpu, pc, WORD);
    if (bytes.length < WORD) return 'native text of the host';
    return disassembleWord(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true), { address: pc }).text;
  }
}
