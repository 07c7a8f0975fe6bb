"""The page that says what the book was made from."""

from __future__ import annotations

from handmade_book import Book, efficacy, run_payload

from implied.files.input_files import digest_of_file
from itpbook import project
from itpbook.provenance import commit

PAGE = "# Run\n\n```{this-run} parameters\n```\n\n```{this-run} records\n```\n\n```{this-run} software\n```\n"


def _rows(book: Book, table: str) -> dict[str, list[str]]:
    rows = book.get_html("pages/references").select(f"#{table} tbody tr")
    found = [[cell.get_text().strip() for cell in row.select("th, td")] for row in rows]
    return {first: others for first, *others in found}


def test_page_shows_parameters_records_and_software(own_book: Book) -> None:
    run = run_payload(definitions="iwg2009, changed", cr_threshold=120.0)
    run["parameters"]["definitions"] = "iwg2009"
    run["records"]["digests"] = {"patients": "abc"}
    own_book.chapter("efficacy", efficacy(run=run)).write("pages/references.md", PAGE).build()
    parameters = _rows(own_book, "table-run-parameters")
    assert parameters["cr_threshold"][:2] == ["120", "given"]
    assert parameters["definitions"][:2] == ["iwg2009", "given"]
    assert parameters["response_fold"][:2] == ["as the definitions say", "default"]
    assert "data_dir" not in parameters
    assert _rows(own_book, "table-run-records") == {
        "Kind of records": ["synthetic"],
        "Patients": ["31"],
        "patients": ["abc"],
    }
    software = _rows(own_book, "table-run-software")
    state = commit()
    assert software["Commit of the project"] == [" ".join(filter(None, [state.name, state.remark]))]
    assert software["Ledger of published figures, digest"] == [digest_of_file(project.LEDGER)]


def test_an_unknown_table_fails_the_build(own_book: Book) -> None:
    own_book.write("pages/references.md", "# Run\n\n```{this-run} weather\n```\n").build()
    assert own_book.failed
    assert '"weather" unknown; choose from "parameters", "records", or "software"' in own_book.warnings
