"""The description of the API is true: what it says may be sent is understood, whatever it is.

schemathesis makes requests from the description, right and wrong ones, and judges the answers.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from broadcaster.store.models import Announcement
from broadcaster.web.api import api
from tests import school
from tests.web.api.desk import EXCURSION, diary

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("school_1a"),
]

CHECKS: list[Callable[..., bool | None]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]

BOUNDED = {"generation": {"deterministic": True, "database": "none"}}
EXAMPLES = 30

schema = schemathesis.openapi.from_dict(
    dict(api.get_openapi_schema(path_prefix="api/v1/")),
    config=SchemathesisConfig.from_dict(BOUNDED),
)
schema.app = WSGIHandler()


@pytest.fixture
def bearer() -> dict[str, str]:
    """A token that opens everything, to a school in which there is something."""
    program = diary()
    program.post("/announcements", EXCURSION)
    school.copy(school.address(school.guardian(), "email"), school.announcement("1А"))
    return program.headers()


bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_the_description_is_made_once() -> None:
    assert api.get_openapi_schema() is api.get_openapi_schema()


@schema.parametrize()
@bounded
def test_every_answer_is_as_described(case: Case, bearer: dict[str, str]) -> None:
    case.call_and_validate(headers=bearer, checks=CHECKS)


@schema.include(path_regex="{announcement}").parametrize()
@bounded
def test_so_is_every_answer_about_an_announcement_that_is_there(
    case: Case, bearer: dict[str, str]
) -> None:
    case.path_parameters = {"announcement": str(Announcement.objects.latest("created_at").pk)}
    checks = [check for check in CHECKS if check is not negative_data_rejection]
    case.call_and_validate(headers=bearer, checks=checks)


@schema.include(path_regex="announcements$", method="POST").parametrize()
@bounded
def test_any_text_for_a_class_that_is_there_is_taken_or_refused(
    case: Case, bearer: dict[str, str]
) -> None:
    if isinstance(case.body, dict):
        case.body |= {"groups": ["1А"], "people": [], "channels": [], "release_at": None}
    checks = [check for check in CHECKS if check is not negative_data_rejection]
    case.call_and_validate(headers=bearer, checks=checks)
