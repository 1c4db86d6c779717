from __future__ import annotations

import pytest

from broadcaster.rendering.html import html
from broadcaster.rendering.markdown import parse


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("**a** *b* ~~c~~", "<p><strong>a</strong> <em>b</em> <s>c</s></p>"),
        ("# a", "<h2>a</h2>"),
        ("a\nb", "<p>a<br>\nb</p>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("```python\na\n```", "<pre><code>a\n</code></pre>"),
        ("https://x.ru.", '<p><a href="https://x.ru" rel="noopener">https://x.ru</a>.</p>'),
        ("[a](tel:+7900)", '<p><a href="tel:+7900" rel="noopener">a</a></p>'),
    ],
)
def test_markdown_becomes_semantic_html(body, written):
    assert html(parse(body)).strip() == written


def test_tables_have_no_styles():
    assert "style" not in html(parse("|a|\n|:-:|\n|1|"))
