"""Who: members, bodies, offices, people and the seats that join them. Every name is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from jwp.core.door import open_door
from jwp.core.models import Partnership, User
from jwp.core.period import add_months
from jwp.desk.example.story import Story, got, office
from jwp.partners import actions
from jwp.partners.actions.people import verified
from jwp.partners.models import Body, Constituency, Membership, Office, Organisation, Person, Place, Seat

# The demonstration sign-ins share it; it is printed at every start, and opens nothing but the example.
PASSWORD = "lanterns at dusk"

PLACES = (
    ("meridia", "Meridia", "country", None), ("tavoland", "Tavoland", "country", None),
    ("quellaria", "Quellaria", "country", None), ("alderport", "Alderport", "city", "meridia"),
    ("tarnhollow", "Tarnhollow", "city", "meridia"), ("san-iriso", "San Iriso", "city", "tavoland"),
    ("vellmark", "Vellmark", "city", "quellaria"), ("lower-quay", "Lower Quay", "area", "alderport"),
)  # fmt: skip
CONSTITUENCIES = (
    ("governments", "Governments"), ("multilateral", "International institutions"),
    ("local", "Associations of towns"), ("civil", "Civil society"), ("private", "Companies and foundations"),
    ("research", "Universities and research"),
)  # fmt: skip
# ref, name, constituency (empty: no member), kind of membership, country
ORGANISATIONS = (
    ("gov-meridia", "Government of Meridia", "governments", "full", "meridia"),
    ("gov-tavoland", "Government of Tavoland", "governments", "full", "tavoland"),
    ("gov-quellaria", "Government of Quellaria", "governments", "full", "quellaria"),
    ("common-streets", "Agency for Common Streets", "multilateral", "full", None),
    ("hill-harbour", "Bank for Hill and Harbour", "multilateral", "full", None),
    ("river-league", "League of River Towns", "local", "full", None),
    ("quellarian-towns", "Union of Quellarian Towns", "local", "associate", "quellaria"),
    ("delta-dwellers", "Delta Dwellers’ Network", "civil", "full", "tavoland"),
    ("market-women", "Market Women of Tavoland", "civil", "full", "tavoland"),
    ("moonlamp", "Moonlamp Foundation", "private", "full", None),
    ("city-life", "Institute of City Life, Vellmark", "research", "full", "quellaria"),
    ("fernhill", "Fernhill Trust", "private", "associate", None),
    ("brightwater", "Brightwater Works", "", "", "meridia"),
    ("ledger-lamp", "Ledger & Lamp, auditors", "", "", None),
)
# ref, name, kind, how it decides, quorum, seats at most, the role of whoever sits there
BODIES = (
    ("assembly", "Assembly of Members", "assembly", "consensus", None, None, ""),
    ("board", "Management Board", "board", "consensus", 4, 9, "board"),
    ("membership-committee", "Membership Committee", "committee", "vote", 3, 5, ""),
    ("secretariat", "Secretariat", "secretariat", "consensus", None, None, ""),
    ("audit", "External audit", "committee", "consensus", None, 1, ""),
)
# ref, body, name, kind, role, reports to
OFFICES = (
    ("director", "secretariat", "Director", "post", "director", None),
    ("programmes-head", "secretariat", "Head of Programmes", "post", "staff", "director"),
    ("gender-team", "secretariat", "Gender Team", "unit", "gender team", "director"),
    ("country-unit", "secretariat", "Country Programmes Unit", "unit", "staff", "programmes-head"),
    ("learning-unit", "secretariat", "Learning Unit", "unit", "staff", "programmes-head"),
    ("members-desk", "secretariat", "Members’ Desk", "unit", "staff", "director"),
    ("people-finance", "secretariat", "People and Finance Unit", "unit", "staff", "director"),
    ("voice-unit", "secretariat", "Communications Unit", "unit", "staff", "director"),
    ("systems", "secretariat", "System administrator", "post", "administrator", "director"),
    ("chair", "board", "Chair of the Board", "post", "chair", None),
    ("president", "assembly", "President of the Assembly", "post", "", None),
    ("focal-point", "assembly", "Focal point", "post", "focal point", None),
    ("river-league-office", "assembly", "League of River Towns", "unit", "focal point", None),
    ("auditor", "audit", "Auditor", "post", "auditor", None),
)


@dataclass(frozen=True)
class Somebody:
    name: str
    organisation: str = ""
    language: str = "en"
    signs_in: bool = False

    @property
    def ref(self) -> str:
        return self.name.split(" ")[0].lower()


# In the order of the sign-in page. Wenna has no sign-in: she reports from her telephone, by link.
PEOPLE = (
    Somebody("Ilsabet Marrowby", signs_in=True), Somebody("Thandeka Quillstone", signs_in=True),
    Somebody("Joren Ashdune", signs_in=True), Somebody("Rosalba Thistledown", language="es", signs_in=True),
    Somebody("Bastian Oakmere", signs_in=True), Somebody("Tobin Greyfen", signs_in=True),
    Somebody("Zinnia Barrowmoor", language="fr", signs_in=True), Somebody("Nadira Stonewater", signs_in=True),
    Somebody("Ottoline Reedmarsh", "gov-meridia", signs_in=True),
    Somebody("Valeria Moonfield", signs_in=True), Somebody("Hektor Palewater", "gov-meridia", signs_in=True),
    Somebody("Odo Brasswick", signs_in=True), Somebody("Sixten Harrowgate", "ledger-lamp", signs_in=True),
    Somebody("Wenna Tidewater", "river-league", "fr"), Somebody("Marek Lindenvale"),
    Somebody("Yusra Fallowmere"), Somebody("Pia Windermoor"), Somebody("Casimir Dunmarsh", signs_in=True),
    Somebody("Sunniva Brookmoss", "gov-tavoland", "es"), Somebody("Anselm Rookhollow", "river-league", "fr"),
    Somebody("Delphine Sorrelwood", "delta-dwellers", "fr"), Somebody("Imre Coldspring", "hill-harbour"),
    Somebody("Lucasta Fernlight", "moonlamp"), Somebody("Gideon Saltmere", "common-streets"),
    Somebody("Petra Willowgate", "moonlamp"), Somebody("Ximena Duskfield", "market-women", "es"),
    # The panel of a call: from outside, without a seat.
    Somebody("Isaura Thornbridge", "city-life", signs_in=True), Somebody("Leopold Fennimore"),
    Somebody("Basma Eldercroft"),
)  # fmt: skip
SECRETARIAT = (
    ("ilsabet", "director"), ("thandeka", "gender-team"), ("joren", "gender-team"),
    ("bastian", "programmes-head"), ("rosalba", "country-unit"), ("marek", "learning-unit"),
    ("yusra", "members-desk"), ("tobin", "members-desk"), ("casimir", "people-finance"), ("pia",
    "voice-unit"),
)  # fmt: skip
BOARD = (
    ("hektor", "gov-meridia"), ("sunniva", "gov-tavoland"), ("anselm", "river-league"),
    ("delphine", "delta-dwellers"), ("imre", "hill-harbour"), ("petra", "moonlamp"),
)  # fmt: skip
COMMITTEE = (("hektor", "gov-meridia"), ("delphine", "delta-dwellers"), ("anselm", "river-league"))


def found(story: Story) -> None:
    """Set the partnership up: its members, bodies, offices and first people."""
    founder, long_ago = story.founder(), add_months(story.begun, -36)
    with open_door(founder) as door:
        door.add(
            Partnership(
                ref="partnership",
                name="Lantern Cities Partnership",
                languages=["en", "fr", "es"],
                time_zone="UTC",
                fictional=True,
            )
        )
    for ref, name, kind, within in PLACES:
        actions.add(founder, Place(ref=ref, name=name, kind=kind, within=got(Place, within) if within else None))
    for order, (ref, name) in enumerate(CONSTITUENCIES, start=1):
        actions.add(founder, Constituency(ref=ref, name=name, order=order))
    for ref, name, constituency, kind, country in ORGANISATIONS:
        row = actions.add(founder, Organisation(ref=ref, name=name, country=got(Place, country) if country else None))
        if constituency:
            left = story.begun - timedelta(days=30) if ref == "fernhill" else None
            actions.add(
                founder,
                Membership(
                    organisation=row,
                    constituency=got(Constituency, constituency),
                    kind=kind,
                    starts=long_ago,
                    ends=left,
                ),
            )
    for ref, name, kind, rule, quorum, at_most, role in BODIES:
        actions.add(
            founder,
            Body(
                ref=ref,
                name=name,
                kind=kind,
                decides_by=rule,
                quorum=quorum,
                seats_at_most=at_most,
                role=role,
            ),
        )
    for ref, body, name, kind, role, above in OFFICES:
        actions.add(
            founder,
            Office(
                ref=ref,
                body=got(Body, body),
                name=name,
                kind=kind,
                role=role,
                reports_to=office(above) if above else None,
            ),
        )
    for one in PEOPLE:
        actions.add_person(
            founder,
            Person(
                ref=one.ref,
                name=one.name,
                email=f"{one.ref}@example.org",
                language=one.language,
                organisation=got(Organisation, one.organisation) if one.organisation else None,
            ),
        )
    _seat_everybody(story, long_ago)
    _give_sign_ins(story)


def _seat_everybody(story: Story, long_ago: date) -> None:
    founder = story.founder()
    # Three years, the first of which lay before this system.
    board_from, board_until = add_months(story.begun, -4), add_months(story.begun, 32)

    def seat(
        person: str, body: str, at: str = "", for_: str = "", starts: date = long_ago,
        ends: date | None = None,
        ex_officio: bool = False,
    ) -> None:  # fmt: skip
        actions.give_seat(
            founder,
            Seat(
                person=got(Person, person),
                body=got(Body, body),
                office=office(at) if at else None,
                organisation=got(Organisation, for_) if for_ else None,
                starts=starts,
                ends=ends,
                ex_officio=ex_officio,
            ),
        )

    seat("odo", "secretariat", "systems")
    for person, at in SECRETARIAT:
        seat(person, "secretariat", at)
    seat("valeria", "board", "chair", starts=board_from, ends=board_until)
    for person, for_ in BOARD:
        seat(person, "board", for_=for_, starts=board_from, ends=board_until)
    seat("gideon", "board", for_="common-streets", starts=board_from, ex_officio=True)
    for person, for_ in COMMITTEE:
        seat(person, "membership-committee", for_=for_, starts=board_from, ends=board_until)
    seat("ottoline", "assembly", "focal-point", "gov-meridia")
    seat("ximena", "assembly", "focal-point", "market-women")
    seat("wenna", "assembly", "river-league-office", "river-league")


def _give_sign_ins(story: Story) -> None:
    hashed = make_password(PASSWORD)  # once: it is slow on purpose
    with open_door(story.founder()) as door:
        for one in PEOPLE:
            if one.signs_in:
                person = door.lock(Person, one.ref)
                user = User(email=person.email, language=person.language, password=hashed, demonstration=True)
                user.save()
                verified(user)
                door.change(person, "join", user=user)


def people_come_and_go(story: Story) -> None:
    """What changed between the first and the second round."""
    day = add_months(story.m6, 2)
    director = story.actor("ilsabet", day)
    actions.leave(director, "casimir", day - timedelta(days=1), got(Person, "nadira"), reason="A new post in Vellmark")
    # Marek works elsewhere for a year; Zinnia acts, and is asked before him.
    actions.give_seat(
        director,
        Seat(
            person=got(Person, "zinnia"),
            body=got(Body, "secretariat"),
            office=office("learning-unit"),
            starts=day,
            acting=True,
        ),
    )
    # Moonlamp sends somebody else to the Board for the rest of the term.
    petra = Seat.objects.get(person__ref="petra")
    actions.end_seat(director, petra.ref, day, reason="Retired")
    actions.give_seat(
        director,
        Seat(
            person=got(Person, "lucasta"),
            body=petra.body,
            organisation=petra.organisation,
            starts=day + timedelta(days=1),
            ends=petra.ends,
        ),
    )


def lend_the_auditor_a_seat(story: Story) -> None:
    day = story.ago(60)
    actions.give_seat(
        story.actor("odo", day),
        Seat(
            person=got(Person, "sixten"),
            body=got(Body, "audit"),
            office=office("auditor"),
            organisation=got(Organisation, "ledger-lamp"),
            starts=day,
            ends=story.today + timedelta(days=120),
        ),
        reason="Yearly audit of the plan",
    )


def somebody_is_away(story: Story) -> None:
    """Yusra is on leave around the third round; Tobin acts and is written to."""
    day = story.ago(30)
    actions.set_absence(
        story.actor("yusra", day),
        got(Person, "yusra"),
        story.ago(20),
        story.today + timedelta(days=9),
        got(Person, "tobin"),
    )
    actions.invite(story.actor("odo", story.ago(3)), "lucasta")
