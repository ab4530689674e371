/* The two halves of pp_study_check. */
#ifndef PP_STUDY_STUDY_CHECK_H
#define PP_STUDY_STUDY_CHECK_H

#include "study/study_fields.h"

/* Adds what is wrong beyond the study's form. */
pp_status pp__study_find_problems(const pp_study *study, const pp_gazetteer *gazetteer,
                                  const pp_context *ctx, pp__problems *problems,
                                  pp_error *err);

/* Adds the table `steps` to `result`. */
pp_status pp__study_list_steps(const pp_study *study, pp_result *result, pp_error *err);

#endif
