/** Help, from the table of commands. */
import { COMMON } from './arguments.ts';
import { invocationOf, type Command, type OptionSpec } from './command.ts';

const COLUMNS = 100;

/** Lines of at most so many characters, but for a word that is longer. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

export function generalHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.flatMap(({ name, summary, example }) => [`  ${name.padEnd(width)}  ${summary}`, `  ${' '.repeat(width)}    ${example}`]);
  return ['worldswitch: an AArch64 virtualization laboratory', '', 'usage: worldswitch COMMAND [options]', '', ...lines, '', 'worldswitch COMMAND --help lists the options of a command; --json prints its result as JSON; --version the version.', ''].join('\n');
}

export function commandHelp(command: Command): string {
  const { usage, summary, example, moreExamples = [], options } = command;
  const offered = Object.entries<OptionSpec>({ ...options, ...COMMON }).filter(([, { refusal }]) => refusal === undefined);
  const rows = offered.map(([option, { short, value, help }]): [string, string] => [
    `${short === undefined ? '    ' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.flatMap(([left, right]) => wrapped(right, COLUMNS - width - 4).map((part, index) => `  ${(index === 0 ? left : '').padEnd(width)}  ${part}`));
  return [`usage: ${invocationOf(command)} ${usage}`.trimEnd(), '', summary, '', ...lines, '', moreExamples.length === 0 ? 'example:' : 'examples:', ...[example, ...moreExamples].map((one) => `  ${one}`), ''].join('\n');
}
