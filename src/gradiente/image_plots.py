"""Mostra imagens em grade, cada uma com a sua legenda: exemplos de um conjunto, acertos e erros de uma rede."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gradiente.figures import PALETTE


def images(
    pictures: Sequence[np.ndarray],
    labels: Sequence[str],
    title: str,
    columns: int = 10,
    marked: Sequence[bool] | None = None,
) -> Figure:
    """Desenha imagens em uma grade, em tons de cinza ou em cores.

    Parameters
    ----------
    pictures : sequence of ndarray, shape (altura, largura) ou (altura, largura, 3)
        As imagens. Em cores, com valores uint8 ou reais de 0 a 1.
    labels : sequence of str
        A legenda de cada imagem. Uma legenda pode ter mais de uma linha.
    title : str
        O que a figura mostra.
    columns : int
        Imagens por linha.
    marked : sequence of bool, optional
        Imagens cuja legenda aparece em destaque (laranja, em negrito), como os erros de uma rede.

    Raises
    ------
    ValueError
        Se não houver imagens, se faltarem legendas ou se `columns` não for positivo.
    """
    if not len(pictures):
        raise ValueError("não há imagens para mostrar")
    marked = [False] * len(pictures) if marked is None else list(marked)
    if len(labels) != len(pictures) or len(marked) != len(pictures):
        raise ValueError(f"há {len(pictures)} imagens, {len(labels)} legendas e {len(marked)} marcas")
    if columns < 1:
        raise ValueError("columns deve ser 1 ou mais")
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    lines = max(label.count("\n") + 1 for label in labels)
    figure, axes = plt.subplots(
        rows, columns, squeeze=False, figsize=(1.15 * columns + 0.2, (1.1 + 0.2 * lines) * rows + 0.5)
    )
    for ax in axes.flat:
        ax.axis("off")
    for ax, picture, label, mark in zip(axes.flat, pictures, labels, marked, strict=False):
        ax.imshow(picture, cmap="gray_r", interpolation="nearest")
        style = {"color": PALETTE[1], "fontweight": "bold"} if mark else {}
        ax.set_title(label, fontsize=9.5, **style)
    figure.suptitle(title)
    return figure
