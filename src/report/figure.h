/* What the makers of figures share: a draft collects the rows, the values of the template
   and the words, and becomes a pp_figure. */
#ifndef PP_REPORT_FIGURE_H
#define PP_REPORT_FIGURE_H

#include "report/template.h"

#include <pushpull/figure.h>

enum { PP__MOST_SLOTS = 20 };

typedef struct pp__draft {
    const pp_figure_options *options;
    const char *template_name;           /* "adoption_map" */
    const char *title, *subtitle, *note; /* defaults */
    pp_arena arena;
    pp_table *rows; /* the data of the specification; owned */
    pp_table *twin; /* owned; NULL: a copy of the rows */
    pp_buf alt;
    pp__slot slots[PP__MOST_SLOTS];
    int n;
} pp__draft;

/* Builds a draft from the caller's table. */
typedef pp_status pp__figure_maker(pp__draft *draft, const pp_table *table,
                                   pp_error *err);

/* Runs the maker and fills the template. */
pp_status pp__figure_make(pp__figure_maker *make, const char *template_name,
                          const pp_table *table, const pp_figure_options *options,
                          pp_figure **out, pp_error *err);

void pp__slot_text(pp__draft *draft, const char *name, const char *text);
void pp__slot_json(pp__draft *draft, const char *name, const char *json);
void pp__slot_number(pp__draft *draft, const char *name, double number);

/* A copy of the named columns (NULL-terminated, all required), in that order. */
pp_status pp__select(const pp_table *table, const char *const *columns, pp_table **out,
                     pp_error *err);
/* "no_adoption_found" → "no adoption found"; NULL: no memory. */
const char *pp__words(pp_arena *arena, const char *code);
/* "smart_policing" → "Smart policing"; what has a capital is a name and stays as it is; NULL: no
 * memory. */
const char *pp__readable(pp_arena *arena, const char *code);
/* A capital at its beginning, in place; gives `text`. */
char *pp__capitalise(char *text);
/* `text` broken into at most two lines, about equally long when it exceeds `width`
 * columns. */
const char *pp__two_lines(pp_arena *arena, const char *text, int width);
/* The distinct strings of a text column of the rows, in order, as a JSON array; NULL: no
 * memory. */
const char *pp__json_list(pp_arena *arena, const pp_table *rows, const char *column);

#endif
