/* Countries against instruments: where each stands. */
#include "strategy/standing.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <math.h>
#include <string.h>

/* An instrument; NULL: a country's own laws on data protection. */
typedef struct heads {
    const pp__instrument **of;
    int64_t n;
} heads;

typedef struct countries {
    pp_column *country, *name, *region, *outcome;
    int64_t n;
} countries;

/* What can bind several countries, or several have taken on. */
static pp_status choose(const pp_standards *s, heads *h, pp_error *err) {
    h->of = pp_calloc(s->n[PP__INSTRUMENTS] + 1, sizeof *h->of);
    PP_NEED(h->of, err);
    for (int64_t i = 0; i < s->n[PP__INSTRUMENTS]; i++) {
        const pp__instrument *in = &s->instruments[i];
        int binding = strcmp(in->force, "binding") == 0;
        if (!in->covers_one && (binding || in->n_commitments > 0)) {
            h->of[h->n++] = in;
        }
    }
    h->n++; /* own laws */
    return PP_OK;
}

pp__standing pp__own_protection(const pp_standards *s, const char *country, int64_t day,
                                const pp__instrument **law) {
    pp__standing best = {.kind = PP__NOT_KNOWN};
    *law = NULL;
    for (int64_t i = 0; i < s->n[PP__INSTRUMENTS]; i++) {
        const pp__instrument *in = &s->instruments[i];
        if (in->covers_one && strcmp(in->covers, country) == 0 && pp__protects(in)) {
            pp__standing st = pp__stands(s, in, country, day);
            int further = st.kind != PP__NOT_KNOWN && pp__is_further(&st, &best);
            *law = further ? in : *law;
            best = further ? st : best;
        }
    }
    return best;
}

static pp_status put(const countries *c, int64_t row, const pp__instrument *in,
                     const pp__standing *st, const pp__instrument *law, pp_table *table,
                     pp_error *err) {
    int is_known = st->kind != PP__NOT_KNOWN;
    const pp__cell cells[] = {
        PP__TEXT_CELL(pp_column_get_text(c->country, row)),
        PP__TEXT_CELL(pp_column_get_text(c->name, row)),
        PP__TEXT_CELL(pp_column_get_text(c->region, row)),
        PP__TEXT_CELL(pp_column_get_text(c->outcome, row)),
        PP__TEXT_CELL(in ? in->row.id : "own_law"),
        PP__TEXT_CELL(in ? in->title : "Own law on data protection"),
        PP__TEXT_CELL(law ? law->row.id : NULL),
        PP__TEXT_CELL(pp__standing_words[st->kind]),
        PP__NUMBER_CELL(is_known ? (double)pp__standing_binds(st->kind) : NAN),
        PP__TEXT_CELL(!is_known        ? NULL
                      : st->unverified ? "unverified"
                                       : "seen"),
        PP__TEXT_CELL(is_known ? st->source : NULL)};
    return pp__rows_add_cells(table, cells, err);
}

static pp_status put_all(const pp_standards *s, const countries *c, const heads *h,
                         int64_t day, pp_table *table, pp_error *err) {
    for (int64_t row = 0; row < c->n; row++) {
        const char *country = pp_column_get_text(c->country, row);
        for (int64_t i = 0; country && i < h->n; i++) {
            const pp__instrument *law = NULL, *in = h->of[i];
            pp__standing st = in ? pp__stands(s, in, country, day)
                                 : pp__own_protection(s, country, day, &law);
            PP_TRY(put(c, row, in, &st, law, table, err));
        }
    }
    return PP_OK;
}

static pp_status fill(const pp_standards *s, const countries *c, int64_t day,
                      pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {{"country", "Country", PP_TEXT, 0},
                                              {"name", "Name", PP_TEXT, 0},
                                              {"region", "Region", PP_TEXT, 0},
                                              {"outcome", "Outcome", PP_TEXT, 0},
                                              {"instrument", "Instrument", PP_TEXT, 0},
                                              {"title", "Title", PP_TEXT, 0},
                                              {"law", "Law", PP_TEXT, 0},
                                              {"standing", "Standing", PP_TEXT, 0},
                                              {"binds", "Binds", 0, PP_SHOW_FLAG},
                                              {"status", "Status", PP_TEXT, 0},
                                              {"source", "Source", PP_TEXT, 0}};
    pp_table *table;
    heads h = {0};
    PP_TRY(pp__note_day(result, day, err));
    PP_TRY(pp__rows_start(result, "standards_coverage", "Countries and instruments",
                          columns, sizeof columns / sizeof *columns, &table, err));
    pp_status status = choose(s, &h, err);
    if (status == PP_OK) {
        status = put_all(s, c, &h, day, table, err);
    }
    pp_free(h.of);
    PP_TRY(status);
    return pp_result_set_note(result, "standards_coverage",
                              "not_known: the registry has no record, which does not say "
                              "that there is nothing. No legal advice.",
                              err);
}

pp_status pp_standards_coverage(const pp_standards *s, const pp_result *adoption,
                                const char *at, pp_result **out, pp_error *err) {
    const pp_table *outcomes;
    countries c;
    int64_t day;
    *out = NULL;
    PP_TRY(pp__standards_day(s, at, &day, err));
    PP_TRY(pp__adoption_table(adoption, "outcomes", &outcomes, err));
    PP_TRY(pp_table_require(outcomes, "country", &c.country, err));
    PP_TRY(pp_table_require(outcomes, "name", &c.name, err));
    PP_TRY(pp_table_require(outcomes, "region", &c.region, err));
    PP_TRY(pp_table_require(outcomes, "outcome", &c.outcome, err));
    c.n = pp_table_rows(outcomes);
    PP_TRY(pp_result_new("standards", out, err));
    pp_status status = fill(s, &c, day, *out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
