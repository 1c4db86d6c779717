"""What a channel promises to the core, and what the core lends to a channel.

A channel takes a batch of envelopes and yields, one by one as they happen, what became of each.
Outcomes are values; exceptions are faults. Standard library only: every adapter and every layer of
the core imports this package, and nothing else of the core reaches an adapter.

`messages` is what is sent, `outcomes` what became of it, `channel` the two sides' promises,
`bounds` and `secrets` what a channel's block of YAML may hold.
"""

from broadcaster.contract.bounds import Between
from broadcaster.contract.channel import (
    Capability,
    Channel,
    DataClass,
    Health,
    Markup,
    Mixed,
    Traits,
    Turnstile,
    Uploads,
)
from broadcaster.contract.delivering import Crew
from broadcaster.contract.faults import ContractError, Held, InvalidAddress
from broadcaster.contract.messages import Attachment, Button, Content, Envelope, Part, Wording
from broadcaster.contract.outcomes import (
    Accepted,
    Deferred,
    Outcome,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
    held,
)
from broadcaster.contract.proving import REST, Proof
from broadcaster.contract.secrets import Secret, discreet, masked

__all__ = [
    "REST",
    "Accepted",
    "Attachment",
    "Between",
    "Button",
    "Capability",
    "Channel",
    "Content",
    "ContractError",
    "Crew",
    "DataClass",
    "Deferred",
    "Envelope",
    "Health",
    "Held",
    "InvalidAddress",
    "Markup",
    "Mixed",
    "Outcome",
    "Part",
    "Proof",
    "Reason",
    "Rejected",
    "Scope",
    "Secret",
    "Traits",
    "Turnstile",
    "Unconfirmed",
    "Unreachable",
    "Uploads",
    "Wording",
    "discreet",
    "held",
    "masked",
]
