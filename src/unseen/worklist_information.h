/* The information of a hazard's likelihood, unit by unit: taken out, put in, and what becomes
 * of the widths of intervals. All in the design's standardised columns. */
#ifndef PP_UNSEEN_WORKLIST_INFORMATION_H
#define PP_UNSEEN_WORKLIST_INFORMATION_H

#include "drivers/scenario_rows.h"

enum { PP__MOST_TERMS = 200 };

/* A unit's part in the likelihood: rows begin..pass are passed without adoption, which lies in
   pass..end, or (end = pass) after all of them. `in` 0: it has no part. */
typedef struct pp__part {
    int64_t begin, pass, end;
    int in;
} pp__part;

typedef struct pp__information {
    const pp_fit *fit;
    pp__scenario_rows rows;    /* of the panel */
    int k, m;                  /* terms; findings */
    int robust;                /* widths by the sandwich; 0: by the inverse information */
    double *z;                 /* rows × k */
    double *q, *slope, *curve; /* of each row, at the estimates */
    double *gradient;          /* m × k, one finding after the other */
    double *I, *B;             /* k × k: of the fit */
    double *width;             /* m: standard errors now */
    double *first, *last;      /* of each unit: its first and last period in the panel */
} pp__information;

/* `variable` has m names. Everything lives in `arena`. */
pp_status pp__information_of(const pp_fit *fit, const pp_table *panel, const char *unit,
                             const char *time, const char *const *variable, int m,
                             const pp_context *ctx, pp_arena *arena, pp__information *out,
                             pp_error *err);

/* The unit of this label; -1: it has no row that the model can use. */
int64_t pp__information_unit(const pp__information *f, const char *label);
double pp__information_time(const pp__information *f, int64_t row);

/* The part of a unit that adopted between lo and hi (missing as in panel.h; both: not at all),
   by the rules of the hazard's likelihood. */
pp__part pp__part_of(const pp__information *f, int64_t unit, double lo, double hi);

/* Adds (sign 1) or takes away (-1) a part; the score (k) is added to `score` when it is not
   NULL. */
void pp__part_add(const pp__information *f, const pp__part *part, double sign, double *I,
                  double *B, double *score);

/* The m standard errors under another information, and (when `shift` and `score` are not
   NULL) by how much the findings move in one Newton step. `work` holds 3 k² + 3 k. 0: the
   information is not positive definite. */
int pp__information_widths(const pp__information *f, const double *I, const double *B,
                           const double *score, double *work, double *width,
                           double *shift);

#endif
