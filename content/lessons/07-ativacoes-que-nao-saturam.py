# ---
# jupyter:
#   gradiente:
#     id: B4
#     title: O que pôr no lugar da sigmoide?
#     covers: [S0-07, S0-09, S0-10, S0-14, S0-15, S0-16, S1-11, S1-12, S1-13, S1-14, S1-15, S1-16, S1-17, S1-18, S1-19, S1-20, S1-21, S1-22, S2-08, S2-09, S2-10]
#     seconds: 30
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 · O que pôr no lugar da sigmoide?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *contar* as unidades mortas de uma rede com ReLU e explicar por que não voltam; *escrever* cada ativação da família, com a sua derivada; *escolher* uma delas sem acreditar em rankings |
# | **Você precisa saber** | desvanecimento e saturação; as inicializações de Glorot, He e LeCun (lições sobre esses assuntos) |
# | **Tempo de leitura** | cerca de 35 minutos |
# | **Tempo de execução** | cerca de 30 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | ReLU morta, inclinação, Leaky ReLU, RReLU, PReLU, ELU, SELU, autonormalização, GELU, SiLU |
#
# A sigmoide tem inclinação de no máximo um quarto, e a tanh fica plana dos dois lados. A **ReLU**, $\max(0, z)$, tem
# inclinação 1 em todo o lado positivo e por isso substituiu as duas. Mas o seu lado negativo é perfeitamente plano, e é ali
# que mora o problema desta lição.

# %%
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import itertools
import math
import timeit
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots, signal
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, percent, show_table
from gradiente.layers import RReLU

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
raw, labels = data.x_train[:2500].astype("float32"), data.y_train[:2500].astype("int32")
pixels = (raw - raw[:2000].mean()) / raw[:2000].std()  # padronizados com a média e o desvio do treino
x_train, y_train, x_val, y_val = pixels[:2000], labels[:2000], pixels[2000:], labels[2000:]
x_batch, y_batch = x_train[:500], y_train[:500]  # o lote em que medimos gradientes

# %% [markdown]
# A receita das redes é a das outras lições (camadas ocultas de 64 unidades, saída de dez *logits*). A semente é um
# argumento: com a mesma, duas redes nascem com os mesmos pesos.

# %%
SEED = set_seeds()


def build(activation, initializer="he_normal", depth=3, learning_rate=0.05, clip=None, seed=SEED):
    keras.utils.set_random_seed(seed)
    hidden = [keras.layers.Dense(64, activation, kernel_initializer=initializer) for _ in range(depth)]
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)])
    optimizer = keras.optimizers.SGD(learning_rate, global_clipnorm=clip)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


# %% [markdown]
# ## 1. A pergunta
#
# Duas redes com os mesmos pesos: uma usa a ReLU; a outra, a **Leaky ReLU**, que em vez de zerar os valores negativos
# multiplica-os por uma inclinação pequena, aqui 0,2. Nas duas provocamos o mesmo acidente: os vieses da primeira camada, que
# nasceriam em zero, passam a valer −10. É o que um passo grande demais poderia ter feito. Depois, treinamos normalmente.


# %%
def accident(model, bias=-10.0):
    model.layers[1].bias.assign(np.full(64, bias))  # layers[0] é o Flatten
    return model


networks = {"ReLU": accident(build("relu")), "Leaky ReLU": accident(build("leaky_relu"))}
start = {name: signal.kernels(model) for name, model in networks.items()}
training = {"epochs": 4, "batch_size": 50, "verbose": 0}
histories = {name: model.fit(x_train, y_train, **training) for name, model in networks.items()}

# %%
colors = plots.Colors(
    {
        "ReLU": plots.PALETTE[2],
        "Leaky ReLU": plots.PALETTE[0],
        "ELU": plots.PALETTE[1],
        "SELU": plots.PALETTE[3],
        "tanh": plots.PALETTE[4],
        "SiLU": plots.PALETTE[5],
    }
)
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None, colors=colors)
ax = plotter.plot(histories, title="O mesmo acidente: a Leaky ReLU se recupera, a ReLU nunca mais")
ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1.4)
ax.text(2.95, 1.02 * np.log(10), "quem chuta: ln 10", ha="right", va="bottom")
ax.set_ylim(0, 3)
ax.set_xticks(range(4))
plots.show(
    ax,
    alt="Perda de treino por época, depois do acidente nos vieses. A rede com Leaky ReLU cai depressa. A "
    "rede com ReLU é uma reta, colada à perda de quem chuta entre as dez classes.",
)

# %%
chance = np.log(10)
final = {name: history.history["loss"][-1] for name, history in histories.items()}
moved = signal.relative_change(start["ReLU"], signal.kernels(networks["ReLU"]))
claim(
    "B4-01",
    "com ReLU, a perda termina a menos de 2 % da de quem chuta",
    abs(final["ReLU"] / chance - 1) < 0.02,
)
claim("B4-02", "com ReLU, nenhum peso de nenhuma camada mudou, nem no último bit", moved.max() == 0)
claim(
    "B4-03",
    "com Leaky ReLU, a perda termina abaixo da metade da de quem chuta",
    final["Leaky ReLU"] < chance / 2,
)

# %% [markdown]
# A taxa de aprendizado, os dados e os pesos eram os mesmos. Não é que a rede ReLU aprendesse devagar: em 160 passos os
# seus pesos **não se moveram** (só os vieses da saída andaram, e com eles se aprende no máximo a frequência de cada classe).
#
# ## 2. Preveja
#
# O acidente foi nosso. Acontece sem ajuda? Um descuido comum: alguém esquece de padronizar os pixels, que chegam à rede
# com valores de 0 a 255, e escolhe uma taxa de aprendizado muito grande. Damos dez passos a uma rede nova, com ReLU.
#
# > De cada cem unidades da **primeira** camada, quantas não reagem mais a nenhuma das 2 000 fotos depois desses dez passos?

# %%
guess = 5  # troque pelo seu palpite: quantas, de cada cem?

# %% [markdown]
# Uma unidade com ReLU que recebe valores negativos em **todos** os exemplos está **morta** (*dying ReLU*). O instrumento
# que as conta é `signal.activation_stats`: o campo `dead` traz, por camada, a fração das unidades que ficam na zona plana
# em todos os exemplos. Comparamos a taxa prudente das nossas redes, 0,05, com uma taxa sessenta vezes maior. Nos dois
# casos limitamos o comprimento de cada passo (é o **corte do gradiente**, que tem a sua lição), para que a perda não
# transborde antes da medida.

# %%
model, dead = build("relu", clip=1.0), {}
for name, learning_rate in {"taxa 0,05": 0.05, "taxa 3": 3.0}.items():
    model.set_weights(build("relu").get_weights())  # de volta aos pesos iniciais
    model.optimizer.learning_rate = learning_rate
    model.fit(raw[:500], y_batch, batch_size=50, epochs=1, shuffle=False, verbose=0)  # dez passos
    dead[name] = signal.activation_stats(model, raw[:2000]).dead[:3]

# %%
figure = plots.bars_per_layer(
    {name: 100 * share for name, share in dead.items()},
    ylabel="Unidades mortas (%)",
    title="Passos largos e pixels crus matam unidades",
    log=False,
    guess=("taxa 3", guess, "seu palpite"),
    colors=plots.Colors({"taxa 0,05": plots.PALETTE[4], "taxa 3": plots.PALETTE[2]}),
)
plots.show(
    figure,
    alt="Dois painéis de barras com a porcentagem de unidades mortas em cada uma das três camadas ocultas. Com a taxa "
    "pequena quase não há barras; com a taxa grande, a barra da primeira camada é alta e passa da linha do palpite "
    "inicial.",
)

# %% tags=["nbval-ignore-output"]
show_table(
    ["taxa de aprendizado", "camada 1", "camada 2", "camada 3"],
    [[name, *(percent(value) for value in share)] for name, share in dead.items()]
    + [["seu palpite (taxa 3)", percent(guess / 100), "", ""]],
)

# %%
claim(
    "B4-04",
    "com a taxa prudente, menos de 10 % das unidades de cada camada morrem",
    dead["taxa 0,05"].max() < 0.1,
)
claim("B4-05", "com a taxa grande, morre mais de um quinto das unidades da camada 1", dead["taxa 3"][0] > 0.2)

# %% [markdown]
# Por que a primeira camada? Pixels crus são todos positivos ou nulos, e o gradiente de cada peso é proporcional à entrada
# que ele recebe: em cada exemplo, **todos** os pesos de uma unidade são empurrados para o mesmo lado. Basta que seja para
# baixo, com um passo longo, e a soma fica negativa para qualquer foto.
#
# ## 3. Por que não voltam
#
# Chame de $z$ a pré-ativação da unidade, $z = \sum_i w_i x_i + b$, e de $f$ a ativação. O gradiente de um dos seus pesos,
# em um exemplo, é
#
# $$\frac{\partial L}{\partial w_i} = \frac{\partial L}{\partial f(z)}\; f'(z)\; x_i$$
#
# e o fator do meio, na ReLU, vale 0 se $z < 0$ e 1 se $z > 0$ (em $z = 0$ a derivada não existe, e o Keras usa 0). Se
# $z < 0$ em todos os exemplos, a soma das parcelas é **exatamente** zero. Peso que recebe zero não muda; se não muda, $z$
# continua negativo. Conferimos na rede que acabamos de ferir:

# %%
first = signal.gradients(model, raw[:500], y_batch)[model.layers[1].name]
output = signal.activations(model, raw[:500])[model.layers[1].name]
is_dead = (output <= 0).all(axis=0)
claim(
    "B4-06", "os pesos de toda unidade morta recebem gradiente exatamente zero", not first[:, is_dead].any()
)

# %% [markdown]
# Duas precisões. Na **primeira camada** a morte é definitiva enquanto os dados forem os mesmos, porque a entrada não muda.
# Mais adiante, uma unidade morta ainda pode voltar se as camadas anteriores, vivas, mudarem o que ela recebe. E há quem
# descreva a ReLU como "sempre positiva": ela é **não negativa**, e o zero faz toda a diferença. Sempre positiva é a
# *softplus*, $\ln(1 + e^z)$.

# %%
z = np.linspace(-6, 6, 2401)
relu = np.maximum(z, 0)
softplus = np.log1p(np.exp(z))
claim(
    "B4-07",
    "a ReLU vale zero em todo o lado negativo; a softplus nunca",
    (relu[z < 0] == 0).all() and softplus.min() > 0,
)

# %% [markdown]
# ## 4. Uma inclinação do lado negativo
#
# ### Leaky ReLU
#
# O conserto mais simples é não deixar o lado negativo plano:
#
# $$
# \text{LeakyReLU}(z) = \begin{cases} z & z \ge 0\\ \alpha z & z < 0 \end{cases}
# \qquad\qquad
# \text{LeakyReLU}'(z) = \begin{cases} 1 & z > 0\\ \alpha & z < 0 \end{cases}
# $$
#
# A ativação **multiplica** os valores negativos pela **inclinação** $\alpha$; a saída continua negativa, e o gradiente que
# passa ali é multiplicado por $\alpha$, um número positivo ("Leaky ReLU mantém gradientes negativos" é outra coisa, e não
# acontece). É costume escrever $\max(\alpha z, z)$. Vale sempre?


# %%
def leaky(z, alpha):
    return np.where(z >= 0, z, alpha * z)


same = {
    alpha: np.array_equal(np.maximum(alpha * z, z), leaky(z, alpha)) for alpha in (0.0, 0.01, 0.3, 1.0, 1.5)
}
claim(
    "B4-08", "max(αz, z) é a Leaky ReLU para α de 0 a 1", all(same[alpha] for alpha in (0.0, 0.01, 0.3, 1.0))
)
claim("B4-09", "com α = 1,5, já não é", not same[1.5])

# %% [markdown]
# Quanto vale $\alpha$? Os textos citam 0,01. O Keras tem dois padrões, um para a **camada** e outro para a **função**, e
# nenhum é esse. Por isso, escreva sempre o valor. O argumento da camada se chama `negative_slope`; o antigo, `alpha`, ainda
# é aceito, com um aviso.

# %%
minus_one = np.array([-1.0], "float32")
slopes = {
    "camada keras.layers.LeakyReLU()": -float(keras.layers.LeakyReLU()(minus_one)[0]),
    "função keras.activations.leaky_relu": -float(keras.activations.leaky_relu(minus_one)[0]),
}
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    old_style = keras.layers.LeakyReLU(alpha=0.2)
show_table(["de onde vem", "inclinação padrão"], [[name, number(slope, 1)] for name, slope in slopes.items()])

# %%
layer_slope, function_slope = slopes.values()
is_defaults = abs(layer_slope - 0.3) < 1e-6 and abs(function_slope - 0.2) < 1e-6
warned = any("alpha" in str(warning.message) for warning in caught) and old_style.negative_slope == 0.2
claim("B4-10", "a inclinação padrão é 0,3 na camada e 0,2 na função", is_defaults)
claim("B4-11", "LeakyReLU(alpha=0.2) funciona, mas o Keras avisa que o nome mudou", warned)

# %% [markdown]
# Com a inclinação, as unidades adormecidas recebem gradiente e podem acordar. Na rede Leaky ReLU do acidente, contamos as
# unidades da primeira camada que davam valor negativo para todas as fotos, antes e depois do treino:


# %%
def asleep(model):
    outputs = signal.activations(model, x_train)[model.layers[1].name]
    return (outputs <= 0).all(axis=0).mean()


fresh = {"ReLU": accident(build("relu")), "Leaky ReLU": accident(build("leaky_relu"))}
before = {name: asleep(model) for name, model in fresh.items()}
after = {name: asleep(model) for name, model in networks.items()}
claim(
    "B4-12",
    "depois do acidente, todas as unidades da camada 1 dormem, nas duas redes",
    min(before.values()) == 1,
)
claim(
    "B4-13",
    "com ReLU, nenhuma acorda; com Leaky ReLU, algumas acordam",
    after["ReLU"] == 1 > after["Leaky ReLU"],
)

# %% [markdown]
# ### PReLU: a inclinação se aprende
#
# E se o treino escolhesse $\alpha$? É a **PReLU** (*parametric*): cada unidade tem o seu $\alpha$, ajustado por
# retropropagação. Uma rede clássica de 300 e 100 unidades mostra o custo. Para trocar, substitua a **camada** `LeakyReLU`
# por `PReLU()`; a inclinação não é um argumento que se troque por uma camada. Repare que a `Dense` conserva o
# viés: só se tira o viés quando uma normalização em lote vem logo depois.


# %%
def classic(make_activation, initializer="he_normal", seed=SEED):
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((28, 28)), keras.layers.Flatten()]
    for units in (300, 100):
        layers += [keras.layers.Dense(units, kernel_initializer=initializer), make_activation()]
    return keras.Sequential([*layers, keras.layers.Dense(10)])


makers = {"ReLU": keras.layers.ReLU, "Leaky ReLU": lambda: keras.layers.LeakyReLU(negative_slope=0.2)}
counts = {name: classic(make).count_params() for name, make in makers.items()}
counts |= {"PReLU": classic(keras.layers.PReLU).count_params(), "RReLU": classic(RReLU).count_params()}
show_table(
    ["ativação", "parâmetros da rede"], [[name, f"{n:,}".replace(",", " ")] for name, n in counts.items()]
)

# %%
no_cost = counts["ReLU"] == counts["Leaky ReLU"] == counts["RReLU"] == 266_610
claim("B4-14", "ReLU, Leaky ReLU e RReLU: 266 610 parâmetros, os mesmos", no_cost)
claim(
    "B4-15", "a PReLU acrescenta um α por unidade oculta: 400", counts["PReLU"] - counts["ReLU"] == 300 + 100
)

# %% [markdown]
# Quatrocentos parâmetros a mais são pouco aqui. Os autores relatam ganhos em conjuntos grandes de imagens; em conjuntos
# pequenos, parâmetros a mais são um convite ao sobreajuste.
#
# ### RReLU: a inclinação se sorteia
#
# Na **RReLU** (*randomized*) a inclinação é sorteada em um intervalo a cada valor, durante o treino, e na inferência usa-se
# a média do intervalo. O ruído age como regularizador. O Keras não traz essa camada; a nossa, em `gradiente.layers`, cabe em
# uma tela (`help(RReLU)`). O que a distingue é o argumento `training`, o mesmo que separa os dois comportamentos do *dropout*.

# %%
layer, negatives = RReLU(), -np.ones((200, 50), "float32")
drawn = -np.asarray(layer(negatives, training=True))
fixed = -np.asarray(layer(negatives, training=False))
in_range = drawn.min() >= 1 / 8 and drawn.max() <= 1 / 3 and drawn.std() > 0.01
claim("B4-16", "no treino, as inclinações da RReLU variam entre 1/8 e 1/3", in_range)
claim(
    "B4-17", "na inferência, todas são a média do intervalo", np.abs(fixed - (1 / 8 + 1 / 3) / 2).max() < 1e-6
)

# %% [markdown]
# ## 5. ELU: uma curva em vez de uma quina
#
# A **ELU** (*Exponential Linear Unit*) desce por uma exponencial até um piso:
#
# $$
# \text{ELU}(z) = \begin{cases} z & z \ge 0\\ \alpha\,(e^z - 1) & z < 0 \end{cases}
# \qquad\qquad
# \text{ELU}'(z) = \begin{cases} 1 & z > 0\\ \alpha\, e^z & z < 0 \end{cases}
# $$
#
# Aqui $\alpha$ não é uma inclinação: quando $z \to -\infty$, $e^z \to 0$ e a função tende a $-\alpha$. Com $\alpha = 1$, as
# duas derivadas se encontram em zero e a curva é suave; com outro $\alpha$ há uma quina. Escrevemos todas as
# funções da lição em NumPy, cada uma com a sua derivada. As três últimas são assunto das próximas seções; $\Phi$ é a
# função de distribuição da normal padrão e $\sigma$, a sigmoide.


# %%
def elu(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0)))  # o mínimo evita e^z enorme à toa


def elu_slope(z, alpha=1.0):
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def sigma(z):
    return 1 / (1 + np.exp(-z))


def cdf(z):  # Φ
    return 0.5 * (1 + np.vectorize(math.erf)(z / math.sqrt(2)))


LAMBDA, ALPHA = 1.0507009873554805, 1.6732632423543772  # as constantes da SELU

# %%
formulas = {  # nome: (função, derivada)
    "ReLU": (lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "Leaky ReLU": (lambda z: leaky(z, 0.2), lambda z: np.where(z > 0, 1.0, 0.2)),
    "ELU": (elu, elu_slope),
    "SELU": (lambda z: LAMBDA * elu(z, ALPHA), lambda z: LAMBDA * elu_slope(z, ALPHA)),
    "GELU": (lambda z: z * cdf(z), lambda z: cdf(z) + z * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)),
    "SiLU": (lambda z: z * sigma(z), lambda z: sigma(z) * (1 + z * (1 - sigma(z)))),
}
functions = {name: (value(z), slope(z)) for name, (value, slope) in formulas.items()}

# %% [markdown]
# O Keras confere os valores; as diferenças finitas conferem as derivadas, fora da vizinhança da quina em zero.

# %%
names = {
    "ReLU": "relu",
    "Leaky ReLU": "leaky_relu",
    "ELU": "elu",
    "SELU": "selu",
    "GELU": "gelu",
    "SiLU": "silu",
}
value_gap, slope_gap = [], []
for name, (value, slope) in functions.items():
    by_keras = np.asarray(keras.activations.get(names[name])(z.astype("float32")))
    value_gap.append(np.abs(by_keras - value).max())
    away = np.abs(z) > 0.01
    slope_gap.append(np.abs(np.gradient(value, z) - slope)[away][1:-1].max())
claim("B4-18", "as seis funções em NumPy e no Keras diferem menos de um milionésimo", max(value_gap) < 1e-6)
claim("B4-19", "as seis derivadas concordam com as diferenças finitas", max(slope_gap) < 1e-4)

# %%
figure = plots.activation_curves(
    z,
    {name: functions[name] for name in ("Leaky ReLU", "ELU", "SELU")},
    title="A Leaky ReLU nunca é plana; ELU e SELU têm um piso e voltam a saturar",
    colors=colors,
    ylim=(-2, 3),
)
plots.show(
    figure,
    alt="Três painéis com função em linha cheia e derivada tracejada. A Leaky ReLU é uma reta quebrada em zero, sem zona "
    "plana. A ELU desce suave até um piso, e a sua zona plana, sombreada, ocupa a esquerda. A SELU é parecida, mais "
    "íngreme, com um salto da derivada em zero e um piso mais baixo.",
)


# %%
def elu_layer(alpha, values):
    return np.asarray(keras.layers.ELU(alpha=alpha)(np.array(values, "float32")))


def slopes_at_zero(activation, step=1e-3):
    left, right = np.asarray(activation(np.array([-step, step], "float32"))) / (-step, step)
    return left, right


elu_ends = {alpha: slopes_at_zero(lambda v, a=alpha: elu_layer(a, v)) for alpha in (0.5, 1.0, 2.0)}
floors = all(abs(elu_layer(alpha, [-50.0])[0] + alpha) < 1e-6 for alpha in (0.5, 1.0, 2.0))
smooth = abs(elu_ends[1.0][0] - elu_ends[1.0][1]) < 0.01
kink = all(
    abs(elu_ends[alpha][0] - alpha) < 0.01 * alpha and abs(elu_ends[alpha][1] - 1) < 0.01
    for alpha in (0.5, 2.0)
)
claim("B4-20", "a ELU tende a −α", floors)
claim("B4-21", "em zero, é suave com α = 1 e tem uma quina com α = 0,5 ou 2", smooth and kink)

# %% [markdown]
# O que se ganha com valores negativos de verdade? A saída média fica mais perto de zero do que a da ReLU, que só soma
# valores positivos e desloca a camada seguinte. Com pré-ativações $\mathcal N(0, 1)$:

# %%
normal = np.random.default_rng(SEED).normal(size=200_000).astype("float32")
means = {name: float(np.mean(keras.activations.get(names[name])(normal))) for name in ("ReLU", "ELU", "SELU")}
claim(
    "B4-22", "a saída média da ELU é menos da metade da média da ReLU", 0 < means["ELU"] < means["ReLU"] / 2
)
claim("B4-23", "a da SELU é zero, a menos do acaso da amostra", abs(means["SELU"]) < 0.02)

# %% [markdown]
# *É comum ler que a ELU "não tem neurônios mortos", porque a sua derivada nunca é zero.* No papel, $e^z > 0$ sempre. Na
# prática, $e^{-10}$ é quase nada. Repetimos o acidente do começo, agora com ELU.

# %%
networks["ELU"] = accident(build("elu"))
newborn = {name: accident(build(names[name])) for name in ("ReLU", "Leaky ReLU", "ELU")}
arrives = {name: signal.gradient_norms(model, x_batch, y_batch).kernel for name, model in newborn.items()}
histories["ELU"] = networks["ELU"].fit(x_train, y_train, **training)
final["ELU"] = histories["ELU"].history["loss"][-1]

# %% tags=["nbval-ignore-output"]
show_table(
    ["depois do acidente", "gradiente da camada 1", "gradiente da saída", "perda após o treino"],
    [[name, norm[0], norm[-1], final[name]] for name, norm in arrives.items()],
)

# %%
weak = 0 < arrives["ELU"][0] < arrives["Leaky ReLU"][0] / 20
claim("B4-24", "na ELU, o gradiente da camada 1 não é zero, mas é menos de 1/20 do da Leaky ReLU", weak)
claim(
    "B4-25",
    "no mesmo treino, a ELU termina com mais que o dobro da perda da Leaky ReLU",
    final["ELU"] > 2 * final["Leaky ReLU"],
)

# %% [markdown]
# A ELU não morre: **satura**. A diferença entre zero e quase zero pouco ajuda quem precisa voltar em 160 passos. Nesse
# acidente, só a inclinação constante da Leaky ReLU serviu. (Com um acidente mais brando, a ELU também volta; troque −10 por
# −5 e veja.)
#
# ### O preço
#
# A exponencial custa mais que uma comparação. O tempo depende da máquina, e por isso mostramos só quantas vezes cada uma
# demora o que demora a ReLU, isolada. Dentro de uma rede, o produto de matrizes dilui a diferença.

# %% tags=["nbval-ignore-output"]
block = np.random.default_rng(0).normal(size=(1000, 1000)).astype("float32")
block = keras.ops.convert_to_tensor(block)
cost = {}
for name in functions:
    function = keras.activations.get(names[name])
    cost[name] = min(timeit.repeat(lambda f=function: np.asarray(f(block)), number=3, repeat=5))
show_table(
    ["ativação", "tempo ÷ tempo da ReLU"], [[name, seconds / cost["ReLU"]] for name, seconds in cost.items()]
)

# %% [markdown]
# *Costuma-se dizer que a convergência mais rápida paga a exponencial.* Se pagar, é no treino: na inferência não há
# convergência, e o preço fica. Quando a **latência** (o tempo de uma resposta) importa, a ReLU é a escolha segura.
#
# ## 6. SELU e as suas quatro condições
#
# A **SELU** (*scaled* ELU) é $\lambda$ vezes a ELU com um $\alpha$ especial: $\lambda \approx 1{,}0507$ e
# $\alpha \approx 1{,}6733$. As duas constantes foram calculadas para que, com entradas de média 0 e desvio 1 e pesos de
# variância $1/\textit{fan-in}$, a saída também tenha média 0 e desvio 1, camada após camada: a rede se **autonormaliza**.
# O preço está à vista na figura: as inclinações em zero são $\lambda\alpha$ à esquerda e $\lambda$ à direita. A SELU tem
# uma quina e um piso em $-\lambda\alpha$.

# %%
left, right = slopes_at_zero(keras.activations.selu)
floor = float(keras.activations.selu(np.array([-50.0], "float32"))[0])
claim(
    "B4-26",
    "as inclinações da SELU em zero são 1,758 e 1,051",
    abs(left - 1.758) < 0.005 and abs(right - 1.051) < 0.005,
)
claim("B4-27", "o piso da SELU é −1,758", abs(floor + 1.758) < 0.001)

# %% [markdown]
# A promessa vale sob **quatro condições**: (1) entradas padronizadas; (2) inicialização de LeCun (`lecun_normal`);
# (3) arquitetura sequencial, sem conexões de salto nem recorrência; (4) todas as camadas densas. Há ainda uma quinta, que muitas
# listas esquecem: nada de *dropout* comum. Quebramos uma de cada vez. A função abaixo empilha vinte camadas e anota a média e o
# desvio padrão das saídas de cada uma.


# %%
def propagate(h, initializer="lecun_normal", skip=False, pooling=False, drop=None):
    keras.utils.set_random_seed(SEED)
    record = []
    for layer in range(20):
        new = keras.layers.Dense(200 if pooling else 100, "selu", kernel_initializer=initializer)(h)
        if pooling:  # uma camada que não é densa: fica o maior de cada dois valores
            new = keras.ops.max(keras.ops.reshape(new, (-1, 100, 2)), axis=-1)
        if drop:
            new = drop(new, training=True)
        h = h + new if skip and layer > 0 else new
        record.append((np.mean(h), np.std(h)))
    return np.array(record).T


# %%
flat, crude = x_train[:300].reshape(300, -1), raw[:300].reshape(300, -1)
cases = {
    "as quatro cumpridas": propagate(flat),
    "1: pixels crus": propagate(crude),
    "2: pesos de He": propagate(flat, "he_normal"),
    "3: conexões de salto": propagate(flat, skip=True),
    "4: máximo de pares": propagate(flat, pooling=True),
    "dropout 0,2": propagate(flat, drop=keras.layers.Dropout(0.2, seed=SEED)),
    "AlphaDropout 0,2": propagate(flat, drop=keras.layers.AlphaDropout(0.2, seed=SEED)),
}
ax = plots.lines_per_layer(
    {name: std for name, (_, std) in cases.items()},
    ylabel="Desvio padrão das saídas",
    title="A SELU mantém o desvio em 1 só enquanto as condições valem",
)
plots.show(
    ax,
    alt="Desvio padrão das saídas por camada, em escala logarítmica, uma linha por caso. Com as condições cumpridas e com "
    "AlphaDropout, a linha fica em um. Com pixels crus começa muito alta e desce devagar até um. Com pesos de He e com "
    "máximo de pares, sobe. Com conexões de salto, dispara. Com dropout comum, estaciona acima de um.",
)

# %% tags=["nbval-ignore-output"]
show_table(
    ["caso", "média, camada 20", "desvio, camada 1", "desvio, camada 20"],
    [[name, number(mean[-1]), number(std[0]), number(std[-1])] for name, (mean, std) in cases.items()],
)

# %%
last = {name: std[-1] for name, (_, std) in cases.items()}
good, crude_std = cases["as quatro cumpridas"][1], cases["1: pixels crus"][1]
stable = bool((np.abs(good - 1) < 0.25).all()) and abs(cases["as quatro cumpridas"][0]).max() < 0.35
claim("B4-28", "com as quatro condições, o desvio fica a menos de 1/4 de 1 em todas as camadas", stable)
claim(
    "B4-29",
    "com pixels crus, o desvio passa de 20 na camada 1 e só na 20 chega perto de 1",
    crude_std[0] > 20 > 2 > last["1: pixels crus"],
)
claim(
    "B4-30",
    "com pesos de He ele mais que dobra; com conexões de salto, cresce mais de 100 vezes",
    last["2: pesos de He"] > 2 and last["3: conexões de salto"] > 100,
)
claim(
    "B4-31",
    "com o máximo de pares, a média sai de zero: passa de 0,5",
    cases["4: máximo de pares"][0][-1] > 0.5,
)

# %% [markdown]
# Uma surpresa na primeira condição: a rede **se cura**. O ponto (0, 1) atrai, e pixels crus acabam padronizados pela própria
# rede, mas só no fim da pilha, depois de muitas camadas de sinal enorme. As outras quebras não se curam, porque se
# repetem a cada camada. As convoluções puras, a propósito, também não são densas e na prática costumam sofrer menos que o
# máximo; o teorema é que não as cobre.
#
# E o *dropout*? Ele zera uma fração $p$ das saídas e divide as outras por $1-p$ para conservar a média. Com média 0, a
# variância vira $(1-p)\cdot 1/(1-p)^2 = 1/(1-p)$. O **AlphaDropout** põe as unidades desligadas no piso da SELU, em vez de zero, e
# corrige média e variância.

# %%
signals = np.asarray(keras.activations.selu(normal)).reshape(400, 500)
after_drop = np.std(keras.layers.Dropout(0.2, seed=SEED)(signals, training=True))
after_alpha = np.std(keras.layers.AlphaDropout(0.2, seed=SEED)(signals, training=True))
claim(
    "B4-32",
    "o dropout de 0,2 leva o desvio de 1 a √(1/0,8), cerca de 1,12",
    abs(after_drop - 0.8**-0.5) < 0.01,
)
claim("B4-33", "o AlphaDropout o deixa em 1", abs(after_alpha - 1) < 0.01)

# %% [markdown]
# Em código, então: `keras.layers.Dense(100, activation="selu", kernel_initializer="lecun_normal")`. Sem o inicializador,
# o Keras usaria Glorot. E com um erro de digitação?

# %%
message = ""
try:
    keras.layers.Dense(10, activation="selu", kernel_initializer="cun_normal")
except ValueError as error:
    message = str(error)
claim(
    "B4-34", "um inicializador de nome errado, cun_normal, é recusado com ValueError", "cun_normal" in message
)

# %% [markdown]
# Dizer que a SELU "resolve o desvanecimento" é, portanto, dizer demais: ela o evita em redes densas e simples, sob
# condições que a maioria das arquiteturas de hoje não cumpre.
#
# ## 7. GELU e SiLU: suaves e não monótonas
#
# Duas ativações das redes atuais. Em vez de decidir entre passar e não passar, elas **pesam** a entrada:
#
# $$
# \text{GELU}(z) = z\,\Phi(z), \quad \text{GELU}'(z) = \Phi(z) + z\,\varphi(z); \qquad
# \text{SiLU}(z) = z\,\sigma(z), \quad \text{SiLU}'(z) = \sigma(z) + z\,\sigma(z)\,(1 - \sigma(z))
# $$
#
# onde $\varphi = \Phi'$ é a densidade da normal padrão. A SiLU também é chamada de *swish*.

# %%
extra = plots.Colors({"ReLU": plots.PALETTE[2], "GELU": plots.PALETTE[4], "SiLU": plots.PALETTE[5]})
figure = plots.activation_curves(
    z,
    {name: functions[name] for name in ("ReLU", "GELU", "SiLU")},
    title="GELU e SiLU arredondam a quina da ReLU e descem antes de subir",
    colors=extra,
    ylim=(-1, 3),
)
plots.show(
    figure,
    alt="Três painéis com função em linha cheia e derivada tracejada. A ReLU tem uma quina em zero e derivada em degrau. "
    "GELU e SiLU são suaves, com um pequeno vale do lado negativo, onde a derivada fica abaixo de zero; a derivada "
    "passa um pouco de um do lado positivo.",
)

# %%
modern = {name: functions[name] for name in ("GELU", "SiLU")}
valley = all(
    value.min() < -0.1 and value[0] > value.min() and -2 < z[value.argmin()] < 0
    for value, _ in modern.values()
)
halfway = all(
    abs(slope[1200] - 0.5) < 1e-9 and slope.max() > 1 > 0 > slope.min() for _, slope in modern.values()
)
claim("B4-35", "GELU e SiLU têm um vale do lado negativo: não são monótonas", valley)
claim("B4-36", "em zero a derivada das duas é 1/2; ela chega a ser negativa e a passar de 1", halfway)

# %% [markdown]
# Muito à esquerda, também as duas ficam planas. *Nenhuma das funções desta lição é limitada por cima, e há quem atribua a
# isso a explosão do gradiente*, apontando para Leaky ReLU, PReLU e ELU. A ReLU também não tem limite. Meçamos:
# dez camadas, a inicialização de cada uma, e ao lado uma tanh, que é limitada, com pesos quatro vezes maiores que os de
# Glorot.

# %%
tanh = build("tanh", "glorot_uniform", depth=10)
tanh.set_weights([4 * weight for weight in tanh.get_weights()])  # os vieses são zero e continuam zero
deep = {
    "Leaky ReLU": build("leaky_relu", depth=10),
    "ELU": build("elu", depth=10),
    "tanh, pesos grandes": tanh,
}
norms = {name: signal.gradient_norms(model, x_batch, y_batch) for name, model in deep.items()}

# %% tags=["nbval-ignore-output"]
show_table(
    ["rede", "gradiente do sinal: camada 1 ÷ camada 10"],
    [[name, norm.hidden_ratio] for name, norm in norms.items()],
)

# %%
growth = {name: norm.hidden_ratio for name, norm in norms.items()}
calm = all(0.1 < growth[name] < 10 for name in ("Leaky ReLU", "ELU"))
claim("B4-37", "com Leaky ReLU e ELU, o gradiente da camada 1 fica entre 0,1 e 10 vezes o da 10", calm)
claim(
    "B4-38", "com a tanh de pesos grandes, ele cresce mais de dez vezes", growth["tanh, pesos grandes"] > 10
)

# %% [markdown]
# ## 8. "Por que a rede com Leaky ReLU piorou?"
#
# Eis um enigma real. Alguém treina a rede de 300 e 100 unidades com Leaky ReLU 0,2, inicialização de He e SGD com taxa
# 0,001, vê nas primeiras épocas uma acurácia menor que a de uma "rede simples" de antes, e procura culpados: a **ativação**, a
# **inicialização** ("He dá pesos grandes demais") ou a **complexidade** ("mais camadas"). A terceira já caiu: B4-14 mostra que
# os parâmetros são exatamente os mesmos. E ninguém olhou a taxa de aprendizado, dez vezes menor que o padrão do SGD no
# Keras, que é 0,01.
#
# Uma comparação só acusa alguém quando muda **um fator por vez**, com várias sementes e o mesmo orçamento de passos. São muitos
# treinos pequenos, e temos tudo para fazê-los sem o Keras: as ativações e as suas derivadas. A função abaixo retropropaga
# em **várias redes ao mesmo tempo**; cada matriz de pesos tem uma dimensão a mais, a das redes.


# %%
def backprop(weights, biases, x, y, activation):
    value, slope = activation
    signals, before = [x], []
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        before.append(signals[-1] @ weight + bias)
        signals.append(value(before[layer]))
    scores = np.exp(before[-1] - before[-1].max(axis=-1, keepdims=True))
    delta = scores / scores.sum(axis=-1, keepdims=True)  # softmax
    delta[:, np.arange(len(y)), y] -= 1  # ∂L/∂z na saída, a menos da média no lote
    found = []
    for layer in reversed(range(len(weights))):
        found.insert(0, signals[layer].swapaxes(-1, -2) @ delta / len(y))
        found.append(delta.mean(axis=-2, keepdims=True))
        if layer > 0:
            delta = delta @ weights[layer].swapaxes(-1, -2) * slope(before[layer - 1]).astype("float32")
    return found[: len(weights)], found[: len(weights) - 1 : -1]


# %% [markdown]
# Antes de confiar nela, comparamos os seus gradientes com os do Keras, na rede de dez camadas com ELU.

# %%
model = deep["ELU"]
by_keras = list(signal.gradients(model, x_batch, y_batch).values())
kernels = [kernel[None] for kernel in signal.kernels(model).values()]
zeros = [np.zeros((1, 1, kernel.shape[-1]), "float32") for kernel in kernels]
by_hand, _ = backprop(kernels, zeros, x_batch.reshape(500, -1), y_batch, formulas["ELU"])
gaps = [np.linalg.norm(a[0] - b) / np.linalg.norm(b) for a, b in zip(by_hand, by_keras, strict=True)]
claim("B4-39", "os gradientes em NumPy e no Keras concordam em todas as camadas", max(gaps) < 1e-4)

# %% [markdown]
# Faltam os pesos iniciais e o laço de treino. Cada rede pode ter a sua taxa de aprendizado; todas veem os mesmos lotes.

# %%
VARIANCE = {
    "He": lambda fan_in, fan_out: 2 / fan_in,
    "LeCun": lambda fan_in, fan_out: 1 / fan_in,
    "Glorot": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
}


def draw(sizes, scheme, seed):
    rng = np.random.default_rng(seed)
    shapes = list(itertools.pairwise(sizes))
    return [rng.normal(0, VARIANCE[scheme](*shape) ** 0.5, shape).astype("float32") for shape in shapes]


# %%
def train(networks, activation, rates, epochs=2):
    weights = [np.stack(same_layer) for same_layer in zip(*networks, strict=True)]
    biases = [np.zeros((len(networks), 1, weight.shape[-1]), "float32") for weight in weights]
    rates, rng = np.array(rates, "float32").reshape(-1, 1, 1), np.random.default_rng(SEED)
    with np.errstate(all="ignore"):  # redes que divergem transbordam: é um resultado, não um aviso
        for batch in np.concatenate([rng.permutation(2000).reshape(-1, 50) for _ in range(epochs)]):
            found = backprop(weights, biases, x_train[batch].reshape(50, -1), y_train[batch], activation)
            for parameters, gradients in zip((weights, biases), found, strict=True):
                for parameter, gradient in zip(parameters, gradients, strict=True):
                    parameter -= rates * gradient
    return weights, biases


# %% [markdown]
# Partimos da rede suspeita e trocamos cada fator pelo da rede simples, com três sementes: doze redes. Medimos a perda nos 2 000
# exemplos de treino depois de duas épocas.


# %%
def outputs_of(parameters, x, activation):
    h = x.reshape(len(x), -1)
    with np.errstate(all="ignore"):
        for layer, (weight, bias) in enumerate(zip(*parameters, strict=True)):
            h = (activation[0](h) if layer > 0 else h) @ weight + bias
    return h


def mean_loss(logits, y):
    logits = logits - logits.max(axis=-1, keepdims=True)
    right = logits[:, np.arange(len(y)), y]
    return (np.log(np.exp(logits).sum(axis=-1)) - right).mean(axis=-1)


# %%
SEEDS = [SEED, SEED + 1000, SEED + 2000]
trials = {
    "rede suspeita (Leaky ReLU, He, 0,001)": ("Leaky ReLU", "He", 0.001),
    "só a ativação: ReLU": ("ReLU", "He", 0.001),
    "só a inicialização: Glorot": ("Leaky ReLU", "Glorot", 0.001),
    "só a taxa: 0,01": ("Leaky ReLU", "He", 0.01),
}
outcome = {}
for label, (name, scheme, rate) in trials.items():
    newborns = [draw([784, 300, 100, 10], scheme, seed) for seed in SEEDS]
    parameters = train(newborns, formulas[name], [rate] * 3)
    outcome[label] = mean_loss(outputs_of(parameters, x_train, formulas[name]), y_train)

# %% tags=["nbval-ignore-output"]
show_table(
    ["o que mudou", "perda de treino, média de 3 sementes", "desvio padrão"],
    [[label, float(np.mean(losses)), float(np.std(losses, ddof=1))] for label, losses in outcome.items()],
)

# %%
suspect, by_activation, by_start, by_rate = outcome.values()
others = np.maximum(np.abs(suspect - by_activation), np.abs(suspect - by_start))
wider = (VARIANCE["He"](784, 300) / VARIANCE["Glorot"](784, 300)) ** 0.5
is_default = abs(float(keras.optimizers.SGD().learning_rate) - 0.01) < 1e-9
claim("B4-40", "o SGD do Keras usa 0,01 se nada se diz", is_default)
claim("B4-41", "na primeira camada, os pesos de He são menos de 1,2 vez os de Glorot", 1 < wider < 1.2)
biggest = bool((suspect - by_rate > 2 * others).all())
claim(
    "B4-42", "em cada semente, trocar só a taxa muda a perda mais que o dobro de trocar outro fator", biggest
)

# %% [markdown]
# O grande efeito era o do fator que ninguém controlou. Isto não prova o que houve na rede original, cujo código de
# comparação não temos; mostra que as causas alegadas pouco explicam aqui, e que a acusação foi feita sem prova.
#
# ## 9. O ranking é uma hipótese
#
# *É comum encontrar a lista* SELU > ELU > Leaky ReLU > ReLU > tanh > logística, como se fosse uma lei. Ela resume os
# testes de alguns artigos; em outros a ordem é outra, e ela nem inclui GELU e SiLU. Aqui a tratamos como **hipótese**:
# redes de dez camadas ocultas de 64 unidades, cada ativação com a sua inicialização (a SiLU, com a de He), três sementes, e **duas** taxas de
# aprendizado. Medimos a acurácia na validação depois de duas épocas. A semente muda só os pesos
# iniciais; a ordem dos exemplos é a mesma para todas as redes.
#
# *Preveja: com a taxa cinco vezes maior, a ordem será a mesma?*

# %%
formulas["tanh"] = (np.tanh, lambda z: 1 - np.tanh(z) ** 2)
formulas["logística"] = (sigma, lambda z: sigma(z) * (1 - sigma(z)))
companions = {
    "SELU": "LeCun",
    "ELU": "He",
    "Leaky ReLU": "He",
    "ReLU": "He",
    "tanh": "Glorot",
    "logística": "Glorot",
}
companions["SiLU"] = "He"
RATES = {"taxa 0,02": 0.02, "taxa 0,1": 0.1}

# %%
accuracy = {label: {} for label in RATES}
for name, scheme in companions.items():
    newborns = [draw([784, *[64] * 10, 10], scheme, seed) for seed in SEEDS]
    parameters = train(newborns * 2, formulas[name], [0.02] * 3 + [0.1] * 3)  # seis redes de uma vez
    right = outputs_of(parameters, x_val, formulas[name]).argmax(axis=-1) == y_val
    accuracy["taxa 0,02"][name], accuracy["taxa 0,1"][name] = right.mean(axis=-1).reshape(2, 3)

# %%
figure, axes = plt.subplots(1, 2, sharey=True, figsize=(11.5, 4))
for ax, (label, table) in zip(axes, accuracy.items(), strict=True):
    for row, (name, values) in enumerate(table.items()):
        ax.plot(values, [row] * 3, "o", color=colors[name], alpha=0.45, markersize=6)
        ax.errorbar(
            np.mean(values), row, xerr=np.std(values, ddof=1), fmt="D", color="black", capsize=4, markersize=5
        )
    ax.set_title(label)
    ax.set_xlabel("Acurácia na validação")
    ax.set_xlim(0, 1)
    plots.comma_axes(ax)
axes[0].set_yticks(range(len(companions)), companions)
axes[0].invert_yaxis()
figure.suptitle("A ordem depende da taxa de aprendizado, e as sementes se misturam")
plots.show(
    figure,
    alt="Dois painéis, um por taxa de aprendizado. Em cada linha, uma ativação, na ordem do ranking: três pontos, um por "
    "semente, e um losango com a média e o desvio padrão. Com a taxa pequena, todas menos a logística ficam próximas. "
    "Com a taxa grande, a ELU cai até o acaso e várias outras se espalham; a tanh continua alta. A logística fica no acaso nas duas.",
)

# %% tags=["nbval-ignore-output"]
rows = []
for name in companions:
    cells = [f"{percent(np.mean(v[name]))} ± {percent(np.std(v[name], ddof=1))}" for v in accuracy.values()]
    rows.append([name, *cells])
show_table(["ativação", *RATES], rows)
for label, table in accuracy.items():
    print(f"{label}, pela média: " + " > ".join(sorted(table, key=lambda name: -np.mean(table[name]))))

# %%
small, large = accuracy["taxa 0,02"], accuracy["taxa 0,1"]
five = [small[name].mean() for name in ("SELU", "ELU", "Leaky ReLU", "ReLU", "tanh")]
apart = small["logística"].max() < 0.2 and min(five) > 0.4
claim(
    "B4-43",
    "com a taxa 0,02, só a logística fica abaixo de 20 %; as cinco anteriores da lista passam de 40 %",
    apart,
)
close = max(five) - min(five) < (min(five) - small["logística"].mean()) / 2
claim("B4-44", "a distância entre essas cinco é menos da metade da que as separa da logística", close)
turned = large["ELU"].max() < 0.2 and large["tanh"].min() > 0.4
claim("B4-45", "com a taxa 0,1, em todas as sementes, a ELU não chega a 20 % e a tanh passa de 40 %", turned)

# %% [markdown]
# Da lista, o que fica de pé com a taxa pequena é o último lugar. Entre as outras, as médias diferem pouco, e várias
# diferenças são do tamanho da variação entre sementes. Com a taxa grande a ordem se desfaz: a ELU, segunda da lista, não passa
# do acaso, e a tanh, penúltima, aprende em todas as sementes. Um ranking de ativações é, sem que se diga, um ranking de
# ativações **com aquela taxa, aquela inicialização, aquela profundidade e aqueles dados**.
#
# E a nossa tabela também não é uma lei: são duas mil imagens, duas épocas, três sementes e 500 exemplos de validação. Para
# decidir em um problema seu, faça o mesmo: dê a cada candidata a sua inicialização, ajuste a taxa de **cada uma**, repita com
# várias sementes e só então compare a diferença com a variação.
#
# ## 10. Explique
#
# Um colega vê metade das unidades da primeira camada mortas e propõe trocar a ReLU pela Leaky ReLU e **continuar o treino dos
# mesmos pesos**. Vai funcionar? O que mais você mudaria?
#
# <details><summary>Uma resposta possível</summary>
#
# A troca devolve um gradiente às unidades adormecidas: do lado negativo, a derivada passa de 0 a $\alpha$, e os pesos delas
# voltam a se mover (foi o que vimos na rede do acidente). Mas a rede que continua não é a mesma função: cada saída que era zero
# passa a ser $\alpha z$, talvez grande, e a perda pode saltar no começo. E a causa continua lá. Se foi um passo largo com
# entradas mal escaladas, é preciso padronizar as entradas e diminuir a taxa de aprendizado; recomeçar de uma
# inicialização nova costuma sair mais barato do que ressuscitar uma rede.
#
# </details>
#
# ## 11. Resumo
#
# | ativação | fórmula (lado negativo) | derivada em $z<0$ | o que você viu | onde se erra |
# |---|---|---|---|---|
# | ReLU | $0$ | $0$ | unidades mortas, contadas (B4-05, B4-06); a mais barata | chamá-la de "sempre positiva" |
# | Leaky ReLU | $\alpha z$ | $\alpha$ | recupera-se do acidente (B4-03, B4-13) | confiar no $\alpha$ padrão (B4-10); usar $\max(\alpha z, z)$ com $\alpha > 1$ |
# | PReLU | $\alpha_j z$, um $\alpha_j$ por unidade | $\alpha_j$ | 400 parâmetros a mais (B4-15) | trocar o argumento em vez da camada |
# | RReLU | $az$, com $a$ sorteado | $a$ | treino e inferência diferem (B4-16, B4-17) | procurá-la no Keras |
# | ELU | $\alpha(e^z - 1)$ | $\alpha e^z$ | piso $-\alpha$, suave se $\alpha = 1$; não morre, satura (B4-24) | dizer que nunca para de aprender |
# | SELU | $\lambda\alpha(e^z - 1)$ | $\lambda\alpha e^z$ | desvio 1 sob quatro condições (B4-28 a B4-31) | usá-la com outra inicialização, ou com *dropout* comum |
# | GELU, SiLU | $z\,\Phi(z)$, $z\,\sigma(z)$ | muda de sinal | suaves, não monótonas (B4-35) | achar que toda ativação cresce sempre |
#
# **Para praticar:** no **Lab 2 · Inicialização, ativações e normalização** você escreve essas ativações e as suas derivadas e conta
# unidades mortas. **A seguir:** a lição sobre normalização em lote.
#
# ## Referências
#
# - Nair, V.; Hinton, G. E. (2010). Rectified linear units improve restricted Boltzmann machines. *ICML*. ReLU.
# - Maas, A.; Hannun, A.; Ng, A. (2013). Rectifier nonlinearities improve neural network acoustic models. *ICML Workshop on
#   Deep Learning for Audio, Speech and Language Processing*. Leaky ReLU.
# - He, K.; Zhang, X.; Ren, S.; Sun, J. (2015). Delving deep into rectifiers: surpassing human-level performance on ImageNet
#   classification. *ICCV*. PReLU.
# - Xu, B.; Wang, N.; Chen, T.; Li, M. (2015). Empirical evaluation of rectified activations in convolutional network.
#   arXiv:1505.00853. RReLU.
# - Clevert, D.-A.; Unterthiner, T.; Hochreiter, S. (2016). Fast and accurate deep network learning by exponential linear
#   units (ELUs). *ICLR*.
# - Klambauer, G.; Unterthiner, T.; Mayr, A.; Hochreiter, S. (2017). Self-normalizing neural networks. *NIPS*. SELU e
#   AlphaDropout.
# - Hendrycks, D.; Gimpel, K. (2016). Gaussian error linear units (GELUs). arXiv:1606.08415.
# - Ramachandran, P.; Zoph, B.; Le, Q. V. (2017). Searching for activation functions. arXiv:1710.05941. *Swish*, ou SiLU.
