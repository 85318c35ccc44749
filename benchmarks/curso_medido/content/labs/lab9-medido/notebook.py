# ---
# jupyter:
#   gradiente:
#     title: Lab 9, o que se mede
#     grading: {cell_seconds: 60}
#     demo: [referencia, esqueleto, sem-ativacao]
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 9, o que se mede
#
# Um lab pequeno com TensorFlow: as suas células levam cerca de 2 s num processador livre. Só o `benchmarks/grading.py` o usa.

# %% locked="preparo"
import gradiente
import keras
import numpy as np

SEED = 42
rng = np.random.default_rng(SEED)
x = rng.normal(size=(2000, 20)).astype("float32")
y = (x[:, :1] * x[:, 1:2] > 0).astype("float32")

# %% [markdown]
# ## ToDo 1 · A rede (10 pontos)
#
# Uma rede com duas camadas ocultas de 32 unidades ReLU e uma saída sigmoide.


# %% solution="todo01"
def rede():
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((20,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    ### END SOLUTION


# %% test="todo01" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

observe("unidades", lambda: [layer.units for layer in rede().layers])
observe("ativacoes", lambda: [layer.activation.__name__ for layer in rede().layers])
### END HIDDEN TESTS
assert rede().count_params() == 1761, "A rede tem duas camadas ocultas de 32 unidades e uma saída."

# %% locked="treino"
try:
    network = rede()
    network.compile("adam", "binary_crossentropy")
    losses = network.fit(x, y, epochs=6, batch_size=64, verbose=0).history["loss"]
except NotImplementedError:
    losses = []

# %% [markdown]
# ## ToDo 2 · A perda final (4 pontos)

# %% solution="todo02"
### BEGIN SOLUTION
queda = losses[0] - losses[-1]
### END SOLUTION

# %% test="todo02" points=4
### BEGIN HIDDEN TESTS
observe("queda", lambda: [queda, losses[0] - losses[-1]])
### END HIDDEN TESTS
assert queda > 0, "A perda devia cair."
