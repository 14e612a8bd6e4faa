"""`make bench`: measure, print a table, write `.bench/results.json`."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from tests.bench import codes, http, moves, rearranging, replay, search, startup
from tests.bench.report import Report

PARTS = ("startup", "search", "http", "codes", "moves", "replay")
RESULTS = Path(".bench/results.json")


def main() -> None:
    """Run the benchmarks that were asked for; all of them otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of: {', '.join(PARTS)}")
    chosen = parser.parse_args().parts or PARTS
    unknown = set(chosen) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="casa-bench-") as name:
        folder = Path(name)
        if "startup" in chosen:
            startup.measure(report, folder)
        if "search" in chosen:
            search.measure(report, folder)
        if "http" in chosen:
            http.measure(report, folder)
        if "codes" in chosen:
            codes.measure(report, folder)
        if "moves" in chosen:
            moves.measure(report)
            rearranging.measure(report, folder)
        if "replay" in chosen:
            bookings = Path(os.environ.get("CASA_BENCH_BOOKINGS", "../shared/data/resort_bookings.csv.gz"))
            if bookings.is_file():
                replay.measure(report, folder, bookings)
            else:
                print("No replay: name the file of real requests in CASA_BENCH_BOOKINGS.")
    report.show()
    report.write(RESULTS)
    print(f"\nWritten to {RESULTS}.")


if __name__ == "__main__":
    main()
