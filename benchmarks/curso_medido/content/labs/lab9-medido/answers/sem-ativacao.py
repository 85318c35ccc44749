# /// resposta
# titulo = "Camadas ocultas sem ativação"
# [todo01]
# pontos = 6
# ///

# %% todo01
def rede():
    return keras.Sequential(
        [
            keras.Input((20,)),
            keras.layers.Dense(32),
            keras.layers.Dense(32),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
