/* The parts of an Excel workbook (ECMA-376), for the files that read one. */
#ifndef PP_TABLE_XLSX_H
#define PP_TABLE_XLSX_H

#include <pushpull/context.h>
#include <pushpull/text.h>
#include <zip.h>

typedef enum pp__xlsx_style {
    PP__XLSX_NUMBER,
    PP__XLSX_DATE,
    PP__XLSX_TIME
} pp__xlsx_style;

typedef struct pp__xlsx {
    const char *path;
    zip_t *zip;
    int64_t unpacked; /* bytes so far, over all parts */
    pp_arena arena;   /* texts */
    const char **strings;
    int64_t n_strings, strings_capacity;
    unsigned char *styles; /* pp__xlsx_style by the s attribute of a cell */
    int64_t n_styles;
    int starts_1904;
} pp__xlsx;

/* Opens the archive and reads the shared strings and the styles. */
pp_status pp__xlsx_open(const char *path, pp__xlsx *book, pp_error *err);
void pp__xlsx_close(pp__xlsx *book);
/* The part that holds a sheet: the one of that name, or the first for NULL. */
pp_status pp__xlsx_find_sheet(pp__xlsx *book, const char *sheet, char part[256],
                              pp_error *err);

/* What a part's elements are given to; names come without their prefix. `text` gets the
   characters of the elements for which `begin` asked by setting *wants_text. */
typedef struct pp__xml_handler {
    pp_status (*begin)(void *payload, const char *element, const char **attributes,
                       int *wants_text, pp_error *err);
    pp_status (*end)(void *payload, const char *element, const char *text, pp_error *err);
    void *payload;
} pp__xml_handler;

/* Parses one part. A part that is missing is PP_E_NOT_FOUND. */
pp_status pp__xlsx_parse(pp__xlsx *book, const char *part, const pp__xml_handler *handler,
                         pp_error *err);
/* The value of an attribute, with or without a prefix; NULL when there is none. */
const char *pp__xml_attribute(const char **attributes, const char *name);

#endif
