/* Adoptions for analyses of the market. */
#ifndef PP_STUDY_ANALYSES_ANY_SUPPLIER_H
#define PP_STUDY_ANALYSES_ANY_SUPPLIER_H

#include "study/analyses/analysis.h"

/* The adoptions of `rule`; NULL: of every supplier, known or not, without the countries that the panel leaves
   out. `own` is the caller's to free, and NULL where `out` is the run's. */
pp_status pp__run_any_supplier(pp__run *run, const char *rule, const pp_result **out,
                               pp_result **own, pp_error *err);

/* PP_E_INPUT when `code` (NULL is fine) is the code of no country, with the line of the setting `key`
   ("analyses.market.supplier") and the code of the country of that name, where there is one. */
pp_status pp__run_need_country(pp__run *run, const char *key, const char *code,
                               pp_error *err);

#endif
