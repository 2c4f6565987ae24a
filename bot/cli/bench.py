"""``schakel bench``: how fast the house is on this computer."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bench import bench_texts as texts
from bot.cli import frame_texts
from bot.cli.frame import WRONG, run, say, stop
from bot.cli.framing import DutchTyper

app = DutchTyper(help=texts.HELP_BENCH)


@app.callback()
def _bench() -> None:
    """Keeps ``console`` a command of its own."""


@app.command("console", help=texts.HELP_CONSOLE)
def console(
    seconds: Annotated[
        float,
        typer.Option("--seconds", min=1, help=texts.HELP_SECONDS, metavar=frame_texts.NUMBER),
    ] = 30.0,
    contacts: Annotated[
        int, typer.Option("--contacts", min=1, help=texts.HELP_CONTACTS, metavar=frame_texts.NUMBER)
    ] = 10_000,
    events: Annotated[
        int, typer.Option("--events", min=1, help=texts.HELP_EVENTS, metavar=frame_texts.NUMBER)
    ] = 500,
    deliveries: Annotated[
        int,
        typer.Option("--deliveries", min=1, help=texts.HELP_DELIVERIES, metavar=frame_texts.NUMBER),
    ] = 50_000,
    users: Annotated[
        int, typer.Option("--users", min=1, help=texts.HELP_USERS, metavar=frame_texts.NUMBER)
    ] = 20,
    streams: Annotated[
        int, typer.Option("--streams", min=1, help=texts.HELP_STREAMS, metavar=frame_texts.NUMBER)
    ] = 200,
) -> None:
    from bot.bench.console import Plan, measure
    from bot.bench.made_up import Amounts
    from bot.bench.visiting import PageFailed

    plan = Plan(Amounts(contacts, events, deliveries, users), seconds, streams)
    try:
        figures = run(measure(plan))
    except PageFailed as error:
        raise stop(texts.FAILED.format(detail=error), WRONG) from error
    say(figures)
