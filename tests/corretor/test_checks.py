"""Dependências entre verificações: um engano só se diz uma vez, e o que depende dele espera."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corretor.checks import Check, load_checks, near
from corretor.judge import INFRA_ERROR, NOT_RUN, PARTIAL, WRONG, judge
from corretor.observations import Failure

CHECKS = '''
from corretor.checks import check, fail, number, ok, partial

@check("todo01", points=2)
def forma(x):
    """O resultado tem a forma pedida."""
    if x == "quebra":
        raise RuntimeError
    return ok() if isinstance(x, list) else partial(0.5, "Devolva uma lista.")

@check("todo01", points=3, needs=("forma",))
def valores(x):
    """Os valores conferem."""
    return ok() if x == [1, 2] else fail("Os valores não conferem.")

@check("todo01", points=4, needs=("forma", "valores"))
def ordem(x, y):
    """A ordem se mantém."""
    return ok()

@check("todo01", points=1)
def livre(x):
    """Esta não depende de nenhuma."""
    return ok()
'''


@pytest.fixture
def checks(tmp_path) -> list[Check]:
    return load(tmp_path, CHECKS)


def load(folder: Path, text: str) -> list[Check]:
    (folder / "checks.py").write_text(text)
    return load_checks(folder / "checks.py")


def points(verdict) -> list[float]:
    return [item.points for item in verdict.items]


def test_when_all_is_right_dependencies_change_nothing(checks):
    assert points(judge("todo01", checks, {"x": [1, 2], "y": 0})) == [2, 3, 4, 1]


def test_what_depends_on_an_error_waits_and_says_for_what(checks):
    verdict = judge("todo01", checks, {"x": [9], "y": 0})
    assert points(verdict) == [2, 0, 0, 1] and verdict.state == PARTIAL
    assert verdict.items[1].messages == ("Os valores não conferem.",)
    (waiting,) = verdict.items[2].messages
    assert "“Os valores conferem”" in waiting and "forma" not in waiting


def test_partial_credit_is_not_right_and_a_chain_is_told_only_once(checks):
    verdict = judge("todo01", checks, {"x": 3, "y": 0})
    assert points(verdict) == [1, 0, 0, 1]
    # `ordem` espera por `forma`, que falhou, e por `valores`, que nem chegou a acontecer: diz só a primeira.
    assert verdict.items[1].messages == verdict.items[2].messages
    assert len(verdict.messages) == 2 and verdict.messages[0] == "Devolva uma lista."


def test_behind_an_answer_that_did_not_run_nothing_is_added(checks):
    verdict = judge("todo01", checks, {"x": Failure("NotImplementedError"), "y": 0})
    assert verdict.state == NOT_RUN and len(verdict.messages) == 1
    assert judge("todo01", checks[:3], {}).state == WRONG


def test_behind_a_broken_check_nothing_is_judged(checks):
    verdict = judge("todo01", checks, {"x": "quebra", "y": 0})
    assert verdict.state == INFRA_ERROR and points(verdict)[:3] == [0, 0, 0]


@pytest.mark.parametrize("needs", ['("valroes",)', '("depois",)', '"forma"', '("outra",)'])
def test_a_dependency_that_cannot_hold_is_refused_when_the_lab_is_built(tmp_path, needs):
    body = '"""Critério."""\n    return ok()\n\n'
    text = CHECKS + f'@check("todo02", points=1)\ndef outra(x):\n    {body}'
    text += f'@check("todo01", points=1, needs={needs})\ndef nova(x):\n    {body}'
    text += f'@check("todo01", points=1)\ndef depois(x):\n    {body}'
    with pytest.raises(ValueError, match="needs"):
        load(tmp_path, text)


NUMBERS = [0.0, -0.0, 1.0, 1.0 + 5e-6, 1.0 + 2e-5, 1e-9, -1e300, 1e308, np.inf, -np.inf, np.nan]


def test_near_is_allclose_also_for_what_is_not_finite():
    for a in NUMBERS:
        for b in NUMBERS:
            assert near(a, b) == np.allclose(a, b), (a, b)
            assert near([a, 1.0], [b, 1.0], 1e-3, 1e-2) == np.allclose([a], [b], 1e-3, 1e-2), (a, b)
    assert not near([1.0], 1.0) and not near([[1.0]], [1.0]) and near([], [])
    assert not near("um", 1.0) and not near([[1], [1, 2]], 1.0) and not near({"a": 1}, 1.0)
    assert near([True, False], [1, 0])
