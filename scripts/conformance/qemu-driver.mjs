// @ts-check
/**
 * qemu-system-aarch64 as a driver of the conformance suite: registers, memory and steps by gdb's remote protocol, on a socket in a
 * folder of its own; a run to the end is the emulator's, with its semihosting.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePacket, fromHex, PacketReader, toHex } from '../../apps/cli/dist/gdb/packet.js';

/** @typedef {import('../../packages/machine/dist/testing/index.js').CpuTestDriver} CpuTestDriver */
/** @typedef {import('../../packages/machine/dist/testing/index.js').CpuTestRegister} CpuTestRegister */

const EMULATOR = 'qemu-system-aarch64';
const BOARD = ['-M', 'virt,virtualization=on,gic-version=3', '-cpu', 'neoverse-n1', '-icount', 'shift=0,sleep=off', '-m', '256', '-nic', 'none', '-display', 'none', '-monitor', 'none', '-serial', 'none', '-semihosting-config', 'enable=on,target=native'];
/** Numbers of gdb's feature org.gnu.gdb.aarch64.core; CPSR has 32 bits, all others 64. */
const NUMBERS = { sp: 31, pc: 32, pstate: 33 };
/** Bytes of memory in a packet: twice as many digits are less than the emulator's longest. */
const PIECE = 1024;
const START_TRIES = 200;
const TIMEOUT = 20_000;

/** @param {CpuTestRegister} name */
const numberOf = (name) => (name === 'sp' || name === 'pc' || name === 'pstate' ? NUMBERS[name] : Number(name.slice(1)));

/** @implements {CpuTestDriver} */
export class QemuDriver {
  name = 'qemu';
  has = /** @type {const} */ (['gicv3', 'timer']);
  #folder = mkdtempSync(join(tmpdir(), 'worldswitch-qemu-'));
  /** @type {Emulator | null} */
  #emulator = null;

  get #running() {
    if (this.#emulator === null) throw new Error('reset() comes first');
    return this.#emulator;
  }

  async reset() {
    await this.#emulator?.end();
    this.#emulator = await Emulator.start(join(this.#folder, 'gdb'));
    // Single registers are answered only to those who have asked what registers there are.
    await this.#emulator.ask('qXfer:features:read:target.xml:0,ffb');
    await this.#emulator.ask('Qqemu.PhyMemMode:1');
  }

  /** @param {CpuTestRegister} name */
  async getRegister(name) {
    const bytes = fromHex(await this.#running.ask(`p${numberOf(name).toString(16)}`));
    if (bytes === null || bytes.length === 0) throw new Error(`${EMULATOR} has no register ${name}`);
    return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }

  /** @param {CpuTestRegister} name @param {bigint} value */
  async setRegister(name, value) {
    const bytes = Uint8Array.from({ length: name === 'pstate' ? 4 : 8 }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn));
    await this.#running.must(`P${numberOf(name).toString(16)}=${toHex(bytes)}`);
  }

  /** @param {bigint} address @param {number} size */
  async readMemory(address, size) {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += PIECE) {
      const piece = fromHex(await this.#running.ask(`m${(address + BigInt(at)).toString(16)},${Math.min(PIECE, size - at).toString(16)}`));
      if (piece === null) throw new Error(`${EMULATOR} has no memory at 0x${address.toString(16)}`);
      bytes.set(piece, at);
    }
    return bytes;
  }

  /** @param {bigint} address @param {Uint8Array} bytes */
  async writeMemory(address, bytes) {
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      await this.#running.must(`M${(address + BigInt(at)).toString(16)},${piece.length.toString(16)}:${toHex(piece)}`);
    }
  }

  async step() {
    await this.#running.ask('s');
  }

  /** The emulator counts no instructions for us: its time is the limit. @returns {Promise<import('../../packages/machine/dist/testing/index.js').CpuTestStop>} */
  async run() {
    const emulator = this.#running;
    const ended = await emulator.go(TIMEOUT);
    if (!ended) return { reason: 'limit' };
    return { reason: 'exit', text: emulator.text };
  }

  async close() {
    await this.#emulator?.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A stopped emulator that listens. */
class Emulator {
  text = '';
  #child;
  /** @type {Promise<void>} */
  #ended;
  /** @type {import('node:net').Socket} */
  #socket;
  #reader = new PacketReader();
  /** @type {((body: string) => void) | null} */
  #answer = null;

  /** @param {import('node:child_process').ChildProcess} child @param {import('node:net').Socket} socket */
  constructor(child, socket) {
    this.#child = child;
    this.#socket = socket;
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('latin1').on('data', (/** @type {string} */ text) => void (this.text += text));
    this.#ended = new Promise((resolve) => child.on('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const incoming of this.#reader.take(bytes)) {
        if (incoming.kind !== 'packet') continue;
        socket.write('+');
        const answer = this.#answer;
        this.#answer = null;
        answer?.(incoming.body);
      }
    });
  }

  /** @param {string} path where its socket is to be */
  static async start(path) {
    rmSync(path, { force: true });
    const child = spawn(EMULATOR, [...BOARD, '-S', '-gdb', `unix:${path},server=on,wait=off`], { stdio: ['ignore', 'pipe', 'pipe'] });
    const failed = new Promise((_, reject) => child.on('error', () => reject(new Error(`this needs ${EMULATOR}: apt-get install qemu-system-arm`))));
    const socket = await Promise.race([failed, connected(path)]);
    return new Emulator(child, /** @type {import('node:net').Socket} */ (socket));
  }

  /** @param {string} body @returns {Promise<string>} */
  ask(body) {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#socket.write(encodePacket(body));
    });
  }

  /** @param {string} body */
  async must(body) {
    const answer = await this.ask(body);
    if (answer !== 'OK') throw new Error(`${EMULATOR} answers ${answer} to ${body.slice(0, 40)}`);
  }

  /** Runs until the emulator ends; false where it does not. @param {number} milliseconds */
  async go(milliseconds) {
    this.#socket.write(encodePacket('c'));
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve(false), milliseconds);
    });
    const ended = await Promise.race([late, this.#ended.then(() => true)]);
    clearTimeout(timer);
    return ended === true;
  }

  async end() {
    this.#socket.destroy();
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** The socket, as soon as somebody listens. @param {string} path @returns {Promise<import('node:net').Socket>} */
async function connected(path) {
  for (let tries = 0; tries < START_TRIES; tries++) {
    const socket = connect(path);
    const isOpen = await new Promise((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)));
    if (isOpen === true) return socket;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${EMULATOR} does not listen`);
}
