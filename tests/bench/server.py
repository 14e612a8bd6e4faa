"""Serve an application as `casa serve` does: the same socket options and worker processes for both sides.

python -m tests.bench.server FACTORY PORT WORKERS
"""

from __future__ import annotations

import sys

import uvicorn
from uvicorn.supervisors import Multiprocess

from casaaustin_cli.commands.serve import listen


def main() -> None:
    """Answer until a signal comes."""
    factory, port, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    config = uvicorn.Config(
        factory, factory=True, port=port, workers=workers, log_level="error", access_log=False
    )
    Multiprocess(config, sockets=[listen(config)]).run()


if __name__ == "__main__":
    main()
