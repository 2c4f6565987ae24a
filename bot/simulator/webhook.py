"""Delivers waiting updates to a webhook, as Telegram does."""

from __future__ import annotations

import aiohttp

from bot.simulator.world import World


async def push_updates(world: World, url: str, secret: str | None) -> None:
    """Post each update; what is not answered with 2xx stays, with all that come after it."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    async with aiohttp.ClientSession() as client:
        for update in list(world.updates):
            try:
                async with client.post(url, json=update, headers=headers) as answer:
                    if answer.status // 100 != 2:
                        return
            except aiohttp.ClientError:
                return
            world.confirm_before(update["update_id"] + 1)
