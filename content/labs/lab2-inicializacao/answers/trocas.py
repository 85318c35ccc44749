# /// resposta
# titulo = "Tudo trocado: lados, constantes, ordem da tupla, pesos da média"
# [todo01]
# pontos = 0
# mensagens = ["Você somou o viés"]
# [todo02]
# pontos = 0
# mensagens = ["Em Glorot você usou só o fan_in", "Em He você usou o fan_out", "Em LeCun você pôs a variância de Glorot"]
# [todo03]
# pontos = 2
# mensagens = ["a fórmula do intervalo inteiro", "o intervalo deve ser simétrico", "saiu transposta"]
# [todo04]
# pontos = 4.2
# mensagens = ["alguma recebeu a inicialização de He", "levantou KeyError"]
# [todo05]
# pontos = 1.733333
# mensagens = ["isso é a ReLU", "o −1 ficou fora do α", "as duas constantes estão trocadas"]
# [todo06]
# pontos = 1.1
# mensagens = ["os dois lados estão trocados", "α multiplicou também o lado positivo", "o sinal do lado negativo está trocado"]
# [todo07]
# pontos = 1
# mensagens = ["devolveu um valor por unidade"]
# [todo08]
# pontos = 0
# mensagens = ["confira a ordem da tupla"]
# [todo09]
# pontos = 1.5
# mensagens = ["entrou com peso 1", "elevada ao quadrado"]
# [todo10]
# pontos = 12
# mensagens = ["Contei 19 camadas densas ocultas"]
# ///

# %% todo01
def fans(formato):
    fan_in = math.prod(formato[:-1]) + 1
    fan_out = formato[-1]
    return fan_in, fan_out, (fan_in + fan_out) / 2


# %% todo02
def variancia(esquema, fan_in, fan_out):
    if esquema == "glorot":
        return 1 / fan_in
    if esquema == "he":
        return 2 / fan_out
    if esquema == "lecun":
        return 2 / (fan_in + fan_out)
    raise ValueError(f"{esquema}?")


# %% todo03
def limite_uniforme(variancia):
    return math.sqrt(12 * variancia)


def sortear_pesos(fan_in, fan_out, variancia, rng):
    return rng.uniform(0, math.sqrt(3 * variancia), size=(fan_out, fan_in)).astype("float32")


# %% todo04
def inicializador_para(ativacao):
    familia = {None: "glorot", "linear": "glorot", "softmax": "glorot", "selu": "lecun"}
    familia |= dict.fromkeys(("tanh", "sigmoid", "relu", "leaky_relu", "elu"), "he")
    return familia[ativacao] + "_normal"


# %% todo05
def leaky_relu(z, alpha=0.2):
    return np.maximum(0, z)


def elu(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * np.exp(np.minimum(z, 0)) - 1)


def selu(z):
    return SELU_ALFA * np.where(z >= 0, z, SELU_ESCALA * np.expm1(np.minimum(z, 0)))


# %% todo06
def leaky_relu_derivada(z, alpha=0.2):
    return np.where(z > 0, alpha, 1.0)


def elu_derivada(z, alpha=1.0):
    return alpha * np.where(z > 0, 1.0, np.exp(np.minimum(z, 0)))


def selu_derivada(z):
    return SELU_ESCALA * np.where(z > 0, 1.0, -SELU_ALFA * np.exp(np.minimum(z, 0)))


# %% todo07
def unidades_mortas(ativacoes):
    return np.all(ativacoes == 0, axis=0)


# %% todo08
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    media, variancia = x.mean(axis=0), x.var(axis=0)
    y = gamma * (x - media) / np.sqrt(variancia + epsilon) + beta
    return media, variancia, y


# %% todo09
def atualizar_media_movel(antiga, nova, momentum=0.99):
    return momentum * antiga + nova


def normalizar_inferencia(x, gamma, beta, media, variancia, epsilon=1e-3):
    return gamma * (x - media) / np.sqrt(variancia**2 + epsilon) + beta


# %% todo10
def rede_resgatada():
    camadas = [keras.layers.Dense(64, activation="relu", kernel_initializer="he_normal") for _ in range(19)]
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *camadas, keras.layers.Dense(10)])
