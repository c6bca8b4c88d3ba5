/** What another program of the workspace takes of the command line: how commands are described, run and printed, and how files are written. */
export { loadSuggestion } from './arguments.ts';
export { main, STATUS } from './cli.ts';
export { isMistake, mistake, type Command, type Context, type Document, type Mistake, type Outcome, type Style, type Values } from './command.ts';
export { DEMO, demoDocument } from './commands/demo.ts';
export { explain, writeOutput } from './files.ts';
export { processIo, type Io } from './io.ts';
export { readProfile } from './machines.ts';
export { ERASE_LINE, Interrupted } from './progress.ts';
export { render as renderDemo } from './render/demo.ts';
export { readStepSet } from './step-sets.ts';
export { table } from './table.ts';
