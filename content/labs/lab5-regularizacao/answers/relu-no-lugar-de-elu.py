# /// resposta
# titulo = "ReLU onde se pede ELU, ELU onde se pede ReLU, e o dicionário no lugar do History"
# [todo01]
# pontos = 8
# mensagens = ["As camadas ocultas usam ReLU; o enunciado pede ELU"]
# [todo07]
# pontos = 5
# mensagens = ["As camadas ocultas usam ELU; o enunciado pede ReLU", "AttributeError"]
# [todo08]
# pontos = 8
# mensagens = ["As camadas ocultas usam ELU; o enunciado pede ReLU"]
# [todo09]
# pontos = 9
# mensagens = ["As camadas ocultas usam ELU; o enunciado pede ReLU"]
# ///

# %% todo01
def rede_gigante():
    ocultas = [keras.layers.Dense(1024, activation="relu") for _ in range(4)]
    return keras.Sequential([keras.Input((28,)), *ocultas, keras.layers.Dense(1)])


size_histories["gigante"] = compile_and_fit(rede_gigante(), "tamanhos/gigante", higgs)


# %% todo07
def rede_gatos_media():
    ocultas = [keras.layers.Dense(256, activation="elu") for _ in range(3)]
    return keras.Sequential(
        [keras.Input((64, 64, 3)), keras.layers.Flatten(), *ocultas, keras.layers.Dense(1)]
    )


cat_histories["média"] = compile_and_fit(rede_gatos_media(), "gatos/media", cats).history


# %% todo08
def rede_gatos_grande():
    ocultas = [keras.layers.Dense(1024, activation="elu") for _ in range(4)]
    return keras.Sequential(
        [keras.Input((64, 64, 3)), keras.layers.Flatten(), *ocultas, keras.layers.Dense(1)]
    )


cat_histories["grande"] = compile_and_fit(rede_gatos_grande(), "gatos/grande", cats)


# %% todo09
def rede_gatos_regularizada(units, l2, rate):
    model = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.Flatten()])
    for u in units:
        model.add(keras.layers.Dense(u, activation="elu", kernel_regularizer=keras.regularizers.L2(l2)))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1))
    return model


for nome, units in [("pequena reg.", [128]), ("média reg.", [256] * 3), ("grande reg.", [1024] * 4)]:
    rede = rede_gatos_regularizada(units, l2=1e-3, rate=0.5)
    cat_histories[nome] = compile_and_fit(rede, f"gatos/{len(units)}_reg", cats)
