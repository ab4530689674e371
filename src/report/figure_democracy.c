/* One factor, asked of several suppliers: a forest with each form under its heading. */
#include "report/figure.h"

#include "base/check.h"
#include "report/renderings.h"

#include <math.h>
#include <string.h>

static const char *const numbers[] = {"estimate", "conf_low", "conf_high", "conf_low_90",
                                      "conf_high_90"};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

typedef struct forest {
    const pp_table *from;
    const pp_column *supplier, *factor, *form, *level;
    size_t common;           /* bytes that all suppliers' names begin with */
    pp_buf labels, headings; /* JSON lists */
} forest;

/* ---- words ---- */

static const char *heading_of(const char *form) {
    static const char *const WORDS[][2] = {{"linear", "One standard deviation more"},
                                           {"quadratic", "Where it may bend"},
                                           {"regimes", "Between regimes"},
                                           {"within", "Within regimes"}};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strcmp(form, WORDS[i][0]) == 0) {
            return WORDS[i][1];
        }
    }
    return form;
}

static const char *text_at(const pp_column *column, int64_t row, const char *otherwise) {
    const char *text = pp_column_get_text(column, row);
    return text ? text : otherwise;
}

/* Rows of the plot are told apart by their labels: those of one form by one more invisible end
   than those of the form before it. */
static const char *label_of(pp_arena *arena, const forest *f, int64_t row, int form) {
    const char *label = text_at(f->level, row, "on average");
    label = pp_arena_strdup(arena, label);
    for (int i = 0; label && i < form; i++) {
        label = pp_arena_printf(arena, "%s\xe2\x80\x8b", label);
    }
    return label;
}

static void add_to_list(pp_buf *list, const char *text) {
    pp_buf_add(list, list->length > 1 ? "," : "");
    pp__add_json_string(list, text);
}

static int is_listed(const pp_table *rows, const char *label) {
    const pp_column *column = pp_table_find(rows, "label");
    for (int64_t i = 0; i < pp_table_rows(rows); i++) {
        if (strcmp(text_at(column, i, ""), label) == 0) {
            return 1;
        }
    }
    return 0;
}

/* How many bytes all suppliers' names begin with in common, up to the end of a word. */
static size_t common_words(const pp_column *supplier, int64_t rows) {
    const char *first = rows > 0 ? text_at(supplier, 0, "") : "";
    size_t common = strlen(first), word = 0;
    int several = 0;
    for (int64_t row = 1; row < rows; row++) {
        const char *name = text_at(supplier, row, "");
        size_t same = 0;
        while (same < common && first[same] == name[same]) {
            same++;
        }
        several |= strcmp(first, name) != 0;
        common = same;
    }
    for (size_t i = 0; several && i < common; i++) {
        word = first[i] == ' ' ? i + 1 : word;
    }
    return word;
}

/* "… the PRC": what tells it from the others; the rest stands in the subtitle. */
static const char *short_name(pp_arena *arena, const forest *f, int64_t row) {
    const char *name = text_at(f->supplier, row, "");
    return f->common ? pp_arena_printf(arena, "… %s", name + f->common) : name;
}

/* ---- rows ---- */

static pp_status set_text(pp_table *rows, const char *column, int64_t row,
                          const char *text, pp_error *err) {
    return pp_column_set_text(rows, pp_table_find(rows, column), row, text, err);
}

static void describe(pp__draft *draft, const forest *f, int64_t row, const char *label) {
    double low = pp_table_find(f->from, "conf_low")->number[row];
    double high = pp_table_find(f->from, "conf_high")->number[row];
    if (low > 0 || high < 0) {
        pp_buf_printf(&draft->alt, " %s, %s: %s zero;", text_at(f->supplier, row, ""),
                      label, low > 0 ? "above" : "below");
    }
}

static pp_status add_row(pp__draft *draft, forest *f, int64_t from, int form,
                         pp_error *err) {
    char low[32], high[32];
    int64_t row;
    const char *label = label_of(&draft->arena, f, from, form);
    PP_NEED(label, err);
    if (!is_listed(draft->rows, label)) {
        add_to_list(&f->labels, label);
    }
    PP_TRY(pp_table_append(draft->rows, &row, err));
    for (int k = 0; k < NUMBERS; k++) {
        pp_table_find(draft->rows, numbers[k])->number[row] =
            pp_table_find(f->from, numbers[k])->number[from];
    }
    pp_format_significant(pp_table_find(draft->rows, "conf_low")->number[row], 2, low);
    pp_format_significant(pp_table_find(draft->rows, "conf_high")->number[row], 2, high);
    const char *interval = pp_arena_printf(&draft->arena, "%s to %s", low, high);
    PP_NEED(interval, err);
    describe(draft, f, from, label);
    PP_TRY(set_text(draft->rows, "label", row, label, err));
    PP_TRY(set_text(draft->rows, "interval", row, interval, err));
    const char *supplier = short_name(&draft->arena, f, from);
    PP_NEED(supplier, err);
    return set_text(draft->rows, "supplier", row, supplier, err);
}

/* All rows of the form that row `first` has, under its heading. */
static pp_status add_form(pp__draft *draft, forest *f, int64_t first, int form,
                          pp_error *err) {
    const char *name = text_at(f->form, first, "");
    add_to_list(&f->labels, heading_of(name));
    add_to_list(&f->headings, heading_of(name));
    for (int64_t row = first; row < pp_table_rows(f->from); row++) {
        if (strcmp(text_at(f->form, row, ""), name) == 0 &&
            !isnan(pp_table_find(f->from, "estimate")->number[row])) {
            PP_TRY(add_row(draft, f, row, form, err));
        }
    }
    return PP_OK;
}

static pp_status add_forms(pp__draft *draft, forest *f, pp_error *err) {
    int forms = 0;
    for (int64_t row = 0; row < pp_table_rows(f->from); row++) {
        int64_t before = 0;
        while (strcmp(text_at(f->form, before, ""), text_at(f->form, row, "")) != 0) {
            before++;
        }
        PP_TRY(before == row ? add_form(draft, f, row, forms++, err) : PP_OK);
    }
    pp_buf_add_char(&f->labels, ']');
    pp_buf_add_char(&f->headings, ']');
    PP_TRY(pp_buf_check(&f->headings, err));
    return pp_buf_check(&f->labels, err);
}

static pp_status open_rows(pp__draft *draft, forest *f, pp_error *err) {
    static const char *const texts[] = {"label", "supplier", "interval"};
    pp_column *column;
    PP_TRY(pp_table_require(f->from, "supplier", &column, err));
    f->supplier = column;
    f->common = common_words(column, pp_table_rows(f->from));
    PP_TRY(pp_table_require(f->from, "factor", &column, err));
    f->factor = column;
    PP_TRY(pp_table_require(f->from, "form", &column, err));
    f->form = column;
    PP_TRY(pp_table_require(f->from, "level", &column, err));
    f->level = column;
    PP_TRY(pp_table_new(&draft->rows, err));
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, texts[k], NULL, err));
    }
    for (int k = 0; k < NUMBERS; k++) {
        PP_TRY(pp_table_require(f->from, numbers[k], &column, err));
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[k], NULL, err));
    }
    return PP_OK;
}

/* The lists as JSON in the draft's arena. */
static pp_status put_lists(pp__draft *draft, const forest *f, pp_error *err) {
    const char *labels =
        pp_arena_strndup(&draft->arena, f->labels.data, f->labels.length);
    const char *headings =
        pp_arena_strndup(&draft->arena, f->headings.data, f->headings.length);
    const char *suppliers = pp__json_list(&draft->arena, draft->rows, "supplier");
    PP_NEED(labels && headings && suppliers ? labels : NULL, err);
    pp__slot_json(draft, "labels", labels);
    pp__slot_json(draft, "headings", headings);
    pp__slot_json(draft, "suppliers", suppliers);
    return PP_OK;
}

static pp_status make(pp__draft *draft, const pp_table *table, pp_error *err) {
    forest f = {.from = table};
    pp_column *smallest;
    PP_TRY(pp_table_require(table, "smallest_effect", &smallest, err));
    PP_TRY(open_rows(draft, &f, err));
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    pp_buf_init(&f.labels);
    pp_buf_init(&f.headings);
    pp_buf_add_char(&f.labels, '[');
    pp_buf_add_char(&f.headings, '[');
    pp_buf_add(&draft->alt, "Effects of one factor for each supplier, in several forms, "
                            "with their intervals. With the 95% interval");
    pp_status status = add_forms(draft, &f, err);
    status = status == PP_OK ? put_lists(draft, &f, err) : status;
    pp_buf_clear(&f.labels);
    pp_buf_clear(&f.headings);
    PP_TRY(status);
    pp_buf_add(&draft->alt, " all others reach across zero.");
    const char *factor = text_at(f.factor, 0, "One factor");
    char *title = pp_arena_printf(&draft->arena, "%s, supplier by supplier", factor);
    PP_NEED(title, err);
    draft->title = pp__capitalise(title);
    if (f.common) {
        draft->subtitle = pp_arena_printf(&draft->arena, "%.*s…", (int)f.common,
                                          text_at(f.supplier, 0, ""));
        PP_NEED(draft->subtitle, err);
    }
    draft->note = "Points are estimates; thick lines 90% intervals, thin lines 95%. The "
                  "shaded zone holds effects too small to matter: only a 90% interval "
                  "within it shows that an effect does not matter.";
    pp__slot_number(draft, "delta", pp_table_rows(table) > 0 ? smallest->number[0] : 0);
    pp__slot_text(draft, "axis",
                  draft->options->axis
                      ? draft->options->axis
                      : "Average change of the response (a probability)");
    return PP_OK;
}

pp_status pp_figure_democracy(const pp_table *effects, const pp_figure_options *options,
                              pp_figure **out, pp_error *err) {
    return pp__figure_make(make, "democracy", effects, options, out, err);
}
