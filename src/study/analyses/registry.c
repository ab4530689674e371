#include "study/analyses/analysis.h"

#include "base/check.h"

#include <stddef.h>
#include <string.h>

#define PP_PART(part)
#define PP_ANALYSIS(name) extern const pp__analysis pp__analysis_##name;
#include "study/analyses/registry.def"
#undef PP_ANALYSIS

static const pp__analysis *const analyses[] = {
#define PP_ANALYSIS(name) &pp__analysis_##name,
#include "study/analyses/registry.def"
#undef PP_ANALYSIS
    NULL};
#undef PP_PART

/* The parts of the report, each before the analyses that belong to it. */
static const struct entry {
    pp__part part;
    const pp__analysis *analysis;
} entries[] = {
#define PP_PART(part)     {PP__PART_##part, NULL},
#define PP_ANALYSIS(name) {0, &pp__analysis_##name},
#include "study/analyses/registry.def"
#undef PP_ANALYSIS
#undef PP_PART
};

pp__part pp__analysis_part(const pp__analysis *analysis) {
    pp__part part = 0;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        part = entries[i].part ? entries[i].part : part;
        if (entries[i].analysis == analysis) {
            break;
        }
    }
    return part;
}

const pp__analysis *pp__analysis_get(int index) {
    return analyses[index];
}

const char *pp_study_analysis_name(int index) {
    int n = (int)(sizeof analyses / sizeof *analyses) - 1;
    return index >= 0 && index < n ? analyses[index]->name : NULL;
}

int pp__analysis_files(const pp_study *study, pp_study_file *out, int most) {
    int n = 0;
    for (int64_t a = 0; a < study->n_analyses; a++) {
        const pp__section *format = analyses[a]->format;
        for (int f = 0; study->analyses[a].given && f < format->n; f++) {
            const pp__field *field = &format->fields[f];
            pp_study_file file = {0};
            if (field->kind == PP__FILE) {
                memcpy(&file, (const char *)study->analyses[a].settings + field->offset,
                       sizeof file);
            }
            if (file.path && n < most) {
                out[n++] = file;
            }
        }
    }
    return n;
}

const pp_study_analysis *pp__analysis_of(const pp_study *study,
                                         const pp__analysis *analysis) {
    for (int64_t i = 0; i < study->n_analyses; i++) {
        if (strcmp(study->analyses[i].name, analysis->name) == 0) {
            return &study->analyses[i];
        }
    }
    return NULL;
}

pp_status pp__run_put_labels(pp__run *run, pp_table *table, const char *factors,
                             pp_error *err) {
    pp_column *label;
    PP_TRY(pp_table_add(table, PP_TEXT, "label", &label, err));
    const pp_column *factor = pp_table_find(table, factors);
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        const char *name = pp_column_get_text(factor, row);
        PP_TRY(pp_column_set_text(table, label, row,
                                  name ? pp__run_label(run, name) : NULL, err));
    }
    return PP_OK;
}
