#include "base/check.h"

#include <pushpull/text.h>

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pp_buf_init(pp_buf *buf) {
    *buf = (pp_buf){0};
}

void pp_buf_clear(pp_buf *buf) {
    pp_free(buf->data);
    *buf = (pp_buf){0};
}

static int reserve(pp_buf *buf, int64_t more) {
    if (buf->failed || more < 0 || more > INT64_MAX / 4 - buf->length) {
        buf->failed = 1;
        return 0;
    }
    int64_t needed = buf->length + more + 1;
    if (needed <= buf->capacity) {
        return 1;
    }
    int64_t capacity = buf->capacity < 64 ? 64 : buf->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    char *data = pp_realloc(buf->data, capacity, 1);
    if (!data) {
        buf->failed = 1;
        return 0;
    }
    buf->data = data;
    buf->capacity = capacity;
    return 1;
}

void pp_buf_add_bytes(pp_buf *buf, const void *bytes, int64_t length) {
    if (!reserve(buf, length)) {
        return;
    }
    if (length > 0) {
        memcpy(buf->data + buf->length, bytes, (size_t)length);
    }
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void pp_buf_add(pp_buf *buf, const char *text) {
    pp_buf_add_bytes(buf, text, (int64_t)strlen(text));
}

void pp_buf_add_char(pp_buf *buf, char c) {
    pp_buf_add_bytes(buf, &c, 1);
}

void pp_buf_printf(pp_buf *buf, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) {
        buf->failed = 1;
    } else if (reserve(buf, n)) {
        vsnprintf(buf->data + buf->length, (size_t)n + 1, format, again);
        buf->length += n;
    }
    va_end(again);
}

pp_status pp_buf_check(const pp_buf *buf, pp_error *err) {
    if (buf->failed) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    return PP_OK;
}

/* printf writes the locale's decimal point: put the point back. */
static void use_point(char *text) {
    const char *point = localeconv()->decimal_point;
    size_t n = strlen(point);
    if (n == 1 && point[0] == '.') {
        return;
    }
    char *found = strstr(text, point);
    if (found && n > 0) {
        *found = '.';
        memmove(found + 1, found + n, strlen(found + n) + 1);
    }
}

static int format_special(double value, char out[32]) {
    if (isnan(value)) {
        memcpy(out, "NaN", 4);
    } else if (isinf(value)) {
        memcpy(out, value > 0 ? "Inf" : "-Inf", value > 0 ? 4 : 5);
    } else {
        return 0;
    }
    return 1;
}

/* Few decimals, the common case, without printf: where m / 10^k rounds to the value and m
   has at most 15 digits, these are the digits that %.15g gives. */
static int format_short(double value, char out[32]) {
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    double size = fabs(value);
    if (!(size >= 1e-4 && size < 1e9)) {
        return 0;
    }
    for (int k = 0; k < 7; k++) {
        double m = rint(size * powers[k]);
        if (m / powers[k] != size) {
            continue;
        }
        char digits[24], *to = out;
        int n = 0;
        for (int64_t left = (int64_t)m; left > 0 || n <= k; left /= 10) {
            digits[n++] = (char)('0' + left % 10);
        }
        *to = '-';
        for (to += value<0; n> 0; n--) {
            *to = '.';
            to += k > 0 && n == k;
            *to++ = digits[n - 1];
        }
        *to = '\0';
        return 1;
    }
    return 0;
}

void pp_format_number(double value, char out[32]) {
    if (format_special(value, out) || format_short(value, out)) {
        return;
    }
    if (value == floor(value) && fabs(value) < 1e15) {
        snprintf(out, 32, "%.0f", value == 0 ? 0.0 : value);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, 32, "%.*g", digits, value);
        if (strtod(out, NULL) == value) {
            break;
        }
    }
    use_point(out);
}

void pp_format_significant(double value, int digits, char out[32]) {
    if (!format_special(value, out)) {
        snprintf(out, 32, "%#.*g", digits < 17 ? digits : 17, value == 0 ? 0.0 : value);
        use_point(out);
        size_t n = strlen(out);
        if (n > 0 && out[n - 1] == '.') {
            out[n - 1] = '\0';
        }
    }
}

void pp_format_fixed(double value, int decimals, char out[32]) {
    if (format_special(value, out)) {
        return;
    }
    if (fabs(value) >= 1e15) {
        pp_format_number(value, out);
        return;
    }
    snprintf(out, 32, "%.*f", decimals < 12 ? decimals : 12, value);
    use_point(out);
    if (out[0] == '-' && strspn(out + 1, "0.") == strlen(out + 1)) {
        memmove(out, out + 1, strlen(out));
    }
}

/* The form is checked by hand, so that strtod's own extras (hexadecimal, "nan") stay out.
 */
static int is_decimal(const char *s) {
    int digits = 0;
    s += *s == '-' || *s == '+';
    for (; isdigit((unsigned char)*s); s++) {
        digits++;
    }
    if (*s == '.') {
        for (s++; isdigit((unsigned char)*s); s++) {
            digits++;
        }
    }
    if (digits == 0) {
        return 0;
    }
    if (*s == 'e' || *s == 'E') {
        s++;
        s += *s == '-' || *s == '+';
        if (!isdigit((unsigned char)*s)) {
            return 0;
        }
        while (isdigit((unsigned char)*s)) {
            s++;
        }
    }
    return *s == '\0';
}

int pp_parse_number(const char *text, double *out) {
    size_t n = strlen(text);
    const char *point = localeconv()->decimal_point;
    char local[512];
    if (!is_decimal(text) || n + strlen(point) >= sizeof local) {
        return 0;
    }
    const char *dot = strchr(text, '.');
    memcpy(local, text, n + 1);
    if (dot) {
        size_t before = (size_t)(dot - text), width = strlen(point);
        memcpy(local + before, point, width);
        memcpy(local + before + width, dot + 1, n - before);
    }
    double value = strtod(local, NULL);
    if (!isfinite(value)) {
        return 0;
    }
    *out = value;
    return 1;
}

int pp_parse_integer(const char *text, int64_t *out) {
    const char *s = text + (*text == '-' || *text == '+');
    if (!isdigit((unsigned char)*s) || strspn(s, "0123456789") != strlen(s)) {
        return 0;
    }
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno) {
        return 0;
    }
    *out = value;
    return 1;
}

/* Length of the sequence at `s`, 0 when it is not well formed (Unicode 15, table 3-7). */
static int sequence_length(const unsigned char *s, int64_t left) {
    if (s[0] < 0x80) {
        return 1;
    }
    int n = s[0] >= 0xC2 && s[0] <= 0xDF   ? 2
            : s[0] >= 0xE0 && s[0] <= 0xEF ? 3
            : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4
                                           : 0;
    if (n == 0 || left < n) {
        return 0;
    }
    unsigned low = 0x80, high = 0xBF;
    if (s[0] == 0xE0) {
        low = 0xA0;
    } else if (s[0] == 0xED) {
        high = 0x9F;
    } else if (s[0] == 0xF0) {
        low = 0x90;
    } else if (s[0] == 0xF4) {
        high = 0x8F;
    }
    if (s[1] < low || s[1] > high) {
        return 0;
    }
    for (int i = 2; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return n;
}

int pp_text_is_utf8(const char *text, int64_t length, int64_t *offset) {
    const unsigned char *s = (const unsigned char *)text;
    int64_t i = 0;
    while (i < length) {
        int n = sequence_length(s + i, length - i);
        if (n == 0) {
            if (offset) {
                *offset = i;
            }
            return 0;
        }
        i += n;
    }
    return 1;
}

int pp_text_equal_fold(const char *a, const char *b) {
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return tolower((unsigned char)*a) == tolower((unsigned char)*b);
}
