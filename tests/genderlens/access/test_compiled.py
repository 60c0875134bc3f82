"""What is kept on disk is used only while nothing it stands on has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from genderlens.access import compiled

pytestmark = pytest.mark.rules


def test_a_change_anywhere_below_is_a_new_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "HERE", tmp_path)
    (tmp_path / "lists.py").write_text("from genderlens.access.rules import remaining\n")
    (tmp_path / "rules.py").write_text("from genderlens.access.lists import more\n")  # round in a circle: no harm
    (tmp_path / "other.py").write_text("")
    before = compiled.state("genderlens.access.lists")
    (tmp_path / "other.py").write_text("changed = True")
    assert compiled.state("genderlens.access.lists") == before
    (tmp_path / "rules.py").write_text("changed = True")
    assert compiled.state("genderlens.access.lists") != before
