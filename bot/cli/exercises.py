"""``schakel exercise``: look at scenarios, check one, play one on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import exercise_texts as texts
from bot.cli import frame_texts
from bot.cli.frame import MISUSE, WRONG, run, say, stop
from bot.cli.framing import DutchTyper

if TYPE_CHECKING:
    from bot.exercise.scripts import Script

app = DutchTyper(help=texts.HELP)

Which = Annotated[str, typer.Argument(help=texts.HELP_WHICH, metavar=texts.SCENARIO)]


@app.command("list", help=texts.HELP_LIST)
def list_scripts() -> None:
    from bot.exercise.scripts import shipped

    for script in shipped().values():
        say(texts.LISTED.format(key=script.key, title=script.title, about=script.about))


@app.command("check", help=texts.HELP_CHECK)
def check(which: Which) -> None:
    script = _script(which)
    say(
        texts.CHECKED.format(
            title=script.title, injects=len(script.injects), expected=len(script.expected)
        )
    )


@app.command("run", help=texts.HELP_RUN)
def run_exercise(
    which: Which,
    fast: Annotated[bool, typer.Option("--fast", help=texts.HELP_FAST)] = False,
    speed: Annotated[
        float,
        typer.Option("--speed", min=1, max=60, help=texts.HELP_SPEED, metavar=frame_texts.NUMBER),
    ] = 1.0,
) -> None:
    script = _script(which)
    if fast and script.lines is None and any(one.what != "dismissed" for one in script.expected):
        raise stop(texts.NO_LINES, MISUSE)
    from bot.exercise.playing import run_script

    code, card = run(run_script(script, fast=fast, speed=speed))
    if card:
        say(json.dumps(card, ensure_ascii=False))
    raise typer.Exit(code)


def _script(which: str) -> Script:
    """A shipped scenario by its key, or the one in a file.

    :raises typer.Exit: with a sentence, when there is none or it cannot be played.
    """
    from bot.exercise.scripts import ScriptError, placed, read_script, shipped

    if which in shipped():
        return shipped()[which]
    path = Path(which)
    try:
        return read_script(placed("", path.read_text(encoding="utf-8")))
    except (OSError, UnicodeError) as error:
        known = ", ".join(shipped())
        raise stop(texts.MISSING.format(which=which, known=known), MISUSE) from error
    except ScriptError as error:
        raise stop("\n".join([texts.WRONG_FILE.format(path=path), *error.lines]), WRONG) from error
