from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from broadcaster.contract import Button, Capability, Wording
from broadcaster.domain.policy import Importance
from broadcaster.rendering.content import School, render
from broadcaster.rendering.context import date_words
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.sandbox.telegram.markup import formatted
from channels.email import Email
from channels.vk import Vk
from tests.rendering.samples import (
    LOOKS,
    MAIL,
    PERSON,
    SCHOOL,
    SHIPPED,
    SITE,
    TELEGRAM,
    TEXT,
    VK,
    attachment,
    rendered,
    school_templates,
)

WITH_PAGES = replace(MAIL, has_unsubscribe=True)
OPEN = Button("Подробнее", url="https://x.ru/")
POOR_VK = replace(VK, traits=replace(VK.traits, capabilities=frozenset({Capability.PEOPLE})))


def carried(look, *, text=TEXT, school=SCHOOL, files=(), **more):
    return render(text, look, school, files, templates=SHIPPED, **more)


def test_telegram_gets_html():
    assert rendered(TELEGRAM).texts == (
        Wording.plain("<b>Завтра карантин</b>\n\nПриходите в <i>четверг</i>.\n\n<i>Лицей № 5</i>"),
    )


def test_vk_gets_plain_text():
    assert rendered(VK).texts == (
        Wording.plain("Завтра карантин\n\nПриходите в четверг.\n\nЛицей № 5"),
    )


def test_mail_gets_a_subject_a_text_and_html():
    content = rendered(MAIL)
    assert content.subject == Wording.plain("Завтра карантин")
    assert content.texts[0].fill({}).startswith("Завтра карантин\n\nПриходите в четверг.\n\n--")
    assert content.html.fill({}).startswith("<!DOCTYPE html>")
    assert "<em>четверг</em>" in content.html.fill({})


def test_the_site_gets_html_and_a_summary():
    content = rendered(SITE)
    assert content.html == Wording.plain("<p>Приходите в <em>четверг</em>.</p>")
    assert content.texts == (Wording.plain("Приходите в четверг."),)


def test_a_long_summary_is_cut_between_words():
    summary = rendered(SITE, "слово " * 500).texts[0].fill({})
    assert 400 < len(summary) <= 501
    assert summary.endswith("слово…")


def test_a_text_without_words_is_summed_up_by_its_title():
    assert rendered(SITE, "```\n```").texts == (Wording.plain("Завтра карантин"),)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize(
    ("importance", "words"), [(Importance.IMPORTANT, "❗ Важно"), (Importance.URGENT, "🚨 Срочно")]
)
def test_importance_stands_on_top(look, importance, words):
    content = carried(look, text=replace(TEXT, importance=importance))
    rich = content.html or content.texts[0]
    text = rich.fill(PERSON).replace("<b>", "").replace("<h1", "Завтра карантин<h1")
    assert text.partition("карантин</h1>" if look is MAIL else "Приходите")[0].count(words) == 1


def test_the_importance_of_a_mail_is_in_its_subject():
    content = carried(MAIL, text=replace(TEXT, importance=Importance.URGENT))
    assert content.subject == Wording.plain("Срочно: Завтра карантин")


@pytest.mark.parametrize("title", ["Срочно: отключили воду", "СРОЧНО! Отключили воду", "Срочно"])
def test_a_title_that_says_how_important_it_is_is_not_made_to_say_it_twice(title):
    content = carried(MAIL, text=replace(TEXT, title=title, importance=Importance.URGENT))
    assert content.subject == Wording.plain(title)


def test_a_title_that_begins_with_a_longer_word_is_marked_all_the_same():
    text = replace(TEXT, title="Важное собрание", importance=Importance.IMPORTANT)
    longer = replace(TEXT, title="Важности нет", importance=Importance.IMPORTANT)
    assert carried(MAIL, text=text).subject == Wording.plain("Важно: Важное собрание")
    assert carried(MAIL, text=longer).subject == Wording.plain("Важно: Важности нет")


def test_a_routine_announcement_has_no_mark():
    assert not any("❗" in text.fill({}) or "🚨" in text.fill({}) for text in rendered(VK).texts)


def test_holes_of_the_text_are_holes_of_the_wording():
    content = rendered(TELEGRAM, "Здравствуйте, **{{ имя }}**!")
    assert content.personal
    assert content.texts[0].pieces[1] == "name"
    assert "<b>Анна</b>" in content.texts[0].fill(PERSON)


def test_a_text_without_holes_is_one_for_all():
    assert not any(rendered(look).personal for look in LOOKS)


def test_holes_are_a_mistake_where_many_read():
    with pytest.raises(BodyMistake, match="личных") as raised:
        rendered(replace(TELEGRAM, personal=False), "раз\n\n{{ дети }}")
    assert raised.value.line == 3


@pytest.mark.parametrize("title", ["", " \u200b", "{{ имя }}, привет"])
def test_a_title_is_one_for_all_and_not_empty(title):
    with pytest.raises(BodyMistake, match="заголов"):
        carried(VK, text=replace(TEXT, title=title))


def test_a_title_is_one_line_of_plain_text():
    content = carried(TELEGRAM, text=replace(TEXT, title="1 <\n 2\u202e"))
    assert content.subject == Wording.plain("1 < 2")
    assert "<b>1 &lt; 2</b>" in content.texts[0].fill({})


def test_a_mail_carries_its_pages_for_each_person():
    content = carried(WITH_PAGES)
    assert content.personal
    for wording in (content.texts[0], content.html):
        assert {"unsubscribe"} <= set(wording.pieces[1::2])


def test_without_pages_a_mail_is_the_same_for_all():
    assert not carried(MAIL).personal


@pytest.mark.parametrize("look", [MAIL, TELEGRAM], ids=lambda look: look.name)
def test_a_copy_that_asks_carries_the_page_to_acknowledge_in_every_form(look):
    content = carried(replace(look, has_acknowledge=True))
    assert content.holes == {"acknowledge"}
    for wording in filter(None, (content.texts[-1], content.html)):
        assert "https://school.example/a/1" in wording.fill(PERSON)


def test_telegram_shows_the_page_to_acknowledge_as_a_link():
    content = carried(replace(TELEGRAM, has_acknowledge=True))
    assert content.texts[0].fill(PERSON) == (
        "<b>Завтра карантин</b>\n\nПриходите в <i>четверг</i>.\n\n"
        '✅ Прочитали? Нажмите: <a href="https://school.example/a/1">Ознакомлен(а)</a>\n\n'
        "<i>Лицей № 5</i>"
    )


def test_the_plain_half_of_a_mail_writes_the_page_to_acknowledge_out():
    content = carried(replace(MAIL, has_acknowledge=True))
    assert content.texts[0].fill(PERSON) == (
        "Завтра карантин\n\nПриходите в четверг.\n\n"
        "Прочитали? Откройте страницу и нажмите «Ознакомлен(а)»:\nhttps://school.example/a/1\n\n"
        "-- \nЛицей № 5"
    )


def test_a_page_written_out_counts_when_a_message_is_split(tmp_path):
    own = school_templates(
        tmp_path,
        "telegram/message.html.j2",
        "{{ announcement.body }}{% if has_acknowledge %} {{ person.acknowledge }}{% endif %}",
    )
    text = replace(TEXT, body="слово " * 670)
    for look, messages in ((TELEGRAM, 1), (replace(TELEGRAM, has_acknowledge=True), 2)):
        assert len(render(text, look, SCHOOL, templates=own).texts) == messages


def test_walls_and_chats_ask_nobody():
    assert not carried(replace(TELEGRAM, personal=False, has_acknowledge=True)).personal


def test_a_message_with_files_starts_within_a_caption():
    content = carried(TELEGRAM, text=replace(TEXT, body="слово " * 600), files=[attachment()])
    lengths = [formatted(text.fill({}), "html").units for text in content.texts]
    assert lengths[0] <= 1024
    assert max(lengths[1:]) <= 4096
    assert content.attachments == (attachment(),)


def test_without_files_it_may_be_longer():
    content = carried(TELEGRAM, text=replace(TEXT, body="слово " * 600))
    assert len(content.texts) == 1


def test_a_file_that_cannot_be_carried_is_a_link():
    content = carried(POOR_VK, files=[attachment()], links={"d1": "https://x.ru/plan.pdf"})
    assert content.attachments == ()
    assert "📎 план.pdf — https://x.ru/plan.pdf" in content.texts[0].fill({})


def test_one_without_a_page_is_named():
    assert "план.pdf — спросите в школе" in carried(POOR_VK, files=[attachment()]).texts[0].fill({})


def test_a_file_too_large_for_the_channel_is_a_link():
    look = replace(TELEGRAM, traits=replace(TELEGRAM.traits, max_attachment=500))
    small, large = attachment(size=500), attachment("фильм.mp4", size=501, digest="d2")
    content = carried(look, files=[small, large], links={"d2": "https://x.ru/?a=1&b=2"})
    assert content.attachments == (small,)
    assert '<a href="https://x.ru/?a=1&amp;b=2">фильм.mp4</a>' in content.texts[0].fill({})


def test_files_that_are_too_much_for_one_letter_are_named_in_it():
    look = replace(MAIL, traits=replace(Email.traits, markup=MAIL.traits.markup))
    plan, film = attachment(size=10_000_000), attachment("фильм.mp4", size=9_000_000, digest="d2")
    note = attachment("памятка.pdf", size=8_000_000, digest="d3")
    content = carried(look, files=[plan, film, note])
    assert content.attachments == (plan, note)
    assert "«фильм.mp4»: спросите в школе" in content.texts[0].fill({})


def test_music_which_vk_takes_from_nobody_is_named_there():
    look = replace(VK, traits=replace(VK.traits, refused_types=Vk.traits.refused_types))
    music = replace(attachment("гимн.mp3", digest="d2"), media_type="audio/mpeg")
    content = carried(look, files=[attachment(), music])
    assert content.attachments == (attachment(),)
    assert "гимн.mp3 — спросите в школе" in content.texts[0].fill({})


def test_buttons_are_buttons_where_there_are_any():
    content = carried(VK, buttons=[OPEN])
    assert content.buttons == (OPEN,)
    assert "Подробнее" not in content.texts[0].fill({})


@pytest.mark.parametrize("look", [POOR_VK, MAIL, SITE], ids=lambda look: look.name)
def test_else_they_are_links(look):
    content = carried(look, buttons=[OPEN])
    assert content.buttons == ()
    assert "https://x.ru/" in (content.html or content.texts[0]).fill({})


def test_a_button_that_cannot_be_a_link_is_refused_aloud():
    with pytest.raises(ValueError, match="without a page"):
        carried(MAIL, buttons=[Button("Ознакомлен(а)", payload="ack:1")])


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_schools_line_is_under_every_message(look):
    content = carried(look, school=School("Лицей", "Секретарь: 8\u00a0900\u202e"))
    assert "Секретарь: 8\u00a0900" in (content.html or content.texts[-1]).fill({})


def test_guid_and_labels_are_handed_on():
    content = carried(SITE, labels=["1а"])
    assert (content.guid, content.labels) == ("0b5c", ("1а",))


def test_a_date_is_written_as_in_a_letter():
    assert date_words(datetime(2026, 5, 5, 9, 3, tzinfo=UTC)) == "5 мая 2026\u00a0г., 09:03"
