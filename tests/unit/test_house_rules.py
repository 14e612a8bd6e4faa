"""Rules of the house: who may ask the time, commit or open a database, and what is never written.

Each rule is a function from a text to what it objects to, and has positive controls: snippets that it
must catch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = "src/casaaustin/"
SOURCE = "src/"
HERE = Path(__file__).relative_to(ROOT).as_posix()

TEXT_SUFFIXES = {
    ".cfg",
    ".csv",
    ".html",
    ".ini",
    ".json",
    ".mako",
    ".md",
    ".py",
    ".sql",
    ".svg",
    ".toml",
    ".txt",
    ".yml",
}
NOT_OURS = {".venv", ".git", "__pycache__", "site", "dist", "node_modules"}

CLOCK_CALLS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_date",
    "sqlalchemy.func.current_timestamp",
}


class Objection(NamedTuple):
    """A line and what is wrong with it."""

    line: int
    what: str


Rule = Callable[[str], Iterator[Objection]]


# -- rules on Python code -------------------------------------------------------------------------


def asks_the_time(source: str) -> Iterator[Objection]:
    """Time comes from a `Clock`: principle 14."""
    tree = _parsed(source)
    known = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            name = _full_name(node, known)
            if name in CLOCK_CALLS:
                yield Objection(node.lineno, name)


def opens_an_engine(source: str) -> Iterator[Objection]:
    """One factory makes every engine, so that each has the same pragmas and isolation."""
    tree = _parsed(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "create_engine" for alias in node.names):
            yield Objection(node.lineno, "create_engine")
        if isinstance(node, ast.Attribute) and node.attr == "create_engine":
            yield Objection(node.lineno, "create_engine")


def commits(source: str) -> Iterator[Objection]:
    """A use case never commits; the unit of work does."""
    for call in _calls(source):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit":
            yield Objection(call.lineno, ".commit()")


def prints(source: str) -> Iterator[Objection]:
    """The library returns; the faces speak."""
    for call in _calls(source):
        if isinstance(call.func, ast.Name) and call.func.id == "print":
            yield Objection(call.lineno, "print")


def uses_floats(source: str) -> Iterator[Objection]:
    """Money is Decimal from end to end: principle 7."""
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Name) and node.id == "float":
            yield Objection(node.lineno, "float")
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield Objection(node.lineno, repr(node.value))


def _calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(_parsed(source)) if isinstance(node, ast.Call))


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def _imported(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, at whatever depth it was imported."""
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.partition(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return known


def _full_name(node: ast.expr, known: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _full_name(node.value, known)
        return owner and f"{owner}.{node.attr}"
    return None


# -- rules on any text ----------------------------------------------------------------------------

# Written so that this file passes its own rule.
_UNFINISHED = re.compile(r"\b(?:T[O]DO|F[I]XME|X{3}|H[A]CK)\b")
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|Users|home)/[\w.-]+|\b[A-Z]:\\+Users\\")
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b"  # Amazon
    r"|\bgh[opsu]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{22,}"
    r"|\b[rs]k_live_[A-Za-z0-9]{16,}"  # Stripe and OpenPay
    r"|\bAPP_USR-[\w-]{20,}"  # MercadoPago
    r"|\bxox[abprs]-[\w-]{10,}"  # Slack
    r"|\b(?:AC|SK)[0-9a-f]{32}\b"  # Twilio
    r"|\b\d{8,10}:[A-Za-z0-9_-]{35}\b"  # Telegram
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"  # JSON web tokens
    r"|\b(?:mysql|postgresql)(?:\+\w+)?://\w+:(?!\w*(?:casa|test|secret|password|user)\b)\w+@(?!localhost|127)"
)


def is_unfinished(text: str) -> Iterator[Objection]:
    """What is not done is not there; plans live with the issues."""
    return _found(_UNFINISHED, text)


def names_a_machine(text: str) -> Iterator[Objection]:
    """Nobody else has the author's folders."""
    return _found(_MACHINE_PATH, text)


def tells_a_secret(text: str) -> Iterator[Objection]:
    """Keys and tokens never enter the repository, not even expired ones."""
    return _found(_SECRET, text)


def _found(pattern: re.Pattern[str], text: str) -> Iterator[Objection]:
    for number, line in enumerate(text.splitlines(), start=1):
        for match in pattern.finditer(line):
            yield Objection(number, match[0])


# -- who is asked ---------------------------------------------------------------------------------


class HouseRule(NamedTuple):
    """A rule, where it holds, where it does not, and snippets that it must catch."""

    objections: Rule
    holds_in: tuple[str, ...]
    except_in: tuple[str, ...]
    caught: tuple[str, ...]


RULES = [
    HouseRule(
        asks_the_time,
        holds_in=(SOURCE, "migrations/"),
        except_in=("src/casaaustin/clock.py",),
        caught=(
            "from datetime import datetime\nx = datetime.now()",
            "import datetime as dt\nx = dt.date.today()",
            "def f():\n    from time import time as now\n    return now()",
            "from sqlalchemy import func\nx = func.now()",
            "from datetime import datetime\nx = field(default_factory=datetime.utcnow)",
        ),
    ),
    HouseRule(
        opens_an_engine,
        holds_in=(SOURCE, "migrations/"),
        except_in=("src/casaaustin/db/",),
        caught=(
            "from sqlalchemy import create_engine",
            "import sqlmodel\nx = sqlmodel.create_engine('sqlite://')",
        ),
    ),
    HouseRule(
        commits,
        holds_in=(SOURCE,),
        except_in=("src/casaaustin/db/",),
        caught=("session.commit()", "def f(work):\n    work.session.commit()"),
    ),
    HouseRule(prints, holds_in=(LIBRARY,), except_in=(), caught=("print('hello')",)),
    HouseRule(
        uses_floats,
        holds_in=tuple(
            f"{LIBRARY}{part}"
            for part in (
                "money.py",
                "formats.py",
                "pricing/",
                "quoting/",
                "availability/",
                "reservations/",
                "properties/",
            )
        ),
        except_in=(),
        caught=("x = float('1.10')", "x = price * 0.05", "def f(price: float) -> None: ..."),
    ),
    HouseRule(
        is_unfinished,
        holds_in=("",),
        except_in=(),
        caught=("# todo: later".upper(), "x = 1  # fixme".upper(), "<!-- xxx -->".upper()),
    ),
    HouseRule(
        names_a_machine,
        holds_in=("",),
        except_in=(HERE,),
        caught=('open("/home/ana/data.csv")', "see /root/notes", r"C:\Users\ana\x", "file:///Users/ana/x"),
    ),
    HouseRule(
        tells_a_secret,
        holds_in=("",),
        except_in=(HERE, "tests/unit/test_logs.py"),  # which plants secrets to see them masked
        caught=(
            "-----BEGIN RSA PRIVATE KEY-----",
            "AKIA" + "A" * 16,
            "token = 'ghp_" + "a" * 36 + "'",
            "sk_live_" + "a" * 24,
            "AC" + "0" * 32,
            "12345678:" + "a" * 35,
            "mysql://bruno:hunter2@db.example.com/casa",
        ),
    ),
]


def texts(holds_in: tuple[str, ...], except_in: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The path and the text of each file of the project that a rule looks at."""
    for path, text in _project():
        if path.startswith(holds_in) and not path.startswith(except_in or ("\0",)):
            yield path, text


@cache
def _project() -> tuple[tuple[str, str], ...]:
    found = []
    for folder in (ROOT, *(ROOT / name for name in ("src", "migrations", "tests", "docs", ".ci"))):
        paths = folder.iterdir() if folder == ROOT else folder.rglob("*")
        for path in paths:
            ours = path.is_file() and not NOT_OURS & set(path.relative_to(ROOT).parts)
            if ours and (path.suffix in TEXT_SUFFIXES or not path.suffix) and path.name != ".env":
                found.append(
                    (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8", errors="replace"))
                )
    return tuple(sorted(found))


def _name(rule: HouseRule) -> str:
    return getattr(rule.objections, "__name__", "")


@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_nothing_in_the_project(rule: HouseRule) -> None:
    python_only = rule.holds_in != ("",)
    objections = [
        f"{path}:{line}: {what}"
        for path, text in texts(rule.holds_in, rule.except_in)
        if path.endswith(".py") or not python_only
        for line, what in rule.objections(text)
    ]
    assert objections == []


@pytest.mark.parametrize(
    ("rule", "snippet"),
    [pytest.param(rule, snippet, id=_name(rule)) for rule in RULES for snippet in rule.caught],
)
def test_a_breach_is_caught(rule: HouseRule, snippet: str) -> None:
    """Positive control."""
    assert list(rule.objections(snippet))


@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_a_rule_has_something_to_look_at(rule: HouseRule) -> None:
    """Positive control: a folder that was renamed would otherwise make its rule pass for ever."""
    assert list(texts(rule.holds_in, rule.except_in))


@pytest.mark.parametrize("exception", sorted({path for rule in RULES for path in rule.except_in}))
def test_an_exception_still_exists(exception: str) -> None:
    assert (ROOT / exception).exists()
