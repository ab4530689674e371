/* Small tables of evidence, written by hand. */
#ifndef PP_TESTS_CLAIMS_H
#define PP_TESTS_CLAIMS_H

#include <pushpull/result.h>

/* A claim; what is left out is as in the default row: the country itself, huawei of CHN,
   cctv_network, operational, undated, national, medium, a story of its own, coder A. Home
   "" is unknown. */
typedef struct claim_row {
    const char *id, *country, *place, *kind, *place_id, *vendor, *home, *platform,
        *status;
    const char *earliest, *latest, *buyer, *purpose, *confidence, *story, *coder;
} claim_row;

pp_table *claims_table(const claim_row *rows, size_t n);

/* KEN, UGA, ZMB (Africa), BRA, ECU (Americas), CHN, THA (Asia), SRB (Europe), SCG
 * (former). */
pp_table *countries_table(void);

/* Countries with the coder A and a number of queries, ended by a NULL country. */
typedef struct search_row {
    const char *country;
    double queries;
} search_row;
pp_table *searches_table(const search_row *rows);

/* The text of a cell as it would be read: numbers without decimals, missing as "". Finds
   the row by the text of its first column `key`; fails the test when there is none. */
const char *cell(const pp_result *result, const char *table, const char *key,
                 const char *column);
/* As cell, of the row with that number. */
const char *cell_at(const pp_result *result, const char *table, int64_t row,
                    const char *column);

#endif
