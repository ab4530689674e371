/* What the peers of each kind of exposure are found from: codes, places, votes, a matrix. */
#include "base/check.h"
#include "drivers/peers_links.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEAREST_VOTES = 10 };

typedef struct search {
    const pp__world *w;
    const pp_peer_exposure *x;
    const pp_gazetteer *gazetteer;
    pp_arena *arena;
    pp__peering *p;
    pp_error *err;
} search;

static pp_status bad_option(const search *s, const char *value, const char *message) {
    pp_error_set(s->err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(s->err, NULL, 0, s->x->kind, value);
    return PP_E_ARGUMENT;
}

/* ---- codes ---- */

static int32_t code_of(const char **known, int32_t *n, const char *text) {
    for (int32_t c = 0; text && c < *n; c++) {
        if (strcmp(known[c], text) == 0) {
            return c;
        }
    }
    if (text) {
        known[(*n)++] = text;
    }
    return text ? *n - 1 : -1;
}

/* Numbers the distinct texts of the units; `known` gets them. */
static pp_status code_units(const search *s, const char *const *text,
                            const char ***known) {
    pp__peering *p = s->p;
    p->code = pp_arena_alloc(s->arena, s->w->n, sizeof *p->code);
    PP_NEED(p->code, s->err);
    *known = pp_arena_alloc(s->arena, s->w->n, sizeof **known);
    PP_NEED(*known, s->err);
    for (int32_t u = 0; u < s->w->n; u++) {
        p->code[u] = code_of(*known, &p->codes, text[u]);
    }
    return PP_OK;
}

static pp_status need_country(const search *s, const char *code, const pp_place **out) {
    *out = s->gazetteer ? pp_gazetteer_find(s->gazetteer, code) : NULL;
    if (*out) {
        return PP_OK;
    }
    if (!s->gazetteer) {
        return bad_option(s, NULL, "this exposure needs the gazetteer of places");
    }
    pp_error_set(s->err, PP_E_NOT_FOUND, "the gazetteer has no place '%s'", code);
    pp_error_locate(s->err, NULL, 0, s->x->kind, code);
    pp_error_hint(s->err,
                  "units must be codes of countries (KEN), or another column must "
                  "hold them");
    return PP_E_NOT_FOUND;
}

static pp_status find_borders(const search *s) {
    pp__peering *p = s->p;
    const char **known;
    const pp_place *place;
    PP_TRY(code_units(s, s->w->country, &known));
    p->near = pp_arena_zalloc(s->arena, (int64_t)p->codes * p->codes, 1);
    PP_NEED(p->near, s->err);
    for (int32_t a = 0; a < p->codes; a++) {
        const char *const *list;
        PP_TRY(need_country(s, known[a], &place));
        int n = pp_gazetteer_neighbours(s->gazetteer, known[a], &list);
        for (int k = 0; k < n; k++) {
            for (int32_t b = 0; b < p->codes; b++) {
                p->near[a * p->codes + b] |= strcmp(known[b], list[k]) == 0;
            }
        }
    }
    return PP_OK;
}

/* The first text that a unit has in a column of the data. */
static pp_status find_region(const search *s, const pp_peers_options *options) {
    const char *name = s->x->column ? s->x->column : "region", **known;
    const pp__world *w = s->w;
    pp_column *column, *other = NULL;
    PP_TRY(pp_table_require(w->data, name, &column, s->err));
    const char **text = pp_arena_zalloc(s->arena, w->n, sizeof *text);
    PP_NEED(text, s->err);
    if (column->type == PP_NUMBER) {
        return bad_option(s, name, "regions must be a column of words");
    }
    for (int64_t i = 0; i < pp_table_rows(w->data); i++) {
        if (w->unit[i] >= 0 && !text[w->unit[i]]) {
            text[w->unit[i]] = pp_column_get_text(column, i);
        }
    }
    other = options->others ? pp_table_find(options->others, name) : NULL;
    for (int32_t u = w->own; other && u < w->n; u++) {
        text[u] = pp_column_get_text(other, w->other[u]);
    }
    return code_units(s, text, &known);
}

/* ---- places and votes ---- */

static pp_status find_places(const search *s) {
    const pp__world *w = s->w;
    pp__peering *p = s->p;
    p->nearest = s->x->nearest;
    p->latitude = pp_arena_alloc(s->arena, 2 * (int64_t)w->n, sizeof *p->latitude);
    PP_NEED(p->latitude, s->err);
    p->longitude = p->latitude + w->n;
    for (int32_t u = 0; u < w->n; u++) {
        const pp_place *place =
            s->gazetteer ? pp_gazetteer_find(s->gazetteer, w->id[u]) : NULL;
        if (!place && w->country[u]) {
            PP_TRY(need_country(s, w->country[u], &place));
        }
        p->latitude[u] = place ? place->latitude * M_PI / 180 : NAN;
        p->longitude[u] = place ? place->longitude * M_PI / 180 : NAN;
    }
    return PP_OK;
}

/* The values of units by period; one without a row has its last known one. */
static pp_status find_votes(const search *s) {
    const pp__world *w = s->w;
    pp__peering *p = s->p;
    pp_column *column;
    if (!s->x->column) {
        return bad_option(s, NULL, "votes need the column of positions");
    }
    PP_TRY(pp_table_require(w->data, s->x->column, &column, s->err));
    if (column->type != PP_NUMBER) {
        return bad_option(s, s->x->column, "positions must be numbers");
    }
    p->varies = 1;
    p->nearest = s->x->bandwidth > 0 ? 0 : s->x->nearest ? s->x->nearest : NEAREST_VOTES;
    p->value = pp_arena_alloc(s->arena, (int64_t)w->own * w->periods, sizeof *p->value);
    PP_NEED(p->value, s->err);
    for (int32_t u = 0; u < w->own; u++) {
        double last = NAN;
        for (int32_t t = 0; t < w->periods; t++) {
            int64_t cell = (int64_t)u * w->periods + t, row = w->row[cell];
            last = row >= 0 && !isnan(column->number[row]) ? column->number[row] : last;
            p->value[cell] = last;
        }
    }
    return PP_OK;
}

/* ---- a matrix ---- */

typedef struct named {
    const char *id;
    int32_t unit;
} named;

static int compare_names(const void *a, const void *b) {
    const named *x = a, *y = b;
    return strcmp(x->id, y->id);
}

static int compare_edges(const void *a, const void *b) {
    const pp__peer_edge *x = a, *y = b;
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    return (x->to > y->to) - (x->to < y->to);
}

static int32_t find_unit(const named *names, int32_t n, const pp_column *column,
                         int64_t row) {
    char space[32];
    const char *text = pp_column_get_text(column, row);
    if (column->type == PP_NUMBER) {
        pp_format_number(column->number[row], space);
        text = space;
    }
    named wanted = {text, 0};
    const named *found =
        text ? bsearch(&wanted, names, (size_t)n, sizeof *names, compare_names) : NULL;
    return found ? found->unit : -1;
}

static pp_status wrong_weight(const search *s, int64_t row, const char *message) {
    pp_error_set(s->err, PP_E_INPUT, "%s", message);
    pp_error_locate(s->err, NULL, row + 1, "weight", NULL);
    pp_error_hint(s->err, "in the matrix '%s': from, to, weight and perhaps year",
                  s->x->name ? s->x->name : s->x->kind);
    return PP_E_INPUT;
}

static pp_status read_edges(const search *s, const named *names) {
    const pp_table *matrix = s->x->matrix;
    pp__peering *p = s->p;
    pp_column *from, *to, *weight, *year = pp_table_find(matrix, "year");
    PP_TRY(pp_table_require(matrix, "from", &from, s->err));
    PP_TRY(pp_table_require(matrix, "to", &to, s->err));
    PP_TRY(pp_table_require(matrix, "weight", &weight, s->err));
    if (weight->type != PP_NUMBER || (year && year->type != PP_NUMBER)) {
        return wrong_weight(s, -1, "weights and years must be numbers");
    }
    p->varies = year != NULL;
    p->edge = pp_arena_alloc(s->arena, pp_table_rows(matrix) + 1, sizeof *p->edge);
    PP_NEED(p->edge, s->err);
    for (int64_t i = 0; i < pp_table_rows(matrix); i++) {
        int32_t a = find_unit(names, s->w->n, from, i);
        int32_t b = find_unit(names, s->w->n, to, i);
        double w = weight->number[i];
        if (w < 0 || isinf(w)) {
            return wrong_weight(s, i, "a weight must be a number, zero or more");
        }
        if (a >= 0 && b >= 0 && w > 0 && a == b) {
            return wrong_weight(s, i, "a unit cannot be its own peer");
        }
        if (a >= 0 && a < s->w->own && b >= 0 && w > 0 &&
            !(year && isnan(year->number[i]))) {
            double time = year ? year->number[i] : -INFINITY;
            p->edge[p->n_edges++] = (pp__peer_edge){time, a, b, w, i};
        }
    }
    return PP_OK;
}

static pp_status find_matrix(const search *s) {
    pp__peering *p = s->p;
    named *names = pp_arena_alloc(s->arena, s->w->n, sizeof *names);
    PP_NEED(names, s->err);
    if (!s->x->matrix) {
        return bad_option(s, NULL, "the matrix is missing");
    }
    for (int32_t u = 0; u < s->w->n; u++) {
        names[u] = (named){s->w->id[u], u};
    }
    qsort(names, (size_t)s->w->n, sizeof *names, compare_names);
    PP_TRY(read_edges(s, names));
    if (p->n_edges > 0) {
        qsort(p->edge, (size_t)p->n_edges, sizeof *p->edge, compare_edges);
    }
    for (int64_t e = 1; e < p->n_edges; e++) {
        if (compare_edges(&p->edge[e - 1], &p->edge[e]) == 0) {
            int64_t row =
                p->edge[e - 1].row > p->edge[e].row ? p->edge[e - 1].row : p->edge[e].row;
            return wrong_weight(s, row, "the weight of a pair is given twice");
        }
    }
    return PP_OK;
}

/* ---- all kinds ---- */

pp_status pp__peering_find(const pp__world *world, const pp_peer_exposure *exposure,
                           const pp_peers_options *options, pp_arena *arena,
                           pp__peering *out, pp_error *err) {
    static const char *const KINDS[] = {"borders", "region", "distance", "votes",
                                        "matrix"};
    search s = {world, exposure, options->gazetteer, arena, out, err};
    int kind = 0;
    *out = (pp__peering){.world = world, .exposure = exposure};
    while (kind < 5 && strcmp(KINDS[kind], exposure->kind) != 0) {
        kind++;
    }
    if (exposure->km < 0 || exposure->nearest < 0 || exposure->bandwidth < 0) {
        return bad_option(&s, NULL, "km, nearest and bandwidth must be zero or more");
    }
    switch (kind) {
    case 0:
        return find_borders(&s);
    case 1:
        return find_region(&s, options);
    case 2:
        return find_places(&s);
    case 3:
        return find_votes(&s);
    case 4:
        return find_matrix(&s);
    default:
        pp_error_set(err, PP_E_ARGUMENT, "there is no exposure '%s'", exposure->kind);
        pp_error_locate(err, NULL, 0, "exposures", exposure->kind);
        pp_error_hint(err, "there are: borders, region, distance, votes, matrix");
        return PP_E_ARGUMENT;
    }
}
