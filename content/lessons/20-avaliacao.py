# ---
# jupyter:
#   gradiente:
#     id: F1
#     title: Acertou 76 %. Isso é bom?
#     covers: [S4-48, S4-49, S4-50, S4-51, S4-52, S4-53, S4-54, S4-55]
#     seconds: 25
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 20 · Acertou 76 %. Isso é bom?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *ler* uma matriz de confusão e tirar dela precisão, revocação e F1; *pôr* uma barra de erro em qualquer métrica; *comparar* duas redes nos mesmos exemplos; *usar* o conjunto de teste sem estragá-lo |
# | **Você precisa saber** | treinar um classificador e separar treino, validação e teste; o que são *logit*, limiar e linha de base (lições sobre saída e perda e sobre capacidade e sobreajuste); média e desvio padrão |
# | **Tempo de leitura** | cerca de 40 minutos |
# | **Tempo de execução** | cerca de 25 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | matriz de confusão, acurácia, precisão, revocação, F1, média macro, limiar, erro padrão, intervalo de confiança, *bootstrap*, comparação pareada, otimismo da seleção |
#
# Treinar é a parte que o computador faz sozinho. Dizer **quanto vale** o que ele fez é conosco, e é onde mais se erra sem
# que nenhuma mensagem apareça. Esta lição trata de um número só, a nota final de uma rede, e do que é preciso saber antes
# de acreditar nele.

# %%
import math

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import h5py
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import classification_report, confusion_matrix

from gradiente import plots, training
from gradiente.claims import claim, set_seeds
from gradiente.datasets import cat_noncat_files, load_airline_sentiment
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# ## 1. A pergunta
#
# Em um registro de outro curso, quatro redes aprenderam a dizer se há um gato em uma foto e foram avaliadas nas mesmas **50
# fotos** de teste. Estas são as acurácias anotadas ao fim de 200 épocas:

# %%
log = {"pequena": 0.70, "média": 0.68, "grande": 0.76, "grande, regularizada": 0.76}  # fração de acertos
show_table(
    ["rede", "acertos em 50 fotos", "acurácia"], [[k, round(50 * v), percent(v)] for k, v in log.items()]
)

# %% [markdown]
# As duas maiores ficaram com 76 %. Isso é bom? Elas são melhores que as outras? A tabela não responde, porque lhe faltam
# quatro informações, e cada uma ocupa uma parte desta lição:
#
# 1. **comparado com quê?** (a linha de base);
# 2. **que tipo de erro?** (a matriz de confusão, a precisão e a revocação);
# 3. **em quantos exemplos?** (a barra de erro);
# 4. **escolhido como?** (quantas vezes o teste foi consultado).
#
# ## 2. Preveja
#
# > Uma rede acerta de verdade 76 % das fotos do mundo. Nós a provamos com 50 fotos sorteadas; depois, com outras 50; e assim
# > por diante. Em 95 de cada 100 provas, a acurácia medida fica entre 76 % **menos** e 76 % **mais** quantos pontos
# > percentuais?
#
# Escreva o seu palpite; ele aparecerá em uma figura.

# %%
guess = 3  # troque pelo seu palpite, em pontos percentuais

# %% [markdown]
# ## 3. Comparado com quê?
#
# Com 50 fotos quase nada se deixa medir, e é preciso um problema maior para aprender a medir. Voltamos às mensagens de passageiros a
# companhias aéreas: cada uma é negativa, neutra ou positiva. (Com o arquivo `Tweets.csv`, em inglês; sem ele, com a réplica em
# português. O que se afirma aqui vale nos dois.) Embaralhamos, porque o arquivo vem ordenado por companhia, e separamos em
# três partes: 4 000 mensagens de treino, 1 000 de validação e 1 000 de teste.

# %% tags=["nbval-ignore-output"]
tweets = load_airline_sentiment()
rng = np.random.default_rng(set_seeds())
order = rng.permutation(len(tweets.texts))[:6000]
messages, feelings = tweets.texts[order], tweets.labels[order].astype("int32")
vectorizer = keras.layers.TextVectorization(max_tokens=1000, output_mode="multi_hot")
vectorizer.adapt(messages[:4000].tolist())  # o vocabulário também se aprende: só com o treino
words = np.asarray(vectorizer(messages.tolist()), "float32")
train, val, test = slice(0, 4000), slice(4000, 5000), slice(5000, 6000)

# %% [markdown]
# Treinamos seis redes de uma vez, lado a lado em um só modelo, sem nenhum peso em comum: **cinco iguais** que diferem apenas no
# sorteio dos pesos iniciais (a camada `EinsumDense` guarda uma matriz de saída para cada uma), e uma **curta**, que só lê as
# 300 palavras mais frequentes. Até a seção 8 usaremos quase só a primeira das cinco, e a chamaremos de "a rede".

# %%
inputs = keras.Input((1000,))
hidden = keras.layers.Reshape((5, 16))(keras.layers.Dense(5 * 16, "relu")(inputs))
five = keras.layers.EinsumDense("bkh,khc->bkc", (5, 3), bias_axes="kc")(hidden)
short = keras.layers.Dense(3)(keras.layers.Dense(16, "relu")(inputs[:, :300]))
model = keras.Model(inputs, {"cinco": five, "curta": short})
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(2e-3), {"cinco": loss, "curta": loss}, steps_per_execution=40)
targets = {"cinco": np.repeat(feelings[train, None], 5, axis=1), "curta": feelings[train]}
model.fit(words[train], targets, epochs=4, batch_size=100, verbose=0)
logits = {name: np.asarray(value) for name, value in model(words).items()}

# %% [markdown]
# A primeira adversária não é rede: é a **linha de base** que responde sempre a classe mais frequente do treino. Quem não a
# mostra ao lado da acurácia não disse nada.

# %%
truth = feelings[test]
answers = logits["cinco"][test, 0].argmax(axis=1)
always = np.full_like(truth, np.bincount(feelings[train]).argmax())
accuracy, base = np.mean(answers == truth), np.mean(always == truth)
missed = [kind for kind in range(3) if not np.any((always == kind) & (truth == kind))]
claim("F1-01", "responder sempre a mesma classe acerta mais da metade das mensagens", base > 0.55)
claim("F1-02", "e não encontra nenhuma mensagem de duas das três classes", len(missed) == 2)
claim("F1-03", "a rede acerta ao menos 6 pontos percentuais a mais", accuracy - base > 0.06)

# %% [markdown]
# ## 4. Que tipo de erro?
#
# A acurácia junta todos os acertos em um balde e todos os erros em outro. A **matriz de confusão** os separa: conta quantos
# exemplos da classe $i$ receberam a resposta $j$. A nossa convenção, que é também a do scikit-learn, é **linha = classe
# verdadeira, coluna = resposta**. (Há livros que fazem o contrário; antes de ler uma matriz, veja qual é a dela.) À mão, são duas
# linhas:

# %%
confusion = np.zeros((3, 3), int)
np.add.at(confusion, (truth, answers), 1)  # soma 1 na casa (verdade, resposta) de cada exemplo
by_sklearn = confusion_matrix(truth, answers)
claim("F1-04", "a matriz feita à mão é a do scikit-learn", np.array_equal(confusion, by_sklearn))
claim("F1-05", "a diagonal dividida pelo total é a acurácia", np.trace(confusion) / 1000 == accuracy)

# %%
base_confusion = confusion_matrix(truth, always, labels=[0, 1, 2])
figure, axes = plt.subplots(1, 2, figsize=(9.5, 4))
panels = {"Responde sempre a mais comum": base_confusion, "A rede": confusion}
for ax, (title, matrix) in zip(axes, panels.items(), strict=True):
    shares = matrix / matrix.sum(axis=1, keepdims=True)  # fração da linha: de cada classe, para onde foi
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (i, j), count in np.ndenumerate(matrix):
        color = "white" if shares[i, j] > 0.6 else "black"
        ax.text(j, i, f"{count}\n{percent(shares[i, j])}", ha="center", va="center", color=color)
    ax.set(title=title, xlabel="Resposta")
    ax.set_xticks(range(3), tweets.classes)
    ax.set_yticks(range(3), tweets.classes)
    ax.grid(False)
axes[0].set_ylabel("Classe verdadeira")
figure.suptitle("A acurácia conta a diagonal; a matriz conta também para onde foram os erros")
plots.show(
    figure,
    alt="Duas matrizes de confusão de três classes, com a classe verdadeira nas linhas e a resposta nas colunas. Na primeira, "
    "da resposta constante, só a coluna negativo tem mensagens. Na segunda, da rede, a diagonal predomina, e boa parte das "
    "mensagens neutras e positivas ainda cai na coluna negativo.",
)

# %%
gloomy, rosy = confusion[2, 0], confusion[0, 2]  # positivas ditas negativas; negativas ditas positivas
claim("F1-06", "há mais positivas chamadas de negativas do que o contrário", gloomy > 1.5 * rosy)

# %% [markdown]
# Há menos mensagens positivas do que negativas, e **mesmo assim** mais delas trocam de lado: na dúvida, a rede aposta na classe
# mais comum. A acurácia não mostra isso. Para descrever os erros **de uma classe** fazem-se duas perguntas. Tome a classe
# positiva:
#
# - das mensagens que a rede **chamou** de positivas, quantas são? É a **precisão** (*precision*);
# - das mensagens que **são** positivas, quantas a rede achou? É a **revocação** (*recall*; também se diz sensibilidade).
#
# Chame de VP os verdadeiros positivos (é e a rede disse que é), FP os falsos positivos (não é, e ela disse que é) e FN os
# falsos negativos (é, e ela não disse):
#
# $$P = \frac{\mathrm{VP}}{\mathrm{VP}+\mathrm{FP}} \qquad R = \frac{\mathrm{VP}}{\mathrm{VP}+\mathrm{FN}}$$
#
# Na matriz, a precisão divide a casa da diagonal pela soma da **coluna**, e a revocação, pela soma da **linha**. *É comum ouvir
# "a precisão da rede é de 76 %" quando se trata da acurácia.* São três contas diferentes.
#
# Cada uma, sozinha, é fácil de enganar: quem diz "positiva" a tudo tem revocação 1. O **F1** as junta pela média
# harmônica, que fica perto da **menor** das duas:
#
# $$F_1 = \frac{2\,P\,R}{P+R} = \frac{2\,\mathrm{VP}}{2\,\mathrm{VP}+\mathrm{FP}+\mathrm{FN}}$$
#
# Repare no que não aparece: os verdadeiros negativos. O F1 de uma classe não dá crédito por acertar as outras.


# %%
def per_class(confusion):
    hits = np.diag(confusion)
    called, real = confusion.sum(axis=0), confusion.sum(axis=1)  # colunas, linhas
    precision = hits / np.maximum(called, 1)  # se ninguém foi chamado, a precisão vale 0 por convenção
    return precision, hits / real, 2 * hits / (called + real)


# %%
precision, recall, f1 = per_class(confusion)
harmonic = 2 * precision * recall / (precision + recall)
yes_to_all = per_class(confusion_matrix(truth == 2, np.ones(1000, bool)))
share = np.mean(truth == 2)  # fração de positivas
claim(
    "F1-07",
    "o F1 é a média harmônica, e nunca passa da média comum",
    np.allclose(f1, harmonic) and bool(np.all(f1 <= (precision + recall) / 2)),
)
trap = [
    yes_to_all[0][1] == share,
    yes_to_all[1][1] == 1,
    np.isclose(yes_to_all[2][1], 2 * share / (1 + share)),
]
claim(
    "F1-08",
    "dizer sim a tudo: revocação 1, precisão π e F1 = 2π/(1 + π), com π a fração de positivas",
    all(trap),
)

# %% [markdown]
# A segunda forma do F1 é a que se programa: $\mathrm{VP}+\mathrm{FP}$ é a soma da coluna e $\mathrm{VP}+\mathrm{FN}$, a da
# linha. Agora as bibliotecas: o `classification_report` do scikit-learn recebe **respostas**; as métricas do Keras recebem uma
# coluna por classe. Nelas, `class_id` escolhe a classe e `top_k=1` manda considerar só a maior saída, que é como a rede
# responde; sem o `top_k`, contaria toda saída acima de 0,5.

# %%
report = classification_report(truth, answers, output_dict=True, zero_division=0)
same = [[report[str(kind)][key] for kind in range(3)] for key in ("precision", "recall", "f1-score")]
one_hot, scores = np.eye(3, dtype="float32")[truth], logits["cinco"][test, 0]
by_keras = keras.metrics.F1Score(average=None)
by_keras.update_state(one_hot, scores)
pair = [cls(class_id=2, top_k=1) for cls in (keras.metrics.Precision, keras.metrics.Recall)]
for metric in pair:
    metric.update_state(one_hot, scores)
keras_agrees = np.allclose([float(m.result()) for m in pair], [precision[2], recall[2]], atol=1e-6)
claim("F1-09", "as contas à mão são as do classification_report", np.allclose(same, [precision, recall, f1]))
claim("F1-10", "e as do Keras", keras_agrees and np.allclose(by_keras.result(), f1, atol=1e-5))

# %% [markdown]
# ### Um número para as três classes
#
# Com $K$ classes há $K$ valores de F1. A **média macro** dá a cada classe o mesmo peso; a **ponderada** (*weighted*) dá a cada uma o
# peso da sua frequência no teste. Há ainda a **micro**, que soma VP, FP e FN de todas as classes antes de dividir. Duas
# delas escondem surpresas.

# %%
support = confusion.sum(axis=1)
wrong = confusion.sum() - np.trace(confusion)  # cada erro é um FP de uma classe e um FN de outra
micro = 2 * np.trace(confusion) / (2 * np.trace(confusion) + 2 * wrong)
weighted_recall = np.average(recall, weights=support)
averages = {"macro": f1.mean(), "ponderada": np.average(f1, weights=support)}
base_f1 = per_class(base_confusion)[2]
claim(
    "F1-11",
    "a F1 micro é a acurácia; a revocação ponderada também",
    np.allclose([micro, weighted_recall], accuracy),
)
claim(
    "F1-12", "o F1 macro da rede fica abaixo do ponderado", averages["macro"] < averages["ponderada"] - 0.02
)

# %% tags=["nbval-ignore-output"]
rows = [
    [
        "sempre a mais comum",
        percent(base),
        *map(percent, base_f1),
        percent(base_f1.mean()),
        percent(np.average(base_f1, weights=support)),
    ]
]
rows += [["a rede", percent(accuracy), *map(percent, f1), *map(percent, averages.values())]]
show_table(["no teste", "acurácia", *(f"F1, {name}" for name in tweets.classes), "macro", "ponderada"], rows)

# %% [markdown]
# A linha de base parece razoável na acurácia e desmorona no F1 macro, porque as duas classes que ela ignora valem dois terços da
# média. Qual usar? Se errar uma classe rara custa tanto quanto errar uma comum, a macro; se cada mensagem custa o mesmo,
# a ponderada, ou a própria acurácia. Diga sempre qual.
#
# ### Enganos que não avisam
#
# Faça agora à rede uma pergunta de sim ou não: **a mensagem é positiva?** A probabilidade é a da terceira classe na *softmax*,
# e o *logit* correspondente é $\ln\frac{p}{1-p}$. Rótulos em coluna, $(n, 1)$, como o Keras prefere.


# %%
def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def measure(metric, y, score):
    metric.update_state(y, score)
    return float(np.squeeze(metric.result()))


p = softmax(logits["cinco"][:, 0].astype("float64"))[:, 2]
y = (feelings == 2).astype("float32")
p_col, z_col, y_col = p[test, None], np.log(p / (1 - p))[test, None], y[test, None]
found = {
    "Recall, probabilidades": measure(keras.metrics.Recall(), y_col, p_col),
    "Recall, logits": measure(keras.metrics.Recall(), y_col, z_col),
    "Recall(thresholds=0), logits": measure(keras.metrics.Recall(thresholds=0.0), y_col, z_col),
    "F1Score(threshold=0,5), probabilidades": measure(keras.metrics.F1Score(threshold=0.5), y_col, p_col),
    "F1Score sem limiar, probabilidades": measure(keras.metrics.F1Score(), y_col, p_col),
}

# %% tags=["nbval-ignore-output"]
show_table(["métrica do Keras", "resultado"], [[name, percent(value, 1)] for name, value in found.items()])

# %% [markdown]
# Cinco chamadas sem erro nenhum, e só três respondem à pergunta feita. A `Recall` compara a saída com 0,5; sobre *logits*, isso é
# exigir probabilidade acima de 0,62 (lição sobre saída e perda), e o certo é `thresholds=0.0`. A `F1Score` **sem limiar** diz
# "sim" à maior saída de cada linha, e em uma coluna só a maior é sempre ela mesma: todos são "sim". Outros enganos, ao menos, são
# recusados:


# %%
def refusal(metric, *arrays):
    try:
        metric().update_state(*arrays)
    except ValueError as error:
        return str(error).split(".")[0]


zero = refusal(lambda: keras.metrics.F1Score(threshold=0.0), y_col, z_col)
flat = refusal(lambda: keras.metrics.F1Score(threshold=0.5), y_col[:, 0], p_col[:, 0])
crossed = (p_col > 0.5) == y[test]  # (1000, 1) contra (1000,)
print(zero, flat, sep="\n")

# %%
right = np.isclose(found["Recall(thresholds=0), logits"], found["Recall, probabilidades"])
lower = found["Recall, logits"] < found["Recall, probabilidades"]
blind = np.isclose(found["F1Score sem limiar, probabilidades"], 2 * share / (1 + share), atol=1e-5)
claim("F1-13", "em logits, o limiar 0 dá a revocação das probabilidades; o 0,5 dá uma menor", right and lower)
claim("F1-14", "a F1Score sem limiar, em uma coluna, é o F1 de quem diz sim a tudo", blind)
claim("F1-15", "a F1Score recusa o limiar 0 e recusa rótulos (n,)", None not in (zero, flat))
claim(
    "F1-16",
    "no NumPy, (n, 1) comparado com (n,) vira uma tabela n × n, em silêncio",
    crossed.shape == (1000, 1000),
)

# %% [markdown]
# O último é dos mais traiçoeiros: a média dessa tabela compara cada resposta com **todos** os rótulos, e é um número plausível.
# Confira o formato antes da média.
#
# ## 5. Onde pôr o limiar
#
# Ninguém obriga a dizer "sim" a partir de 0,5. Baixar o limiar $t$ faz a rede dizer "sim" mais vezes: acha mais positivas e se
# engana mais. Quem procura elogios para responder um a um pode preferir revocação; quem vai publicá-los sem reler, precisão. O
# limiar é uma escolha como o número de camadas, e se faz **na validação**: pelo maior F1, como faremos, ou por uma exigência do problema ("a
# maior revocação com precisão de ao menos 80 %", por exemplo).


# %%
def at_thresholds(y, p, thresholds):
    said = p[:, None] > thresholds  # (exemplos, limiares)
    hits = (said & (y[:, None] == 1)).sum(axis=0)
    return hits / np.maximum(said.sum(axis=0), 1), hits / y.sum(), 2 * hits / (said.sum(axis=0) + y.sum())


thresholds = np.linspace(0.02, 0.9, 89)
curves = dict(zip(("precisão", "revocação", "F1"), at_thresholds(y[val], p[val], thresholds), strict=True))
chosen = thresholds[curves["F1"].argmax()]

# %%
figure, ax = plt.subplots(figsize=(8, 4))
for (name, curve), style in zip(curves.items(), ("-", "-", "--"), strict=True):
    ax.plot(thresholds, curve, style, label=name)
ax.axvline(chosen, color="black", linestyle=":", linewidth=1.4, label="maior F1 na validação")
ax.axvline(0.5, color="#999999", linewidth=1.2, label="limiar 0,5")
ax.set(xlabel="Limiar na probabilidade", ylabel="Métrica na validação", ylim=(0, 1.02), xlim=(0, 0.9))
ax.set_title("Subir o limiar troca revocação por precisão")
ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
plots.show(
    plots.comma_axes(ax),
    alt="Precisão, revocação e F1 da classe positiva em função do limiar, na validação. A revocação só desce; a precisão sobe, "
    "com pequenas quedas; o F1 tem um máximo em um limiar menor que 0,5, marcado por uma linha pontilhada.",
)

# %% [markdown]
# O limiar escolhido na validação serve também no teste? Para não julgar por uma rede só, repetimos a escolha com as cinco, cada
# uma com o seu limiar.

# %%
gains = []
for k in range(5):
    p_k = softmax(logits["cinco"][:, k].astype("float64"))[:, 2]
    best = thresholds[at_thresholds(y[val], p_k[val], thresholds)[2].argmax()]
    with_best, with_half = at_thresholds(y[test], p_k[test], np.array([best, 0.5]))[2]
    gains.append(with_best - with_half)
claim("F1-17", "a revocação nunca sobe quando o limiar sobe", np.all(np.diff(curves["revocação"]) <= 0))
claim("F1-18", "a precisão às vezes cai", np.any(np.diff(curves["precisão"]) < 0))
claim("F1-19", "o melhor F1 na validação está em um limiar menor que 0,5", chosen < 0.5)
claim(
    "F1-20", "no teste, os limiares escolhidos rendem em média mais de 1 ponto de F1", np.mean(gains) > 0.01
)

# %% [markdown]
# Por que não escolher o limiar no próprio teste? Porque o limiar se ajustaria aos acasos dele. Com poucos exemplos o estrago é
# grande, e se mede: sorteamos 50 mensagens do teste, escolhemos nelas o melhor limiar e comparamos o F1 **nessas 50** com o F1
# do mesmo limiar no teste inteiro.

# %%
rng = np.random.default_rng(set_seeds())
in_sample, outside = [], []
everywhere = at_thresholds(y[test], p[test], thresholds)[2]
for _ in range(400):
    few = rng.integers(5000, 6000, 50)
    curve = at_thresholds(y[few], p[few], thresholds)[2]
    in_sample.append(curve.max())
    outside.append(everywhere[curve.argmax()])
flattery = np.mean(in_sample) - np.mean(outside)
claim(
    "F1-21",
    "escolhido em 50 exemplos, o limiar parece melhor neles por mais de 5 pontos de F1",
    flattery > 0.05,
)

# %% [markdown]
# ## 6. Em quantos exemplos?
#
# ### A barra de erro da acurácia
#
# Um teste é uma **amostra**. Se a rede acerta uma fração $a$ de todas as mensagens que poderiam aparecer, cada exemplo sorteado vale 1
# (acerto) com probabilidade $a$ ou 0 (erro). A variância de um deles é $a(1-a)$; a da média de $n$ independentes, $a(1-a)/n$. O
# desvio padrão da acurácia medida é o **erro padrão**:
#
# $$\mathrm{EP} = \sqrt{\frac{a\,(1-a)}{n}} \qquad\text{e, em 95 % das provas,}\qquad \hat a = a \pm 1{,}96\,\mathrm{EP} \ \text{(aproximadamente)}$$
#
# em que $\hat a$ é a acurácia medida. O 1,96 vem da curva normal: 95 % da área fica a menos de 1,96 desvio padrão do centro. A
# lição sobre capacidade já usou o EP; agora fazemos as provas que ele imagina. Uma rede que acerta 76 %, cinco mil provas de
# 50 fotos e cinco mil de 1 000:

# %%
true = 0.76
exams = {n: rng.binomial(n, true, size=5000) / n for n in (50, 1000)}
error = {n: np.sqrt(true * (1 - true) / n) for n in exams}
inside = {n: np.mean(np.abs(exams[n] - true) <= 1.96 * error[n]) for n in exams}
figure, ax = plt.subplots(figsize=(8.5, 3.9))
for n, color in ((50, plots.PALETTE[1]), (1000, plots.PALETTE[0])):
    edges = np.arange(0.51, 0.97, 0.02) if n == 50 else np.arange(0.70, 0.82, 0.005)
    ax.hist(exams[n], edges, density=True, alpha=0.6, color=color, label=f"provas de {n} exemplos")
    for side in (-1, 1):
        ax.axvline(true + side * 1.96 * error[n], ymax=0.84, color=color, linewidth=1.8)
for side, label in ((-1, None), (1, "seu palpite")):
    ax.axvline(true + side * guess / 100, ymax=0.84, color="black", linestyle="--", label=label)
ax.set(xlabel="Acurácia medida (linhas cheias: 1,96 erro padrão de cada lado)", xlim=(0.54, 0.96), yticks=[])
ax.set_ylim(0, 1.22 * ax.get_ylim()[1])
ax.set_title("A mesma rede, cinco mil provas: com 50 exemplos, a nota passeia")
ax.legend(loc="upper center", ncol=3)
plots.show(
    plots.comma_axes(ax),
    alt="Histogramas da acurácia medida em provas de 50 e de 1000 exemplos, da mesma rede. O de 50 é muito mais largo; linhas "
    "verticais marcam 1,96 erro padrão de cada lado, e linhas tracejadas marcam o palpite.",
)

# %%
spread = {n: exams[n].std() / error[n] for n in exams}
claim(
    "F1-22",
    "o espalhamento das provas é o da fórmula, a menos de 5 %",
    max(abs(s - 1) for s in spread.values()) < 0.05,
)
claim(
    "F1-23",
    "de 92 % a 97 % das provas ficam a menos de 1,96 EP",
    min(inside.values()) > 0.92 and max(inside.values()) < 0.97,
)
claim(
    "F1-24",
    "com 50 fotos, essa margem passa de 11 pontos; com mil, é menor que 3",
    1.96 * error[50] > 0.11 and 1.96 * error[1000] < 0.03,
)

# %% [markdown]
# Na prática não se conhece $a$, e põe-se $\hat a$ no seu lugar: o **intervalo de confiança** $\hat a \pm 1{,}96\,\mathrm{EP}$, chamado de
# Wald. Voltemos à tabela da primeira seção, com as barras, e a um caso parecido: *é comum ler* que uma rede com 66,1 % em mil exemplos
# "leva vantagem" sobre outra com 65,0 %.

# %%
always_cat = 33 / 50  # quem responde sempre "gato": 33 das 50 fotos do teste são de gatos
bars = {name: 1.96 * np.sqrt(a * (1 - a) / 50) for name, a in log.items()}
header = ["rede", "acurácia", "de", "até"]
show_table(
    header, [[name, percent(a), percent(a - bars[name]), percent(a + bars[name])] for name, a in log.items()]
)
reach = all(abs(a - always_cat) < bars[name] for name, a in log.items())
small_lead = np.sqrt(0.65 * 0.35 / 1000) > 0.661 - 0.650
claim("F1-25", "os quatro intervalos contêm a acurácia de quem responde sempre “gato”", reach)
claim("F1-26", "de 65,0 % para 66,1 % em mil exemplos, a diferença é menor que um EP", small_lead)

# %% [markdown]
# Sobre aquela tabela, estão respondidas duas das quatro perguntas. Comparado com quê? Com 66 %, de quem não olha a foto. Em quantos exemplos? Em tão
# poucos que a tabela não distingue nenhuma das quatro redes dessa resposta constante. Isso **não** prova que elas sejam iguais; diz que
# a prova não tem como mostrar a diferença.
#
# ### Quando a rede acerta tudo
#
# Uma rede acerta 50 em 50. Pela fórmula, $\hat a = 1$, $\mathrm{EP} = 0$, e o intervalo é "de 100 % a 100 %": certeza absoluta com 50
# fotos. O defeito está em usar $\hat a$ dentro da raiz. O intervalo de **Wilson** pergunta pelo caminho certo: *que valores de* $a$
# *deixariam a nota medida a menos de 1,96 EP, com o EP* **desse** $a$*?* Resolvendo $|\hat a - a| \le c\,\sqrt{a(1-a)/n}$, com $c = 1{,}96$,
# que é uma inequação do segundo grau em $a$:
#
# $$\frac{\hat a + \frac{c^2}{2n} \;\pm\; c\,\sqrt{\frac{\hat a(1-\hat a)}{n} + \frac{c^2}{4n^2}}}{1 + \frac{c^2}{n}}$$


# %%
def wilson(hits, n, c=1.96):
    a = np.asarray(hits) / n
    center, half = a + c**2 / (2 * n), c * np.sqrt(a * (1 - a) / n + c**2 / (4 * n**2))
    return (center - half) / (1 + c**2 / n), (center + half) / (1 + c**2 / n)


def wald(hits, n, c=1.96):
    a = np.asarray(hits) / n
    return a - c * np.sqrt(a * (1 - a) / n), a + c * np.sqrt(a * (1 - a) / n)


# %%
low, high = wilson(38, 50)
edge = [np.isclose(abs(0.76 - a), 1.96 * np.sqrt(a * (1 - a) / 50)) for a in (low, high)]
edge += [round(float(low), 2) == 0.63, round(float(high), 2) == 0.86]
print(
    f"50 acertos em 50: Wald de {percent(wald(50, 50)[0])} a 100 %, Wilson de {percent(wilson(50, 50)[0], 1)} a 100 %"
)
claim(
    "F1-27", "38 em 50: Wilson vai de 63 % a 86 %, e cada extremo dista da nota 1,96 EP dele mesmo", all(edge)
)
claim(
    "F1-28",
    "com 50 em 50, Wald tem largura zero e Wilson admite mais de 5 % de erros",
    wald(50, 50)[0] == 1 and wilson(50, 50)[0] < 0.95,
)

# %% [markdown]
# Um intervalo "de 95 %" promete conter a verdade em 95 % das provas: é a sua **cobertura**. Ela se calcula sem sorteio nenhum. Para cada
# acurácia verdadeira $a$, somamos as probabilidades (binomiais) dos números de acertos cujos intervalos contêm $a$.

# %%
n, hits = 50, np.arange(51)
ways = np.array([math.comb(n, k) for k in hits], dtype=float)
truths = np.linspace(0.5, 0.99, 491)[:, None]
probability = ways * truths**hits * (1 - truths) ** (n - hits)  # (verdades, acertos)
coverage = {}
for name, interval in (("Wald", wald), ("Wilson", wilson)):
    lower, upper = interval(hits, n)
    coverage[name] = (probability * ((lower <= truths) & (truths <= upper))).sum(axis=1)

# %%
figure, ax = plt.subplots(figsize=(8, 3.7))
for name, color in (("Wald", plots.PALETTE[1]), ("Wilson", plots.PALETTE[0])):
    ax.plot(truths, coverage[name], color=color, label=name)
ax.axhline(0.95, color="black", linestyle=":", label="o prometido")
ax.set(xlabel="Acurácia verdadeira", ylabel="Cobertura, 50 exemplos", ylim=(0.3, 1.02), xlim=(0.5, 0.99))
ax.set_title("Perto de 100 %, a fórmula simples promete 95 % e não cumpre")
ax.legend(loc="lower left")
plots.show(
    plots.comma_axes(ax),
    alt="Cobertura dos intervalos de Wald e de Wilson em função da acurácia verdadeira, com 50 exemplos. As duas curvas são "
    "serrilhadas. A de Wilson oscila em torno de 95 por cento; a de Wald fica um pouco abaixo e, perto de acurácia 1, despenca.",
)

# %%
at_97 = {name: float(curve[470]) for name, curve in coverage.items()}  # truths[470] = 0.97
closer = abs(coverage["Wilson"].mean() - 0.95) < abs(coverage["Wald"].mean() - 0.95) / 2
rule_of_three = 1 - 0.05 ** (1 / n)  # a taxa de erro com que 50 acertos em 50 têm só 5 % de chance
claim(
    "F1-29",
    "em a = 97 %, Wald cobre menos de 80 % das vezes e Wilson, mais de 90 %",
    at_97["Wald"] < 0.8 and at_97["Wilson"] > 0.9,
)
claim("F1-30", "em média, Wilson fica ao menos duas vezes mais perto do prometido", closer)
claim(
    "F1-31",
    "zero erros em 50: a taxa de erro ainda pode chegar a cerca de 3/50",
    abs(rule_of_three / (3 / n) - 1) < 0.05,
)

# %% [markdown]
# A última é a **regra do três**: nenhum erro em $n$ exemplos independentes só permite dizer que a taxa de erro está abaixo de uns
# $3/n$ (com 95 % de confiança). Zero erros nunca é "zero por cento de erro".
#
# ## 7. A barra de erro do F1
#
# O F1 não é média de exemplos, e não há para ele fórmula tão simples. O ***bootstrap*** serve para qualquer métrica: faz as vezes de
# novas provas sorteando **os exemplos do teste, com reposição**, e mede o quanto a métrica varia. No NumPy, é uma matriz de índices, uma
# linha por prova. O rótulo e a resposta de um exemplo andam juntos.

# %%
rng = np.random.default_rng(set_seeds())
draws = rng.integers(0, 1000, size=(2000, 1000))  # 2 000 provas de 1 000 exemplos
is_positive, said_positive, correct = truth == 2, answers == 2, answers == truth
hits = (is_positive & said_positive)[draws].sum(axis=1)
f1_exams = 2 * hits / (is_positive[draws].sum(axis=1) + said_positive[draws].sum(axis=1))
accuracy_exams = correct[draws].mean(axis=1)
formula = np.sqrt(accuracy * (1 - accuracy) / 1000)

# %% tags=["nbval-ignore-output"]
rows = []
for name, value, exams_of in (("acurácia", accuracy, accuracy_exams), ("F1, positivo", f1[2], f1_exams)):
    low, high = np.percentile(exams_of, [2.5, 97.5])
    rows.append(
        [name, percent(value, 1), percent(exams_of.std(), 1), f"{percent(low, 1)} a {percent(high, 1)}"]
    )
show_table(["no teste", "valor", "desvio padrão das provas", "95 % das provas"], rows)

# %%
agree = abs(accuracy_exams.std() / formula - 1) < 0.08
claim("F1-32", "para a acurácia, o bootstrap devolve o erro padrão da fórmula, a menos de 8 %", agree)
claim(
    "F1-33",
    "a barra do F1 da classe positiva é mais de 1,5 vez a da acurácia",
    f1_exams.std() > 1.5 * formula,
)

# %% [markdown]
# Por que a barra do F1 é mais larga, se o teste é o mesmo? Porque ele só depende das mensagens positivas ou chamadas de positivas, que
# são poucas centenas. **O número de exemplos que importa é o da classe rara.** Mil exemplos com dez positivos são, para a
# revocação, dez exemplos.
#
# ## 8. Comparar duas redes
#
# ### Nos mesmos exemplos
#
# A rede e a rede curta fizeram a **mesma prova**. Se cada acurácia tem o seu erro padrão, o da diferença entre duas medidas
# **independentes** seria $\sqrt{\mathrm{EP}_A^2 + \mathrm{EP}_B^2}$. Mas elas não são independentes: as mensagens difíceis são difíceis para as
# duas. O que distingue as redes são só os exemplos em que **discordam**. Sejam $d_A$ o número daqueles que só $A$ acerta e $d_B$ o dos que só $B$
# acerta. A diferença das acurácias e o seu erro padrão, **pareado**, são
#
# $$\hat a_A - \hat a_B = \frac{d_A - d_B}{n} \qquad \mathrm{EP} = \frac1n \sqrt{d_A + d_B - \frac{(d_A - d_B)^2}{n}}$$
#
# É o desvio padrão, sobre os exemplos, de uma variável que vale $1$, $-1$ ou $0$, dividido por $\sqrt n$.

# %%
right_a = correct
right_b = logits["curta"][test].argmax(axis=1) == truth
only_a, only_b = int(np.sum(right_a & ~right_b)), int(np.sum(~right_a & right_b))
paired = np.sqrt(only_a + only_b - (only_a - only_b) ** 2 / 1000) / 1000
difference = right_a.astype(float) - right_b
apart = np.sqrt(right_a.var() / 1000 + right_b.var() / 1000)
identity = np.isclose(paired, difference.std() / np.sqrt(1000))
claim("F1-34", "o erro padrão pareado sai só das discordâncias", identity)
claim("F1-35", "e é menor que 85 % do erro padrão de provas separadas", paired < 0.85 * apart)

# %% [markdown]
# Isso sugere um teste ainda mais simples, o de **McNemar**: se as duas redes fossem igualmente boas, cada discordância penderia para
# $A$ ou para $B$ como uma moeda. Qual a probabilidade de uma moeda honesta dar um placar tão desigual quanto $d_A$ a $d_B$?


# %%
def mcnemar(only_a, only_b):
    tosses, worst = only_a + only_b, min(only_a, only_b)
    tail = sum(math.comb(tosses, k) for k in range(worst + 1)) / 2**tosses
    return min(1.0, 2 * tail)


claim(
    "F1-36",
    "um placar de 5 a 5 não diz nada; de 10 a 0, é coisa de menos de 1 em 400",
    mcnemar(5, 5) == 1 and mcnemar(10, 0) < 1 / 400,
)

# %% tags=["nbval-ignore-output"]
print(
    f"só a rede acerta: {only_a}; só a curta acerta: {only_b}; diferença: {number(100 * difference.mean())} pontos"
)
print(
    f"erro padrão da diferença: {number(100 * paired)} pontos, pareado; {number(100 * apart)}, em provas separadas"
)
print(f"probabilidade de um placar assim com moeda honesta: {number(mcnemar(only_a, only_b))}")
print(
    f"provas separadas precisariam de {number((apart / paired) ** 2)} vezes mais exemplos para a mesma barra"
)

# %% [markdown]
# Guarde as respostas de cada rede, exemplo por exemplo, e não só a nota: sem elas não há comparação pareada.
#
# ### E se a semente fosse outra?
#
# As cinco redes iguais diferem só no sorteio inicial. Então a nota tem **duas** fontes de variação: os exemplos do teste (que valem para
# *esta* rede) e a semente (que vale para *esta receita*). Qual pesa mais aqui? E outra pergunta: fazer a média das notas de cinco redes diminui a
# barra de erro por $\sqrt5$?

# %%
right_five = logits["cinco"][test].argmax(axis=2) == truth[:, None]  # (exemplos, redes)
notes = right_five.mean(axis=0)
between_seeds = notes.std(ddof=1)
of_one = np.sqrt(notes.mean() * (1 - notes.mean()) / 1000)
of_mean = right_five.mean(axis=1).std() / np.sqrt(1000)  # a nota média, prova por prova
claim("F1-37", "de uma semente a outra, a nota varia menos do que 1 EP do teste", between_seeds < of_one)
claim("F1-38", "a barra da nota média das cinco é mais de 80 % da de uma, e não 45 %", of_mean > 0.8 * of_one)

# %% tags=["nbval-ignore-output"]
print("notas das cinco sementes:", ", ".join(percent(note, 1) for note in notes))
print(
    f"desvio entre sementes: {number(100 * between_seeds)} ponto; EP do teste: {number(100 * of_one)} ponto"
)

# %% [markdown]
# A média das cinco não encolheu a barra porque as cinco fizeram a **mesma** prova: o acaso de ela ter saído fácil ou difícil é um só e não se
# cancela. Mais sementes reduzem a incerteza sobre a receita; só mais exemplos reduzem a do teste. Relate as duas. (Em outros
# problemas a semente pode pesar mais que o teste: meça.)
#
# ## 9. Escolhido como?
#
# Falta a quarta pergunta. Suponha 50 "redes" que não sabem nada: cada uma responde sim ou não no cara ou coroa, e acerta 50 % do que
# houver. Nós as provamos nas mesmas 50 fotos, ficamos com **a melhor** e anunciamos a sua nota.
#
# *Preveja: que nota anunciaremos, em média? 50 %? 55 %? 65 %?*

# %%
rng = np.random.default_rng(set_seeds())
scores_of_50 = rng.binomial(50, 0.5, size=(4000, 50)) / 50  # (repetições, redes)
announced = scores_of_50.max(axis=1)
again = rng.binomial(50, 0.5, size=4000) / 50  # a vencedora, em 50 fotos novas: ainda uma moeda
rivals = np.arange(1, 201)
growth = {
    n: np.maximum.accumulate(rng.binomial(n, 0.5, (2000, 200)) / n, axis=1).mean(axis=0) for n in (50, 1000)
}

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 4))
edges = np.arange(0.25, 0.87, 0.02)
left.hist(announced, edges, color=plots.PALETTE[1], alpha=0.7, label="nota anunciada (a melhor de 50)")
left.hist(again, edges, color=plots.PALETTE[0], alpha=0.7, label="a mesma, em fotos novas")
left.set(title="Cinquenta moedas, 50 fotos", xlabel="Acurácia", ylabel="Repetições", ylim=(0, 1250))
left.legend(loc="upper left")
for n, color in ((50, plots.PALETTE[1]), (1000, plots.PALETTE[0])):
    right.plot(rivals, growth[n], color=color, label=f"teste de {n} exemplos")
right.axhline(0.5, color="black", linestyle=":", label="o que cada uma vale")
right.set(
    title="Quanto mais candidatas, mais ilusão", xlabel="Redes entre as quais se escolhe", ylim=(0.45, 0.75)
)
right.set_ylabel("Nota média da melhor")
right.legend(loc="upper left")
for ax in (left, right):
    plots.comma_axes(ax)
figure.suptitle("Escolher pelo teste infla a nota, mesmo quando nenhuma candidata sabe nada")
plots.show(
    figure,
    alt="À esquerda, histogramas da nota da melhor de 50 moedas e da nota da mesma moeda em fotos novas: a primeira se concentra "
    "bem acima de um meio, a segunda em torno de um meio. À direita, a nota média da melhor cresce com o número de candidatas, "
    "muito mais em um teste de 50 exemplos que em um de mil.",
)

# %%
claim("F1-39", "a melhor de 50 moedas anuncia, em média, mais de 62 %", announced.mean() > 0.62)
claim("F1-40", "em fotos novas, volta a 50 %, a menos de 1 ponto", abs(again.mean() - 0.5) < 0.01)
claim("F1-41", "com mil exemplos, a ilusão de 50 candidatas é menor que 5 pontos", growth[1000][49] < 0.55)

# %% [markdown]
# A nota da vencedora soma o que ela vale e a sorte que a fez vencer. É o **otimismo da seleção**: cresce com o número de
# candidatas e diminui com o tamanho do teste. E "candidata" não é só uma rede: cada época em que se consulta o teste para decidir quando
# parar é uma, cada limiar também. No registro da seção 1, as mesmas 50 fotos serviram de validação, de parada antecipada **e** de nota final.
#
# O remédio é conhecido: **escolher com a validação e gastar o teste uma vez, na escolhida**. Vejamos com candidatas que diferem de verdade, com
# acurácias entre 70 % e 80 %, para que a escolha tenha algum mérito:

# %%
worth = rng.uniform(0.70, 0.80, size=(4000, 50))  # o que cada rede vale
on_val, on_test = (rng.binomial(50, worth) / 50 for _ in range(2))  # duas provas de 50 fotos
rows = np.arange(4000)
picked = on_val.argmax(axis=1)
gain = (worth[rows, picked] - worth.mean(axis=1)).mean()
by_validation = (on_val[rows, picked] - worth[rows, picked]).mean()  # nota da prova em que foi escolhida
by_test = (on_test[rows, picked] - worth[rows, picked]).mean()  # nota de uma prova que não a escolheu

# %% tags=["nbval-ignore-output"]
show_table(
    ["em pontos percentuais, em média", "valor"],
    [
        ["a escolhida vale a mais que a média das candidatas", number(100 * gain)],
        ["nota na prova que a escolheu, além do que ela vale", number(100 * by_validation)],
        ["nota em uma prova nova, além do que ela vale", number(100 * by_test, 1)],
    ],
)

# %%
claim("F1-42", "a escolha serve: a escolhida vale mais que a média das candidatas", gain > 0.01)
claim("F1-43", "a nota na prova que a escolheu a exagera em mais de 5 pontos", by_validation > 0.05)
claim("F1-44", "a nota na prova nova acerta, a menos de meio ponto", abs(by_test) < 0.005)

# %% [markdown]
# (Nesta lição olhamos muitas vezes o mesmo teste de mensagens, para aprender a medir; nenhuma rede e nenhum limiar foi escolhido por ele.)
#
# Escolher não é o erro. O erro é **anunciar a nota com que se escolheu**. A da validação é otimista pela mesma razão; por isso existe um
# terceiro conjunto, usado uma vez. Se depois de ver o teste você volta e muda a rede, ele virou validação.
#
# ## 10. De volta aos gatos
#
# Agora com tudo junto. Os arquivos HDF5 guardam fotos $(n, 64, 64, 3)$ de 0 a 255 e rótulos $(n,)$. O `with` fecha cada arquivo ao sair;
# dividimos por 255, pomos os rótulos em coluna e, para caber em segundos, trocamos cada bloco de 4 × 4 pixels pela sua média.


# %%
def read(path, part):
    with h5py.File(path) as file:
        x, y = file[f"{part}_set_x"][:], file[f"{part}_set_y"][:]
    small = x.reshape(-1, 16, 4, 16, 4, 3).mean(axis=(2, 4)) / 255  # (n, 16, 16, 3)
    return small.astype("float32"), y.reshape(-1, 1).astype("float32")


# %% tags=["nbval-ignore-output"]
files = cat_noncat_files()
cats_x, cats_y = read(files.train, "train")
cats_x_test, cats_y_test = read(files.test, "test")  # fica guardado até o fim
shuffled = np.random.default_rng(set_seeds()).permutation(209)
fit_part, val_part = shuffled[:159], shuffled[159:]  # a validação sai do treino

# %%
constant = {
    part: float(np.mean(labels == 0)) for part, labels in (("treino", cats_y), ("teste", cats_y_test))
}
rare = np.sqrt(constant["treino"] * (1 - constant["treino"]) / 50)
formats = cats_x.shape == (209, 16, 16, 3) and cats_y_test.shape == (50, 1)
claim("F1-45", "209 fotos de treino e 50 de teste, com rótulos em coluna", formats)
claim(
    "F1-46",
    "responder sempre “não gato” acerta mais de 60 % no treino e menos de 40 % no teste",
    constant["treino"] > 0.6 and constant["teste"] < 0.4,
)
claim("F1-47", "uma diferença de mais de 4 EP", constant["treino"] - constant["teste"] > 4 * rare)

# %% [markdown]
# Uma surpresa antes de treinar: as proporções se **invertem**. Quatro erros padrão dificilmente são azar; este teste não foi sorteado do mesmo
# monte que o treino. Nenhuma barra de erro desta lição sabe disso: todas supõem que o teste é uma amostra do que a rede vai encontrar.
# E a linha de base honesta, a da maioria **do treino**, é "não gato"; "sempre gato" só é boa para quem já espiou o teste.
#
# As quatro redes do registro, em escala reduzida e com a **mesma cabeça**: uma unidade, sem ativação. Cada uma é um `Sequential`, e
# `compile_and_fit` as treina juntas em um modelo de quatro colunas, que não compartilham pesos: a perda é a soma das quatro entropias
# cruzadas, $\ln(1+e^z) - yz$, e cada coluna tem a sua métrica. (`training.fit` é o motor do curso: a mesma conta de `model.fit`, com épocas
# inteiras compiladas.) Não há `steps_per_epoch`: com arrays na memória, basta `batch_size`.


# %%
def network(units, layers, rate=0.0, penalty=0.0):
    stack = [keras.Input((16, 16, 3)), keras.layers.Flatten()]
    for _ in range(layers):
        regularizer = keras.regularizers.L2(penalty) if penalty else None
        stack += [keras.layers.Dense(units, "relu", kernel_regularizer=regularizer)]
        stack += [keras.layers.Dropout(rate)] if rate else []
    return keras.Sequential([*stack, keras.layers.Dense(1)])


# %%
def each(y, z):  # a entropia cruzada de cada rede em cada exemplo, (n, redes)
    return keras.ops.logaddexp(0.0, z) - y * z


def compile_and_fit(networks, x, y, validation_data, epochs=30):
    inputs = keras.Input(x.shape[1:])
    model = keras.Model(
        inputs, keras.layers.Concatenate()([network(inputs) for network in networks.values()])
    )
    columns = [
        keras.metrics.MeanMetricWrapper(lambda y, z, k=k: each(y, z)[:, k], name=name)
        for k, name in enumerate(networks)
    ]
    sum_of_all = lambda y, z: keras.ops.sum(each(y, z), axis=-1)  # noqa: E731
    model.compile(keras.optimizers.SGD(0.01, momentum=0.95), sum_of_all, metrics=columns)
    y, y_val = (np.repeat(labels, len(networks), axis=1) for labels in (y, validation_data[1]))
    part = (validation_data[0], y_val)
    history = training.fit(model, x, y, batch_size=53, epochs=epochs, validation_data=part, verbose=0).history
    return {name: {"loss": history[name], "val_loss": history[f"val_{name}"]} for name in networks}


# %%
set_seeds()
networks = {
    "pequena": network(64, 1),
    "media": network(128, 2),
    "grande": network(256, 3),
    "regularizada": network(256, 3, rate=0.5, penalty=1e-4),
}
part = (cats_x[val_part], cats_y[val_part])
cat_histories = compile_and_fit(networks, cats_x[fit_part], cats_y[fit_part], part)
final = {name: history["val_loss"][-1] for name, history in cat_histories.items()}
winner = min(final, key=final.get)  # escolhida pela validação

# %% [markdown]
# A escolha está feita: a de menor entropia cruzada na validação, ao fim do treino. (Nessas curvas não entra a
# penalidade da regularizada: são comparáveis.) Só agora abrimos o teste. Mostramos as quatro, para que se veja quanto as barras se cruzam; a tabela
# **não** serve mais para escolher.

# %%
on_test = {name: np.asarray(network(cats_x_test)) > 0 for name, network in networks.items()}
correct_cats = {
    name: int(np.sum(said == cats_y_test)) for name, said in on_test.items()
}  # (50, 1) com (50, 1)
intervals = {name: wilson(count, 50) for name, count in correct_cats.items()}
show = {"media": "média"}

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.2), width_ratios=(1.25, 1))
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None)
plotter.plot(
    {show.get(k, k): v for k, v in cat_histories.items()},
    ax=left,
    title="Entropia cruzada: 159 fotos e 50 de validação",
)
left.set_ylim(0, 1.6)
left.legend(fontsize=8, ncol=2, loc="upper left")
for row, (name, (low, high)) in enumerate(intervals.items()):
    color = plotter.colors[show.get(name, name)]
    right.plot([low, high], [row, row], color=color, linewidth=3)
    right.plot(correct_cats[name] / 50, row, "o", color=color, markersize=9)
for value, style, label in ((17 / 50, ":", "sempre\n“não gato”"), (33 / 50, "--", "sempre\n“gato”")):
    right.axvline(value, ymax=0.8, color="black", linestyle=style, linewidth=1.4)
    right.text(value, -0.65, label, ha="center", va="center", fontsize=9)
right.set_yticks(range(4), [show.get(name, name) for name in networks])
right.set(xlim=(0.2, 1), ylim=(3.5, -1), xlabel="Acurácia no teste, com intervalo de Wilson")
right.set_title("Com 50 fotos, toda barra é larga")
plots.comma_axes(right)
plots.show(
    figure,
    alt="À esquerda, as perdas de treino e de validação das quatro redes: em geral as de treino caem "
    "mais que as de validação. À direita, as acurácias no teste com intervalos de Wilson, todos largos e sobrepostos, e as linhas das respostas "
    "constantes sempre gato e sempre não gato.",
)

# %% tags=["nbval-ignore-output"]
rows = []
for name, said in on_test.items():
    P, R, F = (metric[1] for metric in per_class(confusion_matrix(cats_y_test[:, 0], said[:, 0])))
    low, high = intervals[name]
    mark = " (escolhida)" if name == winner else ""
    rows.append(
        [
            show.get(name, name) + mark,
            percent(correct_cats[name] / 50),
            f"{percent(low)} a {percent(high)}",
            *map(percent, (P, R, F)),
        ]
    )
show_table(["rede", "acurácia", "Wilson, 95 %", "precisão (gato)", "revocação (gato)", "F1 (gato)"], rows)

# %%
widths = [high - low for low, high in intervals.values()]
claim("F1-48", "todo intervalo tem mais de 15 pontos de largura", min(widths) > 0.15)

# %% [markdown]
# Intervalos que se cruzam não provam igualdade: o instrumento certo para duas redes na mesma prova é o pareado da seção 8. Mas a figura responde à
# pergunta do título. **76 % em 50 fotos é um número entre uns 63 % e uns 86 %**, que se compara com 66 % de uma resposta constante e que, se foi
# usado para escolher, ainda é otimista. A frase honesta cabe em uma linha: *a rede escolhida na validação acertou tantas de 50 fotos no teste (Wilson de
# tanto a tanto; sempre "gato": 33)*.
#
# ## 11. Explique
#
# Um grupo treina 30 variações de uma rede. Mede todas no teste de 200 exemplos, publica a melhor, com 91 % "± 2 %", e compara-a com a rede de um
# artigo, que fez 89 % no mesmo teste. "Ganhamos." O que falta para que se acredite?
#
# <details><summary>Uma resposta possível</summary>
#
# Três coisas. A nota foi **escolhida** no teste entre 30, e por isso é otimista: a escolha deveria ter sido feita em uma validação, e o teste, usado
# uma vez. O "± 2 %" é um erro padrão ($\sqrt{0{,}91 \cdot 0{,}09/200}$), e não um intervalo de 95 %, que teria quase o dobro para cada lado. E dois pontos em 200
# exemplos são quatro exemplos de diferença: para compará-las na mesma prova, seria preciso ter as respostas das duas, contar quantos só uma acerta e
# quantos só a outra, e fazer a conta pareada. Seria bom saber também a linha de base e quanto a nota varia com a semente.
#
# </details>
#
# Outra situação: um exame detecta uma doença que 1 % das pessoas tem, e a rede que o lê tem 99 % de acurácia. O que você perguntaria?
#
# <details><summary>Uma resposta possível</summary>
#
# Qual é a revocação e qual é a precisão. Dizer "ninguém tem" acerta os mesmos 99 % e não encontra nenhum doente (revocação 0). E quantos doentes havia no teste: se
# eram dez, a revocação foi medida em dez pessoas, e o intervalo dela é enorme, por maior que seja o teste.
#
# </details>
#
# ## 12. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | linha de base | resposta constante | mais da metade dos acertos sem ler nada (F1-01, F1-02) | mostrar a acurácia sozinha |
# | matriz de confusão | linha = verdade, coluna = resposta | erros não simétricos (F1-06) | ler a matriz transposta |
# | precisão, revocação | $\frac{\mathrm{VP}}{\mathrm{VP}+\mathrm{FP}}$, $\frac{\mathrm{VP}}{\mathrm{VP}+\mathrm{FN}}$ | à mão = scikit-learn = Keras (F1-09, F1-10) | chamar a acurácia de precisão |
# | F1 | $\frac{2\,\mathrm{VP}}{2\,\mathrm{VP}+\mathrm{FP}+\mathrm{FN}}$ | média harmônica (F1-07) | `F1Score` sem limiar em uma coluna (F1-14) |
# | macro, ponderada | médias entre classes | macro abaixo da ponderada (F1-12) | não dizer qual |
# | limiar | diz "sim" se $p > t$ | escolhido na validação (F1-20) | escolhê-lo no teste (F1-21) |
# | erro padrão | $\sqrt{a(1-a)/n}$ | fórmula = sorteio (F1-22) | comemorar menos que um EP (F1-26) |
# | Wilson | $\lvert\hat a - a\rvert \le c\sqrt{a(1-a)/n}$ | cumpre perto de 100 % (F1-29) | "50 de 50, logo 100 %" |
# | *bootstrap* | sortear os exemplos com reposição | barra do F1 (F1-33) | contar todos os exemplos, e não os da classe rara |
# | comparação pareada | só as discordâncias contam | barra menor (F1-35) | somar as barras como se as provas fossem outras |
# | sementes | desvio entre notas | a média não encolhe a barra do teste (F1-38) | confundir as duas variações |
# | otimismo da seleção | nota da melhor $-$ o que ela vale | 50 moedas (F1-39), validação e teste (F1-43, F1-44) | anunciar a nota que escolheu |
#
# **Para praticar:** no **Lab 5 · Sobreajuste e regularização** você escreve estas métricas e lê a tabela final das redes de gatos em tamanho original.
# **A seguir:** a lição sobre receitas, que junta o que o curso ensinou em decisões de uso diário.
#
# ## Referências
#
# - Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. *Journal of the American Statistical Association*,
#   22(158), 209–212. O intervalo que leva o seu nome.
# - Brown, L. D.; Cai, T. T.; DasGupta, A. (2001). Interval estimation for a binomial proportion. *Statistical Science*, 16(2), 101–133. A cobertura
#   serrilhada, estudada a fundo.
# - McNemar, Q. (1947). Note on the sampling error of the difference between correlated proportions or percentages. *Psychometrika*, 12(2), 153–157.
# - Efron, B. (1979). Bootstrap methods: another look at the jackknife. *The Annals of Statistics*, 7(1), 1–26.
# - Dietterich, T. G. (1998). Approximate statistical tests for comparing supervised classification learning algorithms. *Neural Computation*, 10(7),
#   1895–1923. Que teste usar para comparar classificadores.
# - Cawley, G. C.; Talbot, N. L. C. (2010). On over-fitting in model selection and subsequent selection bias in performance evaluation. *Journal of Machine
#   Learning Research*, 11, 2079–2107. O otimismo da seleção.
# - Bouthillier, X. et al. (2021). Accounting for variance in machine learning benchmarks. *MLSys*. Sementes, dados e a variação de uma nota.
# - "Twitter US Airline Sentiment" (Crowdflower, 2015), as mensagens desta lição; e o conjunto gato/não gato, que circula em cursos introdutórios como
#   `train_catvnoncat.h5` e `test_catvnoncat.h5`.
