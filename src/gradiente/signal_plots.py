"""Figuras dos instrumentos de `gradiente.signal`: recebem os dados medidos, nunca o modelo."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gradiente.figures import GREY, PALETTE, SHADE, Colors, comma_axes
from gradiente.formatting import percent


def bars_per_layer(
    series: Mapping[str, Any],
    ylabel: str,
    title: str,
    log: bool = True,
    guess: tuple[str, float, str] | None = None,
    colors: Colors | None = None,
) -> Figure:
    """Uma barra por camada, um painel por rede, os mesmos eixos em todos.

    Parameters
    ----------
    series : dict of str to array, shape (camadas,)
        O valor medido em cada camada, da primeira à última, por rede.
    ylabel, title : str
        O que se mede, e o que a figura mostra.
    log : bool
        Eixo vertical logarítmico. Valores não finitos ficam sem barra; os nulos, com um 0 no lugar dela.
    guess : (str, float, str), optional
        Rede, altura e rótulo de uma linha tracejada: o palpite do estudante.
    colors : Colors, optional
        As cores por nome, para que se repitam em outras figuras.

    Raises
    ------
    ValueError
        Se não houver séries ou se nenhum valor puder ser desenhado.
    """
    if not series:
        raise ValueError("não há séries para desenhar")
    values = {name: np.asarray(data, dtype=np.float64) for name, data in series.items()}
    drawable = [
        data[np.isfinite(data) & (data > 0)] if log else data[np.isfinite(data)] for data in values.values()
    ]
    every = np.concatenate(drawable)
    if not len(every):
        raise ValueError("nenhum valor pode ser desenhado nesta escala")
    colors = colors or Colors()
    figure, axes = plt.subplots(
        1, len(values), sharey=True, squeeze=False, figsize=(3.1 * len(values) + 0.9, 3.9)
    )
    for ax, (name, data) in zip(axes.flat, values.items(), strict=True):
        layers = np.arange(1, len(data) + 1)
        shown = np.where(np.isfinite(data) & ((data > 0) | (not log)), data, np.nan)
        ax.bar(layers, shown, color=colors[name], width=0.75)
        # os limites que o matplotlib daria se todas as barras estivessem lá
        edge = 0.375 + 0.05 * (len(data) - 0.25)
        ax.set_xlim(1 - edge, len(data) + edge)
        for layer in layers[data == 0] if log else ():
            ax.text(layer, 0.01, "0", transform=ax.get_xaxis_transform(), ha="center", va="bottom")
        ax.set_title(name)
        ax.set_xlabel("Camada")
        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    if log:
        # a base das barras de um eixo logarítmico é o limite de baixo: folga de uma década
        low, high = every.min(), every.max()
        if guess and guess[1] > 0:
            low, high = min(low, guess[1]), max(high, guess[1])
        axes[0, 0].set_yscale("log")
        axes[0, 0].set_ylim(10.0 ** np.floor(np.log10(low) - 0.3), 10.0 ** np.ceil(np.log10(high) + 0.05))
    axes[0, 0].set_ylabel(ylabel)
    if guess:
        network, height, label = guess
        ax = axes.flat[list(values).index(network)]
        ax.axhline(height, color=PALETTE[6], linestyle="--", linewidth=1.6)
        # à esquerda, onde estão as primeiras camadas: se o gradiente desvanece, ali as barras são baixas
        ax.annotate(
            label,
            (0.02, height),
            xycoords=("axes fraction", "data"),
            xytext=(0, 4),
            textcoords="offset points",
            va="bottom",
            fontsize=11,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
        )
    for ax in axes.flat:
        comma_axes(ax)
    figure.suptitle(title)
    return figure


def lines_per_layer(
    series: Mapping[str, Any],
    ylabel: str,
    title: str,
    log: bool = True,
    expected: Mapping[str, Any] | None = None,
    guess: tuple[float, str] | None = None,
    colors: Colors | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Um valor por camada, uma linha por rede, no mesmo par de eixos.

    Serve para muitas camadas e várias redes, como o desvio padrão das ativações sob várias
    inicializações; para poucas camadas, `bars_per_layer` se lê melhor.

    Parameters
    ----------
    series : dict of str to array, shape (camadas,)
        O valor medido em cada camada, da primeira à última, por rede.
    ylabel, title : str
        O que se mede, e o que a figura mostra.
    log : bool
        Eixo vertical logarítmico. Valores nulos ou não finitos interrompem a linha.
    expected : dict of str to array, shape (camadas,), optional
        O que a teoria prevê para algumas das redes: linha tracejada da mesma cor.
    guess : (float, str), optional
        Altura e rótulo de uma linha pontilhada horizontal: o palpite do estudante.
    colors : Colors, optional
        As cores por nome, para que se repitam em outras figuras.
    ax : Axes, optional
        Onde desenhar. Sem ele, abre-se uma figura nova.

    Raises
    ------
    ValueError
        Se não houver séries, se nenhum valor puder ser desenhado ou se `expected` trouxer uma rede
        que não está em `series`.
    """
    if not series:
        raise ValueError("não há séries para desenhar")
    expected = expected or {}
    unknown = [name for name in expected if name not in series]
    if unknown:
        raise ValueError(f"previsão para uma rede que não foi medida: {', '.join(unknown)}")
    colors = colors or Colors()
    if ax is None:
        _, ax = plt.subplots(figsize=(9.0, 4.2))
    drawn = 0
    for name, data in series.items():
        for style, values in (("-", data), ("--", expected.get(name))):
            if values is None:
                continue
            values = np.asarray(values, dtype=np.float64)
            shown = np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)
            layers = np.arange(1, len(shown) + 1)
            label = name if style == "-" else None
            ax.plot(layers, shown, style, color=colors[name], label=label, alpha=1 if label else 0.65)
            drawn += int(np.isfinite(shown).sum())
    if not drawn:
        raise ValueError("nenhum valor pode ser desenhado nesta escala")
    if expected:
        ax.plot([], [], "--", color=GREY, label="previsto")
    if guess:
        ax.axhline(guess[0], color=PALETTE[6], linestyle=":", linewidth=1.6, label=guess[1])
    if log:
        ax.set_yscale("log")
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.set_xlim(1, None)
    ax.set_xlabel("Camada")
    ax.set_ylabel(ylabel)
    ax.set_title(title)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))  # fora: as linhas ocupam toda a altura
    return comma_axes(ax)


def activation_histograms(
    cases: Mapping[str, Sequence[np.ndarray]],
    layers: Sequence[int],
    title: str,
    flat: tuple[float, float] | None = None,
    xlim: tuple[float, float] = (0.0, 1.0),
    shares: Mapping[str, Sequence[float]] | None = None,
    colors: Colors | None = None,
) -> Figure:
    """Histogramas das ativações: uma linha por caso, uma coluna por camada.

    Parameters
    ----------
    cases : dict of str to sequence of ndarray
        As saídas de cada camada desenhada, por caso.
    layers : sequence of int
        O número de cada camada desenhada, a partir de 1.
    title : str
        O que a figura mostra.
    flat : (float, float), optional
        Saídas abaixo da primeira e acima da segunda estão na zona plana, que fica sombreada.
    xlim : (float, float)
        Limites das saídas, iguais em todos os painéis.
    shares : dict of str to sequence of float, optional
        Fração das saídas na zona plana, escrita em cada painel.
    colors : Colors, optional
        As cores por nome.

    Raises
    ------
    ValueError
        Se algum caso não tiver uma saída por camada desenhada.
    """
    colors = colors or Colors()
    figure, axes = plt.subplots(
        len(cases),
        len(layers),
        sharex=True,
        squeeze=False,
        figsize=(1.75 * len(layers) + 0.9, 1.9 * len(cases) + 0.9),
    )
    bins = np.linspace(*xlim, 41)
    for row, (name, outputs) in enumerate(cases.items()):
        if len(outputs) != len(layers):
            raise ValueError(f"{name}: há {len(outputs)} saídas para {len(layers)} camadas")
        for column, output in enumerate(outputs):
            ax = axes[row, column]
            if flat:
                ax.axvspan(xlim[0], flat[0], color=SHADE, zorder=0)
                ax.axvspan(flat[1], xlim[1], color=SHADE, zorder=0)
            ax.hist(np.ravel(output), bins=bins, color=colors[name], density=True)
            ax.set_xlim(xlim)
            ax.set_yticks([])
            ax.grid(False)
            ax.set_xticks([xlim[0], sum(xlim) / 2, xlim[1]])
            ax.set_ylim(0, 1.25 * ax.get_ylim()[1])  # lugar para a fração, acima das barras
            if row == 0:
                ax.set_title(f"camada {layers[column]}", fontsize=11)
            if shares:
                text = percent(shares[name][column])
                ax.text(0.5, 0.91, text, transform=ax.transAxes, ha="center", va="center", fontsize=11)
            comma_axes(ax)
        axes[row, 0].set_ylabel(name)
    figure.supxlabel(
        "Ativação" + (" (a fração escrita é a que cai na zona plana, sombreada)" if flat and shares else ""),
        fontsize=12,
    )
    figure.suptitle(title)
    return figure


def activation_curves(
    z: np.ndarray,
    functions: Mapping[str, tuple[np.ndarray, np.ndarray]],
    title: str,
    flat: float = 0.1,
    ylim: tuple[float, float] | None = None,
    colors: Colors | None = None,
) -> Figure:
    """Funções de ativação (cheias) e suas derivadas (tracejadas), com as zonas planas sombreadas.

    Parameters
    ----------
    z : ndarray, shape (pontos,)
        As pré-ativações.
    functions : dict of str to (ndarray, ndarray)
        Valores da função e da derivada em cada ponto.
    title : str
        O que a figura mostra.
    flat : float
        É plana a zona em que a derivada é menor que esta fração da maior.
    ylim : (float, float), optional
        Limites verticais, iguais em todos os painéis.
    colors : Colors, optional
        As cores por nome.
    """
    colors = colors or Colors()
    figure, axes = plt.subplots(
        1, len(functions), squeeze=False, sharey=True, figsize=(3.3 * len(functions) + 0.6, 3.8)
    )
    for ax, (name, (value, slope)) in zip(axes.flat, functions.items(), strict=True):
        is_flat = slope < flat * slope.max()
        ax.fill_between(
            z,
            0,
            1,
            where=is_flat,
            transform=ax.get_xaxis_transform(),
            color=SHADE,
            linewidth=0,
            label="zona plana",
        )
        ax.plot(z, value, color=colors[name], label="função")
        ax.plot(z, slope, "--", color=PALETTE[6], label="derivada")
        top = float(slope.max())
        ax.axhline(top, color=GREY, linewidth=0.8, linestyle=":")
        ax.set_title(f"{name}: derivada até {_short(top)}", fontsize=12)
        ax.set_xlabel("Pré-ativação z")
        ax.set_xlim(z[0], z[-1])
        if ylim:
            ax.set_ylim(ylim)
        comma_axes(ax)
    axes[0, 0].legend(loc="upper left", frameon=True, facecolor="white", framealpha=1, edgecolor="white")
    figure.suptitle(title)
    return figure


def _short(value: float) -> str:
    """Um número com vírgula e até duas casas, sem zeros à direita ("0,25", "1")."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def layers_over_time(
    networks: Mapping[str, Mapping[str, np.ndarray]],
    title: str,
    log: Collection[str] = (),
) -> Figure:
    """Uma linha por camada ao longo das épocas, da primeira (escura) à última (clara).

    Parameters
    ----------
    networks : dict of str to dict of str to ndarray, shape (épocas + 1, camadas)
        Por rede (uma linha de painéis), o que se mede (uma coluna). Os painéis de uma coluna têm o
        mesmo eixo vertical.
    title : str
        O que a figura mostra.
    log : collection of str
        Medidas em eixo logarítmico; ali, valores nulos ficam sem desenho.

    Raises
    ------
    ValueError
        Se não houver redes ou se elas não tiverem as mesmas medidas.
    """
    if not networks:
        raise ValueError("não há redes para desenhar")
    measures = list(next(iter(networks.values())))
    if any(list(record) != measures for record in networks.values()):
        raise ValueError("todas as redes precisam das mesmas medidas, na mesma ordem")
    layers = max(values.shape[1] for record in networks.values() for values in record.values())
    shape = (len(networks), len(measures))
    figure, axes = plt.subplots(
        *shape, squeeze=False, sharex=True, sharey="col", figsize=(3.1 * shape[1] + 1.2, 2.4 * shape[0] + 0.9)
    )
    shades = plt.get_cmap("viridis")
    scale = Normalize(1, layers * 1.12)  # sem o amarelo do fim da escala, que some no branco
    for row, (name, record) in enumerate(networks.items()):
        for column, (measure, values) in enumerate(record.items()):
            ax = axes[row, column]
            for layer in range(values.shape[1]):
                line = values[:, layer]
                if measure in log:
                    line = np.where(line > 0, line, np.nan)
                ax.plot(line, color=shades(scale(layer + 1)), linewidth=1.8)
            ax.set_xlim(0, len(values) - 1)
            ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            if row == 0:
                ax.set_title(measure, fontsize=12)
            if row == shape[0] - 1:
                ax.set_xlabel("Épocas de treino")
        axes[row, 0].set_ylabel(name)
    for column, measure in enumerate(measures):
        if measure in log:
            axes[0, column].set_yscale("log")
    for ax in axes.flat:
        comma_axes(ax)
    figure.colorbar(
        ScalarMappable(scale, shades),
        ax=axes,
        label="Camada",
        boundaries=np.arange(0.5, layers + 1),
        ticks=[1, layers],
        pad=0.01,
    )
    figure.suptitle(title)
    return figure


def products(factors: Sequence[float], layers: int, floor: float = 1e-10, ax: Axes | None = None) -> Axes:
    """O produto de n fatores iguais, para n de 0 a `layers`, em escala logarítmica.

    Parameters
    ----------
    factors : sequence of float
        Fatores positivos, um por curva.
    layers : int
        Até quantos fatores.
    floor : float
        Menor produto desenhado; uma curva que passa abaixo dele sai da figura.
    ax : Axes, optional
        Onde desenhar. Sem ele, abre-se uma figura nova.

    Raises
    ------
    ValueError
        Se algum fator não for positivo: o logaritmo do produto não existiria.
    """
    if min(factors) <= 0:
        raise ValueError("os fatores devem ser positivos")
    if ax is None:
        _, ax = plt.subplots()
    steps = np.arange(layers + 1)
    for index, factor in enumerate(factors):
        curve = np.float64(factor) ** steps
        color = PALETTE[index % len(PALETTE)]
        ax.plot(steps, curve, color=color)
        last = np.flatnonzero(curve >= floor)[-1]  # onde a curva termina ou sai da figura
        ax.annotate(
            _short(factor),
            (steps[last], curve[last]),
            xytext=(6, 2 if last < layers else 0),
            textcoords="offset points",
            color=color,
            va="center",
            annotation_clip=False,
        )
    ax.set_yscale("log")
    ax.set_ylim(bottom=floor)
    ax.set_xlim(0, layers)
    ax.set_xlabel("Número de fatores n")
    ax.set_ylabel("Produto")
    return comma_axes(ax)


def two_paths(ax: Axes | None = None) -> Axes:
    """Desenha a rede 2-2-2-1 e os dois caminhos pelos quais o peso da primeira entrada age na perda."""
    if ax is None:
        _, ax = plt.subplots()
    ax.axis("off")
    position = {
        "x1": (0, 1),
        "x2": (0, 0),
        "a1": (1, 1),
        "a2": (1, 0),
        "b1": (2, 1),
        "b2": (2, 0),
        "y": (3, 0.5),
        "L": (3.9, 0.5),
    }
    text = {
        "x1": "$x_1$",
        "x2": "$x_2$",
        "a1": "$h_1^{(1)}$",
        "a2": "$h_2^{(1)}$",
        "b1": "$h_1^{(2)}$",
        "b2": "$h_2^{(2)}$",
        "y": r"$\hat{y}$",
        "L": "$L$",
    }
    edges = [("x1", "a2"), ("x2", "a1"), ("x2", "a2"), ("a2", "b1"), ("a2", "b2")]
    for start, end in edges:
        ax.plot(*zip(position[start], position[end], strict=True), color="#C9C9C9", linewidth=1.4, zorder=1)
    for color, path in ((PALETTE[0], ("a1", "b1", "y")), (PALETTE[1], ("a1", "b2", "y"))):
        ax.plot(*zip(*(position[node] for node in path), strict=True), color=color, linewidth=3, zorder=2)
    ax.plot(*zip(position["x1"], position["a1"], strict=True), color=PALETTE[6], linewidth=3, zorder=2)
    ax.plot(*zip(position["y"], position["L"], strict=True), color=PALETTE[6], linewidth=3, zorder=2)
    ax.text(0.5, 1.1, "$w_{1,1}^{(1)}$", ha="center", fontsize=13)
    ax.text(2.55, 0.9, "caminho 1", color=PALETTE[0])
    ax.text(2.55, 0.1, "caminho 2", va="top", color=PALETTE[1])
    for node, (x, y) in position.items():
        ax.scatter(x, y, s=1150, color="white", edgecolor=PALETTE[6], linewidth=1.4, zorder=3)
        ax.text(x, y, text[node], ha="center", va="center", fontsize=13, zorder=4)
    ax.set_xlim(-0.35, 4.25)
    ax.set_ylim(-0.35, 1.35)
    return ax
