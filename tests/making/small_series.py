"""Twenty-one patients among whom median and quartiles of every summary are single patients' values."""

from __future__ import annotations

import pandas as pd

Tables = dict[str, pd.DataFrame]

_DIAGNOSIS = (
    *(1321, 1441, 1567, 1666, 1771, 1882, 1999, 2122, 2218, 2320, 2428),
    *(2542, 2662, 2788, 2887, 2992, 3103, 3220, 3343, 3439, 3541),
)
_FOLLOWED = (
    *(438, 478, 520, 553, 588, 625, 664, 705, 737, 771, 807),
    *(845, 885, 927, 960, 995, 1032, 1071, 1112, 1144, 1178),
)
_LAST_COUNT = (
    *(168, 200, 246, 209, 283, 274, 279, 298, 331, 281, 342),
    *(320, 312, 318, 338, 372, 420, 385, 364, 454, 461),
)
_COURSES = (
    ("corticosteroids", "corticosteroid", "prior", -880, -850, None, "none"),
    ("rituximab", "anti_cd20", "prior", -700, -679, None, "none"),
    ("eltrombopag", "tpo_ra", "prior", -500, -400, True, "none"),
    ("romiplostim", "tpo_ra", "prior", -390, -300, True, "none"),
    ("romiplostim", "tpo_ra", "combination", -20, None, None, None),
    ("mycophenolate", "immunosuppressant", "combination", 0, None, None, None),
)


def twenty_one() -> Tables:
    """Return the tables: all are followed for a different time, respond, and go on with both drugs."""
    names = [f"A{number:02d}" for number in range(1, 22)]
    patients = [
        {
            "patient_id": name,
            "centre": "North",
            "sex": ("female", "male")[place % 2],
            "age_years": 31 + place,
            "diagnosis_day": -_DIAGNOSIS[place],
            "itp_type": "primary",
            "mgus": False,
            "ana_positive": False,
            "bleeding_at_baseline": place % 3 != 2,
            "corticosteroid_refractory": True,
            "splenectomy": "refused",
            "splenectomy_reason": "refusal",
            "last_followup_day": _FOLLOWED[place],
            "died": False,
            "death_cause": None,
        }
        for place, name in enumerate(names)
    ]
    columns = ("agent", "drug_class", "role", "start_day", "end_day", "at_maximal_dose", "response")
    treatments = [
        {"patient_id": name, "regimen": None, **dict(zip(columns, course, strict=True))}
        for name in names
        for course in _COURSES
    ]
    platelets = [
        {"patient_id": name, "day": day, "count": count}
        for place, name in enumerate(names)
        for day, count in (
            (-3, 6 + place),
            (10 + 3 * place, 61 + place),
            (86 + 5 * place, 131 + place),
            (_LAST_COUNT[place], 126 + place),
        )
    ]
    return {
        "patients": pd.DataFrame(patients),
        "treatments": pd.DataFrame(treatments),
        "platelets": pd.DataFrame(platelets),
        "adverse_events": pd.DataFrame(),
    }


def first(tables: Tables, number: int) -> Tables:
    """Keep the first patients alone."""
    names = sorted(tables["patients"]["patient_id"])[:number]
    return {
        name: table[table["patient_id"].isin(names)].reset_index(drop=True) if len(table) else table
        for name, table in tables.items()
    }
