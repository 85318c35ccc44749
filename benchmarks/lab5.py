"""Executa o Lab 5 inteiro, com as respostas de referência, pelo motor e pelo caminho do lab original.

Uso: python benchmarks/lab5.py

Três execuções das mesmas doze redes:

1. com o motor e as épocas deste lab;
2. com o caminho do lab original (`tf.data`, `fit`) e as mesmas épocas: o que o motor ganha sozinho;
3. com o motor e as épocas do original (até 10.000, paciência de 200), só para contá-las: vezes os
   segundos por época da execução 2, são o tempo do original, que levaria horas a medir.
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
THEIR_EPOCHS = ("max_epochs=200, patience=25", "max_epochs=10_000, patience=200")
PROMISED = 4.0


class Watch:
    """Treina no lugar de `training.fit` e anota o tempo e as épocas de cada rede."""

    def __init__(self, fit) -> None:
        self.fit = fit
        self.rows: list[tuple[int, int, float]] = []  # parâmetros, épocas, segundos

    def __call__(self, model, *data, **options):
        begin = time.monotonic()
        history = self.fit(model, *data, **options)
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
    argparse.ArgumentParser(description="O Lab 5 inteiro, pelo motor e pelo caminho original.").parse_args()
    os.chdir(tempfile.mkdtemp())
    watches, seconds = {}, {}
    for name, fit, epochs in (
        ("motor, épocas deste lab", training.fit, ("", "")),
        ("original, épocas deste lab", original, ("", "")),
        ("motor, épocas do original", training.fit, THEIR_EPOCHS),
    ):
        watches[name] = Watch(fit)
        seconds[name] = execute(watches[name], epochs)
        print(f"\n{name}: {number(seconds[name] / 60)} min", flush=True)
        for params, count, spent in watches[name].rows:
            print(f"  {params:>9} parâmetros  {count:>6} épocas  {number(spent):>7} s", flush=True)
    ours, same, _ = seconds.values()
    _, by_original, longer = (watch.rows for watch in watches.values())
    fixed = ours - sum(spent for *_, spent in watches["motor, épocas deste lab"].rows)  # o que não é treino
    theirs = fixed + sum(
        count * spent / done for (_, done, spent), (_, count, _) in zip(by_original, longer, strict=True)
    )
    print(f"\noriginal/motor, mesmas épocas: {number(same / ours)}")
    print(
        f"o original, com as épocas dele, levaria {number(theirs / 60)} min: {number(theirs / ours)} vezes o nosso"
    )
    return 0 if theirs / ours >= PROMISED else 1


if __name__ == "__main__":
    sys.exit(main())
