# ---
# jupyter:
#   gradiente:
#     id: D2
#     title: Quando parar de treinar?
#     covers: [S3-25, S3-26, S4-19, S4-20, S4-30]
#     seconds: 25
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 13 · Quando parar de treinar?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *escrever* a regra da parada antecipada e configurá-la no Keras; *escolher* a paciência e a quantidade a vigiar; *explicar* por que parar cedo é regularizar; *desconfiar* do melhor número da validação |
# | **Você precisa saber** | o que é sobreajuste e como se lê uma curva de aprendizado (lição sobre capacidade e sobreajuste); o que são *logits* e entropia cruzada |
# | **Tempo de leitura** | cerca de 30 minutos |
# | **Tempo de execução** | cerca de 25 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | parada antecipada (*early stopping*), paciência (*patience*), *callback*, restaurar os melhores pesos, perda penalizada, viés de seleção |
#
# Treinar mais não é sempre melhor. Uma rede grande primeiro aprende o que os exemplos têm em comum e depois, sem mais nada
# de geral a aprender, passa a decorar cada um. Entre uma fase e outra há um bom lugar para parar. Esta lição mostra como
# achá-lo, e as armadilhas de quem o procura olhando para o número errado.

# %%
import warnings

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_higgs
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# Os dados são colisões do **HIGGS**: 28 atributos e um rótulo, 1 para sinal e 0 para fundo. Usamos 2 000 exemplos para treinar e
# 2 000 para validar, padronizados com a média e o desvio padrão do treino.

# %% tags=["nbval-ignore-output"]
data = load_higgs(4000)
x = (data.x - data.x[:2000].mean(axis=0)) / data.x[:2000].std(axis=0)
x_train, y_train, x_val, y_val = x[:2000], data.y[:2000], x[2000:], data.y[2000:]

# %% [markdown]
# A rede tem duas camadas ocultas de 128 unidades, parâmetros de sobra para 2 000 exemplos. A receita aceita uma penalidade L2
# e *dropout*, que só usaremos no fim. Entre as métricas está a entropia cruzada **sem** penalidades; já veremos por quê.


# %%
def build(l2=0.0, dropout=0.0):
    set_seeds()
    layers = [keras.Input((28,))]
    for _ in range(2):
        penalty = keras.regularizers.L2(l2) if l2 else None
        layers.append(keras.layers.Dense(128, "elu", kernel_regularizer=penalty))
        layers += [keras.layers.Dropout(dropout)] if dropout else []
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    model.compile(
        keras.optimizers.Adam(2e-3),
        keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.BinaryCrossentropy(from_logits=True, name="binary_crossentropy"),
            keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy"),
        ],
        steps_per_execution=10,  # uma época por chamada compilada: treina mais depressa, e igual
    )
    return model


def fit(model, epochs=45, callbacks=()):
    options = {"batch_size": 200, "validation_batch_size": 2000, "verbose": 0}
    return model.fit(
        x_train, y_train, epochs=epochs, validation_data=(x_val, y_val), callbacks=list(callbacks), **options
    )


# %% [markdown]
# ## 1. A pergunta
#
# Treinamos por 45 épocas, sem parar, com um *callback* que guarda uma cópia dos pesos ao fim de cada uma. Um **callback** é um
# objeto que o `fit` avisa em certos momentos: aqui, no fim de cada época.


# %%
class Album(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.pages = []

    def on_epoch_end(self, epoch, logs=None):
        self.pages.append(self.model.get_weights())


album = Album()
model = build()
start = model.get_weights()
history = fit(model, callbacks=[album])
curve = np.array(history.history["val_binary_crossentropy"])

# %%
colors = plots.Colors({"sem parar": plots.PALETTE[0], "L2": plots.PALETTE[1], "dropout": plots.PALETTE[2]})
plotter = plots.HistoryPlotter(metric="binary_crossentropy", smoothing_std=None, colors=colors)
ax = plotter.plot(
    {"sem parar": history}, title="No treino, sempre melhor; na validação, depois de um ponto, só pior"
)
best = int(curve.argmin())
ax.plot(best, curve[best], "o", color="black", markersize=7)
ax.annotate("aqui", (best, curve[best]), xytext=(best - 0.9, curve[best] + 0.03))
plots.show(
    ax,
    alt="Entropia cruzada de treino e de validação por época. A de treino cai sem parar. A de validação cai nas primeiras "
    "épocas, atinge um mínimo, marcado com um ponto, e depois sobe até bem acima de onde começou.",
)

# %%
train_curve = np.array(history.history["binary_crossentropy"])
claim(
    "D2-01",
    "a perda de treino da última época é menos de dois terços da primeira",
    train_curve[-1] < train_curve[0] / 1.5,
)
claim("D2-02", "a melhor época da validação está na primeira metade do treino", best < 22)
claim("D2-03", "no fim, a perda de validação passa de 1,15 vez o seu mínimo", curve[-1] > 1.15 * curve[best])

# %% [markdown]
# É a leitura que toda pessoa que treina redes aprende a fazer: a perda de validação cai nas primeiras épocas e depois sobe,
# enquanto a de treino vai a zero. O treinamento tem de parar perto do ponto marcado. Só que, na hora de parar, ninguém vê o
# resto da curva: **na época em que a perda para de cair, ainda não se sabe se ela vai subir ou se foi só um tropeço.**
#
# ## 2. Preveja
#
# A regra mais simples seria parar na primeira vez que a validação piora. Mas a curva tem ruído. A **paciência** é o número de épocas
# seguidas **sem melhora** que aceitamos antes de desistir.
#
# > Com esta curva, em que época pararia uma paciência de 1? E uma de 5? E uma de 20?
#
# Escreva o palpite para a paciência 5; ele aparece na próxima figura. As épocas são contadas do zero, como no Keras.

# %%
guess = 40  # troque pelo seu palpite: em que época o treino para, com paciência 5?

# %% [markdown]
# ## 3. A regra, em dez linhas
#
# A **parada antecipada** (*early stopping*) guarda três coisas: o melhor valor visto, a época dele e há quantas épocas não melhora.
#
# Ela não sabe o futuro: decide época a época. Por isso podemos aplicá-la **depois**, sobre a curva que já gravamos, com quantas
# paciências quisermos, sem treinar de novo.


# %%
def early_stopping(values, patience):
    best_value, best_epoch, wait = np.inf, 0, 0
    for epoch, value in enumerate(values):
        if value < best_value:
            best_value, best_epoch, wait = value, epoch, 0
        else:
            wait += 1
            if wait >= patience:
                return best_epoch, epoch  # a melhor e a da parada
    return best_epoch, len(values) - 1  # o treino acabou antes da paciência


stops = {patience: early_stopping(curve, patience) for patience in (1, 5, 20)}

# %%
figure, ax = plt.subplots(figsize=(9, 4))
ax.plot(curve, color=plots.PALETTE[0], linestyle="--", label="validação")
for (patience, (chosen, stopped)), color, level in zip(
    stops.items(), (3, 1, 2), (0.60, 0.58, 0.56), strict=True
):
    ax.annotate(
        "", (stopped, level), (chosen, level), arrowprops={"arrowstyle": "->", "color": plots.PALETTE[color]}
    )
    ax.plot([stopped, stopped], [level, curve[stopped]], ":", color=plots.PALETTE[color])
    ax.plot(
        stopped, curve[stopped], "s", color=plots.PALETTE[color], label=f"paciência {patience}: para aqui"
    )
ax.axvline(guess, color="black", linestyle=":", linewidth=1)
ax.text(guess + 0.4, curve.max(), "seu palpite", va="top")
ax.set(
    xlabel="Época",
    ylabel="Entropia cruzada",
    title="Com paciência P, o treino para P épocas depois da melhor que viu",
)
ax.legend(loc="upper left", bbox_to_anchor=(0.02, 0.98))
plots.comma_axes(ax)
plots.show(
    figure,
    alt="A curva de validação com três marcas, uma por paciência, no ponto em que o treino pararia. Setas horizontais, embaixo, "
    "vão da melhor época até a da parada; o comprimento de cada seta é a paciência.",
)

# %%
distances = [stopped - chosen for chosen, stopped in stops.values()]
reached = [curve[chosen] for chosen, _ in stops.values()]
claim("D2-04", "a época da parada é a melhor mais a paciência", distances == list(stops))
claim("D2-05", "mais paciência nunca devolve uma época pior", bool(np.all(np.diff(reached) <= 0)))
claim(
    "D2-06",
    "com paciência 20, a perda na parada já é maior que com paciência 5",
    curve[stops[20][1]] > curve[stops[5][1]],
)

# %% [markdown]
# A paciência é um compromisso. Pequena demais, um tropeço de uma época encerra o treino antes do mínimo. Grande demais, gasta tempo e, se
# ficarmos com os **últimos** pesos, entrega uma rede já sobreajustada (D2-06). O segundo defeito tem remédio barato: **guardar os
# melhores pesos e devolvê-los no fim**. É a opção `restore_best_weights=True`.
#
# ### Igual à do Keras?
#
# Treinamos a mesma rede, dos mesmos pesos iniciais, com o `EarlyStopping` do Keras e paciência 5. Se a nossa regra é a dele, ele para
# na mesma época e devolve exatamente os pesos que o álbum guardou.

# %%
stopper = keras.callbacks.EarlyStopping("val_binary_crossentropy", patience=5, restore_best_weights=True)
stopped_model = build()
stopped_history = fit(stopped_model, callbacks=[stopper])
chosen, stopped = stops[5]


def equal(weights, page):
    return all(np.array_equal(a, b) for a, b in zip(weights, page, strict=True))


# %%
claim("D2-07", "o Keras para na mesma época que a nossa regra", stopper.stopped_epoch == stopped)
claim(
    "D2-08",
    "treinou uma época a mais que esse número: conta do zero",
    len(stopped_history.epoch) == stopped + 1,
)
claim(
    "D2-09",
    "e devolve, número a número, os pesos da melhor época",
    equal(stopped_model.get_weights(), album.pages[chosen]),
)
claim("D2-10", "que não são os da última", not equal(stopped_model.get_weights(), album.pages[stopped]))

# %% [markdown]
# *O padrão do Keras é `restore_best_weights=False`*, e é fácil esquecer: a rede fica com os pesos da época em que **parou**, `patience` épocas
# depois da melhor. Com paciência 200, como em alguns laboratórios que circulam, são duzentas épocas de sobreajuste.
#
# E se as épocas acabarem antes da paciência? Versões antigas do Keras só restauravam quando a parada acontecia. Conferimos na nossa: a mesma rede
# treina mais seis épocas, com paciência 20 e um álbum novo.

# %%
second_album = Album()
patient = keras.callbacks.EarlyStopping("val_binary_crossentropy", patience=20, restore_best_weights=True)
more = fit(stopped_model, epochs=6, callbacks=[second_album, patient])
top = int(np.argmin(more.history["val_binary_crossentropy"]))
restored = equal(stopped_model.get_weights(), second_album.pages[top])
claim("D2-11", "o treino acabou sem que a parada agisse", patient.stopped_epoch == 0)
claim("D2-12", "e mesmo assim os melhores pesos voltaram, e não os últimos", restored and top < 5)

# %% [markdown]
# As outras opções, em uma linha cada: `min_delta` é a menor melhora que conta como melhora; `start_from_epoch` espera um começo instável passar;
# `baseline` exige chegar a um valor; `mode` diz se melhor é menor (`"min"`) ou maior (`"max"`), e com as métricas do Keras ele acerta sozinho.
# Para guardar os pesos em disco enquanto treina, há o `ModelCheckpoint`.
#
# Um erro de digitação merece atenção. O nome em `monitor` é um texto, que ninguém confere antes de o treino começar. O que acontece com um nome que
# não existe depende de termos dito ou não o `mode`:


# %%
def train_watching(name, mode):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            epochs = len(
                fit(stopped_model, 4, [keras.callbacks.EarlyStopping(name, mode=mode, patience=1)]).epoch
            )
        except ValueError as error:
            return 0, str(error)
    return epochs, next((str(entry.message) for entry in caught if "conditioned" in str(entry.message)), "")


outcomes = {mode: train_watching("val_binary_crossentopy", mode) for mode in ("auto", "min")}  # falta um r
for mode, (epochs, message) in outcomes.items():
    print(f"mode={mode!r}: {epochs} épocas. {message[:95]}…")

# %%
claim("D2-13", "sem mode, o Keras recusa o nome que não conhece", outcomes["auto"][0] == 0)
claim(
    "D2-14",
    "com mode, só avisa, e o treino nunca para",
    outcomes["min"][0] == 4 and "not available" in outcomes["min"][1],
)

# %% [markdown]
# ## 4. O que vigiar
#
# ### A perda de treino, nunca
#
# Ela mede o que a rede decorou. Não dá sinal de parada:

# %%
best_in_train, stop_in_train = early_stopping(train_curve, patience=5)
claim("D2-15", "vigiando o treino, a regra só pararia depois da época 38", stop_in_train > 38)

# %% [markdown]
# ### Perda ou acurácia?
#
# São perguntas diferentes. A acurácia só olha de que lado do limiar está o *logit*; a entropia cruzada olha também **quanta certeza** a rede tem. Uma
# rede que passa a errar os mesmos exemplos com mais convicção piora na segunda e não na primeira. A confiança média, a maior das duas
# probabilidades, mostra o que acontece. Calculamos as três em cada página do álbum.


# %%
def logits_of(page):
    model.set_weights(page)
    return model.predict_on_batch(x_val).ravel()


target = y_val.ravel()
all_logits = np.stack([logits_of(page) for page in album.pages])  # (épocas, exemplos)
losses = np.logaddexp(0, all_logits) - target * all_logits  # a entropia cruzada de cada exemplo
accuracies = np.mean((all_logits > 0) == target, axis=1)
confidences = np.mean(1 / (1 + np.exp(-np.abs(all_logits))), axis=1)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 3.8))
left.plot(losses.mean(axis=1), color=plots.PALETTE[0])
left.set(xlabel="Época", ylabel="Entropia cruzada na validação", title="A perda sobe muito")
right.plot(accuracies, color=plots.PALETTE[0], label="acurácia")
right.plot(confidences, color=plots.PALETTE[1], linestyle="--", label="confiança média")
right.set(xlabel="Época", title="A acurácia quase não se mexe; a confiança, sim")
right.legend()
for ax in (left, right):
    ax.axvline(best, color="black", linestyle=":", linewidth=1)
    plots.comma_axes(ax)
figure.suptitle("Depois do mínimo, a rede erra os mesmos exemplos com mais convicção")
plots.show(
    figure,
    alt="À esquerda, a entropia cruzada de validação, com mínimo nas primeiras épocas e subida longa. À direita, a acurácia, "
    "quase plana, e a confiança média, que cresce sem parar e passa muito acima da acurácia. Uma linha vertical marca a melhor época.",
)

# %%
rise = curve[-1] / curve[best] - 1
drop = 1 - accuracies[-1] / accuracies[best]
overconfident = confidences[-1] - accuracies[-1]
claim(
    "D2-16",
    "a conta à mão dá a métrica do Keras em todas as épocas",
    np.allclose(losses.mean(axis=1), curve, rtol=1e-4),
)
claim("D2-17", "do mínimo ao fim, a perda sobe mais do dobro do que a acurácia cai", rise > 2 * drop)
claim("D2-18", "no fim, a confiança passa da acurácia em mais de 10 pontos percentuais", overconfident > 0.10)

# %% [markdown]
# Vigie o que lhe importa. Se vai usar as **probabilidades**, vigie a entropia cruzada. Se só importa a classe, a acurácia serve, mas é uma curva em degraus,
# com muitos empates e mais ruído; é comum vigiar a perda mesmo assim.
#
# ### A perda penalizada, não
#
# Com penalidade L2, a perda que o Keras chama de `val_loss` é outra:
#
# $$\text{val\_loss} = \text{entropia cruzada} + \lambda \sum_k w_k^2$$
#
# onde a soma percorre os pesos penalizados $w_k$ e $\lambda$ é o coeficiente da penalidade. A segunda parcela não tem nada a ver com a validação: é a mesma
# no treino e na validação, e **muda durante o treino**. Somada, ela desloca o mínimo.

# %%
penalized = build(l2=1e-3)
l2_history = fit(penalized, epochs=32)
cross_entropy, with_penalty = (
    np.array(l2_history.history[f"val_{name}"]) for name in ("binary_crossentropy", "loss")
)
penalty = with_penalty - cross_entropy
by_hand = sum(1e-3 * np.sum(layer.kernel.numpy() ** 2) for layer in penalized.layers[:2])
late, early = int(with_penalty.argmin()), int(cross_entropy.argmin())

# %%
figure, ax = plt.subplots(figsize=(8, 4))
for values, name, color, at in (
    (with_penalty, "val_loss", 1, late),
    (cross_entropy, "entropia cruzada", 0, early),
):
    ax.plot(values, color=plots.PALETTE[color], label=name)
    ax.plot(at, values[at], "o", color=plots.PALETTE[color])
ax.fill_between(
    range(32), cross_entropy, with_penalty, color=plots.PALETTE[1], alpha=0.15, label="penalidade"
)
ax.set(
    xlabel="Época",
    ylabel="Perda na validação",
    title="A penalidade, que diminui, empurra o mínimo para depois",
)
ax.legend()
plots.comma_axes(ax)
plots.show(
    ax,
    alt="Duas curvas de validação da rede com penalidade L2: a entropia cruzada e, acima dela, a perda com a penalidade. A faixa "
    "entre as duas, a penalidade, se estreita com as épocas, e o mínimo da curva de cima fica à direita do mínimo da de baixo.",
)

# %%
claim(
    "D2-19",
    "a diferença entre as duas é a penalidade dos pesos",
    bool(np.isclose(penalty[-1], by_hand, rtol=1e-3)),
)
claim(
    "D2-20",
    "a penalidade cai a menos de 3/4 da que era ao fim da primeira época",
    penalty.min() < 0.75 * penalty[0],
)
claim(
    "D2-21", "o mínimo de val_loss vem ao menos duas épocas depois do da entropia cruzada", late >= early + 2
)

# %% [markdown]
# Por isso as receitas deste curso vigiam `val_binary_crossentropy`, e não `val_loss`. Sem penalidades, as duas são a mesma curva; com elas, só a primeira responde à pergunta
# que fizemos, e só ela se compara entre redes com penalidades diferentes.
#
# ## 5. Por que parar é regularizar
#
# Parar cedo não muda a rede nem a perda. Por que reduz o sobreajuste? Porque **limita até onde os pesos podem ir** a partir do começo. Na nossa rede, a distância entre os
# pesos de cada época e os iniciais só cresce:

# %%
origin = np.concatenate([w.ravel() for w in start])
paths = np.stack([np.concatenate([w.ravel() for w in page]) for page in album.pages])
distance = np.linalg.norm(paths - origin, axis=1)
claim(
    "D2-22",
    "a cada dez épocas os pesos estão mais longe do começo",
    bool(np.all(np.diff(distance[::10]) > 0)),
)
claim(
    "D2-23",
    "no fim, ao menos uma vez e meia mais longe que na melhor época",
    distance[-1] > 1.5 * distance[best],
)

# %% [markdown]
# Na regressão linear a relação fica exata. Seja a perda quadrática $J(w) = \tfrac12 (w - w^*)^{\mathsf T} H (w - w^*)$, onde $w^*$ é a solução do treino e
# $H$ a matriz das segundas derivadas. Nos eixos próprios de $H$, cada coordenada anda sozinha. Saindo de zero, com taxa $\eta$, depois de $t$ passos da descida do
# gradiente a coordenada $i$, de curvatura $h_i$ (o autovalor), percorreu a fração
#
# $$\frac{w_i(t)}{w_i^*} = 1 - (1 - \eta h_i)^t$$
#
# Já a penalidade L2 $\tfrac{\alpha}{2}\lVert w\rVert^2$, com o treino levado até o fim, deixa a fração
#
# $$\frac{w_i}{w_i^*} = \frac{h_i}{h_i + \alpha}$$
#
# As duas deixam passar as direções de curvatura **grande**, aquelas em que os dados falam alto, e seguram as de curvatura **pequena**. São quase o mesmo filtro
# quando $\alpha = 1/(\eta t)$: **treinar menos é como penalizar mais**. Conferimos nos nossos dados, com os 28 atributos do HIGGS.

# %%
H = x_train.T @ x_train / len(x_train)
curvatures, axes_of = np.linalg.eigh(H.astype("float64"))
solution = np.linalg.solve(H, x_train.T @ (y_train.ravel() - 0.5) / len(x_train)).astype("float64")
rate, steps = 0.05 / curvatures.max(), 300
w = np.zeros(28)
for _ in range(steps):
    w -= rate * H @ (w - solution)
stopped_share = 1 - (1 - rate * curvatures) ** steps
penalized_share = curvatures / (curvatures + 1 / (rate * steps))
formula = axes_of @ (stopped_share * (axes_of.T @ solution))
ridge = np.linalg.solve(H + np.eye(28) / (rate * steps), H @ solution)

# %%
figure, ax = plt.subplots(figsize=(8, 4))
u = np.logspace(-2, 2, 200)
ax.semilogx(u, 1 - np.exp(-u), color=plots.PALETTE[0], label="parar no passo t")
ax.semilogx(u, u / (1 + u), "--", color=plots.PALETTE[1], label="penalidade L2, α = 1/(ηt)")
ax.plot(
    rate * steps * curvatures,
    stopped_share,
    "o",
    color=plots.PALETTE[0],
    markersize=5,
    label="as 28 direções do HIGGS",
)
ax.plot(rate * steps * curvatures, penalized_share, "s", color=plots.PALETTE[1], markersize=4)
ax.set(
    xlabel="ηt × curvatura da direção",
    ylabel="Fração já percorrida",
    title="Parar cedo e penalizar seguram as mesmas direções",
)
ax.legend()
plots.comma_axes(ax)
ax.set_xticks([0.01, 0.1, 1, 10, 100], ["0,01", "0,1", "1", "10", "100"])
plots.show(
    figure,
    alt="Fração percorrida contra ηt vezes a curvatura, eixo horizontal logarítmico. As duas curvas sobem de zero a um com a mesma "
    "forma em S, próximas uma da outra; os pontos das 28 direções do HIGGS caem sobre elas.",
)

# %%
gap = np.abs(stopped_share - penalized_share).max()
closer = np.linalg.norm(w - ridge) < 0.25 * np.linalg.norm(solution)
claim("D2-24", "trezentos passos dão o que a fórmula diz", np.allclose(w, formula, atol=1e-5))
claim("D2-25", "em nenhuma direção os dois filtros diferem mais de 0,21", gap < 0.21)
claim("D2-26", "e as duas soluções ficam próximas, em relação à do treino completo", bool(closer))

# %% [markdown]
# A equivalência vale para a perda quadrática e a descida do gradiente simples. Em redes profundas é uma boa intuição, não um teorema: com Adam, por exemplo, as direções
# não andam conforme a curvatura.
#
# ## 6. O melhor número da validação é otimista
#
# Escolhemos a época **porque** ela foi bem nestes exemplos de validação. Parte do mérito é sorte: é o **viés de seleção**. Com 2 000 exemplos e uma curva suave o efeito é pequeno; com poucos exemplos,
# não. Repetimos mil vezes um experimento barato: sorteamos 50 dos exemplos como "validação", paramos na melhor época deles e medimos essa mesma época nos exemplos que
# ficaram de fora.

# %%
rng = np.random.default_rng(set_seeds())
promised, delivered = [], []
for _ in range(1000):
    order = rng.permutation(2000)
    few, rest = order[:50], order[50:]
    epoch = losses[:, few].mean(axis=1).argmin()
    promised.append(losses[epoch, few].mean())
    delivered.append(losses[epoch, rest].mean())
optimism = np.array(delivered) - np.array(promised)

# %% tags=["nbval-ignore-output"]
show_table(
    ["em média, sobre mil sorteios", "entropia cruzada"],
    [
        ["prometida pelos 50 exemplos que escolheram a época", float(np.mean(promised))],
        ["cumprida nos outros", float(np.mean(delivered))],
    ],
)

# %%
standard_error = optimism.std() / np.sqrt(len(optimism))
claim("D2-27", "em média, a época escolhida promete mais do que cumpre", optimism.mean() > 4 * standard_error)
claim("D2-28", "e cumpre menos que a melhor época do conjunto inteiro", np.mean(delivered) > curve[best])

# %% [markdown]
# E há um segundo efeito. A nossa curva, média de 2 000 exemplos, é lisa; a de 50 exemplos **treme**, e a época escolhida muda de um sorteio para outro:

# %%
chosen_with = {
    size: [losses[:, rng.permutation(2000)[:size]].mean(axis=1).argmin() for _ in range(300)]
    for size in (50, 1000)
}
scatter = {size: np.std(epochs) for size, epochs in chosen_with.items()}
claim(
    "D2-29",
    "com 50 exemplos, a época escolhida varia mais que o dobro do que varia com mil",
    scatter[50] > 2 * scatter[1000],
)

# %% [markdown]
# Por isso existe o conjunto de **teste**: quem escolheu a época (e a arquitetura, e a taxa de aprendizado) olhando a validação precisa de exemplos que não participaram de nenhuma escolha
# para dizer quanto a rede vale. Usar o teste na parada antecipada e depois relatar a acurácia nele é corrigir a própria prova.
#
# ## 7. Parada antecipada e *dropout*, juntos
#
# A parada antecipada combina com qualquer outro regularizador. Com *dropout*, cada época ensina menos a decorar; o mínimo deve vir mais tarde. Medimos:

# %%
dropped = fit(build(dropout=0.5))
dropout_curve = np.array(dropped.history["val_binary_crossentropy"])
ax = plotter.plot(
    {"sem parar": history, "L2": l2_history, "dropout": dropped},
    title="Com outro regularizador, o mínimo vem depois e a subida é menor",
)
for values, name in ((curve, "sem parar"), (cross_entropy, "L2"), (dropout_curve, "dropout")):
    ax.plot(values.argmin(), values.min(), "o", color=colors[name], markeredgecolor="black")
plots.show(
    ax,
    alt="Curvas de treino e validação de três redes: sem regularização, com penalidade L2 e com dropout. O mínimo da validação, marcado com um ponto, "
    "vem primeiro na rede sem regularização, depois na L2 e por último na com dropout, cuja curva quase não volta a subir.",
)

# %%
order_of_minima = best < early < dropout_curve.argmin()
rises = [values[31] / values[:32].min() for values in (curve, cross_entropy, dropout_curve)]
claim("D2-30", "o mínimo vem mais tarde com L2 e ainda mais tarde com dropout", bool(order_of_minima))
claim(
    "D2-31",
    "até a época 31, a subida depois do mínimo é menor com L2 e menor ainda com dropout",
    rises[0] > rises[1] > rises[2],
)
claim(
    "D2-32", "e o mínimo com dropout é mais baixo que o da rede sem nada", dropout_curve.min() < curve.min()
)

# %% tags=["nbval-ignore-output"]
show_table(
    ["rede", "melhor época", "perda na melhor época", "perda na última", "acurácia na melhor época"],
    [
        [
            name,
            str(values.argmin()),
            number(float(values.min()), 3),
            number(float(values[-1]), 3),
            percent(h.history["val_accuracy"][values.argmin()], 1),
        ]
        for name, values, h in (
            ("sem regularização", curve, history),
            ("L2", cross_entropy, l2_history),
            ("dropout", dropout_curve, dropped),
        )
    ],
)

# %% [markdown]
# Quem regulariza precisa, portanto, de **mais** paciência e mais épocas: com o limite que bastava à rede sem nada, a rede com *dropout* seria interrompida antes da hora. É
# um engano frequente comparar regularizadores dando a todos o mesmo número, pequeno, de épocas.
#
# ## 8. Explique
#
# Um colega usa `EarlyStopping("loss", patience=10)` e se queixa: "a parada antecipada não funciona, o treino foi até o fim e a rede sobreajustou". Outra colega usa
# `EarlyStopping("val_loss", patience=10)` numa rede com penalidade L2 e fica com uma rede pior do que a que tinha dez épocas antes de parar. O que houve em cada caso?
#
# <details><summary>Uma resposta possível</summary>
#
# No primeiro, o nome `loss` é a perda de **treino**, que continua a cair enquanto a rede decora; a regra nunca vê dez épocas sem melhora. Ele queria uma quantidade de validação. No
# segundo há dois problemas. `val_loss` inclui a penalidade, que diminui durante o treino e faz a soma continuar a cair depois que a entropia cruzada já voltou a subir: o mínimo vigiado
# não é o que interessa. E, sem `restore_best_weights=True`, ela ficou com os pesos de dez épocas depois desse mínimo, que já vinha tarde.
#
# </details>
#
# ## 9. Resumo
#
# | conceito | regra | o que você viu | onde se erra |
# |---|---|---|---|
# | parada antecipada | parar depois de `patience` épocas sem melhora | dez linhas iguais ao Keras (D2-07 a D2-09) | esquecer que `stopped_epoch` conta do zero |
# | paciência | parada = melhor + paciência | D2-04 a D2-06 | pequena: para em um tropeço; grande: gasta tempo |
# | melhores pesos | `restore_best_weights=True` | voltam mesmo sem parada (D2-12) | o padrão é `False` |
# | o que vigiar | entropia cruzada de validação | a perda sobe, a acurácia quase não (D2-17) | vigiar o treino (D2-15) ou a perda penalizada (D2-21) |
# | nome em `monitor` | texto | errado, é recusado ou só avisa e nunca para (D2-13, D2-14) | não ler o aviso |
# | por que regulariza | $\alpha \approx 1/(\eta t)$ | o mesmo filtro que a L2 (D2-25) | tomar a equivalência por exata em redes |
# | viés de seleção | escolher favorece a sorte | a época escolhida promete mais do que cumpre (D2-27) e varia (D2-29) | relatar o mínimo da validação como resultado |
# | com outros regularizadores | mínimo mais tarde | D2-30 | dar a todos o mesmo número de épocas |
#
# **Para praticar:** o **Lab 5 · Sobreajuste e regularização** usa a parada antecipada em todos os treinos, e no **Lab 6 · Sentimento de tweets** você a acrescenta a uma rede com *dropout*. **A seguir:** a
# lição sobre penalidades e decaimento de pesos.
#
# ## Referências
#
# - Morgan, N.; Bourlard, H. (1990). Generalization and parameter estimation in feedforward nets: some experiments. *NeurIPS*. A validação decide quando parar.
# - Prechelt, L. (1998). Early stopping: but when? Em *Neural Networks: Tricks of the Trade*. Springer. Critérios de parada comparados.
# - Bishop, C. M. (1995). Regularization and complexity control in feed-forward networks. *ICANN*. A relação entre parar e penalizar.
# - Goodfellow, I.; Bengio, Y.; Courville, A. (2016). *Deep Learning*. MIT Press. Seção 7.8.
# - Baldi, P.; Sadowski, P.; Whiteson, D. (2014). Searching for exotic particles in high-energy physics with deep learning. *Nature Communications*, 5, 4308. Os dados desta lição.
