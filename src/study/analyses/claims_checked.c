/* What was said of effects, beside what is measured. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/claims_checked.h>
#include <pushpull/file.h>

#include <string.h>

typedef struct settings {
    pp_study_file file, grades;
    const char *homicide;
} settings;

static const pp__field fields[] = {
    {"file", PP__PATH, PP__AT(settings, file)},
    {"grades", PP__PATH, PP__AT(settings, grades)},
    {"homicide", PP__TEXT, PP__AT(settings, homicide), .text = "homicide_rate"},
};
static const pp__section format =
    PP__FIELDS("the claims checked", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    pp_buf_printf(what, "statements of %s against %s",
                  s->file.path ? s->file.written : "the bundled study", s->homicide);
}

static pp_status run_checked(pp__run *run, const void *payload, pp_result **out,
                             pp_error *err) {
    const settings *s = payload;
    const char *file, *grades;
    pp_effect_claims *claims = NULL;
    PP_TRY(pp__run_shipped_file(run, &s->file, "study/effect_claims.csv", &file, err));
    PP_TRY(pp__run_shipped_file(run, &s->grades, "strategy/grades.yml", &grades, err));
    PP_TRY(pp_effect_claims_read(file, grades, run->gazetteer, run->sources, run->ctx,
                                 &claims, err));
    pp_status status =
        pp_claims_checked(claims, run->indicators, s->homicide, run->ctx, out, err);
    pp_effect_claims_free(claims);
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

static const char *are(int64_t n) {
    return n == 1 ? "is" : "are";
}

static void add_answer(const pp_table *t, pp_buf *words) {
    int64_t controlled = count_of(t, "grade", "controlled_evaluation");
    int64_t bare = count_of(t, "grade", "statement_without_method");
    int64_t homicide = count_of(t, "measure", "homicide");
    int64_t told = count_of(t, "verdict", "seen") + count_of(t, "verdict", "not_shown");
    pp_buf_printf(words,
                  "Of %lld statements on what platforms did %lld %s of a controlled "
                  "evaluation, and %lld %s a seller's figures, a promise, or a change "
                  "without figures. %lld %s of homicide, which is all that these data "
                  "hold; of the others nothing can be told. ",
                  (long long)pp_table_rows(t), (long long)controlled, are(controlled),
                  (long long)bare, are(bare), (long long)homicide, are(homicide));
    if (told == 0) {
        pp_buf_add(words, "Nor can it of these: homicide there varies too much by other "
                          "spans, or there are too few figures.");
    } else {
        pp_buf_printf(words, "Of these %lld can be set against what is measured.",
                      (long long)told);
    }
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    pp_buf words;
    (void)payload;
    pp_buf_init(&words);
    add_answer(pp_result_find(result, "claims_checked"), &words);
    pp_status status =
        pp__run_describe(run, "claims_checked",
                         "What do statements about effects rest on?", NULL, &words, err);
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"claims_checked", NULL};

const pp__analysis pp__analysis_claims_checked = {
    .name = "claims_checked",
    .command = "claims-checked",
    .title = "What was claimed, and what is measured",
    .about =
        "Statements of vendors, police, officials and evaluations on what platforms did, "
        "each with a grade by a written rule, beside homicide in the whole country "
        "before and after. No "
        "statement is called false: most are of something else than homicide, or of a "
        "few streets, and a change of the figure says nothing of its reason.",
    .format = &format,
    .describe = describe,
    .run = run_checked,
    .answer = answer,
    .tables = tables,
};
