/** `@worldswitch/tools`: assembler, disassembler, ELF images, device trees. */
export { assemble, DEFAULT_BASE, type AssembleOptions, type AssembleResult } from './asm/assemble.ts';
export { formatDiagnostic, sourceExcerpt, type Diagnostic } from './asm/diagnostics.ts';
export { formatListing, listingRows, type ListingRow } from './asm/listing.ts';
export type { Program, SourceRange } from './asm/program.ts';
export { archFeatures, cpuFeatures } from './asm/target.ts';
export { disassemble, Disassembler, disassembleWord, UNALLOCATED_TEXT, type DisassembledWord, type DisassembleOptions } from './disasm/disassemble.ts';
export { describeForms, type WordForm } from './disasm/forms.ts';
export { SymbolIndex, type AddressRange, type AddressSymbol } from './disasm/symbols.ts';
export { readDeviceTree, writeDeviceTree, type DeviceTreeError, type DeviceTreeResult } from './device-tree/blob.ts';
export { cells64, deviceTreeNode, type DeviceTreeNode, type PropertyValue } from './device-tree/node.ts';
export { isElf, readElf, type ElfError, type ElfFile, type ElfResult, type ElfSegment } from './image/elf-read.ts';
export { writeElf } from './image/elf-write.ts';
export { flatImage, type FlatImage } from './image/flat.ts';
export type { Image, ImageSection, ImageSymbol, SectionFlags, SectionType } from './image/image.ts';
export { nearest } from './syntax/nearest.ts';
