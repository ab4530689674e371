/* What dependence between lists does: Mt with odds ratios of pairs taken as known. */
#ifndef PP_UNSEEN_LISTS_DEPENDENCE_H
#define PP_UNSEEN_LISTS_DEPENDENCE_H

#include "unseen/lists_estimate.h"

enum { PP__RATIOS = 5 };
extern const double pp__ratios[PP__RATIOS];

/* Of lists i and j; i < 0: of every pair. */
pp_status pp__dependence_estimate(const pp__histories *h, int i, int j, double ratio,
                                  double level, pp_arena *arena, pp__number *out,
                                  pp_error *err);

#endif
