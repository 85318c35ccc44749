# /// resposta
# titulo = "Escreve nos arrays que recebe, troca índices e eixos"
# [todo01]
# pontos = 3
# mensagens = ["muda o próprio array de fatores", "Com 0 camadas, o gradiente não muda"]
# [todo02]
# pontos = 6
# mensagens = ["escreveu dentro de um array que recebeu"]
# [todo03]
# pontos = 6
# mensagens = ["não é de ponto flutuante (bool)"]
# [todo04]
# pontos = 2
# mensagens = ["O peso do meio está transposto", "O segundo caminho usa o peso transposto"]
# [todo05]
# pontos = 6
# mensagens = ["a divisão por n aconteceu duas vezes"]
# [todo06]
# pontos = 0
# mensagens = ["não voltou ao lugar"]
# [todo07]
# pontos = 0
# mensagens = ["sempre a norma do primeiro array"]
# [todo08]
# pontos = 0
# mensagens = ["Os vieses entraram na lista"]
# [todo09]
# pontos = 2
# mensagens = ["A razão está invertida"]
# [todo10]
# pontos = 3.5
# mensagens = ["escreveu dentro dos arrays"]
# [todo11]
# pontos = 9
# mensagens = ["escreve dentro dos arrays"]
# ///

# %% todo01
def produto_de_fatores(fator, camadas):
    produto = fator
    for _ in range(camadas - 1):
        produto *= fator
    return produto


# %% todo02
def passo(w, gradiente, taxa):
    w -= taxa * gradiente
    return w


# %% todo03
def derivada(ativacao, z):
    if ativacao == "sigmoide":
        return np.exp(-z) / (1 + np.exp(-z)) ** 2
    if ativacao == "tanh":
        return 1 - np.tanh(z) ** 2
    return z > 0


# %% todo04
def dois_caminhos(x, y, W1, W2, w3):
    h1 = 1 / (1 + np.exp(-x @ W1))
    h2 = 1 / (1 + np.exp(-h1 @ W2))
    inclinacao1, inclinacao2 = h1 * (1 - h1), h2 * (1 - h2)
    c1, c2 = w3[0] * inclinacao2[0] * W2[0, 0], w3[1] * inclinacao2[1] * W2[1, 0]
    return c1, c2, 2 * (h2 @ w3 - y) * (c1 + c2) * inclinacao1[0] * x[0]


# %% todo05
def retropropaga(x, y, W1, b1, W2, b2):
    h = np.tanh(x @ W1 + b1)
    d2 = 2 * (h @ W2 + b2 - y) / len(x)
    d1 = d2 @ W2.T * (1 - h * h)
    return x.T @ d1, d1.mean(axis=0), h.T @ d2, d2.mean(axis=0)


# %% todo06
def diferencas_finitas(f, w, empurrao):
    resultado = np.zeros(w.shape)
    for i in np.ndindex(w.shape):
        w[i] += empurrao
        acima = f(w)
        w[i] -= 2 * empurrao
        resultado[i] = (acima - f(w)) / (2 * empurrao)
    return resultado


# %% todo07
def erro_relativo(a, b):
    if not a.any() and not b.any():
        return 0.0
    return np.linalg.norm(a - b) / np.linalg.norm(a)


# %% todo08
def normas_por_camada(modelo, x, y, perda):
    with tf.GradientTape() as fita:
        valor = perda(y, modelo(x))
    return [float(tf.norm(g)) for g in fita.gradient(valor, modelo.trainable_weights)]


# %% todo09
def diagnosticar(normas):
    if not np.isfinite(normas).all():
        return "explode"
    razao = normas[-1] / normas[0]
    if razao > 10:
        return "explode"
    if razao < 0.001:
        return "desvanece"
    return "estável"


# %% todo10
def cortar_por_valor(gradientes, limite):
    for g in gradientes:
        g[g > limite] = limite
        g[g < -limite] = -limite
    return gradientes


# %% todo11
def cortar_por_norma(gradientes, limite):
    for g in gradientes:
        norma = np.linalg.norm(g)
        if norma > limite:
            g *= limite / norma
    return gradientes


def cortar_pela_norma_global(gradientes, limite):
    norma = np.sqrt(sum(np.sum(g**2) for g in gradientes))
    for g in gradientes:
        if norma > limite:
            g *= limite / norma
    return gradientes
