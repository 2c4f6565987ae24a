"""Which kinds of channel this installation can send by at all."""

from __future__ import annotations

from bot.config import Config
from contacts.directory import ChannelKind


def working_kinds(config: Config) -> set[ChannelKind]:
    """The kinds of channel that this installation is set up for. Pure."""
    telegram = {ChannelKind.TELEGRAM} if config.telegram.token else set()
    return telegram | ({ChannelKind.EMAIL} if config.mail.host else set())
