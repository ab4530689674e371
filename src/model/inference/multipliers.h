/* The random weights of the wild and the score bootstrap. */
#ifndef PP_MODEL_MULTIPLIERS_H
#define PP_MODEL_MULTIPLIERS_H

#include <pushpull/status.h>

/* ±1; Webb (2014), six points; Mammen (1993), two points with a third moment of one. */
typedef enum pp__multiplier { PP__RADEMACHER, PP__WEBB, PP__MAMMEN } pp__multiplier;

enum { PP__WIDE = 64 }; /* draws that are worked on at a time */

typedef struct pp__multipliers {
    pp__multiplier kind;
    int32_t groups;
    int64_t draws;
    int enumerated; /* 1: all 2^groups signs, each once */
    uint64_t seed;
} pp__multipliers;

/* By name (NULL: rademacher); an unknown one is PP_E_ARGUMENT. All signs are enumerated
   where there are no more of them than `draws`. */
pp_status pp__multipliers_make(const char *name, int32_t groups, int64_t draws,
                               uint64_t seed, pp__multipliers *out, pp_error *err);

/* Of draws begin..begin+PP__WIDE-1: for each group PP__WIDE weights side by side. Those
   of a draw depend on the seed and its number alone. */
void pp__multipliers_fill(const pp__multipliers *m, int64_t begin, double *v);

#endif
