/* The registry of standards of a study. */
#ifndef PP_STUDY_ANALYSES_STANDARDS_FILES_H
#define PP_STUDY_ANALYSES_STANDARDS_FILES_H

#include "study/run.h"

#include <pushpull/standards.h>

/* Reads the folder that `setting` names, else the one that comes with pushpull, and notes its files as
   inputs. The caller frees it. */
pp_status pp__run_read_standards(pp__run *run, const pp_study_file *setting,
                                 pp_standards **out, pp_error *err);

#endif
