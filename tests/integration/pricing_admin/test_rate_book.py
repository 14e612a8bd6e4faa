"""Prices, seasons, special dates, late checkout, switches. Source: docs/rules/pricing.md, 0, 1.3 to 1.13."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from casaaustin.changes import Verb
from casaaustin.errors import Conflict, InvalidInput, KeyReused, NotFound
from casaaustin.pricing.ratebook import CapacityMode
from casaaustin.pricing.service import late_checkout_rules, seasons, special_dates, switches
from casaaustin.pricing.service.nightly_prices import delete_prices, set_prices
from casaaustin.pricing.service.special_dates import import_special_dates, list_special_dates
from casaaustin.pricing.year_days import YearDay
from casaaustin.vocabulary import ReductionType, SeasonType
from tests.integration.pricing_admin.conftest import Office
from tests.support.world import C1, C5

CHRISTMAS = YearDay(12, 25)


class TestNightlyPrices:
    def test_one_price_changes_and_the_others_stay(self, office: Office) -> None:
        changed = office.do(lambda work: set_prices(work, "casa-1", weekday_low_season_usd=Decimal("115.5")))
        assert [(field.old, field.new) for field in changed.fields] == [("110.00", "115.50")]
        rates = office.book().by_id[C1].rates
        assert rates is not None
        assert (rates.weekday_low, rates.weekend_low) == (Decimal("115.50"), Decimal("180.00"))

    def test_the_first_prices_of_a_house_are_all_four(self, office: Office) -> None:
        with pytest.raises(InvalidInput, match="needs all four"):
            office.do(lambda work: set_prices(work, "casa-5", weekday_low_season_usd=Decimal(90)))
        office.do(lambda work: set_prices(work, "casa-5", **four("90", "91", "92", "93")))
        assert office.book().by_id[C5].rates is not None

    def test_a_price_of_zero_is_remarked_on(self, office: Office) -> None:
        notes = office.notes(lambda work: set_prices(work, "casa-1", weekend_high_season_usd=Decimal(0)))
        assert notes == ["Casa 1 cannot be sold while a price is 0: weekend_high_season_usd"]

    def test_prices_that_were_taken_away_can_come_back(self, office: Office) -> None:
        office.do(lambda work: delete_prices(work, "casa-1"))
        assert office.book().by_id[C1].rates is None
        with pytest.raises(NotFound):
            office.do(lambda work: delete_prices(work, "casa-1"))
        back = office.do(lambda work: set_prices(work, "casa-1", **four("1", "2", "3", "4")))
        assert back.verb is Verb.ADDED

    @pytest.mark.parametrize("price", ["-1", "1.005", "NaN", "10000000000"])
    def test_what_is_no_price_is_refused(self, office: Office, price: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            office.do(lambda work: set_prices(work, "casa-1", weekend_low_season_usd=Decimal(price)))
        assert refused.value.field == "weekend_low_season_usd"


def four(*prices: str) -> Any:
    """Four nightly prices."""
    names = ("weekday_low", "weekend_low", "weekday_high", "weekend_high")
    return {f"{name}_season_usd": Decimal(price) for name, price in zip(names, prices, strict=True)}


class TestSeasons:
    def test_a_season_changes_the_next_quote(self, office: Office) -> None:
        assert (5, 10) not in office.book().high_days
        office.do(lambda work: seasons.add_season(work, **season("Mayo", (5, 1), (5, 31))))
        assert (5, 10) in office.book().high_days
        office.do(lambda work: seasons.disable_season(work, "mayo"))
        assert (5, 10) not in office.book().high_days
        assert {line.name: line.is_active for line in office.read(seasons.list_seasons)}["Mayo"] is False

    def test_a_season_may_run_over_new_year_and_end_on_a_leap_day(self, office: Office) -> None:
        office.do(lambda work: seasons.edit_season(work, "Verano", start=(12, 20), end=(2, 29)))
        days = office.book().high_days
        assert {(12, 20), (1, 1), (2, 29)} <= days
        assert not {(12, 19), (3, 1)} & days

    @pytest.mark.parametrize("end", [(2, 30), (4, 31), (13, 1), (0, 1)])
    def test_a_day_that_no_year_has_is_refused(self, office: Office, end: tuple[int, int]) -> None:
        with pytest.raises(InvalidInput) as refused:
            office.do(lambda work: seasons.edit_season(work, "Verano", end=end))
        assert refused.value.field == "end"

    def test_two_seasons_cannot_have_one_name(self, office: Office) -> None:
        with pytest.raises(Conflict):
            office.do(lambda work: seasons.add_season(work, **season("VERANO", (1, 1), (1, 2))))
        with pytest.raises(Conflict):
            office.do(lambda work: seasons.edit_season(work, "Fiestas", name="verano"))
        office.do(lambda work: seasons.edit_season(work, "Verano", name="VERANO"))

    def test_a_deleted_season_frees_its_name(self, office: Office) -> None:
        office.do(lambda work: seasons.delete_season(work, "Verano"))
        office.do(lambda work: seasons.add_season(work, **season("Verano", (1, 1), (1, 2))))

    def test_a_repeated_request_adds_one_season(self, office: Office) -> None:
        for _ in range(2):
            office.do(lambda work: seasons.add_season(work, key="k", **season("Mayo", (5, 1), (5, 31))))
        with pytest.raises(KeyReused):
            office.do(lambda work: seasons.add_season(work, key="k", **season("Mayo", (5, 1), (5, 30))))
        assert len(office.read(seasons.list_seasons)) == 3

    def test_a_season_needs_its_fields(self, office: Office) -> None:
        with pytest.raises(InvalidInput) as refused:
            office.do(lambda work: seasons.add_season(work, name="Mayo", season_type=SeasonType.HIGH))
        assert refused.value.field == "start"


def season(name: str, start: tuple[int, int], end: tuple[int, int]) -> Any:
    """A high season."""
    return {"name": name, "season_type": SeasonType.HIGH, "start": start, "end": end}


class TestSpecialDates:
    def test_a_date_of_one_year_beats_the_recurring_one(self, office: Office) -> None:
        day = YearDay(12, 25, 2026)
        office.do(lambda work: special_dates.add_special_date(work, "casa-1", day, price_usd=Decimal(500)))
        house = office.book().by_id[C1]
        prices = {row.year: row.price_usd for row in house.special_dates if (row.month, row.day) == (12, 25)}
        assert prices == {None: Decimal("350.00"), 2026: Decimal("500.00")}

    def test_a_house_has_a_date_once(self, office: Office) -> None:
        with pytest.raises(Conflict):
            office.do(
                lambda work: special_dates.add_special_date(work, "casa-1", CHRISTMAS, price_usd=Decimal(1))
            )

    def test_an_edit_keeps_the_minimum_that_it_does_not_mention(self, office: Office) -> None:
        office.do(
            lambda work: special_dates.edit_special_date(work, "casa-1", CHRISTMAS, price_usd=Decimal(380))
        )
        (row,) = [row for row in office.book().by_id[C1].special_dates if row.month == 12 and row.day == 25]
        assert (row.price_usd, row.minimum_nights) == (Decimal("380.00"), 2)

    def test_a_deleted_date_can_be_added_again(self, office: Office) -> None:
        for _ in range(2):
            office.do(lambda work: special_dates.delete_special_date(work, "casa-1", CHRISTMAS))
            office.do(
                lambda work: special_dates.add_special_date(work, "casa-1", CHRISTMAS, price_usd=Decimal(9))
            )
        with pytest.raises(NotFound):
            office.do(lambda work: special_dates.delete_special_date(work, "casa-1", YearDay(1, 1)))

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"price_usd": Decimal(0)}, "price_usd"),
            ({"minimum_consecutive_nights": 0}, "minimum_consecutive_nights"),
        ],
    )
    def test_a_malformed_field_is_refused_by_name(self, office: Office, fields: Any, field: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            office.do(lambda work: special_dates.edit_special_date(work, "casa-1", CHRISTMAS, **fields))
        assert refused.value.field == field


FILE = """\
day,month,description,price_usd,minimum
25,12,Navidad,360
8,12,Inmaculada,210,2
5,4,Pascua,290,2,2026
"""


class TestBulkLoad:
    def test_dates_that_are_there_are_passed_over(self, office: Office) -> None:
        report = office.do(lambda work: import_special_dates(work, ["casa-1"], FILE))
        assert [one.name for one in report.changed] == ["Casa 1 12-08", "Casa 1 2026-04-05"]
        assert report.skipped == ("Casa 1 12-25",)
        assert self.christmas(office) == (Decimal("350.00"), 2)

    def test_overwriting_keeps_a_minimum_that_the_file_does_not_mention(self, office: Office) -> None:
        office.do(lambda work: import_special_dates(work, ["casa-1"], FILE, overwrite=True))
        assert self.christmas(office) == (Decimal("360.00"), 2)

    def test_the_same_file_twice_changes_nothing_the_second_time(self, office: Office) -> None:
        for overwrite in (True, True, False):
            report = office.do(
                lambda work, overwrite=overwrite: import_special_dates(  # type: ignore[misc]
                    work, ["casa-1", "casa-2"], FILE, overwrite=overwrite
                )
            )
        assert report.changed == ()
        assert len(report.skipped) == 6
        assert len(office.trail()) == 6

    def test_one_faulty_line_and_nothing_is_stored(self, office: Office) -> None:
        with pytest.raises(InvalidInput) as refused:
            office.do(lambda work: import_special_dates(work, ["casa-1"], f"{FILE}1,1,,5\n31,2,X,1\n"))
        assert [line["line"] for line in refused.value.details["lines"]] == [5, 6]
        assert len(office.read(list_special_dates)) == 4

    @staticmethod
    def christmas(office: Office) -> tuple[Decimal, int]:
        found = office.read(lambda work: list_special_dates(work, "casa-1"))
        (line,) = [line for line in found if line.day == CHRISTMAS]
        return line.price_usd, line.minimum_consecutive_nights


class TestLateCheckout:
    def test_what_holds_on_each_weekday(self, office: Office) -> None:
        days = office.read(late_checkout_rules.list_late_checkout)
        assert [day.allowed for day in days] == [True] * 4 + [False] * 2 + [True]
        assert [str(day.reduction) for day in days] == ["0.00"] * 6 + ["15.00"]

    def test_an_inactive_rule_forbids_nothing_and_says_so(self, office: Office) -> None:
        notes = office.notes(
            lambda work: late_checkout_rules.set_late_checkout(
                work, 6, allows_late_checkout=False, is_active=False
            )
        )
        assert "does not forbid it" in notes[0]
        assert office.read(late_checkout_rules.list_late_checkout)[6].allowed

    def test_a_weekday_gets_its_first_rule(self, office: Office) -> None:
        office.do(lambda work: late_checkout_rules.set_late_checkout(work, 4, allows_late_checkout=True))
        rule = office.book().late_checkout[4]
        assert (rule.allowed, rule.reduction, rule.value) == (
            True,
            ReductionType.PERCENTAGE,
            Decimal("10.00"),
        )

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"discount_value": Decimal("100.01")}, "discount_value"),
            ({"discount_value": Decimal(-1)}, "discount_value"),
            ({"discount_type": ReductionType.FIXED, "discount_value": Decimal(-1)}, "discount_value"),
            ({"name": " "}, "name"),
        ],
    )
    def test_what_is_no_reduction_is_refused(self, office: Office, fields: Any, field: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            office.do(lambda work: late_checkout_rules.set_late_checkout(work, 6, **fields))
        assert refused.value.field == field

    def test_dollars_may_pass_a_hundred_but_not_become_per_cent(self, office: Office) -> None:
        fixed: Any = {"discount_type": ReductionType.FIXED, "discount_value": Decimal(200)}
        office.do(lambda work: late_checkout_rules.set_late_checkout(work, 6, **fixed))
        with pytest.raises(InvalidInput):
            office.do(
                lambda work: late_checkout_rules.set_late_checkout(
                    work, 6, discount_type=ReductionType.PERCENTAGE
                )
            )

    @pytest.mark.parametrize(("text", "number"), [("sunday", 6), ("SUN", 6), ("0", 0), ("th", 3)])
    def test_a_weekday_is_named_or_numbered(self, text: str, number: int) -> None:
        assert late_checkout_rules.parse_weekday(text) == number

    @pytest.mark.parametrize("text", ["t", "domingo", "7", "", "²"])
    def test_what_is_no_weekday_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidInput):
            late_checkout_rules.parse_weekday(text)


class TestSwitches:
    def test_a_switch_is_seen_by_the_next_quote(self, office: Office) -> None:
        version = office.book().version
        changed = office.do(lambda work: switches.set_switches(work, {"capacity_mode": "warn"}))
        assert [(field.old, field.new) for field in changed.fields] == [("enforce", "warn")]
        book = office.book()
        assert book.policy.capacity_mode is CapacityMode.WARN
        assert book.version > version
        assert [event.action for event in office.trail()] == ["policy_switches.edit"]

    def test_the_same_value_changes_nothing(self, office: Office) -> None:
        version = office.book().version
        assert office.do(lambda work: switches.set_switches(work, {"capacity_mode": "enforce"})).verb is (
            Verb.UNCHANGED
        )
        assert office.book().version == version

    @pytest.mark.parametrize("words", [{"bogus": "x"}, {"capacity_mode": "maybe"}])
    def test_an_unknown_switch_or_value_is_refused(self, office: Office, words: dict[str, str]) -> None:
        with pytest.raises(InvalidInput):
            office.do(lambda work: switches.set_switches(work, words))

    def test_all_switches_are_shown(self, office: Office) -> None:
        shown = office.read(switches.show_switches)
        assert all(switch.value in switch.allowed and switch.default in switch.allowed for switch in shown)
