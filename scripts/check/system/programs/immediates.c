/* SVC, HVC, SMC, BRK, HLT and UDF: every kind of immediate at every EL; ELR of the next or of the same instruction, and TSC and HCD. */
#include "../support.h"

static const u32 immediates[] = { 0, 1, 0x7fff, 0x8000, 0xffff, 0x1234 };
static const struct { const char *name; u32 word; } calls[] = {
    { "svc", 0xd4000001 }, { "hvc", 0xd4000002 }, { "smc", 0xd4000003 }, { "brk", 0xd4200000 }, { "hlt", 0xd4400000 }, { "dcps1", 0xd4a00001 }, { "dcps2", 0xd4a00002 }, { "dcps3", 0xd4a00003 },
    { "opc 6", 0xd4c00000 }, { "opc 0, LL 0", 0xd4000000 }, { "brk, LL 1", 0xd4200001 }, { "opc 7", 0xd4e00000 }, { "svc, op2 1", 0xd4000005 },
};

static void all(const char *what, unsigned first_mode)
{
    static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1t ", EL1T }, { "EL1h ", EL1 }, { "EL2t ", EL2T }, { "EL2h ", EL2 } };
    for (unsigned c = 0; c < COUNT(calls); c++) {
        for (unsigned m = first_mode; m < 5; m++) {
            for (unsigned i = 0; i < COUNT(immediates); i++) {
                print(what);
                print(modes[m].name);
                print(calls[c].name);
                print(" #");
                print_hex(immediates[i]);
                try_with("", modes[m].spsr, assemble2(0xd503201f, calls[c].word | immediates[i] << 5), 0, 0);
            }
        }
    }
}

void run(void)
{
    all("", 0);
    WRITE("hcr_el2", HCR_RW | BIT(19));
    all("TSC, ", 0);
    WRITE("hcr_el2", HCR_RW | BIT(29));
    /* The vectors of EL1 need HVC. */
    all("HCD, ", 3);
    WRITE("hcr_el2", HCR_RW | HCR_E2H);
    all("E2H, ", 0);
    WRITE("hcr_el2", HCR_RW);
    for (u32 imm = 0; imm < 0x10000; imm += 0x1111) {
        print("udf ");
        print_hex(imm);
        try("", EL1, assemble(imm));
    }
}
