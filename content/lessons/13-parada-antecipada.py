# ---
# jupyter:
#   gradiente:
#     id: D2
#     title: Quando parar de treinar?
#     covers: [S3-25, S3-26, S4-19, S4-20, S4-30]
#     seconds: 40
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
# | **Tempo de execução** | cerca de 40 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | parada antecipada (*early stopping*), paciência (*patience*), *callback*, restaurar os melhores pesos, perda penalizada, viés de seleção |
#
# Treinar mais não é sempre melhor. Uma rede grande primeiro aprende o que os exemplos têm em comum e depois, sem mais nada
# de geral a aprender, passa a decorar cada um. Entre uma fase e outra há um bom lugar para parar. Esta lição mostra como
# achá-lo, e as armadilhas de quem o procura olhando para o número errado.

# %%
import tempfile
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
# e *dropout*; cada um entrará na sua hora, e sempre um de cada vez. Entre as métricas está a entropia cruzada **sem** penalidades; já veremos por quê.


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
        keras.optimizers.Adam(3e-3),
        keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.BinaryCrossentropy(from_logits=True, name="binary_crossentropy"),
            keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy"),
        ],
        steps_per_execution=5,  # cinco passos por chamada compilada: os mesmos passos, mais depressa
    )
    return model


def fit(model, epochs=30, callbacks=()):
    options = {"batch_size": 200, "validation_batch_size": 2000, "verbose": 0}
    return model.fit(
        x_train, y_train, epochs=epochs, validation_data=(x_val, y_val), callbacks=list(callbacks), **options
    )


# %% [markdown]
# ## 1. A pergunta
#
# Treinamos por 30 épocas, sem parar, com um *callback* que guarda uma cópia dos pesos ao fim de cada uma. Um **callback** é um
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
ax = plotter.plot({"sem parar": history}, title="O treino melhora até o fim; a validação, só até certo ponto")
best = int(curve.argmin())
ax.plot(best, curve[best], "o", color="black", markersize=7)
ax.annotate("aqui", (best, curve[best]), xytext=(best - 0.6, curve[best] + 0.03))
plots.show(
    ax,
    alt="Entropia cruzada de treino e de validação por época. A de treino cai até o fim. A de validação cai nas primeiras "
    "épocas, atinge um mínimo, marcado com um ponto, e depois sobe.",
)

# %%
train_curve = np.array(history.history["binary_crossentropy"])
claim(
    "D2-01",
    "a perda de treino da última época é menos de dois terços da primeira",
    train_curve[-1] < train_curve[0] / 1.5,
)
claim("D2-02", "a melhor época da validação está na primeira metade do treino", best < 15)
claim("D2-03", "no fim, a perda de validação passa de 1,08 vez o seu mínimo", curve[-1] > 1.08 * curve[best])

# %% [markdown]
# A leitura é a da lição sobre sobreajuste: a perda de validação cai nas primeiras épocas e depois sobe, enquanto a de treino
# continua a cair. Gostaríamos de parar no ponto marcado. Só que, durante o treino, ninguém vê o resto da curva: **na época em
# que a perda deixa de cair, ainda não se sabe se ela vai subir ou se foi só um tropeço.**
#
# *É comum ler que se deve parar "quando o desempenho deixa de diminuir".* São duas frases misturadas: a **perda** de validação
# deixa de **diminuir**, ou o **desempenho** deixa de **melhorar**. E nenhuma das duas diz por quanto tempo esperar.
#
# ## 2. Preveja
#
# A regra mais simples seria parar na primeira vez que a validação piora. Como a curva pode tremer, damos à rede algumas chances:
# a **paciência** (*patience*) é o número de épocas seguidas **sem melhora** que aceitamos antes de desistir.
#
# > Com a curva da primeira figura, em que época o treino para se a paciência for 1? E 5? E 20?
#
# Escreva o palpite para a paciência 5; ele aparece na próxima figura. As épocas contam a partir de zero, como no Keras.

# %%
guess = 25  # troque pelo seu palpite: em que época o treino para, com paciência 5?

# %% [markdown]
# ## 3. A regra, em dez linhas
#
# A **parada antecipada** (*early stopping*) lembra três coisas: o melhor valor visto, em que época ele veio e há quantas épocas nada
# melhora. Ela decide época a época, sem saber o futuro. Por isso podemos aplicá-la **depois**, à curva que já gravamos, com quantas
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

# %% [markdown]
# Uma curva lisa até o mínimo, como a nossa, não mostra o perigo da paciência pequena. Precisamos de uma que trema. Uma rede com *dropout*, que a
# cada passo desliga metade das unidades ao acaso (há uma lição só sobre isso), aprende mais devagar e aos solavancos.

# %%
dropped = fit(build(dropout=0.5))
dropout_curve = np.array(dropped.history["val_binary_crossentropy"])
curves = {
    "Sem regularização: o que se paga é a espera": curve,
    "Com dropout: quem não espera perde": dropout_curve,
}
all_stops = {
    name: {patience: early_stopping(values, patience) for patience in stops}
    for name, values in curves.items()
}

# %%
figure, panels = plt.subplots(1, 2, figsize=(11.5, 4))
for ax, (name, values) in zip(panels, curves.items(), strict=True):
    low, high = values.min(), values.max()
    ax.plot(values, color=plots.PALETTE[0], linestyle="--")
    for row, (patience, (best_seen, last)) in enumerate(all_stops[name].items()):
        level, color = low - (0.08 + 0.1 * row) * (high - low), plots.PALETTE[(3, 1, 2)[row]]
        ax.plot([0, last], [level, level], color=color, label=f"paciência {patience}")
        ax.plot([best_seen, best_seen], [level, values[best_seen]], "o", color=color, markersize=11 - 3 * row)
    ax.set(xlabel="Época", title=name)
panels[0].axvline(guess, color="black", linestyle=":", linewidth=1)
panels[0].text(guess - 0.4, curve.max(), "seu palpite", ha="right", va="top")
panels[0].set_ylabel("Entropia cruzada na validação")
panels[1].legend(loc="upper right", title="treino até a parada")
for ax in panels:
    plots.comma_axes(ax)
plots.show(
    figure,
    alt="Dois painéis com curvas de validação e, embaixo, uma barra por paciência (1, 5 e 20), do começo à época da parada, com um "
    "ponto na época escolhida. Na rede sem regularização, os pontos ficam quase no mesmo lugar e a barra da paciência 20 é a "
    "mais longa. Na rede com dropout, a paciência 1 para cedo, em um tropeço, com perda ainda alta; a 20 segue até o fim.",
)

# %% [markdown]
# A barra é o treino que se pagou, até a época da parada; o ponto, nela e na curva, é a época escolhida.

# %%
distances = [stopped - chosen for chosen, stopped in stops.values()]
hasty, patient = all_stops["Com dropout: quem não espera perde"][1][0], dropout_curve.argmin()
claim("D2-04", "a época da parada é a melhor mais a paciência", distances == list(stops))
claim(
    "D2-05",
    "parar com paciência 20 deixa uma perda maior que parar com 5",
    curve[stops[20][1]] > curve[stops[5][1]],
)
claim(
    "D2-06", "com dropout, a paciência 1 escolhe uma época anterior à metade da melhor", hasty < patient / 2
)
claim("D2-07", "e a perda ali é ao menos 1 % maior", dropout_curve[hasty] > 1.01 * dropout_curve[patient])

# %% [markdown]
# A paciência é um compromisso. Pequena demais, um tropeço de uma época encerra o treino antes da hora. Grande demais, gasta tempo e, se
# ficarmos com os **últimos** pesos, entrega uma rede já sobreajustada (D2-05). O segundo defeito tem remédio barato: **guardar os
# melhores pesos e devolvê-los no fim**, a opção `restore_best_weights=True`.
#
# Contra o primeiro, além da paciência, pode-se vigiar uma curva **suavizada**: em vez da perda da época, a média das últimas cinco.

# %%
smoothed = np.convolve(dropout_curve, np.ones(5) / 5, mode="valid")  # começa na época 4
stumbles = {"curva": np.sum(np.diff(dropout_curve[4:]) > 0), "média de cinco": np.sum(np.diff(smoothed) > 0)}
claim(
    "D2-08",
    "a média de cinco épocas tropeça menos da metade das vezes",
    stumbles["média de cinco"] < stumbles["curva"] / 2,
)

# %% [markdown]
# ### Igual à do Keras?
#
# No Keras a regra é o *callback* `EarlyStopping`. Ao lado dele costuma ir o `ModelCheckpoint`, que grava os pesos em disco a cada
# melhora, para o caso de a máquina cair. Uma função que monta os dois evita o esquecimento de uma opção em um de dez treinos:


# %%
def get_callbacks(name, patience=5):
    watched = "val_binary_crossentropy"
    path = f"{folder}/{name}.weights.h5"
    return [
        keras.callbacks.EarlyStopping(watched, patience=patience, restore_best_weights=True),
        keras.callbacks.ModelCheckpoint(path, watched, save_best_only=True, save_weights_only=True),
    ]


folder = tempfile.mkdtemp()  # uma pasta temporária
stopper, saver = get_callbacks("sem-regularizacao")
stopped_model = build()
stopped_history = fit(stopped_model, callbacks=[stopper, saver])

# %% [markdown]
# A rede nasceu com os mesmos pesos da primeira e viu os mesmos lotes. Se a nossa regra é a do Keras, ele para na mesma época e devolve
# exatamente os pesos que o álbum guardou.


# %%
def equal(weights, page):
    return all(np.array_equal(a, b) for a, b in zip(weights, page, strict=True))


chosen, stopped = stops[5]
final = stopped_model.get_weights()
epochs_run = len(stopped_history.epoch)
claim("D2-09", "o Keras para na mesma época que a nossa regra", stopper.stopped_epoch == stopped)
claim("D2-10", "como as épocas contam do zero, treinou uma a mais que esse número", epochs_run == stopped + 1)
claim("D2-11", "devolve, número a número, os pesos da melhor época", equal(final, album.pages[chosen]))
claim("D2-12", "que não são os da última", not equal(final, album.pages[stopped]))

# %% [markdown]
# Vale a pena devolver os melhores? Medimos a perda de validação com os pesos devolvidos, e conferimos o arquivo do
# `ModelCheckpoint`.


# %%
def validation_loss(network):
    logits = keras.ops.convert_to_numpy(network(x_val)).ravel()
    return np.mean(np.logaddexp(0, logits) - y_val.ravel() * logits)


restored_loss = validation_loss(stopped_model)
stopped_model.load_weights(f"{folder}/sem-regularizacao.weights.h5")
claim("D2-13", "a perda devolvida é menor que a da época em que parou", restored_loss < curve[stopped])
claim("D2-14", "o arquivo em disco guarda os mesmos pesos", equal(stopped_model.get_weights(), final))

# %% [markdown]
# *O padrão do Keras é `restore_best_weights=False`*, e é fácil esquecer: a rede fica com os pesos da época em que **parou**, uma paciência
# inteira depois da melhor. Há exercícios conhecidos que usam paciência 200 sem essa opção: são duzentas épocas de sobreajuste no
# modelo que se avalia.
#
# E se as épocas acabarem **antes** da paciência? A mesma rede treina mais seis épocas, com paciência 20 e um álbum novo.

# %%
second_album = Album()
unhurried, _ = get_callbacks("mais-seis", patience=20)
more = fit(stopped_model, epochs=6, callbacks=[second_album, unhurried])
top = int(np.argmin(more.history["val_binary_crossentropy"]))
restored = equal(stopped_model.get_weights(), second_album.pages[top])
claim("D2-15", "o treino acabou sem que a parada agisse", unhurried.stopped_epoch == 0)
claim("D2-16", "e mesmo assim os melhores pesos voltaram, e não os últimos", restored and top < 5)

# %% [markdown]
# As outras opções, em uma linha cada:
#
# - `min_delta`: a menor melhora que conta como melhora;
# - `start_from_epoch`: quantas épocas esperar antes de começar a vigiar, para um começo instável passar;
# - `baseline`: um valor que é preciso vencer; enquanto isso não acontece, a espera corre;
# - `mode`: se melhor é menor (`"min"`) ou maior (`"max"`); com as métricas do Keras, o padrão `"auto"` acerta sozinho.
#
# Outros *callbacks* só observam: `TensorBoard` grava as curvas em uma pasta, e o `EpochDots` deste curso imprime um ponto por época,
# para que um treino longo dê sinal de vida.
#
# Um erro de digitação merece atenção. O nome em `monitor`, o primeiro argumento, é um texto, e o que acontece com um nome que não existe
# depende de termos dito ou não o `mode`:


# %%
def train_watching(name, mode):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            epochs = len(
                fit(stopped_model, 3, [keras.callbacks.EarlyStopping(name, mode=mode, patience=1)]).epoch
            )
        except ValueError as error:
            return 0, str(error)
    return epochs, next((str(entry.message) for entry in caught if "conditioned" in str(entry.message)), "")


outcomes = {mode: train_watching("val_binary_crossentopy", mode) for mode in ("auto", "min")}  # falta um r
for mode, (epochs, message) in outcomes.items():
    print(f"mode={mode!r}: {epochs} épocas. {message[:95]}…")

# %%
claim("D2-17", "sem mode, o Keras recusa o nome que não conhece", outcomes["auto"][0] == 0)
claim(
    "D2-18",
    "com mode, só avisa, e o treino nunca para",
    outcomes["min"][0] == 3 and "not available" in outcomes["min"][1],
)

# %% [markdown]
# ## 4. O que vigiar
#
# ### A perda de treino, nunca
#
# Ela mede também o que a rede decorou, e continua a cair enquanto houver o que decorar. A mesma regra, aplicada a ela:

# %%
best_in_train, stop_in_train = early_stopping(train_curve, patience=5)
claim(
    "D2-19",
    "vigiando o treino, a regra não para antes da última época",
    stop_in_train == len(train_curve) - 1,
)

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
figure.suptitle("Depois do mínimo, a rede erra quase tanto quanto antes, mas com mais convicção")
plots.show(
    figure,
    alt="À esquerda, a entropia cruzada de validação, com mínimo nas primeiras épocas e subida longa. À direita, a acurácia, "
    "quase plana, e a confiança média, que cresce sem parar e passa muito acima da acurácia. Uma linha vertical marca a melhor época.",
)

# %%
rise = curve[-1] / curve[best] - 1
drop = 1 - accuracies[-1] / accuracies[best]
overconfident = confidences[-1] - accuracies[-1]
wrong_then, wrong_now = ((all_logits[page] > 0) != target for page in (best, -1))
repeated = np.mean(wrong_then[wrong_now])  # dos erros do fim, quantos já eram erros na melhor época
agrees = np.allclose(losses.mean(axis=1), curve, rtol=1e-4)
claim("D2-20", "a conta à mão dá a métrica do Keras em todas as épocas", agrees)
claim("D2-21", "do mínimo ao fim, a perda sobe mais do dobro do que a acurácia cai", rise > 2 * drop)
claim("D2-22", "no fim, a confiança passa da acurácia em mais de 5 pontos percentuais", overconfident > 0.05)
claim("D2-23", "a maioria dos erros do fim já eram erros na melhor época", repeated > 0.5)

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
l2_history = fit(penalized, epochs=24)
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
    range(24), cross_entropy, with_penalty, color=plots.PALETTE[1], alpha=0.15, label="penalidade"
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
    "D2-24",
    "a diferença entre as duas é a penalidade dos pesos",
    bool(np.isclose(penalty[-1], by_hand, rtol=1e-3)),
)
claim(
    "D2-25",
    "a penalidade cai a menos de 3/4 da que era ao fim da primeira época",
    penalty.min() < 0.75 * penalty[0],
)
claim(
    "D2-26", "o mínimo de val_loss vem ao menos duas épocas depois do da entropia cruzada", late >= early + 2
)

# %% [markdown]
# Por isso as receitas deste curso vigiam `val_binary_crossentropy`, e não `val_loss`. Sem penalidades, as duas são a mesma curva; com elas, só a primeira responde à pergunta
# que fizemos, e só ela se compara entre redes com penalidades diferentes.
#
# ## 5. Por que parar é regularizar
#
# Parar cedo não muda a rede nem a perda. Por que, então, reduz o sobreajuste? Porque **limita até onde os pesos podem ir** a partir do
# começo: em poucas épocas só se alcançam as funções próximas da inicial. A duração do treino faz o papel da capacidade. Medimos a
# distância entre os pesos de cada época e os iniciais, $\lVert w - w_0 \rVert$:

# %%
origin = np.concatenate([w.ravel() for w in start])
paths = np.stack([np.concatenate([w.ravel() for w in page]) for page in album.pages])
distance = np.linalg.norm(paths - origin, axis=1)
farther = bool(np.all(np.diff(distance) > 0))
claim("D2-27", "a cada época os pesos estão mais longe do começo", farther)
claim(
    "D2-28",
    "no fim, ao menos uma vez e meia mais longe que na melhor época",
    distance[-1] > 1.5 * distance[best],
)

# %% [markdown]
# Na regressão linear a relação com a penalidade L2 pode ser deduzida. Ali a perda é quadrática: $J(w) = \tfrac12 (w - w^*)^{\mathsf T} H (w - w^*)$
# mais uma constante, onde $w^*$ é a solução do treino e $H$ a matriz das segundas derivadas. Nos eixos próprios de $H$, cada coordenada anda
# sozinha. Chame de $h_i$ a **curvatura** (o autovalor) da direção $i$. Um passo da descida do gradiente, com taxa $\eta$, faz
#
# $$w_i \leftarrow w_i - \eta\, h_i\, (w_i - w_i^*)$$
#
# Subtraia $w_i^*$ dos dois lados: a distância até a solução é multiplicada por $1 - \eta h_i$ a cada passo. Partindo de zero, depois de $t$
# passos a coordenada percorreu a fração
#
# $$\frac{w_i(t)}{w_i^*} = 1 - (1 - \eta h_i)^t \approx 1 - e^{-\eta t h_i} \quad\text{(se } \eta h_i \text{ é pequeno)}$$
#
# Já com a penalidade $\tfrac{\alpha}{2}\lVert w\rVert^2$ e o treino levado até o fim, o gradiente $h_i (w_i - w_i^*) + \alpha w_i$ se anula em
#
# $$\frac{w_i}{w_i^*} = \frac{h_i}{h_i + \alpha}$$
#
# Escolha $\alpha = 1/(\eta t)$ e escreva $u = \eta t h_i$: as frações são $1 - e^{-u}$ e $u/(1 + u)$. Para $u$ pequeno as duas valem perto de $u$;
# para $u$ grande, perto de 1. As direções de curvatura **grande**, em que os dados falam alto, passam; as de curvatura **pequena** ficam
# seguras perto de zero. **Mais passos equivalem, mais ou menos, a menos penalidade.** Conferimos com os 28 atributos do HIGGS e uma regressão
# linear do rótulo (menos 1/2):

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
figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 4))
left.plot(distance, color=plots.PALETTE[0])
left.plot(best, distance[best], "o", color="black")
left.annotate("melhor época", (best, distance[best]), xytext=(best + 1, distance[best] - 0.4))
left.set(xlabel="Época", ylabel="Distância até os pesos iniciais", title="Rede: o tempo limita o alcance")
u, reach = np.logspace(-2, 2, 200), rate * steps * curvatures
right.semilogx(u, 1 - np.exp(-u), color=plots.PALETTE[0], label="parar no passo t")
right.semilogx(u, u / (1 + u), "--", color=plots.PALETTE[1], label="L2 com α = 1/(ηt)")
right.plot(reach, stopped_share, "o", color=plots.PALETTE[0], markersize=5)
right.plot(reach, penalized_share, "s", color=plots.PALETTE[1], markersize=4)
right.set(xlabel="u = ηt × curvatura", ylabel="Fração percorrida", title="Regressão: quase o mesmo filtro")
right.legend()
for ax in (left, right):
    plots.comma_axes(ax)
plots.show(
    figure,
    alt="À esquerda, a distância entre os pesos da rede e os iniciais, que cresce com as épocas, com a melhor época marcada. À "
    "direita, a fração percorrida contra ηt vezes a curvatura, em eixo logarítmico: duas curvas em S, a da parada um pouco "
    "acima da curva da penalidade, com as 28 direções do HIGGS sobre elas.",
)

# %%
gap = np.abs(stopped_share - penalized_share).max()
flat_steep = (
    stopped_share[0] < 0.5,
    penalized_share[0] < 0.5,
    stopped_share[-1] > 0.9,
    penalized_share[-1] > 0.9,
)
shrunk = max(np.linalg.norm(w), np.linalg.norm(ridge)) / np.linalg.norm(solution)
claim("D2-29", "trezentos passos dão o que a fórmula diz", np.allclose(w, formula, atol=1e-5))
claim("D2-30", "os dois filtros seguram a direção mais plana e deixam passar a mais curva", all(flat_steep))
claim("D2-31", "em nenhuma direção as duas frações diferem mais de 0,21", gap < 0.21)
claim("D2-32", "as duas soluções são menores que a do treino completo", shrunk < 1)

# %% [markdown]
# São filtros parecidos, não idênticos: no meio do caminho diferem em até um quinto. E a dedução vale para a perda quadrática e a descida do
# gradiente simples, partindo de zero. Em redes profundas é uma boa intuição, não um teorema; com Adam, por exemplo, o passo de cada peso
# não acompanha a curvatura.
#
# ## 6. O melhor número da validação é otimista
#
# Escolhemos a época **porque** ela foi bem nestes exemplos de validação. Parte do mérito é sorte: é o **viés de seleção**. Quanto menos exemplos
# escolhem, mais a sorte pesa. Repetimos mil vezes um experimento barato: sorteamos 50 dos exemplos como "validação", paramos na melhor época deles e medimos essa mesma época nos exemplos que
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
claim("D2-33", "em média, a época escolhida promete mais do que cumpre", optimism.mean() > 4 * standard_error)
claim(
    "D2-34", "e cumpre menos que a melhor época dos 2 000 exemplos juntos", np.mean(delivered) > curve[best]
)

# %% [markdown]
# E há um segundo efeito. A nossa curva, média de 2 000 exemplos, é lisa; a de 50 exemplos **treme**, e a época escolhida muda de um sorteio para outro:

# %%
chosen_with = {
    size: [losses[:, rng.permutation(2000)[:size]].mean(axis=1).argmin() for _ in range(300)]
    for size in (50, 1000)
}
scatter = {size: np.std(epochs) for size, epochs in chosen_with.items()}
claim(
    "D2-35",
    "com 50 exemplos, a época escolhida varia mais que o dobro do que varia com mil",
    scatter[50] > 2 * scatter[1000],
)

# %% [markdown]
# Por isso existe o conjunto de **teste**: quem escolheu a época (e a arquitetura, e a taxa de aprendizado) olhando a validação precisa de exemplos que não participaram de nenhuma escolha
# para dizer quanto a rede vale. Usar o teste na parada antecipada e depois relatar a acurácia nele é corrigir a própria prova.
#
# ## 7. Parada antecipada e *dropout*, juntos
#
# A parada antecipada combina com qualquer outro regularizador. Com *dropout*, é mais difícil decorar; o mínimo deve vir mais tarde. Já temos os
# três treinos, que diferem em uma coisa só e partem dos mesmos pesos:

# %%
ax = plotter.plot(
    {"sem parar": history, "L2": l2_history, "dropout": dropped},
    title="Com dropout, o mínimo vem bem depois e quase não há subida",
)
for values, name in ((curve, "sem parar"), (cross_entropy, "L2"), (dropout_curve, "dropout")):
    ax.plot(values.argmin(), values.min(), "o", color=colors[name], markeredgecolor="black")
plots.show(
    ax,
    alt="Curvas de treino e validação de três redes: sem regularização, com penalidade L2 e com dropout. O mínimo da validação, marcado com um ponto, "
    "vem muito depois na rede com dropout, cuja curva quase não volta a subir.",
)

# %%
latest = dropout_curve.argmin()
rises = [values[23] / values[:24].min() for values in (curve, cross_entropy, dropout_curve)]
claim(
    "D2-36",
    "o mínimo da rede com dropout vem ao menos cinco épocas depois dos outros",
    latest >= max(best, early) + 5,
)
claim("D2-37", "e é mais baixo que o da rede sem nada", dropout_curve.min() < curve.min())
claim(
    "D2-38",
    "na época 23, a rede sem nada é a que mais subiu desde o mínimo; a com dropout, a que menos",
    rises[0] > rises[1] > rises[2],
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
# Quem regulariza precisa, portanto, de **mais** paciência e de mais épocas. O mínimo marcado na rede com *dropout* é apenas o melhor das épocas
# que treinamos: quando ele cai nas últimas, ainda não sabemos onde é o mínimo, e a regra, corretamente, não parou. Para comparar
# regularizadores, mude **um fator por vez** (não dê à rede com *dropout* também outro otimizador), repita com algumas sementes e dê a
# todos o mesmo orçamento de épocas, grande o bastante para que cada curva passe do seu mínimo. Cortar todos na época 7 premia quem
# aprende depressa, não quem aprende melhor.
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
# | parada antecipada | parar depois de `patience` épocas sem melhora | dez linhas iguais ao Keras (D2-09 a D2-11) | esquecer que `stopped_epoch` conta do zero |
# | paciência | parada = melhor + paciência | D2-04 a D2-07 | pequena: para em um tropeço; grande: gasta tempo |
# | melhores pesos | `restore_best_weights=True` | perda menor que a da parada (D2-13); voltam mesmo sem parada (D2-16) | o padrão é `False` |
# | o que vigiar | entropia cruzada de validação | a perda sobe, a acurácia quase não cai (D2-21) | vigiar o treino (D2-19) ou a perda penalizada (D2-26) |
# | nome em `monitor` | um texto | errado, é recusado ou só avisa e nunca para (D2-17, D2-18) | não ler o aviso |
# | por que regulariza | $\alpha \approx 1/(\eta t)$ | quase o mesmo filtro que a L2 (D2-30, D2-31) | tomar a equivalência por exata em redes |
# | viés de seleção | escolher favorece a sorte | a época escolhida promete mais do que cumpre (D2-33) e varia (D2-35) | relatar o mínimo da validação como resultado |
# | com outros regularizadores | mínimo mais tarde | D2-36 | dar a todos poucas épocas |
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
# - Guo, C.; Pleiss, G.; Sun, Y.; Weinberger, K. Q. (2017). On calibration of modern neural networks. *ICML*. A confiança que cresce além da acurácia.
# - Baldi, P.; Sadowski, P.; Whiteson, D. (2014). Searching for exotic particles in high-energy physics with deep learning. *Nature Communications*, 5, 4308. Os dados desta lição.
