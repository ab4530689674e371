/* Groups of places that want different answers: rules over the facts of their profiles, and clusters. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/profile.h>
#include <pushpull/segments.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    pp_study_file file;
    const char *place;
    int64_t draws, bootstrap;
} settings;

static const pp__field fields[] = {
    {"file", PP__PATH, PP__AT(settings, file)},
    {"place", PP__TEXT, PP__AT(settings, place)},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 10, .high = 100000,
     .number = 200},
    {"bootstrap", PP__INTEGER, PP__AT(settings, bootstrap), .low = 10, .high = 100000,
     .number = 50},
};
static const pp__section format = PP__FIELDS("the segments", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    pp_buf_printf(what, "segments by %s, %d draws",
                  s->file.path ? s->file.written : "the rules that come with pushpull",
                  (int)s->draws);
}

/* ---- one place alone ---- */

static int is_place(const pp_table *table, int64_t row, const char *id) {
    const char *text = pp_column_get_text(pp_table_find(table, "place_id"), row);
    return text && strcmp(text, id) == 0;
}

/* By its id or its name; the first of several. `names` takes all that were looked at. */
static const char *look_up(const pp_table *profiles, const char *given,
                           const char **names, int64_t *n) {
    static const char *const columns[] = {"place_id", "name"};
    const char *id = NULL;
    *n = 0;
    for (int k = 0; k < 2; k++) {
        const pp_column *column = pp_table_find(profiles, columns[k]);
        for (int64_t row = 0; column && row < pp_table_rows(profiles); row++) {
            const char *text = pp_column_get_text(column, row);
            if (text && !id && pp_text_equal_fold(text, given)) {
                id = pp_column_get_text(pp_table_find(profiles, "place_id"), row);
            }
            names[*n] = text;
            *n += text != NULL;
        }
    }
    return id;
}

static pp_status find_place(const pp_table *profiles, const char *given, const char **id,
                            pp_error *err) {
    const char **names = pp_malloc(2 * pp_table_rows(profiles), sizeof *names);
    int64_t n;
    PP_NEED(names, err);
    *id = look_up(profiles, given, names, &n);
    const char *near = *id ? NULL : pp_text_nearest(given, names, n);
    pp_free(names);
    if (*id) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_NOT_FOUND, "no profile is of a place '%.80s'", given);
    if (near) {
        pp_error_hint(err, "did you mean '%s'?", near);
    } else {
        pp_error_hint(err, "give a place_id or a name of the table of profiles");
    }
    return PP_E_NOT_FOUND;
}

static pp_status keep_place(const pp_result *all, int i, const char *id, pp_result *out,
                            pp_error *err) {
    const pp_table *table = pp_result_table(all, i);
    int64_t *rows = pp_malloc(pp_table_rows(table), sizeof *rows), n = 0;
    pp_table *kept = NULL;
    PP_NEED(rows, err);
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        if (is_place(table, row, id)) {
            rows[n++] = row;
        }
    }
    pp_status status = pp_table_take_rows(table, rows, n, &kept, err);
    pp_free(rows);
    if (status == PP_OK) {
        status = pp_result_take(out, pp_result_table_name(all, i),
                                pp_result_table_title(all, i), kept, err);
        if (status != PP_OK) {
            pp_table_free(kept);
        }
    }
    return status;
}

/* Of the tables of places, the rows of one. */
static pp_status keep_one(const pp_result *all, const char *id, pp_result **out,
                          pp_error *err) {
    PP_TRY(pp_result_new("segments", out, err));
    pp_status status = PP_OK;
    for (int i = 0; i < pp_result_tables(all) && status == PP_OK; i++) {
        if (pp_table_find(pp_result_table(all, i), "place_id")) {
            status = keep_place(all, i, id, *out, err);
        }
    }
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

static pp_status narrow(const settings *s, const pp_table *profiles, pp_result **out,
                        pp_error *err) {
    const char *id = NULL;
    pp_result *all = *out;
    if (!s->place) {
        return PP_OK;
    }
    *out = NULL;
    pp_status status = find_place(profiles, s->place, &id, err);
    if (status == PP_OK) {
        status = keep_one(all, id, out, err);
    }
    pp_result_free(all);
    return status;
}

static pp_status run_segments(pp__run *run, const void *payload, pp_result **out,
                              pp_error *err) {
    const settings *s = payload;
    const pp_segments_options options = {s->draws, s->bootstrap,
                                         (uint64_t)run->study->seed};
    const pp_result *profiles;
    const char *path;
    pp_segment_rules *rules;
    PP_TRY(pp__run_shipped_file(run, &s->file, "strategy/segments.yml", &path, err));
    PP_TRY(
        pp_segment_rules_read(path, s->file.path ? s->file.written : NULL, &rules, err));
    pp_status status = pp__run_result_of(run, "profiles", &profiles, err);
    const pp_table *table = status == PP_OK ? pp_result_find(profiles, "profiles") : NULL;
    if (status == PP_OK) {
        status = pp_segments(table, rules, &options, run->ctx, out, err);
    }
    pp_segment_rules_free(rules);
    return status == PP_OK ? narrow(s, table, out, err) : status;
}

/* ---- findings ---- */

static double at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

/* "23 not adopted, at risk (18 to 27)" */
static void add_segment(const pp_table *rules, int64_t row, int first, pp_buf *out) {
    const char *title = pp_column_get_text(pp_table_find(rules, "title"), row);
    double n = at(rules, "expected", row), low = at(rules, "places_low", row);
    double high = at(rules, "places_high", row);
    pp_buf_printf(out, "%s %.0f \"%s\"", first ? "" : ",", n, title ? title : "");
    if (low < high) {
        pp_buf_printf(out, " (%.0f to %.0f)", low, high);
    }
}

static int64_t count_open(const pp_table *segments) {
    const pp_column *open = pp_table_find(segments, "open");
    int64_t n = 0;
    for (int64_t i = 0; i < pp_table_rows(segments); i++) {
        n += open && pp_column_get_text(open, i) != NULL;
    }
    return n;
}

static void add_clusters(const pp_table *choice, pp_buf *out) {
    for (int64_t i = 0; choice && i < pp_table_rows(choice); i++) {
        if (at(choice, "chosen", i) == 1) {
            pp_buf_printf(out,
                          " Profiles alike make %.0f clusters (mean silhouette %.2f, "
                          "stability %.2f), which agree with the rules by an adjusted "
                          "Rand index of %.2f (1: the same, 0: as by chance).",
                          at(choice, "clusters", i), at(choice, "silhouette", i),
                          at(choice, "stability", i), at(choice, "adjusted_rand", i));
        }
    }
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_table *rules = pp_result_find(result, "segment_rules");
    const pp_table *segments = pp_result_find(result, "segments");
    int shown = 0;
    pp_buf words;
    (void)payload;
    if (!rules) {
        return PP_OK;
    }
    pp_buf_init(&words);
    pp_buf_printf(&words, "Of %lld places the rules put",
                  (long long)pp_table_rows(segments));
    for (int64_t i = 0; i < pp_table_rows(rules); i++) {
        if (at(rules, "places", i) > 0) {
            add_segment(rules, i, shown++ == 0, &words);
        }
    }
    pp_buf_printf(&words,
                  ". Ranges: 95%% of the draws of uncertain facts. %lld places may be in "
                  "another segment by facts that nobody has found yet.",
                  (long long)count_open(segments));
    add_clusters(pp_result_find(result, "segment_choice"), &words);
    pp_status status = pp__run_describe(
        run, "segments", "Which places want which answer?", "places", &words, err);
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"segment_rules", NULL};

const pp__analysis pp__analysis_segments = {
    .name = "segments",
    .command = "segments",
    .title = "Segments: places that want different answers",
    .about =
        "A decision list: a place is in the first segment whose condition holds of its "
        "profile. Conditions and the reasons for them are in a file that you can change. "
        "Missing facts decide nothing: they leave a place with several segments, and the "
        "table says which fact would tell. Ranges come from redrawing what is uncertain "
        "(hazards, contributions, years, exposure), one fact by itself.",
    .format = &format,
    .describe = describe,
    .run = run_segments,
    .answer = answer,
    .tables = tables,
};
