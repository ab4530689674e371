/* BLAKE2b-256 over a sequence of fields, so delimited that no two sequences are the same
 * bytes. */
#ifndef PP_EVIDENCE_DIGEST_H
#define PP_EVIDENCE_DIGEST_H

#include <pushpull/file.h>

#include <sodium.h>

typedef struct pp__digest {
    crypto_generichash_state state;
} pp__digest;

void pp__digest_begin(pp__digest *digest);
void pp__digest_text(pp__digest *digest, const char *text); /* NULL differs from "" */
void pp__digest_integer(pp__digest *digest, int64_t integer);
void pp__digest_end(pp__digest *digest, char out[PP_DIGEST_HEX]);

#endif
