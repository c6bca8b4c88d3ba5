/**
 * Packets of gdb's remote serial protocol (GDB manual, appendix "GDB Remote Serial Protocol", section "Overview"): bytes to packets
 * and back. Bodies are strings of a character a byte. What comes in is untrusted: what is no packet is passed over.
 */

/** `bad`: a packet whose checksum is wrong, or that is longer than {@link MAX_BODY}. */
export type Incoming = { readonly kind: 'packet'; readonly body: string } | { readonly kind: 'interrupt' | 'nack' | 'bad' };

/** Longest body that is taken, before escapes are resolved; gdb is told half of it, in hexadecimal. */
export const MAX_BODY = 0x1_0000;

const BYTE = { INTERRUPT: 0x03, HASH: 0x23, DOLLAR: 0x24, NACK: 0x2d, ESCAPE: 0x7d } as const;
/** What is escaped is sent XOR this. */
const ESCAPE_BIT = 0x20;

/** `idle`: between packets. `body`: behind `$`. `checksum`: one or no digit behind `#` was read. */
type State = 'idle' | 'body' | 'checksum';

export class PacketReader {
  #state: State = 'idle';
  #body: number[] = [];
  #isTooLong = false;
  #digits = '';

  /** Takes bytes as they come; packets may arrive in pieces. */
  take(bytes: Uint8Array): Incoming[] {
    const found: Incoming[] = [];
    for (const byte of bytes) {
      const one = this.#byte(byte);
      if (one !== null) found.push(one);
    }
    return found;
  }

  #byte(byte: number): Incoming | null {
    if (this.#state !== 'checksum' && byte === BYTE.DOLLAR) {
      this.#state = 'body';
      this.#body = [];
      this.#isTooLong = false;
      return null;
    }
    switch (this.#state) {
      case 'idle':
        return byte === BYTE.INTERRUPT ? { kind: 'interrupt' } : byte === BYTE.NACK ? { kind: 'nack' } : null;
      case 'body':
        if (byte === BYTE.HASH) {
          this.#state = 'checksum';
          this.#digits = '';
        } else if (this.#body.length < MAX_BODY) this.#body.push(byte);
        else this.#isTooLong = true;
        return null;
      case 'checksum':
        this.#digits += String.fromCharCode(byte);
        if (this.#digits.length < 2) return null;
        this.#state = 'idle';
        if (this.#isTooLong || this.#digits.toLowerCase() !== checksum(this.#body)) return { kind: 'bad' };
        return { kind: 'packet', body: unescaped(this.#body) };
    }
  }
}

/** The packet with this body. */
export function encodePacket(body: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < body.length; at++) {
    const byte = body.charCodeAt(at);
    if (MUST_ESCAPE.includes(byte)) bytes.push(BYTE.ESCAPE, byte ^ ESCAPE_BIT);
    else bytes.push(byte);
  }
  const digits = checksum(bytes);
  return Uint8Array.of(BYTE.DOLLAR, ...bytes, BYTE.HASH, digits.charCodeAt(0), digits.charCodeAt(1));
}

/** `*` would be a run length in what we send. */
const MUST_ESCAPE: readonly number[] = [BYTE.HASH, BYTE.DOLLAR, BYTE.ESCAPE, 0x2a];

function checksum(bytes: readonly number[]): string {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return (sum & 0xff).toString(16).padStart(2, '0');
}

function unescaped(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length; at++) text += String.fromCharCode(bytes[at] === BYTE.ESCAPE && at + 1 < bytes.length ? bytes[++at]! ^ ESCAPE_BIT : bytes[at]!);
  return text;
}

/** Two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** The bytes of pairs of digits; null for anything else. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, n) => Number.parseInt(text.slice(2 * n, 2 * n + 2), 16));
}

/** A text in hexadecimal, as monitor commands and their answers are sent. */
export function textToHex(text: string): string {
  return toHex(new TextEncoder().encode(text));
}

/** The characters of a body as bytes. */
export function bytesOf(body: string): Uint8Array {
  return Uint8Array.from(body, (character) => character.charCodeAt(0));
}
