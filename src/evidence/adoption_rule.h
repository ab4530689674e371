/* A rule of adoption, checked and ready to be asked about claims. */
#ifndef PP_EVIDENCE_ADOPTION_RULE_H
#define PP_EVIDENCE_ADOPTION_RULE_H

#include "evidence/adoption_claims.h"

#include <pushpull/adoption.h>

typedef struct pp__rule {
    const pp_adoption_rule *given;
    char platform[PP__PLATFORMS];    /* 1: counts */
    char status[PP__CLAIM_STATUSES]; /* 1: counts */
    int confidence;                  /* at least */
    int national_only;
    int open; /* "undated" is "open" */
} pp__rule;

/* `countries` with columns id and name, for the codes. An unknown word or code is
   PP_E_ARGUMENT with the field as column, the value and a suggestion. `rule` must outlive
   `out`. */
pp_status pp__rule_check(const pp_adoption_rule *rule, const pp_table *countries,
                         pp__rule *out, pp_error *err);

typedef enum pp__match {
    PP__MATCHES_NOT,
    PP__MATCHES,
    PP__MATCHES_BUT_SUPPLIER /* all but that the vendor's home is not known */
} pp__match;

/* Platform, confidence, buyer and supplier; the status is asked apart, as ends and
   denials have none that could be listed. */
pp__match pp__rule_match(const pp__rule *rule, const pp__claim *claim);
int pp__rule_excludes(const pp__rule *rule, const char *country);

#endif
