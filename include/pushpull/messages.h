/* Messages: what may be said to which official of which place, with the evidence for and against it.
 *
 * A library is a folder of YAML. `rules.yml` holds the judgements: in which order audiences are spoken to,
 * which findings bear on which concern, and what grade a finding has. `offers.yml` holds alternatives and
 * safeguards. Every other *.yml is a file of messages on one concern; docs/strategy.md describes the form.
 *
 * Messages are honest by construction:
 *   - a message without evidence for it is refused, and so is one that tells of no evidence against it and
 *     does not say why none is known;
 *   - findings and estimates are graded by what the study says now, never in the library; where one of
 *     the message's own speaks against it, it changes sides;
 *   - every finding that bears on the concern of a message and contradicts its `position` is put beside the
 *     evidence against it, and one that cannot tell beside what is open, whether the library names it or
 *     not. The message has no word in this;
 *   - strength follows from the grades (below); a message that is weak says so in its text, and one
 *     without any strength fits nowhere;
 *   - the audiences are officials and organisations. There is none of the public, and no fact is of a
 *     person.
 *
 * Strength. A grade is 0 (none) to 3 (strong). With `for` and `against` the highest grade on each side,
 * strength = for - max(0, against - for + 1), at least 0. So evidence against that is weaker changes
 * nothing, evidence as good takes one step, better evidence more.
 *
 * What a finding says of a position (`better` says which direction of its outcome is the better one):
 *   position    supported by                 contradicted by             open
 *   not_shown   cannot tell, none larger     a difference either way     -
 *   unchanged   none larger                  a difference either way     cannot tell
 *   improves    a difference for the better  for the worse, none larger  cannot tell
 *   worsens     a difference for the worse   for the better, none larger cannot tell
 */
#ifndef PUSHPULL_MESSAGES_H
#define PUSHPULL_MESSAGES_H

#include <pushpull/context.h>
#include <pushpull/result.h>
#include <pushpull/standards.h>
#include <pushpull/text.h>

typedef struct pp_message_library pp_message_library;

/* Reads and checks a folder. PP_E_NOT_FOUND where there is none, or no rules.yml or offers.yml in it;
   PP_E_INPUT for the first mistake, with file, line, key, value and what to do, `hint` counting the
   others. `standards` (NULL: not checked) is where ids of instruments are looked up. */
PP_API pp_status pp_messages_read(const char *folder, const pp_standards *standards,
                                  const pp_context *ctx, pp_message_library **out,
                                  pp_error *err);
PP_API void pp_messages_free(pp_message_library *library); /* NULL is fine */
/* Its files, for provenance; NULL after the last. Borrowed. */
PP_API const char *pp_messages_file(const pp_message_library *library, int index);

/* The same, telling all mistakes. Tables: `messages_library` message, concern, audience, position, items_for,
   items_against, offers, priority, file, line; `messages_problems` file, line, field, value, problem,
   suggestion. With any problem the status is PP_E_INPUT, the error tells the first, and the result is still
   given. */
PP_API pp_status pp_messages_check(const char *folder, const pp_standards *standards,
                                   const pp_context *ctx, pp_result **out, pp_error *err);

/* What messages are chosen by. `profiles` is needed (profile.h); the others may be NULL: what rests on
   them is then not known. */
typedef struct pp_messages_inputs {
    const pp_table *profiles;
    const pp_table *segments; /* place_id, segment */
    const pp_table *findings; /* id, factor, hypothesis, verdict, estimate, answer */
    const pp_table
        *effects; /* effects_claims: design, outcome, claim, estimate, sentence */
    const pp_table *claims; /* pp_evidence_claims */
    const pp_table
        *vendors; /* vendor, name: how sentences name them; NULL: by their slugs */
    const pp_standards *standards;
} pp_messages_inputs;

typedef struct pp_messages_options {
    const char *place;    /* id or name; NULL: every place */
    const char *audience; /* only this one; NULL: all */
    int64_t most; /* at most so many messages an audience of a place, each to one audience
                             only; 0: all, to all that they are for */
} pp_messages_options;

/* Tables:
     `messages`         place_id, name, audience, order (from 1, in a place), message, concern, text, strength
                        (strong, moderate, weak), fits_because (the facts of its conditions, and their
                        values), claims (ids of claims of that place among the evidence);
     `message_texts`    message, concern, fits_when (its conditions), evidence_for, evidence_against (texts, each
                        with its id in `message_evidence`, grade and origin; of answers of the study the
                        first two sentences), alternatives, safeguards (texts, "; " between);
     `message_evidence` id, message, side (for, against, open), says, from (finding, estimate, claims,
                        standard, publication, none_known), ref, grade, found (what the study, the claims or
                        the registry say now), added (flag: by the rule above, not by the library), claims;
     `message_offers`   offer, kind (alternative, safeguard), words, from, ref;
     `message_strength` message, concern, audience, strength, for, against, places (how many it fits), says;
     `message_unfit`    place_id, message, why; of messages to the audience asked for.
   A message fits a place where all of its conditions hold; one that hangs on a fact that is not known does
   not fit, and `why` names the fact. Audiences stand in the order that rules.yml has for the level that decides
   there (buyer_level; unknown where it is not known), in an audience priority times strength.

   Errors: PP_E_NOT_FOUND for a place that is not among the profiles and for a column that is missing;
   PP_E_ARGUMENT for an audience that is none; PP_E_INPUT, with file and line, for a condition that names
   no fact; PP_E_CANCELLED; PP_E_MEMORY. Cost: one query over the profiles, one over the claims. */
PP_API pp_status pp_messages(const pp_message_library *library,
                             const pp_messages_inputs *inputs,
                             const pp_messages_options *options, const pp_context *ctx,
                             pp_result **out, pp_error *err);

/* The result for one place in words, added to `out`: what to say to whom in which order, what each message
   rests on and offers, and what does not fit. `width` in columns; 0: 100. PP_E_ARGUMENT for a result that is
   not of pp_messages; PP_E_MEMORY. */
PP_API pp_status pp_messages_tell(const pp_result *messages, int width, pp_buf *out,
                                  pp_error *err);

#endif
