#include "evidence/adoption_timeline.h"

#include <stdlib.h>
#include <string.h>

pp__event pp__event_of(const pp__claim *claim) {
    pp__event event = {claim, PP__MENTIONS, claim->when.hi, 0};
    if (claim->group == PP__GROUP_NONE) {
        event.kind = PP__ENDS;
    } else if (claim->when.lo != PP__OPEN_LOW && claim->status != PP__EXPANDED) {
        event.kind = PP__STARTS;
        event.day = claim->when.lo;
    }
    return event;
}

static int by_time(const void *a, const void *b) {
    const pp__event *x = a, *y = b;
    if (x->day != y->day) {
        return x->day < y->day ? -1 : 1;
    }
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    return strcmp(x->claim->id, y->claim->id);
}

int pp__timeline(pp__event *events, int64_t n) {
    if (n == 0) {
        return 0;
    }
    qsort(events, (size_t)n, sizeof *events, by_time);
    int spell = 0, ended = 0;
    for (int64_t i = 0; i < n; i++) {
        if (events[i].kind == PP__STARTS && ended) {
            spell++;
            ended = 0;
        }
        ended |= events[i].kind == PP__ENDS;
        events[i].spell = spell;
    }
    return spell + 1;
}

pp__closing pp__close_spell(pp__interval *start, pp__interval end) {
    if (end.hi == PP__OPEN_HIGH) {
        return PP__CLOSES;
    }
    if (start->hi == PP__OPEN_HIGH && start->lo <= end.hi) {
        start->hi = end.hi;
    }
    return start->hi <= end.hi ? PP__CLOSES : PP__ORDER_UNKNOWN;
}
