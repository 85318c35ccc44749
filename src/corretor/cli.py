"""A linha de comando `corretor`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from gradiente.storage import DataError

from . import portuguese, sandbox
from .course import Course
from .errors import CorretorError

app = typer.Typer(
    cls=portuguese.Group,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--ajuda", "--help"]},
    help="Publica, corrige e devolve os labs do Gradiente.",
)
console = Console(highlight=False)

LabName = Annotated[str, typer.Argument(metavar="LAB", help="Nome do lab, ou o começo dele (lab5).")]
NoIsolation = Annotated[
    bool,
    typer.Option("--sem-isolamento", help="Corrige sem isolar o código das entregas. O relatório o diz."),
]
Force = Annotated[bool, typer.Option("--tudo", help="Refaz também o que está em dia.")]


@app.command(cls=portuguese.Command)
def demo(sem_isolamento: NoIsolation = False, tudo: Force = False) -> None:
    """Corrige uma turma de demonstração, feita do banco de respostas, na pasta demo/."""
    from .cluster import cores
    from .demo import demo_answers, demo_course, grade_bank
    from .progress import Watch
    from .report import write_report

    _isolation(sem_isolamento)
    course = demo_course(Course.find())
    failures = 0
    for name in course.labs:
        lab = course.lab(name)
        answers = demo_answers(lab)
        console.print(
            f"[bold]{lab.settings.get('title', name)}[/]: {len(answers)} entregas do banco de respostas"
        )
        with Watch(console, len(answers)) as watch:
            hooks = {"on_start": watch.start, "on_result": watch.done}
            graded = grade_bank(lab, answers, force=tudo, workers=cores(), **hooks)
        report = write_report(lab)
        table = Table("estudante", "resposta", title="Notas automáticas", title_justify="left")
        for heading in ("nota", "esperada"):
            table.add_column(heading, justify="right")
        table.add_column("devolutiva", overflow="fold")
        for entry in graded:
            mark = "[green]✔[/]" if not entry.mismatches else "[red]✘[/]"
            table.add_row(
                entry.student,
                entry.answer.title,
                _decimal(entry.total),
                f"{_decimal(entry.answer.total)} {mark}",
                _relative(lab.feedback(entry.student)),
            )
            failures += bool(entry.mismatches)
        console.print(table)
        for entry in graded:
            for text in entry.mismatches:
                console.print(f"[red]✘[/] {entry.student}: {text}")
        console.print(f"Relatório do professor: {_relative(report)}")
        console.print(f"Versão do estudante:    {_relative(Course.find().lab(name).release)}")
    if failures:
        raise CorretorError(f"{failures} entregas não receberam a nota que o banco de respostas promete.")


@app.command(cls=portuguese.Command)
def collect(
    lab: LabName,
    baixados: Annotated[
        Path, typer.Argument(metavar="PASTA-OU-ZIP", help="O que você baixou; nada nele muda.")
    ],
    turma: Annotated[
        Path | None, typer.Option(help="Lista da turma, em CSV (matrícula, nome, e-mail).")
    ] = None,
    sim: Annotated[bool, typer.Option("--sim", help="Aceita os palpites sem perguntar.")] = False,
    simular: Annotated[
        bool, typer.Option("--simular", help="Mostra o que aconteceria, sem gravar nada.")
    ] = False,
) -> None:
    """Põe em submitted/ as entregas baixadas do Moodle, do Google, do Canvas ou do correio, e diz o destino de cada arquivo."""
    from . import collect as collecting
    from .roster import read_roster

    target = Course.find().lab(lab)

    def confirm(question: collecting.Question) -> bool:
        if sim or not sys.stdin.isatty():
            return sim
        files = ", ".join(question.files[:3]) + (" …" if len(question.files) > 3 else "")
        console.print(f"{files}: {question.how}", markup=False, soft_wrap=True)
        who = f"É de {question.student.name} ({question.student.id})? [s/N] "
        try:
            answer = console.input(escape(who))
        except EOFError:  # Ctrl-D: não
            return False
        return answer.strip().lower() in ("s", "sim")

    roster = read_roster(turma) if turma is not None else None
    done = collecting.collect(target, baixados, roster=roster, confirm=confirm, simulate=simular)
    table = Table(title=f"{target.name}: o que houve com cada arquivo", title_justify="left")
    for heading in ("arquivo", "destino", "estudante", "horário", "por quê"):
        table.add_column(heading, overflow="fold")
    for row in done.rows:
        good = row.fate in (collecting.SUBMISSION, collecting.ATTACHED, collecting.RECEIPT, collecting.OPENED)
        who = " ".join(filter(None, [row.student, row.name]))
        when = f"{row.when} ({row.source})" if row.when else ""
        why = "; ".join(filter(None, [row.how, row.reason]))
        fate = row.fate if good else f"[yellow]{row.fate}[/]"
        table.add_row(escape(row.file), fate, escape(who), when, escape(why))
    console.print(table)
    console.print(
        f"Entregas novas: {len(done.new)}; trocadas por mais recentes: {len(done.updated)}; como estavam: {len(done.kept)}."
    )
    declared = [row for row in done.fate(collecting.SUBMISSION) if row.source == collecting.DECLARED]
    if declared:
        console.print(
            f"Horários que só o recibo diz, e que o estudante poderia ter mudado: {len(declared)}. Confira os que decidem o prazo.",
            soft_wrap=True,
        )
    for people in done.twins:
        console.print(f"Cadernos idênticos: {', '.join(people)}.", markup=False, soft_wrap=True)
    if done.stale:
        console.print(
            f"A nota é da versão anterior; corrija de novo: {', '.join(done.stale)}.",
            markup=False,
            soft_wrap=True,
        )
    look = (collecting.WAITING, collecting.AMBIGUOUS, collecting.UNKNOWN, collecting.OTHER_LAB)
    for fate in (*look, collecting.NOT_NOTEBOOK, collecting.REFUSED, collecting.MISSING):
        if found := len(done.fate(fate)):
            console.print(f"Para você olhar, {fate}: {found}.")
    if simular:
        console.print("Nada foi gravado.")
        return
    console.print(_relative(done.table), soft_wrap=True)
    if done.new or done.updated:
        console.print(f"Agora: corretor autograde {target.name}")


@app.command(cls=portuguese.Command)
def autograde(
    lab: LabName,
    estudante: Annotated[list[str] | None, typer.Option(help="Só este estudante; pode repetir.")] = None,
    sem_isolamento: NoIsolation = False,
    tudo: Force = False,
    trabalhadores: Annotated[
        int | None, typer.Option(min=1, help="Cadernos executados ao mesmo tempo; sem dizer, um por núcleo.")
    ] = None,
    scheduler: Annotated[
        str,
        typer.Option(metavar="tcp://MÁQUINA:8786", help="Um agrupamento do Dask, no lugar desta máquina."),
    ] = "",
    gpu: Annotated[bool, typer.Option("--gpu", help="Só onde há o recurso GPU do Dask.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Um objeto JSON por linha, para outro programa.")
    ] = False,
) -> None:
    """Corrige as entregas de um lab; as que estão em dia ficam como estão."""
    from .cluster import cores
    from .grading import FAILED
    from .grading import autograde as grade
    from .progress import Watch

    _isolation(sem_isolamento)
    target = Course.find().lab(lab)
    total = len(estudante or target.course.submissions(target))
    where = {"workers": trabalhadores or cores(), "scheduler": scheduler, "gpu": gpu}
    with Watch(console, total, machine=json) as watch:
        grade(target, estudante, force=tudo, on_start=watch.start, on_result=watch.done, **where)
    watch.summary()
    if watch.count(FAILED):
        raise CorretorError("Há entregas recusadas: veja as causas acima. As outras estão corrigidas.")
    if not json:
        console.print(f"Agora: corretor feedback {target.name} e corretor report {target.name}")


@app.command(cls=portuguese.Command)
def rejudge(
    lab: LabName,
    simular: Annotated[
        bool, typer.Option("--simular", help="Mostra o que mudaria, sem gravar nada.")
    ] = False,
) -> None:
    """Julga a turma de novo com o checks.py de agora, das observações guardadas, sem executar cadernos."""
    from .rejudge import rejudge as judge_again

    target = Course.find().lab(lab)
    done = judge_again(target, simulate=simular)
    table = Table("estudante", "ToDo", title="Notas automáticas que mudam", title_justify="left")
    for heading in ("de", "para"):
        table.add_column(heading, justify="right")
    table.add_column("à mão (fica)", justify="right")
    for entry in done:
        for change in entry.changes:
            values = (change.before, change.after, change.by_hand)
            table.add_row(entry.student, change.todo, *(_mark(value) for value in values))
    if table.row_count:
        console.print(table)
    judged = [entry for entry in done if not entry.problem]
    marks = sum(bool(entry.changes) for entry in judged)
    words = sum(entry.reworded and not entry.changes for entry in judged)
    console.print(
        f"Julgadas de novo: {len(judged)} de {len(done)}; com outra nota: {marks}; só com outra mensagem: {words}."
    )
    if simular:
        console.print("Nada foi gravado.")
    elif marks or words:
        console.print(
            f"As devolutivas dessas entregas ficaram velhas. Agora: corretor feedback {target.name} e corretor "
            f"report {target.name}",
            soft_wrap=True,
        )
    for entry in done:
        if entry.problem:
            console.print(f"  {entry.student}: {entry.problem}", markup=False, soft_wrap=True)
    if len(judged) < len(done):
        raise CorretorError(
            f"{len(done) - len(judged)} entregas não puderam ser julgadas de novo: veja acima."
        )


@app.command(cls=portuguese.Command)
def feedback(lab: LabName) -> None:
    """Escreve a devolutiva de cada entrega corrigida."""
    from .feedback import write_feedback
    from .grading import read_verdicts

    target = Course.find().lab(lab)
    students = target.course.submissions(target)
    ready = [student for student in students if read_verdicts(target, student)]
    if not ready:
        raise CorretorError(
            f"Nenhuma entrega de {target.name} foi corrigida. Execute: corretor autograde {target.name}"
        )
    refused = []
    for student in ready:
        try:
            page = write_feedback(target, student, lambda text: console.print(f"⚠ {text}", markup=False))
            console.print(_relative(page))
        except CorretorError as error:
            refused.append(student)
            console.print(f"✘ {error}", markup=False)
    if refused:
        raise CorretorError(
            f"Devolutivas que não foram escritas: {', '.join(refused)}. As outras estão prontas."
        )
    if len(ready) < len(students):
        missing = ", ".join(sorted(set(students) - set(ready)))
        raise CorretorError(f"Sem correção, e por isso sem devolutiva: {missing}.")


@app.command(cls=portuguese.Command)
def report(lab: LabName) -> None:
    """Escreve o relatório do professor."""
    from .report import write_report

    console.print(_relative(write_report(Course.find().lab(lab))))


@app.command(cls=portuguese.Command)
def export(
    lab: LabName,
    formato: Annotated[
        str, typer.Option(metavar="moodle|canvas|csv", help="Para onde vão as notas; csv é para planilhas.")
    ] = "csv",
    turma: Annotated[
        Path | None, typer.Option(help="Lista da turma, em CSV: dá os nomes, a ordem e quem não entregou.")
    ] = None,
    virgula: Annotated[
        bool, typer.Option("--virgula", help="Vírgula decimal, e ponto e vírgula entre as colunas.")
    ] = False,
    parciais: Annotated[
        bool, typer.Option("--parciais", help="Publica também notas a que falta a correção à mão.")
    ] = False,
    escala: Annotated[
        float | None, typer.Option(help="Nota máxima (10); sem dizer, os pontos do lab.")
    ] = None,
    modelo: Annotated[
        Path | None, typer.Option(help="CSV exportado do Canvas: só a coluna do lab se preenche.")
    ] = None,
    saida: Annotated[Path | None, typer.Option(help="Onde escrever; sem dizer, na pasta relatorio/.")] = None,
) -> None:
    """Exporta as notas de um lab. Quem não entregou fica sem nota: nunca com zero."""
    from .export import ABSENT, GRADED, NOT_GRADED, PENDING
    from .export import export as write

    roster = None
    if turma is not None:
        from .roster import read_roster

        roster = read_roster(turma)
        if saida is not None and saida.resolve() == turma.resolve():
            raise CorretorError("A saída apagaria a lista da turma: escolha outro nome em --saida.")
    target = Course.find().lab(lab)
    done = write(
        target,
        formato,
        roster=roster,
        comma=virgula,
        partial=parciais,
        scale=escala,
        model=modelo,
        path=saida,
    )

    def tell(text: str, names: list[str]) -> None:
        if names:
            console.print(f"{text}: {', '.join(names)}.", markup=False, soft_wrap=True)

    def in_state(state: str) -> list[str]:
        return [row.id for row in done.rows if row.state == state]

    console.print(_relative(done.path), soft_wrap=True)
    console.print(f"Corrigidas por inteiro: {len(in_state(GRADED))} de {len(done.rows)}.")
    tell("Multa por atraso refeita com as notas de agora", done.penalties)
    kept = "exportada sem o que falta" if parciais else "sem nota no arquivo; --parciais a inclui"
    tell(f"Falta a nota à mão ({kept})", in_state(PENDING))
    tell(f"Falta corrigir (corretor autograde {target.name})", in_state(NOT_GRADED))
    tell("Não entregou (sem nota, que não é zero)", in_state(ABSENT))
    tell("Entregou e ficou fora do arquivo, por não estar na lista ou no modelo", done.left_out)


@app.command(cls=portuguese.Command)
def similar(
    lab: LabName,
    minimo: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Semelhança a partir da qual um par se mostra.")
    ] = 0.6,
) -> None:
    """Procura respostas parecidas demais entre as entregas: indícios, nunca vereditos."""
    from .similar import compare, write_similar

    target = Course.find().lab(lab)
    found = compare(target, minimum=minimo)
    table = Table("entrega", "entrega", title="Indícios, nunca vereditos", title_justify="left")
    for heading in ("semelhança", "evidência"):
        table.add_column(heading, justify="right")
    table.add_column("onde")
    for pair in found.pairs:
        numbers = (f"{100 * pair.similarity:.0f} %", f"{pair.evidence:.0f}")
        table.add_row(escape(pair.first), escape(pair.second), *numbers, ", ".join(pair.places))
    if found.pairs:
        console.print(table)
    console.print(
        f"Comparadas: {found.compared} entregas; pares acima de {100 * minimo:.0f} %: {len(found.pairs)}."
    )
    for cause in found.unread.values():
        console.print(f"Não comparada: {cause}", markup=False, soft_wrap=True)
    console.print(_relative(write_similar(target, found)), soft_wrap=True)


@app.command(cls=portuguese.Command)
def build(tudo: Force = False) -> None:
    """Regenera notebooks/, source/ e release/ a partir de content/."""
    from . import build as builder

    changed = builder.build(Course.find(), force=tudo, say=console.print)
    console.print(f"{changed} arquivos mudaram.")


@app.command(name="zip", cls=portuguese.Command)
def zip_command(lab: LabName) -> None:
    """Empacota a versão do estudante num zip: é só isto que se publica."""
    from .build import zip_release

    console.print(_relative(zip_release(Course.find().lab(lab))))


@app.command(cls=portuguese.Command)
def claims(
    lesson: Annotated[
        list[str] | None, typer.Argument(metavar="[LIÇÃO]...", help="Começo do nome (04).")
    ] = None,
    sementes: Annotated[int, typer.Option(help="Quantas sementes.")] = 5,
    dados: Annotated[Path | None, typer.Option(help="Pasta com dados reais; sem ela, réplicas.")] = None,
) -> None:
    """Reexecuta as lições sob várias sementes e conta quantas vezes cada afirmação se sustentou."""
    from .build import lessons
    from .claims import tally

    paths = [path for path in lessons(Course.find()) if not lesson or path.stem.startswith(tuple(lesson))]
    if not paths:
        raise CorretorError(f"Nenhuma lição começa por {', '.join(lesson or [])}.")
    found = tally(paths, range(sementes), data_dir=dados, say=console.print)
    table = Table("lição", "afirmação", "texto", "sustentou-se")
    for entry in found:
        color = "green" if entry.held == entry.runs else "red"
        table.add_row(entry.lesson, entry.claim, entry.text, f"[{color}]{entry.held}/{entry.runs}[/]")
    console.print(table)
    if any(entry.held < entry.runs for entry in found):
        raise CorretorError("Há afirmações que nem sempre se sustentam: enfraqueça-as ou conserte a lição.")


@app.command(cls=portuguese.Command)
def banco(
    lab: LabName,
    respostas: Annotated[
        str, typer.Option(metavar="NOMES", help="Só estas, separadas por vírgula (referencia,parcial).")
    ] = "",
) -> None:
    """Ensaia o banco de respostas de um lab, sem isolamento, e compara com as notas que ele promete."""
    from .answers import read_answers
    from .build import build_lab
    from .rehearsal import Rehearsal, filled, rehearse

    target = Course.find().lab(lab)
    build_lab(target)
    bank = {answer.name: answer for answer in read_answers(target)}
    names = respostas.split(",") if respostas else list(bank)
    unknown = [name for name in names if name not in bank]
    if unknown:
        raise CorretorError(f"Não há {', '.join(unknown)} no banco. Há: {', '.join(bank)}.")
    runs = {name: Rehearsal(filled(target, bank[name])) for name in names}
    owners = {id(run): name for name, run in runs.items()}
    failures = []

    def done(run: Rehearsal) -> None:
        answer = bank[owners[id(run)]]
        points = {todo: verdict.points for todo, verdict in run.verdicts.items()}
        messages = {todo: verdict.messages for todo, verdict in run.verdicts.items()}
        wrong = answer.mismatches(points, messages)
        mark = "[red]✘[/]" if wrong else "[green]✔[/]"
        console.print(
            f"{mark} {answer.name}: {_decimal(sum(points.values()))} de {_decimal(answer.total)} prometidos, em {_decimal(round(run.seconds, 1))} s"
        )
        for text in wrong:
            failures.append(text)
            console.print(f"    {text}", markup=False)
            for message in messages.get(text.split(":")[0], ()):
                console.print(f"        • {message}", markup=False)

    rehearse(target, list(runs.values()), done)
    if failures:
        raise CorretorError(f"{len(failures)} diferenças entre o banco e a correção.")


@app.command(cls=portuguese.Command)
def mutantes(
    lab: Annotated[
        list[str] | None, typer.Argument(metavar="[LAB]...", help="Começo do nome (lab5).")
    ] = None,
    todo: Annotated[list[str] | None, typer.Option(help="Só este ToDo (todo03); pode repetir.")] = None,
    amostra: Annotated[int | None, typer.Option(help="Só tantos mutantes, sempre os mesmos.")] = None,
) -> None:
    """Muda as respostas de referência de muitas maneiras e conta quantas mudanças os testes percebem."""
    from .build import build_lab
    from .mutants import PROMISED, measure

    course = Course.find()
    failures = []
    for target in [course.lab(name) for name in lab or course.labs]:
        build_lab(target)
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(target.name, total=None)
            score = measure(
                target,
                todos=todo or (),
                sample=amostra,
                say=lambda n, total, task=task, progress=progress: progress.update(
                    task, completed=n, total=total
                ),
            )
        table = Table("ToDo", "verificação", title=target.name, title_justify="left")
        table.add_column("mutantes que ela percebe", justify="right")
        for (name, criterion), count in score.by_check.items():
            table.add_row(name, criterion, f"[red]{count}[/]" if not count else str(count))
        console.print(table)
        for title, found in (("Sobreviveu", score.survived), ("Equivalente", score.equivalent)):
            for mutant in found:
                console.print(f"{title}: {mutant.todo}, linha {mutant.line}", highlight=False)
                console.print(f"    − {mutant.before}\n    + {mutant.after}", markup=False)
                if mutant.reason:
                    console.print(f"    {mutant.reason}", markup=False)
        tried = len(score.killed) + len(score.survived)
        console.print(
            f"{target.name}: {len(score.killed)} de {tried} mutantes percebidos ({_decimal(round(100 * score.ratio, 1))} %); {len(score.equivalent)} equivalentes."
        )
        for text in score.failures:
            console.print(f"✘ {text}", style="red", markup=False)
        if score.failures or score.ratio < PROMISED:
            failures.append(target.name)
    if failures:
        raise CorretorError(
            f"Abaixo do prometido ({_decimal(100 * PROMISED)} %) ou com falhas: {', '.join(failures)}."
        )


@app.command(cls=portuguese.Command)
def cobertura() -> None:
    """Conta as linhas do inventário de conteúdo que as lições e os labs já cobrem, e lista as que faltam."""
    from . import syllabus

    plan = syllabus.read(Course.find())
    done, missing = syllabus.coverage(plan)
    table = Table("lição ou lab", "estado", title="Cobertura do inventário", title_justify="left")
    table.add_column("linhas", justify="right")
    for entry in (*plan.lessons, *plan.labs):
        name = (
            f"{entry.number:02d}" if isinstance(entry, syllabus.Lesson) else entry.id.replace("lab", "Lab ")
        )
        state = "[green]escrita[/]" if entry.written else "em preparação"
        table.add_row(f"{name} · {entry.subject}", state, str(len(entry.rows)))
    console.print(table)
    console.print(f"Cobertas: {len(done)} de {len(done) + len(missing)} linhas.")
    if missing:
        console.print(f"Faltam: {', '.join(syllabus.ranges(missing))}.")


def _isolation(sem_isolamento: bool) -> None:
    if sem_isolamento:
        os.environ[sandbox.NO_ISOLATION] = "1"
        console.print("[yellow]⚠ Correção sem isolamento: o código das entregas alcança esta máquina.[/]")


def _decimal(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _mark(value: float | None) -> str:
    return "–" if value is None else _decimal(value)


def _relative(path: Path) -> str:
    return os.path.relpath(path)


def main() -> None:
    """Ponto de entrada: erros previstos viram uma linha em português e um código de saída que não é 0."""
    try:
        sys.exit(app(standalone_mode=False))
    except (CorretorError, DataError) as error:
        _fail(str(error), 1)
    except OSError as error:
        _fail(
            f"o sistema recusou um arquivo ({error}). Confira espaço e permissões e repita: nada se perde.", 1
        )
    except KeyboardInterrupt:
        _fail("interrompido. Repita o comando: o que já foi corrigido fica.", 130)
    except Exception as error:
        if not hasattr(error, "format_message"):  # os erros de uso do typer têm este método
            raise
        _fail(portuguese.usage_error(error.format_message()), 2)


def _fail(message: str, code: int) -> None:
    Console(stderr=True, highlight=False).print(f"[red]erro:[/] {escape(message)}", soft_wrap=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
