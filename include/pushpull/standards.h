/* Standards and regulation: a registry in files, and what follows from it.
 *
 * The registry is a folder of seven CSV files: body, instrument, provision, commitment,
 * contribution, link and member. Their columns and words are in docs/standards.md. Every row has
 * an id, a source, the day on which it was checked, and a status: `seen` in the source, or
 * `unverified`. Groups of countries (EU) are expanded by the dates of member.csv.
 *
 * Signature is not ratification, and ratification is not force: these are told apart everywhere.
 * That the registry has no record of something is "not_known" and never "no". Nothing here is
 * legal advice; the views show text and source.
 *
 * A date known as a month or a year counts as past once it is over. No function asks the clock:
 * where `at` is NULL, it is the newest day on which a row was checked.
 */
#ifndef PUSHPULL_STANDARDS_H
#define PUSHPULL_STANDARDS_H

#include <pushpull/context.h>
#include <pushpull/places.h>
#include <pushpull/result.h>

typedef struct pp_standards pp_standards;

/* Reads and checks the seven files of `folder`. `gazetteer` knows the countries; it must outlive
   `out`. PP_E_NOT_FOUND for a missing file; PP_E_INPUT for the first mistake, with file, line,
   column, value and what to do, `hint` counting the others: a missing column; an id that is empty,
   given twice, or of no body or instrument; a word that the codebook does not have; an unknown
   country; a group without members; a row without source or without the day it was checked; a date
   that is none; a commitment dated before its instrument was opened (or approved, where that is
   not known); a membership that ends before it begins; a date as amended without saying whether
   the amendment is adopted or provisional, and that word without such a date. */
PP_API pp_status pp_standards_read(const char *folder, const pp_gazetteer *gazetteer,
                                   const pp_context *ctx, pp_standards **out,
                                   pp_error *err);
PP_API void pp_standards_free(pp_standards *standards); /* NULL is fine */

/* The same, telling all mistakes. Tables: `standards` file, rows, seen, unverified,
   oldest_check, newest_check (ISO days); `standards_problems` file, line, column, value,
   problem, suggestion, in order of file and line; of a
   missing column nothing else is looked at. With any problem the status is PP_E_INPUT, the
   error tells the first, and the result is still given; a file that cannot be read gives none. */
PP_API pp_status pp_standards_check(const char *folder, const pp_gazetteer *gazetteer,
                                    const pp_context *ctx, pp_result **out,
                                    pp_error *err);

/* What binds `place` on the day `at` (YYYY, YYYY-MM or YYYY-MM-DD: its last day), and what it has
   taken on without being bound. `place` is a country's name or code, or the id of a place, which
   stands for its country. Tables:
   `standards_binds` one row an instrument on which there is a record: instrument, title,
   reference, body, force, scope, standing, binds (flag), by (commitment, own, or the group that
   the instrument covers), signed, ratified (also acceded, transposed),
   endorsed (also adopted identically), in_force (of this place
   where it is recorded, else of the instrument; the day from which it applies where no other is known), applies, withdrew, status (unverified when any
   row it rests on is), source.
   `standing` is one of
     in_force               it binds
     in_force_undated       it binds, since a day that is not in the registry
     in_force_not_applied   in force; its duties begin later
     ratified_not_in_force  ratified; the instrument was not known to be in force
     adopted_not_in_force   of a group or the place itself: adopted; in force later
     signed                 signature only
     endorsed, adopted_identically, transposed   of instruments that bind nobody
     voluntary              issued by the place's own body, or its group's; binds nobody
     superseded, withdrawn, no_longer_covered    it was so once.
   `standards_duties` the provisions of what binds: instrument, article, duty, addressee,
   exception, applies_as_written, applies_as_amended, amendment, applies (flag: on that day; an
   amendment that is only provisional does not move it), status, source.
   PP_E_NOT_FOUND for a place that is not known, PP_E_ARGUMENT for `at` that is no date. */
PP_API pp_status pp_standards_binds(const pp_standards *standards, const char *place,
                                    const char *at, pp_result **out, pp_error *err);

/* Adopters, and what of data protection binds them. `adoption` is as pp_adoption_derive gives it.
   Tables: `standards_gaps` one row a country whose outcome is adopted, those without a record
   first: country, name, region, earliest_year, latest_year, standing (the furthest among binding
   instruments of the scope data_protection, as above; not_known: no record), instruments,
   at_adoption (the same on the last day of latest_year; missing without one), status;
   `standards_gaps_totals` standing, adopters, unverified (of them), at_adoption (how many had it then). Laws of single
   states count as far as they are in the registry.
   PP_E_NOT_FOUND when `adoption` lacks the table or a column; PP_E_ARGUMENT as above. */
PP_API pp_status pp_standards_gaps(const pp_standards *standards,
                                   const pp_result *adoption, const char *at,
                                   pp_result **out, pp_error *err);

/* What enters into force, begins to apply or is superseded after `at` and within `years` (1 to
   100) years. `place` NULL: everywhere; else what covers it, or what it has a commitment to. Table
   `standards_calendar`: date, event (in_force, applies, superseded), instrument, article (missing:
   the whole), title, reading (as_written, as_amended; missing of other events), amendment
   (adopted or provisional: of this row, or of what replaces it), covers, status, source; by date. */
PP_API pp_status pp_standards_calendar(const pp_standards *standards, const char *place,
                                       const char *at, int64_t years, pp_result **out,
                                       pp_error *err);

/* The coverage matrix: countries against instruments. `adoption` is as pp_adoption_derive gives it. Table
   `standards_coverage`, one row a country of its `outcomes` and an instrument: country, name, region,
   outcome (adopted, …), instrument, title, law, standing (as of pp_standards_binds; not_known: no
   record, and what follows is missing), binds (flag), status, source. Instruments are those that bind and
   do not cover one country alone, those that countries have taken on without being bound, and
   "own_law": the furthest standing among the country's own laws on data protection, which `law`
   names. Errors as of pp_standards_gaps. Cost: countries × (instruments + commitments). */
PP_API pp_status pp_standards_coverage(const pp_standards *standards,
                                       const pp_result *adoption, const char *at,
                                       pp_result **out, pp_error *err);

/* Each adoption, and which instruments bound its country when it was made. Table
   `standards_at_contract`, one row an adoption: adoption, country, place, vendor, family, latest (the
   day by which it was adopted: "then", for the day of a contract is seldom known), n_then, n_now,
   bound_then, bound_now, since (bind now and did not then), ended (did and do not now); these are
   ids of instruments with spaces between, missing: none on record; status, claims (that the adoption
   rests on). Without a latest day n_then and what follows from it are missing. Errors as of
   pp_standards_gaps; the table read is `adoptions`. Cost: adoptions × (instruments + commitments). */
PP_API pp_status pp_standards_at_contract(const pp_standards *standards,
                                          const pp_result *adoption, const char *at,
                                          pp_result **out, pp_error *err);

/* Countries that share with the country of `place` two of these: its region, a commitment, a concern;
   and all others that share a commitment. `adoption` is as pp_adoption_derive gives it; `claims`
   (NULL: none) tells purposes by claim_id and stated_purpose. A commitment is shared when both have a
   record of one instrument that is not over (superseded, withdrawn, no longer covered); a concern when
   both have an adoption of one family of platforms, or one with the same stated purpose. Table
   `standards_coalitions`, those that share most first (then by how many in force in both, signed or
   ratified, endorsed; concerns; subregion): rank, country, name, shared (how many of the three),
   region (same_subregion, same_region, other), commitment (shared; none_on_record: both have a
   record and none is common; not_known: one has none), in_force (instruments that bind both),
   taken_on (binding ones that do not bind both, with the standing there and, when it differs, of the
   target), endorsed (those that bind nobody), concern (as commitment), concerns, adopter (its
   outcome: adopted, supplier_unknown, no_adoption_found, not_searched; not_known: not looked at),
   status (unverified when a record that it rests on is). PP_E_NOT_FOUND for a place that is not known
   or a missing column. Cost: countries × (instruments + commitments). */
PP_API pp_status pp_standards_coalitions(const pp_standards *standards,
                                         const pp_result *adoption,
                                         const pp_table *claims, const char *place,
                                         const char *at, pp_result **out, pp_error *err);

/* What vendors put into standards work, and the lists that name them. `vendors` (NULL: none) has vendor,
   name, parent and aliases; a contributor is found by any of them, without case, and an affiliate
   counts as the last of its parents. `vendor` NULL: everybody. Tables: `standards_footprint` one row a
   vendor, body, role, year and leak: vendor (an id; of who is not in the list the name), name,
   in_list (flag), body, role, year, leak (flag: known by a leak only), contributions, instruments,
   as_named (as the registry has them), status, source (of the first); `standards_listings`: vendor
   (the parent), listed (the vendor itself), listed_as, instrument, title, kind, date, covers,
   status, source. PP_E_NOT_FOUND for a vendor that neither has; PP_E_INPUT for parents in a circle. */
PP_API pp_status pp_standards_footprint(const pp_standards *standards,
                                        const pp_table *vendors, const char *vendor,
                                        pp_result **out, pp_error *err);

/* Arenas compared: where states decide, and where companies, individuals and national bodies of
   industry do. Table `standards_arenas`: arena (state_driven, company_driven), body, name, type,
   participation, instruments, binding, provisions, commitments, contributions, by_companies,
   leaked (contributions known by a leak only), status, source. Counts are of the registry. */
PP_API pp_status pp_standards_arenas(const pp_standards *standards, pp_result **out,
                                     pp_error *err);

/* Changes of a registry of one's own. Each reads the folder, changes one table in memory, checks the whole
   registry as it would be, and only then writes: the table and `changes.csv`, a log with day, by,
   reason, table, id, action (set, add, remove, import), column, old, new. Both are written aside, flushed
   and moved; an interruption leaves the registry as it was, or as it should be, and the next change
   ends the move. One change at a time: PP_E_CONFLICT while another has the folder. */
typedef struct pp_standards_edit {
    const char *folder;
    const pp_gazetteer *gazetteer;
    const char *table;       /* "commitment" */
    const char *by, *reason; /* who, and why: required */
    const char *day;         /* YYYY-MM-DD, for the log: no function asks the clock */
    int dry_run;             /* everything but the writing */
} pp_standards_edit;

/* Sets cells of a row: `values` are "COLUMN=VALUE", NULL-terminated; nothing after the "=" empties the cell.
   Table of this and what follows: `standards_changes`, the rows that the log gets; none where all is
   as it was, and then nothing is written. Errors: PP_E_ARGUMENT for an unknown table, a value that is
   not COLUMN=VALUE, or a missing `by`, `reason` or `day`; PP_E_NOT_FOUND for a folder, an id or a
   column that is not there, with the nearest; PP_E_INPUT for what pp_standards_check would
   refuse, there and anywhere else in the registry; PP_E_IO when it cannot be written. */
PP_API pp_status pp_standards_set(const pp_standards_edit *edit, const char *id,
                                  const char *const *values, const pp_context *ctx,
                                  pp_result **out, pp_error *err);
/* Adds a row, with its id among the values; PP_E_CONFLICT when there is one of that id. */
PP_API pp_status pp_standards_add(const pp_standards_edit *edit,
                                  const char *const *values, const pp_context *ctx,
                                  pp_result **out, pp_error *err);
/* Removes a row; the log keeps what was in it. PP_E_INPUT when others refer to it. */
PP_API pp_status pp_standards_remove(const pp_standards_edit *edit, const char *id,
                                     const pp_context *ctx, pp_result **out,
                                     pp_error *err);
/* Adds the rows of `file`, which has all columns of the table and no others. A row whose id is there
   with the same values is passed over; one with other values is PP_E_CONFLICT, with file, line, column
   and what the registry has, and nothing is written. Mistakes are told by file and line as well.
   Table `standards_import` beside: outcome (added, there already), rows. */
PP_API pp_status pp_standards_import(const pp_standards_edit *edit, const char *file,
                                     const pp_context *ctx, pp_result **out,
                                     pp_error *err);
/* With a folder: writes a Frictionless Data Package into it (datapackage.json, with schema, keys and
   digests; CSV beside it, which is a registry again); table `standards_export` file, content. NULL: the
   seven tables, as `standards_body` and so on. */
PP_API pp_status pp_standards_export(const pp_standards *standards, const char *folder,
                                     const pp_context *ctx, pp_result **out,
                                     pp_error *err);

#endif
