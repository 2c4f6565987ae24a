"""The questions of the signal flow as text and buttons. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat import texts
from bot.chat.buttons import data as button_data
from bot.chat.buttons import in_pairs
from bot.chat.render import render
from bot.chat.signal_draft import CHOICES, optional, shown, to_draft
from contacts.outbox import Button
from feeds.districts import districts
from signals import texts as labels
from signals.rows import SignalKind
from signals.telling import district_names

Question = tuple[str, list[list[Button]]]

#: the kinds on the first screen; the rest is behind one more tap
FIRST_KINDS = 6
PAGE = 8


def set_to(label: str, field: str, value: object) -> Button:
    """A button that fills one field."""
    return Button(label, button_data("gv", field, value))


def quit_row() -> list[Button]:
    return [Button(texts.QUIT, button_data("gq"))]


def ask_kind(*, everything: bool) -> Question:
    kinds = list(labels.KINDS.items())
    buttons = [
        set_to(label, "kinds", kind.value)
        for kind, label in (kinds if everything else kinds[:FIRST_KINDS])
    ]
    rows = [[button] for button in buttons] if everything else in_pairs(buttons)
    last = [] if everything else [Button(texts.MORE, button_data("gm"))]
    return render("signal/ask_kind.html"), [*rows, [*last, *quit_row()]]


def ask_kinds(chosen: Sequence[str]) -> Question:
    """Several kinds, each tap toggles one."""
    rows = [
        [
            Button(
                texts.CHOSEN.format(label=label) if kind.value in chosen else label,
                button_data("gt", kind.value),
            )
        ]
        for kind, label in labels.KINDS.items()
    ]
    return render("signal/ask_kinds.html"), [*rows, [Button(texts.READY, button_data("gb"))]]


def ask_severity(data: Mapping[str, Any]) -> Question:
    kinds = "; ".join(labels.KINDS[SignalKind(kind)] for kind in data.get("kinds", ()))
    rows = [[set_to(label, "severity", n)] for n, label in labels.SEVERITIES.items()]
    return render("signal/ask_severity.html", kinds=kinds), [*rows, quit_row()]


def ask_district(own: str | None) -> Question:
    """``own``: the wijk of the reporter's organisation, offered first."""
    rows = []
    if own in district_names():
        label = texts.CHOSEN.format(label=district_names()[own])
        rows.append([set_to(label, "district", own)])
    other = texts.OTHER_DISTRICT if rows else texts.CHOOSE_DISTRICT
    rows += [
        [
            Button(other, button_data("gp", 0)),
            set_to(texts.WHOLE_CITY, "district", "stad"),
        ],
        [
            set_to(texts.ONLINE, "district", "online"),
            set_to(texts.NOT_KNOWN, "district", "onbekend"),
        ],
    ]
    return render("signal/ask_district.html", listed=False), [*rows, quit_row()]


def ask_listed_district(page: int) -> Question:
    """All wijken, a page at a time.

    :raises ValueError: there is no such page.
    """
    every = list(districts())
    here = every[page * PAGE : (page + 1) * PAGE] if page >= 0 else []
    if not here:
        raise ValueError("no such page")
    rows = in_pairs([set_to(name, "district", code) for code, name in here])
    turns = []
    if page > 0:
        turns.append(Button(texts.PREVIOUS, button_data("gp", page - 1)))
    if (page + 1) * PAGE < len(every):
        turns.append(Button(texts.NEXT, button_data("gp", page + 1)))
    back = [Button(texts.BACK, button_data("gf", "district"))]
    return render("signal/ask_district.html", listed=True), [*rows, turns, back, quit_row()]


def ask_setting(data: Mapping[str, Any]) -> Question:
    buttons = [set_to(label, "setting", s.value) for s, label in labels.SETTINGS.items()]
    district = district_names().get(str(data.get("district")), "")
    return (
        render("signal/ask_setting.html", district=district),
        [*in_pairs(buttons), quit_row()],
    )


def ask_field(field: str, themes: Sequence[str] = ()) -> Question:
    """One of the fields that have a default.

    :raises KeyError: there is no such field.
    """
    if field == "theme":
        # A theme is a word of the city, which does not fit in a button's data.
        rows = [[set_to(theme, field, number)] for number, theme in enumerate(themes)]
    else:
        rows = [
            [set_to(label, field, value if isinstance(value, bool) else value.value)]
            for value, label in CHOICES[field].items()
        ]
    return render("signal/ask_field.html", label=texts.FIELDS[field]), rows


def ask_more(field: str, data: Mapping[str, Any], themes: Sequence[str]) -> Question:
    """One of the questions that may stay open, with a way past it and a way out."""
    _, rows = ask_field(field, themes)
    fields = optional(themes)
    text = render(
        "signal/ask_more.html", label=texts.FIELDS[field], place=data["more"] + 1, of=len(fields)
    )
    buttons = in_pairs([button for row in rows for button in row])
    last = [
        Button(texts.PASS_OVER, button_data("gw", field)),
        Button(texts.READY, button_data("gb")),
    ]
    return text, [*buttons, last]


def ask_change() -> Question:
    buttons = [Button(label, button_data("gf", field)) for field, label in texts.FIELDS.items()]
    rows = in_pairs(buttons)
    return render("signal/ask_change.html"), [*rows, [Button(texts.READY, button_data("gb"))]]


def summary(data: Mapping[str, Any], note: str) -> Question:
    """What will be sent. The note itself is not repeated: it stands in the sender's chat."""
    rows = [[Button(texts.SEND, button_data("gx")), Button(texts.CHANGE, button_data("ge"))]]
    rows.append([Button(texts.TELL_MORE, button_data("go"))])
    if note:
        rows.append([Button(texts.REMOVE_LINE, button_data("gn"))])
    text = render("signal/summary.html", what=shown(to_draft(data, note)), note_length=len(note))
    return text, [*rows, quit_row()]


def question(name: str, data: Mapping[str, Any], *, own: str | None, note: str) -> Question:
    """The screen for a step of the flow."""
    if name == "kinds":
        return ask_kind(everything=False)
    if name == "severity":
        return ask_severity(data)
    if name == "district":
        return ask_district(own)
    if name == "setting":
        return ask_setting(data)
    return summary(data, note)
