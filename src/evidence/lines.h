/* On which lines the records of a CSV file begin. */
#ifndef PP_EVIDENCE_LINES_H
#define PP_EVIDENCE_LINES_H

#include <pushpull/text.h>

/* Fills `lines` with the 1-based line of each of the `n` records after the header. Where
   the file is no plain CSV (or NULL), or does not have as many records, a record's line
   is its position and the header's. */
pp_status pp__record_lines(const char *path, int64_t n, int64_t *lines, pp_error *err);

#endif
