/* What an import did, as tables and warnings. */
#include "base/check.h"
#include "evidence/dates.h"
#include "evidence/import.h"
#include "evidence/merged.h"
#include "evidence/rows.h"
#include "evidence/story.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LONGEST_NOTE = 160 };

static const char *title(const pp__import *im) {
    return im->n_refused > 0 ? "Nothing was imported: rows were refused"
           : im->dry_run     ? "What would be imported (dry run)"
                             : "What was imported";
}

/* Retried places of earlier imports are listed as pending, but were not read by this one.
 */
static pp_status report_counts(pp__import *im, pp_error *err) {
    static const pp__kind order[] = {PP__SOURCE, PP__CLAIM, PP__SEARCH, PP__VENDOR,
                                     PP__PLACE};
    static const pp__column_spec columns[] = {
        {"kind", "Kind", PP_TEXT, 0},
        {"read", "Read", 0, PP_SHOW_COUNT},
        {"new", "New", 0, PP_SHOW_COUNT},
        {"unchanged", "Unchanged", 0, PP_SHOW_COUNT},
        {"changed", "Changed", 0, PP_SHOW_COUNT},
        {"pending", "Pending", 0, PP_SHOW_COUNT},
        {"refused", "Refused", 0, PP_SHOW_COUNT}};
    pp_table *table;
    PP_TRY(pp_result_add(im->result, "import", title(im), &table, err));
    PP_TRY(pp__rows_begin(table, columns, 7, err));
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        const pp__import_rows *rows = &im->of[order[k]];
        int64_t counts[PP__OUTCOMES] = {0};
        for (int64_t i = 0; i < rows->n; i++) {
            counts[rows->rows[i].outcome]++;
        }
        const int64_t numbers[] = {
            rows->n - counts[PP__BLANK], counts[PP__NEW], counts[PP__UNCHANGED],
            counts[PP__CHANGED],         rows->pending,   counts[PP__REFUSED]};
        char texts[6][32];
        const char *values[7] = {pp__entities[order[k]].plural};
        for (int i = 0; i < 6; i++) {
            snprintf(texts[i], sizeof texts[i], "%lld", (long long)numbers[i]);
            values[i + 1] = texts[i];
        }
        PP_TRY(pp__rows_add(table, values, err));
    }
    return PP_OK;
}

static void list_suggestions(const pp__import *im, const char *const *place,
                             pp_buf *out) {
    pp_place_match match = {0};
    pp_place_kind kind = strcmp(place[PLACE_KIND], "country") == 0  ? PP_PLACE_COUNTRY
                         : strcmp(place[PLACE_KIND], "region") == 0 ? PP_PLACE_REGION
                                                                    : PP_PLACE_CITY;
    if (im->gazetteer) {
        pp_gazetteer_resolve(im->gazetteer, place[PLACE_NAME], kind, place[PLACE_COUNTRY],
                             &match);
    }
    for (int i = 0; i < match.n_suggestions; i++) {
        pp_buf_printf(out, "%s%s (%s)", i ? ", " : "", match.suggestions[i]->name,
                      match.suggestions[i]->id);
    }
}

static pp_status list_pending(pp__import *im, const pp__import_row *place,
                              pp_table *table, pp_error *err) {
    char claims[32];
    pp_buf suggestions;
    pp_buf_init(&suggestions);
    list_suggestions(im, place->values, &suggestions);
    pp_status status = pp_buf_check(&suggestions, err);
    if (status == PP_OK) {
        snprintf(claims, sizeof claims, "%lld", (long long)place->claims);
        const char *values[] = {place->values[PLACE_NAME], place->values[PLACE_KIND],
                                place->values[PLACE_COUNTRY], claims,
                                suggestions.length ? suggestions.data : NULL};
        status = pp__rows_add(table, values, err);
    }
    pp_buf_clear(&suggestions);
    return status;
}

static pp_status walk_pending(pp__import *im, const pp__merges *merges, pp_table *table,
                              pp_error *err) {
    pp__import_rows *places = &im->of[PP__PLACE];
    for (int64_t i = 0; i < places->n; i++) {
        const pp__import_row *place = &places->rows[i];
        if (!place->values[PLACE_ID] && pp__merged(merges, place->key) == place->key) {
            places->pending++;
            im->of[PP__CLAIM].pending += place->claims;
            PP_TRY(list_pending(im, place, table, err));
        }
    }
    return PP_OK;
}

static pp_status report_pending(pp__import *im, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"place", "Place", PP_TEXT, 0},
        {"kind", "Kind", PP_TEXT, 0},
        {"country", "Country", PP_TEXT, 0},
        {"claims", "Claims", 0, PP_SHOW_COUNT},
        {"suggestions", "Did you mean", PP_TEXT, 0}};
    pp_table *table;
    pp__merges merges;
    PP_TRY(pp_result_add(im->result, "pending", "Places that could not be resolved",
                         &table, err));
    PP_TRY(pp__rows_begin(table, columns, 5, err));
    pp_status status = pp__merges_read(im->store, "place", &im->arena, &merges, err);
    if (status == PP_OK) {
        status = walk_pending(im, &merges, table, err);
    }
    pp__merges_clear(&merges);
    int64_t n = im->of[PP__PLACE].pending;
    if (status == PP_OK && n > 0) {
        status =
            pp_result_warn(im->result, "pending_places", NULL, n, err,
                           "%lld place%s could not be resolved and %s kept as pending",
                           (long long)n, n == 1 ? "" : "s",
                           im->dry_run || im->n_refused > 0 ? "would be"
                           : n == 1                         ? "is"
                                                            : "are");
    }
    return status;
}

static pp_status report_stories(pp__import *im, pp_error *err) {
    pp_table *table;
    pp__stories stories;
    PP_TRY(pp_result_add(im->result, "stories",
                         "Sources that look like copies of one text", &table, err));
    pp_status status = pp__stories_read(im->store, &im->arena, &stories, err);
    if (status == PP_OK) {
        status = pp__stories_proposed(&stories, table, err);
    }
    pp__stories_clear(&stories);
    return status;
}

static pp_status warn_of_homes(pp__import *im, pp_error *err) {
    for (int64_t i = 0; i < im->of[PP__VENDOR].n; i++) {
        const pp__import_row *vendor = &im->of[PP__VENDOR].rows[i];
        if (vendor->claims > 0) {
            PP_TRY(pp_result_warn(im->result, "vendor_home", vendor->key, vendor->claims,
                                  err, "%lld claim%s another home of %s than %s",
                                  (long long)vendor->claims,
                                  vendor->claims == 1 ? " gives" : "s give", vendor->key,
                                  vendor->values[VENDOR_HOME]));
        }
    }
    return PP_OK;
}

static int64_t characters(const char *text) {
    int64_t n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

static pp_status warn_of_notes(pp__import *im, pp_error *err) {
    int64_t n = 0;
    const char *first = NULL;
    for (int64_t i = 0; i < im->of[PP__CLAIM].n; i++) {
        const pp__import_row *claim = &im->of[PP__CLAIM].rows[i];
        const char *note = claim->values[CLAIM_NOTE];
        if (note && claim->outcome != PP__REFUSED && characters(note) > LONGEST_NOTE) {
            first = first ? first : claim->key;
            n++;
        }
    }
    return n == 0
               ? PP_OK
               : pp_result_warn(im->result, "long_notes", first, n, err,
                                "%lld note%s longer than %d characters: a note is in the "
                                "coder's own words, no sentence copied",
                                (long long)n, n == 1 ? " is" : "s are", LONGEST_NOTE);
}

static int64_t today(void) {
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    return pp__day_number(utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

static int is_after(const char *text, int64_t day) {
    pp__date date;
    return text && pp__date_parse(text, &date, NULL) == PP_OK &&
           pp__date_first_day(date) > day;
}

/* No refusal: whether a file is accepted must not hang on the clock of a machine. */
static pp_status warn_of_future(pp__import *im, pp_error *err) {
    int64_t n = 0, tomorrow = today() + 1;
    const char *first = NULL;
    for (int64_t i = 0; i < im->of[PP__CLAIM].n; i++) {
        const pp__import_row *claim = &im->of[PP__CLAIM].rows[i];
        if (claim->outcome != PP__REFUSED &&
            (is_after(claim->values[CLAIM_EARLIEST], tomorrow) ||
             is_after(claim->values[CLAIM_LATEST], tomorrow))) {
            first = first ? first : claim->key;
            n++;
        }
    }
    return n == 0 ? PP_OK
                  : pp_result_warn(im->result, "future_date", first, n, err,
                                   "%lld claim%s a date in the future; the first is %s",
                                   (long long)n, n == 1 ? " has" : "s have", first);
}

pp_status pp__import_report(pp__import *im, pp_error *err) {
    PP_TRY(report_pending(im, err));
    PP_TRY(report_counts(im, err));
    PP_TRY(report_stories(im, err));
    PP_TRY(warn_of_homes(im, err));
    PP_TRY(warn_of_future(im, err));
    return warn_of_notes(im, err);
}
