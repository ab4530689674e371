/* Inside of a brief: the sentences of one place, with their notes. */
#ifndef PP_STRATEGY_BRIEF_H
#define PP_STRATEGY_BRIEF_H

#include "strategy/rows.h"
#include <pushpull/brief.h>

enum { PP__MOST_MESSAGES = 16 };

typedef enum pp__section_id {
    PP__SHORT,
    PP__SITUATION,
    PP__WHY,
    PP__EFFECTS,
    PP__OFFICIAL,
    PP__SAY,
    PP__OFFER,
    PP__LEVER,
    PP__UNKNOWN,
    PP__SECTIONS
} pp__section_id;

/* Their names in the tables, and their headings. */
extern const char *const pp__section_names[PP__SECTIONS];
extern const char *const pp__section_titles[PP__SECTIONS];

typedef struct pp__note {
    const char *key; /* two of one key are one note */
    int number;
    struct pp__note *next;
} pp__note;

/* The brief that is being written. A sentence is put together in `text` and `cited`, then said. */
typedef struct pp__brief {
    const pp_brief_inputs *in;
    const pp_context *ctx;
    int64_t most_messages;
    pp__rows profile_of, source_of, claim_of, vendor_of; /* one row an id */
    pp__rows adoptions_of, country_adoptions; /* of a place, of all in a country */
    pp__rows drivers_of, facts_of, segment_of, rule_of, messages_of, checked_of;
    pp__rows texts_of, evidence_of, strength_of; /* of a message */
    const pp_table *adoptions;                   /* NULL: none */
    pp_table *items, *notes;
    pp_result *out;
    int64_t row;                 /* of the profile */
    const char *place, *country; /* ids */
    int is_country;
    pp_arena arena; /* of this place */
    pp__note *noted;
    int n_notes, n_items, n_words;
    pp_buf text, cited, claims;
    pp_buf fresh; /* notes since the last pp__brief_cite */
} pp__brief;

/* A cell of the place's profile; NULL or NaN where it is missing, or the column is not there. */
const char *pp__brief_text(const pp__brief *b, const char *column);
double pp__brief_number(const pp__brief *b, const char *column);
/* The same of any table that may lack the column. */
const char *pp__cell_text(const pp_table *table, const char *column, int64_t row);
double pp__cell_number(const pp_table *table, const char *column, int64_t row);

/* Adds what comes from data: markup in it is escaped. */
void pp__add_markdown(pp_buf *out, const char *data);
void pp__brief_add(pp__brief *b, const char *data);
/* A number of two digits, from ten on of three, and "(a to b)" behind it where both are there. */
void pp__brief_add_number(pp__brief *b, double value);
void pp__brief_add_band(pp__brief *b, double low, double high);
/* The list of codes ("safe_city,cctv_network") in words, "a, b and c". */
void pp__brief_add_words(pp__brief *b, const char *codes);
/* Codes as they are, with spaces for underscores. */
void pp__brief_add_spaced(pp__brief *b, const char *codes);
/* A code in words: that of the codebook; any other with spaces. */
const char *pp__brief_word(const char *code);
/* What the official of a message cares about, by the library. */
void pp__brief_add_concern(pp__brief *b, int64_t message);
void pp__brief_add_vendors(pp__brief *b, const char *slugs);

/* Notes the sentence: a text, where it is to be read (NULL: nowhere), the claims (NULL: none). */
pp_status pp__brief_note(pp__brief *b, const char *key, const char *text, const char *url,
                         const char *claims, pp_error *err);
/* Notes the sources of claims (ids, space separated): the `most` best of them. */
pp_status pp__brief_note_claims(pp__brief *b, const char *claims, int most,
                                pp_error *err);
/* Notes where a fact of the profile comes from. */
pp_status pp__brief_note_fact(pp__brief *b, const char *fact, pp_error *err);

/* Puts the notes since the last call here, and not at the end of the sentence. */
pp_status pp__brief_cite(pp__brief *b, pp_error *err);
pp_status pp__brief_note_effects(pp__brief *b, pp_error *err);
pp_status pp__brief_note_instrument(pp__brief *b, const char *title, const char *source,
                                    pp_error *err);

/* Ends the sentence: one row of `brief`. Nothing where nothing was put together. */
pp_status pp__brief_say(pp__brief *b, pp__section_id section, int level, pp_error *err);

/* The sections, in this order. */
pp_status pp__brief_short(pp__brief *b, const int64_t *messages, int n, pp_error *err);
pp_status pp__brief_situation(pp__brief *b, pp_error *err);
pp_status pp__brief_why(pp__brief *b, pp_error *err);
pp_status pp__brief_effects(pp__brief *b, pp_error *err);
/* official, say, offer: by the messages, rows of the table */
pp_status pp__brief_talk(pp__brief *b, const int64_t *messages, int n, pp_error *err);
pp_status pp__brief_evidence(pp__brief *b, const char *message, pp_error *err);
pp_status pp__brief_offers(pp__brief *b, const int64_t *messages, int n, pp_error *err);
/* Those that are said, by audience: at most `most_messages`, each to one audience. */
int pp__brief_choose(const pp__brief *b, int64_t *out);
pp_status pp__brief_lever(pp__brief *b, pp_error *err);
pp_status pp__brief_unknown(pp__brief *b, pp_error *err);

#endif
