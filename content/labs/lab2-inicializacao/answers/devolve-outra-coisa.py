# /// resposta
# titulo = "Imprime em vez de devolver, conta escalar, m − 1, saída com softmax"
# [todo01]
# pontos = 0
# mensagens = ["uma tupla de três números"]
# [todo02]
# pontos = 0
# mensagens = ["Esperava um número"]
# [todo03]
# pontos = 3
# mensagens = ["Muitos pesos são iguais", "contam quando os pesos"]
# [todo04]
# pontos = 0
# mensagens = ["não é um dos nomes pedidos"]
# [todo05]
# pontos = 0
# mensagens = ["aconteceu um ValueError"]
# [todo06]
# pontos = 0
# mensagens = ["aconteceu um TypeError"]
# [todo07]
# pontos = 0
# mensagens = ["Você contou as unidades vivas"]
# [todo08]
# pontos = 6.5
# mensagens = ["dividida por m − 1 (ddof=1)"]
# [todo09]
# pontos = 0
# mensagens = ["Esperava um número para média móvel", "devolve só y"]
# [todo10]
# pontos = 12
# mensagens = ["A saída já vem com uma ativação"]
# ///

# %% todo01
def fans(formato):
    janela = math.prod(formato[:-2])
    print(janela * formato[-2], janela * formato[-1])


# %% todo02
def variancia(esquema, fan_in, fan_out):
    if esquema not in ("glorot", "he", "lecun"):
        raise ValueError("não existe")
    print({"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in}[esquema])


# %% todo03
def limite_uniforme(variancia):
    return math.sqrt(3 * variancia)


def sortear_pesos(fan_in, fan_out, variancia, rng):
    limite = limite_uniforme(variancia)
    coluna = rng.uniform(-limite, limite, size=(fan_in, 1)).astype("float32")
    return np.repeat(coluna, fan_out, axis=1)


# %% todo04
def inicializador_para(ativacao):
    if ativacao in (None, "linear", "tanh", "sigmoid", "softmax"):
        return "glorot"
    if ativacao in ("relu", "leaky_relu", "elu"):
        return "he"
    if ativacao == "selu":
        return "lecun"
    raise ValueError("ativação desconhecida")


# %% todo05
def leaky_relu(z, alpha=0.2):
    if z >= 0:
        return z
    return alpha * z


def elu(z, alpha=1.0):
    if z >= 0:
        return z
    return alpha * (np.exp(z) - 1)


def selu(z):
    return SELU_ESCALA * elu(z, SELU_ALFA)


# %% todo06
def leaky_relu_derivada(z, alpha=0.2):
    return 1.0 if float(z) > 0 else alpha


def elu_derivada(z, alpha=1.0):
    return 1.0 if float(z) > 0 else alpha * math.exp(z)


def selu_derivada(z):
    return SELU_ESCALA * elu_derivada(z, SELU_ALFA)


# %% todo07
def unidades_mortas(ativacoes):
    return int(np.any(ativacoes != 0, axis=0).sum())


# %% todo08
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    media, variancia = x.mean(axis=0), x.var(axis=0, ddof=1)
    return gamma * (x - media) / np.sqrt(variancia + epsilon) + beta, media, variancia


# %% todo09
def atualizar_media_movel(antiga, nova, momentum=0.99):
    antiga = momentum * antiga + (1 - momentum) * nova


def normalizar_inferencia(x, gamma, beta, media, variancia, epsilon=1e-3):
    return gamma * (x - media) / np.sqrt(variancia + epsilon) + beta, media, variancia


# %% todo10
def rede_resgatada():
    camadas = [keras.layers.Dense(64, activation="elu", kernel_initializer="he_normal") for _ in range(20)]
    saida = keras.layers.Dense(10, activation="sigmoid")
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *camadas, saida])
