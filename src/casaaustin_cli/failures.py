"""Every way to fail, as one plain sentence on stderr and one exit status.

A refusal of the library finds its status by its class, through `EXIT_STATUS`
and nowhere else; a class that is not in the table takes that of its nearest
base. A traceback appears only with `--debug` (or `CASA_DEBUG=1`).
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from enum import IntEnum
from pathlib import Path
from types import MappingProxyType

import typer

from casaaustin.errors import (
    CasaError,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotReady,
    OutsideFailure,
    RuleRefused,
)
from casaaustin_cli import invocation
from casaaustin_cli.terminal import BOLD, DIM, RED, is_terminal, say, say_labelled
from casaaustin_cli.vendored import (
    ClickException,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
    UsageError,
)


class ExitStatus(IntEnum):
    """What `casa` tells the program that started it."""

    DONE = 0
    REFUSED = 1
    WRONG_USAGE = 2
    NOT_FOUND = 3
    NOT_READY = 4
    OUTSIDE_FAILED = 5
    INTERRUPTED = 130


EXIT_STATUS_TEXT: Mapping[ExitStatus, str] = MappingProxyType(
    {
        ExitStatus.DONE: "done, also when there was nothing to do",
        ExitStatus.REFUSED: "refused by a rule, or a check found differences",
        ExitStatus.WRONG_USAGE: "wrong usage, or a malformed or ambiguous value",
        ExitStatus.NOT_FOUND: "not found",
        ExitStatus.NOT_READY: "configuration or database not ready",
        ExitStatus.OUTSIDE_FAILED: "an outside service failed",
        ExitStatus.INTERRUPTED: "interrupted",
    }
)

EXIT_STATUS: Mapping[type[CasaError], ExitStatus] = MappingProxyType(
    {
        CasaError: ExitStatus.REFUSED,
        InvalidInput: ExitStatus.WRONG_USAGE,
        NotFound: ExitStatus.NOT_FOUND,
        NotAllowed: ExitStatus.REFUSED,
        RuleRefused: ExitStatus.REFUSED,
        NotReady: ExitStatus.NOT_READY,
        OutsideFailure: ExitStatus.OUTSIDE_FAILED,
    }
)

# The extra that brings a module which a command may find missing.
_EXTRA_OF = MappingProxyType(
    {
        "starlette": "api",
        "uvicorn": "api",
        "python_multipart": "api",
        "PIL": "photos",
        "pymysql": "mysql",
        "psycopg": "postgres",
    }
)

_LISTED_DETAILS = ("candidates", "reasons")


def exit_status(error: type[CasaError]) -> ExitStatus:
    """The exit status of a class of refusals: its own, or that of its nearest base."""
    return next(EXIT_STATUS[base] for base in error.__mro__ if base in EXIT_STATUS)


def guard(run: Callable[[], None]) -> int:
    """Call `run`; whatever happens, tell the person about it and return the exit status."""
    try:
        run()
        if sys.stdout is not None:
            sys.stdout.flush()
        return ExitStatus.DONE
    except typer.Exit as stopped:
        return _flushed(stopped.exit_code)
    except (KeyboardInterrupt, EOFError, typer.Abort):
        # On a terminal the cursor stands behind ^C or an unanswered question.
        say("\ninterrupted" if is_terminal(sys.stderr) else "interrupted")
        return ExitStatus.INTERRUPTED
    except ClickException as error:
        return _report_usage(error)
    except CasaError as error:
        return _report_refusal(error)
    except Exception as error:  # noqa: BLE001  (the last resort of every command)
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            return _reader_left()
        return _report_unexpected(error)


def _flushed(status: int) -> int:
    """`status`, once the output that goes with it has left this process."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _reader_left()
    return status


def _reader_left() -> int:
    """The reader of our output has seen enough (`casa … | head`): that is no failure.

    Python flushes stdout once more on its way out; give it somewhere to write.
    """
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (lives as long as we do)
    return ExitStatus.DONE


def _tell(sentence: str, *, lines: Iterable[str] = (), hint: str | None = None) -> None:
    """`error: …`, the lines that belong to it, and `try: …`."""
    say_labelled("error", sentence, BOLD, RED)
    for line in lines:
        say(f"  - {line}")
    if hint:
        say_labelled("try", hint, DIM)
    if invocation.current().debug:
        import traceback

        say(traceback.format_exc().rstrip())


def _report_refusal(error: CasaError) -> int:
    listed = [line for key in _LISTED_DETAILS for line in _lines(error.details.get(key))]
    _tell(error.message, lines=listed, hint=error.hint)
    return exit_status(type(error))


def _lines(detail: object) -> list[str]:
    """A listed detail, one line per item: plain texts, or mappings with a message of their own."""
    if not isinstance(detail, list | tuple):
        return []
    return [_line(item) for item in detail]


def _line(item: object) -> str:
    if isinstance(item, Mapping):
        spoken = item.get("message") or item.get("text") or item.get("label")
        return str(spoken or ", ".join(f"{key} {value}" for key, value in item.items()))
    return str(item)


def _report_usage(error: ClickException) -> int:
    """Wrong usage: what is wrong, the nearest thing that exists, and where to read more."""
    if isinstance(error, NoArgsIsHelpError):
        typer.echo(error.message, err=True)
        return ExitStatus.WRONG_USAGE
    context = error.ctx if isinstance(error, UsageError) else None
    path = context.command_path if context is not None else "casa"
    _tell(_usage_sentence(error), hint=f"{path} --help")
    return ExitStatus.WRONG_USAGE


def _usage_sentence(error: ClickException) -> str:
    if isinstance(error, NoSuchOption):
        near = did_you_mean(error.option_name, error.possibilities or ())
        return f"No such option: {error.option_name}.{near}"
    if isinstance(error, MissingParameter) and (missing := error.param) is not None:
        is_option = missing.param_type_name == "option"
        return (
            f"Missing {missing.param_type_name} {missing.opts[0] if is_option else missing.display_name_raw}."
        )
    sentence = " ".join(error.format_message().split())
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """` Did you mean …?` for the nearest known words, or nothing."""
    near = get_close_matches(typed, list(known), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _report_unexpected(error: Exception) -> int:
    """Something that no rule foresees: unreachable database, missing extra, or a defect."""
    if isinstance(error, ModuleNotFoundError) and (extra := _EXTRA_OF.get((error.name or "").split(".")[0])):
        _tell(f"This needs {error.name}, which is not installed.", hint=f"pip install 'casaaustin[{extra}]'")
        return ExitStatus.NOT_READY
    if _is_database_trouble(error):
        _tell(f"The database cannot be used: {_reason(error)}.", hint="casa doctor")
        return ExitStatus.NOT_READY
    _tell(
        f"Internal error {_error_id(error)} ({type(error).__name__}).",
        hint=None if invocation.current().debug else "Run it again with --debug and report what it prints.",
    )
    return ExitStatus.REFUSED


def _is_database_trouble(error: BaseException) -> bool:
    """Whether the database is unreachable, busy or not what we expect.

    Told by name, so that reporting an error never has to import a driver.
    """
    return any(base.__name__ in ("OperationalError", "InterfaceError") for base in type(error).__mro__)


def _reason(error: BaseException) -> str:
    """The driver's own first line, without the statement and its values (guests' data)."""
    cause = getattr(error, "orig", None) or error
    # Drivers of MySQL raise (number, text); the others raise one text.
    text = str(cause.args[-1]) if cause.args else type(cause).__name__
    return (text.strip().splitlines() or [type(cause).__name__])[0].rstrip(". ")


def _error_id(error: BaseException) -> str:
    """A short name of the place where it broke: the same defect has the same id."""
    from zlib import crc32

    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace is not None else ""
    return f"E{crc32(f'{type(error).__name__}@{where}'.encode()):08x}"
