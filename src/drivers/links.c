#include "drivers/links.h"

#include "base/check.h"

#include <string.h>

pp_status pp__links_init(pp__links *links, int32_t rows, pp_error *err) {
    *links = (pp__links){.rows = rows};
    links->begin = pp_calloc((int64_t)rows + 1, sizeof *links->begin);
    PP_NEED(links->begin, err);
    return PP_OK;
}

void pp__links_clear(pp__links *links) {
    pp_free(links->begin);
    pp_free(links->to);
    pp_free(links->weight);
    *links = (pp__links){0};
}

pp_status pp__links_add(pp__links *links, int32_t to, double weight, pp_error *err) {
    if (links->n == links->room) {
        int64_t room = links->room ? 2 * links->room : 256;
        int32_t *more_to = pp_realloc(links->to, room, sizeof *more_to);
        PP_NEED(more_to, err);
        links->to = more_to;
        double *more_weight = pp_realloc(links->weight, room, sizeof *more_weight);
        PP_NEED(more_weight, err);
        links->weight = more_weight;
        links->room = room;
    }
    links->to[links->n] = to;
    links->weight[links->n++] = weight;
    return PP_OK;
}

void pp__links_end_row(pp__links *links, int32_t i) {
    double sum = 0;
    for (int64_t e = links->begin[i]; e < links->n; e++) {
        sum += links->weight[e];
    }
    for (int64_t e = links->begin[i]; e < links->n; e++) {
        links->weight[e] /= sum;
    }
    links->begin[i + 1] = links->n;
}

pp_status pp__links_sum(const pp__links *a, const pp__links *b, pp__links *out,
                        pp_error *err) {
    PP_TRY(pp__links_init(out, a->rows, err));
    for (int32_t i = 0; i < a->rows; i++) {
        int64_t e = a->begin[i], f = b->begin[i];
        while (e < a->begin[i + 1] || f < b->begin[i + 1]) {
            int from_a =
                e < a->begin[i + 1] && (f == b->begin[i + 1] || a->to[e] <= b->to[f]);
            int from_b =
                f < b->begin[i + 1] && (e == a->begin[i + 1] || b->to[f] <= a->to[e]);
            int32_t to = from_a ? a->to[e] : b->to[f];
            double weight = from_a ? a->weight[e++] : 0;
            weight += from_b ? b->weight[f++] : 0;
            PP_TRY(pp__links_add(out, to, weight, err));
        }
        out->begin[i + 1] = out->n;
    }
    return PP_OK;
}

pp_status pp__links_keep(const pp__links *links, const uint8_t *keep, pp__links *out,
                         pp_error *err) {
    int32_t n = 0, *number = pp_malloc(links->rows, sizeof *number);
    PP_NEED(number, err);
    for (int32_t i = 0; i < links->rows; i++) {
        number[i] = keep[i] ? n++ : -1;
    }
    pp_status status = pp__links_init(out, n, err);
    for (int32_t i = 0; i < links->rows && status == PP_OK; i++) {
        for (int64_t e = links->begin[i];
             number[i] >= 0 && e < links->begin[i + 1] && status == PP_OK; e++) {
            int32_t to = links->to[e] < links->rows ? number[links->to[e]] : -1;
            status = to >= 0 ? pp__links_add(out, to, links->weight[e], err) : PP_OK;
        }
        if (number[i] >= 0 && status == PP_OK) {
            pp__links_end_row(out, number[i]);
        }
    }
    if (status != PP_OK) {
        pp__links_clear(out);
    }
    pp_free(number);
    return status;
}
