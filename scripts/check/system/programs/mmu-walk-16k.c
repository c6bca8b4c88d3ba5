/* Stage 2 faults on the walk of stage 1, with 16 KiB pages. */
#include "../mmu-faults.h"

void run(void)
{
    walk_faults(&granules[1]);
}
