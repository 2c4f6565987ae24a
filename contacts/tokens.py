"""Random tokens for links: 128 bits, 22 characters, only their hash is stored."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """22 characters of ``[A-Za-z0-9_-]``: fits a Telegram deep link (64)."""
    return secrets.token_urlsafe(16)


def hash_token(token: str) -> str:
    """SHA-256 in hex. The tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
