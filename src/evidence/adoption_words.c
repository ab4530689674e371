#include "evidence/adoption_words.h"

#include <pushpull/text.h>

#include <stdio.h>
#include <string.h>

static const char *const platforms[PP__PLATFORMS] = {
    "safe_city",          "cctv_network",   "command_centre",
    "facial_recognition", "smart_policing", "social_media_monitoring",
    "interception",       "border_control", "other",
    "unspecified",
};
static const char *const statuses[PP__CLAIM_STATUSES] = {
    "announced", "contracted", "operational", "expanded", "suspended", "ended", "denied",
};
static const char *const confidences[PP__CONFIDENCES] = {"low", "medium", "high"};

const pp__words pp__platform_words = {"platform", platforms, PP__PLATFORMS};
const pp__words pp__status_words = {"status", statuses, PP__CLAIM_STATUSES};
const pp__words pp__confidence_words = {"confidence", confidences, PP__CONFIDENCES};

int pp__word_find(const pp__words *words, const char *word) {
    for (int i = 0; i < words->n; i++) {
        if (strcmp(words->words[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

static void hint_all(const pp__words *words, pp_error *err) {
    char list[PP_ERROR_HINT] = "";
    size_t used = 0;
    for (int i = 0; i < words->n && used < sizeof list; i++) {
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
                                 words->words[i]);
    }
    pp_error_hint(err, "one of %s", list);
}

pp_status pp__word_parse(const pp__words *words, const char *word, pp_status code,
                         int *out, pp_error *err) {
    *out = pp__word_find(words, word);
    if (*out >= 0) {
        return PP_OK;
    }
    pp_error_set(err, code, "no %s is called '%s'", words->what, word);
    pp_error_locate(err, NULL, 0, words->what, word);
    const char *nearest = pp_text_nearest(word, words->words, words->n);
    if (nearest) {
        pp_error_hint(err, "did you mean '%s'?", nearest);
    } else {
        hint_all(words, err);
    }
    return code;
}

pp__family pp__platform_family(pp__platform platform) {
    return platform <= PP__COMMAND_CENTRE ? PP__SAFE_CITY : (pp__family)platform;
}

const char *pp__family_name(pp__family family) {
    return family == PP__SAFE_CITY ? "urban_surveillance" : platforms[family];
}

pp__group pp__status_group(pp__claim_status status) {
    switch (status) {
    case PP__ANNOUNCED:
        return PP__GROUP_ANNOUNCED;
    case PP__CONTRACTED:
        return PP__GROUP_CONTRACTED;
    case PP__OPERATIONAL:
    case PP__EXPANDED:
        return PP__GROUP_OPERATIONAL;
    default:
        return PP__GROUP_NONE;
    }
}

const char *pp__group_name(pp__group group) {
    return statuses[group];
}
