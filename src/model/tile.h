/* Operations on whole tiles: columns of PP__TILE doubles, one after another. */
#ifndef PP_MODEL_TILE_H
#define PP_MODEL_TILE_H

#include <stdint.h>

/* to += Σ by[l × stride] × column l, of m columns. `to` is none of them. */
void pp__tile_combine(int m, const double *by, int64_t stride, const double *columns,
                      double *to);

/* Each of m columns times `by`. */
void pp__tile_multiply(int m, const double *columns, const double *by, double *to);

/* norm[i] = |L⁻¹ z|² of each row i of k columns, L a lower triangle (k × k). `root` (k
   columns) becomes L⁻¹ z. */
void pp__tile_norms(int k, const double *L, const double *z, double *root, double *norm);

#endif
