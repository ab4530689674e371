#include "evidence/place_names.h"

#include <string.h>
#include <utf8proc.h>

enum { CODE_POINTS = 512 };

static int is_accent(int32_t c) {
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x591 && c <= 0x5c7) ||
           (c >= 0x64b && c <= 0x65f) || c == 0x670;
}

static int is_dropped(int32_t c) {
    if (is_accent(c) || c == '\'' || c == 0x2018 || c == 0x2019) {
        return 1;
    }
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
        return 1;
    default:
        return 0;
    }
}

static int is_word(int32_t c) {
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return 1;
    default:
        return 0;
    }
}

/* Letters that NFKD leaves whole and that are also written otherwise. */
static const char *spelled_out(int32_t c) {
    switch (c) {
    case 0xdf:
        return "ss";
    case 0xe6:
        return "ae";
    case 0x153:
        return "oe";
    case 0xf8:
        return "o";
    case 0x111:
    case 0xf0:
        return "d";
    case 0x142:
        return "l";
    case 0xfe:
        return "th";
    case 0x127:
        return "h";
    case 0x131:
        return "i";
    case 0x3c2:
        return "\xcf\x83"; /* final sigma */
    default:
        return NULL;
    }
}

/* What `c` adds to a key; the number of bytes. */
static int fold(int32_t c, char out[8]) {
    if (is_dropped(c)) {
        return 0;
    }
    const char *text = c == '&' ? " and " : NULL;
    if (!text && !is_word(c)) {
        text = " ";
    }
    int32_t low = text ? c : utf8proc_tolower(c);
    if (!text) {
        text = spelled_out(low);
    }
    if (!text) {
        return (int)utf8proc_encode_char(low, (utf8proc_uint8_t *)out);
    }
    size_t n = strlen(text);
    memcpy(out, text, n);
    return (int)n;
}

static int is_one(const char *word, size_t n, const char *other) {
    return n == strlen(other) && memcmp(word, other, n) == 0;
}

/* Adds a word after a space; 0 when there is no room for it. */
static int add_word(char out[PP__PLACE_KEY], size_t *length, const char *word, size_t n) {
    if (is_one(word, n, "st")) {
        word = "saint", n = 5;
    } else if (is_one(word, n, "ste")) {
        word = "sainte", n = 6;
    }
    if (*length + (*length > 0) + n >= PP__PLACE_KEY) {
        return 0;
    }
    if (*length > 0) {
        out[(*length)++] = ' ';
    }
    memcpy(out + *length, word, n);
    *length += n;
    return 1;
}

/* The words of `text` with single spaces, without a "the" before them. */
static int join_words(const char *text, char out[PP__PLACE_KEY]) {
    text += strspn(text, " ");
    size_t first = strcspn(text, " "), length = 0;
    const char *rest = text + first + strspn(text + first, " ");
    if (*rest && is_one(text, first, "the")) {
        text = rest;
    }
    while (*text) {
        size_t n = strcspn(text, " ");
        if (!add_word(out, &length, text, n)) {
            length = 0;
            break;
        }
        text += n + strspn(text + n, " ");
    }
    out[length] = '\0';
    return (int)length;
}

int pp__place_key(const char *name, char out[PP__PLACE_KEY]) {
    int32_t points[CODE_POINTS];
    out[0] = '\0';
    size_t bytes = strnlen(name, CODE_POINTS);
    utf8proc_ssize_t n =
        utf8proc_decompose((const utf8proc_uint8_t *)name, (utf8proc_ssize_t)bytes,
                           points, CODE_POINTS, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
    if (n < 0 || n > CODE_POINTS || bytes == CODE_POINTS) {
        return 0;
    }
    char text[8 * CODE_POINTS];
    int length = 0;
    for (utf8proc_ssize_t i = 0; i < n; i++) {
        length += fold(points[i], text + length);
    }
    text[length] = '\0';
    return join_words(text, out);
}

/* Which of the letters a to z are in a key: two keys at k edits differ in at most 2k of
 * them. */
static uint32_t letters_of(const char *key, int length) {
    uint32_t letters = 0;
    for (int i = 0; i < length; i++) {
        unsigned letter = (unsigned char)key[i] - (unsigned)'a';
        letters |= letter < 26 ? 1u << letter : 0;
    }
    return letters;
}

int pp__wanted_init(pp__wanted *wanted, const char *name) {
    wanted->length = pp__place_key(name, wanted->key);
    wanted->limit = wanted->length < 4 ? 1 : wanted->length < 8 ? 2 : 3;
    wanted->letters = letters_of(wanted->key, wanted->length);
    return wanted->length;
}

static int min(int a, int b) {
    return a < b ? a : b;
}

/* Optimal string alignment, row by row; `limit` + 1 as soon as it must exceed the limit.
 */
static int edits(const char *a, int n, const char *b, int m, int limit) {
    int rows[3][PP__PLACE_KEY + 1];
    int *before = rows[0], *last = rows[1], *row = rows[2];
    for (int j = 0; j <= m; j++) {
        last[j] = j;
    }
    for (int i = 1; i <= n; i++) {
        int best = row[0] = i;
        for (int j = 1; j <= m; j++) {
            int d =
                min(min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                d = min(d, before[j - 2] + 1);
            }
            row[j] = d;
            best = min(best, d);
        }
        if (best > limit) {
            return limit + 1;
        }
        int *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[m];
}

/* 1 a whole word longer, 2 part of a word longer, PP__UNLIKE otherwise. */
static int longer_by(const char *whole, const char *part, int length) {
    if (length < 4 || memcmp(whole, part, (size_t)length) != 0) {
        return PP__UNLIKE;
    }
    return whole[length] == ' ' ? 1 : 2;
}

int pp__unlikeness(const pp__wanted *wanted, const char *key, int length) {
    int more = length - wanted->length;
    int prefix = more > 0   ? longer_by(key, wanted->key, wanted->length)
                 : more < 0 ? longer_by(wanted->key, key, length)
                            : PP__UNLIKE;
    if (prefix == 1 || more > wanted->limit || -more > wanted->limit) {
        return prefix;
    }
    uint32_t differing = wanted->letters ^ letters_of(key, length);
    if (__builtin_popcount(differing) > 2 * wanted->limit) {
        return prefix;
    }
    int distance = edits(wanted->key, wanted->length, key, length, wanted->limit);
    return min(prefix, distance > wanted->limit ? PP__UNLIKE : distance);
}
