"""The version before: its sources in a folder, its tables, its processes.

It is the last commit without the newest migration that starts, taken out of git; its packages are
those of the version at hand. Upgrades begin there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg

from tests.faults.installation import Installation
from tests.faults.parts import ROOT, Part
from tests.faults.scene import Skipped
from tests.faults.stores import Failed, surroundings

MIGRATIONS = "broadcaster/store/migrations"
NEEDED = ("__init__.py", "writer.py")
"""What of the harness works beside the former version: its author."""
TRIED = 10
"""Commits before the newest migration: one in the middle of some work may not start."""


def newest_migration() -> str:
    """The path of the last migration."""
    files = sorted((ROOT / MIGRATIONS).glob("[0-9]*.py"))
    return f"{MIGRATIONS}/{files[-1].name}"


def commits_before(path: str) -> list[str]:
    """The last commits without a file, the newest first; raises Skipped without git to ask."""
    born = git("log", "--diff-filter=A", "--format=%H", "-1", "--", path).strip()
    return git("log", "--format=%h", f"-{TRIED}", f"{born}^" if born else "HEAD").split()


def git(*words: str) -> str:
    """What git says of the sources; raises Skipped where it knows nothing of them."""
    try:
        return _git(*words).decode()
    except (OSError, subprocess.CalledProcessError) as error:
        raise Skipped("the version before is not here: this is no whole clone") from error


def _git(*words: str) -> bytes:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=True)
    return done.stdout


def unpacked(commit: str, folder: Path) -> None:
    """The sources of a commit, with what of the harness works beside them."""
    folder.mkdir(parents=True)
    unpack = ["tar", "--extract", "--directory", str(folder)]
    subprocess.run(unpack, input=_git("archive", commit), check=True)
    harness = folder / "tests" / "faults"
    harness.mkdir(parents=True, exist_ok=True)
    for name in NEEDED:
        (harness / name).write_bytes((ROOT / "tests" / "faults" / name).read_bytes())


def starts(folder: Path) -> bool:
    """Whether everything that a worker and an author need is there."""
    environment = surroundings(folder) | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", "import tests.faults.writer, broadcaster.tasks"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, timeout=120, check=False
    )
    return done.returncode == 0


class Previous:
    """The version before, below `folder`; raises Skipped where git does not have it."""

    def __init__(self, folder: Path) -> None:
        for commit in commits_before(newest_migration()):
            self.commit, self.folder = commit, folder / commit
            unpacked(commit, self.folder)
            if starts(self.folder):
                return
        raise Skipped(f"none of the last {TRIED} versions before the newest migration starts")

    def environment(self, school: Installation) -> dict[str, str]:
        """The surroundings of its processes."""
        return school.environment | {"PYTHONPATH": str(self.folder)}

    def run(self, school: Installation, *command: str) -> str:
        """What a module of it prints; raises Failed."""
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env=self.environment(school),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise Failed(done.stderr[-600:])
        return done.stdout

    def make_tables(self, school: Installation) -> None:
        """Begin with its empty tables in place of those of the version at hand."""
        if school.postgres is not None:
            with psycopg.connect(school.postgres.url, autocommit=True) as connection:
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
        for file in school.home.glob("broadcaster.sqlite3*"):
            file.unlink()
        self.run(school, "django", "migrate", "--verbosity", "0")

    def start_worker(self, school: Installation, *, schedule: bool) -> Part:
        """A worker of it, which keeps the schedule too where there is no beat."""
        command = ["celery", "--app", "worker", "--quiet", "worker"]
        command += ["--hostname", f"before{len(school.workers)}@%h"]
        if schedule:
            modern = "--with-schedule" in (self.folder / "worker.py").read_text("utf-8")
            command += ["--with-schedule" if modern else "--beat"]
        return self._start(school, f"before{len(school.workers)}", command)

    def start_beat(self, school: Installation) -> Part:
        """Its beat."""
        return self._start(school, "before-beat", ["celery", "--app", "worker", "--quiet", "beat"])

    def _start(self, school: Installation, name: str, command: list[str]) -> Part:
        part = Part(
            name,
            [sys.executable, "-m", *command],
            log=school.home / f"{name}.log",
            environment=self.environment(school),
            folder=self.folder,
        )
        school.workers.append(part)
        part.start()
        return part
