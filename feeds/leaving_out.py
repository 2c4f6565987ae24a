"""Whether an event of the past would have rung if nothing of it had been used for fitting. Pure.

For each event the weights are fitted again without anything that came in around its day, and
the stream before it is played with those weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from feeds.calibrating import Labelled, calibrate
from feeds.evaluating import IN_TIME, Caught, compare_events
from feeds.fitting import Settings
from feeds.lexicon import Lexicon
from feeds.raw_items import EventLabel, Timed
from feeds.replaying import Replay

#: labels of items that came in this close to the event's first item are left out
AROUND = timedelta(days=7)
#: what is played before the event: by then the memory of older items has faded
BEFORE = timedelta(days=60)


def leave_each_out(
    events: Sequence[EventLabel],
    stream: Sequence[Timed],
    rows: Sequence[Labelled],
    lexicon: Lexicon,
    settings: Settings,
) -> Iterator[Caught]:
    """Each event, judged with weights that never saw it.

    :param stream: in order of time; events of which no item is in it are passed over.
    :param rows: the labelled items, as :func:`feeds.calibrating.label_rows` gives them.
    """
    came = {one.item.key: one.at for one in stream}
    for event in events:
        start = min((came[key] for key in event.first_keys if key in came), default=None)
        if start is None:
            continue
        kept = [
            row for row in rows
            if row.key not in event.first_keys
            and (row.key not in came or abs(came[row.key] - start) > AROUND)
        ]  # fmt: skip
        model = calibrate(kept, lexicon.prior, settings).model
        told = lexicon.with_weights(model.base, model.weights)
        played = [one for one in stream if start - BEFORE <= one.at <= start + IN_TIME]
        yield from compare_events(list(Replay(lexicon=told).play(played)), [event], came)
