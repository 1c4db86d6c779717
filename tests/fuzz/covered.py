# ruff: noqa: T201 - a command
"""The parsers once more, led by coverage: atheris looks for inputs that reach new lines.

`python -m tests.fuzz.covered` runs every parser for so many minutes, each in a process of its own,
and prints the table; with a parser's name it is that process. What hypothesis makes of atheris's
bytes is the same input that the other tests get. What breaks a parser is printed and fails.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
INSTRUMENTED = ["broadcaster", "channels", "yaml", "frontmatter", "openpyxl", "markdown_it"]
MOST_MEMORY = 2048
"""Megabytes of one process."""
DONE = re.compile(r"Done (\d+) runs in (\d+) second")


def main() -> int:
    """Run all parsers, or be one; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.covered")
    parser.add_argument("name", nargs="?", help="one parser; without it all of them")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each parser")
    parser.add_argument("--only", default="", help="parsers whose names hold this")
    given = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        print("NOT DONE: atheris is not installed here (Linux x86-64, Python 3.11 to 3.13).")
        return 0
    seconds = max(1, round(given.minutes * 60))
    if given.name:
        be(given.name, seconds)
    return run_all([name for name in _names() if given.only in name], seconds)


def be(name: str, seconds: int) -> None:
    """Fuzz one parser in this process, which ends with it."""
    import atheris

    folder = Path(os.environ["BROADCASTER_HOME"])
    with atheris.instrument_imports(include=INSTRUMENTED):
        import django

        django.setup()
        from tests.fuzz.targets import TARGETS
    from hypothesis import given, settings

    from tests.fuzz import exploring

    target = TARGETS[name]
    how = settings(settings.get_profile(exploring.LONG))

    @how
    @given(target.given)
    def one(value: object) -> None:
        target.run(value, folder)

    limits = [f"-max_total_time={seconds}", f"-rss_limit_mb={MOST_MEMORY}", "-timeout=60"]
    large = ["-len_control=0", "-max_len=4096", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *limits, *large], one.hypothesis.fuzz_one_input)
    atheris.Fuzz()


def run_all(names: list[str], seconds: int) -> int:
    """Run these parsers and print the table; 1 when something was found."""
    line = "{:<28}{:>10}{:>9}  {}".format
    print(line("target, by coverage", "examples", "time", "finding"))
    found = 0
    for name in names:
        with TemporaryDirectory() as home:
            done = _child(name, seconds, home)
        ran = DONE.search(done.stderr)
        found += bool(done.returncode)
        finding = done.stderr[-3000:] if done.returncode else "none"
        runs, taken = (ran[1], f"{ran[2]} s") if ran else ("?", "?")
        print(line(name, runs, taken, finding), flush=True)
    return int(found > 0)


def _names() -> list[str]:
    """The parsers; they are named without loading them, which would not be instrumented then."""
    text = (ROOT / "tests" / "fuzz" / "targets.py").read_text("utf-8")
    return re.findall(r'^    "([^"]+)": Target\(', text, re.MULTILINE)


def _child(name: str, seconds: int, home: str) -> subprocess.CompletedProcess[str]:
    own = {
        "BROADCASTER_HOME": home,
        "BROADCASTER_CONFIG": f"{home}/school.yaml",
        "BROADCASTER_LOG": "CRITICAL",
        "DATABASE_URL": "sqlite://:memory:",
        "DJANGO_SETTINGS_MODULE": "broadcaster.settings",
    }
    command = [sys.executable, "-m", "tests.fuzz.covered", name, "--minutes", str(seconds / 60)]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
