#include <pushpull/text.h>

#include <string.h>
#include <utf8proc.h>

enum { LONGEST = 64 };

/* Decodes and folds case; gives the number of code points, at most LONGEST. Bytes that
   are not UTF-8 count as themselves. */
static int decode(const char *text, int32_t out[LONGEST]) {
    const utf8proc_uint8_t *s = (const utf8proc_uint8_t *)text;
    int n = 0;
    while (*s && n < LONGEST) {
        utf8proc_int32_t c;
        utf8proc_ssize_t step = utf8proc_iterate(s, -1, &c);
        if (step <= 0) {
            c = *s;
            step = 1;
        }
        out[n++] = utf8proc_tolower(c);
        s += step;
    }
    return n;
}

static int least(int a, int b) {
    return a < b ? a : b;
}

int pp_text_distance(const char *a, const char *b, int limit) {
    int32_t x[LONGEST], y[LONGEST];
    int n = decode(a, x), m = decode(b, y);
    int rows[3][LONGEST + 1];
    int *before = rows[0], *above = rows[1], *here = rows[2];
    for (int j = 0; j <= m; j++) {
        above[j] = j;
    }
    for (int i = 1; i <= n; i++) {
        here[0] = i;
        int smallest = i;
        for (int j = 1; j <= m; j++) {
            int cost = x[i - 1] != y[j - 1];
            here[j] = least(least(above[j] + 1, here[j - 1] + 1), above[j - 1] + cost);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1]) {
                here[j] = least(here[j], before[j - 2] + 1);
            }
            smallest = least(smallest, here[j]);
        }
        if (smallest > limit) {
            return limit + 1;
        }
        int *spare = before;
        before = above;
        above = here;
        here = spare;
    }
    return least(above[m], limit + 1);
}

const char *pp_text_nearest(const char *word, const char *const *candidates, int64_t n) {
    size_t length = strlen(word);
    int best = length < 4 ? 1 : length < 8 ? 2 : 3;
    const char *nearest = NULL;
    for (int64_t i = 0; i < n; i++) {
        int distance = pp_text_distance(word, candidates[i], best);
        if (distance < best || (distance == best && !nearest)) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
