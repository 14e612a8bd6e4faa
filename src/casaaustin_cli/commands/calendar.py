"""The tape chart: houses down, nights across, stays as bars."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.errors import InvalidInput
from casaaustin.stays import Stay
from casaaustin_cli import runtime, show, terminal
from casaaustin_cli.charts import print_chart
from casaaustin_cli.documents import chart_document
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, House, Lang, read_stay

if TYPE_CHECKING:
    from casaaustin.db.work import Work
    from casaaustin.reservations.tape_chart import Chart
    from casaaustin_cli.runtime import Casa

app = CasaTyper("calendar")

DAYS_BEFORE = timedelta(days=2)
FILE_NIGHTS = 31
MOST_NIGHTS = 400
_FEWEST, _DAY_WIDTH = 7, 4


@app.command()
@examples(
    "casa calendar",
    "casa calendar --from 2026-04-01 --nights 35 --house casa-austin-2",
    "casa calendar --from 2026-04-01 --to 2026-05-01 --html april.html",
)
def calendar(
    check_in: Annotated[
        str | None,
        typer.Option("--from", metavar="DAY", help="First night to show; two days ago when left out."),
    ] = None,
    check_out: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="First day no longer shown.")
    ] = None,
    nights: Annotated[
        int | None,
        typer.Option("--nights", metavar="N", help="How many nights; as many as fit when left out."),
    ] = None,
    house: House = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page for the browser instead.")
    ] = None,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", help="Write a picture instead.")
    ] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Tape chart: houses down, nights across, stays as bars with names.

    A bar runs from the afternoon of arrival to the morning of departure, so both guests of a turnover are
    seen. Without colours, brackets tell the kinds of stay apart; the legend says which is which.
    """
    with runtime.open(language=lang) as casa:

        def use(work: Work) -> Chart:
            from casaaustin.reservations.tape_chart_query import chart

            for_file = html is not None or png is not None
            window, chosen = _window(casa, work, check_in, check_out, nights, for_file=for_file), None
            if house is not None:
                from casaaustin.references import find_house

                chosen = find_house(work, house).id
            return chart(work, window, house=chosen)

        drawn = casa.read(use)
        written = _write_files(drawn, casa, html=html, png=png)

        def render() -> None:
            if not written:
                print_chart(drawn, casa.language)
            for path in written:
                show.line(f"Written: {path}")

        show.emit(
            {**chart_document(drawn), "files": [str(path) for path in written]}, render, as_json=as_json
        )


def _window(
    casa: Casa,
    work: Work,
    check_in: str | None,
    check_out: str | None,
    nights: int | None,
    *,
    for_file: bool,
) -> Stay:
    """The nights to show: as asked for, else as many as fit beside each other, or a month in a file."""
    first = casa.today - DAYS_BEFORE if check_in is None else casa.day(check_in, option="--from")
    if check_out is None and nights is None:
        nights = FILE_NIGHTS if for_file else _that_fit(work)
    window = read_stay(first.isoformat(), check_out, nights, casa.today)
    if window.night_count > MOST_NIGHTS:
        raise InvalidInput(
            f"A chart shows at most {MOST_NIGHTS} nights, not {window.night_count}.",
            field="nights",
            hint="Add --nights 60.",
        )
    return window


def _that_fit(work: Work) -> int:
    from casaaustin.pricing.queries import rate_book
    from casaaustin.reservations.tape_chart_text import cell_width

    width = terminal.columns()
    names = max((cell_width(house.name) for house in rate_book(work).houses), default=0)
    room = width - min(names, max(6, width // 4)) - 1
    return max(_FEWEST, room // _DAY_WIDTH)


def _write_files(drawn: Chart, casa: Casa, *, html: Path | None, png: Path | None) -> list[Path]:
    """Write the chart to the files that were asked for.

    Raises:
        InvalidInput: a file cannot be written.
    """
    wanted: list[tuple[Path, bytes]] = []
    if html is not None:
        from casaaustin.reservations.tape_chart_html import render_html

        wanted.append((html, render_html(drawn, language=casa.language).encode()))
    if png is not None:
        from casaaustin.reservations.tape_chart_png import render_png

        wanted.append((png, render_png(drawn, language=casa.language)))
    for path, content in wanted:
        try:
            path.write_bytes(content)
        except OSError as error:
            raise InvalidInput(
                f"{path} cannot be written: {error.strerror}.", hint="Name a file in a folder of yours."
            ) from None
    return [path for path, _ in wanted]
