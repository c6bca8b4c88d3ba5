// @ts-check
/** The last step of building `cpu`: tier 0's module, generated from the definitions, as a constant of `handler-image.js`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handlerImage } from '../packages/cpu/dist/engine/handlers.js';
import { root } from './lib/workspace.mjs';

const file = join(root, 'packages/cpu/dist/engine/handler-image.js');
writeFileSync(file, `/** Written by scripts/build-handlers.mjs. */\nexport const HANDLER_IMAGE = ${JSON.stringify(handlerImage())};\n`);
