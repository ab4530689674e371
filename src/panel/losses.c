/* What a model over some variables of a panel loses to missing values. */
#include "base/check.h"
#include "evidence/rows.h"
#include <math.h>
#include <pushpull/panel.h>
#include <pushpull/text.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

typedef struct losses {
    const pp_table *panel;
    const pp_column *unit, *name, *year, *lo, *hi;
    pp_column **variables;
    int64_t n;
    char *complete; /* by row: 1, no variable is missing */
} losses;

static pp_status open_losses(losses *l, const char *const *variables, pp_error *err) {
    const struct {
        const char *name;
        const pp_column **to;
    } wanted[] = {{"unit", &l->unit},
                  {"name", &l->name},
                  {"year", &l->year},
                  {"lo", &l->lo},
                  {"hi", &l->hi}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        pp_column *column;
        PP_TRY(pp_table_require(l->panel, wanted[i].name, &column, err));
        *wanted[i].to = column;
    }
    for (int64_t i = 0; i < l->n; i++) {
        PP_TRY(pp_table_require(l->panel, variables[i], &l->variables[i], err));
    }
    for (int64_t row = 0; row < pp_table_rows(l->panel); row++) {
        l->complete[row] = 1;
        for (int64_t i = 0; i < l->n && l->complete[row]; i++) {
            l->complete[row] = !pp_column_is_missing(l->variables[i], row);
        }
    }
    return PP_OK;
}

/* The end of the unit that starts at `first`, and of its rows that a model can use. */
static int64_t unit_end(const losses *l, int64_t first, int64_t *used) {
    int64_t end = first;
    *used = first;
    while (end < pp_table_rows(l->panel) && l->unit->code[end] == l->unit->code[first]) {
        end++;
        if (!(l->year->number[end - 1] > l->hi->number[first])) {
            *used = end;
        }
    }
    return end;
}

/* "2005-2008, 2010" */
static void write_years(const losses *l, const pp_column *variable, int64_t first,
                        int64_t last, pp_buf *out) {
    int64_t next;
    for (int64_t row = first; row < last; row = next) {
        next = row + 1;
        if (!pp_column_is_missing(variable, row)) {
            continue;
        }
        while (next < last && pp_column_is_missing(variable, next)) {
            next++;
        }
        pp_buf_printf(out, "%s%d", out->length ? ", " : "", (int)l->year->number[row]);
        if (next - row > 1) {
            pp_buf_printf(out, "-%d", (int)l->year->number[next - 1]);
        }
    }
}

static pp_status add_lost(const losses *l, const pp_column *variable, int64_t first,
                          int64_t last, pp_table *lost, pp_error *err) {
    int64_t missing = 0;
    pp_status status;
    pp_buf years;
    for (int64_t row = first; row < last; row++) {
        missing += pp_column_is_missing(variable, row);
    }
    if (missing == 0) {
        return PP_OK;
    }
    pp_buf_init(&years);
    write_years(l, variable, first, last, &years);
    status = pp_buf_check(&years, err);
    if (status == PP_OK) {
        status = pp__rows_add_cells(
            lost,
            (pp__cell[]){PP__TEXT_CELL(pp_column_get_text(l->unit, first)),
                         PP__TEXT_CELL(pp_column_get_text(l->name, first)),
                         PP__TEXT_CELL(variable->name), PP__TEXT_CELL(years.data),
                         PP__NUMBER_CELL(missing), PP__NUMBER_CELL(last - first)},
            err);
    }
    pp_buf_clear(&years);
    return status;
}

static pp_status list_lost(const losses *l, pp_result *report, pp_error *err) {
    static const pp__column_spec heads[] = {
        {"unit", "Unit", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"variable", "Variable", PP_TEXT, 0},
        {"years", "Years", PP_TEXT, 0},
        {"missing", "Missing", PP_NUMBER, PP_SHOW_COUNT},
        {"of", "Of", PP_NUMBER, PP_SHOW_COUNT}};
    pp_table *lost;
    int64_t end, used;
    PP_TRY(pp__rows_start(report, "lost", "Years lost to missing values, by place", heads,
                          COUNT(heads), &lost, err));
    for (int64_t first = 0; first < pp_table_rows(l->panel); first = end) {
        end = unit_end(l, first, &used);
        for (int64_t i = 0; i < l->n; i++) {
            PP_TRY(add_lost(l, l->variables[i], first, used, lost, err));
        }
    }
    return PP_OK;
}

/* A category has one parameter less than levels in complete rows; `seen` has room for its
 * levels. */
static int64_t parameters(const losses *l, char *seen) {
    int64_t count = 0;
    for (int64_t i = 0; i < l->n; i++) {
        const pp_column *v = l->variables[i];
        int64_t levels = 0;
        if (v->type != PP_CATEGORY) {
            count++;
            continue;
        }
        memset(seen, 0, (size_t)v->n_levels + 1);
        for (int64_t row = 0; row < pp_table_rows(l->panel); row++) {
            if (l->complete[row] && !seen[v->code[row]]) {
                seen[v->code[row]] = 1;
                levels++;
            }
        }
        count += levels > 0 ? levels - 1 : 0;
    }
    return count;
}

typedef struct tally {
    int64_t units, events;
} tally;

/* Units with a complete year at risk, and those whose interval of adoption is covered by
   complete years: what the hazard model can take as an adoption. */
static tally count_intervals(const losses *l) {
    tally t = {0, 0};
    int64_t end, used;
    for (int64_t first = 0; first < pp_table_rows(l->panel); first = end) {
        double lo = l->lo->number[first], hi = l->hi->number[first];
        int any = 0, covered;
        end = unit_end(l, first, &used);
        covered = l->year->number[end - 1] >= hi;
        for (int64_t row = first; row < used; row++) {
            any = any || l->complete[row];
            covered = covered && (l->complete[row] || l->year->number[row] < lo);
        }
        t.units += any;
        t.events += covered;
    }
    return t;
}

/* Units with a complete year at risk, and events in complete years. */
static tally count_events(const losses *l, const pp_column *event) {
    tally t = {0, 0};
    int64_t end, used;
    for (int64_t first = 0; first < pp_table_rows(l->panel); first = end) {
        int any = 0;
        end = unit_end(l, first, &used);
        for (int64_t row = first; row < end; row++) {
            if (l->complete[row] && !isnan(event->number[row])) {
                any = 1;
                t.events += event->number[row] == 1;
            }
        }
        t.units += any;
    }
    return t;
}

static pp_status list_events(const losses *l, pp_result *report, pp_error *err) {
    static const pp__column_spec heads[] = {
        {"dates", "Dates", PP_TEXT, 0},
        {"units", "Units", PP_NUMBER, PP_SHOW_COUNT},
        {"events", "Adoptions", PP_NUMBER, PP_SHOW_COUNT},
        {"parameters", "Parameters", PP_NUMBER, PP_SHOW_COUNT},
        {"events_per_parameter", "Adoptions per parameter", PP_NUMBER, 0}};
    static const char *const rules[] = {"interval", "earliest", "latest", "midpoint"};
    int64_t count, room = 1;
    char *seen, column[40];
    pp_table *events;
    for (int64_t i = 0; i < l->n; i++) {
        room = l->variables[i]->n_levels >= room ? l->variables[i]->n_levels + 1 : room;
    }
    seen = pp_malloc(room, 1);
    PP_NEED(seen, err);
    count = parameters(l, seen);
    pp_free(seen);
    PP_TRY(pp__rows_start(report, "events", "Adoptions and parameters", heads,
                          COUNT(heads), &events, err));
    for (int i = 0; i < 4; i++) {
        pp_column *event = NULL;
        tally t;
        snprintf(column, sizeof column, "event_%s", rules[i]);
        if (i > 0) {
            PP_TRY(pp_table_require(l->panel, column, &event, err));
        }
        t = event ? count_events(l, event) : count_intervals(l);
        PP_TRY(pp__rows_add_cells(
            events,
            (pp__cell[]){
                PP__TEXT_CELL(rules[i]), PP__NUMBER_CELL(t.units),
                PP__NUMBER_CELL(t.events), PP__NUMBER_CELL(count),
                PP__NUMBER_CELL(count > 0 ? (double)t.events / (double)count : NAN)},
            err));
    }
    return PP_OK;
}

pp_status pp_panel_losses(const pp_table *panel, const char *const *variables, int64_t n,
                          pp_result *report, pp_error *err) {
    losses l = {.panel = panel, .n = n};
    pp_status status = PP_OK;
    l.variables = pp_calloc(n, sizeof *l.variables);
    l.complete = pp_calloc(pp_table_rows(panel), 1);
    if (!l.variables || !l.complete) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    if (status == PP_OK) {
        status = open_losses(&l, variables, err);
    }
    if (status == PP_OK) {
        status = list_lost(&l, report, err);
    }
    if (status == PP_OK) {
        status = list_events(&l, report, err);
    }
    pp_free(l.variables);
    pp_free(l.complete);
    return status;
}
