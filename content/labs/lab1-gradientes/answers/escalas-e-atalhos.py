# /// resposta
# titulo = "Escala errada da perda, atalhos do curso e respostas que só se imprimem"
# [todo01]
# pontos = 0
# mensagens = ["Base e expoente estão trocados"]
# [todo02]
# pontos = 0
# mensagens = ["Você devolveu só a mudança"]
# [todo03]
# pontos = 2
# mensagens = ["UnboundLocalError"]
# [todo04]
# pontos = 4
# mensagens = ["Falta o primeiro fator: você derivou a saída"]
# [todo05]
# pontos = 10
# mensagens = ["A perda é a média do lote"]
# [todo06]
# pontos = 7
# mensagens = ["usa sempre o mesmo empurrão"]
# [todo07]
# pontos = 0
# mensagens = ["Faltou o return?"]
# [todo08]
# pontos = 0
# mensagens = ["InstrumentoDesligado"]
# [todo09]
# pontos = 0
# mensagens = ["responde o mesmo a tudo"]
# [todo10]
# pontos = 0
# mensagens = ["O limite usado é sempre 1"]
# [todo11]
# pontos = 5
# mensagens = ["a norma global junta todas", "Falta um dos cortes"]
# ///

# %% todo01
def produto_de_fatores(fator, camadas):
    return camadas**fator


# %% todo02
def passo(w, gradiente, taxa):
    return -taxa * gradiente


# %% todo03
def derivada(ativacao, z):
    if ativacao == "sigmoid":
        resultado = 1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z)))
    elif ativacao == "tanh":
        resultado = 1 - np.tanh(z) ** 2
    elif ativacao == "ReLU":
        resultado = np.where(z > 0, 1.0, 0.0)
    return resultado


# %% todo04
def dois_caminhos(x, y, W1, W2, w3):
    h1 = 1 / (1 + np.exp(-(x @ W1)))
    h2 = 1 / (1 + np.exp(-(h1 @ W2)))
    c1, c2 = w3 * h2 * (1 - h2) * W2[0]
    return c1, c2, (c1 + c2) * h1[0] * (1 - h1[0]) * x[0]


# %% todo05
def retropropaga(x, y, W1, b1, W2, b2):
    h = np.tanh(x @ W1 + b1)
    d2 = 2 * (h @ W2 + b2 - y)
    d1 = d2 @ W2.T * (1 - h**2)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


# %% todo06
def diferencas_finitas(f, w, empurrao):
    resultado, empurrao = np.zeros(w.shape), 1e-5
    for i in np.ndindex(w.shape):
        acima, abaixo = w.copy(), w.copy()
        acima[i] += empurrao
        abaixo[i] -= empurrao
        resultado[i] = (f(acima) - f(abaixo)) / (2 * empurrao)
    return resultado


# %% todo07
def erro_relativo(a, b):
    print(np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b), 1e-12))


# %% todo08
def normas_por_camada(modelo, x, y, perda):
    return list(signal.gradient_norms(modelo, x, y, perda).kernel)


# %% todo09
def diagnosticar(normas):
    return "explode"


# %% todo10
def cortar_por_valor(gradientes, limite):
    return [np.clip(g, -1, 1) for g in gradientes]


# %% todo11
def cortar_por_norma(gradientes, limite):
    return [g * min(1.0, limite / max(np.linalg.norm(g), 1e-12)) for g in gradientes]


def cortar_pela_norma_global(gradientes, limite):
    norma = max(np.linalg.norm(g) for g in gradientes)
    return [g * min(1.0, limite / max(norma, 1e-12)) for g in gradientes]
