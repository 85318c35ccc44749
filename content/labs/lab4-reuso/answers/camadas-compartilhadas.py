# /// resposta
# titulo = "As camadas são as de A, a camisa é a camiseta, e nada se recompila"
# [todo01]
# pontos = 5
# mensagens = ["A classe 0 é a camiseta", "Os rótulos de A continuam com os números antigos"]
# [todo02]
# pontos = 4
# mensagens = ["Em B você usou a média e o desvio de B"]
# [todo03]
# pontos = 0
# mensagens = ["usa as mesmas camadas"]
# [todo04]
# pontos = 8
# mensagens = ["B usa as próprias camadas de A"]
# [todo05]
# pontos = 6
# mensagens = ["A rede não foi recompilada", "As densas estão livres na lista"]
# [todo06]
# pontos = 11
# mensagens = ["A cópia usa as mesmas camadas densas da rede recebida"]
# [todo07]
# pontos = 4.75
# mensagens = ["Você tirou a softmax da média dos logits", "O desvio é o dos logits"]
# [todo08]
# pontos = 4.5
# mensagens = ["A entropia está em bits", "Com a entropia exatamente igual ao limiar a sua função cala", "A acurácia é sobre todas as fotos"]
# [todo09]
# pontos = 1.5
# mensagens = ["As colunas que já cabiam também mudaram"]
# ///

# %% todo01
CLASSES_B = (5, 0)


def separar_tarefas(x, y, classes_b):
    em_b = np.isin(y, classes_b)
    return x[~em_b], y[~em_b], x[em_b], (y[em_b] == classes_b[1]).astype("float32")


# %% todo02
def padronizar(x_a, x_b):
    a = (x_a - x_a.mean()) / x_a.std()
    b = (x_b - x_b.mean()) / x_b.std()
    return a.astype("float32"), b.astype("float32")


# %% todo03
def clonar_com_pesos(rede):
    return keras.Model(rede.inputs, rede.outputs)


# %% todo04
def montar_b(rede_a, taxa):
    rede = keras.Sequential([keras.Input(rede_a.input_shape[1:]), *rede_a.layers[:-1], keras.layers.Dense(1)])
    for camada in rede.layers[:-1]:
        camada.trainable = False
    rede.compile(keras.optimizers.SGD(taxa), keras.losses.BinaryCrossentropy(from_logits=True))
    return rede


# %% todo05
def descongelar(rede):
    for camada in rede.layers:
        camada.trainable = not isinstance(camada, keras.layers.BatchNormalization)
    rede.optimizer.learning_rate = float(rede.optimizer.learning_rate) / 10
    return rede


# %% todo06
@keras.saving.register_keras_serializable()
class DropoutMC(keras.layers.Dropout):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


def para_monte_carlo(rede):
    camadas = [DropoutMC(c.rate) if isinstance(c, keras.layers.Dropout) else c for c in rede.layers]
    nova = keras.Sequential([keras.Input(rede.input_shape[1:]), *camadas])
    nova.set_weights(rede.get_weights())
    return nova


# %% todo07
def prever_com_incerteza(rede, x, passagens):
    z = np.stack([rede(x) for _ in range(passagens)])
    return np.asarray(keras.ops.softmax(z.mean(axis=0))), z.std(axis=0)


# %% todo08
def entropia(p):
    return -np.sum(p * np.log2(np.where(p > 0, p, 1)), axis=1)


def decidir(p, limiar):
    return np.where(entropia(p) < limiar, p.argmax(axis=1), -1)


def cobertura_e_acuracia(decisoes, y):
    return np.mean(decisoes >= 0), np.mean(decisoes == y)


# %% todo09
def limitar_norma(kernel, maximo):
    return kernel * maximo / np.linalg.norm(kernel, axis=0)
