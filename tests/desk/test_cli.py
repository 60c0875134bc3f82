"""What a person types, what they are told, and what runs afterwards."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from jwp.cli import Wrong, installation, main, make_folder
from jwp.cli.documentation import rewritten
from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Partnership, User
from jwp.desk import setup_code
from jwp.desk.models import Import
from jwp.partners.models import Person
from tests.cast import TODAY, cast, plan, target
from tests.desk.installation import ROOT, Installation


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]


def test_help_reads_like_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    page = capsys.readouterr().out
    for said in ("the first minutes", "backup", "restore", "verify", "exit codes"):
        assert said in page
    assert max(map(len, page.splitlines())) <= 110


@pytest.mark.parametrize("typed", [[], ["bakup"], ["run", "--port", "many"], ["sample"]])
def test_what_makes_no_sense_is_answered_on_standard_error(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(typed)
    assert left.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("jwp")
    assert "--help" in told.err


def test_a_data_folder_is_closed_to_others_and_holds_nothing_else(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "data")
    assert (tmp_path / "a" / "data").stat().st_mode & 0o777 == 0o700
    make_folder(tmp_path / "a" / "data")
    home = tmp_path / "home"
    home.mkdir()
    (home / "letter.txt").write_text("mine")
    with pytest.raises(Wrong, match="holds other things"):
        make_folder(home)
    with pytest.raises(Wrong, match="is a file"):
        make_folder(home / "letter.txt")


def test_commands_that_use_an_installation_do_not_make_one(tmp_path: Path) -> None:
    nowhere = Installation(tmp_path / "nowhere")
    refused = nowhere.jwp("verify")
    assert refused.returncode == 2
    assert "there is no installation" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not nowhere.data.exists()


def test_a_misspelt_setting_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Installation(tmp_path / "data")
    monkeypatch.setattr(place, "environment", lambda: {**os.environ, "JWP_HOST": "example.org"})
    refused = place.jwp("init")
    assert refused.returncode == 2
    assert "unknown setting JWP_HOST" in refused.stderr


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_new_installation_starts_says_how_to_set_it_up_and_stops_cleanly(tmp_path: Path) -> None:
    place, port = Installation(tmp_path / "data"), free_port()
    with place.serving(port) as (server, said):
        code = re.search(rf"http://localhost:{port}/start/\?code=(\S+)", said)
        assert code is not None
        kept = place.data / "start-code"
        assert kept.read_text() == hashlib.sha256(code[1].encode()).hexdigest()
        assert {path.stat().st_mode & 0o777 for path in (kept, place.data / "secret")} == {0o600}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=120) as page:
            assert page.status == 200
        second = place.jwp("run", "--port", str(port))
        assert second.returncode == 2
        assert "Choose another" in second.stderr

        children = children_of(server.pid)
        assert len(children) == 3  # the server, the clock, and whoever computes
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=60) == 0
        assert all(map(gone, children))
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)


def test_a_killed_server_takes_its_children_with_it(filled: Installation) -> None:
    with filled.serving(free_port()) as (server, said):
        assert "start/?code" not in said  # it is set up: not a second time
        children = children_of(server.pid)
    end = time.monotonic() + 60
    while not all(map(gone, children)) and time.monotonic() < end:
        time.sleep(0.1)
    assert all(map(gone, children))


@pytest.mark.django_db
def test_the_example_says_who_can_sign_in_and_a_real_partnership_does_not() -> None:
    cast()
    address = "http://localhost:8000"
    assert installation._welcome(address).split() == [address, "Ctrl-C", "stops", "it."]
    with open_door(system(TODAY)) as door:
        door.change(door.lock(Partnership, "partnership"), fictional=True)
    User.objects.filter(email="gita@example.org").update(demonstration=True)
    said = installation._welcome(address)
    assert re.search(r"gender team +gita@example.org", said)
    assert "start/?code" not in said


def test_a_real_partnership_refuses_demonstration_sign_ins(filled: Installation) -> None:
    filled.python(
        "import django; django.setup()\nfrom jwp.core.models import User\n"
        "User.objects.filter(email='gita@example.org').update(demonstration=True)"
    )
    refused = filled.jwp("run", "--port", str(free_port()))
    assert refused.returncode == 2
    assert "gita@example.org" in refused.stderr


@pytest.mark.django_db
def test_the_same_seed_draws_the_same_sample(capsys: pytest.CaptureFixture[str]) -> None:
    people, adopted = cast(), plan()
    for number in (1, 2, 3):
        target(adopted, people.offices["operations"], f"t{number}")
    assert main(["sample", "--targets", "1"]) == 2
    assert "no adopted plan" in capsys.readouterr().err
    with open_door(system(TODAY)) as door:
        door.change(adopted, "bring in", state="adopted")

    def draw(*typed: str) -> tuple[list[str], str]:
        assert main(["sample", *typed]) == 0
        told = capsys.readouterr()
        return [row["target"] for row in csv.DictReader(io.StringIO(told.out))], told.err

    refs, said = draw("--targets", "2", "--seed", "audit")
    assert "2 of 3 targets, seed audit, journal at entry" in said
    by_hand = sorted(("t1", "t2", "t3"), key=lambda ref: hashlib.sha256(f"audit:{ref}".encode()).hexdigest())
    assert refs == by_hand[:2]
    everything, said = draw("--targets", "9")
    seed = re.search(r"seed (\w+)", said)
    assert seed is not None
    assert draw("--targets", "9", "--seed", seed[1])[0] == everything
    assert main(["sample", "--targets", "0"]) == 2
    assert main(["sample", "--targets", "1", "--plan", "none"]) == 2


@pytest.fixture
def people_book(tmp_path: Path) -> Path:
    """Two people, one of them without a name."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "People"
    for row in (["Name", "E-mail"], ["Rana Idrissi", "rana@example.org"], [None, "nameless@example.org"]):
        sheet.append(row)
    book.save(tmp_path / "people.xlsx")
    return tmp_path / "people.xlsx"


@pytest.mark.django_db
def test_a_book_is_looked_at_first_and_comes_in_whole_or_not_at_all(
    people_book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for how in ("--check", "--yes"):
        assert main(["import", str(people_book), how]) == 1
        told = capsys.readouterr()
        assert "add      People, row 2: Rana Idrissi" in told.out
        assert "1 add, 0 change, 0 unchanged, 1 refused\nNothing was brought in." in told.out
        assert told.err == "refused  People, row 3, Name: This cell may not be empty.\n"
    assert not Person.objects.exists()
    assert set(Import.objects.values_list("state", flat=True)) == {"dropped"}


@pytest.mark.django_db
def test_the_good_rows_come_in_and_the_others_come_back(people_book: Path, tmp_path: Path) -> None:
    refused = tmp_path / "refused.xlsx"
    assert main(["import", str(people_book), "--yes", "--refused", str(refused)]) == 1
    assert [person.name for person in Person.objects.all()] == ["Rana Idrissi"]
    rows = [list(row) for row in load_workbook(refused)["People"].iter_rows(values_only=True)]
    assert "nameless@example.org" in rows[-1]
    assert any("may not be empty" in str(cell) for cell in rows[-1])


@pytest.mark.django_db
def test_a_book_brought_in_from_a_pipe_must_be_agreed_to(
    people_book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(people_book)]) == 2
    assert "say --yes" in capsys.readouterr().err
    assert main(["import", str(tmp_path / "nowhere.xlsx"), "--yes"]) == 2
    assert not Import.objects.exists()


@pytest.mark.django_db
def test_export_and_template_write_a_book_in_the_language_asked_for(tmp_path: Path) -> None:
    cast()
    assert main(["export", str(tmp_path / "all.xlsx")]) == 0
    assert main(["import", str(tmp_path / "all.xlsx"), "--check"]) == 0
    assert main(["template", str(tmp_path / "vide.xlsx"), "--language", "fr"]) == 0
    assert load_workbook(tmp_path / "vide.xlsx").sheetnames
    assert main(["export", str(tmp_path / "no" / "where.xlsx")]) == 2


@pytest.mark.django_db
def test_remind_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    cast()
    assert main(["remind"]) == 0
    assert capsys.readouterr().out == "0 reminders written, 0 letters sent, 0 failed\n"


def test_generated_tables_are_kept_in_step() -> None:
    page = ROOT / "docs" / "page.md"
    stale = "Text.\n<!-- generated: settings -->\nold\n<!-- end -->\nMore.\n"
    fresh = rewritten(stale, page)
    assert fresh.startswith("Text.\n<!-- generated: settings -->\n| setting |")
    assert "`JWP_DATA`" in fresh
    assert fresh.endswith("<!-- end -->\nMore.\n")
    assert rewritten(fresh, page) == fresh
    for name, said in (
        ("workflow report", "| submitted | accept | accepted |"),
        ("commands", "| `jwp backup FILE.zip` |"),
        ("permissions", "| `/journal/` | journal |"),
    ):
        assert said in rewritten(f"<!-- generated: {name} -->\n<!-- end -->\n", page)
    with pytest.raises(Wrong, match="no table is called nonsense"):
        rewritten("<!-- generated: nonsense -->\n<!-- end -->\n", page)
    with pytest.raises(Wrong, match="lacks its"):
        rewritten("<!-- generated: settings -->\n", page)


def test_the_set_up_code_opens_once(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    assert not setup_code.is_right("")
    first = setup_code.new_code()
    second = setup_code.new_code()
    assert not setup_code.is_right(first)
    assert setup_code.is_right(second)
    setup_code.spend()
    assert not setup_code.is_right(second)
    setup_code.spend()
