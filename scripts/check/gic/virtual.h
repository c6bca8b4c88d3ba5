/* The virtual CPU interface of both versions: GICH and GICV, or ICH_* and ICC_* at EL1. */
#ifndef VIRTUAL_H
#define VIRTUAL_H
#include "gic.h"

#define INACTIVE 0
#define PENDING 1
#define ACTIVE 2
#define BOTH_STATES 3

/* Bits of the hypervisor's control register. */
#define EN BIT(0)
#define UIE BIT(1)
#define LRENPIE BIT(2)
#define NPIE BIT(3)
#define VGRP0EIE BIT(4)
#define VGRP0DIE BIT(5)
#define VGRP1EIE BIT(6)
#define VGRP1DIE BIT(7)

#if GIC == 2
#define LR(id, priority, group, state) ((u64)(id) | (u64)(priority) >> 3 << 23 | (u64)(group) << 30 | (u64)(state) << 28)
#define LR_HW(pid) (BIT(31) | (u64)(pid) << 10)
#define LR_EOI BIT(19)
#define VMCR(pmr, bpr1, bpr0, bits) ((u64)(pmr) >> 3 << 27 | (u64)(bpr0) << 21 | (u64)(bpr1) << 18 | (bits))
#define GET_VIRT(name, v2, v3) static inline u32 name(void) { return MMIO32(GICV + (v2)); }
#define PUT_VIRT(name, v2, v3) static inline void name(u32 number) { MMIO32(GICV + (v2)) = number; }
static inline u64 get_lr(u32 n) { return MMIO32(GICH + 0x100 + 4 * n); }
static inline void put_lr(u32 n, u64 number) { MMIO32(GICH + 0x100 + 4 * n) = number; }
#define HYP_REG(name, v2, v3) static inline u64 get_##name(void) { return MMIO32(GICH + (v2)); } static inline void put_##name(u64 number) { MMIO32(GICH + (v2)) = number; }
#else
#define LR(id, priority, group, state) ((u64)(id) | (u64)(priority) << 48 | (u64)(group) << 60 | (u64)(state) << 62)
#define LR_HW(pid) (BIT(61) | (u64)(pid) << 32)
#define LR_EOI BIT(41)
#define VMCR(pmr, bpr1, bpr0, bits) ((u64)(pmr) << 24 | (u64)(bpr0) << 21 | (u64)(bpr1) << 18 | (bits))
#define GET_VIRT(name, v2, v3) GET_REG(name, v2, v3)
#define PUT_VIRT(name, v2, v3) PUT_REG(name, v2, v3)
u64 get_lr(u32 n);
void put_lr(u32 n, u64 number);
#define HYP_REG(name, v2, v3) static inline u64 get_##name(void) { return READ(v3); } static inline void put_##name(u64 number) { WRITE(v3, number); }
#endif
/* Bits of VMCR. */
#define VENG0 BIT(0)
#define VENG1 BIT(1)
#define VACKCTL BIT(2)
#define VFIQEN BIT(3)
#define VCBPR BIT(4)
#define VEOIM BIT(9)

HYP_REG(hcr, 0x00, "s3_4_c12_c11_0")
HYP_REG(vmcr, 0x08, "s3_4_c12_c11_7")
HYP_REG(hap0, 0xf0, "s3_4_c12_c8_0")
#if GIC == 3
HYP_REG(hap1, 0, "s3_4_c12_c9_0")
#endif
#if GIC == 2
static inline u64 get_misr(void) { return MMIO32(GICH + 0x10); }
static inline u64 get_eisr(void) { return MMIO32(GICH + 0x20) & 15; }
static inline u64 get_elrsr(void) { return MMIO32(GICH + 0x30) & 15; }
#else
static inline u64 get_misr(void) { return READ("s3_4_c12_c11_2"); }
static inline u64 get_eisr(void) { return READ("s3_4_c12_c11_3") & 15; }
static inline u64 get_elrsr(void) { return READ("s3_4_c12_c11_5") & 15; }
#endif

/* What a guest sees, at EL1. */
GET_VIRT(v_pmr, 0x04, "s3_0_c4_c6_0")
PUT_VIRT(v_put_pmr, 0x04, "s3_0_c4_c6_0")
GET_VIRT(v_iar0, 0x0c, "s3_0_c12_c8_0")
GET_VIRT(v_iar1, 0x20, "s3_0_c12_c12_0")
PUT_VIRT(v_eoir0, 0x10, "s3_0_c12_c8_1")
PUT_VIRT(v_eoir1, 0x24, "s3_0_c12_c12_1")
GET_VIRT(v_hppir0, 0x18, "s3_0_c12_c8_2")
GET_VIRT(v_hppir1, 0x28, "s3_0_c12_c12_2")
GET_VIRT(v_bpr0, 0x08, "s3_0_c12_c8_3")
PUT_VIRT(v_put_bpr0, 0x08, "s3_0_c12_c8_3")
GET_VIRT(v_bpr1, 0x1c, "s3_0_c12_c12_3")
PUT_VIRT(v_put_bpr1, 0x1c, "s3_0_c12_c12_3")
GET_VIRT(v_running, 0x14, "s3_0_c12_c11_3")
PUT_VIRT(v_dir, 0x1000, "s3_0_c12_c11_1")
GET_VIRT(v_ctlr, 0x00, "s3_0_c12_c12_4")
PUT_VIRT(v_put_ctlr, 0x00, "s3_0_c12_c12_4")

/* GICV_RPR has five bits; on the emulator it has eight while nothing runs. */
static inline u32 v_rpr(void) { return GIC == 2 ? v_running() & 0xf8 : v_running(); }

#define LRS 4
/* The interrupts of these programs are of the usual group: IRQ to the guest. */
#define V_IAR() (USUAL ? v_iar1() : v_iar0())
#define V_EOIR(intid) (USUAL ? v_eoir1(intid) : v_eoir0(intid))
#define V_HPPIR() (USUAL ? v_hppir1() : v_hppir0())
#define VMCR_OPEN VMCR(0xf8, 0, 0, VENG0 | VENG1)

/* HCR_EL2 for a guest: virtual interrupts. */
#define HCR_GUEST (HCR_RW | BIT(3) | BIT(4))

/* All list registers empty but those given, nothing active, enabled. */
void load_guest(const u64 *lrs, unsigned count, u64 vmcr, u64 hcr);
#define LOAD(vmcr, hcr, ...) do { const u64 lrs_[] = { __VA_ARGS__ }; load_guest(lrs_, COUNT(lrs_), vmcr, hcr); } while (0)
/* What EL2 reads: list registers by state and number, status registers, EOIcount. */
void lrs_state(const char *name);
/* Runs a guest at EL1 under HCR_GUEST, masked. */
void guest(void (*code)(void));

#endif
