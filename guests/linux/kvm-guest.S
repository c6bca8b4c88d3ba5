/* Entry, vectors and exact instruction sequences of the guest of kvm.c. */
#include "kvm-guest.h"

  .section .start, "ax"
  .global _start
  .global secondary_start
  .global el0_program
/* Memory is zero, the MMU off. Entry 0: X0 is the version of the GIC. Entry 4: X0 and X1 are those of guest_rate. */
_start:
  b main_start
  ldr x2, =STACK_TOP(0)
  mov sp, x2
  bl guest_rate
  b .
main_start:
  ldr x1, =STACK_TOP(0)
  mov sp, x1
  bl processor_start
  bl guest_main
  b .
secondary_start:
  ldr x1, =STACK_TOP(1)
  mov sp, x1
  bl processor_start
  bl guest_secondary
  b .

/* FP and vectors on; X0 stays. */
processor_start:
  adr x1, vectors
  msr vbar_el1, x1
  mov x1, #(3 << 20)
  msr cpacr_el1, x1
  isb
  ret

  .macro vector handler
  .balign 128
  stp x29, x30, [sp, #-256]!
  stp x0, x1, [sp, #16]
  stp x2, x3, [sp, #32]
  stp x4, x5, [sp, #48]
  stp x6, x7, [sp, #64]
  adr x0, \handler
  b save_and_call
  .endm

  .text
  .balign 2048
vectors:
  vector guest_unexpected
  vector guest_unexpected
  vector guest_unexpected
  vector guest_unexpected
  vector guest_synchronous
  vector guest_interrupt
  vector guest_unexpected
  vector guest_unexpected
  vector guest_synchronous
  vector guest_interrupt
  vector guest_unexpected
  vector guest_unexpected
  vector guest_unexpected
  vector guest_unexpected
  vector guest_unexpected
  vector guest_unexpected

save_and_call:
  stp x8, x9, [sp, #80]
  stp x10, x11, [sp, #96]
  stp x12, x13, [sp, #112]
  stp x14, x15, [sp, #128]
  stp x16, x17, [sp, #144]
  stp x18, x19, [sp, #160]
  mov x1, x0
  mov x0, sp
  blr x1
  ldp x8, x9, [sp, #80]
  ldp x10, x11, [sp, #96]
  ldp x12, x13, [sp, #112]
  ldp x14, x15, [sp, #128]
  ldp x16, x17, [sp, #144]
  ldp x18, x19, [sp, #160]
  ldp x0, x1, [sp, #16]
  ldp x2, x3, [sp, #32]
  ldp x4, x5, [sp, #48]
  ldp x6, x7, [sp, #64]
  ldp x29, x30, [sp], #256
  eret

/* fp_across_exit(store to this, value): how many of V0 to V31, FPCR and FPSR an exit to user space changed. */
  .global fp_across_exit
fp_across_exit:
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  mov x9, #(0x101 * \n + 0x7000)
  dup v\n\().2d, x9
  .endr
  mov x9, #(1 << 22)
  msr fpcr, x9
  mov x9, #0x1f
  msr fpsr, x9
  str w1, [x0]
  mov x0, #0
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  mov x9, #(0x101 * \n + 0x7000)
  mov x10, v\n\().d[0]
  mov x11, v\n\().d[1]
  cmp x10, x9
  ccmp x11, x9, #0, eq
  cinc x0, x0, ne
  .endr
  mrs x10, fpcr
  cmp x10, #(1 << 22)
  cinc x0, x0, ne
  mrs x10, fpsr
  cmp x10, #0x1f
  cinc x0, x0, ne
  msr fpcr, xzr
  ret

/* registers_across_exit(store to this, value): how many of X2 to X29 and NZCV an exit to user space changed. */
  .global registers_across_exit
registers_across_exit:
  stp x29, x30, [sp, #-96]!
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  .irp n, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29
  mov x\n, #(0x202 * \n + 0x5000)
  .endr
  mov x30, #(0b1011 << 28)
  msr nzcv, x30
  str w1, [x0]
  mrs x30, nzcv
  mov x0, #0
  mov x1, #(0b1011 << 28)
  cmp x30, x1
  cinc x0, x0, ne
  .irp n, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29
  mov x30, #(0x202 * \n + 0x5000)
  cmp x\n, x30
  cinc x0, x0, ne
  .endr
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp x29, x30, [sp], #96
  ret

/* stepped(store to this, first value, second value): eight instructions between two stores, a branch among them. */
  .global stepped
stepped:
  str w1, [x0]
  mov x9, #1
  add x9, x9, #1
  b 1f
  nop
1:
  mrs x10, tpidr_el1
  msr tpidr_el1, x10
  nop
  nop
  add x9, x9, #1
  str w2, [x0]
  ret

/* What a hardware breakpoint is set on, and what it returns. */
  .global breakpoint_target
breakpoint_target:
  mov x0, #42
  ret

/* To be copied to EL0_BASE: X0 comes back in a SVC. */
el0_program:
  add x0, x0, #1
  svc #7
  b .

/* enter_el0(value): ERET to the program at EL0_BASE; guest_synchronous returns to leave_el0. */
  .global enter_el0
enter_el0:
  stp x29, x30, [sp, #-16]!
  ldr x9, =EL0_BASE
  msr elr_el1, x9
  msr spsr_el1, xzr
  isb
  eret
  .global leave_el0
leave_el0:
  ldp x29, x30, [sp], #16
  ret
