#include "effects/synth/conformal.h"

#include "base/check.h"
#include "effects/synth/matching.h"
#include "effects/synth/ridge.h"

#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { TASK = 0x636f6e66, ALL_CHOICES = 20000, QUIET_STEPS = 25, MOST_STEPS = 400 };

/* Sums that agree to this share of all misfits are the same. */
static const double TIE = 1e-9;

/* ---- misfits under a null ---- */

/* Donors over n periods, prepared for any treated path. */
typedef struct proxy {
    pp__synth_method method;
    double lambda;
    int n;
    pp__matching match;
    pp__ridge ridge;
    double *treated; /* n: as observed */
    double *path;    /* n: under the null */
    double *misfit;  /* n */
    double *w;       /* donors */
    int begun;       /* 1: w are those of another null */
} proxy;

/* Of the first `before` periods and those from `from` to `to`. */
static pp_status prepare(proxy *x, const pp__paths *p, pp__synth_method method,
                         const pp__synthetic *real, int from, int to, pp_arena *arena,
                         pp_error *err) {
    int n = p->before + to - from, k = p->donors;
    int intercept = method == PP__SDID || method == PP__DID;
    double *A = pp_arena_alloc(arena, (int64_t)n * (k + 3) + k, sizeof *A);
    PP_NEED(A, err);
    *x = (proxy){.method = method, .lambda = real->lambda, .n = n};
    x->treated = A + (int64_t)n * k;
    x->path = x->treated + n;
    x->misfit = x->path + n;
    x->w = x->misfit + n;
    for (int j = 0; j <= k; j++) {
        for (int s = 0; s < n; s++) {
            int t = s < p->before ? s : from + s - p->before;
            A[s + j * n] = p->y[j * p->periods + t];
        }
    }
    if (method == PP__ASC) {
        PP_TRY(pp__ridge_init(&x->ridge, A, n, k, arena, err));
    }
    pp__matching_init(&x->match, A, n, k, real->penalty, intercept);
    return PP_OK;
}

/* The misfits when `effect` is taken from the treated in the last `after` periods. */
static pp_status find_misfits(proxy *x, double effect, int after, pp_arena *arena,
                              pp_error *err) {
    double mean = 0;
    for (int s = 0; s < x->n; s++) {
        x->path[s] = x->treated[s] - (s >= x->n - after ? effect : 0);
        mean += x->path[s] / x->n;
    }
    if (x->method == PP__DID) {
        for (int j = 0; j < x->match.k; j++) {
            x->w[j] = 1.0 / x->match.k;
        }
        for (int s = 0; s < x->n; s++) {
            x->path[s] -= mean;
        }
    } else {
        PP_TRY(pp__matching_solve(&x->match, x->path, x->begun, arena, x->w, err));
        x->begun = 1;
    }
    pp__matching_misfit(&x->match, x->path, x->w, x->misfit);
    if (x->method == PP__ASC) {
        pp__ridge_reduce(&x->ridge, x->lambda, x->misfit);
    }
    return PP_OK;
}

/* ---- exchanges of periods ---- */

typedef struct count {
    double sizes, sum, tie; /* of the periods after treatment */
    double both, above, below, n;
} count;

static void add_choice(count *c, double sizes, double sum) {
    c->both += sizes >= c->sizes - c->tie;
    c->above += sum >= c->sum - c->tie;
    c->below += sum <= c->sum + c->tie;
    c->n++;
}

static count begin(const proxy *x, int after) {
    count c = {0};
    for (int s = 0; s < x->n; s++) {
        c.sizes += s >= x->n - after ? fabs(x->misfit[s]) : 0;
        c.sum += s >= x->n - after ? x->misfit[s] : 0;
        c.tie += TIE * fabs(x->misfit[s]);
    }
    return c;
}

static pp__conformal_p share(const count *c) {
    return (pp__conformal_p){c->both / c->n, c->above / c->n, c->below / c->n, c->n};
}

/* The periods start, start + 1, … as if they were those after treatment. */
static pp__conformal_p shift(const proxy *x, int after) {
    count c = begin(x, after);
    for (int start = 0; start < x->n; start++) {
        double sizes = 0, sum = 0;
        for (int s = 0; s < after; s++) {
            double u = x->misfit[(start + s) % x->n];
            sizes += fabs(u);
            sum += u;
        }
        add_choice(&c, sizes, sum);
    }
    return share(&c);
}

static double choices(int n, int k) {
    double c = 1;
    for (int i = 1; i <= k && c <= ALL_CHOICES; i++) {
        c = c * (n - k + i) / i;
    }
    return c;
}

/* The next choice of k of 0..n-1 in order; 0: there is none. */
static int next_choice(int *chosen, int n, int k) {
    int i = k - 1;
    while (i >= 0 && chosen[i] == n - k + i) {
        i--;
    }
    if (i < 0) {
        return 0;
    }
    chosen[i]++;
    for (int j = i + 1; j < k; j++) {
        chosen[j] = chosen[j - 1] + 1;
    }
    return 1;
}

static void add_chosen(count *c, const proxy *x, const int *chosen, int after) {
    double sizes = 0, sum = 0;
    for (int s = 0; s < after; s++) {
        sizes += fabs(x->misfit[chosen[s]]);
        sum += x->misfit[chosen[s]];
    }
    add_choice(c, sizes, sum);
}

static pp__conformal_p choose_all(const proxy *x, int after, int *chosen) {
    count c = begin(x, after);
    for (int s = 0; s < after; s++) {
        chosen[s] = s;
    }
    do {
        add_chosen(&c, x, chosen, after);
    } while (next_choice(chosen, x->n, after));
    return share(&c);
}

/* Draws, and the choice that was made. */
static pp__conformal_p draw(const proxy *x, int after, int64_t draws, uint64_t seed,
                            int *chosen) {
    count c = begin(x, after);
    add_choice(&c, c.sizes, c.sum);
    for (int s = 0; s < x->n; s++) {
        chosen[s] = s;
    }
    for (int64_t d = 0; d < draws; d++) {
        pp_rng rng;
        pp_rng_init(&rng, seed, TASK, (uint64_t)d);
        for (int s = 0; s < after; s++) {
            int other = s + (int)pp_rng_below(&rng, x->n - s);
            int kept = chosen[s];
            chosen[s] = chosen[other];
            chosen[other] = kept;
        }
        add_chosen(&c, x, chosen, after);
    }
    return share(&c);
}

pp_status pp__conformal_blocks(const pp__paths *p, pp__synth_method method,
                               const pp__synthetic *real, double effect, pp_arena *arena,
                               pp__conformal_p *out, pp_error *err) {
    proxy x;
    PP_TRY(prepare(&x, p, method, real, p->before, p->periods, arena, err));
    PP_TRY(find_misfits(&x, effect, p->periods - p->before, arena, err));
    *out = shift(&x, p->periods - p->before);
    return PP_OK;
}

pp_status pp__conformal_iid(const pp__paths *p, pp__synth_method method,
                            const pp__synthetic *real, double effect, int64_t draws,
                            uint64_t seed, pp_arena *arena, pp__conformal_p *out,
                            pp_error *err) {
    int after = p->periods - p->before;
    proxy x;
    int *chosen = pp_arena_alloc(arena, p->periods, sizeof *chosen);
    PP_NEED(chosen, err);
    PP_TRY(prepare(&x, p, method, real, p->before, p->periods, arena, err));
    PP_TRY(find_misfits(&x, effect, after, arena, err));
    *out = choices(p->periods, after) <= ALL_CHOICES
               ? choose_all(&x, after, chosen)
               : draw(&x, after, draws, seed, chosen);
    return PP_OK;
}

/* ---- intervals ---- */

static pp_status is_accepted(proxy *x, double effect, double level, pp_arena *arena,
                             int *accepted, pp_error *err) {
    PP_TRY(find_misfits(x, effect, 1, arena, err));
    *accepted = shift(x, 1).both > 1 - level + 1e-12;
    return PP_OK;
}

/* The end of the accepted effects on one side of `gap`, which is among them: steps that grow, until
   many in a row are rejected; then between the last accepted and the next. */
static pp_status find_end(proxy *x, double gap, double step, double level,
                          pp_arena *arena, double *end, pp_error *err) {
    double inside = 0, outside = 0, at = 0;
    int quiet = 0;
    for (int i = 0; i < MOST_STEPS && quiet < QUIET_STEPS; i++) {
        int accepted;
        at += step;
        step *= 1.05;
        PP_TRY(is_accepted(x, gap + at, level, arena, &accepted, err));
        quiet = accepted ? 0 : quiet + 1;
        inside = accepted ? at : inside;
        outside = quiet == 1 ? at : outside;
    }
    *end = NAN;
    if (quiet < QUIET_STEPS) {
        return PP_OK;
    }
    while (fabs(outside - inside) > 1e-10 * (fabs(gap) + fabs(outside))) {
        int accepted;
        double middle = (inside + outside) / 2;
        PP_TRY(is_accepted(x, gap + middle, level, arena, &accepted, err));
        *(accepted ? &inside : &outside) = middle;
    }
    *end = gap + inside;
    return PP_OK;
}

pp_status pp__conformal_one(const pp__paths *p, pp__synth_method method,
                            const pp__synthetic *real, int t, double level,
                            pp_arena *arena, pp__conformal_period *out, pp_error *err) {
    proxy x;
    double scale = 0;
    *out = (pp__conformal_period){.low = NAN, .high = NAN};
    PP_TRY(prepare(&x, p, method, real, t, t + 1, arena, err));
    PP_TRY(find_misfits(&x, 0, 1, arena, err));
    out->p = shift(&x, 1);
    if (1.0 / x.n > 1 - level + 1e-12) {
        return PP_OK;
    }
    for (int s = 0; s < x.n; s++) {
        scale += fabs(x.misfit[s]) / x.n;
    }
    scale = scale > 0 ? scale : fmax(fabs(real->gap[t]), 1e-8);
    PP_TRY(find_end(&x, real->gap[t], -scale / 4, level, arena, &out->low, err));
    return find_end(&x, real->gap[t], scale / 4, level, arena, &out->high, err);
}
