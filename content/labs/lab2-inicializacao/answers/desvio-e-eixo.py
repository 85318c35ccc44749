# /// resposta
# titulo = "Desvio padrão no lugar da variância, e o eixo errado"
# [todo01]
# pontos = 0
# mensagens = ["fan_in e fan_out estão trocados"]
# [todo02]
# pontos = 2.1
# mensagens = ["Em Glorot você devolveu o desvio padrão", "Em He você devolveu o desvio padrão"]
# [todo03]
# pontos = 3
# mensagens = ["igual ao desvio padrão", "um terço da variância pedida"]
# [todo04]
# pontos = 5
# mensagens = ["Com a SELU, alguma recebeu a inicialização de He"]
# [todo05]
# pontos = 1.4
# mensagens = ["Leaky ReLU: o sinal do lado negativo está trocado", "falta subtrair 1", "do seu lado negativo ele falta"]
# [todo06]
# pontos = 0.5
# mensagens = ["você devolveu αz", "ele continua lá", "falta a escala λ"]
# [todo07]
# pontos = 0
# mensagens = ["o eixo é o outro"]
# [todo08]
# pontos = 0
# mensagens = ["A média do lote saiu uma por exemplo", "em lotes com número de exemplos diferente"]
# [todo09]
# pontos = 1.5
# mensagens = ["Os pesos estão trocados", "falta a raiz"]
# [todo10]
# pontos = 2
# mensagens = ["o sinal encolhe demais", "é menor que a da companheira", "A arquitetura conta quando"]
# ///

# %% todo01
def fans(formato):
    *_, entradas, saidas = formato
    return saidas, entradas, (entradas + saidas) / 2


# %% todo02
def variancia(esquema, fan_in, fan_out):
    if esquema == "glorot":
        return math.sqrt(2 / (fan_in + fan_out))
    elif esquema == "he":
        return math.sqrt(2 / fan_in)
    elif esquema == "lecun":
        return math.sqrt(1 / fan_in)
    else:
        raise ValueError("esquema desconhecido")


# %% todo03
def limite_uniforme(variancia):
    return np.sqrt(variancia)


def sortear_pesos(fan_in, fan_out, variancia, rng):
    r = limite_uniforme(variancia)
    return rng.uniform(-r, r, (fan_in, fan_out)).astype(np.float32)


# %% todo04
def inicializador_para(ativacao):
    if ativacao in [None, "linear", "tanh", "sigmoid", "softmax"]:
        return "glorot_uniform"
    if ativacao in ["relu", "leaky_relu", "elu", "selu"]:
        return "he_normal"
    raise ValueError(ativacao)


# %% todo05
def leaky_relu(z, alpha=0.2):
    return np.where(z >= 0, z, -alpha * z)


def elu(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * np.exp(np.minimum(z, 0)))


def selu(z):
    return np.where(z >= 0, SELU_ESCALA * z, SELU_ALFA * (np.exp(np.minimum(z, 0)) - 1))


# %% todo06
def leaky_relu_derivada(z, alpha=0.2):
    return np.where(z > 0, 1.0, alpha * z)


def elu_derivada(z, alpha=1.0):
    return np.where(z > 0, 1.0, alpha * (np.exp(np.minimum(z, 0)) - 1))


def selu_derivada(z):
    return np.where(z > 0, 1.0, SELU_ALFA * np.exp(np.minimum(z, 0)))


# %% todo07
def unidades_mortas(ativacoes):
    return int((ativacoes == 0).all(axis=1).sum())


# %% todo08
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    media = x.mean(axis=1)
    variancia = x.var(axis=1)
    y = gamma * (x - media) / np.sqrt(variancia + epsilon) + beta
    return y, media, variancia


# %% todo09
def atualizar_media_movel(antiga, nova, momentum=0.99):
    return (1 - momentum) * antiga + momentum * nova


def normalizar_inferencia(x, gamma, beta, media, variancia, epsilon=1e-3):
    return gamma * (x - media) / (variancia + epsilon) + beta


# %% todo10
def rede_resgatada():
    sorteio = keras.initializers.RandomNormal(stddev=0.1)
    camadas = [keras.layers.Dense(64, "relu", kernel_initializer=sorteio.clone()) for _ in range(20)]
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *camadas, keras.layers.Dense(10)])
