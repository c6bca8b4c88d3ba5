/**
 * The host kernel's driver of its own interrupt controller, as far as a hypervisor meets it: private interrupts on, priority drop
 * apart from deactivation (so that a guest can deactivate what it was handed), reschedule interrupts, and the active state of an
 * interrupt that stands behind a guest's (Linux, drivers/irqchip/irq-gic.c and irq-gic-v3.c, `EOImode` 1).
 */
import { ICC_CTLR_EL1, ICC_DIR_EL1, ICC_EOIR1_EL1, ICC_IAR1_EL1, ICC_IGRPEN1_EL1, ICC_PMR_EL1, ICC_SGI1R_EL1, InvariantError, MPIDR_EL1 } from '@worldswitch/cpu/arch';
import {
  GICC_CTLR, GICC_DIR, GICC_EOIR, GICC_IAR, GICC_PMR, GICD_CTLR, GICD_CTLR_GICv2, GICD_ICACTIVER, GICD_ISACTIVER, GICD_ISENABLER, GICD_SGIR, GICR_CTLR, GICR_ICACTIVER0,
  GICR_IGROUPR0, GICR_ISACTIVER0, GICR_ISENABLER0, GICR_RD, GICR_SGI, GICR_WAKER,
} from '@worldswitch/gic/regs';
import { I_ADDRESS, I_IAR, K, K2, setCell, word64 } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { BARRIER } from '../instructions.ts';
import { EDGE } from '../observer.ts';
import { kernelAddress } from './addresses.ts';
import type { HostFacts } from './facts.ts';

/** The SGI that only makes a PE look again. */
export const RESCHEDULE = 0;
/** Special INTIDs: nothing to acknowledge. */
const FIRST_SPECIAL = 1020;
/** Above every priority of ours, which are 0. */
const PRIORITY_MASK = 0xf0;
const ALL_INTERRUPTS = 0xffff_ffff;
/** RD_base and SGI_base of one PE. */
const REDISTRIBUTOR_BYTES = GICR_RD.size + GICR_SGI.size;

function address(cpu: Cpu, cell: number, physical: number | null): void {
  if (physical === null) throw new InvariantError('the board has no such frame of the GIC');
  setCell(cpu.cells, cell, kernelAddress(physical));
}

const redistributor = ({ facts, port }: Cpu): number | null => (facts.gicr === null ? null : facts.gicr + REDISTRIBUTOR_BYTES * port.pe);
const privateFrame = (cpu: Cpu): number | null => (cpu.facts.gicr === null ? null : redistributor(cpu)! + GICR_RD.size);

function storeWord({ port, cells }: Cpu, base: number, offset: number, value: number): void {
  cells[2 * K] = value;
  cells[2 * K + 1] = 0;
  port.str32(K, base, offset);
}

function writeRegister({ port, cells }: Cpu, key: number, value: number): void {
  cells[2 * K] = value;
  cells[2 * K + 1] = 0;
  port.msr(key, K);
}

/** The interrupts that the host takes on every PE, a bit each. */
function privateInterrupts({ interrupts, pmu }: HostFacts): number {
  const { maintenance, virtualTimer, physicalTimer, hypTimer } = interrupts;
  return [RESCHEDULE, maintenance, virtualTimer, physicalTimer, hypTimer, ...(pmu ? [interrupts.pmu] : [])].reduce((bits, intid) => bits | (1 << intid), 0) >>> 0;
}

/** The interrupt controller as this PE uses it; the distributor is told the same by each. In the kernel, MMU on. */
export function setUpHostGic(cpu: Cpu): void {
  if (cpu.facts.gic === 3) setUpV3(cpu);
  else setUpV2(cpu);
}

function setUpV3(cpu: Cpu): void {
  const { port, cells, facts } = cpu;
  address(cpu, K2, facts.gicd);
  storeWord(cpu, K2, GICD_CTLR.offset, Number(GICD_CTLR.of({ ARE: 1, EnableGrp1: 1 })));
  address(cpu, K2, redistributor(cpu));
  storeWord(cpu, K2, GICR_WAKER.offset, 0);
  do port.ldr32(K, K2, GICR_WAKER.offset);
  while (GICR_WAKER.ChildrenAsleep.inWord(cells[2 * K]!) !== 0);
  address(cpu, K2, privateFrame(cpu));
  storeWord(cpu, K2, GICR_IGROUPR0.offset, ALL_INTERRUPTS);
  storeWord(cpu, K2, GICR_ISENABLER0.offset, privateInterrupts(facts));
  writeRegister(cpu, ICC_PMR_EL1.key, PRIORITY_MASK);
  writeRegister(cpu, ICC_CTLR_EL1.key, ICC_CTLR_EL1.EOImode.wordMask);
  writeRegister(cpu, ICC_IGRPEN1_EL1.key, ICC_IGRPEN1_EL1.Enable.wordMask);
  port.isb();
}

/** Without Security Extensions everything is Group 0, and IRQ. */
function setUpV2(cpu: Cpu): void {
  const { facts } = cpu;
  address(cpu, K2, facts.gicd);
  storeWord(cpu, K2, GICD_ISENABLER.offset, privateInterrupts(facts));
  storeWord(cpu, K2, GICD_CTLR_GICv2.offset, GICD_CTLR_GICv2.EnableGrp0.wordMask);
  address(cpu, K2, facts.gicc);
  storeWord(cpu, K2, GICC_PMR.offset, PRIORITY_MASK);
  storeWord(cpu, K2, GICC_CTLR.offset, Number(GICC_CTLR.of({ EOImode: 1, EnableGrp0: 1 })));
}

// ---- In the vector of an interrupt -------------------------------------------------------------------------------------

/** Takes the interrupt, whose value as acknowledged stays in `I_IAR`; -1 if it has gone. */
export function acknowledge(cpu: Cpu): number {
  const { port, cells, facts } = cpu;
  let intid: number;
  if (facts.gic === 3) {
    port.mrs(I_IAR, ICC_IAR1_EL1.key);
    intid = ICC_IAR1_EL1.INTID.inWord(cells[2 * I_IAR]!);
  } else {
    address(cpu, I_ADDRESS, facts.gicc);
    port.ldr32(I_IAR, I_ADDRESS, GICC_IAR.offset);
    intid = GICC_IAR.INTID.inWord(cells[2 * I_IAR]!);
  }
  return intid >= FIRST_SPECIAL ? -1 : intid;
}

/** Others may come again, this one not yet. */
export function dropPriority(cpu: Cpu): void {
  if (cpu.facts.gic === 3) {
    cpu.port.msr(ICC_EOIR1_EL1.key, I_IAR);
    return;
  }
  address(cpu, I_ADDRESS, cpu.facts.gicc);
  cpu.port.str32(I_IAR, I_ADDRESS, GICC_EOIR.offset);
}

export function deactivate(cpu: Cpu): void {
  if (cpu.facts.gic === 3) {
    cpu.port.msr(ICC_DIR_EL1.key, I_IAR);
    return;
  }
  address(cpu, I_ADDRESS, cpu.facts.gicc);
  cpu.port.str32(I_IAR, I_ADDRESS, GICC_DIR.offset);
}

// ---- For the hypervisor ------------------------------------------------------------------------------------------------

/**
 * `irq_set_irqchip_state`: the active state of a private interrupt of this PE, so that it is (or is not) signalled until
 * somebody deactivates it. Uses `K` and `K2`.
 */
export function setPhysicalActive(cpu: Cpu, intid: number, isActive: boolean): void {
  const { port, cells, facts } = cpu;
  const bit = (1 << intid) >>> 0;
  if (facts.gic === 2) {
    address(cpu, K2, facts.gicd);
    storeWord(cpu, K2, (isActive ? GICD_ISACTIVER : GICD_ICACTIVER).offset, bit);
    return;
  }
  address(cpu, K2, privateFrame(cpu));
  storeWord(cpu, K2, (isActive ? GICR_ISACTIVER0 : GICR_ICACTIVER0).offset, bit);
  address(cpu, K2, redistributor(cpu));
  do port.ldr32(K, K2, GICR_CTLR.offset);
  while (GICR_CTLR.RWP.inWord(cells[2 * K]!) !== 0);
}

const { Aff0, Aff1, Aff2 } = MPIDR_EL1;

/** An SGI for the PE of `target`. Runs in the kernel or in an interrupt: uses the scratch cells of whichever it is. */
export function sendReschedule(cpu: Cpu, target: Cpu): void {
  writeSgi(cpu, target);
  if (cpu.observe !== null) cpu.observe(EDGE.kick);
}

function writeSgi(cpu: Cpu, target: Cpu): void {
  const { port, cells, scratch } = cpu;
  // What the other PE is to see was stored before.
  port.dsb(BARRIER.ISHST);
  if (cpu.facts.gic === 3) {
    const { mpidr } = target;
    const aff0 = Number(Aff0.get(mpidr));
    setCell(cells, scratch, word64(ICC_SGI1R_EL1.of({ INTID: RESCHEDULE, Aff2: Number(Aff2.get(mpidr)), Aff1: Number(Aff1.get(mpidr)), TargetList: 1 << aff0 })));
    port.msr(ICC_SGI1R_EL1.key, scratch);
    port.isb();
    return;
  }
  address(cpu, scratch + 1, cpu.facts.gicd);
  cells[2 * scratch] = Number(GICD_SGIR.of({ CPUTargetList: 1 << target.port.pe, INTID: RESCHEDULE }));
  port.str32(scratch, scratch + 1, GICD_SGIR.offset);
}
