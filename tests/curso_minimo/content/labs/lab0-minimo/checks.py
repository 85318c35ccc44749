"""Julgamento do Lab 0."""

from corretor.checks import check, fail, number, ok, partial


@check("todo01", points=8)
def listas(medias):
    """A média de uma lista de números."""
    if not isinstance(medias, list) or len(medias) != 2:
        return fail("Devolva um número por lista.")
    first, second = (number(value, "a média") for value in medias)
    if (first, second) == (40.0, 7.25):
        return partial(0.25, "Você somou, mas não dividiu pela quantidade de valores.")
    return ok() if (first, second) == (20.0, 7.25) else fail("O valor não é a média; confira a divisão.")


@check("todo01", points=2)
def arrays(de_array):
    """A média de um array do NumPy."""
    return ok() if abs(number(de_array, "a média") - 3) < 1e-9 else fail("Confira a média de um array.")


@check("todo03", points=4)
def conta(contagem):
    """Quantos números há na lista."""
    return ok() if number(contagem, "contagem") == 3 else fail("Conte os elementos da lista com len().")
