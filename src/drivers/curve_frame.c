#include "drivers/curve_frame.h"

#include "base/check.h"
#include "model/design.h"
#include "model/inference/vcov.h"
#include "table/expression.h"

#include <math.h>
#include <string.h>

typedef struct making {
    const pp__curve_plan *plan;
    const pp_context *ctx;
    pp_arena *arena;
    pp__curve_frame *frame;
    pp__notes notes;
    pp_error *err;
} making;

/* ---- bits ---- */

static pp_status new_bits(const making *m, uint64_t **out) {
    *out = pp_arena_zalloc(m->arena, m->frame->words, sizeof **out);
    PP_NEED(*out, m->err);
    return PP_OK;
}

static pp_status bits_of(const making *m, const uint8_t *flags, const uint64_t **out) {
    uint64_t *bits;
    PP_TRY(new_bits(m, &bits));
    for (int64_t i = 0; i < m->frame->n; i++) {
        if (flags[i]) {
            pp__set_bit(bits, i);
        }
    }
    *out = bits;
    return PP_OK;
}

/* ---- formulas over the frame ---- */

/* "left ~ right" meets the frame's rows. */
static pp_status meet(making *m, const char *left, const char *right, pp__formula **f,
                      pp__sample **sample) {
    const pp_curve_options *o = m->plan->options;
    const pp_table *table = m->frame->table;
    const pp_column *unit = o->unit ? pp_table_find(table, o->unit) : NULL;
    const pp_column *time = o->time ? pp_table_find(table, o->time) : NULL;
    const char *text = pp_arena_printf(m->arena, "%s ~ %s", left, right);
    PP_NEED(text, m->err);
    pp_status status = pp__formula_parse(text, m->arena, f, m->err);
    if (status == PP_OK) {
        status = pp__sample_new(*f, table, unit, time, NULL, 0, 0, m->ctx, m->arena,
                                &m->notes, sample, m->err);
    }
    if (status != PP_OK && m->err && m->err->position > 0) {
        m->err->position = 0; /* it is not the user's formula */
        pp_error_locate(m->err, NULL, 0, NULL, strcmp(left, "1") == 0 ? right : left);
    }
    return status;
}

static int names(const pp__node *node, const char *column) {
    if (node->kind == PP__NAME && strcmp(node->text, column) == 0) {
        return 1;
    }
    for (const pp__node *child = node->first; child; child = child->next) {
        if (names(child, column)) {
            return 1;
        }
    }
    return 0;
}

static pp_status find_focus(const making *m, const pp__formula *f,
                            pp__curve_block *block) {
    int n = m->plan->list[PP__BY_FOCUS].n;
    block->holds_focus = pp_arena_zalloc(m->arena, n / 64 + 1, sizeof(uint64_t));
    PP_NEED(block->holds_focus, m->err);
    for (int i = 0; i < n; i++) {
        const char *column = pp__curve_column(m->plan, i, m->arena);
        PP_NEED(column, m->err);
        for (int a = 0; a < f->n_atoms; a++) {
            if (names(f->atoms[a].node, column)) {
                pp__set_bit(block->holds_focus, i);
            }
        }
    }
    return PP_OK;
}

/* ---- terms ---- */

/* The design's columns, NaN in the rows that are not its own. */
static pp_status spread(making *m, const pp__design *d, pp__curve_block *block) {
    int64_t n = m->frame->n;
    block->n = d->k - 1;
    block->x = pp_arena_alloc(m->arena, d->k, sizeof *block->x);
    PP_NEED(block->x, m->err);
    for (int j = 1; j < d->k; j++) {
        double *column;
        if (!d->row_of) {
            block->x[j - 1] = d->x[j];
            continue;
        }
        column = pp_arena_alloc(m->arena, n, sizeof *column);
        PP_NEED(column, m->err);
        for (int64_t i = 0; i < n; i++) {
            column[i] = NAN;
        }
        for (int64_t i = 0; i < d->n; i++) {
            column[d->row_of[i]] = d->x[j][i];
        }
        block->x[j - 1] = column;
    }
    return PP_OK;
}

static pp_status build_block(making *m, const pp__sample *sample,
                             pp__curve_block *block) {
    const pp__design_options options = {.first = 1};
    pp__design *d;
    int64_t n, *rows;
    PP_TRY(pp__sample_complete_rows(sample, m->arena, &rows, &n, m->err));
    if (n == 0) {
        return PP_OK;
    }
    PP_TRY(pp__design_build(sample, rows, n, &options, m->arena, &m->notes, m->ctx, &d,
                            m->err));
    return spread(m, d, block);
}

/* A focal term is its one column, constant or not. */
static pp_status take_focal(making *m, const pp__formula *f, const pp__sample *sample,
                            pp__curve_block *block) {
    block->x = pp_arena_alloc(m->arena, 1, sizeof *block->x);
    PP_NEED(block->x, m->err);
    block->x[0] = sample->variables[f->atoms[0].node->variable].value;
    block->n = 1;
    return PP_OK;
}

static int is_focal(const pp__curve_plan *p, int term) {
    for (int i = 0; i < p->list[PP__BY_FOCUS].n * p->list[PP__BY_LAG].n; i++) {
        if (p->focus_term[i] == term) {
            return 1;
        }
    }
    return 0;
}

static pp_status make_block(making *m, int term) {
    pp__curve_block *block = &m->frame->block[term];
    pp__formula *f;
    pp__sample *sample;
    PP_TRY(meet(m, "1", m->plan->term[term], &f, &sample));
    PP_TRY(bits_of(m, sample->complete, &block->here));
    PP_TRY(find_focus(m, f, block));
    block->plain = f->n_bases + f->n_offsets + f->n_effects + f->n_strata + f->n_random +
                       f->n_instruments ==
                   0;
    if (is_focal(m->plan, term)) {
        return take_focal(m, f, sample, block);
    }
    return block->plain ? build_block(m, sample, block) : PP_OK;
}

/* ---- outcomes ---- */

static void judge_outcome(const making *m, pp__curve_outcome *out) {
    out->binary = out->count = 1;
    for (int64_t i = 0; i < m->frame->n; i++) {
        double y = out->y[i];
        if (pp__bit(out->here, i)) {
            out->binary &= y == 0 || y == 1;
            out->count &= y >= 0;
        }
    }
}

static pp_status make_outcome(making *m, int i) {
    pp__curve_outcome *out = &m->frame->outcome[i];
    const char *text = m->plan->list[PP__BY_OUTCOME].value[i];
    pp__formula *f;
    pp__sample *sample;
    pp_status status = meet(m, text, "1", &f, &sample);
    if (status == PP_E_ARGUMENT || status == PP_E_INPUT) {
        return PP_OK; /* the estimator will say whether it can use it */
    }
    PP_TRY(status);
    PP_TRY(bits_of(m, sample->complete, &out->here));
    if (f->kind == PP__VALUE) {
        double *y = pp_arena_alloc(m->arena, m->frame->n, sizeof *y);
        PP_NEED(y, m->err);
        PP_TRY(pp__sample_evaluate(sample, f->outcome, NULL, m->frame->n, y, m->err));
        out->y = y;
        out->lean = 1;
        judge_outcome(m, out);
    }
    return PP_OK;
}

/* ---- clusters ---- */

static pp_status make_cluster(making *m, int i) {
    pp__curve_codes *out = &m->frame->cluster[i];
    pp__vcov vcov;
    pp__encoding encoding;
    pp_column *column;
    uint64_t *here;
    PP_TRY(pp__vcov_parse(m->plan->list[PP__BY_VCOV].value[i], m->plan->options->ssc,
                          m->arena, &vcov, m->err));
    for (int c = 0; c < vcov.n_columns; c++) {
        PP_TRY(pp_table_require(m->frame->table, vcov.column[c], &column, m->err));
    }
    if (vcov.kind != PP__CLUSTER || vcov.n_columns != 1) {
        return PP_OK;
    }
    PP_TRY(pp__encode(column, NULL, m->frame->n, m->ctx, m->arena, &encoding, m->err));
    PP_TRY(new_bits(m, &here));
    for (int64_t r = 0; r < m->frame->n; r++) {
        if (encoding.code[r] >= 0) {
            pp__set_bit(here, r);
        }
    }
    *out = (pp__curve_codes){encoding.code, encoding.n_levels, here};
    return PP_OK;
}

/* ---- rows ---- */

static pp_status choose_rows(making *m, const pp_table *data, const char *where) {
    pp__curve_frame *frame = m->frame;
    const pp__curve_list *lag = &m->plan->list[PP__BY_LAG];
    int lagged = lag->n > 1 || strcmp(lag->value[0], "0") != 0;
    int64_t *rows = NULL, n = pp_table_rows(data);
    frame->table = data;
    if (where) {
        int64_t *kept;
        pp_status status = pp__table_where(data, where, m->ctx, &rows, &n, m->err);
        if (status == PP_E_ARGUMENT) {
            pp_error_locate(m->err, NULL, 0, "where", where);
        }
        PP_TRY(status);
        kept = pp_arena_alloc(m->arena, n, sizeof *kept);
        status = kept ? pp_table_take_rows(data, rows, n, &frame->owned, m->err)
                      : pp_error_set(m->err, PP_E_MEMORY, "out of memory");
        if (status == PP_OK && n > 0) {
            memcpy(kept, rows, (size_t)n * sizeof *kept);
        }
        frame->origin = kept;
        pp_free(rows);
        PP_TRY(status);
    } else if (lagged) {
        PP_TRY(pp_table_copy(data, &frame->owned, m->err));
    }
    frame->table = frame->owned ? frame->owned : data;
    frame->n = n;
    frame->words = (n + 63) / 64;
    return PP_OK;
}

/* The lags of focal variables as columns of the frame's own table, for fits in full. */
static pp_status keep_lags(const making *m) {
    const pp__curve_plan *p = m->plan;
    int lags = p->list[PP__BY_LAG].n;
    for (int i = 0; i < p->list[PP__BY_FOCUS].n * lags; i++) {
        int term = p->focus_term[i];
        pp_column *column;
        if (strcmp(p->list[PP__BY_LAG].value[i % lags], "0") == 0) {
            continue;
        }
        const char *name = pp__curve_plain(p->term[term], m->arena);
        PP_NEED(name, m->err);
        PP_TRY(pp_table_add(m->frame->owned, PP_NUMBER, name, &column, m->err));
        memcpy(column->number, m->frame->block[term].x[0],
               (size_t)m->frame->n * sizeof(double));
    }
    return PP_OK;
}

static void keep_common(uint64_t *common, const uint64_t *here, int64_t words) {
    for (int64_t w = 0; here && w < words; w++) {
        common[w] &= here[w];
    }
}

static pp_status find_common(const making *m) {
    const pp__curve_plan *p = m->plan;
    pp__curve_frame *frame = m->frame;
    uint64_t *common;
    int64_t n = 0, *rows = pp_arena_alloc(m->arena, frame->n, sizeof *rows);
    PP_NEED(rows, m->err);
    PP_TRY(new_bits(m, &common));
    for (int64_t i = 0; i < frame->n; i++) {
        pp__set_bit(common, i);
    }
    for (int t = 0; t < p->n_terms; t++) {
        keep_common(common, frame->block[t].here, frame->words);
    }
    for (int i = 0; i < p->list[PP__BY_OUTCOME].n; i++) {
        keep_common(common, frame->outcome[i].here, frame->words);
    }
    for (int i = 0; i < p->list[PP__BY_VCOV].n; i++) {
        keep_common(common, frame->cluster[i].here, frame->words);
    }
    for (int64_t i = 0; i < frame->n; i++) {
        if (pp__bit(common, i)) {
            rows[n++] = i;
        }
    }
    frame->common = common;
    return pp_table_take_rows(frame->table, rows, n, &frame->common_table, m->err);
}

static pp_status fill_frame(making *m, const pp_table *data, const char *where) {
    const pp__curve_plan *p = m->plan;
    pp__curve_frame *frame = m->frame;
    int outcomes = p->list[PP__BY_OUTCOME].n, vcovs = p->list[PP__BY_VCOV].n;
    PP_TRY(choose_rows(m, data, where));
    frame->block = pp_arena_zalloc(m->arena, p->n_terms, sizeof *frame->block);
    PP_NEED(frame->block, m->err);
    frame->outcome = pp_arena_zalloc(m->arena, outcomes, sizeof *frame->outcome);
    PP_NEED(frame->outcome, m->err);
    frame->cluster = pp_arena_zalloc(m->arena, vcovs, sizeof *frame->cluster);
    PP_NEED(frame->cluster, m->err);
    for (int t = 0; t < p->n_terms; t++) {
        PP_TRY(make_block(m, t));
    }
    for (int i = 0; i < outcomes; i++) {
        PP_TRY(make_outcome(m, i));
    }
    for (int i = 0; i < vcovs; i++) {
        PP_TRY(make_cluster(m, i));
    }
    if (frame->owned) {
        PP_TRY(keep_lags(m));
    }
    return p->options->common_sample ? find_common(m) : PP_OK;
}

pp_status pp__curve_frames_make(const pp__curve_plan *plan, const pp_context *ctx,
                                pp_arena *arena, pp__curve_frames *out, pp_error *err) {
    int samples = plan->list[PP__BY_SAMPLE].n, n = plan->list[PP__BY_RULE].n * samples;
    pp_status status = PP_OK;
    *out = (pp__curve_frames){n, pp_arena_zalloc(arena, n, sizeof *out->frame)};
    if (!out->frame) {
        out->n = 0;
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    for (int i = 0; i < n && status == PP_OK; i++) {
        making m = {plan, ctx, arena, &out->frame[i], .err = err};
        m.frame->plan = plan;
        pp__notes_init(&m.notes);
        status = fill_frame(&m, plan->data[i / samples].table,
                            plan->list[PP__BY_SAMPLE].value[i % samples]);
        pp__notes_clear(&m.notes);
    }
    return status;
}

void pp__curve_frames_clear(pp__curve_frames *frames) {
    for (int i = 0; i < frames->n; i++) {
        pp_table_free(frames->frame[i].owned);
        pp_table_free(frames->frame[i].common_table);
    }
}
