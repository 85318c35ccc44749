"""Animações: um PNG válido, com os quadros pedidos e a figura completa como imagem parada."""

import base64
import io
import struct

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from gradiente import plots


def racing(frames=6):
    """Uma linha que cresce: a figura e a função que a leva ao quadro k."""
    figure, ax = plt.subplots(figsize=(3, 2))
    (line,) = ax.plot([], [])
    ax.set(xlim=(0, frames), ylim=(0, frames))

    def update(frame):
        line.set_data(range(frame + 2), range(frame + 2))
        return [line]

    return figure, update


@pytest.fixture
def animation():
    figure, update = racing()
    return plots.animate(figure, update, frames=6, plays=3)


def chunks(data):
    """Os blocos do PNG, (tipo, conteúdo), na ordem do arquivo."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, found = 8, []
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        found.append((kind, data[at + 8 : at + 8 + size]))
        at += size + 12
    return found


def test_is_one_animated_png(animation):
    found = chunks(animation.png)
    kinds = [kind for kind, _ in found]
    assert kinds[0] == b"IHDR" and kinds[-1] == b"IEND"
    frames, plays = struct.unpack(">II", dict(found)[b"acTL"])
    assert (frames, plays) == (6, 3)
    assert kinds.count(b"fcTL") == 6 == animation.frames
    assert kinds.index(b"IDAT") < kinds.index(b"fcTL")  # a imagem parada não é um quadro
    assert kinds.count(b"PLTE") == 1
    assert (animation.width, animation.height) == (300, 200)


def test_still_image_is_the_complete_picture(animation):
    with Image.open(io.BytesIO(animation.png)) as image:
        still = np.asarray(image.convert("RGB")).astype(float)
        image.seek(image.n_frames - 1)
        last = np.asarray(image.convert("RGB")).astype(float)
        image.seek(1)
        first = np.asarray(image.convert("RGB")).astype(float)
    figure, update = racing()
    update(5)
    complete = np.asarray(Image.open(io.BytesIO(plots.png(figure))).convert("RGB")).astype(float)
    plt.close(figure)
    assert np.array_equal(still, last)
    assert not np.array_equal(first, last)
    assert still.shape == complete.shape
    assert np.abs(still - complete).mean() < 0.5  # só a redução da paleta
    assert still[0, 0].tolist() == [255, 255, 255]


def test_last_frame_stays_longer():
    figure, update = racing()
    data = plots.animate(figure, update, frames=6, milliseconds=50, pause=900).png
    delays = [struct.unpack(">HH", content[20:24]) for kind, content in chunks(data) if kind == b"fcTL"]
    seconds = [top / bottom for top, bottom in delays]
    assert seconds == pytest.approx([0.05] * 5 + [0.9])


def test_same_frames_give_the_same_bytes(animation):
    figure, update = racing()
    assert plots.animate(figure, update, frames=6, plays=3).png == animation.png
    assert not plt.fignum_exists(figure.number)  # fechada


def test_show_publishes_image_and_alternative_text(animation, monkeypatch):
    published = []
    monkeypatch.setattr("IPython.display.display", lambda data, **rest: published.append((data, rest)))
    animation.show(alt="Uma reta que cresce\n da origem ao canto.")
    (image, rest), (folded, _) = published
    assert base64.b64decode(image["image/png"]) == animation.png
    assert rest["metadata"]["image/png"] == {
        "alt": "Uma reta que cresce da origem ao canto.",
        "width": 300,
        "height": 200,
    }
    assert image["text/plain"] == "Figura: Uma reta que cresce da origem ao canto."
    assert "<details>" in folded["text/html"]


def test_errors_say_what_to_do(animation, monkeypatch):
    with pytest.raises(ValueError, match="texto alternativo"):
        animation.show(alt="  ")
    with pytest.raises(TypeError, match="figura do Matplotlib"):
        plots.animate("figura", print, frames=5)
    figure, update = racing()
    with pytest.raises(TypeError, match="artistas que se movem"):
        plots.animate(figure, lambda frame: None, frames=5)
    for frames in (1, 61):
        with pytest.raises(ValueError, match="de 2 a 60 quadros"):
            plots.animate(figure, update, frames=frames)
    with pytest.raises(ValueError, match="inteiros positivos"):
        plots.animate(figure, update, frames=5, plays=0)
    monkeypatch.setattr("gradiente.animations.MAX_BYTES", 100)
    with pytest.raises(ValueError, match="menos quadros"):
        plots.animate(figure, update, frames=5)
