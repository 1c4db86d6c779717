"""A copy of the whole installation in one archive, and back; after a restore a person decides.

BackupTrouble                nothing was changed; the message says why and what to do
├── Unwritable               the copy cannot be written there
├── NoPrograms               PostgreSQL's own programs of the right version are not there
├── Refused                  the archive is not one of ours, is damaged, or does not fit here
└── Running                  something works with the database, so it cannot be replaced
"""

from broadcaster.services.backup.trouble import (
    BackupTrouble,
    NoPrograms,
    Refused,
    Running,
    Unwritable,
)

__all__ = ["BackupTrouble", "NoPrograms", "Refused", "Running", "Unwritable"]
