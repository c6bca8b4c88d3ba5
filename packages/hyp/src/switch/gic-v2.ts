/**
 * The GICv2 virtual interface in the switch: a memory-mapped frame (kvm-arm-vhe-series.md, section 2.9). Until step 36 it
 * is the world switch that accesses it, through a copy of its address in the VM; from then on the vgic code of the host.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { GICH_APR, GICH_ELRSR, GICH_HCR, GICH_LR, GICH_VMCR } from '@worldswitch/gic/regs';
import { FRAME, RESULT, setCell, T, VCPU, VM, ZERO } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { VCPU_STRUCT, VM_STRUCT } from '../layout.ts';
import { usedLrs } from './gic-v3.ts';
import { operation, type Operation } from './operation.ts';

export const HOST_GICV2 = { host: 'gicv2' } as const;
export const SOME_LRS = 'n > 0';

export function toFrame(cpu: Cpu, register: number, offset: number): void {
  cpu.port.ldr32(T, VCPU, offset);
  cpu.port.str32(T, FRAME, register);
}

export function fromFrame(cpu: Cpu, register: number, offset: number): void {
  cpu.port.ldr32(T, FRAME, register);
  cpu.port.str32(T, VCPU, offset);
}

/** The address of the frame: the VM's copy, for code of the switch. */
export function frameByVm(cpu: Cpu): void {
  cpu.port.ldr(VM, VCPU, VCPU_STRUCT.VM);
  cpu.mode.toHyp(cpu.cells, VM);
  cpu.port.ldr(FRAME, VM, VM_STRUCT.GICH);
  cpu.mode.toHyp(cpu.cells, FRAME);
}

/** The address of the frame: a constant of the host kernel. */
export function frameByKernel(cpu: Cpu): void {
  if (cpu.gich !== null) setCell(cpu.cells, FRAME, cpu.gich);
}

function restoreLrs(cpu: Cpu): void {
  const count = usedLrs(cpu);
  for (let n = 0; n < count; n++) toFrame(cpu, GICH_LR.offsetOf(n), VCPU_STRUCT.V2_LR + 4 * n);
}

/** How the series left the two operations: three of its steps change them, in any combination. */
export interface Gic2Choice {
  /** Until step 39: the active priorities go along. */
  readonly apr: boolean;
  /** Until step 35: ELRSR is kept in an image, and read in full. */
  readonly elrsrImage: boolean;
  /** From step 36: the vgic code of the kernel does it, through its own mapping. */
  readonly byKernel: boolean;
}

const BEFORE: Gic2Choice = { apr: true, elrsrImage: true, byKernel: false };

const made = new Map<string, Operation>();
const choices = new WeakMap<Operation, Gic2Choice>();

/** One operation for one choice, so that equal plans are equal. */
function once(make: (choice: Gic2Choice, variant: string) => Operation, choice: Gic2Choice): Operation {
  // The restore knows nothing of ELRSR: one operation whatever is chosen there.
  if (make === makeRestore && choice.elrsrImage) return once(make, { ...choice, elrsrImage: false });
  const variant = [choice.byKernel ? 'by the kernel' : '', choice.apr ? 'with APR' : '', choice.elrsrImage ? 'elrsr image' : ''].filter((one) => one !== '').join(', ');
  const key = `${make.name} ${variant}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const fresh = make(choice, variant);
  made.set(key, fresh);
  choices.set(fresh, choice);
  return fresh;
}

/** The operation with a changed choice. */
export function changeGic2(one: Operation, change: Partial<Gic2Choice>): Operation {
  const choice = choices.get(one);
  if (choice === undefined) throw new InvariantError(`${one.id} is not an operation of the GICv2 frame`);
  return once(one.id === 'gic2-restore' ? makeRestore : makeSave, { ...choice, ...change });
}

function makeRestore({ apr, byKernel }: Gic2Choice, variant: string): Operation {
  const find = byKernel ? frameByKernel : frameByVm;
  return operation('gic2-restore', `mw(HCR), ${apr ? 'mw(APR), ' : ''}mw(LRn) x n`, (cpu) => {
    if (usedLrs(cpu) === 0) return;
    find(cpu);
    toFrame(cpu, GICH_HCR.offset, VCPU_STRUCT.V2_HCR);
    if (apr) toFrame(cpu, GICH_APR.offset, VCPU_STRUCT.V2_APR);
    restoreLrs(cpu);
  }, { ...HOST_GICV2, when: SOME_LRS, variant, facts: [...(apr ? ['restore guest APRS' as const] : []), 'restore guest LRS'] });
}

const STATE_MASK = GICH_LR.State.wordMask;

/** ELRSR to `RESULT`; the second word only where it can matter. */
function readElrsr(cpu: Cpu, lrs: number): void {
  const { port, cells } = cpu;
  port.ldr32(RESULT, FRAME, GICH_ELRSR.offsetOf(0));
  if (lrs <= 32) return;
  port.ldr32(T, FRAME, GICH_ELRSR.offsetOf(1));
  cells[2 * RESULT + 1] = cells[2 * T]!;
}

function makeSave({ apr, elrsrImage, byKernel }: Gic2Choice, variant: string): Operation {
  const find = byKernel ? frameByKernel : frameByVm;
  const text = `${apr ? 'mr(APR), ' : ''}mr(ELRSR), mr(LRn) of those not empty, mw(LRn=0) x n, mw(HCR=0)`;
  const images = [elrsrImage ? 'elrsr' : '', apr ? 'apr' : ''].filter((one) => one !== '').join(', ');
  return operation('gic2-save', images === '' ? text : `${text}; n = 0: images of ${images}`, (cpu) => {
    const { port, cells } = cpu;
    const count = usedLrs(cpu);
    if (count === 0) {
      if (elrsrImage) {
        cells[2 * T] = 0xffff_ffff;
        cells[2 * T + 1] = 0xffff_ffff;
        port.str(T, VCPU, VCPU_STRUCT.V2_ELRSR);
      }
      if (apr) {
        setCell(cells, T, ZERO);
        port.str32(T, VCPU, VCPU_STRUCT.V2_APR);
      }
      return;
    }
    find(cpu);
    if (apr) fromFrame(cpu, GICH_APR.offset, VCPU_STRUCT.V2_APR);
    readElrsr(cpu, elrsrImage ? cpu.facts.lrCount : count);
    if (elrsrImage) port.str(RESULT, VCPU, VCPU_STRUCT.V2_ELRSR);
    for (let n = 0; n < count; n++) {
      const offset = VCPU_STRUCT.V2_LR + 4 * n;
      if (((cells[2 * RESULT + (n >> 5)]! >>> (n & 31)) & 1) !== 0) {
        port.ldr32(T, VCPU, offset);
        cells[2 * T] = cells[2 * T]! & ~STATE_MASK;
      } else port.ldr32(T, FRAME, GICH_LR.offsetOf(n));
      port.str32(T, VCPU, offset);
      setCell(cells, T, ZERO);
      port.str32(T, FRAME, GICH_LR.offsetOf(n));
    }
    setCell(cells, T, ZERO);
    port.str32(T, FRAME, GICH_HCR.offset);
  }, {
    ...HOST_GICV2,
    when: SOME_LRS,
    variant,
    facts: ['save guest LRS', 'restore host LRS', ...(apr ? (['save guest APRS', 'restore host APRS'] as const) : [])],
  });
}

export const gic2Restore = once(makeRestore, BEFORE);
export const gic2Save = once(makeSave, BEFORE);

// ---- Load and put: by the kernel in either mode ------------------------------------------------------------------------

export const gic2LoadVmcr = operation('gic2-load', 'mw(VMCR)', (cpu) => {
  frameByKernel(cpu);
  toFrame(cpu, GICH_VMCR.offset, VCPU_STRUCT.V2_VMCR);
}, { ...HOST_GICV2, facts: ['restore guest VMCR'] });

export const gic2LoadVmcrApr = operation('gic2-load', 'mw(VMCR), mw(APR)', (cpu) => {
  frameByKernel(cpu);
  toFrame(cpu, GICH_VMCR.offset, VCPU_STRUCT.V2_VMCR);
  toFrame(cpu, GICH_APR.offset, VCPU_STRUCT.V2_APR);
}, { ...HOST_GICV2, variant: 'with APR', facts: ['restore guest VMCR', 'restore guest APRS'] });

export const gic2PutVmcr = operation('gic2-put', 'mr(VMCR)', (cpu) => {
  frameByKernel(cpu);
  fromFrame(cpu, GICH_VMCR.offset, VCPU_STRUCT.V2_VMCR);
}, { ...HOST_GICV2, facts: ['save guest VMCR'] });

export const gic2PutVmcrApr = operation('gic2-put', 'mr(VMCR), mr(APR)', (cpu) => {
  frameByKernel(cpu);
  fromFrame(cpu, GICH_VMCR.offset, VCPU_STRUCT.V2_VMCR);
  fromFrame(cpu, GICH_APR.offset, VCPU_STRUCT.V2_APR);
}, { ...HOST_GICV2, variant: 'with APR', facts: ['save guest VMCR', 'save guest APRS'] });
