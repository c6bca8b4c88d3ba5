/** The handler of each exception class, default first (kvm-arm-vhe-series.md, section 6.2). */
import { EC } from '@worldswitch/cpu/arch';
import { handleGuestDebug } from '../debug/guest-debug.ts';
import { injectUndefined } from '../inject.ts';
import { handleGuestAbort } from './abort.ts';
import { handleHvc } from './hvc.ts';
import { RESUME, type ExitHandler } from './outcome.ts';
import { handleSmc } from './smc.ts';
import { handleSysReg } from './sysreg.ts';
import { handleWfx } from './wfx.ts';

/** Everything that this hypervisor does not offer: the guest finds that the instruction does not exist. */
const handleUnknown: ExitHandler = (cpu, vcpu, esr) => {
  vcpu.vm.noteUnhandledClass(esr >>> 26);
  injectUndefined(cpu);
  return RESUME;
};

const handlers = new Array<ExitHandler>(64).fill(handleUnknown);
handlers[EC.WFx] = handleWfx;
handlers[EC.HVC64] = handleHvc;
handlers[EC.HVC32] = handleHvc;
handlers[EC.SMC64] = handleSmc;
handlers[EC.SMC32] = handleSmc;
handlers[EC.SysReg] = handleSysReg;
handlers[EC.InstructionAbortLower] = handleGuestAbort;
handlers[EC.DataAbortLower] = handleGuestAbort;
handlers[EC.SoftwareStepLower] = handleGuestDebug;
handlers[EC.WatchpointLower] = handleGuestDebug;
handlers[EC.BreakpointLower] = handleGuestDebug;
handlers[EC.BKPT32] = handleGuestDebug;
handlers[EC.BRK64] = handleGuestDebug;

/** By EC, 0 to 63. */
export const EXIT_HANDLERS: readonly ExitHandler[] = handlers;
