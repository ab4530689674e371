/* Sorting by a whole number of 64 bits: stable, a few passes over the rows. */
#ifndef PP_MODEL_RADIX_H
#define PP_MODEL_RADIX_H

#include <stdint.h>

typedef struct pp__radix_item {
    uint64_t key;
    int32_t index;
} pp__radix_item;

/* A key in the order of numbers; 0 and -0 are the same. */
uint64_t pp__radix_key(double x);

/* Sorts n items; `room` holds n. */
void pp__radix_sort(pp__radix_item *items, pp__radix_item *room, int64_t n);

#endif
