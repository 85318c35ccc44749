# /// resposta
# titulo = "Uma fórmula no lugar de outra"
# [todo01]
# pontos = 0
# mensagens = ["multiplicou o fator pelo número de camadas"]
# [todo02]
# pontos = 0
# mensagens = ["O sinal está trocado: somar o gradiente"]
# [todo03]
# pontos = 0
# mensagens = ["Você usou z no lugar de σ(z)", "Você usou z no lugar de tanh(z)", "Você devolveu a ReLU, e não a derivada"]
# [todo04]
# pontos = 0
# mensagens = ["Os dois caminhos estão trocados", "multiplicados um pelo outro"]
# [todo05]
# pontos = 0
# mensagens = ["dW1 está com o sinal trocado"]
# [todo06]
# pontos = 0
# mensagens = ["O resultado é o dobro do certo"]
# [todo07]
# pontos = 0
# mensagens = ["Isto é o erro absoluto"]
# [todo08]
# pontos = 0
# mensagens = ["São somas de valores absolutos"]
# [todo09]
# pontos = 2
# mensagens = ["só o tamanho da primeira foi comparado", "não o tamanho de cada uma", "Alarme falso de desvanecimento"]
# [todo10]
# pontos = 0
# mensagens = ["Isto é o corte por norma"]
# [todo11]
# pontos = 0
# mensagens = ["Isto é o corte pela norma global", "Isto é o corte por norma, array por array"]
# ///

# %% todo01
def produto_de_fatores(fator, camadas):
    return fator * camadas


# %% todo02
def passo(w, gradiente, taxa):
    return w + taxa * gradiente


# %% todo03
def derivada(ativacao, z):
    z = np.asarray(z, dtype=float)
    return {"sigmoide": z * (1 - z), "tanh": 1 - z**2, "relu": np.maximum(z, 0)}[ativacao]


# %% todo04
def dois_caminhos(x, y, W1, W2, w3):
    h1 = 1 / (1 + np.exp(-(x @ W1)))
    h2 = 1 / (1 + np.exp(-(h1 @ W2)))
    d1, d2 = h1 * (1 - h1), h2 * (1 - h2)
    c1, c2 = w3 * d2 * W2[0]
    return c2, c1, 2 * (h2 @ w3 - y) * c1 * c2 * d1[0] * x[0]


# %% todo05
def retropropaga(x, y, W1, b1, W2, b2):
    h = np.tanh(x @ W1 + b1)
    d2 = 2 * (y - h @ W2 - b2) / len(x)
    d1 = d2 @ W2.T * (1 - h**2)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


# %% todo06
def diferencas_finitas(f, w, empurrao):
    resultado = np.zeros(w.shape)
    for i in np.ndindex(w.shape):
        e = np.zeros(w.shape)
        e[i] = empurrao
        resultado[i] = (f(w + e) - f(w - e)) / empurrao
    return resultado


# %% todo07
def erro_relativo(a, b):
    return np.linalg.norm(a - b)


# %% todo08
def normas_por_camada(modelo, x, y, perda):
    with tf.GradientTape() as fita:
        valor = perda(y, modelo(x))
    pesos = [camada.kernel for camada in modelo.layers if hasattr(camada, "kernel")]
    return [float(np.abs(g.numpy()).sum()) for g in fita.gradient(valor, pesos)]


# %% todo09
def diagnosticar(normas):
    if any(not np.isfinite(n) for n in normas) or normas[0] > 10:
        return "explode"
    return "desvanece" if normas[0] < 0.001 else "estável"


# %% todo10
def cortar_por_valor(gradientes, limite):
    return [g * min(1.0, limite / max(np.linalg.norm(g), 1e-12)) for g in gradientes]


# %% todo11
def cortar_por_norma(gradientes, limite):
    norma = np.sqrt(sum(np.sum(g**2) for g in gradientes))
    return [g * min(1.0, limite / max(norma, 1e-12)) for g in gradientes]


def cortar_pela_norma_global(gradientes, limite):
    return [g * min(1.0, limite / max(np.linalg.norm(g), 1e-12)) for g in gradientes]
