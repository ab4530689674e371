#include "model/sample.h"

#include "base/check.h"
#include "model/linalg.h"
#include "model/pass.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

/* ---- binding ---- */

static pp_status add_variable(pp__sample *s, const pp_column *column, const pp__node *at,
                              int *index, pp_error *err) {
    *index = s->n_variables;
    if (s->n_variables == PP__MAX_VARIABLES) {
        return pp__formula_fail(err, PP_E_ARGUMENT, at, "more than %d columns",
                                PP__MAX_VARIABLES);
    }
    s->columns[s->n_variables] = column;
    s->variables[s->n_variables++] = (pp__variable){
        .name = column->name, .value = column->type == PP_NUMBER ? column->number : NULL};
    return PP_OK;
}

/* A name that stands for lag(x, 1) is known by its text's place. */
static pp_status find_variable(pp__sample *s, const pp__node *name, int *index,
                               pp_error *err) {
    for (*index = 0; *index < s->n_variables; (*index)++) {
        const char *known = s->variables[*index].name;
        if (s->derived[*index] ? known == name->text : strcmp(known, name->text) == 0) {
            return PP_OK;
        }
    }
    pp_column *column;
    pp_status status = pp_table_require(s->data, name->text, &column, err);
    if (status != PP_OK) {
        if (err) {
            err->position = name->position;
        }
        return status;
    }
    return add_variable(s, column, name, index, err);
}

static void hint_number(const pp__sample *s, const pp_column *column, pp_error *err) {
    double number;
    for (int64_t i = 0; i < s->n_rows; i++) {
        const char *text = pp_column_get_text(column, i);
        if (text && strcmp(text, "NA") != 0 && !pp_parse_number(text, &number)) {
            pp_error_hint(err,
                          "'%s' is no number; mend such cells, or make a column of "
                          "numbers: for yes and no, 1 and 0",
                          text);
            return;
        }
    }
}

static pp_status bind_shift(pp__sample *s, pp__node *call, double back, pp_error *err);

static pp_status bind_numbers(pp__sample *s, pp__node *node, pp_error *err) {
    double back;
    if (pp__formula_shift(node, &back)) {
        PP_TRY(bind_shift(s, node, back, err));
    }
    if (node->kind == PP__NAME) {
        PP_TRY(find_variable(s, node, &node->variable, err));
        if (!s->variables[node->variable].value) {
            pp__formula_fail(err, PP_E_INPUT, node, "column '%s' is not a number",
                             node->text);
            pp_error_locate(err, NULL, 0, node->text, NULL);
            hint_number(s, s->columns[node->variable], err);
            return PP_E_INPUT;
        }
        s->used_as_number[node->variable] = 1;
    }
    for (pp__node *child = node->first; child; child = child->next) {
        PP_TRY(bind_numbers(s, child, err));
    }
    s->buffers = node->buffers > s->buffers ? node->buffers : s->buffers;
    return PP_OK;
}

/* ---- lags ---- */

static pp_status find_periods(pp__sample *s, const pp__node *call, pp_error *err) {
    if (s->periods) {
        return PP_OK;
    }
    if (!s->unit || !s->time) {
        pp__formula_fail(err, PP_E_ARGUMENT, call, "%s() needs to know unit and time",
                         call->text);
        pp_error_hint(err, "name their columns: --unit country --time year");
        return PP_E_ARGUMENT;
    }
    return pp__periods_new(s->unit, s->time, s->n_rows, s->arena, &s->periods, err);
}

/* The values of the argument, whose variables are no part of the model. */
static pp_status shift_values(pp__sample *s, pp__node *argument, double back, double *out,
                              pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(s->arena);
    pp__sample *inner = pp_arena_zalloc(s->arena, 1, sizeof *inner);
    PP_NEED(inner, err);
    inner->data = s->data;
    inner->arena = s->arena;
    inner->n_rows = s->n_rows;
    inner->unit = s->unit;
    inner->time = s->time;
    inner->periods = s->periods;
    PP_TRY(bind_numbers(inner, argument, err));
    double *values = pp_arena_alloc(s->arena, s->n_rows, sizeof *values);
    PP_NEED(values, err);
    PP_TRY(pp__sample_evaluate(inner, argument, NULL, s->n_rows, values, err));
    pp__periods_shift(s->periods, values, back, out);
    pp_arena_release(s->arena, mark);
    return PP_OK;
}

/* The call becomes a name, of a variable of its own. */
static pp_status bind_shift(pp__sample *s, pp__node *call, double back, pp_error *err) {
    const char *label = pp__formula_write(call, s->arena);
    int index = 0;
    PP_NEED(label, err);
    PP_TRY(find_periods(s, call, err));
    while (index < s->n_variables &&
           !(s->derived[index] && strcmp(s->variables[index].name, label) == 0)) {
        index++;
    }
    if (index == s->n_variables) {
        pp_column *column = pp_arena_zalloc(s->arena, 1, sizeof *column);
        PP_NEED(column, err);
        *column = (pp_column){.name = (char *)(uintptr_t)label, .type = PP_NUMBER};
        column->number = pp_arena_alloc(s->arena, s->n_rows, sizeof *column->number);
        PP_NEED(column->number, err);
        PP_TRY(shift_values(s, call->first, back, column->number, err));
        PP_TRY(add_variable(s, column, call, &index, err));
        s->derived[index] = 1;
    }
    call->kind = PP__NAME;
    call->text = s->variables[index].name;
    call->first = NULL;
    call->buffers = 0;
    return PP_OK;
}

static pp_status bind_atom(pp__sample *s, pp__atom *atom, pp_error *err) {
    if (atom->kind == PP__ATOM_NUMERIC) {
        PP_TRY(bind_numbers(s, atom->node, err));
        atom->kind = atom->node->kind == PP__NAME ? PP__ATOM_NAME : PP__ATOM_NUMERIC;
        return PP_OK;
    }
    pp__node *node = atom->node;
    PP_TRY(find_variable(s, node, &node->variable, err));
    if (s->columns[node->variable]->type != PP_NUMBER) {
        s->read_as_category[node->variable] |= atom->kind == PP__ATOM_NAME;
        atom->kind = PP__ATOM_FACTOR;
    }
    if (atom->kind == PP__ATOM_FACTOR) {
        s->used_as_category[node->variable] = 1;
    } else {
        s->used_as_number[node->variable] = 1;
    }
    return PP_OK;
}

static pp_status bind_formula(pp__sample *s, pp_error *err) {
    pp__formula *f = s->formula;
    for (int a = 0; a < f->n_atoms; a++) {
        PP_TRY(bind_atom(s, &f->atoms[a], err));
    }
    return PP_OK;
}

static pp_status bind_outcome(pp__sample *s, int categorical, pp_error *err) {
    pp__formula *f = s->formula;
    if (categorical && f->outcome->kind == PP__NAME) {
        PP_TRY(find_variable(s, f->outcome, &f->outcome->variable, err));
        s->used_as_category[f->outcome->variable] = 1;
        return PP_OK;
    }
    pp__node *const parts[] = {f->outcome, f->lo, f->hi, f->start, f->stop, f->event};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i]) {
            PP_TRY(bind_numbers(s, parts[i], err));
        }
    }
    return PP_OK;
}

static pp_status bind_offsets(pp__sample *s, pp_error *err) {
    for (int i = 0; i < s->formula->n_offsets; i++) {
        PP_TRY(bind_numbers(s, s->formula->offset[i], err));
    }
    return PP_OK;
}

/* ---- judging rows ---- */

enum { MAX_JUDGED = PP__MAX_VARIABLES + PP__MAX_NEEDED };

typedef struct judging {
    pp__sample *s;
    const pp_context *ctx;
    pp_arena *arena;
    pp__notes *notes;
    pp_error *err;
    int n;
    const pp_column *column[MAX_JUDGED];
    const pp__node *node;
} judging;

static int64_t judge_column(const pp_column *column, int64_t begin, int n,
                            uint8_t *complete) {
    int64_t present = 0;
    if (column->type == PP_NUMBER && pp__all_finite(n, column->number + begin)) {
        return 0;
    }
    for (int i = 0; i < n; i++) {
        int64_t row = begin + i;
        int here = column->type == PP_NUMBER     ? fabs(column->number[row]) < INFINITY
                   : column->type == PP_CATEGORY ? column->code[row] >= 0
                                                 : column->text[row] != NULL;
        present += here;
        complete[i] &= (uint8_t)here;
    }
    return n - present;
}

static void judge_columns(void *payload, int64_t begin, int n, double *sums,
                          double *scratch) {
    const judging *j = payload;
    (void)scratch;
    for (int c = 0; c < j->n; c++) {
        sums[c] += (double)judge_column(j->column[c], begin, n, j->s->complete + begin);
    }
}

static pp_status note_missing(judging *j) {
    pp__pass pass;
    pp_arena_mark mark = pp_arena_get_mark(j->arena);
    double *missing = pp_arena_alloc(j->arena, j->n, sizeof *missing);
    PP_NEED(missing, j->err);
    PP_TRY(pp__pass_init(&pass, j->s->n_rows, j->n, 0, j->arena, j->err));
    pp__pass_run(&pass, judge_columns, j, j->ctx, missing);
    for (int c = 0; c < j->n; c++) {
        PP_TRY(pp__notes_drop(j->notes, "missing", "rows", j->column[c]->name,
                              (int64_t)missing[c], j->err));
    }
    pp_arena_release(j->arena, mark);
    return PP_OK;
}

static void judge_values(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const judging *j = payload;
    const pp__change as_is = {.kind = PP__AS_IS};
    pp__evaluate(j->node, j->s->variables, &as_is, begin, n, scratch, NULL,
                 scratch + PP__TILE);
    for (int i = 0; i < n; i++) {
        int bad = j->s->complete[begin + i] && !isfinite(scratch[i]);
        sums[0] += bad;
        j->s->complete[begin + i] &= (uint8_t)!bad;
    }
}

/* Rows where log(x) and the like have no finite value although x is there. */
static pp_status judge_expression(judging *j, const pp__node *node, const char *label) {
    pp__pass pass;
    double undefined;
    pp_arena_mark mark = pp_arena_get_mark(j->arena);
    j->node = node;
    PP_TRY(pp__pass_init(&pass, j->s->n_rows, 1,
                         (2 * (int64_t)j->s->buffers + 1) * PP__TILE, j->arena, j->err));
    pp__pass_run(&pass, judge_values, j, j->ctx, &undefined);
    pp_arena_release(j->arena, mark);
    return pp__notes_drop(j->notes, "undefined", "rows", label, (int64_t)undefined,
                          j->err);
}

static pp_status judge_expressions(judging *j) {
    const pp__formula *f = j->s->formula;
    const pp__node *const parts[] = {f->outcome, f->start, f->stop, f->event};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i] && parts[i]->kind != PP__NAME) {
            PP_TRY(judge_expression(j, parts[i], f->outcome_label));
        }
    }
    for (int i = 0; i < f->n_offsets; i++) {
        PP_TRY(judge_expression(j, f->offset[i], "offset"));
    }
    for (int a = 0; a < f->n_atoms; a++) {
        if (f->atoms[a].kind == PP__ATOM_NUMERIC) {
            PP_TRY(judge_expression(j, f->atoms[a].node, f->atoms[a].label));
        }
    }
    return PP_OK;
}

static double *new_scratch(const pp__sample *s) {
    return pp_malloc((2 * (int64_t)s->buffers + 1) * PP__TILE, sizeof(double));
}

static int64_t count_complete(const pp__sample *s) {
    int64_t complete = 0;
    for (int64_t i = 0; i < s->n_rows; i++) {
        complete += s->complete[i];
    }
    return complete;
}

static int is_judged(const judging *j, const pp_column *column) {
    for (int c = 0; c < j->n; c++) {
        if (j->column[c] == column) {
            return 1;
        }
    }
    return 0;
}

static pp_status judge_rows(judging *j, const pp_column *const *needed, int n_needed,
                            int n_judged) {
    const pp__sample *s = j->s;
    memset(s->complete, 1, (size_t)s->n_rows);
    for (int v = 0; v < n_judged; v++) {
        j->column[j->n++] = s->columns[v];
    }
    for (int i = 0; i < n_needed; i++) {
        if (!is_judged(j, needed[i])) {
            j->column[j->n++] = needed[i];
        }
    }
    PP_TRY(note_missing(j));
    PP_TRY(judge_expressions(j));
    return pp__notes_drop(j->notes, "incomplete", "rows", NULL,
                          s->n_rows - count_complete(s), j->err);
}

pp_status pp__sample_new(pp__formula *formula, const pp_table *data,
                         const pp_column *unit, const pp_column *time,
                         const pp_column *const *needed, int n_needed, int categorical,
                         const pp_context *ctx, pp_arena *arena, pp__notes *notes,
                         pp__sample **out, pp_error *err) {
    pp__sample *s = pp_arena_zalloc(arena, 1, sizeof *s);
    PP_NEED(s, err);
    s->data = data;
    s->arena = arena;
    s->unit = unit;
    s->time = time;
    s->formula = formula;
    s->n_rows = pp_table_rows(data);
    s->complete = pp_arena_alloc(arena, s->n_rows, 1);
    PP_NEED(s->complete, err);
    PP_TRY(bind_formula(s, err));
    PP_TRY(bind_offsets(s, err));
    int n_judged = s->n_variables; /* lo and hi may be missing */
    PP_TRY(bind_outcome(s, categorical, err));
    n_judged = formula->kind == PP__INTERVAL ? n_judged : s->n_variables;
    judging j = {.s = s, .ctx = ctx, .arena = arena, .notes = notes, .err = err};
    PP_TRY(judge_rows(&j, needed, n_needed, n_judged));
    *out = s;
    return PP_OK;
}

pp_status pp__sample_leave_out_weightless(pp__sample *s, pp__notes *notes,
                                          pp_error *err) {
    int64_t weightless = 0;
    if (!s->weight) {
        return PP_OK;
    }
    for (int64_t i = 0; i < s->n_rows; i++) {
        if (s->complete[i] && s->weight->number[i] == 0) {
            s->complete[i] = 0;
            weightless++;
        }
    }
    return pp__notes_drop(notes, "zero weight", "rows", s->weight->name, weightless, err);
}

/* ---- values ---- */

pp_status pp__sample_evaluate(const pp__sample *sample, const pp__node *node,
                              const int64_t *rows, int64_t n, double *out,
                              pp_error *err) {
    const pp__change as_is = {.kind = PP__AS_IS};
    double *scratch = new_scratch(sample);
    PP_NEED(scratch, err);
    for (int64_t i = 0; rows && i < n; i++) {
        pp__evaluate(node, sample->variables, &as_is, rows[i], 1, &out[i], NULL, scratch);
    }
    for (int64_t i = 0; !rows && i < n; i += PP__TILE) {
        pp__evaluate(node, sample->variables, &as_is, i,
                     n - i < PP__TILE ? (int)(n - i) : PP__TILE, out + i, NULL, scratch);
    }
    pp_free(scratch);
    return PP_OK;
}

pp_status pp__sample_complete_rows(const pp__sample *sample, pp_arena *arena,
                                   int64_t **rows, int64_t *n, pp_error *err) {
    int64_t filled = 0;
    *rows = NULL;
    *n = count_complete(sample);
    if (*n == sample->n_rows) {
        return PP_OK;
    }
    *rows = pp_arena_alloc(arena, *n, sizeof **rows);
    PP_NEED(*rows, err);
    for (int64_t i = 0; i < sample->n_rows; i++) {
        if (sample->complete[i]) {
            (*rows)[filled++] = i;
        }
    }
    return PP_OK;
}
