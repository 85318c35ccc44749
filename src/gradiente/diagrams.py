"""Desenhos de redes pequenas, com a ida (valores) e a volta (gradientes) escritas em cada unidade e ligação."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from gradiente.figures import PALETTE

FORWARD, BACKWARD = PALETTE[0], PALETTE[1]  # azul na ida, laranja na volta
COLUMN, ROW, RADIUS = 3.1, 2.5, 0.62
LOSS_COLUMN = 1.9


def network(
    names: Sequence[Sequence[str]],
    values: Sequence[Any],
    weights: Sequence[Any],
    biases: Sequence[Any],
    loss: float,
    gradients: dict[str, Sequence[Any]] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Desenha uma rede densa pequena com os seus números.

    Em cada círculo e em cada ligação, o número azul é um valor da ida; o número laranja abaixo dele é a
    derivada da perda em relação a esse valor. Os vieses aparecem em quadros ligados à sua unidade.

    Parameters
    ----------
    names : sequence of sequences of str
        O nome de cada unidade, camada por camada, das entradas à saída; aceita fórmulas (`"$x_1$"`).
    values : sequence of array, shapes (unidades,)
        O valor de cada unidade na ida, uma sequência por camada, entradas incluídas.
    weights : sequence of array, shapes (unidades da camada, unidades da seguinte)
        Uma matriz por par de camadas seguidas: a linha diz de onde sai a ligação; a coluna, aonde chega.
    biases : sequence of array, shapes (unidades,)
        Os vieses de cada camada depois das entradas.
    loss : float
        A perda, desenhada à direita da saída.
    gradients : dict of str to sequence, optional
        As chaves "values", "weights" e "biases", com os mesmos formatos. Sem ele, só a ida é desenhada.
    title : str, optional
        O que a figura mostra.
    ax : Axes, optional
        Onde desenhar. Sem ele, abre-se uma figura nova.

    Returns
    -------
    Axes
        Os eixos do desenho.

    Raises
    ------
    ValueError
        Se houver menos de duas camadas, se algum formato não combinar com `names` ou se faltar uma
        das chaves de `gradients`.

    Examples
    --------
    >>> ax = network([["x"], ["y"]], [[2.0], [1.0]], [[[0.5]]], [[0.0]], loss=1.0)
    >>> len(ax.patches)  # a entrada, a saída e a perda
    3
    """
    sizes = [len(layer) for layer in names]
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError("uma rede tem ao menos duas camadas, cada uma com ao menos uma unidade")
    values, weights, biases = _checked(sizes, values, weights, biases)
    slopes = None
    if gradients is not None:
        missing = {"values", "weights", "biases"} - set(gradients)
        if missing:
            raise ValueError(f"faltam em gradients: {', '.join(sorted(missing))}")
        slopes = _checked(sizes, gradients["values"], gradients["weights"], gradients["biases"])
    width = COLUMN * (len(sizes) - 1) + LOSS_COLUMN
    height = ROW * (max(sizes) - 1)
    if ax is None:
        _, ax = plt.subplots(figsize=(width + 1.6, height + 3.1))
    place = [
        [(COLUMN * layer, ROW * ((size - 1) / 2 - unit)) for unit in range(size)]
        for layer, size in enumerate(sizes)
    ]
    for layer, matrix in enumerate(weights):
        for (i, j), weight in np.ndenumerate(matrix):
            start, end = np.array(place[layer][i]), np.array(place[layer + 1][j])
            ax.plot(*np.stack([start, end]).T, color="#C9C9C9", linewidth=1.6, zorder=1)
            # as ligações que se cruzam levam o número perto de onde saem, longe do cruzamento
            share = 0.5 if start[1] == end[1] or min(matrix.shape) == 1 else 0.33
            slope = None if slopes is None else slopes[1][layer][i, j]
            _numbers(ax, start + share * (end - start), weight, slope, boxed=True)
    for layer, centers in enumerate(place):
        for unit, center in enumerate(centers):
            slope = None if slopes is None else slopes[0][layer][unit]
            _unit(ax, center, names[layer][unit], values[layer][unit], slope)
            if layer == 0:
                continue
            upward = 1 if center[1] >= 0 else -1
            box = (center[0], center[1] + upward * 1.2)
            ax.plot(*zip(center, box, strict=True), color="#C9C9C9", linewidth=1.6, linestyle=":", zorder=1)
            slope = None if slopes is None else slopes[2][layer - 1][unit]
            _numbers(ax, box, biases[layer - 1][unit], slope, boxed=True, prefix="b = ")
    end = (COLUMN * (len(sizes) - 1) + LOSS_COLUMN, 0.0)
    for center in place[-1]:
        ax.plot(*zip(center, end, strict=True), color="#C9C9C9", linewidth=1.6, zorder=1)
    _unit(ax, end, "$L$", float(loss), None if slopes is None else 1.0)
    ax.set_xlim(-0.8, width + 0.8)
    ax.set_ylim(-height / 2 - 1.55, height / 2 + 1.55)
    ax.set_aspect("equal")
    ax.axis("off")
    key = [
        ("azul: valor, na ida", FORWARD, "normal"),
        ("laranja: derivada da perda, na volta", BACKWARD, "bold"),
    ]
    for line, (text, color, weight) in enumerate(key[: 1 if slopes is None else 2]):
        style = {"color": color, "fontweight": weight, "ha": "right", "va": "center"}
        ax.text(width + 0.7, -height / 2 - 1.05 - 0.32 * line, text, **style)
    if title:
        ax.set_title(title)
    return ax


def _checked(sizes: list[int], values: Any, weights: Any, biases: Any) -> tuple[list[np.ndarray], ...]:
    """Os três grupos como arrays, com os formatos conferidos."""
    expected = {
        "values": [(size,) for size in sizes],
        "weights": list(itertools.pairwise(sizes)),
        "biases": [(size,) for size in sizes[1:]],
    }
    found = []
    for (name, shapes), group in zip(expected.items(), (values, weights, biases), strict=True):
        arrays = [np.asarray(array, dtype=np.float64) for array in group]
        got = [array.shape for array in arrays]
        if got != shapes:
            raise ValueError(f"{name} deveria ter os formatos {shapes}, mas tem {got}")
        found.append(arrays)
    return tuple(found)


def _unit(ax: Axes, center: Any, name: str, value: float, slope: float | None) -> None:
    ax.add_patch(Circle(center, RADIUS, facecolor="white", edgecolor=PALETTE[6], linewidth=1.5, zorder=3))
    ax.text(center[0], center[1] + 0.31, name, ha="center", va="center", fontsize=13, zorder=4)
    _numbers(ax, (center[0], center[1] - 0.14), value, slope, boxed=False)


def _numbers(ax: Axes, center: Any, value: float, slope: float | None, boxed: bool, prefix: str = "") -> None:
    """O valor, em azul, e abaixo dele a derivada, em laranja."""
    shift = 0.0 if slope is None else 0.14
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2} if boxed else None
    common = {"ha": "center", "va": "center", "fontsize": 11, "zorder": 5, "bbox": box}
    x, y = center
    ax.text(x, y + shift, prefix + _short(value), color=FORWARD, **common)
    if slope is not None:
        ax.text(x, y - shift, _short(slope), color=BACKWARD, fontweight="bold", **common)


def _short(value: float) -> str:
    """Três algarismos significativos, vírgula decimal e sinal de menos ("−0,423", "1")."""
    return f"{float(value):.3g}".replace(".", ",").replace("-", "−")
