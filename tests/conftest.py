"""What every test may use, and which tests run where.

A run has one database engine, named by JWP_DATABASE_URL (SQLite without it). On PostgreSQL only what
touches the database runs again. Tests marked `shared_data` run where that data is, and are counted
elsewhere. Under CI nothing may be skipped.
"""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone, translation
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).parent.parent
SHARED_DATA = Path(os.environ.get("JWP_SHARED_DATA") or ROOT.parent / "shared" / "data")
POSTGRES = os.environ.get("JWP_DATABASE_URL", "").startswith("postgres")
CI = bool(os.environ.get("CI"))
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}

# Machines that share their cores are slow at odd moments; a deadline would make that a failure.
# What is searched for on SQLite is only looked at on PostgreSQL.
hypothesis.settings.register_profile("jwp", deadline=None, derandomize=CI, max_examples=25 if POSTGRES else 100)
hypothesis.settings.load_profile("jwp")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared data; a test that asks for it is marked `shared_data`."""
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of tests go where they vanish, never into a real data folder."""
    folder = tmp_path_factory.mktemp("data")
    settings.DATA = folder
    settings.FILES = folder / "files"
    return folder


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """A real password hash is slow on purpose; a cast of eleven need not wait for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(data_folder: Path, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file, as in life: in memory, the server's threads would share one connection."""
    if not POSTGRES:
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = data_folder / "test.sqlite3"


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """Tables come straight from the models, much faster. `make check` sees that the migrations say the same, and the
    tests that start an installation run them."""
    return False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """As if migrated: a backup says which migrations its tables have."""
    settings.MIGRATION_MODULES = {}
    with django_db_blocker.unblock():
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app, name in MigrationLoader(None, load=True).disk_migrations:
            recorder.record_applied(app, name)


@pytest.fixture(autouse=True)
def readers_own_settings() -> None:
    """Each test starts in English and UTC: a page before it may have been read in French."""
    translation.activate(settings.LANGUAGE_CODE)
    timezone.deactivate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, one a run; open a context for each person."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("Chromium is missing: sudo apt-get install -y chromium")
    # Playwright runs an event loop in this thread, and Django then refuses the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Chromium's sandbox cannot start as root, nor in most containers.
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


def runs_here(item: pytest.Item) -> bool:
    """Whether this engine is one the test is for."""
    if not POSTGRES:
        return True
    if item.get_closest_marker("browser"):
        return item.get_closest_marker("postgres_smoke") is not None
    return uses_database(item)


def dear(item: pytest.Item) -> str:
    """What a worker makes once at some cost, so that tests that want it go to one worker; empty for the others."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if "spark" in fixtures:
        return "spark"
    if "pattern" in fixtures:
        return "installation"
    return "compiled" if item.path.is_relative_to(ROOT / "tests" / "genderlens" / "access") else ""


class LeftOut:
    """Deselects what cannot run here and says how many, also when xdist's workers do the collecting."""

    def __init__(self) -> None:
        self.without_data = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        for item in items:
            if name := dear(item):
                item.add_marker(pytest.mark.xdist_group(name))
        here = [item for item in items if runs_here(item)]
        kept = [item for item in here if SHARED_DATA.is_dir() or not item.get_closest_marker("shared_data")]
        self.without_data = len(here) - len(kept)
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["without_data"] = self.without_data

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        # Every worker collects everything, so they all say the same number.
        self.without_data = getattr(node, "workeroutput", {}).get("without_data", self.without_data)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(f"Database engine: {'PostgreSQL' if POSTGRES else 'SQLite'}.")
        if self.without_data:
            terminalreporter.write_line(
                f"Left out for want of the shared data (JWP_SHARED_DATA says where): {self.without_data}."
            )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LeftOut())


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Under CI a skip is a failure: there, everything a test needs can be installed."""
    if CI and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI does not allow: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    refuse_skip(report)
    return report
