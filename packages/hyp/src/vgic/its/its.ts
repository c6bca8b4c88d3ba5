/**
 * An interrupt translation service as a guest finds it (`struct vgic_its`): its registers, its command queue in guest memory, and
 * messages, which come from user space with the DeviceID of the device that it emulates (Linux, virt/kvm/arm/vgic/vgic-its.c).
 */
import { GITS, GITS_BASER, GITS_CBASER, GITS_CREADR, GITS_CTLR, GITS_CWRITER, GITS_IIDR, GITS_TRANSLATION, GITS_TYPER, PIDR2, TABLE_TYPES } from '@worldswitch/gic/regs';
import type { Cpu } from '../../cpu.ts';
import { TALLIES } from '../../host/tallies.ts';
import type { Errno } from '../../kvm-run.ts';
import { readGuest } from '../../mmu/guest-memory.ts';
import type { Vm } from '../../vm.ts';
import { VgicFrame, type WordRow } from '../frame.ts';
import type { VgicLpis } from '../lpis.ts';
import { TableRegister } from '../table-register.ts';
import type { Vgic } from '../vgic.ts';
import { executeCommand, walksLpis } from './commands.ts';
import { ENTRY_BYTES, EVENT_BITS, ID_BITS } from './tables.ts';
import { ItsTranslations } from './translations.ts';

/** Both frames. */
export const ITS_BYTES = GITS.size + GITS_TRANSLATION.size;

const QUEUE_UNIT = 0x1000;
const COMMAND_BYTES = 32;
/** Commands, and LPIs that they go through, at one look at the queue. */
const MOST_WORK = 2 ** 14;
const TYPER = GITS_TYPER.of({ Physical: 1, ITT_entry_size: ENTRY_BYTES - 1, ID_bits: EVENT_BITS - 1, Devbits: ID_BITS - 1 });
const IIDR = Number(GITS_IIDR.of({ ProductID: 0x4b, Implementer: 0x43b }));
const PIDR2_VALUE = Number(PIDR2.of({ ArchRev: PIDR2.ArchRev.value('GICv3'), JEDEC: 1, DES_1: 3 }));
/** Part number 0x492 of Arm, a page of 64 KiB that software sees; component class 15. */
const PIDR0 = [0x92, 0xb4] as const;
const PIDR4 = 0x40;
const CIDR = [0x0d, 0xf0, 0x05, 0xb1] as const;

const NORMAL = { InnerCache: GITS_BASER.InnerCache.value('RaWb'), Shareability: GITS_BASER.Shareability.value('InnerShareable') } as const;
/** Addresses of tables and queue have 48 bits, and are multiples of 64 KiB. */
const within64K = (address: bigint): bigint => address & ((1n << 48n) - 1n) & ~0xffffn;
const FROM_CBASER = GITS_CBASER.Valid.mask | GITS_CBASER.InnerCache.mask | GITS_CBASER.OuterCache.mask | GITS_CBASER.Shareability.mask | GITS_CBASER.Size.mask | within64K(GITS_CBASER.Physical_Address.mask);
const FROM_BASER = GITS_BASER.Valid.mask | GITS_BASER.InnerCache.mask | GITS_BASER.OuterCache.mask | GITS_BASER.Shareability.mask | GITS_BASER.Size.mask | within64K(GITS_BASER.Physical_Address.mask);

function tableOf(type: keyof typeof TABLE_TYPES, more = 0n): TableRegister {
  const register = new TableRegister(GITS_BASER, FROM_BASER | more, GITS_BASER.of({ Type: TABLE_TYPES[type], Entry_Size: ENTRY_BYTES - 1, Page_Size: GITS_BASER.Page_Size.value('64K') }));
  register.set(GITS_BASER.of(NORMAL));
  return register;
}

/** What a message came to: its LPI is pending; or the guest has not mapped it; or nobody takes it now. */
export type MessageResult = 'pending' | 'unmapped' | 'EBUSY';

export class VgicIts {
  readonly vm: Vm;
  readonly lpis: VgicLpis;
  readonly translations: ItsTranslations;
  readonly deviceTable = tableOf('Devices', GITS_BASER.Indirect.mask);
  readonly collectionTable = tableOf('Collections');
  /** Of its first frame in the guest's memory; null until user space has said. */
  base: number | null = null;
  /** Commands in error. */
  ignoredCommands = 0;
  readonly #vgic: Vgic;
  readonly #queue = new TableRegister(GITS_CBASER, FROM_CBASER);
  readonly #command = new Uint32Array(COMMAND_BYTES / 4);
  /** Offsets into the queue, in bytes. */
  #next = 0;
  #end = 0;
  #isEnabled = false;

  constructor(vm: Vm, vgic: Vgic) {
    this.vm = vm;
    this.lpis = vgic.lpis;
    this.translations = new ItsTranslations(vm, vgic.lpis);
    this.#vgic = vgic;
  }

  /** Its frames as the guest reaches them. The other one, for GITS_TRANSLATER, has no register: no device of a guest's is on its bus. */
  frame(): VgicFrame {
    return new VgicFrame(this.#vgic, GITS, this.#rows());
  }

  /** The control frame of user space: it may also say where the queue was read up to. */
  userFrame(): VgicFrame {
    return new VgicFrame(this.#vgic, GITS, {
      ...this.#rows(),
      GITS_CREADR: {
        read: (_vcpu, _n, half) => (half === 0 ? this.#next : 0),
        write: (_cpu, _vcpu, value, _n, half) => {
          if (half === 0) this.#next = value & GITS_CREADR.Offset.wordMask;
        },
      },
    });
  }

  /** Why user space cannot write a register like that. */
  refusal(offset: number, value: bigint): Errno | null {
    if (offset === GITS_IIDR.offset) return GITS_IIDR.Revision.get(value) === 0n ? null : 'EINVAL';
    if (offset !== GITS_CREADR.offset) return null;
    if (this.#isEnabled) return 'EBUSY';
    return Number(value & GITS_CREADR.Offset.mask) < this.#queueBytes ? null : 'EINVAL';
  }

  /** A message of a device, and what INT does: its LPI becomes pending. */
  trigger(cpu: Cpu, device: number, event: number): MessageResult {
    cpu.port.charge(TALLIES.itsTranslate);
    if (!this.#isEnabled) return 'EBUSY';
    const mapping = this.translations.event(device, event);
    const target = mapping === null ? null : this.translations.targetOf(mapping.collection);
    if (mapping === null || target === null) return 'unmapped';
    if (!this.#vgic.cpus[target.number]!.hasLpis) return 'EBUSY';
    mapping.irq.pendingLatch = true;
    this.#vgic.queue(cpu, mapping.irq);
    return 'pending';
  }

  /** KVM_DEV_ARM_ITS_CTRL_RESET. */
  reset(): void {
    for (const register of [this.deviceTable, this.collectionTable]) register.words[GITS_BASER.Valid.word] = register.words[GITS_BASER.Valid.word]! & ~GITS_BASER.Valid.wordMask;
    this.#queue.words.fill(0);
    this.#next = 0;
    this.#end = 0;
    this.#isEnabled = false;
    this.translations.clearDevices();
    this.translations.clearCollections();
  }

  visitState(put: (word: number) => void): void {
    for (const word of [...this.#queue.words, ...this.deviceTable.words, ...this.collectionTable.words, this.#next, this.#end, this.#isEnabled ? 1 : 0]) put(word);
    this.translations.visitState(put);
  }

  /** There are commands left for the next entry. */
  get isBehind(): boolean {
    return this.#isEnabled && this.#next !== this.#end;
  }

  get #queueBytes(): number {
    return (this.#queue.field(GITS_CBASER.Size) + 1) * QUEUE_UNIT;
  }

  // ---- Registers -----------------------------------------------------------------------------------------------------

  #rows(): Readonly<Record<string, WordRow>> {
    const tables = [this.deviceTable, this.collectionTable];
    return {
      GITS_CTLR: {
        read: () => ((this.#next === this.#end ? GITS_CTLR.Quiescent.wordMask : 0) | (this.#isEnabled ? GITS_CTLR.Enabled.wordMask : 0)) >>> 0,
        write: (cpu, _vcpu, value) => this.#control(cpu, GITS_CTLR.Enabled.inWord(value) !== 0),
      },
      GITS_IIDR: { read: () => IIDR },
      GITS_TYPER: { read: (_vcpu, _n, half) => Number((TYPER >> BigInt(32 * half)) & 0xffff_ffffn) },
      // Tables and queue stay where they are while it is enabled.
      GITS_CBASER: {
        read: (_vcpu, _n, half) => this.#queue.read(half),
        write: (_cpu, _vcpu, value, _n, half) => {
          if (this.#isEnabled) return;
          this.#queue.write(value, half);
          this.#next = 0;
          this.#end = 0;
        },
      },
      GITS_CWRITER: {
        read: (_vcpu, _n, half) => (half === 0 ? this.#end : 0),
        write: (cpu, _vcpu, value, _n, half) => {
          const end = value & GITS_CWRITER.Offset.wordMask;
          if (half !== 0 || end >= this.#queueBytes) return;
          this.#end = end;
          this.run(cpu);
        },
      },
      GITS_CREADR: { read: (_vcpu, _n, half) => (half === 0 ? this.#next : 0) },
      GITS_BASER: {
        read: (_vcpu, n, half) => tables[n]?.read(half) ?? 0,
        write: (_cpu, _vcpu, value, n, half) => {
          if (!this.#isEnabled) this.#setTable(n, value, half);
        },
      },
      GITS_PIDR0: { read: (_vcpu, n) => PIDR0[n as 0 | 1] },
      GITS_PIDR2: { read: () => PIDR2_VALUE },
      GITS_PIDR4: { read: (_vcpu, n) => (n === 4 ? PIDR4 : 0) },
      GITS_CIDR0: { read: (_vcpu, n) => CIDR[n as 0 | 1 | 2 | 3] },
    };
  }

  /** A table that is not valid any more has nothing of what was mapped. */
  #setTable(n: number, value: number, half: number): void {
    const table = [this.deviceTable, this.collectionTable][n];
    if (table === undefined) return;
    table.write(value, half);
    if (table.field(GITS_BASER.Valid) !== 0) return;
    if (table === this.deviceTable) this.translations.clearDevices();
    else this.translations.clearCollections();
  }

  /** Without tables and a queue it is not enabled. */
  #control(cpu: Cpu, enable: boolean): void {
    const isReady = [this.deviceTable.field(GITS_BASER.Valid), this.collectionTable.field(GITS_BASER.Valid), this.#queue.field(GITS_CBASER.Valid)].every((valid) => valid !== 0);
    if (enable && !this.#isEnabled && !isReady) return;
    this.#isEnabled = enable;
    this.run(cpu);
  }

  /**
   * Executes what is between GITS_CREADR and GITS_CWRITER, and no more at once than a PE can be spared for: the rest follows at the
   * entries that come. (Differs: KVM does not return before the queue is empty, and its length is the only bound.)
   */
  run(cpu: Cpu): void {
    if (!this.#isEnabled) return;
    const base = this.#queue.field(GITS_CBASER.Physical_Address) * QUEUE_UNIT;
    const bytes = this.#queueBytes;
    for (let work = 0; this.#next !== this.#end && work < MOST_WORK; work++) {
      cpu.port.charge(TALLIES.itsCommand);
      const isRead = readGuest(cpu, this.vm, base + this.#next, this.#command);
      if (isRead && walksLpis(this.#command)) work += this.lpis.count;
      if (!isRead || !executeCommand(this, cpu, this.#command)) this.ignoredCommands++;
      this.#next = (this.#next + COMMAND_BYTES) % bytes;
    }
  }
}
