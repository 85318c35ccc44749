# ---
# jupyter:
#   gradiente:
#     id: D6
#     title: Qual remédio contra o sobreajuste é o melhor?
#     covers: [S3-20, S3-21, S3-22, S3-23, S3-24, S3-25, S3-26, S3-27, S3-28, S3-29, S3-30, S3-31, S4-43, S4-44, S4-45, S4-46]
#     seconds: 45
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 17 · Qual remédio contra o sobreajuste é o melhor?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *combinar* regularizadores e *dizer* se a combinação ganhou de verdade, com média e desvio padrão; *aumentar* dados de imagem e de texto sem estragar o rótulo; *reconhecer* um vazamento entre treino e validação |
# | **Você precisa saber** | o que é sobreajuste; parada antecipada, penalidades L1 e L2, norma máxima e *dropout*, cada um na sua lição |
# | **Tempo de leitura** | cerca de 40 minutos |
# | **Tempo de execução** | cerca de 45 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | combinação de regularizadores, comparação pareada, aumento de dados, curva de aprendizado, desbalanceamento, linha de base, saco de palavras, vazamento de dados |
#
# As lições anteriores apresentaram os remédios um a um. Falta fazer o que se faz na prática: juntá-los, compará-los de
# modo justo e lembrar que às vezes o melhor remédio é outro, buscar mais dados ou pedir menos da rede.

# %%
import warnings

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots, text
from gradiente.claims import claim, set_seeds
from gradiente.comparison import Recipe, train_together
from gradiente.datasets import load_airline_sentiment, load_fashion_mnist, load_higgs
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# ## 1. A pergunta
#
# O problema é o do Lab 5: colisões do conjunto HIGGS, 28 atributos, um rótulo (sinal ou fundo). Com só 1 000 colisões para
# treinar e 1 000 para validar, uma rede de duas camadas ocultas de 48 unidades ReLU tem folga para decorar.

# %% tags=["nbval-ignore-output"]
higgs = load_higgs(6000)
x = (higgs.x - higgs.x[:1000].mean(axis=0)) / higgs.x[:1000].std(axis=0)
x_train, y_train, x_val, y_val = x[:1000], higgs.y[:1000], x[5000:], higgs.y[5000:]

# %% [markdown]
# Oito receitas para a mesma rede. A última é a **combinação** mais usada: uma penalidade L2 fraca, $\lambda = 0{,}0001$, com
# *dropout* de 50 %. A função `train_together` treina todas as receitas, cada uma com **cinco sementes**, em um só programa:
# 40 redes que não se falam, empilhadas em um eixo a mais dos tensores, como na lição sobre penalidades.

# %%
recipes = [
    Recipe("nenhum remédio"),
    Recipe("rede menor", units=8),
    Recipe("L1 0,002", l1=0.002),
    Recipe("L2 0,01", l2=0.01),
    Recipe("L2 0,0001", l2=0.0001),
    Recipe("norma máxima 0,7", max_norm=0.7),
    Recipe("dropout 50 %", dropout=0.5),
    Recipe("L2 0,0001 + dropout", l2=0.0001, dropout=0.5),
]
NAMES = [recipe.name for recipe in recipes]

# %% [markdown]
# A semente decide os pesos iniciais, e redes do mesmo tamanho com a mesma semente nascem iguais: a comparação é **pareada**. O
# que se anota ao fim de cada época é a entropia cruzada pura, sem penalidade e com o *dropout* desligado.

# %%
first_seed = set_seeds()
settings = {
    "validation_data": (x_val, y_val),
    "hidden": (48, 48),
    "seeds": range(first_seed, first_seed + 5),
    "learning_rate": 0.02,
    "activation": "relu",
}
study = train_together(recipes, x_train, y_train, epochs=12, **settings)
train = dict(zip(NAMES, study.loss, strict=True))  # cada valor: (semente, época)
val = dict(zip(NAMES, study.val_loss, strict=True))

# %% [markdown]
# Comecemos por quatro: nada, cada ingrediente sozinho, e os dois juntos. Cada linha fina é uma semente.

# %%
shown = {"nenhum remédio": 1, "L2 0,0001": 3, "dropout 50 %": 0, "L2 0,0001 + dropout": 2}
figure, ax = plt.subplots(figsize=(9, 4.4))
for name, color in shown.items():
    ax.plot(range(1, 13), val[name].T, color=plots.PALETTE[color], linewidth=0.8, alpha=0.6)
    ax.plot(
        range(1, 13),
        val[name].mean(axis=0),
        color=plots.PALETTE[color],
        linewidth=3,
        label=name,
        linestyle="--" if "+" in name else "-",
    )
ax.axhline(np.log(2), color="black", linestyle=":", linewidth=1.4)
ax.text(12, np.log(2) + 0.02, "quem chuta: ln 2", ha="right", va="bottom")
ax.set(xlabel="Época", ylabel="Entropia cruzada na validação")
ax.set_title("A L2 fraca quase não muda nada; quem segura a rede é o dropout")
ax.legend(loc="upper left")
plots.comma_axes(ax)
plots.show(
    figure,
    alt="Entropia cruzada de validação por época, com cinco linhas finas e a média de cada receita. Sem remédio e com L2 fraca, as "
    "curvas quase se confundem e sobem muito acima da linha de quem chuta. Com dropout e com a combinação, ficam baixas e "
    "planas, uma sobre a outra.",
)

# %%
none, weak, drop, both = (val[name] for name in shown)
claim(
    "D6-01",
    "em cada semente, a combinação termina 0,2 ou mais abaixo de nenhum remédio",
    np.all(both[:, -1] < none[:, -1] - 0.2),
)
claim(
    "D6-02",
    "a L2 fraca, sozinha, termina com mais de três quartos da perda de nenhum remédio",
    weak[:, -1].mean() > 0.75 * none[:, -1].mean(),
)
claim(
    "D6-03",
    "a combinação e o dropout sozinho terminam, em média, a menos de 0,05 um do outro",
    abs(both[:, -1].mean() - drop[:, -1].mean()) < 0.05,
)

# %% [markdown]
# ### "Obviamente o melhor"
#
# *É comum concluir, de um gráfico com uma curva por receita, que a combinação é "obviamente a melhor".* Óbvio é só que ela ganha de
# quem não faz nada. Para compará-la com o *dropout* sozinho, olhe a **diferença em cada semente**: o par tem os mesmos
# pesos iniciais, e a diferença não carrega a sorte comum aos dois.

# %% tags=["nbval-ignore-output"]
difference = both.min(axis=1) - drop.min(axis=1)  # na melhor época de cada uma
rows = [[f"semente {k + 1}", f"{value:+.4f}".replace(".", ",")] for k, value in enumerate(difference)]
summary = f"{difference.mean():+.4f} ± {difference.std(ddof=1):.4f}".replace(".", ",")
show_table(
    ["", "combinação − dropout (negativo: a combinação ganha)"], [*rows, ["média ± desvio padrão", summary]]
)

# %%
gain, effect = abs(difference.mean()), none[:, -1].mean() - drop[:, -1].mean()
claim(
    "D6-04",
    "o que a L2 fraca muda sobre o dropout é menos de um décimo do efeito do dropout",
    gain < 0.1 * effect,
)

# %% [markdown]
# Compare a média com o desvio padrão: se o desvio é do tamanho da média, outra semente poderia inverter a vencedora. Uma
# frase como "a combinação é melhor" pede três números: **média, desvio padrão e quantas sementes**. Com cinco sementes, uma
# rede e um conjunto de dados, o que aprendemos é mais modesto: aqui, o que a combinação tem de bom vem do *dropout*. Em
# outra rede, ou com outro $\lambda$, a resposta pode mudar; o modo de perguntar, não.
#
# ## 2. Preveja
#
# No fim da lição, as oito receitas voltam, com mais duas: a **parada antecipada** (a rede sem remédio, na sua melhor época) e **mais
# dados** (a rede sem remédio, com 4 000 colisões em vez de 1 000).
#
# > Medidas na **melhor época** de cada uma, qual das dez terá a menor perda de validação?

# %%
OPTIONS = [*NAMES, "parada antecipada", "mais dados"]
guess = "L2 0,0001 + dropout"  # troque pelo seu palpite: um dos nomes de OPTIONS

# %% [markdown]
# ## 3. Combinar: o que se ganha e o que se paga
#
# Em Keras, a combinação é isto: um regularizador em cada camada oculta e uma camada `Dropout` depois dela. A saída é um
# *logit*, **sem** sigmoide, e tudo o que a mede precisa saber disso: a perda e a entropia cruzada com `from_logits=True`, a
# acurácia com limiar 0 (probabilidade 1/2 é *logit* 0). Pôr uma sigmoide na saída **e** `from_logits=True` é pedir a
# sigmoide duas vezes: dentro de um modelo o Keras costuma perceber, avisar e desfazer; em números soltos, a perda sai errada,
# como se vê na lição sobre saída e perda.

# %%
set_seeds()
layers = []
for _ in range(2):
    layers += [keras.layers.Dense(48, "relu", kernel_regularizer=keras.regularizers.L2(0.0001))]
    layers += [keras.layers.Dropout(0.5)]
combined = keras.Sequential([keras.Input((28,)), *layers, keras.layers.Dense(1)])
loss = keras.losses.BinaryCrossentropy(from_logits=True)
metrics = [
    keras.metrics.BinaryCrossentropy(from_logits=True, name="bce"),
    keras.metrics.BinaryAccuracy(threshold=0),
]
combined.compile(keras.optimizers.Adam(0.02), loss, metrics=metrics)

# %% [markdown]
# Com penalidade, o registro do treino traz **duas** colunas parecidas: `loss`, que inclui o preço dos pesos, e `bce`, que não inclui.
# A diferença entre elas é a soma das contas em `model.losses`, e um preço nunca é negativo.

# %%
scores = combined.evaluate(x_val, y_val, verbose=0, return_dict=True)
bill = sum(float(part) for part in combined.losses)
claim(
    "D6-05",
    "loss − bce é a soma das penalidades",
    np.isclose(scores["loss"] - scores["bce"], bill, atol=1e-5),
)
claim("D6-06", "a penalidade é positiva, e por isso loss é maior que bce", scores["loss"] > scores["bce"])

# %% [markdown]
# Se um registro de um treino com L2 mostrar `val_loss` **menor** que `val_bce`, o registro está corrompido: não tire
# conclusões daquela coluna. E, para comparar receitas com penalidades diferentes, compare sempre a `bce`: comparar a `loss`
# seria cobrar de umas um preço que outras não pagam.
#
# E o que a combinação custa? Não custa parâmetros. Custa **ajuste ao treino** e **épocas**:

# %%
best_epoch = {name: 1 + curves.argmin(axis=1) for name, curves in val.items()}
slower = best_epoch["L2 0,0001 + dropout"].mean() / best_epoch["nenhum remédio"].mean()
higher = train["L2 0,0001 + dropout"][:, -1].min() - train["nenhum remédio"][:, -1].max()
claim("D6-07", "a combinação leva, em média, o dobro ou mais de épocas até o seu melhor ponto", slower >= 2)
claim("D6-08", "e termina com perda de treino maior, qualquer que seja o par de sementes", higher > 0)

# %% [markdown]
# Perder no treino é o que se pediu à rede; o perigo é exagerar. Remédios somam efeitos: quem junta L2 forte, *dropout* alto e rede
# pequena pode sair do sobreajuste direto para o **subajuste**. Por isso a L2 da combinação é cem vezes mais fraca que a
# que usamos sozinha. Acrescente um remédio por vez e veja se a validação agradece.
#
# Para acompanhar vários treinos há também o **TensorBoard**, um visor que abre no navegador: o *callback*
# `keras.callbacks.TensorBoard("registros/regularizadores/dropout")` grava um treino, e uma **pasta por receita**, debaixo da mesma
# `registros/regularizadores`, põe todas no mesmo gráfico. Ele precisa do pacote `tensorboard`, que a versão só para CPU do
# TensorFlow não instala; os nossos gráficos dispensam o visor.
#
# ## 4. Simplificar
#
# Antes de somar remédios, pergunte se a rede precisa ser tão grande. Quanto mais parâmetros para os mesmos dados, mais
# fácil decorar. A "rede menor" tem 8 unidades por camada:

# %%
size = dict(zip(NAMES, map(int, study.parameters), strict=True))
small = val["rede menor"]
print(f"{size['rede menor']} parâmetros em vez de {size['nenhum remédio']}")
claim(
    "D6-09",
    "a rede menor tem menos de um décimo dos parâmetros",
    10 * size["rede menor"] < size["nenhum remédio"],
)
claim(
    "D6-10",
    "e termina 0,1 ou mais abaixo na validação, em todas as sementes",
    np.all(small[:, -1] < none[:, -1] - 0.1),
)

# %% [markdown]
# Simplificar é o único remédio que também **barateia** a rede. O preço aparece no quadro final, na coluna da melhor época: a
# rede pequena não chega tão baixo quanto as grandes bem tratadas.
#
# E a **normalização em lote**? Ela leva as pré-ativações a média 0 e desvio padrão 1 **dentro do lote**, para estabilizar e acelerar o
# treino. Regulariza um pouco, de carona: a média e o desvio mudam com os vizinhos de lote, e esse ruído atrapalha a
# memorização. A lição sobre normalização em lote a mede; não conte com ela como único remédio.
#
# ## 5. Mais dados sem fotografar de novo: imagens
#
# O sobreajuste é falta de dados para o tamanho da rede, e o remédio mais direto é **mais dados**. Quando não se podem colher,
# fabricam-se: o **aumento de dados** (*data augmentation*) altera cada exemplo de um modo que **não muda o rótulo**. Uma
# camiseta dois pixels para o lado é a mesma camiseta. No Keras, as alterações são camadas, e só agem no treino:

# %% tags=["nbval-ignore-output"]
clothes = load_fashion_mnist()
pixels, kinds = clothes.x_train[:2500].astype("float32"), clothes.y_train[:2500].astype("int32")
pixels = (pixels - pixels[:2000].mean()) / pixels[:2000].std()
few, few_kinds, photos, photo_kinds = pixels[:500], kinds[:500], pixels[2000:], kinds[2000:]

# %%
seed, paper = set_seeds(), {"fill_mode": "constant", "fill_value": float(pixels.min())}
changes = {
    "espelho": keras.layers.RandomFlip("horizontal", seed=seed),
    "deslocamento": keras.layers.RandomTranslation(0.1, 0.1, seed=seed, **paper),
    "giro": keras.layers.RandomRotation(0.5, seed=seed, **paper),  # até meia-volta
}


def versions(name, pictures):
    return np.asarray(changes[name](pictures[..., None], training=True))[..., 0]


# %%
idle = all(
    np.array_equal(layer(few[..., None], training=False), few[..., None]) for layer in changes.values()
)
active = all(np.abs(versions(name, few) - few).max() > 0.1 for name in changes)
claim("D6-11", "fora do treino, as três camadas devolvem a imagem intacta", idle)
claim("D6-12", "no treino, mudam", active)

# %% [markdown]
# Nem toda alteração serve. Pergunte sempre: **uma foto assim poderia aparecer, com este rótulo, nos dados em que vou usar a
# rede?** Espelhada e deslocada, sim. De cabeça para baixo, não: nenhuma loja fotografa assim. (Com algarismos seria
# ainda pior: um 6 girado é um 9, e o rótulo muda.)

# %%
picked = [int(np.flatnonzero(few_kinds == kind)[0]) for kind in (9, 3)]  # uma bota e um vestido
drawn = {name: [versions(name, few[picked]) for _ in range(4)][::3] for name in ("deslocamento", "giro")}
pictures, titles = [], []
for k in range(2):
    pictures += [
        few[picked[k]],
        few[picked[k]][:, ::-1],
        *(v[k] for v in drawn["deslocamento"]),
        few[picked[k]][::-1],
    ]
    pictures += [v[k] for v in drawn["giro"]]
    titles += ["original", "espelho", "deslocada", "deslocada", "cabeça\npara baixo", "girada", "girada"]
wrong = ["girada" in title or "baixo" in title for title in titles]
figure = plots.images(
    pictures,
    titles,
    "As quatro primeiras ainda são fotos de loja; as três últimas, não",
    columns=7,
    marked=wrong,
)
plots.show(
    figure,
    alt="Duas fileiras de sete imagens, uma bota e um vestido: a original, a espelhada, duas um pouco deslocadas, uma de cabeça para "
    "baixo e duas giradas. As três últimas têm a legenda em destaque.",
)

# %% [markdown]
# Funciona? Quinhentas fotos, quatro versões de cada, a mesma rede densa, o mesmo número de passos, três sementes. A linha de
# comparação repete as fotos **sem** alterá-las: assim o que muda é só a novidade das versões. Como na seção 1, treinamos
# as três redes juntas: um modelo com três entradas e três saídas que não dividem nenhum peso.


# %%
crossentropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def three(shape, branch, learning_rate):
    inputs = [keras.Input(shape) for _ in range(3)]
    model = keras.Model(inputs, [branch(one) for one in inputs])
    model.compile(keras.optimizers.Adam(learning_rate), [crossentropy] * 3, steps_per_execution=20)
    return model


def exams(model, examples, answers):  # uma linha por rede: perda e acurácia
    logits = [np.asarray(output) for output in model(examples)]
    pairs = list(zip(answers, logits, strict=True))
    return np.array([(float(crossentropy(y, z)), np.mean(z.argmax(axis=1) == y)) for y, z in pairs])


# %% [markdown]
# A função `train_from` põe as redes de volta nos pesos dados, com o otimizador sem memória, e mostra a cada uma um total fixo de
# exemplos: os seus, em ordem sorteada, repetidos até completá-lo.


# %%
def train_from(weights, model, examples, answers, total):
    model.set_weights(weights)
    for variable in model.optimizer.variables:
        if "learning_rate" not in variable.path:
            variable.assign(keras.ops.zeros_like(variable))
    x, y = [], []
    for mine, right in zip(examples, answers, strict=True):
        rounds = -(-total // len(mine))
        turns = np.concatenate([rng.permutation(len(mine)) for _ in range(rounds)])[:total]
        x, y = [*x, mine[turns]], [*y, right[turns]]
    model.fit(x, y, batch_size=100, shuffle=False, verbose=0)


# %%
def dense_net(image):
    return keras.layers.Dense(10)(keras.layers.Dense(64, "relu")(keras.layers.Flatten()(image)))


rng = np.random.default_rng(set_seeds())
closet = three((28, 28), dense_net, learning_rate=0.003)
birth, outcome, memory = closet.get_weights(), {}, {}
repeated, repeated_kinds = np.tile(few, (4, 1, 1)), np.tile(few_kinds, 4)
for name in ["nada", *changes]:
    many = repeated if name == "nada" else versions(name, repeated)
    train_from(birth, closet, [many] * 3, [repeated_kinds] * 3, total=6000)
    outcome[name] = exams(closet, [photos] * 3, [photo_kinds] * 3)
    memory[name] = exams(closet, [few] * 3, [few_kinds] * 3)  # nas 500 fotos originais


# %% tags=["nbval-ignore-output"]
def spread(values, digits=2):
    return f"{np.mean(values):.{digits}f} ± {np.std(values, ddof=1):.{digits}f}".replace(".", ",")


rows = [[k, spread(memory[k][:, 0]), spread(v[:, 0]), spread(v[:, 1], 3)] for k, v in outcome.items()]
show_table(["alteração", "perda nas 500 fotos", "perda na validação", "acurácia na validação"], rows)

# %%
distance = {name: (outcome[name] - memory[name])[:, 0].mean() for name in outcome}
accuracy = {name: values[:, 1].mean() for name, values in outcome.items()}
shrinks = distance["deslocamento"] < distance["nada"] * 2 / 3
claim("D6-13", "com deslocamentos, a distância entre treino e validação cai um terço ou mais", shrinks)
claim("D6-14", "com giros, a acurácia média cai 5 pontos ou mais", accuracy["giro"] < accuracy["nada"] - 0.05)

# %% [markdown]
# Sejamos exatos. Com deslocamentos a rede **decora menos**: a distância entre a perda nas fotos do treino e na validação encolhe. Se
# isso vira perda ou acurácia melhores na validação, olhe na tabela, e compare a diferença com os desvios: com uma rede densa
# e três sementes, não o afirmamos. O espelho preserva o rótulo, mas promete menos do que parece: os calçados do Fashion-MNIST apontam quase todos para o
# mesmo lado, e a validação não cobra sapatos virados. Já o giro ensina um mundo que não existe, e piora tudo. Aumento de dados
# é uma **hipótese sobre o mundo**; quando ela é falsa, atrapalha.
#
# ## 6. Um problema de texto
#
# Passageiros escrevem a companhias aéreas, e queremos saber se a mensagem é negativa, neutra ou positiva. Os dados são os do
# "Twitter US Airline Sentiment" (arquivo `Tweets.csv`, em inglês); sem ele, usa-se a réplica do curso, em português. Cada
# afirmação desta lição vale nos dois. Embaralhamos antes de separar, porque o arquivo vem ordenado por companhia.

# %% tags=["nbval-ignore-output"]
tweets = load_airline_sentiment()
rng = np.random.default_rng(set_seeds())
order = rng.permutation(len(tweets.texts))[:6000]
messages, feelings = tweets.texts[order], tweets.labels[order].astype("int32")
parts = {"treino": slice(0, 4000), "validação": slice(4000, 5000), "teste": slice(5000, 6000)}
for message, feeling in zip(messages[:4], feelings[:4], strict=True):
    print(f"{tweets.classes[feeling]:>9}: {message}")

# %% [markdown]
# ### A linha de base
#
# As classes são **desbalanceadas**: reclama-se mais do que se elogia. Então a primeira rede a vencer é a que não é rede: dizer
# sempre a classe mais frequente. *É comum chamar a acurácia de "precisão".* São contas diferentes. Para uma classe:
#
# - **acurácia** (*accuracy*): de todas as mensagens, quantas a resposta acerta;
# - **precisão** (*precision*): das que a resposta chamou de positivas, quantas são;
# - **revocação** (*recall*): das que são positivas, quantas a resposta achou.


# %%
def report(answers, truth, kind):
    hits = np.sum((answers == kind) & (truth == kind))
    called, real = np.sum(answers == kind), np.sum(truth == kind)
    return np.mean(answers == truth), hits / called if called else np.nan, hits / real


truth = feelings[parts["validação"]]
always = np.full_like(truth, np.bincount(feelings[parts["treino"]]).argmax())
majority, negative_precision, negative_recall = report(always, truth, 0)
claim("D6-15", "quem responde sempre o mais comum acerta mais da metade", majority > 0.55)
claim("D6-16", "e não acha nenhuma mensagem positiva (revocação 0)", report(always, truth, 2)[2] == 0)

# %% [markdown]
# ### De palavras a números
#
# A camada `TextVectorization` passa a mensagem a minúsculas, tira a pontuação, separa as palavras e as procura em um
# **vocabulário**, que ela aprende no método `adapt`. No modo `multi_hot`, o resultado é um **saco de palavras** (*bag of
# words*): um vetor com 1 nas palavras presentes e 0 nas outras. (O antigo `Tokenizer`, de `keras.preprocessing.text`, não
# existe mais no Keras 3.) O vocabulário também se aprende: **só com o treino**.

# %%
vectorizer = keras.layers.TextVectorization(max_tokens=1000, output_mode="multi_hot")
vectorizer.adapt(messages[parts["treino"]].tolist())


def bag(texts):
    return np.asarray(vectorizer(list(texts)), "float32")


bags = bag(messages)
words, labels = ({name: array[part] for name, part in parts.items()} for array in (bags, feelings))

# %%
vocabulary = vectorizer.get_vocabulary()
fresh = words["validação"][:, 0].mean()  # a coluna 0 é a de [UNK], palavra fora do vocabulário
gone = [not hasattr(keras.utils, "np_utils"), not hasattr(keras.preprocessing, "text")]
claim(
    "D6-17",
    "o vocabulário tem 1 000 entradas, e a primeira é [UNK]",
    len(vocabulary) == 1000 and vocabulary[0] == "[UNK]",
)
claim("D6-18", "mais de um décimo das mensagens de validação traz palavra que ele não tem", fresh > 0.1)
claim("D6-19", "np_utils e o antigo pacote de texto não existem mais no Keras", all(gone))

# %% [markdown]
# Os rótulos podem ficar como inteiros, com a perda `SparseCategoricalCrossentropy`, ou virar vetores de 0 e 1 com
# `keras.utils.to_categorical` (é lá que a função mora agora) e usar a `CategoricalCrossentropy`. Dá no mesmo:

# %%
guesses, hot = rng.normal(size=(1000, 3)), keras.utils.to_categorical(truth, 3)
sparse = float(crossentropy(truth, guesses))
dense = float(keras.losses.CategoricalCrossentropy(from_logits=True)(hot, guesses))
claim("D6-20", "inteiros ou vetores, a entropia cruzada é a mesma", np.isclose(sparse, dense, rtol=1e-5))

# %% [markdown]
# Um aviso sobre avisos. Muitos cadernos de texto começam por `warnings.filterwarnings("ignore")`. Veja o que se esconde
# assim; aqui apanhamos o aviso e o mostramos:

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    keras.optimizers.SGD(0.1, decay=0.01)
notice = str(caught[0].message)
print(notice)
claim("D6-21", "o aviso diz que o argumento será ignorado", "ignored" in notice)

# %% [markdown]
# Quem calou os avisos treina convencido de que a taxa decai, e ela não decai. Leia-os; quando já tiver entendido um, cale só aquele.
#
# ### O que o saco de palavras perde
#
# O saco não guarda a **ordem**, e costuma-se também jogar fora as *stop words*, palavras frequentes como "o", "de", "the". As
# listas prontas, porém, costumam incluir "não" e "not". Para achar o assunto de um texto, pouco importa; para o sentimento:

# %%
phrases = {
    "pt": (
        "o voo foi bom",
        "o voo não foi bom",
        "foi bom e não foi ruim",
        "foi ruim e não foi bom",
        "o foi e não",
    ),
    "en": (
        "the flight was good",
        "the flight was not good",
        "good and not bad",
        "bad and not good",
        "the was and not",
    ),
}
praise, complaint, better, worse, stop = phrases[tweets.language]


# %%
def without(phrase, words):
    return " ".join(word for word in phrase.split() if word not in words.split())


same = without(praise, stop) == without(complaint, stop)
kept = np.any(bag([praise]) != bag([complaint]))
claim("D6-22", "sem as stop words, o elogio e a queixa viram a mesma frase", same)
claim("D6-23", "com elas, os vetores são diferentes", kept)
claim(
    "D6-24",
    "mas frases opostas com as mesmas palavras têm o mesmo vetor",
    np.array_equal(bag([better]), bag([worse])),
)

# %% [markdown]
# Quando dois textos têm o mesmo vetor, **nenhuma** rede os separa: a informação se perdeu antes da primeira camada.
#
# ## 7. Sobreajuste de propósito, e três remédios
#
# Com 2 000 mensagens, três redes: uma livre, com 32 unidades; a mesma com *dropout*; e uma simplificada, com 4. Para treiná-las
# juntas, fazemos delas três **saídas** de um só modelo: elas dividem a entrada, mas nenhum peso.
#
# Vigiamos a rede com *dropout* com a **parada antecipada**: ao fim de cada época olha-se a perda de validação; se ela passa
# `patience` épocas (a **paciência**) sem melhorar, o treino para, e os pesos da melhor época voltam
# (`restore_best_weights=True`).


# %%
def branch(inputs, units, rate):
    hidden = keras.layers.Dense(units, "relu")(inputs)
    return keras.layers.Dense(3)(keras.layers.Dropout(rate)(hidden))


set_seeds()
inputs = keras.Input((1000,))
READERS = {"livre": (32, 0), "dropout": (32, 0.6), "simplificada": (4, 0)}
trio = keras.Model(inputs, {name: branch(inputs, *recipe) for name, recipe in READERS.items()})
trio.compile(
    keras.optimizers.Adam(0.01),
    dict.fromkeys(READERS, crossentropy),
    steps_per_execution=20,
    jit_compile=False,
)

# %%
half = words["treino"][:2000], labels["treino"][:2000]
thrice = [(part, dict.fromkeys(READERS, answers)) for part, answers in (half, (words["validação"], truth))]
stopper = keras.callbacks.EarlyStopping("val_dropout_loss", patience=5, mode="min", restore_best_weights=True)
options = {"validation_data": thrice[1], "validation_batch_size": 1000, "callbacks": [stopper], "verbose": 0}
log = trio.fit(*thrice[0], epochs=30, batch_size=100, **options).history
histories = {name: {"loss": log[f"{name}_loss"], "val_loss": log[f"val_{name}_loss"]} for name in READERS}

# %%
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None)
_, ax = plt.subplots(figsize=(10.5, 4.2))
plotter.plot(histories, ax=ax, title="A rede livre decora: o treino ruma a zero, a validação cai e logo sobe")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    ax,
    alt="Perda de treino e de validação por época de três redes. Na livre, a de treino vai a quase zero e a de validação cai nas "
    "primeiras épocas e depois sobe muito. Com dropout e na rede simplificada, a de validação sobe mais devagar.",
)

# %%
free, thinned, simple = (np.array(history["val_loss"]) for history in histories.values())
early = free.argmin() < 6
memorised = histories["livre"]["loss"][-1] < histories["livre"]["loss"][0] / 3
claim("D6-25", "na livre, a validação tem o seu mínimo nas primeiras seis épocas", early)
claim(
    "D6-26",
    "termina 20 % ou mais acima dele, com a perda de treino a menos de um terço do começo",
    free[-1] > 1.2 * free.min() and memorised,
)
claim("D6-27", "com dropout, e na simplificada, termina mais baixa", max(thinned[-1], simple[-1]) < free[-1])

# %% [markdown]
# O *dropout* não tira o sobreajuste: adia. Por isso ele costuma andar com a parada antecipada. Confira o que ela fez:

# %%
outputs = {name: np.asarray(value) for name, value in trio(words["validação"]).items()}
restored = float(crossentropy(truth, outputs["dropout"]))
claim("D6-28", "o treino parou antes da época 30", len(thinned) < 30)
claim("D6-29", "parou cinco épocas depois da melhor", len(thinned) - 1 - thinned.argmin() == 5)
claim("D6-30", "e devolveu os pesos da melhor", np.isclose(restored, thinned.min(), rtol=1e-3))

# %% [markdown]
# A época de parada foi escolhida **com** a validação; o número honesto é o do teste, usado uma vez, agora. Ao lado, a linha
# de base:

# %% tags=["nbval-ignore-output"]
answers = np.asarray(trio(words["teste"])["dropout"]).argmax(axis=1)
chosen = np.full_like(answers, always[0])
rows = []
for name, given in {"sempre a mais comum": chosen, "dropout e parada antecipada": answers}.items():
    measured = [report(given, labels["teste"], kind) for kind in (0, 2)]
    (accuracy, *negative), (_, *positive) = measured
    rows.append([name, *("—" if np.isnan(v) else percent(v) for v in (accuracy, *negative, *positive))])
header = [
    "no teste",
    "acurácia",
    "precisão (neg.)",
    "revocação (neg.)",
    "precisão (pos.)",
    "revocação (pos.)",
]
show_table(header, rows)

# %%
lead = np.mean(answers == labels["teste"]) - np.mean(chosen == labels["teste"])
claim("D6-31", "a rede passa da linha de base em 6 pontos de acurácia ou mais", lead > 0.06)

# %% [markdown]
# ## 8. Quanto valem mais dados?
#
# A pergunta se mede com uma **curva de aprendizado**: a rede livre, com o mesmo número de passos,
# com $n$ mensagens de treino, para $n$ cada vez maior. Para cada $n$, três redes,
# cada uma com os seus pesos iniciais e o seu sorteio de quais mensagens entram.

# %%
readers = three((1000,), lambda one: branch(one, *READERS["livre"]), learning_rate=0.01)
newborn = readers.get_weights()
SIZES, learning = [250, 500, 1000, 2000, 4000], []
for n in SIZES:
    samples = [rng.permutation(4000)[:n] for _ in range(3)]
    chosen_words = [words["treino"][sample] for sample in samples]
    train_from(newborn, readers, chosen_words, [labels["treino"][sample] for sample in samples], total=8000)
    learning.append(exams(readers, [words["validação"]] * 3, [truth] * 3))
learning = np.array(learning)  # (tamanho, rede, [perda, acurácia])

# %%
center, deviation = learning.mean(axis=1), learning.std(axis=1, ddof=1)
figure, axes = plt.subplots(1, 2, figsize=(10.5, 3.9))
for i, (ax, name) in enumerate(zip(axes, ["Perda", "Acurácia"], strict=True)):
    ax.errorbar(SIZES, center[:, i], deviation[:, i], marker="o", capsize=4, color=plots.PALETTE[0])
    ax.set(xscale="log", xlabel="Mensagens de treino", ylabel=f"{name} na validação")
    plots.comma_axes(ax)
    ax.set_xticks(SIZES, [str(n) for n in SIZES])
    ax.minorticks_off()
axes[1].axhline(majority, color="black", linestyle=":", linewidth=1.4)
axes[1].text(4000, majority + 0.003, "sempre a mais comum", ha="right", va="bottom")
figure.suptitle("Com mais mensagens, a mesma rede erra menos, e a sorte do sorteio pesa menos que o tamanho")
plots.show(
    figure,
    alt="Dois gráficos contra o número de mensagens de treino, em escala logarítmica, com barras de um desvio padrão. A perda de "
    "validação desce e a acurácia sobe de 250 a 4 000 mensagens, partindo de perto da linha de quem responde sempre a "
    "classe mais comum.",
)

# %%
rise = center[-1, 1] - center[0, 1]
claim("D6-32", "de 250 para 4 000 mensagens, a acurácia média sobe 5 pontos ou mais", rise > 0.05)
claim(
    "D6-33",
    "a cada vez que n se multiplica por quatro, a perda média cai",
    np.all(np.diff(center[::2, 0]) < 0),
)

# %% [markdown]
# A curva serve para decidir: se no fim ela ainda desce, vale rotular mais; se já é plana, o dinheiro rende mais em outro
# lugar (rótulos melhores, outra representação).
#
# ## 9. Mais dados sem escrever de novo: texto
#
# O módulo `gradiente.text` faz com frases o que fizemos com fotos: troca palavras por **sinônimos** de uma pequena tabela, **apaga**
# palavras e **permuta** outras. Nenhuma operação toca as negações nem a palavra que vem depois delas.

# %% tags=["nbval-ignore-output"]
show_case = {
    "pt": "@AeroIpe a mala não chegou, que atendimento péssimo!",
    "en": "@united my bag never arrived, terrible staff",
}
for name, operation in text.OPERATIONS.items():
    print(f"{name:>9}: {operation(show_case[tweets.language], language=tweets.language, rng=rng, rate=0.4)}")

# %%
sentence = show_case[tweets.language]
negation = {"pt": "não", "en": "never"}[tweets.language]
altered, copied, _ = text.augment([sentence] * 50, [0] * 50, language=tweets.language, rng=rng)
originals = [*phrases["pt"], *phrases["en"]]
swapped = [text.swap(phrase, language="pt", rng=rng) for phrase in originals]
claim(
    "D6-34",
    "em 50 versões, o rótulo e a negação nunca se perdem",
    all(negation in a.split() for a in altered) and set(copied) == {0},
)
claim(
    "D6-35",
    "permutar palavras muda as frases e não muda o saco: para esta rede, não é dado novo",
    swapped != originals and np.array_equal(bag(swapped), bag(originals)),
)

# %% [markdown]
# A segunda afirmação vale como regra: o aumento tem de mudar algo que a rede **vê**. E há um risco que a primeira não cobre:
# apagar "péssimo" de "voo péssimo" muda o sentimento e mantém o rótulo. Ferramentas como o TextAttack trocam palavras com ajuda de
# modelos de linguagem (o BERT, por exemplo), que escolhem substitutas pelo contexto; a pergunta sobre o rótulo continua.
#
# ### O vazamento
#
# Agora o erro mais caro desta lição. Temos 1 000 mensagens e queremos três versões novas de cada uma. Duas ordens possíveis:
#
# - **aumentar e depois separar**: 4 000 textos, 80 % para treino, 20 % para validação, ao acaso;
# - **separar e depois aumentar**: só o treino ganha versões; a validação é de mensagens intactas.
#
# *Preveja:* na primeira ordem, a validação dirá uma acurácia; em mensagens nunca vistas, a acurácia será outra. De quantos
# **pontos percentuais** será a diferença?

# %%
guess_gap = 2  # troque pelo seu palpite, em pontos percentuais

# %%
grown, grown_labels, source = text.augment(
    messages[:1000], feelings[:1000], language=tweets.language, rng=rng, copies=3
)
grown_bags, shuffled = bag(grown), rng.permutation(len(grown))
inside, outside = shuffled[:3200], shuffled[3200:]

# %%
PROTOCOLS = ["aumentar e\ndepois separar", "separar e\ndepois aumentar", "sem aumento"]
study_words = [grown_bags[inside], grown_bags, words["treino"][:1000]]
study_labels = [grown_labels[inside], grown_labels, labels["treino"][:1000]]
train_from(newborn, readers, study_words, study_labels, total=12000)
unseen = exams(readers, [words["teste"]] * 3, [labels["teste"]] * 3)[:, 1]
intact = words["validação"]
said = exams(readers, [grown_bags[outside], intact, intact], [grown_labels[outside], truth, truth])[:, 1]

# %%
figure, ax = plt.subplots(figsize=(9, 4.3))
for shift, values, name in [
    (-0.2, said, "o que a validação diz"),
    (0.2, unseen, "em mensagens nunca vistas"),
]:
    bars = ax.bar(np.arange(3) + shift, values, 0.38, label=name, color=plots.PALETTE[int(shift < 0)])
    ax.bar_label(bars, [percent(value) for value in values], padding=2)
bet = unseen[0] + guess_gap / 100
ax.plot([-0.5, -0.01], [bet, bet], color="black", linestyle="--", linewidth=1.8)
white = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
ax.text(-0.2, bet - 0.012, "seu palpite", ha="center", va="top", fontsize=10, bbox=white)
ax.set_xticks(range(3), PROTOCOLS)
ax.set(ylabel="Acurácia", ylim=(0.5, 1.08), title="Aumentar antes de separar faz a validação mentir")
ax.yaxis.set_major_formatter(lambda v, _: percent(v) if v < 1.01 else "")
ax.legend(loc="upper right", ncols=2)
plots.show(
    figure,
    alt="Barras de acurácia em três protocolos. Aumentando antes de separar, a validação mostra um valor muito maior que o medido em "
    "mensagens nunca vistas. Separando antes, ou sem aumento, as duas barras têm alturas parecidas. Uma linha tracejada "
    "marca o palpite.",
)

# %%
gap = said - unseen  # o que a validação promete a mais
siblings = np.isin(source[outside], source[inside]).mean()
claim("D6-36", "na ordem errada, mais de 95 % da validação tem uma versão irmã no treino", siblings > 0.95)
claim("D6-37", "e a validação promete 10 pontos ou mais além do que a rede acerta", gap[0] > 0.1)
claim("D6-38", "na ordem certa, validação e teste diferem menos de 8 pontos", abs(gap[1]) < 0.08)

# %% [markdown]
# Nada de errado apareceu no treino, nenhum aviso, e o gráfico ficou lindo. É o **vazamento de dados** (*data leakage*): a
# validação contém quase cópias do que a rede decorou. A regra cabe em uma linha: **primeiro separe, depois aumente, e só o
# treino**. A mesma regra vale para o vocabulário, para a média da padronização e para mensagens repetidas no arquivo.
#
# E o aumento ajudou? Compare as barras da direita: o que houver de diferença entre a segunda e a terceira é de um sorteio só, com
# erro de amostragem de mais de um ponto em mil mensagens de teste. Não vemos aqui um ganho que se possa afirmar.
#
# ## 10. O quadro final
#
# Voltemos às colisões. Falta a décima opção: a rede sem remédio com 4 000 colisões. Para gastar o mesmo número de passos (e não de
# épocas), treina um quarto das épocas.

# %%
larger = train_together(recipes[:1], x[:4000], higgs.y[:4000], epochs=3, **settings)
final = {name: curves[:, -1] for name, curves in val.items()} | {"mais dados": larger.val_loss[0, :, -1]}
best = {name: curves.min(axis=1) for name, curves in val.items()} | {
    "mais dados": larger.val_loss[0].min(axis=1)
}
final["parada antecipada"] = best["parada antecipada"] = best[
    "nenhum remédio"
]  # para na melhor época da rede livre
ranking = sorted(OPTIONS, key=lambda name: final[name].mean())

# %%
figure, axes = plt.subplots(1, 2, figsize=(11, 5), sharey=True)
for ax, values, name in zip(axes, [final, best], ["última época", "melhor época"], strict=True):
    for row, option in enumerate(ranking[::-1]):
        color = plots.PALETTE[1] if option == guess else plots.PALETTE[0]
        ax.errorbar(
            values[option].mean(), row, xerr=values[option].std(ddof=1), marker="o", capsize=4, color=color
        )
    ax.axvline(np.log(2), color="black", linestyle=":", linewidth=1.4)
    ax.set(xlabel="Entropia cruzada na validação", title=f"Na {name}")
    ax.grid(axis="x")
    plots.comma_axes(ax)
axes[0].set_yticks(range(10), [f"{o} (seu palpite)" if o == guess else o for o in ranking[::-1]])
figure.suptitle("Sem remédio o fim é ruim; na melhor época as diferenças encolhem, e mais dados ganham")
plots.show(
    figure,
    alt="Dez opções em linhas, com média e desvio padrão de cinco sementes. No painel da última época, nenhum remédio e a L2 fraca "
    "ficam muito à direita da linha de quem chuta, e as demais bem à esquerda deles. No painel da melhor época, quase todas "
    "ficam próximas, e mais dados tem a menor perda.",
)

# %% tags=["nbval-ignore-output"]
epochs_needed = best_epoch | {"parada antecipada": best_epoch["nenhum remédio"]}
epochs_needed["mais dados"] = 1 + larger.val_loss[0].argmin(axis=1)
table = [
    [
        o,
        spread(final[o], 3),
        spread(best[o], 3),
        size.get(o, size["nenhum remédio"]),
        spread(epochs_needed[o], 1),
    ]
    for o in ranking
]
show_table(["receita", "perda na última época", "perda na melhor época", "parâmetros", "melhor época"], table)
print(f"Seu palpite: {guess}. A menor média na melhor época: {min(OPTIONS, key=lambda o: best[o].mean())}.")

# %%
strong = [o for o in OPTIONS if o not in ("nenhum remédio", "L2 0,0001")]
worst = final["nenhum remédio"]
others = [best[o].mean() for o in OPTIONS if o != "mais dados"]
claim(
    "D6-39",
    "fora a L2 fraca, toda opção termina, em média, 0,15 ou mais abaixo de nenhum remédio",
    all(final[o].mean() < worst.mean() - 0.15 for o in strong),
)
claim(
    "D6-40",
    "na melhor época, mais dados vencem, em média, todas as outras",
    best["mais dados"].mean() < min(others),
)

# %% [markdown]
# O que o quadro diz, e o que não diz:
#
# - **quase tudo funciona** contra o desastre da última época; só a penalidade fraca demais não faz diferença visível. Mas olhe
#   a linha pontilhada: alguns remédios apenas adiam o estrago, e ao fim das doze épocas já terminam pior que o chute;
# - a **parada antecipada** custa nada, ou até menos que nada, porque treina menos; use-a sempre;
# - na melhor época, as diferenças entre vários remédios são do tamanho das barras: **não há um vencedor óbvio**, e ordenar os
#   vizinhos seria ler ruído;
# - **mais dados** fizeram o que nenhum remédio fez. Também custam: alguém precisa colhê-los;
# - não é verdade que a combinação ganhe sempre. As intensidades foram escolhidas por nós, sem muita busca; cada receita
#   poderia melhorar com um ajuste melhor, e quem ajusta mais uma delas favorece a sua preferida.
#
# (A "melhor época" foi escolhida na mesma validação em que a medimos, e todas as receitas levam igual vantagem nisso. Para
# anunciar um número final, seria preciso um teste, como fizemos com as mensagens.)
#
# ## 11. Explique
#
# Um relatório diz: "treinei uma vez cada rede. A de L2 com *dropout* chegou a 70,3 % de acurácia na validação, a de *dropout*, a
# 69,6 %. A combinação é obviamente a melhor". A validação tem 1 000 exemplos. O que falta, e o que você pediria?
#
# <details><summary>Uma resposta possível</summary>
#
# Faltam as barras de erro. Uma acurácia perto de 70 % medida em 1 000 exemplos tem erro padrão de
# $\sqrt{0{,}7 \cdot 0{,}3 / 1000} \approx 0{,}0145$, um ponto e meio: o dobro da diferença anunciada (sete décimos de ponto).
# E isso sem contar a semente, que muda os pesos iniciais e as máscaras. Eu pediria: várias sementes, as mesmas para as duas
# receitas; a diferença semente a semente, com média e desvio padrão; a época escolhida do mesmo modo nas duas; a
# entropia cruzada sem a penalidade; a linha de base; e a medida final em um conjunto de teste. Com o que há, a conclusão justa é
# "as duas empatam, e ambas superam a rede sem remédio", se esta última comparação também tiver sido feita.
#
# </details>
#
# ## 12. Resumo
#
# | conceito | fórmula ou regra | o que você viu | onde se erra |
# |---|---|---|---|
# | combinação de regularizadores | perda + $\lambda\sum w^2$, com *dropout* | o ganho vem quase todo do *dropout* (D6-01 a D6-04) | "obviamente o melhor" com uma semente |
# | custo da combinação | — | mais épocas e mais perda no treino (D6-07, D6-08) | somar remédios até o subajuste |
# | `loss` e `bce` | `loss` = `bce` + penalidades | D6-05, D6-06 | comparar a `loss` de receitas diferentes |
# | simplificar | menos parâmetros | D6-09, D6-10 | só somar, nunca tirar |
# | aumento de imagens | a alteração preserva o rótulo e o mundo | deslocar faz decorar menos, girar estraga (D6-13, D6-14) | copiar uma lista de alterações |
# | linha de base | responder a classe mais comum | D6-15, D6-16 | festejar a acurácia; chamá-la de precisão |
# | saco de palavras | 1 se a palavra está, 0 se não | perde a ordem (D6-24) | tirar "não" com as *stop words* (D6-22) |
# | curva de aprendizado | medida contra $n$ | mais mensagens, menos erro (D6-32, D6-33) | um só sorteio por $n$ |
# | vazamento de dados | separar, depois aumentar só o treino | D6-36 a D6-38 | aumentar antes de separar |
# | comparar receitas | média ± desvio padrão, pareado | o quadro final (D6-39, D6-40) | ler ruído como ordem |
#
# **Para praticar:** refaça a rede de roupas da lição sobre capacidade acrescentando um regularizador por vez, com três sementes,
# e monte o seu próprio quadro. No **Lab 5 · Sobreajuste e regularização** você analisa a combinação em redes maiores, e no
# **Lab 6 · Sentimento de tweets** leva estas mensagens até o fim. **A seguir:** a transferência de aprendizado, que busca os dados
# que faltam em outra tarefa.
#
# ## Referências
#
# - Srivastava, N.; Hinton, G.; Krizhevsky, A.; Sutskever, I.; Salakhutdinov, R. (2014). Dropout: a simple way to prevent neural
#   networks from overfitting. *Journal of Machine Learning Research*, 15, 1929–1958. Compara *dropout* sozinho e combinado com
#   outras regularizações.
# - Bouthillier, X. et al. (2021). Accounting for variance in machine learning benchmarks. *MLSys*.
# - Shorten, C.; Khoshgoftaar, T. M. (2019). A survey on image data augmentation for deep learning. *Journal of Big Data*, 6, 60.
# - Wei, J.; Zou, K. (2019). EDA: easy data augmentation techniques for boosting performance on text classification tasks.
#   *EMNLP-IJCNLP*. As operações de texto da seção 9.
# - Morris, J. X. et al. (2020). TextAttack: a framework for adversarial attacks, data augmentation, and adversarial training in
#   NLP. *EMNLP: System Demonstrations*.
# - Kaufman, S.; Rosset, S.; Perlich, C.; Stitelman, O. (2012). Leakage in data mining: formulation, detection, and avoidance.
#   *ACM Transactions on Knowledge Discovery from Data*, 6(4).
# - Baldi, P.; Sadowski, P.; Whiteson, D. (2014). Searching for exotic particles in high-energy physics with deep learning. *Nature
#   Communications*, 5, 4308. Os dados HIGGS.
# - Crowdflower (2015). *Twitter US Airline Sentiment*. Os dados de texto, publicados no Kaggle.
