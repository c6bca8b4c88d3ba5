/** `run`: boots an image, on the bare machine or as a guest of our hypervisor, and says what became of it. */
import { isMistake, type Context, type Mistake, type Outcome } from '../command.ts';
import { writeOutput } from '../files.ts';
import { openConsole } from '../run/console.ts';
import { describe, diagnose, type RunDocument } from '../run/document.ts';
import { drive } from '../run/drive.ts';
import { make, type Made } from '../run/make.ts';
import type { GdbServer } from '../gdb/server.ts';
import { readRequest, type Request } from '../run/request.ts';
import { writeSnapshot } from '../run/restore.ts';
import { TraceFile } from '../run/trace.ts';

export type { RunDocument } from '../run/document.ts';

export async function run(context: Context): Promise<Outcome> {
  const request = await readRequest(context);
  if (isMistake(request)) return request;
  const console = await openConsole(request, context);
  if (isMistake(console)) return console;
  const trace = request.trace === null ? null : TraceFile.open(request.trace);
  if (trace !== null && isMistake(trace)) return trace;
  const made = make(request, { listener: console.listener, trace: trace?.description ?? null });
  if (isMistake(made)) return made;
  const { dump, commandLine } = request.boot;
  const undumped = dump === null ? null : await writeOutput(dump, (made.hypervised ?? made.machine).deviceTree(commandLine ?? ''));
  if (undumped !== null) return undumped;
  const gdb = request.gdbPort === null ? null : await listenForGdb(request.gdbPort, made, context);
  if (gdb !== null && isMistake(gdb)) return gdb;
  const started = performance.now();
  const stop = await drive(made.runnable, request, console, gdb);
  await gdb?.end(stop);
  const hostSeconds = (performance.now() - started) / 1000;
  const unwritten = (await console.end()) ?? (await request.disk?.close()) ?? trace?.close() ?? null;
  if (unwritten !== null) return unwritten;
  const document = describe(request, made, stop, hostSeconds, request.stats !== null || context.values.has('json'));
  const wrong = (await writeStats(request, document, context)) ?? (request.snapshot === null ? null : await writeSnapshot(request.snapshot, made.machine));
  if (wrong !== null) return wrong;
  return { document, status: document.exitCode, diagnostics: diagnose(request, stop, document) };
}

/** The server is loaded for those who debug. */
async function listenForGdb(port: number, { machine }: Made, { io }: Context): Promise<GdbServer | Mistake> {
  const { GdbServer } = await import('../gdb/server.ts');
  const server = await GdbServer.listen(port, machine);
  if (!isMistake(server)) await io.stderr.write(`worldswitch: waiting for gdb: target remote localhost:${String(server.port)}\n`);
  return server;
}

async function writeStats({ stats }: Request, document: RunDocument, { io, values }: Context): Promise<Mistake | null> {
  if (stats === null) return null;
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (stats !== '-') return writeOutput(stats, new TextEncoder().encode(text));
  if (!values.has('json')) await io.stdout.write(text);
  return null;
}
