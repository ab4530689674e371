#include "effects/checks/reassign.h"

#include "base/check.h"
#include "base/parallel.h"
#include "effects/checks/units.h"

#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { TASK = 0x7ea, AT_ONCE = 64 };

/* ---- who changes places with whom ---- */

static int vary_within_clusters(const pp__staggered *s, const int *cohort,
                                int *of_cluster) {
    memset(of_cluster, 0xFF, (size_t)s->clusters * sizeof *of_cluster);
    for (int64_t i = 0; i < s->n; i++) {
        int *own = &of_cluster[s->cluster[i]];
        if (*own >= 0 && *own != cohort[i]) {
            return 1;
        }
        *own = cohort[i];
    }
    return 0;
}

static pp_status find_parties(pp__reassignment *r, pp_arena *arena, pp_error *err) {
    const pp__staggered *s = r->s;
    int *cohort = pp_arena_alloc(arena, s->n, sizeof *cohort), *of_cluster;
    int32_t *party = pp_arena_alloc(arena, s->n, sizeof *party);
    of_cluster = pp_arena_alloc(arena, s->clusters, sizeof *of_cluster);
    PP_NEED(cohort && party ? of_cluster : NULL, err);
    for (int c = 0; c <= s->cohorts; c++) {
        for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
            cohort[i] = c;
        }
    }
    int whole = s->cluster && !vary_within_clusters(s, cohort, of_cluster);
    r->parties = whole ? s->clusters : s->n;
    r->cohort = whole ? of_cluster : cohort;
    for (int64_t i = 0; i < s->n; i++) {
        party[i] = whole ? s->cluster[i] : (int32_t)i;
    }
    r->party = party;
    return PP_OK;
}

/* The block of each party, from that of its units. */
static pp_status block_parties(const pp__reassignment *r, const int32_t *of_unit,
                               const char *strata, int32_t *of_party, pp_error *err) {
    memset(of_party, 0xFF, (size_t)r->parties * sizeof *of_party);
    for (int64_t i = 0; i < r->s->n; i++) {
        int32_t *own = &of_party[r->party[i]], block = of_unit ? of_unit[i] : 0;
        if (*own >= 0 && *own != block) {
            pp_error_set(err, PP_E_INPUT,
                         "the stratum varies within clusters that adopt as a whole");
            pp_error_locate(err, NULL, 0, strata, r->s->name[i]);
            pp_error_hint(err, "name strata of whole clusters");
            return PP_E_INPUT;
        }
        *own = block;
    }
    return PP_OK;
}

static pp_status sort_parties(pp__reassignment *r, const int32_t *block, pp_arena *arena,
                              pp_error *err) {
    int64_t *begin = pp_arena_zalloc(arena, r->blocks + 2, sizeof *begin),
            *order = pp_arena_alloc(arena, r->parties, sizeof *order);
    PP_NEED(begin && order ? order : NULL, err);
    for (int64_t p = 0; p < r->parties; p++) {
        begin[block[p] + 2]++;
    }
    for (int32_t b = 2; b < r->blocks + 2; b++) {
        begin[b] += begin[b - 1];
    }
    for (int64_t p = 0; p < r->parties; p++) {
        order[begin[block[p] + 1]++] = p;
    }
    r->order = order;
    r->block = begin;
    return PP_OK;
}

/* The product over blocks of their multinomial coefficients. */
static pp_status count_assignments(pp__reassignment *r, pp_arena *arena, pp_error *err) {
    double log_count = 0;
    int64_t *size = pp_arena_alloc(arena, r->s->cohorts + 1, sizeof *size);
    PP_NEED(size, err);
    for (int32_t b = 0; b < r->blocks; b++) {
        memset(size, 0, (size_t)(r->s->cohorts + 1) * sizeof *size);
        for (int64_t i = r->block[b]; i < r->block[b + 1]; i++) {
            size[r->cohort[r->order[i]]]++;
        }
        log_count += lgamma((double)(r->block[b + 1] - r->block[b]) + 1);
        for (int c = 0; c <= r->s->cohorts; c++) {
            log_count -= lgamma((double)size[c] + 1);
        }
    }
    r->assignments = log_count > 30 ? INFINITY : floor(exp(log_count) + 0.5);
    return PP_OK;
}

pp_status pp__reassignment_make(const pp__staggered *s, const pp_table *data,
                                const pp_did_options *options, const char *strata,
                                const pp_context *ctx, pp_arena *arena,
                                pp__reassignment *out, pp_error *err) {
    const int32_t *of_unit = NULL;
    *out = (pp__reassignment){.s = s, .blocks = 1};
    if (strata) {
        PP_TRY(pp__units_codes(s, data, options->unit, strata, "stratum", ctx, arena,
                               &of_unit, &out->blocks, err));
    }
    PP_TRY(find_parties(out, arena, err));
    int32_t *block = pp_arena_alloc(arena, out->parties, sizeof *block);
    PP_NEED(block, err);
    PP_TRY(block_parties(out, of_unit, strata, block, err));
    PP_TRY(sort_parties(out, block, arena, err));
    PP_TRY(count_assignments(out, arena, err));
    if (out->assignments < 2) {
        pp_error_set(err, PP_E_ESTIMATION,
                     "dates of adoption can change hands in no way");
        pp_error_locate(err, NULL, 0, strata, NULL);
        pp_error_hint(err, strata
                               ? "within each stratum there is one cohort: take larger "
                                 "strata, or none"
                               : "all clusters are of one cohort");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

/* ---- draws ---- */

typedef struct job {
    const pp__reassignment *r;
    const pp_did_options *options;
    const pp__horizons *like;
    int targets;
    uint64_t seed;
    int64_t from;
    pp__reassigned *out;
    pp_status status[AT_ONCE];
    pp_error err[AT_ONCE];
} job;

/* The cohort of each unit in draw d. */
static pp_status draw_cohorts(const pp__reassignment *r, uint64_t seed, int64_t d,
                              pp_arena *arena, int **out, pp_error *err) {
    int *of_party = pp_arena_alloc(arena, r->parties, sizeof *of_party),
        *cohort = pp_arena_zalloc(arena, r->s->n, sizeof *cohort);
    pp_rng rng;
    PP_NEED(of_party && cohort ? cohort : NULL, err);
    pp_rng_init(&rng, seed, TASK, (uint64_t)d);
    memcpy(of_party, r->cohort, (size_t)r->parties * sizeof *of_party);
    for (int32_t b = 0; b < r->blocks; b++) {
        int64_t begin = r->block[b];
        for (int64_t i = r->block[b + 1] - 1; i > begin; i--) {
            int *own = &of_party[r->order[i]],
                *other = &of_party[r->order[begin + pp_rng_below(&rng, i - begin + 1)]];
            int kept = *own;
            *own = *other;
            *other = kept;
        }
    }
    for (int64_t i = 0; i < r->s->n; i++) {
        cohort[i] = of_party[r->party[i]];
    }
    *out = cohort;
    return PP_OK;
}

static pp_status run_draw(const job *j, int64_t d, pp_arena *arena, pp_error *err) {
    pp__staggered s;
    pp__horizons found;
    int *cohort = NULL;
    PP_TRY(draw_cohorts(j->r, j->seed, d, arena, &cohort, err));
    PP_TRY(pp__staggered_assign(j->r->s, cohort, arena, &s, err));
    PP_TRY(pp__staggered_estimate(&s, j->options, NULL, arena, &found, err));
    for (int k = 0; k < j->targets; k++) {
        int at = k < PP__FIRST_HORIZON
                     ? k
                     : pp__target_find(&found, pp__target_at(j->like, k));
        if (at >= 0) {
            j->out->estimate[d * j->targets + k] = pp__target_effect(&found, at);
            j->out->std_error[d * j->targets + k] = pp__target_error(&found, at);
        }
    }
    return PP_OK;
}

static void run_one(void *payload, int64_t index) {
    job *j = payload;
    pp_arena arena;
    pp_arena_init(&arena);
    j->status[index] = run_draw(j, j->from + index, &arena, &j->err[index]);
    pp_arena_clear(&arena);
}

/* A draw that cannot be estimated has no numbers; one that has no memory stops all. */
static pp_status see(const job *j, int64_t n, pp_error *err) {
    for (int64_t i = 0; i < n; i++) {
        if (j->status[i] != PP_OK && j->status[i] != PP_E_ESTIMATION) {
            *err = j->err[i];
            return j->status[i];
        }
    }
    return PP_OK;
}

pp_status pp__reassign(const pp__reassignment *r, const pp_did_options *options,
                       const pp__horizons *like, int64_t draws, uint64_t seed,
                       const char *stage, const pp_context *ctx, pp_arena *arena,
                       pp__reassigned *out, pp_error *err) {
    job *j = pp_arena_zalloc(arena, 1, sizeof *j);
    int targets = pp__targets(like);
    int64_t values = draws * targets;
    *out = (pp__reassigned){.targets = targets, .draws = draws};
    out->estimate = pp_arena_alloc(arena, values, sizeof *out->estimate);
    out->std_error = pp_arena_alloc(arena, values, sizeof *out->std_error);
    PP_NEED(j && out->estimate ? out->std_error : NULL, err);
    for (int64_t i = 0; i < values; i++) {
        out->estimate[i] = out->std_error[i] = NAN;
    }
    *j = (job){.r = r,
               .options = options,
               .like = like,
               .targets = targets,
               .seed = seed,
               .out = out};
    for (; j->from < draws; j->from += AT_ONCE) {
        int64_t n = draws - j->from < AT_ONCE ? draws - j->from : AT_ONCE;
        PP_TRY(pp_progress(ctx, stage, (double)j->from / (double)draws, err));
        pp__parallel(ctx, n, run_one, j);
        PP_TRY(see(j, n, err));
    }
    return PP_OK;
}
