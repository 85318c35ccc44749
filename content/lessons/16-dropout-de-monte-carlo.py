# ---
# jupyter:
#   gradiente:
#     id: D5
#     title: A rede sabe quando não sabe?
#     covers: [S2-57, S2-58, S2-59, S2-60, S2-61, S2-62, S2-63, S2-64, S2-65]
#     seconds: 30
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 16 · A rede sabe quando não sabe?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *medir* a incerteza de uma rede com dropout de Monte Carlo; *separar* a dúvida que vem dos dados da que vem da rede; *conferir* se a confiança que ela anuncia se cumpre; *usar* tudo isso sem estragar a normalização em lote |
# | **Você precisa saber** | o que o *dropout* faz no treino e por que se desliga depois (lição sobre dropout); os dois modos da normalização em lote; *softmax* e entropia cruzada |
# | **Tempo de leitura** | cerca de 30 minutos |
# | **Tempo de execução** | cerca de 30 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | incerteza, dropout de Monte Carlo, passagem estocástica, entropia preditiva, informação mútua, cobertura, calibração, diagrama de confiabilidade |
#
# Uma rede que classifica roupas responde a qualquer imagem, até à de um gato, e responde com números que parecem
# probabilidades. Em muitos usos isso não basta: quem decide precisa saber **quando a resposta não merece crédito**. Esta
# lição usa o *dropout*, que conhecemos como regularizador, para fazer a rede mostrar a própria dúvida, e depois mede
# quanto essa dúvida vale.

# %%
import tempfile
from pathlib import Path

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import h5py
import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots
from gradiente.claims import claim, set_seeds
from gradiente.datasets import cat_noncat_files, load_fashion_mnist
from gradiente.formatting import number, percent, show_table
from gradiente.uncertainty import (
    MCAlphaDropout,
    MCDropout,
    calibration,
    monte_carlo,
    mutual_information,
    predictive_entropy,
    with_monte_carlo,
)

# %% [markdown]
# Os dados são os de sempre: 2 000 fotos de roupas para treinar e 500 para validar, padronizadas com a média e o desvio
# padrão do treino.

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
pixels, labels = data.x_train[:2500].astype("float32"), data.y_train[:2500].astype("int32")
mean, std = pixels[:2000].mean(), pixels[:2000].std()
x = (pixels - mean) / std
x_train, y_train, x_val, y_val = x[:2000], labels[:2000], x[2000:], labels[2000:]

# %% [markdown]
# E dois tipos de imagem **estrangeira**, que a rede nunca viu e para as quais não tem resposta certa: fotos do conjunto
# gato/não gato, em tons de cinza e reduzidas a 28 × 28, e ruído, com cada pixel sorteado. Elas passam pela mesma
# padronização das roupas.

# %% tags=["nbval-ignore-output"]
with h5py.File(cat_noncat_files().train) as file:
    gray = file["train_set_x"][:].astype("float32").mean(axis=-1)[:, 4:60, 4:60]
photos = (gray.reshape(-1, 28, 2, 28, 2).mean(axis=(2, 4)) - mean) / std  # média de blocos de 2 × 2
rng = np.random.default_rng(set_seeds())
noise = ((rng.uniform(0, 255, size=(200, 28, 28)) - mean) / std).astype("float32")

# %% [markdown]
# A rede tem duas camadas ocultas, cada uma seguida de *dropout* com taxa $p = 0{,}4$. Treinamos até ela acertar quase
# todo o treino, como faria quem olhasse só a acurácia.

# %%
set_seeds()
model = keras.Sequential(
    [
        keras.Input((28, 28)),
        keras.layers.Flatten(),
        keras.layers.Dense(128, "relu", kernel_initializer="he_normal"),
        keras.layers.Dropout(0.4),
        keras.layers.Dense(128, "relu", kernel_initializer="he_normal"),
        keras.layers.Dropout(0.4),
        keras.layers.Dense(10, "softmax"),
    ]
)
model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", steps_per_execution=20)
history = model.fit(x_train, y_train, epochs=35, batch_size=100, verbose=0)

# %% [markdown]
# ## 1. A pergunta
#
# Chamamos de **confiança** a maior das dez probabilidades que a *softmax* devolve. Que confiança a rede mostra em uma
# roupa que conhece? E em uma fotografia que não é de roupa nenhuma?

# %%
certain = model.predict(x_val, verbose=0)  # em predict, o dropout está desligado
answer, confidence = certain.argmax(axis=1), certain.max(axis=1)
foreign = model.predict(photos, verbose=0)
shown = [(x_val[i], certain[i], answer[i] == y_val[i]) for i in np.flatnonzero(answer == y_val)[:5]]
shown += [(x_val[i], certain[i], False) for i in np.flatnonzero(answer != y_val)[:5]]
shown += [(photos[i], foreign[i], False) for i in np.argsort(-foreign.max(axis=1))[:10]]

# %%
captions = [f"{data.class_names[p.argmax()]}\n{percent(p.max())}" for _, p, _ in shown]
figure = plots.images(
    [image for image, _, _ in shown],
    captions,
    "A rede dá um nome, e muita confiança, também ao que não é roupa",
    columns=10,
    marked=[not right for _, _, right in shown],
)
plots.show(
    figure,
    alt="Duas linhas de imagens com a resposta da rede e a confiança dela. Na primeira, cinco roupas que ela acerta e "
    "cinco que ela erra, estas em destaque. Na segunda, dez fotografias que não são de roupas, todas com o nome de uma "
    "peça e confiança alta.",
)

# %% [markdown]
# ## 2. Preveja
#
# > De cada 100 fotografias do conjunto gato/não gato, a quantas a rede dá uma resposta com confiança maior que 50 %?
#
# Escreva o seu palpite antes de executar a célula seguinte.

# %%
guess = 10  # troque pelo seu palpite, de 0 a 100

# %% tags=["nbval-ignore-output"]
share = np.mean(foreign.max(axis=1) > 0.5)
show_table(
    ["", "fotografias com confiança acima de 50 %"],
    [["medido", percent(share)], ["seu palpite", percent(guess / 100)]],
)

# %%
claim("D5-01", "mais da metade das fotografias estrangeiras recebe confiança acima de 50 %", share > 0.5)
claim(
    "D5-02", "na validação, a confiança média passa da acurácia", confidence.mean() > np.mean(answer == y_val)
)

# %% [markdown]
# A *softmax* só reparte 1 entre as classes que existem. Ela não tem um "nenhuma das anteriores", e nada no treino a
# obrigou a repartir por igual longe dos exemplos. *É comum ouvir que a saída da softmax é a probabilidade de a rede estar
# certa.* É a probabilidade **segundo a rede**; se ela se cumpre é uma pergunta empírica, e D5-02 diz que, nesta rede, não
# se cumpre.
#
# ## 3. Muitas redes em uma
#
# Se tivéssemos cem redes treinadas de maneiras um pouco diferentes, teríamos um jeito natural de medir dúvida: perguntar
# a todas e ver **se concordam**. Treinar cem redes custa caro. Mas uma rede com *dropout* já contém muitas: cada máscara
# desliga outras unidades e deixa outra sub-rede de pé. No treino, cada lote usou uma; na inferência o costume é desligar
# o sorteio e usar todas as unidades de uma vez.
#
# O **dropout de Monte Carlo** (*MC dropout*) mantém o sorteio ligado depois do treino e repete a pergunta $T$ vezes. A
# cada repetição, uma **passagem estocástica**, vale outra máscara:
#
# $$p_t = f(x;\, \text{máscara}_t), \qquad \bar p = \frac1T \sum_{t=1}^{T} p_t$$
#
# onde $f$ é a rede, $p_t$ o vetor de dez probabilidades da passagem $t$ e $\bar p$ a resposta final. "Monte Carlo" é o nome
# que se dá a estimar uma média por sorteios.
#
# Em uma rede sem normalização em lote, basta pedir o modo de treino na chamada:

# %%
passes = np.stack([np.asarray(model(x_val, training=True)) for _ in range(100)])
repeated = np.stack([model.predict(x_val[:20], verbose=0) for _ in range(3)])
print("forma das passagens:", passes.shape)

# %%
claim("D5-03", "cem passagens dão um array (passagens, exemplos, classes)", passes.shape == (100, 500, 10))
claim("D5-04", "predict repete a mesma resposta, sem variação nenhuma", np.ptp(repeated, axis=0).max() == 0)
claim("D5-05", "as passagens variam em todos os exemplos", passes.std(axis=0).max(axis=1).min() > 0)

# %% [markdown]
# Olhemos dois exemplos de perto: o da validação em que as passagens menos variam e o em que mais variam. Cada ponto é a
# probabilidade que uma passagem deu a uma classe; o losango é o que `predict` responde.

# %%
spread = passes.std(axis=0).max(axis=1)
picked = {"As passagens concordam": int(spread.argmin()), "As passagens discordam": int(spread.argmax())}
figure, axes = plt.subplots(1, 2, figsize=(11.5, 4), sharey=True)
for ax, (title, i) in zip(axes, picked.items(), strict=True):
    columns = np.arange(10) + rng.uniform(-0.2, 0.2, size=(100, 10))
    ax.plot(columns.ravel(), passes[:, i].ravel(), ".", color=plots.PALETTE[0], alpha=0.3, markersize=4)
    ax.plot(np.arange(10), certain[i], "D", color=plots.PALETTE[1], markersize=6, label="predict")
    ax.set_xticks(range(10), data.class_names, rotation=45, ha="right")
    ax.set_title(f"{title} (é {data.class_names[y_val[i]]})")
    plots.comma_axes(ax)
axes[0].set_ylabel("Probabilidade")
axes[1].legend()
figure.suptitle("Cem máscaras, cem respostas: a dispersão mostra a dúvida que predict esconde")
plots.show(
    figure,
    alt="Dois painéis com a probabilidade de cada classe em cem passagens. No primeiro, todos os pontos se juntam perto de "
    "um para uma classe e de zero para as outras. No segundo, os pontos se espalham entre zero e um em duas ou mais classes.",
)

# %% [markdown]
# Um caso famoso ilustra a ideia: em um registro de outro curso, `predict` dava à primeira imagem de teste do Fashion-MNIST
# probabilidade 1,00 de ser bota, e dez passagens davam à mesma bota 0,48, 0,15, 0,75, 0,99, 0,75, 0,36, 0,92, 0,74, 0,61
# e 0,96. A média de cem ficou em 0,76, com desvio padrão 0,27; o resto se dividia entre tênis e sandália.
#
# ### O que isso é, e o que não é
#
# Gal e Ghahramani (2016) mostraram que treinar com *dropout* e depois sortear máscaras equivale, sob certas hipóteses, a uma
# aproximação de uma rede bayesiana, em que os pesos têm distribuição e não valor. Convém não tomar a equivalência ao pé da
# letra: o tamanho da incerteza depende da taxa $p$ e da arquitetura, que escolhemos por outros motivos. O resto da lição
# trata o método pelo que se pode **medir** dele.
#
# ## 4. A camada que sorteia sempre
#
# `model(x, training=True)` liga o modo de treino da rede **inteira**. Com normalização em lote (BN) isso é um erro: no modo de
# treino, ela normaliza com as estatísticas do lote e **atualiza as médias móveis**. Perguntar estraga a rede. Veja em uma
# rede pequena com BN:

# %%
set_seeds()
with_bn = keras.Sequential(
    [
        keras.Input((28, 28)),
        keras.layers.Flatten(),
        keras.layers.Dense(32, use_bias=False),
        keras.layers.BatchNormalization(),
        keras.layers.ReLU(),
        keras.layers.Dropout(0.4),
        keras.layers.Dense(10, "softmax"),
    ]
)
with_bn.compile("adam", "sparse_categorical_crossentropy", steps_per_execution=20)
with_bn.fit(x_train, y_train, epochs=3, batch_size=100, verbose=0)
statistics = [w.numpy().copy() for w in with_bn.layers[2].non_trainable_weights]


def moved():
    return max(
        np.abs(w.numpy() - old).max()
        for w, old in zip(with_bn.layers[2].non_trainable_weights, statistics, strict=True)
    )


# %% [markdown]
# A saída é uma camada de *dropout* que ignora o modo e sorteia sempre. São três linhas; a biblioteca do curso traz esta
# mesma classe pronta, com o nome de `MCDropout`:


# %%
@keras.saving.register_keras_serializable(package="licao")
class AlwaysDropout(keras.layers.Dropout):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


# %% [markdown]
# Falta pôr a camada no lugar das antigas **sem retreinar**. `with_monte_carlo` monta uma cópia do modelo em que cada `Dropout` vira
# `MCDropout` e **copia** os pesos.

# %%
doubtful_bn = with_monte_carlo(with_bn)
varied = np.stack([doubtful_bn.predict(x_val[:50], verbose=0) for _ in range(2)])
before = moved()
print([type(layer).__name__ for layer in doubtful_bn.layers])

# %%
np.asarray(with_bn(x_val, training=True))  # o jeito errado, de propósito, e por último
claim(
    "D5-06",
    "com MCDropout, até predict varia de uma chamada para outra",
    np.abs(varied[0] - varied[1]).max() > 0,
)
claim("D5-07", "e as médias móveis da BN não mudam nem um bit", before == 0)
claim("D5-08", "uma só chamada com training=True as muda", moved() > 1e-3)

# %% [markdown]
# Dois cuidados, que costumam passar despercebidos.
#
# **Copiar ou compartilhar.** Há quem monte o novo modelo com as camadas do antigo, `Sequential([camada de dropout nova, as outras
# de antes…])`, e em seguida chame `set_weights`. A segunda linha é inútil: as camadas são **as mesmas**, e treinar um modelo muda o outro.

# %%
reused = keras.Sequential(
    [
        keras.Input((28, 28)),
        *[MCDropout(0.4) if isinstance(old, keras.layers.Dropout) else old for old in model.layers],
    ]
)
doubtful = with_monte_carlo(model)
same = [a is b for a, b in zip(reused.weights, model.weights, strict=True)]
copied = [a is b for a, b in zip(doubtful.weights, model.weights, strict=True)]
claim("D5-09", "reaproveitar as camadas compartilha todos os pesos", all(same))
claim("D5-10", "a cópia não compartilha nenhum", not any(copied))

# %% [markdown]
# **Registrar.** Um modelo salvo guarda o *nome* de cada camada. Para que `load_model` encontre a classe, ela precisa estar registrada,
# que é o que faz a linha `@keras.saving.register_keras_serializable`. Sem ela:


# %%
class Forgotten(keras.layers.Dropout):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


def reload(layer):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "modelo.keras"
        keras.Sequential([keras.Input((4,)), layer, keras.layers.Dense(2)]).save(path)
        return keras.models.load_model(path)


try:
    reload(Forgotten(0.4))
    failure = None
except (TypeError, ValueError) as error:
    failure = error
print("sem registro:", type(failure).__name__)

# %%
loaded = reload(AlwaysDropout(0.4)).layers[0]
claim("D5-11", "sem registro, o modelo salvo não carrega", failure is not None)
claim(
    "D5-12",
    "com registro, carrega com a camada e a taxa",
    type(loaded) is AlwaysDropout and loaded.rate == 0.4,
)

# %% [markdown]
# Para redes com SELU, a parceira é a `MCAlphaDropout`: o `AlphaDropout` comum preserva média e desvio padrão das ativações, e a versão
# de Monte Carlo apenas não o desliga. `with_monte_carlo` também a coloca.

# %%
selu = [keras.layers.Dense(16, "selu", kernel_initializer="lecun_normal"), keras.layers.AlphaDropout(0.2)]
snn = with_monte_carlo(keras.Sequential([keras.Input((784,)), *selu, keras.layers.Dense(10, "softmax")]))
several = monte_carlo(snn, x_val[:10].reshape(10, -1), passes=20)
swapped = isinstance(snn.layers[1], MCAlphaDropout)
claim("D5-13", "a cópia troca AlphaDropout e também varia", swapped and several.std(axis=0).max() > 0)

# %% [markdown]
# ## 5. Uma chamada em vez de cem
#
# Cem chamadas pagam cem vezes o custo fixo de uma chamada. Mas cada linha do lote sorteia a **sua** máscara, de modo que dá no
# mesmo repetir cada exemplo cem vezes e chamar **uma vez só**. É o que faz `monte_carlo`, em poucas linhas de NumPy: `np.repeat` na
# ida, `reshape` na volta.

# %%
tiled = np.repeat(x_val[:30], 100, axis=0)  # 30 exemplos, 100 vezes cada um, em sequência
at_once = np.asarray(doubtful(tiled)).reshape(30, 100, 10).swapaxes(0, 1)
samples = monte_carlo(doubtful, x_val, passes=100)
gap = np.abs(at_once.mean(axis=0) - passes[:, :30].mean(axis=0))
noise_of_mean = np.sqrt((at_once.var(axis=0) + passes[:, :30].var(axis=0)) / 100)
inside = np.mean(gap <= 3 * noise_of_mean + 1e-6)
claim("D5-14", "as duas formas concordam: 95 % das médias diferem menos de 3 erros padrão", inside > 0.95)
claim("D5-15", "monte_carlo devolve (passagens, exemplos, classes)", samples.shape == (100, 500, 10))

# %% [markdown]
# Não há milagre: a conta continua a ser de $T$ passagens por exemplo, $T$ vezes o custo de `predict`. O que se poupa é o vaivém. Por isso
# interessa saber **quantas passagens bastam**. A média de $T$ sorteios independentes flutua com desvio padrão
#
# $$\sigma_{\bar p} = \frac{\sigma}{\sqrt T}$$
#
# onde $\sigma$ é o desvio padrão de uma passagem. Quadruplicar $T$ corta a flutuação só pela metade. Medimos: 1 024 passagens de 40 exemplos,
# repartidas em grupos de $T$; a flutuação é o desvio padrão entre as médias dos grupos.

# %%
many = monte_carlo(doubtful, x_val[np.argsort(-spread)[:40]], passes=1024)  # os exemplos mais incertos
sizes = np.array([1, 2, 4, 8, 16, 32, 64, 128])
wobble = [many.reshape(-1, T, 40, 10).mean(axis=1).std(axis=0).mean() for T in sizes]
slope = np.polyfit(np.log(sizes), np.log(wobble), 1)[0]
claim("D5-16", "em escala log-log, a flutuação cai com inclinação perto de −1/2", abs(slope + 0.5) < 0.05)

# %%
figure, ax = plt.subplots(figsize=(7.5, 4))
ax.loglog(sizes, wobble, "o-", color=plots.PALETTE[0], label="medido")
ax.loglog(sizes, wobble[0] / np.sqrt(sizes), "--", color=plots.PALETTE[1], label="σ / √T")
ax.set(
    xlabel="Passagens T",
    ylabel="Flutuação da média",
    title="Quatro vezes mais passagens, metade da flutuação",
)
ax.legend()
plots.comma_axes(ax)
ax.set_xticks(sizes, [str(T) for T in sizes])
ax.minorticks_off()
plots.show(
    figure,
    alt="Flutuação da média contra o número de passagens, nos dois eixos em escala logarítmica. Os pontos medidos seguem a "
    "reta tracejada de um sobre raiz de T.",
)

# %% [markdown]
# ## 6. Duas dúvidas diferentes
#
# Para resumir uma distribuição em um número, usamos a **entropia preditiva**, a entropia da resposta média:
#
# $$H[\bar p] = -\sum_{c=1}^{10} \bar p_c \ln \bar p_c$$
#
# onde $c$ percorre as classes. Vale 0 quando toda a probabilidade está em uma classe e $\ln 10$ quando está repartida por igual. Ela é grande em duas
# situações que pedem reações diferentes:
#
# - as passagens **concordam** em uma resposta dividida: a imagem é ambígua, como uma camisa que parece casaco (**incerteza dos dados**, ou
#   aleatória);
# - as passagens **discordam**, cada uma segura de uma resposta: a rede não sabe (**incerteza do modelo**, ou epistêmica). Mais dados de treino
#   como esse a reduziriam.
#
# A entropia se parte exatamente nessas duas parcelas:
#
# $$H[\bar p] = \underbrace{\frac1T\sum_t H[p_t]}_{\text{dúvida média de cada passagem}} + \underbrace{I}_{\text{discordância entre elas}}$$
#
# A segunda parcela é a **informação mútua** $I$ entre a resposta e a máscara. É também a distância média (a divergência de Kullback-Leibler) de cada
# passagem à resposta média, $I = \frac1T\sum_t \sum_c p_{t,c} \ln (p_{t,c} / \bar p_c)$: zero se todas as passagens dão a mesma distribuição. Conferimos por este
# segundo caminho.

# %%
exact = samples.astype("float64")
average = exact.mean(axis=0)
total = predictive_entropy(average)
within = predictive_entropy(exact).mean(axis=0)
between = mutual_information(exact)
divergence = np.sum(exact * np.log((exact + 1e-30) / (average + 1e-30)), axis=-1).mean(axis=0)
ambiguous = np.tile([[0.5, 0.5]], (6, 1, 1))  # seis passagens que concordam na dúvida
split = np.array([[[1.0, 0.0]], [[0.0, 1.0]]] * 3)  # seis passagens seguras, que se contradizem
by_hand = -np.sum(average * np.log(average + 1e-30), axis=1)
claim("D5-17", "a entropia da biblioteca é a da fórmula", np.allclose(total, by_hand, atol=1e-4))
claim(
    "D5-18",
    "dúvida média mais divergência dá a entropia preditiva",
    np.allclose(total, within + divergence, atol=1e-4),
)
claim("D5-19", "concordar na dúvida tem informação mútua zero", mutual_information(ambiguous)[0] < 1e-12)
claim("D5-20", "contradizer-se com certeza tem ln 2", np.isclose(mutual_information(split)[0], np.log(2)))

# %% [markdown]
# Onde a nossa rede duvida mais? Comparamos quatro grupos: as roupas que ela acerta, as que ela erra, as fotografias e o ruído.

# %%
response = samples.mean(axis=0)
wrong = response.argmax(axis=1) != y_val
foreign_samples = {"fotografias": photos, "ruído": noise}
foreign_samples = {name: monte_carlo(doubtful, images, 100) for name, images in foreign_samples.items()}
entropy = {"acertos": total[~wrong], "erros": total[wrong]}
disagreement = {"acertos": between[~wrong], "erros": between[wrong]}
for name, found in foreign_samples.items():
    entropy[name] = predictive_entropy(found.mean(axis=0))
    disagreement[name] = mutual_information(found)

# %%
figure, axes = plt.subplots(1, 2, figsize=(11.5, 3.8), sharey=True)
for ax, groups in zip(axes, (entropy, disagreement), strict=True):
    boxes = ax.boxplot(
        list(groups.values()), orientation="horizontal", widths=0.6, patch_artist=True, showfliers=False
    )
    for box, color in zip(boxes["boxes"], (2, 5, 0, 3), strict=True):
        box.set(facecolor=plots.PALETTE[color], alpha=0.7)
    for line in boxes["medians"]:
        line.set_color("black")
    plots.comma_axes(ax)
axes[0].set_yticks(range(1, 5), list(entropy))
axes[0].set_xlabel("Entropia preditiva (nats)")
axes[1].set_xlabel("Informação mútua (nats)")
axes[0].set_title("Erros e estranhos: muita dúvida")
axes[1].set_title("Estranhos: muita discordância")
figure.suptitle("A rede duvida mais do que erra e, sobretudo, do que nunca viu")
plots.show(
    figure,
    alt="Dois diagramas de caixas, entropia preditiva e informação mútua, para acertos, erros, fotografias e ruído. Nos dois, "
    "os acertos ficam perto de zero e os outros grupos bem acima; na informação mútua, fotografias e ruído ficam acima "
    "dos erros.",
)

# %% [markdown]
# Para dizer "mais" com um número só: sorteie um erro e um acerto; com que frequência a entropia do erro é a maior? (É a área sob a
# curva ROC, AUC: 0,5 para um detector que chuta, 1 para um perfeito.)


# %%
def auc(high, low):
    return np.mean(np.asarray(high)[:, None] > np.asarray(low)[None, :])


found_errors = auc(entropy["erros"], entropy["acertos"])
plain = predictive_entropy(certain)
plain_errors = auc(plain[answer != y_val], plain[answer == y_val])
strange = {name: np.mean(disagreement[name]) / np.mean(between) for name in foreign_samples}
claim("D5-21", "um erro tem mais entropia que um acerto em mais de 70 % dos sorteios", found_errors > 0.7)
claim(
    "D5-22",
    "nas fotografias, a informação mútua média é ao menos o dobro da das roupas",
    strange["fotografias"] > 2,
)
claim("D5-23", "no ruído, também", strange["ruído"] > 2)

# %% tags=["nbval-ignore-output"]
show_table(
    ["grupo", "entropia preditiva", "informação mútua", "parte que é discordância"],
    [
        [
            name,
            np.mean(entropy[name]),
            np.mean(disagreement[name]),
            percent(np.mean(disagreement[name]) / np.mean(entropy[name])),
        ]
        for name in entropy
    ],
)
print("AUC de erros, com Monte Carlo:", number(found_errors), "| só com predict:", number(plain_errors))

# %% [markdown]
# Leia a última linha com honestidade: para apontar os **erros** entre as roupas, a entropia de um único `predict` serve quase tão bem quanto a de
# cem passagens. O ganho de Monte Carlo está na segunda medida, a discordância, que um único `predict` não tem como dar, e que separa o que a rede
# **nunca viu** do que é apenas difícil.

# %%
claim(
    "D5-24",
    "para achar erros, Monte Carlo e predict empatam: AUC a menos de 0,08",
    abs(found_errors - plain_errors) < 0.08,
)
part = {name: np.mean(disagreement[name]) / np.mean(entropy[name]) for name in entropy}
claim(
    "D5-25",
    "a discordância pesa mais na dúvida das fotografias que na dos erros",
    part["fotografias"] > part["erros"],
)

# %% [markdown]
# E um limite: são médias de grupos. Há fotografias em que todas as máscaras concordam, com confiança, em uma peça de roupa. O método não é um
# detector de tudo o que é estranho.
#
# ## 7. Responder só quando convém
#
# Se a rede pode passar adiante os casos em que duvida, para uma pessoa, por exemplo, a entropia diz quais. A **cobertura** é a fração de casos a que ela
# responde. Ordenamos a validação da menor para a maior entropia e medimos a acurácia entre os primeiros.

# %%
order = np.argsort(total)
right = ~wrong[order]
coverage = np.arange(1, 501) / 500
accuracy = np.cumsum(right) / np.arange(1, 501)
figure, ax = plt.subplots(figsize=(7.5, 4))
ax.plot(coverage[24:], accuracy[24:], color=plots.PALETTE[0], linewidth=2)
ax.axhline(accuracy[-1], color="black", linestyle=":", linewidth=1.2)
ax.text(0.06, accuracy[-1] + 0.004, "respondendo a tudo", va="bottom")
ax.set(xlabel="Cobertura", ylabel="Acurácia", title="Calar nos casos de mais entropia aumenta o acerto")
plots.comma_axes(ax)
plots.show(
    figure,
    alt="Acurácia contra cobertura. Com cobertura pequena a acurácia é máxima; ela desce até a da rede que responde a tudo, "
    "marcada por uma linha pontilhada.",
)

# %%
half = accuracy[249]
claim(
    "D5-26",
    "na metade mais segura, a acurácia sobe ao menos 5 pontos percentuais",
    half - accuracy[-1] > 0.05,
)

# %% [markdown]
# ## 8. A confiança se cumpre?
#
# Uma rede **calibrada** cumpre o que anuncia: dos casos em que diz 80 %, acerta 80 %. O **diagrama de confiabilidade** agrupa as respostas por faixa
# de confiança e compara a confiança média da faixa com a acurácia dela. O **erro de calibração esperado** (ECE, *expected calibration error*) é a
# distância média entre as duas, ponderada pelos exemplos de cada faixa:
#
# $$\mathrm{ECE} = \sum_{b} \frac{n_b}{n}\,\lvert \text{acurácia}_b - \text{confiança}_b \rvert$$
#
# onde $b$ percorre as faixas, $n_b$ é o número de exemplos da faixa e $n$ o total.

# %%
reports = {"predict": calibration(certain, y_val), "Monte Carlo": calibration(response, y_val)}
figure, ax = plt.subplots(figsize=(6, 4.6))
ax.plot([0.2, 1], [0.2, 1], ":", color="black", label="calibração perfeita")
for color, (name, report) in zip((1, 0), reports.items(), strict=True):
    enough = report.count >= 5
    ax.plot(report.confidence[enough], report.accuracy[enough], "o-", color=plots.PALETTE[color], label=name)
ax.set(xlabel="Confiança anunciada", ylabel="Acurácia cumprida", title="Abaixo da diagonal: confiança demais")
ax.legend()
plots.comma_axes(ax)
plots.show(
    figure,
    alt="Diagrama de confiabilidade, acurácia contra confiança, para predict e para Monte Carlo, com a diagonal da calibração "
    "perfeita. A curva de predict passa abaixo da diagonal em quase todas as faixas; a de Monte Carlo fica mais perto dela.",
)


# %%
def nll(probabilities):
    return -np.log(np.maximum(probabilities[np.arange(500), y_val], 1e-12))


better = nll(certain) - nll(response)
difference = (response.argmax(axis=1) == y_val).astype(float) - (answer == y_val)
standard_error = difference.std() / np.sqrt(500)
less = response.max(axis=1).mean() < confidence.mean()
claim("D5-27", "Monte Carlo é menos confiante que predict", less)
claim(
    "D5-28",
    "e, nos exemplos que predict erra, perde menos em entropia cruzada",
    better[answer != y_val].mean() > 0,
)
claim("D5-29", "a acurácia muda menos de 3 erros padrão", abs(difference.mean()) <= 3 * standard_error + 1e-9)

# %% tags=["nbval-ignore-output"]
rows = [("predict", certain), ("Monte Carlo", response)]
show_table(
    ["", "acurácia", "confiança média", "entropia cruzada", "ECE"],
    [
        [
            name,
            percent(np.mean(p.argmax(axis=1) == y_val), 1),
            percent(p.max(axis=1).mean(), 1),
            number(float(nll(p).mean())),
            reports[name].error,
        ]
        for name, p in rows
    ],
)

# %% [markdown]
# *É comum ler que Monte Carlo torna a rede mais exata.* Aqui a acurácia não mudou além do que o acaso explica (D5-29). O que melhorou foi a
# **honestidade** das probabilidades: a rede, treinada além da conta, anunciava mais do que cumpria, e a média das passagens a fez mais modesta. Não é
# lei. Uma rede treinada por poucas épocas, que ainda não é confiante demais, pode sair da média **modesta demais**. Meça a calibração na sua validação
# antes de acreditar nela.
#
# ## 9. Explique
#
# Uma colega avalia uma rede com BN e *dropout* chamando `model(x_teste, training=True)` cinquenta vezes. A média das respostas sai estranha e, para
# piorar, depois disso o `predict` do modelo dá acurácia diferente da que dava antes. O que aconteceu, e como ela deveria ter feito?
#
# <details><summary>Uma resposta possível</summary>
#
# O modo de treino liga o sorteio do *dropout*, que ela queria, mas também a BN de treino, que ela não queria. A BN passou a normalizar com as
# estatísticas de cada lote de teste, de modo que a resposta de um exemplo dependia dos vizinhos de lote. E, a cada chamada, as médias móveis
# andaram na direção das estatísticas do teste: o modelo mudou sem nenhum passo de treino, e usando dados de teste. Ela deveria montar, antes, uma cópia com
# camadas que sorteiam sempre (`with_monte_carlo`) e usar `predict`: só o *dropout* fica ligado, e a BN trabalha com as médias móveis do treino. A rede
# estragada precisa ser recarregada do arquivo salvo.
#
# </details>
#
# ## 10. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | confiança | $\max_c p_c$ | alta até em fotos que não são de roupa (D5-01) | tomá-la por probabilidade de acerto |
# | dropout de Monte Carlo | $\bar p = \frac1T\sum_t p_t$ | as passagens variam, `predict` não (D5-04, D5-05) | achar que *dropout* nunca se usa depois do treino |
# | MCDropout | sorteia sempre | a BN fica intacta (D5-07, D5-08) | chamar `training=True` em rede com BN |
# | cópia do modelo | pesos copiados | reaproveitar camadas compartilha (D5-09) | chamar `set_weights` nas mesmas camadas |
# | passagens | $\sigma/\sqrt T$ | inclinação −1/2 (D5-16) | dobrar $T$ e esperar metade da flutuação |
# | entropia preditiva | $H[\bar p]$ | erros têm mais (D5-21) | não comparar com a do `predict` (D5-24) |
# | informação mútua | $H[\bar p] - \frac1T\sum_t H[p_t]$ | maior no que a rede nunca viu (D5-22, D5-23) | tratá-la como detector infalível |
# | calibração | ECE | menos confiança, menos entropia cruzada (D5-27, D5-28) | prometer mais acurácia (D5-29) |
#
# **Para praticar:** no **Lab 4 · Reuso e incerteza** você escreve a sua camada de Monte Carlo e decide quando a rede deve calar. **A seguir:** a lição
# sobre combinar regularizadores, simplificar a rede e conseguir mais dados.
#
# ## Referências
#
# - Gal, Y.; Ghahramani, Z. (2016). Dropout as a Bayesian approximation: representing model uncertainty in deep learning. *ICML*.
# - Houlsby, N.; Huszár, F.; Ghahramani, Z.; Lengyel, M. (2011). Bayesian active learning for classification and preference learning.
#   arXiv:1112.5745. A informação mútua como medida de discordância.
# - Guo, C.; Pleiss, G.; Sun, Y.; Weinberger, K. Q. (2017). On calibration of modern neural networks. *ICML*. Diagramas de confiabilidade e ECE.
# - Lakshminarayanan, B.; Pritzel, A.; Blundell, C. (2017). Simple and scalable predictive uncertainty estimation using deep ensembles. *NeurIPS*. A
#   alternativa de treinar várias redes de verdade.
# - Srivastava, N.; Hinton, G.; Krizhevsky, A.; Sutskever, I.; Salakhutdinov, R. (2014). Dropout: a simple way to prevent neural networks from
#   overfitting. *Journal of Machine Learning Research*, 15, 1929–1958.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms. arXiv:1708.07747.
