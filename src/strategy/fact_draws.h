/* Facts drawn anew within what is known of them. */
#ifndef PP_STRATEGY_FACT_DRAWS_H
#define PP_STRATEGY_FACT_DRAWS_H

#include <pushpull/table.h>

/* Rows first .. first + n - 1 of `facts`, each `draws` times in turn, with place_id and those columns that
   one of the texts of SQL may name. Drawn are: hazard (normal on the log-odds, its interval being one of
   95 %), push and pull (normal), exposure and dependence (anywhere between their ends), and the year of the
   first adoption (any from earliest_year to latest_year, which it then replaces; years_since goes with
   it). A fact whose interval is missing stays as it is. The draws of a place depend on the seed, its
   place_id and their number only. Each column of one (x of x, x_low, x_high) is taken to move by itself. */
pp_status pp__facts_draw(const pp_table *facts, const char *const *sql, int64_t n_sql,
                         int64_t first, int64_t n, int64_t draws, uint64_t seed,
                         pp_table **out, pp_error *err);

/* Whether a fact may be named by one of the texts; a NULL among them names nothing. */
int pp__facts_name(const char *const *sql, int64_t n_sql, const char *fact);

/* Those columns of some rows (which may come again), with place_id. */
pp_status pp__facts_take(const pp_table *facts, const char *const *sql, int64_t n_sql,
                         const int64_t *rows, int64_t n, pp_table **out, pp_error *err);

#endif
