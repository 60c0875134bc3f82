"""What the page on access shows in Python runs as it stands."""

import re
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

pytestmark = pytest.mark.rules

ROOT = Path(__file__).parents[3]


def test_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs/genderlens/access.md").read_text(encoding="utf-8").partition("## Piece by piece")[2]
    code = re.search(r"```python\n(.*?)```", text, re.S)
    assert code
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    exec(code[1], names)
    reach = names["reach"]
    assert pc.unique(reach["measure"]).to_pylist() == [
        "jobs within 30 minutes", "minutes to the nearest childcare", "childcare for each person, BFCA",
    ]  # fmt: skip
    assert pc.max(reach["value"]).as_py() > 1
    assert not names["wrong"] and not names["strange"]
