"""A made-up fortnight for the tape chart: every kind of bar, a turnover, a late checkout, hard names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from casaaustin.reservations.tape_chart import Chart, ChartHouse, ChartStay
from casaaustin.vocabulary import Origin, ReservationStatus

HOUSES = tuple(ChartHouse(f"h{number}", f"Casa Austin {number}", 8 + number) for number in range(1, 5))
FIRST = date(2026, 4, 17)
TODAY = date(2026, 4, 22)


def make_stay(
    house: str = "h1",
    label: str = "Ana Quispe",
    check_in: date = FIRST,
    nights: int = 2,
    *,
    status: ReservationStatus = ReservationStatus.APPROVED,
    origin: Origin = Origin.STAFF,
    late: bool = False,
    held_until: datetime | None = None,
    guests: int = 4,
    id: str = "",
) -> ChartStay:
    """A stay with everything that a test does not care about."""
    check_out = check_in + timedelta(days=nights)
    return ChartStay(
        id=id or f"{house}-{check_in}-{label}",
        house_id=house,
        label=label,
        check_in=check_in,
        check_out=check_out,
        occupied_until=check_out + timedelta(days=int(late)),
        status=status,
        origin=origin,
        held_until=held_until,
        guests=guests,
    )


def day(number: int) -> date:
    """That many days after the first of the chart."""
    return FIRST + timedelta(days=number)


def fortnight(nights: int = 14) -> Chart:
    """Four houses from Friday 17 April 2026 on; today is the Wednesday after."""
    pending, review, hold = (
        ReservationStatus.PENDING,
        ReservationStatus.UNDER_REVIEW,
        ReservationStatus.INCOMPLETE,
    )
    return Chart(
        houses=HOUSES,
        stays=(
            make_stay("h1", "Ana Quispe", day(-2), 4),
            make_stay("h1", "Bruno Salas", day(2), 3, guests=6),
            make_stay("h1", "Ñusta Rojas", day(7), 3, late=True, guests=10),
            make_stay("h1", "Lía Ñahui", day(11), 1, status=pending, origin=Origin.CLIENT),
            make_stay("h2", "", day(0), 2, origin=Origin.AIRBNB, guests=0),
            make_stay("h2", "Carla Huamán Ríos", day(2), 1),
            make_stay("h2", "Diego Paz", day(3), 4, status=pending, origin=Origin.CLIENT),
            make_stay(
                "h2",
                "Elena Vega",
                day(8),
                4,
                status=hold,
                origin=Origin.CLIENT,
                held_until=datetime(2026, 4, 22, 23, 30, tzinfo=UTC),
            ),
            make_stay("h3", "", day(1), 6, origin=Origin.MAINTENANCE, guests=0),
            make_stay("h3", "Fabio 🎸 Luna", day(8), 3, status=review, origin=Origin.CLIENT, guests=2),
            make_stay("h3", "山田 花子", day(11), 5, guests=2),
            make_stay("h4", "Gina Torres", day(-1), 1),
            make_stay("h4", "Hugo Mamani", day(4), 2, late=True),
            make_stay("h4", "Inés Ccori", day(9), 1, status=ReservationStatus.CANCELLED),
            make_stay("h4", "Julio Apaza", day(12), 6, guests=12),
        ),
        first_night=FIRST,
        end=day(nights),
        today=TODAY,
    )
