# ---
# jupyter:
#   gradiente:
#     id: A3
#     title: Como a rede descobre o que mudar em cada peso?
#     covers: [S1-01, S1-02, S3-02, S3-04, S3-05]
#     seconds: 20
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 · Como a rede descobre o que mudar em cada peso?
#
# **Cartão da lição**
#
# | | |
# |---|---|
# | **Ao final você saberá** | *calcular* à mão o gradiente de uma rede pequena; *conferir* um gradiente por dois caminhos independentes; *dar* o passo da descida do gradiente e dizer quando ele piora a perda |
# | **Você precisa saber** | o que é uma camada densa e como treinar uma rede com o Keras (lição sobre redes densas); o que é uma perda; derivada de uma função e derivada parcial |
# | **Tempo de leitura** | cerca de 35 minutos |
# | **Tempo de execução** | cerca de 20 s em dois núcleos de CPU |
# | **Palavras que você vai encontrar** | ida e volta, retropropagação, regra da cadeia, diferenciação automática, diferenças finitas, taxa de aprendizado, lote, gradientes instáveis |
#
# Nas lições anteriores, `fit` treinou as redes e nós olhamos o resultado. Agora abrimos o `fit`. Lá dentro há duas ideias: uma
# maneira barata de calcular a derivada da perda em relação a **todos** os pesos, e um passo que usa essas derivadas.

# %%
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import warnings
from itertools import pairwise

import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots, signal
from gradiente.claims import claim, set_seeds
from gradiente.datasets import load_fashion_mnist
from gradiente.formatting import number, percent, show_table

# %% [markdown]
# ## 1. A pergunta
#
# Esta rede cabe inteira em uma folha de papel: duas entradas, duas unidades ocultas com **tangente hiperbólica (tanh)** e uma
# saída linear. Tem nove parâmetros: seis pesos e três vieses.

# %%
x, y = np.array([[1.0, 0.5]]), np.array([[1.0]])  # um exemplo: as entradas e o alvo
W1, b1 = np.array([[0.5, -0.4], [0.6, 0.8]]), np.array([0.1, -0.2])
W2, b2 = np.array([[0.7], [-0.9]]), np.array([-0.3])

# %% [markdown]
# Chamamos de $w^{(\ell)}_{i,j}$ o peso que liga a unidade $i$ de uma camada à unidade $j$ da seguinte (na saída, que é uma só,
# basta $w^{(2)}_j$), e de $b^{(\ell)}_j$ o viés. A **ida** (*forward pass*) vai das entradas à perda. Cada unidade oculta soma o
# que recebe, e essa soma é a **pré-ativação** $z_j$; depois aplica a função de ativação e obtém $h_j$:
#
# $$z_j = w^{(1)}_{1,j}\,x_1 + w^{(1)}_{2,j}\,x_2 + b^{(1)}_j, \qquad h_j = \tanh(z_j)$$
#
# $$\hat y = w^{(2)}_1 h_1 + w^{(2)}_2 h_2 + b^{(2)}, \qquad L = (\hat y - y)^2$$
#
# Número por número, sem nenhuma matriz (lembre que o Python conta a partir do zero: `W1[0, 1]` é $w^{(1)}_{1,2}$):

# %%
x1, x2, target = x[0, 0], x[0, 1], y[0, 0]
z1 = W1[0, 0] * x1 + W1[1, 0] * x2 + b1[0]
z2 = W1[0, 1] * x1 + W1[1, 1] * x2 + b1[1]
h1, h2 = np.tanh(z1), np.tanh(z2)
y_hat = W2[0, 0] * h1 + W2[1, 0] * h2 + b2[0]
loss = (y_hat - target) ** 2

# %%
names = [["$x_1$", "$x_2$"], ["$h_1$", "$h_2$"], [r"$\hat{y}$"]]
values, weights, biases = [[x1, x2], [h1, h2], [y_hat]], [W1, W2], [b1, b2]
title = f"A rede responde {number(y_hat, digits=3)}, e o alvo é {number(target, digits=1)}: qual dos nove números mudar?"
figure = plots.network(names, values, weights, biases, loss, title=title)
plots.show(
    figure,
    alt="Desenho de uma rede com duas entradas, duas unidades ocultas, uma saída e a perda. Em azul, o valor de cada "
    "unidade, de cada peso nas ligações e de cada viés. A saída está abaixo do alvo.",
)

# %% [markdown]
# A resposta ficou abaixo do alvo. Dá para consertá-la mexendo em qualquer dos nove números, para cima ou para baixo, muito ou
# pouco. **Quais mudar, para que lado e quanto?**
#
# A resposta é uma derivada para cada número. $\partial L/\partial w$ diz quanto a perda muda, por unidade, quando só $w$ muda
# um pouquinho: se é positiva, aumentar $w$ piora; se é negativa, aumentar $w$ melhora; se é grande, $w$ importa. As nove
# derivadas juntas formam o **gradiente** da perda.
#
# ## 2. A volta, à mão
#
# O peso $w^{(1)}_{1,1}$ não toca a perda. Ele muda $z_1$, que muda $h_1$, que muda $\hat y$, que muda $L$. A **regra da cadeia**
# diz que as taxas se multiplicam ao longo desse caminho:
#
# $$
# \frac{\partial L}{\partial w^{(1)}_{1,1}} =
# \underbrace{\frac{\partial L}{\partial \hat y}}_{2(\hat y - y)}\;
# \underbrace{\frac{\partial \hat y}{\partial h_1}}_{w^{(2)}_1}\;
# \underbrace{\frac{\partial h_1}{\partial z_1}}_{1 - h_1^2}\;
# \underbrace{\frac{\partial z_1}{\partial w^{(1)}_{1,1}}}_{x_1}
# $$
#
# O terceiro fator usa uma propriedade da tanh: a sua derivada, $1 - \tanh^2(z)$, sai da própria ativação, $1 - h^2$.
#
# Poderíamos escrever um produto desses para cada um dos nove parâmetros. Mas repare: os primeiros fatores se repetem. Por isso
# começamos pela perda e **voltamos**, guardando cada resultado parcial para não calculá-lo duas vezes. É essa volta que dá
# nome à **retropropagação** (*backpropagation*).

# %%
d_y_hat = 2 * (y_hat - target)  # quanto a perda muda com a saída
d_h1, d_h2 = d_y_hat * W2[0, 0], d_y_hat * W2[1, 0]  # a saída distribui a culpa por h1 e h2
delta1, delta2 = d_h1 * (1 - h1**2), d_h2 * (1 - h2**2)  # atravessa a tanh
by_hand = {
    "$w^{(1)}_{1,1}$": delta1 * x1,
    "$w^{(1)}_{1,2}$": delta2 * x1,
    "$w^{(1)}_{2,1}$": delta1 * x2,
    "$w^{(1)}_{2,2}$": delta2 * x2,
    "$b^{(1)}_1$": delta1,
    "$b^{(1)}_2$": delta2,
    "$w^{(2)}_1$": d_y_hat * h1,
    "$w^{(2)}_2$": d_y_hat * h2,
    "$b^{(2)}$": d_y_hat,
}

# %% [markdown]
# A derivada em relação à pré-ativação aparece tanto que tem símbolo próprio: $\delta_j = \partial L/\partial z_j$. Com ela, a
# regra de todos os parâmetros é uma só: **a derivada de um peso é o $\delta$ da unidade em que ele chega vezes o valor da
# unidade de onde ele sai**. O viés é um peso que sai de uma unidade que vale sempre 1; por isso a sua derivada é o próprio
# $\delta$. (Na saída, que é linear, $\delta = \partial L/\partial \hat y$.) Aqui estão a ida e a volta, com todas as contas:


# %%
def n(value):
    text = f"{value:.4g}".replace(".", ",").replace("-", "−")
    return f"({text})" if value < 0 else text


go = [
    ("$z_1$", f"{n(W1[0, 0])} · {n(x1)} + {n(W1[1, 0])} · {n(x2)} + {n(b1[0])}", z1),
    ("$z_2$", f"{n(W1[0, 1])} · {n(x1)} + {n(W1[1, 1])} · {n(x2)} + {n(b1[1])}", z2),
    ("$h_1 = \\tanh(z_1)$", f"tanh {n(z1)}", h1),
    ("$h_2 = \\tanh(z_2)$", f"tanh {n(z2)}", h2),
    ("$\\hat y$", f"{n(W2[0, 0])} · {n(h1)} + {n(W2[1, 0])} · {n(h2)} + {n(b2[0])}", y_hat),
    ("$L = (\\hat y - y)^2$", f"({n(y_hat)} − {n(target)})²", loss),
]
show_table(["ida", "conta", "valor"], [[name, text, number(value, digits=4)] for name, text, value in go])

# %%
back = [
    ("$\\partial L/\\partial \\hat y = 2(\\hat y - y)$", f"2 · ({n(y_hat)} − {n(target)})", d_y_hat),
    ("$\\partial L/\\partial w^{(2)}_1$", f"{n(d_y_hat)} · {n(h1)}", by_hand["$w^{(2)}_1$"]),
    ("$\\partial L/\\partial w^{(2)}_2$", f"{n(d_y_hat)} · {n(h2)}", by_hand["$w^{(2)}_2$"]),
    ("$\\partial L/\\partial b^{(2)}$", f"{n(d_y_hat)} · 1", by_hand["$b^{(2)}$"]),
    ("$\\partial L/\\partial h_1$", f"{n(d_y_hat)} · {n(W2[0, 0])}", d_h1),
    ("$\\partial L/\\partial h_2$", f"{n(d_y_hat)} · {n(W2[1, 0])}", d_h2),
]
for unit, (d_h, h, delta) in enumerate([(d_h1, h1, delta1), (d_h2, h2, delta2)], start=1):
    back.append((f"$\\delta_{unit}$", f"{n(d_h)} · (1 − {n(h)}²)", delta))
    for source, value in ((1, x1), (2, x2)):
        name = f"w^{{(1)}}_{{{source},{unit}}}"
        back.append((f"$\\partial L/\\partial {name}$", f"{n(delta)} · {n(value)}", by_hand[f"${name}$"]))
    back.append((f"$\\partial L/\\partial b^{{(1)}}_{unit}$", f"{n(delta)} · 1", delta))
show_table(["volta", "conta", "valor"], [[name, text, number(value, digits=4)] for name, text, value in back])

# %% [markdown]
# ### Quando há mais de um caminho, soma-se
#
# De cada um dos nove parâmetros até a perda há um caminho só. Mas olhe para a entrada $x_1$: ela alimenta **as duas** unidades
# ocultas. Se $x_1$ mudasse um pouquinho, a perda mudaria pelos dois caminhos ao mesmo tempo, e as duas mudanças se somam:
#
# $$\frac{\partial L}{\partial x_1} = w^{(1)}_{1,1}\,\delta_1 + w^{(1)}_{1,2}\,\delta_2$$
#
# Ninguém treina $x_1$, que é dado. Mas, se embaixo dele houvesse outra camada, é este o número que ela receberia. Guarde a
# regra: **multiplicar ao longo de cada caminho, somar os caminhos**.

# %%
d_x1 = W1[0, 0] * delta1 + W1[0, 1] * delta2
d_x2 = W1[1, 0] * delta1 + W1[1, 1] * delta2
gradients = {
    "values": [[d_x1, d_x2], [d_h1, d_h2], [d_y_hat]],
    "weights": [np.outer([x1, x2], [delta1, delta2]), [[d_y_hat * h1], [d_y_hat * h2]]],
    "biases": [[delta1, delta2], [d_y_hat]],
}
title = "A volta escreve, sob cada número, quanto a perda muda com ele"
figure = plots.network(names, values, weights, biases, loss, gradients, title=title)
plots.show(
    figure,
    alt="A mesma rede, agora com um número laranja abaixo de cada número azul: a derivada da perda em relação a ele. Na "
    "perda, a derivada vale 1; dali ela se espalha para a esquerda, até as entradas.",
)

# %% [markdown]
# Leia a figura da direita para a esquerda. A derivada da perda em relação a si mesma é 1. A da saída é negativa: subir $\hat y$
# diminui a perda, como devia, pois a resposta estava baixa. O peso $-0{,}9$, que sai de $h_2$, é negativo e **inverte o
# sinal** do que passa por ele: para a perda cair, $h_2$ tem de descer.
#
# ## 3. A mesma conta com matrizes
#
# Ninguém escreve nove linhas para uma rede de milhares de pesos. Com um exemplo por linha em $X$, a ida é
#
# $$H^{(0)} = X, \qquad Z^{(\ell)} = H^{(\ell-1)} W^{(\ell)} + b^{(\ell)}, \qquad H^{(\ell)} = \tanh\!\big(Z^{(\ell)}\big)$$
#
# em que $b^{(\ell)}$ se soma a cada linha, e a última camada, linear, para em $Z$. A volta são três fórmulas por camada. Se
# $\delta^{(\ell)} = \partial L/\partial Z^{(\ell)}$, uma linha por exemplo, então
#
# $$
# \frac{\partial L}{\partial W^{(\ell)}} = \big(H^{(\ell-1)}\big)^{\!\top} \delta^{(\ell)}, \qquad
# \frac{\partial L}{\partial b^{(\ell)}} = \sum_{\text{exemplos}} \delta^{(\ell)}, \qquad
# \delta^{(\ell-1)} = \Big(\delta^{(\ell)} \big(W^{(\ell)}\big)^{\!\top}\Big) \odot \Big(1 - H^{(\ell-1)} \odot H^{(\ell-1)}\Big)
# $$
#
# O sinal $\odot$ é o produto elemento a elemento. As somas sobre os caminhos não sumiram: estão dentro do produto
# $\delta^{(\ell)} (W^{(\ell)})^\top$. A mesma matriz $W$ que na ida levou o sinal para a frente traz, transposta, o gradiente
# para trás.


# %%
def forward(params, x):
    h = [x]
    for W, b in params[:-1]:
        h.append(np.tanh(h[-1] @ W + b))
    W, b = params[-1]
    return h, h[-1] @ W + b  # as ativações, que a volta vai usar, e a saída


def backward(params, h, delta):
    grads = []
    for layer in reversed(range(len(params))):
        grads.insert(0, (h[layer].T @ delta, delta.sum(axis=0)))
        if layer > 0:
            delta = (delta @ params[layer][0].T) * (1 - h[layer] ** 2)
    return grads


# %% [markdown]
# Isto é a retropropagação, inteira, para uma rede densa com tanh, de qualquer profundidade. Ela recebe o $\delta$ da saída,
# o único ponto em que a perda entra na conta. Para a perda quadrática média de $n$ exemplos,
# $L = \frac1n\sum (\hat y - y)^2$, esse $\delta$ vale $2(\hat y - y)/n$.


# %%
def flatten(pairs):
    return np.concatenate([np.ravel(array) for pair in pairs for array in pair])


params = [(W1, b1), (W2, b2)]
h, output = forward(params, x)
vectorised = flatten(backward(params, h, 2 * (output - y) / len(y)))
agree = np.allclose(vectorised, list(by_hand.values()), rtol=0, atol=1e-12)
claim("A3-01", "as nove derivadas em matrizes são as nove que fizemos à mão", agree)

# %% [markdown]
# ## 4. Dois juízes independentes
#
# A conta à mão e as matrizes vieram da mesma fórmula: se ela estivesse errada, as duas errariam juntas. Chamamos dois juízes
# que não leram as nossas contas.
#
# O primeiro volta à definição de derivada. Empurra um parâmetro de $\varepsilon$ para cada lado, deixa os outros parados, e vê
# quanto a perda mudou. São as **diferenças finitas** (*finite differences*) centrais:
#
# $$\frac{\partial L}{\partial w} \approx \frac{L(w + \varepsilon) - L(w - \varepsilon)}{2\,\varepsilon}$$


# %%
def finite_differences(params, loss, step=1e-5):
    slopes = []
    for array in (array for pair in params for array in pair):
        for index in np.ndindex(array.shape):
            kept, sides = array[index], []
            for sign in (1, -1):
                array[index] = kept + sign * step
                sides.append(loss(params))
            array[index] = kept  # devolve o parâmetro ao lugar
            slopes.append((sides[0] - sides[1]) / (2 * step))
    return np.array(slopes)


def squared_loss(params):
    return np.mean((forward(params, x)[1] - y) ** 2)


numerical = finite_differences(params, squared_loss)

# %% [markdown]
# O segundo juiz é a **diferenciação automática** (*automatic differentiation*) do TensorFlow, que o Keras usa no `fit`. A fita
# (`GradientTape`) grava cada operação da ida e depois aplica a regra da cadeia a cada uma, da última para a primeira: é
# retropropagação para qualquer programa, não só para camadas densas. Pedimos precisão dupla (`float64`) para comparar com rigor.

# %%
import tensorflow as tf

keras.config.set_floatx("float64")
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "tanh"), keras.layers.Dense(1)])
model.set_weights([W1, b1, W2, b2])
with tf.GradientTape() as tape:
    value = keras.ops.mean((model(x) - y) ** 2)
tensors = tape.gradient(value, model.trainable_weights)
automatic = np.concatenate([np.ravel(tensor) for tensor in tensors])

# %%
columns = zip(by_hand.items(), vectorised, automatic, numerical, strict=True)
show_table(
    ["derivada de $L$ em relação a", "à mão", "NumPy, em matrizes", "TensorFlow", "diferenças finitas"],
    [[name, *(number(v, digits=6) for v in (hand, *others))] for (name, hand), *others in columns],
)

# %%
to_numerical = np.abs(numerical - vectorised).max()
to_automatic = np.abs(automatic - vectorised).max()
claim("A3-02", "nas nove, as diferenças finitas concordam a menos de um milionésimo", to_numerical < 1e-6)
claim("A3-03", "a diferenciação automática também", to_automatic < 1e-6)

# %% [markdown]
# *É comum ouvir que o Keras calcula derivadas "numericamente", empurrando cada peso.* Não: as duas colunas do meio aplicam a
# regra da cadeia, sem nenhum $\varepsilon$, e só arredondam. A última é uma aproximação. Ela é um ótimo **juiz** e, como
# veremos, um péssimo **trabalhador**.
#
# ### Os dois caminhos, conferidos
#
# Com um juiz à mão, empilhemos uma camada embaixo da nossa rede, de duas unidades também. As camadas agora são três, e o
# primeiro peso tem **dois** caminhos até a perda. Multiplicando em cada um e somando:
#
# $$
# \frac{\partial L}{\partial w^{(1)}_{1,1}} =
# \frac{\partial L}{\partial \hat y}
# \Big[
# \underbrace{w^{(3)}_{1}\big(1 - (h^{(2)}_1)^2\big)\,w^{(2)}_{1,1}}_{\text{caminho 1}} +
# \underbrace{w^{(3)}_{2}\big(1 - (h^{(2)}_2)^2\big)\,w^{(2)}_{1,2}}_{\text{caminho 2}}
# \Big]
# \big(1 - (h^{(1)}_1)^2\big)\,x_1
# $$

# %%
deeper = [(np.array([[0.3, -0.5], [0.9, 0.2]]), np.array([0.0, 0.1])), *params]
(_, first, second), output = forward(deeper, x)
path1 = W2[0, 0] * (1 - second[0, 0] ** 2) * W1[0, 0]
path2 = W2[1, 0] * (1 - second[0, 1] ** 2) * W1[0, 1]
two_paths = 2 * (output - y)[0, 0] * (path1 + path2) * (1 - first[0, 0] ** 2) * x1
judge = finite_differences(deeper, lambda p: np.mean((forward(p, x)[1] - y) ** 2))[0]
claim("A3-04", "a soma dos dois caminhos concorda com as diferenças finitas", abs(two_paths - judge) < 1e-6)
one_path = abs(two_paths * path1 / (path1 + path2) - judge)
claim("A3-05", "com um caminho só, o erro é mais de mil vezes essa tolerância", one_path > 1e-3)

# %% [markdown]
# Conte os fatores: a camada a mais acrescentou a cada caminho um peso e uma inclinação da ativação. A seção 9 volta a isso.
#
# ### Preveja: o melhor empurrão
#
# A derivada é o limite quando $\varepsilon$ vai a zero, e nós usamos $\varepsilon = 10^{-5}$. O computador guarda números de
# precisão dupla com uns 16 algarismos, então dá para descer muito mais.
#
# > Para qual $\varepsilon$ as diferenças finitas centrais ficam **mais perto** da derivada: $10^{-2}$, $10^{-5}$, $10^{-10}$
# > ou $10^{-14}$?
#
# Escreva o seu palpite; ele vai aparecer na figura.

# %%
guess_step = 1e-10  # troque pelo seu palpite

# %% [markdown]
# Para cada $\varepsilon$, medimos o maior erro entre as nove derivadas. Medimos também a versão de um lado só,
# $(L(w+\varepsilon) - L(w))/\varepsilon$, que é a que se costuma escrever primeiro.


# %%
def one_sided(params, loss, step):
    here, slopes = loss(params), []
    for array in (array for pair in params for array in pair):
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + step
            slopes.append((loss(params) - here) / step)
            array[index] = kept
    return np.array(slopes)


steps = np.logspace(-14, -1, 53)
methods = {"um lado": one_sided, "central": finite_differences}
errors = {
    name: np.array([np.abs(method(params, squared_loss, step) - vectorised).max() for step in steps])
    for name, method in methods.items()
}

# %%
figure, ax = plt.subplots(figsize=(9, 4.6))
for (name, error), color in zip(errors.items(), (plots.PALETTE[1], plots.PALETTE[0]), strict=True):
    ax.loglog(steps, error, ".-", color=color, label=name, linewidth=1.6)
ax.axvline(guess_step, color="black", linestyle="--", linewidth=1.4)
ax.text(guess_step * 0.8, 3e-12, "seu palpite", ha="right", va="bottom")
ax.text(1.5e-14, 1e-6, "arredondamento")
ax.text(4e-4, 2e-9, "truncamento")
ax.set_ylim(1e-12, 1)
ax.set_title("Empurrar menos nem sempre aproxima: o erro desce e volta a subir")
ax.set_xlabel(r"Empurrão $\varepsilon$")
ax.set_ylabel("Maior erro nas nove derivadas")
ax.legend(loc="upper center")
plots.comma_axes(ax)
plots.show(
    figure,
    alt="Erro das diferenças finitas contra o empurrão, em escalas logarítmicas. As duas curvas têm forma de V. A da versão "
    "central desce mais fundo e tem o seu mínimo em um empurrão maior que o da versão de um lado só. À esquerda do mínimo "
    "o erro volta a subir, aos saltos. Uma linha tracejada marca o palpite.",
)

# %%
central, single = errors["central"], errors["um lado"]
best = steps[central.argmin()]
worse = central[np.isclose(steps, 1e-12, atol=0)][0] / central.min()
claim("A3-06", "o melhor empurrão da versão central fica entre 10⁻⁷ e 10⁻⁴", 1e-7 < best < 1e-4)
claim("A3-07", "com 10⁻¹², o erro é mais de mil vezes o do melhor empurrão", worse > 1000)
claim(
    "A3-08",
    "no seu melhor, a central erra menos de um décimo do que a de um lado",
    central.min() < single.min() / 10,
)

# %%
growth = {
    name: error[np.isclose(steps, 1e-2)][0] / error[np.isclose(steps, 1e-3)][0]
    for name, error in errors.items()
}
claim(
    "A3-09", "à direita, empurrão dez vezes maior: erro central cem vezes maior", 80 < growth["central"] < 125
)
claim("A3-10", "e, na versão de um lado, dez vezes maior", 8 < growth["um lado"] < 12.5)

# %% [markdown]
# São dois erros que puxam para lados opostos. À direita manda o **truncamento**: a função não é uma reta, e a fórmula despreza
# os termos de ordem maior, que pesam como $\varepsilon^2$ na versão central e como $\varepsilon$ na de um lado (A3-09 e A3-10).
# À esquerda manda o **arredondamento**: $L(w+\varepsilon)$ e $L(w-\varepsilon)$ ficam tão parecidos que a subtração apaga quase
# todos os algarismos, e o que sobra, perto de $10^{-16}$, é dividido por um $\varepsilon$ minúsculo. O melhor fica no meio.
#
# ## 5. Quanto custa
#
# Se as diferenças finitas acertam tanto, para que a retropropagação? Para conferir um gradiente, são ótimas. Para treinar,
# pense no preço: **duas idas inteiras para cada parâmetro**. A retropropagação faz uma ida e uma volta e entrega todas as
# derivadas juntas.
#
# > *Preveja:* em uma rede com 784 entradas, camadas de 300 e 100 unidades e 10 saídas, quantas vezes mais trabalho dão as
# > diferenças finitas?

# %%
guess_times = 1000  # troque pelo seu palpite

# %% [markdown]
# Segundos dependem da máquina; multiplicações, não. Este array conta as dos produtos de matrizes, que são quase todo o
# trabalho, e por ele passam **as mesmas** `forward` e `backward`, sem mudar uma linha:


# %%
class Counted(np.ndarray):
    total = 0

    def __matmul__(self, other):
        Counted.total += self.size * other.shape[-1]
        return super().__matmul__(other)


def count(sizes):
    zeros = [(np.zeros(pair).view(Counted), np.zeros(pair[1])) for pair in pairwise(sizes)]
    Counted.total = 0
    h, output = forward(zeros, np.zeros((1, sizes[0])).view(Counted))
    there = Counted.total
    backward(zeros, h, output)
    return flatten(zeros).size, there, Counted.total - there


# %%
sizes = {
    "a nossa, 2–2–1": [2, 2, 1],
    "784–300–100–10": [784, 300, 100, 10],
    "784, dez de 64, 10": [784, *[64] * 10, 10],
}
counts = {name: count(size) for name, size in sizes.items()}
share = {name: back / there for name, (_, there, back) in counts.items()}
times = {name: 2 * total / (1 + share[name]) for name, (total, _, _) in counts.items()}
rows = [
    [name, total, number(1 + share[name], digits=3), 2 * total, f"{times[name]:.0f}"]
    for name, (total, _, _) in counts.items()
]
show_table(
    ["rede", "parâmetros", "retropropagação (em idas)", "diferenças finitas (em idas)", "quantas vezes mais"],
    [*rows, ["seu palpite (784–300–100–10)", "", "", "", guess_times]],
)

# %%
claim("A3-11", "nas três redes, a volta custa menos que duas idas", max(share.values()) < 2)
claim(
    "A3-12",
    "na de 784–300–100–10, as diferenças finitas custam mais de cem mil vezes",
    times["784–300–100–10"] > 1e5,
)

# %% [markdown]
# Por que menos que duas? A volta faz, em cada camada, dois produtos do tamanho do da ida: um para o gradiente de $W$, outro
# para o $\delta$ da camada de baixo. Na primeira camada o segundo não é preciso, porque ninguém treina a entrada. Em resumo,
# **todas as derivadas custam o mesmo que um punhado de idas**, tenha a rede nove parâmetros ou milhões. É o que torna possível
# treinar redes grandes.
#
# ### Explique
#
# Depois da ida, `forward` devolve não só a saída, mas a lista `h` com as ativações de todas as camadas. O Keras também as
# guarda quando treina, e isso ocupa memória. Por que a volta precisa delas? E por que, para só fazer previsões, não é preciso
# guardá-las?
#
# <details><summary>Uma resposta possível</summary>
#
# Olhe as fórmulas da seção 3: o gradiente de $W^{(\ell)}$ usa $H^{(\ell-1)}$, a entrada da camada, e a passagem do $\delta$
# pela tanh usa $1 - H \odot H$. Sem as ativações guardadas, a volta teria de refazer a ida em cada camada. Para prever só se
# usa a saída: cada ativação pode ser descartada assim que a camada seguinte a consome. Por isso treinar pede mais memória que
# prever, e mais ainda com lotes grandes e redes fundas.
#
# </details>
#
# ## 6. O passo
#
# Com o gradiente em mãos, falta usá-lo. A **descida do gradiente** (*gradient descent*) muda todos os parâmetros ao mesmo
# tempo, cada um contra a sua derivada:
#
# $$w \leftarrow w - \eta\,\frac{\partial L}{\partial w}$$
#
# $\eta$ (eta) é a **taxa de aprendizado** (*learning rate*), um número positivo que escolhemos. (Há textos que a chamam de
# $\alpha$; neste curso é sempre $\eta$, e o $\alpha$ fica para a inclinação de algumas funções de ativação.) O sinal de menos é
# o que faz descer: derivada positiva, o peso diminui; derivada negativa, aumenta.
#
# *É comum ouvir que a retropropagação atualiza os pesos.* Ela só calcula o gradiente. Quem atualiza é o **otimizador**, e a
# descida do gradiente é o mais simples deles.

# %%
weight, slope, rate = W1[0, 0], by_hand["$w^{(1)}_{1,1}$"], 0.1
new_weight = weight - rate * slope
print(f"{n(weight)} − {n(rate)} · {n(slope)} = {n(new_weight)}")

# %% [markdown]
# Agora os nove de uma vez, com vários tamanhos de $\eta$. Partimos sempre do mesmo ponto, damos **um** passo e medimos a
# perda. O que esperar? Se a perda fosse uma reta na direção do gradiente $g$ (o vetor das nove derivadas), um passo a
# diminuiria em exatamente $\eta\,\lVert g\rVert^2$: é a previsão tracejada.


# %%
def step(params, grads, rate):
    return [(W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


h, output = forward(params, x)
grads = backward(params, h, 2 * (output - y))
rates = np.logspace(-4, 0, 81)
after = np.array([squared_loss(step(params, grads, rate)) for rate in rates])
promised = loss - rates * np.sum(vectorised**2)

# %%
figure, ax = plt.subplots(figsize=(8.5, 4.2))
ax.semilogx(rates, after, color=plots.PALETTE[0], label="perda depois de um passo")
seen = promised > 0
ax.semilogx(rates[seen], promised[seen], "--", color=plots.PALETTE[1], label="o que a derivada promete")
ax.axhline(loss, color="black", linestyle=":", linewidth=1.4)
ax.text(rates[0], loss * 1.05, "perda antes do passo", va="bottom")
ax.set_ylim(0, 3 * loss)
ax.set_title("O mesmo gradiente melhora ou piora a perda, conforme o tamanho do passo")
ax.set_xlabel(r"Taxa de aprendizado $\eta$")
ax.set_ylabel("Perda")
ax.legend(loc="upper left", bbox_to_anchor=(0, 0.9))
plots.comma_axes(ax)
plots.show(
    figure,
    alt="Perda depois de um passo contra a taxa de aprendizado, em escala logarítmica. Com taxas pequenas a curva acompanha a "
    "previsão tracejada, logo abaixo da perda inicial; desce até quase zero em uma taxa intermediária; depois sobe e "
    "ultrapassa a perda de partida.",
)

# %%
drop = (loss - after) / (loss - promised)  # quanto do prometido se cumpriu
claim(
    "A3-13",
    "com η de um milésimo ou menos, a queda é a prometida, a menos de 5 %",
    abs(drop[rates <= 1.001e-3] - 1).max() < 0.05,
)
claim("A3-14", "há um η que apaga mais de nove décimos da perda em um passo", after.min() < loss / 10)
claim("A3-15", "e com η = 1 a perda sobe", after[-1] > 2 * loss)

# %% [markdown]
# O gradiente é uma informação **local**: garante a descida só para passos pequenos o bastante. Se o passo é grande, a perda já
# se curvou antes de o pé tocar o chão.
#
# ### Descer com dois parâmetros
#
# Nove dimensões não cabem em um desenho; duas cabem. Tome a menor rede que existe, $\hat y = w\,x + b$, com a perda
# quadrática média de trinta pontos. A superfície da perda é uma tigela alongada.

# %%
rng = np.random.default_rng(set_seeds())
points = rng.uniform(0, 2, size=30)
A = np.stack([points, np.ones(30)], axis=1)  # cada linha é (x, 1): o viés é o peso de uma entrada que vale 1
goal = 1.5 * points - 0.5 + rng.normal(scale=0.2, size=30)
bottom = np.linalg.lstsq(A, goal, rcond=None)[0]  # o fundo da tigela


def bowl(theta):
    return np.mean((theta @ A.T - goal) ** 2, axis=-1)


def descend(rate, steps):
    path = [bottom + np.array([0.2, 2.0])]
    for _ in range(steps):
        path.append(path[-1] - rate * 2 / len(goal) * A.T @ (A @ path[-1] - goal))
    return np.array(path)


# %% [markdown]
# Em uma tigela assim há um limite exato. Chame de $\lambda$ a maior curvatura da tigela (o maior autovalor da matriz das
# segundas derivadas): nessa direção, cada passo multiplica a distância ao fundo por $1 - \eta\lambda$. A distância encolhe
# enquanto $|1 - \eta\lambda| < 1$, ou seja, $\eta < 2/\lambda$. Acima disso, cresce.

# %%
limit = 2 / np.linalg.eigvalsh(2 / len(goal) * A.T @ A).max()
fractions = {"5 % do limite": 0.05, "60 % do limite": 0.6, "105 % do limite": 1.05}
paths = {name: descend(fraction * limit, steps=14) for name, fraction in fractions.items()}
heights = {name: bowl(path) - bowl(bottom) for name, path in paths.items()}

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.8), width_ratios=[1.15, 1])
w, b = np.meshgrid(bottom[0] + np.linspace(-5, 5, 120), bottom[1] + np.linspace(-4, 4, 120))
surface = bowl(np.stack([w, b], axis=-1)) - bowl(bottom)
left.contour(w, b, surface, levels=np.geomspace(0.02, 60, 12), colors="#B9B9B9", linewidths=0.9)
for (name, path), color, width in zip(paths.items(), plots.PALETTE, (3, 2.2, 1), strict=False):
    left.plot(*path.T, ".-", color=color, linewidth=width, zorder=width)
    right.semilogy(heights[name], ".-", color=color, linewidth=2, label=rf"$\eta$: {name}")
left.plot(*bottom, "*", color="black", markersize=12, zorder=4)
left.set(xlabel="Peso w", ylabel="Viés b", title="O caminho sobre a tigela (★ é o fundo)")
right.set(xlabel="Passo", ylabel="Perda acima do fundo", title="A perda a cada passo")
right.legend(loc="upper left")
for ax in (left, right):
    plots.comma_axes(ax)
figure.suptitle("Passo curto demais se arrasta; longo demais salta por cima do fundo, cada vez mais longe")
plots.show(
    figure,
    alt="À esquerda, curvas de nível elípticas e três caminhos que partem do mesmo ponto: o de passos curtos mal avança, o "
    "intermediário chega perto do fundo e o de passos longos ziguezagueia com saltos crescentes. À direita, em escala "
    "logarítmica, a perda dos dois primeiros desce, a do segundo muito mais, e a do terceiro sobe.",
)

# %%
descends = all(bool(np.all(np.diff(heights[name]) < 0)) for name in ("5 % do limite", "60 % do limite"))
far = heights["105 % do limite"]
ends = heights["60 % do limite"][-1] < heights["5 % do limite"][-1] / 2
claim("A3-16", "nas duas taxas abaixo do limite, todo passo diminui a perda", descends)
claim("A3-17", "a 60 % do limite, ela termina com menos da metade da que resta a 5 %", ends)
claim(
    "A3-18", "acima do limite, ela sobe e termina maior que no início", far[-1] > far[0] and far[-1] > far[-2]
)

# %% [markdown]
# Uma rede não é uma tigela exata: a curvatura muda de lugar para lugar, e ninguém conhece o limite de antemão. Mas o dilema do
# passo é o mesmo; a lição sobre otimizadores cuida dele.
#
# ### Um aviso é um sintoma
#
# O que acontece muito acima do limite? Cada passo multiplica a distância, e multiplicações repetidas passam depressa do maior
# número que o computador guarda. Veja o que o NumPy diz:

# %% tags=["nbval-ignore-output"]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    lost = bowl(descend(3 * limit, steps=300))[-1]
for message in sorted({f"{warning.category.__name__}: {warning.message}" for warning in caught}):
    print(message)
print("perda:", number(lost))

# %%
warned = any("overflow" in str(warning.message) for warning in caught)
claim(
    "A3-19",
    "a perda deixa de ser um número finito, e o NumPy avisa que transbordou",
    bool(warned and not np.isfinite(lost)),
)

# %% [markdown]
# *É comum ver cadernos que começam por calar todos os avisos* (`warnings.filterwarnings("ignore")`). Aqui, isso esconderia o
# primeiro sinal de que a taxa estava errada; em outros cadernos, esconde que uma função mudou de nome ou que um argumento foi
# ignorado. Leia o aviso; se for inofensivo, cale **aquele**, naquele lugar.
#
# ## 7. O lote: a média dos gradientes
#
# Até aqui demos passos com um exemplo, ou com todos de uma vez. Na prática usa-se um **lote** (*batch*), alguns exemplos, e a
# perda do lote é a média das perdas (a média em todo o treino costuma se chamar **função de custo**). Como a derivada de uma
# soma é a soma das derivadas, **o gradiente da média é a média dos gradientes**. Vamos conferir em um problema que pede uma
# camada oculta: quatro nuvens de pontos em que vizinhas têm classes diferentes (o "ou exclusivo", XOR, com ruído). Nenhuma
# reta separa as duas classes.

# %%
rng = np.random.default_rng(set_seeds())
cloud = rng.permutation(np.arange(200) % 4)
centers = np.array([(-1, -1), (1, 1), (-1, 1), (1, -1)])
x_xor = centers[cloud] + rng.normal(scale=0.4, size=(200, 2))
y_xor = (cloud >= 2).astype(float)[:, None]

# %% [markdown]
# A classificação tem duas classes: a saída é um *logit* e a perda é a entropia cruzada binária (lição sobre saída e
# perda). Para retropropagar, só o $\delta$ da saída muda, e fica mais simples do que o da perda quadrática. Se
# $p = \sigma(z)$ é a probabilidade, então para cada exemplo
#
# $$\ell = -y\ln p - (1-y)\ln(1-p) \quad\Longrightarrow\quad \frac{\partial \ell}{\partial z} = p - y$$
#
# Com a média de $n$ exemplos, $\delta = (p - y)/n$. Antes de usar a fórmula, chamamos o juiz.


# %%
def cross_entropy(params, x, y):
    z = forward(params, x)[1]
    return np.mean(np.logaddexp(0, z) - y * z)  # a mesma perda, escrita com o logit para não transbordar


def gradient(params, x, y):
    h, z = forward(params, x)
    return backward(params, h, (1 / (1 + np.exp(-z)) - y) / len(y))


set_seeds()
classifier = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
born = [(layer.kernel.numpy(), layer.bias.numpy()) for layer in classifier.layers]
batch_gradient = flatten(gradient(born, x_xor, y_xor))
judge = finite_differences(born, lambda p: cross_entropy(p, x_xor, y_xor))
claim(
    "A3-20",
    "com δ = (p − y)/n, os 33 gradientes concordam com as diferenças finitas",
    np.abs(judge - batch_gradient).max() < 1e-6,
)

# %%
each = np.array(
    [flatten(gradient(born, x_xor[[i]], y_xor[[i]])) for i in range(200)]
)  # um exemplo de cada vez
against = np.mean(each @ batch_gradient < 0)
same = np.abs(each.mean(axis=0) - batch_gradient).max() < 1e-12
claim("A3-21", "o gradiente do lote é a média dos gradientes dos seus exemplos", same)
claim("A3-22", "mas mais de um quarto dos exemplos discorda da direção do lote", against > 0.25)

# %% [markdown]
# A segunda afirmação merece atenção. Dizemos que um exemplo discorda quando o seu gradiente faz ângulo maior que 90° com o do
# lote (produto escalar negativo): o passo do lote, se for pequeno, **piora** a perda dele. O passo é um acordo, e no
# começo do treino, com a rede ainda sorteada, o acordo é apertado.
#
# ## 8. Um treino inteiro, feito à mão
#
# Temos tudo. Treinar é repetir: tirar um lote, ida, volta, passo. Uma **época** é uma passada por todos os exemplos. A rede
# nasce com os pesos que o Keras sorteou para `classifier`, e nós guardamos os parâmetros depois de cada passo.

# %%
trained, trail, curve = born, [], []
for _ in range(25):  # épocas
    losses = []
    for start in range(0, 200, 20):  # lotes de 20 exemplos
        x_batch, y_batch = x_xor[start : start + 20], y_xor[start : start + 20]
        losses.append(cross_entropy(trained, x_batch, y_batch))
        trained = step(trained, gradient(trained, x_batch, y_batch), rate=0.5)
        trail.append(flatten(trained))
    curve.append(np.mean(losses))

# %% [markdown]
# Do outro lado, o Keras, com os mesmos pesos iniciais, os mesmos lotes na mesma ordem e a mesma taxa. `SGD`, de *stochastic
# gradient descent*, é a descida do gradiente por lotes. Um *callback* anota os pesos depois de cada passo.


# %%
class Recorder(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        self.trail.append(np.concatenate([w.ravel() for w in self.model.get_weights()]))


recorder = Recorder()
recorder.trail = []
classifier.compile(keras.optimizers.SGD(0.5), keras.losses.BinaryCrossentropy(from_logits=True))
history = classifier.fit(
    x_xor, y_xor, epochs=25, batch_size=20, shuffle=False, callbacks=[recorder], verbose=0
)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 4.4))
u, v = np.meshgrid(np.linspace(-2.6, 2.6, 150), np.linspace(-2.6, 2.6, 150))
z = forward(trained, np.stack([u.ravel(), v.ravel()], axis=1))[1].reshape(u.shape)
left.contourf(u, v, z, levels=[-np.inf, 0, np.inf], colors=["#DCE9F3", "#F7E1D3"])
for value, color, marker in ((0, plots.PALETTE[0], "o"), (1, plots.PALETTE[1], "^")):
    left.plot(*x_xor[y_xor[:, 0] == value].T, marker, color=color, markersize=5, label=f"classe {value}")
left.set(xlabel="$x_1$", ylabel="$x_2$", title="A fronteira que a rede de NumPy aprendeu")
left.legend(loc="upper left", frameon=True, facecolor="white", framealpha=0.9, edgecolor="white", ncols=2)
plotter = plots.HistoryPlotter(metric="loss", smoothing_std=None)
plotter.plot(
    {"NumPy": {"loss": curve}, "Keras": history}, ax=right, title="A perda de treino, nos dois programas"
)
right.lines[0].set(linewidth=7, alpha=0.35)
right.legend()
plots.comma_axes(left)
figure.suptitle("Poucas linhas de NumPy treinam a rede como o Keras: as curvas se sobrepõem")
plots.show(
    figure,
    alt="À esquerda, quatro nuvens de pontos de duas classes em diagonais opostas e as regiões que a rede atribui a cada "
    "classe, que acompanham as nuvens. À direita, a perda de treino por época: a curva fina do Keras corre exatamente "
    "dentro da curva larga do NumPy, e ambas descem.",
)

# %%
gap = np.abs(np.array(trail) - np.array(recorder.trail)).max(axis=1)  # um número por passo
right_answers = np.mean((forward(trained, x_xor)[1] > 0) == y_xor)
claim(
    "A3-23",
    "nos 250 passos, os 33 parâmetros de NumPy e Keras concordam a menos de um milionésimo",
    len(gap) == 250 and gap.max() < 1e-6,
)
claim("A3-24", "a rede acerta mais de 90 % dos exemplos em que treinou", right_answers > 0.9)

# %% tags=["nbval-ignore-output"]
print(f"maior diferença depois do primeiro passo: {number(gap[0])}")
print(
    f"maior diferença em todo o treino: {number(gap.max())}; acertos no treino: {percent(right_answers, digits=1)}"
)

# %% [markdown]
# Não há mais nada escondido no `fit`: é isto, com otimizadores melhores e operações mais rápidas. (Os acertos são nos dados
# de treino. Quanto a rede acerta no que nunca viu é outra pergunta, e há lições só para ela.)
#
# ## 9. Em uma rede profunda
#
# A mesma `backward` serve para a rede padrão do curso: dez camadas ocultas de 64 unidades, sobre fotos de roupas. A saída
# agora são dez *logits*, com *softmax* e entropia cruzada, e o $\delta$ da saída tem a mesma cara: probabilidades menos o
# alvo, que vale 1 na classe certa e 0 nas outras.

# %% tags=["nbval-ignore-output"]
keras.config.set_floatx("float32")  # a precisão habitual do Keras
data = load_fashion_mnist()
pixels, labels = data.x_train[:2000].astype("float32"), data.y_train[:2000].astype("int32")
x_batch = ((pixels - pixels.mean()) / pixels.std())[:500]
y_batch = labels[:500]

# %%
set_seeds()
hidden = [keras.layers.Dense(64, "tanh") for _ in range(10)]
deep = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)])
by_keras = signal.gradients(
    deep, x_batch, y_batch, keras.losses.SparseCategoricalCrossentropy(from_logits=True)
)

# %%
arrays = [array.astype("float64") for array in deep.get_weights()]
layers = list(zip(arrays[0::2], arrays[1::2], strict=True))  # pares (W, b)
h, logits = forward(layers, x_batch.reshape(500, 784).astype("float64"))
odds = np.exp(logits - logits.max(axis=1, keepdims=True))
delta = (odds / odds.sum(axis=1, keepdims=True) - np.eye(10)[y_batch]) / 500
ours = [W for W, _ in backward(layers, h, delta)]
pairs = zip(ours, by_keras.values(), strict=True)
apart = [np.linalg.norm(a - b) / np.linalg.norm(a) for a, b in pairs]
claim(
    "A3-25", "nas onze matrizes, a nossa volta e a do Keras diferem menos de um milésimo", max(apart) < 1e-3
)

# %% [markdown]
# Agora siga um único exemplo na volta. Cada camada que o $\delta$ atravessa o multiplica por uma matriz: os pesos,
# transpostos, e depois a inclinação da ativação de cada unidade, que podemos pôr na diagonal de uma matriz
# $D^{(\ell)}$. Da saída à primeira camada são dez travessias:
#
# $$\delta^{(1)} = \delta^{(11)}\;\big(W^{(11)}\big)^{\!\top} D^{(10)}\;\big(W^{(10)}\big)^{\!\top} D^{(9)}\;\cdots\;\big(W^{(2)}\big)^{\!\top} D^{(1)}$$
#
# O que chega à primeira camada é um **produto**. Para conferir, multiplicamos primeiro as dez matrizes, sem olhar para a perda,
# e só no fim aplicamos o resultado ao $\delta$ da saída. O juiz é a volta: o $\delta$ da primeira camada é o gradiente do viés
# dela.

# %%
product = np.eye(10)
for layer in range(10, 0, -1):
    product = product @ layers[layer][0].T @ np.diag(1 - h[layer][0] ** 2)
single = backward(layers, [activation[:1] for activation in h], delta[:1])
agree = np.allclose(delta[:1] @ product, single[0][1], rtol=1e-6, atol=1e-12)
claim("A3-26", "o δ da primeira camada é o da última vezes um produto de dez matrizes", agree)

# %% [markdown]
# Um produto de muitos fatores raramente fica parado. Troque cada matriz por um número e veja o que dez camadas fazem:

# %%
for factor in (0.5, 1.0, 2.0):
    print(f"dez fatores iguais a {number(factor, digits=1)}: {number(factor**10, digits=4)}")

# %% [markdown]
# Como o passo de um peso é $\eta$ vezes a sua derivada, o tamanho do produto decide o que acontece com as primeiras camadas:
#
# - se os fatores ficam abaixo de 1, o gradiente encolhe **exponencialmente** com o número de camadas, e os pesos das
#   primeiras quase não mudam, mesmo depois de muitos passos. É o **desvanecimento do gradiente** (*vanishing gradient*; alguns livros
#   traduzem por "gradiente de fuga");
# - se ficam acima de 1, ele cresce exponencialmente, os passos ficam enormes e o treino diverge, como na nossa tigela. É a
#   **explosão do gradiente** (*exploding gradient*).
#
# Os dois juntos se chamam **gradientes instáveis**: em uma rede profunda, camadas diferentes podem aprender em velocidades muito
# diferentes. As próximas duas lições medem cada um.
#
# ### As quatro dificuldades de uma rede profunda
#
# Nada do que fizemos depende da profundidade; por que, então, treinar redes profundas é difícil? São quatro dificuldades, e
# você já tem as ferramentas para enunciá-las:
#
# | dificuldade | vista daqui | onde o curso cuida dela |
# |---|---|---|
# | **gradientes instáveis** | o gradiente das primeiras camadas é um produto, que encolhe ou cresce (A3-26) | desvanecimento, explosão, inicialização, ativações, normalização em lote, corte do gradiente |
# | **poucos dados, ou poucos rotulados** | o gradiente é a média do que dizem os exemplos (A3-21); sem rótulo não há perda, e sem perda não há gradiente | aumento de dados, transferência de aprendizado, pré-treinamento |
# | **treino lento** | cada passo custa de duas a três idas por exemplo (A3-11), e um passo seguro é curto (A3-16 a A3-18); são precisos muitos | otimizadores e agendamento da taxa de aprendizado |
# | **sobreajuste** (*overfitting*) | a descida só conhece a perda de treino; com muito mais parâmetros que exemplos, ou com exemplos ruidosos, a rede pode decorá-los | regularização, *dropout*, parada antecipada |
#
# ## 10. Explique
#
# Um colega escreveu a própria `backward` e a conferiu com as diferenças finitas. Usou $\varepsilon = 10^{-13}$, "para ser mais
# exato", e encontrou diferenças na terceira casa decimal. Concluiu que a `backward` está errada. O que você lhe diz?
#
# <details><summary>Uma resposta possível</summary>
#
# Que ainda não dá para saber: com esse $\varepsilon$, quem está errando pode ser o juiz. A figura da seção 4 mostra que,
# abaixo de um certo empurrão, o arredondamento domina e o erro das diferenças finitas **cresce** quando $\varepsilon$ diminui.
# Ele deve repetir a conta com a versão central e $\varepsilon$ entre $10^{-6}$ e $10^{-5}$, em precisão dupla. Se a diferença
# despencar, o erro era do juiz; se continuar igual para vários valores de $\varepsilon$, o erro está mesmo na `backward`.
#
# </details>
#
# ## 11. Resumo
#
# | conceito | fórmula | o que você viu | onde se erra |
# |---|---|---|---|
# | regra da cadeia | produto ao longo de cada caminho, soma dos caminhos | à mão = matrizes = TensorFlow = diferenças finitas (A3-01 a A3-04) | esquecer um caminho (A3-05) |
# | gradiente de um peso | $(H^{(\ell-1)})^\top \delta^{(\ell)}$ | as onze matrizes da rede padrão (A3-25) | usar a saída da camada no lugar da entrada |
# | gradiente de um viés | soma de $\delta^{(\ell)}$ sobre os exemplos | as três linhas de $b$ na tabela da seção 4 | esquecer a soma no lote |
# | diferenças finitas | $\dfrac{L(w+\varepsilon)-L(w-\varepsilon)}{2\varepsilon}$ | o erro em V (A3-06 a A3-10) | empurrar pouco demais |
# | custo | ida + volta: menos de três idas | multiplicações contadas (A3-11, A3-12) | achar que o Keras empurra peso por peso |
# | passo | $w \leftarrow w - \eta\,\partial L/\partial w$ | descer, saltar, divergir (A3-13 a A3-18) | achar que o gradiente garante a descida com qualquer $\eta$ |
# | lote | gradiente da média = média dos gradientes | A3-21; o passo é um acordo (A3-22) | supor que todo exemplo melhora a cada passo |
# | retropropagação e otimizador | uma calcula, o outro atualiza | 250 passos iguais aos do Keras (A3-23) | dizer que a retropropagação atualiza os pesos |
#
# **Para praticar:** no **Lab 1 · Gradientes à mão** você vai escrever a sua própria regra da cadeia, dar passos e conferir tudo
# com diferenças finitas. **A seguir:** a lição sobre o desvanecimento do gradiente.
#
# ## Referências
#
# - Rumelhart, D. E.; Hinton, G. E.; Williams, R. J. (1986). Learning representations by back-propagating errors. *Nature*,
#   323, 533–536. O artigo que tornou a retropropagação conhecida.
# - Linnainmaa, S. (1976). Taylor expansion of the accumulated rounding error. *BIT Numerical Mathematics*, 16, 146–160. O modo
#   reverso da diferenciação automática, antes das redes.
# - Griewank, A.; Walther, A. (2008). *Evaluating derivatives: principles and techniques of algorithmic differentiation*. 2ª
#   ed. SIAM. Por que todas as derivadas custam umas poucas idas.
# - Baydin, A. G.; Pearlmutter, B. A.; Radul, A. A.; Siskind, J. M. (2018). Automatic differentiation in machine learning: a
#   survey. *Journal of Machine Learning Research*, 18(153), 1–43.
# - Xiao, H.; Rasul, K.; Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning
#   algorithms. arXiv:1708.07747. As fotos da seção 9.
