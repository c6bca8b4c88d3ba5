/** A machine as a debugger's target: its PEs are the threads. Breakpoints and watchpoints are set on all of them. */
import type { Machine, MachinePe, Stop } from '@worldswitch/machine';
import { targetDescription } from './description.ts';
import { describePe, peRegisters, type PeRegister } from './registers.ts';
import type { StopEvent, Target, WatchAccess } from './target.ts';

export class MachineTarget implements Target {
  readonly threads: readonly number[];
  readonly registers: readonly PeRegister[];
  readonly description: string;
  readonly #machine: Machine;
  readonly #breakpoints = new Set<bigint>();
  readonly #watchpoints: { readonly address: bigint; readonly bytes: number; readonly access: WatchAccess }[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
    this.threads = machine.pes.map(({ number }) => number + 1);
    this.registers = peRegisters(machine.pes[0]!.cpu);
    this.description = targetDescription(this.registers);
  }

  #pe(thread: number): MachinePe {
    return this.#machine.pes[thread - 1]!;
  }

  describeThread(thread: number): string {
    return describePe(this.#pe(thread));
  }

  readRegister(thread: number, number: number): Uint8Array | null {
    const { bits, read } = this.registers[number]!;
    let value = read(this.#pe(thread).cpu);
    if (value === null) return null;
    const bytes = new Uint8Array(bits / 8);
    for (let at = 0; at < bytes.length; at++, value >>= 8n) bytes[at] = Number(value & 0xffn);
    return bytes;
  }

  writeRegister(thread: number, number: number, bytes: Uint8Array): boolean {
    const { bits, write } = this.registers[number]!;
    if (bytes.length !== bits / 8) return false;
    return write(this.#pe(thread).cpu, bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n));
  }

  readMemory(thread: number, address: bigint, length: number, physical: boolean): Uint8Array {
    const { debugMemory } = this.#machine;
    return physical ? debugMemory.readPhysical(address, length) : debugMemory.readVirtual(this.#pe(thread).cpu, address, length);
  }

  writeMemory(thread: number, address: bigint, bytes: Uint8Array, physical: boolean): boolean {
    const { debugMemory } = this.#machine;
    return physical ? debugMemory.writePhysical(address, bytes) : debugMemory.writeVirtual(this.#pe(thread).cpu, address, bytes);
  }

  setBreakpoint(address: bigint): void {
    this.#breakpoints.add(address);
    for (const { cpu } of this.#machine.pes) cpu.debugger.setBreakpoint(address);
  }

  clearBreakpoint(address: bigint): void {
    this.#breakpoints.delete(address);
    for (const { cpu } of this.#machine.pes) cpu.debugger.clearBreakpoint(address);
  }

  setWatchpoint(address: bigint, bytes: number, access: WatchAccess): void {
    this.#watchpoints.push({ address, bytes, access });
    for (const { cpu } of this.#machine.pes) cpu.debugger.setWatchpoint(address, bytes, access);
  }

  clearWatchpoint(address: bigint, bytes: number, access: WatchAccess): void {
    const at = this.#watchpoints.findIndex((one) => one.address === address && one.bytes === bytes && one.access === access);
    if (at < 0) return;
    this.#watchpoints.splice(at, 1);
    for (const { cpu } of this.#machine.pes) cpu.debugger.clearWatchpoint(address, bytes, access);
  }

  clearAll(): void {
    for (const address of [...this.#breakpoints]) this.clearBreakpoint(address);
    for (const { address, bytes, access } of [...this.#watchpoints]) this.clearWatchpoint(address, bytes, access);
  }

  translate(thread: number, address: bigint): bigint | null {
    const physical = this.#pe(thread).cpu.inspectAddress(address);
    return physical === null ? null : BigInt(physical);
  }

  /** A stop of the machine as the debugger is told of it; `resumed` is the thread that it asked to run. */
  eventOf({ reason, diagnostic }: Stop, resumed: number): StopEvent {
    const thread = diagnostic === null ? resumed : diagnostic.pe + 1;
    if (reason === 'limit') return { thread, cause: { kind: 'interrupt' } };
    if (reason !== 'debugger') return { thread, cause: { kind: 'broken' } };
    const stop = diagnostic?.message === 'step' ? null : this.#pe(thread).cpu.debugStop;
    if (stop === null) return { thread, cause: { kind: 'step' } };
    return { thread, cause: stop.kind === 'watchpoint' ? { kind: 'watchpoint', address: stop.address } : { kind: 'breakpoint' } };
  }
}
