/** Devices by their registers: virtio block, entropy and console, PL011, PL031, PL061. Expected values are from Virtio 1.1 and Arm's manuals. */
import { DigestBuilder, DigestVisitor } from '@worldswitch/cpu';
import { describe, expect, test } from 'vitest';
import { VirtioBlock, type Disk } from '../src/devices/virtio/block.ts';
import { VirtioConsole } from '../src/devices/virtio/console.ts';
import { Dma } from '../src/devices/virtio/dma.ts';
import { VirtioEntropy } from '../src/devices/virtio/entropy.ts';
import { REGISTER, VirtioTransport, type VirtioModel } from '../src/devices/virtio/transport.ts';
import { PL011, UARTINT, UARTLCR_H } from '../src/devices/pl011-regs.ts';
import { Pl011 } from '../src/devices/pl011.ts';
import { Pl031 } from '../src/devices/pl031.ts';
import { Pl061 } from '../src/devices/pl061.ts';
import { Ram } from '../src/ram.ts';

const MIB = 2 ** 20;
const RAM = 0x4000_0000;
const DESCRIPTORS = RAM;
const AVAILABLE = RAM + 0x1000;
const USED = RAM + 0x2000;
const REQUEST = RAM + 0x3000;
const DATA = RAM + 0x4000;
const STATUS = RAM + 0x5000;

/** A driver: rings in RAM, registers of the transport. */
class Driver {
  readonly ram = new Ram(new ArrayBuffer(MIB), 0, RAM, MIB);
  readonly transport: VirtioTransport;
  line = false;
  readonly #data = new Uint32Array(2);
  #next = 0;

  constructor(model: VirtioModel | null) {
    this.transport = new VirtioTransport(model, new Dma(this.ram), (level) => (this.line = level));
  }

  read(offset: number, size = 4): number {
    this.transport.read(offset, size, this.#data);
    return this.#data[0]!;
  }

  write(offset: number, value: number): void {
    this.#data.set([value, 0]);
    this.transport.write(offset, 4, this.#data);
  }

  /** Features, queue 0 of four entries, DRIVER_OK. */
  start(low = 0): void {
    this.write(REGISTER.STATUS, 3);
    this.write(REGISTER.DRIVER_FEATURES, low);
    this.write(REGISTER.DRIVER_FEATURES_SEL, 1);
    this.write(REGISTER.DRIVER_FEATURES, 1);
    this.write(REGISTER.STATUS, 11);
    this.queue();
    this.write(REGISTER.STATUS, 15);
  }

  queue(entries = 4): void {
    this.write(REGISTER.QUEUE_NUM, entries);
    this.write(REGISTER.QUEUE_DESC, DESCRIPTORS);
    this.write(REGISTER.QUEUE_DRIVER, AVAILABLE);
    this.write(REGISTER.QUEUE_DEVICE, USED);
    this.write(REGISTER.QUEUE_READY, 1);
  }

  view(address: number, length: number): DataView {
    const bytes = this.ram.bytes(address, length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  /** Makes a chain available and notifies: address, length, writable. */
  send(...buffers: readonly (readonly [address: number, length: number, writable: boolean])[]): void {
    this.sendTo(0, ...buffers);
  }

  sendTo(queue: number, ...buffers: readonly (readonly [address: number, length: number, writable: boolean])[]): void {
    this.chain(...buffers);
    this.view(AVAILABLE + 4 + 2 * (this.#next % 4), 2).setUint16(0, 0, true);
    this.view(AVAILABLE + 2, 2).setUint16(0, ++this.#next, true);
    this.write(REGISTER.QUEUE_NOTIFY, queue);
  }

  /** Descriptors from the first on. */
  chain(...buffers: readonly (readonly [address: number, length: number, writable: boolean])[]): void {
    const table = this.view(DESCRIPTORS, 16 * buffers.length);
    buffers.forEach(([address, length, writable], n) => {
      table.setBigUint64(16 * n, BigInt(address), true);
      table.setUint32(16 * n + 8, length, true);
      table.setUint16(16 * n + 12, (writable ? 2 : 0) | (n + 1 < buffers.length ? 1 : 0), true);
      table.setUint16(16 * n + 14, n + 1, true);
    });
  }

  /** A block request over one data buffer; its status. */
  request(type: number, sector: number, length: number): number {
    this.view(REQUEST, 16).setUint32(0, type, true);
    this.view(REQUEST, 16).setBigUint64(8, BigInt(sector), true);
    this.ram.bytes(STATUS, 1)[0] = 0xff;
    this.send([REQUEST, 16, false], [DATA, length, type !== 1], [STATUS, 1, true]);
    return this.ram.bytes(STATUS, 1)[0]!;
  }
}

const disk = (more: Partial<Disk> = {}): Disk => ({ bytes: Uint8Array.from({ length: 2048 }, (_, n) => n >> 9), isReadOnly: false, ...more });

describe('virtio block', () => {
  test('what it is', () => {
    const driver = new Driver(new VirtioBlock(disk()));
    expect([REGISTER.MAGIC, REGISTER.VERSION, REGISTER.DEVICE_ID, REGISTER.QUEUE_NUM_MAX].map((offset) => driver.read(offset))).toEqual([0x7472_6976, 2, 2, 256]);
    expect([driver.read(REGISTER.CONFIG), driver.read(REGISTER.CONFIG + 4)]).toEqual([4, 0]);
    driver.start();
    expect(driver.read(REGISTER.STATUS)).toBe(15);
  });

  test('reads, writes and flushes sectors, with an interrupt for each', () => {
    const written: number[] = [];
    const target = disk({ written: (offset, length) => written.push(offset, length) });
    const driver = new Driver(new VirtioBlock(target));
    driver.start();
    expect(driver.request(0, 2, 1024)).toBe(0);
    expect([driver.ram.bytes(DATA, 1024)[0], driver.ram.bytes(DATA, 1024)[1023]]).toEqual([2, 3]);
    expect([driver.line, driver.read(REGISTER.INTERRUPT_STATUS)]).toEqual([true, 1]);
    expect([driver.view(USED, 12).getUint16(2, true), driver.view(USED, 12).getUint32(8, true)]).toEqual([1, 1025]);
    driver.write(REGISTER.INTERRUPT_ACK, 1);
    expect(driver.line).toBe(false);
    driver.ram.bytes(DATA, 512).fill(9);
    expect([driver.request(1, 1, 512), target.bytes[512], target.bytes[1024]]).toEqual([0, 9, 2]);
    expect(written).toEqual([512, 512]);
    driver.send([REQUEST, 16, false], [STATUS, 1, true]);
    expect(driver.view(USED, 4).getUint16(2, true)).toBe(3);
  });

  test('beyond its end, and writing what is read-only, is an I/O error; an unknown request is unsupported', () => {
    const driver = new Driver(new VirtioBlock(disk({ isReadOnly: true })));
    driver.start();
    expect([driver.request(0, 3, 1024), driver.request(1, 0, 512), driver.request(77, 0, 512)]).toEqual([1, 1, 2]);
  });

  test.each([
    ['a descriptor outside RAM', 0x9000_0000, 16],
    ['a length beyond RAM', REQUEST, 0xffff_ffff],
  ])('%s: the device needs a reset, and says so', (_title, address, length) => {
    const driver = new Driver(new VirtioBlock(disk()));
    driver.start();
    driver.send([address, length, false]);
    expect([driver.read(REGISTER.STATUS) & 0x40, driver.read(REGISTER.INTERRUPT_STATUS)]).toEqual([0x40, 2]);
    driver.write(REGISTER.STATUS, 0);
    driver.start();
    expect(driver.read(REGISTER.STATUS)).toBe(15);
  });

  test('a chain that goes in circles ends', () => {
    const driver = new Driver(new VirtioBlock(disk()));
    driver.start();
    const table = driver.view(DESCRIPTORS, 16);
    table.setBigUint64(0, BigInt(DATA), true);
    table.setUint32(8, 4, true);
    table.setUint16(12, 1, true);
    driver.view(AVAILABLE + 2, 2).setUint16(0, 1, true);
    driver.write(REGISTER.QUEUE_NOTIFY, 0);
    expect(driver.read(REGISTER.STATUS) & 0x40).toBe(0x40);
  });

  // Virtio 1.1, "Message Framing": the device makes no assumptions about the arrangement of descriptors.
  test('a request may be divided into descriptors in any way', () => {
    const target = disk();
    const driver = new Driver(new VirtioBlock(target));
    driver.start();
    const status = (): number => driver.ram.bytes(STATUS, 1)[0]!;
    // OUT to sector 1, header and data in one.
    driver.view(REQUEST, 16).setUint32(0, 1, true);
    driver.view(REQUEST, 16).setUint32(8, 1, true);
    driver.ram.bytes(REQUEST + 16, 512).fill(0xaa);
    driver.ram.bytes(STATUS, 1)[0] = 0xff;
    driver.send([REQUEST, 528, false], [STATUS, 1, true]);
    expect([status(), target.bytes[511], target.bytes[512], target.bytes[1023], target.bytes[1024]]).toEqual([0, 0, 0xaa, 0xaa, 2]);
    // IN of sector 2, the header in two parts, data and status in one.
    driver.view(REQUEST, 16).setUint32(0, 0, true);
    driver.view(REQUEST, 16).setUint32(8, 2, true);
    driver.ram.bytes(DATA, 514).fill(0xff);
    driver.send([REQUEST, 9, false], [REQUEST + 9, 7, false], [DATA, 513, true]);
    expect([...driver.ram.bytes(DATA, 514)].slice(510)).toEqual([2, 2, 0, 0xff]);
    // The status is the last byte, not the last descriptor.
    driver.ram.bytes(STATUS, 1)[0] = 0xff;
    driver.send([REQUEST, 16, false], [DATA, 512, true], [STATUS, 1, true], [STATUS + 8, 0, true]);
    expect(status()).toBe(0);
  });

  test.each([
    ['no whole header', [[REQUEST, 15, false], [STATUS, 1, true]]],
    ['no room for the status', [[REQUEST, 16, false], [STATUS, 0, true]]],
  ] as const)('%s: it is no request, and the device needs a reset', (_title, buffers) => {
    const driver = new Driver(new VirtioBlock(disk()));
    driver.start();
    driver.send(...buffers);
    expect([driver.read(REGISTER.STATUS) & 0x40, driver.view(USED, 4).getUint16(2, true)]).toEqual([0x40, 0]);
  });

  test('data that are no whole sectors are an I/O error', () => {
    const driver = new Driver(new VirtioBlock(disk()));
    driver.start();
    expect([driver.request(0, 0, 513), driver.request(1, 0, 511)]).toEqual([1, 1]);
  });

  test('the identifier is 20 bytes, padded with NULs', () => {
    const driver = new Driver(new VirtioBlock(disk()));
    driver.start();
    driver.ram.bytes(DATA, 22).fill(0xff);
    expect([driver.request(8, 0, 21), String.fromCharCode(...driver.ram.bytes(DATA, 22))]).toEqual([0, 'worldswitch'.padEnd(20, '\0') + '\xff\xff']);
  });

  test('no more chains are available than the queue has entries', () => {
    const driver = new Driver(new VirtioBlock(disk()));
    driver.start();
    driver.chain([REQUEST, 16, false], [STATUS, 1, true]);
    driver.view(AVAILABLE + 2, 2).setUint16(0, 4, true);
    driver.write(REGISTER.QUEUE_NOTIFY, 0);
    expect([driver.read(REGISTER.STATUS), driver.view(USED, 4).getUint16(2, true)]).toEqual([15, 4]);
    driver.view(AVAILABLE + 2, 2).setUint16(0, 9, true);
    driver.write(REGISTER.QUEUE_NOTIFY, 0);
    expect([driver.read(REGISTER.STATUS), driver.view(USED, 4).getUint16(2, true)]).toEqual([0x4f, 4]);
  });

  test('data over the ring make no more chains than were available', () => {
    const bytes = new Uint8Array(2048);
    const driver = new Driver(new VirtioBlock(disk({ bytes })));
    driver.start();
    // What is read says at the place of the index that there are two.
    bytes[2] = 2;
    driver.chain([REQUEST, 16, false], [AVAILABLE, 512, true], [STATUS, 1, true]);
    driver.view(AVAILABLE + 2, 2).setUint16(0, 1, true);
    driver.write(REGISTER.QUEUE_NOTIFY, 0);
    expect([driver.view(AVAILABLE, 4).getUint16(2, true), driver.view(USED, 4).getUint16(2, true)]).toEqual([2, 1]);
  });

  // Virtio 1.1, "Device Status Field".
  test('nothing is used before DRIVER_OK', () => {
    const driver = new Driver(new VirtioBlock(disk()));
    driver.start();
    driver.write(REGISTER.STATUS, 0);
    driver.queue();
    driver.write(REGISTER.STATUS, 11);
    expect([driver.request(0, 0, 512), driver.view(USED, 4).getUint16(2, true), driver.line]).toEqual([0xff, 0, false]);
    driver.write(REGISTER.STATUS, 15);
    driver.write(REGISTER.QUEUE_NOTIFY, 0);
    expect([driver.ram.bytes(STATUS, 1)[0], driver.view(USED, 4).getUint16(2, true), driver.line]).toEqual([0, 1, true]);
  });

  test('the words of an address are written one by one, however far out it lies between, and a digest changes neither', () => {
    const digest = (writes: (driver: Driver, look: () => string) => void): string => {
      const driver = new Driver(new VirtioBlock(disk()));
      const look = (): string => {
        const builder = new DigestBuilder();
        driver.transport.visitState(new DigestVisitor(builder));
        return builder.hex();
      };
      driver.write(REGISTER.QUEUE_DRIVER, AVAILABLE + 2);
      writes(driver, look);
      return look();
    };
    const high = REGISTER.QUEUE_DRIVER + 4;
    const far = digest((driver) => {
      driver.write(high, 0xffff_ffff);
    });
    expect(digest((driver, look) => {
      driver.write(high, 0xffff_ffff);
      look();
    })).toBe(far);
    const near = digest(() => undefined);
    expect(near).not.toBe(far);
    expect(digest((driver) => {
      driver.write(high, 0xffff_ffff);
      driver.write(high, 0);
    })).toBe(near);
  });

  test('features that were not offered are not agreed to', () => {
    const driver = new Driver(new VirtioBlock(disk()));
    driver.start(1 << 20);
    expect(driver.read(REGISTER.STATUS) & 8).toBe(0);
  });
});

describe('virtio console', () => {
  const terminal = (): { readonly driver: Driver; readonly printed: number[]; readonly wanted: () => number } => {
    const printed: number[] = [];
    let wanted = 0;
    return { driver: new Driver(new VirtioConsole((byte) => printed.push(byte), () => wanted++)), printed, wanted: () => wanted };
  };
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);

  test('prints what the transmit queue has', () => {
    const { driver, printed } = terminal();
    driver.write(REGISTER.QUEUE_SEL, 1);
    driver.start();
    driver.ram.bytes(DATA, 5).set(text('hello'));
    driver.sendTo(1, [DATA, 2, false], [DATA + 2, 3, false]);
    expect([driver.read(REGISTER.DEVICE_ID), String.fromCharCode(...printed), driver.read(REGISTER.INTERRUPT_STATUS), driver.view(USED, 12).getUint32(8, true)]).toEqual([3, 'hello', 1, 0]);
  });

  test('one notification prints 64 MiB at most: descriptors over the same memory are no endless work', () => {
    const { driver, printed } = terminal();
    driver.write(REGISTER.QUEUE_SEL, 1);
    driver.start();
    driver.queue(128);
    driver.sendTo(1, ...Array.from({ length: 65 }, () => [RAM, MIB, false] as const));
    expect([printed.length, driver.read(REGISTER.STATUS), driver.view(USED, 4).getUint16(2, true)]).toEqual([0, 0x4f, 0]);
  });

  test('more buffers for input than the queue has entries: the device needs a reset', () => {
    const { driver, wanted } = terminal();
    driver.start();
    driver.chain([DATA, 4, true]);
    driver.view(AVAILABLE + 2, 2).setUint16(0, 5, true);
    expect([driver.transport.isListening, driver.transport.receive(text('x'))]).toEqual([false, 0]);
    driver.write(REGISTER.QUEUE_NOTIFY, 0);
    expect([wanted(), driver.read(REGISTER.STATUS)]).toEqual([0, 0x4f]);
  });

  test('what is typed waits for buffers of the receive queue, and fills them one after another', () => {
    const { driver, wanted } = terminal();
    const { transport } = driver;
    driver.start();
    expect([transport.isListening, transport.receive(text('x')), wanted()]).toEqual([false, 0, 0]);
    driver.send([DATA, 4, true]);
    driver.send([DATA, 4, true]);
    expect([transport.isListening, wanted(), driver.line]).toEqual([true, 2, false]);
    expect([transport.receive(text('ab')), driver.view(USED, 12).getUint32(8, true), driver.line]).toEqual([2, 2, true]);
    expect([transport.receive(text('cdefgh')), String.fromCharCode(...driver.ram.bytes(DATA, 4)), transport.isListening]).toEqual([4, 'cdef', false]);
  });
});

describe('PL011', () => {
  const RX = UARTINT.RX.wordMask;
  const FEN = UARTLCR_H.FEN.wordMask;
  class Uart {
    line = false;
    wanted = 0;
    readonly device = new Pl011(() => undefined, (level) => (this.line = level), () => this.wanted++);
    readonly #data = new Uint32Array(2);

    read(offset: number): number {
      this.device.read(offset, 4, this.#data);
      return this.#data[0]!;
    }

    write(offset: number, value: number): void {
      this.device.write(offset, 4, Uint32Array.of(value, 0));
    }
  }

  test('the FIFO holds sixteen characters, and one where FIFOs are off', () => {
    const uart = new Uart();
    expect([uart.device.receive(new Uint8Array(20)), uart.read(PL011.FR)]).toEqual([1, 0xc0]);
    uart.write(PL011.LCR_H, FEN);
    expect([uart.read(PL011.FR), uart.device.receive(new Uint8Array(20)), uart.device.receive(new Uint8Array(1)), uart.read(PL011.FR)]).toEqual([0x80, 15, 0, 0xc0]);
  });

  test('software listens with the receive interrupt, or by asking again and again without sending', () => {
    const uart = new Uart();
    uart.write(PL011.IMSC, RX);
    expect([uart.device.isListening, uart.wanted]).toEqual([true, 1]);
    uart.write(PL011.IMSC, 0);
    for (let n = 0; n < 15; n++) uart.read(PL011.FR);
    expect([uart.device.isListening, uart.wanted]).toEqual([false, 1]);
    uart.write(PL011.DR, 0x41);
    for (let n = 0; n < 15; n++) uart.read(PL011.FR);
    expect(uart.device.isListening).toBe(false);
    for (let n = 0; n < 5; n++) uart.read(PL011.FR);
    expect([uart.device.isListening, uart.wanted]).toEqual([true, 2]);
  });

  test('the interrupt stands while a character waits, and who reads the last asks for more', () => {
    const uart = new Uart();
    uart.write(PL011.LCR_H, FEN);
    uart.write(PL011.IMSC, RX);
    uart.device.receive(Uint8Array.of(0x61, 0x62));
    uart.write(PL011.ICR, 0x7ff);
    expect([uart.line, uart.read(PL011.DR), uart.line, uart.wanted]).toEqual([true, 0x61, true, 1]);
    expect([uart.read(PL011.DR), uart.line, uart.wanted, uart.read(PL011.FR)]).toEqual([0x62, false, 2, 0x90]);
  });
});

test('virtio entropy: the same seed gives the same bytes, at most a page a request', () => {
  const bytes = (seed: number): readonly number[] => {
    const driver = new Driver(new VirtioEntropy(seed));
    driver.start();
    driver.send([DATA, 8, true]);
    return [...driver.ram.bytes(DATA, 8)];
  };
  expect(bytes(1)).toEqual(bytes(1));
  expect(bytes(1)).not.toEqual(bytes(2));
});

test('an empty slot is a device with identifier 0, and ignores everything', () => {
  const driver = new Driver(null);
  driver.write(REGISTER.STATUS, 15);
  expect([REGISTER.MAGIC, REGISTER.DEVICE_ID, REGISTER.STATUS].map((offset) => driver.read(offset))).toEqual([0x7472_6976, 0, 0]);
});

test('PL031: seconds of virtual time, set by LR; the alarm', () => {
  let count = 0;
  let deadline: bigint | null = null;
  let line = false;
  const time = { readCounter: (data: Uint32Array) => data.set([count, 0]), setDeadline: (_owner: number, at: bigint | null) => (deadline = at) };
  const rtc = new Pl031({ start: 1000, counterHz: 100, owner: 1 }, time, (level) => (line = level));
  const data = new Uint32Array(2);
  const read = (offset: number): number => {
    rtc.read(offset, 4, data);
    return data[0]!;
  };
  const write = (offset: number, value: number): void => {
    data.set([value, 0]);
    rtc.write(offset, 4, data);
  };
  count = 250;
  expect(read(0)).toBe(1002);
  write(8, 5000);
  expect([read(0), read(8)]).toEqual([5000, 5000]);
  write(4, 5003);
  write(0x10, 1);
  expect(deadline).toBe(500n);
  count = 500;
  rtc.reached();
  expect([read(0x14), line, deadline]).toEqual([1, true, null]);
  write(0x1c, 1);
  expect(line).toBe(false);
  // The seconds come to the match once more; and whoever looks is late.
  write(8, 5001);
  expect(deadline).toBe(700n);
  count = 900;
  rtc.reached();
  expect([read(0), read(0x14), deadline]).toEqual([5005, 1, null]);
});

test('PL061: an edge of the power key is latched, a level follows, masks of DATA select lines', () => {
  let line = false;
  const gpio = new Pl061((level) => (line = level));
  const data = new Uint32Array(2);
  const write = (offset: number, value: number): void => {
    data.set([value, 0]);
    gpio.write(offset, 4, data);
  };
  const read = (offset: number): number => {
    gpio.read(offset, 4, data);
    return data[0]!;
  };
  write(0x40c, 8);
  write(0x410, 8);
  gpio.setInput(3, true);
  gpio.setInput(3, false);
  expect([line, read(0x414), read(0x418)]).toEqual([true, 8, 8]);
  write(0x41c, 8);
  expect(line).toBe(false);
  write(0x404, 8);
  gpio.setInput(3, true);
  expect([line, read(0x3fc), read(0x010)]).toEqual([true, 8, 0]);
  gpio.setInput(3, false);
  expect(line).toBe(false);
  write(0x400, 1);
  write(0x004, 0xff);
  expect(read(0x3fc)).toBe(1);
});
