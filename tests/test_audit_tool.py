"""Findings fail the audit; a database that is away is told, and never taken for a clean bill.

The answers in `audit_outputs/` were written by pip-audit 2.10.1 and npm 11.19.1: with databases of
our own that know of invented holes, with none, and with one that knows none of the packages.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools.audit import Tool, Verdict, is_failure, judged_npm, judged_python, told, verdict_of

ROOT = Path(__file__).resolve().parents[1]
OUTPUTS = ROOT / "tests" / "audit_outputs"
CLEAN, FOUND, AWAY = Verdict(95), Verdict(95, ("a hole",)), Verdict(unchecked="away")


def output(name: str) -> str:
    return (OUTPUTS / name).read_text("utf-8")


def test_a_hole_in_a_package_of_python_is_found() -> None:
    verdict = judged_python(output("pip-found.json"), "")
    assert (verdict.checked, verdict.unchecked) == (2, "")
    assert verdict.findings == (
        "pyyaml 6.0.2: PYSEC-2021-142, GHSA-8q59-q68h-6hv4, CVE-2020-14343; mended in 99.4",
    )


def test_a_database_that_knows_no_package_has_not_been_reached() -> None:
    verdict = judged_python(output("pip-unknown.json"), "No known vulnerabilities found")
    assert (verdict.checked, verdict.findings) == (0, ())
    assert "not reached: it knows not one of the 3 packages" in verdict.unchecked


def test_a_package_that_the_database_does_not_know_is_named() -> None:
    both = json.loads(output("pip-found.json"))
    both["dependencies"] += json.loads(output("pip-unknown.json"))["dependencies"]
    verdict = judged_python(json.dumps(both), "")
    assert len(verdict.findings) == 1
    assert "aiohttp" in verdict.unchecked


def test_pip_audit_without_a_network_has_checked_nothing() -> None:
    verdict = judged_python("", output("pip-away.txt"))
    assert (verdict.checked, verdict.findings) == (0, ())
    assert "Connection refused" in verdict.unchecked


def test_a_hole_in_a_package_of_npm_is_found() -> None:
    verdict = judged_npm(output("npm-found.json"), "")
    assert (verdict.checked, len(verdict.findings)) == (1, 1)
    assert "axe-core: high: Prototype pollution" in verdict.findings[0]


def test_npm_without_a_network_has_checked_nothing() -> None:
    verdict = judged_npm(output("npm-away.json"), "")
    assert "ECONNREFUSED" in verdict.unchecked


def test_npm_that_knows_of_nothing_is_content() -> None:
    assert judged_npm(output("npm-clean.json"), "") == Verdict(1)


@pytest.mark.parametrize("said", ["", "[]", "{", "null", '{"dependencies": 1}'])
def test_what_cannot_be_read_is_no_clean_bill(said: str) -> None:
    assert judged_python(said, "").unchecked
    assert judged_npm(said, "").unchecked


@pytest.mark.parametrize(
    ("verdicts", "environment", "fails"),
    [
        ([CLEAN, CLEAN], {}, False),
        ([CLEAN, FOUND], {}, True),
        ([CLEAN, AWAY], {}, False),
        ([CLEAN, AWAY], {"BROADCASTER_AUDIT": "required"}, True),
        ([CLEAN, CLEAN], {"BROADCASTER_AUDIT": "required"}, False),
        ([AWAY, FOUND], {"BROADCASTER_AUDIT": ""}, True),
    ],
)
def test_findings_fail_and_what_was_not_checked_only_when_required(
    verdicts: list[Verdict], environment: dict[str, str], fails: bool
) -> None:
    assert is_failure(verdicts, environment) is fails


def tool(*command: str) -> Tool:
    return Tool("a tool", "a lock", command, ROOT, judged_python)


def test_a_tool_that_is_not_there_has_checked_nothing() -> None:
    assert "does not start" in verdict_of(tool("/nonexistent/pip-audit")).unchecked


def test_a_tool_that_runs_is_judged_by_what_it_prints() -> None:
    printing = f"print(open({str(OUTPUTS / 'pip-found.json')!r}).read())"
    assert verdict_of(tool(sys.executable, "-c", printing)).checked == 2


def test_what_was_not_checked_is_one_line() -> None:
    assert told(tool("x"), AWAY) == ["NOT CHECKED by a tool: a lock: away"]


# bandit


TWINS = {
    "B104": 'bind("0.0.0.0")',
    "B105": 'password = "swordfish"',
    "B107": 'def f(password="swordfish"): ...',
    "B310": "import urllib.request\nurllib.request.urlopen(x)",
    "B603": "import subprocess\nsubprocess.run(x)",
    "B606": "import os\nos.execv(x, y)",
    "B608": 'query = "SELECT a FROM %s" % x',
    "B701": "import jinja2\njinja2.Environment()",
    "B704": "from markupsafe import Markup\nMarkup(x)",
}
"""What each rule that bandit leaves out would find, and ruff finds in its place."""
OF_NO_USE = {"B101", "B404"}
"""Asserts tell the type checker what holds; what a program starts is looked at, not its imports."""


def test_what_bandit_leaves_out_ruff_finds(tmp_path: Path) -> None:
    skips = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["bandit"]["skips"]
    assert set(skips) == set(TWINS) | OF_NO_USE
    for rule, code in TWINS.items():
        command = [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--stdin-filename",
            "broadcaster/x.py",
            "-",
        ]
        done = subprocess.run(
            command, cwd=ROOT, input=code, capture_output=True, text=True, check=False
        )
        assert f"S{rule[1:]}" in done.stdout, rule


# Hashes


@pytest.mark.parametrize("name", ["Makefile", "deploy/Containerfile", ".ci/run"])
def test_nothing_is_installed_from_a_registry_without_its_hash(name: str) -> None:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if "pip install" in line or "$(INSTALL)" in line]
    taken = [line for line in lines if "INSTALL :=" not in line and "--no-deps" not in line]
    assert [line for line in taken if "--require-hashes" not in line] == []
    assert "npm install" not in text


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-dev.lock", "requirements-tools.lock"]
)
def test_every_package_of_a_lock_has_a_hash(name: str) -> None:
    blocks = (ROOT / name).read_text("utf-8").replace("\\\n", " ").splitlines()
    packages = [line for line in blocks if "==" in line]
    assert packages
    assert [line.split()[0] for line in packages if "--hash=sha256:" not in line] == []


def test_what_npm_brings_has_a_hash() -> None:
    lock = json.loads((ROOT / "tools" / "npm" / "package-lock.json").read_text("utf-8"))
    brought = {name: one for name, one in lock["packages"].items() if name}
    assert brought
    assert all(one["integrity"].startswith("sha512-") for one in brought.values())
