"""Sintomas da explosão do gradiente: detectores para qualquer modelo e um callback que para o treino e diz onde."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gradiente.signal import EXPLODING, activations, gradient_norms, kernels

# Limiares do curso, escolhidos com folga entre as redes saudáveis e as doentes que as lições medem.
JUMP = 2.0  # a perda de um lote passa deste tanto de vezes a do primeiro
LARGE_STEP = 1.0  # um passo da descida do gradiente muda a camada mais do que o tamanho dela


def growing_gradient(model: keras.Model, x: Any, y: Any, loss: Any = None) -> str | None:
    """O gradiente cresce a caminho da primeira camada?

    Parameters
    ----------
    model : keras.Model
        Modelo sequencial ou funcional, já construído.
    x : array, shape (exemplos, …)
        Entradas de um lote; algumas centenas de exemplos bastam.
    y : array, shape (exemplos, …)
        Alvos do mesmo lote.
    loss : str, função ou keras.losses.Loss, optional
        Sem ela, vale a da compilação.

    Returns
    -------
    str or None
        O que se viu, ou None se ‖∂L/∂h‖ na primeira camada oculta não passa de 10 vezes
        (`gradiente.signal.EXPLODING`) o da última.
    """
    ratio = gradient_norms(model, x, y, loss).hidden_ratio
    if ratio > EXPLODING:
        return f"O gradiente cresce mais de {EXPLODING:.0f} vezes da última camada oculta à primeira."
    return None


def relative_steps(
    model: keras.Model, x: Any, y: Any, learning_rate: float | None = None, loss: Any = None
) -> np.ndarray:
    """Tamanho do próximo passo da descida do gradiente, em relação ao tamanho de cada camada.

    Parameters
    ----------
    model, x, y, loss
        Como em `growing_gradient`.
    learning_rate : float, optional
        A taxa η do passo w ← w − η ∂L/∂w. Sem ela, vale a do otimizador do modelo.

    Returns
    -------
    ndarray, shape (camadas,), float64
        η‖∂L/∂W‖ / ‖W‖ de cada camada com matriz de pesos, da primeira à última.

    Raises
    ------
    ValueError
        Se não houver taxa: o modelo não foi compilado e `learning_rate` não veio.

    Notes
    -----
    É o passo da descida do gradiente simples; momento, Adam e corte do gradiente dão outros passos.
    """
    if learning_rate is None:
        if getattr(model, "optimizer", None) is None:
            raise ValueError("diga a taxa de aprendizado, ou compile o modelo antes")
        learning_rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    steps = learning_rate * gradient_norms(model, x, y, loss).kernel
    sizes = np.array([_norm(kernel) for kernel in kernels(model).values()])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(steps == 0, 0.0, steps / sizes)


def large_step(
    model: keras.Model, x: Any, y: Any, learning_rate: float | None = None, loss: Any = None
) -> str | None:
    """Um passo da descida do gradiente mudaria alguma camada em mais do que o tamanho dela?

    Parameters
    ----------
    model, x, y, learning_rate, loss
        Como em `relative_steps`.

    Returns
    -------
    str or None
        A primeira camada em que η‖∂L/∂W‖ > ‖W‖, ou None.

    Raises
    ------
    ValueError
        Se não houver taxa: o modelo não foi compilado e `learning_rate` não veio.
    """
    steps = relative_steps(model, x, y, learning_rate, loss)
    for name, step in zip(kernels(model), steps, strict=True):
        if not step <= LARGE_STEP:  # assim um passo NaN também dá alarme
            return f"Um passo mudaria a camada {name} em mais do que o tamanho dela."
    return None


def overflow(model: keras.Model, x: Any) -> str | None:
    """Alguma ativação já não é um número finito?

    Parameters
    ----------
    model : keras.Model
        Modelo sequencial ou funcional, já construído.
    x : array, shape (exemplos, …)
        Entradas de um lote. A ida é a do treino (lote na normalização em lote).

    Returns
    -------
    str or None
        A primeira camada, da entrada à saída, com infinito ou NaN; ou None.
    """
    for name, output in activations(model, x).items():
        if not np.isfinite(output).all():
            return f"A ida transborda: a camada {name} é a primeira com valores que não são números finitos."
    return None


def broken_parameters(model: keras.Model) -> str | None:
    """Algum parâmetro já não é um número finito?

    Returns
    -------
    str or None
        Quantas camadas foram atingidas e qual é a primeira, ou None.
    """
    layers = [layer for layer in model.layers if layer.weights]
    broken = [layer.name for layer in layers if not _all_finite(layer.get_weights())]
    if not broken:
        return None
    return (
        f"Há parâmetros infinitos ou NaN em {len(broken)} de {len(layers)} camadas, a partir de {broken[0]}."
    )


def unstable_loss(losses: Sequence[float]) -> str | None:
    """A perda de cada lote conta um treino instável?

    Parameters
    ----------
    losses : sequence of float
        A perda de cada passo, em ordem (por exemplo, `StopOnExplosion().losses`).

    Returns
    -------
    str or None
        O primeiro passo em que a perda passa do dobro (`JUMP`) da primeira e o primeiro em que não é
        finita, se houver; ou None.
    """
    values = np.asarray(losses, dtype=np.float64)
    finite = np.isfinite(values)
    found = []
    if len(values) and finite[0]:
        jumps = np.flatnonzero(finite & (values > JUMP * values[0]))
        if len(jumps):
            found.append(f"salta no passo {jumps[0] + 1} a mais do dobro da inicial")
    if not finite.all():
        found.append(f"deixa de ser um número finito no passo {np.argmin(finite) + 1}")
    return f"A perda {' e '.join(found)}." if found else None


def examine(model: keras.Model, x: Any, y: Any, losses: Sequence[float] = (), loss: Any = None) -> list[str]:
    """Todos os sintomas que se veem em um modelo compilado, do mais grave ao mais leve.

    Parameters
    ----------
    model, x, y, loss
        Como em `growing_gradient`.
    losses : sequence of float, optional
        A perda de cada passo de um treino, se houve treino.

    Returns
    -------
    list of str
        Uma frase por sintoma; vazia se não se viu nenhum. Não é um atestado de saúde: o
        desvanecimento, por exemplo, é assunto de `gradiente.signal.diagnose`.
    """
    found = [broken_parameters(model), overflow(model, x)]
    if not any(found):  # sem números finitos não há o que medir na volta
        found += [growing_gradient(model, x, y, loss), large_step(model, x, y, loss=loss)]
    found.append(unstable_loss(losses))
    return [sentence for sentence in found if sentence]


class StopOnExplosion(keras.callbacks.Callback):
    """Para o treino no primeiro passo em que a perda ou um parâmetro deixa de ser um número finito.

    O `keras.callbacks.TerminateOnNaN` para quando a perda deixa de ser finita e diz em que lote; este
    guarda também a perda de cada passo e os últimos pesos finitos, e com eles diz em que camada foi.

    Parameters
    ----------
    x : array, shape (exemplos, …), optional
        Entradas de um lote. Com elas, ao parar, procura-se a primeira camada que transborda na ida com
        os últimos pesos finitos.

    Attributes
    ----------
    losses : list of float
        A perda de cada passo dado, em ordem, de lotes do mesmo tamanho.
    step : int or None
        O passo, a partir de 1, em que o treino parou; None se chegou ao fim.
    message : str or None
        O que aconteceu, em uma ou mais frases.
    start_weights, last_weights : list of ndarray
        Os parâmetros antes do treino e depois do último passo em que tudo era finito, na ordem de
        `model.get_weights()`. Finitos não quer dizer sãos: podem já ser enormes.

    Notes
    -----
    Copia e confere todos os parâmetros a cada passo: é barato nas redes do curso, e caro em redes grandes.
    """

    def __init__(self, x: Any = None) -> None:
        super().__init__()
        self.x = x
        self._reset()

    def _reset(self) -> None:
        self.losses: list[float] = []
        self.step: int | None = None
        self.message: str | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._reset()
        self.start_weights = self.last_weights = self.model.get_weights()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._total = 0.0

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        # o Keras dá a média desde o começo da época; o que se quer é a perda deste lote
        total = float(logs["loss"]) * (batch + 1)
        self.losses.append(total - self._total)
        self._total = total
        now = self.model.get_weights()
        finite_loss = bool(np.isfinite(self.losses[-1]))
        if finite_loss and _all_finite(now):
            self.last_weights = now
            return
        self.step = len(self.losses)
        what = "um parâmetro" if finite_loss else "a perda"
        found = [f"Parei no passo {self.step}: {what} deixou de ser um número finito.", self._where(now)]
        self.message = " ".join(sentence for sentence in found if sentence)
        self.model.stop_training = True

    def _where(self, now: list[np.ndarray]) -> str | None:
        if self.x is None:
            return broken_parameters(self.model)
        self.model.set_weights(self.last_weights)
        try:
            return overflow(self.model, self.x) or (
                "Com os últimos pesos finitos, a ida ainda não transborda: foi a perda, a volta ou o passo."
            )
        finally:
            self.model.set_weights(now)


def _all_finite(arrays: Sequence[np.ndarray]) -> bool:
    return all(bool(np.isfinite(array).all()) for array in arrays)


def _norm(array: np.ndarray) -> float:
    # float64: o quadrado de um peso grande, em float32, transbordaria antes do próprio peso
    return float(np.linalg.norm(np.asarray(array, dtype=np.float64)))
