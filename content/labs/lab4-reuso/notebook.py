# ---
# jupyter:
#   gradiente:
#     title: "Lab 4 · Reuso e incerteza"
#     grading: {cell_seconds: 60, max_epochs: 1}
#     demo: [referencia, esqueleto, parcial, camadas-compartilhadas, modo-de-treino]
# ---

# %% [markdown] locked="titulo"
# # Lab 4 · Reuso e incerteza
#
# Uma loja tem uma rede que reconhece oito tipos de roupa. Chegam dois tipos novos, sandália e camisa, e só há **vinte fotos rotuladas** deles. E há um pedido a mais: quando
# não souber, a rede deve **dizer que não sabe**, para que uma pessoa olhe a foto. No fim deste lab você terá feito as duas coisas, com peças escritas por você: **reuso** das camadas
# de uma rede treinada e **incerteza** medida com *dropout*.
#
# | | |
# |---|---|
# | **Ao final você saberá** | separar uma tarefa em duas e pô-las na mesma escala; clonar uma rede com os pesos, congelar, trocar a saída, descongelar com taxa menor; sortear o *dropout* também na inferência e resumir as passagens em média, desvio e entropia; recusar os casos duvidosos; limitar a norma dos pesos de cada unidade |
# | **Antes de começar** | as lições sobre transferência de aprendizado, sobre *dropout* de Monte Carlo e, para o ToDo 9, sobre penalidades e decaimento de pesos |
# | **Tempo** | de 2 h a 2 h 30; o computador trabalha de um a dois minutos |
# | **Ferramentas** | NumPy nos ToDos 1, 2, 8 e 9; Keras nos outros |

# %% [markdown] locked="regras"
# ## Como este lab funciona
#
# São dez **ToDos**, 100 pontos.
#
# - **Nove são de código** (1 a 9; 92 pontos). A célula já traz a assinatura e a docstring: troque a linha `raise NotImplementedError(…)` pela sua solução. Logo abaixo há uma célula de teste:
#   execute-a, e leia a mensagem se ela falhar. Ela confere o básico; a correção faz outras perguntas à sua resposta, com **outras redes e outros dados**, e dá **pontos parciais** por item.
# - **Um é de texto** (10; 8 pontos), corrigido à mão pelo critério que vem antes dele.
# - As demais células são dadas. As marcadas como somente leitura são repostas na correção como eram.
# - Antes de entregar, use *Kernel → Restart Kernel and Run All Cells*.
#
# Cada enunciado começa com um **cartão**: dificuldade (● a ●●●), tempo, pontos e como saber que deu certo. Depois dele há **dicas dobradas**, da mais leve à quase resposta, e uma tabela
# **Se aparecer este erro**, pelo texto da mensagem.
#
# | ToDo | assunto | dificuldade | pontos |
# |---|---|---|---|
# | 1 | separar as tarefas A e B | ●●○ | 10 |
# | 2 | a mesma escala para as duas | ●○○ | 8 |
# | 3 | clonar com os pesos | ●●○ | 10 |
# | 4 | B sobre a base de A, congelada | ●●● | 14 |
# | 5 | descongelar | ●●○ | 12 |
# | 6 | a camada que sorteia sempre | ●●● | 12 |
# | 7 | média e desvio das passagens | ●●○ | 10 |
# | 8 | entropia e "não sei" | ●●○ | 10 |
# | 9 | a norma máxima | ●●○ | 6 |
# | 10 | o que contar à loja (texto) | ●●○ | 8 |
#
# **Se um ToDo travar, siga em frente.** Nenhum depende de outro: as células seguintes usam o que existir. Quando um ToDo pode chamar a função de outro, a correção o examina com uma versão certa dessa função, e o
# engano de um não tira pontos do outro.
#
# **A biblioteca do curso fica fechada nos ToDos 6 a 8.** `gradiente.uncertainty` tem peças parecidas com as que você vai escrever. Leia-as à vontade; na correção, chamá-las levanta `BibliotecaFechada`.
#
# **Na correção, o treinamento é abreviado**: a nota mede o que o seu código *constrói* e *calcula*, e não a sorte de uma rodada.

# %% [markdown]
# ## Preparo

# %% locked="preparo"
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import math

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradiente import plots, signal
from gradiente.budget import cap_epochs, is_capped
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, percent, show_table

SEED = 42
keras.utils.set_random_seed(SEED)

data = load_fashion_mnist()
photos, labels = data.x_train[:3000], data.y_train[:3000].astype("int32")


def attempt(compute, what):
    """O que `compute()` devolve; se ainda não dá, diz o que falta e devolve None."""
    try:
        return compute()
    except Exception as error:
        print(f"{what}: ainda falta, ou ainda não funciona ({type(error).__name__}).")
        return None


# %% [markdown]
# # Parte 1 · Duas tarefas
#
# As dez classes do Fashion-MNIST e uma foto de cada uma:

# %%
shown = [int(np.flatnonzero(labels == k)[0]) for k in range(10)]
figure = plots.images(
    photos[shown], [f"{k}: {data.class_names[k]}" for k in range(10)], "Dez classes, de 0 a 9"
)
plots.show(
    figure,
    alt="Uma fila de dez fotos, uma por classe do Fashion-MNIST, com o número e o nome de cada classe acima da foto, da classe 0 à classe 9.",
)

# %% [markdown] locked="todo01-enunciado"
# ### ToDo 1 · Separar as tarefas A e B
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 10 | `CLASSES_B` e `separar_tarefas(x, y, classes_b)` | os rótulos de A vão de 0 a 7, sem buracos |
#
# 1. `CLASSES_B` é uma tupla com os números de duas classes do Fashion-MNIST, nesta ordem: **sandália**, **camisa**.
# 2. `separar_tarefas(x, y, classes_b)` recebe fotos `x`, rótulos `y` (inteiros de 0 a 9) e um par **qualquer** de classes, e devolve a tupla `(x_a, y_a, x_b, y_b)`:
#     - a tarefa **B** fica com as fotos das duas classes do par, e a **A** com as outras, todas na ordem em que estavam;
#     - `y_b`, do tipo `float32`, vale **1** para a **segunda** classe do par e **0** para a primeira: assim o pede a perda binária;
#     - `y_a`, de inteiros, vai **de 0 a 7**: as oito classes que sobram conservam a sua ordem e perdem os buracos. O rótulo novo depende só do antigo, mesmo que alguma classe não apareça em `y`;
#     - `x` e `y` ficam como eram.
#
# *Vale*: as classes 2, as fotos 2, os rótulos de A 3, os de B 2, entrada intacta 1.
#
# <details><summary>Dica 1</summary>
#
# `np.isin(y, classes_b)` dá um vetor lógico. Com `~` se obtém o contrário, e com um vetor lógico se escolhem linhas: `x[quais]`.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Quanto desce cada rótulo de A? Uma posição para cada classe de B que ficou **abaixo** dele: nenhuma, uma ou duas. O par pode vir em qualquer ordem, e as duas classes podem não ser vizinhas.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# `(y_a > classes_b[0]).astype("int32") + (y_a > classes_b[1])` conta quantas ficaram abaixo. Sem o `astype`, somar dois vetores lógicos dá um vetor lógico, e dois viram um.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `ValueError: The truth value of an array with more than one element is ambiguous…` | `if y in classes_b` ou `and` com um vetor inteiro | use `np.isin`, e `&`, `\|`, `~` entre vetores lógicos |
# | `TypeError: numpy boolean subtract, the - operator, is not supported…` | subtração de vetores lógicos | converta com `.astype("int32")` |
# | `ValueError: not enough values to unpack (expected 4, got 2)` | a função devolveu dois pares | devolva os quatro arrays em uma tupla só |
#
# </details>


# %% solution="todo01"
CLASSES_B = None  # troque por uma tupla de dois números


def separar_tarefas(x, y, classes_b):
    """(x_a, y_a, x_b, y_b): B fica com as duas classes do par, A com as outras oito."""
    ### BEGIN SOLUTION
    in_b = np.isin(y, classes_b)
    y_a, y_b = y[~in_b], y[in_b]
    below = (y_a > classes_b[0]).astype("int32") + (y_a > classes_b[1])
    return x[~in_b], y_a - below, x[in_b], (y_b == classes_b[1]).astype("float32")


CLASSES_B = (5, 6)
### END SOLUTION


# %% test="todo01" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def portrait(pair, seed, absent=()):
    rng = np.random.default_rng(seed)
    y = np.array([k for k in np.repeat(np.arange(10), 3) if k not in absent])
    y = rng.permutation(y).astype("int32")
    x = np.arange(len(y), dtype="float32")[:, None, None] + np.zeros((1, 2, 3), "float32")
    x_before, y_before = x.copy(), y.copy()
    x_a, y_a, x_b, y_b = separar_tarefas(x, y, pair)
    return {
        "y": y_before,
        "fotos_a": np.asarray(x_a),
        "y_a": np.asarray(y_a),
        "fotos_b": np.asarray(x_b),
        "y_b": np.asarray(y_b),
        "intacta": bool(np.array_equal(x, x_before) and np.array_equal(y, y_before)),
    }


observe("classes", lambda: CLASSES_B)
observe(
    "casos",
    lambda: [
        portrait((5, 6), 1),
        portrait((7, 2), 2),
        portrait((0, 9), 3),
        portrait((4, 3), 4, absent=(1, 8)),
    ],
)
### END HIDDEN TESTS
assert isinstance(CLASSES_B, tuple) and len(CLASSES_B) == 2, (
    "CLASSES_B deve ser uma tupla de dois números, como (3, 4): a classe da sandália e a da camisa."
)
partes = separar_tarefas(np.arange(10.0), np.arange(10), (1, 4))
assert isinstance(partes, tuple) and len(partes) == 4, (
    "separar_tarefas deve devolver uma tupla de quatro: return x_a, y_a, x_b, y_b."
)
assert partes[2].tolist() == [1, 4], (
    f"Com o par (1, 4), só as fotos das classes 1 e 4 vão para B; foram {partes[2].tolist()}."
)
assert sorted(partes[1].tolist()) == list(range(8)), (
    f"Os rótulos de A devem ir de 0 a 7, sem buracos; os seus são {partes[1].tolist()}."
)
assert partes[3].tolist() == [0, 1], "Em B, a primeira classe do par vale 0 e a segunda vale 1."

# %% [markdown]
# A sua separação, contada nas 3 000 fotos do lab:

# %%
parts = attempt(lambda: separar_tarefas(photos, labels, CLASSES_B), "ToDo 1")
if parts is not None:
    names = {
        task: sorted({data.class_names[k] for k in labels[chosen]})
        for task, chosen in (("A", ~np.isin(labels, CLASSES_B)), ("B", np.isin(labels, CLASSES_B)))
    }
    show_table(
        ["tarefa", "fotos", "classes", "rótulos novos"],
        [
            [task, f"{len(x)}", ", ".join(names[task]), ", ".join(str(int(v)) for v in np.unique(y))]
            for task, x, y in (("A", *parts[:2]), ("B", *parts[2:]))
        ],
    )

# %% [markdown] locked="todo02-enunciado"
# ### ToDo 2 · A mesma escala para as duas
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●○○ | 8 min | 8 | `padronizar(x_a, x_b)` | A fica com média 0 e desvio 1; B fica na **mesma régua** |
#
# A rede emprestada aprendeu com as fotos de A em uma certa escala. Se as de B chegarem em outra, as camadas emprestadas recebem números que nunca viram. Devolva a tupla `(a, b)`:
#
# - `a` são as fotos de A menos a média delas, divididas pelo desvio padrão delas. Média e desvio são **dois números**, calculados com todos os pixels de todas as fotos de A;
# - `b` são as fotos de B com **essa mesma** conta e **esses mesmos** dois números;
# - os dois resultados são `float32`, e as fotos recebidas ficam como eram.
#
# *Vale*: A 2, B 4, tipo 1, entrada intacta 1.
#
# <details><summary>Dica 1</summary>
#
# `x_a.mean()`, sem eixo, é um número só. Guarde-o em uma variável e use-o duas vezes.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Por que não um par de números por pixel (`axis=0`)? O pixel do canto vale zero em todas as fotos de A, tem desvio zero, e a divisão daria infinito na primeira foto de B que o usasse.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `UFuncTypeError: Cannot cast ufunc 'subtract' output from dtype('float64') to dtype('uint8')…` | `x_a -= …` tenta mudar as fotos recebidas | crie um array novo: `x_a - media` |
# | `RuntimeWarning: invalid value encountered in divide` | desvio por pixel, e algum é zero | use o desvio de todos os pixels juntos |
#
# </details>


# %% solution="todo02"
def padronizar(x_a, x_b):
    """As fotos de A e as de B, padronizadas com a média e o desvio padrão de A, em float32."""
    ### BEGIN SOLUTION
    mean, std = x_a.mean(), x_a.std()
    return ((x_a - mean) / std).astype("float32"), ((x_b - mean) / std).astype("float32")
    ### END SOLUTION


# %% test="todo02" points=8
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def portrait(seed, kind):
    rng = np.random.default_rng(seed)
    x_a = rng.integers(0, 120, (6, 3, 4)).astype(kind)
    x_b = rng.integers(60, 250, (4, 3, 4)).astype(kind)
    before = x_a.copy(), x_b.copy()
    a, b = padronizar(x_a, x_b)
    return {
        "x_a": before[0],
        "x_b": before[1],
        "a": np.asarray(a),
        "b": np.asarray(b),
        "tipos": [str(a.dtype), str(b.dtype)],
        "intacta": bool(np.array_equal(before[0], x_a) and np.array_equal(before[1], x_b)),
    }


observe("inteiros", lambda: portrait(5, "uint8"))
observe("reais", lambda: portrait(6, "float64"))
### END HIDDEN TESTS
par = padronizar(np.array([[0.0, 2.0], [4.0, 6.0]]), np.array([[3.0, 3.0]]))
assert isinstance(par, tuple) and len(par) == 2, "padronizar deve devolver uma tupla de dois: return a, b."
assert abs(float(np.mean(par[0]))) < 1e-6 and abs(float(np.std(par[0])) - 1) < 1e-6, (
    "Depois de padronizadas, as fotos de A têm média 0 e desvio padrão 1."
)
assert np.allclose(par[1], 0), (
    f"Uma foto de B igual à média de A vira zero; a sua virou {np.asarray(par[1]).tolist()}."
)

# %% [markdown]
# De agora em diante o lab usa as fotos já separadas e padronizadas, por uma camada do Keras que se ajustou a 2 000 fotos de A: nada depende dos ToDos 1 e 2. Da tarefa B, 200 fotos são para treinar e as
# outras, cerca de 400, só para medir.

# %% locked="dados"
new_label = np.array([0, 1, 2, 3, 4, -1, -1, 5, 6, 7])[labels]
is_b = new_label < 0
scaler = keras.layers.Normalization(axis=None)
scaler.adapt(photos[~is_b][:2000].astype("float32"))
x_a, x_b = (scaler(photos[rows].astype("float32")).numpy() for rows in (~is_b, is_b))
y_a, y_b = new_label[~is_b], (labels[is_b] == 6).astype("float32")
x_train, y_train, x_val, y_val = x_a[:2000], y_a[:2000], x_a[2000:], y_a[2000:]
x_few, y_few, x_rest, y_rest = x_b[:200], y_b[:200], x_b[200:], y_b[200:]

# %%
mine = attempt(lambda: padronizar(photos[~is_b][:2000], photos[is_b]), "ToDo 2")
if mine is not None:
    gaps = [float(np.abs(a - b).max()) for a, b in zip(mine, (x_train, x_b), strict=True)]
    show_table(
        ["fotos", "média", "desvio padrão", "maior diferença para a camada do Keras"],
        [[task, float(x.mean()), float(x.std()), gap] for task, x, gap in zip("AB", mine, gaps, strict=True)],
    )

# %% [markdown]
# B não fica com média 0 nem desvio 1, e é assim que deve ser: a régua é a de A.
#
# # Parte 2 · O reuso
#
# A rede de A tem duas camadas ocultas, uma normalização em lote (BN) e dois *dropouts*. As cinco linhas do `Sequential` são a arquitetura inteira.


# %% locked="rede-a"
def nova_rede_a():
    """A arquitetura da rede de A, recém-nascida: oito logits."""
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.Flatten(),
            *[keras.layers.Dense(100, use_bias=False), keras.layers.BatchNormalization()],
            *[keras.layers.ReLU(), keras.layers.Dropout(0.3)],
            *[keras.layers.Dense(50, "relu", kernel_initializer="he_normal"), keras.layers.Dropout(0.3)],
            keras.layers.Dense(8),
        ]
    )


def train(model, x, y, epochs, batch_size=50):
    """Treina uma rede compilada; na correção, só dois lotes."""
    keras.utils.set_random_seed(SEED)
    if is_capped():
        x, y, model.run_eagerly = x[:40], y[:40], True
        batch_size = 20
    model.fit(x, y, epochs=cap_epochs(epochs), batch_size=batch_size, verbose=0)


def accuracy_a(model):
    """Acurácia em fotos de A que a rede não viu."""
    return float(np.mean(np.argmax(model(x_val), axis=1) == y_val))


def accuracy_b(model):
    """Acurácia em fotos de B que a rede não viu; o logit positivo quer dizer camisa."""
    return float(np.mean((np.asarray(model(x_rest))[:, 0] > 0) == y_rest))


# %%
keras.utils.set_random_seed(SEED)
rede_a = nova_rede_a()
rede_a.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
train(rede_a, x_train, y_train, epochs=15)
print(f"A acerta {percent(accuracy_a(rede_a))} das fotos de A que não viu; quem chuta, {percent(1 / 8)}.")

# %% [markdown] locked="todo03-enunciado"
# ### ToDo 3 · Clonar com os pesos
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 10 min | 10 | `clonar_com_pesos(rede)` | o clone responde igual, e mudar um não muda o outro |
#
# Devolva uma rede **nova** que, na inferência, dá as mesmas saídas que `rede`, e que não compartilha com ela camada nenhuma. Tudo o que a rede guarda deve ser copiado, também o que **não** se treina. A rede recebida fica
# como estava. A correção usa redes de outros formatos, em fila (`Sequential`) e com ramos.
#
# *Vale*: independente 3, pesos 5, original intacta 2.
#
# <details><summary>Dica 1</summary>
#
# `keras.models.clone_model` refaz as camadas e **sorteia** os pesos. Que dois métodos leem e escrevem todos os pesos de uma rede?
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `get_weights()` e `set_weights(…)`. Cuidado com quem recebe: é o clone.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `AttributeError: 'NoneType' object has no attribute …` | `set_weights` não devolve nada, e você devolveu o que ele devolve | devolva o clone, na linha seguinte |
# | `ValueError: You called `set_weights(weights)` on layer … with a weight list of length …` | a rede que recebe tem outra arquitetura | refaça-a a partir da rede recebida, com `clone_model` |
#
# </details>


# %% solution="todo03"
def clonar_com_pesos(rede):
    """Uma cópia independente da rede: as mesmas camadas, os mesmos pesos, nada compartilhado."""
    ### BEGIN SOLUTION
    copy = keras.models.clone_model(rede)
    copy.set_weights(rede.get_weights())
    return copy
    ### END SOLUTION


# %% test="todo03" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def branched():
    entry = keras.Input((4,))
    h = keras.layers.Dense(5, "tanh")(entry)
    h = keras.layers.BatchNormalization()(keras.layers.Concatenate()([h, entry]))
    return keras.Model(entry, keras.layers.Dense(3)(h))


def in_line():
    layers = [keras.layers.Dense(6, "relu"), keras.layers.BatchNormalization(), keras.layers.Dense(2)]
    return keras.Sequential([keras.Input((4,)), *layers])


def portrait(build, seed):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model, x = build(), rng.normal(size=(5, 4)).astype("float32")
    model.set_weights([w + np.abs(rng.normal(0, 0.5, w.shape)) for w in model.get_weights()])
    before, outputs = model.get_weights(), np.asarray(model(x))
    copy = clonar_com_pesos(model)
    kinds = [w.path.split("/")[-1] for w in model.weights]
    after, found = model.get_weights(), copy.get_weights()
    result = {
        "tipos": kinds,
        "antes": before,
        "depois": after,
        "clone": found,
        "saida": outputs,
        "saida_clone": np.asarray(copy(x)),
        "compartilhados": sum(any(a is b for b in model.weights) for a in copy.weights),
    }
    copy.set_weights([w + 1 for w in found])
    result["arrastada"] = max(
        float(np.abs(a - b).max()) for a, b in zip(after, model.get_weights(), strict=True)
    )
    return result


observe("fila", lambda: portrait(in_line, 11))
observe("ramos", lambda: portrait(branched, 12))
### END HIDDEN TESTS
saidas_antes = np.asarray(rede_a(x_val[:20]))
clone = clonar_com_pesos(rede_a)
assert isinstance(clone, keras.Model), "clonar_com_pesos deve devolver uma rede do Keras. Faltou o return?"
assert not any(a is b for a in clone.weights for b in rede_a.weights), (
    "O clone e a rede recebida compartilham pesos: são as mesmas camadas, e não uma cópia."
)
assert np.allclose(clone(x_val[:20]), saidas_antes, atol=1e-5), (
    "O clone não dá as mesmas saídas que a rede recebida: clone_model copia a arquitetura, e não os pesos."
)
assert np.allclose(rede_a(x_val[:20]), saidas_antes, atol=1e-5), (
    "Depois de clonar, a própria rede A mudou: os pesos andaram na direção errada. Execute de novo a célula que treina A."
)

# %% [markdown]
# Estragamos o clone de propósito. A rede A sentiu?


# %%
def disturb():
    clone = clonar_com_pesos(rede_a)
    keras.utils.set_random_seed(SEED)
    clone.set_weights([w + np.random.normal(0, 0.5, w.shape) ** 2 for w in clone.get_weights()])
    return [accuracy_a(rede_a), accuracy_a(clone)]


found = attempt(disturb, "ToDo 3")
if found is not None:
    show_table(
        ["rede", "acurácia em A"], [["A", percent(found[0])], ["o clone estragado", percent(found[1])]]
    )

# %% [markdown] locked="todo04-enunciado"
# ### ToDo 4 · B sobre a base de A, congelada
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●● | 20 min | 14 | `montar_b(rede_a, taxa)` | só 51 parâmetros se treinam, e A não percebe nada |
#
# Devolva uma rede **compilada** para a tarefa B:
#
# - a **base**: todas as camadas de `rede_a`, menos a última (a de saída), em um **clone com os pesos** (pode chamar o seu `clonar_com_pesos`);
# - uma **saída nova**: densa, de um *logit*, sem ativação;
# - a base **congelada**: só a saída nova se treina;
# - compilada com a **descida do gradiente** (`keras.optimizers.SGD`) com essa `taxa`, e a **entropia cruzada binária** que recebe *logits*.
#
# `rede_a` não pode mudar em nada: nem pesos, nem o que nela é treinável. Ela é sempre uma `Sequential`, e a última camada é a de saída.
#
# *Vale*: saída 2, base 4, A intacta 3, congelada 3, compilada 2.
#
# <details><summary>Dica 1</summary>
#
# `rede.layers` é a lista das camadas, e `rede.layers[:-1]`, todas menos a última. Tirada de A, essa fatia são **as mesmas** camadas de A; tirada do clone, são as do clone.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `keras.Sequential([keras.Input(rede_a.input_shape[1:]), *camadas, keras.layers.Dense(1)])`. Depois, `camada.trainable = False` em cada camada herdada, e o `compile` por último.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# `sum(int(np.prod(w.shape)) for w in rede.trainable_weights)` conta o que se treina; deve dar 51 com a rede do lab: 50 pesos e um viés. A perda é `keras.losses.BinaryCrossentropy(from_logits=…)`: sem o argumento, ela toma o *logit* por probabilidade e não reclama.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `ValueError: Only instances of keras.Layer can be added to a Sequential model. Received: [<Flatten …` | a lista de camadas entrou como um item só | desempacote-a com asterisco: `*camadas` |
# | `AttributeError: The layer sequential_3 has never been called and thus has no defined input.` | falta a entrada | comece por `keras.Input(rede_a.input_shape[1:])` |
# | `ValueError: You must call `compile()` before calling …` | a rede não foi compilada | chame `compile` antes do `return` |
# | `AssertionError: … parâmetros se treinam` | a base não está toda congelada, ou está também a saída | `trainable = False` nas camadas herdadas, e só nelas |
#
# </details>


# %% solution="todo04"
def montar_b(rede_a, taxa):
    """Base de A clonada e congelada, um logit novo, compilada com SGD(taxa) e entropia cruzada binária."""
    ### BEGIN SOLUTION
    base = clonar_com_pesos(rede_a).layers[:-1]
    for layer in base:
        layer.trainable = False
    model = keras.Sequential([keras.Input(rede_a.input_shape[1:]), *base, keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(taxa), keras.losses.BinaryCrossentropy(from_logits=True))
    return model
    ### END SOLUTION


# %% test="todo04" points=14
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def faithful_copy(model):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def lending(compute, **loans):
    # Executa com versões certas das funções de outros ToDos, e depois devolve as do estudante.
    old = {name: globals()[name] for name in loans if name in globals()}
    globals().update(loans)
    try:
        return compute()
    finally:
        for name in loans:
            globals().pop(name)
        globals().update(old)


def leaves(model):
    for layer in model.layers:
        yield from leaves(layer) if isinstance(layer, keras.Model) else [layer]


def small_a(seed, units):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    inner = [keras.layers.Dense(units, "tanh"), keras.layers.BatchNormalization(), keras.layers.Dropout(0.4)]
    inner += [keras.layers.Dense(units - 2, "relu"), keras.layers.Dense(8)]
    model = keras.Sequential([keras.Input((3, 2)), keras.layers.Flatten(), *inner])
    model.set_weights([w + np.abs(rng.normal(0, 0.4, w.shape)) for w in model.get_weights()])
    return model, rng.normal(size=(9, 3, 2)).astype("float32")


def assembled(seed, units, rate):
    model_a, x = small_a(seed, units)
    return model_a, x, lending(lambda: montar_b(model_a, rate), clonar_com_pesos=faithful_copy)


def farthest(before, after):
    return [float(np.abs(np.asarray(a) - np.asarray(b)).max()) for a, b in zip(before, after, strict=True)]


def portrait(seed, units):
    model_a, x = small_a(seed, units)
    h = np.asarray(keras.Model(model_a.inputs[0], model_a.layers[-2].output)(x))
    before = model_a.get_weights()
    model_b = lending(lambda: montar_b(model_a, 0.1), clonar_com_pesos=faithful_copy)
    last = list(leaves(model_b))[-1]
    dense = isinstance(last, keras.layers.Dense)
    return {
        "densa": dense,
        "ativacao": last.activation.__name__ if dense else type(last).__name__,
        "formato": list(model_b.output_shape[1:]),
        "nucleo": np.asarray(last.kernel) if dense else 0,
        "vies": np.asarray(last.bias) if dense and last.bias is not None else 0,
        "h": h,
        "saida": np.asarray(model_b(x)),
        "tipos": [w.path.split("/")[-1] for w in model_a.weights[:-2]],
        "pesos_a": before[:-2],
        "pesos_b": model_b.get_weights()[:-2],
        "compartilhados": sum(any(a is b for b in model_a.weights) for a in model_b.weights),
        "livres_em_a": len(model_a.trainable_weights),
        "a_mudou": max(farthest(before, model_a.get_weights())),
    }


def compiled(seed, units, rate):
    _, _, model_b = assembled(seed, units, rate)
    logits = np.array([[2.0], [-1.0], [0.5], [3.0]], "float32")
    wanted = np.array([[1.0], [0.0], [0.0], [1.0]], "float32")
    return {
        "otimizador": type(model_b.optimizer).__name__,
        "taxa": float(model_b.optimizer.learning_rate),
        "pedida": rate,
        "perda": float(model_b.compute_loss(y=wanted, y_pred=logits)),
    }


def step(seed, units):
    model_a, x, model_b = assembled(seed, units, 0.2)
    before, before_a = model_b.get_weights(), model_a.get_weights()
    free = len(model_b.trainable_weights)
    model_b.run_eagerly = True
    for _ in range(2):
        model_b.train_on_batch(x, (np.arange(9) % 3 == 0).astype("float32")[:, None])
    kinds = [w.path.split("/")[-1] for w in model_b.weights]
    return {
        "livres": free,
        "tipos": kinds,
        "mudou": farthest(before, model_b.get_weights()),
        "a_mudou": max(farthest(before_a, model_a.get_weights())),
    }


observe("retratos", lambda: [portrait(21, 7), portrait(22, 5)])
observe("compilacao", lambda: [compiled(23, 6, 0.04), compiled(23, 6, 0.5)])
observe("passo", lambda: step(24, 6))
### END HIDDEN TESTS
rede_b = montar_b(rede_a, 0.1)
assert isinstance(rede_b, keras.Model), "montar_b deve devolver uma rede do Keras. Faltou o return?"
assert rede_b.output_shape == (None, 1), f"A saída é um logit só; a sua tem formato {rede_b.output_shape}."
assert not any(a is b for a in rede_b.weights for b in rede_a.weights), (
    "A rede de B usa as próprias camadas de A. Clone A antes de tirar as camadas."
)
treinaveis = sum(int(np.prod(w.shape)) for w in rede_b.trainable_weights)
assert treinaveis == 51, f"{treinaveis} parâmetros se treinam; com a base congelada, são os 51 da saída nova."
assert rede_b.optimizer is not None, "Compile a rede antes de devolvê-la."

# %% [markdown]
# Treinamos a saída nova com as 200 fotos. Ao lado, o **controle**: a mesma receita sobre uma base que não aprendeu nada. O que a primeira linha tem a mais é o que A emprestou.


# %%
def head_only(base):
    keras.utils.set_random_seed(SEED)
    model = montar_b(base, 0.1)
    train(model, x_few, y_few, epochs=15, batch_size=20)
    return percent(accuracy_b(model), 1)


found = attempt(
    lambda: [head_only(rede_a), head_only(nova_rede_a()), percent(accuracy_a(rede_a), 1)], "ToDo 4"
)
if found is not None:
    rows = [["de A", found[0]], ["recém-nascida", found[1]]]
    show_table(["base congelada", "acurácia em B"], rows)
    print(f"A rede A, depois disso tudo, acerta {found[2]} em A.")

# %% [markdown] locked="todo05-enunciado"
# ### ToDo 5 · Descongelar
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 12 | `descongelar(rede)` | as densas voltam a mudar, devagar; a BN continua parada |
#
# A saída nova já aprendeu; agora a base pode ajustar-se. A função recebe uma rede compilada com SGD, que **já treinou** com as primeiras camadas congeladas, e devolve essa mesma rede pronta para o **ajuste fino**:
#
# - todas as camadas treináveis, **menos** as de BN, que ficam congeladas com as estatísticas que A acumulou: duzentas fotos são poucas para refazê-las;
# - um `SGD` **novo**, com a taxa que a rede tinha **dividida por dez**. Leia a taxa do otimizador da rede;
# - a **mesma perda** que a rede tinha;
# - os pesos como estavam: nada é treinado aqui.
#
# *Vale*: recompilada 3, taxa 3, camadas 2, BN 2, pesos e perda 2.
#
# <details><summary>Dica 1</summary>
#
# O passo de treino fixa **quais pesos mudam** quando é compilado. Mudar `trainable` depois disso não muda nada, e o Keras não avisa. Que método refaz o passo?
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `isinstance(camada, keras.layers.BatchNormalization)` reconhece a BN; `float(rede.optimizer.learning_rate)` é a taxa; `rede.loss`, a perda.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `AttributeError: 'SGD' object has no attribute 'lr'` | o nome antigo | `learning_rate` |
# | `ValueError: Argument `learning_rate` should be float…` | a taxa ainda é uma variável ou um número do NumPy | `float(rede.optimizer.learning_rate)` antes de dividir |
# | `KeyError: 'The optimizer cannot recognize variable …'` | otimizador antigo, feito para os pesos que estavam livres antes | recompile com um otimizador novo |
# | `AssertionError: O passo de treino é o antigo…` | faltou `compile`, ou veio antes de mudar `trainable` e a rede treinou no meio | `compile` por último |
#
# </details>


# %% solution="todo05"
def descongelar(rede):
    """A mesma rede, pronta para o ajuste fino: tudo livre menos a BN, SGD novo com um décimo da taxa."""
    ### BEGIN SOLUTION
    for layer in rede.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    rate = float(rede.optimizer.learning_rate)
    rede.compile(keras.optimizers.SGD(rate / 10), rede.loss)
    return rede
    ### END SOLUTION


# %% test="todo05" points=12
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def frozen(seed, rate, loss):
    keras.utils.set_random_seed(seed)
    inner = [keras.layers.Dense(6, "tanh"), keras.layers.BatchNormalization(), keras.layers.Dropout(0.2)]
    inner += [keras.layers.Dense(4, "tanh"), keras.layers.BatchNormalization(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((5,)), *inner])
    for layer in model.layers[:-1]:
        layer.trainable = False
    model.compile(keras.optimizers.SGD(rate), loss)
    model.make_train_function()  # o passo de quem já treinou
    return model


def portrait(seed, rate, loss):
    model = frozen(seed, rate, loss)
    before, old = model.get_weights(), model.optimizer
    result = descongelar(model)
    if not isinstance(result, keras.Model):
        return "sem rede"
    after = result.get_weights()
    same = len(after) == len(before)
    logits = np.array([[2.0], [-1.0], [0.5]], "float32")
    wanted = np.array([[1.0], [0.0], [0.0]], "float32")
    new_step = result.train_function is None
    loss_now = float(result.compute_loss(y=wanted, y_pred=logits)) if result.optimizer is not None else 0.0
    seen = {
        "recompilada": new_step,
        "novo": result.optimizer is not old,
        "otimizador": type(result.optimizer).__name__,
        "taxa": float(result.optimizer.learning_rate),
        "antiga": rate,
        "perda": loss_now,
        "guardados": same and all(np.array_equal(a, b) for a, b in zip(before, after, strict=True)),
        "camadas": [
            [type(layer).__name__, bool(layer.trainable)] for layer in result.layers if layer.weights
        ],
        "mudou": [],
    }
    if new_step:
        result.run_eagerly = True
        rng = np.random.default_rng(seed)
        for _ in range(2):
            result.train_on_batch(rng.normal(size=(8, 5)).astype("float32"), np.ones((8, 1), "float32"))
        pairs = zip(result.weights, after, strict=True)
        seen["mudou"] = [[w.path.split("/")[-1], float(np.abs(w.numpy() - b).max())] for w, b in pairs]
    return seen


observe("logistica", lambda: portrait(31, 0.2, keras.losses.BinaryCrossentropy(from_logits=True)))
observe("quadratica", lambda: portrait(32, 0.06, "mean_squared_error"))
### END HIDDEN TESTS
rede_teste = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(1)])
rede_teste.layers[0].trainable = False
rede_teste.compile(keras.optimizers.SGD(0.5), keras.losses.BinaryCrossentropy(from_logits=True))
rede_teste.make_train_function()  # o que o primeiro fit faria
solta = descongelar(rede_teste)
assert isinstance(solta, keras.Model), "descongelar deve devolver a rede. Faltou o return?"
assert len(solta.trainable_weights) == 4, (
    f"As duas densas têm quatro tensores; na sua rede, {len(solta.trainable_weights)} se treinam."
)
assert solta.train_function is None, (
    "O passo de treino é o antigo, com a base congelada. Depois de mudar trainable, chame compile."
)
assert abs(float(solta.optimizer.learning_rate) - 0.05) < 1e-6, (
    f"A taxa era 0,5 e deve passar a 0,05; a sua é {float(solta.optimizer.learning_rate):.3g}."
)

# %% [markdown]
# Quanto muda cada camada herdada? Treinamos primeiro só a saída, depois a rede solta.


# %%
def two_stages():
    keras.utils.set_random_seed(SEED)
    model, stages = montar_b(rede_a, 0.1), {}
    for name, prepare in (("congelada", lambda m: m), ("descongelada", descongelar)):
        model = prepare(model)
        before = [w for w in model.get_weights() if w.ndim == 2]
        train(model, x_few, y_few, epochs=10, batch_size=20)
        stages[name] = signal.relative_change(before, [w for w in model.get_weights() if w.ndim == 2])
    return stages


stages = attempt(two_stages, "ToDos 4 e 5")
if stages is not None:
    figure = plots.bars_per_layer(
        stages, ylabel="Mudança relativa dos pesos", title="Congelada, só a saída muda; solta, as três"
    )
    plots.show(
        figure,
        alt="Barras com a mudança relativa dos pesos das três camadas densas, da primeira à saída, em escala logarítmica, com a base congelada e depois de descongelada. Congelada, só a saída muda. "
        "Descongelada com um décimo da taxa, as três mudam.",
    )

# %% [markdown]
# # Parte 3 · A incerteza
#
# Uma rede que responde sempre com a mesma firmeza não serve à loja. O *dropout* de **Monte Carlo** faz à rede a mesma pergunta muitas vezes, cada vez com um sorteio de unidades, e mede se as respostas concordam.

# %% [markdown] locked="todo06-enunciado"
# ### ToDo 6 · A camada que sorteia sempre
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●● | 20 min | 12 | `DropoutMC` e `para_monte_carlo(rede)` | duas chamadas da rede nova diferem, e a BN não se move |
#
# O `Dropout` do Keras só sorteia no modo de treino. Chamar a rede inteira com `training=True` resolveria, e estragaria a BN, que passaria a usar o lote e a **atualizar** as médias móveis. O modo de treino deve valer para uma camada só.
#
# 1. `DropoutMC` é uma **subclasse** de `keras.layers.Dropout`, escrita por você, que sorteia sempre, seja qual for o modo. Registre-a com o decorador `@keras.saving.register_keras_serializable()`: sem ele, uma rede gravada com essa camada não
#    pode ser lida.
# 2. `para_monte_carlo(rede)` recebe uma `Sequential` e devolve uma **cópia** dela, com os mesmos pesos, em que cada `Dropout` virou um `DropoutMC` com a **mesma taxa**. As outras camadas são as mesmas em tipo e configuração; a rede recebida não muda.
#
# *Vale*: sorteia sempre 4, registrada 1, troca todos com a taxa 4, pesos 2, cópia 1.
#
# <details><summary>Dica 1</summary>
#
# O único método a escrever é `call(self, inputs, training=None)`. O trabalho já está feito na classe mãe: basta chamá-la, `super().call(…)`, e decidir o que dizer a ela.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Uma camada nova igual a outra: `type(camada).from_config(camada.get_config())`. Com `DropoutMC` no lugar de `type(camada)`, a taxa vem junto.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# `keras.models.clone_model(rede, clone_function=f)` chama `f(camada)` para cada camada e monta a cópia com o que `f` devolve. Os pesos, como sempre, vêm depois.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `TypeError: Dropout.__init__() missing 1 required positional argument: 'rate'` | a camada nova foi criada sem a taxa | `from_config(camada.get_config())` |
# | `TypeError: DropoutMC.call() takes 2 positional arguments but 3 were given` | falta `training` na assinatura | `def call(self, inputs, training=None)` |
# | `TypeError: Could not locate class 'DropoutMC'…` | a classe não está registrada | o decorador vem na linha acima de `class` |
# | `BibliotecaFechada` | a resposta usa `gradiente.uncertainty` | escreva a camada, são três linhas |
#
# </details>


# %% solution="todo06"
### BEGIN SOLUTION
@keras.saving.register_keras_serializable()
class DropoutMC(keras.layers.Dropout):
    """Dropout que sorteia também na inferência."""

    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


### END SOLUTION


def para_monte_carlo(rede):
    """Uma cópia da rede, com os mesmos pesos, em que todo Dropout sorteia sempre."""
    ### BEGIN SOLUTION

    def swap(layer):
        kind = DropoutMC if isinstance(layer, keras.layers.Dropout) else type(layer)
        return kind.from_config(layer.get_config())

    copy = keras.models.clone_model(rede, clone_function=swap)
    copy.set_weights(rede.get_weights())
    return copy
    ### END SOLUTION


# %% test="todo06" points=12
### BEGIN HIDDEN TESTS
from gradiente import uncertainty
from gradiente.observe import observe


class BibliotecaFechada(Exception):
    pass


def closed(*args, **kwargs):
    raise BibliotecaFechada("escreva a sua")


def alone(compute):
    # Executa com as peças prontas da biblioteca fechadas, por qualquer nome que tenham sido importadas.
    names = ("monte_carlo", "with_monte_carlo", "predictive_entropy", "mutual_information")
    functions = [getattr(uncertainty, name) for name in names]
    codes = [function.__code__ for function in functions]
    classes = [uncertainty.MCDropout, uncertainty.MCAlphaDropout]
    calls = [kind.call for kind in classes]
    uncertainty.BibliotecaFechada = BibliotecaFechada  # closed será executada com os nomes de lá
    for function in functions:
        function.__code__ = closed.__code__
    for kind in classes:
        kind.call = closed
    try:
        return compute()
    finally:
        for function, code in zip(functions, codes, strict=True):
            function.__code__ = code
        for kind, call in zip(classes, calls, strict=True):
            kind.call = call


def thin(rate, seed):
    # Duas passagens em cada modo: quantos zeros, que outro valor, e se as duas diferem.
    keras.utils.set_random_seed(seed)
    layer, ones = DropoutMC(rate), np.ones((60, 80), "float32")
    found = []
    for mode in ({}, {"training": False}, {"training": True}):
        first, second = (np.asarray(layer(ones, **mode)) for _ in range(2))
        kept = first[first != 0]
        found.append(
            {
                "zeros": float(np.mean(first == 0)),
                "resto": float(kept.mean()) if kept.size else 0.0,
                "espalhados": float(kept.std()) if kept.size else 0.0,
                "diferem": float(np.mean(first != second)),
            }
        )
    return {
        "taxa": rate,
        "modos": found,
        "mae": bool(issubclass(DropoutMC, keras.layers.Dropout) and DropoutMC is not keras.layers.Dropout),
    }


def registered():
    return ">" in keras.saving.get_registered_name(DropoutMC)


def convert(seed, rates):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    inner = [keras.layers.Dense(9, "tanh"), keras.layers.BatchNormalization(), keras.layers.Dropout(rates[0])]
    inner += [keras.layers.Dense(8, "relu"), keras.layers.Dropout(rates[1]), keras.layers.Dense(3)]
    model = keras.Sequential([keras.Input((4,)), *inner])
    model.set_weights([w + np.abs(rng.normal(0, 0.4, w.shape)) for w in model.get_weights()])
    before, x = model.get_weights(), rng.normal(size=(6, 4)).astype("float32")
    copy = para_monte_carlo(model)
    weights = copy.get_weights()
    first, second = np.asarray(copy(x)), np.asarray(copy(x, training=False))
    moved = [np.abs(a - b).max() for a, b in zip(weights, copy.get_weights(), strict=True)]
    return {
        "camadas": [type(layer).__name__ for layer in copy.layers],
        "sorteiam": [isinstance(layer, DropoutMC) for layer in copy.layers],
        "taxas": [float(getattr(layer, "rate", -1)) for layer in copy.layers],
        "pedidas": [float(getattr(layer, "rate", -1)) for layer in model.layers],
        "ativacoes": [getattr(getattr(layer, "activation", None), "__name__", "") for layer in copy.layers],
        "tipos": [w.path.split("/")[-1] for w in model.weights],
        "antes": before,
        "clone": weights,
        "difere": float(np.abs(first - second).max()),
        "moveu": float(max(moved)),
        "compartilhados": sum(any(a is b for b in model.weights) for a in copy.weights),
        "original": [type(layer).__name__ for layer in model.layers],
        "a_mudou": max(float(np.abs(a - b).max()) for a, b in zip(before, model.get_weights(), strict=True)),
    }


observe("camada", lambda: alone(lambda: [thin(0.3, 41), thin(0.6, 42)]))
observe("registro", lambda: alone(registered))
observe("conversao", lambda: alone(lambda: convert(43, (0.25, 0.5))))
### END HIDDEN TESTS
camada = DropoutMC(0.5)
assert isinstance(camada, keras.layers.Dropout), "DropoutMC deve ser subclasse de keras.layers.Dropout."
assert np.any(np.asarray(camada(np.ones((20, 20), "float32"), training=False)) == 0), (
    "Na inferência a sua camada não zerou nada: ela ainda olha o modo que recebe."
)
duvidosa = para_monte_carlo(rede_a)
assert isinstance(duvidosa, keras.Model), "para_monte_carlo deve devolver uma rede. Faltou o return?"
assert sum(isinstance(layer, DropoutMC) for layer in duvidosa.layers) == 2, (
    "A rede A tem dois Dropout; na cópia deve haver dois DropoutMC."
)
assert not any(isinstance(layer, DropoutMC) for layer in rede_a.layers), "A rede recebida não deve mudar."

# %% [markdown]
# A mesma foto, perguntada quatro vezes à rede de sempre e quatro à sua cópia:


# %%
def ask(model, times=4):
    outputs = [np.asarray(keras.ops.softmax(model(x_val[:1])))[0] for _ in range(times)]
    return [number(float(p[y_val[0]]), 3) for p in outputs]


keras.utils.set_random_seed(SEED)
rows = [["rede A", *ask(rede_a)]]
found = attempt(lambda: ask(para_monte_carlo(rede_a)), "ToDo 6")
if found is not None:
    rows.append(["com DropoutMC", *found])
show_table(["probabilidade da classe certa", "1ª vez", "2ª", "3ª", "4ª"], rows)

# %% [markdown] locked="todo07-enunciado"
# ### ToDo 7 · Média e desvio das passagens
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 10 | `prever_com_incerteza(rede, x, passagens)` | as médias de cada foto somam 1, e a rede fica como estava |
#
# A `rede` já sorteia na inferência (é o que `para_monte_carlo` devolve) e dá *logits*. Pergunte `passagens` vezes e devolva a tupla `(media, desvio)`, dois arrays do NumPy de formato (fotos, classes):
#
# - a **média**, sobre as passagens, das **probabilidades** (a *softmax* de cada passagem);
# - o **desvio padrão**, sobre as passagens, dessas mesmas probabilidades. É o `np.std` comum, que divide por $T$, o número de passagens.
#
# A rede pode ter BN: nem os pesos nem as médias móveis podem mudar.
#
# *Vale*: média 4, desvio 3, rede intacta 2, *logits* enormes 1.
#
# <details><summary>Dica 1</summary>
#
# Junte as passagens em um array de formato (passagens, fotos, classes), com `np.stack`. Sobre que eixo é a média?
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# A *softmax* vem **antes** da média: a média das probabilidades não é a *softmax* da média dos *logits*. `keras.ops.softmax` aceita *logits* de qualquer tamanho; `np.exp(800)` é infinito.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# Não escreva `training=True`. A rede já sorteia onde deve, e a BN não deve saber de nada.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `AttributeError: 'EagerTensor' object has no attribute 'mean'` | tensor do TensorFlow | converta com `np.asarray` ou `np.stack` |
# | `AssertionError: As médias de uma foto devem somar 1…` | faltou a *softmax*, ou o eixo da média é outro | confira o formato de cada passo com `.shape` |
# | `RuntimeWarning: overflow encountered in exp` | exponencial de um *logit* grande | `keras.ops.softmax` |
#
# </details>


# %% solution="todo07"
def prever_com_incerteza(rede, x, passagens):
    """Média e desvio padrão, sobre as passagens, das probabilidades de cada classe."""
    ### BEGIN SOLUTION
    draws = np.stack([keras.ops.softmax(rede(x)) for _ in range(passagens)])
    return draws.mean(axis=0), draws.std(axis=0)
    ### END SOLUTION


# %% test="todo07" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


class AlwaysDrawn(keras.layers.Dropout):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


class Recorder(keras.layers.Layer):
    # Anota os logits que saem, também dentro de predict.
    def __init__(self, write):
        super().__init__()
        self.write = write

    def call(self, inputs):
        def note(rows):
            self.write(np.array(rows))
            return rows

        outputs = tf.numpy_function(note, [inputs], tf.float32)
        outputs.set_shape(inputs.shape)
        return outputs

    def compute_output_shape(self, shape):
        return shape


def portrait(seed, rows, classes, passes, size):
    keras.utils.set_random_seed(seed)
    rng, notes = np.random.default_rng(seed), []
    inner = [keras.layers.Dense(12, "relu"), keras.layers.BatchNormalization(momentum=0.5), AlwaysDrawn(0.4)]
    inner += [keras.layers.Dense(classes), keras.layers.Rescaling(size), Recorder(notes.append)]
    model = keras.Sequential([keras.Input((4,)), *inner])
    before = model.get_weights()
    notes.clear()
    x = rng.normal(size=(rows, 4)).astype("float32")
    result = prever_com_incerteza(model, x, passes)
    after = model.get_weights()
    tape = np.concatenate(notes) if notes else np.zeros((0, classes), "float32")
    return {
        "resultado": [np.asarray(part) for part in result] if isinstance(result, tuple) else "outro",
        "logits": tape,
        "fotos": rows,
        "passagens": passes,
        "moveu": max(float(np.abs(a - b).max()) for a, b in zip(before, after, strict=True)),
    }


observe("pequenos", lambda: alone(lambda: [portrait(51, 5, 3, 7, 2.0), portrait(52, 2, 6, 4, 1.5)]))
observe("enormes", lambda: alone(lambda: portrait(53, 4, 3, 6, 4000.0)))
### END HIDDEN TESTS
exemplo = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
par = prever_com_incerteza(exemplo, np.ones((4, 2), "float32"), 5)
assert isinstance(par, tuple) and len(par) == 2, (
    "prever_com_incerteza deve devolver uma tupla de dois: return media, desvio."
)
assert np.shape(par[0]) == (4, 3) and np.shape(par[1]) == (4, 3), (
    f"Com 4 fotos e 3 classes, os formatos são (4, 3); os seus são {np.shape(par[0])} e {np.shape(par[1])}."
)
assert np.allclose(np.sum(par[0], axis=1), 1, atol=1e-5), (
    "As médias de uma foto devem somar 1: são médias de probabilidades."
)
assert np.allclose(par[1], 0, atol=1e-5), (
    "Esta rede não tem dropout nenhum: as passagens são iguais, e o desvio é zero."
)

# %% [markdown]
# Três fotos de A, com a média e o desvio de cinquenta passagens. A barra de erro é o desvio.


# %%
def ask_three():
    keras.utils.set_random_seed(SEED)
    mean, std = prever_com_incerteza(para_monte_carlo(rede_a), x_val, 10 if is_capped() else 50)
    order = np.argsort(std.max(axis=1))
    return mean, std, order[[0, len(order) // 2, -1]]


found = attempt(ask_three, "ToDos 6 e 7")
if found is not None:
    mean, std, chosen = found
    kept_names = [name for k, name in enumerate(data.class_names) if k not in (5, 6)]
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.8), sharey=True)
    for ax, i, title in zip(axes, chosen, ("a mais firme", "a do meio", "a menos firme"), strict=True):
        ax.bar(range(8), mean[i], yerr=std[i], color=plots.PALETTE[0], capsize=3)
        ax.set_xticks(range(8), kept_names, rotation=90, fontsize=9)
        ax.set(title=f"{title} (é {kept_names[y_val[i]]})", ylim=(0, 1.08))
        plots.comma_axes(ax)
    axes[0].set_ylabel("Probabilidade média")
    figure.suptitle("Onde as passagens discordam, a probabilidade se divide e a barra de erro cresce")
    plots.show(
        figure,
        alt="Três painéis de barras com a probabilidade média das oito classes de A e uma barra de erro, o desvio padrão das passagens: da foto em que as passagens mais concordam à em "
        "que menos concordam.",
    )

# %% [markdown] locked="todo08-enunciado"
# ### ToDo 8 · Entropia e "não sei"
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 20 min | 10 | `entropia(p)`, `decidir(p, limiar)`, `cobertura_e_acuracia(decisoes, y)` | a certeza tem entropia 0, e a dúvida entre duas classes, ln 2 |
#
# `p` é um array de formato (fotos, classes); cada linha soma 1.
#
# 1. `entropia(p)` devolve, para cada foto, $H = -\sum_k p_k \ln p_k$, em **nats** (logaritmo natural). Uma classe de probabilidade zero contribui com **zero**.
# 2. `decidir(p, limiar)` devolve um inteiro por foto: a classe mais provável, se a entropia for **menor ou igual** ao limiar; senão, **−1**, que quer dizer "não sei".
# 3. `cobertura_e_acuracia(decisoes, y)` devolve a tupla `(cobertura, acuracia)`: a fração das fotos que tiveram resposta, e a fração de acertos **entre as respondidas**. Se nenhuma teve resposta, não há acurácia: devolva `(0.0, None)`.
#
# *Vale*: entropia 4, decisões 3, cobertura e acurácia 3.
#
# <details><summary>Dica 1</summary>
#
# `0 * np.log(0)` é `0 × (−∞)`, que dá NaN. Troque o que está **dentro** do logaritmo, onde `p` é zero, por um número inofensivo: `np.where(p > 0, p, 1)`.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `np.where(condição, um, outro)` decide por todas as fotos de uma vez. `p.argmax(axis=1)` é a classe mais provável de cada uma.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# A classe 0 é uma resposta: respondida é a foto cuja decisão é **maior ou igual** a zero. Escolha só as respondidas nos dois arrays antes de comparar.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `RuntimeWarning: divide by zero encountered in log` | logaritmo de zero | troque o zero dentro do logaritmo |
# | `RuntimeWarning: Mean of empty slice` | média de nada: nenhuma foto respondida | trate esse caso antes |
# | `IndexError: boolean index did not match indexed array…` | o vetor lógico tem um elemento por classe, e não por foto | confira o eixo da soma ou do `argmax` |
#
# </details>


# %% solution="todo08"
def entropia(p):
    """A entropia de cada linha de p, em nats."""
    ### BEGIN SOLUTION
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=1)
    ### END SOLUTION


def decidir(p, limiar):
    """A classe mais provável de cada foto, ou -1 onde a entropia passa do limiar."""
    ### BEGIN SOLUTION
    return np.where(entropia(p) <= limiar, p.argmax(axis=1), -1)
    ### END SOLUTION


def cobertura_e_acuracia(decisoes, y):
    """A fração de fotos respondidas e a fração de acertos entre elas (None se não há nenhuma)."""
    ### BEGIN SOLUTION
    answered = decisoes >= 0
    if not answered.any():
        return 0.0, None
    return np.mean(answered), np.mean(decisoes[answered] == y[answered])
    ### END SOLUTION


# %% test="todo08" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def faithful_entropy(p):
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=1)


def quiet(compute):
    with np.errstate(all="ignore"):
        return alone(compute)


def table(seed, rows, classes):
    p = np.random.default_rng(seed).dirichlet(np.full(classes, 0.6), size=rows)
    return np.vstack([p, np.full(classes, 1 / classes)])


def with_zeros(classes):
    p = np.zeros((3, classes))
    p[0, 1] = 1
    p[1, :2] = 0.5
    p[2, [0, -1]] = 0.9, 0.1
    return p


def decisions(p, limit):
    return quiet(lambda: lending(lambda: np.asarray(decidir(p, limit)), entropia=faithful_entropy))


marks = [
    (np.array([2, -1, 0, 0, -1, 1, 3]), np.array([2, 1, 0, 1, 0, 1, 3])),
    (np.array([0, 0, 4]), np.array([0, 1, 4])),
    (np.array([-1, 1, -1, -1]), np.array([2, 1, 1, 0])),
]
p_many, p_few = table(61, 9, 4), table(62, 5, 7)
observe("p", [p_many, p_few])
observe("entropias", lambda: quiet(lambda: [np.asarray(entropia(p)) for p in (p_many, p_few)]))
observe("com_zeros", lambda: quiet(lambda: [np.asarray(entropia(with_zeros(k))) for k in (3, 5)]))
observe("decisoes", lambda: [decisions(p, t) for p in (p_many, p_few) for t in (0.5, 0.9, 2.5)])
observe("no_limite", lambda: decisions(np.eye(3)[[2, 0, 1]], 0.0))
observe("marcas", [list(pair) for pair in marks])
observe("contas", lambda: quiet(lambda: [list(cobertura_e_acuracia(d, y)) for d, y in marks]))
observe("nenhuma", lambda: quiet(lambda: list(cobertura_e_acuracia(np.full(4, -1), np.array([0, 1, 2, 1])))))
### END HIDDEN TESTS
p = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
h = entropia(p)
assert np.shape(h) == (2,), f"São duas fotos: entropia deve devolver dois números; devolveu {h}."
assert abs(h[0] - math.log(2)) < 1e-6, (
    f"A dúvida igual entre duas classes tem entropia ln 2 ≈ 0,693; a sua deu {h[0]:.4g}."
)
assert abs(h[1]) < 1e-6, f"A certeza tem entropia 0; a sua deu {h[1]:.4g}."
assert list(decidir(p, 0.3)) == [-1, 0], (
    f"Com limiar 0,3, a primeira foto é 'não sei' (−1) e a segunda é da classe 0; veio {list(decidir(p, 0.3))}."
)
conta = cobertura_e_acuracia(np.array([-1, 0, 1, 1]), np.array([2, 0, 1, 0]))
assert isinstance(conta, tuple) and np.allclose(conta, (3 / 4, 2 / 3)), (
    f"Três das quatro fotos têm resposta, e duas dessas três estão certas; veio {conta}."
)

# %% [markdown]
# Agora a pergunta da loja. À rede **de A** chegam fotos de três tipos: as de A, que ela conhece; as de **B**, que ela nunca viu; e ruído. Para onde vai a entropia de cada uma? E o que se ganha ao calar?


# %%
def shop():
    keras.utils.set_random_seed(SEED)
    model, times = para_monte_carlo(rede_a), 10 if is_capped() else 50
    noise = np.random.default_rng(SEED).normal(0, 1, (200, 28, 28)).astype("float32")
    groups = {"A, conhecidas": x_val, "B, nunca vistas": x_rest, "ruído": noise}
    return {name: prever_com_incerteza(model, x, times)[0] for name, x in groups.items()}


means = attempt(shop, "ToDos 6 e 7")
found = None if means is None else attempt(lambda: {n: entropia(p) for n, p in means.items()}, "ToDo 8")
if found is not None:
    figure, ax = plt.subplots(figsize=(8.5, 3.8))
    for (name, values), color in zip(found.items(), plots.PALETTE, strict=False):
        ax.hist(
            values,
            np.linspace(0, np.log(8), 25),
            density=True,
            histtype="step",
            linewidth=2,
            color=color,
            label=name,
        )
    ax.axvline(np.log(8), color="black", linestyle=":", label="chute: ln 8")
    ax.set(
        xlabel="Entropia (nats)", ylabel="Densidade", title="O que é estranho à rede A lhe dá mais dúvida?"
    )
    ax.legend(loc="upper center")
    plots.show(
        plots.comma_axes(ax),
        alt="Três histogramas da entropia das respostas da rede A: fotos de classes conhecidas, fotos de sandálias e camisas, que ela nunca viu, e ruído. Uma linha pontilhada marca a entropia do chute entre oito classes.",
    )


# %%
def refusals():
    rows = []
    for limit in (0.25, 0.5, 1.0, 2.5):
        share, right = cobertura_e_acuracia(decidir(means["A, conhecidas"], limit), y_val)
        others = [np.mean(np.asarray(decidir(means[name], limit)) < 0) for name in list(means)[1:]]
        shown = "—" if right is None else percent(right, 1)
        rows.append([number(limit), percent(share), shown, *(percent(v) for v in others)])
    return rows


rows = None if means is None else attempt(refusals, "ToDo 8")
if rows is not None:
    show_table(
        ["limiar", "cobertura em A", "acurácia nas respondidas", "B recusadas", "ruído recusado"], rows
    )

# %% [markdown]
# Guarde essa tabela: o ToDo 10 pergunta sobre ela.
#
# # Parte 4 · Um limite para os pesos

# %% [markdown] locked="todo09-enunciado"
# ### ToDo 9 · A norma máxima
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 12 min | 6 | `limitar_norma(kernel, maximo)` | nenhuma coluna passa do limite, e as que cabiam não mudam |
#
# Com poucas fotos, um jeito de conter a rede é a **restrição de norma máxima** (*max-norm*): depois de cada passo, os pesos que **chegam a cada unidade** voltam a caber em uma bola. Devolva um *kernel* novo, do mesmo formato:
#
# $$w \leftarrow w \cdot \min\!\left(1,\ \frac{c}{\lVert w\rVert}\right),$$
#
# em que $w$ são os pesos de **uma** unidade, $\lVert w\rVert$ é a norma deles (a raiz da soma dos quadrados) e $c$ é o `maximo`, positivo.
#
# - *Kernel* **denso**, (entradas, unidades): os pesos de uma unidade são uma **coluna**.
# - *Kernel* **convolucional**, (altura, largura, canais, filtros): os pesos de um filtro são tudo, menos o último eixo.
# - Uma unidade de pesos todos zero fica como está. O *kernel* recebido não muda.
#
# *Vale*: denso 3, convolucional 1, as que cabem (e as de zeros) 1, entrada intacta 1.
#
# <details><summary>Dica 1</summary>
#
# `axis=0` soma ao longo das entradas e deixa um número por coluna. `axis` aceita também uma tupla: quais são todos os eixos menos o último?
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `tuple(range(kernel.ndim - 1))` serve aos dois casos. E $\min(1, c/n)$ é o mesmo que $c/\max(n, c)$, que nunca divide por zero.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `ValueError: operands could not be broadcast together with shapes (4,3) (4,)` | a norma foi tirada por linha | o eixo é o 0 |
# | `RuntimeWarning: invalid value encountered in divide` | coluna de norma zero | veja a dica 2 |
# | `TypeError: 'list' object cannot be interpreted as an integer` | `axis` recebeu uma lista | passe uma tupla |
#
# </details>


# %% solution="todo09"
def limitar_norma(kernel, maximo):
    """O kernel com os pesos de cada unidade encolhidos até caberem na norma máxima."""
    ### BEGIN SOLUTION
    axes = tuple(range(kernel.ndim - 1))
    norms = np.sqrt(np.sum(kernel**2, axis=axes))
    return kernel * (maximo / np.maximum(norms, maximo))
    ### END SOLUTION


# %% test="todo09" points=6
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def limited(kernel, limit):
    before = kernel.copy()
    with np.errstate(all="ignore"):
        after = np.asarray(limitar_norma(kernel, limit))
    return {"kernel": before, "limite": limit, "novo": after, "intacto": bool(np.array_equal(before, kernel))}


draw = np.random.default_rng(71)
dense = draw.normal(size=(6, 5)) * np.array([0.1, 3, 0.5, 2, 1])
square = draw.normal(size=(4, 4)) * np.array([2, 0.2, 1, 3])
empty = draw.normal(size=(5, 4)) * np.array([0.0, 0.1, 0.0, 0.2])
filters = draw.normal(size=(3, 2, 4, 5)) * np.array([0.05, 1, 2, 0.1, 1])
observe("densos", lambda: [limited(dense, 1.0), limited(square, 0.7)])
observe("cabem", lambda: limited(empty, 2.0))
observe("filtros", lambda: limited(filters, 1.3))
### END HIDDEN TESTS
limitado = limitar_norma(np.array([[3.0, 0.3], [4.0, 0.4]]), 1.0)
assert np.shape(limitado) == (2, 2), f"O formato não muda: (2, 2); o seu é {np.shape(limitado)}."
assert np.allclose(limitado[:, 0], [0.6, 0.8]), (
    f"A primeira coluna tem norma 5 e deve voltar a 1, na mesma direção: [0,6, 0,8]; a sua é {limitado[:, 0]}."
)
assert np.allclose(limitado[:, 1], [0.3, 0.4]), (
    f"A segunda coluna tem norma 0,5, cabe no limite e não muda; a sua virou {limitado[:, 1]}."
)

# %% [markdown]
# O Keras faz o mesmo com `keras.constraints.MaxNorm`, cujo eixo padrão é 0. Aplicamos os dois à segunda camada densa de A, com a norma do meio por limite, e a um *kernel* convolucional sorteado:


# %%
def compare_norms():
    inner = rede_a.layers[5].kernel.numpy()
    filters = np.random.default_rng(SEED).normal(0, 0.3, (3, 3, 8, 16)).astype("float32")
    rows = []
    for name, kernel, axis in (("densa de A", inner, 0), ("convolucional", filters, (0, 1, 2))):
        before = np.linalg.norm(kernel.reshape(-1, kernel.shape[-1]), axis=0)
        limit = float(np.median(before))
        mine, theirs = limitar_norma(kernel, limit), keras.constraints.MaxNorm(limit, axis=axis)(kernel)
        after = np.linalg.norm(np.reshape(mine, (-1, kernel.shape[-1])), axis=0)
        gap = float(np.abs(mine - np.asarray(theirs)).max())
        rows.append([name, number(limit), number(before.max()), number(after.max()), gap])
    return rows


rows = attempt(compare_norms, "ToDo 9")
if rows is not None:
    show_table(["kernel", "limite", "maior norma antes", "depois", "maior diferença para o Keras"], rows)

# %% [markdown]
# # Parte 5 · A prova: vinte fotos
#
# É o pedido da loja. Com **vinte** fotos rotuladas de B, cinco sorteios diferentes de vinte, comparamos três redes com o mesmo orçamento de passos: a **do zero**; a que herda a base de A e só treina a saída; e a que, na segunda metade, é
# descongelada. A comparação é **pareada**: em cada sorteio, as três veem as mesmas vinte fotos.


# %% locked="prova"
def from_zero(rate):
    """A arquitetura de B recém-nascida, toda livre, compilada."""
    layers = nova_rede_a().layers[:-1]
    model = keras.Sequential([keras.Input((28, 28)), *layers, keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def contest(draw):
    """Acurácia em B de cada maneira, com as vinte fotos do sorteio."""
    rows = np.random.default_rng(SEED + draw).permutation(len(x_few))[:20]
    keras.utils.set_random_seed(SEED + draw)
    results, models = {}, [("do zero", from_zero)]
    models += [("base congelada", lambda rate: montar_b(rede_a, rate))] * 2
    for place, (name, make) in enumerate(models):
        model = make(0.1)
        train(model, x_few[rows], y_few[rows], 30, 10)
        model = descongelar(model) if place == 2 else model
        train(model, x_few[rows], y_few[rows], 30, 10)
        results["ajuste fino" if place == 2 else name] = accuracy_b(model)
    return results


# %%
results = attempt(lambda: [contest(draw) for draw in range(1 if is_capped() else 5)], "ToDos 4 e 5")
if results is not None:
    figure, ax = plt.subplots(figsize=(8, 3.8))
    for place, name in enumerate(results[0]):
        values = 100 * np.array([result[name] for result in results])
        ax.plot(np.full(len(values), place), values, "o", color=plots.PALETTE[place], alpha=0.7)
        ax.plot([place - 0.2, place + 0.2], [values.mean()] * 2, color=plots.PALETTE[place], linewidth=3)
    ax.set_xticks(range(3), list(results[0]))
    ax.set(ylabel="Acurácia em B (%)", title="Com vinte fotos, cinco sorteios")
    plots.show(
        plots.comma_axes(ax),
        alt="Acurácia em B, em cinco sorteios de vinte fotos, da rede do zero, da que herda a base de A congelada e da que depois é descongelada, com um traço na média de cada uma.",
    )
    gains = [100 * (result["ajuste fino"] - result["do zero"]) for result in results]
    print(
        "ganho do ajuste fino sobre a do zero, em pontos, sorteio por sorteio:", [number(g, 1) for g in gains]
    )

# %% [markdown] locked="todo10-enunciado"
# ### ToDo 10 · O que contar à loja (texto)
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 20 min | 8 | de dez a quinze linhas | cada afirmação aponta um número seu, ou uma equação |
#
# Escreva o relatório à loja, com as **suas** medidas.
#
# a) Com vinte fotos, o reuso valeu a pena? Responda com a diferença pareada, sorteio por sorteio, e diga o que cinco sorteios ainda não garantem. Que comparação deste lab mostra que o mérito é do que A **aprendeu**, e não só da arquitetura?
#
# b) Um colega propõe dispensar o `DropoutMC` e chamar a rede com `training=True`. O que acontece com a BN, na própria resposta e nas respostas seguintes?
#
# c) Pela tabela dos limiares: a entropia alta recusa as fotos de B e o ruído? Escolha um limiar para a loja e diga o que ele custa. Por que "entropia baixa" não quer dizer "a rede conhece esta foto"?
#
# | critério | pontos |
# |---|---|
# | (a) usa diferenças pareadas e a dispersão delas; cita o controle da base recém-nascida (ou explica por que é preciso um) | 3 |
# | (b) a BN passa a usar a média e a variância do lote, e a resposta de uma foto depende das vizinhas; e as médias móveis mudam, o que altera também as respostas seguintes | 2 |
# | (c) escolhe um limiar com o custo em cobertura; reconhece, com números da tabela, o que escapa; explica que a rede só reparte probabilidade entre as oito classes que conhece | 3 |
#
# <details><summary>Dica</summary>
#
# Em (c), olhe a coluna "B recusadas" no limiar em que a cobertura em A ainda é boa. A rede A não tem como responder "sandália": com que classe uma sandália se parece para ela?
#
# </details>

# %% [markdown] manual="todo10" points=8
# ### BEGIN SOLUTION
# a) A resposta usa as cinco diferenças impressas, e não só as médias: por exemplo, "o ajuste fino ganhou em tantos dos cinco sorteios, de tanto a tanto ponto". Cinco sorteios não garantem o tamanho do ganho nem, se houver diferenças dos dois lados de zero, o seu sinal; e as
# cerca de 400 fotos de avaliação são as mesmas em todos. O controle é a tabela do ToDo 4: a mesma receita sobre uma base recém-nascida, congelada. Só o que a base de A acerta a mais se deve ao que A aprendeu.
#
# b) Com `training=True`, a BN calcula $(x - \mu_B)/\sqrt{\sigma_B^2 + \varepsilon}$ com a média e a variância do próprio lote: a resposta de uma foto depende das que chegaram com ela. Além disso cada chamada atualiza as médias móveis, e as respostas seguintes, mesmo no modo de inferência,
# passam a usar outras estatísticas: perguntar muda a rede. O `DropoutMC` põe no modo de treino uma camada só, que não guarda nada.
#
# c) Um limiar baixo sobe a acurácia nas respondidas e recusa mais fotos estranhas, ao custo da cobertura em A; a escolha cita a linha da tabela. Parte das fotos de B passa com entropia baixa: a *softmax* só reparte probabilidade entre as oito classes de A, e uma camisa parecida com uma camiseta
# cai com firmeza nela, em todas as passagens. Entropia baixa diz que as passagens concordam, e não que a foto se parece com as do treino.
# ### END SOLUTION

# %% [markdown]
# ## Resumo
#
# | ideia | como se faz | engano comum |
# |---|---|---|
# | duas tarefas | rótulos de A de 0 a 7; B binária | a classe 6 é **camisa** (a camiseta é a 0); rótulos com buracos |
# | a mesma régua | média e desvio **de A** também em B | padronizar B com as estatísticas dela |
# | clonar | `clone_model` **e** `set_weights` | `Sequential(rede_a.layers[:-1])`: camadas compartilhadas |
# | congelar | `trainable = False`, depois `compile` | congelar as camadas de A, e não as do clone |
# | descongelar | `compile` de novo, SGD novo, taxa ÷ 10 | mesma taxa; não recompilar; soltar a BN |
# | *dropout* de Monte Carlo | uma subclasse que sorteia sempre | `training=True` na rede inteira: a BN muda |
# | resumir passagens | média e desvio das **probabilidades** | *softmax* da média dos *logits* |
# | "não sei" | entropia acima do limiar | acurácia sobre todas, e não sobre as respondidas; 0 · ln 0 |
# | norma máxima | por coluna; no convolucional, todos os eixos menos o último | eixo 1; encolher o que já cabia |
#
# ## Referências
#
# - J. Yosinski, J. Clune, Y. Bengio e H. Lipson. *How transferable are features in deep neural networks?* NeurIPS, 2014.
# - S. Ioffe e C. Szegedy. *Batch normalization: accelerating deep network training by reducing internal covariate shift*. ICML, 2015.
# - Y. Gal e Z. Ghahramani. *Dropout as a Bayesian approximation: representing model uncertainty in deep learning*. ICML, 2016.
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever e R. Salakhutdinov. *Dropout: a simple way to prevent neural networks from overfitting*. JMLR, 15, 2014. Usa também a norma máxima.
# - C. K. Chow. *On optimum recognition error and reject tradeoff*. IEEE Transactions on Information Theory, 16, 1970. Responder ou recusar.
# - H. Xiao, K. Rasul e R. Vollgraf. *Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms*. arXiv:1708.07747, 2017.
