"""Os testes dos labs, testados: uma amostra fixa de mutantes, o esqueleto e a referência com outra semente."""

from __future__ import annotations

import pytest
from bank import course_copy

from corretor.mutants import PROMISED, measure

pytestmark = pytest.mark.slow

# Em `make test`, só o Lab 1. A medida inteira (todos os mutantes, dez sementes) é `make mutantes`.
SAMPLE = {
    "lab1-gradientes": 33,
    "lab2-inicializacao": 30,
    "lab3-otimizadores": 30,
    "lab4-reuso": 20,
    "lab5-regularizacao": 14,
    "lab6-tweets": 20,
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if "lab1" in name else [pytest.mark.completo]) for name in SAMPLE],
)
def test_hidden_tests_notice_mutants_and_accept_the_reference(name, tmp_path):
    score = measure(course_copy(tmp_path).lab(name), sample=SAMPLE[name], seeds=(7,))
    assert not score.failures
    assert score.ratio >= PROMISED, [(m.todo, m.before, m.after) for m in score.survived]
