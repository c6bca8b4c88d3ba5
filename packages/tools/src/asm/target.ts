/** `.arch`, `.cpu` and `.arch_extension`: GNU's names for architecture versions, processors and extensions, as features. */
import { FeatureSet, type ArchVersion, type Feature } from '@worldswitch/cpu/arch';
import { nearest } from '../syntax/nearest.ts';

/** Features that GNU includes in a version although the architecture leaves them optional there. */
function version(name: ArchVersion): FeatureSet {
  const mandatory = FeatureSet.upTo(name, 'mandatory');
  return name === 'v8.0' ? mandatory : mandatory.with('CRC32');
}

const VERSIONS: ReadonlyMap<string, ArchVersion> = new Map([
  ['armv8-a', 'v8.0'],
  ['armv8.1-a', 'v8.1'],
  ['armv8.2-a', 'v8.2'],
  ['armv8.3-a', 'v8.3'],
  ['armv8.4-a', 'v8.4'],
  ['armv8.5-a', 'v8.5'],
]);

const EXTENSIONS: ReadonlyMap<string, readonly Feature[]> = new Map<string, readonly Feature[]>([
  ['fp', ['FP']],
  ['simd', ['FP', 'AdvSIMD']],
  ['crc', ['CRC32']],
  ['crypto', ['AES', 'PMULL', 'SHA1', 'SHA256']],
  ['aes', ['AES', 'PMULL']],
  ['sha2', ['SHA1', 'SHA256']],
  ['sha3', ['SHA512', 'SHA3']],
  ['sm4', ['SM3', 'SM4']],
  ['lse', ['LSE']],
  ['lor', ['LOR']],
  ['pan', ['PAN']],
  ['rdma', ['RDM']],
  ['ras', ['RAS']],
  ['profile', ['SPE']],
  ['fp16', ['FP16']],
  ['fp16fml', ['FP16', 'FHM']],
  ['dotprod', ['DotProd']],
  ['bf16', ['BF16']],
  ['i8mm', ['I8MM']],
  ['compnum', ['FCMA', 'JSCVT']],
  ['pauth', ['PAuth']],
  ['rcpc', ['LRCPC']],
  ['flagm', ['FlagM']],
  ['sb', ['SB']],
  ['ssbs', ['SSBS', 'SSBS2']],
  ['predres', ['SPECRES']],
  ['rng', ['RNG']],
  ['memtag', ['MTE', 'MTE2']],
]);

/** Processors by GNU's names: an architecture with extensions. */
const PROCESSORS: ReadonlyMap<string, string> = new Map([
  ['generic', 'armv8-a'],
  ['all', 'armv8.5-a+crypto+sha3+sm4+profile+fp16fml+dotprod+bf16+i8mm+rng+memtag'],
  ['cortex-a35', 'armv8-a+crc'],
  ['cortex-a53', 'armv8-a+crc'],
  ['cortex-a57', 'armv8-a+crc'],
  ['cortex-a72', 'armv8-a+crc'],
  ['cortex-a73', 'armv8-a+crc'],
  ['cortex-a55', 'armv8.2-a+rcpc+fp16+dotprod'],
  ['cortex-a75', 'armv8.2-a+rcpc+fp16+dotprod'],
  ['cortex-a76', 'armv8.2-a+rcpc+fp16+dotprod+ssbs'],
  ['cortex-a77', 'armv8.2-a+rcpc+fp16+dotprod+ssbs'],
  ['neoverse-n1', 'armv8.2-a+rcpc+fp16+dotprod+ssbs+profile'],
  ['neoverse-v1', 'armv8.4-a+fp16fml+bf16+i8mm+rng+ssbs+profile+dotprod'],
  ['thunderx', 'armv8-a+crc+crypto'],
  ['thunderx2t99', 'armv8.1-a+crypto'],
  ['xgene1', 'armv8-a'],
  ['xgene2', 'armv8-a+crc'],
]);

export type Target = { readonly features: FeatureSet } | { readonly message: string };

/** `armv8.2-a+crypto+nofp16` as a set of features. */
export function archFeatures(text: string): Target {
  const [name = '', ...extensions] = text.toLowerCase().split('+');
  const found = VERSIONS.get(name);
  if (found === undefined) return unknown('architecture', name, VERSIONS.keys());
  return extensions.reduce<Target>((target, extension) => ('message' in target ? target : withExtension(target.features, extension)), { features: version(found) });
}

/** `cortex-a72+crypto` as a set of features. */
export function cpuFeatures(text: string): Target {
  const plus = text.indexOf('+');
  const name = (plus < 0 ? text : text.slice(0, plus)).toLowerCase();
  const arch = PROCESSORS.get(name);
  if (arch === undefined) return unknown('processor', name, PROCESSORS.keys());
  return archFeatures(arch + (plus < 0 ? '' : text.slice(plus)));
}

/** `features` with an extension, or without it where its name begins with `no`. */
export function withExtension(features: FeatureSet, extension: string): Target {
  const name = extension.toLowerCase();
  const added = EXTENSIONS.get(name);
  if (added !== undefined) return { features: features.with(...added) };
  const removed = name.startsWith('no') ? EXTENSIONS.get(name.slice(2)) : undefined;
  if (removed !== undefined) return { features: features.without(...removed) };
  return unknown('extension', name, EXTENSIONS.keys());
}

/** GNU's name of the extension that has `feature`, or null. */
export function extensionOf(feature: Feature): string | null {
  for (const [name, features] of EXTENSIONS) if (features.includes(feature)) return name;
  return null;
}

function unknown(kind: string, name: string, known: Iterable<string>): Target {
  const names = [...known];
  const near = nearest(name, names);
  return { message: `unknown ${kind} ${name}${near === null ? `; known are ${names.join(', ')}` : `; did you mean ${near}?`}` };
}
