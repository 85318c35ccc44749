# ---
# jupyter:
#   gradiente:
#     id: E1
#     title: O que uma rede pode emprestar a outra?
#     covers: [S2-17, S2-18, S2-19, S2-20, S2-21, S2-22, S2-23, S2-24, S2-25, S2-26, S2-27, S2-28, S2-29, S2-30, S4-12, S4-13, S4-14, S4-15]
#     seconds: 20
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 18 · O que uma rede pode emprestar a outra?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *reaproveitar* as camadas de uma rede treinada: clonar, congelar, recompilar, descongelar; *reconhecer* os três esquecimentos que o Keras não acusa; *medir*, com várias sementes e um controle, se o empréstimo valeu a pena |
# | **Você precisa saber** | montar, compilar e treinar uma rede densa; inicialização de LeCun e SELU; erro padrão de uma acurácia (lição sobre capacidade e sobreajuste) |
# | **Tempo de leitura** | cerca de 30 minutos |
# | **Tempo de execução** | cerca de 20 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | transferência de aprendizado, base, congelar, ajuste fino, clonar, camadas compartilhadas, extração de características, comparação pareada, esquecimento |
#
# Uma das quatro dificuldades do treino é ter **poucos exemplos rotulados**. Rotular custa, mas às vezes outra tarefa, parecida, já foi rotulada com fartura e uma rede já a
# aprendeu. A **transferência de aprendizado** (*transfer learning*) leva as camadas dessa rede para a tarefa nova. Esta lição mostra como se faz, o que dá errado em silêncio e quanto se ganha de verdade.

# %%
import tempfile
from pathlib import Path

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradiente import plots, signal
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# ## 1. A pergunta
#
# Separamos o Fashion-MNIST em duas tarefas. A tarefa **A** tem oito classes e muitas fotos. A tarefa **B** tem as duas que sobram, **sandália** (5) e **camisa** (6), e finge que só 200 fotos
# delas foram rotuladas. *É comum ver a classe 6 traduzida por "camiseta"*; a camiseta é a classe 0 e fica em A.
#
# A perda do Keras espera rótulos de A sem buracos, de 0 a 7: as classes 7, 8 e 9 descem duas posições. Em B o rótulo vale 1 para camisa e 0 para sandália. As fotos das **duas** tarefas passam pela mesma
# padronização, com a média e o desvio padrão do treino de A: a rede emprestada só entende fotos na escala em que aprendeu.
#
# Usamos 3 000 fotos ao todo. (No conjunto inteiro, das 55 000 que sobram ao separar 5 000 para validação, 43 986 são de A.) Nenhuma escolha da lição olha as fotos de avaliação, e por isso podemos juntar as do treino e as do teste originais e refazer a divisão de B por sorteio.

# %%
data = load_fashion_mnist()
photos = np.concatenate([data.x_train[:2500], data.x_test[:500]]).astype("float32")
labels = np.concatenate([data.y_train[:2500], data.y_test[:500]]).astype("int32")
is_b = np.isin(labels, [5, 6])
y_a = np.where(labels > 6, labels - 2, labels)[~is_b]
y_b = (labels[is_b] == 6).astype("float32")
center, scale = photos[~is_b][:2000].mean(), photos[~is_b][:2000].std()
x_a, x_b = (photos[~is_b] - center) / scale, (photos[is_b] - center) / scale
x_train, y_train, x_val, y_val = x_a[:2000], y_a[:2000], x_a[2000:], y_a[2000:]

# %%
names_a = [name for index, name in enumerate(data.class_names) if index not in (5, 6)]
same_names = all(names_a[new] == data.class_names[old] for new, old in zip(y_a, labels[~is_b], strict=True))
claim("E1-01", "os rótulos de A vão de 0 a 7 sem buracos", np.array_equal(np.unique(y_a), np.arange(8)))
claim("E1-02", "e cada foto de A conserva o nome da sua classe", same_names)

# %% tags=["nbval-ignore-output"]
show_table(
    ["tarefa", "classes", "fotos para treinar", "fotos para avaliar"],
    [["A", "8", f"{len(x_train)}", f"{len(x_val)}"], ["B", "2", "200 (ou 20)", f"{len(x_b) - 200}"]],
)

# %%
shown = [int(np.flatnonzero(labels == index)[0]) for index in (*range(5), *range(7, 10), 5, 6)]
figure = plots.images(
    photos[shown],
    [f"{data.class_names[labels[i]]}\n({'B' if is_b[i] else 'A'})" for i in shown],
    "Oito classes ficam com a tarefa A; sandália e camisa, com a tarefa B",
    marked=list(is_b[shown]),
)
plots.show(
    figure,
    alt="Uma fila de dez fotos, uma por classe. As oito primeiras, de camiseta a bota, trazem a letra A; as duas últimas, sandália e "
    "camisa, em destaque, trazem a letra B.",
)

# %% [markdown]
# Uma rede que sabe distinguir um tênis de uma bota e uma camiseta de um casaco sabe alguma coisa de solas, golas e mangas. **Quanto disso serve a quem nunca viu uma sandália nem uma camisa?**
#
# ## 2. Preveja
#
# > Com 200 fotos de B, quantos **pontos percentuais** de acurácia a rede que herda as camadas de A ganha sobre a mesma rede treinada do zero? E com 20 fotos?
#
# Os palpites viram as linhas tracejadas de uma figura adiante.

# %%
guess_200, guess_20 = 3.0, 10.0  # troque pelos seus palpites, em pontos percentuais

# %% [markdown]
# ## 3. A rede que empresta
#
# Todas as redes da lição têm cinco camadas ocultas com SELU, a inicialização de LeCun e entradas padronizadas, as companhias que a SELU pede. Só a saída muda: oito *logits* para A, um para B.


# %%
def build(outputs, sizes=(100, 50, 50, 50, 50)):
    hidden = [keras.layers.Dense(units, "selu", kernel_initializer="lecun_normal") for units in sizes]
    return keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(outputs)]
    )


large = (300, 100, 50, 50, 50)  # o tamanho que se costuma ver neste exemplo
for_a, for_b = build(8, large).count_params(), build(1, large).count_params()
new = build(1, large).layers[-1].count_params()

# %%
claim(
    "E1-03",
    "com 300, 100, 50, 50 e 50 unidades: 276 158 parâmetros para A, 275 801 para B",
    (for_a, for_b) == (276158, 275801),
)
claim("E1-04", "para B, 275 750 podem vir de A, e só 51 precisam nascer", (for_b - new, new) == (275750, 51))

# %% [markdown]
# Guarde a proporção: 51 parâmetros novos e centenas de milhares emprestados. (Um `summary()` pedido **antes** de juntar a nova saída mostra 275 750; o total da rede pronta é 275 801.) As nossas redes são menores para
# caber em dois núcleos, mas a conta é a mesma: a camada nova também tem 51.
#
# Uma rede A só não basta. O resultado de uma transferência depende dos pesos com que A nasceu, das 200 fotos sorteadas e do treino; por isso treinamos **cinco** redes A, com cinco sementes. A descida do gradiente sem momento não guarda nada entre um
# treino e outro, e assim um só modelo compilado serve para as cinco: basta trocar-lhe os pesos. `shuffled` põe as épocas em fila, cada uma em uma ordem nova, e `train` as entrega ao `fit` de uma vez, em um `tf.data.Dataset`.


# %%
def shuffled(n, epochs):
    return np.concatenate([np.random.permutation(n) for _ in range(epochs)])


def train(model, x, y, order, batch_size=20):
    batches = tf.data.Dataset.from_tensor_slices((x[order], y[order])).batch(batch_size)
    model.fit(batches, shuffle=False, verbose=0)  # a ordem já está sorteada


def accuracy_a(model):
    return float(np.mean(np.argmax(model(x_val), axis=1) == y_val))


seed = set_seeds()
model_a = build(8)
loss_a = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model_a.compile(keras.optimizers.SGD(0.05), loss_a, steps_per_execution=20)

# %%
weights_a = []  # os pesos das cinco redes A
for k in range(5):
    keras.utils.set_random_seed(seed + 1000 * k)
    model_a.set_weights(build(8).get_weights())
    train(model_a, x_train, y_train, shuffled(2000, epochs=7), batch_size=100)
    weights_a.append(model_a.get_weights())
scores_a = []
for weights in weights_a:
    model_a.set_weights(weights)
    scores_a.append(accuracy_a(model_a))
claim("E1-05", "as cinco redes A acertam mais de 75 % em fotos que não viram", min(scores_a) > 0.75)

# %% [markdown]
# Com oito classes, quem chuta acerta um oitavo. As cinco aprenderam, e a tarefa A termina aqui. Guardamos a primeira em um arquivo, no formato `.keras` (o `.h5`, que ainda aparece em muitos textos, é o formato antigo). Uma rede lida de um
# arquivo já é uma **cópia**: não compartilha nada com a que foi gravada.

# %%
model_a.set_weights(weights_a[0])
with tempfile.TemporaryDirectory() as folder:
    model_a.save(Path(folder) / "rede_a.keras")
    loaded = keras.models.load_model(Path(folder) / "rede_a.keras", compile=False)
same_outputs = np.array_equal(loaded(x_b), model_a(x_b))
claim("E1-06", "a rede lida do arquivo dá as mesmas saídas, número a número", same_outputs)

# %% [markdown]
# ## 4. Por que as primeiras camadas servem
#
# Antes de montar qualquer coisa, vale olhar o que há para emprestar. Passamos as fotos de **B** pelas redes de **A**, que nunca as viram, e perguntamos a cada camada: com o que você calcula, fica fácil separar sandália de camisa?
#
# O juiz é o mais simples possível. Sorteamos dez fotos de cada classe, calculamos a média das ativações de cada classe e damos a cada foto restante a classe da média mais próxima. Ele não ajusta nenhum peso: se acertar, o mérito é da camada. (Estar mais perto de $a$ que de $b$, $\lVert h-a\rVert < \lVert h-b\rVert$, é o mesmo que $2\,h\cdot(a-b) > \lVert a\rVert^2-\lVert b\rVert^2$: abra os quadrados e cancele $\lVert h\rVert^2$.)


# %%
def nearest_mean(h, rng):
    order = rng.permutation(len(h))
    one, zero = (order[y_b[order] == label][:10] for label in (1, 0))
    rest = np.setdiff1d(order, np.concatenate([one, zero]))
    a, b = h[one].mean(axis=0), h[zero].mean(axis=0)
    nearer = 2 * h[rest] @ (a - b) > a @ a - b @ b  # mais perto de a que de b
    return np.mean(nearer == y_b[rest])


def probe(model):
    features = [x_b.reshape(len(x_b), -1), *list(signal.activations(model, x_b).values())[:5]]
    rng = np.random.default_rng(seed)  # os mesmos sorteios para todas as camadas e redes
    draws = rng.integers(2**31, size=8)
    return [np.mean([nearest_mean(h, np.random.default_rng(d)) for d in draws]) for h in features]


# %% [markdown]
# Falta o **controle**: cinco redes iguais, recém-nascidas. Se elas servissem tão bem quanto as treinadas, o mérito seria da arquitetura, e não do que A aprendeu.

# %%
judged = {"treinada em A": [], "recém-nascida": []}
for k in range(5):
    keras.utils.set_random_seed(seed + 1000 * k)
    for name, weights in zip(judged, (weights_a[k], build(8).get_weights()), strict=True):
        model_a.set_weights(weights)
        judged[name].append(probe(model_a))
judged = {name: np.array(values) for name, values in judged.items()}  # (redes, pixels e 5 camadas)
mistakes = {name: 1 - values.mean(axis=0) for name, values in judged.items()}

# %%
figure, ax = plt.subplots(figsize=(8.5, 4))
for (name, values), color in zip(judged.items(), plots.PALETTE, strict=False):
    mean, spread = 100 * values.mean(axis=0), 100 * values.std(axis=0, ddof=1)
    ax.errorbar(np.arange(6), mean, spread, marker="o", capsize=4, color=color, label=f"rede {name}")
ax.set_xticks(range(6), ["pixels", *(f"camada {i}" for i in range(1, 6))])
ax.set(ylabel="Acurácia em B (%)", title="O que A aprendeu serve a B desde a primeira camada")
ax.legend(loc="best")
plots.show(
    plots.comma_axes(ax),
    alt="Acurácia do juiz das médias em B, dos pixels à quinta camada oculta, com média e desvio padrão de cinco redes. Na rede treinada em A há um salto já na primeira "
    "camada e a curva fica no alto. Na rede recém-nascida ela fica perto da altura dos pixels em todas as camadas.",
)

# %%
first = mistakes["treinada em A"][1] < 0.67 * mistakes["treinada em A"][0]
better = bool(np.all(mistakes["treinada em A"][1:] < mistakes["recém-nascida"][1:]))
claim(
    "E1-07", "a primeira camada de A corta ao menos um terço dos erros que o juiz comete com os pixels", first
)
claim("E1-08", "em toda camada, a rede treinada em A serve melhor que a recém-nascida", better)

# %% [markdown]
# A primeira camada combina pixels, e as combinações úteis para separar oito tipos de roupa (há algo do lado esquerdo? a silhueta é alta?) servem a outras roupas. Nas últimas camadas a rede prepara a sua própria resposta, e é de esperar que se
# tornem **mais específicas**. Por isso a receita habitual herda as primeiras, troca a saída e, se as tarefas forem distantes, troca também as últimas.
#
# *É comum ler que só as primeiras servem.* Veja a figura: aqui até a última camada oculta serve a B, porque camisa se parece com camiseta e sandália com tênis. Quantas camadas herdar depende da distância entre as tarefas, e se decide na validação.
# Em redes convolucionais grandes, Yosinski e colegas (2014) mediram a passagem do geral ao específico camada por camada.
#
# ## 5. A receita
#
# Quatro passos: **copiar**, **trocar a saída**, **treinar só a saída com o resto congelado**, **descongelar e treinar tudo devagar**.
#
# **Copiar.** `clone_model` refaz as camadas, mas **não copia os pesos**: o clone nasce sorteado. Os pesos vêm com `set_weights`.

# %%
model_a.set_weights(weights_a[0])
clone = keras.models.clone_model(model_a)
drawn = not np.array_equal(clone.layers[1].kernel, model_a.layers[1].kernel)
clone.set_weights(model_a.get_weights())
copied = np.array_equal(clone(x_b), model_a(x_b))
claim("E1-09", "o clone recém-feito tem outros pesos", drawn)
claim("E1-10", "depois de set_weights, dá as mesmas saídas que A", copied)

# %% [markdown]
# **Trocar a saída e congelar.** As camadas do clone, menos a última, formam a **base**; a saída nova tem um *logit*. Com `trainable = False` uma camada sai da lista de pesos que o otimizador muda. O `compile` vem **depois**.

# %%
b_on_a = keras.Sequential([keras.Input((28, 28)), *clone.layers[:-1], keras.layers.Dense(1)])
for layer in b_on_a.layers[:-1]:
    layer.trainable = False
loss_b = keras.losses.BinaryCrossentropy(from_logits=True)
b_on_a.compile(keras.optimizers.SGD(0.05), loss_b, steps_per_execution=10)

keras.utils.set_random_seed(seed)
order = np.random.permutation(len(x_b))
x_200, y_200, x_rest, y_rest = x_b[order[:200]], y_b[order[:200]], x_b[order[200:]], y_b[order[200:]]
before = [w.copy() for w in b_on_a.get_weights()]
first_order = shuffled(200, epochs=4)
train(b_on_a, x_200, y_200, first_order)
after = b_on_a.get_weights()

# %%
free = sum(int(np.prod(w.shape)) for w in b_on_a.trainable_weights)
still = all(np.array_equal(a, b) for a, b in zip(before[:-2], after[:-2], strict=True))
claim("E1-11", "com a base congelada, treinam-se 51 parâmetros", free == 51)
claim("E1-12", "depois do treino a base é a mesma, bit a bit", still)
claim("E1-13", "e a saída nova mudou", not np.array_equal(before[-2], after[-2]))

# %% [markdown]
# Com a base congelada, a saída recebe sempre as mesmas ativações $h$ para a mesma foto. Treiná-la é, portanto, uma **regressão logística** sobre $h$, que cabe em poucas linhas de NumPy. Com $z = h\,w + b$ e a entropia cruzada binária, a derivada da perda em
# relação ao *logit* é $\sigma(z) - y$, e daí
#
# $$\frac{\partial L}{\partial w} = \frac1m \sum_i h_i\,\bigl(\sigma(z_i) - y_i\bigr), \qquad \frac{\partial L}{\partial b} = \frac1m \sum_i \bigl(\sigma(z_i) - y_i\bigr),$$
#
# em que $m$ é o número de exemplos do lote. Calculam-se as ativações **uma vez** e esquece-se a base: chama-se a isso **extração de características**.


# %%
def train_head(h, y, w, b, order, rate=0.05, batch_size=20):
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        error = 1 / (1 + np.exp(-(h[rows] @ w + b))) - y[rows, None]
        w = w - rate * h[rows].T @ error / len(rows)
        b = b - rate * error.mean(axis=0)
    return [w, b]


base = keras.Sequential([keras.Input((28, 28)), *b_on_a.layers[:-1]])  # compartilha as camadas, de propósito
w, b = train_head(np.array(base(x_200)), y_200, *before[-2:], first_order)
agree = np.allclose(w, after[-2], atol=1e-4) and np.allclose(b, after[-1], atol=1e-4)
claim("E1-14", "em NumPy, sobre as ativações, a saída chega aos mesmos pesos que no Keras", agree)

# %% [markdown]
# Por que congelar primeiro? A saída nova nasce sorteada, e no começo os seus erros são grandes e arbitrários. O gradiente que ela manda para trás mudaria as camadas herdadas **por causa de uma saída que ainda não sabe nada**.
#
# **Descongelar e recompilar, com taxa menor.** Agora que a saída aprendeu, deixamos a base ajustar-se, com a taxa de aprendizado dividida por dez. É o **ajuste fino** (*fine-tuning*).

# %%
for layer in b_on_a.layers:
    layer.trainable = True
b_on_a.compile(keras.optimizers.SGD(0.05 / 10), loss_b, steps_per_execution=10)
outputs_before = np.array(model_a(x_val))
train(b_on_a, x_200, y_200, shuffled(200, epochs=6))
moved = signal.relative_change(before[::2], b_on_a.get_weights()[::2])
claim("E1-15", "agora todas as camadas com pesos se movem", bool(np.all(moved > 0)))
claim("E1-16", "e as herdadas, menos de 5 % do seu tamanho", bool(np.all(moved[:-1] < 0.05)))
claim("E1-17", "a rede A não mudou em nada: foi clonada", np.array_equal(outputs_before, model_a(x_val)))

# %% [markdown]
# Essa é a receita inteira. O que resta são os esquecimentos, e o Keras não acusa nenhum deles.
#
# ## 6. Três esquecimentos que não dão erro
#
# ### Não recompilar
#
# `fit` compila o passo de treino na primeira vez em que é chamado e, ao compilá-lo, fixa **quais pesos mudam**. Mexer em `trainable` depois disso não mexe no passo. Experimente com uma rede pequena. Primeiro, congelar sem recompilar:

# %%
keras.utils.set_random_seed(seed)
forgot = build(1, sizes=(50, 50))
forgot.compile(keras.optimizers.SGD(0.05), loss_b, steps_per_execution=10)
train(forgot, x_200, y_200, np.arange(200))  # o passo é compilado aqui, com tudo livre
forgot.layers[1].trainable = False  # e "congelado" só agora, sem compile
listed = any(w is forgot.layers[1].kernel for w in forgot.trainable_weights)
kernel = forgot.layers[1].kernel.numpy()
train(forgot, x_200, y_200, np.arange(200))
drift = float(np.abs(forgot.layers[1].kernel - kernel).max())

# %% [markdown]
# Agora recompilamos, e esquecemos de dois outros jeitos: congelamos a segunda camada depois do `compile`, mas antes do `fit`; e, no fim, descongelamos a primeira sem recompilar.

# %%
forgot.compile(keras.optimizers.SGD(0.05), loss_b, steps_per_execution=10)
forgot.layers[2].trainable = False  # depois do compile, antes do primeiro fit
kernel, second = (forgot.layers[i].kernel.numpy() for i in (1, 2))
train(forgot, x_200, y_200, np.arange(200))
obeyed = np.array_equal(kernel, forgot.layers[1].kernel)
early = np.array_equal(second, forgot.layers[2].kernel)
forgot.layers[1].trainable = True  # descongelada sem compile
train(forgot, x_200, y_200, np.arange(200))
stuck = np.array_equal(kernel, forgot.layers[1].kernel)

# %%
claim("E1-18", "sem recompilar, a camada sai da lista de pesos treináveis", not listed)
claim("E1-19", "e mesmo assim os pesos dela continuam a mudar", drift > 1e-5)
claim("E1-20", "recompilada, ela para", obeyed)
claim("E1-21", "descongelada sem recompilar, continua parada", stuck)
claim("E1-22", "congelada depois do compile, mas antes do primeiro fit, a outra obedeceu", early)

# %% [markdown]
# O engano é traiçoeiro porque às vezes não aparece: antes do primeiro `fit` o passo ainda não foi compilado, e a mudança vale. Não conte com isso. A regra que sempre funciona: **mudou `trainable`, chame `compile`**.
#
# ### Não clonar
#
# Em muito material a rede nova se monta assim: `Sequential(model_a.layers[:-1])`, mais a saída. Parece uma cópia, e não é. São **os mesmos objetos**: as duas redes têm **camadas compartilhadas**.

# %%
shared = keras.Sequential([keras.Input((28, 28)), *model_a.layers[:-1], keras.layers.Dense(1)])
same_object = shared.layers[1] is model_a.layers[1]
for layer in shared.layers[:-1]:
    layer.trainable = False
free_in_a = len(model_a.trainable_weights)
for layer in shared.layers[:-1]:
    layer.trainable = True
shared.compile(keras.optimizers.SGD(0.05), loss_b, steps_per_execution=10)
train(shared, x_200, y_200, shuffled(200, epochs=6))
change = float(np.abs(outputs_before - model_a(x_val)).max())
flipped = float(np.mean(outputs_before.argmax(axis=1) != np.argmax(model_a(x_val), axis=1)))
score_shared = accuracy_a(model_a)

# %%
claim("E1-23", "a primeira camada das duas redes é o mesmo objeto", same_object)
claim("E1-24", "congelar a base em B deixou A com só dois tensores treináveis", free_in_a == 2)
claim("E1-25", "treinar B mudou as saídas de A", change > 0.1)
claim("E1-26", "e a classe que A responde em parte das fotos", flipped > 0)

# %% tags=["nbval-ignore-output"]
show_table(
    [
        "como B recebeu as camadas",
        "maior mudança em um *logit* de A",
        "respostas de A que mudaram",
        "acurácia de A",
    ],
    [
        ["clonadas", "0", percent(0, 1), percent(scores_a[0], 1)],
        ["compartilhadas", number(change), percent(flipped, 1), percent(score_shared, 1)],
    ],
)

# %% [markdown]
# Quem avaliasse A depois disso estaria avaliando outra rede. Compartilhar tem os seus usos (uma rede com duas saídas, por exemplo), desde que seja de propósito. Para emprestar: clone, ou leia do arquivo.
#
# ### Congelar os pesos e esquecer as estatísticas
#
# Se a base tiver **normalização em lote (BN)**, há nela números que mudam **sem gradiente**: a média e a variância móveis. No Keras, `trainable = False` em uma BN congela também essas estatísticas, porque a camada passa a trabalhar em modo de inferência. Livre, ela as troca pelas de B, mesmo que a taxa de aprendizado seja minúscula.

# %%
norms = {"congelada": keras.layers.BatchNormalization(), "livre": keras.layers.BatchNormalization()}
drifts = {}
for name, norm in norms.items():
    norm.build((None, 28, 28))
    norm.trainable = name == "livre"
    start = norm.moving_mean.numpy()
    norm(x_200, training=True)
    drifts[name] = float(np.abs(norm.moving_mean - start).max())
only_free = drifts["congelada"] == 0 and drifts["livre"] > 0
claim(
    "E1-27", "uma passagem em modo de treino muda a média móvel da BN livre, e não a da congelada", only_free
)

# %% [markdown]
# Ao descongelar uma base com BN para o ajuste fino, costuma-se deixar as BN congeladas, sobretudo quando os lotes são pequenos.
#
# ## 7. O ganho, em cinco sementes
#
# Agora a pergunta da lição. Quatro maneiras de aprender B, com o mesmo orçamento de 60 passos em lotes de 20 fotos:
#
# - **do zero**: a rede inteira, de pesos sorteados;
# - **base sorteada, congelada**: o controle; treina-se só a saída, sobre camadas que não aprenderam nada;
# - **base de A, congelada**: só a saída, sobre as camadas de A;
# - **base de A, ajuste fino**: 20 passos com a base congelada e 40 com ela livre, a um décimo da taxa.
#
# A taxa é a mesma, 0,05, onde não se diz outra coisa. Em cada semente as quatro maneiras usam as mesmas fotos sorteadas e a mesma saída inicial, para que a comparação seja **pareada**. As bases congeladas treinam com `train_head`, que acabamos de conferir.

# %%
model_b = build(1)
model_b.compile(keras.optimizers.SGD(0.05), loss_b, steps_per_execution=20)
base = keras.Sequential([keras.Input((28, 28)), *model_b.layers[:-1]])


def learn(weights, rows, steps, rate=0.05):
    model_b.set_weights(weights)
    model_b.optimizer.learning_rate = rate
    train(model_b, x_b, y_b, rows[shuffled(len(rows), steps * 20 // len(rows))])
    return model_b.get_weights()


def learn_head(weights, rows, steps):
    model_b.set_weights(weights)
    order = shuffled(len(rows), steps * 20 // len(rows))
    return weights[:-2] + train_head(np.array(base(x_b[rows])), y_b[rows], *weights[-2:], order)


def accuracy_b(weights, rows):
    model_b.set_weights(weights)
    return float(np.mean((np.array(model_b(x_b[rows]))[:, 0] > 0) == y_b[rows]))


# %%
WAYS = ["do zero", "base sorteada, congelada", "base de A, congelada", "base de A, ajuste fino"]
scores = {n: np.zeros((5, 4)) for n in (20, 200)}  # sementes × maneiras
warm, tuned, splits = [], [], []  # o que guardamos das 200 fotos
for k in range(5):
    keras.utils.set_random_seed(seed + 1000 * k)
    order, fresh = np.random.permutation(len(x_b)), build(1).get_weights()
    for n in scores:
        rows, rest = order[:n], order[200:]
        half = learn_head(weights_a[k][:-2] + fresh[-2:], rows, 20)
        ends = [learn(fresh, rows, 60), learn_head(fresh, rows, 60)]
        ends += [learn_head(half, rows, 40), learn(half, rows, 40, rate=0.005)]
        scores[n][k] = [accuracy_b(weights, rest) for weights in ends]
    warm.append(half)  # a última volta é a de 200 fotos
    tuned.append(ends[-1])
    splits.append((rows, rest))

# %%
figure, axes = plt.subplots(1, 2, figsize=(11.5, 4.2), sharey=True)
for ax, (n, values) in zip(axes, scores.items(), strict=True):
    for way, color in enumerate(plots.PALETTE[:4]):
        ax.plot(way + np.linspace(-0.25, -0.05, 5), 100 * values[:, way], "o", color=color, alpha=0.6)
        mean, spread = 100 * values[:, way].mean(), 100 * values[:, way].std(ddof=1)
        ax.errorbar(way + 0.15, mean, spread, marker="s", color=color, capsize=5)
    ax.set_xticks(range(4), [way.replace(", ", ",\n") for way in WAYS], fontsize=10)
    ax.set_title(f"{n} fotos")
    plots.comma_axes(ax)
axes[0].set_ylabel("Acurácia em B (%)")
figure.suptitle("Com 200 fotos, herdar ou começar do zero dá quase no mesmo")
plots.show(
    figure,
    alt="Dois painéis, 20 e 200 fotos, com a acurácia em B de quatro maneiras de aprender: cinco pontos por maneira e, ao lado, a média com o desvio padrão. A "
    "base sorteada e congelada fica abaixo da base de A. Com 200 fotos, a rede do zero e as que herdam a base de A ficam quase na mesma altura.",
)

# %% tags=["nbval-ignore-output"]
lines = []
for n, values in scores.items():
    for way, name in enumerate(WAYS):
        gain, mean = 100 * (values[:, way] - values[:, 0]), percent(values[:, way].mean(), 1)
        against = "—" if way == 0 else f"{number(gain.mean())} ± {number(gain.std(ddof=1))}"
        lines.append([f"{n}", name, f"{mean} ± {number(100 * values[:, way].std(ddof=1))}", against])
show_table(
    ["fotos", "maneira", "acurácia em B: média ± desvio padrão", "diferença para a do zero, em pontos"], lines
)

# %% [markdown]
# A última coluna é a que responde. Ela compara, **semente por semente**, duas redes que viram as mesmas fotos: a diferença pareada não se confunde com a sorte do sorteio, que é comum às duas. Aqui está ela, com os seus palpites.

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True)
for ax, n, guess in zip(axes, scores, (guess_20, guess_200), strict=True):
    for way, color in ((2, plots.PALETTE[2]), (3, plots.PALETTE[3])):
        gain = 100 * (scores[n][:, way] - scores[n][:, 0])
        ax.plot(np.arange(1, 6) + 0.12 * (2 * way - 5), gain, "o", markersize=8, color=color, label=WAYS[way])
    ax.axhline(0, color="black", linewidth=1)
    ax.axhline(guess, color="black", linestyle="--", linewidth=1.3, label="seu palpite")
    ax.set(title=f"{n} fotos", xlabel="Semente")
    plots.comma_axes(ax)
axes[0].set_ylabel("Ganho sobre a do zero (pontos)")
axes[1].legend(loc="upper right", fontsize=10)
figure.suptitle("O ganho com 200 fotos é pequeno em todas as sementes")
plots.show(
    figure,
    alt="Diferença de acurácia, em pontos percentuais, entre as redes que herdam a base de A e a rede do zero, semente por semente, com 20 e com 200 fotos, e a linha "
    "tracejada do palpite. Com 200 fotos os pontos ficam perto do zero.",
)

# %%
gain, control = (
    {n: 100 * (values[:, way] - values[:, other]).mean() for n, values in scores.items()}
    for way, other in ((3, 0), (2, 1))
)
claim(
    "E1-28",
    "com 200 fotos, o ganho médio do ajuste fino sobre a do zero é menor que 2 pontos",
    abs(gain[200]) < 2,
)
claim("E1-29", "com 20, herdar não custou nem 1 ponto", gain[20] > -1)
claim("E1-30", "com 20, a base de A serve melhor que a sorteada", control[20] > 0)
claim("E1-31", "a base de A, congelada, acerta mais de 95 % com 20 fotos", scores[20][:, 2].mean() > 0.95)

# %% [markdown]
# Leia sem torcer pelo método:
#
# - **Com 200 fotos, nada de espetacular.** Sandália e camisa se separam tão bem que 200 exemplos bastam a uma rede do zero. O ganho é uma fração pequena de ponto, do tamanho da própria variação entre sementes, e cinco sementes não garantem nem o seu sinal.
# - **Com 20 fotos, depende das fotos.** Na réplica do curso, desenhada por programa, as duas classes são ainda mais fáceis e a rede do zero já acerta quase tudo: não sobra erro para cortar. Quando rodamos a lição com fotos originais, a rede do zero perdia alguns pontos e variava muito de
#   um sorteio para outro; as que herdaram a base de A recuperavam quase tudo e variavam menos. A tabela diz qual é o seu caso.
# - **O mérito é do que A aprendeu**, e não de congelar: com uma base sorteada, a mesma saída fica para trás.
#
# O empréstimo rende quando faltam exemplos **para a dificuldade da tarefa**. Uma comparação em que a rede do zero treinou poucas épocas, ou com taxa pequena demais, mostra outro ganho, o de chegar antes; ele some quando as duas treinam o bastante.
#
# ## 8. "O erro caiu quase quinze vezes"
#
# *É comum ler* que, nesta mesma experiência, com estas classes e 200 fotos, o erro caiu quase 15 vezes. A conta é $(100 - 97{,}05)/(100 - 99{,}8) = 14{,}75$. Vale refazê-la com o que a lição sobre capacidade ensinou: quantos exemplos são esses 0,2 %?

# %%
ratio = (100 - 97.05) / (100 - 99.8)
errors = {accuracy: round(2000 * (100 - accuracy) / 100) for accuracy in (97.05, 99.8, 99.25)}
rng = np.random.default_rng(set_seeds())
again = rng.binomial(2000, errors[99.8] / 2000, size=100_000)  # outros testes de 2 000 fotos
low, high = np.quantile(again, [0.025, 0.975])
claim(
    "E1-32",
    "14,75 é a razão entre 59 erros e 4 erros",
    np.isclose(ratio, 14.75) and (errors[97.05], errors[99.8]) == (59, 4),
)
claim(
    "E1-33",
    "em outro teste de 2 000, uma rede assim erraria de 1 foto, ou nenhuma, a 8",
    low <= 1 and high >= 8,
)
claim("E1-34", "com 8 erros em vez de 4, as 14,75 vezes viram menos de 8", errors[97.05] / 8 < 8)
claim("E1-35", "contra 99,25 %, a razão seria menor que 4", errors[97.05] / errors[99.25] < 4)

# %% [markdown]
# Três defeitos em uma divisão. O denominador são **quatro fotos**, e duas a mais ou a menos, que o acaso do teste explica, mudam a razão de dez para trinta. Os dois números **não vieram da mesma execução**: os 97,05 % coincidem com os de outra versão publicada do exemplo, em que a rede com transferência chegava a 99,25 %, e a acurácia da rede do
# zero que acompanha os 99,8 % não aparece. E tudo isso em **uma semente**.
#
# Razões entre erros pequenos impressionam e não se sustentam. Prefira a diferença em pontos, pareada, com várias sementes e o erro padrão do teste ao lado. Com algumas centenas de fotos de avaliação, o nosso também não é desprezível:

# %% tags=["nbval-ignore-output"]
rest_size = len(splits[0][1])
mean = scores[200][:, 3].mean()
print(
    f"{rest_size} fotos de avaliação; acurácia do ajuste fino: {percent(mean, 1)}, ou {number((1 - mean) * rest_size)} erros por rede, em média"
)
print(
    f"erro padrão de uma acurácia de 99 %: {number(100 * np.sqrt(0.99 * 0.01 / rest_size))} ponto percentual"
)

# %% [markdown]
# ## 9. Com que taxa descongelar?
#
# No ajuste fino dividimos a taxa por dez. Se esquecêssemos? Partimos das redes que já treinaram a saída e descongelamos com três taxas: a décima parte (as redes da seção 7), a mesma e dez vezes mais. Medimos quanto as camadas herdadas mudaram, $\lVert W - W_0\rVert/\lVert W_0\rVert$, e o que sobrou da
# tarefa A quando devolvemos a saída antiga à base nova.


# %%
def back_to_a(k, weights):
    model_a.set_weights(weights[:-2] + weights_a[k][-2:])
    return accuracy_a(model_a)


rates = {"taxa ÷ 10": tuned, "mesma taxa": [], "taxa × 10": []}
for k, (rows, _) in enumerate(splits):
    for name, rate in (("mesma taxa", 0.05), ("taxa × 10", 0.5)):
        keras.utils.set_random_seed(seed + 1000 * k)
        rates[name].append(learn(warm[k], rows, 40, rate))
changes, keeps, hits, lost = {}, {}, {}, {}
for name, ends in rates.items():
    pairs = [(w[:-2:2], weights_a[k][:-2:2]) for k, w in enumerate(ends)]
    changes[name] = np.mean([signal.relative_change(old, new) for new, old in pairs], axis=0)
    keeps[name] = np.mean([back_to_a(k, w) for k, w in enumerate(ends)])
    hits[name] = np.mean([accuracy_b(w, splits[k][1]) for k, w in enumerate(ends)])
    lost[name] = sum(not np.isfinite(w[0]).all() for w in ends)

# %%
figure = plots.bars_per_layer(
    {name: changes[name] for name in ("taxa ÷ 10", "mesma taxa")},
    ylabel="Mudança relativa dos pesos",
    title="Com a taxa inteira, as camadas herdadas se afastam mais de A",
    log=False,
)
plots.show(
    figure,
    alt="Dois painéis de barras com a mudança relativa dos pesos das cinco camadas herdadas, na mesma escala. Com a taxa dividida por dez as barras são baixas; com a "
    "mesma taxa da saída, em todas as camadas, são mais altas.",
)

# %% tags=["nbval-ignore-output"]
start_a = np.mean(scores_a)
show_table(
    ["ao descongelar", "acurácia em B", "acurácia em A, com a saída antiga", "redes que divergiram"],
    [
        [
            "antes de descongelar",
            percent(np.mean([accuracy_b(w, splits[k][1]) for k, w in enumerate(warm)]), 1),
            percent(start_a, 1),
            "—",
        ]
    ]
    + [[name, percent(hits[name], 1), percent(keeps[name], 1), f"{lost[name]} de 5"] for name in rates],
)

# %%
growth = changes["mesma taxa"] / changes["taxa ÷ 10"]
more = bool(np.all((growth > 1.5) & (growth < 10)))
claim(
    "E1-36",
    "com a mesma taxa, toda camada herdada muda de uma vez e meia a dez vezes o que muda com um décimo",
    more,
)
claim("E1-37", "com um décimo, A perde menos de 4 pontos", start_a - keeps["taxa ÷ 10"] < 0.04)
claim("E1-38", "com a mesma taxa, A perde mais que com um décimo", keeps["mesma taxa"] < keeps["taxa ÷ 10"])
claim("E1-39", "com dez vezes mais, perde mais de 10", start_a - keeps["taxa × 10"] > 0.10)

# %% [markdown]
# Dez vezes a taxa não desfaz só a tarefa A: os pesos podem explodir até virar NaN (a última coluna conta em quantas redes), e então perde-se B também. Com a **mesma** taxa, B vai bem nesta tarefa fácil. O que se perde é parte do que a base sabia, e isso só aparece porque olhamos para A: a perda do que a rede sabia ao aprender outra coisa se chama
# **esquecimento** (*catastrophic forgetting*, quando é grande). Se B tem poucos exemplos, o que a base sabia era justamente o que se foi buscar. Repare que dez vezes mais taxa não dá dez vezes mais mudança: à medida que B é aprendida, o gradiente encolhe.
#
# Dividir por dez é um ponto de partida, não uma lei. Uma taxa pequena demais também custa: a base quase não se ajusta no orçamento que tem. A taxa do ajuste fino se escolhe na validação, como qualquer outra.
#
# ## 10. Outras maneiras de reaproveitar
#
# Trocar a saída é uma entre várias. Quatro perguntas que costumam vir juntas, e que se confundem:
#
# | pergunta | nome | o que se ganha | o que se arrisca |
# |---|---|---|---|
# | dar as ativações de uma rede pequena a uma maior? | **extração de características**, com a primeira congelada | generalização, se a primeira viu mais dados ou outra tarefa; treino barato (a seção 5: ativações calculadas uma vez); menos pesos a treinar, menos sobreajuste | formatos e padronização incompatíveis; ajuste fino malfeito; escolher mal a rede de origem. Se as duas veem os mesmos exemplos, as ativações não trazem nada de novo |
# | repetir isso, rede após rede? | **treinamento guloso, camada a camada** | cada etapa é pequena | o que uma etapa perde a seguinte não recupera; difícil de interpretar; mais caro; ainda sobreajusta; muitas escolhas; ajuste fino do conjunto |
# | juntar à representação os dados originais? | **conexão de salto por concatenação** | o que a representação perdeu volta a estar disponível | mais entradas, mais parâmetros |
# | levar os dados originais a um ponto do meio? | a mesma concatenação, mais adiante, ou uma conexão **residual**, que **soma** | um caminho curto também para o gradiente | a soma exige formatos iguais |
#
# *É comum ver "residual" usado para as duas últimas.* Concatenar e somar são operações diferentes, e o Keras as distingue:

# %%
pixels = keras.Input((784,))
features = keras.layers.Dense(50, "selu")(pixels)
head = keras.layers.Dense(1)
head(keras.layers.Concatenate()([features, pixels]))
try:
    keras.layers.Add()([features, pixels])
    refused = False
except ValueError:
    refused = True

# %%
claim("E1-40", "com os pixels concatenados, a saída passa de 51 a 835 parâmetros", head.count_params() == 835)
claim("E1-41", "somar 50 ativações a 784 pixels é recusado", refused)

# %% [markdown]
# Nenhuma dessas ligações cria informação sobre o rótulo. A transferência traz informação nova porque **A viu exemplos que B não tem**. Se nem exemplos rotulados de outra tarefa houver, restam os sem rótulo: é o pré-treinamento, assunto da próxima lição.
#
# Uma ressalva sobre o tipo de rede. Redes densas aprendem combinações do quadro inteiro, presas à posição de cada pixel; as convolucionais aprendem detalhes locais, que se repetem em fotos muito diferentes. É o que faz a transferência render bem mais entre redes convolucionais profundas
# treinadas em milhões de fotos. Esta lição não mediu isso; os trabalhos citados abaixo, sim.
#
# ## 11. Explique
#
# Um colega herda as camadas com `Sequential(model_a.layers[:-1])`, treina B com tudo livre e publica: "B chegou a 99 %, e A continua com a acurácia de antes, que anotei ontem". O que há de errado, e que três linhas de código mostrariam isso a ele?
#
# <details><summary>Uma resposta possível</summary>
#
# As camadas são compartilhadas: ao treinar B, ele treinou A. A acurácia anotada ontem é de uma rede que não existe mais. Bastaria guardar `saidas = np.array(model_a(x))` antes, chamar `fit` em B e comparar com `model_a(x)` depois: com camadas compartilhadas as saídas mudam (E1-25), com um clone de pesos copiados são
# idênticas (E1-17). E os 99 % de B precisam de um termo de comparação: a mesma rede do zero, nas mesmas fotos, com várias sementes, e o número de fotos do teste. Na nossa tarefa, 99 % também é o que consegue quem não herdou nada.
#
# </details>
#
# ## 12. Resumo
#
# | conceito | como se faz | o que você viu | onde se erra |
# |---|---|---|---|
# | transferência de aprendizado | base de A, saída nova | a primeira camada de A já ajuda B (E1-07, E1-08) | supor que sempre rende: com 200 fotos fáceis, quase empate (E1-28) |
# | clonar | `clone_model` **e** `set_weights`, ou ler do arquivo | E1-09, E1-10, E1-17 | `clone_model` não copia pesos |
# | camadas compartilhadas | `Sequential(model_a.layers[:-1])` | A muda com B (E1-23 a E1-26) | tomá-las por cópia |
# | congelar | `trainable = False`, **depois** `compile` | a base não muda um bit (E1-12) | não recompilar: muda assim mesmo (E1-19) |
# | extração de características | ativações uma vez, regressão logística em cima | NumPy = Keras (E1-14) | recalcular a base a cada época |
# | ajuste fino | descongelar, `compile`, taxa ÷ 10 | as herdadas mudam pouco (E1-16, E1-36, E1-37) | descongelar sem recompilar (E1-21); taxa alta demais (E1-39) |
# | BN na base | deixá-la congelada | E1-27 | esquecer que as médias móveis mudam sem gradiente |
# | ganho | diferença pareada, várias sementes, controle | E1-28 a E1-31 | razão entre quatro erros e outra execução (E1-32 a E1-35) |
#
# **Para praticar:** no **Lab 4 · Reuso e incerteza** você monta uma transferência e mede o que ela rende. **A seguir:** a lição sobre pré-treinamento.
#
# ## Referências
#
# - Caruana, R. (1997). Multitask learning. *Machine Learning*, 28, 41–75. Tarefas aparentadas que partilham representação.
# - Pan, S. J.; Yang, Q. (2010). A survey on transfer learning. *IEEE Transactions on Knowledge and Data Engineering*, 22(10), 1345–1359.
# - Yosinski, J.; Clune, J.; Bengio, Y.; Lipson, H. (2014). How transferable are features in deep neural networks? *NeurIPS*. Do geral ao específico, camada por camada, em redes convolucionais.
# - Kornblith, S.; Shlens, J.; Le, Q. V. (2019). Do better ImageNet models transfer better? *CVPR*. Quando a transferência rende e quando mal se distingue do treino do zero.
# - McCloskey, M.; Cohen, N. J. (1989). Catastrophic interference in connectionist networks: the sequential learning problem. *Psychology of Learning and Motivation*, 24, 109–165.
# - Klambauer, G.; Unterthiner, T.; Mayr, A.; Hochreiter, S. (2017). Self-normalizing neural networks. *NeurIPS*. A SELU e as suas condições.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms. arXiv:1708.07747. Os dados desta lição.
