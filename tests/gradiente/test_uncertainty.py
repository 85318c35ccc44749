"""Monte Carlo: quem sorteia, quem não muda, e as medidas contra contas feitas à mão."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from gradiente.claims import set_seeds
from gradiente.uncertainty import (
    MCAlphaDropout,
    MCDropout,
    calibration,
    monte_carlo,
    mutual_information,
    predictive_entropy,
    with_monte_carlo,
)

X = np.random.default_rng(0).normal(size=(30, 5)).astype("float32")


def network(*middle):
    set_seeds()
    return keras.Sequential(
        [keras.Input((5,)), keras.layers.Dense(16, "relu"), *middle, keras.layers.Dense(3, "softmax")]
    )


@pytest.mark.parametrize(
    ("plain", "random"),
    [(keras.layers.Dropout, MCDropout), (keras.layers.AlphaDropout, MCAlphaDropout)],
)
def test_the_copy_draws_always_and_shares_nothing(plain, random):
    model = network(plain(0.4))
    copy = with_monte_carlo(model)
    assert type(copy.layers[1]) is random and copy.layers[1].rate == 0.4
    assert np.ptp([np.asarray(model(X)) for _ in range(3)], axis=0).max() == 0
    assert np.ptp([np.asarray(copy(X)) for _ in range(3)], axis=0).max() > 0
    for ours, theirs in zip(copy.weights, model.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
        assert ours is not theirs


def test_functional_and_nested_models_are_copied():
    inputs = keras.Input((5,))
    hidden = keras.layers.Dropout(0.5)(keras.layers.Dense(8)(inputs))
    model = keras.Model(inputs, keras.layers.Add()([hidden, keras.layers.Dense(8)(inputs)]))
    copy = with_monte_carlo(model)
    assert monte_carlo(copy, X, 8).std(axis=0).max() > 0


def test_batch_normalization_stays_in_inference():
    model = with_monte_carlo(network(keras.layers.BatchNormalization(), keras.layers.Dropout(0.4)))
    before = [w.numpy() for w in model.layers[1].non_trainable_weights]
    monte_carlo(model, X, 10)
    for old, weight in zip(before, model.layers[1].non_trainable_weights, strict=True):
        np.testing.assert_array_equal(weight.numpy(), old)


@pytest.mark.parametrize("layer", [MCDropout, MCAlphaDropout])
def test_saved_models_come_back(tmp_path, layer):
    model = network(layer(0.3))
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    assert type(loaded.layers[1]) is layer and loaded.layers[1].rate == 0.3


def test_tiled_passes_have_the_distribution_of_separate_calls(monkeypatch):
    monkeypatch.setattr("gradiente.uncertainty.ROWS_PER_CALL", 1_000)  # várias chamadas, e a última menor
    model = with_monte_carlo(network(keras.layers.Dropout(0.4)))
    tiled = monte_carlo(model, X, 400)
    loop = np.stack([np.asarray(model(X)) for _ in range(400)])
    assert tiled.shape == loop.shape == (400, 30, 3)
    error = np.sqrt((tiled.var(axis=0) + loop.var(axis=0)) / 400)
    assert np.mean(np.abs(tiled.mean(axis=0) - loop.mean(axis=0)) < 3 * error + 1e-6) > 0.95
    np.testing.assert_allclose(tiled.std(axis=0), loop.std(axis=0), rtol=0.35, atol=0.01)


def test_every_example_of_every_pass_has_its_own_mask():
    model = keras.Sequential([keras.Input((200,)), MCDropout(0.5)])
    masks = monte_carlo(model, np.ones((4, 200), "float32"), 5).reshape(20, 200) > 0
    agreement = (masks[:, None] == masks[None]).mean(axis=-1)[np.triu_indices(20, 1)]
    assert agreement.max() < 0.7, "duas máscaras iguais concordariam em tudo"


def test_more_passes_than_rows_per_call(monkeypatch):
    monkeypatch.setattr("gradiente.uncertainty.ROWS_PER_CALL", 3)
    assert monte_carlo(with_monte_carlo(network(keras.layers.Dropout(0.4))), X[:2], 7).shape == (7, 2, 3)


def test_what_cannot_be_done_is_named():
    plain = network(keras.layers.Dropout(0.4))
    with pytest.raises(ValueError, match="with_monte_carlo"):
        monte_carlo(plain, X)
    copy = with_monte_carlo(plain)
    with pytest.raises(ValueError, match="passes"):
        monte_carlo(copy, X, 0)
    with pytest.raises(ValueError, match="não há exemplos"):
        monte_carlo(copy, X[:0])
    with pytest.raises(ValueError, match="não há o que sortear"):
        with_monte_carlo(network())


def test_entropy_of_known_distributions():
    values = predictive_entropy([[1.0, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]])
    np.testing.assert_allclose(values, [0, np.log(4), np.log(2)])
    with pytest.raises(ValueError, match="logits"):
        predictive_entropy([[2.0, -1.0]])


def test_mutual_information_is_disagreement():
    agree = np.tile([[0.5, 0.5]], (4, 1, 1))
    contradict = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])
    np.testing.assert_allclose(mutual_information(agree), [0], atol=1e-12)
    np.testing.assert_allclose(mutual_information(contradict), [np.log(2)])


def test_calibration_by_hand():
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.35, 0.65], [0.4, 0.6], [1.0, 0.0]])
    report = calibration(probabilities, np.array([0, 1, 1, 0, 0]))
    assert report.count.tolist() == [0] * 6 + [2, 0, 0, 3]
    np.testing.assert_allclose(report.confidence[[6, 9]], [0.625, (0.95 * 2 + 1) / 3])
    np.testing.assert_allclose(report.accuracy[[6, 9]], [0.5, 2 / 3])
    np.testing.assert_allclose(report.error, (2 * 0.125 + 3 * abs(2 / 3 - 2.9 / 3)) / 5)
    assert np.isnan(report.accuracy[0])


def test_calibration_refuses_what_does_not_match():
    with pytest.raises(ValueError, match="3 rótulos"):
        calibration(np.ones((2, 2)) / 2, [0, 1, 1])
    with pytest.raises(ValueError, match="bins"):
        calibration(np.ones((2, 2)) / 2, [0, 1], bins=0)
