"""O que falta ao Keras para agendar: 1cycle de taxa e momento, SGD com momento variável e a busca da taxa."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

__all__ = ["MomentumSGD", "OneCycle", "RangeTest", "RateRecorder", "find_rate"]


@keras.saving.register_keras_serializable(package="gradiente")
class MomentumSGD(keras.optimizers.Optimizer):
    """Descida do gradiente com momento, em que o momento é uma **variável** do otimizador.

    Em `keras.optimizers.SGD` o momento é um número que a compilação do passo congela: mudá-lo depois
    não tem efeito. Aqui, `optimizer.momentum.assign(0.85)` vale já no passo seguinte.

    Parameters
    ----------
    learning_rate : float ou LearningRateSchedule
    momentum : float em [0, 1)
    **kwargs
        As opções de todo otimizador (`clipnorm`, `weight_decay`, `name`…).

    Raises
    ------
    ValueError
        Se o momento não estiver em [0, 1).

    Notes
    -----
    A convenção do Keras: v ← βv − ηg; θ ← θ + v. Com momento constante, os pesos são os de `SGD`.
    """

    def __init__(self, learning_rate: Any = 0.01, momentum: float = 0.9, **kwargs: Any) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        if not 0 <= momentum < 1:
            raise ValueError(f"o momento vai de 0 a menos de 1, e veio {momentum}")
        self._initial_momentum = float(momentum)
        self.momentum = keras.Variable(float(momentum), trainable=False, name="momentum", dtype="float32")

    def build(self, variables: list) -> None:
        if self.built:
            return
        super().build(variables)
        self.velocities = [self.add_variable_from_reference(v, name="velocity") for v in variables]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        ops = keras.ops
        rate = ops.cast(learning_rate, variable.dtype)
        velocity = self.velocities[self._get_variable_index(variable)]
        momentum = ops.cast(self.momentum, variable.dtype)
        self.assign(velocity, ops.subtract(ops.multiply(velocity, momentum), ops.multiply(rate, gradient)))
        self.assign_add(variable, velocity)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "momentum": self._initial_momentum}


class OneCycle(keras.callbacks.Callback):
    """Política 1cycle: a taxa sobe e desce uma vez; o momento faz o contrário.

    De η₁/10 a η₁ na primeira metade, de volta na segunda e, no último décimo dos passos, de η₁/10 até
    η₁/10 000. O momento vai de `momentum[0]` a `momentum[1]` e volta.

    Parameters
    ----------
    max_rate : float
        η₁, a maior taxa.
    steps : int
        Passos do treino inteiro: épocas × passos por época.
    momentum : (float, float)
        No começo e no fim, e no meio do ciclo. Só age se o otimizador tiver momento variável
        (`MomentumSGD`).

    Attributes
    ----------
    rates, momenta : list de float
        O que valeu em cada passo.

    Raises
    ------
    ValueError
        Se `max_rate` não for positivo, se `steps` for menor que 10, ou, ao começar o treino, se o
        otimizador não tiver momento variável ou tiver um agendamento próprio.

    Notes
    -----
    Smith (2018), arXiv:1803.09820. A conta recomeça a cada `fit`. Com `steps_per_execution` maior que 1,
    a taxa só muda entre execuções.
    """

    def __init__(self, max_rate: float, steps: int, momentum: tuple[float, float] = (0.95, 0.85)) -> None:
        super().__init__()
        if not max_rate > 0:
            raise ValueError(f"a taxa máxima deve ser positiva, e veio {max_rate}")
        if steps < 10:
            raise ValueError(f"são precisos ao menos 10 passos para um ciclo, e há {steps}")
        self.max_rate, self.steps, self.limits = float(max_rate), int(steps), momentum
        self.rates: list[float] = []
        self.momenta: list[float] = []

    def at(self, step: int) -> tuple[float, float]:
        """Taxa e momento do passo `step` (de 0 a steps − 1)."""
        low, final = self.max_rate / 10, self.max_rate / 10_000
        tail = max(1, self.steps // 10)
        half = (self.steps - tail) / 2
        high, deep = self.limits
        if step >= self.steps - tail:
            share = (step - (self.steps - tail) + 1) / tail
            return low + min(share, 1.0) * (final - low), high
        share = 1 - abs(step / half - 1)  # 0 nas pontas do ciclo, 1 no meio
        return low + share * (self.max_rate - low), high + share * (deep - high)

    def on_train_begin(self, logs: dict | None = None) -> None:
        optimizer = self.model.optimizer
        if not isinstance(getattr(optimizer, "momentum", None), keras.Variable):
            raise ValueError(
                f"{type(optimizer).__name__} congela o momento na compilação: use MomentumSGD, cujo momento muda"
            )
        if isinstance(optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
            raise ValueError("o otimizador já tem um agendamento: compile com um número")
        self.rates, self.momenta = [], []

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        rate, momentum = self.at(len(self.rates))
        self.model.optimizer.learning_rate = rate
        self.model.optimizer.momentum.assign(momentum)
        self.rates.append(rate)
        self.momenta.append(momentum)


class RateRecorder(keras.callbacks.Callback):
    """Anota a taxa que valeu em cada passo.

    Attributes
    ----------
    rates : list de float
    """

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.rates: list[float] = []

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        optimizer = self.model.optimizer
        rate = optimizer._learning_rate
        if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
            rate = rate(int(optimizer.iterations) - 1)  # a do passo que acabou de ser dado
        self.rates.append(float(keras.ops.convert_to_numpy(rate)))


@dataclass(frozen=True)
class RangeTest:
    """O que a busca da taxa mediu.

    Attributes
    ----------
    rates, losses : arrays (passos,)
        Taxa e perda alisada de cada passo, até a divergência.
    suggestion : float
        Um décimo da taxa em que a perda alisada é a menor.
    """

    rates: np.ndarray
    losses: np.ndarray
    suggestion: float


class _Sweep(keras.callbacks.Callback):
    """Aumenta a taxa a cada passo e para quando a perda dispara."""

    def __init__(self, rates: np.ndarray) -> None:
        super().__init__()
        self.planned, self.losses, self._mean = rates, [], 0.0

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self.model.optimizer.learning_rate = float(self.planned[min(len(self.losses), len(self.planned) - 1)])

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        step = len(self.losses)
        total = logs["loss"] * (batch + 1)  # o Keras devolve a média da época até aqui
        previous = 0.0 if batch == 0 else self._total
        self._total = total
        loss = total - previous
        self._mean = 0.9 * self._mean + 0.1 * loss
        smooth = self._mean / (1 - 0.9 ** (step + 1))
        diverged = not math.isfinite(loss) or (step > 5 and smooth > 4 * min(self.losses))
        if not diverged:
            self.losses.append(smooth)
        if diverged or len(self.losses) >= len(self.planned):
            self.model.stop_training = True
            self.stopped = True

    stopped = False


def find_rate(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    *,
    lowest: float = 1e-5,
    highest: float = 10.0,
    steps: int = 100,
    batch_size: int = 32,
) -> RangeTest:
    """Procura uma taxa de aprendizado: aumenta-a um pouco a cada passo e olha a perda.

    Parameters
    ----------
    model : keras.Model
        Compilado, com `steps_per_execution` igual a 1 e uma taxa que seja um número. Volta como
        estava: pesos, estado do otimizador e taxa.
    x, y : arrays (n, …)
    lowest, highest : float
        Primeira e última taxas, em progressão geométrica.
    steps : int
        Passos, 20 ou mais.
    batch_size : int

    Returns
    -------
    RangeTest

    Raises
    ------
    ValueError
        Se os limites não servirem, se houver poucos passos, ou se a perda divergir logo no começo.

    Notes
    -----
    Smith (2017), WACV. A perda é alisada por uma média móvel exponencial de fator 0,9 com correção do
    começo; a busca para quando ela passa de quatro vezes o mínimo. Na taxa do mínimo a perda já está
    para subir; um décimo dela é um ponto de partida com folga, não um ótimo.
    """
    if not 0 < lowest < highest:
        raise ValueError(f"as taxas devem cumprir 0 < lowest < highest, e vieram {lowest} e {highest}")
    if steps < 20:
        raise ValueError(f"são precisos ao menos 20 passos, e vieram {steps}")
    optimizer = model.optimizer
    if isinstance(optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
        raise ValueError("o otimizador tem um agendamento: compile com um número para procurar a taxa")
    optimizer.build(model.trainable_variables)
    saved = [variable.numpy() for variable in (*model.variables, *optimizer.variables)]
    sweep = _Sweep(np.geomspace(lowest, highest, steps))
    try:
        while not sweep.stopped:
            model.fit(x, y, batch_size=batch_size, callbacks=[sweep], verbose=0)
    finally:
        for variable, value in zip((*model.variables, *optimizer.variables), saved, strict=True):
            variable.assign(value)
    losses = np.array(sweep.losses)
    if len(losses) < 10:
        raise ValueError(f"a perda divergiu depois de {len(losses)} passos: diminua lowest")
    rates = sweep.planned[: len(losses)]
    return RangeTest(rates, losses, float(rates[losses.argmin()] / 10))
