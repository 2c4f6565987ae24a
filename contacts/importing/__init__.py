"""Contacts from a file: read with an error per line, stored in one go, taken back, written out."""

from contacts.importing.lines import ContactRow, LineError, Reading
from contacts.importing.reading import read_contacts
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
