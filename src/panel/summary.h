/* What became of units and rows: the tables join, unmatched, coverage and risk. */
#ifndef PP_PANEL_SUMMARY_H
#define PP_PANEL_SUMMARY_H

#include "panel/covariates.h"
#include "panel/units.h"

pp_status pp__panel_summarise(const pp_panel_spec *spec, const pp__units *units,
                              const pp__covariates *covariates,
                              const pp_gazetteer *gazetteer, const pp_table *panel,
                              pp_result *report, pp_error *err);

#endif
