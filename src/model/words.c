#include "model/words.h"

#include <pushpull/text.h>

#include <stdio.h>
#include <string.h>

/* The cells of a text column; NA is neither a number nor a word. */
typedef struct tally {
    int64_t numbers, others, na;
    int64_t other, first_na; /* where the first stands: 0.. in the rows given */
} tally;

static int64_t row_at(const pp__words *w, int64_t i) {
    return w->rows ? w->rows[i] : i;
}

static const char *cell(const pp__words *w, int64_t i) {
    return pp_column_get_text(w->column, row_at(w, i));
}

static long long row_number(const pp__words *w, int64_t i) {
    int64_t row = row_at(w, i);
    return (long long)(w->origin ? w->origin[row] : row) + 1;
}

static tally count_cells(const pp__words *w) {
    tally t = {0};
    double number;
    for (int64_t i = 0; i < w->n; i++) {
        const char *text = cell(w, i);
        if (!text) {
            continue;
        }
        if (strcmp(text, "NA") == 0) {
            t.first_na = t.na++ ? t.first_na : i;
        } else if (pp_parse_number(text, &number)) {
            t.numbers++;
        } else {
            t.other = t.others++ ? t.other : i;
        }
    }
    return t;
}

static int nearly_numbers(const tally *t) {
    return t->numbers > 0 && t->numbers >= 4 * t->others;
}

/* "x would be numbers but for '2,000' in row 12 and 3 more cells" */
static void say_what_disturbs(const pp__words *w, const tally *t, char *out,
                              size_t size) {
    const char *name = w->column->name;
    if (t->others == 0) {
        snprintf(out, size, "%s holds numbers with more digits than a number keeps",
                 name);
        return;
    }
    int n = snprintf(out, size, "%s would be numbers but for '%.40s' in row %lld", name,
                     cell(w, t->other), row_number(w, t->other));
    if (t->others > 1 && n > 0 && (size_t)n < size) {
        snprintf(out + n, size - (size_t)n, " and %lld more cell%s",
                 (long long)t->others - 1, t->others > 2 ? "s" : "");
    }
}

static pp_status too_many(const pp__words *w, const tally *t, int32_t levels,
                          pp_error *err) {
    char what[300];
    pp_error_set(err, PP_E_INPUT, "as a factor it has %d levels in %lld rows",
                 (int)levels, (long long)w->n);
    pp_error_locate(err, NULL, 0, w->column->name, NULL);
    if (nearly_numbers(t)) {
        say_what_disturbs(w, t, what, sizeof what);
        pp_error_hint(err, "%s", what);
    } else {
        pp_error_hint(err, "leave it out, or group its values into fewer levels");
    }
    return PP_E_INPUT;
}

static pp_status warn_factor(const pp__words *w, const tally *t, int32_t levels,
                             pp__notes *notes, pp_error *err) {
    char what[300] = "";
    const char *name = w->column->name;
    if (nearly_numbers(t)) {
        say_what_disturbs(w, t, what, sizeof what);
    }
    return pp__notes_warn(notes, "text_as_factor", name, levels, err,
                          "%s is text and was taken as a factor with %d level%s%s%s",
                          name, (int)levels, levels == 1 ? "" : "s", *what ? "; " : "",
                          what);
}

pp_status pp__words_judge(const pp__words *w, const pp__encoding *factor, int first,
                          pp__notes *notes, pp_error *err) {
    const char *name = w->column->name;
    int is_text = w->column->type == PP_TEXT;
    tally t = is_text ? count_cells(w) : (tally){0};
    if (first && factor->n_levels > w->n / 2 && factor->n_levels > 2) {
        return too_many(w, &t, factor->n_levels, err);
    }
    pp_status status = PP_OK;
    if (is_text && !w->was_asked_for) {
        status = warn_factor(w, &t, factor->n_levels, notes, err);
    }
    if (status == PP_OK && t.na > 0) {
        status =
            pp__notes_warn(notes, "na_as_level", name, t.na, err,
                           "'NA' in row %lld of %s is taken as a level, as Namibia's "
                           "code would be; if it means missing, empty these cells",
                           row_number(w, t.first_na), name);
    }
    return status;
}
