/**
 * Breakpoints and watchpoints of a debugger outside the machine: no register knows of them, whatever the EL and PSTATE,
 * and what they meet is not done. To go on behind one, the debugger takes it away, runs one instruction, and sets it anew.
 */
import { debugAddress } from './addresses.ts';
import { watchKind, type WatchedRange } from './watchpoints.ts';

/** What stopped the PE: the instruction at the PC has not been executed. */
export type DebugStop =
  | { readonly kind: 'breakpoint' }
  /** `address`: the first watched byte of the access. */
  | { readonly kind: 'watchpoint'; readonly address: bigint; readonly isWrite: boolean };

export type WatchedAccess = 'read' | 'write' | 'both';

export class ExternalDebugger {
  stop: DebugStop | null = null;
  readonly #changed: () => void;
  readonly #breakpoints = new Set<number>();
  #ranges: (WatchedRange & { readonly address: bigint })[] = [];

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Stops before the instruction at a virtual address, in every translation regime. */
  setBreakpoint(address: bigint): void {
    this.#breakpoints.add(split(address));
    this.#changed();
  }

  clearBreakpoint(address: bigint): void {
    this.#breakpoints.delete(split(address));
    this.#changed();
  }

  /** Stops before an access to any of `bytes` bytes from a virtual address on. */
  setWatchpoint(address: bigint, bytes: number, access: WatchedAccess): void {
    const first = split(address);
    const kinds = (access === 'write' ? 0 : watchKind(false)) | (access === 'read' ? 0 : watchKind(true));
    this.#ranges.push({ first, last: first + bytes - 1, kinds, address });
    this.#changed();
  }

  /** Takes away one that was set with the same arguments. */
  clearWatchpoint(address: bigint, bytes: number, access: WatchedAccess): void {
    const first = split(address);
    const kinds = (access === 'write' ? 0 : watchKind(false)) | (access === 'read' ? 0 : watchKind(true));
    const at = this.#ranges.findIndex((range) => range.first === first && range.last === first + bytes - 1 && range.kinds === kinds);
    if (at >= 0) this.#ranges.splice(at, 1);
    this.#changed();
  }

  get hasBreakpoints(): boolean {
    return this.#breakpoints.size > 0;
  }

  get ranges(): readonly WatchedRange[] {
    return this.#ranges;
  }

  /** @internal */
  isInPage(page: number, bytes: number): boolean {
    for (const address of this.#breakpoints) if (address >= page && address < page + bytes) return true;
    return false;
  }

  /** @internal Whether the PE stops at the instruction. */
  reached(pc: number): boolean {
    if (!this.#breakpoints.has(pc)) return false;
    this.stop = { kind: 'breakpoint' };
    return true;
  }

  /** @internal Whether the PE stops at the access. */
  accessed(address: number, bytes: number, kind: number): boolean {
    for (const { first, last, kinds, address: start } of this.#ranges) {
      if (address > last || address + bytes <= first || (kinds & kind) === 0) continue;
      this.stop = { kind: 'watchpoint', address: start + BigInt(Math.max(0, address - first)), isWrite: kind === watchKind(true) };
      return true;
    }
    return false;
  }
}

function split(address: bigint): number {
  return debugAddress(Number(BigInt.asIntN(32, address)), Number(BigInt.asIntN(32, address >> 32n)));
}
