"""O canal entre o núcleo do estudante e o julgamento: o que passa, o que não passa, o que se forja."""

from __future__ import annotations

import math

import numpy as np
import pytest

from corretor.observations import Failure, decode, read
from gradiente import observe as observe_module
from gradiente.observe import MAX_BYTES, MIME, encode, observe


@pytest.fixture
def published(monkeypatch):
    """As saídas que `observe` publica, no formato das saídas de um caderno."""
    outputs = []
    monkeypatch.setattr(
        observe_module,
        "display",
        lambda data, raw: outputs.append({"output_type": "display_data", "data": data, "metadata": {}}),
    )
    return outputs


@pytest.mark.parametrize(
    "value", [None, True, 3, -2.5, "ação", [1, [2.0, "x"]], {"a": 1, "b": {"c": [None]}}, {}, []]
)
def test_plain_values_come_back_equal(value):
    assert decode(encode(value)) == value


def test_arrays_keep_shape_dtype_and_non_finite_values():
    array = np.array([[1.5, np.nan], [np.inf, -0.0]], dtype=np.float32)
    back = decode(encode(array))
    assert back.dtype == np.float32 and back.shape == (2, 2)
    np.testing.assert_array_equal(back, array)
    assert math.isnan(decode(encode(float("nan"))))
    assert decode(encode(np.zeros((0, 3), dtype=bool))).shape == (0, 3)


def test_callable_is_called_and_its_failure_observed(published):
    observe("bom", lambda: 1 + 1)
    observe("ruim", lambda: 1 / 0)
    observe("depois", 3)
    found = read(published)
    assert found["bom"] == 2 and found["depois"] == 3
    assert found["ruim"] == Failure("ZeroDivisionError", "division by zero")


def test_objects_and_oversized_values_are_refused_with_a_clear_message(published):
    observe("objeto", object())
    observe("enorme", "x" * (MAX_BYTES + 1))
    found = read(published)
    assert found["objeto"].error == "TypeError" and "não sei mostrar" in found["objeto"].message
    assert found["enorme"].error == "ValueError"


def test_an_object_equal_to_everything_arrives_as_the_plain_number_it_holds():
    class Anything(float):
        def __eq__(self, other):
            return True

        __hash__ = float.__hash__

    back = decode(encode(Anything(7.0)))
    assert type(back) is float and back != 8.0


def _forged(name, value):
    return {"output_type": "display_data", "data": {MIME: {"name": name, "value": value}}, "metadata": {}}


def _nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        {"__array__": [1, 2], "shape": [3], "dtype": "float64"},
        {"__array__": ["x"], "shape": [1], "dtype": "object"},
        {"__array__": [1], "shape": [1], "dtype": "nada"},
        {"__array__": [10**400], "shape": [1], "dtype": "float32"},
        {"dtype": "float32"},
        {"__dict__": 3},
        {"__float__": "quase"},
        _nested(60),
        "x" * (MAX_BYTES + 5000),
    ],
)
def test_malformed_observations_become_failures_never_exceptions(value):
    assert read([_forged("x", value)])["x"].error == "ObservacaoInvalida"


def test_a_repeated_name_is_worth_nothing():
    found = read([_forged("x", 1), _forged("x", 2)])
    assert found["x"].error == "ObservacaoInvalida"


def test_other_outputs_are_ignored():
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": MIME},
        {"output_type": "display_data", "data": {MIME: "texto"}, "metadata": {}},
        {"output_type": "display_data", "data": {MIME: {"name": 3}}, "metadata": {}},
    ]
    assert read(outputs) == {}
