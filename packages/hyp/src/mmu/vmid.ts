/**
 * VMIDs. A generation hands each VM a number once; when the numbers run out a new generation starts, and all TLB entries of
 * guests go. VTTBR_EL2 of a VM is a word in memory, rewritten here and nowhere else.
 */
export interface VmidOwner {
  vmid: number;
  generation: number;
}

export class VmidAllocator {
  readonly #last: number;
  #generation = 1;
  #next = 1;

  /** `last` is the highest number that PEs have. */
  constructor(last: number) {
    this.#last = last;
  }

  /** Whether the VM's number is of this generation. */
  isCurrent({ generation }: VmidOwner): boolean {
    return generation === this.#generation;
  }

  /** Gives the VM a number; whether that started a generation, so that the TLBs must be flushed. VMID 0 is the host's. */
  assign(owner: VmidOwner): boolean {
    const isFull = this.#next > this.#last;
    if (isFull) {
      this.#generation++;
      this.#next = 1;
    }
    owner.vmid = this.#next++;
    owner.generation = this.#generation;
    return isFull;
  }
}
