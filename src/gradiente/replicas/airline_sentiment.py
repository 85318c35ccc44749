"""Réplica dos tweets sobre companhias aéreas: mensagens curtas em português, com sentimento."""

from __future__ import annotations

import re

import numpy as np

SEED = 20_150_224
ROWS = 6_000
NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2
SHARES = (0.68, 0.18, 0.14)  # antes do ruído, que as leva às do original: escreve-se mais para reclamar
LABEL_NOISE = 0.11  # quem rotula também erra e discorda
VAGUE = 0.16  # mensagem que só dá o contexto: quem rotulou viu o resto da conversa
OPINION = 0.55  # frases compostas de sujeito e adjetivo; as outras vêm prontas
NEGATED = 0.35  # opiniões ditas pela negação do adjetivo oposto ("não foi nada gentil")
IRONY = 0.12  # reclamação que começa por um elogio, ou elogio que começa por um problema
OTHER_CLOSING = 0.25  # fechos que servem a qualquer sentimento
TYPO = 0.06  # probabilidade de erro de digitação por palavra: a cauda de palavras raras

COMPANIES = ("@VoaBrisa", "@LinhasAurora", "@AzulejoAir", "@AeroIpe", "@TucanoJet")  # inventadas
CITIES = (
    "Recife", "Salvador", "Manaus", "Belém", "Curitiba", "Porto Alegre", "Natal", "Fortaleza", "Brasília",
    "Goiânia", "Vitória", "São Luís", "Cuiabá", "Maceió", "Aracaju", "Teresina", "Palmas", "Londrina",
    "Campinas", "Guarulhos", "Confins", "Congonhas", "Galeão", "Ilhéus", "Chapecó", "Joinville", "Santarém",
)  # fmt: skip
DAYS = (
    "hoje", "ontem", "hoje cedo", "na segunda", "na sexta", "no sábado", "no domingo", "esta manhã",
    "agora à noite", "na semana passada", "no feriado", "anteontem",
)  # fmt: skip

SUBJECTS = {  # o gênero decide a forma do adjetivo
    "m": (
        "o atendimento", "o embarque", "o comissário", "o lanche", "o aplicativo", "o site", "o check-in",
        "o assento", "o voo", "o pouso", "o serviço de bordo", "o suporte", "o balcão de {cidade}",
        "o pessoal de {cidade}", "o piloto", "o preço", "o programa de milhas", "o avião", "o espaço entre as poltronas",
        "o entretenimento", "o despacho de bagagem", "o aviso de mudança",
    ),
    "f": (
        "a tripulação", "a comissária", "a comida", "a poltrona", "a conexão em {cidade}", "a espera",
        "a equipe de {cidade}", "a resposta", "a remarcação", "a fila", "a cabine", "a viagem", "a política de bagagem",
        "a limpeza", "a central de ajuda", "a comunicação", "a entrega das malas", "a sala de embarque", "a rota nova",
        "a organização", "a experiência", "a pontualidade",
    ),
}  # fmt: skip
ADJECTIVES = {  # (masculino, feminino), do mais usado ao mais raro
    NEGATIVE: (
        ("péssimo", "péssima"), ("horrível", "horrível"), ("ruim", "ruim"), ("lento", "lenta"),
        ("confuso", "confusa"), ("terrível", "terrível"), ("caro", "cara"), ("demorado", "demorada"),
        ("desorganizado", "desorganizada"), ("sujo", "suja"), ("grosseiro", "grosseira"), ("vergonhoso", "vergonhosa"),
        ("desastroso", "desastrosa"), ("fraco", "fraca"), ("cansativo", "cansativa"), ("frustrante", "frustrante"),
        ("inútil", "inútil"), ("apertado", "apertada"), ("precário", "precária"), ("decepcionante", "decepcionante"),
        ("arrogante", "arrogante"), ("absurdo", "absurda"), ("sofrível", "sofrível"), ("lastimável", "lastimável"),
        ("caótico", "caótica"), ("deplorável", "deplorável"), ("medíocre", "medíocre"), ("irritante", "irritante"),
    ),
    POSITIVE: (
        ("ótimo", "ótima"), ("excelente", "excelente"), ("bom", "boa"), ("rápido", "rápida"),
        ("maravilhoso", "maravilhosa"), ("tranquilo", "tranquila"), ("atencioso", "atenciosa"), ("gentil", "gentil"),
        ("confortável", "confortável"), ("perfeito", "perfeita"), ("eficiente", "eficiente"), ("simpático", "simpática"),
        ("impecável", "impecável"), ("agradável", "agradável"), ("incrível", "incrível"), ("cuidadoso", "cuidadosa"),
        ("organizado", "organizada"), ("prático", "prática"), ("fantástico", "fantástica"), ("honesto", "honesta"),
        ("surpreendente", "surpreendente"), ("acolhedor", "acolhedora"), ("ágil", "ágil"), ("sensacional", "sensacional"),
        ("pontual", "pontual"), ("caprichado", "caprichada"), ("exemplar", "exemplar"), ("irretocável", "irretocável"),
    ),
}  # fmt: skip
AFFIRMED = (
    "{s} foi {a}", "{s} estava {a}", "achei {s} {a}", "{s} continua {a}", "{s} é sempre {a}", "{s} foi {a} mesmo",
    "que coisa {a2}, {s}", "{s}, {a} demais", "{s} ficou {a}", "{s} de vocês é {a}",
)  # fmt: skip
DENIED = (
    "{s} não foi nada {a}", "{s} não é {a}", "não achei {s} {a}", "{s} nunca é {a}", "{s} está longe de ser {a}",
    "{s} não estava {a} como dizem", "ninguém diria que {s} é {a}", "{s} não tem nada de {a}",
)  # fmt: skip

# Frases prontas, para o que não cabe em sujeito e adjetivo.
CLAUSES = {
    NEGATIVE: (
        "meu voo atrasou {n} horas e ninguém explica nada",
        "o voo {voo} foi cancelado e não avisaram",
        "estou há {n} horas na fila do check-in",
        "perderam minha mala de novo",
        "minha bagagem chegou quebrada",
        "minha mala ficou em {cidade} e eu estou em {cidade2}",
        "o atendimento pelo telefone é um desastre",
        "fiquei {n} minutos ouvindo musiquinha e a ligação caiu",
        "o aplicativo trava toda vez que tento pagar",
        "o site não abre e o embarque é daqui a pouco",
        "cobraram duas vezes pela mesma passagem",
        "o reembolso nunca chega",
        "já são {n} dias sem resposta sobre o reembolso",
        "perdi a conexão em {cidade} por culpa de vocês",
        "dormi no chão do aeroporto de {cidade}",
        "a poltrona estava suja e quebrada",
        "o ar-condicionado não funcionava e o avião virou um forno",
        "nem água serviram em {n} horas de voo",
        "a comida estava fria e sem gosto",
        "a equipe de solo foi muito grosseira",
        "o comissário respondeu com má vontade",
        "mudaram meu assento sem pedir licença",
        "separaram minha família no avião",
        "venderam mais lugares do que o avião tem",
        "ninguém atende no balcão de {cidade}",
        "trocaram o portão {n} vezes em uma hora",
        "estamos parados na pista há {n} minutos",
        "a espera pelas malas já passa de {n} minutos",
        "a taxa de remarcação custa mais que a passagem",
        "o preço mudou no meio da compra",
        "os pontos do programa de milhas sumiram",
        "não consigo falar com um ser humano",
        "o robô do atendimento não entende nada",
        "a mensagem que mandei segue sem resposta",
        "prometeram um hotel e não havia vaga nenhuma",
        "o carrinho do meu bebê voltou amassado",
        "não recomendo essa companhia para ninguém",
        "nunca mais viajo com vocês",
        "isso não é um bom serviço",
        "nada funciona nessa empresa",
        "não foi nada agradável",
        "pior voo da minha vida",
        "que falta de respeito com o passageiro",
        "estou muito decepcionada com o atendimento",
        "estou cansado de tanta desculpa",
        "perdi o casamento da minha prima por causa do atraso",
        "perdi uma reunião importante em {cidade}",
        "a conexão de {n} minutos era impossível de cumprir",
        "o voo saiu sem metade dos passageiros",
        "remarcaram para {dia2} sem me consultar",
        "a tela do assento não ligava",
        "o embarque em {cidade} virou uma bagunça",
        "o piloto não apareceu e ficamos esperando",
        "o avião teve problema e não há outro",
    ),
    NEUTRAL: (
        "qual é o limite de peso da bagagem de mão",
        "vocês voam de {cidade} para {cidade2}",
        "a que horas abre o check-in do voo {voo}",
        "de qual portão sai o voo {voo}",
        "dá para levar um violão na cabine",
        "posso despachar uma bicicleta",
        "meu cachorro pode viajar comigo na cabine",
        "quando abrem as vendas para {cidade}",
        "ainda há lugares para {cidade} {dia2}",
        "como faço para mudar o nome na reserva",
        "como incluo meu número de milhas na reserva",
        "preciso remarcar a volta para {dia2}",
        "quero trocar o assento do voo {voo}",
        "o voo {voo} está no horário",
        "há previsão de atraso para {cidade} com essa chuva",
        "o voo de {cidade} já pousou",
        "mandei os dados por mensagem",
        "acabei de enviar o código da reserva",
        "segue o número do protocolo {n}{n}{n}",
        "a promoção vale também para {cidade}",
        "criança de {n} anos paga passagem",
        "aceitam pagamento em {n} vezes",
        "o reembolso cai no cartão ou na conta",
        "quantas malas posso despachar",
        "tem tomada no avião que vai para {cidade}",
        "qual avião faz a rota {cidade} e {cidade2}",
        "vão abrir rota nova saindo de {cidade}",
        "a conexão em {cidade} é no mesmo terminal",
        "o voo {voo} tem refeição",
        "embarco para {cidade} {dia2}",
        "estou em {cidade} a caminho de {cidade2}",
        "chegando em {cidade} depois das {n} horas",
        "o programa de milhas mudou de regra",
        "recebi um e-mail sobre o voo {voo}",
        "esqueci um casaco no voo {voo}",
        "onde fica o balcão de achados e perdidos em {cidade}",
        "vocês têm vaga para estagiário em {cidade}",
        "vi o avião de vocês passando aqui em {cidade}",
        "a janela do voo {voo} fica de que lado do mar",
        "o documento digital serve para embarcar",
    ),
    POSITIVE: (
        "o voo saiu na hora e chegou antes do previsto",
        "a tripulação do voo {voo} foi muito gentil",
        "o atendimento em {cidade} foi excelente",
        "resolveram meu problema em {n} minutos",
        "acharam minha mala e entregaram em casa",
        "o embarque foi rápido e sem fila",
        "a comissária cuidou muito bem da minha avó",
        "o piloto explicou tudo com calma e bom humor",
        "que pouso suave em {cidade}",
        "a poltrona nova é muito confortável",
        "adorei o lanche do voo para {cidade}",
        "o aplicativo novo ficou ótimo",
        "o check-in pelo celular é rápido demais",
        "ganhei um lugar na janela e a vista era linda",
        "o reembolso caiu antes do prazo",
        "remarcaram sem cobrar nada",
        "não tenho do que reclamar",
        "nenhum problema e nenhum atraso",
        "pousamos sem atraso mesmo com a chuva",
        "a moça do balcão salvou minha viagem",
        "vocês são os melhores",
        "melhor voo da minha vida",
        "recomendo a todo mundo",
        "já quero viajar de novo com vocês",
        "fiquei impressionada com a simpatia da equipe",
        "obrigado pela ajuda com a conexão em {cidade}",
        "obrigada por responderem tão depressa",
        "parabéns pela equipe de {cidade}",
        "o preço da passagem para {cidade} estava ótimo",
        "amei a música do embarque",
        "a espera pelas malas foi de só {n} minutos",
        "deixaram meu filho conhecer a cabine e ele amou",
        "serviço impecável do começo ao fim",
        "virei cliente fiel",
        "me colocaram em outro voo na mesma hora",
        "o cancelamento foi avisado cedo e o hotel era bom",
        "nunca fui tão bem tratado em um aeroporto",
        "até a comida estava boa",
    ),
}  # fmt: skip
CONTEXT = (  # dizem onde e quando, e nada do sentimento
    "viajei de {cidade} para {cidade2} {dia}",
    "voo {voo} {dia}",
    "peguei o voo {voo} em {cidade}",
    "voltei de {cidade} {dia}",
    "fui a {cidade} visitar a família",
    "viagem a trabalho para {cidade}",
    "primeira vez que voo com vocês",
    "voo com vocês há {n} anos",
    "estou no aeroporto de {cidade}",
    "falei com vocês {dia}",
    "éramos {n} pessoas",
    "reserva feita {dia}",
)
CLOSINGS = {
    NEGATIVE: (
        "quero meu dinheiro de volta", "alguém responde?", "que vergonha", "aguardo uma solução", "inaceitável",
        "e agora?", "assim não dá", "cadê o respeito?", "vou ao Procon", "#nuncamais", "#descaso", "#atraso", "😡",
        "😤", "🙄", "parabéns, viu", "obrigado por nada", "lamentável", "socorro",
    ),
    NEUTRAL: (
        "alguém sabe?", "obrigado", "obrigada desde já", "no aguardo", "por favor", "podem confirmar?", "valeu",
        "é isso?", "#viagem", "#ferias", "🤔", "✈", "aguardo", "certo?",
    ),
    POSITIVE: (
        "obrigado", "obrigada, equipe", "parabéns", "continuem assim", "nota dez", "❤", "😍", "👏", "😊", "✈",
        "#voltosempre", "#viagem", "#ferias", "valeu demais", "que alegria", "amei",
    ),
}  # fmt: skip
# Começos que apontam para o lado errado: só o resto da mensagem (e a ordem dela) desfaz o engano.
MISLEADING = {
    NEGATIVE: (
        "que maravilha:", "obrigado por mais essa:", "ótimo serviço, só que não:", "parabéns aos envolvidos:",
        "adoro quando isso acontece:", "que beleza de viagem:",
    ),
    POSITIVE: (
        "achei que ia dar problema, mas", "depois de tanto atraso nos outros,", "sempre reclamo aqui, mas hoje",
        "o tempo estava péssimo e mesmo assim", "fui esperando o pior e",
    ),
}  # fmt: skip
SHORT = (  # abreviações de quem escreve com pressa
    ("vocês", "vcs"), ("não", "n"), ("também", "tb"), ("porque", "pq"), ("quando", "qdo"), ("horas", "hrs"),
    ("minutos", "min"), ("obrigado", "obg"), ("por favor", "pfv"), ("mensagem", "msg"), ("muito", "mto"),
    ("hoje", "hj"), ("aeroporto", "aero"), ("problema", "prob"),
)  # fmt: skip


def generate(n: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
    """Escreve as `n` primeiras mensagens da réplica.

    Cada mensagem junta, a partir de uma gramática pequena, uma ou duas frases do seu sentimento,
    às vezes um contexto sem sentimento, um fecho e os vícios de quem digita no celular. Parte das
    reclamações é irônica, parte das opiniões só se entende com a negação, parte das mensagens não
    diz o bastante, e uma fração dos rótulos é trocada, como em um conjunto anotado por pessoas.

    Parameters
    ----------
    n : int
        Mensagens; as primeiras não dependem de quantas vêm depois.

    Returns
    -------
    texts : array (n,), object
        Mensagens (str).
    labels : array (n,), int64
        0 negativo, 1 neutro, 2 positivo.

    Notes
    -----
    As companhias são inventadas e nenhuma frase foi copiada. As proporções das classes seguem o
    conjunto "Twitter US Airline Sentiment" (Crowdflower, 2015).
    """
    rng = np.random.default_rng(SEED)
    texts, labels = np.empty(n, object), np.empty(n, np.int64)
    for i in range(n):
        sentiment = int(rng.choice(3, p=SHARES))
        texts[i] = _message(rng, sentiment)
        noisy = rng.random() < LABEL_NOISE
        labels[i] = (sentiment + int(rng.integers(1, 3))) % 3 if noisy else sentiment
    return texts, labels


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def _message(rng: np.random.Generator, sentiment: int) -> str:
    """Uma mensagem: menção, começo enganoso ou contexto, uma ou duas frases, fecho e digitação."""
    if rng.random() < VAGUE:
        body = _pick(rng, (", ", ". ", " e ")).join(_several(rng, CONTEXT, int(rng.integers(1, 3))))
    else:
        count = 1 if sentiment == NEUTRAL or rng.random() < 0.6 else 2
        clauses = [_clause(rng, sentiment) for _ in range(count)]
        body = _pick(rng, (", ", ". ", " e ", "; ")).join(dict.fromkeys(clauses))
        if sentiment != NEUTRAL and rng.random() < IRONY:
            body = f"{_pick(rng, MISLEADING[sentiment])} {body}"
        if rng.random() < 0.35:
            context = _pick(rng, CONTEXT)
            body = f"{context}, {body}" if rng.random() < 0.6 else f"{body}. {context}"
    if (sentiment == NEUTRAL and rng.random() < 0.6) or rng.random() < 0.08:
        body += "?"
    else:
        body += _pick(rng, ("", "", ".", "!", "!!!"))
    if rng.random() < 0.55:
        mood = int(rng.integers(3)) if rng.random() < OTHER_CLOSING else sentiment
        body = f"{body} {_pick(rng, CLOSINGS[mood])}"
    company = _pick(rng, COMPANIES)
    text = f"{company} {body}" if rng.random() < 0.85 else f"{body} {company}"
    return _typed(rng, _fill(rng, text))


def _several(rng: np.random.Generator, options: tuple[str, ...], count: int) -> list[str]:
    return [options[int(k)] for k in rng.choice(len(options), size=count, replace=False)]


def _clause(rng: np.random.Generator, sentiment: int) -> str:
    """Uma frase pronta ou uma opinião: sujeito, verbo e adjetivo, ou a negação do adjetivo oposto."""
    if sentiment == NEUTRAL or rng.random() > OPINION:
        return _pick(rng, CLAUSES[sentiment])
    denied = rng.random() < NEGATED
    adjectives = ADJECTIVES[NEGATIVE + POSITIVE - sentiment if denied else sentiment]
    masculine, feminine = adjectives[int(len(adjectives) * rng.random() ** 2)]  # os primeiros, mais vezes
    gender = _pick(rng, ("m", "f"))
    return _pick(rng, DENIED if denied else AFFIRMED).format(
        s=_pick(rng, SUBJECTS[gender]),
        a=masculine if gender == "m" else feminine,
        a2=feminine,
    )


def _fill(rng: np.random.Generator, text: str) -> str:
    """Põe cidades, números, voos e dias nos lugares marcados."""
    origin, target = rng.choice(len(CITIES), size=2, replace=False)
    text = text.replace("{cidade}", CITIES[int(origin)]).replace("{cidade2}", CITIES[int(target)])
    text = text.replace("{dia}", _pick(rng, DAYS))
    text = text.replace("{dia2}", _pick(rng, ("amanhã", "sexta", "sábado", "domingo", "semana que vem")))
    text = text.replace(
        "{voo}", f"{_pick(rng, ('VB', 'LA', 'AZ', 'AI', 'TJ'))}{int(rng.integers(1000, 9999))}"
    )
    return re.sub(r"\{n\}", lambda _: str(int(rng.integers(2, 9)) * _pick_scale(rng)), text)


def _pick_scale(rng: np.random.Generator) -> int:
    return (1, 1, 1, 5)[int(rng.integers(4))]


def _typed(rng: np.random.Generator, text: str) -> str:
    """O texto como sai do celular: caixa, abreviações e letras trocadas ou esquecidas."""
    style = rng.random()
    if style < 0.45:
        text = text[0].upper() + text[1:]
    elif style > 0.97:
        text = " ".join(word if word.startswith("@") else word.upper() for word in text.split())
    if rng.random() < 0.25:
        for long, short in SHORT:
            text = re.sub(rf"\b{long}\b", short, text)
    return " ".join(_typo(rng, word) if rng.random() < TYPO else word for word in text.split())


def _typo(rng: np.random.Generator, word: str) -> str:
    """Troca duas letras vizinhas, esquece uma ou repete uma; menções e palavras curtas ficam."""
    if len(word) < 4 or not word.isalpha():
        return word
    k = int(rng.integers(1, len(word) - 1))
    kind = int(rng.integers(3))
    if kind == 0:
        return word[:k] + word[k + 1] + word[k] + word[k + 2 :]
    return word[:k] + word[k + 1 :] if kind == 1 else word[:k] + word[k] * 3 + word[k + 1 :]
