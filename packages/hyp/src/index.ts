/** `@worldswitch/hyp`: a hypervisor after KVM/ARM's design, as native software on a PE's software port. */
export { Host, type HostOptions } from './host/host.ts';
export type { BoardFacts, HostFacts, Range } from './host/facts.ts';
export { coreReg, Kvm, KvmVcpu, KvmVm, sysReg, type KvmResult, type RunResult, type VcpuOptions, type VmOptions } from './kvm.ts';
export * from './kvm-run.ts';
export { EDGE, EDGES, type Edge, type EdgeName } from './observer.ts';
export { planDiffDocument, planDocument, stepDocument, stepsDocument, type PlanDiffDocument, type PlanDocument, type PlanOperation, type StepRow, type StepsDocument } from './documents.ts';
export { TALLIES } from './host/tallies.ts';
export type { Preemption } from './thread.ts';
export { planFor } from './steps/compose.ts';
export { STEPS, type Step, type StepKind } from './steps/registry.ts';
export { BASE, FINAL, FIXED, parseStepSet, prefix, type StepSet, type StepSetResult } from './steps/set.ts';
export { operation, operationName, type Operation } from './switch/operation.ts';
export { diffPlans, insert, PHASES, printPlan, type ModeName, type Phase, type Plan, type PlanChange, type Where } from './switch/plan.ts';
