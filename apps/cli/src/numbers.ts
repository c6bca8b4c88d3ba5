/** Numbers of the command line. */
import { FeatureSet, ARCH_VERSIONS, FEATURE_NAMES, type ArchVersion, type Feature } from '@worldswitch/cpu/arch';
import { nearest } from '@worldswitch/tools';
import { mistake, type Mistake } from './command.ts';

/** A word or a register as debuggers print them: all its digits, with nothing before them. */
const BARE = /^([0-9a-f]{8}|[0-9a-f]{16})$/i;

/** `0x…`, `0b…` or decimal, with `_` between digits; null for anything else. */
export function readNumber(text: string): bigint | null {
  const digits = text.replaceAll('_', '');
  return /^(0x[0-9a-f]{1,64}|0b[01]{1,128}|[0-9]{1,64})$/i.test(digits) ? BigInt(digits) : null;
}

/** A number of at most `bits` bits. */
export function readBits(text: string, bits: 32 | 64, what: string): bigint | Mistake {
  const value = readNumber(BARE.test(text) ? `0x${text}` : text);
  if (value === null) return mistake(`${text} is no number: ${what} is written 0x… in hexadecimal`);
  if (value >> BigInt(bits) !== 0n) return mistake(`${text} does not fit in ${String(bits)} bits: check ${what}`);
  return value;
}

/** How many of something, from `least` to `most`; null for anything else. */
export function readCount(text: string, least: number, most: number): number | null {
  const value = readNumber(text);
  return value === null || value < BigInt(least) || value > BigInt(most) ? null : Number(value);
}

/** An address for code: a multiple of 4. */
export function readAddress(text: string, option: string): bigint | Mistake {
  const address = readBits(text, 64, `the address of ${option}`);
  if (typeof address === 'bigint' && (address & 3n) !== 0n) return mistake(`${option} ${text}: instructions begin at a multiple of 4`);
  return address;
}

export function hex(value: bigint | number, digits = 0): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight digits of a 32-bit number; for long outputs. */
export function hexWord(word: number): string {
  return `0x${BYTES[word >>> 24]!}${BYTES[(word >>> 16) & 255]!}${BYTES[(word >>> 8) & 255]!}${BYTES[word & 255]!}`;
}

/** An address in at least eight digits. */
export function hexAddress(address: bigint): string {
  return address <= 0xffff_ffffn ? hexWord(Number(address)) : hex(address);
}

/** `v8.4`, `v8.4-JSCVT+RNG`; everything where no option is given. */
export function readArch(text: string | null): FeatureSet | Mistake {
  if (text === null) return FeatureSet.ALL;
  const [name = '', ...changes] = text.split(/(?=[+-])/);
  if (!(ARCH_VERSIONS as readonly string[]).includes(name)) return mistake(`--arch ${name}: known are ${ARCH_VERSIONS.join(', ')}, with +FEATURE or -FEATURE`);
  let features = FeatureSet.upTo(name as ArchVersion, 'all');
  for (const change of changes) {
    const feature = change.slice(1).replace(/^FEAT_/i, '');
    const known = FEATURE_NAMES.find((candidate) => candidate.toLowerCase() === feature.toLowerCase());
    if (known === undefined) return mistake(`--arch ${text}: there is no feature ${feature}${suggestion(feature, FEATURE_NAMES)}`);
    features = change.startsWith('+') ? features.with(known) : features.without(known);
  }
  return features;
}

export function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  return near === null ? '' : `; did you mean ${near}?`;
}

/** A feature as the manual prints it; the base architecture has none. */
export function featureName(feature: Feature | null): string {
  return feature === null ? 'the base architecture' : `FEAT_${feature}`;
}
