/* Separation: rows that some direction of the coefficients predicts perfectly, so that no
 * finite estimate exists.
 *
 * With a binary outcome estimates are finite if and only if no direction γ has
 * (2y − 1) x'γ ≥ 0 in all rows and > 0 in one (Albert & Anderson 1984, Biometrika 71); with
 * a count, if none has x'γ = 0 where y > 0 and x'γ ≤ 0 where y = 0, < 0 in one (Correia,
 * Guimarães & Zylkin 2019, arXiv:1903.01633). Rows without weight have no say. Neither answer is taken on trust. A
 * small last Newton step is a proof of finiteness: the scores that it would leave are
 * positive and sum to zero against x (Stiemke's theorem). And a direction found along
 * diverging estimates (Clarkson & Jennrich 1991, JRSS B 53), projected on what leaves the
 * other rows alone, is checked row by row.
 */
#ifndef PP_MODEL_SEPARATION_H
#define PP_MODEL_SEPARATION_H

#include "model/glm.h"

/* 1 when the fitted scores prove that estimates are finite: `step` (k) is the one that
   would come next. */
int pp__separation_excluded(const pp__glm *glm, const double *step);
/* The same of one row, whose linear predictor would change by `change`. */
int pp__separation_harmless(const pp__glm *glm, int64_t row, double change, double floor);
/* Below it a score is nothing but rounding. */
double pp__separation_floor(const pp__glm *glm);

/* 1 when the step that would come next hardly moves any row. Where estimates are infinite
   each step moves some rows by about one. */
int pp__separation_unlikely(const pp__design *d, const double *step);

/* Where to stop on the way to infinity: late enough to see which scores vanish (each step
   divides them by e), early enough to see the other rows above the noise of rounding. */
static const double PP__SEPARATION_TOLERANCE = 1e-6;
enum { PP__SEPARATION_ITERATIONS = 60 };

/* Judges the products z'direction of all rows (|product| <= zero counts as zero): 1 when
   the direction separates, with the rows marked that it predicts perfectly. */
typedef int pp__verify_fn(void *payload, const double *product, double zero,
                          uint8_t *separated);

/* Looks for a separating direction near diverging estimates, among the rows whose `score`
   has almost vanished. *separated (n flags) and *direction (k) are NULL when there is
   none. */
pp_status pp__separation_search(const pp__design *d, const pp__optimum *optimum,
                                const double *score, pp__verify_fn *verify, void *payload,
                                pp_arena *arena, uint8_t **separated, double **direction,
                                pp_error *err);

/* Looks for separation when what was fitted (`glm`, at `optimum`) is no proof against it;
   of a binary outcome with a logit, whatever the link is: separation is the same for all.
   Fills fit->separated, fit->separation and fit->outcome. */
pp_status pp__separation_look(pp_fit *fit, const pp__glm *glm, const pp__optimum *optimum,
                              pp_error *err);

/* Notes the rows by what predicts them: a level, a cell, a 0/1 column, or a combination.
   `y` may be NULL when the outcome is not 0/1 by row. */
pp_status pp__separation_note(const pp__design *d, const double *y,
                              const uint8_t *separated, const double *direction,
                              pp__notes *notes, pp_error *err);

#endif
