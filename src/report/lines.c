#include "report/lines.h"

#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

static utf8proc_ssize_t next_character(const char *text, size_t bytes, int *width) {
    utf8proc_int32_t c;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)bytes, &c);
    *width = n > 0 ? utf8proc_charwidth(c) : 1;
    return n > 0 ? n : 1;
}

int pp__text_width(const char *text, size_t bytes) {
    int total = 0, width;
    for (size_t i = 0; i < bytes; total += width) {
        i += (size_t)next_character(text + i, bytes - i, &width);
    }
    return total;
}

/* A line may end after a blank (which is left out) and inside "push-pull" and "a/b", but
   not inside a date or before a number. */
static int may_break_after(const char *at) {
    return *at == ' ' || ((*at == '-' || *at == '/') && isalpha((unsigned char)at[1]));
}

int pp__longest_word(const char *text) {
    int longest = 0, width = 0;
    for (const char *at = text; *at;) {
        int own;
        utf8proc_ssize_t n = next_character(at, strlen(at), &own);
        width += *at == ' ' ? 0 : own;
        longest = width > longest ? width : longest;
        if (may_break_after(at)) {
            width = 0;
        }
        at += n;
    }
    return longest;
}

static size_t without_blanks(const char *text, size_t bytes) {
    while (bytes > 0 && text[bytes - 1] == ' ') {
        bytes--;
    }
    return bytes;
}

size_t pp__first_line(const char *text, int width, const char **next) {
    size_t length = strlen(text), at = 0, end = 0;
    int used = 0;
    while (at < length) {
        int own;
        size_t n = (size_t)next_character(text + at, length - at, &own);
        if (used + own > width && at > 0 && text[at] != ' ') {
            break;
        }
        used += own;
        if (may_break_after(text + at)) {
            end = at + n;
        }
        at += n;
    }
    if (at == length || end == 0) {
        end = at;
    }
    *next = text + end;
    while (**next == ' ') {
        ++*next;
    }
    return without_blanks(text, end);
}

enum { LEAST_TEXT = 20 };

void pp__add_wrapped(pp_buf *out, const char *lead, const char *text, int width) {
    int indent = pp__text_width(lead, strlen(lead));
    int room = width - indent > LEAST_TEXT ? width - indent : LEAST_TEXT;
    pp_buf_add(out, lead);
    do {
        const char *next;
        size_t bytes = pp__first_line(text, room, &next);
        pp_buf_add_bytes(out, text, (int64_t)bytes);
        pp_buf_add_char(out, '\n');
        text = next;
        pp_buf_printf(out, "%*s", *text ? indent : 0, "");
    } while (*text);
}
