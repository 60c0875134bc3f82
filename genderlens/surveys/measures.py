"""The functions the catalogue names: each makes a table of people beside what they did, and says what to estimate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from genderlens.findings import Finding, Refused
from genderlens.surveys.catalogue import Indicator
from genderlens.surveys.estimates import estimate
from genderlens.surveys.opened import values
from genderlens.surveys.people import PERSON, People, sums_by_person
from genderlens.surveys.statistics import Mean, Proportion, Quantile, Stat

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table

DAY = 24 * 60


@dataclass(frozen=True)
class Part:
    """One figure of an indicator: `word` names it, as the answer it is the share of."""

    word: str
    stat: Stat
    unit: str = "percent"


@dataclass(frozen=True)
class Measure:
    table: Table
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...] = ()
    where: BooleanValue | None = None


Function = Callable[[People, Indicator], Measure]


def trips_by(people: People, indicator: Indicator) -> Measure:
    """Share of trips of each word of a role; a word that is left out is neither above nor below."""
    role = indicator.parameters["role"]
    trips = people.did("trips", [role])
    if out := indicator.parameters.get("leave_out"):
        trips = trips.mutate(**{role: trips[role].nullif(out)})
    table = people.beside(trips)
    return Measure(table, tuple(Part(str(word), Proportion(role, word)) for word in values(trips, role, 40)))


def care_trips(people: People, indicator: Indicator) -> Measure:
    """Trips of care as recounted, each kind of them, and what the usual counts see."""
    chosen, has = indicator.parameters, people.survey.declaration.has
    roles = [role for role in ("purpose", "accompanied", "mode", "minutes") if has("trips", role)]
    trips = people.did("trips", roles)
    asked, findings = _words_asked(people, indicator, "trips", "purpose", chosen["care"])
    counted = trips.purpose.notnull() & (trips.purpose != "home")
    care = trips.purpose.isin(asked)
    kinds = {f"care_{word}": trips.purpose == word for word in asked}
    if has("trips", "accompanied"):
        company = trips.purpose.isin(chosen["in_company"]) & (trips.accompanied == "yes").fill_null(False)
        kinds["care_in_company"] = company
        care = care | company
    else:
        findings.append(_lacks(indicator, "trips accompanied", "visits and leisure in company are not recounted"))
    columns: dict[str, Any] = {name: _share(is_it, counted) for name, is_it in {"care": care, **kinds}.items()}
    if "care" in asked:
        columns["usual"] = _share(trips.purpose == "care", counted)
    if has("trips", "mode") and has("trips", "minutes"):
        short = ((trips["mode"] == "walk") & (trips.minutes < chosen["short_walk"])).fill_null(False)
        columns["without_short_walks"] = _share(care, counted & ~short)
    else:
        findings.append(_lacks(indicator, "trips mode and minutes", "short walks cannot be told apart"))
    table = people.beside(trips.select(PERSON, **columns))
    return Measure(table, tuple(Part(name, Proportion(name, 1)) for name in columns), tuple(findings))


def chains(people: People, indicator: Indicator) -> Measure:
    """Tours of each person: as declared, else from home to home in the order of departures."""
    chosen, has = indicator.parameters, people.survey.declaration.has
    roles = [role for role in ("purpose", "chain", "start") if has("trips", role)]
    trips = people.did("trips", roles)
    if "chain" not in roles:
        # Counting the ways back home that came before a trip numbers the tours.
        before = ibis.window(group_by=PERSON, order_by=trips.start, preceding=(None, 1))
        home = (trips.purpose == "home").fill_null(False).cast("int64")
        trips = trips.mutate(chain=home.sum().over(before).fill_null(0).cast("string"))
    stop = trips.purpose.isin(chosen["care"]).fill_null(False) if "purpose" in roles else ibis.literal(False)
    tours = trips.group_by(PERSON, "chain").aggregate(trips=trips.count(), care=stop.cast("int64").max())
    tours = tours.mutate(chained=(tours.trips >= chosen["stop"]).cast("float64"), care=tours.care.cast("float64"))
    parts = [Part("chained", Proportion("chained", 1)), Part("trips_in_tour", Mean("trips"), "trips")]
    findings = []
    if "purpose" in roles:
        parts.append(Part("care_stop", Proportion("care", 1)))
    else:
        findings.append(_lacks(indicator, "trips purpose", "stops for care cannot be told"))
    return Measure(people.beside(tours.drop("chain")), tuple(parts), tuple(findings))


def travelled(people: People, indicator: Indicator) -> Measure:
    """Minutes and trips of each person; nobody's day is known by half: one trip without minutes makes it unknown."""
    trips = people.did("trips", ["minutes"])
    days = sums_by_person(
        trips, minutes=trips.minutes.sum(), trips=trips.count(), unknown=trips.minutes.isnull().sum()
    )  # fmt: skip
    table = people.beside(days)
    none = table.trips.isnull()
    table = table.mutate(
        minutes=ibis.cases((none, 0.0), (table.unknown > 0, ibis.null("float64")), else_=table.minutes),
        trips=table.trips.fill_null(0),
        moved=(~none).cast("float64"),
    )
    parts = (Part("minutes", Mean("minutes"), "minutes"), Part("trips", Mean("trips"), "trips"),
             Part("moved", Proportion("moved", 1)))  # fmt: skip
    return Measure(table, parts)


def time_poor(people: People, indicator: Indicator) -> Measure:
    """Whether a person's work, paid and unpaid, is longer than so many times the median of all."""
    words, findings = list(indicator.parameters["work"]), list[Finding]()
    if not people.survey.declaration.has("persons", "unpaid_minutes"):
        words, findings = _words_asked(people, indicator, "episodes", "activity", words)
    table = _worked(people, words)
    median = estimate(table, people.design, [Quantile("work", 0.5)]).table["estimate"][0].as_py()
    line = indicator.parameters["times_median"] * (median or 0)
    table = table.mutate(time_poor=(table.work > line).cast("float64"))
    note = Finding("note", "time-line", indicator.id, f"the line is {line:.0f} minutes of work in a day, which is"
                   f" {indicator.parameters['times_median']} times the median of {median:.0f}.")  # fmt: skip
    return Measure(table, (Part("time_poor", Proportion("time_poor", 1)),), (*findings, note))


def unpaid(people: People, indicator: Indicator) -> Measure:
    """Share of 24 hours in unpaid work; of episodes, care and housework apart as well."""
    if people.survey.declaration.has("persons", "unpaid_minutes"):
        table = people.with_roles("unpaid_minutes")
        return Measure(table.mutate(unpaid=table.unpaid_minutes / DAY), (Part("unpaid", Mean("unpaid")),))
    words, findings = _words_asked(people, indicator, "episodes", "activity", indicator.parameters["work"])
    days = _minutes_of(people, words)
    table = people.beside(days)
    known = table.minutes_known
    columns = {word: ibis.ifelse(known > 0, table[word], ibis.null("float64")) / DAY for word in words}
    columns["unpaid"] = sum(columns.values(), start=ibis.literal(0.0))
    parts = [Part("unpaid", Mean("unpaid")), *(Part({"care": "unpaid_care"}.get(w, w), Mean(w)) for w in words)]
    return Measure(table.mutate(**columns), tuple(parts), tuple(findings))


def people_who(people: People, indicator: Indicator) -> Measure:
    """Share of people whose answer is one word, among those who answered."""
    role, word = indicator.parameters["role"], indicator.parameters["word"]
    return _among(people, indicator, [(role, word, role)])


def harassed(people: People, indicator: Indicator) -> Measure:
    measure = people_answers(people, indicator, "harassed", {"harassed": ("yes",)})
    if not people.survey.declaration.has("persons", "harassment_kind"):
        lacks = _lacks(indicator, "persons harassment_kind", "sexual and non-sexual harassment are not told apart")
        return Measure(measure.table, measure.parts, (lacks,), measure.where)
    kinds = {"sexual": ("sexual", "both"), "non_sexual": ("non-sexual", "both")}
    return people_answers(people, indicator, "harassment_kind", kinds, measure)


def tenure(people: People, indicator: Indicator) -> Measure:
    """Documents and perceived security, whichever were asked."""
    asked = [role for role in ("tenure_documents", "tenure_secure") if people.survey.declaration.has("persons", role)]
    measure = _among(people, indicator, [(role, "yes", role) for role in asked])
    lacking = [role for role in ("tenure_documents", "tenure_secure") if role not in asked]
    findings = [_lacks(indicator, f"persons {role}", "only half of the indicator is given") for role in lacking]
    return Measure(measure.table, measure.parts, (*measure.findings, *findings), measure.where)


def people_answers(
    people: People, indicator: Indicator, role: str, kinds: Mapping[str, Sequence[str]], before: Measure | None = None
) -> Measure:
    """Shares of people whose answer to one question is among some words."""
    table = before.table if before else people.table
    answer = table[f"_{role}"]
    columns = {name: _share(answer.isin(list(words)), answer.notnull()) for name, words in kinds.items()}
    parts = tuple(Part(name, Proportion(name, 1)) for name in columns)
    return Measure(table.mutate(**columns), (*(before.parts if before else ()), *parts))


def _among(people: People, indicator: Indicator, asked: Sequence[tuple[str, str, str]]) -> Measure:
    table = people.table
    columns = {name: _share(table[f"_{role}"] == word, table[f"_{role}"].notnull()) for role, word, name in asked}
    table = table.mutate(**columns)
    parts = tuple(Part(name, Proportion(name, 1)) for name in columns)
    if not indicator.adults:
        return Measure(table, parts)
    adult = people.survey.declaration.adult
    if not people.survey.declaration.has("persons", "age"):
        lacks = _lacks(indicator, "persons age", "everybody in the file is taken as an adult")
        return Measure(table, parts, (lacks,))
    return Measure(table, parts, (), table["_age"] >= adult)


def _worked(people: People, words: Sequence[str]) -> Table:
    """`work`: minutes of paid and unpaid work of each person; null when the day is not known."""
    has = people.survey.declaration.has
    if has("persons", "paid_minutes") and has("persons", "unpaid_minutes"):
        table = people.with_roles("paid_minutes", "unpaid_minutes")
        return table.mutate(work=table.paid_minutes + table.unpaid_minutes)
    table = people.beside(_minutes_of(people, words))
    total = sum((table[word] for word in words), start=ibis.literal(0.0))
    return table.mutate(work=ibis.ifelse(table.minutes_known > 0, total, ibis.null("float64")))


def _minutes_of(people: People, words: Sequence[str]) -> Table:
    """Minutes of each activity by person, and the minutes of the day that are known."""
    episodes = people.did("episodes", ["activity", "minutes"])
    known = {word: ibis.ifelse(episodes.activity == word, episodes.minutes, 0.0).sum() for word in words}
    return sums_by_person(episodes, minutes_known=episodes.minutes.sum(), **known)


def _words_asked(
    people: People, indicator: Indicator, table: str, role: str, words: Sequence[str]
) -> tuple[list[str], list[Finding]]:
    """The words that the survey knows. One it does not know is not a zero: it is left out, and that is said."""
    column = people.survey.declaration.tables[table].columns[role]
    there = set(column.codes.values()) if column.codes else set(values(people.did(table, [role]), role))
    asked = [word for word in words if word in there]
    if not asked:
        what = f"cannot be computed: needs one of {', '.join(words)} among the {role} of {table}."
        raise Refused(Finding("stop", "cannot-be-computed", indicator.id, what))
    lacking = [word for word in words if word not in there]
    return asked, [_lacks(indicator, f"{role} “{word}” of {table}", "it is not counted") for word in lacking]


def _share(is_it: Any, counted: Any) -> Any:
    """1 or 0 among the counted, null elsewhere."""
    return ibis.ifelse(counted, is_it.fill_null(False).cast("float64"), ibis.null("float64"))


def _lacks(indicator: Indicator, needs: str, so: str) -> Finding:
    return Finding("note", "says-less", indicator.id, f"the survey has no {needs}: {so}.", "Declare it if it has.")


FUNCTIONS: Mapping[str, Function] = {
    function.__name__: function
    for function in (trips_by, care_trips, chains, travelled, time_poor, unpaid, people_who, harassed, tenure)
}
