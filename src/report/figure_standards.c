/* Adopters against instruments: where each stands, by colour and by shape. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { MOST_INSTRUMENTS = 12, KINDS = 5 };

/* Standings that are shown alike, and the words for them; the last: no record. */
static const struct {
    const char *words, *standings[8];
} kinds[KINDS] = {
    {"binds", {"in_force", "in_force_undated"}},
    {"taken on, not in force",
     {"in_force_not_applied", "ratified_not_in_force", "adopted_not_in_force"}},
    {"signed, endorsed or voluntary",
     {"signed", "endorsed", "adopted_identically", "transposed", "voluntary"}},
    {"was so once", {"superseded", "withdrawn", "no_longer_covered"}},
    {"no record", {"not_known"}}};

static const char *text(const pp_table *t, const char *column, int64_t row) {
    const char *value = pp_column_get_text(pp_table_find(t, column), row);
    return value ? value : "";
}

static int is(const pp_table *t, const char *column, int64_t row, const char *word) {
    return strcmp(text(t, column, row), word) == 0;
}

static int kind_of(const pp_table *t, int64_t row) {
    for (int k = 0; k < KINDS - 1; k++) {
        for (int i = 0; i < 8 && kinds[k].standings[i]; i++) {
            if (is(t, "standing", row, kinds[k].standings[i])) {
                return k;
            }
        }
    }
    return KINDS - 1;
}

static int is_shown(const pp_table *t, int64_t row) {
    return is(t, "outcome", row, "adopted");
}

/* ---- which instruments ---- */

typedef struct chosen {
    const char *id[MOST_INSTRUMENTS];
    int n;
} chosen;

static int position(const chosen *c, const char *id) {
    for (int i = 0; i < c->n; i++) {
        if (strcmp(c->id[i], id) == 0) {
            return i;
        }
    }
    return -1;
}

/* Own laws, and those on which an adopter has a record. */
static chosen choose(const pp_table *t) {
    chosen c = {{"own_law"}, 1};
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *id = text(t, "instrument", i);
        if (is_shown(t, i) && kind_of(t, i) < KINDS - 1 && position(&c, id) < 0 &&
            c.n < MOST_INSTRUMENTS) {
            c.id[c.n++] = id;
        }
    }
    return c;
}

/* ---- rows ---- */

static pp_status add_row(pp__draft *draft, const pp_table *t, int64_t row, int kind,
                         pp_error *err) {
    const char *instrument = text(t, "instrument", row);
    const char *status = text(t, "status", row);
    const char *standing = pp__words(&draft->arena, text(t, "standing", row));
    PP_NEED(standing, err);
    const char *const cells[][2] = {
        {"region", text(t, "region", row)},
        {"name", text(t, "name", row)},
        {"instrument", strcmp(instrument, "own_law") == 0 ? "own law" : instrument},
        {"title", text(t, "title", row)},
        {"law", text(t, "law", row)},
        {"kind", kinds[kind].words},
        {"standing", kind == KINDS - 1 ? "not known" : standing},
        {"status", *status ? status : "no record"}};
    int64_t at;
    PP_TRY(pp_table_append(draft->rows, &at, err));
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, cells[i][0]),
                                  at, *cells[i][1] ? cells[i][1] : NULL, err));
    }
    return PP_OK;
}

static pp_status put_rows(pp__draft *draft, const pp_table *t, const chosen *c,
                          pp_error *err) {
    static const char *const columns[] = {"region", "name", "instrument", "title",
                                          "law",    "kind", "standing",   "status"};
    PP_TRY(pp_table_new(&draft->rows, err));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, columns[i], NULL, err));
    }
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (is_shown(t, i) && position(c, text(t, "instrument", i)) >= 0) {
            PP_TRY(add_row(draft, t, i, kind_of(t, i), err));
        }
    }
    return PP_OK;
}

static pp_status list_instruments(pp__draft *draft, const chosen *c, const char **out,
                                  pp_error *err) {
    pp_buf list;
    pp_buf_init(&list);
    pp_buf_add(&list, "[\"own law\"");
    for (int i = 1; i < c->n; i++) {
        pp_buf_printf(&list, ",\"%s\"", c->id[i]);
    }
    pp_buf_add(&list, "]");
    pp_status status = pp_buf_check(&list, err);
    *out = status == PP_OK ? pp_arena_strdup(&draft->arena, list.data) : NULL;
    pp_buf_clear(&list);
    PP_TRY(status);
    PP_NEED(*out, err);
    return PP_OK;
}

/* ---- words ---- */

static void describe(pp__draft *draft, const pp_table *t, const chosen *c) {
    int64_t adopters = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        adopters += is_shown(t, i) && is(t, "instrument", i, c->id[0]);
    }
    pp_buf_printf(&draft->alt, "A matrix of %lld adopters against %d instruments.",
                  (long long)adopters, c->n);
    for (int k = 0; k < c->n; k++) {
        int64_t n[KINDS] = {0};
        for (int64_t i = 0; i < pp_table_rows(t); i++) {
            if (is_shown(t, i) && is(t, "instrument", i, c->id[k])) {
                n[kind_of(t, i)]++;
            }
        }
        pp_buf_printf(&draft->alt,
                      " %s: binds %lld, taken on and not in force %lld, no record %lld.",
                      k ? c->id[k] : "Own law", (long long)n[0], (long long)n[1],
                      (long long)n[KINDS - 1]);
    }
}

/* The instruments by their titles. */
static const char *title_of(const pp_table *t, const char *id) {
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (is(t, "instrument", i, id)) {
            return text(t, "title", i);
        }
    }
    return "";
}

static const char *write_note(pp__draft *draft, const pp_table *t, const chosen *c) {
    const char *note =
        "Adopters only; the table has all countries. Hatched: the registry has no "
        "record, which does not say that there is nothing. No legal advice. Own law: the "
        "one on data protection that reaches furthest";
    for (int k = 1; k < c->n && note; k++) {
        note = pp_arena_printf(&draft->arena, "%s; %s: %s", note, c->id[k],
                               title_of(t, c->id[k]));
    }
    return note ? pp_arena_printf(&draft->arena, "%s.", note) : NULL;
}

static pp_status make_standards(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const needed[] = {"region",   "name", "outcome", "instrument",
                                         "standing", "law",  "title",   "status"};
    const char *instruments;
    pp_column *column;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        PP_TRY(pp_table_require(table, needed[i], &column, err));
    }
    chosen c = choose(table);
    PP_TRY(put_rows(draft, table, &c, err));
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    PP_TRY(list_instruments(draft, &c, &instruments, err));
    describe(draft, table, &c);
    draft->title = "Adopters, and the rules on record";
    draft->subtitle = "Squares bind; hollow marks rest on rows that are unverified";
    draft->note = write_note(draft, table, &c);
    PP_NEED(draft->note, err);
    pp__slot_json(draft, "instruments", instruments);
    return PP_OK;
}

pp_status pp_figure_standards(const pp_table *coverage, const pp_figure_options *options,
                              pp_figure **out, pp_error *err) {
    return pp__figure_make(make_standards, "standards", coverage, options, out, err);
}
