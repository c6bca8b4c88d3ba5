/** List register images as ICH_LRn_EL2 holds them, and ICH_HCR_EL2. */
import { ICH_HCR_EL2, ICH_LR, ICH_LR_HW0 } from '@worldswitch/cpu/arch';
import { setCell, T, VCPU, ZERO } from '../cells.ts';
import { VCPU_STRUCT } from '../layout.ts';
import type { VgicBackend } from './backend.ts';

const { State, HW, Group, Priority, pINTID, vINTID } = ICH_LR;
const { EOI } = ICH_LR_HW0;
const PENDING = State.value('Pending');
const ACTIVE = State.value('Active');
const UIE = ICH_HCR_EL2.UIE.wordMask;
/** A GICv2 guest's SGI has its source above the ten bits of its number. */
const SOURCE_SHIFT = 10;
const V2_INTID_MASK = 2 ** SOURCE_SHIFT - 1;

const imageOffset = (n: number): number => VCPU_STRUCT.V3_LR + 8 * n;

export const backendV3: VgicBackend = {
  store({ port, cells }, n, image) {
    cells[2 * T] = image.vIntid | (image.source << SOURCE_SHIFT);
    cells[2 * T + 1] =
      ((image.isPending ? PENDING : 0) | (image.isActive ? ACTIVE : 0)) << State.wordShift |
      (image.pIntid < 0 ? (image.eoi ? EOI.wordMask : 0) : HW.wordMask | (image.pIntid << pINTID.wordShift)) |
      (image.group << Group.wordShift) |
      (image.priority << Priority.wordShift);
    port.str(T, VCPU, imageOffset(n));
  },
  clear({ port, cells }, n) {
    setCell(cells, T, ZERO);
    port.str(T, VCPU, imageOffset(n));
  },
  load({ port, cells }, n, image, model) {
    port.ldr(T, VCPU, imageOffset(n));
    const high = cells[2 * T + 1]!;
    const intid = vINTID.inWord(cells[2 * T]!);
    image.vIntid = model === 'gicv2' ? intid & V2_INTID_MASK : intid;
    image.source = model === 'gicv2' ? intid >>> SOURCE_SHIFT : 0;
    image.isPending = (State.inWord(high) & PENDING) !== 0;
    image.isActive = (State.inWord(high) & ACTIVE) !== 0;
    image.pIntid = HW.inWord(high) === 0 ? -1 : pINTID.inWord(high);
    image.eoi = image.pIntid < 0 && EOI.inWord(high) !== 0;
  },
  setUnderflow({ port, cells }, isWanted) {
    port.ldr(T, VCPU, VCPU_STRUCT.V3_HCR);
    cells[2 * T] = isWanted ? cells[2 * T]! | UIE : cells[2 * T]! & ~UIE;
    port.str(T, VCPU, VCPU_STRUCT.V3_HCR);
  },
};
