"""Which instruments may decide about money. Two may never: their own sources forbid it or make it senseless."""

from collections.abc import Mapping

from jwp.instruments.rules.kinds import Instrument

# By id, so that no later version slips through; why, with the source.
NEVER_DECIDE: Mapping[str, str] = {
    "iasc-gender-with-age-marker": (
        "its code is in no way tied to project acceptance or funding, and nobody outside the team judges by it "
        "(GAM tip sheets, https://cpaor.net/resources/gender-age-marker-gam-tip-sheets-2021-hpc)"
    ),
    "gender-results-effectiveness-scale": (
        "it rates what happened, after the fact, and “negative” must be safe to pick "
        "(UNDP evaluation office, https://issuu.com./undp-evaluation/docs/report_icpe_zambia/21)"
    ),
}
# What a gate asks for, whatever the score. An instrument that gates asks both of every class.
NECESSARY = ("gender-analysis", "do-no-harm")


def may_decide(instrument: Instrument) -> bool:
    """Whether a gate may ask for this instrument, or a panel give points by it."""
    return instrument.may_gate and instrument.id not in NEVER_DECIDE
