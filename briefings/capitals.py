"""How a sentence or a label begins. Pure."""

from __future__ import annotations


def with_capital(words: str) -> str:
    """As a sentence begins: *Gemeente*, and *Eén*, which loses its accent under a capital. Pure."""
    return "Eén" + words[3:] if words.startswith("één") else words[:1].upper() + words[1:]
