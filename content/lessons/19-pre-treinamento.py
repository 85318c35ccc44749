# ---
# jupyter:
#   gradiente:
#     id: E2
#     title: O que se aprende sem rótulos?
#     covers: [S2-31, S2-32, S4-12, S4-13, S4-14, S4-15]
#     seconds: 28
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 19 · O que se aprende sem rótulos?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *pré-treinar* um codificador com fotos sem rótulo, por reconstrução ou por uma tarefa auxiliar; *medir*, contra três controles, o que o pré-treino deu; *devolver* a entrada a uma rede, concatenando ou somando |
# | **Você precisa saber** | congelar, extrair características, ajuste fino e comparação pareada (lição sobre transferência de aprendizado); saturação da sigmoide; erro quadrático médio |
# | **Tempo de leitura** | cerca de 30 minutos |
# | **Tempo de execução** | cerca de 28 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | pré-treinamento, autocodificador, codificador, código, decodificador, tarefa auxiliar, autossupervisão, treinamento guloso, conexão de salto, conexão residual |
#
# A transferência precisa de alguém que já tenha rotulado **outra** tarefa. E se ninguém rotulou nada? Fotos, textos e sons sem rótulo existem aos milhões. O **pré-treinamento** (*pretraining*) põe a rede a resolver,
# com eles, um problema que não pede rótulos; depois as suas primeiras camadas passam à tarefa que importa. Esta lição faz isso de duas maneiras e mede, com controles, o que se ganhou.

# %%
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradiente import plots
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# ## 1. A pergunta
#
# Temos 2 000 fotos do Fashion-MNIST, e só 50 ou 100 delas têm rótulo: cinco ou dez por classe. Outras 1 000 servem para avaliar, e nenhuma rede as vê antes. A média e o desvio da padronização vêm das 2 000, sem olhar rótulo algum.
#
# Guardamos as fotos em duas escalas: `x`, padronizada, é o que **entra** nas redes; `t`, de 0 a 1, é o que o autocodificador tentará **devolver**.

# %%
data = load_fashion_mnist()
photos = np.concatenate([data.x_train[:2500], data.x_test[:500]]).astype("float32")
labels = np.concatenate([data.y_train[:2500], data.y_test[:500]]).astype("int32")
x = ((photos - photos[:2000].mean()) / photos[:2000].std()).reshape(3000, 784)
t = photos.reshape(3000, 784) / 255
pool, test = np.arange(2000), np.arange(2000, 3000)


def draw_labelled(n):
    """Sorteia n das 2 000 fotos, o mesmo número em cada classe."""
    per_class = [np.random.permutation(np.flatnonzero(labels[pool] == c))[: n // 10] for c in range(10)]
    return np.concatenate(per_class)


# %%
seed = set_seeds()
rows = draw_labelled(100)
balanced = np.array_equal(np.bincount(labels[rows]), np.full(10, 10))
claim(
    "E2-01", "as 100 fotos rotuladas são 5 % das 2 000, dez por classe", balanced and len(rows) / 2000 == 0.05
)
shown = np.random.permutation(pool)[:20]
known = np.isin(np.arange(20), [7])
figure = plots.images(
    photos[shown],
    [data.class_names[labels[i]] if k else "?" for i, k in zip(shown, known, strict=True)],
    "De cada vinte fotos, uma tem rótulo",
    marked=list(known),
)
plots.show(
    figure,
    alt="Vinte fotos de roupas em duas filas. Só uma traz o nome da classe, em destaque; sobre as outras dezenove há um ponto de interrogação.",
)

# %% [markdown]
# As fotos com "?" mostram como são as roupas, embora ninguém diga que roupas são. **Quanto vale ver sem que digam o que é?**
#
# ## 2. Preveja
#
# > Com 100 rótulos, quantos **pontos percentuais** de acurácia ganha, sobre a rede treinada do zero, quem antes aprendeu a reconstruir as 2 000 fotos?
#
# O palpite vira a linha tracejada de uma figura adiante.

# %%
guess = 5.0  # troque pelo seu palpite, em pontos percentuais

# %% [markdown]
# ## 3. Copiar por uma porta estreita
#
# Que problema não precisa de rótulos? Devolver a própria entrada. Copiar 784 números é trivial se a rede puder carregá-los todos; por isso estreitamos o caminho. O **codificador** (*encoder*) resume a foto $x$ em um **código** $h$ de 32 números; o **decodificador** (*decoder*) tenta refazer
# a foto, $\hat t$, só a partir de $h$. As duas partes juntas formam um **autocodificador** (*autoencoder*), e a perda é o erro quadrático médio por pixel,
#
# $$\text{MSE} = \frac{1}{784\,m}\sum_{i=1}^{m}\lVert \hat t_i - t_i\rVert^2,$$
#
# em que $m$ é o número de fotos e $t_i$ a foto $i$, com pixels de 0 a 1. Para errar pouco, o código precisa guardar o que distingue uma foto de outra. O alvo é a própria foto: não há rótulo em lugar nenhum.
#
# Todas as redes da lição têm este mesmo codificador, 784 → 100 → 32, com SELU e LeCun. Só muda o que vem depois.


# %%
def build(*after):
    """O codificador 784 → 100 → 32, seguido das camadas `after`."""
    encoder = [keras.layers.Dense(units, "selu", kernel_initializer="lecun_normal") for units in (100, 32)]
    return keras.Sequential([keras.Input((784,)), *encoder, *after])


def build_autoencoder():
    wide = keras.layers.Dense(100, "selu", kernel_initializer="lecun_normal")
    return build(wide, keras.layers.Dense(784, "sigmoid"))


def shuffled(n, epochs):
    return np.concatenate([np.random.permutation(n) for _ in range(epochs)])


def train(model, x, y, order, batch_size):
    batches = tf.data.Dataset.from_tensor_slices((x[order], y[order])).batch(batch_size)
    model.fit(batches, shuffle=False, verbose=0)  # a ordem já está sorteada


# %%
encoder_size, whole_size = build().count_params(), build_autoencoder().count_params()
claim(
    "E2-02", "o codificador tem 81 732 dos 164 216 parâmetros", (encoder_size, whole_size) == (81732, 164216)
)

# %% [markdown]
# Treinamos cinco autocodificadores, com cinco sementes. Um só modelo compilado serve para todos, desde que se troquem os pesos **e** se esvazie a memória do Adam, que acumula médias dos gradientes: `restart` faz as duas coisas.


# %%
def restart(model, weights):
    model.set_weights(weights)
    for variable in model.optimizer.variables:
        if variable.name != "learning_rate":
            variable.assign(keras.ops.zeros_like(variable))


def mse(model, rows, target=t):
    return float(np.mean((np.array(model(x[rows])) - target[rows]) ** 2))


autoencoder = build_autoencoder()
autoencoder.compile(keras.optimizers.Adam(3e-3), "mse", steps_per_execution=40)
autoencoder.optimizer.build(autoencoder.trainable_variables)

# %%
auto_weights, errors = [], []  # por semente: pesos; MSE no começo, no treino e nas não vistas
for k in range(5):
    keras.utils.set_random_seed(seed + 1000 * k)
    restart(autoencoder, build_autoencoder().get_weights())
    newborn = mse(autoencoder, test)
    train(autoencoder, x[pool], t[pool], shuffled(2000, epochs=8), batch_size=50)
    errors.append([newborn, mse(autoencoder, pool), mse(autoencoder, test)])
    auto_weights.append(autoencoder.get_weights())
errors = np.array(errors)
average = t[pool].mean(axis=0)  # a foto média
average_error = float(np.mean((t[test] - average) ** 2))

# %%
claim(
    "E2-03",
    "em fotos não vistas, o MSE cai para menos de um quinto do da rede recém-nascida",
    bool(np.all(errors[:, 2] < errors[:, 0] / 5)),
)
claim(
    "E2-04",
    "e é menos de um terço do de quem responde sempre a foto média",
    bool(np.all(errors[:, 2] < average_error / 3)),
)
gap = errors[:, 2] / errors[:, 1]
claim(
    "E2-05",
    "nas não vistas o erro é maior que no treino, mas menos de uma vez e meia",
    bool(np.all((gap > 1) & (gap < 1.5))),
)

# %% [markdown]
# A rede não decorou: reconstrói quase tão bem fotos que nunca viu. Mas comparar com a foto média é comparar com muito pouco. Qual seria um adversário sério?
#
# ## 4. O adversário: componentes principais
#
# Existe um modo clássico de resumir uma foto em 32 números e refazê-la, sem rede nem treino: a **análise de componentes principais** (*PCA*). Tira-se a foto média $\mu$, acham-se as 32 direções em que as fotos mais variam (as linhas de $P$, pela decomposição em valores singulares) e guarda-se
# a projeção, $h = P\,(t-\mu)$; a reconstrução é $\mu + P^\top h$. **Nenhum** resumo linear de 32 números erra menos nas fotos com que foi calculado (teorema de Eckart e Young).
#
# Ora, um autocodificador sem ativações também é um resumo linear. Se o teorema vale, ele não pode passar da PCA, e o gradiente deve levá-lo até perto dela. Baldi e Hornik (1989) provaram que é isso o que acontece. Confira:

# %%
centered = t - average
_, _, directions = np.linalg.svd(centered[pool], full_matrices=False)
components = directions[:32]  # P
pca = average + centered @ components.T @ components
pca_train, pca_test = (float(np.mean((pca[r] - t[r]) ** 2)) for r in (pool, test))

keras.utils.set_random_seed(seed)
code_layer = keras.layers.Dense(32, use_bias=False)
linear = keras.Sequential([keras.Input((784,)), code_layer, keras.layers.Dense(784, use_bias=False)])
schedule = keras.optimizers.schedules.CosineDecay(1e-2, 300)
linear.compile(keras.optimizers.Adam(schedule), "mse", steps_per_execution=20)
train(linear, centered[pool], centered[pool], shuffled(2000, epochs=15), batch_size=100)

# %%
linear_error = float(np.mean((np.array(linear(centered[pool])) - centered[pool]) ** 2))
basis, _ = np.linalg.qr(linear.get_weights()[1].T)  # o subespaço em que o decodificador escreve
overlap = float(np.linalg.norm(directions[:16] @ basis) ** 2 / 16)
claim(
    "E2-06",
    "o autocodificador linear erra mais que a PCA, por menos de 15 %",
    1 < linear_error / pca_train < 1.15,
)
claim("E2-07", "e o seu espaço contém mais de 95 % das 16 primeiras componentes", overlap > 0.95)

# %% [markdown]
# O `overlap` vale 1 quando as 16 direções cabem inteiras no espaço que o decodificador alcança. A rede achou o **espaço** da PCA, mas não as suas direções uma a uma. Nem poderia: se giramos o código com uma matriz ortogonal $R$, e o decodificador desfaz o giro, nada muda na saída.

# %%
encode, decode = linear.get_weights()
turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(32, 32)))
other_code = centered[test] @ (encode @ turn)
same = np.allclose(other_code @ (turn.T @ decode), centered[test] @ encode @ decode, atol=1e-4)
different = not np.allclose(other_code, centered[test] @ encode, atol=0.1)
claim("E2-08", "girado o código, a reconstrução é a mesma", same)
claim("E2-09", "e os 32 números são outros", different)

# %% [markdown]
# Guarde: a perda diz que o código **guarda** a informação, e não em que forma. "Cada número do código tem um sentido" é uma esperança, não uma consequência. E o autocodificador com SELU e sigmoide, que não é linear, passou da PCA?

# %%
claim("E2-10", "com este orçamento, os cinco erram mais que a PCA", bool(np.all(errors[:, 2] > pca_test)))
claim("E2-11", "por menos de 50 %", bool(np.all(errors[:, 2] < 1.5 * pca_test)))

# %%
some = [test[np.flatnonzero(labels[test] == c)[0]] for c in range(8)]
rebuilt = np.array(autoencoder(x[some]))
pictures = np.concatenate([t[some], rebuilt, np.clip(pca[some], 0, 1)]).reshape(-1, 28, 28)
names = ["original"] * 8 + ["autocodificador"] * 8 + ["PCA"] * 8
figure = plots.images(
    pictures, names, "Trinta e dois números bastam para a silhueta, não para a estampa", columns=8
)
plots.show(
    figure,
    alt="Três filas de oito roupas que as redes não viram: as originais, as refeitas pelo autocodificador e as refeitas pela PCA. As duas reconstruções têm a silhueta certa e perdem os detalhes finos: estampas, costuras e letras.",
)

# %% tags=["nbval-ignore-output"]
show_table(
    ["quem reconstrói", "MSE em fotos não vistas"],
    [
        ["foto média", average_error],
        ["autocodificador recém-nascido", errors[:, 0].mean()],
        ["autocodificador treinado", errors[:, 2].mean()],
        ["PCA com 32 componentes", pca_test],
    ],
)

# %% [markdown]
# Não passou. Com 2 000 fotos e oito épocas, a conta de uma linha reconstrói um pouco melhor. Com mais fotos, mais camadas e convoluções os autocodificadores passam; aqui, o honesto é dizer que não. Mas reconstruir nunca foi o objetivo: queremos um bom ponto de partida para **classificar**.
#
# ## 5. Outra lição de casa: a tarefa auxiliar
#
# Reconstruir cobra cada pixel, inclusive os que não interessam. A alternativa é inventar uma classificação cujo rótulo sai de graça. É uma **tarefa auxiliar** (*auxiliary task*); quando o rótulo vem dos próprios dados, fala-se em **autossupervisão** (*self-supervision*). A nossa: giramos cada foto em 0, 90, 180 ou 270 graus e perguntamos **quanto ela foi
# girada**. Quem responde bem sabe onde fica a gola e para que lado aponta o tênis.
#
# Há também a tarefa auxiliar com rótulos baratos em vez de gratuitos. Exemplo clássico: para reconhecer poucas pessoas com poucas fotos de cada uma, treina-se antes uma rede a dizer se duas fotos quaisquer são da mesma pessoa.

# %%
square = x.reshape(-1, 28, 28)
turned = np.stack([np.rot90(square, quarter, axes=(1, 2)) for quarter in range(4)], axis=1)
turned = turned.reshape(3000, 4, 784)
x_turned = turned[pool].reshape(-1, 784)
y_turned = np.tile(np.arange(4, dtype="int32"), 2000)  # o rótulo que ninguém precisou escrever
rotation = build(keras.layers.Dense(4))
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
rotation.compile(keras.optimizers.Adam(1e-3), cross_entropy, steps_per_execution=40)
rotation.optimizer.build(rotation.trainable_variables)

# %%
figure = plots.images(
    turned[some[:4]].reshape(-1, 28, 28),
    [f"{90 * quarter}°" for _ in range(4) for quarter in range(4)],
    "O rótulo da tarefa auxiliar é o giro, e sai de graça",
    columns=8,
)
plots.show(
    figure,
    alt="Quatro roupas, cada uma mostrada em quatro posições: em pé e girada em 90, 180 e 270 graus. Sobre cada foto está escrito o giro, que é o rótulo da tarefa auxiliar.",
)

# %%
rotation_weights, rotation_scores = [], []
for k in range(5):
    keras.utils.set_random_seed(seed + 1000 * k)
    restart(rotation, build(keras.layers.Dense(4)).get_weights())
    train(rotation, x_turned, y_turned, shuffled(8000, epochs=3), batch_size=100)
    answers = np.argmax(rotation(turned[test].reshape(-1, 784)), axis=1)
    rotation_scores.append(np.mean(answers == np.tile(np.arange(4), 1000)))
    rotation_weights.append(rotation.get_weights())
from_photos = np.array_equal(x_turned[2::4], turned[pool][:, 2])
claim("E2-12", "2 000 fotos dão 8 000 exemplos rotulados", from_photos and len(x_turned) == 8000)
claim(
    "E2-13",
    "em fotos não vistas, as cinco acertam o giro mais de 75 % das vezes",
    min(rotation_scores) > 0.75,
)

# %% [markdown]
# Quem chuta acerta 25 %. A tarefa foi aprendida. Resta saber se o que ela ensinou serve.
#
# ## 6. O exame, em cinco sementes
#
# Cada codificador vai à tarefa de dez classes com 50 ou 100 rótulos, **congelado** (só a saída aprende, sobre os 32 números) ou em **ajuste fino** (depois da saída, 100 passos com tudo livre, à taxa de um décimo). De que controles precisamos?
#
# - **do zero**: a mesma rede, de pesos sorteados, toda treinada. É com ela que se compara.
# - **codificador sorteado, congelado**: diz o que a arquitetura dá sem ter aprendido nada.
# - **pixels**: a saída ligada direto aos 784 pixels, sem codificador. É o controle que mais se esquece: de que serve um código pior que o original?
# - **cascata**: o codificador da própria rede do zero, congelado, com outra saída treinada nas mesmas fotos. Reaproveita, mas não viu nada de novo.
#
# Com o codificador congelado, treinar a saída é uma regressão *softmax* sobre o código, que fazemos em NumPy, como na lição anterior. Com lote único, esse problema é convexo, e a partida em zero serve a todos. A taxa, $1/\lambda$, em que $\lambda = \lVert H\rVert_2^2/m$ mede a escala dos códigos $H$ das $m$ fotos, dá a cada um um passo à sua medida.
#
# Uma economia: partindo de zero, cada passo soma combinações das próprias $m$ fotos, e os pesos nunca saem do espaço que elas geram. Trabalhamos nas coordenadas desse espaço (fatoração QR): os pesos são os mesmos, e 784 pixels viram no máximo $m$ números.


# %%
def train_head(h, y, steps=300):
    basis, r = np.linalg.qr(h.T)  # h = rᵀ basisᵀ
    coordinates, target = r.T, np.eye(10, dtype="float32")[y]
    rate = np.float32(len(h) / np.linalg.norm(r, 2) ** 2)
    v, b = np.zeros((len(r), 10), "float32"), np.zeros(10, "float32")
    for _ in range(steps):
        z = coordinates @ v + b
        p = np.exp(z - z.max(axis=1, keepdims=True))
        error = (p / p.sum(axis=1, keepdims=True) - target) / np.float32(len(h))
        v, b = v - rate * coordinates.T @ error, b - rate * error.sum(axis=0)
    return [basis @ v, b]


def head_accuracy(h, rows):
    w, b = train_head(h[rows], labels[rows])
    return float(np.mean(np.argmax(h[test] @ w + b, axis=1) == labels[test]))


# %%
encoder = build()
classifier = build(keras.layers.Dense(10))
classifier.compile(keras.optimizers.SGD(0.05), cross_entropy, steps_per_execution=20)


def codes(weights):
    encoder.set_weights(weights[:4])
    return np.array(encoder(x))


def learn(weights, rows, steps, rate):
    classifier.set_weights(weights)
    classifier.optimizer.learning_rate = rate
    train(classifier, x[rows], labels[rows], shuffled(len(rows), steps * 20 // len(rows)), batch_size=20)
    hit = np.argmax(classifier(x[test]), axis=1) == labels[test]
    return float(np.mean(hit)), classifier.get_weights()


def fine_tune(weights, rows):
    start = [*weights[:4], *train_head(codes(weights)[rows], labels[rows])]
    return learn(start, rows, 100, rate=0.005)[0]


# %%
WAYS = ["do zero", "sorteado, congelado", "cascata", "pixels", "autocodificador, congelado"]
WAYS += ["autocodificador, ajuste fino", "rotação, congelado", "rotação, ajuste fino"]
scores = {n: np.zeros((5, 8)) for n in (50, 100)}  # sementes × maneiras
for k in range(5):
    keras.utils.set_random_seed(seed + 1000 * k)
    fresh = build(keras.layers.Dense(10)).get_weights()
    for n in scores:
        rows = draw_labelled(n)
        scratch, trained = learn(fresh, rows, 160, rate=0.05)
        results = [scratch, head_accuracy(codes(fresh), rows), head_accuracy(codes(trained), rows)]
        results.append(head_accuracy(x, rows))
        for weights in (auto_weights[k], rotation_weights[k]):
            results += [head_accuracy(codes(weights), rows), fine_tune(weights, rows)]
        scores[n][k] = results
gains = {n: 100 * (values - values[:, :1]) for n, values in scores.items()}  # pareados, em pontos

# %%
figure, axes = plt.subplots(1, 2, figsize=(12, 4.6), sharey=True)
for ax, (n, gain) in zip(axes, gains.items(), strict=True):
    for way in range(1, 8):
        color = plots.PALETTE[way - 1]
        ax.plot(gain[:, way], way + np.linspace(-0.2, 0.2, 5), "o", color=color, alpha=0.6)
        ax.plot(gain[:, way].mean(), way, "|", markersize=26, markeredgewidth=3, color=color)
    ax.axvline(0, color="black", linewidth=1)
    ax.set(title=f"{n} rótulos", xlabel="Ganho sobre a do zero (pontos)")
    ax.grid(False)
    plots.comma_axes(ax)
axes[1].axvline(guess, color="black", linestyle="--", linewidth=1.3, label="seu palpite")
axes[1].legend(loc="best", fontsize=10)
axes[0].set_yticks(range(1, 8), WAYS[1:])
axes[0].invert_yaxis()
figure.suptitle("O pré-treino vence com folga o codificador sorteado; com a rede do zero, quase empata")
plots.show(
    figure,
    alt="Dois painéis, 50 e 100 rótulos. Para cada uma das sete maneiras, o ganho pareado sobre a rede do zero em cinco sementes e a sua média. O codificador sorteado fica bem à esquerda do zero; cascata, pixels e autocodificador, em torno do zero; a rotação, no zero ou abaixo dele. Uma linha tracejada marca o palpite.",
)

# %% tags=["nbval-ignore-output"]
lines = []
for way, name in enumerate(WAYS):
    cells = []
    for n in scores:
        gain = gains[n][:, way]
        against = "—" if way == 0 else f"{number(gain.mean())} ± {number(gain.std(ddof=1))}"
        cells += [percent(scores[n][:, way].mean(), 1), against]
    lines.append([name, *cells])
show_table(
    ["maneira", "50 rótulos", "diferença pareada (pontos)", "100 rótulos", "diferença pareada (pontos)"],
    lines,
)

# %%
means = np.array([gain.mean(axis=0) for gain in gains.values()])  # (50 e 100 rótulos, maneiras)
_, drawn, cascade, raw, frozen, tuned, turns, turns_tuned = means.T
claim(
    "E2-14", "o codificador sorteado perde, em média, mais de 3 pontos para a rede do zero", drawn.mean() < -3
)
claim(
    "E2-15",
    "o do autocodificador acerta, em média, mais de 3 pontos a mais que ele",
    np.mean(frozen - drawn) > 3,
)
claim("E2-16", "mas fica a menos de 4 pontos da rede do zero", bool(np.all(np.abs(frozen) < 4)))
claim("E2-17", "e o ajuste fino também", bool(np.all(np.abs(tuned) < 4)))
claim("E2-18", "os pixels, sem codificador, não ficam 3 pontos abaixo dele", bool(np.all(raw - frozen > -3)))
claim("E2-19", "a cascata fica a menos de 3 pontos da rede do zero", bool(np.all(np.abs(cascade) < 3)))
claim(
    "E2-20",
    "congelado, o codificador da rotação não supera, em média, o do autocodificador em 2 pontos",
    np.mean(turns - frozen) < 2,
)

claim("E2-21", "o ajuste fino devolve à rotação parte do que faltava", np.mean(turns_tuned - turns) > 0)

# %% [markdown]
# Leia sem torcer pelo método:
#
# - **O pré-treino ensinou alguma coisa.** A mesma arquitetura, congelada ao acaso, joga fora parte da foto; a que aprendeu a reconstruir guarda muito mais do que serve à classificação. É a diferença entre as duas que mede o aprendido sem rótulos.
# - **Isso não bastou para deixar a rede do zero para trás.** Quem comparasse só com o codificador sorteado anunciaria um grande ganho. Contra a rede do zero, ele encolhe a um ou dois pontos, para um lado ou para o outro conforme os dados e o número de rótulos. E uma regressão sobre os pixels, sem rede alguma, empata com os melhores: o código guardou bem a foto, mas não a tornou mais fácil de classificar do que já era.
# - **A tarefa auxiliar tem de combinar com a que importa.** Acertar o giro pede saber onde é em cima, e nisso casaco, camisa e pulôver são iguais. Um codificador que só precisa disso pode largar o que os distingue (E2-20). Quando rodamos a lição com as fotos originais, congelado ele ficou vários pontos atrás; na réplica, menos.
# - **Ajuste fino não é sempre melhor.** Ele devolve à rotação parte do que faltava (E2-21); ao autocodificador, quase nada.
#
# *É comum ler* que com poucos rótulos o pré-treinamento "ajuda". Ajuda quando o que faltava à rede do zero é o que ele ensina. Aqui faltavam rótulos para separar camisa de casaco, e reconstruir não diz onde fica essa fronteira. Em que caso, então, a rede do zero sofre de algo que o pré-treino cura?
#
# ## 7. Por que ele fez história
#
# Volte a 2006: as ativações eram sigmoides, e redes com várias camadas ocultas mal saíam do lugar, pelo desvanecimento que você já mediu. Hinton e colegas propuseram o **treinamento guloso, camada a camada** (*greedy layer-wise training*): treina-se um resumo de uma só camada (eles usavam máquinas de Boltzmann; Bengio e colegas, em 2007,
# autocodificadores); congela-se; o seu código vira a entrada do seguinte; no fim, empilham-se as camadas e treina-se tudo com os rótulos. Vamos repetir, com quatro camadas sigmoides e três sementes. Ao lado, uma rede de hoje, com SELU e LeCun, sem pré-treino nenhum e com os mesmos passos. (A taxa dela é 0,02: com o 0,1 de que a sigmoide precisa para sair do lugar, ela divergiu.)


# %%
def small_autoencoder(n_in):
    layers = [keras.layers.Dense(100, "sigmoid"), keras.layers.Dense(n_in)]
    model = keras.Sequential([keras.Input((n_in,)), *layers])
    model.compile(keras.optimizers.Adam(5e-3), "mse", steps_per_execution=40)
    model.optimizer.build(model.trainable_variables)
    return model


def build_deep(activation, init):
    hidden = [keras.layers.Dense(100, activation, kernel_initializer=init) for _ in range(4)]
    return keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(10)])


first, later = small_autoencoder(784), small_autoencoder(100)


def greedy():
    h, stack = x[pool], []
    for level in range(4):
        model = later if level else first
        restart(model, keras.models.clone_model(model).get_weights())
        train(model, h, h, shuffled(2000, epochs=6), batch_size=100)
        w, b = model.get_weights()[:2]
        h, stack = 1 / (1 + np.exp(-(h @ w + b))), [*stack, w, b]
    return stack


# %%
sigmoid, selu = build_deep("sigmoid", "glorot_uniform"), build_deep("selu", "lecun_normal")
for model, rate in ((sigmoid, 0.1), (selu, 0.02)):
    model.compile(keras.optimizers.SGD(rate), cross_entropy, steps_per_execution=20)
old = {"sigmoide, do zero": [], "sigmoide, camada a camada": [], "SELU e LeCun, do zero": []}
for k in range(3):
    keras.utils.set_random_seed(seed + 1000 * k)
    rows, order = draw_labelled(100), shuffled(100, epochs=40)
    start = keras.models.clone_model(sigmoid).get_weights()
    modern = keras.models.clone_model(selu).get_weights()
    starts = [(sigmoid, start), (sigmoid, greedy() + start[-2:]), (selu, modern)]
    for name, (model, weights) in zip(old, starts, strict=True):
        model.set_weights(weights)
        train(model, x[rows], labels[rows], order, batch_size=20)
        old[name].append(np.mean(np.argmax(model(x[test]), axis=1) == labels[test]))
zero, stacked, now = (np.array(values) for values in old.values())

# %%
figure, ax = plt.subplots(figsize=(8.5, 3.8))
for place, (values, color) in enumerate(zip(old.values(), plots.PALETTE, strict=False)):
    ax.bar(place, 100 * np.mean(values), 0.5, color=color, alpha=0.35)
    ax.plot(place + np.array([-0.1, 0, 0.1]), 100 * np.array(values), "o", color=color)
ax.axhline(10, color="black", linestyle=":", linewidth=1.3, label="chute")
ax.set_xticks(range(3), list(old))
ax.set(ylabel="Acurácia (%)", title="O pré-treino põe a rede sigmoide a andar; SELU dispensa o empurrão")
ax.legend(loc="best")
plots.show(
    plots.comma_axes(ax),
    alt="Três barras de acurácia, cada uma com três sementes, para redes de quatro camadas ocultas com 100 rótulos e os mesmos passos. A sigmoide do zero fica perto da linha do chute; a pré-treinada camada a camada sobe muito; a SELU do zero, sem pré-treino, é a mais alta.",
)

# %%
claim("E2-22", "do zero, as três redes sigmoides acertam menos de 35 %", zero.max() < 0.35)
claim("E2-23", "pré-treinadas, ganham em média mais de 15 pontos", np.mean(stacked - zero) > 0.15)
claim("E2-24", "com SELU e LeCun, do zero, o acerto médio é ainda maior", now.mean() > stacked.mean())

# %% [markdown]
# Aqui está o grande ganho, e a explicação mais simples para ele: o pré-treino deu às primeiras camadas pesos úteis **sem precisar do gradiente que não chegava lá**. A rede com SELU, que não viu nenhuma das outras fotos, vai ainda além; não era, portanto, sobretudo conhecimento de roupas o que faltava à sigmoide. Quando a inicialização, as ativações e a BN resolveram o problema na origem, a receita saiu de uso. As etapas também cobram o seu preço: o que uma camada perde, a seguinte não recupera; há mais escolhas, mais
# custo, menos clareza sobre o que cada camada faz; o conjunto continua a poder sobreajustar e quase sempre pede ajuste fino.
#
# O pré-treino sem rótulos voltou, em outra escala: tarefas auxiliares mais exigentes (prever a palavra que falta, reunir duas versões da mesma imagem), milhões de exemplos e redes que não aproveitariam cem rótulos sozinhas. Esta lição não mede isso.
#
# **E as redes adversárias?** Em uma rede generativa adversária (*generative adversarial network*, GAN), um gerador fabrica fotos e um discriminador aprende a reconhecê-las; as camadas do discriminador podem ser reaproveitadas como as de um codificador, mas o treino é delicado, e aqui só a citamos.
#
# ## 8. Transferência não é cascata
#
# *É comum ver* "transferência" e "empilhar redes" como se fossem o mesmo, ou "cascata" para qualquer sequência. Separe pelo que cada uma **viu**:
#
# | o que se faz | nome | o que o codificador viu além das fotos rotuladas |
# |---|---|---|
# | ativações de uma rede treinada em outra tarefa viram entradas | transferência, com **extração de características** | rótulos de outra tarefa |
# | o mesmo, com uma rede que só viu fotos sem rótulo | **pré-treinamento** não supervisionado ou em tarefa auxiliar | fotos sem rótulo |
# | resumo sobre resumo, camada por camada | **treinamento guloso** | fotos sem rótulo |
# | ativações de uma rede treinada nas **mesmas** fotos viram entradas de outra | cascata | nada |
# | as **previsões** de vários modelos viram entradas de um modelo final | empilhamento (*stacking*), um conjunto (*ensemble*) | nada, e as previsões têm de vir de exemplos que cada modelo não viu |
#
# As características prontas trazem três vantagens: generalização, se vieram de mais dados; eficiência, pois se calculam uma vez; menos pesos a treinar, e por isso menos sobreajuste. E três cuidados: mesma entrada e mesma padronização, ajuste fino com parcimônia, boa escolha da rede de origem. A linha "cascata" da figura (E2-19) mostra o que sobra quando a origem não viu nada de novo.
#
# ## 9. Devolver a entrada
#
# Um código estreito perde informação. Não daria para entregar à saída o código **e** os pixels? Dá, de duas maneiras diferentes, que se confundem sob o nome "residual".
#
# **Concatenar**, $[h; x]$: uma **conexão de salto por concatenação** (*skip connection*), como nas redes largas e profundas (*wide & deep*) e na DenseNet. Os formatos podem ser diferentes; a dimensão cresce, e com ela a saída. **Somar**, $x + g(x)$: uma **conexão residual** (*residual*), como na ResNet. Os formatos têm de ser iguais; a dimensão não cresce. As duas podem chegar à saída ou a um ponto do meio da rede.

# %%
image = keras.Input((784,))
code = keras.layers.Dense(32)(image)
heads = [keras.layers.Dense(10) for _ in range(3)]
for head, entry in zip(heads, (code, image, keras.layers.Concatenate()([code, image])), strict=True):
    head(entry)
claim(
    "E2-25",
    "a saída tem 330 parâmetros sobre o código, 7 850 sobre os pixels e 8 170 sobre os dois",
    [head.count_params() for head in heads] == [330, 7850, 8170],
)

# %% [markdown]
# Para somar é preciso que o ramo $g$ volte aos 784 números. E há um ponto de partida notável: se a última camada de $g$ nasce com zeros, a rede começa **exatamente** como a identidade. O ramo só precisa aprender a correção, o *resíduo*.

# %%
branch = keras.layers.Dense(784, kernel_initializer="zeros")(keras.layers.Dense(32, "selu")(image))
residual = keras.Model(image, keras.layers.Add()([image, branch]))
bare = keras.Model(image, branch)
untouched = np.array_equal(residual(x[test]), x[test])
everything_lost = float(np.abs(bare(x[test])).max()) == 0
claim("E2-26", "recém-nascida, a rede residual devolve a entrada, número a número", untouched)
claim("E2-27", "o mesmo ramo, sem a soma, perde tudo", everything_lost)
claim(
    "E2-28", "a soma não acrescenta nenhum parâmetro", residual.count_params() == bare.count_params() == 50992
)

# %% [markdown]
# Quanto a concatenação devolve? Estreitamos o código de 32 até 2 números, com a PCA como codificador (ela não precisa de treino, e já vimos que é um adversário sério), e treinamos a saída com 100 rótulos sobre o código, sobre os pixels e sobre os dois.

# %%
SIZES = (2, 4, 8, 16, 32)
alone, joined, pixels_only = np.zeros((5, 5)), np.zeros((5, 5)), np.zeros((5, 1))  # sementes × tamanhos
for k in range(5):
    keras.utils.set_random_seed(seed + 1000 * k)
    rows = draw_labelled(100)
    pixels_only[k] = head_accuracy(x, rows)
    for column, size in enumerate(SIZES):
        h = centered @ directions[:size].T
        h = h / h[pool].std()
        alone[k, column] = head_accuracy(h, rows)
        joined[k, column] = head_accuracy(np.hstack([h, x]), rows)

# %%
figure, ax = plt.subplots(figsize=(8.5, 4))
curves = {"só o código": alone, "código e pixels, concatenados": joined}
for (name, values), color, mark in zip(curves.items(), plots.PALETTE, "os", strict=False):
    spread = 100 * values.std(axis=0, ddof=1)
    ax.errorbar(SIZES, 100 * values.mean(axis=0), spread, marker=mark, capsize=4, color=color, label=name)
ax.axhline(100 * pixels_only.mean(), color="black", linestyle="--", linewidth=1.3, label="só os pixels")
ax.set_xscale("log", base=2)
ax.set_xticks(SIZES, [str(size) for size in SIZES])
ax.set(
    xlabel="Números no código",
    ylabel="Acurácia (%)",
    title="A concatenação devolve o que o código perdeu, e só isso",
)
ax.legend(loc="lower right")
plots.show(
    figure,
    alt="Acurácia com 100 rótulos contra o tamanho do código, de 2 a 32 números, com média e desvio padrão de cinco sementes. Só com o código, a curva começa baixa e sobe. Com o código e os pixels concatenados, é plana, sobre a linha tracejada dos pixels sozinhos.",
)

# %%
middle = alone.mean(axis=0)
loss_2 = 100 * (pixels_only.mean() - middle[0])
claim("E2-29", "só com 2 números, perdem-se mais de 10 pontos para os pixels", loss_2 > 10)
claim("E2-30", "de 2 para 4 e de 4 para 8 números, a acurácia média sobe", middle[0] < middle[1] < middle[2])
apart = 100 * np.abs(joined.mean(axis=0) - pixels_only.mean())
claim(
    "E2-31",
    "com a concatenação, todos os tamanhos ficam a menos de 2 pontos dos pixels",
    bool(np.all(apart < 2)),
)

# %% [markdown]
# A concatenação recupera tudo, e não acrescenta nada. Neste caso dá para provar. A saída sobre $[h; x]$ calcula $h\,W_1 + x\,W_2 + b$. Se o código é **linear**, $h = x\,A$, isso é $x\,(A W_1 + W_2) + b$: uma saída que já existia só com os pixels.

# %%
rng = np.random.default_rng(seed)
w1, w2 = rng.normal(size=(32, 10)), rng.normal(size=(784, 10))
together = np.hstack([centered @ components.T, centered]) @ np.vstack([w1, w2])
single = centered @ (components.T @ w1 + w2)
claim(
    "E2-32",
    "com código linear, uma saída sobre os pixels faz o mesmo que a saída sobre os dois",
    np.allclose(together, single, atol=1e-4),
)

# %% [markdown]
# Concatenar só pode acrescentar se o código trouxer algo que a saída não saberia calcular: se for não linear ou, melhor, se vier de quem viu mais dados. E quando o código é estreito, o salto é o seguro contra a perda. O preço são as entradas a mais: 8 170 parâmetros na saída, contra 330.
#
# ## 10. Explique
#
# Um relatório diz: "Pré-treinamos um autocodificador com 2 000 fotos. Congelado, com 100 rótulos, ele acerta quase dez pontos mais que o mesmo codificador com pesos aleatórios. Portanto, o pré-treino melhora a classificação". O que está certo, o que falta e o que você pediria antes de concordar?
#
# <details><summary>Uma resposta possível</summary>
#
# Está certo que o pré-treino aprendeu algo útil: só os pesos distinguem os dois codificadores (E2-15). Falta a comparação que decide: com a **mesma rede treinada do zero** nas mesmas fotos, e com os **pixels** sem codificador. Congelar um codificador sorteado é uma desvantagem que ninguém precisa aceitar; superá-lo é pouco. Na nossa medida, contra a rede do zero a diferença ficou
# a poucos pontos de nada (E2-16), e os pixels não ficaram atrás (E2-18). Pediria as diferenças pareadas, em várias sementes e sorteios de rótulos, e o número de fotos de avaliação.
#
# </details>
#
# ## 11. Resumo
#
# | conceito | como se faz | o que você viu | onde se erra |
# |---|---|---|---|
# | autocodificador | entrada → código estreito → entrada, MSE | generaliza na reconstrução (E2-03 a E2-05) | comparar só com a foto média |
# | autocodificador linear | sem ativações | chega perto da PCA, não passa (E2-06, E2-07) | ler sentido em cada número do código (E2-08, E2-09) |
# | tarefa auxiliar | rótulo de graça: o giro | aprende-se (E2-13); o proveito depende da tarefa (E2-20) | achar que ir bem nela basta |
# | controles | do zero, sorteado, pixels, cascata | +3 pontos ou mais sobre o sorteado (E2-15), quase nada sobre a do zero (E2-16, E2-17) | escolher só o controle fraco |
# | treinamento guloso | um autocodificador por camada | salva a rede sigmoide (E2-23); SELU dispensa (E2-24) | atribuir ao conhecimento o que é inicialização |
# | concatenar | $[h; x]$, a dimensão cresce | E2-25, E2-29 a E2-32 | chamá-la de residual |
# | somar | $x + g(x)$, formatos iguais | começa na identidade (E2-26, E2-27) | somar formatos diferentes |
#
# **Para praticar:** no **Lab 4 · Reuso e incerteza** você herda uma base, monta a rede nova sobre ela e presta contas do que rendeu. Aqui mesmo, invente outra tarefa auxiliar (dizer se a metade de cima e a de baixo são da mesma foto, por exemplo) e
# acrescente a sua linha à figura da seção 6. **A seguir:** a lição sobre avaliação.
#
# ## Referências
#
# - Baldi, P.; Hornik, K. (1989). Neural networks and principal component analysis: learning from examples without local minima. *Neural Networks*, 2, 53–58. O autocodificador linear e a PCA.
# - Eckart, C.; Young, G. (1936). The approximation of one matrix by another of lower rank. *Psychometrika*, 1, 211–218.
# - Hinton, G. E.; Osindero, S.; Teh, Y.-W. (2006). A fast learning algorithm for deep belief nets. *Neural Computation*, 18, 1527–1554.
# - Bengio, Y.; Lamblin, P.; Popovici, D.; Larochelle, H. (2007). Greedy layer-wise training of deep networks. *NeurIPS*.
# - Erhan, D. et al. (2010). Why does unsupervised pre-training help deep learning? *Journal of Machine Learning Research*, 11, 625–660.
# - Gidaris, S.; Singh, P.; Komodakis, N. (2018). Unsupervised representation learning by predicting image rotations. *ICLR*. A tarefa auxiliar dos giros, em redes convolucionais.
# - Goodfellow, I. et al. (2014). Generative adversarial nets. *NeurIPS*.
# - Wolpert, D. H. (1992). Stacked generalization. *Neural Networks*, 5, 241–259. O empilhamento.
# - He, K.; Zhang, X.; Ren, S.; Sun, J. (2016). Deep residual learning for image recognition. *CVPR*. A conexão residual.
# - Huang, G.; Liu, Z.; van der Maaten, L.; Weinberger, K. Q. (2017). Densely connected convolutional networks. *CVPR*. A concatenação.
# - Cheng, H.-T. et al. (2016). Wide & deep learning for recommender systems. *DLRS*.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms. arXiv:1708.07747. Os dados desta lição.
