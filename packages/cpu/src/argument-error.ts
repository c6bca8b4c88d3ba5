/** What a caller of this package gave that cannot be: the argument, what was given, and what is allowed. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
  /** The argument, as the caller wrote it: `identity.paBits`. */
  readonly argument: string;
  /** What was given, as text. */
  readonly given: string;
  /** What would be right. */
  readonly allowed: string;

  constructor(argument: string, given: unknown, allowed: string) {
    const text = describe(given);
    super(`${argument} is ${text}; allowed: ${allowed}`);
    this.argument = argument;
    this.given = text;
    this.allowed = allowed;
  }
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return `0x${value.toString(16)}`;
    case 'string':
      return JSON.stringify(value.slice(0, 80));
    case 'object':
      return value === null ? 'null' : 'an object';
    case 'function':
      return 'a function';
    default:
      return String(value);
  }
}

/** Throws an {@link ArgumentError} unless `value` is an integer from `least` to `most`, and a multiple of `step`. */
export function checkInteger(argument: string, value: number, least: number, most: number, step = 1): void {
  if (Number.isInteger(value) && value >= least && value <= most && value % step === 0) return;
  const range = `${String(least)} to ${String(most)}`;
  throw new ArgumentError(argument, value, step === 1 ? `an integer, ${range}` : `a multiple of ${String(step)}, ${range}`);
}

/** Throws an {@link ArgumentError} unless `value` is a bigint of at most `bits` bits. */
export function checkBits(argument: string, value: bigint, bits: number): void {
  if (typeof value === 'bigint' && value >= 0n && value >> BigInt(bits) === 0n) return;
  throw new ArgumentError(argument, value, `a bigint of ${String(bits)} bits`);
}
