"""Nos dados reais, onde existem, cada lição sustenta as suas afirmações, com outra semente que a publicada."""

from __future__ import annotations

from pathlib import Path

import pytest

from corretor.build import lessons
from corretor.claims import tally
from corretor.course import Course

pytestmark = pytest.mark.slow
COURSE = Course.find(Path(__file__).resolve().parents[2])
REAL_LOADERS = ("load_fashion_mnist", "cat_noncat_files", "load_airline_sentiment")  # do HIGGS não há amostra


# Uma lição em todo teste; as outras, que levariam a integração contínua além do tempo dela,
# em `make completo`.
ALWAYS = ("05-explosao-do-gradiente",)


def uses_real_data(path):
    return any(loader in path.read_text(encoding="utf-8") for loader in REAL_LOADERS)


def cases():
    for path in filter(uses_real_data, lessons(COURSE)):
        marks = [] if path.stem in ALWAYS else [pytest.mark.completo]
        yield pytest.param(path, id=path.stem, marks=marks)


@pytest.mark.parametrize("path", list(cases()))
def test_claims_hold_on_real_data(path, real_data):
    found = tally([path], [7], data_dir=real_data, workers=1)
    assert len(found) >= 6
    assert [entry.claim for entry in found if entry.held < entry.runs] == []
