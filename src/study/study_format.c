/* What may stand in study.yml: one table a section, one line a key. study.h documents it.
 */
#include "study/study_fields.h"

enum { FIRST_YEAR = 1800, LAST_YEAR = 2200 };

static const pp__field evidence_fields[] = {
    {"claims", PP__FILE, PP__AT(pp_study, evidence.claims)},
    {"sources", PP__FILE, PP__AT(pp_study, evidence.sources)},
    {"searches", PP__FILE, PP__AT(pp_study, evidence.searches)},
    {"store", PP__FILE, PP__AT(pp_study, evidence.store)},
};
static const pp__section evidence = PP__FIELDS("the evidence", evidence_fields, 0);

static const pp__field rule_fields[] = {
    {"label", PP__TEXT, PP__AT(pp_study_rule, label)},
    {"suppliers", PP__NAMES, PP__AT(pp_study_rule, rule.suppliers), .nullable = 1},
    {"platforms", PP__NAMES, PP__AT(pp_study_rule, rule.platforms), .nullable = 1},
    {"statuses", PP__NAMES, PP__AT(pp_study_rule, rule.statuses), .nullable = 1},
    {"confidence", PP__CHOICE, PP__AT(pp_study_rule, rule.confidence),
     PP__CHOICES("low", "medium", "high"), .text = "low"},
    {"buyers", PP__CHOICE, PP__AT(pp_study_rule, rule.buyers),
     PP__CHOICES("any", "national"), .text = "any"},
    {"undated", PP__CHOICE, PP__AT(pp_study_rule, rule.undated),
     PP__CHOICES("bound", "open"), .text = "bound"},
    {"exclude", PP__NAMES, PP__AT(pp_study_rule, rule.excluded), .nullable = 1},
};
static const pp__section rule = PP__FIELDS("a rule", rule_fields, sizeof(pp_study_rule));

static const char *const treatments[] = {"out", "adopted", "not_adopted", NULL};

static const pp__field panel_fields[] = {
    {"unit", PP__CHOICE, PP__AT(pp_study, panel.unit), PP__CHOICES("country", "city"),
     .text = "country"},
    {"city_population", PP__INTEGER, PP__AT(pp_study, panel.city_population), .low = 1000,
     .high = 1e8, .number = 300000},
    {"years", PP__YEARS, PP__AT(pp_study, panel.years), .required = 1, .low = FIRST_YEAR,
     .high = LAST_YEAR},
    {"exclude", PP__NAMES, PP__AT(pp_study, panel.exclude)},
    {"indicators", PP__FILE, PP__AT(pp_study, panel.indicators), .required = 1},
    {"outcome", PP__TEXT, PP__AT(pp_study, panel.outcome)},
    {"lag", PP__INTEGER, PP__AT(pp_study, panel.lag), .low = 0, .high = 50, .number = 1},
    {"missing", PP__CHOICE, PP__AT(pp_study, panel.missing), PP__CHOICES("listwise"),
     .text = "listwise"},
    {"supplier_unknown", PP__CHOICE, PP__AT(pp_study, panel.supplier_unknown),
     .choices = treatments, .text = "out"},
    {"not_searched", PP__CHOICE, PP__AT(pp_study, panel.not_searched),
     .choices = treatments, .text = "out"},
};
static const pp__section panel = PP__FIELDS("the panel", panel_fields, 0);

static const pp__field variable_fields[] = {
    {"label", PP__TEXT, PP__AT(pp_study_variable, label)},
    {"unit", PP__TEXT, PP__AT(pp_study_variable, unit)},
    {"source", PP__TEXT, PP__AT(pp_study_variable, source)},
    {"licence", PP__TEXT, PP__AT(pp_study_variable, licence)},
    {"sql", PP__TEXT, PP__AT(pp_study_variable, sql)},
    {"lag", PP__INTEGER, PP__AT(pp_study_variable, lag), .low = -1, .high = 50,
     .number = -1},
};
static const pp__section variable =
    PP__FIELDS("a variable", variable_fields, sizeof(pp_study_variable));

static const pp__field group_fields[] = {
    {"variables", PP__NAMES, PP__AT(pp_study_group, variables)},
};
static const pp__section group = {"a group of factors", group_fields, 1,
                                  sizeof(pp_study_group), 1};

static const pp__field model_fields[] = {
    {"like", PP__LIKE, .required = 0},
    {"title", PP__TEXT, PP__AT(pp_study_model, title), .own = 1},
    {"model", PP__TEXT, PP__AT(pp_study_model, model), .text = "hazard"},
    {"link", PP__TEXT, PP__AT(pp_study_model, link)},
    {"rule", PP__TEXT, PP__AT(pp_study_model, rule)},
    {"factors", PP__NAMES, PP__AT(pp_study_model, factors)},
    {"variables", PP__NAMES, PP__AT(pp_study_model, variables)},
    {"without", PP__NAMES, PP__AT(pp_study_model, without)},
    {"baseline", PP__CHOICE, PP__AT(pp_study_model, baseline),
     PP__CHOICES("constant", "linear", "quadratic", "years"), .text = "quadratic"},
    {"dates", PP__CHOICE, PP__AT(pp_study_model, dates),
     PP__CHOICES("interval", "earliest", "latest", "midpoint")},
    {"vcov", PP__TEXT, PP__AT(pp_study_model, vcov), .text = "hc1"},
    {"ssc", PP__CHOICE, PP__AT(pp_study_model, ssc),
     PP__CHOICES("fixest", "sandwich", "none"), .text = "fixest"},
    {"where", PP__TEXT, PP__AT(pp_study_model, where)},
    {"impute", PP__INTEGER, PP__AT(pp_study_model, impute), .low = 0, .high = 1000},
    {"supplier_unknown", PP__CHOICE, PP__AT(pp_study_model, supplier_unknown),
     .choices = treatments},
    {"not_searched", PP__CHOICE, PP__AT(pp_study_model, not_searched),
     .choices = treatments},
};
static const pp__section model =
    PP__FIELDS("a model", model_fields, sizeof(pp_study_model));

static const pp__field design_fields[] = {
    {"title", PP__TEXT, PP__AT(pp_study_design, title)},
    {"outcomes", PP__NAMES, PP__AT(pp_study_design, outcomes), .required = 1,
     .refers = PP__TO_VARIABLE},
    {"smallest_effect", PP__NUMBER, PP__AT(pp_study_design, smallest_effect),
     .required = 1, .low = 0, .high = 1e12},
    {"because", PP__TEXT, PP__AT(pp_study_design, because), .required = 1},
    {"plausible", PP__NUMBER, PP__AT(pp_study_design, plausible), .low = 0, .high = 1e12},
    {"hypothesis", PP__CHOICE, PP__AT(pp_study_design, hypothesis),
     PP__CHOICES("none", "positive", "negative"), .text = "none"},
    {"rule", PP__TEXT, PP__AT(pp_study_design, rule), .refers = PP__TO_RULE},
    {"years", PP__YEARS, PP__AT(pp_study_design, years), .low = FIRST_YEAR,
     .high = LAST_YEAR},
    {"dates", PP__CHOICE, PP__AT(pp_study_design, dates),
     PP__CHOICES("earliest", "latest", "midpoint"), .text = "latest"},
    {"date_draws", PP__INTEGER, PP__AT(pp_study_design, date_draws), .low = 0,
     .high = 1000, .number = 20},
    {"doubt", PP__NUMBER, PP__AT(pp_study_design, doubt), .low = 0, .high = 0.999},
    {"undetected", PP__TEXT, PP__AT(pp_study_design, undetected), .text = "0"},
    {"estimator", PP__CHOICE, PP__AT(pp_study_design, estimator),
     PP__CHOICES("cs", "sunab", "bjs", "stacked"), .text = "cs"},
    {"method", PP__CHOICE, PP__AT(pp_study_design, method),
     PP__CHOICES("dr", "reg", "ipw"), .text = "dr"},
    {"control", PP__CHOICE, PP__AT(pp_study_design, control),
     PP__CHOICES("notyet", "never"), .text = "notyet"},
    {"panel", PP__CHOICE, PP__AT(pp_study_design, panel),
     PP__CHOICES("balanced", "unbalanced"), .text = "balanced"},
    {"draws", PP__INTEGER, PP__AT(pp_study_design, draws), .low = 0, .high = 100000},
    {"anticipation", PP__INTEGER, PP__AT(pp_study_design, anticipation), .low = 0,
     .high = 50},
    {"covariates", PP__NAMES, PP__AT(pp_study_design, covariates),
     .refers = PP__TO_VARIABLE},
    {"before", PP__INTEGER, PP__AT(pp_study_design, before), .low = 1, .high = 200,
     .number = 8},
    {"after", PP__INTEGER, PP__AT(pp_study_design, after), .low = 0, .high = 200,
     .number = 8},
};
static const pp__section design =
    PP__FIELDS("a design", design_fields, sizeof(pp_study_design));

static const pp__field question_fields[] = {
    {"question", PP__TEXT, PP__AT(pp_study_question, question), .required = 1},
    {"variable", PP__TEXT, PP__AT(pp_study_question, variable), .required = 1},
    {"model", PP__TEXT, PP__AT(pp_study_question, model)},
    {"hypothesis", PP__CHOICE, PP__AT(pp_study_question, hypothesis),
     PP__CHOICES("positive", "negative", "none"), .required = 1},
    {"words", PP__TEXT, PP__AT(pp_study_question, words)},
    {"smallest_effect", PP__NUMBER, PP__AT(pp_study_question, smallest_effect), .low = 0,
     .high = 1e9},
};
static const pp__section question =
    PP__FIELDS("a question", question_fields, sizeof(pp_study_question));

static const pp__field findings_fields[] = {
    {"headline", PP__TEXT, PP__AT(pp_study, findings.headline)},
    {"smallest_effect", PP__NUMBER, PP__AT(pp_study, findings.smallest_effect), .low = 0,
     .high = 1e9},
    {"because", PP__TEXT, PP__AT(pp_study, findings.because)},
    {"questions", PP__ENTRIES, PP__AT(pp_study, findings.questions), .section = &question,
     PP__COUNT(pp_study, findings.n_questions)},
};
static const pp__section findings = PP__FIELDS("the findings", findings_fields, 0);

static const pp__field report_fields[] = {
    {"title", PP__TEXT, PP__AT(pp_study, report.title)},
    {"subtitle", PP__TEXT, PP__AT(pp_study, report.subtitle)},
    {"authors", PP__NAMES, PP__AT(pp_study, report.authors)},
    {"worldview", PP__TEXT, PP__AT(pp_study, report.worldview), .text = "neutral"},
    {"profiles", PP__NAMES, PP__AT(pp_study, report.profiles)},
    {"note", PP__TEXT, PP__AT(pp_study, report.note)},
};
static const pp__section report = PP__FIELDS("the report", report_fields, 0);

static const pp__field study_fields[] = {
    {"pushpull", PP__INTEGER, PP__AT(pp_study, format), .required = 1,
     .low = PP_STUDY_FORMAT, .high = PP_STUDY_FORMAT},
    {"title", PP__TEXT, PP__AT(pp_study, title), .required = 1},
    {"description", PP__TEXT, PP__AT(pp_study, description)},
    {"seed", PP__INTEGER, PP__AT(pp_study, seed), .low = 0, .high = 9007199254740992.0,
     .number = 1},
    {"evidence", PP__SECTION, .required = 1, .section = &evidence},
    {"rules", PP__ENTRIES, PP__AT(pp_study, rules), .required = 1, .section = &rule,
     PP__COUNT(pp_study, n_rules)},
    {"panel", PP__SECTION, .required = 1, .section = &panel},
    {"variables", PP__ENTRIES, PP__AT(pp_study, variables), .section = &variable,
     PP__COUNT(pp_study, n_variables)},
    {"factors", PP__ENTRIES, PP__AT(pp_study, factors), .section = &group,
     PP__COUNT(pp_study, n_factors)},
    {"models", PP__ENTRIES, PP__AT(pp_study, models), .section = &model,
     PP__COUNT(pp_study, n_models)},
    {"designs", PP__ENTRIES, PP__AT(pp_study, designs), .section = &design,
     PP__COUNT(pp_study, n_designs)},
    {"findings", PP__SECTION, .section = &findings},
    {"analyses", PP__ANALYSES, .required = 0},
    {"report", PP__SECTION, .section = &report},
};
const pp__section pp__study_format = PP__FIELDS("a study", study_fields, 0);
