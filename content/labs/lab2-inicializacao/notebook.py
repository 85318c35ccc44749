# ---
# jupyter:
#   gradiente:
#     title: "Lab 2 · Inicialização, ativações e normalização"
#     grading: {cell_seconds: 60, max_epochs: 1}
#     demo: [referencia, esqueleto, parcial, desvio-e-eixo, bn-em-toda-camada]
# ---

# %% [markdown] locked="titulo"
# # Lab 2 · Inicialização, ativações e normalização
#
# Uma rede de vinte camadas está parada: por mais que se treine, a perda não sai do lugar. No fim deste lab você vai
# consertá-la. Até lá, vai escrever com as próprias mãos as três peças do conserto: **pesos que nascem do tamanho certo**, **ativações que
# deixam o gradiente passar** e a **normalização em lote** (BN), no treino e na inferência.
#
# | | |
# |---|---|
# | **Ao final você saberá** | calcular a variância e o limite das inicializações de Glorot, He e LeCun, e sortear pesos com elas; escrever Leaky ReLU, ELU, SELU e suas derivadas; contar unidades mortas; escrever a BN nos dois modos; diagnosticar e consertar uma rede funda pelo sinal que a atravessa |
# | **Antes de começar** | as lições sobre inicialização, sobre ativações que não saturam e sobre normalização em lote |
# | **Tempo** | de 2 h a 2 h 30; o computador trabalha menos de um minuto |
# | **Ferramentas** | NumPy em quase tudo; Keras no ToDo 10 e nas conferências |

# %% [markdown] locked="regras"
# ## Como este lab funciona
#
# São onze **ToDos**, 100 pontos.
#
# - **Dez são de código** (1 a 10; 90 pontos). A célula já traz a assinatura e a docstring: troque a linha `raise NotImplementedError(…)` pela sua
#   solução. Logo abaixo há uma célula de teste: execute-a, e leia a mensagem se ela falhar. Ela confere o básico; a correção faz outras
#   perguntas à sua resposta e dá **pontos parciais** por item.
# - **Um é de texto** (11; 10 pontos), corrigido à mão pelo critério que vem antes dele.
# - As demais células são dadas. As marcadas como somente leitura são repostas na correção como eram.
# - Antes de entregar, use *Kernel → Restart Kernel and Run All Cells*.
#
# Cada enunciado começa com um **cartão**: dificuldade (● a ●●●), tempo, pontos e como saber que deu certo. Depois dele há **dicas dobradas**, da
# mais leve à quase resposta, e uma tabela **Se aparecer este erro**, pelo texto da mensagem.
#
# | ToDo | assunto | dificuldade | pontos |
# |---|---|---|---|
# | 1 | *fan-in*, *fan-out*, *fan-avg* | ●○○ | 6 |
# | 2 | a variância de cada inicialização | ●○○ | 8 |
# | 3 | do tamanho ao sorteio | ●●○ | 10 |
# | 4 | a companheira de cada ativação | ●○○ | 6 |
# | 5 | Leaky ReLU, ELU e SELU | ●●○ | 10 |
# | 6 | as derivadas | ●●○ | 8 |
# | 7 | unidades mortas | ●○○ | 6 |
# | 8 | BN no treino | ●●○ | 12 |
# | 9 | média móvel e BN na inferência | ●●○ | 10 |
# | 10 | o resgate da rede | ●●● | 14 |
# | 11 | por que a inferência é outra (texto) | ●●○ | 10 |
#
# **Se um ToDo travar, siga em frente.** Nenhum depende de outro: as células seguintes usam o que existir, e um ToDo não tira pontos de outro. Na
# correção, o treinamento do fim é abreviado: a nota mede o que o seu código *constrói* e *calcula*, e não a sorte de uma rodada.

# %% [markdown]
# ## Preparo

# %% locked="preparo"
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import math

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradiente import plots
from gradiente.budget import cap_epochs, is_capped
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, show_table

SEED = 42
keras.utils.set_random_seed(SEED)


def attempt(compute, what):
    """O que `compute()` devolve; se ainda não dá, diz o que falta e devolve None."""
    try:
        return compute()
    except Exception as error:
        print(f"{what}: ainda falta, ou ainda não funciona ({type(error).__name__}).")
        return None


# %% [markdown]
# # Parte 1 · Pesos do tamanho certo
#
# Antes do primeiro passo do treino, cada peso é sorteado. A lição sobre inicialização mostrou que o que conta é a **variância** do
# sorteio, $\mathrm{Var}(w)$, e que ela depende de quantas entradas e quantas saídas a camada tem.

# %% [markdown] locked="todo01-enunciado"
# ### ToDo 1 · Quantas entradas, quantas saídas
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●○○ | 8 min | 6 | `fans(formato)` | `fans((784, 300))` devolve 784, 300 e 542 |
#
# A função recebe o **formato** de uma matriz de pesos (uma tupla ou lista de inteiros, como `kernel.shape`) e devolve a tupla
# `(fan_in, fan_out, fan_avg)`.
#
# - *fan-in*: quantos números **entram** na soma de uma unidade. *Fan-out*: quantas somas **recebem** cada entrada. *Fan-avg*: a média dos dois.
# - Uma camada **densa** tem formato (entradas, unidades).
# - Uma camada **convolucional** tem formato (altura, largura, canais de entrada, canais de saída). Cada unidade olha uma janela de altura × largura
#   pontos, em todos os canais de entrada; e cada ponto da entrada é visto por altura × largura posições da janela, em cada canal de saída.
#
# *Vale*: densa 3, convolucional 2, *fan-avg* 1.
#
# <details><summary>Dica 1</summary>
#
# Separe o formato em duas partes: os dois últimos números, que existem sempre, e o que vem antes deles, que na camada densa é vazio.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Na convolução, um só fator multiplica os canais, dos dois lados. Quanto ele vale na camada densa, para que a mesma conta sirva? `math.prod` de uma
# sequência vazia dá esse número.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `ValueError: too many values to unpack (expected 2)` | você desempacotou em dois um formato de quatro números | separe os dois últimos com fatias, `formato[-2:]` |
# | `IndexError: tuple index out of range` | `formato[2]` ou `formato[3]` não existe na camada densa | conte a partir do fim: `formato[-1]`, `formato[-2]` |
# | `AssertionError: fans deve devolver uma tupla de três números…` | a função não devolveu nada, ou imprimiu em vez de devolver | confira o `return` |
#
# </details>


# %% solution="todo01"
def fans(formato):
    """(fan_in, fan_out, fan_avg) de pesos com este formato, de camada densa ou convolucional."""
    ### BEGIN SOLUTION
    window = math.prod(formato[:-2])
    fan_in, fan_out = window * formato[-2], window * formato[-1]
    return fan_in, fan_out, (fan_in + fan_out) / 2
    ### END SOLUTION


# %% test="todo01" points=6
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

observe("densas", lambda: [fans(shape) for shape in ((5, 9), (100, 1), (7, 7), (1, 12), (64, 3))])
observe("convolucoes", lambda: [fans(shape) for shape in ((3, 3, 16, 32), (5, 2, 3, 8), (1, 1, 64, 10))])
observe("lista", lambda: fans([6, 9]))
### END HIDDEN TESTS
resultado = fans((784, 300))
assert isinstance(resultado, tuple) and len(resultado) == 3, (
    "fans deve devolver uma tupla de três números: return fan_in, fan_out, fan_avg."
)
assert resultado[0] == 784, (
    f"Com formato (784, 300) entram 784 números em cada soma; o seu fan_in é {resultado[0]}."
)
assert resultado[1] == 300, (
    f"Com formato (784, 300), cada entrada alimenta 300 unidades; o seu fan_out é {resultado[1]}."
)
assert resultado[2] == 542, f"O fan_avg é a média de 784 e 300, isto é, 542; o seu é {resultado[2]}."

# %% [markdown] locked="todo02-enunciado"
# ### ToDo 2 · A variância de cada inicialização
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●○○ | 8 min | 8 | `variancia(esquema, fan_in, fan_out)` | `variancia("glorot", 3, 5)` dá 0,25 |
#
# Devolva $\mathrm{Var}(w)$, um número, conforme o `esquema`:
#
# - `"glorot"`: o compromisso entre a ida e a volta;
# - `"he"`: a ida, com o fator que compensa a metade que a ReLU zera;
# - `"lecun"`: a ida, sem fator nenhum.
#
# Qualquer outro nome é um engano de quem chamou: levante `ValueError` com uma mensagem que ajude.
#
# *Vale*: Glorot 3, He 2, LeCun 2, nome desconhecido 1.
#
# <details><summary>Dica 1</summary>
#
# Só um dos três esquemas olha para o *fan-out*. Qual deles pretende servir à ida **e** à volta?
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Todas têm a forma fator ÷ *fan*. Escolha o *fan* (de entrada ou médio) e o fator (1 ou 2) de cada uma. Cuidado ao trocar $1/\mathrm{fan_{avg}}$ pela
# soma dos dois: a média já tem um ÷ 2 dentro.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `AssertionError: variancia("glorote", 3, 5) deve levantar ValueError…` | um nome errado foi aceito em silêncio | depois dos três casos, `raise ValueError("…")` |
# | `UnboundLocalError: cannot access local variable 'fan' where it is not associated with a value` | com um nome errado, nenhum `if` deu valor à variável | trate o nome desconhecido antes de usá-la |
# | `KeyError: 'glorote'` | o dicionário não tem esse esquema | confira com `in` antes, e levante `ValueError` |
#
# </details>


# %% solution="todo02"
def variancia(esquema, fan_in, fan_out):
    """Variância dos pesos iniciais segundo o esquema "glorot", "he" ou "lecun"."""
    ### BEGIN SOLUTION
    if esquema == "glorot":
        return 2 / (fan_in + fan_out)
    if esquema == "he":
        return 2 / fan_in
    if esquema == "lecun":
        return 1 / fan_in
    raise ValueError(f"esquema desconhecido: {esquema!r}; use glorot, he ou lecun")
    ### END SOLUTION


# %% test="todo02" points=8
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def refused(name):
    try:
        variancia(name, 4, 6)
    except Exception as error:
        return type(error).__name__
    return "aceito"


sizes = ((784, 300), (10, 90), (90, 10), (6, 6), (1, 1))
observe("glorot", lambda: [variancia("glorot", m, u) for m, u in sizes])
observe("he", lambda: [variancia("he", m, u) for m, u in sizes])
observe("lecun", lambda: [variancia("lecun", m, u) for m, u in sizes])
observe("recusas", lambda: [refused(name) for name in ("cun", "", "uniforme")])
### END HIDDEN TESTS
valor = variancia("glorot", 3, 5)
assert valor is not None, "variancia não devolveu nada: confira o return."
assert abs(valor - 0.25) < 1e-9, (
    f'variancia("glorot", 3, 5) deu {valor}. O fan_avg de 3 e 5 é 4, e a variância é 1 dividido por ele: 0,25.'
)
try:
    variancia("glorote", 3, 5)
except ValueError:
    pass
else:
    raise AssertionError('variancia("glorote", 3, 5) deve levantar ValueError: esse esquema não existe.')

# %% [markdown]
# O Keras concorda? A tabela compara as suas variâncias com as de pesos que ele sorteou. As duas colunas diferem no terceiro algarismo, pelo acaso do
# sorteio.

# %%
cases = [(scheme, shape) for scheme in ("glorot", "he", "lecun") for shape in ((784, 300), (100, 100))]
yours = attempt(lambda: [number(variancia(scheme, *shape), 3) for scheme, shape in cases], "ToDo 2")
rows = []
for index, (scheme, shape) in enumerate(cases):
    kernel = keras.ops.convert_to_numpy(keras.initializers.get(f"{scheme}_uniform")(shape))
    mine = yours[index] if yours else "…"
    rows.append([scheme, f"{shape[0]} → {shape[1]}", mine, number(kernel.var(), 3)])
show_table(["esquema", "camada", "a sua variância", "medida no Keras"], rows)

# %% [markdown] locked="todo03-enunciado"
# ### ToDo 3 · Do tamanho ao sorteio
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 10 | `limite_uniforme(variancia)` e `sortear_pesos(fan_in, fan_out, variancia, rng)` | `limite_uniforme(3.0)` dá 3, e os pesos enchem o intervalo sem passar dele |
#
# 1. `limite_uniforme(variancia)` devolve o número $r$ tal que a distribuição **uniforme** entre $-r$ e $r$ tem a variância pedida.
# 2. `sortear_pesos(fan_in, fan_out, variancia, rng)` devolve uma matriz sorteada dessa distribuição:
#     - formato (fan_in, fan_out) e tipo `float32`, o das redes;
#     - cada peso com o seu próprio sorteio;
#     - os números vêm do **gerador recebido**, `rng` (um `np.random.Generator`), e de nenhum outro. Assim, quem chama decide a semente, e duas camadas que usam o mesmo
#       gerador recebem matrizes diferentes.
#
# Aqui o argumento `variancia` é um **número**, já calculado.
#
# *Vale*: limite 3, distribuição 4, formato e tipo 1, uso do gerador 2.
#
# <details><summary>Dica 1</summary>
#
# A variância de uma uniforme entre $-r$ e $r$ é $r^2/3$: está na lição sobre inicialização. Resolva para $r$.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# O gerador tem o método `rng.uniform(menor, maior, size=…)`. Ele devolve `float64`; a conversão é outro método, do array.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# Se a distribuição não confere, imprima `pesos.min()`, `pesos.max()` e `pesos.var()`: o intervalo deve ser simétrico, e a variância, a pedida. Trocar o limite pelo
# desvio padrão dá pesos com um terço da variância.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `TypeError: uniform() takes at most 3 positional arguments (4 given)` | o formato foi dado como dois números soltos | passe uma tupla: `size=(fan_in, fan_out)` |
# | `TypeError: uniform() got an unexpected keyword argument 'dtype'` | `rng.uniform` não escolhe o tipo | converta depois, com `.astype("float32")` |
# | `AttributeError: 'numpy.random._generator.Generator' object has no attribute 'rand'` | `rand` é da interface antiga | use `rng.uniform` |
# | `AttributeError: 'numpy.ndarray' object has no attribute 'as_type'` | o nome é junto | `astype` |
#
# </details>


# %% solution="todo03"
def limite_uniforme(variancia):
    """O r tal que a uniforme entre −r e r tem esta variância."""
    ### BEGIN SOLUTION
    return math.sqrt(3 * variancia)
    ### END SOLUTION


def sortear_pesos(fan_in, fan_out, variancia, rng):
    """Matriz (fan_in, fan_out), float32, de pesos uniformes em torno de zero com esta variância."""
    ### BEGIN SOLUTION
    limit = math.sqrt(3 * variancia)
    return rng.uniform(-limit, limit, size=(fan_in, fan_out)).astype("float32")
    ### END SOLUTION


# %% test="todo03" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def portrait(fan_in, fan_out, variance, seed):
    weights = np.asarray(sortear_pesos(fan_in, fan_out, variance, np.random.default_rng(seed)))
    values = weights.astype("float64")
    return {
        "formato": weights.shape,
        "tipo": str(weights.dtype),
        "media": values.mean(),
        "variancia": values.var(),
        "minimo": values.min(),
        "maximo": values.max(),
        "quartis": np.quantile(values, [0.25, 0.5, 0.75]),
        "distintos": len(np.unique(values)) / max(values.size, 1),
    }


def twice():
    rng = np.random.default_rng(11)
    first, second = (np.array(sortear_pesos(8, 5, 0.4, rng)) for _ in range(2))
    again = np.array(sortear_pesos(8, 5, 0.4, np.random.default_rng(11)))
    other = np.array(sortear_pesos(8, 5, 0.4, np.random.default_rng(12)))
    return {"primeira": first, "segunda": second, "de_novo": again, "outra": other}


observe("limites", lambda: [limite_uniforme(v) for v in (0.03, 12.0, 2 / 784, 1.0)])
observe("larga", lambda: portrait(200, 300, 0.05, 1))
observe("alta", lambda: portrait(900, 70, 2.5, 2))
observe("fina", lambda: portrait(250, 240, 1e-3, 3))
observe("gerador", twice)
### END HIDDEN TESTS
assert abs(limite_uniforme(3.0) - 3.0) < 1e-9, (
    f"limite_uniforme(3.0) deu {limite_uniforme(3.0)}. A uniforme entre −3 e 3 tem variância 9 ÷ 3 = 3: o limite é 3."
)
pesos = sortear_pesos(30, 20, 3.0, np.random.default_rng(0))
assert isinstance(pesos, np.ndarray), "sortear_pesos deve devolver um array do NumPy. Faltou o return?"
assert pesos.shape == (30, 20), f"O formato pedido é (fan_in, fan_out) = (30, 20); o seu é {pesos.shape}."
assert pesos.dtype == np.float32, f"O tipo pedido é float32; o seu é {pesos.dtype}. Veja o método astype."
assert np.abs(pesos).max() <= 3.0001, (
    f"Com variância 3 nenhum peso passa de 3 em módulo; o seu maior é {np.abs(pesos).max():.3f}."
)

# %% [markdown] locked="todo04-enunciado"
# ### ToDo 4 · A companheira de cada ativação
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●○○ | 8 min | 6 | `inicializador_para(ativacao)` | `inicializador_para("relu")` devolve um nome que o Keras aceita, da família certa |
#
# Receba o nome de uma ativação e devolva, como texto, o **nome do Keras** para a inicialização que combina com ela: `"glorot_uniform"`, `"he_uniform"` ou
# `"lecun_uniform"` (a versão `_normal` também serve). São nove as ativações:
#
# > `None` (sem ativação), `"linear"`, `"tanh"`, `"sigmoid"`, `"softmax"`, `"relu"`, `"leaky_relu"`, `"elu"`, `"selu"`
#
# Um nome fora da lista é um engano: levante `ValueError`.
#
# *Vale*: as cinco sem retificação 2, a ReLU e as parentes 2, a que se autonormaliza 1, nome desconhecido 1.
#
# <details><summary>Dica 1</summary>
#
# A tabela "companheira de", no fim da seção 4 da lição sobre inicialização, responde a tudo.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Três conjuntos e três `if ativacao in …`. O que sobra é o caso do `raise ValueError`.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `ValueError: Could not interpret initializer identifier: he` | o nome está incompleto | `he_uniform` ou `he_normal` |
# | `AttributeError: 'NoneType' object has no attribute 'lower'` | `None` é uma entrada válida, mas não é texto | trate `None` antes de usar métodos de texto |
#
# </details>


# %% solution="todo04"
def inicializador_para(ativacao):
    """Nome do Keras para a inicialização que combina com a ativação."""
    ### BEGIN SOLUTION
    if ativacao in {None, "linear", "tanh", "sigmoid", "softmax"}:
        return "glorot_uniform"
    if ativacao in {"relu", "leaky_relu", "elu"}:
        return "he_uniform"
    if ativacao == "selu":
        return "lecun_uniform"
    raise ValueError(f"não conheço a ativação {ativacao!r}")
    ### END SOLUTION


# %% test="todo04" points=6
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def answers(names):
    found = {}
    for name in names:
        try:
            found[str(name)] = inicializador_para(name)
        except Exception as error:
            found[str(name)] = f"erro {type(error).__name__}"
    return found


known = [None, "linear", "tanh", "sigmoid", "softmax", "relu", "leaky_relu", "elu", "selu"]
observe("conhecidas", lambda: (inicializador_para("relu"), answers(known))[1])
observe("desconhecidas", lambda: answers(["releu", "", "he_uniform"]))
### END HIDDEN TESTS
nome = inicializador_para("relu")
assert isinstance(nome, str), f"A função deve devolver um texto, e devolveu {type(nome).__name__}."
keras.initializers.get(nome)  # se o Keras não conhece o nome, o erro aparece aqui
assert nome.startswith("he"), (
    f'Para a ReLU você escolheu "{nome}". Que inicialização compensa a metade que ela zera?'
)
try:
    inicializador_para("reluu")
except ValueError:
    pass
else:
    raise AssertionError('inicializador_para("reluu") deve levantar ValueError: essa ativação não existe.')

# %% [markdown]
# ### Preveja
#
# O tamanho certo é uma fronteira. De que largura?
#
# > Uma rede de **cinquenta** camadas de 128 unidades ReLU nasce com pesos de desvio padrão **10 % menor** que o de He. Entra um sinal de desvio padrão 1. Com que
# > desvio padrão, mais ou menos, ele sai da última camada: 0,9? 0,5? 0,1? Menos?
#
# Escreva o seu palpite; a célula seguinte propaga o sinal com os **seus** pesos (ou, se o ToDo 3 ainda falta, com pesos de uma normal).

# %%
my_guess = 0.5  # troque pelo seu palpite

# %%
HE_128 = 1 / 64  # a variância de He para 128 entradas


def weights_for(variance, rng):
    """Os seus pesos, se já servem; senão, pesos normais com a mesma variância."""
    try:
        weights = np.asarray(sortear_pesos(128, 128, variance, rng), dtype="float64")
        if weights.shape == (128, 128) and np.isfinite(weights).all():
            return weights
    except Exception:
        pass
    return rng.normal(0, math.sqrt(variance), size=(128, 128))


def travel(scale, depth=50):
    """Desvio padrão do sinal em cada camada, com pesos `scale` vezes os de He."""
    rng = np.random.default_rng(SEED)
    h, spreads = rng.normal(size=(200, 128)), []
    for _ in range(depth):
        h = np.maximum(h @ weights_for(scale**2 * HE_128, rng), 0)
        spreads.append(max(h.std(), 1e-12))
    return np.array(spreads)


# %%
walks = {
    "10 % maior": travel(1.1),
    "o de He": travel(1.0),
    "10 % menor": travel(0.9),
}
colors = plots.Colors(dict(zip(walks, (plots.PALETTE[1], plots.PALETTE[2], plots.PALETTE[0]), strict=True)))
ax = plots.lines_per_layer(
    walks,
    ylabel="Desvio padrão do sinal",
    title="Errar o tamanho dos pesos por 10 %, cinquenta vezes seguidas",
    guess=(my_guess, "seu palpite"),
    colors=colors,
)
plots.show(
    ax,
    alt="Desvio padrão do sinal em cada uma de cinquenta camadas ReLU, em escala logarítmica, para pesos de desvio "
    "dez por cento maior, igual e dez por cento menor que o de He. As três linhas se abrem em leque: a do meio fica "
    "perto do lugar, as outras sobem e descem em linha reta. Uma linha pontilhada mostra o palpite.",
)
print(f"10 % menor, na camada 50: {number(float(walks['10 % menor'][-1]))}; seu palpite: {number(my_guess)}")

# %% [markdown]
# A ReLU responde na proporção: um fator 0,9 nos pesos multiplica o sinal por 0,9 em **cada** camada, e $0{,}9^{50} \approx 0{,}005$. Por isso a variância é deduzida, e não
# ajustada a olho.
#
# # Parte 2 · Ativações que deixam o gradiente passar
#
# Seja $z$ a pré-ativação. Do lado direito as três são retas: a identidade nas duas primeiras, $\lambda z$ na SELU. O que as distingue da ReLU é o lado esquerdo:
#
# | | $z \ge 0$ | $z < 0$ | do lado negativo |
# |---|---|---|---|
# | Leaky ReLU | $z$ | $\alpha z$ | uma reta de inclinação $\alpha$ |
# | ELU | $z$ | $\alpha\,(e^z - 1)$ | desce até o piso $-\alpha$ |
# | SELU | $\lambda z$ | $\lambda\,\alpha\,(e^z - 1)$ | uma ELU de $\alpha$ fixo, multiplicada por $\lambda$ dos dois lados |
#
# As constantes da SELU são dadas:

# %% locked="constantes-selu"
SELU_ESCALA = 1.0507009873554805  # λ
SELU_ALFA = 1.6732632423543772  # α

# %% [markdown] locked="todo05-enunciado"
# ### ToDo 5 · Leaky ReLU, ELU e SELU
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 10 | `leaky_relu(z, alpha=0.2)`, `elu(z, alpha=1.0)` e `selu(z)` | `leaky_relu` de −2 é −0,4; `elu` de −50 encosta em −1 |
#
# Cada função recebe um **array** do NumPy de qualquer formato e devolve outro, novo, do mesmo formato.
#
# - Valem para qualquer $\alpha \ge 0$, **também maior que 1**.
# - $z$ pode ser enorme, dos dois lados: o resultado é um número finito, e o NumPy não deve avisar de *overflow*. Quem calcula $e^{1000}$, mesmo que não vá usá-lo, leva o aviso.
# - O array de entrada continua como era.
#
# *Vale*: Leaky ReLU 3, ELU 3, SELU 2, valores enormes 1, entrada intacta 1.
#
# <details><summary>Dica 1</summary>
#
# Um `if z > 0` não serve para um array. Duas saídas: `np.where(condição, aqui, ali)`, ou somar a parte positiva de $z$ com algo da parte negativa, que `np.maximum` e `np.minimum`
# (ou `z.clip`) separam.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `np.where` calcula **os dois** lados e só depois escolhe: a exponencial de um $z$ enorme acontece, e avisa. Corte $z$ em zero *antes* de exponenciar: do lado positivo o resultado não será usado mesmo.
# `np.expm1(z)` é $e^z - 1$, exato também perto de zero.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# A SELU é $\lambda$ vezes uma ELU com o $\alpha$ dela. Não esqueça que $\lambda$ multiplica também o lado positivo.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `ValueError: The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()` | um `if` recebeu um array inteiro | troque o `if` por `np.where` |
# | `TypeError: only 0-dimensional arrays can be converted to Python scalars` | `math.exp` só aceita um número | use `np.exp` ou `np.expm1` |
# | `RuntimeWarning: overflow encountered in exp` | a exponencial de um número enorme foi calculada | corte $z$ em zero antes (dica 2) |
#
# </details>


# %% solution="todo05"
def leaky_relu(z, alpha=0.2):
    """z onde z ≥ 0, alpha·z onde z < 0."""
    ### BEGIN SOLUTION
    return z.clip(min=0) + alpha * z.clip(max=0)
    ### END SOLUTION


def elu(z, alpha=1.0):
    """z onde z ≥ 0, alpha·(e^z − 1) onde z < 0."""
    ### BEGIN SOLUTION
    return z.clip(min=0) + alpha * np.expm1(z.clip(max=0))
    ### END SOLUTION


def selu(z):
    """SELU_ESCALA vezes a ELU de alpha igual a SELU_ALFA."""
    ### BEGIN SOLUTION
    return SELU_ESCALA * (z.clip(min=0) + SELU_ALFA * np.expm1(z.clip(max=0)))
    ### END SOLUTION


# %% test="todo05" points=10
### BEGIN HIDDEN TESTS
import warnings

from gradiente.observe import observe

line = np.array([-7.5, -2.0, -0.6, -1e-3, 0.0, 2e-3, 0.3, 1.0, 4.2])
table = np.array([[-3.0, 0.7, -0.25], [2.5, -0.01, -6.0]], dtype="float32")


def quietly(key, function):
    z, alphas = np.array([-1e4, -1e3, -60.0, 1e3, 1e4]), {"leaky": (0.1,), "elu": (1.4,), "selu": ()}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = np.asarray(function(z, *alphas[key]))
    return {"resultado": result, "avisos": len(caught)}


def untouched(key, function):
    z = table.astype("float64")
    result = function(z)
    return {
        "mudou": not np.array_equal(z, table),
        "resultado": np.array(result),
        "mesmo": np.shares_memory(z, np.asarray(result)),
    }


def each(compute, **functions):
    # Uma função que falha não leva as outras; se todas falham, o que se observa é a falha.
    found, problems = {}, []
    for key, function in functions.items():
        try:
            found[key] = compute(key, function)
        except Exception as error:
            problems.append(error)
    if not found:
        raise problems[0]
    return found


observe(
    "leaky", lambda: [leaky_relu(line.copy()), leaky_relu(line.copy(), 0.05), leaky_relu(line.copy(), 0.0)]
)
observe("leaky_ingreme", lambda: leaky_relu(line.copy(), 1.5))
observe("leaky_tabela", lambda: leaky_relu(table.copy(), alpha=0.3))
observe("elu", lambda: [elu(line.copy()), elu(line.copy(), 0.5), elu(line.copy(), 2.0)])
observe("elu_tabela", lambda: elu(table.copy(), alpha=1.3))
observe("selu", lambda: selu(line.copy()))
observe("selu_tabela", lambda: selu(table.copy()))
observe("enormes", lambda: each(quietly, leaky=leaky_relu, elu=elu, selu=selu))
observe("intactas", lambda: each(untouched, leaky=leaky_relu, elu=elu, selu=selu))
### END HIDDEN TESTS
z = np.array([-2.0, 0.0, 3.0])
saida = leaky_relu(z)
assert isinstance(saida, np.ndarray) and saida.shape == (3,), (
    "leaky_relu deve devolver um array com o formato da entrada, (3,)."
)
assert abs(saida[0] + 0.4) < 1e-9, f"leaky_relu(−2) com α = 0,2 é −0,4; a sua dá {saida[0]}."
assert saida[2] == 3.0, f"leaky_relu(3) é 3; a sua dá {saida[2]}."
assert abs(elu(np.array([-50.0]))[0] + 1) < 1e-6, "elu(−50) encosta no piso −α = −1; a sua não."
assert abs(selu(np.array([1.0]))[0] - SELU_ESCALA) < 1e-9, (
    "selu(1) é λ: a escala vale também do lado positivo."
)

# %% [markdown] locked="todo06-enunciado"
# ### ToDo 6 · As derivadas
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 12 min | 8 | `leaky_relu_derivada(z, alpha=0.2)`, `elu_derivada(z, alpha=1.0)` e `selu_derivada(z)` | concordam com as diferenças finitas, na figura abaixo |
#
# Na retropropagação, o gradiente é multiplicado por $f'(z)$. Escreva as três derivadas, **em função de $z$** (e não do valor da função), com as mesmas regras do ToDo 5: qualquer formato, qualquer
# $\alpha \ge 0$, $z$ enorme sem aviso.
#
# **Em $z = 0$**, onde pode haver uma quina, devolva a derivada **do lado esquerdo** (o limite para $z$ negativo e pequeno).
#
# *Vale*: Leaky ReLU 2, ELU 2, SELU 2, a quina 1, valores enormes 1.
#
# <details><summary>Dica 1</summary>
#
# Derive cada linha da tabela do começo da Parte 2, um lado de cada vez. A derivada de $e^z$ é $e^z$; a do $-1$, zero.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# As derivadas nunca são negativas. Do lado positivo: 1, 1 e $\lambda$. Do lado negativo da ELU, confira em $z = 0$: com $\alpha = 1$ os dois lados têm de se encontrar.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# A quina: com `np.where(condição, direita, esquerda)`, a condição que manda o zero para o lado esquerdo é estrita.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `NameError: name 'SELU_ALPHA' is not defined` | as constantes têm nome em português | `SELU_ESCALA` e `SELU_ALFA` |
# | `TypeError: only 0-dimensional arrays can be converted to Python scalars` | `math.exp` ou `float` receberam um array | use `np.exp` |
# | `RuntimeWarning: overflow encountered in exp` | como no ToDo 5 | corte $z$ em zero antes de exponenciar |
#
# </details>


# %% solution="todo06"
def leaky_relu_derivada(z, alpha=0.2):
    """Derivada da Leaky ReLU em cada z; em zero, a do lado esquerdo."""
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, alpha)
    ### END SOLUTION


def elu_derivada(z, alpha=1.0):
    """Derivada da ELU em cada z; em zero, a do lado esquerdo."""
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, alpha) * np.exp(z.clip(max=0))
    ### END SOLUTION


def selu_derivada(z):
    """Derivada da SELU em cada z; em zero, a do lado esquerdo."""
    ### BEGIN SOLUTION
    return SELU_ESCALA * np.where(z > 0, 1.0, SELU_ALFA) * np.exp(z.clip(max=0))
    ### END SOLUTION


# %% test="todo06" points=8
### BEGIN HIDDEN TESTS
import warnings

from gradiente.observe import observe

line = np.array([-7.5, -2.0, -0.6, -1e-3, 2e-3, 0.3, 1.0, 4.2])
table = np.array([[-3.0, 0.7, -0.25], [2.5, -0.01, -6.0]], dtype="float32")
origin = np.array([0.0, -0.0])


def quietly(key, function):
    z, alphas = np.array([-1e4, -1e3, 1e3, 1e4]), {"leaky": (0.1,), "elu": (1.4,), "selu": ()}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = np.asarray(function(z, *alphas[key]))
    return {"resultado": result, "avisos": len(caught)}


def corner(key, function):
    return np.array(function(origin.copy(), *{"leaky": (0.3,), "elu": (0.6,), "selu": ()}[key]))


def each(compute, **functions):
    # Uma função que falha não leva as outras; se todas falham, o que se observa é a falha.
    found, problems = {}, []
    for key, function in functions.items():
        try:
            found[key] = compute(key, function)
        except Exception as error:
            problems.append(error)
    if not found:
        raise problems[0]
    return found


slopes = {"leaky": leaky_relu_derivada, "elu": elu_derivada, "selu": selu_derivada}
observe(
    "leaky",
    lambda: [
        leaky_relu_derivada(line.copy()),
        leaky_relu_derivada(line.copy(), 0.05),
        leaky_relu_derivada(line.copy(), 1.5),
    ],
)
observe("leaky_tabela", lambda: leaky_relu_derivada(table.copy(), alpha=0.3))
observe(
    "elu", lambda: [elu_derivada(line.copy()), elu_derivada(line.copy(), 0.5), elu_derivada(line.copy(), 2.0)]
)
observe("elu_tabela", lambda: elu_derivada(table.copy(), alpha=1.3))
observe("selu", lambda: selu_derivada(line.copy()))
observe("selu_tabela", lambda: selu_derivada(table.copy()))
observe("quinas", lambda: each(corner, **slopes))
observe("enormes", lambda: each(quietly, **slopes))
### END HIDDEN TESTS
z = np.array([-2.0, 3.0])
inclinacao = leaky_relu_derivada(z)
assert isinstance(inclinacao, np.ndarray) and inclinacao.shape == (2,), (
    "leaky_relu_derivada deve devolver um array com o formato da entrada, (2,)."
)
assert abs(inclinacao[0] - 0.2) < 1e-9, (
    f"Do lado negativo a inclinação é α = 0,2, positiva; a sua é {inclinacao[0]}."
)
assert inclinacao[1] == 1.0, f"Do lado positivo a inclinação é 1; a sua é {inclinacao[1]}."
assert abs(elu_derivada(np.array([-50.0]))[0]) < 1e-6, "Em z = −50 a ELU já é plana: a derivada é quase zero."
assert abs(selu_derivada(np.array([1.0]))[0] - SELU_ESCALA) < 1e-9, (
    "Do lado positivo, a inclinação da SELU é λ."
)

# %% [markdown]
# As suas funções, cheias, e as suas derivadas, tracejadas. Onde a derivada ainda falta, a figura usa diferenças finitas da função, $\frac{f(z+s) - f(z-s)}{2s}$ com passo
# $s$ pequeno; onde existe, a tabela compara as duas, longe de $z = 0$.

# %%
grid = np.linspace(-5, 5, 1001)
step = 1e-4
pairs = {
    "Leaky ReLU": (lambda z: leaky_relu(z), lambda z: leaky_relu_derivada(z)),
    "ELU": (lambda z: elu(z), lambda z: elu_derivada(z)),
    "SELU": (lambda z: selu(z), lambda z: selu_derivada(z)),
}


def column(function, missing):
    """Os valores de uma função do estudante na grade, se já são números na forma certa."""
    values = attempt(lambda: np.asarray(function(grid.copy()), dtype="float64"), missing)
    return values if values is not None and values.shape == grid.shape else None


curves, rows, away = {}, [], np.abs(grid) > 0.05
for name, (function, slope) in pairs.items():
    values = column(function, f"{name}, ToDo 5")
    if values is None:
        continue
    numeric = (
        column(lambda z, f=function: f(z + step), "") - column(lambda z, f=function: f(z - step), "")
    ) / (2 * step)
    slopes = column(slope, f"Derivada da {name}, ToDo 6")
    curves[name] = (values, numeric if slopes is None else slopes)
    if slopes is not None:
        rows.append([name, number(float(np.abs(slopes - numeric)[away].max()), 1)])
if rows:
    show_table(["ativação", "maior distância entre a sua derivada e as diferenças finitas"], rows)

# %%
if curves:
    figure = plots.activation_curves(
        grid,
        curves,
        title="Cada ativação e a sua derivada; sombreada, a zona plana",
        ylim=(-2, 3),
    )
    plots.show(
        figure,
        alt="As funções do ToDo 5 em linha cheia e as derivadas do ToDo 6 tracejadas, uma por painel. Quando "
        "certas, a Leaky ReLU é uma reta quebrada em zero; ELU e SELU descem até um piso, com a zona plana sombreada.",
    )

# %% [markdown] locked="todo07-enunciado"
# ### ToDo 7 · Unidades mortas
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●○○ | 8 min | 6 | `unidades_mortas(ativacoes)` | a matriz da célula de teste tem duas |
#
# `ativacoes` é o que uma camada ReLU devolveu para um lote: um array (exemplos, unidades), uma linha por exemplo. Uma unidade está **morta** no lote se devolve zero para **todos** os
# exemplos. Devolva **quantas** são: um inteiro.
#
# *Vale*: a conta 4, os casos-limite (nenhuma morta, todas mortas, lote de um exemplo) 2.
#
# <details><summary>Dica 1</summary>
#
# "Para todos os exemplos" percorre as linhas; sobra uma resposta por coluna. Que eixo desaparece?
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Compare com zero (dá verdadeiro ou falso), reduza com `np.all` no eixo dos exemplos e some: `True` conta como 1.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `TypeError: only 0-dimensional arrays can be converted to Python scalars` | o `int(…)` recebeu um array | falta somar a máscara das unidades |
# | `AxisError: axis 2 is out of bounds for array of dimension 2` | só há eixos 0 e 1 | exemplos são o eixo 0 |
#
# </details>


# %% solution="todo07"
def unidades_mortas(ativacoes):
    """Quantas unidades (colunas) valem zero em todos os exemplos (linhas)."""
    ### BEGIN SOLUTION
    return int(np.sum(np.all(ativacoes == 0, axis=0)))
    ### END SOLUTION


# %% test="todo07" points=6
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

rng = np.random.default_rng(5)
tall = np.maximum(rng.normal(size=(12, 7)), 0) + 1e-9 * (rng.random((12, 7)) < 0.5)
tall[:, [1, 4, 6]] = 0
tall[3] = 0  # um exemplo que não acorda ninguém não é uma unidade morta
wide = np.maximum(rng.normal(size=(5, 31)), 0).astype("float32")
wide[:, 9:13] = 0
wide[2, 10] = 1e-6  # fraca, mas viva
square = np.zeros((6, 6))
square[0] = 1.0
square[0, :2] = 0

observe("alta", lambda: {"ativacoes": tall, "resultado": unidades_mortas(tall.copy())})
observe("larga", lambda: {"ativacoes": wide, "resultado": unidades_mortas(wide.copy())})
observe("quadrada", lambda: {"ativacoes": square, "resultado": unidades_mortas(square.copy())})
observe("nenhuma", lambda: unidades_mortas(np.ones((4, 3))))
observe("todas", lambda: unidades_mortas(np.zeros((4, 9))))
observe("um_exemplo", lambda: unidades_mortas(np.array([[0.0, 2.0, 0.0, 0.0, 1.0]])))
### END HIDDEN TESTS
ativacoes = np.array([[0.0, 2.0, 0.0, 1.0], [0.0, 0.0, 0.0, 3.0], [0.0, 1.0, 0.0, 0.0]])
mortas = unidades_mortas(ativacoes)
assert np.ndim(mortas) == 0 and mortas is not None, (
    f"unidades_mortas deve devolver um número, e devolveu {type(mortas).__name__}."
)
assert mortas == 2, (
    f"Na matriz do teste, as colunas 0 e 2 são zero em todas as três linhas: são 2 unidades mortas, e não {mortas}."
)

# %% [markdown]
# Quando uma unidade morre? Uma camada de 200 unidades ReLU recebe exemplos $\mathcal N(0, 1)$, e empurramos os vieses para baixo. A conta é a sua, em lotes de três tamanhos.

# %%
rng = np.random.default_rng(SEED)
examples = rng.normal(size=(1000, 50))
kernel = rng.normal(0, math.sqrt(2 / 50), size=(50, 200))
biases = np.linspace(0, -8, 17)


def dead_share(n, bias):
    return float(unidades_mortas(np.maximum(examples[:n] @ kernel + bias, 0))) / 200


dead = attempt(
    lambda: {
        f"{n:,} exemplos".replace(",", " "): [100 * dead_share(n, b) for b in biases] for n in (10, 100, 1000)
    },
    "ToDo 7",
)
if dead:
    figure, ax = plt.subplots(figsize=(8.5, 3.8))
    for label, shares in dead.items():
        ax.plot(biases, shares, "o-", markersize=4, label=label)
    ax.set(xlabel="Viés da camada", ylabel="Unidades mortas (%)", ylim=(-3, 103))
    ax.set_title("Num lote pequeno, mais unidades parecem mortas")
    ax.invert_xaxis()
    ax.legend(title="lote de")
    plots.show(
        plots.comma_axes(ax),
        alt="Porcentagem de unidades mortas em função do viés, de zero a menos oito, em lotes de dez, cem e mil exemplos. "
        "As três curvas sobem de zero a quase cem; quanto menor o lote, mais cedo sobe.",
    )

# %% [markdown]
# "Morta" é uma afirmação sobre um lote. Com dez exemplos, metade das unidades parece morta muito antes de o estar; para acusar uma unidade, meça no treino inteiro.
#
# # Parte 3 · Normalização em lote
#
# No treino, a BN olha cada unidade em separado, nos $m$ exemplos do lote $B$:
#
# $$
# \mu_B = \frac1m\sum_{i=1}^m x_i
# \qquad
# \sigma_B^2 = \frac1m\sum_{i=1}^m (x_i - \mu_B)^2
# \qquad
# \hat x_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}}
# \qquad
# y_i = \gamma\,\hat x_i + \beta
# $$
#
# em que $x_i$ é o que a BN recebe da unidade no exemplo $i$, $\varepsilon$ um número pequeno, e $\gamma$ e $\beta$ a **escala** e o **deslocamento**, um par por unidade.

# %% [markdown] locked="todo08-enunciado"
# ### ToDo 8 · BN no treino
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 12 | `normalizar_treino(x, gamma, beta, epsilon=1e-3)` | com γ = 1 e β = 0, a média de cada coluna de y é 0 |
#
# - `x` é um array (exemplos, unidades); `gamma` e `beta`, arrays (unidades,).
# - Devolva a tupla `(y, media, variancia)`, **nesta ordem**: `y` com o formato de `x`; `media` e `variancia` do lote com formato (unidades,).
# - Siga as quatro equações à risca: a variância divide por $m$, e $\varepsilon$ fica **dentro** da raiz.
# - Com um lote de um exemplo, ou uma unidade que não varia, não há divisão por zero: é para isso que $\varepsilon$ existe.
# - `x` continua como era.
#
# *Vale*: média 2, variância 2, saída 5, unidades que quase não variam 2, entrada intacta 1.
#
# <details><summary>Dica 1</summary>
#
# Uma estatística **por unidade**: o eixo que desaparece é o dos exemplos. Confira `media.shape` antes de continuar.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# São quatro linhas, uma por equação. Se as estatísticas têm formato (unidades,), o NumPy as distribui sozinho pelas linhas de `x`.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# Calcule num exemplo que caiba no papel: a coluna 1, 3 tem média 2 e variância 1 (e não 2, que seria dividir por $m - 1$).
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `ValueError: operands could not be broadcast together with shapes (4,2) (4,)` | as estatísticas saíram uma por exemplo | o eixo é o outro |
# | `AssertionError: normalizar_treino deve devolver uma tupla de três…` | faltou algum dos três | `return y, media, variancia` |
# | `RuntimeWarning: invalid value encountered in divide` | 0 ÷ 0: a unidade não varia e falta $\varepsilon$ | some $\varepsilon$ à variância, antes da raiz |
#
# </details>


# %% solution="todo08"
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    """(y, media, variancia): a BN com as estatísticas deste lote, unidade por unidade."""
    ### BEGIN SOLUTION
    mean = x.mean(axis=0)
    variance = x.var(axis=0)
    x_hat = (x - mean) / np.sqrt(variance + epsilon)
    return gamma * x_hat + beta, mean, variance
    ### END SOLUTION


# %% test="todo08" points=12
### BEGIN HIDDEN TESTS
import warnings

from gradiente.observe import observe

rng = np.random.default_rng(8)
spread, center = np.array([0.5, 2.0, 7.0, 1.0]), np.array([3.0, -4.0, 0.0, 10.0])


def trial(m, dtype="float64", **options):
    x = (rng.normal(size=(m, 4)) * spread + center).astype(dtype)
    gamma, beta = np.array([1.7, -0.6, 0.3, 2.2], dtype), np.array([0.4, 5.0, -1.1, -2.0], dtype)
    y, media, variancia = normalizar_treino(x.copy(), gamma.copy(), beta.copy(), **options)
    return {"x": x, "gamma": gamma, "beta": beta, "y": y, "media": media, "variancia": variancia}


def still():
    x = np.array([[5.0, -2.0, 1e-2], [5.0, -2.0, -1e-2]])
    gamma, beta = np.array([2.0, 0.5, 3.0]), np.array([7.0, -1.0, 0.25])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        both = normalizar_treino(x, gamma, beta, 1e-4)
        alone = normalizar_treino(x[:1], gamma, beta)
    return {"dois": both[0], "um": alone[0], "avisos": len(caught)}


def untouched():
    x = rng.normal(size=(5, 3))
    gamma, beta = np.array([2.0, 0.5, 3.0]), np.array([7.0, -1.0, 0.25])
    before = x.copy()
    y = normalizar_treino(x, gamma, beta)[0]
    return {"antes": before, "depois": x, "y": y, "gamma": gamma, "beta": beta}


observe("quadrado", lambda: trial(4, epsilon=0.02))
observe("lote", lambda: trial(11))
observe("pequeno", lambda: trial(3, "float32", epsilon=0.5))
observe("paradas", still)
observe("intacta", untouched)
### END HIDDEN TESTS
x = np.array([[1.0, 10.0], [3.0, 30.0], [1.0, 10.0], [3.0, 30.0]])
resposta = normalizar_treino(x.copy(), np.ones(2), np.zeros(2), epsilon=0.0)
assert isinstance(resposta, tuple) and len(resposta) == 3, (
    "normalizar_treino deve devolver uma tupla de três: return y, media, variancia."
)
y, media, variancia_lote = resposta
assert np.shape(y) == (4, 2), f"y deve ter o formato de x, (4, 2); o seu tem {np.shape(y)}."
assert np.shape(media) == (2,), f"media deve ter uma entrada por unidade, (2,); a sua tem {np.shape(media)}."
assert np.allclose(media, [2, 20]), (
    f"As médias das colunas (1, 3, 1, 3) e (10, 30, 10, 30) são 2 e 20; as suas, {media}."
)
assert np.allclose(variancia_lote, [1, 100]), (
    f"As variâncias das colunas (1, 3, 1, 3) e (10, 30, 10, 30) são 1 e 100; as suas, {variancia_lote}."
)
assert np.allclose(y, [[-1, -1], [1, 1], [-1, -1], [1, 1]]), (
    f"Com γ = 1, β = 0 e ε = 0, y deve ser −1 e 1 em cada coluna; o seu é {y}."
)

# %% [markdown] locked="todo09-enunciado"
# ### ToDo 9 · Média móvel e BN na inferência
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 10 | `atualizar_media_movel(antiga, nova, momentum=0.99)` e `normalizar_inferencia(x, gamma, beta, media, variancia, epsilon=1e-3)` | a tabela abaixo, que compara com o Keras, fica perto de zero |
#
# Na inferência não se usa o lote. Durante o treino a camada acumula **médias móveis** das estatísticas, com a convenção do Keras: o *momentum* é o peso do **passado**,
#
# $$\hat v \leftarrow \hat v\cdot\text{momentum} + v\,(1 - \text{momentum})$$
#
# em que $\hat v$ é a estatística acumulada (`antiga`) e $v$ a do lote (`nova`).
#
# 1. `atualizar_media_movel` devolve o novo $\hat v$. Serve para um número e para um array.
# 2. `normalizar_inferencia` devolve só `y`: as duas últimas equações da BN, com a `media` e a `variancia` **recebidas**. O resultado de um exemplo não depende dos outros do lote.
#
# Nenhuma das duas muda os arrays que recebe.
#
# *Vale*: média móvel 4, inferência 5, entradas intactas 1.
#
# <details><summary>Dica 1</summary>
#
# Com *momentum* 0,99, um lote novo quase não mexe na acumulada. A sua função anda 1 % ou 99 % do caminho?
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `antiga *= momentum` muda o array de quem chamou. Escreva uma expressão que crie outro.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# Na inferência não aparece nenhum `mean` nem `var`: tudo já veio pronto. E o que veio é a **variância**, não o desvio padrão.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `RuntimeWarning: invalid value encountered in divide` | 0 ÷ 0: o teste tem um só exemplo, e a conta usou a variância do **lote**, que é 0 | use a `variancia` recebida |
# | `ValueError: setting an array element with a sequence. The requested array has an inhomogeneous shape …` | a função devolveu uma tupla | na inferência devolve-se só `y` |
# | `UFuncTypeError: Cannot cast ufunc 'multiply' output from dtype('float64') to dtype('int64') …` | `*=` tentou guardar frações em um array de inteiros | não mude o array no lugar: escreva `antiga * momentum` |
#
# </details>


# %% solution="todo09"
def atualizar_media_movel(antiga, nova, momentum=0.99):
    """A estatística acumulada depois de mais um lote; momentum é o peso do passado."""
    ### BEGIN SOLUTION
    return antiga * momentum + nova * (1 - momentum)
    ### END SOLUTION


def normalizar_inferencia(x, gamma, beta, media, variancia, epsilon=1e-3):
    """A BN com as estatísticas recebidas, unidade por unidade."""
    ### BEGIN SOLUTION
    return gamma * (x - media) / np.sqrt(variancia + epsilon) + beta
    ### END SOLUTION


# %% test="todo09" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

rng = np.random.default_rng(9)
gamma, beta = np.array([1.7, -0.6, 0.3, 2.2]), np.array([0.4, 5.0, -1.1, -2.0])
media, variancia_movel = np.array([0.5, -3.0, 2.0, 8.0]), np.array([0.3, 6.0, 2.5, 1e-3])


def trial(x, **options):
    y = normalizar_inferencia(
        x.copy(), gamma.copy(), beta.copy(), media.copy(), variancia_movel.copy(), **options
    )
    return {"x": x, "gamma": gamma, "beta": beta, "media": media, "variancia": variancia_movel, "y": y}


def untouched():
    old, new, x = np.array([1.0, -2.0]), np.array([5.0, 4.0]), rng.normal(size=(3, 4))
    inputs = old.copy(), new.copy(), x.copy()
    updated = atualizar_media_movel(old, new, 0.75)
    y = normalizar_inferencia(x, gamma, beta, media, variancia_movel)
    same = all(np.array_equal(a, b) for a, b in zip(inputs, (old, new, x), strict=True))
    return {"mudou": not same, "atualizada": np.array(updated), "x": inputs[2], "y": np.array(y)}


observe(
    "numeros",
    lambda: [
        atualizar_media_movel(4.0, -6.0, 0.7),
        atualizar_media_movel(0.0, 1.0),
        atualizar_media_movel(2.0, 3.0, 0.0),
    ],
)
observe(
    "arrays",
    lambda: atualizar_media_movel(np.array([1.0, -2.0, 30.0]), np.array([5.0, 4.0, -10.0]), momentum=0.95),
)
observe("lote", lambda: trial(4 * rng.normal(size=(6, 4)) + 1))
observe("um_exemplo", lambda: trial(np.array([[1.0, 2.0, -3.0, 9.0]]), epsilon=0.05))
observe("float32", lambda: trial(rng.normal(size=(4, 4)).astype("float32"), epsilon=1e-5))
observe("intactas", untouched)
### END HIDDEN TESTS
movel = atualizar_media_movel(10.0, 20.0, momentum=0.9)
assert movel is not None, "atualizar_media_movel não devolveu nada: confira o return."
assert abs(movel - 11.0) < 1e-9, (
    f"De 10 para 20 com momentum 0,9: nove décimos do passado e um décimo do novo dão 11; a sua dá {movel}."
)
um = normalizar_inferencia(
    np.array([[3.0]]), np.array([2.0]), np.array([1.0]), np.array([1.0]), np.array([4.0]), epsilon=0.0
)
assert np.shape(um) == (1, 1), f"y deve ter o formato de x, (1, 1); o seu tem {np.shape(um)}."
assert abs(np.ravel(um)[0] - 3.0) < 1e-9, (
    f"Com x = 3, média 1, variância 4, γ = 2, β = 1 e ε = 0: 2·(3 − 1)/2 + 1 = 3; a sua dá {um}."
)

# %% [markdown]
# O mesmo lote na camada do Keras e nas suas funções: a saída no treino, as duas estatísticas acumuladas depois de um lote e a saída na inferência.

# %%
rng = np.random.default_rng(SEED)
batch = (rng.normal(size=(32, 5)) * [0.1, 0.5, 1, 3, 10] + [5, -2, 0, 1, -20]).astype("float32")
gamma, beta = rng.normal(size=(2, 5)).astype("float32")
layer = keras.layers.BatchNormalization(momentum=0.9)
layer.build((None, 5))
layer.gamma.assign(gamma)
layer.beta.assign(beta)
in_training = keras.ops.convert_to_numpy(layer(batch, training=True))
in_use = keras.ops.convert_to_numpy(layer(batch, training=False))
moving_mean, moving_variance = (keras.ops.convert_to_numpy(v) for v in layer.non_trainable_variables[:2])


def gap(yours, theirs):
    return number(float(np.abs(np.asarray(yours, "float64") - theirs).max()), 1)


comparisons = {
    "saída no treino": lambda: gap(normalizar_treino(batch, gamma, beta)[0], in_training),
    "média acumulada": lambda: gap(atualizar_media_movel(np.zeros(5), batch.mean(axis=0), 0.9), moving_mean),
    "variância acumulada": lambda: gap(
        atualizar_media_movel(np.ones(5), batch.var(axis=0), 0.9), moving_variance
    ),
    "saída na inferência": lambda: gap(
        normalizar_inferencia(batch, gamma, beta, moving_mean, moving_variance), in_use
    ),
}
rows = [[name, attempt(compute, f"ToDos 8 e 9, {name}") or "…"] for name, compute in comparisons.items()]
show_table(["o que se compara", "maior diferença entre a sua BN e a do Keras"], rows)

# %% [markdown]
# Só resta o arredondamento de `float32`. Repare que, depois de **um** lote, as estatísticas acumuladas ainda estão longe das do lote, e a saída na inferência é muito diferente da do
# treino: a média móvel precisa de muitos lotes para chegar lá.
#
# # Parte 4 · O resgate
#
# Um colega escreveu a rede abaixo, de vinte camadas ocultas, para as fotos de roupas do Fashion-MNIST. Ela não aprende. Não é azar: **três** escolhas dele a impedem.

# %% locked="rede-quebrada"
data = load_fashion_mnist()
raw, labels = data.x_train[:2000].astype("float32"), data.y_train[:2000].astype("int32")
pixels = (raw - raw.mean()) / raw.std()  # padronizados: média 0, desvio padrão 1
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def rede_quebrada():
    """Vinte camadas ocultas de 64 unidades e uma saída de dez logits. Não aprende."""
    draw = keras.initializers.RandomNormal(stddev=0.1)
    hidden = [keras.layers.Dense(64, activation="sigmoid", kernel_initializer=draw) for _ in range(20)]
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)])


# %% [markdown]
# Para examiná-la há um instrumento. `measure_signal(rede)` faz uma ida e uma volta com 200 fotos e devolve, para cada camada oculta, da primeira à vigésima, o sinal $h$ que ela entrega à
# seguinte: o desvio padrão de $h$ e o tamanho (a norma) do gradiente $\partial L/\partial h$.


# %% locked="medir-sinal"
def every_layer(model):
    """As camadas, também as que estão dentro de outras redes."""
    for layer in model.layers:
        yield from every_layer(layer) if isinstance(layer, keras.Model) else [layer]


def dense_layers(model):
    """As camadas densas."""
    return [layer for layer in every_layer(model) if isinstance(layer, keras.layers.Dense)]


def measure_signal(model, full=False):
    """Desvio padrão do sinal e norma do gradiente em cada camada oculta, como duas listas.

    Com `full=True`, devolve também o que entrou em cada camada densa e a saída da rede.
    """
    seen, layers = [], dense_layers(model)
    for layer in layers:

        def call(inputs, *args, _call=layer.call, **options):
            seen.append(inputs)  # o que a camada densa recebe é o sinal que a anterior entregou
            return _call(inputs, *args, **options)

        layer.call = call
    try:
        with tf.GradientTape() as tape:
            logits = model(pixels[:200], training=True)
            loss = cross_entropy(labels[:200], logits)
        gradients = tape.gradient(loss, seen[1:], unconnected_gradients="zero")
    finally:
        for layer in layers:
            del layer.call
    signals = [np.asarray(h) for h in seen]
    spreads = [float(h.std()) for h in signals[1:]]
    norms = [float(np.linalg.norm(np.asarray(g, dtype="float64"))) for g in gradients]
    return (spreads, norms, signals, np.asarray(logits)) if full else (spreads, norms)


# %%
keras.utils.set_random_seed(SEED)
spreads, norms = measure_signal(rede_quebrada())
show_table(
    ["rede quebrada", "camada 1", "camada 10", "camada 20"],
    [
        ["desvio padrão do sinal", *(spreads[i] for i in (0, 9, 19))],
        ["norma do gradiente", *(norms[i] for i in (0, 9, 19))],
    ],
)

# %% [markdown] locked="todo10-enunciado"
# ### ToDo 10 · O resgate da rede
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●● | 25 min | 14 | `rede_resgatada()` | gradiente: camada 1 ÷ camada 20 entre 1/20 e 20; sinal: camada 20 ÷ camada 1 entre 1/10 e 10 |
#
# Escreva `rede_resgatada()`, sem argumentos, que devolve uma rede **nova e não compilada** com o mesmo esqueleto: entrada (28, 28), `Flatten`, **vinte** camadas ocultas densas de
# **64** unidades e a saída densa de dez *logits*. O que você escolhe:
#
# - a **ativação** das ocultas: *toda* camada oculta tem uma, não linear, da tabela do ToDo 4;
# - a **inicialização**: a companheira da ativação, e um sorteio **diferente** em cada camada;
# - **BN** ou não, antes ou depois da ativação. Ela não é obrigatória. Se puser, lembre-se: a densa **logo seguida** de BN não precisa de viés; as outras densas precisam.
#
# Não adivinhe, **meça**: `measure_signal(rede_resgatada())`. A correção constrói a rede três vezes, com três sementes, e olha a média geométrica das razões. Nada é treinado.
#
# Uma rede montada com `keras.Sequential([…])`, de uma lista, nasce muito mais depressa que uma montada com vinte `add()`: a cada `add()` ela é refeita desde o começo.
#
# *Vale*: arquitetura 3, o sinal na ida 3, o gradiente na volta 4, inicialização 2, vieses 1, sorteios 1.
#
# <details><summary>Dica 1</summary>
#
# Leia `rede_quebrada` palavra por palavra: a ativação, o número 0,1, a variável `draw`. Troque uma coisa por vez e meça depois de cada troca. O que diz a lição
# sobre inicialização de um inicializador reaproveitado?
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# A inclinação máxima da sigmoide é 1/4, e são vinte; o desvio 0,1 não olha o *fan-in*; e `draw` é **um só** sorteio, repetido. Dê o inicializador pelo **nome** (um texto): o Keras cria
# um novo para cada camada. Uma compreensão de lista com `for _ in range(20)` faz as vinte.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# Com a ativação e a inicialização certas, a rede já passa sem BN. Com BN em **toda** camada o gradiente pode crescer na volta, mais com umas ativações que com outras: meça com e sem ela.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `ValueError: Could not interpret initializer identifier: he` | nome incompleto | `he_normal`, `he_uniform`, `lecun_normal`, … |
# | `ValueError: Could not interpret activation function identifier: leakyrelu` | o nome tem sublinhado | `leaky_relu` |
# | `AttributeError: module 'keras' has no attribute 'Activation'` | a camada mora em outro lugar | `keras.layers.Activation` |
# | `ValueError: Only instances of keras.Layer can be added to a Sequential model. Received: [<Dense …` | a lista de camadas entrou como um item só | desempacote-a com asterisco: `*ocultas` |
# | `AttributeError: Sequential model 'sequential' has no defined input shape yet.` | falta a entrada | comece por `keras.Input((28, 28))` |
#
# </details>


# %% solution="todo10"
def rede_resgatada():
    """Vinte camadas ocultas de 64 unidades e dez logits, com o sinal vivo na ida e na volta."""
    ### BEGIN SOLUTION
    hidden = [keras.layers.Dense(64, activation="relu", kernel_initializer="he_normal") for _ in range(20)]
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)])
    ### END SOLUTION


# %% test="todo10" points=14
### BEGIN HIDDEN TESTS
from itertools import pairwise

from gradiente.observe import observe


def token(layer):
    kind = {"Dense": "densa", "BatchNormalization": "bn"}.get(type(layer).__name__, type(layer).__name__)
    activation = getattr(layer, "activation", None)
    name = "" if activation is None else getattr(activation, "__name__", type(activation).__name__)
    return {"tipo": kind, "ativacao": str(name), "vies": getattr(layer, "bias", None) is not None}


def bend(before, after):
    # Quanto da saída de uma camada oculta não é função afim da entrada dela.
    known = np.column_stack([before, np.ones(len(before))]).astype("float64")
    wanted = after.astype("float64") - after.mean(axis=0, dtype="float64")
    rest = wanted - known @ np.linalg.lstsq(known, wanted, rcond=None)[0]
    return float(np.linalg.norm(rest) / max(np.linalg.norm(wanted), 1e-30))


def flats(h, name):
    low, slope = {
        "sigmoid": (0, lambda h: 4 * h * (1 - h)),
        "tanh": (-1, lambda h: 1 - h**2),
    }.get(name, (0, None))
    inside = h.min() >= low and h.max() <= 1  # com BN depois da ativação, h já não é a saída dela
    return float(np.mean(slope(h) < 0.1)) if slope and inside else 0.0


def portrait(seed):
    keras.utils.set_random_seed(seed)
    model = rede_resgatada()
    spreads, norms, signals, logits = measure_signal(model, full=True)
    kernels = [np.asarray(layer.kernel) for layer in dense_layers(model)]
    tokens = [token(layer) for layer in every_layer(model)]
    names = [t["ativacao"] for t in tokens if t["ativacao"] not in ("", "linear")]
    same = names[0] if len(set(names)) == 1 else ""
    return {
        "entrada": list(model.input_shape),
        "formatos": [k.shape for k in kernels],
        "camadas": tokens,
        "desvios": spreads,
        "normas": norms,
        "mortas": max(float((h == 0).all(axis=0).mean()) for h in signals[1:]),
        "planas": max(flats(h, same) for h in signals[1:]),
        "curvas": [bend(a, b) for a, b in pairwise(signals[1:])],
        "ganhos": [float(k.var() * k.shape[0]) for k in kernels],
        "repetidas": sum(np.array_equal(a, b) for a, b in pairwise(kernels)),
        "saida": logits[:5],
    }


observe("semente_a", lambda: portrait(101))
observe("semente_b", lambda: portrait(202))
observe("semente_c", lambda: portrait(303))
### END HIDDEN TESTS
keras.utils.set_random_seed(SEED)
resgatada = rede_resgatada()
assert isinstance(resgatada, keras.Model), (
    "rede_resgatada() deve devolver uma rede do Keras. Faltou o return?"
)
assert resgatada.input_shape == (None, 28, 28), f"A entrada é (28, 28); a sua é {resgatada.input_shape[1:]}."
assert resgatada.output_shape == (None, 10), f"A saída são dez logits; a sua é {resgatada.output_shape}."
assert len(dense_layers(resgatada)) == 21, (
    f"São vinte camadas densas ocultas e a de saída; a sua rede tem {len(dense_layers(resgatada))} ao todo."
)
spreads, norms = measure_signal(resgatada)
assert 1 / 20 < norms[0] / max(norms[-1], 1e-300) < 20, (
    f"O gradiente da camada 1 é {norms[0] / max(norms[-1], 1e-300):.1e} vezes o da camada 20; "
    "deveria ficar entre 1/20 e 20. Experimente outra ativação, com a companheira dela, e meça sem BN."
)

# %% [markdown]
# As duas redes, antes do treino:


# %%
def portrait_of(make):
    keras.utils.set_random_seed(SEED)
    return np.array(measure_signal(make())[1])


both = {"quebrada": portrait_of(rede_quebrada)}
mine = attempt(lambda: portrait_of(lambda: rede_resgatada()), "ToDo 10")
if mine is not None and np.isfinite(mine).all() and (mine > 0).any():
    both["resgatada"] = mine
colors = plots.Colors({"quebrada": plots.PALETTE[1], "resgatada": plots.PALETTE[0]})
figure = plots.bars_per_layer(both, ylabel="Norma de ∂L/∂h", title="O gradiente por camada", colors=colors)
plots.show(
    figure,
    alt="Barras com a norma do gradiente em cada camada oculta, em escala logarítmica. Na rede quebrada, encolhem muitas "
    "ordens de grandeza da última à primeira. A rede resgatada aparece no segundo painel, se o ToDo 10 está feito.",
)


# %% [markdown]
# E o treino, com a mesma taxa de aprendizado, os mesmos lotes e as mesmas épocas. A linha pontilhada é a perda de quem chuta entre as dez classes, $\ln 10$.


# %%
def train(make, epochs=6):
    keras.utils.set_random_seed(SEED)
    model = make()
    model.compile(keras.optimizers.SGD(0.01), cross_entropy, run_eagerly=is_capped())
    rows = slice(100 if is_capped() else None)  # na correção, só dois lotes
    return model.fit(pixels[rows], labels[rows], batch_size=50, epochs=cap_epochs(epochs), verbose=0)


runs = {"quebrada": train(rede_quebrada)}
mine = attempt(lambda: train(lambda: rede_resgatada()), "ToDo 10")
if mine is not None:
    runs["resgatada"] = mine

# %%
figure, ax = plt.subplots(figsize=(8.5, 3.8))
for name, history in runs.items():
    ax.plot(
        np.arange(1, len(history.epoch) + 1), history.history["loss"], "o-", color=colors[name], label=name
    )
ax.axhline(math.log(10), color="black", linestyle=":", linewidth=1.4, label="quem chuta: ln 10")
ax.set(xlabel="Época", ylabel="Perda de treino", ylim=(0, 3), title="A rede quebrada e a resgatada")
ax.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
ax.legend(loc="lower left")
plots.show(
    plots.comma_axes(ax),
    alt="Perda de treino por época. A da rede quebrada fica na linha de quem chuta entre as dez classes. A da resgatada "
    "aparece se o ToDo 10 está feito e, quando o sinal atravessa a rede, cai.",
)

# %% [markdown] locked="todo11-enunciado"
# ### ToDo 11 · Por que a inferência é outra (texto)
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 10 | de dez a quinze linhas | responde às três perguntas com as equações da BN, e não com "porque sim" |
#
# Uma empresa pôs em uso uma rede com BN, e alguém a chama com `training=True`, isto é, com as estatísticas do lote.
#
# a) Explique, pelas equações, por que a resposta para uma foto passa então a depender das **outras** fotos do lote, e por que isso não acontece com as estatísticas acumuladas.
#
# b) À noite chega **uma** foto por vez. O que a BN entrega, seja qual for a foto? Mostre a conta. Suponha a BN **depois** da ativação em uma camada oculta: o que a rede pode ainda responder?
#
# c) De dia os lotes são grandes, mas cada um só tem fotos de **uma** classe. Por que a acurácia cai, se os pesos são os mesmos? E por que usar as estatísticas acumuladas resolve?
#
# | critério | pontos |
# |---|---|
# | (a) média e variância do lote entram na conta de cada exemplo; as acumuladas são constantes fixadas no treino | 4 |
# | (b) com m = 1, a média é o próprio exemplo, o numerador é 0 e sai β; a resposta deixa de depender da foto | 3 |
# | (c) num lote de uma classe, subtrai-se o que as fotos da classe têm em comum; as acumuladas vêm de lotes misturados, como os que ajustaram os pesos | 3 |
#
# <details><summary>Dica</summary>
#
# O seu `normalizar_treino` com uma linha só responde a (b): experimente duas fotos diferentes. Para (c), pense no que é $\mu_B$ quando o lote só tem sandálias.
#
# </details>

# %% [markdown] manual="todo11" points=10
# ### BEGIN SOLUTION
# a) No modo de treino, $\mu_B$ e $\sigma_B^2$ são calculadas com todos os exemplos do lote, e $\hat x_i = (x_i - \mu_B)/\sqrt{\sigma_B^2 + \varepsilon}$ usa as duas. Trocar uma foto vizinha muda $\mu_B$ e $\sigma_B^2$
# e, com elas, a saída para a minha foto, embora $x_i$ seja o mesmo. As estatísticas acumuladas são médias móveis feitas durante o treino; na inferência são constantes, a BN vira uma função afim fixa de cada
# unidade, e o resultado de um exemplo só depende dele.
#
# b) Com $m = 1$, $\mu_B = x_1$, logo $x_1 - \mu_B = 0$, $\sigma_B^2 = 0$ e $y_1 = \gamma\cdot 0/\sqrt{\varepsilon} + \beta = \beta$, para qualquer foto. O que vem antes da BN é apagado. Com a BN depois da ativação, a camada
# seguinte recebe sempre β: a rede dá a mesma resposta para todas as fotos.
#
# c) A média de um lote só de sandálias é a "sandália média". Subtraí-la remove justamente o que distingue a sandália das outras classes, e a variância do lote também é outra: cada camada recebe valores diferentes
# daqueles para os quais os pesos foram ajustados, com lotes misturados. As acumuladas resumem esses lotes misturados do treino, e o que a classe tem de próprio continua na entrada da camada seguinte.
# ### END SOLUTION

# %% [markdown]
# ## Resumo
#
# | ideia | como aparece | engano comum |
# |---|---|---|
# | *fan-in*, *fan-out* | densa: as duas dimensões; convolução: vezes a janela | esquecer a janela; trocar os dois |
# | Glorot, He, LeCun | $1/\mathrm{fan_{avg}}$, $2/\mathrm{fan_{in}}$, $1/\mathrm{fan_{in}}$ | devolver o desvio padrão; usar Glorot em rede ReLU funda |
# | uniforme | $\pm\sqrt{3\,\mathrm{Var}(w)}$ | tomar o desvio padrão por limite |
# | um sorteio por camada | `rng` que avança; inicializador pelo nome | reaproveitar a mesma instância |
# | Leaky ReLU, ELU, SELU | a identidade à direita, algo vivo à esquerda | $\max(\alpha z, z)$ com $\alpha > 1$; calcular $e^{1000}$ |
# | unidade morta | zero em **todos** os exemplos do lote | reduzir o eixo errado; medir em lote pequeno |
# | BN no treino | estatísticas do lote, por unidade | eixo 1; $\varepsilon$ fora da raiz; dividir por $m - 1$ |
# | BN na inferência | estatísticas acumuladas | usar o lote; trocar os pesos da média móvel |
# | resgate | medir ida e volta antes de treinar | pôr BN em tudo sem medir |
#
# **A seguir:** as lições sobre corte do gradiente e otimizadores.
#
# ## Referências
#
# - Y. LeCun, L. Bottou, G. Orr e K.-R. Müller. *Efficient backprop*. Em: Neural Networks: Tricks of the Trade, 1998.
# - X. Glorot e Y. Bengio. *Understanding the difficulty of training deep feedforward neural networks*. AISTATS, 2010.
# - K. He *et al.* *Delving deep into rectifiers*. ICCV, 2015.
# - D.-A. Clevert, T. Unterthiner e S. Hochreiter. *Fast and accurate deep network learning by exponential linear units (ELUs)*. ICLR, 2016.
# - G. Klambauer *et al.* *Self-normalizing neural networks*. NeurIPS, 2017.
# - S. Ioffe e C. Szegedy. *Batch normalization: accelerating deep network training by reducing internal covariate shift*. ICML, 2015.
# - H. Xiao, K. Rasul e R. Vollgraf. *Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms*. arXiv:1708.07747, 2017.
