#include "unseen/lists_hierarchy.h"

#include "base/check.h"
#include "base/parallel.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64, BLOCK = 64 };

/* ---- names ---- */

/* By size, largest first, then as their digits are read. */
static int compare_sets(const void *a, const void *b) {
    unsigned x = (unsigned)*(const int *)a, y = (unsigned)*(const int *)b;
    int size = pp__bits(y) - pp__bits(x);
    unsigned differ = x ^ y;
    return size ? size : x & differ & (0U - differ) ? -1 : 1;
}

static int is_generator(uint64_t sets, int set, int cells) {
    for (int s = 1; s < cells; s++) {
        if ((sets >> s & 1) && s != set && (s & set) == set) {
            return 0;
        }
    }
    return 1;
}

const char *pp__generators_name(uint64_t sets, int lists, pp_arena *arena) {
    int set[1 << PP__MOST_INTERACTING] = {0}, n = 0, cells = 1 << lists;
    pp_buf text;
    pp_buf_init(&text);
    for (int s = 1; s < cells; s++) {
        if ((sets >> s & 1) && is_generator(sets, s, cells)) {
            set[n++] = s;
        }
    }
    qsort(set, (size_t)n, sizeof *set, compare_sets);
    for (int i = 0; i < n; i++) {
        pp_buf_add_char(&text, i ? ',' : '[');
        for (int l = 0; l < lists; l++) {
            if (set[i] >> l & 1) {
                pp_buf_add_char(&text, (char)('1' + l));
            }
        }
    }
    pp_buf_add_char(&text, ']');
    const char *name = text.failed ? NULL : pp_arena_strdup(arena, text.data);
    pp_buf_clear(&text);
    return name;
}

/* ---- which models there are ---- */

typedef struct search {
    int sets[1 << PP__MOST_INTERACTING], n; /* of two lists or more, small ones first */
    uint64_t *found;
    int64_t n_found, room;
    pp_error *err;
} search;

/* All that a set has less one list are in. */
static int is_allowed(uint64_t terms, int set) {
    for (int left = set; left; left &= left - 1) {
        if (!(terms >> (set ^ (left & -left)) & 1)) {
            return 0;
        }
    }
    return 1;
}

static pp_status keep_model(search *s, uint64_t terms) {
    if (s->n_found == s->room) {
        int64_t room = s->room ? 2 * s->room : 256;
        uint64_t *more = pp_realloc(s->found, room, sizeof *more);
        PP_NEED(more, s->err);
        s->found = more;
        s->room = room;
    }
    s->found[s->n_found++] = terms;
    return PP_OK;
}

static pp_status extend(search *s, int at, uint64_t terms) {
    if (at == s->n) {
        return keep_model(s, terms);
    }
    PP_TRY(extend(s, at + 1, terms));
    return is_allowed(terms, s->sets[at])
               ? extend(s, at + 1, terms | (uint64_t)1 << s->sets[at])
               : PP_OK;
}

static pp_status find_models(int lists, int order, search *s) {
    uint64_t terms = 1;
    for (int i = 0; i < lists; i++) {
        terms |= (uint64_t)1 << (1 << i);
    }
    for (int size = 2; size <= order; size++) {
        for (int set = 1; set < 1 << lists; set++) {
            if (pp__bits((unsigned)set) == size) {
                s->sets[s->n++] = set;
            }
        }
    }
    return extend(s, 0, terms);
}

/* ---- fits ---- */

pp_status pp__hierarchy_cells(uint64_t terms, int lists, pp_arena *arena, pp__cells *out,
                              pp_error *err) {
    int cells = 1 << lists, *term = pp_arena_alloc(arena, cells, sizeof *term);
    PP_NEED(term, err);
    *out = (pp__cells){.cells = cells, .first = 1, .lists = lists, .term = term};
    for (int s = 0; s < cells; s++) {
        if (terms >> s & 1) {
            term[out->k++] = s;
        }
    }
    return PP_OK;
}

typedef struct fits {
    const pp__histories *h;
    const uint64_t *terms;
    pp__number *number;
    double level;
    int64_t models, first; /* the first of this block's chunks */
    pp_status *status;     /* of each chunk of a block */
    pp_error *error;
} fits;

static pp_status fit_one(const fits *f, int64_t i, pp_arena *arena, pp_error *err) {
    pp__cells model;
    pp__cells_fit fit;
    PP_TRY(pp__hierarchy_cells(f->terms[i], f->h->lists, arena, &model, err));
    int independent = model.k == f->h->lists + 1;
    f->number[i] = pp__number_none(NULL, independent ? "by list" : "interacting lists");
    PP_TRY(pp__cells_estimate(&model, f->h->count, arena, &fit, err));
    pp__number_of(f->h, &fit, f->level, &f->number[i]);
    return PP_OK;
}

static void fit_chunk(void *payload, int64_t chunk) {
    fits *f = payload;
    pp_arena arena;
    int64_t from = (f->first + chunk) * CHUNK;
    pp_arena_init(&arena);
    f->status[chunk] = PP_OK;
    for (int64_t i = from; i < from + CHUNK && i < f->models; i++) {
        pp_arena_mark mark = pp_arena_get_mark(&arena);
        f->status[chunk] = fit_one(f, i, &arena, &f->error[chunk]);
        if (f->status[chunk] != PP_OK) {
            break;
        }
        pp_arena_release(&arena, mark);
    }
    pp_arena_clear(&arena);
}

static pp_status fit_all(fits *f, const pp_context *ctx, pp_error *err) {
    pp_status status[BLOCK];
    int64_t chunks = (f->models + CHUNK - 1) / CHUNK;
    pp_error *error = pp_calloc(BLOCK, sizeof *error);
    pp_status outcome = PP_OK;
    PP_NEED(error, err);
    f->status = status;
    f->error = error;
    for (; f->first < chunks && outcome == PP_OK; f->first += BLOCK) {
        int64_t n = chunks - f->first < BLOCK ? chunks - f->first : BLOCK;
        pp__parallel(ctx, n, fit_chunk, f);
        for (int64_t c = 0; c < n && outcome == PP_OK; c++) {
            outcome = status[c];
            if (outcome != PP_OK && err) {
                *err = error[c];
            }
        }
        if (outcome == PP_OK) {
            outcome = pp_progress(ctx, "log-linear models",
                                  (double)(f->first + n) / (double)chunks, err);
        }
    }
    pp_free(error);
    return outcome;
}

/* ---- the best ---- */

typedef struct ranked {
    double bic;
    uint64_t terms;
    int64_t at;
} ranked;

/* Undetermined ones last. */
static int compare_ranked(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->bic != y->bic) {
        return x->bic < y->bic ? -1 : 1;
    }
    return x->terms < y->terms ? -1 : x->terms > y->terms;
}

static pp_status keep_best(const fits *f, ranked *rank, pp_arena *arena,
                           pp__hierarchy *out, pp_error *err) {
    double sum = 0;
    for (int64_t i = 0; i < f->models; i++) {
        int determined = !isnan(f->number[i].estimate);
        rank[i] = (ranked){determined ? f->number[i].bic : INFINITY, f->terms[i], i};
        out->determined += determined;
    }
    qsort(rank, (size_t)f->models, sizeof *rank, compare_ranked);
    out->models = f->models;
    out->n = (int)(out->determined < PP__BEST ? out->determined : PP__BEST);
    for (int64_t i = 0; i < out->determined; i++) {
        sum += exp((rank[0].bic - rank[i].bic) / 2);
    }
    out->terms = pp_arena_alloc(arena, PP__BEST, sizeof *out->terms);
    out->number = pp_arena_alloc(arena, PP__BEST, sizeof *out->number);
    out->weight = pp_arena_alloc(arena, PP__BEST, sizeof *out->weight);
    PP_NEED(out->terms && out->number && out->weight ? out->terms : NULL, err);
    for (int i = 0; i < out->n; i++) {
        out->terms[i] = rank[i].terms;
        out->number[i] = f->number[rank[i].at];
        out->number[i].model = pp__generators_name(rank[i].terms, f->h->lists, arena);
        out->weight[i] = exp((rank[0].bic - rank[i].bic) / 2) / sum;
        PP_NEED(out->number[i].model, err);
    }
    return PP_OK;
}

static pp_status profile_best(const pp__histories *h, double level, int profiled,
                              pp_arena *arena, pp__hierarchy *out, pp_error *err) {
    for (int i = 0; i < out->n && i < profiled; i++) {
        pp__cells model;
        PP_TRY(pp__hierarchy_cells(out->terms[i], h->lists, arena, &model, err));
        PP_TRY(pp__number_profile_cells(&model, h, NULL, NULL, level, arena,
                                        &out->number[i], err));
    }
    return PP_OK;
}

pp_status pp__hierarchy_estimate(const pp__histories *h, int order, double level,
                                 int profiled, const pp_context *ctx, pp_arena *arena,
                                 pp__hierarchy *out, pp_error *err) {
    search s = {.err = err};
    ranked *rank = NULL;
    fits f = {.h = h, .level = level};
    int most = h->lists - 1, usual = h->lists < 6 ? most : 2;
    *out = (pp__hierarchy){0};
    pp_status status =
        find_models(h->lists, order > 0 && order < most ? order : usual, &s);
    if (status == PP_OK) {
        f.terms = s.found;
        f.models = s.n_found;
        f.number = pp_malloc(s.n_found, sizeof *f.number);
        rank = pp_malloc(s.n_found, sizeof *rank);
        status = f.number && rank ? fit_all(&f, ctx, err)
                                  : pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    if (status == PP_OK) {
        status = keep_best(&f, rank, arena, out, err);
    }
    if (status == PP_OK) {
        status = profile_best(h, level, profiled, arena, out, err);
    }
    pp_free(s.found);
    pp_free(f.number);
    pp_free(rank);
    return status;
}
