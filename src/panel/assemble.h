/* Units and covariates → the panel's table. */
#ifndef PP_PANEL_ASSEMBLE_H
#define PP_PANEL_ASSEMBLE_H

#include "panel/covariates.h"
#include "panel/units.h"

pp_status pp__panel_assemble(const pp_panel_spec *spec, const pp__units *units,
                             const pp__covariates *covariates, const pp_context *ctx,
                             pp_table **out, pp_error *err);

/* The key under which a unit's covariates stand. */
const char *pp__unit_key(const pp__unit *unit, const pp__covariates *covariates);

#endif
