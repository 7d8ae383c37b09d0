"""From bytes to text: which encoding a page is in, and what an earlier program did to it."""

from dataclasses import dataclass

from actfn.interview.page import PageError

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
}  # fmt: skip
_NAMES = {"sloppy-windows-1252": "Windows-1252", "latin-1": "Latin-1"}


@dataclass(frozen=True)
class Decoded:
    """A text, and what had to be done to get it."""

    text: str
    notices: tuple[str, ...] = ()


def decode(data: bytes, name: str = "the page") -> Decoded:
    """Decode a page.

    UTF-8 is expected, also with a byte order mark, and UTF-16 with one. Other bytes are read as
    Windows-1252. UTF-8 that somebody read as Windows-1252 and saved again is repaired with ftfy;
    a healthy text stays as it is.

    Raises
    ------
    PageError
        Where the bytes are no text.
    """
    encoding = next((e for mark, e in _MARKS.items() if data.startswith(mark)), "utf-8")
    notices = []
    if encoding != "utf-16" and b"\x00" in data:
        raise PageError(f"{name} is no text: it has NUL bytes")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise PageError(f"{name} begins like UTF-16, but is not: {error.reason}") from None
        text = data.decode("cp1252", errors="replace")
        notices.append(f"{name} is not UTF-8 (byte {error.start}): read as Windows-1252")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    repaired, notice = repair(text)
    return Decoded(repaired, (*notices, f"{name} {notice}") if notice else tuple(notices))


def repair(text: str) -> tuple[str, str]:
    """Undo wrong decoding; returns the text and a sentence without its subject, or ""."""
    import ftfy  # only where a page is imported: it takes 50 ms to load

    found = ftfy.fix_encoding_and_explain(text)
    through = [step.parameter for step in found.explanation or () if step[0] == "encode"]
    # Where some lines are healthy, the text as a whole has no way back, but each line has.
    lines = text.split("\n")
    fixed = found.text.split("\n") if through else [ftfy.fix_encoding(line) for line in lines]
    repaired = "\n".join(fixed)
    if repaired == text:
        return text, ""
    read_as = " and again as ".join(_NAMES.get(name, name) for name in through)
    changed = [(a, b) for a, b in zip(lines, fixed, strict=True) if a != b]
    how = f"was UTF-8 that had been read as {read_as}" if through else "was in part read wrongly"
    return repaired, f"{how}: repaired in {len(changed)} lines, such as {_example(*changed[0])}"


def _example(was: str, now: str) -> str:
    # Spaces may be among what was damaged: words are compared as far as they go together.
    words = zip(was.split(" "), now.split(" "), strict=False)
    return next((f"'{a}' to '{b}'" for a, b in words if a != b), f"'{now}'")
