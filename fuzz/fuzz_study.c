/* Study files: whatever the bytes, a study or an error that says where. */
#include "target.h"

#include <pushpull/study.h>

#include <stdlib.h>
#include <string.h>

/* What the reader promises of every study that it gives. */
static void check_study(const pp_study *s) {
    require(s->title && s->n_rules >= 0 && s->panel.years[0] <= s->panel.years[1]);
    require(s->n_rules == 0 || pp_study_find_rule(s, s->panel.outcome));
    for (int64_t i = 0; i < s->n_models; i++) {
        const pp_study_model *m = &s->models[i];
        require(pp_study_find_model(s, m->name) && m->terms && m->line > 0);
        require(m->dates && m->supplier_unknown && m->not_searched && m->baseline);
        pp_panel_spec spec = pp_study_panel(s, m);
        require(spec.n_derived <= s->n_variables && spec.lag >= 0);
    }
    for (int64_t i = 0; i < s->findings.n_questions; i++) {
        const pp_study_question *q = &s->findings.questions[i];
        require(q->question && q->variable && pp_study_find_model(s, q->model));
        require(q->smallest_effect > 0);
    }
    for (int64_t i = 0; i < s->n_designs; i++) {
        const pp_study_design *d = &s->designs[i];
        require(pp_study_find_design(s, d->name) && d->outcomes[0] && d->line > 0);
        require(d->smallest_effect > 0 && d->years[0] <= d->years[1]);
        require(pp_study_design_panel(s, d).lag == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pp_study *study = NULL;
    pp_error err = {0};
    pp_status status = pp_study_read_text((const char *)data, (int64_t)size, "study.yml",
                                          ".", &study, &err);
    require((status == PP_OK) == (study != NULL));
    if (study) {
        check_study(study);
    } else {
        require(status == PP_E_INPUT && err.message[0] && err.line >= 0);
        require(strcmp(err.file, "study.yml") == 0);
    }
    pp_study_free(study);
    return 0;
}
