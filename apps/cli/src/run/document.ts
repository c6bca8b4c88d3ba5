/** What became of a run: the document, and the line that says so to a person. */
import { runData, type Machine, type Hypervised, type RunData, type Stop } from '@worldswitch/machine';
import type { ModeName } from '@worldswitch/hyp';
import type { Document } from '../command.ts';
import { hex } from '../numbers.ts';
import type { Request } from './request.ts';

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
    stop: stop.reason,
    exitCode: unmatched ? 1 : stop.exitCode,
    mode: request.mode ?? 'bare',
    exits: hypervised?.exits() ?? null,
    digest: isRead ? machine.digest() : null,
    guestDigest: isRead ? (hypervised?.guestDigest() ?? null) : null,
    guestHoles: hypervised === null ? null : Object.fromEntries(Array.from(hypervised.holes, ([page, count]) => [page < 0 ? 'elsewhere' : hex(page), count])),
    hostSeconds,
    mips: data.instructions.total / Math.max(hostSeconds, 1e-6) / 1e6,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** What a person wants to know where the guest did not simply end: one line, and for a gap of ours how to see it again. */
export function diagnose({ path, until }: Request, { reason, diagnostic }: Stop, { instructions, exitCode }: RunDocument): string {
  const where = diagnostic === null ? '' : ` at PC ${hex(diagnostic.pc)}, EL${String(diagnostic.el)}${diagnostic.text === null ? '' : `: ${diagnostic.text}`}${diagnostic.row === null ? '' : ` (row ${diagnostic.row})`}: ${diagnostic.message}`;
  const after = `after ${instructions.total.toLocaleString('en')} instructions`;
  switch (reason) {
    case 'unimplemented':
      return `worldswitch: ${path}: stopped ${after}${where}\n`;
    case 'no-progress':
      return `worldswitch: ${path}: no progress ${after}${where}\n`;
    case 'idle-forever':
      return `worldswitch: ${path}: the guest waits for an interrupt that nothing will send, ${after}\n`;
    case 'limit':
      return `worldswitch: ${path}: the limit of --max-instructions was reached, ${after}\n`;
    case 'interrupted':
      return `worldswitch: ${path}: interrupted ${after}\n`;
    default:
      return until !== null && reason !== 'until' && exitCode === 1 ? `worldswitch: ${path}: it ended (${reason}) ${after}, and no console line matched --until ${until.source}\n` : '';
  }
}
