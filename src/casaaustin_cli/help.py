"""Help pages: grouped, aligned, as wide as the terminal, and fast.

Written with plain strings. Rich's help costs three times the whole start of
`casa`, and a pipe would throw its work away.
"""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from casaaustin_cli.failures import ExitStatus
from casaaustin_cli.terminal import BOLD, CYAN, DIM, columns, has_colour, paint
from casaaustin_cli.vendored import ClickCommand, ClickContext

NARROWEST, WIDEST = 40, 100
_WIDEST_LEFT = 30
_GAP = 2

Row = tuple[str, str]


@dataclass(slots=True)
class Section:
    """A heading and what stands under it: rows of name and meaning."""

    heading: str
    rows: list[Row] = field(default_factory=list)


def page(
    usage: str,
    text: str,
    families: Iterable[Sequence[Section]],
    examples: Sequence[str],
    *,
    footer: str = "",
) -> str:
    """One help page for stdout as it is now.

    Args:
        usage: the command with its operands, without "Usage:".
        text: what it does; paragraphs are filled, indented lines kept.
        families: sections that are aligned with each other, such as all groups of commands.
        examples: command lines that work.
        footer: a last remark.
    """
    width = max(NARROWEST, min(columns(), WIDEST))
    colour = has_colour(sys.stdout)
    blocks = [f"{paint('Usage:', BOLD, on=colour)} {usage}"]
    blocks += [_filled(paragraph, width, indent="  ") for paragraph in paragraphs(text)]
    for family in families:
        left = min(
            max((len(name) for section in family for name, _ in section.rows), default=0), _WIDEST_LEFT
        )
        blocks += [_section(section, left, width, colour=colour) for section in family if section.rows]
    if examples:
        lines = [
            f"  {paint('$', DIM, on=colour)} {part}" if number == 0 else f"    {part}"
            for example in examples
            for number, part in enumerate(folded_command(example, width - 4))
        ]
        blocks.append("\n".join([paint("Examples:", BOLD, on=colour), *lines]))
    if footer:
        blocks.append("\n".join(paint(line, DIM, on=colour) for line in _filled(footer, width).splitlines()))
    return "\n\n".join(blocks)


def folded_command(command: str, width: int) -> list[str]:
    """A command line that goes on in the next line, as a shell reads it, where it would be too wide."""
    beginning, *options = command.split(" --")
    lines = [beginning]
    for option in options:
        if len(lines[-1]) + len(option) + len(" -- \\") > width:
            lines[-1] += " \\"
            lines.append(f"  --{option}")
        else:
            lines[-1] += f" --{option}"
    return lines


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a docstring, up to a form feed."""
    shown = inspect.cleandoc(text).partition("\f")[0]
    return [paragraph for paragraph in shown.split("\n\n") if paragraph.strip()]


def first_sentence(text: str) -> str:
    """The first paragraph on one line, without its full stop: the entry in a list."""
    found = paragraphs(text)
    return " ".join(found[0].split()).rstrip(".") if found else ""


def parameter_sections(command: ClickCommand, context: ClickContext) -> list[Section]:
    """Arguments and options of a command, options under the heading each asks for."""
    found: dict[str, Section] = {}
    # What every command has in common comes last.
    for heading in ("Arguments", "Options"):
        found[heading] = Section(heading)
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None:
            continue
        default = "Arguments" if parameter.param_type_name == "argument" else "Options"
        heading = getattr(parameter, "rich_help_panel", None) or default
        if "--help" in parameter.opts:
            heading = next((name for name in found if name.startswith("Common")), default)
        found.setdefault(heading, Section(heading)).rows.append(record)
    return [section for section in found.values() if section.rows]


def exit_status_line() -> str:
    """All exit statuses in one line."""
    known = (f"{status:d} {status.name.lower().replace('_', ' ')}" for status in ExitStatus)
    return f"Exit status: {', '.join(known)}."


def _section(section: Section, left: int, width: int, *, colour: bool) -> str:
    indent = " " * (2 + left + _GAP)
    lines = [paint(f"{section.heading}:", BOLD, on=colour)]
    for name, meaning in section.rows:
        filled = textwrap.wrap(" ".join(meaning.split()), max(width - len(indent), 20))
        label = paint(name, CYAN, on=colour) + " " * (left - len(name))
        if len(name) > left:
            lines += [f"  {label}", *(indent + line for line in filled)]
        else:
            lines.append(f"  {label}{' ' * _GAP}{filled[0] if filled else ''}".rstrip())
            lines += [indent + line for line in filled[1:]]
    return "\n".join(lines)


def _filled(paragraph: str, width: int, indent: str = "") -> str:
    """A paragraph filled to `width`; a list or an indented block keeps its lines."""
    lines = paragraph.splitlines()
    if any(line.startswith((" ", "- ")) for line in lines):
        return "\n".join(indent + line for line in lines)
    return textwrap.fill(" ".join(lines), width, initial_indent=indent, subsequent_indent=indent)
