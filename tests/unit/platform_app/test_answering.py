"""What is answered can always be sent."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

APP = Path(__file__).parents[3] / "workflows"

if TYPE_CHECKING:
    import answering
else:
    sys.path.insert(0, str(APP))  # as the Functions worker has it
    try:
        import answering
    finally:
        sys.path.remove(str(APP))


def test_half_a_character_is_a_question_mark() -> None:
    body = answering.answer({"message": "\udcff \N{SNOWMAN}"}).body

    assert json.loads(bytes(body)) == {"message": "? \N{SNOWMAN}"}
