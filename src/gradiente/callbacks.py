"""Callbacks do Keras usados no curso: progresso em pontos e registro dos pesos de cada camada."""

from __future__ import annotations

import keras
import numpy as np

from gradiente.signal import kernels, relative_change


class EpochDots(keras.callbacks.Callback):
    """Imprime um ponto por época e, de tempos em tempos, uma linha com as métricas.

    Parameters
    ----------
    every : int
        A cada quantas épocas sai a linha de métricas. As épocas contam a partir de 0, como no
        Keras: com 100, saem as linhas das épocas 0, 100, 200…

    Raises
    ------
    ValueError
        Se `every` não for um inteiro positivo.

    Notes
    -----
    A linha tem formato estável: `época: 100, accuracy: 0,6962, loss: 0,5544`, com as métricas em
    ordem alfabética, pelos nomes que o Keras lhes dá, e quatro casas decimais.
    """

    def __init__(self, every: int = 100) -> None:
        super().__init__()
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            raise ValueError(f"every deve ser um inteiro positivo, mas veio {every!r}")
        self.every = every
        self._line_open = False

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if epoch % self.every == 0:
            self._close_line()
            metrics = [
                f"{name}: {float(value):.4f}".replace(".", ",")
                for name, value in sorted((logs or {}).items())
            ]
            print(", ".join([f"época: {epoch}", *metrics]))
        print(".", end="", flush=True)
        self._line_open = True

    def on_train_end(self, logs: dict | None = None) -> None:
        self._close_line()

    def _close_line(self) -> None:
        if self._line_open:
            print()
            self._line_open = False


class WeightRecorder(keras.callbacks.Callback):
    """Registra, antes do treino e ao fim de cada época, como estão os pesos de cada camada.

    Attributes
    ----------
    names : tuple of str
        Camadas com matriz de pesos (*kernel*), da primeira à última.
    mean, std : ndarray, shape (épocas + 1, camadas), float64
        Média e desvio padrão dos pesos; a linha 0 é a do início.
    change : ndarray, shape (épocas + 1, camadas), float64
        Mudança relativa desde o início, ‖W − W₀‖ / ‖W₀‖.
    """

    def __init__(self) -> None:
        super().__init__()
        self._reset()

    def _reset(self) -> None:
        self.names: tuple[str, ...] = ()
        self._rows: list[tuple[list[float], list[float], np.ndarray]] = []

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._reset()
        self._start = kernels(self.model)
        self.names = tuple(self._start)
        self._record()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._record()

    def _record(self) -> None:
        now = kernels(self.model)
        mean = [float(kernel.mean(dtype=np.float64)) for kernel in now.values()]
        std = [float(kernel.std(dtype=np.float64)) for kernel in now.values()]
        self._rows.append((mean, std, relative_change(self._start, now)))

    @property
    def mean(self) -> np.ndarray:
        return np.array([row[0] for row in self._rows])

    @property
    def std(self) -> np.ndarray:
        return np.array([row[1] for row in self._rows])

    @property
    def change(self) -> np.ndarray:
        return np.array([row[2] for row in self._rows])
