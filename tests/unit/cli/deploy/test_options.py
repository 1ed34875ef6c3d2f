"""What a command of deployments does not do it does not take an option for."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.cli.main import main


@pytest.mark.parametrize("command", ["deploy check", "twin check", "twin info", "twin simulate"])
def test_what_draws_nothing_takes_no_file_for_a_drawing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), str(tmp_path), "--svg", str(tmp_path / "graph.svg")])
    assert ended.value.code == 2
    assert "No such option" in capsys.readouterr().err
