/* Options with a few words to choose from. */
#ifndef PP_EFFECTS_CHOICE_H
#define PP_EFFECTS_CHOICE_H

#include <pushpull/status.h>

/* Refuses a value that is none of `choices` (ended by NULL), naming all of them; NULL is the default. */
pp_status pp__check_choice(const char *name, const char *value,
                           const char *const *choices, pp_error *err);

#endif
