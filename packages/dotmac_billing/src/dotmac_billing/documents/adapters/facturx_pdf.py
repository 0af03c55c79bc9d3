"""Factur-X: a PDF/A-3 that carries its invoice as CII (profile EN 16931).

Source: Factur-X 1.07, chapter 6 (embedding and XMP metadata); ISO 19005-3 (PDF/A-3, level B).
"""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO
from xml.sax.saxutils import escape

from PIL import ImageCms
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

FILE_NAME = "factur-x.xml"

_XMP = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
   pdfaid:part="3" pdfaid:conformance="B"/>
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
   xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmp:CreatorTool="DotMac" pdf:Producer="DotMac"
   xmp:CreateDate="{day}T00:00:00+00:00" xmp:ModifyDate="{day}T00:00:00+00:00"/>
  <rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
   fx:DocumentType="INVOICE" fx:DocumentFileName="factur-x.xml" fx:Version="1.0"
   fx:ConformanceLevel="EN 16931"/>
  <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
   xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
   xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
   <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#\
</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>fx</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>
   </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""
_PROPERTY = """
     <rdf:li rdf:parseType="Resource"><pdfaProperty:name>{0}</pdfaProperty:name>
      <pdfaProperty:valueType>Text</pdfaProperty:valueType>
      <pdfaProperty:category>external</pdfaProperty:category>
      <pdfaProperty:description>{1}</pdfaProperty:description></rdf:li>"""
_PROPERTIES = {
    "DocumentFileName": "The name of the embedded XML document",
    "DocumentType": "The type of the hybrid document in capital letters",
    "Version": "The version of the standard applying to the embedded XML document",
    "ConformanceLevel": "The conformance level of the embedded XML document",
}


def with_invoice(pdf: bytes, xml: bytes, *, title: str, author: str, issued_on: date) -> bytes:
    """The PDF as Factur-X with `xml` in it; the same input gives the same bytes."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.pdf_header = "%PDF-1.7"
    day = f"D:{issued_on:%Y%m%d}000000+00'00'"
    writer.metadata = {
        "/Title": title,
        "/Author": author,
        "/Creator": "DotMac",
        "/Producer": "DotMac",
        "/CreationDate": day,
        "/ModDate": day,
    }
    root = writer.root_object
    root[NameObject("/Metadata")] = _kept(
        writer, _stream(_xmp(title, author, issued_on), "/Metadata", "/XML")
    )
    root[NameObject("/OutputIntents")] = ArrayObject([_output_intent(writer)])
    _attach(writer, xml, day)
    fingerprint = ByteStringObject(hashlib.md5(pdf + xml, usedforsecurity=False).digest())
    writer._ID = ArrayObject([fingerprint, fingerprint])  # noqa: SLF001 - or it draws lots for one
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _kept(writer: PdfWriter, made: PdfObject) -> IndirectObject:
    return writer._add_object(made)  # noqa: SLF001 - pypdf has no other way to add an object


def _xmp(title: str, author: str, issued_on: date) -> bytes:
    properties = "".join(_PROPERTY.format(*pair) for pair in _PROPERTIES.items())
    return _XMP.format(
        title=escape(title), author=escape(author), day=issued_on.isoformat(), properties=properties
    ).encode()


def _stream(
    content: bytes, kind: str | None = None, subtype: str | None = None
) -> DecodedStreamObject:
    stream = DecodedStreamObject()
    stream.set_data(content)
    if kind is not None:
        stream[NameObject("/Type")] = NameObject(kind)
    if subtype is not None:
        stream[NameObject("/Subtype")] = NameObject(subtype)
    return stream


def _output_intent(writer: PdfWriter) -> DictionaryObject:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)  # the time at which the profile was made
    stream = _stream(bytes(profile))
    stream[NameObject("/N")] = NumberObject(3)
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/OutputIntent"),
            NameObject("/S"): NameObject("/GTS_PDFA1"),
            NameObject("/OutputConditionIdentifier"): TextStringObject("sRGB"),
            NameObject("/Info"): TextStringObject("sRGB IEC61966-2.1"),
            NameObject("/DestOutputProfile"): _kept(writer, stream),
        }
    )


def _attach(writer: PdfWriter, xml: bytes, day: str) -> None:
    stream = _stream(xml, "/EmbeddedFile", "/text/xml")
    stream[NameObject("/Params")] = DictionaryObject(
        {
            NameObject("/Size"): NumberObject(len(xml)),
            NameObject("/ModDate"): TextStringObject(day),
            NameObject("/CheckSum"): ByteStringObject(
                hashlib.md5(xml, usedforsecurity=False).digest()
            ),
        }
    )
    held = _kept(writer, stream)
    name = TextStringObject(FILE_NAME)
    specification = _kept(
        writer,
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Filespec"),
                NameObject("/F"): name,
                NameObject("/UF"): name,
                NameObject("/Desc"): TextStringObject("Factur-X invoice"),
                NameObject("/AFRelationship"): NameObject("/Data"),
                NameObject("/EF"): DictionaryObject(
                    {NameObject("/F"): held, NameObject("/UF"): held}
                ),
            }
        ),
    )
    root = writer.root_object
    root[NameObject("/AF")] = ArrayObject([specification])
    root[NameObject("/Names")] = DictionaryObject(
        {
            NameObject("/EmbeddedFiles"): DictionaryObject(
                {NameObject("/Names"): ArrayObject([name, specification])}
            )
        }
    )
