/* The evidence store: sources, claims, decisions, and the log of every change.
 *
 * A claim is one coder's reading of one source. Nothing is overwritten: a changed claim
 * is a new version that supersedes the old one, and every change adds to an append-only
 * log whose entries carry the hash of the one before. A store is one SQLite file; a
 * second engine fits behind src/evidence/database.h.
 */
#ifndef PUSHPULL_EVIDENCE_H
#define PUSHPULL_EVIDENCE_H

#include <pushpull/context.h>
#include <pushpull/places.h>
#include <pushpull/result.h>

typedef struct pp_store pp_store;

typedef enum pp_store_mode {
    PP_STORE_READ,
    PP_STORE_WRITE,
    PP_STORE_CREATE
} pp_store_mode;

/* Opens, checks application_id, version and integrity, and migrates an older store (write
   modes). PP_STORE_CREATE makes the file when there is none; ":memory:" is a store that
   ends when it is closed. A file that is no store is PP_E_INPUT, a newer schema
   PP_E_UNSUPPORTED, a damaged file PP_E_CORRUPT. One thread at a time uses a store;
   several processes may open one file: a writer waits ten seconds for another, then gives
   PP_E_CONFLICT. Reads the whole file once. */
PP_API pp_status pp_store_open(const char *path, pp_store_mode mode, pp_store **out,
                               pp_error *err);
PP_API void pp_store_close(pp_store *store); /* NULL is fine */
/* Log entries from now on carry an empty time: for a store that is made from files and
   must come out the same bytes each time. Whoever makes it keeps the time elsewhere (a
   run: in its manifest). */
PP_API void pp_store_omit_times(pp_store *store);

typedef struct pp_import_options {
    const char *claims;   /* file of any readable kind; columns as in the codebook */
    const char *sources;  /* NULL: none */
    const char *searches; /* NULL: none */
    const char *vendors;  /* vendor, name, home, parent, aliases; NULL: none */
    int dry_run;          /* 1: report, change nothing */
    const char *author;   /* who imports, for the log; NULL: "unknown" */
} pp_import_options;

/* Imports all or nothing, in one transaction. Columns of the files are those of the
   codebook; others are left out with the warning `extra_columns`. Empty cells are
   missing, or "unknown" where the codebook has that word. A row is compared with what was
   imported last under its id, so that the same file twice changes nothing; a changed row
   is a new version, and stands in for a correction made by a decision (warning
   `correction_superseded`). Vendors and places are derived from the claims; a place that
   cannot be resolved is kept as pending, never guessed, and tried again by every later
   import. Without a gazetteer (NULL) country codes are checked by their form only and
   cities stay pending.

   Tables of the result: `refused` (file, line, field, value, reason, suggestion),
   `pending` (place, kind, country, claims, suggestions), `import` (one row a kind: read,
   new, unchanged, changed, pending, refused), `stories` (story, basis, sources, title:
   proposed copies of one text). Warnings: `pending_places`, `vendor_home` (claims give
   another home than the list of vendors), `future_date`, `long_notes`, and those above.

   When any row is refused nothing is written, the result is still given, and the status
   is PP_E_INPUT with the first refusal. Missing columns are one PP_E_INPUT that names
   them all. PP_E_CANCELLED and every other failure leave the store as it was, and so does
   the end of the process at any moment. Cost: linear; 200,000 claims in a few seconds. */
PP_API pp_status pp_evidence_import(pp_store *store, const pp_gazetteer *gazetteer,
                                    const pp_import_options *options,
                                    const pp_context *ctx, pp_result **out,
                                    pp_error *err);

/* What is in force now, one row a claim, ordered by claim_id: claim_id, version, place_id
   (missing: pending), place, place_kind, country, vendor, vendor_home, platform, status,
   earliest, latest, financing, amount_usd, buyer_level, buyer, stated_purpose,
   confidence, source_id, story, coder, note. Retracted claims are left out; merged
   places, vendors and sources are replaced by what they were merged into. */
PP_API pp_status pp_evidence_claims(pp_store *store, pp_table **out, pp_error *err);
/* source_id, address (canonical), url, title, publisher, published, kind, language, story
   (the source's own id when it stands alone), story_status ("proposed", "confirmed",
   missing). */
PP_API pp_status pp_evidence_sources(pp_store *store, pp_table **out, pp_error *err);
/* country, coder, targeted_queries_at_least, claims_found. */
PP_API pp_status pp_evidence_searches(pp_store *store, pp_table **out, pp_error *err);
/* vendor, name, home, parent, aliases, claims. */
PP_API pp_status pp_evidence_vendors(pp_store *store, pp_table **out, pp_error *err);

/* Records an adjudication as a claim about a claim. `action`: "retract" (a claim, a
   source with its claims, or a proposed story), "restore" (what was retracted), "confirm"
   (a story), "correct" (one field of a claim, source or vendor: `field`, `value`, NULL or
   "" for missing). `reason` is required. `subject` is a claim, source or vendor id, or a
   story ("story:AS014"). A corrected claim is resolved anew: `pending_places` warns when its
   place is not known. */
typedef struct pp_decision {
    const char *action, *subject, *field, *value, *reason, *author;
} pp_decision;
PP_API pp_status pp_evidence_decide(pp_store *store, const pp_gazetteer *gazetteer,
                                    const pp_decision *decision, pp_result **out,
                                    pp_error *err);
/* Declares that two records are one. `kind`: "source", "vendor" or "place". A place is
   given by its id, by "KEN/city/Nairobbi", or by its name alone when only one place of
   the store has it; `into` of a place may be any id of the gazetteer. A later merge of
   `from` stands in for an earlier one; into itself undoes it. A merge that would close a
   circle, or of places of different kind or country, is PP_E_CONFLICT. */
PP_API pp_status pp_evidence_merge(pp_store *store, const pp_gazetteer *gazetteer,
                                   const char *kind, const char *from, const char *into,
                                   const char *reason, const char *author,
                                   pp_result **out, pp_error *err);

/* Checks the file's integrity and references, the chain of the log, and every recorded
   version against the digest that the log holds of it. Table `verify` (check, outcome,
   detail). What does not verify is PP_E_CORRUPT, with the result still given. The last
   entry's hash is in the detail of the check `log`: kept elsewhere, it also proves that
   no later entries were cut off. */
PP_API pp_status pp_evidence_verify(pp_store *store, const pp_context *ctx,
                                    pp_result **out, pp_error *err);

/* From a place, a claim, a source or a vendor down to everything under it. `what` is an
   id, or a name of a place or vendor; of several things of one name those with claims are
   meant, but of several countries any. Tables: `place` or `vendor`; of these two `adoptions`, derived with any known
   supplier; `claims` and `sources` in force; `decisions`; `history`, the entries of the
   log about all of them; of a claim its `versions`. Several things of the name: only
   `matches` (id, kind, name, country, claims) and the warning `ambiguous`. Nothing of the
   name is PP_E_NOT_FOUND. The gazetteer may be NULL: places by their recorded names. */
PP_API pp_status pp_evidence_show(pp_store *store, const pp_gazetteer *gazetteer,
                                  const char *what, pp_result **out, pp_error *err);

#endif
