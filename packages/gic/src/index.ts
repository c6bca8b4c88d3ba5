/** `@worldswitch/gic`: the interrupt controller as devices. Its registers as facts are `@worldswitch/gic/regs`. */
export { createGicV2, createGicV3, MAINTENANCE_INTID, type Gic, type GicInterface, type GicOptions, type GicPe } from './controller.ts';
export { FIRST_SPI, PRIVATE_INTERRUPTS } from './distributor.ts';
export { emptyListRegister, LIST_REGISTER_V2, listRegisterV3, LR_STATE, type Group, type ListRegister, type ListRegisterCodec } from './list-register.ts';
export { MAINTENANCE, type MaintenanceRow, type MaintenanceView } from './maintenance.ts';
export type { GicMemory } from './memory.ts';
export { MmioFrame, type FrameHandler } from './mmio.ts';
export { PhysicalInterface, type InterruptSource, type PhysicalInterfaceOptions, type PhysicalLines } from './physical-interface.ts';
export * from './priority.ts';
export { GROUP1_PENDING, SPURIOUS, VirtualInterface, type VirtualInterfaceLines, type VirtualInterfaceOptions } from './virtual-interface.ts';
export { createVirtualInterfaceV2, type VirtualInterfaceV2 } from './v2/hyp-interface.ts';
export type { InterfaceView } from './v3/cpu-interface.ts';
export { createCpuInterfaceV3, type CpuInterfaceV3, type CpuInterfaceV3Options, type CpuInterfaceV3Ports } from './v3/virtual-interface.ts';
export type { Its } from './v3/its/its.ts';
