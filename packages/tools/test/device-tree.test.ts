/** Flattened device trees: what is written is read, and names have a bound. */
import { expect, test } from 'vitest';
import { deviceTreeNode, readDeviceTree, writeDeviceTree } from '../src/index.ts';

const named = (node: string, property: string): Uint8Array => writeDeviceTree(deviceTreeNode('', {}, [deviceTreeNode(node, { [property]: [1, 2] })]));

test('names of up to 255 characters are read back, longer ones are a mistake of the tree', () => {
  const longest = 'n'.repeat(255);
  expect(readDeviceTree(named(longest, longest))).toMatchObject({ ok: true, root: { children: [{ name: longest, properties: new Map([[longest, Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2)]]) }] } });
  for (const tree of [named(`${longest}n`, 'p'), named('node', `${longest}n`)]) {
    expect(readDeviceTree(tree)).toMatchObject({ ok: false, error: { code: 'bad-structure', message: 'a name has more than 255 characters' } });
  }
});
