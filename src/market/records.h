/* Records of the market: adoptions with parents resolved, one a (place, family, vendor). */
#ifndef PP_MARKET_RECORDS_H
#define PP_MARKET_RECORDS_H

#include <pushpull/market.h>
#include <pushpull/text.h>

/* Distinct texts in order; a code is a position, -1 missing. */
typedef struct pp__names {
    const char **text;
    int n;
} pp__names;
int pp__names_find(const pp__names *names, const char *text);
/* Of `n` texts, of which some may be NULL. */
pp_status pp__names_make(const char *const *texts, int64_t n, pp_arena *arena,
                         pp__names *out, pp_error *err);

/* A cell by the name of its column; "" and a column that is not there are missing. Numbers may be written
   as text. */
const char *pp__market_text(const pp_table *table, const char *name, int64_t row);
double pp__market_number(const pp_table *table, const char *name, int64_t row);
/* 1: a flag that is set, also as the text "true". */
int pp__market_flag(const pp_table *table, const char *name, int64_t row);
/* 1: the adoption of a row has ended by some claim, and another still names it later: it is not known
   whether it has. */
int pp__market_named_later(const pp_table *adoptions, int64_t row);
/* The first row in which the column has this text; -1: none (or `table` is NULL). */
int64_t pp__market_row(const pp_table *table, const char *name, const char *text);

/* One adoption; years are missing (NaN) where nothing is known. */
typedef struct pp__sale {
    int vendor, supplier, place, country, region, family; /* codes; -1: not known */
    double earliest, latest;
    int ended;
    double end_earliest, end_latest;
    const double *amounts; /* of its claims */
    int n_amounts;
    int named_later; /* its end is not certain, whatever its dates say */
    int64_t row;     /* of the table of adoptions */
} pp__sale;

typedef struct pp__record {
    const pp__sale *sales;
    int n;
    int vendor, supplier, place, country, region, family;
    int same; /* 1: may be that of a named vendor */
    int twin; /* the first record of its place and family */
} pp__record;

typedef enum pp__state { PP__NOT_THERE, PP__POSSIBLE, PP__CERTAIN } pp__state;

typedef struct pp__market {
    pp_arena arena;
    pp__names vendors, suppliers, places, countries, regions, families;
    const char *
        *label;      /* of a vendor: its name; of the table of vendors, else its code */
    int *home;       /* of a vendor; -1: not known */
    pp__sale *sales; /* in order of place, family, vendor, supplier */
    int64_t n_sales;
    pp__record *records;
    int64_t n;
    int by_country; /* set by the caller: a place is a country as a whole */
    int first, last;
    unsigned char *state; /* n × years: pp__state at the end of the year */
    const pp_table *adoptions, *vendor_table, *country_table;
} pp__market;

/* Everything but `state`. `arena` is initialised by the caller, who clears it. */
pp_status pp__market_read(pp__market *m, const pp_table *claims, pp_error *err);
/* Joins the sorted sales into records, sets the years and the states. */
pp_status pp__market_records(pp__market *m, const pp_market_options *options,
                             pp_error *err);
pp__state pp__market_state(const pp__market *m, int64_t record, int year);
/* The first year in which a record has at least this state; NaN: none. */
double pp__market_since(const pp__market *m, int64_t record, pp__state state);
/* The last such year; NaN: none, or to the end of the last. */
double pp__market_until(const pp__market *m, int64_t record, pp__state state);
/* NULL for a code of -1. */
const char *pp__names_text(const pp__names *names, int code);
/* "China"; the code itself where the table of countries has no name. */
const char *pp__market_country(const pp__market *m, const char *code);
/* Adds what the column says of each adoption of a record, apart by blanks. */
void pp__market_list(const pp__market *m, const pp__record *r, const char *column,
                     pp_buf *out);
pp_status pp__market_empty(const char *what, pp_error *err);
/* The last of the parents of a vendor; NULL and an error for a circle. */
const char *pp__market_parent(const pp_table *vendors, const char *vendor, pp_error *err);
/* Who sold the adoption of a row: the vendor's last parent (NULL: not named), and that one's home where it
   is known and not the vendor itself, else the supplier of the row (NULL: not known). */
pp_status pp__market_seller(const pp_table *adoptions, const pp_table *vendors,
                            int64_t row, const char **vendor, const char **supplier,
                            pp_error *err);

#endif
