/* The probability of what visits to a unit found, as a sum over its hidden states. */
#include "unseen/occupancy.h"

#include <math.h>

double pp__part_predictor(const pp__part *part, const double *theta, int64_t row) {
    const double *z = part->z + row * part->k;
    double eta = 0;
    for (int j = 0; j < part->k; j++) {
        eta += z[j] * theta[part->at + j];
    }
    return eta;
}

/* ---- work space ---- */

enum { EXTRA = 5, WORDS = (sizeof(pp__jet) + sizeof(double) - 1) / sizeof(double) };

int64_t pp__occupancy_size(const pp__occupancy *o, int order) {
    return (o->states + EXTRA) * (WORDS + pp__jet_size(o->k, order));
}

pp__occupancy_space pp__occupancy_place(const pp__occupancy *o, int order,
                                        double *space) {
    int n = o->states + EXTRA;
    pp__jet *jet = (pp__jet *)(void *)space;
    pp__jet_place(o->k, order, n, space + (int64_t)n * WORDS, jet);
    jet += o->states;
    return (pp__occupancy_space){
        .state = jet - o->states, .next = jet, .pair = jet + 2, .out = jet + 4};
}

/* ---- steps ---- */

typedef struct asking {
    const pp__occupancy *o;
    const double *theta, *found;
    const pp__occupancy_space *space;
} asking;

static void add(const asking *a, pp__jet *jet, const pp__part *part, int64_t row,
                pp__jet_term term) {
    pp__jet_add(a->o->k, jet, term, part->at, part->k, part->z + row * part->k);
}

/* N ~ Poisson(exp(eta)) */
static pp__jet_term log_poisson(int N, double eta, double log_factorial) {
    double lambda = exp(eta);
    return (pp__jet_term){N * eta - lambda - log_factorial, N - lambda, -lambda};
}

static void begin(const asking *a, int64_t unit) {
    const pp__occupancy *o = a->o;
    const pp__part *part = &o->part[PP__STATE];
    double eta = pp__part_predictor(part, a->theta, unit);
    for (int s = 0; s < o->states; s++) {
        pp__jet_set(o->k, &a->space->state[s], 0);
        add(a, &a->space->state[s], part, unit,
            o->form == PP__ROYLE_NICHOLS ? log_poisson(s, eta, o->log_factorial[s])
                                         : pp__log_logistic(eta, s));
    }
}

/* A visit to a unit with N things to be found: 1 - (1 - r)^N, with L = -log(1 - r). */
static pp__jet_term log_found(int N, double eta, int found) {
    pp__jet_term none = pp__log_logistic(eta, 0);
    double r = -none.slope, L = -none.value;
    if (!found) {
        return (pp__jet_term){N * none.value, N * none.slope, N * none.curve};
    }
    double a = N / expm1(N * L);
    return (pp__jet_term){log(-expm1(-N * L)), a * r,
                          -a * (N + a) * r * r - a * none.curve};
}

static void visit_many(const asking *a, int64_t i) {
    const pp__occupancy *o = a->o;
    const pp__part *part = &o->part[PP__DETECTION];
    double eta = pp__part_predictor(part, a->theta, i);
    int found = a->found[i] > 0;
    if (found) {
        a->space->state[0].value = -INFINITY;
    }
    for (int s = 1; s < o->states; s++) {
        add(a, &a->space->state[s], part, i, log_found(s, eta, found));
    }
}

/* What a non-adopter's visit finds; a detection that is certain, it cannot. */
static void visit_absent(const asking *a, int64_t i) {
    const pp__occupancy *o = a->o;
    const pp__part *part = &o->part[PP__FALSE_POSITIVE];
    pp__jet *absent = &a->space->state[0];
    int found = a->found[i] > 0;
    if (part->text && !o->visits.certain[i] && a->found[i] < 2) {
        double eta = pp__part_predictor(part, a->theta, i);
        add(a, absent, part, i, pp__log_logistic(eta, found));
    } else if (found) {
        absent->value = -INFINITY;
    }
}

static void visit(const asking *a, int64_t i) {
    const pp__occupancy *o = a->o;
    const pp__part *part = &o->part[PP__DETECTION], *b = &o->part[PP__CERTAINTY];
    pp__jet *present = &a->space->state[1];
    double eta = pp__part_predictor(part, a->theta, i);
    add(a, present, part, i, pp__log_logistic(eta, a->found[i] > 0));
    if (b->text && a->found[i] > 0 && !o->visits.certain[i]) {
        eta = pp__part_predictor(b, a->theta, i);
        add(a, present, b, i, pp__log_logistic(eta, a->found[i] == 2));
    }
    visit_absent(a, i);
}

static void change_to(const asking *a, int64_t row, int to) {
    const pp__occupancy *o = a->o;
    const pp__part *gain = &o->part[PP__COLONISATION], *loss = &o->part[PP__EXTINCTION];
    pp__jet *pair = a->space->pair;
    for (int s = 0; s < 2; s++) {
        pp__jet_copy(o->k, &a->space->state[s], &pair[s]);
    }
    add(a, &pair[0], gain, row,
        pp__log_logistic(pp__part_predictor(gain, a->theta, row), to));
    if (loss->text) {
        add(a, &pair[1], loss, row,
            pp__log_logistic(pp__part_predictor(loss, a->theta, row), !to));
    } else if (!to) {
        pair[1].value = -INFINITY;
    }
    pp__jet_mix(o->k, 2, pair, &a->space->next[to]);
}

static void change(const asking *a, int64_t row) {
    change_to(a, row, 0);
    change_to(a, row, 1);
    pp__jet_copy(a->o->k, &a->space->next[0], &a->space->state[0]);
    pp__jet_copy(a->o->k, &a->space->next[1], &a->space->state[1]);
}

void pp__occupancy_unit(const pp__occupancy *o, const double *theta, int64_t unit,
                        const pp__occupancy_question *q,
                        const pp__occupancy_space *space) {
    const asking a = {o, theta, q->found ? q->found : o->visits.found, space};
    int64_t i = o->unit[unit].first, last = o->unit[unit].last;
    int seasons = o->visits.seasons;
    begin(&a, unit);
    for (int t = 0; t < seasons; t++) {
        for (; i < last && o->visits.season[i] == t; i++) {
            if (!q->unseen && o->form == PP__ROYLE_NICHOLS) {
                visit_many(&a, i);
            } else if (!q->unseen) {
                visit(&a, i);
            }
        }
        for (int s = 1; q->absent_in == t && s < o->states; s++) {
            space->state[s].value = -INFINITY;
        }
        if (t + 1 < seasons) {
            change(&a, unit * (seasons - 1) + t);
        }
    }
    pp__jet_mix(o->k, o->states, space->state, space->out);
}
