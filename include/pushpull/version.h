/* The version of the library. */
#ifndef PUSHPULL_VERSION_H
#define PUSHPULL_VERSION_H

#include <pushpull/status.h>

#define PP_VERSION "0.1.0"
#define PP_SCHEMA                                                                        \
    "pushpull/1" /* of the JSON envelope; changes only with a breaking change */

PP_API const char *pp_version(void);

#endif
