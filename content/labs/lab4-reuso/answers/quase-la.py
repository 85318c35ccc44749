# /// resposta
# titulo = "Quase: o original congelado, só um Dropout trocado, T − 1, o filtro pelo primeiro eixo"
# [todo01]
# pontos = 6.725
# mensagens = ["Nos rótulos de A falta uma posição a quem está acima das dua", "Os rótulos de B estão certos"]
# [todo02]
# pontos = 0
# mensagens = ["pixel por pixel"]
# [todo03]
# pontos = 0
# mensagens = ["usa as mesmas camadas"]
# [todo04]
# pontos = 7
# mensagens = ["Depois de montar B", "A perda não é a entropia cruzada binária de logits"]
# [todo05]
# pontos = 6
# mensagens = ["A rede não foi recompilada", "As densas estão livres na lista"]
# [todo06]
# pontos = 7
# mensagens = ["Só uma parte dos Dropout foi trocada"]
# [todo07]
# pontos = 8.1
# mensagens = ["Você dividiu por T − 1", "Com logits enormes a exponencial estoura e vem NaN"]
# [todo08]
# pontos = 8.5
# mensagens = ["Com a entropia exatamente igual ao limiar a sua função cala", "Sem resposta nenhuma"]
# [todo09]
# pontos = 5
# mensagens = ["No convolucional a norma foi somada só sobre o primeiro eixo"]
# ///

# %% todo01
CLASSES_B = (5, 6)


def separar_tarefas(x, y, classes_b):
    em_b = np.isin(y, classes_b)
    y_a = y[~em_b]
    y_a = y_a - ((y_a > classes_b[0]) + (y_a > classes_b[1]))
    return x[~em_b], y_a, x[em_b], (y[em_b] == classes_b[1]).astype(int)


# %% todo02
def padronizar(x_a, x_b):
    media, desvio = x_a.mean(axis=0), x_a.std(axis=0)
    return ((x_a - media) / desvio).astype("float32"), ((x_b - media) / desvio).astype("float32")


# %% todo03
def clonar_com_pesos(rede):
    return rede


# %% todo04
def montar_b(rede_a, taxa):
    base = clonar_com_pesos(rede_a)
    for camada in rede_a.layers[:-1]:
        camada.trainable = False
    rede = keras.Sequential([keras.Input(rede_a.input_shape[1:]), *base.layers[:-1], keras.layers.Dense(1)])
    rede.compile(keras.optimizers.SGD(taxa), keras.losses.BinaryCrossentropy())
    return rede


# %% todo05
def descongelar(rede):
    taxa = float(rede.optimizer.learning_rate)
    rede.compile(keras.optimizers.SGD(taxa / 10), rede.loss)
    rede.make_train_function()
    for camada in rede.layers:
        camada.trainable = not isinstance(camada, keras.layers.BatchNormalization)
    return rede


# %% todo06
@keras.saving.register_keras_serializable()
class DropoutMC(keras.layers.Dropout):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


def para_monte_carlo(rede):
    trocados = []

    def trocar(camada):
        if isinstance(camada, keras.layers.Dropout) and not trocados:
            trocados.append(camada)
            return DropoutMC(0.5)
        return type(camada).from_config(camada.get_config())

    return keras.models.clone_model(rede, clone_function=trocar)


# %% todo07
def prever_com_incerteza(rede, x, passagens):
    z = np.stack([rede(x) for _ in range(passagens)])
    p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    return p.mean(axis=0), p.std(axis=0, ddof=1)


# %% todo08
def entropia(p):
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=1)


def decidir(p, limiar):
    return np.where(entropia(p) < limiar, p.argmax(axis=1), -1)


def cobertura_e_acuracia(decisoes, y):
    respondidas = decisoes >= 0
    return respondidas.mean(), (decisoes == y)[respondidas].mean()


# %% todo09
def limitar_norma(kernel, maximo):
    normas = np.sqrt(np.sum(kernel**2, axis=0))
    return kernel * np.minimum(1, maximo / normas)
