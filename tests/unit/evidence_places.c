#include "support/support.h"

#include "evidence/gazetteer.h"
#include "evidence/place_names.h"

#include <pushpull/file.h>
#include <pushpull/places.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pp_gazetteer *g;

static int open_gazetteer(void **state) {
    (void)state;
    return pp_gazetteer_open(build_path("share/pushpull"), &g, NULL) != PP_OK;
}

static int close_gazetteer(void **state) {
    (void)state;
    pp_gazetteer_free(g);
    return 0;
}

static const char *country(const char *name) {
    pp_place_match match;
    pp_gazetteer_resolve(g, name, PP_PLACE_COUNTRY, NULL, &match);
    return match.place ? match.place->id : "";
}

static const char *below(pp_place_kind kind, const char *iso3, const char *name) {
    pp_place_match match;
    pp_gazetteer_resolve(g, name, kind, iso3, &match);
    return match.place ? match.place->id : "";
}

static const char *city(const char *iso3, const char *name) {
    return below(PP_PLACE_CITY, iso3, name);
}

static void assert_key(const char *name, const char *key) {
    char found[PP__PLACE_KEY];
    pp__place_key(name, found);
    assert_string_equal(found, key);
}

static void names_fold(void **state) {
    (void)state;
    assert_key("  Côte   d’Ivoire ", "cote divoire");
    assert_key("St. Gallen", "saint gallen");
    assert_key("Sao-Tome & Principe", "sao tome and principe");
    assert_key("The Gambia", "gambia");
    assert_key("the", "the");
    assert_key("ŁÓDŹ", "lodz");
    assert_key("Iğdır", "igdir");
    assert_key("Straße", "strasse");
    assert_key("\xd8\xa7\xd9\x84\xd9\x8e", "\xd8\xa7\xd9\x84"); /* a vowel point */
    assert_key("टोगो", "टोगो");
    assert_key("...", "");
    assert_key("C\xf4te", "");
    char found[PP__PLACE_KEY], much[4000];
    memset(much, 'x', sizeof much);
    much[sizeof much - 1] = '\0';
    assert_int_equal(pp__place_key(much, found), 0);
    much[PP__PLACE_KEY - 1] = '\0';
    assert_int_equal(pp__place_key(much, found), PP__PLACE_KEY - 1);
}

/* The generator's folding is the library's, on every name there is. */
static void generator_folds_alike(void **state) {
    (void)state;
    int64_t compared = 0;
    for (int64_t i = 0; i < g->n_keys; i++) {
        const pp__key *key = &g->keys[i];
        char own[PP__PLACE_KEY];
        if (!key->alias) {
            pp__place_key(g->places[key->place].name, own);
            assert_string_equal(own, key->key);
            compared++;
        }
    }
    assert_true(compared > 135000);
    for (int64_t i = 0; i < g->country_names.count; i++) {
        const char *key = g->country_names.first[i].key;
        char again[PP__PLACE_KEY];
        if (*key != '=') {
            pp__place_key(key, again);
            assert_string_equal(again, key);
        }
    }
}

static void countries_have_hard_names(void **state) {
    (void)state;
    static const char *const names[][2] = {{"Viet Nam", "VNM"},
                                           {"Côte d'Ivoire", "CIV"},
                                           {"Cote d’Ivoire", "CIV"},
                                           {"Ivory Coast", "CIV"},
                                           {"DR Congo", "COD"},
                                           {"Congo, Dem. Rep.", "COD"},
                                           {"Democratic Republic of the Congo", "COD"},
                                           {"Congo - Kinshasa", "COD"},
                                           {"Zaire", "COD"},
                                           {"Congo, Rep.", "COG"},
                                           {"Republic of the Congo", "COG"},
                                           {"Congo-Brazzaville", "COG"},
                                           {"Korea, Rep.", "KOR"},
                                           {"South Korea", "KOR"},
                                           {"Republic of Korea", "KOR"},
                                           {"Korea, Dem. People's Rep.", "PRK"},
                                           {"North Korea", "PRK"},
                                           {"Russia", "RUS"},
                                           {"Russian Federation", "RUS"},
                                           {"Swaziland", "SWZ"},
                                           {"Burma", "MMR"},
                                           {"Burma/Myanmar", "MMR"},
                                           {"Macedonia", "MKD"},
                                           {"FYROM", "MKD"},
                                           {"Turkey", "TUR"},
                                           {"Türkiye", "TUR"},
                                           {"TURKIYE", "TUR"},
                                           {"UAE", "ARE"},
                                           {"U.A.E.", "ARE"},
                                           {"Great Britain", "GBR"},
                                           {"UK", "GBR"},
                                           {"Bolivia (Plurinational State of)", "BOL"},
                                           {"Venezuela, RB", "VEN"},
                                           {"Hong Kong SAR, China", "HKG"},
                                           {"Macao SAR, China", "MAC"},
                                           {"Taiwan, China", "TWN"},
                                           {"West Bank and Gaza", "PSE"},
                                           {"Palestine/West Bank", "PSE"},
                                           {"St. Kitts and Nevis", "KNA"},
                                           {"St. Vincent & Grenadines", "VCT"},
                                           {"Lao PDR", "LAO"},
                                           {"Micronesia, Fed. Sts.", "FSM"},
                                           {"Egypt, Arab Rep.", "EGY"},
                                           {"Slovak Republic", "SVK"},
                                           {"Kyrgyz Republic", "KGZ"},
                                           {"Gambia, The", "GMB"},
                                           {"The Bahamas", "BHS"},
                                           {"Kosovo", "XKX"},
                                           {"XK", "XKX"},
                                           {"xkx", "XKX"},
                                           {"East Timor", "TLS"},
                                           {"Cabo Verde", "CPV"},
                                           {"Czech Republic", "CZE"},
                                           {"U.S.A.", "USA"},
                                           {"us", "USA"},
                                           {"Surinam", "SUR"},
                                           {"Soviet Union", "SUN"},
                                           {"Yugoslavia", "YUG"},
                                           {"Serbia and Montenegro", "SCG"},
                                           {"Czechoslovakia", "CSK"},
                                           {"East Germany", "DDR"},
                                           {"Netherlands Antilles", "ANT"},
                                           {"Guinea", "GIN"},
                                           {"Niger", "NER"},
                                           {"Nigeria", "NGA"},
                                           {"Dominica", "DMA"},
                                           {"Dominican Republic", "DOM"},
                                           {"Georgia", "GEO"},
                                           {"Россия", "RUS"},
                                           {"中国", "CHN"},
                                           {"مصر", "EGY"},
                                           {"Ελλάδα", "GRC"},
                                           {"日本", "JPN"},
                                           {"대한민국", "KOR"},
                                           {"Deutschland", "DEU"},
                                           {"Équateur", "ECU"},
                                           {" KEN ", "KEN"},
                                           {"ke", "KEN"},
                                           {"República Dominicana", "DOM"},
                                           {"Wybrzeże Kości Słoniowej", "CIV"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(country(names[i][0]), names[i][1]) != 0) {
            fail_msg("%s: '%s', not %s", names[i][0], country(names[i][0]), names[i][1]);
        }
    }
}

static void nothing_is_guessed(void **state) {
    (void)state;
    static const char *const names[] = {"Congo",     "Kongo",
                                        "Конго",     "Korea",
                                        "Corea",     "Virgin Islands",
                                        "America",   "CS",
                                        "Guiana",    "",
                                        "  ",        "Kenia 2",
                                        "xx",        "C\xf4te d'Ivoire",
                                        "Somaliland"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pp_place_match match;
        pp_gazetteer_resolve(g, names[i], PP_PLACE_COUNTRY, NULL, &match);
        assert_null(match.place);
    }
    pp_place_match match;
    pp_gazetteer_resolve(g, "Congo", PP_PLACE_COUNTRY, NULL, &match);
    assert_string_equal(match.why, "several places have this name");
    assert_int_equal(match.n_suggestions, 2);
    pp_gazetteer_resolve(g, "Nigerria", PP_PLACE_COUNTRY, NULL, &match);
    assert_string_equal(match.why, "no such name");
    assert_string_equal(match.suggestions[0]->id, "NGA");
    pp_gazetteer_resolve(g, NULL, PP_PLACE_COUNTRY, NULL, &match);
    assert_null(match.place);
    pp_gazetteer_resolve(g, "Nairobi", PP_PLACE_CITY, NULL, &match);
    assert_string_equal(match.why, "its country is not known");
    pp_gazetteer_resolve(g, "Nairobi", PP_PLACE_CITY, "KE", &match);
    assert_null(match.place);
}

static void cities_and_regions_resolve(void **state) {
    (void)state;
    assert_string_equal(city("KEN", "nairobi"), "gn:184745");
    assert_string_equal(city("CIV", "Bouake"), "gn:2290956");
    assert_string_equal(city("PAN", "Panama City"), "gn:3703443");
    assert_string_equal(city("MEX", "Queretaro"), "gn:3991164");
    assert_string_equal(city("KAZ", "Astana"), "gn:1526273");
    assert_string_equal(city("KAZ", "Nur-Sultan"), "gn:1526273");
    assert_string_equal(pp_gazetteer_find(g, "gn:1526273")->name, "Astana");
    assert_string_equal(city("BRA", "Campinas"),
                        "gn:3467865");                /* 52 times its namesake */
    assert_string_equal(city("USA", "Portland"), ""); /* 9 times */
    assert_string_equal(city("USA", "Washington, D.C."), "gn:4140963");
    assert_string_equal(city("UGA", "Nairobi"), "");
    assert_string_equal(city("BOL", "El Alto"), "pp:el-alto-BOL");
    assert_string_equal(city("MYS", "Penang"), "iso:MY-07");
    assert_string_equal(city("PER", "La Victoria"), "");
    assert_string_equal(below(PP_PLACE_REGION, "CHN", "Xinjiang"), "iso:CN-XJ");
    assert_string_equal(below(PP_PLACE_REGION, "CHN", "Xinjiang Uygur Zizhiqu"),
                        "iso:CN-XJ");
    assert_string_equal(below(PP_PLACE_REGION, "DEU", "Bavaria"), "iso:DE-BY");
    assert_string_equal(below(PP_PLACE_REGION, "DEU", "Bayern"), "iso:DE-BY");
    assert_string_equal(below(PP_PLACE_REGION, "USA", "Georgia"), "iso:US-GA");
    assert_string_equal(below(PP_PLACE_REGION, "GEO", "Georgia"), "");
    const pp_place *xinjiang = pp_gazetteer_find(g, "iso:CN-XJ");
    assert_string_equal(xinjiang->name, "Xinjiang");
    assert_string_equal(xinjiang->country, "CHN");
    assert_string_equal(xinjiang->region, "Asia");
    assert_int_equal(xinjiang->kind, PP_PLACE_REGION);
    assert_true(fabs(xinjiang->latitude - 41.5) < 1e-9);
    const pp_place *nairobi = pp_gazetteer_find(g, "gn:184745");
    assert_int_equal(nairobi->population, 2750547);
    assert_true(fabs(nairobi->latitude + 1.28333) < 1e-9);
    pp_place_match match;
    pp_gazetteer_resolve(g, "Naiorbi", PP_PLACE_CITY, "KEN", &match);
    assert_string_equal(match.suggestions[0]->id, "gn:184745");
    pp_gazetteer_resolve(g, "San Pedro Sacatepéquez", PP_PLACE_CITY, "GTM", &match);
    assert_null(match.place);
    assert_int_equal(match.n_suggestions, 2);
    assert_string_equal(match.suggestions[0]->id, "gn:3589626");
}

static int exist_together(const pp_place *a, const pp_place *b) {
    int from_a = a->from_year, from_b = b->from_year;
    int to_a = a->to_year ? a->to_year : 9999, to_b = b->to_year ? b->to_year : 9999;
    return from_a < to_b && from_b < to_a;
}

static const char *code_of(const pp_place *place, int scheme) {
    const char *codes[] = {place->id,  place->iso2, place->m49,
                           place->cow, place->gw,   place->world_bank};
    return codes[scheme];
}

static void codes_are_unique_in_each_year(void **state) {
    (void)state;
    const pp_place *const *all;
    int64_t n = pp_gazetteer_countries(g, &all);
    int counts[6] = {0};
    for (int64_t i = 0; i < n; i++) {
        for (int scheme = 0; scheme < 6; scheme++) {
            const char *code = code_of(all[i], scheme);
            counts[scheme] += *code && strcmp(all[i]->status, "former") != 0;
            for (int64_t j = i + 1; *code && j < n; j++) {
                if (strcmp(code, code_of(all[j], scheme)) == 0 &&
                    exist_together(all[i], all[j])) {
                    fail_msg("%s and %s share %s", all[i]->id, all[j]->id, code);
                }
            }
        }
    }
    assert_int_equal(counts[0], 250);
    assert_int_equal(counts[1], 250);
    assert_int_equal(counts[2], 249); /* Kosovo has none */
    assert_int_equal(counts[3], 195); /* 193 members of the UN, Kosovo, Taiwan */
    assert_int_equal(counts[4], 195);
    assert_int_equal(counts[5], 217);
}

static void crosswalks_are_right(void **state) {
    (void)state;
    static const char *const rows[][6] = {{"USA", "US", "840", "2", "2", "USA"},
                                          {"DEU", "DE", "276", "255", "260", "DEU"},
                                          {"SRB", "RS", "688", "345", "340", "SRB"},
                                          {"YEM", "YE", "887", "679", "678", "YEM"},
                                          {"XKX", "XK", "", "347", "347", "XKX"},
                                          {"TWN", "TW", "158", "713", "713", "TWN"},
                                          {"SSD", "SS", "728", "626", "626", "SSD"},
                                          {"TLS", "TL", "626", "860", "860", "TLS"},
                                          {"ROU", "RO", "642", "360", "360", "ROU"},
                                          {"COD", "CD", "180", "490", "490", "COD"},
                                          {"HKG", "HK", "344", "", "", "HKG"},
                                          {"PSE", "PS", "275", "", "", "PSE"},
                                          {"ESH", "EH", "732", "", "", ""},
                                          {"SCG", "CS", "891", "345", "345", ""},
                                          {"SUN", "SU", "810", "365", "365", ""},
                                          {"DDR", "DD", "278", "265", "265", ""},
                                          {"KIR", "KI", "296", "946", "970", "KIR"},
                                          {"TON", "TO", "776", "955", "972", "TON"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const pp_place *place = pp_gazetteer_find(g, rows[i][0]);
        for (int scheme = 0; scheme < 6; scheme++) {
            assert_string_equal(code_of(place, scheme), rows[i][scheme]);
        }
    }
    assert_string_equal(pp_gazetteer_find(g, "ESH")->status, "disputed");
    assert_string_equal(pp_gazetteer_find(g, "GRL")->status, "dependency");
    assert_string_equal(pp_gazetteer_find(g, "KEN")->status, "state");
    assert_int_equal(pp_gazetteer_find(g, "SCG")->to_year, 2006);
    assert_int_equal(pp_gazetteer_find(g, "MNE")->from_year, 2006);
    assert_int_equal(pp_gazetteer_find(g, "XKX")->from_year, 2008);
    assert_int_equal(pp_gazetteer_find(g, "ANT")->to_year, 2010);
    assert_null(pp_gazetteer_find(g, "KE"));
    assert_null(pp_gazetteer_find(g, NULL));
}

static void neighbours_are_mutual(void **state) {
    (void)state;
    const pp_place *const *all;
    int64_t n = pp_gazetteer_countries(g, &all);
    for (int64_t i = 0; i < n; i++) {
        const char *const *near, *const *back;
        int count = pp_gazetteer_neighbours(g, all[i]->id, &near);
        for (int k = 0; k < count; k++) {
            int mutual = 0, n_back = pp_gazetteer_neighbours(g, near[k], &back);
            for (int b = 0; b < n_back; b++) {
                mutual |= strcmp(back[b], all[i]->id) == 0;
            }
            if (!mutual) {
                fail_msg("%s borders %s, not the other way round", all[i]->id, near[k]);
            }
        }
    }
    const char *const *near;
    assert_int_equal(pp_gazetteer_neighbours(g, "KEN", &near), 5);
    assert_string_equal(near[0], "ETH");
    assert_int_equal(pp_gazetteer_neighbours(g, "ISL", &near), 0);
    assert_int_equal(pp_gazetteer_neighbours(g, "???", &near), 0);
}

/* The n-th field of a line of CSV, cut in place; quotes taken off. */
static char *csv_field(char **line) {
    char *field = *line, *end;
    if (*field == '"') {
        end = strchr(++field, '"');
        *end++ = '\0';
    } else {
        end = field + strcspn(field, ",\r\n");
    }
    *line = *end == ',' ? end + 1 : end;
    *end = '\0';
    return field;
}

typedef void take_line(char *line, void *payload);

static void each_line(const char *file, take_line *take, void *payload) {
    pp_error err;
    pp_buf text;
    pp_buf_init(&text);
    assert_ok(pp_file_read(source_path(file), 0, &text, &err));
    char *line = strchr(text.data, '\n') + 1;
    while (*line) {
        char *next = strchr(line, '\n') + 1;
        next[-1] = '\0';
        take(line, payload);
        line = next;
    }
    pp_buf_clear(&text);
}

static void check_study_country(char *line, void *payload) {
    const char *iso3 = csv_field(&line), *name = csv_field(&line);
    const pp_place *place = pp_gazetteer_find(g, iso3);
    assert_non_null(place);
    assert_string_equal(country(iso3), iso3);
    assert_string_equal(country(name), iso3);
    assert_string_equal(place->name, name);
    assert_string_equal(place->region, csv_field(&line));
    assert_string_equal(place->subregion, csv_field(&line));
    ++*(int *)payload;
}

static void countries_of_the_study_resolve(void **state) {
    (void)state;
    int n = 0;
    each_line("data/study/places.csv", check_study_country, &n);
    assert_int_equal(n, 216);
}

typedef struct tally {
    int claims, resolved, n_pending;
    char pending[10][80];
} tally;

static void take_claim(char *line, void *payload) {
    tally *t = payload;
    csv_field(&line);
    const char *name = csv_field(&line), *kind = csv_field(&line),
               *iso3 = csv_field(&line);
    pp_place_match match;
    pp_gazetteer_resolve(g, name,
                         *kind == 'r'                ? PP_PLACE_REGION
                         : strcmp(kind, "city") == 0 ? PP_PLACE_CITY
                                                     : PP_PLACE_COUNTRY,
                         iso3, &match);
    t->claims++;
    t->resolved += match.place != NULL;
    if (match.place) {
        assert_string_equal(match.place->country, iso3);
        return;
    }
    char known[80];
    snprintf(known, sizeof known, "%s %s %s", iso3, kind, name);
    for (int i = 0; i < t->n_pending; i++) {
        if (strcmp(t->pending[i], known) == 0) {
            return;
        }
    }
    assert_true(t->n_pending < 10);
    strcpy(t->pending[t->n_pending++], known);
}

/* All but two names, which do not say which of two towns they mean. */
static void places_of_the_claims_resolve(void **state) {
    (void)state;
    tally t = {0};
    each_line("data/study/claims.csv", take_claim, &t);
    assert_int_equal(t.claims, 1843);
    assert_int_equal(t.resolved, 1840);
    assert_int_equal(t.n_pending, 2);
    assert_string_equal(t.pending[0], "CPV city Tarrafal");
    assert_string_equal(t.pending[1], "GTM city San Pedro Sacatepéquez");
}

static void search_finds_the_best_first(void **state) {
    (void)state;
    const pp_place *found[60];
    int n = pp_gazetteer_search(g, "Kenya", found, 5);
    assert_true(n >= 1 && n <= 5);
    assert_string_equal(found[0]->id, "KEN");
    assert_true(pp_gazetteer_search(g, "ken", found, 5) >= 1);
    assert_string_equal(found[0]->id, "KEN");
    assert_true(pp_gazetteer_search(g, "Nairobi", found, 5) >= 1);
    assert_string_equal(found[0]->id, "gn:184745");
    assert_true(pp_gazetteer_search(g, "Belgrad", found, 5) >= 1);
    assert_true(pp_gazetteer_search(g, "London", found, 60) >= 3);
    assert_string_equal(found[0]->country, "GBR");
    for (int i = 0; i < 3; i++) {
        assert_string_equal(found[i]->name, "London");
    }
    assert_int_equal(pp_gazetteer_search(g, "santa", found, 60), 50);
    assert_int_equal(pp_gazetteer_search(g, "", found, 5), 0);
    assert_int_equal(pp_gazetteer_search(g, "Kenya", found, 0), 0);
}

static void table_and_cities(void **state) {
    (void)state;
    pp_error err;
    pp_table *table;
    assert_ok(pp_gazetteer_table(g, &table, &err));
    assert_int_equal(pp_table_rows(table), 258);
    assert_int_equal(pp_table_columns(table), 14);
    pp_column *id = pp_table_find(table, "id"), *from = pp_table_find(table, "from_year");
    assert_string_equal(pp_column_get_text(id, 0), "ABW");
    assert_true(isnan(from->number[0]));
    pp_table_free(table);
    const pp_place **cities;
    int64_t n;
    assert_ok(pp_gazetteer_cities(g, 1000000, &cities, &n, &err));
    assert_true(n > 350 && n < 600);
    for (int64_t i = 0; i < n; i++) {
        assert_true(cities[i]->population >= 1000000);
        assert_true(i == 0 || strcmp(cities[i - 1]->id, cities[i]->id) < 0);
    }
    pp_free(cities);
}

static pp_status open_again(void *payload, pp_error *err) {
    pp_gazetteer *again;
    pp_status status = pp_gazetteer_open(payload, &again, err);
    if (status == PP_OK) {
        pp_gazetteer_free(again);
    }
    return status;
}

static pp_status make_table(void *payload, pp_error *err) {
    pp_table *table;
    pp_status status = pp_gazetteer_table(payload, &table, err);
    if (status == PP_OK) {
        pp_table_free(table);
    }
    return status;
}

/* A gazetteer of one country and one city: small, so that it can be damaged in every
 * place. */
static const char small[] =
    "pushpull-places 1\tece8ce37\t176\t1\t2\t4\t2\n"
    "KEN\tKenya\tKE\t404\t501\t501\tKEN\tAfrica\tEastern Africa\tstate\t\t\t"
    "100000\t3800000\tETH SOM\n"
    "@\t\tcountry\t2\n=ke\t=0\nkenya\t=0\n"
    "@\tKEN\tcity\t2\nmji\t=1\nnairobi\tgn:1\tNairobi\t-128333\t3681667\t2750547\n";

static const char *small_folder(const char *bytes, size_t n) {
    static char folder[400];
    char path[500];
    snprintf(folder, sizeof folder, "%s", fresh_folder());
    snprintf(path, sizeof path, "%s/places/places.db.tsv", folder);
    assert_int_equal(pp_file_write(path, bytes, (int64_t)n, NULL), PP_OK);
    return folder;
}

static void failing_allocations_leave_nothing(void **state) {
    (void)state;
    char folder[400];
    snprintf(folder, sizeof folder, "%s", small_folder(small, sizeof small - 1));
    assert_true(fail_every_allocation(open_again, folder) >= 8);
    pp_gazetteer *one;
    pp_error err;
    assert_ok(pp_gazetteer_open(folder, &one, &err));
    assert_true(fail_every_allocation(make_table, one) > 20);
    pp_gazetteer_free(one);
}

static void assert_corrupt(const char *bytes, size_t n) {
    pp_gazetteer *none;
    pp_error err;
    assert_int_equal(pp_gazetteer_open(small_folder(bytes, n), &none, &err),
                     PP_E_CORRUPT);
    assert_null(none);
    assert_true(strlen(err.hint) > 0 && strstr(err.file, "places.db.tsv"));
}

static void damaged_files_are_refused(void **state) {
    (void)state;
    for (size_t n = 0; n < sizeof small - 1; n += 7) {
        assert_corrupt(small, n);
    }
    char bytes[sizeof small];
    for (size_t i = 0; i < sizeof small - 1; i += 5) {
        memcpy(bytes, small, sizeof small);
        bytes[i] ^= 1;
        assert_corrupt(bytes, sizeof small - 1);
    }
    pp_gazetteer *none;
    pp_error err;
    assert_int_equal(pp_gazetteer_open("/nowhere", &none, &err), PP_E_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_fold),
        cmocka_unit_test(generator_folds_alike),
        cmocka_unit_test(countries_have_hard_names),
        cmocka_unit_test(nothing_is_guessed),
        cmocka_unit_test(cities_and_regions_resolve),
        cmocka_unit_test(codes_are_unique_in_each_year),
        cmocka_unit_test(crosswalks_are_right),
        cmocka_unit_test(neighbours_are_mutual),
        cmocka_unit_test(countries_of_the_study_resolve),
        cmocka_unit_test(places_of_the_claims_resolve),
        cmocka_unit_test(search_finds_the_best_first),
        cmocka_unit_test(table_and_cities),
        cmocka_unit_test(failing_allocations_leave_nothing),
        cmocka_unit_test(damaged_files_are_refused),
    };
    return cmocka_run_group_tests(tests, open_gazetteer, close_gazetteer);
}
