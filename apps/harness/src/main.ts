/** The program: the experiment of this process's arguments. */
import { main, processIo } from 'worldswitch';
import { HARNESS } from './experiment/command.ts';

process.exitCode = await main([HARNESS.name, ...process.argv.slice(2)], processIo(), [HARNESS]);
