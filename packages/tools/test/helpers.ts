/** Assembling in tests. */
import { assemble, flatImage, formatDiagnostic, type AssembleOptions, type Program } from '../src/index.ts';

/** The program of a source that must be right. */
export function program(source: string, options: AssembleOptions = {}): Program {
  const result = assemble(source, { file: 't.s', ...options });
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  return result.program;
}

/** The first section's bytes in hexadecimal. */
export function bytesOf(source: string, options: AssembleOptions = {}): string {
  return hex(program(source, options).sections[0]!.bytes);
}

/** The messages about a source that must be wrong, without the excerpts: `line:column: severity: message`. */
export function errorsOf(source: string, options: AssembleOptions = {}): string[] {
  const result = assemble(source, { file: 't.s', ...options });
  return result.ok ? [] : result.diagnostics.map((diagnostic) => formatDiagnostic(diagnostic).split('\n')[0]!.replace(/^t\.s:/, ''));
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function flat(source: string): Uint8Array {
  return flatImage(program(source))!.bytes;
}
