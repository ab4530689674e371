#include "evidence/adoption_spell.h"

#include <stdlib.h>
#include <string.h>

static int by_start(const void *a, const void *b) {
    const pp__adoption *x = *(const pp__adoption *const *)a;
    const pp__adoption *y = *(const pp__adoption *const *)b;
    if (x->start.lo != y->start.lo) {
        return x->start.lo < y->start.lo ? -1 : 1;
    }
    if (x->start.hi != y->start.hi) {
        return x->start.hi < y->start.hi ? -1 : 1;
    }
    return strcmp(x->id, y->id);
}

/* The end of all is the last of their ends. */
static void extend(pp__spell *spell, const pp__adoption *a) {
    spell->censored |= !a->ended;
    if (a->ended) {
        spell->end.lo = a->end.lo > spell->end.lo ? a->end.lo : spell->end.lo;
        spell->end.hi = a->end.hi > spell->end.hi ? a->end.hi : spell->end.hi;
    }
}

static int certainly_after(const pp__adoption *a, const pp__spell *spell) {
    return !spell->censored && a->start.lo > spell->end.hi;
}

int64_t pp__spells_of(const pp__adoption **adoptions, int64_t n, int open, pp__spell *out,
                      pp__interval *scratch) {
    if (n > 1) {
        qsort(adoptions, (size_t)n, sizeof *adoptions, by_start);
    }
    int64_t spells = 0;
    for (int64_t begin = 0, end; begin < n; begin = end) {
        pp__spell spell = {.end = {PP__OPEN_LOW, PP__OPEN_LOW}};
        for (end = begin;
             end < n && (end == begin || !certainly_after(adoptions[end], &spell));
             end++) {
            extend(&spell, adoptions[end]);
            scratch[end - begin] = adoptions[end]->start;
        }
        spell.start = pp__interval_first(scratch, end - begin, open).when;
        out[spells++] = spell;
    }
    return spells;
}
