"""What every measurement shares: an installation of its own, a warm server, medians, and how a line is printed.

Import it first: it says which data folder Django uses.
"""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

RUNS = 50

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jwp.settings")
if not os.environ.get("JWP_DATA"):
    os.environ["JWP_DATA"] = tempfile.mkdtemp(prefix="jwp-bench-")
    (Path(os.environ["JWP_DATA"]) / "secret").write_text("a bench has no secrets" * 3)

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from jwp.core.models import User  # noqa: E402

ENGINE = {"sqlite": "SQLite (WAL)", "postgresql": "PostgreSQL"}[connection.vendor]


class Server:
    """A warm gunicorn of one worker, debug off, on a free port of this machine."""

    def __init__(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        self.cookie = f"sessionid={client.cookies['sessionid'].value}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        address = f"127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "gunicorn", "jwp.wsgi", "--bind", address, "--log-level", "error"]
        self.process = subprocess.Popen(command)
        for _try in range(100):
            try:
                self.get("/accounts/login/")
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def get(self, path: str) -> tuple[float, int, int]:
        """Milliseconds, status, bytes of the page as it is before compression."""
        _first, took, status, size = self.read(path)
        return took, status, size

    def read(self, path: str) -> tuple[float, float, int, int]:
        """The same, with the milliseconds until the first byte of the body."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        start = time.perf_counter()
        link.request("GET", path, headers={"Cookie": self.cookie})
        answer = link.getresponse()
        body = answer.read(1)
        first = (time.perf_counter() - start) * 1000
        body += answer.read()
        took = (time.perf_counter() - start) * 1000
        link.close()
        return first, took, answer.status, len(body)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def median_ms(do: Callable[[], object], runs: int = RUNS) -> float:
    do()
    took = []
    for _run in range(runs):
        start = time.perf_counter()
        do()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


def row(what: str, ours: str, floor: str, asked: str) -> None:
    print(f"{what:<58} {ours:>12} {floor:>14} {asked:>12}", flush=True)
