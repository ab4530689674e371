/* Adoptions, and what bound the country when they were made. */
#include "strategy/standing.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum { ADOPTION, COUNTRY, PLACE, VENDOR, FAMILY, LATEST, CLAIMS, TAKEN };
static const char *const taken[TAKEN] = {"adoption", "country", "place", "vendor",
                                         "family",   "latest",  "claims"};

/* What bound then, what does now, and the difference; ids with spaces between. */
typedef struct bound {
    pp_buf then, now, since, ended;
    int64_t n_then, n_now;
    int unverified;
} bound;

static void init(bound *b) {
    pp_buf_init(&b->then);
    pp_buf_init(&b->now);
    pp_buf_init(&b->since);
    pp_buf_init(&b->ended);
    b->n_then = b->n_now = 0;
    b->unverified = 0;
}

static pp_status check(const bound *b, pp_error *err) {
    PP_TRY(pp_buf_check(&b->then, err));
    PP_TRY(pp_buf_check(&b->now, err));
    PP_TRY(pp_buf_check(&b->since, err));
    return pp_buf_check(&b->ended, err);
}

static void clear(bound *b) {
    pp_buf_clear(&b->then);
    pp_buf_clear(&b->now);
    pp_buf_clear(&b->since);
    pp_buf_clear(&b->ended);
}

static void add(pp_buf *list, const char *id) {
    pp_buf_printf(list, "%s%s", list->length ? " " : "", id);
}

/* `signing` NULL: its day is not known, and only what binds now is said. */
static void find(const pp_standards *s, const char *country, const int64_t *signing,
                 int64_t day, bound *b) {
    for (int64_t i = 0; i < s->n[PP__INSTRUMENTS]; i++) {
        const pp__instrument *in = &s->instruments[i];
        if (in->covers_one && in->n_commitments == 0 &&
            strcmp(in->covers, country) != 0) {
            continue;
        }
        pp__standing now = pp__stands(s, in, country, day);
        pp__standing old = signing ? pp__stands(s, in, country, *signing) : now;
        int binds = pp__standing_binds(now.kind);
        int bound_then = signing && pp__standing_binds(old.kind);
        if (binds || bound_then) {
            b->unverified |= now.unverified;
        }
        if (binds) {
            add(&b->now, in->row.id);
            b->n_now++;
        }
        if (bound_then) {
            add(&b->then, in->row.id);
            b->n_then++;
        }
        if (signing && binds != bound_then) {
            add(binds ? &b->since : &b->ended, in->row.id);
        }
    }
}

static const char *text_or_none(const pp_buf *list) {
    return list->length ? list->data : NULL;
}

static pp_status put(const pp_standards *s, const pp_column *const *column, int64_t row,
                     int64_t day, pp_table *table, pp_error *err) {
    const char *latest = pp_column_get_text(column[LATEST], row);
    const char *country = pp_column_get_text(column[COUNTRY], row);
    int64_t signing = 0;
    bound b;
    if (!country) {
        return PP_OK;
    }
    if (latest) {
        PP_TRY(pp__standards_day(s, latest, &signing, err));
    }
    init(&b);
    find(s, country, latest ? &signing : NULL, day, &b);
    const pp__cell cells[] = {PP__TEXT_CELL(pp_column_get_text(column[ADOPTION], row)),
                              PP__TEXT_CELL(country),
                              PP__TEXT_CELL(pp_column_get_text(column[PLACE], row)),
                              PP__TEXT_CELL(pp_column_get_text(column[VENDOR], row)),
                              PP__TEXT_CELL(pp_column_get_text(column[FAMILY], row)),
                              PP__TEXT_CELL(latest),
                              PP__NUMBER_CELL(latest ? (double)b.n_then : NAN),
                              PP__NUMBER_CELL(b.n_now),
                              PP__TEXT_CELL(text_or_none(&b.then)),
                              PP__TEXT_CELL(text_or_none(&b.now)),
                              PP__TEXT_CELL(text_or_none(&b.since)),
                              PP__TEXT_CELL(text_or_none(&b.ended)),
                              PP__TEXT_CELL(b.n_then + b.n_now == 0 ? NULL
                                            : b.unverified          ? "unverified"
                                                                    : "seen"),
                              PP__TEXT_CELL(pp_column_get_text(column[CLAIMS], row))};
    pp_status status = check(&b, err);
    if (status == PP_OK) {
        status = pp__rows_add_cells(table, cells, err);
    }
    clear(&b);
    return status;
}

static pp_status fill(const pp_standards *s, const pp_table *adoptions, int64_t day,
                      pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"adoption", "Adoption", PP_TEXT, 0},
        {"country", "Country", PP_TEXT, 0},
        {"place", "Place", PP_TEXT, 0},
        {"vendor", "Vendor", PP_TEXT, 0},
        {"family", "Platform", PP_TEXT, 0},
        {"latest", "By", PP_TEXT, 0},
        {"n_then", "On record as binding then", 0, PP_SHOW_COUNT},
        {"n_now", "Now", 0, PP_SHOW_COUNT},
        {"bound_then", "Bound then", PP_TEXT, 0},
        {"bound_now", "Bind now", PP_TEXT, 0},
        {"since", "Bind since", PP_TEXT, 0},
        {"ended", "Bind no longer", PP_TEXT, 0},
        {"status", "Status", PP_TEXT, 0},
        {"claims", "Claims", PP_TEXT, 0}};
    pp_column *column[TAKEN];
    pp_table *table;
    for (int i = 0; i < TAKEN; i++) {
        PP_TRY(pp_table_require(adoptions, taken[i], &column[i], err));
    }
    PP_TRY(pp__note_day(result, day, err));
    PP_TRY(pp__rows_start(result, "standards_at_contract",
                          "Adoptions, and what bound the country then", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int64_t row = 0; row < pp_table_rows(adoptions); row++) {
        PP_TRY(put(s, (const pp_column *const *)column, row, day, table, err));
    }
    return pp_result_set_note(result, "standards_at_contract",
                              "Then is the last day by which it was adopted; the "
                              "contract may be older. What is "
                              "not in the registry is not known, and is not absent.",
                              err);
}

pp_status pp_standards_at_contract(const pp_standards *s, const pp_result *adoption,
                                   const char *at, pp_result **out, pp_error *err) {
    const pp_table *adoptions;
    int64_t day;
    *out = NULL;
    PP_TRY(pp__standards_day(s, at, &day, err));
    PP_TRY(pp__adoption_table(adoption, "adoptions", &adoptions, err));
    PP_TRY(pp_result_new("standards", out, err));
    pp_status status = fill(s, adoptions, day, *out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
