# /// resposta
# titulo = "Tudo certo, por outros caminhos"
# [todo01]
# pontos = 10
# [todo02]
# pontos = 8
# [todo03]
# pontos = 10
# [todo04]
# pontos = 14
# [todo05]
# pontos = 12
# [todo06]
# pontos = 12
# [todo07]
# pontos = 10
# [todo08]
# pontos = 10
# [todo09]
# pontos = 6
# ///

# %% todo01
CLASSES_B = (5, 6)


def separar_tarefas(x, y, classes_b):
    zero, um = classes_b
    restantes = [k for k in range(10) if k not in classes_b]
    em_b = (y == zero) | (y == um)
    y_a = np.array([restantes.index(k) for k in y[~em_b]])
    y_b = np.where(y[em_b] == um, 1, 0).astype(np.float32)
    return x[~em_b], y_a, x[em_b], y_b


# %% todo02
def padronizar(x_a, x_b):
    a, b = x_a.astype("float64"), x_b.astype("float64")
    media = np.mean(a)
    desvio = np.sqrt(np.mean((a - media) ** 2))
    return np.float32((a - media) / desvio), np.float32((b - media) / desvio)


# %% todo03
def clonar_com_pesos(rede):
    clone = type(rede).from_config(rede.get_config())
    clone.set_weights(rede.get_weights())
    return clone


# %% todo04
def montar_b(rede_a, taxa):
    clone = keras.models.clone_model(rede_a)
    clone.set_weights(rede_a.get_weights())
    base = keras.Sequential([keras.Input(rede_a.input_shape[1:]), *clone.layers[:-1]])
    base.trainable = False
    rede = keras.Sequential([keras.Input(rede_a.input_shape[1:]), base, keras.layers.Dense(1)])
    rede.compile(
        optimizer=keras.optimizers.SGD(learning_rate=taxa),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    return rede


# %% todo05
def descongelar(rede):
    taxa = float(rede.optimizer.learning_rate.numpy()) / 10
    normalizadoras = {id(c) for c in rede.layers if isinstance(c, keras.layers.BatchNormalization)}
    for camada in rede.layers:
        camada.trainable = id(camada) not in normalizadoras
    rede.compile(optimizer=keras.optimizers.SGD(learning_rate=taxa), loss=rede.loss)
    return rede


# %% todo06
@keras.saving.register_keras_serializable(package="lab4")
class DropoutMC(keras.layers.Dropout):
    def call(self, inputs, training=False):
        return keras.layers.Dropout.call(self, inputs, training=True)


def para_monte_carlo(rede):
    camadas = []
    for camada in rede.layers:
        if isinstance(camada, keras.layers.Dropout):
            camadas.append(DropoutMC(camada.rate))
        else:
            camadas.append(type(camada).from_config(camada.get_config()))
    nova = keras.Sequential([keras.Input(rede.input_shape[1:]), *camadas])
    nova.set_weights(rede.get_weights())
    return nova


# %% todo07
def prever_com_incerteza(rede, x, passagens):
    passadas = [keras.ops.convert_to_numpy(tf.nn.softmax(rede(x, training=False))) for _ in range(passagens)]
    return np.mean(passadas, axis=0), np.std(passadas, axis=0)


# %% todo08
def entropia(p):
    h = np.zeros(len(p))
    for i, linha in enumerate(p):
        positivas = linha[linha > 0]
        h[i] = -(positivas * np.log(positivas)).sum()
    return h


def decidir(p, limiar):
    decisoes = np.argmax(p, axis=1)
    decisoes[entropia(p) > limiar] = -1
    return decisoes


def cobertura_e_acuracia(decisoes, y):
    respondidas = decisoes != -1
    if respondidas.sum() == 0:
        return 0.0, None
    return respondidas.sum() / len(decisoes), (decisoes == y).sum() / respondidas.sum()


# %% todo09
def limitar_norma(kernel, maximo):
    plano = kernel.reshape(-1, kernel.shape[-1])
    normas = np.linalg.norm(plano, axis=0)
    fator = np.ones_like(normas)
    fator[normas > maximo] = maximo / normas[normas > maximo]
    return kernel * fator


# %% [markdown] todo10
# a) Nos cinco sorteios, a diferença pareada do ajuste fino foi positiva em alguns e quase nula em outros; o controle é a base recém-nascida.
# b) A BN usaria o lote e mudaria as médias móveis.
# c) Uma parte das fotos de B passa com entropia baixa, porque a softmax só conhece oito classes.
