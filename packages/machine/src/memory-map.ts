/** Physical addresses of the board: those of QEMU's `virt`, so that software made for it runs unchanged. */

export const MEMORY_MAP = {
  GICH: 0x0803_0000,
  GICV: 0x0804_0000,
  UART: 0x0900_0000,
  /** Native text: free in QEMU's map. */
  NATIVE_TEXT: 0x0b00_0000,
  RAM: 0x4000_0000,
} as const;

export const NATIVE_TEXT_SIZE = 0x1_0000;
