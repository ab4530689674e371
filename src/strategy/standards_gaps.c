/* Adopters, and what of data protection binds them. */
#include "strategy/standing.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct gap {
    const char *country, *name, *region;
    double earliest, latest;
    pp__standing_kind now, then; /* then: PP__STANDINGS without a year */
    int unverified;
    int64_t row;
} gap;

/* Those without a record first, then by code. */
static int compare_gaps(const void *a, const void *b) {
    const gap *x = a, *y = b;
    if (x->now != y->now) {
        return x->now > y->now ? -1 : 1;
    }
    int order = strcmp(x->country, y->country);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

pp__standing pp__furthest_protection(const pp_standards *s, const char *country,
                                     int64_t day) {
    pp__standing best = {.kind = PP__NOT_KNOWN};
    for (int64_t i = 0; i < s->n[PP__INSTRUMENTS]; i++) {
        if (pp__protects(&s->instruments[i])) {
            pp__standing st = pp__stands(s, &s->instruments[i], country, day);
            best = pp__is_further(&st, &best) ? st : best;
        }
    }
    return best;
}

/* The instruments on which there is a record, with their standings. */
static void list_instruments(const pp_standards *s, const char *country, int64_t day,
                             pp_buf *out) {
    for (int64_t i = 0; i < s->n[PP__INSTRUMENTS]; i++) {
        const pp__instrument *in = &s->instruments[i];
        if (!pp__protects(in)) {
            continue;
        }
        pp__standing st = pp__stands(s, in, country, day);
        if (st.kind != PP__NOT_KNOWN) {
            pp_buf_printf(out, "%s%s (%s)", out->length ? ", " : "", in->row.id,
                          pp__standing_words[st.kind]);
        }
    }
}

static int64_t end_of(double year) {
    return pp__day_number((int)year, 12, 31);
}

static pp_status find_gaps(const pp_standards *s, const pp_table *outcomes, int64_t day,
                           gap *gaps, int64_t *n, pp_error *err) {
    static const char *const names[] = {"country",       "name",        "region",
                                        "earliest_year", "latest_year", "outcome"};
    pp_column *column[6];
    for (int i = 0; i < 6; i++) {
        PP_TRY(pp_table_require(outcomes, names[i], &column[i], err));
    }
    for (int64_t row = *n = 0; row < pp_table_rows(outcomes); row++) {
        const char *outcome = pp_column_get_text(column[5], row);
        gap *g = &gaps[*n];
        if (!outcome || strcmp(outcome, "adopted") != 0) {
            continue;
        }
        *g = (gap){.country = pp_column_get_text(column[0], row),
                   .name = pp_column_get_text(column[1], row),
                   .region = pp_column_get_text(column[2], row),
                   .earliest = column[3]->number[row],
                   .latest = column[4]->number[row],
                   .then = PP__STANDINGS,
                   .row = row};
        pp__standing now = pp__furthest_protection(s, g->country, day);
        g->now = now.kind;
        g->unverified = now.unverified;
        if (isfinite(g->latest)) {
            g->then = pp__furthest_protection(s, g->country, end_of(g->latest)).kind;
        }
        (*n)++;
    }
    qsort(gaps, (size_t)*n, sizeof *gaps, compare_gaps);
    return PP_OK;
}

static pp_status put_gaps(const pp_standards *s, const gap *gaps, int64_t n, int64_t day,
                          pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"country", "Country", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"region", "Region", PP_TEXT, 0},
        {"earliest_year", "Adopted from", 0, PP_SHOW_YEAR},
        {"latest_year", "Adopted by", 0, PP_SHOW_YEAR},
        {"standing", "Data protection", PP_TEXT, 0},
        {"instruments", "Instruments", PP_TEXT, 0},
        {"at_adoption", "When it adopted", PP_TEXT, 0},
        {"status", "Status", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(result, "standards_gaps",
                          "Adopters, and what of data protection binds them", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int64_t i = 0; i < n; i++) {
        const gap *g = &gaps[i];
        pp_buf list;
        pp_buf_init(&list);
        list_instruments(s, g->country, day, &list);
        const pp__cell cells[] = {
            PP__TEXT_CELL(g->country),
            PP__TEXT_CELL(g->name),
            PP__TEXT_CELL(g->region),
            PP__NUMBER_CELL(g->earliest),
            PP__NUMBER_CELL(g->latest),
            PP__TEXT_CELL(pp__standing_words[g->now]),
            PP__TEXT_CELL(list.length ? list.data : NULL),
            PP__TEXT_CELL(g->then < PP__STANDINGS ? pp__standing_words[g->then] : NULL),
            PP__TEXT_CELL(g->now == PP__NOT_KNOWN ? NULL
                          : g->unverified         ? "unverified"
                                                  : "seen")};
        pp_status status = pp_buf_check(&list, err);
        if (status == PP_OK) {
            status = pp__rows_add_cells(table, cells, err);
        }
        pp_buf_clear(&list);
        PP_TRY(status);
    }
    return pp_result_set_note(
        result, "standards_gaps",
        "not_known: the registry has no record, which does not say that there is no "
        "treaty or law. Many laws of single states and some parties are not entered.",
        err);
}

static pp_status put_totals(const gap *gaps, int64_t n, pp_result *result,
                            pp_error *err) {
    static const pp__column_spec columns[] = {
        {"standing", "Data protection", PP_TEXT, 0},
        {"adopters", "Adopters", 0, PP_SHOW_COUNT},
        {"unverified", "Of them unverified", 0, PP_SHOW_COUNT},
        {"at_adoption", "When they adopted", 0, PP_SHOW_COUNT}};
    pp_table *table;
    PP_TRY(pp__rows_start(result, "standards_gaps_totals", "How many adopters", columns,
                          4, &table, err));
    for (int k = 0; k < PP__STANDINGS; k++) {
        int64_t now = 0, unverified = 0, then = 0;
        for (int64_t i = 0; i < n; i++) {
            now += (int)gaps[i].now == k;
            unverified += (int)gaps[i].now == k && gaps[i].unverified;
            then += (int)gaps[i].then == k;
        }
        const pp__cell cells[] = {PP__TEXT_CELL(pp__standing_words[k]),
                                  PP__NUMBER_CELL(now), PP__NUMBER_CELL(unverified),
                                  PP__NUMBER_CELL(then)};
        if (now + then > 0) {
            PP_TRY(pp__rows_add_cells(table, cells, err));
        }
    }
    return PP_OK;
}

static pp_status fill(const pp_standards *s, const pp_table *outcomes, int64_t day,
                      gap *gaps, pp_result *result, pp_error *err) {
    int64_t n;
    PP_TRY(pp__note_day(result, day, err));
    PP_TRY(find_gaps(s, outcomes, day, gaps, &n, err));
    PP_TRY(put_totals(gaps, n, result, err));
    return put_gaps(s, gaps, n, day, result, err);
}

pp_status pp_standards_gaps(const pp_standards *s, const pp_result *adoption,
                            const char *at, pp_result **out, pp_error *err) {
    const pp_table *outcomes;
    int64_t day;
    *out = NULL;
    PP_TRY(pp__standards_day(s, at, &day, err));
    PP_TRY(pp__adoption_table(adoption, "outcomes", &outcomes, err));
    gap *gaps = pp_malloc(pp_table_rows(outcomes), sizeof *gaps);
    PP_NEED(gaps, err);
    pp_status status = pp_result_new("standards", out, err);
    if (status == PP_OK) {
        status = fill(s, outcomes, day, gaps, *out, err);
    }
    pp_free(gaps);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
