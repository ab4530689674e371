/* A small registry of standards. */
#ifndef PP_TESTS_REGISTRY_H
#define PP_TESTS_REGISTRY_H

#include <pushpull/standards.h>

/* The end of a row: status, source, checked_on, note. */
#define REGISTRY_CHECKED ",seen,a source,2026-11-23,\n"

/* "body", …; and what is in them. */
extern const char *const registry_files[7], *const registry_texts[7];

/* A fresh folder with the registry, its file `name` (NULL: none) being `text` instead. */
const char *registry_folder(const char *name, const char *text);
pp_standards *read_registry(const pp_gazetteer *gazetteer);

#endif
