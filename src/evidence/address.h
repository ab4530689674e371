/* The canonical address of a page, under which its copies in two files are one. */
#ifndef PP_EVIDENCE_ADDRESS_H
#define PP_EVIDENCE_ADDRESS_H

#include <pushpull/text.h>

/* Why `url` is no address of a page on the web; NULL when it is one. */
const char *pp__address_fault(const char *url);
/* https, host in lower case without "www." and a usual port, no user, no fragment, no
   parameters that only tell where a reader came from, no "/" at the end. `url` has no
   fault. */
void pp__address_canonical(const char *url, pp_buf *out);

#endif
