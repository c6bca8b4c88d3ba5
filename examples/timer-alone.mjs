// The generic timer of one PE (@worldswitch/timer) with a clock of our own: a periodic tick as a guest would program it.
import { CNT_CTL, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTVCT_EL0, CNTVOFF_EL2 } from '@worldswitch/cpu/arch';
import { Timers } from '@worldswitch/timer';

let now = 5000;
let deadline = null;
const ticks = [];
const time = { readCounter: (data) => data.set([now, 0]), setDeadline: (_owner, at) => (deadline = at) };
const timers = new Timers({ frequency: 62_500_000, owner: 0 }, time, () => ({ el: 1, e2h: false, tge: false }), (timer, level) => {
  if (level) ticks.push(`${timer} at ${now}`);
});
const data = new Uint32Array(2);
const write = (register, value) => timers.write(register.key, ((data[0] = Number(value)), (data[1] = 0), data));
const read = (register) => (timers.read(register.key, data), data[0]);

write(CNTVOFF_EL2, 5000); // the guest's time begins now
console.log(read(CNTVCT_EL0)); // 0
for (let tick = 1; tick <= 3; tick++) {
  write(CNTV_CVAL_EL0, 100 * tick);
  write(CNTV_CTL_EL0, CNT_CTL.of({ ENABLE: 1 }));
  now = Number(deadline); // nothing happens before
  timers.update();
}
console.log(ticks.join(', ')); // CNTV at 5100, CNTV at 5200, CNTV at 5300
