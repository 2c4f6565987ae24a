"""Contacts from a CSV: read with an error per line, then stored in one go."""

from contacts.importing.reading import ContactRow, LineError, Reading, read_contacts
from contacts.importing.storing import ImportResult, import_contacts

__all__ = [
    "ContactRow",
    "ImportResult",
    "LineError",
    "Reading",
    "import_contacts",
    "read_contacts",
]
