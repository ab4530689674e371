#include "strategy/profile_driving.h"

#include "base/check.h"
#include "model/after/newdata.h"
#include "model/after/predict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void pp__driving_clear(pp__driving *d) {
    if (d) {
        pp_table_free(d->rows);
        d->rows = NULL;
    }
}

/* ---- which columns are whose ---- */

static int variable_of(const pp_fit *fit, const char *name) {
    for (int v = 0; v < fit->design->n_variables; v++) {
        if (strcmp(fit->design->variables[v].name, name) == 0) {
            return v;
        }
    }
    return -1;
}

/* The first variable of a term that is a factor; else the last force, which is of none. */
static int force_of_term(const pp__driving *d, int term) {
    const pp__formula *f = d->fit->formula;
    for (int a = 0; a < f->terms[term].n; a++) {
        const pp__node *node = f->atoms[f->terms[term].atom[a]].node;
        for (int i = 0; i < d->n_forces - 1; i++) {
            if (d->forces[i].variable >= 0 && pp__mentions(node, d->forces[i].variable)) {
                return i;
            }
        }
    }
    return d->n_forces - 1;
}

static int group_at(pp__driving *d, const char *group) {
    int at = pp__driven_group(d, group);
    if (at < 0) {
        at = d->n_groups++;
        d->groups[at] = group;
    }
    return at;
}

static pp_status name_forces(pp__profiles *p, pp__driving *d) {
    int n = p->in->n_factors + 1;
    d->forces = pp_arena_zalloc(&p->arena, n, sizeof *d->forces);
    d->groups = pp_arena_zalloc(&p->arena, n, sizeof *d->groups);
    d->force_of = pp_arena_alloc(&p->arena, d->k, sizeof *d->force_of);
    PP_NEED(d->forces, p->err);
    PP_NEED(d->groups, p->err);
    PP_NEED(d->force_of, p->err);
    d->n_forces = n;
    for (int i = 0; i < n - 1; i++) {
        const pp_profile_factor *f = &p->in->factors[i];
        d->forces[i] = (pp__force){.name = f->name,
                                   .label = f->label ? f->label : f->name,
                                   .group = f->group ? f->group : "other",
                                   .variable = variable_of(d->fit, f->name)};
        d->forces[i].group_at = group_at(d, d->forces[i].group);
    }
    d->forces[n - 1] = (pp__force){.name = "time",
                                   .label = "Baseline of time, and the rest",
                                   .group = "other",
                                   .variable = -1};
    d->forces[n - 1].group_at = group_at(d, "other");
    for (int j = 0; j < d->k; j++) {
        int term = d->fit->design->column[j].term;
        d->force_of[j] = term < 0 ? -1 : force_of_term(d, term);
        if (term >= 0) {
            d->forces[d->force_of[j]].used = 1;
        }
    }
    d->forces[n - 1].used |= d->fit->outside != NULL;
    return PP_OK;
}

/* ---- rows of the last years, those of a country with the latest first ---- */

typedef struct dated {
    int64_t place, row;
    double year;
} dated;

static int compare_dated(const void *a, const void *b) {
    const dated *x = a, *y = b;
    return x->place != y->place ? (x->place > y->place) - (x->place < y->place)
           : x->year != y->year ? (x->year < y->year) - (x->year > y->year)
                                : (x->row > y->row) - (x->row < y->row);
}

static double last_year(const pp_column *year, int64_t n) {
    double last = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        last = year->number[i] > last ? year->number[i] : last;
    }
    return last;
}

static pp_status take_rows(pp__profiles *p, const dated *list, int64_t n,
                           const pp_table *panel, pp__driving *d) {
    int64_t *rows = pp_malloc(n + 1, sizeof *rows);
    PP_NEED(rows, p->err);
    for (int64_t i = 0; i < n; i++) {
        rows[i] = list[i].row;
    }
    pp_status status = pp_table_take_rows(panel, rows, n, &d->rows, p->err);
    pp_free(rows);
    return status;
}

static pp_status find_rows(pp__profiles *p, pp__driving *d, dated **out, int64_t *n) {
    const pp_table *panel = p->in->panel ? p->in->panel : d->fit->data;
    const pp_model_options *o = &d->fit->options;
    pp_column *unit, *year;
    PP_TRY(pp_table_require(panel, o->unit ? o->unit : "unit", &unit, p->err));
    PP_TRY(pp_table_require(panel, o->time ? o->time : "year", &year, p->err));
    if (year->type != PP_NUMBER || unit->type == PP_NUMBER) {
        PP_FAIL(p->err, PP_E_INPUT,
                "the panel's units must be codes of places, and its years numbers");
    }
    double first = last_year(year, pp_table_rows(panel)) - p->options.back;
    *n = 0;
    *out = pp_arena_alloc(&p->arena, pp_table_rows(panel) + 1, sizeof **out);
    PP_NEED(*out, p->err);
    for (int64_t i = 0; i < pp_table_rows(panel); i++) {
        const char *id = pp_column_get_text(unit, i);
        int64_t place = id ? pp__map_get(&p->place_of, id, -1) : -1;
        if (place >= 0 && place < p->n_countries && year->number[i] >= first) {
            (*out)[(*n)++] = (dated){place, i, year->number[i]};
        }
    }
    qsort(*out, (size_t)*n, sizeof **out, compare_dated);
    return take_rows(p, *out, *n, panel, d);
}

/* What the newest row lacks, by the words of the factors. */
static pp_status name_missing(pp__profiles *p, const pp__driving *d, int64_t row,
                              const char *otherwise, const char **out) {
    pp_buf text;
    pp_buf_init(&text);
    for (int i = 0; i < d->n_forces; i++) {
        const pp_column *c =
            d->forces[i].used && d->forces[i].variable >= 0
                ? pp_table_find(d->rows,
                                d->fit->design->variables[d->forces[i].variable].name)
                : NULL;
        if (c && pp_column_is_missing(c, row)) {
            pp_buf_printf(&text, "%s%s", text.length ? ", " : "", d->forces[i].name);
        }
    }
    pp_status status = pp_buf_check(&text, p->err);
    if (status == PP_OK) {
        *out = text.length ? pp_arena_printf(&p->arena, "not known of its last years: %s",
                                             text.data)
                           : pp_arena_strdup(&p->arena, otherwise);
        status = *out ? PP_OK : pp_error_set(p->err, PP_E_MEMORY, "out of memory");
    }
    pp_buf_clear(&text);
    return status;
}

static pp_status choose_rows(pp__profiles *p, pp__driving *d, const dated *list,
                             int64_t n, const char *const *missing) {
    for (int64_t i = 0; i < p->n_countries; i++) {
        d->countries[i] = (pp__driven_country){
            .row = -1, .missing = "no figures of it in the last years", .year = NAN};
    }
    for (int64_t i = 0; i < n; i++) {
        pp__driven_country *c = &d->countries[list[i].place];
        int newest = i == 0 || list[i - 1].place != list[i].place;
        if (c->row < 0 && !missing[i]) {
            c->row = i;
            c->year = list[i].year;
            c->missing = NULL;
        } else if (c->row < 0 && newest) {
            PP_TRY(name_missing(p, d, i, missing[i], &c->missing));
        }
    }
    for (int64_t i = 0; i < p->n_countries; i++) {
        d->without += d->countries[i].row < 0;
    }
    return PP_OK;
}

/* ---- columns, means, predictions ---- */

/* The columns of the frame's rows, one row after the other. */
static pp_status fill_columns(pp__profiles *p, const pp__driving *d,
                              const pp__frame *frame, double **out) {
    const pp__change as_is = {.kind = PP__AS_IS};
    int64_t wide = frame->design.k, n = frame->design.n;
    double *x = pp_arena_alloc(
        &p->arena, wide * PP__TILE + pp__design_scratch(&frame->design), sizeof *x);
    PP_NEED(x, p->err);
    *out = pp_arena_alloc(&p->arena, n * d->k + 1, sizeof **out);
    PP_NEED(*out, p->err);
    for (int64_t begin = 0; begin < n; begin += PP__TILE) {
        int rows = n - begin < PP__TILE ? (int)(n - begin) : PP__TILE;
        pp__design_change(&frame->design, &as_is, begin, rows, x, NULL,
                          x + wide * PP__TILE);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < d->k; j++) {
                (*out)[(begin + i) * d->k + j] = x[i + (int64_t)j * PP__TILE];
            }
        }
    }
    return PP_OK;
}

/* Over the rows that the model was estimated from. */
static void mean_of_rows(pp__driving *d) {
    const pp__design *from = d->fit->design;
    const double *weight = from->with.weight;
    double total = 0;
    for (int64_t i = 0; i < from->n; i++) {
        double w = weight ? weight[i] : 1;
        total += w;
        for (int j = 0; j < d->k; j++) {
            d->mean[j] += w * from->x[j][i];
        }
        d->mean_outside += d->fit->outside ? w * d->fit->outside[i] : 0;
        for (int f = 0; f < d->n_forces; f++) {
            int v = d->forces[f].variable;
            const double *value = v < 0 ? NULL : from->variables[v].value;
            d->value_mean[f] += value ? w * value[i] : NAN;
        }
    }
    for (int j = 0; j < d->k; j++) {
        d->mean[j] /= total;
    }
    for (int f = 0; f < d->n_forces; f++) {
        d->value_mean[f] /= total;
    }
    d->mean_outside /= total;
}

/* Over countries, each in its last complete year. */
static void mean_of_places(const pp__profiles *p, pp__driving *d, const pp__frame *frame,
                           const double *x) {
    double total = 0;
    for (int64_t i = 0; i < p->n_countries; i++) {
        int64_t row = d->countries[i].row;
        if (row < 0) {
            continue;
        }
        total++;
        for (int j = 0; j < d->k; j++) {
            d->mean[j] += x[row * d->k + j];
        }
        d->mean_outside += frame->outside ? frame->outside[row] : 0;
        for (int f = 0; f < d->n_forces; f++) {
            int v = d->forces[f].variable;
            const double *value = v < 0 ? NULL : frame->design.variables[v].value;
            d->value_mean[f] += value ? value[row] : NAN;
        }
    }
    for (int j = 0; j < d->k && total > 0; j++) {
        d->mean[j] /= total;
    }
    for (int f = 0; f < d->n_forces && total > 0; f++) {
        d->value_mean[f] /= total;
    }
    d->mean_outside = total > 0 ? d->mean_outside / total : 0;
}

static pp_status predict(pp__profiles *p, pp__driving *d, const pp__frame *frame) {
    int64_t n = frame->design.n;
    double *eta = pp_arena_zalloc(&p->arena, 2 * n + 1, sizeof *eta);
    PP_NEED(eta, p->err);
    const pp__predictions out = {.eta = eta, .error = eta + n};
    PP_TRY(pp__frame_predict(d->fit, frame, &out, p->ctx, p->err));
    for (int64_t i = 0; i < p->n_countries; i++) {
        pp__driven_country *c = &d->countries[i];
        if (c->row >= 0) {
            double at[3], mean[3], slope[3], curve[3];
            c->eta = eta[c->row];
            c->error = out.error[c->row];
            at[0] = c->eta;
            at[1] = c->eta - d->quantile * c->error;
            at[2] = c->eta + d->quantile * c->error;
            d->fit->link->response(3, at, mean, slope, curve);
            c->hazard = mean[0];
            c->low = mean[1];
            c->high = mean[2];
        }
    }
    return PP_OK;
}

static pp_status subtract_means(pp__profiles *p, pp__driving *d, const pp__frame *frame,
                                double *x) {
    d->mean = pp_arena_zalloc(&p->arena, d->k, sizeof *d->mean);
    PP_NEED(d->mean, p->err);
    d->value_mean = pp_arena_zalloc(&p->arena, d->n_forces, sizeof *d->value_mean);
    PP_NEED(d->value_mean, p->err);
    if (strcmp(p->options.reference, "rows") == 0) {
        mean_of_rows(d);
    } else {
        mean_of_places(p, d, frame, x);
    }
    for (int64_t i = 0; i < p->n_countries; i++) {
        pp__driven_country *c = &d->countries[i];
        double *own = x + (c->row < 0 ? 0 : c->row) * d->k;
        for (int j = 0; c->row >= 0 && j < d->k; j++) {
            own[j] -= d->mean[j];
        }
        c->d = own;
        c->outside =
            c->row >= 0 && frame->outside ? frame->outside[c->row] - d->mean_outside : 0;
    }
    return PP_OK;
}

/* ---- sums ---- */

typedef double weigh_column(const pp__driving *d, int column, int a, int b);

static double of_one(const pp__driving *d, int column, int force, int group) {
    int own = d->force_of[column];
    return own >= 0 && (force < 0 || own == force) &&
           (group < 0 || d->forces[own].group_at == group);
}

static double of_two(const pp__driving *d, int column, int group, int other) {
    return of_one(d, column, -1, group) - of_one(d, column, -1, other);
}

/* w'b and its error, of w = weight times the column less its mean. */
static pp__sum weighted_sum(const pp__driving *d, const pp__driven_country *c,
                            weigh_column *weigh, int a, int b) {
    pp__sum s = {0, 0, 0, 0};
    double variance = 0;
    for (int i = 0; i < d->k; i++) {
        double wi = weigh(d, i, a, b) * c->d[i], row = 0;
        s.estimate += d->fit->estimates[i] * wi;
        for (int j = 0; wi != 0 && j < d->k; j++) {
            row += d->fit->V[i + (int64_t)j * d->fit->k] * weigh(d, j, a, b) * c->d[j];
        }
        variance += wi * row;
    }
    s.error = sqrt(variance > 0 ? variance : 0);
    return s;
}

static void set_ends(const pp__driving *d, pp__sum *s) {
    s->low = s->estimate - d->quantile * s->error;
    s->high = s->estimate + d->quantile * s->error;
}

pp__sum pp__driven_sum(const pp__driving *d, const pp__driven_country *c, int force,
                       int group) {
    pp__sum s = weighted_sum(d, c, of_one, force, group);
    int rest = d->n_forces - 1;
    if ((force < 0 || force == rest) &&
        (group < 0 || d->forces[rest].group_at == group)) {
        s.estimate += c->outside;
    }
    set_ends(d, &s);
    return s;
}

pp__sum pp__driven_difference(const pp__driving *d, const pp__driven_country *c,
                              int group, int other) {
    pp__sum s = weighted_sum(d, c, of_two, group, other);
    set_ends(d, &s);
    return s;
}

int pp__driven_group(const pp__driving *d, const char *name) {
    for (int g = 0; g < d->n_groups; g++) {
        if (strcmp(d->groups[g], name) == 0) {
            return g;
        }
    }
    return -1;
}

/* ---- the whole ---- */

static pp_status check_fit(const pp__profiles *p) {
    const pp_fit *fit = p->in->fit;
    const char *link = fit->link ? fit->link->name : "";
    PP_TRY(pp__need_response(fit, "profiles", p->err));
    if (strcmp(link, "logit") != 0 && strcmp(link, "probit") != 0 &&
        strcmp(link, "cloglog") != 0) {
        pp_error_set(p->err, PP_E_UNSUPPORTED, "model '%s' gives no chance of adoption",
                     fit->options.model);
        pp_error_hint(p->err, "take a binary model of adoption or the hazard");
        return PP_E_UNSUPPORTED;
    }
    return PP_OK;
}

pp_status pp__profile_drive(pp__profiles *p) {
    pp__frame frame;
    dated *list = NULL;
    const char **missing;
    double *x;
    int64_t n;
    if (!p->in->fit) {
        return PP_OK;
    }
    PP_TRY(check_fit(p));
    pp__driving *d = pp_arena_zalloc(&p->arena, 1, sizeof *d);
    PP_NEED(d, p->err);
    p->driving = d;
    d->fit = p->in->fit;
    d->k = pp__regressors(d->fit);
    d->quantile = pp__fit_quantile(d->fit, d->fit->options.level);
    d->countries = pp_arena_zalloc(&p->arena, p->n_countries + 1, sizeof *d->countries);
    PP_NEED(d->countries, p->err);
    PP_TRY(name_forces(p, d));
    PP_TRY(find_rows(p, d, &list, &n));
    PP_TRY(pp__frame_new(d->fit, d->rows, &p->arena, &frame, &missing, p->err));
    PP_TRY(choose_rows(p, d, list, n, missing));
    PP_TRY(fill_columns(p, d, &frame, &x));
    PP_TRY(predict(p, d, &frame));
    return subtract_means(p, d, &frame, x);
}
