/** Memory as a GICv3 reaches it: tables of LPIs and of the ITS, and the command queue. */
export interface GicMemory {
  /** A word at a physical address that is a multiple of 4; -1 where there is no memory. */
  read32(address: number): number;
  /** False where there is no memory. */
  write32(address: number, value: number): boolean;
}
