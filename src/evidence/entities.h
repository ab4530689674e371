/* What a store records, and of what fields each record is made. */
#ifndef PP_EVIDENCE_ENTITIES_H
#define PP_EVIDENCE_ENTITIES_H

typedef enum pp__form {
    PP__FORM_TEXT,
    PP__FORM_CLAIM_ID,  /* the coder's letter and a number: A0001 */
    PP__FORM_SOURCE_ID, /* the coder's letter, S and a number: AS001 */
    PP__FORM_CODER,     /* one capital letter */
    PP__FORM_SLUG,      /* lower-case words joined by "-" */
    PP__FORM_VENDOR,    /* a slug; "unknown" is missing */
    PP__FORM_COUNTRY,   /* ISO 3166-1 alpha-3, or XKX */
    PP__FORM_DATE,      /* YYYY, YYYY-MM or YYYY-MM-DD */
    PP__FORM_AMOUNT,    /* a number that is not negative */
    PP__FORM_COUNT,     /* a whole number that is not negative */
    PP__FORM_URL,       /* http or https */
    PP__FORM_LANGUAGE,  /* ISO 639: two or three lower-case letters */
    PP__FORM_WORD       /* one of a list */
} pp__form;

typedef struct pp__field {
    const char *name;
    pp__form form;
    int required;
    const char *const *words; /* PP__FORM_WORD: NULL after the last */
    const char *when_empty;   /* what an empty cell stands for; NULL: missing */
} pp__field;

/* `head` has one row a record and says which version is in force; `rows` has one row a
   version. What is never changed has no head. */
typedef struct pp__entity {
    const char *name, *plural, *head, *rows;
    int n_key, n; /* the first n_key fields identify the record */
    const pp__field *fields;
} pp__entity;

typedef enum pp__kind {
    PP__SOURCE,
    PP__VENDOR,
    PP__PLACE,
    PP__SEARCH,
    PP__CLAIM,
    PP__DECISION,
    PP__KINDS
} pp__kind;
extern const pp__entity pp__entities[PP__KINDS];

enum { PP__MOST_FIELDS = 20 };

enum {
    SOURCE_ID,
    SOURCE_URL,
    SOURCE_TITLE,
    SOURCE_PUBLISHER,
    SOURCE_PUBLISHED,
    SOURCE_KIND,
    SOURCE_LANGUAGE
};
enum { VENDOR_SLUG, VENDOR_NAME, VENDOR_HOME, VENDOR_PARENT, VENDOR_ALIASES };
enum { PLACE_COUNTRY, PLACE_KIND, PLACE_NAME, PLACE_ID };
enum { SEARCH_COUNTRY, SEARCH_CODER, SEARCH_QUERIES, SEARCH_CLAIMS };
enum {
    CLAIM_ID,
    CLAIM_PLACE,
    CLAIM_PLACE_KIND,
    CLAIM_COUNTRY,
    CLAIM_VENDOR,
    CLAIM_VENDOR_HOME,
    CLAIM_PLATFORM,
    CLAIM_STATUS,
    CLAIM_EARLIEST,
    CLAIM_LATEST,
    CLAIM_FINANCING,
    CLAIM_AMOUNT,
    CLAIM_BUYER_LEVEL,
    CLAIM_BUYER,
    CLAIM_PURPOSE,
    CLAIM_CONFIDENCE,
    CLAIM_SOURCE,
    CLAIM_CODER,
    CLAIM_NOTE
};
enum {
    DECISION_ID,
    DECISION_ACTION,
    DECISION_KIND,
    DECISION_SUBJECT,
    DECISION_FIELD,
    DECISION_VALUE,
    DECISION_REASON
};

int pp__is_number(const pp__field *field);
/* Position of a field by name; -1 when there is none. */
int pp__field_position(const pp__entity *entity, const char *name);

#endif
