/** The CPU interface of one PE of a GICv3, put together: ICC and ICV, ICH, and the frame that a GICv2 guest uses. */
import type { SysRegBank } from '@worldswitch/cpu';
import { MmioFrame } from '../mmio.ts';
import { GICV } from '../regs/index.ts';
import { gicvHandlers } from '../v2/hyp-interface.ts';
import { VirtualInterface, type VirtualInterfaceLines } from '../virtual-interface.ts';
import { PhysicalInterface, type InterruptSource, type PhysicalLines } from '../physical-interface.ts';
import { CpuInterface, type CpuInterfacePorts, type InterfaceView } from './cpu-interface.ts';
import { HypInterface } from './hyp-interface.ts';

export interface CpuInterfaceV3Options {
  readonly lrCount: number;
  readonly priorityBits: number;
  readonly preemptionBits: number;
  readonly intidBits: 16 | 24;
  readonly hasEl2: boolean;
}

export interface CpuInterfaceV3 {
  readonly virtual: VirtualInterface;
  readonly hyp: HypInterface;
  readonly cpu: CpuInterface;
  readonly banks: readonly SysRegBank[];
  readonly gicv: MmioFrame;
}

/** What a CPU interface of a GICv3 is connected to. */
export interface CpuInterfaceV3Ports extends CpuInterfacePorts {
  readonly view: () => InterfaceView;
  readonly lines: PhysicalLines & VirtualInterfaceLines;
  readonly source: InterruptSource;
}

export function createCpuInterfaceV3(options: CpuInterfaceV3Options, { view, lines, source, ...ports }: CpuInterfaceV3Ports): CpuInterfaceV3 {
  const { lrCount, priorityBits, preemptionBits } = options;
  const virtual = new VirtualInterface({ lrCount, priorityBits, preemptionBits, sharedActivePriorities: false }, lines);
  const physical = new PhysicalInterface({ priorityBits, preemptionBits, sharedActivePriorities: false, group0IsFiq: true }, lines, source);
  const hyp = new HypInterface(virtual, options);
  const cpu = new CpuInterface(options, view, virtual, physical, ports);
  return { virtual, hyp, cpu, banks: [hyp.bank, cpu.bank], gicv: new MmioFrame(GICV, gicvHandlers(virtual)) };
}
