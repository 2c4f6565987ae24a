"""Seals what must not be readable in the database: ways back, notes, raw updates."""

from __future__ import annotations

import hmac

from cryptography.fernet import Fernet, InvalidToken

from contacts.texts import SHUT

PREFIX = "sealed:"


class UnsealError(Exception):
    """This was not sealed with the key at hand."""


class Sealer:
    """Encrypts short texts with a key that lives outside the database."""

    def __init__(self, key: bytes) -> None:
        """:param key: 32 url-safe base64-encoded bytes, as ``new_key`` makes them."""
        self._fernet = Fernet(key)
        self._key = key

    @staticmethod
    def new_key() -> bytes:
        return Fernet.generate_key()

    def seal(self, text: str) -> str:
        """A different ciphertext each time, recognisable by its prefix."""
        return PREFIX + self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """:raises UnsealError: wrong key, or not sealed text."""
        try:
            return self._fernet.decrypt(sealed.removeprefix(PREFIX).encode()).decode()
        except InvalidToken as error:
            raise UnsealError("sealed with another key") from error

    def opens(self, sealed: str) -> bool:
        """Whether the key at hand is the one of this text."""
        try:
            self.unseal(sealed)
        except UnsealError:
            return False
        return True

    def read(self, sealed: str | None) -> str:
        """Kept words for a person: nothing where there are none, and that they stay shut where
        their key is lost, so that what stands beside them can still be seen and dealt with."""
        if not sealed:
            return ""
        try:
            return self.unseal(sealed)
        except UnsealError:
            return SHUT

    def derive(self, purpose: str) -> bytes:
        """A key for another purpose (signing), from which this one does not follow."""
        return hmac.digest(self._key, purpose.encode(), "sha256")


def is_sealed(text: str) -> bool:
    return text.startswith(PREFIX)
