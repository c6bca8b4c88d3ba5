/** The end of an MMIO read: what the device has answered goes into the register that the guest named. */
import { writeX } from '../accessors.ts';
import { K } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { TALLIES } from '../host/tallies.ts';
import type { Vcpu } from '../vcpu.ts';

/** `kvm_handle_mmio_return`. */
export function completeRead(cpu: Cpu, { run, pendingMmio }: Vcpu): void {
  pendingMmio.valid = false;
  cpu.port.charge(TALLIES.mmioReturn);
  const { len, register, signExtend, is64, bigEndian } = pendingMmio;
  const { cells } = cpu;
  cells[2 * K] = 0;
  cells[2 * K + 1] = 0;
  for (let byte = 0; byte < len; byte++) cells[2 * K + (byte >> 2)] = cells[2 * K + (byte >> 2)]! | (run.mmio.data[bigEndian ? len - 1 - byte : byte]! << (8 * (byte & 3)));
  if (signExtend && len < 8) {
    const unused = 32 - 8 * Math.min(len, 4);
    const extended = (cells[2 * K]! << unused) >> unused;
    cells[2 * K] = extended;
    cells[2 * K + 1] = is64 && extended < 0 ? -1 : 0;
  }
  writeX(cpu, register, K);
}
