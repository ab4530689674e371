#include "drivers/lists.h"

#include <string.h>

const char *pp__part_find(const char *text, char separator) {
    int depth = 0;
    for (; *text; text++) {
        const char *close = strchr("`\"'", *text) ? strchr(text + 1, *text) : NULL;
        if (depth == 0 && *text == separator) {
            return text;
        }
        depth += (*text == '(') - (*text == ')' && depth > 0);
        text = close ? close : text;
    }
    return NULL;
}

int pp__part_next(const char **list, char separator, const char **part, size_t *length) {
    const char stops[] = {separator, ' ', '\t', '\n', '\0'};
    const char *begin = *list + strspn(*list, stops);
    const char *end = pp__part_find(begin, separator);
    end = end ? end : begin + strlen(begin);
    *list = end;
    while (end > begin && strchr(" \t\n", end[-1])) {
        end--;
    }
    *part = begin;
    *length = (size_t)(end - begin);
    return end > begin;
}
