/** A trapped access of a system register: what its handler is given, and how it answers. */
import type { Cpu } from '../cpu.ts';
import type { Vcpu } from '../vcpu.ts';

/**
 * The value of a write is in the cell `K`, and a read leaves its value there; `T`, `T2`, `K2` and `K3` are free. False:
 * the instruction is UNDEFINED for this guest, now.
 */
export type SysRegHandler = (cpu: Cpu, vcpu: Vcpu, key: number, isRead: boolean) => boolean;

export type SysRegRow = readonly [key: number, handler: SysRegHandler];
