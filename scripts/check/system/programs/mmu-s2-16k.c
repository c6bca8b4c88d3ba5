/* Stage 2 faults of each kind and level with 16 KiB pages, and rights. */
#include "../mmu-faults.h"

void run(void)
{
    stage2_faults(&granules[1]);
}
