/* From formulas and data to the parts of an occupancy model. */
#include "base/check.h"
#include "model/linalg.h"
#include "model/take.h"
#include "unseen/occupancy.h"

#include <math.h>
#include <string.h>

typedef struct builder {
    pp__occupancy *o;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
} builder;

/* ---- formulas ---- */

enum { BEFORE = 4 }; /* characters that stand before the terms: "0 ~ " */

static pp_status parse(const builder *b, pp__part *part, pp__formula **out) {
    char *text = pp_arena_printf(b->arena, "0 ~ %s", part->text);
    PP_NEED(text, b->err);
    PP_TRY(pp__formula_parse(text, b->arena, out, b->err));
    const pp__formula *f = *out;
    if (f->n_offsets || f->n_effects || f->n_strata || f->n_random || f->n_instruments ||
        f->kind != PP__VALUE) {
        return pp__occupancy_fail(
            part->name, part->text, "a part of an occupancy model takes terms only",
            "no fixed effects, offsets, strata or random intercepts", b->err);
    }
    return PP_OK;
}

/* Which rows of the part's table are complete: part->sample->complete. */
static pp_status make_sample(const builder *b, pp__part *part) {
    pp__formula *formula;
    pp__notes_init(&part->notes);
    part->noted = 1;
    pp_status status = parse(b, part, &formula);
    if (status == PP_OK) {
        status = pp__sample_new(formula, part->table, NULL, NULL, NULL, 0, 0, b->ctx,
                                b->arena, &part->notes, &part->sample, b->err);
    }
    if (status != PP_OK && b->err && b->err->position > BEFORE) {
        b->err->position -= BEFORE;
    }
    return status;
}

static pp_status check_constant(const builder *b, const pp__part *part) {
    for (int v = 0; v < part->sample->n_variables; v++) {
        PP_TRY(
            pp__visits_constant(&b->o->visits, part->sample->variables[v].name, b->err));
    }
    return PP_OK;
}

/* ---- designs ---- */

/* The place in `whole` of each column of the part's design. */
static pp_status find_places(const builder *b, const pp__design *whole,
                             const pp__design *d, int **out) {
    int *place = pp_arena_alloc(b->arena, d->k, sizeof *place);
    PP_NEED(place, b->err);
    for (int j = 0; j < d->k; j++) {
        place[j] = 0;
        while (strcmp(whole->column[place[j]].name, d->column[j].name) != 0) {
            place[j]++;
        }
    }
    *out = place;
    return PP_OK;
}

/* A row speaks of the estimates when its regressors lie in the span of the rows that made
   them: N'z = 0 for the null space N of these. */
static pp_status judge_rows(const builder *b, pp__part *part, const pp__design *whole,
                            const uint8_t *used) {
    int64_t k = whole->k;
    double *A = pp_arena_zalloc(b->arena, k * k + 5 * k, sizeof *A);
    PP_NEED(A, b->err);
    double *values = A + k * k, *work = values + k, *z = work;
    for (int64_t i = 0; i < whole->n; i++) {
        int64_t row = pp__design_row(whole, i);
        for (int64_t j = 0; j < k; j++) {
            z[j] = (whole->x[j][i] - whole->center[j]) / whole->scale[j];
        }
        for (int64_t j = 0; used[row] && j < k; j++) {
            for (int64_t l = 0; l < k; l++) {
                A[l + j * k] += z[l] * z[j];
            }
        }
    }
    if (pp__eigen((int)k, A, values, work) != 0) {
        return pp_error_set(b->err, PP_E_INTERNAL, "eigenvalues do not converge");
    }
    for (int64_t i = 0; i < whole->n; i++) {
        double out = 0;
        for (int64_t c = 0; c < k && values[c] < 1e-9 * values[k - 1]; c++) {
            double dot = 0;
            for (int64_t j = 0; j < k; j++) {
                dot +=
                    A[j + c * k] * (whole->x[j][i] - whole->center[j]) / whole->scale[j];
            }
            out += dot * dot;
        }
        part->known[pp__design_row(whole, i)] = out < 1e-8;
    }
    return PP_OK;
}

static pp_status fill_rows(const builder *b, pp__part *part, const pp__design *whole) {
    const pp__design *d = part->design;
    int *place = NULL;
    PP_TRY(find_places(b, whole, d, &place));
    part->z = pp_arena_zalloc(b->arena, part->rows * d->k, sizeof *part->z);
    PP_NEED(part->z, b->err);
    for (int64_t i = 0; i < whole->n; i++) {
        double *z = part->z + pp__design_row(whole, i) * d->k;
        for (int j = 0; j < d->k; j++) {
            z[j] = (whole->x[place[j]][i] - d->center[j]) / d->scale[j];
        }
    }
    return PP_OK;
}

static pp_status take_used(const builder *b, pp__part *part, pp__design *whole,
                           const uint8_t *used, int64_t n) {
    int64_t *rows = pp_arena_alloc(b->arena, n, sizeof *rows), taken = 0;
    PP_NEED(rows, b->err);
    for (int64_t i = 0; i < whole->n; i++) {
        if (used[pp__design_row(whole, i)]) {
            rows[taken++] = i;
        }
    }
    const pp__taking taking = {.n = n, .row = rows};
    return pp__design_take(whole, &taking, b->arena, &part->notes, b->ctx, &part->design,
                           b->err);
}

/* The design over the rows `used` (all of them complete), and its columns in every
   complete row. */
static pp_status make_design(const builder *b, pp__part *part, const uint8_t *used) {
    const pp__design_options options = {.first = 1};
    pp__design *whole;
    int64_t *rows, n, n_used = 0;
    PP_TRY(pp__sample_complete_rows(part->sample, b->arena, &rows, &n, b->err));
    PP_TRY(pp__design_build(part->sample, rows, n, &options, b->arena, &part->notes,
                            b->ctx, &whole, b->err));
    part->known = pp_arena_zalloc(b->arena, part->rows, 1);
    PP_NEED(part->known, b->err);
    for (int64_t i = 0; i < n; i++) {
        n_used += used[rows ? rows[i] : i];
        part->known[rows ? rows[i] : i] = 1;
    }
    part->design = whole;
    if (n_used < n) {
        PP_TRY(take_used(b, part, whole, used, n_used));
        PP_TRY(judge_rows(b, part, whole, used));
    }
    part->k = part->design->k;
    return fill_rows(b, part, whole);
}

/* ---- rows ---- */

/* The rows of seasons that belong to a unit begin here. */
static int64_t changes_of(const pp__occupancy *o) {
    return o->form == PP__DYNAMIC ? o->visits.seasons - 1 : 0;
}

static int season_part(int p) {
    return p == PP__COLONISATION || p == PP__EXTINCTION;
}

static int unit_complete(const pp__occupancy *o, int64_t u) {
    int complete = o->part[PP__STATE].sample->complete[u];
    for (int p = PP__COLONISATION; p <= PP__EXTINCTION; p++) {
        for (int64_t t = 0; o->part[p].text && t < changes_of(o); t++) {
            complete &= o->part[p].sample->complete[u * changes_of(o) + t];
        }
    }
    return complete;
}

static const char *first_missing(const pp__part *part, int64_t row) {
    for (int v = 0; v < part->sample->n_variables; v++) {
        if (pp_column_is_missing(part->sample->columns[v], row)) {
            return part->sample->columns[v]->name;
        }
    }
    return part->text;
}

/* Leaves the visits of complete units that have all of their regressors. */
static pp_status keep_visits(const builder *b) {
    pp__occupancy *o = b->o;
    pp__visits *v = &o->visits;
    int64_t n = v->n;
    uint8_t *keep = pp_arena_alloc(b->arena, n, 1);
    PP_NEED(keep, b->err);
    for (int64_t i = 0; i < n; i++) {
        keep[i] = (uint8_t)unit_complete(o, v->unit[i]);
        for (int p = PP__DETECTION; p <= PP__CERTAINTY; p++) {
            const pp__part *part = &o->part[p];
            if (part->text && !part->sample->complete[i]) {
                keep[i] = 0;
                o->unit[v->unit[i]].lost = first_missing(part, i);
            }
        }
    }
    for (int p = PP__DETECTION; p <= PP__CERTAINTY; p++) {
        for (int64_t i = 0; o->part[p].text && i < n; i++) {
            o->part[p].sample->complete[i] = keep[i];
        }
    }
    pp__visits_keep(v, keep);
    return PP_OK;
}

static pp_status list_units(const builder *b) {
    pp__occupancy *o = b->o;
    const pp__visits *v = &o->visits;
    o->unit = pp_arena_zalloc(b->arena, v->units, sizeof *o->unit);
    PP_NEED(o->unit, b->err);
    for (int64_t i = 0; i < v->n; i++) {
        o->unit[v->unit[i]].made++;
        o->unit[v->unit[i]].detections += v->found[i] > 0;
    }
    return PP_OK;
}

/* Once visits are those that count. */
static void place_visits(pp__occupancy *o) {
    const pp__visits *v = &o->visits;
    for (int64_t u = 0, i = 0; u < v->units; u++) {
        pp__unit *unit = &o->unit[u];
        int64_t found = 0;
        unit->first = i;
        while (i < v->n && v->unit[i] == u) {
            found += v->found[i++] > 0;
        }
        unit->last = i;
        unit->used = unit->last > unit->first;
        o->used += unit->used;
        o->detected += found > 0;
        o->detections += found;
    }
}

static pp_status used_rows(const builder *b, int p, uint8_t **out) {
    pp__occupancy *o = b->o;
    const pp__part *part = &o->part[p];
    uint8_t *used = pp_arena_alloc(b->arena, part->rows, 1);
    PP_NEED(used, b->err);
    int64_t changes = changes_of(o);
    for (int64_t i = 0; i < part->rows; i++) {
        used[i] = p >= PP__DETECTION              ? part->sample->complete[i]
                  : season_part(p) && changes > 0 ? (uint8_t)o->unit[i / changes].used
                                                  : (uint8_t)o->unit[i].used;
    }
    *out = used;
    return PP_OK;
}

/* The rows of a part of visits, without those that were left out: as visits are now. */
static pp_status close_gaps(const builder *b, pp__part *part) {
    int64_t n = 0;
    for (int64_t i = 0; i < part->rows; i++) {
        if (part->known[i]) {
            memmove(part->z + n++ * part->k, part->z + i * part->k,
                    (size_t)part->k * sizeof *part->z);
        }
    }
    part->rows = n;
    part->mean = pp_arena_zalloc(b->arena, part->k, sizeof *part->mean);
    PP_NEED(part->mean, b->err);
    for (int64_t i = 0; i < n; i++) {
        for (int j = 0; j < part->k; j++) {
            part->mean[j] += part->z[i * part->k + j] / (double)n;
        }
    }
    return PP_OK;
}

/* Of a unit whose visits all lack something, what these found cannot be used. */
static void tell_why(pp__occupancy *o, int64_t u) {
    int64_t changes = changes_of(o);
    o->unit[u].why = o->unit[u].used ? NULL : o->unit[u].lost;
    for (int p = PP__STATE; p <= PP__EXTINCTION; p++) {
        const pp__part *part = &o->part[p];
        int64_t first = p == PP__STATE ? u : u * changes;
        int64_t n = p == PP__STATE ? 1 : changes;
        for (int64_t i = first; part->text && i < first + n && !o->unit[u].why; i++) {
            if (!part->sample->complete[i]) {
                o->unit[u].why = first_missing(part, i);
            } else if (!part->known[i]) {
                o->unit[u].why = "not comparable";
            }
        }
    }
}

/* ---- the whole ---- */

static int has_twos(const pp__visits *v) {
    for (int64_t i = 0; i < v->n; i++) {
        if (v->found[i] == 2) {
            return 1;
        }
    }
    return 0;
}

static int has_certain(const pp__visits *v) {
    for (int64_t i = 0; i < v->n; i++) {
        if (v->certain[i]) {
            return 1;
        }
    }
    return 0;
}

/* "~ x" is "x", and nothing is a constant. */
static const char *terms_of(const char *text) {
    const char *terms = text ? text + strspn(text, " ~") : "";
    return *terms ? terms : "1";
}

static void name_parts(pp__occupancy *o) {
    const pp_occupancy_options *from = o->options;
    const pp__visits *v = &o->visits;
    int dynamic = o->form == PP__DYNAMIC, false_ones = o->form == PP__FALSE_POSITIVES;
    int twos = has_twos(v);
    const struct {
        const char *name, *text;
        int there;
        const pp_table *table;
    } parts[PP__OCCUPANCY_PARTS] = {
        {o->form == PP__ROYLE_NICHOLS ? "abundance" : "state", from->state, 1,
         v->unit_table},
        {"colonisation", from->colonisation, dynamic, v->season_table},
        {"extinction", from->extinction, dynamic && !from->absorbing, v->season_table},
        {"detection", from->detect, 1, v->visit_table},
        {"false_positive", from->false_positive, false_ones, v->visit_table},
        {"certainty", from->certainty, false_ones && twos, v->visit_table}};
    for (int p = 0; p < PP__OCCUPANCY_PARTS; p++) {
        o->part[p].name = parts[p].name;
        o->part[p].text = parts[p].there ? terms_of(parts[p].text) : NULL;
        o->part[p].table = parts[p].table;
        o->part[p].rows = parts[p].there ? pp_table_rows(parts[p].table) : 0;
    }
    o->doubtful = false_ones && !twos && !has_certain(v);
}

static pp_status make_parts(const builder *b) {
    pp__occupancy *o = b->o;
    for (int p = 0; p < PP__OCCUPANCY_PARTS; p++) {
        if (o->part[p].text) {
            PP_TRY(make_sample(b, &o->part[p]));
        }
    }
    PP_TRY(check_constant(b, &o->part[PP__STATE]));
    PP_TRY(list_units(b));
    PP_TRY(keep_visits(b));
    place_visits(o);
    PP_TRY(pp__occupancy_check_visits(o, b->err));
    for (int p = 0; p < PP__OCCUPANCY_PARTS; p++) {
        uint8_t *used = NULL;
        if (!o->part[p].text) {
            continue;
        }
        PP_TRY(used_rows(b, p, &used));
        PP_TRY(make_design(b, &o->part[p], used));
        o->part[p].at = o->k;
        o->k += o->part[p].k;
        if (p >= PP__DETECTION) {
            PP_TRY(close_gaps(b, &o->part[p]));
        }
    }
    for (int64_t u = 0; u < o->visits.units; u++) {
        tell_why(o, u);
    }
    return pp__occupancy_check_counts(o, b->err);
}

static pp_status fill_factorials(const builder *b) {
    pp__occupancy *o = b->o;
    int most = o->options->upper > 0 ? o->options->upper : PP__MOST_UPPER;
    o->log_factorial = pp_arena_zalloc(b->arena, most + 1, sizeof *o->log_factorial);
    PP_NEED(o->log_factorial, b->err);
    for (int N = 2; N <= most; N++) {
        o->log_factorial[N] = o->log_factorial[N - 1] + log(N);
    }
    return PP_OK;
}

pp_status pp__occupancy_new(const pp_table *data, const pp_occupancy_options *options,
                            const pp_context *ctx, pp__occupancy *o, pp_error *err) {
    *o = (pp__occupancy){.options = options, .ctx = ctx, .states = 2};
    const builder b = {o, ctx, &o->arena, err};
    pp_arena_init(&o->arena);
    o->level = options->level == 0 ? 0.95 : options->level;
    PP_TRY(pp__occupancy_check_options(o, err));
    PP_TRY(pp__visits_read(data, options, o->form == PP__FALSE_POSITIVES ? 2 : 1, ctx,
                           &o->arena, &o->visits, err));
    if (o->form == PP__DYNAMIC && o->visits.seasons < 2) {
        return pp__occupancy_fail("seasons", NULL, "the dynamic form needs two seasons",
                                  "--seasons 3, or with one row a visit --season year",
                                  err);
    }
    name_parts(o);
    PP_TRY(o->form == PP__ROYLE_NICHOLS ? fill_factorials(&b) : PP_OK);
    return make_parts(&b);
}

void pp__occupancy_clear(pp__occupancy *o) {
    for (int p = 0; p < PP__OCCUPANCY_PARTS; p++) {
        if (o->part[p].noted) {
            pp__notes_clear(&o->part[p].notes);
        }
    }
    pp__visits_clear(&o->visits);
    pp_arena_clear(&o->arena);
}
