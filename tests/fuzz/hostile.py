"""What people, programs and attackers send instead of what they were asked for."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

HUGE = "9" * 30
LONG = "я" * 300

NUMBERS = (
    *("0", "-1", "1", "2", "007", "1.5", "1e9", "1e400", "NaN", "Infinity", "-0"),
    *("2147483648", "9223372036854775808", "-9223372036854775809", HUGE, "9" * 5000),
    *("٣", "²", "१", "0x10", "1_000", " 1 ", "+1", "½"),
)
"""Numbers: too large for a database, for a conversion, in other scripts, and none at all."""

DAYS = (
    *("2026-11-20", "20.11.2026", "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31"),
    *("2026-13-01", "-2026-01-01", "10000-01-01", "2026-W01-1", "٢٠٢٦-١١-٢٠", "2026-11-20T25:00"),
    *("2026-11-20T09:00", "0001-01-01T00:00", "9999-12-31T23:59", "2026-03-29T02:30"),
    *("24:00", "23:59:60", "09:00", "99:99", "завтра", "2026-11-20T09:00+99:99"),
)

SPELLS = (
    *("", " ", "\0", "a\0b", "\r\n", "\r\nSet-Cookie: a=b", "\ufeff", "\u202egpj.exe", "\ufffe"),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"),
    *("{{ 7*7 }}", "{% for x in range(9999999) %}{% endfor %}", "{{ имя }}", "${7*7}", "%(x)s"),
    *("{0.__class__}", "%s%s%n", "{}", "{", "%"),
    *("' OR 1=1 --", "1; DROP TABLE store_guardian", "*)(uid=*", "_%", "\\", "a\\'"),
    *("../../../../etc/passwd", "..\\..\\", "/etc/passwd", "file:///etc/passwd", "//evil.invalid"),
    *("https://evil.invalid/", "/\\evil.invalid", "http://[::1", "http://\u2100.invalid"),
    *(LONG, "a" * 10_000, "e\u0301" * 200, "👩‍👩‍👧‍👦" * 40, "ß", "İ", "ﬀ", "\U0010ffff"),
    *("null", "true", "on", "[]", "()", "None", "undefined", "=1+1", "@SUM(1)", "-", "."),
    *("00000000-0000-0000-0000-000000000000", "administrator", "site", "email", "1А", "2Б"),
)
"""Texts with which other programs have been broken before."""

TEXTS = st.one_of(
    st.sampled_from(SPELLS),
    st.sampled_from(NUMBERS),
    st.sampled_from(DAYS),
    st.text(max_size=40).filter(lambda text: "\r" not in text),
)

RAW = (
    *("%00", "%ff", "%ed%a0%80", "%c0%af..%c0%af", "%", "%zz", "%u0041", "%0d%0aX:1", "%f8%88%80"),
    *(
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "%252e%252e%252f",
        "a" * 5000,
        ";",
        "%3b",
        "&&&",
        "=&=",
        "%20",
    ),
)
"""Pieces of addresses and of bodies as they go over the wire, which no honest program writes."""

PIECES = st.one_of(
    st.sampled_from(RAW),
    TEXTS.map(lambda text: quote(text.encode("utf-8", "surrogatepass"), safe="")),
)
"""One part of a path."""

VALUES = st.one_of(
    st.sampled_from(RAW),
    TEXTS.map(lambda text: quote_plus(text.encode("utf-8", "surrogatepass"))),
)
"""One value of a query or of a form."""

FILE_NAMES = st.one_of(
    st.sampled_from(
        [
            *("../../etc/cron.d/x.pdf", "..\\..\\boot.ini", "/etc/passwd", "C:\\x.pdf", "x" * 300),
            *("фото\u202egpj.exe", "a\0.pdf", "a.pdf\0.exe", ".htaccess", "con.pdf", "", " ", "."),
            *("..", "a.PDF", "a.pdf ", "a.pdf.", "a.docx", "a.zip", "a.png", "a.svg", "a.html"),
            *("a.mp3", "a.mp4", "a.txt", "a.gif", "a.webp", "a.jpg", "a.doc", "люди.csv", "a.xlsx"),
            *("a.pdf;.html", "a%00.png", "я" * 300 + ".png", "a\nb.pdf", 'a".pdf', "\u200b.png"),
        ]
    ),
    st.text(max_size=30),
)
