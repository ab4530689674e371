/* Codes in words. */
#include "strategy/brief.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *code, *words;
} words[] = {
    {"urban_surveillance", "city-wide cameras and command centres"},
    {"safe_city", "a safe-city platform"},
    {"cctv_network", "a public camera network"},
    {"command_centre", "a command centre"},
    {"facial_recognition", "facial recognition"},
    {"smart_policing", "policing software"},
    {"social_media_monitoring", "monitoring of social media"},
    {"interception", "interception"},
    {"border_control", "border control"},
    {"unspecified", "surveillance of a kind that sources do not name"},
    {"other", "other systems"},
    {"public_order", "public order"},
    {"event", "a large event"},
    {"emergency", "emergency calls"},
    {"border", "border security"},
    {"own_budget", "its own budget"},
    {"concessional_loan", "a concessional loan"},
    {"commercial_loan", "a commercial loan"},
    {"vendor_credit", "credit of the vendor"},
    {"grant", "a grant"},
    {"ppp", "a public-private partnership"},
    {"head_of_state", "the head of state or government"},
    {"interior_ministry", "the interior ministry"},
    {"mayor", "the mayor"},
    {"police_chief", "the chief of police"},
    {"regulator", "the data-protection regulator"},
    {"legislature", "the legislature"},
    {"civil_society", "civil society"},
    {"think_tank", "think tank"},
    {"ngo", "NGO"},
    {"dates", "dates of the beginning"},
    {"end_dates", "dates of the end"},
    {"end_order", "whether it began before it ended"},
    {"after_end", "whether it began before it ended"},
    {"ended_only", "an end without a beginning"},
    {"denied", "whether it is there at all"},
    {"in_force", "in force"},
    {"in_force_undated", "in force, since a day not on record"},
    {"in_force_not_applied", "in force, its duties begin later"},
    {"ratified_not_in_force", "ratified, not known to be in force"},
    {"adopted_not_in_force", "adopted, in force later"},
    {"signed", "signed only"},
    {"adopted_identically", "adopted as a national standard"},
};

const char *pp__brief_word(const char *code) {
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].code, code) == 0) {
            return words[i].words;
        }
    }
    return code;
}

/* The next of a comma separated list into `code`; 0 at its end. */
static int next_code(const char **at, char *code, size_t size) {
    *at += strspn(*at, ", ");
    size_t length = strcspn(*at, ",");
    snprintf(code, size, "%.*s", (int)(length < size ? length : size - 1), *at);
    *at += length;
    return length > 0;
}

static int has_more(const char *at) {
    return at[strspn(at, ", ")] != '\0';
}

static const char *between(int i, const char *rest) {
    return i == 0 ? "" : has_more(rest) ? ", " : " and ";
}

void pp__brief_add_spaced(pp__brief *b, const char *codes) {
    for (const char *s = codes ? codes : ""; *s; s++) {
        const char one[2] = {*s == '_' ? ' ' : *s, '\0'};
        pp__brief_add(b, one);
    }
}

void pp__brief_add_words(pp__brief *b, const char *codes) {
    char code[80];
    const char *at = codes ? codes : "";
    for (int i = 0; next_code(&at, code, sizeof code); i++) {
        pp_buf_add(&b->text, between(i, at));
        pp__brief_add_spaced(b, pp__brief_word(code));
    }
}

static const char *vendor_name(const pp__brief *b, const char *slug) {
    const pp_table *vendors = b->in->vendors;
    const char *name =
        pp__cell_text(vendors, "name", pp__rows_first(&b->vendor_of, slug));
    return name                           ? name
           : strcmp(slug, "unknown") == 0 ? "a vendor that no source names"
                                          : slug;
}

void pp__brief_add_vendors(pp__brief *b, const char *slugs) {
    char slug[80];
    const char *at = slugs ? slugs : "";
    for (int i = 0; next_code(&at, slug, sizeof slug); i++) {
        pp_buf_add(&b->text, between(i, at));
        pp__brief_add(b, vendor_name(b, slug));
    }
}
