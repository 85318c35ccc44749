"""As figuras do curso, em um só lugar: o que as lições importam.

A base (estilo, vírgula decimal, `show`) está em `gradiente.figures`; as curvas de aprendizado, em
`gradiente.history`; as figuras dos instrumentos, em `gradiente.signal_plots`; as grades de imagens, em
`gradiente.image_plots`; as animações, em `gradiente.animations`.
"""

from gradiente.animations import Animation, animate
from gradiente.diagrams import network
from gradiente.figures import (
    PALETTE,
    Colors,
    CommaFormatter,
    CommaLogFormatter,
    comma_axes,
    png,
    show,
)
from gradiente.history import HistoryPlotter
from gradiente.image_plots import images
from gradiente.signal_plots import (
    activation_curves,
    activation_histograms,
    bars_per_layer,
    layers_over_time,
    lines_per_layer,
    products,
    two_paths,
)

__all__ = [
    "PALETTE",
    "Animation",
    "Colors",
    "CommaFormatter",
    "CommaLogFormatter",
    "HistoryPlotter",
    "activation_curves",
    "activation_histograms",
    "animate",
    "bars_per_layer",
    "comma_axes",
    "images",
    "layers_over_time",
    "lines_per_layer",
    "network",
    "png",
    "products",
    "show",
    "two_paths",
]
