"""What every test of the web may rely on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from broadcaster.bootstrap import office, showroom
from broadcaster.domain.permissions import Role
from broadcaster.services.drafts import Written, make_draft, write_draft
from broadcaster.store.models import Guardian, Staff
from tests import school
from tests.web.account_pages import PASSWORD
from tests.web.calendar_pages import shipped
from tests.web.desk import Write
from tests.web.staff import administrator, browser, member, teacher


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> Iterator[None]:
    """What one test has asked for does not count against the next one."""
    yield
    if office._office is not None:
        office._office.limits_storage.reset()


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Write]:
    """Writes the school's file; it and what lies beside it are this process's for one test."""
    file = tmp_path / "school.yaml"
    settings.HOME = tmp_path
    monkeypatch.setenv("BROADCASTER_CONFIG", str(file))

    def write(text: str) -> Path:
        file.write_text(text, "utf-8")
        office.cache_clear()
        showroom.cache_clear()
        return file

    write("")
    yield write
    monkeypatch.undo()
    office.cache_clear()
    showroom.cache_clear()


@pytest.fixture
def never_night(own_settings: Write) -> None:
    """The school's quiet hours are off."""
    own_settings("quiet_hours: {enabled: false}\n")


@pytest.fixture
def few_items(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own_settings: Write) -> None:
    """The calendar's own items are a few that the tests know."""
    shipped(monkeypatch, tmp_path)


@pytest.fixture
def office_() -> Client:
    """The browser of the school's office: an administrator's."""
    return administrator()


@pytest.fixture
def teacher_() -> Client:
    """The browser of a teacher of 1А."""
    return teacher("1А")


# Families


@pytest.fixture
def anna() -> Guardian:
    """A mother in 1А with two addresses."""
    return school.guardian("Анна Королёва", ("1А",), email="anna@example.org", vk="1900000001")


@pytest.fixture
def boris() -> Guardian:
    """A father in 2Б without any."""
    return school.guardian("Борис Щукин", ("2Б",))


# An announcement that is being written


@pytest.fixture
def author() -> Staff:
    """A teacher of 1А."""
    return member(Role.TEACHER, "1А")


@pytest.fixture
def page(author: Staff) -> Client:
    """Her browser."""
    return browser(author)


@pytest.fixture
def draft(author: Staff) -> UUID:
    """Her draft, empty."""
    return make_draft(author, now=school.NOON)


@pytest.fixture
def ready(author: Staff, draft: UUID) -> UUID:
    """The draft in version 1, which may leave: it goes to one place."""
    school.destination("site", "news")
    groups = frozenset({school.group("1А").pk})
    said = Written(title="Собрание", body="Приходите!", groups=groups)
    write_draft(author, draft, said, version=0)
    return draft


# Somebody with a password


@pytest.fixture
def quick(settings: Any) -> None:
    """Hashing that takes no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(quick: None) -> Staff:
    """A teacher who knows her password."""
    someone = member(Role.TEACHER, "1А", name="Мария Ивановна")
    someone.user.email = someone.user.username
    someone.user.set_password(PASSWORD)
    someone.user.save()
    return someone
