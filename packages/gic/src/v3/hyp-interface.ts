/**
 * The hypervisor's side of GICv3's virtual interface: ICH_*, and ICC_SRE_ELx, which choose between system registers and
 * memory (IHI 0069, "AArch64 System register descriptions of the virtual CPU interface").
 */
import {
  ICC_SRE_EL1, ICC_SRE_EL2, ICH_AP0Rn_EL2, ICH_AP1Rn_EL2, ICH_EISR_EL2, ICH_ELRSR_EL2, ICH_HCR_EL2, ICH_LRn_EL2, ICH_MISR_EL2, ICH_VMCR_EL2, ICH_VTR_EL2,
} from '@worldswitch/cpu/arch';
import type { StateVisitor } from '@worldswitch/cpu';
import { listRegisterV3 } from '../list-register.ts';
import type { VirtualInterface } from '../virtual-interface.ts';
import { ABSENT, RegisterBank, wordRow, type RegisterRow } from './register-bank.ts';

/** Fields of features that come later than this GIC are RES0, and so is TSEI while ICH_VTR_EL2.SEIS is 0. */
const HCR_WRITABLE = (ICH_HCR_EL2.fields.reduce((mask, field) => (field.feature === null ? mask | field.wordMask : mask), 0) & ~ICH_HCR_EL2.TSEI.wordMask) >>> 0;
const SRE_EL1_WRITABLE = ICC_SRE_EL1.SRE.wordMask;
const SRE_EL2_WRITABLE = ICC_SRE_EL2.Enable.wordMask | ICC_SRE_EL2.SRE.wordMask;
/** There is no bypass that could be enabled: RAO/WI. */
const SRE_EL1_FIXED = ICC_SRE_EL1.DIB.wordMask | ICC_SRE_EL1.DFB.wordMask;
const SRE_EL2_FIXED = ICC_SRE_EL2.DIB.wordMask | ICC_SRE_EL2.DFB.wordMask;

export interface HypInterfaceOptions {
  /** Bits of an INTID: 16 or 24. */
  readonly intidBits: 16 | 24;
  readonly hasEl2: boolean;
}

/** What of ICC_SRE_EL1 and ICC_SRE_EL2 can be written, and how VMCR is written under them. */
export class HypInterface {
  readonly virtual: VirtualInterface;
  readonly bank: RegisterBank;
  readonly options: HypInterfaceOptions;
  #sreEl1 = 0;
  #sreEl2 = 0;

  constructor(virtual: VirtualInterface, options: HypInterfaceOptions) {
    this.virtual = virtual;
    this.options = options;
    this.bank = new RegisterBank(new Map([...this.#controlRows(), ...this.#listRegisterRows(), ...this.#activePriorityRows()]));
    this.#applySre();
  }

  /** As after reset of the PE. */
  reset(): void {
    this.#sreEl1 = 0;
    this.#sreEl2 = 0;
    this.virtual.reset();
    this.#applySre();
  }

  visitState(state: StateVisitor): void {
    this.#sreEl1 = state.word(this.#sreEl1, SRE_EL1_WRITABLE);
    this.#sreEl2 = state.word(this.#sreEl2, SRE_EL2_WRITABLE);
    this.virtual.hasSystemRegisters = this.#hasSystemRegisters;
  }

  #controlRows(): [number, RegisterRow][] {
    const { virtual } = this;
    const { lrCount, priorityBits, preemptionBits } = virtual.options;
    const vtr = Number(
      ICH_VTR_EL2.of({
        PRIbits: priorityBits - 1,
        PREbits: preemptionBits - 1,
        IDbits: ICH_VTR_EL2.IDbits.value(this.options.intidBits === 24 ? '24bit' : '16bit'),
        A3V: 1,
        nV4: 1,
        TDS: 1,
        ListRegs: lrCount - 1,
      }),
    );
    const writeHcr = (value: number): void => {
      virtual.hcr = (value & HCR_WRITABLE) >>> 0;
      virtual.update();
    };
    return [
      [ICH_HCR_EL2.key, wordRow(() => virtual.hcr, writeHcr)],
      [ICH_VTR_EL2.key, wordRow(() => vtr)],
      [ICH_MISR_EL2.key, wordRow(() => virtual.misr)],
      [ICH_EISR_EL2.key, wordRow(() => virtual.eisr)],
      [ICH_ELRSR_EL2.key, wordRow(() => virtual.elrsr)],
      [ICH_VMCR_EL2.key, wordRow(() => this.#readVmcr(), (value) => this.#writeVmcr(value))],
      [ICC_SRE_EL1.key, wordRow(() => SRE_EL1_FIXED | (this.#hasSystemRegisters ? ICC_SRE_EL1.SRE.wordMask : 0), (value) => this.#writeSreEl1(value))],
      [ICC_SRE_EL2.key, wordRow(() => SRE_EL2_FIXED | this.#sreEl2, (value) => this.#writeSreEl2(value))],
    ];
  }

  #listRegisterRows(): [number, RegisterRow][] {
    const { virtual } = this;
    const codec = listRegisterV3(virtual.options.priorityBits, this.options.intidBits);
    return ICH_LRn_EL2.map((register, n) => {
      const lr = virtual.lrs[n];
      if (lr === undefined) return [register.key, ABSENT];
      const row: RegisterRow = {
        read: (data) => {
          codec.encode(lr, data);
          return true;
        },
        write: (data) => {
          codec.decode(data, lr);
          virtual.update();
          return true;
        },
      };
      return [register.key, row];
    });
  }

  /** AP0R1 and AP1R1 exist with six or more bits of preemption, 2 and 3 with seven. */
  #activePriorityRows(): [number, RegisterRow][] {
    const { virtual } = this;
    return [ICH_AP0Rn_EL2, ICH_AP1Rn_EL2].flatMap((family, group) => {
      const registers = virtual.active[group as 0 | 1];
      return family.map((register, n): [number, RegisterRow] => {
        if (n >= registers.length) return [register.key, ABSENT];
        const write = (value: number): void => {
          registers[n] = value;
          virtual.update();
        };
        return [register.key, wordRow(() => registers[n]!, write)];
      });
    });
  }

  // ---- VMCR ----------------------------------------------------------------------------------------------------------

  #readVmcr(): number {
    const { control } = this.virtual;
    const bits =
      (control.pmr << ICH_VMCR_EL2.VPMR.wordShift) |
      (control.bpr0 << ICH_VMCR_EL2.VBPR0.wordShift) |
      (control.bpr1 << ICH_VMCR_EL2.VBPR1.wordShift) |
      (control.eoiMode ? ICH_VMCR_EL2.VEOIM.wordMask : 0) |
      (control.cbpr ? ICH_VMCR_EL2.VCBPR.wordMask : 0) |
      (control.fiqEn ? ICH_VMCR_EL2.VFIQEn.wordMask : 0) |
      (control.ackCtl ? ICH_VMCR_EL2.VAckCtl.wordMask : 0) |
      (control.enableGroup1 ? ICH_VMCR_EL2.VENG1.wordMask : 0) |
      (control.enableGroup0 ? ICH_VMCR_EL2.VENG0.wordMask : 0);
    return bits >>> 0;
  }

  #writeVmcr(value: number): void {
    const { virtual } = this;
    const { control } = virtual;
    virtual.setPriorityMask(ICH_VMCR_EL2.VPMR.inWord(value));
    virtual.setBinaryPoint(0, ICH_VMCR_EL2.VBPR0.inWord(value));
    virtual.setBinaryPoint(1, ICH_VMCR_EL2.VBPR1.inWord(value));
    control.eoiMode = ICH_VMCR_EL2.VEOIM.inWord(value) !== 0;
    control.cbpr = ICH_VMCR_EL2.VCBPR.inWord(value) !== 0;
    control.enableGroup1 = ICH_VMCR_EL2.VENG1.inWord(value) !== 0;
    control.enableGroup0 = ICH_VMCR_EL2.VENG0.inWord(value) !== 0;
    // RES1 and RES0 in this context: what is written stays so in the other one, and a read returns what was last written.
    control.fiqEn = virtual.hasSystemRegisters || ICH_VMCR_EL2.VFIQEn.inWord(value) !== 0;
    control.ackCtl = !virtual.hasSystemRegisters && ICH_VMCR_EL2.VAckCtl.inWord(value) !== 0;
    virtual.update();
  }

  // ---- SRE -----------------------------------------------------------------------------------------------------------

  /** ICC_SRE_EL1.SRE is RAZ/WI while ICC_SRE_EL2.SRE is 0. */
  get #isSreEl1Forced(): boolean {
    return this.options.hasEl2 && (this.#sreEl2 & ICC_SRE_EL2.SRE.wordMask) === 0;
  }

  get #hasSystemRegisters(): boolean {
    return !this.#isSreEl1Forced && this.#sreEl1 !== 0;
  }

  #applySre(): void {
    this.virtual.hasSystemRegisters = this.#hasSystemRegisters;
    this.virtual.update();
  }

  #writeSreEl1(value: number): void {
    if (this.#isSreEl1Forced) return;
    this.#sreEl1 = value & SRE_EL1_WRITABLE;
    this.#applySre();
  }

  #writeSreEl2(value: number): void {
    this.#sreEl2 = value & SRE_EL2_WRITABLE;
    this.#applySre();
  }
}
