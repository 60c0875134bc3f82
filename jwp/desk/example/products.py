"""Products made for others: one of each kind, downloaded, used, and what strangers told of them."""

from __future__ import annotations

from datetime import date, timedelta

from jwp.desk.example.story import Story, got, paper
from jwp.evidence import actions as evidence
from jwp.evidence.models import Document, Product, ProductUse
from jwp.partners.models import Place

# ref, kind, language, title, what it is for, what its file says
OFFERED = (
    (
        "street-questions", Product.Kind.TOOL, "en", "Twelve questions for a street budget",
        "A sheet for whoever plans a street: who walks there, who carries, who waits, who was asked.\n\n"
        "Print it, answer it in an hour, and keep it with the plan.",
        "1. Who uses this street by day, and who after dark?",
    ),
    (
        "preguntas-de-calle", Product.Kind.TOOL, "es", "Doce preguntas para el presupuesto de una calle",
        "La misma hoja, en español.", "1. ¿Quién usa esta calle de día y quién de noche?",
    ),
    (
        "night-walk", Product.Kind.DIAGNOSTIC, "en", "Night walk: counting lamps and people",
        "How to walk a street with those who avoid it, and what to count on the way.",
        "Count every lamp, lit and unlit. Then count the people, women and men.",
    ),
    (
        "market-day-posters", Product.Kind.ADVOCACY, "fr", "À qui la rue ? Affiches pour jours de marché",
        "Trois affiches à coller là où l’on vend.", "La place est à celles qui la tiennent.",
    ),
)  # fmt: skip
# ref, by whom, days after the second round was due, by which organisation, where, what
RECORDED = (
    (
        "street-questions", "ottoline", 20, "Government of Meridia", "alderport",
        "Asked in every ward of Alderport before the lighting money was shared out; four wards changed their list.",
    ),
    (
        "night-walk", "rosalba", 34, "Delta Dwellers’ Network", "san-iriso",
        "Eleven walks with residents. The report went to the town council with the broken lamps on a map.",
    ),
    (
        "street-questions", "wenna", 48, "League of River Towns", None,
        "Taught to 26 town engineers in two afternoons.",
    ),
)  # fmt: skip
TOLD = (
    (
        "confirm", "street-questions", 60, "Quay Street School", "tarnhollow",
        "Pupils of ten answered it about the way to school.",
    ),
    (
        "set aside", "night-walk", 61, "Cheap Lamps and Sons", None,
        "We sell very good lamps, write to us.",
    ),
    (
        "", "night-walk", 90, "Night bus drivers of Vellmark", "vellmark",
        "We walked our last stops with it and asked for two more shelters.",
    ),
)  # fmt: skip
DOWNLOADED = (("street-questions", 6), ("preguntas-de-calle", 17), ("night-walk", 11), ("consent", 29))


def are_offered(story: Story) -> None:
    day = story.m6 + timedelta(days=60)
    team = story.actor("thandeka", day)
    for ref, kind, language, title, summary, words in OFFERED:
        document = evidence.add_document(
            team, paper(f"{ref}.txt", words), ref=f"paper-{ref}", title=title, kind="tool", version="1", dated=day,
            language=language, prepared_by="Learning Unit", reviewed_by="Gender Team", public=True,
        )  # fmt: skip
        evidence.keep_product(
            team, None, ref=ref, kind=kind, title=title, summary=summary, language=language, document=document,
            published_on=day, licence="Free to use and to change, with the source named.", public=True,
        )  # fmt: skip
    evidence.keep_product(
        team, None, ref="consent", kind=Product.Kind.KNOWLEDGE, title="Guide to consent in pictures and stories",
        summary="How to ask for consent, and what to do with a no.", document=got(Document, "consent-guide"),
        published_on=day, public=True,
    )  # fmt: skip
    evidence.keep_product(
        team, None, ref="who-sweeps", kind=Product.Kind.RESEARCH, title="Who sweeps, who signs",
        summary="Unpaid care of streets in three towns. Still being written.",
    )  # fmt: skip


def are_used(story: Story) -> None:
    for ref, every in DOWNLOADED:
        day = story.m6 + timedelta(days=61)
        while day < story.today:
            evidence.count_download(got(Product, ref), day)
            day += timedelta(days=every)
    for ref, who, days, organisation, place, how in RECORDED:
        on = story.m12 + timedelta(days=days)
        evidence.record_use(
            story.actor(who, on), got(Product, ref), used_on=on - timedelta(days=9),
            organisation_name=organisation, place=got(Place, place) if place else None, how=how,
        )  # fmt: skip
    for verb, ref, days, organisation, place, how in TOLD:
        on = story.m12 + timedelta(days=days)
        evidence.tell_use(
            got(Product, ref), on, used_on=on - timedelta(days=3), organisation_name=organisation,
            place=got(Place, place) if place else None, how=how,
        )  # fmt: skip
        if verb:
            _judge(story, organisation, verb, on + timedelta(days=2))


def _judge(story: Story, organisation: str, verb: str, day: date) -> None:
    use = ProductUse.objects.get(organisation_name=organisation)
    reason = "An advertisement." if verb == "set aside" else ""
    evidence.review_use(story.actor("marek", day), use.ref, verb, None, reason)
