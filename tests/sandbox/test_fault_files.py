"""Faults of a file are read whole or not at all, and a mistake is told by its entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadcaster.sandbox.faultfile import FaultMistake
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.server import Sandbox
from tests.sandbox.paper import Paper


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "faults.yaml"
    path.write_text(text, "utf-8")
    return path


def test_faults_of_a_file_are_added_to_their_platforms(tmp_path: Path, paper: Paper) -> None:
    text = "- {platform: paper, address: 11, kind: rate_limit, times: 1, seconds: 2}"
    assert Sandbox([paper]).load_faults(written(tmp_path, text)) == 1
    assert paper.faults.take("any", "11") == Fault(FaultKind.RATE_LIMIT, 1, "11", "", 2.0)


@pytest.mark.parametrize(
    ("times", "happens"), [(", times: null", [True, True]), ("", [True, False])]
)
def test_null_times_are_for_ever_and_none_at_all_is_once(
    tmp_path: Path, paper: Paper, times: str, happens: list[bool]
) -> None:
    path = written(tmp_path, f"- {{platform: paper, kind: gone{times}}}")
    Sandbox([paper]).load_faults(path)
    assert [bool(paper.faults.take("any")) for _again in range(2)] == happens


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{kind: gone}", "нет поля platform"),
        ("{platform: paper}", "нет поля kind"),
        ("{platform: papr, kind: gone}", "platform: «papr» не подходит; можно paper"),
        ("{platform: paper, kind: gon}", "kind: «gon» не подходит; можно rate_limit, "),
        ("{platform: paper, kind: [gone]}", "kind: «['gone']» не подходит; можно "),
        ("{platform: paper, kind: gone, times: 0}", "times: «0», а нужно целое число от 1"),
        ("{platform: paper, kind: gone, times: true}", "times: «True», а нужно целое число"),
        ("{platform: paper, kind: slow, seconds: -1}", "seconds: «-1», а нужно число секунд"),
        ("{platform: paper, kind: slow, seconds: .nan}", "seconds: «nan», а нужно число"),
        ("{platform: paper, kind: gone, address: 1.5}", "address: «1.5», а нужно строка"),
        ("{platform: paper, kind: gone, kinds: x}", "поля «kinds» нет; возможно, kind"),
        ("{platform: paper, kind: gone, 7: x}", "поля «7» нет; есть platform, "),
        ("gone", "нужна запись с полями platform и kind"),
    ],
)
def test_a_mistake_names_file_entry_and_what_was_expected(
    tmp_path: Path, entry: str, problem: str
) -> None:
    path = written(tmp_path, f"- {{platform: paper, kind: gone}}\n- {entry}\n")
    with pytest.raises(FaultMistake, match=re.escape(f"{path}, запись 2: {problem}")):
        Sandbox([Paper()]).load_faults(path)


def test_a_mistake_adds_no_fault_at_all(tmp_path: Path, paper: Paper) -> None:
    path = written(tmp_path, "- {platform: paper, kind: gone}\n- {platform: paper}")
    with pytest.raises(FaultMistake):
        Sandbox([paper]).load_faults(path)
    assert paper.faults.take("any") is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("platform: paper", "нужен список записей"),
        ("", "нужен список записей"),
        ("- {platform: [", "это не YAML: "),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FaultMistake, match=re.escape(f"{path}: {problem}")):
        Sandbox([Paper()]).load_faults(path)


def test_a_missing_file_is_a_mistake_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(FaultMistake, match=r"nowhere\.yaml: файл не читается"):
        Sandbox([Paper()]).load_faults(tmp_path / "nowhere.yaml")
