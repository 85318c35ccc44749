# ---
# jupyter:
#   gradiente:
#     id: D3
#     title: Quanto deve custar um peso?
#     covers: [S0-04, S2-52, S2-53, S2-66, S3-18, S4-36, S4-37, S4-38, S4-39]
#     seconds: 20
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 14 · Quanto deve custar um peso?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *pôr* um preço nos pesos de uma rede (L1, L2) ou um limite (norma máxima) e *ler* a perda que resulta; *explicar* por que a L1 zera pesos e a L2 não, e por que o treino, mesmo assim, não deixa zeros exatos; *distinguir* penalidade L2 de decaimento de pesos |
# | **Você precisa saber** | o que é sobreajuste e como se lê uma curva de validação (lição sobre capacidade); momento e Adam (lição sobre otimizadores); entropia cruzada binária com *logits* |
# | **Tempo de leitura** | cerca de 35 minutos |
# | **Tempo de execução** | cerca de 20 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | regularização, penalidade L1, penalidade L2, esparso, limiar suave, passo proximal, decaimento de pesos, AdamW, restrição de norma máxima |
#
# Uma rede com muito mais parâmetros do que os dados pedem tem duas saídas para não decorar o treino. A primeira é
# tirar-lhe parâmetros. A segunda é deixá-los onde estão e **cobrar pelo uso**: peso grande custa caro, e a rede só o
# paga se ele compensar. É a segunda que estudamos aqui.

# %%
from functools import partial
from itertools import pairwise

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from gradiente import plots
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_higgs
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# Os dados são colisões de partículas do conjunto HIGGS, os mesmos do Lab 5: 28 atributos por colisão e um rótulo, sinal
# (1) ou fundo (0). Tomamos só 2 000 para treinar e 1 000 para validar, padronizadas com a média e o desvio padrão do
# treino. São poucas de propósito: queremos ver o sobreajuste.

# %% tags=["nbval-ignore-output"]
data = load_higgs(3000)
x = (data.x - data.x[:2000].mean(axis=0)) / data.x[:2000].std(axis=0)
x_train, y_train, x_val, y_val = x[:2000], data.y[:2000], x[2000:], data.y[2000:]

# %% [markdown]
# ## 1. A pergunta
#
# A lição inteira compara oito redes iguais: duas camadas ocultas de 64 unidades ReLU, com a inicialização de He, e uma
# saída com um *logit*. Nascem com os mesmos pesos e veem os mesmos lotes na mesma ordem. O que muda de uma para outra
# são três números, que as próximas seções explicam: dois preços, $\lambda_1$ e $\lambda_2$, e um limite, $c$.

# %%
SWEEP = [0.001, 0.003, 0.01, 0.03, 0.1]
STUDY = {"sem penalidade": (0, 0, np.inf), "L1 0,002": (0.002, 0, np.inf), "norma máxima 0,7": (0, 0, 0.7)}
STUDY |= {f"L2 {number(strength, 1)}": (0, strength, np.inf) for strength in SWEEP}
NAMES, COUNT = list(STUDY), len(STUDY)
l1, l2, limit = np.array(list(STUDY.values()), "float32").T[:, :, None, None]  # cada um: (8, 1, 1)

# %% [markdown]
# Oito treinos demorariam. Como as redes têm o mesmo formato, pomos as oito **lado a lado em um só modelo**: cada matriz
# de pesos ganha um eixo a mais na frente e passa a ter a forma (rede, entrada, saída). A camada do Keras que sabe
# multiplicar assim é a `EinsumDense`: na sua fórmula, `b` é o exemplo do lote, `k` a rede, `i` a entrada e `o` a saída.


# %%
def penalty(w):  # o preço dos pesos: as seções 3 e 4 cuidam dele
    return ops.sum(l1 * ops.abs(w) + l2 * ops.square(w))


def same_start(shape, dtype=None):  # um sorteio de He, repetido nas oito redes
    return ops.broadcast_to(keras.initializers.HeNormal()(shape[1:]), shape)


def side_by_side(units, activation=None, **rules):
    return keras.layers.EinsumDense(
        "bki,kio->bko", (COUNT, units), activation, bias_axes="ko", kernel_initializer=same_start, **rules
    )


# %% [markdown]
# A perda do modelo é a **soma** das oito perdas. Isso não mistura as redes: a derivada da soma em relação a um peso só
# enxerga a perda da rede a que ele pertence, e o Adam dá o passo de cada peso sem olhar os outros. (A entropia cruzada
# com *logit* $z$ e rótulo $y$ é $\ln(1 + e^{z}) - yz$; o primeiro termo é a função *softplus*.) `RepeatVector` entrega
# o mesmo exemplo às oito redes, e `Reshape` deixa um *logit* por rede.


# %%
def total_loss(y, z):
    return ops.sum(ops.softplus(z) - y * z, axis=-1)


set_seeds()
rules = {"kernel_regularizer": penalty, "kernel_constraint": keras.constraints.MaxNorm(limit, axis=1)}
hidden = [side_by_side(64, "relu", **rules) for _ in range(2)]
first, last = keras.layers.RepeatVector(COUNT), keras.layers.Reshape((COUNT,))
study = keras.Sequential([keras.Input((28,)), first, *hidden, side_by_side(1), last])
study.compile(keras.optimizers.Adam(0.005), total_loss, steps_per_execution=20, jit_compile=False)
start = study.get_weights()

# %% [markdown]
# No fim de cada época anotamos a **entropia cruzada** de cada rede, sem penalidade, no treino e na validação.


# %%
def cross_entropies():
    z = ops.convert_to_numpy(study(x))  # (3000, 8)
    each = np.logaddexp(0, z) - data.y * z
    return each[:2000].mean(axis=0), each[2000:].mean(axis=0)


notes = []
diary = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: notes.append(cross_entropies()))
study.fit(x_train, y_train, epochs=16, batch_size=100, shuffle=False, callbacks=[diary], verbose=0)
train, val = (dict(zip(NAMES, curves, strict=True)) for curves in np.transpose(notes, (1, 2, 0)))

# %%
colors = plots.Colors(
    {
        "sem penalidade": plots.PALETTE[1],
        "L2 0,01": plots.PALETTE[0],
        "L1 0,002": plots.PALETTE[2],
        "norma máxima 0,7": plots.PALETTE[3],
    }
)
pair = ("sem penalidade", "L2 0,01")
histories = {
    name: {"binary_crossentropy": train[name], "val_binary_crossentropy": val[name]} for name in pair
}
plotter = plots.HistoryPlotter(smoothing_std=None, colors=colors)
ax = plotter.plot(histories, title="Mesmos parâmetros, mesmos pesos iniciais: uma decora, a outra resiste")
ax.axhline(np.log(2), color="black", linestyle=":", linewidth=1.4)
ax.text(14.8, np.log(2) + 0.01, "quem chuta: ln 2", ha="right", va="bottom")
plots.show(
    ax,
    alt="Entropia cruzada de treino e de validação, por época, de duas redes. Sem penalidade, a de treino desce sem parar e a de "
    "validação sobe muito acima da linha de quem chuta. Com L2, treino e validação descem pouco e ficam próximas, e a de "
    "validação termina abaixo da linha.",
)

# %%
free, priced = "sem penalidade", "L2 0,01"
alike = all(np.array_equal(w[NAMES.index(free)], w[NAMES.index(priced)]) for w in start)
gap = {name: val[name][-1] - train[name][-1] for name in NAMES}
claim("D3-01", "as duas redes nascem com os mesmos parâmetros, número a número", alike)
claim("D3-02", "sem penalidade, a validação termina pior que o chute", val[free][-1] > np.log(2))
claim("D3-03", "com L2, a validação termina ao menos 0,1 abaixo", val[priced][-1] < val[free][-1] - 0.1)
claim("D3-04", "com L2, o treino termina pior do que sem ela", train[priced][-1] > train[free][-1] + 0.1)
claim("D3-05", "a distância entre treino e validação cai a menos de um terço", gap[priced] < gap[free] / 3)

# %% [markdown]
# A rede com L2 tem tantos parâmetros quanto a outra e resiste ao sobreajuste. É a velha **navalha de Occam**: entre
# duas explicações que dão conta dos dados, prefira a mais simples. Mas "simples" pode querer dizer duas coisas: ter
# menos parâmetros, ou ter parâmetros mais parecidos entre si e mais próximos de zero. Reduzir a capacidade é o primeiro
# caminho; a **regularização dos pesos**, o segundo. **O que a segunda rede paga, e por quê?**
#
# ## 2. Preveja
#
# Uma das oito redes, "L1 0,002", usa outra penalidade, famosa por produzir pesos iguais a zero.
#
# > De cada 100 pesos ocultos dessa rede, quantos o treino deixa **exatamente** iguais a zero?
#
# Escreva o seu palpite; ele aparecerá na tabela da seção 6.

# %%
guess = 50  # troque pelo seu palpite: quantos em cada cem?

# %% [markdown]
# ## 3. O preço de um peso
#
# Em vez de minimizar só a função de custo $L$, que mede o erro, minimizamos a soma do erro e do tamanho dos pesos, como
# já se fazia na regressão linear:
#
# $$\text{L1:}\quad L + \lambda \sum_i |w_i| \qquad\qquad \text{L2:}\quad L + \lambda \sum_i w_i^2$$
#
# O número $\lambda \ge 0$ é a **intensidade**: quanto custa, na moeda da perda, uma unidade de $|w|$ ou de $w^2$. *É
# comum chamar a segunda soma de "norma L2".* A norma L2 é $\lVert w \rVert = \sqrt{\sum w_i^2}$; a penalidade usa o seu
# **quadrado**. No Keras, cada forma é um *regularizador*, uma função que recebe os pesos e devolve o preço:

# %%
regularizers = keras.regularizers
forms = {
    "L2(0.001)": regularizers.L2(0.001),
    "l2(0.001), o apelido": regularizers.l2(0.001),
    "L1(0.1)": regularizers.L1(0.1),
    "L1L2(0.1, 0.01), as duas somadas": regularizers.L1L2(0.1, 0.01),
    '"l2", só o nome': regularizers.get("l2"),
}
w = np.array([1, 2, 3], "float32")
price = {name: float(form(w)) for name, form in forms.items()}
show_table(["regularizador", "preço de w = (1, 2, 3)"], [[name, number(p, 3)] for name, p in price.items()])

# %%
by_hand = 0.001 * (1**2 + 2**2 + 3**2)
square = float(regularizers.L2(1.0)(np.array([3, 4], "float32")))  # a norma de (3, 4) é 5
default = np.isclose(price['"l2", só o nome'], 0.01 * np.sum(w**2))
claim(
    "D3-06", "L2(0.001) soma 0,001·w² por peso: 0,014 para (1, 2, 3)", np.isclose(price["L2(0.001)"], by_hand)
)
claim("D3-07", "a penalidade L2 de (3, 4) é 25, o quadrado da norma, e não 5", abs(square - 25) < 1e-5)
claim("D3-08", 'o nome "l2", sem número, quer dizer intensidade 0,01', default)

# %% [markdown]
# (Em `l2(0.001)`, o primeiro caractere é a letra ele. Textos digitalizados às vezes trazem "12(0,001)", que o Python
# não aceitaria.) Diga sempre a intensidade: quem escreve `"l2"` usa 0,01 sem ter escolhido.
#
# ### Onde se põe
#
# O preço entra na camada, em `kernel_regularizer`. Para repetir as mesmas opções em várias camadas, `functools.partial`
# devolve uma `Dense` com valores padrão novos, que ainda se podem trocar, como fazemos na saída:

# %%
RegularizedDense = partial(
    keras.layers.Dense,
    activation="elu",
    kernel_initializer="he_normal",
    kernel_regularizer=keras.regularizers.L2(0.01),
)
output = RegularizedDense(10, activation=None, kernel_initializer="glorot_uniform")
layers = [keras.layers.Flatten(), RegularizedDense(300), RegularizedDense(100), output]
clothes = keras.Sequential([keras.Input((28, 28)), *layers])

# %% [markdown]
# Cada camada com preço guarda a sua conta, e a lista `model.losses` junta todas. Some-a e terá o que o treino
# acrescenta à perda. Confira também que os **vieses** não pagam: mudamos todos para 1 e a conta fica igual.

# %%
bills = [float(bill) for bill in clothes.losses]
squares = sum(np.sum(layer.kernel.numpy() ** 2) for layer in layers[1:])
for layer in layers[1:]:
    layer.bias.assign(ops.ones_like(layer.bias))
after = [float(bill) for bill in clothes.losses]
claim("D3-09", "três camadas com preço, três contas", len(bills) == 3)
claim("D3-10", "a soma das contas é 0,01 vezes a soma dos quadrados", np.isclose(sum(bills), 0.01 * squares))
claim("D3-11", "os vieses não entram na conta", bills == after)

# %% [markdown]
# Isso é o costume: um viés não multiplica a entrada, há poucos deles, e puxá-los para zero só desloca o que a rede
# prevê. Se quiser cobrá-los, há `bias_regularizer`; e `activity_regularizer` cobra pela **saída** da camada, não pelos
# pesos.
#
# ### Onde o preço aparece
#
# A penalidade faz parte da `loss` que o Keras informa, no treino e na validação. Quanto ela pesa? Dá para prever antes
# de construir a rede. Com a inicialização de Glorot, a variância de um peso é $2/(n_{\text{ent}} + n_{\text{sai}})$, em
# que $n_{\text{ent}}$ e $n_{\text{sai}}$ são o número de entradas e de saídas da camada; como a média é zero, a de
# $w^2$ é essa variância, e a camada tem $n_{\text{ent}}\,n_{\text{sai}}$ pesos. Logo a conta inicial é, em média,
#
# $$\lambda \sum_{\text{camadas}} n_{\text{ent}}\, n_{\text{sai}}\, \frac{2}{n_{\text{ent}} + n_{\text{sai}}}$$
#
# *Preveja:* na rede grande do Lab 5, com quatro camadas ocultas de 512 unidades e `L2(0.001)`, a conta inicial é maior
# ou menor que a entropia cruzada de quem chuta, $\ln 2$?

# %%
set_seeds()
widths = [28, 512, 512, 512, 512]
stack = [keras.layers.Dense(512, "elu", kernel_regularizer=regularizers.L2(0.001)) for _ in range(4)]
large = keras.Sequential([keras.Input((28,)), *stack, keras.layers.Dense(1)])
predicted = sum(0.001 * n * m * 2 / (n + m) for n, m in pairwise(widths))
bill = float(sum(large.losses))
print(f"{large.count_params():,} parâmetros; conta prevista: {number(predicted, 4)}".replace(",", " ", 1))
claim("D3-12", "a conta ao nascer fica a menos de 2 % da prevista", abs(bill / predicted - 1) < 0.02)
claim("D3-13", "e é mais que o dobro da entropia cruzada de quem chuta", bill > 2 * np.log(2))

# %% [markdown]
# A maior parte da `loss` dessa rede não mede acerto nenhum. Por isso se acompanha a **entropia cruzada**, em uma
# métrica à parte: a `loss` de uma rede com penalidade não se compara com a de uma rede sem. Treinemos por uma época uma
# rede comum do Keras, com os pesos iniciais e os lotes da nossa "L2 0,01", e olhemos as duas colunas.

# %%
BinaryCrossentropy = keras.metrics.BinaryCrossentropy
dense = partial(keras.layers.Dense, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01))
alone = keras.Sequential([keras.Input((28,)), dense(64), dense(64), keras.layers.Dense(1)])
alone.set_weights([w[NAMES.index("L2 0,01")] for w in start])
alone.compile(
    keras.optimizers.Adam(0.005),
    keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[BinaryCrossentropy(from_logits=True, name="bce")],
    run_eagerly=True,  # para vinte passos, compilar custaria mais que treinar
)
newborn = alone.evaluate(x_val, y_val, batch_size=1000, verbose=0)  # [loss, bce]
alone.fit(x_train, y_train, epochs=1, batch_size=100, shuffle=False, verbose=0)
trained = alone.evaluate(x_val, y_val, batch_size=1000, verbose=0)

# %% tags=["nbval-ignore-output"]
show_table(
    ["na validação", "loss", "entropia cruzada", "diferença"],
    [
        ["ao nascer", *newborn, newborn[0] - newborn[1]],
        ["depois de uma época", *trained, trained[0] - trained[1]],
    ],
)
print("soma de model.losses, agora:", number(float(sum(alone.losses))))

# %%
above = np.subtract([newborn[0], trained[0]], [newborn[1], trained[1]])
closed = abs(above[1] - float(sum(alone.losses))) < 1e-4
twin = abs(trained[1] - val["L2 0,01"][0]) < 1e-3
claim("D3-14", "a loss menos a entropia cruzada é a soma de model.losses", closed)
claim("D3-15", "com penalidade, a loss de validação é maior que a entropia cruzada", bool(np.all(above > 0)))
claim("D3-16", "depois de vinte passos, a rede comum do Keras repete a nossa", twin)

# %% [markdown]
# A afirmação D3-15 parece óbvia (a penalidade não é negativa), e por isso serve para desconfiar de tabelas: se alguém
# mostrar uma rede com L2 cuja `val_loss` é menor que a sua própria entropia cruzada na mesma época, alguma das colunas
# está errada.
#
# ## 4. Encolher ou zerar
#
# ### Um peso só
#
# Suponha um único peso, cujo melhor valor sem preço seria $a$: a perda é $\tfrac12 (w-a)^2$. Com preço, o mínimo se
# acha derivando:
#
# - **L2**: $(w - a) + 2\lambda w = 0$ dá $w^\star = \dfrac{a}{1 + 2\lambda}$. Todo peso é **dividido** pelo mesmo
#   número.
# - **L1**: para $w > 0$, $(w - a) + \lambda = 0$ dá $w^\star = a - \lambda$, que só vale se $a > \lambda$; para $w<0$ é
#   o espelho. Se $|a| \le \lambda$, nenhum dos lados serve e o mínimo fica no bico, em $w^\star = 0$. De todo peso se
#   **desconta** $\lambda$, e quem não tem $\lambda$ para pagar vai a zero.
#
# A regra da L1 chama-se **limiar suave** (*soft threshold*). Uma linha de código para cada uma, e uma busca em grade,
# que não sabe derivar, como juiz.


# %%
def soft_threshold(a, price):
    return np.sign(a) * np.maximum(np.abs(a) - price, 0)


price_1d = 0.5
a = np.linspace(-2, 2, 81)
closed = {"L2": a / (1 + 2 * price_1d), "L1": soft_threshold(a, price_1d)}
grid = np.linspace(-2, 2, 4001)
cost = {"L2": price_1d * grid**2, "L1": price_1d * np.abs(grid)}
searched = {name: grid[np.argmin((grid - a[:, None]) ** 2 / 2 + cost[name], axis=1)] for name in cost}
agree = all(np.abs(closed[name] - searched[name]).max() <= 0.0011 for name in cost)
claim("D3-17", "as duas fórmulas concordam com a busca em grade de passo 0,001", agree)

# %%
w_axis = np.linspace(-1, 1, 401)
slopes = {"L2": 2 * price_1d * w_axis, "L1": np.where(w_axis == 0, np.nan, price_1d * np.sign(w_axis))}
tones = {"L1": plots.PALETTE[2], "L2": plots.PALETTE[0]}
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
for name, tone in tones.items():
    left.plot(w_axis, slopes[name], color=tone, label=name)
    right.plot(a, closed[name], color=tone, label=f"{name}, fórmula")
    right.plot(a[::5], searched[name][::5], "o", color=tone, markersize=5, label=f"{name}, busca em grade")
right.plot(a, a, ":", color="black", linewidth=1.4, label="sem preço")
left.set(xlabel="Peso $w$", ylabel="Derivada da penalidade", title="O que puxa o peso para zero")
left.set(xticks=[-1, -0.5, 0, 0.5, 1], yticks=[-1, -0.5, 0, 0.5, 1])
right.set(xlabel="Melhor valor sem preço, $a$", ylabel="Melhor valor com preço", title="Onde ele para")
for ax in (left, right):
    plots.comma_axes(ax).legend(fontsize=10)
figure.suptitle("Perto de zero, a L2 deixa de puxar; a L1 puxa igual, e por isso zera")
plots.show(
    figure,
    alt="À esquerda, a derivada das penalidades: a da L2 é uma reta que passa por zero; a da L1 é um degrau, constante de cada "
    "lado. À direita, o melhor peso com preço em função do melhor sem preço: com L2, uma reta menos inclinada; com L1, um trecho "
    "plano em zero no meio e retas paralelas à diagonal fora dele. Os pontos da busca em grade caem sobre as fórmulas.",
)

# %% [markdown]
# *É comum ler que a L2 não zera pesos "porque a penalidade vai para zero quando o peso vai para zero".* A da L1 também
# vai. O que as separa é a **derivada** da penalidade, que é o que empurra: a da L2 é $2\lambda w$ e some junto com o
# peso; a da L1 é $\pm\lambda$ até o fim. Medimos com os regularizadores do Keras e diferenças finitas.


# %%
def push(regularizer, w, h=1e-3):
    up, down = (regularizer(np.array([w + step], "float32")) for step in (h, -h))
    return (float(up) - float(down)) / (2 * h)


far, near = 1.0, 0.01
fade_l2 = push(regularizers.L2(0.5), near) / push(regularizers.L2(0.5), far)
fade_l1 = push(regularizers.L1(0.5), near) / push(regularizers.L1(0.5), far)
claim("D3-18", "de w = 1 a w = 0,01, o empurrão da L2 cai cem vezes", abs(fade_l2 * 100 - 1) < 0.05)
claim("D3-19", "e o da L1 não muda", abs(fade_l1 - 1) < 0.01)

# %% [markdown]
# ### Dois pesos: a geometria
#
# Com dois pesos a diferença se vê. Tomamos uma perda quadrática, um vale inclinado com fundo em $w_0$:
#
# $$L(w) = \tfrac12 (w - w_0)^\top A\,(w - w_0), \qquad A = \begin{pmatrix}1 & 0{,}4\\ 0{,}4 & 1\end{pmatrix}, \qquad w_0 = (0{,}5;\ 1{,}5)$$
#
# Procuramos o mínimo de $L$ mais o preço, em uma grade de pontos. Depois fazemos outra pergunta: qual é o menor $L$
# entre os pesos cujo tamanho **não passa** do que achamos? São dois problemas, o do preço e o do orçamento, e devem ter
# a mesma resposta: se houvesse no orçamento um ponto de perda menor, ele teria também menor soma de perda e preço.

# %%
axis = np.linspace(-1.6, 2.4, 401)  # passo 0,01
w1, w2 = np.meshgrid(axis, axis)
valley = 0.5 * ((w1 - 0.5) ** 2 + (w2 - 1.5) ** 2) + 0.4 * (w1 - 0.5) * (w2 - 1.5)
sizes = {"L1": np.abs(w1) + np.abs(w2), "L2": w1**2 + w2**2}
strengths = {"L1": 0.8, "L2": 0.4}
best, within = {}, {}
for name, size in sizes.items():
    spot = np.argmin(valley + strengths[name] * size)
    best[name] = np.array([w1.flat[spot], w2.flat[spot]])
    budget = size.flat[spot]
    allowed = np.argmin(np.where(size <= budget + 1e-9, valley, np.inf))
    within[name] = np.array([w1.flat[allowed], w2.flat[allowed]])

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 5), sharey=True)
for ax, (name, size) in zip(axes, sizes.items(), strict=True):
    point = best[name]
    spot = np.argmin((w1 - point[0]) ** 2 + (w2 - point[1]) ** 2)
    levels = valley.flat[spot] * np.array([0.1, 0.4, 1, 2, 4])
    ax.contour(w1, w2, valley, levels=levels, colors="gray", linewidths=1.2)
    ax.contourf(w1, w2, size, levels=[0, size.flat[spot]], colors=[tones[name]], alpha=0.25)
    ax.plot(0.5, 1.5, "k+", markersize=11)
    ax.text(0.62, 1.5, "$w_0$", va="center")
    ax.plot(*point, "o", color=tones[name], markersize=10, label="mínimo com preço")
    ax.axhline(0, color="black", linewidth=0.8)
    ax.axvline(0, color="black", linewidth=0.8)
    ax.set(xlabel="$w_1$", title=name, aspect="equal", xlim=(-1.4, 1.8), ylim=(-1.2, 2.2))
    plots.comma_axes(ax).grid(False)
    ax.legend(loc="lower right", fontsize=10)
axes[0].set_ylabel("$w_2$")
figure.suptitle("O losango da L1 tem pontas sobre os eixos: ali um dos pesos é zero")
plots.show(
    figure,
    alt="Dois painéis com as curvas de nível, elípticas, da mesma perda. No da L1, a região do orçamento é um losango, e o ponto de "
    "mínimo está na ponta de cima, sobre o eixo vertical, com o primeiro peso igual a zero. No da L2, é um disco, e o ponto "
    "de mínimo fica na borda, fora dos eixos.",
)

# %%
same_spot = all(np.abs(best[name] - within[name]).max() < 0.021 for name in best)
on_axis = abs(best["L1"][0]) < 1e-9 and best["L1"][1] > 0.5
claim("D3-20", "com L1, o mínimo está sobre o eixo: o primeiro peso é zero", on_axis)
claim("D3-21", "com L2, os dois pesos ficam longe de zero", bool(np.all(best["L2"] > 0.3)))
claim("D3-22", "o problema do preço e o do orçamento têm a mesma resposta", same_spot)

# %% [markdown]
# A curva de nível encosta na região permitida onde não dá para descer mais. O disco é liso e pode ser tocado em
# qualquer lugar; o losango tem **pontas**, e uma ponta é tocada por vales de muitas inclinações diferentes. Com mais
# pesos há mais pontas e arestas, e mais coordenadas nulas. Um vetor com muitos zeros chama-se **esparso** (*sparse*).
#
# ### O passo que zera de verdade
#
# Então o treino com L1 entrega zeros? Ainda não. Tudo o que vimos é sobre o **mínimo**; a descida do gradiente anda em
# passos, e um passo de tamanho $\eta\lambda$ salta por cima do zero e volta no seguinte. Para parar no zero é preciso
# um passo que o conheça: o **passo proximal** desce o gradiente só da perda e, em seguida, aplica o limiar suave com
# preço $\eta\lambda$. Comparamos os dois na regressão logística, a rede de um neurônio só, com seus 28 pesos.

# %%
scale, rate, steps = 0.02, 0.5, 400


def logistic_gradient(w):
    p = 1 / (1 + np.exp(-(x_train @ w)))
    return x_train.T @ (p - y_train) / len(x_train)


plain, proximal = np.full((28, 1), 0.1), np.full((28, 1), 0.1)
for _ in range(steps):
    plain = plain - rate * (logistic_gradient(plain) + scale * np.sign(plain))
    proximal = soft_threshold(proximal - rate * logistic_gradient(proximal), rate * scale)
zeros = {name: int(np.sum(w == 0)) for name, w in (("comum", plain), ("proximal", proximal))}
close = np.abs(plain - proximal).max() < 2 * rate * scale

# %% tags=["nbval-ignore-output"]
show_table(["passo", "pesos exatamente zero, de 28"], list(zeros.items()))

# %%
claim("D3-23", "com o passo comum, nenhum peso é exatamente zero", zeros["comum"] == 0)
claim("D3-24", "com o proximal, ao menos cinco são", zeros["proximal"] >= 5)
claim("D3-25", "e os dois resultados diferem menos que dois descontos ηλ", close)

# %% [markdown]
# Os otimizadores do Keras dão o passo comum. Na rede, portanto, não espere zeros: espere pesos **perto** de zero,
# oscilando.
#
# ## 5. Um limite em vez de um preço
#
# A **restrição de norma máxima** (*max-norm*) não acrescenta nada à perda. Depois de cada passo, ela olha os pesos que
# chegam a cada unidade, uma **coluna** $w$ do *kernel*, e, se a norma passou de $c$, encolhe a coluna até caber:
#
# $$w \leftarrow w \cdot \min\!\left(1,\ \frac{c}{\lVert w \rVert}\right)$$
#
# Quem está dentro do limite não paga nada. No Keras, é uma *restrição* (`kernel_constraint`), e `max_norm(1.0)` é
# apelido de `MaxNorm(1.0)`. Um exemplo com SELU e a inicialização de LeCun, em que cada coluna nasce com norma próxima
# de 1. Damos um passo só, com taxa minúscula, para que o efeito visível seja o da restrição:

# %%
set_seeds()
capped = keras.layers.Dense(
    100,
    activation="selu",
    kernel_initializer="lecun_normal",
    kernel_constraint=keras.constraints.MaxNorm(1.0),
)
selu_model = keras.Sequential([keras.Input((28,)), capped, keras.layers.Dense(1)])
selu_model.compile(keras.optimizers.SGD(1e-6), "mean_squared_error", run_eagerly=True)
before = capped.kernel.numpy()
selu_model.train_on_batch(x_train[:100], y_train[:100])
norms_before, norms_after = (np.linalg.norm(w, axis=0) for w in (before, capped.kernel.numpy()))
inside = norms_before < 0.99
untouched = np.allclose(before[:, inside], capped.kernel.numpy()[:, inside], atol=1e-4)

# %% tags=["nbval-ignore-output"]
highest = [number(norms.max(), 3) for norms in (norms_before, norms_after)]
print(f"maior norma de coluna: {highest[0]} antes do passo, {highest[1]} depois")

# %%
no_bill = len(selu_model.losses) == 0
claim("D3-26", "antes do primeiro passo há colunas de norma acima de 1,1", norms_before.max() > 1.1)
claim("D3-27", "depois de um passo, nenhuma passa de 1", norms_after.max() <= 1 + 1e-6)
claim(
    "D3-28",
    "as que já cabiam mudaram só o que o passo, minúsculo, as mudou",
    bool(untouched and inside.any()),
)
claim("D3-29", "e nada foi somado à perda", no_bill)

# %% [markdown]
# Duas diferenças em relação à L2: o limite vale **exatamente** (D3-27), e abaixo dele não há empurrão. E um cuidado: a
# restrição age por coluna porque o eixo padrão é `axis=0`. O *kernel* de uma convolução tem a forma (altura, largura,
# entradas, filtros), e a norma de um filtro soma sobre os três primeiros eixos: ali se escreve `axis=[0, 1, 2]`. (Nas
# nossas redes lado a lado, o eixo das redes vem antes, e por isso usamos `axis=1`.)

# %%
rng = np.random.default_rng(set_seeds())
filters = rng.normal(size=(3, 3, 16, 8)).astype("float32")
limited = {axis: keras.constraints.MaxNorm(1.0, axis=axis)(filters).numpy() for axis in (0, (0, 1, 2))}
filter_norms = {axis: np.sqrt(np.sum(kernel**2, axis=(0, 1, 2))) for axis, kernel in limited.items()}
claim("D3-30", "com o eixo padrão, todo filtro passa de norma 3", filter_norms[0].min() > 3)
claim("D3-31", "com os três eixos, nenhum passa de 1", filter_norms[(0, 1, 2)].max() <= 1 + 1e-6)

# %% [markdown]
# ## 6. Os pesos depois do treino
#
# Voltemos às redes da seção 1. Estes são os pesos das duas camadas ocultas de quatro delas ao fim do treino. A escala
# vertical é logarítmica, para que se veja também o que é raro. *Preveja: em qual delas haverá um pico em zero?*

# %%
kernels = [layer.kernel.numpy() for layer in hidden]  # (rede, entrada, saída)
weights = dict(zip(NAMES, np.concatenate([k.reshape(COUNT, -1) for k in kernels], axis=1), strict=True))
columns = np.max([np.linalg.norm(k, axis=1).max(axis=1) for k in kernels], axis=0)
largest = dict(zip(NAMES, columns, strict=True))
shown = ["sem penalidade", "L2 0,01", "L1 0,002", "norma máxima 0,7"]
edges = np.arange(-60.5, 61) * 0.025
figure, axes = plt.subplots(2, 2, figsize=(10, 5.4), sharex=True, sharey=True)
for ax, name in zip(axes.flat, shown, strict=True):
    ax.hist(weights[name], bins=edges, color=colors[name], log=True, histtype="stepfilled")
    ax.set_title(name, fontsize=12)
    plots.comma_axes(ax).minorticks_off()
for ax in axes[1]:
    ax.set_xlabel("Peso")
for ax in axes[:, 0]:
    ax.set_ylabel("Quantos")
figure.suptitle("A L2 aperta todos os pesos; a L1 empilha a maioria junto do zero e poupa alguns")
plots.show(
    figure,
    alt="Quatro histogramas dos pesos ocultos, em escala vertical logarítmica. Sem penalidade, um morro largo. Com L2, um morro "
    "estreito em torno de zero. Com L1, um pico muito alto junto do zero e caudas longas e baixas. Com norma máxima, um morro sem pico, "
    "mais estreito que o primeiro.",
)


# %%
def entropy(values):  # em bits, com caixas de largura 0,02
    counts = np.histogram(values, bins=np.arange(-3, 3.01, 0.02))[0]
    share = counts[counts > 0] / counts.sum()
    return -np.sum(share * np.log2(share))


bits = {name: entropy(w) for name, w in weights.items()}
small = {name: np.mean(np.abs(w) < 1e-3) for name, w in weights.items()}
exact = {name: np.mean(w == 0) for name, w in weights.items()}

# %% tags=["nbval-ignore-output"]
header = ["rede", "exatamente 0", "menor que 0,001", "maior peso", "maior coluna", "entropia", "validação"]
rows = [
    [
        name,
        percent(exact[name], 1),
        percent(small[name]),
        float(np.abs(weights[name]).max()),
        float(largest[name]),
        float(bits[name]),
        number(val[name][-1], 3),
    ]
    for name in shown
]
show_table(header, [*rows, ["seu palpite (L1)", f"{guess} %", "", "", "", "", ""]])

# %%
none, lasso, ridge, capped_name = (shown[i] for i in (0, 2, 1, 3))
kept = np.abs(weights[lasso]).max() > np.abs(weights[ridge]).max()
fewer_bits = max(bits[name] for name in (lasso, ridge, capped_name)) < bits[none]
exactly = largest[capped_name] <= 0.7 + 1e-5
claim("D3-32", "com L1, mais da metade dos pesos tem |w| < 0,001", small[lasso] > 0.5)
claim(
    "D3-33",
    "ao menos uma vez e meia a fração com L2 e mais de vinte vezes a sem penalidade",
    small[lasso] > 1.5 * small[ridge] and small[lasso] > 20 * small[none],
)
claim("D3-34", "mas menos de um em mil é exatamente zero", exact[lasso] < 1e-3)
claim("D3-35", "o maior peso da L1 é maior que o da L2: ela poupa os que valem a pena", kept)
claim("D3-36", "com norma máxima 0,7, nenhuma coluna passa de 0,7", exactly)
claim("D3-37", "as três distribuições têm menos entropia que a da rede sem penalidade", fewer_bits)

# %% [markdown]
# O seu palpite resistiu? A L1 levou a maioria dos pesos para perto de zero mas não os pôs **em** zero, pelo motivo da
# seção 4. Quem quer uma rede esparsa de fato zera, depois do treino, os pesos abaixo de um limiar, e confere o que isso
# custou:

# %%
pruned = [np.where(np.abs(w) < 1e-3, 0, w) if w.ndim == 3 else w for w in study.get_weights()]
study.set_weights(pruned)
after_pruning = dict(zip(NAMES, cross_entropies()[1], strict=True))
cheap = abs(after_pruning[lasso] - val[lasso][-1]) < 0.005
claim("D3-38", "zerar os pesos pequenos da L1 muda a validação em menos de 0,005", bool(cheap))

# %% [markdown]
# A última coluna da tabela mostra que cada rede paga à sua maneira. Qual sai na frente depende dos dados e das
# intensidades, e um experimento pequeno não decide isso; no uso geral, a L2 é a mais comum. Note ainda que a L2 também
# deixou pesos minúsculos: quando o erro não depende de um peso, só o preço o empurra, e nada o segura longe do zero.
#
# A coluna da **entropia** responde à seção 1. Se você tivesse de ditar os pesos, arredondados a 0,02, a alguém,
# precisaria de tantos bits por peso: as redes penalizadas são mais simples, com o mesmo número de parâmetros.
#
# ## 7. L2 é decaimento de pesos?
#
# O **decaimento de pesos** (*weight decay*) não fala de perda. Ele diz: a cada passo, encolha todo peso por um fator um
# pouco menor que 1, e dê o passo de sempre. No Keras é um argumento do otimizador, `weight_decay=`$\lambda'$:
#
# $$w \leftarrow w - \eta\lambda' w - (\text{passo do otimizador com } \partial L/\partial w)$$
#
# *É comum ler que penalidade L2 e decaimento de pesos são "matematicamente iguais".* Com a descida do gradiente
# simples, são mesmo: o gradiente de $L + \lambda\lVert w\rVert^2$ é $\partial L/\partial w + 2\lambda w$, e o passo
# fica
#
# $$w \leftarrow w - \eta\,\frac{\partial L}{\partial w} - 2\eta\lambda\, w, \qquad\text{ou seja,}\qquad \lambda' = 2\lambda.$$
#
# E com outros otimizadores? A função abaixo dá passos com um otimizador do Keras em um vetor de pesos qualquer,
# somando, se pedirmos, o gradiente da penalidade. Testamos na regressão logística.


# %%
def descend(optimizer, gradient, start, steps, l2=0.0):
    w = keras.Variable(start, dtype="float32")
    for _ in range(steps):
        now = w.numpy()
        optimizer.apply([ops.convert_to_tensor(gradient(now) + 2 * l2 * now, "float32")], [w])
    return w.numpy()


SGD, Adam, AdamW = keras.optimizers.SGD, keras.optimizers.Adam, keras.optimizers.AdamW
penalised = {"SGD": SGD(0.5), "SGD com momento": SGD(0.5, momentum=0.9), "Adam": Adam(0.1)}
decayed = {
    "SGD": SGD(0.5, weight_decay=0.1),
    "SGD com momento": SGD(0.5, momentum=0.9, weight_decay=0.1),
    "Adam": AdamW(0.1, weight_decay=0.1),
}
w_start = np.random.default_rng(set_seeds()).normal(size=(28, 1))
ends = {
    name: (
        descend(penalised[name], logistic_gradient, w_start, 12, l2=0.05),
        descend(decayed[name], logistic_gradient, w_start, 12),
    )
    for name in penalised
}
apart = {name: np.linalg.norm(p - d) / np.linalg.norm(d) for name, (p, d) in ends.items()}

# %% tags=["nbval-ignore-output"]
show_table(
    ["otimizador", "norma com L2 0,05", "norma com decaimento 0,1", "diferença relativa entre os vetores"],
    [
        [name, number(np.linalg.norm(p), 4), number(np.linalg.norm(d), 4), float(apart[name])]
        for name, (p, d) in ends.items()
    ],
)

# %%
claim(
    "D3-39",
    "com SGD, L2 λ e decaimento 2λ dão os mesmos pesos, a menos de um em cem mil",
    apart["SGD"] < 1e-5,
)
claim("D3-40", "com momento, diferem em mais de 20 %", apart["SGD com momento"] > 0.2)
claim("D3-41", "com Adam, em mais de 5 %", apart["Adam"] > 0.05)

# %% [markdown]
# ### Com momento
#
# O gradiente da penalidade entra na **velocidade** e é amplificado com ela; o decaimento do Keras age por fora. Com
# momento $\beta$, a velocidade que resulta de um gradiente constante $g$ é $-\eta g/(1-\beta)$. No ponto em que o
# treino para, com L2 o gradiente total é zero, $\partial L/\partial w = -2\lambda w$; com decaimento, a velocidade
# compensa o encolhimento, $\partial L/\partial w = -(1-\beta)\lambda' w$. Os dois só param no mesmo lugar se
# $\lambda' = 2\lambda/(1-\beta)$: com $\beta = 0{,}9$, um decaimento **dez vezes** maior. Conferimos na perda de um
# peso só, $\tfrac12(w-1)^2$, com $\beta = 0{,}5$, que para mais depressa: ali o fator é 2.


# %%
def resting_point(decay=None, l2=0.0):
    optimizer = SGD(0.5, momentum=0.5, weight_decay=decay)
    return float(descend(optimizer, lambda w: w - 1, [0.0], 40, l2)[0])


toy = {
    "L2 0,05": resting_point(l2=0.05),
    "decaimento 0,1": resting_point(0.1),
    "decaimento 0,2": resting_point(0.2),
}
expected = [1 / (1 + 2 * 0.05), 1 / (1 + 0.1 * 0.5), 1 / (1 + 0.2 * 0.5)]
matches = np.allclose(list(toy.values()), expected, atol=1e-4)
show_table(["com momento 0,5", "onde o peso para"], [[name, number(w, 3)] for name, w in toy.items()])
claim("D3-42", "os três pontos de parada são os da fórmula", matches)

# %% [markdown]
# ### Com Adam
#
# Aqui não há constante que conserte. O Adam divide o gradiente de cada peso pelo tamanho recente dele, $\sqrt{\hat s}$
# (a raiz da média móvel dos quadrados, corrigida). O gradiente da penalidade, somado ao da perda, é dividido **junto**.
# Se o gradiente da perda tem tamanho típico $\sigma$, então $\sqrt{\hat s} \approx \sqrt{\sigma^2 + (2\lambda w)^2}$, e
# em um passo o peso encolhe, por conta da penalidade, perto de
#
# $$\eta\,\frac{2\lambda w}{\sqrt{\sigma^2 + (2\lambda w)^2}} \quad\text{(Adam com L2)}, \qquad \eta\lambda' w \quad\text{(decaimento)}.$$
#
# Peso de gradiente grande quase não decai; peso cujo gradiente é minúsculo diante de $2\lambda w$ encolhe perto de
# $\eta$ por passo, qualquer que seja $\lambda$. O **AdamW** é o Adam com o decaimento por fora, sem a divisão. Para ver
# só isso, sorteamos gradientes de média zero e sete tamanhos $\sigma$, quatrocentos pesos iguais a 1 por tamanho, e
# comparamos cada peso com o seu gêmeo sem penalidade, que recebe os mesmos sorteios.

# %%
sigma = 10.0 ** np.arange(-2, 1.01, 0.5)
eta, lam, steps = 0.008, 0.05, 25
ones = np.ones((len(sigma), 400))


def noisy_run(optimizer, l2=0.0):
    rng = np.random.default_rng(set_seeds())  # os mesmos sorteios em todas as corridas
    return descend(optimizer, lambda w: sigma[:, None] * rng.normal(size=ones.shape), ones, steps, l2)


without = noisy_run(Adam(eta))
lost = {
    "Adam com L2 0,05": (without - noisy_run(Adam(eta), lam)).mean(axis=1),
    "AdamW, decaimento 0,1": (without - noisy_run(AdamW(eta, weight_decay=2 * lam))).mean(axis=1),
}

# %%
line = np.geomspace(sigma[0], sigma[-1], 100)
theory = {
    "Adam com L2 0,05": eta * steps * 2 * lam / np.sqrt(line**2 + (2 * lam) ** 2),
    "AdamW, decaimento 0,1": 1 - (1 - eta * 2 * lam) ** steps + 0 * line,
}
figure, ax = plt.subplots(figsize=(8.5, 4.3))
for (name, values), tone in zip(lost.items(), (plots.PALETTE[0], plots.PALETTE[5]), strict=True):
    ax.loglog(line, theory[name], "--", color=tone)
    ax.loglog(sigma, values, "o", color=tone, markersize=8, label=name)
ax.plot([], [], "--", color="gray", label="previsto")
ax.set(xlabel="Tamanho típico do gradiente, σ", ylabel="Quanto o peso encolheu")
ax.set_title("Com Adam, a penalidade L2 poupa justamente os pesos de gradiente grande")
ax.legend()
plots.show(
    plots.comma_axes(ax),
    alt="Encolhimento de um peso contra o tamanho do seu gradiente, nos dois eixos em escala logarítmica. Com Adam e L2, é alto e plano para "
    "gradientes pequenos e cai em linha reta para gradientes grandes, por cerca de duas potências de dez. Com AdamW, é uma "
    "linha horizontal. Os pontos medidos caem sobre as linhas previstas.",
)

# %%
coupled, decoupled = lost["Adam com L2 0,05"], lost["AdamW, decaimento 0,1"]
even = decoupled.max() / decoupled.min() < 1.1
sizes_ok = np.abs(coupled / (eta * steps * 2 * lam / np.sqrt(sigma**2 + (2 * lam) ** 2)) - 1).max() < 0.15
claim("D3-43", "com AdamW, todos encolhem igual, a menos de 10 %", bool(even))
claim(
    "D3-44",
    "com Adam e L2, o de gradiente menor encolhe mais de trinta vezes o de maior",
    bool(coupled[0] > 30 * coupled[-1]),
)
claim("D3-45", "a previsão acerta o encolhimento a menos de 15 %", bool(sizes_ok))

# %% [markdown]
# Portanto, diga qual dos dois você usa. As nossas oito redes foram treinadas com Adam e **penalidade**; chamar isso de
# decaimento de pesos seria descrever outro experimento. O decaimento do otimizador age em **todos** os parâmetros,
# vieses e escalas da normalização em lote inclusive; para poupá-los há `exclude_from_weight_decay`, que se chama antes
# do primeiro passo. Com gradiente zero, só resta o decaimento:

# %%
layer = keras.layers.Dense(3, kernel_initializer="ones", bias_initializer="ones")
layer.build((None, 2))
optimizer = SGD(0.1, weight_decay=0.5)
optimizer.exclude_from_weight_decay(var_names=["bias"])
optimizer.apply([ops.zeros((2, 3)), ops.zeros(3)], layer.trainable_variables)
shrunk = np.allclose(layer.kernel.numpy(), 1 - 0.1 * 0.5)
spared = np.array_equal(layer.bias.numpy(), np.ones(3))
claim("D3-46", "os pesos encolhem pelo fator 1 − ηλ′; os vieses excluídos, não", shrunk and spared)

# %% [markdown]
# ## 8. Quanto cobrar?
#
# As cinco redes com L2 diferem só na intensidade. Barato demais, nada muda; caro demais, a rede prefere não ter pesos.

# %%
figure, ax = plt.subplots(figsize=(8.5, 4.3))
ends_at = {
    part: [curve[f"L2 {number(s, 1)}"][-1] for s in SWEEP]
    for part, curve in (("treino", train), ("validação", val))
}
for part, style in (("treino", "o-"), ("validação", "o--")):
    ax.semilogx(SWEEP, ends_at[part], style, color=colors["L2 0,01"], label=f"com L2, {part}")
for part, curve, style in (("treino", train, "-"), ("validação", val, "--")):
    ax.axhline(curve[free][-1], color=colors[free], linestyle=style, alpha=0.8, label=f"{free}, {part}")
ax.axhline(np.log(2), color="black", linestyle=":", linewidth=1.4)
ax.text(0.00095, np.log(2) - 0.02, "quem chuta: ln 2", va="top")
ax.set(xlabel="Intensidade λ da penalidade L2", ylabel="Entropia cruzada ao fim", ylim=(0, None))
ax.set_title("Pouco preço, sobreajuste; preço demais, subajuste; o melhor fica no meio")
ax.legend(ncols=2, loc="upper right", bbox_to_anchor=(1, 0.93), fontsize=10, handlelength=3)
plots.show(
    plots.comma_axes(ax),
    alt="Entropia cruzada final contra a intensidade da penalidade L2, em escala logarítmica. A de treino só sobe. A de validação começa "
    "alta, perto da rede sem penalidade, desce até um mínimo e volta a subir; na intensidade maior, treino e validação se "
    "encontram na linha de quem chuta.",
)

# %%
rises = bool(np.all(np.diff(ends_at["treino"]) > 0))
middle = int(np.argmin(ends_at["validação"]))
mute = max(abs(ends_at[part][-1] - np.log(2)) for part in ends_at) < 0.02
claim("D3-47", "a cada aumento de λ, a perda de treino sobe", rises)
claim("D3-48", "o λ de melhor validação não é o menor nem o maior", 0 < middle < len(SWEEP) - 1)
claim("D3-49", "com o maior λ, a rede só chuta: subajuste", mute)

# %% [markdown]
# Como escolher? Por ordens de grandeza, e pela **entropia cruzada de validação**, nunca pela `loss`, que traz a
# penalidade somada. O valor bom depende dos dados, da rede e do tempo de treino; o 0,01 do Keras não tem nada de
# especial.
#
# *A penalidade L2 também aparece nas listas de remédios para gradientes instáveis*, ao lado da inicialização de He para
# a ReLU, da normalização em lote e do corte do gradiente. Ela impede que os pesos cresçam **ao longo** do treino, e com
# eles o fator por camada. Mas, como a lição sobre a explosão do gradiente mediu, encolhe-os aos poucos: não salva uma
# rede que já nasceu explodindo. Trate-a como o que é, uma regularização.
#
# ## 9. Explique
#
# Um colega leu um artigo que usa `AdamW(weight_decay=0.02)`. Como $2\lambda = 0{,}02$, ele treina com `Adam` e
# `L2(0.01)` e relata "o mesmo decaimento de pesos do artigo". A `loss` dele, porém, vem maior que a do artigo, e ele
# conclui que a sua rede é pior. Quais são os dois enganos?
#
# <details><summary>Uma resposta possível</summary>
#
# O primeiro: a igualdade $\lambda' = 2\lambda$ vale para a descida do gradiente simples. No Adam, o gradiente da
# penalidade é dividido por $\sqrt{\hat s}$ com o resto, e os pesos de gradiente grande quase não encolhem, enquanto os
# de gradiente pequeno encolhem muito. No AdamW, todos encolhem pelo mesmo fator. São dois treinos diferentes, e, em
# geral, nenhum outro $\lambda$ os igualaria. O segundo: a `loss` dele traz a penalidade somada, e a do artigo não,
# porque o decaimento de pesos não entra na perda. As duas não se comparam. Ele deveria comparar a entropia cruzada, ou
# a acurácia, na validação.
#
# </details>
#
# <details><summary>Para quem já viu probabilidade: de onde saem o quadrado e o módulo?</summary>
#
# Suponha que, antes de ver os dados, você acredite que cada peso vem de uma normal $\mathcal N(0, \tau^2)$. Procurar os
# pesos mais prováveis **depois** de ver $n$ exemplos (a estimativa de máximo a posteriori, MAP) é minimizar a soma das
# perdas, que é menos o logaritmo da verossimilhança, mais $\sum w_i^2/(2\tau^2)$, que é menos o logaritmo da densidade
# inicial, a menos de uma constante. Dividindo por $n$, para ter a perda média, aparece a penalidade L2 com
# $\lambda = 1/(2n\tau^2)$. Se a crença for uma distribuição de Laplace, de densidade proporcional a $e^{-|w|/b}$, sai a
# L1 com $\lambda = 1/(nb)$. Crença mais concentrada em zero, preço maior; mais dados, preço menor.
#
# </details>
#
# ## 10. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | penalidade L2 | $\lambda \sum w^2$, a norma ao **quadrado** | resiste ao sobreajuste com os mesmos parâmetros (D3-01 a D3-05) | chamá-la de norma; usar `"l2"` sem dizer $\lambda$ |
# | penalidade L1 | $\lambda \sum \lvert w\rvert$ | a maioria dos pesos perto de zero (D3-32) | esperar zeros exatos do treino comum (D3-34) |
# | por que a L1 zera | derivada $\pm\lambda$, contra $2\lambda w$ | D3-17 a D3-22 | dizer que é a penalidade da L2 que vai a zero |
# | passo proximal | limiar suave com preço $\eta\lambda$ | zeros exatos (D3-24) | confundi-lo com o passo do Keras |
# | onde o preço aparece | `loss` = entropia cruzada + `sum(model.losses)` | D3-12 a D3-15 | comparar `loss` de redes com e sem penalidade |
# | norma máxima | $w \leftarrow w\,\min(1, c/\lVert w\rVert)$ por coluna, depois do passo | limite exato (D3-27, D3-36) | esquecer o `axis` na convolução (D3-30) |
# | decaimento de pesos | $w \leftarrow (1 - \eta\lambda')\,w - \text{passo}$ | igual a L2 só no SGD simples (D3-39 a D3-45) | chamar Adam + L2 de decaimento de pesos |
# | intensidade | $\lambda$, escolhida na validação | o melhor fica no meio (D3-47 a D3-49) | aceitar o valor padrão |
#
# **Para praticar:** no **Lab 5 · Sobreajuste e regularização** você põe L2 em redes grandes e compara com uma rede
# pequena. **A seguir:** o *dropout*, que regulariza sem tocar na perda.
#
# ## Referências
#
# - Hoerl, A. E.; Kennard, R. W. (1970). Ridge regression: biased estimation for nonorthogonal problems.
#   *Technometrics*, 12(1), 55–67. A penalidade quadrática na regressão.
# - Krogh, A.; Hertz, J. A. (1991). A simple weight decay can improve generalization. *Advances in Neural Information
#   Processing Systems* 4. O decaimento de pesos em redes neurais.
# - Tibshirani, R. (1996). Regression shrinkage and selection via the lasso. *Journal of the Royal Statistical Society,
#   Series B*, 58(1), 267–288. A penalidade L1 e o desenho do losango.
# - Srivastava, N.; Hinton, G.; Krizhevsky, A.; Sutskever, I.; Salakhutdinov, R. (2014). Dropout: a simple way to
#   prevent neural networks from overfitting. *Journal of Machine Learning Research*, 15, 1929–1958. Usa a norma máxima
#   com o *dropout*.
# - Parikh, N.; Boyd, S. (2014). Proximal algorithms. *Foundations and Trends in Optimization*, 1(3), 127–239.
# - Loshchilov, I.; Hutter, F. (2019). Decoupled weight decay regularization. *ICLR*. O AdamW.
# - Baldi, P.; Sadowski, P.; Whiteson, D. (2014). Searching for exotic particles in high-energy physics with deep
#   learning. *Nature Communications*, 5, 4308. Os dados desta lição.
