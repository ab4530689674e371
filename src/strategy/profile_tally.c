/* How often words stand in the claims of a place. */
#include "base/check.h"
#include "strategy/profile_parts.h"

#include <stdlib.h>
#include <string.h>

static const char *const grades[] = {"low", "medium", "high"};

static int grade_of(const pp__profiles *p, int64_t row) {
    const char *word = pp__claim_text(p, "confidence", row);
    for (int g = 2; word && g >= 0; g--) {
        if (strcmp(word, grades[g]) == 0) {
            return g;
        }
    }
    return -1;
}

const char *pp__claims_grade(const pp__profiles *p, const pp__rows_of *claims) {
    int best = -1;
    for (int64_t i = 0; i < claims->n; i++) {
        int grade = grade_of(p, claims->row[i]);
        best = grade > best ? grade : best;
    }
    return best < 0 ? NULL : grades[best];
}

static pp_status keep_text(pp__profiles *p, pp_buf *text, const char **out) {
    pp_status status = pp_buf_check(text, p->err);
    *out = NULL;
    if (status == PP_OK && text->length > 0) {
        *out = pp_arena_strdup(&p->scratch, text->data);
        status = *out ? PP_OK : pp_error_set(p->err, PP_E_MEMORY, "out of memory");
    }
    pp_buf_clear(text);
    return status;
}

pp_status pp__claims_list(pp__profiles *p, const pp__rows_of *claims, const char **out) {
    pp_buf text;
    pp_buf_init(&text);
    for (int64_t i = 0; i < claims->n; i++) {
        const char *id = pp__claim_text(p, "claim_id", claims->row[i]);
        pp_buf_add(&text, i ? " " : "");
        pp_buf_add(&text, id ? id : "");
    }
    return keep_text(p, &text, out);
}

/* ---- words ---- */

/* `place`: among the claims, which stand in order of their ids. */
typedef struct said {
    const char *word;
    int64_t row, place;
} said;

static int compare_said(const void *a, const void *b) {
    const said *x = a, *y = b;
    int order = strcmp(x->word, y->word);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static int compare_words(const void *a, const void *b) {
    const pp__word *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->text, y->text);
}

static int says_nothing(const char *word) {
    return !word || !*word || strcmp(word, "unknown") == 0 ||
           strcmp(word, "unspecified") == 0;
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Claims without a story stand alone. */
pp_status pp__claims_stories(pp__profiles *p, const pp__rows_of *claims, int64_t *out) {
    const char **story = pp_malloc(claims->n + 1, sizeof *story);
    int64_t n = 0;
    PP_NEED(story, p->err);
    *out = 0;
    for (int64_t i = 0; i < claims->n; i++) {
        story[n] = pp__claim_text(p, "story", claims->row[i]);
        *out += story[n] == NULL;
        n += story[n] != NULL;
    }
    qsort(story, (size_t)n, sizeof *story, compare_texts);
    for (int64_t i = 0; i < n; i++) {
        *out += i == 0 || strcmp(story[i], story[i - 1]) != 0;
    }
    pp_free(story);
    return PP_OK;
}

static pp_status fill_word(pp__profiles *p, const said *from, int64_t n, pp__word *out) {
    int64_t *rows = pp_malloc(n, sizeof *rows);
    PP_NEED(rows, p->err);
    for (int64_t i = 0; i < n; i++) {
        rows[i] = from[i].row;
    }
    const pp__rows_of claims = {rows, n};
    *out = (pp__word){.text = from->word, .n = n};
    pp_status status = pp__claims_list(p, &claims, &out->claims);
    if (status == PP_OK) {
        status = pp__claims_stories(p, &claims, &out->stories);
    }
    pp_free(rows);
    return status;
}

static pp_status fill_words(pp__profiles *p, const said *all, int64_t n, pp__tally *out) {
    int64_t next;
    out->words = pp_arena_alloc(&p->scratch, n + 1, sizeof *out->words);
    PP_NEED(out->words, p->err);
    for (int64_t i = 0; i < n; i = next) {
        next = i + 1;
        while (next < n && strcmp(all[next].word, all[i].word) == 0) {
            next++;
        }
        PP_TRY(fill_word(p, all + i, next - i, &out->words[out->n++]));
    }
    qsort(out->words, (size_t)out->n, sizeof *out->words, compare_words);
    return PP_OK;
}

pp_status pp__tally_make(pp__profiles *p, const pp__rows_of *claims, const char *column,
                         pp__tally *out) {
    int64_t n = 0, *rows = pp_arena_alloc(&p->scratch, claims->n + 1, sizeof *rows);
    said *all = pp_arena_alloc(&p->scratch, claims->n + 1, sizeof *all);
    PP_NEED(rows, p->err);
    PP_NEED(all, p->err);
    *out = (pp__tally){0};
    for (int64_t i = 0; i < claims->n; i++) {
        const char *word = pp__claim_text(p, column, claims->row[i]);
        if (!says_nothing(word)) {
            rows[n] = claims->row[i];
            all[n++] = (said){word, claims->row[i], i};
        }
    }
    const pp__rows_of stated = {rows, n};
    out->claims = n;
    out->grade = pp__claims_grade(p, &stated);
    PP_TRY(pp__claims_list(p, &stated, &out->all));
    qsort(all, (size_t)n, sizeof *all, compare_said);
    return fill_words(p, all, n, out);
}

const pp__word *pp__tally_find(const pp__tally *tally, const char *text) {
    for (int64_t i = 0; i < tally->n; i++) {
        if (strcmp(tally->words[i].text, text) == 0) {
            return &tally->words[i];
        }
    }
    return NULL;
}

pp_status pp__tally_list(pp__profiles *p, const pp__tally *tally, const char *between,
                         const char **out) {
    pp_buf text;
    pp_buf_init(&text);
    for (int64_t i = 0; i < tally->n; i++) {
        pp_buf_add(&text, i ? between : "");
        pp_buf_add(&text, tally->words[i].text);
    }
    return keep_text(p, &text, out);
}
