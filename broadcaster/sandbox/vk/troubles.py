"""The script of faults in VK's terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from broadcaster.sandbox.faults import Fault, FaultKind, FaultScript
from broadcaster.sandbox.vk.refusals import Refusal
from broadcaster.sandbox.vk.script import Call

CHATS = 2_000_000_000
HTTP_ERRORS = frozenset({"500", "502", "503", "504"})

CODES: Mapping[FaultKind, int] = {
    FaultKind.RATE_LIMIT: 6,
    FaultKind.SERVER_ERROR: 10,
    FaultKind.BAD_TOKEN: 5,
    FaultKind.BLOCKED: 901,
    FaultKind.GONE: 18,
    FaultKind.LOST: 917,
    FaultKind.DEFER: 9,
    FaultKind.CONTENT: 100,
}
"""The code of each fault; a number in the fault's `detail` takes its place."""

WALL_LOST = 214
OF_REQUEST = frozenset(
    {FaultKind.RATE_LIMIT, FaultKind.SERVER_ERROR, FaultKind.BAD_TOKEN, FaultKind.CUT}
)
OF_PERSON = frozenset({FaultKind.BLOCKED, FaultKind.GONE, FaultKind.LOST})


class Cut(Exception):
    """The connection ends after `seconds`, and nothing is stored."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"cut after {seconds} s")
        self.seconds = seconds


class HttpFailure(Exception):
    """The whole request ends with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


@dataclass(slots=True)
class Ending:
    """How the connection treats an answer that is ready: `delay` is in seconds.

    `garbled` is the sort of nonsense that is sent instead.
    """

    delay: float = 0.0
    dropped: bool = False
    garbled: str | None = None


@dataclass(slots=True)
class Plan:
    """A call with what will go wrong in it: for all of it, or by recipient."""

    call: Call
    refusal: Refusal | None = None
    refused: dict[str, Refusal] = field(default_factory=dict)


def plan(faults: FaultScript, call: Call, ending: Ending) -> Plan:
    """Take the faults that meet this call; raises Refusal, HttpFailure or Cut for all of it."""
    made = Plan(call)
    for place in places_of(call):
        fault = faults.take(call.method, place)
        if fault is None:
            continue
        if fault.kind in OF_REQUEST:
            raise _of_request(fault)
        if fault.kind is FaultKind.SLOW:
            ending.delay = fault.seconds
        elif fault.kind is FaultKind.DROP:
            ending.dropped = True
        elif fault.kind is FaultKind.GARBAGE:
            ending.garbled = fault.detail
        elif fault.kind in CODES:
            refusal = Refusal(_code(fault, place))
            if fault.address or fault.kind in OF_PERSON:
                made.refused[place] = refusal
            else:
                made.refusal = refusal
    return made


def places_of(call: Call) -> Sequence[str]:
    """Whom a call is for, as the inbox spells it; one empty place when it is for nobody."""
    form = call.form
    if call.method.startswith("wall."):
        return [f"wall{form.get('owner_id', '')}"]
    if "peer_ids" in form:
        return form["peer_ids"].split(",")
    if "chat_id" in form:
        return [str(CHATS + int(form["chat_id"]))] if form["chat_id"].isdigit() else [""]
    return [form.get("peer_id") or form.get("user_id") or ""]


def _of_request(fault: Fault) -> Exception:
    if fault.kind is FaultKind.CUT:
        return Cut(fault.seconds)
    if fault.kind is FaultKind.SERVER_ERROR and fault.detail in HTTP_ERRORS:
        return HttpFailure(int(fault.detail))
    return Refusal(_code(fault, ""))


def _code(fault: Fault, place: str) -> int:
    if fault.detail.isdigit():
        return int(fault.detail)
    if fault.kind is FaultKind.LOST and place.startswith("wall"):
        return WALL_LOST
    return CODES[fault.kind]
