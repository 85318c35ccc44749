# ---
# jupyter:
#   gradiente:
#     id: D4
#     title: Por que apagar unidades ao acaso?
#     covers: [S0-22, S0-23, S0-24, S0-25, S0-26, S2-54, S2-55, S2-56, S3-19, S4-40, S4-41, S4-42, S4-43]
#     seconds: 30
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 15 · Por que apagar unidades ao acaso?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *dizer* o que o *dropout* sorteia, quando e para quem; *deduzir* por que se divide por $1-p$ e quanto ruído isso traz; *ler* sem susto um treino pior que a validação; *escolher* onde pô-lo e com que taxa, medindo |
# | **Você precisa saber** | o que é sobreajuste e como se lê uma curva de validação (lição sobre capacidade); média e variância de um sorteio de cara ou coroa; softmax e *logits* |
# | **Tempo de leitura** | cerca de 40 minutos |
# | **Tempo de execução** | cerca de 30 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | *dropout*, taxa de *dropout*, máscara, *dropout* invertido, ruído multiplicativo, coadaptação, conjunto de redes, *AlphaDropout* |
#
# As penalidades da lição anterior mexem na perda. O ***dropout*** não toca nela: a cada passagem de treino, apaga ao acaso
# uma parte das unidades, e a rede que se arranje com as outras. A ideia é de Hinton e colaboradores (2012), em Toronto;
# o estudo detalhado é de Srivastava e colaboradores (2014). É uma das regularizações mais usadas em redes profundas, e
# uma das mais mal contadas.

# %%
import math
import tempfile
from datetime import datetime
from pathlib import Path

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops
from matplotlib.colors import ListedColormap

from gradiente import plots, signal
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist, load_higgs
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# ## 1. A pergunta
#
# Começamos com um registro alheio: uma rede com *dropout*, treinada em 55 000 imagens do Fashion-MNIST e validada em
# 5 000. As seis primeiras épocas, como o Keras as imprimiu:

# %%
log = {  # acurácia e perda no treino; acurácia e perda na validação
    1: (0.3702, 1.8105, 0.7122, 0.8202),
    2: (0.6537, 0.9512, 0.7596, 0.6885),
    3: (0.7061, 0.8158, 0.7844, 0.6284),
    4: (0.7331, 0.7476, 0.7982, 0.5920),
    5: (0.7455, 0.7089, 0.8066, 0.5654),
    6: (0.7564, 0.6778, 0.8112, 0.5450),
}
header = ["época", "acurácia, treino", "perda, treino", "acurácia, validação", "perda, validação"]
show_table(header, [[str(epoch), *(number(v, 5 if v > 1 else 4) for v in row)] for epoch, row in log.items()])
better = all(row[2] > row[0] and row[3] < row[1] for row in log.values())
claim("D4-01", "nas seis épocas do registro, a validação vai melhor que o treino", better)

# %% [markdown]
# A rede acerta mais nas imagens que **nunca viu** do que nas que estudou. Em seis épocas seguidas, não é azar. Vejamos se
# acontece conosco, com a mesma rede: 300 e 100 unidades ELU com a inicialização de He, dez *logits* na saída e uma
# camada `Dropout` antes de cada camada densa. Os dados são 2 000 imagens de treino e 500 de validação, padronizadas com
# a média e o desvio padrão do treino.

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
pixels, labels = data.x_train[:2500].astype("float32"), data.y_train[:2500].astype("int32")
pixels = (pixels - pixels[:2000].mean()) / pixels[:2000].std()
x_train, y_train, x_val, y_val = pixels[:2000], labels[:2000], pixels[2000:], labels[2000:]


# %%
def build(rate):
    dropout, dense = keras.layers.Dropout, keras.layers.Dense
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
    for units in (300, 100):
        model.add(dropout(rate))
        model.add(dense(units, "elu", kernel_initializer="he_normal"))
    model.add(dropout(rate))
    model.add(dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.02), loss, steps_per_execution=40)
    return model


set_seeds()
networks = {"com dropout": build(0.2), "sem dropout": build(0.0)}
wet, dry = networks.values()
dry.set_weights(wet.get_weights())  # as duas partem dos mesmos pesos

# %%
counts = {name: model.count_params() for name, model in networks.items()}
arrays = {name: len(model.get_weights()) for name, model in networks.items()}
claim("D4-02", "as duas redes têm 266 610 parâmetros", set(counts.values()) == {266_610})
claim("D4-03", "três camadas Dropout não acrescentam nenhum", arrays["com dropout"] == arrays["sem dropout"])

# %% [markdown]
# Vamos treinar as duas e guardar o que acontece em dois lugares. O primeiro é uma lista nossa, que anota, ao fim de cada
# época da rede com *dropout*, a perda de treino medida de duas maneiras (a seção 6 explica quais). O segundo é o
# **TensorBoard**, um programa que lê registros em uma pasta e desenha as curvas no navegador. Ele separa os treinos pelo
# nome da pasta, e por isso cada um ganha a sua, com data e hora. Só com data e hora, dois treinos do mesmo segundo
# cairiam na mesma; por isso o nome da rede vai junto.


# %%
def loss_of(model, x, y, training=False):
    logits = model(x, training=training)
    return float(ops.mean(keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)))


log_folder = tempfile.TemporaryDirectory()  # no seu computador, uma pasta que dure


def run_logdir(name):
    stamp = datetime.now().strftime("run_%Y_%m_%d-%H_%M_%S")
    return str(Path(log_folder.name) / f"{stamp}_{name.replace(' ', '-')}")


# %%
records = {True: [], False: []}


def note(epoch, logs):
    for training, kept in records.items():
        kept.append(loss_of(wet, x_train, y_train, training))


diaries = {"com dropout": [keras.callbacks.LambdaCallback(on_epoch_end=note)], "sem dropout": []}
options = {"batch_size": 50, "validation_data": (x_val, y_val), "verbose": 0}
histories = {}
for name, model in networks.items():
    board = keras.callbacks.TensorBoard(run_logdir(name), write_graph=False)
    histories[name] = model.fit(x_train, y_train, epochs=6, callbacks=[board, *diaries[name]], **options)

# %% [markdown]
# Para ver as curvas no navegador, rode em um terminal `tensorboard --logdir` seguido da pasta que contém todas. Aqui,
# conferimos só que os registros existem, e desenhamos a perda nós mesmos.

# %%
runs = sorted(Path(log_folder.name).iterdir())
parts = {tuple(sorted(part.name for part in run.iterdir())) for run in runs}
tidy = len(runs) == len(networks) and parts == {("train", "validation")}
log_folder.cleanup()
claim("D4-04", "cada treino deixou a sua pasta, com treino e validação separados", tidy)

# %%
colors = plots.Colors({"com dropout": plots.PALETTE[0], "sem dropout": plots.PALETTE[1]})
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None, colors=colors)
ax = plotter.plot(histories, title="Com dropout, a perda de treino anda acima da de validação")
plots.show(
    ax,
    alt="Perda de treino e de validação, por época, das duas redes. Sem dropout, a curva de treino desce e termina bem "
    "abaixo da de validação. Com dropout, nas primeiras épocas a curva de treino fica acima da de validação.",
)

# %%
losses = {name: history.history for name, history in histories.items()}
above = all(np.greater(losses["com dropout"]["loss"], losses["com dropout"]["val_loss"])[:4])
below = losses["sem dropout"]["loss"][-1] < losses["sem dropout"]["val_loss"][-1]
claim("D4-05", "com dropout, nas quatro primeiras épocas o treino tem perda maior que a validação", above)
claim("D4-06", "sem dropout, o treino termina com perda menor, como de costume", below)

# %% [markdown]
# O registro se repete. **Como pode uma rede ir melhor na prova do que nos exercícios?** Para responder, é preciso saber
# o que a camada faz, com quem e quando.
#
# ## 2. Preveja
#
# *É comum ouvir que "com dropout de 50 %, metade das unidades é desligada a cada ciclo".* Ponhamos a frase à prova. Uma
# camada de 100 unidades, com taxa 0,5, recebe 4 000 exemplos.
#
# > Em que porcentagem dos exemplos **exatamente** 50 unidades são apagadas? Todos? Um quinto? Um em mil?
#
# Escreva o seu palpite; ele aparecerá na próxima figura.

# %%
guess = 20  # troque pelo seu palpite: em quantos exemplos de cada cem?

# %% [markdown]
# ## 3. A máscara
#
# A **taxa de *dropout*** $p$ é a probabilidade de uma unidade ser apagada. Para cada unidade $i$ sorteia-se um número
# $d_i$, que vale 0 (apagar) com probabilidade $p$ e 1 (manter) com probabilidade $1-p$; o conjunto dos $d_i$ é a
# **máscara**. Se a camada anterior entregou $h_i$, a camada `Dropout` entrega
#
# $$\tilde h_i = \frac{d_i}{1-p}\, h_i$$
#
# Ela age sobre a saída da camada que vem **antes** dela. A divisão por $1-p$ é assunto da próxima seção. Vejamos um vetor
# de cinco ativações, com $p = 0{,}4$, em duas passagens de treino e uma de avaliação:

# %% tags=["nbval-ignore-output"]
h = np.array([[0.2, 0.5, 1.3, 0.8, 1.1]], "float32")
set_seeds()
layer = keras.layers.Dropout(0.4)
seen = [ops.convert_to_numpy(layer(h, training=training)) for training in (True, True, False)]
names = ["entrada", "treino, 1ª passagem", "treino, 2ª passagem", "avaliação"]
show_table(
    ["unidade", *"12345"],
    [[name, *(number(v, 3) for v in row[0])] for name, row in zip(names, [h, *seen], strict=True)],
)

# %% [markdown]
# *É comum ver esse exemplo com os sobreviventes intactos.* Não é o que o Keras faz: o que fica é **ampliado**. Juntemos
# mil passagens para conferir.

# %%
many = ops.convert_to_numpy(layer(np.repeat(h, 1000, axis=0), training=True))
kept = many != 0
two_values = np.allclose(many, np.where(kept, h / (1 - 0.4), 0))
kept_values = [many[kept[:, i], i].mean() for i in (1, 2)]
claim("D4-07", "no treino, cada valor ou vira zero ou é dividido por 1 − p", two_values)
claim("D4-08", "o 0,5 vira 0,833 e o 1,3 vira 2,167", np.allclose(kept_values, [0.8333, 2.1667], atol=1e-3))
claim("D4-09", "na avaliação, a camada devolve o que recebeu", np.array_equal(seen[2], h))

# %% [markdown]
# A camada cabe em duas linhas de NumPy. Comparamos com a do Keras em uma matriz de uns, 4 000 exemplos por 100 unidades:


# %%
def dropout(h, p, rng):
    keep = rng.random(h.shape) >= p
    return np.where(keep, h / (1 - p), 0)


rng = np.random.default_rng(set_seeds())
ones = np.ones((4000, 100), "float32")
ours, theirs = (dropout(ones, 0.4, rng), ops.convert_to_numpy(layer(ones, training=True)))
near_p = all(abs(np.mean(out == 0) - 0.4) < 0.01 for out in (ours, theirs))
near_one = all(abs(out.mean() - 1) < 0.01 for out in (ours, theirs))
claim("D4-10", "na nossa e na do Keras, a fração apagada fica a menos de 0,01 de p", near_p)
claim("D4-11", "e a média, que era 1, continua a menos de 0,01 de 1", near_one)

# %% [markdown]
# ### Um sorteio para cada unidade, exemplo e passagem
#
# Agora, a pergunta do palpite. À esquerda, as máscaras dos primeiros exemplos; à direita, quantas unidades foram apagadas
# em cada um dos 4 000.

# %%
half = keras.layers.Dropout(0.5)
first, second = (ops.convert_to_numpy(half(ones, training=True)) > 0 for _ in range(2))
dropped = (~first).sum(axis=1)
shares = np.bincount(dropped, minlength=101) / 4000
binomial = np.array([math.comb(100, k) / 2**100 for k in range(101)])

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 4.1))
left.imshow(first[:25, :50], cmap=ListedColormap(["white", plots.PALETTE[0]]), aspect="auto")
left.set(xlabel="Unidade (as 50 primeiras)", ylabel="Exemplo", title="Azul: mantida. Branco: apagada")
left.grid(False)
k = np.arange(30, 71)
right.bar(k, 100 * shares[k], color=plots.PALETTE[4], label="medido")
right.plot(k, 100 * binomial[k], color=plots.PALETTE[0], label="binomial")
right.bar(50, guess, fill=False, edgecolor="black", linestyle="--", label="seu palpite para 50")
right.set(xlabel="Unidades apagadas, de 100", ylabel="% dos exemplos", title="Metade, só em média")
right.legend(loc="upper left")
figure.suptitle("Cada exemplo tem a sua máscara, e poucas apagam exatamente metade")
plots.show(
    plots.comma_axes(right),
    alt="À esquerda, uma grade de 25 exemplos por 50 unidades, em que azul e branco se misturam sem padrão: nenhuma linha "
    "se repete. À direita, barras com a porcentagem dos exemplos por número de unidades apagadas: um sino centrado em 50, "
    "que acompanha a curva binomial; a barra central fica bem abaixo do palpite inicial, tracejado.",
)

# %%
distinct = len(np.unique(first, axis=0)) == 4000
renewed = not (first == second).all(axis=1).any()
claim("D4-12", "os 4 000 exemplos do lote têm 4 000 máscaras diferentes", distinct)
claim("D4-13", "na segunda passagem, nenhum exemplo repete a sua", renewed)
claim("D4-14", "em média apagam-se 50, com erro menor que 1", abs(dropped.mean() - 50) < 1)
claim("D4-15", "mas exatamente 50, em menos de um exemplo em oito", shares[50] < 1 / 8)

# %% [markdown]
# O número de unidades apagadas segue a distribuição binomial, de média $np$. Metade é a **média**, não o resultado. E não
# há "o ciclo": a máscara é nova a cada passagem, e **diferente para cada exemplo do lote**.
#
# ### A taxa é uma fração
#
# Há textos que falam em "quantos %", e outros em que $p$ é a probabilidade de **manter**, como o artigo de 2014. No Keras
# é a fração **apagada**, entre 0 e 1. O que acontece com quem se engana?

# %%
try:
    keras.layers.Dropout(50)
except ValueError as error:
    refused = "rate" in str(error)
    print("Dropout(50):", str(error).split(". ")[0])
silent = ops.convert_to_numpy(keras.layers.Dropout(1.0)(ones, training=True))
claim("D4-16", "Dropout(50) é recusado", refused)
claim("D4-17", "Dropout(1.0) é aceito e apaga tudo", not silent.any())

# %% [markdown]
# O segundo engano é o pior, porque não avisa: com $p = 1$ nada passa, e o que vem antes da camada não aprende. Use
# $0 \le p < 1$.
#
# ## 4. Por que dividir por $1-p$?
#
# ### A média
#
# Uma unidade da camada seguinte soma $\sum_i w_i h_i$. Se apagarmos sem ampliar, ela recebe no treino, em média, só uma
# fração $1-p$ dessa soma; na avaliação, com tudo ligado, receberia a soma inteira, um sinal para o qual não foi treinada.
# A divisão acerta as contas. Como $d_i$ vale 1 com probabilidade $1-p$, a sua média é $E[d_i] = 1-p$, e
#
# $$E[\tilde h_i] = \frac{E[d_i]}{1-p}\,h_i = h_i$$
#
# Este é o ***dropout* invertido**, o do Keras. O artigo de 2014 fazia o contrário: apagava sem ampliar e, na avaliação,
# multiplicava os pesos seguintes por $1-p$. As duas formas dão à camada seguinte, na avaliação, a média do que ela viu no
# treino. *Lê-se às vezes que as saídas são então reduzidas "por um fator igual à taxa"*: seria $p$, e não $1-p$. Medimos
# as duas formas e dois enganos, com $p = 0{,}4$, comparando a soma da avaliação com a soma média do treino:

# %%
p = 0.4
h_row, w = rng.random(50), rng.random(50)
masks = rng.random((20_000, 50)) >= p
inverted, classic = (masks * h_row / (1 - p)) @ w, (masks * h_row) @ w  # as somas no treino
full = h_row @ w  # a soma com tudo ligado
ratio = {
    "invertido: avaliação sem mudança": full / inverted.mean(),
    "original: avaliação × (1 − p)": (1 - p) * full / classic.mean(),
    "engano: avaliação × p": p * full / classic.mean(),
    "engano: avaliação sem mudança": full / classic.mean(),
}

# %%
show_table(["forma", "soma na avaliação ÷ média no treino"], [[n, number(r, 3)] for n, r in ratio.items()])
good = [abs(r - 1) < 0.01 for r in ratio.values()]
claim("D4-18", "só as duas primeiras formas conservam a média", good == [True, True, False, False])

# %% [markdown]
# ### A variância
#
# A média fica; a variância, não. Como $d_i^2 = d_i$, temos $E[\tilde h_i^2] = h_i^2/(1-p)$, e portanto
#
# $$\operatorname{Var}(\tilde h_i) = \frac{h_i^2}{1-p} - h_i^2 = \frac{p}{1-p}\,h_i^2$$
#
# O *dropout* é uma **injeção de ruído multiplicativo**: cada ativação é multiplicada por um número aleatório de média 1 e
# desvio padrão $\sqrt{p/(1-p)}$.

# %% tags=["nbval-ignore-output"]
rates = [0.1, 0.2, 0.5, 0.8, 0.9]
measured = [ops.convert_to_numpy(keras.layers.Dropout(rate)(ones, training=True)).std() for rate in rates]
predicted = [math.sqrt(rate / (1 - rate)) for rate in rates]
show_table(
    ["taxa p", "desvio padrão previsto", "medido"],
    [[number(r, 1), number(s, 3), number(m, 3)] for r, s, m in zip(rates, predicted, measured, strict=True)],
)

# %%
close = np.abs(np.divide(measured, predicted) - 1).max() < 0.02
claim("D4-19", "o desvio padrão do ruído é √(p/(1 − p)), com erro menor que 2 %", bool(close))

# %% [markdown]
# Com $p = 0{,}5$, o ruído já é do tamanho do sinal; com $p = 0{,}9$, é três vezes maior. A taxa **não** é uma escala
# linear: de 0,8 para 0,9 o ruído cresce mais, em números absolutos, que de 0,1 para 0,5.
#
# ## 5. E o gradiente?
#
# Na volta, o gradiente passa pela mesma máscara da ida: $\partial \tilde h_i/\partial h_i = d_i/(1-p)$. Para o exemplo em
# que a unidade foi apagada, nada chega aos pesos que entram nela nem aos que saem dela. Uma rede pequena, um exemplo só;
# `signal.activations` e `signal.gradients` devolvem o gerador de sorteios ao estado em que o acharam, e por isso as duas
# medidas veem a mesma máscara.

# %%
set_seeds()
layers = [keras.layers.Dense(12, "tanh"), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
small = keras.Sequential([keras.Input((6,)), *layers])
x_few, y_few = rng.normal(size=(64, 6)).astype("float32"), rng.normal(size=(64, 1)).astype("float32")
x_one, y_one = x_few[:1], y_few[:1]
after = signal.activations(small, x_one, [layers[1].name], training=True)[layers[1].name]
alive = after[0] != 0
into, out_of = signal.gradients(small, x_one, y_one, loss="mean_squared_error").values()

# %% [markdown]
# A mesma conta à mão: a perda é $(\hat y - y)^2$ e $\tanh' = 1 - \tanh^2$.

# %%
W1, b1, W2, b2 = small.get_weights()
hidden = np.tanh(x_one @ W1 + b1)
mask = alive / (1 - 0.5)
y_hat = (hidden * mask) @ W2 + b2
d_hidden = 2 * (y_hat - y_one) * W2.T * mask
by_hand = x_one.T @ (d_hidden * (1 - hidden**2))
silent_in = np.array_equal(np.any(into != 0, axis=0), alive)
silent_out = np.array_equal(out_of[:, 0] != 0, alive)
claim(
    "D4-20", "com um exemplo, só os pesos das unidades mantidas recebem gradiente", silent_in and silent_out
)
claim(
    "D4-21", "a conta à mão e a retropropagação concordam", np.allclose(by_hand, into, rtol=1e-4, atol=1e-6)
)

# %% [markdown]
# Em um lote, porém, cada exemplo apaga outras unidades, e o gradiente é a média dos exemplos. A unidade **não** passa o
# passo parada:

# %%
batch, _ = signal.gradients(small, x_few, y_few, loss="mean_squared_error").values()
claim("D4-22", "com 64 exemplos, todas as unidades recebem gradiente", bool(np.any(batch != 0, axis=0).all()))

# %% [markdown]
# ## 6. Ligado no treino, desligado na avaliação
#
# Quem decide é o argumento `training`, que o Keras passa de camada em camada:
#
# | você chama | a camada recebe | *dropout* |
# |---|---|---|
# | `model.fit(...)`, lotes de treino | `training=True` | ligado |
# | `model.fit(...)`, validação | `training=False` | desligado |
# | `model.evaluate(...)`, `model.predict(...)`, `model(x)` | `training=False` | desligado |
# | `model(x, training=True)` | `training=True` | ligado |
#
# *"No teste, não!"*, dizem os textos, e é a regra. Há uma exceção deliberada: o *dropout* de Monte Carlo, que o deixa ligado
# para medir a incerteza da rede. É a próxima lição.

# %%
once, again = (wet.evaluate(x_val, y_val, batch_size=50, verbose=0) for _ in range(2))
noisy, other = (loss_of(wet, x_val, y_val, training=True) for _ in range(2))
as_in_fit = np.isclose(once, losses["com dropout"]["val_loss"][-1], rtol=1e-4)
claim(
    "D4-23", "duas avaliações dão a mesma perda, e é a val_loss da última época", once == again and as_in_fit
)
claim("D4-24", "duas passagens com training=True dão perdas diferentes", abs(noisy - other) > 1e-5)

# %% [markdown]
# A pergunta da seção 1 está quase respondida: a perda de treino que o Keras informa é a de uma rede **mutilada pelo
# sorteio**; a de validação, a da rede inteira. Quase, porque há outra diferença. A perda de treino de uma época é a média
# dos lotes **ao longo** dela, com pesos que ainda melhoravam; a de validação se mede no fim. A nossa lista separa as
# duas causas: ao fim de cada época, com os mesmos pesos, mediu a perda de treino com o *dropout* ligado e desligado.

# %%
informed, validated = losses["com dropout"]["loss"], losses["com dropout"]["val_loss"]
on, off = records[True], records[False]
views = {
    "informada pelo Keras": {"loss": informed, "val_loss": validated},
    "fim da época, ligado": {"loss": on},
    "fim da época, desligado": {"loss": off},
}
shades = dict(zip(views, (plots.PALETTE[0], plots.PALETTE[4], plots.PALETTE[2]), strict=True))
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None, colors=plots.Colors(shades))
ax = plotter.plot(views, title="Desligado o dropout, o treino volta para baixo da validação")
ax.set_ylim(0, None)
plots.show(
    ax,
    alt="Quatro curvas de perda por época da rede com dropout. A que o Keras informa para o treino é a mais alta, sobretudo na "
    "primeira época; logo abaixo, a medida no fim da época com dropout ligado. A de treino com dropout desligado é a mais "
    "baixa de todas, sob a de validação.",
)

# %%
from_noise, from_average = np.subtract(on, off), np.subtract(informed, on)
claim("D4-25", "em toda época, desligar o dropout diminui a perda de treino", bool(np.all(from_noise > 0)))
claim("D4-26", "desligado, o treino termina com perda menor que a validação", off[-1] < validated[-1])
claim("D4-27", "na 1ª época pesa mais a média ao longo da época", from_average[0] > from_noise[0])
claim("D4-28", "na última, pesa mais o dropout", from_noise[-1] > from_average[-1])
same = np.isclose(loss_of(dry, x_val, y_val, training=True), loss_of(dry, x_val, y_val), rtol=1e-5)
claim("D4-29", "na rede sem dropout, ligado e desligado são a mesma coisa", same)

# %% [markdown]
# Não havia mistério nem vazamento de dados: comparávamos duas medidas diferentes. Para saber se uma rede com *dropout*
# está sobreajustada, **avalie também o treino** com `model.evaluate(x_train, y_train)`, e compare avaliação com
# avaliação.
#
# ### Uma armadilha: semear de novo
#
# Para repetir um experimento, você semeia outra vez. Mas cada camada `Dropout` recebe o **seu** gerador de sorteios ao
# ser construída, e ele segue de onde parou. O estado dele é uma variável da camada, mas não um peso.

# %%
set_seeds()
layer = keras.layers.Dropout(0.5)
before = ops.convert_to_numpy(layer(ones, training=True))
set_seeds()
continued = ops.convert_to_numpy(layer(ones, training=True))
set_seeds()
rebuilt = ops.convert_to_numpy(keras.layers.Dropout(0.5)(ones, training=True))
state_only = len(layer.weights) == 0 and len(layer.variables) == 1
claim("D4-30", "semear não reinicia uma camada que já existe", not np.array_equal(before, continued))
claim("D4-31", "uma camada construída depois de semear repete as máscaras", np.array_equal(before, rebuilt))
claim("D4-32", "a camada tem zero pesos e uma variável: o estado do gerador", state_only)

# %% [markdown]
# ## 7. Por que isso regulariza?
#
# Há três maneiras de ver. A primeira já vimos: **ruído**. A rede nunca recebe duas vezes exatamente o mesmo exemplo, e
# decorar fica difícil. As outras duas:
#
# ### Nenhuma unidade é indispensável
#
# Sem *dropout*, uma unidade pode aprender a corrigir o erro de outra e só funcionar junto com ela: é a **coadaptação**. Com
# *dropout*, a parceira some sem aviso, e cada unidade precisa ser útil em muitas companhias. Se for assim, a rede
# treinada deve aguentar melhor a perda de unidades.
#
# *Preveja:* apagando metade das unidades ocultas das duas redes, para sempre e sem ampliar as que ficam, qual perde mais
# acurácia?


# %%
def accuracy_without(model, share, draws=8):
    W1, b1, W2, b2, W3, b3 = model.get_weights()
    rng = np.random.default_rng(set_seeds())  # as mesmas unidades apagadas nas duas redes
    elu = keras.activations.elu
    first = ops.convert_to_numpy(elu(x_val.reshape(500, -1) @ W1 + b1))
    hits = []
    for _ in range(draws):
        keep1, keep2 = rng.random(300) >= share, rng.random(100) >= share
        second = ops.convert_to_numpy(elu((first * keep1) @ W2 + b2))
        hits.append(np.mean(((second * keep2) @ W3 + b3).argmax(axis=1) == y_val))
    return np.mean(hits)


removed = np.array([0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9])
curves = {name: [accuracy_without(m, share) for share in removed] for name, m in networks.items()}

# %%
figure, ax = plt.subplots(figsize=(8.5, 4.2))
for name, curve in curves.items():
    ax.plot(removed, curve, "o-", color=colors[name], label=name)
ax.axhline(0.1, color="black", linestyle=":", linewidth=1.4)
ax.text(0.01, 0.115, "quem chuta: 1/10")
ax.set(xlabel="Fração das unidades ocultas apagadas", ylabel="Acurácia na validação", ylim=(0, 1))
ax.set_title("Quem treinou com dropout aguenta melhor a perda de unidades")
ax.legend(title="treinada")
plots.show(
    plots.comma_axes(ax),
    alt="Acurácia na validação contra a fração de unidades ocultas apagadas, de zero a nove décimos. As duas redes partem "
    "de valores próximos e caem; a treinada com dropout fica acima da outra, com a maior folga no meio do caminho.",
)

# %%
fall = {name: curve[0] - curve[4] for name, curve in curves.items()}
claim(
    "D4-33",
    "inteiras, as duas redes diferem por menos de 6 pontos",
    abs(curves["com dropout"][0] - curves["sem dropout"][0]) < 0.06,
)
claim(
    "D4-34",
    "sem metade das unidades, a de dropout perde menos de 4/5 do que a outra perde",
    fall["com dropout"] < 0.8 * fall["sem dropout"],
)

# %% [markdown]
# Sejamos justos: a rede com *dropout* **treinou** para essa prova, ainda que com um quinto das unidades apagado e não
# metade. O que a figura mostra é que o conhecimento dela está mais espalhado, que é o que se queria. E inteiras, as
# duas ficam próximas (D4-33). *É comum ler que o dropout rende "1 a 2 % de acurácia".* Pode render mais, menos ou
# nada, conforme o problema; garantia não há. Nas nossas 500 imagens de validação, uma diferença desse tamanho mal se
# distinguiria do acaso.
#
# ### Muitas redes em uma
#
# Cada máscara define uma **sub-rede**, a que resta quando se apagam as unidades sorteadas. Com $n$ unidades há $2^n$
# sub-redes, todas com os mesmos pesos. Treinar com *dropout* é treinar um pouco de cada vez esse **conjunto de redes**,
# e a avaliação com tudo ligado imita a média delas. Imita bem? Para uma só camada softmax, a resposta é exata, e podemos
# conferir **todas** as máscaras de seis unidades. Cada uma tem probabilidade $p^{\text{apagadas}}(1-p)^{\text{mantidas}}$.

# %%
p = 0.3
h_six, W = rng.normal(size=6), 2 * rng.normal(size=(6, 3))
every = np.array([[(index >> unit) & 1 for unit in range(6)] for index in range(64)])  # as 64 máscaras
chance = np.prod(np.where(every == 1, 1 - p, p), axis=1)
logits = (every * h_six / (1 - p)) @ W
probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
whole = np.exp(h_six @ W) / np.exp(h_six @ W).sum()

# %%
geometric = np.exp(chance @ np.log(probabilities))
geometric /= geometric.sum()
arithmetic = chance @ probabilities
claim(
    "D4-35",
    "a média dos logits das 64 sub-redes é o logit da rede inteira",
    np.allclose(chance @ logits, h_six @ W),
)
claim(
    "D4-36",
    "a média geométrica normalizada das softmax é a softmax da rede inteira",
    np.allclose(geometric, whole),
)
claim("D4-37", "a média aritmética das softmax é outra coisa", np.abs(arithmetic - whole).max() > 1e-3)

# %% [markdown]
# A **média geométrica normalizada** de probabilidades é a exponencial da média dos logaritmos, dividida pela soma para
# voltar a somar 1. A igualdade vem de que o logaritmo da softmax é o *logit* menos um termo igual para todas as classes:
# a média dos *logits* passa, e a normalização apaga o resto.
#
# Com camadas ocultas não lineares a igualdade se perde, e resta medir. Na nossa rede treinada, comparamos as
# probabilidades da rede inteira com a média aritmética de 50 passagens sorteadas, e com uma passagem sozinha. Como cada
# exemplo do lote tem a sua máscara, basta pôr 50 cópias de cada imagem em um lote só:

# %% tags=["nbval-ignore-output"]
few = x_val[:200]
copies = ops.softmax(wet(np.tile(few, (50, 1, 1)), training=True))
passes = ops.convert_to_numpy(copies).reshape(50, 200, 10)
steady = ops.convert_to_numpy(ops.softmax(wet(few)))
mean = passes.mean(axis=0)
apart = {"uma passagem": np.abs(passes - steady).mean(), "média de 50": np.abs(mean - steady).mean()}
agree = {
    "uma passagem": np.mean(passes.argmax(axis=2) == steady.argmax(axis=1)),
    "média de 50": np.mean(mean.argmax(axis=1) == steady.argmax(axis=1)),
}
show_table(
    ["comparada à rede inteira", "diferença média de probabilidade", "mesma classe"],
    [[name, number(apart[name]), percent(agree[name], 1)] for name in apart],
)

# %%
claim(
    "D4-38",
    "a média de 50 passagens fica mais perto da rede inteira que uma passagem",
    apart["média de 50"] < 0.75 * apart["uma passagem"],
)
more_often = agree["média de 50"] > agree["uma passagem"] + 0.05
claim("D4-39", "e escolhe a mesma classe que ela mais vezes que uma passagem", more_often)
luck = apart["uma passagem"] / math.sqrt(50)
claim(
    "D4-40",
    "mas o azar do sorteio explica menos de dois terços do que sobra",
    luck < apart["média de 50"] * 2 / 3,
)

# %% [markdown]
# Uma passagem da rede inteira, portanto, faz quase o trabalho de cinquenta. Quase: se só houvesse o azar do sorteio, a
# média de 50 teria uma diferença $\sqrt{50}$ vezes menor que a de uma passagem. O que sobra a mais é sistemático,
# porque a rede não é linear.
#
# ## 8. Quanto e onde?
#
# As recomendações não combinam. O artigo de 2014 apagava um quinto das entradas e metade das unidades ocultas; é comum
# ler "de 0,2 a 0,5"; outros textos dizem de 20 a 30 % em redes recorrentes e de 40 a 50 % em convolucionais. Sobre o
# lugar: em todas as camadas; só depois da última oculta, como em muitas arquiteturas famosas; só nas três últimas
# ocultas, se a rede subajusta. A nossa rede da seção 1 o tem na entrada e em tudo. Nenhuma dessas regras é lei. **Meça.**
#
# Medimos em 2 000 colisões do HIGGS, que se sobreajustam depressa: duas camadas ocultas de 64 unidades ReLU, uma saída
# com um *logit*, oito receitas, duas redes por receita. Como na lição sobre penalidades, todas vão **lado a lado em um só
# modelo**: a `EinsumDense` multiplica matrizes com um eixo a mais, o da rede, e a perda é a soma das entropias cruzadas,
# de modo que uma rede não interfere na outra. A nossa camada de *dropout* repete a função da seção 3; só acrescenta que
# cada rede tem a sua taxa.


# %%
class SideBySideDropout(keras.layers.Layer):
    def __init__(self, rates):
        super().__init__()
        self.rates = rates  # uma por rede, forma (redes, 1)
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, h, training=False):
        if not training:
            return h
        keep = keras.random.uniform(ops.shape(h), seed=self.seed_generator) >= self.rates
        return h * ops.cast(keep, h.dtype) / (1 - self.rates)


# %%
SWEEP = [0, 0.1, 0.3, 0.5, 0.7]
RECIPES = {f"ocultas, p = {number(p, 1)}": (0, p, p) for p in SWEEP}  # entrada, 1ª e 2ª ocultas
RECIPES |= {"só a entrada": (0.3, 0, 0), "só a última oculta": (0, 0, 0.3), "entrada e ocultas": (0.3,) * 3}
COPIES = 2
COUNT = COPIES * len(RECIPES)
places = np.repeat(np.array(list(RECIPES.values()), "float32"), COPIES, axis=0).T[:, :, None]


def same_start(shape, dtype=None):  # He; a cópia 1 nasce igual em todas as receitas, a 2 também
    weights = np.random.normal(scale=math.sqrt(2 / shape[1]), size=(COPIES, *shape[1:]))
    return np.tile(weights, (len(RECIPES), 1, 1)).astype("float32")


def side_by_side(units, activation=None):
    return keras.layers.EinsumDense(
        "bki,kio->bko", (COUNT, units), activation, bias_axes="ko", kernel_initializer=same_start
    )


# %% tags=["nbval-ignore-output"]
higgs = load_higgs(3000)
x = (higgs.x - higgs.x[:2000].mean(axis=0)) / higgs.x[:2000].std(axis=0)

# %%
set_seeds()
entry, middle, end = (SideBySideDropout(rates) for rates in places)
hidden = [entry, side_by_side(64, "relu"), middle, side_by_side(64, "relu"), end, side_by_side(1)]
layers = [keras.layers.RepeatVector(COUNT), *hidden, keras.layers.Reshape((COUNT,))]
study = keras.Sequential([keras.Input((28,)), *layers])
study.compile(
    keras.optimizers.Adam(0.006),
    lambda y, z: ops.sum(ops.softplus(z) - y * z, axis=-1),  # a soma das entropias cruzadas
    steps_per_execution=10,
    jit_compile=False,
)


# %%
def cross_entropies():  # de cada rede, com o dropout desligado: (treino ou validação, receita, cópia)
    z = ops.convert_to_numpy(study(x))
    each = np.logaddexp(0, z) - higgs.y * z
    return np.stack([part.mean(axis=0).reshape(-1, COPIES) for part in (each[:2000], each[2000:])])


stages = []
for more in (3, 8):  # paramos depois de três épocas, e de novo depois de onze
    study.fit(x[:2000], higgs.y[:2000], epochs=more, batch_size=200, verbose=0)
    stages.append(cross_entropies())
(early, _), (train, val) = stages

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.4), sharey=True, width_ratios=[1, 1.1])
spots = {"nenhum": 0, "última oculta": 6, "entrada": 5, "ocultas": 2, "entrada e ocultas": 7}
for curve, style, label in ((train, "o-", "treino"), (val, "s--", "validação")):
    tone = plots.PALETTE[0] if label == "treino" else plots.PALETTE[1]
    left.plot(SWEEP, curve[:5].mean(axis=1), style[1:], color=tone, label=label)
    left.plot(SWEEP, curve[:5], style[0], color=tone, markersize=5, alpha=0.7)
    right.plot(curve[list(spots.values())], style[0], color=tone, markersize=8, alpha=0.8)
for ax in (left, right):
    ax.axhline(np.log(2), color="black", linestyle=":", linewidth=1.4)
left.text(0.7, np.log(2) + 0.02, "quem chuta: ln 2", ha="right")
left.set(xlabel="Taxa nas duas camadas ocultas", ylabel="Entropia cruzada, dropout desligado")
right.set_xticks(range(5), [name.replace(" ", "\n", 1) for name in spots])
right.set(xlabel="Onde, com p = 0,3", xlim=(-0.5, 4.5))
left.legend(loc="upper right")
figure.suptitle("Pouco dropout, sobreajuste; demais, subajuste; e o lugar também conta")
plots.comma_axes(left)
plots.show(
    plots.comma_axes(right),
    alt="Dois painéis com a entropia cruzada final de treino e de validação, dropout desligado. À esquerda, contra a taxa: a "
    "de treino só sobe; a de validação cai até um mínimo no meio e volta a subir, até a linha de quem chuta. À direita, "
    "por lugar com a mesma taxa: a distância entre treino e validação é enorme sem dropout, menor só com a última oculta, "
    "e pequena com entrada e ocultas.",
)

# %%
best = int(np.argmin(val[:5].mean(axis=1)))
gap = (val - train).mean(axis=1)
claim(
    "D4-41",
    "nas duas redes, quanto maior a taxa, maior a perda final de treino",
    bool(np.all(np.diff(train[:5], axis=0) > 0)),
)
claim("D4-42", "a taxa de melhor validação não é a menor nem a maior", 0 < best < 4)
claim(
    "D4-43",
    "com p = 0,3 nas ocultas, ou só na entrada, a validação termina abaixo da rede sem dropout, por 0,02 ou mais",
    bool(np.all(val[[2, 5]] < val[0] - 0.02)),
)
claim(
    "D4-44",
    "com p = 0,7, termina a menos de 0,04 de quem chuta",
    bool(np.all(np.abs(val[4] - np.log(2)) < 0.04)),
)
claim(
    "D4-45",
    "depois de três épocas, a rede com p = 0,5 está atrás da rede sem dropout no treino",
    bool(np.all(early[3] > early[0] + 0.03)),
)
claim("D4-46", "só na última oculta, regulariza menos que nas duas", gap[6] > gap[2] + 0.05)
claim("D4-47", "na entrada e nas ocultas, regulariza mais que só nas ocultas", gap[7] < gap[2])

# %% [markdown]
# Três lições práticas, válidas aqui e boas hipóteses alhures:
#
# - **O melhor valor fica no meio**, e depende da rede: com 64 unidades, taxas altas já cobram demais do treino (D4-41). Em
#   média só $(1-p)n$ unidades trabalham por vez; por isso o *dropout* costuma pedir **redes maiores** e **mais épocas**, pois o treino com
#   ruído anda mais devagar (D4-45).
# - **O lugar muda a dose.** Se há sobreajuste, ponha em mais camadas ou aumente a taxa; se há subajuste, deixe só
#   as últimas ou diminua a taxa. Na entrada, apagar é jogar fora dados que nenhuma unidade recupera, e daí o costume de
#   usar ali uma taxa menor. (No nosso caso, apagar só as entradas também ajudou: D4-43.)
# - **Não espere que vença sempre.** No Lab 5 você põe *dropout* de 0,5 depois de cada uma de **quatro** camadas de
#   512 unidades e compara com uma rede minúscula; e combina-o com a penalidade L2, assunto que a lição sobre combinar
#   regularizações retoma.
#
# Uma vizinhança a evitar: *dropout* logo **antes** da normalização em lote. A variância das entradas dela é uma no treino
# e outra na avaliação (seção 4), e as médias móveis guardam a do treino (Li e colaboradores, 2019). Não há esse problema se nenhuma
# normalização em lote vier depois, como no fim da rede.
#
# ## 9. Com SELU, *AlphaDropout*
#
# A SELU, da lição sobre ativações que não saturam, promete que a média 0 e o desvio padrão 1 se conservem de camada em
# camada, se as entradas são padronizadas, os pesos são de LeCun e a rede é uma pilha de camadas densas. *As listas
# dessas condições costumam esquecer uma: nada de dropout comum.* A seção 4 diz por quê: com média 0 e variância 1, a
# variância passa a $E[h^2]/(1-p) = 1/(1-p)$, e o desvio padrão, com $p = 0{,}2$, a $1/\sqrt{0{,}8} \approx 1{,}118$.
#
# O ***AlphaDropout*** conserta. Em vez de zero, a unidade apagada recebe $\alpha' = -\lambda\alpha$, o piso da SELU
# ($\lambda$ e $\alpha$ são as constantes dela: $\alpha' \approx -1{,}758$). Depois, uma transformação afim devolve média e
# variância:
#
# $$\tilde h = a\,\bigl(d\,h + (1-d)\,\alpha'\bigr) + b, \qquad a = \frac{1}{\sqrt{(1-p)(1+p\,\alpha'^2)}}, \qquad b = -a\,p\,\alpha'$$
#
# A conta: se $h$ tem média 0 e variância 1, o parêntese tem média $p\alpha'$ e segundo momento $(1-p) + p\alpha'^2$, logo
# variância $(1-p) + p\alpha'^2 - p^2\alpha'^2 = (1-p)(1+p\alpha'^2)$. Multiplicar por $a$ a leva a 1, e somar $b$ leva a
# média a 0.

# %%
p, floor = 0.2, -1.0507009873554805 * 1.6732632423543772
a = 1 / math.sqrt((1 - p) * (1 + p * floor**2))
b = -a * p * floor
set_seeds()
normal = np.random.normal(size=(1500, 100)).astype("float32")
plain = ops.convert_to_numpy(keras.layers.Dropout(p)(normal, training=True))
alpha = ops.convert_to_numpy(keras.layers.AlphaDropout(p)(normal, training=True))
gone = np.isclose(alpha, a * floor + b, atol=1e-5)
by_hand = np.where(gone, a * floor + b, a * normal + b)

# %%
claim(
    "D4-48",
    "AlphaDropout do Keras e a fórmula concordam, e a fração apagada é p",
    np.allclose(alpha, by_hand, atol=1e-4) and abs(gone.mean() - p) < 0.01,
)
claim(
    "D4-49",
    "com dropout comum, o desvio padrão passa de 1 a 1/√(1 − p)",
    abs(plain.std() - 1 / math.sqrt(1 - p)) < 0.02,
)
claim(
    "D4-50",
    "com AlphaDropout, média 0 e desvio padrão 1, a menos de 0,02",
    abs(alpha.std() - 1) < 0.02 and abs(alpha.mean()) < 0.02,
)

# %% [markdown]
# Uma camada desvia pouco. E doze? Na pilha abaixo, de 100 unidades SELU com pesos de LeCun, medimos o desvio padrão do
# que sai de cada camada:


# %%
def spread_per_layer(noise):
    set_seeds()
    h, spreads = normal, []
    for _ in range(12):
        h = keras.layers.Dense(100, "selu", kernel_initializer="lecun_normal")(h)
        h = noise(0.2)(h, training=True) if noise else h
        spreads.append(float(ops.std(h)))
    return spreads


cases = {
    "sem dropout": None,
    "dropout comum": keras.layers.Dropout,
    "AlphaDropout": keras.layers.AlphaDropout,
}
spreads = {name: spread_per_layer(noise) for name, noise in cases.items()}

# %%
tones = plots.Colors(
    {"sem dropout": plots.PALETTE[1], "dropout comum": plots.PALETTE[0], "AlphaDropout": plots.PALETTE[2]}
)
ax = plots.lines_per_layer(
    spreads,
    ylabel="Desvio padrão da saída",
    title="O dropout comum desfaz a autonormalização da SELU; o AlphaDropout, não",
    log=False,
    colors=tones,
)
ax.set_ylim(0, 2)
plots.show(
    ax,
    alt="Desvio padrão da saída de cada uma de doze camadas SELU. Sem dropout e com AlphaDropout, as linhas ficam coladas "
    "em um. Com dropout comum, a linha cresce e se estabiliza bem acima.",
)

# %%
kept_one = [np.abs(np.array(spreads[name]) - 1).max() < 0.15 for name in ("sem dropout", "AlphaDropout")]
claim("D4-51", "sem dropout e com AlphaDropout, fica a menos de 0,15 de 1 nas doze camadas", all(kept_one))
claim("D4-52", "com dropout comum, na décima segunda passa de 1,4", spreads["dropout comum"][-1] > 1.4)

# %% [markdown]
# A receita completa, com as quatro condições e um otimizador com momento de Nesterov, nas nossas imagens padronizadas:

# %%
set_seeds()
selu = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
for units in (300, 100):
    selu.add(keras.layers.AlphaDropout(0.2))
    selu.add(keras.layers.Dense(units, "selu", kernel_initializer="lecun_normal"))
selu.add(keras.layers.AlphaDropout(0.2))
selu.add(keras.layers.Dense(10))
optimizer = keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True)
selu.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), steps_per_execution=40)
selu.fit(x_train, y_train, epochs=2, batch_size=50, verbose=0)
learned = loss_of(selu, x_val, y_val) < 0.5 * np.log(10)
claim(
    "D4-53", "a rede SELU com AlphaDropout tem os mesmos 266 610 parâmetros", selu.count_params() == 266_610
)
claim("D4-54", "e em duas épocas tem, na validação, menos da metade da perda de quem chuta", bool(learned))

# %% [markdown]
# ## 10. Explique
#
# Um colega escreveu o seu próprio *dropout*: no treino, apaga com $p = 0{,}5$ e **não** amplia; na avaliação, não faz
# nada. Pôs uma camada dessas depois de cada uma de duas camadas ocultas ReLU, sem vieses. O treino vai bem, a
# validação é péssima. O que aconteceu? Dá para salvar a rede **sem treiná-la de novo**?
#
# <details><summary>Uma resposta possível</summary>
#
# No treino, cada camada depois de um *dropout* recebeu em média metade da soma que recebe na avaliação, quando tudo está
# ligado. Depois da primeira, a segunda camada oculta recebe o dobro do costume; a ReLU sem viés repassa o dobro; e a
# saída, que também vê todas as unidades ligadas, recebe cerca de quatro vezes o que esperava. Os *logits* quatro vezes
# maiores não mudam muito a classe escolhida, mas deixam a rede confiante demais, e a perda de validação dispara. O
# remédio é o da forma original: multiplicar por $1-p$ os pesos da segunda camada oculta e os da saída, que são os que
# leem unidades sujeitas ao *dropout*. Não é preciso treinar nada.
#
# </details>
#
# ## 11. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | máscara | $d_i = 0$ com probabilidade $p$ | uma por unidade, exemplo e passagem (D4-12, D4-13) | dizer que apaga "metade": é a média (D4-15) |
# | taxa | $0 \le p < 1$, fração apagada | 50 é recusado; 1 emudece a rede (D4-16, D4-17) | escrever porcentagem, ou a fração mantida |
# | *dropout* invertido | $\tilde h = d\,h/(1-p)$ | média conservada (D4-11, D4-18); na avaliação, identidade (D4-09) | multiplicar por $p$ na avaliação |
# | ruído | variância $\frac{p}{1-p}h^2$ | D4-19 | supor que a variância também se conserva |
# | gradiente | passa pela mesma máscara | D4-20 a D4-22 | crer que a unidade fica parada o passo inteiro |
# | treino pior que validação | medidas diferentes | D4-25 a D4-28 | procurar vazamento, ou comparar ligado com desligado |
# | coadaptação | — | robustez à perda de unidades (D4-34) | esperar acurácia garantida |
# | conjunto de redes | média geométrica das sub-redes | exata em uma camada (D4-36), aproximada em várias (D4-38 a D4-40) | dizer que é sempre exata |
# | onde e quanto | medir | D4-41 a D4-47 | copiar a taxa de outro problema |
# | *AlphaDropout* | $\alpha'$, $a$, $b$ | desvio padrão 1 em doze camadas (D4-51) | *dropout* comum com SELU |
#
# **Para praticar:** no **Lab 5 · Sobreajuste e regularização** você põe *dropout* em redes grandes, sozinho e com L2; no
# Lab 6, em um classificador de textos. **A seguir:** e se o *dropout* continuasse ligado na avaliação?
#
# ## Referências
#
# - Hinton, G. E.; Srivastava, N.; Krizhevsky, A.; Sutskever, I.; Salakhutdinov, R. R. (2012). Improving neural networks
#   by preventing co-adaptation of feature detectors. arXiv:1207.0580. A ideia.
# - Srivastava, N.; Hinton, G.; Krizhevsky, A.; Sutskever, I.; Salakhutdinov, R. (2014). Dropout: a simple way to
#   prevent neural networks from overfitting. *Journal of Machine Learning Research*, 15, 1929–1958. O estudo detalhado.
# - Baldi, P.; Sadowski, P. (2013). Understanding dropout. *Advances in Neural Information Processing Systems* 26. A
#   média geométrica das sub-redes.
# - Klambauer, G.; Unterthiner, T.; Mayr, A.; Hochreiter, S. (2017). Self-normalizing neural networks. *Advances in
#   Neural Information Processing Systems* 30. SELU e *AlphaDropout*.
# - Li, X.; Chen, S.; Hu, X.; Yang, J. (2019). Understanding the disharmony between dropout and batch normalization by
#   variance shift. *CVPR*. *Dropout* antes da normalização em lote.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms. arXiv:1708.07747.
# - Baldi, P.; Sadowski, P.; Whiteson, D. (2014). Searching for exotic particles in high-energy physics with deep
#   learning. *Nature Communications*, 5, 4308. O HIGGS.
