"""Treina épocas inteiras dentro de uma só chamada compilada, com o vocabulário e a matemática de `fit`."""

from __future__ import annotations

import math
import sys
import time
import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gradiente.callbacks import EpochDots

BLOCK = 32  # o maior número de épocas em uma chamada
CALL_SECONDS = 0.5  # quanto dura, mais ou menos, cada chamada: é o passo da barra de progresso


class FallbackWarning(UserWarning):
    """O motor não sabe fazer o que se pediu, e quem treina é o `fit` do Keras."""


def fit(
    model: keras.Model,
    x: Any,
    y: Any,
    *,
    batch_size: int = 32,
    epochs: int = 1,
    verbose: int = 1,
    callbacks: Sequence[keras.callbacks.Callback] | keras.callbacks.CallbackList | None = None,
    validation_data: tuple[Any, Any] | None = None,
    validation_batch_size: int | None = None,
    shuffle: bool = True,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    **others: Any,
) -> keras.callbacks.History:
    """Treina um modelo compilado, como `model.fit`, em muito menos tempo quando os passos são curtos.

    O `fit` do Keras volta ao Python a cada passo; em redes pequenas é nisso que o tempo se vai. Aqui os
    dados ficam na memória do dispositivo, e uma época (ou várias) com a sua validação é uma única chamada,
    compilada pelo XLA. Cada passo é o `train_step` do próprio modelo: perda, regularização,
    *dropout*, normalização em lote, otimizador, restrições e métricas são os do Keras.

    Parameters
    ----------
    model : keras.Model
        Já compilado (`model.compile`).
    x : array, shape (exemplos, …)
        Entradas.
    y : array, shape (exemplos, …)
        Alvos.
    batch_size : int
        Exemplos por passo. O último lote de uma época pode ser menor.
    epochs : int
        Época em que o treino para.
    verbose : {0, 1}
        1 mostra uma barra com a perda, as épocas por segundo e o tempo que falta.
    callbacks : sequence of keras.callbacks.Callback, optional
        Os que agem por época (parada antecipada, agendadores, TensorBoard…). Os que agem por lote
        passam o treino ao `fit`.
    validation_data : (array, array), optional
        Avaliado ao fim de cada época.
    validation_batch_size : int, optional
        Exemplos por lote da validação; sem ele, `batch_size`.
    shuffle : bool
        Se cada época percorre os exemplos em uma ordem nova, sorteada por NumPy (`set_seeds` a fixa).
    initial_epoch : int
        Época em que o treino começa.
    steps_per_epoch : int, optional
        Passos por época. Os lotes continuam de onde a época anterior parou, e recomeçam (em outra ordem)
        quando os exemplos acabam.
    **others
        Qualquer outro argumento de `model.fit`; passa o treino ao `fit`.

    Returns
    -------
    keras.callbacks.History
        O mesmo que `fit` devolve.

    Warns
    -----
    FallbackWarning
        Se o motor não servir ao que se pediu; diz por quê, e o treino segue com `fit`.

    Raises
    ------
    ValueError
        Se o modelo não estiver compilado, se os dados estiverem vazios ou os tamanhos não combinarem.

    Notes
    -----
    Com os mesmos lotes, o resultado é o de `fit` a menos de arredondamento: o XLA soma em outra
    ordem. Um treino longo e sobreajustado amplia essas diferenças, como qualquer outra mudança de
    arredondamento.
    """
    keras_options = {
        "batch_size": batch_size,
        "epochs": epochs,
        "callbacks": callbacks,
        "validation_data": validation_data,
        "validation_batch_size": validation_batch_size,
        "shuffle": shuffle,
        "initial_epoch": initial_epoch,
        "steps_per_epoch": steps_per_epoch,
        "verbose": verbose,
        **others,
    }
    reason = _unsupported(model, x, y, validation_data, callbacks, others)
    if reason:
        return _fall_back(model, x, y, keras_options, reason)
    arrays = _checked(x, y, validation_data)
    if not getattr(model, "compiled", False):
        raise ValueError("compile o modelo antes de treinar: model.compile(optimizer, loss)")
    if min(batch_size, validation_batch_size or batch_size, steps_per_epoch or 1) < 1:
        raise ValueError("batch_size, validation_batch_size e steps_per_epoch devem ser 1 ou mais")
    _prepare(model, arrays, batch_size)
    order = _Order(len(arrays[0]), batch_size, steps_per_epoch, shuffle)
    every_epoch = any(type(callback) is not EpochDots for callback in _as_list(callbacks))
    block = 1 if every_epoch else BLOCK  # quem age a cada época precisa de uma chamada por época
    compiled = _CompiledEpochs(model, arrays, order, validation_batch_size or batch_size, block)
    try:
        compiled.compile()
    except compiled.cannot_compile as error:
        short = str(error).strip().split("\n")[0][:200]
        return _fall_back(model, x, y, keras_options, f"o XLA não compila esta rede ({short})")
    return _train(model, compiled, order, callbacks, every_epoch, initial_epoch, epochs, verbose)


# --- o que o motor não faz ----------------------------------------------------------------------


def _unsupported(model, x, y, validation_data, callbacks, others) -> str | None:
    """Por que o motor não serve a este pedido, ou None."""
    if keras.backend.backend() != "tensorflow":
        return "o motor usa o TensorFlow, e o Keras está em outro"
    import tensorflow as tf

    given = [name for name, value in others.items() if value is not None]
    if given:
        return f"o motor não tem {', '.join(given)}"
    if any(not _is_array(value) for value in (x, y)):
        return "os dados não são arrays em memória"
    if validation_data is not None and (
        not isinstance(validation_data, (tuple, list))
        or len(validation_data) != 2
        or any(not _is_array(value) for value in validation_data)
    ):
        return "validation_data não é um par de arrays"
    if getattr(model, "run_eagerly", False):
        return "o modelo foi compilado com run_eagerly=True"
    if tf.distribute.has_strategy():
        return "há uma estratégia de distribuição em uso"
    for callback in _as_list(callbacks):
        if _needs_batches(callback):
            return f"{type(callback).__name__} age a cada lote"
    return None


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) or (hasattr(value, "shape") and hasattr(value, "dtype"))


def _as_list(callbacks: Any) -> list[keras.callbacks.Callback]:
    if callbacks is None:
        return []
    return list(getattr(callbacks, "callbacks", callbacks))


_BATCH_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_batch_begin",
    "on_test_batch_end",
)


def _needs_batches(callback: keras.callbacks.Callback) -> bool:
    """Se o callback faz algo a cada lote que o treino por épocas lhe tiraria."""
    # Estes definem ganchos de lote, mas, com as opções padrão, só agem por época.
    if isinstance(callback, keras.callbacks.TensorBoard):
        return callback.update_freq != "epoch" or bool(getattr(callback, "profile_batch", 0))
    if isinstance(callback, (keras.callbacks.ModelCheckpoint, keras.callbacks.BackupAndRestore)):
        return callback.save_freq != "epoch"
    if isinstance(callback, keras.callbacks.ProgbarLogger):
        return True
    base = keras.callbacks.Callback
    return any(
        getattr(type(callback), hook) is not getattr(base, hook) or hook in vars(callback)
        for hook in _BATCH_HOOKS
    )


def _fall_back(model, x, y, options, reason) -> keras.callbacks.History:
    warnings.warn(f"treinando com o fit do Keras: {reason}", FallbackWarning, stacklevel=3)
    return model.fit(x, y, **options)


# --- dados --------------------------------------------------------------------------------------


def _checked(x, y, validation_data) -> list[np.ndarray]:
    arrays = [np.asarray(value) for value in (x, y, *(validation_data or ()))]
    for name, (inputs, targets) in zip(
        ("treino", "validação"), zip(arrays[::2], arrays[1::2], strict=True), strict=False
    ):
        if not len(inputs):
            raise ValueError(f"o conjunto de {name} está vazio")
        if len(inputs) != len(targets):
            raise ValueError(f"há {len(inputs)} entradas e {len(targets)} alvos no conjunto de {name}")
    # float64 vira o tipo do Keras, como em fit; inteiros ficam como estão
    return [array.astype(keras.config.floatx()) if array.dtype == np.float64 else array for array in arrays]


class _Order:
    """A ordem dos exemplos: por época, os índices dos lotes inteiros e os do lote final, menor."""

    def __init__(self, examples: int, batch_size: int, steps: int | None, shuffle: bool) -> None:
        self.examples, self.batch_size, self.shuffle = examples, min(batch_size, examples), shuffle
        self.continuous = steps is not None
        self.steps = steps if self.continuous else examples // self.batch_size
        self.tail = 0 if self.continuous else examples % self.batch_size
        self._waiting = np.empty(0, np.int32)

    def draw(self, epochs: int) -> tuple[np.ndarray, np.ndarray]:
        """Índices de `epochs` épocas: (épocas, passos, lote) e (épocas, resto), int32."""
        full, tail = [], []
        for _ in range(epochs):
            row = self._take(self.steps * self.batch_size) if self.continuous else self._pass()
            cut = self.steps * self.batch_size
            full.append(row[:cut].reshape(self.steps, self.batch_size))
            tail.append(row[cut:])
        return np.stack(full), np.stack(tail)

    def _pass(self) -> np.ndarray:
        every = np.random.permutation(self.examples) if self.shuffle else np.arange(self.examples)
        return every.astype(np.int32)

    def _take(self, count: int) -> np.ndarray:
        while len(self._waiting) < count:
            self._waiting = np.concatenate([self._waiting, self._pass()])
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken


def _prepare(model: keras.Model, arrays: list[np.ndarray], batch_size: int) -> None:
    """Constrói o que `fit` construiria no primeiro passo: pesos, métricas e estado do otimizador."""
    x, y = (keras.ops.convert_to_tensor(array[:batch_size]) for array in arrays[:2])
    y_pred = model(x, training=False)
    model.compute_loss(x, y, y_pred, training=False)
    model.compute_metrics(x, y, y_pred)
    model.reset_metrics()
    if model.optimizer is not None:
        model.optimizer.build(model.trainable_variables)


# --- a chamada compilada ------------------------------------------------------------------------


def _draws(model: keras.Model) -> bool:
    """Se alguma camada sorteia números no treino (dropout, ruído…)."""
    return any(
        isinstance(value, keras.random.SeedGenerator)
        for layer in model._flatten_layers()
        for value in vars(layer).values()
    )


class _CompiledEpochs:
    """Até `block` épocas, cada uma com a sua validação, em uma função que o XLA compila uma vez."""

    def __init__(self, model, arrays, order: _Order, validation_batch: int, block: int) -> None:
        import tensorflow as tf

        self.model, self.order, self.block = model, order, block
        self.data = [tf.constant(array) for array in arrays]
        self.validates = len(arrays) == 4
        self.val_batch = min(validation_batch, len(arrays[2])) if self.validates else 0
        self.names: list[str] = []
        self.cannot_compile = (
            tf.errors.InvalidArgumentError,
            tf.errors.UnimplementedError,
            NotImplementedError,
        )
        # Na CPU, o XLA sorteia as máscaras de dropout várias vezes mais devagar que o TensorFlow, e com outro
        # gerador: ali, redes com sorteios ficam no grafo, e o resultado é o de fit, bit a bit.
        self.xla = not _draws(model) or bool(tf.config.list_physical_devices("GPU"))
        self._function = None

    def compile(self) -> None:
        """Traça e compila, sem dar nenhum passo."""
        import tensorflow as tf

        order = self.order
        full = tf.zeros((self.block, order.steps, order.batch_size), tf.int32)
        tail = tf.zeros((self.block, order.tail), tf.int32)
        function = tf.function(self._epochs, jit_compile=self.xla, autograph=False)
        self._function = function.get_concrete_function(tf.constant(0), full, tail, *self.data)
        self._function(tf.constant(0), full, tail, *self.data)  # o XLA compila na primeira chamada

    def run(self, epochs: int) -> list[dict[str, float]]:
        """Treina `epochs` épocas (até `block`) e devolve as métricas de cada uma."""
        import tensorflow as tf

        full, tail = self.order.draw(epochs)
        missing = self.block - epochs
        full = np.pad(full, [(0, missing), (0, 0), (0, 0)])
        tail = np.pad(tail, [(0, missing), (0, 0)])
        logs = self._function(tf.constant(epochs), tf.constant(full), tf.constant(tail), *self.data)
        return [dict(zip(self.names, row, strict=True)) for row in logs.numpy()[:epochs].tolist()]

    def _epochs(self, epochs, full, tail, *data):
        import tensorflow as tf

        def one(epoch, rows):
            logs = self._one_epoch(full[epoch], tail[epoch], *data)
            self.names = list(logs)
            row = tf.stack([tf.cast(value, tf.float32) for value in logs.values()])
            return epoch + 1, rows.write(epoch, row)

        count = self._metric_count()
        rows = tf.TensorArray(tf.float32, size=self.block, element_shape=(count,))
        _, rows = tf.while_loop(lambda epoch, _: epoch < epochs, one, (0, rows))
        return rows.stack()

    def _metric_count(self) -> int:
        count = len(self.model.get_metrics_result())
        return 2 * count if self.validates else count

    def _one_epoch(self, full, tail, x, y, x_val=None, y_val=None):
        import tensorflow as tf

        model = self.model
        model.reset_metrics()

        def step(index):
            rows = full[index]
            model.train_step((tf.gather(x, rows), tf.gather(y, rows)))
            return index + 1

        tf.while_loop(lambda index: index < self.order.steps, step, (0,))
        if self.order.tail:
            model.train_step((tf.gather(x, tail), tf.gather(y, tail)))
        logs = dict(model.get_metrics_result())
        if not self.validates:
            return logs
        model.reset_metrics()
        size, examples = self.val_batch, int(x_val.shape[0])

        def test(index):
            begin = index * size
            model.test_step((x_val[begin : begin + size], y_val[begin : begin + size]))
            return index + 1

        tf.while_loop(lambda index: index < examples // size, test, (0,))
        if examples % size:
            model.test_step((x_val[examples - examples % size :], y_val[examples - examples % size :]))
        return logs | {f"val_{name}": value for name, value in model.get_metrics_result().items()}


# --- o treino -----------------------------------------------------------------------------------


def _train(
    model, compiled, order, callbacks, every_epoch, initial_epoch, epochs, verbose
) -> keras.callbacks.History:
    if not isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks = keras.callbacks.CallbackList(
            callbacks, add_history=True, add_progbar=False, model=model, epochs=epochs, steps=order.steps
        )
    bar = _Progress(epochs - initial_epoch, verbose)
    model.stop_training = False
    callbacks.on_train_begin()
    logs: dict[str, float] = {}
    epoch, block = initial_epoch, 1
    while epoch < epochs and not model.stop_training:
        block = min(block, epochs - epoch)
        if every_epoch:
            callbacks.on_epoch_begin(epoch)
        start = time.perf_counter()
        rows = compiled.run(block)
        seconds = time.perf_counter() - start
        for logs in rows:
            if not every_epoch:
                callbacks.on_epoch_begin(epoch)
            if compiled.validates:
                callbacks.on_test_begin()
                callbacks.on_test_end({k[4:]: v for k, v in logs.items() if k.startswith("val_")})
            callbacks.on_epoch_end(epoch, dict(logs))
            epoch += 1
            bar.step(logs)
        if not every_epoch:
            block = int(min(max(CALL_SECONDS / max(seconds / block, 1e-6), 1), compiled.block))
    if model.optimizer is not None and epochs > initial_epoch:
        model.optimizer.finalize_variable_values(model.trainable_weights)
    callbacks.on_train_end(logs)
    bar.close()
    return model.history


class _Progress:
    """A barra: épocas feitas, por segundo e por fazer, e a perda da última."""

    def __init__(self, total: int, verbose: int) -> None:
        self._bar = None
        if verbose and total > 0:
            from tqdm.auto import tqdm

            self._bar = tqdm(
                total=total,
                unit=" épocas",
                file=sys.stdout,
                bar_format="{percentage:3.0f} % |{bar:24}| {n_fmt}/{total_fmt} épocas · {rate_fmt} · faltam {remaining}{postfix}",
            )

    def step(self, logs: dict[str, float]) -> None:
        if self._bar is None:
            return
        shown = {"perda": "loss", "na validação": "val_loss"}
        text = " · ".join(
            f"{name} {logs[key]:.4f}".replace(".", ",")
            for name, key in shown.items()
            if math.isfinite(logs.get(key, math.nan))
        )
        self._bar.set_postfix_str(f" {text}", refresh=False)
        self._bar.update()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
