/* Generalised variance inflation. Fox & Monette (1992), JASA 87, 178-183: with the
   covariance C of the estimates, det C11 · det C22 / det C for the columns of a term. */
#include "base/check.h"
#include "model/after/frame.h"
#include "model/after/quality.h"
#include "model/linalg.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>

typedef struct work {
    const pp_fit *fit;
    int first, end; /* columns that are no intercept */
    double *space;  /* k × k */
    int *list;      /* k */
} work;

/* The log determinant of the covariance of the columns that are in the term, or are not;
   `whole`: of all. */
static double log_det(const work *w, int term, int inside, int whole) {
    int m = 0, *list = w->list;
    double sum = 0;
    for (int j = w->first; j < w->end; j++) {
        if (whole || (w->fit->design->column[j].term == term) == inside) {
            list[m++] = j;
        }
    }
    for (int j = 0; j < m; j++) {
        for (int i = 0; i < m; i++) {
            w->space[i + (int64_t)j * m] =
                w->fit->bread[list[i] + (int64_t)list[j] * w->fit->k];
        }
    }
    if (pp__cholesky(m, w->space, 0) != m) {
        return NAN;
    }
    for (int j = 0; j < m; j++) {
        sum += 2 * log(w->space[j + (int64_t)j * m]);
    }
    return sum;
}

static pp_status put_term(const work *w, int term, int df, pp_table *table,
                          pp_error *err) {
    double gvif =
        exp(log_det(w, term, 1, 0) + log_det(w, term, 0, 0) - log_det(w, term, 0, 1));
    int64_t at;
    pp_buf name;
    pp_buf_init(&name);
    pp__term_name(w->fit, term, &name);
    pp_status status = pp_buf_check(&name, err);
    status = status == PP_OK ? pp_table_append(table, &at, err) : status;
    status = status == PP_OK ? pp__put_text(table, at, "term", name.data, err) : status;
    pp_buf_clear(&name);
    PP_TRY(status);
    PP_TRY(pp__put_number(table, at, "df", PP_SHOW_COUNT, df, err));
    PP_TRY(pp__put_number(table, at, "gvif", PP_SHOW_DEFAULT, gvif, err));
    return pp__put_number(table, at, "gvif_scaled", PP_SHOW_DEFAULT,
                          pow(gvif, 1 / (2.0 * df)), err);
}

pp_status pp__vif_add(const pp_fit *fit, pp_result *result, pp_error *err) {
    const pp__design *d = fit->design;
    work w = {.fit = fit, .first = d->intercept, .end = pp__regressors(fit)};
    pp_table *table;
    PP_TRY(pp_result_add(result, "vif", "Variance inflation", &table, err));
    int64_t k = fit->k;
    w.space = pp_malloc(k * k, sizeof *w.space);
    PP_NEED(w.space, err);
    w.list = pp_malloc(k, sizeof *w.list);
    if (!w.list) {
        pp_free(w.space);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    pp_status status = PP_OK;
    for (int j = w.first; j < w.end && status == PP_OK;) {
        int begin = j, term = d->column[j].term;
        while (j < w.end && d->column[j].term == term) {
            j++;
        }
        status = put_term(&w, term, j - begin, table, err);
    }
    pp_free(w.space);
    pp_free(w.list);
    return status;
}
