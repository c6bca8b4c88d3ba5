/** `monitor …` of gdb: what the protocol has no packet for. A command in, a text out. */
import { hex } from '../numbers.ts';
import type { Target } from './target.ts';

export interface MonitorView {
  readonly target: Target;
  /** The thread that the debugger looks at. */
  readonly thread: number;
  /** Whether addresses of memory are physical ones. */
  readonly isPhysical: boolean;
  readonly setPhysical: (on: boolean) => void;
}

const HELP = `physical on|off    addresses of memory are physical ones, or virtual ones of the current translation regime
translate ADDRESS  the physical address of a virtual one
threads            the PEs
help               this
`;

export function monitor(command: string, { target, thread, isPhysical, setPhysical }: MonitorView): string {
  const [name = '', argument = '', ...more] = command.trim().split(/\s+/);
  if (more.length > 0) return `too many words: monitor help lists the commands\n`;
  switch (name) {
    case 'physical':
      if (argument === '') return `addresses are ${isPhysical ? 'physical' : 'virtual'}\n`;
      if (argument !== 'on' && argument !== 'off') return 'physical is on or off\n';
      setPhysical(argument === 'on');
      return '';
    case 'translate': {
      if (!/^(0x[0-9a-f]{1,16}|\d{1,19})$/i.test(argument)) return 'translate needs an address, such as 0x40080000\n';
      const physical = target.translate(thread, BigInt.asUintN(64, BigInt(argument)));
      return physical === null ? `${argument} is not mapped\n` : `${hex(physical)}\n`;
    }
    case 'threads':
      return target.threads.map((one) => `${String(one)}  ${target.describeThread(one)}\n`).join('');
    case 'help':
    case '':
      return HELP;
    default:
      return `there is no command ${name}: monitor help lists them\n`;
  }
}
