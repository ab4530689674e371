#include "evidence/entities.h"

#include <stddef.h>
#include <string.h>

#define WORDS(...)                                                                       \
    .form = PP__FORM_WORD, .words = (const char *const[]) {                              \
        __VA_ARGS__, NULL                                                                \
    }

static const pp__field source_fields[] = {
    [SOURCE_ID] = {"source_id", .form = PP__FORM_SOURCE_ID, .required = 1},
    [SOURCE_URL] = {"url", .form = PP__FORM_URL, .required = 1},
    [SOURCE_TITLE] = {.name = "title"},
    [SOURCE_PUBLISHER] = {.name = "publisher"},
    [SOURCE_PUBLISHED] = {"published", .form = PP__FORM_DATE},
    [SOURCE_KIND] = {"kind",
                     WORDS("government", "company", "news", "ngo", "academic",
                           "intergovernmental", "think_tank"),
                     .required = 1},
    [SOURCE_LANGUAGE] = {"language", .form = PP__FORM_LANGUAGE},
};

static const pp__field vendor_fields[] = {
    [VENDOR_SLUG] = {"vendor", .form = PP__FORM_SLUG, .required = 1},
    [VENDOR_NAME] = {.name = "name"},
    [VENDOR_HOME] = {"home", .form = PP__FORM_COUNTRY},
    [VENDOR_PARENT] = {"parent", .form = PP__FORM_SLUG},
    [VENDOR_ALIASES] = {.name = "aliases"},
};

#define PLACE_KINDS WORDS("country", "city", "region"), .required = 1

static const pp__field place_fields[] = {
    [PLACE_COUNTRY] = {"country", .form = PP__FORM_COUNTRY, .required = 1},
    [PLACE_KIND] = {"kind", PLACE_KINDS},
    [PLACE_NAME] = {"name", .required = 1},
    [PLACE_ID] = {.name = "place_id"},
};

static const pp__field search_fields[] = {
    [SEARCH_COUNTRY] = {"country", .form = PP__FORM_COUNTRY, .required = 1},
    [SEARCH_CODER] = {"coder", .form = PP__FORM_CODER, .required = 1},
    [SEARCH_QUERIES] = {"targeted_queries_at_least", .form = PP__FORM_COUNT,
                        .required = 1},
    [SEARCH_CLAIMS] = {"claims_found", .form = PP__FORM_COUNT, .required = 1},
};

static const pp__field claim_fields[] = {
    [CLAIM_ID] = {"claim_id", .form = PP__FORM_CLAIM_ID, .required = 1},
    [CLAIM_PLACE] = {"place", .required = 1},
    [CLAIM_PLACE_KIND] = {"place_kind", PLACE_KINDS},
    [CLAIM_COUNTRY] = {"country", .form = PP__FORM_COUNTRY, .required = 1},
    [CLAIM_VENDOR] = {"vendor", .form = PP__FORM_VENDOR},
    [CLAIM_VENDOR_HOME] = {"vendor_home", .form = PP__FORM_COUNTRY},
    [CLAIM_PLATFORM] = {"platform",
                        WORDS("safe_city", "facial_recognition", "smart_policing",
                              "cctv_network", "command_centre", "social_media_monitoring",
                              "interception", "border_control", "other", "unspecified"),
                        .required = 1},
    [CLAIM_STATUS] = {"status",
                      WORDS("announced", "contracted", "operational", "expanded",
                            "suspended", "ended", "denied"),
                      .required = 1},
    [CLAIM_EARLIEST] = {"earliest", .form = PP__FORM_DATE},
    [CLAIM_LATEST] = {"latest", .form = PP__FORM_DATE},
    [CLAIM_FINANCING] = {"financing",
                         WORDS("grant", "concessional_loan", "commercial_loan",
                               "vendor_credit", "own_budget", "ppp", "unknown"),
                         .when_empty = "unknown"},
    [CLAIM_AMOUNT] = {"amount_usd", .form = PP__FORM_AMOUNT},
    [CLAIM_BUYER_LEVEL] = {"buyer_level", WORDS("national", "subnational", "unknown"),
                           .when_empty = "unknown"},
    [CLAIM_BUYER] = {.name = "buyer"},
    [CLAIM_PURPOSE] = {"stated_purpose",
                       WORDS("crime", "terrorism", "traffic", "event", "public_order",
                             "emergency", "border", "development", "unknown"),
                       .when_empty = "unknown"},
    [CLAIM_CONFIDENCE] = {"confidence", WORDS("low", "medium", "high"), .required = 1},
    [CLAIM_SOURCE] = {"source_id", .form = PP__FORM_SOURCE_ID, .required = 1},
    [CLAIM_CODER] = {"coder", .form = PP__FORM_CODER, .required = 1},
    [CLAIM_NOTE] = {.name = "note"},
};

static const pp__field decision_fields[] = {
    [DECISION_ID] = {"decision_id", .form = PP__FORM_COUNT, .required = 1},
    [DECISION_ACTION] = {"action",
                         WORDS("retract", "restore", "confirm", "correct", "merge"),
                         .required = 1},
    [DECISION_KIND] = {"kind", WORDS("claim", "source", "vendor", "place", "story"),
                       .required = 1},
    [DECISION_SUBJECT] = {"subject", .required = 1},
    [DECISION_FIELD] = {.name = "field"},
    [DECISION_VALUE] = {.name = "value"},
    [DECISION_REASON] = {"reason", .required = 1},
};

#define FIELDS(list) .n = (int)(sizeof(list) / sizeof *(list)), .fields = (list)

const pp__entity pp__entities[PP__KINDS] = {
    [PP__SOURCE] = {"source", "sources", "source", "source_version", .n_key = 1,
                    FIELDS(source_fields)},
    [PP__VENDOR] = {"vendor", "vendors", "vendor", "vendor_version", .n_key = 1,
                    FIELDS(vendor_fields)},
    [PP__PLACE] = {"place", "places", "place", "place_version", .n_key = 3,
                   FIELDS(place_fields)},
    [PP__SEARCH] = {"search", "searches", "search", "search_version", .n_key = 2,
                    FIELDS(search_fields)},
    [PP__CLAIM] = {"claim", "claims", "claim", "claim_version", .n_key = 1,
                   FIELDS(claim_fields)},
    [PP__DECISION] = {"decision", "decisions", NULL, "decision", .n_key = 1,
                      FIELDS(decision_fields)},
};

int pp__is_number(const pp__field *field) {
    return field->form == PP__FORM_AMOUNT || field->form == PP__FORM_COUNT;
}

int pp__field_position(const pp__entity *entity, const char *name) {
    for (int i = 0; i < entity->n; i++) {
        if (strcmp(entity->fields[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}
