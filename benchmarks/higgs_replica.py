"""Treina os sete modelos do Lab 5 no HIGGS (ou na réplica) e confere o comportamento que a lição ensina.

Uso: python benchmarks/higgs_replica.py [--fator 1.0] [--semente 1] [--modelos Tiny,Large]

Sai com código 1 se algum dos três veredictos falhar.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from dataclasses import dataclass

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import tensorflow as tf

N_VALIDATION, N_TRAIN, BATCH_SIZE = 1_000, 10_000, 500
STEPS_PER_EPOCH = N_TRAIN // BATCH_SIZE


@dataclass(frozen=True)
class Recipe:
    """Uma das redes comparadas: `depth` camadas ELU de `units` neurônios e uma saída linear."""

    units: int
    depth: int
    epochs: int
    l2: float = 0.0
    dropout: float = 0.0

    def build(self) -> keras.Model:
        """Rede nova, com 28 entradas e um logit na saída."""
        layers = [keras.Input((28,))]
        for _ in range(self.depth):
            penalty = keras.regularizers.L2(self.l2) if self.l2 else None
            layers.append(keras.layers.Dense(self.units, activation="elu", kernel_regularizer=penalty))
            if self.dropout:
                layers.append(keras.layers.Dropout(self.dropout))
        return keras.Sequential([*layers, keras.layers.Dense(1)])


RECIPES = {
    "Tiny": Recipe(16, 1, 600),
    "Small": Recipe(16, 2, 600),
    "Medium": Recipe(64, 3, 300),
    "Large": Recipe(512, 4, 110),
    "L2": Recipe(512, 4, 200, l2=1e-3),
    "Dropout": Recipe(512, 4, 200, dropout=0.5),
    "Combinado": Recipe(512, 4, 300, l2=1e-4, dropout=0.5),
}


@dataclass(frozen=True)
class Result:
    """O que a tabela mostra de um treinamento; entropias cruzadas binárias (BCE) em nats."""

    name: str
    params: int
    best_val: float
    best_epoch: int
    train: float
    val: float
    accuracy: float
    seconds: float


def train(name: str, recipe: Recipe, x, y, *, seed: int = 1, factor: float = 1.0) -> Result:
    """Treina uma rede do zero, uma época compilada de cada vez, sem parada antecipada.

    Parameters
    ----------
    x, y : arrays (n, 28) e (n, 1), float32, com n ≥ 11.000
        As 1.000 primeiras linhas validam; as 10.000 seguintes treinam.
    factor : float
        Multiplica o número de épocas da receita.
    """
    keras.utils.set_random_seed(seed)
    model = recipe.build()
    schedule = keras.optimizers.schedules.InverseTimeDecay(1e-3, STEPS_PER_EPOCH * 1_000, 1.0)
    optimizer = keras.optimizers.Adam(schedule)
    optimizer.build(model.trainable_variables)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    cut = slice(N_VALIDATION, N_VALIDATION + N_TRAIN)
    x_val, y_val, x_train, y_train = map(tf.constant, (x[:N_VALIDATION], y[:N_VALIDATION], x[cut], y[cut]))

    @tf.function(jit_compile=not recipe.dropout)  # o XLA sorteia as máscaras mais devagar que o TensorFlow
    def run_epoch(order):
        total = 0.0
        for step in tf.range(STEPS_PER_EPOCH):
            x_batch, y_batch = tf.gather(x_train, order[step]), tf.gather(y_train, order[step])
            with tf.GradientTape() as tape:
                loss = bce(y_batch, model(x_batch, training=True))
                objective = loss + (tf.add_n(model.losses) if recipe.l2 else 0.0)
            optimizer.apply(tape.gradient(objective, model.trainable_variables))
            total += loss
        logits = model(x_val, training=False)
        hits = tf.cast(tf.equal(logits > 0, y_val > 0.5), tf.float32)
        return total / STEPS_PER_EPOCH, bce(y_val, logits), tf.reduce_mean(hits)

    rng, history, start = np.random.default_rng(seed), [], time.perf_counter()
    epochs = max(1, round(factor * recipe.epochs))
    for epoch in range(epochs):
        order = rng.permutation(N_TRAIN).reshape(STEPS_PER_EPOCH, BATCH_SIZE)
        history.append([float(value) for value in run_epoch(tf.constant(order, tf.int32))])
        if (epoch + 1) % max(1, epochs // 4) == 0:
            loss, val, _ = history[-1]
            print(
                comma(f"  {name}: época {epoch + 1}/{epochs}, BCE {loss:.4f}, validação {val:.4f}"),
                flush=True,
            )
    losses = np.array(history)
    best = int(losses[:, 1].argmin())
    seconds = time.perf_counter() - start
    return Result(name, model.count_params(), losses[best, 1], best, *losses[-1], seconds)


def comma(text: str) -> str:
    """Troca o ponto decimal por vírgula, sem tocar nos outros pontos."""
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text)


def table(results: list[Result]) -> str:
    """Tabela de texto, uma linha por modelo."""
    titles = ("parâmetros", "mín. val.", "na época", "treino", "val. final", "acurácia", "tempo")
    lines = [f"{'modelo':<10}" + "".join(f"{title:>12}" for title in titles)]
    for r in results:
        values = (
            r.params,
            f"{r.best_val:.4f}",
            r.best_epoch,
            f"{r.train:.4f}",
            f"{r.val:.4f}",
            f"{r.accuracy:.3f}",
        )
        lines.append(f"{r.name:<10}" + "".join(f"{value:>12}" for value in (*values, f"{r.seconds:.0f} s")))
    return comma("\n".join(lines))


def verdicts(results: list[Result]) -> list[tuple[bool, str]]:
    """Os três fatos que a lição afirma, com os valores medidos; só os que os modelos treinados permitem."""
    by_name, lines = {r.name: r for r in results}, []
    if "Tiny" in by_name:
        ratio = by_name["Tiny"].val / by_name["Tiny"].best_val
        lines.append(
            (ratio <= 1.03, f"Tiny não sobreajusta: validação final = {ratio:.3f} × o mínimo (até 1,03)")
        )
    if "Large" in by_name:
        large = by_name["Large"]
        ratio = large.val / large.best_val
        text = f"Large decora: BCE de treino {large.train:.4f} (abaixo de 0,02) e validação final = {ratio:.2f} × o mínimo"
        lines.append((large.train < 0.02 and ratio >= 2, text + " (2 ou mais)"))
    if set(by_name) == set(RECIPES):
        best = by_name["Combinado"].best_val
        other = min((r for r in results if r.name != "Combinado"), key=lambda r: r.best_val)
        text = (
            f"L2 + dropout tem o menor mínimo: {best:.4f}, {other.best_val - best:.4f} abaixo de {other.name}"
        )
        lines.append(
            (best < other.best_val, f"{text} e {by_name['Tiny'].best_val - best:.4f} abaixo de Tiny")
        )
    return [(passed, comma(text)) for passed, text in lines]


def main() -> int:
    """Lê as opções, treina, mostra a tabela e os veredictos."""
    parser = argparse.ArgumentParser(description="Compara os sete modelos do Lab 5 no HIGGS.")
    parser.add_argument("--fator", type=float, default=1.0, help="multiplica o número de épocas (padrão: 1)")
    parser.add_argument("--semente", type=int, default=1, help="semente dos pesos e da ordem dos lotes")
    parser.add_argument("--modelos", default=",".join(RECIPES), help="nomes separados por vírgula")
    options = parser.parse_args()

    from gradiente.datasets import load_higgs

    data = load_higgs(N_VALIDATION + N_TRAIN)
    print(f"HIGGS: {len(data.x)} linhas, origem: {data.origin}", flush=True)
    names = options.modelos.split(",")
    results = [
        train(name, RECIPES[name], data.x, data.y, seed=options.semente, factor=options.fator)
        for name in names
    ]
    checks = verdicts(results)
    print("\n" + table(results) + "\n")
    for passed, text in checks:
        print(("certo: " if passed else "FALHOU: ") + text)
    print(f"Total: {sum(r.seconds for r in results):.0f} s")
    return 0 if all(passed for passed, _ in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
