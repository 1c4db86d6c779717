"""How a scene is named, found and run: `@scene("kill -9 of a worker", times=100)`."""

from __future__ import annotations

import pkgutil
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.faults import scenes
from tests.faults.installation import Installation, Kind, Release, installed
from tests.faults.ledger import Ledger
from tests.faults.stores import Templates
from tests.faults.table import Row, judged

BOTH = (Kind.SQLITE, Kind.POSTGRESQL)
IN_FLIGHT = {"email": 2 * 8, "telegram": 16, "vk": 8 * 25, "site": 0}
"""Copies of one lane that may be undecided when its process dies, by channel.

E-mail has 8 connections, each with a letter on the wire and the commands of the next one; Telegram
has 16 requests, VK 8 of 25 people when a text is personal. The site takes a copy any number of
times.
"""


class Skipped(Exception):
    """This machine cannot show the scene; the message says why."""


@dataclass(slots=True)
class Stage:
    """Where a scene is played: `kind` says on what, `random` is its own and can be repeated."""

    name: str
    kind: Kind
    quick: bool
    random: random.Random
    templates: Templates
    rows: list[Row] = field(default_factory=list)

    @contextmanager
    def installation(self, **wishes: Any) -> Iterator[Installation]:
        """An installation; `wishes` are those of `installed`, `kind` may be another."""
        kind = wishes.pop("kind", self.kind)
        with installed(kind, self.templates, log=self.say, **wishes) as made:
            try:
                yield made
            except Exception:
                self._say_logs(made)
                raise

    def _say_logs(self, made: Installation) -> None:
        for log in sorted(made.home.glob("*.log")):
            words = log.read_text("utf-8", "replace")[-1500:].strip()
            self.say(f"the end of {log.name}:\n{words}")

    def times(self, whole: int, quick: int) -> int:
        """How often, or how many."""
        return quick if self.quick else whole

    def say(self, words: str) -> None:
        """Tell whoever waits how far it is."""
        clock = time.strftime("%H:%M:%S")
        sys.stderr.write(f"{clock}  {self.name} on {self.kind}: {words}\n")
        sys.stderr.flush()

    def tell(
        self,
        what: str,
        often: int | str,
        ledger: Ledger,
        *,
        in_flight: int = 0,
        settled: bool = True,
        also: Sequence[str] = (),
        remark: str = "",
    ) -> None:
        """Add a row; `also` are broken promises of the scene's own."""
        broken = (*judged(ledger, in_flight=in_flight, settled=settled), *also)
        self.rows.append(Row(what, self.kind, str(often), ledger, broken, remark))
        self.say(f"{what}: {'kept' if not broken else 'BROKEN: ' + '; '.join(broken)}")
        for note in ledger.notes if broken else ():
            self.say(f"  {note}")

    def close(
        self,
        made: Installation,
        what: str,
        often: int | str,
        *releases: Release,
        in_flight: int = 0,
        **more: Any,
    ) -> Ledger:
        """Wait until an installation has settled, then add the row of what became of it."""
        settled = made.settle()
        ledger = made.ledger(*releases)
        self.tell(what, often, ledger, in_flight=in_flight, settled=settled, **more)
        if not self.rows[-1].kept:
            self._say_logs(made)
        return ledger


Play = Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that is broken; `weight` is about how many seconds it takes."""

    name: str
    title: str
    play: Play
    on: Sequence[Kind]
    weight: int
    quick: bool
    alone: bool


SCENES: dict[str, Scene] = {}


def scene(
    title: str,
    *,
    on: Sequence[Kind] = BOTH,
    weight: int = 30,
    quick: bool = True,
    alone: bool = False,
) -> Callable[[Play], Play]:
    """Register a function as a scene, by the name of its module and its own.

    It is played once on each kind. `weight` is about how many seconds a whole one takes: the
    longest begin first. Without `quick` it is left out of a quick run; `alone` nothing else runs
    beside it, because it measures.
    """

    def register(play: Play) -> Play:
        name = f"{play.__module__.rpartition('.')[2]}.{play.__name__}"
        SCENES[name] = Scene(name, title, play, tuple(on), weight, quick, alone)
        return play

    return register


def found(only: Sequence[str] = ()) -> list[Scene]:
    """Every scene whose name meets one of the globs, the longest first; all without any."""
    for module in pkgutil.iter_modules([str(Path(scenes.__file__).parent)]):
        import_module(f"{scenes.__name__}.{module.name}")
    chosen = [one for one in SCENES.values() if not only or any(fits(one, glob) for glob in only)]
    return sorted(chosen, key=lambda one: (one.alone, -one.weight, one.name))


def fits(one: Scene, glob: str) -> bool:
    """Whether a glob means this scene: `workers.*`, `*flush*`, or a module's name."""
    return any(fnmatch(name, glob) for name in (one.name, one.name.partition(".")[0]))


def played(one: Scene, kind: Kind, *, quick: bool, seed: int, templates: Templates) -> list[Row]:
    """Play a scene on one kind; what goes wrong in it is a row too."""
    chance = random.Random(f"{seed} {one.name} {kind}")
    stage = Stage(one.name, kind, quick, chance, templates)
    stage.say(one.title)
    started = time.monotonic()
    try:
        one.play(stage)
    except Skipped as why:
        stage.rows.append(Row(one.title, kind, "skipped", remark=str(why)))
    except Exception as error:  # noqa: BLE001 - the other scenes are to be seen too
        stage.say(traceback.format_exc())
        words = f"the scene failed: {type(error).__name__}: {error}"[:200]
        stage.rows.append(Row(one.title, kind, "-", broken=(" ".join(words.split()),)))
    stage.say(f"took {time.monotonic() - started:.0f} s")
    return stage.rows
