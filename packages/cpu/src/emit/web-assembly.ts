/**
 * The part of the WebAssembly JavaScript interface that the engine uses. Packages are compiled without the libraries of
 * a browser or of Node, which declare it; both have it.
 */

import { ArgumentError, checkInteger } from '../argument-error.ts';

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface WasmTable {
  readonly length: number;
  grow(by: number): number;
  set(index: number, value: unknown): void;
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface Namespace {
  readonly Memory: new (descriptor: { readonly initial: number; readonly maximum?: number }) => WasmMemory;
  readonly Table: new (descriptor: { readonly initial: number; readonly element: 'anyfunc' }) => WasmTable;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: { readonly e: Readonly<Record<string, unknown>> }) => WasmInstance;
}

export const wasm: Namespace = (globalThis as unknown as { readonly WebAssembly: Namespace }).WebAssembly;

const WASM_PAGE = 0x1_0000;
const MOST_PAGES = 0x1_0000;

/**
 * Memory of a machine: `size` bytes, a multiple of 64 KiB up to 4 GiB; it never grows, because growing detaches every
 * view. Throws an `ArgumentError` where the host has no address space for it.
 */
export function machineMemory(size: number): WasmMemory {
  checkInteger('size', size, WASM_PAGE, MOST_PAGES * WASM_PAGE, WASM_PAGE);
  try {
    return new wasm.Memory({ initial: size / WASM_PAGE, maximum: size / WASM_PAGE });
  } catch {
    throw new ArgumentError('size', size, 'what the host can reserve, which is less');
  }
}
