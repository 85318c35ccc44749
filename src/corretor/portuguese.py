"""A ajuda e os erros de uso da linha de comando em português: o typer só os traz em inglês."""

from __future__ import annotations

import re

import typer.core
from typer import rich_utils

rich_utils.ARGUMENTS_PANEL_TITLE = "Argumentos"
rich_utils.OPTIONS_PANEL_TITLE = "Opções"
rich_utils.COMMANDS_PANEL_TITLE = "Comandos"
rich_utils.REQUIRED_LONG_STRING = "[obrigatório]"
rich_utils.DEFAULT_STRING = "[padrão: {}]"

_USAGE = {"Usage:": "Uso:", "[OPTIONS]": "[OPÇÕES]", "COMMAND [ARGS]...": "COMANDO [ARGUMENTOS]..."}
_ERRORS = [
    (r"^No such command '(.*?)'.*$", r"não existe o comando '\1'. Veja a lista com --ajuda."),
    (r"^No such option: (\S+).*$", r"não existe a opção \1. Veja as opções com --ajuda."),
    (r"^Missing (?:argument|parameter):? '?(.+?)'?\.?$", r"falta informar \1. Veja como com --ajuda."),
    (
        r"^Got unexpected extra argument(?:s|\(s\))? \(?(.+?)\)?$",
        r"argumento a mais: \1. Veja como com --ajuda.",
    ),
    (r"^Option '(.+)' requires .*$", r"a opção \1 pede um valor. Veja como com --ajuda."),
    (r"^Invalid value for (.+?): .*$", r"valor que não serve para \1. Veja como com --ajuda."),
]


def usage_error(text: str) -> str:
    """A frase em português de um erro de uso do typer."""
    for pattern, portuguese in _ERRORS:
        if re.match(pattern, text):
            return re.sub(pattern, portuguese, text)
    return f"uso incorreto ({text}). Veja como com --ajuda."


class _Portuguese:
    def get_usage(self, ctx):
        usage = super().get_usage(ctx)
        for english, portuguese in _USAGE.items():
            usage = usage.replace(english, portuguese)
        return usage

    def get_help_option(self, ctx):
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Mostra esta ajuda e sai."
        return option


class Command(_Portuguese, typer.core.TyperCommand):
    """Comando do typer com a ajuda em português."""


class Group(_Portuguese, typer.core.TyperGroup):
    """Grupo de comandos do typer com a ajuda em português."""
