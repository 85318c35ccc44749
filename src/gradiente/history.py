"""Curvas de aprendizado: compara os históricos de vários treinos em uma só figura."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from gradiente.figures import Colors, comma_axes

METRIC_NAMES = {
    "loss": "Perda",
    "accuracy": "Acurácia",
    "acc": "Acurácia",
    "binary_accuracy": "Acurácia",
    "sparse_categorical_accuracy": "Acurácia",
    "categorical_accuracy": "Acurácia",
    "binary_crossentropy": "Entropia cruzada binária",
    "sparse_categorical_crossentropy": "Entropia cruzada",
    "categorical_crossentropy": "Entropia cruzada",
    "mean_squared_error": "Erro quadrático médio",
    "mean_absolute_error": "Erro absoluto médio",
    "learning_rate": "Taxa de aprendizado",
}


class HistoryPlotter:
    """Desenha a mesma métrica de vários treinos: linha cheia no treino, tracejada na validação.

    Parameters
    ----------
    metric : str
        Nome da métrica no histórico do Keras; a de validação tem o prefixo `val_`.
    smoothing_std : float or None
        Desvio padrão, em épocas, da gaussiana que suaviza as curvas. `None` ou 0 não suaviza.
    colors : Colors, optional
        As cores por nome, para que se repitam em outras figuras.

    Raises
    ------
    ValueError
        Se `smoothing_std` for negativo ou não finito.

    Notes
    -----
    Cada nome conserva a sua cor em todas as figuras feitas pelo mesmo objeto.
    """

    def __init__(
        self,
        metric: str = "binary_crossentropy",
        smoothing_std: float | None = 10.0,
        colors: Colors | None = None,
    ) -> None:
        if smoothing_std is not None and not (math.isfinite(smoothing_std) and smoothing_std >= 0):
            raise ValueError(
                f"smoothing_std deve ser None ou um número de épocas ≥ 0, mas veio {smoothing_std!r}"
            )
        self.metric = metric
        self.smoothing_std = smoothing_std
        self.colors = colors or Colors()

    def plot(
        self,
        histories: Mapping[str, Any],
        ax: Axes | None = None,
        logx: bool = False,
        logy: bool = False,
        title: str | None = None,
    ) -> Axes:
        """Desenha as curvas.

        Parameters
        ----------
        histories : dict of str to keras.callbacks.History or dict
            Um histórico por nome; um dicionário vai de métrica a lista de valores.
        ax : matplotlib Axes, optional
            Onde desenhar. Sem ele, abre-se uma figura nova.
        logx, logy : bool
            Eixos logarítmicos. As épocas contam a partir de 0, como no Keras, e a época 0 não cabe em
            um eixo logarítmico: ali as curvas começam na época 1.
        title : str, optional
            Título, que de preferência diz o que a figura mostra.

        Returns
        -------
        Axes
            Os eixos, para o que mais se queira mudar.

        Raises
        ------
        ValueError
            Se não houver históricos ou se a métrica não estiver em algum deles.
        """
        if not histories:
            raise ValueError("não há históricos para desenhar")
        curves = {name: self._curves(name, history) for name, history in histories.items()}
        if ax is None:
            _, ax = plt.subplots()
        last = 0
        for name, (epochs, train, validation) in curves.items():
            color = self.colors[name]
            ax.plot(epochs, self.smooth(train), color=color, label=f"{name}, treino")
            if validation is not None:
                ax.plot(epochs, self.smooth(validation), "--", color=color, label=f"{name}, validação")
            last = max(last, int(epochs[-1]))
        ax.set_xlabel("Época")
        ax.set_ylabel(METRIC_NAMES.get(self.metric, self.metric.replace("_", " ").capitalize()))
        if logx:
            ax.set_xscale("log")
        if logy:
            ax.set_yscale("log")
        if ax.get_xscale() == "linear":
            ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))  # não há época e meia
        first = 1 if ax.get_xscale() == "log" else 0
        ax.set_xlim(first, max(last, first + 1))  # um eixo precisa de dois limites, mesmo com uma época
        if title:
            ax.set_title(title)
        ax.legend()
        return comma_axes(ax)

    def smooth(self, values: Any) -> np.ndarray:
        """Média móvel gaussiana, com núcleo exp(−x²/(2σ²)) e σ = `smoothing_std` épocas.

        Parameters
        ----------
        values : array, shape (épocas,)
            A curva. Valores não finitos (um treino que divergiu) ficam como estão e não contaminam
            os vizinhos.

        Returns
        -------
        ndarray, shape (épocas,), float64
            Em cada ponto, a média dos vizinhos ponderada pelo núcleo e dividida pela soma dos pesos
            que existem: nas bordas, em que falta um dos lados, a curva não é puxada para zero.
        """
        values = np.asarray(values, dtype=np.float64)
        if not self.smoothing_std or len(values) < 2:
            return values.copy()
        radius = min(math.ceil(6 * self.smoothing_std), len(values) - 1)
        distance = np.arange(-radius, radius + 1)
        kernel = np.exp(-(distance**2) / (2 * self.smoothing_std**2))
        finite = np.isfinite(values)
        inside = slice(radius, radius + len(values))
        weighted = np.convolve(np.where(finite, values, 0.0), kernel)[inside]
        weight = np.convolve(finite.astype(np.float64), kernel)[inside]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(finite, weighted / weight, values)

    def _curves(self, name: str, history: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        record = getattr(history, "history", history)
        if not isinstance(record, Mapping):
            raise ValueError(f"{name}: esperava um History do Keras ou um dicionário de métricas")
        if self.metric not in record or len(record[self.metric]) == 0:
            available = ", ".join(sorted(record)) or "nenhuma"
            raise ValueError(f"{name}: não há a métrica {self.metric!r} no histórico (há: {available})")
        train = np.asarray(record[self.metric], dtype=np.float64)
        validation = record.get(f"val_{self.metric}")
        if validation is not None:
            validation = np.asarray(validation, dtype=np.float64)
            if len(validation) != len(train):  # validação a cada k épocas não diz em quais aconteceu
                raise ValueError(f"{name}: há {len(train)} épocas de treino e {len(validation)} de validação")
        epochs = getattr(history, "epoch", None)
        epochs = np.asarray(epochs if epochs else range(len(train)))
        return (epochs if len(epochs) == len(train) else np.arange(len(train))), train, validation
