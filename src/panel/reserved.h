/* Names of columns that the panel makes itself. */
#ifndef PP_PANEL_RESERVED_H
#define PP_PANEL_RESERVED_H

/* 1: no indicator or derived variable may have this name. */
int pp__panel_reserves(const char *name);
/* 1: a panel column that a model may take as a variable. */
int pp__panel_offers(const char *name);
/* The i-th such name, NULL after the last; and whether its column holds text. */
const char *pp__panel_reserved(int i);
int pp__panel_is_text(int i);

#endif
