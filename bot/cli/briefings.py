"""``schakel briefings``: look at the templates, and check all of them at once."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import briefings_texts as texts
from bot.cli import frame_texts
from bot.cli.frame import DEFAULT_CONFIG, MISUSE, WRONG, ConfigPath, load, say, stop
from bot.cli.framing import DutchTyper

if TYPE_CHECKING:
    from briefings.proofing import Variant
    from briefings.render import Rendered
    from briefings.settings import BriefingSettings

app = DutchTyper(help=texts.HELP)


@app.command("lint", help=texts.HELP_LINT)
def lint(
    markdown: Annotated[bool, typer.Option("--markdown", help=texts.HELP_MARKDOWN)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from bot.cli.briefing_tables import findings, score_page, score_table
    from bot.cli.texts import CHECK_PARENTS
    from briefings.proofing import proof_all
    from briefings.settings import unfit_for_parents
    from briefings.texts import FOR_PARENTS

    settings = load(config).briefings
    proofs = proof_all(settings)
    say(score_page(proofs) if markdown else score_table(proofs))
    if not markdown:
        for line in unfit_for_parents(settings.meldkaart):
            say(CHECK_PARENTS.format(label=line.label, said=FOR_PARENTS))
    if not all(proof.is_good for proof in proofs):
        raise stop("\n".join(findings(proofs)), WRONG)


@app.command("preview", help=texts.HELP_PREVIEW)
def preview(
    event_type: Annotated[str, typer.Argument(help=texts.HELP_TYPE, metavar=texts.TYPE)],
    audience: Annotated[str, typer.Argument(help=texts.HELP_AUDIENCE, metavar=texts.AUDIENCE)],
    pdf: Annotated[bool, typer.Option("--pdf", help=texts.HELP_PDF)] = False,
    html: Annotated[bool, typer.Option("--html", help=texts.HELP_HTML)] = False,
    text: Annotated[bool, typer.Option("--text", help=texts.HELP_TEXT)] = False,
    telegram: Annotated[bool, typer.Option("--telegram", help=texts.HELP_TELEGRAM)] = False,
    variant: Annotated[
        str, typer.Option("--variant", help=texts.HELP_VARIANT, metavar=frame_texts.TEXT)
    ] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    settings = load(config).briefings
    rendered = _rendered(event_type, audience, variant, settings)
    if pdf:
        return _print(rendered, Path(f"{event_type}-{audience}.pdf".lower()), audience, settings)
    if html:
        return say(_mail(rendered, settings))
    shown = []
    if telegram or not text:
        shown.append(rendered.telegram)
    if text or not telegram:
        shown.append(f"{rendered.subject}\n\n{rendered.plain}")
    return say(f"\n\n{texts.BETWEEN}\n\n".join(shown).rstrip())


def _print(rendered: Rendered, file: Path, audience: str, settings: BriefingSettings) -> None:
    """Into a pipe, or into a file in this folder where a screen would show noise."""
    from bot.console.printing import FONT
    from briefings.pdf import PdfUnavailable, Sheet, print_sheet
    from briefings.texts import AUDIENCES
    from contacts.directory import Audience

    sheet = Sheet(
        subject=rendered.subject,
        body=rendered.html,
        audience=AUDIENCES[Audience(audience)],
        stand=texts.PRINTED,
        sender=settings.sender,
        is_exercise=False,
        marks=(texts.EXAMPLE,),
    )
    try:
        made = print_sheet(sheet, font=FONT)
    except PdfUnavailable as error:
        raise stop(texts.NO_PDF, WRONG) from error
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(made)
        return
    file.write_bytes(made)
    say(texts.WRITTEN.format(file=file))


def _rendered(event_type: str, audience: str, variant: str, settings: BriefingSettings) -> Rendered:
    from briefings.event_kinds import event_kinds
    from briefings.library import library
    from briefings.proofing import sheet_of
    from briefings.render import render_text
    from contacts.directory import Audience

    kinds = {code.lower(): kind.templates for code, kind in event_kinds().items()}
    sets = library(settings.templates_dir).sets()
    name = kinds.get(event_type.lower(), event_type.lower())
    if name not in sets:
        rows = [texts.TYPE_ROW.format(code=code.upper(), name=kind) for code, kind in kinds.items()]
        raise stop("\n".join([texts.NO_TYPE, *rows]), MISUSE)
    if audience not in set(Audience):
        raise stop("\n".join([texts.NO_AUDIENCE, *Audience]), MISUSE)
    return _for_nobody(render_text(sheet_of(name, settings, _variant(variant)), Audience(audience)))


def _for_nobody(rendered: Rendered) -> Rendered:
    """A preview belongs to nobody: personal places are shown as what comes there."""
    return replace(
        rendered,
        telegram=_shown(rendered.telegram),
        plain=_shown(rendered.plain),
        html=_shown(rendered.html),
    )


def _shown(text: str) -> str:
    from bot.chat.coordinator.text_forms import with_shown_places
    from contacts.filling import LINK

    return with_shown_places(text.replace(f'href="{LINK}', 'href="#'))


def _variant(asked: str) -> Variant:
    from briefings.proofing import VARIANTS

    known = {texts.VARIANTS.get(variant.name, variant.name): variant for variant in VARIANTS}
    if not asked:
        return VARIANTS[0]
    if asked not in known:
        raise stop("\n".join([texts.NO_VARIANT, *known]), MISUSE)
    return known[asked]


def _mail(rendered: Rendered, settings: BriefingSettings) -> str:
    from briefings.mail_form import render_mail

    mail = render_mail(
        audience=rendered.audience,
        subject=rendered.subject,
        body=rendered.html,
        extra="",
        sender=settings.sender,
        own=settings.templates_dir,
    )
    return _shown(mail).rstrip()
