// @ts-check
/** `npm run bench:hyp [-- --modules]`: world switches a second, and VMs. */
import { runBundled } from './lib/bundled.mjs';

await runBundled('hyp-rates.mjs');
