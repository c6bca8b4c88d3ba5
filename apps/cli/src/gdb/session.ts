/**
 * One debugging session: what a packet asks is done to the target, and answered (GDB manual, appendix "GDB Remote Serial
 * Protocol", sections "Packets", "Stop Reply Packets", "General Query Packets"). All-stop: while threads run, nothing is asked.
 * What is malformed is answered with an error, what is unknown with an empty body, as the protocol wants it.
 */
import { monitor } from './monitor.ts';
import { bytesOf, fromHex, MAX_BODY, textToHex, toHex } from './packet.ts';
import type { StopEvent, Target, WatchAccess } from './target.ts';

/** What threads may do: those that `step` names one instruction, alone where `others` is false. */
export interface Resumption {
  /** The thread that makes one step; null: none. */
  readonly step: number | null;
  /** The thread that runs alone; null: all. */
  readonly only: number | null;
}

/** What comes of a packet: an answer, or the target does something, which `reply` is sent before. */
export type Reaction = { readonly kind: 'reply'; readonly reply: string } | { readonly kind: 'resume'; readonly resumption: Resumption } | { readonly kind: 'detach' | 'kill'; readonly reply: string };

/** Signals by which a stop is told (gdb's numbers, "gdb/signals.def"). */
const SIGNAL = { INTERRUPT: 2, ILLEGAL: 4, TRAP: 5 } as const;
/** Errors are numbers without a meaning that gdb would know. */
const ERROR = { MALFORMED: 'E01', NO_THREAD: 'E02', NO_REGISTER: 'E03', NO_MEMORY: 'E14', NOT_DONE: 'E22' } as const;

/** Longest memory that one packet carries, as hexadecimal with room for the rest. */
const MAX_MEMORY = (MAX_BODY - 64) / 2;
/** Longest range of one watchpoint. */
const MAX_WATCHED = 0x1_0000;
const EXECUTION = new Set(['0', '1']);
const WATCH_ACCESS: Readonly<Record<string, WatchAccess>> = { '2': 'write', '3': 'read', '4': 'both' };
const WATCH_REASON: Readonly<Record<WatchAccess, string>> = { write: 'watch', read: 'rwatch', both: 'awatch' };

const reply = (text: string): Reaction => ({ kind: 'reply', reply: text });

export class Session {
  /** Packets are not acknowledged any more. */
  noAcknowledge = false;
  readonly #target: Target;
  /** How many registers `g` and `G` carry. */
  readonly #general: number;
  /** Threads that `g` and the like, and `c` and the like, mean. */
  #current: number;
  #continued: number | null = null;
  #physical = false;
  /** Kinds of stops that the debugger understands. */
  #knows: ReadonlySet<string> = new Set();
  /** Where execution stops, as it was asked for: `0` or `1`. */
  readonly #breakpoints = new Map<bigint, string>();
  readonly #watchpoints: { readonly address: bigint; readonly bytes: number; readonly access: WatchAccess }[] = [];
  #last: StopEvent;

  constructor(target: Target, general: number) {
    this.#target = target;
    this.#general = general;
    this.#current = target.threads[0]!;
    this.#last = { thread: this.#current, cause: { kind: 'interrupt' } };
  }

  /** Handles the body of a packet. */
  handle(body: string): Reaction {
    const rest = body.slice(1);
    switch (body[0]) {
      case '?':
        return reply(this.stopped(this.#last));
      case 'g':
        return reply(this.#readGeneral());
      case 'G':
        return reply(this.#writeGeneral(rest));
      case 'p':
        return reply(this.#readRegister(rest));
      case 'P':
        return reply(this.#writeRegister(rest));
      case 'm':
        return reply(this.#readMemory(rest));
      case 'M':
        return reply(this.#writeMemory(rest, fromHex));
      case 'X':
        return reply(this.#writeMemory(rest, bytesOf));
      case 'Z':
        return reply(this.#place(rest, true));
      case 'z':
        return reply(this.#place(rest, false));
      case 'H':
        return reply(this.#select(rest));
      case 'T':
        return reply(this.#threadOf(rest) === null ? ERROR.NO_THREAD : 'OK');
      case 'c':
      case 'C':
        return this.#resume(null, rest, body[0] === 'C');
      case 's':
      case 'S':
        return this.#resume(this.#continued ?? this.#current, rest, body[0] === 'S');
      case 'D':
        return this.#leave('detach');
      case 'k':
        return this.#leave('kill');
      case 'v':
        return this.#verbose(body);
      case 'q':
      case 'Q':
        return reply(this.#query(body));
      default:
        return reply('');
    }
  }

  /** The packet that tells of a stop; the thread becomes the current one. */
  stopped(event: StopEvent): string {
    this.#last = event;
    this.#current = event.thread;
    const { cause, thread } = event;
    const head = (signal: number): string => `T${signal.toString(16).padStart(2, '0')}thread:${thread.toString(16)};`;
    switch (cause.kind) {
      case 'interrupt':
        return head(SIGNAL.INTERRUPT);
      case 'broken':
        return head(SIGNAL.ILLEGAL);
      case 'step':
        return head(SIGNAL.TRAP);
      case 'watchpoint': {
        const hit = this.#watchpoints.find(({ address, bytes }) => cause.address >= address && cause.address < address + BigInt(bytes));
        return `${head(SIGNAL.TRAP)}${WATCH_REASON[hit?.access ?? 'both']}:${cause.address.toString(16)};`;
      }
      case 'breakpoint': {
        const reason = this.#breakpoints.get(this.#pcOf(thread)) === '1' ? 'hwbreak' : 'swbreak';
        return `${head(SIGNAL.TRAP)}${this.#knows.has(reason) ? `${reason}:;` : ''}`;
      }
    }
  }

  /** The packet that tells of the end, with an exit status. */
  ended(status: number): string {
    return `W${(status & 0xff).toString(16).padStart(2, '0')}`;
  }

  // ---- Registers -----------------------------------------------------------------------------------------------------

  #pcOf(thread: number): bigint {
    const bytes = this.#target.readRegister(thread, this.#target.registers.findIndex(({ name }) => name === 'pc'));
    return bytes === null ? -1n : bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  #registerText(number: number): string {
    const bytes = this.#target.readRegister(this.#current, number);
    return bytes === null ? 'xx'.repeat(this.#target.registers[number]!.bits / 8) : toHex(bytes);
  }

  #readGeneral(): string {
    return Array.from({ length: this.#general }, (_, number) => this.#registerText(number)).join('');
  }

  #writeGeneral(text: string): string {
    const bytes = fromHex(text);
    if (bytes === null) return ERROR.MALFORMED;
    const sizes = this.#target.registers.slice(0, this.#general).map(({ bits }) => bits / 8);
    if (bytes.length !== sizes.reduce((sum, size) => sum + size, 0)) return ERROR.MALFORMED;
    let at = 0;
    const written = sizes.map((size, number) => {
      at += size;
      return this.#target.writeRegister(this.#current, number, bytes.subarray(at - size, at));
    });
    return written.includes(false) ? ERROR.NOT_DONE : 'OK';
  }

  #registerNumber(text: string): number | null {
    const number = hexNumber(text, 8);
    return number === null || number >= BigInt(this.#target.registers.length) ? null : Number(number);
  }

  #readRegister(text: string): string {
    const number = this.#registerNumber(text);
    return number === null ? ERROR.NO_REGISTER : this.#registerText(number);
  }

  #writeRegister(text: string): string {
    const [name = '', value = ''] = split(text, '=');
    const number = this.#registerNumber(name);
    const bytes = fromHex(value);
    if (number === null) return ERROR.NO_REGISTER;
    if (bytes === null) return ERROR.MALFORMED;
    return this.#target.writeRegister(this.#current, number, bytes) ? 'OK' : ERROR.NOT_DONE;
  }

  // ---- Memory --------------------------------------------------------------------------------------------------------

  #readMemory(text: string): string {
    const range = rangeOf(text, MAX_MEMORY);
    if (range === null) return ERROR.MALFORMED;
    const bytes = this.#target.readMemory(this.#current, range.address, range.length, this.#physical);
    return bytes.length === 0 && range.length > 0 ? ERROR.NO_MEMORY : toHex(bytes);
  }

  #writeMemory(text: string, decode: (data: string) => Uint8Array | null): string {
    const [head = '', data = ''] = split(text, ':');
    const range = rangeOf(head, MAX_BODY);
    const bytes = decode(data);
    if (range === null || bytes?.length !== range.length) return ERROR.MALFORMED;
    return this.#target.writeMemory(this.#current, range.address, bytes, this.#physical) ? 'OK' : ERROR.NO_MEMORY;
  }

  /** `TYPE,ADDRESS,KIND`; conditions and commands, which gdb may add, are its own business here. */
  #place(text: string, isSet: boolean): string {
    const [type = '', ...where] = text.split(';')[0]!.split(',');
    const range = rangeOf(where.join(','), MAX_WATCHED);
    const access = WATCH_ACCESS[type];
    if (!EXECUTION.has(type) && access === undefined) return '';
    if (range === null || (access !== undefined && range.length === 0)) return ERROR.MALFORMED;
    const { address, length } = range;
    if (access !== undefined) this.#watch(address, length, access, isSet);
    else if (isSet) {
      this.#breakpoints.set(address, type);
      this.#target.setBreakpoint(address);
    } else if (this.#breakpoints.delete(address)) this.#target.clearBreakpoint(address);
    return 'OK';
  }

  #watch(address: bigint, bytes: number, access: WatchAccess, isSet: boolean): void {
    const at = this.#watchpoints.findIndex((one) => one.address === address && one.bytes === bytes && one.access === access);
    if (isSet === at >= 0) return;
    if (isSet) {
      this.#watchpoints.push({ address, bytes, access });
      this.#target.setWatchpoint(address, bytes, access);
    } else {
      this.#watchpoints.splice(at, 1);
      this.#target.clearWatchpoint(address, bytes, access);
    }
  }

  // ---- Threads and execution -----------------------------------------------------------------------------------------

  /** The thread of an identifier; null where there is none. */
  #threadOf(text: string): number | null {
    const number = hexNumber(text, 8);
    return number === null ? null : (this.#target.threads.find((thread) => BigInt(thread) === number) ?? null);
  }

  /** `Hg` and `Hc`: 0 is any thread, -1 all. */
  #select(text: string): string {
    const id = text.slice(1);
    const isAny = id === '0' || id === '-1';
    const thread = isAny ? null : this.#threadOf(id);
    if (thread === null && !isAny) return ERROR.NO_THREAD;
    if (text.startsWith('g')) this.#current = thread ?? this.#current;
    else if (text.startsWith('c')) this.#continued = thread;
    else return ERROR.MALFORMED;
    return 'OK';
  }

  /** `c`, `s` with an address to go on at; `C`, `S` with a signal before it, which no machine knows. */
  #resume(step: number | null, text: string, hasSignal: boolean): Reaction {
    const address = hasSignal ? (split(text, ';')[1] ?? '') : text;
    if (address !== '') {
      const pc = hexNumber(address, 16);
      const number = this.#target.registers.findIndex(({ name }) => name === 'pc');
      if (pc === null) return reply(ERROR.MALFORMED);
      this.#target.writeRegister(step ?? this.#current, number, Uint8Array.from({ length: 8 }, (_, at) => Number((pc >> BigInt(8 * at)) & 0xffn)));
    }
    return { kind: 'resume', resumption: { step, only: step ?? this.#continued } };
  }

  #verbose(body: string): Reaction {
    if (body === 'vCont?') return reply('vCont;c;C;s;S');
    if (body.startsWith('vCont;')) return this.#resumeThreads(body.slice('vCont;'.length));
    if (body.startsWith('vKill;')) return this.#leave('kill');
    return reply('');
  }

  /** `vCont;ACTION:THREAD;ACTION…`: the first action that names a thread, or all of them, is its own. */
  #resumeThreads(text: string): Reaction {
    let rest: string | null = null;
    const named = new Map<number, string>();
    for (const part of text.split(';')) {
      const [action = '', id] = split(part, ':');
      const kind = action.charAt(0).toLowerCase();
      if (!/^(c|s|[CS][0-9a-fA-F]{2})$/.test(action)) return reply(ERROR.MALFORMED);
      if (id === undefined || id === '-1') rest ??= kind;
      else {
        const thread = this.#threadOf(id);
        if (thread === null) return reply(ERROR.NO_THREAD);
        if (!named.has(thread)) named.set(thread, kind);
      }
    }
    const actionOf = (thread: number): string | null => named.get(thread) ?? rest;
    const running = this.#target.threads.filter((thread) => actionOf(thread) !== null);
    // One machine has one order of events: of several threads that should step, the current one does.
    const stepping = running.filter((thread) => actionOf(thread) === 's');
    const step = stepping.includes(this.#current) ? this.#current : (stepping[0] ?? null);
    const alone = running.length === 1 ? running[0]! : null;
    return { kind: 'resume', resumption: { step, only: alone ?? (step !== null && stepping.length === running.length ? step : null) } };
  }

  #leave(kind: 'detach' | 'kill'): Reaction {
    this.#target.clearAll();
    return { kind, reply: 'OK' };
  }

  // ---- Queries -------------------------------------------------------------------------------------------------------

  #query(body: string): string {
    const at = body.search(/[:,;]/);
    const name = at < 0 ? body : body.slice(0, at);
    const rest = at < 0 ? '' : body.slice(at + 1);
    switch (name) {
      case 'qSupported':
        return this.#supported(rest);
      case 'QStartNoAckMode':
        this.noAcknowledge = true;
        return 'OK';
      case 'qXfer':
        return this.#transfer(rest);
      case 'qC':
        return `QC${this.#current.toString(16)}`;
      case 'qfThreadInfo':
        return `m${this.#target.threads.map((thread) => thread.toString(16)).join(',')}`;
      case 'qsThreadInfo':
        return 'l';
      case 'qThreadExtraInfo': {
        const thread = this.#threadOf(rest);
        return thread === null ? ERROR.NO_THREAD : textToHex(this.#target.describeThread(thread));
      }
      case 'qAttached':
        return '1';
      case 'qRcmd': {
        const command = fromHex(rest);
        return command === null ? ERROR.MALFORMED : textToHex(this.#monitor(new TextDecoder().decode(command))) || 'OK';
      }
      // QEMU's packets for what `monitor physical` does.
      case 'qqemu.PhyMemMode':
        return this.#physical ? '1' : '0';
      case 'Qqemu.PhyMemMode':
        this.#physical = rest === '1';
        return 'OK';
      default:
        return '';
    }
  }

  #supported(features: string): string {
    this.#knows = new Set(features.split(';').filter((feature) => feature.endsWith('+')).map((feature) => feature.slice(0, -1)));
    return `PacketSize=${(MAX_BODY / 2).toString(16)};QStartNoAckMode+;qXfer:features:read+;qXfer:threads:read+;vContSupported+;swbreak+;hwbreak+;PhyMemMode+`;
  }

  /** `OBJECT:read:ANNEX:OFFSET,LENGTH`. */
  #transfer(text: string): string {
    const [object, operation, annex, where] = text.split(':');
    const document = object === 'features' && annex === 'target.xml' ? this.#target.description : object === 'threads' && annex === '' ? this.#threadList() : null;
    if (operation !== 'read' || document === null) return object === 'features' ? 'E00' : '';
    const range = rangeOf(where ?? '', MAX_BODY);
    if (range === null) return ERROR.MALFORMED;
    const from = Number(range.address);
    const part = document.slice(from, from + Math.min(range.length, MAX_MEMORY));
    return `${from + part.length < document.length ? 'm' : 'l'}${part}`;
  }

  #threadList(): string {
    const lines = this.#target.threads.map((thread) => `<thread id="${thread.toString(16)}" core="${String(thread - 1)}">${this.#target.describeThread(thread)}</thread>\n`);
    return `<?xml version="1.0"?>\n<threads>\n${lines.join('')}</threads>\n`;
  }

  #monitor(command: string): string {
    return monitor(command, {
      target: this.#target,
      thread: this.#current,
      isPhysical: this.#physical,
      setPhysical: (on) => (this.#physical = on),
    });
  }
}

/** At most `digits` hexadecimal digits; null for anything else. */
function hexNumber(text: string, digits: number): bigint | null {
  return text.length > 0 && text.length <= digits && /^[0-9a-fA-F]+$/.test(text) ? BigInt(`0x${text}`) : null;
}

/** `ADDRESS,LENGTH`. */
function rangeOf(text: string, most: number): { readonly address: bigint; readonly length: number } | null {
  const [first = '', second = '', ...more] = text.split(',');
  const address = hexNumber(first, 16);
  const length = hexNumber(second, 8);
  return address === null || length === null || more.length > 0 || length > BigInt(most) ? null : { address, length: Number(length) };
}

/** What is before and behind the first separator; nothing behind where there is none. */
function split(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
