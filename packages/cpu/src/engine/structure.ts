/**
 * The shape of a region: reverse postorder, dominators, loop headers and merge nodes, from which structured control flow
 * is emitted (N. Ramsey, "Beyond Relooper", 2022). Blocks are renumbered by reverse postorder: 0 is the entry.
 */
import type { Block } from './region.ts';

export interface Structure {
  /** Reachable blocks in reverse postorder. */
  readonly order: readonly Block[];
  /** Successors by number, -1 where there is none. */
  readonly taken: Int16Array;
  readonly next: Int16Array;
  /** All of them, those of indirect jumps too. */
  readonly successors: readonly (readonly number[])[];
  readonly predecessors: readonly (readonly number[])[];
  /** A retreating edge comes back here. */
  readonly isHeader: Uint8Array;
  /** More than one forward edge comes in: its code follows a `block`. */
  readonly isMerge: Uint8Array;
  /** Blocks that it dominates immediately and that are merge nodes, last first. */
  readonly mergeChildren: readonly (readonly number[])[];
  /** A retreating edge goes to a block that does not dominate its source: structured flow cannot express it. */
  readonly isIrreducible: boolean;
}

export function structureOf(blocks: readonly Block[]): Structure {
  const order = reversePostorder(blocks);
  const count = order.length;
  const numberOf = new Int16Array(blocks.length).fill(-1);
  order.forEach((index, number) => (numberOf[index] = number));
  const taken = new Int16Array(count);
  const next = new Int16Array(count);
  const predecessors = order.map((): number[] => []);
  const successors = order.map((index) => successorsOf(blocks[index]!).map((successor) => numberOf[successor]!));
  order.forEach((index, number) => {
    const block = blocks[index]!;
    taken[number] = block.taken < 0 ? -1 : numberOf[block.taken]!;
    next[number] = block.next < 0 ? -1 : numberOf[block.next]!;
    for (const successor of successors[number]!) predecessors[successor]!.push(number);
  });
  const idom = immediateDominators(predecessors);
  const isHeader = new Uint8Array(count);
  const isMerge = new Uint8Array(count);
  let isIrreducible = false;
  for (let block = 0; block < count; block++) {
    let forward = 0;
    for (const from of predecessors[block]!) {
      if (from < block) forward++;
      else {
        isHeader[block] = 1;
        if (!dominates(idom, block, from)) isIrreducible = true;
      }
    }
    if (forward > 1) isMerge[block] = 1;
  }
  const mergeChildren = order.map((): number[] => []);
  for (let block = count - 1; block > 0; block--) if (isMerge[block] === 1) mergeChildren[idom[block]!]!.push(block);
  return { order: order.map((index) => blocks[index]!), taken, next, successors, predecessors, isHeader, isMerge, mergeChildren, isIrreducible };
}

/** The branch comes before the fall-through, so that fall-through code comes first in reverse postorder. */
function successorsOf(block: Block): number[] {
  const successors = block.cases.map((target) => target.block);
  if (block.taken >= 0) successors.push(block.taken);
  if (block.next >= 0) successors.push(block.next);
  return successors;
}

/** Depth first with an explicit stack; the entry is block 0. */
function reversePostorder(blocks: readonly Block[]): number[] {
  const post: number[] = [];
  const successors = blocks.map(successorsOf);
  const visited = new Uint8Array(blocks.length);
  const step = new Uint16Array(blocks.length);
  const stack = [0];
  visited[0] = 1;
  while (stack.length > 0) {
    const index = stack[stack.length - 1]!;
    const successor = successors[index]![step[index]!];
    step[index]!++;
    if (successor === undefined) {
      stack.pop();
      post.push(index);
    } else if (visited[successor] === 0) {
      visited[successor] = 1;
      stack.push(successor);
    }
  }
  return post.reverse();
}

/** K. Cooper, T. Harvey, K. Kennedy, "A Simple, Fast Dominance Algorithm". */
function immediateDominators(predecessors: readonly (readonly number[])[]): Int16Array {
  const idom = new Int16Array(predecessors.length).fill(-1);
  idom[0] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (let block = 1; block < predecessors.length; block++) {
      let dominator = -1;
      for (const from of predecessors[block]!) {
        if (idom[from]! >= 0) dominator = dominator < 0 ? from : commonDominator(idom, dominator, from);
      }
      if (idom[block] !== dominator) {
        idom[block] = dominator;
        changed = true;
      }
    }
  }
  return idom;
}

function commonDominator(idom: Int16Array, a: number, b: number): number {
  let left = a;
  let right = b;
  while (left !== right) {
    while (left > right) left = idom[left]!;
    while (right > left) right = idom[right]!;
  }
  return left;
}

function dominates(idom: Int16Array, block: number, other: number): boolean {
  let at = other;
  while (at > block) at = idom[at]!;
  return at === block;
}
