/* Where a conclusion turns. */
#include "base/check.h"
#include "model/tables.h"
#include "unseen/tipping.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef const char *conclude_fn(const pp_tipping_question *question,
                                const pp__tipping_effect *effect);

static const char *significance(const pp_tipping_question *question,
                                const pp__tipping_effect *effect) {
    (void)question;
    return isnan(effect->estimate)               ? NULL
           : effect->low > 0 || effect->high < 0 ? "the 95% interval excludes zero"
                                                 : "the 95% interval holds zero";
}

static const char *sign(const pp_tipping_question *question,
                        const pp__tipping_effect *effect) {
    (void)question;
    return isnan(effect->estimate) ? NULL
           : effect->estimate >= 0 ? "positive"
                                   : "negative";
}

static const struct {
    const char *name;
    conclude_fn *conclude;
} CONCLUSIONS[] = {
    {"verdict", pp__tipping_verdict}, {"significance", significance}, {"sign", sign}};

/* Where it first changes: on the line, and with the smallest difference on the grid. */
typedef struct turning {
    const char *now, *then, *grid_then;
    double closed, difference, grid_closed, grid_open, lowest;
} turning;

static turning find_turning(const pp__tipping_grid *grid, const pp__tipping_answer *a,
                            conclude_fn *conclude) {
    turning t = {.closed = NAN, .difference = NAN, .grid_closed = NAN, .grid_open = NAN};
    t.lowest = 1;
    for (int64_t i = 0; i < grid->n; i++) {
        if (grid->pair[i].closed == 1 && grid->pair[i].open == 1) {
            t.now = conclude(a->question, &a->effect[i]);
        }
        t.lowest = fmin(t.lowest, grid->pair[i].closed);
    }
    for (int64_t i = 0; i < grid->n && t.now; i++) {
        const pp__tipping_pair *p = &grid->pair[i];
        const char *then = conclude(a->question, &a->effect[i]);
        double difference = p->open - p->closed;
        if (!then || strcmp(then, t.now) == 0 || difference < -1e-9) {
            continue;
        }
        if (p->fine && !(p->closed <= t.closed)) {
            t.closed = p->closed;
            t.then = then;
        }
        if (p->coarse && !(difference >= t.difference - 1e-9)) {
            t.difference = fmax(round(1e9 * difference) / 1e9, 0);
            t.grid_closed = p->closed;
            t.grid_open = p->open;
            t.grid_then = then;
        }
    }
    return t;
}

static int percent(double share) {
    return (int)floor(100 * share + 0.5 + 1e-9);
}

/* What the grid over both adds to the line. */
static void write_grid(const turning *t, pp_buf *words) {
    if (isnan(t->difference)) {
        pp_buf_add(words, ", nor if open ones hid as many or fewer");
    } else if (t->grid_open < 1 && t->difference == 0) {
        pp_buf_printf(words,
                      "; without any difference it is '%s' from %d%% missed in both",
                      t->grid_then, percent(1 - t->grid_closed));
    } else if (t->grid_open < 1) {
        pp_buf_printf(
            words, "; it is '%s' where %d%% are missed in closed and %d%% in open",
            t->grid_then, percent(1 - t->grid_closed), percent(1 - t->grid_open));
    }
}

static void write_words(const turning *t, pp_buf *words) {
    if (!t->now) {
        pp_buf_add(words, "there is no estimate as the record stands");
    } else if (isnan(t->closed)) {
        pp_buf_printf(words,
                      "does not change with up to %d%% of adoptions missed in closed "
                      "regimes and none in open ones",
                      percent(1 - t->lowest));
        write_grid(t, words);
    } else {
        pp_buf_printf(words,
                      "changes to '%s' from about %d%% of adoptions missed in closed "
                      "regimes and none in open ones",
                      t->then, percent(1 - t->closed));
        write_grid(t, words);
    }
}

static pp_status put_turning(const pp__tipping_answer *a, const char *name,
                             const turning *t, pp_table *table, pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "question", a->question->name, err));
    PP_TRY(pp__put_text(table, row, "conclusion", name, err));
    PP_TRY(pp__put_text(table, row, "now", t->now, err));
    PP_TRY(pp__put_text(table, row, "then", t->then ? t->then : t->grid_then, err));
    const pp__named facts[] = {{"detection_closed", PP_SHOW_DEFAULT, t->closed},
                               {"missed_closed", PP_SHOW_PERCENT, 1 - t->closed},
                               {"difference", PP_SHOW_DEFAULT, t->difference},
                               {"grid_closed", PP_SHOW_DEFAULT, t->grid_closed},
                               {"grid_open", PP_SHOW_DEFAULT, t->grid_open}};
    PP_TRY(pp__put_numbers(table, row, facts, sizeof facts / sizeof *facts, err));
    pp_buf words;
    pp_buf_init(&words);
    write_words(t, &words);
    pp_status status = pp_buf_check(&words, err);
    if (status == PP_OK) {
        status = pp__put_text(table, row, "words", words.data, err);
    }
    pp_buf_clear(&words);
    return status;
}

pp_status pp__tipping_points(const pp__tipping_grid *grid, const pp__tipping_answer *a,
                             pp_table *table, pp_error *err) {
    for (size_t c = 0; c < sizeof CONCLUSIONS / sizeof *CONCLUSIONS; c++) {
        turning t = find_turning(grid, a, CONCLUSIONS[c].conclude);
        PP_TRY(put_turning(a, CONCLUSIONS[c].name, &t, table, err));
    }
    return PP_OK;
}
