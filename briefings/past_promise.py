"""Leaves the promise of an update out of a text for who gets it when that moment is over. Pure.

That is who has quiet hours until then, and who missed the text and can be reached only now. The
rest of the approved text stays as it was read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from briefings import moments
from briefings.plaintext import read_blocks, to_plain
from briefings.rows import Briefing, BriefingKind, BriefingText

#: as ``gedeeld/volgende.j2`` writes it
_PART = re.compile(r'<section data-deel="volgende">.*?</section>\n?', re.DOTALL)


def promises(briefing: Briefing) -> bool:
    """Whether its readers are told when the next update comes."""
    return briefing.promised_at is not None and briefing.kind is not BriefingKind.LOOK_BACK


def is_past(briefing: Briefing, *, leaves_at: datetime) -> bool:
    """Whether a reader of then would be promised an update that is over already."""
    promised = briefing.promised_at
    return promises(briefing) and promised is not None and promised <= leaves_at


def is_invitation_over(briefing: Briefing, *, now: datetime) -> bool:
    """Whether it asks people to a meeting that was held already."""
    return briefing.meets_at is not None and briefing.meets_at <= now


def page_without(html: str) -> str:
    """A page or mail without the part that promises the next update."""
    return _PART.sub("", html)


def without_promise(text: BriefingText, promised_at: datetime) -> BriefingText:
    """A text of its own, that is not stored, with every form but that promise."""
    html = page_without(text.html)
    return BriefingText(
        briefing_id=text.briefing_id,
        audience=text.audience,
        template=text.template,
        template_version=text.template_version,
        subject=text.subject,
        telegram=_chat_without(text.telegram, moments.moment(promised_at)),
        html=html,
        plain=to_plain(read_blocks(html)),
        words=text.words,
        remarks=text.remarks,
    )


def texts_without(
    texts: Sequence[BriefingText], promised_at: datetime | None
) -> list[BriefingText]:
    """All texts of a version, each without it."""
    return list(texts) if promised_at is None else [without_promise(t, promised_at) for t in texts]


def _chat_without(telegram: str, moment: str) -> str:
    """The promise stands in the last paragraph, which nobody words by hand."""
    *above, last = telegram.split("\n\n")
    kept = [line for line in last.split("\n") if moment not in line] if above else [last]
    return "\n\n".join([*above, *(["\n".join(kept)] if kept else [])])
