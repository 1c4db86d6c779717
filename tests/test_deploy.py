"""The files under deploy/ and the two guides beside them: what they name is there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import resolve

from broadcaster.alarm_words import WORDS
from broadcaster.cli.app import app
from broadcaster.domain.alarms import Trouble
from tests.deploy_files import COMPOSE, DEPLOY, ROOT, SERVICES, Unit
from tests.test_documents import INDENTED, VARIABLE, commands, named, options, said

GUIDES = [ROOT / "docs" / "operations.md", ROOT / "docs" / "ru" / "operations.md"]
FOREIGN = {"PUBLIC_NAME", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE"}
"""Variables of compose and of PostgreSQL's image."""
BASES = re.compile(r"(postgres|redis|python):[\w.-]+|broadcaster:[\d.]+")
"""Images by their plain official names, never «latest», never from a host of somebody's."""


def alarms(guide: Path) -> dict[str, str]:
    """The name of each alarm that a guide explains, with what it says."""
    found = re.findall(
        r"^### (\w+): .+\n((?:(?!^##).*\n)*)", guide.read_text("utf-8"), re.MULTILINE
    )
    return dict(found)


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Where a line of deploy/ starts a program of ours, and the line without its folder."""
    for service in SERVICES:
        program, *words = Unit(service).line
        yield service.name, [Path(program).name, *words]
    for name, service in COMPOSE["services"].items():
        if name not in {"db", "redis"}:
            yield f"compose {name}", service["command"]


# The guides


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_a_guide_explains_every_alarm_and_no_other(guide: Path) -> None:
    assert list(alarms(guide)) == [trouble.value for trouble in WORDS]
    assert set(alarms(guide)) == {trouble.value for trouble in Trouble}


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_every_alarm_says_what_it_means_and_three_things_to_do(guide: Path) -> None:
    for name, words in alarms(guide).items():
        assert words.strip().partition("\n\n")[0].count(" ") > 5, name
        assert re.findall(r"^(\d)\. ", words, re.MULTILINE) == ["1", "2", "3"], name


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_every_command_of_a_guide_exists_with_its_options(guide: Path) -> None:
    found = list(commands(guide))
    for words in found:
        left, command = list(words), app
        while left and left[0] in getattr(command, "commands", {}):
            command = command.commands[left.pop(0)]
        assert not getattr(command, "commands", {}), words
        assert {word for word in left if word.startswith("-")} <= options(command), words
    assert {"init", "check", "backup", "restore", "start-link"} <= {words[0] for words in found}


def test_both_guides_tell_to_type_the_same() -> None:
    english, russian = (INDENTED.findall(guide.read_text("utf-8")) for guide in GUIDES)
    assert english == russian


def test_both_guides_have_the_same_parts() -> None:
    english, russian = (
        re.findall(r"^(#+|\||\d+\.|-) ", guide.read_text("utf-8"), re.MULTILINE) for guide in GUIDES
    )
    assert english == russian


def known_variables() -> str:
    sources = [*ROOT.glob("broadcaster/**/*.py"), ROOT / "config" / "default.yaml"]
    return "\n".join(source.read_text("utf-8") for source in sources)


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_every_variable_of_a_guide_is_read_somewhere(guide: Path) -> None:
    told = {name for line in said(guide) for name in VARIABLE.findall(line)}
    assert {name for name in told - FOREIGN if name not in known_variables()} == set()


def test_every_variable_of_the_environment_file_is_read_somewhere() -> None:
    lines = (DEPLOY / "environment.example").read_text("utf-8").splitlines()
    told = {line.lstrip("#").partition("=")[0] for line in lines if re.match(r"#?[A-Z_]+=", line)}
    assert {name for name in told if name not in known_variables()} == set()
    assert "BROADCASTER_HOME" in told


def in_the_shell(lines: list[str]) -> list[str]:
    """The environment that the command `broadcaster` takes from a file of these lines."""
    script = "set -eu; set -a; . /dev/stdin; env"
    return subprocess.run(
        ["sh", "-c", script], input="\n".join(lines), text=True, capture_output=True, check=True
    ).stdout.splitlines()


def offered() -> list[str]:
    """The lines of the environment file, those that wait to be uncommented too."""
    lines = (DEPLOY / "environment.example").read_text("utf-8").splitlines()
    return [line.lstrip("#") for line in lines if re.match("#?[A-Z_]+=", line)]


def test_the_shell_reads_the_environment_file_as_systemd_does() -> None:
    assert {line.replace("''", "") for line in offered()} <= set(in_the_shell(offered()))


def test_a_key_of_any_signs_is_whole_between_the_quotes_that_the_file_has_for_it() -> None:
    odd = 'p&a;s (s)#w|o<r>d $HOME `"\\!*'
    keys = [line for line in offered() if line.partition("=")[0].endswith(("TOKEN", "PASSWORD"))]
    filled = [line.replace("''", f"'{odd}'") for line in keys]
    assert {f"{line.partition('=')[0]}={odd}" for line in keys} <= set(in_the_shell(filled))


# What is started


@pytest.mark.parametrize(
    ("where", "line"), list(command_lines()), ids=lambda value: str(value)[:40]
)
def test_every_line_starts_a_program_of_ours(where: str, line: list[str]) -> None:
    program, *words = line
    assert (Path(sys.executable).parent / program).exists(), where
    if program == "broadcaster":
        command = app.commands[words[0]]
        assert {word for word in words if word.startswith("--")} <= options(command)


# Containers


def test_what_a_service_of_compose_names_exists() -> None:
    services = COMPOSE["services"]
    for name, service in services.items():
        volumes = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert set(service.get("depends_on", {})) <= set(services), name
        assert volumes <= set(COMPOSE["volumes"]), name
        assert set(service["networks"]) <= set(COMPOSE["networks"]), name
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name


def test_a_service_waits_only_for_what_can_come() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        for name, needed in service.get("depends_on", {}).items():
            if needed["condition"] == "service_healthy":
                assert "healthcheck" in services[name]
            else:
                assert (needed["condition"], services[name]["restart"]) == (
                    "service_completed_successfully",
                    "no",
                )


def test_the_pages_health_is_an_address_that_exists() -> None:
    (check,) = [word for word in COMPOSE["services"]["web"]["healthcheck"]["test"] if "url" in word]
    compile(check, "healthcheck", "exec")
    (path,) = re.findall(r"127\.0\.0\.1:8000(/[a-z]+)", check)
    assert resolve(path).url_name == "readyz"


def test_compose_holds_no_password_and_opens_no_port_to_the_world() -> None:
    for name, service in COMPOSE["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        for variable, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD(?!_FILE)|TOKEN|SECRET", variable), name
            assert not re.search(r"://[^/@]*:[^/@]+@", value), name
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert all(secret["file"].startswith("./secrets/") for secret in COMPOSE["secrets"].values())


def test_what_compose_tells_the_program_is_read_somewhere() -> None:
    for name, service in COMPOSE["services"].items():
        told = {one for one in service.get("environment", {}) if "_" in one}
        assert {one for one in told - FOREIGN if one not in known_variables()} == set(), name


def test_our_own_services_may_do_next_to_nothing() -> None:
    for name, service in COMPOSE["services"].items():
        if name not in {"db", "redis"}:
            assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
            assert service["security_opt"] == ["no-new-privileges:true"], name


def test_images_have_plain_names_and_a_version() -> None:
    recipe = (DEPLOY / "Containerfile").read_text("utf-8")
    images = [service["image"] for service in COMPOSE["services"].values()]
    images += re.findall(r"^FROM (\S+)", recipe, re.MULTILINE)
    assert [image for image in images if not BASES.fullmatch(image)] == []


def test_the_image_runs_as_nobody_and_copies_what_is_there() -> None:
    recipe = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+) ", recipe, re.MULTILINE)
    assert all((ROOT / name).exists() for name in copied)
    assert re.findall(r"^USER (\S+)", recipe, re.MULTILINE) == ["10001:10001"]
    assert COMPOSE["services"]["web"]["build"] == {
        "context": "..",
        "dockerfile": "deploy/Containerfile",
    }


def test_the_image_holds_all_that_the_program_needs_and_nothing_of_a_school() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    needed = {"broadcaster", "channels", "config", "locale", "templates", "tools", "worker.py"}
    assert lines[1] == "*"
    assert needed <= allowed
    assert all((ROOT / name).exists() for name in allowed)
    assert lines.index("config/school.yaml") > lines.index("!config")


# nginx


def test_the_proxy_says_how_and_by_whom_a_page_is_asked_for_and_logs_no_address() -> None:
    words = " ".join((DEPLOY / "nginx.conf").read_text("utf-8").split())
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in words
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in words
    assert "proxy_set_header Host $host;" in words
    assert words.count("access_log off;") == words.count("server {") == 2
    assert words.count("{") == words.count("}")


@pytest.mark.parametrize("guide", ["docs/operations.md", "docs/ru/operations.md"])
def test_a_certificate_is_renewed_where_the_guide_has_got_it(guide: str) -> None:
    (folder,) = re.findall(r"certbot .*-w (\S+)", (ROOT / guide).read_text("utf-8"))
    assert f"root {folder};" in (DEPLOY / "nginx.conf").read_text("utf-8")
