"""What became of the alerts, for who wants the watch to ring less, or more."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from bot.chat.coordinator import texts as chat_texts
from bot.console import balance_texts as words
from bot.console.doors import Door, Visit
from contacts.permissions import Permission
from feeds.balance import read_balance
from feeds.lexicon import load_lexicon

DEFAULT_DAYS = 90


async def show_balance(visit: Visit) -> Response:
    """``GET /gebeurtenissen/balans?dagen=90``."""
    asked = visit.request.query_params.get("dagen", "")
    days = int(asked) if asked.isdecimal() and int(asked) in words.PERIODS else DEFAULT_DAYS
    found = await read_balance(
        visit.session, since=visit.now - timedelta(days=days), until=visit.now,
        is_exercise=visit.actor.is_exercise,
    )  # fmt: skip
    lexicon = load_lexicon()
    kinds = {key: name for key, (name, _) in lexicon.event_types.items()}
    themes = {key: theme.naam for key, theme in lexicon.themes.items()}
    return visit.show(
        "balans.html",
        days=days,
        periods=words.PERIODS,
        total=found.total,
        tables=[
            (words.BY_FORM, found.by_form, {}),
            (words.BY_TYPE, found.by_type, kinds),
            (words.BY_THEME, found.by_theme, themes),
        ],
        reasons=list(chat_texts.DISMISSALS.items()),
    )


DOORS = (Door("/gebeurtenissen/balans", show_balance, Permission.MANAGE_EVENT),)
