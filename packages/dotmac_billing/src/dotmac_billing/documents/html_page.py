"""A document as an HTML page: the built-in template, or a tenant's own in a sandbox.

A template gets the view and nothing else. The sandbox keeps it away from everything a program
could reach through an object; what it prints is escaped.
"""

from __future__ import annotations

import base64

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dotmac_billing.documents.errors import InvalidTemplateError
from dotmac_billing.documents.payment_code import code_squares
from dotmac_billing.documents.style import Paper, Style
from dotmac_billing.documents.view import View

_FILTERS = ("capitalize", "d", "default", "e", "escape", "first", "join", "last", "length", "lower")
_ENVIRONMENT = ImmutableSandboxedEnvironment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
# With these a short template could fill the memory or run for ever; figures come ready written.
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters = {
    name: _ENVIRONMENT.filters[name] for name in (*_FILTERS, "title", "trim", "upper")
}
_REFUSED = (
    *(nodes.Add, nodes.Mul, nodes.Mod, nodes.Pow, nodes.Concat, nodes.Macro, nodes.CallBlock),
    *(nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends),
)

_PAGE = """\
<!doctype html>
<html lang="{{ language }}" dir="{{ 'rtl' if view.right_to_left else 'ltr' }}">
<head>
<meta charset="utf-8">
<title>{{ view.title }} {{ view.number }}</title>
<style>
@page { size: {{ paper }}; margin: 14mm 16mm 14mm;
  @bottom-right { content: counter(page) " / " counter(pages); color: #6b7280;
    font: 7pt "Noto Sans", sans-serif } }
body { font: 9pt/1.4 "Noto Sans", "Noto Sans Arabic", "Noto Sans SC", "Noto Sans JP",
  "Noto Sans KR", sans-serif; color: #111827; margin: 0 auto; max-width: 178mm }
header, .parties, .below { display: flex; justify-content: space-between; gap: 10mm }
header { border-bottom: 1.2pt solid {{ accent }}; padding-bottom: 4mm; margin-bottom: 4mm }
img { display: block }
header img { max-width: 60mm; max-height: 16mm }
h1 { color: {{ accent }}; font-size: 22pt; line-height: 1; margin: 0; text-align: end }
.soft { color: #6b7280 }
.name { font-size: 15pt; font-weight: bold }
.sender { font-size: 6.5pt }
.parties > * { flex: none; width: 47% }
h2 { color: {{ accent }}; font-size: 7.5pt; margin: 3mm 0 1mm }
.to { font-size: 11pt; font-weight: bold }
.facts td { border: 0; padding: .6mm 0 } .facts td:first-child { color: #6b7280 }
.facts td:last-child { font-weight: bold; text-align: end }
.headline { background: #f3f4f6; border-inline-start: 4pt solid {{ accent }}; margin: 4mm 0;
  padding: 3mm 5mm; display: flex; justify-content: space-between; align-items: center }
.headline strong { color: {{ accent }}; font-size: 19pt }
table { border-collapse: collapse; width: 100% }
thead { display: table-header-group }
tr { break-inside: avoid }
th { color: {{ accent }}; font-size: 7.8pt; text-align: start;
  border-bottom: .9pt solid {{ accent }} }
td { border-bottom: .5pt solid #e5e7eb; vertical-align: top }
th, td { padding: 1.4mm 0 1.4mm 2mm } .figure { text-align: end; white-space: nowrap }
small { color: #6b7280; display: block; font-size: 7.2pt }
.below { margin-top: 4mm } .below > * { flex: none; width: 46% }
th:first-child, td:first-child { padding-inline-start: 0 } bdi { unicode-bidi: isolate }
.sums td { border: 0; padding: .8mm 0 } .sums .strong td { border-top: .5pt solid #d1d5db;
  font-size: 10.5pt; font-weight: bold }
.payment { border: .7pt solid #d1d5db; border-radius: 3pt; margin-top: 5mm; padding: 3mm 5mm;
  display: flex; justify-content: space-between; break-inside: avoid }
.payment .facts { width: auto }
.payment .facts td:last-child { text-align: start; padding: .6mm 5mm }
.payment > :first-child { flex: 1 } .payment img { width: 24mm }
.text { white-space: pre-line }
footer { border-top: .5pt solid #d1d5db; color: #6b7280; display: flex; font-size: 6.8pt;
  gap: 8mm; margin-top: 5mm; padding-top: 2mm }
.mark { color: {{ accent }}; border: 1.5pt solid; border-radius: 3pt; display: inline-block;
  font-weight: bold; margin-top: 2mm; padding: 0 2mm }
</style>
</head>
<body>
<header>
<div>{% if logo %}<img src="{{ logo }}" alt="{{ view.sender_name }}">
{% else %}<span class="name">{{ view.sender_name }}</span>{% endif %}</div>
<div><h1>{{ view.title }}</h1><div class="soft figure">{{ view.number }}</div>
{% if view.mark_text %}<div class="mark">{{ view.mark_text }}</div>{% endif %}</div>
</header>
{% if view.header %}<p class="soft text">{{ view.header }}</p>{% endif %}
{% macro facts(of) %}
<table class="facts">{% for fact in of %}<tr><td>{{ fact.label }}</td>
<td><bdi>{{ fact.value }}</bdi></td></tr>{% endfor %}</table>
{% endmacro %}
<section class="parties">
<div><div class="soft sender">{{ view.sender }}</div>
<h2>{{ view.recipient_label }}</h2>
<div class="to">{{ view.recipient_name }}</div>
{% for line in view.recipient %}<div>{{ line }}</div>{% endfor %}</div>
{{ facts(view.facts) }}
</section>
<section class="headline">
<div><span class="soft">{{ view.headline.label }}</span><br><b>{{ view.headline.remark }}</b></div>
<strong><bdi>{{ view.headline.value }}</bdi></strong>
</section>
{% macro table(of) %}
<table><thead><tr>{% for column in of.columns %}<th{% if column.figure %} class="figure"{% endif %}>
{{- column.label }}</th>{% endfor %}</tr></thead><tbody>
{% for row in of.rows %}<tr>{% for cell in row.cells %}<td{% if of.columns[loop.index0].figure %}
 class="figure"{% endif %}><bdi>{{ cell }}</bdi>
{%- if loop.first %}
{% for text in row.small %}<small><bdi>{{ text }}</bdi></small>{% endfor %}
{% endif %}</td>
{%- endfor %}</tr>
{% endfor %}</tbody></table>
{% endmacro %}
{{ table(view.table) }}
<section class="below">
<div>{% if view.taxes %}{{ table(view.taxes) }}{% endif %}
{% for remark in view.remarks %}<p>{{ remark }}</p>{% endfor %}</div>
<table class="sums">{% for sum in view.sums %}<tr{% if sum.strong %} class="strong"{% endif %}>
<td><bdi>{{ sum.label }}</bdi></td>
<td class="figure"><bdi>{{ sum.value }}</bdi></td></tr>{% endfor %}</table>
</section>
{% if view.payment %}
<section class="payment"><div><h2>{{ view.payment.title }}</h2>
{{ facts(view.payment.facts) }}</div>
{% if code %}<div><img src="{{ code }}" alt="{{ view.payment.scan }}">
<small>{{ view.payment.scan }}</small></div>{% endif %}</section>
{% endif %}
{% for paragraph in view.paragraphs %}<h2>{{ paragraph.label }}</h2>
<div class="text"><bdi>{{ paragraph.value }}</bdi></div>{% endfor %}
<footer>{% for column in view.footer %}<div>
{% for text in column %}<div>{{ text }}</div>{% endfor %}</div>{% endfor %}</footer>
</body>
</html>
"""


def html_page(view: View, style: Style, template: str | None = None) -> str:
    """The view as a page that stands alone: styles, logo and payment code are in it.

    A tenant's `template` gets `view`, `accent`, `paper`, and `logo` and `code` as data addresses.

    Raises:
        InvalidTemplateError: the template is not Jinja, names what does not exist,
            computes, or reaches for what the sandbox keeps from it.
    """
    code = None if view.payment is None else view.payment.code
    try:
        source = _PAGE if template is None else _checked(template)
        return _ENVIRONMENT.from_string(source).render(
            view=view,
            language=view.locale.replace("_", "-"),
            accent=style.accent,
            paper="A4" if style.paper is Paper.A4 else "letter",
            logo=None if style.logo is None else _data_address(style.logo),
            code=None if code is None else _code_address(code),
        )
    except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise InvalidTemplateError(str(error)) from error


def _checked(template: str) -> str:
    found = next(_ENVIRONMENT.parse(template).find_all(_REFUSED), None)
    if found is not None:
        problem = f"line {found.lineno}: {type(found).__name__.lower()} is not allowed"
        raise InvalidTemplateError(problem)
    return template


def _data_address(picture: bytes) -> str:
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _code_address(text: str) -> str:
    rows = code_squares(text)
    dark = "".join(
        f"M{column} {row}h1v1h-1z"
        for row, squares in enumerate(rows)
        for column, is_dark in enumerate(squares)
        if is_dark
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}">'
        f'<path d="{dark}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
