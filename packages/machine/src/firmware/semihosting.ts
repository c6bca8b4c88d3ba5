/**
 * Arm semihosting for A64: HLT #0xF000 with the operation in W0 and its parameter in X1 ("Semihosting for AArch32 and
 * AArch64", IHI 0100). The console, the clock, the command line and the exit; no files.
 */

/** The immediate of HLT that calls the host. */
export const SEMIHOSTING_IMMEDIATE = 0xf000;

export const SEMIHOSTING = {
  SYS_WRITEC: 0x03,
  SYS_WRITE0: 0x04,
  SYS_WRITE: 0x05,
  SYS_CLOCK: 0x10,
  SYS_GET_CMDLINE: 0x15,
  SYS_EXIT: 0x18,
  SYS_EXIT_EXTENDED: 0x20,
} as const;

/** The reason that stands for the normal end of an application; its subcode is the exit code. */
const ADP_STOPPED_APPLICATION_EXIT = 0x20026n;
const ALL_ONES = 0xffff_ffff_ffff_ffffn;
/** Handles of standard output and standard error, as hosts give them out. */
const CONSOLE_HANDLES: readonly bigint[] = [1n, 2n];
/** Longest string that SYS_WRITE0 and the longest buffer that SYS_WRITE takes: guests are untrusted. */
const MAX_BYTES = 1 << 20;

/** The calling program's registers and memory, and what the host gives it. */
export interface SemihostingHost {
  getX(n: number): bigint;
  setX(n: number, value: bigint): void;
  /** A byte or a double-word at a virtual address of the caller; null where it faults. */
  readByte(address: bigint): number | null;
  read64(address: bigint): bigint | null;
  writeByte(address: bigint, value: number): boolean;
  write64(address: bigint, value: bigint): boolean;
  print(byte: number): void;
  /** Hundredths of a second of virtual time. */
  readonly centiseconds: number;
  readonly commandLine: string;
  exit(code: number): void;
  /** An operation that we do not offer. */
  unknown(operation: number): void;
}

/** Performs the call. The result, where there is one, is in X0. */
export function semihostingCall(host: SemihostingHost): void {
  const operation = Number(host.getX(0) & 0xffff_ffffn);
  const parameter = host.getX(1);
  switch (operation) {
    case SEMIHOSTING.SYS_WRITEC: {
      const byte = host.readByte(parameter);
      if (byte !== null) host.print(byte);
      return;
    }
    case SEMIHOSTING.SYS_WRITE0:
      writeString(host, parameter);
      return;
    case SEMIHOSTING.SYS_WRITE:
      host.setX(0, writeBuffer(host, parameter));
      return;
    case SEMIHOSTING.SYS_CLOCK:
      host.setX(0, BigInt(host.centiseconds));
      return;
    case SEMIHOSTING.SYS_GET_CMDLINE:
      host.setX(0, getCommandLine(host, parameter) ? 0n : ALL_ONES);
      return;
    case SEMIHOSTING.SYS_EXIT:
    case SEMIHOSTING.SYS_EXIT_EXTENDED: {
      const reason = host.read64(parameter);
      const subcode = host.read64(parameter + 8n);
      host.exit(reason === ADP_STOPPED_APPLICATION_EXIT && subcode !== null ? Number(BigInt.asIntN(32, subcode)) : 1);
      return;
    }
    default:
      host.unknown(operation);
      host.setX(0, ALL_ONES);
  }
}

function writeString(host: SemihostingHost, address: bigint): void {
  for (let at = 0; at < MAX_BYTES; at++) {
    const byte = host.readByte(address + BigInt(at));
    if (byte === null || byte === 0) return;
    host.print(byte);
  }
}

/** Handle, address, length at the parameter; the result is the number of bytes that were *not* written. */
function writeBuffer(host: SemihostingHost, block: bigint): bigint {
  const handle = host.read64(block);
  const address = host.read64(block + 8n);
  const length = host.read64(block + 16n);
  if (handle === null || address === null || length === null) return ALL_ONES;
  if (!CONSOLE_HANDLES.includes(handle)) return length;
  for (let at = 0n; at < length && at < BigInt(MAX_BYTES); at++) {
    const byte = host.readByte(address + at);
    if (byte === null) return length - at;
    host.print(byte);
  }
  return length > BigInt(MAX_BYTES) ? length - BigInt(MAX_BYTES) : 0n;
}

/** A buffer and its size at the parameter; the string with a NUL goes there, its length into the size. */
function getCommandLine(host: SemihostingHost, block: bigint): boolean {
  const address = host.read64(block);
  const size = host.read64(block + 8n);
  const text = host.commandLine;
  if (address === null || size === null || BigInt(text.length) >= size) return false;
  for (let at = 0; at <= text.length; at++) {
    if (!host.writeByte(address + BigInt(at), at === text.length ? 0 : text.charCodeAt(at) & 0xff)) return false;
  }
  return host.write64(block + 8n, BigInt(text.length));
}
