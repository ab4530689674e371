/* Games: from the values of coalitions to the players' shares. */
#ifndef PP_DRIVERS_SHAPLEY_H
#define PP_DRIVERS_SHAPLEY_H

#include <pushpull/memory.h>

enum { PP__MOST_EXACT = 20 };

/* `value` has 2^p entries: bit j of the index says that player j is in. Shapley (1953). O(p
   2^p). */
void pp__shapley(int p, const double *value, double *share);

/* With group[j] in 0..groups-1: the Owen (1977) values of players, and of groups the
   Shapley values between them. O(2^p + Σ 2^(groups - 1 + size) size). */
void pp__owen(int p, const int *group, int groups, const double *value, double *share,
              double *group_share);

#endif
