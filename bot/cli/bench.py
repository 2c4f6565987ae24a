"""``schakel bench``: how fast the house is on this computer."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from bot.bench import bench_texts as texts
from bot.cli import frame_texts
from bot.cli.frame import WRONG, run, say, stop
from bot.cli.framing import DutchTyper

app = DutchTyper(help=texts.HELP_BENCH)


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


@app.command("deliver", help=texts.HELP_DELIVER)
def deliver(
    contacts: Annotated[
        int, typer.Option("--contacts", min=1, help=texts.HELP_CONTACTS, metavar=frame_texts.NUMBER)
    ] = 10_000,
    rate: Annotated[
        float,
        typer.Option("--rate", min=1, max=1000, help=texts.HELP_RATE, metavar=frame_texts.NUMBER),
    ] = 1000.0,
    latency_ms: Annotated[
        float,
        typer.Option(
            "--latency-ms", min=0, max=10_000, help=texts.HELP_LATENCY, metavar=frame_texts.NUMBER
        ),
    ] = 50.0,
    database: Annotated[
        str, typer.Option("--database", help=texts.HELP_DATABASE, metavar=frame_texts.TEXT)
    ] = "",
    fault: Annotated[
        str, typer.Option("--fault", help=texts.HELP_FAULT, metavar=frame_texts.TEXT)
    ] = "geen",
    kill: Annotated[
        int, typer.Option("--kill", min=0, help=texts.HELP_KILL, metavar=frame_texts.NUMBER)
    ] = 0,
    workers: Annotated[
        int, typer.Option("--workers", min=1, help=texts.HELP_WORKERS, metavar=frame_texts.NUMBER)
    ] = 1,
    channel: Annotated[
        str, typer.Option("--channel", help=texts.HELP_CHANNEL, metavar=frame_texts.TEXT)
    ] = "telegram",
    as_json: Annotated[bool, typer.Option("--json", help=texts.HELP_JSON)] = False,
) -> None:
    from bot.bench.deliver import PROFILES, Plan, measure
    from contacts.directory import ChannelKind

    if fault not in PROFILES:
        raise stop(texts.NO_PROFILE.format(name=fault, known=", ".join(PROFILES)))
    if channel not in set(ChannelKind):
        raise stop(texts.NO_CHANNEL.format(name=channel, known=", ".join(ChannelKind)))
    if workers > 1 and not database.startswith("postgresql"):
        raise stop(texts.WORKERS_NEED_POSTGRESQL)
    plan = Plan(contacts, rate, latency_ms, database, fault, kill, workers, ChannelKind(channel))
    _measured(measure(plan, quiet=as_json))


@app.command("draft", help=texts.HELP_DRAFT)
def draft() -> None:
    from bot.bench.drafting import measure

    _measured(measure())


@app.command("mail", help=texts.HELP_MAIL)
def mail(
    contacts: Annotated[
        int, typer.Option("--contacts", min=1, help=texts.HELP_CONTACTS, metavar=frame_texts.NUMBER)
    ] = 2_000,
    rate: Annotated[
        float,
        typer.Option("--rate", min=1, max=1000, help=texts.HELP_RATE, metavar=frame_texts.NUMBER),
    ] = 1000.0,
    as_json: Annotated[bool, typer.Option("--json", help=texts.HELP_JSON)] = False,
) -> None:
    from bot.bench.deliver import Plan, measure
    from contacts.directory import ChannelKind

    plan = Plan(contacts, rate, fault="storm", kind=ChannelKind.EMAIL)
    _measured(measure(plan, quiet=as_json))


@app.command("updates", help=texts.HELP_UPDATES)
def updates(
    count: Annotated[
        int,
        typer.Option("--updates", min=1, help=texts.HELP_HOW_MANY, metavar=frame_texts.NUMBER),
    ] = 10_000,
    kill: Annotated[
        int, typer.Option("--kill", min=0, help=texts.HELP_KILL, metavar=frame_texts.NUMBER)
    ] = 1,
    database: Annotated[
        str, typer.Option("--database", help=texts.HELP_DATABASE, metavar=frame_texts.TEXT)
    ] = "",
) -> None:
    from bot.bench.answering import measure_updates

    _measured(measure_updates(count, kill, database))


@app.command("button", help=texts.HELP_BUTTON)
def button(
    contacts: Annotated[
        int, typer.Option("--contacts", min=1, help=texts.HELP_CONTACTS, metavar=frame_texts.NUMBER)
    ] = 10_000,
    rate: Annotated[
        float,
        typer.Option("--rate", min=1, max=1000, help=texts.HELP_RATE, metavar=frame_texts.NUMBER),
    ] = 500.0,
    latency_ms: Annotated[
        float,
        typer.Option(
            "--latency-ms", min=0, max=10_000, help=texts.HELP_LATENCY, metavar=frame_texts.NUMBER
        ),
    ] = 50.0,
    database: Annotated[
        str, typer.Option("--database", help=texts.HELP_DATABASE, metavar=frame_texts.TEXT)
    ] = "",
) -> None:
    from bot.bench.answering import measure_button

    _measured(measure_button(contacts, rate, latency_ms, database))


def _measured(measuring: Coroutine[Any, Any, str]) -> None:
    """Say the line of figures, or in Dutch why there is none."""
    from bot.bench.processes import BenchFailed

    try:
        figures = run(measuring)
    except BenchFailed as error:
        raise stop(texts.FAILED.format(detail=error), WRONG) from error
    say(figures)
