# ---
# jupyter:
#   gradiente:
#     id: A1
#     title: Como uma rede densa dá nome a uma foto?
#     covers: [S0-05, S0-06, S0-07, S0-08, S0-09, S0-10, S0-11, S0-12, S0-13, S2-03, S2-04, S2-19]
#     seconds: 30
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 · Como uma rede densa dá nome a uma foto?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *preparar* os dados sem espiar o teste; *montar, treinar e avaliar* uma rede densa com Keras; *conferir à mão* cada conta que o Keras faz |
# | **Você precisa saber** | Python com NumPy (formatos de arrays, o produto `@`), o que é uma derivada e a ideia de que uma rede aprende ajustando pesos |
# | **Tempo de leitura** | cerca de 35 minutos |
# | **Tempo de execução** | cerca de 30 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | camada densa, peso, viés, conjuntos de treino, validação e teste, padronizar, normalizar, softmax, perda, época, passo, lote, linha de base |
#
# Boas-vindas ao Gradiente. Esta é a primeira lição, e o cartão acima abre todas elas: o que você vai saber fazer, o que
# precisa trazer e as palavras novas. O curso tem três hábitos que vale conhecer já:
#
# - **As afirmações são executadas.** Uma linha como `✔ A1-01 · …` não é decoração: ao lado do texto há uma condição medida, e
#   se ela for falsa a célula para com um erro. Quando o texto citar "(A1-05)", é a essa linha que ele se refere.
# - **Você palpita antes de ver.** Em *Preveja*, escreva o seu palpite na variável da célula. Ele vai aparecer em uma figura ou
#   tabela adiante, ao lado do que foi medido. Errar o palpite é a parte que ensina.
# - **Você explica depois de ver.** Em *Explique*, responda com as suas palavras antes de abrir a resposta dobrada.
#
# Execute as células na ordem, de cima para baixo. Em um caderno é possível rodar a décima antes da terceira, e o
# resultado passa a depender de uma história que ninguém consegue repetir. Se algo parecer estranho, reinicie o núcleo e
# execute tudo: só vale o número que reaparece assim.

# %%
import math
import warnings

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# ## 1. A pergunta
#
# O **Fashion-MNIST** é um conjunto de fotos de roupas em tons de cinza. Cada foto é uma grade de 28 × 28 pixels, e cada pixel é
# um inteiro de 0 (fundo) a 255. O conjunto original tem 60 000 fotos de treino e 10 000 de teste, divididas em dez classes.
# (O nome imita o do MNIST, que tem o mesmo formato e o mesmo tamanho, mas cujas fotos são de algarismos.) Conforme o que
# houver no seu computador, esta lição usa o conjunto original, uma amostra dele ou uma réplica desenhada pelo curso; a
# célula diz qual.

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
show_table(
    ["parte", "formato das fotos", "tipo"],
    [
        ["treino", data.x_train.shape, data.x_train.dtype],
        ["teste", data.x_test.shape, data.x_test.dtype],
        [f"origem: {data.origin}", "", ""],
    ],
)

# %%
names = data.class_names
firsts = [int(np.argmax(data.y_train == label)) for label in range(10)]  # a primeira foto de cada classe
figure = plots.images(
    data.x_train[firsts],
    [f"{label}: {name}" for label, name in enumerate(names)],
    title="Dez classes: o rótulo é um número, o nome é nosso",
    columns=5,
)
plots.show(
    figure,
    alt="Dez fotos de roupas em tons de cinza, uma por classe, com o número e o nome: camiseta, calça, pulôver, vestido, "
    "casaco, sandália, camisa, tênis, bolsa e bota.",
)

# %%
grid = data.x_train.shape[1:] == (28, 28) and data.x_train.dtype == np.uint8
full_range = data.x_train.min() == 0 and data.x_train.max() == 255
claim("A1-01", "cada foto é uma grade 28 × 28 de inteiros, que vão de 0 a 255", grid and full_range)
named = len(names) == 10 and names[0] == "camiseta" and names[6] == "camisa"
claim("A1-02", "são dez classes; 0 é camiseta e 6 é camisa", named)

# %% [markdown]
# *Cuidado com um par:* a classe 6, *shirt* em inglês, é **camisa**; a **camiseta**, *T-shirt/top*, é a classe 0. Há traduções que
# chamam as duas de camiseta, e aí nenhuma tabela de erros faz sentido.
#
# Para o computador, então, uma foto são 784 números, e o rótulo é mais um. **Que conta leva dos 784 números ao nome?** E
# como saber se ela serve para fotos que ainda não vimos?
#
# ## 2. Três conjuntos, três papéis
#
# A segunda pergunta vem primeiro, porque decide o que fazer com os dados. Uma rede pode acertar todas as fotos que treinou e
# errar as outras. Por isso separamos as fotos em três conjuntos, e cada um tem um papel só:
#
# | conjunto | para quê | quantas vezes se olha |
# |---|---|---|
# | **treino** | ajustar os pesos da rede | a cada passo |
# | **validação** | comparar redes e tomar decisões: qual arquitetura, quantas épocas, qual taxa | quantas vezes for preciso |
# | **teste** | estimar como a rede escolhida se sairá lá fora | uma, no fim |
#
# Por que não decidir pelo teste? Porque a rede escolhida por ser a melhor no teste parece, no teste, melhor do que é: a
# escolha aproveita também a sorte.
#
# Com as 60 000 fotos originais, a divisão clássica tira as 5 000 primeiras para a validação e treina com as outras 55 000.
# Aqui usamos 2 000 para treinar, 500 para validar e 500 para testar, para que a lição execute em segundos em qualquer
# computador. A rede ficará pior do que poderia; as ideias são as mesmas.

# %%
pixels_train, y_train = data.x_train[:2000].astype("float32"), data.y_train[:2000].astype("int32")
pixels_val, y_val = data.x_train[2000:2500].astype("float32"), data.y_train[2000:2500].astype("int32")
pixels_test, y_test = data.x_test[:500].astype("float32"), data.y_test[:500].astype("int32")

# %% [markdown]
# Duas conferências que valem para qualquer conjunto de dados. A mesma foto não pode estar em dois conjuntos, ou a validação
# premiaria a memória. E toda classe precisa aparecer em todos.

# %%
seen, held_out, final = ({photo.tobytes() for photo in p} for p in (pixels_train, pixels_val, pixels_test))
apart = not (seen & held_out or seen & final or held_out & final)
claim("A1-03", "nenhuma foto aparece em dois conjuntos", apart)
counts = [np.bincount(y, minlength=10) for y in (y_train, y_val, y_test)]
smallest = min(count.min() / count.sum() for count in counts)
claim("A1-04", "cada classe tem ao menos uma em vinte das fotos de cada conjunto", smallest > 0.05)

# %% [markdown]
# ## 3. A escala das entradas
#
# Os pixels vão de 0 a 255. Redes aprendem melhor com entradas pequenas e, de preferência, centradas no zero; na seção 9 você
# verá quanto isso pesa. Há duas maneiras usuais de chegar lá, e os nomes se confundem:
#
# - **normalizar** (ou escalar): levar os valores a um intervalo fixo. Aqui, $x / 255$ leva os pixels ao intervalo de 0 a 1.
# - **padronizar**: subtrair a média $\mu$ e dividir pelo desvio padrão $\sigma$, $(x - \mu)/\sigma$. O resultado tem média 0 e desvio
#   padrão 1, e não tem intervalo fixo.
#
# *É comum ver as duas palavras usadas uma pela outra.* Dividir por 255 não deixa a média em zero nem o desvio em 1; padronizar
# não deixa nada entre 0 e 1.
#
# ### De quem são a média e o desvio?
#
# **Do treino, sempre, e só dele.** A validação e o teste fazem o papel do futuro, e o futuro não está disponível quando se
# prepara a rede. Eles passam **pela mesma régua**, com os números do treino.

# %%
mean, std = pixels_train.mean(), pixels_train.std()  # dois números, tirados do treino


def standardise(pixels):
    return (pixels - mean) / std


x_train, x_val, x_test = standardise(pixels_train), standardise(pixels_val), standardise(pixels_test)

# %% tags=["nbval-ignore-output"]
views = {"treino, ÷ 255": pixels_train / 255, "treino, padronizado": x_train}
views |= {"validação, padronizado": x_val, "teste, padronizado": x_test}
show_table(
    ["", "média", "desvio padrão"],
    [[name, number(round(float(x.mean()), 4)), number(x.std(), 4)] for name, x in views.items()],
)

# %%
exact = abs(x_train.mean()) < 1e-5 and abs(x_train.std() - 1) < 1e-5
close = all(1e-4 < abs(d) < 0.2 for x in (x_val, x_test) for d in (x.mean(), x.std() - 1))
claim("A1-05", "padronizado, o treino tem média 0 e desvio padrão 1", exact)
claim("A1-06", "pela régua do treino, validação e teste chegam perto de 0 e 1, mas não a eles", close)

# %% [markdown]
# É assim mesmo que deve ser: se a validação saísse com média exatamente 0, seria sinal de que usamos a média dela. Com estes
# dados a diferença é pequena, porque as fotos vêm todas da mesma fonte. A regra existe para os casos em que não vêm.
#
# Se a regra ainda parecer um capricho, pense no uso: um dia a rede receberá **uma foto só**. Padronizada pixel a pixel com
# as estatísticas dela mesma, o que sobra?

# %%
alone = pixels_val[:1]  # um "conjunto" com uma foto
leftover = alone - alone.mean(axis=0)  # a média de cada pixel, em um conjunto de um, é o próprio pixel
claim("A1-07", "uma foto centrada com as próprias médias vira zero em todos os pixels", not leftover.any())

# %% [markdown]
# ### Um número para todos, ou um por pixel?
#
# Usamos uma média e um desvio para a foto inteira. Também se pode padronizar **cada pixel** com a sua própria média e o seu
# próprio desvio, calculados ao longo das fotos de treino (`axis=0`). É o costume em tabelas, em que cada coluna tem a sua
# unidade. Nas imagens há uma armadilha: os pixels dos cantos.

# %%
unit = pixels_train / 255
pixel_mean, pixel_std = unit.mean(axis=0), unit.std(axis=0)  # 28 × 28 médias e 28 × 28 desvios
row, column = np.argwhere(pixel_std == 0)[0]  # um pixel que nunca mudou no treino
with np.errstate(invalid="ignore"):  # 0 ÷ 0: o NumPy avisaria
    broken = (unit - pixel_mean) / pixel_std
everywhere = np.isnan(broken[:, row, column]).all()
claim("A1-08", "há pixel constante no treino, e nele a divisão dá NaN em todas as fotos", everywhere)

# %% [markdown]
# **NaN** (*not a number*) é o resultado de 0 ÷ 0, e basta um na entrada para que toda a saída da rede seja NaN. O remédio é
# somar ao desvio um número positivo pequeno, $\varepsilon$:
#
# $$\tilde x = \frac{x - \mu}{\sigma + \varepsilon}$$
#
# *É comum escolher um $\varepsilon$ minúsculo, como $10^{-7}$, "só para não dividir por zero".* Veja o que acontece quando, em uma foto
# nova, esse pixel acende (um cisco na lente):

# %%
speck = unit[0].copy()
speck[row, column] = 1.0
epsilons = [1e-7, 1e-3, 0.1]
worth = [(speck - pixel_mean)[row, column] / (pixel_std[row, column] + epsilon) for epsilon in epsilons]
decides = worth[0] > 1e6 and 9 < worth[2] < 11
claim("A1-09", "o cisco vale mais de um milhão com ε = 10⁻⁷, e dez com ε = 0,1", decides)

# %%
figure, axes = plt.subplots(1, 3, figsize=(11.5, 3.7))
panels = {"Média de cada pixel": pixel_mean, "Desvio padrão de cada pixel": pixel_std}
for ax, (label, values) in zip(axes, panels.items(), strict=False):
    shown = ax.imshow(values, cmap="gray_r")
    figure.colorbar(shown, ax=ax, shrink=0.85, format=plots.CommaFormatter())
    ax.set(title=label, xticks=[], yticks=[], frame_on=False)
axes[1].scatter(*np.argwhere(pixel_std == 0).T[::-1], marker="s", s=26, color=plots.PALETTE[1])
axes[1].set_xlabel("laranja: nunca mudou no treino", color=plots.PALETTE[1])
axes[2].bar(["$10^{-7}$", "$10^{-3}$", "$0{,}1$"], worth, color=plots.PALETTE[1])
axes[2].set(yscale="log", ylim=(1, 1e8), xlabel="ε", ylabel="Valor padronizado", title="Quanto vale um cisco")
figure.suptitle("Padronizar por pixel: onde o desvio é quase zero, o ε é quem decide")
plots.show(
    figure,
    alt="Três painéis. O primeiro é a média de cada pixel, uma mancha em forma de roupa. O segundo é o desvio padrão de cada "
    "pixel, claro nos cantos, com um ou mais pixels marcados em laranja porque nunca mudaram. O terceiro, em escala "
    "logarítmica, mostra quanto vale um cisco nesse pixel: dez milhões com épsilon dez à menos sete, mil com um milésimo e dez com um décimo.",
)

# %% [markdown]
# Um $\varepsilon$ minúsculo evita o NaN no treino e arma uma cilada para depois. Melhor pensar nele como um **piso**: nenhum pixel
# é amplificado mais que $1/\varepsilon$ vezes. O preço de um piso alto é que o desvio já não fica em 1 (fica em $\sigma/(\sigma + \varepsilon)$).
# Com uma média e um desvio para a foto inteira, esse problema nem aparece, e o contraste entre pixels vizinhos se conserva.
# É o que usaremos daqui em diante.
#
# ## 4. Uma camada densa é uma conta
#
# Uma **camada densa** recebe $d$ números e devolve $u$: cada uma das suas $u$ unidades soma todas as entradas, cada uma vezes um
# **peso**, e acrescenta um **viés**. Para um lote de $n$ exemplos, um por linha da matriz $X$, tudo se escreve de uma vez:
#
# $$Z = XW + b, \qquad X: (n, d),\quad W: (d, u),\quad b: (u),\quad Z: (n, u)$$
#
# O peso $W_{i,j}$ liga a entrada $i$ à unidade $j$, e o viés $b_j$ se soma a todas as linhas. Criamos uma camada pequena,
# de quatro entradas e três unidades, pomos números nossos nela e comparamos.

# %%
rng = np.random.default_rng(set_seeds())
X, W, b = rng.normal(size=(5, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)

layer = keras.layers.Dense(3)
layer.build((None, 4))  # None: qualquer número de exemplos
layer.set_weights([W, b])
agree = np.allclose(X @ W + b, np.asarray(layer(X)), atol=1e-5)
claim("A1-10", "a camada densa do Keras é X @ W + b", agree)

# %% [markdown]
# É só isso. O Keras trabalha com 32 bits por número e o NumPy, aqui, com 64; por isso pedimos que concordem até a quinta casa, e
# não algarismo por algarismo.
#
# E se empilharmos duas? Sem mais nada entre elas, $(XW + b)W' + b' = X(WW') + (bW' + b')$: continua sendo uma conta de uma camada só.

# %%
W2, b2 = rng.normal(size=(3, 2)), rng.normal(size=2)
two, one = (X @ W + b) @ W2 + b2, X @ (W @ W2) + (b @ W2 + b2)
claim("A1-11", "duas camadas sem nada entre elas valem por uma", np.allclose(two, one))

# %% [markdown]
# O que impede a pilha de desabar é uma **função de ativação** entre as camadas, que não seja uma reta. Usaremos a **Leaky
# ReLU**, que conserva os valores positivos e multiplica os negativos por uma inclinação pequena $\alpha$:
#
# $$\operatorname{LeakyReLU}(z) = \max(\alpha z, z), \qquad 0 \le \alpha \le 1$$
#
# Com $\alpha = 0$ ela é a ReLU, que zera os negativos; uma unidade que só recebe negativos para então de aprender, e a
# inclinação existe para que ela possa voltar. A lição sobre ativações que não saturam conta essa história.
#
# ## 5. A rede inteira
#
# Empilhamos: a foto é esticada em 784 números (*Flatten*), passa por uma camada densa de 300 unidades, por outra de 100 e chega
# à saída, com dez unidades, **uma por classe do Fashion-MNIST**.
#
# ### Preveja
#
# > Quantos números (pesos e vieses) essa rede tem para ajustar? Mais que as 2 000 fotos de treino? Mais que o número de pixels
# > de uma foto? Escreva um palpite antes de fazer a conta.

# %%
guess_parameters = 10_000  # troque pelo seu palpite

# %% [markdown]
# Agora a conta. Uma camada que recebe $d$ números e tem $u$ unidades guarda $d \cdot u$ pesos e $u$ vieses:
#
# $$d \cdot u + u = (d + 1)\,u$$

# %%
shapes = [(784, 300), (300, 100), (100, 10)]  # entradas e unidades de cada camada densa
by_hand = [inputs * units + units for inputs, units in shapes]
show_table(
    ["camada", "pesos", "vieses", "parâmetros"],
    [
        *([f"{d} → {u}", f"{d} × {u}", u, total] for (d, u), total in zip(shapes, by_hand, strict=True)),
        ["**rede inteira**", "", "", sum(by_hand)],
        ["seu palpite", "", "", guess_parameters],
    ],
)

# %% [markdown]
# A primeira camada fica com quase tudo, porque é ela que olha os 784 pixels. E repare: são mais de cem parâmetros por foto de
# treino. Uma rede assim tem folga para decorar, e é por isso que a validação existe.
#
# No Keras, a rede é uma lista de camadas, precedida da forma de **um** exemplo (`keras.Input`). A saída usa a **softmax**, que
# transforma dez números quaisquer em dez probabilidades; ela convém quando cada exemplo pertence a exatamente uma classe. Outros
# problemas pedem outras saídas, e a próxima lição cuida disso.


# %%
def leaky():
    return keras.layers.LeakyReLU(negative_slope=0.2)


def build(activation=leaky):
    inputs, flatten = keras.Input((28, 28)), keras.layers.Flatten()
    hidden1 = keras.layers.Dense(300, kernel_initializer="he_normal")
    hidden2 = keras.layers.Dense(100, kernel_initializer="he_normal")
    output = keras.layers.Dense(10, activation="softmax")  # 10: o número de classes
    model = keras.Sequential([inputs, flatten, hidden1, activation(), hidden2, activation(), output])
    sgd = keras.optimizers.SGD(learning_rate=0.01)
    model.compile(optimizer=sgd, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% [markdown]
# `he_normal` é a maneira de sortear os pesos iniciais que acompanha a ReLU e as suas variantes; há uma lição inteira sobre
# isso. As palavras de `compile` ficam para as seções 6 e 7. Primeiro, o Keras concorda com a nossa conta?

# %%
set_seeds()
model = build()
dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
same = [layer.count_params() for layer in dense] == by_hand == [235_500, 30_100, 1_010]
same = same and model.count_params() == sum(by_hand) == 266_610
extra = build(activation=keras.layers.PReLU).count_params() - model.count_params()
claim("A1-12", "as camadas têm 235 500, 30 100 e 1 010 parâmetros; a rede, 266 610", same)
claim("A1-13", "a LeakyReLU não acrescenta nenhum; a PReLU acrescentaria 400", extra == 300 + 100)

# %% [markdown]
# A **PReLU** é uma Leaky ReLU cuja inclinação se aprende, uma por unidade: daí os 300 + 100. Trocar uma pela outra é trocar a
# camada, como fizemos ao passar `PReLU` à receita.
#
# ### Grafias que você vai encontrar
#
# Boa parte do código que circula foi escrita para versões antigas do Keras, ou traz um erro de digitação que ninguém
# executou. Vale saber como o Keras 3 reage a cada um:


# %%
def reaction(code):
    """O que o Keras faz com um trecho de código: aceita, avisa ou recusa."""
    available = {**vars(keras.layers), "SGD": keras.optimizers.SGD}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            eval(code, available)
        except (ValueError, NameError) as error:
            return f"recusa ({type(error).__name__})"
    return "aceita, com aviso" if caught else "aceita"


# %%
rewrite = {
    "Flatten(input_shape=(28, 28))": "keras.Input((28, 28)) antes da camada",
    "LeakyReLU(alpha=0.2)": "LeakyReLU(negative_slope=0.2)",
    "SGD(lr=0.01)": "SGD(learning_rate=0.01)",
    "Dense(300, kernel_initializer='cun_normal')": "'lecun_normal'",
    "Dense(300, activation='RelU')": "'relu'",
    "BathNormalization()": "BatchNormalization()",
}
verdicts = {code: reaction(code) for code in rewrite}
rows = [[f"`{code}`", verdicts[code], f"`{new}`"] for code, new in rewrite.items()]
show_table(["no código", "o Keras 3", "escreva"], rows)

# %%
old, wrong = list(verdicts.values())[:2], list(verdicts.values())[2:]
warned, refused = all("aviso" in verdict for verdict in old), all("recusa" in verdict for verdict in wrong)
claim("A1-14", "os dois nomes antigos de camadas passam, com aviso; o resto é recusado", warned and refused)

# %% [markdown]
# Prefira o nome novo mesmo quando o antigo passa: um aviso de hoje costuma ser o erro da próxima versão. (A inicialização de
# LeCun, a da quarta linha, é a que acompanha a ativação SELU, de uma lição adiante.)
#
# ## 6. Da foto às probabilidades
#
# Nada impede que façamos a ida inteira em NumPy. São três camadas densas com uma Leaky ReLU entre elas, e no fim a softmax,
# que leva os dez números $z_1, \dots, z_{10}$ da última camada, os *logits*, a dez probabilidades:
#
# $$p_k = \frac{e^{z_k}}{\sum_{j=1}^{10} e^{z_j}}$$


# %%
def forward(pixels, weights):
    """Os logits de cada foto."""
    W1, b1, W2, b2, W3, b3 = weights
    h = pixels.reshape(len(pixels), -1)
    for W, b in ((W1, b1), (W2, b2)):
        z = h @ W + b
        h = np.maximum(0.2 * z, z)
    return h @ W3 + b3


def softmax(z):
    e = np.exp(
        z - z.max(axis=1, keepdims=True)
    )  # subtrair o maior não muda p e evita e elevado a números enormes
    return e / e.sum(axis=1, keepdims=True)


# %%
p = softmax(forward(x_val, model.get_weights()))
agree = np.allclose(p, model.predict(x_val, verbose=0), atol=1e-5)
sums = np.allclose(p.sum(axis=1), 1, atol=1e-5)
claim("A1-15", "a ida inteira em NumPy concorda com a do Keras, foto por foto", agree)
claim("A1-16", "as dez probabilidades de cada foto somam 1", sums)

# %% [markdown]
# ### Quanto custa errar
#
# A **perda** mede o quanto as probabilidades desagradam: para cada foto, $-\ln$ da probabilidade dada à classe certa, em média
# sobre as $n$ fotos. É a **entropia cruzada**; o *sparse* do nome no Keras quer dizer apenas que o rótulo $y_i$ é um inteiro,
# como 6, e não uma lista de zeros com um único 1.
#
# $$L = -\frac{1}{n}\sum_{i=1}^{n} \ln p_{i,\,y_i}$$


# %%
def cross_entropy(p, y):
    return -np.log(p[np.arange(len(y)), y]).mean()


newborn_loss, newborn_accuracy = model.evaluate(x_val, y_val, verbose=0)
same_loss = np.isclose(cross_entropy(p, y_val), newborn_loss, rtol=1e-4)
same_share = np.isclose((p.argmax(axis=1) == y_val).mean(), newborn_accuracy)
claim("A1-17", "a perda em NumPy é a do Keras", same_loss)
claim("A1-18", "a acurácia é a fração de fotos em que a classe mais provável é a certa", same_share)

# %% [markdown]
# Um número só diz algo perto de outro. Duas **linhas de base** que não olham a foto: quem distribui a aposta por igual entre as dez
# classes tem perda $-\ln\frac{1}{10} = \ln 10$; quem responde sempre a classe mais comum do treino acerta a fração dela.

# %%
chance_loss = math.log(10)
most_common = np.bincount(y_train).argmax()
chance_accuracy = (y_val == most_common).mean()
worse = newborn_loss > 1.1 * chance_loss
claim("A1-19", "recém-nascida, a rede tem perda maior que a de quem aposta por igual", worse)
claim("A1-20", "e acerta menos de três fotos em dez", newborn_accuracy < 0.3)

# %% [markdown]
# Pior que apostar por igual? Sim: com pesos sorteados, a rede não sabe nada e já tem preferências. Quem tem preferência sem
# saber paga mais caro do que quem admite a dúvida.
#
# ## 7. Lote, passo, época
#
# Falta ajustar os pesos. O otimizador **SGD** (descida do gradiente estocástica) olha um **lote** de exemplos, calcula a derivada
# parcial da perda em relação a cada peso $w$ e dá um **passo**:
#
# $$w \leftarrow w - \eta\,\frac{\partial L}{\partial w}$$
#
# em que $\eta$ é a **taxa de aprendizado**. Como o Keras calcula todas as derivadas é assunto da lição sobre retropropagação. Uma
# **época** é uma passagem por todo o conjunto de treino, lote após lote. Com $n$ exemplos em lotes de $B$, o último lote pode
# sair menor, e uma época tem
#
# $$\text{passos} = \left\lceil \frac{n}{B} \right\rceil$$

# %%
steps, last_batch = math.ceil(len(x_train) / 32), len(x_train) % 32
as_expected = (steps, last_batch) == (63, 16)
claim("A1-21", "2 000 fotos em lotes de 32 dão 63 passos, e o último lote tem 16", as_expected)
claim("A1-22", "as 55 000 da divisão clássica dariam 1 719 passos por época", math.ceil(55_000 / 32) == 1719)

# %% [markdown]
# *Época não é unidade de esforço.* Uma época com 55 000 fotos muda os pesos 1 719 vezes; uma das nossas, 63. Quem copia
# "30 épocas, $\eta = 0{,}001$" de um treino grande para um pequeno copia os números e não o treino; por isso usamos $\eta = 0{,}01$, o
# padrão do SGD no Keras.
#
# Façamos uma época à mão, anotando a perda de cada lote **no momento em que ele é usado**, antes do passo.

# %%
birth = model.get_weights()  # para voltar ao nascimento quando quisermos
batch_losses, batch_sizes = [], []
for first in range(0, len(x_train), 32):
    x_batch, y_batch = x_train[first : first + 32], y_train[first : first + 32]
    batch_losses.append(cross_entropy(np.asarray(model(x_batch)), y_batch))
    batch_sizes.append(len(x_batch))
    model.train_on_batch(x_batch, y_batch)  # um passo
after_loop = model.get_weights()

# %% [markdown]
# Agora o `fit`, que faz isso por nós. Voltamos aos pesos do nascimento e pedimos uma época com os lotes na mesma ordem
# (`shuffle=False`; o normal é embaralhar a cada época).

# %%
model.set_weights(birth)
one_epoch = model.fit(x_train, y_train, batch_size=32, epochs=1, shuffle=False, verbose=0)
reported = one_epoch.history["loss"][0]
pairs = zip(after_loop, model.get_weights(), strict=True)
arrived = len(batch_losses) == steps and all(np.allclose(a, b, atol=1e-4) for a, b in pairs)
explained = np.isclose(reported, np.average(batch_losses, weights=batch_sizes), rtol=1e-3)
claim("A1-23", "nosso laço chega, em 63 passos, aos mesmos pesos que o fit", arrived)
claim("A1-24", "a perda de treino que o fit relata é a média das perdas dos lotes", explained)

# %% [markdown]
# A última linha explica um mistério que costuma assustar quem começa. **Preveja:** ao fim da primeira época, qual será maior, a perda
# de treino relatada pelo `fit` ou a perda de validação? A rede treinou com as fotos de uma e nunca viu as da outra.

# %%
end_train, end_val = (model.evaluate(x, y, verbose=0)[0] for x, y in ((x_train, y_train), (x_val, y_val)))
running = np.cumsum(np.multiply(batch_losses, batch_sizes)) / np.cumsum(batch_sizes)
figure, ax = plt.subplots(figsize=(8.5, 4.2))
ax.plot(range(1, steps + 1), batch_losses, ".", color="grey", label="perda de cada lote, no seu momento")
ax.plot(range(1, steps + 1), running, color=plots.PALETTE[0], label="média até aqui (o que o fit relata)")
ax.axhline(end_val, color=plots.PALETTE[1], linestyle="--", label="validação, com os pesos do fim")
ax.axhline(end_train, color=plots.PALETTE[2], linestyle=":", label="treino, com os pesos do fim")
ax.set(
    xlabel="Passo",
    ylabel="Perda",
    ylim=0,
    xlim=(0, steps + 1),
    title="A perda de treino relatada carrega o começo ruim da época",
)
ax.legend()
plots.comma_axes(ax)
plots.show(
    figure,
    alt="Perda ao longo dos passos da primeira época. Os pontos, um por lote, caem depressa. A linha da média acumulada, que é a "
    "perda de treino relatada, fica quase sempre acima deles e termina mais alta que duas retas horizontais: a perda de validação e a "
    "perda de treino medidas com os pesos do fim da época.",
)

# %%
below, also_below = end_val < 0.95 * reported, end_train < 0.9 * reported
claim("A1-25", "na primeira época, a validação fica abaixo da perda de treino relatada", below)
claim("A1-26", "medido com os pesos do fim, o próprio treino também fica abaixo dela", also_below)

# %% [markdown]
# ### Explique
#
# Como pode a rede se sair melhor nas fotos que nunca viu?
#
# <details><summary>Uma resposta possível</summary>
#
# Ela não se sai: as duas medidas são de redes diferentes. A perda de treino que o `fit` relata é a média das perdas dos
# lotes, e os primeiros foram medidos com pesos que mal tinham começado a aprender. A perda de validação é medida uma vez, no fim da
# época, com os pesos já melhorados. Quando se mede o treino também com os pesos do fim, ele desce. O efeito é grande na
# primeira época, em que a rede muda muito, e some à medida que ela muda pouco. (Há uma segunda causa possível, o *dropout*, que
# age no treino e se desliga na validação; esta rede não o tem.)
#
# </details>
#
# ## 8. O treino
#
# Voltamos ao nascimento e treinamos seis épocas, agora com os lotes embaralhados e com a validação medida ao fim de cada
# uma.
#
# > **Preveja:** com 2 000 fotos e seis épocas, que fração das fotos de validação a rede acertará? O palpite vai para a figura.

# %%
guess = 0.5  # troque pelo seu palpite, entre 0 e 1

# %%
set_seeds()
model.set_weights(birth)
before = int(model.optimizer.iterations)
history = model.fit(x_train, y_train, batch_size=32, epochs=6, validation_data=(x_val, y_val), verbose=0)
claim("A1-27", "seis épocas são 6 × 63 passos", int(model.optimizer.iterations) - before == 6 * steps)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 4.2))
for ax, metric in ((left, "loss"), (right, "accuracy")):
    plots.HistoryPlotter(metric=metric, smoothing_std=None).plot({"rede densa": history}, ax=ax)
left.set(ylim=0)
right.axhline(chance_accuracy, color="black", linestyle=":", linewidth=1.4)
right.text(4.9, chance_accuracy + 0.02, "sempre a classe mais comum", ha="right")
right.axhline(guess, color="black", linestyle="--", linewidth=1.4)
right.text(4.9, guess + 0.02, "seu palpite", ha="right")
right.set(ylim=(0, 1))
right.legend(loc="center right", bbox_to_anchor=(1, 0.32))
figure.suptitle("A rede aprende: em seis épocas, deixa a linha de base muito para trás")
plots.show(
    figure,
    alt="Dois painéis ao longo de seis épocas. À esquerda, as perdas de treino e de validação caem; à direita, as acurácias sobem "
    "e ficam muito acima da linha de quem responde sempre a classe mais comum. No fim, o treino está melhor que a validação.",
)

# %%
record = history.history
learned = record["val_accuracy"][-1] > 5 * chance_accuracy
below, above = record["val_loss"][0] < record["loss"][0], record["val_loss"][-1] > record["loss"][-1]
claim("A1-28", "a validação acerta mais que o quíntuplo da linha de base", learned)
claim("A1-29", "a perda de validação é a menor na primeira época e a maior na última", below and above)

# %% [markdown]
# As curvas se cruzam. No começo a de validação está abaixo, pelo motivo que acabamos de ver; no fim está acima, porque a rede
# já se ajusta melhor às fotos que treinou do que às outras. A distância entre as duas é o assunto da lição sobre sobreajuste.
#
# ## 9. Uma coisa de cada vez: a escala
#
# Prometemos mostrar quanto pesa a escala das entradas. Para que a comparação seja justa, **só ela muda**: mesmos pesos
# iniciais, mesma taxa, mesma época única, e a perda de validação medida no fim dela. E como o resultado de um
# treino pode ser sorte, repetimos com três sementes. Os pesos iniciais e o embaralhamento mudam de uma semente para outra; entre as escalas, não. À
# entrada crua damos só os dez primeiros lotes: bastam, como você verá.

# %%
rules = {"crua, 0 a 255": lambda p: p, "÷ 255": lambda p: p / 255, "padronizada": standardise}
runner, losses, trained = build(), {name: [] for name in rules}, {}
seed = set_seeds()
for extra in range(3):
    keras.utils.set_random_seed(seed + extra)
    start = build().get_weights()
    for name, rule in rules.items():
        keras.utils.set_random_seed(seed + extra)  # o mesmo embaralhamento
        runner.set_weights(start)
        photos = 320 if name == "crua, 0 a 255" else 2000  # dez lotes, ou uma época
        runner.fit(rule(pixels_train[:photos]), y_train[:photos], batch_size=32, verbose=0)
        losses[name].append(runner.evaluate(rule(pixels_val), y_val, verbose=0)[0])
        trained[name] = runner.get_weights()  # ficam os da última semente

# %%
figure, ax = plt.subplots(figsize=(7.5, 3.6))
for place, values in enumerate(losses.values()):
    ax.plot([place - 0.08, place, place + 0.08], values, "o", markersize=9, color=plots.PALETTE[place])
ax.text(0, 1.1, "divergiu: NaN", ha="center", color=plots.PALETTE[0])
ax.axhline(chance_loss, color="black", linestyle=":", linewidth=1.4)
ax.text(2.45, chance_loss, "quem aposta por igual: ln 10", ha="right", va="bottom")
ax.set(xlim=(-0.5, 2.5), ylim=(0, 2.7), ylabel="Perda de validação")
ax.set_xticks(range(3), list(losses))
ax.set_title("Mesma rede, mesma taxa: a escala decide quanto se aprende")
plots.show(
    plots.comma_axes(ax),
    alt="Perda de validação depois de uma época, um ponto por semente. Com a entrada crua, o treino divergiu e não há pontos. "
    "Com a entrada dividida por 255 os pontos ficam abaixo da perda de quem aposta por igual; com a padronizada, bem mais "
    "abaixo.",
)

# %%
raw, unit_scale, standard = losses.values()
faster = all(s < 0.8 * u for s, u in zip(standard, unit_scale, strict=True))
claim("A1-30", "crua e com esta taxa, a rede diverge em dez passos, nas três sementes", np.isnan(raw).all())
claim("A1-31", "padronizada, a perda é menor que 80 % da obtida com ÷ 255, nas três sementes", faster)

# %% [markdown]
# Leia com cuidado o que isto prova: com **esta** rede, **esta** taxa e **uma** época. A derivada em relação aos pesos da
# primeira camada é proporcional à entrada, e entradas 255 vezes maiores pedem passos muito menores; com outra taxa, a rede crua
# poderia treinar. A escala e a taxa de aprendizado se escolhem juntas.
#
# ## 10. Quando se esquece a escala
#
# Agora o engano mais comum deste assunto: escalar o treino e a validação e **esquecer o teste**. Nenhum programa avisa; os
# formatos estão certos. Para não gastar o teste, fazemos o papel dele com a validação, que entra crua nas redes da seção 9.
#
# > **Preveja:** a rede treinada com $x/255$ recebe pixels de 0 a 255. Que fração ela acerta?

# %%
guess_forgotten = 0.1  # troque pelo seu palpite

# %% tags=["nbval-ignore-output"]
scores = {}  # por regra: (perda, acurácia) na escala certa e na escala esquecida
for name in ("÷ 255", "padronizada"):
    runner.set_weights(trained[name])
    scores[name] = [runner.evaluate(x, y_val, verbose=0) for x in (rules[name](pixels_val), pixels_val)]
show_table(
    ["treinada com", "acurácia na escala certa", "esquecida", "perda na escala certa", "esquecida"],
    [
        *([n, percent(a), percent(b), number(la), number(lb)] for n, ((la, a), (lb, b)) in scores.items()),
        ["seu palpite (÷ 255)", "", percent(guess_forgotten), "", ""],
    ],
)

# %%
growth = {name: forgotten[0] / right[0] for name, (right, forgotten) in scores.items()}
drop = {name: right[1] - forgotten[1] for name, (right, forgotten) in scores.items()}
costly = min(growth.values()) > 10
claim("A1-32", "esquecida a escala, a perda fica mais de dez vezes maior nas duas redes", costly)
claim("A1-33", "na rede do ÷ 255, a acurácia muda menos de 10 pontos", abs(drop["÷ 255"]) < 0.1)
claim("A1-34", "na rede padronizada, ela cai mais", drop["padronizada"] > drop["÷ 255"])

# %% [markdown]
# Surpresa: esquecer o ÷ 255 multiplica a perda e **quase não mexe na acurácia**. Se você só olhasse a acurácia, não perceberia o
# engano. A razão está na Leaky ReLU: para $c > 0$, $\max(\alpha c z, c z) = c \max(\alpha z, z)$. Sem vieses, multiplicar a entrada por $c$
# multiplica os logits por $c$, e o maior continua sendo o maior. A rede recém-nascida tem vieses nulos, e nela a
# conta vale ao pé da letra:

# %%
biases_off = all(not b.any() for b in birth[1::2])
exact_weights = [w.astype("float64") for w in birth]
photos = pixels_val.astype("float64")
small, large = forward(photos / 255, exact_weights), forward(photos, exact_weights)
scaled = biases_off and np.allclose(large, 255 * small, rtol=1e-6, atol=1e-6)
unmoved = np.array_equal(small.argmax(axis=1), large.argmax(axis=1))
claim("A1-35", "sem vieses, multiplicar os pixels por 255 multiplica os logits por 255", scaled)
claim("A1-36", "e não muda nenhuma resposta", unmoved)

# %% [markdown]
# Depois de uma época os vieses já não são nulos, e a conta vale quase. O que muda é a **confiança**: logits enormes viram
# probabilidades coladas em 0 ou 1, e cada erro passa a custar caríssimo.

# %%
weights = trained["÷ 255"]
usual, forgotten = forward(pixels_val / 255, weights), forward(pixels_val, weights)
unchanged = (usual.argmax(axis=1) == forgotten.argmax(axis=1)).mean() > 0.9
confident = np.median(softmax(forgotten).max(axis=1)) > 0.99 > np.median(softmax(usual).max(axis=1))
claim("A1-37", "depois de treinada, mais de nove em dez respostas ainda são as mesmas", unchanged)
claim("A1-38", "mas, sem o ÷ 255, metade delas ou mais vem com confiança acima de 99 %", confident)

# %% [markdown]
# Esquecer a padronização é pior porque ela, além de dividir, **desloca**, e deslocar a entrada muda as respostas.
#
# Moral: a regra de escala faz parte da rede. Escreva-a em uma função só (a nossa é `standardise`) e passe por ela
# **todo** dado que entrar: treino, validação, teste e o que vier depois.
#
# ## 11. Olhar os erros, e o teste uma vez
#
# Antes do teste, olhe as fotos. Estas são as catorze primeiras da validação, sem escolha, com a resposta da rede da seção 8 e a
# probabilidade que ela lhe deu.

# %%
probabilities = model.predict(x_val, verbose=0)
answers = probabilities.argmax(axis=1)
captions = [
    f"{names[answer]} {percent(p.max())}\n" + ("" if answer == truth else f"era {names[truth]}")
    for answer, truth, p in zip(answers[:14], y_val, probabilities, strict=False)
]
figure = plots.images(
    pixels_val[:14],
    captions,
    title="As respostas da rede; em laranja, os erros",
    columns=7,
    marked=answers[:14] != y_val[:14],
)
plots.show(
    figure,
    alt="Catorze fotos da validação, cada uma com a classe respondida e a sua probabilidade; as erradas, destacadas em laranja, "
    "trazem também a classe verdadeira.",
)

# %% tags=["nbval-ignore-output"]
confusion = np.zeros((10, 10), int)
np.add.at(confusion, (y_val, answers), 1)  # linha: a verdade; coluna: a resposta
errors = confusion * (1 - np.eye(10, dtype=int))
worst = np.dstack(np.unravel_index(np.argsort(errors, axis=None)[::-1][:4], (10, 10)))[0]
show_table(["era", "a rede disse", "fotos"], [[names[t], names[a], int(errors[t, a])] for t, a in worst])

# %% [markdown]
# Os erros se estudam **na validação**, porque quem estuda erros quer mudar alguma coisa, e as mudanças não podem ser guiadas
# pelo teste. As confusões mais comuns costumam ser as que também faríamos: camiseta, pulôver, casaco e camisa são peças de cima, e
# em 28 × 28 pixels se parecem.

# %%
tops = [0, 2, 4, 6]
among_tops = errors[np.ix_(tops, tops)].sum() / errors.sum()  # ao acaso: 12 dos 90 pares
claim("A1-39", "mais de um terço dos erros fica entre essas quatro peças", among_tops > 1 / 3)

# %% [markdown]
# Encerradas as escolhas, o teste entra em cena. Pela mesma régua, e **uma vez**:

# %% tags=["nbval-ignore-output"]
test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)
standard_error = math.sqrt(test_accuracy * (1 - test_accuracy) / len(y_test))
print(
    f"Acurácia no teste: {percent(test_accuracy, 1)}, com erro padrão, em pontos percentuais, de {number(100 * standard_error)}."
)

# %% [markdown]
# O **erro padrão** de uma fração $p$ medida em $n$ exemplos é $\sqrt{p(1-p)/n}$: outras 500 fotos dariam um número um pouco
# diferente, tipicamente a essa distância. Sem ele, não se sabe quantas casas da acurácia merecem confiança.

# %%
guessing = (y_test == most_common).mean()
claim("A1-40", "no teste, a rede acerta mais que o quíntuplo da linha de base", test_accuracy > 5 * guessing)

# %% [markdown]
# ## 12. Explique
#
# Um colega padroniza as 3 000 fotos todas juntas, com uma média só, e depois separa treino, validação e teste. "Comparei", diz
# ele, "e a acurácia saiu igual. Então tanto faz." O que você responde?
#
# <details><summary>Uma resposta possível</summary>
#
# Que nestes dados quase não faz diferença mesmo: os três conjuntos vêm da mesma fonte e as médias são parecidas (A1-06). O erro
# não está no resultado, está no que ele deixou de medir. O teste serve para imitar dados que ainda não existiam quando a rede
# foi preparada, e a média dele já usou as fotos de teste. Se um dia elas vierem de outra câmera, a conta dele
# esconderá o problema, e a conta feita só com o treino o mostrará. Além disso, com preparos que aprendem dos dados
# mais do que uma média (escolher as colunas que combinam com o rótulo, por exemplo), a mesma desatenção pode inflar muito a
# acurácia medida. A regra custa uma linha; melhor cumpri-la sempre do que decidir a cada vez se desta vez importa.
#
# </details>
#
# ## 13. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | treino, validação, teste | ajustar, decidir, estimar | conjuntos sem foto repetida (A1-03); teste uma vez | decidir pelo teste |
# | normalizar | $x/255$ | valores de 0 a 1 | chamar isso de padronizar |
# | padronizar | $(x - \mu)/\sigma$, do **treino** | média 0 e desvio 1 só no treino (A1-05, A1-06) | usar as estatísticas de cada conjunto; esquecer o teste (A1-32) |
# | padronizar por pixel | $(x - \mu)/(\sigma + \varepsilon)$ | 0 ÷ 0 em pixel constante (A1-08) | ε minúsculo: um cisco vale milhões (A1-09) |
# | camada densa | $Z = XW + b$, com $(d+1)u$ parâmetros | NumPy = Keras (A1-10); 266 610 na rede (A1-12) | esquecer os vieses na conta |
# | softmax e perda | $p_k = e^{z_k}/\sum_j e^{z_j}$; $L = -\frac1n\sum_i \ln p_{i,y_i}$ | conta à mão = Keras (A1-15, A1-17) | não comparar com $\ln 10$ |
# | época, passo, lote | $\lceil n/B \rceil$ passos por época | laço à mão = `fit` (A1-23) | contar esforço em épocas |
# | perda de treino relatada | média ao longo da época | validação abaixo do treino na primeira (A1-25) | achar que a validação "é mais fácil" |
# | comparação | um fator por vez, várias sementes | a escala, com três (A1-31) | mudar duas coisas e culpar uma |
#
# **Para praticar:** troque a LeakyReLU por `keras.layers.PReLU` na receita e veja se as curvas da seção 8 mudam; depois repita com outra
# semente antes de concluir. No **Lab 1 · Gradientes à mão** você fará também as contas da volta. **A seguir:** a lição sobre a saída e a perda.
#
# ## Referências
#
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms. arXiv:1708.07747. Os dados desta lição.
# - Maas, A. L.; Hannun, A. Y.; Ng, A. Y. (2013). Rectifier nonlinearities improve neural network acoustic models. *ICML
#   Workshop on Deep Learning for Audio, Speech and Language Processing*. A Leaky ReLU.
# - He, K.; Zhang, X.; Ren, S.; Sun, J. (2015). Delving deep into rectifiers: surpassing human-level performance on ImageNet
#   classification. *ICCV*. A PReLU e a inicialização `he_normal`.
# - LeCun, Y.; Bottou, L.; Orr, G. B.; Müller, K.-R. (1998). Efficient BackProp. *Neural Networks: Tricks of the Trade*,
#   Springer. Por que centrar e escalar as entradas.
# - Goodfellow, I.; Bengio, Y.; Courville, A. (2016). *Deep Learning*. MIT Press. Capítulo 6, redes densas.
