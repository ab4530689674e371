/* What may be said of an estimate: that there is a difference, that there is none larger than so much,
 * that the data cannot tell; and whether the difference may be called an effect.
 *
 * The rule. The first line that holds decides what is claimed:
 *   1. the 90% interval lies within ±δ, the smallest effect of interest            → none larger
 *   2. the 95% interval lies beyond zero                                           → a difference
 *   3. else                                                                        → cannot tell
 * (the intervals are those with uncertain dates drawn and pooled, where they are uncertain). A
 * difference is called an effect, in a sentence with a causal verb, only if every one of these holds; what
 * could not be made does not hold:
 *   a. pre-test: trends before treatment are not told apart (p of at least 0.05), in at least two periods;
 *   b. sensitivity: the sign stands departures from parallel trends as large as the largest before
 *      treatment (breakdown of at least 1; Rambachan & Roth 2023);
 *   c. chance: among permuted dates of treatment an estimate as large is rare (p of at most 0.05);
 *   d. estimators: at least two others could be made, and all have the same sign with intervals beyond zero;
 *   e. no unit and no cohort carries it: leaving out any one leaves the sign;
 *   f. what could have been seen: the design could have seen an effect no larger than the largest
 *      plausible (else an estimate beyond zero is an exaggeration: Gelman & Carlin 2014).
 * "None larger" rests on parallel trends, and the sentence says so.
 */
#ifndef PUSHPULL_SUPPORT_H
#define PUSHPULL_SUPPORT_H

#include <pushpull/text.h>
#include <pushpull/verdict.h>

/* What is known of an estimate; NaN: could not be made. */
typedef struct pp_support {
    pp_effect effect; /* on the scale of the outcome; its `smallest` is δ */
    double pretest_p, pretest_df;
    double
        breakdown; /* of relative magnitudes; infinite: beyond all that were asked for */
    double chance_p;   /* of permuted dates */
    double estimators; /* other ones that could be made */
    double agree;      /* of these: same sign, interval beyond zero */
    double turned;     /* units and cohorts without which the sign is another */
    double detectable; /* the effect that would have been seen with 80 % power */
    double
        plausible; /* the largest that anyone would believe; NaN or 0: not stated, holds */
} pp_support;

typedef enum pp_claim {
    PP_CLAIM_NOT_ESTIMATED, /* there is no estimate: no finding of any kind */
    PP_CLAIM_CANNOT_TELL,
    PP_CLAIM_NONE_LARGER,
    PP_CLAIM_DIFFERENCE,
    PP_CLAIM_EFFECT
} pp_claim;

/* The conditions a to f, as bits of what does not hold. */
enum {
    PP_SUPPORT_PRETEST = 1,
    PP_SUPPORT_SENSITIVITY = 2,
    PP_SUPPORT_CHANCE = 4,
    PP_SUPPORT_ESTIMATORS = 8,
    PP_SUPPORT_UNITS = 16,
    PP_SUPPORT_POWER = 32
};

PP_API pp_claim pp_support_claim(const pp_support *support);
PP_API int pp_support_failing(const pp_support *support);
PP_API const char *pp_claim_name(pp_claim claim); /* "cannot_tell", "none_larger", … */

/* A sentence or two: what is claimed of `outcome` ("Liberal democracy"), with numbers, and of a difference
   what speaks against calling it an effect. `treatment` is a noun: "adoption". Only PP_CLAIM_EFFECT has
   a causal verb. */
PP_API void pp_support_sentence(const pp_support *support, const char *treatment,
                                const char *outcome, pp_buf *out);

/* The first causal verb in a text ("reduced", "led to"), whole words, in any case; NULL: none. */
PP_API const char *pp_causal_verb(const char *text);

#endif
