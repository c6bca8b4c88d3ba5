/**
 * The CPU interface of a vCPU that is not loaded, as user space reads and writes it (Linux, virt/kvm/arm/vgic/vgic-mmio-v2.c and
 * arch/arm64/kvm/vgic-sys-reg-v3.c). What the guest has written there is in the images of VMCR and of the active priorities, in
 * the layout of the host's controller, whatever the guest's is. `VCPU` holds the address of the vCPU.
 */
import {
  ICC_AP0Rn_EL1, ICC_AP1Rn_EL1, ICC_BPR0_EL1, ICC_BPR1_EL1, ICC_CTLR_EL1, ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1, ICC_PMR_EL1, ICC_SRE_EL1, ICH_VMCR_EL2, type AnyRegister, type Field,
} from '@worldswitch/cpu/arch';
import { GICC_ABPR, GICC_APR, GICC_BPR, GICC_CTLR, GICC_IIDR, GICC_PMR, GICH_VMCR } from '@worldswitch/gic/regs';
import { T, VCPU } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { VCPU_STRUCT } from '../layout.ts';

/** What VMCR holds, under the names of the registers that a guest writes. */
type VmcrField = 'enableGrp0' | 'enableGrp1' | 'ackCtl' | 'fiqEn' | 'cbpr' | 'eoiMode' | 'bpr0' | 'bpr1' | 'priority';

interface VmcrImage {
  readonly offset: number;
  readonly fields: Readonly<Record<VmcrField, Field>>;
}

const { VMGrp0En, VMGrp1En, VMAckCtl, VMFIQEn, VMCBPR, VEM, VMBP, VMABP, VMPriMask } = GICH_VMCR;
const { VENG0, VENG1, VAckCtl, VFIQEn, VCBPR, VEOIM, VBPR0, VBPR1, VPMR } = ICH_VMCR_EL2;

const IMAGES: Readonly<Record<2 | 3, VmcrImage>> = {
  2: {
    offset: VCPU_STRUCT.V2_VMCR,
    fields: { enableGrp0: VMGrp0En, enableGrp1: VMGrp1En, ackCtl: VMAckCtl, fiqEn: VMFIQEn, cbpr: VMCBPR, eoiMode: VEM, bpr0: VMBP, bpr1: VMABP, priority: VMPriMask },
  },
  3: {
    offset: VCPU_STRUCT.V3_VMCR,
    fields: { enableGrp0: VENG0, enableGrp1: VENG1, ackCtl: VAckCtl, fiqEn: VFIQEn, cbpr: VCBPR, eoiMode: VEOIM, bpr0: VBPR0, bpr1: VBPR1, priority: VPMR },
  },
};

function read({ port, cells, facts }: Cpu, name: VmcrField): number {
  const { offset, fields } = IMAGES[facts.gic];
  port.ldr32(T, VCPU, offset);
  return fields[name].inWord(cells[2 * T]!);
}

function write({ port, cells, facts }: Cpu, name: VmcrField, value: number): void {
  const { offset, fields } = IMAGES[facts.gic];
  const field = fields[name];
  port.ldr32(T, VCPU, offset);
  cells[2 * T] = (cells[2 * T]! & ~field.wordMask) | ((value << field.wordShift) & field.wordMask);
  port.str32(T, VCPU, offset);
}

/** A GICv2 has the upper five bits of the mask. */
const priorityShift = ({ facts }: Cpu): number => 8 - IMAGES[facts.gic].fields.priority.width;
const readPriority = (cpu: Cpu): number => read(cpu, 'priority') << priorityShift(cpu);
const writePriority = (cpu: Cpu, value: number): void => write(cpu, 'priority', (value & 0xff) >> priorityShift(cpu));

function readWord({ port, cells }: Cpu, offset: number): number {
  port.ldr32(T, VCPU, offset);
  return cells[2 * T]!;
}

function writeWord({ port, cells }: Cpu, offset: number, value: number): void {
  cells[2 * T] = value;
  port.str32(T, VCPU, offset);
}

/** One register of the interface; a write that returns false asks for what this host does not have. */
export interface InterfaceRegister {
  readonly read: (cpu: Cpu) => number;
  readonly write: (cpu: Cpu, value: number) => boolean;
}

const ignored = (): boolean => true;

function plain(name: VmcrField): InterfaceRegister {
  return {
    read: (cpu) => read(cpu, name),
    write: (cpu, value) => {
      write(cpu, name, value);
      return true;
    },
  };
}

// ---- GICv2: group CPU_REGS ---------------------------------------------------------------------------------------------

const CONTROL: readonly (readonly [Field, VmcrField])[] = [
  [GICC_CTLR.EnableGrp0, 'enableGrp0'], [GICC_CTLR.EnableGrp1, 'enableGrp1'], [GICC_CTLR.AckCtl, 'ackCtl'], [GICC_CTLR.FIQEn, 'fiqEn'], [GICC_CTLR.CBPR, 'cbpr'],
  [GICC_CTLR.EOImode, 'eoiMode'],
];

const control: InterfaceRegister = {
  read: (cpu) => CONTROL.reduce((value, [field, name]) => value | (read(cpu, name) << field.wordShift), 0),
  write: (cpu, value) => {
    for (const [field, name] of CONTROL) write(cpu, name, field.inWord(value));
    return true;
  },
};

/** ABI: in the lower five bits, as GICH_VMCR has it. */
const PMR_SHIFT = 3;
const priorityMask: InterfaceRegister = {
  read: (cpu) => readPriority(cpu) >> PMR_SHIFT,
  write: (cpu, value) => {
    writePriority(cpu, value << PMR_SHIFT);
    return true;
  },
};

/** On a GICv3 the active priorities of a guest that uses memory are in ICH_AP1R<n>_EL2, whatever the group (IHI 0069). */
function activePriorities(n: number): InterfaceRegister {
  const place = ({ facts }: Cpu): number | null => {
    if (facts.gic === 2) return n === 0 ? VCPU_STRUCT.V2_APR : null;
    return n < facts.aprCount ? VCPU_STRUCT.V3_AP1R + 8 * n : null;
  };
  return atPlace(place);
}

function atPlace(place: (cpu: Cpu) => number | null): InterfaceRegister {
  return {
    read: (cpu) => {
      const offset = place(cpu);
      return offset === null ? 0 : readWord(cpu, offset);
    },
    write: (cpu, value) => {
      const offset = place(cpu);
      if (offset !== null) writeWord(cpu, offset, value);
      return true;
    },
  };
}

const IIDR = Number(GICC_IIDR.of({ ProductID: 0x4b, Architecture_version: 2, Implementer: 0x43b }));

/** By offset. */
export const INTERFACE_V2: ReadonlyMap<number, InterfaceRegister> = new Map([
  [GICC_CTLR.offset, control],
  [GICC_PMR.offset, priorityMask],
  [GICC_BPR.offset, plain('bpr0')],
  [GICC_ABPR.offset, plain('bpr1')],
  ...[0, 1, 2, 3].map((n) => [GICC_APR.offsetOf(n), activePriorities(n)] as const),
  [GICC_IIDR.offset, { read: () => IIDR, write: ignored }],
]);

// ---- GICv3: group CPU_SYSREGS ------------------------------------------------------------------------------------------

/** With CBPR group 1 has the binary point of group 0, plus one. */
const binaryPoint1: InterfaceRegister = {
  read: (cpu) => (read(cpu, 'cbpr') === 0 ? read(cpu, 'bpr1') : Math.min(read(cpu, 'bpr0') + 1, 7)),
  write: (cpu, value) => {
    if (read(cpu, 'cbpr') === 0) write(cpu, 'bpr1', value);
    return true;
  },
};

/** Bits of a priority as the host has them, INTIDs of 16 bits, and nothing that is optional. */
const interfaceControl: InterfaceRegister = {
  read: (cpu) => Number(ICC_CTLR_EL1.of({ CBPR: read(cpu, 'cbpr'), EOImode: read(cpu, 'eoiMode'), PRIbits: priorityBits(cpu) - 1 })),
  write: (cpu, value) => {
    const { CBPR, EOImode, PRIbits, IDbits, SEIS, A3V } = ICC_CTLR_EL1;
    if (PRIbits.inWord(value) + 1 > priorityBits(cpu) || IDbits.inWord(value) !== 0 || SEIS.inWord(value) !== 0 || A3V.inWord(value) !== 0) return false;
    write(cpu, 'cbpr', CBPR.inWord(value));
    write(cpu, 'eoiMode', EOImode.inWord(value));
    return true;
  },
};

/** Each of the registers of active priorities is 32 levels. */
const priorityBits = ({ facts }: Cpu): number => 5 + Math.log2(facts.aprCount);

const systemRegisters: InterfaceRegister = {
  read: (cpu) => readWord(cpu, VCPU_STRUCT.V3_SRE),
  write: (_cpu, value) => ICC_SRE_EL1.SRE.inWord(value) === 1,
};

const priority: InterfaceRegister = {
  read: readPriority,
  write: (cpu, value) => {
    writePriority(cpu, value);
    return true;
  },
};

/** By register key; `n` is the number within a family, which has as many as the host. */
export function interfaceV3(cpu: Cpu): ReadonlyMap<number, InterfaceRegister> {
  const families = ([[ICC_AP0Rn_EL1, VCPU_STRUCT.V3_AP0R], [ICC_AP1Rn_EL1, VCPU_STRUCT.V3_AP1R]] as const).flatMap(([rows, base]: readonly [readonly AnyRegister[], number]) =>
    rows.slice(0, cpu.facts.aprCount).map((register, n) => [register.key, atPlace(() => base + 8 * n)] as const),
  );
  return new Map([
    [ICC_PMR_EL1.key, priority],
    [ICC_BPR0_EL1.key, plain('bpr0')],
    [ICC_BPR1_EL1.key, binaryPoint1],
    ...families,
    [ICC_CTLR_EL1.key, interfaceControl],
    [ICC_SRE_EL1.key, systemRegisters],
    [ICC_IGRPEN0_EL1.key, plain('enableGrp0')],
    [ICC_IGRPEN1_EL1.key, plain('enableGrp1')],
  ]);
}
