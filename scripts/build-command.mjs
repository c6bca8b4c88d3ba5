// @ts-check
/**
 * The last step of building the command: `dist/main.js` and its chunks, with all that they need of our packages. Node takes about
 * a millisecond to find and read a module, and a run would load four hundred. Text stays as the compiler wrote it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { root } from './lib/workspace.mjs';

const dist = join(root, 'apps/cli/dist');
rmSync(join(dist, 'chunks'), { recursive: true, force: true });
await build({
  input: { main: join(dist, 'program.js') },
  platform: 'node',
  output: { dir: dist, format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
});
