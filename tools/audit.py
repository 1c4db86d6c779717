"""Is anything known against what we are made of? Runs pip-audit and `npm audit` and judges them.

A finding fails. A database that cannot be reached is told in one line, with what was therefore not
looked at, and fails only when BROADCASTER_AUDIT=required. pip-audit alone would not do: it says «No
known vulnerabilities found» and is content when its database knew not one of the packages.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 600
"""Seconds for one tool."""
LONGEST = 300
"""Characters of a fault that are repeated."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many packages were looked up, what is known against them, and what was not looked up."""

    checked: int = 0
    findings: tuple[str, ...] = ()
    unchecked: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it looks through, how it is called, where, and who reads its answer."""

    name: str
    subject: str
    command: tuple[str, ...]
    folder: Path
    judge: Callable[[str, str], Verdict]


def judged_python(out: str, err: str) -> Verdict:
    """What pip-audit says with `--format json`."""
    read = _object(out)
    if not isinstance(packages := read.get("dependencies"), list):
        return Verdict(unchecked=f"the database was not reached ({_last_line(err)})")
    known = [one for one in packages if "skip_reason" not in one]
    unknown = [str(one.get("name")) for one in packages if "skip_reason" in one]
    findings = [_python_finding(one, hole) for one in known for hole in one.get("vulns", ())]
    return Verdict(len(known), tuple(findings), _unknown(unknown, of=len(packages)))


def judged_npm(out: str, err: str) -> Verdict:
    """What `npm audit --json` says."""
    read = _object(out)
    if not isinstance(holes := read.get("vulnerabilities"), dict):
        why = str(read.get("message") or "")[:LONGEST] or _last_line(err)
        return Verdict(unchecked=f"the database was not reached ({why})")
    total = read.get("metadata", {}).get("dependencies", {}).get("total", 0)
    return Verdict(int(total), tuple(map(_npm_finding, holes.values())))


def verdict_of(tool: Tool) -> Verdict:
    """Run one tool; what keeps it from running is told as not checked."""
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            tool.command,
            cwd=tool.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except OSError as error:
        return Verdict(unchecked=f"{tool.command[0]} does not start ({error.strerror})")
    except subprocess.TimeoutExpired:
        return Verdict(unchecked=f"no answer within {PATIENCE} seconds")
    return tool.judge(done.stdout, done.stderr)


def told(tool: Tool, verdict: Verdict) -> list[str]:
    """The verdict in lines for a person: findings, then what was not checked, else that all is."""
    lines = [f"FOUND in {tool.subject}: {one}" for one in verdict.findings]
    if verdict.unchecked:
        lines.append(f"NOT CHECKED by {tool.name}: {tool.subject}: {verdict.unchecked}")
    elif not lines:
        lines.append(f"{tool.name}: nothing is known against {verdict.checked} of {tool.subject}")
    return lines


def is_failure(verdicts: Sequence[Verdict], environment: Mapping[str, str]) -> bool:
    """Whether the audit fails: by a finding, or by what must have been checked and was not."""
    required = environment.get("BROADCASTER_AUDIT", "") == "required"
    return any(one.findings or (required and one.unchecked) for one in verdicts)


def tools(binaries: Path, npm: Path) -> tuple[Tool, ...]:
    """pip-audit, which lies with `binaries`, and npm for its folder."""
    lock = ROOT / "requirements.lock"
    options = ("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json")
    python = (str(binaries / "pip-audit"), *options, "--requirement", str(lock))
    return (
        Tool("pip-audit", lock.name, python, ROOT, judged_python),
        Tool("npm audit", "tools/npm", ("npm", "audit", "--json"), npm, judged_npm),
    )


def main() -> int:
    """Ask both, tell, and return the exit code."""
    asked = tools(Path(sys.executable).parent, ROOT / "tools" / "npm")
    verdicts = [verdict_of(tool) for tool in asked]
    for tool, verdict in zip(asked, verdicts, strict=True):
        print(*told(tool, verdict), sep="\n")  # noqa: T201 - that is what it is for
    return int(is_failure(verdicts, os.environ))


def _object(text: str) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _python_finding(package: Mapping[str, Any], hole: Mapping[str, Any]) -> str:
    names = ", ".join([str(hole.get("id")), *map(str, hole.get("aliases", ()))])
    mended = ", ".join(map(str, hole.get("fix_versions", ()))) or "no version yet"
    return f"{package.get('name')} {package.get('version')}: {names}; mended in {mended}"


def _npm_finding(package: Mapping[str, Any]) -> str:
    why = [one["title"] if isinstance(one, dict) else str(one) for one in package.get("via", ())]
    return f"{package.get('name')}: {package.get('severity')}: {'; '.join(why)}"


def _unknown(names: Sequence[str], *, of: int) -> str:
    if not names:
        return ""
    if len(names) == of:
        return f"the database was not reached: it knows not one of the {of} packages"
    return f"the database does not know {', '.join(names)}"


def _last_line(err: str) -> str:
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return lines[-1][:LONGEST] if lines else "it said nothing"


if __name__ == "__main__":
    sys.exit(main())
