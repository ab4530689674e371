/* Near-identical titles, found without comparing all with all: two sets of words that
 * share a part t of their union share one of the first n - ceil(t n) + 1 words of each,
 * in any fixed order (Chaudhuri, Ganti & Kaushik, "A primitive operator for similarity
 * joins in data cleaning", ICDE 2006).
 */
#include "base/check.h"
#include "evidence/dates.h"
#include "evidence/story.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MOST_WORDS = 48, FEWEST_WORDS = 5, MOST_NEIGHBOURS = 200, DAYS_APART = 3 };
static const double loose = 0.6, strict = 0.9;

typedef struct title {
    int n;
    uint64_t words[MOST_WORDS]; /* hashes, sorted, distinct */
    int64_t first, last;        /* days that the source's date allows */
} title;

typedef struct posting {
    uint64_t word;
    int64_t source;
} posting;

static int compare_words(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void keep_word(title *t, uint64_t *hash, int *length) {
    if (*length > 0 && t->n < MOST_WORDS) {
        t->words[t->n++] = *hash;
    }
    *hash = 14695981039346656037u;
    *length = 0;
}

static int is_word_character(utf8proc_int32_t c) {
    utf8proc_category_t category = utf8proc_category(c);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_MC) ||
           category == UTF8PROC_CATEGORY_ND;
}

/* Words in lower case; what stands in brackets ("(copy)") is left out, "2,000" is "2000".
 */
static void read_words(const char *text, title *t) {
    uint64_t hash = 14695981039346656037u;
    int length = 0, depth = 0;
    utf8proc_int32_t c = 0;
    for (utf8proc_ssize_t step; *text; text += step) {
        step = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c);
        if (step <= 0) {
            break;
        }
        int between_digits = c == ',' && length > 0 && text[1] >= '0' && text[1] <= '9';
        depth += c == '(' ? 1 : c == ')' && depth > 0 ? -1 : 0;
        if (depth == 0 && is_word_character(c)) {
            hash = (hash ^ (uint64_t)utf8proc_tolower(c)) * 1099511628211u;
            length++;
        } else if (!between_digits) {
            keep_word(t, &hash, &length);
        }
    }
    keep_word(t, &hash, &length);
    qsort(t->words, (size_t)t->n, sizeof t->words[0], compare_words);
    int kept = 0;
    for (int i = 0; i < t->n; i++) {
        if (kept == 0 || t->words[i] != t->words[kept - 1]) {
            t->words[kept++] = t->words[i];
        }
    }
    t->n = kept;
}

static void read_title(const pp__story_source *source, title *t) {
    *t = (title){.first = INT64_MIN / 4, .last = INT64_MAX / 4};
    if (source->values[SOURCE_TITLE]) {
        read_words(source->values[SOURCE_TITLE], t);
    }
    pp__date date;
    const char *published = source->values[SOURCE_PUBLISHED];
    if (published && pp__date_parse(published, &date, NULL) == PP_OK) {
        t->first = pp__date_first_day(date);
        t->last = pp__date_last_day(date);
    }
}

static double shared_part(const title *a, const title *b) {
    int shared = 0;
    for (int i = 0, j = 0; i < a->n && j < b->n;) {
        shared += a->words[i] == b->words[j];
        int step = compare_words(&a->words[i], &b->words[j]);
        i += step <= 0;
        j += step >= 0;
    }
    return (double)shared / (a->n + b->n - shared);
}

static int are_near(const title *a, const title *b) {
    int dated = a->first == a->last && b->first == b->last;
    int64_t apart = dated ? DAYS_APART : 0;
    if (a->first > b->last + apart || b->first > a->last + apart) {
        return 0;
    }
    return shared_part(a, b) >= (dated ? loose : strict);
}

static int prefix_length(const title *t) {
    int needed = (int)(loose * t->n);
    needed += needed < loose * t->n;
    return t->n < FEWEST_WORDS ? 0 : t->n - needed + 1;
}

static int compare_postings(const void *a, const void *b) {
    const posting *x = a, *y = b;
    int by_word = compare_words(&x->word, &y->word);
    return by_word ? by_word : (x->source > y->source) - (x->source < y->source);
}

static int64_t fill_postings(const title *titles, int64_t n, posting *out) {
    int64_t used = 0;
    for (int64_t i = 0; i < n; i++) {
        for (int j = 0; j < prefix_length(&titles[i]); j++) {
            out[used++] = (posting){titles[i].words[j], i};
        }
    }
    qsort(out, (size_t)used, sizeof *out, compare_postings);
    return used;
}

pp_status pp__title_pairs(const pp__story_source *sources, int64_t n, pp__join *join,
                          void *payload, pp_error *err) {
    title *titles = pp_malloc(n, sizeof *titles);
    PP_NEED(titles, err);
    int64_t most = 0;
    for (int64_t i = 0; i < n; i++) {
        read_title(&sources[i], &titles[i]);
        most += prefix_length(&titles[i]);
    }
    posting *postings = pp_malloc(most, sizeof *postings);
    if (!postings) {
        pp_free(titles);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    int64_t used = fill_postings(titles, n, postings);
    for (int64_t i = 0; i < used; i++) {
        int64_t end = i + MOST_NEIGHBOURS < used ? i + MOST_NEIGHBOURS : used - 1;
        for (int64_t j = i + 1; j <= end && postings[j].word == postings[i].word; j++) {
            if (are_near(&titles[postings[i].source], &titles[postings[j].source])) {
                join(payload, postings[i].source, postings[j].source);
            }
        }
    }
    pp_free(postings);
    pp_free(titles);
    return PP_OK;
}
