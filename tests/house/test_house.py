"""Hold the house's rules of size, words and errors over every Python file."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.source import CHECKED, PRODUCT, Source, sources

FUNCTION_LINES = 60
FILE_LINES = 400

SHUNNED = {"process", "handle", "manage", "data", "info", "util", "helper", "engine", "manager", "common", "base"}
ENDINGS = ("", "s", "d", "r", "rs", "ed", "er", "ers", "ing")
# Hooks whose names a library prescribes.
PRESCRIBED = {"process_bind_param", "process_result_value"}

# In two parts, so that this file is not a finding of its own.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|raise NotImplemented" r"Error")
SKIPPED = re.compile(r"mark\.(sk" r"ip|sk" r"ipif|xf" r"ail)\b|pytest\.(sk" r"ip|importor" r"skip|xf" r"ail)\(")

# Calls by which a pure function would read the world; imports of impure modules are import-linter's to refuse.
IMPURE_METHODS = {"now", "today", "utcnow", "fromtimestamp"}
IMPURE_FUNCTIONS = {"open", "print", "input", "breakpoint"}


def words_of(name: str) -> list[str]:
    """Split a snake or camel name into lower-case words."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def is_shunned(word: str) -> bool:
    """Say whether a word is a shunned one, or one with an ending."""
    stems = {word.removesuffix(ending) for ending in ENDINGS if word.endswith(ending)}
    return bool(SHUNNED & (stems | {stem + "e" for stem in stems}))


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """Say whether a clause catches Exception, BaseException or simply all."""
    return handler.type is None or bool(names_in(handler.type) & {"Exception", "BaseException"})


def names_in(node: ast.expr) -> set[str]:
    """Collect the plain names of an expression."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def findings_in_names(source: Source) -> list[str]:
    """List the names of a file that use a shunned word."""
    module = source.path.removesuffix(".py").rsplit("/", 1)[-1]
    # "Service" is a kind of document here; as the last word of a class or module it would be the shunned one.
    last_words = [module, *(node.name for _, node in source.definitions() if isinstance(node, ast.ClassDef))]
    vague = [f"{source.path}: {name}" for name in last_words if words_of(name)[-1:] in (["service"], ["services"])]
    named = [module, *(node.name for _, node in source.definitions() if node.name not in PRESCRIBED)]
    return vague + [f"{source.path}: {name}" for name in named if any(map(is_shunned, words_of(name)))]


def test_functions_are_short() -> None:
    long = [
        f"{source.at(node)}: {name} has {length} lines"
        for source in sources(*CHECKED)
        for name, node in source.definitions()
        if not isinstance(node, ast.ClassDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_files_are_short() -> None:
    long = [
        f"{source.path} has {length} lines"
        for source in sources(*CHECKED)
        if (length := len(source.text.splitlines())) > FILE_LINES
    ]
    assert not long, "\n".join(long)


def test_only_the_runner_catches_everything() -> None:
    broad = [
        source.at(node)
        for source in sources(*CHECKED)
        if not source.path.startswith("batch/runner")
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.ExceptHandler) and catches_everything(node))
        or (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("suppress")
            and any(names_in(argument) & {"Exception", "BaseException"} for argument in node.args)
        )
    ]
    assert not broad, "\n".join(broad)


@pytest.mark.parametrize("pattern", [UNFINISHED, SKIPPED], ids=["unfinished", "skipped"])
def test_nothing_is_left_for_later(pattern: re.Pattern[str]) -> None:
    left = [
        f"{source.path}:{number}: {line.strip()}"
        for source in sources(*CHECKED)
        for number, line in enumerate(source.text.splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not left, "\n".join(left)


def test_public_names_have_a_docstring() -> None:
    bare = [source.path for source in sources(*PRODUCT) if not ast.get_docstring(source.tree)]
    bare += [
        f"{source.at(node)}: {name}"
        for source in sources(*PRODUCT)
        for name, node in source.definitions()
        if not any(part.startswith(("_", "<")) for part in name.split("."))
        and not ast.get_docstring(node)
        and not any(ast.unparse(decorator).endswith("overload") for decorator in node.decorator_list)
    ]
    assert not bare, "\n".join(bare)


def test_names_say_what_they_mean() -> None:
    vague = [finding for source in sources(*PRODUCT) for finding in findings_in_names(source)]
    assert not vague, "\n".join(vague)


def test_the_core_reads_no_clock_and_no_file() -> None:
    impure = [
        f"{source.at(node)}: {ast.unparse(node.func)}"
        for source in sources("batch/core")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in IMPURE_FUNCTIONS)
            or (isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_METHODS)
        )
    ]
    assert not impure, "\n".join(impure)


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        pytest.param("def process_lines(): ...", True, id="verb"),
        pytest.param("def processing(): ...", True, id="participle"),
        pytest.param("class LineManager: ...", True, id="camel"),
        pytest.param("class LineHandler: ...", True, id="noun of a verb"),
        pytest.param("class SerialService: ...", True, id="service as a kind of class"),
        pytest.param("def close_service_line(): ...", False, id="service slips are ours"),
        pytest.param("def database(): ...", False, id="part of a word"),
        pytest.param("def land(): ...", False, id="plain"),
        pytest.param("def process_bind_param(): ...", False, id="prescribed by a library"),
    ],
)
def test_shunned_words_are_found(code: str, finding: bool) -> None:
    assert bool(findings_in_names(Source("batch/x.py", code, ast.parse(code)))) == finding


@pytest.mark.parametrize(
    ("clause", "everything"),
    [
        pytest.param("except Exception", True, id="exception"),
        pytest.param("except (ValueError, BaseException) as error", True, id="one of several"),
        pytest.param("except", True, id="bare"),
        pytest.param("except ValueError", False, id="named"),
    ],
)
def test_broad_clauses_are_found(clause: str, everything: bool) -> None:
    statement = ast.parse(f"try: ...\n{clause}: ...").body[0]
    assert isinstance(statement, ast.Try)
    assert catches_everything(statement.handlers[0]) == everything
