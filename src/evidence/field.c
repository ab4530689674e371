#include "evidence/field.h"
#include "base/check.h"
#include "evidence/address.h"
#include "evidence/dates.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void pp__complain(pp__problem *problem, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(problem->reason, sizeof problem->reason, format, args);
    va_end(args);
}

void pp__suggest(pp__problem *problem, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(problem->suggestion, sizeof problem->suggestion, format, args);
    va_end(args);
}

enum { MOST_DIGITS = 12 };

/* A capital letter, then `letters`, then digits. */
static int is_id(const char *value, const char *letters) {
    size_t n = strlen(letters);
    if (!isupper((unsigned char)value[0]) || strncmp(value + 1, letters, n) != 0) {
        return 0;
    }
    const char *digits = value + 1 + n;
    size_t count = strlen(digits);
    return count > 0 && count <= MOST_DIGITS && strspn(digits, "0123456789") == count;
}

static void check_id(const char *value, const char *letters, const char *example,
                     pp__problem *problem) {
    if (!is_id(value, letters)) {
        pp__complain(problem, "is not the coder's capital letter%s and a number",
                     *letters ? ", S" : "");
        pp__suggest(problem, "as in %s", example);
    }
}

static int is_slug(const char *value) {
    int after_letter = 0;
    for (const char *c = value; *c; c++) {
        if (*c == '-' ? !after_letter || !c[1]
                      : !islower((unsigned char)*c) && !isdigit((unsigned char)*c)) {
            return 0;
        }
        after_letter = *c != '-';
    }
    return *value != '\0';
}

static void check_slug(const char *value, pp__problem *problem) {
    if (is_slug(value)) {
        return;
    }
    pp__complain(problem, "is not lower-case letters and digits joined by '-'");
    char slug[80] = "";
    size_t n = 0;
    for (const char *c = value; *c && n + 2 < sizeof slug; c++) {
        if (isalnum((unsigned char)*c)) {
            slug[n++] = (char)tolower((unsigned char)*c);
        } else if (n > 0 && slug[n - 1] != '-') {
            slug[n++] = '-';
        }
    }
    n -= n > 0 && slug[n - 1] == '-';
    slug[n] = '\0';
    if (n > 0) {
        pp__suggest(problem, "%s", slug);
    }
}

/* How near a code is to what was written: the same letters, then one other letter, at the
   end, in the middle, at the beginning; FAR anything else. */
enum { FAR = 4 };
static int code_distance(const char *code, const char *written) {
    int wrong = -1, n = 0, letters = 0;
    for (int i = 0; i < 3; i++) {
        letters += code[i] - written[i];
        if (code[i] != written[i]) {
            wrong = i;
            n++;
        }
    }
    int same = letters == 0;
    for (int i = 0; i < 3; i++) {
        same = same && strchr(code, written[i]) && strchr(written, code[i]);
    }
    return same ? 0 : n == 1 ? 3 - wrong : FAR;
}

static const pp_place *nearest_code(const pp_gazetteer *gazetteer, const char *written) {
    const pp_place *const *countries, *nearest = NULL;
    int64_t n = pp_gazetteer_countries(gazetteer, &countries);
    int least = FAR;
    for (int64_t i = 0; i < n; i++) {
        int distance = code_distance(countries[i]->id, written);
        if (distance < least) {
            least = distance;
            nearest = countries[i];
        }
    }
    return nearest;
}

static void check_country(const pp_gazetteer *gazetteer, const char *value,
                          pp__problem *problem) {
    int form = strlen(value) == 3 && isupper((unsigned char)value[0]) &&
               isupper((unsigned char)value[1]) && isupper((unsigned char)value[2]);
    if (!gazetteer) {
        if (!form) {
            pp__complain(problem, "is not a country's code of three capital letters");
        }
        return;
    }
    const pp_place *place = form ? pp_gazetteer_find(gazetteer, value) : NULL;
    if (place && place->kind == PP_PLACE_COUNTRY) {
        return;
    }
    pp__complain(problem, "is not the ISO 3166-1 alpha-3 code of a country");
    pp_place_match match = {0};
    pp_gazetteer_resolve(gazetteer, value, PP_PLACE_COUNTRY, NULL, &match);
    const pp_place *near = match.place;
    if (!near && form) {
        near = nearest_code(gazetteer, value);
    }
    if (!near && match.n_suggestions > 0) {
        near = match.suggestions[0];
    }
    if (near) {
        pp__suggest(problem, "%s (%s)", near->id, near->name);
    }
}

static void check_date(const char *value, pp__problem *problem) {
    pp__date date;
    pp_error fault = {0};
    if (pp__date_parse(value, &date, &fault) != PP_OK) {
        pp__complain(problem, "%.*s", (int)sizeof problem->reason - 1, fault.message);
        pp__suggest(problem, "%.*s", (int)sizeof problem->suggestion - 1, fault.hint);
    }
}

static pp_status check_number(const pp__field *field, const char *value, pp_arena *arena,
                              const char **out, pp__problem *problem, pp_error *err) {
    double number;
    int64_t integer;
    int whole = field->form == PP__FORM_COUNT;
    if (!pp_parse_number(value, &number) || number < 0 ||
        (whole && !pp_parse_integer(value, &integer))) {
        pp__complain(problem, "is not a %s that is zero or more",
                     whole ? "whole number" : "number");
        char digits[40] = "";
        size_t n = 0;
        for (const char *c = value; *c && n + 1 < sizeof digits; c++) {
            if (isdigit((unsigned char)*c) || *c == '.') {
                digits[n++] = *c;
            } else if (isalpha((unsigned char)*c) || *c == '-') {
                return PP_OK;
            }
        }
        if (n > 0) {
            pp__suggest(problem, "%s", digits);
        }
        return PP_OK;
    }
    char text[32];
    pp_format_number(number, text);
    *out = pp_arena_strdup(arena, text);
    PP_NEED(*out, err);
    return PP_OK;
}

static void check_word(const pp__field *field, const char *value, pp__problem *problem) {
    int n = 0;
    for (; field->words[n]; n++) {
        if (strcmp(field->words[n], value) == 0) {
            return;
        }
    }
    pp__complain(problem, "is not a %s", field->name);
    const char *nearest = pp_text_nearest(value, field->words, n);
    if (nearest) {
        pp__suggest(problem, "did you mean %s?", nearest);
        return;
    }
    size_t used =
        (size_t)snprintf(problem->suggestion, sizeof problem->suggestion, "one of");
    for (int i = 0; i < n && used < sizeof problem->suggestion; i++) {
        used += (size_t)snprintf(problem->suggestion + used,
                                 sizeof problem->suggestion - used, "%s %s", i ? "," : "",
                                 field->words[i]);
    }
}

static void check_text(const char *value, pp__problem *problem) {
    int64_t offset;
    if (!pp_text_is_utf8(value, (int64_t)strlen(value), &offset)) {
        pp__complain(problem, "is not UTF-8 at byte %lld", (long long)offset + 1);
        pp__suggest(problem, "save the file as UTF-8");
        return;
    }
    for (const char *c = value; *c; c++) {
        if (((unsigned char)*c < ' ' && !strchr("\t\r\n", *c)) || *c == 0x7f) {
            pp__complain(problem, "has a control character at byte %lld",
                         (long long)(c - value) + 1);
        }
    }
}

static int is_language(const char *value) {
    size_t n = strlen(value);
    return (n == 2 || n == 3) && strspn(value, "abcdefghijklmnopqrstuvwxyz") == n;
}

static void check_form(const pp_gazetteer *gazetteer, const pp__field *field,
                       const char *value, pp__problem *problem) {
    const char *fault;
    switch (field->form) {
    case PP__FORM_CLAIM_ID:
        check_id(value, "", "A0001", problem);
        break;
    case PP__FORM_SOURCE_ID:
        check_id(value, "S", "AS001", problem);
        break;
    case PP__FORM_CODER:
        if (!isupper((unsigned char)value[0]) || value[1]) {
            pp__complain(problem, "is not one capital letter");
        }
        break;
    case PP__FORM_SLUG:
    case PP__FORM_VENDOR:
        check_slug(value, problem);
        break;
    case PP__FORM_COUNTRY:
        check_country(gazetteer, value, problem);
        break;
    case PP__FORM_DATE:
        check_date(value, problem);
        break;
    case PP__FORM_URL:
        fault = pp__address_fault(value);
        if (fault) {
            pp__complain(problem, "%s", fault);
        }
        break;
    case PP__FORM_LANGUAGE:
        if (!is_language(value)) {
            pp__complain(problem,
                         "is not a language's code of two or three lower-case letters");
            pp__suggest(problem, "as in en, fr, sw");
        }
        break;
    case PP__FORM_WORD:
        check_word(field, value, problem);
        break;
    case PP__FORM_TEXT:
    case PP__FORM_AMOUNT:
    case PP__FORM_COUNT:
        break;
    }
}

/* Without the white space around it; NULL when nothing is left. */
static pp_status trimmed(const char *value, pp_arena *arena, const char **out,
                         pp_error *err) {
    *out = NULL;
    if (!value) {
        return PP_OK;
    }
    value += strspn(value, " \t\r\n");
    size_t n = strlen(value);
    while (n > 0 && strchr(" \t\r\n", value[n - 1])) {
        n--;
    }
    if (n > 0) {
        *out = value[n] ? pp_arena_strndup(arena, value, (int64_t)n) : value;
        PP_NEED(*out, err);
    }
    return PP_OK;
}

pp_status pp__field_check(const pp_gazetteer *gazetteer, const pp__field *field,
                          const char *value, pp_arena *arena, const char **out,
                          pp__problem *problem, pp_error *err) {
    *problem = (pp__problem){0};
    PP_TRY(trimmed(value, arena, out, err));
    if (!*out) {
        *out = field->when_empty;
        if (field->required) {
            pp__complain(problem, "is empty");
        }
        return PP_OK;
    }
    check_text(*out, problem);
    if (problem->reason[0]) {
        return PP_OK;
    }
    if (pp__is_number(field)) {
        return check_number(field, *out, arena, out, problem, err);
    }
    if (field->form == PP__FORM_VENDOR && strcmp(*out, "unknown") == 0) {
        *out = NULL;
        return PP_OK;
    }
    check_form(gazetteer, field, *out, problem);
    return PP_OK;
}

static void check_coder(const char *id, const char *coder, pp__problem *problem) {
    if (id && coder && id[0] != coder[0]) {
        pp__complain(problem, "does not begin with its coder's letter, %s", coder);
    }
}

static void check_order(const char *first, const char *last, pp__problem *problem) {
    pp__date earliest, latest;
    if (first && last && pp__date_parse(first, &earliest, NULL) == PP_OK &&
        pp__date_parse(last, &latest, NULL) == PP_OK &&
        pp__date_first_day(earliest) > pp__date_last_day(latest)) {
        pp__complain(problem, "is after the latest date, %s", last);
        pp__suggest(problem, "are the two swapped?");
    }
}

void pp__claim_check(const char *const *values, int field, pp__problem *problem) {
    *problem = (pp__problem){0};
    if (field == CLAIM_ID) {
        check_coder(values[CLAIM_ID], values[CLAIM_CODER], problem);
    } else if (field == CLAIM_EARLIEST) {
        check_order(values[CLAIM_EARLIEST], values[CLAIM_LATEST], problem);
    }
}
