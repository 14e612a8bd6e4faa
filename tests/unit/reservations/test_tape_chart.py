from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.errors import InvalidInput
from casaaustin.reservations.tape_chart import (
    ENDED,
    Chart,
    ChartStay,
    Kind,
    deadline,
    describe,
    lay_out,
    name_of,
    shorter_names,
)
from casaaustin.stays import Stay
from casaaustin.vocabulary import Language, Origin, ReservationStatus
from tests.support.charts import FIRST, HOUSES, TODAY, day, make_stay

ENGLISH = Language.ENGLISH


def charted(*stays: ChartStay, nights: int = 7) -> Chart:
    return Chart(HOUSES[:1], stays, FIRST, day(nights), TODAY)


@pytest.mark.parametrize(
    ("check_in", "nights", "late", "start", "end", "late_from", "cut"),
    [
        pytest.param(
            1, 2, False, 3, 7, 7, "", id="from the afternoon of arrival to the morning of departure"
        ),
        pytest.param(1, 2, True, 3, 9, 7, "", id="a late checkout blocks the night of departure"),
        pytest.param(-2, 4, False, 0, 5, 5, "left", id="began before"),
        pytest.param(-2, 2, False, 0, 1, 1, "left", id="leaves on the first morning"),
        pytest.param(-2, 2, True, 0, 3, 1, "left", id="leaves late on the first day"),
        pytest.param(-3, 2, True, 0, 1, 0, "left", id="left late the day before"),
        pytest.param(6, 1, False, 13, 14, 14, "right", id="the last night ends beyond"),
        pytest.param(-1, 30, False, 0, 14, 14, "left right", id="longer than the window"),
        pytest.param(5, 1, True, 11, 14, 13, "right", id="the late night is the last one"),
    ],
)
def test_a_bar_runs_from_half_day_to_half_day(
    check_in: int, nights: int, late: bool, start: int, end: int, late_from: int, cut: str
) -> None:
    [row] = lay_out(charted(make_stay(check_in=day(check_in), nights=nights, late=late)))
    [[segment]] = row.lanes
    assert (segment.start, segment.end, segment.late_from) == (start, end, late_from)
    assert (segment.cut_left, segment.cut_right) == ("left" in cut, "right" in cut)


@pytest.mark.parametrize(
    "stay",
    [
        pytest.param(make_stay(check_in=day(-3), nights=2), id="left before the first day"),
        pytest.param(make_stay(check_in=day(7)), id="arrives on the day after the last night"),
        pytest.param(make_stay("h9"), id="another house"),
        pytest.param(make_stay(status=ReservationStatus.CANCELLED), id="cancelled"),
        pytest.param(make_stay(status=ReservationStatus.REJECTED), id="rejected"),
    ],
)
def test_what_is_not_there_is_not_drawn(stay: ChartStay) -> None:
    [row] = lay_out(charted(stay))
    assert row.lanes == ((),)
    assert row.free == (Stay(FIRST, day(7)),)


def test_a_turnover_shows_both_guests_in_one_lane() -> None:
    [row] = lay_out(charted(make_stay(nights=2), make_stay(label="Bruno", check_in=day(2), nights=2)))
    [[leaving, arriving]] = row.lanes
    assert leaving.end == arriving.start == 5


def test_stays_that_share_a_night_get_lanes_of_their_own() -> None:
    [row] = lay_out(charted(make_stay(nights=3), make_stay(label="Bruno", check_in=day(1), nights=1)))
    assert [[segment.stay.label for segment in lane] for lane in row.lanes] == [["Ana Quispe"], ["Bruno"]]


def test_free_runs_are_the_nights_between_the_bars() -> None:
    [row] = lay_out(
        charted(
            make_stay(check_in=day(-1), nights=1),
            make_stay(check_in=day(1), nights=1, late=True),
            make_stay(check_in=day(5), nights=9),
        )
    )
    assert row.free == (Stay(day(0), day(1)), Stay(day(3), day(5)))
    assert row.free_nights == 3


@pytest.mark.parametrize(
    ("status", "origin", "kind"),
    [
        (ReservationStatus.APPROVED, Origin.STAFF, Kind.APPROVED),
        (ReservationStatus.APPROVED, Origin.CLIENT, Kind.APPROVED),
        (ReservationStatus.APPROVED, Origin.AIRBNB, Kind.AIRBNB),
        (ReservationStatus.INCOMPLETE, Origin.AIRBNB, Kind.HOLD),
        (ReservationStatus.INCOMPLETE, Origin.CLIENT, Kind.HOLD),
        (ReservationStatus.PENDING, Origin.CLIENT, Kind.PENDING),
        (ReservationStatus.UNDER_REVIEW, Origin.CLIENT, Kind.UNDER_REVIEW),
        (ReservationStatus.APPROVED, Origin.MAINTENANCE, Kind.MAINTENANCE),
        (ReservationStatus.INCOMPLETE, Origin.MAINTENANCE, Kind.MAINTENANCE),
    ],
)
def test_kind(status: ReservationStatus, origin: Origin, kind: Kind) -> None:
    assert make_stay(status=status, origin=origin).kind is kind


@pytest.mark.parametrize(
    ("nights", "blocked"),
    [pytest.param(0, 0, id="no night"), pytest.param(2, 1, id="free before it ends")],
)
def test_a_stay_that_runs_backwards_is_refused(nights: int, blocked: int) -> None:
    with pytest.raises(InvalidInput):
        ChartStay(
            "1", "h1", "Ana", FIRST, day(nights), day(blocked), ReservationStatus.APPROVED, Origin.STAFF
        )


def test_a_window_without_a_night_is_refused() -> None:
    with pytest.raises(InvalidInput):
        charted(nights=0)


def test_names_get_shorter_step_by_step() -> None:
    assert list(shorter_names(" Ana  María Quispe ")) == [
        "Ana María Quispe",
        "Ana María",
        "Ana M.",
        "Ana",
        "AM",
        "A",
    ]
    assert list(shorter_names("Ana Quispe")) == ["Ana Quispe", "Ana Q.", "Ana", "AQ", "A"]
    assert list(shorter_names("Ana")) == ["Ana", "A"]
    assert list(shorter_names(" ")) == []


@pytest.mark.parametrize(
    ("stay", "name"),
    [
        pytest.param(make_stay(label=" Ana "), "Ana", id="the label"),
        pytest.param(
            make_stay(label="Pintura", origin=Origin.MAINTENANCE), "Pintura", id="a block with a reason"
        ),
        pytest.param(make_stay(label="", origin=Origin.MAINTENANCE), "mantenimiento", id="a block"),
        pytest.param(make_stay(label="", origin=Origin.AIRBNB), "Airbnb", id="an imported stay"),
        pytest.param(make_stay(label=""), "sin nombre", id="nobody"),
    ],
)
def test_name_of(stay: ChartStay, name: str) -> None:
    assert name_of(stay) == name


@pytest.mark.parametrize(
    ("held_until", "spanish", "english"),
    [
        pytest.param(datetime(2026, 4, 22, 23, 30, tzinfo=UTC), "18:30", "18:30", id="today"),
        pytest.param(datetime(2026, 4, 23, 4, 59, tzinfo=UTC), "23:59", "23:59", id="today in Lima"),
        pytest.param(datetime(2026, 4, 23, 5, 0, tzinfo=UTC), "23 abr", "23 Apr", id="tomorrow"),
        pytest.param(None, "", "", id="without a deadline"),
    ],
)
def test_the_deadline_of_a_hold(held_until: datetime | None, spanish: str, english: str) -> None:
    hold = make_stay(status=ReservationStatus.INCOMPLETE, held_until=held_until)
    assert deadline(hold, TODAY) == spanish
    assert deadline(hold, TODAY, ENGLISH) == english


def test_a_paid_stay_has_no_deadline() -> None:
    assert deadline(make_stay(held_until=datetime(2026, 4, 22, 23, 30, tzinfo=UTC)), TODAY) == ""


@pytest.mark.parametrize(
    ("stay", "language", "text"),
    [
        pytest.param(
            make_stay(late=True, guests=1),
            Language.SPANISH,
            "Ana Quispe, 17 al 19 de abril de 2026, aprobada, 1 huésped, salida tardía",
            id="late checkout",
        ),
        pytest.param(
            make_stay(
                status=ReservationStatus.INCOMPLETE, held_until=datetime(2026, 4, 22, 23, 30, tzinfo=UTC)
            ),
            ENGLISH,
            "Ana Quispe, 17 to 19 April 2026, hold, until Wed 22 Apr 2026, 18:30, 4 guests",
            id="hold",
        ),
        pytest.param(
            make_stay(label="", origin=Origin.MAINTENANCE),
            Language.SPANISH,
            "mantenimiento, 17 al 19 de abril de 2026",
            id="block",
        ),
    ],
)
def test_describe(stay: ChartStay, language: Language, text: str) -> None:
    assert describe(stay, language) == text


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    """Any window over any stays, overlapping ones included."""
    stays = draw(
        st.lists(
            st.builds(
                make_stay,
                house=st.sampled_from([house.id for house in HOUSES]),
                label=st.text(max_size=12),
                check_in=st.integers(-12, 45).map(day),
                nights=st.integers(1, 12),
                status=st.sampled_from(ReservationStatus),
                origin=st.sampled_from(Origin),
                late=st.booleans(),
                held_until=st.none()
                | st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
                guests=st.integers(0, 30),
                id=st.uuids().map(str),
            ),
            max_size=8,
        )
    )
    nights = draw(st.integers(1, 40))
    return Chart(HOUSES, tuple(stays), FIRST, day(nights), draw(st.integers(-5, 45).map(day)))


def nights_of(stay: ChartStay) -> set[date]:
    return set(Stay(stay.check_in, stay.occupied_until).nights())


@given(chart=charts())
def test_no_two_bars_of_a_lane_overlap(chart: Chart) -> None:
    for row in lay_out(chart):
        for lane in row.lanes:
            edges = [edge for segment in lane for edge in (segment.start, segment.end)]
            assert edges == sorted(edges)
            assert all(0 <= segment.start < segment.end <= chart.half_count for segment in lane)
            assert all(segment.start <= segment.late_from <= segment.end for segment in lane)


@given(chart=charts())
def test_every_night_of_every_stay_is_covered_exactly_once(chart: Chart) -> None:
    window = set(chart.nights())
    for row in lay_out(chart):
        segments = [segment for lane in row.lanes for segment in lane]
        assert len({segment.stay.id for segment in segments}) == len(segments)
        drawn = {
            segment.stay.id: [
                FIRST + timedelta(days=half // 2) for half in range(segment.start, segment.end) if half % 2
            ]
            for segment in segments
        }
        for stay in chart.stays:
            if stay.house_id == row.house.id and stay.status not in ENDED:
                assert drawn.get(stay.id, []) == sorted(nights_of(stay) & window)


@given(chart=charts())
def test_a_night_is_either_free_or_taken(chart: Chart) -> None:
    for row in lay_out(chart):
        taken = {
            night
            for stay in chart.stays
            if stay.house_id == row.house.id and stay.status not in ENDED
            for night in nights_of(stay)
        }
        free = [night for run in row.free for night in run.nights()]
        assert free == [night for night in chart.nights() if night not in taken]
        assert all(
            earlier.check_out < later.check_in for earlier, later in zip(row.free, row.free[1:], strict=False)
        )
        if len(row.lanes) > 1:
            assert any(
                one.overlaps(other)
                for index, one in enumerate(spans(chart, row.house.id))
                for other in spans(chart, row.house.id)[index + 1 :]
            )


def spans(chart: Chart, house_id: str) -> list[Stay]:
    return [
        Stay(stay.check_in, stay.occupied_until)
        for stay in chart.stays
        if stay.house_id == house_id and stay.status not in ENDED
    ]


@given(chart=charts(), width=st.integers(1, 20))
def test_bands_are_the_chart_in_pieces(chart: Chart, width: int) -> None:
    bands = list(chart.bands(width))
    assert [night for band in bands for night in band.nights()] == chart.nights()
    assert all(band.night_count == width for band in bands[:-1])
