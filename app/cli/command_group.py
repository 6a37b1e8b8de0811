"""Command groups: subcommands are imported when called, help is complete and in plain words.

Importing every command takes more than a second; `--version`, `--help` and a mistyped word need none of them.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from app.cli.interrupts import exit_quietly_on_interrupt

HELP_WIDTH = {"max_content_width": 100}
_METAVARS = {
    "<str>": "TEXT", "<list[str]>": "TEXT", "<int>": "NUMBER", "<int range>": "NUMBER", "<float>": "NUMBER",
    "<float range>": "NUMBER", "<path>": "PATH", "<list[Path]>": "PATH",
}  # fmt: skip
_BOTH = re.compile(r"(\d+)<=x<=(\d+)")
_NO_REAL_LIMIT = 10**9
"""An upper bound above this exists for technical reasons and helps no reader."""
_LEAST = re.compile(r"x>=(\d+)")


class LazyCommand(NamedTuple):
    """Where a command is defined and its one line in the list of commands. `is_group`: it has subcommands."""

    module: str
    summary: str
    is_group: bool = False


class Command(TyperCommand):
    """A command whose help names values as TEXT, NUMBER or PATH and ranges in words."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, each in full."""
        for kind, title in (("argument", "Arguments"), ("option", "Options")):
            records = [param.get_help_record(ctx) for param in self.get_params(ctx) if param.param_type_name == kind]
            rows = [(_plain_metavar(name), _plain_range(text)) for name, text in filter(None, records)]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Required arguments without braces, repeated ones with one ellipsis."""
        pieces = super().collect_usage_pieces(ctx)
        return [re.sub(r"^\{(.*?)(\.\.\.)?\}", r"\1", piece) for piece in pieces]


class Group(TyperGroup):
    """A group whose list of commands shows whole sentences."""

    lazy: ClassVar[dict[str, LazyCommand]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in the order of their definition, lazy commands first."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, imported now if it is lazy; None if there is none."""
        entry = self.lazy.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        with exit_quietly_on_interrupt():
            group = get_group(import_module(entry.module).app)
        return group if entry.is_group else group.commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the name and the first sentence of every command without importing lazy ones."""
        rows = [(name, entry.summary) for name, entry in self.lazy.items()]
        rows += [(name, command.get_short_help_str(limit=1000)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def command_group(help_text: str = "", *, cls: type[Group] = Group) -> typer.Typer:
    """A Typer application with the settings that all command groups share."""
    return typer.Typer(
        help=help_text,
        cls=cls,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings=HELP_WIDTH,
    )


def _plain_metavar(name: str) -> str:
    """`--port <int range>` as `--port NUMBER`, `ID <int>` as `ID`, `--mode <a|b>` as `--mode [a|b]`."""
    if not name.startswith("-"):
        return name.partition(" ")[0]
    for shown, plain in _METAVARS.items():
        name = name.replace(shown, plain)
    return re.sub(r"<([^<>\[\]]+)>", r"[\1]", name)


def _plain_range(text: str) -> str:
    text = _BOTH.sub(lambda found: "" if int(found[2]) > _NO_REAL_LIMIT else f"{found[1]} to {found[2]}", text)
    text = _LEAST.sub(r"\1 or more", text)
    return re.sub(r"\s*\[(?:; )?\]", "", text.replace("[; ", "[").replace("; ]", "]"))
