# /// resposta
# titulo = "BN em toda camada, sem medir; estatísticas do lote na inferência"
# [todo01]
# pontos = 4
# mensagens = ["falta multiplicar pela janela"]
# [todo02]
# pontos = 2
# mensagens = ["o fan_avg é a metade dela", "Em He você usou o fan_avg", "foi aceito"]
# [todo03]
# pontos = 6
# mensagens = ["a uniforme, e não a normal"]
# [todo04]
# pontos = 0
# mensagens = ["a mesma resposta a todas"]
# [todo05]
# pontos = 7.8
# mensagens = ["só é a Leaky ReLU se α ≤ 1", "ELU: o valor está certo, mas o NumPy avisou"]
# [todo06]
# pontos = 7
# mensagens = ["SELU: em z = 0 veio a derivada do lado direito"]
# [todo07]
# pontos = 0
# mensagens = ["morta é a que zera em todos"]
# [todo08]
# pontos = 8.5
# mensagens = ["O ε está fora da raiz", "não é inflada"]
# [todo09]
# pontos = 4.5
# mensagens = ["na inferência valem as recebidas"]
# [todo10]
# pontos = 11
# mensagens = ["Com BN em toda camada isso acontece", "use_bias=False"]
# ///

# %% todo01
def fans(formato):
    fan_in = formato[-2]
    fan_out = formato[-1]
    return fan_in, fan_out, (fan_in + fan_out) / 2


# %% todo02
def variancia(esquema, fan_in, fan_out):
    if esquema == "glorot":
        return 1 / (fan_in + fan_out)
    if esquema == "he":
        return 2 / ((fan_in + fan_out) / 2)
    if esquema == "lecun":
        return 1 / fan_in


# %% todo03
def limite_uniforme(variancia):
    return (3 * variancia) ** 0.5


def sortear_pesos(fan_in, fan_out, variancia, rng):
    return rng.normal(0, variancia**0.5, size=(fan_in, fan_out)).astype("float32")


# %% todo04
def inicializador_para(ativacao):
    return "he_uniform"


# %% todo05
def leaky_relu(z, alpha=0.2):
    return np.maximum(alpha * z, z)


def elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * (np.exp(z) - 1))


def selu(z):
    return SELU_ESCALA * elu(z, SELU_ALFA)


# %% todo06
def leaky_relu_derivada(z, alpha=0.2):
    return np.where(z >= 0, 1.0, alpha)


def elu_derivada(z, alpha=1.0):
    return np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def selu_derivada(z):
    return SELU_ESCALA * elu_derivada(z, SELU_ALFA)


# %% todo07
def unidades_mortas(ativacoes):
    return int(np.any(ativacoes == 0, axis=0).sum())


# %% todo08
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    media, desvio = x.mean(axis=0), x.std(axis=0)
    return gamma * (x - media) / (desvio + epsilon) + beta, media, desvio**2


# %% todo09
def atualizar_media_movel(antiga, nova, momentum=0.99):
    return momentum * antiga + (1 - momentum) * nova


def normalizar_inferencia(x, gamma, beta, media, variancia, epsilon=1e-3):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon) + beta


# %% todo10
def rede_resgatada():
    camadas = []
    for _ in range(20):
        camadas.append(keras.layers.Dense(64, kernel_initializer="he_normal"))
        camadas.append(keras.layers.BatchNormalization())
        camadas.append(keras.layers.Activation("relu"))
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *camadas, keras.layers.Dense(10)])
