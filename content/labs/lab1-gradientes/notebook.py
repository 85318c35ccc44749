# ---
# jupyter:
#   gradiente:
#     title: "Lab 1 · Gradientes à mão"
#     grading: {cell_seconds: 60, max_epochs: 1}
#     demo: [referencia, esqueleto, parcial, fatores-esquecidos, entrada-alterada]
# ---

# %% [markdown] locked="titulo"
# # Lab 1 · Gradientes à mão
#
# Um gradiente de valor 1 atravessa cem camadas e chega ao outro lado valendo 0,00003, ou 14 mil. Nos dois casos a rede não aprende, e nos dois
# casos o `fit` não explica por quê. Neste lab você escreve as contas que ele esconde: o **produto** que encolhe ou cresce, a **retropropagação** de uma rede
# inteira, o **juiz** que a confere, o **detector** que dá o diagnóstico e o **corte** que segura o passo.
#
# | | |
# |---|---|
# | **Ao final você saberá** | calcular o gradiente de uma rede pequena e provar que acertou; medir o gradiente de cada camada de uma rede do Keras; reconhecer desvanecimento e explosão; cortar um gradiente de três maneiras e dizer o que cada uma faz com a direção |
# | **Antes de começar** | as lições sobre retropropagação, desvanecimento e saturação, explosão do gradiente e corte do gradiente |
# | **Tempo** | cerca de 3 h de trabalho; a máquina trabalha menos de um minuto |
# | **Palavras novas** | nenhuma: todas estão nas quatro lições |

# %% [markdown] locked="regras"
# ## Como este lab funciona
#
# São doze **ToDos**, 100 pontos.
#
# - **Onze são de código** (90 pontos). A assinatura e a descrição da função já estão na célula. Apague a linha `raise NotImplementedError(…)` e escreva a sua solução no
#   lugar. Logo abaixo há uma célula de teste: execute-a, e leia a mensagem se ela falhar. Ela confere o básico; a correção faz outras
#   perguntas à sua função, com outros números e outros tamanhos, e dá **pontos parciais** por item.
# - **Um é de texto** (ToDo 12, 10 pontos), corrigido à mão pelo critério que vem antes dele.
# - Cada ToDo traz uma **ficha**: dificuldade (●○○ a ●●●), tempo, pontos e como saber se deu certo. As **dicas** vão do empurrão ao quase lá: abra uma de cada vez. A
#   tabela **Se aparecer este erro** começa pelo texto do erro que você está vendo.
# - As demais células são dadas. As marcadas como somente leitura são repostas na correção como eram.
# - Antes de entregar, use *Kernel → Restart Kernel and Run All Cells*: um lab que só funciona fora de ordem não funciona.
#
# **Se um ToDo travar, siga em frente.** Nenhum depende de outro: as células dadas usam o que existir e avisam do que falta.
#
# **Na correção, o treinamento é curto.** O corretor define a variável de ambiente `GRADIENTE_MAX_EPOCHS`, que limita os dois treinos da Parte 5 a poucos passos.
# A sua análise escrita deve usar os números do **seu** treinamento completo.

# %% [markdown]
# ## Preparo
#
# `numpy` para as contas, `keras` e `tensorflow` para a Parte 3, e do pacote do curso os dados, as figuras e os instrumentos das lições.

# %% locked="preparo"
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # só erros do TensorFlow
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # mesma ordem de somas em toda rodada

import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython import get_ipython

from gradiente import plots, signal, symptoms
from gradiente.budget import cap_epochs, is_capped
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, show_table

SEED = 42
keras.utils.set_random_seed(SEED)

# %% [markdown]
# As células dadas chamam as **suas** funções por meio de `call`, que não para o caderno se uma delas ainda não existe ou falha: só avisa.


# %% locked="ferramentas"
def call(name, *args):
    """O que a sua função `name` devolve; None, com um aviso, se ela falta ou falha."""
    try:
        return globals()[name](*args)
    except (KeyError, NotImplementedError):
        warn(f"{name}: por fazer.")
    except Exception as error:
        warn(f"{name} falhou com {type(error).__name__}: {error}")
    return None


warned = set()


def warn(text):
    """Mostra um aviso uma vez só em cada execução de uma célula."""
    key = (get_ipython().execution_count, text)
    if key not in warned:
        print(text)
    warned.add(key)


def numbers(value, shape):
    """`value` como array de números finitos do formato `shape`; None se não for."""
    try:
        value = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    return value if value.shape == shape and np.isfinite(value).all() else None


def arrays(value, shapes):
    """Uma lista de arrays com os formatos pedidos, ou None."""
    if not isinstance(value, (list, tuple)) or len(value) != len(shapes):
        return None
    found = [numbers(part, shape) for part, shape in zip(value, shapes, strict=True)]
    return None if any(part is None for part in found) else found


# %% [markdown]
# # Parte 1 · Um fator por camada
#
# ## 1.1 O produto
#
# Na volta, cada camada multiplica o gradiente por um fator. Se o fator é o mesmo em todas, o que chega ao começo da rede é uma conta que você já sabe fazer.

# %% [markdown] locked="todo01-enunciado"
# ### ToDo 1 · O produto de fatores (6 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●○○ | 5 min | um número 3, nenhuma camada 1, um array de fatores 2 |
#
# Escreva `produto_de_fatores(fator, camadas)`: por quanto fica multiplicado um gradiente que atravessa `camadas` camadas, se cada uma o multiplica por `fator`.
#
# - `fator` é um número ou um array do NumPy. Com um array, cada componente é um caso separado: o resultado tem o mesmo formato.
# - `camadas` é um inteiro, 0 ou mais. Sem nenhuma camada, o gradiente não muda: um `fator` numérico dá 1.
#
# **Está certo quando** 0,9 através de 100 camadas dá cerca de 2,7·10⁻⁵, e 1,1 através das mesmas 100, quase 14 mil.
#
# <details><summary>Dica 1</summary>
#
# Duas camadas multiplicam por fator · fator. E três? Que operação do Python faz isso de uma vez, para quantas forem?
# </details>
#
# <details><summary>Dica 2</summary>
#
# A operação que serve para um número serve também para cada componente de um array do NumPy, sem laço nenhum.
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `NotImplementedError: ToDo por fazer` | a linha `raise` continua na célula | apague-a, e execute a célula de novo |
# | `TypeError: unsupported operand type(s) for ^: 'float' and 'int'` | em Python, `^` não é potência | use o operador de potência, com dois asteriscos |
# | `AssertionError: … a função devolveu NoneType` | a função não devolve nada | falta o `return`; `print` só mostra |
# | `TypeError: only 0-dimensional arrays can be converted to Python scalars` | `math.pow` não aceita arrays | use a operação do NumPy, ou o operador |
# </details>


# %% solution="todo01"
def produto_de_fatores(fator, camadas):
    """O gradiente 1, depois de atravessar `camadas` camadas que o multiplicam por `fator`."""
    ### BEGIN SOLUTION
    return fator**camadas
    ### END SOLUTION


# %% test="todo01" points=6
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

observe(
    "um_numero",
    lambda: [
        produto_de_fatores(f, n) for f, n in [(0.8, 30), (1.2, 25), (0.3, 1), (-0.7, 3), (3, 4), (0.99, 400)]
    ],
)
observe("sem_camadas", lambda: [produto_de_fatores(f, 0) for f in (0.4, 1.7, -2.0)])
observe("vetor", lambda: produto_de_fatores(np.array([0.25, 0.9, 1.0, 1.5, -1.1]), 12))
observe("matriz", lambda: produto_de_fatores(np.array([[0.5, 2.0, 0.75], [1.25, -0.5, 3.0]], "float32"), 4))
### END HIDDEN TESTS
valor = produto_de_fatores(0.9, 100)
assert isinstance(valor, (float, np.floating)), (
    f"Esperava um número, e a função devolveu {type(valor).__name__}. Faltou o return?"
)
assert abs(valor / 2.656e-5 - 1) < 1e-3, (
    f"0,9 através de 100 camadas dá cerca de 2,656e-05, e a função devolveu {valor:.4g}."
)
assert produto_de_fatores(2.0, 3) == 8, "Três camadas de fator 2 multiplicam o gradiente por 8."
assert np.shape(produto_de_fatores(np.array([0.5, 2.0]), 3)) == (2,), (
    "Com um array de dois fatores, o resultado deve ter formato (2,): um produto para cada um."
)

# %%
depths = np.arange(1, 101)
sample = np.array([0.25, 0.9, 1.0, 1.1, 1.5])
first = numbers(call("produto_de_fatores", sample, 1), sample.shape)
curves = (
    [numbers(call("produto_de_fatores", sample, int(n)), sample.shape) for n in depths]
    if first is not None
    else []
)
if curves and all(curve is not None and curve.min() > 0 for curve in curves):
    fig, ax = plt.subplots(figsize=(8, 4))
    for factor, curve, color in zip(sample, np.transpose(curves), plots.PALETTE, strict=False):
        seen = curve > 1e-10
        ax.semilogy(depths[seen], curve[seen], color=color, label=f"fator {factor:g}".replace(".", ","))
    ax.set(
        xlabel="Camadas atravessadas", ylabel="O que resta do gradiente 1", xlim=(1, 100), ylim=(1e-10, 1e18)
    )
    ax.set_title("Só perto de 1 o gradiente atravessa cem camadas com tamanho parecido")
    ax.legend(loc="upper left", ncols=2)
    plots.show(
        plots.comma_axes(ax),
        alt="O produto de fatores iguais contra o número de camadas, em escala logarítmica: cada fator dá uma reta. A de fator 1 é "
        "plana, as de fator maior sobem, as de fator menor descem, e a de 0,25 sai da figura em menos de vinte camadas.",
    )

# %% [markdown]
# ## 1.2 O passo
#
# O gradiente só existe para dar um passo. Com taxa de aprendizado $\eta$, a **descida do gradiente** faz
#
# $$w \leftarrow w - \eta\,\frac{\partial L}{\partial w}$$
#
# **Preveja.** Um peso vale 1,5 e $\eta = 0{,}001$. O gradiente sai da perda valendo 1 e atravessa cem camadas. Quanto valerá o peso depois do passo, se o fator por camada for
# 0,9? E 1,1? E 1,5? Escreva os três palpites; eles aparecerão na tabela.

# %%
my_guess = {0.9: "…", 1.1: "…", 1.5: "…"}  # fator: o novo peso

# %% [markdown] locked="todo02-enunciado"
# ### ToDo 2 · O passo (8 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●○○ | 5 min | números 3, arrays 3, entradas intactas 2 |
#
# Escreva `passo(w, gradiente, taxa)`, que devolve o valor **novo** de `w` depois de um passo da descida do gradiente.
#
# - `w` e `gradiente` são dois números, ou dois arrays do mesmo formato; `taxa` é um número, a $\eta$.
# - Os arrays que a função recebe ficam como estavam: o resultado é um array novo.
#
# **Está certo quando** um peso com derivada positiva diminui, um com derivada negativa aumenta, e o array `w` de antes continua igual depois da chamada.
#
# <details><summary>Dica 1</summary>
#
# A fórmula acima, escrita em uma linha, vale para números e para arrays.
# </details>
#
# <details><summary>Dica 2</summary>
#
# `w -= …` e `w = w - …` não são a mesma coisa quando `w` é um array: a primeira escreve **dentro** do array que veio de fora.
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `AssertionError: O array w mudou…` | a função escreveu no array recebido | crie um array novo em vez de usar `-=` |
# | `TypeError: unsupported operand type(s) for -: 'float' and 'NoneType'` | uma conta usa o resultado de uma função que só imprime | devolva o valor com `return` |
# | `TypeError: can't multiply sequence by non-int of type 'float'` | você testou com uma lista do Python | passe arrays: `np.array([1.0, 2.0])` |
# | `ValueError: operands could not be broadcast together with shapes (2,) (3,)` | `w` e `gradiente` têm tamanhos diferentes | confira os dois com `.shape` |
# </details>


# %% solution="todo02"
def passo(w, gradiente, taxa):
    """O valor de `w` depois de um passo da descida do gradiente, sem mudar o `w` recebido."""
    ### BEGIN SOLUTION
    return w - taxa * gradiente
    ### END SOLUTION


# %% test="todo02" points=8
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def step_of(w, g, rate):
    kept_w, kept_g = w.copy(), g.copy()
    result = np.array(passo(w, g, rate), copy=True)
    changed = not (np.array_equal(w, kept_w) and np.array_equal(g, kept_g))
    return {"resultado": result, "entrada_mudou": changed}


observe("numeros", lambda: [passo(*a) for a in [(2.0, 0.3, 0.5), (-1.5, -4.0, 0.25), (0.0, 1e4, 0.01)]])
observe(
    "matriz",
    lambda: step_of(
        np.array([[1.0, -2.0], [0.5, 3.0], [-0.25, 4.0]]),
        np.array([[0.5, 1.5], [-2.0, 0.0], [3.0, -1.0]]),
        0.2,
    ),
)
observe(
    "vetor",
    lambda: step_of(np.array([2.0, -1.0, 0.5], "float32"), np.array([-3.0, 0.25, 8.0], "float32"), 0.125),
)
### END HIDDEN TESTS
assert passo(1.5, 2.0, 0.1) is not None, "A função não devolveu nada: faltou o return."
assert abs(passo(1.5, 2.0, 0.1) - 1.3) < 1e-9, "De w = 1,5, com derivada 2 e taxa 0,1, o passo leva a 1,3."
antes = np.array([1.0, -1.0])
depois = passo(antes, np.array([10.0, -10.0]), 0.1)
assert np.shape(depois) == (2,), f"O resultado deve ter o formato de w, (2,); o seu tem {np.shape(depois)}."
assert np.array_equal(antes, [1.0, -1.0]), (
    "O array w mudou dentro da função. Crie um array novo em vez de escrever no que veio de fora."
)

# %% [markdown]
# Agora o palpite. O gradiente vem da potência, sem a sua função, para que um ToDo não dependa do outro:

# %%
rows = []
for factor in my_guess:
    new = numbers(call("passo", 1.5, factor**100, 0.001), ())
    rows.append(
        [
            str(factor).replace(".", ","),
            factor**100,
            "—" if new is None else number(new, digits=7),
            my_guess[factor],
        ]
    )
show_table(["fator", "gradiente depois de 100 camadas", "novo peso (era 1,5)", "seu palpite"], rows)
small = np.float32(1.5) - np.float32(0.001) * np.float32(0.9**100)
print(
    "em float32, o peso do fator 0,9 mudou?", "sim" if small != np.float32(1.5) else "não, nem no último bit"
)

# %% [markdown]
# Gradiente minúsculo, passo minúsculo: o peso não anda devagar, fica parado. Gradiente enorme, passo enorme: o peso é atirado para um lugar em que nada do que a rede aprendeu
# vale. São os dois lados do mesmo produto.
#
# ## 1.3 Um dos ingredientes do fator: a inclinação
#
# O fator de uma camada junta pesos e **inclinações** da função de ativação. Quanto vale a inclinação depende de onde está a pré-ativação $z$. As três funções são
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}, \qquad \tanh(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}}, \qquad \mathrm{ReLU}(z) = \max(0, z)$$

# %% [markdown] locked="todo03-enunciado"
# ### ToDo 3 · A inclinação das ativações (8 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●○○ | 10 min | sigmoide 2, tanh 2, ReLU 2, formato e tipo 2 |
#
# Escreva `derivada(ativacao, z)`, que devolve a derivada da função de ativação em `z`.
#
# - `ativacao` é `"sigmoide"`, `"tanh"` ou `"relu"`.
# - `z` é a pré-ativação: um número ou um array de qualquer formato, com valores entre −50 e 50. O resultado tem o formato de `z` e é de ponto flutuante (nem lógico, nem inteiro).
# - A ReLU não tem derivada em $z = 0$; como nas lições, use 0 ali.
#
# **Está certo quando** a maior derivada da sigmoide é 1/4, a da tanh é 1, e nenhuma das três é negativa.
#
# <details><summary>Dica 1</summary>
#
# As derivadas da sigmoide e da tanh saem da própria ativação: calcule primeiro $\sigma(z)$ ou $\tanh(z)$ e procure, na lição sobre desvanecimento, a fórmula que só usa esse valor.
# </details>
#
# <details><summary>Dica 2</summary>
#
# Para a ReLU, uma comparação dá verdadeiro ou falso em cada componente. Falta transformá-los em 1,0 e 0,0.
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `TypeError: only 0-dimensional arrays can be converted to Python scalars` | `math.exp` e `math.tanh` não aceitam arrays | use `np.exp` e `np.tanh` |
# | `ValueError: The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()` | um `if` sobre um array inteiro | compare o array todo, sem `if`, ou use `np.where` |
# | `AttributeError: 'bool' object has no attribute 'astype'` | com `z` número, `z > 0` é um `bool` do Python | comece por `z = np.asarray(z)` |
# | `UnboundLocalError` (`cannot access local variable …`) | nenhum dos `if` reconheceu o nome da ativação | confira as três grafias: `"sigmoide"`, `"tanh"`, `"relu"` |
# </details>


# %% solution="todo03"
def derivada(ativacao, z):
    """A derivada da ativação ("sigmoide", "tanh" ou "relu") em `z`, com o formato de `z`."""
    ### BEGIN SOLUTION
    if ativacao == "sigmoide":
        s = 1 / (1 + np.exp(-z))
        return s * (1 - s)
    if ativacao == "tanh":
        return 1 - np.tanh(z) ** 2
    return np.where(z > 0, 1.0, 0.0)
    ### END SOLUTION


# %% test="todo03" points=8
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def slopes_of(name):
    grid = np.array([[-50.0, -6.0, -2.5], [-0.75, 0.0, 0.4], [1.2, 3.0, 50.0]])
    single = np.array([-1.5, -0.1, 0.0, 0.7, 2.2], "float32")
    plain = [0.6, -0.6]
    return {
        "matriz": derivada(name, grid.copy()),
        "vetor": derivada(name, single.copy()),
        "numeros": [derivada(name, z) for z in plain],
    }


for name in ("sigmoide", "tanh", "relu"):
    observe(name, lambda name=name: slopes_of(name))
### END HIDDEN TESTS
z = np.array([-1.0, 0.0, 1.0])
for nome, no_zero in (("sigmoide", 0.25), ("tanh", 1.0), ("relu", 0.0)):
    resultado = derivada(nome, z)
    assert np.shape(resultado) == (3,), f'derivada("{nome}", z) deve ter o formato de z, (3,).'
    assert np.asarray(resultado).dtype.kind == "f", (
        f'derivada("{nome}", z) deve ser de ponto flutuante, e veio {np.asarray(resultado).dtype}.'
    )
    assert abs(resultado[1] - no_zero) < 1e-6, f"Em z = 0, a derivada da {nome} deve ser {no_zero}."
assert derivada("relu", np.array([3.0]))[0] == 1, "Em z = 3, a ReLU é a reta y = z: qual é a sua inclinação?"
assert derivada("relu", -2.0) == 0, "z também pode ser um número: em z = −2, a derivada da ReLU é 0."

# %%
z = np.linspace(-6, 6, 601)
values = {"sigmoide": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "ReLU": np.maximum(z, 0)}
slopes = {name: numbers(call("derivada", name.lower(), z), z.shape) for name in values}
slopes = {name: slope for name, slope in slopes.items() if slope is not None}
if slopes:
    fig = plots.activation_curves(
        z,
        {name: (values[name], slope) for name, slope in slopes.items()},
        title="Na zona plana a inclinação é menor que um décimo da maior: ali a unidade quase não responde",
        ylim=(-1.1, 1.6),
    )
    plots.show(
        fig,
        alt="Um painel por função de ativação, com a função em linha cheia e a derivada tracejada. A derivada da sigmoide é um morro baixo, "
        "a da tanh é um morro quatro vezes mais alto, a da ReLU é um degrau. As zonas planas estão sombreadas: as duas pontas da "
        "sigmoide e da tanh, e o lado negativo da ReLU.",
    )
    flat = {name: np.mean(slope < 0.1 * slope.max()) for name, slope in slopes.items()}
    show_table(
        [
            "ativação",
            "maior derivada",
            "dez camadas no melhor caso",
            "parte do eixo, de −6 a 6, na zona plana",
        ],
        [
            [name, float(s.max()), float(s.max()) ** 10, f"{100 * flat[name]:.0f} %"]
            for name, s in slopes.items()
        ],
    )

# %% [markdown]
# **Explique** (sem nota): na segunda coluna a sigmoide sai perdendo mesmo com todas as unidades no seu *melhor* ponto. Desvanecer e saturar são a mesma doença?
#
# # Parte 2 · A volta, à mão
#
# ## 2.1 Dois caminhos
#
# Nesta rede há duas camadas ocultas de duas unidades, todas com sigmoide, e uma saída linear. Não há vieses. Com um exemplo $x = (x_1, x_2)$,
#
# $$h^{(1)} = \sigma\big(x\,W^{(1)}\big), \qquad h^{(2)} = \sigma\big(h^{(1)} W^{(2)}\big), \qquad \hat y = h^{(2)} w^{(3)}, \qquad L = (\hat y - y)^2$$
#
# $w^{(\ell)}_{i,j}$ liga a unidade $i$ de uma camada à unidade $j$ da seguinte. O peso $w^{(1)}_{1,1}$ alcança a perda por dois caminhos:

# %%
ax = plots.two_paths()
ax.set_title("Do peso $w^{(1)}_{1,1}$ à perda há dois caminhos")
plots.show(
    ax,
    alt="Rede com duas entradas, duas camadas ocultas de duas unidades e uma saída. Do peso que liga a primeira entrada à primeira unidade "
    "saem dois caminhos coloridos até a perda, um por cada unidade da segunda camada oculta.",
)

# %% [markdown] locked="todo04-enunciado"
# ### ToDo 4 · A regra da cadeia por dois caminhos (8 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●●○ | 20 min | caminho 1 2, caminho 2 2, derivada 4 |
#
# Escreva `dois_caminhos(x, y, W1, W2, w3)`, que devolve uma tupla de três números `(caminho_1, caminho_2, derivada)`:
#
# - `caminho_k` é a parte de $\partial \hat y / \partial h^{(1)}_1$ que passa pela unidade $k$ da **segunda** camada oculta: o produto dos três fatores que o gradiente
#   atravessa entre a saída $\hat y$ e a unidade $h^{(1)}_1$;
# - `derivada` é $\partial L / \partial w^{(1)}_{1,1}$.
#
# `x` tem formato (2,), `y` é um número, `W1` e `W2` têm formato (2, 2) e `w3`, (2,). No Python a contagem começa em zero: `W2[0, 1]` é $w^{(2)}_{1,2}$.
#
# **Está certo quando** a `derivada` concorda com o empurrão: aumente `W1[0, 0]` de um milionésimo, veja quanto a perda muda e divida pelo milionésimo.
#
# <details><summary>Dica 1</summary>
#
# Faça primeiro a ida inteira e guarde `h1`, `h2` e `y_hat`. A inclinação da sigmoide em cada unidade sai do `h` dela.
# </details>
#
# <details><summary>Dica 2</summary>
#
# Percorra o caminho 1 da direita para a esquerda, com o dedo na figura: um peso, uma inclinação, um peso. O caminho 2 é igual, com a outra unidade: qual índice muda em cada peso?
# </details>
#
# <details><summary>Dica 3</summary>
#
# Multiplicar ao longo de cada caminho, somar os caminhos. Depois faltam os fatores comuns aos dois: um antes (da perda à saída) e dois depois (a inclinação da primeira unidade e a
# entrada que o peso multiplica).
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `ValueError: matmul: Input operand 1 does not have enough dimensions …` | um dos lados de `@` é um número | para multiplicar por um número, use `*` |
# | `AssertionError: Devolva três números…` | a função devolve só a derivada | devolva os três: `return caminho_1, caminho_2, derivada` |
# | `IndexError: index 2 is out of bounds for axis 0 with size 2` | índice contado a partir de 1 | no Python a segunda unidade é a de índice 1 |
# </details>


# %% solution="todo04"
def dois_caminhos(x, y, W1, W2, w3):
    """A parte de ∂ŷ/∂h⁽¹⁾₁ que passa por cada unidade da segunda camada oculta, e ∂L/∂w⁽¹⁾₁₁."""
    ### BEGIN SOLUTION
    h1 = 1 / (1 + np.exp(-(x @ W1)))
    h2 = 1 / (1 + np.exp(-(h1 @ W2)))
    y_hat = h2 @ w3
    slope1, slope2 = h1 * (1 - h1), h2 * (1 - h2)
    path1 = w3[0] * slope2[0] * W2[0, 0]
    path2 = w3[1] * slope2[1] * W2[0, 1]
    return path1, path2, 2 * (y_hat - y) * (path1 + path2) * slope1[0] * x[0]
    ### END SOLUTION


# %% test="todo04" points=8
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def paths_of(k):
    rng = np.random.default_rng(100 + k)
    x, y = rng.normal(size=2), float(rng.normal())
    W1, W2, w3 = rng.normal(size=(2, 2)), 1.5 * rng.normal(size=(2, 2)), 2 * rng.normal(size=2)
    return list(dois_caminhos(x, y, W1, W2, w3))


observe("casos", lambda: [paths_of(k) for k in range(4)])
### END HIDDEN TESTS
resposta = dois_caminhos(
    np.array([2.0, 7.0]), 1.0, np.zeros((2, 2)), np.array([[2.0, -4.0], [-2.0, 4.0]]), np.array([1.0, 3.0])
)
assert isinstance(resposta, (tuple, list)) and len(resposta) == 3, (
    "Devolva três números, nesta ordem: caminho_1, caminho_2, derivada."
)
assert all(np.ndim(parte) == 0 for parte in resposta), "Cada um dos três deve ser um número, e não um array."
assert abs(resposta[0] - 0.5) < 1e-9, (
    "Neste exemplo todas as inclinações são 1/4, e o caminho 1 vale 1 · 1/4 · 2 = 0,5."
)
assert abs(resposta[2] + 2.5) < 1e-9, (
    "Neste exemplo ŷ = 2 e y = 1, e a derivada vale −2,5. Veja se entraram os dois caminhos e os fatores comuns a eles."
)

# %% [markdown]
# ## 2.2 A rede inteira, em matrizes
#
# Três fatores por caminho ainda cabem no papel. Uma rede de verdade pede matrizes: um exemplo por linha, e todas as derivadas de uma vez. Esta tem uma camada oculta com tanh e uma
# saída linear, e a perda é a média dos erros ao quadrado de $n$ exemplos:
#
# $$H = \tanh\!\big(X\,W_1 + b_1\big), \qquad \hat Y = H\,W_2 + b_2, \qquad L = \frac1n \sum_{i=1}^{n} (\hat y_i - y_i)^2$$

# %% [markdown] locked="todo05-enunciado"
# ### ToDo 5 · A retropropagação de um lote (12 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●●● | 30 min | `dW2` 2,5, `db2` 1,5, `dW1` 3,5, `db1` 2,5, escala 2 |
#
# Escreva `retropropaga(x, y, W1, b1, W2, b2)`, que devolve a tupla `(dW1, db1, dW2, db2)`: a derivada de $L$ em relação a cada um dos quatro arrays, com o **mesmo formato** dele.
#
# | array | formato | | array | formato |
# |---|---|---|---|---|
# | `x` | (n, entradas) | | `y` | (n, 1) |
# | `W1` | (entradas, ocultas) | | `b1` | (ocultas,) |
# | `W2` | (ocultas, 1) | | `b2` | (1,) |
#
# Os itens `dW1` a `db2` aceitam os quatro gradientes a menos do fator da perda (o 2 e o $1/n$); o item *escala* confere esse fator.
#
# **Está certo quando** os quatro concordam com as diferenças finitas (seção 2.3) a menos de um milionésimo.
#
# <details><summary>Dica 1</summary>
#
# Faça a ida e guarde `h`. O $\delta$ da saída, $\partial L/\partial \hat Y$, tem o formato de `y`. Que formato ele precisa ter depois de cada conta, para dar o do gradiente?
# </details>
#
# <details><summary>Dica 2</summary>
#
# A derivada de uma matriz de pesos junta **o que entra** na camada e **o $\delta$ que volta** a ela. A de um viés é o $\delta$ dos exemplos, somado. A lição sobre
# retropropagação tem as três fórmulas.
# </details>
#
# <details><summary>Dica 3</summary>
#
# Da saída para a camada oculta, o $\delta$ atravessa `W2` de volta (qual dos dois lados de `@`, e com que transposição, dá o formato de `h`?) e depois a tanh, elemento a elemento, com a
# inclinação calculada a partir de `h`.
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0, …` | os formatos não encaixam no `@` | escreva o formato de cada lado; falta um `.T`, ou ele está no lado errado |
# | `ValueError: operands could not be broadcast together with shapes …` | um `*` entre arrays de formatos diferentes | a inclinação da tanh tem o formato de `h` |
# | `AssertionError: db1 tem formato …` | o viés não foi somado sobre os exemplos | qual eixo é o dos exemplos? |
# | `AssertionError: Devolva os quatro gradientes…` | a função devolve outra quantidade de arrays | devolva `dW1, db1, dW2, db2`, todos, nessa ordem |
# </details>


# %% solution="todo05"
def retropropaga(x, y, W1, b1, W2, b2):
    """Os gradientes (dW1, db1, dW2, db2) da perda quadrática média do lote."""
    ### BEGIN SOLUTION
    h = np.tanh(x @ W1 + b1)
    delta2 = 2 * (h @ W2 + b2 - y) / len(y)
    delta1 = (delta2 @ W2.T) * (1 - h**2)
    return x.T @ delta1, delta1.sum(axis=0), h.T @ delta2, delta2.sum(axis=0)
    ### END SOLUTION


# %% test="todo05" points=12
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def backward_of(n, inputs, hidden):
    rng = np.random.default_rng([n, inputs, hidden])
    x, y = rng.normal(size=(n, inputs)), rng.normal(size=(n, 1))
    W1, b1 = rng.normal(size=(inputs, hidden)), rng.normal(size=hidden)
    W2, b2 = rng.normal(size=(hidden, 1)), rng.normal(size=1)
    return list(retropropaga(x, y, W1, b1, W2, b2))


observe("lotes", lambda: [backward_of(*sizes) for sizes in [(5, 3, 4), (8, 2, 3), (3, 4, 2)]])
### END HIDDEN TESTS
gradientes = retropropaga(
    np.array([[1.0, 2.0]]),
    np.array([[0.0]]),
    np.zeros((2, 1)),
    np.zeros(1),
    np.array([[3.0]]),
    np.array([1.0]),
)
assert isinstance(gradientes, (tuple, list)) and len(gradientes) == 4, (
    "Devolva os quatro gradientes, nesta ordem: dW1, db1, dW2, db2."
)
assert np.allclose(gradientes[3], 2), "Neste exemplo ŷ = 1 e y = 0: a derivada em relação a b2 é 2."
assert np.allclose(np.ravel(gradientes[0]), [6, 12]), (
    "Neste exemplo h = 0, logo a inclinação da tanh é 1, e dW1 é 2 · 3 vezes cada entrada: 6 e 12."
)
lote = retropropaga(
    np.ones((6, 2)), np.ones((6, 1)), np.ones((2, 3)), np.ones(3), np.ones((3, 1)), np.ones(1)
)
for nome, parte, formato in zip(
    ("dW1", "db1", "dW2", "db2"), lote, ((2, 3), (3,), (3, 1), (1,)), strict=True
):
    assert np.shape(parte) == formato, (
        f"{nome} tem formato {np.shape(parte)}, e deve ter {formato}, o do array que ele deriva."
    )

# %% [markdown]
# ## 2.3 O juiz
#
# Como saber se a volta está certa sem confiar em quem a escreveu? Empurra-se cada parâmetro um pouquinho para cada lado e vê-se quanto a função muda. Para uma função $f$ e a
# coordenada $w_i$, com um empurrão $\varepsilon$, a **diferença finita central** é
#
# $$\frac{\partial f}{\partial w_i} \approx \frac{f(\dots, w_i + \varepsilon, \dots) - f(\dots, w_i - \varepsilon, \dots)}{2\,\varepsilon}$$

# %% [markdown] locked="todo06-enunciado"
# ### ToDo 6 · Diferenças finitas (10 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●●○ | 20 min | valor 5, qualquer formato 2,5, `w` intacto 2,5 |
#
# Escreva `diferencas_finitas(f, w, empurrao)`, que devolve um array do formato de `w` com a diferença finita **central** de `f` em cada coordenada.
#
# - `f` recebe **um array** do formato de `w` e devolve um número.
# - `w` é um array de `float64` com qualquer número de dimensões: vetor, matriz ou mais.
# - `empurrao` é o $\varepsilon$, maior que zero.
# - Ao fim, `w` vale o mesmo que valia antes da chamada.
#
# **Está certo quando**, para $f(w) = w_0^2 + 3\,w_1$ no ponto (2; 5), o resultado é (4; 3).
#
# <details><summary>Dica 1</summary>
#
# Um laço sobre as coordenadas. Em cada volta, só uma sai do lugar; as outras ficam onde estavam.
# </details>
#
# <details><summary>Dica 2</summary>
#
# `np.ndindex(w.shape)` percorre os índices de um array de qualquer formato: com um deles, `w[indice]` é um número só.
# </details>
#
# <details><summary>Dica 3</summary>
#
# Para não estragar `w`, trabalhe com uma cópia, ou guarde o valor da coordenada antes de empurrá-la e devolva-o depois. `outro = w` **não** copia.
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `IndexError: index 2 is out of bounds for axis 0 with size 2` | o laço conta componentes, e não linhas | percorra os índices com `np.ndindex(w.shape)` |
# | `ValueError: setting an array element with a sequence.` | numa matriz, `w[i]` é uma linha inteira | o mesmo remédio |
# | `IndexError: invalid index to scalar variable.` | `f` recebeu um número, e não o array | empurre uma coordenada do array e passe o array todo |
# | `AssertionError: … a sua deu [8. 6.]` | o resultado é o dobro | qual é a distância entre os dois pontos em que `f` foi calculada? |
# </details>


# %% solution="todo06"
def diferencas_finitas(f, w, empurrao):
    """A diferença finita central de `f` em cada coordenada de `w`, com o formato de `w`."""
    ### BEGIN SOLUTION
    slopes = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[index] += empurrao
        down[index] -= empurrao
        slopes[index] = (f(up) - f(down)) / (2 * empurrao)
    return slopes
    ### END SOLUTION


# %% test="todo06" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def curved(w):
    v = np.ravel(w)
    return float(np.sum(v**3 / np.arange(1, v.size + 1)) + v[0] * v[-1] ** 2 - 2 * v[1])


def differences_of(shape, step):
    w = np.cos(np.arange(np.prod(shape)) + 1.0).reshape(shape)
    kept = w.copy()
    result = diferencas_finitas(curved, w, step)
    return {"resultado": result, "mudou": float(np.max(np.abs(w - kept)))}


observe("vetor", lambda: [differences_of((3,), step) for step in (0.5, 0.01)])
observe("formatos", lambda: [differences_of(shape, 0.25) for shape in ((2, 3), (3, 1), (2, 2, 2))])
### END HIDDEN TESTS
ponto = np.array([2.0, 5.0])
resposta = diferencas_finitas(lambda w: w[0] ** 2 + 3 * w[1], ponto, 1e-3)
assert np.shape(resposta) == (2,), (
    f"O resultado deve ter o formato de w, (2,); o seu tem {np.shape(resposta)}."
)
assert np.allclose(resposta, [4, 3], atol=1e-8), (
    f"Para f = w₀² + 3 w₁ no ponto (2; 5), a diferença central é (4; 3), e a sua deu {resposta}."
)
assert np.array_equal(ponto, [2.0, 5.0]), (
    "w ficou diferente depois da chamada: devolva cada coordenada ao lugar."
)
assert np.shape(diferencas_finitas(np.sum, np.ones((2, 3)), 1e-3)) == (2, 3), (
    "Com uma matriz (2, 3), o resultado deve ter formato (2, 3)."
)

# %% [markdown]
# ## 2.4 O que é "concordar"?
#
# Dois gradientes que diferem de 0,001 concordam? Se valem 1.000, muito bem; se valem 0,001, nada. O que interessa é a diferença em relação ao tamanho deles.

# %% [markdown] locked="todo07-enunciado"
# ### ToDo 7 · O erro relativo (5 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●○○ | 10 min | valor 3,5, dois gradientes nulos 1,5 |
#
# Escreva `erro_relativo(a, b)`, que devolve um número: o **erro relativo** entre dois arrays do mesmo formato,
#
# $$\frac{\lVert a - b \rVert}{\max\big(\lVert a \rVert, \lVert b \rVert\big)}$$
#
# em que $\lVert \cdot \rVert$ é a raiz da soma dos quadrados de **todas** as componentes. Se `a` e `b` são os dois nulos, o erro é 0.
#
# **Está certo quando** um gradiente e a metade dele têm erro 0,5; um gradiente e o oposto dele, 2.
#
# <details><summary>Dica 1</summary>
#
# Calcule as duas normas primeiro. O maior entre dois números é `max`; entre as componentes de um array é outra coisa.
# </details>
#
# <details><summary>Dica 2</summary>
#
# Olhe o denominador **antes** de dividir: quando ele é zero, já se sabe a resposta.
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `RuntimeWarning: invalid value encountered in scalar divide` | zero dividido por zero | trate o caso dos dois nulos antes da divisão |
# | `AssertionError: O resultado é um número só…` | a conta foi feita componente por componente | tire a norma antes de dividir |
# | `ValueError: Improper number of dimensions to norm.` | `np.linalg.norm` com `ord` pede vetor ou matriz | chame-a sem `ord`: ela usa todas as componentes |
# </details>


# %% solution="todo07"
def erro_relativo(a, b):
    """‖a − b‖ dividido pela maior das duas normas; 0 se as duas são nulas."""
    ### BEGIN SOLUTION
    largest = max(np.linalg.norm(a), np.linalg.norm(b))
    return float(np.linalg.norm(a - b) / largest) if largest > 0 else 0.0
    ### END SOLUTION


# %% test="todo07" points=5
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def error_pairs():
    v, u = np.array([3.0, -4.0, 1.0]), np.array([-0.5, 2.0, 6.0])
    m = np.array([[-7.0, -2.0], [-0.5, -1.0], [-4.0, -3.0]])
    t = 0.01 * np.sin(np.arange(12.0)).reshape(2, 3, 2)
    return [
        (v, u),
        (u, v),
        (m, 0.75 * m),
        (m, m + 0.125),
        (t, np.cos(t)),
        (t, -0.3 * t),
        (np.zeros(4), np.ones(4)),
        (m.astype("float32"), (1.25 * m).astype("float32")),
    ]


observe("erros", lambda: [erro_relativo(a.copy(), b.copy()) for a, b in error_pairs()])
observe("nulos", lambda: [erro_relativo(np.zeros(shape), np.zeros(shape)) for shape in (3, (2, 2))])
### END HIDDEN TESTS
a = np.array([3.0, -4.0])
assert np.ndim(erro_relativo(a, a)) == 0, "O resultado é um número só, e não um por componente."
assert abs(erro_relativo(a, a)) < 1e-12, "Entre um array e ele mesmo, o erro é zero."
assert abs(erro_relativo(a, a / 2) - 0.5) < 1e-9, (
    "Entre (3; −4) e a metade dele, a diferença tem norma 2,5 e o maior tem norma 5: o erro é 0,5."
)
assert erro_relativo(np.zeros(2), np.zeros(2)) == 0, "Entre dois arrays nulos, o erro é 0, e não 0/0."

# %% [markdown]
# ### O julgamento
#
# Quatro exemplos, a rede 2–2–1 da lição sobre retropropagação, e três contas independentes: a sua `retropropaga`, as suas diferenças finitas e a diferenciação automática do Keras (em
# `float32`, que tem uns sete algarismos). Na última coluna, um erro plantado: o gradiente de quem esqueceu o 2 da derivada do quadrado.

# %%
x_four = np.array([[1.0, 0.5], [-0.5, 2.0], [0.3, -1.2], [-1.5, -0.7]])
y_four = np.array([[1.0], [0.5], [-1.0], [0.0]])
arrays_221 = [
    np.array([[0.5, -0.4], [0.6, 0.8]]),
    np.array([0.1, -0.2]),
    np.array([[0.7], [-0.9]]),
    np.array([-0.3]),
]


def loss_221(W1, b1, W2, b2):
    return float(np.mean((np.tanh(x_four @ W1 + b1) @ W2 + b2 - y_four) ** 2))


def with_one_changed(position):
    return lambda w: loss_221(*(w if i == position else a for i, a in enumerate(arrays_221)))


def judged(a, b):
    """O seu erro relativo; se ele ainda falta, o do curso."""
    if a is None or b is None:
        return "—"
    mine = call("erro_relativo", a, b)
    return float(np.linalg.norm(a - b) / np.linalg.norm(b) if mine is None else np.ravel(mine)[0])


twin = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "tanh"), keras.layers.Dense(1)])
twin.set_weights(arrays_221)
by_keras = dict(
    zip((0, 2), signal.gradients(twin, x_four, y_four, "mean_squared_error").values(), strict=True)
)
shapes = [a.shape for a in arrays_221]
by_hand = arrays(call("retropropaga", x_four, y_four, *arrays_221), shapes) or [None] * 4
by_judge = [
    numbers(call("diferencas_finitas", with_one_changed(i), a.copy(), 1e-5), a.shape)
    for i, a in enumerate(arrays_221)
]
rows = []
for i, name in enumerate(("W1", "b1", "W2", "b2")):
    half = None if by_hand[i] is None else by_hand[i] / 2
    keras_error = judged(by_hand[i], by_keras[i]) if i in by_keras else ""
    rows.append([f"`{name}`", judged(by_hand[i], by_judge[i]), keras_error, judged(half, by_judge[i])])
show_table(
    ["array", "sua volta × diferenças finitas", "sua volta × Keras", "erro plantado × diferenças finitas"],
    rows,
)

# %% [markdown]
# Como ler: abaixo de $10^{-7}$ (ou $10^{-5}$, em `float32`), a volta está certa; acima de $10^{-2}$, há um erro nela; no meio, desconfie do empurrão antes de desconfiar da volta.
#
# # Parte 3 · O gradiente de uma rede do Keras
#
# ## 3.1 Camada por camada
#
# A rede padrão do curso: fotos de roupas de 28 × 28 pontos, dez camadas ocultas de 64 unidades, dez *logits* na saída. Só a ativação e a inicialização mudam de uma rede para outra.

# %%
data = load_fashion_mnist()
x_train, y_train = data.x_train[:2000].astype("float32"), data.y_train[:2000].astype("int32")
x_train = (x_train - x_train.mean()) / x_train.std()
x_batch, y_batch = x_train[:500], y_train[:500]
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


# %% locked="receita"
def build(activation, times=1.0, learning_rate=0.02):
    """Dez camadas de 64 unidades; pesos `times` vezes os de He (ReLU) ou de Glorot (as outras)."""
    keras.utils.set_random_seed(SEED)
    scale, mode = (2.0, "fan_in") if activation == "relu" else (1.0, "fan_avg")
    draw = keras.initializers.VarianceScaling(scale * times**2, mode, "truncated_normal")
    hidden = [keras.layers.Dense(64, activation, kernel_initializer=draw.clone()) for _ in range(10)]
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)])
    # na correção são poucos passos: não compensa compilá-los
    model.compile(keras.optimizers.SGD(learning_rate), cross_entropy, run_eagerly=is_capped())
    return model


# %% [markdown] locked="todo08-enunciado"
# ### ToDo 8 · A norma do gradiente de cada camada (10 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●●○ | 20 min | normas 6, camadas sem viés ou sem pesos 4 |
#
# Escreva `normas_por_camada(modelo, x, y, perda)`, que devolve uma lista de números: para cada camada com matriz de pesos (*kernel*), **da primeira à última**, a norma do gradiente da
# perda em relação a essa matriz, $\lVert \partial L / \partial W^{(\ell)} \rVert$ (raiz da soma dos quadrados).
#
# - `modelo` é uma rede sequencial do Keras, construída e talvez não compilada; `x` e `y` são um lote.
# - `perda` é uma função de perda do Keras: `perda(y, saida)` dá a média no lote.
# - Os vieses ficam de fora. Nem toda camada tem viés, e nem toda camada tem pesos.
# - Escreva a conta com `tf.GradientTape`. O instrumento do curso, `gradiente.signal`, serve para conferir; na correção deste ToDo ele fica desligado.
#
# **Está certo quando** a rede ReLU de dez camadas dá onze números, e o primeiro e o último são da mesma ordem de grandeza.
#
# <details><summary>Dica 1</summary>
#
# A fita grava a ida: dentro do `with`, chame o modelo e a perda. Depois, fora dele, `fita.gradient(valor, pesos)` faz a volta.
# </details>
#
# <details><summary>Dica 2</summary>
#
# Que pesos pedir? Percorra `modelo.layers` e fique com o `.kernel` de quem tem um. Tomar um sim, um não de `trainable_weights` só funciona se toda camada tiver viés.
# </details>
#
# <details><summary>Dica 3</summary>
#
# O que a fita devolve são tensores, um por matriz, na ordem em que você os pediu. `np.linalg.norm` aceita o que `.numpy()` dá.
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `AttributeError: 'Flatten' object has no attribute 'kernel'` | a camada não tem pesos | pergunte antes: `hasattr(camada, "kernel")` |
# | `AttributeError: 'NoneType' object has no attribute 'numpy'` | o gradiente é `None`: a fita não viu a conta | o modelo **e** a perda são chamados dentro do `with` |
# | `RuntimeError: A non-persistent GradientTape can only be used to compute one set of gradients …` | `gradient` chamado num laço | peça todos os gradientes de uma vez, com uma lista |
# | `InstrumentoDesligado` (na devolutiva) | a resposta usa `gradiente.signal` | escreva a conta com a fita |
# </details>


# %% solution="todo08"
def normas_por_camada(modelo, x, y, perda):
    """‖∂L/∂W‖ de cada camada com kernel, da primeira à última."""
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        value = perda(y, modelo(x))
    kernels = [layer.kernel for layer in modelo.layers if hasattr(layer, "kernel")]
    return [float(np.linalg.norm(gradient.numpy())) for gradient in tape.gradient(value, kernels)]
    ### END SOLUTION


# %% test="todo08" points=10
### BEGIN HIDDEN TESTS
from unittest.mock import patch

from gradiente import signal as course_signal
from gradiente.observe import observe


class InstrumentoDesligado(Exception):
    pass


def network_norms(inputs, layers, loss, y):
    model = keras.Sequential([keras.Input(inputs), *layers])
    model.set_weights(
        [
            (np.sin(1.7 * np.arange(w.size) + 2 * i) * 0.8).reshape(w.shape)
            for i, w in enumerate(model.get_weights())
        ]
    )
    x = np.cos(np.arange(len(y) * np.prod(inputs)) * 0.9).reshape(len(y), *inputs).astype("float32")
    with patch.object(course_signal, "_backward", side_effect=InstrumentoDesligado):
        return normas_por_camada(model, x, y, loss)


Dense = keras.layers.Dense
sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
squared = keras.losses.MeanSquaredError()
observe(
    "com_vies",
    lambda: [
        network_norms(
            (3,), [Dense(4, "tanh"), Dense(5, "tanh"), Dense(3)], sparse, np.array([0, 2, 1, 1, 0])
        ),
        network_norms(
            (2,), [Dense(6, "tanh"), Dense(1)], squared, np.array([[1.0], [-2.0], [0.5]], "float32")
        ),
    ],
)
observe(
    "sem_vies",
    lambda: [
        network_norms(
            (2, 2),
            [
                keras.layers.Flatten(),
                Dense(3, "tanh", use_bias=False),
                Dense(4),
                keras.layers.Activation("tanh"),
                Dense(2),
            ],
            sparse,
            np.array([1, 0, 1, 1]),
        ),
        network_norms(
            (3,),
            [Dense(4, "tanh"), Dense(3, "tanh", use_bias=False), Dense(1)],
            squared,
            np.array([[0.3], [-1.0], [2.0]], "float32"),
        ),
    ],
)
### END HIDDEN TESTS
linear = keras.Sequential(
    [keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")]
)
duas_linhas = np.array([[1.0], [2.0]], "float32")
resposta = normas_por_camada(linear, duas_linhas, duas_linhas, keras.losses.MeanSquaredError())
assert resposta is not None, "A função não devolveu nada: faltou o return."
assert len(resposta) == 1, (
    f"Esta rede tem uma matriz de pesos, e a função devolveu {len(resposta)} número(s)."
)
assert abs(float(resposta[0]) - 5) < 1e-4, (
    "Com ŷ = w·x, w = 0 e os exemplos (1, 1) e (2, 2), a derivada da média dos quadrados é −5, e a norma é 5."
)
tres = keras.Sequential([keras.Input((4,)), *[keras.layers.Dense(5, "tanh") for _ in range(3)]])
quantas = len(
    normas_por_camada(
        tres, np.ones((2, 4), "float32"), np.zeros((2, 5), "float32"), keras.losses.MeanSquaredError()
    )
)
assert quantas == 3, (
    f"Três camadas densas, três números; a função devolveu {quantas}. Os vieses ficam de fora."
)

# %%
pair = {"sigmoide, Glorot": build("sigmoid"), "ReLU, He": build("relu")}
measured = {
    name: numbers(call("normas_por_camada", m, x_batch, y_batch, cross_entropy), (11,))
    for name, m in pair.items()
}
measured = {name: norms for name, norms in measured.items() if norms is not None and norms.min() > 0}
if measured:
    fig = plots.bars_per_layer(
        measured,
        ylabel="Norma do gradiente dos pesos",
        title="O gradiente de cada camada, medido pela sua função",
    )
    plots.show(
        fig,
        alt="Um painel de barras por rede, com a norma do gradiente das onze camadas em escala logarítmica. Na sigmoide as barras descem em "
        "escada da última camada para a primeira; na ReLU com inicialização de He têm alturas parecidas.",
    )
    rows = [
        [name, float(norms[0]), float(norms[-1]), float(norms[0] / norms[-1])]
        for name, norms in measured.items()
    ]
    show_table(["rede", "primeira camada", "última camada", "primeira ÷ última"], rows)

# %% [markdown]
# ## 3.2 Um detector
#
# Você viu a escada; agora ensine um programa a vê-la. Há uma armadilha: o gradiente dos **pesos** é o produto do que entra na camada pelo que volta a ela, e numa rede que explode as duas
# coisas podem se compensar. Por isso o detector olha o gradiente do **sinal**, $\lVert \partial L / \partial h^{(\ell)} \rVert$, que mostra só o que volta.

# %% [markdown] locked="todo09-enunciado"
# ### ToDo 9 · O diagnóstico (8 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●○○ | 10 min | desvanece 2, explode 2, estável 2, infinito ou NaN 2 |
#
# Escreva `diagnosticar(normas)`, que recebe as normas do gradiente **da primeira camada à última** (lista ou array, duas ou mais; a última, se finita, é maior que zero) e devolve um destes
# textos:
#
# | devolve | quando |
# |---|---|
# | `"explode"` | alguma norma é infinita ou NaN, em qualquer posição; ou a primeira é **mais** de 10 vezes a última |
# | `"desvanece"` | a primeira é **menos** de um milésimo da última |
# | `"estável"` | nos outros casos, inclusive nos limites exatos |
#
# **Está certo quando** `[1e-6, 1e-3, 1]` desvanece, e a mesma lista de trás para a frente explode.
#
# <details><summary>Dica 1</summary>
#
# Toda comparação com NaN é falsa, inclusive `nan > 10`. Se o teste do NaN vier por último, o que a função já terá respondido?
# </details>
#
# <details><summary>Dica 2</summary>
#
# O NumPy tem uma função que diz, componente por componente, se o número é finito. Basta **uma** que não seja.
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `TypeError: unsupported operand type(s) for /: 'list' and 'int'` | conta feita com a lista inteira | use a primeira e a última: `normas[0]` e `normas[-1]` |
# | `TypeError: must be real number, not list` | `math.isnan` e `math.isfinite` só aceitam um número | use a função do NumPy |
# | `AssertionError: … None` | nenhum caminho da função chega a um `return` | devolva `"estável"` no fim |
# </details>


# %% solution="todo09"
def diagnosticar(normas):
    """ "desvanece", "explode" ou "estável", pelas normas da primeira camada à última."""
    ### BEGIN SOLUTION
    if not np.all(np.isfinite(normas)):
        return "explode"
    ratio = normas[0] / normas[-1]
    if ratio > 10:
        return "explode"
    return "desvanece" if ratio < 1 / 1000 else "estável"
    ### END SOLUTION


# %% test="todo09" points=8
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

nan, inf = float("nan"), float("inf")
vanishing = [
    [50.0, 1.0, 1e6],
    [0.0009995, 0.2, 1.0],
    [2e-8, 0.5, 3.0, 4e-3],
    np.array([0.0, 1e-5, 1e-4]),
    [1e-12, 1e-10, 5e-9],
    [5e-5, 20.0, 0.1],
]
exploding = [[10.5, 3.0, 1.0], [4e-3, 1e-6, 3e-4], [7e5, 2.0], [80.0, 100.0, 90.0, 7.0], [2e-7, 1e-9, 1e-8]]
stable = [
    [1.0, 1.0],
    [0.0011, 5.0, 1.0],
    [9.5, 1e-9, 1.0],
    [2e-6, 3e3, 1e-6],
    [20.0, 2.0],
    [0.5, 500.0],
    [3e-3, 0.4, 2.5],
]
broken = [
    [nan, 1.0, 2.0],
    [1.0, inf, 1.0],
    [1.0, 2.0, nan],
    [inf, inf, inf],
    [1e-9, nan, 1.0],
    [1.0, 2.0, inf],
]
for name, cases in (
    ("desvanece", vanishing),
    ("explode", exploding),
    ("estavel", stable),
    ("nao_finito", broken),
):
    observe(
        name,
        lambda cases=cases: (
            [diagnosticar(list(c)) for c in cases] + [diagnosticar(np.array(c)) for c in cases]
        ),
    )
### END HIDDEN TESTS
casos = {"estável": [0.8, 0.5, 1.0], "desvanece": [1e-6, 1e-3, 1.0], "explode": [1.0, 1e-3, 1e-6]}
for esperado, normas in casos.items():
    diagnostico = diagnosticar(normas)
    assert isinstance(diagnostico, str), f"Esperava um texto, e a função devolveu {diagnostico}."
    assert diagnostico == esperado, f'Para {normas} esperava "{esperado}", e veio "{diagnostico}".'
assert diagnosticar([1.0, float("nan"), 1.0]) == "explode", "Há um NaN no meio da lista: a rede já explodiu."

# %% [markdown]
# Quatro redes recém-nascidas, e o seu detector aplicado aos dois gradientes. Em qual delas olhar os pesos engana?

# %%
clinic = {**pair, "ReLU, 2 × He": build("relu", 2.0), "tanh, 4 × Glorot": build("tanh", 4.0)}
rows = []
for name, model in clinic.items():
    norms = signal.gradient_norms(model, x_batch, y_batch)
    verdicts = [call("diagnosticar", n) or "—" for n in (norms.hidden, norms.kernel)]
    rows.append([name, norms.hidden_ratio, verdicts[0], norms.ratio, verdicts[1]])
show_table(
    ["rede", "∂L/∂h: primeira ÷ última", "diagnóstico", "∂L/∂W: primeira ÷ última", "diagnóstico"], rows
)

# %% [markdown]
# # Parte 4 · O corte
#
# Entre a volta e o passo cabe um cinto de segurança: se o gradiente é grande demais, encolhe-se. O gradiente de uma rede é uma **lista de arrays**, um por variável (cada matriz de pesos, cada
# vetor de vieses), e há três maneiras de encolhê-la até um limite $c > 0$.
#
# | corte | argumento do Keras | o que limita |
# |---|---|---|
# | **por valor** | `clipvalue=c` | cada componente, entre $-c$ e $c$ |
# | **por norma** | `clipnorm=c` | a norma de cada variável, separadamente |
# | **pela norma global** | `global_clipnorm=c` | a norma da lista inteira, como se fosse um vetor só |
#
# Nenhum dos três mexe num gradiente que já está dentro do limite.

# %% [markdown] locked="todo10-enunciado"
# ### ToDo 10 · O corte por valor (5 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●○○ | 5 min | valores 3,5, entradas intactas 1,5 |
#
# Escreva `cortar_por_valor(gradientes, limite)`, que recebe uma lista de arrays e devolve **outra** lista, com os mesmos formatos, em que nenhuma componente passa de `limite` em módulo. As que já
# estavam dentro do limite não mudam, e os arrays recebidos também não.
#
# **Está certo quando** (0,9; 100) com limite 1 vira (0,9; 1), e (−5; 0,2), (−1; 0,2).
#
# <details><summary>Dica 1</summary>
#
# Uma componente pode ser grande demais para cima ou para baixo. O que acontece com −100?
# </details>
#
# <details><summary>Dica 2</summary>
#
# O NumPy tem uma função que prende os valores entre um mínimo e um máximo. Aplique-a a cada array da lista, e monte uma lista nova.
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `ValueError: setting an array element with a sequence. The requested array has an inhomogeneous shape …` | a lista inteira foi passada a uma função do NumPy | trate um array de cada vez |
# | `TypeError: '>' not supported between instances of 'list' and 'float'` | a lista comparada com um número | o mesmo remédio |
# | `AssertionError: Os arrays recebidos mudaram…` | a função escreveu neles (`g[g > c] = c`, ou `out=g`) | crie arrays novos |
# </details>


# %% solution="todo10"
def cortar_por_valor(gradientes, limite):
    """Outra lista de arrays, com cada componente presa entre −limite e limite."""
    ### BEGIN SOLUTION
    return [np.clip(g, -limite, limite) for g in gradientes]
    ### END SOLUTION


# %% test="todo10" points=5
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def clipped_values(gradients, limit):
    kept = [g.copy() for g in gradients]
    result = [np.array(g, copy=True) for g in cortar_por_valor(gradients, limit)]
    changed = any(not np.array_equal(a, b) for a, b in zip(gradients, kept, strict=True))
    return {"resultado": result, "entrada_mudou": changed}


observe(
    "cortes",
    lambda: [
        clipped_values([np.array([[3.0, -0.2], [-7.0, 0.5], [2.5, -2.5]]), np.array([0.1, -40.0])], 2.5),
        clipped_values(
            [
                np.array([-0.3, 0.05, 0.7], "float32"),
                np.array([[0.02], [-0.9]], "float32"),
                np.zeros((2, 2), "float32"),
            ],
            0.25,
        ),
        clipped_values([np.array([1.0, -2.0])], 10.0),
    ],
)
### END HIDDEN TESTS
original = [np.array([0.9, 100.0]), np.array([[-5.0], [0.2]])]
cortados = cortar_por_valor(original, 1.0)
assert isinstance(cortados, (list, tuple)) and len(cortados) == 2, (
    "Devolva uma lista com um array por variável."
)
assert [np.shape(g) for g in cortados] == [(2,), (2, 1)], "Cada array deve manter o formato que tinha."
assert np.allclose(cortados[0], [0.9, 1.0]), "(0,9; 100), cortado por valor em 1, vira (0,9; 1)."
assert np.allclose(np.ravel(cortados[1]), [-1.0, 0.2]), "(−5; 0,2), cortado por valor em 1, vira (−1; 0,2)."
assert original[0][1] == 100 and original[1][0, 0] == -5, "Os arrays recebidos mudaram: devolva arrays novos."

# %% [markdown] locked="todo11-enunciado"
# ### ToDo 11 · Os dois cortes por norma (10 pontos)
#
# | dificuldade | tempo | *Vale* |
# |---|---|---|
# | ●●○ | 20 min | por norma 4, pela norma global 4, gradientes nulos 1, entradas intactas 1 |
#
# Escreva duas funções. As duas recebem uma lista de arrays e um limite $c > 0$, devolvem outra lista com os mesmos formatos e não mudam os arrays recebidos. Com $g_v$ o gradiente da
# variável $v$:
#
# - `cortar_por_norma(gradientes, limite)`: cada $g_v$ **cuja** norma passa de $c$ é encolhido até ter norma $c$, sem mudar de direção. Os outros ficam como estão.
# - `cortar_pela_norma_global(gradientes, limite)`: a norma global é $\lVert g \rVert = \sqrt{\sum_v \lVert g_v \rVert^2}$. Se ela passa de $c$, **todos** os arrays são multiplicados pelo
#   mesmo número, o que leva a norma global a $c$. Se não passa, nada muda.
#
# Um gradiente nulo continua nulo, sem NaN.
#
# **Está certo quando** [(3; 4), (0; 12)] com limite 5 vira [(3; 4), (0; 5)] por norma; e, pela norma global, que é 13, todos ficam multiplicados por 5/13.
#
# <details><summary>Dica 1</summary>
#
# Para que um vetor de norma 100 fique com norma 1, multiplica-se por quanto? E para que um de norma 0,5 não mude?
# </details>
#
# <details><summary>Dica 2</summary>
#
# O corte só encolhe: o multiplicador nunca passa de 1. Decida com um `if`, ou com o menor entre dois números.
# </details>
#
# <details><summary>Dica 3</summary>
#
# Na norma global, calcule um multiplicador só, **antes** de percorrer a lista para multiplicar. Ele vem da soma dos quadrados de todas as componentes de todos os arrays.
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que significa | o que fazer |
# |---|---|---|
# | `RuntimeWarning: divide by zero encountered in scalar divide` ou `invalid value encountered …` | divisão por uma norma que é zero | decida antes de dividir: norma zero não passa do limite |
# | `ValueError: setting an array element with a sequence. The requested array has an inhomogeneous shape …` | `np.linalg.norm` recebeu a lista inteira | calcule a norma de cada array e junte-as |
# | `ValueError: The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()` | `if` sobre um array de normas | sem `axis`, a norma é um número só |
# | `NameError: name 'cortar_pela_norma_global' is not defined` | falta a segunda função | as duas ficam na mesma célula |
# </details>


# %% solution="todo11"
def cortar_por_norma(gradientes, limite):
    """Outra lista de arrays: cada um, separadamente, com norma de no máximo `limite`."""
    ### BEGIN SOLUTION
    result = []
    for g in gradientes:
        norm = np.linalg.norm(g)
        result.append(g * (limite / norm) if norm > limite else g)
    return result
    ### END SOLUTION


def cortar_pela_norma_global(gradientes, limite):
    """Outra lista de arrays: todos multiplicados pelo mesmo número, com norma global de no máximo `limite`."""
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(g**2) for g in gradientes))
    factor = limite / norm if norm > limite else 1.0
    return [g * factor for g in gradientes]
    ### END SOLUTION


# %% test="todo11" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def clipped_norms(name):
    def run(gradients, limit):
        kept = [g.copy() for g in gradients]
        result = [np.array(g, copy=True) for g in globals()[name](gradients, limit)]
        changed = any(not np.array_equal(a, b) for a, b in zip(gradients, kept, strict=True))
        return {"resultado": result, "entrada_mudou": changed}

    return [
        run(
            [
                np.array([[3.0, -4.0], [12.0, 0.0], [-1.0, 2.0]]),
                np.array([0.3, -0.4]),
                np.array([6.0, -8.0, 0.5]),
            ],
            2.0,
        ),
        run([np.array([[0.5], [-0.7]]), np.array([[0.2, -0.9, 0.3]]), np.array([0.6])], 1.25),
        run([np.array([0.01, -0.02], "float32"), np.array([[0.3, 0.1], [-0.2, 0.05]], "float32")], 0.1),
        run([np.array([1.0, -2.0, 2.0]), np.array([[0.5]])], 40.0),
        run([np.array([2.0, -1.0]), np.array([[2.0], [4.0]])], 5.0),
    ]


def clipped_zeros(name):
    with np.errstate(all="ignore"):
        return [np.asarray(g) for g in globals()[name]([np.zeros(3), np.zeros((2, 2))], 0.5)]


for short, name in (("norma", "cortar_por_norma"), ("global", "cortar_pela_norma_global")):
    observe(f"por_{short}", lambda name=name: clipped_norms(name))
    observe(f"nulos_{short}", lambda name=name: clipped_zeros(name))
### END HIDDEN TESTS
original = [np.array([3.0, 4.0]), np.array([0.0, 12.0])]
por_norma = cortar_por_norma(original, 5.0)
assert isinstance(por_norma, (list, tuple)) and len(por_norma) == 2, (
    "Devolva uma lista com um array por variável."
)
assert np.allclose(por_norma[0], [3, 4]), "(3; 4) tem norma 5, que não passa do limite 5: não deve mudar."
assert np.allclose(por_norma[1], [0, 5]), "(0; 12) tem norma 12; cortado por norma em 5, vira (0; 5)."
pela_global = cortar_pela_norma_global(original, 5.0)
assert isinstance(pela_global, (list, tuple)) and len(pela_global) == 2, (
    "Devolva uma lista com um array por variável."
)
assert np.allclose(pela_global[0], [15 / 13, 20 / 13]), (
    "A norma global de [(3; 4), (0; 12)] é 13: com limite 5, todos os arrays são multiplicados por 5/13."
)
assert original[1][1] == 12, "Os arrays recebidos mudaram: devolva arrays novos."

# %% [markdown]
# ### A direção, e o Keras
#
# Duas variáveis: (0,9; 100) e (0,3; −0,4). Com limite 1, o que cada corte faz, e de quantos graus ele **girou** a lista inteira, vista como um vetor só? A última coluna compara com o que o
# otimizador do Keras aplica de fato: com taxa de aprendizado 1, a mudança do peso, com o sinal trocado, é o gradiente cortado.


# %%
def applied_by_keras(gradients, **clipping):
    variables = [keras.Variable(np.zeros_like(g), dtype="float32") for g in gradients]
    tensors = [keras.ops.convert_to_tensor(g, "float32") for g in gradients]
    keras.optimizers.SGD(learning_rate=1.0, **clipping).apply(tensors, variables)
    return [-keras.ops.convert_to_numpy(v) for v in variables]


def written(g):
    return "(" + "; ".join(number(v) for v in g) + ")"


two = [np.array([0.9, 100.0]), np.array([0.3, -0.4])]
cuts = {
    "clipvalue": "cortar_por_valor",
    "clipnorm": "cortar_por_norma",
    "global_clipnorm": "cortar_pela_norma_global",
}
rows = []
for argument, name in cuts.items():
    mine = arrays(call(name, [g.copy() for g in two], 1.0), [(2,), (2,)])
    if mine is None:
        rows.append([f"`{name}`", "—", "—", "—", "—"])
        continue
    a, b = np.concatenate(two), np.concatenate(mine)
    cosine = a @ b / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-300)
    same = np.allclose(b, np.concatenate(applied_by_keras(two, **{argument: 1.0})), rtol=1e-4)
    angle = float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
    turned = f"{angle:.1f}".replace(".", ",")
    rows.append([f"`{name}`", *map(written, mine), turned, f"`{argument}=1.0`: {'sim' if same else 'não'}"])
show_table(
    ["corte", "(0,9; 100) vira", "(0,3; −0,4) vira", "graus que a lista girou", "igual ao Keras?"], rows
)

# %% [markdown]
# **Explique** (sem nota): dois dos três cortes giram a lista. O que o terceiro paga para não a girar? Olhe o que sobrou da segunda variável.
#
# # Parte 5 · Dois treinos doentes
#
# Duas redes de dez camadas, treinadas do mesmo jeito. De cada uma anotamos a perda de cada passo, o gradiente do sinal em cada camada **antes** do treino e quanto os pesos de cada camada mudaram
# até o fim (ou até o último passo em que ainda eram números): $\lVert W - W_0 \rVert / \lVert W_0 \rVert$.

# %% locked="doentes"
sick = {"rede A": build("sigmoid"), "rede B": build("relu", 2.0)}
rows_used = 200 if is_capped() else len(x_train)
losses, arrived, moved = {}, {}, {}
for name, model in sick.items():
    arrived[name] = signal.gradient_norms(model, x_batch, y_batch).hidden
    watch = symptoms.StopOnExplosion()
    with np.errstate(all="ignore"):  # na rede B há contas que transbordam
        model.fit(
            x_train[:rows_used],
            y_train[:rows_used],
            epochs=cap_epochs(3),
            batch_size=50,
            callbacks=[watch],
            verbose=0,
        )
        before, after = ([w for w in ws if w.ndim == 2] for ws in (watch.start_weights, watch.last_weights))
        moved[name] = signal.relative_change(before, after)
    losses[name] = np.array(watch.losses)

# %%
fig, axes = plt.subplots(1, 3, figsize=(12.5, 4.2))
sick_colors = plots.Colors({"rede A": plots.PALETTE[0], "rede B": plots.PALETTE[1]})
for name, loss in losses.items():
    seen = np.isfinite(loss)
    axes[0].loglog(
        np.arange(1, len(loss) + 1)[seen], loss[seen], ".-", color=sick_colors[name], label=name, markersize=4
    )
    if not seen.all():
        last = int(np.flatnonzero(seen)[-1])
        axes[0].plot(last + 1, loss[last], "X", color=sick_colors[name], markersize=11)
        axes[0].text(1.25 * (last + 1), loss[last], "depois disto, NaN", va="center", color=sick_colors[name])
axes[0].axhline(np.log(10), color="black", linestyle=":", linewidth=1.3, label="quem chuta: ln 10")
axes[0].set(xlabel="Passo (escala logarítmica)", ylabel="Perda do lote", title="A perda")
axes[0].legend(loc="upper right", bbox_to_anchor=(1, 0.75))
for ax, series, title, ylabel in (
    (axes[1], arrived, "Gradiente do sinal, ao nascer", "norma de ∂L/∂h"),
    (axes[2], moved, "Quanto os pesos mudaram", "mudança relativa"),
):
    plots.lines_per_layer(series, ylabel, title, colors=sick_colors, ax=ax)
    ax.get_legend().remove()  # as cores são as do primeiro painel
plots.comma_axes(axes[0])
fig.suptitle("Dois treinos que não aprendem, por razões diferentes")
plots.show(
    fig,
    alt="Três painéis, com a rede A em azul e a rede B em laranja. Na perda por passo, com os dois eixos logarítmicos, a rede A fica colada à linha de quem chuta; a rede B "
    "começa muito acima, salta e acaba em um X. No gradiente por camada, em escala logarítmica, uma sobe e a outra desce da "
    "primeira à última camada. No terceiro painel, a mudança relativa dos pesos por camada.",
)

# %%
rows = [
    [
        name,
        len(losses[name]),
        float(losses[name][0]),
        float(losses[name][-1]),
        float(arrived[name][0] / arrived[name][-1]),
        float(moved[name][0]),
        float(moved[name][-1]),
        sum(not np.isfinite(w).all() for w in model.get_weights()),
    ]
    for name, model in sick.items()
]
show_table(
    [
        "rede",
        "passos dados",
        "primeira perda",
        "última perda",
        "∂L/∂h: primeira ÷ última",
        "mudança da camada 1",
        "mudança da saída",
        "arrays com NaN no fim, de 22",
    ],
    rows,
)

# %% [markdown] locked="todo12-enunciado"
# ### ToDo 12 · Diagnóstico e receita (10 pontos, texto)
#
# | dificuldade | tempo | corrigido |
# |---|---|---|
# | ●●○ | 25 min | à mão, pelo critério abaixo |
#
# Com a figura e a tabela acima, **citando os seus números**:
#
# a) Diga o que tem cada rede. Aponte ao menos **três sintomas** da rede A e **três** da rede B, cada um com a evidência que o mostra.
#
# b) Para cada rede escolha **dois** remédios, de naturezas diferentes, e diga **por que** cada um age sobre a causa, em termos do produto de fatores. (Entre outros: rede menor, outra ativação,
# outra inicialização, normalização em lote, conexão de salto, corte do gradiente, taxa de aprendizado menor, penalidade L1 ou L2. A LSTM, que está em muitas listas, combate o
# desvanecimento ao longo do tempo, em redes recorrentes: não é remédio para uma rede densa.)
#
# c) Um colega propõe cortar o gradiente na rede A e usar penalidade L2 na rede B. O que aconteceria em cada caso, e por quê?
#
# | critério | pontos |
# |---|---|
# | (a) diagnóstico certo e três sintomas por rede, com números próprios | 4 |
# | (b) dois remédios por rede, com a razão de cada um: mexe no fator, no número de fatores ou no passo | 4 |
# | (c) o corte só encolhe; a penalidade age devagar demais sobre pesos que já nasceram grandes | 2 |

# %% [markdown] manual="todo12" points=10
# ### BEGIN SOLUTION
# *Modelo de resposta: os valores são os da rodada de cada um; o que se corrige é a leitura deles.*
#
# a) A **rede A desvanece**. (1) O gradiente do sinal da primeira camada oculta é muito menor que o da última: a razão da tabela é centenas de milhares de vezes menor que 1. (2) As
# últimas camadas mudam, e as primeiras quase nada: a mudança relativa da camada 1 está várias ordens de grandeza abaixo da da saída. (3) A perda fica parada em torno de ln 10, a de quem chuta:
# o treino estaciona desde o começo e o desempenho é ruim. A **rede B explode**. (1) O gradiente do sinal cresce centenas de vezes da última camada à primeira. (2) A perda nasce
# muito acima da de quem chuta e salta de um passo a outro. (3) Em poucos passos ela vira NaN e o treino para; no fim todos os parâmetros são NaN. Já nos últimos pesos finitos, alguma camada
# tinha mudado muitas vezes o próprio tamanho.
#
# b) Rede A: trocar a sigmoide por ReLU com inicialização de He (tira o teto de 1/4 da inclinação e deixa o fator perto de 1); normalização em lote ou conexão de salto (mantém as
# pré-ativações onde a ativação responde; dá ao gradiente um caminho de fator 1); rede menor (menos fatores). Rede B: inicialização de He sem o dobro (o fator volta para perto de 1);
# normalização em lote (devolve as pré-ativações à mesma escala em cada camada); rede menor (menos fatores). O corte do gradiente ou uma taxa menor agem no *passo*: o treino sobrevive, mas o fator
# continua o mesmo; como segundo remédio, ao lado de um que trate a causa, valem.
#
# c) Na rede A, nada: o corte só encolhe gradientes grandes, e o que falta ali é gradiente. Na rede B, o NaN viria do mesmo jeito: a penalidade L2 multiplica os pesos por
# $1 - 2\eta\lambda$ a cada passo, um pouco menos que 1, e seriam precisos milhares de passos para desfazer o dobro; a rede dura muito menos que isso.
# ### END SOLUTION

# %% [markdown]
# ## Resumo
#
# | ideia | como aparece | engano comum |
# |---|---|---|
# | um fator por camada | produto de $n$ fatores | achar que 0,9 é "quase 1" |
# | passo | $w \leftarrow w - \eta\,\partial L/\partial w$ | dizer que a retropropagação atualiza os pesos; escrever dentro do array recebido |
# | inclinação | $\sigma' \le 1/4$, $\tanh' \le 1$ | confundir o intervalo da saída com o da derivada |
# | regra da cadeia | multiplicar no caminho, somar os caminhos | esquecer um caminho |
# | gradiente de um lote | média sobre os exemplos | esquecer o $1/n$, ou dividir duas vezes |
# | diferenças finitas | central, com $\varepsilon$ moderado | um lado só; não devolver o parâmetro ao lugar |
# | onde medir | $\lVert\partial L/\partial h\rVert$ mostra só o que volta | diagnosticar explosão pelos pesos |
# | NaN | toda comparação com ele é falsa | testá-lo por último |
# | corte | por valor gira; por norma global, não | esperar que cure a causa, ou o desvanecimento |
#
# **A seguir:** o Lab 2 vai às causas: a inicialização, a ativação e a normalização em lote que põem o fator perto de 1.
#
# ## Referências
#
# - D. E. Rumelhart, G. E. Hinton e R. J. Williams. *Learning representations by back-propagating errors*. Nature 323, 1986.
# - Y. Bengio, P. Simard e P. Frasconi. *Learning long-term dependencies with gradient descent is difficult*. IEEE Transactions on Neural Networks 5(2), 1994.
# - X. Glorot e Y. Bengio. *Understanding the difficulty of training deep feedforward neural networks*. AISTATS, 2010.
# - R. Pascanu, T. Mikolov e Y. Bengio. *On the difficulty of training recurrent neural networks*. ICML, 2013.
# - H. Xiao, K. Rasul e R. Vollgraf. *Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms*. arXiv:1708.07747, 2017.
