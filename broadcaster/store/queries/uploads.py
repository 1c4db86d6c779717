"""Handles of files that platforms already have."""

from __future__ import annotations

from broadcaster.store.models import Upload


def recall_upload(channel: str, digest: str, kind: str) -> str | None:
    """The platform's handle of a file, None when it has none."""
    kept = Upload.objects.filter(channel=channel, digest=digest, kind=kind)
    return kept.values_list("handle", flat=True).first()


def keep_upload(channel: str, digest: str, kind: str, handle: str) -> None:
    """Remember the newest handle of a file."""
    Upload.objects.update_or_create(
        channel=channel, digest=digest, kind=kind, defaults={"handle": handle}
    )


def forget_uploads() -> None:
    """Drop every handle: what was uploaded is not with the platforms that will be written to."""
    Upload.objects.all().delete()


def forget_upload(channel: str, digest: str, kind: str) -> None:
    """Drop a handle that the platform no longer accepts."""
    Upload.objects.filter(channel=channel, digest=digest, kind=kind).delete()
