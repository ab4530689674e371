/* What is written in each format is read back: values, kinds of missing, labels; and what
   was cut off is refused. */
#include "support/support.h"

#include <pushpull/file.h>
#include <pushpull/io.h>

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { ROWS = 6 };

typedef struct format {
    const char *file;
    int keeps_tags, keeps_user, keeps_value_labels, keeps_labels, keeps_flags,
        codes_categories;
} format;

static const format formats[] = {
    {"t.csv", 0, 0, 0, 0, 0, 0},      {"t.json", 0, 0, 0, 0, 1, 0},
    {"t.json.gz", 0, 0, 0, 0, 1, 0},  {"t.json.zst", 0, 0, 0, 0, 1, 0},
    {"t.parquet", 0, 0, 0, 1, 1, 0},  {"t.dta", 1, 0, 1, 1, 0, 1},
    {"t.sav", 0, 1, 1, 1, 0, 1},      {"t.zsav", 0, 1, 1, 1, 0, 1},
    {"t.sas7bdat", 1, 0, 0, 1, 0, 0}, {"t.xpt", 1, 0, 0, 1, 0, 0},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

static pp_table *new_table(void) {
    static const double numbers[ROWS] = {0.1, -1e70, 3, NAN, NAN, NAN};
    static const char *const texts[ROWS] = {"a", "Côte d'Ivoire", "x, \"y\"", "1", NULL,
                                            "z"};
    pp_error err = {0};
    pp_table *table;
    pp_column *x, *flag, *text, *region;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "x", &x, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "flag", &flag, &err));
    assert_ok(pp_table_add(table, PP_TEXT, "words", &text, &err));
    assert_ok(pp_table_add(table, PP_CATEGORY, "region", &region, &err));
    assert_ok(pp_table_resize(table, ROWS, &err));
    assert_ok(pp_column_describe(table, x, "An x, naïve", "m", "us", "CC0-1.0", &err));
    flag->show = PP_SHOW_FLAG;
    x->missing_kind = pp_calloc(ROWS, 1);
    assert_non_null(x->missing_kind);
    memcpy(x->missing_kind, "\0\0\0.aU", ROWS);
    static double values[] = {1, 3, -5};
    static const char *labels[] = {"one", "drei", "minus fünf"};
    x->labelled_values = values;
    x->value_labels = labels;
    x->n_value_labels = 3;
    for (int i = 0; i < ROWS; i++) {
        x->number[i] = numbers[i];
        flag->number[i] = i % 2;
        assert_ok(pp_column_set_text(table, text, i, texts[i], &err));
        if (i != 2) {
            assert_ok(
                pp_column_set_level(table, region, i, i % 2 ? "north" : "south", &err));
        }
    }
    return table;
}

static const char *path_in(const char *folder, const char *name) {
    static char paths[4][300];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void check_cells(const format *f, const pp_table *back) {
    const pp_table *table = new_table();
    for (int i = 0; i < pp_table_columns(table); i++) {
        const pp_column *a = pp_table_column(table, i), *b = pp_table_column(back, i);
        assert_string_equal(a->name, b->name);
        for (int64_t row = 0; row < ROWS; row++) {
            if (pp_column_is_missing(a, row) != pp_column_is_missing(b, row)) {
                fail_msg("%s: %s, row %d: missing", f->file, a->name, (int)row);
            }
            if (pp_column_is_missing(a, row)) {
                continue;
            }
            if (a->type == PP_NUMBER) {
                double rel =
                    fabs(a->number[row] - b->number[row]) / fabs(a->number[row] + 1e-99);
                if (rel > 1e-15) { /* SAS transport files hold IBM floats */
                    fail_msg("%s: %s, row %d: %.17g", f->file, a->name, (int)row,
                             b->number[row]);
                }
            } else if (a->type == PP_CATEGORY && f->codes_categories) {
                assert_true(b->number[row] == a->code[row] + 1);
            } else {
                assert_string_equal(pp_column_get_text(a, row),
                                    pp_column_get_text(b, row));
            }
        }
    }
    pp_table_free((pp_table *)(uintptr_t)table);
}

static void check_kinds(const format *f, const pp_column *x) {
    if (!f->keeps_tags && !f->keeps_user) {
        return;
    }
    assert_non_null(x->missing_kind);
    assert_int_equal(x->missing_kind[0], 0);
    assert_int_equal(x->missing_kind[3], '.');
    assert_int_equal(x->missing_kind[4], f->keeps_tags ? 'a' : '.');
    assert_int_equal(x->missing_kind[5], f->keeps_user ? 'U' : '.');
}

static void check_labels(const format *f, const pp_table *back) {
    const pp_column *x = pp_table_find(back, "x"),
                    *region = pp_table_find(back, "region");
    assert_int_equal(x->n_value_labels, f->keeps_value_labels ? 3 : 0);
    for (int i = 0; i < x->n_value_labels; i++) {
        double value = x->labelled_values[i];
        assert_string_equal(x->value_labels[i], value == 1   ? "one"
                                                : value == 3 ? "drei"
                                                             : "minus fünf");
    }
    if (f->keeps_labels) {
        assert_string_equal(x->label, "An x, naïve");
        assert_null(pp_table_find(back, "flag")->label);
    }
    if (f->codes_categories) {
        assert_int_equal(region->n_value_labels, 2);
        assert_string_equal(region->value_labels[0], "south");
    }
    if (strcmp(f->file, "t.parquet") == 0) {
        assert_string_equal(x->unit, "m");
        assert_string_equal(x->source, "us");
        assert_string_equal(x->licence, "CC0-1.0");
    }
    assert_int_equal(pp_table_find(back, "flag")->show,
                     f->keeps_flags ? PP_SHOW_FLAG : PP_SHOW_DEFAULT);
}

static void every_format_comes_back(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    pp_table *table = new_table();
    for (int i = 0; i < FORMATS; i++) {
        pp_error err = {0};
        pp_table *back;
        const char *path = path_in(folder, formats[i].file);
        char first[PP_DIGEST_HEX], second[PP_DIGEST_HEX];
        assert_ok(pp_table_write(table, path, NULL, &err));
        assert_ok(pp_digest_file(path, first, &err));
        assert_ok(pp_table_read(path, NULL, NULL, &back, &err));
        assert_int_equal(pp_table_rows(back), ROWS);
        check_cells(&formats[i], back);
        check_kinds(&formats[i], pp_table_find(back, "x"));
        check_labels(&formats[i], back);
        pp_table_free(back);
        pp_context four = {.threads = 4};
        assert_ok(pp_table_write(table, path, &four, &err));
        assert_ok(pp_digest_file(path, second, &err));
        assert_string_equal(first, second);
    }
    pp_table_free(table);
}

/* .sav → table → .sav keeps the codes that stood for "refused" and "don't know". */
static void user_missing_values_survive(void **state) {
    (void)state;
    pp_error err = {0};
    const char *folder = fresh_folder();
    pp_table *table = new_table(), *once, *twice;
    pp_column *x = pp_table_find(table, "x");
    memcpy(x->missing_kind, "\0\0\0UUU", ROWS);
    assert_ok(pp_table_write(table, path_in(folder, "a.sav"), NULL, &err));
    assert_ok(pp_table_read(path_in(folder, "a.sav"), NULL, NULL, &once, &err));
    assert_ok(pp_table_write(once, path_in(folder, "b.sav"), NULL, &err));
    assert_ok(pp_table_read(path_in(folder, "b.sav"), NULL, NULL, &twice, &err));
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(pp_table_find(twice, "x")->missing_kind[i], i < 3 ? 0 : 'U');
    }
    char a[PP_DIGEST_HEX], b[PP_DIGEST_HEX];
    assert_ok(pp_digest_file(path_in(folder, "a.sav"), a, &err));
    assert_ok(pp_digest_file(path_in(folder, "b.sav"), b, &err));
    pp_table_free(table);
    pp_table_free(once);
    pp_table_free(twice);
}

static void options_apply_to_every_format(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    pp_table *table = new_table();
    for (int i = 0; i < FORMATS; i++) {
        pp_error err = {0};
        pp_table *back;
        const char *path = path_in(folder, formats[i].file);
        pp_read_options options = {.where = "x > 0 AND words <> 'b'"};
        assert_ok(pp_table_write(table, path, NULL, &err));
        assert_ok(pp_table_read(path, &options, NULL, &back, &err));
        assert_int_equal(pp_table_rows(back), 2);
        assert_string_equal(pp_table_find(back, "words")->text[1], "x, \"y\"");
        pp_table_free(back);
        options = (pp_read_options){.all_text = 1};
        assert_ok(pp_table_read(path, &options, NULL, &back, &err));
        for (int c = 0; c < pp_table_columns(back); c++) {
            assert_int_equal(pp_table_column(back, c)->type, PP_TEXT);
        }
        assert_string_equal(pp_table_find(back, "x")->text[0], "0.1");
        pp_table_free(back);
        options = (pp_read_options){.where = "nonsense > 0"};
        assert_int_equal(pp_table_read(path, &options, NULL, &back, &err), PP_E_ARGUMENT);
        assert_null(back);
    }
    pp_table_free(table);
}

/* Every third length of each file: never a crash, and never fewer rows without an error.
 */
static void cut_files_are_refused(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    pp_table *table = new_table();
    for (int i = 0; i < FORMATS; i++) {
        pp_error err = {0};
        pp_buf bytes;
        pp_buf_init(&bytes);
        const char *path = path_in(folder, formats[i].file);
        assert_ok(pp_table_write(table, path, NULL, &err));
        assert_ok(pp_file_read(path, 0, &bytes, &err));
        int64_t step = bytes.length / 40 + 1;
        for (int64_t n = 0; n + 16 < bytes.length; n += step) {
            pp_table *back = NULL;
            write_file(folder, formats[i].file, bytes.data, (size_t)n);
            pp_status status = pp_table_read(path, NULL, NULL, &back, &err);
            int is_open_ended = strstr(path, ".csv") || strstr(path, ".xpt");
            if (status == PP_OK && !is_open_ended && pp_table_rows(back) < ROWS) {
                fail_msg("%s cut to %lld of %lld bytes is read", path, (long long)n,
                         (long long)bytes.length);
            }
            if (status != PP_OK) {
                assert_true(status == PP_E_INPUT || status == PP_E_UNSUPPORTED ||
                            status == PP_E_MEMORY);
                assert_true(err.message[0] && err.hint[0] && err.file[0]);
            }
            pp_table_free(back);
        }
        pp_buf_clear(&bytes);
    }
    pp_table_free(table);
}

static void what_a_format_cannot_hold(void **state) {
    (void)state;
    pp_error err = {0};
    const char *folder = fresh_folder();
    pp_table *table = new_table();
    assert_int_equal(pp_table_write(table, path_in(folder, "t.xlsx"), NULL, &err),
                     PP_E_UNSUPPORTED);
    assert_int_equal(pp_table_write(table, path_in(folder, "t.doc"), NULL, &err),
                     PP_E_ARGUMENT);
    pp_table_find(table, "x")->number[1] = INFINITY;
    static const char *const finite[] = {"t.dta", "t.sav", "t.sas7bdat", "t.xpt"};
    for (size_t i = 0; i < sizeof finite / sizeof finite[0]; i++) {
        assert_int_equal(pp_table_write(table, path_in(folder, finite[i]), NULL, &err),
                         PP_E_UNSUPPORTED);
        assert_int_equal(err.line, 2);
    }
    pp_table_find(table, "x")->number[1] = 1;
    assert_ok(pp_table_rename(table, "words", "two words", &err));
    static const char *const strict[] = {"t.dta", "t.sav", "t.sas7bdat"};
    for (size_t i = 0; i < sizeof strict / sizeof strict[0]; i++) {
        assert_int_equal(pp_table_write(table, path_in(folder, strict[i]), NULL, &err),
                         PP_E_ARGUMENT);
        assert_string_equal(err.column, "two words");
        assert_false(pp_file_exists(path_in(folder, strict[i])));
    }
    pp_table_free(table);
}

static void long_texts_in_stata(void **state) {
    (void)state;
    pp_error err = {0};
    static char words[5000];
    memset(words, 'w', sizeof words - 1);
    const char *folder = fresh_folder();
    pp_table *table = new_table(), *back;
    assert_ok(pp_column_set_text(table, pp_table_find(table, "words"), 1, words, &err));
    assert_ok(pp_table_write(table, path_in(folder, "t.dta"), NULL, &err));
    assert_ok(pp_table_read(path_in(folder, "t.dta"), NULL, NULL, &back, &err));
    assert_string_equal(pp_table_find(back, "words")->text[1], words);
    assert_string_equal(pp_table_find(back, "words")->text[5], "z");
    pp_table_free(back);
    pp_table_free(table);
}

static int entries(const char *folder) {
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    int n = 0;
    while (readdir(dir)) {
        n++;
    }
    closedir(dir);
    return n;
}

/* A limit on the size of files fails writes in their midst, as a full disk does: the old
   file stays, and nothing is left beside it. */
static void the_old_file_stays(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = new_table();
    pp_column *noise;
    assert_ok(pp_table_resize(table, 50000, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "noise", &noise, &err));
    for (int i = 0; i < 50000; i++) {
        noise->number[i] = sin(i);
    }
    struct rlimit old;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < FORMATS; i++) {
        const char *folder = fresh_folder();
        const char *path = write_text(folder, formats[i].file, "old");
        struct rlimit small = {100000, old.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        pp_status status = pp_table_write(table, path, NULL, &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
        if (status != PP_E_IO || !err.message[0] || strcmp(err.file, path) != 0) {
            fail_msg("%s: [%s] %s", path, pp_status_name(status), err.message);
        }
        pp_buf bytes;
        pp_buf_init(&bytes);
        assert_ok(pp_file_read(path, 0, &bytes, &err));
        assert_string_equal(bytes.data, "old");
        pp_buf_clear(&bytes);
        assert_int_equal(entries(folder), 3);
    }
    pp_table_free(table);
}

typedef struct work {
    const pp_table *table;
    const char *path;
} work;

static pp_status read_back(void *payload, pp_error *err) {
    pp_table *back = NULL;
    pp_read_options options = {.where = "x > 0"};
    pp_status status =
        pp_table_read(((const work *)payload)->path, &options, NULL, &back, err);
    pp_table_free(back);
    return status;
}

static pp_status write_out(void *payload, pp_error *err) {
    const work *w = payload;
    return pp_table_write(w->table, w->path, NULL, err);
}

static void failing_allocations(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    pp_table *table = new_table();
    for (int i = 0; i < FORMATS; i++) {
        work w = {table, path_in(folder, formats[i].file)};
        assert_true(fail_every_allocation(write_out, &w) > 1);
        assert_true(fail_every_allocation(read_back, &w) > 1);
    }
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_comes_back),
        cmocka_unit_test(user_missing_values_survive),
        cmocka_unit_test(options_apply_to_every_format),
        cmocka_unit_test(cut_files_are_refused),
        cmocka_unit_test(what_a_format_cannot_hold),
        cmocka_unit_test(long_texts_in_stata),
        cmocka_unit_test(the_old_file_stays),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
