# /// resposta
# titulo = "Tudo certo, vetorizado e com as camadas do Keras"
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
    tabela = np.full(10, -1)
    tabela[[k for k in range(10) if k not in classes_b]] = np.arange(8)
    novo = tabela[y]
    return x[novo >= 0], novo[novo >= 0], x[novo < 0], np.float32(y[novo < 0] == classes_b[1])


# %% todo02
def padronizar(x_a, x_b):
    def conta(x):
        return ((x - np.mean(x_a)) / np.std(x_a)).astype(np.float32)

    return conta(x_a), conta(x_b)


# %% todo03
def clonar_com_pesos(rede):
    clone = keras.models.clone_model(rede)
    for novo, velho in zip(clone.weights, rede.weights, strict=True):
        novo.assign(velho)
    return clone


# %% todo04
def montar_b(rede_a, taxa):
    clone = clonar_com_pesos(rede_a)
    clone.trainable = False
    saida = keras.layers.Dense(1)(clone.layers[-2].output)
    rede = keras.Model(clone.inputs, saida)
    rede.compile(keras.optimizers.SGD(taxa), keras.losses.BinaryCrossentropy(from_logits=True))
    return rede


# %% todo05
def descongelar(rede):
    for camada in rede.layers:
        camada.trainable = type(camada).__name__ != "BatchNormalization"
    rede.compile(optimizer=keras.optimizers.SGD(0.1 * float(rede.optimizer.learning_rate)), loss=rede.loss)
    return rede


# %% todo06
@keras.saving.register_keras_serializable()
class DropoutMC(keras.layers.Dropout):
    def call(self, inputs, training=None):
        return keras.random.dropout(inputs, self.rate, seed=self.seed_generator)


def para_monte_carlo(rede):
    def trocar(camada):
        if type(camada) is keras.layers.Dropout:
            return DropoutMC(camada.rate, name=camada.name)
        return camada.__class__.from_config(camada.get_config())

    nova = keras.models.clone_model(rede, clone_function=trocar)
    for novo, velho in zip(nova.weights, rede.weights, strict=True):
        novo.assign(velho)
    return nova


# %% todo07
def prever_com_incerteza(rede, x, passagens):
    n = len(x)
    z = rede.predict(np.repeat(x, passagens, axis=0), verbose=0)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = (e / e.sum(axis=1, keepdims=True)).reshape(n, passagens, -1)
    return p.mean(axis=1), p.std(axis=1)


# %% todo08
def entropia(p):
    with np.errstate(all="ignore"):
        return np.nansum(-p * np.log(p), axis=1)


def decidir(p, limiar):
    return np.array(
        [int(np.argmax(linha)) if h <= limiar else -1 for linha, h in zip(p, entropia(p), strict=True)]
    )


def cobertura_e_acuracia(decisoes, y):
    pares = [(d, v) for d, v in zip(decisoes, y, strict=True) if d >= 0]
    if not pares:
        return 0.0, None
    return len(pares) / len(decisoes), sum(d == v for d, v in pares) / len(pares)


# %% todo09
def limitar_norma(kernel, maximo):
    eixos = (0,) if kernel.ndim == 2 else (0, 1, 2)
    normas = (
        np.linalg.norm(kernel, axis=0) if kernel.ndim == 2 else np.sqrt((kernel * kernel).sum(axis=eixos))
    )
    return np.where(normas > maximo, kernel * maximo / (normas + 1e-12), kernel)
