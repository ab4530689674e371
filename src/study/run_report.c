/* report.html: what was asked, what was found, and everything that it rests on. */
#include "base/check.h"
#include "study/run.h"

#include <pushpull/document.h>
#include <pushpull/file.h>
#include <pushpull/findings.h>
#include <pushpull/version.h>

#include <stdio.h>
#include <string.h>

static const char *const parts[PP__PARTS] = {
    [PP__PART_RECORD] = "The record: who has adopted what, from whom",
    [PP__PART_DRIVERS] = "Drivers: what goes with adoption",
    [PP__PART_UNSEEN] = "What the record may lack",
    [PP__PART_EFFECTS] = "Implications: what comes after adoption",
    [PP__PART_MARKET] = "Market: vendors, dependence and access to data",
    [PP__PART_RESPONSE] = "Response: what can be done, where and with whom",
    [PP__PART_BASIS] = "What it rests on",
};

const char *pp__run_part_title(pp__part part) {
    return parts[part];
}

pp_status pp__run_report_part(pp__run *run, pp__part part, pp_document *document,
                              pp_error *err) {
    if (run->part == part) {
        return PP_OK;
    }
    run->part = part;
    return pp_document_heading(document, 1, parts[part], err);
}

static const pp_figure *find_figure(const pp__run *run, const char *name) {
    for (int i = 0; i < run->n_figures; i++) {
        if (strcmp(run->figures[i]->name, name) == 0) {
            return run->figures[i];
        }
    }
    return NULL;
}

static pp_status add_figure(pp__run *run, pp_document *document, const char *name,
                            pp_error *err) {
    const pp_figure *figure = find_figure(run, name);
    return figure ? pp_document_figure(document, figure, err) : PP_OK;
}

/* A table of the result under its own title and note; nothing when it is absent or empty.
 */
static pp_status add_table(pp__run *run, pp_document *document, const char *name,
                           const char *view, pp_error *err) {
    for (int i = 0; i < pp_result_tables(run->out); i++) {
        const pp_table *table = pp_result_table(run->out, i);
        if (strcmp(pp_result_table_name(run->out, i), name) == 0 &&
            pp_table_rows(table) > 0) {
            return pp__run_report_table(run, document, view, table,
                                        pp_result_table_title(run->out, i),
                                        pp_result_table_note(run->out, i), err);
        }
    }
    return PP_OK;
}

/* The same under another title and note. */
static pp_status add_titled(pp__run *run, pp_document *document, const char *name,
                            const char *view, const char *title, const char *note,
                            pp_error *err) {
    const pp_table *table = pp_result_find(run->out, name);
    return table && pp_table_rows(table) > 0
               ? pp__run_report_table(run, document, view, table, title, note, err)
               : PP_OK;
}

/* "no_adoption_found" for programs, "no adoption found" for people. */
static pp_status spell_out(pp_table *table, const char *name, pp_error *err) {
    pp_column *column = pp_table_find(table, name);
    for (int64_t row = 0; column && row < pp_table_rows(table); row++) {
        const char *word = pp_column_get_text(column, row);
        char words[256];
        if (!word || strlen(word) >= sizeof words) {
            continue;
        }
        for (size_t i = 0; i <= strlen(word); i++) {
            words[i] = (char)(word[i] == '_' ? ' ' : word[i]);
        }
        PP_TRY(pp_column_set_text(table, column, row, words, err));
    }
    return PP_OK;
}

/* The columns of `names` (NULL-terminated) of a table of the result, for a page's width.
 */
static pp_status add_columns(pp__run *run, pp_document *document, const char *name,
                             const char *title, const char *note,
                             const char *const *names, pp_error *err) {
    const pp_table *whole = pp_result_find(run->out, name);
    pp_table *part;
    if (!whole || pp_table_rows(whole) == 0) {
        return PP_OK;
    }
    PP_TRY(pp_table_copy(whole, &part, err));
    pp_status status = PP_OK;
    for (int i = pp_table_columns(part) - 1; i >= 0 && status == PP_OK; i--) {
        const char *column = pp_table_column(part, i)->name;
        const char *const *wanted = names;
        while (*wanted && strcmp(*wanted, column) != 0) {
            wanted++;
        }
        status = *wanted ? PP_OK : pp_table_drop(part, column, err);
    }
    if (status == PP_OK) {
        status = spell_out(part, "outcome", err);
    }
    if (status == PP_OK) {
        status = spell_out(part, "conflict", err);
    }
    if (status == PP_OK) {
        status = pp_document_table(document, part, title, note, err);
    }
    pp_table_free(part);
    return status;
}

static const char *rule_words(const pp__run *run) {
    const pp_study_rule *rule = pp_study_find_rule(run->study, run->study->panel.outcome);
    return rule->label ? rule->label : rule->name;
}

static pp_status add_record(pp__run *run, pp_document *document, pp_error *err) {
    static const char *const outcome_columns[] = {
        "name",      "region",   "outcome", "earliest_year", "latest_year", "n_claims",
        "n_stories", "conflict", NULL};
    static const char *const count_columns[] = {"outcome", "countries", "dated", NULL};
    const char *prose = pp_arena_printf(&run->arena,
                                        "The rule of adoption is *%s*. An adoption is "
                                        "derived from claims, each one coder's "
                                        "reading of one source; its date is an interval, "
                                        "and a page's date only bounds it from "
                                        "above. What is not adopted is told apart: a "
                                        "search found nothing, the supplier is "
                                        "not known, or nobody searched.",
                                        rule_words(run));
    PP_NEED(prose, err);
    PP_TRY(pp__run_report_part(run, PP__PART_RECORD, document, err));
    PP_TRY(pp_document_anchor(document, "record", err));
    PP_TRY(pp_document_heading(document, 2, "Who has adopted, and when", err));
    PP_TRY(pp_document_prose(document, prose, err));
    PP_TRY(add_columns(run, document, "counts", "What is known of countries", NULL,
                       count_columns, err));
    PP_TRY(add_figure(run, document, "adoption_map", err));
    PP_TRY(add_figure(run, document, "adopters", err));
    PP_TRY(pp_document_heading(document, 2, "What, and from whom", err));
    PP_TRY(add_figure(run, document, "platforms_by_region", err));
    PP_TRY(add_figure(run, document, "vendors_by_region", err));
    PP_TRY(pp_document_heading(document, 2, "Country by country", err));
    return add_columns(
        run, document, "outcomes", "Outcome of each country",
        "Years bound the first adoption; an empty first year means that only an "
        "upper bound is known. Each row opens with: pushpull show CODE --store "
        "evidence.db",
        outcome_columns, err);
}

static pp_status add_drivers(pp__run *run, pp_document *document, pp_error *err) {
    const pp_study_model *model = pp__run_headline(run);
    char name[128];
    if (!model) {
        return PP_OK;
    }
    PP_TRY(pp__run_report_part(run, PP__PART_DRIVERS, document, err));
    PP_TRY(pp_document_anchor(document, "headline", err));
    PP_TRY(
        pp_document_heading(document, 2, "What goes with adoption: push and pull", err));
    PP_TRY(add_figure(run, document, "effects", err));
    PP_TRY(add_figure(run, document, "profiles", err));
    snprintf(name, sizeof name, "%s_coefficients", model->name);
    PP_TRY(add_table(run, document, name, "coefficients", err));
    snprintf(name, sizeof name, "%s_model", model->name);
    PP_TRY(add_titled(run, document, name, "model", "The headline model",
                      "Countries are those that tell the model something: with complete "
                      "rows up to their adoption, or to their last year at risk.",
                      err));
    PP_TRY(pp_document_heading(document, 2, "How much hangs on the choices", err));
    PP_TRY(pp_document_prose(
        document,
        "The same factors in the wider sets, under simpler rules for dates and for other "
        "outcomes; and the findings with unknown suppliers and places not searched put "
        "in.",
        err));
    PP_TRY(add_table(run, document, "sensitivity", "sensitivity", err));
    return add_titled(
        run, document, "bounds", "bounds",
        "The findings with unknown suppliers and places not searched put in",
        "Each row is a fit of the same model to a record in which those places had "
        "adopted, or had not.",
        err);
}

static pp_status add_dropped(pp__run *run, pp_document *document, pp_error *err) {
    const pp_study_model *model = pp__run_headline(run);
    char name[128];
    if (!model) {
        return PP_OK;
    }
    snprintf(name, sizeof name, "%s_dropped", model->name);
    return add_titled(run, document, name, "dropped",
                      "What the headline model leaves out, and why",
                      "An adopter known by an upper bound only needs complete rows up to "
                      "it; a country that has not adopted does not. Adopters are "
                      "therefore lost more easily, which can bend the estimates.",
                      err);
}

static pp_status add_basis(pp__run *run, pp_document *document, pp_error *err) {
    static const char *const tables[] = {
        "panel_events", "panel_join",      "panel_left_out",
        "panel_lost",   "panel_risk",      "panel_unmatched",
        "conflicts",    "evidence_import", "evidence_pending"};
    PP_TRY(pp__run_report_part(run, PP__PART_BASIS, document, err));
    PP_TRY(pp_document_prose(
        document,
        "Events for each parameter, the places that the models lose and "
        "why, conflicts among the claims, and what the import made of "
        "the files.",
        err));
    PP_TRY(add_dropped(run, document, err));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        PP_TRY(add_table(run, document, tables[i], tables[i], err));
    }
    PP_TRY(pp_document_warnings(document, run->out, err));
    return pp_document_provenance(document, run->out, err);
}

static pp_status build(pp__run *run, pp_document *document, pp_error *err) {
    PP_TRY(pp__run_report_findings(run, document, err));
    PP_TRY(add_record(run, document, err));
    PP_TRY(add_drivers(run, document, err));
    PP_TRY(pp__run_analysis_report(run, document, err));
    return add_basis(run, document, err);
}

pp_status pp__run_report(pp__run *run, pp_error *err) {
    const pp_study *study = run->study;
    const char *path = pp__run_path(run, "report.html");
    pp_document *document;
    pp_buf page;
    PP_NEED(path, err);
    PP_TRY(pp_document_new(study->report.title ? study->report.title : study->title,
                           study->description, &document, err));
    pp_buf_init(&page);
    pp_status status = build(run, document, err);
    if (status == PP_OK) {
        status = pp_document_render(document, run->options->data_folder, &page, err);
    }
    if (status == PP_OK) {
        status = pp_file_write(path, page.data, page.length, err);
    }
    pp_buf_clear(&page);
    pp_document_free(document);
    return status;
}
