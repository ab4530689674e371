/* CSV, strictly after RFC 4180. DuckDB reads the data; this reads the header, and says
   exactly what is wrong with a file that DuckDB refuses. */
#include "base/check.h"
#include "table/io.h"

#include <string.h>

enum { BLOCK = 1 << 16 };

struct pp__csv {
    const pp__file *file;
    pp__stream *stream;
    int64_t at, n; /* what of `block` is still to be read */
    int64_t line, record_line, quote_line;
    char delimiter;
    char line_end; /* of the first line: '\n', '\r', or 'w' for both; 0: not seen yet */
    pp_buf text;   /* fields of the record, each with a zero after it */
    pp_buf starts; /* int64_t: where each begins in `text` */
    const char **fields;
    int64_t capacity;
    unsigned char block[BLOCK];
};

char pp__csv_delimiter(const pp__csv *csv) {
    return csv->delimiter;
}

int64_t pp__csv_line(const pp__csv *csv) {
    return csv->record_line;
}

void pp__csv_close(pp__csv *csv) {
    if (csv) {
        pp__stream_close(csv->stream);
        pp_buf_clear(&csv->text);
        pp_buf_clear(&csv->starts);
        pp_free(csv->fields);
        pp_free(csv);
    }
}

static pp_status fail(const pp__csv *csv, int64_t line, const char *value,
                      const char *what, const char *hint, pp_error *err) {
    pp_error_set(err, PP_E_INPUT, "%s", what);
    pp_error_locate(err, csv->file->path, line, NULL, value);
    pp_error_hint(err, "%s", hint);
    return PP_E_INPUT;
}

/* The next byte without using it; -1 at the end of the file. */
static pp_status peek(pp__csv *csv, int *c, pp_error *err) {
    if (csv->at == csv->n) {
        csv->at = 0;
        PP_TRY(pp__stream_read(csv->stream, csv->block, BLOCK, &csv->n, err));
    }
    *c = csv->n > 0 ? csv->block[csv->at] : -1;
    return PP_OK;
}

/* The most frequent of , ; tab and | outside quotes in the first line; else a comma. */
static char find_delimiter(const unsigned char *bytes, int64_t n) {
    static const char candidates[] = ",;\t|";
    int64_t counts[4] = {0};
    int quoted = 0, best = 0;
    for (int64_t i = 0; i < n && (quoted || (bytes[i] != '\n' && bytes[i] != '\r'));
         i++) {
        const char *found = bytes[i] ? strchr(candidates, bytes[i]) : NULL;
        if (bytes[i] == '"') {
            quoted = !quoted;
        } else if (found && !quoted) {
            counts[found - candidates]++;
        }
    }
    for (int i = 1; i < 4; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return candidates[best];
}

static pp_status start(pp__csv *csv, pp_error *err) {
    int c;
    PP_TRY(pp__stream_open(csv->file->path, csv->file->packing, &csv->stream, err));
    PP_TRY(peek(csv, &c, err));
    if (csv->n >= 3 && memcmp(csv->block, "\xef\xbb\xbf", 3) == 0) {
        csv->at = 3;
    }
    csv->delimiter = find_delimiter(csv->block + csv->at, csv->n - csv->at);
    return PP_OK;
}

pp_status pp__csv_open(const pp__file *file, pp__csv **out, pp_error *err) {
    pp__csv *csv = pp_calloc(1, sizeof *csv);
    PP_NEED(csv, err);
    csv->file = file;
    csv->line = 1;
    pp_buf_init(&csv->text);
    pp_buf_init(&csv->starts);
    pp_status status = start(csv, err);
    if (status != PP_OK) {
        pp__csv_close(csv);
        return status;
    }
    *out = csv;
    return PP_OK;
}

static pp_status end_line(pp__csv *csv, int c, pp_error *err) {
    char end = (char)c;
    int next;
    if (c == '\r') {
        PP_TRY(peek(csv, &next, err));
        if (next == '\n') {
            csv->at++;
            end = 'w';
        }
    }
    if (csv->line_end && csv->line_end != end) {
        return fail(csv, csv->line, NULL, "the line ends differently from the first line",
                    "the file mixes line ends of Windows and of Unix; make them alike: "
                    "sed -i 's/\\r$//' FILE",
                    err);
    }
    csv->line_end = end;
    csv->line++;
    return PP_OK;
}

static void begin_field(pp__csv *csv) {
    int64_t start_at = csv->text.length;
    pp_buf_add_bytes(&csv->starts, &start_at, sizeof start_at);
}

/* The bytes up to the closing quote; the opening one has been read. */
static pp_status read_quoted(pp__csv *csv, pp_error *err) {
    int c;
    csv->quote_line = csv->line;
    for (;;) {
        PP_TRY(peek(csv, &c, err));
        if (c < 0) {
            return fail(
                csv, csv->quote_line, NULL,
                "a quoted cell begins here and its closing quote never comes",
                "close the quote; if the file was cut off, fetch or export it again",
                err);
        }
        csv->at++;
        if (c == '"') {
            PP_TRY(peek(csv, &c, err));
            if (c != '"') {
                return PP_OK;
            }
            csv->at++;
        }
        int next = 0;
        if (c == '\r') {
            PP_TRY(peek(csv, &next, err));
        }
        csv->line += c == '\n' || (c == '\r' && next != '\n');
        pp_buf_add_char(&csv->text, (char)c);
    }
}

/* One field, and what ended it: the delimiter, a line's end, or -1. */
static pp_status read_field(pp__csv *csv, int *ended_by, pp_error *err) {
    int c, quoted = 0;
    begin_field(csv);
    PP_TRY(peek(csv, &c, err));
    if (c == '"') {
        csv->at++;
        quoted = 1;
        PP_TRY(read_quoted(csv, err));
    }
    for (;;) {
        PP_TRY(peek(csv, &c, err));
        if (c < 0 || c == csv->delimiter || c == '\n' || c == '\r') {
            break;
        }
        if (quoted) {
            return fail(
                csv, csv->line, NULL, "there is text after a cell's closing quote",
                c == ' ' ? "are the cells parted by spaces? write the file with commas"
                         : "a quote inside a quoted cell is written twice: "
                           "\"a \"\"b\"\" c\"",
                err);
        }
        csv->at++;
        pp_buf_add_char(&csv->text, (char)c);
    }
    pp_buf_add_char(&csv->text, '\0');
    csv->at += c >= 0;
    *ended_by = c;
    return PP_OK;
}

static pp_status read_record(pp__csv *csv, int64_t *n, pp_error *err) {
    int c = 0;
    csv->text.length = csv->starts.length = 0;
    csv->record_line = csv->line;
    do {
        PP_TRY(read_field(csv, &c, err));
    } while (c == csv->delimiter);
    if (c >= 0) {
        PP_TRY(end_line(csv, c, err));
    }
    PP_TRY(pp_buf_check(&csv->text, err));
    PP_TRY(pp_buf_check(&csv->starts, err));
    *n = csv->starts.length / (int64_t)sizeof(int64_t);
    if (c < 0 && *n == 1 && csv->text.length == 1) {
        *n = 0;
    }
    return PP_OK;
}

/* A bad byte as '?', so that the error itself is good UTF-8. */
static pp_status not_utf8(const pp__csv *csv, const char *field, int64_t offset,
                          pp_error *err) {
    unsigned char byte = (unsigned char)field[offset];
    char value[64];
    size_t n = 0;
    for (; field[n] && n + 1 < sizeof value; n++) {
        value[n] = (signed char)field[n] < 0 ? '?' : field[n];
    }
    value[n] = '\0';
    pp_error_set(err, PP_E_INPUT, "byte 0x%02X is not UTF-8", byte);
    pp_error_locate(err, csv->file->path, csv->record_line, NULL, value);
    pp_error_hint(err,
                  "the file is probably Windows-1252; convert it: iconv -f WINDOWS-1252 "
                  "-t UTF-8 FILE > NEW");
    return PP_E_INPUT;
}

static pp_status check_field(const pp__csv *csv, int64_t i, int64_t n, pp_error *err) {
    const int64_t *starts = (const int64_t *)(const void *)csv->starts.data;
    int64_t end = i + 1 < n ? starts[i + 1] : csv->text.length, offset;
    const char *field = csv->text.data + starts[i];
    int64_t length = end - starts[i] - 1;
    if (!pp_text_is_utf8(field, length, &offset)) {
        return not_utf8(csv, field, offset, err);
    }
    if (memchr(field, 0, (size_t)length)) {
        return fail(csv, csv->record_line, field, "the cell holds a zero byte",
                    "the file is not text or was damaged; fetch or export it again", err);
    }
    return PP_OK;
}

pp_status pp__csv_next(pp__csv *csv, const char *const **fields, int64_t *n,
                       pp_error *err) {
    do {
        PP_TRY(read_record(csv, n, err));
    } while (*n == 1 && csv->text.length == 1 && csv->record_line > 1);
    if (*n > csv->capacity) {
        const char **grown = pp_realloc(csv->fields, *n, sizeof *grown);
        PP_NEED(grown, err);
        csv->fields = grown;
        csv->capacity = *n;
    }
    const int64_t *starts = (const int64_t *)(const void *)csv->starts.data;
    for (int64_t i = 0; i < *n; i++) {
        csv->fields[i] = csv->text.data + starts[i];
        pp_status status = check_field(csv, i, *n, err);
        if (status != PP_OK) {
            *n = i; /* which field it was */
            return status;
        }
    }
    *fields = csv->fields;
    return PP_OK;
}
