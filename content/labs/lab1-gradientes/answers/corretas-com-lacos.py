# /// resposta
# titulo = "Corretas: laços, listas e contas por extenso"
# ///

# %% todo01
def produto_de_fatores(fator, camadas):
    produto = 1.0
    for _ in range(camadas):
        produto = produto * fator
    return produto


# %% todo02
def passo(w, gradiente, taxa):
    return np.add(w, np.multiply(-taxa, gradiente))


# %% todo03
def derivada(ativacao, z):
    if ativacao == "sigmoide":
        return np.exp(-z) / (1 + np.exp(-z)) ** 2
    if ativacao == "tanh":
        return 1 / np.cosh(z) ** 2
    return np.heaviside(z, 0.0)


# %% todo04
import math


def dois_caminhos(x, y, W1, W2, w3):
    def sigmoide(z):
        return 1 / (1 + math.exp(-z))

    h = [sigmoide(sum(x[i] * W1[i, j] for i in range(2))) for j in range(2)]
    k = [sigmoide(sum(h[i] * W2[i, j] for i in range(2))) for j in range(2)]
    saida = k[0] * w3[0] + k[1] * w3[1]
    caminhos = [W2[0, j] * k[j] * (1 - k[j]) * w3[j] for j in range(2)]
    return [*caminhos, x[0] * h[0] * (1 - h[0]) * sum(caminhos) * 2 * (saida - y)]


# %% todo05
def retropropaga(x, y, W1, b1, W2, b2):
    somas = [np.zeros_like(a) for a in (W1, b1, W2, b2)]
    for entrada, alvo in zip(x, y, strict=True):
        h = np.tanh(entrada @ W1 + b1)
        delta2 = 2 * (h @ W2 + b2 - alvo)
        delta1 = (W2 @ delta2) * (1 - h**2)
        for soma, parte in zip(
            somas, (np.outer(entrada, delta1), delta1, np.outer(h, delta2), delta2), strict=True
        ):
            soma += parte
    return [soma / len(x) for soma in somas]


# %% todo06
def diferencas_finitas(f, w, empurrao):
    resultado = []
    for i in np.ndindex(w.shape):
        guardado = w[i]
        w[i] = guardado + empurrao
        acima = f(w)
        w[i] = guardado - empurrao
        abaixo = f(w)
        w[i] = guardado
        resultado.append((acima - abaixo) / (2 * empurrao))
    return np.reshape(resultado, w.shape)


# %% todo07
def erro_relativo(a, b):
    def norma(v):
        return math.sqrt(sum(float(c) ** 2 for c in np.ravel(v)))

    if norma(a) == 0 and norma(b) == 0:
        return 0
    return norma(a - b) / max(norma(a), norma(b))


# %% todo08
def normas_por_camada(modelo, x, y, perda):
    com_pesos = [camada for camada in modelo.layers if camada.weights]
    with tf.GradientTape(persistent=True) as fita:
        valor = perda(y, modelo(x, training=True))
    return np.array([tf.norm(fita.gradient(valor, camada.weights[0])) for camada in com_pesos])


# %% todo09
def diagnosticar(normas):
    for norma in normas:
        if math.isnan(norma) or math.isinf(norma):
            return "explode"
    if normas[0] > 10 * normas[-1]:
        return "explode"
    if 1000 * normas[0] < normas[-1]:
        return "desvanece"
    return "estável"


# %% todo10
def cortar_por_valor(gradientes, limite):
    novos = []
    for g in gradientes:
        novo = g.copy()
        novo[novo > limite] = limite
        novo[novo < -limite] = -limite
        novos.append(novo)
    return novos


# %% todo11
def cortar_por_norma(gradientes, limite):
    return [g * min(1, limite / max(np.sqrt((g**2).sum()), 1e-300)) for g in gradientes]


def cortar_pela_norma_global(gradientes, limite):
    norma = np.linalg.norm(np.concatenate([g.ravel() for g in gradientes]))
    if norma <= limite:
        return [g.copy() for g in gradientes]
    return tuple(limite * g / norma for g in gradientes)
