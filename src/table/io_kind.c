/* What a file is: by its name, and by its first bytes. */
#include "base/check.h"
#include "table/io.h"

#include <string.h>
#include <strings.h>

enum { HEAD = 4096 };

static const struct {
    const char *name, *words, *endings;
} kinds[PP__KIND_COUNT] = {
    [PP__CSV] = {"csv", "CSV text", ".csv.tsv.tab.txt"},
    [PP__JSON] = {"json", "JSON", ".json.ndjson.jsonl"},
    [PP__PARQUET] = {"parquet", "a Parquet file", ".parquet"},
    [PP__DTA] = {"dta", "a Stata file", ".dta"},
    [PP__SAV] = {"sav", "an SPSS file", ".sav.zsav"},
    [PP__POR] = {"por", "an SPSS portable file", ".por"},
    [PP__SAS7BDAT] = {"sas7bdat", "a SAS data set", ".sas7bdat"},
    [PP__XPT] = {"xpt", "a SAS transport file", ".xpt"},
    [PP__XLSX] = {"xlsx", "an Excel workbook", ".xlsx.xlsm"},
};

const char *pp__packing_name(pp__packing packing) {
    return packing == PP__GZIP ? "gzip" : packing == PP__ZSTD ? "zstd" : "uncompressed";
}

/* 1 when `ending` (of n bytes, with its point) is in a list such as ".csv.tsv". */
static int in_list(const char *list, const char *ending, size_t n) {
    while (*list) {
        size_t width = 1 + strcspn(list + 1, ".");
        if (width == n && strncasecmp(list, ending, n) == 0) {
            return 1;
        }
        list += width;
    }
    return 0;
}

/* The last ending of the first n bytes of a name, with its point, and its length. */
static size_t last_ending(const char *name, size_t n, const char **ending) {
    size_t i = n;
    while (i > 0 && name[i - 1] != '.' && name[i - 1] != '/') {
        i--;
    }
    *ending = name + (i > 0 ? i - 1 : 0);
    return i > 0 && name[i - 1] == '.' ? n - i + 1 : 0;
}

static pp_status kind_of_format(const char *format, pp__kind *out, pp_error *err) {
    const char *names[PP__KIND_COUNT];
    for (int i = 0; i < PP__KIND_COUNT; i++) {
        names[i] = kinds[i].name;
        if (strcmp(format, names[i]) == 0) {
            *out = (pp__kind)i;
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no format '%s'", format);
    const char *nearest = pp_text_nearest(format, names, PP__KIND_COUNT);
    pp_error_hint(err,
                  nearest
                      ? "did you mean '%s'?"
                      : "use csv, parquet, json, dta, sav, por, sas7bdat, xpt or xlsx",
                  nearest);
    return PP_E_ARGUMENT;
}

pp_status pp__file_by_name(const char *path, const char *format, pp__file *out,
                           pp_error *err) {
    const char *ending;
    size_t n = strlen(path), width = last_ending(path, n, &ending);
    *out = (pp__file){.path = path, .packing = PP__PLAIN};
    if (in_list(".gz", ending, width) || in_list(".zst", ending, width)) {
        out->packing = in_list(".gz", ending, width) ? PP__GZIP : PP__ZSTD;
        n -= width;
        width = last_ending(path, n, &ending);
    }
    if (format) {
        PP_TRY(kind_of_format(format, &out->kind, err));
    } else {
        int i = 0;
        while (i < PP__KIND_COUNT &&
               !(width && in_list(kinds[i].endings, ending, width))) {
            i++;
        }
        if (i == PP__KIND_COUNT) {
            pp_error_set(err, PP_E_ARGUMENT,
                         "the name's ending says no format that we know");
            pp_error_locate(err, path, 0, NULL, NULL);
            pp_error_hint(
                err, "known are .csv, .tsv, .json (each also .gz and .zst), .parquet, "
                     ".xlsx, .dta, .sav, .zsav, .por, .sas7bdat and .xpt");
            return PP_E_ARGUMENT;
        }
        out->kind = (pp__kind)i;
    }
    if (out->packing != PP__PLAIN && out->kind != PP__CSV && out->kind != PP__JSON) {
        pp_error_set(err, PP_E_UNSUPPORTED, "%s must not be compressed once more",
                     kinds[out->kind].words);
        pp_error_locate(err, path, 0, NULL, NULL);
        pp_error_hint(err, "unpack it first, with %s",
                      out->packing == PP__GZIP ? "gunzip" : "unzstd");
        return PP_E_UNSUPPORTED;
    }
    return PP_OK;
}

/* What the first bytes tell: a kind, or something that we do not read with words for it.
 */
typedef struct content {
    int kind; /* -1: none of ours */
    const char *words, *hint;
} content;

static const struct {
    const char *bytes;
    size_t n;
    content is;
} magics[] = {
    {"PAR1", 4, {PP__PARQUET, NULL, NULL}},
    {"<stata_dta>", 11, {PP__DTA, NULL, NULL}},
    {"$FL2", 4, {PP__SAV, NULL, NULL}},
    {"$FL3", 4, {PP__SAV, NULL, NULL}},
    {"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60", 16, {PP__SAS7BDAT, NULL, NULL}},
    {"HEADER RECORD*******LIB", 23, {PP__XPT, NULL, NULL}},
    {"\x1f\x8b",
     2,
     {-1, "gzip-compressed data", "add .gz to its name, or unpack it with gunzip"}},
    {"\x28\xb5\x2f\xfd",
     4,
     {-1, "zstd-compressed data", "add .zst to its name, or unpack it with unzstd"}},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
     8,
     {-1, "an old Excel workbook (.xls)",
      "open it and save it as .xlsx or as CSV UTF-8"}},
    {"SQLite format 3",
     16,
     {-1, "an SQLite database", "an evidence store is opened with --store"}},
    {"%PDF-",
     5,
     {-1, "a PDF document", "a table in it has to be copied into a CSV file"}},
    {"<!DOCTYPE",
     9,
     {-1, "a web page", "the page was saved in place of the data file behind it"}},
    {"<!doctype",
     9,
     {-1, "a web page", "the page was saved in place of the data file behind it"}},
    {"<html",
     5,
     {-1, "a web page", "the page was saved in place of the data file behind it"}},
    {"<?xml", 5, {-1, "XML", "export it as CSV"}},
    {"\xff\xfe\0\0", 4, {-1, "UTF-32 text", "convert it: iconv -f UTF-32 -t UTF-8"}},
    {"\xff\xfe", 2, {-1, "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"}},
    {"\xfe\xff", 2, {-1, "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"}},
};

/* Stata's older formats begin with their number, the byte order and 1. */
static int is_old_stata(const unsigned char *head, int64_t n) {
    return n > 4 && head[0] >= 104 && head[0] <= 115 && (head[1] == 1 || head[1] == 2) &&
           head[2] == 1 && head[3] == 0;
}

static content zip_content(const unsigned char *head, int64_t n) {
    static const char ods[] = "application/vnd.oasis";
    if (n > 64 && memcmp(head + 30, "mimetype", 8) == 0 &&
        memcmp(head + 38, ods, sizeof ods - 1) == 0) {
        return (content){-1, "an OpenDocument file", "save it as .xlsx or as CSV UTF-8"};
    }
    return (content){PP__XLSX, NULL, NULL};
}

static int64_t skip_space(const unsigned char *head, int64_t i, int64_t n) {
    while (i < n && memchr(" \t\r\n", head[i], 4)) {
        i++;
    }
    return i;
}

/* An object, or an array of objects or arrays. */
static int looks_like_json(const unsigned char *head, int64_t n) {
    int64_t i =
        skip_space(head, n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, n);
    int64_t next = skip_space(head, i + 1, n);
    if (next >= n) {
        return 0;
    }
    return (head[i] == '{' && (head[next] == '"' || head[next] == '}')) ||
           (head[i] == '[' && memchr("[{]", head[next], 3));
}

static content look(const unsigned char *head, int64_t n) {
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (n >= (int64_t)magics[i].n &&
            memcmp(head, magics[i].bytes, magics[i].n) == 0) {
            return magics[i].is;
        }
    }
    if (n >= 4 && memcmp(head, "PK\3\4", 4) == 0) {
        return zip_content(head, n);
    }
    if (is_old_stata(head, n)) {
        return (content){PP__DTA, NULL, NULL};
    }
    if (memchr(head, 0, (size_t)n)) {
        return (content){-1, "binary data", "give the file the ending of what it is"};
    }
    return (content){looks_like_json(head, n) ? PP__JSON : PP__CSV, NULL, NULL};
}

static pp_status read_head(const pp__file *file, unsigned char *head, int64_t *n,
                           pp_error *err) {
    pp__stream *stream;
    PP_TRY(pp__stream_open(file->path, file->packing, &stream, err));
    pp_status status = PP_OK;
    int64_t got = 1;
    for (*n = 0; status == PP_OK && got > 0 && *n < HEAD; *n += got) {
        status = pp__stream_read(stream, head + *n, HEAD - *n, &got, err);
        got = status == PP_OK ? got : 0;
    }
    pp__stream_close(stream);
    return status;
}

/* `is`: what it turned out to be. A portable SPSS file is text, without a sure mark. */
static int agrees(pp__kind kind, content is) {
    return is.kind == (int)kind || (kind == PP__POR && is.kind == PP__CSV);
}

pp_status pp__file_check_content(const pp__file *file, pp_error *err) {
    unsigned char head[HEAD];
    int64_t n;
    PP_TRY(read_head(file, head, &n, err));
    if (n == 0) {
        pp_error_set(err, PP_E_INPUT, "the file is empty; %s was expected",
                     kinds[file->kind].words);
        pp_error_locate(err, file->path, 0, NULL, NULL);
        pp_error_hint(err, "fetch or export it again");
        return PP_E_INPUT;
    }
    content is = look(head, n);
    if (agrees(file->kind, is)) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_INPUT, "the file holds %s; %s was expected",
                 is.kind >= 0 ? kinds[is.kind].words : is.words, kinds[file->kind].words);
    pp_error_locate(err, file->path, 0, NULL, NULL);
    if (is.kind >= 0) {
        pp_error_hint(err, "give it the ending .%s, or say that its format is %s",
                      kinds[is.kind].name, kinds[is.kind].name);
    } else {
        pp_error_hint(err, "%s", is.hint);
    }
    return PP_E_INPUT;
}

/* Reads to the very end; the first and the last byte that are no white space. */
static pp_status read_to_end(const pp__file *file, char *first, char *last,
                             pp_error *err) {
    pp__stream *stream;
    char block[1 << 15];
    int64_t n = 1;
    PP_TRY(pp__stream_open(file->path, file->packing, &stream, err));
    pp_status status = PP_OK;
    while (status == PP_OK && n > 0) {
        status = pp__stream_read(stream, (unsigned char *)block, sizeof block, &n, err);
        for (int64_t i = 0; status == PP_OK && i < n; i++) {
            if (!memchr(" \t\r\n", block[i], 4)) {
                *first = *first ? *first : block[i];
                *last = block[i];
            }
        }
    }
    pp__stream_close(stream);
    return status;
}

pp_status pp__file_check_end(const pp__file *file, pp_error *err) {
    if (file->packing == PP__PLAIN && file->kind != PP__JSON) {
        return PP_OK;
    }
    char first = 0, last = 0;
    PP_TRY(read_to_end(file, &first, &last, err));
    if (file->kind == PP__JSON && last != (first == '[' ? ']' : '}')) {
        pp_error_set(err, PP_E_INPUT, "the JSON ends too early: the file was cut off");
        pp_error_locate(err, file->path, 0, NULL, NULL);
        pp_error_hint(err, "fetch or export it again");
        return PP_E_INPUT;
    }
    return PP_OK;
}
