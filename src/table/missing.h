/* Missing numbers that remember what they were: a NaN whose low bits hold the kind ('.',
   'a'..'z', 'U') and, for 'U', the value that a survey declared to be missing (where a
   float can hold it). To all arithmetic they are NaN; writing .sav and .dta finds their
   kind and value again. */
#ifndef PP_TABLE_MISSING_H
#define PP_TABLE_MISSING_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline double pp__missing_number(char kind, double value) {
    float small = (float)value;
    uint32_t low;
    memcpy(&low, &small, sizeof low);
    uint64_t bits = UINT64_C(0x7FF8) << 48 | (uint64_t)(unsigned char)kind << 32;
    bits |= (double)small == value ? low : 0;
    double missing;
    memcpy(&missing, &bits, sizeof missing);
    return missing;
}

/* The kind; 0 for a NaN that remembers none. */
static inline char pp__missing_kind(double missing) {
    uint64_t bits;
    memcpy(&bits, &missing, sizeof bits);
    char kind = (char)(bits >> 32 & 0xFF);
    return bits >> 40 == UINT64_C(0x7FF800) ? kind : 0;
}

/* The value of a user-defined missing one; NaN when it is not known. */
static inline double pp__missing_value(double missing) {
    uint64_t bits;
    memcpy(&bits, &missing, sizeof bits);
    uint32_t low = (uint32_t)bits;
    float small;
    memcpy(&small, &low, sizeof small);
    return pp__missing_kind(missing) == 'U' && low ? (double)small : (double)NAN;
}

#endif
