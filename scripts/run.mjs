// @ts-check
/**
 * `node scripts/run.mjs [--build] [COMMAND ARGS…]`: installs the workspace if it is missing or stale, with `--build` builds it
 * too, then runs COMMAND from the root with the workspace's programs on the PATH. Needs Node and npm, no pnpm.
 * What installation and build say goes to stderr; stdin, stdout and the exit status are COMMAND's.
 */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ensureBuilt, ensureInstalled, pnpm, root, WorkspaceError } from './lib/workspace.mjs';

const args = process.argv.slice(2);
const build = args[0] === '--build';
const [command, ...rest] = build ? args.slice(1) : args;

try {
  if (build) ensureBuilt('shown');
  else ensureInstalled('shown');
} catch (error) {
  if (!(error instanceof WorkspaceError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exit(1);
}

if (command === 'turbo') {
  // turbo starts each task with pnpm, so it must find one.
  process.exitCode = pnpm(['exec', 'turbo', ...rest], { stdio: 'inherit' }).status ?? 1;
} else if (command !== undefined) {
  const path = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const program = command === 'node' ? process.execPath : command;
  const child = spawn(program, rest, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  // A terminal sends Ctrl-C to both of us: let the child decide, and report what became of it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    process.stderr.write(`${command}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (status, signal) => {
    process.exitCode = status ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
