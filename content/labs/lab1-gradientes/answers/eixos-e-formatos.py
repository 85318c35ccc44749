# /// resposta
# titulo = "Certo num vetor ou num caso simples, errado nos outros formatos"
# [todo01]
# pontos = 4
# mensagens = ["É um produto para cada componente"]
# [todo02]
# pontos = 5
# mensagens = ["TypeError"]
# [todo03]
# pontos = 7
# mensagens = ["Em z = 0 o enunciado combina"]
# [todo04]
# pontos = 0
# mensagens = ["A inclinação usada é a da tanh"]
# [todo05]
# pontos = 2.5
# mensagens = ["Parece transposto", "db1 tem formato (1, 4)"]
# [todo06]
# pontos = 7.5
# mensagens = ["percorra todos os índices"]
# [todo07]
# pontos = 3.5
# mensagens = ["divide zero por zero"]
# [todo08]
# pontos = 6
# mensagens = ["Um sim, um não"]
# [todo09]
# pontos = 6
# mensagens = ["o limite exato ainda é estável"]
# [todo10]
# pontos = 0
# mensagens = ["Os sinais se perderam"]
# [todo11]
# pontos = 0
# mensagens = ["Com matrizes, a norma pedida", "Você somou as normas"]
# ///

# %% todo01
def produto_de_fatores(fator, camadas):
    return np.prod(fator) ** camadas


# %% todo02
def passo(w, gradiente, taxa):
    return np.array([a - taxa * b for a, b in zip(w, gradiente, strict=True)])


# %% todo03
def derivada(ativacao, z):
    z = np.asarray(z)
    if ativacao == "sigmoide":
        s = 1 / (1 + np.exp(-z))
        return s * (1 - s)
    if ativacao == "tanh":
        return 1 - np.tanh(z) ** 2
    return (z >= 0).astype(float)


# %% todo04
def dois_caminhos(x, y, W1, W2, w3):
    h1 = 1 / (1 + np.exp(-(x @ W1)))
    h2 = 1 / (1 + np.exp(-(h1 @ W2)))
    c1 = w3[0] * (1 - h2[0] ** 2) * W2[0, 0]
    c2 = w3[1] * (1 - h2[1] ** 2) * W2[0, 1]
    return c1, c2, 2 * (h2 @ w3 - y) * (c1 + c2) * (1 - h1[0] ** 2) * x[0]


# %% todo05
def retropropaga(x, y, W1, b1, W2, b2):
    h = np.tanh(x @ W1 + b1)
    d2 = 2 * (h @ W2 + b2 - y) / len(x)
    d1 = d2 @ W2.T * (1 - h**2)
    return d1.T @ x, d1.sum(axis=0, keepdims=True), h.T @ d2, d2.sum(axis=0, keepdims=True)


# %% todo06
def diferencas_finitas(f, w, empurrao):
    resultado = np.zeros(w.shape)
    for i in range(len(w)):
        acima, abaixo = w.copy(), w.copy()
        acima[i] += empurrao
        abaixo[i] -= empurrao
        resultado[i] = (f(acima) - f(abaixo)) / (2 * empurrao)
    return resultado


# %% todo07
def erro_relativo(a, b):
    return np.linalg.norm(a - b) / np.maximum(np.linalg.norm(a), np.linalg.norm(b))


# %% todo08
def normas_por_camada(modelo, x, y, perda):
    with tf.GradientTape() as fita:
        valor = perda(y, modelo(x))
    return [float(tf.norm(g)) for g in fita.gradient(valor, modelo.trainable_weights[::2])]


# %% todo09
def diagnosticar(normas):
    if not np.isfinite(normas).all():
        return "explode"
    razao = normas[0] / normas[-1]
    if razao >= 10:
        return "explode"
    return "desvanece" if razao <= 0.001 else "estável"


# %% todo10
def cortar_por_valor(gradientes, limite):
    return [np.minimum(np.abs(g), limite) for g in gradientes]


# %% todo11
def cortar_por_norma(gradientes, limite):
    return [g * min(1.0, limite / max(np.linalg.norm(g, 2), 1e-12)) for g in gradientes]


def cortar_pela_norma_global(gradientes, limite):
    norma = sum(np.linalg.norm(g) for g in gradientes)
    return [g * min(1.0, limite / max(norma, 1e-12)) for g in gradientes]
