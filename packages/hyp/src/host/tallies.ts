/**
 * What host C code that we do not execute would cost: abstract operations of one call of each KVM or kernel function on the
 * way of an exit, written down from the described flow of v4.16 and v4.17 (kvm-arm-vhe-series.md, sections 2 and 3).
 *
 * This table was written before any total of cycles was computed or compared with a published figure. A row changes for a
 * reason that names no total: a step of the flow that was forgotten, or one that is executed through the port and was
 * charged as well. Loads and stores of context words, system registers, barriers and frames are executed, and are in no row.
 */
import type { SoftwareTally } from '@worldswitch/cpu';

type Counts = Omit<SoftwareTally, 'name'>;

/** Of one shape, whatever is given: the port is charged with them all. */
function tally(name: string, { loads = 0, stores = 0, branches = 0, alu = 0, atomics = 0, calls = 0 }: Partial<Counts>): SoftwareTally {
  return { name, loads, stores, branches, alu, atomics, calls };
}

export const TALLIES = {
  // ---- User space of the host to KVM_RUN and back ----
  /** Register frame apart: thread flags, system call table, audit and signal work on the way back. */
  syscallEntry: tally('el0_svc', { loads: 6, stores: 2, branches: 8, alu: 10, calls: 2 }),
  syscallExit: tally('ret_to_user', { loads: 4, stores: 1, branches: 5, alu: 6, calls: 1 }),
  /** File table, vfs, the command switch, the vCPU mutex. */
  ioctl: tally('sys_ioctl, vfs_ioctl, kvm_vcpu_ioctl', { loads: 24, stores: 10, branches: 22, alu: 16, atomics: 3, calls: 8 }),
  /** Preempt notifier registered, PE pinned; and taken back. */
  vcpuLoad: tally('vcpu_load', { loads: 8, stores: 8, branches: 4, alu: 4, calls: 3 }),
  vcpuPut: tally('vcpu_put', { loads: 6, stores: 6, branches: 3, alu: 3, calls: 3 }),
  archVcpuLoad: tally('kvm_arch_vcpu_load', { loads: 12, stores: 6, branches: 10, alu: 6, calls: 5 }),
  archVcpuPut: tally('kvm_arch_vcpu_put', { loads: 6, stores: 4, branches: 6, alu: 2, calls: 4 }),
  timerLoad: tally('kvm_timer_vcpu_load', { loads: 14, stores: 4, branches: 12, alu: 8, calls: 6 }),
  timerPut: tally('kvm_timer_vcpu_put', { loads: 10, stores: 4, branches: 8, alu: 6, calls: 6 }),

  /** In the run loop of kernels before v4.15: the state of the timer's line and of its interrupt. */
  timerFlush: tally('kvm_timer_flush_hwstate', { loads: 12, stores: 1, branches: 12, alu: 6, calls: 5 }),
  timerSync: tally('kvm_timer_sync_hwstate', { loads: 8, branches: 9, alu: 4, calls: 3 }),

  /** In the host's interrupt, with perf's handler around it. */
  pmuInterrupt: tally('kvm_pmu_perf_overflow', { loads: 24, stores: 10, branches: 16, alu: 10, calls: 9 }),

  // ---- The run loop ----
  /** cond_resched, the VMID generation, requests, preempt_disable, PMU flush. */
  loopTop: tally('kvm_arch_vcpu_ioctl_run, loop', { loads: 14, stores: 4, branches: 14, alu: 8, calls: 6 }),
  vgicFlush: tally('kvm_vgic_flush_hwstate, empty ap_list', { loads: 4, stores: 0, branches: 4, alu: 2, calls: 1 }),
  /** Signals, the mode with its barrier, requests again. */
  beforeEntry: tally('kvm_arch_vcpu_ioctl_run, before entry', { loads: 10, stores: 2, branches: 10, alu: 4, atomics: 1, calls: 4 }),
  setupDebug: tally('kvm_arm_setup_debug', { loads: 4, stores: 1, branches: 5, alu: 8, calls: 1 }),
  guestEnter: tally('guest_enter_irqoff', { loads: 8, stores: 4, branches: 6, alu: 6, calls: 3 }),
  /** Conditions, calls and returns of the switch function itself; half of it on each side of the guest. */
  switchFunction: tally('__kvm_vcpu_run', { loads: 6, stores: 6, branches: 18, alu: 20, calls: 18 }),
  /** Mode, statistics, clear_debug, PMU sync. */
  afterExit: tally('kvm_arch_vcpu_ioctl_run, after exit', { loads: 10, stores: 6, branches: 8, alu: 6, calls: 4 }),
  vgicSync: tally('kvm_vgic_sync_hwstate, empty ap_list', { loads: 4, stores: 0, branches: 4, alu: 2, calls: 1 }),
  guestExit: tally('guest_exit, handle_exit_early, preempt_enable', { loads: 10, stores: 6, branches: 8, alu: 6, calls: 4 }),
  handleExit: tally('handle_exit', { loads: 4, stores: 2, branches: 6, alu: 6, calls: 2 }),

  // ---- Handlers ----
  hvc: tally('handle_hvc, kvm_hvc_call_handler, kvm_psci_call', { loads: 6, stores: 3, branches: 10, alu: 6, calls: 5 }),
  wfx: tally('kvm_handle_wfx', { loads: 4, stores: 2, branches: 4, alu: 2, calls: 2 }),
  /** gfn to memslot to host address. */
  guestAbort: tally('kvm_handle_guest_abort', { loads: 16, stores: 2, branches: 14, alu: 16, calls: 5 }),
  /** Syndrome taken apart, the in-kernel bus searched, kvm_run filled in. */
  ioMemAbort: tally('io_mem_abort, kvm_io_bus_read', { loads: 16, stores: 14, branches: 16, alu: 18, calls: 6 }),
  mmioReturn: tally('kvm_handle_mmio_return', { loads: 8, stores: 2, branches: 8, alu: 6, calls: 3 }),
  /** get_user_pages, the MMU lock, a table walk in C. */
  userMemAbort: tally('user_mem_abort, stage2_set_pte', { loads: 70, stores: 14, branches: 60, alu: 60, atomics: 6, calls: 24 }),
  sysRegTrap: tally('kvm_handle_sys_reg', { loads: 14, stores: 4, branches: 16, alu: 14, calls: 4 }),
  inject: tally('kvm_inject_undefined', { loads: 4, stores: 2, branches: 6, alu: 10, calls: 5 }),
  block: tally('kvm_vcpu_block', { loads: 40, stores: 24, branches: 36, alu: 24, atomics: 6, calls: 20 }),

  // ---- The scheduler ----
  /** From one thread of a PE to another one: the run queue's lock, accounting, the next thread picked, its stack. */
  schedule: tally('__schedule, pick_next_task_fair, context_switch', { loads: 70, stores: 45, branches: 55, alu: 50, atomics: 4, calls: 22 }),
  /** On the way to WFI and back: the tick, RCU, the governor's choice of a state. */
  idle: tally('do_idle, tick_nohz_idle_enter, cpuidle', { loads: 60, stores: 40, branches: 55, alu: 50, atomics: 4, calls: 26 }),
  /** By the thread that wakes: the sleeper is put on the run queue of its PE. */
  wakeUp: tally('swake_up, try_to_wake_up, ttwu_queue_remote', { loads: 45, stores: 25, branches: 40, alu: 30, atomics: 8, calls: 16 }),
  /** check_and_switch_context: the ASID of another process is still good. */
  switchMm: tally('switch_mm_irqs_off, check_and_switch_context', { loads: 10, stores: 3, branches: 10, alu: 8, atomics: 2, calls: 3 }),

  // ---- The vgic: of each interrupt on an ap_list, and of each access of its registers ----
  vgicSort: tally('vgic_sort_ap_list, list_sort', { loads: 40, stores: 24, branches: 40, alu: 30, calls: 12 }),
  vgicPopulate: tally('vgic_target_oracle, vgic_populate_lr', { loads: 16, stores: 4, branches: 16, alu: 18, atomics: 1, calls: 3 }),
  vgicFold: tally('vgic_fold_lr_state, one list register', { loads: 12, stores: 4, branches: 12, alu: 10, atomics: 1, calls: 3 }),
  vgicPrune: tally('vgic_prune_ap_list, one interrupt', { loads: 10, stores: 3, branches: 10, alu: 6, atomics: 1, calls: 2 }),
  vgicInject: tally('kvm_vgic_inject_irq', { loads: 14, stores: 3, branches: 14, alu: 8, atomics: 1, calls: 4 }),
  /** On an ap_list, and the vCPU told. */
  vgicQueue: tally('vgic_queue_irq_unlock, kvm_vcpu_kick', { loads: 18, stores: 6, branches: 16, alu: 8, atomics: 4, calls: 6 }),
  vgicMmio: tally('dispatch_mmio_read, dispatch_mmio_write', { loads: 16, stores: 4, branches: 20, alu: 16, calls: 6 }),
  vgicSgi: tally('vgic_v3_dispatch_sgi, vgic_mmio_write_sgir', { loads: 14, stores: 2, branches: 16, alu: 16, atomics: 1, calls: 4 }),

  /** Of guest memory that the kernel reads or writes: gfn to memslot, and a copy without the words themselves. */
  guestMemory: tally('kvm_read_guest, kvm_write_guest', { loads: 18, stores: 2, branches: 14, alu: 12, atomics: 1, calls: 5 }),
  itsCommand: tally('vgic_its_process_commands, vgic_its_handle_command', { loads: 12, stores: 4, branches: 14, alu: 10, atomics: 2, calls: 4 }),
  /** Device and event looked up in lists, the collection's vCPU. */
  itsTranslate: tally('vgic_its_trigger_msi, vgic_its_resolve_lpi', { loads: 20, stores: 1, branches: 16, alu: 4, atomics: 1, calls: 4 }),

  // ---- Timers ----
  vtimerInterrupt: tally('kvm_arch_timer_handler', { loads: 8, stores: 2, branches: 8, alu: 4, calls: 3 }),
  /** A timer queued or taken out, and the event device programmed. */
  softTimer: tally('hrtimer_start, hrtimer_cancel, hrtimer_interrupt', { loads: 36, stores: 20, branches: 30, alu: 24, atomics: 2, calls: 12 }),

  // ---- The host's own interrupts ----
  hostInterrupt: tally('gic_handle_irq, __handle_domain_irq, irq_exit', { loads: 40, stores: 24, branches: 40, alu: 30, atomics: 4, calls: 18 }),

  // ---- The VMM in user space ----
  /** The exit reason, and a device found by address. */
  vmmExit: tally('VMM, dispatch of an exit', { loads: 10, stores: 4, branches: 12, alu: 8, calls: 4 }),
} as const satisfies Readonly<Record<string, SoftwareTally>>;
