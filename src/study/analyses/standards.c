/* Which rules adopters have taken on, which bound them when they adopted, and what is to come. */
#include "base/check.h"
#include "evidence/dates.h"
#include "study/analyses/analysis.h"
#include "study/analyses/standards_files.h"

#include <pushpull/standards.h>

#include <string.h>

typedef struct settings {
    const char *rule, *at;
    pp_study_file folder;
    int64_t years;
} settings;

static const pp__field fields[] = {
    {"folder", PP__PATH, PP__AT(settings, folder)},
    {"rule", PP__TEXT, PP__AT(settings, rule), .refers = PP__TO_RULE},
    {"at", PP__TEXT, PP__AT(settings, at)},
    {"years", PP__INTEGER, PP__AT(settings, years), .low = 1, .high = 100, .number = 5},
};
static const pp__section format = PP__FIELDS("the standards", fields, sizeof(settings));

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    pp_error why = {0};
    pp__date date;
    if (!s->at || pp__date_parse(s->at, &date, &why) == PP_OK) {
        return PP_OK;
    }
    return pp__problem(problems, pp__study_line(study, "analyses.standards.at", NULL),
                       "analyses.standards.at", s->at,
                       "a date is YYYY, YYYY-MM or YYYY-MM-DD", err, "%s", why.message);
}

static const char *rule_of(const pp_study *study, const settings *s) {
    return s->rule ? s->rule : study->panel.outcome;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    pp_buf_printf(what, "rules on record for adopters by %s, by %s", rule_of(study, s),
                  s->folder.path ? s->folder.written
                                 : "the registry that comes with pushpull");
}

/* ---- the step ---- */

typedef pp_status view(const pp_standards *standards, const pp_result *adoption,
                       const char *at, pp_result **out, pp_error *err);

static pp_status take(pp_result *all, pp_result *one, pp_status status, pp_error *err) {
    if (status == PP_OK) {
        status = pp_result_merge(all, one, NULL, err);
    }
    pp_result_free(one);
    return status;
}

static pp_status make(pp__run *run, const settings *s, const pp_standards *standards,
                      pp_result *all, pp_error *err) {
    static view *const views[] = {pp_standards_gaps, pp_standards_coverage,
                                  pp_standards_at_contract};
    const pp_result *adoption =
        run->adoptions[pp__run_rule_index(run, rule_of(run->study, s))];
    pp_result *one = NULL;
    for (int i = 0; i < 3; i++) {
        pp_status status = views[i](standards, adoption, s->at, &one, err);
        PP_TRY(take(all, one, status, err));
    }
    pp_status status = pp_standards_calendar(standards, NULL, s->at, s->years, &one, err);
    return take(all, one, status, err);
}

static pp_status run_standards(pp__run *run, const void *payload, pp_result **out,
                               pp_error *err) {
    const settings *s = payload;
    pp_standards *standards;
    PP_TRY(pp__run_read_standards(run, &s->folder, &standards, err));
    pp_status status = pp_result_new("standards", out, err);
    if (status == PP_OK) {
        status = make(run, s, standards, *out, err);
    }
    pp_standards_free(standards);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

/* ---- findings ---- */

typedef struct tally {
    double adopters, binds, unverified, other, not_known, then;
} tally;

static tally count(const pp_table *totals) {
    tally t = {0};
    for (int64_t i = 0; i < pp_table_rows(totals); i++) {
        const char *standing = pp_column_get_text(pp_table_find(totals, "standing"), i);
        double n = pp_table_find(totals, "adopters")->number[i];
        double then = pp_table_find(totals, "at_adoption")->number[i];
        int binds = strncmp(standing, "in_force", 8) == 0 &&
                    strcmp(standing, "in_force_not_applied") != 0;
        int unknown = strcmp(standing, "not_known") == 0;
        t.adopters += n;
        t.binds += binds ? n : 0;
        t.then += binds ? then : 0;
        t.not_known += unknown ? n : 0;
        t.other += binds || unknown ? 0 : n;
        t.unverified += pp_table_find(totals, "unverified")->number[i];
    }
    return t;
}

static void write_answer(const tally *t, pp_buf *out) {
    pp_buf_printf(out,
                  "On record as bound by a treaty or law on data protection are %.0f of "
                  "%.0f adopters; %.0f by the end of the year by which they had adopted.",
                  t->binds, t->adopters, t->then);
    if (t->other > 0) {
        pp_buf_printf(out,
                      " %.0f more have signed, ratified or adopted one that is not "
                      "known to be in force, or were bound once.",
                      t->other);
    }
    pp_buf_printf(
        out,
        " Of %.0f the registry has no record: whether there is one is not known. "
        "Of %.0f the record is unverified. A law on paper is not its "
        "enforcement.",
        t->not_known, t->unverified);
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    tally t = count(pp_result_find(result, "standards_gaps_totals"));
    pp__answer a = pp__answer_blank();
    pp_buf words;
    (void)payload;
    if (t.adopters == 0) {
        return PP_OK;
    }
    pp_buf_init(&words);
    write_answer(&t, &words);
    pp_status status = pp_buf_check(&words, err);
    a.id = "standards";
    a.question = "How many adopters are bound by a treaty or law on data protection?";
    a.answer = words.data;
    a.scale = "countries";
    a.verdict = "described";
    a.estimate = t.binds;
    a.units = t.adopters;
    if (status == PP_OK) {
        status = pp__run_answer(run, &a, err);
    }
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"standards_gaps_totals", "standards_calendar", NULL};

const pp__analysis pp__analysis_standards = {
    .name = "standards",
    .command = "standards",
    .title = "Standards and regulation: what is on record",
    .about =
        "Which rules adopters have taken on, and which bound them when they adopted, by "
        "a "
        "registry of standards and regulation with a source in every row. Signature is "
        "not ratification, and ratification is not force. Of what the registry does not "
        "hold nothing is known: that is never an absence. Rows that nobody has read in "
        "their source yet are unverified, and so is what rests on them. This shows "
        "text and source; it is no legal advice and no verdict on compliance.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_standards,
    .answer = answer,
    .tables = tables,
};
