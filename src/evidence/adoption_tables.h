/* The tables of pp_adoption_derive. */
#ifndef PP_EVIDENCE_ADOPTION_TABLES_H
#define PP_EVIDENCE_ADOPTION_TABLES_H

#include "evidence/adoption_country.h"

#include <pushpull/result.h>

typedef struct pp__derived {
    pp__rule rule;
    pp__claims claims;
    pp__adoptions adoptions;
    pp__countries countries;
    pp_arena arena;
} pp__derived;

pp_status pp__write_adoptions(const pp__derived *d, pp_result *result, pp_error *err);
pp_status pp__write_spells(pp__derived *d, pp_result *result, pp_error *err);
pp_status pp__write_outcomes(const pp__derived *d, pp_result *result, pp_error *err);
pp_status pp__write_counts(const pp__derived *d, pp_result *result, pp_error *err);
pp_status pp__write_conflicts(const pp__derived *d, pp_result *result, pp_error *err);

/* The helpers of the report: adopters_over_time, platforms_by_region, vendors_by_region.
 */
pp_status pp__write_over_time(const pp__derived *d, pp_result *result, pp_error *err);
pp_status pp__write_regions(pp__derived *d, pp_result *result, pp_error *err);

#endif
