/* What a person declared to be one: the merges in force of one kind of record. */
#ifndef PP_EVIDENCE_MERGED_H
#define PP_EVIDENCE_MERGED_H

#include "evidence/map.h"
#include "evidence/store.h"

typedef struct pp__merges {
    pp__map index; /* from a record to its place in `targets` */
    const char **targets;
    int64_t n;
} pp__merges;

/* Memory from `arena` but for the index, which is to be cleared after a failure too. */
pp_status pp__merges_read(pp_store *store, const char *kind, pp_arena *arena,
                          pp__merges *out, pp_error *err);
void pp__merges_clear(pp__merges *merges);
/* What `id` stands for after all merges; itself when it was not merged. */
const char *pp__merged(const pp__merges *merges, const char *id);

#endif
