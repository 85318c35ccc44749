# /// resposta
# titulo = "Sigmoide na última camada, com from_logits=True na perda"
# [todo06]
# pontos = 8
# mensagens = ["A saída passa por uma sigmoide"]
# [todo07]
# pontos = 8
# mensagens = ["A saída passa por uma sigmoide"]
# [todo08]
# pontos = 8
# mensagens = ["A saída passa por uma sigmoide"]
# [todo09]
# pontos = 9
# mensagens = ["A saída passa por uma sigmoide"]
# ///

# %% todo06
def rede_gatos(unidades, camadas):
    model = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.Flatten()])
    for _ in range(camadas):
        model.add(keras.layers.Dense(unidades, activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


def rede_gatos_pequena():
    return rede_gatos(128, 1)


cat_histories["pequena"] = compile_and_fit(rede_gatos_pequena(), "gatos/pequena", cats)


# %% todo07
def rede_gatos_media():
    return rede_gatos(256, 3)


cat_histories["média"] = compile_and_fit(rede_gatos_media(), "gatos/media", cats)


# %% todo08
def rede_gatos_grande():
    return rede_gatos(1024, 4)


cat_histories["grande"] = compile_and_fit(rede_gatos_grande(), "gatos/grande", cats)


# %% todo09
def rede_gatos_regularizada(units, l2, rate):
    model = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.Flatten()])
    for unidades in units:
        model.add(
            keras.layers.Dense(unidades, activation="relu", kernel_regularizer=keras.regularizers.l2(l2))
        )
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


for nome, pasta, units in [
    ("pequena reg.", "pequena_reg", [128]),
    ("média reg.", "media_reg", [256, 256, 256]),
    ("grande reg.", "grande_reg", [1024, 1024, 1024, 1024]),
]:
    cat_histories[nome] = compile_and_fit(rede_gatos_regularizada(units, 1e-3, 0.5), "gatos/" + pasta, cats)
