/** Self-hosted debug registers (DDI 0487, part D, "Debug registers" and "AArch64 Self-hosted Debug"). */
import { layout } from '../bits.ts';
import { defineRegister, defineRegisters } from './register.ts';

/** The address that a breakpoint matches; RESS is the sign extension of VA. */
export const DBGBVR_VA = layout('DBGBVRn_EL1', 64, { fields: { RESS: '63:57', VA: '56:2' }, res0: '1:0' });
/** A breakpoint that matches CONTEXTIDR_EL1, a VMID or CONTEXTIDR_EL2, by DBGBCRn_EL1.BT. */
export const DBGBVR_CONTEXT = layout('DBGBVRn_EL1 (context)', 64, { fields: { ContextID2: '63:32', ContextID: '31:0' } });
export const DBGBVR_VMID = layout('DBGBVRn_EL1 (VMID)', 64, { fields: { 'VMID[15:8]': { bits: '47:40', feature: 'VMID16' }, 'VMID[7:0]': '39:32', ContextID: '31:0' }, res0: '63:48' });
export const DBGBCR = layout('DBGBCRn_EL1', 64, {
  fields: {
    LBNX: { bits: '31:30', feature: 'Debugv8p9' },
    SSCE: { bits: 29, feature: 'RME' },
    MASK: { bits: '28:24', feature: 'ABLE' },
    BT: {
      bits: '23:20',
      values: {
        Address: 0b0000,
        LinkedAddress: 0b0001,
        ContextID: 0b0010,
        LinkedContextID: 0b0011,
        AddressMismatch: 0b0100,
        LinkedAddressMismatch: 0b0101,
        ContextIDR_EL1: 0b0110,
        LinkedContextIDR_EL1: 0b0111,
        VMID: 0b1000,
        LinkedVMID: 0b1001,
        VMIDAndContextID: 0b1010,
        LinkedVMIDAndContextID: 0b1011,
        ContextIDR_EL2: 0b1100,
        LinkedContextIDR_EL2: 0b1101,
        FullContextID: 0b1110,
        LinkedFullContextID: 0b1111,
      },
    },
    LBN: '19:16',
    SSC: '15:14',
    HMC: 13,
    BAS: '8:5',
    PMC: '2:1',
    E: 0,
  },
  res0: '63:32 12:9 4:3',
});
export const DBGWVR = layout('DBGWVRn_EL1', 64, { fields: { RESS: '63:57', VA: '56:2' }, res0: '1:0' });
export const DBGWCR = layout('DBGWCRn_EL1', 64, {
  fields: {
    LBNX: { bits: '31:30', feature: 'Debugv8p9' },
    SSCE: { bits: 29, feature: 'RME' },
    MASK: '28:24',
    WT2: { bits: 23, feature: 'ABLE' },
    WT: 20,
    LBN: '19:16',
    SSC: '15:14',
    HMC: 13,
    BAS: '12:5',
    LSC: { bits: '4:3', values: { Load: 1, Store: 2, Both: 3 } },
    PAC: '2:1',
    E: 0,
  },
  res0: '63:32 22:21',
});

export const DBGBVRn_EL1 = defineRegisters((n) => `DBGBVR${n}_EL1`, 16, (n) => [2, 0, 0, n, 4], { access: '- RW RW', layout: DBGBVR_VA, doc: 'Breakpoint value' });
export const DBGBCRn_EL1 = defineRegisters((n) => `DBGBCR${n}_EL1`, 16, (n) => [2, 0, 0, n, 5], { access: '- RW RW', layout: DBGBCR, doc: 'Breakpoint control' });
export const DBGWVRn_EL1 = defineRegisters((n) => `DBGWVR${n}_EL1`, 16, (n) => [2, 0, 0, n, 6], { access: '- RW RW', layout: DBGWVR, doc: 'Watchpoint value' });
export const DBGWCRn_EL1 = defineRegisters((n) => `DBGWCR${n}_EL1`, 16, (n) => [2, 0, 0, n, 7], { access: '- RW RW', layout: DBGWCR, doc: 'Watchpoint control' });

export const MDSCR_EL1 = defineRegister('MDSCR_EL1', [2, 0, 0, 2, 2], {
  access: '- RW RW',
  fields: {
    EnSTEPOP: { bits: 50, feature: 'STEP2' },
    EHBWE: { bits: 35, feature: 'Debugv8p9' },
    EnSPM: { bits: 34, feature: 'SPMU' },
    TTA: { bits: 33, feature: 'ITE' },
    EMBWE: { bits: 32, feature: 'Debugv8p9' },
    TFO: { bits: 31, feature: 'TRF' },
    RXfull: 30,
    TXfull: 29,
    RXO: 27,
    TXU: 26,
    INTdis: '23:22',
    TDA: 21,
    SC2: 19,
    MDE: 15,
    HDE: 14,
    KDE: 13,
    TDCC: 12,
    ERR: 6,
    SS: 0,
  },
  res0: '63:51 49:36 28 25:24 20 18:16 11:7 5:1',
  doc: 'Monitor debug system control; the fields shared with the external debugger are writable only under the OS lock',
});
export const MDCCINT_EL1 = defineRegister('MDCCINT_EL1', [2, 0, 0, 2, 0], { access: '- RW RW', fields: { RX: 30, TX: 29 }, res0: '63:31 28:0', reset: { RX: 0, TX: 0 }, doc: 'Debug communication channel interrupt enable' });
export const MDCCSR_EL0 = defineRegister('MDCCSR_EL0', [2, 3, 0, 1, 0], { access: 'R R R', fields: { RXfull: 30, TXfull: 29 }, res0: '63:31 28:0', doc: 'Debug communication channel status' });
export const DBGDTR_EL0 = defineRegister('DBGDTR_EL0', [2, 3, 0, 4, 0], { access: 'RW RW RW', fields: { HighWord: '63:32', LowWord: '31:0' }, doc: 'Debug data transfer, half duplex' });
export const DBGDTRRX_EL0 = defineRegister('DBGDTRRX_EL0', [2, 3, 0, 5, 0], { access: 'R R R', fields: { DTRRX: '31:0' }, res0: '63:32', doc: 'Debug data transfer, receive' });
export const DBGDTRTX_EL0 = defineRegister('DBGDTRTX_EL0', [2, 3, 0, 5, 0], { access: 'W W W', fields: { DTRTX: '31:0' }, res0: '63:32', doc: 'Debug data transfer, transmit' });
export const OSDTRRX_EL1 = defineRegister('OSDTRRX_EL1', [2, 0, 0, 0, 2], { access: '- RW RW', fields: { DTRRX: '31:0' }, res0: '63:32', doc: 'OS lock data transfer, receive' });
export const OSDTRTX_EL1 = defineRegister('OSDTRTX_EL1', [2, 0, 0, 3, 2], { access: '- RW RW', fields: { DTRTX: '31:0' }, res0: '63:32', doc: 'OS lock data transfer, transmit' });
export const OSECCR_EL1 = defineRegister('OSECCR_EL1', [2, 0, 0, 6, 2], { access: '- RW RW', fields: { EDECCR: '31:0' }, res0: '63:32', doc: 'OS lock exception catch control' });
export const MDRAR_EL1 = defineRegister('MDRAR_EL1', [2, 0, 1, 0, 0], { access: '- R R', fields: { ROMADDR: '51:12', Valid: '1:0' }, res0: '63:52 11:2', doc: 'Address of the debug ROM table' });
export const OSLAR_EL1 = defineRegister('OSLAR_EL1', [2, 0, 1, 0, 4], { access: '- W W', fields: { OSLK: 0 }, res0: '63:1', doc: 'OS lock access' });
export const OSLSR_EL1 = defineRegister('OSLSR_EL1', [2, 0, 1, 1, 4], {
  access: '- R R',
  fields: { 'OSLM[1]': 3, nTT: 2, OSLK: 1, 'OSLM[0]': 0 },
  res0: '63:4',
  reset: { 'OSLM[1]': 1, nTT: 0, OSLK: 1, 'OSLM[0]': 0 },
  doc: 'OS lock status',
});
export const OSDLR_EL1 = defineRegister('OSDLR_EL1', [2, 0, 1, 3, 4], { access: '- RW RW', fields: { DLK: { bits: 0, feature: 'DoubleLock' } }, res0: '63:1', reset: { DLK: 0 }, doc: 'OS double lock' });
export const DBGPRCR_EL1 = defineRegister('DBGPRCR_EL1', [2, 0, 1, 4, 4], { access: '- RW RW', fields: { CORENPDRQ: 0 }, res0: '63:1', doc: 'Debug power control' });
export const DBGCLAIMSET_EL1 = defineRegister('DBGCLAIMSET_EL1', [2, 0, 7, 8, 6], { access: '- RW RW', fields: { CLAIM: '7:0' }, res0: '63:8', doc: 'Claim tags, set; reads as ones' });
export const DBGCLAIMCLR_EL1 = defineRegister('DBGCLAIMCLR_EL1', [2, 0, 7, 9, 6], { access: '- RW RW', fields: { CLAIM: '7:0' }, res0: '63:8', reset: { CLAIM: 0 }, doc: 'Claim tags, clear; reads the tags' });
export const DBGAUTHSTATUS_EL1 = defineRegister('DBGAUTHSTATUS_EL1', [2, 0, 7, 14, 6], {
  access: '- R R',
  fields: {
    RTNID: { bits: '27:26', feature: 'RME' },
    RTID: { bits: '25:24', feature: 'RME' },
    RLNID: { bits: '15:14', feature: 'RME' },
    RLID: { bits: '13:12', feature: 'RME' },
    SNID: '7:6',
    SID: '5:4',
    NSNID: '3:2',
    NSID: '1:0',
  },
  res0: '63:28 23:16 11:8',
  doc: 'Debug authentication status',
});
export const DBGVCR32_EL2 = defineRegister('DBGVCR32_EL2', [2, 4, 0, 7, 0], {
  access: '- - RW',
  feature: 'AA32EL1',
  fields: { F: 7, I: 6, D: 4, P: 3, S: 2, U: 1 },
  res0: '63:8 5 0',
  doc: 'AArch32 vector catch, without EL3',
});
