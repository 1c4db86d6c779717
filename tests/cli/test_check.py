"""`check`: every part is looked at, and what is not in order is told with the next step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.fixtures import Settings as DjangoSettings

from broadcaster.cli.playground import Playground
from broadcaster.playground import TOKENS
from broadcaster.services.contents import file_path
from broadcaster.store.queries.heartbeats import SWEEP, beat
from broadcaster.store.queries.lanes import pause_channel
from tests import school
from tests.cli.conftest import Settings
from tests.cli.desk import Typed
from tests.services.backup_stage import attached

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def four_channels(
    settings_file: Settings, platforms: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All channels are switched on and point to the sandbox; a worker lives."""
    settings_file(platforms.channels)
    for name, token in TOKENS.items():
        monkeypatch.setenv(name, token)
    beat(SWEEP, now=datetime.now(UTC))


def amiss(typed: Typed) -> dict[str, dict[str, Any]]:
    """The findings that are not in order, by code."""
    said = typed("check", "--json")
    assert said.code == int(not said.json["ok"])
    return {one["code"]: one for one in said.json["findings"] if not one["ok"]}


@pytest.mark.usefixtures("four_channels")
def test_a_whole_installation_is_in_order(typed: Typed) -> None:
    said = typed("check")
    assert said.code == 0
    assert "✗" not in said.out


@pytest.mark.usefixtures("four_channels")
def test_every_part_is_looked_at(typed: Typed) -> None:
    codes = [one["code"] for one in typed("check", "--json").json["findings"]]
    assert codes == [
        "configuration",
        "database",
        "files",
        "queue",
        "worker",
        "templates",
        "channel:telegram",
        "channel:vk",
        "channel:email",
        "channel:site",
    ]


@pytest.mark.usefixtures("four_channels")
@pytest.mark.parametrize(("token", "channel"), [("TELEGRAM_TOKEN", "telegram"), ("VK_TOKEN", "vk")])
def test_a_wrong_token_is_found(
    token: str, channel: str, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(token, "100200300:of-somebody-else")
    finding = amiss(typed)[f"channel:{channel}"]
    assert f"channels.{channel}" in finding["hint"]
    assert "of-somebody-else" not in str(finding)


@pytest.mark.usefixtures("four_channels")
@pytest.mark.parametrize(("token", "channel"), [("TELEGRAM_TOKEN", "telegram"), ("VK_TOKEN", "vk")])
def test_a_token_that_is_not_set_is_named_and_its_platform_not_asked(
    token: str, channel: str, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(token)
    finding = amiss(typed)[f"channel:{channel}"]
    assert finding["words"] == f"{token} не задан"
    assert token in finding["hint"]


@pytest.mark.usefixtures("day")
def test_a_password_that_is_not_set_is_named_where_there_is_a_user_name(
    typed: Typed, settings_file: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMTP_PASSWORD", raising=False)
    settings_file("channels: {email: {enabled: true, host: 127.0.0.1, port: 1, username: school}}")
    assert amiss(typed)["channel:email"]["words"] == "SMTP_PASSWORD не задан"


@pytest.mark.usefixtures("day")
def test_a_token_that_is_empty_in_the_settings_is_named_by_its_key(
    typed: Typed, settings_file: Settings
) -> None:
    settings_file("channels: {telegram: {enabled: true, token: ''}}")
    assert amiss(typed)["channel:telegram"]["words"] == "channels.telegram.token не задан"


@pytest.mark.usefixtures("day")
def test_a_platform_that_is_away_keeps_nothing_else_from_being_seen(
    typed: Typed, settings_file: Settings
) -> None:
    settings_file("channels: {email: {enabled: true, host: 127.0.0.1, port: 1}}")
    assert {"channel:email", "worker"} == amiss(typed).keys()


@pytest.mark.usefixtures("four_channels")
def test_a_channel_that_was_shut_is_found(typed: Typed) -> None:
    pause_channel("vk", now=school.NOON, reason="credentials", detail="")
    assert "broadcaster open vk" in amiss(typed)["channel:vk"]["hint"]


@pytest.mark.usefixtures("day")
def test_a_redis_that_is_away_is_found(typed: Typed, settings: DjangoSettings) -> None:
    settings.REDIS_URL = NOWHERE
    finding = amiss(typed)["queue"]
    assert finding["words"] == "Redis: соединение не принято"
    assert "REDIS_URL" in finding["hint"]


@pytest.mark.usefixtures("day")
def test_a_redis_that_answers_is_in_order(
    typed: Typed, settings: DjangoSettings, redis_url: str
) -> None:
    settings.REDIS_URL = redis_url
    assert "queue" not in amiss(typed)


@pytest.mark.usefixtures("day")
def test_a_home_without_any_of_the_newest_attachments_is_found(typed: Typed) -> None:
    file_path(settings.FILE_FOLDER, attached(b"%PDF the plan")).unlink()
    finding = amiss(typed)["files"]
    assert finding["words"] == "нет ни одного из последних"
    assert "BROADCASTER_HOME" in finding["hint"]


@pytest.mark.usefixtures("day")
def test_one_attachment_that_is_lost_is_no_other_home(typed: Typed) -> None:
    file_path(settings.FILE_FOLDER, attached(b"%PDF the plan")).unlink()
    attached(b"%PDF another plan")
    assert "files" not in amiss(typed)


@pytest.fixture
def _a_migration_short() -> Iterator[None]:
    """The database does not know of its newest migration."""
    recorder = MigrationRecorder(connection)
    newest = max(name for app, name in recorder.applied_migrations() if app == "store")
    recorder.record_unapplied("store", newest)
    yield
    recorder.record_applied("store", newest)


@pytest.mark.usefixtures("day", "_a_migration_short")
def test_a_database_that_is_not_up_to_date_is_found(typed: Typed) -> None:
    finding = amiss(typed)["database"]
    assert (finding["words"], finding["hint"]) == (
        "таблицы не готовы, не хватает изменений: 1",
        "Выполните: broadcaster init",
    )


@pytest.mark.usefixtures("day", "_a_migration_short")
@pytest.mark.parametrize("line", ["report", "pause aaaa", "open site", "people import x.csv"])
def test_no_command_works_on_a_database_that_is_not_up_to_date(line: str, typed: Typed) -> None:
    said = typed(*line.split())
    assert (said.code, said.err) == (4, "База данных не готова. Выполните: broadcaster init\n")


@pytest.fixture
def _of_a_newer_program() -> Iterator[None]:
    """The database has had a migration of which this program knows nothing."""
    recorder = MigrationRecorder(connection)
    recorder.record_applied("store", "9999_of_tomorrow")
    yield
    recorder.record_unapplied("store", "9999_of_tomorrow")


NEWER = "База данных новее программы: её обновила более новая версия."


@pytest.mark.usefixtures("day", "_of_a_newer_program")
def test_a_database_of_a_newer_program_is_found(typed: Typed) -> None:
    finding = amiss(typed)["database"]
    assert finding["words"] == "новее программы, неизвестных изменений: 1"
    assert finding["hint"].startswith("Обновите программу")


@pytest.mark.usefixtures("day", "_of_a_newer_program")
@pytest.mark.parametrize("line", ["report", "open site", "people import x.csv", "init"])
def test_no_command_works_on_a_database_of_a_newer_program(line: str, typed: Typed) -> None:
    said = typed(*line.split(), "--json")
    assert (said.code, said.json["error"]) == (4, "database_newer")
    assert said.json["problems"][0].startswith(NEWER)


@pytest.mark.usefixtures("day")
def test_a_worker_that_never_lived_is_found(typed: Typed) -> None:
    assert amiss(typed)["worker"]["hint"] == "Запустите службу или broadcaster serve"


@pytest.mark.usefixtures("day")
def test_a_worker_that_fell_silent_is_found(typed: Typed) -> None:
    beat(SWEEP, now=datetime.now(UTC) - timedelta(minutes=5))
    assert "worker" in amiss(typed)


@pytest.mark.usefixtures("day")
def test_people_see_the_next_step_under_each_finding(typed: Typed) -> None:
    said = typed("check")
    assert "✗ обработчик: не запущен: ничего не отправляется\n  → Запустите службу" in said.out


def test_a_wrong_configuration_is_told_with_file_and_key(
    typed: Typed, settings_file: Settings
) -> None:
    settings_file("school: {names: Школа}")
    said = typed("check", "--json")
    assert (said.code, said.json["error"]) == (3, "config_mistake")
    assert "school.yaml: school.names: " in said.json["problems"][0]
    assert "«name»" in said.json["problems"][0]
