"""Elements of pages: what they load, where they lead, and what none of them may be."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

RESOURCES = {
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "script": ("src",),
    "link": ("href",),
    "iframe": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "input": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
}
LINKS = {"a": ("href", "xlink:href"), "area": ("href",), "form": ("action",)}
SCHEMES = {"http", "https", "mailto"}
NO_ALT = "an image without an alternative text"


def targets(node: LexborNode) -> list[tuple[str, bool]]:
    """The addresses of an element, and whether the page loads what is there."""
    if node.tag == "link" and node.attributes.get("rel") == "canonical":
        return []
    found: list[tuple[str, bool]] = []
    for table, is_resource in ((RESOURCES, True), (LINKS, False)):
        for attribute in table.get(node.tag or "", ()):
            value = node.attributes.get(attribute)
            if value is None:
                continue
            addresses = _candidates(value) if attribute == "srcset" else [value]
            found.extend((address.strip(), is_resource) for address in addresses)
    return found


def _candidates(srcset: str) -> list[str]:
    return [part.split()[0] for part in srcset.split(",") if part.split()]


def handlers(node: LexborNode) -> list[str]:
    """Faults of an element that runs a script by itself."""
    events = (each for each in node.attributes if each.startswith("on"))
    return [f"a handler inside the page: {each}" for each in events]


def outside_fault(address: str, scheme: str, is_resource: bool) -> str:
    """What is wrong with an address of another host; empty if nothing."""
    if is_resource:
        return "" if scheme == "data" else f"{address!r} is asked of another host"
    return "" if scheme in SCHEMES else f"{address!r} is not a link that may be followed"
