/* The same by full refits, for the candidates that matter most. */
#ifndef PP_UNSEEN_WORKLIST_REFIT_H
#define PP_UNSEEN_WORKLIST_REFIT_H

#include "unseen/worklist_reveal.h"

typedef struct pp__refitter {
    const pp__information *f;
    const char *const *variable; /* the findings */
    pp_table *wide;      /* the panel, with the dates of units in the fit; owned */
    const char *lo, *hi; /* its columns of dates */
    int64_t *unit_of;    /* of each label: its unit; -1: no row can be used */
    uint8_t *in_fit;     /* of each row of the panel */
    double *estimate, *width, *sd; /* of each finding now */
} pp__refitter;

/* PP_E_UNSUPPORTED when dates are no plain columns. `wide` is freed by pp__refitter_clear. */
pp_status pp__refitter_open(const pp__information *f, const pp_table *panel,
                            const char *const *variable, pp_arena *arena,
                            pp__refitter *out, pp_error *err);
void pp__refitter_clear(pp__refitter *r);

/* One refit: n candidates, and which of its reveals each one has (-1: none). Widths (m) are on
   the scale of r->f->width; `shift` (NULL: not wanted) is by how much findings move. *done is 0,
   and nothing is set, where there are no estimates. Several threads may call it at once. */
pp_status pp__refit_together(const pp__refitter *r, const pp__candidate *candidate,
                             const int *reveal, int64_t n, double *width, double *shift,
                             int *done, pp_error *err);

/* Replaces widths and shifts of each of n candidates by those of refits, on ctx->threads
   threads; where a refit has no estimates those of one step stay. */
pp_status pp__refit_candidates(const pp__refitter *r, pp__candidate *const *candidate,
                               int64_t n, const pp_context *ctx, pp_error *err);

#endif
