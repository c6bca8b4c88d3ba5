/** What a machine's first PE holds, as text: registers, list registers, pending interrupts, walks. Looking changes nothing. */
import { HCR_EL2, STAGE1_BLOCK, STAGE1_PAGE, STAGE1_TABLE, STAGE2_BLOCK, STAGE2_PAGE, STAGE2_TABLE, SYSTEM_REGISTERS, type AnyRegister } from '@worldswitch/cpu/arch';
import type { WalkStep } from '@worldswitch/cpu';
import type { MmioFrame } from '@worldswitch/gic';
import type { Hypervised, Machine, MachinePe } from '@worldswitch/machine';
import { fieldText } from '../fields.ts';
import type { GuestInterrupt, Inspection, ListRegister, NamedValue, WalkStepText, WalkText } from './protocol.ts';

type Cpu = MachinePe['cpu'];

export const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** What one looks at first: translation, exceptions, traps, timer, virtual interrupts. */
const MAIN = [
  'SCTLR_EL1', 'CPACR_EL1', 'TCR_EL1', 'TTBR0_EL1', 'TTBR1_EL1', 'MAIR_EL1', 'VBAR_EL1', 'ESR_EL1', 'FAR_EL1', 'ELR_EL1', 'SPSR_EL1', 'TPIDR_EL1',
  'HCR_EL2', 'VTCR_EL2', 'VTTBR_EL2', 'CPTR_EL2', 'MDCR_EL2', 'VBAR_EL2', 'ESR_EL2', 'FAR_EL2', 'HPFAR_EL2', 'ELR_EL2', 'SPSR_EL2',
  'CNTV_CTL_EL0', 'CNTV_CVAL_EL0', 'CNTVOFF_EL2', 'ICH_HCR_EL2', 'ICH_VMCR_EL2', 'ICH_ELRSR_EL2',
];
const MOST_FOUND = 80;
/** Reading them would acknowledge, take or draw something. */
const READ_CHANGES = /^(?:ICC_(?:NM)?IAR|ICV_(?:NM)?IAR|RNDR|DBGDTR)/;
const X_REGISTERS = 31;
const WORD = 4;
const WORD_BITS = 32;

function systemRegisters(cpu: Cpu, find: string): NamedValue[] {
  const wanted = find.trim().toUpperCase();
  const rows = wanted === '' ? MAIN.flatMap((name) => SYSTEM_REGISTERS.byName(name) ?? []) : SYSTEM_REGISTERS.rows.filter(({ name }) => name.includes(wanted));
  return rows
    .filter(({ name, status, directions }) => status === 'implemented' && directions !== 'W' && !READ_CHANGES.test(name))
    .flatMap((row) => {
      const value = cpu.getSystemRegister(row);
      return value === null ? [] : [{ name: row.name, value: hex(value) }];
    })
    .slice(0, MOST_FOUND);
}

function listRegister(row: AnyRegister, value: bigint): ListRegister {
  return { name: row.name, value: hex(value), fields: row.fields.map((field) => fieldText(field, value)) };
}

function listRegisters({ config }: Machine, { cpu, gic }: MachinePe): ListRegister[] {
  const { GICH } = gic.frames;
  const numbers = Array.from({ length: config.profile.lrCount }, (_, n) => n);
  if (GICH === undefined) {
    return numbers.flatMap((n) => {
      const row = SYSTEM_REGISTERS.byName(`ICH_LR${String(n)}_EL2`);
      const value = row === undefined ? null : cpu.getSystemRegister(row);
      return row === undefined || value === null ? [] : [listRegister(row, value)];
    });
  }
  return readWords(GICH, 'GICH_LR').slice(0, config.profile.lrCount).map((value, n) => ({
    name: `GICH_LR${String(n)}`,
    value: hex(value),
    fields: GICH.frame.byName('GICH_LR')?.fields.map((field) => fieldText(field, BigInt(value))) ?? [],
  }));
}

/** The words of a family of registers of a frame. */
function readWords(frame: MmioFrame, name: string): number[] {
  const register = frame.frame.byName(name);
  if (register === undefined) return [];
  const data = new Uint32Array(2);
  return Array.from({ length: register.count }, (_, n) => {
    frame.read(register.offset + n * register.stride, WORD, data);
    return data[0]!;
  });
}

function pendingInterrupts({ gic }: Machine, pe: MachinePe): number[] {
  const { GICD } = pe.gic.frames;
  const redistributor = gic.redistributors[2 * pe.number + 1] ?? gic.redistributors[pe.number];
  const distributor = GICD ?? gic.distributor;
  const words = distributor === null ? [] : readWords(distributor, 'GICD_ISPENDR').map((word, n) => ({ word, first: n * WORD_BITS }));
  const own = redistributor === undefined ? [] : readWords(redistributor, 'GICR_ISPENDR0').map((word) => ({ word, first: 0 }));
  const intids = [...own, ...words].flatMap(({ word, first }) => Array.from({ length: WORD_BITS }, (_, bit) => bit).filter((bit) => ((word >>> bit) & 1) === 1).map((bit) => first + bit));
  return [...new Set(intids)].sort((a, b) => a - b);
}

/** Looked at between two operations of the hypervisor; what the guest has done since its entry stands in list registers only. */
function guestInterrupts({ vm }: Hypervised): GuestInterrupt[] {
  const { vgic } = vm.vm;
  if (vgic === null) return [];
  return [...vgic.cpus.flatMap((one) => one?.private ?? []), ...vgic.spis, ...vgic.lpis.sorted()]
    .filter((irq) => irq.isPending || irq.isActive || irq.vcpu !== null)
    .map(({ intid, isPending, isActive, isEnabled, priority, target, vcpu, mapped }) => ({
      intid, isPending, isActive, isEnabled, priority, target: target?.number ?? null, listed: vcpu?.number ?? null, physical: mapped?.pIntid ?? null,
    }));
}

export function inspect(machine: Machine, hypervised: Hypervised | null, find: string): Inspection {
  const pe = machine.pes[0]!;
  const { cpu } = pe;
  const general = [
    ...Array.from({ length: X_REGISTERS }, (_, n) => ({ name: `x${String(n)}`, value: hex(cpu.getX(n)) })),
    { name: 'sp', value: hex(cpu.sp) }, { name: 'pc', value: hex(cpu.pc) }, { name: 'pstate', value: hex(cpu.pstate >>> 0) },
  ];
  return {
    general,
    system: systemRegisters(cpu, find),
    listRegisters: listRegisters(machine, pe),
    pending: pendingInterrupts(machine, pe),
    guestInterrupts: hypervised === null ? null : guestInterrupts(hypervised),
    e2h: HCR_EL2.E2H.is(cpu.getSystemRegister(HCR_EL2) ?? 0n),
  };
}

const LAYOUTS = {
  1: { table: STAGE1_TABLE, block: STAGE1_BLOCK, page: STAGE1_PAGE },
  2: { table: STAGE2_TABLE, block: STAGE2_BLOCK, page: STAGE2_PAGE },
} as const;

function stepText({ stage, level, address, descriptor }: WalkStep): WalkStepText {
  const low = Number(descriptor & 3n);
  const kind = (low & 1) === 0 ? 'invalid' : low === 1 ? (level === 3 ? 'invalid' : 'block') : level === 3 ? 'page' : 'table';
  return { stage, level, address: hex(address), descriptor: hex(descriptor), kind, fields: kind === 'invalid' ? '' : LAYOUTS[stage][kind].format(descriptor) };
}

export function walkText(cpu: Cpu, address: string): WalkText {
  const { regime, steps, physical, fault } = cpu.inspectWalk(BigInt(address));
  return {
    address,
    regime,
    steps: steps.map(stepText),
    result: physical === null ? `${fault!.kind.toLowerCase().replaceAll('_', ' ')} fault, stage ${String(fault!.stage)}, level ${String(fault!.level)}` : `physical ${hex(physical)}`,
  };
}

