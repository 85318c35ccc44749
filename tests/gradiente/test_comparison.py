"""Muitas redes em um programa: cada uma tem de ser a que seria sozinha."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest

from gradiente.comparison import Recipe, StackedDropout, _stack, train_together

RNG = np.random.default_rng(7)
X = RNG.standard_normal((120, 6)).astype("float32")
Y = (X[:, :1] * X[:, 1:2] + 0.3 * X[:, 2:3] > 0).astype("float32")
TRAIN, VALIDATION = (X[:80], Y[:80]), (X[80:], Y[80:])
OPTIONS = {
    "validation_data": VALIDATION,
    "hidden": (8, 5),
    "epochs": 4,
    "batch_size": 80,
    "learning_rate": 0.01,
}


def alone(recipe: Recipe, seed: int, units: tuple[int, ...] = (8, 5)) -> tuple[list[float], list[float]]:
    """A mesma rede, sozinha, com camadas comuns do Keras."""
    options = {
        "activation": "elu",
        "kernel_regularizer": keras.regularizers.L1L2(recipe.l1, recipe.l2),
        "kernel_constraint": keras.constraints.MaxNorm(recipe.max_norm)
        if math.isfinite(recipe.max_norm)
        else None,
    }
    layers = [keras.Input((6,))]
    for depth, n in enumerate(units):
        init = keras.initializers.GlorotUniform(seed * 1_000 + depth)
        layers.append(keras.layers.Dense(n, kernel_initializer=init, **options))
    init = keras.initializers.GlorotUniform(seed * 1_000 + len(units))
    layers.append(keras.layers.Dense(1, kernel_initializer=init))
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.01), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    found = ([], [])
    for _ in range(4):
        model.train_on_batch(*TRAIN)
        for values, (x, y) in zip(found, (TRAIN, VALIDATION), strict=True):
            logits = np.asarray(model(x))
            values.append(float(np.mean(np.logaddexp(0, logits) - y * logits)))
    return found


RECIPES = [
    Recipe("nenhuma"),
    Recipe("L1", l1=0.01),
    Recipe("L2", l2=0.02),
    Recipe("norma máxima", max_norm=0.6),
    Recipe("menor", units=3),
]


@pytest.fixture(scope="module")
def together():
    return train_together(RECIPES, *TRAIN, seeds=(3, 4), **OPTIONS)


@pytest.mark.parametrize("index", range(len(RECIPES)))
def test_each_network_is_the_one_keras_trains_alone(together, index):
    recipe = RECIPES[index]
    units = (recipe.units,) * 2 if recipe.units else (8, 5)
    loss, val_loss = alone(recipe, 4, units)
    np.testing.assert_allclose(together.loss[index, 1], loss, rtol=2e-5)
    np.testing.assert_allclose(together.val_loss[index, 1], val_loss, rtol=2e-5)


def test_recipes_change_the_result_and_seeds_too(together):
    last = together.loss[..., -1]
    assert len(np.unique(last.round(6))) == last.size


def test_shapes_and_parameters(together):
    assert together.loss.shape == together.val_loss.shape == (5, 2, 4)
    large, small = 7 * 8 + 9 * 5 + 6, 7 * 3 + 4 * 3 + 4
    assert together.parameters.tolist() == [large] * 4 + [small]


def test_the_same_seed_starts_from_the_same_weights():
    model, _ = _stack((RECIPES[0], RECIPES[2]), (3, 4), 6, (8, 5), "elu")
    kernel = next(w for w in model.weights if w.name == "kernel").numpy()
    np.testing.assert_array_equal(kernel[0], kernel[2])
    assert np.abs(kernel[0] - kernel[1]).max() > 0.1


def test_dropout_has_each_network_its_rate_and_keeps_the_mean():
    layer = StackedDropout(np.array([0.0, 0.2, 0.5]))
    out = np.asarray(layer(np.ones((3, 400, 50), "float32"), training=True))
    np.testing.assert_allclose((out == 0).mean(axis=(1, 2)), [0, 0.2, 0.5], atol=0.02)
    np.testing.assert_allclose(out.mean(axis=(1, 2)), 1, atol=0.03)
    assert (out[1, 0] != out[1, 1]).any(), "a máscara muda de exemplo para exemplo"
    np.testing.assert_array_equal(layer(np.ones((3, 4, 5)), training=False), np.ones((3, 4, 5)))


def test_dropout_regularizes():
    recipes = [Recipe("nenhuma"), Recipe("dropout", dropout=0.5)]
    found = train_together(recipes, *TRAIN, seeds=(0, 1), **OPTIONS | {"epochs": 40})
    assert (found.loss[0, :, -1] < found.loss[1, :, -1]).all()


def test_labels_may_come_in_one_dimension(together):
    flat = train_together(
        RECIPES[:1], X[:80], Y[:80, 0], seeds=(3,), **OPTIONS | {"validation_data": (X[80:], Y[80:, 0])}
    )
    np.testing.assert_allclose(flat.loss[0, 0], together.loss[0, 0], rtol=2e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dropout": 1.0}, "taxa de dropout"),
        ({"l2": -1.0}, "negativas"),
        ({"max_norm": 0.0}, "norma máxima"),
        ({"units": 0}, "units"),
    ],
)
def test_impossible_recipes_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Recipe("errada", **options)


def test_empty_or_repeated_recipes_are_refused():
    with pytest.raises(ValueError, match="pelo menos uma"):
        train_together([], *TRAIN, **OPTIONS)
    with pytest.raises(ValueError, match="mesmo nome"):
        train_together([Recipe("a"), Recipe("a", l2=1.0)], *TRAIN, **OPTIONS)
