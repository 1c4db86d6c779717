from __future__ import annotations

from pathlib import Path

import pytest

from broadcaster.rendering.check import check_templates
from broadcaster.rendering.templates import Templates
from tests.rendering.samples import LOOKS, SHIPPED
from tests.rendering.samples import school_templates as school


def test_the_shipped_templates_have_no_mistakes():
    assert check_templates(SHIPPED, LOOKS) == ()


@pytest.mark.parametrize(
    "condition",
    [
        "announcement.urgent",
        "announcement.importance == 'Важно'",
        "not announcement.importance",
        "announcement.files",
        "announcement.files and not announcement.files[0].url",
        "announcement.attached",
        "announcement.buttons",
        "school.contact",
        "school.site",
        "not school.site",
        "personal",
        "not personal",
        "has_unsubscribe",
        "has_acknowledge",
        "has_acknowledge and not has_unsubscribe",
    ],
)
def test_a_mistake_is_found_behind_every_turn_a_template_can_take(tmp_path, condition):
    source = f"{{{{ announcement.body }}}}\n{{% if {condition} %}}\n{{{{ nobody }}}}\n{{% endif %}}"
    found = check_templates(school(tmp_path, "telegram/message.html.j2", source), LOOKS)
    assert [(mistake.file, mistake.line) for mistake in found] == [
        (str(tmp_path / "telegram/message.html.j2"), 3)
    ]


def test_every_wrong_file_is_told_once(tmp_path):
    school(tmp_path, "vk/message.txt.j2", "{{ a }}")
    found = check_templates(school(tmp_path, "email/message.html.j2", "{% if %}"), LOOKS)
    assert {Path(mistake.file).parent.name for mistake in found} == {"vk", "email"}
    assert len(found) == 2


def test_a_file_that_nobody_would_read_is_told(tmp_path):
    found = check_templates(school(tmp_path, "telegram/letter.html.j2", ""), LOOKS)
    assert [mistake.file for mistake in found] == [str(tmp_path / "telegram/letter.html.j2")]
    assert "telegram/message.html.j2" in found[0].expected


def test_partial_files_and_the_sites_own_pages_are_read(tmp_path):
    school(tmp_path, "telegram/_end.html.j2", "")
    assert check_templates(school(tmp_path, "site/page.html.j2", "{{ item }}"), LOOKS) == ()


def test_a_folder_that_is_not_there_has_no_mistakes(tmp_path):
    assert check_templates(Templates(tmp_path / "none"), LOOKS) == ()
