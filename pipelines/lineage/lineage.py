"""Follows columns through SQL: JSON with tables and statements on stdin, what each statement reads and makes on stdout.

A statement's column depends on others by value, by condition (a window, a filter of an aggregate: which rows count for
it) or by table (one of these, the parser cannot tell which); `rows` decide which rows there are at all, `names` are the
columns that the text writes down: without them it fails, while a star takes what there is.
"""

import json
import sys

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema

KINDS = ("value", "condition", "table")


def nothing():
    return {kind: set() for kind in KINDS}


def add(deps, more, kind=None):
    """Adds dependencies; under a condition all of them are conditions."""
    for one in KINDS:
        deps[kind if kind and one != "table" else one] |= more[one]


class Statement:
    def __init__(self, tree, dialect, tables):
        for column in tree.find_all(exp.Column):
            column.meta["is_written"] = True
        nested = {}
        for table, columns in tables.items():
            layer, name = table.split(".", 1)
            nested.setdefault(layer, {})[name] = {column: "text" for column in columns}
        self.tables = tables
        self.tree = qualify(
            tree,
            dialect=dialect,
            db="main",
            schema=MappingSchema(nested, dialect=dialect),
            validate_qualify_columns=False,
            allow_partial_qualification=True,
            quote_identifiers=False,
            isolate_tables=False,
        )
        self.root = build_scope(self.tree)
        self.scopes = list(self.root.traverse())
        self.made = {}

    def outputs(self, scope):
        """Each column a scope makes with its dependencies, and the conditions on its rows."""
        if id(scope) not in self.made:
            self.made[id(scope)] = ({}, nothing())
            self.made[id(scope)] = self.union(scope) if scope.set_operation_scopes else self.select(scope)
        return self.made[id(scope)]

    def union(self, scope):
        sides = [self.outputs(side) for side in scope.set_operation_scopes]
        columns = {name: nothing() for name in sides[0][0]}
        rows = nothing()
        for made, conditions in sides:
            for deps, more in zip(columns.values(), made.values()):
                add(deps, more)
            add(rows, conditions)
        return columns, rows

    def select(self, scope):
        select = scope.expression
        columns, rows = {}, nothing()
        if not isinstance(select, exp.Select):
            return columns, rows
        for place, projection in enumerate(select.selects):
            name = projection.alias_or_name
            columns[f"?{place}" if name in columns else name] = self.depends(projection, scope)
        for _, source in scope.selected_sources.values():
            if isinstance(source, Scope):
                add(rows, self.outputs(source)[1], "condition")
        for clause, part in select.args.items():
            if clause not in ("expressions", "with", "with_", "from", "from_") and part is not None:
                for one in part if isinstance(part, list) else [part]:
                    if isinstance(one, exp.Join):
                        one = one.args.get("on")
                    if isinstance(one, exp.Expr):
                        add(rows, self.depends(one, scope), "condition")
        return columns, rows

    def depends(self, expression, scope):
        """What an expression depends on; a subquery in it counts by its columns and its rows."""
        deps = nothing()
        inner = {id(one.expression): one for one in scope.subquery_scopes}
        todo = [(expression, None)]
        while todo:
            node, kind = todo.pop()
            if id(node) in inner:
                columns, rows = self.outputs(inner[id(node)])
                for more in columns.values():
                    add(deps, more, kind)
                add(deps, rows, "condition")
            elif isinstance(node, exp.TableColumn):
                deps["table"] |= self.tables_of(scope.sources.get(node.name))
            elif isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
                add(deps, self.resolve(node, scope), kind)
            else:
                for name, part in node.args.items():
                    is_condition = (
                        isinstance(node, exp.Order)
                        or (isinstance(node, exp.Window) and name != "this")
                        or (isinstance(node, exp.Filter) and name == "expression")
                    )
                    for one in part if isinstance(part, list) else [part]:
                        if isinstance(one, exp.Expr):
                            todo.append((one, "condition" if is_condition else kind))
        return deps

    def resolve(self, column, scope):
        source = self.source_of(column, scope)
        deps = nothing()
        if isinstance(source, exp.Table):
            table = f"{source.db}.{source.name}"
            if column.name in self.tables.get(table, ()):
                deps["value"].add(f"{table}.{column.name}")
            else:
                deps["table"].add(table)
        elif isinstance(source, Scope):
            add(deps, self.column_of(source, column.name))
        elif column.table == "" and (projections := list(self.aliased(column, scope))):
            for projection in projections:
                add(deps, self.depends(projection, scope))
        elif column.table == "":
            for _, one in scope.selected_sources.values():
                if isinstance(one, Scope):
                    add(deps, self.column_of(one, column.name))
        return deps

    def aliased(self, column, scope):
        """The projections of the same select that a bare name means; one that names itself is a column of a source."""
        for projection in getattr(scope.expression, "selects", []):
            if projection.alias_or_name == column.name and column not in projection.find_all(exp.Column):
                yield projection

    def column_of(self, scope, name):
        """A column of a scope; one it does not name is any of those that an unnest makes."""
        columns, _ = self.outputs(scope)
        if name in columns:
            return columns[name]
        deps = nothing()
        for place, projection in enumerate(getattr(scope.expression, "selects", [])):
            if projection.find(exp.Unnest, exp.Explode, exp.Star):
                for more in list(columns.values())[place : place + 1]:
                    for kind in KINDS:
                        deps["table"] |= more[kind]
        return deps

    def source_of(self, column, scope):
        while scope and column.table:
            if column.table in scope.sources:
                return scope.sources[column.table]
            scope = scope.parent
        return None

    def tables_of(self, source):
        """The tables of a whole row."""
        if isinstance(source, exp.Table):
            return {f"{source.db}.{source.name}"}
        return {f"{one.db}.{one.name}" for one in source.expression.find_all(exp.Table) if one.db} if source else set()

    def names(self):
        """The columns of tables that the text writes down, through stars."""
        found = set()
        for scope in self.scopes:
            starred = {id(one) for one in self.starred(scope)}
            for column in scope.columns:
                if id(column) not in starred:
                    self.name(column, scope, found)
        return sorted(found)

    def name(self, column, scope, found):
        source = self.source_of(column, scope)
        if isinstance(source, exp.Table):
            table = f"{source.db}.{source.name}"
            if column.name in self.tables.get(table, ()):
                found.add(f"{table}.{column.name}")
        elif isinstance(source, Scope):
            self.name_in(source, column.name, found)
        elif column.table == "" and not list(self.aliased(column, scope)):
            for _, one in scope.selected_sources.values():
                if isinstance(one, Scope):
                    self.name_in(one, column.name, found)

    def name_in(self, scope, name, found):
        for side in scope.set_operation_scopes or [scope]:
            if side.set_operation_scopes:
                self.name_in(side, name, found)
            for one in self.starred(side):
                if one.name == name:
                    self.name(one, side, found)

    def starred(self, scope):
        """The columns that a star became: nobody wrote them."""
        if not isinstance(scope.expression, exp.Select):
            return []
        columns = [one.unalias() for one in scope.expression.selects]
        return [one for one in columns if isinstance(one, exp.Column) and not one.meta.get("is_written")]


def reads_of(tree):
    ctes = {one.alias for one in tree.find_all(exp.CTE)}
    tables = (one for one in tree.find_all(exp.Table) if one.name)
    return sorted({f"{one.db or 'main'}.{one.name}" for one in tables if one.db or one.name not in ctes})


def statements_of(text):
    """The selects of a text: one, or those that a script fills tables with."""
    for tree in sqlglot.parse(text["sql"], dialect=text["dialect"]):
        if isinstance(tree, exp.Create) and tree.kind == "TABLE":
            target = tree.find(exp.Table)
            yield f"{text['table']}.{target.db}.{target.name}", tree.expression
        elif isinstance(tree, exp.Query):
            yield text["table"], tree


def follow(table, tree, text, tables):
    statement = Statement(tree, text["dialect"], tables)
    columns, rows = statement.outputs(statement.root)
    tables[table] = list(columns)
    listed = lambda deps: {kind: sorted(deps[kind]) for kind in KINDS if deps[kind]}
    return {
        "columns": {name: listed(deps) for name, deps in columns.items()},
        "rows": sorted(rows["value"] | rows["condition"] | rows["table"]),
        "names": statement.names(),
    }


def main():
    asked = json.load(sys.stdin)
    tables = asked["tables"]
    made, waiting = [], []
    for text in asked["texts"]:
        base = {"table": text["table"], "file": text["file"], "reads": [], "columns": {}, "rows": [], "names": []}
        try:
            for table, tree in statements_of(text):
                waiting.append(({**base, "table": table, "reads": reads_of(tree)}, tree, text))
        except SqlglotError as error:
            made.append({**base, "unread": str(error).split("\n")[0]})
    while waiting:
        targets = {base["table"] for base, _, _ in waiting}
        ready = [one for one in waiting if not targets & set(one[0]["reads"])] or waiting
        for base, tree, text in ready:
            try:
                made.append({**base, **follow(base["table"], tree, text, tables)})
            except SqlglotError as error:
                made.append({**base, "unread": str(error).split("\n")[0]})
        waiting = [one for one in waiting if all(one is not done for done in ready)]
    json.dump(made, sys.stdout)


main()
