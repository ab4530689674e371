#include "study/analyses/analysis.h"

#include <stddef.h>
#include <string.h>

#define PP_ANALYSIS(name) extern const pp__analysis pp__analysis_##name;
#include "study/analyses/registry.def"
#undef PP_ANALYSIS

static const pp__analysis *const analyses[] = {
#define PP_ANALYSIS(name) &pp__analysis_##name,
#include "study/analyses/registry.def"
#undef PP_ANALYSIS
    NULL};

const pp__analysis *pp__analysis_get(int index) {
    return analyses[index];
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
