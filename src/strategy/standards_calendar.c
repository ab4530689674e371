/* What enters into force, begins to apply or is superseded within some years. */
#include "strategy/standing.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <stdlib.h>
#include <string.h>

typedef struct event {
    const pp__instrument *in;
    const pp__provision *provision; /* NULL: the whole */
    const char *kind, *reading, *amendment;
    const pp__span *date;
    int64_t order;
} event;

typedef struct calendar {
    const pp_standards *s;
    int64_t from, to; /* after the one, by the other */
    event *events;
    int64_t n;
} calendar;

static int compare_events(const void *a, const void *b) {
    const event *x = a, *y = b;
    if (x->date->first != y->date->first) {
        return x->date->first < y->date->first ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

static void take(calendar *c, event e) {
    if (e.date->text && e.date->last > c->from && e.date->first <= c->to) {
        e.order = c->n;
        c->events[c->n++] = e;
    }
}

static void take_instrument(calendar *c, const pp__instrument *in) {
    take(c, (event){.in = in, .kind = "in_force", .date = &in->in_force});
    take(c, (event){.in = in,
                    .kind = "applies",
                    .reading = "as_written",
                    .amendment = in->amendment,
                    .date = &in->as_written});
    take(c, (event){.in = in,
                    .kind = "applies",
                    .reading = "as_amended",
                    .amendment = in->amendment,
                    .date = &in->as_amended});
    take(c, (event){.in = in, .kind = "superseded", .date = &in->superseded});
}

static void take_provision(calendar *c, const pp__instrument *in,
                           const pp__provision *p) {
    take(c, (event){.in = in,
                    .provision = p,
                    .kind = "applies",
                    .reading = "as_written",
                    .amendment = p->amendment,
                    .date = &p->as_written});
    take(c, (event){.in = in,
                    .provision = p,
                    .kind = "applies",
                    .reading = "as_amended",
                    .amendment = p->amendment,
                    .date = &p->as_amended});
}

/* 1 when the instrument covers the country at the beginning, or it has made a commitment. */
static int concerns(const calendar *c, const pp__instrument *in, const char *country) {
    if (in->covers) {
        const pp__member *m = pp__standards_member(c->s, in->covers, country, c->from);
        if (strcmp(in->covers, country) == 0 ||
            (m && (!m->to.text || m->to.last >= c->from))) {
            return 1;
        }
    }
    pp__standing st = pp__stands(c->s, in, country, c->from);
    return st.by && st.kind != PP__WITHDRAWN && st.kind != PP__NO_LONGER_COVERED;
}

static void find_events(calendar *c, const char *country) {
    for (int64_t i = 0; i < c->s->n[PP__INSTRUMENTS]; i++) {
        const pp__instrument *in = &c->s->instruments[i];
        if (country && !concerns(c, in, country)) {
            continue;
        }
        take_instrument(c, in);
        for (int64_t k = 0; k < c->s->n[PP__PROVISIONS]; k++) {
            if (pp__standards_instrument(c->s, c->s->provisions[k].instrument) == in) {
                take_provision(c, in, &c->s->provisions[k]);
            }
        }
    }
    qsort(c->events, (size_t)c->n, sizeof *c->events, compare_events);
}

static pp_status put_events(const calendar *c, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {{"date", "Date", PP_TEXT, 0},
                                              {"event", "Event", PP_TEXT, 0},
                                              {"instrument", "Instrument", PP_TEXT, 0},
                                              {"article", "Article", PP_TEXT, 0},
                                              {"title", "Title", PP_TEXT, 0},
                                              {"reading", "Reading", PP_TEXT, 0},
                                              {"amendment", "Amendment", PP_TEXT, 0},
                                              {"covers", "Covers", PP_TEXT, 0},
                                              {"status", "Status", PP_TEXT, 0},
                                              {"source", "Source", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(result, "standards_calendar", "What is to come", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int64_t i = 0; i < c->n; i++) {
        const event *e = &c->events[i];
        const pp__checked *row = e->provision ? &e->provision->row : &e->in->row;
        const pp__cell cells[] = {
            PP__TEXT_CELL(e->date->text),
            PP__TEXT_CELL(e->kind),
            PP__TEXT_CELL(e->in->row.id),
            PP__TEXT_CELL(e->provision ? e->provision->article : NULL),
            PP__TEXT_CELL(e->in->title),
            PP__TEXT_CELL(e->reading),
            PP__TEXT_CELL(e->amendment),
            PP__TEXT_CELL(e->in->covers),
            PP__TEXT_CELL(row->status),
            PP__TEXT_CELL(row->source)};
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return PP_OK;
}

static pp_status note_period(const calendar *c, pp_result *result, pp_error *err) {
    char from[PP__DATE_TEXT], to[PP__DATE_TEXT];
    pp__day_text(c->from, from);
    pp__day_text(c->to, to);
    PP_TRY(pp_result_note_text(result, "after", from, err));
    return pp_result_note_text(result, "by", to, err);
}

static int64_t add_years(int64_t day, int64_t years) {
    pp__date date = pp__day_date(day);
    int year = date.year + (int)years;
    int most = pp__days_in_month(year, date.month);
    return pp__day_number(year, date.month, date.day < most ? date.day : most);
}

static pp_status fill(calendar *c, const char *country, pp_result *result,
                      pp_error *err) {
    c->events = pp_malloc(4 * c->s->n[PP__INSTRUMENTS] + 2 * c->s->n[PP__PROVISIONS],
                          sizeof *c->events);
    PP_NEED(c->events, err);
    find_events(c, country);
    pp_status status = note_period(c, result, err);
    if (status == PP_OK && country) {
        status = pp_result_note_text(result, "country", country, err);
    }
    if (status == PP_OK) {
        status = put_events(c, result, err);
    }
    pp_free(c->events);
    return status;
}

pp_status pp_standards_calendar(const pp_standards *s, const char *place, const char *at,
                                int64_t years, pp_result **out, pp_error *err) {
    calendar c = {.s = s};
    const pp_place *country = NULL;
    *out = NULL;
    if (years < 1 || years > 100) {
        pp_error_set(err, PP_E_ARGUMENT, "the years to look ahead are 1 to 100");
        pp_error_locate(err, NULL, 0, "years", NULL);
        pp_error_hint(err, "give a whole number of years");
        return PP_E_ARGUMENT;
    }
    if (place) {
        PP_TRY(pp__standards_country(s, place, &country, err));
    }
    PP_TRY(pp__standards_day(s, at, &c.from, err));
    c.to = add_years(c.from, years);
    PP_TRY(pp_result_new("standards", out, err));
    pp_status status = fill(&c, country ? country->id : NULL, *out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
