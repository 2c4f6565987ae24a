"""The command line in Dutch: help pages and refusals of the library, which speaks English.

The library has no translations of most of its sentences, so its finished text is translated
sentence by sentence. One that is not known becomes a plain Dutch refusal, never English.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.models import CommandFunctionType

from bot.cli import frame_texts

ABORTED = 1
PROGRAM = "schakel"


def dutch_help(text: str) -> str:
    """A page of help, or its first line."""
    for english, dutch in frame_texts.HELP:
        text = re.sub(english, dutch, text, flags=re.MULTILINE)
    return text


def dutch_refusal(message: str) -> str:
    """What is wrong with how a command was called."""
    for english, dutch in frame_texts.WRONG:
        if found := re.fullmatch(english, message, re.DOTALL):
            words = [word or "" for word in found.groups()]
            near = frame_texts.NEAR.format(name=words[1]) if len(words) > 1 and words[1] else ""
            return dutch.format(*words, near=near)
    return frame_texts.OTHER


class DutchCommand(TyperCommand):
    """A command whose help is Dutch."""

    def get_help(self, ctx: Any) -> str:
        return dutch_help(super().get_help(ctx))


class DutchGroup(TyperGroup):
    """Commands whose help and refusals are Dutch."""

    def get_help(self, ctx: Any) -> str:
        return dutch_help(super().get_help(ctx))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and end the process as the library would, but for what it says."""
        given = (args, prog_name, complete_var)
        if not standalone_mode:
            return super().main(*given, False, windows_expand_args, **extra)
        try:
            code = super().main(*given, False, windows_expand_args, **extra)
        except typer.Abort:
            typer.echo(f"\n{frame_texts.ABORTED}", err=True)
            code = ABORTED
        except typer.TyperException as error:
            code = _refuse(error)
        sys.exit(code)


def _refuse(error: Any) -> int:
    """Say it on standard error; a bare group of commands shows its help instead."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message(), err=True)
    else:
        typer.echo(dutch_refusal(error.format_message()), err=True)
        command = context.command_path if context is not None else PROGRAM
        typer.echo(frame_texts.TRY_HELP.format(command=command), err=True)
    return int(getattr(error, "exit_code", 1))


class DutchTyper(typer.Typer):
    """An app of such commands; plain text, so that help can be read in any terminal."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            no_args_is_help=True, rich_markup_mode=None, **{"cls": DutchGroup, **settings}
        )

    def command(
        self, name: str | None = None, **settings: Any
    ) -> Callable[[CommandFunctionType], CommandFunctionType]:
        return super().command(name, **{"cls": DutchCommand, **settings})
