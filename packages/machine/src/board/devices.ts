/** The devices of a board: made, put at their addresses, and their interrupts connected. */
import type { StateVisitor, TimeSource } from '@worldswitch/cpu';
import { FIRST_SPI } from '@worldswitch/gic';
import type { Region } from '../bus.ts';
import type { Console, ConsoleInput } from '../console.ts';
import type { MachineConfig } from '../description.ts';
import { Pl011 } from '../devices/pl011.ts';
import { Pl031 } from '../devices/pl031.ts';
import { Pl061 } from '../devices/pl061.ts';
import { VirtioBlock } from '../devices/virtio/block.ts';
import { VirtioConsole } from '../devices/virtio/console.ts';
import { Dma } from '../devices/virtio/dma.ts';
import { VirtioEntropy } from '../devices/virtio/entropy.ts';
import { VirtioTransport, type VirtioModel } from '../devices/virtio/transport.ts';
import { BoardDisk } from './board-disk.ts';
import { DEVICE_SIZE, MEMORY_MAP, SPI } from '../memory-map.ts';
import type { Ram } from '../ram.ts';

export interface BoardDevices {
  readonly uart: Pl011;
  readonly rtc: Pl031;
  readonly gpio: Pl061;
  readonly disks: readonly BoardDisk[];
  readonly virtio: readonly VirtioTransport[];
  readonly regions: readonly Region[];
  /** Where what is typed goes: the virtio console, or else the UART. */
  readonly input: ConsoleInput;
  visitState(state: StateVisitor): void;
}

/** What the devices are connected to. `time` is the time of the PE that accesses them. */
export interface BoardPorts {
  readonly console: Console;
  /** What the virtio console prints to; null where there is none. */
  readonly virtioConsole: Console | null;
  readonly ram: Ram;
  /** An input of the interrupt controller, by INTID. */
  readonly setSpi: (intid: number, level: boolean) => void;
  readonly time: TimeSource;
}

/** Owner number of the alarm's deadline. */
export const RTC_DEADLINE = 1;

export function createDevices(config: MachineConfig, { console, virtioConsole, ram, setSpi, time }: BoardPorts): BoardDevices {
  const line = (spi: number) => (level: boolean) => setSpi(FIRST_SPI + spi, level);
  const uart = new Pl011((byte) => console.write(byte), line(SPI.UART), () => console.wanted());
  const rtc = new Pl031({ start: config.rtcStart, counterHz: config.profile.counterHz, owner: RTC_DEADLINE }, time, line(SPI.RTC));
  const gpio = new Pl061(line(SPI.GPIO));
  const dma = new Dma(ram);
  const disks = config.disks.map((disk) => new BoardDisk(disk));
  const { BASE, SLOTS, STRIDE } = MEMORY_MAP.VIRTIO;
  // As on QEMU's board the first device takes the last slot: drivers that number what they find agree with it.
  const terminal = virtioConsole === null ? [] : [new VirtioConsole((byte) => virtioConsole.write(byte), () => virtioConsole.wanted())];
  const models: readonly VirtioModel[] = [...disks.map((disk) => new VirtioBlock(disk)), new VirtioEntropy(config.seed), ...terminal];
  const virtio = Array.from({ length: SLOTS }, (_, slot) => new VirtioTransport(models[SLOTS - 1 - slot] ?? null, dma, line(SPI.VIRTIO + slot)));
  const device = (name: string, base: number, size: number, of: Region['device']): Region => ({ name, base, size, device: of, readEvent: 'mmio', writeEvent: 'mmio' });
  return {
    uart, rtc, gpio, disks, virtio,
    input: virtioConsole === null ? uart : virtio[SLOTS - models.length]!,
    regions: [
      device('UART', MEMORY_MAP.UART, DEVICE_SIZE, uart),
      device('RTC', MEMORY_MAP.RTC, DEVICE_SIZE, rtc),
      device('GPIO', MEMORY_MAP.GPIO, DEVICE_SIZE, gpio),
      ...virtio.map((slot, n) => device(`virtio ${String(n)}`, BASE + n * STRIDE, STRIDE, slot)),
    ],
    visitState: (state) => {
      for (const part of [uart, rtc, gpio, ...virtio]) part.visitState(state);
    },
  };
}
