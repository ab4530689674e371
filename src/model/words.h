/* Categories that were perhaps not meant: text columns, NA as a level, too many levels. */
#ifndef PP_MODEL_WORDS_H
#define PP_MODEL_WORDS_H

#include "model/encode.h"
#include "model/notes.h"

typedef struct pp__words {
    const pp_column *column;
    const int64_t *rows, *origin; /* rows of the column, and what they were before `where`
                                     (NULL: the same) */
    int64_t n;
    int was_asked_for; /* factor(x) */
} pp__words;

/* Warns of text that was taken as a factor and of the level NA. `first`: more levels than
   half the rows are PP_E_INPUT. */
pp_status pp__words_judge(const pp__words *words, const pp__encoding *factor, int first,
                          pp__notes *notes, pp_error *err);

#endif
