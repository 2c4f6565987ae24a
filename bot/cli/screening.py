"""``schakel signals screen|evaluate``: the person filter on a file of texts. Nothing is stored."""

from __future__ import annotations

import json
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.cli import frame_texts, screening_texts
from bot.cli.frame import DEFAULT_CONFIG, ConfigPath, load, say, stop

if TYPE_CHECKING:
    from signals.measuring import Measured, Share
    from signals.person_filter import Screening

T = TypeVar("T")

Input = Annotated[
    Path, typer.Option("--input", help=screening_texts.HELP_INPUT, metavar=frame_texts.FILE)
]
Gold = Annotated[
    Path, typer.Option("--gold", help=screening_texts.HELP_GOLD, metavar=frame_texts.FILE)
]


def screen_file(source: Input, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """One line of JSON on standard output for each line of the file."""
    from signals.measuring import read_texts

    screen = _filter(config)
    for _number, row in _readable(read_texts, source):
        screening = screen(row["text"])
        spans = [
            {"start": span.start, "end": span.end, "label": span.label}
            for span in sorted(screening.spans, key=lambda s: (s.start, s.end, s.label))
        ]
        say(json.dumps({"id": row["id"], "blocked": screening.blocked, "spans": spans}))


def evaluate_file(
    gold: Gold,
    config: ConfigPath = DEFAULT_CONFIG,
    faults: Annotated[bool, typer.Option("--faults", help=screening_texts.HELP_FAULTS)] = False,
) -> None:
    """Figures per label; with ``--faults`` also where it went wrong, without the words."""
    from signals.measuring import measure, read_marked

    took: list[float] = []
    screen = _filter(config)
    began = time.perf_counter()
    screen("")
    loaded = time.perf_counter() - began

    def timed(text: str) -> Screening:
        began = time.perf_counter()
        screening = screen(text)
        took.append(time.perf_counter() - began)
        return screening

    figures = measure(_readable(read_marked, gold), timed)
    if not took:
        raise stop(screening_texts.NO_TEXTS.format(path=gold))
    for line in _table(figures, took, loaded):
        say(line)
    if faults:
        for row_id, what, start, end in figures.faults:
            say(screening_texts.FAULT.format(id=row_id, what=what, start=start, end=end))


def _filter(config: Path) -> Callable[[str], Screening]:
    """The filter with the allow-list of the municipality, when there is a configuration."""
    from signals.person_filter import screen

    allow = _allow_list(config) if config != DEFAULT_CONFIG or config.is_file() else []
    return lambda text: screen(text, allow)


def _allow_list(config: Path) -> list[str]:
    """Only what the filter needs: the whole configuration takes longer than the filter itself."""
    from signals.settings import SignalSettings

    try:
        sections = tomllib.loads(config.read_text(encoding="utf-8"))
        return SignalSettings.model_validate(sections.get("signals", {})).allow
    except (OSError, ValueError):
        # It knows how to say what is wrong.
        return load(config).signals.allow


def _readable(read: Callable[[Path], Iterator[T]], path: Path) -> Iterator[T]:
    """The rows; what cannot be read ends the command. Errors of writing are not ours."""
    from signals.measuring import LineError

    try:
        yield from read(path)
    except LineError as error:
        reason = screening_texts.REASONS[error.why]
        raise stop(screening_texts.BAD_LINE.format(number=error.number, reason=reason)) from error
    except OSError as error:
        raise stop(screening_texts.UNREADABLE.format(path=path)) from error


def _table(figures: Measured, took: list[float], loaded: float) -> list[str]:
    shares = [
        *figures.labels.items(),
        (screening_texts.ALL_SPANS, figures.spans),
        (screening_texts.SAME_LABEL, figures.labelled),
        (screening_texts.PERSONAL, figures.personal),
        (screening_texts.CLEAN, figures.clean),
    ]
    return [
        screening_texts.HEAD,
        *(_line(name, share) for name, share in shares),
        _decimal(
            screening_texts.SPEED.format(
                middle=1000 * median(took), most=1000 * max(took), loaded=loaded
            )
        ),
        *_memory(),
    ]


def _line(name: str, share: Share) -> str:
    return _decimal(
        screening_texts.LINE.format(
            name=name, found=share.found, wanted=share.wanted, value=share.value
        )
    )


def _decimal(line: str) -> str:
    """Figures as Dutch writes them."""
    return line.replace(".", ",")


def _memory() -> list[str]:
    """The most memory this process has used; not every system tells."""
    try:
        import resource
    except ImportError:
        return []
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, Linux kibibytes.
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return [screening_texts.MEMORY.format(megabytes=most / unit)]
