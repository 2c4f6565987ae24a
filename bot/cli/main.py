"""``schakel``: the commands of an operator. Heavy parts load inside the command that needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cities import city_texts
from bot.cli import (
    api,
    backing_up,
    backup_texts,
    balances,
    bench,
    briefings,
    contact_files,
    contact_texts,
    contacts,
    events,
    exercises,
    feed_measures,
    feed_replays,
    frame_texts,
    key_texts,
    keys,
    moving,
    moving_texts,
    places,
    screening,
    screening_texts,
    setting_up,
    several_cities,
    signing_in,
    simulating,
    sources,
    starting,
    texts,
    watching,
)
from bot.cli.frame import (
    DEFAULT_CONFIG,
    MISUSE,
    CalmGroup,
    ConfigPath,
    load,
    run,
    say,
    say_wrong,
    stop,
)
from bot.cli.framing import DutchTyper
from bot.duties import Office

app = DutchTyper(
    cls=CalmGroup, help=texts.HELP, add_completion=False, pretty_exceptions_enable=False
)
contacts.app.command("export-list", help=contact_texts.HELP_EXPORT_LIST)(contact_files.export_list)
contacts.app.command("example", help=contact_texts.HELP_EXAMPLE)(contact_files.write_example)
contacts.app.command("undo-import", help=contact_texts.HELP_UNDO)(contact_files.undo_import)
app.add_typer(contacts.app, name="contacts", help=texts.HELP_CONTACTS)
app.add_typer(starting.app, name="event", help=texts.HELP_EVENT)
feed_replays.add_to(events.feeds_app)
feed_measures.add_to(events.feeds_app)
sources.add_to(events.feeds_app)
places.add_to(events.feeds_app)
balances.add_to(events.feeds_app)
app.add_typer(events.feeds_app, name="feeds", help=texts.HELP_FEEDS)
app.add_typer(events.signals_app, name="signals", help=texts.HELP_SIGNALS)
app.add_typer(bench.app, name="bench")
app.add_typer(api.app, name="api")
events.signals_app.command("screen", help=screening_texts.HELP_SCREEN)(screening.screen_file)
events.signals_app.command("evaluate", help=screening_texts.HELP_EVALUATE)(screening.evaluate_file)
app.add_typer(briefings.app, name="briefings")
app.add_typer(exercises.app, name="exercise")
app.command("deliveries", help=texts.HELP_DELIVERIES)(events.deliveries)
app.command("health", help=texts.HELP_HEALTH)(watching.health)
app.command("cities", help=city_texts.HELP_CITIES)(several_cities.cities)
app.command("init", help=texts.HELP_INIT)(setting_up.init)
app.command("backup", help=backup_texts.HELP_BACKUP)(backing_up.backup)
app.command("restore", help=backup_texts.HELP_RESTORE)(backing_up.restore)
app.command("move-database", help=moving_texts.HELP)(moving.move_database)
app.command("accept-key", help=key_texts.HELP)(keys.accept_key)
app.command("check", help=texts.HELP_CHECK)(setting_up.check)
app.command("signin", help=texts.HELP_SIGN_IN)(signing_in.sign_in)
app.command("simulator", help=texts.HELP_SIMULATOR)(simulating.simulator)


@app.command(help=texts.HELP_VERSION)
def version() -> None:
    from importlib.metadata import version as package_version

    say(f"schakel {package_version('schakel')}")


@app.command("config", help=texts.HELP_CONFIG_DOCS)
def config_docs() -> None:
    from bot.cli.config_docs import configuration_page

    say(configuration_page().rstrip())


@app.command(help=texts.HELP_MIGRATE)
def migrate(config: ConfigPath = DEFAULT_CONFIG) -> None:
    from bot.migrating import migrate as bring_up_to_date

    run(bring_up_to_date(load(config).database.url))
    say(texts.MIGRATED)


@app.command("run", help=texts.HELP_RUN)
def run_house(
    only: Annotated[Office | None, typer.Option("--only", help=texts.HELP_ONLY)] = None,
    cities: Annotated[
        Path | None,
        typer.Option("--cities", help=city_texts.HELP_CITIES_OPTION, metavar=frame_texts.FOLDER),
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    if cities is not None:
        if config != DEFAULT_CONFIG:
            raise stop(city_texts.ONE_OF_BOTH, MISUSE)
        raise typer.Exit(several_cities.run_cities(cities, only))
    from bot.settling import load_quickly

    load_quickly()
    from bot.room import shortages
    from bot.run import quiet_logging
    from bot.run import run as run_until_stopped

    loaded = load(config)
    if refusal := several_cities.why_not(loaded, only):
        raise stop(refusal, MISUSE)
    if not loaded.telegram.token:
        say(texts.RUN_WITHOUT_TELEGRAM)
    # It may be why it does not start.
    for shortage in shortages(loaded):
        say_wrong(watching.line_of_shortage(shortage))
    quiet_logging()
    raise typer.Exit(run(run_until_stopped(loaded, frozenset([only] if only else Office))))


@app.command(help=texts.HELP_DEMO)
def demo(
    once: Annotated[bool, typer.Option("--once", help=texts.HELP_ONCE)] = False,
    real: Annotated[
        Path | None, typer.Option("--real", help=texts.HELP_REAL, metavar=frame_texts.FILE)
    ] = None,
    by_hand: Annotated[bool, typer.Option("--self", help=texts.HELP_BY_HAND)] = False,
) -> None:
    if real is not None and not real.is_file():
        raise stop(texts.REAL_MISSING.format(path=real), MISUSE)
    from bot.demo.playing import play

    raise typer.Exit(run(play(once=once, real=real, by_hand=by_hand)))


if __name__ == "__main__":
    app()
