/**
 * Stage 1 tables of the host, built with its MMU off: 4 KiB granule, 48-bit VAs, 2 MiB blocks where they fit and pages
 * where not. A VA is given by its low 48 bits, which are all that a table sees of it.
 */
import { DESCRIPTOR_TYPE, GRANULES, InvariantError, levelShift, STAGE1_PAGE, STAGE1_TABLE } from '@worldswitch/cpu/arch';
import type { HostMemory, SoftwarePort } from '@worldswitch/cpu';
import { cellValue, K, K2, setCell, word64 } from '../cells.ts';
import { plainAddress } from './addresses.ts';

const GRANULE = GRANULES['4K'];
const PAGE = 2 ** GRANULE.pageBits;
const BLOCK_LEVEL = 2;
const BLOCK = 2 ** levelShift(GRANULE, BLOCK_LEVEL);
const ENTRIES = 2 ** GRANULE.bitsPerLevel;

/** Indices into MAIR_ELx, as {@link MAIR_VALUE} fills it. */
const DEVICE = 0;
const NORMAL = 4;
/** Attr0 Device-nGnRnE, Attr1 Device-nGnRE, Attr4 Normal Write-Back: the indices that Linux uses. */
export const MAIR_VALUE = word64(0x0000_00ff_0000_0400n);

/** What a range is for, and thereby its attributes. */
export type Purpose = 'kernel-data' | 'kernel-text' | 'device' | 'user-text' | 'user-data' | 'hyp-text' | 'hyp-data' | 'hyp-device';

const KERNEL_RW = STAGE1_PAGE.AP.value('privileged RW');
const KERNEL_RO = STAGE1_PAGE.AP.value('privileged RO');
const ANY_RW = STAGE1_PAGE.AP.value('RW');
const ANY_RO = STAGE1_PAGE.AP.value('RO');

/** In the EL2 regime without E2H, AP[1] is RES1, UXN is XN and nothing is ASID-tagged. */
const ATTRIBUTES: Readonly<Record<Purpose, Parameters<typeof STAGE1_PAGE.of>[0]>> = {
  'kernel-data': { AttrIndx: NORMAL, AP: KERNEL_RW, PXN: 1, UXN: 1 },
  'kernel-text': { AttrIndx: NORMAL, AP: KERNEL_RO, UXN: 1 },
  device: { AttrIndx: DEVICE, AP: KERNEL_RW, PXN: 1, UXN: 1 },
  'user-text': { AttrIndx: NORMAL, AP: ANY_RO, PXN: 1, nG: 1 },
  'user-data': { AttrIndx: NORMAL, AP: ANY_RW, PXN: 1, UXN: 1, nG: 1 },
  'hyp-text': { AttrIndx: NORMAL, AP: ANY_RO },
  'hyp-data': { AttrIndx: NORMAL, AP: ANY_RW, UXN: 1 },
  'hyp-device': { AttrIndx: DEVICE, AP: ANY_RW, UXN: 1 },
};

export class Stage1Table {
  readonly #port: SoftwarePort;
  readonly #memory: HostMemory;
  /** Physical. */
  readonly root: number;

  constructor(port: SoftwarePort, memory: HostMemory) {
    this.#port = port;
    this.#memory = memory;
    this.root = memory.allocate(PAGE, PAGE);
  }

  /** Maps a range; everything is page-aligned, and nothing is mapped there yet. */
  map(va: number, physical: number, bytes: number, purpose: Purpose): void {
    if (va % PAGE !== 0 || physical % PAGE !== 0 || bytes % PAGE !== 0) throw new InvariantError(`stage 1: 0x${va.toString(16)} is not page-aligned`);
    const leaf = STAGE1_PAGE.of({ ...ATTRIBUTES[purpose], AF: 1, SH: STAGE1_PAGE.SH.value('Inner Shareable') });
    let done = 0;
    while (done < bytes) {
      const isBlock = (va + done) % BLOCK === 0 && (physical + done) % BLOCK === 0 && bytes - done >= BLOCK;
      this.#store(va + done, isBlock ? BLOCK_LEVEL : 3, leaf | BigInt(isBlock ? DESCRIPTOR_TYPE.BLOCK : DESCRIPTOR_TYPE.PAGE) | BigInt(physical + done));
      done += isBlock ? BLOCK : PAGE;
    }
  }

  #store(va: number, leafLevel: number, descriptor: bigint): void {
    let table = this.root;
    for (let level = 0; level < leafLevel; level++) table = this.#next(table, va, level);
    this.#write(table, va, leafLevel, descriptor);
  }

  #offset(va: number, level: number): number {
    return 8 * (Math.floor(va / 2 ** levelShift(GRANULE, level)) % ENTRIES);
  }

  #next(table: number, va: number, level: number): number {
    const { cells } = this.#port;
    setCell(cells, K, plainAddress(table));
    this.#port.ldr(K2, K, this.#offset(va, level));
    const descriptor = cellValue(cells, K2);
    if (descriptor !== 0n) return Number(STAGE1_TABLE.NextTable.get(descriptor)) * PAGE;
    const fresh = this.#memory.allocate(PAGE, PAGE);
    this.#write(table, va, level, STAGE1_TABLE.of({ type: DESCRIPTOR_TYPE.TABLE, NextTable: fresh / PAGE }));
    return fresh;
  }

  #write(table: number, va: number, level: number, descriptor: bigint): void {
    setCell(this.#port.cells, K, plainAddress(table));
    setCell(this.#port.cells, K2, word64(descriptor));
    this.#port.str(K2, K, this.#offset(va, level));
  }
}
