# ---
# jupyter:
#   gradiente:
#     id: A2
#     title: O que a última camada diz, e com que perda se cobra?
#     covers: [S0-08, S4-21, S4-50, S4-51, S4-52, S4-53, S4-54, S4-55]
#     seconds: 30
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 · O que a última camada diz, e com que perda se cobra?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *escolher* a saída e a perda de cada problema; *distinguir* um logit de uma probabilidade e decidir com o limiar certo; *reconhecer* os enganos que não dão erro |
# | **Você precisa saber** | montar, compilar e treinar uma rede densa (lição sobre redes densas com Keras); o que são probabilidade e logaritmo |
# | **Tempo de leitura** | cerca de 35 minutos |
# | **Tempo de execução** | cerca de 30 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | logit, sigmoide (logística), softmax, verossimilhança, entropia cruzada, limiar, multirrótulo, linha de base |
#
# As camadas ocultas podem calcular o que quiserem. A última, não: ela precisa dizer algo que se possa comparar com o alvo.
# Duas escolhas fazem isso, a **ativação da saída** (o que a rede pode dizer) e a **perda** (quanto lhe custa dizer errado), e
# elas andam em pares. Um par trocado raramente dá erro; dá um número plausível e errado.

# %%
import warnings
from itertools import pairwise

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import classification_report

from gradiente import plots, signal
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# ## 1. A pergunta
#
# Um problema pequeno, com duas respostas: esta roupa é um **casaco**? Os candidatos são pulôveres, casacos e camisas, que se
# parecem. Cerca de um terço é casaco: proporção parecida com a de gatos no treino do conjunto gato/não gato, com que você
# trabalhará no Lab 5.

# %%
data = load_fashion_mnist()
pixels, labels = data.x_train[:2500].astype("float32"), data.y_train[:2500]
chosen = np.isin(labels, (2, 4, 6))  # pulôver, casaco, camisa
x, y = pixels[chosen], (labels[chosen] == 4).astype("float32")[:, None]
x = (x - x[:400].mean()) / x[:400].std()
x_train, y_train = x[:400], y[:400]
x_val, y_val = x[400:650], y[400:650]  # para comparar redes
x_test, y_test = x[650:], y[650:]  # para a nota final, uma vez só

# %% [markdown]
# Padronizamos com a média e o desvio padrão **do treino**. E conferimos os formatos: um comentário que diga "vetores
# $(n, 1)$" não é executado por ninguém; quem sabe o formato é o array. As imagens são $(n, 28, 28)$; os rótulos,
# $(n, 1)$, e essa coluna única fará falta adiante.

# %%
shapes = x_train.shape == (400, 28, 28) and y_train.shape == (400, 1)
claim("A2-01", "as imagens de treino são (400, 28, 28) e os rótulos, (400, 1)", shapes)

# %% [markdown]
# A rede tem uma camada oculta e, na saída, **um número sem ativação**: o *logit*. A perda é avisada disso
# (`from_logits=True`). Pedimos a acurácia de dois jeitos: com o nome `"accuracy"` e com `BinaryAccuracy(threshold=0.0)`.


# %%
def build(units=(64,), output=None, extra=(), metrics=None):
    set_seeds()
    hidden = [keras.layers.Dense(n, "relu") for n in units]
    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(1, output), *extra]
    )
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.02), loss, metrics=metrics)
    return model


FIT = {"epochs": 10, "batch_size": 50, "validation_data": (x_val, y_val), "verbose": 0}
at_zero = keras.metrics.BinaryAccuracy(threshold=0.0, name="limiar_zero")
network = build(metrics=["accuracy", at_zero])
history = network.fit(x_train, y_train, **FIT)

# %% tags=["nbval-ignore-output"]
two = {name: history.history[name][-1] for name in ("val_accuracy", "val_limiar_zero")}
print(f'"accuracy": {percent(two["val_accuracy"], digits=1)} de acertos na validação')
print(f"BinaryAccuracy(threshold=0.0): {percent(two['val_limiar_zero'], digits=1)}")

# %% [markdown]
# Uma rede, as mesmas imagens, as mesmas respostas, e duas acurácias. **Qual das duas responde à pergunta "é casaco?"?**
#
# ## 2. Preveja
#
# A métrica `"accuracy"`, em uma saída de uma unidade, considera "sim" toda resposta **maior que 0,5**. Só que a nossa saída é
# um logit.
#
# > Quando o logit vale 0,5, que probabilidade a rede está dando a "é casaco"? 0,5? 0,55? 0,75?
#
# Escreva o seu palpite; ele aparecerá na próxima figura.

# %%
guess = 0.5  # troque pelo seu palpite: a probabilidade quando o logit é 0,5

# %% [markdown]
# ## 3. Logits e probabilidades
#
# Uma probabilidade $p$ vive entre 0 e 1, e a última camada produz um número real qualquer. A ponte passa pela **chance**,
# $p/(1-p)$, que vai de 0 a $\infty$ ("três para um" é $p = 0{,}75$). O logaritmo dela percorre a reta inteira, e é o que se
# chama **logit**:
#
# $$z = \ln\frac{p}{1-p} \qquad\Longleftrightarrow\qquad p = \sigma(z) = \frac{1}{1+e^{-z}}$$
#
# A **sigmoide (logística)** $\sigma$ é, portanto, a volta do logit à probabilidade. Três pontos para guardar: $z = 0$ é
# $p = \tfrac12$; logit positivo é "mais provável que sim"; trocar o sinal de $z$ troca $p$ por $1-p$.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


grid = np.linspace(-6, 6, 241)
inverse = np.allclose(np.log(sigmoid(grid) / (1 - sigmoid(grid))), grid)
mirror = np.allclose(sigmoid(-grid), 1 - sigmoid(grid))
claim("A2-02", "o logit desfaz a sigmoide, e σ(−z) = 1 − σ(z)", inverse and mirror)
claim("A2-03", "σ(0) = 0,5 e σ(0,5) ≈ 0,6225", sigmoid(0.0) == 0.5 and abs(sigmoid(0.5) - 0.6225) < 5e-5)

# %% [markdown]
# Aí está a resposta. Aplicar o limiar 0,5 **a logits** é exigir probabilidade acima de 0,6225 antes de dizer "sim". Veja quem
# fica na faixa em que os dois limiares discordam:

# %%
z = np.asarray(network(x_val))  # logits, (250, 1)
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
left.plot(grid, sigmoid(grid))
for limit, color in ((0.5, plots.PALETTE[1]), (0, plots.PALETTE[2])):
    height, name = sigmoid(limit), f"limiar {number(limit, 1)} no logit"
    left.plot([-6, limit, limit], [height, height, 0], color=color, label=name)
left.plot(0.5, guess, "o", color=plots.PALETTE[6], label="seu palpite")
left.set(title="Do logit à probabilidade", xlabel="Logit z", ylabel="Probabilidade p")
left.set(xlim=(-6, 6), ylim=(0, 1))
left.legend(loc="upper left")
bins = np.arange(np.floor(2 * z.min()) / 2, z.max() + 0.5, 0.5)
for label, name, color in ((0, "não casaco", plots.PALETTE[4]), (1, "casaco", plots.PALETTE[3])):
    right.hist(z[y_val == label], bins, alpha=0.75, color=color, label=name)
right.axvspan(0, 0.5, color=plots.PALETTE[5], alpha=0.35, label="os limiares discordam")
right.set(title="Logits da validação", xlabel="Logit z", ylabel="Imagens")
right.legend()
figure.suptitle("O limiar 0,5 pertence às probabilidades; nos logits, o limiar é 0")
for ax in (left, right):
    plots.comma_axes(ax)
plots.show(
    figure,
    alt="À esquerda, a curva da sigmoide: o logit zero corresponde à probabilidade um meio, e o logit 0,5, a uma "
    "probabilidade maior, cerca de 0,62. À direita, histogramas dos logits das imagens de casaco e das outras, com a "
    "faixa entre zero e 0,5 destacada: as imagens que caem nela são chamadas de casaco por um limiar e não pelo outro.",
)

# %% tags=["nbval-ignore-output"]
band = int(((z > 0) & (z <= 0.5)).sum())
recall = {limit: float((z[y_val == 1] > limit).mean()) for limit in (0.0, 0.5)}
print(f"Imagens que mudam de resposta: {band} de {len(z)}")
print(f"Casacos encontrados: {percent(recall[0.0])} com limiar 0 e {percent(recall[0.5])} com limiar 0,5")

# %%
p = sigmoid(z)
same = np.array_equal(z > 0, p > 0.5)
changed = int(np.sum((z > 0.5) != (p > 0.5)))
by_hand = {"val_accuracy": np.mean((z > 0.5) == y_val), "val_limiar_zero": np.mean((z > 0) == y_val)}
agree = all(abs(two[name] - value) < 1e-6 for name, value in by_hand.items())
claim("A2-04", "limiar 0 nos logits e limiar 0,5 nas probabilidades dão as mesmas respostas", same)
claim("A2-05", "os dois limiares discordam só na faixa de 0 a 0,5, e há imagens nela", changed == band > 0)
claim("A2-06", 'as contas à mão batem com as duas métricas: "accuracy" usou 0,5 nos logits', agree)
claim("A2-07", "o limiar mais alto encontra menos casacos, ou os mesmos", recall[0.5] <= recall[0.0])

# %% [markdown]
# Repare no que **não** afirmamos: que o limiar errado dê sempre uma acurácia pior. Em poucas imagens ele pode até dar um
# número maior, por sorte. O defeito é outro: ele responde a uma pergunta que ninguém fez ("tem mais de 0,6225 de
# probabilidade?"), e quem não sabe disso chama de "probabilidade" um número que pode ser negativo. Ou se compara o logit com
# 0, ou se passa pela sigmoide antes de comparar com 0,5. (Escolher *de propósito* outro limiar, porque um falso "sim"
# custa caro, é legítimo; aí se escolhe em probabilidade e se diz qual.)
#
# ## 4. De onde vem a perda
#
# Por que "entropia cruzada", e não, digamos, o erro ao quadrado? Porque a perda não é arbitrária: sai da pergunta *que
# probabilidade a rede deu ao que aconteceu?* O nome disso é **verossimilhança**. Se $y$ é 1 ou 0 e a rede diz $p$, a
# probabilidade do que se observou é $p$ quando $y = 1$ e $1-p$ quando $y = 0$, ou, em uma linha só, $p^{y}(1-p)^{1-y}$.
# Treinar é torná-la grande; com o logaritmo e o sinal trocado, tornar pequena a **entropia cruzada binária**
# (*binary cross-entropy*, BCE):
#
# $$L = -\,y\ln p - (1-y)\ln(1-p)$$
#
# Pondo $p = \sigma(z)$ e usando $\ln p = z - \ln(1+e^{z})$ e $\ln(1-p) = -\ln(1+e^{z})$, ela fica escrita só com o logit:
#
# $$L = \ln(1+e^{z}) - y\,z \qquad\Longrightarrow\qquad \frac{\partial L}{\partial z} = \sigma(z) - y = p - y$$
#
# A derivada é **a previsão menos o alvo**. Conferimos as duas coisas.


# %%
def bce_from_logits(y, z):
    return np.logaddexp(0, z) - y * z  # ln(e⁰ + eᶻ) − y z


def bce_from_probabilities(y, p):
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


logit_loss = keras.losses.BinaryCrossentropy(from_logits=True)
probability_loss = keras.losses.BinaryCrossentropy(from_logits=False)
values = [
    bce_from_logits(y_val, z).mean(),
    bce_from_probabilities(y_val, p).mean(),
    float(logit_loss(y_val, z)),
    float(probability_loss(y_val, p)),
]
same = np.ptp(values) < 1e-6
claim("A2-08", "com logits ou probabilidades, no NumPy ou no Keras: a mesma perda, a 1e-6", same)

# %% [markdown]
# Para ler a derivada no Keras, um truque: uma camada densa sem viés cujos **pesos são os logits**. Com a matriz identidade na
# entrada, cada exemplo recolhe um peso, e o gradiente dos pesos é o gradiente dos logits (dividido por $n$, porque a perda é a
# média de $n$ exemplos).


# %%
def logit_gradient(z, y, loss, activation=None):
    n, units = z.shape
    layer = keras.layers.Dense(units, activation, use_bias=False)
    probe = keras.Sequential([keras.Input((n,)), layer])
    probe.set_weights([z])
    (gradient,) = signal.gradients(probe, np.eye(n, dtype="float32"), y, loss=loss).values()
    return n * gradient


rng = np.random.default_rng(set_seeds())
z6, y6 = rng.normal(0, 2, (6, 1)).astype("float32"), np.float32([[0], [1]] * 3)
nudge = 1e-5
rise = bce_from_logits(y6, z6.astype("float64") + nudge) - bce_from_logits(y6, z6.astype("float64") - nudge)
judges = [rise / (2 * nudge), logit_gradient(z6, y6, logit_loss)]
agree = all(np.allclose(sigmoid(z6) - y6, judge, atol=1e-5) for judge in judges)
claim("A2-09", "∂L/∂z = p − y: a fórmula, as diferenças finitas e o Keras concordam", agree)

# %% [markdown]
# E o erro ao quadrado sobre a sigmoide, $(p-y)^2$? A regra da cadeia lhe dá a derivada $2(p-y)\,p\,(1-p)$, e o fator
# $p(1-p)$ some justamente quando a rede está **muito segura e errada**. Um exemplo: logit $-10$, alvo 1.

# %%
z1, y1 = np.float32([[-10]]), np.float32([[1]])
squared = abs(logit_gradient(z1, y1, "mean_squared_error", "sigmoid").item())
crossed = abs(logit_gradient(z1, y1, logit_loss).item())
claim("A2-10", "segura e errada: a entropia cruzada puxa com força quase 1", abs(crossed - 1) < 1e-3)
claim("A2-11", "e o erro ao quadrado puxa mil vezes menos, ou ainda menos", squared < crossed / 1000)

# %% [markdown]
# É isto o que significa *combinar* perda e saída: na combinação certa, o fator que sumiria **se cancela**, e o tamanho do erro
# é o tamanho da correção.
#
# ## 5. Por que entregar logits à perda
#
# No papel, as duas fórmulas da BCE são iguais. No computador, em que um `float32` guarda uns sete algarismos, não. Para
# $z \ge 17$, $1 + e^{-z}$ se arredonda para 1, a sigmoide responde exatamente 1 e $\ln(1-p)$ vira $\ln 0$. O Keras se protege:
# aproxima $p$ de 0 e de 1 só até $10^{-7}$. Protege da divergência, mas não devolve a informação perdida. Alvo 0, logits cada vez
# mais errados:

# %%
big = np.linspace(0, 40, 81, dtype="float32")
with np.errstate(divide="ignore"):
    naive = -np.log(1 - sigmoid(big))  # float32 do começo ao fim
zeros, column = np.zeros((81, 1), "float32"), big[:, None]
clipped = np.asarray(keras.losses.binary_crossentropy(zeros, sigmoid(column)))
stable = np.asarray(keras.losses.binary_crossentropy(zeros, column, from_logits=True))

# %%
figure, ax = plt.subplots(figsize=(8.5, 4))
ax.plot(big, stable, label="Keras, dos logits", color=plots.PALETTE[2])
ax.plot(big, clipped, label="Keras, das probabilidades", color=plots.PALETTE[1])
ax.plot(big, naive, "o", markersize=3.5, label="fórmula ingênua em float32", color=plots.PALETTE[6])
last = big[np.isfinite(naive)].max()
ax.axvspan(last, 40, color="#EEEEEE", zorder=0)
ax.text(28.5, 2, "aqui a fórmula ingênua é infinita", ha="center")
ax.set(xlabel="Logit z (o alvo é 0)", ylabel="Perda", xlim=(0, 40), ylim=(0, 40))
ax.set_title("Quanto mais errado, maior a perda? Só para quem recebe logits")
ax.legend(loc="upper left")
plots.show(
    plots.comma_axes(ax),
    alt="Perda em função do logit, com alvo zero. Calculada dos logits, sobe em linha reta. Das probabilidades, acompanha "
    "a reta e depois fica presa em um patamar. A fórmula ingênua acompanha a reta aos trancos até por volta de 16 e dali em "
    "diante é infinita.",
)

# %%
zero, wrong = np.float32([[0]]), np.float32([[100]])  # alvo e logit
straight, flat = float(logit_loss(zero, wrong)), float(probability_loss(zero, sigmoid(wrong)))
infinite = np.isinf(naive[big >= 17]).all()
claim("A2-12", "a partir de z = 17, em float32, a fórmula ingênua dá infinito", infinite)
claim("A2-13", "com logit 100, a perda calculada dos logits é 100", abs(straight - 100) < 1e-4)
claim("A2-14", "calculada das probabilidades, é a mesma que com logit 20", abs(flat - clipped[40]) < 1e-6)

# %% [markdown]
# No patamar, errar com logit 20 ou com logit 100 custa o mesmo: a perda não inclina, e o exemplo mais errado do lote deixa de
# ensinar. Com logits a conta usa $\ln(1+e^z)$ em uma forma que não estoura ($\max(z, 0) + \ln(1 + e^{-|z|})$, para todo $z$).
# Daí a regra do curso: **a rede termina em logits, a perda recebe `from_logits=True`, e a probabilidade se calcula depois,
# para quem for lê-la.**
#
# ## 6. Duas sigmoides
#
# Agora o engano mais comum com essa opção: pôr a sigmoide na saída **e** `from_logits=True`. A perda toma a probabilidade
# $p$ por um logit e aplica outra sigmoide. Como $p$ só vai de 0 a 1, $\sigma(p)$ só vai de $\tfrac12$ a $\sigma(1)$, e a perda
# ganha um **piso**:
#
# $$y = 1:\ \ L = \ln(1+e^{-p}) > \ln(1+e^{-1}) \qquad\qquad y = 0:\ \ L = \ln(1+e^{p}) > \ln 2$$

# %%
print(f"piso quando y = 1: {number(np.log1p(np.exp(-1)), digits=4)}")
print(f"piso quando y = 0: {number(np.log(2), digits=4)}")
floors = y_train.mean() * np.log1p(np.exp(-1)) + (1 - y_train.mean()) * np.log(2)

# %% [markdown]
# *Preveja: o que o Keras faz com essa rede? Dá erro? Treina mal?*

# %%
double = build(output="sigmoid")
double.set_weights(network.get_weights())  # os pesos da rede treinada na seção 1
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    inside = double.evaluate(x_val, y_val, batch_size=250, verbose=0)
warned = [str(w.message) for w in caught if "from_logits" in str(w.message)]
outside = float(logit_loss(y_val, np.asarray(double(x_val))))
correct = float(logit_loss(y_val, z))  # a saída em logits
print(warned[0].split(".")[0])

# %%
repaired = abs(inside - correct) < 1e-5
claim("A2-15", "o Keras percebe a sigmoide, avisa e usa os logits de antes dela", repaired)
differs = abs(outside - inside) > 0.05
claim("A2-16", "a mesma perda, sobre as mesmas saídas já em arrays, dá outro número", differs)

# %% [markdown]
# Um aviso (que é fácil não ler) e o conserto em silêncio: o Keras guarda, junto da saída da sigmoide, os logits que entraram
# nela. Mas o conserto depende de ele *ver* a sigmoide. Sobre arrays ele não vê; e basta uma camada inofensiva depois dela,
# como um `Reshape`, para que deixe de ver também no treino:

# %%
trapped = build(output="sigmoid", extra=[keras.layers.Reshape((1,))])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    histories = {"saída em logits": history, "duas sigmoides": trapped.fit(x_train, y_train, **FIT)}
silent = not any("from_logits" in str(w.message) for w in caught)

# %%
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None)
ax = plotter.plot(histories, title="Com duas sigmoides, a perda estaciona acima do piso")
ax.axhline(floors, color="black", linestyle=":", linewidth=1.4)
ax.text(8.9, floors - 0.008, "piso das duas sigmoides, treino", ha="right", va="top")
ax.set_ylim(0.25, None)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plots.show(
    ax,
    alt="Perda de treino e de validação ao longo de dez épocas. A da rede que termina em logits desce bem abaixo da linha "
    "do piso. A da rede com duas sigmoides para logo de descer, acima da linha.",
)

# %%
losses = {name: h.history["loss"] for name, h in histories.items()}
above = min(losses["duas sigmoides"]) > floors
p_trapped = np.asarray(trapped(x_val))
parked = abs(losses["duas sigmoides"][-1] / np.log(2) - 1) < 0.1
claim("A2-17", "com o Reshape não há aviso", silent)
claim("A2-18", "com duas sigmoides, a perda de treino fica acima do piso em todas as épocas", above)
claim("A2-19", "com logits, ela termina abaixo desse piso", losses["saída em logits"][-1] < floors)
claim("A2-20", "a rede presa termina a menos de 10 % de ln 2", parked)

# %% tags=["nbval-ignore-output"]
print(f"Casacos ditos pela rede presa: {int((p_trapped > 0.5).sum())} de {len(p_trapped)} imagens")
print(f"Casacos ditos pela rede com logits: {int((z > 0).sum())}")

# %% [markdown]
# Por que ela estacionou perto de $\ln 2$, e não no piso? Porque quem responde $p = 0$ a **tudo** tem perda $\ln(1+e^{0}) = \ln 2$ em
# todos os exemplos. A rede presa tende a dizer "não" a todo mundo, e a sua acurácia não parece absurda: dois terços das
# imagens não são casacos. Nenhum erro, nenhum aviso, um número plausível. A pista está na perda, que estaciona cedo em um valor
# que as fórmulas acima explicam.
#
# <details><summary>Para quem gosta da conta: o que ela aprende?</summary>
#
# Se a probabilidade verdadeira de "sim" é $\pi$, a perda média da rede presa é $\ln(1+e^{p}) - \pi p$. A derivada em $p$,
# $\sigma(p) - \pi$, só se anula em $p = \ln\frac{\pi}{1-\pi}$: ela tenta pôr um **logit** em um lugar onde só cabem valores de
# 0 a 1. Para $\pi < \tfrac12$ o melhor é $p = 0$; para $\pi > \sigma(1)$, $p = 1$. Lida como probabilidade, a saída é quase
# sempre segura demais; e decidir por $p > 0{,}5$ equivale a exigir $\pi > \sigma(0{,}5)$. É o 0,6225 outra vez, pela porta dos
# fundos.
#
# </details>
#
# ## 7. Várias classes: a softmax
#
# Com $K$ classes, das quais **exatamente uma** é a certa, a rede dá $K$ logits, e a **softmax** os transforma em
# probabilidades que somam 1:
#
# $$p_k = \frac{e^{z_k}}{\sum_{j} e^{z_j}} \qquad L = -\ln p_{c} = \ln\sum_j e^{z_j} - z_c \qquad \frac{\partial L}{\partial z_k} = p_k - y_k$$
#
# ($c$ é a classe certa; $y_k$ vale 1 se $k = c$ e 0 nas outras.) A história é a mesma: a verossimilhança do que aconteceu é
# $p_c$; a perda é menos o seu logaritmo, a **entropia cruzada** (*categorical cross-entropy*); e a derivada é a previsão menos o
# alvo. No Keras ela tem dois nomes: `SparseCategoricalCrossentropy`, se o rótulo é o **número** da classe, e
# `CategoricalCrossentropy`, se é um vetor de zeros com um 1 (*one-hot*).


# %%
def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))  # sem tirar o máximo, e¹⁰⁰⁰ estoura
    return powers / powers.sum(axis=-1, keepdims=True)


Z, c = rng.normal(0, 2, (5, 4)).astype("float32"), np.array([0, 3, 1, 1, 2])
Y = np.eye(4, dtype="float32")[c]
sparse_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
by_keras = logit_gradient(Z, c, sparse_loss)
by_one_hot = logit_gradient(Z, Y, keras.losses.CategoricalCrossentropy(from_logits=True))
agree = all(np.allclose(g, softmax(Z) - Y, atol=1e-5) for g in (by_keras, by_one_hot))
claim("A2-21", "com a softmax, ∂L/∂z = p − y também no Keras, nas duas formas da perda", agree)

# %% [markdown]
# Duas propriedades que parecem detalhes. Somar a mesma constante a todos os logits **não muda nada**, porque ela sai em
# evidência em cima e embaixo; por isso se pode subtrair o maior antes de exponenciar. E com duas classes a softmax é a sigmoide
# da **diferença**, $p_1 = \sigma(z_1 - z_0)$: por isso, para duas respostas, uma unidade basta.

# %%
with np.errstate(over="ignore", invalid="ignore"):
    powers = np.exp(np.float32([1000, 1001]))
    naive = powers / powers.sum()
shifted = np.allclose(softmax(Z + 7), softmax(Z), atol=1e-6)
huge = softmax(np.float32([1000, 1001]))
safe = np.isnan(naive).all() and np.isclose(huge.sum(), 1)
binary = np.allclose(softmax(Z[:, :2])[:, 1], sigmoid(Z[:, 1] - Z[:, 0]), atol=1e-6)
claim("A2-22", "somar 7 a todos os logits não muda a softmax", shifted)
claim("A2-23", "com logits 1000 e 1001, a fórmula ingênua dá NaN; subtraído o maior, a soma é 1", safe)
claim("A2-24", "softmax de dois logits = sigmoide da diferença", binary)

# %% [markdown]
# ## 8. A tabela
#
# | o alvo é… | unidades na saída | da saída à previsão | perda | limites da previsão |
# |---|---|---|---|---|
# | **binário**: sim ou não | 1 | sigmoide | BCE | entre 0 e 1 |
# | **multiclasse**: uma entre $K$ | $K$ | softmax | entropia cruzada | entre 0 e 1, somam 1 |
# | **multirrótulo**: quaisquer entre $K$ | $K$ | sigmoide em cada uma | BCE em cada uma, em média | entre 0 e 1, uma por uma |
# | **um número real** | 1 | nenhuma (linear) | erro quadrático médio | nenhum |
# | **um número em $[a, b]$** | 1 | $a + (b-a)\,\sigma(z)$, ou a tanh escalada | erro quadrático médio | entre $a$ e $b$ |
# | **um número positivo** | 1 | softplus, $\ln(1+e^z)$, ou $e^z$ | erro quadrático médio | acima de 0 |
# | **uma contagem**: 0, 1, 2, … | 1 | softplus ou $e^z$ | Poisson, $\hat y - y\ln\hat y$ | acima de 0 |
#
# A regra por trás da tabela: **a saída só deve poder dizer o que o alvo pode ser**, e a perda é menos o logaritmo da
# probabilidade que a saída deu ao que aconteceu. O erro quadrático cabe nessa regra: é o que ela dá quando o alvo é a
# previsão mais um ruído normal. A de Poisson também: se $y$ conta acontecimentos de média $\hat y$, sua probabilidade é
# $e^{-\hat y}\,\hat y^{\,y}/y!$; com o logaritmo e o sinal trocado, sobra $\hat y - y\ln\hat y$ e um termo que não
# depende da rede.
#
# As quatro combinações clássicas têm a mesma derivada em relação ao logit, previsão menos alvo. A sigmoide com a BCE (A2-09) e
# a softmax com a entropia cruzada (A2-21) já vimos; faltam duas:

# %%
counts = np.float32([[0], [3], [1], [0], [7], [2]])
by_square = logit_gradient(z6, y6, "mean_squared_error") / 2
by_poisson = logit_gradient(z6, counts, "poisson", "exponential")
linear_pair = np.allclose(by_square, z6 - y6, atol=1e-4)
poisson_pair = np.allclose(by_poisson, np.exp(z6) - counts, rtol=1e-4, atol=1e-4)
claim("A2-25", "linear e erro quadrático ÷ 2: ∂L/∂z = previsão − alvo", linear_pair)
claim("A2-26", "exponencial e Poisson: ∂L/∂z = previsão − alvo", poisson_pair)

# %% [markdown]
# Não é coincidência. Em cada par, a ativação é a que corresponde à distribuição que a perda supõe para o alvo, e a inclinação
# da ativação, que poderia ser minúscula, se cancela com um fator da perda (foi o que vimos na BCE). A softplus não é a
# parceira exata da Poisson, mas é muito usada: para $z$ grande cresce em linha reta, e não exponencialmente.
#
# Agora vamos errar de propósito. Cada **cabeça** abaixo é uma rede separada, com o seu alvo, a sua saída e a sua perda.
# Treinamos todas de uma vez, sem pesos em comum, só para poupar tempo.


# %%
def fit_heads(x, heads, hidden=0, epochs=25, learning_rate=0.05, batch_size=25):
    set_seeds()
    inputs = keras.Input(x.shape[1:])
    outputs = {}
    for name, (target, activation, _) in heads.items():
        h = keras.layers.Flatten()(inputs)
        if hidden:
            h = keras.layers.Dense(hidden, "relu")(h)
        outputs[name] = keras.layers.Dense(target.shape[1], activation)(h)
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.SGD(learning_rate), {name: head[2] for name, head in heads.items()})
    targets = {name: head[0] for name, head in heads.items()}
    model.fit(x, targets, epochs=epochs, batch_size=batch_size, verbose=0)
    return model


# %% [markdown]
# ### Números: real, em um intervalo, contagem
#
# Três alvos inventados, uma entrada só, para que se veja tudo em um gráfico: uma variação de temperatura (qualquer número
# real), uma nota de 0 a 10 e o número de pedidos que chegam em uma hora.

# %%
rng = np.random.default_rng(set_seeds())
t = rng.uniform(-2, 2, (300, 1)).astype("float32")
noise = rng.normal(0, 0.5, t.shape)
targets = {
    "real": (2 * t + noise).astype("float32"),
    "nota": (10 * sigmoid(2.5 * t + noise)).astype("float32"),
    "contagem": rng.poisson(np.logaddexp(0, 3 * t)).astype("float32"),
}


# %%
def ten_sigmoid(z):
    return 10 * keras.ops.sigmoid(z)


squared, poisson = "mean_squared_error", "poisson"
heads = {
    "real_linear": (targets["real"], None, squared),
    "real_sigmoide": (targets["real"], "sigmoid", squared),
    "nota_linear": (targets["nota"], None, squared),
    "nota_sigmoide": (targets["nota"], "sigmoid", squared),
    "nota_10sigmoide": (targets["nota"], ten_sigmoid, squared),
    "contagem_linear": (targets["contagem"], None, squared),
    "contagem_softplus": (targets["contagem"], "softplus", poisson),
}
fitted = fit_heads(t, heads, epochs=16, batch_size=20)

# %%
line = np.linspace(-2, 2, 201, dtype="float32")[:, None]
curves = {name: np.asarray(out) for name, out in fitted(line).items()}
names = {"linear": "linear", "sigmoide": "sigmoide", "10sigmoide": "10·sigmoide", "softplus": "softplus"}
colors = plots.Colors(dict(zip(names, plots.PALETTE, strict=False)))
panels = {"real": ("Qualquer número real", ()), "nota": ("Nota, de 0 a 10", (0, 10))}
panels["contagem"] = ("Contagem de pedidos", (0,))

# %%
figure, axes = plt.subplots(1, 3, figsize=(12, 4))
for ax, (kind, (title, limits)) in zip(axes, panels.items(), strict=True):
    ax.plot(t, targets[kind], ".", color="#BBBBBB", markersize=4)
    for name, curve in curves.items():
        if name.startswith(kind):
            key = name.split("_")[1]
            ax.plot(line, curve, color=colors[key], label=names[key])
    for limit in limits:
        ax.axhline(limit, color="black", linestyle=":", linewidth=1.2)
    ax.set(title=title, xlabel="Entrada", xlim=(-2, 2))
    ax.legend(loc="upper left")
    plots.comma_axes(ax)
axes[1].legend(loc="lower right", bbox_to_anchor=(1, 0.22))
axes[0].set_ylabel("Alvo e previsão")
figure.suptitle("A saída só deve poder dizer o que o alvo pode ser")
plots.show(
    figure,
    alt="Três painéis com os dados em cinza e as previsões em linhas. No alvo real, a saída linear segue os dados e a "
    "sigmoide fica presa entre 0 e 1. Na nota, a linear passa de 10 e desce abaixo de 0, a sigmoide fica presa entre 0 e "
    "1, e dez vezes a sigmoide segue os dados. Na contagem, a reta desce abaixo de zero e a softplus acompanha os dados e "
    "encosta no zero sem cruzá-lo.",
)

# %%
low = {name: float(curve.min()) for name, curve in curves.items()}
high = {name: float(curve.max()) for name, curve in curves.items()}
at_data = {name: np.asarray(out) for name, out in fitted(t).items()}
error = {
    name: float(np.mean((at_data[f"real_{name}"] - targets["real"]) ** 2)) for name in ("linear", "sigmoide")
}
worse = error["sigmoide"] > 3 * error["linear"]
beyond = low["nota_linear"] < -0.5 and high["nota_linear"] > 10.5
within = low["nota_10sigmoide"] > 0 and high["nota_10sigmoide"] < 10
capped = high["nota_sigmoide"] <= 1
below = low["contagem_linear"] < -0.3 and low["contagem_softplus"] > 0
claim("A2-27", "alvo real: o erro da sigmoide é mais de três vezes o da saída linear", worse)
claim("A2-28", "nota: a saída linear dá notas acima de 10 e abaixo de 0", beyond)
claim("A2-29", "nota: 10·sigmoide fica entre 0 e 10; a sigmoide sem escala não passa de 1", within and capped)
claim("A2-30", "contagem: a saída linear prevê números negativos; a softplus, nunca", below)

# %% [markdown]
# Em vez da sigmoide escalada há quem use a tanh, $\tfrac{a+b}{2} + \tfrac{b-a}{2}\tanh(z)$. É a mesma família, porque
# $\tanh(z) = 2\,\sigma(2z) - 1$. As duas só encostam nos extremos no infinito, então um alvo que vive **em cima** de $a$ ou de
# $b$ empurra os logits para longe.
#
# *É comum ler, para alvos positivos, "use ReLU na saída, que é sempre positiva".* Ela não é: é **maior ou igual** a zero, e isso
# traz dois problemas. Se a previsão é exatamente 0 e a contagem foi 3, a verossimilhança é zero, e a perda de Poisson, infinita
# (o Keras só a mantém finita porque soma $10^{-7}$ dentro do logaritmo). E à esquerda do zero a ReLU é plana: o gradiente
# é zero, e a saída pode **morrer** ali, calada para qualquer entrada. A softplus é positiva para todo $z$ (em `float32`,
# até cerca de $z = -90$, onde o número se arredonda para 0) e inclinada em toda parte. Medimos com $z = -5$ e alvo 3:

# %%
z5, y5 = np.float32([[-5]]), np.float32([[3]])
pull = {name: logit_gradient(z5, y5, "poisson", name).item() for name in ("relu", "softplus")}
tanh_is_sigmoid = np.allclose(np.tanh(grid), 2 * sigmoid(2 * grid) - 1)
claim("A2-31", "tanh(z) = 2σ(2z) − 1", tanh_is_sigmoid)
dead = np.maximum(z5, 0).item() == 0 and pull["relu"] == 0
alive = np.logaddexp(0, z5).item() > 0 and pull["softplus"] < -1
claim("A2-32", "com z = −5, a saída ReLU é 0 e o gradiente é exatamente 0", dead)
claim("A2-33", "a softplus é positiva ali e puxa para cima com força maior que 1", alive)

# %% [markdown]
# ### Classes: uma só, ou quantas houver?
#
# Empilhamos duas roupas em uma imagem e perguntamos **quais** aparecem: um problema multirrótulo, com alvo de dez zeros e uns.
# A cabeça certa tem dez sigmoides, uma pergunta por classe; a errada é uma softmax. Ambas terminam em logits; à softmax damos o
# alvo dividido pelo número de classes presentes, para que some 1, o melhor que se pode fazer por ela.

# %%
rng = np.random.default_rng(set_seeds())
clothes = (pixels - pixels[:2000].mean()) / pixels[:2000].std()


def pair_up(first, last, n):
    pick = rng.integers(first, last, (2, n))
    pictures = np.concatenate([clothes[pick[0]], clothes[pick[1]]], axis=1)
    present = np.eye(10)[labels[pick[0]]] + np.eye(10)[labels[pick[1]]]
    return pictures, np.minimum(present, 1).astype("float32")


pairs_train, present_train = pair_up(0, 2000, 1500)
pairs_val, present_val = pair_up(2000, 2500, 300)

# %%
multi = {
    "sigmoides": (present_train, None, keras.losses.BinaryCrossentropy(from_logits=True)),
    "softmax": (
        present_train / present_train.sum(axis=1, keepdims=True),
        None,
        keras.losses.CategoricalCrossentropy(from_logits=True),
    ),
}
model = fit_heads(pairs_train, multi, hidden=64, epochs=8)
outputs = {name: np.asarray(out) for name, out in model(pairs_val).items()}
probability = {"sigmoides": sigmoid(outputs["sigmoides"]), "softmax": softmax(outputs["softmax"])}

# %%
marks = {name: value > 0.5 for name, value in probability.items()}
found_all = (marks["sigmoides"] == present_val).all(axis=1)
example = int(np.argmax(found_all & (present_val.sum(axis=1) == 2)))
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), width_ratios=[1, 5])
left.imshow(pairs_val[example], cmap="gray_r")
left.axis("off")
spots = np.arange(10)
for shift, (name, value) in zip((-0.2, 0.2), probability.items(), strict=True):
    right.bar(spots + shift, value[example], 0.4, label=name, color=plots.PALETTE[2 if shift < 0 else 1])
right.axhline(0.5, color="black", linestyle=":", linewidth=1.4)
right.set_xticks(spots, data.class_names, rotation=30)
right.set(ylabel="Probabilidade", ylim=(0, 1.05))
right.legend()
figure.suptitle("As sigmoides podem dizer dois sins; a softmax reparte um sim entre as classes")
plots.show(
    plots.comma_axes(right),
    alt="À esquerda, uma imagem com duas roupas empilhadas. À direita, as probabilidades das dez classes: com sigmoides, as "
    "duas classes presentes passam de um meio; com softmax, elas dividem entre si o total de 1, e no máximo uma passa.",
)

# %% tags=["nbval-ignore-output"]
is_two = present_val.sum(axis=1) == 2
exact = {name: float((mark == present_val).all(axis=1)[is_two].mean()) for name, mark in marks.items()}
show_table(
    ["saída", "imagens com duas classes em que se marcaram as duas, e só elas"],
    [[name, percent(share)] for name, share in exact.items()],
)

# %%
claim("A2-34", "a softmax nunca dá mais de 0,5 a duas classes: acerta zero pares", exact["softmax"] == 0.0)
claim("A2-35", "as sigmoides acertam exatamente ao menos um par em dez", exact["sigmoides"] > 0.1)
sums = {name: value.sum(axis=1) for name, value in probability.items()}
ones = np.ptp(sums["sigmoides"]) > 0.1 and np.allclose(sums["softmax"], 1, atol=1e-5)
claim("A2-36", "as probabilidades das sigmoides não somam 1; as da softmax, sim", ones)

# %% [markdown]
# O zero da softmax não é falta de treino: duas probabilidades maiores que $\tfrac12$ somariam mais que 1. E o engano
# inverso, sigmoides em um problema multiclasse, produz probabilidades que não somam 1, e nada impede que marquem duas classes
# onde só cabe uma.
#
# ## 9. Métricas que concordam com a saída
#
# A perda já sabe que recebe logits. As métricas **não herdam** essa informação: cada uma precisa da sua. Três armadilhas.
#
# **O limiar.** É a da seção 1: use `BinaryAccuracy(threshold=0.0)`.
#
# **A perda usada como métrica.** Se a entropia cruzada interessa também como métrica, existe a *métrica*
# `keras.metrics.BinaryCrossentropy(from_logits=True)`. Passar à lista um objeto *de perda*, que tem quase o mesmo nome,
# funciona, mas ele faz a média **das médias dos lotes**. Quando o último lote é menor, seus exemplos pesam mais. Para ver o
# efeito, ordenamos a validação do exemplo mais fácil ao mais difícil, em lotes de 120, 120 e 10.

# %%
each = bce_from_logits(y_val, z)[:, 0]
order = np.argsort(each)
as_loss = keras.losses.BinaryCrossentropy(from_logits=True, name="objeto_de_perda")
as_metric = keras.metrics.BinaryCrossentropy(from_logits=True, name="metrica")
network.compile(loss=logit_loss, metrics=[as_loss, as_metric])
says = network.evaluate(x_val[order], y_val[order], batch_size=120, verbose=0, return_dict=True)
batches = [each[order][start : start + 120].mean() for start in (0, 120, 240)]
claim("A2-37", "a métrica dá a média por exemplo, igual à perda", abs(says["metrica"] - each.mean()) < 1e-5)
uneven = abs(says["objeto_de_perda"] - np.mean(batches)) < 1e-5
claim("A2-38", "o objeto de perda dá a média das médias dos lotes", uneven)
claim("A2-39", "aqui, mais de 20 % maior", says["objeto_de_perda"] > 1.2 * says["metrica"])

# %% [markdown]
# **O formato dos rótulos.** A saída é $(n, 1)$. Se os rótulos vierem como $(n,)$, a perda os ajusta em silêncio; a métrica de
# entropia cruzada, não: recusa-se a comparar um vetor com uma matriz. É por isso que, na primeira célula, guardamos `y` como
# coluna (`[:, None]`).

# %%
accepts = abs(float(logit_loss(y_val[:, 0], z)) - each.mean()) < 1e-5
try:
    keras.metrics.BinaryCrossentropy(from_logits=True).update_state(y_val[:, 0], z)
    refused = False
except ValueError as problem:
    refused = "same rank" in str(problem)
claim("A2-40", "com rótulos (n,), a perda aceita; a métrica levanta ValueError", accepts and refused)

# %% [markdown]
# E quando é você quem faz a conta, cuidado com o NumPy, que não reclama: `(z > 0) == y` com $z$ de formato $(n, 1)$ e $y$ de
# formato $(n,)$ compara **cada** previsão com **cada** rótulo.

# %%
mixed = (z > 0) == y_val[:, 0]
claim("A2-41", "a comparação de (250, 1) com (250,) tem 250 × 250 respostas", mixed.shape == (250, 250))

# %% [markdown]
# ## 10. Quatro redes, uma cabeça
#
# Quantas camadas tem a rede não muda o que a saída precisa dizer. Quatro redes para o problema do casaco, miniaturas das que
# você montará no Lab 5: pequena, média, grande e grande regularizada (penalidade L2, *dropout* e ELU, que as lições
# próprias explicam). **Todas terminam em `Dense(1)`, sem ativação**, com a mesma perda e o mesmo limiar; de outro modo,
# a comparação misturaria tamanho com cabeça. (No Lab 5 as larguras são 128, 256 e 1024, sobre imagens 64 × 64 em cores.)

# %%
l2, dense = keras.regularizers.L2(1e-4), keras.layers.Dense
regular = [
    layer for _ in range(4) for layer in (dense(128, "elu", kernel_regularizer=l2), keras.layers.Dropout(0.5))
]
bodies = {
    "média": [dense(96, "relu") for _ in range(3)],
    "grande": [dense(128, "relu") for _ in range(4)],
    "grande regularizada": regular,
}
models, curves = {"pequena": network}, {}  # a pequena é a da seção 1, já treinada
for name, body in bodies.items():
    set_seeds()
    models[name] = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *body, dense(1)])
    watched = keras.metrics.BinaryCrossentropy(from_logits=True)
    models[name].compile(keras.optimizers.SGD(0.02), logit_loss, metrics=[watched])
    curves[name] = models[name].fit(x_train, y_train, **FIT).history

# %% [markdown]
# Com a mesma saída e a mesma perda, as curvas das quatro se comparam. Pedimos a entropia cruzada também como **métrica**, porque a
# perda da rede regularizada traz somada a penalidade, que não mede acerto nenhum; a rede da seção 1 não tem penalidade, e
# nela perda e entropia cruzada coincidem.

# %%
loss_names = {"binary_crossentropy": "loss", "val_binary_crossentropy": "val_loss"}
small_curve = {metric: history.history[name] for metric, name in loss_names.items()}
plotter = plots.HistoryPlotter(smoothing_std=None)
ax = plotter.plot(
    {"pequena": small_curve, **curves}, title="Uma cabeça, quatro corpos: as curvas são comparáveis"
)
ax.figure.set_size_inches(9.5, 4.2)
ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
plots.show(
    ax,
    alt="Entropia cruzada de treino, em linha cheia, e de validação, tracejada, ao longo de dez épocas, para as redes pequena, "
    "média, grande e grande regularizada. A da regularizada começa mais alta e oscila mais no treino; as outras descem juntas.",
)

# %% [markdown]
# O tamanho se conta à mão: cada camada densa tem (entradas + 1) × unidades parâmetros, o 1 sendo o viés.


# %%
def parameters(*sizes):
    return sum((before + 1) * after for before, after in pairwise(sizes))


by_hand = [parameters(784, 64, 1), parameters(784, *[96] * 3, 1), *[parameters(784, *[128] * 4, 1)] * 2]
counted = [model.count_params() for model in models.values()]
claim("A2-42", "a fórmula dá o número de parâmetros das quatro redes", by_hand == counted)
for name, widths in (("pequena", [128]), ("média", [256] * 3), ("grande", [1024] * 4)):
    print(f"{name} do Lab 5: {parameters(64 * 64 * 3, *widths, 1):,} parâmetros".replace(",", " "))

# %% [markdown]
# São milhões de parâmetros para 209 imagens de treino: dá para decorá-las, e a acurácia de treino dirá pouco. Por isso,
# antes de olhar qualquer acurácia, a **linha de base**: quanto acerta quem responde sempre a classe mais comum no treino?
# Depois, as contas de cada rede com o limiar em 0: **acurácia**, **precisão** (dos "casaco" ditos, quantos eram),
# **revocação** (dos casacos, quantos foram achados) e **F1**, a média harmônica das duas últimas.


# %%
def report(y, z):
    said = z > 0
    hits = float((said & (y == 1)).sum())
    precision = hits / said.sum() if said.any() else 0.0
    recall = hits / (y == 1).sum()
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return float((said == y).mean()), float(precision), float(recall), float(f1)


logits = {"sempre “não”": np.full(y_val.shape, -1.0)}
logits |= {name: np.asarray(model(x_val)) for name, model in models.items()}
scores = {name: report(y_val, value) for name, value in logits.items()}

# %% tags=["nbval-ignore-output"]
rows = [[name, *(percent(value) for value in values)] for name, values in scores.items()]
show_table(["rede (validação)", "acurácia", "precisão", "revocação", "F1"], rows)


# %%
def same_head(model):
    head = model.layers[-1]
    return head.units == 1 and head.activation is keras.activations.linear


def gain(model):  # acurácia no treino, acima da linha de base
    return float(((np.asarray(model(x_train)) > 0) == y_train).mean() - (y_train == 0).mean())


above = {name: gain(model) for name, model in models.items()}
accuracy, _, found, _ = scores["sempre “não”"]
majority = accuracy == float((y_val == 0).mean()) and found == 0
claim(
    "A2-43", "as quatro têm a mesma cabeça: uma unidade, sem ativação", all(map(same_head, models.values()))
)
claim("A2-44", "dizer sempre “não” dá a acurácia da maioria e revocação zero", majority)
claim(
    "A2-45", "no treino, as quatro passam da linha de base por 5 pontos ou mais", min(above.values()) > 0.05
)

# %% [markdown]
# O `classification_report` do scikit-learn faz essas contas por classe. Ele recebe **respostas** (0 ou 1), não logits: o limiar
# é seu, e é ali que o `> 0.5` costuma entrar por engano.

# %%
small = logits["pequena"]
by_sklearn = classification_report(y_val[:, 0], small[:, 0] > 0, output_dict=True, zero_division=0)["1.0"]
match = np.allclose([by_sklearn[key] for key in ("precision", "recall", "f1-score")], scores["pequena"][1:])
claim("A2-46", "precisão, revocação e F1 à mão são as do scikit-learn", match)

# %% [markdown]
# Escolhemos pela validação e só então olhamos o teste, **uma vez, para a escolhida**. Se o teste ajudasse a escolher, deixaria
# de medir o que a rede faz com imagens nunca vistas. E uma acurácia medida em $n$ exemplos tem um **erro padrão**, de cerca de
# $\sqrt{a(1-a)/n}$ para uma acurácia $a$.


# %%
def standard_error(accuracy, n):
    return float(np.sqrt(accuracy * (1 - accuracy) / n))


best = max(models, key=lambda name: scores[name][0])
on_test = report(y_test, np.asarray(models[best](x_test)))[0]

# %% tags=["nbval-ignore-output"]
print(f"Escolhida pela validação: {best}")
error_test = percent(standard_error(on_test, len(y_test)), 1)
print(f"Teste ({len(y_test)} imagens): {percent(on_test)} (erro padrão: {error_test})")
print(f"Linha de base no teste: {percent((y_test == 0).mean())}")

# %% [markdown]
# Leve esta cautela ao Lab 5. Lá o treino tem 209 imagens, 72 delas de gatos, e o teste, 50, com 33 gatos: **a
# maioria se inverte**.

# %%
print(f"sempre “não gato”: {percent(137 / 209)} no treino, {percent(17 / 50)} no teste")
error_cats = standard_error(33 / 50, 50)
print(f"sempre “gato”, no teste: {percent(33 / 50)} (erro padrão: {percent(error_cats, 1)})")
claim("A2-47", "com 50 imagens, a linha de base tem erro padrão de mais de 6 pontos", error_cats > 0.06)

# %% [markdown]
# Uma rede que só aprendeu a dizer "não gato" parece razoável no treino e péssima no teste; outra, que só diz "gato", parece
# ter aprendido. Nenhuma olhou para a imagem. E uma vantagem de poucos pontos, em 50 imagens, está dentro do erro.
#
# ## 11. Explique
#
# Um colega treina um classificador binário com metade dos exemplos em cada classe. A perda de treino desce até perto de 0,5 e
# dali não passa, com qualquer taxa de aprendizado, "e olhe que a rede é enorme". Que engano você procuraria primeiro, e como o
# confirmaria?
#
# <details><summary>Uma resposta possível</summary>
#
# Com metade em cada classe, o piso das duas sigmoides é a média dos dois pisos da seção 6, pouco mais de 0,5. Uma rede
# enorme deveria ser capaz de decorar o treino e levar a perda de treino para perto de zero; se ela para justamente ali,
# suspeite de uma sigmoide na saída junto com `from_logits=True`. Para confirmar, olhe os valores da saída: se estão todos entre 0 e 1, não são logits. O conserto é tirar
# a sigmoide (de preferência) ou a opção.
#
# </details>
#
# Outro colega prevê o preço de casas com ReLU na saída, "porque preço é positivo", e a rede responde 0 para todas. O que houve?
#
# <details><summary>Uma resposta possível</summary>
#
# A pré-ativação da saída ficou negativa para todos os exemplos. Ali a ReLU vale 0 e a sua derivada é 0 (A2-32), de modo que
# nenhum passo a tira do lugar: a saída morreu. A softplus é sempre positiva e tem inclinação em toda parte. Outra saída comum é
# prever o logaritmo do preço com uma saída linear.
#
# </details>
#
# ## 12. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | logit e probabilidade | $z = \ln\frac{p}{1-p}$, $p = \sigma(z)$ | um desfaz o outro (A2-02) | chamar o logit de probabilidade |
# | limiar | $z > 0 \Leftrightarrow p > 0{,}5$ | 0,5 nos logits é 0,6225 (A2-03 a A2-06) | `"accuracy"` ou `> 0.5` sobre logits |
# | entropia cruzada | $-\ln$ da probabilidade do que aconteceu | a derivada é $p - y$ (A2-09, A2-21) | erro quadrático na sigmoide: o gradiente some (A2-11) |
# | estabilidade | $\ln(1+e^z) - yz$ | reta contra patamar (A2-12 a A2-14) | sigmoide ou softmax antes da perda, sobre arrays |
# | duas sigmoides | piso em $\ln(1+e^{-1})$ e $\ln 2$ | o conserto que nem sempre vem (A2-15 a A2-20) | sigmoide na saída com `from_logits=True` |
# | softmax | $e^{z_k}/\sum_j e^{z_j}$ | só as diferenças contam (A2-22, A2-24) | usá-la em multirrótulo (A2-34) |
# | saída e alvo | a tabela da seção 8 | A2-27 a A2-33 | ReLU "sempre positiva"; reta para contagens e notas |
# | métricas | – | média por exemplo e por lote (A2-37 a A2-39) | perda como métrica; rótulos $(n,)$ |
# | linha de base | fração da maioria | A2-44, A2-47 | comemorar a acurácia de quem não olha |
#
# **Para praticar:** no **Lab 5** você monta as redes gato/não gato com esta cabeça. **A seguir:** a lição sobre
# retropropagação, que leva o $p - y$ da saída até a primeira camada.
#
# ## Referências
#
# - Bridle, J. S. (1990). Probabilistic interpretation of feedforward classification network outputs, with relationships to
#   statistical pattern recognition. Em: *Neurocomputing: Algorithms, Architectures and Applications*. Springer. A softmax e o
#   seu nome.
# - McCullagh, P.; Nelder, J. A. (1989). *Generalized Linear Models*. 2ª ed. Chapman and Hall. Saída e perda em pares: de onde
#   vem a coincidência das quatro derivadas.
# - Bishop, C. M. (1995). *Neural Networks for Pattern Recognition*. Oxford University Press. O capítulo 6 deduz as perdas pela
#   verossimilhança.
# - Goodfellow, I.; Bengio, Y.; Courville, A. (2016). *Deep Learning*. MIT Press. Seção 6.2, sobre unidades de saída.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms. arXiv:1708.07747. Os dados desta lição.
