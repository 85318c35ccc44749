"""Instrumentos que medem o sinal dentro de uma rede: ativações na ida, gradientes na volta."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

# Limiares de `diagnose`. São convenções do curso, escolhidas com folga entre as redes saudáveis e as
# doentes que as lições medem; a docstring de `diagnose` diz o que cada um significa.
FLAT = 0.1  # zona plana: derivada abaixo de 10 % da maior que a função de ativação tem
VANISHING = 1e-3
EXPLODING = 10.0
SATURATED = 0.5
DEAD = 0.5


@dataclass(frozen=True)
class GradientNorms:
    """Tamanho do gradiente em cada camada, da primeira à última.

    Attributes
    ----------
    names : tuple of str
        As n camadas com matriz de pesos (*kernel*), na ordem do modelo.
    kernel : ndarray, shape (n,), float64
        ‖∂L/∂W‖, norma euclidiana (de Frobenius) do gradiente de cada matriz de pesos.
    hidden : ndarray, shape (n − 1,), float64
        ‖∂L/∂h‖, norma do gradiente no sinal h que sai de cada camada oculta e entra na seguinte.
    loss : float
        A perda no lote medido.
    """

    names: tuple[str, ...]
    kernel: np.ndarray
    hidden: np.ndarray
    loss: float

    @property
    def ratio(self) -> float:
        """Norma do gradiente dos pesos da primeira camada dividida pela da última."""
        return _divide(self.kernel[0], self.kernel[-1])

    @property
    def hidden_ratio(self) -> float:
        """O mesmo para ∂L/∂h, entre a primeira e a última camada oculta (NaN se não houver)."""
        return _divide(self.hidden[0], self.hidden[-1]) if len(self.hidden) else float("nan")


@dataclass(frozen=True)
class ActivationStats:
    """Retrato das ativações de cada camada, da primeira à última.

    Attributes
    ----------
    names : tuple of str
        As n camadas medidas.
    mean, std : ndarray, shape (n,), float64
        Média e desvio padrão das saídas, sobre exemplos e unidades.
    saturated : ndarray, shape (n,), float64
        Fração das saídas (unidade × exemplo) que estão na zona plana da função de ativação: onde a
        derivada é menor que 10 % da maior. NaN se não se conhece a derivada; 0 se a ativação é linear.
    dead : ndarray, shape (n,), float64
        Fração das unidades que estão na zona plana em *todos* os exemplos.
    two_sided : ndarray, shape (n,), bool
        Verdadeiro onde a ativação é plana dos dois lados (sigmoide, tanh, softsign).
    """

    names: tuple[str, ...]
    mean: np.ndarray
    std: np.ndarray
    saturated: np.ndarray
    dead: np.ndarray
    two_sided: np.ndarray


# --- na volta: gradientes ------------------------------------------------------------------------


def gradients(
    model: keras.Model, x: Any, y: Any, loss: Any = None, training: bool = True
) -> dict[str, np.ndarray]:
    """Gradiente da perda em relação à matriz de pesos de cada camada.

    Parameters
    ----------
    model : keras.Model
        Modelo sequencial ou funcional, já construído.
    x : array, shape (exemplos, …)
        Entradas de um lote.
    y : array, shape (exemplos, …)
        Alvos do mesmo lote.
    loss : str, função ou keras.losses.Loss, optional
        A perda, tirada em média no lote. Sem ela, vale a da compilação (com as penalidades dos
        regularizadores, se houver).
    training : bool
        Se as camadas agem como no treino (lote na normalização em lote, *dropout* ligado).

    Returns
    -------
    dict of str to ndarray
        Um array por camada, com o formato do seu *kernel*.

    Raises
    ------
    ValueError
        Se o modelo não estiver construído, não tiver pesos ou não tiver perda, ou se os formatos
        de `x` e `y` não servirem.

    Notes
    -----
    Nada muda no modelo: pesos, médias móveis e geradores de números voltam a ser o que eram.
    """
    kernel, _, _ = _backward(model, x, y, loss, training)
    return kernel


def gradient_norms(
    model: keras.Model, x: Any, y: Any, loss: Any = None, training: bool = True
) -> GradientNorms:
    """Mede, camada por camada, o tamanho do gradiente que a retropropagação entrega.

    Parameters
    ----------
    model, x, y, loss, training
        Como em `gradients`.

    Returns
    -------
    GradientNorms
        Normas de ∂L/∂W e de ∂L/∂h, da primeira à última camada.

    Notes
    -----
    É o instrumento com que Glorot e Bengio (2010, seção 4) e, antes, Hochreiter (1991) e Bengio,
    Simard e Frasconi (1994) tornaram visível o desvanecimento. ∂L/∂W mistura o gradiente que chega
    à camada com o tamanho da sua entrada; ∂L/∂h mostra só o que chega.
    """
    kernel, hidden, value = _backward(model, x, y, loss, training)
    return GradientNorms(
        tuple(kernel),
        np.array([_norm(gradient) for gradient in kernel.values()]),
        np.array([_norm(gradient) for gradient in hidden]),
        value,
    )


def _backward(model, x, y, loss, training) -> tuple[dict[str, np.ndarray], list[np.ndarray], float]:
    """Uma ida e uma volta; é o único lugar do módulo que depende do TensorFlow."""
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            "esta medida usa o GradientTape do TensorFlow; execute o caderno com KERAS_BACKEND=tensorflow"
        )
    import tensorflow as tf

    layers = _kernel_layers(model)
    x = _inputs(model, x)
    y = _targets(model, x, y)
    if loss is None and not getattr(model, "compiled", False):
        raise ValueError("não há perda: compile o modelo (model.compile) ou passe loss=")
    # A entrada da camada seguinte é, por definição, o sinal que a anterior lhe entrega: já passou por
    # ativação, normalização em lote e conexões de salto, onde houver.
    probe = keras.Model(_model_inputs(model), [layer.input for layer in layers[1:]] + list(model.outputs))
    saved = _save_state(model)
    try:
        variables = [layer.kernel.value for layer in layers]
        with tf.GradientTape() as tape:
            tape.watch(variables)  # as camadas congeladas também: o instrumento mede, não treina
            outputs = probe(x, training=training)
            *hidden, output = outputs if isinstance(outputs, (list, tuple)) else [outputs]
            if loss is None:
                value = model.compute_loss(x=x, y=y, y_pred=output, training=training)
            else:
                value = keras.ops.mean(keras.losses.get(loss)(y, output))
        found = tape.gradient(value, variables + hidden, unconnected_gradients="zero")
    finally:
        _restore_state(saved)
    arrays = [np.asarray(gradient) for gradient in found]
    names = [layer.name for layer in layers]
    return dict(zip(names, arrays, strict=False)), arrays[len(layers) :], float(value)


# --- na ida: ativações ---------------------------------------------------------------------------


def activations(
    model: keras.Model, x: Any, layers: Sequence[str] | None = None, training: bool = True
) -> dict[str, np.ndarray]:
    """Saídas das camadas do modelo para um lote.

    Parameters
    ----------
    model : keras.Model
        Modelo sequencial ou funcional, já construído.
    x : array, shape (exemplos, …)
        Entradas de um lote.
    layers : sequence of str, optional
        Nomes das camadas. Sem eles, as que têm matriz de pesos ou função de ativação não linear.
    training : bool
        Como em `gradients`.

    Returns
    -------
    dict of str to ndarray
        Um array (exemplos, …, unidades) por camada, na ordem do modelo.

    Raises
    ------
    ValueError
        Se o modelo não estiver construído, se não houver camada com um dos nomes ou se o formato
        de `x` não servir.
    """
    chosen = _chosen_layers(model, layers)
    x = _inputs(model, x)
    probe = keras.Model(_model_inputs(model), [layer.output for layer in chosen])
    saved = _save_state(model)
    try:
        outputs = probe(x, training=training)
    finally:
        _restore_state(saved)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return {layer.name: keras.ops.convert_to_numpy(out) for layer, out in zip(chosen, outputs, strict=True)}


def activation_stats(
    model: keras.Model, x: Any, layers: Sequence[str] | None = None, training: bool = True
) -> ActivationStats:
    """Média, desvio padrão e saturação das ativações, camada por camada.

    Parameters
    ----------
    model, x, layers, training
        Como em `activations`.

    Returns
    -------
    ActivationStats
        Um valor por camada. A última dimensão da saída conta como a das unidades.
    """
    outputs = activations(model, x, layers, training)
    rows = [_layer_stats(model.get_layer(name), output) for name, output in outputs.items()]
    mean, std, saturated, dead, two_sided = (np.array(column) for column in zip(*rows, strict=True))
    return ActivationStats(tuple(outputs), mean, std, saturated, dead, two_sided)


def _layer_stats(layer: keras.Layer, output: np.ndarray) -> tuple[float, float, float, float, bool]:
    values = output.astype(np.float64)
    units = values.reshape(-1, values.shape[-1])
    name, slope = _slope(layer, units)
    if slope is None:
        saturated = dead = float("nan")
    else:
        flat = slope < FLAT
        saturated, dead = float(flat.mean()), float(flat.all(axis=0).mean())
    return float(values.mean()), float(values.std()), saturated, dead, name in _TWO_SIDED


_TWO_SIDED = {"sigmoid", "tanh", "softsign"}
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772  # Klambauer et al. (2017), eq. 2


def _slope(layer: keras.Layer, output: np.ndarray) -> tuple[str, np.ndarray | None]:
    """Derivada da ativação, deduzida da própria saída e dividida pela maior que a função tem.

    Só serve para funções monótonas, em que a saída determina a derivada; para as outras devolve None.
    """
    activation = getattr(layer, "activation", None)
    if isinstance(activation, keras.Layer):  # Dense(activation=LeakyReLU(...)) também é permitido
        layer, activation = activation, None
    if isinstance(layer, (keras.layers.ReLU, keras.layers.LeakyReLU)):
        name, leak = "relu", float(layer.negative_slope)
    elif isinstance(layer, keras.layers.ELU):
        name, leak = "elu", 0.0
    elif activation is None:
        name, leak = "linear", 0.0
    else:
        name = getattr(activation, "__name__", type(activation).__name__)
        leak = 0.2 if name == "leaky_relu" else 0.0  # o padrão de keras.activations.leaky_relu
        name = "relu" if name == "leaky_relu" else name
    if isinstance(layer, keras.layers.PReLU):
        return "prelu", None  # cada unidade tem a sua inclinação
    formulas = {
        "linear": lambda a: np.ones_like(a),
        "sigmoid": lambda a: 4 * a * (1 - a),
        "tanh": lambda a: 1 - a**2,
        "softsign": lambda a: (1 - np.abs(a)) ** 2,
        "relu": lambda a: np.where(a > 0, 1.0, leak),
        "elu": lambda a: np.where(a > 0, 1.0, a + getattr(layer, "alpha", 1.0)),
        "selu": lambda a: (
            np.where(a > 0, _SELU_SCALE, a + _SELU_SCALE * _SELU_ALPHA) / (_SELU_SCALE * _SELU_ALPHA)
        ),
    }
    return name, formulas[name](output) if name in formulas else None


# --- ao longo do treino: pesos -------------------------------------------------------------------


def kernels(model: keras.Model) -> dict[str, np.ndarray]:
    """Cópia das matrizes de pesos (*kernels*) de um modelo, da primeira camada à última.

    Returns
    -------
    dict of str to ndarray
        Um array por camada. É uma cópia: treinar o modelo não a altera.

    Raises
    ------
    ValueError
        Se o modelo não estiver construído ou não tiver camadas com pesos.
    """
    return {
        layer.name: np.array(keras.ops.convert_to_numpy(layer.kernel), copy=True)
        for layer in _kernel_layers(model)
    }


def relative_change(before: Any, after: Any) -> np.ndarray:
    """Quanto mudou cada matriz de pesos, em relação ao tamanho que tinha.

    Parameters
    ----------
    before, after : dict of str to ndarray, ou sequência de ndarray
        Os pesos em dois momentos, por exemplo duas chamadas a `kernels`.

    Returns
    -------
    ndarray, shape (camadas,), float64
        ‖depois − antes‖ / ‖antes‖ de cada camada. Onde tudo era zero, 0 se nada mudou e infinito
        se mudou.

    Raises
    ------
    ValueError
        Se os dois momentos não tiverem as mesmas camadas e os mesmos formatos.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        if list(before) != list(after):
            raise ValueError("os dois momentos não têm as mesmas camadas, na mesma ordem")
        before, after = list(before.values()), list(after.values())
    if len(before) != len(after):
        raise ValueError(f"há {len(before)} matrizes antes e {len(after)} depois")
    changes = []
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        old, new = np.asarray(old, dtype=np.float64), np.asarray(new, dtype=np.float64)
        if old.shape != new.shape:
            raise ValueError(f"a matriz {index} tinha formato {old.shape} e agora tem {new.shape}")
        moved = _norm(new - old)
        changes.append(0.0 if moved == 0 else _divide(moved, _norm(old)))
    return np.array(changes)


# --- o diagnóstico -------------------------------------------------------------------------------


def diagnose(model: keras.Model, x: Any, y: Any, loss: Any = None) -> str:
    """Diz em uma frase o que o sinal revela sobre a saúde da rede.

    Parameters
    ----------
    model, x, y, loss
        Como em `gradients`. Um lote de algumas centenas de exemplos basta.

    Returns
    -------
    str
        O que se viu, em português, sem números que mudem com a semente.

    Notes
    -----
    Os sinais procurados, nesta ordem, e os limiares (constantes deste módulo):

    - perda ou gradiente que não é um número finito;
    - gradiente nulo em toda parte;
    - *desvanecimento*: ‖∂L/∂h‖ na primeira camada oculta menor que 1/1000 (`VANISHING`) do da última;
    - *explosão*: ‖∂L/∂h‖ na primeira camada oculta maior que 10 vezes (`EXPLODING`) o da última;
    - *saturação*: mais da metade (`SATURATED`) das ativações de alguma camada, com função plana dos
      dois lados, na zona plana;
    - *unidades mortas*: mais da metade (`DEAD`) das unidades de alguma camada, com função plana de um
      lado só, na zona plana em todos os exemplos.

    Desvanecimento e explosão excluem-se; os demais sinais podem vir junto. São indícios na
    inicialização ou em um instante do treino, não uma prova de que a rede aprenderá.
    """
    norms = gradient_norms(model, x, y, loss)
    if not (np.isfinite(norms.loss) and np.isfinite(norms.kernel).all() and np.isfinite(norms.hidden).all()):
        return "A perda ou o gradiente já não é um número finito: algo transbordou na ida ou na volta."
    if not norms.kernel.any():
        return "O gradiente é zero em todas as camadas: nenhum peso mudaria com um passo."
    found = []
    ratio = norms.hidden_ratio
    if ratio < VANISHING:
        found.append("o gradiente desvanece: da última camada oculta à primeira, encolhe mais de mil vezes")
    elif ratio > EXPLODING:
        found.append("o gradiente explode: da última camada oculta à primeira, cresce mais de dez vezes")
    stats = activation_stats(model, x)
    if (stats.saturated[stats.two_sided] > SATURATED).any():
        found.append("há saturação: em alguma camada, mais da metade das ativações está na zona plana")
    if (stats.dead[~stats.two_sided] > DEAD).any():
        found.append("há unidades mortas: em alguma camada, mais da metade não reage a nenhum exemplo")
    if not found:
        return "Nenhum sinal de doença: o gradiente chega à primeira camada e as ativações respondem."
    text = "; além disso, ".join(found)
    return f"{text[0].upper()}{text[1:]}."


# --- conferências e ajudantes --------------------------------------------------------------------


def _check_model(model: keras.Model) -> None:
    if not isinstance(model, keras.Model):
        raise ValueError(f"esperava um modelo do Keras, mas veio {type(model).__name__}")
    if not model.built:
        raise ValueError(
            "o modelo ainda não foi construído: comece-o por keras.Input(shape=...) ou chame model.build(...)"
        )
    if not getattr(model, "inputs", None):
        raise ValueError(
            "só sei olhar dentro de modelos sequenciais ou funcionais; este foi definido por subclasse"
        )
    nested = [layer.name for layer in model.layers if isinstance(layer, keras.Model)]
    if nested:
        raise ValueError(f"há um modelo dentro do modelo ({nested[0]}): meça o modelo interno separadamente")


def _kernel_layers(model: keras.Model) -> list[keras.Layer]:
    _check_model(model)
    layers = [layer for layer in model.layers if getattr(layer, "kernel", None) is not None]
    if not layers:
        raise ValueError("o modelo não tem camadas com matriz de pesos (kernel)")
    return layers


def _chosen_layers(model: keras.Model, names: Sequence[str] | None) -> list[keras.Layer]:
    _check_model(model)
    if names is not None:
        known = {layer.name: layer for layer in model.layers}
        missing = [name for name in names if name not in known]
        if missing:
            raise ValueError(f"não há camada chamada {missing[0]!r}; as camadas são: {', '.join(known)}")
        return [known[name] for name in names]
    activation_classes = (keras.layers.ReLU, keras.layers.LeakyReLU, keras.layers.ELU, keras.layers.PReLU)
    chosen = [
        layer
        for layer in model.layers
        if getattr(layer, "kernel", None) is not None
        or isinstance(layer, (keras.layers.Activation, *activation_classes))
    ]
    if not chosen:
        raise ValueError("o modelo não tem camadas com pesos nem com função de ativação")
    return chosen


def _model_inputs(model: keras.Model) -> Any:
    return model.inputs[0] if len(model.inputs) == 1 else model.inputs


def _inputs(model: keras.Model, x: Any) -> Any:
    if len(model.inputs) != 1:
        raise ValueError("só sei medir modelos de uma entrada")
    x = np.asarray(x)
    expected = tuple(model.inputs[0].shape[1:])
    fits = x.ndim == len(expected) + 1 and all(
        want is None or want == got for want, got in zip(expected, x.shape[1:], strict=True)
    )
    if not fits or len(x) == 0:
        wanted = ", ".join(["exemplos", *("n" if size is None else str(size) for size in expected)])
        raise ValueError(f"x tem formato {x.shape}; o modelo espera ({wanted}), com ao menos um exemplo")
    return keras.ops.convert_to_tensor(x, dtype=model.inputs[0].dtype)


def _targets(model: keras.Model, x: Any, y: Any) -> Any:
    if len(model.outputs) != 1:
        raise ValueError("só sei medir modelos de uma saída")
    y = np.asarray(y)
    if y.ndim == 0 or len(y) != len(x):
        raise ValueError(f"x tem {len(x)} exemplos, mas y tem formato {y.shape}")
    return keras.ops.convert_to_tensor(y)


def _save_state(model: keras.Model) -> list[tuple[Any, np.ndarray]]:
    """Médias móveis e geradores de números, que a ida em modo de treino altera."""
    state = [variable for variable in model.variables if not variable.trainable]
    return [(variable, np.array(keras.ops.convert_to_numpy(variable), copy=True)) for variable in state]


def _restore_state(saved: list[tuple[Any, np.ndarray]]) -> None:
    for variable, value in saved:
        variable.assign(value)


def _norm(array: np.ndarray) -> float:
    return float(np.linalg.norm(np.asarray(array, dtype=np.float64).ravel()))


def _divide(numerator: float, denominator: float) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.float64(numerator) / np.float64(denominator))
