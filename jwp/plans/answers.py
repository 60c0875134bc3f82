"""What people type into a report, read without losing anything: an answer, and every problem with it at once.

Keys of what is typed: `women`, `men`, `not_stated`, `total` (numbers; "12/40" for a ratio), `progress`, `words`,
`no_data` (no data, because ...), `comment`, `estimated`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from jwp.indicators.models import Observation
from jwp.indicators.rules import Cell, problems, with_totals
from jwp.indicators.words import tell
from jwp.plans.models import Report, Target

SEXES = {"women": "f", "men": "m", "not_stated": "x", "total": ""}
KEYS = (*SEXES, "progress", "words", "no_data", "comment", "estimated")


@dataclass
class Answer:
    """A report's content, understood. `problems` are (key, what to write instead)."""

    cells: tuple[Cell, ...] = ()
    value: Decimal | None = None
    progress: str = ""
    value_text: str = ""
    no_data: str = ""
    comment: str = ""
    estimated: bool = False
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing was answered: a comment alone is not a report."""
        return not (self.cells or self.value is not None or self.progress or self.value_text or self.no_data)


class NotANumber(ValueError):
    """Its text says what to write instead."""


# One mark groups, by threes (in South Asia by twos before them); another one is the point.
GROUPED = r"\d+|\d{1,3}(?:(?P<group>[.,'])(?:\d{2,3}(?P=group))*\d{3})"
NUMBER = re.compile(rf"(?P<sign>[-+]?)(?P<whole>{GROUPED})(?:(?P<point>[.,])(?P<rest>\d+))?")


def number(text: str, decimals: int = 4) -> Decimal:
    """A number as people write it. Raises NotANumber where 1,234 could mean two things, or 20.9.2026 none.

    Spaces and apostrophes only group; where only whole numbers are asked for, a mark before three digits groups too.
    """
    bare = re.sub(r"[\s\u00a0\u202f’]", "'", text.strip().removesuffix("%").strip())
    found = NUMBER.fullmatch(bare)
    if found is None or (found["group"] and found["group"] == found["point"]):
        raise NotANumber(_("“%(text)s” is not a number. Write digits only, such as 120.") % {"text": text})
    whole, rest = re.sub(r"\D", "", found["whole"]), found["rest"] or ""
    if len(rest) == 3 and not found["group"] and len(whole) <= 3 and int(whole):
        if decimals:
            raise NotANumber(
                _("%(text)s can be read two ways: write %(plain)s, or one more decimal.")
                % {"text": text, "plain": found["sign"] + whole + rest}
            )
        whole, rest = whole + rest, ""
    value = Decimal(found["sign"] + whole + (f".{rest}" if rest else ""))
    if len(value.as_tuple().digits) > 15 or abs(value) >= Decimal(10) ** 11:
        raise NotANumber(_("%(text)s is too large a number to be true here.") % {"text": text})
    return value


def read(target: Target, typed: Mapping[str, str], cells: Sequence[Cell] = ()) -> Answer:
    """Understand what was typed for one target; `cells` (with age or place) where it did not come from a form."""
    text = {key: str(typed.get(key) or "").strip() for key in KEYS}
    answer = Answer(
        no_data=text["no_data"],
        comment=text["comment"],
        estimated=text["estimated"] not in ("", "0", "false"),
    )
    if target.kind == Target.Kind.NUMBER:
        _check_cells(target, cells or _typed_cells(target, text, answer), answer)
    elif target.kind == Target.Kind.MILESTONE:
        answer.progress, answer.value_text = text["progress"], text["words"]
        if text["progress"] not in ("", *Report.Progress.values):
            answer.problems.append(("progress", _("Choose one of the list.")))
    elif target.kind == Target.Kind.RATING:
        answer.value_text = text["words"]
        if text["words"] and target.scale and text["words"] not in target.scale:
            answer.problems.append(("words", _("Choose one of: %(scale)s.") % {"scale": ", ".join(target.scale)}))
    else:
        answer.value_text = text["words"]
    if len(answer.value_text) > 1000:
        answer.problems.append(("words", _("Keep it under 1,000 characters; put more in the comment.")))
    if len(answer.no_data) > 500:
        answer.problems.append(("no_data", _("Keep it under 500 characters; put more in the comment.")))
    if answer.no_data and (answer.cells or answer.progress or answer.value_text):
        answer.problems.append(("no_data", _("Either give a value, or say why there is none.")))
    return answer


def _typed_cells(target: Target, text: Mapping[str, str], answer: Answer) -> list[Cell]:
    indicator = target.indicator
    ratio = indicator is not None and indicator.aggregation == "ratio"
    decimals = indicator.decimals if indicator else 4
    cells = []
    for key, sex in SEXES.items():
        if not text[key]:
            continue
        try:
            cells.append(_ratio_cell(text[key], sex) if ratio else Cell(number(text[key], decimals), sex))
        except NotANumber as error:
            answer.problems.append((key, str(error)))
    return cells


def _check_cells(target: Target, cells: Sequence[Cell], answer: Answer) -> None:
    indicator = target.indicator
    if answer.problems or not cells or indicator is None:
        return
    definition = indicator.facts(series=indicator.ref)
    answer.cells = with_totals(definition, cells)
    answer.problems += [("total", tell(problem)) for problem in problems(definition, answer.cells)]
    total = next((cell for cell in answer.cells if cell.at == ("", "", "")), None)
    answer.value = total.value if total else None


def _ratio_cell(text: str, sex: str) -> Cell:
    part, _slash, whole = text.partition("/")
    if not whole:
        raise NotANumber(_("Write how many out of how many, such as 12/40: shares cannot be added up otherwise."))
    return Cell(None, sex, numerator=number(part), denominator=number(whole))


def typed_from(report: Report) -> dict[str, str]:
    """A report's content as it would be typed again, to correct it or to fill in the next one."""
    typed = {
        "progress": report.progress, "words": report.value_text, "no_data": report.no_data_because,
        "comment": report.comment,
    }  # fmt: skip
    if report.reading is not None:
        cells = {cell.sex: cell for cell in report.reading.cells.all() if not cell.age and cell.place_id is None}
        typed |= {key: _plain(cells[sex]) for key, sex in SEXES.items() if sex in cells}
        if "women" in typed and "men" in typed:
            # The total follows from its parts; typed again, it would contradict the first part that changes.
            typed.pop("total", None)
    return {key: value for key, value in typed.items() if value}


def _plain(cell: Observation) -> str:
    if cell.denominator is not None:
        return f"{_digits(cell.numerator)}/{_digits(cell.denominator)}"
    return _digits(cell.value)


def _digits(value: Decimal | None) -> str:
    """Digits that `number` reads again: three decimals would look like a group of thousands."""
    digits = "" if value is None else f"{value.normalize():f}"
    return f"{digits}0" if re.search(r"\.\d{3}$", digits) else digits
