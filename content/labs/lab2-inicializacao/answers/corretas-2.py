# /// resposta
# titulo = "Correta: Keras e NumPy por outros caminhos, ELU com BN"
# ///

# %% todo01
def fans(formato):
    if len(formato) == 2:
        entradas, saidas = formato
    else:
        altura, largura, canais, filtros = formato
        entradas, saidas = altura * largura * canais, altura * largura * filtros
    return int(entradas), int(saidas), sum((entradas, saidas)) * 0.5


# %% todo02
def variancia(esquema, fan_in, fan_out):
    match esquema:
        case "glorot":
            modo = {"scale": 1.0, "mode": "fan_avg"}
        case "he":
            modo = {"scale": 2.0, "mode": "fan_in"}
        case "lecun":
            modo = {"scale": 1.0, "mode": "fan_in"}
        case _:
            raise ValueError("esquema desconhecido: " + str(esquema))
    fan = fan_in if modo["mode"] == "fan_in" else 0.5 * (fan_in + fan_out)
    return modo["scale"] / fan


# %% todo03
def limite_uniforme(variancia):
    return np.asarray(3.0 * variancia) ** 0.5


def sortear_pesos(fan_in, fan_out, variancia, rng):
    r = float(limite_uniforme(variancia))
    return np.array([[rng.uniform(-r, r) for _ in range(fan_out)] for _ in range(fan_in)], dtype="float32")


# %% todo04
def inicializador_para(ativacao):
    nome = "linear" if ativacao is None else ativacao
    validas = ["linear", "tanh", "sigmoid", "softmax", "relu", "leaky_relu", "elu", "selu"]
    if nome not in validas:
        raise ValueError(f"{nome} não está em {validas}")
    if nome == "selu":
        return "lecun_uniform"
    return "he_uniform" if "lu" in nome else "glorot_uniform"


# %% todo05
def leaky_relu(z, alpha=0.2):
    return np.where(z < 0, alpha * z, z)


def elu(z, alpha=1.0):
    return keras.ops.convert_to_numpy(
        keras.ops.where(z < 0, alpha * keras.ops.expm1(keras.ops.minimum(z, 0)), z)
    )


def selu(z):
    negativo = -SELU_ALFA * (1 - np.exp(-np.abs(z)))
    return np.where(z >= 0, z, negativo) * SELU_ESCALA


# %% todo06
def leaky_relu_derivada(z, alpha=0.2):
    return alpha + (1 - alpha) * (z > 0)


def elu_derivada(z, alpha=1.0):
    return np.where(z > 0, 1, alpha * np.exp(-np.abs(z)))


def selu_derivada(z):
    return np.where(z > 0, SELU_ESCALA, SELU_ESCALA * SELU_ALFA * np.exp(-np.abs(z)))


# %% todo07
def unidades_mortas(ativacoes):
    vivas = np.count_nonzero(np.abs(ativacoes).max(axis=0))
    return ativacoes.shape[1] - vivas


# %% todo08
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    media = np.einsum("ij->j", x) / len(x)
    variancia = np.einsum("ij,ij->j", x - media, x - media) / len(x)
    return (x - media) * (gamma / np.sqrt(variancia + epsilon)) + beta, media, variancia


# %% todo09
def atualizar_media_movel(antiga, nova, momentum=0.99):
    return np.average([antiga, nova], axis=0, weights=[momentum, 1 - momentum])


def normalizar_inferencia(x, gamma, beta, media, variancia, epsilon=1e-3):
    y = np.array(x, dtype="float64")
    y -= media
    y /= np.sqrt(variancia + epsilon)
    y *= gamma
    y += beta
    return y


# %% todo10
def rede_resgatada():
    model = keras.Sequential()
    model.add(keras.Input((28, 28)))
    model.add(keras.layers.Flatten())
    for _ in range(20):
        model.add(keras.layers.Dense(64, use_bias=False, kernel_initializer="he_uniform"))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.ELU())
    model.add(keras.layers.Dense(10))
    return model
