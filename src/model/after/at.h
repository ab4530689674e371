/* "means; x = 0, 1; region = 'Asia, East'": where effects are asked for. */
#ifndef PP_MODEL_AT_H
#define PP_MODEL_AT_H

#include "model/after/frame.h"

enum { PP__AT_VARIABLES = 8, PP__AT_VALUES = 50, PP__AT_SETTINGS = 400 };

typedef struct pp__at {
    int means;
    int n;
    struct {
        const char *name;
        int variable;
        int n;
        const char *value[PP__AT_VALUES];
    } set[PP__AT_VARIABLES];
    int settings; /* combinations of values; 1 when nothing is set */
} pp__at;

/* `text` NULL: nothing. Mistakes are PP_E_ARGUMENT with their position; variables that the
   model has not PP_E_NOT_FOUND. */
pp_status pp__at_parse(const pp_fit *fit, const char *text, pp_arena *arena, pp__at *out,
                       pp_error *err);
/* The frame with combination number `setting` set, and its words ("x = 1, region = Asia";
   "" when nothing is set); the last variable's values run fastest. */
pp_status pp__at_apply(const pp__at *at, int setting, pp_arena *arena, pp__frame *frame,
                       const char **words, pp_error *err);

#endif
