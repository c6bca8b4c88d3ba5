/** The worker: executes what the page shows. It runs twice, once for switches and once for the live machine, from one file. */
import { serve, type WorkerScope } from './protocol.ts';
import { switchCalls } from './switch/worker.ts';

serve(globalThis as unknown as WorkerScope, { ...switchCalls });
