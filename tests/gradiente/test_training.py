"""O motor de treino: o mesmo que `fit`, por otimizador, camada e callback; e quem treina quando ele não serve."""

from __future__ import annotations

import warnings

import keras
import numpy as np
import pytest

from gradiente import training
from gradiente.callbacks import EpochDots
from gradiente.claims import set_seeds

rng = np.random.default_rng(0)
X = rng.normal(size=(230, 6)).astype("float32")
Y = (X[:, :1] * X[:, 1:2] + 0.3 * X[:, 2:3] > 0).astype("float32")
VALIDATION = (X[:70] + 0.1, Y[:70])

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.01),
    "amsgrad": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "adamax": lambda: keras.optimizers.Adamax(0.01),
    "nadam": lambda: keras.optimizers.Nadam(0.01),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "adagrad": lambda: keras.optimizers.Adagrad(0.05),
    "adadelta": lambda: keras.optimizers.Adadelta(1.0),
    "adafactor": lambda: keras.optimizers.Adafactor(0.01),
    "ftrl": lambda: keras.optimizers.Ftrl(0.05),
    "lion": lambda: keras.optimizers.Lion(0.001),
    "lamb": lambda: keras.optimizers.Lamb(0.01),
    "muon": lambda: keras.optimizers.Muon(0.01),
    "schedule": lambda: keras.optimizers.Adam(keras.optimizers.schedules.InverseTimeDecay(0.01, 3, 1.0)),
    "clipnorm": lambda: keras.optimizers.SGD(0.1, clipnorm=0.1),
    "global_clipnorm": lambda: keras.optimizers.SGD(0.1, global_clipnorm=0.1),
    "ema": lambda: keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=4),
}
LAYERS = {
    # sem viés: diante da normalização o gradiente dele é só arredondamento, que o Adam amplia
    "batchnorm": lambda: [
        keras.layers.Dense(8, use_bias=False),
        keras.layers.BatchNormalization(),
        keras.layers.ReLU(),
    ],
    "layernorm": lambda: [keras.layers.Dense(8, "gelu"), keras.layers.LayerNormalization()],
    "dropout": lambda: [keras.layers.Dense(8, "elu"), keras.layers.Dropout(0.5)],
    "alpha": lambda: [keras.layers.Dense(8, "selu"), keras.layers.AlphaDropout(0.2)],
    "noise": lambda: [keras.layers.GaussianNoise(0.3), keras.layers.Dense(8, "tanh")],
    "penalties": lambda: [
        keras.layers.Dense(8, "elu", kernel_regularizer="l2", activity_regularizer="l1"),
    ],
    "constraint": lambda: [keras.layers.Dense(8, "relu", kernel_constraint=keras.constraints.MaxNorm(0.5))],
    "prelu": lambda: [keras.layers.Dense(8), keras.layers.PReLU()],
    "conv": lambda: [
        keras.layers.Reshape((6, 1)),
        keras.layers.Conv1D(4, 3, activation="relu"),
        keras.layers.Flatten(),
    ],
    "frozen": lambda: [keras.layers.Dense(8, "relu", trainable=False)],
}


def network(layers=None, optimizer=None, **options):
    set_seeds()
    keras.utils.clear_session()
    middle = layers() if layers else [keras.layers.Dense(4, "elu")]
    model = keras.Sequential([keras.Input((6,)), *middle, keras.layers.Dense(1)])
    metrics = [keras.metrics.BinaryAccuracy(threshold=0.0)]
    model.compile(
        optimizer() if optimizer else keras.optimizers.Adam(0.01),
        keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=metrics,
        **options,
    )
    return model


def both(make, epochs=5, callbacks=lambda: None, eager=True, **options):
    """O mesmo treino por `fit` (passo a passo, sem compilar) e pelo motor, com os mesmos lotes."""
    results = []
    for engine in (False, True):
        model = make()
        model.run_eagerly = eager and not engine
        common = dict(
            batch_size=46,
            epochs=epochs,
            shuffle=False,
            validation_data=VALIDATION,
            callbacks=callbacks(),
            verbose=0,
        )
        common |= options
        with warnings.catch_warnings():
            warnings.simplefilter("error", training.FallbackWarning)
            history = training.fit(model, X, Y, **common) if engine else model.fit(X, Y, **common)
        results.append((model, history))
    return results


def assert_same(results, rtol=1e-5):
    (fit_model, fit_history), (engine_model, engine_history) = results
    assert list(fit_history.history) == list(engine_history.history)
    assert fit_history.epoch == engine_history.epoch
    for name, values in fit_history.history.items():
        np.testing.assert_allclose(engine_history.history[name], values, rtol=rtol, atol=1e-6, err_msg=name)
    for ours, theirs in zip(engine_model.weights, fit_model.weights, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-3, atol=1e-5, err_msg=ours.path)
    assert int(engine_model.optimizer.iterations) == int(fit_model.optimizer.iterations)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_gives_what_fit_gives(name):
    assert_same(both(lambda: network(optimizer=OPTIMIZERS[name]), validation_data=None))


@pytest.mark.parametrize("name", LAYERS)
def test_every_kind_of_layer_gives_what_fit_gives(name):
    assert_same(both(lambda: network(layers=LAYERS[name])))


def test_dropout_draws_the_very_masks_of_fit():
    (a, _), (b, _) = both(lambda: network(layers=LAYERS["dropout"]), eager=False, validation_data=None)
    for ours, theirs in zip(b.weights, a.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 50},  # o último lote é menor
        {"batch_size": 500},  # um lote só
        {"validation_data": None},
        {"validation_batch_size": 7},
        {"initial_epoch": 2},
        {"epochs": 0},
        {"steps_per_epoch": 3},
    ],
    ids=str,
)
def test_options_of_fit(options):
    if "steps_per_epoch" in options:  # fit não recomeça os exemplos sozinho: um conjunto que se repete
        import tensorflow as tf

        repeated = tf.data.Dataset.from_tensor_slices((X, Y)).repeat().batch(50)
        model = network()
        ours = training.fit(model, X, Y, batch_size=50, epochs=4, shuffle=False, verbose=0, **options)
        theirs = network().fit(repeated, epochs=4, steps_per_epoch=3, verbose=0)
        np.testing.assert_allclose(ours.history["loss"], theirs.history["loss"], rtol=1e-5)
        return
    assert_same(both(network, **options))


def test_shuffling_covers_every_example_once_and_is_seeded():
    order = training._Order(230, 50, None, True)
    set_seeds()
    full, tail = order.draw(3)
    for epoch in range(3):
        seen = np.concatenate([full[epoch].ravel(), tail[epoch]])
        assert sorted(seen) == list(range(230)) and list(seen) != list(range(230))
    set_seeds()
    np.testing.assert_array_equal(training._Order(230, 50, None, True).draw(3)[0], full)


# --- callbacks ----------------------------------------------------------------------------------


class Recorder(keras.callbacks.Callback):
    """Anota os ganchos de época, na ordem em que são chamados."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("começo")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(("início", epoch))

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(("fim", epoch, sorted(logs), float(self.model.optimizer.iterations)))

    def on_test_begin(self, logs=None):
        self.calls.append("teste")

    def on_train_end(self, logs=None):
        self.calls.append("fim do treino")


def test_callbacks_are_called_as_fit_calls_them():
    recorders = []

    def callbacks():
        recorders.append(Recorder())
        return [recorders[-1]]

    assert_same(both(network, callbacks=callbacks))
    assert recorders[0].calls == recorders[1].calls


def test_early_stopping_restores_the_best_weights():
    def callbacks():
        return [keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)]

    against = (X[:70], 1 - Y[:70])  # quem aprende o treino piora aqui
    results = both(network, epochs=40, callbacks=callbacks, validation_data=against)
    assert_same(results)
    model, history = results[1]
    assert len(history.epoch) < 40
    best = min(history.history["val_loss"])
    loss = model.evaluate(*against, verbose=0, return_dict=True)["loss"]
    np.testing.assert_allclose(loss, best, rtol=1e-5)


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.callbacks.LearningRateScheduler(lambda epoch: 0.01 / (1 + epoch)),
        lambda: keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=0, min_delta=1.0),
    ],
    ids=["agendador", "platô"],
)
def test_learning_rate_callbacks_act(make):
    results = both(network, callbacks=lambda: [make()])
    assert_same(results)
    rates = results[1][1].history["learning_rate"]
    assert rates[-1] < rates[0]


def test_tensorboard_and_dots_work(tmp_path, capsys):
    training.fit(
        network(),
        X,
        Y,
        epochs=3,
        validation_data=VALIDATION,
        verbose=0,
        callbacks=[keras.callbacks.TensorBoard(tmp_path), EpochDots(every=2)],
    )
    assert list(tmp_path.rglob("events*"))
    out = capsys.readouterr().out
    assert "época: 0" in out and "época: 2" in out and out.count(".") >= 3


def test_dots_alone_do_not_force_one_epoch_per_call(monkeypatch):
    sizes = []
    run = training._CompiledEpochs.run
    monkeypatch.setattr(training._CompiledEpochs, "run", lambda self, n: sizes.append(n) or run(self, n))
    history = training.fit(network(), X, Y, epochs=40, verbose=0, callbacks=[EpochDots()])
    assert sum(sizes) == 40 == len(history.epoch) and max(sizes) > 1


# --- quando o motor não serve, e quando o pedido não serve --------------------------------------


class PerBatch(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        self.batches = getattr(self, "batches", 0) + 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"callbacks": [PerBatch()]}, "PerBatch"),
        ({"class_weight": {0: 1.0, 1: 2.0}}, "class_weight"),
        ({"validation_split": 0.2}, "validation_split"),
    ],
    ids=["por lote", "peso por classe", "partição"],
)
def test_falls_back_to_fit_and_says_why(options, reason):
    with pytest.warns(training.FallbackWarning, match=reason):
        history = training.fit(network(), X, Y, epochs=2, verbose=0, **options)
    assert len(history.epoch) == 2
    for callback in options.get("callbacks", []):
        assert callback.batches == 2 * 8


def test_eager_models_and_datasets_go_to_fit():
    import tensorflow as tf

    with pytest.warns(training.FallbackWarning, match="run_eagerly"):
        training.fit(network(run_eagerly=True), X[:40], Y[:40], verbose=0)
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(50)
    with pytest.warns(training.FallbackWarning, match="arrays"):
        training.fit(network(), dataset, None, batch_size=None, verbose=0)


class ThroughPython(keras.layers.Layer):
    """Uma camada que o XLA não sabe compilar: volta ao Python a cada chamada."""

    def call(self, inputs):
        import tensorflow as tf

        def same(array):
            return array

        outputs = tf.numpy_function(same, [tf.stop_gradient(inputs)], inputs.dtype)
        return inputs + 0.0 * tf.ensure_shape(outputs, inputs.shape)


def test_what_xla_cannot_compile_goes_to_fit_with_weights_untouched():
    model = network(layers=lambda: [keras.layers.Dense(8), ThroughPython()])
    reference = network(layers=lambda: [keras.layers.Dense(8), ThroughPython()])
    with pytest.warns(training.FallbackWarning, match="XLA"):
        ours = training.fit(model, X, Y, epochs=2, shuffle=False, verbose=0)
    theirs = reference.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_allclose(ours.history["loss"], theirs.history["loss"], rtol=1e-6)


@pytest.mark.parametrize(
    ("x", "y", "options", "message"),
    [
        (X[:0], Y[:0], {}, "vazio"),
        (X, Y[:5], {}, "230 entradas e 5 alvos"),
        (X, Y, {"validation_data": (X[:3], Y[:2])}, "validação"),
        (X, Y, {"batch_size": 0}, "batch_size"),
    ],
)
def test_bad_data_is_named(x, y, options, message):
    with pytest.raises(ValueError, match=message):
        training.fit(network(), x, y, verbose=0, **options)


def test_a_model_that_was_not_compiled_is_named():
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match=r"model\.compile"):
        training.fit(model, X, Y, verbose=0)


def test_progress_shows_loss_and_time_left(capsys):
    training.fit(network(), X, Y, epochs=3, validation_data=VALIDATION)
    out = capsys.readouterr().out
    assert "3/3 épocas" in out and "faltam" in out and "perda 0," in out and "na validação 0," in out


def test_an_interruption_leaves_a_usable_model():
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    model = network()
    with pytest.raises(KeyboardInterrupt):
        training.fit(model, X, Y, epochs=5, verbose=0, callbacks=[Stop()])
    assert int(model.optimizer.iterations) == 2 * 8
    assert len(training.fit(model, X, Y, epochs=2, verbose=0).epoch) == 2
