/** `@worldswitch/gic/regs`: the memory-mapped frames of GICv2, GICv3 and the ITS as tables, and fields of what lies in memory. No state, no behaviour. */
export * from './common.ts';
export * from './frame.ts';
export * from './gicc.ts';
export * from './gicd.ts';
export * from './gich.ts';
export * from './gicr.ts';
export * from './gits.ts';
export * from './words.ts';
