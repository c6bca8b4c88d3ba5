/** `asm`: assembles a source, writes the image, and says what it made. */
import { assemble, flatImage, formatDiagnostic, formatListing, writeElf, DEFAULT_BASE, type Diagnostic, type Program } from '@worldswitch/tools';
import { isMistake, mistake, type Context, type Document, type Mistake, type Outcome, type Style } from '../command.ts';
import { isSameFile, readInput, writeOutput } from '../files.ts';
import { decodeText } from '../text.ts';
import { hex, readAddress, readArch } from '../numbers.ts';
import type { FeatureSet } from '@worldswitch/cpu/arch';

export interface AsmDocument extends Document {
  readonly file: string;
  /** Null where nothing was written. */
  readonly output: { readonly path: string; readonly format: 'elf' | 'flat'; readonly bytes: number } | null;
  readonly entry: string | null;
  readonly sections: readonly { readonly name: string; readonly address: string; readonly size: number; readonly flags: string }[];
  readonly symbols: readonly { readonly name: string; readonly value: string }[];
  readonly diagnostics: readonly { readonly severity: string; readonly file: string; readonly line: number; readonly column: number; readonly length: number; readonly message: string }[];
  /** The listing as text, where it was asked for. */
  readonly listing: string | null;
}

interface Request {
  readonly file: string;
  readonly output: string | null;
  readonly base: bigint;
  readonly entry: string | null;
  readonly features: FeatureSet;
}

export async function run(context: Context): Promise<Outcome> {
  const request = readRequest(context);
  if (isMistake(request)) return request;
  const source = await readSource(context, request);
  if (typeof source !== 'string') return source;
  const { file, base, entry, features } = request;
  const result = assemble(source, { file, base, features, ...(entry === null ? {} : { entry }) });
  const list = result.ok ? result.warnings : result.diagnostics;
  const diagnostics = list.map((diagnostic) => `${coloured(diagnostic, context.style)}\n`).join('');
  if (!result.ok) return { document: describe(request, null, list, null, null), status: 2, diagnostics: diagnostics + summary(list) };
  const output = await write(request.output, result.program, context.values.has('flat'));
  if (output !== null && isMistake(output)) return output;
  const listing = context.values.has('listing') ? formatListing(result.program) : null;
  return { document: describe(request, result.program, list, output, listing), diagnostics };
}

function readRequest({ values, operands }: Context): Request | Mistake {
  const [file, ...more] = operands;
  if (file === undefined) return mistake('asm needs a source: worldswitch asm FILE.s -o OUT.elf');
  if (more.length > 0) return mistake(`asm takes one source, but also got ${more.join(' ')}`);
  const output = values.text('output');
  if (output === null && !values.has('listing')) return mistake(`asm needs a file to write: worldswitch asm ${file} -o OUT.elf (or --listing alone)`);
  const given = values.text('base');
  const base = given === null ? DEFAULT_BASE : readAddress(given, '--base');
  if (typeof base !== 'bigint') return base;
  const features = readArch(values.text('arch'));
  return isMistake(features) ? features : { file, output, base, entry: values.text('entry'), features };
}

async function readSource(context: Context, { file, output }: Request): Promise<string | Mistake> {
  const bytes = await readInput(context, file);
  if (isMistake(bytes)) return bytes;
  if (output !== null && (await isSameFile(file, output))) return mistake(`${output}: the output would replace the source: name another file`);
  if (bytes.subarray(0, 4096).includes(0)) return mistake(`${file}: it is not text: asm reads assembly source (worldswitch disasm reads binaries)`);
  return decodeText(file, bytes);
}

async function write(path: string | null, program: Program, flat: boolean): Promise<AsmDocument['output'] | Mistake> {
  if (path === null) return null;
  const bytes = flat ? flatImage(program)?.bytes : writeElf(program);
  if (bytes === undefined) return mistake(`${path}: a flat binary of this program would be too large: write an ELF file, or put the sections closer together`);
  const wrong = await writeOutput(path, bytes);
  return wrong ?? { path, format: flat ? 'flat' : 'elf', bytes: bytes.length };
}

function describe(request: Request, program: Program | null, diagnostics: readonly Diagnostic[], output: AsmDocument['output'], listing: string | null): AsmDocument {
  return {
    schema: 'worldswitch.asm/1',
    file: request.file,
    output,
    entry: program === null ? null : hex(program.entry),
    sections: (program?.sections ?? []).map(({ name, address, size, flags }) => ({ name, address: hex(address), size, flags: `${flags.alloc ? 'a' : ''}${flags.write ? 'w' : ''}${flags.exec ? 'x' : ''}` })),
    symbols: (program?.symbols ?? []).filter(({ name }) => !name.startsWith('$')).map(({ name, value }) => ({ name, value: hex(value) })),
    diagnostics: diagnostics.map(({ severity, file, line, column, length, message }) => ({ severity, file, line, column, length, message })),
    listing,
  };
}

function coloured(diagnostic: Diagnostic, style: Style): string {
  const text = formatDiagnostic(diagnostic);
  const { severity } = diagnostic;
  return text.replace(`: ${severity}: `, `: ${style[severity](`${severity}:`)} `);
}

function summary(list: readonly Diagnostic[]): string {
  const errors = list.filter(({ severity }) => severity === 'error').length;
  return `${String(errors)} ${errors === 1 ? 'error' : 'errors'}; nothing was written\n`;
}
