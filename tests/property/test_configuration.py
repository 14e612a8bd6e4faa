"""Whatever the configuration: applied, it is the business; exported, the file; again, it changes nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from casaaustin.actors import Actor
from casaaustin.clock import FixedClock
from casaaustin.configuration.document import Configuration, Format, dump, parse
from casaaustin.configuration.service import apply, export
from tests.conftest import NOW
from tests.support.configurations import configurations
from tests.support.databases import Databases, Kind

ANA = Actor("ana")


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(first=configurations(), second=configurations())
def test_a_file_becomes_the_business_and_the_business_the_same_file(
    databases: Databases, first: Configuration, second: Configuration
) -> None:
    with databases.empty(Kind.SQLITE, FixedClock(NOW)) as database:
        for wanted in (first, second):
            text = dump(wanted, Format.TOML)
            read = parse(text, Format.TOML)
            database.write(lambda work, read=read: apply(work, read, prune=True), actor=ANA)  # type: ignore[misc]
            assert dump(database.read(export), Format.TOML) == text
            again = database.write(lambda work, read=read: apply(work, read, prune=True), actor=ANA)  # type: ignore[misc]
            assert again.changes == again.kept == ()
