/** The live machine as the page knows it: signals that its worker's events set. */
import { signal } from '@preact/signals';
import { createWorker } from '../data.ts';
import type { Client } from '../protocol.ts';
import { screen } from '../state.ts';
import type { Drive, Inspection, LogLine, MachineStatus, StartQuery, WalkText } from './protocol.ts';
import { Terminal } from './terminal.ts';

const LOG_SHOWN = 200;

export const status = signal<MachineStatus | null>(null);
export const consoleText = signal('');
export const log = signal<readonly LogLine[]>([]);
export const inspection = signal<Inspection | null>(null);
export const walk = signal<WalkText | null>(null);
/** What went wrong with the last thing that the user asked for. */
export const message = signal<string | null>(null);
export const isStarting = signal(false);

let client: Client | null = null;
let terminal = new Terminal();

function worker(): Client {
  if (client !== null) return client;
  const made = createWorker();
  made.on('console', (bytes) => {
    terminal.write(bytes);
    consoleText.value = terminal.text;
  });
  made.on('log', (lines) => { log.value = [...log.value, ...lines].slice(-LOG_SHOWN); });
  made.on('status', (next) => {
    status.value = next;
    if (!next.isRunning) look();
  });
  made.onDeath = (why) => {
    message.value = `${why} Start a machine again.`;
    client = null;
    status.value = null;
  };
  client = made;
  return made;
}

const report = (error: unknown): void => { message.value = error instanceof Error ? error.message : String(error); };

/** Registers and the walk, as they are now. */
export function look(): void {
  if (client === null) return;
  const { find, walk: address } = screen.value;
  client.call('inspect', { find }).then((answer) => { inspection.value = answer; }, report);
  if (address === '') walk.value = null;
  else client.call('walk', { address }).then((answer) => { walk.value = answer; }, report);
}

/** The machine before stays, with what it has printed, unless the new one is there. */
export async function start(query: StartQuery): Promise<void> {
  isStarting.value = true;
  message.value = null;
  const previous = terminal;
  const fresh = new Terminal();
  try {
    terminal = fresh;
    status.value = await worker().call('start', query);
    consoleText.value = fresh.text;
    log.value = [];
    drive('run');
  } catch (error) {
    terminal = previous;
    report(error);
  }
  isStarting.value = false;
}

export function drive(what: Drive): void {
  worker().call('drive', { what }).then((next) => { status.value = next; }, report);
}

export function type(bytes: Uint8Array): void {
  worker().call('type', { bytes }).catch(report);
}
