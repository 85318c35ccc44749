# /// resposta
# titulo = "Correta: API funcional, scikit-learn, leitura sem with"
# ///

# %% todo01
def rede_gigante():
    entrada = saida = keras.Input(shape=(N_FEATURES,), name="atributos")
    for _ in range(4):
        saida = keras.ops.elu(keras.layers.Dense(2**10)(saida))
    return keras.Model(entrada, keras.layers.Dense(1, activation="linear", name="logit")(saida))


historico = compile_and_fit(rede_gigante(), "tamanhos/gigante", higgs)
size_histories["gigante"] = historico


# %% todo05
def ler_gatos(caminho_treino, caminho_teste):
    treino, teste = h5py.File(caminho_treino), h5py.File(caminho_teste)
    try:
        x_treino = np.divide(treino["train_set_x"][()], 255, dtype=np.float32)
        x_teste = np.divide(teste["test_set_x"][()], 255, dtype=np.float32)
        y_treino, y_teste = np.c_[treino["train_set_y"][()]], np.c_[teste["test_set_y"][()]]
        classes = treino["list_classes"].asstr()[:].tolist()
    finally:
        treino.close()
        teste.close()
    return [x_treino, y_treino, x_teste, y_teste, classes]


# %% todo06
def funcional(units, l2=0.0, rate=None):
    entrada = keras.Input((64, 64, 3))
    h = keras.layers.Reshape((-1,))(entrada)
    for u in units:
        h = keras.layers.Dense(u, kernel_regularizer=keras.regularizers.L1L2(l2=l2) if l2 else None)(h)
        h = keras.layers.Activation("relu")(h)
        if rate is not None:
            h = keras.layers.Dropout(rate, seed=7)(h)
    return keras.Model(entrada, keras.layers.Dense(1)(h))


def rede_gatos_pequena():
    return funcional([128])


cat_histories["pequena"] = compile_and_fit(rede_gatos_pequena(), "gatos/pequena", cats)


# %% todo07
def rede_gatos_media():
    return funcional([256] * 3)


cat_histories["média"] = compile_and_fit(rede_gatos_media(), "gatos/media", cats)


# %% todo08
def rede_gatos_grande():
    return funcional([1024] * 4)


cat_histories["grande"] = compile_and_fit(rede_gatos_grande(), "gatos/grande", cats)


# %% todo09
def rede_gatos_regularizada(units, l2, rate):
    return funcional(units, l2, rate)


cat_histories["pequena reg."] = compile_and_fit(funcional([128], 1e-3, 0.5), "gatos/pequena_reg", cats)
cat_histories["média reg."] = compile_and_fit(funcional([256] * 3, 1e-3, 0.5), "gatos/media_reg", cats)
cat_histories["grande reg."] = compile_and_fit(funcional([1024] * 4, 1e-3, 0.5), "gatos/grande_reg", cats)

# %% todo10
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score


def metricas(y, logits):
    previsto = keras.ops.convert_to_numpy(keras.ops.sigmoid(logits)) > 0.5
    return dict(
        acuracia=accuracy_score(y, previsto),
        precisao=precision_score(y, previsto, zero_division=0),
        revocacao=recall_score(y, previsto, zero_division=0),
        f1=f1_score(y, previsto, zero_division=0),
    )


tabela = dict(zip(test_logits, (metricas(cats_y_test, z) for z in test_logits.values()), strict=True))
