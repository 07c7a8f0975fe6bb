"""Headings and names of files: what they most likely mean, in another spelling or language, and which stand twice."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from itpbook.records.problems import Problem, Remedy, quoted
from itpbook.records.schema import TABLES
from itpbook.records.text_tables import TextTable

OTHER_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "patient_id": ("id", "subject_id", "record_id", "patient", "patientennummer", "paciente", "paziente"),
        "centre": ("site", "hospital", "zentrum", "klinik", "hopital", "centro", "ospedale"),
        "sex": ("gender", "geschlecht", "sexe", "sexo", "genere", "sesso"),
        "age_years": ("alter", "lebensalter", "edad", "eta", "anni"),
        "diagnosis_day": ("diagnosetag", "jour_du_diagnostic", "dia_del_diagnostico", "giorno_della_diagnosi"),
        "itp_type": ("itp_typ", "type_de_pti", "tipo_de_pti", "tipo_di_itp"),
        "bleeding_at_baseline": ("blutung_bei_beginn", "saignement_initial", "sangrado_basal", "sanguinamento_basale"),
        "splenectomy": ("splenektomie", "milzentfernung", "splenectomie", "esplenectomia", "splenectomia"),
        "last_followup_day": ("letzter_kontakt", "dernieres_nouvelles", "ultimo_contacto", "ultimo_contatto"),
        "died": ("dead", "verstorben", "deces", "decede", "fallecido", "deceduto"),
        "death_cause": ("todesursache", "cause_du_deces", "causa_de_muerte", "causa_di_morte"),
        "agent": ("drug", "treatment", "medikament", "wirkstoff", "medicament", "farmaco"),
        "drug_class": ("wirkstoffklasse", "classe", "clase", "classe_di_farmaco"),
        "role": ("rolle", "rol", "ruolo"),
        "start_day": ("beginn", "debut", "inicio", "inizio"),
        "end_day": ("stop", "ende", "fin", "fine"),
        "regimen": ("dose", "dosis", "dosierung", "schema", "posologie", "dosi"),
        "response": ("ansprechen", "reponse", "respuesta", "risposta"),
        "day": ("tag", "jour", "dia", "giorno"),
        "count": ("platelets", "plt", "thrombozyten", "thrombozytenzahl", "plaquettes", "plaquetas", "piastrine"),
        "bleeding": ("blutung", "saignement", "sangrado", "hemorragia", "sanguinamento"),
        "term": ("event", "ereignis", "evenement", "evento"),
        "category": ("kategorie", "categorie", "categoria"),
        "severe": ("schwer", "schwerwiegend", "grave"),
        "related": ("zusammenhang", "lie", "imputable", "relacionado", "correlato"),
    }
)
"""Names that centres give to our columns: in English, German, French, Spanish and Italian, without accents."""


def nearest(heading: str, absent: Sequence[str]) -> str | None:
    """Return the missing column that a heading most likely means.

    ``Sex`` and ``Geschlecht`` are sex, ``age`` is age_years, ``splenectomie`` splenectomy; None where there is no
    telling.
    """
    letters = unicodedata.normalize("NFKD", heading.strip().casefold())
    plain = re.sub(r"\W+", "_", "".join(sign for sign in letters if not unicodedata.combining(sign)))
    named = [name for name in absent if plain in OTHER_NAMES.get(name, ())]
    if len(named) == 1:
        return named[0]
    begun = [name for name in absent if plain and name.startswith(f"{plain}_")]
    if len(begun) == 1:
        return begun[0]
    return next(iter(difflib.get_close_matches(plain, absent, n=1, cutoff=0.7)), None)


def repeated_headings(file: str, table: TextTable) -> Iterator[Problem]:
    """Report headings that stand over several columns."""
    for heading, columns in Counter(table.headings).items():
        if columns > 1:
            observed = f"{columns} columns {quoted(heading)}"
            yield Problem(file, table.heading_line, heading, observed, "one column", Remedy.COLUMNS)


def passed_over(stems: Mapping[str, str]) -> Iterator[Problem]:
    """Report files (or sheets) that are named after a table but not as it is, and so are not read.

    ``stems`` has the name of each without its suffix; what differs in capitals alone is named where it is missed.
    """
    for file, stem in stems.items():
        plain = stem.strip().casefold()
        for name in TABLES if plain not in TABLES else ():
            if name in plain:
                expected = f"no records of {name} but those under that very name"
                yield Problem(file, None, None, "records that are not read", expected, Remedy.UNLIKELY)
