# ---
# jupyter:
#   gradiente:
#     id: B2
#     title: Por que a perda virou NaN?
#     covers: [S0-03, S0-04, S3-12, S3-13, S3-14, S3-15, S3-16]
#     seconds: 35
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 · Por que a perda virou NaN?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *medir* quanto o gradiente cresce a caminho da primeira camada; *prever* esse crescimento a partir dos pesos e da ativação; *reconhecer* a explosão pelos sintomas, antes e depois do NaN, e *escolher* um remédio sabendo o que ele muda |
# | **Você precisa saber** | a regra da cadeia como produto de fatores e o desvanecimento do gradiente (lições anteriores) |
# | **Tempo de leitura** | cerca de 30 minutos |
# | **Tempo de execução** | cerca de 35 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | explosão do gradiente, transbordo, infinito e NaN, fator por camada, valor singular, corte do gradiente |
#
# A lição anterior tratou do produto que encolhe. Esta trata do mesmo produto quando ele cresce, e do que acontece quando
# passa do maior número que o computador sabe guardar.

# %%
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots, signal, symptoms
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, show_table

# %% [markdown]
# Os dados também são os da lição anterior: 2 000 fotos de roupas para treinar, padronizadas com a média e o desvio padrão do
# treino, e um lote de 500 delas em que faremos todas as medidas.

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
x_train, y_train = data.x_train[:2000].astype("float32"), data.y_train[:2000].astype("int32")
x_train = (x_train - x_train.mean()) / x_train.std()
x_batch, y_batch = x_train[:500], y_train[:500]

# %% [markdown]
# As redes são as da lição anterior: dez camadas ocultas de 64 unidades. A novidade da receita é o argumento `times`, que
# multiplica por um número os pesos com que a rede nasceria. Com `times=1`, valem as inicializações de costume: He para a
# ReLU, Glorot para a tanh. (`VarianceScaling` pede a **variância**, e por isso `times` entra ao quadrado.)

# %%
COMPANION = {"relu": (2.0, "fan_in"), "tanh": (1.0, "fan_avg")}  # He e Glorot


def build(activation="relu", times=1.0, depth=10, learning_rate=0.02, batch_norm=False, l2=None, clip=None):
    set_seeds()
    scale, mode = COMPANION[activation]
    draw = keras.initializers.VarianceScaling(scale * times**2, mode, "truncated_normal")
    penalty = keras.regularizers.L2(l2) if l2 else None
    layers = [keras.Input((28, 28)), keras.layers.Flatten()]
    for layer in range(1, depth + 1):  # clone(): um sorteio para cada camada
        options = {"kernel_initializer": draw.clone(), "kernel_regularizer": penalty}
        layers.append(keras.layers.Dense(64, name=f"oculta_{layer}", **options))
        layers += [keras.layers.BatchNormalization()] if batch_norm else []
        layers.append(keras.layers.Activation(activation))
    model = keras.Sequential([*layers, keras.layers.Dense(10, name="saida")])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(learning_rate, global_clipnorm=clip), loss)
    return model


# %% [markdown]
# ## 1. A pergunta
#
# Duas redes com ReLU. Os pesos das camadas ocultas da segunda são os da primeira **multiplicados por 2**; de resto, são
# iguais. Treinamos as duas anotando a perda de cada passo, e não só a de cada época, com um *callback* que também para o treino
# se algo der muito errado.

# %%
networks = {"He": build(), "2 × He": build(times=2.0)}
start = {name: signal.kernels(model) for name, model in networks.items()}
watches = {name: symptoms.StopOnExplosion(x_batch) for name in networks}
for name, model in networks.items():
    model.fit(x_train, y_train, epochs=2, batch_size=50, callbacks=[watches[name]], verbose=0)
losses = {name: np.array(watch.losses) for name, watch in watches.items()}

# %%
colors = plots.Colors(
    {"He": plots.PALETTE[2], "2 × He": plots.PALETTE[1], "tanh, 4 × Glorot": plots.PALETTE[0]}
)
figure, ax = plt.subplots(figsize=(8.5, 4.2))
for name, loss in losses.items():
    seen = loss[np.isfinite(loss)]
    ax.semilogy(np.arange(1, len(seen) + 1), seen, ".-", color=colors[name], label=name, markersize=5)
end = len(seen)  # o último passo em que a perda da rede 2 × He ainda é um número
ax.plot(end, seen[-1], "X", color=colors["2 × He"], markersize=12)
ax.text(end + 2, seen[-1], "último número: daqui em diante, NaN", va="center")
ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1.4)
ax.text(80, 1.5 * np.log(10), "quem chuta: ln 10", ha="right", va="bottom")
ax.set(xlabel="Passo do treino", ylabel="Perda do lote", xlim=(0, 81), ylim=(0.1, 100 * seen[-1]))
ax.set_title("Pesos iniciais em dobro: a perda dispara e, em poucos passos, deixa de existir")
ax.legend(loc="center right")
plots.show(
    plots.comma_axes(ax),
    alt="Perda de cada passo do treino, em escala logarítmica. A da rede He começa perto da perda de quem chuta e desce. A da "
    "rede com pesos em dobro começa centenas de vezes maior, salta muitas potências de dez e acaba em um X: depois "
    "dele não há mais números.",
)

# %%
pairs = list(zip(start["He"].values(), start["2 × He"].values(), strict=True))
doubled = all(np.allclose(2 * a, b) for a, b in pairs[:10]) and np.array_equal(*pairs[10])
learns = losses["He"][-10:].mean() < np.log(10) / 2
short = watches["2 × He"].step < 10
gone = all(np.isnan(weight).all() for weight in networks["2 × He"].get_weights())
claim("B2-01", "os pesos ocultos nascem em dobro, número a número; os da saída, iguais", doubled)
claim("B2-02", "a rede He termina com menos da metade da perda de quem chuta", learns)
claim("B2-03", "na outra, a perda deixa de ser um número em menos de dez passos", short)
claim("B2-04", "e então todos os parâmetros, de todas as camadas, são NaN", gone)

# %% [markdown]
# **NaN** (*not a number*) é o que o computador responde quando uma conta não tem resposta. Ninguém mexeu nos dados, na taxa
# nem na arquitetura. **Como um fator 2 destruiu a rede em tão poucos passos?**
#
# ## 2. Preveja
#
# Voltemos às redes recém-nascidas. Na lição anterior medimos $\lVert \partial L/\partial h^{(\ell)} \rVert$, o tamanho do
# gradiente no sinal $h$ que passa de uma camada à seguinte.
#
# > Na rede de pesos em dobro, quantas vezes esse gradiente é **maior** na primeira camada oculta do que na décima? Duas?
# > Vinte? Quinhentas?
#
# Escreva o seu palpite; ele aparecerá na próxima figura.

# %%
guess = 20  # troque pelo seu palpite: quantas vezes maior?

# %% [markdown]
# ## 3. O instrumento
#
# É o mesmo, `signal.gradient_norms`. Ao lado das duas redes medimos uma terceira, com **tanh** e pesos quatro vezes os de
# Glorot. Guarde uma diferença entre elas: a ReLU não tem limite superior; a tanh nunca passa de 1.

# %%
patients = {"He": build(), "2 × He": build(times=2.0), "tanh, 4 × Glorot": build("tanh", times=4.0)}
norms = {name: signal.gradient_norms(model, x_batch, y_batch) for name, model in patients.items()}
hidden = {name: norm.hidden for name, norm in norms.items()}

# %%
figure = plots.bars_per_layer(
    hidden,
    ylabel="Norma do gradiente do sinal",
    title="Com pesos grandes, o gradiente cresce a cada camada que atravessa, da última à primeira",
    guess=("2 × He", guess * hidden["2 × He"][-1], "seu palpite"),
    colors=colors,
)
plots.show(
    figure,
    alt="Três painéis de barras com a norma do gradiente do sinal nas dez camadas ocultas, em escala logarítmica. Na rede He "
    "as alturas são parecidas. Na de pesos em dobro e na de tanh com pesos grandes, as barras sobem em escada da décima "
    "camada para a primeira; na de pesos em dobro, a primeira passa muito da linha do palpite inicial.",
)

# %%
growth = {name: norm.hidden_ratio for name, norm in norms.items()}
level = 0.1 < growth["He"] < 10
claim("B2-05", "na rede He, o gradiente da camada 1 fica entre 1/10 e 10 vezes o da décima", level)
claim("B2-06", "com pesos em dobro, é mais de cem vezes maior", growth["2 × He"] > 100)
claim("B2-07", "na tanh, que é limitada, é mais de dez vezes maior", growth["tanh, 4 × Glorot"] > 10)

# %% tags=["nbval-ignore-output"]
show_table(
    ["rede", "∂L/∂h: primeira ÷ décima", "∂L/∂W: primeira ÷ última"],
    [[name, norm.hidden_ratio, norm.ratio] for name, norm in norms.items()]
    + [["seu palpite (2 × He)", float(guess), ""]],
)

# %% [markdown]
# Isto é a **explosão do gradiente** (*exploding gradient*). Não a chame de "fuga do gradiente": alguns textos usam esse nome
# para o gradiente grande demais, outros, para o pequeno demais, e quem lê não tem como saber.
#
# ### Onde olhar
#
# *É comum ler que, na explosão, "as primeiras camadas mudam mais que as últimas".* Confira na última coluna da tabela. Na rede
# de tanh é verdade. Na de pesos em dobro, não: o gradiente dos **pesos** da primeira camada é da mesma ordem que o da última, ou
# até menor, embora o gradiente do **sinal** seja centenas de vezes maior. Os dois são medidas certas de coisas diferentes,
# porque o gradiente de uma matriz de pesos é o produto do que entra na camada pelo que volta até ela:
#
# $$\frac{\partial L}{\partial W^{(\ell)}} = \big(H^{(\ell-1)}\big)^{\top}\,\delta^{(\ell)}, \qquad \delta^{(\ell)} = \frac{\partial L}{\partial Z^{(\ell)}}$$
#
# Aqui $H^{(\ell-1)}$ são as ativações que entram na camada $\ell$, uma linha por exemplo, e $Z^{(\ell)}$, as suas
# pré-ativações. Com a ReLU, o fator que faz $\delta$ crescer na volta faz as ativações crescerem **na ida**: quanto mais
# fundo, maior o sinal. As duas escadas sobem em sentidos opostos e, nos pesos, compensam-se. Com a tanh, a ida não cresce,
# porque ela não deixa, e só sobra a escada da volta.


# %%
def activation_layers(model):
    return [layer.name for layer in model.layers if isinstance(layer, keras.layers.Activation)]


spread = {
    name: signal.activation_stats(model, x_batch, activation_layers(model)).std
    for name, model in patients.items()
}
forward = {name: float(std[-1] / std[0]) for name, std in spread.items()}

# %%
even = norms["2 × He"].ratio < 2
bounded = forward["tanh, 4 × Glorot"] < 1.5 and norms["tanh, 4 × Glorot"].ratio > 10
claim("B2-08", "com pesos em dobro, as ativações crescem mais de cem vezes na ida", forward["2 × He"] > 100)
claim("B2-09", "e o gradiente dos pesos da primeira camada não chega ao dobro do da última", even)
claim("B2-10", "na tanh, as ativações não crescem, e o da primeira é mais de dez vezes maior", bounded)

# %% [markdown]
# Por isso este curso diagnostica pelo gradiente do sinal, $\partial L/\partial h$, que mostra só o que volta.
#
# ## 4. De onde vem: o fator por camada
#
# A regra da cadeia entrega um produto com um fator por camada. Cem fatores iguais a 0,9, a 1,1 ou a 1,5 dão:

# %%
for factor in (0.9, 1.1, 1.5):
    print(f"{factor} elevado a 100 = ".replace(".", ",") + number(factor**100, digits=4))

# %% [markdown]
# E o que isso faz com um peso? O passo da descida do gradiente é $w \leftarrow w - \eta\,\partial L/\partial w$. Tome um peso que
# vale 1,5 e uma taxa $\eta = 0{,}001$. A lição anterior fez esta conta com o fator 0,9, e o peso não se mexeu. *Preveja: e
# com 1,1?*

# %%
weight, learning_rate = 1.5, 0.001
for factor in (1.1, 1.5):
    new_weight = weight - learning_rate * factor**100
    print(f"fator {number(factor)}: o peso passa de 1,5 a {number(new_weight, digits=3)}")

# %%
moves = [learning_rate * factor**100 / weight for factor in (1.1, 1.5)]
claim("B2-11", "com fator 1,1, um único passo muda o peso em mais de cinco vezes o seu tamanho", moves[0] > 5)
claim("B2-12", "com fator 1,5, em mais de cem trilhões de vezes", moves[1] > 1e14)

# %% [markdown]
# O contraste com o desvanecimento é completo: lá o peso não andava; aqui ele salta para longe, muda até de sinal, e o passo
# seguinte será calculado a partir desse lugar absurdo. É por isso que, na primeira figura, a perda não piora aos poucos: dispara.
#
# Cem camadas são muitas, mas cem passos de tempo não. Uma **rede recorrente**, que lê uma frase palavra por palavra, multiplica
# o gradiente pela mesma matriz uma vez por palavra; foi nelas que a explosão ficou famosa.
#
# ### Quanto vale o fator?
#
# Na nossa rede o fator é uma matriz. A volta de uma camada à anterior multiplica cada gradiente pela inclinação
# $\varphi'(z)$ da ativação $\varphi$ e depois pela matriz de pesos transposta. Suponha que os pesos sejam sorteados com média
# 0 e variância $\mathrm{Var}(w)$, e que pesos e inclinações não dependam do gradiente que chega. Cada unidade soma as
# contribuições das $n$ unidades que alimenta ($n$ é o *fan-out*), e a média dos quadrados fica multiplicada por
#
# $$g^2 = n \cdot \mathrm{Var}(w) \cdot \overline{\varphi'(z)^2}$$
#
# em que a barra é a média sobre unidades e exemplos. A raiz, $g$, é o **fator por camada**. Para a ReLU, $\varphi'$ vale 1 em cerca de
# metade dos casos e 0 nos outros; com He, $n\,\mathrm{Var}(w) = 2$ e $g \approx 1$. Dobrar os pesos dobra $g$. Para a tanh, a
# inclinação é $1 - h^2$, e a medimos. Comparamos a previsão com o fator medido, para pesos da metade até quatro vezes o costume.


# %%
def measured_and_predicted(activation, times):
    model = build(activation, times)
    outputs = list(signal.activations(model, x_batch, activation_layers(model)).values())[1:]
    slopes = [(h > 0) if activation == "relu" else 1 - h**2 for h in outputs]
    matrices = list(signal.kernels(model).values())[1:10]  # entre camadas ocultas: 64 × 64
    squares = [
        64 * W.var() * np.mean(np.square(s, dtype=float)) for W, s in zip(matrices, slopes, strict=True)
    ]
    hidden = signal.gradient_norms(model, x_batch, y_batch).hidden
    return (hidden[0] / hidden[-1]) ** (1 / 9), float(np.sqrt(np.prod(squares)) ** (1 / 9))


multiples = [0.5, 1.0, 2.0, 4.0]
factors = {
    activation: np.array([measured_and_predicted(activation, times) for times in multiples])
    for activation in ("relu", "tanh")
}

# %%
figure, ax = plt.subplots(figsize=(8.5, 4.3))
for activation, name, color in (("relu", "ReLU", plots.PALETTE[1]), ("tanh", "tanh", plots.PALETTE[0])):
    ax.plot(multiples, factors[activation][:, 1], "--", color=color, alpha=0.7)
    ax.plot(multiples, factors[activation][:, 0], "o", color=color, label=name, markersize=7)
ax.plot([], [], "--", color="gray", label="previsto")
ax.axhspan(1, 5, color="#F3D9C9", alpha=0.5, linewidth=0)
ax.text(1.2, 4.2, "acima de 1, explode")
ax.text(3.95, 0.62, "abaixo de 1, desvanece", ha="right")
ax.set(
    xlabel="Tamanho dos pesos (em vezes o da inicialização de costume)",
    ylabel="Fator por camada",
    ylim=(0.3, 4.6),
)
ax.set_title("O fator por camada se prevê antes de qualquer passo, e passa de 1 também na tanh")
ax.legend(loc="upper left")
plots.show(
    plots.comma_axes(ax),
    alt="Fator do gradiente por camada contra o tamanho dos pesos. Pontos medidos caem sobre as linhas previstas. O da ReLU "
    "cresce em linha reta e vale cerca de 1 com a inicialização de costume. O da tanh cresce mais devagar e também passa "
    "de 1 quando os pesos aumentam. A região acima de 1 está sombreada.",
)

# %%
off = {name: np.abs(np.log(pair[:, 0] / pair[:, 1])).max() for name, pair in factors.items()}
relu_at = dict(zip(multiples, factors["relu"][:, 0], strict=True))
doubles = abs(relu_at[2.0] / relu_at[1.0] / 2 - 1) < 0.05
close = max(off.values()) < np.log(1.1)
claim("B2-13", "na ReLU e na tanh, a previsão acerta o fator medido a menos de 10 %", close)
claim("B2-14", "dobrar os pesos dobra o fator da ReLU, a menos de 5 %", doubles)

# %% [markdown]
# A previsão é uma média; nenhuma rede é média. Há também um **teto**, que vale sempre: uma matriz $W$ não estica nenhum vetor
# mais do que o seu maior **valor singular** $s_{\max}$, e a ativação não o multiplica por mais do que a sua maior inclinação, 1 tanto na
# ReLU quanto na tanh. Logo, de uma camada à anterior o gradiente cresce no máximo $s_{\max}$ vezes.

# %%
ceilings, rises = [], []
for name, model in patients.items():
    ceilings += [np.linalg.norm(W, 2) for W in list(signal.kernels(model).values())[1:10]]  # s_max
    rises += list(hidden[name][:-1] / hidden[name][1:])
ceilings, rises = np.reshape(ceilings, (3, 9)), np.reshape(rises, (3, 9))
under = bool(np.all(rises <= 1.001 * ceilings))
far = bool(np.all(ceilings.mean(axis=1) > 1.5 * rises.mean(axis=1)))
claim("B2-15", "nas três redes, nenhuma camada passa do teto s_max", under)
claim("B2-16", "e o teto médio é mais de uma vez e meia o crescimento médio", far)

# %% tags=["nbval-ignore-output"]
rows = zip(patients, rises.mean(axis=1), ceilings.mean(axis=1), strict=True)
show_table(
    ["rede", "crescimento médio por camada", "teto médio"], [[n, float(r), float(c)] for n, r, c in rows]
)

# %% [markdown]
# O teto tranquiliza quando fica abaixo de 1; acima de 1, não prova nada: o da rede He também passa de 1, e ela não explode. Para
# prever, use $g$.

# %% [markdown]
# ## 5. "Explode porque a ativação não tem limite"
#
# *É comum ouvir que a culpa é das ativações sem limite superior*, e há quem aponte Leaky ReLU, PReLU e ELU logo depois de
# recomendá-las. Duas redes nossas desmentem a frase, uma de cada lado: a ReLU com He não tem limite e **não explode** (B2-05); a
# tanh tem limite dos dois lados e, com pesos grandes, **explode** (B2-07). O que cresce é o produto de pesos e inclinações, e a
# ativação só entra nele pela inclinação. Nem a saturação protege:

# %%
tanh = patients["tanh, 4 × Glorot"]
saturated = signal.activation_stats(tanh, x_batch, activation_layers(tanh)).saturated.mean()
claim("B2-17", "na tanh que explode, mais de um terço das ativações está na zona plana", saturated > 1 / 3)

# %% [markdown]
# As unidades que ainda respondem bastam para carregar um gradiente que pesos tão grandes multiplicam. O limite da ativação serve
# para outra coisa: impede que as **ativações** cresçam na ida (B2-10). Explosão do gradiente e explosão do sinal são vizinhas,
# mas não são a mesma.
#
# ### Explodir sem NaN
#
# Se a ida não cresce, a perda dificilmente transborda. Quer dizer que o treino vai bem? Treinamos a tanh com pesos de Glorot e a
# tanh com pesos quatro vezes maiores, e olhamos a perda de cada passo e a **mudança relativa** de cada camada,
# $\lVert W - W_0\rVert / \lVert W_0\rVert$, o mesmo aparelho da lição anterior.

# %%
tanhs = {"tanh, Glorot": build("tanh"), "tanh, 4 × Glorot": build("tanh", times=4.0)}
jagged, moved = {}, {}
for name, model in tanhs.items():
    before, watch = signal.kernels(model), symptoms.StopOnExplosion()
    model.fit(x_train, y_train, epochs=2, batch_size=50, callbacks=[watch], verbose=0)
    jagged[name] = np.array(watch.losses)
    moved[name] = signal.relative_change(before, signal.kernels(model))[:10]  # as camadas ocultas

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.2))
pair_colors = plots.Colors({"tanh, Glorot": plots.PALETTE[4], "tanh, 4 × Glorot": plots.PALETTE[0]})
for name, loss in jagged.items():
    left.plot(np.arange(1, len(loss) + 1), loss, color=pair_colors[name], linewidth=1.6)
left.axhline(np.log(10), color="black", linestyle=":", linewidth=1.4, label="quem chuta")
left.legend(loc="lower left")
left.set(xlabel="Passo do treino", ylabel="Perda do lote", xlim=(0, 81), title="A perda anda aos saltos")
plots.comma_axes(left)
caption = "E as primeiras camadas mudam mais que as do fim"
plots.lines_per_layer(moved, "Mudança relativa dos pesos", caption, colors=pair_colors, ax=right)
figure.suptitle("Uma rede limitada pode explodir sem produzir um único NaN")
plots.show(
    figure,
    alt="Dois painéis. À esquerda, a perda por passo: a da tanh com pesos de Glorot desce com poucas oscilações; a da tanh com "
    "pesos quatro vezes maiores oscila muito e desce pouco. À direita, a mudança relativa dos pesos por camada, em escala "
    "logarítmica: com Glorot a linha varia pouco; com pesos grandes, desce muito da primeira camada à décima.",
)

# %%
ill, well = jagged["tanh, 4 × Glorot"], jagged["tanh, Glorot"]
jumps = np.abs(np.diff(ill)).mean() / np.abs(np.diff(well)).mean()  # salto médio de um passo ao outro
worse = ill[-10:].mean() / well[-10:].mean()
tilt = {name: change[0] / change[9] for name, change in moved.items()}
claim("B2-18", "nenhuma das duas perdas vira NaN", bool(np.isfinite([ill, well]).all()))
claim("B2-19", "a da que explode salta, em média, mais de 1,5 vez o que salta a outra", jumps > 1.5)
claim("B2-20", "e termina em mais de uma vez e meia a dela", worse > 1.5)
claim("B2-21", "nela, a camada 1 muda mais de cinco vezes o que muda a décima", tilt["tanh, 4 × Glorot"] > 5)
claim("B2-22", "com Glorot, no máximo três vezes, para mais ou para menos", 1 / 3 < tilt["tanh, Glorot"] < 3)

# %% [markdown]
# Eis dois sintomas de manual, **passos instáveis** e **primeiras camadas que mudam mais que as do fim**, em uma rede
# que termina o treino com todos os números no lugar. Um experimento só não diz quanto do mau treino se deve à explosão e quanto à
# saturação, que aqui vêm juntas; diz que esperar pelo NaN é esperar demais.
#
# ### Explique
#
# Um colega troca a ReLU da rede de pesos em dobro por tanh, "que é limitada", sem mexer nos pesos. A perda já não vira NaN, e
# ele conclui que o gradiente deixou de explodir. O que você mediria para conferir?
#
# <details><summary>Uma resposta possível</summary>
#
# A perda não vira NaN porque a tanh segura a ida: os *logits* ficam do tamanho de sempre, e com eles a perda. Isso nada diz
# sobre a volta. Eu mediria $\lVert\partial L/\partial h\rVert$ na primeira e na décima camada, com `signal.gradient_norms`. Se
# crescer muito de uma para outra, o gradiente continua explodindo, como nas redes desta seção, e eu esperaria um treino aos
# saltos, em que as primeiras camadas mudam mais do que as do fim.
#
# </details>
#
# ## 6. A estrada até o NaN
#
# Falta entender o fim: como um número grande vira um não número? O `float32` guarda números até cerca de
# $3{,}4 \cdot 10^{38}$. Acima disso, **transborda** e passa a valer infinito. Empilhemos, em NumPy, sessenta camadas lineares de 64
# unidades com pesos $\mathcal N(0, 1)$. Cada uma multiplica o sinal por cerca de $\sqrt{64} = 8$. *Preveja: em que camada ele
# transborda?*

# %%
rng = np.random.default_rng(set_seeds())
h, largest, finite, nan = rng.normal(size=64).astype("float32"), [], [], []
with np.errstate(all="ignore"):  # é de propósito: queremos ver o transbordo até o fim
    for _ in range(60):
        h = h @ rng.normal(size=(64, 64)).astype("float32")
        largest.append(np.abs(h[np.isfinite(h)]).max(initial=0))
        finite.append(np.isfinite(h).mean())
        nan.append(np.isnan(h).mean())
first_inf = int(np.argmax(np.array(finite) < 1)) + 1
first_nan = int(np.argmax(np.array(nan) > 0)) + 1
all_nan = int(np.argmax(np.array(nan) == 1)) + 1

# %%
figure, ax = plt.subplots(figsize=(9, 4.2))
depth = np.arange(1, 61)
whole = np.array(finite) == 1
ax.semilogy(
    depth[whole], np.array(largest)[whole], ".-", color=plots.PALETTE[0], label="maior valor da camada"
)
limit = float(np.finfo("float32").max)
ax.axhline(limit, color="black", linestyle="--", linewidth=1.4)
ax.text(2, limit / 1e2, "o maior número do float32", va="top")
ax.axvspan(first_inf, all_nan, color=plots.PALETTE[5], alpha=0.5, label="aparecem infinitos")
ax.axvspan(all_nan, 60, color=plots.PALETTE[1], alpha=0.3, label="tudo é NaN")
ax.set(xlabel="Camada", ylabel="Valor", xlim=(1, 60), ylim=(1e-1, 1e42))
ax.set_title("O sinal cresce até o fim do float32; poucas camadas depois, só resta NaN")
ax.legend(loc="center left", bbox_to_anchor=(0.02, 0.6))
plots.show(
    plots.comma_axes(ax),
    alt="Maior valor de cada camada, em escala logarítmica: uma reta que sobe até a linha tracejada do maior número do "
    "float32. Ali começa uma faixa estreita em que aparecem infinitos e, logo depois, uma faixa larga em que todos os "
    "valores são NaN.",
)

# %%
predicted = np.log(limit) / np.log(8)  # quantas multiplicações por 8 cabem no float32
road = first_inf <= first_nan <= all_nan <= first_inf + 3
claim("B2-23", "os infinitos vêm antes, e em no máximo três camadas tudo é NaN", road)
near = bool(abs(first_inf - predicted) <= 2)
claim("B2-24", "a conta prevê a camada do primeiro infinito, com erro de até duas", near)

# %% tags=["nbval-ignore-output"]
print(f"previsto: camada {number(predicted)}; primeiro infinito: {first_inf}; tudo é NaN: {all_nan}")

# %% [markdown]
# Do infinito ao NaN falta uma conta sem resposta, e as redes fazem várias. A soma de uma unidade mistura parcelas positivas e
# negativas: com ativações infinitas, aparece $\infty - \infty$. Uma ReLU desligada multiplica um gradiente infinito por zero. Uma
# softmax escrita às pressas divide infinito por infinito (a lição sobre saída e perda mostra como o Keras evita isso com
# *logits*; contra logits já infinitos, nada ajuda).

# %%
with np.errstate(all="ignore"):
    inf, big = np.float32("inf"), np.float32(100)
    accounts = {
        "maior float32 × 10": np.finfo("float32").max * np.float32(10),
        "∞ − ∞": inf - inf,
        "0 × ∞": np.float32(0) * inf,
        "e¹⁰⁰": np.exp(big),
        "e¹⁰⁰ ÷ e¹⁰⁰": np.exp(big) / np.exp(big),
        "ln 0": np.log(np.float32(0)),
        "NaN + 1": np.float32("nan") + 1,
    }
show_table(["conta em float32", "resultado"], [[name, number(value)] for name, value in accounts.items()])

# %% [markdown]
# A última linha é a pior: **NaN contamina**. Basta um na perda para que o gradiente seja NaN em todas as camadas, e um único
# passo escreve NaN em todos os pesos (foi o que B2-04 mostrou). Depois disso não há o que salvar: nem baixar a taxa, nem cortar o
# gradiente, nem treinar mais. É preciso voltar a pesos sãos e tratar a causa.
#
# ## 7. Sintomas que um programa reconhece
#
# A explosão tem **quatro sintomas** de manual: passos instáveis, primeiras camadas que mudam mais que as últimas, parâmetros NaN e
# perda NaN. Os dois últimos chegam tarde; o segundo, como vimos, vale para uma rede e não para outra. O módulo
# `gradiente.symptoms` tem um detector para cada coisa que se pode medir, e todos servem aos seus modelos:
#
# | detector | o que procura |
# |---|---|
# | `growing_gradient` | $\lVert\partial L/\partial h\rVert$ cresce mais de dez vezes até a primeira camada |
# | `large_step` | um passo mudaria uma camada em mais do que o tamanho dela: $\eta\,\lVert\partial L/\partial W\rVert > \lVert W\rVert$ |
# | `overflow` | a primeira camada cujas ativações não são números finitos |
# | `broken_parameters` | parâmetros infinitos ou NaN |
# | `unstable_loss` | a perda salta, ou deixa de ser um número, ao longo dos passos |
#
# `examine` roda todos. Quatro redes, sem etiqueta, uma delas depois do treino. Leia o prontuário e diga quem é quem.

# %%
unlabelled = {label: list(patients.values())[i] for label, i in (("A", 2), ("C", 0), ("D", 1))}
charts = {label: symptoms.examine(model, x_batch, y_batch) for label, model in unlabelled.items()}
charts["B"] = symptoms.examine(networks["2 × He"], x_batch, y_batch, losses["2 × He"])

# %% tags=["nbval-ignore-output"]
for label in "ABCD":
    print(f"Rede {label}:", *(charts[label] or ["nenhum sintoma"]), sep="\n   ")

# %% [markdown]
# <details><summary>Confira</summary>
#
# **C** é a ReLU com He. **A** é a tanh de pesos grandes: o gradiente cresce, mas nada transbordou. **D** é a ReLU de pesos em
# dobro antes do treino: além de crescer, o gradiente já promete um passo maior que a camada. **B** é a mesma rede, depois.
#
# </details>

# %%
text = {label: " ".join(chart) for label, chart in charts.items()}
growing = all("gradiente cresce" in text[label] for label in "AD")
late = "parâmetros infinitos ou NaN" in text["B"] and "número finito no passo" in text["B"]
claim("B2-25", "na rede sadia, nenhum detector dá alarme", not charts["C"])
claim("B2-26", "antes do treino, os detectores já veem que o gradiente cresce em A e em D", growing)
claim("B2-27", "na D, anunciam também o passo desastroso que virá", "Um passo mudaria" in text["D"])
claim("B2-28", "na B, encontram parâmetros e perda que não são números finitos", late)

# %% [markdown]
# O aviso dado à rede D não é força de expressão. O **passo relativo** de cada camada, $\eta\,\lVert\partial L/\partial W\rVert /
# \lVert W\rVert$, diz que parte do próprio tamanho ela andaria no primeiro passo:

# %%
steps = {name: symptoms.relative_steps(model, x_batch, y_batch) for name, model in patients.items()}
apart = steps["He"].max() < 0.05 and steps["2 × He"].max() > 5
claim("B2-29", "o maior passo relativo é menor que 1/20 na rede He e maior que 5 na doente", apart)

# %% tags=["nbval-ignore-output"]
show_table(
    ["passo relativo, antes do treino", "camada 1", "camada 5", "camada 10", "saída"],
    [[name, *(float(step[i]) for i in (0, 4, 9, 10))] for name, step in steps.items()],
)

# %% [markdown]
# E o *callback* da seção 1, `StopOnExplosion`? O Keras tem um parente, `keras.callbacks.TerminateOnNaN`, que também para o treino
# quando a perda deixa de ser finita e diz em que lote foi. O nosso anota a perda de cada passo e guarda os últimos pesos finitos,
# e com eles procura a primeira camada que transborda:

# %% tags=["nbval-ignore-output"]
print(watches["2 × He"].message)

# %%
saved = watches["2 × He"]
sizes = [[np.linalg.norm(w.astype(float)) for w in saved.start_weights if w.ndim == 2]]
sizes += [[np.linalg.norm(w.astype(float)) for w in saved.last_weights if w.ndim == 2]]
ruined = bool(np.max(np.divide(sizes[1], sizes[0])) > 1000)
claim("B2-30", "ele aponta uma camada que transborda na ida", "a primeira com valores" in saved.message)
claim("B2-31", "nos últimos pesos finitos, alguma camada já cresceu mais de mil vezes", ruined)

# %% [markdown]
# A última afirmação é um aviso: **finito não quer dizer são**. Voltar aos pesos do passo anterior ao NaN é voltar a uma rede já
# destruída.
#
# ## 8. Remédios, medidos
#
# Seis remédios aparecem nas listas. Da rede doente, mudamos **uma coisa por vez**:
#
# - **menos camadas**: menos fatores no produto;
# - **a inicialização certa**: traz o fator para perto de 1;
# - **normalização em lote (BN)**: devolve as pré-ativações ao mesmo tamanho em cada camada;
# - **taxa de aprendizado menor**: encolhe todos os passos por igual;
# - **corte do gradiente** (*clipping*): limita o comprimento do passo (a opção `global_clipnorm=1`; tem a sua própria lição);
# - **penalidade nos pesos**, L1 (valor absoluto) ou L2 (quadrado): puxa os pesos para perto de zero durante o treino.
#
# *Costuma-se dizer que penalidade L2 e decaimento de pesos são a mesma coisa.* Com a descida do gradiente simples, são
# equivalentes, a menos do valor da constante; com otimizadores como o Adam, não. A lição sobre penalidades mede a diferença.

# %%
treated = {
    "2 × He (doente)": networks["2 × He"],
    "três camadas em vez de dez": build(times=2.0, depth=3),
    "inicialização de He": networks["He"],
    "normalização em lote": build(times=2.0, batch_norm=True),
    "taxa mil vezes menor": build(times=2.0, learning_rate=2e-5),
    "corte do gradiente": build(times=2.0, clip=1.0),
    "penalidade L2 de 0,01": build(times=2.0, l2=0.01),
}
newborn = {"2 × He (doente)": norms["2 × He"], "inicialização de He": norms["He"]}  # já medidas
runs = {"2 × He (doente)": losses["2 × He"], "inicialização de He": losses["He"]}
for name, model in treated.items():
    if name not in runs:
        newborn[name] = signal.gradient_norms(model, x_batch, y_batch)
        watch = symptoms.StopOnExplosion()
        model.fit(x_train, y_train, epochs=2, batch_size=50, callbacks=[watch], verbose=0)
        runs[name] = np.array(watch.losses)
ends = {name: float(np.mean(run[-10:])) for name, run in runs.items()}  # média dos dez últimos passos

# %% tags=["nbval-ignore-output"]
show_table(
    ["rede", "∂L/∂h: primeira ÷ última, ao nascer", "perda no primeiro passo", "perda nos dez últimos"],
    [[name, newborn[name].hidden_ratio, float(runs[name][0]), ends[name]] for name in treated],
)

# %%
factor_cures = ["três camadas em vez de dez", "inicialização de He", "normalização em lote"]
step_cures = ["taxa mil vezes menor", "corte do gradiente"]
groups = {
    "Tratar o produto de fatores": factor_cures,
    "Encurtar o passo, penalizar pesos": [*step_cures, "penalidade L2 de 0,01"],
}

# %%
figure, axes = plt.subplots(1, 2, figsize=(11.5, 4.6), sharey=True)
smooth = plots.HistoryPlotter(smoothing_std=2.0).smooth
for ax, (caption, names) in zip(axes, groups.items(), strict=True):
    for name, color in zip(["2 × He (doente)", *names], [1, 2, 0, 3], strict=True):
        run, whole = runs[name], np.isfinite(runs[name]).all()
        style = "-" if whole else ("--" if name in names else ":")
        curve = smooth(run) if whole else run
        ax.semilogy(np.arange(1, len(run) + 1), curve, style, color=plots.PALETTE[color], label=name)
    ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1.2)
    ax.set(xlabel="Passo do treino", xlim=(0, 81), ylim=(0.2, 1e5), title=caption)
    ax.legend(loc="upper right")
    plots.comma_axes(ax)
axes[1].text(80, 0.9 * np.log(10), "quem chuta", ha="right", va="top")
axes[0].set_ylabel("Perda do lote (suavizada)")
figure.suptitle("Quem trata o produto aprende; quem só encurta o passo escapa do NaN e se arrasta")
plots.show(
    figure,
    alt="Dois painéis com a perda por passo, em escala logarítmica. À esquerda, três camadas, inicialização de He e normalização em "
    "lote descem abaixo da perda de quem chuta. À direita, taxa menor e corte do gradiente começam centenas de vezes acima "
    "dela e descem devagar, sem alcançá-la; a da penalidade L2 sai pelo alto do gráfico junto com a da rede doente.",
)

# %%
sick = newborn["2 × He (doente)"].hidden_ratio
lower = max(newborn[name].hidden_ratio for name in factor_cures) < sick / 10
untouched = groups["Encurtar o passo, penalizar pesos"]
same = all(abs(newborn[name].hidden_ratio / sick - 1) < 1e-3 for name in untouched)
claim("B2-32", "menos camadas, He e BN diminuem ao menos dez vezes o crescimento do gradiente", lower)
claim("B2-33", "taxa menor, corte e penalidade não mudam esse crescimento", same)

# %%
learned = max(ends[name] for name in factor_cures) < np.log(10)
survived = all(np.log(10) < ends[name] < np.inf for name in step_cures)
lost = not np.isfinite(ends["penalidade L2 de 0,01"])
claim("B2-34", "os três primeiros terminam abaixo da perda de quem chuta", learned)
claim("B2-35", "taxa menor e corte evitam o NaN, mas terminam acima dela", survived)
claim("B2-36", "com a penalidade L2, a perda ainda vira NaN", lost)

# %% [markdown]
# A tabela separa os remédios em três grupos.
#
# | remédio | o que corrige | o que não corrige |
# |---|---|---|
# | menos camadas, inicialização, BN | o **fator** de cada camada, ou quantos são | menos camadas abre mão da profundidade; a inicialização só responde pelo começo; a BN depende do lote |
# | taxa menor, corte do gradiente | o **passo**: o treino sobrevive | o fator continua o mesmo, e as ativações enormes continuam lá |
# | penalidade L1 ou L2 | os pesos que crescem **ao longo** do treino | pesos que já nasceram grandes: ela os encolhe aos poucos, e a explosão não espera |
#
# O corte do gradiente não perdeu por ser ruim: ele é um cinto de segurança, e o acidente aqui era anterior ao primeiro passo. A
# lição sobre o corte mostra o caso em que ele resolve. E oitenta passos são poucos: esta tabela compara largadas, não chegadas.
# Repare também que, com BN, a perda desce mais devagar do que com He: um fator menor não é tudo.
#
# ### Quanto a penalidade encolhe por passo?
#
# O gradiente da penalidade L2, $\lambda \lVert W\rVert^2$, é $2\lambda W$: sozinha, ela multiplica cada peso por $1 - 2\eta\lambda$ a
# cada passo. O da L1, $\lambda \sum |w|$, vale $\lambda$ com o sinal de $w$: ela desconta $\eta\lambda$ do valor absoluto de cada peso.
# Para vê-las sozinhas, damos ao Keras 50 passos com entradas nulas, em que a perda não depende dos pesos:


# %%
def only_penalty(penalty, steps=50):
    set_seeds()
    draw = keras.initializers.VarianceScaling(8.0, "fan_in")  # pesos em dobro
    layer = keras.layers.Dense(64, use_bias=False, kernel_initializer=draw, kernel_regularizer=penalty)
    model = keras.Sequential([keras.Input((64,)), layer])
    model.compile(keras.optimizers.SGD(0.02), "mean_squared_error")
    before, zeros = layer.get_weights()[0], np.zeros((steps, 64))
    model.fit(zeros, zeros, batch_size=1, verbose=0)
    return before, layer.get_weights()[0]


by_l2, by_l1 = only_penalty(keras.regularizers.L2(0.01)), only_penalty(keras.regularizers.L1(0.01))

# %%
shrink, discount = 1 - 2 * 0.02 * 0.01, 0.02 * 0.01  # por passo, com η = 0,02 e λ = 0,01
big = np.abs(by_l1[0]) > 50 * discount  # os que a L1 não leva até perto de zero
l2_right = np.allclose(by_l2[1], shrink**50 * by_l2[0], atol=1e-5)
l1_right = np.allclose(np.abs(by_l1[0])[big] - np.abs(by_l1[1])[big], 50 * discount, atol=1e-5)
claim("B2-37", "no Keras, 50 passos de L2 multiplicam todo peso por (1 − 2ηλ)⁵⁰", l2_right)
claim("B2-38", "e 50 passos de L1 descontam 50 ηλ de todo peso maior que isso", l1_right)

# %% [markdown]
# Quantos passos para desfazer o nosso fator 2, isto é, para reduzir os pesos à metade?

# %%
half_l2 = int(np.ceil(np.log(0.5) / np.log(shrink)))
half_l1 = int(np.ceil(np.abs(by_l1[0]).mean() / 2 / discount))
lasted = watches["2 × He"].step
slow = min(half_l2, half_l1) > 50 * lasted
claim("B2-39", "com L1 ou L2, mais de cinquenta vezes os passos que a rede durou", slow)

# %% tags=["nbval-ignore-output"]
print(f"L2: {half_l2} passos; L1, para um peso de tamanho médio: {half_l1}; a rede durou {lasted}.")

# %% [markdown]
# ## 9. Explique
#
# A perda de um treino seu vira NaN no passo 3 000, depois de horas descendo bem. A inicialização pode ser a culpada? O que você
# olharia primeiro?
#
# <details><summary>Uma resposta possível</summary>
#
# A inicialização responde pelo começo, e o começo foi bom. Algo cresceu ao longo do treino: pesos que aumentam pouco a pouco (a
# norma de cada camada por época mostra), uma taxa de aprendizado grande demais para a região a que a rede chegou, ou um lote
# estranho, com um valor absurdo ou um alvo inválido. Eu guardaria os pesos de tempos em tempos, voltaria ao último ponto são e
# repetiria os passos seguintes com `StopOnExplosion`, olhando `overflow` e `large_step` no lote em que parou. Corte do gradiente e taxa
# menor são bons remédios nesse caso, em que os passos, e não o nascimento, são o problema.
#
# </details>
#
# ## 10. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | explosão do gradiente | fator por camada maior que 1 | B2-05 a B2-07 | chamá-la de "fuga" |
# | fator por camada | $g^2 = n\,\mathrm{Var}(w)\,\overline{\varphi'^2}$ | previsto e medido (B2-13 e B2-14) | culpar a falta de limite da ativação (B2-07, B2-17) |
# | teto do fator | $s_{\max}(W)$ vezes a maior inclinação | B2-15 | tomar o teto pelo valor |
# | onde medir | $\lVert\partial L/\partial h\rVert$, e não $\lVert\partial L/\partial W\rVert$ | B2-08 a B2-10 | "as primeiras camadas mudam mais" |
# | explosão sem NaN | $\lVert W - W_0\rVert / \lVert W_0\rVert$ por camada | B2-18 a B2-22 | esperar pelo NaN |
# | transbordo | $\approx 3{,}4\cdot10^{38}$ no `float32` | infinito, depois NaN (B2-23) | esperar que o treino se recupere de um NaN |
# | sintomas | crescimento, passo, perda, parâmetros | `symptoms.examine` (B2-25 a B2-28) | só notar quando a perda já é NaN |
# | remédios do fator | profundidade, inicialização, BN | B2-32, B2-34 | esperar que a inicialização cuide do resto do treino |
# | remédios do passo | taxa menor, corte | B2-33, B2-35 | achar que curam a causa |
# | penalidades L1 e L2 | desconto $\eta\lambda$; fator $1 - 2\eta\lambda$ por passo | B2-36 a B2-39 | esperar que desfaçam uma inicialização ruim |
#
# **Para praticar:** no **Lab 1 · Gradientes à mão** você vai aplicar o passo a um peso com gradiente que explode e escrever o seu
# detector. **A seguir:** a lição sobre inicialização, que transforma o fator por camada em regra de sorteio.
#
# ## Referências
#
# - Bengio, Y.; Simard, P.; Frasconi, P. (1994). Learning long-term dependencies with gradient descent is difficult.
#   *IEEE Transactions on Neural Networks*, 5(2), 157–166.
# - Pascanu, R.; Mikolov, T.; Bengio, Y. (2013). On the difficulty of training recurrent neural networks. *ICML*. O produto que
#   cresce, o papel do maior valor singular e o corte do gradiente.
# - Glorot, X.; Bengio, Y. (2010). Understanding the difficulty of training deep feedforward neural networks. *AISTATS*.
# - He, K.; Zhang, X.; Ren, S.; Sun, J. (2015). Delving deep into rectifiers: surpassing human-level performance on ImageNet
#   classification. *ICCV*.
# - IEEE (2019). *IEEE Standard for Floating-Point Arithmetic*, IEEE Std 754-2019. Infinitos, NaN e as contas que os produzem.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms. arXiv:1708.07747. Os dados desta lição.
