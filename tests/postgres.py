"""Run a command with a throwaway PostgreSQL: `python -m tests.postgres [--durable] COMMAND …`.

The command finds the server in JWP_DATABASE_URL; the server and all it held are gone afterwards.
"""

import argparse
import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

OLDEST = 15
# A test database may be lost with the machine; a bench must pay for durability as a real one does.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def server_programs() -> Path | None:
    """The newest folder that holds initdb and pg_ctl. Debian keeps them off the PATH."""
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if debian:
        newest = max(debian, key=lambda bin_: int(bin_.parent.name))
        return newest if int(newest.parent.name) >= OLDEST else None
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def cluster(programs: Path, *, durable: bool = False) -> Iterator[str]:
    """A fresh server on a loopback port; gives its address."""
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    runuser = shutil.which("runuser", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or "runuser"
    as_postgres = [runuser, "-u", "postgres", "--"] if os.geteuid() == 0 else []
    password = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="jwp-postgres-") as folder:
        home = Path(folder)
        data, password_file = home / "data", home / "password"
        password_file.write_text(password)
        if as_postgres:
            owner = pwd.getpwnam("postgres")
            for path in (home, password_file):
                os.chown(path, owner.pw_uid, owner.pw_gid)

        def run(program: str, *arguments: str) -> None:
            command = [*as_postgres, str(programs / program), "-D", str(data), *arguments]
            # Into a file: a server that is left running would hold a pipe open for ever.
            with (home / "said").open("w+") as said:
                if subprocess.run(command, cwd=home, stdout=said, stderr=said, check=False).returncode:
                    said.seek(0)
                    raise SystemExit(f"{program} failed:\n{said.read()}")

        words = ("--locale=C.UTF-8", "--encoding=UTF8")
        run("initdb", "-U", "jwp", f"--pwfile={password_file}", "--auth=scram-sha-256", *words)
        port = free_port()
        settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={home}"]
        options = " ".join(f"-c {setting}" for setting in (*settings, *(() if durable else CARELESS)))
        run("pg_ctl", "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield f"postgres://jwp:{password}@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=__doc__)
    parser.add_argument("--durable", action="store_true", help="write to disk as a real server does")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    programs = server_programs()
    if programs is None:
        print(f"No PostgreSQL server {OLDEST} or later: sudo apt-get install -y postgresql", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    with cluster(programs, durable=asked.durable) as address:
        environment = {**os.environ, "JWP_DATABASE_URL": address}
        return subprocess.run(asked.command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
