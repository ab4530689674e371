/* The columns of the registry's files: what each holds, and where it goes. */
#include "strategy/registry.h"

#include <stddef.h>

#define HEAD(type)                                                                       \
    { "id", PP__FREE, 1, offsetof(type, row.id), NULL, 0 }
#define TAIL(type)                                                                       \
    {"status", PP__ONE_OF, 1, offsetof(type, row.status), "seen unverified", 0},         \
        {"source", PP__FREE, 1, offsetof(type, row.source), NULL, 0},                    \
        {"checked_on", PP__DATED, 1, offsetof(type, row.checked_on), NULL, 0}, {         \
        "note", PP__FREE, 0, PP__UNUSED, NULL, 0                                         \
    }
#define AT(type, field) offsetof(type, field)

static const pp__register_field bodies[] = {
    HEAD(pp__body),
    {"name", PP__FREE, 1, AT(pp__body, name), NULL, 0},
    {"type", PP__ONE_OF, 1, AT(pp__body, type), "treaty sdo regional national informal",
     0},
    {"membership", PP__FREE, 0, PP__UNUSED, NULL, 0},
    {"participation", PP__ONE_OF, 1, AT(pp__body, participation),
     "state company individual national_body", 0},
    {"decision", PP__FREE, 0, PP__UNUSED, NULL, 0},
    TAIL(pp__body),
};

static const pp__register_field instruments[] = {
    HEAD(pp__instrument),
    {"title", PP__FREE, 1, AT(pp__instrument, title), NULL, 0},
    {"body", PP__REFERS, 1, AT(pp__instrument, body), NULL, PP__BODIES},
    {"reference", PP__FREE, 0, AT(pp__instrument, reference), NULL, 0},
    {"kind", PP__ONE_OF, 1, AT(pp__instrument, kind),
     "treaty regulation technical_standard code_of_conduct entity_list procurement_ban "
     "export_control",
     0},
    {"force", PP__ONE_OF, 1, AT(pp__instrument, force), "binding voluntary de_facto", 0},
    {"scope", PP__SOME_OF, 1, AT(pp__instrument, scope),
     "face_recognition video_system data_protection data_access export procurement "
     "ai_risk",
     0},
    {"covers", PP__PLACE, 0, AT(pp__instrument, covers), NULL, 0},
    {"stage", PP__ONE_OF, 1, AT(pp__instrument, stage),
     "proposed work_item agreed published open in_force superseded", 0},
    {"proposed", PP__DATED, 0, PP__UNUSED, NULL, 0},
    {"approved", PP__DATED, 0, AT(pp__instrument, approved), NULL, 0},
    {"opened", PP__DATED, 0, AT(pp__instrument, opened), NULL, 0},
    {"in_force", PP__DATED, 0, AT(pp__instrument, in_force), NULL, 0},
    {"applies_as_written", PP__DATED, 0, AT(pp__instrument, as_written), NULL, 0},
    {"applies_as_amended", PP__DATED, 0, AT(pp__instrument, as_amended), NULL, 0},
    {"amendment", PP__ONE_OF, 0, AT(pp__instrument, amendment), "adopted provisional", 0},
    {"superseded", PP__DATED, 0, AT(pp__instrument, superseded), NULL, 0},
    {"supersedes", PP__REFERS, 0, PP__UNUSED, NULL, PP__INSTRUMENTS},
    {"identical_to", PP__REFERS, 0, PP__UNUSED, NULL, PP__INSTRUMENTS},
    TAIL(pp__instrument),
};

static const pp__register_field provisions[] = {
    HEAD(pp__provision),
    {"instrument", PP__REFERS, 1, AT(pp__provision, instrument), NULL, PP__INSTRUMENTS},
    {"article", PP__FREE, 1, AT(pp__provision, article), NULL, 0},
    {"duty", PP__ONE_OF, 1, AT(pp__provision, duty),
     "ban authorisation impact_assessment transparency interface data_field licence "
     "cooperation",
     0},
    {"addressee", PP__SOME_OF, 1, AT(pp__provision, addressee),
     "state exporter vendor buyer city", 0},
    {"exception", PP__FREE, 0, AT(pp__provision, exception), NULL, 0},
    {"applies_as_written", PP__DATED, 0, AT(pp__provision, as_written), NULL, 0},
    {"applies_as_amended", PP__DATED, 0, AT(pp__provision, as_amended), NULL, 0},
    {"amendment", PP__ONE_OF, 0, AT(pp__provision, amendment), "adopted provisional", 0},
    TAIL(pp__provision),
};

static const pp__register_field commitments[] = {
    HEAD(pp__commitment),
    {"instrument", PP__REFERS, 1, AT(pp__commitment, instrument), NULL, PP__INSTRUMENTS},
    {"country", PP__PLACE, 1, AT(pp__commitment, country), NULL, 0},
    {"action", PP__ONE_OF, 1, AT(pp__commitment, action),
     "signed ratified acceded in_force endorsed transposed adopted_identically withdrew",
     0},
    {"date", PP__DATED, 1, AT(pp__commitment, date), NULL, 0},
    {"reservation", PP__FREE, 0, PP__UNUSED, NULL, 0},
    TAIL(pp__commitment),
};

static const pp__register_field contributions[] = {
    HEAD(pp__contribution),
    {"instrument", PP__REFERS, 1, AT(pp__contribution, instrument), NULL,
     PP__INSTRUMENTS},
    {"contributor", PP__FREE, 1, AT(pp__contribution, contributor), NULL, 0},
    {"contributor_type", PP__ONE_OF, 1, AT(pp__contribution, type),
     "company state university individual", 0},
    {"role", PP__ONE_OF, 1, AT(pp__contribution, role), "proposer editor rapporteur lead",
     0},
    {"date", PP__DATED, 0, AT(pp__contribution, date), NULL, 0},
    {"leak", PP__ONE_OF, 1, AT(pp__contribution, leak), "yes no", 0},
    TAIL(pp__contribution),
};

static const pp__register_field links[] = {
    HEAD(pp__listing),
    {"vendor", PP__FREE, 1, AT(pp__listing, vendor), NULL, 0},
    {"instrument", PP__REFERS, 1, AT(pp__listing, instrument), NULL, PP__INSTRUMENTS},
    {"date", PP__DATED, 1, AT(pp__listing, date), NULL, 0},
    {"listed_as", PP__FREE, 1, AT(pp__listing, listed_as), NULL, 0},
    TAIL(pp__listing),
};

static const pp__register_field members[] = {
    HEAD(pp__member),
    {"group", PP__FREE, 1, AT(pp__member, group), NULL, 0},
    {"country", PP__COUNTRY, 1, AT(pp__member, country), NULL, 0},
    {"from", PP__DATED, 1, AT(pp__member, from), NULL, 0},
    {"to", PP__DATED, 0, AT(pp__member, to), NULL, 0},
    TAIL(pp__member),
};

#define SPEC(name, type, fields)                                                         \
    { name, sizeof(type), sizeof fields / sizeof *fields, fields }

const pp__register_spec pp__register_specs[PP__REGISTERS] = {
    [PP__BODIES] = SPEC("body", pp__body, bodies),
    [PP__INSTRUMENTS] = SPEC("instrument", pp__instrument, instruments),
    [PP__PROVISIONS] = SPEC("provision", pp__provision, provisions),
    [PP__COMMITMENTS] = SPEC("commitment", pp__commitment, commitments),
    [PP__CONTRIBUTIONS] = SPEC("contribution", pp__contribution, contributions),
    [PP__LINKS] = SPEC("link", pp__listing, links),
    [PP__MEMBERS] = SPEC("member", pp__member, members),
};
