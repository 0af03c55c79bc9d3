"""A question and its answer as the documentation shows them."""

from __future__ import annotations

from typing import Any

QUESTION: dict[str, Any] = {
    "terms": {
        "currency": "EUR",
        "components": [
            {"code": "base", "name": "Line", "unit_price": 49.90},
            {
                "code": "calls",
                "name": "Calls",
                "kind": "usage",
                "meter": "calls",
                "model": "graduated",
                "prices": {
                    "EUR": {
                        "tiers": [
                            {"up_to": "1000", "unit_price": "0.10"},
                            {"up_to": None, "unit_price": "0.05"},
                        ]
                    }
                },
            },
        ],
    },
    "start_on": "2026-01-01",
    "periods": 2,
    "usage": {"calls": {"totals": [{"quantity": 1500}]}},
    "tax_rate": 0.2,
}
"""Somebody with a line who calls for 1,500 minutes a month, for two months, at 20 % tax."""

ANSWER: dict[str, Any] = {
    "invoices": [
        {
            "bill_on": "2026-01-01",
            "due_on": "2026-01-15",
            "period_start": "2026-01-01",
            "period_end": "2026-02-01",
            "currency": "EUR",
            "discount": 0.0,
            "net": 49.9,
            "tax": 9.98,
            "total": 59.88,
            "taxes": [{"tax_code": "TAX", "name": "TAX", "rate": 0.2, "net": 49.9, "tax": 9.98}],
            "lines": [
                {
                    "description": "Line",
                    "quantity": 1.0,
                    "unit_price": 49.9,
                    "kind": "charge",
                    "gross": None,
                    "discount": 0.0,
                    "net": 49.9,
                    "tax": 9.98,
                    "tax_code": "TAX",
                    "tax_rate": 0.2,
                    "period_start": "2026-01-01",
                    "period_end": "2026-02-01",
                    "explanation": None,
                    "component": "base",
                }
            ],
        },
        {
            "bill_on": "2026-02-01",
            "due_on": "2026-02-15",
            "period_start": "2026-01-01",
            "period_end": "2026-03-01",
            "currency": "EUR",
            "discount": 0.0,
            "net": 174.9,
            "tax": 34.98,
            "total": 209.88,
            "taxes": [{"tax_code": "TAX", "name": "TAX", "rate": 0.2, "net": 174.9, "tax": 34.98}],
            "lines": [
                {
                    "description": "Line",
                    "quantity": 1.0,
                    "unit_price": 49.9,
                    "kind": "charge",
                    "gross": None,
                    "discount": 0.0,
                    "net": 49.9,
                    "tax": 9.98,
                    "tax_code": "TAX",
                    "tax_rate": 0.2,
                    "period_start": "2026-02-01",
                    "period_end": "2026-03-01",
                    "explanation": None,
                    "component": "base",
                },
                {
                    "description": "Calls",
                    "quantity": 1500.0,
                    "unit_price": 0.083333333333,
                    "kind": "usage",
                    "gross": None,
                    "discount": 0.0,
                    "net": 125.0,
                    "tax": 25.0,
                    "tax_code": "TAX",
                    "tax_rate": 0.2,
                    "period_start": "2026-01-01",
                    "period_end": "2026-02-01",
                    "explanation": {
                        "model": "graduated",
                        "amount": "125",
                        "steps": [
                            {
                                "kind": "tier",
                                "quantity": "1000",
                                "unit_price": "0.1",
                                "amount": "100",
                                "first": "0",
                                "last": "1000",
                            },
                            {
                                "kind": "tier",
                                "quantity": "500",
                                "unit_price": "0.05",
                                "amount": "25",
                                "first": "1000",
                            },
                        ],
                    },
                    "component": "calls",
                },
            ],
        },
    ],
    "unbilled_uses": 0,
}
"""What is answered where invoices are due after fourteen days."""
