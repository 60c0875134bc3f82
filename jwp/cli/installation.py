"""`jwp init`, `run`, `work`, `compute` and `remind`: making an installation and keeping it running."""

from __future__ import annotations

import ctypes
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import Namespace
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, close_old_connections, connection
from django.db.migrations.executor import MigrationExecutor

from jwp.cli import Wrong
from jwp.core.models import Partnership, User
from jwp.desk import setup_code
from jwp.desk.clock import tick, today_here

log = logging.getLogger("jwp")
STARTING, STOPPING = 120.0, 20.0  # seconds the server is given


def must_be_ready() -> None:
    """Commands that only use an installation do not make or change one."""
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    if not settings.DATA.is_dir() or (connection.vendor == "sqlite" and not file.exists()):
        raise Wrong(f"there is no installation in {settings.DATA}. Make one: jwp init --data DIR")
    if _waiting():
        raise Wrong("the database belongs to another version of jwp. Bring it up to date: jwp init")


def _waiting() -> bool:
    """Whether the database lacks migrations that this version has."""
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise Wrong(f"the database does not answer: {error}") from error
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _bring_up_to_date() -> None:
    if _waiting():
        call_command("migrate", verbosity=0)


def init(typed: Namespace) -> int:
    _bring_up_to_date()
    if typed.example:
        _fill_with_example()
    print(f"Ready: {settings.DATA}")
    print(f"Next: jwp run --data {settings.DATA}")
    return 0


def _fill_with_example() -> None:
    from jwp.desk import example  # large, and of no use to anything else here

    if Partnership.get() is not None:
        raise Wrong("the example needs an empty data folder; this one serves a partnership already")
    example.load(today_here())


def run(typed: Namespace) -> int:
    _bring_up_to_date()
    _refuse_demonstrations()
    _refuse_taken(typed.host, typed.port)
    address = os.environ.setdefault("JWP_BASE_URL", f"http://localhost:{typed.port}").rstrip("/")
    os.environ["JWP_DATA"] = str(settings.DATA)
    welcome = _welcome(address)
    connection.close()

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup means it
            signal.signal(number, lambda *_: stop.set())
    server = _child("gunicorn", *_gunicorn(typed.host, typed.port))
    others = {name: _child("jwp.cli", name) for name in _others()}
    try:
        if not _answers(typed.host, typed.port, server, stop):
            return 0 if stop.is_set() else 1
        print(welcome, flush=True)
        while not stop.wait(0.5):
            if server.poll() is not None:
                sys.stderr.write("jwp: the web server stopped by itself\n")
                return 1
            for name, child in others.items():
                if child.poll() is not None:
                    log.error("jwp %s stopped by itself and is started again", name)
                    stop.wait(5)
                    others[name] = _child("jwp.cli", name)
        return 0
    finally:
        _end(server, *others.values())


def _others() -> list[str]:
    """Commands that run beside the server: the clock, and where it can measure, whoever computes."""
    from jwp.evidence.tasks import missing

    return ["work"] if missing() else ["work", "compute"]


def work(typed: Namespace) -> int:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    while True:
        close_old_connections()
        try:
            tick(today_here())
        except Exception:  # the next minute is another chance; a clock that dies helps nobody
            log.exception("the clock could not do its work this time")
        if stop.wait(typed.every):
            return 0


def compute(typed: Namespace) -> int:
    """One at a time in a data folder: whoever comes second waits for the lock, which ends with its process."""
    from jwp.evidence import tasks

    os.nice(10)  # pages come first
    with (settings.DATA / "compute.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if broken := tasks.give_up_interrupted():
            log.error("%d diagnostics had been interrupted", broken)
        call_command(
            "db_worker", interval=typed.every, batch=typed.once, startup_delay=False, reload=False, verbosity=0
        )
    return 0


def remind(typed: Namespace) -> int:
    done = tick(today_here())
    print(f"{done.reminded} reminders written, {done.sent} letters sent, {done.failed} failed")
    return 1 if done.failed else 0


def _refuse_demonstrations() -> None:
    """Example sign-ins, whose names anybody knows, never open a real partnership's door."""
    partnership = Partnership.get()
    if partnership is not None and partnership.fictional:
        return
    if found := list(User.objects.filter(demonstration=True, is_active=True).values_list("email", flat=True)[:5]):
        raise Wrong(
            f"demonstration sign-ins ({', '.join(found)}) may not exist in a real partnership. "
            "Start with another data folder: jwp run --data DIR"
        )


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except (OSError, OverflowError) as error:
            raise Wrong(f"cannot listen on {host} port {port}: {error}. Choose another: --port N") from error


def _welcome(address: str) -> str:
    """What the person at the terminal needs to know: where, and how to get in."""
    lines = ["", f"  {address}", ""]
    partnership = Partnership.get()
    if partnership is None:
        lines += [
            "  Nobody is here yet. This address sets the installation up, once:",
            f"  {address}/start/?code={setup_code.new_code()}", "",
        ]  # fmt: skip
    elif partnership.fictional and User.objects.filter(demonstration=True, is_active=True).exists():
        from jwp.desk import example

        lines += [f"  A fictional example. Sign in at {address}/accounts/login/ with one click, or as:"]
        lines += [f"  {role:<14} {email:<34} {password}" for role, email, password in example.sign_ins()]
        lines += [""]
    return "\n".join([*lines, "  Ctrl-C stops it."])


def _gunicorn(host: str, port: int) -> list[str]:
    memory = ["--worker-tmp-dir", "/dev/shm"] if Path("/dev/shm").is_dir() else []  # a slow disk must not stop a beat
    return [
        "jwp.wsgi:application", "--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "--workers", "2", "--threads", "4", "--timeout", "120", "--log-level", "warning",
        "--no-control-socket", *memory,
    ]  # fmt: skip


def _child(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A program of ours that only we stop (Ctrl-C reaches a whole terminal), and that never outlives us."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments], start_new_session=True, preexec_fn=_die_with_parent
    )


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _answers(host: str, port: int, server: subprocess.Popen[bytes], stop: threading.Event) -> bool:
    """Wait until the server takes connections."""
    nearby = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    end = time.monotonic() + STARTING
    while time.monotonic() < end and server.poll() is None and not stop.wait(0.1):
        try:
            socket.create_connection((nearby, port), timeout=1).close()
        except OSError:
            continue
        return True
    return False


def _end(*children: subprocess.Popen[bytes]) -> None:
    """Ask every child to finish what it is doing; insist after a while."""
    for child in children:
        child.terminate()
    end = time.monotonic() + STOPPING
    for child in children:
        try:
            child.wait(max(end - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
