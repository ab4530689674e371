#include "model/inference/wild_effects.h"

#include "base/check.h"
#include "model/linalg.h"

#include <string.h>

enum { MOST_LEVELS = 3000 };

/* Whether each group lies in one cluster. */
static pp_status lies_within(const pp__grouping *group, const pp__clusters *clusters,
                             int64_t n, int *within, pp_error *err) {
    int32_t *of_group = pp_malloc(group->levels, sizeof *of_group);
    PP_NEED(of_group, err);
    memset(of_group, -1, (size_t)group->levels * sizeof *of_group);
    *within = 1;
    for (int64_t i = 0; i < n && *within; i++) {
        int32_t *seen = &of_group[group->code[i]], cluster = clusters->of[i];
        *within = *seen < 0 || *seen == cluster;
        *seen = cluster;
    }
    pp_free(of_group);
    return PP_OK;
}

/* The largest effect that lies within clusters is eliminated; the others are listed. */
static pp_status sort_effects(const pp_fit *fit, const pp__clusters *clusters,
                              pp__wild_effects *out, const pp__grouping **inner,
                              pp_error *err) {
    const pp__companions *with = &fit->design->with;
    *inner = NULL;
    for (int e = 0; e < with->n_effects; e++) {
        int within = 0;
        PP_TRY(lies_within(&with->effect[e], clusters, fit->design->n, &within, err));
        if (within && (!*inner || (*inner)->levels < with->effect[e].levels)) {
            *inner = &with->effect[e];
        }
    }
    for (int e = 0; e < with->n_effects; e++) {
        if (&with->effect[e] != *inner) {
            out->effect[out->n] = &with->effect[e];
            out->offset[out->n++] = out->levels;
            out->levels += with->effect[e].levels;
        }
    }
    return PP_OK;
}

/* ---- cross products ---- */

typedef struct crossing {
    const pp__wild_effects *e;
    const double *weight; /* of rows; NULL: 1 */
    double *M;            /* lower triangle */
} crossing;

static void add_row(const crossing *c, int64_t i) {
    double weight = c->weight ? c->weight[i] : 1;
    for (int a = 0; a < c->e->n; a++) {
        int64_t row = c->e->offset[a] + c->e->effect[a]->code[i];
        for (int b = 0; b <= a; b++) {
            int64_t column = c->e->offset[b] + c->e->effect[b]->code[i];
            c->M[row + column * c->e->levels] += weight;
        }
    }
}

/* Rows in the order of their groups. */
static pp_status order_rows(const pp__grouping *group, int64_t n, int64_t **begin,
                            int64_t **row, pp_arena *arena, pp_error *err) {
    *begin = pp_arena_zalloc(arena, group->levels + 1, sizeof **begin);
    PP_NEED(*begin, err);
    *row = pp_arena_alloc(arena, n, sizeof **row);
    PP_NEED(*row, err);
    for (int64_t i = 0; i < n; i++) {
        (*begin)[group->code[i] + 1]++;
    }
    for (int32_t g = 0; g < group->levels; g++) {
        (*begin)[g + 1] += (*begin)[g];
    }
    for (int64_t i = 0; i < n; i++) {
        (*row)[(*begin)[group->code[i]]++] = i;
    }
    memmove(*begin + 1, *begin, (size_t)group->levels * sizeof **begin);
    (*begin)[0] = 0;
    return PP_OK;
}

/* Takes from M what one group accounts for: the outer product of its sums by level, over
   its weight. `sum` is zero before and after; `met` lists the levels. */
static void eliminate_group(const crossing *c, const int64_t *row, int64_t n, double *sum,
                            int64_t *met) {
    int64_t levels = 0;
    double total = 0;
    for (int64_t r = 0; r < n; r++) {
        double weight = c->weight ? c->weight[row[r]] : 1;
        total += weight;
        for (int a = 0; a < c->e->n && weight > 0; a++) {
            int64_t level = c->e->offset[a] + c->e->effect[a]->code[row[r]];
            if (sum[level] == 0) {
                met[levels++] = level;
            }
            sum[level] += weight;
        }
    }
    for (int64_t a = 0; a < levels; a++) {
        for (int64_t b = 0; b < levels; b++) {
            if (met[a] >= met[b]) {
                c->M[met[a] + met[b] * c->e->levels] -= sum[met[a]] * sum[met[b]] / total;
            }
        }
    }
    for (int64_t a = 0; a < levels; a++) {
        sum[met[a]] = 0;
    }
}

static pp_status eliminate(const crossing *c, const pp__grouping *inner, int64_t n,
                           pp_arena *arena, pp_error *err) {
    int64_t *begin, *row;
    if (!inner) {
        return PP_OK;
    }
    PP_TRY(order_rows(inner, n, &begin, &row, arena, err));
    double *sum = pp_arena_zalloc(arena, c->e->levels, sizeof *sum);
    PP_NEED(sum, err);
    int64_t *met = pp_arena_alloc(arena, c->e->levels, sizeof *met);
    PP_NEED(met, err);
    for (int32_t g = 0; g < inner->levels; g++) {
        eliminate_group(c, row + begin[g], begin[g + 1] - begin[g], sum, met);
    }
    return PP_OK;
}

/* Levels that the others span go, one after the other, until a factor exists. */
static void factorise(pp__wild_effects *e, const double *M) {
    int64_t L = e->levels;
    for (;;) {
        memcpy(e->factor, M, (size_t)(L * L) * sizeof *M);
        for (int64_t j = 0; j < L; j++) {
            for (int64_t i = j; i < L; i++) {
                if (e->spare[i] || e->spare[j]) {
                    e->factor[i + j * L] = i == j;
                }
            }
        }
        int pivot = pp__cholesky((int)L, e->factor, 1e-10);
        if (pivot == L) {
            return;
        }
        e->spare[pivot] = 1;
    }
}

pp_status pp__wild_effects_make(const pp_fit *fit, const pp__clusters *clusters,
                                pp_arena *arena, pp__wild_effects *out, pp_error *err) {
    const pp__grouping *inner;
    int64_t n = fit->design->n;
    *out = (pp__wild_effects){0};
    PP_TRY(sort_effects(fit, clusters, out, &inner, err));
    if (out->levels > MOST_LEVELS) {
        pp_error_set(err, PP_E_UNSUPPORTED,
                     "%lld levels of fixed effects cut across the clusters: too many for "
                     "the wild bootstrap",
                     (long long)out->levels);
        pp_error_hint(err, "draw by clusters in which the largest effect lies");
        return PP_E_UNSUPPORTED;
    }
    if (out->n == 0) {
        return PP_OK;
    }
    int64_t size = out->levels * out->levels;
    double *M = pp_arena_zalloc(arena, 2 * size, sizeof *M);
    PP_NEED(M, err);
    out->factor = M + size;
    out->spare = pp_arena_zalloc(arena, out->levels, 1);
    PP_NEED(out->spare, err);
    const crossing c = {out, fit->design->with.weight, M};
    for (int64_t i = 0; i < n; i++) {
        add_row(&c, i);
    }
    PP_TRY(eliminate(&c, inner, n, arena, err));
    factorise(out, M);
    return PP_OK;
}

void pp__wild_effects_add(const pp__wild_effects *e, int64_t i, double value,
                          double *sums) {
    for (int a = 0; a < e->n; a++) {
        sums[e->offset[a] + e->effect[a]->code[i]] += value;
    }
}

void pp__wild_effects_solve(const pp__wild_effects *e, double *products) {
    for (int64_t l = 0; l < e->levels; l++) {
        products[l] = e->spare[l] ? 0 : products[l];
    }
    pp__forward((int)e->levels, e->factor, products);
    pp__backward((int)e->levels, e->factor, products);
}
