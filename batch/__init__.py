"""Give returned units their serials and credit their customers, in batch."""

from typing import Final

__version__ = "0.1.0"

# Where the settings of a run look for the database, and its workers, which read no settings.
DATABASE_VARIABLE: Final = "SERIALBACK_DATABASE_URL"
