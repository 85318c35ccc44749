"""Nos dados reais, onde existem, cada lição sustenta as suas afirmações, com outra semente que a publicada."""

from __future__ import annotations

from pathlib import Path

import pytest

from corretor.build import lessons
from corretor.claims import tally
from corretor.course import Course

pytestmark = pytest.mark.slow
COURSE = Course.find(Path(__file__).resolve().parents[2])


@pytest.mark.parametrize("path", list(lessons(COURSE)), ids=lambda path: path.stem)
def test_claims_hold_on_real_data(path, real_data):
    found = tally([path], [7], data_dir=real_data, workers=1)
    assert len(found) >= 6
    assert [entry.claim for entry in found if entry.held < entry.runs] == []
