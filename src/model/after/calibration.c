#include "base/check.h"
#include "model/after/quality.h"
#include "model/tables.h"

#include <math.h>

/* ---- bins ---- */

typedef struct bin {
    double weight, predicted, observed; /* sums */
    int64_t rows;
} bin;

static double brier_score(const pp__binary *b) {
    double sum = 0;
    for (int64_t i = 0; i < b->n; i++) {
        sum += pp__binary_weight(b, i) * (b->p[i] - b->y[i]) * (b->p[i] - b->y[i]);
    }
    return sum / b->total;
}

static void fill_bins(const pp__binary *b, bin *out, int bins) {
    double below = 0;
    for (int64_t at = 0; at < b->n; at++) {
        int64_t i = b->order[at];
        double w = pp__binary_weight(b, i);
        below += w;
        int in = (int)ceil(bins * (below / b->total) - 1e-9) - 1;
        bin *to = &out[in < 0 ? 0 : in >= bins ? bins - 1 : in];
        to->rows++;
        to->weight += w;
        to->predicted += w * b->p[i];
        to->observed += w * b->y[i];
    }
}

/* Wilson (1927), JASA 22, 209-212. */
static void wilson(double share, double n, double z, double *low, double *high) {
    double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
    double width =
        z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    *low = fmax(centre - width, 0);
    *high = fmin(centre + width, 1);
}

static pp_status put_bin(const pp__binary *b, const bin *from, int number,
                         pp_table *table, pp_error *err) {
    double low = NAN, high = NAN, share = from->observed / from->weight;
    int64_t at;
    if (b->counted) {
        wilson(share, from->weight, b->quantile, &low, &high);
    }
    PP_TRY(pp_table_append(table, &at, err));
    PP_TRY(pp__put_number(table, at, "bin", PP_SHOW_COUNT, number, err));
    PP_TRY(pp__put_number(table, at, "rows", PP_SHOW_COUNT, (double)from->rows, err));
    PP_TRY(pp__put_number(table, at, "predicted", PP_SHOW_DEFAULT,
                          from->predicted / from->weight, err));
    PP_TRY(pp__put_number(table, at, "observed", PP_SHOW_DEFAULT, share, err));
    PP_TRY(pp__put_number(table, at, "conf_low", PP_SHOW_DEFAULT, low, err));
    return pp__put_number(table, at, "conf_high", PP_SHOW_DEFAULT, high, err);
}

pp_status pp__calibration_add(const pp__binary *b, int bins, pp__brier *out,
                              pp_table *table, pp_error *err) {
    double mean = b->events / b->total;
    bin *all = pp_calloc(bins, sizeof *all);
    PP_NEED(all, err);
    fill_bins(b, all, bins);
    *out = (pp__brier){.score = brier_score(b), .uncertainty = mean * (1 - mean)};
    pp_status status = PP_OK;
    for (int i = 0; i < bins && status == PP_OK; i++) {
        if (all[i].rows == 0) {
            continue;
        }
        double share = all[i].observed / all[i].weight;
        double gap = all[i].predicted / all[i].weight - share;
        out->reliability += all[i].weight / b->total * gap * gap;
        out->resolution += all[i].weight / b->total * (share - mean) * (share - mean);
        status = put_bin(b, &all[i], i + 1, table, err);
    }
    out->within = out->score - (out->reliability - out->resolution + out->uncertainty);
    pp_free(all);
    return status;
}

/* ---- the line ---- */

typedef struct line {
    double a, b; /* the next step's */
    double size; /* its Newton decrement */
} line;

static double logit_of(double p) {
    p = fmin(fmax(p, 1e-15), 1 - 1e-15);
    return log(p / (1 - p));
}

/* A Newton step for y on 1 and the logit of p (or on 1 alone, b held at one). */
static line step_from(const pp__binary *b, double a, double slope, int free_slope) {
    double g0 = 0, g1 = 0, h00 = 0, h01 = 0, h11 = 0;
    for (int64_t i = 0; i < b->n; i++) {
        double x = logit_of(b->p[i]);
        double q = 1 / (1 + exp(-(a + slope * x))), w = pp__binary_weight(b, i);
        double residual = w * (b->y[i] - q), weight = w * q * (1 - q);
        g0 += residual;
        g1 += residual * x;
        h00 += weight;
        h01 += weight * x;
        h11 += weight * x * x;
    }
    if (!free_slope) {
        return (line){g0 / h00, 0, fabs(g0) / sqrt(h00)};
    }
    double det = h00 * h11 - h01 * h01;
    double da = (h11 * g0 - h01 * g1) / det, db = (h00 * g1 - h01 * g0) / det;
    return (line){da, db, sqrt(fabs(g0 * da + g1 * db))};
}

static double likelihood(const pp__binary *b, double a, double slope) {
    double sum = 0;
    for (int64_t i = 0; i < b->n; i++) {
        double eta = a + slope * logit_of(b->p[i]);
        double toward = b->y[i] > 0 ? eta : -eta;
        sum -= pp__binary_weight(b, i) * (fmax(-toward, 0) + log1p(exp(-fabs(toward))));
    }
    return sum;
}

/* Newton's steps, halved until the likelihood does not fall. */
static int find_line(const pp__binary *b, int free_slope, double *a, double *slope) {
    enum { MOST = 50, HALVES = 30 };
    *a = 0;
    *slope = 1;
    for (int i = 0; i < MOST; i++) {
        line step = step_from(b, *a, *slope, free_slope);
        double now = likelihood(b, *a, *slope), part = 1;
        if (!(step.size >= 1e-10)) {
            *a += step.a;
            *slope += step.b;
            return step.size < 1e-10;
        }
        for (int h = 0; h < HALVES; h++, part /= 2) {
            if (likelihood(b, *a + part * step.a, *slope + part * step.b) >=
                now - 1e-12 * fabs(now)) {
                break;
            }
        }
        *a += part * step.a;
        *slope += part * step.b;
    }
    return 0;
}

void pp__calibration_line(const pp__binary *b, double *intercept, double *slope) {
    double ignored;
    if (!find_line(b, 0, intercept, &ignored)) {
        *intercept = NAN;
    }
    if (!find_line(b, 1, &ignored, slope)) {
        *slope = NAN;
    }
}
