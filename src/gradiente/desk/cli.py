"""O comando `gradiente`: o que o estudante faz no terminal."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from . import doctor as diagnosis
from . import workspace
from .check import BY_HAND, EMPTY, FAILED, PASSED, Report
from .check import check as run_check
from .labs import DeskError, find_lab
from .submit import receipt
from .submit import submit as make_submission

app = typer.Typer(
    help="Gradiente: abrir o curso, conferir e entregar um lab.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False)
LabName = Annotated[str, typer.Argument(metavar="LAB", help="O lab (`lab5`) ou o caminho do caderno.")]
MARKS = {
    PASSED: "[green]✔[/]",
    BY_HAND: "[green]✔[/]",
    FAILED: "[red]✘[/]",
    EMPTY: "[yellow]○[/]",
}


@app.command("abrir")
def open_lab(
    folder: Annotated[Path, typer.Argument(metavar="PASTA", help="Onde estão os cadernos.")] = Path("."),
    browser: Annotated[bool, typer.Option("--navegador/--sem-navegador", help="Abrir o navegador.")] = True,
) -> None:
    """Abre o JupyterLab em português, na página inicial da pasta."""
    if not folder.is_dir():
        raise DeskError(f"Não encontro a pasta {folder}.")
    from ..storage import cache_dir

    workspace.write_start_page(folder)
    cache = cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    command, environment = workspace.lab_command(cache, workspace.start_url())
    if not browser:
        command.append("--no-browser")
    console.print("Abrindo o JupyterLab. Para encerrar: Ctrl+C neste terminal, e confirme.")
    os.chdir(folder)
    if os.name == "posix":  # no lugar deste processo: quem o encerra encerra o JupyterLab
        os.execve(command[0], command, environment)
    raise typer.Exit(subprocess.run(command, env=environment).returncode)


@app.command("doctor")
def doctor() -> None:
    """Diagnostica a instalação: uma linha por assunto, ✔ ou o que fazer."""
    findings = diagnosis.diagnose(Path.cwd())
    colors = {diagnosis.OK: "green", diagnosis.WARNING: "yellow", diagnosis.PROBLEM: "red"}
    for finding in findings:
        color = colors[finding.mark]
        console.print(
            f"[{color}]{finding.mark}[/] [bold]{finding.subject}[/]: {escape(finding.text)}", soft_wrap=True
        )
    problems = sum(finding.mark == diagnosis.PROBLEM for finding in findings)
    if problems:
        console.print(f"[red]{problems} problema(s) a resolver.[/]")
        raise typer.Exit(1)
    console.print("[green]Tudo pronto.[/]")


@app.command("check")
def check(lab: LabName) -> None:
    """Executa o lab do começo ao fim, num núcleo novo, e diz que testes visíveis passam."""
    report = _checked(find_lab(lab, Path.cwd()))
    raise typer.Exit(0 if report.passed else 1)


@app.command("submit")
def submit(
    lab: LabName,
    name: Annotated[str, typer.Option("--nome", help="Seu nome e sobrenome, como na chamada.")],
    registration: Annotated[str, typer.Option("--matricula", help="Sua matrícula.")],
    folder: Annotated[Path, typer.Option("--pasta", help="Onde gravar a entrega.")] = Path("entrega"),
    verify: Annotated[bool, typer.Option("--conferir/--sem-conferir", help="Executar o lab antes.")] = True,
) -> None:
    """Confere o lab e faz a entrega: o caderno, o PDF e um zip com os dois e o recibo."""
    path = find_lab(lab, Path.cwd())
    report = _checked(path) if verify else None
    archive = make_submission(path, name, registration, folder, report)
    found = receipt(archive)
    if report and not report.passed:
        console.print("[yellow]A entrega foi feita mesmo assim. Se ainda há tempo, corrija e repita.[/]")
    console.print(f"\n[bold]Entrega pronta:[/] {escape(str(archive))}", soft_wrap=True)
    console.print(f"  caderno: {escape(found['caderno'])}\n  momento: {found['momento']}", soft_wrap=True)
    console.print(f"  recibo (SHA-256 do caderno): {found['sha256']}", soft_wrap=True)
    console.print("Envie o zip, ou o .ipynb e o .pdf ao lado dele, por onde o professor pediu.")


def _checked(path: Path) -> Report:
    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("células"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"Executando {path.name}", total=None)
        report = run_check(path, lambda done, total: progress.update(task, completed=done - 1, total=total))
    table = Table(title=path.name, title_justify="left")
    for header in ("", "ToDo", "resultado"):
        table.add_column(header)
    for outcome in report.outcomes:
        text = outcome.message if outcome.state == FAILED else outcome.state
        table.add_row(MARKS[outcome.state], escape(outcome.todo.title), escape(text))
    console.print(table)
    for message in report.broken:
        console.print(f"[red]Uma célula que não é sua falhou:[/] {escape(message)}", soft_wrap=True)
    counts = {state: sum(o.state == state for o in report.outcomes) for state in MARKS}
    console.print(
        f"{counts[PASSED]} passam, {counts[FAILED]} não passam, {counts[EMPTY]} por fazer, "
        f"{counts[BY_HAND]} de texto, que uma pessoa lê. "
        "A correção faz outras perguntas às suas funções: passar aqui é o começo.",
        soft_wrap=True,
    )
    return report


def main() -> None:
    """Executa a linha de comando; um erro previsto é uma frase, e não um rastro."""
    try:
        app()
    except DeskError as error:
        Console(stderr=True, highlight=False).print(f"[red]erro:[/] {escape(str(error))}", soft_wrap=True)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        Console(stderr=True).print("Interrompido: nada foi gravado pela metade.")
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
