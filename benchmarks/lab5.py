"""Executa o Lab 5 inteiro, com as respostas de referência, pelo motor e pelo caminho do lab original.

Uso: python benchmarks/lab5.py [--minutos 45]

Mede, na mesma rodada e sobre as mesmas redes, o tempo das doze redes do lab:

1. com o motor e as épocas deste lab;
2. com o caminho do lab original (`tf.data`, `fit`) e as mesmas épocas: o que o motor ganha sozinho;
3. com o caminho e as épocas do original (até 10.000 no HIGGS, paciência de 200): o que o estudante deixa de
   esperar. Esta parte para em `--minutos`, e então a razão é um limite inferior.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ["MPLBACKEND"] = "agg"

import keras
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import tensorflow as tf
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from gradiente import training

NOTEBOOK = Path(__file__).resolve().parents[1] / "source" / "lab5-regularizacao" / "lab5.ipynb"
THEIR_EPOCHS = ("max_epochs=400, patience=50", "max_epochs=10_000, patience=200")
PROMISED = 4.0


class TimeUpError(Exception):
    """Passou do tempo pedido."""


class Watch:
    """Treina no lugar de `training.fit` e anota o tempo e as épocas de cada rede."""

    def __init__(self, fit, deadline: float = float("inf")) -> None:
        self.fit, self.deadline = fit, deadline
        self.rows: list[tuple[int, int, float]] = []  # parâmetros, épocas, segundos

    def __call__(self, model, x, y, *, callbacks, **options):
        def late(epoch, logs=None):
            if time.monotonic() > self.deadline:
                raise TimeUpError

        if self.deadline < float("inf"):
            callbacks = [*callbacks, keras.callbacks.LambdaCallback(on_epoch_end=late)]
        begin = time.monotonic()
        history = self.fit(model, x, y, callbacks=callbacks, **options)
        self.rows.append((model.count_params(), len(history.epoch), time.monotonic() - begin))
        return history


def original(model, x, y, *, batch_size, epochs, validation_data, callbacks, verbose, **_):
    """O treino do lab de que o nosso partiu: um tf.data que embaralha exemplo a exemplo e se repete."""
    stream = tf.data.Dataset.from_tensor_slices((x, y)).cache().shuffle(len(x)).repeat().batch(batch_size)
    validation = tf.data.Dataset.from_tensor_slices(validation_data).cache().batch(batch_size)
    return model.fit(
        stream,
        epochs=epochs,
        steps_per_epoch=int(np.ceil(len(x) / batch_size)),
        validation_data=validation,
        callbacks=callbacks,
        shuffle=False,
        verbose=verbose,
    )


def execute(watch: Watch, epochs: tuple[str, str] = ("", "")) -> float:
    """Executa as células do lab, com `watch` no lugar de `training.fit`; devolve os segundos."""
    ours = training.fit
    training.fit = watch
    shell = InteractiveShell()
    begin = time.monotonic()
    try:
        for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
            if cell.cell_type == "code":
                with capture_output():
                    result = shell.run_cell(cell.source.replace(*epochs))
                plt.close("all")
                if isinstance(result.error_in_exec, TimeUpError):
                    break
                result.raise_error()
    finally:
        training.fit = ours
        keras.backend.clear_session()
    return time.monotonic() - begin


def number(value: float) -> str:
    """Uma casa, com vírgula."""
    return f"{value:.1f}".replace(".", ",")


def main() -> int:
    """Executa as três vezes, mostra as redes e as razões."""
    parser = argparse.ArgumentParser(description="O Lab 5 inteiro, pelo motor e pelo caminho original.")
    parser.add_argument("--minutos", type=float, default=45.0, help="limite da terceira execução")
    options = parser.parse_args()
    os.chdir(tempfile.mkdtemp())
    runs: list[tuple[str, float, Watch]] = []
    for name, fit, epochs in (
        ("motor, épocas deste lab", training.fit, ("", "")),
        ("original, épocas deste lab", original, ("", "")),
        ("original, épocas do original", original, THEIR_EPOCHS),
    ):
        limit = time.monotonic() + 60 * options.minutos if epochs == THEIR_EPOCHS else float("inf")
        watch = Watch(fit, limit)
        seconds = execute(watch, epochs)
        runs.append((name, seconds, watch))
        cut = " (interrompida: é um limite inferior)" if time.monotonic() > limit else ""
        print(f"\n{name}: {number(seconds / 60)} min{cut}", flush=True)
        for params, count, spent in watch.rows:
            print(f"  {params:>9} parâmetros  {count:>6} épocas  {number(spent):>7} s", flush=True)
    (_, ours, _), (_, same, _), (_, theirs, _) = runs
    print(f"\noriginal/motor, mesmas épocas: {number(same / ours)}")
    print(f"original/motor, épocas de cada um: {number(theirs / ours)}")
    return 0 if theirs / ours >= PROMISED else 1


if __name__ == "__main__":
    sys.exit(main())
