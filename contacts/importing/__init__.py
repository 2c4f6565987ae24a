"""Contacts from a file: read with an error per line, stored in one go, taken back, written out."""

from contacts.importing.reading import ContactRow, LineError, Reading, read_contacts
from contacts.importing.storing import ImportResult, LineChange, import_contacts

__all__ = [
    "ContactRow",
    "ImportResult",
    "LineChange",
    "LineError",
    "Reading",
    "import_contacts",
    "read_contacts",
]
