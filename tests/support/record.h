/* A record as it is made: who has adopted, and which sources say so.
 *
 * The truth: unit i has push and pull (standard normal, correlated by 0.3), and a democracy
 * between 0 and 1; below 0.42 it is closed. In each period that it has not yet adopted it
 * adopts with the inverse link of
 *     base + push x_push + pull x_pull + democracy (x_democracy - 0.5).
 * With one period that is a cross-section; with more, push and pull move in time about the
 * unit's own level, and adoption is for ever.
 *
 * The record: a source reports an adopter with probability `open` or `closed`, by regime,
 * and a unit that has not adopted by the end with probability `false_positive`. On the log
 * odds of reports of adopters stand besides: the unit's own visibility (normal, standard
 * deviation `visibility`: lists that depend on each other in all pairs), `copied` for the
 * index when the press has reported, and `effort` times the unit's log search effort
 * (normal, mean 0, standard deviation 1). Without these three, reports are independent
 * given truth and regime.
 *
 * Streams are keyed by (seed, draw, purpose, unit): the truth does not move when the record
 * is made otherwise, nor a unit when there are more of them.
 */
#ifndef PP_TESTS_RECORD_H
#define PP_TESTS_RECORD_H

#include <pushpull/table.h>

enum record_source {
    RECORD_PRESS,
    RECORD_COMPANY,
    RECORD_OFFICIAL,
    RECORD_INDEX,
    RECORD_SOURCES
};
enum { RECORD_MAX_VISITS = 9 };

typedef struct record_kind {
    double open, closed; /* that an adopter is reported */
    double false_positive;
} record_kind;

typedef struct record_making {
    int units;
    int periods; /* 0: 1 */
    double base, push, pull, democracy;
    int cloglog;                        /* 0: logit */
    record_kind source[RECORD_SOURCES]; /* all zero: it does not exist */
    double visibility, copied, effort;
    int visits;        /* searches of each unit for the press's detection, 0..9 */
    double unsearched; /* share of units that nobody searched: their visits are missing */
} record_making;

/* One row a unit: unit, push, pull, democracy, closed (0/1; push and pull of the last
 * period), effort (log), truth (adopted by the end), press, company, official, index (0/1
 * lists), reports (how many of them), observed (1: any), and visit1, effort1, … : what each
 * search found with the probabilities of the press, and its own log effort, of which
 * `effort` times is on its log odds. */
pp_table *record_units(const record_making *making, uint64_t seed, uint64_t draw);

/* The same world, one row a unit and period: unit, period (0..), push, pull, democracy,
   closed, truth (adopted by this period), adopted (the period, missing: not by the end),
   lo and hi (as recorded: the period of adopters that any source reports, that of
   false positives drawn at random, else missing). */
pp_table *record_panel(const record_making *making, uint64_t seed, uint64_t draw);

/* The probability that any source reports an adopter of that regime, and a unit that has
   not adopted; where reports are independent (visibility, copied and effort are 0). */
double record_detection(const record_making *making, int closed);
double record_false_positive(const record_making *making);

#endif
