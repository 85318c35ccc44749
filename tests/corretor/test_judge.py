"""O julgamento: frações, mensagens e estados, também quando a própria verificação falha."""

from __future__ import annotations

import numpy as np
import pytest

from corretor.checks import Check, Mismatch, array, fail, load_checks, mapping, number, ok, partial
from corretor.judge import CORRECT, INFRA_ERROR, NOT_RUN, PARTIAL, TIMEOUT, WRONG, judge
from corretor.observations import Failure


def make(function, points=10.0, needs=("x",), optional=()):
    return Check("todo01", points, function, "Critério.", needs, optional)


def test_points_add_up_and_state_follows():
    checks = [make(lambda x: ok()), make(lambda x: partial(0.5, "Falta metade."), 4.0)]
    verdict = judge("todo01", checks, {"x": 1})
    assert (verdict.points, verdict.max_points, verdict.state) == (12.0, 14.0, PARTIAL)
    assert verdict.messages == ("Falta metade.",)
    assert judge("todo01", [make(lambda x: ok())], {"x": 1}).state == CORRECT
    assert judge("todo01", [make(lambda x: fail("Não."))], {"x": 1}).state == WRONG


@pytest.mark.parametrize("fraction, points", [(1.7, 10.0), (-3, 0.0), (np.float64(0.25), 2.5)])
def test_fractions_are_clamped_and_plain(fraction, points):
    verdict = judge("todo01", [make(lambda x: partial(fraction))], {"x": 1})
    assert verdict.points == points and type(verdict.points) is float


def test_a_nan_fraction_is_not_a_mark():
    verdict = judge("todo01", [make(lambda x: partial(float("nan")))], {"x": 1})
    assert verdict.points == 0.0 and verdict.state == INFRA_ERROR


def test_missing_or_failed_observation_explains_once_and_does_not_call_the_check():
    def never(x):
        raise AssertionError("não deveria ser chamada")

    verdict = judge("todo01", [make(never), make(never)], {"x": Failure("KeyError", "segredo")})
    assert verdict.points == 0 and verdict.state == WRONG
    assert len(verdict.messages) == 1 and "KeyError" in verdict.messages[0]
    assert "segredo" not in str(verdict.to_json())
    assert "parou antes" in judge("todo01", [make(never)], {}).messages[0]


def test_an_untouched_stub_is_not_run():
    verdict = judge("todo01", [make(lambda x: ok())], {"x": Failure("NotImplementedError")})
    assert verdict.state == NOT_RUN and verdict.points == 0


def test_optional_observations_may_be_missing():
    check = make(lambda x, y=None: ok() if y is None else fail("y veio"), optional=("y",))
    assert judge("todo01", [check], {"x": 1}).state == CORRECT
    assert judge("todo01", [check], {"x": 1, "y": Failure("TypeError")}).state == CORRECT
    assert judge("todo01", [check], {"x": 1, "y": 2}).state == WRONG


def test_a_broken_check_is_an_infrastructure_error_never_a_zero_in_silence():
    verdict = judge("todo01", [make(lambda x: x["chave"])], {"x": 3})
    assert verdict.state == INFRA_ERROR and "à mão" in verdict.messages[0]
    assert judge("todo01", [make(lambda x: None)], {"x": 3}).state == INFRA_ERROR


def test_imposed_state_holds_only_without_points():
    assert judge("todo01", [make(lambda x: ok())], {}, state=TIMEOUT, note="Laço?").state == TIMEOUT
    assert judge("todo01", [make(lambda x: ok())], {"x": 1}, state=TIMEOUT).state == CORRECT


def test_helpers_accept_what_is_right_and_explain_what_is_not():
    assert number(np.float32(2), "a média") == 2.0 and number(np.array([3]), "n") == 3.0
    assert array([[1, 2]], "a matriz", (None, 2)).shape == (1, 2)
    assert mapping({"a": 1}, "o resultado", "a") == {"a": 1}
    for call, text in [
        (lambda: number("3", "a média"), "número para a média"),
        (lambda: number(True, "a média"), "número"),
        (lambda: number(float("inf"), "a média"), "infinito"),
        (lambda: array([1, 2], "a matriz", (2, 2)), "o pedido é (2, 2)"),
        (lambda: array(["a"], "a matriz"), "números"),
        (lambda: array([[1], [1, 2]], "a matriz"), "números"),
        (lambda: mapping([1], "o resultado"), "dicionário"),
        (lambda: mapping({"a": 1}, "resultado", "a", "b"), "Falta em resultado: b"),
    ]:
        with pytest.raises(Mismatch, match=text.replace("(", r"\(").replace(")", r"\)")):
            call()


def test_a_check_without_criterion_is_refused(tmp_path):
    path = tmp_path / "checks.py"
    path.write_text(
        "from corretor.checks import check, ok\n@check('todo01', points=1)\ndef f(x):\n    return ok()\n"
    )
    with pytest.raises(ValueError, match="docstring"):
        load_checks(path)
