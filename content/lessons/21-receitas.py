# ---
# jupyter:
#   gradiente:
#     id: F2
#     title: Por onde começo?
#     covers: [S0-31, S2-01, S2-02, S2-09, S1-07, S1-19]
#     seconds: 28
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 21 · Por onde começo?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *escolher* uma configuração de partida para uma rede densa e dizer de que depende cada linha dela; *medir* o que se perde quando falta uma peça; *ir* de um sintoma ao que olhar primeiro |
# | **Você precisa saber** | inicialização, ativações, normalização em lote, momento e agendamento da taxa; comparação pareada e barra de erro (lição sobre avaliação) |
# | **Tempo de leitura** | cerca de 30 minutos |
# | **Tempo de execução** | cerca de 28 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | configuração padrão, estudo de ablação, companheiras de uma ativação, hipótese, ordem de trabalho |
#
# Você tem dados novos e uma folha em branco: quantas camadas, que ativação, que otimizador, que taxa? Uma **receita** é uma resposta pronta para o primeiro dia. Ela não promete a melhor rede; promete um
# treino que anda, do qual se possa partir. Esta lição monta duas, tira delas uma peça de cada vez e mede o que acontece. No fim, junta em uma tabela o que o curso inteiro mediu.

# %%
import math

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradiente import plots
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# ## 1. A pergunta
#
# Quase todo livro traz uma tabela de **configurações padrão** (*default configurations*). Estas são as nossas, para redes densas:
#
# | | receita A, a comum | receita B, a que se normaliza sozinha |
# |---|---|---|
# | ativação | ReLU | SELU |
# | inicialização | He normal, $\sigma^2 = 2/\text{fan}_\text{in}$ | LeCun normal, $\sigma^2 = 1/\text{fan}_\text{in}$ |
# | normalização em lote (BN) | sim, se a rede é funda | nenhuma: a ativação faz o serviço |
# | entradas | padronizadas com a média e o desvio do treino | o mesmo, e aqui é condição |
# | otimizador | SGD com momento 0,9, de Nesterov ou não; ou Adam; ou AdamW, se houver decaimento de pesos | o mesmo |
# | taxa | achada por uma busca; diminui ao longo do treino | o mesmo |
# | regularização | parada antecipada; se sobreajustar, dropout ou decaimento de pesos | parada antecipada; se precisar, AlphaDropout |
# | serve para | quase tudo | pilhas de camadas densas, sem conexões de salto |
#
# Aqui $\text{fan}_\text{in}$ é o número de entradas da camada e $\sigma^2$ a variância dos pesos ao nascer. Há ainda a inicialização de Glorot, $\sigma^2 = 1/\text{fan}_\text{avg}$ (a média de entradas e saídas), companheira da tanh, da
# logística, da softmax e de quem não tem ativação; é o padrão do Keras.
#
# Repare que cada linha depende das outras: a inicialização é **companheira** da ativação, e a SELU traz várias exigências. *É comum encontrar* código que desfaz essas companhias sem perceber:
#
# - aconselha He para a ReLU e escreve `Dense(300, "relu")`, que nasce com Glorot; ou põe `scale=2.0`, a escala da ReLU, em uma camada sigmoide;
# - usa SELU com a inicialização padrão e pixels de 0 a 255;
# - escreve `use_bias=False` sem haver BN depois, e a camada fica sem viés nenhum;
# - culpa He ("pesos grandes demais") por um resultado ruim de um só treino, com uma só taxa;
# - dá uma classificação das ativações como se fosse um teorema.
#
# Quanto custa cada descuido? Depende de quais outras peças ficaram. É isso que vamos medir.
#
# ## 2. Preveja
#
# > De uma rede de dez camadas ocultas com a receita A, tiramos **uma** peça de cada vez: a inicialização de He, a BN, a padronização, o momento, a diminuição da taxa. Para cada rede assim desmontada procuramos de novo a melhor taxa. Qual peça faz mais falta?

# %%
guess = "A, sem BN"  # ou: "A, com Glorot", "A, sem padronizar", "A, sem momento", "A, taxa fixa"

# %% [markdown]
# ## 3. A bancada
#
# Para comparar com justiça é preciso treinar muitas redes: cada receita, com três taxas e três sementes. Uma por uma, levaria vários minutos; **empilhadas**, isto é, com um eixo a mais em cada tensor, de formato (redes, entradas, saídas), treinam
# juntas em segundos. Nenhuma fala com a outra: cada uma tem os seus pesos, a sua perda e a sua taxa.
#
# Para que seja rápido, as fotos do Fashion-MNIST são reduzidas a 7 × 7 (a média de cada bloco de 4 × 4 pixels), com 1 500 de treino e 1 500 de validação. As redes são as mesmas em tudo o mais: 49 entradas, dez camadas ocultas de 24 unidades, dez saídas.

# %%
data = load_fashion_mnist()
photos = np.concatenate([data.x_train[:2500], data.x_test[:500]]).astype("float32")
labels = tf.constant(np.concatenate([data.y_train[:2500], data.y_test[:500]]).astype("int32"))
pixels = photos.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49)
train, val = np.arange(1500), np.arange(1500, 3000)
mean, std = pixels[train].mean(axis=0), pixels[train].std(axis=0)
scaled = (pixels - mean) / (std + 1)  # + 1, em 255, para o pixel que quase nunca muda
inputs = tf.constant(np.stack([pixels, scaled]).astype("float32"))  # (cru ou padronizado, fotos, 49)
SIZES = [49, *[24] * 10, 10]
chance = math.log(10)  # a perda de quem dá 1/10 a cada classe

# %% [markdown]
# Cada receita é um dicionário: começa igual à A ou à B e muda o que o nome diz. As quatro últimas são a B com outra ativação, cada uma com a inicialização que lhe convém.
#
# Que taxas dar a cada uma? Na lição sobre otimizadores você viu que, com momento $\beta$, o passo tende a ser $1/(1-\beta)$ vezes o da descida. Dar a mesma $\eta$ a quem tem e a quem não tem momento compararia passos de tamanhos diferentes. Por isso fixamos o **passo efetivo**, $\eta/(1-\beta)$, em 0,1, 0,3 e 1, e cada receita tira dele a sua $\eta$.

# %%
A = {"activation": "relu", "init": "he", "bn": True, "scaled": 1, "momentum": 0.9, "decay": 1, "drop": 0}
B = A | {"activation": "selu", "init": "lecun", "bn": False}
RECIPES = {
    "A": A,
    "A, com Glorot": A | {"init": "glorot"},
    "A, sem BN": A | {"bn": False},
    "A, sem BN e com Glorot": A | {"bn": False, "init": "glorot"},
    "A, sem padronizar": A | {"scaled": 0},
    "A, sem momento": A | {"momentum": 0.0},
    "A, taxa fixa": A | {"decay": 0},
    "A, sem momento e taxa fixa": A | {"momentum": 0.0, "decay": 0},
    "B": B,
    "B, com He": B | {"init": "he"},
    "B, sem padronizar": B | {"scaled": 0},
    "B, com AlphaDropout": B | {"drop": 1},
    "ELU": B | {"activation": "elu", "init": "he"},
    "Leaky ReLU": B | {"activation": "leaky_relu", "init": "he"},
    "tanh": B | {"activation": "tanh", "init": "glorot"},
    "logística": B | {"activation": "sigmoid", "init": "glorot"},
}
RATES, SEEDS = (0.1, 0.3, 1.0), 3

# %% [markdown]
# Os pesos: na mesma semente, todas as receitas recebem **os mesmos números sorteados**, multiplicados pelo desvio padrão que a sua inicialização manda. É o que faz a comparação ser pareada.

# %%
seed = set_seeds()
GAIN = {"he": 2, "glorot": 1, "lecun": 1}


def draw(net, layer):
    name, _, copy = net
    fan_in, fan_out = SIZES[layer], SIZES[layer + 1]
    init = RECIPES[name]["init"]
    fan = (fan_in + fan_out) / 2 if init == "glorot" else fan_in
    normal = np.random.default_rng([seed, copy, layer]).normal(size=(fan_in, fan_out))
    return (normal * math.sqrt(GAIN[init] / fan)).astype("float32")


# %% [markdown]
# Uma pilha guarda de uma vez os pesos, os vieses e as velocidades de muitas redes. Só se empilham redes de mesma ativação; no resto elas podem diferir.


# %%
class Stack:
    """Redes (receita, taxa, semente) de mesma ativação, empilhadas no primeiro eixo dos tensores."""

    def __init__(self, nets):
        self.nets, self.recipe = nets, RECIPES[nets[0][0]]
        self.kernels = [tf.Variable(np.stack([draw(net, k) for net in nets])) for k in range(11)]
        self.biases = [tf.Variable(tf.zeros((len(nets), 1, units))) for units in SIZES[1:]]
        self.gammas = [tf.Variable(tf.ones_like(b)) for b in self.biases[:-1]] if self.recipe["bn"] else []
        self.variables = [*self.kernels, *self.biases, *self.gammas]
        self.velocity = [tf.Variable(tf.zeros_like(v)) for v in self.variables]
        self.rate = np.array([r * (1 - RECIPES[n]["momentum"]) for n, r, _ in nets], "float32")[:, None, None]
        self.scaled, self.momentum, self.decay = (
            np.array([RECIPES[name][key] for name, _, _ in nets]) for key in ("scaled", "momentum", "decay")
        )


# %% [markdown]
# A ida, com a BN escrita por extenso: a média e a variância do lote no treino; na avaliação, as do treino inteiro, que a função recebe em `stats`. Depois, um passo da descida com momento: $v \leftarrow \beta v - \eta g$ e $\theta \leftarrow \theta + v$, em que $g$ é o gradiente, $\beta$ o momento, $v$ a velocidade e $\theta$ os pesos. Com `decay`, a taxa cai em linha
# reta até zero no último passo.


# %%
alpha_dropout = keras.layers.AlphaDropout(0.1)


def forward(stack, rows, stats=None, noise=False):
    activation = keras.activations.get(stack.recipe["activation"])
    h, seen = tf.gather(tf.gather(inputs, rows, axis=1), stack.scaled), []
    for layer in range(10):
        z = tf.matmul(h, stack.kernels[layer])
        if stack.recipe["bn"]:
            m, v = tf.nn.moments(z, axes=[1], keepdims=True) if stats is None else stats[layer]
            seen.append((m, v))
            z = stack.gammas[layer] * (z - m) * tf.math.rsqrt(v + 1e-3)
        h = activation(z + stack.biases[layer])
        if noise and stack.recipe["drop"]:
            h = alpha_dropout(h, training=True)
    return tf.matmul(h, stack.kernels[10]) + stack.biases[10], h, seen


# %% [markdown]
# E o passo. A perda que derivamos é a **soma** das perdas das redes: como nenhuma depende dos pesos das outras, o gradiente de cada peso é o da perda da sua própria rede.


# %%
def losses(stack, logits, rows):
    truth = tf.tile(tf.gather(labels, rows)[None], [len(stack.nets), 1])
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(truth, logits), axis=1)


def step(stack, rows, done):
    """Um passo de todas as redes da pilha; `done` é a fração do treino que já passou."""
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(losses(stack, forward(stack, rows, noise=True)[0], rows))
    rate = stack.rate * (1 - stack.decay[:, None, None].astype("float32") * done)
    momentum = stack.momentum[:, None, None].astype("float32")
    for w, v, g in zip(stack.variables, stack.velocity, tape.gradient(total, stack.variables), strict=True):
        v.assign(momentum * v - rate * g)
        w.assign_add(v)


# %% [markdown]
# Não acredite na bancada sem conferir: uma rede da pilha, com BN e taxa fixa, tem de dar os mesmos passos que a mesma rede no Keras, com `SGD(0.03, momentum=0.9)`.


# %%
def in_keras(stack, k):
    """A rede k da pilha, montada com as camadas do Keras."""
    model = keras.Sequential([keras.Input((49,))])
    for units in SIZES[1:-1]:
        for layer in (keras.layers.Dense(units, use_bias=False), keras.layers.BatchNormalization()):
            model.add(layer)
        model.add(keras.layers.Activation("relu"))
    model.add(keras.layers.Dense(10))
    for layer in range(10):
        dense = model.layers[3 * layer]
        dense.kernel.assign(stack.kernels[layer][k])
    model.layers[-1].kernel.assign(stack.kernels[10][k])
    return model


# %%
trial = Stack([("A, taxa fixa", rate, 0) for rate in (0.1, 0.3)])
twin = in_keras(trial, 1)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
twin.compile(keras.optimizers.SGD(0.03, momentum=0.9), loss, run_eagerly=True)
for rows in np.arange(100).reshape(2, 50):
    twin.train_on_batch(scaled[rows], np.array(labels)[rows])
    step(trial, rows, 0.0)
apart = [np.abs(w[1] - twin.layers[3 * k].kernel).max() for k, w in enumerate(trial.kernels)]
moved = np.abs(trial.kernels[0][1] - draw(trial.nets[1], 0)).max()
claim(
    "F2-01",
    "depois de dois passos, a pilha e o Keras diferem menos de um centésimo do que andaram",
    max(apart) < moved / 100,
)

# %% [markdown]
# ## 4. Antes de treinar
#
# Montamos todas. (O momento e o plano da taxa ainda não contam.) O que chega à última camada oculta, antes de qualquer passo? Medimos o desvio padrão das suas saídas no treino inteiro.

# %%
groups = {}
for name, recipe in RECIPES.items():
    alike = groups.setdefault((recipe["activation"], recipe["bn"], recipe["drop"]), [])
    alike += [(name, rate, copy) for rate in RATES for copy in range(SEEDS)]
stacks = [Stack(nets) for nets in groups.values()]
nets = [net for stack in stacks for net in stack.nets]


# %% [markdown]
# Duas funções para ler os resultados: uma mede todas as redes de uma vez, a outra arruma as medidas por receita.


# %%
@tf.function
def evaluate(stacks):
    """Por rede: perda no treino, perda e acurácia na validação, desvio da última camada oculta."""
    rows = []
    for stack in stacks:
        logits, hidden, stats = forward(stack, train)
        logits_val = forward(stack, val, stats)[0]
        hits = tf.equal(tf.argmax(logits_val, -1, output_type=tf.int32), labels[1500:])
        spread = tf.math.reduce_std(hidden, axis=[1, 2])
        accuracy = tf.reduce_mean(tf.cast(hits, tf.float32), axis=1)
        rows.append([losses(stack, logits, train), losses(stack, logits_val, val), accuracy, spread])
    return [tf.concat(column, 0) for column in zip(*rows, strict=True)]


def table(values):
    """Os números, por receita: array (taxas, sementes)."""
    named = {
        name: np.array([v for net, v in zip(nets, values, strict=True) if net[0] == name]) for name in RECIPES
    }
    return {name: column.reshape(len(RATES), SEEDS) for name, column in named.items()}


newborn = {name: spread[0] for name, spread in table(np.array(evaluate(stacks)[3])).items()}  # 3 sementes


# %%
figure, ax = plt.subplots(figsize=(9, 4.4))
at_birth = {name: s for name, s in newborn.items() if RECIPES[name]["momentum"] and RECIPES[name]["decay"]}
for place, (name, spread) in enumerate(at_birth.items()):
    ax.plot(spread, [place] * SEEDS, "o", color=plots.PALETTE[0 if name[0] == "A" else 1], alpha=0.8)
ax.axvline(1, color="black", linewidth=1)
ax.set_xscale("log")
ax.set_yticks(range(len(at_birth)), list(at_birth))
ax.invert_yaxis()
ax.set(
    xlabel="Desvio padrão na última camada oculta",
    title="Sem BN, errar a companheira muda o sinal dezenas de vezes",
)
ax.grid(axis="y")
plots.show(
    figure,
    alt="Desvio padrão das saídas da última camada oculta ao nascer, em escala logarítmica, três sementes por receita. Quase todas ficam entre um décimo e um. A ReLU sem BN e com Glorot fica perto de três centésimos; a SELU com He e a SELU sem padronizar, acima de dois.",
)

# %%
ratio = {name: newborn[name] / newborn["A"] for name in newborn}
shrunk = newborn["A, sem BN"] / newborn["A, sem BN e com Glorot"]
claim("F2-02", "sem BN, trocar He por Glorot encolhe o sinal mais de 15 vezes", shrunk.min() > 15)
claim("F2-03", "com BN, a mesma troca o muda menos de 5 %", np.abs(ratio["A, com Glorot"] - 1).max() < 0.05)
claim(
    "F2-04", "com BN, nem pixels de 0 a 255 o mudam 15 %", np.abs(ratio["A, sem padronizar"] - 1).max() < 0.15
)
claim("F2-05", "na B, ele fica entre 0,75 e 1,3", newborn["B"].min() > 0.75 and newborn["B"].max() < 1.3)
claim("F2-06", "na B com He, passa de 2,5", newborn["B, com He"].min() > 2.5)
claim("F2-07", "e, sem padronizar, de 1,6", newborn["B, sem padronizar"].min() > 1.6)

# %% [markdown]
# As dez camadas explicam o tamanho dos desvios. Com ReLU, cada camada de variância $1/\text{fan}$ deixa passar metade da média dos quadrados (lição sobre inicialização): em dez camadas sobra $2^{-10}$ dela, e o desvio cai cerca de $\sqrt{2^{10}} = 32$ vezes. A BN desfaz isso a cada camada, porque divide pelo desvio do lote: para ela,
# tanto faz a escala dos pesos **ou** das entradas. A SELU também corrige, mas devagar e só se as suas condições valem.
#
# O sinal chega. Mas **treina** pior?
#
# ## 5. Tirar uma peça de cada vez
#
# Tirar uma peça e medir de novo chama-se **estudo de ablação** (*ablation study*). Duas regras o tornam honesto: cada receita usa a **sua** melhor taxa (a de menor perda média na validação), e as diferenças são **pareadas**, semente a semente. A taxa é escolhida na própria validação que depois mostramos, o que embeleza um
# pouco todas elas; para comparar serve, para anunciar um resultado não serviria.

# %%
EPOCHS, BATCH = 8, 50
rng = np.random.default_rng(seed)
order = np.concatenate([rng.permutation(1500) for _ in range(EPOCHS)]).reshape(-1, BATCH).astype("int32")


@tf.function
def train_all(stacks, order):
    for i in tf.range(len(order)):
        for stack in stacks:
            step(stack, order[i], tf.cast(i, tf.float32) / len(order))


train_all(stacks, tf.constant(order))
_, val_loss, accuracy, _ = (table(np.array(values)) for values in evaluate(stacks))
val_loss = {name: np.nan_to_num(losses, nan=np.inf) for name, losses in val_loss.items()}  # NaN: divergiu
best = {name: losses.mean(axis=1).argmin() for name, losses in val_loss.items()}  # a melhor taxa
at_best = {name: losses[best[name]] for name, losses in val_loss.items()}  # três sementes

# %%
parts = {"A": [n for n in RECIPES if n.startswith("A,")], "B": [n for n in RECIPES if n.startswith("B,")]}
figure, axes = plt.subplots(1, 2, figsize=(13, 4.4), width_ratios=[1, 1])
for ax, (base, names), color in zip(axes, parts.items(), plots.PALETTE, strict=False):
    for place, name in enumerate(names):
        difference = at_best[name] - at_best[base]
        ax.plot(difference, place + np.linspace(-0.15, 0.15, SEEDS), "o", color=color, alpha=0.6)
        ax.plot(difference.mean(), place, "|", markersize=26, markeredgewidth=3, color=color)
    ax.axvline(0, color="black", linewidth=1)
    ax.set_yticks(range(len(names)), [n + ("  ★" if n == guess else "") for n in names])
    ax.invert_yaxis()
    ax.set(xlabel="Perda de validação a mais que a da receita inteira", title=f"Receita {base}")
    plots.comma_axes(ax)
figure.suptitle("Uma peça só quase não faz falta à A; à B, fazem falta as companheiras da SELU")
plots.show(
    figure,
    alt="Dois painéis de diferenças pareadas na perda de validação, três sementes e a média por receita desmontada. À esquerda, a receita A: sem uma só peça, perto de zero; sem BN e com Glorot ao mesmo tempo, bem à direita. À direita, a receita B: com He e sem padronizar, à direita do zero; com AlphaDropout, ainda mais. Uma estrela marca o palpite.",
)

# %% tags=["nbval-ignore-output"]
lines = []
for name in RECIPES:
    worse = at_best[name] - at_best["A" if name[0] == "A" else "B"]
    against = "—" if name in ("A", "B") else f"{number(worse.mean())} ± {number(worse.std(ddof=1))}"
    share = percent(accuracy[name][best[name]].mean(), 1)
    lines.append([name, number(RATES[best[name]]), number(at_best[name].mean()), against, share])
show_table(["receita", "melhor passo efetivo", "perda", "diferença pareada", "acurácia"], lines)


# %%
def cost(name, base):
    """Quanto a perda média cresce de `base` para `name`, cada uma com a sua melhor taxa."""
    return float((at_best[name] - at_best[base]).mean())


whole = max(at_best["A"].mean(), at_best["B"].mean())
without = float((val_loss["A, sem BN e com Glorot"] - val_loss["A, sem BN"])[0].mean())  # na menor taxa
covered = float((val_loss["A, com Glorot"] - val_loss["A"])[0].mean())
claim(
    "F2-08", "com a sua melhor taxa, A e B ficam abaixo de 40 % da perda de quem chuta", whole < 0.4 * chance
)
claim("F2-09", "na menor taxa, sem BN, trocar He por Glorot custa, em média, mais de 0,3", without > 0.3)
claim("F2-10", "com BN, a mesma troca não custa 0,1", covered < 0.1)
claim("F2-11", "na B, trocar LeCun por He custa mais de 0,04", cost("B, com He", "B") > 0.04)
claim("F2-12", "deixar de padronizar custa, na B, mais de 0,04", cost("B, sem padronizar", "B") > 0.04)
claim("F2-13", "e, na A, menos de 0,1", cost("A, sem padronizar", "A") < 0.1)

# %% [markdown]
# Leia a figura por pares, e não por linhas:
#
# - **A BN e a inicialização se cobrem uma à outra.** Tirar só uma custa pouco; tirar as duas, na mesma taxa, custa caro (F2-09, F2-10). Uma taxa maior devolve parte do que se perdeu, e não em toda semente. Quem mede "He contra Glorot" em uma rede com BN conclui que a inicialização não importa; quem mede sem BN conclui que importa muito. As duas conclusões cabem na mesma tabela.
# - **A SELU cobra as suas condições** (F2-11, F2-12). A B inteira é tão boa quanto a A, ou melhor; a B pela metade, não. E a BN da A perdoa até pixels de 0 a 255, que a B não perdoa.
# - **Três sementes são poucas.** Uma diferença que muda de sinal entre elas é um empate, e é como se deve lê-la.
#
# A linha do AlphaDropout merece nota. Ele conserva a média e a variância (lição sobre dropout), e mesmo assim foi o que mais custou:

# %%
drop = at_best["B, com AlphaDropout"] - at_best["B"]
claim(
    "F2-14", "com AlphaDropout de 0,1 nas dez camadas, a perda da B cresce em toda semente", drop.min() > 0.1
)

# %% [markdown]
# A razão não é a SELU: é que esta rede, treinada por oito épocas, quase não sobreajusta. Um regularizador combate uma doença; receitado a quem não a tem, só atrasa o treino. (*É comum ler* que "SELU com dropout é pior que BN". Aqui também foi, e pelo motivo errado: a comparação mistura um regularizador com um normalizador.) Por isso, nas
# receitas, a regularização vem por último e com um "se".
#
# ## 6. O que a melhor taxa esconde
#
# Ao dar a cada receita a sua melhor taxa, escondemos o que muita gente sente primeiro: quantas taxas **servem**.

# %%
figure, ax = plt.subplots(figsize=(8.5, 4.2))
for name, color, mark in zip(["A", "A, sem BN", "B", "B, com He"], plots.PALETTE, "osD^", strict=False):
    curve = np.minimum(val_loss[name], 3).mean(axis=1)
    ax.plot(RATES, curve, marker=mark, color=color, label=name)
ax.axhline(chance, color="black", linestyle="--", linewidth=1.2, label="chute")
ax.set_xscale("log")
ax.set_xticks(RATES, ["0,1", "0,3", "1"])
ax.minorticks_off()
ax.set(xlabel="Passo efetivo, η/(1 − β)", ylabel="Perda de validação (até 3)", ylim=(0, 3.1))
ax.set_title("A BN não só ajuda: deixa errar a taxa")
ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
ax.yaxis.set_major_formatter(lambda value, _: number(value))
plots.show(
    figure,
    alt="Perda de validação contra o passo efetivo 0,1, 0,3 e 1 para quatro receitas. A receita A desce e fica baixa nas três taxas. A sem BN sobe na maior. A B é a mais baixa nas duas menores e dispara na maior, acima da linha do chute. A B com He dispara já na do meio.",
)

# %%
largest = {name: val_loss[name][-1] for name in RECIPES}
claim(
    "F2-15",
    "na maior taxa, a A ainda fica abaixo de metade da perda do chute, em toda semente",
    largest["A"].max() < chance / 2,
)
claim(
    "F2-16", "a A sem BN perde ali mais de 0,15 para ela", np.mean(largest["A, sem BN"] - largest["A"]) > 0.15
)
claim("F2-17", "e a B fica pior que o chute em alguma semente", largest["B"].max() > chance)
claim(
    "F2-18",
    "a B com He é pior que a B já na taxa do meio",
    np.mean(val_loss["B, com He"][1] - val_loss["B"][1]) > 0.1,
)

# %% [markdown]
# É o argumento mais forte a favor da A como receita de partida: no primeiro dia ninguém sabe a taxa certa, e a BN deixa errar. A B, com a taxa achada, foi a melhor desta bancada.
#
# ## 7. Momento e diminuição da taxa
#
# Duas peças do otimizador costumam confundir-se, até no nome (*decay*). Ponha-as lado a lado:
#
# | | momento, $\beta$ | diminuição da taxa (*learning-rate decay*) |
# |---|---|---|
# | objetivo | andar mais onde os gradientes concordam, menos onde se contradizem | assentar no fim, quando o ruído dos lotes não deixa |
# | como | a velocidade acumula os gradientes passados, com peso $\beta^i$ para o de $i$ passos atrás | $\eta$ cai ao longo do treino: linear, cosseno, exponencial, 1cycle |
# | em que mexe | na direção e no tamanho do passo | só no tamanho |
# | valor de partida | 0,9 | até zero, ou a um milésimo da maior |
# | o que não é | a média móvel dos gradientes, que anda $1-\beta$ vezes isso | o decaimento de **pesos** (*weight decay*), que encolhe os pesos, e não a taxa |
# | onde o curso mediu | C1-05 a C1-09, C1-16 | C2-01 a C2-04, C2-28 |
#
# E na nossa bancada? Com o **mesmo passo efetivo**, as quatro combinações:

# %% tags=["nbval-ignore-output"]
names = ["A", "A, sem momento", "A, taxa fixa", "A, sem momento e taxa fixa"]
four = np.array([at_best[name] for name in names])
cells = [f"{number(values.mean())} ± {number(values.std(ddof=1))}" for values in four]
show_table(
    ["perda na validação", "taxa que diminui", "taxa fixa"],
    [["com momento", cells[0], cells[2]], ["sem momento", cells[1], cells[3]]],
)

# %%
means = four.mean(axis=1)
claim(
    "F2-19",
    "a maior diferença entre as quatro é menor que um décimo da perda do chute",
    np.ptp(means) < chance / 10,
)
slow = val_loss["A, sem momento"][0].mean() - val_loss["A"][0].mean()
claim("F2-20", "no menor passo efetivo, com e sem momento diferem menos de 0,15", abs(slow) < 0.15)

# %% [markdown]
# Quase um empate, e ele ensina: boa parte do que se atribui ao momento é o passo dez vezes maior que vem com ele. Dado o mesmo passo efetivo a quem não o tem, a vantagem some nesta rede, que a BN deixou bem condicionada; em um vale estreito ela é real (C1-05, C1-36). Oito épocas tampouco bastam para o ruído do fim incomodar quem não
# diminui a taxa; com mais passos, incomoda (C2-03). Nenhuma das duas peças atrapalha: por isso estão nas receitas.
#
# ## 8. A lista das ativações
#
# *É comum ler* esta ordem: SELU > ELU > Leaky ReLU > ReLU > tanh > logística. Na nossa bancada, sem BN, cada uma com a sua inicialização e a sua melhor taxa:

# %%
listed = ["B", "ELU", "Leaky ReLU", "A, sem BN", "tanh", "logística"]  # da primeira à última da lista
shown = ["SELU", "ELU", "Leaky ReLU", "ReLU", "tanh", "logística"]
figure, ax = plt.subplots(figsize=(8.5, 3.8))
for place, name in enumerate(listed):
    ax.plot(place + np.linspace(-0.1, 0.1, SEEDS), at_best[name], "o", color=plots.PALETTE[place], alpha=0.7)
    ax.plot(place, at_best[name].mean(), "_", markersize=30, markeredgewidth=3, color=plots.PALETTE[place])
ax.axhline(chance, color="black", linestyle="--", linewidth=1.2, label="chute")
ax.set_xticks(range(6), shown)
ax.set(
    ylabel="Perda de validação",
    ylim=(0, 2.5),
    title="A lista acerta a última; as outras cinco ficam próximas",
)
ax.legend(loc="best")
plots.show(
    plots.comma_axes(ax),
    alt="Perda de validação de redes com seis ativações, na ordem em que a lista as dá, três sementes cada. As cinco primeiras ficam próximas umas das outras, muito abaixo da linha do chute; a logística está sobre ela.",
)

# %%
first_five = np.array([at_best[name].mean() for name in listed[:5]])
left = val_loss["logística"].min() / chance
claim("F2-21", "com nenhuma das taxas a logística fica 3 % abaixo da perda do chute", left > 0.97)
gap = at_best["logística"].mean() - first_five.max()
claim(
    "F2-22",
    "entre as outras cinco, a diferença é menos de um quarto da que as separa dela",
    np.ptp(first_five) < gap / 4,
)

# %% [markdown]
# A logística em dez camadas não sai do lugar, e disso já sabíamos a razão: o desvanecimento. Entre as outras, a ordem depende dos dados, da profundidade, da taxa e do acaso. Quando rodamos a lição com as fotos originais e com a réplica, a SELU ficou na frente, como diz a lista, e a ReLU ficou atrás da tanh, ao contrário do que ela diz. A lição sobre ativações mediu o mesmo em outra rede (B4-42 a B4-45). Uma lista assim é uma **hipótese** de
# onde começar a procurar; e, se a resposta precisa sair em microssegundos, o custo conta: a ReLU é a mais barata, e a SELU, com a exponencial, não é.
#
# ## 9. A tabela de decisão
#
# Agora o inverso: você tem um treino que não vai bem. Cada linha vai do que se vê ao que fazer, e a última coluna diz onde o curso mediu. As letras são as da ementa: B3-09 é a nona afirmação da lição B3, sobre inicialização.
#
# | o que você vê | o que olhar primeiro | o que fazer | medido em |
# |---|---|---|---|
# | a perda explode ou vira NaN | a norma do gradiente e o desvio das saídas, camada por camada | baixar a taxa; a inicialização da ativação; corte pela norma global | B3-40, B6-01 a B6-03, F2-17 |
# | a perda não sai da do chute | o desvio das ativações, na ida, e o de $\partial L/\partial h$, na volta | a companheira certa, ou BN; trocar a logística | B3-02, B3-03, F2-09, F2-21 |
# | muitas unidades ReLU sempre em zero | a fração de unidades mortas | taxa menor; Leaky ReLU ou ELU | B4-04 a B4-06, B4-13 |
# | aprende, mas devagar | a taxa (faça a busca); as entradas | padronizar; taxa maior; momento; BN | B5-04, B5-40, C1-05, C2-18 a C2-21 |
# | desce e no fim oscila | a taxa no fim do treino | diminuir a taxa | C2-01 a C2-03, C2-28 |
# | o treino também vai mal | a linha de base; o tamanho da rede | rede maior; **tirar** penalidade e dropout | D1-10, D3-49, D4-44, F2-14 |
# | o treino vai bem, e a validação piora | as duas curvas na mesma escala, a época do mínimo | parar antes; mais dados ou rede menor; dropout; penalidade | D2-02 a D2-04, D6-10, D6-39, D6-40 |
# | a validação é melhor que o treino | se há dropout, e a média ao longo da época | nada: medir o treino com o dropout desligado | D4-05, D4-25, D4-27 |
# | com BN, a avaliação é muito pior que o treino | quantos passos as médias móveis já deram | mais passos, ou `momentum` menor na BN | B5-20, B5-22 a B5-24 |
# | os lotes são minúsculos | | normalização por camada no lugar da BN | B5-41 a B5-44 |
# | pesos grandes com Adam e L2 | | AdamW, com decaimento de pesos | D3-41, D3-43, D3-44 |
# | poucos rótulos e uma tarefa parecida já resolvida | a linha de base treinada do zero | congelar, treinar a saída, descongelar com um décimo da taxa | E1-28 a E1-31, E1-37 |
# | poucos rótulos e muitos exemplos sem rótulo | três controles: do zero, sorteado, entrada crua | pré-treinar, se vencer os três | E2-15, E2-16, E2-18 |
# | a rede se diz segura e erra | a confiança média contra a acurácia | Monte Carlo; deixar de responder os casos mais incertos | D5-02, D5-21, D5-26, D5-28 |
# | acurácia alta com classes desiguais | a classe mais comum; a matriz de confusão | precisão, revocação e F1; escolher o limiar na validação | F1-01, F1-02, F1-20 |
# | duas redes quase iguais | o erro padrão da diferença pareada | mais sementes, mais exemplos, ou dizer que empataram | F1-24, F1-35, F1-37 |
#
# ## 10. Uma ordem de trabalho
#
# 1. **Olhe os dados**: exemplos de cada classe, repetidos, faltas. Separe treino, validação e teste; guarde o teste.
# 2. **Escreva a linha de base**: a classe mais comum, ou um modelo linear.
# 3. **Padronize** com a média e o desvio do treino.
# 4. **Monte a receita A**, pequena, e confira a perda antes do primeiro passo: perto de $\ln k$, se há $k$ classes equilibradas.
# 5. **Sobreajuste de propósito** um punhado de exemplos. Se nem isso a rede consegue, há um erro no código.
# 6. **Procure a taxa**: suba-a até a perda disparar e recue.
# 7. **Treine com parada antecipada**, guardando as curvas.
# 8. **Decida pelo sintoma**, na tabela da seção 9. Mude uma peça por vez.
# 9. **Regularize só se sobreajustou**, e na ordem: mais dados, rede menor, dropout ou decaimento de pesos.
# 10. **Repita com outras sementes**, compare em pares, e só então abra o teste, uma vez.
#
# ## 11. Explique
#
# Um colega treinou uma rede funda com `Dense(…, "relu")`, sem BN, e depois outra com SELU e `lecun_normal`. A perda de validação caiu muito. Ele escreve: "a SELU é melhor que a ReLU". O que ele mediu, na verdade, e que duas redes faltam?
#
# <details><summary>Uma resposta possível</summary>
#
# Mudaram duas peças de uma vez: a ativação e a inicialização (o `Dense` nasce com Glorot, que não é a companheira da ReLU). Falta a ReLU com He, que na nossa bancada recupera a maior parte da diferença (F2-09), e a SELU com Glorot, para saber quanto da melhora vem só da ativação. Depois disso, as duas, bem
# acompanhadas, ficam próximas (F2-22), e o tamanho da diferença depende dos dados. Também faltam várias sementes e a melhor taxa de cada uma.
#
# </details>
#
# ## 12. Resumo
#
# | conceito | o que você viu | onde se erra |
# |---|---|---|
# | receita A | perdoa: inicialização, escala das entradas, taxa (F2-03, F2-04, F2-15) | concluir que nada disso importa |
# | receita B | a melhor quando inteira; frágil pela metade (F2-11, F2-12, F2-17) | usar a SELU sem as companheiras |
# | peças que se cobrem | BN e inicialização (F2-09, F2-10) | tirar uma peça e generalizar |
# | momento e diminuição da taxa | com o mesmo passo efetivo, quase empatam aqui (F2-19, F2-20) | comparar com a mesma $\eta$; confundir com decaimento de pesos |
# | lista de ativações | a última é a logística; o resto é hipótese (F2-21, F2-22) | citá-la como lei |
# | regularização | sem sobreajuste, só atrasa (F2-14) | receitá-la por hábito |
#
# **Para praticar:** no **Lab 2 · Inicialização, ativações e normalização** você monta as peças desta bancada, e no **Lab 3 · Otimizadores e agendamentos**, os passos. Aqui mesmo, acrescente uma receita ao dicionário: GELU com He, ou a B com BN. **A seguir:** as armadilhas que o Keras não denuncia.
#
# ## Referências
#
# - Bengio, Y. (2012). Practical recommendations for gradient-based training of deep architectures. In: *Neural Networks: Tricks of the Trade*. Springer. Uma receita comentada peça por peça.
# - Glorot, X.; Bengio, Y. (2010). Understanding the difficulty of training deep feedforward neural networks. *AISTATS*.
# - He, K.; Zhang, X.; Ren, S.; Sun, J. (2015). Delving deep into rectifiers. *ICCV*.
# - Ioffe, S.; Szegedy, C. (2015). Batch normalization: accelerating deep network training by reducing internal covariate shift. *ICML*.
# - Klambauer, G.; Unterthiner, T.; Mayr, A.; Hochreiter, S. (2017). Self-normalizing neural networks. *NeurIPS*. As condições da SELU e o AlphaDropout.
# - Sutskever, I.; Martens, J.; Dahl, G.; Hinton, G. (2013). On the importance of initialization and momentum in deep learning. *ICML*.
# - Godbole, V.; Dahl, G. E.; Gilmer, J.; Shallue, C. J.; Nado, Z. (2023). Deep learning tuning playbook. Versão 1.0. Uma ordem de trabalho em detalhe.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms. arXiv:1708.07747. Os dados desta lição.
