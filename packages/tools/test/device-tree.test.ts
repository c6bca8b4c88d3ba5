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

test('a name that lies behind the strings has no end', () => {
  const tree = named('node', 'property');
  const view = new DataView(tree.buffer, tree.byteOffset, tree.length);
  // The token PROP (3), the length 8 of its value, and the offset of its name.
  const words = Array.from({ length: tree.length >> 2 }, (_, n) => view.getUint32(4 * n));
  view.setUint32(4 * (words.findIndex((word, n) => word === 3 && words[n + 1] === 8) + 2), 0x7fff_ffff);
  expect(readDeviceTree(tree)).toMatchObject({ ok: false, error: { code: 'bad-structure', message: 'a name has no end' } });
});
