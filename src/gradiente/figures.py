"""A base das figuras do curso: estilo, cores, vírgula decimal nos eixos e exibição com texto alternativo.

Importar este módulo aplica o estilo do curso ao Matplotlib.
"""

from __future__ import annotations

import base64
import html
import io
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter, LogLocator, NullFormatter, NullLocator, ScalarFormatter

# Cores que se distinguem com qualquer forma de daltonismo (Okabe e Ito, 2008). A ordem deixa o amarelo,
# que some no papel branco, para o fim.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#F0E442")
GREY = "#6E6E6E"
SHADE = "#F3D9C9"  # faixas que chamam a atenção (zona plana)
DPI = 120

STYLE = {
    "figure.figsize": (8.0, 4.0),
    "figure.constrained_layout.use": True,
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.labelsize": 12,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "legend.fontsize": 11,
    "legend.frameon": False,
    "lines.linewidth": 2.2,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "axes.prop_cycle": plt.cycler(color=PALETTE),
}
plt.rcParams.update(STYLE)


class Colors:
    """Uma cor por nome, sempre a mesma enquanto o objeto viver.

    Raises
    ------
    ValueError
        Se alguém tentar reservar (`fixed`) uma cor que não está na paleta.
    """

    def __init__(self, fixed: dict[str, str] | None = None) -> None:
        self._by_name = dict(fixed or {})
        unknown = set(self._by_name.values()) - set(PALETTE)
        if unknown:
            raise ValueError(f"cor fora da paleta do curso: {', '.join(sorted(unknown))}")

    def __getitem__(self, name: str) -> str:
        if name not in self._by_name:
            used = list(self._by_name.values())
            # a menos usada, na ordem da paleta: só repete quando a paleta acaba
            self._by_name[name] = min(PALETTE, key=used.count)
        return self._by_name[name]


# --- eixos ---------------------------------------------------------------------------------------


class CommaFormatter(ScalarFormatter):
    """Rótulos de eixo linear com vírgula decimal ("0,25")."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return super().__call__(x, pos).replace(".", ",")

    def get_offset(self) -> str:
        return super().get_offset().replace(".", ",")


class CommaLogFormatter(LogFormatter):
    """Rótulos de eixo logarítmico: "0,01", "1", "100", ou potências de dez ("10⁻⁵").

    Parameters
    ----------
    powers : bool
        Se os rótulos são potências de dez, como convém a um eixo de muitas décadas.
    **options
        As opções de `matplotlib.ticker.LogFormatter`.
    """

    def __init__(self, powers: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.powers = powers

    def __call__(self, x: float, pos: int | None = None) -> str:
        if not super().__call__(x, pos) or x <= 0:  # o Matplotlib decide quais marcas levam rótulo
            return ""
        if not self.powers:
            return f"{x:.10f}".rstrip("0").rstrip(".").replace(".", ",")
        exponent = int(np.floor(np.log10(x) + 1e-9))
        mantissa = x / 10.0**exponent
        factor = "" if abs(mantissa - 1) < 1e-6 else f"{mantissa:.3g}·".replace(".", "{,}")
        return f"${factor}10^{{{exponent}}}$"


def comma_axes(ax: Axes) -> Axes:
    """Põe vírgula decimal nos rótulos numéricos dos dois eixos, lineares ou logarítmicos.

    Parameters
    ----------
    ax : matplotlib Axes
        Os eixos, já na escala final: mudar a escala depois desfaz os rótulos.

    Returns
    -------
    Axes
        O mesmo objeto.
    """
    for axis in (ax.xaxis, ax.yaxis):
        if axis.get_scale() == "log":
            low, high = sorted(axis.get_view_interval())
            decades = np.log10(high / low) if low > 0 else np.inf
            powers = bool(decades > 5 or low < 1e-5 or high > 1e6)
            # em uma década ou menos, só as potências de dez deixariam o eixo quase sem rótulos
            axis.set_major_formatter(CommaLogFormatter(powers, labelOnlyBase=decades > 1))
            axis.set_minor_formatter(NullFormatter() if decades > 1 else CommaLogFormatter(powers))
            if decades > 4:
                axis.set_minor_locator(NullLocator())  # dezenas de riscos que ninguém lê
            if decades > 8:  # com muitas décadas, uma marca a cada duas ou mais
                axis.set_major_locator(LogLocator(numticks=7))
        elif isinstance(axis.get_major_formatter(), ScalarFormatter):
            axis.set_major_formatter(CommaFormatter())
    return ax


# --- exibição ------------------------------------------------------------------------------------


def png(figure: Figure) -> bytes:
    """A figura em PNG; bytes iguais para figuras iguais (sem data nem programa nos metadados)."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def show(figure: Figure | Axes | np.ndarray, alt: str) -> None:
    """Mostra uma figura no caderno, uma vez só, com a descrição que a substitui para quem não a vê.

    Parameters
    ----------
    figure : Figure, Axes ou array de Axes
        A figura, ou qualquer dos seus eixos. É fechada ao fim.
    alt : str
        Texto alternativo: o que a figura mostra e o que se conclui, sem números que mudem de uma
        execução para outra.

    Raises
    ------
    ValueError
        Se o texto alternativo estiver vazio.
    TypeError
        Se não for uma figura do Matplotlib.

    Notes
    -----
    O texto vai nos metadados da imagem (que o modelo "classic" do nbconvert e o do curso põem no
    atributo alt), na alternativa em texto puro e em uma descrição que se abre sob a figura. Assim ele
    chega ao leitor também onde os metadados se perdem, como no modelo padrão do nbconvert.
    """
    from IPython.display import display

    alt = " ".join(alt.split())
    if not alt:
        raise ValueError("toda figura precisa de um texto alternativo: diga o que ela mostra")
    first: Any = figure.flat[0] if isinstance(figure, np.ndarray) and figure.size else figure
    target = first if isinstance(first, Figure) else getattr(first, "figure", None)
    if not isinstance(target, Figure):
        raise TypeError(f"esperava uma figura do Matplotlib, mas veio {type(figure).__name__}")
    image = png(target)
    width, height = (round(side * 100) for side in target.get_size_inches())
    plt.close(target)
    display(
        {"image/png": base64.b64encode(image).decode("ascii"), "text/plain": f"Figura: {alt}"},
        metadata={"image/png": {"alt": alt, "width": width, "height": height}},
        raw=True,
    )
    folded = f"<details><summary>Descrição da figura</summary><p>{html.escape(alt)}</p></details>"
    display({"text/html": folded, "text/plain": "Descrição da figura, acima."}, raw=True)
