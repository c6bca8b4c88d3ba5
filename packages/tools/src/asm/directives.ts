/** The directives by name. Each reads its operands at the cursor; what is wrong is reported, and the file goes on. */
import type { Cursor } from '../syntax/cursor.ts';
import { nearest } from '../syntax/nearest.ts';
import type { Assembly, Directive } from './assembly.ts';
import { ascii, asciz, fill, floats, instructionWords, integers, space } from './data-directives.ts';
import { align, bss, data, literalPool, org, popSection, previousSection, pushSection, rodata, section, text } from './section-directives.ts';
import { bindSymbols, setSymbol, symbolSize, symbolType } from './symbol-directives.ts';
import { archFeatures, cpuFeatures, withExtension, type Target } from './target.ts';

/** Directives that say something for debuggers, unwinders or linkers: accepted, and without effect here. */
const IGNORED = (
  '.file .loc .ident .hidden .protected .internal .variant_pcs .build_attributes .addrsig .addrsig_sym .line .version ' +
  '.cfi_startproc .cfi_endproc .cfi_def_cfa .cfi_def_cfa_offset .cfi_def_cfa_register .cfi_adjust_cfa_offset .cfi_offset .cfi_rel_offset .cfi_register ' +
  '.cfi_restore .cfi_restore_state .cfi_remember_state .cfi_same_value .cfi_undefined .cfi_sections .cfi_personality .cfi_lsda .cfi_escape .cfi_signal_frame ' +
  '.cfi_return_column .cfi_window_save .cfi_negate_ra_state .cfi_b_key_frame .cfi_val_offset .cfi_llvm_def_aspace_cfa'
).split(' ');

/** Directives that GNU has and we have not, with what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  '.include': 'put the files together before assembling them, as with cat',
  '.incbin': 'write the contents with .byte or .quad',
  '.macro': 'there are no macros: preprocess the file, as with m4 or the C preprocessor',
  '.endm': 'there are no macros: preprocess the file, as with m4 or the C preprocessor',
  '.altmacro': 'there are no macros: preprocess the file, as with m4 or the C preprocessor',
  '.rept': 'write the lines out, or .fill for data',
  '.endr': 'write the lines out, or .fill for data',
  '.irp': 'write the lines out',
  '.irpc': 'write the lines out',
  '.if': 'there is no conditional assembly: preprocess the file, as with the C preprocessor',
  '.ifdef': 'there is no conditional assembly: preprocess the file, as with the C preprocessor',
  '.ifndef': 'there is no conditional assembly: preprocess the file, as with the C preprocessor',
  '.else': 'there is no conditional assembly: preprocess the file, as with the C preprocessor',
  '.endif': 'there is no conditional assembly: preprocess the file, as with the C preprocessor',
  '.comm': 'reserve the space in .bss with a label and .space',
  '.lcomm': 'reserve the space in .bss with a label and .space',
  '.subsection': 'use a section of its own',
  '.req': 'use the name of the register',
  '.tlsdesccall': 'thread-local storage needs a linker',
};

const ignore: Directive = (assembly, cursor) => {
  while (!cursor.atEnd()) cursor.position++;
};

const target =
  (read: (text: string, assembly: Assembly) => Target): Directive =>
  (assembly, cursor) => {
    const { token } = cursor;
    if (cursor.atEnd()) {
      assembly.error(token, 'expected a name, as in .arch armv8.2-a');
      return;
    }
    let name = '';
    while (!cursor.atEnd()) name += cursor.tokens[cursor.position++]!.text;
    const found = read(name, assembly);
    if ('message' in found) assembly.error(token, found.message);
    else assembly.features = found.features;
  };

const end: Directive = (assembly, cursor) => {
  ignore(assembly, cursor);
  assembly.isFinished = true;
};

const DIRECTIVES: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ...IGNORED.map((name): [string, Directive] => [name, ignore]),
  ['.text', text],
  ['.data', data],
  ['.rodata', rodata],
  ['.bss', bss],
  ['.section', section],
  ['.pushsection', pushSection],
  ['.popsection', popSection],
  ['.previous', previousSection],
  ['.align', align('power')],
  ['.p2align', align('power')],
  ['.balign', align('bytes')],
  ['.org', org],
  ['.ltorg', literalPool],
  ['.pool', literalPool],
  ['.byte', integers(1)],
  ['.hword', integers(2)],
  ['.short', integers(2)],
  ['.2byte', integers(2)],
  ['.word', integers(4)],
  ['.int', integers(4)],
  ['.long', integers(4)],
  ['.4byte', integers(4)],
  ['.quad', integers(8)],
  ['.xword', integers(8)],
  ['.dword', integers(8)],
  ['.8byte', integers(8)],
  ['.octa', integers(16)],
  ['.float', floats(4)],
  ['.single', floats(4)],
  ['.double', floats(8)],
  ['.ascii', ascii],
  ['.asciz', asciz],
  ['.string', asciz],
  ['.space', space],
  ['.skip', space],
  ['.zero', space],
  ['.fill', fill],
  ['.inst', instructionWords],
  ['.global', bindSymbols('global')],
  ['.globl', bindSymbols('global')],
  ['.local', bindSymbols('local')],
  ['.weak', bindSymbols('weak')],
  ['.type', symbolType],
  ['.size', symbolSize],
  ['.set', setSymbol('again')],
  ['.equ', setSymbol('again')],
  ['.equiv', setSymbol('once')],
  ['.arch', target(archFeatures)],
  ['.cpu', target(cpuFeatures)],
  ['.arch_extension', target((name, assembly) => withExtension(assembly.features, name))],
  ['.end', end],
]);

/** Refused directives whose block is passed over, by what closes it. */
const BLOCKS: ReadonlyMap<string, string> = new Map([
  ['.macro', '.endm'],
  ['.rept', '.endr'],
  ['.irp', '.endr'],
  ['.irpc', '.endr'],
]);

/** Runs the directive at the cursor's token, to the end of its statement. */
export function runDirective(assembly: Assembly, cursor: Cursor): void {
  const { token } = cursor;
  const directive = DIRECTIVES.get(token.lower);
  if (directive === undefined) {
    assembly.error(token, unknownDirective(token.text, token.lower));
    assembly.skipUntil = BLOCKS.get(token.lower) ?? null;
    return;
  }
  cursor.position++;
  const before = assembly.diagnostics.errors;
  directive(assembly, cursor);
  if (!cursor.atEnd() && assembly.diagnostics.errors === before) assembly.error(cursor.token, `expected the end of ${token.text}`);
}

function unknownDirective(text: string, lower: string): string {
  if (Object.hasOwn(REFUSED, lower)) return `${text} is not supported: ${REFUSED[lower] ?? ''}`;
  const near = nearest(lower, DIRECTIVES.keys());
  return `unknown directive ${text}${near === null ? '' : `; did you mean ${near}?`}`;
}
