"""Calls and who applied: from the letter with the link to the panel, the members' comments and the answer."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile

from jwp.desk.example.diary import Diary, at, minor
from jwp.desk.example.story import R, Story, got, office, paper, told
from jwp.evidence.files import keep
from jwp.grants.access import in_conflict
from jwp.grants.actions import applications, apply, call, donor, panel, portal, screening
from jwp.grants.actions.eligibility import findings_of
from jwp.grants.models import Application, Attachment, Call, Programme
from jwp.partners.models import Organisation, Person, Place
from jwp.plans.models import BusinessLine, Fund, Theme

HALF_A_YEAR, A_YEAR = timedelta(days=182), timedelta(days=364)
Said = dict[str, Any]


def told_calls(diary: Diary) -> None:
    calls = told("calls")
    for row in calls:
        _told_call(diary, row)
    rhythm = {row["ref"]: row for row in calls}
    for number, row in enumerate(told("applications")):
        _told_application(diary, rhythm[row["call"]], row, number)
    for row in calls:
        _told_end(diary, row)


def _told_call(diary: Diary, row: Said) -> None:
    days, ref = row["days"], row["ref"]
    diary.on(days["drafted"], _draft, row)
    if "opens" in days:
        diary.on(days["opens"], _step, ref, "publish")
    if "brought" in days:
        diary.on(days["brought"], _bring_in, ref)


def _told_end(diary: Diary, row: Said) -> None:
    days, ref = row["days"], row["ref"]
    if "cancelled" in days:
        diary.on(days["cancelled"], _step, ref, "cancel", row["cancelled"])
    if "closed" in days:
        diary.on(days["closed"], _step, ref, "close")


def _maybe(model: type[R], ref: str | None) -> R | None:
    return got(model, ref) if ref else None


def _draft(story: Story, day: date, row: Said) -> None:
    days, currency = row["days"], row["currency"]
    zone = ZoneInfo(row["zone"])
    clock = {
        name: at(story.ago(int(days[key])), 14).replace(tzinfo=zone)
        for name, key in (("opens_at", "opens"), ("closes_at", "closes"))
        if key in days
    }
    amounts = {name: minor(row[name], currency) for name in ("smallest", "largest", "envelope") if name in row}
    call.add_call(
        story.actor("rosalba", day),
        [got(Place, ref) for ref in row.get("countries", [])],
        [
            call.Line(ref="", name=name, about="", points=int(points), gender=bool(rest))
            for name, points, *rest in row.get("criteria", [])
        ],
        ref=row["ref"], title=row["title"], kind=row.get("kind", "grant"), about=row["about"],
        business_line=got(BusinessLine, f"line-{row['line']}-2"), programme=_maybe(Programme, row.get("programme")),
        theme=_maybe(Theme, row.get("theme")), fund=_maybe(Fund, row.get("fund")), manager=office("country-unit"),
        gender_statement=row["gender"], languages=["en", "fr", "es", "ar"], currency=currency, zone=row["zone"],
        co_financing=row.get("co_financing", "not asked"), sponsors=int(row.get("sponsors", 0)),
        paid_at_most=Decimal(row["paid_at_most"]) if "paid_at_most" in row else None,
        no_objection="no_objection" in row, outside_url=row.get("outside", ""),
        panel_due=story.ago(int(row["panel_due"])) if "panel_due" in row else None, **clock, **amounts,
    )  # fmt: skip
    for ref in row.get("panel", []):
        call.add_to_panel(story.actor("rosalba", day), row["ref"], got(Person, ref))


def _step(story: Story, day: date, ref: str, verb: str, reason: str = "") -> None:
    call.take_step(story.actor("ilsabet", day), ref, None, verb, reason, at(day, 23))


def _told_application(diary: Diary, rules: Said, row: Said, number: int) -> None:
    """Its way through the call, a few days apart from the others."""
    days, came = rules["days"], row["came"]
    started = int(row.get("started") or row.get("sent") or int(days["closes"]) + 2 + number % 7)
    diary.on(started, _write, rules, row)
    if came in ("draft", "submitted"):
        return
    if came == "ineligible":
        diary.on(days["checked"], _find, row, eligible=False)
        return
    diary.on(days["checked"], _find, row, eligible=True)
    for who, view, text in row.get("comments", []):
        diary.on(int(days["checked"]) - 2, _comment, row, who, view, text)
    diary.on(days["scored"], _score, rules, row)
    if "recommended" in row:
        diary.on(row["recommended"], _recommend, row)
    if "decided" not in days:
        return
    if came == "withdrawn":
        diary.on(int(days["checked"]) - 9, _withdraw, row)
    elif came == "rejected":
        diary.on(days["decided"], _settle, row, "reject")
    elif came == "awarded":
        diary.on(days["decided"], _award, row)
    else:
        _told_proposal(diary, days, row)


def _told_proposal(diary: Diary, days: dict[str, str], row: Said) -> None:
    came = row["came"]
    diary.on(days["decided"], _approve, row)
    if "extended" in row:
        diary.on(int(days["proposed"]) - 16, _extend, row)
    if came in ("proposed", "appraised"):
        diary.on(days["proposed"], _propose, row)
    if came == "appraised":
        diary.on(days["appraised"], _appraise, row)


def _of(row: Said) -> Application:
    return application_of(row["mail"])


def application_of(mail: str) -> Application:
    rows = Application.objects.select_related("call", "country")
    found: Application = rows.get(contact_email=f"{mail}@example.org")
    return found


def _write(story: Story, day: date, rules: Said, row: Said) -> None:
    """Asks for a link, types, and sends it unless it is still a draft."""
    now, language = at(day), row.get("language", "en")
    apply.ask_for_link(rules["ref"], f"{row['mail']}@example.org", language, day, now)
    made = _of(row)
    who = apply.applicant(made, day)
    sponsor = _maybe(Organisation, row.get("sponsor"))
    parts = apply.Parts(
        co_applicants=[(name, "works with us") for name in row.get("co", [])],
        sponsor=sponsor, sponsor_role="Stands behind it and knows the city." if sponsor else "",
        sponsor_letter=paper(f"letter-{row['mail']}.txt", f"We stand behind {row['title']}.") if sponsor else None,
        attachments=_no_objection(rules, row),
    )  # fmt: skip
    values = _values(story, day, rules, row, language)
    apply.save(who, made.ref, {key: str(value) for key, value in values.items() if value is not None}, parts)
    if row["came"] != "draft":
        apply.submit(who, made.ref, values, f"sent-{row['mail']}", now)


def _no_objection(rules: Said, row: Said) -> list[tuple[str, Any]]:
    if "no_objection" not in rules:
        return []
    letter = paper(f"no-objection-{row['mail']}.txt", "The government has no objection.")
    return [(Attachment.Kind.NO_OBJECTION, letter)]


def _values(story: Story, day: date, rules: Said, row: Said, language: str) -> Said:
    currency = rules["currency"]
    given: Said = {
        "applicant": row["who"], "contact_name": row["name"], "title": row["title"], "language": language,
        "summary": row.get("what", ""), "gender_statement": row.get("gender", ""), "city": row.get("city", ""),
        "country": _maybe(Place, row.get("country")),
    }  # fmt: skip
    for name, key in (("requested", "ask"), ("own_cash", "own")):
        given[name] = minor(row[key], currency) if key in row else None
    if "ask" in row:
        given |= {"starts": day + HALF_A_YEAR, "ends": day + HALF_A_YEAR + A_YEAR}
    return given


def _find(story: Story, day: date, row: Said, *, eligible: bool) -> None:
    """What no rule can read, somebody looked at."""
    made = _of(row)
    findings = [{"rule": f.rule, "met": f.met is not False, "said": f.said} for f in findings_of(made)]
    staff = story.actor("rosalba", day)
    applications.find(
        staff, made.ref, eligible=eligible, findings=findings, note=row.get("because", "") * (not eligible)
    )
    if eligible:
        chosen = "speaks in general" if "vulnerable" in made.gender_statement else "says what"
        screening.read_statement(staff, made.ref, chosen, made.gender_statement)


def _comment(story: Story, day: date, row: Said, who: str, view: str, text: str) -> None:
    actor = story.actor(who, day)
    organisation = donor.speaks_for(actor).order_by("pk").first()
    assert organisation is not None
    donor.comment(actor, _of(row).ref, organisation=organisation, view=view, text=text)


def _score(story: Story, day: date, rules: Said, row: Said) -> None:
    made = _of(row)
    if made.state != "eligible":
        return
    criteria = [criterion.ref for criterion in made.call.criteria.all()]
    if conflict := row.get("conflict"):
        panel.declare_conflict(story.actor(conflict, day), made.ref)
    if "points" not in row:
        return
    members = [story.actor(ref, day) for ref in rules["panel"]]
    for nth, member in enumerate([one for one in members if not in_conflict(one, made)][:2]):
        points = {ref: max(int(n) - nth, 0) for ref, n in zip(criteria, row["points"], strict=True)}
        # Where the panel's day lies ahead, the second has not sent theirs yet.
        sent = nth == 0 or "decided" in rules["days"]
        panel.score(member, made.ref, points=points, comment="Read twice." if nth else "", submit=sent)


def _recommend(story: Story, day: date, row: Said) -> None:
    applications.recommend(story.actor("rosalba", day), _of(row).ref)


def _approve(story: Story, day: date, row: Said) -> None:
    applications.approve(story.actor("ilsabet", day), _of(row).ref)


def _extend(story: Story, day: date, row: Said) -> None:
    until = story.ago(int(row["extended"]))
    reason = "The flood took the well that it is about; they measure again."
    applications.extend(story.actor("rosalba", day), _of(row).ref, due=until, reason=reason)


def _withdraw(story: Story, day: date, row: Said) -> None:
    made = _of(row)
    applications.settle(apply.applicant(made, day), made.ref, "withdraw", reason=row["because"])


def _settle(story: Story, day: date, row: Said, verb: str) -> None:
    applications.settle(story.actor("ilsabet", day), _of(row).ref, verb, reason=row["because"])


def _award(story: Story, day: date, row: Said) -> None:
    director = story.actor("ilsabet", day)
    applications.award(director, _of(row).ref, place=row["award"], category=row["category"])


def _propose(story: Story, day: date, row: Said) -> None:
    made = _of(row)
    who = apply.applicant(made, day)
    text = f"{made.summary}\n\n{made.gender_statement}\n\nWork plan, budget and results follow, page by page."
    apply.keep_proposal(who, made.ref, text, [paper(f"proposal-{row['mail']}.txt", text)])
    apply.propose(who, made.ref)


def _appraise(story: Story, day: date, row: Said) -> None:
    said = "Sound, and those it serves have a say in it. The budget adds up; the dates hold."
    applications.appraise(story.actor("rosalba", day), _of(row).ref, appraisal=said)


PORTAL = """Reference,Applicant organisation,Title,Contact e-mail,Country,City,Amount requested,Gender,Submitted on
HH-101,Shade Growers,Trees at bus stops,shade@example.org,Ghana,Sandy Anchor,64000,Women wait longest,2000-01-01
HH-102,Toldo Común,Toldos para la feria,toldo@example.org,Peru,Alto Cantera,38000,Venden mujeres,2000-01-01
HH-103,Arbres de Marché,Vingt arbres,arbres@example.org,Senegal,Anse-Bleue,29000,Les vendeuses choisissent,2000-01-01
HH-104,Tin Roofs,Roofs,roofs@example.org,Kenya,Port Amari,87000,,2000-01-01
HH-105,River Reeds,Reed shelters,reeds@example.org,Elsewhere,Reedham,12000,Woven by women,2000-01-01
"""


def _bring_in(story: Story, day: date, ref: str) -> None:
    """The other portal's export, as it came."""
    export = PORTAL.replace("2000-01-01", (day - timedelta(days=7)).isoformat())
    kept = keep(SimpleUploadedFile("portal.csv", export.encode(), "text/csv"))
    columns = portal.columns_of(got(Call, ref), portal.read_table(kept).headings)
    portal.bring_in(story.actor("rosalba", day), ref, kept, columns)
