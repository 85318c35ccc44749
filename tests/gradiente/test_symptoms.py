"""Os detectores da explosão: calam-se nas redes sadias, falam nas doentes e dizem o passo e a camada."""

import keras
import numpy as np
import pytest

from gradiente import symptoms

rng = np.random.default_rng(0)
x, y = rng.normal(size=(64, 20)).astype("float32"), rng.integers(0, 10, size=64)


def deep(activation, scale, mode="fan_avg", seed=1, learning_rate=0.02, depth=10):
    keras.utils.set_random_seed(seed)
    draw = keras.initializers.VarianceScaling(scale, mode, "truncated_normal")
    hidden = [
        keras.layers.Dense(64, activation, kernel_initializer=draw.clone(), name=f"oculta_{layer}")
        for layer in range(1, depth + 1)
    ]
    model = keras.Sequential([keras.Input((20,)), *hidden, keras.layers.Dense(10, name="saida")])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(learning_rate), loss)
    return model


def chain(*weights, learning_rate=0.1):
    """Rede linear de uma unidade por camada."""
    layers = [keras.layers.Dense(1, use_bias=False, name=f"c{i}") for i in range(len(weights))]
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    model.set_weights([np.array([[w]], "float32") for w in weights])
    return model


# --- sem alarme falso ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("activation", "scale", "mode"), [("tanh", 1.0, "fan_avg"), ("relu", 2.0, "fan_in")])
def test_healthy_networks_raise_no_alarm(activation, scale, mode, seed):
    model = deep(activation, scale, mode, seed)
    assert symptoms.examine(model, x, y, losses=[2.5, 2.9, 2.2, 1.8]) == []


# --- as doentes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_bounded_network_with_large_weights(seed):
    model = deep("tanh", 16.0, seed=seed)
    assert "cresce mais de 10 vezes" in symptoms.growing_gradient(model, x, y)
    assert symptoms.overflow(model, x) is None


@pytest.mark.parametrize("seed", range(5))
def test_relu_with_doubled_weights(seed):
    model = deep("relu", 8.0, "fan_in", seed)
    assert "cresce" in symptoms.growing_gradient(model, x, y)
    assert "mais do que o tamanho dela" in symptoms.large_step(model, x, y, learning_rate=1.0)


def test_relative_steps_in_closed_form():
    model = chain(2.0, 3.0)
    error = 2 * (6.0 * 1.5 - 1.0)  # ∂L/∂ŷ com x = 1,5 e y = 1
    expected = [0.1 * error * 3.0 * 1.5 / 2.0, 0.1 * error * 2.0 * 1.5 / 3.0]
    found = symptoms.relative_steps(model, [[1.5]], [[1.0]])
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(
        symptoms.relative_steps(model, [[1.5]], [[1.0]], learning_rate=0.2), 2 * found, rtol=1e-5
    )


def test_large_step_names_the_first_layer_and_respects_the_rate():
    model = chain(2.0, 3.0)
    assert "camada c0" in symptoms.large_step(model, [[1.5]], [[1.0]])
    assert symptoms.large_step(model, [[1.5]], [[1.0]], learning_rate=1e-3) is None


def test_relative_steps_needs_a_rate():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="taxa de aprendizado"):
        symptoms.relative_steps(model, [[1.0]], [[1.0]], loss="mean_squared_error")


def test_overflow_names_the_first_layer():
    assert "camada c2 é a primeira" in symptoms.overflow(chain(1e15, 1e15, 1e15, 1.0), [[1.0]])
    assert symptoms.overflow(chain(1e15, 1e15), [[1.0]]) is None


def test_broken_parameters():
    assert symptoms.broken_parameters(chain(1.0, 2.0)) is None
    assert symptoms.broken_parameters(chain(1.0, np.inf, np.nan)) == (
        "Há parâmetros infinitos ou NaN em 2 de 3 camadas, a partir de c1."
    )


def test_examine_does_not_measure_a_gradient_that_is_gone():
    found = symptoms.examine(chain(np.nan, 1.0), [[1.0]], [[0.0]])
    assert len(found) == 2
    assert "parâmetros" in found[0]
    assert "transborda" in found[1]


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([], None),
        ([2.3, 2.0, 4.5], None),
        ([1.0, 0.5, 2.5, 9.0], "A perda salta no passo 3 a mais do dobro da inicial."),
        ([1.0, 0.9, np.nan], "A perda deixa de ser um número finito no passo 3."),
        ([np.inf, 1.0], "A perda deixa de ser um número finito no passo 1."),
        (
            [1.0, 50.0, np.inf],
            "A perda salta no passo 2 a mais do dobro da inicial e deixa de ser um número finito no passo 3.",
        ),
    ],
)
def test_unstable_loss(losses, expected):
    assert symptoms.unstable_loss(losses) == expected


# --- o callback ----------------------------------------------------------------------------------


def test_callback_records_the_loss_of_each_batch():
    model, watch = deep("tanh", 1.0, learning_rate=0.0, depth=2), symptoms.StopOnExplosion()
    model.fit(x, y, epochs=2, batch_size=16, shuffle=False, callbacks=[watch], verbose=0)
    expected = [model.evaluate(x[i : i + 16], y[i : i + 16], verbose=0) for i in range(0, 64, 16)]
    np.testing.assert_allclose(watch.losses, expected * 2, rtol=1e-4)
    assert watch.step is None
    assert watch.message is None


def test_callback_stops_at_the_step_and_names_the_layer():
    model = chain(1e10, 1e10, 1e20, 1.0)
    watch = symptoms.StopOnExplosion(np.ones((4, 1), "float32"))
    model.fit(np.ones((8, 1)), np.zeros((8, 1)), epochs=3, batch_size=4, callbacks=[watch], verbose=0)
    assert (watch.step, len(watch.losses)) == (1, 1)
    assert "Parei no passo 1: a perda" in watch.message
    assert "camada c2 é a primeira" in watch.message
    assert [float(w[0, 0]) for w in watch.last_weights] == pytest.approx([1e10, 1e10, 1e20, 1.0])
    assert not np.isfinite(model.get_weights()).all()  # o modelo fica como o treino o deixou


def test_callback_sees_a_parameter_break_before_the_loss():
    model = chain(1e18, 1.0, learning_rate=1e30)  # a perda, 10³⁶, ainda cabe no float32; o passo, não
    watch = symptoms.StopOnExplosion()
    model.fit(np.ones((4, 1)), np.zeros((4, 1)), epochs=2, batch_size=4, callbacks=[watch], verbose=0)
    assert watch.step == 1
    assert np.isfinite(watch.losses[0])
    assert "um parâmetro" in watch.message
    assert "2 de 2 camadas, a partir de c0" in watch.message


def test_callback_says_when_the_forward_pass_is_still_finite():
    model = chain(1e18, 1.0, learning_rate=1e30)
    watch = symptoms.StopOnExplosion(np.ones((4, 1), "float32"))
    model.fit(np.ones((4, 1)), np.zeros((4, 1)), batch_size=4, callbacks=[watch], verbose=0)
    assert "a ida ainda não transborda" in watch.message


def test_callback_forgets_the_previous_training():
    model, watch = deep("tanh", 1.0, depth=2), symptoms.StopOnExplosion()
    for _ in range(2):
        model.fit(x, y, batch_size=32, callbacks=[watch], verbose=0)
        assert len(watch.losses) == 2
