import keras
import numpy as np
import pytest

from gradiente.layers import RReLU

NEGATIVES = -np.ones((200, 50), "float32")


def test_positives_pass_and_inference_uses_the_mean_slope():
    x = np.array([[-2.0, -1.0, 0.0, 1.0, 3.0]], "float32")
    leaky = keras.layers.LeakyReLU(negative_slope=(1 / 8 + 1 / 3) / 2)
    np.testing.assert_allclose(RReLU()(x), leaky(x), rtol=1e-6)
    np.testing.assert_array_equal(np.asarray(RReLU()(x, training=True))[0, 2:], x[0, 2:])


def test_training_draws_one_slope_per_element_and_per_pass():
    layer = RReLU(seed=1)
    slopes = -np.asarray(layer(NEGATIVES, training=True))
    assert slopes.min() >= 1 / 8 and slopes.max() <= 1 / 3
    assert slopes.mean() == pytest.approx(11 / 48, abs=2e-3)
    assert slopes.std() == pytest.approx((1 / 3 - 1 / 8) / 12**0.5, rel=0.05)
    assert not np.array_equal(slopes, -np.asarray(layer(NEGATIVES, training=True)))


def test_same_seed_same_draws():
    first, second = (np.asarray(RReLU(seed=7)(NEGATIVES, training=True)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_keeps_shape_and_dtype(dtype):
    layer = RReLU(dtype=dtype)
    for training in (False, True):
        out = layer(np.full((2, 3, 4), -1.0, dtype), training=training)
        assert out.shape == (2, 3, 4) and keras.backend.standardize_dtype(out.dtype) == dtype
    assert layer.compute_output_shape((None, 3)) == (None, 3)
    assert layer.count_params() == 0


@pytest.mark.parametrize("bounds", [(0.3, 0.1), (-0.1, 0.2), (0.1, float("inf")), (float("nan"), 0.2)])
def test_refuses_impossible_slopes(bounds):
    with pytest.raises(ValueError, match="inclinações"):
        RReLU(*bounds)


def test_fits_saves_and_loads(tmp_path):
    keras.utils.set_random_seed(3)
    x = np.random.default_rng(0).normal(size=(64, 5)).astype("float32")
    model = keras.Sequential(
        [keras.Input((5,)), keras.layers.Dense(8), RReLU(0.1, 0.4, seed=2), keras.layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    history = model.fit(x, x[:, :1], epochs=3, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    path = tmp_path / "rede.keras"
    model.save(path)
    loaded = keras.models.load_model(path)
    np.testing.assert_allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6)
    assert (loaded.layers[1].lower, loaded.layers[1].upper, loaded.layers[1].seed) == (0.1, 0.4, 2)


def test_config_round_trip_with_a_shared_generator():
    layer = RReLU(seed=keras.random.SeedGenerator(5), name="vaza")
    copy = RReLU.from_config(
        keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer.get_config()))
    )
    assert copy.name == "vaza" and copy.upper == layer.upper
