"""Signatures under the links in people's copies: Django's, made fast enough for thousands."""

from __future__ import annotations

from functools import cached_property
from hmac import HMAC
from typing import cast

from django.core import signing
from django.utils.crypto import salted_hmac


class Seal(signing.Signer):
    """Django's signer, with what depends on the key alone computed once.

    What either of them has signed, the other accepts.
    """

    @cached_property
    def _keyed(self) -> HMAC:
        salt = cast("str", self.salt) + "signer"
        return salted_hmac(salt, b"", self.key, algorithm=self.algorithm)

    def sign(self, value: str) -> str:
        """The value with its signature after it."""
        seal = self._keyed.copy()
        seal.update(value.encode())
        return f"{value}{self.sep}{signing.b64_encode(seal.digest()).decode()}"
