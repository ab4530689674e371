#include "drivers/curve_shuffle.h"

#include "base/check.h"
#include "model/encode.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAW_TASK = 0x63757276 };

/* ---- histories ---- */

typedef struct entry {
    int32_t unit;
    double time;
    int64_t row;
} entry;

static int by_unit_and_time(const void *a, const void *b) {
    const entry *x = a, *y = b;
    if (x->unit != y->unit) {
        return x->unit < y->unit ? -1 : 1;
    }
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

static pp_status sort_rows(pp__history *h, int32_t units, const pp_column *time,
                           pp_arena *arena, pp_error *err) {
    entry *entries = pp_malloc(h->n, sizeof *entries);
    h->time = pp_arena_alloc(arena, h->n, sizeof *h->time);
    h->order = pp_arena_alloc(arena, h->n, sizeof *h->order);
    h->first = pp_arena_zalloc(arena, (int64_t)units + 1, sizeof *h->first);
    if (!entries || !h->time || !h->order || !h->first) {
        pp_free(entries);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    int64_t m = 0;
    for (int64_t i = 0; i < h->n; i++) {
        double when = time ? time->number[i] : 0;
        if (h->unit[i] >= 0 && !isnan(when)) {
            entries[m++] = (entry){h->unit[i], when, i};
        } else {
            h->unit[i] = -1;
        }
    }
    qsort(entries, (size_t)m, sizeof *entries, by_unit_and_time);
    for (int64_t i = 0; i < m; i++) {
        int64_t row = h->order[i] = entries[i].row;
        int new_unit = i == 0 || entries[i].unit != entries[i - 1].unit;
        h->first[entries[i].unit + 1] = i + 1;
        h->time[row] = time       ? entries[i].time
                       : new_unit ? 0
                                  : h->time[h->order[i - 1]] + 1;
    }
    for (int32_t u = 0; u < units; u++) { /* units without rows */
        h->first[u + 1] = h->first[u + 1] ? h->first[u + 1] : h->first[u];
    }
    pp_free(entries);
    return PP_OK;
}

/* The units of all tables in one column. */
static pp_status join_units(const pp__curve_kit *kit, pp_table *all, pp_column **out,
                            pp_error *err) {
    const pp__curve_plan *p = kit->plan;
    const char *name = p->options->unit;
    int64_t at = 0, rows = 0;
    pp_column *unit;
    PP_TRY(pp_table_require(p->data[0].table, name, &unit, err));
    pp_column_type type = unit->type == PP_NUMBER ? PP_NUMBER : PP_TEXT;
    for (int d = 0; d < p->list[PP__BY_RULE].n; d++) {
        rows += pp_table_rows(p->data[d].table);
    }
    PP_TRY(pp_table_resize(all, rows, err));
    PP_TRY(pp_table_add(all, type, name, out, err));
    for (int d = 0; d < p->list[PP__BY_RULE].n; d++) {
        PP_TRY(pp_table_require(p->data[d].table, name, &unit, err));
        if ((unit->type == PP_NUMBER) != (type == PP_NUMBER)) {
            pp_error_set(err, PP_E_INPUT, "the unit is a number in one table only");
            pp_error_locate(err, NULL, 0, name, p->data[d].name);
            return PP_E_INPUT;
        }
        for (int64_t i = 0; i < pp_table_rows(p->data[d].table); i++, at++) {
            if (type == PP_NUMBER) {
                (*out)->number[at] = unit->number[i];
            } else {
                PP_TRY(
                    pp_column_set_text(all, *out, at, pp_column_get_text(unit, i), err));
            }
        }
    }
    return PP_OK;
}

static pp_status number_units(pp__shuffle *s, const pp_context *ctx, pp_arena *arena,
                              pp_error *err) {
    const pp__curve_plan *p = s->kit->plan;
    pp__encoding units = {0};
    pp_table *all;
    pp_column *joined;
    PP_TRY(pp_table_new(&all, err));
    pp_status status = join_units(s->kit, all, &joined, err);
    if (status == PP_OK) {
        status = pp__encode(joined, NULL, pp_table_rows(all), ctx, arena, &units, err);
    }
    pp_table_free(all);
    PP_TRY(status);
    s->units = units.n_levels;
    s->history = pp_arena_zalloc(arena, p->list[PP__BY_RULE].n, sizeof *s->history);
    PP_NEED(s->history, err);
    int64_t at = 0;
    for (int d = 0; d < p->list[PP__BY_RULE].n; d++) {
        pp__history *h = &s->history[d];
        pp_column *time = NULL;
        if (p->options->time) {
            PP_TRY(pp_table_require(p->data[d].table, p->options->time, &time, err));
        }
        if (time && time->type != PP_NUMBER) {
            pp_error_set(err, PP_E_INPUT, "the time must be a number");
            pp_error_locate(err, NULL, 0, p->options->time, NULL);
            return PP_E_INPUT;
        }
        h->n = pp_table_rows(p->data[d].table);
        h->unit = units.code + at;
        at += h->n;
        PP_TRY(sort_rows(h, s->units, time, arena, err));
    }
    return PP_OK;
}

pp_status pp__shuffle_make(const pp__curve_kit *kit, const pp_context *ctx,
                           pp_arena *arena, pp__shuffle *out, pp_error *err) {
    static const char *all[] = {"all"}, *no_condition[] = {NULL};
    const pp__curve_plan *p = kit->plan;
    *out = (pp__shuffle){.kit = kit, .all = *p, .options = *p->options};
    if (!p->options->unit) {
        pp_error_set(err, PP_E_ARGUMENT, "the joint test needs the column of units");
        pp_error_locate(err, NULL, 0, "unit", NULL);
        pp_error_hint(err,
                      "whole histories are exchanged between units: name the country");
        return PP_E_ARGUMENT;
    }
    out->options.common_sample = 0;
    out->all.options = &out->options;
    out->all.list[PP__BY_SAMPLE] = (pp__curve_list){1, all, no_condition};
    PP_TRY(number_units(out, ctx, arena, err));
    if (out->units < 2) {
        PP_FAIL(err, PP_E_ESTIMATION, "one unit alone cannot be exchanged with others");
    }
    pp_status status = pp__curve_frames_make(&out->all, ctx, arena, &out->whole, err);
    if (status != PP_OK) {
        pp__curve_frames_clear(&out->whole);
    }
    return status;
}

void pp__shuffle_free(pp__shuffle *s) {
    pp__curve_frames_clear(&s->whole);
}

/* ---- a draw ---- */

/* The donor's row at `time`, or at the nearest of its times, the earlier of two; −1: it has
   none. */
static int64_t row_at(const pp__history *h, int32_t donor, double time) {
    int64_t low = h->first[donor], high = h->first[donor + 1];
    if (low == high) {
        return -1;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (h->time[h->order[middle]] <= time) {
            low = middle;
        } else {
            high = middle;
        }
    }
    int64_t next = low + 1;
    double before = fabs(time - h->time[h->order[low]]);
    if (next < h->first[donor + 1] && fabs(h->time[h->order[next]] - time) < before) {
        low = next;
    }
    return h->order[low];
}

static pp_status fill_block(const pp__curve_block *donor, const int64_t *from, int64_t n,
                            int64_t words, pp_arena *arena, pp__curve_block *out,
                            pp_error *err) {
    double *x = pp_arena_alloc(arena, n, sizeof *x);
    uint64_t *here = pp_arena_zalloc(arena, words, sizeof *here);
    *out = *donor;
    out->x = pp_arena_alloc(arena, 1, sizeof *out->x);
    PP_NEED(x && here ? out->x : NULL, err);
    for (int64_t i = 0; i < n; i++) {
        int there = from[i] >= 0 && pp__bit(donor->here, from[i]);
        x[i] = there ? donor->x[0][from[i]] : NAN;
        if (there) {
            pp__set_bit(here, i);
        }
    }
    out->x[0] = x;
    out->here = here;
    return PP_OK;
}

/* The frame's table with the draw's columns, of the rows that fits in full see. */
static pp_status fill_table(const pp__shuffle *s, const pp__curve_frame *frame,
                            const pp__curve_block *block, pp_arena *arena, pp_table **out,
                            pp_error *err) {
    const pp__curve_plan *p = s->kit->plan;
    int terms = p->list[PP__BY_FOCUS].n * p->list[PP__BY_LAG].n;
    PP_TRY(pp_table_copy(frame->table, out, err));
    for (int i = 0; i < terms; i++) {
        const char *name = pp__curve_plain(p->term[p->focus_term[i]], arena);
        pp_column *column;
        PP_NEED(name, err);
        PP_TRY(pp_table_require(*out, name, &column, err));
        memcpy(column->number, block[i].x[0], (size_t)frame->n * sizeof(double));
    }
    if (frame->common) {
        pp_table *rest;
        int64_t n = 0, *rows = pp_arena_alloc(arena, frame->n, sizeof *rows);
        PP_NEED(rows, err);
        for (int64_t i = 0; i < frame->n; i++) {
            if (pp__bit(frame->common, i)) {
                rows[n++] = i;
            }
        }
        PP_TRY(pp_table_take_rows(*out, rows, n, &rest, err));
        pp_table_free(*out);
        *out = rest;
    }
    return PP_OK;
}

static void permute(const pp__shuffle *s, int64_t draw, int32_t *donor) {
    pp_rng rng;
    pp_rng_init(&rng, s->kit->plan->options->seed, DRAW_TASK, (uint64_t)draw);
    for (int32_t u = 0; u < s->units; u++) {
        donor[u] = u;
    }
    for (int32_t u = s->units - 1; u > 0; u--) {
        int32_t other = (int32_t)pp_rng_below(&rng, u + 1), own = donor[u];
        donor[u] = donor[other];
        donor[other] = own;
    }
}

static pp_status fill_frame(const pp__shuffle *s, int f, const int32_t *donor,
                            pp_arena *arena, pp__curve_block *block, pp_table **table,
                            pp_error *err) {
    const pp__curve_plan *p = s->kit->plan;
    const pp__curve_frame *frame = &s->kit->frames->frame[f];
    int rule = f / p->list[PP__BY_SAMPLE].n,
        terms = p->list[PP__BY_FOCUS].n * p->list[PP__BY_LAG].n;
    const pp__history *h = &s->history[rule];
    int64_t *from = pp_arena_alloc(arena, frame->n, sizeof *from);
    PP_NEED(from, err);
    for (int64_t i = 0; i < frame->n; i++) {
        int64_t row = frame->origin ? frame->origin[i] : i;
        int32_t unit = h->unit[row];
        from[i] = unit < 0 ? -1 : row_at(h, donor[unit], h->time[row]);
    }
    for (int i = 0; i < terms; i++) {
        PP_TRY(fill_block(&s->whole.frame[rule].block[p->focus_term[i]], from, frame->n,
                          frame->words, arena, &block[i], err));
    }
    return fill_table(s, frame, block, arena, table, err);
}

void pp__shuffle_clear(const pp__shuffle *s, pp__curve_drawn *drawn) {
    for (int f = 0; drawn->table && f < s->kit->frames->n; f++) {
        pp_table_free(drawn->table[f]);
    }
}

pp_status pp__shuffle_draw(const pp__shuffle *s, int64_t draw, pp_arena *arena,
                           pp__curve_drawn *out, pp_error *err) {
    const pp__curve_plan *p = s->kit->plan;
    int frames = s->kit->frames->n,
        terms = p->list[PP__BY_FOCUS].n * p->list[PP__BY_LAG].n;
    pp__curve_block *block =
        pp_arena_alloc(arena, (int64_t)frames * terms, sizeof *block);
    int32_t *donor = pp_arena_alloc(arena, s->units, sizeof *donor);
    *out = (pp__curve_drawn){block, pp_arena_zalloc(arena, frames, sizeof *out->table)};
    PP_NEED(block && donor ? out->table : NULL, err);
    permute(s, draw, donor);
    pp_status status = PP_OK;
    for (int f = 0; f < frames && status == PP_OK; f++) {
        status = fill_frame(s, f, donor, arena, block + (int64_t)f * terms,
                            &out->table[f], err);
    }
    if (status != PP_OK) {
        pp__shuffle_clear(s, out);
    }
    return status;
}
