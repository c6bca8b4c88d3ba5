/** Arm PrimeCell UART (PL011): its registers as facts (DDI 0183, "Programmers Model"). Offsets in bytes. */
import { layout } from '@worldswitch/cpu/arch';

export const PL011 = {
  DR: 0x000,
  RSR: 0x004,
  FR: 0x018,
  ILPR: 0x020,
  IBRD: 0x024,
  FBRD: 0x028,
  LCR_H: 0x02c,
  CR: 0x030,
  IFLS: 0x034,
  IMSC: 0x038,
  RIS: 0x03c,
  MIS: 0x040,
  ICR: 0x044,
  DMACR: 0x048,
  ID: 0xfe0,
} as const;

export const UARTFR = layout('UARTFR', 16, { fields: { RI: 8, TXFE: 7, RXFF: 6, TXFF: 5, RXFE: 4, BUSY: 3, DCD: 2, DSR: 1, CTS: 0 }, res0: '15:9' });
export const UARTLCR_H = layout('UARTLCR_H', 16, { fields: { SPS: 7, WLEN: '6:5', FEN: 4, STP2: 3, EPS: 2, PEN: 1, BRK: 0 }, res0: '15:8' });
export const UARTCR = layout('UARTCR', 16, {
  fields: { CTSEn: 15, RTSEn: 14, Out2: 13, Out1: 12, RTS: 11, DTR: 10, RXE: 9, TXE: 8, LBE: 7, SIRLP: 2, SIREN: 1, UARTEN: 0 },
  res0: '6:3',
});
/** Interrupts: the same bits in IMSC, RIS, MIS and ICR. */
export const UARTINT = layout('UARTINT', 16, { fields: { OE: 10, BE: 9, PE: 8, FE: 7, RT: 6, TX: 5, RX: 4, DSRM: 3, DCDM: 2, CTSM: 1, RIM: 0 }, res0: '15:11' });

/** UARTPeriphID0-3 and UARTPCellID0-3, a byte each in its own word. */
export const PL011_ID: readonly number[] = [0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1];

/** Storage registers with the bits that they hold, and their reset values. */
export const PL011_STORAGE: readonly { readonly offset: number; readonly mask: number; readonly reset: number }[] = [
  { offset: PL011.ILPR, mask: 0xff, reset: 0 },
  { offset: PL011.IBRD, mask: 0xffff, reset: 0 },
  { offset: PL011.FBRD, mask: 0x3f, reset: 0 },
  { offset: PL011.LCR_H, mask: 0xff, reset: 0 },
  { offset: PL011.CR, mask: 0xff87, reset: Number(UARTCR.of({ RXE: 1, TXE: 1 })) },
  { offset: PL011.IFLS, mask: 0x3f, reset: 0x12 },
  { offset: PL011.IMSC, mask: 0x7ff, reset: 0 },
  { offset: PL011.DMACR, mask: 0x7, reset: 0 },
];
