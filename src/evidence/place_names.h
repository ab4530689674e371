/* Names of places, folded so that they can be compared. */
#ifndef PP_EVIDENCE_PLACE_NAMES_H
#define PP_EVIDENCE_PLACE_NAMES_H

#include <stddef.h>
#include <stdint.h>

enum { PP__PLACE_KEY = 256 };

/* NFKD; without accents, vowel points, apostrophes and formatting; in lower case, ß and
   the like spelled out; "&" is "and", "St" is "saint", a leading "the" goes; all other
   punctuation and white space is one space. Vowel signs of Indic and other scripts stay.
   tools/make-gazetteer.mjs does the same. Gives the length; 0 when nothing is left, the
   name is no UTF-8 or too long. */
int pp__place_key(const char *name, char out[PP__PLACE_KEY]);

/* A name to look for, and how far another one may be. */
typedef struct pp__wanted {
    char key[PP__PLACE_KEY];
    int length;
    int limit; /* edits */
    uint32_t letters;
} pp__wanted;
/* 0 when the name folds to nothing. */
int pp__wanted_init(pp__wanted *wanted, const char *name);

/* 0 the same; otherwise the larger the less alike, up to PP__UNLIKE: edits, or a longer
   or shorter form of the name. In bytes, since it is run over every name there is. */
enum { PP__UNLIKE = 4 };
int pp__unlikeness(const pp__wanted *wanted, const char *key, int length);

#endif
