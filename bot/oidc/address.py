"""The e-mail address in the claims of an account. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.settings import SignInSettings
from contacts.directory import LONGEST_ADDRESS

#: some providers send their booleans as text or number
TRUE = ("true", "1")


def read_address(claims: Mapping[str, Any], settings: SignInSettings) -> str | None:
    """The address in small letters, or None when there is none that can be compared.

    Only ASCII: outside it different letters become the same small letter.
    """
    found = claims.get(settings.email_claim)
    if not isinstance(found, str):
        return None
    address = found.strip().lower()
    is_one = address.count("@") == 1 and not address.startswith("@") and not address.endswith("@")
    fits = found.isascii() and address.isprintable() and " " not in address
    return address if is_one and fits and len(address) <= LONGEST_ADDRESS else None


def is_verified(claims: Mapping[str, Any], settings: SignInSettings) -> bool:
    """Whether the provider says that this address is of this person."""
    if not settings.verified_claim:
        return True
    said = claims.get(settings.verified_claim)
    return isinstance(said, bool | int | str) and str(said).lower() in TRUE
