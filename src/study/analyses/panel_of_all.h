/* The panel of a model as if no country had adopted. */
#ifndef PP_STUDY_ANALYSES_PANEL_OF_ALL_H
#define PP_STUDY_ANALYSES_PANEL_OF_ALL_H

#include "study/run.h"

/* So that it has the covariates of every country, those that the model's own panel leaves out too. The
   caller frees it. */
pp_status pp__run_panel_of_all(pp__run *run, const pp_study_model *model, pp_table **out,
                               pp_error *err);

#endif
