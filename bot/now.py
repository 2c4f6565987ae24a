"""The configuration as it stands at this moment, with what people confirmed since it was read."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Config
from briefings.city_lines import current_settings


async def current_config(session: AsyncSession, config: Config) -> Config:
    """The same, with each line of the city as its owner last confirmed it."""
    briefings = await current_settings(session, config.briefings)
    return (
        config
        if briefings is config.briefings
        else config.model_copy(update={"briefings": briefings})
    )
