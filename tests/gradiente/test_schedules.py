"""O momento que muda dentro do grafo, o ciclo e a busca da taxa, que deixa tudo como estava."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from gradiente.claims import set_seeds
from gradiente.schedules import MomentumSGD, OneCycle, RateRecorder, find_rate

X = np.random.default_rng(0).normal(size=(200, 6)).astype("float32")
Y = (X[:, :1] * X[:, 1:2] > 0).astype("float32")


def network(optimizer):
    set_seeds()
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
    model.compile(optimizer, keras.losses.BinaryCrossentropy(from_logits=True))
    return model


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_constant_momentum_is_keras_sgd(momentum):
    models = [network(kind(0.1, momentum)) for kind in (MomentumSGD, keras.optimizers.SGD)]
    for model in models:
        model.fit(X, Y, epochs=3, batch_size=50, shuffle=False, verbose=0)
    for ours, theirs in zip(models[0].weights, models[1].weights, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6, atol=1e-7)


def test_momentum_changes_inside_the_compiled_step():
    model = network(MomentumSGD(0.1, 0.9))
    model.fit(X, Y, epochs=1, batch_size=200, verbose=0)
    model.optimizer.momentum.assign(0.0)
    before = model.layers[0].kernel.numpy()
    velocity = model.optimizer.velocities[0].numpy()
    model.fit(X, Y, epochs=1, batch_size=200, verbose=0)
    step = model.layers[0].kernel.numpy() - before
    np.testing.assert_allclose(step, model.optimizer.velocities[0].numpy(), rtol=1e-3, atol=1e-7)
    assert np.abs(step - 0.9 * velocity).max() > 1e-5, "com momento 0, o passo não herda a velocidade"
    twin = network(MomentumSGD(0.1, 0.9))
    twin.fit(X, Y, epochs=1, batch_size=200, verbose=0)
    twin.fit(X, Y, epochs=1, batch_size=200, verbose=0)
    assert np.abs(twin.layers[0].kernel.numpy() - model.layers[0].kernel.numpy()).max() > 1e-5


def test_the_optimizer_is_saved_and_loaded(tmp_path):
    model = network(MomentumSGD(0.1, 0.7))
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    assert type(loaded.optimizer) is MomentumSGD and float(loaded.optimizer.momentum) == pytest.approx(0.7)


def test_one_cycle_has_the_described_shape():
    cycle = OneCycle(1.0, 100, momentum=(0.95, 0.85))
    rates, momenta = np.array([cycle.at(step) for step in range(100)]).T
    assert rates[0] == pytest.approx(0.1) and rates.max() == pytest.approx(1.0) and rates.argmax() == 45
    assert rates[-1] == pytest.approx(1e-4)
    assert (np.diff(rates[:46]) > 0).all() and (np.diff(rates[45:]) < 0).all()
    assert momenta[0] == pytest.approx(0.95) and momenta[45] == pytest.approx(0.85)
    assert (momenta[90:] == 0.95).all()


def test_one_cycle_acts_on_every_step_and_starts_again():
    model = network(MomentumSGD(0.1))
    cycle, recorder = OneCycle(0.5, 20), RateRecorder()
    for _ in range(2):
        model.fit(X, Y, epochs=5, batch_size=50, callbacks=[cycle, recorder], verbose=0)
        np.testing.assert_allclose(recorder.rates, [cycle.at(step)[0] for step in range(20)], rtol=1e-6)
        assert len(cycle.momenta) == 20
    assert float(model.optimizer.momentum) == pytest.approx(0.95)


def test_the_recorder_reads_schedules_too():
    schedule = keras.optimizers.schedules.InverseTimeDecay(0.1, 2, 1.0)
    recorder = RateRecorder()
    network(keras.optimizers.SGD(schedule)).fit(X, Y, batch_size=50, callbacks=[recorder], verbose=0)
    np.testing.assert_allclose(recorder.rates, [0.1 / (1 + t / 2) for t in range(4)], rtol=1e-6)


def test_the_search_leaves_the_model_as_it_was():
    model = network(keras.optimizers.Adam(0.003))
    model.fit(X, Y, verbose=0)
    before = [v.numpy() for v in (*model.variables, *model.optimizer.variables)]
    found = find_rate(model, X, Y, steps=60)
    for old, variable in zip(before, (*model.variables, *model.optimizer.variables), strict=True):
        np.testing.assert_array_equal(variable.numpy(), old)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.003)
    assert found.rates[0] < found.suggestion < found.rates[-1]
    assert len(found.rates) == len(found.losses) and (np.diff(found.rates) > 0).all()


def test_the_suggestion_is_near_the_best_rate_of_a_known_problem():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 4)).astype("float32")
    y = x @ rng.normal(size=(4, 1)).astype("float32")
    set_seeds()
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    found = find_rate(model, x, y, lowest=1e-4, highest=10, steps=80, batch_size=50)
    assert 0.01 < found.suggestion < 1.0  # a curvatura é 2: acima de 1 a descida diverge
    assert found.rates[-1] < 10, "parou ao divergir"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MomentumSGD(0.1, 1.0), "momento"),
        (lambda: OneCycle(0, 100), "positiva"),
        (lambda: OneCycle(0.1, 5), "10 passos"),
        (lambda: find_rate(network("sgd"), X, Y, lowest=1, highest=0.1), "lowest < highest"),
        (lambda: find_rate(network("sgd"), X, Y, steps=5), "20 passos"),
        (lambda: network("sgd").fit(X, Y, callbacks=[OneCycle(0.1, 20)], verbose=0), "congela o momento"),
        (
            lambda: find_rate(
                network(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5))), X, Y
            ),
            "agendamento",
        ),
    ],
)
def test_what_cannot_be_done_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
