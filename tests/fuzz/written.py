"""Tables, YAML, Markdown and rules as they come from people, from programs, and spoilt."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.hostile import DAYS, NUMBERS, TEXTS

CELLS = st.one_of(
    TEXTS,
    st.sampled_from(
        [
            *("1А", "1А, 2Б", "Аня Королёва", "Анна Королёва", "190000001", "id190000001"),
            *("vk.com/id1", "anna@school.example", "@school_news", "-1001234567890", "wall-123"),
            *("feed", "3b", "vk", "email", "01.09.2026", "2026-09-01", "анкета", "открытые"),
            *('"', '"";', "=HYPERLINK(1)", ",", ";", "\t", "a@b@c", "@", "анна@школа.рф", "\ufffd"),
        ]
    ),
)
TITLES = st.sampled_from(
    [
        *("группа", "ребёнок", "родитель", "telegram", "vk", "email", "предпочитает", "согласие"),
        *("источник согласия", "канал", "адрес", "название", "данные", "group", "pupil", "", " "),
        *("Группа ", "ГРУППА", "guardian", "consent_source", "возраст", "x" * 500, "\0", "é"),
    ]
)
PEOPLE = "группа;ребёнок;родитель;telegram;vk;email;предпочитает;согласие;источник согласия"
PLACES = "группа;канал;адрес;название;данные"


def _joined(head: str, rows: list[list[str]], mark: str, end: str) -> str:
    return end.join([head.replace(";", mark), *(mark.join(row) for row in rows)])


SHEETS = st.builds(
    _joined,
    st.one_of(
        st.sampled_from([PEOPLE, PLACES]),
        st.lists(TITLES, min_size=1, max_size=9).map(";".join),
    ),
    st.lists(st.lists(CELLS, min_size=1, max_size=10), max_size=5),
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "utf-16", "koi8-r", "utf-32", "cp866"])
TABLES = st.one_of(
    st.builds(lambda text, code: text.encode(code, "replace"), SHEETS, ENCODINGS),
    st.binary(max_size=200),
)

SCALARS = st.one_of(
    TEXTS,
    st.sampled_from([*NUMBERS, *DAYS]),
    st.sampled_from(
        [
            *("on", "off", "~", "null", ".nan", ".inf", "-.inf", "0o7", "1:30", "2026-11-20", "|"),
            *(
                "!!python/object/apply:os.system [id]",
                "!!binary x",
                "!!timestamp x",
                "!x",
                "&a",
                "*a",
            ),
            *(
                "[]",
                "{}",
                "[[]]",
                "{a: b}",
                "? a",
                "- a",
                "%YAML 9",
                "'",
                '"',
                '"\\ud800"',
                "@",
                "`",
            ),
            *(
                "!!int x",
                "!!float x",
                "!!set {a, b}",
                "!!omap [a: 1]",
                "!!merge x",
                "<<",
                "=",
                "!!null x",
            ),
        ]
    ),
)

NAMES = (
    *("title", "importance", "to", "channels", "at", "repeat", "expires", "data", "attachments"),
    *("author", "season", "ages", "topic", "basis", "reviewed", "review_by"),
    *("days_off", "working", "vacations", "01.01", "2026-05-01..2026-05-03", "01.05–03.05"),
    *("school", "name", "time_zone", "public_url", "signature", "colour", "quiet_hours", "enabled"),
    *("start", "end", "retries", "tries", "first_wait", "factor", "files", "largest", "most"),
    *("telegram", "email", "vk", "site", "limits", "lanes", "adapter", "token", "base_url", "host"),
    *("dispatch", "api", "limit", "alarms", "approvals", "metrics", "templates", "sandbox", "home"),
    *("icicles", "rule", "memo", "time", "groups", "consent", "ahead", "calendar", "week", "<<"),
)
KEYS = st.one_of(st.sampled_from(NAMES), SCALARS)
INDENTS = st.sampled_from(["", "  ", "    ", "- ", "  - ", "\t"])
LINES = st.one_of(
    st.builds(lambda space, key, value: f"{space}{key}: {value}", INDENTS, KEYS, SCALARS),
    st.builds(lambda space, key: f"{space}{key}:", INDENTS, KEYS),
    st.builds(lambda space, value: f"{space}{value}", INDENTS, SCALARS),
)
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
"""Nine to the ninth: a few lines that would be gigabytes, written out."""

YAMLS = st.one_of(
    st.lists(LINES, max_size=8).map("\n".join),
    st.sampled_from(
        [
            LAUGHS,
            LAUGHS + "title: *i\nworking: *i\nschool: *i\n",
            "[" * 5000,
            "{a: " * 5000,
            "- " * 5000,
            "a: &a [*a]",
            "a: &a {<<: *a}",
            "title: &x {a: *x}\n",
            "? [a]\n: b",
            "? {a: b}\n: c",
            "1: 2\n2026-01-01: x\nnull: y\ntrue: z",
            "a: 1\na: 2",
            "--- a\n--- b",
            "a: " + "9" * 5000,
            "a: 0x" + "f" * 5000,
            "a: 1" + "e9" * 3,
            "a: 9999-12-31T23:59:59-14:00",
            "a: 0001-01-01T00:00:00+14:00",
            "x: !!int '9" + "9" * 5000 + "'",
        ]
    ),
)

MARKS = st.one_of(
    TEXTS,
    st.sampled_from(
        [
            *(
                "# ",
                "## ",
                "> ",
                "- ",
                "1. ",
                "* ",
                "```\n",
                "~~~",
                "**",
                "_",
                "`",
                "~~",
                "---\n",
                "\n\n",
            ),
            *(
                "[a](https://a.invalid)",
                "![a](http://a.invalid/x.png)",
                "[a](javascript:x)",
                "[a]: b",
            ),
            *(
                "<b>",
                "<!-- site -->\n",
                "<!-- site",
                "&amp;",
                "&#0;",
                "&#x110000;",
                "\\",
                "| a | b |\n|-|-|\n",
            ),
            *(
                "{{ имя }}",
                "{{",
                "}}",
                "{{ дети }}",
                "{% x %}",
                "{# x #}",
                "{{ 'a' * 9**9 }}",
                "> " * 60,
            ),
            *(
                "[" * 200,
                "*" * 500,
                "_a" * 200,
                "<" * 500,
                "![" * 100,
                "(" * 500,
                "\\[" * 100,
                "`" * 301,
            ),
        ]
    ),
)
MARKDOWN = st.lists(MARKS, max_size=25).map("".join)

ANNOUNCEMENTS = st.one_of(
    st.builds(lambda head, body: f"---\n{head}\n---\n{body}", YAMLS, MARKDOWN),
    st.builds(lambda head, body: f"---\ntitle: Собрание\n{head}\n---\n{body}", YAMLS, MARKDOWN),
    MARKDOWN,
)

RULE_PARTS = st.one_of(
    st.sampled_from(
        [
            *(
                "FREQ=DAILY",
                "FREQ=WEEKLY",
                "FREQ=MONTHLY",
                "FREQ=YEARLY",
                "FREQ=SECONDLY",
                "RRULE:",
            ),
            *(
                "INTERVAL=2",
                "INTERVAL=100",
                "COUNT=10000",
                "COUNT=1",
                "UNTIL=20270101",
                "UNTIL=99991231",
            ),
            *(
                "UNTIL=00010101",
                "WKST=SU",
                "WKST=XX",
                "BYMONTH=2",
                "BYMONTH=2,2,2",
                "BYMONTHDAY=31",
            ),
            *(
                "BYMONTHDAY=-31",
                "BYMONTHDAY=29",
                "BYDAY=MO",
                "BYDAY=5MO",
                "BYDAY=-5SU",
                "BYDAY=MO,TU,WE",
            ),
            *(
                "BYSETPOS=1",
                "BYSETPOS=-4",
                "BYEASTER=1",
                "BYWEEKNO=53",
                "EXDATE=1",
                "DTSTART:20260101",
            ),
            *("\n", "INTERVAL=٢", "COUNT=", "=", "", "BYDAY=", "freq=daily", "FREQ=DAILY "),
        ]
    ),
    st.builds(lambda key, value: f"{key}={value}", st.sampled_from(["COUNT", "BYMONTH"]), TEXTS),
)
RULES = st.one_of(st.lists(RULE_PARTS, max_size=6).map(";".join), TEXTS)

TERMS = st.one_of(
    TEXTS,
    st.sampled_from(
        [
            *(
                "все",
                "ALL",
                "классы 1-4",
                "классы 4–1",
                "grades ٣-٤",
                "класс 99",
                "классы 1-",
                "1А",
            ),
            *("Классы   1 — 4", "классы -1-4", "class 1", "классы 1-4-7", "классы 00-99"),
        ]
    ),
)
HOSTS = st.sampled_from(
    [
        *(
            "127.0.0.1",
            "localhost",
            "[::1]",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "0",
        ),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "[fe80::1%25eth0]", "[::]"),
        *(
            "10.0.0.1",
            "192.168.0.1",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "localhost.",
            "①②⑦.0.0.1",
        ),
        *(
            "a.localhost",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "school.example",
            "xn--a",
            "a..b",
        ),
        *(
            "127.0.0.1.",
            "[",
            "]",
            "[::1",
            "::1",
            "a@127.0.0.1",
            "a:b@c",
            "a\\@b",
            "127。0。0。1",
            "",
        ),
    ]
)
URLS = st.one_of(
    st.builds(
        lambda scheme, host, port, path: f"{scheme}{host}{port}{path}",
        st.sampled_from(
            [
                *(
                    "https://",
                    "http://",
                    "HTTPS://",
                    "file://",
                    "gopher://",
                    "ftp://",
                    "//",
                    "dict://",
                ),
                *("", "https:", "https:/", "http:///", "javascript:", "jar:https://", " https://"),
            ]
        ),
        HOSTS,
        st.sampled_from(["", ":80", ":0", ":99999", ":x", ":-1", ":٨٠", ":" + "9" * 5000]),
        st.sampled_from(
            ["", "/", "/a?b#c", "/\r\nX: 1", "/ ", "#@a", "?" + "a" * 600, "/\\", "/я"]
        ),
    ),
    TEXTS,
)

DAY_LINES = st.builds(
    lambda first, mark, last, name: f"{first}{mark}{last} {name}",
    st.sampled_from(["01.05", "1.5.26", "2026-05-01", "31.12.2026", "29.02", "0.0", "99.99.9999"]),
    st.sampled_from(["–", "..", "…", " - ", "", "—", "−", ":"]),
    st.one_of(st.sampled_from(["03.05", "2026-05-03", "", "10.01.2027"]), TEXTS),
    TEXTS,
)
