#include "model/estimators/radix.h"

#include <string.h>

enum { BITS = 11, DIGITS = 1 << BITS };

uint64_t pp__radix_key(double x) {
    uint64_t bits;
    double number = x + 0.0; /* -0 becomes 0 */
    memcpy(&bits, &number, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static void sort_digit(const pp__radix_item *from, pp__radix_item *to, int64_t n,
                       int shift) {
    int64_t place[DIGITS] = {0}, sum = 0;
    for (int64_t i = 0; i < n; i++) {
        place[from[i].key >> shift & (DIGITS - 1)]++;
    }
    for (int d = 0; d < DIGITS; d++) {
        int64_t count = place[d];
        place[d] = sum;
        sum += count;
    }
    for (int64_t i = 0; i < n; i++) {
        to[place[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
    }
}

void pp__radix_sort(pp__radix_item *items, pp__radix_item *room, int64_t n) {
    pp__radix_item *from = items, *to = room;
    uint64_t differ = 0;
    for (int64_t i = 1; i < n; i++) {
        differ |= items[i].key ^ items[0].key;
    }
    for (int shift = 0; shift < 64; shift += BITS) {
        if (differ >> shift & (DIGITS - 1)) {
            sort_digit(from, to, n, shift);
            pp__radix_item *other = from;
            from = to;
            to = other;
        }
    }
    if (from != items) {
        memcpy(items, from, (size_t)n * sizeof *items);
    }
}
