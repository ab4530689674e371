/* What a test of the estimates before treatment could have shown: Roth (2022), AER: Insights 4. */
#ifndef PP_EFFECTS_PRETEST_H
#define PP_EFFECTS_PRETEST_H

#include "effects/honest/event_study.h"

typedef struct pp__pretest {
    double statistic, p_value; /* Wald: all of them zero */
    /* Linear trends that the test at 5 % finds half and 80 per cent of the time, a period, and what
       they add to the parameter. */
    double slope[2], bias[2];
} pp__pretest;

pp_status pp__pretest_find(const pp__event_study *s, pp_arena *arena, pp__pretest *out,
                           pp_error *err);

#endif
