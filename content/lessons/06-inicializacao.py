# ---
# jupyter:
#   gradiente:
#     id: B3
#     title: Com que pesos uma rede deve nascer?
#     covers: [S0-16, S1-03, S1-04, S1-05, S1-06, S1-07, S1-08, S1-09, S1-10, S2-05, S2-06, S2-07]
#     seconds: 30
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 · Com que pesos uma rede deve nascer?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *deduzir* de que tamanho devem ser os pesos iniciais; *escolher* a inicialização que combina com cada ativação; *prever*, antes de treinar, se o sinal atravessa a rede |
# | **Você precisa saber** | o que é o desvanecimento e a explosão do gradiente; média, variância e desvio padrão; que a variância de uma soma de parcelas independentes é a soma das variâncias |
# | **Tempo de leitura** | cerca de 35 minutos |
# | **Tempo de execução** | cerca de 30 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | inicialização de Glorot (Xavier), de He e de LeCun, *fan-in*, *fan-out*, *fan-avg*, ganho, normal truncada, simetria |
#
# Antes do primeiro passo do treino, alguém precisa dizer quanto vale cada peso. Parece um detalhe: o treino vai mudá-los
# de qualquer modo. Nesta lição o detalhe decide se há treino, e o tamanho certo não sai de um catálogo de receitas: sai de
# uma conta que cabe em meia página.

# %%
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import math
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots, signal
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, show_table

# %% [markdown]
# Os dados são os de sempre: 2 000 fotos de roupas para treinar, padronizadas com média 0 e desvio padrão 1. Não separamos
# validação: a pergunta desta lição é se a rede consegue aprender, e a perda de treino já responde.

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
raw, y_train = data.x_train[:2000].astype("float32"), data.y_train[:2000].astype("int32")
x_train = (raw - raw.mean()) / raw.std()
x_batch, y_batch = x_train[:500], y_train[:500]  # o lote em que faremos todas as medidas

# %% [markdown]
# As redes desta lição são mais fundas que as anteriores, **trinta camadas ocultas de cem unidades**, porque é na
# profundidade que os pesos iniciais mostram o que valem. A receita muda só a ativação e o inicializador. (O `clone()` dá a
# cada camada o seu próprio sorteio; a seção 9 mostra o que acontece sem ele.)


# %%
def build(activation, initializer, sizes=(100,) * 30, learning_rate=0.01):
    set_seeds()
    draw = keras.initializers.get(initializer)
    hidden = [keras.layers.Dense(units, activation, kernel_initializer=draw.clone()) for units in sizes]
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(learning_rate), loss)
    return model


def fit(model, epochs=4):
    return model.fit(x_train, y_train, epochs=epochs, batch_size=50, verbose=0).history


# %% [markdown]
# ## 1. A pergunta
#
# Duas redes com ReLU. Os mesmos dados, a mesma taxa de aprendizado, as mesmas trinta camadas. Uma nasce com a
# **inicialização de Glorot**, a que o Keras usa quando não dizemos nada; a outra, com a **inicialização de He**. As duas
# sorteiam cada peso de um intervalo centrado em zero: só muda a largura do intervalo.

# %%
recipes = {"ReLU + Glorot": ("relu", "glorot_uniform"), "ReLU + He": ("relu", "he_uniform")}
networks = {name: build(*recipe) for name, recipe in recipes.items()}
# a segunda camada oculta: 100 entradas e 100 unidades
W_glorot, W_he = (list(signal.kernels(model).values())[1] for model in networks.values())
scaled = np.allclose(W_he, np.sqrt(2) * W_glorot, atol=1e-6)
claim("B3-01", "entre camadas ocultas, os pesos de He são os de Glorot vezes √2, número a número", scaled)

# %% [markdown]
# Uma diferença modesta. Antes do treino, fotografamos as duas redes (ativações na ida, gradientes na volta), porque
# precisaremos dessas fotos adiante. Depois, treinamos.

# %%
stats = {name: signal.activation_stats(model, x_batch) for name, model in networks.items()}
norms = {name: signal.gradient_norms(model, x_batch, y_batch) for name, model in networks.items()}
histories = {name: fit(model) for name, model in networks.items()}

# %%
chosen = {"ReLU + He": 2, "ReLU + Glorot": 1, "tanh + Glorot": 0, "SELU + LeCun": 3, "SELU + He": 5}
colors = plots.Colors({name: plots.PALETTE[index] for name, index in chosen.items()})
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None, colors=colors)
ax = plotter.plot(histories, title="Só muda o tamanho dos pesos iniciais: uma aprende, a outra não")
ax.set_xticks(range(4))
ax.text(2.95, 0.985 * np.log(10), "quem chuta entre as dez classes: ln 10", ha="right", va="top")
plots.show(
    ax,
    alt="Perda de treino ao longo das épocas para duas redes ReLU de trinta camadas. Com a inicialização "
    "de He, a perda cai. Com a de Glorot, é uma linha reta na altura da perda de quem chuta.",
)

# %%
chance = np.log(10)  # a perda de quem aposta por igual nas dez classes
final = {name: history["loss"][-1] for name, history in histories.items()}
stuck = abs(final["ReLU + Glorot"] / chance - 1) < 0.02
claim("B3-02", "com Glorot, a rede ReLU termina a menos de 2 % da perda de quem chuta", stuck)
claim("B3-03", "com He, termina abaixo de 80 % dessa perda", final["ReLU + He"] < 0.8 * chance)

# %% [markdown]
# Pesos multiplicados por $\sqrt2$, e a rede sai do lugar. **De onde vem o tamanho certo?**
#
# ## 2. Preveja
#
# Na entrada, os pixels padronizados têm desvio padrão 1.
#
# > Na rede ReLU + Glorot, antes do treino, qual é o desvio padrão das ativações da **trigésima** camada? Um décimo? Um
# > centésimo? Um milionésimo?
#
# Escreva o seu palpite; ele volta na seção 5, ao lado da previsão da teoria e da medida.

# %%
guess = 0.1  # troque pelo seu palpite

# %% [markdown]
# ## 3. A regra da variância
#
# O raciocínio é de Glorot e Bengio (2010): para que a rede aprenda, o sinal precisa atravessá-la **nos dois sentidos**, as
# ativações na ida e os gradientes na volta, sem minguar nem inchar. Vamos pedir que cada camada devolva um sinal do mesmo
# tamanho que recebeu, e ver que pesos isso exige.
#
# ### A ida
#
# Uma camada densa recebe $h_1, \dots, h_{\mathrm{fan_{in}}}$. O número de entradas chama-se ***fan-in***; o número de
# unidades, ***fan-out***. A pré-ativação de uma unidade, com viés zero, é
#
# $$z = \sum_{i=1}^{\mathrm{fan_{in}}} w_i\,h_i$$
#
# Os pesos são sorteados: independentes entre si e das entradas, com média 0 e variância $\mathrm{Var}(w)$. Como cada peso
# tem média 0, $z$ também tem, e a variância de $z$ é a média de $z^2$. Elevando a soma ao quadrado:
#
# $$
# \mathrm{Var}(z) = E\Big[\sum_i \sum_k w_i w_k\, h_i h_k\Big] = \sum_i E[w_i^2]\,E[h_i^2]
# $$
#
# Os termos com $i \ne k$ somem, porque $E[w_i w_k] = E[w_i]\,E[w_k] = 0$. Sobram $\mathrm{fan_{in}}$ termos, e o
# primeiro fator de todos é $\mathrm{Var}(w)$:
#
# $$\boxed{\ \mathrm{Var}(z) = \mathrm{fan_{in}}\cdot\mathrm{Var}(w)\cdot E[h^2]\ }$$
#
# Aqui $E[h^2]$ é a média dos quadrados das entradas, sobre as entradas e os exemplos. Meçamos, com fotos cujos pixels vão de 0 a 1:


# %%
def mean_square(values):
    return float(np.mean(np.square(values, dtype=np.float64)))


rng = np.random.default_rng(set_seeds())
h = raw[:500].reshape(500, 784) / 255
W = rng.normal(0, 0.05, size=(784, 4000))  # 4 000 unidades: muitos sorteios da mesma conta
measured = mean_square(h @ W)
by_rule = 784 * 0.05**2 * mean_square(h)

# %% [markdown]
# *É comum ver a fórmula escrita com $\mathrm{Var}(h)$ no lugar de $E[h^2]$.* As duas coincidem quando $h$ tem média 0. Mas
# nem estes pixels, nem o que sai de uma ReLU, têm média 0, e aí só uma delas acerta:

# %% tags=["nbval-ignore-output"]
by_variance = 784 * 0.05**2 * float(h.var())
show_table(
    ["Var(z) medida", "fan_in · Var(w) · E[h²]", "fan_in · Var(w) · Var(h)"],
    [[measured, by_rule, by_variance]],
)

# %%
claim(
    "B3-04", "a regra com E[h²] acerta a variância medida, a menos de 10 %", abs(measured / by_rule - 1) < 0.1
)
claim("B3-05", "trocar E[h²] por Var(h) erra por mais de 25 %", abs(measured / by_variance - 1) > 0.25)

# %% [markdown]
# Se a ativação fosse a identidade ($h = z$), cada camada multiplicaria $E[h^2]$ por $\mathrm{fan_{in}}\,\mathrm{Var}(w)$.
# Esse número vai aparecer tanto que merece um nome: é o **ganho** da camada. Para que a ida conserve o sinal, o ganho deve ser
# 1, isto é, $\mathrm{Var}(w) = 1/\mathrm{fan_{in}}$.
#
# ### A volta
#
# Na retropropagação, cada entrada $h_i$ recebe gradiente das $\mathrm{fan_{out}}$ unidades que alimenta:
#
# $$\frac{\partial L}{\partial h_i} = \sum_{j=1}^{\mathrm{fan_{out}}} w_{i,j}\,\frac{\partial L}{\partial z_j}$$
#
# É a mesma soma, com outro número de parcelas. Supondo que o gradiente que chega não dependa destes pesos, a mesma conta dá
#
# $$E\Big[\Big(\frac{\partial L}{\partial h}\Big)^2\Big] =
# \mathrm{fan_{out}}\cdot\mathrm{Var}(w)\cdot E\Big[\Big(\frac{\partial L}{\partial z}\Big)^2\Big]$$
#
# e a volta pede $\mathrm{Var}(w) = 1/\mathrm{fan_{out}}$.
#
# ### O compromisso
#
# A ida quer $1/\mathrm{fan_{in}}$; a volta, $1/\mathrm{fan_{out}}$. *É comum ler que não se pode garantir nem uma coisa
# nem outra.* Pode-se garantir **qualquer uma delas**; as duas juntas, só quando $\mathrm{fan_{in}} = \mathrm{fan_{out}}$.
# Glorot e Bengio propõem o meio do caminho, o ***fan-avg***:
#
# $$\mathrm{fan_{avg}} = \frac{\mathrm{fan_{in}} + \mathrm{fan_{out}}}{2}, \qquad
# \mathrm{Var}(w) = \frac{1}{\mathrm{fan_{avg}}}$$
#
# Com ele, a ida é multiplicada por $\mathrm{fan_{in}}/\mathrm{fan_{avg}}$ e a volta por
# $\mathrm{fan_{out}}/\mathrm{fan_{avg}}$. Some as duas frações: dá sempre 2. O que uma ganha, a outra perde, e nenhuma passa
# de 2. Agora as três regras, medidas em camadas de 200 entradas e várias larguras:


# %%
def forward_and_backward(fan_in, fan_out, variance):
    """Por quanto a camada multiplica E[h²], na ida, e E[(∂L/∂z)²], na volta."""
    W = rng.normal(0, np.sqrt(variance), size=(fan_in, fan_out))
    h, g = rng.normal(size=(500, fan_in)), rng.normal(size=(500, fan_out))
    return mean_square(h @ W) / mean_square(h), mean_square(g @ W.T) / mean_square(g)


rules = {
    "Var(w) = 1/fan_in": lambda fan_in, fan_out: 1 / fan_in,
    "Var(w) = 1/fan_out": lambda fan_in, fan_out: 1 / fan_out,
    "Var(w) = 1/fan_avg": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
}
widths = np.array([50, 100, 200, 400, 800])
factors = {
    name: np.array([forward_and_backward(200, width, rule(200, width)) for width in widths])
    for name, rule in rules.items()
}

# %%
figure, axes = plt.subplots(1, 2, sharey=True, figsize=(11, 4))
fine = np.geomspace(50, 800, 100)
for column, (ax, way) in enumerate(zip(axes, ["ida: E[h²]", "volta: E[(∂L/∂z)²]"], strict=True)):
    for color, (name, rule) in zip((0, 1, 2), rules.items(), strict=True):
        predicted = (200, fine)[column] * rule(200, fine) * np.ones(100)
        ax.plot(fine / 200, predicted, color=plots.PALETTE[color], label=name)
        ax.plot(widths / 200, factors[name][:, column], "o", color=plots.PALETTE[color])
    ax.set(xscale="log", yscale="log", title=f"O que multiplica a {way}", xlabel="fan_out ÷ fan_in")
    ax.set_xticks(widths / 200, ["1/4", "1/2", "1", "2", "4"], minor=False)
    ax.set_yticks([0.25, 0.5, 1, 2, 4], ["1/4", "1/2", "1", "2", "4"])
    ax.minorticks_off()
axes[0].set_ylabel("Fator da camada")
axes[0].legend()
figure.suptitle("As três regras só concordam quando a camada tem tantas unidades quantas entradas")
plots.show(
    figure,
    alt="Dois painéis, ida e volta, com o fator de uma camada conforme a razão entre fan-out e fan-in. Pontos medidos caem "
    "sobre as linhas previstas. Na ida, a regra do fan-in é plana em 1; na volta, a do fan-out. A do fan-avg fica "
    "entre as duas, e as três se cruzam em 1 quando fan-out é igual a fan-in.",
)

# %%
by_in, by_out, by_avg = factors.values()
claim(
    "B3-06",
    "com 1/fan_in, a ida conserva o sinal em todas as larguras",
    bool(np.all(abs(by_in[:, 0] - 1) < 0.1)),
)
claim("B3-07", "com 1/fan_out, a volta o conserva", bool(np.all(abs(by_out[:, 1] - 1) < 0.1)))
lost = min(abs(np.log(by_in[widths != 200, 1])).min(), abs(np.log(by_out[widths != 200, 0])).min())
claim(
    "B3-08",
    "nas camadas de fan_in ≠ fan_out, cada uma erra o outro sentido por 1,5 vez ou mais",
    lost > np.log(1.5),
)
equal = np.concatenate([factor[widths == 200].ravel() for factor in factors.values()])
claim("B3-09", "com fan_in = fan_out, as três conservam os dois sinais", bool(np.all(abs(equal - 1) < 0.1)))
claim("B3-10", "com 1/fan_avg, os dois fatores somam 2", bool(np.all(abs(by_avg.sum(axis=1) - 2) < 0.2)))

# %% [markdown]
# ### Normal ou uniforme?
#
# A regra só fala da variância. A forma do sorteio fica livre, e há duas de costume: a **normal**, $\mathcal N(0, \sigma^2)$
# com $\sigma^2 = 1/\mathrm{fan_{avg}}$, e a **uniforme** entre $-r$ e $r$. Que $r$ dá a mesma variância? Todo valor do
# intervalo tem densidade $1/(2r)$, e
#
# $$\mathrm{Var}(w) = \int_{-r}^{r} \frac{w^2}{2r}\,dw = \frac{r^2}{3}
# \quad\Longrightarrow\quad r = \sqrt{3\,\mathrm{Var}(w)} = \sqrt{\frac{3}{\mathrm{fan_{avg}}}}$$
#
# Confira com o Keras. Sem dizer nada sobre inicialização, criamos uma camada e procuramos nela o seu $r$:

# %%
default = keras.Sequential([keras.Input((784,)), keras.layers.Dense(300)]).layers[0]
W, r = default.get_weights()[0], np.sqrt(3 / ((784 + 300) / 2))
is_glorot = isinstance(default.kernel_initializer, keras.initializers.GlorotUniform)
tight = 0.999 * r < abs(W).max() <= r * (1 + 1e-6)
claim("B3-11", "a inicialização padrão do Keras é a uniforme de Glorot", is_glorot)
claim("B3-12", "os seus pesos enchem o intervalo ±√(3/fan_avg) e não passam dele", bool(tight))
claim("B3-13", "e têm variância 1/fan_avg, a menos de 2 %", bool(abs(W.var() * (784 + 300) / 2 - 1) < 0.02))

# %% [markdown]
# ## 4. O fator da ativação
#
# Até aqui a ativação foi a identidade. Com uma ativação $f$, a camada seguinte não recebe $z$, recebe $h = f(z)$: falta saber
# quanto vale $E[f(z)^2]$.
#
# ### O 2 da ReLU
#
# A ReLU zera os valores negativos e deixa passar os positivos. Os pesos são simétricos em torno de zero, logo $z$ também é:
# metade da soma de $z^2$ vem de cada lado, e a ReLU fica com uma das metades.
#
# $$E[\mathrm{ReLU}(z)^2] = \tfrac12\,E[z^2] = \tfrac12\,\mathrm{Var}(z)$$

# %%
W = rng.normal(0, np.sqrt(2 / 784), size=(784, 4000))
z = x_batch.reshape(500, 784) @ W
kept = mean_square(np.maximum(z, 0)) / mean_square(z)
claim(
    "B3-14",
    "medida nas fotos, a ReLU deixa metade da média dos quadrados, a menos de 10 %",
    abs(2 * kept - 1) < 0.1,
)

# %% [markdown]
# Ganho 1 com uma ReLU deixa metade do sinal por camada. Para compensar, **ganho 2**. É a inicialização de He (He e
# coautores, 2015):
#
# $$\mathrm{Var}(w) = \frac{2}{\mathrm{fan_{in}}}$$
#
# Na volta vale o mesmo: a inclinação da ReLU é 1 em metade dos casos e 0 na outra metade, então ela também deixa passar metade
# de $E[(\partial L/\partial h)^2]$. A mesma conta, com inclinação $\alpha$ do lado negativo (a Leaky ReLU), dá
# $\tfrac12(1 + \alpha^2)$.
#
# ### As outras
#
# A pré-ativação é uma soma de muitas parcelas, e por isso se distribui quase como uma normal. Basta então calcular a média
# de $f(z)^2$ com $z \sim \mathcal N(0, 1)$, que fazemos em uma grade fina, pesando cada ponto pela altura do sino. Do mesmo modo
# calculamos a média do quadrado da inclinação, que é o que a volta enxerga, e a inclinação em torno do zero (nas funções com
# bico no zero, a média dos dois lados). A SELU é apresentada na próxima lição; aqui
# basta saber que o Keras a tem.

# %%
grid = np.linspace(-8, 8, 2001)
bell = np.exp(-(grid**2) / 2)
bell /= bell.sum()


def function(name):
    return lambda z: keras.ops.convert_to_numpy(keras.activations.get(name)(z)).astype(np.float64)


def slope_of(f, z, step=1e-3):
    return (f(z + step) - f(z - step)) / (2 * step)


names = ["linear", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "selu"]
f = {name: function(name) for name in names}
passes = {name: float(np.sum(bell * f[name](grid) ** 2)) for name in names}
returns = {name: float(np.sum(bell * slope_of(f[name], grid) ** 2)) for name in names}

# %%
at_zero = {name: float(slope_of(f[name], np.zeros(1))[0]) for name in names}
show_table(
    ["ativação", "ida: E[f(z)²]", "volta: E[f′(z)²]", "inclinação em torno de 0"],
    [[n, number(passes[n], 3), number(returns[n], 3), number(at_zero[n], 3)] for n in names],
)

# %%
leaky = (1 + 0.2**2) / 2  # a inclinação padrão de keras.activations.leaky_relu é 0,2
claim(
    "B3-15",
    "a conta na grade repete a metade da ReLU e o (1 + α²)/2 da Leaky ReLU",
    abs(passes["relu"] - 0.5) < 1e-3 and abs(passes["leaky_relu"] - leaky) < 1e-3,
)
claim("B3-16", "para a SELU, E[f(z)²] = 1", abs(passes["selu"] - 1) < 1e-3)

# %% [markdown]
# A tabela conta por que cada ativação tem a sua companheira:
#
# - **Linear e tanh: ganho 1.** A tanh é quase a identidade perto do zero, com inclinação 1. Longe do zero ela devolve menos do
#   que recebe (por isso o número da ida é menor que 1), mas quanto menor o sinal, mais perto da identidade ela fica.
# - **ReLU e parentes: ganho 2.** Para a Leaky ReLU a conta exata é $2/(1+\alpha^2)$, um pouco menos; para a ELU, 2 é o costume,
#   não o resultado da conta.
# - **SELU: ganho 1.** Foi desenhada para isso: uma entrada $\mathcal N(0, 1)$ sai com $E[h^2] = 1$. Ganho 1 pelo *fan-in* é a
#   **inicialização de LeCun**, $\mathrm{Var}(w) = 1/\mathrm{fan_{in}}$, mais antiga que as outras duas (1998).
# - **Sigmoide.** Fica com Glorot, mas repare na última coluna. A conta supôs inclinação 1 em torno do zero, e ela tem 1/4. A
#   seção 7 cobra essa dívida.
#
# | inicialização | variância σ² | uniforme: ± | companheira de | no Keras |
# |---|---|---|---|---|
# | Glorot (ou Xavier) | $1/\mathrm{fan_{avg}}$ | $\sqrt{3/\mathrm{fan_{avg}}}$ | nenhuma ativação, tanh, sigmoide, softmax | `glorot_uniform` (o padrão), `glorot_normal` |
# | He | $2/\mathrm{fan_{in}}$ | $\sqrt{6/\mathrm{fan_{in}}}$ | ReLU, Leaky ReLU, PReLU, ELU | `he_normal`, `he_uniform` |
# | LeCun | $1/\mathrm{fan_{in}}$ | $\sqrt{3/\mathrm{fan_{in}}}$ | SELU | `lecun_normal`, `lecun_uniform` |
#
# Só a de Glorot olha para o *fan-out*: as de He e LeCun cuidam da ida (o *Explique*, no fim, pergunta o que isso faz com a
# volta). Todas são casos de uma família, `VarianceScaling(scale, mode, distribution)`, cuja variância é
# $\mathrm{scale}/\mathrm{fan}$, com o *fan* que `mode` escolher. Assim se obtém a variante de He pelo *fan-avg*:

# %%
he_avg = keras.initializers.VarianceScaling(scale=2.0, mode="fan_avg", distribution="uniform")
layer = keras.layers.Dense(10, "relu", kernel_initializer=he_avg)  # o 2 é da ReLU
layer = keras.layers.Dense(10, "relu", kernel_initializer="he_normal")  # o mais comum: pelo nome

# %% [markdown]
# ### A normal truncada
#
# Há um cuidado escondido nos nomes `_normal`. O Keras não usa a normal inteira: descarta o que cair além de dois desvios,
# para que nenhum peso nasça enorme. Cortar as pontas **encolhe** o desvio padrão. De quanto? Para a normal padrão cortada em
# $\pm 2$, com densidade $\varphi$ e com probabilidade $P$ de cair dentro do corte, a variância que
# sobra, $c^2$, sai de uma integral por partes:
#
# $$c^2 = 1 - \frac{2\cdot 2\,\varphi(2)}{P}, \qquad P = \mathrm{erf}\big(2/\sqrt2\big)$$
#
# O Keras sorteia com desvio $\sigma/c$ e corta em dois desses desvios, isto é, em $2\sigma/c$. O corte encolhe o desvio por
# $c$, e os pesos saem com o $\sigma$ prometido:

# %%
inside = math.erf(2 / math.sqrt(2))
c = math.sqrt(1 - 4 * math.exp(-2) / math.sqrt(2 * math.pi) / inside)
sigma = math.sqrt(2 / 784)
W = keras.ops.convert_to_numpy(keras.initializers.HeNormal(seed=set_seeds())((784, 300)))
print(f"o corte em dois desvios encolhe o desvio padrão para {number(c, digits=4)} do que era")
claim(
    "B3-17", "he_normal tem desvio padrão √(2/fan_in), a menos de 1 %", bool(abs(W.std() / sigma - 1) < 0.01)
)
edge = abs(W).max() / (2 * sigma / c)
claim("B3-18", "o maior peso encosta no corte 2σ/c e não passa dele", bool(0.99 < edge <= 1 + 1e-5))

# %% [markdown]
# Agora todos, cada fórmula ao lado do que o Keras sorteou para uma camada de 784 entradas e 300 unidades:

# %% tags=["nbval-ignore-output"]
fan = {"fan_in": 784, "fan_avg": (784 + 300) / 2}
promised = {"glorot_uniform": (1, "fan_avg"), "glorot_normal": (1, "fan_avg"), "he_uniform": (2, "fan_in")}
promised |= {"he_normal": (2, "fan_in"), "lecun_uniform": (1, "fan_in"), "lecun_normal": (1, "fan_in")}
formula = {name: float(np.sqrt(scale / fan[mode])) for name, (scale, mode) in promised.items()}
drawn = {name: float(np.std(keras.initializers.get(name)((784, 300)))) for name in promised}
rows = [[n, f"{s}/{m}", number(formula[n], 3), number(drawn[n], 3)] for n, (s, m) in promised.items()]
show_table(["no Keras", "σ²", "σ pela fórmula", "σ medido"], rows)

# %%
error = max(abs(drawn[name] / formula[name] - 1) for name in promised)
family = keras.initializers.VarianceScaling(2.0, "fan_in", "truncated_normal", seed=1)((784, 300))
same = np.array_equal(family, keras.initializers.HeNormal(seed=1)((784, 300)))
claim("B3-19", "as seis inicializações têm o desvio padrão da fórmula, a menos de 1 %", error < 0.01)
claim("B3-20", "VarianceScaling(2, 'fan_in') sorteia os pesos de he_normal, número a número", same)

# %% [markdown]
# E se errarmos o nome? Dois enganos que circulam em notas de aula, `'cun_normal'` e `mode='fav_avg'`:

# %%
attempts = {
    "cun_normal": lambda: keras.layers.Dense(10, "selu", kernel_initializer="cun_normal"),
    "fav_avg": lambda: keras.initializers.VarianceScaling(2.0, mode="fav_avg", distribution="uniform"),
}
errors = {}
for typo, attempt in attempts.items():
    try:
        attempt()
    except ValueError as error:
        errors[typo] = str(error).split(".")[0]
        print(f"{typo}: {errors[typo]}")

# %%
claim("B3-21", "o Keras recusa os dois com ValueError: são 'lecun_normal' e 'fan_avg'", len(errors) == 2)

# %% [markdown]
# ## 5. Trinta camadas: previsto e medido
#
# Agora temos as duas peças. O peso multiplica $E[h^2]$ pelo ganho; a ativação transforma o resultado. Repetindo camada por camada,
# dá para **prever** o tamanho do sinal em uma rede inteira sem construí-la:


# %%
def predict(f, gains, q=1.0):
    """Desvio padrão das ativações, camada por camada; q é E[h²] na entrada."""
    spreads = []
    for gain in gains:
        h = f(np.sqrt(gain * q) * grid)  # z ~ N(0, ganho · q)
        q = np.sum(bell * h**2)
        spreads.append(np.sqrt(q - np.sum(bell * h) ** 2))
    return np.array(spreads)


# %% [markdown]
# O ganho de He é 2, o de LeCun é 1, em qualquer camada. O de Glorot é $\mathrm{fan_{in}}/\mathrm{fan_{avg}}$: 1 entre
# camadas de cem unidades, mais que isso na primeira, que tem 784 entradas. Construímos as redes que faltam e comparamos.

# %%
glorot = [784 / ((784 + 100) / 2)] + [1.0] * 29
expected = {
    "ReLU + He": predict(f["relu"], [2.0] * 30),
    "ReLU + Glorot": predict(f["relu"], glorot),
    "tanh + Glorot": predict(f["tanh"], glorot),
    "SELU + LeCun": predict(f["selu"], [1.0] * 30),
    "SELU + He": predict(f["selu"], [2.0] * 30),
}
recipes |= {"tanh + Glorot": ("tanh", "glorot_uniform"), "SELU + LeCun": ("selu", "lecun_normal")}
recipes |= {"SELU + He": ("selu", "he_normal")}
for name in list(recipes)[2:]:
    networks[name] = build(*recipes[name])
    stats[name] = signal.activation_stats(networks[name], x_batch)
    norms[name] = signal.gradient_norms(networks[name], x_batch, y_batch)

# %%
spread = {name: stats[name].std[:30] for name in expected}
ax = plots.lines_per_layer(
    spread,
    ylabel="Desvio padrão das ativações",
    title="Com a companheira certa, o sinal atravessa trinta camadas; sem ela, some ou incha",
    expected=expected,
    guess=(guess, "seu palpite\n(ReLU + Glorot)"),
    colors=colors,
)
plots.show(
    ax,
    alt="Desvio padrão das ativações em cada uma das trinta camadas, em escala logarítmica, com a previsão tracejada junto "
    "de cada linha medida. ReLU com He e SELU com LeCun ficam perto de 1. SELU com He sobe camada após camada. Tanh com "
    "Glorot desce devagar. ReLU com Glorot despenca em linha reta, várias potências de dez.",
)

# %% tags=["nbval-ignore-output"]
show_table(
    ["rede", "desvio previsto na camada 30", "desvio medido"],
    [[name, float(expected[name][-1]), float(spread[name][-1])] for name in expected]
    + [["seu palpite (ReLU + Glorot)", "", float(guess)]],
)

# %%
last = {name: float(values[-1]) for name, values in spread.items()}
miss = max(np.exp(abs(np.log(last[name] / expected[name][-1]))) for name in expected)
claim(
    "B3-22",
    "com ReLU + Glorot, o desvio padrão na camada 30 é menor que um milésimo",
    last["ReLU + Glorot"] < 1e-3,
)
claim("B3-23", "com ReLU + He, fica entre 1/20 e 20", 1 / 20 < last["ReLU + He"] < 20)
claim("B3-24", "com SELU + LeCun, fica entre 0,8 e 1,25", 0.8 < last["SELU + LeCun"] < 1.25)
claim("B3-25", "com SELU + He, passa de 5", last["SELU + He"] > 5)
claim(
    "B3-26",
    "com tanh + Glorot, diminui mas não some: fica entre 0,05 e 0,3",
    0.05 < last["tanh + Glorot"] < 0.3,
)
claim("B3-27", "em todas, a previsão para a camada 30 acerta a menos de um fator 20", miss < 20)

# %% [markdown]
# A queda da ReLU com Glorot é o ½ da seção 4 repetido: depois de trinta camadas, $E[h^2]$ foi multiplicado por cerca de
# $2^{-30}$, e o desvio padrão, pela raiz disso, $2^{-15}$. A tanh desce de outro jeito: quanto menor o sinal, mais ela se
# parece com a identidade e menos encolhe. E a regra "He é sempre maior, logo mais seguro" cai na SELU, para a qual He é
# grande demais.
#
# A previsão usa médias sobre infinitos sorteios; uma rede de cem unidades é um sorteio só, e por isso as linhas cheias
# balançam em torno das tracejadas. Um fator 20 parece muita folga; compare-o com a queda da ReLU + Glorot, que passa
# de mil vezes (B3-22).
#
# ### E a volta?
#
# O mesmo aparelho da lição sobre desvanecimento, na rede que não aprendeu, na que aprendeu e na SELU com pesos grandes demais:

# %%
pair = {name: norms[name].kernel for name in ("ReLU + Glorot", "ReLU + He", "SELU + He")}
figure = plots.bars_per_layer(
    pair,
    ylabel="Norma do gradiente dos pesos",
    title="Com Glorot, a rede ReLU recebe gradiente minúsculo em todas as camadas por igual",
    colors=colors,
)
plots.show(
    figure,
    alt="Três painéis de barras com a norma do gradiente dos pesos das trinta e uma camadas, em escala logarítmica. Em ReLU "
    "com Glorot, as barras têm alturas parecidas entre si e muitas potências de dez menores que as de ReLU com He, também "
    "parecidas entre si. Em SELU com He, são as mais altas.",
)

# %% tags=["nbval-ignore-output"]
show_table(
    ["rede", "∂L/∂W: primeira ÷ última", "∂L/∂h: primeira ÷ última", "maior ∂L/∂W"],
    [[name, norm.ratio, norm.hidden_ratio, float(norm.kernel.max())] for name, norm in norms.items()],
)

# %%
ill, well = norms["ReLU + Glorot"], norms["ReLU + He"]
claim(
    "B3-28",
    "com ReLU + Glorot, ∂L/∂h encolhe mais de mil vezes da última camada à primeira",
    ill.hidden_ratio < 1e-3,
)
claim("B3-29", "mas ∂L/∂W da primeira camada não é menor que um décimo do da última", ill.ratio > 0.1)
claim(
    "B3-30",
    "o maior ∂L/∂W de ReLU + Glorot é ao menos cem vezes menor que o menor de ReLU + He",
    ill.kernel.max() < well.kernel.min() / 100,
)
claim(
    "B3-31", "com ReLU + He, ∂L/∂h da primeira camada é da ordem do da última", 0.05 < well.hidden_ratio < 20
)

# %% [markdown]
# Há aqui uma armadilha para quem só compara a primeira camada com a última. O gradiente dos pesos de uma camada é o produto
# do sinal que **entra** nela pelo gradiente que **volta** até ela. Na rede ReLU + Glorot, o sinal encolhe a cada passo da
# ida e o gradiente encolhe a cada passo da volta. As primeiras camadas têm sinal e não têm gradiente; as últimas, gradiente
# e não sinal; em cada camada os dois juntos já pagaram as trinta metades. As barras saem niveladas, e a rede está parada. O desenho
# quase igual dos dois primeiros painéis não é coincidência: os pesos são os mesmos a menos de um fator por camada, e a ReLU
# responde na proporção; muda a altura. (Parada, não zerada: o gradiente **desvanece**, não se anula.)
#
# ## 6. A escala certa é uma fronteira
#
# E se, em vez de decorar He e Glorot, varrêssemos o ganho? Em NumPy, sem Keras, propagamos um sinal $\mathcal N(0, 1)$ por
# trinta camadas de cem unidades, ida e volta, para vários ganhos:


# %%
def propagate(f, slope, gain, depth=30, width=100):
    rng = np.random.default_rng(set_seeds())
    h, path = rng.normal(size=(200, width)), []
    for _ in range(depth):
        W = rng.normal(0, np.sqrt(gain / width), size=(width, width))
        z = h @ W
        h = f(z)
        path.append((W, slope(z)))
    g = start = rng.normal(size=h.shape)  # um gradiente de ensaio, ∂L/∂h da última camada
    for W, slopes in reversed(path):
        g = (g * slopes) @ W.T
    return h.std(), np.sqrt(mean_square(g) / mean_square(start))


pairs = {
    "ReLU": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
}
gains = 2.0 ** np.arange(-2, 2.5, 0.5)
walked = {name: np.array([propagate(*pair, gain) for gain in gains]) for name, pair in pairs.items()}

# %% [markdown]
# A volta também se prevê: em cada camada, $E[(\partial L/\partial h)^2]$ é multiplicado pelo ganho e pela média do quadrado da
# inclinação, na altura em que o sinal da ida estiver.


# %%
def predict_both(f, slope, gain, depth=30):
    q, back = 1.0, 1.0
    for _ in range(depth):
        z = np.sqrt(gain * q) * grid
        back *= gain * np.sum(bell * slope(z) ** 2)
        q = np.sum(bell * f(z) ** 2)
    return predict(f, [gain] * depth)[-1], np.sqrt(back)


fine = np.geomspace(gains[0], gains[-1], 25)
theory = {name: np.array([predict_both(*pair, gain) for gain in fine]) for name, pair in pairs.items()}

# %%
figure, axes = plt.subplots(1, 2, figsize=(11.5, 4.2), sharey=True)
titles = ["Ida: desvio padrão na camada 30", "Volta: gradiente na entrada ÷ na camada 30"]
for column, (ax, title) in enumerate(zip(axes, titles, strict=True)):
    for name, color in (("ReLU", plots.PALETTE[2]), ("tanh", plots.PALETTE[0])):
        ax.plot(fine, theory[name][:, column], "--", color=color, alpha=0.65)
        ax.plot(gains, walked[name][:, column], "o", color=color, label=name)
    for gain, text in ((1, "ganho 1\n(Glorot)"), (2, "ganho 2\n(He)")):
        ax.axvline(gain, color="black", linestyle=":", linewidth=1.2)
        ax.text(0.96 * gain, 1e-13, text, ha="right", fontsize=10)
    ax.set(xscale="log", yscale="log", title=title, xlabel="Ganho fan_in · Var(w)", ylim=(1e-14, 1e7))
    plots.comma_axes(ax)
    ax.set_xticks([0.25, 0.5, 1, 2, 4], ["0,25", "0,5", "1", "2", "4"])
    ax.minorticks_off()
axes[0].plot([], [], "--", color="gray", label="previsto")
axes[0].legend(loc="upper left")
figure.suptitle("Cada ativação tem a sua fronteira: ganho 2 para a ReLU, ganho 1 para a tanh")
plots.show(
    figure,
    alt="Dois painéis em escala logarítmica, ida e volta, com o ganho no eixo horizontal; pontos medidos sobre linhas "
    "previstas. Para a ReLU as duas curvas são retas que cruzam a altura 1 no ganho 2. Para a tanh, a ida cresce até o "
    "ganho 1 e depois fica plana, abaixo de 1, enquanto a volta continua crescendo além do ganho 1.",
)

# %%
at = {float(gain): index for index, gain in enumerate(gains)}
relu, tanh = walked["ReLU"], walked["tanh"]
claim(
    "B3-32", "ReLU: no ganho 1 a ida e a volta encolhem mais de mil vezes", bool(np.all(relu[at[1.0]] < 1e-3))
)
claim(
    "B3-33",
    "ReLU: no ganho 2 ambas ficam entre 1/20 e 20",
    bool(np.all((relu[at[2.0]] > 1 / 20) & (relu[at[2.0]] < 20))),
)
claim("B3-34", "ReLU: no ganho 4 ambas crescem mais de mil vezes", bool(np.all(relu[at[4.0]] > 1e3)))
claim("B3-35", "tanh: no ganho 1/2 a ida cai abaixo de um milésimo", bool(tanh[at[0.5], 0] < 1e-3))
bounded = tanh[at[4.0], 0] < 1 and tanh[at[4.0], 1] > 10
claim("B3-36", "tanh: no ganho 4 a ida não passa de 1 e a volta cresce mais de dez vezes", bool(bounded))

# %% [markdown]
# A inicialização de He não é "grande" nem "pequena": é o ponto em que a ReLU passa de sumir a explodir, e o eixo vertical
# lembra o que custa errar por um fator 2. Na tanh a fronteira é mais suave na ida, porque a ativação é limitada; a volta não
# tem esse freio, e com pesos grandes o gradiente explode, como na rede A da lição sobre desvanecimento.
#
# ## 7. A dívida da sigmoide
#
# A tabela manda usar Glorot com a sigmoide. A lição sobre desvanecimento mostrou que, com Glorot, uma rede sigmoide funda
# não aprende. As duas coisas são verdade: a conta da seção 3 supõe que a ativação tem inclinação 1 em torno do zero.
# Com inclinação de no máximo 1/4, a volta multiplica a raiz de $E[(\partial L/\partial h)^2]$, por camada, por **no máximo**
# $\sqrt{\text{ganho}}/4$.
#
# *Circula a receita de usar a sigmoide com `VarianceScaling(scale=2)`.* O 2 veio da ReLU, que zera metade dos valores; a sigmoide
# não zera nada. E nem ajuda muito, já que multiplica o fator por $\sqrt2$ quando faltam quatro vezes. Meçamos o fator
# por camada:

# %%
scales = [1.0, 2.0, 16.0]
per_layer = {}
for scale in scales:
    scaled = keras.initializers.VarianceScaling(scale, mode="fan_avg", distribution="uniform")
    norm = signal.gradient_norms(build("sigmoid", scaled, sizes=(100,) * 10), x_batch, y_batch)
    per_layer[scale] = norm.hidden_ratio ** (1 / 9)

# %% tags=["nbval-ignore-output"]
show_table(
    ["sigmoide, dez camadas: scale", "teto do fator, √scale / 4", "fator medido por camada"],
    [[f"{scale:.0f}", math.sqrt(scale) / 4, float(per_layer[scale])] for scale in scales],
)

# %%
claim(
    "B3-37",
    "com scale 1 ou 2, cada camada sigmoide deixa passar menos da metade do gradiente",
    bool(max(per_layer[1.0], per_layer[2.0]) < 0.5),
)
claim("B3-38", "nem com scale 16, cujo teto é 1, o fator chega a 0,9", bool(per_layer[16.0] < 0.9))

# %% [markdown]
# Com `scale` 16 o teto sobe a 1, mas pesos tão grandes afastam as pré-ativações do zero, onde a inclinação é menor que 1/4. Nenhuma
# escala paga a dívida: em rede funda, troca-se a ativação, ou usa-se normalização em lote. A sigmoide com Glorot
# vive bem onde de fato a usamos, na camada de saída.
#
# ## 8. Quem aprende?
#
# Já treinamos duas das cinco redes (e a tanh com Glorot, mais rasa, aprendeu na lição sobre desvanecimento). Treinemos as duas
# de SELU, com os mesmos dados e a mesma taxa de aprendizado. À SELU + He basta uma época.

# %%
for name, epochs in (("SELU + LeCun", 4), ("SELU + He", 1)):
    histories[name] = fit(networks[name], epochs)
final = {name: float(history["loss"][-1]) for name, history in histories.items()}

# %% tags=["nbval-ignore-output"]
show_table(
    ["rede de trinta camadas", "desvio na camada 30", "∂L/∂h: primeira ÷ última", "perda na última época"],
    [[name, last[name], norms[name].hidden_ratio, loss] for name, loss in final.items()],
)

# %%
learned = final["SELU + LeCun"] < 0.8 * chance
claim("B3-39", "a rede SELU + LeCun também aprende: termina abaixo de 80 % da perda de quem chuta", learned)
claim("B3-40", "a perda da rede SELU + He deixa de ser um número finito", not np.isfinite(final["SELU + He"]))

# %% [markdown]
# Nestas redes, o inicializador decide. As duas combinações erradas falham por motivos opostos: uma recebe
# gradiente de menos, a outra, de mais. E a ordem entre as que aprendem? Uma execução curta, com uma taxa de aprendizado só,
# não basta para um campeonato.
#
# ### "He é grande demais"?
#
# Em uma comparação que circula, uma rede rasa, 784 → 300 → 100 → 10, com Leaky ReLU, foi pior que uma
# de ReLU, e a culpa caiu sobre `he_normal`, "grande demais" em comparação com `glorot_uniform`. Já temos o que é preciso
# para julgar. Primeiro, a conta: o ganho que a Leaky ReLU de inclinação 0,2 pede é $2/(1 + 0{,}2^2)$, e o de He é 2.

# %%
excess = math.sqrt(2 * leaky)  # desvio de He ÷ desvio ideal para a Leaky ReLU
versus_glorot = formula["he_normal"] / formula["glorot_uniform"]
claim("B3-41", "na Leaky ReLU, o desvio de He excede o ideal em menos de 3 %", excess < 1.03)
claim("B3-42", "na camada 784 → 300, ele é menos de 20 % maior que o de Glorot", versus_glorot < 1.2)

# %% [markdown]
# Depois, o experimento: só muda o inicializador, e a taxa de aprendizado é a da comparação original.

# %%
shallow = {
    name: build("leaky_relu", name, sizes=(300, 100), learning_rate=1e-3)
    for name in ("glorot_uniform", "he_normal")
}
runs = {n: fit(model, epochs=3) for n, model in shallow.items()}
loss = {name: history["loss"][-1] for name, history in runs.items()}

# %% tags=["nbval-ignore-output"]
show_table(["Leaky ReLU, 784 → 300 → 100 → 10", "perda de treino após 3 épocas"], list(loss.items()))

# %%
same_size = shallow["he_normal"].count_params() == build("relu", "he_normal", (300, 100)).count_params()
claim("B3-43", "trocar ReLU por Leaky ReLU não acrescenta nenhum parâmetro", same_size)
claim(
    "B3-44",
    "com he_normal, a perda não fica 10 % acima da de glorot_uniform",
    loss["he_normal"] < 1.1 * loss["glorot_uniform"],
)

# %% [markdown]
# Não há contradição com o conselho "He para a ReLU": a acusação é que não se sustenta. Em rede rasa qualquer dos dois serve,
# porque um fator não muito longe de 1, repetido duas vezes, não chega a fazer estrago. As outras duas causas alegadas também
# caem: "mais camadas", quando o número de parâmetros é o mesmo; e "a Leaky ReLU mantém gradientes negativos", quando o
# que ela mantém é uma inclinação **positiva**. A comparação vinha de uma execução de cada rede, sem semente fixa e sem saber
# se a taxa de aprendizado era a mesma; para apontar uma causa é preciso mudar **uma coisa por vez**.
#
# ## 9. Três armadilhas
#
# ### Todos iguais
#
# Por que sortear? Se o tamanho é o que importa, bastaria dar a todos os pesos o mesmo valor. Tente: uma rede de três camadas de
# 64 unidades com todos os pesos iguais a 0,01, outra com todos iguais a zero, e a terceira com He. *Preveja: depois do treino, que
# diferenças haverá entre as unidades de uma mesma camada?*


# %%
def build_plain(initializer):
    model = build("relu", initializer, sizes=(64, 64, 64), learning_rate=0.05)
    if not isinstance(initializer, str):  # também a camada de saída nasce constante
        output = model.layers[-1]
        output.kernel.assign(initializer(output.kernel.shape))
    return model


starts = {"iguais a zero": keras.initializers.Zeros(), "iguais a 0,01": keras.initializers.Constant(0.01)}
plain = {name: build_plain(start) for name, start in (starts | {"sorteados (He)": "he_normal"}).items()}
zero_norms = signal.gradient_norms(plain.pop("iguais a zero"), x_batch, y_batch)  # nem vale a pena treiná-la
plain_histories = {name: fit(model, epochs=2) for name, model in plain.items()}

# %%
units = {name: model.layers[1].get_weights()[0].T[:6] for name, model in plain.items()}
pictures = [unit.reshape(28, 28) for group in units.values() for unit in group]
captions = [f"{name}\nunidade {n}" for name in units for n in range(1, 7)]
figure = plots.images(pictures, captions, "Quem nasce igual continua igual depois do treino", columns=6)
plots.show(
    figure,
    alt="Doze imagens com os pesos de entrada de seis unidades da primeira camada, depois do treino. Na linha de cima, da "
    "rede que nasceu com pesos iguais, as seis imagens são idênticas. Na de baixo, da rede sorteada, são todas diferentes.",
)

# %%
W1, W2, W3, _ = signal.kernels(plain["iguais a 0,01"]).values()
moved = abs(W1 - 0.01).max()
twins = max(np.ptp(W, axis=1).max() / abs(W).max() for W in (W1, W2, W3))  # diferença entre as colunas
ends = {name: history["loss"][-1] for name, history in plain_histories.items()}
claim(
    "B3-45",
    "os pesos que nasceram iguais mudam no treino, mas as 64 unidades de cada camada seguem iguais",
    bool(moved > 1e-3 and twins < 1e-4),
)
claim(
    "B3-46",
    "a perda delas é mais que o dobro da perda com pesos sorteados",
    ends["iguais a 0,01"] > 2 * ends["sorteados (He)"],
)
claim(
    "B3-47",
    "com tudo zero, o gradiente de todas as matrizes de pesos é exatamente zero",
    not zero_norms.kernel.any(),
)

# %% [markdown]
# Unidades com os mesmos pesos de entrada calculam o mesmo valor. Se os pesos de saída também são iguais, recebem o mesmo
# gradiente, dão o mesmo passo e continuam iguais, para sempre. Uma camada de 64 unidades vale por uma. Com tudo
# zero é pior: nenhuma matriz de pesos recebe gradiente, e só os vieses da saída podem andar. O sorteio existe para
# **quebrar essa simetria**; a variância certa, para que o sinal atravesse. Os vieses podem nascer em zero, como nascem no
# Keras: os pesos já quebram a simetria.
#
# ### O mesmo inicializador em várias camadas
#
# Criar um inicializador e reaproveitá-lo parece uma economia inofensiva:


# %%
def three_layers(make):
    return [keras.layers.Dense(64, "relu", kernel_initializer=make()) for _ in range(3)]


def distinct(layers):
    kernels = list(signal.kernels(keras.Sequential([keras.Input((64,)), *layers])).values())
    return not any(np.array_equal(kernels[0], other) for other in kernels[1:])


shared = keras.initializers.HeNormal()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    repeated = not distinct(three_layers(lambda: shared))
warned = any(issubclass(warning.category, UserWarning) for warning in caught)
claim(
    "B3-48",
    "com uma só instância, as três camadas nascem com a mesma matriz, sem aviso",
    repeated and not warned,
)

# %% [markdown]
# Um inicializador do Keras guarda a semente, e a cada chamada recomeça dela: mesmo formato, mesmos números. A regra da seção 3
# supunha sorteios independentes; aqui há um sorteio só, repetido. O remédio é uma instância por camada: dê o **nome** (o
# Keras cria uma nova a cada vez), chame o construtor de novo ou use `clone()`, como faz a receita desta lição. Cuidado com
# `functools.partial(Dense, kernel_initializer=HeNormal())`, que esconde a mesma instância, e com uma semente fixa,
# que faz as cópias repetirem o sorteio:

# %%
fixed = keras.initializers.HeNormal(seed=7)
remedies = [lambda: "he_normal", lambda: keras.initializers.HeNormal(), lambda: shared.clone()]
claim(
    "B3-49",
    "com o nome, o construtor ou clone(), as matrizes são diferentes",
    all(distinct(three_layers(make)) for make in remedies),
)
claim(
    "B3-50",
    "com a mesma semente fixa, nem clone() as separa",
    not distinct(three_layers(lambda: fixed.clone())),
)

# %% [markdown]
# ### O viés que sumiu
#
# Em exemplos de inicialização aparece `Dense(10, "relu", kernel_initializer="he_normal", use_bias=False)`. Tirar o viés não tem
# relação com He. Só se tira o viés quando logo depois da camada densa vem uma normalização em lote, que traz o seu próprio
# deslocamento. Sem ela, fique com o viés: uma rede ReLU sem vieses, sejam quais forem os pesos, responde zero à entrada zero,
# e dobrar todos os valores de uma foto apenas dobra os *logits*, sem jamais mudar a classe.

# %%
layers = [keras.layers.Dense(64, "relu", kernel_initializer="he_normal", use_bias=False) for _ in range(3)]
lame = keras.Sequential([keras.Input((784,)), *layers, keras.layers.Dense(10, use_bias=False)])
flat = x_batch[:100].reshape(100, 784)
once, twice, blank = (keras.ops.convert_to_numpy(lame(image)) for image in (flat, 2 * flat, 0 * flat))
proportional = np.allclose(twice, 2 * once, rtol=1e-4, atol=1e-5)
claim(
    "B3-51",
    "sem vieses, a rede ReLU responde zero à entrada zero e o dobro ao dobro",
    bool(proportional and not blank.any()),
)

# %% [markdown]
# ## 10. Explique
#
# A inicialização de He usa $2/\mathrm{fan_{in}}$ e ignora o *fan-out*. Em uma rede 784 → 300 → 100 → 10, a volta não fica
# prejudicada? Por que isso não é um desastre, nem em uma rede de cem camadas?
#
# <details><summary>Uma resposta possível</summary>
#
# Contando a metade da ReLU, cada camada oculta multiplica $E[(\partial L/\partial h)^2]$ por
# $\mathrm{fan_{out}}/\mathrm{fan_{in}}$. Mas o *fan-out* de uma camada é o *fan-in* da seguinte, e no produto eles se cancelam: de
# $\tfrac{300}{784}\cdot\tfrac{100}{300}$ sobra $\tfrac{100}{784}$, a última largura dividida pela primeira. É
# **um** fator para a rede inteira, e não um por camada: não cresce nem diminui exponencialmente com a profundidade. Com
# cem camadas de larguras parecidas, ele continua perto de 1. (É o argumento do artigo de He e coautores.)
#
# </details>
#
# ## 11. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | regra da ida | $\mathrm{Var}(z) = \mathrm{fan_{in}}\,\mathrm{Var}(w)\,E[h^2]$ | acerta com pixels de média não nula (B3-04) | pôr $\mathrm{Var}(h)$ no lugar de $E[h^2]$ (B3-05) |
# | regra da volta | $\mathrm{fan_{out}}\,\mathrm{Var}(w)$ | conserva com $1/\mathrm{fan_{out}}$ (B3-07) | dizer que não se garante nem a ida nem a volta |
# | Glorot | $1/\mathrm{fan_{avg}}$; $\pm\sqrt{3/\mathrm{fan_{avg}}}$ | fatores que somam 2 (B3-10); o padrão do Keras (B3-11) | usá-la em uma rede ReLU funda (B3-02, B3-22) |
# | He | $2/\mathrm{fan_{in}}$ | a fronteira da ReLU (B3-32 a B3-34) | chamá-la de "grande demais" (B3-41 a B3-44); levá-la para a SELU (B3-40) ou o 2 para a sigmoide (B3-37) |
# | LeCun | $1/\mathrm{fan_{in}}$ | SELU com desvio perto de 1 por trinta camadas (B3-24) | esquecê-la ao usar SELU |
# | normal truncada | $\sigma/c$ antes do corte | desvio padrão como prometido (B3-17, B3-18) | esperar uma normal inteira |
# | gradiente dos pesos | sinal que entra × gradiente que volta | barras niveladas e rede parada (B3-28 a B3-30) | comparar só a primeira camada com a última |
# | simetria | pesos iguais, gradientes iguais | 64 unidades que valem por uma (B3-45) | inicializar com zeros ou constantes |
# | instância reaproveitada | mesma semente, mesmos números | matrizes idênticas, sem aviso (B3-48) | `partial` com um inicializador pronto |
#
# A conta vale **no instante do nascimento**. Depois do primeiro passo os pesos deixam de ser sorteios independentes, e nada
# garante que o sinal continue do mesmo tamanho; para isso existe a normalização em lote.
#
# **Para praticar:** no **Lab 2 · Inicialização, ativações e normalização** você escreve os seus próprios inicializadores e conserta
# uma rede de vinte camadas pelo sinal que a atravessa. **A seguir:** a lição sobre ativações que não saturam.
#
# ## Referências
#
# - LeCun, Y.; Bottou, L.; Orr, G. B.; Müller, K.-R. (1998). Efficient BackProp. Em *Neural Networks: Tricks of the Trade*,
#   Springer, LNCS 1524. A variância $1/\mathrm{fan_{in}}$.
# - Glorot, X.; Bengio, Y. (2010). Understanding the difficulty of training deep feedforward neural networks. *AISTATS*. A conta
#   da ida e da volta, e o compromisso.
# - He, K.; Zhang, X.; Ren, S.; Sun, J. (2015). Delving deep into rectifiers: surpassing human-level performance on ImageNet
#   classification. *ICCV*. O fator 2 da ReLU e o argumento do *Explique*.
# - Klambauer, G.; Unterthiner, T.; Mayr, A.; Hochreiter, S. (2017). Self-normalizing neural networks. *NeurIPS*. A SELU e a sua
#   inicialização.
# - Poole, B.; Lahiri, S.; Raghu, M.; Sohl-Dickstein, J.; Ganguli, S. (2016). Exponential expressivity in deep neural networks
#   through transient chaos. *NeurIPS*. A previsão camada por camada e a fronteira da tanh.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms. arXiv:1708.07747. Os dados desta lição.
