/** List register images as GICH_LRn holds them, and GICH_HCR. */
import { GICH_HCR, GICH_LR, GICH_LR_HW0 } from '@worldswitch/gic/regs';
import { setCell, T, VCPU, ZERO } from '../cells.ts';
import { VCPU_STRUCT } from '../layout.ts';
import type { VgicBackend } from './backend.ts';

const { State, HW, Priority, PhysicalID, VirtualID } = GICH_LR;
const { EOI, CPUID } = GICH_LR_HW0;
const PENDING = State.value('Pending');
const ACTIVE = State.value('Active');
const UIE = GICH_HCR.UIE.wordMask;
/** The field holds the upper five bits of a priority. */
const PRIORITY_SHIFT = 8 - Priority.width;

const imageOffset = (n: number): number => VCPU_STRUCT.V2_LR + 4 * n;

export const backendV2: VgicBackend = {
  store({ port, cells }, n, image) {
    cells[2 * T] =
      (((image.isPending ? PENDING : 0) | (image.isActive ? ACTIVE : 0)) << State.wordShift) |
      (image.pIntid < 0 ? (image.eoi ? EOI.wordMask : 0) | (image.source << CPUID.wordShift) : HW.wordMask | (image.pIntid << PhysicalID.wordShift)) |
      ((image.priority >> PRIORITY_SHIFT) << Priority.wordShift) |
      image.vIntid;
    port.str32(T, VCPU, imageOffset(n));
  },
  clear({ port, cells }, n) {
    setCell(cells, T, ZERO);
    port.str32(T, VCPU, imageOffset(n));
  },
  load({ port, cells }, n, image) {
    port.ldr32(T, VCPU, imageOffset(n));
    const word = cells[2 * T]!;
    image.vIntid = VirtualID.inWord(word);
    image.isPending = (State.inWord(word) & PENDING) !== 0;
    image.isActive = (State.inWord(word) & ACTIVE) !== 0;
    image.pIntid = HW.inWord(word) === 0 ? -1 : PhysicalID.inWord(word);
    image.source = image.pIntid < 0 ? CPUID.inWord(word) : 0;
    image.eoi = image.pIntid < 0 && EOI.inWord(word) !== 0;
  },
  setUnderflow({ port, cells }, isWanted) {
    port.ldr32(T, VCPU, VCPU_STRUCT.V2_HCR);
    cells[2 * T] = isWanted ? cells[2 * T]! | UIE : cells[2 * T]! & ~UIE;
    port.str32(T, VCPU, VCPU_STRUCT.V2_HCR);
  },
};
