"""Compara regularizadores: cada receita, com cada semente, treinada ao mesmo tempo em um só modelo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import keras
import numpy as np
from keras import ops

__all__ = ["Comparison", "Recipe", "train_together"]


@dataclass(frozen=True)
class Recipe:
    """Uma maneira de treinar a mesma rede.

    Attributes
    ----------
    name : str
    l1, l2 : float
        Coeficientes das penalidades λ·Σ|w| e λ·Σw², somadas em cada matriz de pesos oculta.
    dropout : float em [0, 1)
        Taxa depois de cada camada oculta.
    max_norm : float
        Norma máxima dos pesos que chegam a cada unidade oculta; infinito não restringe.
    units : int, opcional
        Unidades por camada oculta, para uma rede menor; por padrão, as de `hidden`.
    """

    name: str
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    max_norm: float = math.inf
    units: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.dropout < 1:
            raise ValueError(f"{self.name}: a taxa de dropout vai de 0 a menos de 1, e veio {self.dropout}")
        if self.l1 < 0 or self.l2 < 0:
            raise ValueError(f"{self.name}: as penalidades não podem ser negativas")
        if not self.max_norm > 0:
            raise ValueError(f"{self.name}: a norma máxima deve ser positiva, e veio {self.max_norm}")
        if self.units is not None and self.units < 1:
            raise ValueError(f"{self.name}: units deve ser pelo menos 1, e veio {self.units}")


@dataclass(frozen=True)
class Comparison:
    """O que se mediu de cada receita.

    Attributes
    ----------
    recipes : tuple de Recipe
    loss, val_loss : arrays (receitas, sementes, épocas), float32
        Entropia cruzada no treino e na validação ao fim de cada época, sem penalidades e com o
        dropout desligado: a mesma quantidade para todas.
    parameters : array (receitas,), int64
        Parâmetros treináveis.
    """

    recipes: tuple[Recipe, ...]
    loss: np.ndarray
    val_loss: np.ndarray
    parameters: np.ndarray


def train_together(
    recipes: Sequence[Recipe],
    x: np.ndarray,
    y: np.ndarray,
    *,
    validation_data: tuple[np.ndarray, np.ndarray],
    hidden: Sequence[int] = (64, 64),
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    epochs: int = 60,
    batch_size: int = 100,
    learning_rate: float = 1e-3,
    activation: str = "elu",
) -> Comparison:
    """Treina todas as receitas com todas as sementes em um só programa.

    As redes não se falam: cada uma tem os seus pesos, a sua perda e as suas máscaras de dropout.
    Ficam empilhadas em um eixo a mais dos tensores só para que dezenas de treinos custem pouco mais
    que um. O otimizador é o Adam, que trata cada peso por si, de modo que o resultado de uma rede é o
    que ela teria sozinha.

    Parameters
    ----------
    recipes : sequência de Recipe
        Com nomes diferentes.
    x : array (n, atributos), float32
    y : array (n, 1) ou (n,)
        Rótulos 0 ou 1.
    validation_data : tupla (x, y)
    hidden : sequência de int
        Unidades de cada camada oculta.
    seeds : sequência de int
        A semente decide os pesos iniciais (Glorot uniforme), iguais em todas as receitas do mesmo
        tamanho: a comparação é pareada. As máscaras diferem de rede para rede; a ordem dos exemplos
        é a mesma para todas.
    epochs, batch_size : int
    learning_rate : float
    activation : str
        Ativação das camadas ocultas.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        Se não houver receitas ou sementes, ou se dois nomes forem iguais.
    """
    recipes, seeds = tuple(recipes), tuple(seeds)
    if not recipes or not seeds:
        raise ValueError("É preciso pelo menos uma receita e uma semente.")
    if len({recipe.name for recipe in recipes}) < len(recipes):
        raise ValueError("Há receitas com o mesmo nome: dê a cada uma o seu.")
    x = np.asarray(x, np.float32)
    y = np.asarray(y, np.float32).reshape(-1, 1)
    x_val = np.asarray(validation_data[0], np.float32)
    y_val = np.asarray(validation_data[1], np.float32).reshape(-1, 1)
    model, parameters = _stack(recipes, seeds, x.shape[1], tuple(hidden), activation)
    model.compile(
        keras.optimizers.Adam(learning_rate), loss=_total_loss, steps_per_execution=-(-len(x) // batch_size)
    )
    recorder = _Recorder((x, y), (x_val, y_val))
    model.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0, callbacks=[recorder])
    shape = (epochs, len(recipes), len(seeds))
    loss, val_loss = (
        np.moveaxis(np.reshape(values, shape), 0, -1) for values in (recorder.loss, recorder.val_loss)
    )
    return Comparison(recipes, loss, val_loss, np.array(parameters[:: len(seeds)], np.int64))


def _stack(recipes, seeds, features, hidden, activation) -> tuple[keras.Model, list[int]]:
    """O modelo com uma rede por par (receita, semente), nessa ordem, e os parâmetros de cada uma."""
    copies = [(recipe, seed) for recipe in recipes for seed in seeds]
    widths = [[features, *(min(r.units or units, units) for units in hidden), 1] for r, _ in copies]
    inputs = keras.Input((features,))
    signal = ops.expand_dims(inputs, 0)
    for depth, units in enumerate((*hidden, 1)):
        output = depth == len(hidden)
        sizes = [(ws[depth], ws[depth + 1]) for ws in widths]
        kernels = np.zeros((len(copies), (features, *hidden)[depth], units), np.float32)
        for k, ((_, seed), size) in enumerate(zip(copies, sizes, strict=True)):
            init = keras.initializers.GlorotUniform(seed=seed * 1_000 + depth)
            kernels[k, : size[0], : size[1]] = np.asarray(init(size))
        penalties = np.zeros((2, len(copies))) if output else np.array([(r.l1, r.l2) for r, _ in copies]).T
        limits = np.full(len(copies), np.inf) if output else np.array([r.max_norm for r, _ in copies])
        alive = np.array([[j < size[1] for j in range(units)] for size in sizes])
        signal = StackedDense(kernels, penalties, limits, alive, None if output else activation)(signal)
        rates = np.array([r.dropout for r, _ in copies])
        if not output and rates.any():
            signal = StackedDropout(rates)(signal)
    counts = [sum(a * b + b for a, b in pairwise(ws)) for ws in widths]
    return keras.Model(inputs, ops.transpose(signal[..., 0])), counts


class StackedDense(keras.Layer):
    """Uma camada densa por rede: entrada (redes ou 1, n, a), saída (redes, n, b).

    Parameters
    ----------
    kernels : array (redes, a, b)
        Pesos iniciais; os vieses começam em zero.
    penalties : array (2, redes)
        Coeficientes L1 e L2.
    limits : array (redes,)
        Norma máxima de cada coluna.
    alive : array (redes, b), bool
        Unidades que a rede tem; as outras valem zero, e por isso seus pesos não recebem gradiente.
    activation : str, opcional
    """

    def __init__(self, kernels, penalties, limits, alive, activation=None):
        super().__init__()
        start = keras.initializers.Constant(0.0)
        constraint = StackedMaxNorm(limits) if np.isfinite(limits).any() else None
        self.kernel = self.add_weight(
            shape=kernels.shape, initializer=start, constraint=constraint, name="kernel"
        )
        self.kernel.assign(kernels)
        self.bias = self.add_weight(
            shape=(len(kernels), 1, kernels.shape[2]), initializer="zeros", name="bias"
        )
        self.penalties = penalties.astype(np.float32)
        self.alive = alive[:, None, :].astype(np.float32)
        self.activation = keras.activations.get(activation)
        self.built = True

    def call(self, inputs):
        if self.penalties.any():
            l1 = ops.sum(ops.abs(self.kernel), axis=(1, 2))
            l2 = ops.sum(ops.square(self.kernel), axis=(1, 2))
            self.add_loss(ops.sum(self.penalties[0] * l1 + self.penalties[1] * l2))
        return self.activation(ops.matmul(inputs, self.kernel) + self.bias) * self.alive

    def compute_output_shape(self, input_shape):
        return (self.kernel.shape[0], input_shape[1], self.kernel.shape[2])


class StackedDropout(keras.Layer):
    """Dropout invertido com uma taxa por rede: entrada e saída (redes, n, unidades)."""

    def __init__(self, rates):
        super().__init__()
        self.keep = 1 - rates[:, None, None].astype(np.float32)
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        if not training:
            return inputs
        draw = keras.random.uniform(ops.shape(inputs), seed=self.seed_generator)
        return inputs * ops.cast(draw < self.keep, inputs.dtype) / self.keep

    def compute_output_shape(self, input_shape):
        return input_shape


class StackedMaxNorm(keras.constraints.Constraint):
    """Norma máxima das colunas de cada rede, (redes, a, b); onde o limite é infinito nada muda."""

    def __init__(self, limits):
        self.limits = limits[:, None, None].astype(np.float32)

    def __call__(self, w):
        norms = ops.sqrt(ops.sum(ops.square(w), axis=1, keepdims=True))
        scale = ops.minimum(norms, self.limits) / (norms + keras.config.epsilon())
        return w * ops.where(np.isfinite(self.limits), scale, 1.0)


def _losses(y, logits):
    """Entropia cruzada média de cada rede: y (n, 1) e logits (n, redes) → (redes,)."""
    return ops.mean(ops.softplus(logits) - y * logits, axis=0)


def _total_loss(y, logits):
    """Soma sobre as redes: o gradiente de cada uma é o da sua própria perda."""
    return ops.sum(_losses(y, logits))


class _Recorder(keras.callbacks.Callback):
    """Mede as duas perdas de cada rede ao fim de cada época."""

    def __init__(self, *data):
        super().__init__()
        self.data = data
        self.loss, self.val_loss = [], []

    def on_epoch_end(self, epoch, logs=None):
        for values, (x, y) in zip((self.loss, self.val_loss), self.data, strict=True):
            values.append(np.asarray(_losses(y, self.model.predict_on_batch(x))))
