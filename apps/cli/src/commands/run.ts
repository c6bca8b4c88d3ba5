/** `run`: boots an image, on the bare machine or as a guest of our hypervisor, and says what became of it. */
import { isMistake, type Context, type Mistake, type Outcome } from '../command.ts';
import { writeOutput } from '../files.ts';
import { ConsoleSink } from '../run/console.ts';
import { describe, diagnose, placeText, type RunDocument } from '../run/document.ts';
import { drive, Interruption } from '../run/drive.ts';
import { NO_INPUT, type InputSource } from '../run/input-source.ts';
import { LiveInput } from '../run/live-input.ts';
import { KEY_HELP, type KeyCommand } from '../run/keys.ts';
import { make, type Made } from '../run/make.ts';
import type { GdbServer } from '../gdb/server.ts';
import { checkScript, InputRecord, ReplayedInput } from '../run/record.ts';
import { readRequest, type Request } from '../run/request.ts';
import { writeSnapshot } from '../run/restore.ts';
import { StatusLine } from '../run/status.ts';
import { TraceFile } from '../run/trace.ts';

export type { RunDocument } from '../run/document.ts';

/** The files that are written while a machine runs, and the line that says how far it is. */
interface Outputs {
  readonly consoles: readonly ConsoleSink[];
  readonly trace: TraceFile | null;
  readonly status: StatusLine;
  record: InputRecord | null;
}

export async function run(context: Context): Promise<Outcome> {
  const request = await readRequest(context);
  if (isMistake(request)) return request;
  const outputs = outputsOf(request, context);
  const [console, virtioConsole = null] = outputs.consoles;
  const made = make(request, { listener: console!.listener, virtioConsole: virtioConsole?.listener ?? null, trace: outputs.trace?.description ?? null });
  if (isMistake(made)) return made;
  const otherImage = request.input.script === null ? null : checkScript(request.input.script, request.bytes);
  if (otherImage !== null) return otherImage;
  const { machine } = made;
  context.scene.show = () => ({ instructions: machine.instructions, text: sceneOf(made), needs: request.input.isLive ? 'what was typed: --record FILE keeps it' : null });
  const gdb = request.gdbPort === null ? null : await listenForGdb(request.gdbPort, made);
  if (gdb !== null && isMistake(gdb)) return gdb;
  // Nothing is written before it is known that there is something to run.
  const unopened = openOutputs(request, outputs) ?? (await dumpDeviceTree(request, made));
  if (unopened !== null) {
    gdb?.abandon();
    return unopened;
  }
  if (gdb !== null) await context.io.stderr.write(`worldswitch: waiting for gdb: target remote localhost:${String(gdb.port)}\n`);
  const started = performance.now();
  const stop = await driven(request, made, outputs, gdb, context);
  const hostSeconds = (performance.now() - started) / 1000;
  const unwritten = closeOutputs(outputs) ?? (await request.disk?.close()) ?? null;
  if (isMistake(stop)) return stop;
  await gdb?.end(stop);
  if (unwritten !== null) return unwritten;
  const document = describe(request, made, stop, hostSeconds, request.stats !== null || context.values.has('json'));
  const wrong = (await writeStats(request, document, context)) ?? (request.snapshot === null ? null : await writeSnapshot(request.snapshot, made.machine));
  if (wrong !== null) return wrong;
  return { document, status: document.exitCode, diagnostics: diagnose(request, stop, document, context.io.stderr.isTerminal) };
}

/** Where the machine is, and its hypervisor. */
function sceneOf({ machine, hypervised }: Made): string {
  const place = machine.describePlace('here');
  const hypervisor = hypervised?.host.whereabouts(place.pe) ?? null;
  return `${placeText(place)}${hypervisor === null ? '' : `; hypervisor (${hypervised!.host.mode}): ${hypervisor}`}`;
}

// ---- The run itself ----------------------------------------------------------------------------------------------------

/** Runs the machine to its end. Whatever happens, the terminal is as it was. */
async function driven(request: Request, { runnable }: Made, outputs: Outputs, holder: GdbServer | null, context: Context): Promise<Awaited<ReturnType<typeof drive>>> {
  const { status, consoles } = outputs;
  const interruption = new Interruption(context.io);
  const input = inputOf(request, runnable, outputs, interruption, context);
  try {
    return await drive(runnable, request, { consoles, input, status, holder, interruption });
  } finally {
    input.close();
    interruption.close();
    status.startLine();
  }
}

function inputOf({ input: { isLive, script, waits } }: Request, runnable: Made['runnable'], { record, status }: Outputs, interruption: Interruption, { io }: Context): InputSource {
  if (script !== null) return new ReplayedInput(runnable, script);
  if (!isLive) return NO_INPUT;
  const commands: Readonly<Record<KeyCommand, () => void>> = {
    quit: () => interruption.interrupt(),
    help: () => void io.stderr.write(`\n${KEY_HELP}`),
    status: () => void io.stderr.write(`\n${status.describe(runnable)}\n`),
  };
  return new LiveInput(runnable, { stdin: io.stdin, record, waits, command: (command) => commands[command]() });
}

// ---- What is written meanwhile -----------------------------------------------------------------------------------------

function outputsOf(request: Request, context: Context): Outputs {
  const { until, stats } = request;
  const status = new StatusLine(context.io);
  const stdoutIsTaken = stats === '-' || context.values.has('json');
  const sink = (option: string, where: string): ConsoleSink => new ConsoleSink({ option, where, until, stdoutIsTaken }, context, status);
  return {
    consoles: [sink('console', request.console), ...(request.virtioConsole === null ? [] : [sink('virtio-console', request.virtioConsole)])],
    trace: request.trace === null ? null : new TraceFile(request.trace),
    status,
    record: null,
  };
}

function openOutputs({ input, bytes }: Request, outputs: Outputs): Mistake | null {
  for (const part of [...outputs.consoles, ...(outputs.trace === null ? [] : [outputs.trace])]) {
    const wrong = part.open();
    if (wrong !== null) return wrong;
  }
  const record = input.record === null ? null : InputRecord.open(input.record, bytes);
  if (record !== null && isMistake(record)) return record;
  outputs.record = record;
  return null;
}

/** What could not be written, if anything. */
function closeOutputs({ consoles, trace, record }: Outputs): Mistake | null {
  const wrong = [...consoles.map((console) => console.end()), trace?.close() ?? null, record?.close() ?? null];
  return wrong.find((one) => one !== null) ?? null;
}

/** The server is loaded for those who debug. */
async function listenForGdb(port: number, { machine }: Made): Promise<GdbServer | Mistake> {
  const { GdbServer } = await import('../gdb/server.ts');
  return GdbServer.listen(port, machine);
}

async function dumpDeviceTree({ boot: { dump, commandLine } }: Request, { hypervised, machine }: Made): Promise<Mistake | null> {
  return dump === null ? null : writeOutput(dump, (hypervised ?? machine).deviceTree(commandLine ?? ''));
}

async function writeStats({ stats }: Request, document: RunDocument, { io, values }: Context): Promise<Mistake | null> {
  if (stats === null) return null;
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (stats !== '-') return writeOutput(stats, new TextEncoder().encode(text));
  if (!values.has('json')) await io.stdout.write(text);
  return null;
}
