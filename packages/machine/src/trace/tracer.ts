/**
 * Puts observers where a machine's parts meet, for the kinds of events that are wanted: around the bus, around the lines of the
 * GIC, into the core's ports. What is not wanted has nothing around it, and costs nothing.
 */
import { describeSyndrome, ELR_EL1, ELR_EL2, ESR_EL1, ESR_EL2, FAR_EL1, FAR_EL2, genericRegisterName, HPFAR_EL2, SYSTEM_REGISTERS } from '@worldswitch/cpu/arch';
import type { Bus, BusResult, Cpu, CpuObserver } from '@worldswitch/cpu';
import { FIRST_SPI, MmioFrame, type Gic, type GicPe } from '@worldswitch/gic';
import { EDGES, type Edge } from '@worldswitch/hyp';
import type { DeviceBus } from '../bus.ts';
import type { TraceDescription, TraceEvent, TraceKind, TraceStamp } from './events.ts';

const BANKED = { 1: { elr: ELR_EL1, esr: ESR_EL1, far: FAR_EL1 }, 2: { elr: ELR_EL2, esr: ESR_EL2, far: FAR_EL2 } } as const;
const ASYNCHRONOUS = { irq: 'IRQ', fiq: 'FIQ', serror: 'SError' } as const;
/** ICC_, ICV_ and ICH_ registers. */
const GIC_KEYS = new Set(SYSTEM_REGISTERS.rows.filter(({ name }) => /^IC[CVH]_/.test(name)).map(({ key }) => key));
const WORD_BYTES = 4;

/** What a tracer asks of its machine; PEs may not exist yet when it is made. */
export interface TracedMachine {
  readonly cpu: (pe: number) => Cpu;
  readonly stamp: (pe: number) => TraceStamp;
  /** The PE that runs, for what comes from elsewhere. */
  readonly runningPe: () => number;
}

export class Tracer {
  readonly #kinds: ReadonlySet<TraceKind>;
  readonly #listener: TraceDescription['listener'];
  readonly #machine: TracedMachine;

  constructor({ kinds, listener }: TraceDescription, machine: TracedMachine) {
    this.#kinds = kinds;
    this.#listener = listener;
    this.#machine = machine;
  }

  /** An edge of the world switch. */
  edge(pe: number, edge: Edge): void {
    if (this.#kinds.has('switch')) this.#tell(pe, { kind: 'switch', event: EDGES[edge]! });
  }

  /** What the core of a PE tells; undefined where nothing of it is wanted. */
  observer(pe: number): CpuObserver | undefined {
    const exceptions = this.#kinds.has('exceptions');
    const accesses = this.#kinds.has('sysreg') || this.#kinds.has('gic');
    if (!exceptions && !accesses) return undefined;
    return {
      ...(exceptions && {
        exceptionTaken: (kind, from, to, hasFar, hasIpa) => this.#exception(pe, kind, from, to, hasFar, hasIpa),
        exceptionReturned: (from) => {
          const { state, pc } = this.#machine.cpu(pe);
          this.#tell(pe, { kind: 'exceptions', event: 'return', from, to: state.el, pc: hex(pc) });
        },
      }),
      ...(accesses && { registerAccessed: (key, reached, isRead, lo, hi) => this.#register(pe, key, reached, isRead, lo, hi) }),
    };
  }

  /** The bus of a PE, with what is wanted of its accesses told: frames of the GIC, and everything. */
  bus(pe: number, bus: DeviceBus): Bus {
    const mmio = this.#kinds.has('mmio');
    const gic = this.#kinds.has('gic');
    if (!mmio && !gic) return bus;
    const tell = (event: 'read' | 'write', address: number, size: number, data: Uint32Array, result: BusResult): BusResult => {
      const region = bus.find(address, size);
      const isAborted = result === 'abort';
      const value = isAborted && event === 'read' ? null : hex(valueOf(size, data));
      if (mmio) this.#tell(pe, { kind: 'mmio', event, device: region?.name ?? null, address: hex(address), size, value, ...(isAborted && { aborted: true }), pc: hex(this.#machine.cpu(pe).pc) });
      if (gic && !isAborted && region?.device instanceof MmioFrame) this.#tell(pe, { kind: 'gic', event, register: frameRegisterName(region.device, address - region.base), value: hex(valueOf(size, data)) });
      return result;
    };
    return {
      read: (address, size, data) => tell('read', address, size, data, bus.read(address, size, data)),
      write: (address, size, data) => tell('write', address, size, data, bus.write(address, size, data)),
    };
  }

  /** The lines that a GIC drives at a PE. */
  gicOutputs(pe: number, lines: GicPe['lines']): GicPe['lines'] {
    if (!this.#kinds.has('gic')) return lines;
    const traced = (line: 'IRQ' | 'FIQ' | 'vIRQ' | 'vFIQ', set: (level: boolean) => void) => {
      let last = false;
      return (level: boolean): void => {
        if (level !== last) this.#tell(pe, { kind: 'gic', event: 'output', line, level });
        last = level;
        set(level);
      };
    };
    return {
      setIrq: traced('IRQ', (level) => lines.setIrq(level)),
      setFiq: traced('FIQ', (level) => lines.setFiq(level)),
      setVirtualIrq: traced('vIRQ', (level) => lines.setVirtualIrq(level)),
      setVirtualFiq: traced('vFIQ', (level) => lines.setVirtualFiq(level)),
    };
  }

  /** A GIC whose inputs are told when they change. */
  gicInputs(gic: Gic): Gic {
    if (!this.#kinds.has('gic')) return gic;
    const high = new Set<string>();
    const tell = (pe: number, intid: number, level: boolean): void => {
      const line = intid < FIRST_SPI ? `${String(pe)} ${String(intid)}` : String(intid);
      if (high.has(line) === level) return;
      if (level) high.add(line);
      else high.delete(line);
      this.#tell(pe, { kind: 'gic', event: 'input', intid, level });
    };
    return {
      ...gic,
      setPpi: (pe, intid, level) => {
        tell(pe, intid, level);
        gic.setPpi(pe, intid, level);
      },
      setSpi: (intid, level) => {
        tell(this.#machine.runningPe(), intid, level);
        gic.setSpi(intid, level);
      },
    };
  }

  #tell(pe: number, event: TraceEvent): void {
    this.#listener({ ...this.#machine.stamp(pe), ...event });
  }

  #exception(pe: number, kind: 'sync' | 'irq' | 'fiq' | 'serror', from: number, to: 1 | 2, hasFar: boolean, hasIpa: boolean): void {
    const cpu = this.#machine.cpu(pe);
    const bank = BANKED[to];
    const register = (row: Parameters<Cpu['getSystemRegister']>[0]): bigint => cpu.getSystemRegister(row) ?? 0n;
    const esr = kind === 'sync' || kind === 'serror' ? register(bank.esr) : null;
    const syndrome = esr === null ? null : describeSyndrome(esr);
    this.#tell(pe, {
      kind: 'exceptions', event: 'exception', from, to,
      class: kind === 'sync' ? syndrome!.name : ASYNCHRONOUS[kind],
      pc: hex(register(bank.elr)),
      vector: hex(cpu.pc),
      ...(syndrome !== null && { esr: hex(esr!), iss: Object.fromEntries(syndrome.fields.map(({ name, value, meaning }) => [name, meaning ?? value])) }),
      ...(hasFar && { far: hex(register(bank.far)) }),
      ...(hasIpa && { hpfar: hex(register(HPFAR_EL2)) }),
    });
  }

  #register(pe: number, key: number, reached: number, isRead: boolean, lo: number, hi: number): void {
    const direction = isRead ? 'R' : 'W';
    const event = isRead ? 'read' : 'write';
    const value = hex((BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0));
    if (this.#kinds.has('gic') && GIC_KEYS.has(reached)) this.#tell(pe, { kind: 'gic', event, register: registerName(reached, direction), value });
    if (!this.#kinds.has('sysreg')) return;
    const { pc, state } = this.#machine.cpu(pe);
    this.#tell(pe, { kind: 'sysreg', event, register: registerName(key, direction), ...(reached !== key && { reached: registerName(reached, direction) }), value, el: state.el, pc: hex(pc) });
  }
}

function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

function valueOf(size: number, data: Uint32Array): bigint {
  return BigInt.asUintN(8 * size, (BigInt(data[1]!) << 32n) | BigInt(data[0]!));
}

function registerName(key: number, direction: 'R' | 'W'): string {
  return SYSTEM_REGISTERS.byKey(key, direction)?.name ?? genericRegisterName(key);
}

/** `GICD_ISENABLER1`: the register's name with its number, or the frame with the offset where it has none. */
function frameRegisterName({ frame }: MmioFrame, offset: number): string {
  const location = frame.at(offset - (offset % WORD_BYTES));
  if (location === undefined) return `${frame.name}+${hex(offset)}`;
  const { register, n } = location;
  return register.count === 1 ? register.name : `${register.name}${String(n)}`;
}
