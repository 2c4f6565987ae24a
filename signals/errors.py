"""What can go wrong with a signal that is the caller's mistake, not the reporter's."""

from __future__ import annotations


class SignalError(Exception):
    """The signal cannot be handled."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or type(self).__doc__)


class DraftError(SignalError, ValueError):
    """A field of the form has a value that the form does not offer."""


class NoSuchEvent(DraftError):
    """The event does not run any more, or this organisation got nothing about it."""
