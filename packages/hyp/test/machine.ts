/** A host, a VM and a vCPU on a recording port, and its exits. */
import { EC, ESR_ELx, HPFAR_EL2, ID_AA64PFR0_EL1, ISS_DATA_ABORT } from '@worldswitch/cpu/arch';
import { Host } from '../src/host/host.ts';
import { coreReg, type KvmVcpu } from '../src/api/vcpu.ts';
import { Kvm, type KvmVm, type VmOptions } from '../src/kvm.ts';
import { EDGE } from '../src/observer.ts';
import type { Cpu } from '../src/cpu.ts';
import type { ModeName } from '../src/switch/plan.ts';
import type { VcpuFeatures } from '../src/vcpu.ts';
import { BOARD, countsBetween, FRAMES, noCounts, RecordingMemory, RecordingPort, RecordingText, type Counts, type GuestExit } from './recording-port.ts';

export interface TestMachine {
  readonly port: RecordingPort;
  readonly host: Host;
  readonly cpu: Cpu;
  readonly vm: KvmVm;
  readonly vcpu: KvmVcpu;
  /** Counts between two edges, in order of occurrence; what is told the physical GIC at load is left out, as in 4.41. */
  between(from: keyof typeof EDGE, to: keyof typeof EDGE): Counts[];
}

export const GUEST_ENTRY = 0x8000_0000n;
/** Where the guest finds its interrupt controller. */
const [GUEST_GICD, GUEST_GICC, GUEST_GICR] = [0x0800_0000, 0x0801_0000, 0x080a_0000];
export const GUEST_RAM = { slot: 0, guestPhysAddr: 0x8000_0000, memorySize: 0x10_0000, backing: 0x4200_0000 } as const;

export interface MachineOptions extends VmOptions {
  readonly mode: ModeName;
  readonly gic?: 2 | 3;
  readonly features?: Partial<VcpuFeatures>;
  readonly ras?: boolean;
  /** Whether the interrupt controller is set up at once; otherwise by {@link initVgic}, when there are more vCPUs. */
  readonly init?: boolean;
}

export function machine({ mode, gic = 3, features = {}, ras = false, init = true, ...vmOptions }: MachineOptions): TestMachine {
  const text = new RecordingText();
  const port = new RecordingPort(text);
  if (ras) port.set(ID_AA64PFR0_EL1, port.get(ID_AA64PFR0_EL1) | ID_AA64PFR0_EL1.of({ RAS: 1 }));
  const marks: { readonly edge: number; readonly counts: Counts }[] = [];
  const host = new Host({
    mode, text,
    board: { ...BOARD, gic, ...FRAMES[gic] },
    memory: new RecordingMemory(),
    observe: (_pe, edge) => marks.push({ edge, counts: { ...port.counts } }),
  });
  const cpu = host.bootPe(port);
  const vm = Kvm.open(host).createVm(vmOptions);
  vm.setUserMemoryRegion(GUEST_RAM);
  const made = vm.createVcpu(0);
  if (!made.ok) throw new Error(made.errno);
  const vcpu = made.value;
  vcpu.init({ psci02: true, ...features });
  vcpu.setOneReg(coreReg('pc'), GUEST_ENTRY);
  if (init && vm.vm.irqchip !== 'none') initVgic(vm);
  return {
    port, host, cpu, vm, vcpu,
    between: (from, to) => {
      const found: Counts[] = [];
      let start: Counts | null = null;
      let poke = noCounts();
      let poked = noCounts();
      for (const { edge, counts } of marks) {
        if (edge === EDGE.poke) poke = counts;
        if (edge === EDGE.poked) poked = countsBetween(poke, counts);
        if (edge === EDGE[from]) {
          start = counts;
          poked = noCounts();
        }
        if (edge !== EDGE[to] || start === null) continue;
        found.push(countsBetween(poked, countsBetween(start, counts)));
        start = null;
      }
      return found;
    },
  };
}

export function initVgic(vm: KvmVm): void {
  vm.initVgic({ distributor: GUEST_GICD, interface: vm.vm.irqchip === 'gicv2' ? GUEST_GICC : GUEST_GICR });
}

const syndrome = (ec: number, iss: bigint): number => Number(ESR_ELx.of({ EC: ec, IL: 1, ISS: iss }));

export const HVC_EXIT: GuestExit = { kind: 'sync', esr: syndrome(EC.HVC64, 0n), behind: true };
export const IRQ_EXIT: GuestExit = { kind: 'irq' };
export const FP_EXIT: GuestExit = { kind: 'sync', esr: syndrome(EC.AdvSIMDFPAccess, 0n) };

const TRANSLATION_LEVEL_3 = 0b000111;
const PERMISSION_LEVEL_3 = 0b001111;

function abort(ipa: number, fields: Parameters<typeof ISS_DATA_ABORT.of>[0]): GuestExit {
  return { kind: 'sync', esr: syndrome(EC.DataAbortLower, ISS_DATA_ABORT.of({ DFSC: TRANSLATION_LEVEL_3, ...fields })), far: BigInt(ipa), hpfar: HPFAR_EL2.FIPA.of(Math.floor(ipa / 4096)) };
}

/** A 32-bit read of the first virtio-mmio slot into w3. */
export const MMIO_EXIT: GuestExit = abort(0x0a00_0008, { ISV: 1, SAS: 2, SRT: 3 });
export const mmioExit = (fields: Parameters<typeof ISS_DATA_ABORT.of>[0], ipa = 0x0a00_0008): GuestExit => abort(ipa, { ISV: 1, ...fields });
export const memoryFault = (ipa: number): GuestExit => abort(ipa, {});
export const permissionFault = (ipa: number): GuestExit => abort(ipa, { DFSC: PERMISSION_LEVEL_3 });
