"""SQL: whether a text is statements of a dialect, and which tables and columns they touch."""

import re
from typing import Any

import sqlglot
from sqlglot import exp

WRITES = (
    (exp.Insert, "insert"),
    (exp.Update, "update"),
    (exp.Delete, "delete"),
    (exp.Create, "create"),
    (exp.Alter, "alter"),
)
NO_STATEMENT = (exp.Alias, exp.Condition, exp.Tuple, exp.Table, exp.Ordered, exp.Identifier)
STRINGS = {"STRING", "RAW_STRING", "NATIONAL_STRING"}
NO_ILIKE = {"mysql", "tsql", "sqlite", "bigquery"}
TRAILING_COMMA = {"bigquery", "snowflake", "databricks"}
LOOSE_COMMA = re.compile(r",\s*(?:,|\)|from\b|where\b|$)|\b(?:select|from)\s*,", re.IGNORECASE)
MISSING_COMMA = re.compile(
    r"\bselect\s+(?:(?:{0})\s+)*(?!(?:{0})\b)[a-z_]\w*\s+[a-z_]\w*\s+from\b".format(
        "all|distinct|distinctrow|high_priority|straight_join|sql_no_cache|sql_cache|sql_calc_found_rows|"
        "sql_big_result|sql_small_result|sql_buffer_result"
    ),
    re.IGNORECASE,
)


def statements(text: str, dialect: str) -> list[Any]:
    """The statements; raises ``ValueError`` where the text is none."""
    try:
        found = [one for one in sqlglot.parse(text, read=dialect or None) if one is not None]
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise ValueError(str(error).splitlines()[0][:200] if str(error) else "nested too deep") from None
    if not found:
        raise ValueError("there is no statement")
    for one in found:
        if isinstance(one, NO_STATEMENT) and not isinstance(one, exp.Query):
            raise ValueError("there is no statement")
        if isinstance(one, exp.Select) and not one.expressions:
            raise ValueError("SELECT names no column")
        if isinstance(one, exp.Delete) and not re.search(r"\bfrom\b", text, re.IGNORECASE):
            raise ValueError("DELETE has no FROM")
        if dialect in NO_ILIKE and one.find(exp.ILike) is not None:
            raise ValueError("the dialect has no ILIKE")
        if dialect == "mysql" and one.find(exp.GenerateSeries, exp.ExplodingGenerateSeries) is not None:
            raise ValueError("MySQL has no generate_series")
    return found


def slip(text: str, dialect: str) -> str:
    """Slips that the parser lets pass: a comma too many or too few, a backtick without its like."""
    if text.count("`") % 2:
        return "a backtick is not closed"
    if LOOSE_COMMA.search(_bare(text, dialect)) and dialect not in TRAILING_COMMA:
        return "there is a comma too many"
    return "a comma seems to be missing between two columns" if _misses_comma(text, dialect) else ""


def _bare(text: str, dialect: str) -> str:
    """The tokens with a mark in place of quoted text, and without comments."""
    return " ".join(
        "?" if token.token_type.name in STRINGS or _quoted(text, token) else token.text
        for token in sqlglot.tokenize(text, read=dialect or None)
    )


def _misses_comma(text: str, dialect: str) -> bool:
    """``SELECT a b FROM t``: rather a forgotten comma than an alias without AS."""
    return MISSING_COMMA.search(_bare(text, dialect)) is not None


def _quoted(text: str, token: Any) -> bool:
    return token.token_type.name == "IDENTIFIER" or text[token.start : token.start + 1] in {"`", '"', "["}


def _verb(node: exp.Expression) -> str:
    """What is done to a table: it is written to as the statement's own target, else it is read."""
    holder = node.parent
    if isinstance(holder, exp.Schema):
        holder = holder.parent
    if node.find_ancestor(exp.Drop, exp.TruncateTable):
        return "drop" if node.find_ancestor(exp.Drop) else "truncate"
    for kind, verb in WRITES:
        if isinstance(holder, kind) and holder.this in (node, node.parent):
            return verb
    return "select"


def touched(found: list[Any]) -> tuple[list[str], list[str]]:
    """Tables as ``verb::database::table`` and columns as ``verb::table::column``; null where not named."""
    tables: dict[str, None] = {}
    columns: dict[str, None] = {}
    for one in found:
        named = {}
        for table in one.find_all(exp.Table):
            if not isinstance(table.this, exp.Identifier):
                continue
            verb = _verb(table)
            tables[f"{verb}::{table.db or 'null'}::{table.name}"] = None
            named[table.alias or table.name] = table.name
            if verb == "delete" or (verb == "insert" and not isinstance(table.parent, exp.Schema)):
                columns[f"{verb}::{table.name}::(.*)"] = None
        for schema in one.find_all(exp.Schema):
            if isinstance(schema.parent, exp.Insert):
                columns.update(
                    {f"insert::{schema.this.name}::{part.name}": None for part in schema.expressions}
                )
        columns.update({f"create::null::{part.name}": None for part in one.find_all(exp.ColumnDef)})
        for star in one.find_all(exp.Star):
            if isinstance(star.parent, exp.Select):
                columns["select::null::(.*)"] = None
        for column in one.find_all(exp.Column):
            of = named.get(column.table, column.table) or "null"
            name = "(.*)" if isinstance(column.this, exp.Star) else column.name
            columns[f"{_column_verb(column)}::{of}::{name}"] = None
    return list(tables), list(columns)


def _column_verb(column: exp.Column) -> str:
    """A column that is set is updated; every other one is read."""
    holder = column.parent
    if isinstance(holder, exp.EQ) and isinstance(holder.parent, exp.Update) and holder.this is column:
        return "update" if holder.arg_key == "expressions" else "select"
    return "select"


def _refused(used: list[str], allowed: list[str]) -> list[str]:
    patterns = [re.compile(f"(?:{one})\\Z", re.IGNORECASE) for one in allowed]
    return [one for one in used if not any(pattern.match(one) for pattern in patterns)]


def answer(question: dict[str, Any]) -> str:
    """What is wrong with the SQL; empty if nothing is."""
    text, dialect = question["text"], question["dialect"]
    try:
        found = statements(text, dialect)
    except ValueError as error:
        return f"it is no SQL: {error}"
    if fault := slip(text, dialect):
        return fault
    tables, columns = touched(found)
    if question.get("tables") and (outside := _refused(tables, question["tables"])):
        return f"it touches tables that are not allowed: {', '.join(outside)}"
    if question.get("columns"):
        # An allowed column of a named table may also be written without its table.
        bare = [re.sub(r"^(.*?)::.*?::", r"\1::null::", one) for one in question["columns"]]
        if outside := _refused(columns, question["columns"] + bare):
            return f"it touches columns that are not allowed: {', '.join(outside)}"
    return ""
