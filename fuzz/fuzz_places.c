/* Names of places and the gazetteer's file: whatever the bytes, resolved or pending,
 * found or not. */
#include "target.h"

#include "evidence/gazetteer.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* A gazetteer out of the counts of its head and its lines; NULL when they do not fit. */
static pp_gazetteer *make(const char *counts, size_t n_counts, const char *lines,
                          size_t n) {
    pp_buf text;
    pp_buf_init(&text);
    pp_buf_printf(&text, "pushpull-places 1\t%08lx\t%zu\t",
                  (unsigned long)crc32(0, (const Bytef *)lines, (uInt)n), n);
    pp_buf_add_bytes(&text, counts, (int64_t)n_counts);
    pp_buf_add_char(&text, '\n');
    pp_buf_add_bytes(&text, lines, (int64_t)n);
    require(!text.failed);
    pp_gazetteer *g = NULL;
    pp_status status = pp__gazetteer_parse(&text, &g, NULL);
    require((status == PP_OK) == (g != NULL) && (g || status == PP_E_CORRUPT));
    pp_buf_clear(&text);
    return g;
}

static void look_up(const pp_gazetteer *g, const char *name, const char *country) {
    for (int kind = PP_PLACE_COUNTRY; kind <= PP_PLACE_CITY; kind++) {
        pp_place_match match;
        pp_gazetteer_resolve(g, name, (pp_place_kind)kind, country, &match);
        require(match.why && match.n_suggestions >= 0 &&
                match.n_suggestions <= PP_SUGGESTIONS);
        require(!match.place || (match.n_suggestions == 0 && match.place->id));
        for (int i = 0; i < match.n_suggestions; i++) {
            require(match.suggestions[i] && match.suggestions[i]->name);
        }
    }
    const pp_place *found[3];
    int n = pp_gazetteer_search(g, name, found, 3);
    require(n >= 0 && n <= 3);
    for (int i = 0; i < n; i++) {
        require(pp_gazetteer_find(g, found[i]->id) == found[i]);
    }
    const char *const *near;
    require(pp_gazetteer_neighbours(g, name, &near) >= 0);
}

static const char lines[] =
    "CIV\tIvory Coast\tCI\t384\t437\t437\tCIV\tAfrica\tWestern "
    "Africa\tstate\t\t\t800000\t-500000\t\n"
    "KEN\tKenya\tKE\t404\t501\t501\tKEN\tAfrica\tEastern "
    "Africa\tstate\t1963\t\t100000\t3800000\t\n"
    "@\t\tcountry\t5\n=ke\t=1\n=ken\t=1\nboth\t=0\nboth\t=1\ncote divoire\t=0\n"
    "@\tKEN\tregion\t1\nnairobi city\tiso:KE-30\tNairobi City\t\t\t\n"
    "@\tKEN\tcity\t4\nmji\t=3\nnairobi\tgn:1\tNairobi\t-128333\t3681667\t2750547\n"
    "nairobi\tgn:2\tNairobi\t0\t0\t99\nsaint x\tgn:3\tSt. X\t0\t0\t\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    pp_gazetteer *known = make("2\t6\t10\t3", 8, lines, sizeof lines - 1);
    require(known != NULL);
    look_up(known, text, "KEN");
    pp_gazetteer_free(known);
    const char *end = memchr(text, '\n', size);
    if (end) {
        size_t n_counts = (size_t)(end - text);
        pp_gazetteer *own = make(text, n_counts, end + 1, size - n_counts - 1);
        if (own) {
            look_up(own, "nairobi", "KEN");
            look_up(own, end + 1, "KEN");
        }
        pp_gazetteer_free(own);
    }
    free(text);
    return 0;
}
