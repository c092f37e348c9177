"""Turns an executed notebook into one HTML file that asks nothing of any server."""

from __future__ import annotations

import copy
import re

import nbformat
from latex2mathml.converter import convert
from nbconvert import HTMLExporter

# The template without the scripts that it would load from elsewhere: formulas come as MathML, diagrams as text.
TEMPLATE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
"""

# Headings become addresses and code stays code: both come first, so that no dollar sign in them opens a formula.
VERBATIM_OR_FORMULA = re.compile(
    r"(?P<verbatim>^\#.*?$|```.*?```|`[^`\n]*`)"
    r"|\$\$(?P<block>.+?)\$\$"
    r"|(?<![\\\w$])\$(?P<inline>[^\s$`](?:[^$`\n]*[^\s$`\\])?)\$(?!\d)",
    re.DOTALL | re.MULTILINE,
)
STYLE = re.compile(r"(<style\b.*?>)(.*?)(</style>)", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def notebook_page(notebook: nbformat.NotebookNode, title: str) -> str:
    notebook = copy.deepcopy(notebook)
    formulas: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = VERBATIM_OR_FORMULA.sub(lambda found: set_aside(found, formulas), cell.source)
    exporter = HTMLExporter(raw_template=TEMPLATE, embed_images=True)
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": title}})
    page = STYLE.sub(lambda style: style[1] + COMMENT.sub("", style[2]) + style[3], page)
    return re.sub(r"FORMULA(\d+)ASIDE", lambda mark: formulas[int(mark[1])], page)


def set_aside(found: re.Match[str], formulas: list[str]) -> str:
    """Keeps a formula for later: the way from Markdown to HTML takes MathML apart."""
    if found["verbatim"] is not None:
        return found[0]
    try:
        formula = convert(found["block"].strip(), display="block") if found["block"] else convert(found["inline"])
    except Exception:  # a formula beyond the converter is still readable as it was written
        return found[0]
    formulas.append(formula)
    return f"FORMULA{len(formulas) - 1}ASIDE"
