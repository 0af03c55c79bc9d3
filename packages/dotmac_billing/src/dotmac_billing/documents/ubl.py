"""A document as UBL 2.1: Invoice, or CreditNote for what is given back.

The order of elements is that of the schema; the same document always gives the same bytes.
"""

from __future__ import annotations

from lxml import etree

from dotmac_billing.documents.document import (
    Document,
    DocumentLine,
    Party,
    PaymentMeans,
    Span,
    TaxSubtotal,
)
from dotmac_billing.documents.xml_values import (
    amount,
    billed,
    discount_reason,
    endpoint,
    line_note,
    means_code,
    number,
    percent,
)

CUSTOMIZATION = "urn:cen.eu:en16931:2017"
"""What the document conforms to (BT-24): the core of EN 16931, without national additions."""

_BASIC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_AGGREGATE = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"


class _Node:
    """An element that children are added to in their order; nothing is added for None."""

    def __init__(self, element: etree._Element, currency: str) -> None:
        self.element = element
        self.currency = currency

    def value(self, name: str, text: str | None, **attributes: str) -> None:
        if text is not None:
            child = etree.SubElement(self.element, f"{{{_BASIC}}}{name}", attributes)
            child.text = text

    def group(self, name: str) -> _Node:
        return _Node(etree.SubElement(self.element, f"{{{_AGGREGATE}}}{name}"), self.currency)

    def money(self, name: str, text: str, currency: str | None = None) -> None:
        self.value(name, text, currencyID=currency or self.currency)


def ubl(
    document: Document, *, customization: str = CUSTOMIZATION, profile: str | None = None
) -> bytes:
    """The document as UBL 2.1 with an XML declaration, in UTF-8.

    `customization` is what it conforms to (BT-24), `profile` the business process (BT-23).
    """
    gives_back = document.kind.gives_back
    kind = "CreditNote" if gives_back else "Invoice"
    namespaces = {None: _ROOT.format(kind), "cac": _AGGREGATE, "cbc": _BASIC}
    root = etree.Element(f"{{{_ROOT.format(kind)}}}{kind}", nsmap=namespaces)
    node = _Node(root, document.currency)
    node.value("CustomizationID", customization)
    node.value("ProfileID", profile)
    _heading(node, document, kind)
    _party(node.group("AccountingSupplierParty").group("Party"), document.seller)
    _party(node.group("AccountingCustomerParty").group("Party"), document.buyer)
    if document.delivery_country is not None:
        address = node.group("Delivery").group("DeliveryLocation").group("Address")
        address.group("Country").value("IdentificationCode", document.delivery_country)
    if document.means is not None and document.means.iban is not None:
        _means(node.group("PaymentMeans"), document, document.means)
    if document.terms:
        node.group("PaymentTerms").value("Note", document.terms)
    _taxes(node, document)
    _totals(node.group("LegalMonetaryTotal"), document)
    for line in document.lines:
        _line(node.group(f"{kind}Line"), line, gives_back=gives_back)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _heading(node: _Node, document: Document, kind: str) -> None:
    node.value("ID", document.number)
    node.value("IssueDate", document.issued_on.isoformat())
    if document.due_on is not None and kind == "Invoice":
        node.value("DueDate", document.due_on.isoformat())
    node.value(f"{kind}TypeCode", document.kind.value)
    for note in document.notes:
        node.value("Note", note)
    node.value("DocumentCurrencyCode", document.currency)
    node.value("TaxCurrencyCode", document.own_currency)
    node.value("BuyerReference", document.buyer_reference)
    if document.period is not None:
        _period(node, document.period)
    if document.order is not None:
        node.group("OrderReference").value("ID", document.order)
    for reference in document.preceding:
        earlier = node.group("BillingReference").group("InvoiceDocumentReference")
        earlier.value("ID", reference.number)
        if reference.issued_on is not None:
            earlier.value("IssueDate", reference.issued_on.isoformat())


def _period(node: _Node, span: Span) -> None:
    period = node.group("InvoicePeriod")
    period.value("StartDate", span.start.isoformat())
    period.value("EndDate", span.last.isoformat())


def _party(node: _Node, party: Party) -> None:
    address_of = endpoint(party)
    if address_of is not None:
        node.value("EndpointID", address_of[0], schemeID=address_of[1])
    address = node.group("PostalAddress")
    address.value("StreetName", party.street)
    address.value("CityName", party.city)
    address.value("PostalZone", party.postal_code)
    address.value("CountrySubentity", party.region)
    if party.country is not None:
        address.group("Country").value("IdentificationCode", party.country)
    if party.tax_id is not None:
        scheme = node.group("PartyTaxScheme")
        scheme.value("CompanyID", party.tax_id)
        scheme.group("TaxScheme").value("ID", "VAT")
    entity = node.group("PartyLegalEntity")
    entity.value("RegistrationName", party.name)
    entity.value("CompanyID", party.registration)
    if party.contact or party.phone or party.email:
        contact = node.group("Contact")
        contact.value("Name", party.contact)
        contact.value("Telephone", party.phone)
        contact.value("ElectronicMail", party.email)


def _means(node: _Node, document: Document, means: PaymentMeans) -> None:
    node.value("PaymentMeansCode", means_code(document))
    if document.kind.gives_back and document.due_on is not None:
        node.value("PaymentDueDate", document.due_on.isoformat())
    node.value("PaymentID", means.reference)
    account = node.group("PayeeFinancialAccount")
    account.value("ID", means.iban)
    account.value("Name", means.account_name)
    if means.bic is not None:
        account.group("FinancialInstitutionBranch").value("ID", means.bic)


def _taxes(node: _Node, document: Document) -> None:
    currency = document.currency
    total = node.group("TaxTotal")
    total.money("TaxAmount", amount(document.tax, currency))
    for group in document.taxes:
        subtotal = total.group("TaxSubtotal")
        subtotal.money("TaxableAmount", amount(group.base, currency))
        subtotal.money("TaxAmount", amount(group.tax, currency))
        _category(subtotal.group("TaxCategory"), group)
    own = document.own_currency
    if own is not None and document.tax_in_own_currency is not None:
        text = amount(document.tax_in_own_currency, own)
        node.group("TaxTotal").money("TaxAmount", text, own)


def _category(node: _Node, group: TaxSubtotal) -> None:
    node.value("ID", group.category)
    if group.rate is not None:
        node.value("Percent", percent(group.rate))
    node.value("TaxExemptionReasonCode", group.exemption_code)
    node.value("TaxExemptionReason", group.exemption_reason)
    node.group("TaxScheme").value("ID", "VAT")


def _totals(node: _Node, document: Document) -> None:
    currency = document.currency
    node.money("LineExtensionAmount", amount(document.net, currency))
    node.money("TaxExclusiveAmount", amount(document.net, currency))
    node.money("TaxInclusiveAmount", amount(document.total, currency))
    if document.paid:
        node.money("PrepaidAmount", amount(document.paid, currency))
    node.money("PayableAmount", amount(document.due, currency))


def _line(node: _Node, line: DocumentLine, *, gives_back: bool) -> None:
    currency = node.currency
    said = billed(line, currency)
    node.value("ID", str(line.position))
    node.value("Note", line_note(line))
    name = "CreditedQuantity" if gives_back else "InvoicedQuantity"
    node.value(name, number(said.quantity), unitCode=line.unit)
    node.money("LineExtensionAmount", amount(line.net, currency))
    if line.period is not None:
        _period(node, line.period)
    if line.discount:
        change = node.group("AllowanceCharge")
        change.value("ChargeIndicator", "true" if line.discount < 0 else "false")
        change.value("AllowanceChargeReason", discount_reason(line))
        change.money("Amount", amount(abs(line.discount), currency))
    item = node.group("Item")
    item.value("Name", line.description)
    category = item.group("ClassifiedTaxCategory")
    category.value("ID", line.tax_category)
    if line.tax_rate is not None:
        category.value("Percent", percent(line.tax_rate))
    category.group("TaxScheme").value("ID", "VAT")
    price = node.group("Price")
    price.money("PriceAmount", number(said.price))
    if said.per != 1:
        price.value("BaseQuantity", number(said.per), unitCode=line.unit)
