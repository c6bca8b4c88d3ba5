/** RAM as the interrupt controller reaches it: what it writes is seen by whoever follows stores. */
import type { GicMemory } from '@worldswitch/gic';
import type { Ram } from '../ram.ts';

const WORD_BYTES = 4;

export function gicMemory(ram: Ram): GicMemory {
  const view = new DataView(ram.memory, ram.host, ram.size);
  return {
    read32: (address) => (ram.contains(address, WORD_BYTES) ? view.getUint32(address - ram.base, true) : -1),
    write32: (address, value) => {
      if (!ram.contains(address, WORD_BYTES)) return false;
      view.setUint32(address - ram.base, value, true);
      ram.watcher?.stored(address, WORD_BYTES);
      return true;
    },
  };
}
