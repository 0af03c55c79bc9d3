"""What the web app knows of the API is what the API says."""

from __future__ import annotations

import copy

from dotmac_platform.application import openapi_document
from tests.architecture.tree import no_problems
from tools.web_api import digest_of, needed, rules_of, stale


def test_the_app_knows_the_api_as_it_is() -> None:
    no_problems(f"{name}: run `make client`" for name in stale(openapi_document()))


def test_a_changed_field_is_noticed_and_a_changed_example_is_not() -> None:
    document = openapi_document()
    before = digest_of(needed(document))
    changed, illustrated = copy.deepcopy(document), copy.deepcopy(document)
    changed["components"]["schemas"]["NoteIn"]["properties"]["html"]["maxLength"] = 1
    illustrated["components"]["schemas"]["NoteIn"]["properties"]["html"]["examples"] = ["<p>"]

    assert digest_of(needed(changed)) != before
    assert digest_of(needed(illustrated)) == before


def test_a_form_checks_by_the_rules_of_the_api() -> None:
    rules = rules_of(
        {
            "components": {
                "schemas": {
                    "Cycle": {"type": "string", "enum": ["monthly", "yearly"]},
                    "PlanIn": {
                        "required": ["code"],
                        "properties": {
                            "code": {"type": "string", "maxLength": 20, "examples": ["FIBER"]},
                            "cycle": {
                                "anyOf": [{"$ref": "#/components/schemas/Cycle"}, {"type": "null"}]
                            },
                        },
                    },
                    "PlanOut": {"properties": {"code": {"type": "string"}}},
                }
            }
        }
    )

    assert 'code: {"kind": "string", "maxLength": 20, "required": true}' in rules
    assert 'cycle: {"kind": "string", "choices": ["monthly", "yearly"]}' in rules
    assert "PlanOut" not in rules
