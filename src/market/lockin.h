/* Purchases, choice situations, and what is made of them. */
#ifndef PP_MARKET_LOCKIN_H
#define PP_MARKET_LOCKIN_H

#include "market/records.h"

#include <pushpull/lockin.h>

enum { PP__MOST_TIES = 8 };

typedef enum pp__history { PP__CERTAINLY, PP__POSSIBLY, PP__HISTORIES } pp__history;
extern const char *const pp__history_names[PP__HISTORIES];

typedef struct pp__purchase {
    const pp__record *record;
    int vendor, supplier, buyer;
    double low, high; /* years; low -inf: open */
} pp__purchase;

typedef struct pp__situation {
    int64_t purchase, first, n; /* those of its buyer */
    int before, open, unknown_before;
    int vendor_repeated[PP__HISTORIES], supplier_repeated[PP__HISTORIES];
    int alternatives, is_entrant;
    const char *left_out; /* NULL: used */
} pp__situation;

/* A purchase among those of its place and platform. */
typedef struct pp__mate {
    int twin;
    int64_t purchase;
} pp__mate;

typedef struct pp__tie_row {
    int country, supplier;
    double year, value[PP__MOST_TIES];
} pp__tie_row;

typedef struct pp__lockin {
    pp__market m;
    const pp_lockin_options *options;
    int by_country;
    const pp_table *ties;
    pp__purchase *purchases; /* of named vendors, in order of buyer and latest year */
    int64_t n;
    pp__situation *situations;
    int64_t n_situations;
    double *first_year; /* of a vendor: the least latest year of its records */
    int64_t unknown_vendors, whole_countries;
    double *
        highs; /* latest years of purchases, ascending; those of vendor v from highs_of[v] on */
    int64_t *highs_of;
    double *lows;          /* of each vendor the two least earliest years */
    pp__purchase *unknown; /* records without a vendor, in order of buyer */
    int64_t n_unknown;
    pp__mate *mates; /* those of purchase i from mates_of[i] on, itself among them */
    int64_t *mates_of;
    const pp__record **told; /* of places within a country */
    int64_t n_told;
    pp__tie_row *tie_rows;
    int64_t n_tie_rows;
    char *has_ties; /* by supplier */
} pp__lockin;

/* Everything above, of an opened market (arena, tables). */
pp_status pp__lockin_read(pp__lockin *l, pp_error *err);
/* 1: purchase a came before b, for certain or possibly. */
int pp__came_before(const pp__purchase *a, const pp__purchase *b, pp__history history);
/* From the beginning of the first of a record's sales. */
pp__purchase pp__purchase_of(const pp__lockin *l, const pp__record *r);
/* By vendor, 1: an alternative in this situation; how many there are. */
int pp__alternatives(const pp__lockin *l, const pp__situation *s, char *is);

/* ---- lockin_index.c ---- */

/* Sorts records of places, for the second one. */
pp_status pp__lockin_told(pp__lockin *l, pp_error *err);
/* 1: of the whole country, beside one of a place in it from the same vendor in the same family: the same
   purchase told twice, or at least not known to be another. */
int pp__is_told_of_a_place(const pp__lockin *l, const pp__record *r);
/* Sorts the purchases, for all below. */
pp_status pp__lockin_index(pp__lockin *l, pp_error *err);
/* Purchases from a vendor that certainly came before a year, the buyer's own among them. */
int64_t pp__sold_before(const pp__lockin *l, int vendor, double year);
/* 1: nobody may have bought from the vendor before. */
int pp__is_entrant(const pp__lockin *l, const pp__purchase *chosen);
/* Records of the buyer before whose vendor is not known. */
int pp__unknown_before(const pp__lockin *l, const pp__purchase *chosen);

pp_status pp__ties_read(pp__lockin *l, pp_error *err);
/* Of a tie of the options, before a year: 0 where the supplier has none, NaN without a figure. */
double pp__tie_value(const pp__lockin *l, int tie, int country, int supplier,
                     double year);

/* Marks the situations that no figure of a tie comes before. */
pp_status pp__lockin_mark(pp__lockin *l, pp_error *err);
/* One row an alternative of the situations that are used: situation, chosen,
   country, same_vendor, same_supplier, sold_elsewhere_log, and the ties. The caller frees it. */
pp_status pp__lockin_rows(pp__lockin *l, pp__history history, pp_table **out,
                          pp_error *err);
/* Adds a history's rows to table `lockin`. */
pp_status pp__lockin_fit(pp__lockin *l, pp__history history, const pp_context *ctx,
                         pp_result *out, pp_table *table, pp_error *err);
/* Adds table `lockin_repeats`. */
pp_status pp__lockin_repeats(pp__lockin *l, const pp_context *ctx, pp_result *out,
                             pp_error *err);

#endif
