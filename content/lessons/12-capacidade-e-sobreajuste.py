# ---
# jupyter:
#   gradiente:
#     id: D1
#     title: Que tamanho de rede os seus dados pedem?
#     covers: [S3-01, S4-01, S4-02, S4-03, S4-04, S4-05, S4-06, S4-07, S4-08, S3-17, S3-23, S3-27, S4-09, S4-10, S4-11, S4-12, S4-13, S4-14, S4-15, S4-16, S4-17, S4-18, S4-19, S4-20, S4-21, S4-22, S4-23, S4-24, S4-25, S4-26, S4-27, S4-28, S4-29, S4-30, S4-31, S4-32, S4-33, S4-34, S4-35]
#     seconds: 40
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12 · Que tamanho de rede os seus dados pedem?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *medir* a capacidade de uma rede e o que ela faz com ela; *ler* curvas de aprendizado com quatro regras; *comparar* redes com uma linha de base e um erro padrão; *abrir* os registros no TensorBoard |
# | **Você precisa saber** | perda e métrica de um classificador binário, *logits* e limiar (lição sobre saída e perda); agendamento da taxa de aprendizado |
# | **Tempo de leitura** | cerca de 35 minutos |
# | **Tempo de execução** | cerca de 40 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | capacidade, sobreajuste (*overfitting*), subajuste (*underfitting*), generalização, curvas de aprendizado, linha de base, erro padrão, memorização, TensorBoard |
#
# As lições anteriores cuidaram dos gradientes e dos passos: fizeram a rede **conseguir** aprender. A partir daqui o problema é
# outro. Uma rede que consegue aprender qualquer coisa aprende também o que não devia: os acidentes dos exemplos que viu. Esta parte do
# curso trata do **sobreajuste** e dos remédios contra ele, e começa por provocá-lo.

# %%
import tempfile
from pathlib import Path

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradiente import plots
from gradiente.claims import claim, set_seeds
from gradiente.datasets import HIGGS_FEATURES, load_higgs
from gradiente.formatting import number, percent, show_table
from gradiente.learning_curves import diagnose

# %% [markdown]
# ## 1. Os dados e a régua
#
# O conjunto **HIGGS** tem 11 milhões de colisões de partículas simuladas. Cada exemplo traz 28 atributos: 21 medidas cinemáticas e 7 massas calculadas
# a partir delas. O rótulo vale 1 se a colisão produziu um bóson de Higgs (sinal) e 0 se foi outro processo (fundo). `load_higgs` lê do arquivo, que
# tem 2,8 GB, só as linhas pedidas; sem rede, devolve uma réplica.
#
# As 2 000 primeiras linhas ficam para a **validação**, que compara redes, e as 1 000 seguintes para o **treino**, que ajusta os pesos. São
# poucas de propósito: o sobreajuste aparece quando a rede é grande **para os dados que tem**. O **Lab 5** repete a história com 10 000.

# %% tags=["nbval-ignore-output"]
data = load_higgs(3000)
x_val, y_val, x_train, y_train = data.x[:2000], data.y[:2000], data.x[2000:], data.y[2000:]
center, scale = x_train.mean(axis=0), x_train.std(axis=0)
x_val, x_train = (x_val - center) / scale, (x_train - center) / scale
print(
    "primeiro exemplo:",
    ", ".join(
        f"{name} {number(value)}"
        for name, value in zip(HIGGS_FEATURES[:4], data.x[0, :4].astype(float), strict=True)
    ),
)

# %%
figure, ax = plt.subplots(figsize=(8, 3))
ax.hist(data.x[2000:3000].ravel(), bins=101, range=(-3, 6), color=plots.PALETTE[0])
ax.set(
    xlabel="Valor do atributo",
    ylabel="Contagem",
    title="Os 28 atributos já vêm em escalas parecidas; padronizá-los é só um retoque",
)
plots.show(
    figure,
    alt="Histograma dos valores dos 28 atributos de mil exemplos, juntos. Quase todos ficam entre menos dois e quatro, com um pico no zero e "
    "outro perto de um.",
)

# %% [markdown]
# Antes da primeira rede, duas perguntas. **Quanto consegue quem não olha os atributos?** Responder sempre a classe mais frequente do treino dá a
# acurácia da **linha de base**; responder sempre a frequência $q$ de sinais no treino dá a entropia cruzada da linha de base. **Quanto varia a medida?** Uma
# acurácia $a$, medida em $n$ exemplos, tem **erro padrão**
#
# $$\mathrm{EP} = \sqrt{\frac{a\,(1-a)}{n}}$$
#
# Conferimos a fórmula sorteando conjuntos de validação com reposição e vendo quanto a acurácia varia de um para outro.

# %%
q = float(y_train.mean())
hits = (y_val.ravel() == (q > 0.5)).astype(float)
base_accuracy = hits.mean()
base_loss = float(-np.mean(y_val * np.log(q) + (1 - y_val) * np.log(1 - q)))
standard_error = np.sqrt(base_accuracy * (1 - base_accuracy) / len(hits))
rng = np.random.default_rng(set_seeds())
resampled = rng.choice(hits, size=(2000, len(hits))).mean(axis=1)

# %% tags=["nbval-ignore-output"]
show_table(
    ["linha de base, na validação", "valor"],
    [
        ["acurácia", f"{percent(base_accuracy, 1)} ± {percent(standard_error, 1)}"],
        ["entropia cruzada", number(base_loss, 3)],
    ],
)

# %%
claim(
    "D1-01",
    "a fórmula do erro padrão e o sorteio concordam a menos de 10 %",
    abs(resampled.std() / standard_error - 1) < 0.1,
)
claim("D1-02", "com 2 000 exemplos, o erro padrão passa de um ponto percentual", standard_error > 0.01)
claim("D1-03", "com mil, de um e meio", np.sqrt(base_accuracy * (1 - base_accuracy) / 1000) > 0.015)

# %% [markdown]
# Guarde esse número. Duas redes cujas acurácias diferem menos que um ou dois erros padrão podem muito bem estar **empatadas**. *É comum ler* que
# uma rede com 66,1 % "leva vantagem" sobre outra com 65,0 % em mil exemplos: a diferença é menor que um erro padrão.
#
# ## 2. Preveja
#
# A **capacidade** de uma rede é a variedade de funções que ela consegue representar. A medida mais simples, e grosseira, é o número de parâmetros. Uma camada
# densa de $m$ entradas e $u$ unidades tem $(m + 1)\,u$: um peso por entrada e um viés, por unidade. Treinaremos quatro redes, todas com
# 28 entradas, camadas ocultas iguais com ativação ELU e uma saída:

# %%
SHAPES = {"mínima": (16, 1), "pequena": (16, 2), "média": (64, 3), "grande": (512, 4)}


def layers_of(units, depth):
    hidden = [keras.layers.Dense(units, "elu") for _ in range(depth)]
    return keras.Sequential([keras.Input((28,)), *hidden, keras.layers.Dense(1)])


counts = {name: layers_of(*shape).count_params() for name, shape in SHAPES.items()}
giant = layers_of(1024, 4).count_params()

# %%
claim(
    "D1-04",
    "mínima 481, pequena 753, média 10 241 e grande 803 329 parâmetros",
    list(counts.values()) == [481, 753, 10_241, 803_329],
)
claim(
    "D1-05",
    "quatro camadas de 1 024 teriam 3 179 521, mais de mil por exemplo de treino",
    giant == 3_179_521 and giant > 1000 * len(x_train),
)

# %% [markdown]
# > A grande tem oitocentos parâmetros para cada exemplo de treino. Na **validação**, qual das quatro chega à menor entropia cruzada? E qual termina o
# > treino com a maior?
#
# Escreva os palpites; eles aparecem na tabela.

# %%
guess_best, guess_worst = "grande", "mínima"  # troque pelos seus palpites

# %% [markdown]
# ## 3. A mesma receita para todas
#
# Para que a diferença entre duas redes seja **a capacidade**, o resto fica igual: dados, lotes, otimizador, perda, sementes. A taxa de aprendizado segue a queda
# hiperbólica `InverseTimeDecay`, $\eta(t) = \eta_0/(1 + t/T)$, em que $t$ conta passos. Com 10 passos por época e $T = 10\,000$, ela cai à metade em mil épocas e a
# um terço em duas mil; nas poucas épocas desta lição, quase não muda.

# %%
schedule = keras.optimizers.schedules.InverseTimeDecay(1e-3, decay_steps=10_000, decay_rate=1.0)
rates = np.array([float(schedule(10 * epoch)) for epoch in (0, 40, 1000, 2000, 5000)])
claim(
    "D1-06",
    "a taxa cai à metade em mil épocas, a um terço em duas mil e a um sexto em cinco mil",
    np.allclose(rates[2:], [1e-3 / 2, 1e-3 / 3, 1e-3 / 6], rtol=1e-4),
)
claim("D1-07", "e menos de 5 % em quarenta", 1 - rates[1] / rates[0] < 0.05)

# %% [markdown]
# A última camada devolve um **logit** $z$, e a probabilidade de sinal é $\sigma(z)$. Por isso a perda recebe `from_logits=True`, e a acurácia usa `threshold=0.0`: a
# probabilidade passa de 0,5 exatamente quando $z$ passa de zero. A entropia cruzada entra também como **métrica**, para que continue comparável quando a perda
# ganhar penalidades. São objetos de `keras.metrics`, e não a própria perda: a métrica pondera cada exemplo por igual mesmo que o último lote seja menor.
#
# Os lotes vêm de um **`tf.data.Dataset`**, que guarda os exemplos na memória (`cache`), embaralha-os a cada época (`shuffle`) e os entrega em lotes (`batch`). É o caminho do
# `fit` que menos tempo gasta entre um passo e outro. A função devolve um fluxo **novo** a cada chamada: reatribuir `dados = dados.batch(100)` na mesma variável faria, na segunda
# execução da célula, lotes de lotes.


# %%
def stream(x, y, batch_size, shuffle=True):
    examples = tf.data.Dataset.from_tensor_slices((x, y)).cache()
    return (examples.shuffle(len(x)) if shuffle else examples).batch(batch_size)


def train(name, epochs, callbacks=()):
    set_seeds()
    model = layers_of(*SHAPES[name])
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.InverseTimeDecay(1e-3, 10_000, 1.0)),
        keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.BinaryCrossentropy(from_logits=True, name="binary_crossentropy"),
            keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy"),
        ],
        steps_per_execution=10,  # uma época por chamada compilada
    )
    options = {"epochs": epochs, "callbacks": list(callbacks), "shuffle": False, "verbose": 0}
    validation = stream(x_val, y_val, 2000, shuffle=False)
    return model.fit(stream(x_train, y_train, 100), validation_data=validation, **options)


# %% [markdown]
# As três menores treinam por 45 épocas; a grande, por 22, que lhe sobram. A mínima grava também um registro para o TensorBoard, que
# leremos na seção 7.

# %%
logs = tempfile.TemporaryDirectory()
board = keras.callbacks.TensorBoard(Path(logs.name) / "tamanhos" / "minima", write_graph=False)
histories = {"mínima": train("mínima", 45, [board])}
histories |= {name: train(name, epochs) for name, epochs in (("pequena", 45), ("média", 45), ("grande", 22))}

# %%
colors = plots.Colors({name: plots.PALETTE[i] for i, name in enumerate(SHAPES)})
plotter = plots.HistoryPlotter(metric="binary_crossentropy", smoothing_std=None, colors=colors)
ax = plotter.plot(histories, title="Quanto maior a rede, mais longe do treino fica a validação")
ax.set_xscale("log")
ax.set_xlim(1, 45)
ax.axhline(base_loss, color="black", linestyle=":", linewidth=1.2)
ax.text(44, base_loss + 0.01, "linha de base", ha="right")
ax.legend(loc="lower left", ncols=2, fontsize=9)
ax.set_xticks([1, 2, 5, 10, 20, 40], ["1", "2", "5", "10", "20", "40"])
ax.minorticks_off()
plots.show(
    ax,
    alt="Entropia cruzada de treino e de validação de quatro redes, com as épocas em escala logarítmica. Na mínima e na pequena as duas curvas descem "
    "juntas. Na média, a de validação para e volta a subir. Na grande, o treino vai quase a zero e a validação dispara para cima da linha de base.",
)

# %% [markdown]
# O eixo das épocas é logarítmico porque as redes vivem em ritmos diferentes: a grande sobreajusta em meia dúzia de épocas, e a mínima ainda aprende na
# última. E o eixo vertical mostra **tudo**. Cortá-lo em 0,7, como se faz para "ver melhor" as redes pequenas, esconderia justamente a curva que conta a
# história.

# %%
last = {name: {k: v[-1] for k, v in h.history.items()} for name, h in histories.items()}
gaps = {name: v["val_binary_crossentropy"] - v["binary_crossentropy"] for name, v in last.items()}
lowest = {name: min(h.history["val_binary_crossentropy"]) for name, h in histories.items()}
claim(
    "D1-08",
    "a distância final entre validação e treino cresce da mínima à média e à grande",
    gaps["mínima"] < gaps["média"] < gaps["grande"],
)
claim("D1-09", "na mínima, ela é menor que 0,1", abs(gaps["mínima"]) < 0.1)
claim(
    "D1-10",
    "a grande reduz a perda de treino a menos da metade da da mínima",
    last["grande"]["binary_crossentropy"] < last["mínima"]["binary_crossentropy"] / 2,
)
claim(
    "D1-11",
    "e termina, na validação, pior que a linha de base",
    last["grande"]["val_binary_crossentropy"] > base_loss,
)
claim(
    "D1-12",
    "a subida da grande depois do mínimo passa de 20 %",
    last["grande"]["val_binary_crossentropy"] > 1.2 * lowest["grande"],
)

# %% tags=["nbval-ignore-output"]
best_name = min(lowest, key=lowest.get)
worst_name = max(last, key=lambda name: last[name]["val_binary_crossentropy"])
show_table(
    [
        "rede",
        "parâmetros",
        "treino, no fim",
        "validação: melhor",
        "validação: fim",
        "acurácia de validação, no fim",
    ],
    [
        [
            name,
            f"{counts[name]}",
            number(v["binary_crossentropy"], 3),
            number(lowest[name], 3),
            number(v["val_binary_crossentropy"], 3),
            percent(v["val_accuracy"], 1),
        ]
        for name, v in last.items()
    ],
)
print(
    f"menor perda de validação: {best_name} (seu palpite: {guess_best}); maior no fim: {worst_name} (seu palpite: {guess_worst})"
)

# %% [markdown]
# Duas coisas convém não concluir. A **menor** perda de validação de cada rede, na sua melhor época, muda pouco de uma para outra, e a ordem entre elas depende da
# semente: capacidade demais não impede uma rede de passar por um bom ponto, impede que **fique** nele. E "a grande aprende mais depressa" é verdade para o treino, o
# que não é o que queremos.
#
# ## 4. O que é sobreajuste
#
# - **Pouca capacidade**: a rede não representa a regra que liga atributos e rótulo. Erra no treino e na validação. É o **subajuste**.
# - **Capacidade de sobra**: cabe na rede uma tabela "exemplo → resposta". O treino vai a zero, e a tabela não serve para exemplos novos. É o **sobreajuste**.
# - Entre as duas, a rede é obrigada a comprimir: guarda regularidades que valem para muitos exemplos, e são elas que **generalizam**.
#
# Que uma rede **pode** decorar se prova com uma crueldade: sortear os rótulos. Embaralhamos as respostas de 400 exemplos. Não há mais regra nenhuma que as ligue aos
# atributos; quem acertar, decorou.

# %%
shuffled = rng.permutation(y_train[:400])
set_seeds()
parrot = layers_of(256, 2)
parrot.compile(
    keras.optimizers.Adam(5e-3),
    keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
    steps_per_execution=8,
)
memorized = parrot.fit(stream(x_train[:400], shuffled, 50), epochs=50, shuffle=False, verbose=0)
memory = memorized.history["accuracy"][-1]
fresh = np.mean((parrot.predict(x_val, verbose=0) > 0) == y_val)
claim("D1-13", "a rede acerta mais de 90 % de rótulos sorteados: decorou-os", memory > 0.9)
claim("D1-14", "e em exemplos novos fica a menos de 5 pontos percentuais de 50 %", abs(fresh - 0.5) < 0.05)

# %% [markdown]
# O treino não distingue uma coisa da outra: a perda cai do mesmo jeito quando se aprende e quando se decora (o experimento é de Zhang e colegas, 2017). **Só exemplos que a rede
# não viu contam a diferença.**
#
# ## 5. As quatro regras, em código
#
# Quem lê curvas de aprendizado usa, sem perceber, quatro regras:
#
# 1. uma distância **pequena** entre treino e validação é normal;
# 2. se as duas andam na **mesma direção**, está tudo bem: ainda se aprende;
# 3. se a validação **estaciona** enquanto o treino melhora, a rede está no limite do que esses dados lhe ensinam;
# 4. se a validação vai na **direção errada**, é sobreajuste.
#
# `diagnose` as aplica, com os limiares escritos (`help(diagnose)`): alisa as curvas, vê quanto cada uma caiu no último quarto do treino e quanto a validação subiu acima do
# mínimo.

# %% tags=["nbval-ignore-output"]
readings = {name: diagnose(h, "binary_crossentropy") for name, h in histories.items()}
for name, reading in readings.items():
    print(f"{name}: {reading}")

# %%
early = {k: v[:8] for k, v in histories["média"].history.items()}
early_label = diagnose(early, "binary_crossentropy").label
claim("D1-15", "a grande recebe o rótulo de sobreajuste", readings["grande"].label == "sobreajuste")
claim("D1-16", "a mínima, não", readings["mínima"].label != "sobreajuste")
claim(
    "D1-17",
    "a média também, no fim, mas não nas oito primeiras épocas",
    readings["média"].label == "sobreajuste" != early_label,
)

# %% [markdown]
# A última afirmação lembra um limite da leitura: ela fala das épocas que viu. Uma rede "saudável" na oitava pode sobreajustar na vigésima.
#
# ## 6. Quanto é demais?
#
# Ponha no mesmo gráfico a melhor e a última perda de validação de cada rede, contra o número de parâmetros.

# %%
sizes, (red, blue, green) = list(counts.values()), (plots.PALETTE[i] for i in (1, 0, 2))
ends = {part: [v[part] for v in last.values()] for part in ("val_binary_crossentropy", "binary_crossentropy")}
figure, ax = plt.subplots(figsize=(8, 4))
ax.semilogx(sizes, ends["val_binary_crossentropy"], "s-", color=red, label="validação, última época")
ax.semilogx(sizes, list(lowest.values()), "o-", color=blue, label="validação, melhor época")
ax.semilogx(sizes, ends["binary_crossentropy"], "^--", color=green, label="treino, última época")
ax.axhline(base_loss, color="black", linestyle=":", linewidth=1.2, label="linha de base")
ax.set(
    xlabel="Parâmetros", ylabel="Entropia cruzada", title="A capacidade cobra na última época, não na melhor"
)
ax.legend()
plots.comma_axes(ax)
ax.set_xticks(sizes, ["481", "753", "10 241", "803 329"])
ax.minorticks_off()
plots.show(
    figure,
    alt="Entropia cruzada contra o número de parâmetros, em escala logarítmica. A de treino desce até perto de zero. A de validação na última época sobe "
    "muito com o tamanho. A de validação na melhor época é quase plana.",
)

# %%
spread = max(lowest.values()) - min(lowest.values())
final_spread = max(v["val_binary_crossentropy"] for v in last.values()) - min(
    v["val_binary_crossentropy"] for v in last.values()
)
claim(
    "D1-18",
    "entre as redes, a perda da última época varia ao menos cinco vezes mais que a da melhor",
    final_spread > 5 * spread,
)
claim("D1-19", "em todas, a melhor época bate a linha de base", max(lowest.values()) < base_loss)

# %% [markdown]
# Não existe fórmula para o tamanho certo. O caminho honesto é **começar pequeno** e crescer enquanto a perda de validação melhorar; quando ela para de melhorar, a rede extra só compra
# sobreajuste, e **simplificar o modelo**, menos camadas ou menos unidades, é o primeiro regularizador a tentar.
#
# *É comum ouvir que "a capacidade é o número de parâmetros".* É uma medida conveniente e falha: o que uma rede representa depende também da arquitetura, dos pesos a que o treino consegue chegar
# e de quando ele para. Redes com muitíssimos mais parâmetros que exemplos às vezes generalizam bem, e a curva de validação contra o tamanho pode voltar a descer depois de subir (a
# "descida dupla" de Belkin e colegas, 2019). Em vez de confiar na contagem, meça.
#
# ### Um limiar que engana
#
# Uma armadilha silenciosa mora na acurácia. `metrics=["accuracy"]` não sabe que a saída é um *logit*: usa o limiar 0,5 **no logit**, isto é, probabilidade 0,62.

# %%
small = histories["pequena"].model
logits = small.predict(x_val, verbose=0)
measured = {}
for threshold in (0.0, 0.5):
    metric = keras.metrics.BinaryAccuracy(threshold=threshold)
    metric.update_state(y_val, logits)
    measured[threshold] = float(metric.result())
by_probability = np.mean((1 / (1 + np.exp(-logits)) > 0.5) == y_val)
shifted = np.mean((1 / (1 + np.exp(-logits)) > 1 / (1 + np.exp(-0.5))) == y_val)
flat_labels = y_val.ravel()
try:
    keras.metrics.BinaryCrossentropy(from_logits=True).update_state(flat_labels, logits)
    refused = False
except ValueError:
    refused = True

# %%
claim(
    "D1-20",
    "limiar 0 no logit é limiar 0,5 na probabilidade",
    bool(np.isclose(measured[0.0], by_probability)),
)
claim(
    "D1-21",
    "limiar 0,5 no logit é limiar 0,62 na probabilidade: outra medida",
    bool(np.isclose(measured[0.5], shifted)) and measured[0.5] != measured[0.0],
)
claim("D1-22", "rótulos (n,) para uma saída (n, 1) são recusados pela métrica de entropia cruzada", refused)

# %% [markdown]
# ## 7. Os mesmos números no TensorBoard
#
# O **TensorBoard** é um painel que lê registros gravados durante o treino. O *callback* `keras.callbacks.TensorBoard(pasta)` grava, ao fim de cada época, as métricas de treino em
# `pasta/train` e as de validação em `pasta/validation`. Dê a cada treino a sua pasta, agrupada por experimento (`registros/tamanhos/minima`,
# `registros/regularizadores/l2`…): o painel desenha uma curva por pasta. Para abri-lo, em um terminal:
#
# ```
# tensorboard --logdir registros
# ```
#
# ou, em um caderno, `%load_ext tensorboard` e `%tensorboard --logdir registros`. Não há nada nele que o `History` não tenha; a vantagem é comparar dezenas de treinos enquanto correm. Conferimos: lemos de
# volta os registros da rede mínima.

# %%
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def recorded(part, tag):
    events = EventAccumulator(
        str(Path(logs.name) / "tamanhos" / "minima" / part), size_guidance={"tensors": 0}
    ).Reload()
    return np.array([float(tf.make_ndarray(event.tensor_proto)) for event in events.Tensors(tag)])


read = {part: recorded(part, "epoch_binary_crossentropy") for part in ("train", "validation")}
minimal = histories["mínima"].history
logs.cleanup()

# %%
claim(
    "D1-23",
    "o registro de treino é o do History",
    np.allclose(read["train"], minimal["binary_crossentropy"], rtol=1e-6),
)
claim(
    "D1-24",
    "e o de validação também",
    np.allclose(read["validation"], minimal["val_binary_crossentropy"], rtol=1e-6),
)

# %% [markdown]
# O painel tem dois eixos horizontais que respondem a perguntas diferentes: **passo** (épocas) e **relativo** (tempo de relógio). Uma época da rede grande custa muitas vezes uma da mínima, e no eixo do
# tempo a ordem das curvas pode mudar. E ele alisa as curvas por padrão: zere o alisamento antes de procurar um mínimo.
#
# Em treinos longos, que levam centenas de épocas, todas essas redes acabariam interrompidas pela **parada antecipada**, que vigia `val_binary_crossentropy` e devolve os melhores pesos: é o assunto da próxima
# lição. O `EpochDots` do curso imprime um ponto por época e um resumo a cada cem, para que se veja que o treino anda.
#
# ## 8. Explique
#
# Um colega propõe quatro atalhos: (a) treinar a rede mínima e dar as **ativações** dela como entrada à grande; (b) repetir isso em cascata, rede após rede; (c) como as representações perdem informação, juntar a elas, de
# novo, os **dados originais**; (d) levar os dados originais direto a uma camada do meio. O que cada atalho é, e o que se ganha ou se arrisca?
#
# <details><summary>Uma resposta possível</summary>
#
# (a) É **extração de características**: a primeira rede, congelada, vira um pré-processamento. Ajuda quando a primeira foi treinada em mais dados ou em outra tarefa (a transferência de aprendizado faz isso); se as duas veem os mesmos
# mil exemplos, a segunda só pode perder informação, porque nenhuma função das ativações contém mais do que elas. (b) É o **treinamento guloso, camada a camada**: cada etapa ajusta o que a anterior fixou, e um erro cedo não
# se conserta depois; foi útil antes de boas inicializações e normalização. Continua a ter a capacidade da soma, e sobreajusta como ela. (c) e (d) são **conexões de salto por concatenação**: a camada recebe a representação *e* a entrada original. Não é a
# conexão **residual**, que soma e exige formatos iguais. O preço é uma camada com mais entradas, logo mais parâmetros. Nenhum dos quatro cria informação sobre o rótulo: todos se julgam, como qualquer arquitetura, na validação.
#
# </details>
#
# ## 9. Resumo
#
# | conceito | fórmula ou regra | o que você viu | onde se erra |
# |---|---|---|---|
# | linha de base | classe mais frequente; frequência $q$ | toda rede se compara a ela (D1-11, D1-19) | comemorar 66 % sem ela |
# | erro padrão | $\sqrt{a(1-a)/n}$ | D1-01 a D1-03 | chamar de vantagem o que é empate |
# | capacidade | $(m+1)u$ por camada | contagens exatas (D1-04) | tomá-la por mais do que uma medida grosseira |
# | sobreajuste | treino cai, validação sobe | D1-08 a D1-12 | olhar só a acurácia, ou um eixo cortado |
# | memorização | rótulos sorteados | a rede decora o que não tem regra (D1-13, D1-14) | confundir perda de treino com aprendizado |
# | quatro regras | `diagnose` | D1-15 a D1-17 | esquecer que só valem para as épocas vistas |
# | tamanho | começar pequeno, crescer | a melhor época quase não muda; a última, sim (D1-18) | comparar redes pela última época |
# | limiar | $z > 0 \Leftrightarrow p > 0{,}5$ | D1-20, D1-21 | `metrics=["accuracy"]` com *logits* |
# | TensorBoard | uma pasta por treino | os números do History (D1-23, D1-24) | deixar o alisamento ligado |
#
# **Para praticar:** o **Lab 5 · Sobreajuste e regularização** treina estas redes, e uma gigante, com 10 000 exemplos, e pede a sua leitura das curvas. **A seguir:** a lição sobre parada antecipada.
#
# ## Referências
#
# - Baldi, P.; Sadowski, P.; Whiteson, D. (2014). Searching for exotic particles in high-energy physics with deep learning. *Nature Communications*, 5, 4308.
# - Zhang, C.; Bengio, S.; Hardt, M.; Recht, B.; Vinyals, O. (2017). Understanding deep learning requires rethinking generalization. *ICLR*. Redes que decoram rótulos sorteados.
# - Belkin, M.; Hsu, D.; Ma, S.; Mandal, S. (2019). Reconciling modern machine-learning practice and the classical bias–variance trade-off. *PNAS*, 116(32), 15849–15854. A descida dupla.
# - Goodfellow, I.; Bengio, Y.; Courville, A. (2016). *Deep Learning*. MIT Press. Capítulo 5.
# - He, K.; Zhang, X.; Ren, S.; Sun, J. (2016). Deep residual learning for image recognition. *CVPR*. Conexões residuais.
# - Huang, G.; Liu, Z.; van der Maaten, L.; Weinberger, K. Q. (2017). Densely connected convolutional networks. *CVPR*. Conexões de salto por concatenação.
