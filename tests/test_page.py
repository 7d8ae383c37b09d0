"""Pages of questions: read, written, repaired and imported."""

import hashlib
import json
import random
from pathlib import Path

import pytest

from actfn import cli
from actfn.errors import RecordError
from actfn.interview.bank import Point, Question, Topic, load_topic
from actfn.interview.page import PageError, question_problems, read_page, read_question
from actfn.interview.page_import import import_page
from actfn.interview.page_text import decode
from actfn.interview.page_writing import settled, write_page, write_question

PAGE = Path(__file__).parent / "data" / "topic-07-page.md"
COMPLETE = Question(
    title="A title (with brackets)",
    number=3,
    difficulty="Hard",
    minutes=2.5,
    tags=("one", "two words"),
    text="Several\n\nparagraphs, `code`:\n\n```python\n## Q9: no heading\n</details>\n```",
    code=("relu", "elu"),
    formulas=("silu_derivative",),
    plots=("gelu",),
    hints=("vague", "more\n\n```python\nx = 1\n```", "concrete"),
    answer="1. a\n   - b\n\n<details>\n<summary>deeper</summary>\n\nx\n\n</details>",
    rubric=(Point("T", "text with |x|", "why |y|", "actfn show relu", "S 2011"), Point(text="t")),
    corrections=("first", "second\nline"),
    fields={"Owner": "me"},
    extra={"Further reading": "- a", "": "behind", "## A heading": "its text"},
)


def test_the_original_page_is_kept_byte_for_byte():
    """A formatter once rewrote the code in it."""
    digest = "d088d27eb3b6bb3aa25c220352d6fb7d5cc52ebed965b6c132ce90351a220644"
    assert hashlib.sha256(PAGE.read_bytes()).hexdigest() == digest


def test_a_complete_question_survives_writing():
    assert read_question(write_question(COMPLETE)) == COMPLETE


def test_a_page_survives_writing():
    topic = Topic("T", 4, "intro", (COMPLETE, Question("B", 4)), ("a", "b"), "Tips", "*end*",
                  {"Other": "kept"}, "key: value")  # fmt: skip
    # On a page a further heading belongs to the page, not to the question before it.
    plain = Topic(**{**vars(topic), "questions": (Question("B", 4),)})
    assert read_page(write_page(plain)).topic == plain
    with pytest.raises(RecordError, match="questions"):
        write_page(topic)


def test_what_would_be_read_as_something_else_is_not_written():
    with pytest.raises(RecordError, match="answer, extra would be read as something else"):
        write_question(Question("T", 1, answer="x\n</details>\ny"))


def test_every_question_of_the_bank_survives_writing():
    from actfn.interview.bank import bundled_topics

    for question in (q for topic in bundled_topics() for q in topic.questions):
        assert read_question(write_question(question)) == question


# ---- the page that actfn started from --------------------------------------------------------


def test_the_original_page_is_repaired_and_comes_out_as_it_was():
    data = PAGE.read_bytes()
    decoded = decode(data, "page.md")
    assert decoded.notices == (
        "page.md was UTF-8 that had been read as Windows-1252: repaired in 17 lines, "
        "such as 'â†’' to '→'",
    )
    page = read_page(decoded.text)
    assert page.problems == []
    assert write_page(page.topic) == decoded.text
    assert decoded.text != data.decode("utf-8")


def test_the_original_page_question_by_question():
    topic = read_page(decode(PAGE.read_bytes()).text).topic
    assert topic.heading == "Topic 07: Interview Questions"
    assert topic.intro == "Activation functions are fundamental interview topics!"
    assert [(q.number, q.tag, q.difficulty, q.minutes) for q in topic.questions] == [
        (1, "Common", "Easy", 3), (2, "Google", "Medium", 5), (3, "Amazon", "Medium", 5),
        (4, "Meta", "Medium", 5), (5, "Whiteboard", "Hard", 8), (6, "Whiteboard", "Medium", 10),
    ]  # fmt: skip
    assert topic.questions[2].text == "What does temperature do in softmax?"
    assert "GELU(x) = x × Φ(x)" in topic.questions[3].answer
    assert topic.tips_title == "🎯 Interview Tips"
    assert len(topic.tips) == 5
    assert "it defines how your network thinks" in topic.closing


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_healthy_encodings_are_left_alone(encoding):
    text = decode(PAGE.read_bytes()).text
    assert decode(text.encode(encoding)) == decode(text.encode("utf-8"))
    assert decode(text.encode(encoding)).notices == ()


def test_a_page_that_was_damaged_twice():
    once, good = PAGE.read_text(encoding="utf-8"), decode(PAGE.read_bytes()).text
    import ftfy.bad_codecs

    twice = once.encode("utf-8").decode("sloppy-windows-1252")
    decoded = decode(twice.encode("utf-8"))
    assert decoded.text == good
    assert "Windows-1252 and again as Windows-1252" in decoded.notices[0]
    assert ftfy.bad_codecs  # registers the codec


def test_a_page_that_is_damaged_in_part():
    mixed = PAGE.read_text(encoding="utf-8") + "\nσ → Φ\n"
    decoded = decode(mixed.encode("utf-8"))
    assert decoded.text == decode(PAGE.read_bytes()).text + "\nσ → Φ\n"
    assert "in part" in decoded.notices[0]


def test_windows_1252_and_windows_line_ends():
    decoded = decode("## Q1: naïve – café\r\n".encode("cp1252"), "p.md")
    assert decoded.text == "## Q1: naïve – café\n"
    assert decoded.notices == ("p.md is not UTF-8 (byte 9): read as Windows-1252",)


@pytest.mark.parametrize("data", [b"\x89PNG\x00\x00", b"\xff\xfeabc"])
def test_what_is_no_text(data):
    with pytest.raises(PageError, match=r"p\.png"):
        decode(data, "p.png")


# ---- importing --------------------------------------------------------------------------------


def test_import_writes_one_file_each_and_says_what_is_missing(tmp_path):
    found = import_page(PAGE, tmp_path / "q")
    names = sorted(p.name for p in (tmp_path / "q").iterdir())
    assert names[0] == "01-why-relu-over-sigmoid.md"
    assert len(names) == 7
    assert found.missing["dying-relu-problem"] == ["subjects", "task", "hints", "rubric"]
    assert load_topic(tmp_path / "q").questions == found.topic.questions


def test_import_never_overwrites(tmp_path):
    import_page(PAGE, tmp_path)
    mine = tmp_path / "02-dying-relu-problem.md"
    mine.write_text("mine")
    with pytest.raises(PageError, match="already: --force replaces them"):
        import_page(PAGE, tmp_path)
    assert mine.read_text() == "mine"
    import_page(PAGE, tmp_path, force=True)
    assert mine.read_text() != "mine"


def test_a_refused_import_writes_nothing(tmp_path):
    target = tmp_path / "q"
    target.mkdir()
    (target / "topic.md").write_text("mine")
    with pytest.raises(PageError):
        import_page(PAGE, target)
    assert [p.name for p in target.iterdir()] == ["topic.md"]


def test_import_leaves_other_files_in_the_folder_alone(tmp_path):
    (tmp_path / "41-mine.md").write_text("## Q41: Mine\n")
    import_page(PAGE, tmp_path, force=True)
    assert (tmp_path / "41-mine.md").read_text() == "## Q41: Mine\n"


def test_import_keeps_what_it_does_not_understand(tmp_path):
    page = tmp_path / "p.md"
    page.write_text(
        "# T\n\n## Q1: A\n\n**Difficulty**: Cosmic | **Owner**: me\n\n"
        "<details>\n<summary>Trivia</summary>\nkept\n</details>\n\n## Sources\n\nbooks\n"
    )
    found = import_page(page, tmp_path / "q")
    assert found.kept == {"": ["Sources"], "a": ["Difficulty", "Owner", "Trivia"]}
    assert "difficulty" in found.missing["a"]
    written = (tmp_path / "q" / "01-a.md").read_text()
    assert all(text in written for text in ("Cosmic", "Owner", "kept"))
    assert "books" in (tmp_path / "q" / "topic.md").read_text()


def test_numbers_that_are_taken_get_the_next(tmp_path):
    page = tmp_path / "p.md"
    page.write_text("# T\n\n## Q1: A\n\n## Q1: A\n\n## Q2: B\n")
    found = import_page(page, tmp_path / "q")
    assert [(q.number, q.slug) for q in found.topic.questions] == [(1, "a"), (3, "a-3"), (2, "b")]
    assert "Q1 is taken: also in line 3" in found.problems[0].message


def test_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ACTFN_DATA_DIR", str(tmp_path))
    assert cli.main(["import", str(PAGE)]) == 0
    out = capsys.readouterr().out
    assert "read as Windows-1252" in out
    assert "hints, rubric" in out
    assert cli.main(["import", str(PAGE)]) == 2
    assert "--force" in capsys.readouterr().err
    assert cli.main(["import", str(PAGE), "--force", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["questions"]) == 6


def test_imported_questions_have_slugs_of_their_own(tmp_path, monkeypatch):
    from actfn.interview.bank import find, load_topics

    monkeypatch.setenv("ACTFN_DATA_DIR", str(tmp_path))
    cli.main(["import", str(PAGE)])
    slugs = [q.slug for topic in load_topics() for q in topic.questions]
    assert len(slugs) == len(set(slugs))
    assert find("topic-07-interview-questions/dying-relu-problem").title == "Dying ReLU Problem"


def test_a_folder_is_no_page(tmp_path, capsys):
    assert cli.main(["import", str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_json_goes_to_the_store(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ACTFN_DATA_DIR", str(tmp_path))
    (tmp_path / "a.json").write_text('{"format": "something else"}')
    assert cli.main(["import", str(tmp_path / "a.json")]) == 2
    assert "no export of actfn" in capsys.readouterr().err


# ---- broken pages -----------------------------------------------------------------------------

BROKEN = {
    "no title": ("## Q1: A\n", "the page has no title"),
    "section not closed": (
        "# T\n\n## Q1: A\n\n<details>\n<summary>Answer</summary>\n\nx\n\n## Q2: B\n",
        "<details> is never closed",
    ),
    "stray end": ("# T\n\n## Q1: A\n\n</details>\n", "</details> closes nothing"),
    "no summary": ("# T\n\n## Q1: A\n\n<details>\nx\n</details>\n", "without a <summary>"),
    "code not closed": (
        "# T\n\n## Q1: A\n\n```python\nx\n\n## Q2: B\n\n```python\ny\n```\n",
        "a code block is never closed",
    ),
    "number twice": ("# T\n\n## Q1: A\n\n## Q1: B\n", "the number Q1 is taken: also in line 3"),
    "no question title": ("# T\n\n## Q1:\n", "Q1 has no title"),
    "difficulty": ("# T\n\n## Q1: A\n\n**Difficulty**: Cosmic\n", "none of Easy, Medium, Hard"),
    "time": ("# T\n\n## Q1: A\n\n**Time**: a while\n", "no number of minutes"),
    "time zero": ("# T\n\n## Q1: A\n\n**Time**: 0 min\n", "no number of minutes"),
    "task": ("# T\n\n## Q1: A\n\n**Task**: do it\n", "does not read like"),
    "field twice": ("# T\n\n## Q1: A\n\n**Time**: 1 min | **Time**: 2 min\n", "given twice"),
    "two answers": (
        "# T\n\n## Q1: A\n\n" + "<details><summary>Answer</summary>x</details>\n" * 2,
        "a second section 'Answer'",
    ),
    "hints": (
        "# T\n\n## Q1: A\n\n<details>\n<summary>Hints</summary>\n\n- a\n\nb\n\n</details>\n",
        "'Hints' is not one list",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_pages_say_what_is_wrong(name):
    text, message = BROKEN[name]
    found = read_page(text)
    assert [p for p in found.problems if message in p.message]
    assert found.topic.questions[0].number == 1  # and are read all the same


def test_the_line_of_a_problem():
    text = "# T\n\n## Q1: A\n\n<details>\n<summary>Answer</summary>\nx\n</details>\n\n</details>\n"
    assert [p.line for p in read_page(text).problems] == [10]


def test_an_unclosed_section_does_not_swallow_the_next_question():
    topic = read_page(BROKEN["section not closed"][0]).topic
    assert [q.title for q in topic.questions] == ["A", "B"]
    assert [q.title for q in read_page(BROKEN["code not closed"][0]).topic.questions] == ["A", "B"]


def test_empty_pages_and_pages_without_questions(tmp_path):
    with pytest.raises(PageError, match="is empty"):
        read_page(" \n")
    (tmp_path / "p.md").write_text("# Only a title\n")
    with pytest.raises(PageError, match="has no questions"):
        import_page(tmp_path / "p.md", tmp_path / "q")
    with pytest.raises(PageError, match="2 questions; a file has one"):
        read_question("## Q1: A\n\n## Q2: B\n")


def test_a_healthy_file_has_no_problems():
    assert question_problems(write_question(COMPLETE)) == []


# ---- any text ---------------------------------------------------------------------------------

FRAGMENTS = [
    "# Title", "# Topic 03: Things", "---", "", "## Q1: One (Two)", "## Q2: f(x) (a) (b)", "## Q3",
    "### Q4. deep", "## Other heading", "### Sub", "<details>", "</details>", "<details>x",
    "<details open><summary>Answer</summary>", "<summary>Answer</summary>", "```python", "```",
    "<summary><b>Hints</b></summary>", "~~~", "- a", "1. b", "   c", " - e", "> quote", "***",
    "**Difficulty**: Easy | **Time**: 3 min", "**Difficulty:** Impossible", "**Tags**: a, b",
    "**Time**: soon | **Owner**: me", "**Task**: code `relu`; formula `x`", "**Task**: nonsense",
    "    indented code", "$$", "## 🎯 Interview Tips", "Setext", "====", "<!-- c", "-->", "<div>",
    "<details><summary>Answer</summary>line</details> tail", "- **t**: x | why: y | source: z",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_any_page_can_be_written_and_loses_no_word(seed):
    rng = random.Random(seed)
    for _ in range(150):
        words = iter(f"u{k}u" for k in range(100))
        lines = [f"{f} {next(words)}" if f and f[-1].isalpha() and f[0] != "`" else f
                 for f in rng.choices(FRAGMENTS, k=rng.randint(1, 14))]  # fmt: skip
        text = "\n".join(lines)
        if not text.strip():
            continue
        topic = settled(read_page(text).topic)
        written = write_page(topic)
        assert read_page(written).topic == topic
        lost = [word for word in text.split() if word[0] + word[-1] == "uu" and word not in written]
        assert not lost, text
