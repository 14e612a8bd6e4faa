"""What the application works on: settings, clock, keys, and the database, opened when it is first needed."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from anyio import CapacityLimiter

from casaaustin_api.auth import Keys
from casaaustin_api.memory import Memory

if TYPE_CHECKING:
    from casaaustin.clock import Clock
    from casaaustin.db.work import Database
    from casaaustin.settings import Settings
    from casaaustin_api.routes.quotes import Written

REMEMBERED_QUOTES = 1024

# Reading SQLite is computing: more threads than this only fight over the interpreter, and twice as
# many halve the answers a second (make bench). Reading a server is waiting for it, so that takes more.
READERS_OF_A_FILE = 2


class Business:
    """The open business of one process. Safe to share between threads."""

    def __init__(self, settings: Settings, *, clock: Clock, database: Database | None = None) -> None:
        self.settings = settings
        self.clock = clock
        self.keys = Keys(settings)
        self.quotes: Memory[Written] = Memory(REMEMBERED_QUOTES)
        embedded = settings.database_url.startswith("sqlite")
        self.readers = CapacityLimiter(READERS_OF_A_FILE if embedded else settings.pool_size)
        self._database = database
        self._is_ours = database is None
        self._opening = Lock()

    @property
    def database(self) -> Database:
        """The database; the first to ask opens it, and so does the next one after a failure.

        Raises:
            NotReady: unreachable, or the schema is not that of this program.
        """
        if self._database is None:
            from casaaustin.db.work import open_database

            with self._opening:
                if self._database is None:
                    self._database = open_database(settings=self.settings, clock=self.clock)
        return self._database

    def close(self) -> None:
        """Close what was opened here."""
        if self._is_ours and self._database is not None:
            self._database.close()
            self._database = None
