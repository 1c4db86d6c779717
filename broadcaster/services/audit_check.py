"""Is the audit log whole: every entry as it was written, none removed, none put in."""

from __future__ import annotations

from dataclasses import dataclass

from broadcaster.domain.chain import FIRST, Breach, Link, breach
from broadcaster.store.models import AuditEntry
from broadcaster.store.queries.audit import all_in_order, guarded, has_follower, has_hash


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain has found.

    `count` entries are in order, the last of them has the hash `head`. `broken` is the first that
    is not, and `breach` what is wrong with it. `guarded` tells whether the database refuses
    changes; `expected` whether the hash that somebody had written down is still there, None when
    nobody asked.
    """

    count: int
    head: str
    broken: AuditEntry | None
    breach: Breach | None
    guarded: bool
    expected: bool | None

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.breach is None and self.guarded and self.expected is not False


def verify(expect: str = "") -> Verdict:
    """Walk the whole chain, in constant memory.

    A log whose end was cut off is still a good chain: `expect` is a hash that somebody wrote down
    earlier and that must still be there.
    """
    count, head = 0, FIRST
    broken, wrong = None, None
    for entry in all_in_order():
        wrong = _breach(entry, head)
        if wrong:
            broken = entry
            break
        count, head = count + 1, entry.hash
    return Verdict(
        count=count,
        head=head if count else "",
        broken=broken,
        breach=wrong,
        guarded=guarded(),
        expected=has_hash(expect.strip().lower()) if expect else None,
    )


def _breach(entry: AuditEntry, before: str) -> Breach | None:
    link = Link(
        at=entry.at,
        actor=entry.actor,
        user=entry.user,
        action=entry.action,
        kind=entry.subject_kind,
        subject=entry.subject,
        facts=entry.facts,
        previous=entry.previous,
    )
    has_another = entry.previous != before and has_follower(before)
    return breach(link, entry.hash, before=before, has_follower=has_another)
