"""A school's own templates of pages: what they may do, and what becomes of a wrong one."""

from __future__ import annotations

import re
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from broadcaster.contract import Accepted, Deferred, Outcome
from broadcaster.templating.meter import MAX_TEXT
from channels.site.config import SiteConfig
from channels.site.folder import holdings
from channels.site.listing import listings
from channels.site.pages import Pages
from tests.channels.site_stage import content, page, put_up, site
from tests.rendering.escapes import DEEP, ENDLESS, GLOBALS, INNARDS, LARGE

GUID = "0b3f9a52-6f0e-4c51-9f3a-2c1c52a1d001"
MARK = "marked-4f1c"
CONFIGURED = [
    "{{ site }}",
    "{{ site.folder }}",
    "{{ site.templates.joinpath('/etc/passwd').read_text() }}",
    "{{ site.templates.parent.joinpath('secret.env').read_text() }}",
    "{{ (site.folder / 'secret.env').read_text() }}",
    "{{ site['templates'].home() }}",
    "{{ [site]|join(attribute='templates') }}",
    "{% for file in site.folder.iterdir() %}{{ file }}{% endfor %}",
    "{{ site.folder.joinpath('index.html').unlink() }}",
    "{{ site.time_zone }}",
    "{{ site.time_zone.from_file }}",
    "{{ site.url.__func__.__globals__ }}",
    "{{ '{0.folder}'.format(site) }}",
    "{{ 'a'.strip.__self__ }}",
    "{{ item.load('{}') }}",
    "{{ item.dump() }}",
    "{{ item.published.now() }}",
    "{{ item.published.tzinfo.__class__ }}",
    "{{ item.published.strftime('%s') }}",
    "{{ _('%(a)s', a=site) }}",
    "{{ gettext.__globals__ }}",
    "{% include '../secret.env' %}",
    "{% include 'style.css' %}",
]


def published(folder: Path, source: str) -> tuple[SiteConfig, Outcome]:
    """A site whose page has this template, and what became of an announcement there."""
    own = folder / "own"
    own.mkdir()
    (own / "page.html.j2").write_text(source, encoding="utf-8")
    (folder / "secret.env").write_text(MARK)
    config = site(folder / "site", templates=own)
    return config, put_up(config, content("Ёлка <b>", guid=GUID))


@pytest.mark.parametrize(
    "source", [*CONFIGURED, *GLOBALS, *(way for way in INNARDS if "|safe" not in way)]
)
def test_a_template_reads_nothing_but_what_it_is_given(tmp_path: Path, source: str) -> None:
    source = source.replace("school", "site").replace("announcement", "item")
    _config, outcome = published(tmp_path, f"раз\n{source}")
    assert isinstance(outcome, Deferred)
    assert f"{tmp_path}/own/page.html.j2:2: " in outcome.detail
    said = outcome.detail.replace(str(tmp_path), "")
    assert re.search("[а-я]{2}", said)
    assert not re.search(rf"{MARK}| at 0x|<class|<function|root:x:", said)


@pytest.mark.parametrize("source", [*ENDLESS.values(), *LARGE.values(), *DEEP.values()])
def test_a_template_that_costs_too_much_is_stopped(tmp_path: Path, source: str) -> None:
    _config, outcome = published(tmp_path, source.replace("vk/message.txt", "page.html"))
    assert isinstance(outcome, Deferred)


def test_a_translation_is_counted_before_it_is_made(tmp_path: Path) -> None:
    much = f"{{% set a = '{'a' * 10_000}' %}}"
    source = f"{much}{{% set b = _('{'%(a)s' * 5_000}', a=a) %}}"
    tracemalloc.start()
    try:
        _config, outcome = published(tmp_path, source)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(outcome, Deferred)
    assert "слишком длинный" in outcome.detail
    assert most < 10 * MAX_TEXT


def test_a_method_pays_for_the_text_it_goes_through(tmp_path: Path) -> None:
    much = "{% set a = '" + " " * 1000 + "' %}" + "{% set a = a ~ a %}" * 10
    again = "{% for b in '" + "x" * 100 + "' %}{% set c = a.strip() %}{% endfor %}"
    _config, outcome = published(tmp_path, much + again)
    assert isinstance(outcome, Deferred)
    assert "слишком долго" in outcome.detail


def test_groups_pay_for_the_fields_they_look_at(tmp_path: Path) -> None:
    source = f"{{% set a = '{'x' * 1000}'|groupby('0{'.0' * 1000}') %}}"
    _config, outcome = published(tmp_path, source)
    assert isinstance(outcome, Deferred)
    assert "слишком долго" in outcome.detail


def test_items_are_grouped_by_their_fields(tmp_path: Path) -> None:
    source = (
        "{% for name, of in [item, item]|groupby('title') %}{{ of|length }} {{ name }}{% endfor %}"
    )
    config, outcome = published(tmp_path, source)
    assert isinstance(outcome, Accepted)
    assert page(config, f"a/{GUID}.html") == "2 Ёлка &lt;b&gt;"


def test_an_unknown_filter_is_told_with_those_of_the_site(tmp_path: Path) -> None:
    _config, outcome = published(tmp_path, "{{ item.title|loud }}")
    assert isinstance(outcome, Deferred)
    assert {"day", "groupby", "list", "safe", "size", "upper"} <= set(
        re.findall(r"\w+", outcome.detail.partition("Ожидается")[2])
    )


def test_a_page_with_a_mended_template_is_published(tmp_path: Path) -> None:
    config, outcome = published(tmp_path, "{{ nobody }}")
    assert isinstance(outcome, Deferred)
    (config.templates / "page.html.j2").write_text("{{ item.title }}", encoding="utf-8")
    assert isinstance(put_up(config, content("Ёлка", guid=GUID)), Accepted)
    assert page(config, f"a/{GUID}.html") == "Ёлка"


def test_what_the_authors_wrote_is_no_translation_of_html(tmp_path: Path) -> None:
    config, _outcome = published(tmp_path, '{{ _(item.title) }} {{ _("%(a)s", a=item.title) }}')
    assert page(config, f"a/{GUID}.html") == "Ёлка &lt;b&gt; Ёлка &lt;b&gt;"


def test_an_archive_of_many_years_is_within_the_limits(tmp_path: Path) -> None:
    config = site(tmp_path / "site")
    put_up(config, content(guid=GUID))
    [item] = holdings(config.folder).items
    many = (replace(item, guid=f"a{number}") for number in range(5_000))
    [whole, *_sections] = listings(config, many)
    assert Pages(config).archive(whole).count(b"<li>") == 5_000
