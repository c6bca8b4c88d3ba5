/** The target description that gdb reads (GDB manual, appendix "Target Descriptions"), from a list of registers. */
import { SPSR_ELx } from '@worldswitch/cpu/arch';
import type { RegisterDescription } from './target.ts';

const HEAD = '<?xml version="1.0"?>\n<!DOCTYPE target SYSTEM "gdb-target.dtd">\n<target version="1.0">\n<architecture>aarch64</architecture>\n';

/** The feature names that gdb knows the standard registers by (appendix "Target Descriptions", section "AArch64 Features"). */
export const FEATURE = { CORE: 'org.gnu.gdb.aarch64.core', FPU: 'org.gnu.gdb.aarch64.fpu' } as const;

/** Types that registers name. */
export const TYPE = { PSTATE: 'cpsr_flags', VECTOR: 'aarch64v' } as const;

/** PSTATE by the fields that SPSR_ELx has. */
function pstateType(): string {
  const fields = SPSR_ELx.fields.filter(({ msb }) => msb < 32).map(({ name, lsb, msb }) => `<field name="${name}" start="${String(lsb)}" end="${String(msb)}"/>`);
  return `<flags id="${TYPE.PSTATE}" size="4">${fields.toReversed().join('')}</flags>\n`;
}

/** Elements of a V register: the letter of the register that is one, bits, count, and the type as a floating-point number. */
const ELEMENTS: readonly (readonly [letter: string, bits: number, count: number, float: string | null])[] = [
  ['d', 64, 2, 'ieee_double'], ['s', 32, 4, 'ieee_single'], ['h', 16, 8, 'ieee_half'], ['b', 8, 16, null], ['q', 128, 1, null],
];

/** A V register as vectors of each kind of element: floating-point (f), unsigned (u), signed (s). */
function vectorType(): string {
  const unions = ELEMENTS.map(([letter, bits, count, float]) => {
    const integers = [['u', `uint${String(bits)}`], ['s', `int${String(bits)}`]] as const;
    const kinds: readonly (readonly [kind: string, type: string])[] = float === null ? integers : [['f', float], ...integers];
    const vectors = kinds.map(([kind, type]) => `<vector id="v${letter}${kind}" type="${type}" count="${String(count)}"/>`);
    return `${vectors.join('')}<union id="vn${letter}">${kinds.map(([kind]) => `<field name="${kind}" type="v${letter}${kind}"/>`).join('')}</union>`;
  });
  return `${unions.join('\n')}\n<union id="${TYPE.VECTOR}">${ELEMENTS.map(([letter]) => `<field name="${letter}" type="vn${letter}"/>`).join('')}</union>\n`;
}

export function targetDescription(registers: readonly RegisterDescription[]): string {
  const features = [...new Set(registers.map(({ feature }) => feature))];
  const parts = features.map((feature) => {
    const types = feature === FEATURE.CORE ? pstateType() : feature === FEATURE.FPU ? vectorType() : '';
    const lines = registers.map((register, number) => (register.feature === feature ? registerLine(register, number) : ''));
    return `<feature name="${feature}">\n${types}${lines.join('')}</feature>\n`;
  });
  return `${HEAD}${parts.join('')}</target>\n`;
}

function registerLine({ name, bits, type, group }: RegisterDescription, number: number): string {
  return `<reg name="${name}" bitsize="${String(bits)}" type="${type ?? `uint${String(bits)}`}" regnum="${String(number)}"${group === undefined ? '' : ` group="${group}"`}/>\n`;
}
