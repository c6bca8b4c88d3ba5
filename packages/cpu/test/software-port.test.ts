/** Native software on a PE: calls between ELs, a guest in machine code between them, faults, and the counters. */
import { expect, test } from 'vitest';
import { EC } from '../src/arch/exception-class.ts';
import { FeatureSet } from '../src/arch/features.ts';
import { HCR_EL2, PAN, SYSTEM_REGISTERS, TPIDR_EL2 } from '../src/arch/sysregs/index.ts';
import { Cpu } from '../src/core.ts';
import { planMemory } from '../src/engine/layout.ts';
import { NativeTextRegion } from '../src/port/native-text.ts';
import { PePort, type GuestRunner } from '../src/port/software-port.ts';

const RAM_BASE = 0x4000_0000;
const RAM_SIZE = 0x10_0000;
const key = (name: string): number => SYSTEM_REGISTERS.byName(name)?.key ?? -1;

interface Bench {
  readonly cpu: Cpu;
  readonly port: PePort;
  readonly text: NativeTextRegion;
}

function makeBench(el: 1 | 2): Bench {
  const plan = planMemory(1, RAM_SIZE);
  const memory = new ArrayBuffer(plan.size);
  const text = new NativeTextRegion(0x0b00_0000, 0x1_0000);
  const cpu = new Cpu({
    memory,
    plan,
    pe: 0,
    features: FeatureSet.upTo('v8.1', 'mandatory').with('EL2'),
    identity: { midr: 0xf0000n, mpidr: 0x8000_0000n, paBits: 48, breakpoints: 6, watchpoints: 4 },
    ports: {
      bus: { read: () => 'abort', write: () => 'abort' },
      ram: [{ base: RAM_BASE, size: RAM_SIZE, host: plan.ram }],
      banks: [],
      firmwareCall: () => false,
      broadcastTlbi: () => undefined,
      sendEvent: () => undefined,
      isNative: (address) => text.contains(address),
    },
  });
  cpu.reset(el, BigInt(text.base));
  const runner: GuestRunner = {
    run: (pe) => {
      const outcome = pe.run(1000);
      return outcome === 'native' ? 'native' : 'stop';
    },
  };
  return { cpu, port: new PePort(0, cpu, text, runner), text };
}

function setCell(port: PePort, cell: number, value: bigint): void {
  port.cells[2 * cell] = Number(value & 0xffff_ffffn);
  port.cells[2 * cell + 1] = Number(value >> 32n);
}

function cell(port: PePort, at: number): bigint {
  return (BigInt(port.cells[2 * at + 1] ?? 0) << 32n) | BigInt(port.cells[2 * at] ?? 0);
}

/** A vector table with one routine for synchronous exceptions from a lower EL and one from the same EL. */
function vectors(lower: (() => void) | null, same: (() => void) | null): ((() => void) | null)[] {
  const slots = new Array<(() => void) | null>(16).fill(null);
  slots[4] = same;
  slots[8] = lower;
  return slots;
}

test('system registers and memory: what MSR and STR put, MRS and LDR get, and each is counted', () => {
  const { port, cpu } = makeBench(2);
  setCell(port, 0, 0x1234_5678_9abc_def0n);
  port.msr(key('TPIDR_EL2'), 0);
  port.mrs(1, key('TPIDR_EL2'));
  expect(cell(port, 1)).toBe(0x1234_5678_9abc_def0n);
  expect(cpu.getSystemRegister(TPIDR_EL2)).toBe(0x1234_5678_9abc_def0n);
  setCell(port, 2, BigInt(RAM_BASE + 0x8000));
  port.str(1, 2, 16);
  port.ldr(3, 2, 16);
  expect(cell(port, 3)).toBe(0x1234_5678_9abc_def0n);
  port.isb();
  expect(port.counters).toMatchObject({ reads: 1, writes: 1, isb: 1, contextWordsLoaded: 1, contextWordsStored: 1 });
});

test('a host at EL1 calls EL2, which enters a guest; the guest returns by HVC and EL2 returns to the host', () => {
  const { cpu, port, text } = makeBench(2);
  const log: string[] = [];
  const guest = BigInt(RAM_BASE + 0x1000);
  // mov x0, #7; hvc #3
  new Int32Array(cpu.state.memory as ArrayBuffer, cpu.memory.physical.host(Number(guest)), 2).set([0xd28000e0, 0xd4000062]);
  const label = text.place('host call');
  let hostElr = 0n;
  const lower = (): void => {
    port.mrs(32, key('ESR_EL2'));
    log.push(`EL2 from lower: 0x${cell(port, 32).toString(16)}`);
    if (hostElr === 0n) {
      port.mrs(33, key('ELR_EL2'));
      hostElr = cell(port, 33);
      setCell(port, 34, guest);
      port.msr(key('ELR_EL2'), 34);
      expect(port.eret()).toBe('in-guest');
      return;
    }
    setCell(port, 34, hostElr);
    port.msr(key('ELR_EL2'), 34);
    expect(port.eret()).toBe('returned');
  };
  setCell(port, 0, BigInt(text.placeVectors('EL2 vectors', vectors(lower, null))));
  port.msr(key('VBAR_EL2'), 0);
  setCell(port, 0, HCR_EL2.RW.mask);
  port.msr(key('HCR_EL2'), 0);
  // To EL1h at the label: an ERET to native text without a frame or a routine is reached by setting SPSR and ELR.
  setCell(port, 0, 0x3c5n);
  port.msr(key('SPSR_EL2'), 0);
  const start = text.place('EL1 host', () => {
    port.label(label);
    expect(port.hvc(0)).toBe('in-guest');
    expect(port.runGuest()).toBe('returned');
    log.push(`host again at EL${String(cpu.state.el)}, x0=${cpu.getX(0).toString()}`);
  });
  setCell(port, 0, BigInt(start));
  port.msr(key('ELR_EL2'), 0);
  expect(port.eret()).toBe('taken');
  expect(log).toEqual(['EL2 from lower: 0x5a000000', 'EL2 from lower: 0x5a000003', 'host again at EL1, x0=7']);
  expect(cpu.pc).toBe(BigInt(label + 4));
  expect(port.counters).toMatchObject({ hvcs: 1 });
  expect([cpu.exceptions.takenTo(2), cpu.exceptions.takenTo(2, EC.HVC64), cpu.exceptions.takenTo(1)]).toEqual([2, 2, 0]);
  expect([...cpu.exceptions.returnsFrom]).toEqual([0, 0, 3]);
});

test('a load that faults runs the routine at the vector of its own EL and goes on', () => {
  const { port, text, cpu } = makeBench(2);
  let far = 0n;
  const same = (): void => {
    port.mrs(48, key('FAR_EL2'));
    far = cell(port, 48);
    expect(port.eret()).toBe('returned');
  };
  setCell(port, 0, BigInt(text.placeVectors('EL2 vectors', vectors(null, same))));
  port.msr(key('VBAR_EL2'), 0);
  port.label(text.place('here'));
  setCell(port, 1, 0x1000n);
  port.ldr(2, 1, 8);
  expect(far).toBe(0x1008n);
  expect(cpu.state.el).toBe(2);
});

test('PAN takes nothing away while stage 1 is off', () => {
  const { port, cpu } = makeBench(2);
  setCell(port, 0, HCR_EL2.of({ RW: 1, E2H: 1, TGE: 1 }));
  port.msr(key('HCR_EL2'), 0);
  setCell(port, 0, PAN.of({ PAN: 1 }));
  port.msr(key('PAN'), 0);
  setCell(port, 1, BigInt(RAM_BASE));
  port.str(1, 1, 0);
  port.ldr(2, 1, 0);
  expect([cell(port, 2), cpu.exceptions.takenTo(2)]).toEqual([BigInt(RAM_BASE), 0]);
});
