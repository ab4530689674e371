/* The rows that a specification uses, and the columns over them. */
#include "drivers/curve_lean.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

static const double CONSTANT = 1e-13;

static const pp__curve_block *block_of(const pp__curve_lean *w, int term) {
    const pp__curve_plan *p = w->kit->plan;
    int64_t focal = (int64_t)p->list[PP__BY_FOCUS].n * p->list[PP__BY_LAG].n;
    for (int64_t i = 0; w->drawn && i < focal; i++) {
        if (p->focus_term[i] == term) {
            return &w->drawn->block[(w->frame - w->kit->frames->frame) * focal + i];
        }
    }
    return &w->frame->block[term];
}

void pp__lean_enter_frame(pp__curve_lean *w, const pp__curve_frame *frame) {
    if (w->frame == frame) {
        return;
    }
    w->frame = frame;
    w->n = -1;
    w->model = -1;
    int at = 1;
    for (int t = 0; t < w->kit->plan->n_terms; t++) {
        w->first[t] = at;
        at += frame->block[t].n;
    }
}

/* Rows that this specification can use; what depends on them goes when they change. */
void pp__lean_choose_rows(pp__curve_lean *w, const pp__curve_spec *spec) {
    const pp__curve_frame *f = w->frame;
    const uint64_t *outcome = f->outcome[spec->choice[PP__BY_OUTCOME]].here;
    const uint64_t *cluster = f->cluster[spec->choice[PP__BY_VCOV]].here;
    for (int64_t i = 0; i < f->words; i++) {
        w->wanted[i] = outcome[i] & (cluster ? cluster[i] : ~(uint64_t)0) &
                       (f->common ? f->common[i] : ~(uint64_t)0);
    }
    for (int t = 0; t < w->n_terms; t++) {
        const uint64_t *here = block_of(w, w->term[t])->here;
        for (int64_t i = 0; i < f->words; i++) {
            w->wanted[i] &= here[i];
        }
    }
    size_t bytes = (size_t)f->words * sizeof *w->bits;
    if (w->n >= 0 && memcmp(w->bits, w->wanted, bytes) == 0) {
        return;
    }
    memcpy(w->bits, w->wanted, bytes);
    w->n = 0;
    for (int64_t i = 0; i < f->n; i++) {
        if (pp__bit(w->bits, i)) {
            w->row[w->n++] = i;
        }
    }
    for (int64_t i = 0; i < w->n; i++) {
        w->x[i] = 1;
    }
    memset(w->there, 0, (size_t)w->kit->columns + 1);
    w->outcome = w->vcov = -1;
}

void pp__lean_gather_outcome(pp__curve_lean *w, int outcome) {
    const double *y = w->frame->outcome[outcome].y;
    if (w->outcome == outcome) {
        return;
    }
    w->outcome = outcome;
    w->events = 0;
    w->varies = 0;
    for (int64_t i = 0; i < w->n; i++) {
        w->y[i] = y[w->row[i]];
        w->events += w->y[i] > 0;
        w->varies |= w->y[i] != w->y[0];
    }
}

void pp__lean_gather_codes(pp__curve_lean *w, int vcov) {
    const pp__curve_codes *codes = &w->frame->cluster[vcov];
    if (w->vcov == vcov) {
        return;
    }
    w->vcov = vcov;
    w->clusters = 0;
    if (!codes->code) {
        return;
    }
    memset(w->sums, 0, (size_t)codes->levels * sizeof *w->sums);
    for (int64_t i = 0; i < w->n; i++) {
        w->code[i] = codes->code[w->row[i]];
        w->clusters += w->sums[w->code[i]] == 0;
        w->sums[w->code[i]] = 1;
    }
}

static void gather_column(pp__curve_lean *w, int column, const double *from) {
    double *x = w->x + (int64_t)column * w->kit->rows, sum = 0, squares = 0, raw = 0;
    int binary = 1;
    if (w->there[column]) {
        return;
    }
    for (int64_t i = 0; i < w->n; i++) {
        x[i] = from[w->row[i]];
        sum += x[i];
        raw += x[i] * x[i];
        binary &= x[i] == 0 || x[i] == 1;
    }
    double mean = sum / (double)w->n, rest = 0;
    for (int64_t i = 0; i < w->n; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
        rest += x[i] - mean;
    }
    mean += rest / (double)w->n;
    w->there[column] = binary ? PP__DUMMY : PP__GATHERED;
    w->center[column] = mean;
    w->scale[column] = !isfinite(raw) ? NAN
                       : squares > CONSTANT * CONSTANT * raw
                           ? sqrt(squares / (double)w->n)
                           : 0;
    if (w->scale[column] > 0) {
        pp__standardise(w->n, x, mean, 1 / w->scale[column], x);
    }
}

void pp__lean_push_column(pp__curve_lean *w, int column) {
    pp__design *d = &w->d;
    w->column[d->k] = column;
    d->center[d->k] = 0;
    d->scale[d->k] = 1;
    d->x[d->k++] = w->x + (int64_t)column * w->kit->rows;
}

/* The design; 0 when the focal variable does not vary or a column is beyond computing. */
int pp__lean_assemble(pp__curve_lean *w) {
    w->d = (pp__design){.n = w->n,
                        .intercept = 1,
                        .centred = 1,
                        .with.y = w->y,
                        .x = w->d.x,
                        .center = w->d.center,
                        .scale = w->d.scale};
    pp__lean_push_column(w, 0);
    for (int t = 0; t < w->n_terms; t++) {
        const pp__curve_block *block = block_of(w, w->term[t]);
        for (int j = 0; j < block->n; j++) {
            int column = w->first[w->term[t]] + j;
            gather_column(w, column, block->x[j]);
            if (isnan(w->scale[column]) || (t == 0 && w->scale[column] == 0)) {
                return 0;
            }
            if (w->scale[column] > 0) {
                pp__lean_push_column(w, column);
            }
        }
    }
    return w->d.k < w->n;
}
