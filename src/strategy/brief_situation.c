/* What is on record, and what goes with it here. */
#include "strategy/brief.h"

#include "base/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int is(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

/* "in 2014", "between 2013 and 2014", "by 2014", "in 2014 or later". */
static void add_years(pp__brief *b, double earliest, double latest) {
    if (!isnan(earliest) && earliest == latest) {
        pp_buf_printf(&b->text, "in %.0f", latest);
    } else if (!isnan(earliest) && !isnan(latest)) {
        pp_buf_printf(&b->text, "between %.0f and %.0f", earliest, latest);
    } else if (!isnan(latest)) {
        pp_buf_printf(&b->text, "by %.0f", latest);
    } else if (!isnan(earliest)) {
        pp_buf_printf(&b->text, "in %.0f or later", earliest);
    } else {
        pp_buf_add(&b->text, "on a day that no source gives");
    }
}

static void add_count(pp__brief *b, double n, const char *one, const char *many) {
    pp_buf_printf(&b->text, "%.0f %s", n, n == 1 ? one : many);
}

/* ---- the record ---- */

static void say_adopted(pp__brief *b) {
    int ended = pp__brief_number(b, "ended") == 1;
    pp__brief_add(b, pp__brief_text(b, "name"));
    pp_buf_add(&b->text, ended ? " took up " : " has taken up ");
    if (pp__brief_text(b, "platforms")) {
        pp__brief_add_words(b, pp__brief_text(b, "platforms"));
    } else {
        pp_buf_add(&b->text, "such a platform");
    }
    if (pp__brief_text(b, "vendors")) {
        pp_buf_add(&b->text, " from ");
        pp__brief_add_vendors(b, pp__brief_text(b, "vendors"));
    }
    pp_buf_add(&b->text, "; the first began ");
    add_years(b, pp__brief_number(b, "earliest_year"),
              pp__brief_number(b, "latest_year"));
    pp_buf_add(&b->text, ended ? ". By what is on record all of it has ended. " : ". ");
    pp_buf_add(&b->text, "This rests on ");
    add_count(b, pp__brief_number(b, "claims"), "claim", "claims");
    pp_buf_add(&b->text, " in ");
    add_count(b, pp__brief_number(b, "stories"), "independent story",
              "independent stories");
    if (pp__brief_text(b, "confidence")) {
        pp_buf_add(&b->text, "; the confidence of the best is ");
        pp__brief_add(b, pp__brief_text(b, "confidence"));
    }
    pp_buf_add_char(&b->text, '.');
    if (pp__brief_text(b, "conflict")) {
        pp_buf_add(&b->text, " Sources do not agree with each other (");
        pp__brief_add_words(b, pp__brief_text(b, "conflict"));
        pp_buf_add(&b->text, ").");
    }
}

static void say_record(pp__brief *b) {
    const char *outcome = pp__brief_text(b, "outcome");
    const char *name = pp__brief_text(b, "name");
    if (is(outcome, "adopted")) {
        say_adopted(b);
    } else if (is(outcome, "supplier_unknown")) {
        pp_buf_add(&b->text, "Platforms for public security in ");
        pp__brief_add(b, name);
        pp_buf_add(&b->text,
                   " are on record, but no source says from which country they came. "
                   "Whether it belongs to the adopters cannot be told.");
    } else if (is(outcome, "no_adoption_found")) {
        pp__brief_add(b, name);
        pp_buf_add(&b->text, " was searched, and no such platform was found. That is "
                             "not proof that there is none.");
    } else {
        pp_buf_add(&b->text, "Nobody has searched ");
        pp__brief_add(b, name);
        pp_buf_add(&b->text,
                   " yet. What follows comes from figures on the country, and not from "
                   "any record of a purchase.");
    }
}

static void say_adoption(pp__brief *b, int64_t row) {
    const pp_table *t = b->adoptions;
    const char *status = pp__cell_text(t, "status_group", row);
    if (b->is_country && pp__cell_text(t, "place", row)) {
        pp_buf_add(&b->text, "**");
        pp__brief_add(b, is(pp__cell_text(t, "place_kind", row), "country")
                             ? "The whole country"
                             : pp__cell_text(t, "place", row));
        pp_buf_add(&b->text, "**: ");
    }
    pp__brief_add_words(b, pp__cell_text(t, "family", row));
    pp_buf_add(&b->text, " from ");
    pp__brief_add_vendors(b, pp__cell_text(t, "vendor", row));
    pp_buf_add(&b->text, is(status, "operational")  ? ", in use "
                         : is(status, "contracted") ? ", contracted "
                                                    : ", announced ");
    add_years(b, pp__cell_number(t, "earliest_year", row),
              pp__cell_number(t, "latest_year", row));
    if (pp__cell_number(t, "ended", row) == 1) {
        pp_buf_add(&b->text, ", ended since");
    }
    pp_buf_add(&b->text, " (");
    pp__brief_add(b, pp__cell_text(t, "confidence", row));
    pp_buf_add(&b->text, " confidence, ");
    add_count(b, pp__cell_number(t, "n_claims", row), "claim", "claims");
    pp_buf_add(&b->text, ").");
}

enum { MOST_ADOPTIONS = 3 };

/* Those with most independent stories, then claims; the first of equal ones. */
static int better(const pp_table *t, int64_t a, int64_t b) {
    double x = pp__cell_number(t, "n_stories", a), y = pp__cell_number(t, "n_stories", b);
    return x != y ? x > y
                  : pp__cell_number(t, "n_claims", a) > pp__cell_number(t, "n_claims", b);
}

static int take_best(const pp_table *t, const int64_t *rows, int64_t n, int64_t *best) {
    int taken = 0;
    for (int64_t i = 0; i < n; i++) {
        int place = taken;
        while (place > 0 && better(t, rows[i], best[place - 1])) {
            place--;
        }
        if (place == MOST_ADOPTIONS) {
            continue;
        }
        taken += taken < MOST_ADOPTIONS;
        for (int k = taken - 1; k > place; k--) {
            best[k] = best[k - 1];
        }
        best[place] = rows[i];
    }
    return taken;
}

static pp_status say_adoptions(pp__brief *b, pp_error *err) {
    const int64_t *rows;
    int64_t best[MOST_ADOPTIONS];
    int64_t n = b->is_country ? pp__rows_find(&b->country_adoptions, b->place, &rows)
                              : pp__rows_find(&b->adoptions_of, b->place, &rows);
    int taken = take_best(b->adoptions, rows, n, best);
    for (int i = 0; i < taken; i++) {
        say_adoption(b, best[i]);
        PP_TRY(pp__brief_note_claims(b, pp__cell_text(b->adoptions, "claims", best[i]), 2,
                                     err));
        PP_TRY(pp__brief_say(b, PP__SITUATION, 1, err));
    }
    if (n > taken) {
        pp_buf_printf(&b->text, "%lld more are on record.", (long long)(n - taken));
    }
    return pp__brief_say(b, PP__SITUATION, 1, err);
}

pp_status pp__brief_situation(pp__brief *b, pp_error *err) {
    say_record(b);
    PP_TRY(pp__brief_note_fact(b, "outcome", err));
    PP_TRY(pp__brief_say(b, PP__SITUATION, 0, err));
    return b->adoptions ? say_adoptions(b, err) : PP_OK;
}

/* ---- why here ---- */

static const char *driver_words(const char *driver) {
    static const char *const words[][2] = {
        {"push", "What pushes weighs more here"},
        {"pull", "What pulls weighs more here"},
        {"both", "Both add to it here"},
        {"neither", "Neither adds to it here"},
        {"undetermined", "The intervals do not tell which of the two weighs more here"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (is(driver, words[i][0])) {
            return words[i][1];
        }
    }
    return NULL;
}

static void say_sum(pp__brief *b, const char *words, const char *what) {
    char low[32], high[32];
    double sum = pp__brief_number(b, what);
    snprintf(low, sizeof low, "%s_low", what);
    snprintf(high, sizeof high, "%s_high", what);
    pp_buf_add(&b->text, words);
    pp_buf_add(&b->text, sum > 0 ? "+" : "");
    pp__brief_add_number(b, sum);
    pp__brief_add_band(b, pp__brief_number(b, low), pp__brief_number(b, high));
}

static pp_status say_drivers(pp__brief *b, pp_error *err) {
    const char *words = driver_words(pp__brief_text(b, "driver"));
    double hazard = pp__brief_number(b, "hazard");
    double chance = pp__brief_number(b, "push_above");
    if (isnan(pp__brief_number(b, "push"))) {
        pp_buf_add(&b->text,
                   "What drives adoption here cannot be told: the model lacks figures "
                   "for this country.");
        PP_TRY(pp__brief_note_fact(b, "hazard", err));
        return pp__brief_say(b, PP__WHY, 0, err);
    }
    say_sum(b,
            b->is_country ? "Against a country at the means, what **pushes** (importance "
                            "to the supplier's state) adds "
                          : "By figures of the whole country, against one at the means, "
                            "what **pushes** (importance to the supplier's state) adds ",
            "push");
    say_sum(b,
            " to the log-odds of a first adoption, and what **pulls** (crime, "
            "instability) ",
            "pull");
    pp_buf_add(&b->text, "; 95% intervals in brackets. ");
    pp_buf_add(&b->text, words ? words : "");
    if (!isnan(chance)) {
        pp_buf_printf(&b->text, "%sthe chance that push adds more is %.0f%%",
                      words ? "; " : "", 100 * chance);
    }
    pp_buf_add(&b->text, words || !isnan(chance) ? "." : "");
    if (!isnan(hazard) && !is(pp__brief_text(b, "outcome"), "adopted")) {
        pp_buf_add(&b->text, " The model's chance of a first adoption in a year is ");
        pp__brief_add_number(b, 100 * hazard);
        pp_buf_add(&b->text, "%");
        pp__brief_add_band(b, 100 * pp__brief_number(b, "hazard_low"),
                           100 * pp__brief_number(b, "hazard_high"));
        pp_buf_add(&b->text, ".");
    }
    pp_buf_add(&b->text, " These are associations across countries, and no account of "
                         "how this one decided.");
    PP_TRY(pp__brief_note_fact(b, "push", err));
    return pp__brief_say(b, PP__WHY, 0, err);
}

enum { MOST_FACTORS = 3 };

static int is_factor(const pp__brief *b, int64_t row) {
    const char *group = pp__cell_text(b->in->drivers, "group", row);
    return is(group, "push") || is(group, "pull");
}

/* The factors that add or take away most. */
static pp_status say_factors(pp__brief *b, pp_error *err) {
    const pp_table *t = b->in->drivers;
    const int64_t *rows;
    int64_t n = pp__rows_find(&b->drivers_of, b->country, &rows);
    double before = INFINITY;
    for (int k = 0; k < MOST_FACTORS; k++) {
        int64_t best = -1;
        double most = 0;
        for (int64_t i = 0; i < n; i++) {
            double size = fabs(pp__cell_number(t, "contribution", rows[i]));
            if (is_factor(b, rows[i]) && size < before && size > most) {
                best = rows[i];
                most = size;
            }
        }
        if (best < 0) {
            break;
        }
        before = most;
        const char *label = pp__cell_text(t, "label", best);
        pp__brief_add(b, label ? label : pp__cell_text(t, "factor", best));
        pp_buf_add(&b->text, " (");
        pp__brief_add(b, pp__cell_text(t, "group", best));
        pp_buf_add(&b->text, "): ");
        pp__brief_add_number(b, pp__cell_number(t, "value", best));
        pp_buf_add(&b->text, ", against ");
        pp__brief_add_number(b, pp__cell_number(t, "reference", best));
        pp_buf_add(&b->text, " on average; adds ");
        pp__brief_add_number(b, pp__cell_number(t, "contribution", best));
        pp__brief_add_band(b, pp__cell_number(t, "conf_low", best),
                           pp__cell_number(t, "conf_high", best));
        pp_buf_add_char(&b->text, '.');
        PP_TRY(pp__brief_say(b, PP__WHY, 1, err));
    }
    return PP_OK;
}

static pp_status say_purpose(pp__brief *b, pp_error *err) {
    const char *purposes = pp__brief_text(b, "purposes");
    double homicide = pp__brief_number(b, "homicide");
    double rank = pp__brief_number(b, "homicide_rank");
    if (purposes) {
        pp_buf_add(&b->text, "It was said to be bought for ");
        pp__brief_add_words(b, purposes);
        pp_buf_add(&b->text, ". ");
        PP_TRY(pp__brief_note_fact(b, "purposes", err));
    } else if (is(pp__brief_text(b, "outcome"), "adopted")) {
        pp_buf_add(&b->text, "No source says what it was bought for. ");
    }
    if (!isnan(homicide)) {
        pp_buf_add(&b->text, b->is_country ? "Measured: " : "Measured, in the country: ");
        pp__brief_add_number(b, homicide);
        pp_buf_printf(&b->text, " homicides per 100,000 in %.0f",
                      pp__brief_number(b, "homicide_year"));
        if (!isnan(rank)) {
            pp_buf_printf(&b->text, ", more than in %.0f%% of countries", 100 * rank);
        }
        pp_buf_add_char(&b->text, '.');
        PP_TRY(pp__brief_note_fact(b, "homicide", err));
    }
    return pp__brief_say(b, PP__WHY, 0, err);
}

static pp_status say_money(pp__brief *b, pp_error *err) {
    const char *finance = pp__brief_text(b, "finance");
    double amount = pp__brief_number(b, "amount_usd");
    if (finance) {
        pp_buf_add(&b->text, "Paid for from ");
        pp__brief_add_words(b, finance);
        pp_buf_add(&b->text, pp__brief_number(b, "finance_supplier") == 1
                                 ? ", some of it from the supplier's side. "
                                 : ". ");
        PP_TRY(pp__brief_note_fact(b, "finance", err));
    }
    if (!isnan(amount)) {
        pp_buf_add(&b->text, "The largest sum that a source states is US$ ");
        pp__brief_add_number(b, amount / 1e6);
        pp_buf_add(&b->text, " million.");
        PP_TRY(pp__brief_note_fact(b, "amount_usd", err));
    }
    return pp__brief_say(b, PP__WHY, 0, err);
}

static pp_status say_neighbours(pp__brief *b, pp_error *err) {
    double n = pp__brief_number(b, "neighbours");
    double adopted = pp__brief_number(b, "neighbours_adopted");
    if (n > 0 && !isnan(adopted)) {
        pp_buf_printf(&b->text,
                      "Of %s%.0f neighbour%s across a land border %.0f %s on "
                      "record as adopters.",
                      b->is_country ? "" : "the country's ", n, n == 1 ? "" : "s",
                      adopted, adopted == 1 ? "is" : "are");
        PP_TRY(pp__brief_note_fact(b, "neighbours_adopted", err));
    }
    return pp__brief_say(b, PP__WHY, 0, err);
}

pp_status pp__brief_why(pp__brief *b, pp_error *err) {
    PP_TRY(say_drivers(b, err));
    PP_TRY(say_factors(b, err));
    PP_TRY(say_purpose(b, err));
    PP_TRY(say_money(b, err));
    return say_neighbours(b, err);
}
