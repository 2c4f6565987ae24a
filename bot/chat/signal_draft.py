"""The half-filled signal form of a chat, as the conversation keeps it. Pure.

Keys of the data: ``event``, ``message`` (the delivery under which the questions stand),
``kinds``, the coded fields by name, and ``note`` (sealed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from signals import texts as labels
from signals.rows import Breadth, Direction, Done, Eep, Need, Setting, Share, SignalKind, When
from signals.telling import DANGER_NOW, Draft, district_names

#: the coded fields with a fixed choice, and the Dutch label of each choice
CHOICES: Mapping[str, Mapping[Any, str]] = {
    "setting": labels.SETTINGS,
    "occurred": labels.WHENS,
    "eep": labels.EEP_CHOICES,
    "breadth": labels.BREADTHS,
    "direction": labels.DIRECTIONS,
    "done": labels.DONE,
    "need": labels.NEEDS,
    "share": labels.SHARES,
    "wants_feedback": labels.FEEDBACK_WISH,
}
_KINDS: Mapping[str, type[StrEnum]] = {
    "setting": Setting,
    "occurred": When,
    "eep": Eep,
    "breadth": Breadth,
    "direction": Direction,
    "done": Done,
    "need": Need,
    "share": Share,
}
#: asked in this order; the rest has defaults
ASKED = ("kinds", "severity", "district", "setting")


#: asked one after the other by who wants to tell more; each may be passed over
OPTIONAL = (
    "occurred", "eep", "breadth", "direction", "theme", "done", "need", "wants_feedback", "share",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """The summary in Dutch."""

    kinds: str
    severity: str
    district: str
    setting: str
    occurred: str
    eep: str
    breadth: str
    more: tuple[str, ...]
    share: str
    feedback: str


def read_choice(field: str, raw: str, themes: Sequence[str] = ()) -> Any:
    """The stored value of a tapped choice.

    :raises ValueError: an old or a forged button.
    """
    if field == "kinds":
        if raw not in labels.KINDS:
            raise ValueError("kinds")
        return [SignalKind(raw).value]
    if field == "severity":
        if not 1 <= int(raw) <= DANGER_NOW:
            raise ValueError("severity")
        return int(raw)
    if field == "district":
        if raw not in district_names():
            raise ValueError("district")
        return raw
    if field == "wants_feedback":
        return raw == "True"
    if field == "theme":
        return list(themes)[int(raw)]
    return _KINDS[field](raw).value


def next_question(data: Mapping[str, Any]) -> str:
    """The first field that still must be asked, or ``summary``."""
    return next((field for field in ASKED if not data.get(field)), "summary")


def optional(themes: Sequence[str]) -> list[str]:
    """The questions of *Meer vertellen*; without themes that one has no answers."""
    return [field for field in OPTIONAL if field != "theme" or themes]


def asked_now(data: Mapping[str, Any], themes: Sequence[str]) -> str | None:
    """The question of *Meer vertellen* that is open, by the place in ``more``."""
    fields, place = optional(themes), data.get("more")
    return fields[place] if place is not None and place < len(fields) else None


def passed(data: Mapping[str, Any], field: str, themes: Sequence[str]) -> dict[str, Any]:
    """The form with this question behind it, when it was the open one."""
    if asked_now(data, themes) != field:
        return dict(data)
    return {**data, "more": data["more"] + 1}


def to_draft(data: Mapping[str, Any], note: str) -> Draft:
    """The form as the signals know it.

    :raises ValueError: something is missing.
    """
    if next_question(data) != "summary":
        raise ValueError("not complete")
    given = {name: kind(data[name]) for name, kind in _KINDS.items() if name in data}
    return Draft(
        event_id=data.get("event"),
        district=str(data["district"]),
        kinds=tuple(SignalKind(kind) for kind in data["kinds"]),
        severity=int(data["severity"]),
        note=note,
        theme=str(data.get("theme", "")),
        wants_feedback=bool(data.get("wants_feedback", True)),
        **given,  # type: ignore[arg-type]  # _KINDS gives each its kind
    )


def shown(draft: Draft) -> Shown:
    """The summary of a complete form."""
    return Shown(
        kinds="; ".join(labels.KINDS[kind] for kind in draft.kinds),
        severity=labels.SEVERITIES[draft.severity],
        district=district_names()[draft.district],
        setting=labels.SETTINGS[draft.setting],
        occurred=labels.WHENS[draft.occurred],
        eep=labels.said(labels.EEPS[draft.eep]),
        breadth="" if draft.breadth is Breadth.UNKNOWN else labels.BREADTHS[draft.breadth],
        more=_more(draft),
        share=labels.SHARES[draft.share],
        feedback=labels.FEEDBACK_WISH[draft.wants_feedback],
    )


def _more(draft: Draft) -> tuple[str, ...]:
    """What was filled in beyond the defaults; a default that nobody chose is not repeated."""
    told = []
    if draft.direction is not Direction.UNKNOWN:
        told.append(labels.DIRECTIONS[draft.direction])
    if draft.theme:
        told.append(draft.theme)
    if draft.done is not Done.UNSAID:
        told.append(labels.DONE[draft.done])
    if draft.need is not Need.UNSAID:
        told.append(f"nodig: {labels.NEEDS[draft.need]}")
    return tuple(told)
