/** Numbers of the ELF64 format (System V ABI, "Object Files"; ELF for the Arm 64-bit Architecture). */

export const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46] as const;
export const ELFCLASS64 = 2;
export const ELFDATA2LSB = 1;
export const EM_AARCH64 = 183;

export const ET = { REL: 1, EXEC: 2, DYN: 3, CORE: 4 } as const;
export const PT_LOAD = 1;
export const PF = { X: 1, W: 2, R: 4 } as const;
export const SHT = { NULL: 0, PROGBITS: 1, SYMTAB: 2, STRTAB: 3, NOTE: 7, NOBITS: 8 } as const;
export const SHF = { WRITE: 1, ALLOC: 2, EXECINSTR: 4 } as const;
export const SHN_UNDEF = 0;
export const SHN_ABS = 0xfff1;
/** Section numbers from here on have special meanings. */
export const SHN_LORESERVE = 0xff00;

export const STB = ['local', 'global', 'weak'] as const;
export const STT = ['notype', 'object', 'function', 'section', 'file'] as const;

export const EHDR_SIZE = 64;
export const PHDR_SIZE = 56;
export const SHDR_SIZE = 64;
export const SYM_SIZE = 24;
