/* Vendors and places as a matrix, ordered by region and community. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VENDORS = 30, MOST_PLACES = 60 };

/* A vendor or a place. Keys of rows and columns begin with what they are: "=" one, "+" those summed,
   "#" a heading. */
typedef struct node {
    const char *id, *name, *region;
    double community;
    int certain, possible; /* links; possible ones too */
    double weight;
    int shown;
    const char *key;
} node;

/* Shown ones first, in the order of the figure; then those that are summed, by region. */
typedef struct side {
    node *all;
    int n, most;
} side;

typedef struct matrix {
    const pp_table *from;
    pp__draft *draft;
    side vendors, places;
} matrix;

/* ---- who there is ---- */

static const char *text_at(const matrix *m, const char *column, int64_t row) {
    const char *text = pp_column_get_text(pp_table_find(m->from, column), row);
    return text ? text : "";
}

static double number_at(const matrix *m, const char *column, int64_t row) {
    return pp_table_find(m->from, column)->number[row];
}

static int compare_ids(const void *left, const void *right) {
    return strcmp(((const node *)left)->id, ((const node *)right)->id);
}

static node node_of(const matrix *m, int is_place, int64_t row) {
    const char *name = text_at(m, is_place ? "place_name" : "vendor_name", row);
    const char *region = is_place ? text_at(m, "region", row) : "";
    node e = {.id = text_at(m, is_place ? "place" : "vendor", row),
              .region = !is_place || *region ? region : "Region not known",
              .community =
                  number_at(m, is_place ? "place_community" : "vendor_community", row)};
    e.name = *name ? name : e.id;
    return e;
}

static node *find(const side *s, const char *id) {
    const node wanted = {.id = id};
    return bsearch(&wanted, s->all, (size_t)s->n, sizeof *s->all, compare_ids);
}

/* In order of their ids. */
static pp_status gather(matrix *m, int is_place, side *s, pp_error *err) {
    int64_t rows = pp_table_rows(m->from);
    node *all = pp_arena_alloc(&m->draft->arena, rows + 1, sizeof *all);
    PP_NEED(all, err);
    for (int64_t i = 0; i < rows; i++) {
        all[i] = node_of(m, is_place, i);
    }
    qsort(all, (size_t)rows, sizeof *all, compare_ids);
    s->all = all;
    for (int64_t i = 0; i < rows; i++) {
        if (s->n == 0 || strcmp(all[s->n - 1].id, all[i].id) != 0) {
            all[s->n++] = all[i];
        }
    }
    for (int64_t i = 0; i < rows; i++) {
        node *e = find(s, text_at(m, is_place ? "place" : "vendor", i));
        e->certain += number_at(m, "weight", i) > 0;
        e->possible++;
        e->weight += number_at(m, "weight", i);
    }
    return PP_OK;
}

/* ---- which are shown, in which order ---- */

static int compare_sizes(const void *left, const void *right) {
    const node *a = left, *b = right;
    if (a->certain != b->certain) {
        return b->certain - a->certain;
    }
    if (a->weight != b->weight) {
        return a->weight < b->weight ? 1 : -1;
    }
    return a->possible != b->possible ? b->possible - a->possible : strcmp(a->id, b->id);
}

static int compare_shown(const void *left, const void *right) {
    const node *a = left, *b = right;
    if (a->shown != b->shown) {
        return b->shown - a->shown;
    }
    int region = strcmp(a->region, b->region);
    double own = isnan(a->community) ? INFINITY : a->community;
    double other = isnan(b->community) ? INFINITY : b->community;
    return region         ? region
           : own != other ? (own < other ? -1 : 1)
                          : compare_sizes(left, right);
}

static void choose(side *s) {
    qsort(s->all, (size_t)s->n, sizeof *s->all, compare_sizes);
    for (int i = 0; i < s->n; i++) {
        s->all[i].shown = i < s->most;
    }
    qsort(s->all, (size_t)s->n, sizeof *s->all, compare_shown);
}

static int is_taken(const side *s, int before, const char *key) {
    for (int i = 0; i < before; i++) {
        if (strcmp(s->all[i].key, key) == 0) {
            return 1;
        }
    }
    return 0;
}

static int count_hidden(const side *s, const char *region) {
    int n = 0;
    for (int i = 0; i < s->n; i++) {
        n += !s->all[i].shown && strcmp(s->all[i].region, region) == 0;
    }
    return n;
}

/* "=Huawei", or with its id where a name is another's too; "+12 other places" of its region. */
static pp_status name_nodes(matrix *m, side *s, const char *what, pp_error *err) {
    pp_arena *arena = &m->draft->arena;
    for (int i = 0; i < s->n; i++) {
        node *e = &s->all[i], *before = i ? e - 1 : NULL;
        if (!e->shown) {
            int n = count_hidden(s, e->region);
            int goes_on =
                before && !before->shown && strcmp(before->region, e->region) == 0;
            e->key = goes_on ? before->key
                             : pp_arena_printf(arena, "+%d other %s%s%s%s", n, what,
                                               n == 1 ? "" : "s", *e->region ? ", " : "",
                                               e->region);
        } else {
            e->key = pp_arena_printf(arena, "=%s", e->name);
            if (e->key && is_taken(s, i, e->key)) {
                e->key = pp_arena_printf(arena, "=%s (%s)", e->name, e->id);
            }
        }
        PP_NEED(e->key, err);
    }
    return PP_OK;
}

/* ---- rows of the figure ---- */

static pp_status open_rows(pp__draft *draft, pp_error *err) {
    static const char *const texts[] = {"part", "column", "row", "words"};
    static const char *const numbers[] = {"certain", "possible", "single", "inside"};
    PP_TRY(pp_table_new(&draft->rows, err));
    for (int k = 0; k < 4; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, texts[k], NULL, err));
    }
    for (int k = 0; k < 4; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[k], NULL, err));
    }
    return PP_OK;
}

typedef struct line {
    const char *part, *column, *row, *words;
    double certain, possible, single, inside;
} line;

static pp_status add_line(matrix *m, const line *l, pp_error *err) {
    pp_table *rows = m->draft->rows;
    int64_t row;
    const struct {
        const char *name, *text;
    } texts[] = {
        {"part", l->part}, {"column", l->column}, {"row", l->row}, {"words", l->words}};
    PP_TRY(pp_table_append(rows, &row, err));
    for (int k = 0; k < 4; k++) {
        PP_TRY(pp_column_set_text(rows, pp_table_find(rows, texts[k].name), row,
                                  texts[k].text, err));
    }
    pp_table_find(rows, "certain")->number[row] = l->certain;
    pp_table_find(rows, "possible")->number[row] = l->possible;
    pp_table_find(rows, "single")->number[row] = l->single;
    pp_table_find(rows, "inside")->number[row] = l->inside;
    return PP_OK;
}

/* Margins of those shown; those summed have only their name here, and no bar. */
static pp_status add_node(matrix *m, const side *s, int i, int is_place, pp_error *err) {
    const node *e = &s->all[i];
    const char *words =
        pp_arena_printf(&m->draft->arena, "%s: %d for certain, %d possible", e->name,
                        e->certain, e->possible);
    PP_NEED(words, err);
    const line l = {.part = e->shown ? (is_place ? "place" : "vendor") : "others",
                    .column = is_place ? NULL : e->key,
                    .row = is_place ? e->key : NULL,
                    .words = words,
                    .certain = e->certain,
                    .possible = e->possible};
    return add_line(m, &l, err);
}

static pp_status add_columns(matrix *m, pp_error *err) {
    const side *s = &m->vendors;
    for (int i = 0; i < s->n && (i == 0 || s->all[i - 1].shown); i++) {
        PP_TRY(add_node(m, s, i, 0, err));
    }
    return PP_OK;
}

static pp_status add_heading(matrix *m, const char *region, pp_error *err) {
    const char *key = pp_arena_printf(&m->draft->arena, "#%s", region);
    PP_NEED(key, err);
    const line l = {.part = "heading", .row = key};
    return add_line(m, &l, err);
}

/* Those of a region that are shown, then those of it that are summed. */
static pp_status add_region(matrix *m, const char *region, pp_error *err) {
    const side *s = &m->places;
    int summed = 0;
    PP_TRY(add_heading(m, region, err));
    for (int i = 0; i < s->n; i++) {
        if (strcmp(s->all[i].region, region) == 0 && !summed) {
            PP_TRY(add_node(m, s, i, 1, err));
            summed = !s->all[i].shown;
        }
    }
    return PP_OK;
}

static pp_status add_regions(matrix *m, pp_error *err) {
    const side *s = &m->places;
    const char *last = "";
    for (;;) {
        const char *next = NULL; /* the first region after the last one */
        for (int i = 0; i < s->n; i++) {
            const char *region = s->all[i].region;
            if (strcmp(region, last) > 0 && (!next || strcmp(region, next) < 0)) {
                next = region;
            }
        }
        if (!next) {
            return PP_OK;
        }
        PP_TRY(add_region(m, next, err));
        last = next;
    }
}

/* ---- cells ---- */

typedef struct cell {
    const node *vendor, *place;
    int certain;
} cell;

static int compare_cells(const void *left, const void *right) {
    const cell *a = left, *b = right;
    int column = strcmp(a->vendor->key, b->vendor->key);
    return column ? column : strcmp(a->place->key, b->place->key);
}

static const node *find_shown(const side *s, const node *const *by_id, const char *id) {
    int low = 0, high = s->n - 1;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (strcmp(by_id[middle]->id, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return by_id[low];
}

static int compare_pointers(const void *left, const void *right) {
    return compare_ids(*(const node *const *)left, *(const node *const *)right);
}

static const node **sort_by_id(matrix *m, const side *s) {
    const node **out = pp_arena_alloc(&m->draft->arena, s->n + 1, sizeof *out);
    for (int i = 0; out && i < s->n; i++) {
        out[i] = &s->all[i];
    }
    if (out) {
        qsort(out, (size_t)s->n, sizeof *out, compare_pointers);
    }
    return out;
}

static pp_status add_cell(matrix *m, const cell *cells, int64_t n, pp_error *err) {
    const node *v = cells->vendor, *p = cells->place;
    int single = v->shown && p->shown, certain = 0;
    for (int64_t i = 0; i < n; i++) {
        certain += cells[i].certain;
    }
    const char *words =
        pp_arena_printf(&m->draft->arena, "%s, %s: %s", v->key + 1, p->key + 1,
                        !single   ? "links summed"
                        : certain ? "certain"
                                  : "possible");
    PP_NEED(words, err);
    const line l = {.part = single ? "link" : "sum",
                    .column = v->key,
                    .row = p->key,
                    .words = words,
                    .certain = certain,
                    .possible = (double)n,
                    .single = single,
                    .inside = v->community == p->community};
    return add_line(m, &l, err);
}

static pp_status add_cells(matrix *m, pp_error *err) {
    int64_t rows = pp_table_rows(m->from);
    cell *cells = pp_arena_alloc(&m->draft->arena, rows + 1, sizeof *cells);
    const node **vendors = sort_by_id(m, &m->vendors);
    const node **places = sort_by_id(m, &m->places);
    PP_NEED(cells && vendors && places, err);
    for (int64_t i = 0; i < rows; i++) {
        cells[i] = (cell){find_shown(&m->vendors, vendors, text_at(m, "vendor", i)),
                          find_shown(&m->places, places, text_at(m, "place", i)),
                          number_at(m, "weight", i) > 0};
    }
    qsort(cells, (size_t)rows, sizeof *cells, compare_cells);
    for (int64_t i = 0, j; i < rows; i = j) {
        for (j = i; j < rows && compare_cells(&cells[i], &cells[j]) == 0; j++) {
        }
        PP_TRY(add_cell(m, &cells[i], j - i, err));
    }
    return PP_OK;
}

/* ---- words ---- */

static void describe(const matrix *m) {
    pp_buf *alt = &m->draft->alt;
    const side *v = &m->vendors, *p = &m->places;
    const node *first = NULL;
    for (int i = 0; i < v->n; i++) {
        first = !first || compare_sizes(&v->all[i], first) < 0 ? &v->all[i] : first;
    }
    pp_buf_printf(alt,
                  "A matrix of %d vendors in columns and %d places in rows, with %lld "
                  "links.",
                  v->n, p->n, (long long)pp_table_rows(m->from));
    if (first) {
        pp_buf_printf(alt,
                      " Most places have %s: %d for certain, %d by what is possible.",
                      first->name, first->certain, first->possible);
    }
}

static pp_status put_slots(matrix *m, pp_error *err) {
    pp__draft *draft = m->draft;
    const char *columns = pp__json_list(&draft->arena, draft->rows, "column");
    const char *rows = pp__json_list(&draft->arena, draft->rows, "row");
    PP_NEED(columns && rows, err);
    pp__slot_json(draft, "columns", columns);
    pp__slot_json(draft, "order", rows);
    pp__slot_text(draft, "axis", draft->options->axis ? draft->options->axis : "Places");
    draft->title = "Which places have which vendors";
    draft->subtitle = "Filled: certain. Open: possible. Dark: of one community. Numbers: "
                      "links of those summed.";
    draft->note =
        "Places stand by region, then by community and by the number of their vendors; "
        "vendors by "
        "community and by the number of their places. Bars: vendors of a place, places "
        "of a "
        "vendor; the pale end is what is only possible. Named vendors only. An empty "
        "cell is a link that nobody found.";
    return PP_OK;
}

static pp_status make_network(pp__draft *draft, const pp_table *edges, pp_error *err) {
    static const char *const needed[] = {
        "vendor_name",      "place_name",      "country", "region",    "families",
        "weight",           "weight_high",     "since",   "since_low", "vendor",
        "vendor_community", "place_community", "place",   NULL};
    matrix m = {.from = edges,
                .draft = draft,
                .vendors = {.most = MOST_VENDORS},
                .places = {.most = MOST_PLACES}};
    PP_TRY(pp__select(edges, needed, &draft->twin, err));
    PP_TRY(open_rows(draft, err));
    PP_TRY(gather(&m, 0, &m.vendors, err));
    PP_TRY(gather(&m, 1, &m.places, err));
    choose(&m.vendors);
    choose(&m.places);
    PP_TRY(name_nodes(&m, &m.vendors, "vendor", err));
    PP_TRY(name_nodes(&m, &m.places, "place", err));
    PP_TRY(add_columns(&m, err));
    PP_TRY(add_regions(&m, err));
    PP_TRY(add_cells(&m, err));
    describe(&m);
    return put_slots(&m, err);
}

pp_status pp_figure_network(const pp_table *edges, const pp_figure_options *options,
                            pp_figure **out, pp_error *err) {
    return pp__figure_make(make_network, "network", edges, options, out, err);
}
