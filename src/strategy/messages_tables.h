/* The tables of messages, and what is known while they are filled. */
#ifndef PP_STRATEGY_MESSAGES_TABLES_H
#define PP_STRATEGY_MESSAGES_TABLES_H

#include "strategy/messages.h"
#include "strategy/rows.h"

typedef struct pp__choice {
    const pp_message_library *lib;
    const pp_messages_inputs *in;
    const pp_context *ctx;
    int64_t most;
    int audience; /* -1: all */
    pp_arena arena;
    pp_table *facts; /* the places asked for, with their segments */
    pp_table *said;  /* the same for sentences: vendors by their names */
    double *holds;   /* see conditions.h */
    int64_t *first_condition, *ranked;
    int64_t *places; /* that each message fits */
    pp__weight *weights;
    char **rests; /* of a message: 1 for a claim that it rests on; NULL: on none */
    pp__rows claims_at, claims_in; /* by place; by country */
    pp_result *result;
    pp_table *messages, *unfit; /* of the result */
} pp__choice;

/* Makes `said`. */
pp_status pp__name_vendors(pp__choice *c, pp_error *err);
const char *pp__origin_name(pp__origin origin);
/* Adds the tables of places. */
pp_status pp__begin_messages(pp__choice *c, pp_error *err);
pp_status pp__put_message(pp__choice *c, int64_t row, int64_t message, int audience,
                          int64_t order, const char *text, pp_error *err);
pp_status pp__put_unfit(pp__choice *c, int64_t row, int64_t message, const char *why,
                        pp_error *err);
/* The table of what each message rests on and offers. */
pp_status pp__put_texts(pp__choice *c, pp_error *err);
/* That, the tables of the evidence and of the library's strength, and the warnings. */
pp_status pp__end_messages(pp__choice *c, pp_error *err);

#endif
