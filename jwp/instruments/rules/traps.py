"""Ways of sounding gender-responsive that the standards name as not being it. Warnings only: a person judges."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caution:
    """A passage that fell into a trap; why is put into words at the edge, by the trap's code."""

    trap: str
    item: str  # the criterion it was quoted for, or "" for the proposal itself
    passage: str


@dataclass(frozen=True, slots=True)
class Trap:
    code: str
    source: str
    address: str
    patterns: tuple[str, ...]  # matched without accents and case

    def found_in(self, plain: str) -> list[tuple[int, int]]:
        return sorted({found.span() for pattern in self.patterns for found in re.finditer(pattern, plain)})


_WEAK = r"(?:vulnerable|marginali[sz]ed|disadvantaged|at-risk)"
_FAIBLES = r"(?:vulnerables|marginalise[es]?s|defavorise[es]?s|demuni[es]?s)"
_DEBILES = r"(?:vulnerables|marginad[ao]s|desfavorecid[ao]s|excluid[ao]s)"
_COUNTED = r"(?:participants|trainees|beneficiaries|members|attendees|staff|seats|places|those trained|speakers)"
_COMPTES = r"(?:participants?|stagiaires|beneficiaires|membres|sieges|places|personnes formees|intervenants)"
_CONTADOS = r"(?:participantes|beneficiari[ao]s|miembros|asistentes|plazas|escanos|personas capacitadas|ponentes)"

TRAPS = (
    Trap(
        "groups",
        "UN-SWAP on high-level gender results: lists of vulnerable groups, or women and children, do not count",
        "https://gendercoordinationandmainstreaming.unwomen.org/un-swap/high-level-gender-related-results",
        (
            rf"\bwomen\b[^.;]{{0,60}}?(?:\band|\bor|&)(?: other| the)? {_WEAK}(?: \w+)?",
            rf"\b{_WEAK} (?:groups?|people|populations?|persons?|communities)[^.;]{{0,40}}?\bwomen\b",
            r"\bwomen(?:,| and| &)(?: the)? children\b",
            rf"\bfemmes\b[^.;]{{0,60}}?\b(?:et|ou)(?: les| des| aux)?(?: autres)? (?:\w+ )?{_FAIBLES}",
            rf"\b(?:groupes?|personnes|populations?) {_FAIBLES}[^.;]{{0,40}}?\bfemmes\b",
            r"\bfemmes(?:,| et)(?: les| des| aux)? enfants\b",
            rf"\bmujeres\b[^.;]{{0,60}}?\b(?:y|e|u|o)(?: los| las| a)?(?: otr[ao]s)? (?:\w+ )?{_DEBILES}",
            rf"\b(?:grupos?|personas|poblaci(?:on|ones)) {_DEBILES}[^.;]{{0,40}}?\bmujeres\b",
            r"\bmujeres(?:,| y)(?: los| las)? (?:ninos|ninas y ninos|menores)\b",
        ),
    ),
    Trap(
        "parity",
        "Gender results effectiveness scale: counting women and men, such as fifty-fifty, is targeted, not responsive",
        "https://issuu.com./undp-evaluation/docs/report_icpe_zambia/21",
        (
            r"\b50 ?[/:-] ?50\b",
            r"\bfifty[- ]fifty\b",
            r"\b(?:gender|sex|numerical) (?:parity|balance)\b",
            r"\bequal (?:numbers?|shares?|participation) of (?:women and men|men and women|girls and boys)\b",
            r"\bas many women as men\b",
            r"\bhalf (?:of )?(?:the |all )?(?:\w+ )?(?:are|were|will be|to be|must be) women\b",
            rf"\b\d+ ?(?:%|per ?cent) (?:of (?:the |all )?(?:\w+ )?{_COUNTED}|(?:women|female) {_COUNTED})",
            r"\bparite\b",
            r"\bmoitie[- ]moitie\b",
            r"\b(?:autant de femmes que d.hommes|nombre egal (?:de femmes et d.hommes|d.hommes et de femmes))\b",
            r"\bmoitie (?:des|de femmes parmi les) \w+[^.;]{0,30}\bfemmes\b",
            rf"\b\d+ ?(?:%|pour cent) (?:de femmes parmi (?:les )?|de |des |d.){_COMPTES}",
            r"\bparidad\b",
            r"\bmitad y mitad\b",
            r"\b(?:tantas mujeres como hombres|(?:igual|mismo) numero de (?:mujeres y hombres|hombres y mujeres))\b",
            r"\bla mitad de (?:l[ao]s )?\w+[^.;]{0,30}\bmujeres\b",
            rf"\b\d+ ?(?:%|por ciento) de (?:l[ao]s )?{_CONTADOS}",
        ),
    ),
    Trap(
        "policy",
        "UN-SWAP on high-level gender results: a result that sits only in a gender policy does not count",
        "https://gendercoordinationandmainstreaming.unwomen.org/un-swap/high-level-gender-related-results",
        (
            r"\b(?:has|have|had|adopt(?:s|ed|ing)?|approv(?:es|ed)|developed?|follows?|in line with|under|per)"
            r"(?: \w+){0,3} gender(?:[ -]equality|[ -]mainstreaming)? (?:policy|strategy|action plan|plan)\b",
            r"\bgender(?:[ -]equality|[ -]mainstreaming)? (?:policy|strategy|action plan)(?: \w+){0,3}"
            r" (?:in place|adopted|approved|exists?|developed|drafted|will be)\b",
            r"\b(?:dispose|dispos(?:ons|ent)|adopt(?:e|ee|er|ons|ent)|approuve[es]?|elabor(?:e|ee|er)|conforme(?:ment)?)"
            r"[^.;]{0,30}\b(?:politique|strategie|plan d.action) (?:genre|(?:de |du |d.|en matiere de |sur le )"
            r"(?:genre|egalite))",
            r"\b(?:politique|strategie|plan d.action) (?:genre|(?:de |du |d.|en matiere de |sur le )(?:genre|egalite))"
            r"[^.;]{0,40}\b(?:en place|adoptee?|approuvee?|existe|sera)\b",
            r"\b(?:tiene|tenemos|tienen|cuenta con|contamos con|adopt(?:a|o|ara|ar|amos)|aprob(?:o|ara|ar)|conforme a"
            r"|segun)[^.;]{0,30}\b(?:politica|estrategia|plan de accion|plan)(?: institucional)?"
            r" de (?:genero|igualdad)",
            r"\b(?:politica|estrategia|plan de accion) de (?:genero|igualdad)[^.;]{0,40}\b(?:vigente|adoptad[ao]"
            r"|aprobad[ao]|existe|sera)\b",
        ),
    ),
)


def traps_in(text: str, item: str = "") -> Iterator[Caution]:
    """Every trap that a passage falls into, once each, with the words that did it.

    >>> [w.trap for w in traps_in("We will reach women and other vulnerable groups, half of them 50/50.")]
    ['groups', 'parity']
    >>> list(traps_in("Women's groups decide where the street lights go."))
    []
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    plain = "".join(unicodedata.normalize("NFD", letter)[0] for letter in text).lower()
    for trap in TRAPS:
        if spans := trap.found_in(plain):
            start, end = spans[0]
            yield Caution(trap.code, item, text[start:end])
