# ---
# jupyter:
#   gradiente:
#     title: "Lab 3 · Otimizadores e agendamentos"
#     grading: {cell_seconds: 60, max_epochs: 1}
#     demo: [referencia, esqueleto, parcial, media-no-lugar-da-soma, sinais-e-lugares]
# ---

# %% [markdown] locked="titulo"
# # Lab 3 · Otimizadores e agendamentos
#
# Uma rede pequena, três épocas de treino e nada mais: o que se pode mudar é a **regra do passo** e a **taxa** de cada passo. Logo abaixo está uma rede que
# usa esse orçamento mal. No fim do lab ela o usará bem, com peças que você escreveu: quatro otimizadores, o laço que os
# move, três agendamentos, a política 1cycle e a leitura de uma busca da taxa.
#
# | | |
# |---|---|
# | **Ao final você saberá** | escrever momento, Nesterov, RMSprop e Adam como funções puras, iguais às do Keras; mover qualquer um deles até uma tolerância; converter época em passo; escrever uma política 1cycle de taxa e momento; escolher uma taxa pela curva da busca; diagnosticar um treino pela curva de perda |
# | **Antes de começar** | as lições sobre otimizadores e momento e sobre agendamento da taxa |
# | **Tempo** | de 2 h a 2 h 30; o computador trabalha menos de um minuto |
# | **Ferramentas** | NumPy em tudo; Keras só nas conferências |

# %% [markdown] locked="regras"
# ## Como este lab funciona
#
# São nove **ToDos**, 100 pontos.
#
# - **Oito são de código** (1 a 8; 90 pontos). A célula já traz a assinatura e a docstring: troque a linha `raise NotImplementedError(…)` pela sua
#   solução. Logo abaixo há uma célula de teste: execute-a, e leia a mensagem se ela falhar. Ela confere o básico; a correção faz outras
#   perguntas à sua resposta e dá **pontos parciais** por item.
# - **Um é de texto** (9; 10 pontos), corrigido à mão pelo critério que vem antes dele.
# - As demais células são dadas. As marcadas como somente leitura são repostas na correção como eram.
# - Antes de entregar, use *Kernel → Restart Kernel and Run All Cells*.
#
# Cada enunciado começa com um **cartão**: dificuldade (● a ●●●), tempo, pontos e como saber que deu certo. Depois dele há **dicas dobradas**, da
# mais leve à quase resposta, e uma tabela **Se aparecer este erro**, pelo texto da mensagem.
#
# | ToDo | assunto | dificuldade | pontos |
# |---|---|---|---|
# | 1 | momento | ●○○ | 10 |
# | 2 | Nesterov | ●●○ | 10 |
# | 3 | RMSprop | ●●○ | 10 |
# | 4 | Adam | ●●● | 14 |
# | 5 | o laço que move qualquer regra | ●●○ | 10 |
# | 6 | agendamentos, por época e por passo | ●●○ | 12 |
# | 7 | 1cycle: taxa e momento de cada passo | ●●○ | 12 |
# | 8 | ler a busca da taxa | ●●● | 12 |
# | 9 | quatro treinos, quatro causas (texto) | ●●○ | 10 |
#
# **Se um ToDo travar, siga em frente.** Nenhum depende de outro: as células seguintes usam o que existir, e um ToDo não tira pontos de outro. Na
# correção, o treino do fim é abreviado: a nota mede o que o seu código *calcula*, e não a sorte de uma rodada.

# %% [markdown]
# ## Preparo

# %% locked="preparo"
from functools import partial

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots
from gradiente.budget import cap_epochs
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, show_table

SEED = 42
keras.utils.set_random_seed(SEED)


def attempt(compute, what):
    """O que `compute()` devolve; se ainda não dá, diz o que falta e devolve None."""
    try:
        return compute()
    except Exception as error:
        print(f"{what}: ainda falta, ou ainda não funciona ({type(error).__name__}).")
        return None


# %% [markdown]
# # O problema
#
# Mil fotos de roupas, uma camada oculta de 32 unidades ReLU, lotes de 50, três épocas. Para que os seus otimizadores entrem sem
# cerimônia, a rede é escrita em NumPy e **todos** os pesos moram em um só vetor, $\theta$. A função
# `loss_and_gradient(theta, fotos, rótulos)` devolve a perda e o gradiente, um vetor do tamanho de $\theta$: é a retropropagação do Lab 1.

# %% locked="rede"
data = load_fashion_mnist()
pixels = data.x_train[:1000].reshape(1000, 784).astype("float64")
pixels = (pixels - pixels.mean()) / pixels.std()
labels = data.y_train[:1000].astype(int)
SIZES = ((784, 32), (32,), (32, 10), (10,))
CUTS = np.cumsum([np.prod(shape) for shape in SIZES])[:-1]
BATCH = 50


def newborn(seed=SEED):
    """Um θ recém-nascido: pesos de He, vieses nulos."""
    rng = np.random.default_rng(seed)
    return np.concatenate(
        [(rng.normal(0, np.sqrt(2 / s[0]), size=s) if len(s) == 2 else np.zeros(s)).ravel() for s in SIZES]
    )


def loss_and_gradient(theta, x, y):
    """Entropia cruzada média do lote e o seu gradiente em relação a θ."""
    w1, b1, w2, b2 = (part.reshape(shape) for part, shape in zip(np.split(theta, CUTS), SIZES, strict=True))
    hidden = np.maximum(x @ w1 + b1, 0)
    logits = hidden @ w2 + b2
    logits = logits - logits.max(axis=1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    delta = (np.exp(log_p) - np.eye(10)[y]) / len(y)
    back = (delta @ w2.T) * (hidden > 0)
    parts = (x.T @ back, back.sum(axis=0), hidden.T @ delta, delta.sum(axis=0))
    return -log_p[np.arange(len(y)), y].mean(), np.concatenate([part.ravel() for part in parts])


# %% [markdown]
# O treino recebe uma `regra(theta, estado, g, t, taxa, beta)`, que devolve o novo $\theta$ e o novo estado, e um `plano(passo)`, que dá a taxa e o momento de
# cada passo. Os lotes vêm sempre na mesma ordem: o que mudar entre dois treinos terá mudado só pela regra ou pelo plano.

# %% locked="treino"
EPOCHS = cap_epochs(3)
STEPS = EPOCHS * len(pixels) // BATCH


def train(rule, plan, state=None, epochs=EPOCHS):
    """A perda de cada passo; para de anotar se a perda deixa de ser finita."""
    rng, theta, losses = np.random.default_rng(SEED), newborn(), []
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            order = rng.permutation(len(pixels))
            for rows in order.reshape(-1, BATCH):
                loss, g = loss_and_gradient(theta, pixels[rows], labels[rows])
                if not np.isfinite(loss):
                    return np.array(losses)
                rate, beta = plan(len(losses))
                losses.append(loss)
                theta, state = rule(theta, state, g, len(losses), rate, beta)
    return np.array(losses)


def descent(theta, state, g, t, rate, beta):
    """A descida do gradiente, sem memória."""
    return theta - rate * g, state


def window(losses, size=10):
    """Média de cada `size` perdas seguidas: tira o serrilhado dos lotes."""
    return np.convolve(losses, np.ones(size) / size, mode="valid")


def constant(rate, beta=0.9):
    """O plano que não muda."""
    return lambda step: (rate, beta)


# %%
opening = train(descent, constant(0.001))
figure, ax = plt.subplots(figsize=(8, 3.6))
ax.plot(window(opening), color=plots.PALETTE[1], label="descida, taxa 0,001")
ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1.4, label="quem chuta: ln 10")
ax.set(xlabel="Passo", ylabel="Perda de treino", title="Com a taxa 0,001, três épocas mal a tiram do chute")
ax.legend(loc="lower left")
ax.set_ylim(bottom=0)
plots.show(
    plots.comma_axes(ax),
    alt="Perda de treino da descida do gradiente com taxa 0,001, alisada, passo a passo, e uma linha pontilhada no logaritmo "
    "de dez, a perda de quem chuta. A curva desce devagar e termina ainda alta.",
)

# %% [markdown]
# Há três coisas a fazer: **lembrar** (Parte 1), **agendar** (Parte 2) e **escolher** a taxa (Parte 3).
#
# # Parte 1 · A regra do passo
#
# Um otimizador é uma função: recebe os pesos, a memória e o gradiente; devolve os pesos **novos** e a memória **nova**. Escrito assim, como **função pura**, ele não
# guarda nada escondido e não altera o que recebeu. Tudo é array do NumPy, e cada conta é feita componente a componente.

# %% [markdown] locked="todo01-enunciado"
# ### ToDo 1 · Momento
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●○○ | 10 min | 10 | `passo_momento(theta, v, g, taxa, beta)` | com g = 1 repetido, a velocidade tende a dez vezes −taxa |
#
# Na convenção do Keras, a velocidade $v$ já carrega a taxa:
#
# $$v \leftarrow \beta v - \eta\,g, \qquad \theta \leftarrow \theta + v$$
#
# Devolva a tupla `(theta_novo, v_novo)`. `theta`, `v` e `g` são arrays de mesmo formato e **não** podem mudar.
#
# *Vale*: velocidade 6, posição 3, entradas intactas 1.
#
# <details><summary>Dica 1</summary>
#
# São duas linhas, e a ordem conta: a posição usa a velocidade que acaba de ser calculada.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# O que se multiplica por $\beta$ é a velocidade anterior, inteira; o gradiente entra com peso $\eta$, e não com $1-\beta$. Dê outro nome à velocidade nova: `v_novo = …`. `v *= beta` mudaria
# o array de quem chamou.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `TypeError: cannot unpack non-iterable NoneType object` | a função não devolveu nada | confira o `return` |
# | `ValueError: too many values to unpack (expected 2)` | devolveu um array só, ou mais de dois | `return theta_novo, v_novo` |
# | `UnboundLocalError: cannot access local variable 'v_novo' where it is not associated with a value` | a posição é calculada antes da velocidade | troque a ordem das linhas |
#
# </details>


# %% solution="todo01"
def passo_momento(theta, v, g, taxa=0.01, beta=0.9):
    """Um passo com momento, na convenção do Keras: (theta_novo, v_novo)."""
    ### BEGIN SOLUTION
    new_v = beta * v - taxa * g
    return theta + new_v, new_v
    ### END SOLUTION


# %% test="todo01" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def trial(seed, **options):
    rng = np.random.default_rng(seed)
    given = [rng.normal(size=(3, 2)) for _ in range(3)]
    before = [a.copy() for a in given]
    new = passo_momento(*given, **options)
    return {
        "saida": [np.array(a, dtype="float64") for a in new],
        "intactas": all(np.array_equal(a, b) for a, b in zip(before, given, strict=True)),
    }


observe("padrao", lambda: trial(11))
observe("outra", lambda: trial(12, taxa=0.3, beta=0.6))
observe("quase", lambda: trial(13, taxa=2.0, beta=0.25))
### END HIDDEN TESTS
parado, empurrao = np.zeros(2), np.array([1.0, -2.0])
resultado = passo_momento(parado, parado, empurrao, taxa=0.1, beta=0.9)
assert isinstance(resultado, tuple) and len(resultado) == 2, (
    "passo_momento deve devolver uma tupla de dois arrays: return theta_novo, v_novo."
)
assert np.allclose(resultado[1], [-0.1, 0.2]), (
    f"Do repouso, com taxa 0,1 e g = [1, −2], a velocidade é −taxa · g = [−0,1, 0,2]; a sua é {resultado[1]}."
)
assert np.allclose(resultado[0], resultado[1]), (
    f"Partindo da origem, a posição nova é a velocidade nova, {resultado[1]}; a sua é {resultado[0]}."
)

# %% [markdown]
# A figura dá o mesmo empurrão, $g = 1$, quarenta vezes, com $\eta = 0{,}1$ e $\beta = 0{,}9$. A linha pontilhada é a velocidade terminal, $-\eta/(1-\beta)$.


# %%
def push(steps=40):
    theta, v, seen = np.zeros(1), np.zeros(1), []
    for _ in range(steps):
        theta, v = passo_momento(theta, v, np.ones(1), taxa=0.1, beta=0.9)
        seen.append(float(v[0]))
    return seen


figure, ax = plt.subplots(figsize=(8, 3.4))
velocities = attempt(push, "ToDo 1")
if velocities is not None:
    ax.plot(range(1, 41), velocities, "o-", color=plots.PALETTE[0], markersize=4, label="a sua velocidade")
ax.axhline(-1, color="black", linestyle=":", label="velocidade terminal")
ax.set(xlabel="Passo", ylabel="v", title="Com o mesmo gradiente, o passo cresce até dez vezes a taxa")
ax.legend()
plots.show(
    plots.comma_axes(ax),
    alt="Velocidade do momento ao longo de quarenta passos com gradiente constante. Parte de menos um décimo e se aproxima "
    "da linha pontilhada em menos um, se o ToDo 1 está feito.",
)

# %% [markdown] locked="todo02-enunciado"
# ### ToDo 2 · Nesterov, na forma do Keras
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 12 min | 10 | `passo_nesterov(theta, v, g, taxa, beta)` | do repouso, com g = 1 e taxa 0,1, o primeiro passo é −0,19 |
#
# O gradiente acelerado de Nesterov (NAG) mede o gradiente **adiante**, para onde a inércia levará. O Keras guarda em $\theta$ o ponto já adiantado, e por isso o gradiente é
# o do próprio $\theta$, que você recebe pronto em `g`:
#
# $$v_{\text{novo}} = \beta v - \eta\,g, \qquad \theta_{\text{novo}} = \theta + \beta\,v_{\text{novo}} - \eta\,g$$
#
# Devolva `(theta_novo, v_novo)`, sem mudar o que recebeu.
#
# *Vale*: velocidade 3, posição 6, entradas intactas 1.
#
# <details><summary>Dica 1</summary>
#
# A velocidade é a mesma do ToDo 1. Só a posição muda, e usa $\beta$ duas vezes: uma dentro da velocidade nova, outra fora dela.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Confira com o repouso, $g = 1$, $\eta = 0{,}1$, $\beta = 0{,}9$: a velocidade é −0,1, e a posição, $0{,}9 \times (-0{,}1) - 0{,}1$. Se saiu −0,1, é o momento comum; se saiu −0,09, falta o último termo; se saiu −0,2, falta o $\beta$.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `TypeError: 'numpy.ndarray' object is not callable` | `g(theta + beta * v)`: o gradiente é um array, já calculado | use `g` |
# | `AssertionError: …a posição é −0,19; a sua é [-0.1]…` | é o momento comum | use a posição do enunciado, com a velocidade **nova** |
#
# </details>


# %% solution="todo02"
def passo_nesterov(theta, v, g, taxa=0.01, beta=0.9):
    """Um passo de Nesterov, com θ no ponto adiantado: (theta_novo, v_novo)."""
    ### BEGIN SOLUTION
    new_v = beta * v - taxa * g
    return theta + beta * new_v - taxa * g, new_v
    ### END SOLUTION


# %% test="todo02" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def trial(seed, **options):
    rng = np.random.default_rng(seed)
    given = [rng.normal(size=(2, 3)) for _ in range(3)]
    before = [a.copy() for a in given]
    new = passo_nesterov(*given, **options)
    return {
        "saida": [np.array(a, dtype="float64") for a in new],
        "intactas": all(np.array_equal(a, b) for a, b in zip(before, given, strict=True)),
    }


observe("padrao", lambda: trial(21))
observe("outra", lambda: trial(22, taxa=0.3, beta=0.6))
observe("quase", lambda: trial(23, taxa=2.0, beta=0.25))
### END HIDDEN TESTS
resultado = passo_nesterov(np.zeros(1), np.zeros(1), np.ones(1), taxa=0.1, beta=0.9)
assert isinstance(resultado, tuple) and len(resultado) == 2, (
    "passo_nesterov deve devolver uma tupla de dois arrays: return theta_novo, v_novo."
)
assert np.allclose(resultado[0], -0.19), (
    f"Do repouso, com g = 1, taxa 0,1 e beta 0,9, a posição é −0,19; a sua é {resultado[0]}. "
    "Se é −0,1, você escreveu o momento comum."
)

# %% [markdown]
# O Keras concorda? A tabela move os mesmos pesos, com os mesmos dez gradientes sorteados, e mostra a maior diferença. A do Keras é conta em `float32`: diferenças
# abaixo de $10^{-4}$ são arredondamento.

# %% locked="conferencia"
draws = np.random.default_rng(SEED).normal(size=(10, 4))


def keras_path(optimizer):
    """As posições que o Keras dá, com os gradientes de `draws`."""
    weight, path = keras.Variable(np.ones(4), dtype="float32"), []
    for g in draws:
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float32")], [weight])
        path.append(keras.ops.convert_to_numpy(weight).astype("float64"))
    return np.array(path)


def your_path(step):
    """As posições que `step(theta, memória, g, t)` dá, com os mesmos gradientes."""
    theta, memory, path = np.ones(4), None, []
    for t, g in enumerate(draws, start=1):
        theta, memory = step(theta, memory, g, t)
        path.append(theta)
    return np.array(path)


def agreement(step, optimizer, what):
    """A maior diferença, escrita; ou reticências."""
    mine = attempt(lambda: your_path(step), what)
    return "…" if mine is None else number(float(np.abs(mine - keras_path(optimizer)).max()), 1)


# %% tags=["nbval-ignore-output"]
def as_momentum(theta, memory, g, t):
    return passo_momento(theta, np.zeros(4) if memory is None else memory, g, 0.1, 0.9)


def as_nesterov(theta, memory, g, t):
    return passo_nesterov(theta, np.zeros(4) if memory is None else memory, g, 0.1, 0.9)


sgd = keras.optimizers.SGD
rows = [
    ["momento", agreement(as_momentum, sgd(0.1, momentum=0.9), "ToDo 1")],
    ["Nesterov", agreement(as_nesterov, sgd(0.1, momentum=0.9, nesterov=True), "ToDo 2")],
]
show_table(["regra", "maior diferença para o Keras"], rows)

# %% [markdown] locked="todo03-enunciado"
# ### ToDo 3 · RMSprop
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 12 min | 10 | `passo_rmsprop(theta, s, g, taxa, rho, epsilon)` | gradientes 100 vezes maiores dão quase o mesmo passo |
#
# O momento lembra **para onde** se ia. O RMSprop lembra **quão grandes** foram os gradientes de cada peso, e divide por isso:
#
# $$s \leftarrow \rho s + (1-\rho)\,g^2, \qquad \theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{s + \epsilon}}$$
#
# $s$ é uma **média móvel exponencial** dos quadrados (os dois pesos somam 1). O $\epsilon$ fica **dentro** da raiz, como no Keras. Devolva `(theta_novo, s_novo)`.
#
# *Vale*: média dos quadrados 4, posição 5, entradas intactas 1.
#
# <details><summary>Dica 1</summary>
#
# Aqui não há velocidade: o passo usa o gradiente de agora. A memória só serve de régua.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `g**2` eleva cada componente. A raiz leva o `s` **novo** e o $\epsilon$, juntos: `np.sqrt(s_novo + epsilon)`.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `RuntimeWarning: invalid value encountered in divide` | 0/0: um gradiente que sempre foi zero | falta o $\epsilon$ na raiz |
# | `RuntimeWarning: invalid value encountered in sqrt` | algum `s` é negativo: a média foi do gradiente, e não do quadrado | `g**2` |
# | `TypeError: only length-1 arrays can be converted to Python scalars` | `math.sqrt` só serve a números | `np.sqrt` |
#
# </details>


# %% solution="todo03"
def passo_rmsprop(theta, s, g, taxa=0.001, rho=0.9, epsilon=1e-7):
    """Um passo de RMSprop, com o ε dentro da raiz: (theta_novo, s_novo)."""
    ### BEGIN SOLUTION
    new_s = rho * s + (1 - rho) * g**2
    return theta - taxa * g / np.sqrt(new_s + epsilon), new_s
    ### END SOLUTION


# %% test="todo03" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def trial(seed, **options):
    rng = np.random.default_rng(seed)
    theta, s, g = rng.normal(size=(3, 2)), rng.uniform(0, 2, size=(3, 2)), rng.normal(size=(3, 2))
    g[0, 0], s[0, 0], g[0, 1], s[0, 1] = 0.0, 0.0, 1e-4, 1e-9
    before = [a.copy() for a in (theta, s, g)]
    new = passo_rmsprop(theta, s, g, **options)
    return {
        "saida": [np.array(a, dtype="float64") for a in new],
        "intactas": all(np.array_equal(a, b) for a, b in zip(before, (theta, s, g), strict=True)),
    }


with np.errstate(all="ignore"):
    observe("padrao", lambda: trial(31))
    observe("outra", lambda: trial(32, taxa=0.3, rho=0.6, epsilon=0.5))
    observe("quase", lambda: trial(33, taxa=2.0, rho=0.25, epsilon=0.2))
### END HIDDEN TESTS
resultado = passo_rmsprop(np.zeros(2), np.array([4.0, 4.0]), np.array([2.0, -2.0]), taxa=0.1, rho=0.9)
assert isinstance(resultado, tuple) and len(resultado) == 2, (
    "passo_rmsprop deve devolver uma tupla de dois arrays: return theta_novo, s_novo."
)
assert np.allclose(resultado[1], 4), (
    f"Se s é 4 e os gradientes são 2 e −2, a média dos quadrados continua 4; a sua deu {resultado[1]}. "
    "Os dois pesos da média somam 1?"
)
assert np.allclose(resultado[0], [-0.1, 0.1]), (
    f"Com s = 4 e g = [2, −2], cada componente anda a taxa inteira, contra o sinal do gradiente: [−0,1, 0,1]; a sua posição é {resultado[0]}."
)

# %% [markdown]
# O RMSprop quase não vê o tamanho do gradiente. A tabela dá um passo, do repouso e com taxa 0,1, com gradientes cada vez maiores:

# %%
sizes = (0.01, 1.0, 100.0)
steps = attempt(
    lambda: [float(passo_rmsprop(np.zeros(1), np.zeros(1), np.array([g]), taxa=0.1)[0][0]) for g in sizes],
    "ToDo 3",
)
show_table(
    ["gradiente", "descida, taxa 0,1", "RMSprop, taxa 0,1"],
    [[number(g), number(-0.1 * g), number(steps[i], 3) if steps else "…"] for i, g in enumerate(sizes)],
)

# %% [markdown] locked="todo04-enunciado"
# ### ToDo 4 · Adam
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●● | 20 min | 14 | `passo_adam(theta, m, s, g, t, taxa, beta1, beta2, epsilon)` | o primeiro passo tem o tamanho da taxa, seja qual for o gradiente |
#
# As duas memórias juntas, as duas como **médias**:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g, \qquad s \leftarrow \beta_2 s + (1-\beta_2)\,g^2$$
#
# Nascidas em zero, elas começam pequenas demais. A **correção do viés** as aumenta só para a conta do passo; $t$ é o número do passo, e o primeiro é $t = 1$:
#
# $$\hat m = \frac{m}{1-\beta_1^t}, \qquad \hat s = \frac{s}{1-\beta_2^t}, \qquad \theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat s} + \epsilon}$$
#
# Devolva `(theta_novo, m_novo, s_novo)`. As memórias devolvidas são as médias **sem** correção: quem as recebe no passo seguinte corrige de novo. O $\epsilon$ fica **fora** da raiz. (O Keras o
# soma a $\sqrt s$ antes da correção: essa forma também vale.)
#
# *Vale*: $m$ 3, $s$ 3, posição 7, entradas intactas 1.
#
# <details><summary>Dica 1</summary>
#
# Cinco linhas, na ordem das fórmulas, com cinco nomes diferentes. O engano mais comum é usar o mesmo nome para $m$ e $\hat m$.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `beta1**t` é a potência. Confira com $t = 1$ e memórias nulas: $\hat m$ deve dar $g$, e $\hat s$, $g^2$.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# O sinal aparece **uma** vez: $m$ é média dos gradientes, com sinal de mais; a posição anda com sinal de menos. Pôr o menos nos dois lugares sobe a encosta.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `RuntimeWarning: invalid value encountered in divide` (ou `divide by zero`) | `1 - beta1**0`: a contagem começou em zero | o primeiro passo é $t = 1$; não subtraia nada de `t` |
# | `ValueError: not enough values to unpack (expected 3, got 2)` | falta uma das memórias | `return theta_novo, m_novo, s_novo` |
# | `AssertionError: …deve andar a taxa inteira…` | falta a correção, ou ela foi só a um dos dois | calcule $\hat m$ **e** $\hat s$ |
#
# </details>


# %% solution="todo04"
def passo_adam(theta, m, s, g, t, taxa=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    """Um passo de Adam, o de número t (o primeiro é 1): (theta_novo, m_novo, s_novo)."""
    ### BEGIN SOLUTION
    new_m = beta1 * m + (1 - beta1) * g
    new_s = beta2 * s + (1 - beta2) * g**2
    m_hat = new_m / (1 - beta1**t)
    s_hat = new_s / (1 - beta2**t)
    return theta - taxa * m_hat / (np.sqrt(s_hat) + epsilon), new_m, new_s
    ### END SOLUTION


# %% test="todo04" points=14
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def trial(seed, t, **options):
    rng = np.random.default_rng(seed)
    theta, m, g = (rng.normal(size=(3, 2)) for _ in range(3))
    s = rng.uniform(0.1, 2, size=(3, 2))
    m[0, 1], g[0, 1], s[0, 1] = 0.0, 1e-6, 0.0
    before = [a.copy() for a in (theta, m, s, g)]
    new = passo_adam(theta, m, s, g, t, **options)
    return {
        "saida": [np.array(a, dtype="float64") for a in new],
        "intactas": all(np.array_equal(a, b) for a, b in zip(before, (theta, m, s, g), strict=True)),
    }


with np.errstate(all="ignore"):
    observe("padrao", lambda: trial(41, 1))
    observe("outra", lambda: trial(42, 3, taxa=0.3, beta1=0.6, beta2=0.8, epsilon=0.5))
    observe("quase", lambda: trial(43, 7, taxa=2.0, beta1=0.25, beta2=0.4, epsilon=0.2))
### END HIDDEN TESTS
zero = np.zeros(2)
resultado = passo_adam(zero, zero, zero, np.array([3.0, -0.02]), 1, taxa=0.1)
assert isinstance(resultado, tuple) and len(resultado) == 3, (
    "passo_adam deve devolver uma tupla de três arrays: return theta_novo, m_novo, s_novo."
)
assert np.allclose(resultado[0], [-0.1, 0.1], rtol=1e-3), (
    "No primeiro passo cada componente deve andar a taxa inteira, contra o sinal do gradiente: [−0,1, 0,1]; "
    f"a sua posição é {resultado[0]}."
)
assert np.allclose(resultado[1], [0.3, -0.002]), (
    f"A memória m devolvida é a média sem correção, 0,1 · g = [0,3, −0,002]; a sua é {resultado[1]}."
)


# %% tags=["nbval-ignore-output"]
def as_rmsprop(theta, memory, g, t):
    return passo_rmsprop(theta, np.zeros(4) if memory is None else memory, g, 0.1)


def as_adam(theta, memory, g, t):
    theta, *memory = passo_adam(theta, *(memory or (np.zeros(4), np.zeros(4))), g, t, 0.1)
    return theta, memory


rows = [
    ["RMSprop", agreement(as_rmsprop, keras.optimizers.RMSprop(0.1, rho=0.9), "ToDo 3")],
    ["Adam", agreement(as_adam, keras.optimizers.Adam(0.1), "ToDo 4")],
]
show_table(["regra", "maior diferença para o Keras"], rows)

# %% [markdown] locked="todo05-enunciado"
# ### ToDo 5 · O laço que move qualquer regra
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 10 | `percorrer(regra, gradiente, inicio, estado, tolerancia, maximo)` | para no primeiro ponto em que o gradiente é pequeno |
#
# A `regra(theta, estado, g, t)` devolve `(theta_novo, estado_novo)`, e `t` conta os passos a partir de **1**. O estado pode ser qualquer coisa: guarde-o e devolva-o à regra, sem olhar dentro.
# `gradiente(theta)` devolve $g$.
#
# A cada ponto, o laço calcula o gradiente. Se a norma dele (`np.linalg.norm`) for **menor ou igual** à `tolerancia`, **chegou**: para ali, sem dar o passo. Senão dá um passo. Dá no máximo `maximo` passos.
#
# Devolva `(caminho, chegou)`: `caminho` é um array com **todos** os pontos, um por linha, o início na primeira; `chegou` é `True` se o último ponto cumpre a tolerância. Assim, o número de passos é `len(caminho) - 1`, e pode ser 0.
#
# Uma regra descuidada pode alterar `theta` no próprio array, e `inicio` pode trazer inteiros: comece de uma **cópia** em ponto flutuante, e guarde cópias. `inicio` não muda.
#
# *Vale*: o caminho 4, a parada 4, estado e contagem 1, cópias 1.
#
# <details><summary>Dica 1</summary>
#
# Faça o esqueleto em português: "a cada volta: gradiente; é pequeno? fim; senão, passo; anota". Depois do último passo permitido ainda falta uma pergunta: o ponto a que se chegou cumpre a tolerância?
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `for t in range(1, maximo + 1)` dá o `t` certo. Comece com `theta = np.array(inicio, dtype=float)`, que copia, e anote sempre `theta.copy()`.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `TypeError: … missing 1 required positional argument: 't'` | a regra recebe quatro argumentos | `regra(theta, estado, g, t)` |
# | `AttributeError: 'list' object has no attribute 'copy'` ou `'tuple'…` | `inicio` pode ser uma lista | `np.array(inicio, dtype=float)` |
# | o caderno não termina | o laço não tem teto | `for`, e não `while True` |
#
# </details>


# %% solution="todo05"
def percorrer(regra, gradiente, inicio, estado, tolerancia, maximo):
    """(caminho, chegou): os pontos visitados e se o último tem gradiente pequeno."""
    ### BEGIN SOLUTION
    theta = np.array(inicio, dtype=float)
    path = [theta.copy()]
    for t in range(1, maximo + 1):
        g = gradiente(theta)
        if np.linalg.norm(g) <= tolerancia:
            return np.array(path), True
        theta, estado = regra(theta, estado, g, t)
        path.append(theta.copy())
    return np.array(path), bool(np.linalg.norm(gradiente(theta)) <= tolerancia)
    ### END SOLUTION


# %% test="todo05" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def walk(rule, start, state, tolerance, limit):
    start = np.array(start)
    before = start.copy()
    result = percorrer(rule, lambda theta: np.array([1.0, 3.0]) * theta, start, state, tolerance, limit)
    path, arrived = result
    return {
        "caminho": np.array(path, dtype="float64"),
        "chegou": bool(arrived),
        "array": isinstance(path, np.ndarray),
        "intacto": np.array_equal(before, start),
    }


def halving(theta, state, g, t):
    return theta - 0.25 * g, state


def counting(theta, state, g, t):
    return theta - 0.01 * (t + state) * g, state + 2


def careless(theta, state, g, t):
    theta -= 0.25 * g
    return theta, state


observe("chega", lambda: walk(halving, [2.0, -1.0], None, 0.1, 100))
observe("igual", lambda: walk(halving, [4.0, 0.0], None, 4.0 * 0.75**3, 100))
observe("nao_chega", lambda: walk(halving, [2.0, -1.0], None, 1e-9, 5))
observe("no_limite", lambda: walk(halving, [4.0, 0.0], None, 4.0 * 0.75**3, 3))
observe("ja_esta", lambda: walk(halving, [0.01, 0.0], None, 0.1, 7))
observe("nenhum", lambda: walk(halving, [2.0, -1.0], None, 0.1, 0))
observe("contagem", lambda: walk(counting, [1.0, 1.0], 10, 1e-9, 4))
observe("descuidada", lambda: walk(careless, [2.0, -1.0], None, 1e-9, 3))
observe("inteiro", lambda: walk(careless, [8, -4], None, 1e-9, 3))
### END HIDDEN TESTS
resultado = percorrer(
    lambda theta, estado, g, t: (theta - 0.5 * g, estado), lambda theta: theta, [4.0], None, 0.6, 50
)
assert isinstance(resultado, tuple) and len(resultado) == 2, (
    "percorrer deve devolver uma tupla: (caminho, chegou)."
)
assert np.shape(resultado[0]) == (4, 1), (
    "De 4, andando metade por vez, até 0,6: os pontos são 4, 2, 1 e 0,5, um por linha, formato (4, 1). "
    f"O formato do seu caminho é {np.shape(resultado[0])}."
)
assert np.allclose(np.ravel(resultado[0]), [4, 2, 1, 0.5]), (
    f"Os pontos são 4, 2, 1 e 0,5; os seus são {np.ravel(resultado[0])}."
)
assert resultado[1], "O último ponto, 0,5, cumpre a tolerância 0,6: chegou deve ser True."

# %% [markdown]
# Agora a corrida no vale estreito, $J = \tfrac12(x^2 + 100y^2)$, de $(10, 1)$ até a norma do gradiente chegar a $10^{-3}$, com no máximo 2 000 passos.


# %% tags=["nbval-ignore-output"]
def valley(theta):
    return np.array([1.0, 100.0]) * theta


def pair(step):
    def rule(theta, state, g, t):
        return step(theta, state, g)

    return rule


def adam_rule(theta, state, g, t):
    theta, m, s = passo_adam(theta, *state, g, t, taxa=0.3)
    return theta, (m, s)


racers = {
    "descida": (pair(lambda theta, state, g: (theta - 0.019 * g, state)), None, "5"),
    "momento": (pair(lambda theta, v, g: passo_momento(theta, v, g, 0.019, 0.9)), np.zeros(2), "1 ou 5"),
    "Nesterov": (pair(lambda theta, v, g: passo_nesterov(theta, v, g, 0.01, 0.9)), np.zeros(2), "2 ou 5"),
    "RMSprop": (pair(lambda theta, s, g: passo_rmsprop(theta, s, g, 0.1)), np.zeros(2), "3 ou 5"),
    "Adam": (adam_rule, (np.zeros(2), np.zeros(2)), "4 ou 5"),
}
paths, rows = {}, []
for name, (rule, state, todo) in racers.items():
    race = partial(percorrer, rule, valley, [10.0, 1.0], state, 1e-3, 2000)
    walked = attempt(race, f"ToDo {todo}")
    if walked is not None:
        paths[name] = walked[0]
        rows.append([name, f"{len(walked[0]) - 1}", "sim" if walked[1] else "não"])
show_table(["regra", "passos", "chegou?"], rows)

# %%
figure, ax = plt.subplots(figsize=(8.5, 4))
for color, (name, path) in zip(plots.PALETTE, paths.items(), strict=False):
    norms = np.linalg.norm(np.asarray(path) * [1.0, 100.0], axis=1)
    ax.semilogy(norms, color=color, label=name, linewidth=1.6)
ax.axhline(1e-3, color="black", linestyle=":", linewidth=1.2)
ax.set(xlabel="Passo", ylabel="‖gradiente‖", xlim=(0, 600), ylim=(5e-4, 3e4))
ax.set_title("No vale, quem lembra chega antes")
if paths:
    ax.legend(loc="upper right", ncols=3)
plots.show(
    figure,
    alt="Norma do gradiente por passo, em escala logarítmica, de cada regra já escrita. A descida cai em linha reta e devagar; "
    "momento e Nesterov, mais depressa; o RMSprop, com taxa fixa, deixa de cair acima da tolerância.",
)

# %% [markdown]
# Repare no RMSprop: com a taxa fixa ele **não** chega. Perto do fundo, dividir pelo tamanho do gradiente mantém os passos do tamanho da taxa, e ele fica saltando de um lado a outro. Quem o faz
# assentar é uma taxa que diminui, e essa é a segunda parte.
#
# # Parte 2 · A taxa de cada passo

# %% [markdown] locked="todo06-enunciado"
# ### ToDo 6 · Agendamentos, por época e por passo
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 18 min | 12 | `taxa_inversa`, `taxa_exponencial`, `taxa_por_partes`, `taxas_do_treino` | com 3 épocas de 20 passos, o treino tem 60 taxas |
#
# Três agendamentos, com $\eta_0$ em `inicial` e a escala $s$ em `escala`. Cada um devolve um número:
#
# 1. `taxa_inversa(passo, inicial, escala)`: $\eta_0/(1 + t/s)$. Em $t = s$ vale a metade.
# 2. `taxa_exponencial(epoca, inicial, escala)`: $\eta_0 \cdot 0{,}1^{t/s}$. A cada $s$ épocas, divide por dez; e a queda é **contínua**, não em degraus.
# 3. `taxa_por_partes(epoca, limites, valores)`: `limites` é crescente, e `valores` tem um a mais. Antes do primeiro limite vale o primeiro valor; **na** época do limite **já** vale o seguinte. Com limites `[5, 8]` e valores
#    `[0.1, 0.05, 0.01]`, as épocas 0 a 4 usam 0,1; 5 a 7, 0,05; de 8 em diante, 0,01.
#
# E a ponte entre as duas contagens:
#
# 4. `taxas_do_treino(agenda, epocas, passos_por_epoca)`: `agenda(epoca)` dá a taxa de uma época (a primeira é 0). Devolva um array com a taxa de **cada passo** do treino: todos os passos de uma época usam a taxa dela.
#
# *Vale*: 3 cada uma.
#
# <details><summary>Dica 1</summary>
#
# Nos dois primeiros, o expoente e o denominador usam a divisão comum, `/`, e não a inteira.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Para (3): quantos limites já foram alcançados? Esse número é o índice do valor.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# Para (4): calcule uma taxa por época e repita cada uma. Veja a diferença entre `np.repeat([1, 2], 3)` e `np.tile([1, 2], 3)`.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `IndexError: list index out of range` | o índice passou do último valor | `valores` tem **um** a mais que `limites`: o maior índice é `len(limites)` |
# | `TypeError: 'function' object is not subscriptable` | `agenda[epoca]` | `agenda` é uma função: `agenda(epoca)` |
# | `TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'` | `agenda(epoca)` não devolveu nada | confira o `return` da agenda |
#
# </details>


# %% solution="todo06"
def taxa_inversa(passo, inicial, escala):
    """η₀ / (1 + t/s)."""
    ### BEGIN SOLUTION
    return inicial / (1 + passo / escala)
    ### END SOLUTION


def taxa_exponencial(epoca, inicial, escala):
    """η₀ · 0,1^(t/s)."""
    ### BEGIN SOLUTION
    return inicial * 0.1 ** (epoca / escala)
    ### END SOLUTION


def taxa_por_partes(epoca, limites, valores):
    """Um valor por trecho; na época do limite já vale o valor seguinte."""
    ### BEGIN SOLUTION
    reached = [limit for limit in limites if epoca >= limit]
    return valores[len(reached)]
    ### END SOLUTION


def taxas_do_treino(agenda, epocas, passos_por_epoca):
    """Array com a taxa de cada passo de um treino agendado por época."""
    ### BEGIN SOLUTION
    per_epoch = [agenda(epoch) for epoch in range(epocas)]
    return np.repeat(per_epoch, passos_por_epoca)
    ### END SOLUTION


# %% test="todo06" points=12
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

observe("inversa", lambda: [taxa_inversa(t, 0.4, s) for t, s in ((0, 7), (7, 7), (3, 8), (50, 4))])
observe("exponencial", lambda: [taxa_exponencial(t, 0.4, s) for t, s in ((0, 7), (7, 7), (3, 8), (50, 20))])
observe("partes", lambda: [taxa_por_partes(t, [3, 4, 9], [8.0, 5.0, 0.5, 2.0]) for t in range(12)])
observe("um_limite", lambda: [taxa_por_partes(t, [2], [0.3, 0.1]) for t in range(4)])
observe("treino", lambda: np.array(taxas_do_treino(lambda e: (e + 1) ** 2 / 10, 4, 3), dtype="float64"))
observe("curto", lambda: np.array(taxas_do_treino(lambda e: 0.5 - e / 10, 2, 5), dtype="float64"))
### END HIDDEN TESTS
valor = taxa_inversa(20, 0.1, 20)
assert valor is not None, "taxa_inversa não devolveu nada: confira o return."
assert abs(valor - 0.05) < 1e-12, f"Em t = s a taxa inversa é a metade da inicial, 0,05; a sua deu {valor}."
valor = taxa_exponencial(20, 0.1, 20)
assert valor is not None and abs(valor - 0.01) < 1e-12, (
    f"Em t = s a taxa exponencial é um décimo da inicial, 0,01; a sua deu {valor}."
)
valor = taxa_por_partes(5, [5, 8], [0.1, 0.05, 0.01])
assert valor == 0.05, f"Na época 5, que é um limite, já vale o segundo valor, 0,05; a sua deu {valor}."
valor = taxas_do_treino(lambda epoca: 1.0, 3, 20)
assert np.shape(valor) == (60,), (
    f"Com 3 épocas de 20 passos são 60 taxas; o formato da sua resposta é {np.shape(valor)}."
)

# %% [markdown]
# O `ExponentialDecay` do Keras conta **passos**. Quem lhe dá a escala em **épocas** recebe a curva da direita: a taxa some em uma fração da primeira época. São dez épocas de 40 passos, e escala de cinco épocas.


# %%
def both_ways():
    by_epoch = taxas_do_treino(lambda epoch: taxa_exponencial(epoch, 0.1, 5), 10, 40)
    mistaken = [taxa_exponencial(step, 0.1, 5) for step in range(400)]
    return by_epoch, mistaken


curves = attempt(both_ways, "ToDo 6")
if curves is not None:
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.4), sharey=True)
    for ax, curve, title in zip(axes, curves, ("Escala em épocas", "A mesma escala, em passos"), strict=True):
        ax.semilogy(curve, color=plots.PALETTE[0])
        ax.set(xlabel="Passo", ylim=(1e-6, 0.2), title=title)
    axes[0].set_ylabel("Taxa")
    plots.show(
        figure,
        alt="Duas curvas de taxa por passo, em escala logarítmica, ao longo de quatrocentos passos. À esquerda, degraus que caem por dez a "
        "cada cinco épocas. À direita, a taxa despenca para menos de um milionésimo em poucas dezenas de passos.",
    )

# %% [markdown] locked="todo07-enunciado"
# ### ToDo 7 · 1cycle: taxa e momento de cada passo
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 18 min | 12 | `um_ciclo(passo, passos, maxima)` | começa em um décimo da máxima e termina em um décimo de milésimo dela |
#
# O ciclo da lição é simétrico. Aqui você escreve um que sobe **depressa** e desce devagar. São `passos` passos, de 0 a `passos - 1`; chame de **fração** $f$ o número `passo / (passos - 1)`, que vai de 0 a 1. Entre os nós da tabela, taxa e
# momento andam em **linha reta**:
#
# | $f$ | 0 | 0,3 | 0,9 | 1 |
# |---|---|---|---|---|
# | **taxa** | máxima ÷ 10 | máxima | máxima ÷ 10 | máxima ÷ 10 000 |
# | **momento** | 0,95 | 0,85 | 0,95 | 0,95 |
#
# São três fases: a **subida**, a **descida** e o **mergulho**. O momento faz o contrário da taxa, e no mergulho fica parado. Devolva `(taxa, momento)`, dois números.
#
# *Vale*: subida 3, descida 3, mergulho 3, momento 3.
#
# <details><summary>Dica 1</summary>
#
# Uma reta entre $(f_a, y_a)$ e $(f_b, y_b)$: $y = y_a + (y_b - y_a)\,\dfrac{f - f_a}{f_b - f_a}$. Três `if` resolvem.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `np.interp(x, nos, alturas)` faz exatamente isso, para quantos nós houver: duas chamadas, e acabou.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `AssertionError: …no último passo a taxa é…` | a fração não chega a 1 | divida por `passos - 1`: o último passo é o de número `passos - 1` |
# | `UnboundLocalError: cannot access local variable 'taxa'…` | nenhum `if` cobriu esta fração | o último caso deve ser `else` |
# | `ValueError: fp and xp are not of the same length.` | os nós e as alturas têm tamanhos diferentes | quatro nós, quatro alturas |
#
# </details>


# %% solution="todo07"
def um_ciclo(passo, passos, maxima):
    """(taxa, momento) de um passo da política 1cycle de três fases."""
    ### BEGIN SOLUTION
    share = passo / (passos - 1)
    knots = (0, 0.3, 0.9, 1)
    rate = np.interp(share, knots, (maxima / 10, maxima, maxima / 10, maxima / 10_000))
    momentum = np.interp(share, knots, (0.95, 0.85, 0.95, 0.95))
    return rate, momentum
    ### END SOLUTION


# %% test="todo07" points=12
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def cycle(steps, largest):
    pairs = [um_ciclo(step, steps, largest) for step in range(steps)]
    return {"taxas": [float(rate) for rate, _ in pairs], "momentos": [float(beta) for _, beta in pairs]}


observe("longo", lambda: cycle(101, 0.5))
observe("curto", lambda: cycle(24, 3.0))
### END HIDDEN TESTS
resultado = um_ciclo(0, 101, 1.0)
assert isinstance(resultado, tuple) and len(resultado) == 2, (
    "um_ciclo deve devolver uma tupla de dois números: (taxa, momento)."
)
assert np.allclose(resultado, (0.1, 0.95)), (
    f"No passo 0, com máxima 1, a taxa é 0,1 e o momento, 0,95; os seus são {resultado}."
)
assert np.allclose(um_ciclo(30, 101, 1.0), (1.0, 0.85)), (
    "Com 101 passos, o passo 30 é o topo (f = 0,3): taxa 1 e momento 0,85; "
    f"os seus são {um_ciclo(30, 101, 1.0)}."
)
assert abs(um_ciclo(100, 101, 1.0)[0] - 1e-4) < 1e-9, (
    f"Com 101 passos, no último passo a taxa é a máxima ÷ 10 000; a sua é {um_ciclo(100, 101, 1.0)[0]}."
)

# %%
cycle_pairs = attempt(lambda: np.array([um_ciclo(step, 101, 1.0) for step in range(101)]), "ToDo 7")
if cycle_pairs is not None:
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.2))
    for ax, curve, name in zip(axes, cycle_pairs.T, ("Taxa", "Momento"), strict=True):
        ax.plot(curve, color=plots.PALETTE[0])
        ax.set(xlabel="Passo", ylabel=name)
        plots.comma_axes(ax)
    axes[0].set_title("A taxa sobe, desce e mergulha")
    axes[1].set_title("O momento faz o contrário")
    plots.show(
        figure,
        alt="Dois painéis, cem passos. À esquerda a taxa sobe em linha reta até o passo trinta, desce até o noventa e mergulha até "
        "quase zero. À direita o momento desce de 0,95 a 0,85 e volta, e fica parado no fim.",
    )

# %% [markdown]
# # Parte 3 · Escolher a taxa
#
# A busca da taxa treina uma vez, aumentando a taxa um pouco a cada passo, e anota as perdas. A célula faz a busca na rede da abertura, com a descida. A curva
# crua serrilha, porque cada lote é outro, e no fim dispara.

# %%
passes = cap_epochs(6)
swept_rates = np.geomspace(1e-4, 10, passes * len(pixels) // BATCH)
swept_losses = train(descent, lambda step: (swept_rates[step], 0.9), epochs=passes)
swept_rates = swept_rates[: len(swept_losses)]
figure, ax = plt.subplots(figsize=(8, 3.6))
ax.semilogx(swept_rates, swept_losses, color=plots.PALETTE[0], linewidth=1, label="perda de cada passo")
ax.set(xlabel="Taxa", ylabel="Perda do lote", ylim=(0, 5), title="A busca da taxa: plana, cai, dispara")
ax.legend(loc="lower left")
plots.show(
    plots.comma_axes(ax),
    alt="Perda de cada lote contra a taxa daquele passo, em escala logarítmica, de um décimo de milésimo a dez. Começa plana e "
    "serrilhada, cai no meio e sobe de repente à direita.",
)

# %% [markdown] locked="todo08-enunciado"
# ### ToDo 8 · Ler a busca da taxa
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●● | 25 min | 12 | `escolher_taxa(taxas, perdas, beta)` | um lote de sorte não engana, e a taxa fica antes do fundo |
#
# A função recebe as taxas e as perdas **cruas** de uma busca, dois arrays do mesmo tamanho, e devolve `(alisadas, taxa)`; `alisadas` pode ser lista ou array.
#
# 1. **Alisar.** Uma média móvel exponencial das perdas, com fator `beta`, nascida em zero, e **com a correção do viés** do ToDo 4: a primeira perda alisada é igual à primeira crua.
# 2. **Cortar.** Percorra na ordem. Pare no primeiro passo em que a perda alisada **não é finita** ou passa de **quatro vezes** a menor alisada até ali. Esse passo e os seguintes ficam de fora de `alisadas`.
# 3. **Escolher.** A taxa em que a perda alisada é a menor, **dividida por dez**.
#
# *Vale*: alisamento 5, corte 3, escolha 4.
#
# <details><summary>Dica 1</summary>
#
# Um laço só faz as duas primeiras partes: atualiza a média, corrige, decide se para, anota.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Guarde a média **sem** correção em uma variável e a corrigida em outra; a que segue para a volta seguinte é a sem correção. `enumerate(perdas, start=1)` dá o `t` da correção. `np.isfinite` responde por infinito e por NaN.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# Na primeira volta ainda não há "menor até ali": teste o tamanho da lista, ou comece a menor em `np.inf`. No fim, `np.argmin(alisadas)` é um índice que serve também em `taxas`.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `RuntimeWarning: divide by zero encountered in scalar divide` | `1 - beta**0`: a contagem começou em zero | `enumerate(perdas, start=1)` |
# | `ValueError: min() iterable argument is empty` | na primeira volta a lista está vazia | veja a Dica 3 |
# | `IndexError: index … is out of bounds` | o índice veio de outra lista | o índice é o da menor **alisada** |
#
# </details>


# %% solution="todo08"
def escolher_taxa(taxas, perdas, beta=0.9):
    """(alisadas, taxa): a curva alisada até a divergência e um décimo da taxa do fundo."""
    ### BEGIN SOLUTION
    smooth, mean, lowest = [], 0.0, np.inf
    for step, loss in enumerate(perdas, start=1):
        mean = beta * mean + (1 - beta) * loss
        corrected = mean / (1 - beta**step)
        if not np.isfinite(corrected) or corrected > 4 * lowest:
            break
        smooth.append(corrected)
        lowest = min(lowest, corrected)
    return np.array(smooth), taxas[np.argmin(smooth)] / 10
    ### END SOLUTION


# %% test="todo08" points=12
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def search(losses, **options):
    losses = np.array(losses)
    smooth, rate = escolher_taxa(np.geomspace(1e-3, 8.0, len(losses)), losses, **options)
    return {"alisadas": np.array(smooth, dtype="float64"), "taxa": float(rate)}


def hidden_curve(seed, size):
    rng = np.random.default_rng(seed)
    x = np.linspace(0, 1, size)
    return 2.5 - 1.6 * np.exp(-(((x - 0.75) / 0.2) ** 2)) + rng.normal(0, 0.25, size)


lucky = hidden_curve(81, 60)
lucky[8] = 0.05
blown = np.concatenate([hidden_curve(82, 40), [9.0, 30.0, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]])
with np.errstate(all="ignore"):
    observe("calma", lambda: search(hidden_curve(80, 50)))
    observe("sorte", lambda: search(lucky, beta=0.8))
    observe("disparo", lambda: search(blown, beta=0.5))
    observe("empate", lambda: search([2.0, 11.0, 2.0, 2.0, 1.0], beta=0.5))
    observe("perto", lambda: search([2.0, 9.5, 2.0, 13.25, 2.0, 0.2], beta=0.5))
    observe("infinita", lambda: search([*hidden_curve(83, 30), np.inf, 0.01, 0.01], beta=0.7))
    observe("nan", lambda: search([*hidden_curve(84, 30), np.nan, 0.01, 0.01], beta=0.7))
### END HIDDEN TESTS
resultado = escolher_taxa(np.array([0.01, 0.1, 1.0, 10.0]), np.array([2.0, 1.0, 3.0, 90.0]), beta=0.5)
assert isinstance(resultado, tuple) and len(resultado) == 2, (
    "escolher_taxa deve devolver uma tupla: (alisadas, taxa)."
)
assert np.size(resultado[0]) > 0 and abs(np.ravel(resultado[0])[0] - 2) < 1e-9, (
    "A primeira perda alisada é igual à primeira crua, 2; confira a correção do viés."
)
assert len(resultado[0]) == 3, (
    f"A última perda, 90, dispara: a curva alisada tem três pontos. A sua tem {len(resultado[0])}."
)
assert abs(resultado[1] - 0.01) < 1e-12, (
    f"A menor perda alisada está na taxa 0,1, e a escolhida é um décimo dela, 0,01; a sua é {resultado[1]}."
)

# %% [markdown]
# A sua leitura da busca da abertura:

# %%
chosen = attempt(lambda: escolher_taxa(swept_rates, swept_losses), "ToDo 8")
if chosen is not None:
    figure, ax = plt.subplots(figsize=(8, 3.6))
    ax.semilogx(swept_rates, swept_losses, color="0.75", linewidth=1, label="crua")
    ax.semilogx(swept_rates[: len(chosen[0])], chosen[0], color=plots.PALETTE[0], label="alisada")
    ax.axvline(chosen[1], color=plots.PALETTE[1], linestyle="--", label="a sua escolha")
    ax.set(xlabel="Taxa", ylabel="Perda do lote", ylim=(0, 5), title="A escolha fica antes do fundo")
    ax.legend(loc="lower left")
    plots.show(
        plots.comma_axes(ax),
        alt="A curva crua da busca, em cinza, e por cima a alisada, que cai, chega ao fundo e sobe; "
        "se passa de quatro vezes o fundo, é cortada ali. Uma linha "
        "tracejada marca a taxa escolhida, dez vezes menor que a do fundo.",
    )

# %% [markdown]
# # O resgate
#
# Mesma rede, mesmos lotes, mesmas três épocas. Primeiro, da taxa do começo à taxa lida na busca. Depois, a memória: a busca foi feita com a descida, e o momento com $\beta = 0{,}9$ anda até dez vezes mais por passo (ToDo 1); por isso a taxa dele é um décimo. Depois o 1cycle, cuja máxima é a taxa da busca inteira: dez vezes a do
# momento fixo, por pouco tempo. O 1cycle usa o **seu** momento, que muda a cada passo: aqui ele é um argumento da função, e não um número congelado pela compilação. As receitas usam os ToDos 1, 4, 7 e 8.


# %%
def with_momentum(theta, v, g, t, rate, beta):
    return passo_momento(theta, np.zeros_like(theta) if v is None else v, g, rate, beta)


def with_adam(theta, state, g, t, rate, beta):
    m, s = state or (np.zeros_like(theta), np.zeros_like(theta))
    theta, *state = passo_adam(theta, m, s, g, t, taxa=rate)
    return theta, state


suggestion = chosen[1] if chosen is not None else None
recipes = {
    "descida, taxa 0,001": lambda: opening,
    "descida, taxa da busca": lambda: train(descent, constant(suggestion)),
    "momento, taxa da busca ÷ 10": lambda: train(with_momentum, constant(suggestion / 10)),
    "Adam, taxa 0,001": lambda: train(with_adam, constant(0.001)),
    "momento e 1cycle": lambda: train(with_momentum, lambda step: um_ciclo(step, STEPS, suggestion)),
}
results = {name: attempt(run, name) for name, run in recipes.items()}
results = {name: losses for name, losses in results.items() if losses is not None}

# %%
figure, ax = plt.subplots(figsize=(9, 4.4))
for color, (name, losses) in zip(plots.PALETTE, results.items(), strict=False):
    if len(losses) >= 10:
        ax.plot(window(losses), color=color, label=name)
ax.set(xlabel="Passo", ylabel="Perda de treino", title="O mesmo orçamento, gasto de cinco maneiras")
ax.set_ylim(0, 4)
ax.legend(loc="upper right", ncols=2)
plots.show(
    plots.comma_axes(ax),
    alt="Perda de treino alisada de cada receita, em três épocas. A descida com taxa 0,001 cai devagar; as receitas com taxa lida na "
    "busca, com memória, com Adam e com 1cycle caem muito mais, se os ToDos estão feitos.",
)

# %% tags=["nbval-ignore-output"]
show_table(
    ["receita", "perda média dos 10 últimos passos"],
    [[name, number(float(losses[-10:].mean()))] for name, losses in results.items()],
)

# %% [markdown]
# Leia a tabela com cuidado. A maior diferença vem de onde? Da memória, do agendamento, ou da **taxa**? É a perda de **treino**, de uma só semente: serve para ver quem anda, não para coroar um
# otimizador. Comparar redes exige validação, várias sementes e a melhor taxa de cada uma.

# %% [markdown] locked="todo09-enunciado"
# ### ToDo 9 · Quatro treinos, quatro causas (texto)
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 20 min | 10 | de dez a quinze linhas | cada diagnóstico cita o que se vê na curva |
#
# A célula abaixo treina a rede da abertura de quatro maneiras, com lotes de **dez** fotos, e mede a perda nas mil fotos a cada cinco passos. Os treinos vêm **fora de ordem** e chamam-se A, B, C e D. Como a perda é sempre a das mesmas mil fotos, um salto na curva é um salto dos **pesos**.
# As causas são: taxa **pequena demais**; taxa **grande demais**; taxa boa, **fixa**; taxa boa **que cai** para um décimo depois de dois terços dos passos.
#
# a) Diga qual é qual. Para cada curva, cite a **evidência**: a forma do começo, os saltos, um lugar em que a curva muda de aspecto, o valor em que termina (quem chuta paga $\ln 10 \approx 2{,}3$).
#
# b) Para a curva de taxa pequena demais e para a de taxa grande demais, diga **um experimento** que confirmaria o seu diagnóstico, e o que você espera ver se ele estiver certo **e** se estiver errado.
#
# c) Um colega olha a curva que de repente fica lisa e conclui: "a taxa deve cair logo nos primeiros passos, assim a curva fica lisa mais cedo". Explique, pelo que a taxa grande e a pequena fazem, o que ele ganharia e o que perderia.
#
# | critério | pontos |
# |---|---|
# | (a) as quatro causas certas, cada uma com evidência da figura | 4 |
# | (b) dois experimentos que mudam uma coisa só, com os dois desfechos possíveis | 3 |
# | (c) a taxa grande anda depressa e fica saltando em volta do fundo; a pequena assenta, mas anda pouco: cedo demais, a curva fica lisa longe do fundo | 3 |
#
# <details><summary>Dica</summary>
#
# Comece pelas duas pontas: qual curva quase não se mexe, e qual mais salta? As duas que sobram são iguais até um certo passo. Qual?
#
# </details>

# %% locked="quatro-treinos"
EACH = 5
LONG = cap_epochs(6) * len(pixels) // 10
causes = [
    lambda step: 0.0005,
    lambda step: 0.4,
    lambda step: 0.1,
    lambda step: 0.1 if step < 2 * LONG // 3 else 0.01,
]


def follow(plan):
    """A perda nas mil fotos, a cada EACH passos de uma descida em lotes de dez."""
    rng, theta, losses = np.random.default_rng(SEED), newborn(), []
    for step in range(LONG):
        if step % EACH == 0:
            losses.append(loss_and_gradient(theta, pixels, labels)[0])
        if step % 100 == 0:
            order = rng.permutation(len(pixels)).reshape(-1, 10)
        rows = order[step % 100]
        theta = theta - plan(step) * loss_and_gradient(theta, pixels[rows], labels[rows])[1]
    return np.array(losses)


# %%
mystery = [follow(causes[k]) for k in np.random.default_rng(SEED).permutation(4)]
figure, axes = plt.subplots(2, 2, figsize=(10, 6), sharex=True, sharey=True)
for ax, letter, losses in zip(axes.ravel(), "ABCD", mystery, strict=True):
    ax.plot(EACH * np.arange(len(losses)), losses, color=plots.PALETTE[0], linewidth=1.2)
    ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1)
    ax.set(title=f"Treino {letter}", ylim=(0, 3))
    plots.comma_axes(ax)
for ax in axes[1]:
    ax.set_xlabel("Passo")
for ax in axes[:, 0]:
    ax.set_ylabel("Perda nas mil fotos")
plots.show(
    figure,
    alt="Quatro painéis, A, B, C e D, com a perda nas mil fotos a cada cinco passos de seis épocas da mesma rede, e uma linha "
    "pontilhada na perda de quem chuta. Cada um tem um plano de taxa diferente: são as curvas a diagnosticar.",
)

# %% [markdown] manual="todo09" points=10
# ### BEGIN SOLUTION
# a) A é a taxa que cai: até o passo 400 cai depressa e salta, como B; dali em diante fica lisa, um pouco abaixo de onde saltava, e quase não se mexe mais. B é a taxa boa e fixa: é igual a A até o passo 400 e continua a saltar até o fim, sem assentar. C é a taxa grande demais: dispara nos primeiros passos,
# depois salta em volta da linha de quem chuta, ou pouco abaixo dela, e termina muito acima das outras. D é a taxa pequena demais: lisa do começo ao fim, desce devagar, e ainda desce quando o treino acaba.
#
# b) D: mesma rede, mesma ordem dos lotes, taxa dez vezes maior. Se a taxa era o problema, a curva desce mais depressa desde o começo; se não era (a rede não dá mais que aquilo, ou os dados), desce igual ou para no mesmo lugar. (Treinar mais também serve: se a taxa era pequena, continua a descer.) C: a mesma coisa com a taxa dez vezes menor.
# Se a taxa era o problema, o disparo do começo some e a perda desce abaixo de $\ln 10$; se a causa fosse outra, por exemplo rótulos trocados, continuaria na perda de quem chuta.
#
# c) Ganharia a curva lisa, que não é o objetivo. A taxa grande faz o percurso: cada passo vai longe, e o preço é saltar em volta do fundo, porque o gradiente de dez fotos erra. A pequena encolhe os saltos e deixa assentar, mas anda dez vezes menos por passo. Baixada cedo, a curva fica lisa a
# meio caminho e o resto do treino se arrasta, como em D; termina acima da que caiu tarde. O certo é cair quando a taxa grande já não progride.
# ### END SOLUTION

# %% [markdown]
# ## Resumo
#
# | ideia | como aparece | engano comum |
# |---|---|---|
# | momento | $v \leftarrow \beta v - \eta g$; $\theta \leftarrow \theta + v$ | escrever uma média, com $1-\beta$, e perder um fator dez no passo |
# | Nesterov | $\theta \leftarrow \theta + \beta v_{\text{novo}} - \eta g$ | escrever o momento comum; pedir o gradiente em outro ponto |
# | RMSprop | divide pela raiz da média dos quadrados | usar o $s$ velho; pôr o $\epsilon$ fora da raiz; esperar que assente com taxa fixa |
# | Adam | as duas médias, corrigidas | guardar as corrigidas; pôr o menos em dois lugares |
# | laço | para **no** ponto que cumpre a tolerância | dar um passo a mais; guardar o mesmo array muitas vezes |
# | época e passo | `np.repeat` de uma taxa por época | dar em épocas uma escala que conta passos |
# | 1cycle | três retas; o momento ao contrário | mudar `optimizer.momentum` depois de compilar e crer que algo mudou |
# | busca da taxa | alisar, cortar, um décimo da taxa do fundo | usar a taxa do fundo; deixar-se levar por um lote |
#
# **A seguir:** as lições sobre capacidade, sobreajuste e parada antecipada.
#
# ## Referências
#
# - B. T. Polyak. *Some methods of speeding up the convergence of iteration methods*. USSR Computational Mathematics and Mathematical Physics, 1964.
# - Y. Nesterov. *A method for solving the convex programming problem with convergence rate O(1/k²)*. Soviet Mathematics Doklady, 1983.
# - I. Sutskever, J. Martens, G. Dahl e G. Hinton. *On the importance of initialization and momentum in deep learning*. ICML, 2013.
# - T. Tieleman e G. Hinton. *Lecture 6.5: RMSprop*. Notas de curso, Coursera, 2012.
# - D. P. Kingma e J. Ba. *Adam: a method for stochastic optimization*. ICLR, 2015.
# - L. N. Smith. *Cyclical learning rates for training neural networks*. WACV, 2017.
# - L. N. Smith. *A disciplined approach to neural network hyper-parameters: part 1*. arXiv:1803.09820, 2018.
# - H. Xiao, K. Rasul e R. Vollgraf. *Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms*. arXiv:1708.07747, 2017.
