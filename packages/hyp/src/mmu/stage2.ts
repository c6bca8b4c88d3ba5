/**
 * The stage 2 table of a VM: 4 KiB granule, 40-bit IPAs, two concatenated tables at level 1 (kvm-arm-vhe-series.md,
 * section 1.5). It lies in machine RAM and is read and written by the host kernel through the port.
 */
import { DESCRIPTOR_TYPE, GRANULES, InvariantError, levelShift, STAGE2_PAGE, STAGE2_TABLE, VTCR_EL2, VTTBR_EL2 } from '@worldswitch/cpu/arch';
import type { HostMemory, SoftwarePort } from '@worldswitch/cpu';
import { K, K2, setCell, word64, ZERO, type Word64 } from '../cells.ts';
import { kernelAddress } from '../host/addresses.ts';
import type { HostFacts } from '../host/facts.ts';
import { BARRIER } from '../instructions.ts';

const GRANULE = GRANULES['4K'];
export const PAGE_BYTES = 2 ** GRANULE.pageBits;
const START_LEVEL = 1;
export const IPA_BITS = 40;
const BLOCK_LEVEL = 2;
const LAST_LEVEL = 3;
export const BLOCK_BYTES = 2 ** levelShift(GRANULE, BLOCK_LEVEL);
const ROOT_BYTES = 2 * PAGE_BYTES;
const VALID = 1;

/** VTCR_EL2: set once per PE. */
export function stage2Control(facts: HostFacts): Word64 {
  return word64(VTCR_EL2.of({
    T0SZ: 64 - IPA_BITS,
    // With the 4 KiB granule 1 is level 1.
    SL0: 1,
    IRGN0: VTCR_EL2.IRGN0.value('WBRAWA'),
    ORGN0: VTCR_EL2.ORGN0.value('WBRAWA'),
    SH0: VTCR_EL2.SH0.value('InnerShareable'),
    TG0: VTCR_EL2.TG0.value('4K'),
    PS: Math.min(facts.paRange, 5),
    HA: facts.accessFlag ? 1 : 0,
    VS: facts.vmid16 ? 1 : 0,
  }));
}

/** Normal Write-Back memory at stage 2: it takes nothing away from what stage 1 says. */
const NORMAL = 0b1111;
const { S2AP } = STAGE2_PAGE;
const S2AP_RW = S2AP.value('RW');
const S2AP_RO = S2AP.value('RO');

function pageAttributes(writable: boolean): Word64 {
  return word64(STAGE2_PAGE.of({ type: DESCRIPTOR_TYPE.PAGE, MemAttr: NORMAL, S2AP: writable ? S2AP_RW : S2AP_RO, SH: STAGE2_PAGE.SH.value('Inner Shareable'), AF: 1 }));
}

/** Device-nGnRE whatever stage 1 says, and nothing to execute. */
const DEVICE_nGnRE = 0b0001;
const DEVICE_PAGE = word64(STAGE2_PAGE.of({ type: DESCRIPTOR_TYPE.PAGE, MemAttr: DEVICE_nGnRE, S2AP: S2AP_RW, XN: 0b10, AF: 1 }));

const RW_PAGE = pageAttributes(true);
const RO_PAGE = pageAttributes(false);
/** A block differs in its type alone: what distinguishes it lies where its address has zeros. */
const blockOf = ({ lo, hi }: Word64): Word64 => ({ lo: lo - DESCRIPTOR_TYPE.PAGE + DESCRIPTOR_TYPE.BLOCK, hi });
const RW_BLOCK = blockOf(RW_PAGE);
const RO_BLOCK = blockOf(RO_PAGE);
const TABLE = Number(STAGE2_TABLE.of({ type: DESCRIPTOR_TYPE.TABLE }));

/** The next table of the descriptor in `K2`. */
function addressIn(cells: Uint32Array): number {
  return ((cells[2 * K2]! & ~(PAGE_BYTES - 1)) >>> 0) + (cells[2 * K2 + 1]! & 0xffff) * 2 ** 32;
}

export class Stage2 {
  readonly #memory: HostMemory;
  /** Physical. */
  readonly root: number;
  /** Of the last look: bytes that the descriptor is for, and where it is in its table. */
  #extent = PAGE_BYTES;
  #place = 0;

  constructor(memory: HostMemory) {
    this.#memory = memory;
    this.root = memory.allocate(ROOT_BYTES, ROOT_BYTES);
  }

  /** VTTBR_EL2 with a VMID. */
  vttbr(vmid: number): Word64 {
    return word64(VTTBR_EL2.of({ 'VMID[15:8]': vmid >> 8, 'VMID[7:0]': vmid & 0xff }) | BigInt(this.root));
  }

  /** Maps a page that was not mapped; both addresses are page-aligned. */
  mapPage(port: SoftwarePort, ipa: number, physical: number, writable: boolean): void {
    this.#map(port, ipa, physical, writable ? RW_PAGE : RO_PAGE);
  }

  /** Maps a page of a device. */
  mapDevice(port: SoftwarePort, ipa: number, physical: number): void {
    this.#map(port, ipa, physical, DEVICE_PAGE);
  }

  /** Maps a block of 2 MiB that was not mapped; false where it has a table for pages. Both addresses are aligned as the block is. */
  mapBlock(port: SoftwarePort, ipa: number, physical: number, writable: boolean): boolean {
    const { cells } = port;
    const table = this.#nextTable(port, this.root, this.#offset(ipa, START_LEVEL));
    setCell(cells, K, kernelAddress(table));
    port.ldr(K2, K, this.#offset(ipa, BLOCK_LEVEL));
    if ((cells[2 * K2]! & VALID) !== 0) return false;
    const { lo, hi } = writable ? RW_BLOCK : RO_BLOCK;
    cells[2 * K2] = (physical | lo) >>> 0;
    cells[2 * K2 + 1] = Math.floor(physical / 2 ** 32) | hi;
    port.str(K2, K, this.#offset(ipa, BLOCK_LEVEL));
    // The walker sees the descriptor before the guest tries again.
    port.dsb(BARRIER.ISHST);
    return true;
  }

  /** Whether an IPA is mapped so that it can be read, or written. */
  allows(port: SoftwarePort, ipa: number, isWrite: boolean): boolean {
    return this.#find(port, ipa) && (!isWrite || S2AP.inWord(port.cells[2 * K2]!) === S2AP_RW);
  }

  /** Takes the mapping of an IPA away, a page or a block; whether there was one. The TLBs still know it. */
  unmap(port: SoftwarePort, ipa: number): boolean {
    if (!this.#find(port, ipa)) return false;
    setCell(port.cells, K2, ZERO);
    port.str(K2, K, this.#place);
    return true;
  }

  /** Makes the mapping of an IPA read-only, a page or a block; whether it was writable. The TLBs still know it as it was. */
  writeProtect(port: SoftwarePort, ipa: number): boolean {
    const { cells } = port;
    if (!this.#find(port, ipa) || S2AP.inWord(cells[2 * K2]!) !== S2AP_RW) return false;
    cells[2 * K2] = (cells[2 * K2]! & ~S2AP.wordMask) | (S2AP_RO << S2AP.wordShift);
    port.str(K2, K, this.#place);
    return true;
  }

  /** Behind what the last look at an IPA found: the page or block that maps it, or what a descriptor says is not mapped. */
  endOf(ipa: number): number {
    return (Math.floor(ipa / this.#extent) + 1) * this.#extent;
  }

  /** Finds the descriptor that maps an IPA, or says that nothing does: it is in `K2`, at `#place` of the table in `K`. */
  #find(port: SoftwarePort, ipa: number): boolean {
    let table = this.root;
    for (let level = START_LEVEL; ; level++) {
      this.#extent = 2 ** levelShift(GRANULE, level);
      this.#place = this.#offset(ipa, level);
      setCell(port.cells, K, kernelAddress(table));
      port.ldr(K2, K, this.#place);
      const low = port.cells[2 * K2]!;
      if ((low & VALID) === 0) return false;
      if (level === LAST_LEVEL || (low & DESCRIPTOR_TYPE.TABLE) === DESCRIPTOR_TYPE.BLOCK) return true;
      table = addressIn(port.cells);
    }
  }

  #map(port: SoftwarePort, ipa: number, physical: number, attributes: Word64): void {
    let table = this.root;
    for (let level = START_LEVEL; level < LAST_LEVEL; level++) table = this.#nextTable(port, table, this.#offset(ipa, level));
    setCell(port.cells, K, kernelAddress(table));
    port.cells[2 * K2] = (physical | attributes.lo) >>> 0;
    port.cells[2 * K2 + 1] = Math.floor(physical / 2 ** 32) | attributes.hi;
    port.str(K2, K, this.#offset(ipa, LAST_LEVEL));
    // The walker sees the descriptor before the guest tries again.
    port.dsb(BARRIER.ISHST);
  }

  /** The bytes from a table's start to its descriptor for an IPA. The initial tables are concatenated: their index is wider. */
  #offset(ipa: number, level: number): number {
    const index = Math.floor(ipa / 2 ** levelShift(GRANULE, level));
    return 8 * (level === START_LEVEL ? index : index % 2 ** GRANULE.bitsPerLevel);
  }

  #nextTable(port: SoftwarePort, table: number, offset: number): number {
    const { cells } = port;
    setCell(cells, K, kernelAddress(table));
    port.ldr(K2, K, offset);
    if ((cells[2 * K2]! & VALID) !== 0) return addressIn(cells);
    const next = this.#memory.allocate(PAGE_BYTES, PAGE_BYTES);
    if (next % PAGE_BYTES !== 0) throw new InvariantError('a table is not aligned');
    cells[2 * K2] = (next | TABLE) >>> 0;
    cells[2 * K2 + 1] = Math.floor(next / 2 ** 32);
    port.str(K2, K, offset);
    return next;
  }
}
