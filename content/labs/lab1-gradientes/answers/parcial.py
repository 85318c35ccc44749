# /// resposta
# titulo = "Metade do caminho: o começo de cada parte"
# base = "esqueleto"
# [todo01]
# pontos = 6
# [todo02]
# pontos = 6
# mensagens = ["escreveu dentro de um array que recebeu"]
# [todo03]
# pontos = 4
# mensagens = ["NameError"]
# [todo05]
# pontos = 4
# mensagens = ["dW1 não confere"]
# [todo08]
# pontos = 6
# mensagens = ["Um sim, um não"]
# [todo09]
# pontos = 6
# mensagens = ["Toda comparação com NaN é falsa"]
# [todo10]
# pontos = 5
# [todo11]
# pontos = 5
# mensagens = ["Falta um dos cortes"]
# ///

# %% todo01
def produto_de_fatores(fator, camadas):
    return np.power(fator, camadas)


# %% todo02
def passo(w, gradiente, taxa):
    w -= taxa * gradiente
    return w


# %% todo03
def derivada(ativacao, z):
    if ativacao == "sigmoide":
        s = 1 / (1 + np.exp(-z))
        return s * (1 - s)
    if ativacao == "tanh":
        return 1 - np.tanh(z) ** 2
    return derivada_da_relu(z)


# %% todo05
def retropropaga(x, y, W1, b1, W2, b2):
    h = np.tanh(x @ W1 + b1)
    d2 = 2 * (h @ W2 + b2 - y) / len(y)
    return np.zeros(W1.shape), np.zeros(b1.shape), h.T @ d2, d2.sum(axis=0)


# %% todo08
def normas_por_camada(modelo, x, y, perda):
    with tf.GradientTape() as fita:
        valor = perda(y, modelo(x))
    gradientes = fita.gradient(valor, modelo.trainable_weights)
    return [float(np.linalg.norm(g)) for g in gradientes[0::2]]


# %% todo09
def diagnosticar(normas):
    razao = normas[0] / normas[-1]
    if razao > 10:
        return "explode"
    elif razao < 1e-3:
        return "desvanece"
    else:
        return "estável"


# %% todo10
def cortar_por_valor(gradientes, limite):
    return [np.maximum(-limite, np.minimum(limite, g)) for g in gradientes]


# %% todo11
def cortar_por_norma(gradientes, limite):
    return [g if np.linalg.norm(g) <= limite else g / np.linalg.norm(g) * limite for g in gradientes]


# %% [markdown] todo12
# A rede A desvanece: a perda não sai de ln 10, a razão entre o gradiente da primeira camada e o da última é muito menor que 1 e a
# camada 1 quase não muda. A rede B explode: a perda começa enorme e vira NaN. Para a A eu usaria ReLU; para a B, corte do gradiente.
