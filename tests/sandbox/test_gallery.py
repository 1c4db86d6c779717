"""The gallery shows what came, keeps each file once, and runs nothing that came."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from broadcaster.sandbox.gallery import FeedEntry, FeedLook, Parent, Place, write_gallery
from broadcaster.sandbox.gallery.shelf import stored_name
from broadcaster.sandbox.phone import Shown, ShownFile

SCHOOL = "Школа № 12 «Родник»"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHOTO = ShownFile("пруд.jpg", "image/jpeg", b"\xff\xd8\xff a picture")
MEMO = ShownFile("памятка.pdf", "application/pdf", b"%PDF-1.4 " + bytes(2_340_000))
OLGA = Parent(
    "Ольга Петровна Смирнова",
    ("Мария С.",),
    {"telegram": "11", "vk": "22", "email": "olga@example.org"},
)


def telegram(**fields: object) -> Shown:
    given = {"platform": "telegram", "address": "11", "at": NOON, "ids": {"message_id": 1}}
    return Shown(**{**given, **fields})  # type: ignore[arg-type]


def letter(**fields: object) -> Shown:
    given = {
        "platform": "email",
        "address": "olga@example.org",
        "at": NOON,
        "ids": {"message_id": "<1@school>"},
        "subject": "Тонкий лёд",
        "headers": {"from": f"{SCHOOL} <school@example.org>"},
    }
    return Shown(**{**given, **fields})  # type: ignore[arg-type]


class Gallery:
    """A gallery in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "gallery.html"
        self.files = folder / "gallery_files"

    def write(
        self,
        *shown: Shown,
        parents: tuple[Parent, ...] = (OLGA,),
        feed: FeedLook | None = None,
        places: tuple[Place, ...] = (),
    ) -> str:
        write_gallery(self.path, parents, shown, feed, school=SCHOOL, places=places)
        return self.path.read_text("utf-8")

    def stored(self) -> set[str]:
        return {path.suffix for path in self.files.iterdir()} - {".css", ".js"}


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path)


def section(page: str, name: str) -> str:
    _before, _mark, rest = page.partition(f'<section class="block" id="{name}">')
    assert rest
    return re.split(r'<section class="block"|</main>', rest)[0]


def documents(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'srcdoc="([^"]*)"', page)]


def test_a_parents_phone_has_a_program_for_each_address(gallery: Gallery) -> None:
    phones = section(gallery.write(), "parents")
    for word in ("Ольга Петровна Смирнова", "Мария С.", "Telegram", "ВКонтакте", "Почта"):
        assert word in phones


def test_the_first_program_with_a_message_is_in_front(gallery: Gallery) -> None:
    page = gallery.write(letter(text="Здравствуйте!"))
    assert re.findall(r'value="(\w+)" checked>\n', section(page, "parents")) == ["email"]


def test_a_message_keeps_the_markup_of_its_platform(gallery: Gallery) -> None:
    page = gallery.write(telegram(html='<b>Лёд</b>\n<a href="https://mchs.gov.ru/">МЧС</a>'))
    assert "<b>Лёд</b>\n<a href=" in page


def test_words_without_markup_keep_their_signs(gallery: Gallery) -> None:
    assert "1 &lt; 2 &amp; 3" in gallery.write(telegram(text="1 < 2 & 3"))


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<b onclick="alert(1)">',
        '<a href="javascript:alert(1)">',
        '<img src="https://spy.example/x.gif">',
        "<iframe src='https://spy.example/'></iframe>",
        "</div></section><style>*{display:none}</style>",
    ],
)
def test_nothing_that_came_runs_or_loads(gallery: Gallery, html: str) -> None:
    feed = FeedLook(SCHOOL, "feed.xml", (FeedEntry("Лёд", NOON, html),))
    page = gallery.write(telegram(html=html), letter(html=html), feed=feed)
    for danger in ("alert(1)", "spy.example", "*{display"):
        assert danger not in unescape(page)


def test_names_are_never_markup(gallery: Gallery) -> None:
    mallory = Parent("<script>1</script>", ("<b>",), {"telegram": '"><b>'}, "<i>")
    page = gallery.write(parents=(mallory,))
    assert "<script>1" not in page
    assert '"><b>' not in page
    assert "<i>" not in page


def test_a_feed_links_only_to_the_web(gallery: Gallery) -> None:
    entry = FeedEntry("Лёд", NOON, "", link="javascript:alert(1)")
    assert "javascript:" not in gallery.write(feed=FeedLook(SCHOOL, "feed.xml", (entry,)))


def test_a_letter_shows_subject_and_sender(gallery: Gallery) -> None:
    page = section(gallery.write(letter(text="Здравствуйте!")), "parents")
    assert "<h4>Тонкий лёд</h4>" in page
    assert "<b>Школа № 12 «Родник» &lt;school@example.org&gt;</b>" in page


def test_a_letters_html_is_a_page_of_its_own_without_scripts(gallery: Gallery) -> None:
    page = gallery.write(letter(html='<h1 style="color:red">Лёд</h1>', text="Лёд"))
    (document,) = documents(page)
    assert '<h1 style="color:red">Лёд</h1>' in document
    assert "default-src 'none'" in document
    (sandbox,) = re.findall(r'sandbox="([^"]*)"', page)
    assert "allow-scripts" not in sandbox


def test_a_letter_keeps_its_sheet_and_drops_what_its_head_says(gallery: Gallery) -> None:
    html = '<head><title>Тема</title></head><main style="padding:32px">Лёд</main>'
    (document,) = documents(gallery.write(letter(html=html)))
    assert '<main style="padding:32px">Лёд</main>' in document
    assert "Тема" not in document


def test_a_letters_text_part_can_be_unfolded(gallery: Gallery) -> None:
    page = gallery.write(letter(html="<p>Лёд</p>", text="Лёд текстом"))
    assert re.search(r"<details>.*Лёд текстом.*</details>", page)


def test_buttons_stand_under_their_message(gallery: Gallery) -> None:
    page = gallery.write(telegram(text="Лёд", buttons=("Ознакомлен(а)",)))
    assert "<li>Ознакомлен(а)</li>" in page


def test_the_items_of_an_album_are_one_message(gallery: Gallery) -> None:
    other = ShownFile("берег.jpg", "image/jpeg", b"another picture")
    page = gallery.write(
        telegram(files=(PHOTO,), album="7", text="Под первым снимком"),
        telegram(files=(other,), album="7"),
        telegram(text="Отдельно"),
    )
    assert page.count('<li class="message">') == 2
    assert 'class="photos photos-2"' in page


def test_messages_stand_in_the_order_of_time(gallery: Gallery) -> None:
    late = telegram(text="второе", at=NOON + timedelta(minutes=1))
    page = gallery.write(late, telegram(text="первое"))
    assert page.index("первое") < page.index("второе")


def test_messages_of_different_days_are_headed_by_the_day(gallery: Gallery) -> None:
    page = gallery.write(telegram(text="а"), telegram(text="б", at=NOON + timedelta(days=2)))
    assert re.findall(r'<li class="day"><span>(.*?)</span>', page) == ["21 ноября", "23 ноября"]


def test_a_file_is_stored_once_however_many_received_it(gallery: Gallery) -> None:
    people = tuple(Parent(f"Родитель {n}", (), {"telegram": f"{n}"}) for n in range(120))
    shown = [telegram(address=f"{n}", text="Лёд", files=(PHOTO, MEMO)) for n in range(120)]
    page = gallery.write(*shown, parents=people)
    assert len(list(gallery.files.iterdir())) == 4
    assert len(page) < 300_000


def test_documents_say_their_name_and_size(gallery: Gallery) -> None:
    page = gallery.write(telegram(files=(MEMO,)))
    assert 'download="памятка.pdf"' in page
    assert "2,3\N{NO-BREAK SPACE}МБ · PDF" in page


@pytest.mark.parametrize(
    ("name", "media_type", "ending"),
    [
        ("пруд.JPG", "image/jpeg", ".jpg"),
        ("смета.XLSX", "application/octet-stream", ".xlsx"),
        ("страница.html", "text/html", ".bin"),
        ("рисунок.svg", "image/svg+xml", ".bin"),
        ("программа.exe", "application/octet-stream", ".bin"),
        ("../../шутка", "text/plain", ".bin"),
    ],
)
def test_stored_files_open_nothing_dangerous(name: str, media_type: str, ending: str) -> None:
    stored = stored_name(ShownFile(name, media_type, b"content"))
    assert re.fullmatch(r"[0-9a-f]{24}" + re.escape(ending), stored)


def test_files_that_lie_there_are_left_alone(gallery: Gallery) -> None:
    gallery.write(telegram(files=(PHOTO,)))
    (stored,) = gallery.files.glob("*.jpg")
    before = stored.stat().st_mtime_ns
    gallery.write(telegram(files=(PHOTO,)))
    assert stored.stat().st_mtime_ns == before


def test_everything_the_page_needs_lies_beside_it(gallery: Gallery) -> None:
    page = gallery.write(telegram(files=(PHOTO, MEMO)))
    needed = set(re.findall(r'(?:src|href)="([^"#][^"]*)"', page))
    assert needed
    assert all((gallery.path.parent / one).is_file() for one in needed)


def test_a_folder_with_signs_in_its_name_is_found(tmp_path: Path) -> None:
    path = tmp_path / "что увидели #1.html"
    write_gallery(path, (), (), None, school=SCHOOL)
    assert 'href="%D1%87%D1%82%D0%BE%20' in path.read_text("utf-8")


def test_no_script_or_style_stands_in_the_page_itself(gallery: Gallery) -> None:
    page = gallery.write(telegram(text="Лёд"))
    assert re.findall(r"<script(.*?)>(.*?)</script>", page) == [
        (' src="gallery_files/gallery.js" defer', "")
    ]


def test_what_nobodys_address_received_is_a_destination(gallery: Gallery) -> None:
    page = gallery.write(telegram(address="-100500", text="В чат группы"))
    assert "В чат группы" in section(page, "places")
    assert "В чат группы" not in section(page, "parents")


def test_destinations_go_by_the_schools_names(gallery: Gallery) -> None:
    wall = Place("vk", "wall-7", "Сообщество школы")
    page = gallery.write(telegram(platform="vk", address="wall-7", text="На стене"), places=(wall,))
    assert "<h3>Сообщество школы</h3>" in section(page, "places")


def test_a_wall_looks_like_posts_and_not_like_a_chat(gallery: Gallery) -> None:
    page = gallery.write(telegram(platform="vk", address="wall-7", text="На стене"))
    assert '<li class="message post">' in section(page, "places")


def test_the_feed_shows_the_newest_first(gallery: Gallery) -> None:
    entries = (
        FeedEntry("Старое", NOON, "<p>было</p>"),
        FeedEntry("Новое", NOON + timedelta(days=1), "<p>стало</p>", "https://school.example/2"),
    )
    places = section(gallery.write(feed=FeedLook("Новости", "feed.xml", entries)), "places")
    assert places.index("Новое") < places.index("Старое")
    assert 'href="https://school.example/2"' in places


def test_a_destination_of_the_site_shows_as_the_feed_alone(gallery: Gallery) -> None:
    page = gallery.write(places=(Place("site", "feed", "Новости на сайте"),))
    assert "Новости на сайте" not in page


def test_parents_who_were_not_reached_are_named_with_the_reason(gallery: Gallery) -> None:
    anna = Parent("Анна Ильина", ("Лев И.",), {"telegram": "33"}, "Заблокировала бота.")
    page = gallery.write(parents=(OLGA, anna))
    assert "Заблокировала бота." in section(page, "unreached")
    assert "Анна Ильина" not in section(page, "parents")


def test_someone_not_reached_this_time_keeps_what_came_before(gallery: Gallery) -> None:
    anna = Parent("Анна Ильина", (), {"telegram": "11"}, "Заблокировала бота.")
    page = gallery.write(telegram(text="Прежнее"), parents=(anna,))
    assert "Прежнее" in section(page, "parents")


def test_two_who_share_a_mailbox_both_see_the_letter(gallery: Gallery) -> None:
    pair = tuple(Parent(name, (), {"email": "olga@example.org"}) for name in ("Ольга", "Олег"))
    page = gallery.write(letter(text="Семье"), parents=pair)
    assert page.count("<h4>Тонкий лёд</h4>") == 2


def test_cards_can_be_found_by_parent_child_and_channel(gallery: Gallery) -> None:
    page = gallery.write(telegram(text="Лёд"))
    assert 'data-find="Ольга Петровна Смирнова Мария С." data-channels="telegram"' in page


def test_filters_offer_only_channels_that_carried_something(gallery: Gallery) -> None:
    page = gallery.write(telegram(text="Лёд"))
    assert re.findall(r'name="channel" value="(\w*)"', page) == ["", "telegram"]


def test_a_channel_we_have_no_word_for_goes_by_its_own_name(gallery: Gallery) -> None:
    viber = Parent("Ольга", (), {"viber": "1"})
    page = gallery.write(telegram(platform="viber", address="1", text="Лёд"), parents=(viber,))
    assert "Лёд" in section(page, "parents")
    assert "viber" in page


def test_an_address_that_got_nothing_says_so(gallery: Gallery) -> None:
    assert "Сюда ничего не пришло" in gallery.write()


def test_a_school_that_has_sent_nothing_gets_a_page_that_says_so(gallery: Gallery) -> None:
    page = gallery.write(parents=())
    assert "никому ничего не отправляли" in page
    assert "На площадках пока ничего нет." in page
    assert 'id="unreached"' not in page
