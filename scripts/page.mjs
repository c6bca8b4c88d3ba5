// @ts-check
/** `npm run page -- [--port N]`: serves the page on loopback, 8040 unless given. It is static files: any other server does as well. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serveFolder } from './lib/static-server.mjs';
import { root } from './lib/workspace.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8040' } } });
if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
  process.stderr.write(`page: --port ${values.port}: a port is a number up to 65535\n`);
  process.exit(2);
}
try {
  const { url } = await serveFolder(join(root, 'apps/harness/dist/page'), { port: Number(values.port) });
  process.stdout.write(`${url}\n`);
} catch (error) {
  process.stderr.write(`page: port ${values.port} cannot be had (${error instanceof Error ? error.message : String(error)}): choose another with --port\n`);
  process.exit(2);
}
