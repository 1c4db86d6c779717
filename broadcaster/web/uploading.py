"""The gate for uploads: a request that is far too large is not read at all."""

from __future__ import annotations

from typing import IO

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

LARGEST_REQUEST = 250_000_000
"""Bytes of all files that come at once."""


class UploadGate(FileUploadHandler):
    """Stands before Django's own handlers and lets through what is not too large."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],  # noqa: ARG002
        META: dict[str, str],  # noqa: ARG002, N803 - Django's name
        content_length: int,
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        """Refuse by the length that the request announces, which the server holds it to."""
        if content_length > LARGEST_REQUEST:
            raise RequestDataTooBig("too many bytes at once")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        """Hand the bytes on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers behind."""
