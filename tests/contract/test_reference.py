"""The page that lists the endpoints is the one that the declarations make."""

from __future__ import annotations

from pathlib import Path

import pytest

from casaaustin_api.reference import main, page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "http.md"


def test_the_page_is_current() -> None:
    assert main([str(PAGE), "--check"]) == 0, "run: python -m casaaustin_api.reference docs/reference/http.md"


def test_an_old_page_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = tmp_path / "http.md"
    old.write_text("old")
    assert main([str(old), "--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert main([str(old)]) == 0
    assert old.read_text("utf-8") == page()
