/** What a host kernel learns from ID registers when its first PE comes up, at EL2. */
import {
  ICC_SRE_EL2, ICH_VTR_EL2, ID_AA64DFR0_EL1, ID_AA64MMFR0_EL1, ID_AA64MMFR1_EL1, ID_AA64PFR0_EL1, InvariantError, MIDR_EL1, type AnyRegister, type Field,
} from '@worldswitch/cpu/arch';
import { GICH_VTR } from '@worldswitch/gic/regs';
import type { SoftwarePort } from '@worldswitch/cpu';
import { cellValue, K, K2, setCell, word64 } from '../cells.ts';
import type { ModeName } from '../switch/plan.ts';
import { plainAddress } from './addresses.ts';
import type { BoardFacts, HostFacts } from './facts.ts';

/** Cortex-A57 up to r1p2 reports a stale IPA when a load crosses pages (erratum 834220). */
const CORTEX_A57 = 0x410f_d070;
const MODEL_MASK = 0xff0f_fff0;
const VARIANT_REVISION_MASK = 0x00f0_000f;
const A57_LAST_AFFECTED = 0x0010_0002;

export function probe(port: SoftwarePort, board: BoardFacts, mode: ModeName): HostFacts {
  const { cells } = port;
  const read = (register: AnyRegister): bigint => {
    port.mrs(K, register.key);
    return cellValue(cells, K);
  };
  const number = (field: Field, value: bigint): number => Number(field.get(value));
  const pfr0 = read(ID_AA64PFR0_EL1);
  const dfr0 = read(ID_AA64DFR0_EL1);
  const mmfr0 = read(ID_AA64MMFR0_EL1);
  const mmfr1 = read(ID_AA64MMFR1_EL1);
  const midr = Number(BigInt.asUintN(32, read(MIDR_EL1)));
  if (mode === 'vhe' && number(ID_AA64MMFR1_EL1.VH, mmfr1) === 0) throw new InvariantError('the PE has no VHE');
  if (board.gic === 3) {
    // ICH registers are UNDEFINED until the system register interface is on.
    setCell(cells, K, word64(ICC_SRE_EL2.of({ SRE: 1, Enable: 1, DIB: 1, DFB: 1 })));
    port.msr(ICC_SRE_EL2.key, K);
    port.isb();
  }
  const vtr = board.gic === 3 ? Number(BigInt.asUintN(32, read(ICH_VTR_EL2))) : readVtr(port, board);
  const interface3 = board.gic === 3;
  const preBits = (interface3 ? ICH_VTR_EL2.PREbits.inWord(vtr) : GICH_VTR.PREbits.inWord(vtr)) + 1;
  return {
    ...board,
    vhe: mode === 'vhe',
    ras: number(ID_AA64PFR0_EL1.RAS, pfr0) !== 0,
    fp: number(ID_AA64PFR0_EL1.FP, pfr0) !== ID_AA64PFR0_EL1.FP.value('NI'),
    aarch32El1: number(ID_AA64PFR0_EL1.EL1, pfr0) === ID_AA64PFR0_EL1.EL1.value('AARCH32'),
    pmu: number(ID_AA64DFR0_EL1.PMUVer, dfr0) !== 0 && number(ID_AA64DFR0_EL1.PMUVer, dfr0) !== ID_AA64DFR0_EL1.PMUVer.value('IMP_DEF'),
    pan: number(ID_AA64MMFR1_EL1.PAN, mmfr1) !== 0,
    erratum834220: (midr & MODEL_MASK) >>> 0 === CORTEX_A57 && (midr & VARIANT_REVISION_MASK) <= A57_LAST_AFFECTED,
    lrCount: (interface3 ? ICH_VTR_EL2.ListRegs.inWord(vtr) : GICH_VTR.ListRegs.inWord(vtr)) + 1,
    aprCount: interface3 ? 1 << Math.max(0, preBits - 5) : 1,
    paRange: number(ID_AA64MMFR0_EL1.PARange, mmfr0),
    vmid16: number(ID_AA64MMFR1_EL1.VMIDBits, mmfr1) === ID_AA64MMFR1_EL1.VMIDBits.value('16'),
    // Descriptors stay as written: the digest of a guest does not depend on when a page was first touched.
    accessFlag: false,
    midr: { lo: midr, hi: 0 },
  };
}

/** With the MMU off: the frame by its physical address. */
function readVtr(port: SoftwarePort, { gich }: BoardFacts): number {
  if (gich === null) throw new InvariantError('a GICv2 board without a GICH frame');
  setCell(port.cells, K2, plainAddress(gich));
  port.ldr32(K, K2, GICH_VTR.offset);
  return port.cells[2 * K]!;
}
