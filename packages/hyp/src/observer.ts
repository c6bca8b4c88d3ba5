/** The edges of phases, told to whoever reads a machine's counters: a number each, so that telling costs nothing. */

export const EDGES = ['load', 'poke', 'poked', 'loaded', 'put', 'putDone', 'flush', 'enter', 'exit', 'sync', 'synced', 'user', 'kernel', 'kick', 'resumed'] as const;

export type EdgeName = (typeof EDGES)[number];

/**
 * `load` and `loaded`, `put` and `putDone` bracket those phases; in the first, `poke` and `poked` what is told the physical GIC. One round trip runs from `flush` through `enter` and
 * `exit` (the first operation in a vector) and `sync` to `synced`. `user` and `kernel` are the VMM and its KVM_RUN; `kick` is a
 * reschedule interrupt that has just been sent; `resumed`: a thread that
 * had given its PE to another one is back in its kernel.
 */
export const EDGE = Object.fromEntries(EDGES.map((name, index) => [name, index])) as Readonly<Record<EdgeName, number>>;

/** An index into {@link EDGES}. */
export type Edge = number;
