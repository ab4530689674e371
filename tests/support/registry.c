#include "support/registry.h"

#include "strategy/registry.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

const char *const registry_files[PP__REGISTERS] = {
    "body", "instrument", "provision", "commitment", "contribution", "link", "member"};

static const char body[] =
    "id,name,type,membership,participation,decision,status,source,checked_on,note\n"
    "coe,Council,treaty,,state," REGISTRY_CHECKED
    "ieee,IEEE,sdo,,company," REGISTRY_CHECKED
    "eu,Union,regional,,state," REGISTRY_CHECKED;
static const char instrument[] =
    "id,title,body,reference,kind,force,scope,covers,stage,proposed,approved,opened,"
    "in_force,applies_as_written,applies_as_amended,amendment,superseded,supersedes,"
    "identical_to,status,source,checked_on,note\n"
    "treaty,A treaty,coe,T 1,treaty,binding,data_protection,,in_force,,,2010-05-01,"
    "2015-01-01,,,,,," REGISTRY_CHECKED
    "act,An act,eu,A 1,regulation,binding,ai_risk;data_protection,EU,in_force,,2016-04,,"
    "2018-05-25,2018-06-01,,,,," REGISTRY_CHECKED "norm,A norm,ieee,N "
    "1,technical_standard,voluntary,video_system,,published,,2019,,,,,,"
    "2024-03,," REGISTRY_CHECKED;
static const char provision[] =
    "id,instrument,article,duty,addressee,exception,applies_as_written,applies_as_"
    "amended,"
    "amendment,status,source,checked_on,note\n"
    "act-1,act,1,ban,vendor;buyer,,2026-08-02,2027-12-02,provisional" REGISTRY_CHECKED
    "act-2,act,2,transparency,state,,2026-01-01,2027-01-01,adopted" REGISTRY_CHECKED;
static const char commitment[] =
    "id,instrument,country,action,date,reservation,status,source,checked_on,note\n"
    "c1,treaty,KEN,signed,2012-03," REGISTRY_CHECKED
    "c2,treaty,GHA,signed,2011-01-01," REGISTRY_CHECKED
    "c3,treaty,GHA,ratified,2012-06-01," REGISTRY_CHECKED
    "c4,treaty,GHA,withdrew,2020-07-01," REGISTRY_CHECKED
    "c5,norm,KEN,adopted_identically,2021-01-01," REGISTRY_CHECKED
    "c6,treaty,GHA,acceded,2022," REGISTRY_CHECKED;
static const char contribution[] =
    "id,instrument,contributor,contributor_type,role,date,leak,status,source,checked_on,"
    "note\n"
    "w1,norm,ZTE,company,editor,2018-07,yes" REGISTRY_CHECKED;
static const char link[] =
    "id,vendor,instrument,date,listed_as,status,source,checked_on,note\n"
    "l1,zte,act,2019,ZTE" REGISTRY_CHECKED;
static const char member[] = "id,group,country,from,to,status,source,checked_on,note\n"
                             "m1,EU,DEU,1958-01-01," REGISTRY_CHECKED
                             "m2,EU,GBR,1973-01-01,2020-01-31" REGISTRY_CHECKED;
const char *const registry_texts[PP__REGISTERS] = {
    body, instrument, provision, commitment, contribution, link, member};

const char *registry_folder(const char *name, const char *text) {
    const char *folder = fresh_folder();
    for (int i = 0; i < PP__REGISTERS; i++) {
        char file[32];
        snprintf(file, sizeof file, "%s.csv", registry_files[i]);
        write_text(folder, file,
                   name && strcmp(name, registry_files[i]) == 0 ? text
                                                                : registry_texts[i]);
    }
    return folder;
}

pp_standards *read_registry(const pp_gazetteer *gazetteer) {
    pp_standards *s = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_read(registry_folder(NULL, NULL), gazetteer, NULL, &s, &err));
    return s;
}
