#include "drivers/shapley.h"

#include <string.h>

/* 1 / (p · (p - 1 choose s)): the chance that just s players come before a given one. */
static double chance(int p, int s) {
    double choose = 1;
    for (int i = 1; i <= s; i++) {
        choose = choose * (p - i) / i;
    }
    return 1 / (p * choose);
}

static int count_bits(uint64_t set) {
    int n = 0;
    for (; set; set &= set - 1) {
        n++;
    }
    return n;
}

void pp__shapley(int p, const double *value, double *share) {
    double weight[64] = {0};
    memset(share, 0, (size_t)p * sizeof *share);
    for (int s = 0; s < p; s++) {
        weight[s] = chance(p, s);
    }
    for (uint64_t set = 0; set < (uint64_t)1 << p; set++) {
        double w = weight[count_bits(set)];
        for (int j = 0; j < p; j++) {
            if (!(set >> j & 1)) {
                share[j] += w * (value[set | (uint64_t)1 << j] - value[set]);
            }
        }
    }
}

/* The players of each group as a set. */
static void collect(int p, const int *group, int groups, uint64_t *members) {
    memset(members, 0, (size_t)groups * sizeof *members);
    for (int j = 0; j < p; j++) {
        members[group[j]] |= (uint64_t)1 << j;
    }
}

/* The players of the groups in `chosen`, a set over the groups but `left_out`. */
static uint64_t join(const uint64_t *members, int groups, int left_out, uint64_t chosen) {
    uint64_t set = 0;
    for (int g = 0, bit = 0; g < groups; g++) {
        if (g != left_out) {
            set |= chosen >> bit++ & 1 ? members[g] : 0;
        }
    }
    return set;
}

/* What the players of group g add to the coalition `before` of whole groups, each order
   among themselves being as likely, times `weight`. */
static void add_within(const double *value, uint64_t before, uint64_t members,
                       double weight, double *share) {
    int size = count_bits(members);
    for (uint64_t inner = 0;; inner = (inner - members) & members) {
        double w = inner == members ? 0 : weight * chance(size, count_bits(inner));
        for (int j = 0; members >> j; j++) {
            uint64_t player = (uint64_t)1 << j;
            if ((members & player) && !(inner & player)) {
                share[j] += w * (value[before | inner | player] - value[before | inner]);
            }
        }
        if (inner == members) {
            return;
        }
    }
}

void pp__owen(int p, const int *group, int groups, const double *value, double *share,
              double *group_share) {
    uint64_t members[64];
    collect(p, group, groups, members);
    memset(share, 0, (size_t)p * sizeof *share);
    memset(group_share, 0, (size_t)groups * sizeof *group_share);
    for (int g = 0; g < groups; g++) {
        for (uint64_t chosen = 0; chosen < (uint64_t)1 << (groups - 1); chosen++) {
            double weight = chance(groups, count_bits(chosen));
            uint64_t before = join(members, groups, g, chosen);
            group_share[g] += weight * (value[before | members[g]] - value[before]);
            add_within(value, before, members[g], weight, share);
        }
    }
}
