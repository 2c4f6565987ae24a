"""Groups a file of items as the watch would, and tells which item is in which event. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from feeds.apart import claim_of
from feeds.grouping import Doc, Grouper
from feeds.intake import hint_of
from feeds.lexicon import Lexicon, load_lexicon, stop_words
from feeds.meaning import meanings_for
from feeds.raw_items import RawItem, Timed
from feeds.relevance import is_roundup, score_item
from feeds.settings import FeedSettings


def cluster(stream: Iterable[Timed], settings: FeedSettings | None = None) -> dict[str, str]:
    """The event of every key; round-ups and items on their own have one of their own."""
    window = timedelta(hours=(settings or FeedSettings()).window_h)
    grouper = Grouper(window, stop_words(), meanings_for(settings or FeedSettings()))
    lexicon = load_lexicon()
    events = {}
    for number, one in enumerate(stream):
        title = one.item.first_title
        # A date that is still to come would make the window forget what is there now.
        at = min(one.item.published or one.at, one.at)
        if at < one.at - window or is_roundup(title, lexicon):
            events[one.item.key] = f"s{number}"
        else:
            group, _ = grouper.add(_doc(one.item, at, lexicon))
            events[one.item.key] = f"g{group.number}"
    return events


def _doc(item: RawItem, at: datetime, lexicon: Lexicon) -> Doc:
    """An item as the watch sees it, with its severity and where it was."""
    title, lead = item.first_title, item.lead or ""
    found = score_item(title, lead, trust=item.trust, lexicon=lexicon)
    place, proximity = found.place.name, found.place.proximity
    return Doc(
        title, lead, at, found.severity,
        hint=hint_of(found.severity, found.type, place, local=proximity.is_local),
        claim=claim_of(title, lead, found.types, place, proximity, found.severity, lexicon),
    )  # fmt: skip
