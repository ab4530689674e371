/* Who bought, for what, and with whose money, by the claims that count. */
#include "base/check.h"
#include "strategy/profile_parts.h"

#include <math.h>
#include <string.h>

typedef struct buying {
    pp__profiles *p;
    int64_t place;
    const pp__rows_of *claims;
} buying;

static pp__known blank(const buying *b, const pp__tally *tally) {
    pp__known k =
        pp__known_blank(b->p->places[b->place].outcome_row < 0 ? "place" : "country");
    k.claims = tally->all;
    k.grade = tally->grade;
    return k;
}

static pp_status put_list(const buying *b, pp__fact fact, const pp__tally *tally,
                          const char *between) {
    pp__known k = blank(b, tally);
    PP_TRY(pp__tally_list(b->p, tally, between, &k.text));
    return pp__profile_put(b->p, b->place, fact, &k);
}

static pp_status put_flag(const buying *b, pp__fact fact, const pp__tally *tally,
                          int flag, const char *claims, const char *note) {
    pp__known k = blank(b, tally);
    k.number = flag;
    k.claims = claims;
    k.note = note;
    return pp__profile_put(b->p, b->place, fact, &k);
}

static pp_status put_buyers(const buying *b) {
    pp__tally level, buyers;
    PP_TRY(pp__tally_make(b->p, b->claims, "buyer_level", &level));
    PP_TRY(pp__tally_make(b->p, b->claims, "buyer", &buyers));
    pp__known k = blank(b, &level);
    k.text = level.n > 1 ? "both" : level.n == 1 ? level.words[0].text : NULL;
    PP_TRY(pp__profile_put(b->p, b->place, PP__FACT_BUYER_LEVEL, &k));
    return put_list(b, PP__FACT_BUYERS, &buyers, "; ");
}

static pp_status put_purposes(const buying *b) {
    pp__tally purposes;
    PP_TRY(pp__tally_make(b->p, b->claims, "stated_purpose", &purposes));
    PP_TRY(put_list(b, PP__FACT_PURPOSES, &purposes, ", "));
    if (purposes.n == 0) {
        return PP_OK;
    }
    const pp__word *crime = pp__tally_find(&purposes, "crime");
    const char *note =
        pp_arena_printf(&b->p->scratch, "%lld of %lld claims that state a purpose",
                        (long long)(crime ? crime->n : 0), (long long)purposes.claims);
    PP_NEED(note, b->p->err);
    return put_flag(b, PP__FACT_PURPOSE_CRIME, &purposes, crime != NULL,
                    crime ? crime->claims : purposes.all, note);
}

/* A commercial loan may be anyone's: alone it says neither yes nor no. */
static pp_status put_finance(const buying *b) {
    static const char *const suppliers[] = {"grant", "concessional_loan",
                                            "vendor_credit"};
    pp__tally finance;
    PP_TRY(pp__tally_make(b->p, b->claims, "financing", &finance));
    PP_TRY(put_list(b, PP__FACT_FINANCE, &finance, ", "));
    for (int i = 0; i < 3; i++) {
        const pp__word *word = pp__tally_find(&finance, suppliers[i]);
        if (word) {
            return put_flag(b, PP__FACT_FINANCE_SUPPLIER, &finance, 1, word->claims,
                            word->text);
        }
    }
    if (finance.n == 0 || pp__tally_find(&finance, "commercial_loan")) {
        return PP_OK;
    }
    return put_flag(b, PP__FACT_FINANCE_SUPPLIER, &finance, 0, finance.all,
                    "none of the forms of finance that are stated");
}

static pp_status put_amount(const buying *b) {
    const pp_column *amount = pp_table_find(b->p->in->claims, "amount_usd");
    int64_t best = -1;
    for (int64_t i = 0; amount && amount->type == PP_NUMBER && i < b->claims->n; i++) {
        int64_t row = b->claims->row[i];
        if (!isnan(amount->number[row]) &&
            (best < 0 || amount->number[row] > amount->number[best])) {
            best = row;
        }
    }
    if (best < 0) {
        return PP_OK;
    }
    const pp__rows_of one = {&best, 1};
    pp__known k =
        pp__known_blank(b->p->places[b->place].outcome_row < 0 ? "place" : "country");
    k.number = amount->number[best];
    k.grade = pp__claims_grade(b->p, &one);
    k.note =
        "the largest that a claim states: programme totals repeat and are not summed";
    PP_TRY(pp__claims_list(b->p, &one, &k.claims));
    return pp__profile_put(b->p, b->place, PP__FACT_AMOUNT, &k);
}

pp_status pp__profile_buying(pp__profiles *p, int64_t place) {
    const buying b = {p, place, &p->places[place].counted};
    if (b.claims->n == 0) {
        return PP_OK;
    }
    PP_TRY(put_buyers(&b));
    PP_TRY(put_purposes(&b));
    PP_TRY(put_finance(&b));
    return put_amount(&b);
}
