/* Crime and democracy of a country, and the problem that a platform was bought for: what sources state
   against what is measured. */
#include "base/check.h"
#include "evidence/rows.h"
#include "strategy/profile_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct series {
    const pp_column *country, *year, *value;
    int64_t n;
} series;

static pp_status find_series(const pp__profiles *p, const char *name, series *out) {
    pp_column *column;
    *out = (series){0};
    if (!p->in->indicators || !name) {
        return PP_OK;
    }
    PP_TRY(pp_table_require(p->in->indicators, "iso3", &column, p->err));
    out->country = column;
    PP_TRY(pp_table_require(p->in->indicators, "year", &column, p->err));
    out->year = column;
    PP_TRY(pp_table_require(p->in->indicators, name, &column, p->err));
    out->value = column;
    if (column->type != PP_NUMBER || out->year->type != PP_NUMBER) {
        PP_FAIL(p->err, PP_E_INPUT, "the indicator '%s' and its year must be numbers",
                name);
    }
    out->n = pp_table_rows(p->in->indicators);
    return PP_OK;
}

static int64_t country_of(const pp__profiles *p, const series *s, int64_t row) {
    const char *id = pp_column_get_text(s->country, row);
    int64_t place = id ? pp__map_get(&p->place_of, id, -1) : -1;
    return place < p->n_countries ? place : -1;
}

/* The newest figure of each country, with its year. */
static void find_newest(const pp__profiles *p, const series *s, size_t value,
                        size_t year) {
    for (int64_t i = 0; i < s->n; i++) {
        int64_t place = country_of(p, s, i);
        if (place >= 0 && !isnan(s->value->number[i])) {
            char *at = (char *)&p->figures[place];
            if (!(*(double *)(at + year) >= s->year->number[i])) {
                *(double *)(at + value) = s->value->number[i];
                *(double *)(at + year) = s->year->number[i];
            }
        }
    }
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static pp_status rank_homicide(pp__profiles *p) {
    double *sorted = pp_arena_alloc(&p->arena, p->n_countries + 1, sizeof *sorted);
    int64_t n = 0;
    PP_NEED(sorted, p->err);
    for (int64_t i = 0; i < p->n_countries; i++) {
        if (!isnan(p->figures[i].homicide)) {
            sorted[n++] = p->figures[i].homicide;
        }
    }
    qsort(sorted, (size_t)n, sizeof *sorted, compare_numbers);
    for (int64_t i = 0; i < p->n_countries; i++) {
        int64_t low = 0, high = n;
        while (low < high) {
            int64_t middle = low + (high - low) / 2;
            int below = sorted[middle] < p->figures[i].homicide;
            low = below ? middle + 1 : low;
            high = below ? high : middle;
        }
        if (n > 1 && !isnan(p->figures[i].homicide)) {
            p->figures[i].homicide_rank = (double)low / (double)(n - 1);
        }
    }
    return PP_OK;
}

pp_status pp__profile_figures(pp__profiles *p) {
    const pp__figures none = {NAN, NAN, NAN, NAN, NAN};
    series homicide, democracy;
    p->figures = pp_arena_alloc(&p->arena, p->n_countries + 1, sizeof *p->figures);
    PP_NEED(p->figures, p->err);
    for (int64_t i = 0; i < p->n_countries; i++) {
        p->figures[i] = none;
    }
    PP_TRY(find_series(p, p->options.homicide, &homicide));
    PP_TRY(find_series(p, p->options.democracy, &democracy));
    find_newest(p, &homicide, offsetof(pp__figures, homicide),
                offsetof(pp__figures, homicide_year));
    find_newest(p, &democracy, offsetof(pp__figures, democracy),
                offsetof(pp__figures, democracy_year));
    return rank_homicide(p);
}

/* ---- facts ---- */

static const char *source_of(const pp__profiles *p, const char *name) {
    const pp_column *c = name ? pp_table_find(p->in->indicators, name) : NULL;
    return c && c->source ? c->source : name;
}

static pp_status put_figure(pp__profiles *p, int64_t place, pp__fact fact, double value,
                            double year, const char *name, const char *note) {
    pp__known k = pp__known_blank("country");
    k.number = value;
    k.year = year;
    k.grade = "published";
    k.source = source_of(p, name);
    k.note = isnan(value) ? NULL : note;
    return pp__profile_put(p, place, fact, &k);
}

pp_status pp__profile_crime(pp__profiles *p, int64_t place) {
    const pp__figures *f = &p->figures[p->places[place].own];
    if (!p->in->indicators) {
        return PP_OK;
    }
    const char *name = p->options.homicide;
    PP_TRY(put_figure(p, place, PP__FACT_HOMICIDE, f->homicide, f->homicide_year, name,
                      "of the country, by what it reports"));
    PP_TRY(put_figure(p, place, PP__FACT_HOMICIDE_YEAR, f->homicide_year,
                      f->homicide_year, name, NULL));
    return put_figure(p, place, PP__FACT_HOMICIDE_RANK, f->homicide_rank,
                      f->homicide_year, name,
                      "share of other countries with a lower figure, each of its newest "
                      "year");
}

/* ---- the problem ---- */

static const char *verdict_of(const pp__profiles *p, const pp__tally *purposes,
                              const pp__word *crime, double rank) {
    return purposes->n == 0          ? "not_known"
           : !crime                  ? "not_stated"
           : isnan(rank)             ? "stated_rate_not_known"
           : rank >= p->options.high ? "stated_and_high"
                                     : "stated_not_high";
}

/* The figure of a country in a year; NaN: there is none. */
typedef struct figure_at {
    int64_t country;
    double year, value;
} figure_at;

static int compare_figures(const void *a, const void *b) {
    const figure_at *x = a, *y = b;
    return x->country != y->country
               ? (x->country > y->country) - (x->country < y->country)
               : (x->year > y->year) - (x->year < y->year);
}

static pp_status sort_figures(pp__profiles *p, figure_at **out, int64_t *n) {
    series s;
    PP_TRY(find_series(p, p->options.homicide, &s));
    *n = 0;
    *out = pp_arena_alloc(&p->arena, s.n + 1, sizeof **out);
    PP_NEED(*out, p->err);
    for (int64_t i = 0; i < s.n; i++) {
        int64_t place = country_of(p, &s, i);
        if (place >= 0 && !isnan(s.value->number[i])) {
            (*out)[(*n)++] = (figure_at){place, s.year->number[i], s.value->number[i]};
        }
    }
    qsort(*out, (size_t)*n, sizeof **out, compare_figures);
    return PP_OK;
}

static double figure_in(const figure_at *figures, int64_t n, int64_t country,
                        double year) {
    const figure_at wanted = {country, year, 0};
    const figure_at *found = isnan(year) ? NULL
                                         : bsearch(&wanted, figures, (size_t)n,
                                                   sizeof *figures, compare_figures);
    return found ? found->value : NAN;
}

static pp_status put_purposes(pp__profiles *p, const char *id, const pp__tally *purposes,
                              pp_table *table) {
    for (int64_t i = 0; i < purposes->n; i++) {
        const pp__word *w = &purposes->words[i];
        const pp__cell cells[] = {PP__TEXT_CELL(id), PP__TEXT_CELL(w->text),
                                  PP__NUMBER_CELL(w->n), PP__NUMBER_CELL(w->stories),
                                  PP__TEXT_CELL(w->claims)};
        PP_TRY(pp__rows_add_cells(table, cells, p->err));
    }
    return PP_OK;
}

static pp_status put_problem(pp__profiles *p, int64_t at, const figure_at *figures,
                             int64_t n, pp_table *purposes, pp_table *problem) {
    const pp__profile_place *place = &p->places[at];
    const pp__figures *now = &p->figures[place->own];
    double then = p->at.column[PP__FACT_LATEST]->number[at];
    pp__tally tally;
    const char *list;
    PP_TRY(pp__tally_make(p, &place->counted, "stated_purpose", &tally));
    PP_TRY(pp__tally_list(p, &tally, ", ", &list));
    PP_TRY(put_purposes(p, place->id, &tally, purposes));
    const pp__word *crime = pp__tally_find(&tally, "crime");
    double before = figure_in(figures, n, place->own, then);
    const pp__cell cells[] = {
        PP__TEXT_CELL(place->id),
        PP__TEXT_CELL(place->name),
        PP__TEXT_CELL(list),
        PP__NUMBER_CELL(crime ? crime->n : 0),
        PP__NUMBER_CELL(tally.claims),
        PP__TEXT_CELL(crime ? crime->claims : tally.all),
        PP__NUMBER_CELL(before),
        PP__NUMBER_CELL(isnan(before) ? NAN : then),
        PP__NUMBER_CELL(now->homicide),
        PP__NUMBER_CELL(now->homicide_year),
        PP__NUMBER_CELL(now->homicide_rank),
        PP__TEXT_CELL(verdict_of(p, &tally, crime, now->homicide_rank))};
    return pp__rows_add_cells(problem, cells, p->err);
}

/* Of every place with claims that count. */
pp_status pp__profile_problem(pp__profiles *p) {
    static const pp__column_spec of_purposes[] = {
        {"place_id", "Place", PP_TEXT, 0},
        {"purpose", "Purpose", PP_TEXT, 0},
        {"n", "Claims that state it", 0, PP_SHOW_COUNT},
        {"stories", "Stories", 0, PP_SHOW_COUNT},
        {"claims", "Claims", PP_TEXT, 0}};
    static const pp__column_spec of_problem[] = {
        {"place_id", "Place", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"purposes", "Stated purposes", PP_TEXT, 0},
        {"crime_claims", "Claims that state crime", 0, PP_SHOW_COUNT},
        {"purpose_claims", "Claims that state any", 0, PP_SHOW_COUNT},
        {"claims", "Claims", PP_TEXT, 0},
        {"homicide_then", "Homicides then", 0, 0},
        {"then_year", "in", 0, PP_SHOW_YEAR},
        {"homicide_now", "Homicides now", 0, 0},
        {"now_year", "in", 0, PP_SHOW_YEAR},
        {"homicide_rank", "Countries with fewer", 0, PP_SHOW_PERCENT},
        {"verdict", "Verdict", PP_TEXT, 0}};
    pp_table *purposes, *problem;
    figure_at *figures;
    int64_t n;
    PP_TRY(pp__rows_start(p->result, "profile_purposes", "Purposes that claims state",
                          of_purposes, sizeof of_purposes / sizeof *of_purposes,
                          &purposes, p->err));
    PP_TRY(pp__rows_start(p->result, "profile_problem",
                          "What it was bought for, and what is measured", of_problem,
                          sizeof of_problem / sizeof *of_problem, &problem, p->err));
    PP_TRY(sort_figures(p, &figures, &n));
    for (int64_t i = 0; i < p->n_places; i++) {
        if (p->places[i].counted.n > 0) {
            PP_TRY(put_problem(p, i, figures, n, purposes, problem));
            pp_arena_clear(&p->scratch);
        }
    }
    return pp_result_set_note(p->result, "profile_problem",
                              "Homicides per 100,000 of the country. A stated purpose is "
                              "what a source says; it "
                              "does not show why a platform was bought.",
                              p->err);
}
