#include "model/estimators/conditional.h"

#include "base/check.h"
#include "base/parallel.h"

#include <math.h>
#include <string.h>

enum { CHUNKS = 64, TILT_STEPS = 30 };

/* One set at one point. */
typedef struct visit {
    int k;
    int64_t m, d;    /* rows, and how many are chosen; their roles may be exchanged */
    double *z, *eta; /* m × k by rows, m */
    double *center;  /* k */
    double *state;   /* of the recursion: d + 1 times probability, z and z z' */
} visit;

typedef struct job {
    pp__choice_sets *s;
    const double *theta;
} point;

static int64_t moments(int k) {
    return 1 + k + (int64_t)k * (k + 1) / 2;
}

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

double pp__choice_cost(int k, int64_t rows, int64_t chosen) {
    return (double)rows * (double)(smaller(chosen, rows - chosen) + 1) *
           (double)moments(k);
}

/* ---- one set ---- */

static double expected_number(const visit *v, double tilt, double *slope) {
    double sum = 0;
    *slope = 0;
    for (int64_t i = 0; i < v->m; i++) {
        double p = 1 / (1 + exp(-(v->eta[i] + tilt)));
        sum += p;
        *slope += p * (1 - p);
    }
    return sum;
}

/* log c. It need not be exact. */
static double find_tilt(const visit *v) {
    double low = INFINITY, high = -INFINITY, d = (double)v->d, slope;
    double odds = log(d / ((double)v->m - d));
    for (int64_t i = 0; i < v->m; i++) {
        low = fmin(low, odds - v->eta[i]);
        high = fmax(high, odds - v->eta[i]);
    }
    double tilt = low + (high - low) / 2;
    for (int step = 0; step < TILT_STEPS; step++) {
        double over = expected_number(v, tilt, &slope) - d, next = tilt - over / slope;
        if (over > 0) {
            high = tilt;
        } else {
            low = tilt;
        }
        if (fabs(over) < 0.05 * fmin(d, 1)) {
            break;
        }
        tilt = next > low && next < high ? next : low + (high - low) / 2;
    }
    return tilt;
}

/* z from the expected mean of the chosen, so that little is left to cancel. */
static void center_rows(visit *v, double tilt) {
    double sum = 0;
    memset(v->center, 0, (size_t)v->k * sizeof *v->center);
    for (int64_t i = 0; i < v->m; i++) {
        double p = 1 / (1 + exp(-(v->eta[i] + tilt)));
        sum += p;
        for (int j = 0; j < v->k; j++) {
            v->center[j] += p * v->z[i * v->k + j];
        }
    }
    for (int j = 0; j < v->k; j++) {
        v->center[j] /= sum;
    }
    for (int64_t i = 0; i < v->m; i++) {
        for (int j = 0; j < v->k; j++) {
            v->z[i * v->k + j] -= v->center[j];
        }
    }
}

/* The state of `to` events from that of `to` without this row and `from` with it. */
static void advance(int k, double p, const double *z, const double *from, double *to) {
    double q = 1 - p, *square = to + 1 + k;
    const double *from_square = from + 1 + k;
    for (int j = 0; j < k; j++) {
        double zj = z[j], both = from[1 + j] + zj * from[0];
        for (int i = 0; i <= j; i++, square++, from_square++) {
            *square = q * *square + p * (*from_square + z[i] * both + zj * from[1 + i]);
        }
    }
    for (int j = 0; j < k; j++) {
        to[1 + j] = q * to[1 + j] + p * (from[1 + j] + z[j] * from[0]);
    }
    to[0] = q * to[0] + p * from[0];
}

/* Gives log Σ Π r; leaves the state of d events in v->state. */
static double recur(visit *v, double tilt) {
    int64_t size = moments(v->k);
    double sum = 0, *nothing = v->state + (v->d + 1) * size;
    memset(v->state, 0, (size_t)((v->d + 2) * size) * sizeof *v->state);
    v->state[0] = 1;
    for (int64_t i = 0; i < v->m; i++) {
        double eta = v->eta[i] + tilt, p = 1 / (1 + exp(-eta));
        int64_t least = v->d - (v->m - 1 - i);
        for (int64_t j = smaller(i + 1, v->d); j >= (least > 0 ? least : 0); j--) {
            double *to = v->state + j * size;
            advance(v->k, p, v->z + i * v->k, j > 0 ? to - size : nothing, to);
        }
        sum += fmax(eta, 0) + log1p(exp(-fabs(eta)));
    }
    return sum - (double)v->d * tilt + log(v->state[v->d * size]);
}

/* ---- sets ---- */

static void load(const point *at, int64_t set, visit *v, double *observed,
                 double *chosen_eta) {
    const pp__choice_sets *s = at->s;
    const pp__design *d = s->d;
    int64_t begin = s->begin[set];
    v->m = s->begin[set + 1] - begin;
    v->d = s->chosen[set];
    *chosen_eta = 0;
    memset(observed, 0, (size_t)v->k * sizeof *observed);
    for (int64_t i = 0; i < v->m; i++) {
        int64_t row = s->row ? s->row[begin + i] : begin + i;
        int event = s->event ? s->event[row] : i < v->d;
        double eta = d->with.offset ? d->with.offset[row] : 0;
        for (int j = 0; j < v->k; j++) {
            double z = (d->x[j][row] - d->center[j]) / d->scale[j];
            v->z[i * v->k + j] = z;
            eta += at->theta[j] * z;
        }
        v->eta[i] = eta;
        *chosen_eta += event ? eta : 0;
    }
    for (int64_t i = 0; i < v->m; i++) {
        int64_t row = s->row ? s->row[begin + i] : begin + i;
        if (s->event ? s->event[row] : i < v->d) {
            for (int j = 0; j < v->k; j++) {
                observed[j] += v->z[i * v->k + j];
            }
        }
    }
}

/* Of more than half, those that are not chosen are chosen. Gives −1 then, else 1. */
static double exchange(visit *v, double *observed, double *chosen_eta) {
    if (2 * v->d <= v->m) {
        return 1;
    }
    double sum = 0;
    for (int64_t i = 0; i < v->m; i++) {
        sum += v->eta[i];
        v->eta[i] = -v->eta[i];
    }
    for (int j = 0; j < v->k; j++) {
        double all = 0;
        for (int64_t i = 0; i < v->m; i++) {
            all += v->z[i * v->k + j];
        }
        observed[j] = all - observed[j];
    }
    *chosen_eta -= sum;
    v->d = v->m - v->d;
    return -1;
}

/* Adds a set's gradient and information; gives its log-likelihood. */
static double add_set(const point *at, int64_t set, visit *v, double *gradient,
                      double *information, double *observed) {
    const pp__choice_sets *s = at->s;
    double weight = s->weight ? s->weight[set] : 1, chosen_eta;
    int k = v->k;
    load(at, set, v, observed, &chosen_eta);
    double sign = exchange(v, observed, &chosen_eta);
    double number = (double)v->d, log_sum = 0, tilt = v->d > 0 ? find_tilt(v) : 0;
    double *scores = s->scores ? s->scores + set : NULL;
    if (v->d > 0) {
        center_rows(v, tilt);
        log_sum = recur(v, tilt);
    }
    const double *state = v->state + v->d * moments(k), *mean = state + 1;
    const double *square = mean + k;
    for (int j = 0; j < k; j++) {
        double score = 0;
        if (v->d > 0) {
            score = observed[j] - number * v->center[j] - mean[j] / state[0];
            for (int i = 0; i <= j; i++, square++) {
                information[j + (int64_t)i * k] +=
                    weight * (*square - mean[i] * mean[j] / state[0]) / state[0];
            }
        }
        gradient[j] += sign * weight * score;
        if (scores) {
            scores[j * s->n] = sign * weight * score;
        }
    }
    return weight * (chosen_eta - log_sum);
}

static void visit_chunk(void *payload, int64_t chunk) {
    const point *at = payload;
    const pp__choice_sets *s = at->s;
    int64_t k = s->d->k, most = 0;
    double *information = s->space + chunk * s->space_of_chunk;
    double *gradient = information + k * k, *sum = gradient + k, *observed = sum + 1;
    for (int64_t set = s->chunk[chunk]; set < s->chunk[chunk + 1]; set++) {
        int64_t m = s->begin[set + 1] - s->begin[set];
        most = m > most ? m : most;
    }
    visit v = {.k = s->d->k, .center = observed + k};
    v.z = v.center + k;
    v.eta = v.z + most * k;
    v.state = v.eta + most;
    memset(information, 0, (size_t)(k * k + k + 1) * sizeof *information);
    for (int64_t set = s->chunk[chunk]; set < s->chunk[chunk + 1]; set++) {
        *sum += add_set(at, set, &v, gradient, information, observed);
    }
}

double pp__choice_loglik(void *payload, const double *theta, double *gradient,
                         double *information) {
    pp__choice_sets *s = payload;
    int64_t k = s->d->k;
    double loglik = 0;
    point at = {s, theta};
    pp__parallel(s->ctx, s->chunks, visit_chunk, &at);
    memset(information, 0, (size_t)(k * k) * sizeof *information);
    memset(gradient, 0, (size_t)k * sizeof *gradient);
    for (int64_t c = 0; c < s->chunks; c++) {
        const double *from = s->space + c * s->space_of_chunk;
        for (int64_t i = 0; i < k * k; i++) {
            information[i] += from[i];
        }
        for (int64_t j = 0; j < k; j++) {
            gradient[j] += from[k * k + j];
        }
        loglik += from[k * k + k];
    }
    return loglik;
}

/* ---- beginning ---- */

static void cut_chunks(pp__choice_sets *s) {
    double all = 0, done = 0;
    int64_t chunk = 1;
    for (int64_t set = 0; set < s->n; set++) {
        all +=
            pp__choice_cost(s->d->k, s->begin[set + 1] - s->begin[set], s->chosen[set]);
    }
    s->chunk[0] = 0;
    for (int64_t set = 0; set < s->n; set++) {
        while (chunk < s->chunks && done >= all / (double)s->chunks * (double)chunk) {
            s->chunk[chunk++] = set;
        }
        done +=
            pp__choice_cost(s->d->k, s->begin[set + 1] - s->begin[set], s->chosen[set]);
    }
    while (chunk <= s->chunks) {
        s->chunk[chunk++] = s->n;
    }
}

pp_status pp__choice_sets_init(pp__choice_sets *s, pp_arena *arena, pp_error *err) {
    int64_t k = s->d->k, most = 0, most_chosen = 0;
    s->chunks = s->n < CHUNKS ? s->n : CHUNKS;
    s->chunk = pp_arena_alloc(arena, s->chunks + 1, sizeof *s->chunk);
    PP_NEED(s->chunk, err);
    cut_chunks(s);
    for (int64_t set = 0; set < s->n; set++) {
        int64_t m = s->begin[set + 1] - s->begin[set];
        int64_t d = smaller(s->chosen[set], m - s->chosen[set]);
        most = m > most ? m : most;
        most_chosen = d > most_chosen ? d : most_chosen;
    }
    s->space_of_chunk =
        k * k + 3 * k + 1 + most * (k + 1) + (most_chosen + 2) * moments(s->d->k);
    s->space = pp_arena_alloc(arena, s->chunks * s->space_of_chunk, sizeof *s->space);
    PP_NEED(s->space, err);
    return PP_OK;
}
