/* What the evidence leaves open, country by country. */
#include <pushpull/worklist.h>

#include "base/check.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CLAIMS = 8, MOST_SOURCES = 3 };

typedef struct entry {
    const char *key;
    int64_t row;
} entry;

typedef struct index_of {
    entry *entries;
    int64_t n;
} index_of;

typedef struct finder {
    const pp_table *outcomes, *adoptions, *claims, *sources;
    index_of by_adoption, by_claim, by_source;
    int first_year, last_year;
    pp_table *out;
    pp_error *err;
} finder;

/* ---- looking up ---- */

static int compare_entries(const void *a, const void *b) {
    const entry *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static pp_status build_index(const pp_table *table, const char *name, pp_arena *arena,
                             index_of *out, pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_require(table, name, &column, err));
    out->entries = pp_arena_alloc(arena, pp_table_rows(table), sizeof *out->entries);
    PP_NEED(out->entries, err);
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        const char *key =
            column->type == PP_NUMBER ? NULL : pp_column_get_text(column, row);
        if (key) {
            out->entries[out->n++] = (entry){key, row};
        }
    }
    if (out->n > 0) {
        qsort(out->entries, (size_t)out->n, sizeof *out->entries, compare_entries);
    }
    return PP_OK;
}

/* The row of a key; -1: there is none. */
static int64_t look_up(const index_of *index, const char *key) {
    int64_t low = 0, high = index->n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (strcmp(index->entries[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < index->n && strcmp(index->entries[low].key, key) == 0
               ? index->entries[low].row
               : -1;
}

static const char *text_at(const pp_table *t, const char *name, int64_t row) {
    const pp_column *c = pp_table_find(t, name);
    const char *text = c && c->type != PP_NUMBER ? pp_column_get_text(c, row) : NULL;
    return text ? text : "";
}

static double number_at(const pp_table *t, const char *name, int64_t row) {
    const pp_column *c = pp_table_find(t, name);
    return c && c->type == PP_NUMBER ? c->number[row] : NAN;
}

static int has_word(const char *list, const char *word) {
    size_t n = strlen(word);
    for (const char *s = list; (s = strstr(s, word)) != NULL; s += n) {
        if ((s == list || s[-1] == ',' || s[-1] == ' ') &&
            (s[n] == '\0' || s[n] == ',' || s[n] == ' ')) {
            return 1;
        }
    }
    return 0;
}

/* ---- claims and their pages ---- */

typedef struct links {
    pp_buf claims, url;
    int n, n_url;
} links;

static void add_claim(const finder *f, const char *id, links *to) {
    int64_t row = look_up(&f->by_claim, id);
    if (row < 0 || to->n == MOST_CLAIMS ||
        has_word(to->claims.data ? to->claims.data : "", id)) {
        return;
    }
    pp_buf_printf(&to->claims, "%s%s", to->n++ ? " " : "", id);
    int64_t source = look_up(&f->by_source, text_at(f->claims, "source_id", row));
    const char *url = source < 0 ? "" : text_at(f->sources, "url", source);
    if (*url && to->n_url < MOST_SOURCES &&
        !(to->url.data && strstr(to->url.data, url))) {
        pp_buf_printf(&to->url, "%s%s", to->n_url++ ? " " : "", url);
    }
}

/* The claims of an adoption: ids parted by spaces. */
static void add_adoption(const finder *f, const char *adoption, links *to) {
    int64_t row = look_up(&f->by_adoption, adoption);
    const char *at = row < 0 ? "" : text_at(f->adoptions, "claims", row);
    while (*at) {
        char id[128];
        size_t length = strcspn(at, " ");
        if (length > 0 && length < sizeof id) {
            memcpy(id, at, length);
            id[length] = '\0';
            add_claim(f, id, to);
        }
        at += length + (at[length] == ' ');
    }
}

/* The claims of a country whose supplier is not known. */
static void add_unknown(const finder *f, const char *country, links *to) {
    for (int64_t row = 0; row < pp_table_rows(f->claims) && to->n < MOST_CLAIMS; row++) {
        const char *home = text_at(f->claims, "vendor_home", row);
        if (strcmp(text_at(f->claims, "country", row), country) == 0 &&
            (!*home || strcmp(home, "unknown") == 0)) {
            add_claim(f, text_at(f->claims, "claim_id", row), to);
        }
    }
}

/* ---- candidates ---- */

static pp_status put(const finder *f, int64_t row, const char *name, const char *text) {
    return pp_column_set_text(f->out, pp_table_find(f->out, name), row,
                              text && *text ? text : NULL, f->err);
}

static pp_status add_row(const finder *f, int64_t country, const char *field,
                         const char *reason, double earliest, double latest,
                         const links *to) {
    int64_t row;
    PP_TRY(pp_table_append(f->out, &row, f->err));
    PP_TRY(put(f, row, "unit", text_at(f->outcomes, "country", country)));
    PP_TRY(put(f, row, "name", text_at(f->outcomes, "name", country)));
    PP_TRY(put(f, row, "field", field));
    PP_TRY(put(f, row, "reason", reason));
    pp_table_find(f->out, "earliest")->number[row] = earliest;
    pp_table_find(f->out, "latest")->number[row] = latest;
    PP_TRY(put(f, row, "claims", to->claims.data));
    return put(f, row, "url", to->url.data);
}

static const char *reason_of_date(double earliest, const char *conflict) {
    return has_word(conflict, "dates") ? "claims of its date are in conflict"
           : isnan(earliest)           ? "only an upper bound of its date is known"
                                       : "its date is known as an interval";
}

/* NULL: nothing to confirm. */
static const char *reason_of_doubt(const finder *f, int64_t country,
                                   const char *conflict) {
    int64_t first = look_up(&f->by_adoption, text_at(f->outcomes, "first", country));
    int low =
        first >= 0 && strcmp(text_at(f->adoptions, "confidence", first), "low") == 0;
    int alone = number_at(f->outcomes, "n_stories", country) == 1;
    return has_word(conflict, "denied") && alone ? "one source, and another denies it"
           : has_word(conflict, "ended_only") && alone
               ? "one source, of an end of use alone"
           : low && alone ? "one source of low confidence"
                          : NULL;
}

static pp_status add_adopted(const finder *f, int64_t country, links *to) {
    double earliest = number_at(f->outcomes, "earliest_year", country);
    double latest = number_at(f->outcomes, "latest_year", country);
    const char *conflict = text_at(f->outcomes, "conflict", country);
    const char *doubt = reason_of_doubt(f, country, conflict);
    add_adoption(f, text_at(f->outcomes, "first", country), to);
    if (latest < f->first_year || earliest > f->last_year) {
        return PP_OK;
    }
    if (earliest != latest) {
        PP_TRY(add_row(f, country, "date", reason_of_date(earliest, conflict), earliest,
                       latest, to));
    }
    return doubt ? add_row(f, country, "confirmation", doubt, earliest, latest, to)
                 : PP_OK;
}

static pp_status add_country(const finder *f, int64_t country, links *to) {
    const char *outcome = text_at(f->outcomes, "outcome", country);
    if (strcmp(outcome, "adopted") == 0) {
        return add_adopted(f, country, to);
    }
    if (strcmp(outcome, "supplier_unknown") == 0) {
        add_unknown(f, text_at(f->outcomes, "country", country), to);
        return add_row(f, country, "supplier", "a platform whose supplier is not known",
                       number_at(f->outcomes, "unknown_earliest_year", country),
                       number_at(f->outcomes, "unknown_latest_year", country), to);
    }
    return strcmp(outcome, "not_searched") == 0
               ? add_row(f, country, "search", "never searched", NAN, NAN, to)
               : PP_OK;
}

static int is_excluded(const char *const *excluded, const char *country) {
    for (; excluded && *excluded; excluded++) {
        if (strcmp(*excluded, country) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status open_table(finder *f) {
    static const char *const texts[] = {"unit", "name", "field", "reason"};
    static const char *const years[] = {"earliest", "latest"};
    static const char *const last[] = {"claims", "url"};
    PP_TRY(pp_table_new(&f->out, f->err));
    for (int i = 0; i < 4; i++) {
        PP_TRY(pp_table_add(f->out, PP_TEXT, texts[i], NULL, f->err));
    }
    for (int i = 0; i < 2; i++) {
        PP_TRY(pp_table_add(f->out, PP_NUMBER, years[i], NULL, f->err));
        pp_table_find(f->out, years[i])->show = PP_SHOW_YEAR;
    }
    for (int i = 0; i < 2; i++) {
        PP_TRY(pp_table_add(f->out, PP_TEXT, last[i], NULL, f->err));
    }
    return PP_OK;
}

static pp_status need_table(const pp_result *adoption, const char *name,
                            const pp_table **out, pp_error *err) {
    *out = pp_result_find(adoption, name);
    return *out ? PP_OK
                : pp_error_set(err, PP_E_NOT_FOUND, "the adoptions have no table '%s'",
                               name);
}

static pp_status find_all(finder *f, const pp_result *adoption,
                          const char *const *excluded, pp_arena *arena) {
    pp_column *country;
    PP_TRY(need_table(adoption, "outcomes", &f->outcomes, f->err));
    PP_TRY(need_table(adoption, "adoptions", &f->adoptions, f->err));
    PP_TRY(pp_table_require(f->outcomes, "country", &country, f->err));
    PP_TRY(build_index(f->adoptions, "adoption", arena, &f->by_adoption, f->err));
    PP_TRY(build_index(f->claims, "claim_id", arena, &f->by_claim, f->err));
    PP_TRY(build_index(f->sources, "source_id", arena, &f->by_source, f->err));
    PP_TRY(open_table(f));
    for (int64_t row = 0; row < pp_table_rows(f->outcomes); row++) {
        links to = {0};
        pp_status status = PP_OK;
        if (is_excluded(excluded, text_at(f->outcomes, "country", row))) {
            continue;
        }
        pp_buf_init(&to.claims);
        pp_buf_init(&to.url);
        status = add_country(f, row, &to);
        status = status == PP_OK ? pp_buf_check(&to.claims, f->err) : status;
        status = status == PP_OK ? pp_buf_check(&to.url, f->err) : status;
        pp_buf_clear(&to.claims);
        pp_buf_clear(&to.url);
        PP_TRY(status);
    }
    return PP_OK;
}

pp_status pp_worklist_candidates(const pp_result *adoption, const pp_table *claims,
                                 const pp_table *sources, const char *const *excluded,
                                 int first_year, int last_year, pp_table **out,
                                 pp_error *err) {
    finder f = {.claims = claims,
                .sources = sources,
                .first_year = first_year,
                .last_year = last_year,
                .err = err};
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status = find_all(&f, adoption, excluded, &arena);
    pp_arena_clear(&arena);
    if (status != PP_OK) {
        pp_table_free(f.out);
        f.out = NULL;
    }
    *out = f.out;
    return status;
}
