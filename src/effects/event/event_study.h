/* An event study by several estimators: what its files share. */
#ifndef PP_EFFECTS_EVENT_STUDY_H
#define PP_EFFECTS_EVENT_STUDY_H

#include "effects/did/estimate.h"

#include <pushpull/eventstudy.h>

enum { PP__EVENT_ESTIMATORS = 5 };

/* One estimator's study. Small-sample factors are in the influence. */
typedef struct pp__event {
    const char *name, *title, *compared_with;
    int is_diagnosis;
    int is_from_base; /* 1: its reference is the last period before treatment */
    int is_there;     /* 1: estimated; else `remark` tells why not */
    const char *remark;
    pp__aggregation a;
} pp__event;

typedef struct pp__event_study {
    const pp__staggered *s;
    int n;
    const pp__event *event; /* n */
    double level;
    pp_arena *arena;
    pp_result *result;
    pp_error *err;
} pp__event_study;

/* src/effects/event/event_tables.c: all tables but those of the pre-flight. */
pp_status pp__event_study_put(const pp__event_study *e);

#endif
