"""A bounded memory of what was worked out."""

from __future__ import annotations

from casaaustin_api.memory import Memory


def test_what_was_not_asked_for_longest_gives_way() -> None:
    memory: Memory[str] = Memory(2)
    memory.keep("a", "A")
    memory.keep("b", "B")
    assert memory.recall("a") == "A"
    memory.keep("c", "C")
    assert (memory.recall("a"), memory.recall("b"), memory.recall("c")) == ("A", None, "C")
