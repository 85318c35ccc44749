# /// resposta
# titulo = "Erro de sintaxe, recuo errado e nome que não existe"
# [todo02]
# pontos = 0
# mensagens = ["SyntaxError"]
# [todo05]
# pontos = 0
# mensagens = ["IndentationError"]
# [todo08]
# pontos = 0
# mensagens = ["AttributeError"]
# [todo10]
# pontos = 0
# mensagens = ["NameError"]
# ///

# %% todo02
def variancia(esquema, fan_in, fan_out)
    return 2 / (fan_in + fan_out)

# %% todo05
def leaky_relu(z, alpha=0.2):
    return np.where(z >= 0, z, alpha * z)


def elu(z, alpha=1.0):
    negativo = alpha * np.expm1(np.minimum(z, 0))
      return np.where(z >= 0, z, negativo)


def selu(z):
    return SELU_ESCALA * elu(z, SELU_ALFA)

# %% todo08
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    media, variancia = x.mean(axis=0), x.var(axis=0)
    return gamma * (x - media) / np.raiz(variancia + epsilon) + beta, media, variancia

# %% todo10
def rede_resgatada():
    camadas = [Dense(64, activation="relu", kernel_initializer="he_normal") for _ in range(20)]
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *camadas, keras.layers.Dense(10)])
