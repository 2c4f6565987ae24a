"""What can go wrong between us and the provider of accounts."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Why nobody was signed in, as far as the provider and its token go."""

    AWAY = "away"
    """No answer, in time, within the size that it may have."""
    STRANGE = "strange"
    """An answer that is not what the standard or our settings say."""
    CODE_REFUSED = "code_refused"
    """The provider does not take this code (any more)."""
    TOKEN_REFUSED = "token_refused"  # noqa: S105  (the name of a fault)
    """The ID token is not for us, not of now, or not signed by the provider."""


class ProviderFault(Exception):
    """Nobody can be signed in. ``detail`` is a code for the log, never a value of a token."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault, self.detail = fault, detail
