"""Read the small XML parts of an .xlsx: which sheet is which part, and what the cell formats show."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from batch.edge.sheet_limits import damaged
from batch.edge.sheet_marks import BUILT_IN, Shape, shape_of
from batch.edge.sheet_zip import Container, external_links

WORKBOOK_FOLDER = "xl"


def each_element(xml: Iterable[bytes], seen: Callable[[str, Mapping[str, str]], None]) -> None:
    """Call `seen` with the local name and the attributes of each element, their prefixes taken off."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: Mapping[str, str]) -> None:
        seen(name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    parser.StartElementHandler = start
    try:
        for chunk in xml:
            parser.Parse(chunk, False)  # noqa: FBT003 # expat takes no names
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise damaged(str(error)) from error


def sheet_parts(container: Container, workbook: str = "workbook.xml") -> dict[str, str]:
    """Give the part of each sheet by its relation id, and refuse relations to other workbooks."""
    parts: dict[str, str] = {}

    def seen(name: str, attributes: Mapping[str, str]) -> None:
        if name != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        if kind.startswith("externalLink"):
            raise external_links()
        target = attributes.get("Target", "")
        absolute = target[1:] if target.startswith("/") else posixpath.normpath(f"{WORKBOOK_FOLDER}/{target}")
        parts[attributes.get("Id", "")] = absolute

    each_element(container.chunks(f"{WORKBOOK_FOLDER}/_rels/{workbook}.rels"), seen)
    return parts


def named_parts(container: Container) -> dict[str, str]:
    """Give the part of each sheet of an .xlsx by the sheet's name."""
    parts, named = sheet_parts(container), dict[str, str]()

    def seen(name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            named[attributes.get("name", "")] = parts.get(attributes.get("id", ""), "")

    each_element(container.chunks(f"{WORKBOOK_FOLDER}/workbook.xml"), seen)
    return named


def number_shapes(container: Container) -> dict[int, Shape]:
    """Give the cell formats of an .xlsx that show more than the number, by the number cells give as `s`."""
    shapes: dict[int, Shape] = {}
    codes: dict[str, Shape | None] = {str(number): shape for number, shape in BUILT_IN.items()}
    inside, formats = "", 0

    def seen(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside, formats
        if name in {"numFmts", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            inside = name
        elif name == "numFmt" and inside == "numFmts":
            codes[attributes.get("numFmtId", "")] = shape_of(attributes.get("formatCode", ""))
        elif name == "xf" and inside == "cellXfs":
            if (shape := codes.get(attributes.get("numFmtId", ""))) is not None:
                shapes[formats] = shape
            formats += 1

    styles = f"{WORKBOOK_FOLDER}/styles.xml"
    if styles in container.members:
        each_element(container.chunks(styles), seen)
    return shapes
