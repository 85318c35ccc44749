"""Testa os testes: muda a resposta de referência de muitas maneiras e conta o que as verificações percebem."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider

from .answers import REFERENCE, STUB, Answer, read_answers
from .course import Lab
from .errors import CorretorError
from .judge import Verdict
from .rehearsal import Rehearsal, filled, rehearse

CELL_SECONDS = 20  # um mutante que não para é um mutante percebido
SEEDS = range(10)
PROMISED = 0.95
BATCH = 40  # mutantes por processo
_SEED_LINE = re.compile(r"^SEED = \d+", flags=re.MULTILINE)


@dataclass(frozen=True)
class Mutant:
    """Uma mudança na resposta de um ToDo.

    Attributes
    ----------
    todo : str
        O ToDo mudado.
    line : int
        Linha da mudança, na célula de resposta.
    before, after : str
        A linha, antes e depois.
    source : str
        A célula inteira, já mudada.
    reason : str
        Por que a mudança não muda a resposta; vazia se não se conhece razão.
    """

    todo: str
    line: int
    before: str
    after: str
    source: str
    reason: str = ""


@dataclass
class Score:
    """O resultado de um lab.

    Attributes
    ----------
    killed, survived, equivalent : list of Mutant
        Percebidos, não percebidos, e não percebidos com razão conhecida.
    by_check : dict
        Mutantes percebidos por verificação (ToDo, critério).
    failures : list of str
        O que não recebeu a nota que devia (referência, esqueleto) e as razões que não valem mais.
    """

    killed: list[Mutant] = field(default_factory=list)
    survived: list[Mutant] = field(default_factory=list)
    equivalent: list[Mutant] = field(default_factory=list)
    by_check: dict[tuple[str, str], int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Fração percebida, entre os mutantes que não são equivalentes."""
        total = len(self.killed) + len(self.survived)
        return len(self.killed) / total if total else 1.0


# --- as mudanças --------------------------------------------------------------------------------

_BINARY = {
    cst.Add: cst.Subtract,
    cst.Subtract: cst.Add,
    cst.Multiply: cst.Divide,
    cst.Divide: cst.Multiply,
    cst.Power: cst.Multiply,
    cst.FloorDivide: cst.Divide,
    cst.Modulo: cst.FloorDivide,
}
_COMPARISON = {
    cst.LessThan: (cst.LessThanEqual, cst.GreaterThan),
    cst.LessThanEqual: (cst.LessThan, cst.GreaterThanEqual),
    cst.GreaterThan: (cst.GreaterThanEqual, cst.LessThan),
    cst.GreaterThanEqual: (cst.GreaterThan, cst.LessThanEqual),
    cst.Equal: (cst.NotEqual,),
    cst.NotEqual: (cst.Equal,),
}
_AUGMENTED = {
    cst.AddAssign: cst.SubtractAssign,
    cst.SubtractAssign: cst.AddAssign,
    cst.MultiplyAssign: cst.DivideAssign,
    cst.DivideAssign: cst.MultiplyAssign,
}
_NAMES = {
    "maximum": "minimum",
    "minimum": "maximum",
    "max": "min",
    "min": "max",
    "mean": "sum",
    "sum": "mean",
    "var": "std",
    "std": "var",
    "all": "any",
    "any": "all",
    "argmax": "argmin",
    "argmin": "argmax",
    "expm1": "exp",
    "log1p": "log",
    "zeros": "ones",
    "ones": "zeros",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "float32": "float64",
    "float64": "float32",
    "uniform": "normal",
    "normal": "uniform",
    "logical_and": "logical_or",
    "logical_or": "logical_and",
}
_WRAPPERS = {"abs", "fabs", "sqrt", "square", "exp", "log", "expm1", "sign", "copy", "array", "asarray"}
_METHODS = {"copy", "astype", "reshape", "ravel", "flatten", "transpose"}
_STRINGS = (
    ("relu", "elu", "tanh", "sigmoid", "selu", "gelu", "linear", "leaky_relu", "softmax"),
    ("glorot_uniform", "he_uniform", "lecun_normal", "he_normal", "glorot_normal", "lecun_uniform"),
)


def mutations(source: str) -> Iterator[tuple[int, str, str, str]]:
    """Cada mudança de uma célula: número da linha, linha antes, linha depois, célula mudada.

    Muda operadores, comparações, constantes, eixos e outros argumentos, a ordem de operandos e de
    argumentos, funções trocadas com facilidade; tira termos, fatores, comandos, sinais e cópias.
    O que só existe para o leitor (docstrings, mensagens de erro, anotações) fica.
    """
    wrapper = MetadataWrapper(cst.parse_module(source))
    module = wrapper.module
    parents = wrapper.resolve(ParentNodeProvider)
    seen = {source}
    for node in _walk(module, parents):
        for changed in _changes(node, parents):
            new = module.deep_replace(node, changed)
            code = new.code if isinstance(new, cst.Module) else ""
            if code in seen or not _compiles(code):
                continue
            seen.add(code)
            yield *_difference(source, code), code


def _difference(before: str, after: str) -> tuple[int, str, str]:
    """A primeira linha que mudou: número, texto antes e depois."""
    pairs = zip_longest(before.splitlines(), after.splitlines(), fillvalue="")
    for line, (old, new) in enumerate(pairs, start=1):
        if old != new:
            return line, old.strip(), new.strip()
    raise ValueError("os dois textos são iguais")


def _compiles(code: str) -> bool:
    try:
        compile(code, "mutante", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _walk(node: cst.CSTNode, parents) -> Iterator[cst.CSTNode]:
    """Os nós que uma resposta executa, de cima para baixo."""
    if isinstance(node, (cst.Raise, cst.Assert, cst.Annotation, cst.Import, cst.ImportFrom)):
        return
    if isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString)):
        return
    yield node
    for child in node.children:
        yield from _walk(child, parents)


def _changes(node: cst.CSTNode, parents) -> Iterator[cst.CSTNode]:
    """As mudanças de um só nó."""
    if isinstance(node, cst.BinaryOperation):
        swap = _BINARY.get(type(node.operator))
        if swap:
            yield node.with_changes(operator=swap())
        if isinstance(node.operator, (cst.Subtract, cst.Divide, cst.MatrixMultiply, cst.Power)):
            yield node.with_changes(left=_parenthesized(node.right), right=_parenthesized(node.left))
        yield _parenthesized(node.left)  # sem o segundo termo
        if isinstance(node.operator, (cst.Add, cst.Multiply)):
            yield _parenthesized(node.right)
    elif isinstance(node, cst.ComparisonTarget):
        for operator in _COMPARISON.get(type(node.operator), ()):
            yield node.with_changes(operator=operator())
    elif isinstance(node, cst.AugAssign):
        swap = _AUGMENTED.get(type(node.operator))
        if swap:
            yield node.with_changes(operator=swap())
    elif isinstance(node, cst.UnaryOperation):
        if isinstance(node.operator, (cst.Minus, cst.Not)):
            yield node.expression
    elif isinstance(node, cst.BooleanOperation):
        yield node.with_changes(operator=cst.Or() if isinstance(node.operator, cst.And) else cst.And())
    elif isinstance(node, cst.Integer):
        value = node.evaluated_value
        for other in dict.fromkeys((value + 1, value - 1, 0)):
            if other != value:
                yield cst.parse_expression(str(other) if other >= 0 else f"({other})")
    elif isinstance(node, cst.Float):
        yield cst.parse_expression(repr(node.evaluated_value * 2 if node.evaluated_value else 1.0))
        yield cst.Integer("0" if node.evaluated_value else "1")
    elif isinstance(node, cst.SimpleString):
        for family in _STRINGS:
            text = node.evaluated_value
            if text in family:
                yield cst.SimpleString(repr(family[(family.index(text) + 1) % len(family)]))
    elif isinstance(node, cst.Name):
        yield from _renamed(node, parents)
    elif isinstance(node, cst.Call):
        yield from _calls(node)
    elif isinstance(node, (cst.If, cst.IfExp)):
        yield node.with_changes(test=cst.Name("True"))
        yield node.with_changes(test=cst.Name("False"))
    elif isinstance(node, cst.Tuple) and len(node.elements) > 1:
        first, second, *rest = node.elements
        if not isinstance(parents[node], cst.AssignTarget):
            yield node.with_changes(
                elements=[
                    first.with_changes(value=second.value),
                    second.with_changes(value=first.value),
                    *rest,
                ]
            )
    elif isinstance(node, cst.SimpleStatementLine):
        body = node.body[0]
        documents = isinstance(body, cst.Expr) and isinstance(
            body.value, (cst.SimpleString, cst.ConcatenatedString)
        )
        if isinstance(body, (cst.Assign, cst.AugAssign, cst.Expr)) and not documents:
            yield node.with_changes(body=[cst.Pass()])


def _renamed(node: cst.Name, parents) -> Iterator[cst.CSTNode]:
    """Funções que se confundem (`np.mean` e `np.sum`) e valores lógicos trocados."""
    parent = parents[node]
    if node.value in ("True", "False"):
        yield cst.Name("False" if node.value == "True" else "True")
    elif node.value in _NAMES and isinstance(parent, cst.Attribute) and parent.attr is node:
        yield cst.Name(_NAMES[node.value])


def _calls(node: cst.Call) -> Iterator[cst.CSTNode]:
    """Argumentos esquecidos ou fora de ordem, funções e métodos esquecidos."""
    args = node.args
    plain = [a for a in args if a.keyword is None and not a.star]
    if len(plain) >= 2 and plain == list(args[: len(plain)]):
        first, second = plain[:2]
        swapped = [first.with_changes(value=second.value), second.with_changes(value=first.value)]
        yield node.with_changes(args=[*swapped, *args[2:]])
    for position, argument in enumerate(args):
        if argument.keyword is not None:
            rest = [a for i, a in enumerate(args) if i != position]
            yield node.with_changes(args=_commas(rest))
            if argument.keyword.value == "axis" and isinstance(argument.value, cst.Integer):
                axis = argument.value.evaluated_value
                other = argument.with_changes(value=cst.Integer("1" if axis == 0 else "0"))
                yield node.with_changes(args=[other if a is argument else a for a in args])
    name = node.func.attr.value if isinstance(node.func, cst.Attribute) else getattr(node.func, "value", "")
    if isinstance(node.func, cst.Attribute) and name in _METHODS:
        yield _parenthesized(node.func.value)
    elif name in _WRAPPERS and plain:
        yield _parenthesized(plain[0].value)


def _commas(args: Sequence[cst.Arg]) -> list[cst.Arg]:
    return [arg.with_changes(comma=cst.MaybeSentinel.DEFAULT) for arg in args]


def _parenthesized(node: cst.BaseExpression) -> cst.BaseExpression:
    """A expressão entre parênteses se isso a protege de uma precedência nova."""
    if isinstance(node, (cst.BinaryOperation, cst.UnaryOperation, cst.BooleanOperation, cst.IfExp)) and not (
        node.lpar
    ):
        return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return node


# --- a medida -----------------------------------------------------------------------------------


def mutants(lab: Lab, todos: Sequence[str] = ()) -> list[Mutant]:
    """Todos os mutantes das respostas de referência dos ToDos automáticos, na ordem do caderno.

    Raises
    ------
    CorretorError
        Se um ToDo pedido não existir ou for corrigido à mão.
    """
    automatic = [todo for todo, (_, manual) in lab.points.items() if not manual]
    unknown = [todo for todo in todos if todo not in automatic]
    if unknown:
        raise CorretorError(
            f"{lab.name}: {', '.join(unknown)} não é ToDo de correção automática. Há: {', '.join(automatic)}."
        )
    reasons = _reasons(lab)
    reference = next(answer for answer in read_answers(lab) if answer.name == REFERENCE)
    cells = {c.metadata.nbgrader.grade_id: c.source for c in _solutions(filled(lab, reference))}
    return [
        Mutant(todo, *found, reason=reasons.get((todo, *found[1:3]), ""))
        for todo in automatic
        if not todos or todo in todos
        for found in mutations(cells[todo])
    ]


def _solutions(nb) -> list:
    return [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("solution") and c.cell_type == "code"]


def _reasons(lab: Lab) -> dict[tuple[str, str, str], str]:
    """As mudanças que se sabe não mudarem nada, de equivalentes.toml: (ToDo, antes, depois) → razão."""
    path = lab.content / "equivalentes.toml"
    if not path.exists():
        return {}
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutantes", [])
    return {(entry["todo"], entry["antes"], entry["depois"]): entry["razao"] for entry in entries}


def measure(
    lab: Lab,
    *,
    todos: Sequence[str] = (),
    sample: int | None = None,
    seeds: Sequence[int] = SEEDS,
    say: Callable[[int, int], None] = lambda done, total: None,
) -> Score:
    """Ensaia os mutantes, o esqueleto e a referência de um lab.

    Parameters
    ----------
    lab : Lab
        O lab, com source/ e release/ em dia.
    todos : sequence of str
        Só estes ToDos; todos, se vazio.
    sample : int, optional
        Só tantos mutantes, sempre os mesmos, espalhados pelos ToDos.
    seeds : sequence of int
        Sementes da referência, que deve receber todos os pontos com cada uma.
    say : callable
        Recebe quantos ensaios terminaram e quantos são.
    """
    every = mutants(lab, todos)
    chosen = every if sample is None else _sample(every, sample)
    bank = {answer.name: answer for answer in read_answers(lab)}
    total = bank[REFERENCE].total
    controls = list(_controls(lab, bank, seeds)) if not todos else []
    batches = _batches(lab, bank[REFERENCE], chosen)
    score = Score()
    finished = 0

    def tell(run: Rehearsal) -> None:
        nonlocal finished
        finished += _size(run) or 1
        say(finished, len(controls) + sum(_size(run) for run, _ in batches))

    rehearse(lab, [run for _, _, run in controls], tell)
    for name, complete, run in controls:
        got = sum(verdict.points for verdict in run.verdicts.values())
        if got != (total if complete else 0):
            lost = [
                f"{v.todo}: {' '.join(v.messages)}" for v in run.verdicts.values() if v.points < v.max_points
            ]
            score.failures.append(f"{name}: {got:g} pontos. {' | '.join(lost) if complete else ''}")
    verdicts = _verdicts(lab, bank[REFERENCE], batches, tell)
    for mutant in chosen:
        _count(score, mutant, verdicts[mutant])
    if sample is None and not todos:
        used = {(m.todo, m.before, m.after) for m in score.equivalent}
        for entry in sorted(set(_reasons(lab)) - used):
            score.failures.append(
                f"equivalentes.toml: {' | '.join(entry)} não é mais um mutante sobrevivente"
            )
    return score


def _size(run: Rehearsal) -> int:
    return sum(map(len, run.variants.values()))


def _batches(lab: Lab, reference: Answer, chosen: Sequence[Mutant]) -> list[tuple[Rehearsal, list[Mutant]]]:
    """Os mutantes em lotes que dividem um processo; por último, em cada ToDo, a própria referência."""
    order = list(lab.points)
    chosen = sorted(chosen, key=lambda mutant: order.index(mutant.todo))
    batches = []
    for begin in range(0, len(chosen), BATCH):
        part, nb = chosen[begin : begin + BATCH], filled(lab, reference)
        variants: dict[str, dict[str, str]] = {}
        for number, mutant in enumerate(part):  # cada um com o seu nome: um não vê o que outro criou
            variants.setdefault(mutant.todo, {})[f"mutante {number}"] = mutant.source
        for cell in _solutions(nb):
            if cell.metadata.nbgrader.grade_id in variants:
                variants[cell.metadata.nbgrader.grade_id][REFERENCE] = cell.source
        batches.append((Rehearsal(nb, variants=variants), part))
    return batches


def _verdicts(lab, reference, batches, tell) -> dict[Mutant, Verdict]:
    """O veredito de cada mutante.

    Os mutantes de um ToDo só valem se a referência, por último, ainda receber tudo: senão algum estragou o
    que os outros usaram. Os que não valem, e todos os que sobreviveram, são ensaiados de novo, cada um em
    seu processo.
    """
    rehearse(lab, [run for run, _ in batches], tell, cell_seconds=CELL_SECONDS)
    verdicts: dict[Mutant, Verdict] = {}
    for run, part in batches:
        for number, mutant in enumerate(part):
            results = run.results[mutant.todo]
            control, found = results.get(REFERENCE), results.get(f"mutante {number}")
            if control and control.points == control.max_points and found.points < found.max_points:
                verdicts[mutant] = found
    alone = {
        mutant: Rehearsal(
            filled(lab, replace(reference, cells={mutant.todo: mutant.source})), until=mutant.todo
        )
        for _, part in batches
        for mutant in part
        if mutant not in verdicts
    }
    rehearse(lab, list(alone.values()), cell_seconds=CELL_SECONDS)
    return verdicts | {mutant: run.verdicts[mutant.todo] for mutant, run in alone.items()}


def _count(score: Score, mutant: Mutant, verdict: Verdict) -> None:
    for item in verdict.items:
        score.by_check.setdefault((mutant.todo, item.criterion), 0)
        score.by_check[mutant.todo, item.criterion] += item.points < item.max_points
    if verdict.points < verdict.max_points:
        score.killed.append(mutant)
    else:
        (score.equivalent if mutant.reason else score.survived).append(mutant)


def _sample(every: list[Mutant], size: int) -> list[Mutant]:
    """Uma amostra fixa, com todos os ToDos: a mesma a cada vez, para que um teste não oscile."""
    order = random.Random(0)
    groups: dict[str, list[Mutant]] = {}
    for mutant in every:
        groups.setdefault(mutant.todo, []).append(mutant)
    for group in groups.values():
        order.shuffle(group)
    chosen: list[Mutant] = []
    while len(chosen) < min(size, len(every)):
        for group in groups.values():
            if group and len(chosen) < size:
                chosen.append(group.pop())
    return chosen


def _controls(
    lab: Lab, bank: dict[str, Answer], seeds: Sequence[int]
) -> Iterator[tuple[str, bool, Rehearsal]]:
    """O que não é mutante: nome, se deve receber tudo (ou nada), ensaio."""
    yield "esqueleto", False, Rehearsal(filled(lab, bank[STUB]))
    unchecked = filled(lab, bank[REFERENCE])
    for cell in unchecked.cells:
        if "END HIDDEN TESTS" in cell.source:
            cell.source = cell.source.split("### END HIDDEN TESTS")[0]
    yield "referência sem os testes visíveis", True, Rehearsal(unchecked)
    for seed in seeds:
        nb, found = filled(lab, bank[REFERENCE]), 0
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.source, replaced = _SEED_LINE.subn(f"SEED = {seed}", cell.source)
                found += replaced
        if not found:
            raise CorretorError(f"{lab.name}: nenhuma célula define SEED; sem ela não se testam sementes.")
        yield f"referência, semente {seed}", True, Rehearsal(nb)
