/* Numbers, UTF-8 and distances of words: what the library says of a text must hold. */
#include "target.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check_number(const char *text) {
    double value, again;
    char printed[32];
    if (pp_parse_number(text, &value)) {
        require(isfinite(value));
        pp_format_number(value, printed);
        require(pp_parse_number(printed, &again) && again == value);
    }
}

static void check_distance(const char *text) {
    char *half = strchr(text, ' ');
    if (!half) {
        return;
    }
    char *first = strndup(text, (size_t)(half - text));
    require(first != NULL);
    int there = pp_text_distance(first, half + 1, 4);
    require(there >= 0 && there <= 5 && there == pp_text_distance(half + 1, first, 4));
    require(pp_text_distance(first, first, 4) == 0);
    free(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    int64_t offset = -1;
    if (pp_text_is_utf8(text, (int64_t)size, &offset)) {
        check_distance(text);
    } else {
        require(offset >= 0 && offset < (int64_t)size);
    }
    check_number(text);
    free(text);
    return 0;
}
