# ---
# jupyter:
#   gradiente:
#     id: C2
#     title: Por que a taxa de aprendizado não deve ser a mesma do começo ao fim?
#     covers: [S0-30, S0-33, S2-43, S2-44, S2-45, S2-46, S2-47, S2-48, S2-49, S2-50, S2-51, S4-16, S4-17, S4-18]
#     seconds: 40
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 · Por que a taxa de aprendizado não deve ser a mesma do começo ao fim?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *explicar* por que baixar a taxa ajuda no fim; *escrever* os agendamentos mais usados, por época e por passo; *procurar* uma boa taxa; *usar* a política 1cycle com um momento que muda de verdade |
# | **Você precisa saber** | descida do gradiente em lotes, momento, SGD e Adam (lição sobre otimizadores e momento) |
# | **Tempo de leitura** | cerca de 30 minutos |
# | **Tempo de execução** | cerca de 40 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | agendamento da taxa de aprendizado, decaimento da taxa, época e passo, piso de ruído, platô, busca da taxa, 1cycle |
#
# A taxa de aprendizado $\eta$ é o hiperparâmetro que mais estraga um treino. A lição sobre otimizadores a manteve fixa; aqui ela passa a
# mudar **com um plano**: o agendamento da taxa de aprendizado.

# %%
import warnings

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras.optimizers import schedules

from gradiente import plots
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, show_table
from gradiente.schedules import MomentumSGD, OneCycle, RateRecorder, find_rate

# %% tags=["nbval-ignore-output"]
data = load_fashion_mnist()
pixels, labels = data.x_train[:2500].astype("float32"), data.y_train[:2500].astype("int32")
pixels = (pixels - pixels[:2000].mean()) / pixels[:2000].std()
x_train, y_train, x_val, y_val = pixels[:2000], labels[:2000], pixels[2000:], labels[2000:]

# %% [markdown]
# ## 1. A pergunta
#
# Comecemos pelo problema mais simples em que a dificuldade aparece. A perda é $J(\theta) = \tfrac12\theta^2$, com mínimo em $\theta = 0$, mas o gradiente que
# medimos vem com ruído, como o de um lote: $g = \theta + \varepsilon$, em que $\varepsilon$ tem média 0 e desvio padrão $\sigma = 1$. Saímos de $\theta = 10$ e damos 2 000
# passos $\theta \leftarrow \theta - \eta g$, com três taxas fixas e com uma que diminui, $\eta_t = 0{,}5/(1 + t/4)$. Para ver além da sorte, corremos 400 cópias de cada.


# %%
def descend(rate_at, steps=2000, copies=400):
    rng = np.random.default_rng(set_seeds())
    theta, path = np.full(copies, 10.0), []
    for t in range(steps):
        theta = theta - rate_at(t) * (theta + rng.normal(size=copies))
        path.append(np.mean(theta**2) / 2)
    return np.array(path)  # a perda média das cópias, passo a passo


RATES = (0.5, 0.05, 0.005)
paths = {f"η = {number(rate, digits=1)}": descend(lambda t, rate=rate: rate) for rate in RATES}
paths["η que diminui"] = descend(lambda t: 0.5 / (1 + t / 4))

# %%
figure, ax = plt.subplots(figsize=(8.5, 4))
for (name, path), color in zip(paths.items(), (1, 5, 3, 0), strict=True):
    ax.loglog(np.arange(1, 2001), path, color=plots.PALETTE[color], label=name)
ax.set(
    xlabel="Passo", ylabel="Perda média", title="Taxa fixa: ou chega depressa e fica tremendo, ou chega tarde"
)
ax.legend()
plots.comma_axes(ax)
plots.show(
    figure,
    alt="Perda média contra o passo, nos dois eixos em escala logarítmica. A taxa maior cai logo e estaciona em um piso alto; a média, mais tarde, em um "
    "piso mais baixo; a menor mal chegou ao seu no fim. A taxa que diminui cai logo e continua a descer, abaixo de todas.",
)

# %% [markdown]
# Com taxa fixa a perda não vai a zero: estaciona em um **piso de ruído**. A conta cabe em uma linha. Quando a variância $V$ de $\theta$ já não muda, um passo a deixa igual a si
# mesma: $V = (1-\eta)^2 V + \eta^2\sigma^2$, donde
#
# $$V = \frac{\eta\,\sigma^2}{2 - \eta}$$
#
# Quanto menor a taxa, mais baixo o piso, e mais passos até ele.

# %%
measured = {rate: 2 * path[-500:].mean() for rate, path in zip(RATES[:2], paths.values(), strict=False)}
agree = all(abs(variance / (rate / (2 - rate)) - 1) < 0.1 for rate, variance in measured.items())
ends = {name: path[-100:].mean() for name, path in paths.items()}
slow = paths["η = 0,005"][200] > 5 * paths["η = 0,5"][200]
claim("C2-01", "o piso medido é o da fórmula, a menos de 10 %", agree)
claim("C2-02", "depois de 200 passos, a taxa menor tem mais de cinco vezes a perda da maior", slow)
claim(
    "C2-03",
    "no fim, a taxa que diminui bate as três fixas",
    ends["η que diminui"] < min(list(ends.values())[:3]),
)

# %% [markdown]
# São os dois benefícios do **decaimento da taxa** (*learning rate decay*): passos longos no começo, para atravessar o que está longe; curtos no fim, para assentar. *Costuma aparecer um terceiro, "o decaimento
# evita mínimos locais".* É o contrário: quem pode saltar para fora de um mínimo raso é a taxa **grande**; baixá-la faz o treino assentar onde estiver. *E é comum ler que Adam, RMSprop ou o momento "já fazem
# isso".* Eles redimensionam o passo de cada peso conforme os gradientes; nenhum diminui $\eta$ com o tempo.
#
# ## 2. Preveja
#
# Uma receita antiga pedia `decay=0.01`, que dividia a taxa por $1 + 0{,}01\,t$, com $t$ contado em **passos**. Uma época de Fashion-MNIST, com 55 000 imagens e lotes de 32, tem 1 719 passos.
#
# > Depois de uma só época, por quanto a taxa inicial terá sido dividida?

# %%
guess = 2  # troque pelo seu palpite

# %%
old = schedules.InverseTimeDecay(1e-3, decay_steps=1, decay_rate=0.01)
divided = 1e-3 / float(old(1719))
show_table(["", "dividida por"], [["calculado", number(divided, 3)], ["seu palpite", number(guess)]])
claim("C2-04", "uma época basta para dividir a taxa por mais de 18", divided > 18)

# %% [markdown]
# Quem escreveu essa receita queria, provavelmente, uma queda suave ao longo de trinta épocas. Confundir **época** com **passo** é o erro mais comum dos agendamentos, e voltaremos a ele.
#
# ## 3. A família
#
# Escrevemos $\eta(t)$, com $\eta_0$ a taxa inicial, $t$ o passo e $s$ uma escala, em passos:
#
# | agendamento | fórmula | no Keras |
# |---|---|---|
# | **potência** (com $c = 1$, hiperbólico) | $\eta_0 / (1 + t/s)^c$ | `InverseTimeDecay` ($c = 1$) |
# | **exponencial** | $\eta_0 \cdot 0{,}1^{t/s}$ | `ExponentialDecay` |
# | **constante por partes** | um valor por trecho | `PiecewiseConstantDecay` |
# | **por desempenho** | cai quando a validação não melhora | *callback* `ReduceLROnPlateau` |
# | **1cycle** | sobe até $\eta_1$ e desce | `OneCycle`, do curso |
#
# Os três primeiros só dependem do passo, e o Keras os tem prontos:

# %%
power = schedules.InverseTimeDecay(0.01, decay_steps=1, decay_rate=1e-4)  # s = 1/decay_rate = 10 000
exponential = schedules.ExponentialDecay(0.01, decay_steps=10_000, decay_rate=0.1)
piecewise = schedules.PiecewiseConstantDecay([5_000, 15_000], [0.01, 0.005, 0.001])
lab5 = schedules.InverseTimeDecay(1e-3, decay_steps=20_000, decay_rate=1.0)  # a do Lab 5, 20 passos por época


def values(schedule, *steps):
    return np.array([float(schedule(step)) for step in steps])


# %%
halves = np.allclose(values(power, 10_000, 20_000, 30_000), [0.01 / 2, 0.01 / 3, 0.01 / 4], rtol=1e-5)
tenths = np.allclose(values(exponential, 10_000, 20_000), [1e-3, 1e-4], rtol=1e-4)
steps_down = np.allclose(values(piecewise, 4_999, 10_000, 20_000), [0.01, 0.005, 0.001])
of_lab5 = np.allclose(values(lab5, 20_000, 40_000, 100_000), [1e-3 / 2, 1e-3 / 3, 1e-3 / 6], rtol=1e-5)
claim("C2-05", "potência: metade em s passos, um terço em 2s, um quarto em 3s", halves)
claim("C2-06", "exponencial: dez vezes menor a cada s passos", tenths)
claim("C2-07", "por partes: um valor por trecho", steps_down)
claim("C2-08", "a do Lab 5: metade em mil épocas, um terço em duas mil, um sexto em cinco mil", of_lab5)

# %%
cycle = OneCycle(max_rate=0.01, steps=30_000)
t = np.arange(0, 30_000, 100)
shapes = {
    "potência": values(power, *t),
    "exponencial": values(exponential, *t),
    "por partes": values(piecewise, *t),
}
shapes["1cycle"] = np.array([cycle.at(step)[0] for step in t])
figure, axes = plt.subplots(1, 2, figsize=(11.5, 3.8))
for ax, scale in zip(axes, ("linear", "log"), strict=True):
    for (name, curve), color in zip(shapes.items(), (0, 1, 2, 3), strict=True):
        ax.plot(t / 1000, curve, color=plots.PALETTE[color], label=name)
    ax.set(
        xlabel="Milhares de passos",
        ylabel="η",
        yscale=scale,
        title=f"Eixo {'linear' if scale == 'linear' else 'logarítmico'}",
    )
    plots.comma_axes(ax)
axes[0].legend()
figure.suptitle("Quatro planos para a mesma taxa máxima")
plots.show(
    figure,
    alt="Dois painéis com a taxa de aprendizado contra o passo, em eixo linear e logarítmico. Potência cai depressa e depois devagar; exponencial é uma reta no "
    "eixo logarítmico; por partes é uma escada de três degraus; 1cycle sobe em linha reta, desce, e no fim mergulha.",
)

# %% [markdown]
# A potência cai depressa no começo e devagar depois; a exponencial cai na mesma proporção sempre. Não há uma que ganhe em toda parte.
#
# ## 4. Época ou passo?
#
# Há duas maneiras de aplicar um plano no Keras, e elas contam o tempo de modos diferentes:
#
# - um **agendamento** dado ao otimizador, `SGD(schedule)`, é consultado a cada **passo**;
# - o *callback* `LearningRateScheduler(função)` chama a função no começo de cada **época**.
#
# A função é um texto comum em Python. Uma *closure* guarda os parâmetros:


# %%
def exponential_decay(lr0, s):
    def at(epoch):
        return lr0 * 0.1 ** (epoch / s)

    return at


def tiny(optimizer):
    set_seeds()
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)])
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def rates_of(optimizer, *callbacks, epochs=3):
    recorder = RateRecorder()  # anota a taxa que valeu em cada passo
    model = tiny(optimizer)
    model.fit(
        x_train[:500],
        y_train[:500],
        epochs=epochs,
        batch_size=50,
        callbacks=[*callbacks, recorder],
        verbose=0,
    )
    return np.array(recorder.rates)


# %% [markdown]
# Dez passos por época, três épocas. O agendamento por passo com $s = 20$ **passos** é o mesmo plano que o *callback* com $s = 2$ **épocas**; um desce suave, o outro em degraus.

# %%
by_step = rates_of(keras.optimizers.SGD(schedules.ExponentialDecay(0.01, 20, 0.1)))
by_epoch = rates_of("sgd", keras.callbacks.LearningRateScheduler(exponential_decay(0.01, 2)))
staircase = rates_of(keras.optimizers.SGD(schedules.ExponentialDecay(0.01, 10, 10**-0.5, staircase=True)))
forgotten = rates_of(keras.optimizers.SGD(0.01))  # a função existe, mas ninguém a entregou ao fit
claim(
    "C2-09",
    "por passo, a taxa muda a cada passo e segue a fórmula",
    np.allclose(by_step, 0.01 * 0.1 ** (np.arange(30) / 20), rtol=1e-4),
)
claim("C2-10", "por época, muda a cada dez passos", len(np.unique(by_epoch.round(9))) == 3)
claim(
    "C2-11",
    "as duas coincidem no começo de cada época",
    np.allclose(by_step[::10], by_epoch[::10], rtol=1e-4),
)
claim("C2-12", "staircase=True dá os degraus do callback", np.allclose(staircase, by_epoch, rtol=1e-4))
claim("C2-13", "um plano que ninguém entrega ao treino não muda nada", np.ptp(forgotten) == 0)

# %% [markdown]
# Também é possível mudar a taxa por **lote** dentro de um *callback*, atribuindo `model.optimizer.learning_rate = valor` em `on_train_batch_begin`. É assim que funciona o 1cycle da seção 7.
#
# ### O que não funciona mais
#
# Muito código que circula foi escrito para versões antigas. Executamos as linhas mais comuns e anotamos o que o Keras 3 responde:


# %%
def answer(action):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            action()
        except Exception as error:
            return f"{type(error).__name__}: {str(error).splitlines()[0][:70]}"
    ignored = [str(w.message) for w in caught if "ignored" in str(w.message)]
    return f"aviso: {ignored[0][:70]}" if ignored else "aceito"


scheduled = keras.optimizers.SGD(schedules.ExponentialDecay(0.01, 20, 0.1))
old_lines = {
    "SGD(lr=0.01)": lambda: keras.optimizers.SGD(lr=0.01),
    "SGD(0.01, decay=0.01)": lambda: keras.optimizers.SGD(0.01, decay=0.01),
    "keras.backend.set_value(…)": lambda: keras.backend.set_value(scheduled.learning_rate, 0.1),
    "agendamento e LearningRateScheduler": lambda: rates_of(
        scheduled, keras.callbacks.LearningRateScheduler(exponential_decay(0.01, 2))
    ),
}
answers = {line: answer(action) for line, action in old_lines.items()}
for line, said in answers.items():
    print(f"{line} → {said}")

# %%
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    undecayed = rates_of(keras.optimizers.SGD(0.01, decay=0.01))
kinds = [said.split(":")[0] for said in answers.values()]
claim(
    "C2-14",
    "lr= é erro, decay= só avisa, set_value não existe, e dois planos ao mesmo tempo são recusados",
    kinds == ["ValueError", "aviso", "AttributeError", "TypeError"],
)
claim("C2-15", "com decay=, a taxa não muda em passo nenhum", np.ptp(undecayed) == 0)

# %% [markdown]
# O segundo caso é o perigoso: o treino corre, sem decaimento nenhum, e quem não lê o aviso atribui o resultado ao decaimento. O equivalente atual é `InverseTimeDecay(η₀, decay_steps=1, decay_rate=decay)`.
#
# ## 5. Por desempenho
#
# Em vez de adivinhar quando baixar a taxa, podemos esperar que a validação peça: se a perda não melhora por `patience` épocas, multiplica-se a taxa por `factor`. É o `ReduceLROnPlateau`. A regra cabe em
# poucas linhas, e aplicada à curva que o treino gravou tem de dar as taxas que ele usou.


# %%
def plateau(losses, rate, factor=0.5, patience=2, min_delta=1e-4):
    best, wait, used = np.inf, 0, []
    for loss in losses:
        used.append(rate)  # a taxa desta época
        if loss < best - min_delta:
            best, wait = loss, 0
        else:
            wait += 1
            if wait >= patience:
                rate, wait = rate * factor, 0
    return np.array(used)


model = tiny(keras.optimizers.SGD(0.3))
watcher = keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=2)
options = {
    "epochs": 25,
    "batch_size": 50,
    "validation_data": (x_val, y_val),
    "validation_batch_size": 500,
    "verbose": 0,
}
history = model.fit(x_train, y_train, callbacks=[watcher], **options).history
by_rule = plateau(history["val_loss"], 0.3)

# %%
claim(
    "C2-16",
    "a regra à mão dá as taxas que o Keras usou",
    np.allclose(by_rule, history["learning_rate"], rtol=1e-5),
)
claim("C2-17", "a taxa caiu ao menos uma vez", by_rule[-1] < 0.3)

# %% [markdown]
# ## 6. Procurar a taxa
#
# De onde tirar $\eta_0$? Uma busca barata (Smith, 2017): treine uma vez, por poucas dezenas de passos, **aumentando a taxa um pouco a cada passo**, e olhe a perda. Enquanto a taxa é pequena demais, nada acontece; depois a perda cai; por fim
# dispara. `find_rate` faz isso e devolve o modelo **como estava**: pesos, estado do otimizador e taxa.


# %%
def network(optimizer):
    set_seeds()
    hidden = [
        keras.layers.Dense(64, "relu", kernel_initializer=keras.initializers.HeNormal()) for _ in range(2)
    ]
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)])
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


searched = network(MomentumSGD(0.01, momentum=0.9))
before = searched.get_weights()
found = find_rate(searched, x_train, y_train, lowest=1e-4, highest=10, steps=80, batch_size=50)
after = searched.get_weights()

# %%
figure, ax = plt.subplots(figsize=(8, 4))
ax.semilogx(found.rates, found.losses, color=plots.PALETTE[0])
ax.axvline(found.suggestion, color=plots.PALETTE[1], linestyle="--")
ax.text(found.suggestion * 1.1, found.losses.max(), "sugestão", color=plots.PALETTE[1], va="top")
ax.set(
    xlabel="Taxa de aprendizado",
    ylabel="Perda de treino, alisada",
    title="A perda cai, chega ao fundo e dispara: a boa taxa fica antes do fundo",
)
ax.legend(["perda"], loc="lower left")
plots.comma_axes(ax)
plots.show(
    figure,
    alt="Perda de treino alisada contra a taxa de aprendizado, em escala logarítmica. Plana à esquerda, cai no meio, chega a um mínimo e sobe de repente à "
    "direita. Uma linha tracejada, um décimo antes do mínimo, marca a taxa sugerida.",
)

# %%
unchanged = all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
fall = found.losses[0] / found.losses.min()
claim("C2-18", "a busca devolve os pesos intactos", unchanged)
claim("C2-19", "no caminho a perda caiu a menos de dois terços da inicial", fall > 1.5)
claim("C2-20", "e a busca parou antes da maior taxa, porque a perda disparou", found.rates[-1] < 9)
claim("C2-21", "a sugestão está longe das duas pontas", 1e-3 < found.suggestion < 1)

# %% [markdown]
# A sugestão, um décimo da taxa do fundo, é um ponto de partida com folga, não um ótimo: na taxa do fundo a perda já está prestes a disparar. E a busca vale para **este** otimizador, **este** lote e **esta** rede recém-nascida.
#
# ## 7. 1cycle
#
# Smith (2018) propôs um plano que parece do avesso: começar **devagar**, em $\eta_1/10$, subir em linha reta até uma taxa grande, $\eta_1$, no meio do ciclo, descer de volta e, no último trecho, cair a uma fração de milésimo dela. O momento faz
# o contrário: 0,95, depois 0,85 no topo, depois 0,95. Quando a taxa é grande, menos memória; quando é pequena, mais.
#
# Aqui mora uma armadilha. No `SGD` do Keras o momento é um **número** que a compilação do passo congela. Atribuir outro valor depois não dá erro e não faz nada:


# %%
def two_halves(optimizer, change):
    model = network(optimizer)
    part = {"epochs": 1, "batch_size": 100, "shuffle": False, "verbose": 0}
    model.fit(x_train[:1000], y_train[:1000], **part)
    change(model.optimizer)
    model.fit(x_train[:1000], y_train[:1000], **part)
    return np.concatenate([w.ravel() for w in model.get_weights()])


sgd = [
    two_halves(keras.optimizers.SGD(0.02, momentum=0.9), change)
    for change in (lambda o: None, lambda o: setattr(o, "momentum", 0.0))
]
ours = [
    two_halves(MomentumSGD(0.02, momentum=0.9), change)
    for change in (lambda o: None, lambda o: o.momentum.assign(0.0))
]

# %%
claim(
    "C2-22", "no SGD do Keras, mudar o momento depois de treinar não altera um só peso", np.array_equal(*sgd)
)
claim("C2-23", "no MomentumSGD, altera", np.abs(ours[0] - ours[1]).max() > 1e-3)
claim(
    "C2-24",
    "com momento constante, os dois otimizadores dão os mesmos pesos",
    np.allclose(sgd[0], ours[0], atol=1e-4),
)

# %% [markdown]
# `MomentumSGD`, da biblioteca do curso, é o mesmo SGD com o momento em uma **variável**, que o passo compilado lê de novo a cada vez. Com ele, o *callback* `OneCycle` muda as duas coisas. Treinamos a rede da seção anterior por 12 épocas, com
# $\eta_1$ três vezes a taxa sugerida pela busca, e, com o mesmo orçamento e os mesmos pesos iniciais, mais duas vezes: com essa mesma taxa $\eta_1$ **fixa**, e com ela em queda exponencial.

# %%
EPOCHS, top_rate = 12, min(3 * found.suggestion, 0.2)
options |= {"epochs": EPOCHS}
one_cycle = OneCycle(max_rate=top_rate, steps=EPOCHS * 40)
plans = {
    "taxa fixa": (MomentumSGD(top_rate, momentum=0.9), []),
    "exponencial": (MomentumSGD(schedules.ExponentialDecay(top_rate, EPOCHS * 20, 0.1), momentum=0.9), []),
    "1cycle": (MomentumSGD(top_rate / 10, momentum=0.95), [one_cycle]),
}
runs = {
    name: network(optimizer).fit(x_train, y_train, callbacks=callbacks, **options)
    for name, (optimizer, callbacks) in plans.items()
}

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 3.6))
left.plot(one_cycle.rates, color=plots.PALETTE[0])
left.set(xlabel="Passo", ylabel="Taxa η", title="A taxa sobe, desce e mergulha")
right.plot(one_cycle.momenta, color=plots.PALETTE[1])
right.set(xlabel="Passo", ylabel="Momento β", title="O momento faz o contrário")
for ax in (left, right):
    plots.comma_axes(ax)
figure.suptitle("1cycle, como foi aplicado a cada passo")
plots.show(
    figure,
    alt="À esquerda, a taxa de aprendizado por passo: sobe em linha reta até o meio, desce em linha reta e no último décimo cai quase a zero. À direita, o "
    "momento, que desce de 0,95 a 0,85 e volta a 0,95.",
)

# %%
planned = np.array([one_cycle.at(step) for step in range(EPOCHS * 40)])
cycle_ok = np.allclose(one_cycle.rates, planned[:, 0]) and np.allclose(one_cycle.momenta, planned[:, 1])
claim("C2-25", "a cada passo valeram a taxa e o momento do plano", cycle_ok)
claim(
    "C2-26",
    "a última taxa é um milésimo da primeira",
    bool(np.isclose(one_cycle.rates[-1] / one_cycle.rates[0], 1e-3)),
)
claim(
    "C2-27",
    "o momento vai de 0,95 a 0,85 e volta",
    max(one_cycle.momenta) == 0.95 and abs(min(one_cycle.momenta) - 0.85) < 2e-3,
)

# %%
colors = plots.Colors(
    {"taxa fixa": plots.PALETTE[1], "exponencial": plots.PALETTE[2], "1cycle": plots.PALETTE[0]}
)
ax = plots.HistoryPlotter(metric="loss", smoothing_std=None, colors=colors).plot(
    runs, title="Mesma taxa máxima, mesmo orçamento: com a queda, a validação sossega"
)
plots.show(
    ax,
    alt="Perda de treino e de validação em doze épocas, com taxa fixa, exponencial e 1cycle. A validação da exponencial termina em linha quase reta; a da taxa fixa sobe e "
    "desce de uma época para outra.",
)

# %%
final = {name: run.history["loss"][-1] for name, run in runs.items()}
wobble = {name: np.abs(np.diff(run.history["val_loss"][-5:])).mean() for name, run in runs.items()}
calm = wobble["exponencial"] < wobble["taxa fixa"] / 2
claim(
    "C2-28",
    "com a queda exponencial, a validação oscila, no fim, menos da metade do que com a taxa fixa",
    calm,
)

# %% tags=["nbval-ignore-output"]
show_table(
    ["plano", "perda de treino", "menor perda de validação", "perda de validação no fim"],
    [
        [name, final[name], min(run.history["val_loss"]), run.history["val_loss"][-1]]
        for name, run in runs.items()
    ],
)

# %% [markdown]
# É uma comparação em uma rede pequena, com 2 000 imagens e uma taxa máxima que escolhemos alta de propósito. Ela mostra o que a seção 1 previa: com a taxa fixa a validação continua a tremer no fim; com a queda, sossega. O que ela **não** mostra: que um
# dos planos generalize melhor, nem que o 1cycle ganhe dos outros (ele tem a taxa alta por mais tempo, e só mergulha no fim). Uma taxa fixa menor, a própria sugestão da busca, também serviria bem a um treino tão curto. A fama do 1cycle vem de outro lugar: permitir taxas máximas maiores e
# chegar a um resultado em menos épocas, em redes e conjuntos muito maiores.
#
# ## 8. Explique
#
# Um colega quer que a taxa caia dez vezes a cada 20 **épocas**, com 1 719 passos por época, e escreve `SGD(ExponentialDecay(0.01, decay_steps=20, decay_rate=0.1))`. O treino para de melhorar na metade da primeira época. O que houve? E por que ele não pode consertar acrescentando um
# `ReduceLROnPlateau`?
#
# <details><summary>Uma resposta possível</summary>
#
# O agendamento do otimizador conta **passos**: com `decay_steps=20` a taxa cai dez vezes a cada vinte lotes, e em cem passos é cem mil vezes menor. Ele precisava de `decay_steps=20 * 1719`, ou de um `LearningRateScheduler`, que conta épocas. O `ReduceLROnPlateau` tenta **escrever** na taxa, e a taxa de um
# otimizador com agendamento é uma função, que o Keras não deixa sobrescrever (levanta `TypeError`). E, mesmo que pudesse, ele só diminui a taxa, quando o problema é ela já ter diminuído demais.
#
# </details>
#
# ## 9. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | piso de ruído | $V = \eta\sigma^2/(2-\eta)$ | taxa fixa estaciona (C2-01) | esperar que mais épocas resolvam |
# | decaimento | $\eta$ menor com o tempo | bate as fixas (C2-03) | dizer que evita mínimos locais |
# | potência, exponencial, partes | tabela da seção 3 | C2-05 a C2-08 | errar a escala $s$ |
# | época e passo | agendamento conta passos; *callback*, épocas | C2-09 a C2-12 | `decay_steps` em épocas |
# | `decay=` | ignorado | taxa constante (C2-15) | atribuir-lhe o resultado |
# | por desempenho | `ReduceLROnPlateau` | a regra à mão (C2-16) | usá-lo com um agendamento (C2-14) |
# | busca da taxa | aumentar a cada passo | cai e dispara (C2-19, C2-20) | usar a taxa do fundo |
# | 1cycle | sobe a $\eta_1$, desce, mergulha | C2-25 a C2-28 | achar que `optimizer.momentum = …` faz algo (C2-22) |
#
# **Para praticar:** no **Lab 3 · Otimizadores e agendamentos** você escreve o 1cycle e escolhe uma taxa. **A seguir:** a lição sobre capacidade e sobreajuste.
#
# ## Referências
#
# - Robbins, H.; Monro, S. (1951). A stochastic approximation method. *Annals of Mathematical Statistics*, 22(3), 400–407. Por que a taxa precisa diminuir.
# - Smith, L. N. (2017). Cyclical learning rates for training neural networks. *WACV*. A busca da taxa.
# - Smith, L. N. (2018). A disciplined approach to neural network hyper-parameters: part 1. arXiv:1803.09820. A política 1cycle.
# - Senior, A.; Heigold, G.; Ranzato, M.; Yang, K. (2013). An empirical study of learning rates in deep neural networks for speech recognition. *ICASSP*. Potência, exponencial e desempenho comparados.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms. arXiv:1708.07747. Os dados desta lição.
