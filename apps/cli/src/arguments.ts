/** The arguments of a command against its options: values and operands, or the mistake in one line. */
import { parseArgs } from 'node:util';
import { invocationOf, mistake, type Command, type Mistake, type OptionSpec, type Values } from './command.ts';

/** Options of every command. */
export const COMMON: Readonly<Record<string, OptionSpec>> = {
  json: { help: 'print one JSON document' },
  help: { short: 'h', help: 'print this' },
};

export interface Arguments {
  readonly values: Values;
  readonly operands: readonly string[];
}

export async function parseArguments(command: Command, args: readonly string[]): Promise<Arguments | Mistake> {
  const specs: Readonly<Record<string, OptionSpec>> = { ...command.options, ...COMMON };
  const config = Object.entries(specs).map(([name, { value, short }]) => [name, { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short === undefined ? {} : { short }) }]);
  const { tokens } = parseArgs({ args: [...args], options: Object.fromEntries(config) as Record<string, { type: 'boolean' | 'string' }>, strict: false, tokens: true, allowPositionals: true });
  const given = new Map<string, string>();
  const second = new Map<string, string>();
  const operands: string[] = [];
  /** The option whose second value the next argument is. */
  let unfinished: string | null = null;
  for (const token of tokens) {
    if (token.kind === 'positional' && unfinished !== null) {
      second.set(unfinished, token.value);
      unfinished = null;
      continue;
    }
    if (unfinished !== null) break;
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) return unknownOption(command, rawName, Object.keys(specs));
    if (spec.value === undefined && value !== undefined) return mistake(`${rawName} takes no value, but got ${value}`);
    if (spec.refusal !== undefined) return mistake(`${rawName}: ${spec.refusal}`);
    if (spec.value !== undefined) {
      const wrong = wrongValue(spec, rawName, value, inlineValue === true);
      if (wrong !== null) return wrong;
      if (given.has(name)) return mistake(`${rawName} is given twice: leave one of them out`);
    }
    given.set(name, value ?? '');
    if (spec.value?.includes(' ') === true) unfinished = name;
  }
  if (unfinished !== null) return mistake(`--${unfinished} needs two values: --${unfinished} ${specs[unfinished]!.value!}`);
  return { values: { has: (name) => given.has(name), text: (name) => given.get(name) ?? null, second: (name) => second.get(name) ?? '' }, operands };
}

/** Without this `--append --smp 2` would be a command line and an image. */
function wrongValue({ value: name = '', mayBeEmpty }: OptionSpec, rawName: string, value: string | undefined, isInline: boolean): Mistake | null {
  if (value === undefined || (value === '' && mayBeEmpty !== true)) return mistake(`${rawName} needs a value: ${rawName} ${name}`);
  return isInline || !value.startsWith('--') ? null : mistake(`${rawName} needs a value: ${rawName} ${name} (${rawName}=${value} if that is one)`);
}

async function unknownOption(command: Command, rawName: string, known: readonly string[]): Promise<Mistake> {
  const near = await loadSuggestion(rawName, known.map((option) => `--${option}`));
  return mistake(`${command.name} has no option ${rawName}${near} (${invocationOf(command)} --help lists them)`);
}

/** `; did you mean NAME?`, or nothing; what finds it is loaded only for a slip. */
export async function loadSuggestion(name: string, candidates: readonly string[]): Promise<string> {
  const { nearest } = await import('@worldswitch/tools');
  const beginning = candidates.filter((candidate) => candidate.startsWith(name));
  const near = beginning.length === 1 ? beginning[0]! : nearest(name, candidates);
  return near === null ? '' : `; did you mean ${near}?`;
}
