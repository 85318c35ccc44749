# ---
# jupyter:
#   gradiente:
#     id: B5
#     title: E se cada camada padronizasse o que recebe?
#     covers: [S0-17, S0-18, S0-19, S0-20, S0-21, S1-23, S1-24, S1-25, S1-26, S1-27, S1-28, S1-29, S1-30, S1-31, S1-32, S1-33, S1-34, S1-35, S2-11, S2-12, S2-13, S2-14, S3-28]
#     seconds: 35
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 · E se cada camada padronizasse o que recebe?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *escrever* a normalização em lote em quatro linhas, no treino e na inferência; *reconhecer* as armadilhas do lote e da média móvel; *julgar* com medidas o que ela melhora e o que não melhora |
# | **Você precisa saber** | inicialização de He, ativações que não saturam, gradiente por camada (lições sobre esses assuntos) |
# | **Tempo de leitura** | cerca de 40 minutos |
# | **Tempo de execução** | cerca de 35 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | normalização em lote, escala e deslocamento, média móvel exponencial, estatísticas do lote, inferência, deslocamento interno de covariáveis |
#
# A inicialização de He com uma ativação que não satura entrega, **no primeiro passo**, um sinal do tamanho certo a cada
# camada. Mas os pesos mudam a cada passo, e nada garante que o sinal continue assim. A **normalização em lote** (*batch
# normalization*, **BN**) é uma camada que refaz o ajuste o tempo todo: centra em zero o que recebe, reduz ao desvio padrão
# 1 e depois escala e desloca o resultado com dois números por unidade, que a rede aprende.

# %%
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots, signal
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# Os dados são os de sempre: 2 000 fotos para treinar, 500 para validar. Guardamos duas versões dos pixels: divididos por
# 255, e **padronizados** (média 0, desvio padrão 1) com a média e o desvio do treino. A diferença entre as duas vai
# importar.

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
raw, labels = data.x_train[:2500].astype("float32"), data.y_train[:2500].astype("int32")
pixels = (raw - raw[:2000].mean()) / raw[:2000].std()
x_train, y_train, x_val, y_val = pixels[:2000], labels[:2000], pixels[2000:], labels[2000:]
scaled_train, scaled_val = raw[:2000] / 255, raw[2000:] / 255
x_batch, y_batch = x_train[:500], y_train[:500]  # o lote em que faremos as medidas

# %% [markdown]
# A receita das redes é a das outras lições: dez camadas ocultas de 64 unidades, ReLU, He, saída de dez *logits*. A opção
# nova põe uma `BatchNormalization` entre cada camada densa e a sua ativação. (O `momentum=0.9` fica para a seção 5. As
# camadas densas guardam o viés de propósito, para uma experiência da seção 7.)


# %%
def build(batch_norm, activation="relu", initializer="he_normal"):
    set_seeds()
    draw = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
    for _ in range(10):
        model.add(keras.layers.Dense(64, kernel_initializer=draw.clone()))
        if batch_norm:
            model.add(keras.layers.BatchNormalization(momentum=0.9))
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05), loss)
    return model


# %% [markdown]
# ## 1. A pergunta
#
# A mesma rede, com e sem BN, os mesmos pesos iniciais. Treinamos cada uma por duas épocas com quatro **taxas de
# aprendizado** $\eta$, da menor à maior, voltando sempre ao ponto de partida. Até onde cada uma aguenta?

# %%
networks = {"sem BN": build(False), "com BN": build(True)}
pairs = zip(*(signal.kernels(model).values() for model in networks.values()), strict=True)
same = all(np.array_equal(a, b) for a, b in pairs)
rates = [0.01, 0.05, 0.2, 0.5]
losses = {}  # perda média em cada época: uma linha por taxa
for name, model in networks.items():
    start, losses[name] = model.get_weights(), []
    for rate in rates:
        model.set_weights(start)
        model.optimizer.learning_rate = rate
        history = model.fit(x_train, y_train, epochs=2, batch_size=50, verbose=0)
        losses[name].append(history.history["loss"])

# %%
chance = np.log(10)
colors = plots.Colors({"sem BN": plots.PALETTE[1], "com BN": plots.PALETTE[0]})
figure, ax = plt.subplots(figsize=(10.5, 4.2))
for name, loss in losses.items():
    second = np.array(loss)[:, 1]
    ax.plot(rates, second, "o-", color=colors[name], label=name)
    lost = np.array(rates)[~np.isfinite(second)]
    label = f"{name}: a perda virou NaN" if len(lost) else None
    ax.plot(
        lost, np.full(len(lost), 2.7), "x", color=colors[name], markersize=11, markeredgewidth=3, label=label
    )
ax.axhline(chance, color="black", linestyle=":", linewidth=1.4, label="quem chuta: ln 10")
ax.set(xscale="log", ylim=(0, 3), xlabel="Taxa de aprendizado η", ylabel="Perda de treino na 2ª época")
ax.set_title("A rede com BN aguenta taxas de aprendizado que destroem a outra")
plots.comma_axes(ax)
ax.set_xticks(rates, [number(rate, digits=1) for rate in rates])
ax.set_xticks([], minor=True)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plots.show(
    figure,
    alt="Perda de treino na segunda época em função da taxa de aprendizado, em escala logarítmica. A rede sem BN aprende "
    "com as taxas pequenas e se perde com as grandes: com a maior, a perda vira NaN. A rede com BN começa acima com a "
    "menor taxa, mas desce e tem os seus melhores resultados com as maiores.",
)

# %%
loss = {name: dict(zip(rates, values, strict=True)) for name, values in losses.items()}
no_bn = loss["sem BN"][0.5][1]
claim("B5-01", "as duas redes nascem com as mesmas matrizes de pesos", same)
claim("B5-02", "com a maior taxa, a rede sem BN não aprende", not no_bn < 0.9 * chance)
claim(
    "B5-03",
    "com ela, a rede com BN chega a menos de metade da perda de quem chuta",
    loss["com BN"][0.5][1] < chance / 2,
)
faster = loss["com BN"][0.5][0] < 0.9 * loss["com BN"][0.05][0]
claim("B5-04", "com BN, η dez vezes maior (0,5 contra 0,05) faz a perda cair mais já na 1ª época", faster)
slower = loss["com BN"][0.01][1] > loss["sem BN"][0.01][1]
claim("B5-05", "mas com a menor taxa a rede com BN aprende mais devagar que a outra", slower)

# %% [markdown]
# *É comum ler que "a BN acelera o treino".* A figura diz algo mais preciso: nesta rede, bem inicializada, e com a mesma
# taxa pequena, a BN até atrasou (B5-05). O que ela fez foi **alargar a faixa de taxas que funcionam**, e com uma taxa
# grande o treino anda depressa. Por que ela aguenta? Para responder é preciso abrir a camada.
#
# ## 2. As quatro equações
#
# Fixe uma unidade da camada e olhe o valor que ela produz em cada exemplo do lote $B$. A BN calcula:
#
# $$
# \mu_B = \frac1m\sum_{i=1}^m x_i
# \qquad
# \sigma_B^2 = \frac1m\sum_{i=1}^m (x_i - \mu_B)^2
# \qquad
# \hat x_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}}
# \qquad
# y_i = \gamma\,\hat x_i + \beta
# $$
#
# | símbolo | o que é |
# |---|---|
# | $B$, $m$ | o lote (*batch*) e o número de exemplos que ele tem |
# | $x_i$ | o que a BN recebe dessa unidade no exemplo $i$ |
# | $\mu_B$, $\sigma_B^2$ | média e variância da unidade **no lote**; $\sigma_B$ é o desvio padrão |
# | $\varepsilon$ | um número pequeno (0,001 no Keras) que evita a divisão por zero |
# | $\hat x_i$ | o valor padronizado |
# | $\gamma$, $\beta$ | **escala** e **deslocamento**: dois parâmetros treináveis por unidade, que nascem em 1 e em 0 |
# | $y_i$ | o que a BN entrega |
#
# As quatro equações valem para cada unidade em separado. Em NumPy, com uma linha por exemplo e uma coluna por unidade,
# elas são quatro linhas:

# %%
EPSILON = 1e-3


def batch_norm(x, gamma, beta):
    mean = x.mean(axis=0)  # uma média por unidade: o eixo dos exemplos desaparece
    variance = x.var(axis=0)
    x_hat = (x - mean) / np.sqrt(variance + EPSILON)
    return gamma * x_hat + beta


# %% [markdown]
# Damos à nossa função e à camada do Keras o mesmo lote, com cinco unidades de médias e tamanhos bem diferentes, e os
# mesmos $\gamma$ e $\beta$, sorteados para que a comparação seja exigente. O argumento `training=True` pede à camada o
# modo de treino.

# %%
rng = np.random.default_rng(set_seeds())
x = (rng.normal(size=(32, 5)) * [0.1, 0.5, 1, 3, 10] + [5, -2, 0, 1, -20]).astype("float32")
gamma, beta = rng.normal(size=(2, 5)).astype("float32")
layer = keras.layers.BatchNormalization()
layer.build((None, 5))
layer.gamma.assign(gamma)
layer.beta.assign(beta)
by_keras = keras.ops.convert_to_numpy(layer(x, training=True))
error = np.abs(batch_norm(x.astype("float64"), gamma, beta) - by_keras).max()
claim("B5-06", "no treino, as quatro linhas em NumPy e o Keras diferem menos de 1e-4", error < 1e-4)

# %% [markdown]
# ### "A BN garante média 0 e desvio 1"
#
# É a frase mais repetida sobre a BN, e promete demais. Vejamos quando ela vale. Em uma camada **recém-nascida**
# ($\gamma = 1$, $\beta = 0$), a média de cada unidade no lote sai 0. E o desvio padrão? Preste atenção ao $\varepsilon$:
# dividimos por $\sqrt{\sigma_B^2 + \varepsilon}$, e não por $\sigma_B$, e assim o que sai tem desvio
#
# $$\frac{\sigma_B}{\sqrt{\sigma_B^2 + \varepsilon}} < 1.$$

# %%
scales = np.array([3.0, 1.0, 0.1, 0.03, 0.01])
noise = rng.normal(size=(1000, 5))
wave = (noise - noise.mean(axis=0)) / noise.std(axis=0)  # desvio padrão exato
newborn = keras.layers.BatchNormalization()
fresh = keras.ops.convert_to_numpy(newborn((wave * scales).astype("float32"), training=True))
expected = scales / np.sqrt(scales**2 + EPSILON)
show_table(
    ["desvio que entra", "desvio que sai", "a fórmula"],
    [
        [number(s), number(out, 4), number(e, 4)]
        for s, out, e in zip(scales, fresh.std(axis=0), expected, strict=True)
    ],
)

# %%
agrees = np.allclose(fresh.std(axis=0), expected, rtol=1e-4)
claim(
    "B5-07",
    "a camada recém-nascida devolve média menor que 1e-6 em cada unidade",
    np.abs(fresh.mean(axis=0)).max() < 1e-6,
)
claim(
    "B5-08",
    "e desvio igual a σ/√(σ² + ε): um pouco menor que 1, e bem menor se a unidade quase não varia",
    agrees,
)

# %% [markdown]
# Uma unidade que quase não varia não é inflada até o desvio 1. Ainda bem: o que ela tem de variação pode ser só ruído.
#
# ## 3. A escala e o deslocamento
#
# Se padronizar é tão bom, por que desfazê-lo logo em seguida com $\gamma$ e $\beta$? Porque média 0 e desvio 1 nem sempre
# são o melhor para a próxima operação. Uma ReLU que receba sempre média 0 desliga cerca de metade dos exemplos em
# **toda** unidade, quer isso convenha, quer não. Com $\gamma$ e $\beta$ a rede decide, unidade por unidade, e aprende-os
# com o gradiente, como qualquer peso. Vejamos o que ela decidiu depois das duas épocas com a maior taxa da seção 1.
# Tomamos a primeira BN e as suas 64 unidades; de cada uma medimos, no lote, a média e o desvio padrão em três momentos.

# %%
trained = networks["com BN"]
norms = [layer for layer in trained.layers if isinstance(layer, keras.layers.BatchNormalization)]
denses = [layer for layer in trained.layers if isinstance(layer, keras.layers.Dense)]
gamma, beta = norms[0].gamma.numpy(), norms[0].beta.numpy()
z, y = signal.activations(trained, x_batch, [denses[0].name, norms[0].name]).values()
x_hat = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + EPSILON)

# %%
stages = {"x: o que a BN recebe": z, "x̂: depois de padronizar": x_hat, "y: o que a BN entrega (ampliado)": y}
figure, axes = plt.subplots(1, 3, figsize=(11.5, 3.9))
for ax, (title, values) in zip(axes, stages.items(), strict=True):
    ax.scatter(values.mean(axis=0), values.std(axis=0), s=26, alpha=0.8, label="uma unidade")
    ax.plot(0, 1, "+", color="black", markersize=14, label="média 0, desvio 1")
    ax.set(title=title, xlabel="Média no lote")
    plots.comma_axes(ax)
axes[1].set(xlim=axes[0].get_xlim(), ylim=axes[0].get_ylim())  # a mesma escala do primeiro painel
axes[2].scatter(beta, np.abs(gamma), s=60, facecolor="none", edgecolor=plots.PALETTE[1], label="(β, |γ|)")
axes[0].set_ylabel("Desvio padrão no lote")
figure.legend(*axes[2].get_legend_handles_labels(), loc="outside lower center", ncols=3)
figure.suptitle("A BN leva todas as unidades ao mesmo ponto; γ e β as deixam sair dele")
plots.show(
    figure,
    alt="Média e desvio padrão no lote de cada unidade da primeira camada, em três painéis. No primeiro, "
    "o que a BN recebe, os pontos se espalham. No segundo, depois de padronizar, todos coincidem em média zero e desvio um. "
    "No terceiro, o que a BN entrega, formam uma nuvem em torno desse ponto, e cada um está sobre o seu par beta e gama.",
)

# %%
spread = np.abs(gamma) * z.std(axis=0) / np.sqrt(z.var(axis=0) + EPSILON)
claim(
    "B5-09",
    "no lote, a média do que a BN entrega é β, unidade por unidade",
    np.abs(y.mean(axis=0) - beta).max() < 1e-4,
)
claim("B5-10", "e o desvio é |γ|, descontado o ε", np.allclose(y.std(axis=0), spread, rtol=1e-3))
moved = max(np.abs(beta).max(), np.abs(gamma - 1).max()) > 0.05
claim("B5-11", "depois do treino, γ e β já saíram de 1 e de 0", moved)

# %% [markdown]
# Eis a frase corrigida: **no treino, o que a BN entrega tem, em cada unidade e em cada lote, média $\beta$ e desvio
# (quase) $|\gamma|$**. Só são 0 e 1 no nascimento. E na inferência, como veremos, nem isso é exato.
#
# ## 4. Por que ela aguenta
#
# Agora podemos responder à pergunta da seção 1, ao menos em parte. Multiplique por 10 os pesos da camada densa que vem
# antes da BN. A média e o desvio do lote também ficam dez vezes maiores, e a divisão cancela o 10: a saída não muda.
#
# $$\text{BN}(a\,W x) = \text{BN}(W x)\quad (a > 0,\ \text{a menos do } \varepsilon)
# \qquad\Longrightarrow\qquad
# \frac{\partial L}{\partial (aW)} = \frac1a\,\frac{\partial L}{\partial W}$$
#
# A segunda igualdade é consequência da primeira, pela regra da cadeia: se o tamanho dos pesos não importa, pesos dez vezes
# maiores são dez vezes menos sensíveis. Isso age como um freio automático: um passo grande demais aumenta os pesos, pesos
# maiores recebem gradiente menor, e os passos seguintes encolhem. Confira com o instrumento de sempre.

# %%
probe = build(True)
born = signal.kernels(probe)
before = signal.gradient_norms(probe, x_batch, y_batch)
probe.layers[1].kernel.assign(10 * probe.layers[1].kernel.numpy())  # a primeira camada densa
after = signal.gradient_norms(probe, x_batch, y_batch)
ten_times_less = abs(10 * after.kernel[0] / before.kernel[0] - 1) < 0.02
claim(
    "B5-12",
    "com os pesos da camada 1 dez vezes maiores, a perda muda menos de 0,1 %",
    abs(after.loss / before.loss - 1) < 1e-3,
)
claim("B5-13", "e o gradiente deles fica dez vezes menor", ten_times_less)

# %% [markdown]
# E por que os pesos crescem? Se mudar só o tamanho dos pesos $w$ de uma unidade não altera a perda, o gradiente $g$ não tem
# componente na direção de $w$: os dois são perpendiculares. Pelo teorema de Pitágoras, depois de um passo
#
# $$\lVert w - \eta\,g\rVert^2 = \lVert w\rVert^2 + \eta^2\lVert g\rVert^2,$$
#
# e a norma só pode aumentar (a menos do $\varepsilon$ e do arredondamento; os passos são da descida do gradiente pura,
# sem *momentum*). A previsão é ousada, e fácil de derrubar: **todas** as 640 unidades ocultas da rede da seção 1 devem
# ter terminado com pesos de norma maior do que aquela com que nasceram.

# %%
grown = signal.kernels(trained)
growth = [
    np.linalg.norm(grown[b], axis=0) / np.linalg.norm(born[a], axis=0)
    for a, b in zip(born, grown, strict=True)
]
hidden_units = np.concatenate(growth[:-1])  # sem a camada de saída, que não tem BN depois
claim(
    "B5-14",
    "nas 640 unidades seguidas de BN, a norma dos pesos aumentou",
    len(hidden_units) == 640 and hidden_units.min() > 1,
)
at_birth = x_batch.reshape(500, 784) @ next(iter(born.values()))  # o que a primeira BN recebia ao nascer
wider = np.median(z.std(axis=0)) > 2 * np.median(at_birth.std(axis=0))
claim("B5-15", "o desvio padrão do que a primeira BN recebe mais que dobrou (mediana das unidades)", wider)

# %% [markdown]
# Agora se entende a escala do primeiro painel da figura anterior: com a taxa grande, os pesos da primeira camada
# cresceram até os passos ficarem do tamanho certo para eles.
#
# A mesma conta explica por que se diz que a BN torna a rede **menos sensível à inicialização**: o tamanho com que os pesos
# de uma camada nascem deixa de importar para a ida. (Continuamos usando He com a ReLU; a BN apenas perdoa quem não usa.)
#
# Já a explicação do artigo que propôs a BN era outra: ela reduziria o **deslocamento interno de covariáveis** (*internal
# covariate shift*), a mudança na distribuição do que cada camada recebe enquanto as anteriores aprendem. Essa explicação
# é **disputada**. Santurkar e colegas (2018) somaram ruído de propósito depois da BN, para que as distribuições se
# deslocassem mais, e o treino continuou bom; para eles, o que a BN faz é deixar a superfície da perda mais suave. A
# prática sobreviveu à explicação.
#
# E os gradientes? A lição sobre desvanecimento mediu a mesma rede com sigmoide: sem BN, a primeira camada recebe menos de
# um décimo de milésimo do gradiente da última. Com BN, no nascimento:

# %% tags=["nbval-ignore-output"]
cases = {
    "sigmoide, Glorot e BN": build(True, "sigmoid", "glorot_uniform"),
    "ReLU, He": build(False),
}
ratios = {name: signal.gradient_norms(model, x_batch, y_batch).ratio for name, model in cases.items()}
ratios["ReLU, He e BN"] = before.ratio  # medido há pouco
show_table(
    ["rede", "gradiente dos pesos: primeira camada ÷ última"], [[n, float(r)] for n, r in ratios.items()]
)

# %%
balanced = 0.2 < ratios["sigmoide, Glorot e BN"] < 5
claim("B5-16", "na sigmoide com BN, essa razão fica perto de 1, entre 1/5 e 5", balanced)
claim(
    "B5-17",
    "na ReLU com He, a BN a aumenta e a deixa acima de 2",
    ratios["ReLU, He e BN"] > max(2, ratios["ReLU, He"]),
)

# %% [markdown]
# *"A BN resolve o problema dos gradientes"*, portanto, não é uma lei: depende da rede em que ela entra.
#
# ## 5. No treino e na inferência
#
# No treino há um lote. Na **inferência**, quando a rede já está em uso, pode chegar **uma** foto só; ou um lote pequeno;
# ou um lote que não se parece com o treino. De onde tirar a média e o desvio? De estatísticas **finais**, calculadas
# sobre o treino. Há dois modos de obtê-las: passar o treino inteiro pela rede depois de treinada, ou, como fazem quase
# todas as bibliotecas, acumular durante o treino uma **média móvel exponencial** das médias e outra das **variâncias**:
#
# $$\hat v \leftarrow \hat v \cdot \text{momentum} + v\,(1 - \text{momentum})$$
#
# em que $v$ é a estatística do lote atual, $\hat v$ a acumulada e $\text{momentum}$ um número entre 0 e 1 (0,99 no Keras,
# se nada dissermos). Cada lote pesa $1 - \text{momentum}$. Esse *momentum* só tem em comum com o dos otimizadores o nome.
#
# Conferimos na camada da seção 2, que já viu um lote: as médias móveis nascem em 0 e as variâncias móveis em 1.

# %%
mean, variance = x.mean(axis=0), x.var(axis=0)
moving_mean = 0 * 0.99 + mean * 0.01
moving_variance = 1 * 0.99 + variance * 0.01
layer = keras.layers.BatchNormalization()
layer(x, training=True)
right_mean = np.allclose(layer.moving_mean.numpy(), moving_mean, atol=1e-5)
right_variance = np.allclose(layer.moving_variance.numpy(), moving_variance, atol=1e-4)
by_hand = (x - moving_mean) / np.sqrt(moving_variance + EPSILON)  # γ = 1 e β = 0
by_keras = keras.ops.convert_to_numpy(layer(x, training=False))
claim(
    "B5-18",
    "depois de um lote, o Keras guarda as médias e as variâncias que a fórmula dá",
    right_mean and right_variance,
)
claim("B5-19", "e na inferência usa essas, e não as do lote", np.allclose(by_hand, by_keras, atol=1e-4))

# %% [markdown]
# São as variâncias que se acumulam, *e não os desvios padrão, como às vezes se escreve*. Não dá no mesmo: dois lotes com
# desvios 1 e 3 têm média das variâncias 5, cuja raiz é 2,24, e média dos desvios 2.
#
# ### Preveja
#
# > Suponha que a estatística do lote seja sempre 1 e que a acumulada nasça em 0. Com *momentum* 0,99, a quanto terá chegado
# > a acumulada depois de **100 atualizações**?

# %%
guess = 0.95  # troque pelo seu palpite, entre 0 e 1

# %%
updates = np.arange(301)
reached = {momentum: 1 - momentum**updates for momentum in (0.9, 0.99, 0.999)}
figure, ax = plt.subplots(figsize=(8.5, 4.2))
for momentum, curve in reached.items():
    ax.plot(updates, curve, label=f"momentum {momentum}".replace(".", ","))
ax.axvline(100, color="black", linestyle=":", linewidth=1.2)
ax.plot(
    100,
    reached[0.99][100],
    "o",
    color=plots.PALETTE[1],
    markersize=9,
    label="0,99 após 100 atualizações",
)
ax.axhline(guess, color="black", linestyle="--", linewidth=1.4, label="seu palpite")
ax.set(xlim=(0, 300), ylim=(0, 1.05), xlabel="Atualizações", ylabel="Estatística acumulada")
ax.set_title("Quanto maior o momentum, mais lotes até esquecer o ponto de partida")
ax.legend(loc="center right", bbox_to_anchor=(1, 0.5))
plots.show(
    plots.comma_axes(ax),
    alt="A estatística acumulada em função do número de atualizações, quando a do lote é sempre um, para três valores de "
    "momentum. Com 0,9 ela chega a um em poucas dezenas de atualizações; com 0,99 passa um pouco de seis décimos em cem "
    "atualizações; com 0,999 não chega a três décimos em trezentas. Uma linha tracejada mostra o palpite.",
)

# %% [markdown]
# Depois de $n$ atualizações sobra $\text{momentum}^n$ do ponto de partida, e a acumulada está em $1 - \text{momentum}^n$.
# Perguntamos também ao Keras, dando cem vezes à camada um lote de média 1.

# %%
constant = keras.layers.BatchNormalization(momentum=0.99)
for _ in range(100):
    constant(np.ones((4, 1), "float32"), training=True)
arrived = float(constant.moving_mean.numpy()[0])
print(f"Depois de 100 atualizações: {percent(arrived, digits=1)} do caminho.")
claim(
    "B5-20", "o Keras chega a 1 − 0,99¹⁰⁰ depois de cem atualizações", abs(arrived - (1 - 0.99**100)) < 1e-4
)

# %% [markdown]
# A regra prática: a acumulada lembra mais ou menos dos últimos $1/(1 - \text{momentum})$ lotes. Valores perto de 1 (0,9;
# 0,99; 0,999) dão uma média mais firme e pedem mais passos: acrescentam-se noves quando os dados são muitos e os lotes,
# pequenos.
#
# ### A armadilha dos poucos passos
#
# Tomemos agora a rede que aparece em muitos tutoriais: BN logo na entrada, duas camadas densas (300 e 100 unidades) com
# ELU, e BN antes de cada ativação. Ela recebe os pixels divididos por 255. O argumento `place` diz onde fica a BN; por
# enquanto, "antes".


# %%
def classic(place, momentum=0.9):
    set_seeds()

    def norm():
        return keras.layers.BatchNormalization(momentum=momentum)

    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
    model.add(norm() if place != "sem BN" else keras.layers.Identity())
    for units in (300, 100):
        model.add(keras.layers.Dense(units, kernel_initializer="he_normal", use_bias=place != "antes"))
        order = {
            "antes": [norm(), keras.layers.Activation("elu")],
            "depois": [keras.layers.Activation("elu"), norm()],
        }
        for layer in order.get(place, [keras.layers.Activation("elu")]):
            model.add(layer)
    model.add(keras.layers.Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05), loss)
    return model


# %% [markdown]
# Duas cópias, uma com o *momentum* padrão e outra com 0,9. Lotes de 100 fotos, quatro épocas: oitenta passos ao todo.

# %%
training = {
    "epochs": 4,
    "batch_size": 100,
    "validation_data": (scaled_val, y_val),
    "validation_batch_size": 500,
    "verbose": 0,
}
pair = {"momentum 0,99": classic("antes", 0.99), "momentum 0,9": classic("antes", 0.9)}
origin = pair["momentum 0,9"].get_weights()
histories = {}
for name, model in pair.items():
    set_seeds()  # os mesmos lotes, na mesma ordem
    histories[name] = model.fit(scaled_train, y_train, **training).history

# %%
trap_colors = plots.Colors({"momentum 0,99": plots.PALETTE[1], "momentum 0,9": plots.PALETTE[0]})
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None, colors=trap_colors)
ax = plotter.plot(histories, title="O treino é o mesmo; a validação parece ser de outra rede")
ax.lines[0].set(linewidth=7, alpha=0.4)  # uma curva larga sob a outra: as duas de treino coincidem
ax.set_xticks(range(4))
plots.show(
    ax,
    alt="Perda por época de duas redes que só diferem no momentum da BN. As duas curvas de treino coincidem. A "
    "validação com momentum 0,9 acompanha o treino; com 0,99 fica bem acima, e desce devagar.",
)

# %%
train = [np.array(history["loss"]) for history in histories.values()]
late, early = (np.array(history["val_loss"]) for history in histories.values())
claim(
    "B5-21",
    "o momentum da BN não altera o treino: as perdas coincidem em todas as épocas",
    np.allclose(*train, rtol=1e-3),
)
claim(
    "B5-22", "na segunda época, a perda de validação com 0,99 é ao menos 20 % maior", late[1] > 1.2 * early[1]
)

# %% [markdown]
# ### Explique
#
# Um colega olha as duas curvas da rede com *momentum* 0,99, treino baixo e validação alta, e conclui: "**sobreajuste**, vou
# regularizar". Que medida, de uma linha, mostraria que ele está enganado?
#
# <details><summary>Uma resposta possível</summary>
#
# Avaliar **o próprio conjunto de treino** em modo de inferência, com `model.evaluate(scaled_train, y_train)`. A perda de
# treino que o `fit` mostrou era baixa, mas foi medida em modo de treino. Se a rede estivesse sobreajustada, iria muito
# bem ali, porque são os exemplos que ela decorou. Se vai mal também no treino, o problema não está nos pesos nem nos
# dados: está no modo de inferência, isto é, nas estatísticas acumuladas.
#
# </details>
#
# Fazemos essa medida, e a cura mais direta: não mexer em nenhum peso e trocar as estatísticas acumuladas pelas
# **finais**, do treino inteiro. Uma única ida em modo de treino, com as 2 000 fotos em um lote só, mostra o que cada BN
# recebe.


# %%
def recompute_statistics(model, images):
    place = [i for i, layer in enumerate(model.layers) if isinstance(layer, keras.layers.BatchNormalization)]
    received = signal.activations(model, images, [model.layers[i - 1].name for i in place], training=True)
    for i, values in zip(place, received.values(), strict=True):
        model.layers[i].moving_mean.assign(values.mean(axis=0))
        model.layers[i].moving_variance.assign(values.var(axis=0))


ill = pair["momentum 0,99"]
test = {"batch_size": 500, "verbose": 0}
sick = ill.evaluate(scaled_train, y_train, **test), ill.evaluate(scaled_val, y_val, **test)
recompute_statistics(ill, scaled_train)
well = ill.evaluate(scaled_train, y_train, **test), ill.evaluate(scaled_val, y_val, **test)

# %% tags=["nbval-ignore-output"]
show_table(
    ["rede com momentum 0,99, perda na inferência", "treino", "validação"],
    [
        ["com as estatísticas acumuladas", *map(float, sick)],
        ["com as do treino inteiro, mesmos pesos", *map(float, well)],
    ],
)

# %%
claim("B5-23", "com as estatísticas acumuladas, a rede vai mal no próprio treino", sick[0] > 1.3 * well[0])
claim(
    "B5-24",
    "com as do treino inteiro, e os mesmos pesos, a perda cai também na validação",
    well[1] < 0.95 * sick[1],
)

# %% [markdown]
# Então, se a validação vier estranha em um treino curto com BN: conte os passos, compare com $1/(1 - \text{momentum})$ e,
# se faltarem passos, treine mais, diminua o *momentum* ou recalcule as estatísticas.
#
# Duas palavras sobre o Keras. `fit` usa `training=True` e `predict` e `evaluate` usam `training=False` sem que você peça;
# ao chamar o modelo como função, é você quem diz. E uma BN **congelada** com `trainable = False` passa a trabalhar em
# modo de inferência mesmo que se diga `training=True`, o que será útil na transferência de aprendizado.

# %%
frozen = keras.layers.BatchNormalization()
frozen.build((None, 5))
frozen.trainable = False
in_training = keras.ops.convert_to_numpy(frozen(x, training=True))
in_inference = keras.ops.convert_to_numpy(frozen(x, training=False))
claim(
    "B5-25",
    "congelada, a BN faz o mesmo no treino e na inferência",
    np.array_equal(in_training, in_inference),
)

# %% [markdown]
# ## 6. Qual é o eixo?
#
# Em uma entrada de duas dimensões, (exemplos, unidades), a BN usa `axis=-1`: uma média por unidade, tirada sobre os
# exemplos. Repare na diferença de vocabulário, que confunde: o `axis` do **NumPy** é a dimensão que *desaparece*
# (`x.mean(axis=0)`); o da **BN** é a que *fica*. Por isso a posição em relação ao `Flatten` importa. Antes dele, com
# fotos 28 × 28, a última dimensão são as **colunas** da foto: 28 médias, cada uma sobre todas as linhas e todos os
# exemplos. Depois dele, 784 médias, uma por pixel.
#
# (Com `momentum=0` a acumulada é a do último lote: um truque para ver as estatísticas.)

# %%
spy = keras.layers.BatchNormalization(momentum=0.0)
spy(x_batch, training=True)
columns = np.abs(spy.moving_mean.numpy() - x_batch.mean(axis=(0, 1), dtype="float64")).max() < 1e-3
flat = keras.layers.BatchNormalization()
flat.build((None, 784))
print(f"Parâmetros da BN antes do Flatten: {spy.count_params()}; depois: {flat.count_params()}")
claim(
    "B5-26",
    "antes do Flatten, a BN faz 28 médias, uma por coluna da foto, sobre os outros dois eixos",
    columns,
)
claim(
    "B5-27",
    "são 4 parâmetros por unidade: 4 × 28 e 4 × 784",
    (spy.count_params(), flat.count_params()) == (112, 3136),
)

# %% [markdown]
# Quatro por unidade: $\gamma$, $\beta$, a média e a variância móveis. Só os dois primeiros são treináveis. Para tratar
# cada pixel em separado há quem escreva `axis=[1, 2]`; o Keras 3 recusa. Ponha um `Flatten` antes ou, se só quiser
# padronizar a entrada com estatísticas fixas, use `Normalization(axis=(1, 2))`. Aproveitamos para conferir outras duas
# linhas que ainda circulam em códigos antigos.

# %%
attempts = {
    "BatchNormalization(axis=[1, 2])": lambda: keras.layers.BatchNormalization(axis=[1, 2]),
    "Flatten(input=[28, 28])": lambda: keras.layers.Flatten(input=[28, 28]),
    "keras.Activation('elu')": lambda: keras.Activation("elu"),
}
raised = {}
for text, attempt in attempts.items():
    try:
        attempt()
    except Exception as error:
        raised[text] = type(error).__name__
cure = ["Flatten() antes", "keras.Input((28, 28)) e Flatten()", "keras.layers.Activation('elu')"]
rows = [[f"`{text}`", raised.get(text, "aceito"), f"`{c}`"] for text, c in zip(attempts, cure, strict=True)]
show_table(["linha", "o que o Keras 3 diz", "no lugar dela"], rows)

# %%
fixed = keras.layers.Normalization(axis=(1, 2))
fixed.adapt(scaled_train)
pixelwise = np.allclose(np.squeeze(fixed.mean), scaled_train.mean(axis=0), atol=1e-4)
claim("B5-28", "o Keras recusa as três linhas", len(raised) == 3)
claim("B5-29", "Normalization(axis=(1, 2)) guarda uma média por pixel", pixelwise)

# %% [markdown]
# ## 7. Antes ou depois da ativação?
#
# Entre a camada densa e a ativação, como preferem os autores da BN, ou depois da ativação? **As duas posições são
# legais**, e com qualquer delas pode-se pôr uma BN também na entrada da rede. O que muda é o destino do **viés** da
# camada densa.
#
# Se a BN vem logo depois da camada densa, ela subtrai a média do lote, e com ela o viés: somar $b$ a todos os exemplos não
# altera $x_i - \mu_B$. O viés é inútil, e quem faz o seu trabalho é $\beta$. Por isso se escreve `use_bias=False`. Se entre
# as duas há uma ativação, o viés muda a **forma** do que a BN recebe, e não pode ser dispensado pelo mesmo argumento.
#
# A rede `com BN` da seção 1 guardou os vieses. Depois de oitenta passos com taxa 0,5, quanto andaram?

# %%
stay = max(float(np.abs(layer.bias.numpy()).max()) for layer in denses[:-1])
output_bias = float(np.abs(denses[-1].bias.numpy()).max())
claim("B5-30", "seguidos de BN, os vieses das camadas ocultas não saem do zero (menos de 1e-6)", stay < 1e-6)
claim(
    "B5-31",
    "o da camada de saída, que não tem BN depois, anda ao menos mil vezes mais",
    output_bias > 1000 * stay,
)

# %% [markdown]
# Não é que aprendam devagar: o gradiente deles é zero, e o que se vê é arredondamento. Contemos agora os parâmetros das
# duas versões da rede clássica.

# %%
models = {"sem BN": classic("sem BN"), "BN antes": pair["momentum 0,9"], "BN depois": classic("depois")}
rows = []
for name, model in models.items():
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    rows.append([name, model.count_params(), trainable, model.count_params() - trainable])
show_table(["rede", "parâmetros", "treináveis", "não treináveis"], rows)
before_elu = [layer.count_params() for layer in models["BN antes"].layers]
totals = {row[0]: row[1:] for row in rows}

# %%
claim("B5-32", "sem BN são 266 610 parâmetros", totals["sem BN"][0] == 266_610)
claim(
    "B5-33",
    "com BN antes da ativação e sem viés: 270 946, dos quais 2 368 não treináveis",
    totals["BN antes"] == [270_946, 268_578, 2368],
)
claim("B5-34", "com BN depois e com viés: 271 346", totals["BN depois"][0] == 271_346)
claim(
    "B5-35",
    "camada por camada, antes: 0, 3 136, 235 200, 1 200, 0, 30 000, 400, 0, 1 010",
    before_elu == [0, 3136, 235200, 1200, 0, 30000, 400, 0, 1010],
)

# %% [markdown]
# A diferença entre 271 346 e 270 946 são exatamente os 300 + 100 vieses dispensados. (A "BN depois" tem o mesmo número de
# BNs.)
#
# **Não esqueça a ativação.** Ao tirar `activation="elu"` da camada densa para pôr a BN no meio, é fácil não a pôr de
# volta. Há exemplos publicados assim: BN, densa, BN, densa, BN, saída. Fora do treino, cada BN é uma multiplicação e uma
# soma por unidade; sem ativações, a rede inteira é uma função **afim**, por mais camadas que tenha. O teste do ponto
# médio denuncia: em uma função afim, a saída no meio do caminho entre duas fotos é a média das duas saídas.


# %%
def midpoint_error(activation):
    set_seeds()
    model = keras.Sequential([keras.Input((784,))])
    for units in (300, 100):
        model.add(keras.layers.BatchNormalization(momentum=0.0))
        model.add(keras.layers.Dense(units, kernel_initializer="he_normal"))
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(10))
    a, b = scaled_train[:500].reshape(500, 784), scaled_train[500:1000].reshape(500, 784)
    model(a, training=True)  # para que as BNs tenham estatísticas de verdade
    middle, left, right = (model(images, training=False).numpy() for images in ((a + b) / 2, a, b))
    return np.abs(middle - (left + right) / 2).max() / np.abs(left).max()


errors = {activation: midpoint_error(activation) for activation in ("linear", "elu")}
claim(
    "B5-36",
    "sem ativações, a rede com BN é afim: erro no ponto médio menor que 1e-4",
    errors["linear"] < 1e-4,
)
claim("B5-37", "com ELU, não é: erro maior que 1 %", errors["elu"] > 0.01)

# %% [markdown]
# ## 8. Ler um registro com honestidade
#
# Aqui estão dois registros de **outro curso**, com o Fashion-MNIST inteiro: a acurácia de validação (a fração de acertos;
# *precisão* é outra medida) nas seis primeiras épocas de uma rede com Leaky ReLU e da mesma rede com ELU e BN depois da
# ativação (SGD com taxa 0,001). O texto que os acompanhava concluía: *"mais uma vez, houve uma piora; o problema é
# simples e não precisa de aprendizado profundo"*. Leia os números.

# %%
leaky = [0.7168, 0.7734, 0.8020, 0.8136, 0.8222, 0.8302]
with_bn = [0.7980, 0.8260, 0.8372, 0.8464, 0.8516, 0.8544]
rows = [
    [epoch, *(number(v, 4) for v in both)]
    for epoch, both in enumerate(zip(leaky, with_bn, strict=True), start=1)
]
show_table(["época", "Leaky ReLU, sem BN", "ELU, com BN"], rows)
better = sum(b > a for a, b in zip(leaky, with_bn, strict=True))
claim("B5-38", "no registro, a rede com BN é melhor em cada uma das seis épocas", better == 6)

# %% [markdown]
# Não houve piora: houve **melhora em todas as épocas registradas**. Mas também não se pode concluir o contrário, que a BN
# foi a causa, pois mudaram duas coisas de uma vez (a ativação e a BN). Além disso a BN da entrada faz outra coisa, fácil
# de esquecer: padroniza os pixels, que a outra rede recebeu apenas divididos por 255.
#
# Refazemos a comparação, em pequeno, mudando uma coisa por vez: sempre ELU, sempre He, a mesma taxa 0,001, lotes de 50,
# três épocas. E com um quarto concorrente: a rede **sem BN**, com os pixels **padronizados** de antemão.
#
# *Preveja: em que lugar ele termina?*

# %%
births = {name: model.get_weights() for name, model in models.items()} | {"BN antes": origin}
entries = {
    "sem BN": ("sem BN", scaled_train, scaled_val),
    "BN antes da ELU": ("BN antes", scaled_train, scaled_val),
    "BN depois da ELU": ("BN depois", scaled_train, scaled_val),
    "sem BN, pixels padronizados": ("sem BN", x_train, x_val),
}
contest = {}
for name, (key, images, validation) in entries.items():
    models[key].set_weights(births[key])
    models[key].optimizer.learning_rate = 1e-3
    short = training | {"epochs": 3, "batch_size": 50, "validation_data": (validation, y_val)}
    contest[name] = models[key].fit(images, y_train, **short).history

# %%
figure, ax = plt.subplots(figsize=(8.5, 4.2))
styles = dict(
    zip(contest, [plots.PALETTE[1], plots.PALETTE[0], plots.PALETTE[4], plots.PALETTE[2]], strict=True)
)
for name, history in contest.items():
    ax.plot(range(1, 4), history["val_loss"], "o-", color=styles[name], label=name)
ax.set(xlabel="Época", ylabel="Perda de validação", xticks=range(1, 4), ylim=(0, None))
ax.set_title("A BN ajudou, mas padronizar os pixels bastava para chegar lá")
ax.legend(loc="lower left")
plots.show(
    plots.comma_axes(ax),
    alt="Perda de validação em três épocas para quatro redes. A rede sem BN com pixels divididos por 255 é a mais lenta. "
    "As duas redes com BN, antes e depois da ativação, ficam abaixo dela e próximas uma da outra. A rede sem BN com pixels "
    "padronizados começa e termina tão baixa quanto elas ou mais.",
)

# %% tags=["nbval-ignore-output"]
show_table(
    ["rede", "perda de validação ao fim"], [[name, float(h["val_loss"][-1])] for name, h in contest.items()]
)

# %%
curves = {name: np.array(history["val_loss"]) for name, history in contest.items()}
helps = all(bool(np.all(curves[name] < curves["sem BN"])) for name in ("BN antes da ELU", "BN depois da ELU"))
enough = curves["sem BN, pixels padronizados"][-1] < curves["BN antes da ELU"][-1]
claim("B5-39", "nas duas posições, a BN reduz a perda de validação em cada uma das três épocas", helps)
claim(
    "B5-40", "padronizar os pixels, sem BN nenhuma, termina com perda menor que a da BN antes da ELU", enough
)

# %% [markdown]
# Três leituras honestas. A BN ajudou, nas duas posições. **Qual posição é melhor, esta experiência não decide**: é uma
# semente, duas mil fotos e uma taxa de aprendizado que ninguém ajustou. E uma rede sem BN nenhuma, só com os pixels
# padronizados por uma única média e um único desvio, terminou à frente da BN antes da ELU: para explicar uma vantagem
# como a do registro, pode bastar a padronização da entrada. Antes de creditar à BN uma melhora, padronize a entrada da
# rede sem BN e ajuste a taxa das duas.
#
# ## 9. O lote como refém
#
# No treino, a saída da BN para uma foto depende **das outras fotos do lote**. Três consequências.
#
# **Um lote de um exemplo.** A média do lote é o próprio exemplo, $x_1 - \mu_B = 0$, e a BN devolve $\beta$, seja qual for
# a entrada. A **normalização por camada** (*layer normalization*) não sofre disso: ela tira a média e o desvio **de cada
# exemplo**, sobre as unidades, e não depende do lote, no treino ou fora dele. É a alternativa usual quando os lotes são
# minúsculos.

# %%
single, some = {}, wave[:32].astype("float32")
for kind in (keras.layers.BatchNormalization, keras.layers.LayerNormalization):
    layer = kind()
    layer.build((None, 5))
    layer.beta.assign(beta[:5])
    one, many = layer(some[:1], training=True), layer(some, training=True)
    single[kind.__name__] = keras.ops.convert_to_numpy(one)[0], keras.ops.convert_to_numpy(many)[0]
alone, together = single["BatchNormalization"]
claim(
    "B5-41", "com um lote de um exemplo, a BN devolve β e nada mais", np.allclose(alone, beta[:5], atol=1e-4)
)
claim("B5-42", "o mesmo exemplo em um lote de 32 sai diferente", np.abs(alone - together).max() > 0.1)
claim(
    "B5-43",
    "na normalização por camada, o lote não faz diferença",
    np.allclose(*single["LayerNormalization"], atol=1e-5),
)

# %% [markdown]
# **Lotes pequenos são ruidosos.** A média de $m$ exemplos sorteados flutua de um lote para outro, com desvio padrão
# $\sigma/\sqrt m$. Sorteamos quatrocentos lotes de cada tamanho e medimos, em uma unidade da primeira camada densa.

# %%
unit = x_train.reshape(2000, 784) @ denses[0].get_weights()[0][:, 0]  # o que uma unidade dá em cada foto
sizes = np.array([2, 4, 8, 16, 32, 64, 128])
rng = np.random.default_rng(set_seeds())
wobble = np.array([rng.choice(unit, size=(400, m)).mean(axis=1).std() for m in sizes])
slope = np.polyfit(np.log(sizes), np.log(wobble), 1)[0]

# %%
figure, ax = plt.subplots(figsize=(8, 4))
ax.plot(sizes, wobble, "o", markersize=8, label="medido em 400 lotes")
ax.plot(sizes, unit.std() / np.sqrt(sizes), "--", color="black", linewidth=1.5, label="σ / √m")
ax.set(xscale="log", yscale="log", xlabel="Exemplos no lote, m", ylabel="Desvio padrão da média do lote")
ax.set_title("Quanto menor o lote, mais ruidosa a média que a BN usa")
ax.legend()
plots.comma_axes(ax)
ax.set_xticks(sizes, [str(m) for m in sizes])
ax.set_xticks([], minor=True)
plots.show(
    figure,
    alt="Desvio padrão da média do lote em função do número de exemplos, nos dois eixos em escala logarítmica. Os pontos "
    "medidos caem sobre a reta tracejada sigma sobre raiz de m, que desce.",
)

# %%
claim("B5-44", "a média do lote flutua como 1/√m (expoente entre −0,55 e −0,45)", -0.55 < slope < -0.45)

# %% [markdown]
# Para a rede, esse ruído é parecido com o do *dropout*: a mesma foto produz sinais um pouco diferentes a cada época,
# conforme a companhia. Por isso se atribui à BN um efeito **regularizador**. *Às vezes se lê "regularização em lote"*: o
# nome é **normalização** em lote; regularizar é um efeito colateral, que esta lição não mediu, e que encolhe quando o
# lote cresce.
#
# **Lotes que não são um sorteio.** Pegamos a rede `com BN` da seção 1, já treinada, e fotos de validação. Em modo de
# treino (usando as estatísticas do lote), comparamos dois modos de formar os lotes: todas as 500 juntas, ou uma classe
# por vez.


# %%
def accuracy(by_class, training):
    groups = [y_val == c for c in range(10)] if by_class else [y_val >= 0]
    answers = [trained(x_val[g], training=training).numpy().argmax(axis=1) == y_val[g] for g in groups]
    return float(np.concatenate(answers).mean())


batches = {"misturados": False, "de uma classe só": True}
in_use = {name: accuracy(flag, False) for name, flag in batches.items()}
saved = trained.get_weights()  # o modo de treino mexe nas estatísticas acumuladas: depois, repomos
by_batch = {name: accuracy(flag, True) for name, flag in batches.items()}
trained.set_weights(saved)

# %% tags=["nbval-ignore-output"]
show_table(
    ["lotes", "acurácia com estatísticas do lote", "acurácia na inferência"],
    [[name, percent(by_batch[name]), percent(in_use[name])] for name in batches],
)

# %%
mixed, one_class = batches
claim(
    "B5-45",
    "com lotes de uma classe só, as estatísticas do lote custam metade da acurácia ou mais",
    by_batch[one_class] < 0.5 * by_batch[mixed],
)
claim(
    "B5-46",
    "na inferência, formar os lotes de um jeito ou de outro não muda a acurácia",
    abs(in_use[one_class] - in_use[mixed]) < 0.01,
)

# %% [markdown]
# É a mesma rede, com os mesmos pesos e as mesmas fotos. Em um lote só de sandálias, a média que a BN subtrai é a da
# sandália, e vai embora justamente o que as fotos têm em comum. Duas lições: **embaralhe** os lotes de treino, e nunca
# sirva previsões em modo de treino.
#
# ## 10. Quanto custa, e como deixar de pagar
#
# A BN acrescenta parâmetros, e cada passo do treino faz mais contas. Na previsão, porém, o custo pode ser **eliminado**.
# Na inferência, $\hat\mu$ e $\hat\sigma^2$ (as estatísticas acumuladas) são constantes, e a camada densa seguida da BN é
# uma única função afim:
#
# $$
# \gamma\,\frac{(xW + b) - \hat\mu}{\sqrt{\hat\sigma^2 + \varepsilon}} + \beta
# = x\,\underbrace{(W \odot s)}_{W'} + \underbrace{\beta + (b - \hat\mu)\odot s}_{b'},
# \qquad s = \frac{\gamma}{\sqrt{\hat\sigma^2 + \varepsilon}}
# $$
#
# Aqui $\odot$ multiplica unidade por unidade: a coluna $j$ de $W$ é multiplicada por $s_j$. **Dobramos** cada BN
# para dentro da densa anterior, escrevendo $W'$ e $b'$ na rede `sem BN` da seção 1, que tem a mesma arquitetura.

# %%
light = networks["sem BN"]
targets = [layer for layer in light.layers if isinstance(layer, keras.layers.Dense)]
for dense, norm, target in zip(denses[:-1], norms, targets[:-1], strict=True):
    gamma, beta, mean, variance = norm.get_weights()
    s = gamma / np.sqrt(variance + norm.epsilon)
    kernel, bias = dense.get_weights()
    target.set_weights([kernel * s, beta + (bias - mean) * s])
targets[-1].set_weights(denses[-1].get_weights())
heavy_out, light_out = (model(x_val, training=False).numpy() for model in (trained, light))
error = np.abs(heavy_out - light_out).max() / np.abs(heavy_out).max()
claim(
    "B5-47",
    "sem nenhuma BN, a rede dobrada dá as mesmas respostas (erro relativo menor que 1e-5)",
    error < 1e-5,
)
claim("B5-48", "e tem menos parâmetros", light.count_params() < trained.count_params())

# %% [markdown]
# A rede que morreu com NaN na seção 1 agora prevê tão bem quanto a outra: a arquitetura sem BN **podia representar**
# essa função o tempo todo. O que lhe faltava era um treino que chegasse lá. Isso vale quando a BN vem logo depois da camada
# densa; com uma ativação no meio, a BN se dobra para dentro da densa **seguinte**.
#
# ### Explique
#
# Se a BN pode ser dobrada na camada densa, por que não dobrá-la já no começo e treinar a rede mais leve?
#
# <details><summary>Uma resposta possível</summary>
#
# Porque só na inferência a média e o desvio são constantes. No treino eles são calculados do próprio lote, a cada passo,
# e dependem dos pesos: é essa dependência, que também entra no gradiente, que faz a saída não mudar quando os pesos
# crescem (seção 4) e que corrige o sinal o tempo todo. Dobrada no começo, a BN seria só outra inicialização, e a rede
# voltaria a ser a da curva que vira NaN.
#
# </details>
#
# ## 11. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | normalização em lote | $y = \gamma\,(x - \mu_B)/\sqrt{\sigma_B^2 + \varepsilon} + \beta$ | NumPy = Keras (B5-06) | prometer média 0 e desvio 1: são $\beta$ e quase $\lvert\gamma\rvert$ (B5-09, B5-10) |
# | o que ela permite | $\text{BN}(aWx) = \text{BN}(Wx)$ | taxas de aprendizado maiores (B5-03, B5-04) | dizer que sempre acelera (B5-05) ou que "resolve os gradientes" (B5-17) |
# | média móvel | $\hat v \leftarrow \hat v\cdot\text{momentum} + v\,(1 - \text{momentum})$ | B5-18 a B5-20 | acumular desvios padrão; confundir com o *momentum* do otimizador |
# | treino e inferência | lote / acumuladas | poucos passos, validação ruim (B5-22 a B5-24) | chamar de sobreajuste |
# | eixo | `axis` da BN é o que **fica** | 112 e 3 136 parâmetros (B5-26, B5-27) | `axis=[1, 2]` |
# | viés | inútil se a BN vem **logo depois** da densa | não sai do zero (B5-30) | tirá-lo também quando a ativação vem antes da BN |
# | posição | antes ou depois da ativação | as duas ajudaram (B5-39) | decidir por uma execução só; esquecer a ativação (B5-36) |
# | dependência do lote | ruído $\sigma/\sqrt m$ | lote de um, lotes de uma classe (B5-41, B5-45) | servir previsões em modo de treino |
# | dobrar | $W' = W \odot s$ | custo zero na previsão (B5-47) | dobrar antes de treinar |
#
# **Para praticar:** no **Lab 2 · Inicialização, ativações e normalização** você escreve a BN nos dois modos e explica o que
# acontece a uma rede que a usa mal. **A seguir:** a lição sobre o corte do gradiente.
#
# ## Referências
#
# - Ioffe, S.; Szegedy, C. (2015). Batch normalization: accelerating deep network training by reducing internal covariate
#   shift. *ICML*. O artigo que propôs a BN, antes da ativação, e a explicação hoje disputada.
# - Santurkar, S.; Tsipras, D.; Ilyas, A.; Mądry, A. (2018). How does batch normalization help optimization? *NeurIPS*.
# - Bjorck, J.; Gomes, C.; Selman, B.; Weinberger, K. Q. (2018). Understanding batch normalization. *NeurIPS*. A BN e as taxas
#   de aprendizado grandes.
# - van Laarhoven, T. (2017). L2 regularization versus batch and weight normalization. arXiv:1706.05350. O tamanho dos pesos e o
#   gradiente quando a saída não depende dele.
# - Ba, J. L.; Kiros, J. R.; Hinton, G. E. (2016). Layer normalization. arXiv:1607.06450.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms. arXiv:1708.07747. Os dados desta lição.
