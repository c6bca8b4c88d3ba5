/** `@worldswitch/timer`: the generic timer of a PE, behind the ports of `@worldswitch/cpu`. */
export { Timer } from './timer.ts';
export { TIMER_INTIDS, TIMER_NAMES, Timers, type TimerName, type TimersOptions, type TimerView } from './timers.ts';
