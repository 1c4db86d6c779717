"""What is wrong in the school's file is told with its file, key and remedy."""

from __future__ import annotations

import pytest

from tests.config.stage import Mistaken


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ("scool: {}", "scool", "school"),
        ("school: {nmae: Лицей}", "school.nmae", "name"),
        ("quiet_hours: {begin: '21:00'}", "quiet_hours.begin", "enabled, end, start"),
        ("retries: {trys: 3}", "retries.trys", "tries"),
        ("channels: {telegramm: {enabled: true}}", "channels.telegramm", "telegram"),
        ("channels: {telegramm: {}}", "channels.telegramm", "telegram"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_one(
    mistaken: Mistaken, text: str, key: str, nearest: str
) -> None:
    mistake = mistaken(text)
    assert mistake.key == key
    assert nearest in str(mistake)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("school: {name: 5}", "school.name", "текст"),
        ("school: {name: [a]}", "school.name", "текст"),
        ("school: Лицей", "school", "блок ключей"),
        ("school: {time_zone: Moscow}", "school.time_zone", "Europe/Moscow"),
        ("school: {time_zone: ../../etc/passwd}", "school.time_zone", "Europe/Moscow"),
        ("school: {time_zone: 3}", "school.time_zone", "Europe/Moscow"),
        ("school: {public_url: news.school.example}", "school.public_url", "https://"),
        ("school: {public_url: 'https://'}", "school.public_url", "https://"),
        ("school: {public_url: 'https://a b'}", "school.public_url", "https://"),
        (f"school: {{public_url: https://{'a' * 130}.example}}", "school.public_url", "120"),
        ("quiet_hours: {enabled: maybe}", "quiet_hours.enabled", "true или false"),
        ("quiet_hours: {enabled: 1}", "quiet_hours.enabled", "true или false"),
        ("quiet_hours: {start: 21:00}", "quiet_hours.start", '"21:00"'),
        ("quiet_hours: {start: '25:00'}", "quiet_hours.start", '"21:00"'),
        ("retries: {tries: 1.5}", "retries.tries", "целое число"),
        ("retries: {tries: true}", "retries.tries", "целое число"),
        ("retries: {tries: 0}", "retries.tries", "от 1 до"),
        ("retries: {first_wait: -1}", "retries.first_wait", "от 0.1 до"),
        ("retries: {factor: 0.5}", "retries.factor", "от 1 до"),
        ("retries: {longest_wait: 0}", "retries.longest_wait", "от 1 до"),
        ("dispatch: {lease: soon}", "dispatch.lease", "число"),
        ("dispatch: {lease: 0}", "dispatch.lease", "от 5 до"),
        ("dispatch: {sweep_every: 0}", "dispatch.sweep_every", "от 0.1 до"),
        ("files: {largest: 20 MB}", "files.largest", "целое число"),
        ("files: {most: -1}", "files.most", "от 0 до"),
        ("calendar: {week: 8}", "calendar.week", "от 5 до 7"),
        ("webhooks: {timeout: .nan}", "webhooks.timeout", "число"),
        ("dispatch: {lease: .inf}", "dispatch.lease", "число"),
        ("retries: {factor: 1.0e+300}", "retries.factor", "от 1 до"),
        ("alarms: {disk_free: 150}", "alarms.disk_free", "от 0 до 100"),
        ("alarms: {waiting: -5}", "alarms.waiting", "от 1 до"),
        ("approvals: {remind_every: 1000000000}", "approvals.remind_every", "от 1 до"),
        ("quiet_hours: {start: '07:00', end: '07:00'}", "quiet_hours", "совпадают"),
        ("school: {public_url: 'https://school.example:99999/'}", "school.public_url", "https://"),
        ("api: {limit: 30/1000000 years}", "api.limit", "30/second"),
        ("api: {limit: 30/second;5/minute}", "api.limit", "30/second"),
        (f"api: {{limit: {10**30}/second}}", "api.limit", "30/second"),
        ("channels: {telegram: {lanes: 1000}}", "channels.telegram.lanes", "от 1 до"),
        ("templates: 5", "templates", "путь"),
        ("channels: [telegram]", "channels", "блок ключей"),
        ("channels: {telegram: true}", "channels.telegram", "блок ключей"),
        ("channels: {telegram: {enabled: 'yes'}}", "channels.telegram.enabled", "true или false"),
        ("channels: {telegram: {data_class: secret}}", "channels.telegram.data_class", "closed"),
        ("channels: {telegram: {data_class: [a]}}", "channels.telegram.data_class", "closed"),
        ("channels: {telegram: {limits: 30/second}}", "channels.telegram.limits", "список"),
        ("channels: {telegram: {limits: [30]}}", "channels.telegram.limits", "текст"),
        ("channels: {telegram: {limits: [fast]}}", "channels.telegram.limits", "30/second"),
        ("channels: {telegram: {limits: [0/second]}}", "channels.telegram.limits", "30/second"),
        ("channels: {vk: {place_limits: [fast]}}", "channels.vk.place_limits", "30/second"),
        ("channels: {telegram: {lanes: 0}}", "channels.telegram.lanes", "от 1 до"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_what_was_expected(
    mistaken: Mistaken, text: str, key: str, expected: str
) -> None:
    mistake = mistaken(text)
    assert mistake.key == key
    assert expected in str(mistake)


@pytest.mark.parametrize("text", ["school: [", "- a\n- b\n", "just words", "a: b: c"])
def test_what_is_no_yaml_of_keys_is_told(mistaken: Mistaken, text: str) -> None:
    assert mistaken(text).key == ""
