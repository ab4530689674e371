#include "panel/cities.h"

#include "base/check.h"
#include "evidence/adoption_interval.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct beginning {
    const char *place;
    int64_t row;
    pp__interval years;
} beginning;

static int compare_beginnings(const void *a, const void *b) {
    const beginning *x = a, *y = b;
    int order = strcmp(x->place, y->place);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static int64_t year_or(double year, int64_t open) {
    return isnan(year) ? open : (int64_t)year;
}

static pp_status read_beginnings(const pp_result *adoption, pp_arena *arena,
                                 beginning **out, int64_t *n, pp_error *err) {
    const pp_table *t = pp_result_find(adoption, "adoptions");
    pp_column *place, *kind, *earliest, *latest;
    if (!t) {
        PP_FAIL(err, PP_E_ARGUMENT, "the adoption result has no table 'adoptions'");
    }
    PP_TRY(pp_table_require(t, "place_id", &place, err));
    PP_TRY(pp_table_require(t, "place_kind", &kind, err));
    PP_TRY(pp_table_require(t, "earliest_year", &earliest, err));
    PP_TRY(pp_table_require(t, "latest_year", &latest, err));
    *out = pp_arena_alloc(arena, pp_table_rows(t), sizeof **out);
    PP_NEED(*out, err);
    *n = 0;
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        const char *id = pp_column_get_text(place, row),
                   *what = pp_column_get_text(kind, row);
        if (id && what && strcmp(what, "city") == 0) {
            (*out)[(*n)++] = (beginning){id,
                                         row,
                                         {year_or(earliest->number[row], PP__OPEN_LOW),
                                          year_or(latest->number[row], PP__OPEN_HIGH)}};
        }
    }
    qsort(*out, (size_t)*n, sizeof **out, compare_beginnings);
    return PP_OK;
}

pp_status pp__city_firsts_read(const pp_result *adoption, int open, pp_arena *arena,
                               pp__city_firsts *out, pp_error *err) {
    beginning *all;
    pp__interval *years;
    int64_t n, next;
    PP_TRY(read_beginnings(adoption, arena, &all, &n, err));
    years = pp_arena_alloc(arena, n, sizeof *years);
    *out = (pp__city_firsts){pp_arena_alloc(arena, n, sizeof *out->rows), 0};
    PP_NEED(years, err);
    PP_NEED(out->rows, err);
    for (int64_t i = 0; i < n; i = next) {
        pp__interval first;
        for (next = i; next < n && strcmp(all[next].place, all[i].place) == 0; next++) {
            years[next - i] = all[next].years;
        }
        first = pp__interval_first(years, next - i, open).when;
        out->rows[out->n++] = (pp__city_first){
            all[i].place, first.lo == PP__OPEN_LOW ? NAN : (double)first.lo,
            first.hi == PP__OPEN_HIGH ? NAN : (double)first.hi};
    }
    return PP_OK;
}

const pp__city_first *pp__city_firsts_find(const pp__city_firsts *firsts,
                                           const char *place) {
    int64_t low = 0, high = firsts->n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        int order = strcmp(firsts->rows[middle].place, place);
        if (order == 0) {
            return &firsts->rows[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
