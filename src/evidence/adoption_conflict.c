#include "evidence/adoption_conflict.h"

#include "base/check.h"
#include "evidence/dates.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pp_status make_room(pp__conflicts *list, pp_arena *arena, pp_error *err) {
    if (list->n < list->capacity) {
        return PP_OK;
    }
    int64_t capacity = list->capacity ? 2 * list->capacity : 16;
    pp__conflict *rows = pp_arena_alloc(arena, capacity, sizeof *rows);
    PP_NEED(rows, err);
    if (list->n > 0) {
        memcpy(rows, list->rows, (size_t)list->n * sizeof *rows);
    }
    list->rows = rows;
    list->capacity = capacity;
    return PP_OK;
}

pp_status pp__conflict_add(pp__conflicts *list, pp_arena *arena,
                           const pp__conflict *conflict, pp_error *err,
                           const char *detail, ...) {
    char words[512];
    va_list args;
    va_start(args, detail);
    vsnprintf(words, sizeof words, detail, args);
    va_end(args);
    pp__conflict added = *conflict;
    added.detail = pp_arena_strdup(arena, words);
    PP_NEED(added.detail && added.claims, err);
    PP_TRY(make_room(list, arena, err));
    list->rows[list->n++] = added;
    return PP_OK;
}

static const char *or_nothing(const char *text) {
    return text ? text : "";
}

static int by_conflict(const void *a, const void *b) {
    const pp__conflict *x = a, *y = b;
    int order = strcmp(x->country, y->country);
    order = order ? order : strcmp(or_nothing(x->adoption), or_nothing(y->adoption));
    order = order ? order : strcmp(x->kind, y->kind);
    return order ? order : strcmp(x->claims, y->claims);
}

void pp__conflicts_sort(pp__conflicts *list) {
    if (list->n > 1) {
        qsort(list->rows, (size_t)list->n, sizeof *list->rows, by_conflict);
    }
}

static int has_kind(const char *kinds, const char *kind) {
    size_t n = strlen(kind);
    for (const char *at = kinds; at && (at = strstr(at, kind)); at += n) {
        if ((at == kinds || at[-1] == ' ') && (at[n] == ',' || at[n] == '\0')) {
            return 1;
        }
    }
    return 0;
}

pp_status pp__kinds_add(const char **kinds, const char *kind, pp_arena *arena,
                        pp_error *err) {
    if (!has_kind(*kinds, kind)) {
        *kinds = *kinds ? pp_arena_printf(arena, "%s, %s", *kinds, kind) : kind;
        PP_NEED(*kinds, err);
    }
    return PP_OK;
}

pp__interval_words pp__interval_say(pp__interval when) {
    pp__interval_words out = {"at no known date"};
    char lo[PP__DATE_TEXT] = "", hi[PP__DATE_TEXT] = "";
    if (when.lo != PP__OPEN_LOW) {
        pp__day_text(when.lo, lo);
        snprintf(out.text, sizeof out.text, "not before %s", lo);
    }
    if (when.hi != PP__OPEN_HIGH) {
        pp__day_text(when.hi, hi);
        snprintf(out.text, sizeof out.text, "%s%s%s %s", *lo ? "from " : "", lo,
                 *lo ? " to" : "by", hi);
    }
    return out;
}
