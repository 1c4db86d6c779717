"""How small and how large a number of the configuration may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Between:
    """Stands in `Annotated` beside a field's type: the least and the most that it may be.

    Who reads the configuration refuses anything else in words, with the file and the key.
    """

    least: float
    most: float

    def holds(self, value: float) -> bool:
        """Whether a number is neither too small nor too large."""
        return self.least <= value <= self.most
