"""The documents say what is so: links lead somewhere; commands, keys, variables, targets exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from broadcaster.bootstrap import open_office, outlet_of
from broadcaster.cli.app import app
from broadcaster.config import load
from broadcaster.services.drafting import read_draft

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("docs", "channels", "benchmarks", "tests")
DOCUMENTS = sorted(
    (*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in ROOT.glob(f"{folder}/**/*.md")))
)
MANUALS = [ROOT / "README.md", ROOT / "docs" / "map.md", ROOT / "docs" / "ru" / "quickstart.md"]
PAGES = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
LINK = re.compile(r"\[[^\]\n]*\]\(([^()\s]+)\)")
CODE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4,}(\S.*)$", re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"--[a-z-]+")
VARIABLE = re.compile(r"\b([A-Z][A-Z0-9]*_[A-Z_]+)\b")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def links(document: Path) -> Iterator[str]:
    text = CODE.sub("", document.read_text("utf-8"))
    return (link for link in LINK.findall(text) if not link.startswith(("https:", "http:")))


def anchors(document: Path) -> set[str]:
    """The anchors of headings, as GitHub and GitLab make them."""
    text = CODE.sub("", document.read_text("utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in kept}


def said(document: Path) -> Iterator[str]:
    """Every piece of code in a document, a line at a time."""
    text = document.read_text("utf-8")
    for _language, block in CODE.findall(text):
        yield from block.splitlines()
    text = CODE.sub("", text)
    yield from INDENTED.findall(text)
    yield from INLINE.findall(text)


def commands(document: Path) -> Iterator[list[str]]:
    """The words after `broadcaster` wherever a document tells somebody to type it."""
    for line in said(document):
        if re.match(r"(\S*/)?broadcaster [a-z]", line):
            yield shlex.split(line, comments=True)[1:]


def yaml_blocks(document: Path) -> list[str]:
    found = CODE.findall(document.read_text("utf-8"))
    return [code for language, code in found if language == "yaml"]


def leaves(command: Any) -> Iterator[Any]:
    """A command that has no commands below it, or all such below it."""
    below = getattr(command, "commands", {})
    if not below:
        yield command
    for one in below.values():
        yield from leaves(one)


def options(command: Any) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts} | {"--help"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in links(document):
        place, _hash, anchor = link.partition("#")
        target = (document.parent / place).resolve() if place else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", MANUALS, ids=named)
def test_every_command_exists_with_its_options(document: Path) -> None:
    found = list(commands(document))
    for words in found:
        command: Any = app
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert not getattr(command, "commands", {}), words
        assert {word for word in words if word.startswith("-")} <= options(command), words
    assert found or document.name == "map.md"


def test_every_option_in_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    told = {option for option in INLINE.findall(text) if OPTION.fullmatch(option)}
    known = set[str]().union(*map(options, leaves(app)))
    assert told <= known


def test_every_command_is_in_the_readme() -> None:
    told = {words[0] for words in commands(ROOT / "README.md")}
    assert told == set(app.commands)


@pytest.mark.parametrize("document", MANUALS, ids=named)
def test_every_block_of_settings_is_understood(document: Path, tmp_path: Path) -> None:
    for number, block in enumerate(yaml_blocks(document)):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block, encoding="utf-8")
        config = load(file)
        for name in yaml.safe_load(block).get("channels", {}):
            outlet_of(config, config.channels[name])


def test_the_announcement_in_the_quick_start_can_be_read(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "ru" / "quickstart.md").read_text("utf-8")
    (sample,) = (code for language, code in CODE.findall(text) if language == "markdown")
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "news.md").write_text(sample, encoding="utf-8")
    draft = read_draft(open_office(load(tmp_path / "none.yaml")), tmp_path / "news.md")
    assert draft.groups == ("1А",)


@pytest.mark.parametrize("document", MANUALS, ids=named)
def test_every_variable_of_the_environment_is_read_somewhere(document: Path) -> None:
    sources = [*ROOT.glob("broadcaster/**/*.py"), ROOT / "config" / "default.yaml"]
    known = "\n".join(source.read_text("utf-8") for source in sources)
    named_here = {name for line in said(document) for name in VARIABLE.findall(line)}
    assert {name for name in named_here if name not in known} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_target_of_make_exists(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    lines = (line for line in said(document) if line.startswith("make "))
    words = {word for line in lines for word in shlex.split(line, comments=True)[1:]}
    assert {word for word in words if "=" not in word} <= targets


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_decision_fits_on_a_page_and_stands_in_the_index(page: Path) -> None:
    lines = page.read_text("utf-8").splitlines()
    title = lines[0].removeprefix(f"# {page.name[:4]}. ")
    index = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    assert len(lines) <= 40
    assert f"- [{page.name[:4]}]({page.name}) {title}\n" in index
