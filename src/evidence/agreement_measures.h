/* Measures of agreement between coders.
 *
 * Percent agreement; Cohen (1960), "A coefficient of agreement for nominal scales";
 * Fleiss (1971), "Measuring nominal scale agreement among many raters"; Krippendorff
 * (2011), "Computing Krippendorff's alpha-reliability". Each gives NaN where it is not
 * defined: no unit with two ratings, or no variation in them.
 */
#ifndef PP_EVIDENCE_AGREEMENT_MEASURES_H
#define PP_EVIDENCE_AGREEMENT_MEASURES_H

#include <stdint.h>

/* The rating of a unit by a coder is codes[coder * units + unit], one of 0..n_values - 1,
   or -1 when missing. Ordinal codes are in order. */
typedef struct pp__ratings {
    const int32_t *codes;
    int64_t units;
    int coders;
    int32_t n_values;
    const double *values; /* what the codes stand for; used by the interval metric only */
} pp__ratings;

typedef enum pp__metric { PP__NOMINAL, PP__ORDINAL, PP__INTERVAL } pp__metric;

/* How many doubles of scratch the measures need. */
int64_t pp__agreement_scratch(int32_t n_values);

/* The share of agreeing pairs among the pairs of ratings of a unit, averaged over units
   with two or more ratings. */
double pp__percent_agreement(const pp__ratings *ratings);
/* Of the first two coders, over the units that both rated. */
double pp__cohen_kappa(const pp__ratings *ratings, double *scratch);
/* Over the units that every coder rated. */
double pp__fleiss_kappa(const pp__ratings *ratings, double *scratch);
/* Over the units with two or more ratings. */
double pp__krippendorff_alpha(const pp__ratings *ratings, pp__metric metric,
                              double *scratch);

#endif
