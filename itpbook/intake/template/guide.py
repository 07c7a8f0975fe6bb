"""The guide that lies beside the empty tables."""

from __future__ import annotations

from itpbook.intake.redcap.date_forms import MONTHS, grammar_markdown
from itpbook.intake.redcap.fields import DAY_ZERO, REPEATING, UNITS
from itpbook.intake.redcap.mapping import DATE_ORDERS, DECIMALS
from itpbook.intake.redcap.terms import LISTS
from itpbook.intake.template.rules import RULES
from itpbook.records.data_dictionary import dictionary_markdown
from itpbook.records.schema import TABLES

_GUIDE = """\
# Records of your own centre

Four tables hold what the manuscript needs: {tables}. They lie here without rows, in three forms; take one.

| you keep records | fill in | and then |
| --- | --- | --- |
| in a spreadsheet | `records.xlsx`: lists to choose from, notes on the headings | `itpbook validate records.xlsx` |
| in a program that writes CSV | the folder `csv`: {files} | `itpbook validate csv` |
| in REDCap | a project made of `redcap/redcap_data_dictionary.csv` | `itpbook import-redcap EXPORT.csv --out DIR` |

`itpbook validate` names everything that is wrong with your tables at once, with its line and what was expected there.
Of many errors of one kind it reports the number and the first places (`--csv FILE` and `--json FILE`: the first 50).
When nothing is, `itpbook build --data csv --out my-book` (or the workbook, or `DIR`) makes your edition of the book.
Its title, authors and texts, and whether small numbers are withheld, stand in `edition.yaml`: add `--edition
edition.yaml` once you have filled it in.

With small numbers withheld (`suppress_below: 5` in `edition.yaml`) no number in the book is a single patient's: counts
from one to four are not printed, medians and quartiles are means of at least five neighbouring values, and no figure is
drawn from the records. The folder `release` beside the book's `html` holds the true numbers: it is for your data
protection officer alone. Only `html` leaves, after `itpbook search-book my-book/html --records csv --strings FILE`,
where FILE has a line for each name, hospital number or date that must not be in it; a date in every form in which it
may be written, since each line is looked for as it stands.

A text in CSV that begins with `=`, `+`, `-` or `@` has an apostrophe before it in every file that `itpbook` writes, so
that no spreadsheet takes it for a formula; where `itpbook` reads it, the apostrophe is gone.

Leave a cell empty where nothing is known and the dictionary below allows it; write nothing in its stead. No name, no
date and no hospital number belongs into the tables: patients have an identifier of the study, and days count from the
start of the combination, which is day 0; what came before has a negative day.

{dictionary}
## Rules across columns and tables

| table | column | must be |
| --- | --- | --- |
{rules}

## REDCap

1. Make a project and upload `redcap/redcap_data_dictionary.csv` on its page for the data dictionary.
2. On the project's setup page, enable repeating instruments and tick {repeating}. The dictionary cannot hold this
   setting. A form is then filled in once for each course, count or event.
3. Enter dates as dates. `{day_zero}` is the day on which the later drug of the combination was started; the importer
   counts all days from it, and writes no date.
4. Mark each field of your own that could identify a patient as an identifier. Export with raw codes (*CSV / Microsoft
   Excel (raw data)*) and, among the options for de-identification, without tagged identifiers. Do not let REDCap shift
   or remove the dates: they go no further than the importer.
5. `itpbook import-redcap EXPORT.csv --out DIR --link LINK.csv`. An export that holds identifiers is refused. Patients
   get new identifiers. `LINK.csv` lies outside of `DIR` and stays in the hospital.

### What the new identifiers hide, and what they do not

Every identifier is a number that is drawn from the system's randomness, all free numbers being equally likely, and
rows are sorted by identifier and day. So neither numbers nor rows tell the number of the record, the order of the
export (in most projects that of inclusion), or which patients were added by a later import.

- **The link file** says which record every identifier stands for. Whoever has it and the tables knows the patients:
  treat it as the hospital's records, and pass it on with nothing. The first import makes it, readable by its owner
  only; the next ones read it, give the same records the same identifiers (the same export gives the same files,
  byte by byte), and add new records. Records that are gone from the export stay in it. A link file that is damaged
  or was edited is refused, and one of another project if its field or all its records have other names.
- **Without `--link`** identifiers are drawn anew by every import, and nothing anywhere links them to the records.
- **Not hidden** is what the rows themselves say: a rare disease, age, or sequence of treatments can point to a
  person for somebody who knows the patient, and days keep their distances, so that one date known from elsewhere
  gives all others of that patient. How many patients there are is not hidden either.
- `patient_ids: {{keep: true}}` writes the record's own identifier, and hides nothing.

Tables are written for their owner only (folders 0700, files 0600). An import that is interrupted or killed leaves
at most a hidden folder beside `DIR` or beside the link file (`.NAME.unfinished-…`), open to its owner only;
the next import into the same place removes it.

### Free texts

Causes of death, events, regimens and names of centres leave the importer only if they say nothing of a person:

| column | free without confirmation |
| --- | --- |
{lists}

Any other text is refused until a person has read it. The importer prints these texts as lines for the mapping
(`confirmed_texts`), to be pasted once those that name a person, a place or a day are mended in REDCap. What a
choice of your dictionary or mapping stands for needs no confirmation. Refused in every text, most of it even if
confirmed, is what the following table lists; case, accents, hidden characters and digits of other scripts make no
difference, and months are known in {languages}.

{grammar}
| an identifier of a patient | the text of a field marked as an identifier, its words of three letters or more, and \
the name of a record from three characters on | always |
| the number of a record, if its field is not marked | 104 | until confirmed |

Two numbers such as 3-4 need no confirmation in a dose or a grade: with a unit behind them, or after what they count
(d1-4, grade 3/4). A number with a unit behind it is not taken for that of a record.

The importer knows no names but those: a surname in a text is for the person who confirms it to see. An export without
tagged identifiers, which alone is imported, holds none. To have the texts searched for your patients' names, try the
import once on an export with them: it is refused, and names each text that holds one. Delete that export afterwards.

A count per microlitre needs a field note that says so (such as *per microlitre*), and the importer your dictionary
(`--dictionary FILE.csv`), or a line in the mapping. Limits in the dictionary are those of the schema's unit.

The age is asked for in completed years. Have REDCap calculate it from a date of birth if you keep one, and mark that
date as an identifier: the importer takes no dates of birth.

## A project of your own

Fields and codes with other names are told in a small file, of which `redcap/mapping.yaml` is an example:
`itpbook import-redcap EXPORT.csv --out DIR --mapping mapping.yaml --dictionary my_dictionary.csv`.

| key | says |
| --- | --- |
| `record` | the field that identifies a record |
| `day_zero` | the field with the date of day 0 |
| `patient_ids` | `prefix` and `digits` of the identifiers (3 digits: up to 999 patients); `keep: true` takes the \
record's own after the prefix |
| `dates` | {dates}: dates that do not begin with the year are refused without it |
| `decimal` | {decimals}: the decimal sign |
| `missing_codes` | the project's missing-data codes, read as missing |
| `fields` | by column, your field, or a list of fields of which one is filled in |
| `codes` | by field, what each raw code stands for; else the labels of your dictionary must name the values |
| `units` | by field of counts, {units} |
| `constants` | by column, one value for all rows, such as the name of your centre |
| `confirmed_texts` | by column, a list of free texts that a person has read, in quotation marks |

What the mapping does not say is taken from your dictionary, and the names of fields from the template. Events and
repeating events need no setting: each row of the export that has an entry for a table makes a row of that table, and
what is known once of a patient may stand in any event. A checkbox field can fill a column of true and false by one of
its boxes (`field___1`), or a column of choices if one box is ticked. Columns that nothing asks for are named, and not
read.
"""

_MAPPING = """\
# How the fields of your REDCap project fill the tables. Delete what does not differ from the template's project.
record: record_id
day_zero: combination_start_date
# Patients get new identifiers, such as P-482, their numbers drawn at random.
patient_ids: {prefix: P-, digits: 3}
# day_first for 31.01.2020; dates as REDCap exports them (2020-01-31) need no word.
dates: day_first
# comma for 12,5.
decimal: point
missing_codes: [NI, UNK, "-99"]
fields:
  patients.sex: gender
  # A checkbox of your own: true where this box is ticked.
  patients.mgus: disorders___1
  platelets.count: plt_per_ul
codes:
  gender: {1: male, 2: female}
units:
  plt_per_ul: per_microlitre
constants:
  patients.centre: Our hospital
# Free texts that are on no list, once a person has read them.
confirmed_texts:
  adverse_events.term:
    - "pain at the site of injection"
"""


def guide() -> str:
    """Return the guide as Markdown."""
    files = [f"`{name}.csv`" for name in TABLES]
    return _GUIDE.format(
        tables=_listed([name.replace("_", " ") for name in TABLES]),
        files=_listed(files),
        dictionary=dictionary_markdown(),
        rules="\n".join(f"| {table} | {column} | {words} |" for table, column, words in RULES),
        repeating=_listed([f"`{name}`" for name in REPEATING]),
        day_zero=DAY_ZERO,
        dates=" or ".join(f"`{order}`" for order in DATE_ORDERS),
        decimals=" or ".join(f"`{sign}`" for sign in DECIMALS),
        units=" or ".join(f"`{unit}`" for unit in UNITS),
        lists="\n".join(f"| {'.'.join(target)} | {words} |" for target, words in LISTS.items()),
        languages=_listed(list(MONTHS)),
        grammar=grammar_markdown(),
    )


def example_mapping() -> str:
    """Return a mapping with every key, to be altered."""
    return _MAPPING


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"
