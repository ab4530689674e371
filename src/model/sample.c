#include "model/sample.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

/* ---- binding ---- */

static pp_status find_variable(pp__sample *s, const pp__node *name, int *index,
                               pp_error *err) {
    for (*index = 0; *index < s->n_variables; (*index)++) {
        if (strcmp(s->variables[*index].name, name->text) == 0) {
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
    if (s->n_variables == PP__MAX_VARIABLES) {
        return pp__formula_fail(err, PP_E_ARGUMENT, name, "more than %d columns",
                                PP__MAX_VARIABLES);
    }
    s->columns[s->n_variables] = column;
    s->variables[s->n_variables++] = (pp__variable){
        .name = column->name, .value = column->type == PP_NUMBER ? column->number : NULL};
    return PP_OK;
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

static pp_status bind_numbers(pp__sample *s, pp__node *node, pp_error *err) {
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

static pp_status bind_atom(pp__sample *s, pp__atom *atom, pp_error *err) {
    if (atom->kind == PP__ATOM_NUMERIC) {
        return bind_numbers(s, atom->node, err);
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

static pp_status judge_column(pp__sample *s, const pp_column *column, pp__notes *notes,
                              pp_error *err) {
    int64_t present = 0;
    for (int64_t i = 0; i < s->n_rows; i++) {
        int here = column->type == PP_NUMBER     ? fabs(column->number[i]) < INFINITY
                   : column->type == PP_CATEGORY ? column->code[i] >= 0
                                                 : column->text[i] != NULL;
        present += here;
        s->complete[i] &= (uint8_t)here;
    }
    return pp__notes_drop(notes, "missing", "rows", column->name, s->n_rows - present,
                          err);
}

/* Rows where log(x) and the like have no finite value although x is there. */
static pp_status judge_expression(pp__sample *s, const pp__node *node, const char *label,
                                  double *scratch, pp__notes *notes, pp_error *err) {
    const pp__change as_is = {.kind = PP__AS_IS};
    int64_t undefined = 0;
    for (int64_t begin = 0; begin < s->n_rows; begin += PP__TILE) {
        int64_t left = s->n_rows - begin;
        int n = left < PP__TILE ? (int)left : PP__TILE;
        pp__evaluate(node, s->variables, &as_is, begin, n, scratch, NULL,
                     scratch + PP__TILE);
        for (int i = 0; i < n; i++) {
            int bad = s->complete[begin + i] && !isfinite(scratch[i]);
            undefined += bad;
            s->complete[begin + i] &= (uint8_t)!bad;
        }
    }
    return pp__notes_drop(notes, "undefined", "rows", label, undefined, err);
}

static pp_status judge_expressions(pp__sample *s, double *scratch, pp__notes *notes,
                                   pp_error *err) {
    const pp__formula *f = s->formula;
    const pp__node *const parts[] = {f->outcome, f->start, f->stop, f->event};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i] && parts[i]->kind != PP__NAME) {
            PP_TRY(judge_expression(s, parts[i], f->outcome_label, scratch, notes, err));
        }
    }
    for (int i = 0; i < f->n_offsets; i++) {
        PP_TRY(judge_expression(s, f->offset[i], "offset", scratch, notes, err));
    }
    for (int a = 0; a < f->n_atoms; a++) {
        if (f->atoms[a].kind == PP__ATOM_NUMERIC) {
            PP_TRY(judge_expression(s, f->atoms[a].node, f->atoms[a].label, scratch,
                                    notes, err));
        }
    }
    return PP_OK;
}

static double *new_scratch(const pp__sample *s) {
    return pp_malloc((2 * (int64_t)s->buffers + 1) * PP__TILE, sizeof(double));
}

static pp_status note_incomplete(const pp__sample *s, pp__notes *notes, pp_error *err) {
    int64_t incomplete = 0;
    for (int64_t i = 0; i < s->n_rows; i++) {
        incomplete += !s->complete[i];
    }
    return pp__notes_drop(notes, "incomplete", "rows", NULL, incomplete, err);
}

static int is_judged(const pp__sample *s, int n_judged, const pp_column *const *needed,
                     int i) {
    for (int v = 0; v < n_judged; v++) {
        if (s->columns[v] == needed[i]) {
            return 1;
        }
    }
    for (int j = 0; j < i; j++) {
        if (needed[j] == needed[i]) {
            return 1;
        }
    }
    return 0;
}

static pp_status judge_rows(pp__sample *s, const pp_column *const *needed, int n_needed,
                            int n_judged, pp__notes *notes, pp_error *err) {
    memset(s->complete, 1, (size_t)s->n_rows);
    for (int v = 0; v < n_judged; v++) {
        PP_TRY(judge_column(s, s->columns[v], notes, err));
    }
    for (int i = 0; i < n_needed; i++) {
        if (!is_judged(s, n_judged, needed, i)) {
            PP_TRY(judge_column(s, needed[i], notes, err));
        }
    }
    double *scratch = new_scratch(s);
    PP_NEED(scratch, err);
    pp_status status = judge_expressions(s, scratch, notes, err);
    pp_free(scratch);
    PP_TRY(status);
    return note_incomplete(s, notes, err);
}

pp_status pp__sample_new(pp__formula *formula, const pp_table *data,
                         const pp_column *const *needed, int n_needed, int categorical,
                         pp_arena *arena, pp__notes *notes, pp__sample **out,
                         pp_error *err) {
    pp__sample *s = pp_arena_zalloc(arena, 1, sizeof *s);
    PP_NEED(s, err);
    s->data = data;
    s->formula = formula;
    s->n_rows = pp_table_rows(data);
    s->complete = pp_arena_alloc(arena, s->n_rows, 1);
    PP_NEED(s->complete, err);
    PP_TRY(bind_formula(s, err));
    PP_TRY(bind_offsets(s, err));
    int n_judged = s->n_variables; /* lo and hi may be missing */
    PP_TRY(bind_outcome(s, categorical, err));
    n_judged = formula->kind == PP__INTERVAL ? n_judged : s->n_variables;
    PP_TRY(judge_rows(s, needed, n_needed, n_judged, notes, err));
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
    if (node->kind == PP__NAME) {
        const double *value = sample->variables[node->variable].value;
        for (int64_t i = 0; i < n; i++) {
            out[i] = value[rows[i]];
        }
        return PP_OK;
    }
    double *scratch = new_scratch(sample);
    PP_NEED(scratch, err);
    for (int64_t i = 0; i < n; i++) {
        pp__evaluate(node, sample->variables, &as_is, rows[i], 1, &out[i], NULL, scratch);
    }
    pp_free(scratch);
    return PP_OK;
}

pp_status pp__sample_complete_rows(const pp__sample *sample, pp_arena *arena,
                                   int64_t **rows, int64_t *n, pp_error *err) {
    *rows = pp_arena_alloc(arena, sample->n_rows, sizeof **rows);
    PP_NEED(*rows, err);
    *n = 0;
    for (int64_t i = 0; i < sample->n_rows; i++) {
        if (sample->complete[i]) {
            (*rows)[(*n)++] = i;
        }
    }
    return PP_OK;
}
