/** The worker: executes what the page shows. It runs twice, once for switches and once for the live machine, from one file. */
import { machineCalls } from './machine/worker.ts';
import { serve, type Tell, type WorkerScope } from './protocol.ts';
import { switchCalls } from './switch/worker.ts';

const scope = globalThis as unknown as WorkerScope;
const tell: Tell = (event, data) => scope.postMessage({ event, data });
serve(scope, { ...switchCalls, ...machineCalls(tell) });
