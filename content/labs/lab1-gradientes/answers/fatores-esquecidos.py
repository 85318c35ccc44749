# /// resposta
# titulo = "Em cada conta falta um fator"
# [todo01]
# pontos = 0
# mensagens = ["Falta uma camada na conta"]
# [todo02]
# pontos = 0
# mensagens = ["A taxa de aprendizado não entrou na conta"]
# [todo03]
# pontos = 0
# mensagens = ["Falta um fator: 1 − σ(z)", "Falta um quadrado na derivada da tanh", "Do lado negativo a ReLU é plana"]
# [todo04]
# pontos = 4
# mensagens = ["Falta um caminho: só o primeiro"]
# [todo05]
# pontos = 4
# mensagens = ["Em dW1 o δ não atravessou a tanh", "Em db1 o δ não atravessou a tanh"]
# [todo06]
# pontos = 6.5
# mensagens = ["diferença de um lado só"]
# [todo07]
# pontos = 0
# mensagens = ["Falta a raiz quadrada"]
# [todo08]
# pontos = 0
# mensagens = ["normas ao quadrado"]
# [todo09]
# pontos = 6
# mensagens = ["Toda comparação com NaN é falsa"]
# [todo10]
# pontos = 0
# mensagens = ["componentes negativas ficaram sem corte"]
# [todo11]
# pontos = 0
# mensagens = ["Os arrays pequenos também foram reescalados", "já estava dentro do limite foi aumentada"]
# ///

# %% todo01
def produto_de_fatores(fator, camadas):
    produto = 1.0
    for _ in range(1, camadas):
        produto = produto * fator
    return produto


# %% todo02
def passo(w, gradiente, taxa):
    return w - gradiente


# %% todo03
def derivada(ativacao, z):
    if ativacao == "sigmoide":
        return 1 - 1 / (1 + np.exp(-z))
    if ativacao == "tanh":
        return 1 - np.tanh(z)
    return np.ones_like(z, dtype=float)


# %% todo04
def dois_caminhos(x, y, W1, W2, w3):
    def s(z):
        return 1 / (1 + np.exp(-z))

    h1 = s(x @ W1)
    h2 = s(h1 @ W2)
    erro = h2 @ w3 - y
    c1 = w3[0] * h2[0] * (1 - h2[0]) * W2[0, 0]
    c2 = w3[1] * h2[1] * (1 - h2[1]) * W2[0, 1]
    return c1, c2, 2 * erro * c1 * h1[0] * (1 - h1[0]) * x[0]


# %% todo05
def retropropaga(x, y, W1, b1, W2, b2):
    h = np.tanh(x @ W1 + b1)
    d2 = 2 * (h @ W2 + b2 - y) / len(x)
    d1 = d2 @ W2.T
    return x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)


# %% todo06
def diferencas_finitas(f, w, empurrao):
    aqui, resultado = f(w), np.empty_like(w)
    for i in np.ndindex(*w.shape):
        outro = w.copy()
        outro[i] += empurrao
        resultado[i] = (f(outro) - aqui) / empurrao
    return resultado


# %% todo07
def erro_relativo(a, b):
    maior = max((a**2).sum(), (b**2).sum())
    return ((a - b) ** 2).sum() / maior if maior else 0.0


# %% todo08
def normas_por_camada(modelo, x, y, perda):
    with tf.GradientTape() as fita:
        valor = perda(y, modelo(x))
    pesos = [camada.kernel for camada in modelo.layers if hasattr(camada, "kernel")]
    return [float(tf.reduce_sum(g**2)) for g in fita.gradient(valor, pesos)]


# %% todo09
def diagnosticar(normas):
    razao = normas[0] / normas[-1]
    if razao > 10:
        return "explode"
    if razao < 0.001:
        return "desvanece"
    return "estável"


# %% todo10
def cortar_por_valor(gradientes, limite):
    return [np.minimum(g, limite) for g in gradientes]


# %% todo11
def cortar_por_norma(gradientes, limite):
    return [g * limite / np.linalg.norm(g) for g in gradientes]


def cortar_pela_norma_global(gradientes, limite):
    norma = np.sqrt(sum((g**2).sum() for g in gradientes))
    return [g * limite / norma for g in gradientes]
