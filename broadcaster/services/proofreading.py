"""A stored draft read before it is released: how it will look, what is wrong, what to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from babel.numbers import format_decimal

from broadcaster.contract import Attachment, DataClass, Markup
from broadcaster.domain.cautions import Caution, Facts, Kind, Link, Way, cautions
from broadcaster.domain.naming import named_in
from broadcaster.i18n import LANGUAGE, _, counted
from broadcaster.rendering.characters import visible
from broadcaster.rendering.content import Text
from broadcaster.rendering.links import links_in
from broadcaster.rendering.mistakes import BodyMistake, RenderingMistake
from broadcaster.services.attaching import megabytes
from broadcaster.services.contents import attachments_of, text_of, whole
from broadcaster.services.outlets import Office, Outlet
from broadcaster.services.previewing import Sample, Spoilt, personal_text, samples
from broadcaster.store.models import Announcement
from broadcaster.store.queries.places import shown_at_places
from broadcaster.store.queries.roll import names_on_roll
from broadcaster.words import channel_word

WORDS: Mapping[Kind, str] = {
    Kind.NO_TITLE: _("Нет заголовка. По нему родители узнают объявление в списке и в почте."),
    Kind.NO_BODY: _("Нет текста. Начните писать — и здесь появятся образцы."),
    Kind.NOWHERE: _(
        "Объявление никуда не уйдёт: ни одному включённому каналу из выбранных нельзя его доверить."
    ),
    Kind.CHANNEL_OFF: _("{channel}: канал выключен, копии по нему не уйдут."),
    Kind.NO_KEY: _("{channel}: не указан ключ, поэтому отправить ничего не получится."),
    Kind.NAMES: _(
        "Текст называет людей по имени ({names}): это личные сведения, на площадки они не "
        "попадут{off}."
    ),
    Kind.HOLES: _("Текст обращается к каждому лично, поэтому на площадки не попадёт{off}."),
    Kind.MORE_UNSEEN: _(
        "Дополнение для сайта никто не увидит: на сайте этого объявления не будет."
    ),
    Kind.NOT_TRUSTED: _("По вашей отметке это сведения не для всех{off}."),
    Kind.FILES_TOO_LARGE: _(
        "{channel}: вложения больше {size} там невозможны. Вместо файла родители увидят только "
        "название: {names}."
    ),
    Kind.FILES_REFUSED: _(
        "{channel}: такие файлы там не принимают. Вместо файла родители увидят только название: "
        "{names}."
    ),
    Kind.FILES_TOO_MUCH: _(
        "{channel}: все вложения вместе не больше {size}. Вместо остальных родители увидят только "
        "название: {names}."
    ),
    Kind.FILES_NOT_CARRIED: _(
        "{channel}: вложений там не бывает. Родители увидят только названия файлов."
    ),
    Kind.PHOTOS_AS_FILES: _(
        "{channel}: фотография больше {size} придёт файлом, без предпросмотра: {names}."
    ),
    Kind.CAPTION: _(
        "{channel}: подпись к вложениям не длиннее {limit}, поэтому текст уйдёт {parts}."
    ),
    Kind.PARTS: _("{channel}: сообщение не длиннее {limit}, поэтому текст уйдёт {parts}."),
    Kind.LINK_IN_CLEAR: _("Ссылка открывается без защиты, лучше https: {names}."),
    Kind.LINK_TO_NUMBERS: _(
        "Ссылка ведёт на адрес из цифр, родители примут её за мошенническую: {names}."
    ),
    Kind.LINK_IN_DISGUISE: _("Ссылка ведёт не туда, куда обещает её текст: {names}."),
    Kind.NO_DESCRIPTION: _(
        "Нет описания картинки: {names}. Незрячие родители не узнают, что на ней."
    ),
}
"""What each caution says to the author."""

SHOWN = 5
"""People, files or addresses that one caution lists."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why the draft cannot be released; `channel` is empty when the author's text is at fault."""

    words: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a draft looks like, what is wrong with it and what its author should know."""

    samples: tuple[Sample, ...]
    mistakes: tuple[Mistake, ...]
    cautions: tuple[Caution, ...]
    files: tuple[Attachment, ...]
    on: frozenset[str]

    def of(self, channel: str) -> tuple[Caution, ...]:
        """The cautions about one channel; with "" those about the whole."""
        return tuple(caution for caution in self.cautions if caution.channel == channel)


def proof_of(office: Office, showroom: Office, announcement: UUID) -> Proof:
    """Read a draft; `showroom` has every channel, `office` those that are switched on."""
    row = Announcement.objects.get(pk=announcement)
    text = text_of(office, announcement)
    files = attachments_of(showroom.files, announcement)
    outlets = _meant(office, showroom, row.channels)
    looks = _looks(showroom, text, files, [outlet.name for outlet in outlets])
    shown = tuple(look for look in looks if isinstance(look, Sample))
    spoilt = [look for look in looks if isinstance(look, Spoilt)]
    known = cautions(
        Facts(
            has_title=visible(text.title),
            has_body=visible(text.body),
            speaks_to_one=personal_text(text.body),
            data_class=DataClass(row.data_class),
            names=named_in(whole(text), names_on_roll()),
            links=(*_links(text.body), *_links(text.more)),
            has_more=visible(text.more),
            has_site=not visible(text.more) or _has_site(office, row),
            files=files,
            ways=tuple(_way(office, outlet, shown, row.channels) for outlet in outlets),
        )
    )
    return Proof(shown, _mistakes(spoilt), known, files, frozenset(office.outlets))


def sample_of(office: Office, showroom: Office, announcement: UUID, channel: str) -> Sample | None:
    """The draft on one channel; None when there is no such channel or no way to show it."""
    if channel not in showroom.outlets:
        return None
    text = text_of(office, announcement)
    files = attachments_of(showroom.files, announcement)
    looks = _looks(showroom, text, files, [channel])
    return next((look for look in looks if isinstance(look, Sample)), None)


def caution_words(caution: Caution) -> str:
    """What a caution says to the author."""
    names = ", ".join(caution.names[:SHOWN])
    if further := len(caution.names) - SHOWN:
        names += _(" и ещё {number}").format(number=further) if further > 0 else ""
    return WORDS[caution.kind].format(
        channel=_capital(channel_word(caution.channel)),
        names=names,
        off=_kept_off(caution.channels),
        parts=_number(caution.number, _("сообщением"), _("сообщениями"), _("сообщениями")),
        limit=_number(caution.limit, _("знака"), _("знаков"), _("знаков")),
        size=megabytes(caution.limit),
    )


def _kept_off(channels: Sequence[str]) -> str:
    words = ", ".join(map(channel_word, channels))
    return _("; не получат: {channels}").format(channels=words) if words else ""


def _number(count: int, one: str, few: str, many: str) -> str:
    number = format_decimal(count, locale=LANGUAGE)
    return f"{number}\N{NO-BREAK SPACE}{counted(one, few, many, count)}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _meant(office: Office, showroom: Office, chosen: Sequence[str]) -> list[Outlet]:
    """The channels the author means, those that are switched on first."""
    outlets = [one for one in showroom.outlets.values() if not chosen or one.name in chosen]
    return sorted(outlets, key=lambda outlet: outlet.name not in office.outlets)


def _looks(
    showroom: Office, text: Text, files: Sequence[Attachment], names: Sequence[str]
) -> list[Sample | Spoilt]:
    """The samples; a title that is not written yet is made up, without a text there are none."""
    if not visible(text.body):
        return []
    titled = text if visible(text.title) else replace(text, title=_("Заголовок"))
    return list(samples(showroom, titled, files, names))


def _mistakes(spoilt: Iterable[Spoilt]) -> tuple[Mistake, ...]:
    """Each mistake once: one in the author's text spoils every channel alike."""
    return tuple(dict.fromkeys(_mistake(one.mistake, one.outlet.name) for one in spoilt))


def _mistake(mistake: RenderingMistake, channel: str) -> Mistake:
    if isinstance(mistake, BodyMistake):
        return Mistake(_capital(str(mistake)))
    return Mistake(str(mistake), channel)


def _has_site(office: Office, row: Announcement) -> bool:
    """Whether a site shows the announcement, or may when its author has chosen for whom it is."""
    sites = [one for one in office.outlets.values() if one.traits.markup is Markup.SITE]
    if not row.groups.exists() and not row.people.exists():
        return True
    return any(shown_at_places(row, one.name, one.carries) for one in sites)


def _links(body: str) -> tuple[Link, ...]:
    try:
        return tuple(Link(address=address, label=label) for address, label in links_in(body))
    except BodyMistake:  # told beside the samples
        return ()


def _way(office: Office, outlet: Outlet, shown: Iterable[Sample], chosen: Sequence[str]) -> Way:
    texts = next((one.plain for one in shown if one.outlet.name == outlet.name), ())
    return Way(
        name=outlet.name,
        traits=outlet.traits,
        carries=outlet.carries,
        on=outlet.name in office.outlets,
        asked_for=outlet.name in chosen,
        has_key=not outlet.missing_keys,
        parts=len(texts),
        length=sum(map(len, texts)),
    )
