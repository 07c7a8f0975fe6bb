"""Made-up cohorts of any size and extreme ones, with all that figures are drawn from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from implied.numbers.units import months


@dataclass(frozen=True)
class Records:
    """A made-up cohort: patients as derived, and the three other tables."""

    patients: pd.DataFrame
    treatments: pd.DataFrame
    platelets: pd.DataFrame
    events: pd.DataFrame


def made_up(size: int, *, shares: tuple[float, float, float] = (0.6, 0.2, 0.2), events: bool = True) -> Records:
    """Make up a cohort of ``size`` patients, of whom ``shares`` respond completely, respond, and do not."""
    rng = np.random.default_rng(size)
    ids = [f"SYN-{number:03}" for number in range(1, size + 1)]
    response = rng.choice(["CR", "R", "none"], size, p=shares)
    responded = response != "none"
    baseline = np.round(np.exp(rng.normal(2.2, 0.8, size))).clip(1, 35)
    best = np.select([response == "CR", response == "R"], [rng.uniform(101, 400, size), rng.uniform(75, 100, size)], 20)
    followup = np.round(np.exp(rng.normal(6.3, 0.7, size))).clip(180, 3138)
    time = np.round(np.exp(rng.normal(3.4, 0.8, size))).clip(7, 170)
    lost = responded & (rng.random(size) < 0.5)
    duration = np.where(lost, ((followup - time) * rng.uniform(0.2, 0.9, size)).clip(4), followup - time)
    patients = pd.DataFrame(
        {
            "patient_id": ids,
            "itp_type": rng.choice(["primary", "evans"], size, p=[0.85, 0.15]),
            "splenectomy": rng.choice(["performed", "contraindicated"], size, p=[0.8, 0.2]),
            "prior_immunosuppressant": rng.random(size) < 0.5,
            "tpo_ra": rng.choice(["eltrombopag", "romiplostim"], size),
            "immunosuppressant": rng.choice(["mycophenolate", "azathioprine", "ciclosporin"], size),
            "concomitant_corticosteroids": rng.choice(["none", "short_high_dose"], size, p=[0.7, 0.3]),
            "baseline_count": baseline,
            "best_count": np.maximum(best, baseline),
            "response": pd.Categorical(response, ["none", "R", "CR"], ordered=True),
            "evaluable": True,
            "time_to_response_days": np.where(responded, time, np.nan),
            "response_duration_months": months(pd.Series(np.where(responded, duration, np.nan))),
            "response_lost": lost,
            "followup_days": followup,
        }
    )
    agents = [
        "corticosteroids",
        "ivig",
        "rituximab",
        "splenectomy",
        "eltrombopag",
        "romiplostim",
        "azathioprine",
    ]
    courses = [
        {
            "patient_id": one,
            "agent": agent,
            "role": "prior",
            "response": rng.choice(["none", "none", "lost", "R", ""]) or None,
        }
        for one in ids
        for agent in agents
        if rng.random() < 0.75
    ]
    counts = []
    for one, level, final, end in zip(ids, baseline, patients["best_count"], followup, strict=True):
        days = np.unique(np.round(np.concatenate([np.arange(0, 84, 7), np.arange(84, end, 30)]))).astype(int)
        rise = final + (level - final) * np.exp(-days / 20)
        noise = np.exp(rng.normal(0, 0.25, len(days)))
        counts += [
            {"patient_id": one, "day": day, "count": round(c)} for day, c in zip(days, rise * noise, strict=True)
        ]
    happened = [
        {
            "patient_id": one,
            "day": 30,
            "term": "herpes zoster",
            "category": rng.choice(["thromboembolic", "infection", "hepatic", "gastrointestinal"]),
            "severe": bool(rng.random() < 0.3),
            "related": bool(rng.random() < 0.9),
        }
        for one in ids
        for _ in range(rng.poisson(0.7) if events else 0)
    ]
    event_columns = ["patient_id", "day", "term", "category", "severe", "related"]
    return _with_courses(
        Records(
            patients,
            pd.DataFrame(courses, columns=["patient_id", "agent", "role", "response"]),
            pd.DataFrame(counts, columns=["patient_id", "day", "count"]),
            pd.DataFrame(happened, columns=event_columns),
        )
    )


def _with_courses(records: Records) -> Records:
    """Add what derived patients and whole records have besides."""
    patients = records.patients
    duration = patients["response_duration_months"] * 30.4375
    patients = patients.assign(
        response_duration_days=duration,
        combination_days=(patients["followup_days"] * 0.7).round(),
        eligible=True,
        died=patients["response"].eq("none"),
    )
    prior = records.treatments.assign(start_day=-400, end_day=-300)
    beside = pd.DataFrame(
        {
            "patient_id": patients["patient_id"].iloc[::3],
            "agent": "corticosteroids",
            "role": "concomitant",
            "start_day": 10,
            "end_day": None,
        }
    )
    treatments = pd.concat([prior, beside.astype({"end_day": object})], ignore_index=True) if len(beside) else prior
    return replace(records, patients=patients, treatments=treatments)


COHORTS: dict[str, Records] = {
    "ordinary": made_up(31),
    "one patient": made_up(1, events=False),
    "no responder": made_up(12, shares=(0, 0, 1)),
    "all responders": made_up(12, shares=(0.7, 0.3, 0)),
    "large": made_up(300),
    "nobody": Records(*(frame.iloc[:0] for frame in vars(made_up(3)).values())),
}
