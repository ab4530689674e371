/* Vendors that enter and leave regions and countries. Kaplan & Meier (1958), JASA 53, 457-481. */
#include "market/network.h"

#include "base/check.h"
#include "model/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum scope { ALL, REGION, COUNTRY, SCOPES } scope;
static const char *const scopes[SCOPES] = {"all", "region", "country"};

/* A vendor in one part of the world: years between which it came and left; infinite: any time before,
   not (known to have) left. */
typedef struct spell {
    int part, vendor;
    double come_low, come_high, left_low, left_high;
} spell;

typedef struct work {
    pp__network *w;
    spell *spells;
    int64_t n;
    pp_table *entry, *survival;
} work;

static int part_of(const pp__sale *s, scope where) {
    return where == ALL ? 0 : where == REGION ? s->region : s->country;
}

static int compare_spells(const void *left, const void *right) {
    const spell *a = left, *b = right;
    return a->part != b->part ? a->part - b->part : a->vendor - b->vendor;
}

static spell spell_of(const pp__sale *s, scope where) {
    return (spell){part_of(s, where),
                   s->vendor,
                   isnan(s->earliest) ? -INFINITY : s->earliest,
                   isnan(s->latest) ? INFINITY : s->latest,
                   !s->ended                ? INFINITY
                   : isnan(s->end_earliest) ? -INFINITY
                                            : s->end_earliest,
                   !s->ended || isnan(s->end_latest) ? INFINITY : s->end_latest};
}

/* One spell of each vendor in each part: the first to come, the last to leave. */
static void gather(work *k, scope where) {
    const pp__market *m = &k->w->m;
    int64_t n = 0;
    k->n = 0;
    for (int64_t i = 0; i < m->n_sales; i++) {
        const pp__sale *s = &m->sales[i];
        if (s->vendor >= 0 && part_of(s, where) >= 0) {
            k->spells[n++] = spell_of(s, where);
        }
    }
    qsort(k->spells, (size_t)n, sizeof *k->spells, compare_spells);
    for (int64_t i = 0; i < n; i++) {
        spell *last = k->n ? &k->spells[k->n - 1] : NULL;
        const spell one = k->spells[i];
        if (!last || compare_spells(last, &one) != 0) {
            k->spells[k->n++] = one;
            continue;
        }
        last->come_low = fmin(last->come_low, one.come_low);
        last->come_high = fmin(last->come_high, one.come_high);
        last->left_low = fmax(last->left_low, one.left_low);
        last->left_high = fmax(last->left_high, one.left_high);
    }
    for (int64_t i = 0; i < k->n; i++) { /* none leaves before it comes */
        spell *s = &k->spells[i];
        s->left_low = fmax(s->left_low, s->come_low);
    }
}

/* ---- entry and exit by year ---- */

static int is_present(const spell *s, int year) {
    return s->come_high <= year && !(s->left_low <= year);
}

typedef struct tally {
    int in, in_low, in_high, out, out_low, out_high, present;
} tally;

static void count(tally *t, const spell *s, int year) {
    t->in += s->come_high == year;
    t->in_low += s->come_high == year && s->come_low == year;
    t->in_high += s->come_low <= year && year <= s->come_high;
    t->out += s->left_high == year;
    t->out_low += s->left_high == year && s->left_low == year;
    t->out_high += s->left_low <= year && year <= s->left_high;
    t->present += is_present(s, year);
}

/* Names of those that came (leave: that left) by the latest date. */
static pp_status put_names(const work *k, int64_t from, int64_t to, int year, int leave,
                           pp_table *table, int64_t row, pp_error *err) {
    pp_buf list;
    pp_buf_init(&list);
    for (int64_t i = from; i < to; i++) {
        const spell *s = &k->spells[i];
        if ((leave ? s->left_high : s->come_high) == year) {
            pp_buf_printf(&list, "%s%s", list.length ? ", " : "",
                          k->w->m.label[s->vendor]);
        }
    }
    pp_status status = pp_buf_check(&list, err);
    if (status == PP_OK) {
        status = pp__put_text(table, row, leave ? "left" : "entered",
                              list.length ? list.data : NULL, err);
    }
    pp_buf_clear(&list);
    return status;
}

static const char *name_of(const pp__market *m, scope where, int part) {
    return where == ALL      ? "all"
           : where == REGION ? m->regions.text[part]
                             : m->countries.text[part];
}

static pp_status put_year(work *k, scope where, int64_t from, int64_t to, int year,
                          pp_error *err) {
    tally t = {0};
    int64_t row;
    for (int64_t i = from; i < to; i++) {
        count(&t, &k->spells[i], year);
    }
    if (t.in_high + t.out_high == 0) {
        return PP_OK;
    }
    PP_TRY(pp_table_append(k->entry, &row, err));
    PP_TRY(pp__put_text(k->entry, row, "scope", scopes[where], err));
    PP_TRY(pp__put_text(k->entry, row, "value",
                        name_of(&k->w->m, where, k->spells[from].part), err));
    const pp__named numbers[] = {
        {"year", PP_SHOW_YEAR, year},
        {"entrants", PP_SHOW_COUNT, t.in},
        {"entrants_low", PP_SHOW_COUNT, t.in_low},
        {"entrants_high", PP_SHOW_COUNT, t.in_high},
        {"exits", PP_SHOW_COUNT, t.out},
        {"exits_low", PP_SHOW_COUNT, t.out_low},
        {"exits_high", PP_SHOW_COUNT, t.out_high},
        {"present", PP_SHOW_COUNT, t.present},
    };
    PP_TRY(
        pp__put_numbers(k->entry, row, numbers, sizeof numbers / sizeof *numbers, err));
    PP_TRY(put_names(k, from, to, year, 0, k->entry, row, err));
    return put_names(k, from, to, year, 1, k->entry, row, err);
}

static pp_status put_entry(work *k, scope where, pp_error *err) {
    const pp__market *m = &k->w->m;
    for (int64_t i = 0, j; i < k->n; i = j) {
        for (j = i; j < k->n && k->spells[j].part == k->spells[i].part; j++) {
        }
        for (int year = m->first; year <= m->last; year++) {
            PP_TRY(put_year(k, where, i, j, year, err));
        }
    }
    return PP_OK;
}

/* ---- survival ---- */

/* Years from the latest date of entry to exit, by its earliest or latest date, or to the last year;
   `exit`: it left by then. */
static double years_of(const spell *s, int early, int last, int *exit) {
    double end = early ? fmax(s->left_low, s->come_high) : s->left_high;
    *exit = end <= last;
    return fmax((*exit ? end : last) - s->come_high, 0);
}

/* At risk and exits after so many years. */
static void count_at(const work *k, int early, int years, int *risk, int *exits) {
    int last = k->w->m.last;
    *risk = *exits = 0;
    for (int64_t i = 0; i < k->n; i++) {
        int exit = 0;
        double time = k->spells[i].come_high <= last
                          ? years_of(&k->spells[i], early, last, &exit)
                          : -1;
        *risk += time >= years;
        *exits += exit && time == years;
    }
}

static pp_status put_survival(work *k, scope where, pp_error *err) {
    double survival[2] = {1, 1}; /* by latest and by earliest dates of exit */
    for (int years = 0;; years++) {
        int risk[2], exits[2];
        int64_t row;
        for (int early = 0; early < 2; early++) {
            count_at(k, early, years, &risk[early], &exits[early]);
            survival[early] *= risk[early] ? 1 - (double)exits[early] / risk[early] : 1;
        }
        if (risk[0] == 0) {
            return PP_OK;
        }
        PP_TRY(pp_table_append(k->survival, &row, err));
        PP_TRY(pp__put_text(k->survival, row, "scope", scopes[where], err));
        const pp__named numbers[] = {
            {"years", PP_SHOW_COUNT, years},
            {"at_risk", PP_SHOW_COUNT, risk[0]},
            {"exits", PP_SHOW_COUNT, exits[0]},
            {"exits_high", PP_SHOW_COUNT, exits[1]},
            {"survival_low", PP_SHOW_PERCENT, survival[1]},
            {"survival_high", PP_SHOW_PERCENT, survival[0]},
        };
        PP_TRY(pp__put_numbers(k->survival, row, numbers,
                               sizeof numbers / sizeof *numbers, err));
    }
}

static pp_status warn_open(const work *k, pp_error *err) {
    int64_t open = 0;
    for (int64_t i = 0; i < k->n; i++) {
        open += !isfinite(k->spells[i].come_low);
    }
    return open ? pp_result_warn(k->w->out, "open_entry", NULL, open, err,
                                 "vendors can have come at any time before: no record "
                                 "of theirs has an earliest date")
                : PP_OK;
}

pp_status pp__network_put_entry(pp__network *w, pp_error *err) {
    work k = {.w = w};
    k.spells = pp_arena_alloc(&w->m.arena, w->m.n_sales + 1, sizeof *k.spells);
    PP_NEED(k.spells, err);
    PP_TRY(pp_result_add(w->out, "market_entry", "Vendors that come and leave", &k.entry,
                         err));
    PP_TRY(pp_result_add(w->out, "market_survival", "How long vendors stay", &k.survival,
                         err));
    for (int where = ALL; where < SCOPES; where++) {
        gather(&k, (scope)where);
        PP_TRY(put_entry(&k, (scope)where, err));
        PP_TRY(where == ALL ? warn_open(&k, err) : put_survival(&k, (scope)where, err));
    }
    return PP_OK;
}
