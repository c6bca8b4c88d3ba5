/**
 * What the host says when it cannot go on: `hyp_panic` of EL2 and `die` of the kernel, as texts of an `InvariantError`. They name the
 * mode, the exception, the PE, the vCPU and the operation of its plan; how to come there again says whoever started the machine.
 */
import { ELR_EL1, ESR_EL1, ESR_EL2, FAR_EL1, FAR_EL2, HPFAR_EL2, InvariantError, SPSR_EL1, type AnyRegister } from '@worldswitch/cpu/arch';
import { cellValue, V } from './cells.ts';
import type { Cpu } from './cpu.ts';
import { capturePanic } from './switch/around.ts';
import { operationName, type Operation } from './switch/operation.ts';
import { PHASES, type Plan } from './switch/plan.ts';

/** hyp_panic: the host's state comes back as far as a message needs it, and nothing goes on. */
export function panic(cpu: Cpu, why: string): never {
  const { panicState, running } = cpu;
  const at = whereabouts(cpu);
  const [esr, far, hpfar] = [ESR_EL2, FAR_EL2, HPFAR_EL2].map((register) => read(cpu, register));
  if (running === null) capturePanic.run(cpu);
  else for (const run of running.compiled.panic) run(cpu);
  throw new InvariantError(`HYP panic (${modeOf(cpu)}): ${why}: PS ${hexOf(panicState, 0)}, PC ${hexOf(panicState, 1)}, ESR ${esr!}, FAR ${far!}, HPFAR ${hpfar!}, PAR ${hexOf(panicState, 2)}, ${at}`);
}

/** An exception of the host kernel's own, by the names of EL1 in either mode. */
export function die(cpu: Cpu, what: string): never {
  const [ps, pc, esr, far] = [SPSR_EL1, ELR_EL1, ESR_EL1, FAR_EL1].map((register) => read(cpu, register));
  throw new InvariantError(`kernel panic (${modeOf(cpu)}): the host kernel took ${what}: PS ${ps!}, PC ${pc!}, ESR ${esr!}, FAR ${far!}, ${whereabouts(cpu)}`);
}

/** The vCPU of a PE, and where its plan stands. */
export function whereabouts({ port, running, vcpu, operation }: Cpu): string {
  const whose = running ?? vcpu;
  const plan = whose?.compiled.plan;
  return `PE ${String(port.pe)}, vCPU ${whose === null ? 'none' : String(whose.number)}${plan === undefined ? '' : placeOf(plan, operation)}`;
}

const modeOf = ({ facts }: Cpu): string => (facts.vhe ? 'vhe' : 'nvhe');

function read(cpu: Cpu, register: AnyRegister): string {
  cpu.port.mrs(V, register.key);
  return hexOf(cpu.cells, V);
}

function hexOf(words: Uint32Array, pair: number): string {
  return `0x${cellValue(words, pair).toString(16)}`;
}

function placeOf(plan: Plan, run: Operation['run'] | null): string {
  for (const phase of PHASES) {
    const found = plan.phases[phase].find((one) => one.run === run);
    if (found !== undefined) return `, last operation ${operationName(found)} in ${phase}`;
  }
  return '';
}
