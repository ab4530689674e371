/* A workbook around its sheets: their list, the shared strings, which styles are dates.
 */
#include "base/check.h"
#include "table/xlsx.h"

#include <stdio.h>
#include <string.h>

enum { PARTS_LIMIT = 10000, CUSTOM_FORMATS_LIMIT = 4096 };

static pp_status not_a_workbook(pp__xlsx *book, const char *what, pp_error *err) {
    pp_error_set(err, PP_E_INPUT, "%s", what);
    pp_error_locate(err, book->path, 0, NULL, NULL);
    pp_error_hint(err,
                  "if it opens in a spreadsheet program, save it again as .xlsx; if not, "
                  "it was cut off or damaged: fetch it again");
    return PP_E_INPUT;
}

static pp_status add_string(pp__xlsx *book, const char *text, pp_error *err) {
    if (book->n_strings == book->strings_capacity) {
        int64_t capacity = book->strings_capacity ? book->strings_capacity * 2 : 256;
        const char **grown = pp_realloc(book->strings, capacity, sizeof *grown);
        PP_NEED(grown, err);
        book->strings = grown;
        book->strings_capacity = capacity;
    }
    const char *copy = pp_arena_strdup(&book->arena, text);
    PP_NEED(copy, err);
    book->strings[book->n_strings++] = copy;
    return PP_OK;
}

typedef struct string_reader {
    pp__xlsx *book;
    pp_buf text;      /* of the item, its runs joined */
    int in_phonetics; /* rPh: how it is pronounced, no part of the text */
} string_reader;

static pp_status begin_string(void *payload, const char *element, const char **attributes,
                              int *wants_text, pp_error *err) {
    (void)attributes, (void)err;
    string_reader *r = payload;
    if (strcmp(element, "si") == 0) {
        r->text.length = 0;
    } else if (strcmp(element, "rPh") == 0) {
        r->in_phonetics = 1;
    } else if (strcmp(element, "t") == 0) {
        *wants_text = !r->in_phonetics;
    }
    return PP_OK;
}

static pp_status end_string(void *payload, const char *element, const char *text,
                            pp_error *err) {
    string_reader *r = payload;
    if (strcmp(element, "t") == 0) {
        pp_buf_add(&r->text, text);
    } else if (strcmp(element, "rPh") == 0) {
        r->in_phonetics = 0;
    } else if (strcmp(element, "si") == 0) {
        PP_TRY(pp_buf_check(&r->text, err));
        return add_string(r->book, r->text.length ? r->text.data : "", err);
    }
    return PP_OK;
}

static pp_status read_strings(pp__xlsx *book, pp_error *err) {
    string_reader reader = {.book = book};
    pp_buf_init(&reader.text);
    pp__xml_handler handler = {begin_string, end_string, &reader};
    pp_status status = pp__xlsx_parse(book, "xl/sharedStrings.xml", &handler, err);
    pp_buf_clear(&reader.text);
    return status == PP_E_NOT_FOUND ? PP_OK : status;
}

/* Which of y m d h s a format shows, outside quotes, brackets and escapes. */
static pp__xlsx_style style_of_code(const char *code) {
    int day = 0, hour = 0, month = 0;
    for (const char *c = code; *c && *c != ';'; c++) {
        if (*c == '"' || *c == '[') {
            const char *end = strchr(c + 1, *c == '"' ? '"' : ']');
            if (!end) {
                break;
            }
            c = end;
        } else if ((*c == '\\' || *c == '_' || *c == '*') && c[1]) {
            c++;
        } else {
            day |= strchr("yYdD", *c) != NULL;
            month |= strchr("mM", *c) != NULL;
            hour |= strchr("hHsS", *c) != NULL;
        }
    }
    return day || (month && !hour) ? PP__XLSX_DATE
           : hour                  ? PP__XLSX_TIME
                                   : PP__XLSX_NUMBER;
}

/* ECMA-376 part 1, 18.8.30: the formats that every program knows. */
static pp__xlsx_style style_of_id(int64_t id) {
    return id >= 18 && id <= 21 ? PP__XLSX_TIME
           : (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)
               ? PP__XLSX_DATE
           : id >= 45 && id <= 47 ? PP__XLSX_TIME
                                  : PP__XLSX_NUMBER;
}

typedef struct style_reader {
    pp__xlsx *book;
    int in_cell_formats;
    int64_t capacity, n_custom;
    struct {
        int64_t id;
        pp__xlsx_style style;
    } custom[CUSTOM_FORMATS_LIMIT];
} style_reader;

static int64_t whole(const char *text) {
    int64_t value;
    return text && pp_parse_integer(text, &value) ? value : -1;
}

static pp_status add_style(style_reader *r, int64_t id, pp_error *err) {
    pp__xlsx *book = r->book;
    if (book->n_styles == r->capacity) {
        r->capacity = r->capacity ? r->capacity * 2 : 64;
        unsigned char *grown = pp_realloc(book->styles, r->capacity, 1);
        PP_NEED(grown, err);
        book->styles = grown;
    }
    pp__xlsx_style style = style_of_id(id);
    for (int64_t i = 0; i < r->n_custom; i++) {
        style = r->custom[i].id == id ? r->custom[i].style : style;
    }
    book->styles[book->n_styles++] = (unsigned char)style;
    return PP_OK;
}

static pp_status begin_style(void *payload, const char *element, const char **attributes,
                             int *wants_text, pp_error *err) {
    (void)wants_text;
    style_reader *r = payload;
    int64_t id = whole(pp__xml_attribute(attributes, "numFmtId"));
    if (strcmp(element, "numFmt") == 0 && r->n_custom < CUSTOM_FORMATS_LIMIT) {
        const char *code = pp__xml_attribute(attributes, "formatCode");
        r->custom[r->n_custom].id = id;
        r->custom[r->n_custom++].style = style_of_code(code ? code : "");
    } else if (strcmp(element, "cellXfs") == 0) {
        r->in_cell_formats = 1;
    } else if (strcmp(element, "xf") == 0 && r->in_cell_formats) {
        return add_style(r, id, err);
    }
    return PP_OK;
}

static pp_status end_style(void *payload, const char *element, const char *text,
                           pp_error *err) {
    (void)text, (void)err;
    style_reader *r = payload;
    if (strcmp(element, "cellXfs") == 0) {
        r->in_cell_formats = 0;
    }
    return PP_OK;
}

static pp_status read_styles(pp__xlsx *book, pp_error *err) {
    style_reader *reader = pp_calloc(1, sizeof *reader);
    PP_NEED(reader, err);
    reader->book = book;
    pp__xml_handler handler = {begin_style, end_style, reader};
    pp_status status = pp__xlsx_parse(book, "xl/styles.xml", &handler, err);
    pp_free(reader);
    return status == PP_E_NOT_FOUND ? PP_OK : status;
}

pp_status pp__xlsx_open(const char *path, pp__xlsx *book, pp_error *err) {
    int code = 0;
    *book = (pp__xlsx){.path = path};
    pp_arena_init(&book->arena);
    book->zip = zip_open(path, ZIP_RDONLY, &code);
    if (!book->zip) {
        return code == ZIP_ER_MEMORY
                   ? pp_error_set(err, PP_E_MEMORY, "out of memory")
                   : not_a_workbook(book, "the file is no whole workbook", err);
    }
    if (zip_get_num_entries(book->zip, 0) > PARTS_LIMIT) {
        return not_a_workbook(book, "the workbook has more than 10,000 parts", err);
    }
    PP_TRY(read_strings(book, err));
    return read_styles(book, err);
}

void pp__xlsx_close(pp__xlsx *book) {
    if (book->zip) {
        zip_discard(book->zip);
    }
    pp_free(book->strings);
    pp_free(book->styles);
    pp_arena_clear(&book->arena);
}

typedef struct sheet_reader {
    pp__xlsx *book;
    const char *wanted; /* NULL: the first */
    char id[64];        /* of its relation; "" until it is found */
    char part[256];
    pp_buf names;
} sheet_reader;

static pp_status begin_sheet(void *payload, const char *element, const char **attributes,
                             int *wants_text, pp_error *err) {
    (void)wants_text, (void)err;
    sheet_reader *r = payload;
    if (strcmp(element, "workbookPr") == 0) {
        const char *value = pp__xml_attribute(attributes, "date1904");
        r->book->starts_1904 = value && (*value == '1' || *value == 't');
    } else if (strcmp(element, "sheet") == 0) {
        const char *name = pp__xml_attribute(attributes, "name");
        const char *id = pp__xml_attribute(attributes, "id");
        if (!name || !id) {
            return PP_OK;
        }
        pp_buf_printf(&r->names, "%s'%s'", r->names.length ? ", " : "", name);
        if (!r->id[0] && (!r->wanted || strcmp(r->wanted, name) == 0)) {
            snprintf(r->id, sizeof r->id, "%s", id);
        }
    }
    return PP_OK;
}

static pp_status begin_relation(void *payload, const char *element,
                                const char **attributes, int *wants_text, pp_error *err) {
    (void)wants_text, (void)err;
    sheet_reader *r = payload;
    const char *id = pp__xml_attribute(attributes, "Id");
    const char *target = pp__xml_attribute(attributes, "Target");
    if (strcmp(element, "Relationship") == 0 && id && target && strcmp(id, r->id) == 0) {
        snprintf(r->part, sizeof r->part, "%s%s", *target == '/' ? "" : "xl/",
                 *target == '/' ? target + 1 : target);
    }
    return PP_OK;
}

static pp_status end_nothing(void *payload, const char *element, const char *text,
                             pp_error *err) {
    (void)payload, (void)element, (void)text, (void)err;
    return PP_OK;
}

static pp_status find_part(sheet_reader *r, pp_error *err) {
    pp__xml_handler sheets = {begin_sheet, end_nothing, r};
    pp_status status = pp__xlsx_parse(r->book, "xl/workbook.xml", &sheets, err);
    if (status == PP_E_NOT_FOUND) {
        return not_a_workbook(r->book, "the file is an archive, but no workbook", err);
    }
    PP_TRY(status);
    PP_TRY(pp_buf_check(&r->names, err));
    if (!r->id[0]) {
        pp_error_set(err, PP_E_NOT_FOUND, "there is no sheet '%s'",
                     r->wanted ? r->wanted : "");
        pp_error_locate(err, r->book->path, 0, NULL, NULL);
        pp_error_hint(err, "the sheets are: %s",
                      r->names.length ? r->names.data : "(none)");
        return PP_E_NOT_FOUND;
    }
    pp__xml_handler relations = {begin_relation, end_nothing, r};
    status = pp__xlsx_parse(r->book, "xl/_rels/workbook.xml.rels", &relations, err);
    if (status == PP_E_NOT_FOUND || (status == PP_OK && !r->part[0])) {
        return not_a_workbook(r->book, "the workbook does not say where its sheet is",
                              err);
    }
    return status;
}

pp_status pp__xlsx_find_sheet(pp__xlsx *book, const char *sheet, char part[256],
                              pp_error *err) {
    sheet_reader reader = {.book = book, .wanted = sheet};
    pp_buf_init(&reader.names);
    pp_status status = find_part(&reader, err);
    pp_buf_clear(&reader.names);
    memcpy(part, reader.part, sizeof reader.part);
    return status;
}
