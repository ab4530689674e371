/* What is in force: records after retractions and merges, sources with their stories. */
#ifndef PP_EVIDENCE_INFORCE_H
#define PP_EVIDENCE_INFORCE_H

#include "evidence/merged.h"
#include "evidence/story.h"

typedef struct pp__placed {
    const char *key; /* "KEN/city/Nairobi" */
    const char *country, *kind, *name;
    const char *id; /* NULL: pending */
} pp__placed;

typedef struct pp__vendor {
    const char *values[PP__MOST_FIELDS];
} pp__vendor;

typedef struct pp__inforce {
    pp_store *store;
    pp_arena arena;
    pp__merges source_merges, vendor_merges, place_merges;
    pp__stories stories;
    pp__vendor *vendors; /* in order of slug */
    pp__placed *places;  /* in order of key, as recorded */
    int64_t n_vendors, n_places;
    pp__map vendor_index, place_index; /* by slug, by key */
    pp__map retracted;                 /* "claim/A0001", "source/AS001" */
} pp__inforce;

/* To be cleared after a failure too. The store must be in a transaction. */
pp_status pp__inforce_read(pp_store *store, pp__inforce *out, pp_error *err);
void pp__inforce_clear(pp__inforce *in);

/* What a recorded place stands for after merges. */
pp__placed pp__inforce_place(const pp__inforce *in, const pp__placed *place);
const pp__vendor *pp__inforce_vendor(const pp__inforce *in,
                                     const char *slug); /* merged */
const pp__story_source *pp__inforce_source(const pp__inforce *in,
                                           const char *id); /* merged */
int pp__inforce_retracted(const pp__inforce *in, const char *kind, const char *id);

/* The tables that evidence.h promises. */
pp_status pp__inforce_claims(const pp__inforce *in, pp_table **out, pp_error *err);
pp_status pp__inforce_sources(const pp__inforce *in, pp_table **out, pp_error *err);

#endif
