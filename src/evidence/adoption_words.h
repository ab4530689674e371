/* The codebook's words that adoption and agreement work with, as small numbers. */
#ifndef PP_EVIDENCE_ADOPTION_WORDS_H
#define PP_EVIDENCE_ADOPTION_WORDS_H

#include <pushpull/status.h>

/* Platforms as the source labels them. The first three are one family, because labels
 * disagree. */
typedef enum pp__platform {
    PP__SAFE_CITY,
    PP__CCTV_NETWORK,
    PP__COMMAND_CENTRE,
    PP__FACIAL_RECOGNITION,
    PP__SMART_POLICING,
    PP__SOCIAL_MEDIA_MONITORING,
    PP__INTERCEPTION,
    PP__BORDER_CONTROL,
    PP__OTHER,
    PP__UNSPECIFIED,
    PP__PLATFORMS
} pp__platform;

/* A family has the number of its first platform. */
typedef int pp__family;

typedef enum pp__claim_status {
    PP__ANNOUNCED,
    PP__CONTRACTED,
    PP__OPERATIONAL,
    PP__EXPANDED,
    PP__SUSPENDED,
    PP__ENDED,
    PP__DENIED,
    PP__CLAIM_STATUSES
} pp__claim_status;

/* What an adoption had reached; ends and denials have no group. */
typedef enum pp__group {
    PP__GROUP_ANNOUNCED,
    PP__GROUP_CONTRACTED,
    PP__GROUP_OPERATIONAL,
    PP__GROUPS,
    PP__GROUP_NONE = -1
} pp__group;

typedef enum pp__confidence {
    PP__LOW,
    PP__MEDIUM,
    PP__HIGH,
    PP__CONFIDENCES
} pp__confidence;

typedef struct pp__words {
    const char *what; /* "platform" */
    const char *const *words;
    int n;
} pp__words;

extern const pp__words pp__platform_words;
extern const pp__words pp__status_words;
extern const pp__words pp__confidence_words;

/* The number of a word, -1 when it is none of them. */
int pp__word_find(const pp__words *words, const char *word);
/* As pp__word_find, but `code` with a suggestion when it is none of them. */
pp_status pp__word_parse(const pp__words *words, const char *word, pp_status code,
                         int *out, pp_error *err);

pp__family pp__platform_family(pp__platform platform);
const char *pp__family_name(pp__family family); /* "urban_surveillance" */
pp__group pp__status_group(pp__claim_status status);
const char *pp__group_name(pp__group group);

#endif
