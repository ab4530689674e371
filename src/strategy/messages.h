/* A library of messages in memory. Texts live in its arena. */
#ifndef PP_STRATEGY_MESSAGES_H
#define PP_STRATEGY_MESSAGES_H

#include "base/yaml.h"
#include "strategy/conditions.h"

#include <pushpull/messages.h>
#include <pushpull/text.h>

enum { PP__AUDIENCES = 7, PP__LEVELS = 4, PP__STRONG = 3 };
extern const char *const pp__audience_names[PP__AUDIENCES + 1];
extern const char *const pp__level_names[PP__LEVELS + 1];    /* the last: unknown */
extern const char *const pp__strength_names[PP__STRONG + 2]; /* by grade */

typedef enum pp__origin {
    PP__FINDING,
    PP__ESTIMATE,
    PP__CLAIMS,
    PP__STANDARD,
    PP__PUBLICATION,
    PP__ORIGINS
} pp__origin;
extern const char *const pp__origin_names[PP__ORIGINS + 1];

typedef enum pp__position {
    PP__NOT_SHOWN,
    PP__UNCHANGED,
    PP__IMPROVES,
    PP__WORSENS,
    PP__POSITIONS /* none: nothing bears on the concern */
} pp__position;
extern const char *const pp__position_names[PP__POSITIONS + 1];

/* What a study says of a difference. */
typedef enum pp__found {
    PP__FOUND_EFFECT,
    PP__FOUND_DIFFERENCE,
    PP__FOUND_NONE_LARGER,
    PP__FOUND_CANNOT_TELL,
    PP__FOUNDS /* nothing */
} pp__found;
extern const char *const pp__found_names[PP__FOUNDS + 1];

typedef struct pp__item {
    const char *says, *ref; /* says NULL: what the study says is said */
    pp__origin origin;
    int grade; /* of findings and estimates: not yet known, 0 */
    const char *file;
    int64_t line;
} pp__item;

typedef enum pp__bears { PP__BY_OUTCOME, PP__BY_FINDING, PP__BY_VARIABLE } pp__bears;

typedef struct pp__bearing {
    pp__bears kind;
    const char *name;
    int better; /* 1: higher is better, -1: lower */
} pp__bearing;

typedef struct pp__concern {
    const char *name, *words;
    pp__bearing *bearings;
    int64_t n;
} pp__concern;

typedef struct pp__offer {
    const char *name, *words;
    int is_safeguard; /* else an alternative */
    pp__item source;
} pp__offer;

typedef struct pp__message {
    const char *name, *claim, *claim_without, *none_known, *file;
    int64_t line, concern;
    pp__position position;
    int audiences;      /* bits */
    int priority;       /* 1 to 10 */
    pp__item *sides[2]; /* for, against */
    int64_t n_items[2];
    int64_t *offers[2]; /* alternatives, safeguards: places in the library */
    int64_t n_offers[2];
    pp__condition *when;
    int64_t n_when;
} pp__message;

struct pp_message_library {
    pp_arena arena;
    const char **files;
    int n_files;
    int order[PP__LEVELS][PP__AUDIENCES]; /* audiences by level */
    int grades[PP__FOUNDS];               /* of what is found */
    pp__concern *concerns;
    pp__offer *offers;
    pp__message *messages;
    int64_t n_concerns, n_offers, n_messages;
};

/* The reading of one file: mistakes are collected. */
typedef struct pp__reader {
    pp_message_library *lib;
    const pp_standards *standards;
    const pp_table *facts; /* blank */
    pp_table *mistakes;
    const char *file;
} pp__reader;

/* `node` NULL: the file as a whole. */
pp_status pp__wrong(pp__reader *r, const pp__yaml *node, const char *suggestion,
                    pp_error *err, const char *format, ...) PP_PRINTF(5, 6);
/* Keys of a map that are not among `known` (NULL-terminated). */
pp_status pp__known_keys(pp__reader *r, const pp__yaml *map, const char *const *known,
                         pp_error *err);
/* A text under a key; *out NULL where there is none (a mistake when it is needed). */
pp_status pp__text_under(pp__reader *r, const pp__yaml *map, const char *key, int needed,
                         const char **out, pp_error *err);
/* The place of a word in a NULL-terminated list; -1, and a mistake, where it is not there. `what`: "audience". */
pp_status pp__word_among(pp__reader *r, const pp__yaml *node, const char *what,
                         const char *const *words, int *out, pp_error *err);
/* The first of a list of texts, or a text that stands for a list of one; NULL: none, or a mistake. The next
   is that of pp__next_text. */
static inline const pp__yaml *pp__next_text(const pp__yaml *text) {
    return text->key ? NULL : text->next;
}
pp_status pp__texts_under(pp__reader *r, const pp__yaml *map, const char *key,
                          const pp__yaml **first, pp_error *err);

/* What of a concern an item of the library is about; NULL: nothing that bears on it. */
const pp__bearing *pp__bearing_of(const pp__concern *concern, const pp__item *item);
/* An item of evidence: one origin, what it says, its grade. `is_offer`: no grade. */
pp_status pp__read_item(pp__reader *r, const pp__yaml *node, int is_offer, pp__item *out,
                        pp_error *err);
pp_status pp__read_rules(pp__reader *r, const pp__yaml *root, pp_error *err);
pp_status pp__read_offers(pp__reader *r, const pp__yaml *root, pp_error *err);
/* The messages of a file, added to those of the library. */
pp_status pp__read_messages(pp__reader *r, const pp__yaml *root, pp_error *err);

/* All of a folder, with its mistakes. The caller frees both, also where a mistake was found. */
pp_status pp__library_read(const char *folder, const pp_standards *standards,
                           const pp_context *ctx, pp_message_library **out,
                           pp_table **mistakes, pp_error *err);

/* ---- what it comes to ---- */

typedef enum pp__side { PP__FOR, PP__AGAINST, PP__OPEN } pp__side;

/* An item with what is known of it now. */
typedef struct pp__weighed {
    const char *says, *ref, *found;
    int64_t *claims, n_claims; /* rows of the table of claims */
    pp__origin origin;         /* PP__ORIGINS: none_known, a reason why nothing is */
    pp__side side;
    int grade, added;
    int64_t order; /* from 1, in its message */
    struct pp__weighed *next;
} pp__weighed;

typedef struct pp__weight {
    pp__weighed *first, *last; /* in their order */
    int64_t n;
    int strongest[2], strength;
    int turned; /* a finding of the study speaks against it */
    int open;   /* one cannot tell */
} pp__weight;

/* One weight a message, in `arena`. */
pp_status pp__weigh(const pp_message_library *lib, const pp_messages_inputs *in,
                    const pp_context *ctx, pp_arena *arena, pp__weight **out,
                    pp_error *err);

/* A sentence with its facts put in. 0 and the first missing fact in `missing` where one is not known. */
int pp__say(const char *sentence, const pp_table *facts, int64_t row, pp_buf *out,
            char missing[64]);
/* The next {fact} of a sentence: its beginning, and behind it in *after; NULL: none, or a brace that is
   not closed (*after NULL too, *open 1). */
const char *pp__next_fact(const char *sentence, const char **after, char name[64],
                          int *open);
/* "homicide 24.3, buyer_level subnational": the facts that a condition names, and their values. */
void pp__tell_facts(const char *condition, const pp_table *facts, int64_t row,
                    int only_missing, pp_buf *out);

#endif
