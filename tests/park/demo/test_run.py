"""The demo's command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from park.config import Settings
from park.demo import run
from park.words import known


def test_the_demo_refuses_a_production_installation(tmp_path: Path) -> None:
    settings = replace(Settings(home=tmp_path), mode="production")
    with pytest.raises(run.DemoInProduction) as refused:
        run.main(settings, "zh", once=True)
    assert list(tmp_path.iterdir()) == []
    assert known(refused.value.template)
    assert known(refused.value.remedy)
