/* The program of kvm-guest.c, as kvm.c carries it. */
  .section .rodata
  .global guest_image, guest_image_end
  .balign 8
guest_image:
  .incbin "kvm-guest.bin"
guest_image_end:
  .section .note.GNU-stack, "", %progbits
