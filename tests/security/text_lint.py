"""Finds plain strings that are handed to what shows them: a widget would read them as markup.

Safe is what is written in the source, `Content`, and what is made of these alone; where `markup=False` is said, also
the strings that functions of `tui.text` answer. What comes from anywhere else, an attribute or a parameter of type
`str`, is refused: it is to go through `tui.text` first.
"""
from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_WIDGETS = {"Button", "Checkbox", "Collapsible", "Digits", "Label", "Link", "Markdown", "Option", "OptionList",
            "Placeholder", "RadioButton", "RadioSet", "Selection", "SelectionList", "Static", "Tab", "TabPane", "Tree"}
# Which arguments are shown.
_ALL, _FIRST, _SECOND = slice(None), slice(1), slice(1, 2)
_METHODS = {"add_column": _FIRST, "add_columns": _ALL, "add_leaf": _FIRST, "add_option": _FIRST, "add_options": _FIRST,
            "add_row": _ALL, "add_rows": _FIRST, "exit": slice(0), "notify": _FIRST, "replace_option_prompt": _SECOND,
            "replace_option_prompt_at_index": _SECOND, "set_label": _FIRST, "set_options": _FIRST, "update": _FIRST,
            "update_cell": slice(2, 3), "update_cell_at": _SECOND, "with_tooltip": _FIRST, "write": _FIRST,
            "write_line": _FIRST, "write_lines": _FIRST}
_FUNCTIONS = {"DiscoveryHit": _FIRST, "Hit": _SECOND}
_SHOWN = {"border_subtitle", "border_title", "content", "label", "message", "placeholder", "prompt", "renderable",
          "sub_title", "title", "tooltip"}
_PURE = {"enumerate", "int", "len", "list", "range", "reversed", "round", "sorted", "tuple", "zip"}
_OWN = {"Content", "FittedContent", "Text"}  # a FittedContent takes what draws Content, which mypy sees to
_NUMBERS_ONLY = re.compile(r".*,|.*[dfeg%]")  # a format that a string refuses

Function = ast.FunctionDef | ast.AsyncFunctionDef
_Test = Callable[[ast.expr], bool]


@dataclass
class House:
    """What a whole folder of modules defines.

    Attributes:
        widgets: Classes that show their arguments.
        with_parameters: Those of them whose arguments are their own affair.
        makers: Functions that answer with `Content`.
    """

    widgets: set[str] = field(default_factory=lambda: set(_WIDGETS))
    with_parameters: set[str] = field(default_factory=set)
    makers: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, modules: dict[str, ast.Module]) -> House:
        house = cls()
        classes = [node for each in modules.values() for node in ast.walk(each) if isinstance(node, ast.ClassDef)]
        for _ in classes:
            house.widgets |= {each.name for each in classes if _bases(each) & house.widgets}
        house.with_parameters = {each.name for each in classes
                                 if any(isinstance(node, Function) and node.name == "__init__" for node in each.body)}
        house.makers = _makers(list(modules.values()))
        return house


def _makers(modules: list[ast.Module]) -> set[str]:
    """The functions of which every one of that name answers with `Content`."""
    functions = [node for each in modules for node in ast.walk(each) if isinstance(node, Function)]
    return {each.name for each in functions} - {each.name for each in functions
                                                if "Content" not in _annotated(each.returns)}


def strays(folder: Path) -> list[str]:
    """Where in the folder's modules a plain string is shown: `file:line: what`."""
    sources = {str(path.relative_to(folder.parent)): path.read_text("utf-8") for path in folder.rglob("*.py")}
    return strays_in(sources)


def strays_in(sources: dict[str, str]) -> list[str]:
    """The same for sources by their name."""
    modules = {name: ast.parse(source) for name, source in sources.items()}
    house = House.of(modules)
    return [f"{name}:{node.lineno}: {ast.unparse(node)}"
            for name, module in sorted(modules.items()) for node in _Module(module, house).strays()]


class _Module:
    """One module, seen scope by scope: a name is as safe as everything that is bound to it."""

    def __init__(self, module: ast.Module, house: House) -> None:
        self._module = module
        self._house = house
        self._scopes: list[ast.AST] = [module]
        self._asked: set[str] = set()
        here = {node.name for node in ast.walk(module) if isinstance(node, Function)}
        self._makers = house.makers - here | _makers([module])
        self._to_the_letter = False
        self._doors = {alias.asname or alias.name for node in ast.walk(module) if isinstance(node, ast.ImportFrom)
                          if node.module == "tui.text" for alias in node.names}

    def strays(self) -> Iterator[ast.expr]:
        yield from self._strays_of(self._module)

    def _strays_of(self, node: ast.AST) -> Iterator[ast.expr]:
        scope = isinstance(node, Function | ast.Lambda | ast.ClassDef)
        if scope:
            self._scopes.append(node)
        self._to_the_letter = isinstance(node, ast.Call) and any(
            each.arg == "markup" and ast.unparse(each.value) == "False" for each in node.keywords)
        yield from [each for each in self._shown(node) if not self._safe(each)]
        self._to_the_letter = False
        for child in ast.iter_child_nodes(node):
            yield from self._strays_of(child)
        if scope:
            self._scopes.pop()

    # What is shown

    def _shown(self, node: ast.AST) -> Iterator[ast.expr]:
        if isinstance(node, ast.Call):
            yield from self._shown_by_call(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Attribute) and target.attr in _SHOWN for target in targets):
                yield node.value

    def _shown_by_call(self, call: ast.Call) -> Iterator[ast.expr]:
        name = _called(call)
        if isinstance(call.func, ast.Attribute) and name == "from_markup":
            if call.args and not self._written(call.args[0]):
                yield call.args[0]
            return
        shown = self._arguments_shown(call, name)
        if shown is not None:
            yield from call.args[shown]
            yield from (keyword.value for keyword in call.keywords if keyword.arg in _SHOWN)

    def _arguments_shown(self, call: ast.Call, name: str) -> slice | None:
        if isinstance(call.func, ast.Attribute):
            here = [scope for scope in self._scopes[-2:] if isinstance(scope, ast.ClassDef)]
            is_driver = any(base.endswith("Driver") for scope in here for base in _bases(scope))
            if name == "write" and (is_driver or ast.unparse(call.func.value).endswith("_file")):
                return None  # a file shows nothing, and a driver is handed what was painted
            is_base = name == "__init__" and any(_bases(scope) & self._house.widgets for scope in here)
            return _ALL if is_base else _METHODS.get(name)
        if name in self._house.widgets - self._house.with_parameters:
            return _ALL
        return _FUNCTIONS.get(name)

    # What is safe

    def _written(self, node: ast.expr) -> bool:
        """Whether it stands in the source, word for word: a template of markup must."""
        match node:
            case ast.Constant():
                return True
            case ast.Name(id=name):
                return self._bound(name, self._written, parameters=False)
            case ast.JoinedStr(values=parts):
                return all(self._written(part) for part in parts)
            case ast.FormattedValue(value=value):
                return self._written(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right) | ast.IfExp(body=left, orelse=right):
                return self._written(left) and self._written(right)
        return False

    def _safe(self, node: ast.expr) -> bool:
        match node:
            case ast.Constant() | ast.Compare() | ast.Dict() | ast.DictComp():
                return True
            case ast.Name(id=name):
                return name.lstrip("_").isupper() or self._bound(name, self._safe, parameters=True)
            case ast.Attribute(attr=name):
                return name.lstrip("_").isupper()
            case ast.Subscript(value=value) | ast.Starred(value=value) | ast.Await(value=value) | ast.NamedExpr(
                    value=value):
                return self._safe(value)
            case ast.FormattedValue(value=value, format_spec=format_):
                return self._safe(value) or (format_ is not None
                                             and bool(_NUMBERS_ONLY.fullmatch(ast.unparse(format_).strip("f'\""))))
            case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.BoolOp(values=parts):
                return all(self._safe(part) for part in parts)
            case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
                return self._safe(left) and self._safe(right)
            case ast.ListComp(elt=each) | ast.GeneratorExp(elt=each):
                return isinstance(each, ast.Tuple) or self._safe(each)
            case ast.Call():
                return self._safe_answer(node)
        return False

    def _safe_answer(self, call: ast.Call) -> bool:
        name = _called(call)
        if isinstance(call.func, ast.Attribute):
            on = call.func.value
            if isinstance(on, ast.Name) and on.id in _OWN:
                return True
            if (isinstance(on, ast.Name) and on.id == "self") or not self._safe(on):
                return name in self._makers
            return self._is_content(on) or all(self._safe(each) for each in call.args)
        if name in _PURE:
            return all(self._safe(each) for each in call.args) or name in {"int", "len", "range", "round"}
        return name in _OWN | self._makers | self._house.widgets or (self._to_the_letter and name in self._doors)

    def _is_content(self, node: ast.expr) -> bool:
        """Of what is safe: whether it is `Content`, which joins nothing but `Content`, and no string of ours."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on = node.func.value
            return self._is_content(on) or (isinstance(on, ast.Name) and on.id in _OWN)
        return isinstance(node, ast.Call)

    def _bound(self, name: str, good: _Test, *, parameters: bool) -> bool:
        """Whether all is good that this name is bound to where it is seen."""
        if name in self._asked:
            return True  # asked within its own binding: the others decide
        self._asked.add(name)
        try:
            for scope in reversed(self._scopes):
                bindings = list(_bindings(scope, name))
                if bindings:
                    return all(good(each) if isinstance(each, ast.expr) else parameters and _is_safe_parameter(each)
                               for each in bindings)
            return False
        finally:
            self._asked.discard(name)


def _bindings(scope: ast.AST, name: str) -> Iterator[ast.expr | ast.arg]:
    """All that a scope binds to a name: parameters, assignments, loops."""
    if isinstance(scope, ast.ClassDef):
        return
    if isinstance(scope, Function | ast.Lambda):
        arguments = scope.args
        yield from (each for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg)
                    if each is not None and each.arg == name)
    for node in _within(scope):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _matched(target, value, name)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
                yield from _matched(target, value, name)
            case ast.AugAssign(target=ast.Name(id=target), value=value) if target == name:
                yield value
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                if any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(target)):
                    yield value


def _within(scope: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, Function | ast.Lambda | ast.ClassDef):
            yield child
            yield from _within(child)


def _matched(target: ast.expr, value: ast.expr, name: str) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for each, its in zip(target.elts, value.elts, strict=True):
            yield from _matched(each, its, name)
    elif any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(target)) and not isinstance(
            target, ast.Attribute | ast.Subscript):
        yield value


def _is_safe_parameter(parameter: ast.arg) -> bool:
    annotation = _annotated(parameter.annotation)
    return "Content" in annotation or annotation in {"int", "bool"}


def _annotated(annotation: ast.expr | None) -> str:
    return ast.unparse(annotation) if annotation else ""


def _bases(node: ast.ClassDef) -> set[str]:
    return {base.id if isinstance(base, ast.Name) else ast.unparse(base).split("[")[0] for base in node.bases}


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""
