/* Tests of moment inequalities with nuisance parameters that enter linearly, and the values of the
   parameter that they accept: Andrews, Roth & Pakes (2023). */
#ifndef PP_EFFECTS_CONDITIONAL_H
#define PP_EFFECTS_CONDITIONAL_H

#include "effects/honest/fixed_length.h"
#include "effects/honest/restriction.h"

typedef enum pp__honest_method {
    PP__FLCI,
    PP__CONDITIONAL,
    PP__LF,
    PP__HYBRID_FLCI,
    PP__HYBRID_LF,
    PP__HONEST_METHODS
} pp__honest_method;

/* The share of alpha that hybrids spend on their first stage (Andrews, Roth & Pakes 2023, sec. 5). */
#define PP__FIRST_STAGE 0.1

/* What tests at one M need besides the moments. */
typedef struct pp__test {
    pp__honest_method method;
    double alpha;
    const pp__fixed_length *first; /* of PP__HYBRID_FLCI, at a tenth of alpha */
    const double *noise;           /* draws × n: of the estimates about their means */
    int64_t draws;
} pp__test;

typedef struct pp__piece {
    double low, high;
} pp__piece;

enum { PP__MOST_PIECES = 16 };

/* The values that are accepted, ascending. */
typedef struct pp__accepted {
    int n;
    pp__piece piece[PP__MOST_PIECES];
    int64_t unsolved; /* programs that failed; the value counts as accepted */
} pp__accepted;

pp_status pp__accepted_find(const pp__event_study *s, const pp__inequalities *set,
                            const pp__test *test, pp_arena *arena, pp__accepted *out,
                            pp_error *err);
/* Is this one value accepted? */
pp_status pp__accepts(const pp__event_study *s, const pp__inequalities *set,
                      const pp__test *test, double theta, pp_arena *arena, int *accepted,
                      pp_error *err);

/* Joins what overlaps, in place. */
int pp__pieces_join(int n, pp__piece *piece);

#endif
