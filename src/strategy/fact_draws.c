#include "strategy/fact_draws.h"

#include "base/check.h"
#include "table/expression.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double NORMAL_95 = 1.959963984540054;

typedef enum law_of { LOG_ODDS, NORMAL, UNIFORM } law_of;

static const struct {
    const char *name;
    law_of law;
} DRAWN[] = {{"hazard", LOG_ODDS},
             {"push", NORMAL},
             {"pull", NORMAL},
             {"exposure", UNIFORM},
             {"dependence", UNIFORM}};
enum { N_DRAWN = sizeof DRAWN / sizeof *DRAWN };

int pp__facts_name(const char *const *sql, int64_t n_sql, const char *fact) {
    for (int64_t i = 0; i < n_sql; i++) {
        if (sql[i] && pp__sql_has_word(sql[i], fact)) {
            return 1;
        }
    }
    return 0;
}

/* ---- taking ---- */

static pp_status copy_texts(const pp_column *from, pp_table *to, pp_column *column,
                            const int64_t *rows, int64_t n, pp_error *err) {
    for (int64_t i = 0; i < n; i++) {
        const char *text = pp_column_get_text(from, rows[i]);
        const char *last = i ? pp_column_get_text(from, rows[i - 1]) : NULL;
        if (text && text == last) { /* once a place */
            column->code[i] = column->code[i - 1];
        } else if (text) {
            PP_TRY(pp_column_set_level(to, column, i, text, err));
        }
    }
    return PP_OK;
}

static pp_status copy_column(const pp_column *from, pp_table *to, const int64_t *rows,
                             int64_t n, pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_add(to, from->type == PP_NUMBER ? PP_NUMBER : PP_CATEGORY, from->name,
                        &column, err));
    if (from->type != PP_NUMBER) {
        return copy_texts(from, to, column, rows, n, err);
    }
    for (int64_t i = 0; i < n; i++) {
        column->number[i] = from->number[rows[i]];
    }
    return PP_OK;
}

pp_status pp__facts_take(const pp_table *facts, const char *const *sql, int64_t n_sql,
                         const int64_t *rows, int64_t n, pp_table **out, pp_error *err) {
    pp_table *to;
    *out = NULL;
    PP_TRY(pp_table_new(&to, err));
    pp_status status = pp_table_resize(to, n, err);
    for (int i = 0; i < pp_table_columns(facts) && status == PP_OK; i++) {
        const pp_column *from = pp_table_column(facts, i);
        if (strcmp(from->name, "place_id") == 0 ||
            pp__facts_name(sql, n_sql, from->name)) {
            status = copy_column(from, to, rows, n, err);
        }
    }
    if (status != PP_OK) {
        pp_table_free(to);
        return status;
    }
    *out = to;
    return PP_OK;
}

/* ---- drawing ---- */

/* Where a fact and its ends are, and where its draws go; NULL: it is not drawn, or nobody asks for it. */
typedef struct drawn {
    const double *x, *low, *high;
    double *to;
} drawn;

static double *numbers_of(const pp_table *table, const char *name, const char *end) {
    char full[64];
    snprintf(full, sizeof full, "%s%s", name, end);
    const pp_column *column = pp_table_find(table, full);
    return column && column->type == PP_NUMBER ? column->number : NULL;
}

static drawn find(const pp_table *facts, const char *name, const pp_table *to) {
    return (drawn){numbers_of(facts, name, ""), numbers_of(facts, name, "_low"),
                   numbers_of(facts, name, "_high"), numbers_of(to, name, "")};
}

static double log_odds(double p) {
    return log(p / (1 - p));
}

/* `z` normal, `u` uniform; NaN: it stays as it is. */
static double draw_one(law_of law, double x, double low, double high, double z,
                       double u) {
    if (isnan(x) || !(low < high)) {
        return NAN;
    }
    if (law == UNIFORM) {
        return low + u * (high - low);
    }
    if (law == NORMAL) {
        return x + z * (high - low) / (2 * NORMAL_95);
    }
    if (low <= 0 || high >= 1 || x <= 0 || x >= 1) {
        return NAN;
    }
    double sd = (log_odds(high) - log_odds(low)) / (2 * NORMAL_95);
    return 1 / (1 + exp(-(log_odds(x) + z * sd)));
}

static void draw_fact(const drawn *d, law_of law, int64_t place, pp_rng *rng,
                      int64_t row) {
    double z = pp_rng_normal(rng), u = pp_rng_uniform(rng);
    if (d->x && d->low && d->high && d->to) {
        double value = draw_one(law, d->x[place], d->low[place], d->high[place], z, u);
        d->to[row] = isnan(value) ? d->to[row] : value;
    }
}

/* FNV-1a: a place has the same draws in any order and company. */
static uint64_t key_of(const pp_column *ids, int64_t row) {
    const char *text = ids ? pp_column_get_text(ids, row) : NULL;
    uint64_t h = 14695981039346656037u;
    for (const char *s = text ? text : ""; *s; s++) {
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    }
    return h;
}

typedef struct years {
    drawn earliest, latest, since;
} years;

static void draw_years(const years *y, int64_t place, pp_rng *rng, int64_t row) {
    double low = y->earliest.x ? y->earliest.x[place] : NAN;
    double high = y->latest.x ? y->latest.x[place] : NAN;
    double u = pp_rng_uniform(rng);
    if (!(low < high)) {
        return;
    }
    double year = low + floor(u * (high - low + 1));
    if (y->earliest.to) {
        y->earliest.to[row] = year;
    }
    if (y->latest.to) {
        y->latest.to[row] = year;
    }
    if (y->since.to) {
        y->since.to[row] += high - year;
    }
}

static void draw_rows(const pp_table *facts, const int64_t *rows, int64_t n,
                      int64_t draws, uint64_t seed, pp_table *to) {
    const pp_column *ids = pp_table_find(facts, "place_id");
    const years y = {find(facts, "earliest_year", to), find(facts, "latest_year", to),
                     find(facts, "years_since", to)};
    drawn each[N_DRAWN];
    for (int k = 0; k < N_DRAWN; k++) {
        each[k] = find(facts, DRAWN[k].name, to);
    }
    for (int64_t i = 0; i < n; i++) {
        pp_rng rng;
        pp_rng_init(&rng, seed, key_of(ids, rows[i]), (uint64_t)(i % draws));
        for (int k = 0; k < N_DRAWN; k++) {
            draw_fact(&each[k], DRAWN[k].law, rows[i], &rng, i);
        }
        draw_years(&y, rows[i], &rng, i);
    }
}

pp_status pp__facts_draw(const pp_table *facts, const char *const *sql, int64_t n_sql,
                         int64_t first, int64_t n, int64_t draws, uint64_t seed,
                         pp_table **out, pp_error *err) {
    int64_t *rows = pp_malloc(n * draws, sizeof *rows);
    *out = NULL;
    PP_NEED(rows, err);
    for (int64_t i = 0; i < n * draws; i++) {
        rows[i] = first + i / draws;
    }
    pp_status status = pp__facts_take(facts, sql, n_sql, rows, n * draws, out, err);
    if (status == PP_OK) {
        draw_rows(facts, rows, n * draws, draws, seed, *out);
    }
    pp_free(rows);
    return status;
}
