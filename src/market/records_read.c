/* Adoptions as codes and years, with parents and stated amounts. */
#include "market/records.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int pp__names_find(const pp__names *names, const char *text) {
    if (!text || names->n == 0) {
        return -1;
    }
    const char **at =
        bsearch(&text, names->text, (size_t)names->n, sizeof *names->text, compare_texts);
    return at ? (int)(at - names->text) : -1;
}

pp_status pp__names_make(const char *const *texts, int64_t n, pp_arena *arena,
                         pp__names *out, pp_error *err) {
    int64_t m = 0;
    out->n = 0;
    out->text = pp_arena_alloc(arena, n + 1, sizeof *out->text);
    PP_NEED(out->text, err);
    for (int64_t i = 0; i < n; i++) {
        if (texts[i]) {
            out->text[m++] = texts[i];
        }
    }
    qsort(out->text, (size_t)m, sizeof *out->text, compare_texts);
    for (int64_t i = 0; i < m; i++) {
        if (out->n == 0 || strcmp(out->text[out->n - 1], out->text[i]) != 0) {
            out->text[out->n++] = out->text[i];
        }
    }
    return PP_OK;
}

const char *pp__market_text(const pp_table *table, const char *name, int64_t row) {
    const pp_column *column = pp_table_find(table, name);
    const char *text = column && column->type != PP_NUMBER && row >= 0
                           ? pp_column_get_text(column, row)
                           : NULL;
    return text && *text ? text : NULL;
}

double pp__market_number(const pp_table *table, const char *name, int64_t row) {
    const pp_column *column = pp_table_find(table, name);
    double value = NAN;
    if (column && column->type == PP_NUMBER) {
        return column->number[row];
    }
    const char *text = pp__market_text(table, name, row);
    return text && pp_parse_number(text, &value) ? value : NAN;
}

int pp__market_flag(const pp_table *table, const char *name, int64_t row) {
    const char *word = pp__market_text(table, name, row);
    return pp__market_number(table, name, row) > 0 || (word && strcmp(word, "true") == 0);
}

int pp__market_named_later(const pp_table *adoptions, int64_t row) {
    const char *conflict = pp__market_text(adoptions, "conflict", row);
    return pp__market_flag(adoptions, "ended", row) && conflict &&
           strstr(conflict, "after_end");
}

/* The year that a day of the form 2014-05-01 is of. */
static double year_at(const pp_table *table, const char *name, int64_t row) {
    const char *text = pp__market_text(table, name, row);
    return text ? (double)strtol(text, NULL, 10) : NAN;
}

int64_t pp__market_row(const pp_table *table, const char *name, const char *text) {
    const pp_column *column = table ? pp_table_find(table, name) : NULL;
    for (int64_t i = 0; column && i < pp_table_rows(table); i++) {
        const char *found = pp_column_get_text(column, i);
        if (found && strcmp(found, text) == 0) {
            return i;
        }
    }
    return -1;
}

const char *pp__market_parent(const pp_table *vendors, const char *vendor,
                              pp_error *err) {
    const char *at = vendor;
    int64_t left = vendors ? pp_table_rows(vendors) : 0;
    for (; left >= 0; left--) {
        int64_t row = pp__market_row(vendors, "vendor", at);
        const char *parent = row < 0 ? NULL : pp__market_text(vendors, "parent", row);
        if (!parent) {
            return at;
        }
        at = parent;
    }
    pp_error_set(err, PP_E_INPUT, "the parents of '%s' go in a circle", vendor);
    pp_error_locate(err, NULL, 0, "parent", at);
    pp_error_hint(err, "a parent is another vendor, whose parents do not lead back");
    return NULL;
}

/* ---- one text a row: who, from where, in which place ---- */

typedef struct texts {
    const char **vendor, **supplier, **place, **country, **region, **family;
} texts;

static pp_status open_texts(texts *t, int64_t n, pp_arena *arena, pp_error *err) {
    const char ***each[] = {&t->vendor,  &t->supplier, &t->place,
                            &t->country, &t->region,   &t->family};
    for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
        *each[k] = pp_arena_zalloc(arena, n + 1, sizeof **each[k]);
        PP_NEED(*each[k], err);
    }
    return PP_OK;
}

/* A pending place is known by its name; where no country is known, places stay apart. */
static const char *place_of(pp__market *m, int64_t row) {
    const char *id = pp__market_text(m->adoptions, "place_id", row);
    const char *name = pp__market_text(m->adoptions, "place", row);
    const char *country = pp__market_text(m->adoptions, "country", row);
    if (m->by_country && country) {
        return country;
    }
    return id ? id
              : pp_arena_printf(&m->arena, "%s/%s", country ? country : "",
                                name ? name : "");
}

pp_status pp__market_seller(const pp_table *adoptions, const pp_table *vendors,
                            int64_t row, const char **vendor, const char **supplier,
                            pp_error *err) {
    const char *named = pp__market_text(adoptions, "vendor", row);
    *vendor = NULL;
    *supplier = pp__market_text(adoptions, "supplier", row);
    if (!named || strcmp(named, "unknown") == 0) {
        return PP_OK;
    }
    *vendor = pp__market_parent(vendors, named, err);
    if (!*vendor) {
        return PP_E_INPUT;
    }
    if (strcmp(*vendor, named) != 0) {
        int64_t at = pp__market_row(vendors, "vendor", *vendor);
        const char *home = at < 0 ? NULL : pp__market_text(vendors, "home", at);
        *supplier = home ? home : *supplier;
    }
    return PP_OK;
}

static pp_status read_texts(pp__market *m, texts *t, pp_error *err) {
    int64_t n = pp_table_rows(m->adoptions);
    PP_TRY(open_texts(t, n, &m->arena, err));
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(pp__market_seller(m->adoptions, m->vendor_table, i, &t->vendor[i],
                                 &t->supplier[i], err));
        PP_NEED(t->place[i] = place_of(m, i), err);
        t->family[i] = pp__market_text(m->adoptions, "family", i);
        t->country[i] = pp__market_text(m->adoptions, "country", i);
        int64_t at =
            t->country[i] ? pp__market_row(m->country_table, "id", t->country[i]) : -1;
        t->region[i] = pp__market_text(m->country_table, "region", at);
    }
    PP_TRY(pp__names_make(t->vendor, n, &m->arena, &m->vendors, err));
    PP_TRY(pp__names_make(t->supplier, n, &m->arena, &m->suppliers, err));
    PP_TRY(pp__names_make(t->place, n, &m->arena, &m->places, err));
    PP_TRY(pp__names_make(t->country, n, &m->arena, &m->countries, err));
    PP_TRY(pp__names_make(t->region, n, &m->arena, &m->regions, err));
    return pp__names_make(t->family, n, &m->arena, &m->families, err);
}

/* ---- stated amounts ---- */

static pp_status claim_names(pp__market *m, const pp_table *claims, pp__names *names,
                             double **amounts, pp_error *err) {
    int64_t n = pp_table_rows(claims);
    const char **ids = pp_arena_alloc(&m->arena, n + 1, sizeof *ids);
    *amounts = pp_arena_alloc(&m->arena, n + 1, sizeof **amounts);
    PP_NEED(ids && *amounts, err);
    for (int64_t i = 0; i < n; i++) {
        ids[i] = pp__market_text(claims, "claim_id", i);
    }
    PP_TRY(pp__names_make(ids, n, &m->arena, names, err));
    for (int64_t i = 0; i < n; i++) {
        int at = pp__names_find(names, ids[i]);
        if (at >= 0) {
            (*amounts)[at] = pp__market_number(claims, "amount_usd", i);
        }
    }
    return PP_OK;
}

static pp_status add_amounts(pp__market *m, pp__sale *sale, const pp__names *ids,
                             const double *amounts, pp_error *err) {
    const char *list = pp__market_text(m->adoptions, "claims", sale->row);
    char *copy = pp_arena_strdup(&m->arena, list ? list : "");
    double *own = pp_arena_alloc(&m->arena, (int64_t)(list ? strlen(list) : 0) / 2 + 1,
                                 sizeof *own);
    PP_NEED(copy && own, err);
    char *rest = NULL;
    for (char *id = strtok_r(copy, " ", &rest); id; id = strtok_r(NULL, " ", &rest)) {
        int at = pp__names_find(ids, id);
        if (at >= 0 && amounts[at] > 0) {
            own[sale->n_amounts++] = amounts[at];
        }
    }
    sale->amounts = own;
    return PP_OK;
}

/* ---- the sales ---- */

static pp__sale sale_of(const pp__market *m, const texts *t, int64_t i) {
    const pp_table *a = m->adoptions;
    int named_later = pp__market_named_later(a, i);
    return (pp__sale){
        .vendor = pp__names_find(&m->vendors, t->vendor[i]),
        .supplier = pp__names_find(&m->suppliers, t->supplier[i]),
        .place = pp__names_find(&m->places, t->place[i]),
        .country = pp__names_find(&m->countries, t->country[i]),
        .region = pp__names_find(&m->regions, t->region[i]),
        .family = pp__names_find(&m->families, t->family[i]),
        .earliest = pp__market_number(a, "earliest_year", i),
        .latest = pp__market_number(a, "latest_year", i),
        .ended = pp__market_flag(a, "ended", i),
        .end_earliest = year_at(a, "ended_earliest", i),
        .end_latest = named_later ? INFINITY : year_at(a, "ended_latest", i),
        .named_later = named_later,
        .row = i,
    };
}

static int compare_sales(const void *left, const void *right) {
    const pp__sale *a = left, *b = right;
    const int order[] = {a->place - b->place, a->family - b->family,
                         a->vendor - b->vendor,
                         a->vendor < 0 ? a->supplier - b->supplier : 0};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        if (order[k]) {
            return order[k];
        }
    }
    return a->row < b->row ? -1 : a->row > b->row;
}

static pp_status read_vendors(pp__market *m, pp_error *err) {
    m->label = pp_arena_alloc(&m->arena, m->vendors.n + 1, sizeof *m->label);
    m->home = pp_arena_alloc(&m->arena, m->vendors.n + 1, sizeof *m->home);
    PP_NEED(m->label && m->home, err);
    for (int v = 0; v < m->vendors.n; v++) {
        int64_t row = pp__market_row(m->vendor_table, "vendor", m->vendors.text[v]);
        const char *name = row < 0 ? NULL : pp__market_text(m->vendor_table, "name", row);
        m->label[v] = name ? name : m->vendors.text[v];
        m->home[v] = -1;
    }
    for (int64_t i = m->n_sales - 1; i >= 0; i--) {
        const pp__sale *s = &m->sales[i];
        if (s->vendor >= 0 && s->supplier >= 0) {
            m->home[s->vendor] = s->supplier;
        }
    }
    return PP_OK;
}

static pp_status check_columns(const pp__market *m, const pp_table *claims,
                               pp_error *err) {
    static const char *const needed[] = {
        "adoption", "vendor",         "supplier",      "place_id",    "place",
        "country",  "family",         "earliest_year", "latest_year", "ended",
        "claims",   "ended_earliest", "ended_latest"};
    pp_column *column;
    for (size_t k = 0; k < sizeof needed / sizeof *needed; k++) {
        PP_TRY(pp_table_require(m->adoptions, needed[k], &column, err));
    }
    if (m->vendor_table) {
        PP_TRY(pp_table_require(m->vendor_table, "vendor", &column, err));
        PP_TRY(pp_table_require(m->vendor_table, "parent", &column, err));
    }
    if (claims) {
        PP_TRY(pp_table_require(claims, "claim_id", &column, err));
        PP_TRY(pp_table_require(claims, "amount_usd", &column, err));
    }
    PP_TRY(pp_table_require(m->country_table, "id", &column, err));
    return pp_table_require(m->country_table, "region", &column, err);
}

pp_status pp__market_read(pp__market *m, const pp_table *claims, pp_error *err) {
    texts t;
    pp__names ids = {0};
    double *amounts = NULL;
    PP_TRY(check_columns(m, claims, err));
    PP_TRY(read_texts(m, &t, err));
    m->n_sales = pp_table_rows(m->adoptions);
    m->sales = pp_arena_zalloc(&m->arena, m->n_sales + 1, sizeof *m->sales);
    PP_NEED(m->sales, err);
    if (claims) {
        PP_TRY(claim_names(m, claims, &ids, &amounts, err));
    }
    for (int64_t i = 0; i < m->n_sales; i++) {
        m->sales[i] = sale_of(m, &t, i);
        if (claims) {
            PP_TRY(add_amounts(m, &m->sales[i], &ids, amounts, err));
        }
    }
    qsort(m->sales, (size_t)m->n_sales, sizeof *m->sales, compare_sales);
    return read_vendors(m, err);
}
