"""``schakel bench``: how fast the house is on this computer."""

from __future__ import annotations

import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bench import bench_texts as texts
from bot.cli import frame_texts
from bot.cli.frame import WRONG, run, say, stop
from bot.cli.framing import DutchTyper
from bot.cli.moving import check_store

app = DutchTyper(help=texts.HELP_BENCH)


def _number(name: str, about: str, **limits: Any) -> Any:
    return typer.Option(name, help=about, metavar=frame_texts.NUMBER, **limits)


Contacts = Annotated[int, _number("--contacts", texts.HELP_CONTACTS, min=1)]
Rate = Annotated[float, _number("--rate", texts.HELP_RATE, min=1, max=1000)]
Latency = Annotated[float, _number("--latency-ms", texts.HELP_LATENCY, min=0, max=10_000)]
Kills = Annotated[int, _number("--kill", texts.HELP_KILL, min=0)]
Store = Annotated[
    str,
    typer.Option(
        "--database", help=texts.HELP_DATABASE, metavar=frame_texts.TEXT,
        callback=lambda url: check_store(url) if url else "",
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help=texts.HELP_JSON)]


@app.command("console", help=texts.HELP_CONSOLE)
def console(
    seconds: Annotated[float, _number("--seconds", texts.HELP_SECONDS, min=1)] = 30.0,
    contacts: Contacts = 10_000,
    events: Annotated[int, _number("--events", texts.HELP_EVENTS, min=1)] = 500,
    deliveries: Annotated[int, _number("--deliveries", texts.HELP_DELIVERIES, min=1)] = 50_000,
    users: Annotated[int, _number("--users", texts.HELP_USERS, min=1)] = 20,
    streams: Annotated[int, _number("--streams", texts.HELP_STREAMS, min=1)] = 200,
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
    contacts: Contacts = 10_000,
    rate: Rate = 1000.0,
    latency_ms: Latency = 50.0,
    database: Store = "",
    fault: Annotated[
        str, typer.Option("--fault", help=texts.HELP_FAULT, metavar=frame_texts.TEXT)
    ] = "geen",
    kill: Kills = 0,
    workers: Annotated[int, _number("--workers", texts.HELP_WORKERS, min=1)] = 1,
    channel: Annotated[
        str, typer.Option("--channel", help=texts.HELP_CHANNEL, metavar=frame_texts.TEXT)
    ] = "telegram",
    hosts: Annotated[bool, typer.Option("--hosts", help=texts.HELP_HOSTS)] = False,
    as_json: AsJson = False,
) -> None:
    from bot.bench.deliver import Plan, is_too_uncertain, measure
    from bot.bench.faults import PROFILES
    from contacts.directory import ChannelKind

    if fault not in PROFILES:
        raise stop(texts.NO_PROFILE.format(name=fault, known=", ".join(PROFILES)))
    if channel not in set(ChannelKind):
        raise stop(texts.NO_CHANNEL.format(name=channel, known=", ".join(ChannelKind)))
    if workers > 1 and not database.startswith("postgresql"):
        raise stop(texts.WORKERS_NEED_POSTGRESQL)
    if hosts and workers < 2:
        raise stop(texts.HOSTS_NEED_WORKERS)
    plan = Plan(
        contacts, rate, latency_ms, database, fault, kill, workers, ChannelKind(channel),
        are_hosts=hosts,
    )  # fmt: skip
    if is_too_uncertain(_measured(measure(plan, quiet=as_json)), plan):
        raise stop(texts.TOO_UNCERTAIN, WRONG)


@app.command("draft", help=texts.HELP_DRAFT)
def draft() -> None:
    from bot.bench.drafting import measure

    _measured(measure())


@app.command("years", help=texts.HELP_YEARS)
def years(
    organisations: Annotated[int, _number("--organisations", texts.HELP_TOWN, min=10)] = 120,
    days: Annotated[int, _number("--days", texts.HELP_DAYS, min=30, max=730)] = 730,
    events: Annotated[int, _number("--happenings", texts.HELP_HAPPENINGS, min=0, max=40)] = 12,
    svg: Annotated[Path | None, typer.Option("--svg", help=texts.HELP_SVG)] = None,
) -> None:
    from bot.bench.processes import BenchFailed
    from bot.bench.years import Plan, measure

    try:
        figures, drawn = run(measure(Plan(organisations, days, events), draws=svg is not None))
    except BenchFailed as error:
        raise stop(texts.FAILED.format(detail=error), WRONG) from error
    if svg is not None:
        svg.write_text(drawn, encoding="utf-8")
    say(figures)
    if not json.loads(figures)["ok"]:
        raise typer.Exit(WRONG)


@app.command("watch", help=texts.HELP_WATCH)
def watch(
    items: Annotated[int, _number("--items", texts.HELP_ITEMS, min=100)] = 10_000,
    alerts: Annotated[int, _number("--alerts", texts.HELP_ALERTS, min=1, max=32)] = 20,
) -> None:
    from bot.bench.watch import Plan, measure

    figures = _measured(measure(Plan(items=items, polled=items // 5, alerts=alerts)))
    if not json.loads(figures)["ok"]:
        raise stop(texts.WATCH_FAILED, WRONG)


@app.command("mail", help=texts.HELP_MAIL)
def mail(contacts: Contacts = 2_000, rate: Rate = 1000.0, as_json: AsJson = False) -> None:
    from bot.bench.deliver import Plan, measure
    from contacts.directory import ChannelKind

    plan = Plan(contacts, rate, fault="storm", kind=ChannelKind.EMAIL)
    _measured(measure(plan, quiet=as_json))


@app.command("updates", help=texts.HELP_UPDATES)
def updates(
    count: Annotated[int, _number("--updates", texts.HELP_HOW_MANY, min=1)] = 10_000,
    kill: Kills = 1,
    database: Store = "",
    as_json: AsJson = False,
) -> None:
    from bot.bench.answering import measure_updates

    _measured(measure_updates(count, kill, database, quiet=as_json))


@app.command("button", help=texts.HELP_BUTTON)
def button(
    contacts: Contacts = 10_000,
    rate: Rate = 500.0,
    latency_ms: Latency = 50.0,
    database: Store = "",
    as_json: AsJson = False,
) -> None:
    from bot.bench.answering import measure_button

    _measured(measure_button(contacts, rate, latency_ms, database, quiet=as_json))


def _measured(measuring: Coroutine[Any, Any, str]) -> str:
    """Say the line of figures and return it, or say in Dutch why there is none."""
    from bot.bench.processes import BenchFailed

    try:
        figures = run(measuring)
    except BenchFailed as error:
        raise stop(texts.FAILED.format(detail=error), WRONG) from error
    say(figures)
    return figures
