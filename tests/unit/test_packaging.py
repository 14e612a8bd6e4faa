"""What leaves the house: the wheel has all that `casa` needs, and needs nothing of the developers'."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# One worker builds the wheel, once.
pytestmark = pytest.mark.xdist_group("wheel")

PACKAGES = ("casaaustin", "casaaustin_cli", "casaaustin_api")

# Prints what `casa` prints, as if the tools of the developers were not installed.
WITHOUT_TOOLS = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {tools!r}:
            raise ModuleNotFoundError(f"{{name}} is a tool of the developers", name=name)

sys.meta_path.insert(0, Refuse())
sys.path.insert(0, {wheel!r})
sys.argv[:] = ["casa", *{arguments!r}]

import casaaustin_cli.app
assert casaaustin_cli.app.__file__.startswith({wheel!r}), casaaustin_cli.app.__file__
casaaustin_cli.app.main()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as a release would build it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, text=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    """The wheel as pip lays it out."""
    folder = wheel.parent / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def casa(unpacked: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the unpacked `casa`, with the tools of the developers out of reach."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    tools = {"_pytest"} | {
        requirement.partition(">")[0].replace("-", "_")
        for requirements in groups.values()
        for requirement in requirements
        if isinstance(requirement, str)
    }
    program = WITHOUT_TOOLS.format(tools=tools, wheel=str(unpacked), arguments=arguments)
    return subprocess.run(
        [sys.executable, "-I", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=unpacked.parent,
        env={"HOME": str(unpacked.parent), "PATH": "", **environment},
    )


def test_the_wheel_holds_everything_and_nothing_else(wheel: Path) -> None:
    wanted = {
        path.relative_to(ROOT / "src").as_posix()
        for package in PACKAGES
        for path in (ROOT / "src" / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    } | {
        f"casaaustin/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "migrations").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert inside == wanted


@pytest.mark.parametrize(
    "name", ["casaaustin/migrations/env.py", *(f"{package}/py.typed" for package in PACKAGES)]
)
def test_the_wheel_is_typed_and_carries_its_migrations(unpacked: Path, name: str) -> None:
    assert (unpacked / name).is_file()


def test_casa_starts_from_the_wheel_without_any_tool_of_the_developers(unpacked: Path) -> None:
    done = casa(unpacked, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("casa ")


def test_the_tools_are_out_of_reach(unpacked: Path) -> None:
    """Positive control: were the wheel to import one of them, `casa` would not start."""
    wanting = unpacked.parent / "wanting"
    wanting.mkdir()
    for package in unpacked.iterdir():
        (wanting / package.name).symlink_to(package)
    (wanting / "casaaustin_cli").unlink()
    (wanting / "casaaustin_cli").mkdir()
    (wanting / "casaaustin_cli" / "__init__.py").write_text("import hypothesis\n")
    done = casa(wanting, "--version")
    assert done.returncode != 0
    assert "hypothesis is a tool of the developers" in done.stderr


def test_an_installed_casa_finds_its_migrations(unpacked: Path, tmp_path: Path) -> None:
    database = tmp_path / "casa.sqlite3"
    done = casa(unpacked, "db", "upgrade", CASA_DATABASE_URL=f"sqlite:///{database}")
    assert done.returncode == 0, done.stderr
    assert database.is_file()
