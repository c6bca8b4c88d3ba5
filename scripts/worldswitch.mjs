// @ts-check
/**
 * `npm run -s worldswitch -- ARGS`: the command from a checkout. Installs and builds what is missing or stale, silently unless
 * that fails, then becomes the command: same process, so stdin, stdout, signals and the exit status are its own.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, root, WorkspaceError } from './lib/workspace.mjs';

try {
  ensureBuilt('kept');
} catch (error) {
  if (!(error instanceof WorkspaceError)) throw error;
  process.stderr.write(`worldswitch: ${error.message}\n`);
  process.exit(70);
}

// npm runs scripts in the root; the user's relative paths mean the folder npm was called from.
const from = process.env['INIT_CWD'];
if (process.env['npm_lifecycle_event'] === 'worldswitch' && from !== undefined) process.chdir(from);

const main = join(root, 'apps', 'cli', 'dist', 'main.js');
process.argv[1] = main;
await import(pathToFileURL(main).href);
