"""Mede, na mesma rodada, o `fit` do lab original, o `fit` sobre arrays e o motor de treino.

Uso: python benchmarks/training.py [--modelos mínima,grande] [--segundos 4] [--rodadas 2]

Cada rede do Lab 5 treina dos mesmos pesos, com os três, em rodadas alternadas: ms por época (o menor tempo
das rodadas), a razão entre eles e a perda a que cada um chegou. Sai com código 1 se o motor não cumprir as razões
prometidas ou se a perda depois de 5 épocas, sobre os mesmos lotes, não for a do `fit`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import tensorflow as tf

from gradiente import training
from gradiente.datasets import cat_noncat_files, load_higgs

SAME_EPOCHS, TOLERANCE = 5, 1e-5


@dataclass(frozen=True)
class Network:
    """Uma rede do Lab 5: camadas ocultas iguais, uma saída linear."""

    data: str
    units: int
    depth: int
    activation: str = "elu"
    l2: float = 0.0
    dropout: float = 0.0
    promised: float | None = None  # razão mínima entre o lab original e o motor

    def build(self, shape: tuple[int, ...]) -> keras.Model:
        """A rede, compilada como `compile_and_fit` compila."""
        keras.utils.set_random_seed(1)
        layers = [keras.Input(shape), *([keras.layers.Flatten()] if len(shape) > 1 else [])]
        for _ in range(self.depth):
            penalty = keras.regularizers.L2(self.l2) if self.l2 else None
            layers.append(keras.layers.Dense(self.units, self.activation, kernel_regularizer=penalty))
            if self.dropout:
                layers.append(keras.layers.Dropout(self.dropout))
        model = keras.Sequential([*layers, keras.layers.Dense(1)])
        rate = keras.optimizers.schedules.InverseTimeDecay(
            1e-3 if self.data == "higgs" else 3e-5, 20_000, 1.0
        )
        model.compile(
            keras.optimizers.Adam(rate),
            keras.losses.BinaryCrossentropy(from_logits=True),
            metrics=[
                keras.metrics.BinaryCrossentropy(from_logits=True, name="binary_crossentropy"),
                keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy"),
            ],
        )
        return model


NETWORKS = {
    "mínima": Network("higgs", 16, 1, promised=10),
    "pequena": Network("higgs", 16, 2, promised=10),
    "média": Network("higgs", 64, 3, promised=5),
    "grande": Network("higgs", 512, 4, promised=1.4),
    "gigante": Network("higgs", 1024, 4),
    "L2": Network("higgs", 512, 4, l2=1e-3),
    "dropout": Network("higgs", 512, 4, dropout=0.5),
    "L2 + dropout": Network("higgs", 512, 4, l2=1e-4, dropout=0.5),
    "gatos pequena": Network("gatos", 128, 1, "relu"),
    "gatos média": Network("gatos", 256, 3, "relu"),
    "gatos grande": Network("gatos", 1024, 4, "relu"),
}


@dataclass(frozen=True)
class Data:
    """Um problema: treino, validação e tamanho do lote."""

    x: np.ndarray
    y: np.ndarray
    validation: tuple[np.ndarray, np.ndarray]
    batch_size: int


def load(name: str) -> Data:
    """As 1.000 + 10.000 linhas do HIGGS, ou 159 + 50 imagens de gatos."""
    if name == "higgs":
        data = load_higgs(11_000)
        return Data(data.x[1_000:], data.y[1_000:], (data.x[:1_000], data.y[:1_000]), 500)
    import h5py

    with h5py.File(cat_noncat_files().train) as file:
        x = file["train_set_x"][:].astype("float32") / 255
        y = file["train_set_y"][:].reshape(-1, 1).astype("float32")
    return Data(x[50:], y[50:], (x[:50], y[:50]), 32)


def original(model, data, epochs, callbacks=(), shuffle=True) -> keras.callbacks.History:
    """O caminho do lab de que o nosso partiu: um tf.data que embaralha exemplo a exemplo e se repete."""
    stream = tf.data.Dataset.from_tensor_slices((data.x, data.y)).cache()
    stream = stream.shuffle(len(data.x)) if shuffle else stream
    return model.fit(
        stream.repeat().batch(data.batch_size),
        epochs=epochs,
        steps_per_epoch=len(data.x) // data.batch_size,
        validation_data=tf.data.Dataset.from_tensor_slices(data.validation).cache().batch(data.batch_size),
        callbacks=list(callbacks),
        shuffle=False,  # o fluxo já embaralha
        verbose=0,
    )


def on_arrays(fit: Callable) -> Callable:
    """Um treinador que recebe os dados em memória: o `fit` do Keras ou o motor."""

    def trainer(model, data, epochs, callbacks=(), shuffle=True) -> keras.callbacks.History:
        return fit(
            model,
            data.x,
            data.y,
            batch_size=data.batch_size,
            epochs=epochs,
            shuffle=shuffle,
            validation_data=data.validation,
            validation_batch_size=len(data.validation[0]),
            callbacks=list(callbacks),
            verbose=0,
        )

    return trainer


TRAINERS = {"original": original, "fit": on_arrays(keras.Model.fit), "motor": on_arrays(training.fit)}


class Clock(keras.callbacks.Callback):
    """Anota o fim de cada época e para quando o tempo acaba.

    Age por época, como a parada antecipada do lab: o motor não pode juntar épocas em uma chamada.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds, self.ends = seconds, []

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Para depois de `seconds` segundos, e de pelo menos três épocas."""
        self.ends.append(time.perf_counter())
        spent = self.ends[-1] - self.ends[0]
        self.model.stop_training = len(self.ends) > 3 and spent > self.seconds

    @property
    def ms(self) -> float:
        """Milissegundos por época, sem a primeira, que traça e compila."""
        return 1_000 * (self.ends[-1] - self.ends[0]) / (len(self.ends) - 1)


@dataclass(frozen=True)
class Measure:
    """O que a tabela mostra de uma rede; cada dicionário tem uma entrada por treinador."""

    name: str
    params: int
    ms: dict[str, float]
    first: dict[str, float]
    loss: dict[str, float]
    same: float | None

    def ratio(self, against: str) -> float:
        """Quantas vezes o motor é mais rápido que `against`."""
        return self.ms[against] / self.ms["motor"]


def measure(name: str, network: Network, data: Data, seconds: float, rounds: int) -> Measure:
    """Treina a rede com os três, em rodadas alternadas."""
    shape = data.x.shape[1:]
    ms, first, loss = ({trainer: [] for trainer in TRAINERS} for _ in range(3))
    for _ in range(rounds):
        for trainer, train in TRAINERS.items():
            clock = Clock(seconds)
            start = time.perf_counter()
            train(network.build(shape), data, 100_000, [clock])
            ms[trainer].append(clock.ms)
            first[trainer].append(clock.ends[0] - start)
            keras.backend.clear_session()
    for trainer, train in TRAINERS.items():
        history = train(network.build(shape), data, SAME_EPOCHS, shuffle=False)
        loss[trainer] = history.history["loss"][-1]
    best = {trainer: min(values) for trainer, values in ms.items()}
    # as máscaras do dropout só são as mesmas quando fit e motor dão os mesmos passos
    same = abs(loss["motor"] / loss["fit"] - 1)
    params = network.build(shape).count_params()
    return Measure(name, params, best, {t: min(v) for t, v in first.items()}, loss, same)


def number(value: float, digits: int) -> str:
    """Com vírgula decimal."""
    return f"{value:.{digits}f}".replace(".", ",")


def main() -> int:
    """Lê as opções, mede, mostra a tabela e confere o que se prometeu."""
    parser = argparse.ArgumentParser(description="Compara o motor de treino com o fit do Keras.")
    parser.add_argument("--modelos", default=",".join(NETWORKS), help="nomes separados por vírgula")
    parser.add_argument("--segundos", type=float, default=4.0, help="de cada treino medido (padrão: 4)")
    parser.add_argument("--rodadas", type=int, default=2, help="rodadas alternadas (padrão: 2)")
    options = parser.parse_args()
    names = options.modelos.split(",")
    unknown = [name for name in names if name not in NETWORKS]
    if unknown:
        parser.error(f"não conheço {', '.join(unknown)}; há {', '.join(NETWORKS)}")
    data = {kind: load(kind) for kind in {NETWORKS[name].data for name in names}}
    print(f"núcleos: {os.cpu_count()} · ms por época (o menor de {options.rodadas} rodadas)\n")
    titles = (
        "original",
        "fit",
        "motor",
        "orig./motor",
        "fit/motor",
        "1ª época",
        f"perda, {SAME_EPOCHS} ép.",
        "difere",
    )
    print(f"{'rede':<15}{'parâmetros':>11}" + "".join(f"{title:>14}" for title in titles))
    failures = []
    for name in names:
        network = NETWORKS[name]
        m = measure(name, network, data[network.data], options.segundos, options.rodadas)
        cells = [number(m.ms[trainer], 1) for trainer in TRAINERS]
        cells += [
            number(m.ratio("original"), 1),
            number(m.ratio("fit"), 1),
            f"{number(m.first['motor'], 1)} s",
        ]
        cells += [number(m.loss["motor"], 5), f"{m.same:.0e}"]
        print(f"{name:<15}{m.params:>11}" + "".join(f"{cell:>14}" for cell in cells), flush=True)
        if network.promised and m.ratio("original") < network.promised:
            failures.append(
                f"{name}: {number(m.ratio('original'), 1)} × o original, e não {network.promised}"
            )
        if m.same > TOLERANCE:
            failures.append(f"{name}: a perda do motor difere da de fit em {m.same:.0e} (relativo)")
    print()
    for failure in failures:
        print("FALHOU:", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
