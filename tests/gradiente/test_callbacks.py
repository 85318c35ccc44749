"""Callbacks: o progresso em pontos e o registro dos pesos."""

import re

import keras
import numpy as np
import pytest

from gradiente.callbacks import EpochDots, WeightRecorder


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)])
    net.compile(keras.optimizers.SGD(0.1), "mean_squared_error", metrics=["mean_absolute_error"])
    return net


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(16, 3)).astype("float32")
    return x, x.sum(axis=1, keepdims=True)


def test_dots_and_a_line_every_few_epochs(model, data, capsys):
    history = model.fit(*data, epochs=5, verbose=0, callbacks=[EpochDots(every=2)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1::2] == ["..", "..", "."]
    assert [line.split(",")[0] for line in lines[::2]] == ["época: 0", "época: 2", "época: 4"]
    pattern = r"época: \d+, loss: \d+,\d{4}, mean_absolute_error: \d+,\d{4}"
    assert all(re.fullmatch(pattern, line) for line in lines[::2])
    loss = f"{history.history['loss'][2]:.4f}".replace(".", ",")
    assert f"loss: {loss}" in lines[2]


def test_line_is_closed_at_the_end_and_only_once(capsys):
    dots = EpochDots(every=100)
    for epoch in range(3):
        dots.on_epoch_end(epoch, {"accuracy": 0.62151, "loss": np.float32(0.5)})
    dots.on_train_end()
    dots.on_train_end()
    assert capsys.readouterr().out == "época: 0, accuracy: 0,6215, loss: 0,5000\n...\n"


def test_no_metrics_is_no_problem(capsys):
    dots = EpochDots()
    dots.on_epoch_end(0)
    dots.on_train_end()
    assert capsys.readouterr().out == "época: 0\n.\n"


@pytest.mark.parametrize("every", [0, -3, 2.5, True, "10"])
def test_every_must_be_a_positive_integer(every):
    with pytest.raises(ValueError, match="inteiro positivo"):
        EpochDots(every=every)


def test_recorder_follows_the_weights(model, data):
    before = model.layers[0].kernel.numpy().astype("float64")
    recorder = WeightRecorder()
    model.fit(*data, epochs=3, verbose=0, callbacks=[recorder])
    after = model.layers[0].kernel.numpy().astype("float64")
    assert recorder.names == tuple(layer.name for layer in model.layers)
    assert recorder.mean.shape == recorder.std.shape == recorder.change.shape == (4, 2)
    np.testing.assert_array_equal(recorder.change[0], 0)
    np.testing.assert_allclose(recorder.mean[[0, 3], 0], [before.mean(), after.mean()])
    np.testing.assert_allclose(recorder.std[[0, 3], 0], [before.std(), after.std()])
    expected = np.linalg.norm(after - before) / np.linalg.norm(before)
    np.testing.assert_allclose(recorder.change[3, 0], expected)


def test_recorder_starts_again_with_each_training(model, data):
    recorder = WeightRecorder()
    model.fit(*data, epochs=3, verbose=0, callbacks=[recorder])
    model.fit(*data, epochs=1, verbose=0, callbacks=[recorder])
    assert recorder.change.shape == (2, 2)
    np.testing.assert_array_equal(recorder.change[0], 0)
