#include "strategy/medoids.h"

#include <math.h>
#include <string.h>

enum { MOST_SWAPS = 1000, MOST_MEDOIDS = 64 };

typedef struct pam {
    const double *D;
    int m, k;
    int32_t *medoid;
    double *first, *second;    /* distances to the nearest medoid and the next */
    int32_t *owner;            /* whose it is */
    double loss[MOST_MEDOIDS]; /* of taking a medoid away */
} pam;

static inline double least(double a, double b) {
    return a < b ? a : b;
}

static int is_medoid(const int32_t *medoid, int k, int32_t point) {
    int i = 0;
    while (i < k && medoid[i] != point) {
        i++;
    }
    return i < k;
}

/* Sum of distances if there were this medoid beside those there are. */
static double sum_with(const double *nearest, const double *row, int m) {
    double sum = 0;
    for (int a = 0; a < m; a++) {
        sum += least(nearest[a], row[a]);
    }
    return sum;
}

void pp__medoids_build(const double *D, int m, int k, int32_t *medoid, double *space) {
    for (int a = 0; a < m; a++) {
        space[a] = INFINITY;
    }
    for (int i = 0; i < k; i++) {
        double best = INFINITY;
        for (int32_t c = 0; c < m; c++) {
            double sum = is_medoid(medoid, i, c) ? INFINITY
                                                 : sum_with(space, D + (int64_t)c * m, m);
            if (sum < best) {
                best = sum;
                medoid[i] = c;
            }
        }
        const double *row = D + (int64_t)medoid[i] * m;
        for (int a = 0; a < m; a++) {
            space[a] = least(space[a], row[a]);
        }
    }
}

static double assign(pam *p) {
    double sum = 0;
    memset(p->loss, 0, sizeof p->loss);
    for (int a = 0; a < p->m; a++) {
        p->first[a] = p->second[a] = INFINITY;
        for (int i = 0; i < p->k; i++) {
            double d = p->D[(int64_t)p->medoid[i] * p->m + a];
            if (d < p->first[a]) {
                p->second[a] = p->first[a];
                p->first[a] = d;
                p->owner[a] = i;
            } else if (d < p->second[a]) {
                p->second[a] = d;
            }
        }
        sum += p->first[a];
        p->loss[p->owner[a]] += p->second[a] - p->first[a];
    }
    return sum;
}

/* What the best swap of `c` for a medoid changes, and which. Where c is nearer than both, the point's share of
   the loss is gone; between them, what c leaves of it. */
static double swap_of(const pam *p, int32_t c, int *out) {
    const double *row = p->D + (int64_t)c * p->m;
    double change[MOST_MEDOIDS], shared = 0;
    memcpy(change, p->loss, (size_t)p->k * sizeof *change);
    for (int a = 0; a < p->m; a++) {
        double d = row[a], first = p->first[a], second = p->second[a];
        double held = least(d, second);
        shared += least(d, first) - first;
        change[p->owner[a]] += (held < first ? first : held) - second;
    }
    *out = 0;
    for (int i = 1; i < p->k; i++) {
        *out = change[i] < change[*out] ? i : *out;
    }
    return shared + change[*out];
}

/* 1: the sum fell. */
static int swap(const pam *p, double sum) {
    double best = -1e-12 * (1 + sum);
    int taken = -1;
    int32_t by = 0;
    for (int32_t c = 0; c < p->m; c++) {
        int i = 0;
        double change = is_medoid(p->medoid, p->k, c) ? 0 : swap_of(p, c, &i);
        if (change < best) {
            best = change;
            taken = i;
            by = c;
        }
    }
    if (taken >= 0) {
        p->medoid[taken] = by;
    }
    return taken >= 0;
}

double pp__medoids_swap(const double *D, int m, int k, int32_t *medoid, double *space) {
    pam p = {.D = D, .m = m, .k = k, .medoid = medoid, .first = space};
    p.second = space + m;
    p.owner = (int32_t *)(void *)(space + 2 * (int64_t)m);
    double sum = assign(&p);
    for (int i = 0; i < MOST_SWAPS && swap(&p, sum); i++) {
        sum = assign(&p);
    }
    return sum;
}

int pp__medoids_nearest(const double *D, int64_t n, int32_t point, const int32_t *medoid,
                        int k) {
    int best = 0;
    for (int i = 1; i < k; i++) {
        best = D[point * n + medoid[i]] < D[point * n + medoid[best]] ? i : best;
    }
    return best;
}

static double silhouette(const double *sum, const int64_t *size, int own, int k) {
    double inside, other = INFINITY;
    if (size[own] < 2) {
        return 0;
    }
    inside = sum[own] / (double)(size[own] - 1);
    for (int c = 0; c < k; c++) {
        other = c != own && size[c] > 0 ? fmin(other, sum[c] / (double)size[c]) : other;
    }
    double larger = fmax(inside, other);
    return larger > 0 && isfinite(larger) ? (other - inside) / larger : 0;
}

void pp__silhouettes(const double *D, int64_t n, const int32_t *cluster, int k,
                     double *sum, double *out) {
    int64_t size[MOST_MEDOIDS] = {0};
    for (int64_t i = 0; i < n; i++) {
        size[cluster[i]]++;
    }
    for (int64_t i = 0; i < n; i++) {
        memset(sum, 0, (size_t)k * sizeof *sum);
        for (int64_t j = 0; j < n; j++) {
            sum[cluster[j]] += D[i * n + j];
        }
        out[i] = silhouette(sum, size, cluster[i], k);
    }
}

static double pairs(double n) {
    return n * (n - 1) / 2;
}

double pp__adjusted_rand(const int32_t *x, int a, const int32_t *y, int b, int64_t n,
                         double *table) {
    double together = 0, in_x = 0, in_y = 0;
    memset(table, 0, (size_t)a * (size_t)b * sizeof *table);
    for (int64_t i = 0; i < n; i++) {
        table[x[i] * b + y[i]]++;
    }
    for (int i = 0; i < a; i++) {
        double row = 0;
        for (int j = 0; j < b; j++) {
            row += table[i * b + j];
            together += pairs(table[i * b + j]);
        }
        in_x += pairs(row);
    }
    for (int j = 0; j < b; j++) {
        double column = 0;
        for (int i = 0; i < a; i++) {
            column += table[i * b + j];
        }
        in_y += pairs(column);
    }
    double expected = in_x * in_y / pairs((double)n), most = (in_x + in_y) / 2;
    return most > expected ? (together - expected) / (most - expected) : NAN;
}
