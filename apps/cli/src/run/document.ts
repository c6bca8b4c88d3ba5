/** What became of a run: the document, and the line that says so to a person. */
import { holeName, runData, type Machine, type Hypervised, type RunData, type Stop, type StopDiagnostic } from '@worldswitch/machine';
import type { ModeName } from '@worldswitch/hyp';
import type { Document } from '../command.ts';
import { hex } from '../numbers.ts';
import type { Request } from './request.ts';
import { hash } from './snapshot-file.ts';

export interface RunDocument extends Document, Omit<RunData, 'stop' | 'exitCode'> {
  readonly schema: 'worldswitch.run/1';
  readonly stop: Stop['reason'];
  readonly exitCode: number;
  readonly mode: 'bare' | ModeName;
  /** With a hypervisor: exits of the guest by reason. */
  readonly exits: Readonly<Record<string, number>> | null;
  /** SHA-256 of all architectural state and RAM; with a hypervisor, also of the guest's. Null where nobody reads the document: RAM is large. */
  readonly digest: string | null;
  readonly guestDigest: string | null;
  /** With a hypervisor: accesses of the guest that no device of its VMM answered, by page. */
  readonly guestHoles: Readonly<Record<string, number>> | null;
  readonly hostSeconds: number;
  readonly mips: number;
  readonly peakRssBytes: number;
}

/** What ran. */
export interface Ran {
  readonly machine: Machine;
  readonly hypervised: Hypervised | null;
}

/** `isRead`: whether somebody asked for the document. */
export function describe(request: Request, { machine, hypervised }: Ran, stop: Stop, hostSeconds: number, isRead: boolean): RunDocument {
  const data = runData(machine);
  const unmatched = request.until !== null && stop.reason !== 'until' && stop.exitCode === 0;
  return {
    schema: 'worldswitch.run/1',
    ...data,
    ignored: { ...data.ignored, itsCommands: data.ignored.itsCommands + (hypervised?.ignoredItsCommands ?? 0) },
    stop: stop.reason,
    exitCode: unmatched ? 1 : stop.exitCode,
    mode: request.mode ?? 'bare',
    exits: hypervised?.exits() ?? null,
    digest: isRead ? machine.digest({ hash }) : null,
    guestDigest: isRead ? (hypervised?.guestDigest() ?? null) : null,
    guestHoles: hypervised === null ? null : Object.fromEntries(Array.from(hypervised.holes, ([page, count]) => [holeName(page), count])),
    hostSeconds,
    mips: data.instructions.total / Math.max(hostSeconds, 1e-6) / 1e6,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** Where something happened: PC, EL, instruction, row. */
export function placeText({ pc, el, text, row, message }: StopDiagnostic): string {
  return `at PC ${hex(pc)}, EL${String(el)}${text === null ? '' : `: ${text.replaceAll(/\s+/g, ' ')}`}${row === null ? '' : ` (row ${row})`}: ${message}`;
}

/** What a person wants to know: where the guest did not simply end, a line; what was ignored, another. At a terminal also that it ended. */
export function diagnose({ path, until }: Request, stop: Stop, document: RunDocument, isTerminal: boolean): string {
  const lines = [endText(stop, document, until, isTerminal), ignoredText(document)].filter((line) => line !== null);
  return lines.map((line) => `worldswitch: ${path}: ${line}\n`).join('');
}

function endText({ reason, diagnostic }: Stop, document: RunDocument, until: RegExp | null, isTerminal: boolean): string | null {
  const { instructions, virtualSeconds, hostSeconds, mips, exitCode } = document;
  const total = `${instructions.total.toLocaleString('en')} instructions`;
  const after = `after ${total}`;
  const where = diagnostic === null ? '' : ` ${placeText(diagnostic)}`;
  switch (reason) {
    case 'unimplemented':
      return `stopped ${after}${where}`;
    case 'no-progress':
      return `no progress ${after}${where}`;
    case 'idle-forever':
      return `the guest waits for an interrupt that nothing will send, ${after}`;
    case 'limit':
      return `the limit of --max-instructions was reached, ${after}`;
    case 'interrupted':
      return `interrupted ${after}, ${seconds(virtualSeconds)} of virtual time`;
    default:
      if (until !== null && reason !== 'until' && exitCode === 1) return `it ended (${reason}) ${after}, and no console line matched --until ${until.source}`;
      return isTerminal ? `${reason} ${after} in ${seconds(hostSeconds)} (${mips.toFixed(1)} MIPS), ${seconds(virtualSeconds)} of virtual time; ${countsText(document)}` : null;
  }
}

const seconds = (value: number): string => `${value.toFixed(3)} s`;
const many = (count: number, one: string, several = `${one}s`): string => `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((total, count) => total + count, 0);

function countsText({ exceptions, exits }: RunDocument): string {
  const taken = Object.values(exceptions).reduce((total, counts) => total + sum(counts), 0);
  return `${many(taken, 'exception')}${exits === null ? '' : `, ${many(sum(exits), 'exit')} of the guest`}`;
}

/** Places that are named one by one. */
const MOST_PLACES = 4;

/** What software asked for and got nothing; null where there is none. */
function ignoredText({ ignored: { holes, reserved, semihosting, itsCommands }, guestHoles }: RunDocument): string | null {
  const places = (counts: Readonly<Record<string, number>>): string => {
    const names = Object.keys(counts);
    return `${names.slice(0, MOST_PLACES).join(', ')}${names.length > MOST_PLACES ? ` and ${String(names.length - MOST_PLACES)} more` : ''}`;
  };
  const parts = [
    ...[holes, guestHoles ?? {}].flatMap((counts) => (sum(counts) === 0 ? [] : [`${many(sum(counts), 'access', 'accesses')} where nothing is (pages ${places(counts)})`])),
    ...(sum(reserved) === 0 ? [] : [`${many(sum(reserved), 'access', 'accesses')} to reserved offsets of ${places(reserved)}`]),
    ...(itsCommands === 0 ? [] : [`${many(itsCommands, 'ITS command')} in error`]),
    ...(sum(semihosting) === 0 ? [] : [`${many(sum(semihosting), 'semihosting call')} of unknown operations ${places(semihosting)}`]),
  ];
  return parts.length === 0 ? null : `ignored: ${parts.join('; ')}`;
}
