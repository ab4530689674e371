/* Two one-sided tests of an estimate against bounds. */
#ifndef PP_MODEL_EQUIVALENCE_H
#define PP_MODEL_EQUIVALENCE_H

typedef struct pp__equivalence {
    double p_low, p_high, p_zero; /* of being below, above; of being zero (two-sided) */
    double p_value;               /* of equivalence: the larger of the first two */
    double low, high;             /* the interval at 1 − 2 alpha */
    double excluded;              /* effects beyond it, either way, are excluded */
} pp__equivalence;

/* `df` infinite: the normal distribution. Schuirmann (1987), J. Pharmacokinetics and
   Biopharmaceutics 15, 657-680. */
pp__equivalence pp__equivalence_of(double estimate, double error, double low, double high,
                                   double df, double alpha);

#endif
