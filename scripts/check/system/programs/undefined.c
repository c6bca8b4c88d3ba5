/* What is UNDEFINED at each EL: words without an instruction, ERETAA and PAuth, exclusives of nothing; EC 0, IL, ELR at the word. */
#include "../support.h"

static const u32 words[] = {
    0x00000000, 0x0000ffff, 0x00010000, 0x02000000, 0x04000000, 0x06000000, 0x1e000000, 0x4a20001f, 0x5ac01800, 0x6b60001f, 0x9ac00000 | 5 << 10, 0xd4a00000, 0xd5000000, 0xd5033fff & ~0x1fu,
    0xd503305f & ~0x1fu, 0xd503309f, 0xd65f0fff & ~0x400u, 0xd69f07e0, 0xd6bf03e0, 0xd69f0bff, 0xd61f0bff & ~0x400u, 0xd71f0800, 0xd73f0820, 0xd6ff0000, 0x38800c00 | 1 << 22, 0x88200000 | 1 << 21, 0xb8e07c00, 0xc8200000,
    0x19000000, 0xd9200000, 0x12400000, 0x13400000, 0x93000000, 0x53200000, 0x72c00000, 0x92000000 | 0x3f << 10, 0x1a000400 | 1 << 11, 0x3a000c00, 0x3a400810, 0x5ac02000, 0xdac08000, 0x9ac03000, 0x9b400000 | 1 << 15,
    0x9b600000, 0xba000400 | 1 << 15, 0xd50b7c00 | 7, 0xd5200000, 0xdeadbeef & ~0xfu, 0xe0000000, 0xf8200000 | 0xf << 12, 0xf9c00000 | 1 << 30,
};

void run(void)
{
    static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1t ", EL1T }, { "EL1h ", EL1 }, { "EL2t ", EL2T }, { "EL2h ", EL2 } };
    for (unsigned i = 0; i < COUNT(words); i++) {
        for (unsigned m = 0; m < 5; m++) {
            print(modes[m].name);
            print_hex(words[i]);
            try_with("", modes[m].spsr, assemble(words[i]), 0x40200000, 0);
        }
    }
    WRITE("hcr_el2", HCR_RW | HCR_TGE);
    for (unsigned i = 0; i < COUNT(words); i++) {
        print("TGE, EL0 ");
        print_hex(words[i]);
        try_with("", EL0, assemble(words[i]), 0x40200000, 0);
    }
    WRITE("hcr_el2", HCR_RW);
}
