#include "evidence/adoption_tables.h"

#include "base/check.h"
#include "evidence/dates.h"
#include "evidence/rows.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* The middle of a known window; an upper bound stands for itself, as it dates nothing. */
static int64_t middle_day(pp__interval when) {
    return when.lo == PP__OPEN_LOW ? when.hi : when.lo + (when.hi - when.lo) / 2;
}

static void find_years(const pp__countries *countries, int *first, int *last) {
    *first = PP__LAST_YEAR;
    *last = PP__FIRST_YEAR - 1;
    for (int64_t i = 0; i < countries->n; i++) {
        const pp__country *c = &countries->rows[i];
        if (c->outcome == PP__ADOPTED && c->start.hi != PP__OPEN_HIGH) {
            int hi = pp__day_year(c->start.hi);
            int lo = c->start.lo == PP__OPEN_LOW ? hi : pp__day_year(c->start.lo);
            *first = lo < *first ? lo : *first;
            *last = hi > *last ? hi : *last;
        }
    }
}

pp_status pp__write_over_time(const pp__derived *d, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"year", "Year", PP_NUMBER, PP_SHOW_YEAR},
        {"low", "At least", PP_NUMBER, PP_SHOW_COUNT},
        {"high", "At most", PP_NUMBER, PP_SHOW_COUNT},
        {"midpoint", "By midpoints", PP_NUMBER, PP_SHOW_COUNT},
    };
    pp_table *table;
    PP_TRY(pp__rows_start(result, "adopters_over_time",
                          "Countries that have adopted, by year", columns, COUNT(columns),
                          &table, err));
    int first, last;
    find_years(&d->countries, &first, &last);
    for (int year = first; year <= last; year++) {
        int64_t low = 0, high = 0, midpoint = 0, end = pp__day_number(year, 12, 31);
        for (int64_t i = 0; i < d->countries.n; i++) {
            const pp__country *c = &d->countries.rows[i];
            if (c->outcome == PP__ADOPTED) {
                low += c->start.hi <= end;
                high += c->start.lo <= end;
                midpoint += middle_day(c->start) <= end;
            }
        }
        const pp__cell cells[COUNT(columns)] = {
            PP__NUMBER_CELL(year),
            PP__NUMBER_CELL(low),
            PP__NUMBER_CELL(high),
            PP__NUMBER_CELL(midpoint),
        };
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return pp_result_set_note(
        result, "adopters_over_time",
        "At least: adopted for certain by the end of the year. At most: also those that "
        "may have "
        "adopted by then, among them all with an upper bound only. By midpoints: at the "
        "middle of "
        "the interval, and at the bound where there is only an upper one.",
        err);
}

/* One claim under the rule, in its region. */
typedef struct entry {
    const char *region, *what, *country, *story;
} entry;

static int by_entry(const void *a, const void *b) {
    const entry *x = a, *y = b;
    int order = strcmp(x->region, y->region);
    order = order ? order : strcmp(x->what, y->what);
    return order ? order : strcmp(x->country, y->country);
}

static int same_row(const entry *a, const entry *b) {
    return strcmp(a->region, b->region) == 0 && strcmp(a->what, b->what) == 0;
}

static pp_status write_entries(entry *entries, int64_t n, const char **stories,
                               pp_table *table, pp_error *err) {
    if (n > 1) {
        qsort(entries, (size_t)n, sizeof *entries, by_entry);
    }
    for (int64_t begin = 0, end; begin < n; begin = end) {
        int64_t countries = 1;
        stories[0] = entries[begin].story;
        for (end = begin + 1; end < n && same_row(&entries[begin], &entries[end]);
             end++) {
            countries += strcmp(entries[end - 1].country, entries[end].country) != 0;
            stories[end - begin] = entries[end].story;
        }
        const pp__cell cells[] = {
            PP__TEXT_CELL(entries[begin].region),
            PP__TEXT_CELL(entries[begin].what),
            PP__NUMBER_CELL(countries),
            PP__NUMBER_CELL(end - begin),
            PP__NUMBER_CELL(pp__count_distinct(stories, end - begin)),
        };
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return PP_OK;
}

static const char *family_of(const pp__claim *claim) {
    return pp__family_name(claim->family);
}

static const char *vendor_of(const pp__claim *claim) {
    return claim->vendor;
}

static pp_status write_by_region(pp__derived *d, const char *name, const char *title,
                                 const char *what, const char *label,
                                 const char *(*value)(const pp__claim *),
                                 pp_result *result, pp_error *err) {
    const pp__column_spec columns[] = {
        {"region", "Region", PP_TEXT, 0},
        {what, label, PP_TEXT, 0},
        {"countries", "Countries", PP_NUMBER, PP_SHOW_COUNT},
        {"claims", "Claims", PP_NUMBER, PP_SHOW_COUNT},
        {"stories", "Independent stories", PP_NUMBER, PP_SHOW_COUNT},
    };
    pp_table *table;
    PP_TRY(pp__rows_start(result, name, title, columns, COUNT(columns), &table, err));
    entry *entries = pp_arena_alloc(&d->arena, d->claims.n, sizeof *entries);
    const char **stories = pp_arena_alloc(&d->arena, d->claims.n, sizeof *stories);
    PP_NEED(entries && stories, err);
    int64_t n = 0;
    for (int64_t i = 0; i < d->claims.n; i++) {
        const pp__claim *c = &d->claims.rows[i];
        const pp__country *country = pp__country_find(&d->countries, c->country);
        if (country && d->rule.status[c->status] &&
            pp__rule_match(&d->rule, c) == PP__MATCHES) {
            const char *region = country->region ? country->region : "unknown";
            entries[n++] = (entry){region, value(c), c->country, c->story};
        }
    }
    return write_entries(entries, n, stories, table, err);
}

pp_status pp__write_regions(pp__derived *d, pp_result *result, pp_error *err) {
    PP_TRY(write_by_region(d, "platforms_by_region", "Platforms by region", "family",
                           "Platform family", family_of, result, err));
    return write_by_region(d, "vendors_by_region", "Vendors by region", "vendor",
                           "Vendor", vendor_of, result, err);
}
