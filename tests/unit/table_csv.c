#include "support/support.h"

#include <pushpull/file.h>
#include <pushpull/io.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static pp_table *read_ok(const char *path, const pp_read_options *options) {
    pp_error err = {0};
    pp_table *table = NULL;
    assert_ok(pp_table_read(path, options, NULL, &table, &err));
    return table;
}

/* One column of cells, read from text: "" stands for a missing cell. */
static void check_column(const char *cells, pp_column_type type, pp_show show,
                         const char *first, int missing) {
    char text[2000];
    const char *folder = fresh_folder();
    snprintf(text, sizeof text, "row,value\n%s", cells);
    pp_table *table = read_ok(write_text(folder, "c.csv", text), NULL);
    const pp_column *value = pp_table_find(table, "value");
    int found = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        found += pp_column_is_missing(value, i);
    }
    if (value->type != type || value->show != show || found != missing) {
        fail_msg("%s: type %d, show %d, %d missing", cells, (int)value->type,
                 (int)value->show, found);
    }
    char number[32];
    if (type == PP_NUMBER) {
        pp_format_number(value->number[0], number);
    }
    assert_string_equal(type == PP_NUMBER ? number : value->text[0], first);
    pp_table_free(table);
}

static void types_come_from_the_cells(void **state) {
    (void)state;
    check_column("1,1\n2,2.5\n3,-1e3\n", PP_NUMBER, PP_SHOW_DEFAULT, "1", 0);
    check_column("1,1\n2,NA\n3,\n", PP_NUMBER, PP_SHOW_DEFAULT, "1", 2);
    check_column("1,1\n2,\"\"\n3,NaN\n", PP_NUMBER, PP_SHOW_DEFAULT, "1", 2);
    check_column("1,TRUE\n2,false\n3,NA\n", PP_NUMBER, PP_SHOW_FLAG, "1", 1);
    check_column("1,NO\n2,NO\n", PP_TEXT, PP_SHOW_DEFAULT, "NO", 0);
    check_column("1,NA\n2,ZA\n3,\n", PP_TEXT, PP_SHOW_DEFAULT, "NA", 1);
    check_column("1,NA\n2,NA\n", PP_TEXT, PP_SHOW_DEFAULT, "NA", 0);
    check_column("1,2020-01-31\n2,NA\n", PP_TEXT, PP_SHOW_DEFAULT, "2020-01-31", 1);
    check_column("1,03/04/2020\n2,NA\n", PP_TEXT, PP_SHOW_DEFAULT, "03/04/2020", 0);
    check_column("1,1_000\n2,2_000\n", PP_TEXT, PP_SHOW_DEFAULT, "1_000", 0);
    check_column("1,9007199254740993\n2,1\n", PP_TEXT, PP_SHOW_DEFAULT,
                 "9007199254740993", 0);
    check_column("1,20892038600000000\n2,1\n", PP_NUMBER, PP_SHOW_DEFAULT,
                 "2.08920386e+16", 0);
    check_column("1,0.12345678901234567890\n2,1\n", PP_NUMBER, PP_SHOW_DEFAULT,
                 "0.12345678901234568", 0);
    check_column("1,007\n2,8\n", PP_NUMBER, PP_SHOW_DEFAULT, "7", 0);
    check_column("1, x \n2,y\n", PP_TEXT, PP_SHOW_DEFAULT, " x ", 0);
    check_column("1,\"a \"\"b\"\",\nc\"\n2,y\n", PP_TEXT, PP_SHOW_DEFAULT, "a \"b\",\nc",
                 0);
}

static void text_is_kept_where_asked(void **state) {
    (void)state;
    const char *path = write_text(fresh_folder(), "t.csv", "id,cow,na\n007,2,NA\n,3,1\n");
    const char *const keep[] = {"id", "not there"};
    pp_read_options some = {.text_columns = keep, .n_text_columns = 2},
                    all = {.all_text = 1};
    pp_table *table = read_ok(path, &some);
    assert_string_equal(pp_table_find(table, "id")->text[0], "007");
    assert_true(pp_table_find(table, "cow")->number[1] == 3);
    assert_true(isnan(pp_table_find(table, "na")->number[0]));
    pp_table_free(table);
    table = read_ok(path, &all);
    assert_string_equal(pp_table_find(table, "na")->text[0], "NA");
    assert_string_equal(pp_table_find(table, "cow")->text[0], "2");
    assert_null(pp_table_find(table, "id")->text[1]);
    pp_table_free(table);
}

static void forms_of_csv(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
    } cases[] = {
        {"a.csv", "x,y z\n1,2\n3,4\n"},
        {"b.csv", "x;y z\n1;2\n3;4\n"},
        {"c.tsv", "x\ty z\n1\t2\n3\t4"},
        {"d.txt", "x|y z\n1|2\n3|4\n"},
        {"e.csv", "\xef\xbb\xbfx,y z\r\n1,2\r\n3,4\r\n"},
        {"f.csv", "x,\"y z\"\r1,2\r3,4\r"},
        {"g.csv", "x,y z\n1,2\n\n3,4\n\n"},
        {"odd [1]*'\".csv", "x,y z\n1,2\n3,4\n"},
    };
    const char *folder = fresh_folder();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pp_table *table = read_ok(write_text(folder, cases[i].name, cases[i].text), NULL);
        assert_int_equal(pp_table_columns(table), 2);
        assert_int_equal(pp_table_rows(table), 2);
        assert_true(pp_table_find(table, "x")->number[1] == 3);
        assert_true(pp_table_find(table, "y z")->number[0] == 2);
        pp_table_free(table);
    }
}

static void names_of_columns(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    pp_table *table = read_ok(write_text(folder, "r.csv", "\"\",x,X\n1,2,3\n"), NULL);
    assert_string_equal(pp_table_column(table, 0)->name, "column1");
    assert_true(pp_table_find(table, "x")->number[0] == 2);
    assert_true(pp_table_find(table, "X")->number[0] == 3);
    pp_table_free(table);
    table = read_ok(write_text(folder, "h.csv", "only,header\n"), NULL);
    assert_int_equal(pp_table_rows(table), 0);
    assert_int_equal(pp_table_columns(table), 2);
    pp_table_free(table);
}

static void a_condition_chooses_rows(void **state) {
    (void)state;
    pp_error err = {0};
    const char *path =
        write_text(fresh_folder(), "w.csv",
                   "year,who,ok\n2004,a,true\n2005,b,false\n2006,c,true\nNA,d,true\n");
    pp_read_options options = {.where = "year >= 2005 AND who <> 'x;--' AND ok"};
    pp_table *table = read_ok(path, &options);
    assert_int_equal(pp_table_rows(table), 1);
    assert_string_equal(pp_table_find(table, "who")->text[0], "c");
    pp_table_free(table);
    static const char *const wrong[] = {
        "year > 2000) UNION SELECT (1",
        "who = E'\\'' ) UNION SELECT 1 --'",
        "1; DROP TABLE t",
        "year > 2000 -- more",
        "yeer > 2000",
        "year > 'a string",
        "(year > 2000",
        "who IN (SELECT column0 FROM read_csv('/etc/passwd'))",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        options.where = wrong[i];
        pp_status status = pp_table_read(path, &options, NULL, &table, &err);
        if (status != PP_E_ARGUMENT) {
            fail_msg("%s: [%s] %s", wrong[i], pp_status_name(status), err.message);
        }
    }
}

/* Rows after the sample of the types change their minds. */
static void long_files_are_looked_at_wholly(void **state) {
    (void)state;
    enum { ROWS = 30000 };
    pp_buf text;
    pp_buf_init(&text);
    pp_buf_add(&text, "number,then_text,late,na,country\n");
    for (int i = 0; i < ROWS; i++) {
        pp_buf_printf(&text, "%d,%s,%s,%s,\"Côte d'Ivoire\n\"\n", i,
                      i < 25000 ? "1.5" : "x", i < 25000 ? "" : "4",
                      i == 24000 ? "NA" : "1");
    }
    const char *path =
        write_file(fresh_folder(), "long.csv", text.data, (size_t)text.length);
    pp_buf_clear(&text);
    for (int threads = 1; threads <= 4; threads += 3) {
        pp_error err = {0};
        pp_context ctx = {.threads = threads};
        pp_table *table;
        assert_ok(pp_table_read(path, NULL, &ctx, &table, &err));
        assert_int_equal(pp_table_rows(table), ROWS);
        const double *number = pp_table_find(table, "number")->number;
        for (int i = 0; i < ROWS; i++) {
            assert_true(number[i] == i);
        }
        assert_string_equal(pp_table_find(table, "then_text")->text[0], "1.5");
        assert_true(pp_table_find(table, "late")->number[29999] == 4);
        assert_true(isnan(pp_table_find(table, "na")->number[24000]));
        assert_string_equal(pp_table_find(table, "country")->text[29999],
                            "Côte d'Ivoire\n");
        pp_table_free(table);
    }
}

typedef struct bad_case {
    const char *name, *bytes;
    size_t n; /* 0: a string */
    pp_status status;
    const char *words;
    int64_t line;
    const char *column, *value, *hint;
} bad_case;

static const bad_case bad_cases[] = {
    {"cp1252.csv", "id,name\n1,Z\xfcrich\n", 0, PP_E_INPUT, "0xFC is not UTF-8", 2,
     "name", "Z?rich", "iconv -f WINDOWS-1252 -t UTF-8"},
    {"header1252.csv", "id,\xe9tat\n1,2\n", 0, PP_E_INPUT, "0xE9 is not UTF-8", 1, "",
     "?tat", "iconv"},
    {"utf16.csv", "\xff\xfei\0d\0\n\0", 8, PP_E_INPUT, "UTF-16", 0, "", "",
     "iconv -f UTF-16"},
    {"utf16be.csv", "\xfe\xff\0i\0d\0\n", 8, PP_E_INPUT, "UTF-16", 0, "", "",
     "iconv -f UTF-16"},
    {"empty.csv", "", 0, PP_E_INPUT, "empty", 0, "", "", ""},
    {"blank.csv", "\n1,2\n", 0, PP_E_INPUT, "first line is empty", 1, "", "", ""},
    {"cut_quote.csv", "a,b\n1,\"x\ny\n2,", 0, PP_E_INPUT, "closing quote never comes", 2,
     "", "", "cut off"},
    {"cut_row.csv", "a,b\n1,2\n3", 0, PP_E_INPUT,
     "the row has 1 fields; the header has 2", 3, "", "3", "cut off"},
    {"few.csv", "a,b,c\n1,2,3\n4,5\n6,7,8\n", 0, PP_E_INPUT,
     "has 2 fields; the header has 3", 3, "", "4", "delimiter"},
    {"many.csv", "a,b\n1,2\n3,4,5\n6,7\n", 0, PP_E_INPUT,
     "has 3 fields; the header has 2", 3, "", "3", "delimiter"},
    {"after_quote.csv", "a,b\n1,\"x\"y\n", 0, PP_E_INPUT, "after a cell's closing quote",
     2, "", "", "twice"},
    {"twice.csv", "a,b,a\n1,2,3\n", 0, PP_E_INPUT, "columns 1 and 3 have the same name",
     1, "a", "", "own name"},
    {"mixed.csv", "a,b\r\n1,2\n3,4\r\n", 0, PP_E_INPUT, "ends differently", 2, "", "",
     "sed"},
    {"zero.csv", "a,b\n1,x\0y\n", 10, PP_E_INPUT, "binary data", 0, "", "", ""},
    {"garbage.csv", "\x7f\x45\x4c\x46\0\1\2\3\4\5", 10, PP_E_INPUT, "binary data", 0, "",
     "", ""},
    {"book.csv", "PK\3\4\24\0\6\0\10\0\0\0!\0", 14, PP_E_INPUT, "an Excel workbook", 0,
     "", "", ".xlsx"},
    {"old.csv", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", 0, PP_E_INPUT,
     "old Excel workbook", 0, "", "", "save it as"},
    {"columns.csv", "PAR1....", 0, PP_E_INPUT, "a Parquet file", 0, "", "", ".parquet"},
    {"page.csv", "<!DOCTYPE html><html>", 0, PP_E_INPUT, "a web page", 0, "", "",
     "saved"},
    {"objects.csv", "[{\"a\": 1}]", 0, PP_E_INPUT, "holds JSON", 0, "", "", ".json"},
    {"packed.csv", "\x1f\x8b\x08\0\0\0\0\0", 8, PP_E_INPUT, "gzip-compressed", 0, "", "",
     ".gz"},
    {"text.xlsx", "a,b\n1,2\n", 0, PP_E_INPUT,
     "holds CSV text; an Excel workbook was expected", 0, "", "", ".csv"},
    {"text.parquet", "a,b\n1,2\n", 0, PP_E_INPUT, "holds CSV text", 0, "", "", ".csv"},
    {"text.dta", "a,b\n1,2\n", 0, PP_E_INPUT, "holds CSV text", 0, "", "", ".csv"},
    {"plain.csv.gz", "a,b\n1,2\n", 0, PP_E_INPUT, "gzip data are damaged", 0, "", "", ""},
    {"plain.csv.zst", "a,b\n1,2\n", 0, PP_E_INPUT, "zstd data are damaged", 0, "", "",
     ""},
    {"twice.parquet.gz", "x", 0, PP_E_UNSUPPORTED, "compressed once more", 0, "", "",
     "gunzip"},
    {"file.doc", "x", 0, PP_E_ARGUMENT, "ending", 0, "", "", ".csv"},
};

static void bad_files_say_what_is_wrong(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    for (size_t i = 0; i < sizeof bad_cases / sizeof bad_cases[0]; i++) {
        const bad_case *c = &bad_cases[i];
        pp_error err = {0};
        pp_table *table = NULL;
        const char *path =
            write_file(folder, c->name, c->bytes, c->n ? c->n : strlen(c->bytes));
        pp_status status = pp_table_read(path, NULL, NULL, &table, &err);
        if (status != c->status || !strstr(err.message, c->words) ||
            err.line != c->line || strcmp(err.column, c->column) != 0 ||
            strcmp(err.value, c->value) != 0 || !strstr(err.hint, c->hint) ||
            strcmp(err.file, path) != 0 || table) {
            char words[1500];
            pp_error_format(&err, words, sizeof words);
            fail_msg("%s: [%s] %s; column '%s', value '%s'", c->name,
                     pp_status_name(status), words, err.column, err.value);
        }
    }
}

static void assert_refused(const char *path, pp_status expected, const char *words) {
    pp_error err = {0};
    pp_table *table = NULL;
    pp_status status = pp_table_read(path, NULL, NULL, &table, &err);
    if (status != expected || !strstr(err.message, words)) {
        fail_msg("%s: [%s] %s", path, pp_status_name(status), err.message);
    }
    assert_string_equal(err.file, path);
}

static void what_is_no_file(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    char path[200];
    snprintf(path, sizeof path, "%s/none.csv", folder);
    assert_refused(path, PP_E_NOT_FOUND, "No such file");
    assert_refused(folder, PP_E_IO, "folder");
    const char *locked = write_text(folder, "locked.csv", "a\n1\n");
    chmod(locked, 0);
    if (geteuid() != 0) {
        assert_refused(locked, PP_E_IO, "Permission denied");
    }
}

/* gzip data cut so that what can be unpacked ends between two rows. */
static void cut_packing_is_seen(void **state) {
    (void)state;
    static const char text[] = "a,b\n1,2\n3,4\n";
    unsigned char packed[200];
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, 0), Z_OK);
    z.next_in = (unsigned char *)text;
    z.avail_in = sizeof text - 1;
    z.next_out = packed;
    z.avail_out = sizeof packed;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = sizeof packed - z.avail_out;
    deflateEnd(&z);
    const char *folder = fresh_folder();
    pp_table *table = read_ok(write_file(folder, "whole.csv.gz", packed, n), NULL);
    assert_int_equal(pp_table_rows(table), 2);
    pp_table_free(table);
    assert_refused(write_file(folder, "cut.csv.gz", packed, n - 4), PP_E_INPUT,
                   "cut off");
    assert_refused(write_file(folder, "half.csv.gz", packed, n / 2), PP_E_INPUT,
                   "cut off");
}

static pp_table *sample_table(void) {
    pp_error err = {0};
    pp_table *table;
    pp_column *x, *flag, *who, *where;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "x", &x, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "a flag", &flag, &err));
    assert_ok(pp_table_add(table, PP_TEXT, "who, \"really\"", &who, &err));
    assert_ok(pp_table_add(table, PP_CATEGORY, "where", &where, &err));
    assert_ok(pp_table_resize(table, 4, &err));
    flag->show = PP_SHOW_FLAG;
    const double numbers[] = {0.1, 1e300, -1.0 / 3, 12345678};
    static const char *const texts[] = {"plain", "a \"quote\", a comma",
                                        "línea\nnueva\t\x01", NULL};
    for (int i = 0; i < 4; i++) {
        x->number[i] = numbers[i];
        flag->number[i] = i % 2;
        assert_ok(pp_column_set_text(table, who, i, texts[i], &err));
        assert_ok(pp_column_set_level(table, where, i, i % 2 ? "KEN" : "UGA", &err));
    }
    flag->number[3] = NAN;
    return table;
}

static void written_files_read_back(void **state) {
    (void)state;
    static const char *const names[] = {"t.csv", "t.csv.gz", "t.csv.zst"};
    pp_error err = {0};
    pp_table *table = sample_table();
    const char *folder = fresh_folder();
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        char path[200];
        snprintf(path, sizeof path, "%s/new/folder/%s", folder, names[k]);
        assert_ok(pp_table_write(table, path, NULL, &err));
        pp_table *back = read_ok(path, NULL);
        assert_int_equal(pp_table_rows(back), 4);
        for (int i = 0; i < pp_table_columns(table); i++) {
            const pp_column *a = pp_table_column(table, i), *b = pp_table_column(back, i);
            assert_string_equal(a->name, b->name);
            for (int64_t row = 0; row < 4; row++) {
                assert_int_equal(pp_column_is_missing(a, row),
                                 pp_column_is_missing(b, row));
                if (a->type == PP_NUMBER && !isnan(a->number[row])) {
                    assert_true(a->number[row] == b->number[row]);
                } else if (a->type != PP_NUMBER && pp_column_get_text(a, row)) {
                    assert_string_equal(pp_column_get_text(a, row),
                                        pp_column_get_text(b, row));
                }
            }
        }
        pp_table_free(back);
    }
    pp_table_free(table);
}

static void csv_and_json_bytes(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = sample_table();
    const char *folder = fresh_folder();
    static const struct {
        const char *name, *bytes;
    } cases[] = {
        {"t.csv", "x,a flag,\"who, \"\"really\"\"\",where\n"
                  "0.1,0,plain,UGA\n"
                  "1e+300,1,\"a \"\"quote\"\", a comma\",KEN\n"
                  "-0.3333333333333333,0,\"línea\nnueva\t\x01\",UGA\n"
                  "12345678,,,KEN\n"},
        {"t.json",
         "[\n {\"x\": 0.1, \"a flag\": false, \"who, \\\"really\\\"\": \"plain\", "
         "\"where\": \"UGA\"},\n"
         " {\"x\": 1e+300, \"a flag\": true, \"who, \\\"really\\\"\": "
         "\"a \\\"quote\\\", a comma\", \"where\": \"KEN\"},\n"
         " {\"x\": -0.3333333333333333, \"a flag\": false, \"who, \\\"really\\\"\": "
         "\"línea\\u000anueva\\u0009\\u0001\", \"where\": \"UGA\"},\n"
         " {\"x\": 12345678, \"a flag\": null, \"who, \\\"really\\\"\": null, "
         "\"where\": \"KEN\"}\n]\n"},
    };
    for (size_t i = 0; i < 2; i++) {
        char path[200];
        snprintf(path, sizeof path, "%s/%s", folder, cases[i].name);
        assert_ok(pp_table_write(table, path, NULL, &err));
        pp_buf bytes;
        pp_buf_init(&bytes);
        assert_ok(pp_file_read(path, 0, &bytes, &err));
        assert_string_equal(bytes.data, cases[i].bytes);
        pp_buf_clear(&bytes);
    }
    pp_table_free(table);
}

static pp_status read_small(void *payload, pp_error *err) {
    pp_table *table;
    pp_read_options options = {.where = "a < 100"};
    pp_status status = pp_table_read(payload, &options, NULL, &table, err);
    if (status == PP_OK) {
        pp_table_free(table);
    }
    return status;
}

typedef struct writing {
    const pp_table *table;
    const char *path;
} writing;

static pp_status write_small(void *payload, pp_error *err) {
    const writing *w = payload;
    return pp_table_write(w->table, w->path, NULL, err);
}

static void failing_allocations(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    const char *path = write_text(folder, "f.csv", "a,b\n1,x\nNA,y\n");
    assert_true(fail_every_allocation(read_small, (void *)(uintptr_t)path) > 20);
    pp_table *table = sample_table();
    static const char *const names[] = {"w.csv", "w.csv.gz", "w.json"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[200];
        snprintf(name, sizeof name, "%s/%s", folder, names[i]);
        writing w = {table, name};
        assert_true(fail_every_allocation(write_small, &w) >= 2);
    }
    pp_table_free(table);
}

static void count_warnings(void *payload, pp_log_level level, const char *message) {
    int *warnings = payload;
    *warnings += level == PP_LOG_WARNING && strstr(message, "no line end") != NULL;
}

static void an_open_end_is_warned_of(void **state) {
    static const char *const TEXTS[] = {"a,b\n1,2\n", "a,b\n1,2"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        int warnings = 0;
        const pp_context ctx = {.log = count_warnings, .log_payload = &warnings};
        const char *path = write_text(fresh_folder(), "c.csv", TEXTS[i]);
        pp_table *table = NULL;
        pp_error err = {0};
        assert_ok(pp_table_read(path, NULL, &ctx, &table, &err));
        assert_int_equal(warnings, i);
        pp_table_free(table);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_end_is_warned_of),
        cmocka_unit_test(types_come_from_the_cells),
        cmocka_unit_test(text_is_kept_where_asked),
        cmocka_unit_test(forms_of_csv),
        cmocka_unit_test(names_of_columns),
        cmocka_unit_test(a_condition_chooses_rows),
        cmocka_unit_test(long_files_are_looked_at_wholly),
        cmocka_unit_test(bad_files_say_what_is_wrong),
        cmocka_unit_test(what_is_no_file),
        cmocka_unit_test(cut_packing_is_seen),
        cmocka_unit_test(written_files_read_back),
        cmocka_unit_test(csv_and_json_bytes),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
