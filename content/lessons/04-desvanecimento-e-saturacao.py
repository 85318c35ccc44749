# ---
# jupyter:
#   gradiente:
#     id: B1
#     title: Por que as primeiras camadas param de aprender?
#     seconds: 35
#     covers: [S0-01, S0-02, S1-01, S1-02, S3-02, S3-03, S3-04, S3-05, S3-06, S3-07, S3-08, S3-09, S3-10, S3-11]
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 · Por que as primeiras camadas param de aprender?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *medir* o gradiente que chega a cada camada; *explicar* por que ele encolhe no caminho; *escolher* um remédio sabendo o que ele corrige e o que não corrige |
# | **Você precisa saber** | o que é uma camada densa, a regra da cadeia em uma rede pequena e um passo de descida do gradiente (lição sobre retropropagação) |
# | **Tempo de leitura** | cerca de 30 minutos |
# | **Tempo de execução** | cerca de 35 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | gradientes instáveis, desvanecimento do gradiente, explosão do gradiente, saturação da ativação, zona plana, retropropagação, conexão de salto |
#
# Treinar uma rede profunda esbarra em quatro dificuldades, e este curso dedica uma parte a cada uma: os **gradientes
# instáveis**, que encolhem ou crescem demais no caminho até as primeiras camadas; os **poucos exemplos rotulados**; a
# **lentidão** do treino; e o **sobreajuste**, que ameaça qualquer rede com muito mais parâmetros do que exemplos, ou com
# exemplos ruidosos. Esta lição abre a primeira porta: os gradientes que encolhem.

# %%
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots, signal
from gradiente.callbacks import WeightRecorder
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, show_table

# %% [markdown]
# Usaremos 2 000 fotos de roupas para treinar e 500 para validar, padronizadas: média 0 e desvio padrão 1, com a média e o
# desvio **do treino**. São poucas de propósito: o fenômeno que procuramos aparece já no primeiro lote.

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
pixels, labels = data.x_train[:2500].astype("float32"), data.y_train[:2500].astype("int32")
pixels = (pixels - pixels[:2000].mean()) / pixels[:2000].std()
x_train, y_train, x_val, y_val = pixels[:2000], labels[:2000], pixels[2000:], labels[2000:]
x_batch, y_batch = x_train[:500], y_train[:500]  # o lote em que faremos todas as medidas

# %% [markdown]
# Todas as redes da lição saem da mesma receita: dez camadas ocultas de 64 unidades e uma camada de saída com dez
# *logits*, um por classe. Só mudamos um ingrediente de cada vez. Repare que a receita começa por semear os sorteios: duas
# redes com a mesma inicialização nascem com **os mesmos pesos**.


# %%
def build(activation, initializer="glorot_uniform", depth=10, learning_rate=0.05):
    set_seeds()
    draw = keras.initializers.get(initializer)  # clone(): um sorteio para cada camada
    hidden = [keras.layers.Dense(64, activation, kernel_initializer=draw.clone()) for _ in range(depth)]
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(learning_rate), loss)
    return model


# %% [markdown]
# ## 1. A pergunta
#
# Duas redes, iguais em tudo menos na função de ativação: uma usa a **sigmoide (logística)**, a outra, a **tangente
# hiperbólica (tanh)**. Têm os mesmos dados, a mesma taxa de aprendizado, as mesmas dez camadas ocultas. Até os pesos com
# que nascem são os mesmos. Treinamos as duas, com um gravador (`WeightRecorder`) anotando os pesos a cada época; ele nos
# servirá mais adiante.

# %%
networks = {"sigmoide": build("sigmoid"), "tanh": build("tanh")}
start = {name: signal.kernels(model) for name, model in networks.items()}
histories, recorders = {}, {}  # o que cada treino deixou
for name, model in networks.items():
    recorders[name] = WeightRecorder()
    histories[name] = model.fit(
        x_train,
        y_train,
        epochs=6,
        batch_size=50,
        validation_data=(x_val, y_val),
        callbacks=[recorders[name]],
        verbose=0,
    )

# %%
colors = plots.Colors({"sigmoide": plots.PALETTE[1], "tanh": plots.PALETTE[0], "ReLU": plots.PALETTE[2]})
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None, colors=colors)
ax = plotter.plot(histories, title="Mesmos dados, mesmos pesos iniciais: uma aprende, a outra não")
ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1.4)
ax.text(4.95, 0.97 * np.log(10), "quem chuta: ln 10", ha="right", va="top")
plots.show(
    ax,
    alt="Perda de treino e de validação ao longo de seis épocas. A da rede tanh cai depressa. A da rede sigmoide é uma "
    "linha reta, colada à perda de quem chuta entre as dez classes.",
)

# %%
chance = np.log(10)
final = {name: history.history["loss"][-1] for name, history in histories.items()}
pairs = zip(start["sigmoide"].values(), start["tanh"].values(), strict=True)
same = all(np.array_equal(a, b) for a, b in pairs)
stuck = abs(final["sigmoide"] / chance - 1) < 0.02
claim("B1-01", "as duas redes nascem com pesos idênticos, número a número", same)
claim("B1-02", "a sigmoide termina a menos de 2 % da perda de quem chuta", stuck)
claim("B1-03", "a tanh termina com menos da metade dessa perda", final["tanh"] < chance / 2)

# %% [markdown]
# Quem não sabe nada e distribui a aposta por igual entre dez classes tem perda $\ln 10$. Depois de 240 passos, a rede
# sigmoide continua ali. **O que ela não tem?**
#
# ## 2. Preveja
#
# O treino só muda um peso por meio do gradiente dele. Então vale perguntar quanto gradiente chega a cada camada.
#
# > Na rede de dez camadas sigmoides, antes do primeiro passo, quantas vezes o gradiente da **primeira** camada é
# > **menor** que o da **última**? Duas vezes? Cem? Dez mil? Cem mil?
#
# Escreva o seu palpite antes de seguir; ele vai aparecer na próxima figura.

# %%
guess = 100  # troque pelo seu palpite: quantas vezes menor?

# %% [markdown]
# ## 3. O instrumento
#
# Precisamos de um aparelho que mostre o que acontece dentro da rede. Na **retropropagação**, a rede faz uma ida (dos
# pixels à perda) e uma volta (da saída à entrada), e na volta calcula, para cada peso $w$, a derivada parcial da perda
# $L$. Depois vem o passo da descida do gradiente, com taxa de aprendizado $\eta$:
#
# $$w \leftarrow w - \eta\,\frac{\partial L}{\partial w}$$
#
# O passo de um peso é proporcional à sua derivada: derivada minúscula, passo minúsculo, aprendizado lento. A função
# `signal.gradient_norms` faz uma ida e uma volta e devolve a norma do gradiente da matriz de pesos de cada camada,
# $\lVert \partial L / \partial W^{(\ell)} \rVert$. Três linhas, e o mesmo aparelho para todas as redes da lição:

# %%
newborn = {"sigmoide": build("sigmoid"), "tanh": build("tanh"), "ReLU": build("relu", "he_normal")}
norms = {name: signal.gradient_norms(model, x_batch, y_batch) for name, model in newborn.items()}
kernel_norms = {name: norm.kernel for name, norm in norms.items()}

# %% [markdown]
# Juntamos uma terceira rede, com ReLU e a inicialização de He, que é a companheira habitual da ReLU; as outras duas usam a
# de Glorot, que o Keras escolhe quando não dizemos nada (por que cada ativação tem a sua é assunto da lição sobre
# inicialização). A escala do gráfico é logarítmica: cada marca vale dez vezes a anterior.

# %%
dashed = ("sigmoide", kernel_norms["sigmoide"][-1] / guess, "seu palpite")
figure = plots.bars_per_layer(
    kernel_norms,
    ylabel="Norma do gradiente dos pesos",
    title="Na rede sigmoide, o gradiente encolhe a cada camada que atravessa",
    guess=dashed,
    colors=colors,
)
plots.show(
    figure,
    alt="Três painéis de barras, um por rede, com a norma do gradiente das onze camadas em escala logarítmica. Na "
    "sigmoide, as barras descem em escada da última camada para a primeira, por mais de cinco potências de dez, muito "
    "abaixo da linha do palpite inicial de cem vezes. Em tanh e ReLU, as barras têm alturas parecidas.",
)

# %%
ratios = {name: norm.ratio for name, norm in norms.items()}
healthy = min(ratios["tanh"], ratios["ReLU"]) > 0.1
claim("B1-04", "na sigmoide, o gradiente da camada 1 é 10 mil vezes menor ou mais", ratios["sigmoide"] < 1e-4)
claim("B1-05", "na tanh e na ReLU, é ao menos um décimo do da última camada", healthy)

# %% tags=["nbval-ignore-output"]
times = number(1 / ratios["sigmoide"], digits=1)
show_table(
    ["rede", "gradiente da primeira camada ÷ gradiente da última"],
    [[name, ratio] for name, ratio in ratios.items()] + [["seu palpite (sigmoide)", 1 / guess]],
)
print(f"Na rede sigmoide, o gradiente da primeira camada é cerca de {times} vezes menor que o da última.")

# %% [markdown]
# O seu palpite ficou perto? É fácil chutar baixo: o efeito se multiplica de camada em camada, e multiplicações repetidas
# enganam a intuição.
#
# Este é o **desvanecimento do gradiente** (há livros que traduzem *vanishing gradient* por "gradiente de fuga"). O
# contrário, o gradiente que cresce até o treino divergir, é a **explosão do gradiente**. *É comum ler que a "fuga do
# gradiente" é o gradiente grande demais*; nesses textos os dois nomes foram trocados. Neste curso dizemos só desvanecimento
# e explosão, e chamamos os dois juntos de **gradientes instáveis**: em uma rede profunda, camadas diferentes aprendem em
# velocidades muito diferentes.
#
# ## 4. De onde vem
#
# ### A regra da cadeia, caminho por caminho
#
# Em uma rede pequena a conta cabe na mão. Tome duas entradas, duas camadas ocultas de duas unidades e uma saída linear. O
# peso $w^{(1)}_{1,1}$ liga a primeira entrada à primeira unidade e age na perda por **dois caminhos**, um por unidade da
# segunda camada (à esquerda na figura abaixo). A regra da cadeia multiplica ao longo de cada caminho e soma os caminhos:
#
# $$
# \frac{\partial L}{\partial w^{(1)}_{1,1}} =
# \frac{\partial L}{\partial \hat y}
# \left[
# \underbrace{w^{(3)}_{1}\,\sigma'(z^{(2)}_1)\,w^{(2)}_{1,1}}_{\text{caminho 1}} +
# \underbrace{w^{(3)}_{2}\,\sigma'(z^{(2)}_2)\,w^{(2)}_{1,2}}_{\text{caminho 2}}
# \right]
# \sigma'(z^{(1)}_1)\,x_1
# $$
#
# Aqui $w^{(\ell)}_{i,j}$ liga a unidade $i$ de uma camada à unidade $j$ da seguinte, $z^{(\ell)}_j$ é a pré-ativação (o que
# entra na função de ativação) e $L = (\hat y - y)^2$.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(W1, W2, w3, x):
    h1 = sigmoid(x @ W1)
    h2 = sigmoid(h1 @ W2)
    return h1, h2, h2 @ w3


rng = np.random.default_rng(set_seeds())
W1, W2, w3 = rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), rng.normal(size=2)
x, y = np.array([0.8, -0.3]), 1.0

# %% [markdown]
# A fórmula, linha por linha. Para a sigmoide, $\sigma'(z) = \sigma(z)\,(1 - \sigma(z))$: a derivada sai da própria ativação.

# %%
h1, h2, y_hat = forward(W1, W2, w3, x)
slope1, slope2 = h1 * (1 - h1), h2 * (1 - h2)
path1 = w3[0] * slope2[0] * W2[0, 0]
path2 = w3[1] * slope2[1] * W2[0, 1]
by_hand = 2 * (y_hat - y) * (path1 + path2) * slope1[0] * x[0]

# %% [markdown]
# Dois juízes independentes conferem a conta. O primeiro empurra o peso um pouquinho para cada lado e vê quanto a perda
# muda (**diferenças finitas**); o segundo é a retropropagação do Keras.

# %%
nudge = np.array([[1e-5, 0], [0, 0]])
up, down = ((forward(W1 + step, W2, w3, x)[2] - y) ** 2 for step in (nudge, -nudge))
by_difference = (up - down) / 2e-5
agree = bool(np.isclose(by_hand, by_difference, rtol=1e-6))
claim("B1-06", "a soma dos dois caminhos concorda com as diferenças finitas", agree)

# %%
sizes = [(2, "sigmoid"), (2, "sigmoid"), (1, None)]
layers = [keras.layers.Dense(units, activation, use_bias=False) for units, activation in sizes]
tiny = keras.Sequential([keras.Input((2,)), *layers])
tiny.set_weights([W1, W2, w3[:, None]])
first, *_ = signal.gradients(tiny, x[None], [[y]], loss="mean_squared_error").values()
agree = bool(np.isclose(by_hand, first[0, 0], rtol=1e-4))
claim("B1-07", "e concorda com a retropropagação do Keras", agree)

# %% [markdown]
# ### Um fator por camada
#
# Olhe de novo para a fórmula. Cada camada entre a perda e o peso contribui com **um fator: o peso vezes a inclinação da
# ativação**. Com dez camadas são dez fatores; com cem, cem. Quando os fatores são menores que 1, o produto diminui
# exponencialmente; quando são maiores que 1, cresce exponencialmente. Não há meio-termo confortável: só perto de 1 o
# gradiente atravessa a rede inteira com tamanho parecido.
#
# *Preveja antes de executar:* um gradiente igual a 1 atravessa cem camadas e cada uma o multiplica por 0,9. Quanto sobra?
# E se forem só dez camadas, com o fator 0,25?

# %%
print(f"0,9 elevado a 100 = {number(0.9**100, digits=4)}")
print(f"0,25 elevado a 10 = {number(0.25**10)}")

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 4), width_ratios=[1.15, 1])
plots.two_paths(left)
left.set_title("Dois caminhos do peso à perda")
plots.products([0.25, 0.9, 1.0, 1.1], layers=100, ax=right)
right.set_title("O produto de n fatores iguais")
figure.suptitle("A regra da cadeia multiplica um fator por camada: o produto desvanece ou explode")
plots.show(
    figure,
    alt="À esquerda, o desenho de uma rede com duas entradas, duas camadas ocultas de duas unidades e uma saída; dois "
    "caminhos coloridos levam do primeiro peso à perda, um por unidade da segunda camada oculta. À direita, em escala "
    "logarítmica, o produto de até cem fatores iguais: com 1 a curva é plana; com 1,1 ela sobe; com 0,9 desce; com 0,25 "
    "despenca.",
)

# %% [markdown]
# E o que faz um peso com o que sobra? Aplicamos a regra do passo, com $\eta = 0{,}001$, a um peso que vale 1,5:

# %%
gradient = np.float32(0.9**100)
weight = np.float32(1.5)
new_weight = weight - np.float32(0.001) * gradient
claim("B1-08", "em float32, o peso 1,5 não muda nem no último bit", new_weight == weight)

# %% [markdown]
# O passo é tão pequeno que cai abaixo da precisão do número: o peso não anda devagar, **não anda**.
#
# ### O teto da sigmoide
#
# *É comum ler que o gradiente da sigmoide fica entre 0 e 1, e o da tanh, entre −1 e 1.* Esses são os intervalos das
# **saídas**. As **derivadas** são outra coisa:
#
# $$\sigma'(z) = \sigma(z)\,(1-\sigma(z)) \le \tfrac14, \qquad \tanh'(z) = 1 - \tanh^2(z) \le 1$$
#
# O teto da sigmoide se deduz em uma linha: $s(1-s)$ é uma parábola em $s$, com raízes em 0 e em 1, e o seu máximo fica no
# meio, $s = \tfrac12$, onde vale $\tfrac14$. As duas curvas tracejadas abaixo são essas derivadas. Sombreamos a **zona
# plana**, onde a derivada é menor que um décimo da maior que a função tem.

# %%
z = np.linspace(-6, 6, 2401)
functions = {
    "sigmoide": (sigmoid(z), sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh(z), 1 - np.tanh(z) ** 2),
    "ReLU": (np.maximum(z, 0), (z > 0).astype(float)),
}
steepest = {name: np.gradient(value, z).max() for name, (value, _) in functions.items()}
claim("B1-09", "a maior inclinação da sigmoide é 1/4", abs(steepest["sigmoide"] - 0.25) < 1e-5)
claim("B1-10", "a maior inclinação da tanh é 1", abs(steepest["tanh"] - 1) < 1e-4)

# %%
figure = plots.activation_curves(
    z,
    functions,
    title="A derivada da sigmoide nunca passa de 1/4; a da tanh chega a 1",
    colors=colors,
    ylim=(-1.1, 1.6),
)
plots.show(
    figure,
    alt="Três painéis com a função de ativação em linha cheia e a sua derivada tracejada. A derivada da sigmoide é um "
    "morro baixo, de altura um quarto; a da tanh é um morro de altura um; a da ReLU é zero à esquerda e um à direita. "
    "As zonas planas, sombreadas, são as duas pontas da sigmoide e da tanh e todo o lado negativo da ReLU.",
)

# %% [markdown]
# Um quarto por camada já explicaria o que vimos: é a conta de $0{,}25^{10}$ que fizemos há pouco. Mas não se esqueça do outro
# ingrediente do fator, o peso: **é o produto que conta**. Para ver o fator inteiro, medimos o gradiente no sinal $h$ que
# passa de uma camada à seguinte, $\lVert \partial L/\partial h^{(\ell)} \rVert$, e tiramos a média geométrica do que ele
# perde por camada.

# %% tags=["nbval-ignore-output"]
factors = {name: norm.hidden_ratio ** (1 / (len(norm.hidden) - 1)) for name, norm in norms.items()}
show_table(["rede", "fator médio por camada", "elevado a 9"], [[n, f, f**9] for n, f in factors.items()])

# %%
shrinks = factors["sigmoide"] < 1 / 3
steady = all(0.7 < factors[name] < 1.4 for name in ("tanh", "ReLU"))
claim("B1-11", "na sigmoide, cada camada deixa passar menos de um terço do gradiente", shrinks)
claim("B1-12", "na tanh e na ReLU, o fator por camada fica entre 0,7 e 1,4", steady)

# %% [markdown]
# ## 5. Saturar não é desvanecer
#
# *É comum ouvir que "o gradiente satura".* Quem satura é a **ativação**: com pré-ativações grandes, a sigmoide e a tanh
# encostam em um dos seus limites e quase não respondem mais, que é o que significa estar na zona plana. O gradiente não
# satura; ele pode *desvanecer por causa* da saturação. E é aqui que a explicação de sempre ("sigmoide e tanh saturam, o
# gradiente some, o treino para") merece um teste. Se fosse toda a história, a nossa rede doente estaria saturada.
#
# Olhemos. De um lado, a rede sigmoide com que começamos, de pesos pequenos (Glorot). Do outro, a mesma rede com pesos
# $\mathcal N(0, 1)$, oito vezes maiores entre camadas ocultas, que empurram as pré-ativações para longe do zero.
#
# *Preveja: qual das duas está mais saturada? E em qual o gradiente desvanece mais?*

# %%
wide = build("sigmoid", keras.initializers.RandomNormal(stddev=1.0))
cases = {"Glorot": newborn["sigmoide"], "N(0, 1)": wide}
stats = {name: signal.activation_stats(model, x_batch) for name, model in cases.items()}
shares = {name: stat.saturated[:10] for name, stat in stats.items()}  # as dez camadas ocultas

# %%
shown = [1, 3, 5, 8, 10]
outputs = {name: list(signal.activations(model, x_batch).values()) for name, model in cases.items()}
figure = plots.activation_histograms(
    {name: [output[n - 1] for n in shown] for name, output in outputs.items()},
    shown,
    title="Pesos N(0, 1) empurram a sigmoide para a zona plana; pesos de Glorot, não",
    flat=(0.0257, 0.9743),  # onde s(1 − s) vale um décimo de 1/4
    shares={name: [share[n - 1] for n in shown] for name, share in shares.items()},
    colors=plots.Colors({"Glorot": plots.PALETTE[1], "N(0, 1)": plots.PALETTE[3]}),
)
plots.show(
    figure,
    alt="Histogramas das ativações de cinco camadas, em duas linhas. Com pesos de Glorot, as ativações ficam no meio do "
    "intervalo, longe da zona plana; nas camadas profundas, reduzem-se a poucos valores isolados. Com pesos N(0, 1), "
    "elas se amontoam em 0 e em 1, e cerca de metade ou mais cai na zona plana.",
)

# %%
arrives = {name: signal.gradient_norms(model, x_batch, y_batch).hidden_ratio for name, model in cases.items()}
claim("B1-13", "com N(0, 1), 40 % das ativações ou mais estão na zona plana", shares["N(0, 1)"].mean() > 0.4)
claim("B1-14", "com Glorot, menos de uma em vinte", shares["Glorot"].mean() < 0.05)
claim("B1-15", "com Glorot, o gradiente encolhe 10 mil vezes ou mais", arrives["Glorot"] < 1e-4)
claim("B1-16", "com N(0, 1), chega mais de um centésimo dele", arrives["N(0, 1)"] > 1e-2)

# %% [markdown]
# Surpresa: **a rede que não satura desvanece, e a que satura, quase não.** Não há contradição, porque o que conta é o fator
# inteiro, peso vezes inclinação. Com Glorot, as inclinações são as melhores que a sigmoide tem, perto de $\tfrac14$, mas os
# pesos são pequenos demais para compensar o quarto. Com $\mathcal N(0, 1)$, muitas inclinações são quase nulas, mas os pesos
# são oito vezes maiores, e as unidades que ainda respondem carregam o gradiente.
#
# Isso não absolve a saturação. Para **uma unidade**, estar no fundo da zona plana é estar muda: ali a derivada, que vimos
# na figura da seção 4, encosta no zero. Se o treino empurra uma unidade para lá, os pesos dela param. Mas são duas doenças: a **saturação** é um estado das ativações, o **desvanecimento** é um produto que encolhe. Uma pode causar a
# outra; nenhuma precisa da outra. E a tanh, que também tem zonas planas, não desvanece com os pesos de Glorot: o seu
# teto é 1.
#
# ### Explique
#
# Com as suas palavras: como pode o gradiente desvanecer em uma rede em que quase nenhuma unidade está saturada?
#
# <details><summary>Uma resposta possível</summary>
#
# O gradiente da primeira camada é um produto com um fator por camada, e cada fator é um peso vezes uma inclinação. Basta
# que os fatores fiquem um pouco abaixo de 1 para o produto de muitos deles ser minúsculo. A sigmoide tem inclinação de no
# máximo 1/4 mesmo no seu melhor ponto, bem longe da saturação; com pesos de tamanho moderado, o fator fica perto de 1/4 e o
# gradiente encolhe umas quatro vezes a cada camada.
#
# </details>
#
# ## 6. Ao longo do treino
#
# Até aqui fotografamos redes recém-nascidas. Agora abrimos o gravador que deixamos ligado na seção 1. Em cada época ele
# anotou, por camada, a média e o desvio padrão dos pesos e a **mudança relativa** desde o início,
# $\lVert W - W_0 \rVert / \lVert W_0 \rVert$.

# %%
records = {
    name: {"média dos pesos": r.mean, "desvio padrão dos pesos": r.std, "mudança relativa": r.change}
    for name, r in recorders.items()
}
figure = plots.layers_over_time(
    records, title="Na rede sigmoide só as últimas camadas se mexem; na tanh, todas", log=["mudança relativa"]
)
plots.show(
    figure,
    alt="Duas linhas de painéis, sigmoide e tanh, com a média, o desvio padrão e a mudança relativa dos pesos de cada "
    "camada ao longo de seis épocas. Na sigmoide, médias e desvios são quase todos retas; a mudança relativa "
    "da primeira camada fica várias potências de dez abaixo da mudança da última. Na tanh, as mudanças de todas as "
    "camadas ficam próximas.",
)

# %% tags=["nbval-ignore-output"]
moved = {name: recorder.change[-1] for name, recorder in recorders.items()}
show_table(
    ["mudança relativa depois do treino", "camada 1", "camada 5", "camada 10", "saída"],
    [[name, *(float(change[i]) for i in (0, 4, 9, 10))] for name, change in moved.items()],
)

# %%
still = moved["sigmoide"][0] < moved["sigmoide"][-1] / 1000
claim("B1-17", "na sigmoide, a primeira camada muda menos de 1/1000 do que muda a última", still)
claim("B1-18", "na tanh, muda ao menos um décimo", moved["tanh"][0] > moved["tanh"][-1] / 10)

# %% [markdown]
# Aqui estão, medidos, os **três sintomas do desvanecimento**:
#
# 1. as últimas camadas mudam e as primeiras quase não (a terceira coluna da figura, B1-17);
# 2. o treino é lento e estaciona cedo (a reta da primeira figura);
# 3. o desempenho final é ruim (B1-02: igual ao de quem chuta).
#
# Uma dúvida justa: se a última camada recebe bastante gradiente, por que ao menos ela não aprende? Porque o sinal se perde
# também **na ida**. Meça quanto a ativação de uma unidade varia de um exemplo para outro:


# %%
def spread(model):
    outputs = list(signal.activations(model, x_batch).values())
    return outputs[9].std(axis=0).mean() / outputs[0].std(axis=0).mean()  # décima camada ÷ primeira


left_over = {name: spread(model) for name, model in newborn.items()}
claim("B1-19", "na sigmoide, sobra menos de 1/1000 da variação entre exemplos", left_over["sigmoide"] < 1e-3)
claim("B1-20", "na tanh e na ReLU, sobra ao menos um décimo", min(left_over["tanh"], left_over["ReLU"]) > 0.1)

# %% [markdown]
# Uma sandália e um casaco chegam à última camada sigmoide como o mesmo vetor. O melhor que ela pode fazer com isso é
# aprender a frequência de cada classe, e foi o que fez. O fator que encolhe o gradiente na volta, peso vezes inclinação,
# encolhe também as diferenças na ida.
#
# ## 7. Sintomas que um programa reconhece
#
# Sabendo o que procurar, um programa dá o primeiro diagnóstico. `signal.diagnose` compara
# $\lVert \partial L/\partial h \rVert$ na primeira e na última camada oculta e olha quantas ativações estão na zona plana; os
# limiares estão na sua documentação (`help(signal.diagnose)`). Três redes recém-nascidas, sem etiqueta. Leia as sentenças
# e diga: qual é a rede sigmoide com que começamos? O que há com as outras?

# %%
strong = keras.initializers.VarianceScaling(scale=16.0, mode="fan_avg", distribution="untruncated_normal")
recipes = [("sigmoid", "glorot_uniform"), ("tanh", strong), ("relu", "he_normal")]
patients = {label: build(*recipes[index]) for label, index in zip("ABC", (1, 2, 0), strict=True)}
for label, model in patients.items():
    print(f"Rede {label}: {signal.diagnose(model, x_batch, y_batch)}")

# %% [markdown]
# <details><summary>Confira</summary>
#
# A rede **C** é a sigmoide com Glorot: desvanece sem saturar. A **B**, ReLU com He, está saudável. A **A** é uma tanh com
# pesos quatro vezes maiores que os de Glorot (a escala 16 é da variância; a do desvio padrão é a sua raiz): está
# saturada e, mesmo assim, o gradiente **explode**, porque os pesos grandes vencem as inclinações pequenas.
#
# </details>
#
# A rede A derruba outra frase comum: *"o gradiente explode porque a ativação não tem limite superior"*. A tanh é limitada
# dos dois lados. O que explode é o produto de pesos e inclinações; a próxima lição cuida dele.

# %%
seen = {name: signal.gradient_norms(model, x_batch, y_batch).hidden_ratio for name, model in patients.items()}
only_c = seen["C"] < 1e-4 and min(seen["A"], seen["B"]) > 0.1
claim("B1-21", "na rede A, de ativação limitada, o gradiente cresce mais de dez vezes", seen["A"] > 10)
claim("B1-22", "só na rede C o gradiente desvanece", only_c)

# %% [markdown]
# ## 8. Remédios, medidos
#
# Se a doença é um fator longe de 1, há cinco lugares onde mexer:
#
# - **menos camadas**: menos fatores no produto;
# - **outra função de ativação**: ReLU, Leaky ReLU e ELU têm inclinação 1 do lado positivo, sem o teto de 1/4;
# - **outra inicialização**: pesos quatro vezes maiores compensam o quarto;
# - **normalização em lote (BN)**: devolve às pré-ativações média 0 e desvio padrão 1 em cada lote, o que mantém as ativações
#   na região em que respondem;
# - **conexão de salto**: a camada passa a calcular $h + f(h)$, e a derivada de $h$ em relação a si mesmo é 1, um caminho
#   sem pedágio.
#
# *Costuma aparecer nessa lista também a LSTM.* Ela combate o desvanecimento ao longo do **tempo**, em redes recorrentes, com
# uma ideia parente da conexão de salto; não é algo que se acrescente a uma rede densa como a nossa.
#
# A receita ganha duas opções, e o resto fica igual:


# %%
def build_with(activation, initializer="glorot_uniform", batch_norm=False, skip=False):
    set_seeds()
    inputs = keras.Input((28, 28))
    h = keras.layers.Flatten()(inputs)
    for layer in range(10):
        before = h
        h = keras.layers.Dense(64, kernel_initializer=keras.initializers.get(initializer).clone())(h)
        if batch_norm:
            h = keras.layers.BatchNormalization()(h)
        h = keras.layers.Activation(activation)(h)
        if skip and layer > 0:
            h = keras.layers.Add()([before, h])
    model = keras.Model(inputs, keras.layers.Dense(10)(h))
    model.compile(keras.optimizers.SGD(0.05), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


# %% [markdown]
# E o mesmo instrumento, uma linha por rede. Da sigmoide doente, mudamos **uma coisa por vez** (com a família ReLU vem junto
# a inicialização de He, sua companheira).

# %%
treated = {
    "sigmoide, Glorot (doente)": newborn["sigmoide"],
    "três camadas em vez de dez": build("sigmoid", depth=3),
    "ativação: tanh": newborn["tanh"],
    "ativação: ReLU, He": newborn["ReLU"],
    "ativação: Leaky ReLU, He": build("leaky_relu", "he_normal"),
    "ativação: ELU, He": build("elu", "he_normal"),
    "inicialização: 4 × Glorot": build("sigmoid", strong),
    "normalização em lote": build_with("sigmoid", batch_norm=True),
    "conexão de salto": build_with("sigmoid", skip=True),
    "ReLU, He e normalização em lote": build_with("relu", "he_normal", batch_norm=True),
}
measured = {name: signal.gradient_norms(model, x_batch, y_batch) for name, model in treated.items()}

# %% [markdown]
# Medir o gradiente antes do treino ainda não é aprender. Damos três épocas a uma rede de cada família e anotamos a perda
# de treino.

# %%
trained = ["ativação: ReLU, He", "inicialização: 4 × Glorot", "normalização em lote", "conexão de salto"]
fits = {name: treated[name].fit(x_train, y_train, epochs=3, batch_size=50, verbose=0) for name in trained}
losses = {name: history.history["loss"] for name, history in fits.items()}
losses["sigmoide, Glorot (doente)"] = histories["sigmoide"].history["loss"][:3]
losses["ativação: tanh"] = histories["tanh"].history["loss"][:3]

# %% tags=["nbval-ignore-output"]
show_table(
    ["rede", "∂L/∂h: primeira ÷ última", "∂L/∂W: primeira ÷ última", "perda após 3 épocas"],
    [
        [name, norm.hidden_ratio, norm.ratio, number(losses[name][-1]) if name in losses else "—"]
        for name, norm in measured.items()
    ],
)

# %%
sick = measured["sigmoide, Glorot (doente)"].hidden_ratio
gains = [norm.hidden_ratio / sick for name, norm in measured.items() if "doente" not in name]
claim("B1-23", "cada remédio multiplica por cem ou mais a fração do gradiente que chega", min(gains) > 100)

# %%
cured = ["ativação: tanh", "ativação: ReLU, He", "normalização em lote", "conexão de salto"]
learned = all(losses[name][-1] < 0.8 * chance for name in cured)
stuck = abs(losses["inicialização: 4 × Glorot"][-1] / chance - 1) < 0.02
uneven = measured["ReLU, He e normalização em lote"].ratio > 1
claim("B1-24", "com tanh, ReLU, BN ou conexão de salto, a rede aprende em poucas épocas", learned)
claim("B1-25", "com pesos quatro vezes maiores, a sigmoide ainda não sai do lugar", stuck)
claim("B1-26", "com ReLU, He e BN, a primeira camada recebe mais gradiente que a última", uneven)

# %% [markdown]
# Leia a tabela e as afirmações com calma, porque nenhum remédio corrige tudo:
#
# | remédio | o que corrige | o que não corrige |
# |---|---|---|
# | menos camadas | o número de fatores | o fator; e abre mão da profundidade |
# | ReLU, Leaky ReLU, ELU (ou tanh) | o teto de 1/4 | a ReLU pode **morrer**: uma unidade que só recebe valores negativos tem inclinação zero (Leaky ReLU e ELU evitam isso); sem pesos do tamanho certo, o fator ainda foge de 1 |
# | outra inicialização | o tamanho dos pesos **no começo** | o que o treino faz depois; e, na sigmoide, pesos maiores trocam uma doença por outra (B1-25) |
# | normalização em lote | o tamanho das pré-ativações, também durante o treino | não iguala os gradientes (B1-26); custa tempo e depende do lote |
# | conexão de salto | dá ao gradiente um caminho de fator 1 | o sinal se soma a cada camada e pode crescer na ida; exige formatos iguais |
#
# *É comum ouvir que "a BN resolve o problema do gradiente".* Ela cura a nossa rede sigmoide, e isso não é pouco. Mas na
# rede com ReLU e He, que já estava bem, ela deixa o gradiente dos pesos da primeira camada **maior** que o da última:
# equilibrar e curar são coisas diferentes. E a linha da inicialização surpreende: o gradiente que chega à primeira
# camada aumentou muito, e mesmo assim, em três épocas, a rede não saiu do lugar. **Gradiente que chega é condição para
# aprender, não garantia.**
#
# Na prática os remédios se combinam: uma ativação sem teto baixo com a inicialização que lhe corresponde, mais BN ou
# conexões de salto quando a rede é funda. As próximas lições estudam cada um.
#
# ## 9. Explique
#
# Um colega olha a primeira figura e sugere: "a taxa de aprendizado está errada; diminua, que a sigmoide aprende". Por que
# isso não resolve? E aumentar, resolveria?
#
# <details><summary>Uma resposta possível</summary>
#
# O passo de cada peso é $\eta$ vezes o seu gradiente, e $\eta$ é o mesmo para todas as camadas. Diminuir $\eta$ encolhe
# todos os passos por igual: a primeira camada, que já quase não andava, anda ainda menos. Aumentar também não muda a
# **proporção** entre as camadas: para que a primeira andasse como a última, $\eta$ teria de crescer mais de dez mil vezes, e com
# esse $\eta$ a última camada daria passos gigantescos e o treino divergiria. O problema é a diferença entre as camadas, e
# nenhum número que multiplique todas igualmente a desfaz. Além disso, na ida os exemplos já chegam indistintos ao fim da
# rede, e isso nenhum $\eta$ conserta antes que as primeiras camadas mudem.
#
# </details>
#
# ## 10. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | passo da descida do gradiente | $w \leftarrow w - \eta\,\partial L/\partial w$ | gradiente minúsculo, peso parado (B1-08) | achar que o peso "anda devagar": ele pode nem se mover |
# | regra da cadeia | produto ao longo de cada caminho, soma dos caminhos | conta à mão = diferenças finitas = Keras (B1-06, B1-07) | esquecer um caminho |
# | desvanecimento do gradiente | fator por camada (peso × inclinação) menor que 1 | sigmoide com Glorot (B1-04, B1-11) | chamá-lo de "fuga", nome que outros usam para a explosão |
# | explosão do gradiente | fator por camada maior que 1 | tanh com pesos grandes (B1-21) | culpar a falta de limite da ativação |
# | teto da sigmoide | $\sigma'(z) \le 1/4$ | medido e deduzido (B1-09) | confundir o intervalo da saída com o da derivada |
# | saturação da ativação | derivada perto de zero, na zona plana | N(0, 1) satura e não desvanece; Glorot, o contrário (B1-13 a B1-16) | dizer que "o gradiente satura" |
# | sintomas | $\lVert W - W_0\rVert / \lVert W_0\rVert$ por camada | as últimas mudam, as primeiras não; treino parado; desempenho ruim | olhar só a perda |
# | remédios | trazer o fator para perto de 1 | a tabela da seção 8 | esperar que um só resolva tudo |
#
# **Para praticar:** no **Lab 1 · Gradientes à mão** você calcula produtos de fatores, aplica o passo a um peso e escreve a sua
# própria regra da cadeia. **A seguir:** a lição sobre a explosão do gradiente.
#
# ## Referências
#
# - Hochreiter, S. (1991). *Untersuchungen zu dynamischen neuronalen Netzen*. Trabalho de conclusão (Diplom), Technische
#   Universität München. A primeira análise do desvanecimento.
# - Bengio, Y.; Simard, P.; Frasconi, P. (1994). Learning long-term dependencies with gradient descent is difficult.
#   *IEEE Transactions on Neural Networks*, 5(2), 157–166.
# - Glorot, X.; Bengio, Y. (2010). Understanding the difficulty of training deep feedforward neural networks. *AISTATS*.
#   Saturação por camada, gradientes por camada e a inicialização que leva o nome do primeiro autor.
# - He, K.; Zhang, X.; Ren, S.; Sun, J. (2015). Delving deep into rectifiers: surpassing human-level performance on ImageNet
#   classification. *ICCV*. A inicialização para ReLU.
# - Ioffe, S.; Szegedy, C. (2015). Batch normalization: accelerating deep network training by reducing internal covariate
#   shift. *ICML*.
# - He, K.; Zhang, X.; Ren, S.; Sun, J. (2016). Deep residual learning for image recognition. *CVPR*. Conexões de salto.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms. arXiv:1708.07747. Os dados desta lição.
