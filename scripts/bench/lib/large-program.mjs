// @ts-check
/**
 * The C source of a program with a large footprint: an interpreter of a made-up machine with two thousand operations, a
 * function each, half a megabyte of code, and a bytecode program that touches all of them in every round. The same text each
 * time.
 */
import { Random } from '../../check/lib/rng.mjs';

const OPERATIONS = 2000;
/** Of the bytecode: every operation is in it, some often. */
const LENGTH = 6000;
const ROUNDS = 1000;
const STATEMENTS = { least: 8, spread: 8 };
/** Registers of the made-up machine. */
const REGISTERS = 16;

export function largeProgram() {
  const random = new Random(1);
  const pick = (/** @type {readonly string[]} */ list) => /** @type {string} */ (list[random.below(list.length)]);
  const register = () => `r[${String(random.below(REGISTERS))}]`;

  function statement() {
    const [to, a, b] = [register(), register(), register()];
    const shift = 1 + random.below(31);
    switch (random.below(7)) {
      case 0:
        return `${to} = ${a} ${pick(['+', '-', '^', '|', '&'])} (${b} << ${String(shift)} | ${b} >> ${String(32 - shift)});`;
      case 1:
        return `${to} += ${a} * ${String(random.bits())}u;`;
      case 2:
        return `if (${a} ${pick(['<', '>', '==', '>='])} ${b}) ${to} ^= ${String(random.bits())}u; else ${to} -= ${b};`;
      case 3:
        return `for (u32 i = ${a} & 3; i > 0; i--) ${to} = ${to} * 5 + i;`;
      case 4:
        return `${to} += memory[(${a} + ${b}) & 1023];`;
      case 5:
        return `memory[(${a} ^ ${b}) & 1023] = ${to};`;
      default:
        return `${to} = ${a} > ${b} ? ${a} - ${b} : ${a} + ${b} / 3;`;
    }
  }

  const operations = Array.from({ length: OPERATIONS }, (_, n) => {
    const count = STATEMENTS.least + random.below(STATEMENTS.spread);
    return `static __attribute__((noipa)) void op${String(n)}(u32 *restrict r) {\n  ${Array.from({ length: count }, statement).join('\n  ')}\n}\n`;
  });
  const bytecode = Array.from({ length: LENGTH }, (_, n) => (n < OPERATIONS ? n : random.below(1 + random.below(OPERATIONS))));
  for (let n = LENGTH - 1; n > 0; n--) {
    const other = random.below(n + 1);
    [bytecode[n], bytecode[other]] = [bytecode[other] ?? 0, bytecode[n] ?? 0];
  }
  return `#include "bench.h"
static u32 memory[1024];
${operations.join('')}
static void (*const operations[])(u32 *) = {${Array.from({ length: OPERATIONS }, (_, n) => `op${String(n)}`).join(', ')}};
static const u16 bytecode[] = {${bytecode.join(', ')}};
u32 bench(void) {
  u32 r[${String(REGISTERS)}], seed = 1;
  for (u32 i = 0; i < ${String(REGISTERS)}; i++) r[i] = next_random(&seed);
  for (u32 i = 0; i < 1024; i++) memory[i] = next_random(&seed);
  for (u32 round = 0; round < ${String(ROUNDS)}; round++)
    for (u32 pc = 0; pc < ${String(LENGTH)}; pc++) operations[bytecode[pc]](r);
  u32 sum = 0;
  for (u32 i = 0; i < ${String(REGISTERS)}; i++) sum = sum * 31 + r[i];
  return sum;
}
`;
}
