/* Sales joined into records, and what each was at the end of a year. */
#include "market/records.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { MOST_YEARS = 200 };

static int is_same_record(const pp__sale *a, const pp__sale *b) {
    return a->place == b->place && a->family == b->family && a->vendor == b->vendor &&
           (a->vendor >= 0 || a->supplier == b->supplier);
}

static pp__state sale_state(const pp__sale *s, int year) {
    if (s->earliest > year || (s->ended && s->end_latest <= year)) {
        return PP__NOT_THERE;
    }
    int may_have_ended = s->ended && !(s->end_earliest > year);
    return s->latest <= year && !may_have_ended ? PP__CERTAIN : PP__POSSIBLE;
}

static void join(pp__market *m) {
    for (int64_t i = 0; i < m->n_sales; i++) {
        const pp__sale *s = &m->sales[i];
        pp__record *r = m->n ? &m->records[m->n - 1] : NULL;
        if (r && is_same_record(s, r->sales)) {
            r->n++;
            r->supplier = r->supplier < 0 ? s->supplier : r->supplier;
            continue;
        }
        int together = r && r->place == s->place && r->family == s->family;
        m->records[m->n] = (pp__record){s,         1,
                                        s->vendor, s->supplier,
                                        s->place,  s->country,
                                        s->region, s->family,
                                        0,         together ? r->twin : (int)m->n};
        m->n++;
    }
}

/* An unnamed vendor's record may be one that says more of the same place and family. */
static int says_more(const pp__record *other, const pp__record *r) {
    if (r->vendor >= 0 || other->place != r->place || other->family != r->family) {
        return 0;
    }
    if (other->vendor < 0) {
        return r->supplier < 0 && other->supplier >= 0;
    }
    return r->supplier < 0 || other->supplier < 0 || other->supplier == r->supplier;
}

pp__state pp__market_state(const pp__market *m, int64_t record, int year) {
    return m->state[record * (m->last - m->first + 1) + (year - m->first)];
}

double pp__market_since(const pp__market *m, int64_t record, pp__state state) {
    for (int year = m->first; year <= m->last; year++) {
        if (pp__market_state(m, record, year) >= state) {
            return year;
        }
    }
    return NAN;
}

double pp__market_until(const pp__market *m, int64_t record, pp__state state) {
    for (int year = m->last; year >= m->first; year--) {
        if (pp__market_state(m, record, year) >= state) {
            return year < m->last ? year : (double)NAN;
        }
    }
    return NAN;
}

static pp__state own_state(const pp__record *r, int year) {
    pp__state state = PP__NOT_THERE;
    for (int k = 0; k < r->n; k++) {
        pp__state one = sale_state(&r->sales[k], year);
        state = one > state ? one : state;
    }
    return state;
}

static pp__state state_of(const pp__market *m, int64_t i, int year, int *same) {
    const pp__record *r = &m->records[i];
    pp__state state = own_state(r, year);
    for (int64_t j = r->twin; state == PP__CERTAIN && j < m->n; j++) {
        const pp__record *other = &m->records[j];
        if (other->twin != r->twin) {
            break;
        }
        if (says_more(other, r) && own_state(other, year) != PP__NOT_THERE) {
            *same = 1;
            state = PP__POSSIBLE;
        }
    }
    return state;
}

static pp_status find_years(pp__market *m, const pp_market_options *o, pp_error *err) {
    double first = INFINITY, last = -INFINITY;
    for (int64_t i = 0; i < m->n_sales; i++) {
        first = fmin(first, m->sales[i].latest);
        last = fmax(last, m->sales[i].latest);
    }
    m->first = o->first ? o->first : isfinite(first) ? (int)first : o->last;
    m->last = o->last ? o->last : isfinite(last) ? (int)last : m->first;
    if (m->first <= 0 || m->last < m->first || m->last - m->first >= MOST_YEARS) {
        pp_error_set(err, PP_E_ARGUMENT,
                     "the years %d to %d are no range of 1 to %d years", m->first,
                     m->last, MOST_YEARS);
        pp_error_locate(err, NULL, 0, "first", NULL);
        pp_error_hint(err, "dates of the record run from %.0f to %.0f", first, last);
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

pp_status pp__market_records(pp__market *m, const pp_market_options *options,
                             pp_error *err) {
    PP_TRY(find_years(m, options, err));
    int years = m->last - m->first + 1;
    m->records = pp_arena_alloc(&m->arena, m->n_sales + 1, sizeof *m->records);
    m->state = pp_arena_alloc(&m->arena, (m->n_sales + 1) * years, sizeof *m->state);
    PP_NEED(m->records && m->state, err);
    join(m);
    for (int64_t i = 0; i < m->n; i++) {
        for (int y = 0; y < years; y++) {
            m->state[i * years + y] =
                (unsigned char)state_of(m, i, m->first + y, &m->records[i].same);
        }
    }
    return PP_OK;
}

/* ---- what a record is called ---- */

const char *pp__names_text(const pp__names *names, int code) {
    return code < 0 ? NULL : names->text[code];
}

const char *pp__market_country(const pp__market *m, const char *code) {
    const pp_column *id = pp_table_find(m->country_table, "id");
    const pp_column *name = pp_table_find(m->country_table, "name");
    for (int64_t i = 0; name && i < pp_table_rows(m->country_table); i++) {
        const char *found = pp_column_get_text(id, i);
        if (found && strcmp(found, code) == 0) {
            return pp_column_get_text(name, i);
        }
    }
    return code;
}

void pp__market_list(const pp__market *m, const pp__record *r, const char *column,
                     pp_buf *out) {
    const pp_column *from = pp_table_find(m->adoptions, column);
    for (int k = 0; k < r->n; k++) {
        const char *text = pp_column_get_text(from, r->sales[k].row);
        pp_buf_printf(out, "%s%s", out->length ? " " : "", text ? text : "");
    }
}

pp_status pp__market_empty(const char *what, pp_error *err) {
    pp_error_set(err, PP_E_INPUT, "there are no adoptions to %s", what);
    pp_error_hint(err, "look at the rule: which suppliers, platforms and statuses count");
    return PP_E_INPUT;
}
