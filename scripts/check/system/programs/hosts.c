/* Stage 1 of EL2 and of EL2&0: with E2H 0 one range and no ASID, with E2H 1 two ranges, and EL0 of the host. */
#include "../support.h"

SNIPPET(load, "ldr x0, [x0]")
SNIPPET(store, "str x1, [x0]")
SNIPPET(fetch, "br x0")
SNIPPET(unprivileged, "ldtr x0, [x0]")
SNIPPET(pan_load, ".inst 0xd500419f\n ldr x0, [x0]")
SNIPPET(at_el2, "at s1e2r, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")
SNIPPET(at_el1, "at s1e1w, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")
SNIPPET(at_el0, "at s1e0r, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")

#define VALID 3ul
#define BLOCK 1ul
#define AF BIT(10)
#define USER BIT(6)
#define READ_ONLY BIT(7)
#define PXN BIT(53)
#define UXN BIT(54)
#define PAGE 0x40500000ul
#define AT 0x80000000ul

static u64 *level1, *level2, *level3;

static void all(const char *what, int with_el0, u64 address)
{
    static const struct { const char *name; const char *pc; } accesses[] = { { "ldr", load }, { "str", store }, { "fetch", fetch }, { "ldtr", unprivileged }, { "PAN ldr", pan_load }, { "at s1e2r", at_el2 }, { "at s1e1w", at_el1 }, { "at s1e0r", at_el0 } };
    for (unsigned i = 0; i < 8; i++) {
        if (i == 6 && !with_el0)
            break;
        print(what);
        print(", EL2 ");
        try_with(accesses[i].name, EL2, accesses[i].pc, address, 0x1234);
        if (with_el0 && i < 4) {
            print(what);
            print(", EL0 ");
            try_with(accesses[i].name, EL0, accesses[i].pc, address, 0x1234);
        }
    }
}

static void pages(const char *what, int with_el0)
{
    for (u64 ap = 0; ap < 4; ap++) {
        for (u64 xn = 0; xn < 4; xn++) {
            /* AP[1] is RES1 with one range, and PXN is RES0. */
            if (!with_el0 && ((ap & 1) == 0 || (xn & 1) != 0))
                continue;
            level3[0] = PAGE | AF | VALID | ap << 6 | xn << 53;
            SYS("tlbi alle2");
            print_hex(ap);
            print_hex(xn);
            print(" ");
            all(what, with_el0, AT);
        }
    }
    level3[0] = PAGE | VALID | USER;
    SYS("tlbi alle2");
    all("AF", with_el0, AT);
    level3[0] = 0;
    SYS("tlbi alle2");
    all("invalid", with_el0, AT);
    level3[0] = PAGE | AF | VALID | USER;
    SYS("tlbi alle2");
    all("upper range", with_el0, 0xffffffc000000000 | AT);
}

void run(void)
{
    u64 *flat2 = new_table(), *flat3 = new_table();
    level1 = new_table();
    level2 = new_table();
    level3 = new_table();
    level1[1] = (u64)flat2 | VALID;
    flat2[0] = (u64)flat3 | VALID;
    flat2[2] = 0x40400000 | AF | BLOCK;
    for (u64 i = 0; i < 512; i++) {
        extern char data_start[];
        u64 at = 0x40000000 + i * 4096;
        flat3[i] = at | AF | VALID | USER * (at < (u64)data_start) | (at < (u64)data_start ? READ_ONLY : 0);
    }
    level1[2] = (u64)level2 | VALID;
    level2[0] = (u64)level3 | VALID;
    level3[0] = PAGE | AF | VALID | USER;
    ((volatile u32 *)PAGE)[0] = 0xd4000001 | 0x55 << 5;
    WRITE("mair_el2", 0xff);
    WRITE("tcr_el2", BIT(31) | BIT(23) | 25 | 2ul << 16);
    WRITE("ttbr0_el2", (u64)level1);
    SYS("tlbi alle2");
    WRITE("sctlr_el2", 0x30c50831);
    pages("EL2", 0);
    WRITE("sctlr_el2", 0x30c50830);

    WRITE("hcr_el2", HCR_RW | HCR_E2H | HCR_TGE);
    WRITE("tcr_el2", 25 | 25ul << 16 | 2ul << 30 | 2ul << 32);
    WRITE("s3_4_c2_c0_1", (u64)level1);
    WRITE("cptr_el2", 3ul << 20);
    SYS("tlbi alle2");
    WRITE("sctlr_el2", 0x30d50831);
    pages("EL2&0", 1);
    /* ASIDs of the host, and TLBI by it: VAE1 of a host is that of EL2&0. */
    level3[0] = PAGE | AF | VALID | USER | BIT(11);
    u64 *other = new_table();
    other[0] = 0x4444;
    ((volatile u64 *)PAGE)[0] = 0x3333;
    for (int i = 0; i < 2; i++) {
        WRITE("ttbr0_el2", (u64)level1 | 3ul << 48);
        try_with("ASID 3", EL0, load, AT, 0);
        level3[0] = (u64)(i ? (u64)PAGE : (u64)other) | AF | VALID | USER | BIT(11);
        if (i)
            /* The emulator forgets VAE2IS with E2H. */
            SYSX("tlbi vae2", 3ul << 48 | AT >> 12);
        else
            SYSX("tlbi vae1is", 3ul << 48 | AT >> 12);
        try_with("ASID 3 after TLBI", EL0, load, AT, 0);
        try_with("ASID 3 of EL2", EL2, load, AT, 0);
    }
    SYS("tlbi vmalle1");
    WRITE("sctlr_el2", 0x30d50830);
    WRITE("hcr_el2", HCR_RW);
    WRITE("sctlr_el2", 0x30c50830);
}
