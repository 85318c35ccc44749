# ---
# jupyter:
#   gradiente:
#     title: "Lab 5 · Sobreajuste e regularização"
#     grading: {cell_seconds: 120, max_epochs: 1}
#     demo: [referencia, esqueleto, parcial, limiar-meio, sigmoide-na-saida]
# ---

# %% [markdown] locked="titulo"
# # Lab 5 · Sobreajuste e regularização
#
# Uma rede com três milhões de pesos decora dez mil exemplos em poucos minutos. Decorar é fácil; o que se quer é
# acertar exemplos que ela nunca viu. Neste lab você vai **provocar** o sobreajuste, **medi-lo** e **combatê-lo**, primeiro em
# colisões de partículas, depois em fotos de gatos.
#
# | | |
# |---|---|
# | **Ao final você saberá** | relacionar capacidade e sobreajuste; ler curvas de aprendizado com a incerteza delas; aplicar penalidade L2 e *dropout*; avaliar um classificador binário com quatro métricas e uma linha de base |
# | **Antes de começar** | camadas densas e funções de ativação; perda e descida do gradiente; treino, validação e teste |
# | **Tempo** | cerca de 3 h de trabalho; as redes, todas juntas, treinam por alguns minutos em dois núcleos (menos de dez) |
# | **Palavras novas** | capacidade, parada antecipada, penalidade L2, decaimento de pesos, *dropout*, revocação, F1 |

# %% [markdown] locked="regras"
# ## Como este lab funciona
#
# São dez **ToDos** de 10 pontos.
#
# - **Sete são de código** (1, 5, 6, 7, 8, 9 e 10; 70 pontos). Apague a linha `raise NotImplementedError(…)` e escreva a sua
#   solução no lugar. Logo abaixo há uma célula de teste: execute-a, e leia a mensagem se ela falhar. Ela confere o básico; a correção
#   faz outras perguntas à sua resposta e dá **pontos parciais** por item.
# - **Três são de texto** (2, 3 e 4; 30 pontos), corrigidos à mão pelo critério que vem antes de cada um. Troque o texto da célula pela
#   sua resposta.
# - As demais células são dadas. As marcadas como somente leitura são repostas na correção como eram.
# - Antes de entregar, use *Kernel → Restart Kernel and Run All Cells*: um lab que só funciona fora de ordem não funciona.
#
# **Na correção, o treinamento é curto.** O corretor executa o seu caderno inteiro, mas define a variável de ambiente
# `GRADIENTE_MAX_EPOCHS`, que limita cada treinamento a **uma** época, de dois lotes. A nota automática mede o que o seu código *constrói* e *calcula*,
# e não a sorte de uma rodada nem a velocidade do seu computador. As suas análises escritas, essas, devem usar os números do
# **seu** treinamento completo.
#
# **Se um ToDo travar, siga em frente.** As células seguintes usam o que existir, e um ToDo não tira pontos de outro.

# %% [markdown]
# ## Preparo
#
# `keras` para as redes, `numpy` para as contas, e do pacote do curso: os dados, a figura das curvas de aprendizado e o limite de épocas da
# correção. A semente torna a rodada reproduzível na sua máquina; em outra, os números mudam um pouco.

# %% locked="preparo"
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # só erros do TensorFlow
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # mesma ordem de somas em toda rodada

import math
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import h5py
import keras
import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython

from gradiente import training
from gradiente.budget import cap_epochs, is_capped
from gradiente.callbacks import EpochDots
from gradiente.datasets import cat_noncat_files, load_higgs
from gradiente.formatting import show_table
from gradiente.plots import PALETTE, Colors, HistoryPlotter, comma_axes, show

SEED = 42
keras.utils.set_random_seed(SEED)

# %% [markdown]
# # Parte 1 · Colisões de partículas
#
# ## 1.1 Os dados
#
# O conjunto **HIGGS** tem 11 milhões de colisões simuladas. Cada exemplo traz 28 atributos: 21 medidas cinemáticas dos
# detectores e 7 massas calculadas a partir delas. O rótulo é 1 se a colisão produziu um bóson de Higgs (*sinal*) e 0 se foi outro processo
# (*fundo*).
#
# Usamos só as 12 mil primeiras linhas. `load_higgs` lê o arquivo compactado (2,8 GB) aos poucos, separa o rótulo dos 28 atributos e para
# assim que tem as linhas pedidas. Sem rede, ela devolve uma **réplica**: dados sorteados por nós, com os mesmos formatos e
# dificuldade parecida. O campo `origin` diz qual dos dois você tem.

# %%
data = load_higgs(12_000)
print("origem:", data.origin)
print("x:", data.x.shape, data.x.dtype, "| y:", data.y.shape, data.y.dtype)
print("primeiro exemplo:", np.round(data.x[0], 3))

# %% [markdown]
# Por que tão poucas linhas, se há milhões? Porque o sobreajuste aparece quando a rede é grande **para os dados que tem**. Com 11 milhões de exemplos,
# as redes deste lab mal conseguiriam decorar; com 10 mil, decoram.
#
# A divisão é feita uma vez, e na ordem do arquivo:
#
# | conjunto | linhas | para quê |
# |---|---|---|
# | validação | as 1.000 primeiras | comparar redes, decidir quando parar |
# | treino | as 10.000 seguintes | ajustar os pesos |
# | teste | as 1.000 últimas | uma única medida, no fim da Parte 1 |

# %% locked="higgs-divisao"
N_FEATURES = 28
N_VALIDATION = 1_000
N_TRAIN = 10_000

x_val, y_val = data.x[:N_VALIDATION], data.y[:N_VALIDATION]
x_train = data.x[N_VALIDATION : N_VALIDATION + N_TRAIN]
y_train = data.y[N_VALIDATION : N_VALIDATION + N_TRAIN]
higgs_x_test, higgs_y_test = data.x[N_VALIDATION + N_TRAIN :], data.y[N_VALIDATION + N_TRAIN :]

# %% [markdown]
# Repare no formato de `y`: **(n, 1)**, e não (n,). A rede devolve uma coluna, e rótulo e saída precisam do mesmo formato. Com (n, 1)
# de um lado e (n,) do outro, o NumPy faz a conta de todos contra todos, (n, n), sem avisar.
#
# Os atributos já vêm em escalas parecidas?

# %%
fig, ax = plt.subplots(figsize=(7, 2.8))
ax.hist(x_train[:1_000].ravel(), bins=101, color=PALETTE[0])
ax.set(xlabel="valor do atributo", ylabel="contagem", title="Os 28 atributos de 1.000 exemplos, juntos")
show(fig, alt="Histograma dos valores dos 28 atributos em mil exemplos: quase todos entre -3 e 4.")

# %% [markdown]
# Quase tudo cai entre −3 e 4: não é preciso reescalar antes de treinar.
#
# ## 1.2 A régua: linha de base e incerteza
#
# Antes da primeira rede, duas perguntas que evitam conclusões falsas.
#
# **Quanto consegue quem não olha os atributos?** Responder sempre a classe mais frequente do treino dá a *acurácia da linha de base*. Responder
# sempre a frequência $q$ de sinais no treino, como probabilidade, dá a *entropia cruzada da linha de base*. Uma rede que não passa disso não aprendeu nada.
#
# **Quanto varia a medida?** Uma acurácia $a$ medida em $n$ exemplos tem **erro padrão**
#
# $$\mathrm{EP} = \sqrt{\frac{a\,(1-a)}{n}}$$
#
# onde $a$ é a fração de acertos e $n$ o número de exemplos. Duas redes que diferem menos que um ou dois erros padrão podem muito bem estar empatadas.


# %% locked="regua"
def br(value, digits=3):
    """Número com vírgula decimal, para ler."""
    return f"{value:.{digits}f}".replace(".", ",").replace("-", "−")


def standard_error(values):
    """Erro padrão da média de `values` (desvio padrão dividido por √n)."""
    return float(np.std(values) / math.sqrt(np.size(values)))


def baseline(y_train, y):
    """Entropia cruzada e acurácia, em `y`, de quem só conhece as frequências do treino."""
    q = float(np.clip(np.mean(y_train), 1e-6, 1 - 1e-6))
    cross_entropy = -np.mean(y * math.log(q) + (1 - y) * math.log(1 - q))
    return float(cross_entropy), float(np.mean(y == (q > 0.5)))


# %%
base_loss, base_accuracy = baseline(y_train, y_val)
base_error = math.sqrt(base_accuracy * (1 - base_accuracy) / len(y_val))
print(f"entropia cruzada da linha de base: {br(base_loss)}")
print(
    f"acurácia da linha de base: {br(100 * base_accuracy, 1)} % ± {br(100 * base_error, 1)} ponto percentual"
)

# %% [markdown]
# ## 1.3 Capacidade
#
# A **capacidade** de uma rede é a variedade de funções que ela consegue representar. A medida mais simples, e grosseira, é o número de pesos e vieses
# (parâmetros). Uma camada densa de $m$ entradas e $u$ unidades tem
#
# $$(m + 1)\,u$$
#
# parâmetros: um peso por entrada e um viés, para cada unidade.
#
# - **Pouca capacidade**: a rede não representa a regra que liga atributos e rótulo. Erra no treino e na validação. É o **subajuste**.
# - **Muita capacidade**: cabe na rede uma tabela de "exemplo → resposta". O treino vai a zero, e a tabela não serve para exemplos novos. É o **sobreajuste**.
# - **No meio**: sem espaço para decorar tudo, a rede é obrigada a comprimir, isto é, a guardar regularidades que valem para muitos exemplos. São elas que
#   *generalizam*.
#
# Não há fórmula para o tamanho certo: depende dos dados, do ruído e da tarefa. O caminho honesto é **começar pequeno** e crescer
# enquanto a perda de validação melhorar. É o que faremos, com camadas densas, de 16 a 1.024 unidades.

# %% [markdown]
# ## 1.4 A mesma receita para todas
#
# Para que a diferença entre duas redes seja *a capacidade*, o resto fica igual: dados, lotes, otimizador, perda, critério de parada.
#
# **Taxa de aprendizado.** Muitas redes treinam melhor se a taxa cai aos poucos. `InverseTimeDecay` faz a queda hiperbólica
#
# $$\eta(t) = \frac{\eta_0}{1 + t / T}$$
#
# onde $\eta$ é a taxa de aprendizado, $\eta_0$ a inicial, $t$ o número de passos (atualizações dos pesos) e $T$ os passos em mil épocas.
# Com lotes de 500, uma época do HIGGS tem 10.000 / 500 = 20 passos, logo $T = 20.000$.


# %% locked="receita"
@dataclass(frozen=True)
class Problem:
    """Os dados de um problema e a receita com que todas as redes dele treinam."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_val: np.ndarray
    y_val: np.ndarray
    batch_size: int
    learning_rate: float
    max_epochs: int
    patience: int

    @property
    def steps_per_epoch(self):
        return math.ceil(len(self.x_train) / self.batch_size)


def get_optimizer(problem):
    """Adam com taxa que cai à metade em 1.000 épocas e a um terço em 2.000."""
    schedule = keras.optimizers.schedules.InverseTimeDecay(
        problem.learning_rate, decay_steps=1_000 * problem.steps_per_epoch, decay_rate=1.0
    )
    return keras.optimizers.Adam(schedule)


higgs = Problem(
    x_train, y_train, x_val, y_val, batch_size=500, learning_rate=1e-3, max_epochs=200, patience=25
)

# %%
epochs = np.arange(5_001)
rates = higgs.learning_rate / (1 + epochs * higgs.steps_per_epoch / (1_000 * higgs.steps_per_epoch))
fig, ax = plt.subplots(figsize=(7, 2.8))
ax.plot(epochs, 1_000 * rates, color=PALETTE[0])
ax.axvspan(0, higgs.max_epochs, color=PALETTE[5], alpha=0.3, label="épocas deste lab")
ax.set(xlabel="época", ylabel="η (milésimos)", ylim=(0, 1.05))
ax.legend()
comma_axes(ax)
show(fig, alt="Taxa de aprendizado por época: cai à metade em mil épocas e a um terço em duas mil.")

# %% [markdown]
# **Perda e métricas.** A última camada não tem ativação: devolve um ***logit*** $z$, e a probabilidade de sinal é $\sigma(z) = 1/(1+e^{-z})$. Três
# consequências, todas na função abaixo:
#
# - a perda recebe `from_logits=True`, e faz a conta de forma estável;
# - a probabilidade passa de 0,5 exatamente quando $z$ passa de **0**; por isso a acurácia usa `threshold=0.0`;
# - a entropia cruzada também entra como *métrica*. Sem regularização ela é igual à perda. Com penalidade L2, a perda ganha um termo a mais, e só
#   a métrica continua comparável entre redes.
#
# **Parada antecipada.** Se `val_binary_crossentropy` não melhora por `patience` épocas, o treinamento para, e
# `restore_best_weights=True` devolve à rede os pesos da **melhor** época. Sem isso, ficariam os últimos, já sobreajustados.

# %% locked="compile-and-fit"
LOGS = Path("registros")  # uma subpasta por grupo de redes, para o TensorBoard


def get_callbacks(name, problem):
    """Um ponto por época, parada antecipada e, fora da correção, registros para o TensorBoard."""
    callbacks = [
        EpochDots(every=100),
        keras.callbacks.EarlyStopping(
            monitor="val_binary_crossentropy",
            mode="min",
            patience=problem.patience,
            restore_best_weights=True,
        ),
    ]
    if not is_capped():
        for old in (LOGS / name).rglob("events.out.tfevents.*"):
            old.unlink()  # a rodada anterior desta mesma rede
        callbacks.append(keras.callbacks.TensorBoard(LOGS / name, write_graph=False))
    return callbacks


def compile_and_fit(model, name, problem):
    """Compila e treina `model` com a receita de `problem`; devolve o History.

    `name` é "grupo/rede", por exemplo "tamanhos/pequena": a pasta dos registros.
    """
    print(f"{name}: {model.count_params():,} parâmetros".replace(",", "."))
    model.compile(
        optimizer=get_optimizer(problem),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.BinaryCrossentropy(from_logits=True, name="binary_crossentropy"),
            keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy"),
        ],
        run_eagerly=is_capped(),  # na correção são poucos passos: não compensa compilá-los
    )
    rows = slice(2 * problem.batch_size if is_capped() else None)
    fit = model.fit if is_capped() else partial(training.fit, model)
    return fit(
        problem.x_train[rows],
        problem.y_train[rows],
        batch_size=problem.batch_size,
        epochs=cap_epochs(problem.max_epochs),
        validation_data=(problem.x_val, problem.y_val),
        validation_batch_size=len(problem.x_val),
        callbacks=get_callbacks(name, problem),
        verbose=0,
    )


# %% [markdown]
# `training.fit` faz o mesmo que `model.fit`: embaralha o treino a cada época, entrega lotes de 500 e dá os mesmos passos. Só é mais rápida, porque
# executa cada época inteira em uma chamada compilada, em vez de voltar ao Python a cada lote. O que ela devolve, o `History`, guarda as métricas de cada
# época em `.history` e a rede treinada em `.model`.
#
# Por último, três ferramentas para **ver**: as curvas, uma tabela com incertezas, e a comparação de duas redes. Leia o que cada uma faz; o como não
# importa agora.


# %% locked="ferramentas"
def trained(histories):
    """Só as redes que já foram treinadas."""
    return {name: h for name, h in histories.items() if getattr(h, "history", None) and hasattr(h, "model")}


BLUE, ORANGE, GREEN, PINK, AMBER = (PALETTE[i] for i in (0, 1, 2, 3, 5))
COLORS = {  # cada rede com a mesma cor em todas as figuras
    **{"mínima": BLUE, "pequena": ORANGE, "média": GREEN, "grande": PINK, "gigante": AMBER},
    **{"L2": ORANGE, "dropout": GREEN, "L2 + dropout": AMBER},
    **{"pequena reg.": ORANGE, "média reg.": GREEN, "grande reg.": PINK},
}


def plot_curves(histories, problem, title, alt):
    """Entropia cruzada por época. À esquerda, treino e validação; à direita, a validação de perto."""
    histories = trained(histories)
    if not histories:
        print("Ainda não há redes treinadas para desenhar.")
        return
    base = baseline(problem.y_train, problem.y_val)[0]
    longest = max(len(history.epoch) for history in histories.values())
    plotter = HistoryPlotter(metric="binary_crossentropy", smoothing_std=2)
    plotter.colors = Colors(COLORS)
    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
    plotter.plot(histories, ax=left, logx=longest > 1, logy=True, title=title)
    left.set_ylim(0.04, 4)
    left.set_yticks([0.05, 0.1, 0.2, 0.5, 1, 2], ["0,05", "0,1", "0,2", "0,5", "1", "2"])
    left.set_yticks([], minor=True)
    styles = (("-", "treino"), ("--", "validação"), (":", "linha de base"))
    left.legend(
        [plt.Line2D([], [], color="black", linestyle=style) for style, _ in styles], [n for _, n in styles]
    )
    for name, history in histories.items():
        curve = plotter.smooth(history.history["val_binary_crossentropy"])
        right.plot(history.epoch, curve, "--", color=COLORS.get(name), label=name)
    lowest = min(min(history.history["val_binary_crossentropy"]) for history in histories.values())
    right.set(xlabel="Época", title="A validação, de perto", xscale=left.get_xscale(), xlim=left.get_xlim())
    right.set_ylim(min(lowest, base) - 0.02, base + 0.06)
    right.legend()
    for ax in (left, right):
        ax.axhline(base, color="black", linestyle=":", linewidth=1.5)
    comma_axes(right)
    show(fig, alt=alt)


def logits_of(model, x):
    """Saída da rede fora do treino, com formato (n, 1)."""
    return keras.ops.convert_to_numpy(model(x, training=False)).astype("float64").reshape(len(x), 1)


def cross_entropies(model, x, y):
    """Entropia cruzada de cada exemplo, a partir do logit z: log(1 + e^z) − y·z."""
    z = logits_of(model, x)
    return np.logaddexp(0.0, z) - y * z


def report(histories, problem):
    """Tabela: cada rede com os pesos da sua melhor época, na validação e em n exemplos do treino."""
    x, y, n = problem.x_val, problem.y_val, len(problem.x_val)
    rows = []
    for name, history in trained(histories).items():
        model, curve = history.model, history.history["val_binary_crossentropy"]
        train = float(cross_entropies(model, problem.x_train[:n], problem.y_train[:n]).mean())
        losses, hits = cross_entropies(model, x, y), (logits_of(model, x) > 0) == (y > 0.5)
        rows.append(
            [
                name,
                f"{model.count_params():,}".replace(",", "."),
                f"{np.argmin(curve) + 1} de {len(curve)}",
                br(train),
                f"{br(losses.mean())} ± {br(standard_error(losses))}",
                br(losses.mean() - train),
                f"{br(100 * hits.mean(), 1)} ± {br(100 * standard_error(hits), 1)} %",
            ]
        )
    header = ["rede", "parâmetros", "melhor época", "treino", "validação ± EP", "distância", "acurácia ± EP"]
    show_table(header, rows)


def compare(histories, first, second, problem):
    """Diferença entre duas redes nos MESMOS exemplos de validação, com o erro padrão da diferença."""
    pair = trained(histories)
    if first not in pair or second not in pair:
        print(f"Ainda não dá para comparar {first} e {second}: treine as duas.")
        return
    losses = [cross_entropies(pair[name].model, problem.x_val, problem.y_val) for name in (first, second)]
    difference = losses[0] - losses[1]
    print(
        f"{first} − {second}: entropia cruzada {br(difference.mean())} ± {br(standard_error(difference))}"
        f" (erro padrão da diferença, {difference.size} exemplos)"
    )


# %% [markdown]
# ## 1.5 De mínima a grande
#
# **Preveja.** Você vai treinar quatro redes, cada uma com mais unidades e mais camadas. Qual terá a menor perda de *treino*? E a de *validação*?
# Escreva o seu palpite antes de continuar.

# %%
my_guess = {"treino": "…", "validação": "…"}  # mínima, pequena, média ou grande?

# %% [markdown]
# A **mínima** tem uma camada oculta de 16 unidades. A ativação ELU vale $x$ se $x > 0$ e $e^x - 1$ caso contrário: não zera o gradiente dos negativos.
# Confira a conta dos parâmetros: (28 + 1) · 16 + (16 + 1) · 1 = 481.

# %%
tiny = keras.Sequential(
    [
        keras.Input((N_FEATURES,)),
        keras.layers.Dense(16, activation="elu"),
        keras.layers.Dense(1),
    ]
)
size_histories = {"mínima": compile_and_fit(tiny, "tamanhos/minima", higgs)}

# %% [markdown]
# A **pequena** tem duas camadas ocultas de 16: 753 parâmetros.

# %%
small = keras.Sequential(
    [
        keras.Input((N_FEATURES,)),
        keras.layers.Dense(16, activation="elu"),
        keras.layers.Dense(16, activation="elu"),
        keras.layers.Dense(1),
    ]
)
size_histories["pequena"] = compile_and_fit(small, "tamanhos/pequena", higgs)

# %% [markdown]
# A **média** tem três de 64: 10.241 parâmetros, mais ou menos um por exemplo de treino.

# %%
medium = keras.Sequential(
    [
        keras.Input((N_FEATURES,)),
        keras.layers.Dense(64, activation="elu"),
        keras.layers.Dense(64, activation="elu"),
        keras.layers.Dense(64, activation="elu"),
        keras.layers.Dense(1),
    ]
)
size_histories["média"] = compile_and_fit(medium, "tamanhos/media", higgs)

# %% [markdown]
# A **grande** tem quatro de 512: 803.329 parâmetros, oitenta por exemplo.

# %%
large = keras.Sequential(
    [
        keras.Input((N_FEATURES,)),
        keras.layers.Dense(512, activation="elu"),
        keras.layers.Dense(512, activation="elu"),
        keras.layers.Dense(512, activation="elu"),
        keras.layers.Dense(512, activation="elu"),
        keras.layers.Dense(1),
    ]
)
size_histories["grande"] = compile_and_fit(large, "tamanhos/grande", higgs)

# %% [markdown]
# ## 1.6 Como ler as curvas
#
# Compare a curva de treino com a de validação da mesma rede:
#
# 1. **As duas descem juntas, com pequena distância**: normal. A validação costuma ficar um pouco pior.
# 2. **As duas andam no mesmo sentido**: ainda há o que aprender; continue.
# 3. **A de validação estaciona enquanto a de treino desce**: a rede está no limite do que generaliza.
# 4. **A de validação sobe enquanto a de treino desce**: sobreajuste. Tudo depois do mínimo é memória.
#
# O eixo das épocas é **logarítmico**: a rede mínima leva centenas de épocas, a grande sobreajusta nas primeiras dezenas, e num eixo comum uma das duas sumiria. O
# eixo da perda, à esquerda, também é logarítmico, para caber o treino que vai a zero e a validação que passa de 1; à direita, a mesma validação,
# ampliada em torno da linha de base, onde as redes se decidem. As curvas são levemente suavizadas: para valores
# exatos, use a tabela.

# %%
plot_curves(
    size_histories,
    higgs,
    title="Quanto maior a rede, mais cedo a validação sobe",
    alt="Entropia cruzada de treino e validação por época, em escala log, de quatro redes e da linha de base.",
)

# %%
report(size_histories, higgs)

# %% [markdown]
# *Melhor época* é a do mínimo da validação, entre as que rodaram até a parada antecipada (ou o limite). *Treino* e *validação* são a entropia
# cruzada com os pesos dessa época; *distância* é a diferença entre as duas. **EP** é o erro padrão.
#
# Três avisos contra conclusões apressadas:
#
# - as acurácias das redes costumam diferir menos que dois erros padrão: olhe a entropia cruzada, que é mais sensível;
# - como todas as redes veem os mesmos 1.000 exemplos, a comparação justa é *exemplo a exemplo*: é o que faz `compare`;
# - é **uma** rodada, de **uma** semente. Para afirmar que uma rede é melhor, repita com outras.

# %%
compare(size_histories, "grande", "mínima", higgs)

# %% [markdown] locked="todo01-enunciado"
# ### ToDo 1 · A rede gigante (10 pontos)
#
# Leve a capacidade ao exagero. Escreva a função `rede_gigante()`, sem argumentos, que devolve uma rede **nova e não compilada** com
#
# - 28 entradas;
# - quatro camadas ocultas de **1.024** unidades com ativação **ELU**;
# - uma saída em *logit* (uma unidade, sem ativação).
#
# Depois treine uma com `compile_and_fit`, sob o nome `"tamanhos/gigante"`, e guarde o `History` em `size_histories["gigante"]`.
#
# *Vale*: arquitetura 4, ativações e saída 3, treinamento 3. *Tempo*: um a dois minutos de treinamento.
#
# *Dica*: quantos parâmetros você espera? Faça a conta $(m+1)\,u$ de cada camada antes de executar.


# %% solution="todo01"
### BEGIN SOLUTION
def rede_gigante():
    """Quatro camadas ocultas de 1.024 unidades ELU e saída em logit."""
    model = keras.Sequential([keras.Input((N_FEATURES,))])
    for _ in range(4):
        model.add(keras.layers.Dense(1024, activation="elu"))
    model.add(keras.layers.Dense(1))
    return model


size_histories["gigante"] = compile_and_fit(rede_gigante(), "tamanhos/gigante", higgs)
### END SOLUTION

# %% test="todo01" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def portrait(model, x):
    # Pesos que só dependem da camada: a saída revela as ativações, por mais diferente que seja o código.
    weights = model.get_weights()
    # três tipos de unidade, com pesos de sinais diferentes: o que uma camada faz chega à saída
    fixed, kinds = [], np.arange(3)
    for i, w in enumerate(weights):
        rows, columns = (np.arange(n) % 3 for n in (w.shape[0], w.shape[-1]))
        kernel = 5 * np.cos(np.add.outer(2.5 * kinds, kinds) + i) / w.shape[0]
        bias = np.cos(kinds + i).astype("float32")
        fixed.append(kernel.astype("float32")[np.ix_(rows, columns)] if w.ndim == 2 else bias[columns])
    model.set_weights(fixed)
    rescaling = [[m.scale, m.offset] for m in model.layers if isinstance(m, keras.layers.Rescaling)]
    output = keras.ops.convert_to_numpy(model(x, training=False)).reshape(len(x), -1)[:, :2]
    return {"shapes": [w.shape for w in weights], "rescaling": rescaling, "output": output}


def history_facts(history):
    model = history.model

    def measure(x, y):
        return model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True)["binary_crossentropy"]

    return {
        "shapes": [w.shape for w in model.get_weights()],
        "epochs": len(history.history["loss"]),
        "best": min(history.history["val_binary_crossentropy"]),
        "validation": measure(higgs.x_val, higgs.y_val),
        "test": measure(higgs_x_test, higgs_y_test),
    }


observe("rede", lambda: portrait(rede_gigante(), np.repeat(np.linspace(-3, 3, 13)[:, None], 28, axis=1)))
observe("treino", lambda: history_facts(size_histories["gigante"]))
### END HIDDEN TESTS
gigante = rede_gigante()
assert isinstance(gigante, keras.Model), "rede_gigante() deve devolver uma rede do Keras. Faltou o return?"
assert gigante.input_shape == (None, 28), f"A entrada deve ter 28 atributos; a sua é {gigante.input_shape}."
assert gigante.output_shape == (None, 1), f"A saída deve ter uma unidade; a sua é {gigante.output_shape}."
assert gigante.count_params() == 3_179_521, (
    f"São {gigante.count_params()} parâmetros, e esperava 3179521. Faça a conta (m + 1)·u camada por camada: "
    "são quatro camadas ocultas de 1.024 e a saída."
)
assert "gigante" in size_histories, 'Treine a rede e guarde o History em size_histories["gigante"].'
assert hasattr(size_histories["gigante"], "model"), (
    "Guarde o History inteiro, e não só o dicionário .history."
)

# %%
plot_curves(
    size_histories,
    higgs,
    title="Com a gigante",
    alt="As curvas de treino e validação das redes treinadas até aqui, com a gigante se já treinada.",
)

# %%
report(size_histories, higgs)
compare(size_histories, "gigante", "grande", higgs)
compare(size_histories, "gigante", "mínima", higgs)

# %% [markdown] locked="todo02-enunciado"
# ### ToDo 2 · Avalie a gigante (10 pontos, texto)
#
# Com a figura, a tabela e as comparações acima, responda na célula seguinte, **citando os seus números**:
#
# a) Em que época a gigante teve a menor perda de validação, e quanto foi? O que aconteceu depois com o treino e com a validação?
# Qual das quatro regras da seção 1.6 descreve o caso?
#
# b) Ela é melhor ou pior que a grande? E que a mínima? Compare a diferença com o erro padrão **antes** de responder.
#
# c) Quem olhasse só o treino escolheria qual rede? Por que a parada antecipada não basta para que a gigante valha a pena?
#
# | critério | pontos |
# |---|---|
# | (a) época, valores e regra corretos para a própria rodada | 4 |
# | (b) conclusão coerente com o erro padrão; "empate" é resposta, se for o caso | 4 |
# | (c) distingue treino de generalização, e considera o custo | 2 |

# %% [markdown] manual="todo02" points=10
# ### BEGIN SOLUTION
# *Modelo de resposta: os valores são os da rodada de cada um; o que se corrige é a leitura deles.*
#
# a) A gigante chega à menor perda de validação nas primeiras dezenas de épocas (a coluna "melhor época" da tabela). Depois disso a perda de treino
# continua a cair, enquanto a de validação sobe e acaba pior que a linha de base: é a regra 4, sobreajuste. A rede deixa de aprender
# regularidades e passa a guardar os exemplos; como fica cada vez mais segura do que decorou, os erros na validação custam cada vez mais caro.
#
# b) Com os pesos da melhor época, gigante e grande diferem por cerca de um erro padrão da diferença, ou menos: esta rodada não permite dizer qual é melhor. A
# comparação com a mínima lê-se do mesmo jeito: só há conclusão se a diferença passar de uns dois erros padrão. Multiplicar os parâmetros
# por milhares não trouxe um ganho que se possa afirmar.
#
# c) Pela perda de treino, escolheria a gigante, justamente a que mais decora. A parada antecipada devolve os pesos de antes do estrago, mas eles
# vêm de um treinamento interrompido cedo, e o resultado fica no nível de redes milhares de vezes menores, a um custo muito maior de tempo e memória.
# ### END SOLUTION

# %% [markdown]
# ## 1.7 As mesmas curvas no TensorBoard
#
# O TensorBoard é um painel que lê os registros gravados durante o treinamento. O que ele mostra de início é isto: **uma curva por rede e por conjunto, eixo linear de épocas,
# sem incerteza**. A figura abaixo imita o painel com os mesmos dados.

# %%
fig, axes = plt.subplots(1, 2, figsize=(10, 3.4), sharex=True)
for name, history in trained(size_histories).items():
    for ax, metric in zip(axes, ("val_binary_crossentropy", "val_accuracy"), strict=True):
        ax.plot(history.history[metric], label=name)
axes[0].set(xlabel="época", ylabel="entropia cruzada de validação")
axes[1].set(xlabel="época", ylabel="acurácia de validação")
axes[0].legend()
for ax in axes:
    comma_axes(ax)
show(fig, alt="Validação das redes em eixo linear: à esquerda a entropia cruzada, à direita a acurácia.")

# %% [markdown]
# Para abrir o painel de verdade, troque `False` por `True` e execute. (Em servidores compartilhados, a alternativa é um terminal, na pasta deste
# caderno: `tensorboard --logdir registros/tamanhos`.) Na correção o painel nunca é aberto.

# %%
OPEN_TENSORBOARD = False

if OPEN_TENSORBOARD and not is_capped():
    get_ipython().run_line_magic("load_ext", "tensorboard")
    get_ipython().run_line_magic("tensorboard", f"--logdir {LOGS / 'tamanhos'}")

# %% [markdown] locked="todo03-enunciado"
# ### ToDo 3 · Análise no TensorBoard (10 pontos, texto)
#
# Abra o painel na aba *Time Series* (ou *Scalars*), procure `epoch_binary_crossentropy` e experimente: ligue e desligue redes, mude o *Smoothing*
# (suavização), alterne o eixo horizontal entre passo (*Step*) e tempo (*Relative*), ponha o eixo vertical em escala log.
#
# a) Em que ordem as redes começam a sobreajustar? Como você viu isso no painel?
#
# b) Aumente a suavização para 0,9. O que acontece com o mínimo da curva de validação da rede grande? Que erro isso poderia provocar?
#
# c) No eixo de tempo, quanto custou cada rede até a sua melhor época? A ordem é a mesma que no eixo de épocas?
#
# d) Na curva de acurácia o sobreajuste da rede grande aparece tanto quanto na de entropia cruzada? Por quê?
#
# | critério | pontos |
# |---|---|
# | (a) ordem correta e justificada pela curva | 3 |
# | (b) efeito da suavização e o risco de leitura | 2 |
# | (c) custo em tempo, separado de custo em épocas | 2 |
# | (d) acurácia conta acertos; entropia cruzada pesa a confiança | 3 |

# %% [markdown] manual="todo03" points=10
# ### BEGIN SOLUTION
# *Modelo de resposta.*
#
# a) Da maior para a menor: gigante e grande sobem já nas primeiras dezenas de épocas, a média depois, e a pequena e a mínima ainda descem, devagar, ou estacionam. Vê-se
# pelo ponto em que a curva de validação se separa da de treino e muda de sentido.
#
# b) A suavização é uma média dos valores anteriores: o mínimo da rede grande fica mais raso e aparece mais à direita, ou some. Quem escolhesse a época de
# parada por essa curva pararia tarde demais, e acharia a rede pior do que ela foi. Para escolher, usam-se os valores sem suavização.
#
# c) Cada época da grande e da gigante custa muitas vezes mais que uma da mínima. No eixo de épocas elas parecem rápidas; no de tempo a vantagem diminui ou se
# inverte, porque as redes pequenas fazem mais épocas, porém muito mais baratas. As duas ordens não precisam coincidir.
#
# d) Não. A acurácia só conta de que lado do limiar cada exemplo caiu, e estaciona ou cai pouco. A entropia cruzada cobra também a confiança: a rede
# sobreajustada erra os mesmos exemplos com probabilidades cada vez mais extremas, e a perda dispara mesmo com o número de acertos quase igual.
# ### END SOLUTION

# %% [markdown]
# ## 1.8 Regularização
#
# Se duas explicações servem aos dados, prefira a mais simples: é a **navalha de Occam**. Para uma rede, "simples" pode ser ter
# poucos parâmetros, como a mínima, ou ter muitos com valores **contidos**. Regularizar é o segundo caminho: manter o tamanho e cobrar um preço pela complexidade.
#
# Partimos da rede **grande**, que sobreajusta, e mudamos uma coisa por vez. As redes mínima e grande ficam na figura como referência.

# %%
regularizer_histories = {
    name: size_histories[name] for name in ("mínima", "grande") if name in size_histories
}
for name in ("minima", "grande"):
    if (LOGS / "tamanhos" / name).exists():
        shutil.copytree(LOGS / "tamanhos" / name, LOGS / "regularizadores" / name, dirs_exist_ok=True)

# %% [markdown]
# ### Penalidade nos pesos: L1 e L2
#
# Soma-se à perda um termo que cresce com os pesos $w$:
#
# - **L1**: $\lambda \sum |w|$, com derivada $\lambda\,\mathrm{sinal}(w)$;
# - **L2**: $\lambda \sum w^2$ (a norma ao **quadrado**), com derivada $2\lambda w$.
#
# $\lambda$ é a intensidade. Penaliza-se a matriz de pesos (o *kernel*), e em geral não os vieses.
#
# Por que se diz que L1 dá redes *esparsas*, isto é, com muitos pesos iguais a zero, e L2 não? Por causa das derivadas. Perto de zero, a de L2 também vai a zero:
# o peso encolhe cada vez mais devagar e não chega. A de L1 continua valendo $\lambda$ até o fim. A conta exata para um peso só, cujo melhor
# valor sem penalidade seria $a$ (perda $\tfrac12 (w-a)^2$):

# %%
a, lam = np.array([0.05, 0.2, 0.5, 2.0]), 0.3
with_l1 = np.sign(a) * np.maximum(np.abs(a) - lam, 0)  # mínimo de (w − a)²/2 + λ|w|
with_l2 = a / (1 + 2 * lam)  # mínimo de (w − a)²/2 + λw²
print("sem penalidade:", a)
print("com L1:        ", np.round(with_l1, 3))
print("com L2:        ", np.round(with_l2, 3))

# %% [markdown]
# L1 zerou os pequenos e descontou o mesmo valor dos outros; L2 dividiu todos pelo mesmo fator e não zerou nenhum. Em redes, L2 é a mais usada.
#
# Na rede grande, `L2(0.001)` soma $0{,}001\,w^2$ à perda por **cada** peso das camadas ocultas.

# %%
l2_model = keras.Sequential(
    [
        keras.Input((N_FEATURES,)),
        keras.layers.Dense(512, activation="elu", kernel_regularizer=keras.regularizers.L2(0.001)),
        keras.layers.Dense(512, activation="elu", kernel_regularizer=keras.regularizers.L2(0.001)),
        keras.layers.Dense(512, activation="elu", kernel_regularizer=keras.regularizers.L2(0.001)),
        keras.layers.Dense(512, activation="elu", kernel_regularizer=keras.regularizers.L2(0.001)),
        keras.layers.Dense(1),
    ]
)
print("penalidade inicial:", br(float(sum(l2_model.losses))))
regularizer_histories["L2"] = compile_and_fit(l2_model, "regularizadores/l2", higgs)

# %% [markdown]
# A penalidade inicial, sozinha, é maior que a entropia cruzada da linha de base. Por isso se acompanha `binary_crossentropy`, e não `loss`: a perda de uma rede com L2
# não se compara à de uma rede sem.

# %%
plot_curves(
    regularizer_histories,
    higgs,
    title="A penalidade L2 segura a rede grande",
    alt="Curvas da mínima, da grande e da grande com L2.",
)

# %% [markdown]
# **L2 é o mesmo que decaimento de pesos?** O *decaimento de pesos* multiplica cada peso por um número um pouco menor que 1 a cada passo, por fora do gradiente. Na
# descida do gradiente simples, L2 com $\lambda$ e decaimento com $2\lambda$ dão os mesmos pesos. No Adam não: o gradiente da penalidade passa pela divisão adaptativa, e
# o decaimento não passa. Três passos de um peso que começa em 2, com gradiente constante 3, taxa 0,1 e $\lambda = 0{,}5$:


# %%
def three_steps(optimizer, lam):
    w = keras.Variable(2.0)
    for _ in range(3):
        gradient = keras.ops.convert_to_tensor(3.0 + 2 * lam * float(w.numpy()))  # o da perda e o da L2
        optimizer.apply([gradient], [w])
    return br(float(w.numpy()), 4)


optimizers = keras.optimizers
print("SGD com L2:  ", three_steps(optimizers.SGD(0.1), lam=0.5))
print("SGD com decaimento:", three_steps(optimizers.SGD(0.1, weight_decay=1.0), lam=0.0))
print("Adam com L2: ", three_steps(optimizers.Adam(0.1), lam=0.5))
print("AdamW (decaimento):", three_steps(optimizers.AdamW(0.1, weight_decay=1.0), lam=0.0))

# %% [markdown]
# ### *Dropout*
#
# A cada passo do treino, *dropout* com taxa $p$ zera cada saída da camada anterior com probabilidade $p$, ao acaso. Nenhuma unidade pode contar com a presença de
# outra, e a rede aprende representações redundantes. Taxas usuais: de 0,2 a 0,5.
#
# Para que a soma esperada não mude, as que ficam são multiplicadas por $1/(1-p)$ **durante o treino**. Fora do treino a camada não faz nada. (É o *dropout invertido*, o do
# Keras. Na formulação original era o contrário: nada no treino, e multiplicação por $1-p$ no teste.)

# %%
outputs = np.array([[0.2, 0.5, 1.3, 0.8, 1.1]], dtype="float32")
dropout = keras.layers.Dropout(0.4, seed=5)
print("saídas da camada:    ", outputs[0])
print("no treino:           ", np.round(keras.ops.convert_to_numpy(dropout(outputs, training=True))[0], 3))
print("no treino, de novo:  ", np.round(keras.ops.convert_to_numpy(dropout(outputs, training=True))[0], 3))
print("fora do treino:      ", keras.ops.convert_to_numpy(dropout(outputs, training=False))[0])

# %% [markdown]
# Na rede grande, uma camada de *dropout* com $p = 0{,}5$ depois de cada uma das quatro camadas ocultas:

# %%
dropout_model = keras.Sequential(
    [
        keras.Input((N_FEATURES,)),
        keras.layers.Dense(512, activation="elu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(512, activation="elu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(512, activation="elu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(512, activation="elu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(1),
    ]
)
regularizer_histories["dropout"] = compile_and_fit(dropout_model, "regularizadores/dropout", higgs)

# %% [markdown]
# ### L2 e *dropout* juntos
#
# Os dois se somam; com *dropout*, a penalidade pode ser dez vezes menor. As camadas são as mesmas, agora num laço:

# %%
combined_model = keras.Sequential([keras.Input((N_FEATURES,))])
for _ in range(4):
    regularizer = keras.regularizers.L2(0.0001)
    combined_model.add(keras.layers.Dense(512, activation="elu", kernel_regularizer=regularizer))
    combined_model.add(keras.layers.Dropout(0.5))
combined_model.add(keras.layers.Dense(1))
regularizer_histories["L2 + dropout"] = compile_and_fit(combined_model, "regularizadores/l2_dropout", higgs)

# %%
plot_curves(
    regularizer_histories,
    higgs,
    title="A rede grande, com e sem regularização",
    alt="Curvas da mínima, da grande sem regularização e das três regularizadas.",
)

# %%
report(regularizer_histories, higgs)
for name in ("L2", "dropout", "L2 + dropout"):
    compare(regularizer_histories, name, "grande", higgs)
    compare(regularizer_histories, name, "mínima", higgs)

# %% [markdown]
# Para ver estas redes no TensorBoard:

# %%
OPEN_TENSORBOARD = False

if OPEN_TENSORBOARD and not is_capped():
    get_ipython().run_line_magic("load_ext", "tensorboard")
    get_ipython().run_line_magic("tensorboard", f"--logdir {LOGS / 'regularizadores'}")

# %% [markdown] locked="todo04-enunciado"
# ### ToDo 4 · Análise dos regularizadores (10 pontos, texto)
#
# Com as curvas, a tabela e as comparações da rede grande (sem nada, L2, *dropout*, L2 + *dropout*) e da mínima, responda, **citando os seus números**:
#
# a) Ordene as cinco redes pela melhor entropia cruzada de validação.
#
# b) Quais diferenças passam de dois erros padrão, e quais são empates?
#
# c) O que cada regularizador fez com a *distância* entre treino e validação, e com a época em que a validação parou de melhorar?
#
# d) Na rede com *dropout*, a curva de treino pode ficar **acima** da de validação. Por quê?
#
# e) Por que acompanhamos `val_binary_crossentropy`, e não `val_loss`, para decidir quando parar?
#
# f) Qual você usaria? O que falta para afirmar que ela é a melhor?
#
# | critério | pontos |
# |---|---|
# | (a) e (b) ordem e empates coerentes com os números citados | 4 |
# | (c) efeito na distância e na época | 2 |
# | (d) *dropout* só age no treino | 1 |
# | (e) a perda inclui a penalidade | 1 |
# | (f) escolha justificada, com os limites da evidência | 2 |

# %% [markdown] manual="todo04" points=10
# ### BEGIN SOLUTION
# *Modelo de resposta: os valores são os da rodada de cada um.*
#
# a) A ordem é a da coluna "validação" da tabela; em geral as regularizadas ficam à frente da grande sem regularização.
#
# b) Usa-se `compare`, que mede a diferença exemplo a exemplo. São afirmações só as diferenças maiores que uns dois erros padrão; as outras são empates, mesmo que a
# terceira casa decimal sugira uma ordem.
#
# c) Todas diminuem a distância entre treino e validação em relação à grande e adiam a subida da validação. L2 faz isso contendo os pesos; *dropout*, com ruído no
# treino; juntos, a distância costuma ser a menor, e o treinamento o mais longo.
#
# d) A métrica de treino é calculada durante a época, com unidades desligadas e pesos ainda piores que os do fim da época; a de validação usa a rede inteira, ao final dela.
#
# e) `val_loss` soma a penalidade, que muda ao longo do treino e de uma rede para outra. Parar por ela misturaria "generaliza melhor" com "tem pesos menores", e não
# serviria para comparar redes com e sem L2.
#
# f) A de menor entropia de validação, ou, em caso de empate, a mais barata. Falta repetir com outras sementes, contar que escolhemos a melhor de várias na mesma
# validação (o que a favorece) e medir uma vez no teste.
# ### END SOLUTION

# %% [markdown]
# ## 1.9 O teste, uma vez só
#
# A validação escolheu a época de cada rede e, agora, a rede. Quem é escolhido por se sair bem numa prova tende a ter tido também sorte nela; por isso a nota da validação é
# **otimista**. O conjunto de teste não participou de nenhuma escolha, e é usado aqui, uma vez.

# %%
candidates = trained(size_histories | regularizer_histories)
best = min(candidates, key=lambda name: cross_entropies(candidates[name].model, x_val, y_val).mean())
for label, x, y in (("validação", x_val, y_val), ("teste", higgs_x_test, higgs_y_test)):
    losses = cross_entropies(candidates[best].model, x, y)
    print(f"{best}, {label}: entropia cruzada {br(losses.mean())} ± {br(standard_error(losses))}")

# %% [markdown]
# ## 1.10 Quatro perguntas para pensar (sem nota)
#
# Uma rede pequena é obrigada a comprimir. E se as representações compactas que ela aprendeu fossem aproveitadas? Pense em cada pergunta antes de abrir a resposta.
#
# **1. Faz sentido dar a uma rede maior as representações aprendidas por uma pequena?**
#
# <details><summary>Uma resposta</summary>
#
# Faz. Congelar a rede pequena e usar a saída da sua última camada oculta como entrada de outra chama-se **extração de características**. Quando a primeira
# aprendeu em outros dados ou em outra tarefa, é um caso de **transferência de aprendizado**.
#
# A favor: a entrada é menor e menos ruidosa, o treinamento é mais rápido, e sobra menos detalhe para decorar. Cuidados: o que a rede pequena descartou não volta;
# se a tarefa dela era outra, pode ter descartado justo o que importa; e, com os mesmos exemplos e rótulos, não há informação nova, só uma forma mais conveniente da que já havia.
# </details>
#
# **2. E se repetirmos: a saída da segunda alimenta uma terceira, e assim por diante?**
#
# <details><summary>Uma resposta</summary>
#
# É o **treinamento guloso, camada a camada**: cada etapa treina sobre o que a anterior fixou. Foi um caminho importante para redes profundas antes de boas
# inicializações. Não confunda com *empilhamento* (*stacking*), que combina as *previsões* de vários modelos.
#
# Cuidados: a perda de informação se acumula; as etapas ficam mais difíceis de interpretar; o custo cresce; cada etapa pode sobreajustar por conta própria; a soma de
# etapas ótimas não é ótima em conjunto, e costuma pedir um **ajuste fino** de tudo no final; e há mais decisões de projeto a validar.
# </details>
#
# **3. Dá para compensar a perda de informação reapresentando os dados originais?**
#
# <details><summary>Uma resposta</summary>
#
# Dá, com uma **conexão de salto por concatenação**: a etapa seguinte recebe a representação *e* a entrada, lado a lado, como na DenseNet e nas redes *wide & deep*.
# O preço é a dimensão maior e, com ela, mais pesos. A **conexão residual**, da ResNet, é outra coisa: *soma* a entrada à saída do bloco, $x + F(x)$; exige
# as mesmas dimensões, não acrescenta pesos, e foi pensada para que o gradiente atravesse redes muito profundas.
# </details>
#
# **4. Os dados originais podem entrar direto no meio da rede?**
#
# <details><summary>Uma resposta</summary>
#
# Podem. No Keras, a API funcional liga a entrada a qualquer camada, e o treinamento é um só, de ponta a ponta; assim as representações são aprendidas já
# sabendo que a entrada estará disponível. A célula abaixo mostra as duas ligações, e o que elas fazem com os formatos.
# </details>

# %%
inputs = keras.Input((N_FEATURES,))
compact = keras.layers.Dense(16, activation="elu")(inputs)  # representação compacta
concatenated = keras.layers.Concatenate()([compact, inputs])  # salto por concatenação: 16 + 28
block = keras.layers.Dense(16, activation="elu")(compact)
residual = keras.layers.Add()([compact, block])  # residual: soma, mesma dimensão
for name, tensor in (("compacta", compact), ("concatenada", concatenated), ("residual", residual)):
    print(
        f"{name:12s} dimensão {tensor.shape[1]:3d} | pesos de uma Dense(64) seguinte: {(tensor.shape[1] + 1) * 64}"
    )

# %% [markdown]
# # Parte 2 · Gato ou não gato
#
# Agora o caso mais comum na prática: **poucos** dados. São 209 fotos para desenvolver e 50 para testar, de 64 × 64 pontos e 3 cores: cada uma é um vetor de 12.288 números.
# Há muito mais entradas que exemplos, e o sobreajuste é o ponto de partida.

# %%
files = cat_noncat_files()
print("origem:", files.origin)
with h5py.File(files.train, "r") as train_file:
    for key in train_file:
        print(f"{key:14s} {train_file[key].shape!s:20s} {train_file[key].dtype}")

# %% [markdown] locked="todo05-enunciado"
# ### ToDo 5 · Leia os arquivos HDF5 (10 pontos)
#
# Um arquivo HDF5 guarda arrays com nome. O de treino tem `train_set_x`, `train_set_y` e `list_classes`; o de teste tem `test_set_x`, `test_set_y` e `list_classes`.
#
# Escreva `ler_gatos(caminho_treino, caminho_teste)`, que devolve, **nesta ordem**, `x_treino, y_treino, x_teste, y_teste, classes`:
#
# - as imagens com o formato que têm no arquivo, (n, altura, largura, 3), em `float32`, divididas por 255 (valores de 0 a 1);
# - os rótulos com formato **(n, 1)**, como os do HIGGS;
# - as classes como lista de textos (`str`); no arquivo elas são `bytes`;
# - os arquivos **fechados** ao final.
#
# A função vale para qualquer par de arquivos com essas chaves, com qualquer número de imagens e qualquer tamanho de imagem.
#
# *Vale*: imagens 3, `float32` 1, rótulos 3, classes 1, arquivos fechados 2.
#
# *Dica*: `arquivo["chave"][:]` copia os dados para um array; `with h5py.File(caminho, "r") as arquivo:` fecha o arquivo sozinho.


# %% solution="todo05"
### BEGIN SOLUTION
def ler_gatos(caminho_treino, caminho_teste):
    """Imagens em [0, 1], rótulos (n, 1) e nomes das classes, dos dois arquivos HDF5."""

    def read(path, prefix):
        with h5py.File(path, "r") as file:
            x = file[f"{prefix}_set_x"][:].astype("float32") / 255
            y = file[f"{prefix}_set_y"][:].reshape(-1, 1).astype("float32")
            classes = [name.decode() for name in file["list_classes"][:]]
        return x, y, classes

    x_treino, y_treino, classes = read(caminho_treino, "train")
    x_teste, y_teste, _ = read(caminho_teste, "test")
    return x_treino, y_treino, x_teste, y_teste, classes


### END SOLUTION

# %% test="todo05" points=10
### BEGIN HIDDEN TESTS
import tempfile

from gradiente.observe import observe


def small_files(n_train, n_test, size, folder):
    paths = []
    for prefix, n, start in (("train", n_train, 3), ("test", n_test, 90)):
        pixels = (start + 7 * np.arange(n * size * size * 3)) % 256
        with h5py.File(Path(folder) / f"{prefix}.h5", "w") as file:
            file[f"{prefix}_set_x"] = pixels.reshape(n, size, size, 3).astype("uint8")
            file[f"{prefix}_set_y"] = (np.arange(n) % 3 == 1).astype("int64")
            file["list_classes"] = np.array([b"cachorro", b"capivara"])
            paths.append(file.filename)
    return paths


def can_be_written(path):
    try:
        with h5py.File(path, "r+"):
            return True
    except OSError:
        return False


def arrays_of(result):
    arrays = dict(zip(("x", "y", "x_test", "y_test"), map(np.asarray, result), strict=False))
    shapes = {name: array.shape for name, array in arrays.items()}
    return {name: array if array.size < 5000 else np.zeros(1) for name, array in arrays.items()} | {
        "shapes": shapes
    }


def read_small(n_train, n_test, size, show):
    with tempfile.TemporaryDirectory(dir=".") as folder:
        paths = small_files(n_train, n_test, size, folder)
        result = ler_gatos(*paths)
        closed = all(can_be_written(path) for path in paths)
        return show(result, closed)


observe("arrays", lambda: read_small(7, 4, 5, lambda result, closed: arrays_of(result[:4])))
observe("arrays_maiores", lambda: read_small(5, 6, 8, lambda result, closed: arrays_of(result[:4])))
observe("leitura", lambda: read_small(7, 4, 5, lambda result, closed: {"closed": closed}))
observe(
    "classes",
    lambda: read_small(3, 2, 4, lambda result, closed: [c if type(c) is str else repr(c) for c in result[4]]),
)
### END HIDDEN TESTS
result = ler_gatos(files.train, files.test)
assert isinstance(result, (tuple, list)) and len(result) == 5, (
    "ler_gatos deve devolver cinco valores: x_treino, y_treino, x_teste, y_teste, classes."
)
for part, images, labels in (("treino", result[0], result[1]), ("teste", result[2], result[3])):
    assert images.ndim == 4 and images.shape[1:] == (64, 64, 3), (
        f"As imagens de {part} devem ter formato (n, 64, 64, 3); as suas têm {images.shape}."
    )
    assert images.dtype == np.float32, f"As imagens de {part} devem ser float32; as suas são {images.dtype}."
    assert labels.shape == (len(images), 1), (
        f"Os rótulos de {part} devem ter formato {(len(images), 1)}; os seus têm {labels.shape}. Veja reshape(-1, 1)."
    )
assert len(result[4]) == 2, "Há duas classes em list_classes."

# %% [markdown]
# A célula abaixo usa a **sua** função. Enquanto ela não servir, o lab segue com imagens sorteadas, puro ruído, só para que as células
# seguintes executem e os outros ToDos não dependam deste. Os resultados da Parte 2 só fazem sentido com as fotos.


# %% locked="gatos-dados"
def check_cats(x, y, x_test, y_test, classes):
    """Confere se o que ler_gatos devolve já serve para treinar."""
    for images, labels in ((x, y), (x_test, y_test)):
        if np.shape(images)[1:] != (64, 64, 3) or len(images) < 50 or np.shape(labels) != (len(images), 1):
            raise ValueError("os formatos ainda não são os pedidos")
        if np.min(images) < 0 or np.max(images) > 1:
            raise ValueError("os valores das imagens não vão de 0 a 1")
    arrays = [np.asarray(part, dtype="float32") for part in (x, y, x_test, y_test)]
    return *arrays, [str(name) for name in classes]


try:
    cats_x, cats_y, cats_x_test, cats_y_test, cat_classes = check_cats(*ler_gatos(files.train, files.test))
    print("Fotos lidas pela sua função.")
except Exception as error:
    print(f"A sua função ainda não serve ({type(error).__name__}: {error}). Por enquanto, imagens sorteadas.")
    noise = np.random.default_rng(SEED)
    cats_x, cats_x_test = (noise.random((n, 64, 64, 3), dtype="float32") for n in (209, 50))
    cats_y, cats_y_test = ((noise.random((n, 1)) < 0.4).astype("float32") for n in (209, 50))
    cat_classes = ["non-cat", "cat"]
print("imagens:", cats_x.shape, "| teste:", cats_x_test.shape, "| classes:", cat_classes)

# %% [markdown]
# ## 2.1 Treino, validação e teste
#
# As 50 imagens de teste ficam guardadas até o ToDo 10. A validação sai das 209: **50, sorteadas em cada classe na mesma proporção** (divisão *estratificada*), e sobram 159 para o treino. Usar
# o teste para decidir quando parar, e depois apresentá-lo como avaliação, seria corrigir a própria prova.


# %% locked="gatos-divisao"
def stratified_split(y, n_val, seed):
    """Índices de treino e de validação, com as classes na mesma proporção."""
    rng = np.random.default_rng(seed)
    val = []
    for label in (0, 1):
        members = rng.permutation(np.flatnonzero(y[:, 0] == label))
        val.extend(members[: round(n_val * len(members) / len(y))])
    return np.setdiff1d(np.arange(len(y)), val), np.sort(val)


train_index, val_index = stratified_split(cats_y, n_val=50, seed=SEED)
cats = Problem(
    cats_x[train_index],
    cats_y[train_index],
    cats_x[val_index],
    cats_y[val_index],
    batch_size=32,
    learning_rate=3e-5,
    max_epochs=80,
    patience=20,
)

# %%
fig, axes = plt.subplots(2, 6, figsize=(10, 3.6))
for label, row in zip((1, 0), axes, strict=True):
    images = cats.x_train[cats.y_train[:, 0] == label]
    for ax, image in zip(row, images, strict=False):
        ax.imshow(image)
        ax.set_title(cat_classes[label], fontsize=10)
        ax.axis("off")
show(fig, alt="Doze imagens de treino: seis da classe positiva, em cima, e seis da negativa, embaixo.")

# %% [markdown]
# **A régua, outra vez.** Antes de treinar: quanto consegue quem responde sempre a classe mais frequente do treino?

# %%
for part, y in (("treino", cats.y_train), ("validação", cats.y_val), ("teste", cats_y_test)):
    loss, accuracy = baseline(cats.y_train, y)
    error = math.sqrt(accuracy * (1 - accuracy) / len(y))
    print(
        f"{part:10s} n = {len(y):3d} | gatos: {br(100 * y.mean(), 0)} % | linha de base: "
        f"acurácia {br(100 * accuracy, 0)} % ± {br(100 * error, 0)}, entropia cruzada {br(loss)}"
    )

# %% [markdown]
# Duas lições em três linhas. Se a proporção de gatos do teste não é a do treino, a mesma resposta constante vai bem num conjunto e mal no outro: uma acurácia
# só diz algo **ao lado da linha de base do mesmo conjunto**. E, com 50 imagens, o erro padrão é de uns 6 ou 7 pontos percentuais: 70 % e 76 % são praticamente a mesma medida.

# %% [markdown] locked="todo06-enunciado"
# ### ToDo 6 · Rede pequena (10 pontos)
#
# Nos ToDos 6, 7 e 8 a receita é uma só, e muda apenas a capacidade:
#
# - entrada (64, 64, 3), achatada num vetor por `Flatten`;
# - camadas ocultas com ativação **ReLU**;
# - saída em *logit*: uma unidade, **sem** ativação. (`compile_and_fit` usa `from_logits=True`: a sigmoide já está na perda.)
#
# Escreva `rede_gatos_pequena()`, com **uma** camada oculta de **128** unidades, que devolve uma rede nova e não compilada. Treine-a com `compile_and_fit`, os dados
# `cats` e o nome `"gatos/pequena"`, e guarde o `History` em `cat_histories["pequena"]`.
#
# *Vale*: arquitetura 4, ativação e saída 3, treinamento 3.

# %% locked="gatos-curvas"
cat_histories = {}


# %% solution="todo06"
### BEGIN SOLUTION
def rede_gatos_pequena():
    """Uma camada oculta de 128 unidades ReLU e saída em logit."""
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(1),
        ]
    )


cat_histories["pequena"] = compile_and_fit(rede_gatos_pequena(), "gatos/pequena", cats)
### END SOLUTION

# %% test="todo06" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def portrait(model, x):
    weights = model.get_weights()
    # três tipos de unidade, com pesos de sinais diferentes: o que uma camada faz chega à saída
    fixed, kinds = [], np.arange(3)
    for i, w in enumerate(weights):
        rows, columns = (np.arange(n) % 3 for n in (w.shape[0], w.shape[-1]))
        kernel = 5 * np.cos(np.add.outer(2.5 * kinds, kinds) + i) / w.shape[0]
        bias = np.cos(kinds + i).astype("float32")
        fixed.append(kernel.astype("float32")[np.ix_(rows, columns)] if w.ndim == 2 else bias[columns])
    model.set_weights(fixed)
    rescaling = [[m.scale, m.offset] for m in model.layers if isinstance(m, keras.layers.Rescaling)]
    output = keras.ops.convert_to_numpy(model(x, training=False)).reshape(len(x), -1)[:, :2]
    return {"shapes": [w.shape for w in weights], "rescaling": rescaling, "output": output}


def history_facts(history):
    model = history.model

    def measure(x, y):
        return model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True)["binary_crossentropy"]

    return {
        "shapes": [w.shape for w in model.get_weights()],
        "epochs": len(history.history["loss"]),
        "best": min(history.history["val_binary_crossentropy"]),
        "validation": measure(cats.x_val, cats.y_val),
        "test": measure(cats_x_test, cats_y_test),
    }


observe(
    "rede",
    lambda: portrait(
        rede_gatos_pequena(), np.linspace(-3, 3, 13)[:, None, None, None] * np.ones((1, 64, 64, 3))
    ),
)
observe("treino", lambda: history_facts(cat_histories["pequena"]))
### END HIDDEN TESTS
model = rede_gatos_pequena()
assert isinstance(model, keras.Model), (
    "rede_gatos_pequena() deve devolver uma rede do Keras. Faltou o return?"
)
assert model.input_shape == (None, 64, 64, 3), (
    f"A entrada deve ser (64, 64, 3); a sua é {model.input_shape[1:]}."
)
assert model.output_shape == (None, 1), (
    f"A saída deve ter formato (None, 1); a sua tem {model.output_shape}. Há Flatten?"
)
assert model.count_params() == 1_573_121, (
    f"São {model.count_params()} parâmetros, e esperava 1573121: (64·64·3 + 1)·128 da camada oculta e (128 + 1) da saída."
)
assert hasattr(cat_histories.get("pequena"), "model"), (
    'Guarde o History de compile_and_fit em cat_histories["pequena"].'
)

# %% [markdown] locked="todo07-enunciado"
# ### ToDo 7 · Rede média (10 pontos)
#
# Mesma receita. Escreva `rede_gatos_media()`, com **três** camadas ocultas de **256** unidades ReLU. Treine-a sob o nome `"gatos/media"` e guarde o `History` em `cat_histories["média"]`.
#
# *Vale*: arquitetura 4, ativações e saída 3, treinamento 3.


# %% solution="todo07"
### BEGIN SOLUTION
def rede_gatos_media():
    """Três camadas ocultas de 256 unidades ReLU e saída em logit."""
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            keras.layers.Flatten(),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dense(1),
        ]
    )


cat_histories["média"] = compile_and_fit(rede_gatos_media(), "gatos/media", cats)
### END SOLUTION

# %% test="todo07" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def portrait(model, x):
    weights = model.get_weights()
    # três tipos de unidade, com pesos de sinais diferentes: o que uma camada faz chega à saída
    fixed, kinds = [], np.arange(3)
    for i, w in enumerate(weights):
        rows, columns = (np.arange(n) % 3 for n in (w.shape[0], w.shape[-1]))
        kernel = 5 * np.cos(np.add.outer(2.5 * kinds, kinds) + i) / w.shape[0]
        bias = np.cos(kinds + i).astype("float32")
        fixed.append(kernel.astype("float32")[np.ix_(rows, columns)] if w.ndim == 2 else bias[columns])
    model.set_weights(fixed)
    rescaling = [[m.scale, m.offset] for m in model.layers if isinstance(m, keras.layers.Rescaling)]
    output = keras.ops.convert_to_numpy(model(x, training=False)).reshape(len(x), -1)[:, :2]
    return {"shapes": [w.shape for w in weights], "rescaling": rescaling, "output": output}


def history_facts(history):
    model = history.model

    def measure(x, y):
        return model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True)["binary_crossentropy"]

    return {
        "shapes": [w.shape for w in model.get_weights()],
        "epochs": len(history.history["loss"]),
        "best": min(history.history["val_binary_crossentropy"]),
        "validation": measure(cats.x_val, cats.y_val),
        "test": measure(cats_x_test, cats_y_test),
    }


observe(
    "rede",
    lambda: portrait(
        rede_gatos_media(), np.linspace(-3, 3, 13)[:, None, None, None] * np.ones((1, 64, 64, 3))
    ),
)
observe("treino", lambda: history_facts(cat_histories["média"]))
### END HIDDEN TESTS
model = rede_gatos_media()
assert isinstance(model, keras.Model), "rede_gatos_media() deve devolver uma rede do Keras. Faltou o return?"
assert model.input_shape == (None, 64, 64, 3), (
    f"A entrada deve ser (64, 64, 3); a sua é {model.input_shape[1:]}."
)
assert model.output_shape == (None, 1), (
    f"A saída deve ter formato (None, 1); a sua tem {model.output_shape}. Há Flatten?"
)
assert model.count_params() == 3_277_825, (
    f"São {model.count_params()} parâmetros, e esperava 3277825. Confira o número de camadas e de unidades."
)
assert hasattr(cat_histories.get("média"), "model"), (
    'Guarde o History de compile_and_fit em cat_histories["média"].'
)

# %% [markdown] locked="todo08-enunciado"
# ### ToDo 8 · Rede grande (10 pontos)
#
# Mesma receita. Escreva `rede_gatos_grande()`, com **quatro** camadas ocultas de **1.024** unidades ReLU: quase 100 mil pesos por imagem de treino. Treine-a sob o nome
# `"gatos/grande"` e guarde o `History` em `cat_histories["grande"]`.
#
# *Vale*: arquitetura 4, ativações e saída 3, treinamento 3. *Tempo*: menos de um minuto a dois minutos de treinamento.


# %% solution="todo08"
### BEGIN SOLUTION
def rede_gatos_grande():
    """Quatro camadas ocultas de 1.024 unidades ReLU e saída em logit."""
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            keras.layers.Flatten(),
            keras.layers.Dense(1024, activation="relu"),
            keras.layers.Dense(1024, activation="relu"),
            keras.layers.Dense(1024, activation="relu"),
            keras.layers.Dense(1024, activation="relu"),
            keras.layers.Dense(1),
        ]
    )


cat_histories["grande"] = compile_and_fit(rede_gatos_grande(), "gatos/grande", cats)
### END SOLUTION

# %% test="todo08" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def portrait(model, x):
    weights = model.get_weights()
    # três tipos de unidade, com pesos de sinais diferentes: o que uma camada faz chega à saída
    fixed, kinds = [], np.arange(3)
    for i, w in enumerate(weights):
        rows, columns = (np.arange(n) % 3 for n in (w.shape[0], w.shape[-1]))
        kernel = 5 * np.cos(np.add.outer(2.5 * kinds, kinds) + i) / w.shape[0]
        bias = np.cos(kinds + i).astype("float32")
        fixed.append(kernel.astype("float32")[np.ix_(rows, columns)] if w.ndim == 2 else bias[columns])
    model.set_weights(fixed)
    rescaling = [[m.scale, m.offset] for m in model.layers if isinstance(m, keras.layers.Rescaling)]
    output = keras.ops.convert_to_numpy(model(x, training=False)).reshape(len(x), -1)[:, :2]
    return {"shapes": [w.shape for w in weights], "rescaling": rescaling, "output": output}


def history_facts(history):
    model = history.model

    def measure(x, y):
        return model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True)["binary_crossentropy"]

    return {
        "shapes": [w.shape for w in model.get_weights()],
        "epochs": len(history.history["loss"]),
        "best": min(history.history["val_binary_crossentropy"]),
        "validation": measure(cats.x_val, cats.y_val),
        "test": measure(cats_x_test, cats_y_test),
    }


observe(
    "rede",
    lambda: portrait(
        rede_gatos_grande(), np.linspace(-3, 3, 13)[:, None, None, None] * np.ones((1, 64, 64, 3))
    ),
)
observe("treino", lambda: history_facts(cat_histories["grande"]))
### END HIDDEN TESTS
model = rede_gatos_grande()
assert isinstance(model, keras.Model), "rede_gatos_grande() deve devolver uma rede do Keras. Faltou o return?"
assert model.input_shape == (None, 64, 64, 3), (
    f"A entrada deve ser (64, 64, 3); a sua é {model.input_shape[1:]}."
)
assert model.output_shape == (None, 1), (
    f"A saída deve ter formato (None, 1); a sua tem {model.output_shape}. Há Flatten?"
)
assert model.count_params() == 15_733_761, (
    f"São {model.count_params()} parâmetros, e esperava 15733761. Confira o número de camadas e de unidades."
)
assert hasattr(cat_histories.get("grande"), "model"), (
    'Guarde o History de compile_and_fit em cat_histories["grande"].'
)

# %% [markdown]
# ## 2.2 O que se vê
#
# A época do mínimo da validação, a distância para o treino e a linha de base contam a história inteira. Note o tamanho do erro padrão.

# %%
plot_curves(
    cat_histories,
    cats,
    title="Gatos, sem regularização",
    alt="Curvas de treino e validação das redes de gatos sem regularização, e a linha de base.",
)
report(cat_histories, cats)

# %% [markdown] locked="todo09-enunciado"
# ### ToDo 9 · As três redes, regularizadas (10 pontos)
#
# Para que a comparação com os ToDos 6 a 8 mude **só** a regularização, a ativação e a saída continuam as mesmas.
#
# Escreva `rede_gatos_regularizada(units, l2, rate)`, que devolve uma rede nova e não compilada:
#
# - `units` é a lista com o número de unidades de cada camada oculta: `[128]` é a pequena, `[256, 256, 256]` a média, `[1024, 1024, 1024, 1024]` a grande;
# - cada camada oculta é densa, ReLU, com penalidade **L2 de intensidade `l2`** no *kernel*;
# - depois de **cada** camada oculta vem *dropout* com taxa `rate`;
# - a saída é um *logit*, **sem** *dropout* depois dela.
#
# Treine as três com `l2=1e-3` e `rate=0.5`, sob os nomes `"gatos/pequena_reg"`, `"gatos/media_reg"` e `"gatos/grande_reg"`, e guarde os `History` em `cat_histories["pequena reg."]`,
# `cat_histories["média reg."]` e `cat_histories["grande reg."]`.
#
# *Vale*: arquitetura, ativações e saída 3, L2 2,5, *dropout* 2,5, treinamento 2. *Tempo*: de um a três minutos de treinamento.


# %% solution="todo09"
### BEGIN SOLUTION
def rede_gatos_regularizada(units, l2, rate):
    """Camadas ocultas ReLU com L2 no kernel, dropout depois de cada uma, e saída em logit."""
    model = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.Flatten()])
    for n_units in units:
        regularizer = keras.regularizers.L2(l2)
        model.add(keras.layers.Dense(n_units, activation="relu", kernel_regularizer=regularizer))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1))
    return model


for key, folder, units in (
    ("pequena reg.", "gatos/pequena_reg", [128]),
    ("média reg.", "gatos/media_reg", [256] * 3),
    ("grande reg.", "gatos/grande_reg", [1024] * 4),
):
    cat_histories[key] = compile_and_fit(rede_gatos_regularizada(units, l2=1e-3, rate=0.5), folder, cats)
### END SOLUTION

# %% test="todo09" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def flat(model):
    for layer in model.layers:
        yield from flat(layer) if hasattr(layer, "layers") else [layer]


def portrait(units, l2, rate):
    model = rede_gatos_regularizada(units, l2, rate)
    weights = model.get_weights()
    # três tipos de unidade, com pesos de sinais diferentes: o que uma camada faz chega à saída
    fixed, kinds = [], np.arange(3)
    for i, w in enumerate(weights):
        rows, columns = (np.arange(n) % 3 for n in (w.shape[0], w.shape[-1]))
        kernel = 5 * np.cos(np.add.outer(2.5 * kinds, kinds) + i) / w.shape[0]
        bias = np.cos(kinds + i).astype("float32")
        fixed.append(kernel.astype("float32")[np.ix_(rows, columns)] if w.ndim == 2 else bias[columns])
    model.set_weights(fixed)
    x = np.linspace(-3, 3, 13)[:, None, None, None] * np.ones((1, 64, 64, 3))
    output = keras.ops.convert_to_numpy(model(x, training=False)).reshape(len(x), -1)[:, :2]
    noisy = [keras.ops.convert_to_numpy(model(x, training=True)) for _ in range(6)]
    names = {keras.layers.Dropout: "dropout", keras.layers.Dense: "dense"}
    layers = []
    for layer in flat(model):
        kind = next((name for base, name in names.items() if isinstance(layer, base)), type(layer).__name__)
        layers.append([kind, layer.rate if kind == "dropout" else None])
    # Outros pesos para a penalidade: a soma de w² de cada um é um número que só ele tem.
    model.set_weights([np.full(w.shape, (1 + i / 2) / w.size**0.5, "float32") for i, w in enumerate(weights)])
    return {
        "shapes": [w.shape for w in weights],
        "rescaling": [[m.scale, m.offset] for m in flat(model) if isinstance(m, keras.layers.Rescaling)],
        "output": output,
        "noisy": any(not np.array_equal(noisy[0], other) for other in noisy[1:]),
        "layers": layers,
        "penalty": sum(float(keras.ops.convert_to_numpy(loss)) for loss in model.losses),
    }


def history_facts(key, units):
    model = cat_histories[key].model
    asked = rede_gatos_regularizada(units, 1e-3, 0.5)  # a rede que se devia ter treinado
    asked.set_weights(model.get_weights())

    def measure(x, y):
        return model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True)["binary_crossentropy"]

    return {
        "shapes": [w.shape for w in model.get_weights()],
        "epochs": len(cat_histories[key].history["loss"]),
        "best": min(cat_histories[key].history["val_binary_crossentropy"]),
        "validation": measure(cats.x_val, cats.y_val),
        "test": measure(cats_x_test, cats_y_test),
        "penalties": [sum(float(loss) for loss in m.losses) for m in (model, asked)],
        "rates": [[m.rate for m in flat(n) if isinstance(m, keras.layers.Dropout)] for n in (model, asked)],
    }


observe("rede_a", lambda: portrait([9, 6], 0.03, 0.3))
observe("rede_b", lambda: portrait([5, 11, 7], 0.004, 0.6))
observe("treino_pequena", lambda: history_facts("pequena reg.", [128]))
observe("treino_media", lambda: history_facts("média reg.", [256] * 3))
observe("treino_grande", lambda: history_facts("grande reg.", [1024] * 4))
### END HIDDEN TESTS
model = rede_gatos_regularizada([32, 16], 0.01, 0.2)
assert isinstance(model, keras.Model), (
    "rede_gatos_regularizada() deve devolver uma rede do Keras. Faltou o return?"
)
assert model.input_shape == (None, 64, 64, 3), (
    f"A entrada deve ser (64, 64, 3); a sua é {model.input_shape[1:]}."
)
assert model.output_shape == (None, 1), f"A saída deve ter formato (None, 1); a sua tem {model.output_shape}."
assert model.count_params() == 393_793, (
    f"Com units=[32, 16] são {model.count_params()} parâmetros, e esperava 393793. A rede usa o argumento units?"
)
assert model.losses, "Nenhuma penalidade na rede: veja o argumento kernel_regularizer das camadas densas."
for key in ("pequena reg.", "média reg.", "grande reg."):
    assert hasattr(cat_histories.get(key), "model"), (
        f'Guarde o History de compile_and_fit em cat_histories["{key}"].'
    )

# %%
plot_curves(
    {name: history for name, history in cat_histories.items() if "reg." in name},
    cats,
    title="Gatos, com L2 e dropout",
    alt="Curvas de treino e validação das três redes de gatos regularizadas, e a linha de base.",
)

# %%
report(cat_histories, cats)
for name in ("pequena", "média", "grande"):
    compare(cat_histories, f"{name} reg.", name, cats)

# %% [markdown]
# **Explique** (sem nota): a regularização mudou a distância entre treino e validação? E a entropia de validação, mais que o erro padrão? Regularizar não cria informação: com
# 159 fotos e redes densas, que não sabem que pontos vizinhos se parecem, o limite pode ser outro. Mais dados, aumento de dados e redes convolucionais atacam esse limite.
#
# ## 2.3 Quatro números para um classificador
#
# Chame "gato" de classe **positiva** e conte, no conjunto avaliado:
#
# | | previsto gato | previsto não gato |
# |---|---|---|
# | **é gato** | VP (verdadeiro positivo) | FN (falso negativo) |
# | **não é gato** | FP (falso positivo) | VN (verdadeiro negativo) |
#
# - **acurácia** $= (VP + VN)\,/\,n$: fração de acertos;
# - **precisão** $= VP\,/\,(VP + FP)$: do que ela chamou de gato, quanto era;
# - **revocação** $= VP\,/\,(VP + FN)$: dos gatos que havia, quantos ela achou;
# - **F1** $= 2\,VP\,/\,(2\,VP + FP + FN)$: média harmônica de precisão e revocação; só é alta se as duas forem.
#
# Quem responde sempre "gato" tem revocação 100 %. Quem só responde "gato" quando tem certeza absoluta tem precisão alta e revocação baixa. Nenhum número sozinho basta.
#
# O teste entra agora, pela primeira e única vez, com os pesos que a validação escolheu:

# %% locked="gatos-avaliacao"
test_logits = {
    name: logits_of(history.model, cats_x_test) for name, history in trained(cat_histories).items()
}
print("redes:", list(test_logits), "| logits de cada uma:", (len(cats_x_test), 1))

# %% [markdown] locked="todo10-enunciado"
# ### ToDo 10 · Acurácia, precisão, revocação e F1 (10 pontos)
#
# Escreva `metricas(y, logits)`, que recebe rótulos (n, 1) de zeros e uns e *logits* (n, 1), e devolve um dicionário com as chaves `"acuracia"`, `"precisao"`, `"revocacao"` e `"f1"`, cada
# uma um número entre 0 e 1.
#
# - A rede prevê "gato" quando a **probabilidade** passa de 0,5. O que isso diz do *logit*?
# - Quando um denominador é zero (por exemplo, nenhum exemplo previsto como gato), a métrica vale **0**, sem erro nem aviso.
# - Escreva as contas, ou use `sklearn.metrics`: as duas valem.
#
# Depois monte `tabela`, um dicionário com **uma entrada por rede** de `test_logits`: o nome da rede e o que `metricas` devolve para ela no teste (`cats_y_test`).
#
# *Vale*: cada uma das quatro métricas 1, limiar 2, denominador zero 1, tabela 3.


# %% solution="todo10"
### BEGIN SOLUTION
def metricas(y, logits):
    """Acurácia, precisão, revocação e F1 da previsão "logit > 0"."""
    actual, predicted = np.ravel(y) > 0.5, np.ravel(logits) > 0
    vp = int(np.sum(predicted & actual))
    fp = int(np.sum(predicted & ~actual))
    fn = int(np.sum(~predicted & actual))
    return {
        "acuracia": float(np.mean(predicted == actual)),
        "precisao": vp / (vp + fp) if vp + fp else 0.0,
        "revocacao": vp / (vp + fn) if vp + fn else 0.0,
        "f1": 2 * vp / (2 * vp + fp + fn) if vp + fp + fn else 0.0,
    }


tabela = {name: metricas(cats_y_test, logits) for name, logits in test_logits.items()}
### END SOLUTION

# %% test="todo10" points=10
### BEGIN HIDDEN TESTS
import warnings

from gradiente.observe import observe


def column(*values):
    return np.array(values, dtype="float32").reshape(-1, 1)


def quietly(y, logits):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = metricas(y, logits)
    return {"resultado": result, "avisos": len(caught)}


far_y = column(1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
far_z = column(3, 2.5, -2, 4, -3, 1.5, 2, 5, -2, -4, -1.2, -6, -2.2, -3.1, -1.8, -5)
near_y = column(1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1)
near_z = column(0.3, 0.1, 2.0, 0.45, -0.2, -3.0, -0.4, 0.2, 1.5, -0.1, -2.0)

observe("longe", lambda: {"y": far_y, "logits": far_z, "resultado": metricas(far_y, far_z)})
observe("perto", lambda: {"y": near_y, "logits": near_z, "resultado": metricas(near_y, near_z)})
observe("nenhum_previsto", lambda: quietly(column(1, 0, 1, 0), column(-1, -2, -3, -4)))
observe("nenhum_real", lambda: quietly(column(0, 0, 0), column(2, -2, -1)))
# Nestes, quem testa a condição errada antes de dividir devolve 0 onde não devia, ou divide por 0.
special = [
    (column(0, 0, 0), column(-1, -2, -3)),
    (column(1, 0, 1, 0), column(2, -1, 3, -2)),
    (column(1, 1, 0, 0, 1, 0), column(2, 3, 1, 4, -1, -2)),
    (column(1, 1, 1, 1, 0, 0), column(2, 3, -1, -4, 1, -2)),
    (column(1, 1, 1, 0, 0), column(2, -3, -1, 4, -1)),
    (column(1, 1, 0, 0, 0), column(2, -3, 1, 4, -1)),
]
observe("casos", lambda: [{"y": y, "logits": z, **quietly(y, z)} for y, z in special])
observe("teste", lambda: {"y": cats_y_test, "logits": test_logits})
observe("tabela", lambda: tabela)
### END HIDDEN TESTS
exemplo = metricas(np.array([[1], [0], [1], [1], [0]]), np.array([[2.0], [-1.0], [-3.0], [1.0], [4.0]]))
assert isinstance(exemplo, dict), "metricas deve devolver um dicionário."
assert set(exemplo) == {"acuracia", "precisao", "revocacao", "f1"}, (
    f"As chaves não são as pedidas: {sorted(exemplo)}."
)
assert abs(exemplo["acuracia"] - 3 / 5) < 1e-6, "Neste exemplo há 2 VP, 1 VN, 1 FP e 1 FN: a acurácia é 3/5."
assert abs(exemplo["precisao"] - 2 / 3) < 1e-6, "Neste exemplo há 2 VP e 1 FP: a precisão é 2/3."
assert isinstance(tabela, dict) and set(tabela) == set(test_logits), (
    "tabela deve ter uma entrada para cada rede de test_logits."
)

# %% [markdown]
# ## 2.4 A avaliação final
#
# A tabela das suas métricas, com a acurácia acompanhada do erro padrão e da linha de base:

# %%
base_accuracy = baseline(cats.y_train, cats_y_test)[1]
rows = [["*a classe mais frequente do treino*", br(base_accuracy, 2), "", "", ""]]
table = globals().get("tabela")
for name, values in table.items() if isinstance(table, dict) else []:
    scores = [float(values.get(key, math.nan)) for key in ("acuracia", "precisao", "revocacao", "f1")]
    error = math.sqrt(max(scores[0] * (1 - scores[0]), 0) / len(cats_y_test))
    rows.append([name, f"{br(scores[0], 2)} ± {br(error, 2)}", *(br(score, 2) for score in scores[1:])])
show_table(["rede", "acurácia ± EP", "precisão", "revocação", "F1"], rows)

# %% [markdown]
# A `classification_report` do scikit-learn faz as mesmas contas, uma linha por classe. As suas métricas são as da linha da classe positiva, e a acurácia. *support* é o número de exemplos.

# %%
from sklearn.metrics import classification_report

for name in [name for name in test_logits if name.startswith("pequena")]:
    print(name)
    print(
        classification_report(
            cats_y_test > 0.5, test_logits[name] > 0, target_names=cat_classes, zero_division=0
        )
    )

# %% [markdown]
# Como ler a tabela:
#
# - Com 50 imagens, diferenças de 6 ou 7 pontos percentuais estão dentro de um erro padrão. O que a tabela permite afirmar, e o que não permite?
# - Há rede abaixo da resposta constante "gato"? (No teste, a acurácia de quem responde sempre "gato" é a proporção de gatos impressa na seção 2.1.)
# - A rede de maior acurácia é também a de maior F1? Se não, que tipo de erro cada uma faz?
# - Escolher agora a "melhor" rede por esta tabela gastaria o teste: a escolha já foi feita, pela validação.
#
# ## Resumo
#
# | ideia | como aparece | engano comum |
# |---|---|---|
# | capacidade | $(m+1)\,u$ parâmetros por camada | achar que mais parâmetros sempre ajudam, ou sempre atrapalham |
# | sobreajuste | a validação sobe enquanto o treino desce | olhar só o treino, ou só a acurácia |
# | parada antecipada | `EarlyStopping(restore_best_weights=True)` | ficar com os últimos pesos |
# | L2 | $\lambda\sum w^2$ na perda | comparar perdas com e sem a penalidade; chamar de decaimento de pesos também no Adam |
# | *dropout* | zera saídas com probabilidade $p$, multiplica as outras por $1/(1-p)$, só no treino | achar que algo muda fora do treino |
# | *logit* | probabilidade 0,5 ⇔ $z = 0$ | sigmoide na saída com `from_logits=True`; limiar 0,5 sobre *logits* |
# | linha de base e EP | resposta constante; $\sqrt{a(1-a)/n}$ | declarar vencedor dentro do erro |
# | teste | uma vez, no fim | usá-lo como validação |
#
# ## Referências
#
# - P. Baldi, P. Sadowski e D. Whiteson. *Searching for exotic particles in high-energy physics with deep learning*. Nature Communications 5, 2014. Dados: UCI Machine Learning Repository, HIGGS (CC BY 4.0).
# - A sequência de experimentos da Parte 1 (capacidade crescente no HIGGS, depois L2 e *dropout*) segue a ideia do tutorial *Overfit and underfit*, da documentação do TensorFlow; texto, código e medidas são nossos.
# - O conjunto de gatos circula em cursos introdutórios de redes neurais como `train_catvnoncat.h5` e `test_catvnoncat.h5`.
# - N. Srivastava *et al.* *Dropout: a simple way to prevent neural networks from overfitting*. JMLR 15, 2014.
# - A. Krogh e J. Hertz. *A simple weight decay can improve generalization*. NeurIPS, 1991. · I. Loshchilov e F. Hutter. *Decoupled weight decay regularization*. ICLR, 2019.
# - L. Prechelt. *Early stopping — but when?* Em: Neural Networks: Tricks of the Trade, 1998.
# - Y. Bengio *et al.* *Greedy layer-wise training of deep networks*. NeurIPS, 2006. · K. He *et al.* *Deep residual learning for image recognition*. CVPR, 2016. · G. Huang *et al.* *Densely connected convolutional networks*. CVPR, 2017. · H.-T. Cheng *et al.* *Wide & deep learning for recommender systems*. DLRS, 2016.
