/**
 * The interrupt translation service: its registers, the command queue, and the port that devices write events to (IHI 0069, "The
 * Interrupt Translation Service"). Commands are executed when software moves GITS_CWRITER; one in error is ignored and
 * counted, and a queue that is not in memory stalls.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import type { GicMemory } from '../../memory.ts';
import { MmioFrame, type FrameHandler } from '../../mmio.ts';
import { fieldOf, GITS, GITS_CBASER, GITS_CREADR, GITS_CTLR, GITS_CWRITER, GITS_IIDR, GITS_TRANSLATION, PIDR2 } from '../../regs/index.ts';
import type { Lpis } from '../lpis.ts';
import { COMMAND_WORDS, executeCommand, itsType, setPending, type ItsTarget } from './commands.ts';
import { ENTRY_BYTES, ItsTables } from './tables.ts';

const IIDR = Number(GITS_IIDR.of({ Implementer: 0x43b }));
const PIDR2_GICV3 = Number(PIDR2.of({ ArchRev: PIDR2.ArchRev.value('GICv3'), JEDEC: 1, DES_1: 3 }));
const TYPER = itsType(ENTRY_BYTES);
const TYPER_WORDS = [Number(TYPER & 0xffff_ffffn), Number(TYPER >> 32n)] as const;
const COMMAND_BYTES = 4 * COMMAND_WORDS;
const PAGE = 0x1000;
const CBASER_MASK = GITS_CBASER.fields.reduce((mask, field) => mask | field.mask, 0n);
const CBASER_WORDS = [Number(CBASER_MASK & 0xffff_ffffn), Number(CBASER_MASK >> 32n)] as const;
/** A write of a PE to GITS_TRANSLATER carries the DeviceID 0: no device of the boards has it. */
const PE_DEVICE_ID = 0;

export class Its implements ItsTarget {
  readonly control: MmioFrame;
  readonly translation: MmioFrame;
  readonly tables: ItsTables;
  readonly redistributors: readonly Lpis[];
  /** Commands in error. */
  ignoredCommands = 0;
  readonly #memory: GicMemory;
  readonly #queue = new Uint32Array(2);
  readonly #command = new Uint32Array(COMMAND_WORDS);
  /** Offsets into the queue, in bytes. */
  #next = 0;
  #end = 0;
  #isStalled = false;
  #isEnabled = false;

  /** `redistributors` by the numbers of the PEs. */
  constructor(memory: GicMemory, redistributors: readonly Lpis[]) {
    this.#memory = memory;
    this.redistributors = redistributors;
    this.tables = new ItsTables(memory, redistributors.length);
    this.control = new MmioFrame(GITS, this.#handlers());
    this.translation = new MmioFrame(GITS_TRANSLATION, { GITS_TRANSLATER: { write: (event) => this.translate(PE_DEVICE_ID, event) } });
  }

  /** A device writes its event to GITS_TRANSLATER. What is not mapped is lost. */
  translate(device: number, event: number): void {
    if (this.#isEnabled) setPending(this, device, event);
  }

  visitState(state: StateVisitor): void {
    for (let half = 0; half < 2; half++) this.#queue[half] = state.word(this.#queue[half]!, CBASER_WORDS[half as 0 | 1]);
    this.#next = state.word(this.#next, GITS_CREADR.Offset.wordMask);
    this.#end = state.word(this.#end, GITS_CWRITER.Offset.wordMask);
    this.#isStalled = state.flag(this.#isStalled);
    this.#isEnabled = state.flag(this.#isEnabled);
    this.ignoredCommands = state.integer(this.ignoredCommands);
    this.tables.devices.visitState(state);
    this.tables.collections.visitState(state);
  }

  #handlers(): Record<string, FrameHandler> {
    const { devices, collections } = this.tables;
    const tables = [devices, collections];
    return {
      GITS_CTLR: {
        read: () => (this.#isEnabled ? GITS_CTLR.Enabled.wordMask : GITS_CTLR.Quiescent.wordMask) >>> 0,
        write: (value) => {
          this.#isEnabled = GITS_CTLR.Enabled.inWord(value) !== 0;
          this.#run();
        },
      },
      GITS_IIDR: { read: () => IIDR },
      GITS_TYPER: { read: (_n, half) => TYPER_WORDS[half as 0 | 1] },
      // Tables and queue of an ITS that is enabled stay: a write is UNPREDICTABLE.
      GITS_CBASER: {
        read: (_n, half) => this.#queue[half]!,
        write: (value, _n, half) => {
          if (this.#isEnabled) return;
          this.#queue[half] = value & CBASER_WORDS[half as 0 | 1];
          this.#next = 0;
          this.#isStalled = false;
        },
      },
      GITS_CWRITER: {
        read: (_n, half) => (half === 0 ? this.#end : 0),
        write: (value, _n, half) => {
          if (half !== 0) return;
          this.#end = value & GITS_CWRITER.Offset.wordMask;
          if (GITS_CWRITER.Retry.inWord(value) !== 0) this.#isStalled = false;
          this.#run();
        },
      },
      GITS_CREADR: { read: (_n, half) => (half === 0 ? this.#next | (this.#isStalled ? GITS_CREADR.Stalled.wordMask : 0) : 0) },
      GITS_BASER: {
        read: (n, half) => tables[n]?.read(half) ?? 0,
        write: (value, n, half) => {
          if (!this.#isEnabled) tables[n]?.write(value, half);
        },
      },
      GITS_PIDR2: { read: () => PIDR2_GICV3 },
    };
  }

  /** Executes what is between GITS_CREADR and GITS_CWRITER. An offset beyond the queue is nowhere, and nothing happens. */
  #run(): void {
    const bytes = (fieldOf(this.#queue, GITS_CBASER.Size) + 1) * PAGE;
    if (!this.#isEnabled || fieldOf(this.#queue, GITS_CBASER.Valid) === 0 || this.#end >= bytes) return;
    const base = fieldOf(this.#queue, GITS_CBASER.Physical_Address) * PAGE;
    while (this.#next !== this.#end && !this.#isStalled) {
      if (this.#fetch(base + this.#next)) {
        if (!executeCommand(this, this.#command)) this.ignoredCommands++;
        this.#next = (this.#next + COMMAND_BYTES) % bytes;
      } else this.#isStalled = true;
    }
  }

  #fetch(address: number): boolean {
    for (let word = 0; word < COMMAND_WORDS; word++) {
      const value = this.#memory.read32(address + 4 * word);
      if (value < 0) return false;
      this.#command[word] = value;
    }
    return true;
  }
}
