"""Why there is no copy, or why nothing was restored; the tree stands in the package's docstring."""

from __future__ import annotations


class BackupTrouble(Exception):
    """Nothing was changed; the message says why and what to do."""


class Unwritable(BackupTrouble):
    """The copy cannot be written there."""


class NoPrograms(BackupTrouble):
    """PostgreSQL's own programs of the right version are not there, or one of them failed."""


class Refused(BackupTrouble):
    """The archive is not one of ours, is damaged, or does not fit here."""


class Running(BackupTrouble):
    """Something works with the database, so it cannot be replaced."""
