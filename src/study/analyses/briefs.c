/* Two pages on each place, of everything else that the study has found. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/brief.h>
#include <pushpull/profile.h>

#include <stdio.h>
#include <string.h>

typedef struct settings {
    const char *const *places;
    int64_t cities, messages;
    pp_study_file standards;
} settings;

static const pp__field fields[] = {
    {"places", PP__NAMES, PP__AT(settings, places), .nullable = 1},
    {"cities", PP__INTEGER, PP__AT(settings, cities), .low = 0, .high = 100000,
     .number = 20},
    {"messages", PP__INTEGER, PP__AT(settings, messages), .low = 1, .high = 8,
     .number = 4},
    {"standards", PP__PATH, PP__AT(settings, standards)},
};
static const pp__section format = PP__FIELDS("the briefs", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    int64_t n = 0;
    (void)study;
    while (s->places && s->places[n]) {
        n++;
    }
    if (s->places) {
        pp_buf_printf(what, "briefs of %lld places", (long long)n);
    } else {
        pp_buf_printf(what, "briefs of every country and of %lld cities",
                      (long long)s->cities);
    }
}

/* ---- places by their names ---- */

static pp_status find_place(pp__run *run, const pp_result *profiles, const char *name,
                            const char **out, pp_error *err) {
    pp_status status = pp_profile_find(profiles, run->gazetteer, name, out, err);
    if (status != PP_OK) {
        pp_error_locate(err, run->study->file, 0, "analyses.briefs.places", name);
    }
    return status;
}

static pp_status find_places(pp__run *run, const settings *s, const pp_result *profiles,
                             const char ***out, pp_error *err) {
    int64_t n = 0;
    while (s->places[n]) {
        n++;
    }
    *out = pp_arena_zalloc(&run->arena, n + 1, sizeof **out);
    PP_NEED(*out, err);
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(find_place(run, profiles, s->places[i], &(*out)[i], err));
    }
    return PP_OK;
}

/* ---- what they are made of ---- */

/* A table of another step, where the study names the step and it could be made; else NULL. */
static pp_status table_of(pp__run *run, const char *analysis, const char *table,
                          const pp_table **out, pp_error *err) {
    const pp_result *result;
    *out = NULL;
    for (int64_t i = 0; i < run->study->n_analyses; i++) {
        const pp_study_analysis *a = &run->study->analyses[i];
        if (!a->given || strcmp(a->name, analysis) != 0) {
            continue;
        }
        pp_status status = pp__run_result_of(run, analysis, &result, err);
        if (status == PP_E_MEMORY || status == PP_E_CANCELLED ||
            status == PP_E_INTERNAL) {
            return status;
        }
        *out = status == PP_OK ? pp_result_find(result, table) : NULL;
    }
    return PP_OK;
}

static pp_status gather(pp__run *run, const pp_table *profiles, pp_brief_inputs *in,
                        pp_error *err) {
    *in = (pp_brief_inputs){.profiles = profiles,
                            .claims = run->claims,
                            .sources = run->sources,
                            .vendors = run->vendors,
                            .study = run->study->title};
    const int64_t rule = pp__run_rule_index(run, run->study->panel.outcome);
    in->adoption = run->adoptions[rule];
    PP_TRY(table_of(run, "profiles", "profile_facts", &in->facts, err));
    PP_TRY(table_of(run, "profiles", "profile_drivers", &in->drivers, err));
    PP_TRY(table_of(run, "segments", "segments", &in->segments, err));
    PP_TRY(table_of(run, "segments", "segment_rules", &in->segment_rules, err));
    PP_TRY(table_of(run, "messages", "messages", &in->messages, err));
    PP_TRY(table_of(run, "messages", "message_texts", &in->message_texts, err));
    PP_TRY(table_of(run, "messages", "message_evidence", &in->message_evidence, err));
    PP_TRY(table_of(run, "messages", "message_offers", &in->message_offers, err));
    PP_TRY(table_of(run, "messages", "message_strength", &in->message_strength, err));
    PP_TRY(table_of(run, "effects", "effects_claims", &in->effects, err));
    PP_TRY(table_of(run, "synth", "synth_cases", &in->cases, err));
    PP_TRY(table_of(run, "synth", "synth_caveats", &in->caveats, err));
    return table_of(run, "claims_checked", "claims_checked", &in->checked, err);
}

static pp_status run_briefs(pp__run *run, const void *payload, pp_result **out,
                            pp_error *err) {
    const settings *s = payload;
    const pp_table *profiles;
    const char **places = NULL, *folder;
    pp_standards *standards = NULL;
    pp_brief_inputs in;
    PP_TRY(table_of(run, "profiles", "profiles", &profiles, err));
    if (!profiles) {
        pp_error_set(err, PP_E_INPUT, "briefs need the profiles of places");
        pp_error_hint(err, "add 'profiles: {}' under analyses: of the study");
        return PP_E_INPUT;
    }
    if (s->places) {
        const pp_result *result;
        PP_TRY(pp__run_result_of(run, "profiles", &result, err));
        PP_TRY(find_places(run, s, result, &places, err));
    }
    PP_TRY(gather(run, profiles, &in, err));
    PP_TRY(pp__run_shipped_file(run, &s->standards, "standards", &folder, err));
    PP_TRY(pp_standards_read(folder, run->gazetteer, run->ctx, &standards, err));
    in.standards = standards;
    const pp_brief_options options = {places, s->cities, s->messages};
    pp_status status = pp_briefs(&in, &options, run->ctx, out, err);
    pp_standards_free(standards);
    return status;
}

static const char *const tables[] = {NULL}; /* documents of their own */

/* Adds the briefs of one segment, from `first`, which is the first of it. */
static pp_status link_segment(pp__run *run, const pp_table *t, int64_t first,
                              pp_link *links, int64_t *n, pp_error *err) {
    const pp_column *segment = pp_table_find(t, "segment"),
                    *name = pp_table_find(t, "name"), *file = pp_table_find(t, "file");
    const char *group = pp_column_get_text(segment, first);
    for (int64_t row = first; row < pp_table_rows(t); row++) {
        const char *own = pp_column_get_text(segment, row);
        if (strcmp(own ? own : "", group ? group : "") == 0) {
            const char *path = pp_arena_printf(&run->arena, "briefs/%s.html",
                                               pp_column_get_text(file, row));
            PP_NEED(path, err);
            links[(*n)++] = (pp_link){group && *group ? group : "Places",
                                      pp_column_get_text(name, row), path};
        }
    }
    return PP_OK;
}

/* The files that the run writes, by segment. */
static pp_status link_briefs(pp__run *run, const pp_result *result, pp_document *document,
                             pp_error *err) {
    const pp_table *t = pp_result_find(result, "briefs");
    const pp_column *segment = pp_table_find(t, "segment");
    int64_t n = 0;
    pp_link *links = pp_arena_zalloc(&run->arena, pp_table_rows(t) + 1, sizeof *links);
    PP_NEED(links, err);
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        const char *own = pp_column_get_text(segment, row);
        int is_first = 1;
        for (int64_t i = 0; i < row && is_first; i++) {
            const char *other = pp_column_get_text(segment, i);
            is_first = strcmp(other ? other : "", own ? own : "") != 0;
        }
        PP_TRY(is_first ? link_segment(run, t, row, links, &n, err) : PP_OK);
    }
    return pp_document_links(document, links, n, err);
}

const pp__analysis pp__analysis_briefs = {
    .name = "briefs",
    .command = "brief",
    .title = "Briefs",
    .about =
        "Two pages on every country and on the best-documented cities, in the folder "
        "`briefs/`: what is on record, what goes with it here, what is known of effects, "
        "who decides, what to say to whom, what to offer, which standards bind, and what "
        "is not known, with numbered notes. `pushpull brief KEN` prints one.",
    .format = &format,
    .describe = describe,
    .run = run_briefs,
    .tables = tables,
    .report = link_briefs,
};
