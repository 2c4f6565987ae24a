"""A note of whoever goes off duty: the same rules at the desk and in the chat. Pure."""

from __future__ import annotations

from collections.abc import Collection

from bot import rota_texts as texts
from contacts.rota_rows import LONGEST_NOTE
from signals.person_filter import screen


def why_no_note(note: str, allow: Collection[str] = ()) -> str:
    """Why these words are not kept, in Dutch; empty when they may be."""
    if len(note) > LONGEST_NOTE:
        return texts.NOTE_LONG.format(longest=LONGEST_NOTE)
    return texts.NOTE_PERSON if screen(note, allow).blocked else ""
