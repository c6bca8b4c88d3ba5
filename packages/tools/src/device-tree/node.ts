/** A device tree as data: nodes in order, properties as bytes (Devicetree Specification v0.4, "Devicetree"). */

export interface DeviceTreeNode {
  /** With the unit address: `uart@9000000`; empty for the root. */
  readonly name: string;
  readonly properties: ReadonlyMap<string, Uint8Array>;
  readonly children: readonly DeviceTreeNode[];
}

/** A property's value before it is bytes: words, one or more strings, nothing (present or absent), or bytes. */
export type PropertyValue = readonly number[] | string | readonly string[] | true | Uint8Array;

/** Makes a node. Numbers are cells of 32 bits. */
export function deviceTreeNode(name: string, properties: Readonly<Record<string, PropertyValue>>, children: readonly DeviceTreeNode[] = []): DeviceTreeNode {
  return { name, properties: new Map(Object.entries(properties).map(([key, value]) => [key, propertyBytes(value)])), children };
}

/** A 64-bit number as two cells. */
export function cells64(value: number | bigint): [high: number, low: number] {
  const big = BigInt(value);
  return [Number(big >> 32n), Number(BigInt.asUintN(32, big))];
}

function propertyBytes(value: PropertyValue): Uint8Array {
  if (value === true) return new Uint8Array(0);
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return stringBytes(value);
  if (isStrings(value)) return concatenated(value.map(stringBytes));
  const bytes = new Uint8Array(4 * value.length);
  const view = new DataView(bytes.buffer);
  value.forEach((cell, n) => view.setUint32(4 * n, cell));
  return bytes;
}

function isStrings(value: readonly number[] | readonly string[]): value is readonly string[] {
  return typeof value[0] === 'string';
}

/** ASCII with the 0 that ends it. */
export function stringBytes(text: string): Uint8Array {
  return Uint8Array.from([...Array.from(text, (character) => character.charCodeAt(0)), 0]);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
