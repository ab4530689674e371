/* What an imputation tells of itself. */
#include "base/check.h"
#include "model/impute/impute.h"
#include "model/tables.h"

#include <math.h>
#include <string.h>

typedef struct moments {
    double n, mean, squares;
} moments;

static void add_value(moments *m, double value) {
    double d = value - m->mean;
    m->n++;
    m->mean += d / m->n;
    m->squares += d * (value - m->mean);
}

static double deviation(const moments *m) {
    return m->n > 1 ? sqrt(m->squares / (m->n - 1)) : NAN;
}

/* Gelman & Rubin (1992), Statistical Science 7, of the last half of the rounds' means. */
static double r_hat(const pp__imputation *im, const pp__completed *copy, int v) {
    int rounds = im->options.iterations, first = rounds / 2, m = im->options.m;
    moments between = {0};
    double within = 0, n = rounds - first;
    if (strcmp(im->options.method, "chained") != 0 || n < 2) {
        return NAN;
    }
    for (int c = 0; c < m; c++) {
        moments chain = {0};
        for (int r = first; r < rounds; r++) {
            add_value(&chain, copy[c].round_mean[(int64_t)r * im->n_columns + v]);
        }
        add_value(&between, chain.mean);
        within += chain.squares / (n - 1) / m;
    }
    double total = (n - 1) / n * within + between.squares / (between.n - 1);
    return within > 0 ? sqrt(total / within) : NAN;
}

static const char *method_of(const pp__imputation *im, const pp__imputed *c) {
    if (strcmp(im->options.method, "emb") == 0) {
        return "emb";
    }
    return c->kind == PP__NUMERIC     ? im->options.numbers
           : c->kind == PP__BINARY_01 ? "logit"
                                      : "pmm";
}

static pp_status put_column(const pp__imputation *im, const pp__completed *copy, int v,
                            pp_table *table, pp_error *err) {
    static const char *const KINDS[] = {"number", "binary", "category"};
    const pp__imputed *c = &im->column[v];
    moments seen = {0}, imputed = {0};
    int64_t row;
    for (int64_t i = 0; c->kind != PP__CATEGORIES && i < im->n; i++) {
        if (!isnan(c->value[i])) {
            add_value(&seen, c->value[i]);
        }
    }
    for (int m = 0; c->kind != PP__CATEGORIES && m < im->options.m; m++) {
        for (int64_t i = 0; i < c->n_missing; i++) {
            add_value(&imputed, copy[m].value[v][c->missing[i]]);
        }
    }
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "column", c->name, err));
    PP_TRY(pp__put_text(table, row, "kind", KINDS[c->kind], err));
    PP_TRY(
        pp__put_text(table, row, "method", c->n_missing ? method_of(im, c) : NULL, err));
    PP_TRY(
        pp__put_number(table, row, "missing", PP_SHOW_COUNT, (double)c->n_missing, err));
    const struct {
        const char *name;
        double value;
    } facts[] = {{"observed_mean", seen.n > 0 ? seen.mean : NAN},
                 {"observed_sd", deviation(&seen)},
                 {"imputed_mean", imputed.n > 0 ? imputed.mean : NAN},
                 {"imputed_sd", deviation(&imputed)},
                 {"r_hat", c->n_missing ? r_hat(im, copy, v) : NAN}};
    for (size_t f = 0; f < sizeof facts / sizeof *facts; f++) {
        PP_TRY(pp__put_number(table, row, facts[f].name, PP_SHOW_DEFAULT, facts[f].value,
                              err));
    }
    return PP_OK;
}

pp_status pp__imputation_report(const pp__imputation *im, const pp__completed *copy,
                                pp_result *result, pp_error *err) {
    pp_table *table;
    PP_TRY(pp_result_add(result, "imputation", "Imputation", &table, err));
    for (int v = 0; v < im->n_columns; v++) {
        if (im->column[v].column) {
            PP_TRY(put_column(im, copy, v, table, err));
        }
    }
    return PP_OK;
}
