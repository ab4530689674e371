/* How the renderings for people show a table's values: one place for all of them. */
#ifndef PP_REPORT_CELLS_H
#define PP_REPORT_CELLS_H

#include <pushpull/table.h>

#define PP__MISSING "\xe2\x80\x93" /* en dash */
#define PP__GROUP   "\xe2\x80\xaf" /* narrow no-break space */
#define PP__MINUS   "\xe2\x88\x92"

typedef struct pp__cell_column {
    const char *name;  /* as data formats call it */
    const char *head;  /* label and unit, for people */
    int numeric;       /* right-aligned, decimals aligned by equal length */
    int centred;       /* texts of figures */
    const char **cell; /* one a row, never NULL */
} pp__cell_column;

/* Every cell as clean one-line UTF-8: control characters and bidirectional overrides are
   gone, so that no value can move the cursor or reorder a line. */
typedef struct pp__cells {
    pp_arena arena;
    int64_t rows;
    int columns;
    pp__cell_column *column;
} pp__cells;

pp_status pp__cells_init(pp__cells *cells, const pp_table *table, pp_error *err);
void pp__cells_clear(pp__cells *cells);

/* `text` cleaned as cells are; NULL when memory is out. */
char *pp__clean_text(pp_arena *arena, const char *text);

#endif
