"""O desenho de uma rede pequena: um círculo por unidade, um número por valor, uma derivada sob cada um."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gradiente import diagrams, plots

NAMES = [["a", "b"], ["c", "d"], ["e"]]
VALUES = [[1.0, 0.5], [0.25, -0.75], [2.0]]
WEIGHTS = [np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[0.6], [0.7]])]
BIASES = [[0.01, 0.02], [0.03]]
GRADIENTS = {
    "values": [[11.0, 12.0], [13.0, 14.0], [15.0]],
    "weights": [[[21.0, 22.0], [23.0, 24.0]], [[25.0], [26.0]]],
    "biases": [[31.0, 32.0], [33.0]],
}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax, color):
    """Os números de uma cor, sem a chave de cores."""
    return [text.get_text() for text in ax.texts if text.get_color() == color and ":" not in text.get_text()]


def test_forward_only_writes_every_value_and_no_derivative():
    ax = diagrams.network(NAMES, VALUES, WEIGHTS, BIASES, loss=9.0, title="Ida")
    blue = texts(ax, diagrams.FORWARD)
    numbers = ["1", "0,5", "0,25", "−0,75", "2", "0,1", "0,2", "0,3", "0,4", "0,6", "0,7", "9"]
    assert sorted(blue) == sorted([*numbers, "b = 0,01", "b = 0,02", "b = 0,03"])
    assert texts(ax, diagrams.BACKWARD) == []
    assert ax.get_title() == "Ida"


def test_every_forward_number_gets_a_derivative():
    ax = diagrams.network(NAMES, VALUES, WEIGHTS, BIASES, 9.0, GRADIENTS)
    orange = texts(ax, diagrams.BACKWARD)
    expected = [*range(11, 16), *range(21, 27), *range(31, 34), 1]  # o 1 é ∂L/∂L
    assert sorted(orange) == sorted(map(str, expected))
    assert len(orange) == len(texts(ax, diagrams.FORWARD))


def test_derivative_is_right_below_its_value():
    ax = diagrams.network(NAMES, VALUES, WEIGHTS, BIASES, 9.0, GRADIENTS)
    place = {text.get_text(): np.array(text.get_position()) for text in ax.texts}
    for value, slope in (("0,3", "23"), ("0,2", "22"), ("−0,75", "14"), ("b = 0,03", "33")):
        apart = place[value] - place[slope]
        assert apart[0] == pytest.approx(0)
        assert 0 < apart[1] < 0.5


def test_numbers_of_crossing_edges_do_not_meet():
    ax = diagrams.network(NAMES, VALUES, WEIGHTS, BIASES, 9.0, GRADIENTS)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text() in {"0,1", "0,2", "0,3", "0,4"}]
    assert len(boxes) == 4
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": [["a"]]}, "ao menos duas camadas"),
        ({"values": [[1.0], [0.25, -0.75], [2.0]]}, "values"),
        ({"weights": [np.ones((2, 2)), np.ones((1, 2))]}, "weights"),
        ({"biases": [[0.0, 0.0]]}, "biases"),
        ({"gradients": {"values": VALUES, "weights": WEIGHTS}}, "faltam em gradients: biases"),
    ],
)
def test_mistakes_are_named(change, message):
    arguments = {"names": NAMES, "values": VALUES, "weights": WEIGHTS, "biases": BIASES, "loss": 9.0}
    with pytest.raises(ValueError, match=message):
        diagrams.network(**(arguments | change))


def test_draws_on_the_given_axes_and_is_exported():
    _, ax = plt.subplots()
    assert plots.network(NAMES, VALUES, WEIGHTS, BIASES, 9.0, ax=ax) is ax
