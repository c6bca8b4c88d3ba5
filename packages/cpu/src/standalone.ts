/** One PE with RAM and nothing else: what `createCpu` makes. It can be saved, restored and digested as a whole. */
import type { Cpu } from './core.ts';
import type { CodeCache } from './engine/code-cache.ts';
import { HostRam } from './mem/ram.ts';
import type { RamRegion } from './mem/physical.ts';
import { readSections, restoreParts, saveParts, type SnapshotPart } from './snapshot/format.ts';
import { ramPart } from './snapshot/ram.ts';
import { DigestBuilder } from './state/digest.ts';
import type { DirtyPages } from './state/dirty-pages.ts';
import { RamDigest } from './state/ram-digest.ts';
import { visitPeState } from './state/visit.ts';

export class StandaloneCpu {
  readonly cpu: Cpu;
  readonly ram: HostRam;
  readonly #parts: readonly SnapshotPart[];
  readonly #ramDigest: RamDigest;

  /** @internal */
  constructor(cpu: Cpu, region: RamRegion, dirty: DirtyPages, translation: CodeCache | null) {
    const { memory } = cpu.state;
    this.cpu = cpu;
    this.ram = new HostRam(memory, region, dirty);
    this.#ramDigest = new RamDigest(memory, region, dirty);
    this.#parts = [
      ...cpu.snapshotParts('pe0'),
      ramPart(memory, region, {
        name: 'ram',
        isFresh: false,
        restored: () => {
          dirty.markAll();
          translation?.clear();
        },
      }),
    ];
  }

  /** All state of the PE and its RAM. What is behind the ports is not in it. */
  save(): Uint8Array {
    return saveParts(this.#parts);
  }

  /**
   * Puts the state of a snapshot of an equal core in place; what runs then is what would have run after `save`. Throws a
   * `SnapshotError`, and has changed nothing, for bytes that are no such snapshot.
   */
  restore(snapshot: Uint8Array): void {
    restoreParts(this.#parts, readSections(snapshot));
  }

  /** SHA-256 of all architectural state and RAM: equal on every tier, every host, and with any splitting of `run`. */
  digest(): string {
    const { cpu } = this;
    const digest = new DigestBuilder().section('pe').integer(cpu.retired.reduce((sum, count) => sum + count, 0));
    visitPeState(cpu.state, (word) => void digest.word(word));
    digest.word(cpu.inputs);
    cpu.watchStores();
    this.#ramDigest.addTo(digest.section('ram'));
    return digest.hex();
  }

  /** How many pages of RAM the last digest had to hash. @internal */
  get hashedPages(): number {
    return this.#ramDigest.hashed;
  }
}
