/* What may be said to whom, with the evidence for and against it. */
#include "strategy/messages.h"
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/analyses/standards_files.h"

#include <string.h>

typedef struct settings {
    pp_study_file folder, standards;
    const char *place, *audience;
    int64_t most;
} settings;

static const pp__field fields[] = {
    {"folder", PP__PATH, PP__AT(settings, folder)},
    {"standards", PP__PATH, PP__AT(settings, standards)},
    {"place", PP__TEXT, PP__AT(settings, place)},
    {"audience", PP__TEXT, PP__AT(settings, audience)},
    {"most", PP__INTEGER, PP__AT(settings, most), .low = 0, .high = 1000, .nullable = 1},
};
static const pp__section format = PP__FIELDS("the messages", fields, sizeof(settings));

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    const char *field = "analyses.messages.audience";
    for (int a = 0; s->audience && a < PP__AUDIENCES; a++) {
        if (strcmp(s->audience, pp__audience_names[a]) == 0) {
            return PP_OK;
        }
    }
    return s->audience ? pp__problem(problems, pp__study_line(study, field, NULL), field,
                                     s->audience, "mayor, or another of messages.h", err,
                                     "there is no such audience")
                       : PP_OK;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    pp_buf_printf(what, "messages by %s",
                  s->folder.path ? s->folder.written
                                 : "the library that comes with pushpull");
}

/* ---- what the study has found ---- */

/* A table of another step, where the study names the step and it could be made; else NULL. */
static pp_status table_of(pp__run *run, const char *analysis, const char *table,
                          const pp_table **out, pp_error *err) {
    const pp_result *result;
    pp_error why = {0};
    *out = NULL;
    for (int64_t i = 0; i < run->study->n_analyses; i++) {
        const pp_study_analysis *a = &run->study->analyses[i];
        if (!a->given || strcmp(a->name, analysis) != 0) {
            continue;
        }
        pp_status status = pp__run_result_of(run, analysis, &result, &why);
        if (status == PP_E_MEMORY || status == PP_E_CANCELLED ||
            status == PP_E_INTERNAL) {
            if (err) {
                *err = why;
            }
            return status;
        }
        *out = status == PP_OK ? pp_result_find(result, table) : NULL;
    }
    return PP_OK;
}

/* The step whose findings begin with its name ("synth_ecuador_911"); NULL: a question about a model. */
static const pp__analysis *step_of(const char *finding) {
    const pp__analysis *best = NULL, *a;
    for (int i = 0; (a = pp__analysis_get(i)) != NULL; i++) {
        size_t n = strlen(a->name);
        if (strncmp(finding, a->name, n) == 0 && (!finding[n] || finding[n] == '_') &&
            (!best || n > strlen(best->name))) {
            best = a;
        }
    }
    return best;
}

static int needs_models(const pp_message_library *lib) {
    for (int64_t c = 0; c < lib->n_concerns; c++) {
        for (int64_t i = 0; i < lib->concerns[c].n; i++) {
            const pp__bearing *b = &lib->concerns[c].bearings[i];
            if (b->kind == PP__BY_VARIABLE ||
                (b->kind == PP__BY_FINDING && !step_of(b->name))) {
                return 1;
            }
        }
    }
    return 0;
}

static int needs_step(const pp_message_library *lib, const pp__analysis *step) {
    for (int64_t c = 0; c < lib->n_concerns; c++) {
        for (int64_t i = 0; i < lib->concerns[c].n; i++) {
            const pp__bearing *b = &lib->concerns[c].bearings[i];
            if (b->kind == PP__BY_FINDING && step_of(b->name) == step) {
                return 1;
            }
        }
    }
    return 0;
}

/* Its answers, as it gives them to the findings; none where it cannot be made. */
static pp_status answer_step(pp__run *run, const pp__analysis *step, pp_error *err) {
    const pp_study_analysis *a = pp__analysis_of(run->study, step);
    const pp_result *result;
    pp_error why = {0};
    if (!a->given || !step->answer) {
        return PP_OK;
    }
    pp_status status = pp__run_result_of(run, step->name, &result, &why);
    if (status == PP_E_MEMORY || status == PP_E_CANCELLED || status == PP_E_INTERNAL) {
        if (err) {
            *err = why;
        }
        return status;
    }
    return status == PP_OK ? step->answer(run, a->settings, result, err) : PP_OK;
}

/* The findings that bear on concerns of the library, the same in a run and alone. */
static pp_status fill_findings(pp__run *run, const pp_message_library *lib,
                               pp_error *err) {
    const pp__analysis *step;
    pp_table *findings;
    PP_TRY(needs_models(lib) ? pp__run_findings(run, err)
                             : pp__run_begin_findings(run, &findings, err));
    for (int i = 0; (step = pp__analysis_get(i)) != NULL; i++) {
        if (needs_step(lib, step)) {
            PP_TRY(answer_step(run, step, err));
        }
    }
    return PP_OK;
}

/* In a result of its own: those of the run may not be there yet. */
static pp_status find_findings(pp__run *run, const pp_message_library *lib,
                               pp_result **out, pp_error *err) {
    pp_result *shown = run->out;
    PP_TRY(pp_result_new("messages", out, err));
    run->out = *out;
    pp_status status = fill_findings(run, lib, err);
    run->out = shown;
    return status;
}

/* ---- the step ---- */

static const char *find_place(const pp__run *run, const char *given) {
    pp_place_match match;
    if (!given) {
        return NULL;
    }
    pp_gazetteer_resolve(run->gazetteer, given, PP_PLACE_COUNTRY, NULL, &match);
    return match.place ? match.place->id : given;
}

static pp_status note_files(pp__run *run, const settings *s,
                            const pp_message_library *lib, pp_error *err) {
    const char *path;
    for (int i = 0; (path = pp_messages_file(lib, i)) != NULL; i++) {
        const char *name = strrchr(path, '/');
        const char *shown = pp_arena_printf(
            &run->arena, "%s%s", s->folder.path ? s->folder.written : "messages", name);
        PP_NEED(shown, err);
        PP_TRY(pp__run_add_input(run, path, shown, err));
    }
    return PP_OK;
}

static pp_status choose(pp__run *run, const settings *s, const pp_message_library *lib,
                        const pp_standards *standards, pp_result **out, pp_error *err) {
    const pp_messages_options options = {find_place(run, s->place), s->audience,
                                         s->most || s->place ? s->most : 1};
    pp_messages_inputs in = {
        .claims = run->claims, .vendors = run->vendors, .standards = standards};
    const pp_result *profiles;
    pp_result *findings = NULL;
    PP_TRY(note_files(run, s, lib, err));
    PP_TRY(pp__run_result_of(run, "profiles", &profiles, err));
    in.profiles = pp_result_find(profiles, "profiles");
    PP_TRY(table_of(run, "segments", "segments", &in.segments, err));
    PP_TRY(table_of(run, "effects", "effects_claims", &in.effects, err));
    pp_status status = find_findings(run, lib, &findings, err);
    if (status == PP_OK) {
        in.findings = pp_result_find(findings, "findings");
        status = pp_messages(lib, &in, &options, run->ctx, out, err);
    }
    pp_result_free(findings);
    return status;
}

static pp_status run_messages(pp__run *run, const void *payload, pp_result **out,
                              pp_error *err) {
    const settings *s = payload;
    pp_message_library *lib = NULL;
    pp_standards *standards = NULL;
    const char *folder;
    PP_TRY(pp__run_shipped_file(run, &s->folder, "messages", &folder, err));
    PP_TRY(pp__run_read_standards(run, &s->standards, &standards, err));
    pp_status status = pp_messages_read(folder, standards, run->ctx, &lib, err);
    if (status == PP_OK) {
        status = choose(run, s, lib, standards, out, err);
    }
    pp_messages_free(lib);
    pp_standards_free(standards);
    return status;
}

/* ---- findings ---- */

static int64_t count_of(const pp_table *table, const char *column, const char *word) {
    int64_t n = 0;
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        const char *text = pp_column_get_text(pp_table_find(table, column), row);
        n += text && strcmp(text, word) == 0;
    }
    return n;
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_table *t = pp_result_find(result, "message_strength");
    pp_buf words;
    (void)payload;
    pp_buf_init(&words);
    pp_buf_printf(&words,
                  "Of %lld messages %lld are carried strongly by what is known, %lld "
                  "moderately, %lld weakly, and %lld not at all.",
                  (long long)pp_table_rows(t),
                  (long long)count_of(t, "strength", "strong"),
                  (long long)count_of(t, "strength", "moderate"),
                  (long long)count_of(t, "strength", "weak"),
                  (long long)count_of(t, "strength", "none"));
    pp_status status = pp__run_describe(
        run, "messages", "What can be said to those who decide?", NULL, &words, err);
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"message_strength", NULL};

const pp__analysis pp__analysis_messages = {
    .name = "messages",
    .command = "messages",
    .title = "What can be said, and how well it is supported",
    .about =
        "Messages of the library, chosen for each place by conditions over what is known "
        "of it, to the officials who decide there. Strength follows from the grades of "
        "the evidence for and against; those of findings from what this study says "
        "now. A finding that cuts against a message is always put beside it. Which "
        "message fits where, and why or why not, is in the tables `messages` and "
        "`message_unfit`; what each rests on in `message_evidence`.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_messages,
    .answer = answer,
    .tables = tables,
};
