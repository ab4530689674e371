#include "effects/confound/regressions.h"

#include "base/check.h"
#include "model/after/frame.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

static const char TREATMENT[] = "treatment in use";

typedef struct work {
    const char *formula, *treatment;
    const pp_table *data;
    pp_model_options model;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    pp_fit *fit;    /* of the outcome on all */
    pp_fit *of;     /* of the treatment on the covariates */
    pp_fit *alone;  /* of the outcome on the treatment */
    pp_table *used; /* the data, with the treatment where the rows are in use */
    int term;       /* of the treatment */
} work;

/* ---- what can be asked ---- */

static pp_status refuse(const work *w, pp_status code, const char *problem,
                        const char *hint) {
    pp_error_set(w->err, code, "%s", problem);
    pp_error_hint(w->err, "%s", hint);
    return code;
}

static pp_status check_model(const work *w) {
    if (w->model.model && strcmp(w->model.model, "ols") != 0) {
        pp_error_set(
            w->err, PP_E_UNSUPPORTED,
            "sensitivity to confounders is worked out for linear models, and not "
            "for '%s'",
            w->model.model);
        pp_error_hint(w->err,
                      "of an outcome of 0 and 1 take the linear probability model: "
                      "the model ols with the same terms");
        return PP_E_UNSUPPORTED;
    }
    if (w->model.weights) {
        return refuse(w, PP_E_UNSUPPORTED,
                      "shares explained are not defined with weights here",
                      "leave the weights out");
    }
    return PP_OK;
}

static const char *name_term(const work *w, const pp_fit *fit, int term) {
    pp_buf name;
    pp_buf_init(&name);
    pp__term_name(fit, term, &name);
    const char *copy = name.failed ? NULL : pp_arena_strdup(w->arena, name.data);
    pp_buf_clear(&name);
    return copy;
}

static pp_status refuse_treatment(const work *w) {
    pp_error_set(
        w->err, PP_E_ARGUMENT,
        "the treatment must be a number and a term of its own, in no other term");
    pp_error_locate(w->err, NULL, 0, "treatment", w->treatment);
    pp_error_hint(w->err, "'y ~ %s + x1 + factor(g)'", w->treatment ? w->treatment : "d");
    return PP_E_ARGUMENT;
}

/* The term that is the treatment, and no other that has it in it. */
static pp_status find_treatment(work *w) {
    const pp__formula *f = w->fit->formula;
    int variable = -1;
    w->term = -1;
    for (int t = 0; w->treatment && t < f->n_terms; t++) {
        const pp__atom *atom = &f->atoms[f->terms[t].atom[0]];
        if (f->terms[t].n == 1 && atom->kind == PP__ATOM_NAME &&
            strcmp(atom->node->text, w->treatment) == 0) {
            w->term = t;
            variable = atom->node->variable;
        }
    }
    if (w->term < 0) {
        return refuse_treatment(w);
    }
    for (int t = 0; t < f->n_terms; t++) {
        for (int i = 0; t != w->term && i < f->terms[t].n; i++) {
            if (pp__mentions(f->atoms[f->terms[t].atom[i]].node, variable)) {
                return refuse_treatment(w);
            }
        }
    }
    const pp_column *column = pp_table_find(w->data, w->treatment);
    if (!column || column->type != PP_NUMBER) {
        return refuse_treatment(w);
    }
    if (f->n_offsets > 0) {
        return refuse(w, PP_E_UNSUPPORTED, "an offset is no term that could be compared",
                      "take it from the outcome");
    }
    if (f->n_bases > 0) {
        return refuse(w, PP_E_UNSUPPORTED, "poly(), ns() and bs() are several terms here",
                      "write powers as I(x^2)");
    }
    return PP_OK;
}

/* ---- fits ---- */

static void add_term(const work *w, int term, pp_buf *out) {
    const pp__formula *f = w->fit->formula;
    for (int i = 0; i < f->terms[term].n; i++) {
        const pp__atom *atom = &f->atoms[f->terms[term].atom[i]];
        const char *quote =
            atom->kind == PP__ATOM_NAME && !pp__formula_plain(atom->label) ? "`" : "";
        pp_buf_printf(out, "%s%s%s%s", i ? ":" : "", quote, atom->label, quote);
    }
}

/* The covariates and the fixed effects, as they were written. */
static void add_covariates(const work *w, pp_buf *out) {
    const pp__formula *f = w->fit->formula;
    pp_buf_add(out, f->intercept ? "1" : "0");
    for (int t = 0; t < f->n_terms; t++) {
        if (t != w->term) {
            pp_buf_add(out, " + ");
            add_term(w, t, out);
        }
    }
    for (int i = 0; i < f->n_effects; i++) {
        pp_buf_printf(out, "%s%s", i ? " + " : " | ", f->effect[i].label);
    }
}

static pp_status fit_text(const work *w, pp_buf *formula, const pp_table *data,
                          const char *vcov, pp_fit **out) {
    pp_model_options model = w->model;
    model.model = "ols";
    model.vcov = vcov;
    pp_status status = pp_buf_check(formula, w->err);
    if (status == PP_OK) {
        status = pp_model_fit(formula->data, data, &model, w->ctx, out, w->err);
    }
    pp_buf_clear(formula);
    return status;
}

/* A copy of the treatment that is missing where the model does without the row. */
static pp_status copy_treatment(work *w) {
    const pp__design *d = w->fit->design;
    pp_column *column;
    PP_TRY(pp_table_copy(w->fit->data, &w->used, w->err));
    PP_TRY(pp_table_add(w->used, PP_NUMBER, TREATMENT, &column, w->err));
    const double *from = pp_table_find(w->used, w->treatment)->number;
    for (int64_t i = 0; i < d->n; i++) {
        int64_t row = pp__design_row(d, i);
        column->number[row] = from[row];
    }
    w->model.where = NULL;
    return PP_OK;
}

static pp_status fit_all(work *w) {
    pp_buf formula;
    pp_buf_init(&formula);
    pp_buf_add(&formula, w->formula);
    PP_TRY(fit_text(w, &formula, w->data, "iid", &w->fit));
    PP_TRY(find_treatment(w));
    PP_TRY(copy_treatment(w));
    pp_buf_init(&formula);
    pp_buf_printf(&formula, "`%s` ~ ", TREATMENT);
    add_covariates(w, &formula);
    PP_TRY(fit_text(w, &formula, w->used, "iid", &w->of));
    pp_buf_init(&formula);
    pp_buf_printf(&formula, "%s ~ `%s`", w->fit->formula->outcome_label, TREATMENT);
    return fit_text(w, &formula, w->used, "iid", &w->alone);
}

/* ---- what they say ---- */

static int column_of(const pp_fit *fit, int term) {
    for (int j = 0; j < fit->design->k; j++) {
        if (fit->design->column[j].term == term) {
            return j;
        }
    }
    return -1;
}

/* The share that the term's columns explain of what all others leave: from the Wald statistic with the
   classical covariance. NaN: the term has no column. */
static pp_status partial_r2(const work *w, const pp_fit *fit, int term, double *out) {
    int64_t k = fit->k;
    double *V = pp_arena_alloc(w->arena, k * k + k, sizeof *V), *b = V + k * k;
    int column[PP__MAX_TERMS], n = 0;
    PP_NEED(V, w->err);
    for (int j = 0; j < fit->design->k && n < PP__MAX_TERMS; j++) {
        if (fit->design->column[j].term == term) {
            column[n++] = j;
        }
    }
    for (int j = 0; j < n; j++) {
        b[j] = fit->estimates[column[j]];
        for (int l = 0; l < n; l++) {
            V[l + j * n] = fit->V[column[l] + column[j] * k];
        }
    }
    *out = NAN;
    if (n > 0 && pp__cholesky(n, V, 1e-12) == n) {
        pp__forward(n, V, b);
        double wald = pp__dot(n, b, b);
        *out = wald / (wald + fit->df);
    }
    return PP_OK;
}

/* The same term in the treatment's regression; -1: it is not there. */
static pp_status find_term(const work *w, const char *name, int *out) {
    *out = -1;
    for (int t = 0; t < w->of->formula->n_terms; t++) {
        const char *other = name_term(w, w->of, t);
        PP_NEED(other, w->err);
        if (strcmp(other, name) == 0) {
            *out = t;
        }
    }
    return PP_OK;
}

static pp_status list_benchmarks(work *w, pp__regressions *out) {
    int terms = w->fit->formula->n_terms;
    out->benchmark = pp_arena_alloc(w->arena, terms, sizeof *out->benchmark);
    PP_NEED(out->benchmark, w->err);
    for (int t = 0; t < terms; t++) {
        pp__benchmark *b = &out->benchmark[out->n];
        if (t == w->term) {
            continue;
        }
        PP_NEED(b->name = name_term(w, w->fit, t), w->err);
        int other;
        PP_TRY(find_term(w, b->name, &other));
        PP_TRY(partial_r2(w, w->fit, t, &b->outcome));
        PP_TRY(partial_r2(w, w->of, other, &b->treatment));
        out->n += !isnan(b->outcome) && !isnan(b->treatment);
    }
    return PP_OK;
}

static double variance(int64_t n, const double *y) {
    double mean = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) {
        mean += y[i] / (double)n;
    }
    for (int64_t i = 0; i < n; i++) {
        squares += (y[i] - mean) * (y[i] - mean);
    }
    return squares / (double)(n - 1);
}

static void fill_oster(const work *w, pp__regressions *out) {
    double n = (double)w->fit->design->n;
    int j = column_of(w->alone, 0);
    out->oster = (pp__oster){.beta_short = j < 0 ? NAN : w->alone->estimates[j],
                             .r2_short = w->alone->r2,
                             .beta = out->estimate,
                             .r2 = w->fit->r2,
                             .var_y = variance(w->fit->design->n, w->fit->design->with.y),
                             .tau = w->of->sigma * w->of->sigma * w->of->df / (n - 1)};
    out->oster.var_x = variance(w->of->design->n, w->of->design->with.y);
}

static pp_status find_robust(work *w, const char *vcov, pp__regressions *out) {
    pp_buf formula;
    pp_fit *fit = NULL;
    out->robust_error = NAN;
    if (!vcov || strcmp(vcov, "iid") == 0) {
        return PP_OK;
    }
    pp_buf_init(&formula);
    pp_buf_add(&formula, w->formula);
    PP_TRY(fit_text(w, &formula, w->data, vcov, &fit));
    int64_t j = column_of(fit, w->term);
    out->robust_error = j < 0 ? NAN : sqrt(fit->V[j + j * fit->k]);
    pp_fit_free(fit);
    PP_NEED(out->covariance = pp_arena_strdup(w->arena, vcov), w->err);
    return PP_OK;
}

static pp_status run(work *w, pp__regressions *out) {
    const char *vcov = w->model.vcov, *where = w->model.where;
    PP_TRY(check_model(w));
    PP_TRY(fit_all(w));
    int64_t j = column_of(w->fit, w->term);
    if (j < 0 || !(w->of->r2 < 1 - 1e-10)) {
        return refuse(w, PP_E_ESTIMATION, "the covariates explain all of the treatment",
                      "leave out what the treatment is made of");
    }
    if (!(w->fit->df > 1)) {
        return refuse(w, PP_E_ESTIMATION, "fewer than two degrees of freedom are left",
                      "use fewer terms");
    }
    PP_NEED(out->outcome = pp_arena_strdup(w->arena, w->fit->formula->outcome_label),
            w->err);
    out->estimate = w->fit->estimates[j];
    out->std_error = sqrt(w->fit->V[j + j * w->fit->k]);
    out->df = w->fit->df;
    PP_TRY(list_benchmarks(w, out));
    fill_oster(w, out);
    w->model.where = where;
    return find_robust(w, vcov, out);
}

pp_status pp__regressions_run(const char *formula, const pp_table *data,
                              const pp_model_options *model, const char *treatment,
                              const pp_context *ctx, pp_arena *arena,
                              pp__regressions *out, pp_error *err) {
    work w = {.formula = formula,
              .treatment = treatment,
              .data = data,
              .model = model ? *model : (pp_model_options){0},
              .ctx = ctx,
              .arena = arena,
              .err = err};
    *out = (pp__regressions){0};
    pp_status status = run(&w, out);
    pp_fit_free(w.fit);
    pp_fit_free(w.of);
    pp_fit_free(w.alone);
    pp_table_free(w.used);
    return status;
}
