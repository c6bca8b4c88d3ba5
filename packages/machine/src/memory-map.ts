/** Physical addresses and interrupts of the board: those of QEMU's `virt`, so that software made for it runs unchanged. */
export const MEMORY_MAP = {
  GICD: 0x0800_0000,
  GICC: 0x0801_0000,
  GICH: 0x0803_0000,
  GICV: 0x0804_0000,
  /** Its two frames, beside a GICv3. */
  ITS: 0x0808_0000,
  /** Redistributors, two frames a PE. */
  GICR: 0x080a_0000,
  UART: 0x0900_0000,
  RTC: 0x0901_0000,
  GPIO: 0x0903_0000,
  VIRTIO: { BASE: 0x0a00_0000, SLOTS: 32, STRIDE: 0x200 },
  /** Native text: free in QEMU's map. */
  NATIVE_TEXT: 0x0b00_0000,
  RAM: 0x4000_0000,
} as const;

export const NATIVE_TEXT_SIZE = 0x1_0000;
/** What a PrimeCell device, and the distributor of a GICv2, occupy. */
export const DEVICE_SIZE = 0x1000;

/** SPIs of the board's devices, counted from INTID 32; a virtio slot's is that of slot 0 plus its number. */
export const SPI = { UART: 1, RTC: 2, GPIO: 7, VIRTIO: 16 } as const;
/** The PMU's overflow interrupt, of each PE (SBSA, "PPI assignments"). */
export const PMU_INTID = 23;
/** How many SPIs the board's interrupt controller has. */
export const SPIS = 256;
