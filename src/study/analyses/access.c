/* Who could reach the data, under which law, and which data. */
#include "base/check.h"
#include "study/analyses/any_supplier.h"
#include "study/analyses/standards_files.h"

#include <pushpull/access.h>
#include <pushpull/file.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *rule, *supplier, *place;
    pp_study_file rules, standards;
    int64_t top, draws;
} settings;

static const pp__field fields[] = {
    {"rule", PP__TEXT, PP__AT(settings, rule), .refers = PP__TO_RULE},
    {"supplier", PP__TEXT, PP__AT(settings, supplier)},
    {"place", PP__TEXT, PP__AT(settings, place)},
    {"rules", PP__PATH, PP__AT(settings, rules)},
    {"standards", PP__PATH, PP__AT(settings, standards)},
    {"top", PP__INTEGER, PP__AT(settings, top), .low = 1, .high = 200, .number = 20},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 1, .high = 1000000,
     .number = 2000},
};
static const pp__section format = PP__FIELDS("data access", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    pp_buf_printf(what, "exposure to %s, by the rules of %s",
                  s->supplier ? s->supplier : "suppliers from elsewhere",
                  s->rules.path ? s->rules.written : "strategy/access.yml");
}

/* ---- what the registry of standards says ---- */

/* The standing of data protection where any platform is. */
static pp_status find_protection(const pp_standards *standards, const pp_result *adoption,
                                 pp_table **out, pp_error *err) {
    pp_result *gaps;
    PP_TRY(pp_standards_gaps(standards, adoption, NULL, &gaps, err));
    pp_status status = pp_table_copy(pp_result_find(gaps, "standards_gaps"), out, err);
    pp_result_free(gaps);
    if (status == PP_OK && !pp_table_find(*out, "law")) {
        status = pp_table_rename(*out, "instruments", "law", err);
    }
    return status;
}

/* What binds the homes that the rules name. */
static pp_status find_laws(const pp_standards *standards, const pp_access_rules *rules,
                           const char *file, pp_result *laws, pp_error *err) {
    const char *home;
    for (int k = 0; (home = pp_access_rules_home(rules, k)); k++) {
        pp_result *binds;
        pp_status found = pp_standards_binds(standards, home, NULL, &binds, err);
        if (found == PP_E_NOT_FOUND) {
            pp_error_set(err, PP_E_INPUT, "home_law: this is no country's code");
            pp_error_locate(err, file, pp_access_rules_home_line(rules, k), NULL, home);
            pp_error_hint(err, "an ISO 3166-1 alpha-3 code, such as CHN or USA");
            return PP_E_INPUT;
        }
        PP_TRY(found);
        pp_status status = pp__stack_result(laws, binds, "country", home, err);
        pp_result_free(binds);
        PP_TRY(status);
    }
    return PP_OK;
}

/* ---- the step ---- */

typedef struct job {
    pp__run *run;
    const settings *s;
    const char *file; /* of the rules */
    const pp_result *adoption;
    pp_result *own, *laws;
    pp_table *protection;
    pp_access_rules *rules;
    pp_standards *standards;
} job;

static pp_status read_files(job *j, pp_error *err) {
    PP_TRY(
        pp__run_shipped_file(j->run, &j->s->rules, "strategy/access.yml", &j->file, err));
    PP_TRY(pp_access_rules_read(j->file, &j->rules, err));
    return pp__run_read_standards(j->run, &j->s->standards, &j->standards, err);
}

/* A country may be named in any way that the gazetteer knows. */
static pp_status ask(pp__run *run, const pp_access_inputs *inputs,
                     const pp_access_rules *rules, pp_access_options options,
                     pp_result **out, pp_error *err) {
    pp_status status = pp_access(inputs, rules, &options, run->ctx, out, err);
    pp_place_match match;
    if (status != PP_E_NOT_FOUND || !options.place) {
        return status;
    }
    pp_gazetteer_resolve(run->gazetteer, options.place, PP_PLACE_COUNTRY, NULL, &match);
    if (!match.place) {
        return status;
    }
    options.place = match.place->id;
    return pp_access(inputs, rules, &options, run->ctx, out, err);
}

static pp_status work(job *j, pp_result **out, pp_error *err) {
    pp__run *run = j->run;
    const pp_access_options options = {.place = j->s->place,
                                       .home = j->s->supplier,
                                       .top = j->s->top,
                                       .draws = j->s->draws,
                                       .seed = (uint64_t)run->study->seed};
    PP_TRY(pp__run_need_country(run, "analyses.access.supplier", j->s->supplier, err));
    PP_TRY(read_files(j, err));
    PP_TRY(pp__run_any_supplier(run, j->s->rule, &j->adoption, &j->own, err));
    PP_TRY(find_protection(j->standards, j->adoption, &j->protection, err));
    PP_TRY(pp_result_new("access", &j->laws, err));
    PP_TRY(find_laws(j->standards, j->rules, j->file, j->laws, err));
    const pp_access_inputs inputs = {.adoptions =
                                         pp_result_find(j->adoption, "adoptions"),
                                     .claims = run->claims,
                                     .vendors = run->vendors,
                                     .countries = run->countries,
                                     .protection = j->protection,
                                     .laws = pp_result_find(j->laws, "standards_binds")};
    return ask(run, &inputs, j->rules, options, out, err);
}

static pp_status run_access(pp__run *run, const void *payload, pp_result **out,
                            pp_error *err) {
    job j = {.run = run, .s = payload};
    pp_status status = work(&j, out, err);
    pp_result_free(j.own);
    pp_result_free(j.laws);
    pp_table_free(j.protection);
    pp_access_rules_free(j.rules);
    pp_standards_free(j.standards);
    return status;
}

/* ---- findings ---- */

static int is(const pp_table *table, const char *column, int64_t row, const char *word) {
    const char *text = pp_column_get_text(pp_table_find(table, column), row);
    return text && strcmp(text, word) == 0;
}

static double at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static int64_t count_countries(const pp_table *parts, int with_party) {
    int64_t n = 0;
    for (int64_t i = 0; i < pp_table_rows(parts); i++) {
        n += is(parts, "kind", i, "country") &&
             (at(parts, "parties", i) > 0) == (with_party > 0);
    }
    return n;
}

/* Countries in which some claim speaks of a relation that is read from the words of notes. */
static int64_t count_spoken(const pp_table *profiles) {
    int64_t n = 0;
    const char *last = "";
    for (int64_t i = 0; i < pp_table_rows(profiles); i++) {
        const char *id = pp_column_get_text(pp_table_find(profiles, "place_id"), i);
        int counts = is(profiles, "kind", i, "country") &&
                     is(profiles, "dimension", i, "who") &&
                     at(profiles, "known", i) > 0 &&
                     (is(profiles, "relation", i, "hosted") ||
                      is(profiles, "relation", i, "maintained"));
        if (counts && id && strcmp(id, last) != 0) {
            n++;
            last = id;
        }
    }
    return n;
}

static void add_first(const pp_result *result, pp_buf *out) {
    const pp_table *t = pp_result_find(result, "access_composite");
    const pp_table *leaders = pp_result_find(result, "access_leaders");
    if (pp_table_rows(t) == 0 || !is(t, "kind", 0, "country")) {
        return;
    }
    pp_buf_printf(
        out,
        " By the weights of the rules %s comes first with %.2f (between %.2f and "
        "%.2f), but its rank may be from %.0f to %.0f; of all weightings it is "
        "among the first ten in %.0f%%, for certain in %.0f%%.",
        pp_column_get_text(pp_table_find(t, "name"), 0), at(t, "composite", 0),
        at(t, "low", 0), at(t, "high", 0), at(t, "rank_low", 0), at(t, "rank_high", 0),
        100 * at(leaders, "share_ten", 0), 100 * at(leaders, "ten_low", 0));
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    const pp_table *parts = pp_result_find(result, "access_parts");
    const pp_place *home =
        s->supplier ? pp_gazetteer_find(run->gazetteer, s->supplier) : NULL;
    int64_t countries = count_countries(parts, 1), open = count_countries(parts, 0);
    int64_t spoken = count_spoken(pp_result_find(result, "access_profiles"));
    pp_buf words;
    pp_buf_init(&words);
    pp_buf_printf(
        &words,
        "Vendors from %s are on record in %lld countries; in %lld more the "
        "vendors' home is not known. Claims speak of hosting or maintenance in "
        "%lld of all these: of the others it is not known who could reach the data.",
        home ? home->name : "elsewhere", (long long)countries, (long long)open,
        (long long)spoken);
    add_first(result, &words);
    pp_buf_add(&words, " What could be reached is judged by written rules; nothing here "
                       "says that it was.");
    pp_status status = pp__run_describe(
        run, "access", "Who could reach what the platforms collect?", NULL, &words, err);
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"access_leaders", NULL};

const pp__analysis pp__analysis_access = {
    .name = "access",
    .command = "access",
    .title = "Who could reach the data",
    .about =
        "For each place: who could reach what its platforms collect, what the law of the "
        "vendor's home obliges it to, what the place's own data protection leaves open, "
        "and which data there are. Each part has bounds, for what no claim speaks of is "
        "not known: it widens the bounds and never counts as no. The values are "
        "judgements written in a file, not measurements. The composite depends on "
        "weights; how often one place stands above another over all weightings is in "
        "the tables.",
    .format = &format,
    .describe = describe,
    .run = run_access,
    .answer = answer,
    .tables = tables,
};
