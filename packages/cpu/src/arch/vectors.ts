/**
 * The vector table of VBAR_ELx: four groups by where the exception comes from, four kinds in each
 * (DDI 0487, "Exception vectors"). "Lower" is about the EL the exception is taken *from*.
 */

export type VectorGroup = 'CURRENT_SP_EL0' | 'CURRENT_SP_ELx' | 'LOWER_AARCH64' | 'LOWER_AARCH32';
export type VectorKind = 'SYNCHRONOUS' | 'IRQ' | 'FIQ' | 'SERROR';

/** Offset of each group from VBAR_ELx. For a lower EL the Execution state is that of the EL just below the target. */
export const VECTOR_GROUP: Readonly<Record<VectorGroup, number>> = {
  CURRENT_SP_EL0: 0x000,
  CURRENT_SP_ELx: 0x200,
  LOWER_AARCH64: 0x400,
  LOWER_AARCH32: 0x600,
};

/** Offset of each kind within its group; SERROR also takes virtual SErrors, IRQ and FIQ the virtual ones. */
export const VECTOR_KIND: Readonly<Record<VectorKind, number>> = { SYNCHRONOUS: 0x000, IRQ: 0x080, FIQ: 0x100, SERROR: 0x180 };

/** Bytes of one vector, and of the table; VBAR_ELx bits 10:0 are RES0. */
export const VECTOR_SIZE = 0x80;
export const VECTOR_TABLE_SIZE = 0x800;

/** The offset that is added to VBAR_ELx. */
export function vectorOffset(group: VectorGroup, kind: VectorKind): number {
  return VECTOR_GROUP[group] + VECTOR_KIND[kind];
}

/** Group and kind of the vector that an offset lies in; null outside the table. */
export function vectorAt(offset: number): { readonly group: VectorGroup; readonly kind: VectorKind } | null {
  for (const group of Object.keys(VECTOR_GROUP) as VectorGroup[]) {
    for (const kind of Object.keys(VECTOR_KIND) as VectorKind[]) {
      const start = vectorOffset(group, kind);
      if (offset >= start && offset < start + VECTOR_SIZE) return { group, kind };
    }
  }
  return null;
}
