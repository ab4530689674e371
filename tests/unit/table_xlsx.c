/* Workbooks made here with libzip, good and bad. */
#include "support/support.h"

#include <pushpull/io.h>
#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

static const char workbook[] =
    "<?xml version='1.0'?><workbook xmlns:r='r'><workbookPr/><sheets>"
    "<sheet name='Data &amp; more' sheetId='1' r:id='rId1'/>"
    "<sheet name='Second' sheetId='2' r:id='rId2'/></sheets></workbook>";
static const char relations[] =
    "<Relationships><Relationship Id='rId2' Target='/xl/worksheets/sheet2.xml'/>"
    "<Relationship Id='rId1' Target='worksheets/sheet1.xml'/></Relationships>";
static const char strings[] =
    "<sst><si><t>country</t></si><si><r><t>Côte </t></r><r><t>d'Ivoire</t></r>"
    "<rPh><t>no</t></rPh></si><si><t>NA</t></si><si><t xml:space='preserve'> a_x000D_b "
    "</t></si></sst>";
static const char styles[] =
    "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='[$-409]yyyy\\-mm\\-dd;@'/>"
    "<numFmt numFmtId='165' formatCode='0.0\" days\"'/></numFmts>"
    "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf "
    "numFmtId='165'/>"
    "<xf numFmtId='22'/><xf numFmtId='20'/></cellXfs></styleSheet>";
static const char second[] =
    "<worksheet><sheetData><row><c t='inlineStr'><is><t>only</t></is></c>"
    "</row><row><c><v>1</v></c></row></sheetData></worksheet>";

typedef struct part {
    const char *name, *text;
} part;

static const char *make_book(const char *folder, const char *name, const part *parts,
                             int n) {
    static char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    for (int i = 0; i < n; i++) {
        zip_source_t *source =
            zip_source_buffer(zip, parts[i].text, strlen(parts[i].text), 0);
        assert_true(zip_file_add(zip, parts[i].name, source, 0) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    return path;
}

/* A whole workbook whose first sheet holds `rows`. */
static const char *make_sheet(const char *folder, const char *rows) {
    char *sheet = malloc(strlen(rows) + 100);
    assert_non_null(sheet);
    sprintf(sheet, "<worksheet><sheetData>%s</sheetData></worksheet>", rows);
    const part parts[] = {
        {"xl/workbook.xml", workbook},       {"xl/_rels/workbook.xml.rels", relations},
        {"xl/sharedStrings.xml", strings},   {"xl/styles.xml", styles},
        {"xl/worksheets/sheet1.xml", sheet}, {"xl/worksheets/sheet2.xml", second}};
    const char *path = make_book(folder, "book.xlsx", parts, 6);
    free(sheet);
    return path;
}

#define TEXT_CELL(ref, text)           "<c r='" ref "' t='inlineStr'><is><t>" text "</t></is></c>"
#define STRING_CELL(ref, index)        "<c r='" ref "' t='s'><v>" index "</v></c>"
#define NUMBER_CELL(ref, value)        "<c r='" ref "'><v>" value "</v></c>"
#define STYLED_CELL(ref, style, value) "<c r='" ref "' s='" style "'><v>" value "</v></c>"

static const char all_kinds[] =
    "<row r='1'/>"
    "<row r='2'>" STRING_CELL("A2", "0") TEXT_CELL("B2", "n") TEXT_CELL(
        "C2", "flag") TEXT_CELL("D2", "day") TEXT_CELL("E2", "moment")
        TEXT_CELL("F2", "mixed") TEXT_CELL(
            "G2",
            "length") "</row>"
                      "<row r='3'>" STRING_CELL("A3", "1") NUMBER_CELL(
                          "B3", "1.5") "<c r='C3' t='b'><v>1</v></c>" STYLED_CELL("D3",
                                                                                  "1",
                                                                                  "43831")
                          STYLED_CELL("E3", "4", "43831.4375") NUMBER_CELL("F3", "7")
                              STYLED_CELL(
                                  "G3", "3",
                                  "2") "</row>"
                                       "<row r='4'><c r='A4' s='1'/></row>"
                                       "<row r='5'>" STRING_CELL("A5", "3") STRING_CELL(
                                           "B5",
                                           "2") "<c r='C5' "
                                                "t='b'><v>0</v></c>" STYLED_CELL(
                                                    "D5", "2",
                                                    "59") STYLED_CELL("E5", "5", "0.25")
                                                    TEXT_CELL(
                                                        "F5",
                                                        "seven") "<c r='G5' "
                                                                 "t='e'><v>#DIV/0!</v></"
                                                                 "c>" TEXT_CELL(
                                                                     "I5",
                                                                     "a note") "</row>"
                                                                               "<row "
                                                                               "r='6'"
                                                                               ">" STRING_CELL(
                                                                                   "A6",
                                                                                   "2") "<c r='B6' t='str'><f>A1</f><v></v></c></row>";

static pp_table *read_ok(const char *path, const pp_read_options *options) {
    pp_error err = {0};
    pp_table *table = NULL;
    assert_ok(pp_table_read(path, options, NULL, &table, &err));
    return table;
}

static const char *text_of(const pp_table *table, const char *name, int row) {
    return pp_table_find(table, name)->text[row];
}

static void cells_of_every_kind(void **state) {
    (void)state;
    pp_table *table = read_ok(make_sheet(fresh_folder(), all_kinds), NULL);
    assert_int_equal(pp_table_rows(table), 3);
    assert_int_equal(pp_table_columns(table), 9);
    assert_string_equal(text_of(table, "country", 0), "Côte d'Ivoire");
    assert_string_equal(text_of(table, "country", 1), " a\rb ");
    assert_string_equal(text_of(table, "country", 2), "NA");
    const pp_column *n = pp_table_find(table, "n"), *flag = pp_table_find(table, "flag");
    assert_true(n->number[0] == 1.5 && isnan(n->number[1]) && isnan(n->number[2]));
    assert_int_equal(flag->show, PP_SHOW_FLAG);
    assert_true(flag->number[0] == 1 && flag->number[1] == 0 && isnan(flag->number[2]));
    assert_string_equal(text_of(table, "day", 0), "2020-01-01");
    assert_string_equal(text_of(table, "day", 1), "1900-02-28");
    assert_string_equal(text_of(table, "moment", 0), "2020-01-01T10:30:00");
    assert_string_equal(text_of(table, "moment", 1), "06:00:00");
    assert_string_equal(text_of(table, "mixed", 0), "7");
    assert_string_equal(text_of(table, "mixed", 1), "seven");
    assert_true(pp_table_find(table, "length")->number[0] == 2);
    assert_true(isnan(pp_table_find(table, "length")->number[1]));
    assert_string_equal(text_of(table, "column9", 1), "a note");
    pp_table_free(table);
}

static void sheets_and_options(void **state) {
    (void)state;
    pp_error err = {0};
    const char *path = make_sheet(fresh_folder(), all_kinds);
    pp_read_options options = {.sheet = "Second"};
    pp_table *table = read_ok(path, &options);
    assert_true(pp_table_find(table, "only")->number[0] == 1);
    pp_table_free(table);
    options.sheet = "Third";
    assert_int_equal(pp_table_read(path, &options, NULL, &table, &err), PP_E_NOT_FOUND);
    assert_non_null(strstr(err.hint, "'Data & more', 'Second'"));
    const char *const keep[] = {"n"};
    options = (pp_read_options){
        .where = "country <> 'NA'", .text_columns = keep, .n_text_columns = 1};
    table = read_ok(path, &options);
    assert_int_equal(pp_table_rows(table), 2);
    assert_string_equal(text_of(table, "n", 0), "1.5");
    assert_string_equal(text_of(table, "n", 1), "NA");
    pp_table_free(table);
    options = (pp_read_options){.all_text = 1};
    table = read_ok(path, &options);
    assert_string_equal(text_of(table, "flag", 1), "false");
    pp_table_free(table);
}

static void dates_since_1904(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    const part parts[] = {
        {"xl/workbook.xml", "<workbook><workbookPr date1904='1'/><sheets>"
                            "<sheet name='a' r:id='x'/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<Relationships><Relationship Id='x' Target='s.xml'/>"
         "</Relationships>"},
        {"xl/styles.xml", styles},
        {"xl/s.xml", "<worksheet><row>" TEXT_CELL("A1", "d") "</row><row>" STYLED_CELL(
                         "A2", "1", "0") "</row></worksheet>"},
    };
    pp_table *table = read_ok(make_book(folder, "mac.xlsx", parts, 4), NULL);
    assert_string_equal(text_of(table, "d", 0), "1904-01-01");
    pp_table_free(table);
}

static void assert_refused(const char *path, const char *words) {
    pp_error err = {0};
    pp_table *table = NULL;
    pp_status status = pp_table_read(path, NULL, NULL, &table, &err);
    if (status != PP_E_INPUT || !strstr(err.message, words) || !err.hint[0] ||
        !err.file[0]) {
        fail_msg("[%s] %s / %s", pp_status_name(status), err.message, err.hint);
    }
    assert_null(table);
}

static void bad_sheets(void **state) {
    (void)state;
    static const struct {
        const char *rows, *words;
    } cases[] = {
        {"", "sheet is empty"},
        {"<row r='1'>" STRING_CELL("A1", "99") "</row>",
         "cell A1 names a text that is not there"},
        {"<row r='7'>" NUMBER_CELL("AB7", "12x") "</row>",
         "cell AB7 should hold a number"},
        {"<row r='1'>" NUMBER_CELL("XFE1", "1") "</row>", "no place in a sheet"},
        {"<row r='1'>" NUMBER_CELL("1", "1") "</row>", "no place in a sheet"},
        {"<row r='1'>" TEXT_CELL("A1", "x") TEXT_CELL("B1", "x") "</row>", "same name"},
        {"<row r='1'><c", "sheet1.xml"},
        {"<row r='1'>\xff</row>", "sheet1.xml"},
        {"</sheetData>", "sheet1.xml"},
    };
    const char *folder = fresh_folder();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_refused(make_sheet(folder, cases[i].rows), cases[i].words);
    }
}

static void bad_archives(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    const part letter[] = {{"word/document.xml", "<w/>"}};
    const part no_sheet[] = {{"xl/workbook.xml", workbook},
                             {"xl/_rels/workbook.xml.rels", relations}};
    const part doctype[] = {
        {"xl/workbook.xml",
         "<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'>]><workbook>&b;</workbook>"}};
    assert_refused(make_book(folder, "letter.xlsx", letter, 1), "no workbook");
    assert_refused(make_book(folder, "hollow.xlsx", no_sheet, 2), "not there");
    assert_refused(make_book(folder, "entities.xlsx", doctype, 1), "document type");
}

/* A long sheet with one cell in its last corner would be a table of 26 GB. */
static void a_cell_far_away(void **state) {
    (void)state;
    const char *folder = fresh_folder();
    pp_buf rows;
    pp_buf_init(&rows);
    for (int i = 1; i <= 200000; i++) {
        pp_buf_printf(&rows, "<row r='%d'><c r='A%d'><v>1</v></c></row>", i, i);
    }
    pp_buf_add(&rows, "<row r='200001'>" NUMBER_CELL("XFD200001", "1") "</row>");
    const char *path = make_sheet(folder, rows.data);
    pp_buf_clear(&rows);
    assert_refused(path, "all but empty");
}

static void cut_and_damaged_books(void **state) {
    (void)state;
    static unsigned char bytes[20000];
    const char *folder = fresh_folder();
    const char *path = make_sheet(folder, all_kinds);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t cut = 4; cut < n; cut += 97) {
        assert_refused(write_file(folder, "cut.xlsx", bytes, cut), "");
    }
    for (size_t at = 0; at < n; at += 13) {
        pp_error err = {0};
        pp_table *table = NULL;
        bytes[at] ^= 0x55;
        pp_status status = pp_table_read(write_file(folder, "hit.xlsx", bytes, n), NULL,
                                         NULL, &table, &err);
        assert_true(status == PP_OK || (err.message[0] && err.hint[0]));
        pp_table_free(table);
        bytes[at] ^= 0x55;
    }
}

static pp_status read_book(void *payload, pp_error *err) {
    pp_table *table = NULL;
    pp_status status = pp_table_read(payload, NULL, NULL, &table, err);
    pp_table_free(table);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    const char *path = make_sheet(fresh_folder(), all_kinds);
    assert_true(fail_every_allocation(read_book, (void *)(uintptr_t)path) > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_of_every_kind),   cmocka_unit_test(sheets_and_options),
        cmocka_unit_test(dates_since_1904),      cmocka_unit_test(bad_sheets),
        cmocka_unit_test(bad_archives),          cmocka_unit_test(a_cell_far_away),
        cmocka_unit_test(cut_and_damaged_books), cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
