/* The judgements of access.yml in memory. */
#ifndef PP_MARKET_ACCESS_RULES_H
#define PP_MARKET_ACCESS_RULES_H

#include <pushpull/access.h>

typedef struct pp__bounds {
    double low, high;
} pp__bounds;

typedef enum pp__access_part {
    PP__WHO,
    PP__HOME_LAW,
    PP__OWN_LAW,
    PP__DATA,
    PP__ACCESS_PARTS
} pp__access_part;
extern const char *const pp__access_part_names[PP__ACCESS_PARTS];

enum { PP__GRADES = 3 }; /* in the order low, medium, high, as confidence has it */
extern const char *const pp__grade_names[PP__GRADES];

/* Lists are NULL-terminated; NULL: no condition. */
typedef struct pp__relation {
    const char *name, *because;
    int is_financier;
    pp__bounds reach;
    const char *const *statuses, *const *financing, *const *platforms, *const *words;
    int grade; /* at most */
    int64_t line;
} pp__relation;

typedef struct pp__obligation {
    const char *home, *instrument, *article, *because;
    pp__bounds obliges;
    int64_t line;
} pp__obligation;

/* A word with bounds: a standing, a platform; of an enforcement low and high are the same. */
typedef struct pp__judged {
    const char *word;
    pp__bounds bounds;
    int64_t line;
} pp__judged;

typedef struct pp__data_kind {
    const char *name;
    double weight;
    const pp__judged *platforms;
    int n_platforms;
    const char *const *words;
    int64_t line;
} pp__data_kind;

struct pp_access_rules {
    pp_arena arena;
    const char *file;
    double weights[PP__ACCESS_PARTS], grades[PP__GRADES];
    int64_t weights_line;
    pp__relation *relations;
    pp__obligation *obligations;
    pp__judged *standings, *enforcements;
    pp__data_kind *kinds;
    int n_relations, n_obligations, n_standings, n_enforcements, n_kinds;
};

/* NULL when there is none of that word. */
const pp__judged *pp__judged_find(const pp__judged *list, int n, const char *word);

#endif
