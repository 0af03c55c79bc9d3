"""Every word that documents print by themselves, in every language they speak."""

from __future__ import annotations

from typing import NamedTuple

FALLBACK = "en"
"""The language of documents in a language that is not here."""

RIGHT_TO_LEFT = frozenset({"ar"})
"""Languages whose pages run from right to left."""


class Labels(NamedTuple):
    """The words of one language. `{…}` is filled in."""

    invoice: str
    credit_note: str
    debit_note: str
    corrected_invoice: str
    statement: str
    number: str
    issued_on: str
    due_on: str
    period: str
    bill_to: str
    your_reference: str
    order: str
    about: str
    tax_id: str
    registration: str
    description: str
    quantity: str
    unit_price: str
    discount: str
    tax: str
    amount: str
    base: str
    net: str
    total: str
    paid: str
    due: str
    credited: str
    pay_to: str
    reference: str
    scan: str
    terms: str
    notes: str
    page: str
    draft: str
    paid_mark: str
    void: str
    paid_already: str
    due_by: str
    date: str
    document: str
    charges: str
    payments: str
    balance: str
    opening: str
    closing: str
    credited_terms: str


_EN = Labels(
    invoice="Invoice",
    credit_note="Credit note",
    debit_note="Debit note",
    corrected_invoice="Corrected invoice",
    statement="Statement of account",
    number="Number",
    issued_on="Date of issue",
    due_on="Due date",
    period="Period",
    bill_to="Bill to",
    your_reference="Your reference",
    order="Order",
    about="For invoice",
    tax_id="VAT number",
    registration="Registration",
    description="Description",
    quantity="Quantity",
    unit_price="Unit price",
    discount="Discount",
    tax="Tax",
    amount="Amount",
    base="Base",
    net="Subtotal",
    total="Total",
    paid="Paid",
    due="Amount due",
    credited="Amount credited",
    pay_to="Payment details",
    reference="Reference",
    scan="Scan to pay",
    terms="Terms",
    notes="Notes",
    page="Page {page} of {pages}",
    draft="DRAFT",
    paid_mark="PAID",
    void="VOID",
    paid_already="Nothing to pay",
    due_by="due by {day}",
    date="Date",
    document="Document",
    charges="Charges",
    payments="Payments and credits",
    balance="Balance",
    opening="Opening balance",
    closing="Closing balance",
    credited_terms="Set off against open invoices; a rest is kept as credit or paid back.",
)
_DE = Labels(
    invoice="Rechnung",
    credit_note="Gutschrift",
    debit_note="Belastungsanzeige",
    corrected_invoice="Rechnungskorrektur",
    statement="Kontoauszug",
    number="Nummer",
    issued_on="Rechnungsdatum",
    due_on="Fällig am",
    period="Leistungszeitraum",
    bill_to="Rechnung an",
    your_reference="Ihre Referenz",
    order="Bestellung",
    about="Zu Rechnung",
    tax_id="USt-IdNr.",
    registration="Handelsregister",
    description="Beschreibung",
    quantity="Menge",
    unit_price="Einzelpreis",
    discount="Rabatt",
    tax="Steuer",
    amount="Betrag",
    base="Netto",
    net="Zwischensumme",
    total="Gesamtbetrag",
    paid="Bezahlt",
    due="Zahlbetrag",
    credited="Gutschriftbetrag",
    pay_to="Zahlungsangaben",
    reference="Verwendungszweck",
    scan="Zum Bezahlen scannen",
    terms="Zahlungsbedingungen",
    notes="Hinweise",
    page="Seite {page} von {pages}",
    draft="ENTWURF",
    paid_mark="BEZAHLT",
    void="STORNIERT",
    paid_already="Nichts zu zahlen",
    due_by="fällig am {day}",
    date="Datum",
    document="Beleg",
    charges="Belastungen",
    payments="Zahlungen und Gutschriften",
    balance="Saldo",
    opening="Anfangssaldo",
    closing="Endsaldo",
    credited_terms="Wird mit offenen Rechnungen verrechnet; ein Rest wird erstattet.",
)
_FR = Labels(
    invoice="Facture",
    credit_note="Avoir",
    debit_note="Note de débit",
    corrected_invoice="Facture rectificative",
    statement="Relevé de compte",
    number="Numéro",
    issued_on="Date d'émission",
    due_on="Échéance",
    period="Période",
    bill_to="Facturé à",
    your_reference="Votre référence",
    order="Commande",
    about="Concerne la facture",
    tax_id="N° TVA",
    registration="Immatriculation",
    description="Désignation",
    quantity="Quantité",
    unit_price="Prix unitaire",
    discount="Remise",
    tax="TVA",
    amount="Montant",
    base="Base HT",
    net="Total HT",
    total="Total TTC",
    paid="Déjà réglé",
    due="Net à payer",
    credited="Montant de l'avoir",
    pay_to="Règlement",
    reference="Référence",
    scan="Scanner pour payer",
    terms="Conditions de paiement",
    notes="Remarques",
    page="Page {page} sur {pages}",
    draft="BROUILLON",
    paid_mark="PAYÉE",
    void="ANNULÉE",
    paid_already="Rien à payer",
    due_by="à régler avant le {day}",
    date="Date",
    document="Pièce",
    charges="Débits",
    payments="Paiements et avoirs",
    balance="Solde",
    opening="Solde initial",
    closing="Solde final",
    credited_terms="Imputé sur les factures ouvertes ; le reste est gardé en avoir ou remboursé.",
)
_ES = Labels(
    invoice="Factura",
    credit_note="Factura rectificativa (abono)",
    debit_note="Nota de cargo",
    corrected_invoice="Factura rectificativa",
    statement="Estado de cuenta",
    number="Número",
    issued_on="Fecha de emisión",
    due_on="Vencimiento",
    period="Período",
    bill_to="Facturar a",
    your_reference="Su referencia",
    order="Pedido",
    about="Sobre la factura",
    tax_id="NIF-IVA",
    registration="Registro",
    description="Concepto",
    quantity="Cantidad",
    unit_price="Precio unitario",
    discount="Descuento",
    tax="IVA",
    amount="Importe",
    base="Base",
    net="Subtotal",
    total="Total",
    paid="Pagado",
    due="Importe a pagar",
    credited="Importe abonado",
    pay_to="Datos de pago",
    reference="Referencia",
    scan="Escanear para pagar",
    terms="Condiciones de pago",
    notes="Observaciones",
    page="Página {page} de {pages}",
    draft="BORRADOR",
    paid_mark="PAGADA",
    void="ANULADA",
    paid_already="Nada que pagar",
    due_by="antes del {day}",
    date="Fecha",
    document="Documento",
    charges="Cargos",
    payments="Pagos y abonos",
    balance="Saldo",
    opening="Saldo inicial",
    closing="Saldo final",
    credited_terms="Se compensa con las facturas abiertas; el resto se devuelve.",
)
_AR = Labels(
    invoice="فاتورة",
    credit_note="إشعار دائن",
    debit_note="إشعار مدين",
    corrected_invoice="فاتورة مصححة",
    statement="كشف حساب",
    number="الرقم",
    issued_on="تاريخ الإصدار",
    due_on="تاريخ الاستحقاق",
    period="الفترة",
    bill_to="فاتورة إلى",
    your_reference="مرجعكم",
    order="أمر الشراء",
    about="بخصوص الفاتورة",
    tax_id="الرقم الضريبي",
    registration="السجل التجاري",
    description="الوصف",
    quantity="الكمية",
    unit_price="سعر الوحدة",
    discount="الخصم",
    tax="الضريبة",
    amount="المبلغ",
    base="الأساس",
    net="المجموع الفرعي",
    total="الإجمالي",
    paid="المدفوع",
    due="المبلغ المستحق",
    credited="المبلغ المقيد",
    pay_to="بيانات الدفع",
    reference="المرجع",
    scan="امسح للدفع",
    terms="شروط الدفع",
    notes="ملاحظات",
    page="صفحة {page} من {pages}",
    draft="مسودة",
    paid_mark="مدفوعة",
    void="ملغاة",
    paid_already="لا شيء للدفع",
    due_by="يستحق في {day}",
    date="التاريخ",
    document="المستند",
    charges="المدين",
    payments="المدفوعات والدائن",
    balance="الرصيد",
    opening="الرصيد الافتتاحي",
    closing="الرصيد الختامي",
    credited_terms="يخصم من الفواتير المفتوحة، والباقي يحفظ رصيدا أو يعاد.",
)
LABELS = {"en": _EN, "de": _DE, "fr": _FR, "es": _ES, "ar": _AR}
"""Languages by their ISO 639-1 code."""


def labels_of(language: str) -> Labels:
    """The words of the language, English where it is not known."""
    return LABELS.get(language, LABELS[FALLBACK])


_STEPS = {
    "en": {
        "flat_fee": "Base fee",
        "free": "Free of charge",
        "fixed_fee": "Fee per transaction",
        "minimum_per_transaction": "Raised to the minimum",
        "maximum_per_transaction": "Limited to the maximum",
        "event_prices": "Individual prices",
        "included": "Included",
        "cap": "Limited to the cap",
    },
    "de": {
        "flat_fee": "Grundgebühr",
        "free": "Kostenlos",
        "fixed_fee": "Gebühr je Vorgang",
        "minimum_per_transaction": "Auf Mindestbetrag erhöht",
        "maximum_per_transaction": "Auf Höchstbetrag begrenzt",
        "event_prices": "Einzelpreise",
        "included": "Inbegriffen",
        "cap": "Auf Obergrenze begrenzt",
    },
    "fr": {
        "flat_fee": "Forfait",
        "free": "Gratuit",
        "fixed_fee": "Frais par transaction",
        "minimum_per_transaction": "Porté au minimum",
        "maximum_per_transaction": "Limité au maximum",
        "event_prices": "Prix individuels",
        "included": "Inclus",
        "cap": "Plafonné",
    },
    "es": {
        "flat_fee": "Cuota base",
        "free": "Gratis",
        "fixed_fee": "Tarifa por transacción",
        "minimum_per_transaction": "Elevado al mínimo",
        "maximum_per_transaction": "Limitado al máximo",
        "event_prices": "Precios individuales",
        "included": "Incluido",
        "cap": "Limitado al tope",
    },
    "ar": {
        "flat_fee": "رسم أساسي",
        "free": "مجاني",
        "fixed_fee": "رسم لكل معاملة",
        "minimum_per_transaction": "رفع إلى الحد الأدنى",
        "maximum_per_transaction": "حدد بالحد الأقصى",
        "event_prices": "أسعار فردية",
        "included": "مشمول",
        "cap": "حدد بالسقف",
    },
}


def steps_of(language: str) -> dict[str, str]:
    """What the steps of charges are called in the language, English where it is not known."""
    return _STEPS.get(language, _STEPS[FALLBACK])
