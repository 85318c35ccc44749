# ---
# jupyter:
#   gradiente:
#     id: B6
#     title: O que fazer com um passo grande demais?
#     covers: [S0-04, S1-36, S2-15, S2-16, S3-16]
#     seconds: 35
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 · O que fazer com um passo grande demais?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *cortar* um gradiente de três maneiras, no papel e no Keras; *escolher* o limiar olhando para as normas; *dizer* o que o corte cura e o que ele só esconde |
# | **Você precisa saber** | a norma de um vetor, um passo de descida do gradiente e por que o gradiente explode (lição sobre a explosão do gradiente) |
# | **Tempo de leitura** | cerca de 30 minutos |
# | **Tempo de execução** | cerca de 35 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | corte do gradiente, corte por valor, corte por norma, corte pela norma global, limiar, precipício, rede recorrente, raio espectral |

# %%
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots, signal
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# Os dados são os de sempre: 2 000 fotos de roupas, padronizadas com a média e o desvio padrão do treino. Desta vez não
# usaremos validação, porque a pergunta é anterior à generalização: **o treino sobrevive?**

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
pixels, y_train = data.x_train[:2000].astype("float32"), data.y_train[:2000].astype("int32")
x_train = (pixels - pixels.mean()) / pixels.std()
x_batch, y_batch = x_train[:500], y_train[:500]  # o lote em que medimos redes recém-nascidas

# %% [markdown]
# ## 1. A pergunta
#
# Para acompanhar o treino **passo a passo**, precisamos de um otimizador que tome notas. O Keras entrega os gradientes ao
# método `apply`; a nossa versão da descida do gradiente anota, em cada passo, o tamanho do gradiente que **recebeu** e o
# tamanho do gradiente que **usou**, deduzido de quanto os pesos andaram: como $w \leftarrow w - \eta\,g$, o gradiente usado é
# o deslocamento dividido pela taxa de aprendizado $\eta$. Todo o resto, inclusive o corte que vem a seguir, fica com o `apply`
# do Keras (`super().apply`).

# %%
STEPS = 80


def join(tensors):  # todos os números da lista, em um vetor só
    return keras.ops.concatenate([keras.ops.ravel(tensor) for tensor in tensors])


class DiarySGD(keras.optimizers.SGD):
    def build(self, variables):
        super().build(variables)
        self.diary = keras.Variable(np.zeros((STEPS, 2), "float32"), trainable=False)

    def apply(self, grads, variables=None):
        step, before = self.iterations + 0, join(variables)
        super().apply(grads, variables)
        used = (before - join(variables)) / self.learning_rate
        row = keras.ops.stack([keras.ops.norm(join(grads)), keras.ops.norm(used)])
        self.diary.assign(keras.ops.slice_update(self.diary, [step, 0], row[None]))


# %% [markdown]
# A receita da rede é a conhecida: dez camadas ocultas de 64 unidades, com ReLU. Mas os pesos nascem com um desvio padrão
# `gain` vezes o de He. Com `gain=1` a rede é sadia; com `gain=1.5`, cada camada multiplica o sinal por cerca de 1,5, na ida e
# na volta, e dez camadas fazem disso uma **explosão do gradiente**. As demais opções esperam a sua vez: uma delas,
# `clipping`, é o assunto da lição.


# %%
def build(gain=1.5, depth=10, batch_norm=False, penalty=None, **clipping):
    set_seeds()
    layers = []
    for _ in range(depth):
        draw = keras.initializers.VarianceScaling(2 * gain**2, "fan_in", "untruncated_normal")
        layers.append(keras.layers.Dense(64, kernel_initializer=draw, kernel_regularizer=penalty))
        layers += [keras.layers.BatchNormalization()] if batch_norm else []
        layers.append(keras.layers.ReLU())
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *layers, keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(DiarySGD(0.05, **clipping), loss, jit_compile=False)  # compilar custaria mais que o treino
    return model


# %% [markdown]
# E o treino: oitenta passos, com um lote de cem fotos em cada um. Guardamos a perda de cada lote e o diário do otimizador.


# %%
def train(model):
    losses = []
    for step in range(STEPS):
        rows = np.arange(100) + 100 * step % len(x_train)
        model.reset_metrics()
        losses.append(float(model.train_on_batch(x_train[rows], y_train[rows])))
    received, used = keras.ops.convert_to_numpy(model.optimizer.diary).T
    return {"loss": np.array(losses), "received": received, "used": used}


runs = {"sem corte": train(build()), "com corte": train(build(global_clipnorm=10.0))}

# %% [markdown]
# Duas redes com os mesmos pesos iniciais, os mesmos lotes e a mesma taxa de aprendizado. A única diferença é um argumento
# do otimizador, `global_clipnorm=10.0`. A escala vertical é logarítmica.

# %%
named = ("sem corte", plots.PALETTE[1]), ("com corte", plots.PALETTE[0]), ("sadia", plots.PALETTE[2])
colors = plots.Colors(dict(named))
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None, colors=colors)
ax = plotter.plot(runs, logy=True, title="Um argumento a mais, e a rede que explodia aprende")
first_nan = int(np.argmin(np.isfinite(runs["sem corte"]["loss"])))
ax.text(3, 2e4, f"sai da figura e, no passo {first_nan}, é NaN", color=colors["sem corte"])
ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1.4, label="quem chuta: ln 10")
ax.set(xlabel="Passo", xlim=(-1, STEPS - 1), ylim=(0.3, 1e5), xticks=range(0, STEPS, 10))
ax.legend(loc="upper right", bbox_to_anchor=(1, 0.85))
plots.show(
    plots.comma_axes(ax),
    alt="Perda de cada lote ao longo de oitenta passos, em escala logarítmica. Sem corte, a perda sobe quase na vertical, "
    "sai da figura e vira NaN nos primeiros passos. Com corte, a perda desce de forma irregular e termina abaixo da "
    "linha de quem chuta.",
)

# %%
chance = np.log(10)
free, cut = runs["sem corte"], runs["com corte"]
broken = np.isnan(free["loss"][10:]).all()
claim("B6-01", "sem corte, do décimo passo em diante a perda é NaN", broken)
claim("B6-02", "com corte, a perda é finita em todos os passos", np.isfinite(cut["loss"]).all())
end = cut["loss"][-20:].mean()
claim("B6-03", "e nos últimos 20 passos, em média, é menor que a de quem chuta", end < chance)

# %% [markdown]
# Bastaram poucos passos para destruir a rede. Mas a inicialização ruim é a mesma nas duas. **O que aquele argumento fez com
# o gradiente?**
#
# ## 2. Preveja
#
# O **corte do gradiente (*gradient clipping*)** é uma operação feita entre a retropropagação e o passo: se o gradiente é
# grande demais, encolhe-se. Há mais de uma maneira de encolher um vetor. Comece pela mais direta: não deixar nenhuma
# componente passar de 1 em módulo.
#
# > O gradiente $g = (0{,}9;\ 100)$ vira $(0{,}9;\ 1)$. De quantos graus o corte **girou** o gradiente? Nenhum? 5? 20? 40? 90?
#
# Escreva o seu palpite; ele vai aparecer na tabela da próxima seção.

# %%
guess = 5  # troque pelo seu palpite: o ângulo, em graus, entre o gradiente e o gradiente cortado

# %% [markdown]
# ## 3. Três cortes no papel
#
# Uma rede não tem um vetor de pesos só: tem uma lista de **variáveis** (a matriz de pesos e o vetor de vieses de cada
# camada), e o gradiente é uma lista de arrays, um por variável. Chame de $g_v$ o gradiente da variável $v$, de $g_{v,i}$ cada
# componente dele e de $c > 0$ o **limiar**. Os três cortes são:
#
# | corte | argumento do Keras | fórmula |
# |---|---|---|
# | **por valor** | `clipvalue=c` | $g_{v,i} \leftarrow \max(-c,\ \min(c,\ g_{v,i}))$, componente por componente |
# | **por norma** | `clipnorm=c` | $g_v \leftarrow g_v\cdot\min\left(1,\ c/\lVert g_v\rVert\right)$, variável por variável |
# | **pela norma global** | `global_clipnorm=c` | $g_v \leftarrow g_v\cdot\min\left(1,\ c/\lVert g\rVert\right)$, com $\lVert g\rVert = \sqrt{\sum_v \lVert g_v\rVert^2}$ |
#
# Os três não fazem nada quando o gradiente já é pequeno. Em NumPy, cada um é uma linha que recebe a lista e devolve outra:


# %%
def by_value(grads, c):
    return [np.clip(g, -c, c) for g in grads]


def by_norm(grads, c):
    return [g * min(1, c / np.linalg.norm(g)) for g in grads]


def by_global_norm(grads, c):
    whole = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * min(1, c / whole) for g in grads]


cuts = {"clipvalue": by_value, "clipnorm": by_norm, "global_clipnorm": by_global_norm}

# %% [markdown]
# Para comparar direções usamos o **cosseno** do ângulo entre o gradiente e o gradiente cortado: 1 quer dizer mesma direção;
# 0, perpendiculares. As listas são emendadas em um vetor só.


# %%
def cosine(before, after):
    a, b = (np.concatenate([np.ravel(part) for part in parts]) for parts in (before, after))
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def degrees(before, after):
    return float(np.degrees(np.arccos(min(1, cosine(before, after)))))


g = [np.array([0.9, 100.0])]  # uma variável, duas componentes
rows = []
for name, cut_by in cuts.items():
    [v] = cut_by(g, 1.0)
    rows.append([f"`{name}`", f"({number(v[0])}; {number(v[1])})", degrees(g, [v])])
rows.append(["seu palpite (`clipvalue`)", "", float(guess)])
show_table(["corte, c = 1", "(0,9; 100) vira", "graus que girou"], rows)

# %%
[valued], [normed] = by_value(g, 1.0), by_norm(g, 1.0)
claim("B6-04", "por valor: (0,9; 100) vira (0,9; 1)", np.allclose(valued, [0.9, 1.0]))
claim("B6-05", "por norma: vira (0,009; 1)", np.allclose(normed, [0.009, 1.0], rtol=1e-3))
claim("B6-06", "o corte por valor girou o gradiente mais de 40 graus", degrees(g, [valued]) > 40)
claim("B6-07", "o corte por norma não o girou", np.isclose(cosine(g, [normed]), 1.0, atol=1e-12))

# %% [markdown]
# O gradiente original dizia "ande quase só na segunda direção"; cortado por valor, diz "ande quase igual nas duas". O
# corte por norma conserva a direção, mas a um preço: a primeira componente, que já era pequena, virou quase nada.
#
# *É comum ler que o corte limita "uma das componentes, ou a norma".* O corte por valor limita **todas** as componentes. E falta
# dizer **de quem** é a norma, o que, como veremos, não é detalhe. A figura mostra os três cortes de um gradiente menor,
# $(0{,}9;\ 3)$, com $c = 1$: primeiro com as duas componentes em uma só variável, depois com uma em cada variável. A caixa
# tracejada é onde nenhuma componente passa de 1; o círculo, onde a norma não passa de 1.


# %%
def arrows(ax, grads, title):
    box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    turn = np.linspace(0, 2 * np.pi, 200)
    ax.plot(*box.T, color=plots.PALETTE[1], linestyle="--", linewidth=1.2)
    ax.plot(np.cos(turn), np.sin(turn), color=plots.PALETTE[0], linestyle="--", linewidth=1.2)
    groups = {}  # cortes que dão o mesmo resultado dividem uma seta
    for name, parts in {"gradiente": grads, **{n: f(grads, 1.0) for n, f in cuts.items()}}.items():
        groups.setdefault(tuple(np.round(np.concatenate(parts), 6)), []).append(name)
    for (x, y), names in groups.items():
        color = "black" if "gradiente" in names else plots.PALETTE[1 if abs(x) > 0.8 else 0]
        style = {"arrowstyle": "-|>", "color": color, "lw": 2.2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (x, y), (0, 0), arrowprops=style)
        ax.plot([], [], color=color, label=" = ".join(names))
    ax.set(title=title, aspect="equal", xlim=(-2.3, 2.3), ylim=(-1.3, 3.2), xlabel="primeira componente")
    ax.legend(loc="upper left", handlelength=1.2)


# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 5), sharey=True)
arrows(left, [np.array([0.9, 3.0])], "Uma variável, duas componentes")
arrows(right, [np.array([0.9]), np.array([3.0])], "Duas variáveis, uma componente cada")
left.set_ylabel("segunda componente")
for ax in (left, right):
    plots.comma_axes(ax)
figure.suptitle("A caixa muda a direção, o círculo não; clipnorm depende das variáveis")
plots.show(
    figure,
    alt="Dois planos com uma caixa e um círculo de raio um, tracejados, e setas que saem da origem. A seta preta, do "
    "gradiente, sobe muito além dos dois. No plano de uma variável, a seta de clipvalue termina no canto da caixa, em outra "
    "direção; a de clipnorm, igual à de global_clipnorm, termina no círculo, sobre a seta preta. No plano de duas "
    "variáveis, clipnorm coincide com clipvalue e só global_clipnorm fica sobre a seta preta.",
)

# %% [markdown]
# Com uma variável, `clipnorm` e `global_clipnorm` são o mesmo corte. Com duas variáveis de uma componente cada,
# `clipnorm` vira `clipvalue`: a norma de um número é o seu módulo. Redes ficam entre os dois extremos; logo mediremos uma.
#
# ## 4. O que o Keras aplica
#
# Fórmula no papel é promessa. Para ver o que o otimizador **de fato** aplica há um truque: com taxa de aprendizado 1, um
# passo faz $w \leftarrow w - g$, e a mudança do peso, com o sinal trocado, é o gradiente cortado.


# %%
def applied(grads, **clipping):
    variables = [keras.Variable(np.zeros_like(g, dtype="float32")) for g in grads]
    tensors = [keras.ops.convert_to_tensor(g, "float32") for g in grads]
    keras.optimizers.SGD(learning_rate=1.0, **clipping).apply(tensors, variables)
    return [-keras.ops.convert_to_numpy(v) for v in variables]


rng = np.random.default_rng(set_seeds())
grads = [rng.normal(size=(4, 3)), 10 * rng.normal(size=3), 0.01 * rng.normal(size=(3, 2))]
same = [
    np.allclose(ours, theirs, rtol=1e-4)
    for name, cut_by in cuts.items()
    for ours, theirs in zip(cut_by(grads, 1.0), applied(grads, **{name: 1.0}), strict=True)
]
claim("B6-08", "nos três cortes, NumPy e Keras concordam em três variáveis sorteadas", all(same))

# %% [markdown]
# Três avisos de quem já tropeçou. O Keras aceita **um** corte por otimizador, não dois. A taxa de aprendizado se chama
# `learning_rate`; o antigo `lr`, que ainda aparece em muito material, é recusado. E os limiares não são intercambiáveis:
# `SGD(clipvalue=1.0)` e `SGD(clipnorm=1.0)` trazem o mesmo número, mas um limita componentes e o outro, normas.


# %%
def refusal(**options):
    try:
        keras.optimizers.SGD(**options)
    except ValueError as error:
        return str(error)


both, old = refusal(clipvalue=1.0, clipnorm=1.0), refusal(lr=0.1)
print(both, old, sep="\n")
claim("B6-09", "dois cortes ao mesmo tempo: ValueError", both is not None and "Only one" in both)
claim("B6-10", "lr= em vez de learning_rate=: ValueError", old is not None and "not recognized" in old)

# %% [markdown]
# ## 5. Por variável ou global?
#
# Agora uma rede de verdade. Tomamos o gradiente da rede doente recém-nascida (as onze matrizes de pesos) e o cortamos de
# cada maneira. Depois, a rede sadia (`gain=1`), com limiar 1 nos três cortes.
#
# *Preveja antes de executar:* qual dos três cortes muda a direção do gradiente **inteiro**? E a de cada camada?

# %%
newborn = {"doente": build(), "sadia": build(gain=1.0)}
gradient = {
    name: [g.astype("float64") for g in signal.gradients(model, x_batch, y_batch).values()]
    for name, model in newborn.items()
}
cases = [("doente", "clipvalue", 0.01), ("doente", "clipnorm", 1.0), ("doente", "global_clipnorm", 10.0)]
cases += [("sadia", name, 1.0) for name in cuts]

# %% tags=["nbval-ignore-output"]
measured = {}  # (rede, corte) → cosseno do todo, menor cosseno de uma camada, norma antes, norma depois
for network, name, c in cases:
    before, after = gradient[network], cuts[name](gradient[network], c)
    inside = min(cosine([a], [b]) for a, b in zip(before, after, strict=True))
    norms = [float(np.sqrt(sum(np.sum(g**2) for g in parts))) for parts in (before, after)]
    measured[network, name] = (cosine(before, after), inside, *norms)
header = ["rede", "corte", "cosseno, todo", "menor cosseno, camada", "norma antes", "norma depois"]
show_table(header, [[network, f"`{name}={c}`", *measured[network, name]] for network, name, c in cases])

# %%
value, norm, whole = (measured["doente", name] for name in cuts)
turned = np.isclose(norm[1], 1, atol=1e-9) and norm[0] < 0.995
claim("B6-11", "na doente, por valor, o cosseno cai abaixo de 0,8 até dentro de uma camada", value[1] < 0.8)
claim("B6-12", "por norma, cada camada conserva a direção, mas o todo não (cosseno < 0,995)", turned)
claim("B6-13", "pela norma global, o todo conserva a direção", np.isclose(whole[0], 1, atol=1e-9))

# %%
value, norm, whole = (measured["sadia", name] for name in cuts)
claim("B6-14", "na sadia, clipvalue=1 deixa ao menos 98 % da norma", value[3] > 0.98 * value[2])
claim("B6-15", "e clipnorm=1 tira dela mais de um décimo", norm[3] < 0.9 * norm[2])

# %% [markdown]
# A mesma rede, o mesmo número 1, e dois cortes que nem de longe fazem o mesmo: quase nenhuma componente da rede sadia
# passa de 1, mas a norma de uma camada soma os quadrados de milhares delas.
#
# E a direção? A descida do gradiente anda para onde a perda desce mais depressa **para um passo infinitesimal**. Mudar a
# direção não é proibido: como os sinais das componentes não mudam, o passo cortado por valor ou por norma ainda desce, se for
# pequeno o bastante. Mas, se você quer só um passo menor *no mesmo rumo*, o corte pela norma global é o único dos três que
# faz isso em uma rede com várias camadas. É com ele que seguimos.
#
# ## 6. Passo a passo
#
# Abrimos o diário das duas redes da seção 1. Cada passo tem dois pontos: o tamanho do gradiente que chegou e o do que foi
# usado.

# %%
figure, ax = plt.subplots(figsize=(9, 4.2))
ax.axhline(10, color=plots.PALETTE[6], linestyle="--", linewidth=1.4, label="limiar c = 10")
ax.plot(
    free["received"], "X", color=colors["sem corte"], markersize=10, label="sem corte: chegou e foi usado"
)
ax.plot(cut["received"], "o", color=plots.PALETTE[6], markersize=4, label="com corte: chegou")
ring = {"markersize": 8, "fillstyle": "none", "markeredgewidth": 1.4}
ax.plot(cut["used"], "o", color=colors["com corte"], label="com corte: foi usado", **ring)
ax.set(xlabel="Passo", ylabel="Norma do gradiente", xlim=(-1.5, STEPS), ylim=(1, 1e8), yscale="log")
ax.set_title("O corte só segura quem passa do limiar; o resto segue intacto")
ax.legend(loc="upper right")
plots.show(
    plots.comma_axes(ax),
    alt="Norma do gradiente em cada passo, em escala logarítmica, e a linha do limiar. Sem corte, só os primeiros "
    "passos têm ponto, muito acima do limiar e subindo ordens de grandeza; depois não há mais nada. Com corte, os "
    "gradientes que chegam começam muito acima do limiar e vão caindo até cruzá-lo; os usados ficam na linha do limiar "
    "e, quando o que chega é menor, coincidem com ele.",
)

# %%
expected = np.minimum(cut["received"], 10)
over = cut["received"] > 10
limited = np.allclose(cut["used"], expected, rtol=1e-2)
claim("B6-16", "em cada passo, a norma usada é min(norma recebida, c)", limited)
claim("B6-17", "nos primeiros cinco passos, o corte age sempre", over[:5].all())
claim("B6-18", "age menos na segunda metade do treino que na primeira", over[40:].sum() < over[:40].sum())

# %% tags=["nbval-ignore-output"]
early, late = percent(over[:40].mean()), percent(over[40:].mean())
first, second = (number(size) for size in free["received"][:2])
print(f"Passos cortados: {early} na primeira metade do treino, {late} na segunda.")
print(f"Sem corte, o primeiro gradiente tinha norma {first}; o segundo, {second}.")

# %% [markdown]
# Eis a história da explosão, sem corte: o gradiente inicial já é grande; o passo que ele produz é enorme; os pesos vão parar
# onde a perda e o gradiente são **muito** maiores; e o passo seguinte é pior. O corte quebra essa corrente no primeiro elo:
# o comprimento do passo nunca passa de $\eta\,c$, por maior que seja o gradiente. Com passos curtos a rede desce para uma
# região em que os gradientes são menores, e o corte vai deixando de ser necessário.
#
# ## 7. O precipício
#
# Por que um passo no sentido certo faz tanto mal? O gradiente só descreve a perda **bem perto** de onde estamos. Em uma
# superfície suave, perto vai longe; na borda de um precipício, não. O exemplo mais simples tem um peso só. Uma rede linear
# aplica o mesmo peso $w$ trinta vezes a uma entrada 0,1, e queremos que a saída seja 1:
#
# $$L(w) = (0{,}1\,w^{30} - 1)^2, \qquad \frac{dL}{dw} = 2\,(0{,}1\,w^{30} - 1)\cdot 3\,w^{29}$$
#
# Para $w$ bem menor que 1 a saída é quase nula e a perda forma um platô de altura 1. Um pouco adiante há um vale estreito,
# onde $w^{30} = 10$, e logo depois uma parede. Partimos da parede, $w = 1{,}12$, com $\eta = 0{,}001$; uma descida corta o
# gradiente em $c = 10$ (com um número só, os três cortes são iguais) e a outra não.


# %%
def valley(w):
    return (0.1 * w**30 - 1) ** 2


def slope(w):
    return 2 * (0.1 * w**30 - 1) * 3 * w**29


def descend(clip, w=1.12, steps=200):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - 0.001 * np.clip(slope(path[-1]), -clip, clip))
    return np.array(path)


paths = {"sem corte": descend(np.inf), "com corte": descend(10.0)}

# %%
figure, ax = plt.subplots(figsize=(8.5, 4.2))
grid = np.linspace(0.7, 1.125, 500)
ax.plot(grid, valley(grid), color=plots.PALETTE[6], linewidth=1.4)
for name, path in paths.items():
    ax.plot(path[1:], valley(path[1:]), "o", color=colors[name], markersize=6, label=name)
(x0, y0), (x1, y1) = ((w, valley(w)) for w in paths["sem corte"][:2])
style = {"arrowstyle": "-|>", "color": colors["sem corte"], "lw": 2, "connectionstyle": "arc3,rad=0.15"}
ax.annotate("", (x1, y1), (x0, y0), arrowprops=style)
ax.plot(1.12, valley(1.12), "s", color="black", markersize=8, label="partida")
ax.set(xlabel="Peso w", ylabel="Perda L(w)")
ax.set_title("Da parede, um passo sem corte salta o vale e cai no platô")
ax.legend(loc="upper left")
plots.show(
    plots.comma_axes(ax),
    alt="Curva da perda em função do peso: um platô à esquerda, um vale estreito e uma parede íngreme à direita, de onde "
    "partem as duas descidas. A seta da descida sem corte passa por cima do vale e cai no platô, onde os passos seguintes "
    "se amontoam. Os pontos da descida com corte descem a parede aos poucos e param no fundo do vale.",
)

# %%
jump, short = np.abs(np.diff(paths["sem corte"])), np.abs(np.diff(paths["com corte"]))
lost, kept = (valley(path[-1]) for path in paths.values())
claim("B6-19", "o primeiro passo sem corte é mais de 20 vezes o maior com corte", jump[0] > 20 * short.max())
claim("B6-20", "sem corte, depois de 200 passos a perda ainda passa de 0,9", lost > 0.9)
claim("B6-21", "com corte, é menor que um milésimo", kept < 1e-3)

# %% [markdown]
# No platô quase não há gradiente: o passo sem corte não só perdeu o vale, como caiu em um lugar de onde mal se sai. É com
# um precipício como este, na perda de uma rede recorrente, que Pascanu, Mikolov e Bengio (2013) explicam por que cortar o
# gradiente ajuda.
#
# ## 8. Escolher o limiar
#
# O limiar certo depende da rede, da perda e do tamanho do lote: um número copiado de outro problema pode nunca
# agir, ou agir sempre. O caminho é **olhar a distribuição das normas**. Treinamos a rede sadia, sem corte, e perguntamos ao
# diário que tamanho têm os gradientes de um treino que vai bem. Da rede doente, experimentamos mais dois limiares.

# %%
healthy = train(build(gain=1.0))
sweep = {f"c = {c}": train(build(global_clipnorm=float(c.replace(",", ".")))) for c in ("0,1", "1")}
sweep["c = 10"] = cut

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 4.2))
left.hist(healthy["received"], bins=np.geomspace(1, 100, 25), color=colors["sadia"])
left.axvline(np.percentile(healthy["received"], 90), color="grey", linestyle=":", label="percentil 90")
left.axvline(10, color=plots.PALETTE[6], linestyle="--", label="limiar c = 10")
left.set(xscale="log", xlabel="Norma do gradiente", ylabel="Passos", title="Rede sadia, sem corte")
left.legend(loc="upper right")
plots.comma_axes(left)
shades = plots.Colors(dict(zip(sweep, (plots.PALETTE[3], plots.PALETTE[4], plots.PALETTE[0]), strict=True)))
curves = plots.HistoryPlotter(metric="loss", smoothing_std=2, colors=shades)
curves.plot(sweep, ax=right, logy=True, title="Rede doente, três limiares (suavizada)")
right.set(xlabel="Passo", xlim=(0, STEPS - 1), xticks=range(0, STEPS, 10))
right.legend(list(sweep), loc="upper right")
figure.suptitle("O limiar fica logo acima do que uma rede sadia produz; pequeno demais, atrasa o treino")
plots.show(
    figure,
    alt="À esquerda, histograma das normas do gradiente da rede sadia: quase todas ficam abaixo do limiar dez, e o percentil "
    "noventa está um pouco antes dele. À direita, a perda da rede doente com três limiares: com dez ela desce mais "
    "depressa; com um, mais devagar; com um décimo, muito mais devagar ainda.",
)

# %%
tail = {name: run["loss"][-20:].mean() for name, run in sweep.items()}
fixed = sweep["c = 0,1"]["used"]
usual = np.percentile(healthy["received"], 90)
ordered = tail["c = 0,1"] > tail["c = 1"] > tail["c = 10"]
claim("B6-22", "nove de cada dez gradientes da rede sadia são menores que 10", usual < 10)
claim("B6-23", "dos três limiares, quanto menor, maior a perda no fim", ordered)
claim("B6-24", "com c = 0,1, todo passo tem o mesmo comprimento, η·c", np.allclose(fixed, 0.1, rtol=1e-2))

# %% [markdown]
# Um limiar que corta **sempre** deixa de ser um limite: com a descida do gradiente simples, cada passo passa a ter
# comprimento exato $\eta\,c$, longe ou perto do mínimo. É uma taxa de aprendizado menor disfarçada. Uma receita
# de trabalho: treine um pouco, veja as normas, comece com um limiar entre o percentil 90 e o 99 dos trechos em que o
# treino vai bem, e acompanhe a fração de passos cortados.
#
# ### E com o Adam?
#
# O Adam, assunto da lição sobre otimizadores, divide cada componente por uma média do seu próprio tamanho recente. Por
# isso multiplicar **todos** os gradientes por um mesmo número quase não muda o caminho dele. Verificamos em uma tigela de
# dois pesos, $f(w) = \tfrac12 (w_1^2 + 30\,w_2^2)$, a partir de $(1;\ 1)$: dez passos com o gradiente verdadeiro, e outros
# dez com um milésimo dele. Depois, sessenta passos com o limiar minúsculo de 0,01.


# %%
def walk(optimizer, scale=1.0, steps=10):
    w, path = keras.Variable(np.ones(2, "float32")), []
    for _ in range(steps):
        optimizer.apply([scale * keras.ops.array([1.0, 30.0]) * w], [w])
        path.append(keras.ops.convert_to_numpy(w).copy())
    return np.array(path)


makers = {
    "SGD": lambda **clipping: keras.optimizers.SGD(0.02, **clipping),
    "Adam": lambda **clipping: keras.optimizers.Adam(0.05, **clipping),
}
apart = {name: float(np.abs(walk(make()) - walk(make(), scale=1e-3)).max()) for name, make in makers.items()}
far = {
    name: float(np.linalg.norm(walk(make(global_clipnorm=0.01), steps=60)[-1]))
    for name, make in makers.items()
}

# %% tags=["nbval-ignore-output"]
header = [
    "otimizador",
    "distância entre os caminhos com g e g/1000",
    "distância ao mínimo no fim, limiar 0,01",
]
show_table(header, [[name, apart[name], far[name]] for name in makers])

# %%
claim("B6-25", "um milésimo do gradiente muda o caminho do SGD em mais de 0,5", apart["SGD"] > 0.5)
claim("B6-26", "e o do Adam em menos de 0,01", apart["Adam"] < 0.01)
still = far["SGD"] > 1 and far["Adam"] < 0.1
claim("B6-27", "com o limiar 0,01 o SGD mal anda; o Adam chega perto do mínimo", still)

# %% [markdown]
# A partida fica a $\sqrt 2$ do mínimo: o SGD com esse limiar mal saiu de lá. Com o Adam, um limiar pequeno que corta todos os
# passos **não** serve para diminuir o passo. O corte, porém, não é um fator constante: só age nos gradientes grandes,
# e é neles que ainda pode fazer diferença.
#
# ## 9. Por que as redes recorrentes cortam mais
#
# O precipício da seção 7 vinha de aplicar **o mesmo peso** muitas vezes. É o que faz, por construção, uma **rede recorrente**:
# ela lê uma sequência $x_1, \dots, x_T$ e usa a mesma matriz $W$ em todos os instantes. Na versão mais simples, sem
# função de ativação,
#
# $$h_t = h_{t-1} W + x_t\,u, \qquad \frac{\partial L}{\partial h_{t-k}} = \frac{\partial L}{\partial h_{t}}\,(W^\top)^k$$
#
# com $h_t$ e $u$ vetores linha e a perda $L$ calculada só no instante $t$. Voltar $k$ instantes é multiplicar $k$ vezes pela mesma
# matriz. O que decide é o **raio espectral** $\rho$ de $W$, o maior módulo dos seus autovalores. Se $W = \rho\,Q$ com $Q$
# ortogonal (que gira ou reflete, sem esticar), a conta é exata: a norma do gradiente é multiplicada por $\rho^k$.
# Para outras matrizes, $\rho^k$ é o ritmo quando $k$ é grande. A seção 7 era o caso de uma unidade só, com $\rho = |w|$.
#
# Quem confere é a `SimpleRNN` do Keras, pelo mesmo truque da taxa de aprendizado 1. Damos a ela uma sequência que vale 1
# em um só instante, $k$ passos antes do fim, e 0 nos outros; o gradiente de $u$ é então $\partial L/\partial h_{t-k}$.

# %%
rng = np.random.default_rng(set_seeds())
Q, _ = np.linalg.qr(rng.normal(size=(16, 16)))
target = rng.normal(size=(1, 16))
target /= np.linalg.norm(target)  # L = target · h_T, e portanto ‖∂L/∂h_T‖ = 1
recurrent = keras.layers.SimpleRNN(16, activation=None, use_bias=False)
rnn = keras.Sequential([keras.Input((100, 1)), recurrent])
rnn.compile(keras.optimizers.SGD(1.0), lambda y, h: keras.ops.sum(y * h, axis=-1), jit_compile=False)


def reaches(rho, k):
    sequence = np.zeros((1, 100, 1))
    sequence[0, 99 - k] = 1
    rnn.set_weights([np.zeros((1, 16)), rho * Q])
    rnn.train_on_batch(sequence, target)
    return float(np.linalg.norm(rnn.get_weights()[0]))


lags, rhos = [0, 25, 50, 75, 99], [0.9, 1.0, 1.1]
measured_rnn = {rho: [reaches(rho, k) for k in lags] for rho in rhos}

# %%
ax = plots.products(rhos, layers=100, floor=1e-6)
for values in measured_rnn.values():
    ax.plot(lags, values, "o", color=plots.PALETTE[6], markersize=6)
ax.plot([], [], "-", color="grey", label="ρ elevado a k (o ρ está escrito à direita)")
ax.plot([], [], "o", color=plots.PALETTE[6], label="medido na SimpleRNN")
ax.legend(loc="upper left")
ax.set(xlabel="Instantes entre a entrada e a perda, k", ylabel="Norma do gradiente")
ax.set_title("Cem vezes a mesma matriz: só um raio espectral colado em 1 escapa")
plots.show(
    ax,
    alt="Norma do gradiente em função do número de instantes percorridos de volta, em escala logarítmica. Com raio espectral "
    "1,1 a reta sobe mais de quatro potências de dez; com 1 é plana; com 0,9 desce mais de quatro. Os pontos medidos na "
    "SimpleRNN do Keras caem sobre as três retas.",
)

# %%
agree = all(np.allclose(measured_rnn[rho], np.power(rho, lags), rtol=1e-3) for rho in rhos)
claim("B6-28", "na SimpleRNN linear, o gradiente a k instantes vale ρ elevado a k vezes o do fim", agree)
grown = measured_rnn[1.1][-1] > 1e4
claim("B6-29", "com raio 1,1, 99 instantes multiplicam o gradiente por mais de 10 mil", grown)

# %% [markdown]
# Uma rede densa de dez camadas tem dez fatores, e cada camada tem os seus pesos; uma sequência de cem instantes faz cem
# fatores iguais. Nas redes recorrentes usuais a tanh entra na conta com uma inclinação de no máximo 1, que encolhe o
# gradiente mas não garante que $\rho$ maior que 1 seja inofensivo.
#
# E por que não usar ali a normalização em lote (BN)? A lição sobre ela mostra que as suas estatísticas são de uma camada em um
# lote; em uma rede recorrente elas mudam de um instante para outro, e as sequências de um lote têm comprimentos diferentes.
# Laurent e colegas (2016) relatam que pôr BN na passagem de $h_{t-1}$ a $h_t$ não ajudou; Cooijmans e colegas (2017)
# conseguiram, com estatísticas separadas por instante e uma escala inicial pequena. Nós não medimos isso aqui. O corte, ao
# contrário, é indiferente à arquitetura: só olha para o gradiente.
#
# ## 10. O que o corte não conserta
#
# ### NaN já chegou
#
# *É comum ouvir que o corte "evita o NaN".* Ele pode evitar que o treino **chegue** lá. Depois que um NaN entrou, nenhum
# corte o tira; e dois deles ainda o espalham.


# %%
def poison(name, bad):
    return applied([np.array([bad, 0.5])], **{name: 1.0})[0]


poisoned = {name: [poison(name, np.nan), poison(name, np.inf)] for name in cuts}
show_table(
    ["corte, c = 1", "(NaN; 0,5) vira", "(∞; 0,5) vira"],
    [[f"`{name}`", *(f"({number(v[0])}; {number(v[1])})" for v in pair)] for name, pair in poisoned.items()],
)
stays = all(np.isnan(pair[0][0]) for pair in poisoned.values())
spreads = all(np.isnan(poisoned[name][0]).all() for name in ("clipnorm", "global_clipnorm"))
claim("B6-30", "nos três cortes, um NaN continua NaN", stays)
claim("B6-31", "nos dois cortes por norma, ele contamina a componente vizinha", spreads)

# %% [markdown]
# A norma de um vetor com NaN é NaN, e dividir por ela estraga tudo. Com infinito, só o corte por valor devolve números
# finitos, e o 1 que põe no lugar do ∞ é inventado: o gradiente já não tinha informação. Se a sua perda virou NaN, pare (o *callback*
# `keras.callbacks.TerminateOnNaN` faz isso), recarregue pesos sadios e só então ligue o corte.
#
# ### O desvanecimento
#
# O corte só encolhe. Uma rede de dez camadas sigmoides, como a da lição sobre desvanecimento, passa por ele intacta:

# %%
set_seeds()
hidden = [keras.layers.Dense(64, "sigmoid") for _ in range(10)]
faint = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)])
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
weak = list(signal.gradients(faint, x_batch, y_batch, loss=cross_entropy).values())
after = by_global_norm(weak, 10.0)
untouched = all(np.array_equal(a, b) for a, b in zip(weak, after, strict=True))
tiny = np.linalg.norm(after[0]) < 1e-4 * np.linalg.norm(after[-1])
claim("B6-32", "na rede sigmoide, o corte em 10 não muda o gradiente em nem um bit", untouched)
claim("B6-33", "e a primeira camada segue com menos de 1/10 000 do gradiente da última", tiny)

# %% [markdown]
# ### A causa
#
# O corte age no **passo**, não no fator que cada camada aplica ao gradiente. Quem mexe na causa são os outros remédios da
# explosão:
#
# - **inicialização de He**, que dá aos pesos de uma rede ReLU o tamanho em que o sinal se conserva;
# - **normalização em lote (BN)**, que devolve as pré-ativações à escala 1 a cada camada;
# - **uma rede menor**: com três camadas, são três fatores em vez de dez;
# - **penalidade L1 ou L2**: soma à perda $\lambda_1 \sum |w|$ ou $\lambda_2 \sum w^2$, o que puxa os pesos para zero (com a
#   descida do gradiente simples, a L2 equivale ao decaimento de pesos). Aqui, as duas juntas, com
#   $\lambda_1 = 0{,}0001$ e $\lambda_2 = 0{,}001$.
#
# Da rede doente mudamos uma coisa por vez, e medimos sempre o mesmo: o tamanho do primeiro gradiente, o que ele faz entre a
# última e a primeira camada oculta, e a perda dos últimos 20 passos. Três dos treinos já temos.

# %%
recipes = {
    "normalização em lote": {"batch_norm": True},
    "três camadas": {"depth": 3},
    "penalidade L1 e L2": {"penalty": keras.regularizers.L1L2(1e-4, 1e-3)},
}
results = {"nenhum": free, "corte, c = 10": cut, "inicialização de He": healthy}
treated = dict(zip(results, (newborn["doente"], newborn["doente"], newborn["sadia"]), strict=True))
treated |= {name: build(**recipe) for name, recipe in recipes.items()}
norms = {name: signal.gradient_norms(model, x_batch, y_batch) for name, model in treated.items()}
results |= {name: train(treated[name]) for name in recipes}

# %% tags=["nbval-ignore-output"]
show_table(
    ["remédio", "norma do primeiro gradiente", "∂L/∂h: primeira ÷ última", "perda, últimos 20 passos"],
    [
        [name, float(run["received"][0]), norms[name].hidden_ratio, float(run["loss"][-20:].mean())]
        for name, run in results.items()
    ],
)

# %%
ratio = {name: norm.hidden_ratio for name, norm in norms.items()}
pair = gradient["doente"], by_global_norm(gradient["doente"], 10.0)
before, after = (np.linalg.norm(g[0]) / np.linalg.norm(g[-1]) for g in pair)
claim("B6-34", "o corte global não muda ∂L/∂W da primeira camada ÷ da última", np.isclose(before, after))
causes = ["inicialização de He", "normalização em lote", "três camadas"]
smaller = all(ratio[name] < ratio["nenhum"] / 2 for name in causes)
claim("B6-35", "He, BN e menos camadas reduzem a razão de ∂L/∂h a menos da metade", smaller)
learned = all(results[name]["loss"][-20:].mean() < chance for name in causes)
claim("B6-36", "e com cada um deles a rede aprende sem corte", learned)
gone = np.isnan(results["penalidade L1 e L2"]["loss"][-20:]).all()
claim("B6-37", "com a penalidade, a rede ainda termina em NaN", gone)

# %% [markdown]
# *É comum ver a penalidade L1 ou L2 na lista de remédios da explosão.* Ela age aos poucos: encolhe os pesos uma fração mínima a
# cada passo, e a nossa rede morre antes que isso conte. Pode ajudar a que os pesos não **cresçam** ao longo de um
# treino longo; não salva uma rede que já nasceu explodindo. É um experimento só, com uma rede e um par de
# penalidades.
#
# | remédio | o que corrige | o que não corrige |
# |---|---|---|
# | corte do gradiente | o comprimento do passo, sempre, em qualquer arquitetura | o fator por camada (B6-34), o desvanecimento (B6-32), um NaN (B6-30) |
# | inicialização de He | o fator, no começo | o que o treino faz depois |
# | normalização em lote | a escala das pré-ativações, durante todo o treino | depende do lote; menos útil em redes recorrentes |
# | rede menor | o número de fatores | o fator; e abre mão da profundidade |
# | penalidade L1 ou L2 | o crescimento lento dos pesos | uma explosão nos primeiros passos (B6-37) |
#
# Em uma rede densa nova, comece pela causa: inicialização e, se preciso, BN. Deixe o corte como **cinto de segurança**: com
# um limiar que raramente age, ele custa quase nada e, no dia do precipício, salva o treino.
#
# ## 11. Explique
#
# Um colega treina com `SGD(learning_rate=0.05, clipvalue=0.01)`, vê que quase todas as componentes são cortadas e diz: "tanto
# faz, é só um jeito de usar uma taxa de aprendizado menor". Em que ele tem razão? Em que não tem?
#
# <details><summary>Uma resposta possível</summary>
#
# Tem razão em que o passo encolhe: nenhum peso anda mais que $0{,}05 \times 0{,}01$ em um passo. Mas uma taxa menor encolhe todas as
# componentes **na mesma proporção** e em todos os passos, e assim conserva a direção. O corte por valor encolhe
# muito as componentes grandes e nada as pequenas, e assim gira o gradiente (na rede doente, B6-11). No limite em que
# todas são cortadas, sobram só os sinais: cada peso anda exatamente o mesmo tanto, para um lado ou para o outro, qualquer que
# seja o tamanho da sua derivada. Isso já não é descida do gradiente com taxa menor; é outro método, a descida pelo sinal.
#
# </details>
#
# ## 12. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | corte por valor | $\max(-c, \min(c, g_{v,i}))$ | gira o gradiente (B6-06, B6-11) | dizer que limita "uma" componente: limita todas |
# | corte por norma | $g_v \min(1, c/\lVert g_v\rVert)$ | conserva a direção de cada variável, não a do todo (B6-12) | supor que `clipnorm` usa a norma do gradiente inteiro |
# | corte pela norma global | $g_v \min(1, c/\lVert g\rVert)$ | conserva a direção do todo (B6-13) | pedir dois cortes ao mesmo tempo (B6-09) |
# | passo com corte global | comprimento até $\eta\,c$ | diário do otimizador (B6-16) | achar que o corte muda os passos pequenos |
# | precipício | $L(w) = (0{,}1\,w^{30} - 1)^2$ | um passo perde o vale (B6-19 a B6-21) | confiar no gradiente longe de onde foi medido |
# | limiar | percentil das normas de um treino sadio | pequeno demais, passo constante $\eta\,c$ (B6-24) | copiar o limiar de outro problema; usá-lo com Adam para diminuir o passo (B6-27) |
# | rede recorrente | $\rho^k$ em $k$ instantes | cem fatores iguais (B6-28) | achar que só a profundidade em camadas explode |
# | limites do corte | só encolhe | NaN fica NaN (B6-30); desvanecimento intacto (B6-32) | esperar que ele cure a causa |
#
# **Para praticar:** no **Lab 1 · Gradientes à mão** você escreve os três cortes e os compara com os do Keras; no **Lab 2** você volta às
# causas que o corte não alcança. **A seguir:** a lição sobre
# otimizadores, em que o passo deixa de ser só $-\eta\,g$.
#
# ## Referências
#
# - Bengio, Y.; Simard, P.; Frasconi, P. (1994). Learning long-term dependencies with gradient descent is difficult.
#   *IEEE Transactions on Neural Networks*, 5(2), 157–166. Por que o gradiente explode ou desvanece em redes recorrentes.
# - Pascanu, R.; Mikolov, T.; Bengio, Y. (2013). On the difficulty of training recurrent neural networks. *ICML*. O
#   precipício, o raio espectral e o corte pela norma.
# - He, K.; Zhang, X.; Ren, S.; Sun, J. (2015). Delving deep into rectifiers: surpassing human-level performance on ImageNet
#   classification. *ICCV*. A inicialização para ReLU.
# - Ioffe, S.; Szegedy, C. (2015). Batch normalization: accelerating deep network training by reducing internal covariate
#   shift. *ICML*.
# - Kingma, D. P.; Ba, J. (2015). Adam: a method for stochastic optimization. *ICLR*. A invariância do passo à escala do
#   gradiente.
# - Laurent, C.; Pereyra, G.; Brakel, P.; Zhang, Y.; Bengio, Y. (2016). Batch normalized recurrent neural networks. *ICASSP*.
# - Cooijmans, T.; Ballas, N.; Laurent, C.; Gülçehre, Ç.; Courville, A. (2017). Recurrent batch normalization. *ICLR*.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms. arXiv:1708.07747. Os dados desta lição.
