/* What coding a candidate may reveal, how likely each of it is, and what it does to widths. */
#ifndef PP_UNSEEN_WORKLIST_REVEAL_H
#define PP_UNSEEN_WORKLIST_REVEAL_H

#include "unseen/worklist_information.h"

typedef enum pp__codable {
    PP__CODE_DATE,
    PP__CODE_SUPPLIER,
    PP__CODE_SEARCH,
    PP__CODE_CONFIRMATION,
    PP__CODABLE
} pp__codable;

/* One thing that may be revealed: a part of the likelihood, and the rows in which the model
   has the adoption (from = to: in none of the panel's; to < 0: in from or later). */
typedef struct pp__reveal {
    pp__part part;
    int64_t from, to;
} pp__reveal;

typedef struct pp__candidate {
    int64_t row, unit; /* of the table of candidates, and in the rows */
    pp__codable field;
    double lo, hi, hours;
    pp__part now;
    int n; /* reveals; 0: it cannot help */
    pp__reveal *reveal;
    double *width; /* n × m: standard errors once this is known */
    double
        *shift; /* m: how far findings move if a doubted claim is wrong; NULL: no doubt */
    const char *why; /* it cannot help; NULL: it can */
    double probability, reduction, error,
        best; /* of the findings: the mean, and the best */
    int question;
    int refitted; /* 1: widths are of refits */
} pp__candidate;

/* Fills now to why, from row to hi. */
pp_status pp__candidate_reveals(const pp__information *f, pp__candidate *c,
                                pp_arena *arena, pp_error *err);

/* The probabilities (c->n) of what may be revealed, with coefficients b; `doubt` that of a
   claim that is wrong. `p` has room for as many numbers again as the unit has rows, and one. */
void pp__candidate_chances(const pp__information *f, const pp__candidate *c,
                           const double *b, double doubt, double *p);

#endif
