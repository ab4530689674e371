#include "evidence/adoption_slug.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static int is_letter_or_digit(utf8proc_int32_t c) {
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return 1;
    default:
        return 0;
    }
}

/* What is neither a letter nor a digit becomes one hyphen between those that are. */
static void add_character(pp_buf *slug, utf8proc_int32_t c, int *gap) {
    if (!is_letter_or_digit(c)) {
        *gap = 1;
        return;
    }
    if (*gap && slug->length > 0) {
        pp_buf_add_char(slug, '-');
    }
    *gap = 0;
    utf8proc_uint8_t bytes[4];
    pp_buf_add_bytes(slug, bytes, utf8proc_encode_char(c, bytes));
}

char *pp__slug(pp_arena *arena, const char *text) {
    enum { LONGEST_DECOMPOSITION = 32 };
    const utf8proc_option_t fold =
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK;
    pp_buf slug;
    pp_buf_init(&slug);
    const utf8proc_uint8_t *s = (const utf8proc_uint8_t *)text;
    int gap = 0;
    while (*s) {
        utf8proc_int32_t c, parts[LONGEST_DECOMPOSITION];
        utf8proc_ssize_t step = utf8proc_iterate(s, -1, &c);
        s += step > 0 ? step : 1;
        int boundary = 0;
        utf8proc_ssize_t n =
            step > 0 ? utf8proc_decompose_char(c, parts, LONGEST_DECOMPOSITION, fold,
                                               &boundary)
                     : 0;
        for (utf8proc_ssize_t i = 0; i < n && i < LONGEST_DECOMPOSITION; i++) {
            add_character(&slug, parts[i], &gap);
        }
    }
    char *out = slug.failed ? NULL : pp_arena_strdup(arena, slug.data ? slug.data : "");
    pp_buf_clear(&slug);
    return out;
}

static int by_place(const void *a, const void *b) {
    const pp__claim *x = *(const pp__claim *const *)a, *y = *(const pp__claim *const *)b;
    int order = strcmp(x->country, y->country);
    order = order ? order : strcmp(x->place_key, y->place_key);
    return order ? order : strcmp(x->id, y->id);
}

static int by_slug(const void *a, const void *b) {
    const pp__claim *x = *(const pp__claim *const *)a, *y = *(const pp__claim *const *)b;
    int order = strcmp(x->country, y->country);
    order = order ? order : strcmp(x->place_slug, y->place_slug);
    return order ? order : by_place(a, b);
}

static int same_place(const pp__claim *a, const pp__claim *b) {
    return strcmp(a->country, b->country) == 0 && strcmp(a->place_key, b->place_key) == 0;
}

static int same_slug(const pp__claim *a, const pp__claim *b) {
    return strcmp(a->country, b->country) == 0 &&
           strcmp(a->place_slug, b->place_slug) == 0;
}

static pp_status tell_apart(pp__claim **sorted, int64_t n, pp_arena *arena,
                            pp_error *err) {
    for (int64_t begin = 0, end; begin < n; begin = end) {
        int shared = 0;
        for (end = begin + 1; end < n && same_slug(sorted[begin], sorted[end]); end++) {
            shared |= !same_place(sorted[begin], sorted[end]);
        }
        const char *slug = sorted[begin]->place_slug;
        for (int64_t i = begin; shared && i < end; i++) {
            sorted[i]->place_slug =
                pp_arena_printf(arena, "%s~%s", slug, sorted[i]->place_key);
            PP_NEED(sorted[i]->place_slug, err);
        }
    }
    return PP_OK;
}

pp_status pp__slugs_settle(pp__claim *claims, int64_t n, pp_arena *arena, pp_error *err) {
    pp__claim **sorted = pp_arena_alloc(arena, n, sizeof *sorted);
    PP_NEED(sorted, err);
    for (int64_t i = 0; i < n; i++) {
        sorted[i] = &claims[i];
    }
    qsort(sorted, (size_t)n, sizeof *sorted, by_place);
    for (int64_t i = 1; i < n; i++) {
        if (same_place(sorted[i - 1], sorted[i])) {
            sorted[i]->place_slug = sorted[i - 1]->place_slug;
        }
    }
    qsort(sorted, (size_t)n, sizeof *sorted, by_slug);
    return tell_apart(sorted, n, arena, err);
}
