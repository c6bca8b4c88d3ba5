/** Our guest of the live machine: it measures hypercalls for ever, prints what they took, and echoes what is typed. */
import { InvariantError } from '@worldswitch/cpu/arch';
import { MEMORY_MAP } from '@worldswitch/machine';
import { assemble, formatDiagnostic, writeElf } from '@worldswitch/tools';

const CALLS = 4096;

const SOURCE = `
_start:
        movz    x19, #${String(MEMORY_MAP.UART >> 16)}, lsl #16
        mov     w1, #0x10               // UARTIMSC.RXIM: somebody listens, if only by looking
        str     w1, [x19, #0x38]
        adr     x20, banner
        bl      puts
again:
        mov     x21, #${String(CALLS)}
        isb
        mrs     x22, cntvct_el0
calls:
        movz    w0, #0x4b00, lsl #16    // a function that the hypervisor does not know
        hvc     #0
        subs    x21, x21, #1
        b.ne    calls
        isb
        mrs     x23, cntvct_el0
        sub     x23, x23, x22
        adr     x20, first
        bl      puts
        bl      decimal
        adr     x20, second
        bl      puts
        ldr     w1, [x19, #0x18]        // UARTFR.RXFE
        tbnz    w1, #4, again
        ldr     w24, [x19]
        adr     x20, typed
        bl      puts
        str     w24, [x19]
        mov     w24, #10
        str     w24, [x19]
        b       again
puts:
        ldrb    w1, [x20], #1
        cbz     w1, done
        str     w1, [x19]
        b       puts
done:
        ret
decimal:                                // x23
        adr     x1, digits_end
        mov     x2, #10
digit:
        udiv    x3, x23, x2
        msub    x4, x3, x2, x23
        add     w4, w4, #48
        sub     x1, x1, #1
        strb    w4, [x1]
        mov     x23, x3
        cbnz    x23, digit
        mov     x20, x1
        b       puts
banner: .asciz  "A guest of the hypervisor in this page. Type: it answers.\\n"
first:  .asciz  "${String(CALLS)} hypercalls: "
second: .asciz  " ticks of the virtual counter\\n"
typed:  .asciz  "you typed "
digits: .space  24
digits_end:
        .byte   0
        .balign 4
`;

export function benchmarkGuest(): Uint8Array {
  const result = assemble(SOURCE, { file: 'guest.s' });
  if (!result.ok) throw new InvariantError(result.diagnostics.map(formatDiagnostic).join('\n'));
  return writeElf(result.program);
}
