"""Rich text from people who mean well, and from others."""

from __future__ import annotations

import re

import pytest

from dotmac_customers.notes.rich_text import plain_text, safe_html


def test_what_is_on_the_list_stays() -> None:
    text = "<p>Call <strong>after</strong> six.</p><ul><li>Bring a <em>ladder</em></li></ul>"

    assert safe_html(text) == text
    assert plain_text(safe_html(text)) == "Call after six.\nBring a ladder"


def test_links_lead_out_and_tell_nothing() -> None:
    assert safe_html('<a href="https://example.com/x">x</a>') == (
        '<a href="https://example.com/x" rel="noopener noreferrer nofollow">x</a>'
    )


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</script>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='JaVa&#x53;cript&colon;alert(1)'>x</a>",
        "<a href=' \tjava\nscript:alert(1)'>x</a>",
        "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
        "<a href='vbscript:msgbox(1)'>x</a>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(2)</script></svg>",
        "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<p style=\"background:url('javascript:alert(1)')\">x</p>",
        "<style>@import 'javascript:alert(1)';</style>",
        "<p onclick=alert(1) onmouseover='alert(1)'>x</p>",
        "<iframe src='javascript:alert(1)'></iframe>",
        "<form action='javascript:alert(1)'><button formaction='javascript:x()'>x</button></form>",
        "<object data='data:text/html,<script>alert(1)</script>'></object>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<base href='javascript:alert(1)//'><meta http-equiv=refresh content='0;url=javascript:1'>",
    ],
)
def test_no_script_is_kept(attack: str) -> None:
    kept = safe_html(f"<p>before</p>{attack}<p>after</p>")

    tags = re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)([^>]*)>", kept)
    assert {tag for tag, _ in tags} <= {"p", "a"}
    for _, attributes in tags:
        assert set(re.findall(r"([\w:-]+)\s*=", attributes)) <= {"rel"}
    assert safe_html(kept) == kept
