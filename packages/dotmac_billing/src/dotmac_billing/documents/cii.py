"""A document as UN/CEFACT Cross Industry Invoice (D16B), as EN 16931 and Factur-X want it.

The order of elements is that of the schema; the same document always gives the same bytes.
"""

from __future__ import annotations

from datetime import date

from lxml import etree

from dotmac_billing.documents.document import Document, DocumentLine, Party, Span, TaxSubtotal
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

GUIDELINE = "urn:cen.eu:en16931:2017"
"""What the document conforms to (BT-24); Factur-X knows its profile EN 16931 by it."""

_STANDARD = "urn:un:unece:uncefact:data:standard:"
_RSM = f"{_STANDARD}CrossIndustryInvoice:100"
_RAM = f"{_STANDARD}ReusableAggregateBusinessInformationEntity:100"
_UDT = f"{_STANDARD}UnqualifiedDataType:100"
_QDT = f"{_STANDARD}QualifiedDataType:100"


class _Node:
    """An element that children are added to in their order; nothing is added for None."""

    def __init__(self, element: etree._Element) -> None:
        self.element = element

    def value(self, name: str, text: str | None, **attributes: str) -> None:
        if text is not None:
            child = etree.SubElement(self.element, f"{{{_RAM}}}{name}", attributes)
            child.text = text

    def group(self, name: str, space: str = _RAM) -> _Node:
        return _Node(etree.SubElement(self.element, f"{{{space}}}{name}"))

    def day(self, name: str, day: date) -> None:
        holder = etree.SubElement(self.element, f"{{{_RAM}}}{name}")
        text = etree.SubElement(holder, f"{{{_UDT}}}DateTimeString", {"format": "102"})
        text.text = day.strftime("%Y%m%d")


def cii(document: Document) -> bytes:
    """The document as CII with an XML declaration, in UTF-8."""
    namespaces = {"rsm": _RSM, "ram": _RAM, "udt": _UDT, "qdt": _QDT}
    root = etree.Element(f"{{{_RSM}}}CrossIndustryInvoice", nsmap=namespaces)
    node = _Node(root)
    context = node.group("ExchangedDocumentContext", _RSM)
    context.group("GuidelineSpecifiedDocumentContextParameter").value("ID", GUIDELINE)
    heading = node.group("ExchangedDocument", _RSM)
    heading.value("ID", document.number)
    heading.value("TypeCode", document.kind.value)
    heading.day("IssueDateTime", document.issued_on)
    for note in document.notes:
        heading.group("IncludedNote").value("Content", note)
    trade = node.group("SupplyChainTradeTransaction", _RSM)
    for line in document.lines:
        _line(trade.group("IncludedSupplyChainTradeLineItem"), line, document.currency)
    _agreement(trade.group("ApplicableHeaderTradeAgreement"), document)
    delivery = trade.group("ApplicableHeaderTradeDelivery")
    if document.delivery_country is not None:
        place = delivery.group("ShipToTradeParty").group("PostalTradeAddress")
        place.value("CountryID", document.delivery_country)
    _settlement(trade.group("ApplicableHeaderTradeSettlement"), document)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _agreement(node: _Node, document: Document) -> None:
    node.value("BuyerReference", document.buyer_reference)
    _party(node.group("SellerTradeParty"), document.seller)
    _party(node.group("BuyerTradeParty"), document.buyer)
    if document.order is not None:
        node.group("BuyerOrderReferencedDocument").value("IssuerAssignedID", document.order)


def _party(node: _Node, party: Party) -> None:
    node.value("Name", party.name)
    if party.registration is not None:
        node.group("SpecifiedLegalOrganization").value("ID", party.registration)
    if party.contact or party.phone or party.email:
        contact = node.group("DefinedTradeContact")
        contact.value("PersonName", party.contact)
        if party.phone is not None:
            phone = contact.group("TelephoneUniversalCommunication")
            phone.value("CompleteNumber", party.phone)
        if party.email is not None:
            contact.group("EmailURIUniversalCommunication").value("URIID", party.email)
    address = node.group("PostalTradeAddress")
    address.value("PostcodeCode", party.postal_code)
    address.value("LineOne", party.street)
    address.value("CityName", party.city)
    address.value("CountryID", party.country)
    address.value("CountrySubDivisionName", party.region)
    address_of = endpoint(party)
    if address_of is not None:
        electronic = node.group("URIUniversalCommunication")
        electronic.value("URIID", address_of[0], schemeID=address_of[1])
    if party.tax_id is not None:
        node.group("SpecifiedTaxRegistration").value("ID", party.tax_id, schemeID="VA")


def _settlement(node: _Node, document: Document) -> None:
    means = document.means
    if means is not None:
        node.value("PaymentReference", means.reference)
    node.value("TaxCurrencyCode", document.own_currency)
    node.value("InvoiceCurrencyCode", document.currency)
    if means is not None and means.iban is not None:
        way = node.group("SpecifiedTradeSettlementPaymentMeans")
        way.value("TypeCode", means_code(document))
        account = way.group("PayeePartyCreditorFinancialAccount")
        account.value("IBANID", means.iban)
        account.value("AccountName", means.account_name)
        if means.bic is not None:
            bank = way.group("PayeeSpecifiedCreditorFinancialInstitution")
            bank.value("BICID", means.bic)
    for group in document.taxes:
        _tax(node.group("ApplicableTradeTax"), group, document.currency)
    if document.period is not None:
        _period(node, document.period)
    if document.terms or document.due_on is not None:
        terms = node.group("SpecifiedTradePaymentTerms")
        terms.value("Description", document.terms)
        if document.due_on is not None:
            terms.day("DueDateDateTime", document.due_on)
    _totals(node.group("SpecifiedTradeSettlementHeaderMonetarySummation"), document)
    for reference in document.preceding:
        earlier = node.group("InvoiceReferencedDocument")
        earlier.value("IssuerAssignedID", reference.number)
        if reference.issued_on is not None:
            holder = earlier.group("FormattedIssueDateTime").element
            text = etree.SubElement(holder, f"{{{_QDT}}}DateTimeString", {"format": "102"})
            text.text = reference.issued_on.strftime("%Y%m%d")


def _tax(node: _Node, group: TaxSubtotal, currency: str) -> None:
    node.value("CalculatedAmount", amount(group.tax, currency))
    node.value("TypeCode", "VAT")
    node.value("ExemptionReason", group.exemption_reason)
    node.value("BasisAmount", amount(group.base, currency))
    node.value("CategoryCode", group.category)
    node.value("ExemptionReasonCode", group.exemption_code)
    if group.rate is not None:
        node.value("RateApplicablePercent", percent(group.rate))


def _period(node: _Node, span: Span) -> None:
    period = node.group("BillingSpecifiedPeriod")
    period.day("StartDateTime", span.start)
    period.day("EndDateTime", span.last)


def _totals(node: _Node, document: Document) -> None:
    currency, own = document.currency, document.own_currency
    node.value("LineTotalAmount", amount(document.net, currency))
    node.value("TaxBasisTotalAmount", amount(document.net, currency))
    node.value("TaxTotalAmount", amount(document.tax, currency), currencyID=currency)
    if own is not None and document.tax_in_own_currency is not None:
        text = amount(document.tax_in_own_currency, own)
        node.value("TaxTotalAmount", text, currencyID=own)
    node.value("GrandTotalAmount", amount(document.total, currency))
    if document.paid:
        node.value("TotalPrepaidAmount", amount(document.paid, currency))
    node.value("DuePayableAmount", amount(document.due, currency))


def _line(node: _Node, line: DocumentLine, currency: str) -> None:
    said = billed(line, currency)
    heading = node.group("AssociatedDocumentLineDocument")
    heading.value("LineID", str(line.position))
    note = line_note(line)
    if note is not None:
        heading.group("IncludedNote").value("Content", note)
    node.group("SpecifiedTradeProduct").value("Name", line.description)
    price = node.group("SpecifiedLineTradeAgreement").group("NetPriceProductTradePrice")
    price.value("ChargeAmount", number(said.price))
    if said.per != 1:
        price.value("BasisQuantity", number(said.per), unitCode=line.unit)
    delivered = node.group("SpecifiedLineTradeDelivery")
    delivered.value("BilledQuantity", number(said.quantity), unitCode=line.unit)
    settled = node.group("SpecifiedLineTradeSettlement")
    tax = settled.group("ApplicableTradeTax")
    tax.value("TypeCode", "VAT")
    tax.value("CategoryCode", line.tax_category)
    if line.tax_rate is not None:
        tax.value("RateApplicablePercent", percent(line.tax_rate))
    if line.period is not None:
        _period(settled, line.period)
    if line.discount:
        change = settled.group("SpecifiedTradeAllowanceCharge")
        indicator = change.group("ChargeIndicator").element
        flag = etree.SubElement(indicator, f"{{{_UDT}}}Indicator")
        flag.text = "true" if line.discount < 0 else "false"
        change.value("ActualAmount", amount(abs(line.discount), currency))
        change.value("Reason", discount_reason(line))
    sums = settled.group("SpecifiedTradeSettlementLineMonetarySummation")
    sums.value("LineTotalAmount", amount(line.net, currency))
