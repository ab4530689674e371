/* What every fuzz target defines: reads hostile bytes, must neither crash nor leak. */
#ifndef PP_FUZZ_TARGET_H
#define PP_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline void require(int holds) {
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
