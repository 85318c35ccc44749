"""Figuras que se movem: um PNG animado, que mostra a figura completa onde a animação não chega."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

from gradiente.figures import DPI

MAX_FRAMES = 60
MAX_BYTES = 600_000
EXACT, BLENDED = 128, 126  # cores da paleta: as mais frequentes, intactas, e as médias das outras
CLEAR = EXACT + BLENDED  # o lugar da paleta que quer dizer "como no quadro anterior"


@dataclass(frozen=True)
class Animation:
    """Um PNG animado (APNG), pronto para o caderno.

    Attributes
    ----------
    png : bytes
        O arquivo. Quem não sabe de animações (o PDF, um visualizador antigo) vê o último quadro.
    frames : int
        Número de quadros pedidos. Quadros seguidos iguais ocupam um só lugar no arquivo.
    width, height : int
        Tamanho com que a figura aparece na página, em pixels.
    """

    png: bytes
    frames: int
    width: int
    height: int

    def show(self, alt: str) -> None:
        """Mostra a animação no caderno, com a descrição que a substitui para quem não a vê.

        Parameters
        ----------
        alt : str
            Texto alternativo: o que se move, o que a figura completa mostra e o que se conclui, sem
            números que mudem de uma execução para outra.

        Raises
        ------
        ValueError
            Se o texto alternativo estiver vazio.

        Notes
        -----
        Publica o mesmo que `gradiente.figures.show`: a imagem com o texto nos metadados, a alternativa
        em texto puro e a descrição que se abre sob a figura.
        """
        from IPython.display import display

        alt = " ".join(alt.split())
        if not alt:
            raise ValueError("toda figura precisa de um texto alternativo: diga o que ela mostra")
        display(
            {"image/png": base64.b64encode(self.png).decode("ascii"), "text/plain": f"Figura: {alt}"},
            metadata={"image/png": {"alt": alt, "width": self.width, "height": self.height}},
            raw=True,
        )
        folded = f"<details><summary>Descrição da figura</summary><p>{html.escape(alt)}</p></details>"
        display({"text/html": folded, "text/plain": "Descrição da figura, acima."}, raw=True)


def animate(
    figure: Figure,
    update: Callable[[int], Sequence[Artist]],
    frames: int,
    milliseconds: int = 90,
    pause: int = 2500,
    plays: int = 2,
) -> Animation:
    """Anima uma figura do Matplotlib em um só PNG, que roda algumas vezes e para no último quadro.

    Parameters
    ----------
    figure : Figure
        A figura, já com todos os artistas. É fechada ao fim.
    update : callable
        `update(k)` põe os artistas no estado do quadro `k`, de 0 a `frames` − 1, e devolve a lista dos
        que se movem, sempre os mesmos; o resto da figura é desenhado uma vez só, sob eles. O último
        quadro deve ser a figura **completa**: é ele que se vê onde a animação não roda.
    frames : int
        Número de quadros, de 2 a 60.
    milliseconds : int
        Duração de cada quadro.
    pause : int
        Duração do último quadro, entre uma apresentação e a seguinte.
    plays : int
        Quantas vezes a animação roda antes de parar, ao menos 1.

    Returns
    -------
    Animation
        Com o método `show(alt=...)`.

    Raises
    ------
    TypeError
        Se `figure` não for uma figura do Matplotlib, ou se `update` não devolver os artistas.
    ValueError
        Se `frames`, `plays` ou uma duração estiverem fora dos limites, ou se o arquivo passar de 600 kB.

    Notes
    -----
    A disposição da figura é calculada uma vez, com o quadro completo, para que os eixos não dancem. Os
    quadros dividem a mesma paleta de cores, e de cada um o arquivo guarda só o que mudou desde o
    anterior (APNG: especificação PNG, terceira edição, W3C, 2025).
    """
    if not isinstance(figure, Figure):
        raise TypeError(f"esperava uma figura do Matplotlib, mas veio {type(figure).__name__}")
    if not 2 <= frames <= MAX_FRAMES:
        raise ValueError(f"uma animação tem de 2 a {MAX_FRAMES} quadros, mas vieram {frames}")
    if plays < 1 or milliseconds < 1 or pause < 1:
        raise ValueError("plays, milliseconds e pause devem ser inteiros positivos")
    width, height = (round(side * 100) for side in figure.get_size_inches())
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    moving = update(frames - 1)
    if not isinstance(moving, (list, tuple)) or not all(isinstance(artist, Artist) for artist in moving):
        raise TypeError("update deve devolver a lista dos artistas que se movem")
    canvas.draw()  # aqui a disposição é calculada, com o quadro completo
    figure.set_layout_engine("none")
    for artist in moving:
        artist.set_animated(True)
    canvas.draw()
    still = canvas.copy_from_bbox(figure.bbox)
    pictures = []
    for frame in range(frames):
        canvas.restore_region(still)
        update(frame)
        for artist in moving:
            figure.draw_artist(artist)
        pictures.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())
    plt.close(figure)
    data = _encode(pictures, [milliseconds] * (frames - 1) + [pause], plays)
    if len(data) > MAX_BYTES:
        raise ValueError(
            f"a animação ocupa {len(data) // 1000} kB e o limite é {MAX_BYTES // 1000} kB: "
            "use menos quadros ou uma figura menor"
        )
    return Animation(data, frames, width, height)


def _encode(pictures: list[np.ndarray], durations: list[int], plays: int) -> bytes:
    """O APNG: o último quadro como imagem parada, seguido de todos os quadros."""
    indices, palette = _indexed(pictures)
    changes = [indices[0]]
    for before, after in pairwise(indices):
        changes.append(np.where(after == before, np.uint8(CLEAR), after))  # o que não mudou, transparente
    images = [_image(part, palette) for part in [indices[-1], *changes]]
    buffer = io.BytesIO()
    images[0].save(
        buffer,
        format="PNG",
        save_all=True,
        append_images=images[1:],
        default_image=True,
        duration=durations,
        loop=plays,
        blend=PngImagePlugin.Blend.OP_OVER,
        transparency=CLEAR,
    )
    return buffer.getvalue()


def _image(indices: np.ndarray, palette: np.ndarray) -> Image.Image:
    image = Image.fromarray(indices)
    image.putpalette(palette.astype(np.uint8).ravel().tolist())
    return image


def _indexed(pictures: list[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
    """As imagens em uma só paleta: as cores mais frequentes sem retoque, e médias das demais.

    O `quantize(palette=...)` do Pillow arredonda as cores antes de procurar a mais próxima, e o branco
    deixaria de ser branco; aqui a busca é exata.
    """
    codes = [(picture @ np.array([65536, 256, 1], dtype=np.uint32)).astype(np.uint32) for picture in pictures]
    sample = np.concatenate([codes[0].ravel(), codes[len(codes) // 2].ravel(), codes[-1].ravel()])
    values, counts = np.unique(sample, return_counts=True)
    common = values[np.argsort(-counts, kind="stable")[:EXACT]]
    last = Image.fromarray(np.ascontiguousarray(pictures[-1]))
    blended = last.quantize(BLENDED, method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = np.full((CLEAR + 1, 3), 255)
    palette[: len(common)] = _rgb(common)
    rest = np.reshape(blended, (-1, 3))[:BLENDED]
    palette[len(common) : len(common) + len(rest)] = rest
    present = np.zeros(1 << 24, dtype=bool)
    for code in codes:
        present[code.ravel()] = True
    lookup = np.zeros(1 << 24, dtype=np.uint8)
    for colors in np.array_split(np.flatnonzero(present), 1 + present.sum() // 4096):
        distance = ((_rgb(colors)[:, None, :] - palette[None, :CLEAR]) ** 2).sum(axis=2)
        lookup[colors] = distance.argmin(axis=1)
    return [lookup[code] for code in codes], palette


def _rgb(codes: np.ndarray) -> np.ndarray:
    """Cores escritas como um inteiro (vermelho·65536 + verde·256 + azul), separadas em três colunas."""
    codes = np.asarray(codes, dtype=np.int64)
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
