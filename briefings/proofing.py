"""Checks every set of templates, in every form, before a city relies on it. Pure but for reading.

What a draft is checked for when an event is on, this checks for all types beforehand, with the
made-up facts of ``voorbeeld.toml``: the language check, and whether every text is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from briefings.event_kinds import GENERAL, event_kinds
from briefings.examples import example_sheet, kind_of_set
from briefings.library import Moment, Part, library
from briefings.lint import Remark, lint_text
from briefings.plaintext import read_blocks
from briefings.reading import Score, score_of
from briefings.render import Form, Rendered, Sheet, render_text
from briefings.settings import BriefingSettings
from contacts.directory import Audience

#: the words a text cannot do without
NEEDED: Mapping[Audience, tuple[str, ...]] = {
    Audience.TEACHER_PO: ("kort", "verwacht", "vragen", "doen", "niet", "leeftijd", "jong"),
    Audience.TEACHER_VO_MBO: ("kort", "verwacht", "vragen", "doen", "niet", "leeftijd"),
    Audience.SCHOOL_LEADER: ("kort", "vooraf", "verwacht", "steun", "staat", "doen", "niet"),
    Audience.YOUTH_WORK: ("kort", "verwacht", "doen", "zinnen", "niet"),
    Audience.RELIGIOUS_CULTURAL: ("kort", "politie", "verwacht", "doen", "niet"),
    Audience.POLICE_DISTRICT: ("vragen", "bezoek", "doen", "niet"),
    Audience.PARENTS: ("kort", "school", "doen", "normaal", "niet"),
}
ALWAYS = ("chat", "zin", "wachten")
#: about length and about facts still to come: no fault of a set when the facts are few
_OF_FACTS = frozenset({"Z10", "V1"})


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which a set can go out."""

    form: Form = Form.FULL
    rich: bool = True
    is_update: bool = False
    moment: Moment = Moment.SCHOOL

    @property
    def name(self) -> str:
        if self.is_update:
            return "update"
        if self.form is not Form.FULL:
            return f"{self.form}-{self.moment}" if self.moment is not Moment.SCHOOL else self.form
        return f"{'rich' if self.rich else 'minimal'}-{self.moment}"


VARIANTS = (
    Variant(),
    Variant(rich=False),
    Variant(is_update=True),
    *(Variant(moment=moment) for moment in Moment if moment is not Moment.SCHOOL),
    *(Variant(form=form) for form in Form if form is not Form.FULL),
    Variant(form=Form.HOLDING, moment=Moment.WEEKEND),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one text: where it was found, and the remark itself."""

    templates: str
    audience: Audience
    variant: str
    remark: Remark


@dataclass(frozen=True, slots=True)
class Proof:
    """One set, read in every form. ``scores`` are those of the full text with all facts."""

    templates: str
    code: str
    name: str
    family: str
    scores: Mapping[Audience, tuple[Rendered, Score]]
    findings: tuple[Finding, ...]
    gaps: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not self.findings and not self.gaps


def sheet_of(name: str, settings: BriefingSettings, variant: Variant) -> Sheet:
    """The example of a set, as this variant tells it."""
    return example_sheet(
        name,
        settings,
        variant.form,
        rich=variant.rich,
        is_update=variant.is_update,
        moment=variant.moment,
    )


def read_ahead(settings: BriefingSettings) -> None:
    """Write the general text once for each audience, so that the first evening does not wait."""
    for audience in Audience:
        lint_text(render_text(example_sheet(GENERAL, settings), audience))


def proof_all(settings: BriefingSettings) -> list[Proof]:
    """Every set of this installation, in the order of the lexicon."""
    order = [kind.templates for kind in event_kinds().values()]
    sets = library(settings.templates_dir).sets()
    known = [name for name in order if name in sets]
    rest = [name for name in sets if name not in order]
    return [proof_set(name, settings) for name in dict.fromkeys([*known, *rest])]


def proof_set(name: str, settings: BriefingSettings) -> Proof:
    """One set. Files that cannot be read are gaps, never an error."""
    try:
        return _proof(name, settings)
    except (ValidationError, FileNotFoundError) as error:
        return Proof(name, "", name, "", {}, (), (_first_line(error),))


def _proof(name: str, settings: BriefingSettings) -> Proof:
    shelf = library(settings.templates_dir)
    meta = shelf.set_meta(name)
    scores: dict[Audience, tuple[Rendered, Score]] = {}
    findings: list[Finding] = []
    for variant in VARIANTS:
        sheet = sheet_of(name, settings, variant)
        for audience in Audience:
            text = render_text(sheet, audience)
            if variant == VARIANTS[0]:
                scores[audience] = (text, score_of(read_blocks(text.html)))
            findings += [
                Finding(name, audience, variant.name, remark)
                for remark in lint_text(text)
                if variant.rich or remark.code not in _OF_FACTS
            ]
    gaps = [
        f"{audience.value}.{field}"
        for audience in Audience
        for field in _empty(audience, shelf.part(name, audience))
    ]
    code = kind_of_set(name)[0]
    return Proof(name, code, meta.name, meta.family, scores, tuple(findings), tuple(gaps))


def _empty(audience: Audience, part: Part) -> Iterator[str]:
    return (field for field in (*NEEDED[audience], *ALWAYS) if not getattr(part, field))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
