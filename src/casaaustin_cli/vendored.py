"""The parts of Click that Typer carries inside itself.

Typer has its own copy of Click and re-exports only some of it, so a separately
installed `click` neither sees nor catches what happens here. Everything the
command line needs from there is imported in this one place.
"""

from typer._click.core import Command as ClickCommand
from typer._click.core import Context as ClickContext
from typer._click.core import Parameter
from typer._click.exceptions import (
    BadParameter,
    ClickException,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
    UsageError,
)
from typer._click.formatting import HelpFormatter
from typer._completion_shared import get_completion_script
from typer._completion_shared import install as install_completion

__all__ = [
    "BadParameter",
    "ClickCommand",
    "ClickContext",
    "ClickException",
    "HelpFormatter",
    "MissingParameter",
    "NoArgsIsHelpError",
    "NoSuchOption",
    "Parameter",
    "UsageError",
    "get_completion_script",
    "install_completion",
]
