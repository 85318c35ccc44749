"""Executa o Lab 5 inteiro, com as respostas de referência, pelo motor e pelo caminho do lab original.

Uso: python benchmarks/lab5.py [--minutos 60]

Três execuções das mesmas redes:

1. com o motor e as épocas deste lab;
2. com o caminho do lab original (`tf.data`, `fit`) e as mesmas épocas: o que o motor ganha sozinho;
3. com o motor e as épocas do original (até 10.000, paciência de 200), só para contá-las: vezes os
   segundos por época da execução 2, são o tempo do original, que levaria horas a medir. Passados os
   `--minutos`, as redes que faltam valem as épocas da execução 1, ou 201 (a paciência mais uma), e a razão é um limite inferior.
"""

from __future__ import annotations

import argparse
import math
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
THEIR_LEAST = 201  # com paciência de 200, nenhuma rede do original para antes
PROMISED = 4.0


class Until(keras.callbacks.Callback):
    """Para o treino quando o relógio chega a `deadline`, em segundos de `time.monotonic`."""

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self.deadline = deadline

    def on_epoch_end(self, epoch, logs=None):
        if time.monotonic() > self.deadline:
            self.model.stop_training = True


class Watch:
    """Treina no lugar de `training.fit`, até `deadline`, e mostra e anota o tempo e as épocas de cada rede."""

    def __init__(self, fit, deadline: float = math.inf) -> None:
        self.fit, self.deadline = fit, deadline
        self.rows: list[tuple[int, int, float]] = []  # parâmetros, épocas, segundos
        self.cut = False  # se o prazo parou alguma rede

    def __call__(self, model, *data, callbacks, **options):
        begin = time.monotonic()
        callbacks = [*callbacks, Until(self.deadline)]
        history = self.fit(model, *data, callbacks=callbacks, **options)
        seconds = time.monotonic() - begin
        self.cut |= time.monotonic() > self.deadline
        self.rows.append((model.count_params(), len(history.epoch), seconds))
        line = (
            f"  {model.count_params():>9} parâmetros  {len(history.epoch):>6} épocas  {number(seconds):>7} s"
        )
        print(line, file=sys.__stdout__, flush=True)  # a saída das células está presa
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
    parser = argparse.ArgumentParser(description="O Lab 5 inteiro, pelo motor e pelo caminho original.")
    parser.add_argument("--minutos", type=float, default=60, help="até quando contar as épocas do original")
    minutes = parser.parse_args().minutos
    os.chdir(tempfile.mkdtemp())
    print("motor, épocas deste lab", flush=True)
    mine = Watch(training.fit)
    ours = execute(mine)
    print(f"{number(ours / 60)} min\n\noriginal, épocas deste lab", flush=True)
    theirs = Watch(original)
    same = execute(theirs)
    print(f"{number(same / 60)} min\n\nmotor, épocas do original", flush=True)
    longer = Watch(training.fit, time.monotonic() + 60 * minutes)
    execute(longer, THEIR_EPOCHS)
    whole = ours - sum(spent for *_, spent in mine.rows)  # o que não é treino
    for (_, least, _), (_, done, spent), (_, count, _) in zip(
        mine.rows, theirs.rows, longer.rows, strict=True
    ):
        whole += max(count, least, THEIR_LEAST) * spent / done
    at_least = "ao menos " if longer.cut else ""
    print(f"\noriginal/motor, mesmas épocas: {number(same / ours)}")
    print(
        f"o original, com as épocas dele, levaria {at_least}{number(whole / 60)} min: "
        f"{at_least}{number(whole / ours)} vezes o nosso"
    )
    return 0 if whole / ours >= PROMISED else 1


if __name__ == "__main__":
    sys.exit(main())
