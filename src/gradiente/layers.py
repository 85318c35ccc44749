"""Camadas que o Keras não tem e que o curso usa."""

from __future__ import annotations

import math
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="gradiente")
class RReLU(keras.layers.Layer):
    """ReLU com vazamento aleatório (*randomized leaky ReLU*).

    Valores positivos passam intactos; cada valor negativo é multiplicado por uma inclinação. No treino,
    cada elemento de cada exemplo sorteia a sua, uniforme entre `lower` e `upper`, a cada passagem; na
    inferência todos usam a média das duas, e a camada é uma Leaky ReLU.

    Parameters
    ----------
    lower, upper : float
        Menor e maior inclinação, com 0 ≤ lower ≤ upper. Os padrões, 1/8 e 1/3, são os limites da fonte.
    seed : int or keras.random.SeedGenerator, optional
        Semente dos sorteios. Sem ela, o gerador sai da semente global (`gradiente.claims.set_seeds`).
    **kwargs
        As opções de toda camada (`name`, `dtype`…).

    Raises
    ------
    ValueError
        Se as inclinações não forem números finitos com 0 ≤ lower ≤ upper.

    Notes
    -----
    A camada recebe e devolve tensores reais de qualquer formato, do mesmo dtype, e não tem parâmetros
    treináveis. Fonte: Xu, Wang, Chen e Li (2015), arXiv:1505.00853. Ali o valor negativo é *dividido* por
    a ~ U(3, 8) no treino e pela média de a, 11/2, no teste (inclinação 2/11); aqui, como no PyTorch,
    sorteia-se a própria inclinação, cuja média é 11/48.

    Examples
    --------
    >>> import numpy as np
    >>> layer = RReLU(0.1, 0.3)
    >>> [round(v, 6) for v in np.asarray(layer(np.array([-1.0, 2.0], "float32"))).tolist()]
    [-0.2, 2.0]
    """

    def __init__(
        self,
        lower: float = 1 / 8,
        upper: float = 1 / 3,
        seed: int | keras.random.SeedGenerator | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not (math.isfinite(lower) and math.isfinite(upper) and 0 <= lower <= upper):
            raise ValueError(
                f"as inclinações devem cumprir 0 ≤ lower ≤ upper, mas vieram {lower!r} e {upper!r}"
            )
        self.lower, self.upper, self.seed = float(lower), float(upper), seed
        self.seed_generator = (
            seed if isinstance(seed, keras.random.SeedGenerator) else keras.random.SeedGenerator(seed)
        )
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        if training:
            slope = keras.random.uniform(
                keras.ops.shape(inputs), self.lower, self.upper, inputs.dtype, seed=self.seed_generator
            )
        else:
            slope = (self.lower + self.upper) / 2
        return keras.ops.where(inputs > 0, inputs, slope * inputs)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "lower": self.lower, "upper": self.upper, "seed": self.seed}
