"""The reference of every command, generated from the commands themselves.

    python -m casaaustin_cli.reference_docs docs/reference/commands           writes the pages
    python -m casaaustin_cli.reference_docs docs/reference/commands --check   names those out of date

One page per command or group, and an index. A page is never edited by hand.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from casaaustin_cli.app import root_command
from casaaustin_cli.failures import EXIT_STATUS_TEXT
from casaaustin_cli.framework import Group, Root, examples_of, walk
from casaaustin_cli.help import Section, paragraphs, parameter_sections
from casaaustin_cli.vendored import ClickCommand, ClickContext

_GENERATED = "<!-- Generated from the code by `make docs`; edit the command instead. -->"

Walked = tuple[ClickCommand, ClickContext]


def pages(root: Root) -> dict[str, str]:
    """Every page by its file name."""
    by_command: dict[str, list[Walked]] = {name: [] for name in root.table}
    found = list(walk(root))
    for command, context in found[1:]:
        by_command[context.command_path.split()[1]].append((command, context))
    return {
        "index.md": _index(root, found[0][1]),
        **{f"{name}.md": _page(walked) for name, walked in by_command.items()},
    }


def differences(root: Root, folder: Path) -> list[str]:
    """What is wrong with the pages in `folder`, one sentence per page; empty when all are current."""
    wanted = pages(root)
    present = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    return [
        *(f"{name} is missing" for name in wanted if name not in present),
        *(f"{name} is out of date" for name in wanted if name in present and present[name] != wanted[name]),
        *(f"{name} belongs to no command" for name in present if name not in wanted),
    ]


def write(root: Root, folder: Path) -> None:
    """Write all pages and remove those of commands that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages(root)
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _index(root: Root, context: ClickContext) -> str:
    headings: dict[str, list[str]] = {}
    for entry in root.table.values():
        headings.setdefault(entry.heading, []).append(
            f"| [`casa {entry.name}`]({entry.name}.md) | {_cell(entry.summary)} |"
        )
    blocks = ["# Commands", _GENERATED, *paragraphs(root.help or "")]
    for heading, rows in headings.items():
        blocks += [f"## {heading}", "\n".join(["| command | does |", "| --- | --- |", *rows])]
    blocks += [*_parameters(root, context, level=2), *_examples(root, level=2)]
    blocks += [
        "## Exit status",
        _table("status", "means", [(f"{status:d}", text) for status, text in EXIT_STATUS_TEXT.items()]),
    ]
    return _joined(blocks)


def _page(walked: Iterable[Walked]) -> str:
    (command, context), *below = walked
    blocks = [f"# `{context.command_path}`", _GENERATED, *_described(command, context, level=2)]
    if isinstance(command, Group):
        rows = [row for section in command.command_sections(context) for row in section.rows]
        blocks += ["## Commands", _table("command", "does", rows)]
    for inner, inner_context in below:
        blocks += [f"## `{inner_context.command_path}`", *_described(inner, inner_context, level=3)]
    statuses = ", ".join(f"`{status:d}` {text}" for status, text in EXIT_STATUS_TEXT.items())
    blocks.append(f"Exit status: {statuses}.")
    return _joined(blocks)


def _described(command: ClickCommand, context: ClickContext, *, level: int) -> Iterator[str]:
    """What one command does, how it is called, and examples."""
    yield from paragraphs(command.help or "")
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"```text\n{usage}\n```"
    yield from _parameters(command, context, level=level)
    yield from _examples(command, level=level)


def _parameters(command: ClickCommand, context: ClickContext, *, level: int) -> Iterator[str]:
    for section in parameter_sections(command, context):
        yield f"{'#' * level} {section.heading}"
        yield _table(*_headings(section), section.rows)


def _headings(section: Section) -> tuple[str, str]:
    return ("argument" if section.heading == "Arguments" else "option"), "means"


def _examples(command: ClickCommand, *, level: int) -> Iterator[str]:
    if shown := examples_of(command):
        lines = "\n".join(f"$ {example}" for example in shown)
        yield f"{'#' * level} Examples"
        yield f"```console\n{lines}\n```"


def _table(left: str, right: str, rows: Iterable[tuple[str, str]]) -> str:
    body = [f"| `{_cell(name)}` | {_cell(meaning)} |" for name, meaning in rows]
    return "\n".join([f"| {left} | {right} |", "| --- | --- |", *body])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _joined(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or with `--check` say which are not current (exit status 1)."""
    parser = argparse.ArgumentParser(description="The reference of every command.")
    parser.add_argument("folder", type=Path, help="where the pages are")
    parser.add_argument("--check", action="store_true", help="change nothing; name pages out of date")
    asked = parser.parse_args(arguments)
    if not asked.check:
        write(root_command(), asked.folder)
        return 0
    found = differences(root_command(), asked.folder)
    for difference in found:
        print(f"{difference}: run make docs", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
