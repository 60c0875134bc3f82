"""What the pages of applications may say: a finding, an award, what a gate lacks, an instant in its zone."""

from __future__ import annotations

from datetime import datetime

from django import template

from jwp.grants import call_words, words
from jwp.grants.rules.eligibility import Finding
from jwp.grants.rules.gate import Passage
from jwp.instruments.models import AnswerSheet
from jwp.instruments.words import called

register = template.Library()


@register.filter
def said(finding: Finding) -> str:
    return call_words.said(finding)


@register.filter
def instrument_name(pin: str) -> str:
    return called(pin)


@register.filter
def phase_name(phase: str) -> str:
    return str(dict(AnswerSheet.Phase.choices).get(phase, phase))


@register.filter
def award_words(award: str) -> str:
    return words.award_words(award)


@register.filter
def in_words(language: str) -> str:
    return call_words.language_name(language)


@register.filter
def missing_words(passage: Passage) -> str:
    return ", ".join(map(words.gate_lacks, passage.missing))


@register.simple_tag
def said_at(at: datetime, zone: str) -> str:
    """In the named zone, and in the reader's where that is another clock."""
    return call_words.instant(at, zone)
