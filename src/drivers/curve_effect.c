/* From a fitted model to the effect of its focal variable, without a covariance of all
 * coefficients: with g the effect's gradient and h = H⁻¹ g, the sandwich g'H⁻¹MH⁻¹g is the
 * sum over clusters of the squared sums of score × z'h.
 */
#include "drivers/curve_fit.h"
#include "model/glm.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

typedef struct walk {
    const pp__curve_fitted *f;
    const pp__design *d;
    double *z, *eta, *mean, *slope, *curve;
} walk;

static int load(const walk *w, int64_t begin) {
    int64_t left = w->d->n - begin;
    int n = left < PP__TILE ? (int)left : PP__TILE;
    pp__design_z(w->d, begin, n, w->z);
    return n;
}

static void add_products(const walk *w, int n, const double *by, double *sums) {
    for (int j = 0; j < w->d->k; j++) {
        sums[j] += pp__dot(n, w->z + (int64_t)j * PP__TILE, by);
    }
}

/* The mean derivative times one standard deviation. */
static double slope_effect(const walk *w) {
    const pp__design *d = w->d;
    double *g = w->f->gradient, n = (double)d->n, slopes = 0;
    double theta = w->f->glm->theta[1], sd = sqrt(n / (n - 1)); /* of z */
    memset(g, 0, (size_t)d->k * sizeof *g);
    for (int64_t begin = 0; begin < d->n; begin += PP__TILE) {
        int rows = load(w, begin);
        pp__glm_predict(w->f->glm, begin, rows, w->z, w->eta);
        w->f->glm->family->link->response(rows, w->eta, w->mean, w->slope, w->curve);
        for (int i = 0; i < rows; i++) {
            slopes += w->slope[i];
        }
        add_products(w, rows, w->curve, g);
    }
    for (int j = 0; j < d->k; j++) {
        g[j] *= sd * theta / n;
    }
    g[1] += sd * slopes / n;
    return sd * theta * slopes / n;
}

/* The mean change from 0 to 1. */
static double contrast_effect(const walk *w) {
    const pp__design *d = w->d;
    double *g = w->f->gradient, n = (double)d->n, change = 0;
    double at[2] = {-w->f->center / w->f->scale, (1 - w->f->center) / w->f->scale};
    memset(g, 0, (size_t)d->k * sizeof *g);
    for (int64_t begin = 0; begin < d->n; begin += PP__TILE) {
        int rows = load(w, begin);
        double *own = w->z + PP__TILE, difference[PP__TILE];
        memset(difference, 0, sizeof difference);
        for (int one = 0; one < 2; one++) {
            double sign = one ? 1 : -1, slopes = 0;
            for (int i = 0; i < rows; i++) {
                own[i] = at[one];
            }
            pp__glm_predict(w->f->glm, begin, rows, w->z, w->eta);
            w->f->glm->family->link->response(rows, w->eta, w->mean, w->slope, w->curve);
            for (int i = 0; i < rows; i++) {
                change += sign * w->mean[i];
                slopes += w->slope[i];
                difference[i] += sign * w->slope[i];
            }
            g[1] += sign * slopes * at[one];
        }
        memset(own, 0, (size_t)rows * sizeof *own);
        add_products(w, rows, difference, g);
    }
    for (int j = 0; j < d->k; j++) {
        g[j] /= n;
    }
    return change / n;
}

static double coefficient_effect(const walk *w) {
    double *g = w->f->gradient, scale = w->f->scale;
    memset(g, 0, (size_t)w->d->k * sizeof *g);
    g[1] = 1 / scale;
    return w->f->glm->theta[1] / scale;
}

/* The middle of the sandwich along `direction`. */
static double middle(const walk *w) {
    const pp__curve_fitted *f = w->f;
    double sum = 0;
    if (f->code) {
        memset(f->sums, 0, (size_t)f->levels * sizeof *f->sums);
    }
    for (int64_t begin = 0; begin < w->d->n; begin += PP__TILE) {
        int rows = load(w, begin);
        double *along = w->eta;
        memset(along, 0, (size_t)rows * sizeof *along);
        for (int j = 0; j < w->d->k; j++) {
            const double *z = w->z + (int64_t)j * PP__TILE, by = f->direction[j];
            for (int i = 0; i < rows; i++) {
                along[i] += by * z[i];
            }
        }
        for (int i = 0; i < rows; i++) {
            double part = along[i] * f->glm->score[begin + i];
            if (f->code) {
                f->sums[f->code[begin + i]] += part;
            } else {
                sum += part * part;
            }
        }
    }
    for (int32_t c = 0; f->code && c < f->levels; c++) {
        sum += f->sums[c] * f->sums[c];
    }
    return sum;
}

/* Of g'H⁻¹g, or of its sandwich: as src/model/inference has them. */
static double variance_of(const walk *w, double *df) {
    const pp__curve_fitted *f = w->f;
    const pp__family *family = f->glm->family;
    double n = (double)w->d->n, left = fmax(n - w->d->k, 1), g = (double)f->clusters;
    *df = family->gaussian ? left : INFINITY;
    if (f->vcov->kind == PP__IID) {
        double plain = pp__dot(w->d->k, f->gradient, f->direction);
        return family->gaussian                 ? plain * -2 * f->optimum->loglik / left
               : f->vcov->ssc == PP__SSC_FIXEST ? plain * (n - 1) / left
                                                : plain;
    }
    double sum = middle(w);
    if (f->vcov->kind == PP__HC) {
        return f->vcov->type == 1 ? sum * n / left : sum;
    }
    if (family->gaussian && f->vcov->ssc == PP__SSC_FIXEST) {
        *df = g - 1;
    }
    int none = f->vcov->ssc == PP__SSC_NONE ||
               (f->vcov->ssc == PP__SSC_FIXEST && f->vcov->type == 0);
    return none ? sum : sum * g / (g - 1) * (f->vcov->type == 0 ? 1 : (n - 1) / left);
}

void pp__curve_effect(const pp__curve_fitted *f, pp__curve_row *row) {
    const pp__design *d = f->glm->d;
    double *tile = f->tile + (int64_t)d->k * PP__TILE;
    const walk w = {
        f, d, f->tile, tile, tile + PP__TILE, tile + 2 * PP__TILE, tile + 3 * PP__TILE};
    row->estimate = f->plan->coefficients ? coefficient_effect(&w)
                    : f->binary           ? contrast_effect(&w)
                                          : slope_effect(&w);
    memcpy(f->direction, f->gradient, (size_t)d->k * sizeof *f->direction);
    pp__forward(d->k, f->optimum->factor, f->direction);
    pp__backward(d->k, f->optimum->factor, f->direction);
    row->std_error = sqrt(variance_of(&w, &row->df));
    row->nobs = d->n;
}
