/* All of libpushpull's public headers. */
#ifndef PUSHPULL_PUSHPULL_H
#define PUSHPULL_PUSHPULL_H

#include <pushpull/adoption.h>
#include <pushpull/after.h>
#include <pushpull/compare.h>
#include <pushpull/context.h>
#include <pushpull/democracy.h>
#include <pushpull/dates.h>
#include <pushpull/did.h>
#include <pushpull/curve.h>
#include <pushpull/document.h>
#include <pushpull/drivers.h>
#include <pushpull/evidence.h>
#include <pushpull/figure.h>
#include <pushpull/file.h>
#include <pushpull/findings.h>
#include <pushpull/forecast.h>
#include <pushpull/impute.h>
#include <pushpull/inference.h>
#include <pushpull/io.h>
#include <pushpull/lists.h>
#include <pushpull/mde.h>
#include <pushpull/memory.h>
#include <pushpull/misclass.h>
#include <pushpull/model.h>
#include <pushpull/occupancy.h>
#include <pushpull/panel.h>
#include <pushpull/peers.h>
#include <pushpull/places.h>
#include <pushpull/random.h>
#include <pushpull/render.h>
#include <pushpull/result.h>
#include <pushpull/run.h>
#include <pushpull/scenario.h>
#include <pushpull/status.h>
#include <pushpull/study.h>
#include <pushpull/survival.h>
#include <pushpull/synth.h>
#include <pushpull/table.h>
#include <pushpull/text.h>
#include <pushpull/tipping.h>
#include <pushpull/verdict.h>
#include <pushpull/version.h>
#include <pushpull/worklist.h>

#endif
