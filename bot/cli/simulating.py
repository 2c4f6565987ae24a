"""``schakel simulator``."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import frame_texts, texts
from bot.cli.frame import run


def simulator(
    port: Annotated[
        int, typer.Option("--port", help=texts.HELP_PORT, metavar=frame_texts.NUMBER)
    ] = 8421,
    bot: Annotated[
        int,
        typer.Option(
            "--bot", help=texts.HELP_BOT_NUMBER, metavar=frame_texts.NUMBER, min=1, max=999
        ),
    ] = 1,
) -> None:
    from bot.simulator import token_of
    from bot.simulator.control import serve

    run(serve(port, token=token_of(bot)))
