/* The indicator table, checked, joined with places, with its derived variables; found by
 * key and year. */
#ifndef PP_PANEL_COVARIATES_H
#define PP_PANEL_COVARIATES_H

#include <pushpull/context.h>
#include <pushpull/panel.h>

typedef struct pp__row_key {
    const char *key; /* iso3 or place_id */
    int year;
    int64_t row; /* of `table` */
} pp__row_key;

typedef struct pp__covariate {
    const pp_column *column; /* of `table` */
    int lag;
} pp__covariate;

typedef struct pp__covariates {
    pp_table *table;   /* a copy: the indicators, name, region, subregion, pp_row, derived
                          variables */
    const char *key;   /* "iso3" or "place_id" */
    pp__row_key *keys; /* in order of key and year */
    int64_t n_keys;
    pp__covariate *kept; /* in the panel's order */
    int n_kept;
} pp__covariates;

/* Warnings go to `report`. The arena owns keys and kept; pp__covariates_clear frees the
 * table. */
pp_status pp__covariates_build(const pp_panel_spec *spec, const pp_table *indicators,
                               const pp_gazetteer *gazetteer, const pp_context *ctx,
                               pp_arena *arena, pp__covariates *out, pp_result *report,
                               pp_error *err);
void pp__covariates_clear(pp__covariates *covariates);

/* The row of a key and a year; -1 when there is none. */
int64_t pp__covariates_row(const pp__covariates *covariates, const char *key, int year);
/* How many rows a key has. */
int64_t pp__covariates_count(const pp__covariates *covariates, const char *key);

/* Adds name, region, subregion (from the gazetteer; missing without it) and pp_row to a
   copy of `indicators` and leaves out reserved columns, which `warn` (may be NULL) tells.
 */
pp_status pp__covariates_open(const pp_table *indicators, const char *key,
                              const pp_gazetteer *gazetteer, pp_table **out,
                              pp_result *warn, pp_error *err);
/* Evaluates one expression over such a table and adds it as a column. */
pp_status pp__covariates_derive(pp_table *table, const pp_derived *derived,
                                const pp_context *ctx, pp_error *err);

#endif
