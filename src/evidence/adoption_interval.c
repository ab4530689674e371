#include "evidence/adoption_interval.h"

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b) {
    return a > b ? a : b;
}

int pp__interval_is_empty(pp__interval a) {
    return a.lo > a.hi;
}

pp__interval pp__interval_meet(pp__interval a, pp__interval b) {
    return (pp__interval){most(a.lo, b.lo), least(a.hi, b.hi)};
}

pp__interval pp__interval_hull(pp__interval a, pp__interval b) {
    return (pp__interval){least(a.lo, b.lo), most(a.hi, b.hi)};
}

static const pp__interval whole_line = {PP__OPEN_LOW, PP__OPEN_HIGH};

static int is_window(const pp__reading *r) {
    return r->when.lo != PP__OPEN_LOW && r->when.hi != PP__OPEN_HIGH;
}

typedef struct windows {
    pp__interval met, hull;
    int n;
} windows;

static windows gather_windows(const pp__reading *readings, int64_t n, int strong_only) {
    windows w = {whole_line, whole_line, 0};
    for (int64_t i = 0; i < n; i++) {
        if (is_window(&readings[i]) && (!strong_only || readings[i].strong)) {
            w.met = pp__interval_meet(w.met, readings[i].when);
            w.hull =
                w.n++ ? pp__interval_hull(w.hull, readings[i].when) : readings[i].when;
        }
    }
    return w;
}

/* The strong windows decide only where the windows disagree. */
static pp__interval combine_windows(windows all, windows strong, int *conflict) {
    *conflict = pp__interval_is_empty(all.met);
    if (!*conflict) {
        return all.met;
    }
    windows decisive = strong.n ? strong : all;
    return pp__interval_is_empty(decisive.met) ? decisive.hull : decisive.met;
}

pp__interval pp__interval_combine(const pp__reading *readings, int64_t n, int *conflict) {
    windows strong = gather_windows(readings, n, 1);
    pp__interval dated =
        combine_windows(gather_windows(readings, n, 0), strong, conflict);
    pp__interval narrowed = dated;
    for (int64_t i = 0; i < n; i++) {
        pp__interval bound = readings[i].when;
        if (!is_window(&readings[i]) &&
            !pp__interval_is_empty(pp__interval_meet(dated, bound))) {
            narrowed = pp__interval_meet(narrowed, bound);
        }
    }
    if (pp__interval_is_empty(narrowed)) {
        *conflict = 1;
        narrowed = dated;
    }
    for (int64_t i = 0; i < n; i++) {
        pp__interval bound = readings[i].when;
        if (!is_window(&readings[i]) &&
            pp__interval_is_empty(pp__interval_meet(dated, bound))) {
            *conflict = 1;
            if (readings[i].strong || strong.n == 0) {
                narrowed = pp__interval_hull(narrowed, bound);
            }
        }
    }
    return narrowed;
}

pp__first pp__interval_first(const pp__interval *beginnings, int64_t n, int open) {
    int64_t dated = -1, soonest = 0;
    int undated = 0;
    for (int64_t i = 0; i < n; i++) {
        pp__interval b = beginnings[i];
        soonest = b.hi < beginnings[soonest].hi ? i : soonest;
        if (b.lo == PP__OPEN_LOW) {
            undated = 1;
        } else if (dated < 0 || b.lo < beginnings[dated].lo ||
                   (b.lo == beginnings[dated].lo && b.hi < beginnings[dated].hi)) {
            dated = i;
        }
    }
    pp__first first = {{PP__OPEN_LOW, beginnings[soonest].hi}, soonest, 0};
    if (dated >= 0 && first.when.hi >= beginnings[dated].lo) {
        first.by_option = undated;
        if (!undated || !open) {
            first.when.lo = beginnings[dated].lo;
            first.which = dated;
        }
    }
    return first;
}
