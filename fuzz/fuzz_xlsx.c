/* A workbook with a hostile sheet, shared strings and styles, parted by zero bytes. */
#include "target.h"

#include <pushpull/io.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

static const char workbook[] =
    "<workbook><sheets><sheet name='s' r:id='x'/></sheets></workbook>";
static const char relations[] =
    "<Relationships><Relationship Id='x' Target='sheet.xml'/></Relationships>";

static void add_part(zip_t *zip, const char *name, const void *bytes, size_t n) {
    zip_source_t *source = zip_source_buffer(zip, bytes, n, 0);
    if (!source || zip_file_add(zip, name, source, 0) < 0) {
        abort();
    }
}

/* The archive goes by way of a file, since a workbook is read from a path. */
static int make_book(const uint8_t *data, size_t size, char path[64]) {
    static const char *const parts[] = {"xl/sheet.xml", "xl/sharedStrings.xml",
                                        "xl/styles.xml"};
    snprintf(path, 64, "/tmp/pushpull-fuzz-%ld.xlsx", (long)getpid());
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    if (!zip) {
        return 0;
    }
    add_part(zip, "xl/workbook.xml", workbook, sizeof workbook - 1);
    add_part(zip, "xl/_rels/workbook.xml.rels", relations, sizeof relations - 1);
    for (int i = 0; i < 3; i++) {
        const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
        size_t n = end ? (size_t)(end - data) : size;
        add_part(zip, parts[i], n ? (const void *)data : "", n);
        data += n + (end != NULL);
        size -= n + (end != NULL);
    }
    return zip_close(zip) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    pp_error err = {0};
    pp_table *table = NULL;
    if (!make_book(data, size, path)) {
        return 0;
    }
    pp_status status = pp_table_read(path, NULL, NULL, &table, &err);
    if ((status == PP_OK) != (table != NULL) || (status != PP_OK && !err.message[0])) {
        abort();
    }
    pp_table_free(table);
    unlink(path);
    return 0;
}
