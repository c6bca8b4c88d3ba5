// An interrupt controller without a processor (@worldswitch/gic): a device raises SPI 40, "software" configures, acknowledges and ends it.
import { createGicV2, SPURIOUS } from '@worldswitch/gic';
import { GICC_CTLR, GICC_EOIR, GICC_IAR, GICC_PMR, GICD_CTLR, GICD_ISENABLER, GICD_ITARGETSR } from '@worldswitch/gic/regs';

const seen = [];
const lines = {
  setIrq: (level) => seen.push(`IRQ ${level ? 'high' : 'low'}`),
  setFiq: () => {},
  setVirtualIrq: () => {},
  setVirtualFiq: () => {},
};
const gic = createGicV2({ pes: 1, spis: 64, lrCount: 4, priorityBits: 5, preemptionBits: 5, intidBits: 16, hasEl2: false }, [{ mpidr: 0n, lines, view: () => ({ el: 1 }) }]);
const { GICD, GICC } = gic.interfaces[0].frames;
const data = new Uint32Array(2);
const read = (frame, offset) => (frame.read(offset, 4, data), data[0]);
const write = (frame, offset, value) => ((data[0] = Number(value)), frame.write(offset, 4, data));

write(GICD, GICD_CTLR.offset, 1);
write(GICD, GICD_ISENABLER.offset + 4, 1 << (40 - 32));
write(GICD, GICD_ITARGETSR.offset + 40, 1);
write(GICC, GICC_PMR.offset, 0xf8);
write(GICC, GICC_CTLR.offset, 1);

gic.setSpi(40, true); // level-sensitive, as it is after reset
const intid = read(GICC, GICC_IAR.offset);
console.log(`acknowledged ${intid}`); // acknowledged 40
gic.setSpi(40, false); // the driver quiets its device
write(GICC, GICC_EOIR.offset, intid);
console.log(seen.join(', ')); // IRQ high, IRQ low
console.log(read(GICC, GICC_IAR.offset) === SPURIOUS); // true
