#include "evidence/agreement_match.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

const char *pp__matching_name(pp__matching matching) {
    static const char *const names[PP__MATCHINGS] = {"place, family, status",
                                                     "place, family", "place, status"};
    return names[matching];
}

int pp__agreement_status_number(const pp__claim *claim) {
    return claim->group != PP__GROUP_NONE ? (int)claim->group
           : claim->status == PP__DENIED  ? PP__GROUPS + 1
                                          : PP__GROUPS;
}

const char *pp__agreement_status(const pp__claim *claim) {
    return claim->group != PP__GROUP_NONE ? pp__group_name(claim->group)
           : claim->status == PP__DENIED  ? "denied"
                                          : "ended";
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts and keeps one of each. */
static int64_t make_unique(const char **texts, int64_t n) {
    if (n > 1) {
        qsort(texts, (size_t)n, sizeof *texts, by_text);
    }
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (kept == 0 || strcmp(texts[kept - 1], texts[i]) != 0) {
            texts[kept++] = texts[i];
        }
    }
    return kept;
}

/* The countries in which a coder has a claim, or made a query: sorted, each once. */
typedef struct code_list {
    const char **codes;
    int64_t n;
} code_list;

static pp_status claimed_by(const pp__claims *claims, const char *coder, pp_arena *arena,
                            code_list *out, pp_error *err) {
    out->n = 0;
    out->codes = pp_arena_alloc(arena, claims->n, sizeof *out->codes);
    PP_NEED(out->codes, err);
    for (int64_t i = 0; i < claims->n; i++) {
        if (strcmp(claims->rows[i].coder, coder) == 0) {
            out->codes[out->n++] = claims->rows[i].country;
        }
    }
    out->n = make_unique(out->codes, out->n);
    return PP_OK;
}

static int has_queries(const pp_column *queries, int64_t row) {
    if (pp_column_is_missing(queries, row)) {
        return 0;
    }
    return queries->type == PP_NUMBER
               ? queries->number[row] > 0
               : strcmp(pp_column_get_text(queries, row), "0") != 0;
}

static pp_status searched_by(const pp_table *searches, const char *coder, pp_arena *arena,
                             code_list *out, pp_error *err) {
    pp_column *country, *who, *queries;
    PP_TRY(pp_table_require(searches, "country", &country, err));
    PP_TRY(pp_table_require(searches, "coder", &who, err));
    PP_TRY(pp_table_require(searches, "targeted_queries_at_least", &queries, err));
    out->n = 0;
    out->codes = pp_arena_alloc(arena, pp_table_rows(searches), sizeof *out->codes);
    PP_NEED(out->codes, err);
    for (int64_t i = 0; i < pp_table_rows(searches); i++) {
        const char *code = pp_column_get_text(country, i),
                   *by = pp_column_get_text(who, i);
        if (code && by && strcmp(by, coder) == 0 && has_queries(queries, i)) {
            out->codes[out->n++] = code;
        }
    }
    out->n = make_unique(out->codes, out->n);
    return PP_OK;
}

static pp_status copy_codes(const char *const *codes, pp_arena *arena, const char ***out,
                            pp_error *err) {
    int64_t n = 0;
    while (codes[n]) {
        n++;
    }
    *out = pp_arena_zalloc(arena, n + 1, sizeof **out);
    PP_NEED(*out, err);
    memcpy(*out, codes, (size_t)n * sizeof **out);
    (*out)[make_unique(*out, n)] = NULL;
    return PP_OK;
}

pp_status pp__overlap(const pp__claims *claims, const pp_agreement_options *options,
                      const char *const coders[2], pp_arena *arena, const char ***out,
                      pp_error *err) {
    if (options->countries) {
        return copy_codes(options->countries, arena, out, err);
    }
    code_list of[2];
    for (int c = 0; c < 2; c++) {
        PP_TRY(options->searches
                   ? searched_by(options->searches, coders[c], arena, &of[c], err)
                   : claimed_by(claims, coders[c], arena, &of[c], err));
    }
    const char **both = pp_arena_zalloc(arena, of[0].n + 1, sizeof *both);
    PP_NEED(both, err);
    int64_t n = 0;
    for (int64_t i = 0; i < of[0].n; i++) {
        if (of[1].n && bsearch(&of[0].codes[i], of[1].codes, (size_t)of[1].n,
                               sizeof *both, by_text)) {
            both[n++] = of[0].codes[i];
        }
    }
    *out = both;
    return PP_OK;
}

/* A claim and the key of its unit. */
typedef struct keyed {
    const char *key;
    const pp__claim *claim;
} keyed;

static int by_key(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    order = order ? order : strcmp(x->claim->coder, y->claim->coder);
    return order ? order : strcmp(x->claim->id, y->claim->id);
}

static const char *unit_key(const pp__claim *c, pp__matching matching, pp_arena *arena) {
    int family = matching == PP__BY_STATUS ? 0 : c->family;
    int status = matching == PP__BY_FAMILY ? 0 : pp__agreement_status_number(c);
    return pp_arena_printf(arena, "%s/%s/%02d/%d", c->country, c->place_slug, family,
                           status);
}

static int is_among(const char *const *codes, const char *code) {
    while (*codes && strcmp(*codes, code) != 0) {
        codes++;
    }
    return *codes != NULL;
}

/* The claims to compare, sorted by unit, then coder. */
static pp_status sort_by_unit(const pp__claims *claims, const char *const *countries,
                              const char *const coders[2], pp__matching matching,
                              pp_arena *arena, keyed **out, int64_t *n, pp_error *err) {
    keyed *rows = pp_arena_alloc(arena, claims->n, sizeof *rows);
    PP_NEED(rows, err);
    *n = 0;
    for (int64_t i = 0; i < claims->n; i++) {
        const pp__claim *c = &claims->rows[i];
        int by_either =
            strcmp(c->coder, coders[0]) == 0 || strcmp(c->coder, coders[1]) == 0;
        if (by_either && is_among(countries, c->country)) {
            rows[*n] = (keyed){unit_key(c, matching, arena), c};
            PP_NEED(rows[*n].key, err);
            ++*n;
        }
    }
    if (*n > 1) {
        qsort(rows, (size_t)*n, sizeof *rows, by_key);
    }
    *out = rows;
    return PP_OK;
}

pp_status pp__units_match(const pp__claims *claims, const char *const *countries,
                          const char *const coders[2], pp__matching matching,
                          pp_arena *arena, pp__units *out, pp_error *err) {
    keyed *rows = NULL;
    int64_t n = 0;
    PP_TRY(sort_by_unit(claims, countries, coders, matching, arena, &rows, &n, err));
    const pp__claim **sorted = pp_arena_alloc(arena, n, sizeof *sorted);
    pp__unit *units = pp_arena_zalloc(arena, n, sizeof *units);
    PP_NEED(sorted && units, err);
    *out = (pp__units){units, 0};
    for (int64_t i = 0; i < n; i++) {
        sorted[i] = rows[i].claim;
        if (i == 0 || strcmp(rows[i - 1].key, rows[i].key) != 0) {
            out->n++;
        }
        pp__unit *unit = &units[out->n - 1];
        int coder = strcmp(sorted[i]->coder, coders[0]) != 0;
        if (unit->n[coder]++ == 0) {
            unit->claims[coder] = sorted + i;
        }
    }
    return PP_OK;
}
