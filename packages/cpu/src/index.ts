/** `@worldswitch/cpu`: the core, and the ports between it, its devices and native software. */
export * from './ports.ts';
