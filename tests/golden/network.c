/* Measures of two-mode networks against igraph of R; see tests/golden/network/how.txt. */
#include "golden/golden.h"

#include "market/bipartite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *reference;
static pp_arena arena;
static pp__bipartite net;

static double wanted(const char *quantity, const char *term) {
    const pp_column *name = pp_table_find(reference, "quantity");
    const pp_column *of = pp_table_find(reference, "term");
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        if (strcmp(pp_column_get_text(name, i), quantity) == 0 &&
            strcmp(pp_column_get_text(of, i), term) == 0) {
            return pp_table_find(reference, "value")->number[i];
        }
    }
    fail_msg("no %s %s", quantity, term);
    return NAN;
}

static double of_node(const char *quantity, int node) {
    char term[16];
    snprintf(term, sizeof term, "%d", node + 1);
    return wanted(quantity, term);
}

static int open_net(void **state) {
    pp_table *data = golden_table("network", "data.csv");
    pp_error err = {0};
    (void)state;
    reference = golden_table("network", "reference.csv");
    pp_arena_init(&arena);
    net.edges = pp_table_rows(data);
    for (int k = 0; k < 2; k++) {
        const double *end = pp_table_find(data, k ? "place" : "vendor")->number;
        net.end[k] = pp_arena_alloc(&arena, net.edges, sizeof(int));
        for (int64_t e = 0; e < net.edges; e++) {
            net.end[k][e] = (int)end[e] - 1;
            net.n[k] = net.end[k][e] >= net.n[k] ? net.end[k][e] + 1 : net.n[k];
        }
    }
    net.weight = pp_arena_alloc(&arena, net.edges, sizeof(double));
    memcpy(net.weight, pp_table_find(data, "weight")->number,
           (size_t)net.edges * sizeof(double));
    assert_ok(pp__bipartite_index(&net, &arena, &err));
    pp_table_free(data);
    return 0;
}

static int close_net(void **state) {
    (void)state;
    pp_arena_clear(&arena);
    pp_table_free(reference);
    return 0;
}

static void measures(void **state) {
    pp__measures m;
    pp_error err = {0};
    (void)state;
    assert_ok(pp__bipartite_measure(&net, NULL, &arena, &m, &err));
    for (int i = 0; i < net.n[0] + net.n[1]; i++) {
        int k = i >= net.n[0], node = i - k * net.n[0];
        assert_near("betweenness", m.betweenness[i], of_node("betweenness", i), 1e-10);
        assert_near("harmonic", m.harmonic[i], of_node("harmonic", i), 1e-10);
        assert_near("strength", net.strength[k][node], of_node("strength", i), 1e-14);
        assert_int_equal(m.component[i] + 1, (int)of_node("component", i));
        assert_int_equal(net.start[k][node + 1] - net.start[k][node],
                         (int)of_node("degree", i));
    }
    assert_near("most", pp__betweenness_most(1, 6), wanted("betweenness_most", "1 6"),
                1e-12);
}

/* The groups that the data were drawn with: one in four, in turn. */
static void modularity(void **state) {
    pp__communities c = {.n = 4};
    double part[4], work[8];
    (void)state;
    for (int k = 0; k < 2; k++) {
        c.label[k] = pp_arena_alloc(&arena, net.n[k], sizeof(int));
        for (int i = 0; i < net.n[k]; i++) {
            c.label[k][i] = i % 4;
        }
    }
    assert_near("modularity", pp__modularity(&net, 1, &c, part, work),
                wanted("modularity", "1"), 1e-12);
    assert_near("modularity", pp__modularity(&net, 0.5, &c, part, work),
                wanted("modularity", "0.5"), 1e-12);
}

static void communities(void **state) {
    pp__communities c;
    pp_error err = {0};
    (void)state;
    assert_ok(pp__communities_find(&net, 1, 10, 1, 0, &arena, &c, &err));
    double *part = pp_arena_alloc(&arena, 3 * c.n, sizeof *part);
    assert_near("modularity", pp__modularity(&net, 1, &c, part, part + c.n), c.modularity,
                1e-12);
    assert_true(c.modularity >= wanted("modularity_found", "1") - 1e-9);
}

static void backbone(void **state) {
    double *disparity = pp_arena_alloc(&arena, 2 * net.edges, sizeof *disparity);
    double *chance = disparity + net.edges;
    (void)state;
    pp__bipartite_backbone(&net, disparity, chance);
    for (int64_t e = 0; e < net.edges; e++) {
        char term[32];
        snprintf(term, sizeof term, "%d %d", net.end[0][e] + 1, net.end[1][e] + 1);
        assert_near("disparity", disparity[e], wanted("disparity", term), 1e-10);
        assert_near("chance", chance[e], wanted("chance", term), 1e-10);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures),
        cmocka_unit_test(modularity),
        cmocka_unit_test(communities),
        cmocka_unit_test(backbone),
    };
    return cmocka_run_group_tests_name("golden network", tests, open_net, close_net);
}
