/** What is debugged, as the protocol sees it: threads with registers, memory, and places to stop. Nothing here knows of packets. */

/** A register as gdb is told of it; its number is its place in {@link Target.registers}. */
export interface RegisterDescription {
  readonly name: string;
  readonly bits: 32 | 64 | 128;
  /** The feature of the target description that it is in. */
  readonly feature: string;
  /** A type of the target description; without one, an unsigned integer. */
  readonly type?: string;
  /** The group of `info registers GROUP`. */
  readonly group?: string;
}

export type WatchAccess = 'read' | 'write' | 'both';

/** Why a thread has stopped. */
export type StopCause =
  | { readonly kind: 'breakpoint' | 'step' | 'interrupt' | 'broken' }
  /** `address`: the first watched byte of the access, which has not been made. */
  | { readonly kind: 'watchpoint'; readonly address: bigint };

export interface StopEvent {
  readonly thread: number;
  readonly cause: StopCause;
}

export interface Target {
  /** Identifiers, from 1. */
  readonly threads: readonly number[];
  readonly registers: readonly RegisterDescription[];
  /** The target description, XML. */
  readonly description: string;
  /** What `info threads` says of a thread. */
  describeThread(thread: number): string;
  /** In the order of the bytes in memory; null where it cannot be read. */
  readRegister(thread: number, number: number): Uint8Array | null;
  /** False where it cannot be written. */
  writeRegister(thread: number, number: number, bytes: Uint8Array): boolean;
  /** As many bytes as can be read from the address on, at most `length`; `physical`: the address is one. */
  readMemory(thread: number, address: bigint, length: number, physical: boolean): Uint8Array;
  /** False where a part cannot be written. */
  writeMemory(thread: number, address: bigint, bytes: Uint8Array, physical: boolean): boolean;
  setBreakpoint(address: bigint): void;
  clearBreakpoint(address: bigint): void;
  setWatchpoint(address: bigint, bytes: number, access: WatchAccess): void;
  clearWatchpoint(address: bigint, bytes: number, access: WatchAccess): void;
  /** Takes away all that was set. */
  clearAll(): void;
  /** Where a virtual address leads; null where it leads nowhere. */
  translate(thread: number, address: bigint): bigint | null;
}
