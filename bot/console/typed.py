"""What was typed in a form that was refused: the page shows it again, so that nobody retypes it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.console.forms import Fields


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of one form, by the last word of its address (*besluit*); empty on a page that
    was only opened, and after what went well (that goes on to another page)."""

    form: str = ""
    fields: Fields = field(default_factory=dict)

    def is_in(self, form: str, name: str = "", value: object = "") -> bool:
        """Whether it is this form, and if a field is named, that one with this value."""
        return form == self.form and (not name or self.of(form, name) == str(value))

    def of(self, form: str, name: str, other: object = "", *, place: int = 0) -> str:
        """What was typed there, else what the page has by itself.

        :param place: of fields with the same name, which one.
        """
        if form != self.form:
            return str(other)
        said = self.fields.get(name, ())
        return said[place] if place < len(said) else ""


def typed_in(path: str, fields: Fields) -> Typed:
    """Pure."""
    return Typed(path.rstrip("/").rpartition("/")[2], fields) if fields else Typed()
