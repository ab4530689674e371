/* What drives adoption at a place: hazard, push against pull, each factor's part. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "evidence/rows.h"
#include "strategy/profile_driving.h"

#include <Rmath.h>
#include <math.h>
#include <string.h>

/* ---- facts ---- */

static pp__known blank(const pp__profiles *p, const pp__driven_country *c) {
    pp__known k = pp__known_blank("country");
    k.year = c->year;
    k.grade = "estimate";
    k.source = p->in->model ? p->in->model : "model";
    return k;
}

static pp_status put_sum(pp__profiles *p, int64_t place, pp__fact fact,
                         const pp__driven_country *c, const pp__sum *s) {
    pp__known k = blank(p, c);
    k.number = s->estimate;
    k.low = s->low;
    k.high = s->high;
    k.note = "on the scale of the linear predictor, against a country at the means";
    return pp__profile_put(p, place, fact, &k);
}

/* The rule of profile.h. */
static const char *driver_of(const pp__driving *d, const pp__driven_country *c, int push,
                             int pull) {
    pp__sum a = pp__driven_sum(d, c, -1, push), b = pp__driven_sum(d, c, -1, pull);
    pp__sum less = pp__driven_difference(d, c, push, pull);
    return a.low > 0 && b.low > 0       ? "both"
           : a.low > 0 && less.low > 0  ? "push"
           : b.low > 0 && less.high < 0 ? "pull"
           : a.high <= 0 && b.high <= 0 ? "neither"
                                        : "undetermined";
}

static double push_above(const pp__driving *d, const pp__driven_country *c, int push,
                         int pull) {
    pp__sum less = pp__driven_difference(d, c, push, pull);
    return less.error > 0 ? pnorm5(less.estimate / less.error, 0, 1, 1, 0) : NAN;
}

/* Which of the two adds more, as far as coefficients drawn from their normal distribution tell. */
static pp_status put_leaning(pp__profiles *p, int64_t place, const pp__driven_country *c,
                             double above) {
    pp__known k = blank(p, c);
    if (isnan(above)) {
        return PP_OK;
    }
    k.number = above;
    k.note = "of coefficients drawn from their normal distribution, the share with which "
             "push adds more than pull";
    PP_TRY(pp__profile_put(p, place, PP__FACT_PUSH_ABOVE, &k));
    k.text = above >= p->options.lean       ? "push"
             : above <= 1 - p->options.lean ? "pull"
                                            : "unclear";
    k.number = NAN;
    k.note = "weaker than driver: it says which adds more, not that either adds";
    return pp__profile_put(p, place, PP__FACT_LEANING, &k);
}

/* An undetermined driver is not the end of what is known: which of the two is the likelier one. */
static pp_status put_driver(pp__profiles *p, int64_t place, const pp__driven_country *c,
                            int push, int pull) {
    double above = push_above(p->driving, c, push, pull);
    pp__known k = blank(p, c);
    k.text = driver_of(p->driving, c, push, pull);
    k.note = "by the intervals of the two sums and of their difference";
    if (strcmp(k.text, "undetermined") == 0 && !isnan(above)) {
        k.note = pp_arena_printf(
            &p->scratch,
            "no interval stands clear of zero and of the other; %s adds more with a "
            "chance of %.0f%%",
            above >= 0.5 ? "push" : "pull", fmin(99, 100 * fmax(above, 1 - above)));
        PP_NEED(k.note, p->err);
    }
    PP_TRY(pp__profile_put(p, place, PP__FACT_DRIVER, &k));
    return put_leaning(p, place, c, above);
}

static pp_status put_groups(pp__profiles *p, int64_t place, const pp__driven_country *c) {
    const pp__driving *d = p->driving;
    int push = pp__driven_group(d, "push"), pull = pp__driven_group(d, "pull");
    if (push >= 0) {
        pp__sum s = pp__driven_sum(d, c, -1, push);
        PP_TRY(put_sum(p, place, PP__FACT_PUSH, c, &s));
    }
    if (pull >= 0) {
        pp__sum s = pp__driven_sum(d, c, -1, pull);
        PP_TRY(put_sum(p, place, PP__FACT_PULL, c, &s));
    }
    if (push < 0 || pull < 0) {
        return PP_OK;
    }
    return put_driver(p, place, c, push, pull);
}

pp_status pp__profile_driven(pp__profiles *p, int64_t place) {
    if (!p->driving) {
        return PP_OK;
    }
    const pp__driven_country *c = &p->driving->countries[p->places[place].own];
    pp__known k = blank(p, c);
    if (c->row < 0) {
        k.note = c->missing;
        PP_TRY(pp__profile_put(p, place, PP__FACT_HAZARD, &k));
        k.text = c->missing;
        k.note = NULL;
        return pp__profile_put(p, place, PP__FACT_NO_HAZARD, &k);
    }
    k.number = c->hazard;
    k.low = c->low;
    k.high = c->high;
    k.note =
        "for a country that had not adopted, if the model holds. It rests on countries "
        "whose outcome is known, so rank says more than level; how such chances did "
        "in the past: pushpull forecast";
    PP_TRY(pp__profile_put(p, place, PP__FACT_HAZARD, &k));
    k.low = k.high = NAN;
    k.number = c->year;
    k.note = NULL;
    PP_TRY(pp__profile_put(p, place, PP__FACT_HAZARD_YEAR, &k));
    return put_groups(p, place, c);
}

/* ---- the table ---- */

typedef struct line {
    const char *name, *label, *group, *level;
    double value, reference;
} line;

static pp_status put_line(const pp__profiles *p, const pp__profile_place *place,
                          const pp__driven_country *c, const line *l, const pp__sum *s,
                          pp_table *table) {
    const pp__cell cells[] = {PP__TEXT_CELL(place->id),     PP__NUMBER_CELL(c->year),
                              PP__TEXT_CELL(l->name),       PP__TEXT_CELL(l->label),
                              PP__TEXT_CELL(l->group),      PP__TEXT_CELL(l->level),
                              PP__NUMBER_CELL(l->value),    PP__NUMBER_CELL(l->reference),
                              PP__NUMBER_CELL(s->estimate), PP__NUMBER_CELL(s->error),
                              PP__NUMBER_CELL(s->low),      PP__NUMBER_CELL(s->high)};
    return pp__rows_add_cells(table, cells, p->err);
}

static pp_status put_force(const pp__profiles *p, const pp__profile_place *place,
                           const pp__driven_country *c, int f, pp_table *table) {
    const pp__driving *d = p->driving;
    const pp__force *force = &d->forces[f];
    const pp_column *column =
        force->variable < 0 ? NULL : pp_table_find(d->rows, force->name);
    line l = {force->name, force->label, force->group, NULL, NAN, d->value_mean[f]};
    if (column && column->type == PP_NUMBER) {
        l.value = column->number[c->row];
    } else if (column) {
        l.level = pp_column_get_text(column, c->row);
    }
    pp__sum s = pp__driven_sum(d, c, f, -1);
    return put_line(p, place, c, &l, &s, table);
}

static int is_used(const pp__driving *d, int group) {
    for (int f = 0; f < d->n_forces; f++) {
        if (d->forces[f].used && d->forces[f].group_at == group) {
            return 1;
        }
    }
    return 0;
}

static pp_status put_country(const pp__profiles *p, int64_t i, pp_table *table) {
    const pp__driving *d = p->driving;
    const pp__driven_country *c = &d->countries[i];
    for (int f = 0; f < d->n_forces; f++) {
        if (d->forces[f].used) {
            PP_TRY(put_force(p, &p->places[i], c, f, table));
        }
    }
    for (int g = 0; g < d->n_groups; g++) {
        if (is_used(d, g)) {
            const line l = {d->groups[g], d->groups[g], "sum", NULL, NAN, NAN};
            pp__sum s = pp__driven_sum(d, c, -1, g);
            PP_TRY(put_line(p, &p->places[i], c, &l, &s, table));
        }
    }
    const line all = {"all", "all", "sum", NULL, NAN, NAN};
    pp__sum s = pp__driven_sum(d, c, -1, -1);
    return put_line(p, &p->places[i], c, &all, &s, table);
}

pp_status pp__profile_driver_rows(pp__profiles *p) {
    static const pp__column_spec columns[] = {
        {"place_id", "Place", PP_TEXT, 0}, {"year", "Year", 0, PP_SHOW_YEAR},
        {"factor", "Factor", PP_TEXT, 0},  {"label", "Name", PP_TEXT, 0},
        {"group", "Group", PP_TEXT, 0},    {"level", "Level", PP_TEXT, 0},
        {"value", "Value", 0, 0},          {"reference", "Mean", 0, 0},
        {"contribution", "Adds", 0, 0},    {"std_error", "Std. error", 0, 0},
        {"conf_low", "Low", 0, 0},         {"conf_high", "High", 0, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(p->result, "profile_drivers",
                          "What drives it: each factor's part", columns,
                          sizeof columns / sizeof *columns, &table, p->err));
    for (int64_t i = 0; p->driving && i < p->n_countries; i++) {
        if (p->driving->countries[i].row >= 0) {
            PP_TRY(put_country(p, i, table));
        }
    }
    if (p->driving && p->driving->without > 0) {
        PP_TRY(pp_result_warn(p->result, "no_hazard", NULL, p->driving->without, p->err,
                              "countries lack factors of the model in their last years: "
                              "they have no hazard (profiles.no_hazard says which)"));
    }
    return pp_result_set_note(
        p->result, "profile_drivers",
        "Coefficient times value less the mean, on the scale of the linear predictor, "
        "with "
        "the intervals that the covariance of the coefficients gives. What goes with "
        "adoption need not bring it about.",
        p->err);
}
