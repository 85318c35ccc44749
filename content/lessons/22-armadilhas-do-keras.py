# ---
# jupyter:
#   gradiente:
#     id: F3
#     title: Executou sem erro. E daí?
#     covers: []
#     seconds: 25
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 22 · Executou sem erro. E daí?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *reconhecer* vinte e oito maneiras de o Keras aceitar, calado ou com um aviso, um código que não faz o que você quis; *provar* com duas linhas, antes de treinar por horas, que ele faz |
# | **Você precisa saber** | o que as outras lições ensinaram; cada armadilha diz qual |
# | **Tempo de leitura** | cerca de 40 minutos |
# | **Tempo de execução** | cerca de 25 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | falha silenciosa, aviso de descontinuação, experimento mínimo, efeito colateral |
#
# Um erro com rastro é um favor: diz onde e, quase sempre, por quê. O que custa caro é a **falha silenciosa** (*silent failure*), o código que executa até o fim e entrega um número plausível e errado. Esta lição reúne as do Keras 3 em enigmas curtos, todos da mesma forma: a pergunta, o seu palpite, a
# célula que mede, a explicação dobrada.

# %%
import warnings

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradiente import plots
from gradiente.claims import claim, set_seeds
from gradiente.formatting import number, show_table

# %% [markdown]
# ## 1. As regras do jogo
#
# Cada enigma tem um nome. **Preveja**: em `guesses`, troque a letra pelo seu palpite *antes* de executar a célula. O que acontece de fato é medido e vai para `happened`; no fim, uma tabela compara os dois.
#
# Quase tudo aqui é um **experimento mínimo**: a menor rede e os menores dados em que a diferença aparece. É o hábito que a lição quer deixar. `listen` executa uma função e devolve o resultado (ou a exceção) e os avisos que ela deu.

# %%
seed = set_seeds()
rng = np.random.default_rng(seed)
guesses, happened = {}, {}


def listen(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call()
        except Exception as error:  # qualquer uma: é ela que queremos mostrar
            result = error
    return result, [str(warning.message) for warning in caught]


# %% [markdown]
# Quase todos os enigmas cabem na menor rede que treina: um só peso.


# %%
def one_weight(start=1.0, optimizer=None, eager=True, **kwargs):
    """Um só peso w, saída w·x: a menor rede que treina."""
    layer = keras.layers.Dense(
        1, use_bias=False, kernel_initializer=keras.initializers.Constant(start), **kwargs
    )
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(optimizer or keras.optimizers.SGD(0.1), "mse", run_eagerly=eager)
    return model


def weight(model):
    return float(model.layers[0].kernel[0, 0])


one, zero = np.ones((1, 1), "float32"), np.zeros((1, 1), "float32")

# %% [markdown]
# ## 2. O otimizador
#
# ### Enigma 1 · a taxa que decai
#
# > `SGD(0.1, decay=0.5)`. Depois de dez passos, a taxa (a) é a mesma, e houve um aviso; (b) caiu; (c) não chegou a haver passo: o Keras recusou o argumento.

# %%
guesses["decay="] = "b"
with_decay, said = listen(lambda: keras.optimizers.SGD(0.1, decay=0.5))
plain, decayed = one_weight(), one_weight(optimizer=with_decay)
paths = {"decay=0,5, como o Keras executou": [], "sem decay": []}
for _ in range(10):
    for path, model in zip(paths.values(), (decayed, plain), strict=True):
        model.train_on_batch(one, zero)
        path.append(weight(model))
same = np.array_equal(*paths.values())
happened["decay="] = "a" if same and said else "b"
claim("F3-01", "com decay=, os dez passos são os mesmos que sem ele", same)
claim("F3-02", "e o único sinal é um aviso, que diz que o argumento será ignorado", "ignored" in said[0])

# %%
wanted, w = [], 1.0
for t in range(10):  # o que se queria: η = 0,1/(1 + 0,5 t), e o gradiente de w² é 2w
    w -= 0.1 / (1 + 0.5 * t) * 2 * w
    wanted.append(w)
figure, ax = plt.subplots(figsize=(8, 3.8))
for (name, path), style in zip({**paths, "o que se queria": wanted}.items(), ("-", "--", "-"), strict=True):
    ax.plot(range(1, 11), path, style, marker="o", label=name)
ax.set(xlabel="Passo", ylabel="Peso", title="Com decay=, o treino anda como se nada se tivesse pedido")
ax.legend(loc="best")
plots.show(
    plots.comma_axes(ax),
    alt="O peso contra o passo, em dez passos. As curvas com e sem decay= são a mesma, e descem até perto de um décimo. A curva do que se queria, com a taxa que diminui de verdade, fica acima delas.",
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O argumento é da versão 2. O Keras 3 avisa e o ignora; num caderno que esconde os avisos, o engano fica invisível. Escreva um plano, `keras.optimizers.schedules.InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.5)`, no lugar da taxa. Lições sobre otimizadores (C1-43) e sobre agendamento (C2-14, C2-15).
#
# </details>
#
# ### Enigma 2 · `decay_steps`
#
# > Um treino tem 100 passos por época. Com `ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)`, ao fim da **primeira** época a taxa é (a) 0,1, pois o plano conta épocas; (b) 0,05; (c) menor que 0,001.

# %%
guesses["decay_steps"] = "a"
plan = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)
rate = float(plan(100))
happened["decay_steps"] = "c" if rate < 0.001 else "b" if rate < 0.1 else "a"
claim(
    "F3-03", "ao fim da primeira época a taxa já se dividiu por dois dez vezes", np.isclose(0.1 / rate, 2**10)
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# Os planos contam **passos** (lotes), e não épocas. Multiplique: `decay_steps=10 * steps_per_epoch`. E confira desenhando `[float(plan(t)) for t in ...]` antes de treinar. Lição sobre agendamento (C2-04, C2-09).
#
# </details>
#
# ### Enigma 3 · mudar o momento no meio
#
# > Depois de alguns passos com `SGD(0.1, momentum=0.9)`, você escreve `model.optimizer.momentum = 0.0`. O passo seguinte (a) perde a memória; (b) dá erro; (c) é o mesmo que seria com 0,9.

# %%
guesses["momento"] = "a"
pair = [one_weight(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), eager=False) for _ in range(2)]
for model in pair:
    for _ in range(3):
        model.train_on_batch(one, zero)
pair[0].optimizer.momentum = 0.0
for model in pair:
    model.train_on_batch(one, zero)
equal = weight(pair[0]) == weight(pair[1])
happened["momento"] = "c" if equal else "a"
claim("F3-04", "mudar optimizer.momentum depois do primeiro passo não muda o passo seguinte", equal)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O momento é um número do Python, copiado para dentro do passo compilado quando ele se compilou. A **taxa**, que é uma variável, pode mudar. Para mudar o momento a cada passo, como no 1cycle, use `gradiente.schedules.MomentumSGD`. Lição sobre agendamento (C2-22, C2-23).
#
# </details>
#
# ### Enigma 4 · o tamanho do passo com momento
#
# > O gradiente vale sempre 1 e $\eta = 0{,}01$. Com `momentum=0.9`, o passo, depois de muitos, vale (a) 0,001; (b) 0,01; (c) 0,1.

# %%
guesses["passo com momento"] = "b"
variable = keras.Variable(np.zeros(1, "float32"))
optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
positions = [0.0]
for _ in range(80):
    optimizer.apply([np.ones(1, "float32")], [variable])
    positions.append(float(variable[0]))
last_step = positions[-2] - positions[-1]
happened["passo com momento"] = "c" if abs(last_step - 0.1) < 0.001 else "b"
claim("F3-05", "o passo chega a η/(1 − β): dez vezes η", np.isclose(last_step / 0.01, 10, rtol=0.01))

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O Keras usa a bola pesada, $v \leftarrow \beta v - \eta g$: os gradientes se **somam**. Muitos textos escrevem a média móvel, $v \leftarrow \beta v + (1-\beta)g$, cujo passo seria 0,01. Ao trocar uma forma pela outra, ou ao ligar o momento, a taxa muda de sentido. Lição sobre otimizadores (C1-15 a C1-18).
#
# </details>
#
# ### Enigma 5 · cortar a norma
#
# > Os gradientes de duas camadas são $(0{,}9)$ e $(100)$. Com `clipnorm=1.0`, a razão entre os dois, que era de 1 para 111, (a) se conserva; (b) passa a 0,9 para 1; (c) passa a 1 para 1.

# %%
guesses["clipnorm"] = "a"
gradients = [np.array([0.9], "float32"), np.array([100.0], "float32")]


def after_clipping(**options):
    variables = [keras.Variable(np.zeros(1, "float32")) for _ in gradients]
    keras.optimizers.SGD(1.0, **options).apply(gradients, variables)
    return np.array([-float(v[0]) for v in variables])  # com η = 1, o passo é o gradiente cortado


per_layer, whole = after_clipping(clipnorm=1.0), after_clipping(global_clipnorm=1.0)
happened["clipnorm"] = "b" if np.allclose(per_layer, [0.9, 1]) else "a"
claim("F3-06", "clipnorm=1 leva (0,9) e (100) a (0,9) e (1)", np.allclose(per_layer, [0.9, 1]))
claim("F3-07", "global_clipnorm=1 conserva a razão", np.isclose(whole[1] / whole[0], 100 / 0.9))

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# `clipnorm` corta **cada variável** por si, e por isso muda a direção do gradiente inteiro; `clipvalue` corta cada componente, e a muda mais ainda. Quem quer conservar a direção escreve `global_clipnorm`. Lição sobre corte do gradiente (B6-11 a B6-13).
#
# </details>
#
# ### Enigma 6 · L2 com Adam
#
# > Um peso não recebe gradiente nenhum da perda (a sua entrada é sempre zero); só a penalidade o puxa. Com Adam, trocar `L2(0.0001)` por `L2(0.1)`, mil vezes mais, faz o primeiro passo do peso ser (a) quase igual; (b) mil vezes maior; (c) zero.

# %%
guesses["L2 com Adam"] = "b"
moved = {}
for strength in (1e-4, 1e-1):
    penalty = keras.regularizers.L2(strength)
    model = one_weight(optimizer=keras.optimizers.Adam(0.01), kernel_regularizer=penalty)
    model.train_on_batch(zero, zero)
    moved[strength] = 1 - weight(model)
growth = moved[1e-1] / moved[1e-4]
happened["L2 com Adam"] = "a" if growth < 2 else "b"
claim("F3-08", "mil vezes mais penalidade aumenta o primeiro passo menos de 5 %", growth < 1.05)
adamw = one_weight(optimizer=keras.optimizers.AdamW(0.01, weight_decay=1e-1))
adamw.train_on_batch(zero, zero)
shrunk = 1 - weight(adamw)
claim(
    "F3-09",
    "com AdamW, o peso encolhe ηλ′: mil vezes o decaimento, mil vezes o passo",
    np.isclose(shrunk, 0.01 * 0.1, rtol=1e-3),
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O Adam divide o gradiente pelo tamanho dele mesmo, **penalidade incluída**. L2 e decaimento de pesos são a mesma coisa no SGD, e só nele. Com Adam, se a intenção é encolher os pesos, escreva `AdamW(weight_decay=…)`. Lição sobre penalidades (D3-41 a D3-44).
#
# </details>
#
# ## 3. A perda e a métrica
#
# Para esta seção bastam 2 000 *logits* e os seus rótulos, sorteados para que a probabilidade de "sim" seja exatamente a que o *logit* diz.

# %%
z = rng.normal(size=(2000, 1)).astype("float32")
y = (rng.random((2000, 1)) < 1 / (1 + np.exp(-z))).astype("float32")


def measured(metric, targets, outputs):
    metric.update_state(targets, outputs)
    return float(metric.result())


# %% [markdown]
# ### Enigma 7 · acurácia de *logits*
#
# > A rede termina em *logits* e você pede `metrics=["accuracy"]`. A acurácia conta como "sim" (a) *logit* acima de 0,5; (b) *logit* acima de 0, pois o Keras vê `from_logits` na perda; (c) nenhum dos dois: dá erro.

# %%
guesses["accuracy"] = "b"
identity = keras.Sequential([keras.Input((1,)), keras.layers.Activation("linear")])
identity.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
reported = identity.evaluate(z, y, batch_size=2000, verbose=0)[1]
at = {limit: float(np.mean((z > limit) == y)) for limit in (0.0, 0.5)}
happened["accuracy"] = "a" if abs(reported - at[0.5]) < 1e-6 else "b"
claim("F3-10", "a acurácia relatada é a do limiar 0,5 no logit", np.isclose(reported, at[0.5]))
right = measured(keras.metrics.BinaryAccuracy(threshold=0.0), y, z)
claim(
    "F3-11",
    "BinaryAccuracy(threshold=0.0) dá a do limiar 0, que aqui é maior",
    np.isclose(right, at[0.0]) and right > reported,
)

# %%
limits = np.linspace(-3, 3, 121)
figure, ax = plt.subplots(figsize=(8, 3.8))
ax.plot(limits, [100 * np.mean((z > limit) == y) for limit in limits], color=plots.PALETTE[0])
ax.axvline(0, color="black", linewidth=1.3, label="limiar 0:\nprobabilidade 0,5")
ax.axvline(0.5, color=plots.PALETTE[1], linestyle="--", label="o de “accuracy”:\nprobabilidade 0,62")
ax.set(xlabel="Limiar no logit", ylabel="Acurácia (%)", title="“accuracy” mede os logits no limiar errado")
ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
plots.show(
    plots.comma_axes(ax),
    alt="Acurácia contra o limiar no logit, de menos três a três: uma curva com o máximo perto de zero. Uma linha cheia marca o zero; uma tracejada, à direita do máximo, marca 0,5, o limiar que a acurácia padrão usa.",
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# A métrica não sabe o que a perda sabe. Escreva `keras.metrics.BinaryAccuracy(threshold=0.0)`; e, ao decidir, `z > 0`, nunca `z > 0.5`. Lições sobre saída e perda e sobre capacidade (D1-20, D1-21).
#
# </details>
#
# ### Enigma 8 · duas sigmoides
#
# > A saída já é sigmoide, e a perda tem `from_logits=True`. Chamada **direto** sobre as probabilidades, como função, a perda (a) é a certa; (b) está errada, e o Keras avisa; (c) está errada, em silêncio.

# %%
guesses["duas sigmoides"] = "a"
p = 1 / (1 + np.exp(-z))
loss = keras.losses.BinaryCrossentropy(from_logits=True)
doubled, said = listen(lambda: float(loss(y, p)))
correct = float(loss(y, z))
wrong = abs(doubled - correct) > 0.01
happened["duas sigmoides"] = ("b" if said else "c") if wrong else "a"
claim("F3-12", "sobre as probabilidades a perda é outra, e não há aviso", wrong and not said)
perfect = float(loss(np.ones((1, 1)), np.ones((1, 1))))
claim("F3-13", "nem a previsão perfeita chegaria a perda menor que 0,31", perfect > 0.31)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# Passa-se a sigmoide duas vezes: uma probabilidade 1 vira 0,73. Dentro de `compile`, com uma camada de saída sigmoide, o Keras conserta e avisa; fora dele, não. Fique com uma convenção só: saída linear e `from_logits=True`. Lição sobre saída e perda.
#
# </details>
#
# ### Enigma 9 · a perda como métrica
#
# > Você põe o mesmo **objeto de perda** em `metrics=`. São 10 exemplos em lotes de 8 (e um de 2). O valor relatado para a época é (a) a média dos 10 exemplos; (b) a média das médias dos dois lotes; (c) a soma.

# %%
guesses["perda como métrica"] = "a"
few_z, few_y = z[:10] * 3, y[:10]
entropy = keras.losses.BinaryCrossentropy(from_logits=True)
identity.compile(loss=entropy, metrics=[entropy])
values = identity.evaluate(few_z, few_y, batch_size=8, verbose=0)
mean_all = float(entropy(few_y, few_z))
mean_of_means = (float(entropy(few_y[:8], few_z[:8])) + float(entropy(few_y[8:], few_z[8:]))) / 2
happened["perda como métrica"] = "b" if np.isclose(values[1], mean_of_means) else "a"
claim(
    "F3-14",
    "a perda relatada é a média dos 10; a “métrica” é a média das médias",
    np.allclose(values, [mean_all, mean_of_means], rtol=1e-5),
)
claim("F3-15", "e as duas diferem", not np.isclose(mean_all, mean_of_means))

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# Uma métrica do Keras soma e conta exemplos; um objeto de perda devolve um número por lote, e tira-se a média deles. O lote pequeno do fim pesa demais. Escreva `keras.metrics.BinaryCrossentropy(from_logits=True)`, com rótulos de formato (n, 1). Lição sobre capacidade (D1-22).
#
# </details>
#
# ### Enigma 10 · o formato que se espalha
#
# > `outputs` tem formato (2000, 1) e `targets`, (2000,). `np.mean((targets - outputs) ** 2)` (a) dá o erro quadrático médio; (b) levanta erro de formato; (c) dá a média de 4 milhões de números.

# %%
guesses["formato"] = "a"
targets, outputs = z[:, 0] + 0.1, z
spread = (targets - outputs) ** 2
happened["formato"] = "c" if spread.size == 4_000_000 else "a"
true_error = float(np.mean((targets[:, None] - outputs) ** 2))
claim("F3-16", "a subtração vira uma tabela de 2 000 por 2 000", spread.shape == (2000, 2000))
claim("F3-17", "e a média dela é mais de cem vezes o erro verdadeiro", spread.mean() > 100 * true_error)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# Ao combinar (2000,) com (2000, 1), o NumPy compara cada um com todos (*broadcasting*). As perdas do Keras acertam os formatos por conta própria; a sua conta, não. Guarde os rótulos em coluna, `y.reshape(-1, 1)`, e confira `assert targets.shape == outputs.shape`. Lição sobre avaliação (F1-16).
#
# </details>
#
# ### Enigma 11 · a perda da época
#
# > Sem dropout nem BN: `history["loss"][-1]` e `model.evaluate(x, y)` depois do `fit`, nos **mesmos** dados, (a) a de `evaluate` é menor; (b) são iguais; (c) a de `evaluate` é maior.

# %%
guesses["perda da época"] = "b"
x = rng.normal(size=(400, 8)).astype("float32")
t = x @ rng.normal(size=(8, 1)).astype("float32")
linear = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
linear.compile(keras.optimizers.SGD(0.02), "mse")
history = linear.fit(x, t, epochs=2, batch_size=20, verbose=0).history["loss"]
after = linear.evaluate(x, t, batch_size=400, verbose=0)
happened["perda da época"] = "a" if after < 0.99 * history[-1] else "b"
claim(
    "F3-18",
    "depois da época, a perda nos mesmos dados é menos de 0,9 da que o History diz",
    after < 0.9 * history[-1],
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# A `loss` do treino é a média **ao longo** da época, com os pesos de cada passo; a `val_loss` se mede no fim. Por isso a validação pode parecer melhor que o treino nas primeiras épocas. Para comparar, avalie os dois no mesmo instante. Lição sobre dropout (D4-27).
#
# </details>
#
# ## 4. As camadas
#
# ### Enigma 12 · um inicializador para todas
#
# > `init = keras.initializers.HeNormal()`, usado em três camadas iguais. Os pesos das três (a) são sorteios diferentes; (b) são os mesmos; (c) são os mesmos, e há um aviso.

# %%
guesses["inicializador"] = "a"


def three_kernels():
    shared = keras.initializers.HeNormal()
    layers = [keras.layers.Dense(4, kernel_initializer=shared) for _ in range(3)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    return [layer.kernel.numpy() for layer in model.layers]


kernels, said = listen(three_kernels)
repeated = np.array_equal(kernels[0], kernels[1]) and np.array_equal(kernels[1], kernels[2])
happened["inicializador"] = ("c" if said else "b") if repeated else "a"
claim("F3-19", "as três camadas nascem com a mesma matriz, sem aviso", repeated and not said)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O objeto guarda a sua semente, e cada chamada a repete. Escreva o **nome**, `kernel_initializer="he_normal"`, ou construa um objeto por camada. Lição sobre inicialização (B3-48, B3-49).
#
# </details>
#
# ### Enigma 13 · a mesma ativação, duas inclinações
#
# > `keras.layers.LeakyReLU()` e `activation="leaky_relu"`, aplicadas a −1, devolvem (a) −0,01 e −0,01; (b) −0,2 e −0,2; (c) −0,3 e −0,2.

# %%
guesses["Leaky ReLU"] = "b"
by_layer = float(keras.layers.LeakyReLU()(np.float32([[-1.0]]))[0, 0])
by_name = float(keras.activations.get("leaky_relu")(np.float32([[-1.0]]))[0, 0])
happened["Leaky ReLU"] = "c" if np.allclose([by_layer, by_name], [-0.3, -0.2]) else "b"
claim("F3-20", "a camada usa 0,3 e a função, 0,2", np.allclose([by_layer, by_name], [-0.3, -0.2]))
old, said = listen(lambda: float(keras.layers.LeakyReLU(alpha=0.1)(np.float32([[-1.0]]))[0, 0]))
claim("F3-21", "alpha= ainda é aceito, com aviso", np.isclose(old, -0.1) and len(said) > 0)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# São dois padrões diferentes para a mesma ideia, e o artigo original usava 0,01. Diga sempre a inclinação: `keras.layers.LeakyReLU(negative_slope=0.1)`. Lição sobre ativações (B4-10, B4-11).
#
# </details>
#
# ### Enigma 14 · dropout de 0,8
#
# > Você quer **manter** 80 % das unidades e escreve `Dropout(0.8)`. No treino, ficam (a) 80 %; (b) 20 %; (c) 80 % em média, mas 20 % em cada lote.

# %%
guesses["dropout"] = "a"
layer = keras.layers.Dropout(0.8)
kept = float(np.mean(np.array(layer(np.ones((100, 1000), "float32"), training=True)) > 0))
happened["dropout"] = "b" if kept < 0.5 else "a"
claim("F3-22", "ficam 20 %, a menos de um ponto", abs(kept - 0.2) < 0.01)
everything, said = listen(
    lambda: np.array(keras.layers.Dropout(1.0)(np.ones((1, 9), "float32"), training=True))
)
claim("F3-23", "Dropout(1.0) apaga tudo, sem aviso", np.all(everything == 0) and not said)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O argumento é a fração que se **apaga**. Alguns textos e bibliotecas antigas davam a que se mantém. Lição sobre dropout (D4-16, D4-17).
#
# </details>
#
# ### Enigma 15 · BN com lote de um
#
# > No treino, a BN recebe um lote com **um** exemplo. Recém-nascida, ela devolve (a) zeros; (b) o exemplo; (c) um erro.

# %%
guesses["BN, lote de um"] = "b"
single = rng.normal(size=(1, 6)).astype("float32")
out, said = listen(lambda: np.array(keras.layers.BatchNormalization()(single, training=True)))
happened["BN, lote de um"] = "a" if np.allclose(out, 0, atol=1e-6) else "b"
claim(
    "F3-24", "qualquer que seja o exemplo, saem zeros, sem aviso", np.allclose(out, 0, atol=1e-6) and not said
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# A média de um exemplo é ele mesmo; subtraída, sobra zero, e depois $\beta$. Acontece com o último lote, se o número de exemplos o deixar com um. Lotes maiores, `drop_remainder=True` ou `LayerNormalization`. Lição sobre normalização em lote (B5-41, B5-43).
#
# </details>
#
# ### Enigma 16 · cem passos bastam?
#
# > As médias móveis da BN usam `momentum=0.99`. Depois de 100 passos com a mesma entrada, a média guardada percorreu (a) 63 %; (b) praticamente todo o caminho; (c) 1 %.

# %%
guesses["médias móveis"] = "b"
batch = (rng.normal(size=(64, 1)) + 5).astype("float32")
goal = batch.mean()
travelled = {}
for momentum in (0.99, 0.9):
    bn = keras.layers.BatchNormalization(momentum=momentum)
    travelled[momentum] = []
    for _ in range(150):
        bn(batch, training=True)
        travelled[momentum].append(float(bn.moving_mean[0]) / goal)
share = travelled[0.99][99]
happened["médias móveis"] = "a" if abs(share - 0.63) < 0.01 else "b"
claim(
    "F3-25",
    "depois de 100 passos, percorreu 1 − 0,99¹⁰⁰ do caminho",
    np.isclose(share, 1 - 0.99**100, atol=1e-3),
)

# %%
figure, ax = plt.subplots(figsize=(8, 3.8))
for (momentum, path), color in zip(travelled.items(), plots.PALETTE, strict=False):
    ax.plot(range(1, 151), 100 * np.array(path), color=color, label=f"momentum = {number(momentum)}")
ax.axvline(100, color="black", linestyle=":", linewidth=1.3)
ax.axhline(100 * share, color="black", linestyle=":", linewidth=1.3)
ax.set(xlabel="Passos de treino", ylabel="Caminho percorrido (%)", ylim=(0, 103))
ax.set_title("Em 100 passos, a média móvel da BN ainda está longe")
ax.legend(loc="lower right")
plots.show(
    plots.comma_axes(ax),
    alt="Porcentagem do caminho percorrido pela média móvel da BN contra os passos. Com momentum 0,9 a curva chega perto de cem em menos de cinquenta passos; com 0,99, está em sessenta e três por cento no passo cem, marcado por linhas pontilhadas.",
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# Cada passo guarda $0{,}99$ do que havia. Em treinos curtos a avaliação usa médias que ainda lembram o nascimento, e a validação parece péssima. Treine mais, ou `BatchNormalization(momentum=0.9)`. E não confunda com o momento do otimizador, de que só herdou o nome. Lição sobre normalização em lote (B5-20 a B5-24).
#
# </details>
#
# ### Enigma 17 · a norma máxima de uma convolução
#
# > `Conv2D(8, 3, kernel_constraint=keras.constraints.MaxNorm(1.0))`. Depois de um passo, a norma de cada filtro inteiro (3 × 3 × 4 pesos) é (a) no máximo 1; (b) maior que 1.

# %%
guesses["MaxNorm"] = "a"
kernel = rng.normal(size=(3, 3, 4, 8)).astype("float32") * 3
norms = {
    axis: np.sqrt((np.array(keras.constraints.MaxNorm(1.0, axis=axis)(kernel)) ** 2).sum(axis=(0, 1, 2)))
    for axis in (0, (0, 1, 2))
}
happened["MaxNorm"] = "b" if norms[0].min() > 1 else "a"
claim("F3-26", "com o eixo padrão, todo filtro passa de 1", norms[0].min() > 1)
claim("F3-27", "com axis=(0, 1, 2), nenhum passa", norms[0, 1, 2].max() < 1 + 1e-4)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O eixo padrão, 0, é o certo para uma camada densa, de pesos (entradas, unidades). Na convolução, os pesos que chegam a uma unidade estão em três eixos: `MaxNorm(1.0, axis=[0, 1, 2])`. Lição sobre penalidades (D3-30, D3-31).
#
# </details>
#
# ## 5. Modos e memória
#
# ### Enigma 18 · olhar também treina
#
# > Você chama `model(x, training=True)` só para ver as saídas do dropout. A rede tem BN. Os números que `predict` vai usar (a) mudam; (b) não mudam, pois não houve `fit`.

# %%
guesses["training=True"] = "b"
layers = [keras.layers.Dense(4), keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)]
looked_at = keras.Sequential([keras.Input((6,)), *layers])
probe = rng.normal(size=(32, 6)).astype("float32")
before = np.array(looked_at(probe))
for _ in range(20):
    looked_at(probe, training=True)
changed = float(np.abs(np.array(looked_at(probe)) - before).max())
happened["training=True"] = "a" if changed > 0 else "b"
claim("F3-28", "depois de vinte olhadas, as saídas de inferência são outras", changed > 0.01)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# Em modo de treino a BN atualiza as médias móveis, com ou sem `fit`. Para o dropout de Monte Carlo, ligue só o dropout: uma subclasse, `MCDropout`, como `gradiente.uncertainty` faz. Lição sobre Monte Carlo (D5-07, D5-08).
#
# </details>
#
# ### Enigma 19 · a mesma semente, outra vez
#
# > `keras.utils.set_random_seed(1)` antes de cada uma de duas passagens pela **mesma** camada de dropout, em modo de treino. As máscaras (a) são diferentes; (b) são iguais.

# %%
guesses["semente"] = "b"
existing, masks = keras.layers.Dropout(0.5), []
for _ in range(2):
    keras.utils.set_random_seed(seed + 1)
    masks.append(np.array(existing(np.ones((1, 200), "float32"), training=True)))
happened["semente"] = "b" if np.array_equal(*masks) else "a"
claim("F3-29", "semear não repete a máscara de uma camada que já existe", not np.array_equal(*masks))

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# A camada guarda o seu próprio gerador, criado com ela. Semeie e **construa de novo** o modelo; só assim duas execuções coincidem. Lição sobre dropout (D4-30, D4-31).
#
# </details>
#
# ### Enigma 20 · executar a célula do `fit` outra vez
#
# > Você executa de novo a célula `model.fit(x, t, epochs=2)`. O treino (a) recomeça dos pesos iniciais; (b) continua dos pesos atuais.

# %%
guesses["fit de novo"] = "a"
again = linear.fit(x, t, epochs=2, batch_size=20, verbose=0).history["loss"]
happened["fit de novo"] = "b" if again[0] < history[-1] else "a"
claim("F3-30", "a primeira perda do segundo fit é menor que a última do primeiro", again[0] < history[-1])

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# `fit` continua: pesos, memória do otimizador e contador de passos ficam no modelo. Uma comparação em que a segunda rede "aprende mais depressa" pode ser só isso. Construa e compile dentro de uma função, e chame a função a cada treino. Lição sobre otimizadores.
#
# </details>
#
# ### Enigma 21 · congelar depois de treinar
#
# > Depois do primeiro `fit`, você escreve `layer.trainable = False` e chama `fit` de novo, sem recompilar. A camada (a) parou; (b) continua a mudar.

# %%
guesses["congelar"] = "a"
linear.layers[0].trainable = False
before = linear.layers[0].kernel.numpy().copy()
linear.fit(x, t + 1, epochs=1, batch_size=20, verbose=0)
moving = not np.array_equal(before, linear.layers[0].kernel.numpy())
happened["congelar"] = "b" if moving else "a"
claim("F3-31", "sem recompilar, os pesos congelados mudam", moving)
claim("F3-32", "embora a lista de pesos treináveis já esteja vazia", len(linear.trainable_weights) == 0)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O passo compilado já decidiu o que treina. Depois de mudar `trainable`, sempre `compile`. Lição sobre transferência (E1-18 a E1-21).
#
# </details>
#
# ### Enigma 22 · os pesos que a parada devolve
#
# > `EarlyStopping(monitor="val_loss", patience=3)`, sem mais nada. A melhor época foi a primeira, e o treino parou três épocas depois. A rede fica com os pesos (a) da melhor época; (b) da última.

# %%
guesses["parada"] = "a"


class Notebook(keras.callbacks.Callback):
    """Anota o peso ao fim de cada época."""

    def __init__(self):
        super().__init__()
        self.weights = []

    def on_epoch_end(self, epoch, logs=None):
        self.weights.append(weight(self.model))


ends = {}
for restore in (False, True):
    model, notes = one_weight(start=0.0), Notebook()  # o treino puxa w para 1; a validação quer w = 0
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=restore)
    model.fit(one, one, epochs=30, validation_data=(one, zero), callbacks=[notes, stop], verbose=0)
    ends[restore] = (len(notes.weights), weight(model), notes.weights)
epochs, final, noted = ends[False]
happened["parada"] = "b" if final == noted[-1] else "a"
claim("F3-33", "parou na quarta época, com os pesos da quarta", epochs == 4 and final == noted[-1])
claim("F3-34", "com restore_best_weights=True, ficam os da primeira", ends[True][1] == ends[True][2][0])

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# `restore_best_weights` vale `False` se não se diz nada. Escreva `restore_best_weights=True`. Lição sobre parada antecipada (D2-11 a D2-13).
#
# </details>
#
# ### Enigma 23 · um nome que não existe
#
# > `EarlyStopping(monitor="val_los", mode="min", patience=1)`, com o erro de digitação. O treino (a) é recusado; (b) para logo; (c) vai até o fim, com um aviso.

# %%
guesses["nome errado"] = "a"
typo = keras.callbacks.EarlyStopping(monitor="val_los", mode="min", patience=1)
model = one_weight(start=0.0)
run, said = listen(
    lambda: model.fit(one, one, epochs=6, validation_data=(one, zero), callbacks=[typo], verbose=0)
)
ran = len(run.history["loss"])
happened["nome errado"] = "c" if ran == 6 and said else "b"
claim(
    "F3-35",
    "o treino vai até a última época, e há um aviso",
    ran == 6 and any("val_los" in text for text in said),
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O nome só se procura ao fim de cada época, e a falta dele só merece um aviso. Sem `mode=`, ao menos, o Keras recusa o nome que não conhece. Uma sentinela melhor: depois do treino, confira `stop.best`, ou se o número de épocas ficou abaixo do máximo. Lição sobre parada antecipada (D2-17, D2-18).
#
# </details>
#
# ## 6. Reuso e dados
#
# ### Enigma 24 · a cópia
#
# > `clone_model(model)` devolve uma rede que, para a mesma entrada, dá (a) as mesmas saídas; (b) outras saídas. E `keras.Sequential(model.layers[:-1])`? Treinar a segunda (c) deixa a original como estava; (d) muda a original. Responda com duas letras.

# %%
guesses["cópia"] = "ac"
original = keras.Sequential([keras.Input((6,)), keras.layers.Dense(5, "tanh"), keras.layers.Dense(1)])
answer = np.array(original(probe))
clone = keras.models.clone_model(original)
newborn = not np.allclose(np.array(clone(probe)), answer)
sliced = keras.Sequential([keras.Input((6,)), *original.layers[:-1], keras.layers.Dense(1)])
sliced.compile(keras.optimizers.SGD(0.1), "mse")
sliced.train_on_batch(probe, np.ones((32, 1)))
touched = not np.array_equal(np.array(original(probe)), answer)
happened["cópia"] = ("b" if newborn else "a") + ("d" if touched else "c")
claim("F3-36", "o clone dá outras saídas", newborn)
claim("F3-37", "treinar a rede feita da fatia muda a original", touched)
clone.set_weights(original.get_weights())
claim(
    "F3-38",
    "com set_weights, o clone dá as mesmas",
    np.allclose(np.array(clone(probe)), np.array(original(probe))),
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# `clone_model` copia a arquitetura e sorteia pesos novos; a fatia de uma lista é uma lista nova com as **mesmas** camadas. Copie com `clone_model` seguido de `set_weights`. Lição sobre transferência (E1-09, E1-10, E1-23 a E1-26).
#
# </details>
#
# ### Enigma 25 · os últimos 20 %
#
# > As fotos estão em ordem de classe, e você usa `validation_split=0.2`, com o embaralhamento padrão do `fit`. A validação tem (a) só as últimas classes; (b) um pouco de cada classe.

# %%
guesses["validation_split"] = "b"
ordered = np.repeat(np.arange(10), 20).astype("float32").reshape(-1, 1)  # o "atributo" é a própria classe
seen_in_validation = []


class Watch(keras.layers.Layer):
    """Deixa passar e anota o que passa fora do modo de treino."""

    def call(self, inputs, training=False):
        if not training:
            seen_in_validation.extend(keras.ops.convert_to_numpy(inputs)[:, 0].astype(int).tolist())
        return inputs


watched = keras.Sequential([keras.Input((1,)), Watch(), keras.layers.Dense(1)])
watched.compile(keras.optimizers.SGD(1e-4), "mse", run_eagerly=True)
seen_in_validation.clear()
watched.fit(ordered, ordered, validation_split=0.2, epochs=1, batch_size=40, verbose=0)
classes = set(seen_in_validation)
happened["validation_split"] = "a" if classes == {8, 9} else "b"
claim("F3-39", "a validação só viu as classes 8 e 9", classes == {8, 9})

# %%
counts = [
    np.bincount(ordered[:160, 0].astype(int), minlength=10),
    np.bincount(seen_in_validation, minlength=10),
]
figure, ax = plt.subplots(figsize=(8, 3.6))
for offset, (name, height) in zip(
    (-0.2, 0.2), zip(("treino", "validação"), counts, strict=True), strict=True
):
    ax.bar(np.arange(10) + offset, height, 0.38, label=name)
ax.set_xticks(range(10))
ax.set_yticks(range(0, 21, 5))
ax.set(xlabel="Classe", ylabel="Exemplos", title="validation_split corta antes de embaralhar")
ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
plots.show(
    figure,
    alt="Barras com o número de exemplos de cada classe no treino e na validação. O treino tem as classes de zero a sete, todas com vinte; a validação tem só as classes oito e nove.",
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O corte vem antes do embaralhamento, que só troca a ordem do treino. Embaralhe os dados você mesmo, uma vez, com semente, antes de separar; ou passe `validation_data`. Lição sobre parada antecipada.
#
# </details>
#
# ### Enigma 26 · lotes de lotes
#
# > A célula `data = data.batch(10)` foi executada duas vezes, sobre fotos de 4 × 4. Um elemento de `data` tem formato (a) (10, 4, 4); (b) nenhum, há erro na segunda vez; (c) (10, 10, 4, 4).

# %%
guesses["batch"] = "a"
dataset = tf.data.Dataset.from_tensor_slices(np.zeros((200, 4, 4), "float32"))
for _ in range(2):
    dataset = dataset.batch(10)
shape = tuple(next(iter(dataset)).shape)
happened["batch"] = "c" if shape == (10, 10, 4, 4) else "a"
claim("F3-40", "o segundo batch agrupa os lotes: (10, 10, 4, 4)", shape == (10, 10, 4, 4))

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# `data = f(data)` não se pode repetir: cada execução parte do que a anterior deixou, e uma rede com `Flatten` ou uma camada densa pode até aceitar o resultado. Dê outro nome ao que sai, `batches = data.batch(10)`, e a célula pode ser executada quantas vezes se quiser.
#
# </details>
#
# ### Enigma 27 · vinte passos por época
#
# > São 209 exemplos em arrays, e você pede `steps_per_epoch=20` sem dizer o tamanho do lote. Em duas épocas pedidas, quantos passos se dão? (a) 40, em lotes de 10 ou 11; (b) menos de 40, e há um aviso.

# %%
guesses["steps_per_epoch"] = "a"
model = one_weight()
_, said = listen(
    lambda: model.fit(np.ones((209, 1)), np.ones((209, 1)), epochs=2, steps_per_epoch=20, verbose=0)
)
steps = int(model.optimizer.iterations)
happened["steps_per_epoch"] = "b" if steps < 40 and said else "a"
claim(
    "F3-41",
    "dão-se menos de 40 passos, e o aviso diz que os dados acabaram",
    steps < 40 and any("ran out of data" in text for text in said),
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# O Keras escolhe lotes de $\lceil 209/20 \rceil = 11$, e com eles os 209 exemplos acabam no passo 19. Com arrays, diga `batch_size` e deixe os passos por conta dele; `steps_per_epoch` é para fluxos que não acabam, com `repeat()`.
#
# </details>
#
# ### Enigma 28 · soltar a rede inteira
#
# > Você congelou as camadas uma a uma, `layer.trainable = False`, e treinou a saída. Agora quer soltar tudo e escreve `model.trainable = True`. Das duas camadas congeladas, ficam livres (a) as duas; (b) nenhuma; (c) só a última.

# %%
guesses["soltar"] = "a"
stack = [keras.layers.Dense(4), keras.layers.Dense(4), keras.layers.Dense(1)]
base_and_head = keras.Sequential([keras.Input((6,)), *stack])
for layer in stack[:-1]:
    layer.trainable = False
base_and_head.trainable = True
free = [layer.trainable for layer in stack[:-1]]
happened["soltar"] = "b" if not any(free) else "a"
claim("F3-42", "as duas continuam congeladas", not any(free))
base_and_head.trainable = False
base_and_head.trainable = True
claim(
    "F3-43",
    "congelar a rede inteira e soltá-la, sim, solta as duas",
    stack[0].trainable and stack[1].trainable,
)

# %% [markdown]
# <details><summary>Por quê, e o que escrever</summary>
#
# A rede, como objeto, nunca deixou de ser treinável; pôr `True` onde já era `True` não faz nada, e o recado não desce às camadas. Percorra as camadas: `for layer in model.layers: layer.trainable = True`. Depois, `compile`. Lição sobre transferência (E1-15).
#
# </details>
#
# ## 7. O placar

# %% tags=["nbval-ignore-output"]
hits = {name: guesses[name] == happened[name] for name in happened}
rows = [[name, guesses[name], happened[name], "✔" if hits[name] else "✘"] for name in happened]
show_table(["enigma", "palpite", "o que houve", ""], rows)
print(f"{sum(hits.values())} de {len(hits)}")

# %% [markdown]
# Se você executou sem mexer nos palpites, eles são os de quem confia. Poucos enigmas deram **algum** aviso. Em quase todos, só uma medida mostra.
#
# ## 8. Como se achar o que não avisa
#
# | suspeita | duas linhas que a provam |
# |---|---|
# | um argumento foi ignorado | treine um passo com e sem ele e compare os pesos, número a número |
# | um plano não está valendo | guarde `float(model.optimizer.learning_rate)` a cada passo e desenhe |
# | uma métrica mede outra coisa | calcule-a em NumPy sobre as mesmas saídas |
# | duas coisas são a mesma | `a is b`; mude uma e veja a outra |
# | uma camada congelada se move | guarde `get_weights()` antes e compare depois |
# | o modo (treino ou inferência) está errado | chame duas vezes com a mesma entrada: se muda, há sorteio |
# | os formatos se espalharam | `assert a.shape == b.shape` antes de qualquer média |
# | a célula não se repete | reinicie o núcleo e execute tudo; depois, execute cada célula duas vezes |
# | há um aviso que ninguém leu | `warnings.simplefilter("error")`: cada aviso vira um erro, com rastro |
#
# ## 9. Explique
#
# Escolha um enigma que você errou. Explique a um colega por que o Keras se comporta assim (quase sempre há uma boa razão) e que experimento mínimo o teria mostrado antes.
#
# <details><summary>Um exemplo: congelar depois de treinar</summary>
#
# O Keras compila o passo de treino uma vez, no primeiro `fit`, porque compilar é caro; nessa hora decide que variáveis recebem gradiente. `trainable = False` muda a camada, e não o passo já compilado. O experimento mínimo: guardar `get_weights()`, treinar um lote, comparar. Se algum número mudou, a camada não está congelada,
# diga o `summary` o que disser.
#
# </details>
#
# ## 10. Resumo
#
# | armadilha | como se percebe | o que escrever |
# |---|---|---|
# | `decay=` | o aviso; os passos são iguais (F3-01) | um plano de `keras.optimizers.schedules` |
# | `decay_steps` em épocas | a curva da taxa (F3-03) | épocas × passos por época |
# | mudar o momento | os passos são iguais (F3-04) | `gradiente.schedules.MomentumSGD` |
# | ligar o momento com a mesma taxa | o passo é dez vezes maior (F3-05) | taxa × $(1-\beta)$ |
# | `clipnorm` | a razão entre camadas (F3-06) | `global_clipnorm` |
# | L2 com Adam | mil vezes λ, mesmo passo (F3-08) | `AdamW` |
# | acurácia de *logits* | a conta em NumPy (F3-10) | `BinaryAccuracy(threshold=0.0)` |
# | duas sigmoides | a perda da previsão perfeita (F3-13) | saída linear e `from_logits=True` |
# | perda como métrica | lote final menor (F3-14) | a métrica de mesmo nome |
# | (n,) com (n, 1) | o formato da diferença (F3-16) | rótulos em coluna |
# | `loss` da época | `evaluate` dá outra (F3-18) | avaliar treino e validação juntos |
# | um inicializador para todas | matrizes iguais (F3-19) | o nome, e não o objeto |
# | inclinação da Leaky ReLU | aplicá-la a −1 (F3-20) | `negative_slope=` |
# | taxa do dropout | contar os zeros (F3-22) | a fração que se apaga |
# | BN com lote de um, ou treino curto | saídas zero (F3-24); médias longe (F3-25) | lotes maiores; `momentum` menor |
# | `MaxNorm` em convolução | a norma de cada filtro (F3-26) | `axis=[0, 1, 2]` |
# | `training=True` com BN | as saídas mudam (F3-28) | `MCDropout` |
# | semear uma camada que já existe | as máscaras (F3-29) | construir de novo |
# | `fit` de novo | a primeira perda (F3-30) | construir dentro de uma função |
# | congelar sem recompilar; soltar a rede inteira | comparar pesos (F3-31); `trainable` de cada camada (F3-42) | `compile` outra vez; camada por camada |
# | parada sem devolução; nome errado | os pesos; o número de épocas (F3-33, F3-35) | `restore_best_weights=True`; sem `mode=` |
# | clone e fatia | as saídas (F3-36, F3-37) | `clone_model` e `set_weights` |
# | `validation_split` | as classes da validação (F3-39) | embaralhar e separar antes |
# | `batch` duas vezes; `steps_per_epoch` | o formato (F3-40); `optimizer.iterations` (F3-41) | nomes novos; `batch_size` |
#
# **Para praticar:** qualquer lab. Antes de entregar, procure nele três linhas que poderiam falhar em silêncio e escreva, para cada uma, as duas linhas que o provariam.
#
# ## Referências
#
# - Keras (2025). *Keras 3 API documentation*. Os comportamentos acima foram verificados, um a um, na versão com que o curso se executa; outra versão pode mudá-los, e então as afirmações o dirão.
# - Keras (2023). *Migrating Keras 2 code to multi-backend Keras 3*. De onde vêm os argumentos que mudaram de nome ou sumiram.
# - Loshchilov, I.; Hutter, F. (2019). Decoupled weight decay regularization. *ICLR*. O enigma 6.
# - Breck, E.; Cai, S.; Nielsen, E.; Salib, M.; Sculley, D. (2017). The ML test score: a rubric for ML production readiness and technical debt reduction. *IEEE Big Data*. Testes contra falhas silenciosas.
