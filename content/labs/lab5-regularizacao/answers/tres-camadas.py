# /// resposta
# titulo = "Três camadas no lugar de quatro; rede de gatos sem ativação; imagem não achatada"
# [todo01]
# pontos = 4
# mensagens = ["Contei 3 camada(s) oculta(s)", "arquitetura diferente da pedida"]
# [todo07]
# pontos = 8
# mensagens = ["não têm ativação"]
# [todo08]
# pontos = 0
# mensagens = ["Achate a imagem inteira com Flatten", "comece por ela"]
# ///

# %% todo01
def rede_gigante():
    return keras.Sequential(
        [
            keras.Input((28,)),
            keras.layers.Dense(1024, activation="elu"),
            keras.layers.Dense(1024, activation="elu"),
            keras.layers.Dense(1024, activation="elu"),
            keras.layers.Dense(1),
        ]
    )


size_histories["gigante"] = compile_and_fit(rede_gigante(), "tamanhos/gigante", higgs)


# %% todo07
def rede_gatos_media():
    return keras.Sequential(
        [keras.Input((64, 64, 3)), keras.layers.Flatten()]
        + [keras.layers.Dense(256) for _ in range(3)]
        + [keras.layers.Dense(1)]
    )


cat_histories["média"] = compile_and_fit(rede_gatos_media(), "gatos/media", cats)


# %% todo08
def rede_gatos_grande():
    return keras.Sequential(
        [keras.Input((64, 64, 3))]
        + [keras.layers.Dense(1024, activation="relu") for _ in range(4)]
        + [keras.layers.Dense(1)]
    )


print(rede_gatos_grande().output_shape)  # ainda não treinei: a saída não tem o formato certo
