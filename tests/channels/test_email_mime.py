"""What a mail is made of: the bytes are parsed and held against what EmailMessage would build."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.contract import Attachment, Content, Envelope, Wording
from channels.email import EmailConfig
from channels.email.mime import JOINED, Letter
from channels.email.tree import PLACE_OF_PHOTOS, photo_id

CONFIG = EmailConfig(
    host="127.0.0.1",
    sender="news@school5.example",
    sender_name="Школа № 5 «Родник»",
    reply_to="office@school5.example",
    list_id="Объявления <news.school5.example>",
)
DATE = b"Date: Sat, 21 Nov 2026 08:00:00 +0300\r\n"
PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def content(
    *,
    subject: str = "Утренник",
    texts: tuple[Wording, ...] = (Wording.plain("Приходите к 9:00"),),
    html: Wording | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> Content:
    return Content("guid", Wording.plain(subject), texts, html, attachments)


def written(made: Content, *, config: EmailConfig = CONFIG, **personal: object) -> bytes:
    envelope = Envelope(uuid4(), "mama@mail.example", made, **personal)  # type: ignore[arg-type]
    return b"".join(Letter(made, config).write(envelope, DATE).chunks)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def shape(message: EmailMessage) -> list[tuple[str, str | None, str | None, str | None]]:
    """Types, dispositions, names and content ids of all parts in order."""
    return [
        (
            part.get_content_type(),
            part.get_content_disposition(),
            part.get_filename(),
            part["Content-ID"],
        )
        for part in message.walk()
    ]


def texts_of(message: EmailMessage) -> list[str]:
    """The contents of text parts as Python has them, without the line end at their end."""
    return [
        part.get_content().replace("\r\n", "\n").removesuffix("\n")
        for part in message.walk()
        if part.get_content_maintype() == "text" and not part.get_content_disposition()
    ]


def payloads(message: EmailMessage) -> list[bytes]:
    return [
        part.get_payload(decode=True)  # type: ignore[misc]
        for part in message.walk()
        if part.get_content_disposition()
    ]


def defects(message: EmailMessage) -> list[object]:
    in_headers = [d for part in message.walk() for value in part.values() for d in value.defects]
    return [d for part in message.walk() for d in part.defects] + in_headers


def reference(made: Content, text: str, html: str, subject: str) -> EmailMessage:
    """The same mail as the standard library builds it, whole, for one person."""
    message = EmailMessage(policy=SMTP)
    message["To"] = "mama@mail.example"
    message["Date"] = DATE.decode().removeprefix("Date: ").strip()
    message["Subject"] = subject
    message["From"] = Address(CONFIG.sender_name, addr_spec=CONFIG.sender)
    message["Reply-To"] = CONFIG.reply_to
    message["List-Id"] = CONFIG.list_id
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "bulk"
    message.set_content(text, cte="base64")
    if html:
        message.add_alternative(html, subtype="html", cte="base64")
        for photo in [file for file in made.attachments if file.is_photo]:
            kind, subkind = photo.media_type.split("/")
            rich = list(message.iter_parts())[-1]
            assert isinstance(rich, EmailMessage)
            rich.add_related(
                photo.content,
                kind,
                subkind,
                cid=f"<{photo_id(photo)}>",
                filename=photo.name,
                disposition="inline",
            )
    for file in made.attachments:
        if not (html and file.is_photo):
            kind, subkind = file.media_type.split("/")
            message.add_attachment(file.content, kind, subkind, filename=file.name)
    return parsed(message.as_bytes())


def assert_same(raw: bytes, expected: EmailMessage) -> None:
    message = parsed(raw)
    assert defects(message) == []
    assert shape(message) == shape(expected)
    assert texts_of(message) == texts_of(expected)
    assert payloads(message) == payloads(expected)
    ours = {k: v for k, v in message.items() if k not in {"Message-ID", "Content-Type"}}
    theirs = {k: v for k, v in expected.items() if k != "Content-Type"}
    assert ours == theirs


def assert_fit_for_the_wire(raw: bytes) -> None:
    assert raw.endswith(b"\r\n")
    lines = raw.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert not any(line.startswith(b".") for line in lines)
    assert raw.isascii()
    assert max(map(len, lines)) <= 998


@pytest.fixture
def files(tmp_path: Path) -> tuple[Attachment, ...]:
    def file(name: str, media_type: str, data: bytes) -> Attachment:
        (tmp_path / name).write_bytes(data)
        return Attachment.of(tmp_path / name, media_type, title=f"Заголовок «{name}» & <b>")

    return (
        file("ёлка.png", "image/png", PIXEL),
        file("План на четверть, 5 «Б».pdf", "application/pdf", b"%PDF-1.7\n.\n..\r\n" * 9),
        file("second.jpg", "image/jpeg", PIXEL * 3),
        file("list.csv", "text/csv", "ФИО;класс\n".encode("cp1251")),
    )


PERSONAL_TEXT = Wording(("Здравствуйте, ", "name", "!\nЖдём ", "pupil", " к 9:00.\n"))
PERSONAL_HTML = Wording(("<p>Здравствуйте, <b>", "name", "</b>!</p>\n<p>Ждём ", "pupil", "</p>"))
SEGMENTS: Mapping[str, str] = {"name": "Анна &amp; Пётр", "pupil": "Машу 🎒"}
RAW: Mapping[str, str] = {"name": "Анна & Пётр", "pupil": "Машу 🎒"}


def test_a_plain_text_is_what_the_standard_library_would_build() -> None:
    made = content()
    assert_same(written(made), reference(made, "Приходите к 9:00", "", "Утренник"))


def test_text_and_html_are_alternatives_with_the_persons_segments() -> None:
    made = content(texts=(PERSONAL_TEXT,), html=PERSONAL_HTML)
    raw = written(made, segments=SEGMENTS, raw_segments=RAW)
    text, html = PERSONAL_TEXT.fill(RAW), PERSONAL_HTML.fill(SEGMENTS)
    assert_same(raw, reference(made, text.removesuffix("\n"), html, "Утренник"))


@pytest.mark.parametrize("text", [PERSONAL_TEXT, Wording.plain("Для всех")], ids=["own", "common"])
@pytest.mark.parametrize("html", [None, PERSONAL_HTML, Wording.plain("<p>Для всех</p>")])
def test_files_of_all_kinds_arrive_whatever_is_personal(
    files: tuple[Attachment, ...], text: Wording, html: Wording | None
) -> None:
    referring = html and Wording((*html.pieces[:-1], html.pieces[-1] + shown(files)))
    made = content(texts=(text,), html=referring, attachments=files)
    raw = written(made, segments=SEGMENTS, raw_segments=RAW)
    rich = referring.fill(SEGMENTS) if referring else ""
    assert_same(raw, reference(made, text.fill(RAW).removesuffix("\n"), rich, "Утренник"))
    assert_fit_for_the_wire(raw)


def shown(files: tuple[Attachment, ...]) -> str:
    return "".join(f'<img src="cid:{photo_id(file)}">' for file in files if file.is_photo)


def test_a_photo_the_text_does_not_place_is_shown_at_its_end(files: tuple[Attachment, ...]) -> None:
    html = Wording(("<html><body><p>", "name", "</p></body></html>"))
    raw = written(content(html=html, attachments=files[:1]), segments=SEGMENTS)
    rich = texts_of(parsed(raw))[1]
    placed = re.fullmatch(r"<html><body><p>.*</p><p>(<img .*>)</p></body></html>", rich)
    assert placed
    assert f'src="cid:{photo_id(files[0])}"' in placed[1]
    assert 'alt="Заголовок «ёлка.png» &amp; &lt;b&gt;"' in placed[1]


def test_photos_stand_where_the_template_marks_their_place(files: tuple[Attachment, ...]) -> None:
    html = Wording((f"<p>Текст</p>{PLACE_OF_PHOTOS}<p>", "name", "</p>"))
    rich = texts_of(parsed(written(content(html=html, attachments=files[:1]), segments=SEGMENTS)))
    assert re.fullmatch(r"<p>Текст</p><p><img [^>]*></p><p>.*</p>", rich[1])


def test_without_rich_text_photos_are_attached(files: tuple[Attachment, ...]) -> None:
    message = parsed(written(content(attachments=files[:1])))
    assert [part.get_content_disposition() for part in message.walk()] == [None, None, "attachment"]


def test_an_unknown_media_type_is_sent_as_bytes(tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(b"From: x\r\n\r\n.\r\n")
    file = Attachment.of(tmp_path / "mail.eml", "message/rfc822")
    [part] = list(parsed(written(content(attachments=(file,)))).iter_attachments())
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_payload(decode=True) == b"From: x\r\n\r\n.\r\n"


def test_two_texts_are_one_below_the_other() -> None:
    made = content(texts=(Wording(("Раз, ", "name", "")), Wording(("", "pupil", " два"))))
    assert texts_of(parsed(written(made, raw_segments=RAW))) == ["Раз, Анна & Пётр\nМашу 🎒 два"]


def test_a_missing_segment_is_a_fault() -> None:
    with pytest.raises(KeyError):
        written(content(texts=(PERSONAL_TEXT,)))


def spaced(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())


HOSTILE = (
    "Собрание\r\nBcc: everybody@mail.example",
    "Собрание\n\n<html>",
    "Очень " * 80 + "длинная тема",
    "Family 👨‍👩‍👧‍👦 " * 20,
    "a" * 2000,
    "tab\tand\x00control\x1f",
    "  края  ",
    "строка\u2028разделитель\u2029",
    "одиночный \ud800 суррогат",
    "",
)


@pytest.mark.parametrize("subject", HOSTILE)
@pytest.mark.parametrize("personal", [False, True], ids=["common", "own"])
def test_no_subject_leaves_its_header(subject: str, personal: bool) -> None:
    wording = Wording(("", "subject", "")) if personal else Wording.plain(subject)
    made = Content("guid", wording, (Wording.plain("Текст"),))
    raw = written(made, raw_segments={"subject": subject})
    clean = spaced(subject).replace("\ud800", "?")
    assert_same(raw, reference(made, "Текст", "", clean))
    assert_fit_for_the_wire(raw)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_subject_arrives_as_one_line(subject: str) -> None:
    made = Content("guid", Wording.plain(subject), (Wording.plain(""),))
    raw = written(made)
    assert parsed(raw)["Subject"] == spaced(subject)
    assert_fit_for_the_wire(raw)


def test_a_subject_that_looks_encoded_arrives_as_it_is() -> None:
    subject = "=?utf-8?b?0L/RgNC40LLQtdGC?="
    assert parsed(written(content(subject=subject)))["Subject"] == subject


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text(), st.text(), st.text())
def test_any_text_arrives_with_its_line_ends(before: str, name: str, after: str, html: str) -> None:
    rich = Wording((html, "name", html))
    made = content(texts=(Wording((before, "name", after)),), html=rich)
    raw = written(made, segments={"name": name}, raw_segments={"name": name})
    parts = [part for part in parsed(raw).walk() if not part.is_multipart()]
    bodies = [part.get_payload(decode=True).decode() for part in parts]  # type: ignore[union-attr]
    wanted = [(before, name, after), (html, name, html)]
    assert bodies == ["".join(map(lines, pieces)).replace("\n", "\r\n") for pieces in wanted]
    assert defects(parsed(raw)) == []
    assert_fit_for_the_wire(raw)


@pytest.mark.parametrize("text", [".", "..\n.\n", "\n.\n\n", "From me\n.\nQUIT\n"])
def test_a_line_with_a_lone_dot_does_not_end_the_message(text: str) -> None:
    raw = written(content(texts=(Wording.plain(text),), html=Wording.plain(text)))
    assert_fit_for_the_wire(raw)


def test_every_copy_has_its_own_message_id_the_same_at_every_attempt() -> None:
    made = content()
    letter = Letter(made, CONFIG)
    delivery = UUID("11111111-2222-3333-4444-555555555555")
    first = letter.write(Envelope(delivery, "mama@mail.example", made), DATE)
    again = letter.write(Envelope(delivery, "mama@mail.example", made), DATE)
    other = letter.write(Envelope(uuid4(), "mama@mail.example", made), DATE)
    assert first.message_id == again.message_id == f"<{delivery}@school5.example>"
    assert other.message_id != first.message_id
    assert parsed(b"".join(first.chunks))["Message-ID"] == first.message_id


def test_the_boundary_of_the_header_is_the_boundary_of_the_body(
    files: tuple[Attachment, ...],
) -> None:
    raw = written(content(html=PERSONAL_HTML, attachments=files), segments=SEGMENTS)
    for boundary in re.findall(rb'boundary="([^"]+)"', raw):
        assert raw.count(b"\r\n--" + boundary + b"--\r\n") == 1
        assert raw.count(b"\r\n--" + boundary + b"\r\n") >= 2


def test_a_page_to_unsubscribe_makes_both_fields_of_one_click() -> None:
    url = "https://school5.example/u/токен?a=1 2>\r\nX: y"
    message = parsed(written(content(), unsubscribe=url))
    token = "%D1%82%D0%BE%D0%BA%D0%B5%D0%BD"
    assert (
        message["List-Unsubscribe"] == f"<https://school5.example/u/{token}?a=1%202%3E%0D%0AX:%20y>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "X" not in message


def test_without_a_page_there_is_nothing_to_unsubscribe_with() -> None:
    assert not [name for name in parsed(written(content())) if name.startswith("List-Uns")]


def test_a_hostile_sender_name_stays_a_name() -> None:
    config = EmailConfig(
        host="127.0.0.1", sender="news@school5.example", sender_name='А"б\r\nBcc: x@y.example,'
    )
    [sender] = parsed(written(content(), config=config))["From"].addresses
    assert (sender.addr_spec, sender.display_name) == (
        "news@school5.example",
        'А"б Bcc: x@y.example,',
    )


def test_copies_of_a_large_message_share_its_attachments(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(bytes(JOINED * 2))
    made = content(
        texts=(PERSONAL_TEXT,),
        attachments=(Attachment.of(tmp_path / "film.mp4", "video/mp4"),),
    )
    letter = Letter(made, CONFIG)
    one, two = (
        letter.write(Envelope(uuid4(), "mama@mail.example", made, raw_segments=RAW), DATE)
        for _ in range(2)
    )
    assert one.chunks[-1] is two.chunks[-1]
    assert len(one.chunks[-1]) > JOINED * 2


def test_a_personal_mail_of_four_kilobytes_costs_microseconds() -> None:
    text = Wording(("Здравствуйте, ", "name", "! " + "Завтра утренник, нужна обувь. " * 30))
    html = Wording(("<p>", "name", "</p><p>" + "Завтра утренник, нужна обувь. " * 30))
    made = content(texts=(text,), html=html)
    letter = Letter(made, CONFIG)
    envelope = Envelope(uuid4(), "mama@mail.example", made, SEGMENTS, RAW)
    assert 4000 < letter.write(envelope, DATE).size < 6000
    took = min(timed(letter, envelope) for _ in range(20))
    assert took < 200e-6, "EmailMessage takes 3 ms, this some 20 µs on a quiet machine"


def timed(letter: Letter, envelope: Envelope) -> float:
    start = time.perf_counter()
    letter.write(envelope, DATE)
    return time.perf_counter() - start
