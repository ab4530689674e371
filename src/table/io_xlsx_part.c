/* One part of a workbook: from the archive through expat to a handler, within limits. */
#include "base/check.h"
#include "table/xlsx.h"

#include <expat.h>
#include <string.h>

/* A workbook of a few kilobytes can unpack to terabytes. */
#define UNPACKED_LIMIT (INT64_C(2) << 30)
enum { BLOCK = 1 << 16 };

typedef struct parse {
    const pp__xlsx *book;
    const char *part;
    XML_Parser parser;
    const pp__xml_handler *handler;
    pp_buf text;
    int wants_text;
    pp_status status;
    pp_error *err;
} parse;

static void *xml_malloc(size_t n) {
    return pp_malloc((int64_t)n, 1);
}

static void *xml_realloc(void *old, size_t n) {
    return pp_realloc(old, (int64_t)n, 1);
}

static const char *without_prefix(const char *name) {
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *pp__xml_attribute(const char **attributes, const char *name) {
    for (; *attributes; attributes += 2) {
        if (strcmp(without_prefix(attributes[0]), name) == 0) {
            return attributes[1];
        }
    }
    return NULL;
}

static void settle(parse *p, pp_status status) {
    if (status != PP_OK && p->status == PP_OK) {
        p->status = status;
        XML_StopParser(p->parser, XML_FALSE);
    }
}

static void XMLCALL begin_element(void *payload, const char *name,
                                  const char **attributes) {
    parse *p = payload;
    p->text.length = 0;
    p->wants_text = 0;
    settle(p, p->handler->begin(p->handler->payload, without_prefix(name), attributes,
                                &p->wants_text, p->err));
}

static void XMLCALL end_element(void *payload, const char *name) {
    parse *p = payload;
    pp_status status = pp_buf_check(&p->text, p->err);
    if (status == PP_OK) {
        const char *text = p->wants_text && p->text.length ? p->text.data : "";
        status = p->handler->end(p->handler->payload, without_prefix(name), text, p->err);
    }
    p->wants_text = 0;
    p->text.length = 0;
    settle(p, status);
}

static void XMLCALL take_text(void *payload, const char *text, int n) {
    parse *p = payload;
    if (p->wants_text) {
        pp_buf_add_bytes(&p->text, text, n);
    }
}

static pp_status damaged(const pp__xlsx *book, const char *part, const char *what,
                         pp_error *err) {
    pp_error_set(err, PP_E_INPUT, "%s in the workbook: %s", part, what);
    pp_error_locate(err, book->path, 0, NULL, NULL);
    pp_error_hint(err, "open it in a spreadsheet program and save it again");
    return PP_E_INPUT;
}

/* A workbook declares no entities of its own. */
static void XMLCALL refuse_doctype(void *payload, const char *name, const char *system_id,
                                   const char *public_id, int has_internal) {
    (void)name, (void)system_id, (void)public_id, (void)has_internal;
    parse *p = payload;
    settle(p, damaged(p->book, p->part, "it declares a document type", p->err));
}

static pp_status feed(pp__xlsx *book, const char *part, zip_file_t *file, parse *p,
                      pp_error *err) {
    for (int64_t n = 1; n > 0;) {
        void *block = XML_GetBuffer(p->parser, BLOCK);
        PP_NEED(block, err);
        n = zip_fread(file, block, BLOCK);
        if (n < 0) {
            return damaged(book, part, "its data are cut off or damaged", err);
        }
        book->unpacked += n;
        if (book->unpacked > UNPACKED_LIMIT) {
            return damaged(book, part, "it unpacks to more than 2 GB", err);
        }
        if (XML_ParseBuffer(p->parser, (int)n, n == 0) != XML_STATUS_OK) {
            enum XML_Error code = XML_GetErrorCode(p->parser);
            if (p->status != PP_OK) {
                return p->status;
            }
            if (code == XML_ERROR_NO_MEMORY) {
                PP_FAIL(err, PP_E_MEMORY, "out of memory");
            }
            return damaged(book, part, XML_ErrorString(code), err);
        }
    }
    return PP_OK;
}

pp_status pp__xlsx_parse(pp__xlsx *book, const char *part, const pp__xml_handler *handler,
                         pp_error *err) {
    static const XML_Memory_Handling_Suite memory = {xml_malloc, xml_realloc, pp_free};
    zip_file_t *file = zip_fopen(book->zip, part, 0);
    if (!file) {
        int is_missing = zip_error_code_zip(zip_get_error(book->zip)) == ZIP_ER_NOENT;
        damaged(book, part, is_missing ? "it is not there" : "it cannot be unpacked",
                err);
        return is_missing ? PP_E_NOT_FOUND : PP_E_INPUT;
    }
    parse p = {.book = book, .part = part, .handler = handler, .err = err};
    pp_buf_init(&p.text);
    p.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    pp_status status = PP_OK;
    if (p.parser) {
        XML_SetUserData(p.parser, &p);
        XML_SetElementHandler(p.parser, begin_element, end_element);
        XML_SetCharacterDataHandler(p.parser, take_text);
        XML_SetStartDoctypeDeclHandler(p.parser, refuse_doctype);
        status = feed(book, part, file, &p, err);
        XML_ParserFree(p.parser);
    } else {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp_buf_clear(&p.text);
    zip_fclose(file);
    return status;
}
