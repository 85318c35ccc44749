# ---
# jupyter:
#   gradiente:
#     id: C1
#     title: Por que a descida rasteja, e o que a memória muda?
#     covers: [S0-27, S0-28, S0-29, S0-30, S0-31, S0-32, S0-33, S0-34, S0-35, S2-33, S2-34, S2-35, S2-36, S2-37, S2-38, S2-39, S2-40, S2-41, S2-42]
#     seconds: 30
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 · Por que a descida rasteja, e o que a memória muda?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *explicar* por que a descida do gradiente rasteja em um vale estreito; *escrever* em três linhas o momento, o Nesterov, o AdaGrad, o RMSprop, o Adadelta, o Adam e o AdamW, iguais aos do Keras; *comparar* otimizadores sem se enganar |
# | **Você precisa saber** | o passo da descida do gradiente e o que é a taxa de aprendizado (lição sobre retropropagação) |
# | **Tempo de leitura** | cerca de 40 minutos |
# | **Tempo de execução** | cerca de 30 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | otimizador, número de condição, momento, velocidade terminal, gradiente acelerado de Nesterov, taxa efetiva, AdaGrad, RMSprop, Adadelta, Adam, AdamW, correção do viés |

# %%
import warnings
from collections import defaultdict
from functools import partial

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, show_table

# %% [markdown]
# Um **otimizador** é a regra que transforma o gradiente em passo. As redes reais têm milhares de pesos, e uma função de
# milhares de variáveis não se desenha. Começamos então pelo menor lugar onde a descida do gradiente sofre: um **vale
# estreito**, com duas variáveis, $\theta = (x, y)$, e a função de custo
#
# $$J(x, y) = \tfrac12\left(\lambda_1 x^2 + \lambda_2 y^2\right), \qquad \lambda_1 = 1,\quad \lambda_2 = 100$$
#
# O mínimo é a origem. As **curvaturas** $\lambda_1$ e $\lambda_2$ dizem quanto a função se dobra em cada direção: pouco em $x$,
# muito em $y$. A razão entre a maior e a menor é o **número de condição**, $\kappa = \lambda_2/\lambda_1$, e aqui vale 100. O
# gradiente é $(\lambda_1 x,\ \lambda_2 y)$.
#
# ## 1. A pergunta
#
# Toda regra desta lição será uma função que recebe o gradiente `g`, um dicionário `s` com o que o otimizador lembra (cada
# memória nasce valendo zero), o número `t` do passo e a taxa `lr`, e devolve o quanto andar. A descida do gradiente não
# lembra nada:


# %%
def sgd(g, s, t, lr):
    return -lr * g


def descend(rule, gradient, start, steps, lr):
    theta, s = np.array(start, dtype="float64"), defaultdict(float)
    path = [theta]
    with np.errstate(all="ignore"):  # taxa grande demais faz transbordar, e isso é um resultado
        for t in range(1, steps + 1):
            s["theta"] = theta  # só o AdamW precisará saber onde está
            theta = theta + rule(gradient(theta), s, t, lr)
            path.append(theta)
    return np.array(path)


# %%
names = ["descida", "momento", "Nesterov", "AdaGrad", "RMSprop", "Adam"]
colors = plots.Colors(dict(zip(names, (plots.PALETTE[i] for i in (1, 0, 2, 3, 4, 6)), strict=True)))
curvature = np.array([1.0, 100.0])
start = np.array([3.0, 1.0])


def gradient(theta):
    return curvature * theta


def cost(path):  # J em cada ponto do caminho
    return 0.5 * (path**2 @ curvature)


zigzag = descend(sgd, gradient, start, 300, lr=0.019)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), width_ratios=[1.25, 1])
grid = np.meshgrid(np.linspace(-0.4, 3.3, 120), np.linspace(-1.15, 1.15, 120))
left.contour(*grid, cost(np.stack(grid, axis=-1)), levels=np.geomspace(0.2, 60, 8), colors="#BBBBBB")
left.plot(*zigzag[:60].T, "o-", markersize=3, linewidth=1.2, color=colors["descida"])
left.plot(0, 0, "k*", markersize=11)
left.set(xlabel="x (direção rasa)", ylabel="y (direção íngreme)", title="Sessenta passos vistos de cima")
right.semilogy(np.abs(zigzag[:, 1]), color=plots.PALETTE[1], label="|y|")
right.semilogy(np.abs(zigzag[:, 0]), color=plots.PALETTE[0], label="|x|")
right.set(xlabel="Passo", ylabel="Distância ao mínimo", title="As duas coordenadas", ylim=(1e-6, 5))
right.legend()
figure.suptitle("Na direção íngreme ela salta de um lado para o outro; na rasa, rasteja")
for ax in (left, right):
    plots.comma_axes(ax)
plots.show(
    figure,
    alt="À esquerda, curvas de nível alongadas de um vale e um caminho em ziguezague que salta de uma encosta à outra, "
    "avança pouco na direção do comprimento e não chega à estrela do mínimo. À direita, em escala logarítmica, a distância "
    "em y cai muito mais depressa que a distância em x.",
)

# %% [markdown]
# O mínimo está logo ali, e o caminho gasta o esforço atravessando o vale em vez de percorrê-lo. **Por que não dar passos
# maiores?**
#
# ## 2. O limite de uma taxa só
#
# No vale, cada coordenada segue a sua própria conta. Se a curvatura é $\lambda$, o gradiente é $\lambda\theta$ e um passo
# faz $\theta \leftarrow \theta - \eta\lambda\theta$. Depois de $t$ passos,
#
# $$\theta_t = (1 - \eta\lambda)^t\,\theta_0$$
#
# Tudo depende do fator $1 - \eta\lambda$. A distância encolhe só se $|1 - \eta\lambda| < 1$, isto é, $\eta < 2/\lambda$; com
# $\eta\lambda$ entre 1 e 2 o fator é negativo e o ponto troca de lado a cada passo. E a taxa $\eta$ é **uma só**: quem manda
# no limite é a maior curvatura, e quem sofre é a menor.

# %%
t = np.arange(301)[:, None]
formula = (1 - 0.019 * curvature) ** t * start
claim("C1-01", "o caminho é o da fórmula, (1 − ηλ)ᵗ em cada coordenada", np.allclose(zigzag, formula))
limit = 2 / curvature.max()
under, over = (cost(descend(sgd, gradient, start, 500, lr))[-1] for lr in (0.99 * limit, 1.01 * limit))
claim("C1-02", "1 % abaixo de 2/λ₂ o custo cai; 1 % acima, explode", under < 0.1 < 1e3 < over)

# %% [markdown]
# Qual é então a **melhor** taxa? A que torna o pior dos dois fatores o menor possível. Procuramos em uma grade fina:

# %%
rates = np.linspace(0.0001, 0.02, 5000)
worst = np.abs(1 - rates[:, None] * curvature).max(axis=1)
kappa = curvature.max() / curvature.min()
best_rate, best_factor = rates[worst.argmin()], worst.min()
print(f"melhor taxa: {number(best_rate, 3)}; nela, o pior fator: {number(best_factor, 3)}")
claim("C1-03", "a melhor taxa é 2/(λ₁ + λ₂)", np.isclose(best_rate, 2 / curvature.sum(), rtol=1e-3))
as_predicted = np.isclose(best_factor, (kappa - 1) / (kappa + 1), rtol=1e-3)
claim("C1-04", "e o fator, nela, é (κ − 1)/(κ + 1)", as_predicted)

# %% [markdown]
# Mesmo a melhor taxa do mundo deixa quase toda a distância intacta a cada passo. Não é má escolha da taxa: é o número de
# condição. Quanto maior $\kappa$, mais perto de 1 fica $(\kappa-1)/(\kappa+1)$, e mais a descida rasteja.
#
# ## 3. Preveja
#
# A ideia da seção seguinte é dar **memória** ao passo: em vez de andar só conforme o gradiente de agora, somar a ele uma
# parte do passo anterior. Com a taxa $\eta = 0{,}01$, a descida do gradiente precisa de algumas centenas de passos para que o custo
# fique, e não saia mais, abaixo de $10^{-6}$:


# %%
def settle(values, target=1e-6):
    """O primeiro passo a partir do qual o custo fica abaixo do alvo até o fim do caminho."""
    above = np.flatnonzero(~(values < target))  # ~(<) conta também NaN como "acima"
    return 0 if len(above) == 0 else int(above[-1]) + 1


plain = cost(descend(sgd, gradient, start, 2500, 0.01))
print(f"a descida do gradiente precisa de {settle(plain)} passos")

# %% [markdown]
# > Com a mesma taxa, e guardando 90 % do passo anterior, quantos passos bastam? E guardando 99 %?
#
# Escreva o palpite para os 90 %; ele vai aparecer na próxima figura.

# %%
guess = 500  # troque pelo seu palpite: passos com 90 % de memória

# %% [markdown]
# ## 4. Momento: o passo que lembra
#
# O **momento (*momentum*)** guarda uma velocidade $v$, que nasce em zero. Com $\beta$ entre 0 e 1,
#
# $$v \leftarrow \beta v - \eta\,\nabla J(\theta), \qquad \theta \leftarrow \theta + v$$


# %%
def momentum(g, s, t, lr, beta=0.9):
    s["v"] = beta * s["v"] - lr * g
    return s["v"]


def heavy(g, s, t, lr):  # memória demais?
    return momentum(g, s, t, lr, beta=0.99)


costs = {"sem memória": plain}
for name, rule in {"momento, β = 0,9": momentum, "momento, β = 0,99": heavy}.items():
    costs[name] = cost(descend(rule, gradient, start, 2500, 0.01))

# %%
tints = dict(zip(costs, (colors["descida"], colors["momento"], plots.PALETTE[3]), strict=True))
figure, ax = plt.subplots(figsize=(9, 4.2))
for name, values in costs.items():
    width = 0.5 if "99" in name else 1.8
    ax.semilogy(values, color=tints[name], label=f"{name}: {settle(values)} passos", linewidth=width)
ax.axhline(1e-6, color="black", linestyle=":", linewidth=1.4)
ax.axvline(guess, color="black", linestyle="--", linewidth=1.2)
ax.text(guess + 15, 3e2, "seu palpite (β = 0,9)", va="top")
ax.set(xlim=(0, 2000), ylim=(1e-8, 1e3), xlabel="Passo", ylabel="Custo J")
ax.set_title("Com a mesma taxa, lembrar ajuda; lembrar demais atrapalha")
ax.legend(loc="upper right", bbox_to_anchor=(1, 0.92))
plots.show(
    plots.comma_axes(ax),
    alt="Custo ao longo dos passos, em escala logarítmica, com a mesma taxa. Sem memória, uma reta desce devagar até a linha "
    "do alvo. Com momento 0,9 o custo oscila e chega ao alvo muito antes. Com 0,99 oscila muito e chega depois de todos.",
)

# %%
steps = {name: settle(values) for name, values in costs.items()}
faster = steps["momento, β = 0,9"] < steps["sem memória"] / 3
slower = steps["momento, β = 0,99"] > 2 * steps["sem memória"]
claim("C1-05", "na mesma taxa, β = 0,9 precisa de menos de um terço dos passos", faster)
claim("C1-06", "β = 0,99 precisa de mais do dobro dos passos da descida sem memória", slower)

# %% [markdown]
# O momento ganhou tempo sem que se mexesse na taxa, e o excesso de momento perdeu mais do que se ganhara: o ponto passa do
# mínimo, volta, passa de novo. A memória não é um remédio do qual mais é sempre melhor.
#
# ### O que há na memória
#
# Substitua $v$ dentro de $v$ algumas vezes e a memória se abre em uma soma de **todos** os gradientes já vistos, cada um
# com um peso que diminui com a idade (aqui $g_i$ é o gradiente do passo $i$):
#
# $$v_t = -\eta\left(g_t + \beta\,g_{t-1} + \beta^2 g_{t-2} + \cdots + \beta^{t-1} g_1\right)$$
#
# Dois casos extremos contam o resto. Se o gradiente é **sempre o mesmo**, $g$, a soma tende a $g/(1-\beta)$: o passo cresce
# até a **velocidade terminal**, $\eta g/(1-\beta)$. Se o gradiente **troca de sinal** a cada passo, $g, -g, g, \ldots$, os
# termos se cancelam aos pares, e o passo tende a $\eta g/(1+\beta)$.

# %%
constant, flipping = np.ones(80), (-1.0) ** np.arange(80)


def moves(rule, sequence, lr):  # os passos dados quando os gradientes são os da sequência
    theta, s, taken = 0.0, defaultdict(float), []
    for t, g in enumerate(sequence, start=1):
        s["theta"] = theta
        taken.append(rule(g, s, t, lr))
        theta = theta + taken[-1]
    return np.array(taken)


uphill, shaken = moves(momentum, constant, 0.1), moves(momentum, flipping, 0.1)
noise = np.random.default_rng(set_seeds()).normal(size=80)
unrolled = -0.1 * sum(0.9 ** (79 - i) * noise[i] for i in range(80))
claim(
    "C1-07", "v é a soma dos gradientes, com pesos βⁱ", np.isclose(moves(momentum, noise, 0.1)[-1], unrolled)
)
terminal = np.isclose(uphill[-1] / -0.1, 1 / (1 - 0.9), rtol=1e-3)
claim("C1-08", "gradiente constante: o passo tende a ser dez vezes o da descida", terminal)
damped = np.isclose(abs(shaken[-1]) / 0.1, 1 / (1 + 0.9), rtol=1e-3)
claim("C1-09", "gradiente que troca de sinal: o passo cai a 1/1,9 do da descida", damped)

# %%
figure, axes = plt.subplots(1, 2, figsize=(11, 3.8))
cases = {"Gradiente constante: acelera": uphill, "Gradiente que alterna: amortece": shaken}
for ax, (title, values) in zip(axes, cases.items(), strict=True):
    size = np.abs(values[:50]) / 0.1
    ax.plot(
        np.arange(1, 51), size, "o-", markersize=3.5, color=plots.PALETTE[0], label="com momento, β = 0,9"
    )
    ax.axhline(1, color=plots.PALETTE[1], label="sem memória")
    ax.set(title=title, xlabel="Passo", ylabel="|passo| ÷ (η |g|)")
    plots.comma_axes(ax)
axes[0].axhline(10, color="black", linestyle=":", label="1 ÷ (1 − β)")
axes[1].axhline(1 / 1.9, color="black", linestyle=":", label="1 ÷ (1 + β)")
axes[0].legend(loc="center right")
axes[1].set_ylim(0, 1.6)
axes[1].legend(loc="upper right")
figure.suptitle("A mesma memória aumenta o passo que se repete e diminui o que se contradiz")
plots.show(
    figure,
    alt="Dois painéis com o tamanho do passo, medido em passos da descida sem memória. Com gradiente constante, o passo com "
    "momento cresce e se aproxima da linha de dez. Com gradiente que alterna de sinal, ele oscila e se acomoda pouco "
    "acima da metade.",
)

# %% [markdown]
# É exatamente disso que o vale precisa: ao longo do fundo o gradiente aponta sempre para o mesmo lado, e o passo cresce;
# entre as encostas ele troca de sinal, e o passo diminui. Por isso o momento também tolera taxas que fazem a descida
# simples divergir:

# %%
wild = 0.03  # acima do limite 2/λ₂ da descida sem memória
without, with_memory = (cost(descend(rule, gradient, start, 300, wild))[-1] for rule in (sgd, momentum))
claim("C1-10", "com η = 0,03 a descida diverge e o momento converge", with_memory < 1e-6 < 1e6 < without)

# %% [markdown]
# ### A bola pesada
#
# O nome vem da física. Uma bola de massa $m$ desce o relevo $J$ com atrito $\mu$: a força é menos o gradiente, e
#
# $$m\,\ddot\theta = -\nabla J(\theta) - \mu\,\dot\theta$$
#
# O gradiente é a **aceleração**, não a velocidade. Simule a bola em instantes separados por $h$: primeiro a velocidade
# $u = \dot\theta$ muda, $u \leftarrow u + \tfrac hm(-\nabla J - \mu u)$; depois a posição, $\theta \leftarrow \theta + h\,u$.
# Chame $v = h\,u$ e agrupe os termos:
#
# $$v \leftarrow \underbrace{\left(1 - \tfrac{h\mu}{m}\right)}_{\beta} v - \underbrace{\tfrac{h^2}{m}}_{\eta}\nabla J(\theta),
# \qquad \theta \leftarrow \theta + v$$
#
# É o momento, sem tirar nem pôr. O atrito é $1-\beta$ disfarçado: sem atrito, $\beta = 1$ e a bola oscila para sempre.

# %%
mass, h = 2.0, 0.1
friction = (1 - 0.9) * mass / h
position, u, ball = start.copy(), np.zeros(2), [start]
for _ in range(200):
    u = u + h / mass * (-gradient(position) - friction * u)
    position = position + h * u
    ball.append(position)
same = np.allclose(ball, descend(momentum, gradient, start, 200, lr=h**2 / mass), rtol=0, atol=1e-12)
claim("C1-11", "a bola simulada e o momento percorrem o mesmo caminho, a 10⁻¹²", same)

# %% [markdown]
# A bola explica um terceiro benefício que se atribui ao momento: passar por cima de **mínimos locais rasos**. Onde o
# gradiente se anula, a descida para; a bola ainda tem velocidade. Um relevo de uma variável, $J(x) = x^2/20 - \cos x$, tem um
# buraco raso a cada $2\pi$, e o mais fundo é $x = 0$.


# %%
def bumps(x):
    return x / 10 + np.sin(x)


ends = {
    (name, x0): descend(rule, bumps, x0, 600, 0.1)[-1]
    for name, rule in {"sem memória": sgd, "momento": momentum}.items()
    for x0 in (8.0, 14.0)
}
show_table(
    ["de onde parte", "para sem memória", "para com momento"],
    [
        [
            f"x = {number(x0)}",
            number(round(ends["sem memória", x0], 3)),
            number(round(ends["momento", x0], 3)),
        ]
        for x0 in (8.0, 14.0)
    ],
)

# %%
stopped = min(abs(ends["sem memória", x0]) for x0 in (8.0, 14.0)) > 1
passed = abs(ends["momento", 14.0]) < 0.01
claim("C1-12", "sem memória, a descida para em um mínimo raso nas duas partidas", stopped)
claim("C1-13", "com momento, quem parte de 14 chega ao mínimo mais fundo", passed)
claim("C1-14", "mas quem parte de 8 fica no raso, como os outros", abs(ends["momento", 8.0]) > 1)

# %% [markdown]
# A bola que vem de longe tem embalo para passar; a que parte de perto, não. O momento **pode** atravessar mínimos rasos; não
# promete, e pelo mesmo motivo pode passar por cima de um mínimo bom.
#
# ### Duas convenções, uma confusão
#
# *É comum encontrar o momento escrito como média móvel,* $v \leftarrow \beta v + (1-\beta)\,\nabla J(\theta)$ *e* $\theta \leftarrow \theta - \alpha v$.
# Não está errado (desde que o gradiente seja o do ponto **anterior**, o que já se conhece), mas não é o que o Keras faz, e
# quem copia a taxa de uma convenção para a outra erra por um fator $1/(1-\beta)$. Quatro passos com gradiente 1 e taxa 0,1:


# %%
def averaged(g, s, t, lr, beta=0.9):  # a convenção da média móvel
    s["v"] = beta * s["v"] + (1 - beta) * g
    return -lr * s["v"]


def keras_moves(optimizer, sequence):
    weight = keras.Variable(np.zeros(np.shape(sequence[0])), dtype="float64")
    places = [weight.numpy()]
    for g in sequence:
        optimizer.apply([keras.ops.convert_to_tensor(g, "float64")], [weight])
        places.append(weight.numpy())
    return np.diff(places, axis=0)


totals = {rule.__name__: moves(rule, np.ones(4), 0.1).sum() for rule in (momentum, averaged)}
totals["keras"] = keras_moves(keras.optimizers.SGD(learning_rate=0.1, momentum=0.9), np.ones(4)).sum()

# %%
readable = {"momentum": "bola pesada", "averaged": "média móvel", "keras": "Keras, `SGD(0.1, momentum=0.9)`"}
show_table(
    ["convenção", "deslocamento em 4 passos"], [[readable[k], number(v, 4)] for k, v in totals.items()]
)
claim("C1-15", "o Keras usa a bola pesada", np.isclose(totals["keras"], totals["momentum"], rtol=1e-6))
tenfold = np.isclose(totals["momentum"] / totals["averaged"], 10)
claim("C1-16", "com a mesma taxa, a média móvel anda dez vezes menos", tenfold)
converted = descend(averaged, gradient, start, 200, lr=0.01 / (1 - 0.9))
same = np.allclose(converted, descend(momentum, gradient, start, 200, lr=0.01), rtol=0, atol=1e-12)
claim("C1-17", "com α = η/(1 − β), as duas percorrem o mesmo caminho, a 10⁻¹²", same)

# %% [markdown]
# *Também se lê que `momentum=0.9` significa "90 % do gradiente anterior e 10 % do atual".* Compare os pesos que cada gradiente
# recebe, do mais novo ao mais velho:

# %%
ages = range(4)
heavy_ball = [0.9**age for age in ages]
show_table(
    ["regra", "atual", "anterior", "dois atrás", "três atrás"],
    [
        ["bola pesada (Keras)", *heavy_ball],
        ["média móvel", *(0.1 * weight for weight in heavy_ball)],
        ["“90 % do anterior, 10 % do atual”", 0.1, 0.9, 0.0, 0.0],
    ],
)
impulses = [
    -keras_moves(keras.optimizers.SGD(1.0, momentum=0.9), np.eye(4)[:, [3 - age]])[-1, 0] for age in ages
]
claim("C1-18", "no Keras, os pesos medidos são 1; 0,9; 0,81; 0,729", np.allclose(impulses, heavy_ball))

# %% [markdown]
# São 90 % da **velocidade** anterior, que resume toda a história, mais o gradiente atual inteiro (vezes $\eta$). O gradiente mais
# novo é sempre o que mais pesa.
#
# ## 5. Nesterov: olhar antes de pisar
#
# O momento calcula o gradiente onde está, e depois anda também por inércia. O **gradiente acelerado de Nesterov (NAG)** usa
# o que já se sabe: a inércia levará o ponto a $\phi + \beta v$, logo é melhor medir o gradiente **lá**. Na forma
# de Sutskever e colegas,
#
# $$v \leftarrow \beta v - \eta\,\nabla J(\phi + \beta v), \qquad \phi \leftarrow \phi + v$$
#
# O Keras só conhece o gradiente no ponto em que os pesos estão. Por isso guarda nos pesos o ponto **à frente**, $\theta =
# \phi + \beta v$, e a regra vira
#
# $$v \leftarrow \beta v - \eta\,\nabla J(\theta), \qquad \theta \leftarrow \theta + \beta v - \eta\,\nabla J(\theta)$$
#
# Para conferir: $\theta_{\text{novo}} = \phi_{\text{novo}} + \beta v_{\text{novo}} = \phi + v_{\text{novo}} + \beta
# v_{\text{novo}}$; troque $\phi$ por $\theta - \beta v$ e note que $v_{\text{novo}} - \beta v = -\eta\nabla J(\theta)$.


# %%
def nesterov(g, s, t, lr, beta=0.9):
    s["v"] = beta * s["v"] - lr * g
    return beta * s["v"] - lr * g


place, v, ahead = start.copy(), np.zeros(2), [start]
for _ in range(300):  # a forma que olha à frente, com o gradiente em φ + βv
    v = 0.9 * v - 0.01 * gradient(place + 0.9 * v)
    place = place + v
    ahead.append(place + 0.9 * v)
ours = descend(nesterov, gradient, start, 300, 0.01)
claim("C1-19", "as duas formas são o mesmo caminho, a 10⁻¹²", np.allclose(ahead, ours, rtol=0, atol=1e-12))
first = keras_moves(keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), np.ones(1))[0]
claim("C1-20", "no Keras, o primeiro passo com g = 1 e η = 0,1 é −0,19", np.isclose(first, -0.19))

# %%
steps["Nesterov, β = 0,9"] = settle(cost(descend(nesterov, gradient, start, 2500, 0.01)))
show_table(["regra, com η = 0,01", "passos até o custo ficar abaixo de 10⁻⁶"], list(steps.items()))
earlier = steps["Nesterov, β = 0,9"] < 0.9 * steps["momento, β = 0,9"]
claim("C1-21", "neste vale, Nesterov chega antes do momento comum", earlier)

# %% [markdown]
# No Keras são dois argumentos do mesmo otimizador: `SGD(learning_rate=0.001, momentum=0.9)` e, com `nesterov=True`, a regra de
# Nesterov. O argumento da taxa se chama `learning_rate`; o `lr` de materiais antigos é recusado:

# %%
try:
    keras.optimizers.SGD(lr=0.001, momentum=0.9)
    refusal = "aceito"
except ValueError as error:
    refusal = str(error)
print(refusal)
claim("C1-22", "lr= no lugar de learning_rate= levanta ValueError", "not recognized" in refusal)

# %% [markdown]
# ## 6. Uma taxa para cada peso
#
# A memória contorna o limite da taxa única. Há outro caminho: dar a cada coordenada a **sua** taxa. A matéria-prima é o
# tamanho dos gradientes que ela recebeu. Nas regras abaixo, toda conta é feita componente por componente, e $\epsilon$ é um
# número minúsculo ($10^{-7}$ no Keras) que evita a divisão por zero.
#
# O **AdaGrad** soma os quadrados de todos os gradientes e divide o passo pela raiz da soma: a coordenada que já recebeu
# gradientes grandes passa a andar menos.
#
# $$s \leftarrow s + g^2, \qquad \theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{s+\epsilon}}$$
#
# O **RMSprop** troca a soma por uma média móvel, com taxa de esquecimento $\rho$, para que o passado distante deixe de pesar:
#
# $$s \leftarrow \rho s + (1-\rho)\,g^2, \qquad \theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{s+\epsilon}}$$
#
# O **Adadelta** parte da mesma média e acrescenta uma segunda, $d$, dos quadrados dos próprios **deslocamentos** $\Delta$, de modo que
# o passo saia na escala dos pesos:
#
# $$\Delta = -\sqrt{\frac{d+\epsilon}{s+\epsilon}}\;g, \qquad d \leftarrow \rho d + (1-\rho)\,\Delta^2,
# \qquad \theta \leftarrow \theta + \eta\,\Delta$$
#
# *Há apostilas que trazem a fórmula do RMSprop sob o título Adadelta*; a diferença é justamente $d$. E os textos começam o
# AdaGrad com $s = 0$, enquanto o Keras começa com 0,1.


# %%
def adagrad(g, s, t, lr, eps=1e-7):
    s["sum"] = s["sum"] + g**2
    return -lr * g / np.sqrt(0.1 + s["sum"] + eps)


def rmsprop(g, s, t, lr, rho=0.9, eps=1e-7):
    s["s"] = rho * s["s"] + (1 - rho) * g**2
    return -lr * g / np.sqrt(s["s"] + eps)


def adadelta(g, s, t, lr, rho=0.95, eps=1e-7):
    s["s"] = rho * s["s"] + (1 - rho) * g**2
    delta = -np.sqrt((s["d"] + eps) / (s["s"] + eps)) * g
    s["d"] = rho * s["d"] + (1 - rho) * delta**2
    return lr * delta


# %% [markdown]
# ### Adam: as duas memórias juntas
#
# O **Adam** usa as duas ideias: uma média móvel $m$ dos gradientes (o momento, na convenção da média) e uma média móvel $s$
# dos quadrados (o RMSprop). Como as duas nascem em zero, no começo estão **enviesadas** para baixo: depois de $t$ passos com o mesmo
# gradiente $g$, vale $m = (1-\beta_1^t)\,g$, e não $g$. A **correção do viés** divide por esse fator:
#
# $$
# \begin{aligned}
# m &\leftarrow \beta_1 m + (1-\beta_1)\,g & \qquad s &\leftarrow \beta_2 s + (1-\beta_2)\,g^2 \\
# \hat m &= \frac{m}{1-\beta_1^t} & \hat s &= \frac{s}{1-\beta_2^t} \qquad\qquad \theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat s}+\epsilon}
# \end{aligned}
# $$
#
# Escrever $m$ como média ou como soma, aqui também, só muda uma constante. O **AdamW** é o Adam com **decaimento de pesos**
# aplicado fora da conta do gradiente: a cada passo o peso perde ainda a fração $\eta\lambda$ de si mesmo ($\lambda$ agora é o
# coeficiente do decaimento). Por que isso não é o mesmo que somar uma penalidade L2 à perda é assunto da lição sobre
# penalidades.


# %%
def adam(g, s, t, lr, beta1=0.9, beta2=0.999, eps=1e-7):
    s["m"] = beta1 * s["m"] + (1 - beta1) * g
    s["s"] = beta2 * s["s"] + (1 - beta2) * g**2
    correction = np.sqrt(1 - beta2**t) / (1 - beta1**t)  # as duas correções, em um fator só
    return -lr * correction * s["m"] / (np.sqrt(s["s"]) + eps)


def adamw(g, s, t, lr, decay=0.004, eps=1e-7):
    return adam(g, s, t, lr, eps=eps) - lr * decay * s["theta"]


# %% [markdown]
# Repare onde está o $\epsilon$: dentro da raiz em AdaGrad, RMSprop e Adadelta, **fora** dela no Adam. E o Keras o soma a $\sqrt{s}$
# antes da correção (o artigo do Adam chama essa variante de $\hat\epsilon$). Com $10^{-7}$ quase não se nota; para que um
# engano apareça, comparamos com $\epsilon = 10^{-3}$ e gradientes sorteados em três escalas, 0,01, 1 e 100, por vinte passos.

# %%
rng = np.random.default_rng(set_seeds())
sequence = rng.normal(size=(20, 3)) * [0.01, 1.0, 100.0]
optimizers = keras.optimizers
pairs = {
    "AdaGrad": (adagrad, optimizers.Adagrad(0.05, epsilon=1e-3)),
    "RMSprop": (rmsprop, optimizers.RMSprop(0.05, rho=0.9, epsilon=1e-3)),
    "Adadelta": (adadelta, optimizers.Adadelta(0.05, rho=0.95, epsilon=1e-3)),
    "Adam": (adam, optimizers.Adam(0.05, beta_1=0.9, beta_2=0.999, epsilon=1e-3)),
    "AdamW": (adamw, optimizers.AdamW(0.05, weight_decay=0.004, epsilon=1e-3)),
}

# %%
gaps = {}
for name, (rule, optimizer) in pairs.items():
    ours, theirs = moves(partial(rule, eps=1e-3), sequence, 0.05), keras_moves(optimizer, sequence)
    gaps[name] = np.abs(ours - theirs).max()
claim(
    "C1-23", "as cinco regras em NumPy e o Keras diferem menos de 10⁻⁶ por passo", max(gaps.values()) < 1e-6
)


def adam_inside(g, s, t, lr):  # com o ε dentro da raiz
    adam(g, s, t, lr)
    return -lr * s["m"] / (1 - 0.9**t) / np.sqrt(s["s"] / (1 - 0.999**t) + 1e-3)


wrong = np.abs(
    moves(adam_inside, sequence, 0.05) - keras_moves(optimizers.Adam(0.05, epsilon=1e-3), sequence)
).max()
claim("C1-24", "pôr o ε do Adam dentro da raiz daria diferença maior que 10⁻³", wrong > 1e-3)

# %% [markdown]
# ### A taxa efetiva, e os primeiros passos
#
# Alimente as regras com um gradiente constante, $g = 1$, e $\eta = 1$: o tamanho de cada passo é a **taxa efetiva**.
#
# *Preveja antes de executar:* sem a correção do viés, os primeiros passos do Adam ficariam menores ou maiores que os
# corrigidos?


# %%
def uncorrected(g, s, t, lr):
    adam(g, s, t, lr)
    return -lr * s["m"] / np.sqrt(s["s"])


ones = np.ones(1000)
effective = {rule.__name__: -moves(rule, ones, 1.0) for rule in (adagrad, rmsprop, adam, uncorrected)}

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
instants = np.arange(1, 1001)
for name, label in {"adagrad": "AdaGrad", "rmsprop": "RMSprop", "adam": "Adam"}.items():
    left.loglog(instants, effective[name], color=colors[label], label=label)
left.set(title="A do AdaGrad só diminui", xlabel="Passo", ylabel="Taxa efetiva ÷ η", ylim=(0.02, 6))
right.plot(instants[:200], effective["uncorrected"][:200], color=plots.PALETTE[5], label="Adam sem correção")
right.plot(instants[:200], effective["adam"][:200], color=colors["Adam"], label="Adam")
right.set(title="Sem correção, passos grandes demais", xlabel="Passo", ylim=(0, 7))
for ax in (left, right):
    ax.legend()
    plots.comma_axes(ax)
figure.suptitle("O mesmo gradiente, sempre 1: cada regra faz dele um passo diferente")
plots.show(
    figure,
    alt="À esquerda, em escalas logarítmicas, a taxa efetiva ao longo de mil passos: a do AdaGrad desce em reta, a do "
    "RMSprop começa acima de um e se acomoda em um, a do Adam é um desde o início. À direita, o Adam sem correção começa "
    "acima de três, sobe a mais de seis e desce devagar, enquanto o corrigido fica em um.",
)

# %%
falls = np.allclose(effective["adagrad"], 1 / np.sqrt(0.1 + instants), rtol=1e-6)
claim("C1-25", "no passo t, a taxa efetiva do AdaGrad é η/√(0,1 + t)", falls)
exact = np.allclose(effective["adam"], 1, rtol=1e-4)
claim("C1-26", "com a correção, todo passo do Adam vale η, desde o primeiro", exact)
raw = effective["uncorrected"]
claim(
    "C1-27",
    "sem ela, o primeiro seria mais de 3 vezes maior, e o pico, mais de 6",
    raw[0] > 3 and raw.max() > 6,
)
firsts = [-moves(adam, [size], 0.1)[0] for size in (1e-3, 1.0, 1e3)]
claim(
    "C1-28",
    "o primeiro passo do Adam é η, seja o gradiente 0,001 ou 1000",
    np.allclose(firsts, 0.1, rtol=1e-2),
)

# %% [markdown]
# Duas frases comuns caem aqui. *"O AdaGrad acaba zerando as componentes"*: o que vai a zero é o **passo**, porque a soma $s$ nunca
# diminui; as componentes ficam onde estiverem, com o treino por terminar. Em treinos longos isso tem um preço, e é
# por isso que se costuma evitá-lo em redes profundas; em um treino curto, como os da seção 8, pode nem aparecer. *"A correção do viés acelera o começo"*: com os valores habituais ela **freia**. O viés de $s$ ($\beta_2 = 0{,}999$) é
# muito maior que o de $m$ ($\beta_1 = 0{,}9$), e dividir por um $\sqrt s$ pequeno demais faria o passo grande demais.
#
# ### Duas gralhas que circulam
#
# *É comum encontrar o Adam impresso com dois erros.* No primeiro, $m$ acumula **menos** o gradiente e o passo **subtrai**
# $m$: menos com menos, e a regra sobe a ladeira. No segundo, $\hat m$ e $\hat s$ são gravados **por cima** de $m$ e $s$, e o
# passo seguinte corrige o que já estava corrigido. Partimos de $\theta = 1$ em $J = \theta^2/2$, com $\eta = 0{,}1$:


# %%
def wrong_sign(g, s, t, lr):
    return adam(-g, s, t, lr)


def overwritten(g, s, t, lr):
    s["m"] = (0.9 * s["m"] + 0.1 * g) / (1 - 0.9**t)
    s["s"] = (0.999 * s["s"] + 0.001 * g**2) / (1 - 0.999**t)
    return -lr * s["m"] / (np.sqrt(s["s"]) + 1e-7)


end = {
    rule.__name__: descend(rule, lambda x: x, 1.0, 200, 0.1)[-1] for rule in (adam, wrong_sign, overwritten)
}
labels = {"adam": "Adam", "wrong_sign": "com o sinal trocado", "overwritten": "gravando m̂ e ŝ por cima"}
show_table(["regra", "θ depois de 200 passos"], [[labels[k], float(v)] for k, v in end.items()])

# %%
claim("C1-29", "o Adam correto chega a menos de 0,01 do mínimo", abs(end["adam"]) < 0.01)
claim("C1-30", "com o sinal trocado, ele se afasta mais de dez vezes", end["wrong_sign"] > 10)
claim("C1-31", "com m̂ e ŝ gravados por cima, para no caminho", end["overwritten"] > 0.5)

# %% [markdown]
# ## 7. A corrida
#
# Seis otimizadores, um vale. Uma corrida só é justa se cada um corre com uma **boa taxa para ele**: para cada regra testamos
# as mesmas dezesseis taxas, de 0,0001 a 10, e ficamos com a que assenta o custo abaixo de $10^{-6}$ em menos passos (se nenhuma o
# faz em mil passos, com a de menor custo no fim). As dezesseis correm juntas: `start` vira uma pilha de dezesseis pontos.
#
# Mudamos também o terreno. No vale da seção 1 os eixos $x$ e $y$ coincidem com as direções rasa e íngreme, o que é um presente
# para quem divide coordenada por coordenada. Uma rede não dá presentes assim. Então há dois terrenos: o vale **alinhado** aos
# eixos e o **mesmo vale girado** de 30 graus, com o ponto de partida girado junto.

# %%
turn = np.radians(30)
rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
valleys = {"alinhado": np.eye(2), "girado": rotation}
contenders = dict(zip(names, (sgd, momentum, nesterov, adagrad, rmsprop, adam), strict=True))
candidates = np.array([digit * 10.0**power for power in range(-4, 1) for digit in (1, 2, 5)] + [10.0])


# %%
def race(rule, axes):  # o melhor caminho, a sua taxa e em quantos passos assenta
    def tilted(theta):
        return theta @ axes * curvature @ axes.T

    paths = descend(rule, tilted, np.tile(axes @ start, (len(candidates), 1)), 1000, candidates[:, None])
    with np.errstate(all="ignore"):  # as taxas grandes demais transbordam
        values = np.nan_to_num(cost(paths @ axes), nan=np.inf)  # o custo, de volta às direções do vale
    settled = [settle(values[:, i]) for i in range(len(candidates))]
    best = np.lexsort((values[-1], settled))[0]
    return paths[:, best], float(candidates[best]), settled[best], values[:, best]


results = {
    place: {name: race(rule, axes) for name, rule in contenders.items()} for place, axes in valleys.items()
}


# %%
def outcome(result):
    _, rate, settled, _ = result
    return f"{settled} (η = {number(rate, 1)})" if settled <= 1000 else "não assenta"


rows = [[name, *(outcome(results[place][name]) for place in valleys)] for name in contenders]
show_table(["otimizador", "passos no vale alinhado", "passos no vale girado"], rows)

# %% [markdown]
# Veja a corrida no vale girado. A figura se move duas vezes e para no quadro final, que é o que se vê também no papel.


# %%
def stage():  # o cenário, e os artistas de cada corredor
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6))
    mesh = np.stack(np.meshgrid(np.linspace(-1.3, 4.4, 90), np.linspace(-1, 3, 90)), axis=-1)
    height, levels = cost(mesh @ rotation), np.geomspace(0.3, 300, 7)
    left.contour(mesh[..., 0], mesh[..., 1], height, levels=levels, colors="#D5D5D5", linewidths=1.2)
    left.plot(0, 0, "k*", markersize=11)
    left.set(xlabel="θ₁", ylabel="θ₂", title="O caminho")
    right.set(
        xlim=(0, 240), ylim=(1e-7, 1e5), xlabel="Passo", ylabel="Custo J", title="O custo", yscale="log"
    )
    right.axhline(1e-6, color="black", linestyle=":", linewidth=1.2)
    runners = {}
    for name in names:
        trail, head = left.plot([], [], [], [], color=colors[name], linewidth=1.4)
        head.set(marker="o", markersize=7)
        curve = right.plot([], [], color=colors[name], linewidth=1.6, label=name)[0]
        runners[name] = trail, head, curve
    right.legend(loc="upper right", ncols=3, fontsize=10)
    figure.suptitle(
        "No vale girado, quem soma gradientes chega; quem só divide por coordenada fica para trás"
    )
    plots.comma_axes(left)
    plots.comma_axes(right)
    return figure, runners


# %%
figure, runners = stage()


def update(frame):
    now = round(240 * (frame / 23) ** 1.5)  # devagar no começo, onde há mais o que ver
    for name, (trail, head, curve) in runners.items():
        path, _, _, values = results["girado"][name]
        trail.set_data(*path[: now + 1].T)
        head.set_data(*path[now : now + 1].T)
        curve.set_data(np.arange(now + 1), values[: now + 1])
    return [artist for runner in runners.values() for artist in runner]


plots.animate(figure, update, frames=24).show(
    alt="Animação da corrida no vale girado. À esquerda, os caminhos sobre as curvas de nível: momento e Adam serpenteiam "
    "até a estrela do mínimo; Nesterov segue pelo fundo, passa um pouco da estrela e volta; descida, AdaGrad e RMSprop "
    "avançam devagar pelo fundo. À "
    "direita, o custo em escala logarítmica: momento, Nesterov e Adam alcançam a linha do alvo; os outros três, não.",
)

# %%
first = {place: {name: result[2] for name, result in table.items()} for place, table in results.items()}
turned = [
    np.allclose(results["girado"][name][0] @ rotation, results["alinhado"][name][0], atol=1e-9)
    for name in ("descida", "momento", "Nesterov")
]
claim("C1-32", "descida, momento e Nesterov fazem o mesmo caminho, girado", all(turned))
lost = first["girado"]["AdaGrad"] > 10 * first["alinhado"]["AdaGrad"]
claim("C1-33", "o AdaGrad, no vale girado, precisa de mais de dez vezes os passos", lost)
claim(
    "C1-34",
    "o RMSprop não assenta com nenhuma das taxas, nem no vale alinhado",
    first["alinhado"]["RMSprop"] > 1000,
)
below = cost(descend(rmsprop, gradient, start, 1000, 0.2)) < 1e-6
touched = bool(below[:50].any() and not below.all() and not below[-100:].all())
claim("C1-35", "mas com η = 0,2 ele toca o alvo antes do passo 50, e torna a sair", touched)
podium = max(first["girado"][name] for name in ("momento", "Nesterov", "Adam"))
claim(
    "C1-36",
    "no girado, momento, Nesterov e Adam precisam de menos de 1/3 dos passos da descida",
    podium < first["girado"]["descida"] / 3,
)

# %% [markdown]
# Três lições em uma corrida. **O terreno decide**: no vale alinhado o AdaGrad é de longe o mais rápido, porque a divisão por
# coordenada desfaz o número de condição; girado o vale, a vantagem some. **A régua decide**: o RMSprop chega perto do mínimo e
# fica saltando em volta, porque divide pelo tamanho do gradiente e, com gradientes minúsculos, o passo continua da ordem
# de $\eta$; quem conta só a primeira vez abaixo do alvo o declara veloz (C1-35). (Quem precisa assentar diminui $\eta$ com o
# tempo, assunto da lição sobre agendamento.) E **nenhum vale é uma rede**: aqui não há ruído nem milhares de direções.
#
# ## 8. Uma rede de verdade
#
# Agora uma rede com três camadas ocultas de 64 unidades, 2 000 fotos de roupas, lotes de 50 e quatro épocas. A pergunta é de
# **otimização**, quão depressa cai a perda de treino; se a rede generaliza é outra pergunta.

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
pixels, y_train = data.x_train[:2000].astype("float32"), data.y_train[:2000].astype("int32")
x_train = (pixels - pixels.mean()) / pixels.std()


# %%
def build(optimizer):
    set_seeds()
    hidden = [keras.layers.Dense(64, "relu", kernel_initializer="he_normal") for _ in range(3)]
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, steps_per_execution=40, jit_compile=False)  # uma época por chamada
    optimizer.build(model.trainable_variables)
    return model


# %% [markdown]
# **Um fator de cada vez.** Todos os treinos partem dos mesmos pesos, com a memória do otimizador zerada e os lotes na mesma
# ordem. Ao fim, conferimos ainda se o otimizador mexeu na taxa que lhe demos.


# %%
def train(model, birth, learning_rate):
    set_seeds()  # os mesmos lotes, na mesma ordem
    for variable, value in zip(model.variables + model.optimizer.variables, birth, strict=True):
        variable.assign(value)
    model.optimizer.learning_rate = learning_rate
    history = model.fit(x_train, y_train, epochs=4, batch_size=50, verbose=0)
    kept.append(np.isclose(float(model.optimizer.learning_rate.numpy()), learning_rate))
    return history


recipes = {
    "descida": (optimizers.SGD(0.001), [0.001, 0.01, 0.1]),
    "momento": (optimizers.SGD(0.001, momentum=0.9), [0.001, 0.01]),
    "Nesterov": (optimizers.SGD(0.001, momentum=0.9, nesterov=True), [0.001, 0.01]),
    "RMSprop": (optimizers.RMSprop(0.001, rho=0.9), [0.001]),
    "Adam": (optimizers.Adam(0.001, beta_1=0.9, beta_2=0.999), [0.001]),
}

# %%
runs, kept = {}, []
for name, (optimizer, learning_rates) in recipes.items():
    model = build(optimizer)
    birth = [keras.ops.convert_to_numpy(v) for v in model.variables + optimizer.variables]
    for learning_rate in learning_rates:
        runs[name, learning_rate] = train(model, birth, learning_rate)
last = {key: history.history["loss"][-1] for key, history in runs.items()}

# %% [markdown]
# Comecemos como muitos tutoriais começam: a mesma taxa, 0,001, para todos. Ao lado, cada um com uma taxa escolhida para ele,
# em uma busca que fizemos antes, fora desta lição, de três a cinco taxas por otimizador.

# %%
tuned = {"descida": 0.1, "momento": 0.01, "Nesterov": 0.01, "RMSprop": 0.001, "Adam": 0.001}
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None, colors=colors)
figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), sharey=True)
plotter.plot({n: runs[n, 0.001] for n in tuned}, ax=axes[0], title="Todos com a taxa 0,001")
plotter.plot({n: runs[n, rate] for n, rate in tuned.items()}, ax=axes[1], title="Cada um com a sua taxa")
axes[1].set_ylabel("")
axes[0].get_legend().remove()
figure.suptitle("O que parecia diferença entre otimizadores era, quase toda, diferença de taxa")
plots.show(
    figure,
    alt="Perda de treino ao longo de quatro épocas, em dois painéis. Com a taxa 0,001 para todos, a descida fica muito "
    "acima, momento e Nesterov no meio, RMSprop e Adam embaixo. Com uma taxa escolhida para cada um, as cinco curvas caem juntas.",
)

# %%
common = [last[name, 0.001] for name in tuned]
own = [last[name, rate] for name, rate in tuned.items()]
claim(
    "C1-37",
    "com a taxa comum, a maior perda final passa de três vezes a menor",
    max(common) > 3 * min(common),
)
claim("C1-38", "com taxas escolhidas, fica abaixo de duas vezes", max(own) < 2 * min(own))

# %% [markdown]
# No painel da esquerda, o momento parece uma revolução diante do SGD. É uma comparação frequente: mesma rede, `SGD(0.001)` contra
# `SGD(0.001, momentum=0.9)`, um treino de cada, às vezes com *dropout* ou decaimento da taxa mudando junto.
#
# ## 9. Explique
#
# O que falta nessa comparação para concluir que a **memória** é a causa da melhora? Releia a velocidade terminal (C1-08) antes
# de responder, e diga que treino você faria.
#
# <details><summary>Uma resposta possível</summary>
#
# Enquanto o gradiente muda pouco de um passo para o outro, o momento com $\beta = 0{,}9$ anda até dez vezes mais por passo
# que a descida com a mesma taxa. A comparação mudou duas coisas: a memória e o **tamanho efetivo do passo**. O treino que falta é
# a descida sem memória com taxa dez vezes maior, $\eta/(1-\beta)$. Se ela empatar com o momento, a melhora vinha do passo maior.
# E com mais de uma semente, porque um treino de cada é um sorteio de cada.
#
# </details>
#
# O treino que falta já foi feito; está entre os da seção anterior:

# %% tags=["nbval-ignore-output"]
trio = [("descida", 0.001), ("momento", 0.001), ("descida", 0.01)]
show_table(
    ["otimizador", "taxa", "perda de treino após 4 épocas"],
    [[name, number(rate, 1), number(last[name, rate], 3)] for name, rate in trio],
)

# %%
alone, remembering, larger = (last[key] for key in trio)
claim(
    "C1-39",
    "SGD(0,001) termina com mais do dobro da perda de SGD(0,001) com momento",
    alone > 2 * remembering,
)
claim(
    "C1-40",
    "sem memória e com taxa dez vezes maior, a perda é a mesma, a menos de 15 %",
    abs(larger / remembering - 1) < 0.15,
)

# %% [markdown]
# Nesta rede, com taxas pequenas, o que se atribuía à memória era o passo maior. A vantagem própria do momento aparece onde a taxa não pode
# crescer, como no vale da seção 4 (C1-05, C1-10). É um experimento, com poucos dados e uma rede rasa: em redes profundas e
# tarefas grandes a escolha do otimizador pesa mais, e só uma busca de taxa **para cada um** permite dizer quanto.
#
# ## 10. Memória não é decaimento
#
# O **decaimento da taxa** diminui $\eta$ ao longo do treino: passos largos no começo, quando se está longe; curtos no fim, para
# assentar. *É comum ler que "Adam, RMSprop e SGD com momento já integram" o decaimento.* A última linha de `train` vigiou isso:

# %%
claim("C1-41", "nos nove treinos, a taxa terminou como começou", len(kept) == 9 and all(kept))
claim(
    "C1-42", "no Keras, o RMSprop nem sequer usa momento se não pedirmos", optimizers.RMSprop().momentum == 0
)

# %% [markdown]
# Os adaptativos **dividem** a taxa por uma medida do gradiente, e o quociente pode subir ou descer; só no AdaGrad ele nunca sobe. Se
# você quer que $\eta$ decaia, peça. E peça do jeito certo: o argumento `decay=` de tantos tutoriais, como em
# `SGD(learning_rate=0.001, momentum=0.9, decay=0.01)`, hoje só rende um aviso.

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    decaying = optimizers.SGD(learning_rate=0.001, momentum=0.9, decay=0.01)
print(str(caught[0].message))
with_decay = keras_moves(decaying, noise[:20])
without = keras_moves(optimizers.SGD(learning_rate=0.001, momentum=0.9), noise[:20])
claim(
    "C1-43",
    "com decay=0.01 o Keras dá exatamente os mesmos passos que sem ele",
    np.array_equal(with_decay, without),
)

# %% [markdown]
# | | momento | decaimento da taxa |
# |---|---|---|
# | **objetivo** | acelerar nas direções consistentes, amortecer as que oscilam | assentar no fim sem abrir mão de passos largos no começo |
# | **como** | soma ao passo uma fração $\beta$ do anterior | diminui $\eta$ conforme o passo ou a época |
# | **o que muda** | a direção e o tamanho do passo | só o tamanho |
# | **mínimos rasos** | pode passar por eles, se chegar com velocidade (sem garantia) | **não** ajuda a escapar: o que ajuda é a taxa grande, que o decaimento retira |
# | **no Keras** | `SGD(..., momentum=0.9)` | um agendamento no lugar de `learning_rate` (próxima lição) |
#
# ## 11. Resumo
#
# | otimizador | regra (por componente) | no Keras | o que você viu | onde se erra |
# |---|---|---|---|---|
# | descida do gradiente | $\theta \leftarrow \theta - \eta g$ | `SGD(0.01)` | $(1-\eta\lambda)^t$; limite $2/\lambda_{\max}$ (C1-01 a C1-04) | culpar a taxa quando o limite é o número de condição |
# | momento | $v \leftarrow \beta v - \eta g$; $\theta \leftarrow \theta + v$ | `SGD(0.001, momentum=0.9)` | até 10 vezes mais onde o gradiente se repete, 1/1,9 onde alterna (C1-08, C1-09) | ler "90 % do anterior, 10 % do atual"; trocar de convenção sem trocar a taxa |
# | Nesterov | $v \leftarrow \beta v - \eta g$; $\theta \leftarrow \theta + \beta v - \eta g$ | `SGD(0.001, momentum=0.9, nesterov=True)` | duas formas, um caminho (C1-19) | procurar no Keras o gradiente em $\theta + \beta v$ |
# | AdaGrad | $s \leftarrow s + g^2$; $\theta \leftarrow \theta - \eta g/\sqrt{s+\epsilon}$ | `Adagrad(0.001)` | o passo vai a zero (C1-25); o mais rápido só no vale alinhado (C1-33) | dizer que zera as componentes |
# | RMSprop | média móvel no lugar da soma | `RMSprop(0.001, rho=0.9)` | não assenta com taxa fixa (C1-34) | chamá-lo de Adadelta |
# | Adadelta | divide também os deslocamentos pela sua média | `Adadelta(0.001, rho=0.95)` | igual ao Keras (C1-23) | esquecer a segunda média; aceitar a taxa padrão do Keras, 0,001, quando o artigo usa 1 |
# | Adam | $m$, $s$, $\hat m$, $\hat s$; $\theta \leftarrow \theta - \eta\hat m/(\sqrt{\hat s}+\epsilon)$ | `Adam(0.001, beta_1=0.9, beta_2=0.999)` | o primeiro passo é $\eta$, qualquer que seja o gradiente (C1-28) | sinal trocado; gravar $\hat m$ por cima de $m$ (C1-30, C1-31) |
# | AdamW | Adam, menos a fração $\eta\lambda$ do peso | `AdamW(0.001, weight_decay=0.004)` | igual ao Keras (C1-23) | tomá-lo por Adam com penalidade L2 |
#
# Para começar um trabalho: Adam, AdamW ou SGD com momento, cada um com uma busca de taxa em potências de dez. Compare otimizadores só depois
# de buscar a taxa de cada um.
#
# **Para praticar:** no Lab 3 você vai escrever estas regras e conferi-las com o Keras. **A seguir:** a lição sobre o
# agendamento da taxa de aprendizado.
#
# ## Referências
#
# - Polyak, B. T. (1964). Some methods of speeding up the convergence of iteration methods. *USSR Computational Mathematics and
#   Mathematical Physics*, 4(5), 1–17. A bola pesada.
# - Nesterov, Y. (1983). A method for solving the convex programming problem with convergence rate O(1/k²). *Doklady
#   Akademii Nauk SSSR*, 269(3), 543–547. Em russo.
# - Duchi, J.; Hazan, E.; Singer, Y. (2011). Adaptive subgradient methods for online learning and stochastic optimization.
#   *Journal of Machine Learning Research*, 12, 2121–2159. AdaGrad.
# - Tieleman, T.; Hinton, G. (2012). Lecture 6.5: RMSProp. *Coursera: Neural networks for machine learning*.
# - Zeiler, M. D. (2012). ADADELTA: an adaptive learning rate method. arXiv:1212.5701.
# - Sutskever, I.; Martens, J.; Dahl, G.; Hinton, G. (2013). On the importance of initialization and momentum in deep learning.
#   *ICML*. A forma do Nesterov que olha à frente.
# - Kingma, D. P.; Ba, J. (2015). Adam: a method for stochastic optimization. *ICLR*.
# - Loshchilov, I.; Hutter, F. (2019). Decoupled weight decay regularization. *ICLR*. AdamW.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms. arXiv:1708.07747. Os dados desta lição.
