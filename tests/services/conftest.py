"""A class, its teacher and those who consent; a test whose school is another says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from broadcaster.domain.permissions import Role
from broadcaster.services.outlets import Office
from broadcaster.store.models import Staff
from tests import school
from tests.services.asking_stage import named
from tests.services.backup_stage import tidied
from tests.services.series_stage import begun
from tests.services.stage import Platform, office
from tests.web.staff import member


@pytest.fixture
def desk() -> Office:
    """The office of a school with one family, in 1А, that one platform reaches."""
    school.group("1А")
    school.guardian(alpha="here")
    return office(Platform())


@pytest.fixture
def author() -> Staff:
    """A teacher of 1А."""
    return member(Role.TEACHER, "1А", name="Мария Ивановна")


@pytest.fixture
def mould(desk: Office, author: Staff) -> UUID:
    """What repeats itself every Friday at 16:00 until the end of May."""
    return begun(desk, author)


@pytest.fixture
def boss() -> Staff:
    """An administrator with a mailbox."""
    return named("boss", Role.ADMINISTRATOR)


@pytest.fixture
def deputy_head() -> Staff:
    """A deputy head with a mailbox, who may consent."""
    return named("head", Role.APPROVER)


@pytest.fixture
def clean_home() -> Iterator[None]:
    """The tests' home keeps nothing of a test."""
    yield from tidied()


@pytest.fixture
def flights_place() -> Iterator[Path]:
    """Where lanes of the test remember beyond their end."""
    place = Path("/dev/shm") / f"broadcaster-test-{uuid4()}"
    yield place
    for file in place.parent.glob(f"{place.name}*"):
        file.unlink()
