/** `@worldswitch/hyp`: a hypervisor after KVM/ARM's design, as native software on a PE's software port. */
export { Host, type HostOptions } from './host/host.ts';
export type { BoardFacts, HostFacts, Range } from './host/facts.ts';
export { coreReg, Kvm, KvmVcpu, KvmVm, sysReg, type KvmResult, type RunResult, type VcpuOptions, type VmOptions } from './kvm.ts';
export * from './kvm-run.ts';
export { EDGE, EDGES, type Edge, type EdgeName } from './observer.ts';
