# ---
# jupyter:
#   gradiente:
#     title: Lab 0, o menor possível
#     grading: {cell_seconds: 5}
#     demo: [referencia, esqueleto, soma-no-lugar-da-media]
# ---

# %% [markdown]
# # Lab 0, o menor possível

# %% locked="preparo"
import numpy as np

# %% [markdown]
# ## ToDo 1 · Média (10 pontos)


# %% solution="todo01"
def media(valores):
    ### BEGIN SOLUTION
    return sum(valores) / len(valores)
    ### END SOLUTION


# %% test="todo01" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

observe("medias", lambda: [media(v) for v in ([10.0, 30.0], [7.25])])
observe("de_array", lambda: media(np.array([1.0, 2.0, 6.0])))
### END HIDDEN TESTS
assert media([1, 3]) == 2, "A média de 1 e 3 é 2: divida a soma pela quantidade."

# %% [markdown]
# ## ToDo 2 · Explique (5 pontos)
#
# Por que a média se move quando um valor muda?

# %% [markdown] manual="todo02" points=5
### BEGIN SOLUTION
# Porque cada valor pesa $1/n$ na soma.
### END SOLUTION

# %% [markdown]
# ## ToDo 3 · Contagem (4 pontos)

# %% solution="todo03"
### BEGIN SOLUTION
contagem = len([1, 2, 3])
### END SOLUTION

# %% test="todo03" points=4
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

observe("contagem", lambda: contagem)
### END HIDDEN TESTS
assert isinstance(contagem, int), "contagem deve ser um número inteiro."
