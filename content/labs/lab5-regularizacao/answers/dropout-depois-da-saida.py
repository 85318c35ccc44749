# /// resposta
# titulo = "Um dropout só, depois da saída; L1 no lugar de L2; duas redes não treinadas"
# [todo09]
# pontos = 4.666667
# mensagens = ["dropout depois da camada de saída", "falta depois de alguma camada oculta", "Essa é a penalidade L1", 'cat_histories["média reg."]']
# ///

# %% todo09
def rede_gatos_regularizada(units, l2, rate):
    model = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.Flatten()])
    for u in units:
        model.add(keras.layers.Dense(u, activation="relu", kernel_regularizer=keras.regularizers.L1(l2)))
    model.add(keras.layers.Dense(1))
    model.add(keras.layers.Dropout(rate))
    return model


rede = rede_gatos_regularizada([128], l2=1e-3, rate=0.5)
cat_histories["pequena reg."] = compile_and_fit(rede, "gatos/pequena_reg", cats)
