#include "evidence/adoption_rule.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <string.h>

static const char family_word[] = "urban_surveillance";
static const char unknown_word[] = "unknown";

static int is_given(const char *const *list) {
    return list && list[0];
}

static int is_listed(const char *const *list, const char *word) {
    for (; list && *list; list++) {
        if (strcmp(*list, word) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Says of which field of the rule an error is. */
static pp_status in_field(pp_status status, const char *field, pp_error *err) {
    if (status != PP_OK) {
        pp_error_locate(err, NULL, 0, field, NULL);
    }
    return status;
}

static pp_status check_platforms(pp__rule *rule, pp_error *err) {
    const char *const *list = rule->given->platforms;
    for (int p = 0; p < PP__PLATFORMS; p++) {
        rule->platform[p] =
            is_given(list)
                ? pp__platform_family((pp__platform)p) == PP__SAFE_CITY &&
                      is_listed(list, family_word)
                : p != PP__OTHER && p != PP__BORDER_CONTROL && p != PP__INTERCEPTION;
    }
    for (; list && *list; list++) {
        int p;
        if (strcmp(*list, family_word) != 0) {
            PP_TRY(in_field(
                pp__word_parse(&pp__platform_words, *list, PP_E_ARGUMENT, &p, err),
                "platforms", err));
            rule->platform[p] = 1;
        }
    }
    return PP_OK;
}

static pp_status check_statuses(pp__rule *rule, pp_error *err) {
    const char *const *list = rule->given->statuses;
    for (int s = 0; s < PP__CLAIM_STATUSES; s++) {
        rule->status[s] = !is_given(list) && (s == PP__CONTRACTED ||
                                              s == PP__OPERATIONAL || s == PP__EXPANDED);
    }
    for (; list && *list; list++) {
        int s;
        PP_TRY(in_field(pp__word_parse(&pp__status_words, *list, PP_E_ARGUMENT, &s, err),
                        "statuses", err));
        if (pp__status_group((pp__claim_status)s) == PP__GROUP_NONE) {
            pp_error_set(err, PP_E_ARGUMENT,
                         "'%s' is no status that an adoption can have", *list);
            pp_error_locate(err, NULL, 0, "statuses", *list);
            pp_error_hint(err,
                          "list some of announced, contracted, operational, expanded; "
                          "ended and suspended close a spell by themselves");
            return PP_E_ARGUMENT;
        }
        rule->status[s] = 1;
    }
    return PP_OK;
}

/* A code for what may be a name, a code in lower case, or a slip; NULL: no idea. */
static const char *suggest_country(const pp_table *countries, const char *word) {
    const pp_column *id = pp_table_find(countries, "id");
    const pp_column *name = pp_table_find(countries, "name");
    const char *near_name = NULL, *near_code = NULL;
    for (int64_t i = 0; i < pp_table_rows(countries); i++) {
        const char *code = pp_column_get_text(id, i);
        const char *called = name ? pp_column_get_text(name, i) : NULL;
        if ((code && pp_text_equal_fold(code, word)) ||
            (called && pp_text_equal_fold(called, word))) {
            return code;
        }
        if (called && !near_name && pp_text_nearest(word, &called, 1)) {
            near_name = code;
        }
        if (code && !near_code && pp_text_nearest(word, &code, 1)) {
            near_code = code;
        }
    }
    return near_name ? near_name : near_code;
}

static pp_status check_country(const pp_table *countries, const char *field,
                               const char *code, pp_error *err) {
    const pp_column *id = pp_table_find(countries, "id");
    for (int64_t i = 0; i < pp_table_rows(countries); i++) {
        const char *known = pp_column_get_text(id, i);
        if (known && strcmp(known, code) == 0) {
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "no country has the code '%s'", code);
    pp_error_locate(err, NULL, 0, field, code);
    const char *suggestion = suggest_country(countries, code);
    if (suggestion) {
        pp_error_hint(err, "did you mean '%s'?", suggestion);
    } else {
        pp_error_hint(err, "codes are ISO 3166-1 alpha-3, as 'KEN'");
    }
    return PP_E_ARGUMENT;
}

static pp_status check_countries(const pp_table *countries, const char *field,
                                 const char *const *list, int patterns, pp_error *err) {
    pp_column *id;
    PP_TRY(pp_table_require(countries, "id", &id, err));
    for (; list && *list; list++) {
        const char *code = *list;
        if (patterns && (strcmp(code, "*") == 0 || strcmp(code, unknown_word) == 0)) {
            continue;
        }
        PP_TRY(check_country(countries, field, code + (patterns && *code == '!'), err));
    }
    return PP_OK;
}

/* The place of `word` among `words`, the first of them when it is NULL. */
static pp_status check_choice(const char *field, const char *word,
                              const char *const *words, int n, int *out, pp_error *err) {
    const pp__words choice = {field, words, n};
    *out = 0;
    return word ? pp__word_parse(&choice, word, PP_E_ARGUMENT, out, err) : PP_OK;
}

pp_status pp__rule_check(const pp_adoption_rule *rule, const pp_table *countries,
                         pp__rule *out, pp_error *err) {
    static const char *const buyers[] = {"any", "national"};
    static const char *const undated[] = {"bound", "open"};
    pp__rule checked = {.given = rule};
    PP_TRY(check_platforms(&checked, err));
    PP_TRY(check_statuses(&checked, err));
    PP_TRY(check_countries(countries, "suppliers", rule->suppliers, 1, err));
    PP_TRY(check_countries(countries, "excluded", rule->excluded, 0, err));
    PP_TRY(check_choice("confidence", rule->confidence, pp__confidence_words.words,
                        pp__confidence_words.n, &checked.confidence, err));
    PP_TRY(check_choice("buyers", rule->buyers, buyers, 2, &checked.national_only, err));
    PP_TRY(check_choice("undated", rule->undated, undated, 2, &checked.open, err));
    *out = checked;
    return PP_OK;
}

/* Named ones and "*" let in, "!" keeps out; a list of "!" alone lets in every other. */
static int is_supplier(const pp__rule *rule, const char *home) {
    const char *const *list = rule->given->suppliers;
    int named = 0, positive = 0;
    for (; list && *list; list++) {
        if (**list != '!') {
            positive = 1;
            named |= strcmp(*list, "*") == 0 || strcmp(*list, home) == 0;
        } else if (strcmp(*list + 1, home) == 0) {
            return 0;
        }
    }
    return named || !positive;
}

pp__match pp__rule_match(const pp__rule *rule, const pp__claim *claim) {
    if (!rule->platform[claim->platform] || (int)claim->confidence < rule->confidence ||
        (rule->national_only && strcmp(claim->buyer_level, "national") != 0)) {
        return PP__MATCHES_NOT;
    }
    if (!*claim->home) {
        return is_listed(rule->given->suppliers, unknown_word) ? PP__MATCHES
                                                               : PP__MATCHES_BUT_SUPPLIER;
    }
    return is_supplier(rule, claim->home) ? PP__MATCHES : PP__MATCHES_NOT;
}

int pp__rule_excludes(const pp__rule *rule, const char *country) {
    return is_listed(rule->given->excluded, country);
}
