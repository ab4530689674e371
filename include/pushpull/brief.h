/* Briefs: two pages on one place, for whoever has to speak with its officials next week.
 *
 * A brief is rows of tables before it is a document: each sentence with the numbers of its notes, each
 * note with what it rests on (claims and their sources, figures, estimates, rules). It says nothing that
 * is not in the tables it is given; where a table is not given, or a fact is missing, it says that.
 */
#ifndef PUSHPULL_BRIEF_H
#define PUSHPULL_BRIEF_H

#include <pushpull/result.h>
#include <pushpull/standards.h>
#include <pushpull/text.h>

/* What a brief is made of. `profiles`, `claims` and `sources` are needed; the others may be NULL. */
typedef struct pp_brief_inputs {
    const pp_table *profiles;  /* see profile.h */
    const pp_table *facts;     /* profile_facts */
    const pp_table *drivers;   /* profile_drivers */
    const pp_table *claims;    /* pp_evidence_claims */
    const pp_table *sources;   /* pp_evidence_sources */
    const pp_table *vendors;   /* vendor, name */
    const pp_result *adoption; /* of pp_adoption_derive */
    const pp_table *segments;  /* segments */
    const pp_table *segment_rules;
    /* Of pp_messages. Without the evidence or the offers a brief names none. */
    const pp_table *messages, *message_texts, *message_evidence, *message_offers;
    const pp_table *message_strength;
    const pp_table *effects; /* effects_claims: what may be said of each outcome */
    const pp_table *checked; /* claims_checked */
    const pp_table *cases, *caveats; /* synth_cases, synth_caveats: one place in depth */
    const pp_standards *standards;
    const char *study; /* its title, for the notes; NULL: "the study" */
} pp_brief_inputs;

typedef struct pp_brief_options {
    const char *const *places; /* ids, NULL-terminated; NULL: every country, and cities */
    int64_t cities;            /* then, those with most independent stories; 0: 20 */
    int64_t messages;          /* at most so many, one an audience; 0: 4 */
} pp_brief_options;

/* Tables: `briefs` place_id, name, kind, country, country_name, outcome, driver, leaning, file (its
   name without ending: KEN, KEN-nairobi), segment, study, items, notes, words (how many);
   `brief` place_id, section (short, situation, why, effects, official, say, offer, standards, unknown), item
   (from 1), level (0 a sentence, 1 a point, 2 a point under a point), text (CommonMark, what comes from
   data escaped; [^3] where note 3 belongs inside), notes (numbers, space separated), claims (ids, space
   separated); `brief_notes` place_id, note (from 1), text, url, claims. In order of place, section, item.

   Errors: PP_E_NOT_FOUND for a place without a profile and for a missing column of `profiles`;
   PP_E_ARGUMENT for negative options; PP_E_CANCELLED; PP_E_MEMORY. Cost: linear in the rows of the places
   asked for, after one sort of each table. */
PP_API pp_status pp_briefs(const pp_brief_inputs *inputs, const pp_brief_options *options,
                           const pp_context *ctx, pp_result **out, pp_error *err);

typedef enum pp_brief_format { PP_BRIEF_MARKDOWN, PP_BRIEF_HTML } pp_brief_format;

/* The document of one place out of the tables of pp_briefs, added to `out`. HTML is one page that needs
   nothing else and runs nothing; its look stands in DATA/web/brief.html and brief.css. `data_folder` is
   not used for Markdown. PP_E_NOT_FOUND for a place that has no brief. */
PP_API pp_status pp_brief_render(const pp_result *briefs, const char *place_id,
                                 pp_brief_format format, const char *data_folder,
                                 pp_buf *out, pp_error *err);

/* The same as a file, by the ending of `path`: .md, .html, and by pandoc .docx and .pdf (for which pandoc
   needs weasyprint, wkhtmltopdf or a LaTeX). PP_E_UNSUPPORTED where pandoc, or what it needs, is missing,
   with what to install; PP_E_ARGUMENT for another ending. */
PP_API pp_status pp_brief_write(const pp_result *briefs, const char *place_id,
                                const char *path, const char *data_folder,
                                const pp_context *ctx, pp_error *err);

#endif
