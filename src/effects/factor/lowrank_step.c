/* One complete matrix: its effects, and its nearest matrix of low rank, by the eigenvectors of the smaller
   of its two matrices of products. */
#include "effects/factor/lowrank.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

static int order_of(const pp__lowrank_problem *p) {
    return p->units < p->periods ? p->units : p->periods;
}

pp_status pp__lowrank_space_init(const pp__lowrank_problem *p, pp_arena *arena,
                                 pp__lowrank_space *out, pp_error *err) {
    int64_t k = order_of(p);
    out->gram = pp_arena_alloc(arena, k * k + 5 * k, sizeof *out->gram);
    PP_NEED(out->gram, err);
    out->values = out->gram + k * k;
    out->work = out->values + k;
    return PP_OK;
}

void pp__lowrank_centre(const pp__lowrank_problem *p, double *W, pp__lowrank *out) {
    double sum = 0;
    memset(out->time, 0, (size_t)p->periods * sizeof *out->time);
    for (int i = 0; i < p->units; i++) {
        const double *w = W + (int64_t)i * p->periods;
        double own = 0;
        for (int t = 0; t < p->periods; t++) {
            own += w[t];
            out->time[t] += w[t];
        }
        out->unit[i] = own / p->periods;
        sum += own;
    }
    out->mean = sum / p->units / p->periods;
    for (int i = 0; i < p->units; i++) {
        out->unit[i] = p->unit_effects ? out->unit[i] - out->mean : 0;
    }
    for (int t = 0; t < p->periods; t++) {
        out->time[t] = p->time_effects ? out->time[t] / p->units - out->mean : 0;
    }
    for (int i = 0; i < p->units; i++) {
        double *w = W + (int64_t)i * p->periods, level = out->mean + out->unit[i];
        for (int t = 0; t < p->periods; t++) {
            w[t] -= level + out->time[t];
        }
    }
}

/* W'W, or W W' where there are fewer units than periods; lower triangle. */
static void multiply(const pp__lowrank_problem *p, const double *W, double *gram) {
    int64_t k = order_of(p), periods = p->periods;
    memset(gram, 0, (size_t)(k * k) * sizeof *gram);
    for (int64_t i = 0; p->units >= p->periods && i < p->units; i++) {
        const double *w = W + i * periods;
        for (int64_t s = 0; s < periods; s++) {
            double *column = gram + s * k, factor = w[s];
            for (int64_t t = s; t < periods; t++) {
                column[t] += factor * w[t];
            }
        }
    }
    for (int64_t i = 0; p->units < p->periods && i < p->units; i++) {
        for (int64_t j = i; j < p->units; j++) {
            gram[j + i * k] = pp__dot(periods, W + i * periods, W + j * periods);
        }
    }
}

/* Of an eigenvector, the factor (mean square one) and the loadings that go with it; the sign makes the
   factor's largest value positive. */
static void make_factor(const pp__lowrank_problem *p, const double *W, const double *v,
                        double value, double *factor, double *loading) {
    double root = sqrt((double)p->periods), largest = 0;
    if (p->units >= p->periods) {
        memcpy(factor, v, (size_t)p->periods * sizeof *factor);
    } else {
        memset(factor, 0, (size_t)p->periods * sizeof *factor);
        for (int i = 0; i < p->units; i++) {
            for (int t = 0; t < p->periods; t++) {
                factor[t] += v[i] * W[(int64_t)i * p->periods + t] / value;
            }
        }
    }
    for (int t = 0; t < p->periods; t++) {
        largest = fabs(factor[t]) > fabs(largest) + 1e-9 ? factor[t] : largest;
    }
    for (int t = 0; t < p->periods; t++) {
        factor[t] *= largest < 0 ? -root : root;
    }
    for (int i = 0; i < p->units; i++) {
        const double *w = W + (int64_t)i * p->periods;
        loading[i] = pp__dot(p->periods, w, factor) / p->periods;
    }
}

static void put_product(const pp__lowrank_problem *p, const pp__lowrank *out, double *W) {
    memset(W, 0, (size_t)p->units * (size_t)p->periods * sizeof *W);
    for (int j = 0; j < out->rank; j++) {
        const double *factor = out->factor + (int64_t)j * p->periods;
        for (int i = 0; i < p->units; i++) {
            double own = out->loading[(int64_t)j * p->units + i];
            double *w = W + (int64_t)i * p->periods;
            for (int t = 0; t < p->periods; t++) {
                w[t] += own * factor[t];
            }
        }
    }
}

double pp__lowrank_shrink(const pp__lowrank_problem *p, const pp__lowrank_space *space,
                          double *W, pp__lowrank *out) {
    int k = order_of(p), most = p->rank < 0 || p->rank > k ? k : p->rank;
    double norm = 0, none = 0;
    out->rank = 0;
    if (most > 0) {
        multiply(p, W, space->gram);
        if (pp__eigen(k, space->gram, space->values, space->work) != 0) {
            return NAN;
        }
        none = 1e-14 * sqrt(fmax(space->values[k - 1], 0));
    }
    for (int j = 0; j < most; j++) {
        double value = sqrt(fmax(space->values[k - 1 - j], 0));
        double left = p->rank < 0 ? value - p->threshold : value;
        double *loading = out->loading + (int64_t)j * p->units;
        if (!(left > none)) {
            break;
        }
        make_factor(p, W, space->gram + (int64_t)(k - 1 - j) * k, value,
                    out->factor + (int64_t)j * p->periods, loading);
        for (int i = 0; i < p->units; i++) {
            loading[i] *= left / value;
        }
        out->value[out->rank++] = left;
        norm += left;
    }
    put_product(p, out, W);
    return norm;
}
