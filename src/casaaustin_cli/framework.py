"""What every command is made of: Typer with the house's defaults.

A module of commands looks like this:

    app = CasaTyper("quote")

    @app.command()
    @examples("casa quote --from 2026-04-17 --nights 2 --guests 4")
    def quote(check_in: From, nights: Nights = None, as_json: AsJson = False) -> None:
        \"\"\"Price of a stay, every line with the rule that made it.\"\"\"

Every command has `--debug` and `--no-input`, its own help page, and the error
handling of `failures`; none of them has to be asked for.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, NoReturn, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command as build

from casaaustin_cli import failures, help, invocation, terminal
from casaaustin_cli.options import Debug, NoInput
from casaaustin_cli.vendored import ClickCommand, ClickContext, HelpFormatter, Parameter, UsageError

F = TypeVar("F", bound=Callable[..., Any])

_EXAMPLES = "__casa_examples__"


def examples(*command_lines: str) -> Callable[[F], F]:
    """Declare command lines that show a command at work; its help prints them and the tests run them.

    A remark may follow behind ` #`, as in a shell.
    """

    def declare(function: F) -> F:
        setattr(function, _EXAMPLES, command_lines)
        return function

    return declare


def examples_of(command: ClickCommand) -> tuple[str, ...]:
    """The examples declared for a command, none if it has none."""
    declared: tuple[str, ...] = getattr(command.callback, _EXAMPLES, ())
    return declared


class _NamesItself(ClickCommand):
    """A command whose usage errors say which command was misused; some of Click's do not."""

    def parse_args(self, ctx: ClickContext, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except UsageError as error:
            error.ctx = error.ctx or ctx
            raise


class Command(TyperCommand, _NamesItself):
    """A command with the house's help page and the options that every command has."""

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.params += shared_parameters()

    def format_help(self, ctx: ClickContext, formatter: HelpFormatter) -> None:
        formatter.write(
            help.page(
                _usage(self, ctx),
                self.help or "",
                [help.parameter_sections(self, ctx)],
                examples_of(self),
                footer=help.exit_status_line(),
            )
        )


class Group(TyperGroup, _NamesItself):
    """Commands that belong together; without a command it shows what there is."""

    def __init__(self, *, invoke_without_command: bool = False, **settings: Any) -> None:
        # A group that is also a command has something to do without arguments.
        settings["no_args_is_help"] = not invoke_without_command
        super().__init__(invoke_without_command=invoke_without_command, **settings)
        if invoke_without_command:
            self.params += shared_parameters()

    def command_sections(self, ctx: ClickContext) -> list[help.Section]:
        """The commands to show, under their headings."""
        found: dict[str, help.Section] = {}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is None or command.hidden:
                continue
            heading = getattr(command, "rich_help_panel", None) or "Commands"
            row = (name, command.short_help or help.first_sentence(command.help or ""))
            found.setdefault(heading, help.Section(heading)).rows.append(row)
        return list(found.values())

    def format_help(self, ctx: ClickContext, formatter: HelpFormatter) -> None:
        families = [self.command_sections(ctx), help.parameter_sections(self, ctx)]
        formatter.write(
            help.page(
                _usage(self, ctx),
                self.help or "",
                families,
                examples_of(self),
                footer=help.exit_status_line(),
            )
        )

    def resolve_command(
        self, ctx: ClickContext, args: list[str]
    ) -> tuple[str | None, ClickCommand | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing and not name.startswith("-"):
            near = failures.did_you_mean(name, self.list_commands(ctx))
            raise UsageError(f"No such command: {name}.{near}", ctx)
        return super().resolve_command(ctx, args)


class CasaTyper(typer.Typer):
    """A Typer whose commands are `Command` and whose groups are `Group`.

    Without Rich's markup and tracebacks: both are slow, and the traceback
    prints local variables, which here are guests' data.
    """

    def __init__(self, name: str | None = None, **settings: Any) -> None:
        super().__init__(
            name=name,
            cls=settings.pop("cls", Group),
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
            add_completion=False,
            **settings,
        )

    def command(self, name: str | None = None, **settings: Any) -> Callable[[F], F]:
        return super().command(name, cls=settings.pop("cls", Command), **settings)


@cache
def shared_parameters() -> tuple[Parameter, ...]:
    """The options that every command has without declaring them."""
    holder = typer.Typer(add_completion=False, rich_markup_mode=None)

    @holder.command()
    def shared(debug: Debug = False, no_input: NoInput = False) -> None:
        """Only its parameters are used."""

    return tuple(build(holder).params)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a table of commands: known without importing the command.

    `is_one_of_several` says that the module's `app` holds other commands too.
    """

    name: str
    module: str
    heading: str
    summary: str
    is_one_of_several: bool = False

    def load(self) -> ClickCommand:
        """Import the command.

        Raises:
            TypeError: the module's `app` is not a `CasaTyper`.
        """
        found = import_module(self.module).app
        if not isinstance(found, CasaTyper):
            raise TypeError(f"{self.module}.app is not a CasaTyper")
        command = build(found)
        if self.is_one_of_several and isinstance(command, TyperGroup):
            command = command.commands[self.name]
        command.name = self.name
        return command


class LazyGroup(Group):
    """A table of commands, each imported when it is asked for."""

    table: Mapping[str, Entry]

    def list_commands(self, ctx: ClickContext) -> list[str]:  # noqa: ARG002
        return list(self.table)

    def get_command(self, ctx: ClickContext, cmd_name: str) -> ClickCommand | None:  # noqa: ARG002
        if cmd_name not in self.commands:
            if cmd_name not in self.table:
                return None
            self.commands[cmd_name] = self.table[cmd_name].load()
        return self.commands[cmd_name]

    def command_sections(self, ctx: ClickContext) -> list[help.Section]:  # noqa: ARG002
        found: dict[str, help.Section] = {}
        for entry in self.table.values():
            section = found.setdefault(entry.heading, help.Section(entry.heading))
            section.rows.append((entry.name, entry.summary))
        return list(found.values())


class Root(LazyGroup):
    """The `casa` command itself."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **__: Any) -> NoReturn:
        """Run `casa` with `args` and leave with its exit status."""
        asked = (sys.argv[1:] if args is None else list(args)) or ["--help"]
        terminal.forgive_encoding(sys.stdout)
        self._answer_shell()

        def run() -> None:
            with self.make_context("casa", asked) as context:
                self.invoke(context)

        with invocation.begun():
            sys.exit(failures.guard(run))

    def _answer_shell(self) -> None:
        """When a shell asks for completions, answer and leave."""
        from os import environ

        if "_CASA_COMPLETE" in environ:
            from casaaustin_cli.complete import prepare_shells

            prepare_shells()
            self._main_shell_completion({}, "casa", "_CASA_COMPLETE")


def walk(root: ClickCommand) -> Iterator[tuple[ClickCommand, ClickContext]]:
    """Every command below `root`, itself included, in the order of the help pages."""

    def descend(command: ClickCommand, context: ClickContext) -> Iterator[tuple[ClickCommand, ClickContext]]:
        yield command, context
        if isinstance(command, TyperGroup):
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                if below is not None and not below.hidden:
                    yield from descend(below, typer.Context(below, info_name=name, parent=context))

    settings: Mapping[str, Any] = root.context_settings
    yield from descend(root, typer.Context(root, info_name="casa", **settings))


def example_arguments(example: str) -> list[str]:
    """The arguments of an example, without the leading `casa` and without the remark."""
    program, *arguments = shlex.split(example, comments=True)
    if program != "casa":
        raise ValueError(f"an example begins with casa: {example}")
    return arguments


def _usage(command: ClickCommand, context: ClickContext) -> str:
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])
