"""The table of contents of each group of commands: what follows `broadcaster people`, for one."""

from __future__ import annotations

from collections.abc import Mapping

from broadcaster.cli.frame import Group, add, group_of
from broadcaster.i18n import _

roll = group_of(_("Список семей и площадок школы."), "broadcaster people import people.csv")
add(
    roll,
    "import",
    "people:import_people",
    _(
        "Загрузить учеников, родителей и их адреса.\n\n"
        "Повторная загрузка ничего не удваивает. Если есть ошибки, не загружается ничего."
    ),
    "people import examples/people.csv --dry-run",
    "people import people.xlsx",
    "people import people.csv --good-rows",
)
add(
    roll,
    "destinations",
    "people:import_destinations",
    _("Загрузить площадки: стены, каналы, чаты, разделы сайта."),
    "people destinations examples/destinations.csv",
)
add(
    roll,
    "find",
    "persons:find",
    _(
        "Найти родителя по имени, ребёнку или адресу.\n\n"
        "Достаточно частей слов; большие и малые буквы, е и ё не различаются."
    ),
    "people find королева",
    "people find иванов маша --json",
)
add(
    roll,
    "export",
    "persons:export",
    _(
        "Выписать всё, что школа хранит о родителе.\n\n"
        "Для ответа на запрос самого человека (152-ФЗ): имя, дети, адреса, согласия, отправки."
    ),
    "people export 17",
    "people export 17 --output person-17.json",
)
add(
    roll,
    "erase",
    "persons:erase",
    _(
        "Стереть родителя навсегда.\n\n"
        "Имя, адреса и согласия исчезнут; отправки останутся в отчётах без имени."
    ),
    "people erase 17",
    "people erase 17 --with-children --confirm 17",
)
add(
    roll,
    "merge",
    "persons:merge",
    _("Сделать из двух записей об одном человеке одну.\n\nОстаётся имя первого."),
    "people merge 17 243",
)
add(
    roll,
    "graduate",
    "graduating:graduate",
    _(
        "Убрать выпускников: вывести детей группы из всех групп.\n\n"
        "Объявления групп их семьям приходить не будут, а отчёты и акты останутся полными."
        " С --erase дети и родители, у которых здесь нет других детей, будут стёрты навсегда."
    ),
    "people graduate 11А --dry-run",
    "people graduate 11А --confirm 11А",
    "people graduate 11А --erase",
)

log = group_of(_("Журнал: кто, что и когда сделал."), "broadcaster audit verify")
add(
    log,
    "verify",
    "audit:verify",
    _(
        "Проверить, что журнал цел: ничего не изменено, не удалено, не вставлено.\n\n"
        "Отрезанный конец по самому журналу не виден: запишите последний хеш и"
        " проверьте его потом параметром --expect."
    ),
    "audit verify",
    "audit verify --json",
)
add(
    log,
    "show",
    "audit:show",
    _("Показать последние записи журнала."),
    "audit show",
    "audit show --last 50 --action released",
)

team = group_of(_("Сотрудники школы."), "broadcaster staff list")
add(
    team,
    "add",
    "staff:add",
    _(
        "Добавить сотрудника и получить ссылку, по которой он задаст пароль.\n\n"
        "Ссылка действует три дня и один раз."
    ),
    'staff add "Мария Ивановна" --login maria@school.example',
    "staff add Мария --login maria@school.example --group 1А",
)
add(team, "list", "staff:show_all", _("Показать всех сотрудников."), "staff list")
add(
    team,
    "link",
    "staff:link",
    _("Выдать ссылку тому, кто не может войти: забыл пароль или ещё не задавал."),
    "staff link maria@school.example",
)
add(
    team,
    "away",
    "absence:away",
    _(
        "Сказать, что человека не будет, и кого вместо него просить о согласовании.\n\n"
        "Права остаются прежними: решать можно и в отпуске."
    ),
    "staff away olga --until 2026-12-14 --deputy anna",
    "staff away olga --back",
)

keys = group_of(_("Ключи других программ школы."), "broadcaster tokens list")
add(
    keys,
    "add",
    "tokens:add",
    _("Создать ключ для программы и показать его один раз."),
    "tokens add Дневник --scope announcements:write",
    "tokens add Сайт --scope reports:read --until 2027-05-31",
)
add(keys, "list", "tokens:show_all", _("Показать все ключи, без секретов."), "tokens list")
add(keys, "revoke", "tokens:revoke", _("Отозвать ключ навсегда."), "tokens revoke 3")

texts = group_of(_("Памятки: тексты для календаря."), "broadcaster memos list")
add(
    texts,
    "list",
    "memos:show_all",
    _("Показать все памятки по временам года и когда их проверить снова."),
    "memos list",
)
add(
    texts,
    "show",
    "memos:show",
    _("Показать одну памятку: что прочтут семьи и что покажет сайт."),
    "memos show thin-ice-spring",
)
add(
    texts,
    "check",
    "memos:check",
    _(
        "Проверить все памятки: школы и поставляемые с программой.\n\n"
        "Называет файл и ключ каждой ошибки; такая памятка не уйдёт, пока её не исправят."
        " Код выхода 1 — есть ошибки или просроченные."
    ),
    "memos check",
    "memos check --json",
)

plan = group_of(
    _(
        "Календарь: памятки, которые уходят сами, год за годом.\n\n"
        "Пока календарь выключен, не уходит ничего."
    ),
    "broadcaster calendar next",
)
add(
    plan,
    "list",
    "calendar:show_all",
    _("Показать все записи: правило, ближайшая дата, кому, кто одобряет."),
    "calendar list",
    "calendar list --year 2027",
)
add(
    plan,
    "next",
    "calendar:coming",
    _("Показать, что уйдёт в ближайшие дни и чего ждёт."),
    "calendar next",
    "calendar next --days 365 --json",
)
add(
    plan,
    "show",
    "calendar:show",
    _("Показать одну запись: даты с переносами, основание памятки, прошлые отправки."),
    "calendar show thin-ice-autumn",
)
add(
    plan,
    "check",
    "calendar_running:check",
    _(
        "Проверить календарь, памятки и выходные дни.\n\n"
        "Называет файл, запись и ключ каждой ошибки; остальное уходит в срок. Код выхода 1 —"
        " есть ошибки."
    ),
    "calendar check",
)
add(
    plan,
    "run",
    "calendar_running:run",
    _(
        "Сделать то, что календарь делает сам раз в минуту.\n\n"
        "С --date он решает, будто наступило это время; что пора отправлять, уходит сразу и"
        " по-настоящему. С --dry-run ничего не меняется."
    ),
    "calendar run --dry-run",
    "calendar run --date 2026-11-05T16:00 --dry-run",
)
add(plan, "on", "calendar_changing:switch_on", _("Включить календарь."), "calendar on")
add(
    plan,
    "off",
    "calendar_changing:switch_off",
    _("Выключить календарь.\n\nПовторяющиеся объявления продолжают уходить."),
    "calendar off",
)
add(
    plan,
    "skip",
    "calendar_changing:skip",
    _("Не отправлять в один из дней."),
    "calendar skip sledging 2026-12-01",
    "calendar skip sledging 2026-12-01 --undo",
)
add(
    plan,
    "approve",
    "calendar_changing:approve",
    _("Одобрить черновик одной даты: он уйдёт в свой срок."),
    "calendar approve thin-ice-autumn 2026-11-05",
)
add(
    plan,
    "export",
    "calendar_changing:export",
    _("Записать календарь в файл для других программ (iCalendar)."),
    "calendar export school.ics",
)

SITE = "site export ./public --url https://school.example/news/"
site = group_of(_("Страницы и ленты для сайта школы."), f"broadcaster {SITE}")
add(site, "export", "system:export_site", _("Записать сайт объявлений как набор файлов."), SITE)

GROUPS: Mapping[str, Group] = {
    "people": roll,
    "audit": log,
    "staff": team,
    "tokens": keys,
    "calendar": plan,
    "memos": texts,
    "site": site,
}
"""Every group by the word that leads to it."""
