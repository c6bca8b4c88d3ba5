/* Stage 1 faults of each kind and level with 64 KiB pages. */
#include "../mmu-faults.h"

void run(void)
{
    stage1_faults(&granules[2]);
}
