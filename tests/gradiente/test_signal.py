"""Instrumentos do sinal, contra redes cujos gradientes se conhecem em forma fechada ou por diferenças."""

import keras
import numpy as np
import pytest

from gradiente import signal

rng = np.random.default_rng(0)


def linear_chain(weights, use_bias=False):
    """Rede linear de uma unidade por camada: tudo nela se calcula de cabeça."""
    layers = [keras.layers.Dense(1, use_bias=use_bias, name=f"c{i}") for i in range(len(weights))]
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.set_weights([np.array([[w]]) for w in weights])
    return model


def dense(activation, units=5, depth=2, inputs=4, outputs=3, **options):
    keras.utils.set_random_seed(1)
    hidden = [keras.layers.Dense(units, activation, **options) for _ in range(depth)]
    model = keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])
    model.compile("sgd", "mean_squared_error")
    return model


# --- gradientes ----------------------------------------------------------------------------------


def test_linear_chain_in_closed_form():
    weights, x, y = [2.0, -3.0, 0.5], 1.5, 1.0
    norms = signal.gradient_norms(linear_chain(weights), [[x]], [[y]], loss="mean_squared_error")
    error = 2 * (np.prod(weights) * x - y)  # ∂L/∂ŷ
    np.testing.assert_allclose(norms.loss, (error / 2) ** 2, rtol=1e-6)
    np.testing.assert_allclose(
        norms.kernel, [abs(error * np.prod(weights) / w * x) for w in weights], rtol=1e-5
    )
    np.testing.assert_allclose(norms.hidden, [abs(error * -3.0 * 0.5), abs(error * 0.5)], rtol=1e-5)
    assert norms.names == ("c0", "c1", "c2")
    np.testing.assert_allclose(norms.ratio, 0.5 / 2.0, rtol=1e-5)
    np.testing.assert_allclose(norms.hidden_ratio, 3.0, rtol=1e-5)


def test_gradients_agree_with_finite_differences():
    model = dense("sigmoid")
    x, y = rng.normal(size=(6, 4)), rng.normal(size=(6, 3))
    found = list(signal.gradients(model, x, y).values())
    start = [w.astype("float64") for w in model.get_weights()]

    def loss(weights):
        h = x
        for kernel, bias in zip(weights[0:4:2], weights[1:4:2], strict=True):
            h = 1 / (1 + np.exp(-(h @ kernel + bias)))
        return np.mean((h @ weights[4] + weights[5] - y) ** 2)

    for layer, gradient in enumerate(found):
        expected = np.zeros_like(start[2 * layer])
        for index in np.ndindex(expected.shape):
            up, down = [w.copy() for w in start], [w.copy() for w in start]
            up[2 * layer][index] += 1e-5
            down[2 * layer][index] -= 1e-5
            expected[index] = (loss(up) - loss(down)) / 2e-5
        np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-6)


def test_norms_are_those_of_the_gradients():
    model, x, y = dense("tanh"), rng.normal(size=(8, 4)), rng.normal(size=(8, 3))
    norms = signal.gradient_norms(model, x, y)
    expected = [np.linalg.norm(g) for g in signal.gradients(model, x, y).values()]
    np.testing.assert_allclose(norms.kernel, expected, rtol=1e-6)
    assert len(norms.hidden) == 2


def test_compiled_loss_includes_the_regulariser():
    x, y = rng.normal(size=(8, 4)), rng.normal(size=(8, 3))
    plain = dense("tanh")
    penalised = dense("tanh", kernel_regularizer=keras.regularizers.L2(0.5))
    gradients = signal.gradients(plain, x, y), signal.gradients(penalised, x, y)
    first_plain, first_penalised = (next(iter(g.values())) for g in gradients)
    np.testing.assert_allclose(
        first_penalised - first_plain, 2 * 0.5 * plain.layers[0].kernel.numpy(), rtol=1e-3
    )


def test_explicit_loss_is_averaged_over_the_batch():
    model = linear_chain([1.0])
    norms = signal.gradient_norms(model, [[1.0], [3.0]], [[0.0], [0.0]], loss="mean_squared_error")
    np.testing.assert_allclose(norms.loss, 5.0)
    np.testing.assert_allclose(norms.kernel, [2 * (1 + 9) / 2])


def test_measuring_leaves_no_trace_and_repeats():
    keras.utils.set_random_seed(0)
    parts = [keras.layers.Dense(6), keras.layers.BatchNormalization(), keras.layers.Activation("relu")]
    model = keras.Sequential([keras.Input((4,)), *parts, keras.layers.Dropout(0.5), keras.layers.Dense(2)])
    model.compile("sgd", "mean_squared_error")
    x, y = rng.normal(size=(32, 4)), rng.normal(size=(32, 2))
    before = [variable.numpy().copy() for variable in model.variables]
    first, second = (signal.gradient_norms(model, x, y) for _ in range(2))
    signal.activation_stats(model, x)
    for old, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(old, variable.numpy())
    np.testing.assert_array_equal(first.kernel, second.kernel)


def test_frozen_layers_are_measured_too():
    model, x, y = dense("tanh"), rng.normal(size=(8, 4)), rng.normal(size=(8, 3))
    expected = signal.gradient_norms(model, x, y).kernel
    model.layers[0].trainable = False
    np.testing.assert_allclose(signal.gradient_norms(model, x, y).kernel, expected, rtol=1e-6)


def test_skip_connection_gradient_in_closed_form():
    inputs = keras.Input((1,))
    h = keras.layers.Dense(1, use_bias=False)(inputs)
    h = keras.layers.Add()([h, keras.layers.Dense(1, use_bias=False)(h)])
    model = keras.Model(inputs, keras.layers.Dense(1, use_bias=False)(h))
    model.set_weights([np.array([[w]]) for w in (2.0, 3.0, 5.0)])
    norms = signal.gradient_norms(model, [[1.0]], [[0.0]], loss="mean_squared_error")
    error = 2 * 5.0 * (1 + 3.0) * 2.0
    np.testing.assert_allclose(norms.kernel, [error * 5 * 4, error * 5 * 2, error * 8], rtol=1e-5)
    np.testing.assert_allclose(norms.hidden, [error * 5 * 4, error * 5], rtol=1e-5)


def test_single_layer_has_no_hidden_ratio():
    norms = signal.gradient_norms(linear_chain([2.0]), [[1.0]], [[0.0]], loss="mean_squared_error")
    assert norms.ratio == 1
    assert norms.hidden.shape == (0,)
    assert np.isnan(norms.hidden_ratio)


# --- ativações -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activation", "outputs", "saturated", "two_sided"),
    [
        # pré-ativações −10, 0, 1, 10: a zona plana é onde a derivada < 10 % da maior
        ("sigmoid", [1 / (1 + np.exp(10)), 0.5, 1 / (1 + np.exp(-1)), 1 / (1 + np.exp(-10))], 0.5, True),
        ("tanh", [-1, 0, np.tanh(1), 1], 0.5, True),
        ("relu", [0, 0, 1, 10], 0.5, False),
        ("leaky_relu", [-2, 0, 1, 10], 0.0, False),
        ("elu", [np.expm1(-10), 0, 1, 10], 0.25, False),
        ("linear", [-10, 0, 1, 10], 0.0, False),
    ],
)
def test_stats_of_known_activations(activation, outputs, saturated, two_sided):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, activation, use_bias=False)])
    model.set_weights([np.eye(4)])
    stats = signal.activation_stats(model, [[-10.0, 0.0, 1.0, 10.0]])
    np.testing.assert_allclose(stats.mean, [np.mean(outputs)], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(stats.std, [np.std(outputs)], rtol=1e-5)
    assert stats.saturated[0] == saturated
    assert stats.two_sided[0] == two_sided


def test_flat_zone_boundary_of_sigmoid():
    """s(1 − s) = 0,025 em s ≈ 0,0257: a pré-ativação da fronteira é ln(s/(1 − s)) ≈ −3,637."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "sigmoid", use_bias=False)])
    model.set_weights([np.eye(2)])
    assert signal.activation_stats(model, [[-3.63, -3.64]]).saturated[0] == 0.5


def test_dead_units_are_flat_for_every_example():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "relu", use_bias=False)])
    model.set_weights([np.eye(2)])
    stats = signal.activation_stats(model, [[-1.0, -1.0], [-1.0, 2.0]])
    assert stats.saturated[0] == 0.75
    assert stats.dead[0] == 0.5


def test_activation_layers_count_and_unknown_slopes_are_nan():
    layers = [
        keras.layers.Dense(3),
        keras.layers.LeakyReLU(negative_slope=0.05),
        keras.layers.Dense(2, "gelu"),
    ]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.set_weights([np.eye(3), np.zeros(3), np.ones((3, 2)), np.zeros(2)])
    stats = signal.activation_stats(model, [[-1.0, 1.0, 2.0]])
    assert stats.names == tuple(layer.name for layer in layers)
    np.testing.assert_allclose(stats.saturated[:2], [0, 1 / 3])  # 0,05 < 10 % da inclinação maior, 1
    assert np.isnan(stats.saturated[2])
    assert np.isnan(stats.dead[2])


def test_chosen_layers_keep_the_order_asked():
    model = dense("tanh")
    names = [model.layers[2].name, model.layers[0].name]
    x = rng.normal(size=(5, 4)).astype("float32")
    outputs = signal.activations(model, x, layers=names)
    assert list(outputs) == names
    np.testing.assert_allclose(outputs[names[0]], model.predict(x, verbose=0), rtol=1e-5, atol=1e-6)


# --- pesos ---------------------------------------------------------------------------------------


def test_kernels_are_copies():
    model = linear_chain([2.0, 3.0])
    before = signal.kernels(model)
    model.layers[0].kernel.assign([[7.0]])
    assert before["c0"].item() == 2.0
    np.testing.assert_allclose(signal.relative_change(before, signal.kernels(model)), [2.5, 0.0])


def test_relative_change_of_sequences_and_zeros():
    before = [np.array([3.0, 4.0]), np.zeros(2), np.zeros(2)]
    after = [np.array([3.0, 5.0]), np.ones(2), np.zeros(2)]
    np.testing.assert_allclose(signal.relative_change(before, after), [0.2, np.inf, 0.0])


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ([np.ones(2)], [], "1 matrizes antes e 0 depois"),
        ([np.ones(2)], [np.ones(3)], r"formato \(2,\) e agora tem \(3,\)"),
        ({"a": np.ones(2)}, {"b": np.ones(2)}, "mesmas camadas"),
    ],
)
def test_relative_change_refuses_what_does_not_match(before, after, message):
    with pytest.raises(ValueError, match=message):
        signal.relative_change(before, after)


# --- diagnóstico ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([1.0, 0.01, 0.01, 1.0], "O gradiente desvanece"),
        ([1.0, 4.0, 4.0, 1.0], "O gradiente explode"),
        ([1.0, 0.5, 2.0, 1.0], "Nenhum sinal de doença"),
        ([0.0, 0.0, 0.0, 0.0], "O gradiente é zero"),
        ([1e30, 1e30, 1e30, 1.0], "já não é um número finito"),
    ],
)
def test_diagnosis_of_linear_chains(weights, sentence):
    assert sentence in signal.diagnose(linear_chain(weights), [[1.0]], [[0.3]], loss="mean_squared_error")


def test_diagnosis_thresholds_are_the_documented_ones():
    def diagnosis(factor):
        return signal.diagnose(linear_chain([1.0, factor, 1.0]), [[1.0]], [[0.3]], loss="mean_squared_error")

    assert "desvanece" in diagnosis(0.9 * signal.VANISHING)
    assert "Nenhum" in diagnosis(1.1 * signal.VANISHING)
    assert "Nenhum" in diagnosis(0.9 * signal.EXPLODING)
    assert "explode" in diagnosis(1.1 * signal.EXPLODING)


def test_diagnosis_sees_saturation_and_dead_units():
    x, y = np.abs(rng.normal(size=(64, 4))), rng.normal(size=(64, 3))
    big = dense("tanh", kernel_initializer=keras.initializers.RandomNormal(stddev=20.0))
    assert "saturação" in signal.diagnose(big, x, y)
    dead = dense("relu", depth=1, bias_initializer=keras.initializers.Constant(-100.0))
    dead.layers[0].bias.assign([-100.0] * 4 + [100.0])
    assert "unidades mortas" in signal.diagnose(dead, x, y)


# --- mensagens de erro ---------------------------------------------------------------------------


def test_errors_are_explained():
    x, y = np.ones((2, 4)), np.ones((2, 3))
    with pytest.raises(ValueError, match="ainda não foi construído"):
        signal.gradient_norms(keras.Sequential([keras.layers.Dense(2)]), x, y)
    with pytest.raises(ValueError, match="não tem camadas com matriz de pesos"):
        signal.gradient_norms(keras.Sequential([keras.Input((4,)), keras.layers.ReLU()]), x, y, loss="mse")
    with pytest.raises(ValueError, match="não há perda"):
        signal.gradient_norms(linear_chain([1.0]), [[1.0]], [[1.0]])
    model = dense("tanh")
    with pytest.raises(ValueError, match=r"x tem formato \(2, 5\); o modelo espera \(exemplos, 4\)"):
        signal.gradient_norms(model, np.ones((2, 5)), y)
    with pytest.raises(ValueError, match="com ao menos um exemplo"):
        signal.activations(model, np.ones((0, 4)))
    with pytest.raises(ValueError, match=r"x tem 2 exemplos, mas y tem formato \(3, 3\)"):
        signal.gradient_norms(model, x, np.ones((3, 3)))
    with pytest.raises(ValueError, match="não há camada chamada 'nenhuma'"):
        signal.activations(model, x, layers=["nenhuma"])
    with pytest.raises(ValueError, match="esperava um modelo do Keras"):
        signal.kernels([np.ones(3)])
    with pytest.raises(ValueError, match="modelo dentro do modelo"):
        signal.kernels(keras.Sequential([keras.Input((4,)), model]))
